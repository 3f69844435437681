"""Landing older releases: files of the archive, byte for byte, beside pages in the API's shape.

A file is landed as soon as it has come and been checked, so a run that was killed goes on where
it stopped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.core.content import content_sha256, split_digests
from warehouse.core.files import pack, page_file, write_durably
from warehouse.core.manifest import Coverage, Manifest, OriginalFile, Page, Slice
from warehouse.landing.snapshots import Landed, NotAllLandedError, accept, incoming, manifests
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import Client, UpstreamError
from warehouse.sources.unhcr_api.endpoints import PAIRS, chosen
from warehouse.sources.unhcr_api.verify import SliceCheck
from warehouse.sources.unhcr_archive import rda
from warehouse.sources.unhcr_archive.client import (
    ArchiveError,
    ArchiveFile,
    ArchiveRelease,
    chosen_releases,
    fetch,
    file_url,
)

PAGE_ROWS = 10_000
# Each file is tried for minutes: after so many that could not be had, the archive is not there.
SILENT_AT_MOST = 3

Progress = Callable[[str, int, int | None], None]


def backfill(
    settings: Settings,
    *,
    releases: Sequence[str] | None = None,
    endpoints: Sequence[str] | None = None,
    archive_url: str | None = None,
    on_progress: Progress | None = None,
    reference_dir: Path = REFERENCE_DIR,
) -> list[Landed]:
    """Land older releases (default: all that are known), of these endpoints (default: all).

    One snapshot a file, oldest release first; what is landed already is neither asked for nor
    touched, and comes back with `is_new` False. `archive_url` is used instead of the settings'.
    `on_progress(label, done, total)` counts files, its label says which and how far it is. A file
    that cannot be had, differs from the published one or does not hold what it should keeps no
    other from being landed; at the end, NotAllLandedError says which. Raises ReaderMissingError,
    LandingBusyError, ValueError (unknown release or endpoint), SettingsError; files landed before
    it stay landed.
    """
    settings = settings.with_address("archive_url", archive_url)
    wanted = {endpoint.name for endpoint in chosen(endpoints)}
    work = [
        (release, file)
        for release in chosen_releases(releases, reference_dir)
        for file in release.files
        if file.endpoint.name in wanted
    ]
    out: list[Landed] = []
    failed: dict[str, str] = {}
    silent = 0
    with incoming(settings) as folder, Client(settings) as client:
        run = _Run(settings, client, folder)
        for done, (release, file) in enumerate(work):
            name = f"{release.release_id} {file.endpoint.name}"
            landed = _already_landed(settings, release, file)
            if landed is None:
                rda.require_reader()
                report = _reporter(on_progress, name, done, len(work))
                if silent == SILENT_AT_MOST:
                    failed[name] = f"not asked for: the {silent} files before it could not be had"
                    continue
                try:
                    landed = run.land(release, file, report)
                except UpstreamError as error:
                    failed[name] = str(error)
                    silent = 0 if isinstance(error, (ArchiveError, rda.RdaError)) else silent + 1
                    continue
                silent = 0
            elif on_progress:
                on_progress(name, done, len(work))
            out.append(landed)
    if on_progress:
        on_progress("older releases", len(work), len(work))
    if failed:
        raise NotAllLandedError(out, failed)
    return out


def landed_releases(settings: Settings, reference_dir: Path = REFERENCE_DIR) -> list[str]:
    """The releases of which every file of the archive is landed, oldest first."""
    landed = {
        (manifest.release_id, manifest.original.sha256)
        for _, manifest in manifests(settings)
        if manifest.source == "archive" and manifest.original
    }
    return [
        release.release_id
        for release in chosen_releases(None, reference_dir)
        if all((release.release_id, file.sha256) in landed for file in release.files)
    ]


def _reporter(
    on_progress: Progress | None, name: str, done: int, total: int
) -> Callable[[str], None]:
    def report(step: str) -> None:
        if on_progress:
            on_progress(f"{name}: {step}", done, total)

    return report


def _already_landed(
    settings: Settings, release: ArchiveRelease, file: ArchiveFile
) -> Landed | None:
    for path, manifest in manifests(settings, file.endpoint.name):
        if (
            manifest.source == "archive"
            and manifest.release_id == release.release_id
            and manifest.original is not None
            and manifest.original.sha256 == file.sha256
        ):
            return Landed(manifest.endpoint, manifest.snapshot_id, path, manifest, False)
    return None


@dataclass(frozen=True)
class _Run:
    """What landing a file needs: `folder` is the one of landing.incoming."""

    settings: Settings
    client: Client
    folder: Path

    def land(
        self, release: ArchiveRelease, file: ArchiveFile, report: Callable[[str], None]
    ) -> Landed:
        """Fetch one file, read it, check it as an answer of the API would be, and land it."""
        home = self.folder / f"{release.release_id}-{file.endpoint.name}"
        home.mkdir()
        original = home / file.name
        started_at = datetime.now(UTC)
        report("fetch")
        try:
            fetch(self.client, self.settings, release, file, original)
            part, digest = _pages(file, original, report)
        except BaseException:
            shutil.rmtree(home)
            raise
        manifest = Manifest(
            endpoint=file.endpoint.name,
            snapshot_id=f"archive-{release.release_id}-{digest[:8]}",
            source="archive",
            source_url=file_url(self.settings, release, file),
            release_id=release.release_id,
            original=OriginalFile(file=file.name, bytes=file.bytes, sha256=file.sha256),
            started_at=started_at,
            finished_at=datetime.now(UTC),
            rows=part.rows,
            content_sha256=digest,
            slices=[part],
        )
        [landed] = accept(self.settings, [(home, manifest)], self.folder)
        shutil.rmtree(home, ignore_errors=True)  # where its content was there already
        return landed


def _pages(file: ArchiveFile, original: Path, report: Callable[[str], None]) -> tuple[Slice, str]:
    """Write the pages of one file beside it; the slice they make, and its content's sha256."""
    endpoint = file.endpoint
    last_shown = -1

    def show(read: int, size: int) -> None:
        nonlocal last_shown
        percent = 100 * read // size
        if percent > last_shown:
            last_shown = percent
            report(f"read {percent} %")

    table = rda.read(original, endpoint, show)
    # All pairs of all years: what is absent from the file did not exist when it was published.
    coverage = Coverage()
    # Of demographics, of which several rows of the file make one, the row among those made.
    summed = " after adding up" if table.rows != table.source_rows else ""
    check = SliceCheck(
        endpoint,
        PAIRS,
        PAGE_ROWS,
        coverage,
        lambda page, row: f"{file.name}, row {(page - 1) * PAGE_ROWS + row:,}{summed}",
    )
    count = -(-table.rows // PAGE_ROWS)
    pages = []
    for number, items in enumerate(table.pages(PAGE_ROWS), start=1):
        report(f"check page {number} of {count}")
        envelope = {"page": number, "maxPages": count, "total": [], "items": items}
        rows = check.page(number, envelope)
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        name = page_file(PAIRS, number)
        write_durably(original.parent / name, pack(body))
        sha256 = hashlib.sha256(body).hexdigest()
        pages.append(Page(file=name, page=number, rows=rows, bytes=len(body), sha256=sha256))
    check.finish()
    part = Slice(
        slice=PAIRS,
        params={},
        page_size=PAGE_ROWS,
        pages=pages,
        rows=check.rows,
        columns=check.columns,
        added_columns=check.added_columns,
        total=check.total,
        coverage=coverage,
    )
    return part, content_sha256(split_digests(check.packed))
