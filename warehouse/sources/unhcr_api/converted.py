"""Rows of a file -> pages in the API's shape, checked as an answer of the API is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import orjson

from warehouse.core.content import content_sha256, split_digests
from warehouse.core.manifest import Coverage, Slice, write_page
from warehouse.sources.unhcr_api.endpoints import PAIRS, Endpoint
from warehouse.sources.unhcr_api.verify import SliceCheck

PAGE_ROWS = 10_000


class Table(Protocol):
    """Rows of a dataset in the API's shape, `size` at a time."""

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    def pages(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """All of them, in order."""
        ...


def write_pages(
    endpoint: Endpoint,
    table: Table,
    folder: Path,
    where: Callable[[int], str],
    report: Callable[[str], None],
) -> tuple[Slice, str]:
    """Write the rows as pages into `folder`; the slice they make, and its content's sha256.

    `where(row)`, from 1, is what a row is called in messages. Raises MalformedPageError or
    InconsistentSliceError naming the row.
    """
    # All pairs of all years: what is absent from the file did not exist when it was published.
    check = SliceCheck(
        endpoint,
        PAIRS,
        PAGE_ROWS,
        Coverage(),
        lambda page, row: where((page - 1) * PAGE_ROWS + row),
    )
    count = -(-table.rows // PAGE_ROWS)
    pages = []
    for number, items in enumerate(table.pages(PAGE_ROWS), start=1):
        report(f"check page {number} of {count}")
        envelope = {"page": number, "maxPages": count, "total": [], "items": items}
        rows = check.page(number, envelope)
        pages.append(write_page(folder, PAIRS, number, orjson.dumps(envelope), rows))
    check.finish()
    return check.landed({}, pages), content_sha256(split_digests(check.packed))
