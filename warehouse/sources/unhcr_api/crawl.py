"""A crawl: all pages of all queries of some endpoints, of one piece, or an error.

Fetches and checks, and starts again where the source changed meanwhile. Pages go to the folder it
is given; what becomes of that folder is landing.py's business.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.core.content import content_sha256, split_digests
from warehouse.core.manifest import ControlDifference, Manifest, Page, Slice, write_page
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.body import shown
from warehouse.sources.unhcr_api.client import (
    Client,
    Interrupted,
    PageAnswer,
    RefusedError,
    UpstreamError,
)
from warehouse.sources.unhcr_api.controls import differences, what_is_lacking
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, Endpoint, Query
from warehouse.sources.unhcr_api.pages import reading
from warehouse.sources.unhcr_api.verify import (
    InconsistentSliceError,
    MalformedPageError,
    SliceCheck,
    rows_apart,
)

TRIES = 3

Progress = Callable[[str, int, int | None], None]


class UnknownOriginError(UpstreamError):
    """A country of origin that the API has no row for: what was asked is to be mended."""


class _NeverOfOnePieceError(UpstreamError):
    """An answer that is whole at no time: its pages do not fit together, or a list is empty."""


@dataclass(frozen=True)
class Crawled:
    """One endpoint's part of an accepted crawl: its pages in `folder`, and its manifest."""

    endpoint: Endpoint
    folder: Path
    manifest: Manifest


@dataclass
class _Fetched:
    """One query with its pages on disk (none where only the rows were of interest)."""

    endpoint: Endpoint
    query: Query
    check: SliceCheck
    pages: list[Page]
    restarts: list[str]

    @property
    def slice(self) -> Slice:
        return self.check.landed(self.query.params, self.pages)


@dataclass
class _Attempt:
    """A whole crawl, and why it cannot be accepted, if so.

    disagrees, failed: by endpoint why its parts do not fit together, or could not be read.
    """

    fetched: list[_Fetched]
    started_at: datetime
    control_differences: dict[str, list[ControlDifference]] = field(default_factory=dict)
    changed: str | None = None
    disagrees: dict[str, str] = field(default_factory=dict)
    failed: dict[str, UpstreamError] = field(default_factory=dict)


@dataclass(frozen=True)
class _Job:
    endpoint: Endpoint
    query: Query
    folder: Path | None
    again: bool = False


def run(
    settings: Settings,
    endpoints: Sequence[Endpoint],
    origins: Sequence[str],
    folder: Path,
    on_progress: Progress | None = None,
) -> tuple[list[Crawled], dict[str, str]]:
    """Fetch the endpoints into `folder`, a subfolder each: what came, and by endpoint why not.

    Accepted only of one release. When control totals read otherwise at the end than at the start, a
    release was published meanwhile (or an answer was incomplete): everything is thrown away and
    fetched again, three times at most; once where pairs lack what control totals have, or countries
    do not fit the regions. An endpoint whose answers cannot be read, or still do not fit, keeps no
    other from being accepted. Raises
    UpstreamError when none can be accepted, when the source cannot be had, or is never of one
    piece.

    `on_progress(label, done, total)` counts pages of one query; it is called from several
    threads, one at a time.
    """
    restarts: list[str] = []
    has_disagreed = False
    with _Fetcher(settings, on_progress) as fetcher:
        for number in range(1, TRIES + 1):
            here = folder / f"attempt-{number}"
            attempt = fetcher.attempt(endpoints, origins, here)
            if attempt.changed is None and (has_disagreed or not attempt.disagrees):
                return _accepted(settings, attempt, here, restarts)
            has_disagreed = attempt.changed is None
            restarts.append(attempt.changed or " ".join(attempt.disagrees.values()))
            shutil.rmtree(here)
    raise UpstreamError(
        f"{settings.api_url}: crawled {TRIES} times, never of one piece: {' | '.join(restarts)} "
        f"Perhaps a release is being published: try again in an hour."
    )


def read_rows_digest(
    settings: Settings, queries: Sequence[tuple[Endpoint, Query]], on_progress: Progress | None
) -> str:
    """sha256 (hex) of the content of these queries, nothing kept. Raises as `run` does."""
    with _Fetcher(settings, on_progress) as fetcher:
        failed: dict[str, UpstreamError] = {}
        jobs = [_Job(endpoint, query, None) for endpoint, query in queries]
        done = fetcher.fetch(jobs, failed)
        for error in failed.values():
            raise error
    parts = {
        f"{one.endpoint.name} {one.query.slice}": content_sha256(split_digests(one.check.packed))
        for one in done
    }
    return hashlib.sha256(
        "\n".join(f"{k} {v}" for k, v in sorted(parts.items())).encode()
    ).hexdigest()


class _Fetcher:
    """The client, the threads that use it, and the word to stop."""

    def __init__(self, settings: Settings, on_progress: Progress | None) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._silent: set[str] = set()
        self._client = Client(settings, self._stop)
        self._on_progress = on_progress
        self._progress_lock = threading.Lock()

    def __enter__(self) -> _Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._client.close()

    def attempt(
        self, endpoints: Sequence[Endpoint], origins: Sequence[str], folder: Path
    ) -> _Attempt:
        """Control totals and single answers, then the pairs, then the control totals again."""
        started_at = datetime.now(UTC)
        failed: dict[str, UpstreamError] = {}
        jobs = self._jobs(endpoints, origins, folder, failed)
        first = self.fetch(
            [job for job in jobs if not job.endpoint.is_dataset or job.query.is_control], failed
        )
        self._refuse_unknown_origins(origins, first)
        pairs = self.fetch(
            [job for job in jobs if job.endpoint.is_dataset and not job.query.is_control], failed
        )
        again = self.fetch(
            [
                _Job(job.endpoint, job.query, None, again=True)
                for job in jobs
                if job.query.is_control
            ],
            failed,
        )
        if len(failed) == len(endpoints):
            raise next(iter(failed.values()))
        order = {(job.endpoint.name, job.query.slice): at for at, job in enumerate(jobs)}
        whole = [one for one in first + pairs if one.endpoint.name not in failed]
        fetched = sorted(whole, key=lambda one: order[one.endpoint.name, one.query.slice])
        attempt = _Attempt(fetched, started_at, failed=failed)
        attempt.changed = _changed(first, again)
        if attempt.changed is None:
            misfit = _regions_disagree(fetched)
            if misfit:
                attempt.disagrees["countries"] = f"countries: {misfit}"
            self._hold_against_controls(attempt, endpoints, folder)
        return attempt

    def fetch(self, jobs: Sequence[_Job], failed: dict[str, UpstreamError]) -> list[_Fetched]:
        """All jobs but those of endpoints that `failed`, as many at a time as requests are allowed.

        An endpoint whose answer is no good, or refused, is added to `failed`. A source that gives
        no answer ends them all, at the second endpoint that cannot be had.
        """

        def fetch_one(job: _Job) -> _Fetched | None:
            name = job.endpoint.name
            if name in failed:
                return None
            try:
                return self._fetch(job)
            except UpstreamError as error:
                failed[name] = error
                self._note_silence(name, error)
                if len(self._silent) > 1:
                    raise
                return None

        with ThreadPoolExecutor(self._settings.max_concurrent_requests) as threads:
            running = [threads.submit(fetch_one, job) for job in jobs]
            try:
                wait(running, return_when=FIRST_EXCEPTION)
            finally:
                # In every case, also when a person interrupts: all that still runs is stopped.
                if not all(one.done() and not one.exception() for one in running):
                    self._stop.set()
        errors = [one.exception() for one in running]
        # A request that was only stopped is not the cause.
        for error in sorted(filter(None, errors), key=lambda e: isinstance(e, Interrupted)):
            raise error
        return [found for one in running if (found := one.result()) is not None]

    def _note_silence(self, name: str, error: UpstreamError) -> None:
        if not isinstance(error, (MalformedPageError, _NeverOfOnePieceError, RefusedError)):
            self._silent.add(name)

    def _jobs(
        self,
        endpoints: Sequence[Endpoint],
        origins: Sequence[str],
        folder: Path,
        failed: dict[str, UpstreamError],
    ) -> list[_Job]:
        region_ids: list[int] = []
        if any(endpoint.name == "countries" for endpoint in endpoints):
            try:
                region_ids = [int(row["id"]) for row in self._rows("regions")]
            except UpstreamError as error:
                failed["countries"] = error
                self._note_silence("regions", error)
        out = []
        for endpoint in endpoints:
            home = folder / endpoint.name
            home.mkdir(parents=True)
            queries = endpoint.queries(
                page_size=self._settings.page_size, origins=origins, region_ids=region_ids
            )
            out += [_Job(endpoint, query, home) for query in queries]
        return out

    def _rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of a small table of one query, kept nowhere."""
        endpoint = ENDPOINTS[name]
        query = endpoint.queries(page_size=self._settings.page_size)[0]
        check = self._check(endpoint, query)
        out: list[dict[str, Any]] = []
        number = 1
        while number <= max(check.max_pages or 0, 1):
            answer = self._client.page(endpoint, query.params, number)
            _take_in(check, number, answer)
            out += answer.envelope["items"]
            number += 1
        try:
            check.finish()
        except InconsistentSliceError as error:
            url = self._client.url(endpoint, query.params, 1)
            raise _NeverOfOnePieceError(f"{url}: refused. {error}. Try again later.") from error
        return out

    def _refuse_unknown_origins(self, origins: Sequence[str], first: Iterable[_Fetched]) -> None:
        """The API answers an unknown code with no rows: a typing error would look like nobody."""
        seen = {
            code for one in first if one.endpoint.name == "population" for code in one.check.origins
        }
        asked = any(one.endpoint.name == "population" for one in first)
        unknown = [origin for origin in origins if origin not in seen] if asked else []
        if not unknown:
            return
        unhcr = {row["code"]: row for row in self._rows("countries")}
        hints = [
            f"{code} is UNHCR's own code of {shown(unhcr[code]['name'].strip())}, "
            + (
                f"whose ISO3 code is {shown(unhcr[code]['iso'])}"
                if unhcr[code]["iso"]
                else "which has no ISO3 code and cannot be asked for alone"
            )
            for code in unknown
            if code in unhcr and unhcr[code]["iso"] != code
        ]
        raise UnknownOriginError(
            f"{self._settings.api_url}population/ has no row for origin {', '.join(unknown)}. "
            + (f"{'; '.join(hints)}. " if hints else "")
            + "Ask for ISO3 codes, as in CHN."
        )

    def _hold_against_controls(
        self, attempt: _Attempt, endpoints: Sequence[Endpoint], folder: Path
    ) -> None:
        datasets = [one for one in endpoints if one.is_dataset and one.name not in attempt.failed]
        if not datasets:
            return
        with reading(folder, folder) as con:
            for endpoint in datasets:
                slices = [one.slice for one in attempt.fetched if one.endpoint is endpoint]
                self._report(f"{endpoint.name} pairs against control totals", 0, None)
                found = differences(con, endpoint, folder / endpoint.name, slices)
                attempt.control_differences[endpoint.name] = found.differences
                lacking = what_is_lacking(found)
                if lacking:
                    attempt.disagrees[endpoint.name] = f"{endpoint.name}: {lacking}"

    def _check(self, endpoint: Endpoint, query: Query) -> SliceCheck:
        size = int(query.params["limit"])
        return SliceCheck(endpoint, query.slice, size, query.coverage, has_total=endpoint.has_total)

    def _fetch(self, job: _Job) -> _Fetched:
        restarts: list[str] = []
        for _ in range(TRIES):
            pages: list[Page] = []
            try:
                check = self._fetch_once(job, pages)
            except InconsistentSliceError as error:
                restarts.append(str(error))
                if job.folder:
                    for page in pages:
                        (job.folder / page.file).unlink()
                continue
            return _Fetched(job.endpoint, job.query, check, pages, restarts)
        url = self._client.url(job.endpoint, job.query.params, 1)
        raise _NeverOfOnePieceError(
            f"{url}: asked for {TRIES} times, page by page, never of one piece: "
            f"{' | '.join(restarts)}. Try again later."
        )

    def _fetch_once(self, job: _Job, pages: list[Page]) -> SliceCheck:
        """One query from its first page to its last. `pages` grows as files are written."""
        check = self._check(job.endpoint, job.query)
        label = f"{job.endpoint.name} {job.query.slice}" + (" (again)" if job.again else "")
        number, last = 1, 1
        while number <= last:
            answer = self._client.page(job.endpoint, job.query.params, number)
            rows = _take_in(check, number, answer)
            if job.folder:
                pages.append(write_page(job.folder, job.query.slice, number, answer.body, rows))
            del answer  # a page lives in memory only while it is handled
            last = max(check.max_pages or 0, 1)
            self._report(label, number, last)
            number += 1
        check.finish()
        if job.folder and not job.query.is_control:
            self._read_last_page_again(job, check, last)
        return check

    def _read_last_page_again(self, job: _Job, check: SliceCheck, last: int) -> None:
        """A last row that is missing shows nowhere else: not in the length of the last page, and
        in no sum where the envelope has none or the row holds no number."""
        other = self._check(job.endpoint, job.query)
        _take_in(other, last, self._client.page(job.endpoint, job.query.params, last))
        if sorted(split_digests(other.last)) != sorted(split_digests(check.last)):
            raise InconsistentSliceError(
                f"{check.name}, page {last}: asked for twice, it read differently"
            )

    def _report(self, label: str, done: int, total: int | None) -> None:
        if self._on_progress:
            with self._progress_lock:
                self._on_progress(label, done, total)


def _accepted(
    settings: Settings, attempt: _Attempt, folder: Path, restarts: Sequence[str]
) -> tuple[list[Crawled], dict[str, str]]:
    crawled = [
        one
        for one in _crawled(settings, attempt, folder, restarts)
        if one.endpoint.name not in attempt.disagrees
    ]
    if not crawled:
        raise UpstreamError(f"{settings.api_url}: refused. {' '.join(attempt.disagrees.values())}")
    failed = {name: str(error) for name, error in attempt.failed.items()} | attempt.disagrees
    return crawled, failed


def _take_in(check: SliceCheck, number: int, answer: PageAnswer) -> int:
    """Check a page; its rows. What is wrong with it is said with its address, and what to do."""
    try:
        return check.page(number, answer.envelope)
    except MalformedPageError as error:
        raise MalformedPageError(
            f"{answer.url}: refused, nothing is landed. {error}. Look at the address in a browser: "
            f"if UNHCR's API has changed, declare so in "
            f"warehouse/sources/unhcr_api/endpoints.py; otherwise try again later."
        ) from error


def _changed(first: Sequence[_Fetched], again: Sequence[_Fetched]) -> str | None:
    """What reads differently at the end than at the start, or None."""
    before = {(one.endpoint.name, one.query.slice): one.check for one in first}
    found = []
    for one in again:
        apart = rows_apart(before[one.endpoint.name, one.query.slice], one.check)
        if apart:
            found.append(f"{one.check.name} in {apart:,} rows")
    if not found:
        return None
    return (
        "The control totals read differently at the end than at the start: a release was "
        f"published meanwhile, or an answer was incomplete ({', '.join(found)})."
    )


def _regions_disagree(fetched: Sequence[_Fetched]) -> str | None:
    """The API ignores a parameter it does not know, and would give all countries a region; where
    no region has a country, all of them would be without one.
    """
    countries = [one for one in fetched if one.endpoint.name == "countries"]
    whole = {key for one in countries if one.query.slice == "all" for key in one.check.keys}
    seen: set[bytes] = set()
    for one in countries:
        if one.query.slice == "all":
            continue
        keys = one.check.keys
        if keys - whole:
            return f"{one.query.slice} has {len(keys - whole)} countries that are not in the list."
        if keys & seen:
            return (
                f"{one.query.slice} has {len(keys & seen)} countries of another region too, as if "
                f"the API ignored the parameter."
            )
        seen |= keys
    if whole and not seen:
        return "no region has a country, so they would be landed without regions."
    return None


def _crawled(
    settings: Settings, attempt: _Attempt, folder: Path, restarts: Sequence[str]
) -> list[Crawled]:
    finished_at = datetime.now(UTC)
    by_endpoint: dict[str, list[_Fetched]] = {}
    for one in attempt.fetched:
        by_endpoint.setdefault(one.endpoint.name, []).append(one)
    out = []
    for name, parts in by_endpoint.items():
        digest = content_sha256(d for one in parts for d in split_digests(one.check.packed))
        out.append(
            Crawled(
                ENDPOINTS[name],
                folder / name,
                Manifest(
                    endpoint=name,
                    snapshot_id=f"{attempt.started_at:%Y%m%dT%H%M%SZ}-{digest[:8]}",
                    source="api",
                    source_url=f"{settings.api_url}{name}/",
                    release_id=None,  # the API does not say
                    started_at=attempt.started_at,
                    finished_at=finished_at,
                    rows=sum(one.check.rows for one in parts),
                    content_sha256=digest,
                    slices=[one.slice for one in parts],
                    control_differences=attempt.control_differences.get(name, []),
                    restarts=[*restarts, *(reason for one in parts for reason in one.restarts)],
                ),
            )
        )
    return out
