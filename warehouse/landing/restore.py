"""A landed snapshot whose files were damaged: fetched again, where its source still has the same.

The same is what has the same content_sha256: the starter extract of this project, a file of the
archive by its checksum, the API and the workbook for as long as they serve that release, the World
Bank's population until it is revised. It lands beside the damaged one with that one's times and
decisions, so no history changes; so does what is fetched later, as long as it is the newest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.core.manifest import Manifest, read_manifest
from warehouse.landing import set_aside
from warehouse.landing.backfill import fetch_file
from warehouse.landing.snapshots import (
    LandingError,
    SnapshotSetAside,
    all_set_aside,
    incoming,
    starter_release,
    starter_snapshot,
    take_place,
)
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.settings import Settings
from warehouse.sources.unhcr_api import crawl
from warehouse.sources.unhcr_api.client import Client, UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS
from warehouse.sources.unhcr_archive import rda
from warehouse.sources.unhcr_archive.client import chosen_releases
from warehouse.sources.unhcr_flows import workbook
from warehouse.sources.world_bank import population as world_bank


@dataclass(frozen=True)
class Attempt:
    """What came of one attempt: the snapshot that took its place, or why there is none."""

    damaged: SnapshotSetAside
    restored_as: str | None
    why_not: str | None = None

    @property
    def sentence(self) -> str:
        """Which it is and what came of it."""
        name = f"{self.damaged.endpoint}/{self.damaged.snapshot_id}"
        if self.restored_as:
            return (
                f"{name} was damaged ({self.damaged.note.reason}); its source still has the same, "
                f"which is landed as {self.restored_as}. The damaged folder may be removed."
            )
        return f"{name} was damaged and could not be fetched again: {self.why_not}"


class _GoneError(Exception):
    """The source does not have it any more."""


def restore(
    settings: Settings,
    only: Sequence[SnapshotSetAside] | None = None,
    *,
    reference_dir: Path = REFERENCE_DIR,
) -> list[Attempt]:
    """Try to fetch again each damaged snapshot (or `only` these); none that fails stops another.

    Raises LandingBusyError when another process writes to the landing folder.
    """
    out = []
    for one in all_set_aside(settings) if only is None else only:
        if not one.note.is_damage:
            continue
        try:
            out.append(Attempt(one, _restore(settings, one, reference_dir)))
        except (_GoneError, LandingError, UpstreamError, rda.ReaderMissingError, ValueError) as why:
            out.append(Attempt(one, None, str(why)))
    return out


def _restore(settings: Settings, one: SnapshotSetAside, reference_dir: Path) -> str:
    try:
        before = read_manifest(one.path)
    except (OSError, ValueError) as error:
        raise _GoneError(
            "its manifest cannot be read, so nobody knows what it was. The next run or fetch lands "
            "what its source has now; older figures come back only from a backup."
        ) from error
    with incoming(settings) as temporary:
        folder, found = _fetched(settings, before, temporary, reference_dir)
        if found.content_sha256 != before.content_sha256:
            raise _GoneError(
                f"its source ({before.source}) has other figures now. Restore its folder from a "
                f"backup, then remove {set_aside.FILE_NAME}."
            )
        return take_place(settings, one, (folder, found), temporary).snapshot_id


def _fetched(
    settings: Settings, before: Manifest, temporary: Path, reference_dir: Path
) -> tuple[Path, Manifest]:
    """A folder with the pages that the source has now, and their manifest."""
    endpoint = ENDPOINTS[before.endpoint]
    if before.source == "starter":
        source = settings.starter_dir / starter_release(before) / before.endpoint
        return starter_snapshot(source, temporary / "starter")
    if before.source == "workbook":
        return workbook.fetch(settings, temporary, lambda _: None)
    if before.source == "world_bank":
        return world_bank.fetch(settings, temporary, lambda _: None)
    if before.source == "api":
        listed = [one.coverage.origins for one in before.slices if one.slice == "pairs"]
        origins = listed[0] if listed and isinstance(listed[0], list) else []
        [crawled], _ = crawl.run(settings, [endpoint], origins, temporary)
        return crawled.folder, crawled.manifest
    for release in chosen_releases([str(before.release_id)], reference_dir):
        for file in release.files:
            if before.original and file.sha256 == before.original.sha256:
                rda.require_reader()
                with Client(settings) as client:
                    return fetch_file(client, settings, temporary, (release, file), lambda _: None)
    raise _GoneError("its file is not in seeds/reference/release_files.csv any more.")
