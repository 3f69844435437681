"""A person's decision on a snapshot, accepted or held: a file in its folder.

It lies beside the pages it is about, so that it goes where they go: a build from the landing folder
alone comes to the same tables. A later decision takes the place of an earlier one.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from warehouse.core.files import add_durably, sync_folder

Word = Literal["accepted", "held"]
_WORDS: tuple[Word, ...] = ("accepted", "held")


class Decision(BaseModel):
    """Who decided what of a snapshot, when (UTC) and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: Word
    decided_at: datetime
    decided_by: str = Field(min_length=1)
    why: str = Field(min_length=1)

    @property
    def is_accepted(self) -> bool:
        """Whether the snapshot is used."""
        return self.word == "accepted"

    @property
    def sentence(self) -> str:
        """Who decided, when and why."""
        return f"{self.decided_by} decided so on {self.decided_at:%Y-%m-%d}: {self.why}"

    @property
    def sha256(self) -> str:
        """Of all it says: part of what decides a build."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def file_name(word: Word) -> str:
    """The file of a decision."""
    return f"{word}.json"


def read(folder: Path) -> Decision | None:
    """The decision in a snapshot's folder, the newest where both files are there; None without.

    Raises ValueError naming the file when it is not one.
    """
    found = [one for word in _WORDS if (one := _read(folder / file_name(word), word))]
    return max(found, key=lambda one: one.decided_at, default=None)


def _read(path: Path, word: Word) -> Decision | None:
    try:
        written = json.loads(path.read_bytes())
        return Decision(
            word=word,
            decided_at=written[f"{word}_at"],
            decided_by=written[f"{word}_by"],
            why=written["why"],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: not a decision on a snapshot ({type(error).__name__}). "
            f"Remove it, and decide again: `asylum accept` or `asylum hold`."
        ) from error


def write(folder: Path, word: Word, why: str, temporary: Path) -> Decision:
    """Decide on the snapshot in `folder` in the name of this system's user.

    The file is written to the folder `temporary`, of the same file system, and moved in whole.
    """
    made = Decision(word=word, decided_at=datetime.now(UTC), decided_by=_user(), why=why)
    written = {
        f"{word}_at": made.decided_at.isoformat(),
        f"{word}_by": made.decided_by,
        "why": why,
    }
    add_durably(
        folder / file_name(word), json.dumps(written, indent=1, ensure_ascii=False), temporary
    )
    for other in _WORDS:
        if other != word:
            (folder / file_name(other)).unlink(missing_ok=True)
    sync_folder(folder)
    return made


def copy_decisions(source: Path, target: Path, temporary: Path) -> None:
    """Give the snapshot in `target` what was decided on the one in `source`."""
    for word in _WORDS:
        path = source / file_name(word)
        if path.exists():
            add_durably(target / path.name, path.read_text("utf-8").rstrip("\n"), temporary)


def _user() -> str:
    """The system's name of who runs this; its number where it has no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
