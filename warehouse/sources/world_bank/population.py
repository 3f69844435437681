"""Indicator SP.POP.TOTL of the World Bank's API: how it is fetched, and its pages as envelopes.

A page is a list of two: `page`, `pages`, `per_page` and `total`, and the rows (null where there is
none). An error is a list of one, with status 200. Pages are landed as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from warehouse.core.content import content_sha256, split_digests
from warehouse.core.manifest import Coverage, Manifest, Page, write_page
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.body import NotAPageError, parsed, shown, whole_number
from warehouse.sources.unhcr_api.client import Client, PageAnswer
from warehouse.sources.unhcr_api.endpoints import ALL, ENDPOINTS, INHABITANTS
from warehouse.sources.unhcr_api.verify import (
    InconsistentSliceError,
    MalformedPageError,
    SliceCheck,
)

INDICATOR = "SP.POP.TOTL"
_HEAD = ("page", "pages", "per_page", "total")
# 17,500 rows make two pages. The World Bank has a limit of its own, of more than 30,000.
_MOST_PAGES = 1_000

Report = Callable[[str], None]


def fetch(settings: Settings, folder: Path, report: Report) -> tuple[Path, Manifest]:
    """Fetch all pages into a new folder in `folder`, checked as pages of UNHCR's API are.

    Raises UpstreamError: where they cannot be had, are not pages of the indicator
    (MalformedPageError) or do not fit together (InconsistentSliceError).
    """
    home = folder / INHABITANTS
    home.mkdir()
    started_at = datetime.now(UTC)
    params = {"format": "json", "per_page": str(settings.page_size)}
    check = SliceCheck(ENDPOINTS[INHABITANTS], ALL, settings.page_size, Coverage())
    pages: list[Page] = []
    head: Mapping[str, Any] = {}
    with Client(settings) as client:
        number, count = 1, 1
        while number <= count:
            report(f"page {number} of {count}" if pages else "page 1")
            got = _ask(client, settings, params, number)
            head = head or got.envelope
            count = _same_list(check, number, head, got.envelope)
            rows = check.page(number, got.envelope)
            _only_population(check, number, got.envelope)
            pages.append(write_page(home, ALL, number, got.body, rows))
            number += 1
    check.finish()
    if check.rows != head["rows"]:
        raise InconsistentSliceError(
            f"{check.name}: {check.rows:,} rows came, `total` says {head['rows']:,}"
        )
    digest = content_sha256(split_digests(check.packed))
    return home, Manifest(
        endpoint=INHABITANTS,
        snapshot_id=f"{started_at:%Y%m%dT%H%M%SZ}-{digest[:8]}",
        source="world_bank",
        source_url=settings.world_bank_url,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        rows=check.rows,
        content_sha256=digest,
        slices=[check.landed(params, pages)],
    )


def envelope(answer: Any) -> dict[str, Any]:
    """A parsed page in the shape of UNHCR's: page, maxPages, total (none), items; and `rows` (of
    the whole list) and `updated` (the day, as the World Bank writes it).

    Raises NotAPageError.
    """
    problem = _problem(answer)
    if problem:
        raise NotAPageError(f"JSON that is not a page of the World Bank ({problem})")
    head, rows = answer
    return {
        "page": head["page"],
        "maxPages": head["pages"],
        "total": [],
        "items": rows or [],
        "rows": whole_number(head["total"]),
        "updated": head.get("lastupdated"),
    }


def _problem(answer: Any) -> str | None:
    if not isinstance(answer, list) or not answer or not isinstance(answer[0], dict):
        return f"{shown(answer)}, a list of two expected"
    head = answer[0]
    if "message" in head:
        return f"it says {shown(head['message'])}"
    if len(answer) != 2:
        return f"a list of {len(answer)}, of two expected"
    if answer[1] is not None and not isinstance(answer[1], list):
        return f"rows are {shown(answer[1])}, a list expected"
    return _problem_of_head(head)


def _problem_of_head(head: Mapping[str, Any]) -> str | None:
    for name in _HEAD:
        if name not in head:
            return f"without {name}"
        if whole_number(head[name]) is None:
            return f"`{name}` is {shown(head[name])}, a whole number expected"
    return None


def _ask(client: Client, settings: Settings, params: Mapping[str, str], number: int) -> PageAnswer:
    query = urlencode({**params, "page": str(number)})
    return client.answer(
        f"{settings.world_bank_url}?{query}",
        what=f"page {number} of the World Bank's population",
        source="the World Bank's API",
        setting="ASYLUM_WORLD_BANK_URL",
        read=lambda body: envelope(parsed(body)),
    )


def _same_list(
    check: SliceCheck, number: int, first: Mapping[str, Any], now: Mapping[str, Any]
) -> int:
    """How many pages there are. Raises where page `number` is of another list than the first."""
    for name in ("rows", "updated"):
        if now[name] != first[name]:
            raise InconsistentSliceError(
                f"{check.name}, page {number}: {shown(now[name])} where page 1 has "
                f"{shown(first[name])} for `{'total' if name == 'rows' else 'lastupdated'}`: "
                f"the list has changed meanwhile"
            )
    count = whole_number(now["maxPages"]) or 0
    if count > _MOST_PAGES:
        raise MalformedPageError(f"{check.name}, page {number}: {count:,} pages are too many")
    return count


def _only_population(check: SliceCheck, number: int, page: Mapping[str, Any]) -> None:
    for at, row in enumerate(page["items"], start=1):
        if row["indicator"]["id"] != INDICATOR:
            raise MalformedPageError(
                f"{check.name}, page {number}, row {at}: indicator "
                f"{shown(row['indicator']['id'])}, {INDICATOR} was asked for. "
                f"See whether ASYLUM_WORLD_BANK_URL is right"
            )
