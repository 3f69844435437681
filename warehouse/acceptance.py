"""The word of a person that a quarantined snapshot is to be believed: a file in its folder.

It is written once, beside the pages it is about, so that it goes where they go: a build from the
landing folder alone comes to the same tables.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from warehouse.files import add_durably
from warehouse.note import read_note

FILE_NAME = "accepted.json"


class Acceptance(BaseModel):
    """Who accepted a snapshot, when (UTC) and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accepted_at: datetime
    accepted_by: str = Field(min_length=1)
    why: str = Field(min_length=1)

    @property
    def sha256(self) -> str:
        """Of all it says: part of what decides a build."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def read(folder: Path) -> Acceptance | None:
    """The acceptance in a snapshot's folder, None where it has none.

    Raises ValueError naming the file when it is not one.
    """
    return read_note(
        folder / FILE_NAME,
        Acceptance,
        what="an acceptance",
        to_do="Remove it, and accept the snapshot again.",
    )


def write(folder: Path, why: str, temporary: Path) -> Acceptance:
    """Accept the snapshot in `folder` in the name of this system's user.

    The file is written to the folder `temporary`, of the same file system, and moved in whole.
    """
    made = Acceptance(accepted_at=datetime.now(UTC), accepted_by=_user(), why=why)
    add_durably(folder / FILE_NAME, made.model_dump_json(indent=1), temporary)
    return made


def _user() -> str:
    """The system's name of who runs this; its number where it has no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
