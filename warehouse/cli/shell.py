"""The prompt of `asylum sql`: statements that end with `;`, and commands that begin with a dot."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from rich.console import Console, RenderableType

from warehouse.cli import render
from warehouse.serve.query import QueryError, Session

_HELP = """\
A statement ends with ; and can have several lines.
.tables         list the tables, with rows and description
.functions      list the tables as of a day: select * from NAME('2026-02-01')
.schema TABLE   list the columns of a table, with type and description
.quit           leave (Ctrl-D does too)"""
Show = Callable[[str], None]


def loop(session: Session, out: Console, errors: Console, show: Show) -> None:
    """Read and answer until the end of input. `show` runs a text of statements and prints it.

    An error in one statement is printed and the next one is read; Ctrl-C drops what was typed.
    """
    try:
        import readline  # noqa: F401, PLC0415 - line editing where the platform has it
    except ImportError:
        errors.print("No line editing on this platform.")
    out.print(
        render.plain(
            "The published tables, read-only. .tables lists them; .help shows all commands."
        )
    )
    typed = ""
    while True:
        try:
            line = input("   ... " if typed else "asylum> ")
            if not typed and line.strip().startswith("."):
                if line.strip() in {".quit", ".exit"}:
                    return
                out.print(_word(session, line.split()))
                continue
            typed = f"{typed}{line}\n" if typed or line.strip() else ""
            # SQLite knows where a statement ends, quotes and comments considered.
            if typed and sqlite3.complete_statement(typed):
                whole, typed = typed, ""
                show(whole)
        except QueryError as error:
            errors.print(render.plain_lines(str(error), "red"))
        except KeyboardInterrupt:
            typed = ""
            out.print()
        except EOFError:
            out.print()
            return


def _word(session: Session, words: list[str]) -> RenderableType:
    if words[0] == ".tables":
        return render.listing(("table", "rows", "description"), session.tables())
    if words[0] == ".functions":
        return render.listing(("function", "description"), session.functions())
    if words[0] == ".schema" and len(words) == 2:
        return render.listing(("column", "type", "description"), session.columns(words[1]))
    return render.plain_lines(_HELP)
