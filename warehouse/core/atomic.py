"""Files that are either the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.core.files import sync_folder


def replace(temporary: Path, target: Path) -> None:
    """Put `temporary`, a finished file of the same file system, in the place of `target`.

    Its content is on disk before the name changes, and the name before this returns. Readers that
    hold the old file open keep it.
    """
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(target.parent)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8 and swap it in; the folder is created if missing.

    For files that one process writes at a time: what a killed one leaves, the next one overwrites.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
