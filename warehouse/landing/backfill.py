"""Landing older releases: files of the archive, byte for byte, beside pages in the API's shape.

A file is landed as soon as it has come and been checked, so a run that was killed goes on where
it stopped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from warehouse.core.manifest import Manifest, OriginalFile, Slice
from warehouse.landing.snapshots import Landed, NotAllLandedError, accept, incoming, manifests
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import Client, RefusedError, UpstreamError
from warehouse.sources.unhcr_api.converted import write_pages
from warehouse.sources.unhcr_api.endpoints import chosen
from warehouse.sources.unhcr_archive import rda
from warehouse.sources.unhcr_archive.client import (
    ArchiveError,
    ArchiveFile,
    ArchiveRelease,
    chosen_releases,
    fetch,
    file_url,
)

# Each file is tried for minutes: after so many without an answer, the archive is not there. A
# refusal, as of a file that is gone, comes at once and says nothing of the next.
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
    silent, is_outage = 0, False
    with incoming(settings) as folder, Client(settings) as client:
        for done, (release, file) in enumerate(work):
            name = f"{release.release_id} {file.endpoint.name}"
            landed = _already_landed(settings, release, file)
            if landed is None:
                rda.require_reader()
                report = _reporter(on_progress, name, done, len(work))
                if silent == SILENT_AT_MOST:
                    failed[name] = (
                        f"not asked for: the {silent} files before it could not be fetched"
                    )
                    continue
                try:
                    home, manifest = fetch_file(client, settings, folder, (release, file), report)
                    [landed] = accept(settings, [(home, manifest)], folder)
                except UpstreamError as error:
                    failed[name] = str(error)
                    is_silence = not isinstance(error, (ArchiveError, rda.RdaError, RefusedError))
                    silent = silent + 1 if is_silence else 0
                    is_outage = is_outage or is_silence
                    continue
                shutil.rmtree(home, ignore_errors=True)  # where its content was there already
                silent = 0
            elif on_progress:
                on_progress(name, done, len(work))
            out.append(landed)
    if on_progress:
        on_progress("older releases", len(out), len(work))
    if failed:
        raise NotAllLandedError(out, failed, is_outage=is_outage)
    return out


def landed_releases(settings: Settings) -> list[str]:
    """The releases of which every file of the archive is landed, oldest first."""
    landed = {
        (manifest.release_id, manifest.original.sha256)
        for _, manifest in manifests(settings)
        if manifest.source == "archive" and manifest.original
    }
    return [
        release.release_id
        for release in chosen_releases(None)
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


def fetch_file(
    client: Client,
    settings: Settings,
    folder: Path,
    which: tuple[ArchiveRelease, ArchiveFile],
    report: Callable[[str], None],
) -> tuple[Path, Manifest]:
    """One file in a new folder of `folder`, its pages beside it, and their manifest."""
    release, file = which
    home = folder / f"{release.release_id}-{file.endpoint.name}"
    home.mkdir()
    original = home / file.name
    started_at = datetime.now(UTC)
    report("fetch")
    try:
        fetch(client, settings, release, file, original)
        part, digest = _pages(file, original, report)
    except BaseException:
        shutil.rmtree(home)
        raise
    return home, Manifest(
        endpoint=file.endpoint.name,
        snapshot_id=f"archive-{release.release_id}-{digest[:8]}",
        source="archive",
        source_url=file_url(settings, release, file),
        release_id=release.release_id,
        original=OriginalFile(file=file.name, bytes=file.bytes, sha256=file.sha256),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        rows=part.rows,
        content_sha256=digest,
        slices=[part],
    )


def _pages(file: ArchiveFile, original: Path, report: Callable[[str], None]) -> tuple[Slice, str]:
    """Write the pages of one file beside it; the slice they make, and its content's sha256."""
    last_shown = -1

    def show(read: int, size: int) -> None:
        nonlocal last_shown
        percent = 100 * read // size
        if percent > last_shown:
            last_shown = percent
            report(f"read {percent} %")

    table = rda.read(original, file.endpoint, show)
    # Where rows of the file are not rows of the API: the row among those made.
    made = " of what it makes" if table.rows != table.source_rows else ""
    return write_pages(
        file.endpoint,
        table,
        original.parent,
        lambda row: f"{file.name}, row {row:,}{made}",
        report,
    )
