"""Landing: what a source answered, an immutable folder a snapshot, with a manifest.

A folder that exists is whole: it was written elsewhere, flushed to the disk, and renamed. Nothing
here interprets a figure.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.core.content import content_sha256, split_digests
from warehouse.core.files import add_durably, sync_folder, write_durably
from warehouse.core.manifest import (
    FILE_NAME,
    Manifest,
    Slice,
    UnreadableError,
    read_manifest,
    write_page,
)
from warehouse.core.repairs import Repair, write_down
from warehouse.landing import set_aside
from warehouse.landing.decision import copy_decisions
from warehouse.landing.set_aside import SetAside
from warehouse.settings import Settings
from warehouse.sources.unhcr_api import crawl as unhcr_crawl
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import (
    ENDPOINTS,
    FLOWS,
    INHABITANTS,
    Endpoint,
    as_asked_for,
    checked_origins,
    chosen,
    current_year,
)
from warehouse.sources.unhcr_api.pages import check_readable, reading
from warehouse.sources.unhcr_api.verify import MalformedPageError, SliceCheck
from warehouse.sources.unhcr_flows import workbook
from warehouse.sources.world_bank import population as world_bank

_INCOMING = ".incoming-"
_LOCK = ".lock"
_NO_RELEASE = "world-bank"
# How the id of a snapshot of any source ends: in its content, and a number where it is one more.
_END_OF_ID = re.compile(r"-[0-9a-f]{8}(-[0-9]+)?$")

Progress = Callable[[str, int, int | None], None]


class LandingError(Exception):
    """A landing folder or starter extract that is not what it should be."""


class UnreadableManifestError(LandingError):
    """A snapshot without a manifest that can be read."""


class LandingBusyError(LandingError):
    """Another process is writing to the landing folder."""


@dataclass(frozen=True)
class Landed:
    """A snapshot in the landing folder; `is_new` is False where its content was there already."""

    endpoint: str
    snapshot_id: str
    path: Path
    manifest: Manifest
    is_new: bool


class NotAllLandedError(UpstreamError):
    """Some of what was asked for could not be landed; the rest is.

    landed: what came; failed: by what could not be landed (a dataset, or a release and a dataset)
    the reason; is_outage: a source did not answer, which may pass.
    """

    def __init__(
        self, landed: Sequence[Landed], failed: Mapping[str, str], *, is_outage: bool = False
    ) -> None:
        super().__init__(
            "\n".join(
                [
                    f"{len(failed)} of {len(failed) + len(landed)} could not be landed:",
                    *(f"{name}: {reason}" for name, reason in failed.items()),
                ]
            )
        )
        self.landed = list(landed)
        self.failed = dict(failed)
        self.is_outage = is_outage


@dataclass(frozen=True)
class SnapshotSetAside:
    """A snapshot that was landed and cannot be loaded, with the note that says why."""

    endpoint: str
    snapshot_id: str
    path: Path
    note: SetAside

    @property
    def sentence(self) -> str:
        """Which it is, why, and what to do."""
        reason = self.note.reason.rstrip(".")
        return f"{self.endpoint}/{self.snapshot_id}: {reason}. {self.what_to_do}"

    @property
    def what_to_do(self) -> str:
        """How it comes to be loaded, or is no longer named."""
        if self.endpoint in ENDPOINTS:
            return set_aside.WHAT_TO_DO
        return "Upgrade the project, or move the folder away."


def crawl(
    settings: Settings,
    *,
    endpoints: Sequence[str] | None = None,
    origins: Sequence[str] = (),
    on_progress: Progress | None = None,
) -> list[Landed]:
    """Fetch datasets (default: all) from UNHCR, its API and its flow workbook, and the World
    Bank's population, and land them.

    origins (ISO3) narrows those of the API to these countries of origin. Content equal to the
    newest snapshot of the same source and coverage makes no new one; its manifest notes the time.
    A dataset that cannot be had or read does not keep the others from being landed: then
    NotAllLandedError is raised at the end. Raises UpstreamError where none can be had,
    LandingBusyError, ValueError (unknown endpoint, malformed origin); the landing folder is then
    as it was.
    """
    wanted = chosen(endpoints)
    listed = as_asked_for(checked_origins(origins))
    with incoming(settings) as folder:
        fetched, failed, is_outage = _fetch(settings, wanted, listed, folder, on_progress)
        landed = accept(settings, fetched, folder)
    if failed:
        raise NotAllLandedError(landed, failed, is_outage=is_outage)
    return landed


def _fetch(
    settings: Settings,
    wanted: Sequence[Endpoint],
    origins: tuple[str, ...],
    folder: Path,
    on_progress: Progress | None,
) -> tuple[list[tuple[Path, Manifest]], dict[str, str], bool]:
    """Folders with their manifests, by dataset why it could not be had, and whether the API as a
    whole did not answer.

    No source keeps another from being landed. Raises UpstreamError where none answers.
    """
    fetched: list[tuple[Path, Manifest]] = []
    failed: dict[str, str] = {}
    of_api = [one for one in wanted if one.published_in == "api"]
    error: UpstreamError | None = None
    is_outage = False
    if of_api:
        try:
            crawled, failed = unhcr_crawl.run(settings, of_api, origins, folder, on_progress)
            fetched = [(one.folder, one.manifest) for one in crawled]
        except unhcr_crawl.UnknownOriginError:
            raise  # a typing error, and no reason to land half of what was meant
        except UpstreamError as said:
            error = said
            is_outage = not isinstance(said, MalformedPageError)
            failed = {one.name: str(said) for one in of_api}
    names = {one.name for one in wanted}
    for name, title, fetch in (
        (FLOWS, "flow workbook", workbook.fetch),
        (INHABITANTS, "World Bank", world_bank.fetch),
    ):
        if name not in names:
            continue

        def report(step: str, title: str = title) -> None:
            if on_progress:
                on_progress(f"{title}: {step}", 0, 1)

        try:
            fetched.append(fetch(settings, folder, report))
        except UpstreamError as said:
            error = error or said
            failed[name] = str(said)
    if error and not fetched:
        raise error
    return fetched, failed, is_outage


def land_starter(settings: Settings, on_progress: Progress | None = None) -> list[Landed]:
    """Land the starter extract: every release in settings.starter_dir, every endpoint of it.

    Checked page by page as an answer of the API would be, and against its manifests. Raises
    LandingError naming the file; the landing folder is then as it was.
    """
    found = sorted(settings.starter_dir.glob(f"*/*/{FILE_NAME}"))
    if not found:
        raise LandingError(
            f"{settings.starter_dir}: no starter extract (<release>/<endpoint>/{FILE_NAME}). "
            f"Restore the folder from the repository, or set ASYLUM_STARTER_DIR."
        )
    with incoming(settings) as folder:
        ready = []
        for done, path in enumerate(found):
            if on_progress:
                on_progress("starter extract", done, len(found))
            ready.append(starter_snapshot(path.parent, folder / f"{done:03d}"))
        landed = accept(settings, ready, folder)
    if on_progress:
        on_progress("starter extract", len(found), len(found))
    return landed


def control_fingerprint(settings: Settings) -> str:
    """sha256 (hex) of the control totals of the newest two years with data, or so.

    Of population, asylum-applications and asylum-decisions, in six small queries; nothing is
    landed. It changes when UNHCR publishes. One year more is asked for, since the current one
    has no data for most of its course. Raises UpstreamError.
    """
    queries = [
        (endpoint, query)
        for endpoint in chosen(["population", "asylum-applications", "asylum-decisions"])
        for query in endpoint.queries(page_size=settings.page_size, year_from=current_year() - 2)
        if query.is_control
    ]
    return unhcr_crawl.read_rows_digest(settings, queries, None)


def manifests(settings: Settings, endpoint: str | None = None) -> list[tuple[Path, Manifest]]:
    """All snapshots in the landing folder, by endpoint, time and id; or those of one endpoint.

    Those that were set aside are not among them. Raises LandingError naming the folder when one of
    them is not a whole snapshot.
    """
    out = [
        (folder, _manifest_of(folder))
        for folder in _snapshots(settings.landing_dir, [endpoint] if endpoint else ENDPOINTS)
        if not (folder / set_aside.FILE_NAME).exists()
    ]
    return sorted(out, key=lambda one: (one[1].endpoint, one[1].started_at, one[1].snapshot_id))


def all_set_aside(settings: Settings) -> list[SnapshotSetAside]:
    """The snapshots that were found not to load and that none has replaced, by endpoint and id;
    then those of datasets that this version does not know, which have no note.

    Raises ValueError naming a note that cannot be read.
    """
    return [
        SnapshotSetAside(folder.parent.name, folder.name, folder, note)
        for folder in _snapshots(settings.landing_dir)
        if (note := set_aside.read(folder)) and note.restored_as is None
    ] + [
        SnapshotSetAside(folder.parent.name, folder.name, folder, _unknown(folder))
        for folder in sorted(path.parent for path in settings.landing_dir.glob(f"*/*/{FILE_NAME}"))
        if folder.parent.name not in ENDPOINTS and not folder.parent.name.startswith(".")
    ]


def _unknown(folder: Path) -> SetAside:
    landed_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    reason = "it is of a dataset that this version does not know, so it is not loaded"
    return SetAside(set_aside_at=landed_at, reason=reason, is_damage=False, restored_as=None)


def _snapshots(landing: Path, endpoints: Iterable[str] = ENDPOINTS) -> list[Path]:
    """The folders of snapshots, by endpoint and name, damaged ones too. What a disk or a system
    keeps beside them (lost+found, @eaDir) is nothing of ours, and may not be readable.
    """
    homes = [landing / name for name in sorted(endpoints)]
    return [
        path
        for home in homes
        if home.is_dir()
        for path in sorted(home.iterdir())
        if path.is_dir() and not path.name.startswith(".") and _is_snapshot(path)
    ]


def _is_snapshot(folder: Path) -> bool:
    if _END_OF_ID.search(folder.name):
        return True
    kept = (FILE_NAME, "*.json.gz")
    return any(path.is_file() for pattern in kept for path in folder.glob(pattern))


def _manifest_of(folder: Path) -> Manifest:
    try:
        manifest = read_manifest(folder)
    except FileNotFoundError as error:
        raise UnreadableManifestError(
            f"{folder}: no {FILE_NAME}, so this is not a snapshot. Move the folder away."
        ) from error
    except UnreadableError as error:
        raise UnreadableManifestError(str(error)) from error
    except (ValueError, OSError) as error:
        raise LandingError(str(error)) from error
    if (manifest.endpoint, manifest.snapshot_id) != (folder.parent.name, folder.name):
        raise LandingError(
            f"{folder}: its manifest is of {manifest.endpoint}/{manifest.snapshot_id}. "
            f"Folders are not to be renamed: move it away and fetch again."
        )
    return manifest


@contextmanager
def incoming(settings: Settings) -> Iterator[Path]:
    """A folder to write to beside the snapshots, while nobody else writes; gone afterwards.

    What runs that were killed left behind is removed first: nobody can be using it, since
    whoever writes holds the lock.
    """
    landing = settings.landing_dir
    landing.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(landing / _LOCK, timeout=0):
            for stale in landing.glob(f"{_INCOMING}*"):
                shutil.rmtree(stale)
            folder = landing / f"{_INCOMING}{os.getpid()}"
            folder.mkdir()
            _set_aside_unreadable(landing, folder)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout as error:
        raise LandingBusyError(
            f"{landing} is being written to by another process. Wait until it has finished, "
            f"then try again."
        ) from error


def sound_manifests(settings: Settings) -> list[tuple[Path, Manifest]]:
    """As `manifests`; a snapshot whose manifest cannot be read is set aside first."""
    try:
        return manifests(settings)
    except UnreadableManifestError:
        with incoming(settings):
            return manifests(settings)


def _set_aside_unreadable(landing: Path, temporary: Path) -> None:
    for folder in _snapshots(landing):
        if (folder / set_aside.FILE_NAME).exists():
            continue
        try:
            _manifest_of(folder)
        except UnreadableManifestError as error:
            set_aside.write(folder, str(error), temporary, is_damage=True)
        except LandingError:
            continue  # whoever reads it says what it is: of a later version, or renamed


def accept(
    settings: Settings, fetched: Sequence[tuple[Path, Manifest]], temp: Path
) -> list[Landed]:
    """Make folders below `temp`, with all their pages, snapshots, but those whose content is there
    already. One whose content a damaged snapshot had, the newest of its kind, takes its place.

    Before one of them gets its name, all are read as the loader will read them. Raises
    UnreadablePagesError, and nothing is landed.
    """
    _check([one for one in fetched if not _same_content(settings, one[1])], temp)
    return [_accept(settings, folder, manifest, temp) for folder, manifest in fetched]


def take_place(
    settings: Settings, damaged: SnapshotSetAside, fetched: tuple[Path, Manifest], temp: Path
) -> Landed:
    """Land what a damaged snapshot had, fetched again to a folder below `temp`, beside it, with
    that one's times and decisions: no history changes, and no other snapshot either.

    The manifest of the damaged one can be read, and has the same content. Raises as `accept`.
    """
    _check([fetched], temp)
    return _take_place(settings, damaged, fetched, temp)


def _check(fetched: Sequence[tuple[Path, Manifest]], temp: Path) -> None:
    if fetched:
        with reading(temp, temp) as con:
            for folder, manifest in fetched:
                check_readable(con, ENDPOINTS[manifest.endpoint], folder, manifest)


def _accept(settings: Settings, folder: Path, manifest: Manifest, temp: Path) -> Landed:
    home = settings.landing_dir / manifest.endpoint
    same = _same_content(settings, manifest)
    if same:
        path, before = same
        now = datetime.now(UTC)
        seen = before.model_copy(update={"seen_again_at": [*before.seen_again_at, now]})
        add_durably(path / FILE_NAME, seen.model_dump_json(indent=1), temp)
        return Landed(manifest.endpoint, before.snapshot_id, path, seen, False)
    damaged = _damaged_of_same_content(settings, manifest)
    if damaged:
        return _take_place(settings, damaged, (folder, manifest), temp)
    return _land(home, folder, manifest)


def _land(home: Path, folder: Path, manifest: Manifest) -> Landed:
    manifest = _with_free_id(home, manifest)
    write_durably(folder / FILE_NAME, f"{manifest.model_dump_json(indent=1)}\n".encode())
    sync_folder(folder)
    if not home.exists():
        home.mkdir()
        sync_folder(home.parent)
    target = home / manifest.snapshot_id
    folder.rename(target)
    sync_folder(home)
    return Landed(manifest.endpoint, manifest.snapshot_id, target, manifest, True)


def _same_content(settings: Settings, manifest: Manifest) -> tuple[Path, Manifest] | None:
    """The newest snapshot of the same source, release and coverage, if its content is the same."""
    alike = [
        (path, other)
        for path, other in manifests(settings, manifest.endpoint)
        if _identity(other) == _identity(manifest)
    ]
    if alike and alike[-1][1].content_sha256 == manifest.content_sha256:
        return alike[-1]
    return None


def _damaged_of_same_content(settings: Settings, manifest: Manifest) -> SnapshotSetAside | None:
    """The newest snapshot of the same source, release and coverage, if it is damaged and had the
    same content.
    """
    sound = [
        other.started_at
        for _, other in manifests(settings, manifest.endpoint)
        if _identity(other) == _identity(manifest)
    ]
    found = []
    for one in all_set_aside(settings):
        if one.endpoint != manifest.endpoint or not one.note.is_damage:
            continue
        with suppress(ValueError, OSError):  # nobody knows what it was
            found.append((read_manifest(one.path), one))
    alike = [one for one in found if _identity(one[0]) == _identity(manifest)]
    before, newest = max(alike, key=lambda one: one[0].started_at, default=(None, None))
    if (
        before is None
        or before.content_sha256 != manifest.content_sha256
        or max(sound, default=before.started_at) > before.started_at
    ):
        return None
    return newest


def _take_place(
    settings: Settings, damaged: SnapshotSetAside, fetched: tuple[Path, Manifest], temp: Path
) -> Landed:
    folder, found = fetched
    before = read_manifest(damaged.path)
    home = settings.landing_dir / damaged.endpoint
    landed = _taken_already(settings, before) or _land(
        home,
        folder,
        before.model_copy(update={"slices": found.slices, "original": found.original}),
    )
    copy_decisions(damaged.path, landed.path, temp)
    set_aside.mark_restored(damaged.path, damaged.note, landed.snapshot_id, temp)
    write_down(
        settings,
        Repair(
            at=datetime.now(UTC),
            what=f"{settings.landing_dir.name}/{home.name}/{landed.snapshot_id}",
            reason=damaged.note.reason,
            moved_to=f"{settings.landing_dir.name}/{home.name}/{damaged.snapshot_id}",
        ),
    )
    return landed


def _taken_already(settings: Settings, before: Manifest) -> Landed | None:
    """What was landed in its place by a run that was killed before it said so."""
    for path, other in manifests(settings, before.endpoint):
        if (
            _identity(other) == _identity(before)
            and other.content_sha256 == before.content_sha256
            and other.started_at == before.started_at
        ):
            return Landed(other.endpoint, other.snapshot_id, path, other, False)
    return None


def _identity(manifest: Manifest) -> tuple[object, ...]:
    coverage = {part.slice: part.coverage for part in manifest.slices}
    return manifest.source, manifest.release_id, coverage


def _with_free_id(home: Path, manifest: Manifest) -> Manifest:
    """Figures that changed and changed back within a second would share an id."""
    taken, number = manifest.snapshot_id, 2
    while (home / taken).exists():
        taken = f"{manifest.snapshot_id}-{number}"
        number += 1
    return manifest.model_copy(update={"snapshot_id": taken})


def starter_release(manifest: Manifest) -> str:
    """The folder of the starter extract that a snapshot's endpoint is in, called by the release; by
    the source where it is not UNHCR's and so of no release.
    """
    return manifest.release_id or _NO_RELEASE


def starter_snapshot(source: Path, target: Path) -> tuple[Path, Manifest]:
    """Check one folder of the starter extract and copy it, compressed, to `target`."""
    try:
        manifest = read_manifest(source)
    except (ValueError, OSError) as error:
        raise LandingError(str(error)) from error
    endpoint = ENDPOINTS.get(manifest.endpoint)
    of = starter_release(manifest)
    here = (source.name, source.parent.name, "starter")
    if endpoint is None or here != (manifest.endpoint, of, manifest.source):
        raise LandingError(
            f"{source / FILE_NAME}: says it is {manifest.endpoint} of {of} from "
            f"{manifest.source}, which does not fit its folder."
        )
    listed = {page.file for part in manifest.slices for page in part.pages}
    there = {path.name for path in source.iterdir() if not path.name.startswith(".")} - {FILE_NAME}
    if listed != there:
        raise LandingError(
            f"{source}: its manifest lists {', '.join(sorted(listed))}, the folder holds "
            f"{', '.join(sorted(there))}. Restore it from the repository."
        )
    target.mkdir()
    digests: list[bytes] = []
    slices = []
    for part in manifest.slices:
        landed, found = _starter_slice(endpoint, part, source, target)
        slices.append(landed)
        digests += found
    digest = content_sha256(digests)
    expected = (manifest.content_sha256, manifest.rows, manifest.snapshot_id)
    actual = (digest, len(digests), f"starter-{of}-{digest[:8]}")
    if actual != expected:
        raise LandingError(
            f"{source / FILE_NAME}: content, rows and id are {expected}, of its pages {actual}. "
            f"Restore the folder from the repository."
        )
    return target, manifest.model_copy(update={"slices": slices})


def _starter_slice(
    endpoint: Endpoint, part: Slice, source: Path, target: Path
) -> tuple[Slice, list[bytes]]:
    check = SliceCheck(endpoint, part.slice, part.page_size, part.coverage)
    pages = []
    try:
        for page in part.pages:
            path = source / page.file
            body = path.read_bytes()
            _compare(path, "bytes", page.bytes, len(body))
            _compare(path, "sha256", page.sha256, hashlib.sha256(body).hexdigest())
            answer = json.loads(body)
            if not endpoint.is_of_unhcr:
                answer = world_bank.envelope(answer)
            _compare(path, "rows", page.rows, check.page(page.page, answer))
            pages.append(write_page(target, part.slice, page.page, body, page.rows))
        check.finish()
    except (UpstreamError, ValueError, KeyError, TypeError) as error:
        raise LandingError(
            f"{source}: not an answer in the API's shape: {error}. Restore it from the repository."
        ) from error
    where = source / FILE_NAME
    for what, said, counted in (
        ("rows", part.rows, check.rows),
        ("columns", part.columns, check.columns),
        ("added_columns", part.added_columns, check.added_columns),
        ("total", part.total, check.total),
    ):
        _compare(where, f"{what} of {part.slice}", said, counted)
    return part.model_copy(update={"pages": pages}), split_digests(check.packed)


def _compare(where: Path, what: str, said: object, found: object) -> None:
    if said != found:
        raise LandingError(
            f"{where}: {what}: the manifest says {said}, found {found}. Restore the file from the "
            f"repository as it is there (no change of line ends)."
        )
