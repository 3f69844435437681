"""A note in a snapshot's folder, read: who accepted it, why it was set aside."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Note = TypeVar("Note", bound=BaseModel)


def read_note(path: Path, kind: type[Note], *, what: str, to_do: str) -> Note | None:
    """The note at `path`, None where there is none.

    Raises ValueError naming the file, `what` it is not and what `to_do`, when it is not one.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ValueError(f"{path}: not {what} ({error.error_count()} problems). {to_do}") from error
