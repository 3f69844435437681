"""The health of a data folder: all that can be checked is read, and what can be made again is.

Landed pages and files are held against their sha256, both databases are read value by value, notes
are read, and what runs that were killed left behind is named. A damaged snapshot is fetched again
where its source still has it; a damaged build database is set aside for the next run.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from warehouse.build import repair
from warehouse.build.raw import changed_since
from warehouse.build.run_result import read_last_run
from warehouse.core.manifest import Manifest
from warehouse.core.repairs import FILE_NAME as REPAIRS
from warehouse.core.repairs import MARK, repairs
from warehouse.core.wording import plural
from warehouse.landing import decision, set_aside
from warehouse.landing.restore import restore
from warehouse.landing.snapshots import all_set_aside, incoming, sound_manifests
from warehouse.published.landed import lost_snapshots
from warehouse.published.read import PublishedMissingError, open_published, read_about
from warehouse.published.sound import damaged
from warehouse.settings import Settings

# A run at full scale needs room for a second published file, and DuckDB for what it spills.
_ROOM_TIMES = 3
_LEAST_ROOM = 500_000_000
# So many of what is lost are named; the rest is counted.
_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `outcome` is ok, repaired, or problem (somebody has to act)."""

    what: str
    outcome: Literal["ok", "repaired", "problem"]
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, repair what can be made again, and say all of it.

    The caller holds the right to write to the data folder. Raises LandingBusyError when another
    process writes to the landing folder.
    """
    return [
        *_landing(settings),
        *_build(settings),
        *_published(settings),
        *_notes(settings),
        *_room(settings),
    ]


def _landing(settings: Settings) -> Iterator[Finding]:
    landed = sound_manifests(settings)
    for folder, manifest in landed:
        reason = changed_since(folder, manifest) or _original_changed(folder, manifest)
        if reason:
            with incoming(settings) as temporary:
                set_aside.write(folder, reason, temporary, is_damage=True)
        try:
            decision.read(folder)
        except ValueError as error:
            yield Finding("landing", "problem", str(error))
    aside = all_set_aside(settings)
    attempts = {one.damaged.path: one for one in restore(settings, aside)}
    for one in aside:
        tried = attempts.get(one.path)
        if tried and tried.restored_as:
            yield Finding("landing", "repaired", tried.sentence)
        else:
            yield Finding("landing", "problem", tried.sentence if tried else one.sentence)
    lost, built_from = lost_snapshots(settings)
    if lost:
        named = ", ".join(lost[:_NAMED]) + (", …" if len(lost) > _NAMED else "")
        yield Finding(
            "landing",
            "problem",
            f"{len(lost)} of {built_from} snapshots that {settings.published_db.name} was built "
            f"from are not in {settings.landing_dir}: {named}. See whether its disk is mounted, or "
            f"restore them from a backup; without them a run publishes what is left.",
        )
    sound = len(landed) - sum(one.path in {folder for folder, _ in landed} for one in aside)
    yield Finding("landing", "ok", f"{sound} of {len(landed)} snapshots are as they were landed.")


def _original_changed(folder: Path, manifest: Manifest) -> str | None:
    """Whether the file that the pages were made from is not as it was landed."""
    if manifest.original is None:
        return None
    path = folder / manifest.original.file
    if path.exists():
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == manifest.original.sha256:
                return None
    return f"{path.name} is missing or was changed after landing"


def _build(settings: Settings) -> Iterator[Finding]:
    if not settings.build_db.exists():
        yield Finding("build", "ok", "There is no build database; the next run makes one.")
        return
    found = repair.set_aside(settings)
    if found:
        yield Finding("build", "repaired", f"{found.sentence} Run `asylum run`.")
    else:
        yield Finding("build", "ok", f"{settings.build_db.name} can be read whole.")


def _published(settings: Settings) -> Iterator[Finding]:
    if not settings.published_db.exists():
        yield Finding("published", "problem", "Nothing is published yet. Run `asylum run`.")
        return
    name = settings.published_db.name
    reason = damaged(settings, always=True)
    if reason:
        yield Finding(
            "published",
            "problem",
            f"{name} is damaged ({reason}). Run `asylum run`: it is rebuilt.",
        )
        return
    try:
        with open_published(settings) as con:
            release = read_about(con)["release"]
    except (PublishedMissingError, duckdb.Error, KeyError) as error:
        yield Finding(
            "published", "problem", f"{name} is not of this project ({error}). Run `asylum run`."
        )
        return
    yield Finding("published", "ok", f"{name} can be read whole; release {release}.")


def _notes(settings: Settings) -> Iterator[Finding]:
    try:
        last = read_last_run(settings)
    except ValueError as error:
        yield Finding("last run", "problem", str(error))
    else:
        if last and last.outcome in {"failure", "killed"}:
            ended = "was killed" if last.outcome == "killed" else "failed"
            why = f": {last.error}" if last.error else ""
            yield Finding("last run", "problem", f"The last run {ended}{why}. Run `asylum run`.")
        else:
            yield Finding("last run", "ok", f"Last run: {last.outcome if last else 'none yet'}.")
    try:
        done = repairs(settings)
    except ValueError as error:
        yield Finding("repairs", "problem", str(error))
        return
    kept = sorted(path.name for path in settings.data_dir.glob(f"*{MARK}*"))
    told = f" Damaged files are kept: {', '.join(kept)}." if kept else ""
    written = plural(len(done), "repair is", "repairs are")
    yield Finding("repairs", "ok", f"{written} written down in {REPAIRS}.{told}")


def _room(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data_dir).free
    size = settings.build_db.stat().st_size if settings.build_db.exists() else 0
    wanted = max(_LEAST_ROOM, _ROOM_TIMES * size)
    if free < wanted:
        yield Finding(
            "disk",
            "problem",
            f"{free / 1e6:,.0f} MB are free, and a run may need {wanted / 1e6:,.0f} MB. Make room, "
            f"or set ASYLUM_DATA_DIR to a larger disk.",
        )
    else:
        yield Finding("disk", "ok", f"{free / 1e6:,.0f} MB are free.")
