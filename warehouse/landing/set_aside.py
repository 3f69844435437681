"""The note that a landed snapshot cannot be loaded: a file in its folder, beside its pages.

A snapshot with this note counts as not landed: no run tries it again, and the same content fetched
anew lands beside it. Whoever mends the folder removes the note.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warehouse.core.files import add_durably

FILE_NAME = "set_aside.json"
WHAT_TO_DO = (
    f"Fetch it again: a sound answer lands beside it. Where its folder was changed, restore the "
    f"folder from a backup. Then remove {FILE_NAME} (it is loaded again) or the folder."
)


class SetAside(BaseModel):
    """When a snapshot was found not to load (UTC), and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    set_aside_at: datetime
    reason: str = Field(min_length=1)
    is_damage: bool = Field(False, description="its files are not as they were landed")
    restored_as: str | None = Field(None, description="the snapshot that has the same content")


def read(folder: Path) -> SetAside | None:
    """The note in a snapshot's folder, None where it has none.

    Raises ValueError naming the file when it is not one.
    """
    path = folder / FILE_NAME
    try:
        return SetAside.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ValueError(
            f"{path}: not a note of what was set aside ({error.error_count()} problems). "
            f"Remove it; the next run then loads the snapshot or writes a new note."
        ) from error


def write(folder: Path, reason: str, temporary: Path, *, is_damage: bool = False) -> SetAside:
    """Set the snapshot in `folder` aside; `temporary` is a folder of the same file system."""
    made = SetAside(
        set_aside_at=datetime.now(UTC), reason=reason, is_damage=is_damage, restored_as=None
    )
    add_durably(folder / FILE_NAME, made.model_dump_json(indent=1), temporary)
    return made


def mark_restored(folder: Path, note: SetAside, restored_as: str, temporary: Path) -> None:
    """Say in the note of a damaged snapshot which one has taken its place."""
    made = note.model_copy(update={"restored_as": restored_as})
    add_durably(folder / FILE_NAME, made.model_dump_json(indent=1), temporary)
