"""How a list in seeds/reference is read: every other module of this room goes through here."""

from __future__ import annotations

import csv
from pathlib import Path

from warehouse.settings import PROJECT_ROOT

REFERENCE_DIR = PROJECT_ROOT / "seeds" / "reference"


class ReferenceListError(ValueError):
    """A list in seeds/reference that cannot be used; the message says where and why."""


def read_seed(name: str, folder: Path = REFERENCE_DIR) -> list[tuple[str, dict[str, str]]]:
    """The rows of `NAME.csv`, each with where it stands, for messages.

    Raises ReferenceListError naming the file.
    """
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            return [(f"{path}, line {number}", row) for number, row in enumerate(rows, start=2)]
    except OSError as error:
        raise ReferenceListError(
            f"{path}: {error.strerror}. Restore it from the repository."
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ReferenceListError(f"{path} is not plain CSV in UTF-8: {error}.") from error
