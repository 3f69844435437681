"""What a refresh reports when it is over, and the note of the last one kept for `asylum status`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse import atomic
from warehouse.settings import Settings

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
    """What one refresh did. `seconds` is by stage; `tests_failed` holds one message a test.

    `quarantined` are all landed snapshots that are not used, whether or not they are new.
    `not_landed` says by what was asked for why it could not be landed: the rest was built.
    """

    success: bool
    up_to_date: bool = False
    snapshots: list[RunSnapshot] = field(default_factory=list)
    quarantined: list[RunQuarantine] = field(default_factory=list)
    not_landed: dict[str, str] = field(default_factory=dict)
    release: str = ""
    models_built: int = 0
    tests_passed: int = 0
    tests_warned: int = 0
    tests_failed: list[str] = field(default_factory=list)
    error: str | None = None
    published: Path | None = None
    exports: list[Path] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    run_id: str = ""


class LastRun(BaseModel):
    """The note of the last run. Times are UTC."""

    model_config = ConfigDict(extra="ignore")

    outcome: Literal["success", "up_to_date", "failure", "interrupted"]
    started_at: datetime
    finished_at: datetime
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


def write_last_run(
    settings: Settings,
    result: RunResult | None,
    *,
    source: str,
    origins: Sequence[str],
    started_at: datetime,
    finished_at: datetime,
    error: str | None = None,
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
                "tests_warned": result.tests_warned,
                "tests_failed": len(result.tests_failed),
                "not_landed": result.not_landed,
                "seconds": result.seconds,
            }
        )
    text = json.dumps(note.model_dump(mode="json"), indent=1, ensure_ascii=False)
    atomic.write_text(_path(settings), text + "\n")


def read_last_run(settings: Settings) -> LastRun | None:
    """The note of the last run, None when there was none.

    Raises ValueError naming the file when it is not such a note.
    """
    path = _path(settings)
    if not path.exists():
        return None
    try:
        return LastRun.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(
            f"{path}: not a note of a run ({error.error_count()} problems). "
            f"Remove it; the next `asylum run` writes a new one."
        ) from error
