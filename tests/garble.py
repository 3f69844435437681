"""Files damaged as a bad disk or a careless program damages them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

DUCKDB_HEADERS, DUCKDB_BLOCK = 12_288, 262_144


def every_block(path: Path) -> None:
    """Garbage in each block of a DuckDB file; its headers stay, so it opens or seems to."""
    for number in range((path.stat().st_size - DUCKDB_HEADERS) // DUCKDB_BLOCK):
        block(path, number)


def block(path: Path, number: int) -> None:
    """Garbage in one block of a DuckDB file, by the number that DuckDB gives it."""
    with path.open("r+b") as file:
        file.seek(DUCKDB_HEADERS + number * DUCKDB_BLOCK + 100)
        file.write(b"\xa5garbage" * 300)


def beginning(path: Path) -> None:
    """Garbage where the format says what it is."""
    with path.open("r+b") as file:
        file.write(b"\xa5garbage" * 40)


def cut(path: Path) -> None:
    """The first half of it."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def another_number(path: Path) -> None:
    """A page that can still be read, with a digit that is another."""
    body = gzip.decompress(path.read_bytes())
    at = body.rindex(b"1")
    path.write_bytes(gzip.compress(body[:at] + b"2" + body[at + 1 :]))


OF_PAGES: dict[str, Callable[[Path], None]] = {
    "another number": another_number,
    "cut": cut,
    "another kind of file": beginning,
    "empty": lambda path: path.write_bytes(b"") and None,
    "gone": Path.unlink,
}
