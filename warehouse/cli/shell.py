"""What `asylum sql` reads from a prompt or a pipe: statements that end with `;`, and commands that
begin with a dot.
"""

from __future__ import annotations

import re
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
.help           show this
.quit           leave (Ctrl-D does too)"""
_ENDS = {".quit", ".exit"}
Show = Callable[[str], None]


def loop(session: Session, out: Console, errors: Console, show: Show) -> None:
    """Read and answer until the end of input. `show` runs a text of statements and prints it.

    An error in one statement is printed and the next one is read; Ctrl-C drops what was typed.
    """
    try:
        import readline  # noqa: F401 - line editing where the platform has it
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
            if not typed and is_command(line):
                if line.strip() in _ENDS:
                    return
                out.print(_answer(session, line.split()))
                continue
            typed = f"{typed}{line}\n" if typed or line.strip() else ""
            if typed and _is_whole(typed):
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


def script(session: Session, out: Console, text: str, show: Show) -> None:
    """Run a whole text of statements and commands, as it comes through a pipe; the first error ends
    it. Statements between two commands are shown together.
    """
    statements = ""
    for line in text.splitlines(keepends=True):
        between = not statements.strip() or _is_whole(statements)
        if not (between and is_command(line)):
            statements += line
            continue
        if statements.strip():
            show(statements)
        statements = ""
        if line.strip() in _ENDS:
            return
        out.print(_answer(session, line.split()))
    if statements.strip() or not text.strip():
        show(statements)


def is_command(line: str) -> bool:
    """Whether a line that begins a statement is a command instead; `.5` is a number."""
    return re.match(r"\s*\.[A-Za-z]", line) is not None


def _is_whole(typed: str) -> bool:
    """Whether a text ends where a statement does: SQLite knows, quotes and comments considered.

    Text that is not UTF-8 is refused when it is run.
    """
    return sqlite3.complete_statement(typed.encode(errors="replace").decode())


def _answer(session: Session, words: list[str]) -> RenderableType:
    if words[0] == ".tables":
        return render.listing(("table", "rows", "description"), session.tables())
    if words[0] == ".functions":
        return render.listing(("function", "description"), session.functions())
    if words[0] == ".schema" and len(words) == 2:
        return render.listing(("column", "type", "description"), session.columns(words[1]))
    if words[0] == ".help":
        return render.plain_lines(_HELP)
    raise QueryError(f"There is no command {' '.join(words)!r}.\n{_HELP}")
