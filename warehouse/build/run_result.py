"""What a refresh reports when it is over, and the note of the last one kept for `asylum status`.

The note is written when a run begins and again when it ends. Meanwhile the run holds a lock, which
the system lets go when its process dies: if the note says under way and the lock is free, the run
was killed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.core import files
from warehouse.settings import Settings

_SECONDS_BETWEEN_SIGNS = 1.0

# (stage, label, done, total): total is None while it is not known; done == total ends a stage.
OnProgress = Callable[[str, str, int, int | None], None]


class RunSnapshot(NamedTuple):
    """One landed snapshot a run was made from; `is_new` when this run brought it."""

    endpoint: str
    snapshot_id: str
    release_id: str | None
    rows: int
    is_new: bool


class RunQuarantine(NamedTuple):
    """A snapshot that was not used, and why.

    held_back: what to say first; None where a later snapshot took its place.
    """

    endpoint: str
    snapshot_id: str
    release_id: str
    held_because: str
    held_back: str | None


@dataclass
class RunResult:
    """What one refresh did. `seconds` is by stage; `tests_warned` and `tests_failed` hold one
    message a test.

    `quarantined` are all landed snapshots that are not used, `set_aside` those that cannot be
    loaded, a sentence each; whether or not they are new. `not_landed` says by what was asked for
    why it could not be landed: the rest was built. `repaired` says what this run found damaged and
    replaced, a sentence each.
    """

    success: bool
    up_to_date: bool = False
    snapshots: list[RunSnapshot] = field(default_factory=list)
    quarantined: list[RunQuarantine] = field(default_factory=list)
    not_landed: dict[str, str] = field(default_factory=dict)
    set_aside: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    release: str = ""
    models_built: int = 0
    tests_passed: int = 0
    tests_warned: list[str] = field(default_factory=list)
    tests_failed: list[str] = field(default_factory=list)
    error: str | None = None
    published: Path | None = None
    exports: list[Path] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    run_id: str = ""


class LastRun(BaseModel):
    """The note of the last run. Times are UTC; of a run that is under way or was killed,
    `finished_at` is when it was last heard of.
    """

    model_config = ConfigDict(extra="ignore")

    outcome: Literal["success", "up_to_date", "failure", "interrupted", "under_way", "killed"]
    started_at: datetime
    finished_at: datetime
    job: str = "refresh"
    source: str
    origins: list[str] = []
    release: str = ""
    run_id: str = ""
    models_built: int = 0
    tests_passed: int = 0
    tests_warned: int = 0
    tests_failed: int = 0
    error: str | None = None
    not_landed: dict[str, str] = {}
    seconds: dict[str, float] = {}


def _path(settings: Settings) -> Path:
    return settings.data_dir / "last_run.json"


@contextmanager
def under_way(
    settings: Settings,
    *,
    source: str,
    origins: Sequence[str],
    started_at: datetime,
    job: str = "refresh",
) -> Iterator[Callable[[], None] | None]:
    """Note that a run is under way, for as long as this lasts. Yields what to call as a sign of
    life; None where another run is under way, whose note stays as it is.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = _path(settings)
    heard = 0.0

    def is_alive() -> None:
        nonlocal heard
        if time.monotonic() - heard > _SECONDS_BETWEEN_SIGNS:
            heard = time.monotonic()
            os.utime(path)

    lock = _lock(settings)
    try:
        lock.acquire()
    except Timeout:
        yield None
        return
    try:
        note = LastRun(
            outcome="under_way",
            started_at=started_at,
            finished_at=started_at,
            job=job,
            source=source,
            origins=list(origins),
        )
        _write(settings, note)
        yield is_alive
    finally:
        lock.release()


def _lock(settings: Settings) -> FileLock:
    return FileLock(settings.data_dir / ".last_run.lock", timeout=0)


def _write(settings: Settings, note: LastRun) -> None:
    text = json.dumps(note.model_dump(mode="json"), indent=1, ensure_ascii=False)
    files.write_text(_path(settings), text + "\n")


def write_last_run(
    settings: Settings,
    result: RunResult | None,
    *,
    source: str,
    origins: Sequence[str],
    started_at: datetime,
    finished_at: datetime,
    error: str | None = None,
    job: str = "refresh",
) -> None:
    """Keep the note of a run that ended. `result` is None when it ended without one: then `error`
    says how, and None there means that the user stopped it.
    """
    outcome: Literal["success", "up_to_date", "failure", "interrupted"]
    if result is None:
        outcome = "failure" if error else "interrupted"
    elif result.success:
        outcome = "up_to_date" if result.up_to_date else "success"
    else:
        outcome = "failure"
    note = LastRun(
        outcome=outcome,
        started_at=started_at,
        finished_at=finished_at,
        job=job,
        source=source,
        origins=list(origins),
        error=error or (result.error if result else None),
    )
    if result:
        note = note.model_copy(
            update={
                "release": result.release,
                "run_id": result.run_id,
                "models_built": result.models_built,
                "tests_passed": result.tests_passed,
                "tests_warned": len(result.tests_warned),
                "tests_failed": len(result.tests_failed),
                "not_landed": result.not_landed,
                "seconds": result.seconds,
            }
        )
    _write(settings, note)


def read_last_run(settings: Settings) -> LastRun | None:
    """The note of the last run, None when there was none.

    A run that is under way by its note, and not by its lock, was killed.

    Raises ValueError naming the file when it is not such a note.
    """
    path = _path(settings)
    if not path.exists():
        return None
    try:
        note = LastRun.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(
            f"{path}: not a note of a run ({error.error_count()} problems). "
            f"Remove it; the next `asylum run` writes a new one."
        ) from error
    if note.outcome != "under_way":
        return note
    heard = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        with _lock(settings):
            return note.model_copy(update={"outcome": "killed", "finished_at": heard})
    except Timeout:
        return note.model_copy(update={"finished_at": heard})
