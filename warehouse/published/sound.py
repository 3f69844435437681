"""Whether the published file can still be read whole, or was damaged since it was published.

Reading all of it at each run would cost more than a run that finds nothing new, so its size and
time are noted, and it is read only when they are others. `asylum doctor` always reads it.
"""

from __future__ import annotations

import json

from warehouse.core import files
from warehouse.core.repairs import MARK, damage, move_aside
from warehouse.settings import Settings

_NOTE = "published.json"


def note_sound(settings: Settings) -> None:
    """Say that the published file is sound as it is now."""
    files.write_text(settings.dbt_target_dir / _NOTE, _state(settings) + "\n")


def damaged(settings: Settings, *, always: bool = False) -> str | None:
    """What is wrong with the published file; it is then kept under another name too.

    Its own name stays with it until a new one takes its place: readers get what they still can.
    `always`: read it whole even where size and time are those noted.
    """
    path = settings.published_db
    if not path.exists():
        return None
    noted = settings.dbt_target_dir / _NOTE
    as_noted = noted.exists() and noted.read_bytes().strip() == _state(settings).encode()
    if as_noted and not always:
        return None
    reason = damage(path, settings)
    if reason is None:
        note_sound(settings)
        return None
    noted.unlink(missing_ok=True)
    # An earlier run may have said so already, and made no new one.
    if not any(one.samefile(path) for one in path.parent.glob(f"{path.name}{MARK}*")):
        move_aside(settings, path, reason, keep=True)
    return reason


def _state(settings: Settings) -> str:
    found = settings.published_db.stat()
    return json.dumps({"bytes": found.st_size, "mtime_ns": found.st_mtime_ns})
