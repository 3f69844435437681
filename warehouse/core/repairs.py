"""What was found damaged and rebuilt: how DuckDB says so of a file, and the book of repairs.

Only what can be made again is repaired. A damaged file is never overwritten or removed: it gets
another name, so that somebody can look at it, and a line in `repairs.jsonl` of the data folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.core.database import MEMORY, connect, identifier, literal
from warehouse.settings import Settings

FILE_NAME = "repairs.jsonl"
MARK = ".damaged-"
# What DuckDB says of a file that is no database, is cut short, or whose blocks were changed. A full
# disk, a busy file and a statement that fails say none of it.
_DAMAGED = re.compile(
    r"Corrupt database file|not a valid DuckDB database|Could not read enough bytes|"
    r"Failed to deserialize|Serialization Error|database file with version number"
)


class Repair(BaseModel):
    """One repair: when (UTC), of what, why, and what the damaged one is called now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: datetime
    what: str
    reason: str
    moved_to: str

    @property
    def sentence(self) -> str:
        """All of it, for people."""
        return (
            f"{self.what} was damaged ({self.reason}) and is replaced; "
            f"the damaged one is kept as {self.moved_to} until somebody removes it."
        )


def is_damage(text: str) -> bool:
    """Whether an error of DuckDB says that a database file is damaged."""
    return _DAMAGED.search(text) is not None


def damage(path: Path, settings: Settings) -> str | None:
    """What DuckDB says of a database file that cannot be read whole; None of a sound one.

    Every value of every table is read. Raises what else DuckDB says, as of a file in use.
    """
    try:
        with connect(MEMORY, settings) as con:
            con.execute(f"attach {literal(str(path))} as looked_at (read_only)")
            tables = con.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = 'looked_at' order by all"
            ).fetchall()
            for schema, table in tables:
                name = f"looked_at.{identifier(schema)}.{identifier(table)}"
                con.execute(f"select bit_xor(hash(columns(*))) from {name}").fetchall()
    except duckdb.Error as error:
        if not is_damage(str(error)):
            raise
        return _short(error, path)
    return None


def move_aside(settings: Settings, path: Path, reason: str, *, keep: bool = False) -> Repair:
    """Give what is damaged another name, its journal too, and write that down.

    keep: leave it where it is under its own name as well, until another takes its place.
    """
    now = datetime.now(UTC)
    target = path.with_name(f"{path.name}{MARK}{now:%Y%m%dT%H%M%S%fZ}")
    made = Repair(at=now, what=path.name, reason=reason, moved_to=target.name)
    write_down(settings, made)  # first: what is said and then not done is harmless
    if keep:
        try:
            os.link(path, target)
        except OSError:  # a file system without links
            shutil.copy2(path, target)
    else:
        path.rename(target)
        journal = path.with_name(f"{path.name}.wal")
        if journal.exists():
            journal.rename(target.with_name(f"{target.name}.wal"))
    return made


def write_down(settings: Settings, made: Repair) -> None:
    """Add a line to the book."""
    with (settings.data_dir / FILE_NAME).open("a", encoding="utf-8") as book:
        book.write(made.model_dump_json() + "\n")
        book.flush()
        os.fsync(book.fileno())


def repairs(settings: Settings, since: datetime | None = None) -> list[Repair]:
    """All repairs, oldest first, or those since then. Raises ValueError naming the book's line."""
    path = settings.data_dir / FILE_NAME
    if not path.exists():
        return []
    out = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        try:
            found = Repair.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            raise ValueError(f"{path}, line {number}: not a repair. Remove the line.") from error
        if since is None or found.at >= since:
            out.append(found)
    return out


def _short(error: duckdb.Error, path: Path) -> str:
    return " ".join(str(error).replace(str(path), path.name).split()).removeprefix("IO Error: ")
