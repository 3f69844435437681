"""`asylum sql`: query the published tables."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from warehouse.cli.failures import failures
from warehouse.core.wording import listed
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from warehouse.serve.query import Session

SHOWN_ROWS = 40
SqlFormat = Literal["table", "csv", "json", "parquet", "xlsx"]
_ENDINGS: dict[str, SqlFormat] = {
    ".csv": "csv",
    ".json": "json",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}
_BINARY = ("parquet", "xlsx")


def sql(
    query: Annotated[
        str | None,
        typer.Argument(
            help="A SQL statement. Without one, statements are read from a prompt or a pipe."
        ),
    ] = None,
    format_: Annotated[
        SqlFormat | None,
        typer.Option(
            "--format",
            help="Default: by the ending of --output; else a table on a terminal, csv elsewhere.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="Write the result to this file: .csv, .json, .parquet or .xlsx.",
        ),
    ] = None,
) -> None:
    """Query the published tables; they are read-only."""
    with failures():
        settings = load_settings()
        chosen = _sql_format(format_, output)
        if output and not output.absolute().parent.is_dir():
            raise typer.BadParameter(f"there is no folder {output.absolute().parent}")
        if output and output.is_dir():
            raise typer.BadParameter(f"{output} is a folder; name a file in it")
        from warehouse.serve.query import open_session

        scratch = output.absolute().parent if output else None
        with open_session(settings, scratch) as session:
            from warehouse.cli import render, shell

            def show(text: str) -> None:
                _answer(session, text, chosen, output)

            out = render.console()
            if query is None and sys.stdin.isatty():
                shell.loop(session, out, render.console(stderr=True), show)
            else:
                shell.script(session, out, sys.stdin.read() if query is None else query, show)


def _sql_format(format_: SqlFormat | None, output: Path | None) -> SqlFormat:
    if output:
        ending = output.suffix.lower()
        if format_ == "table":
            raise typer.BadParameter(
                f"a table is for the terminal; for a file choose {listed(_ENDINGS.values(), 'or')}"
            )
        by_ending = _ENDINGS.get(ending)
        if format_ and by_ending and format_ != by_ending:
            raise typer.BadParameter(f"{output} would hold {format_}: end its name in .{format_}")
        if not (format_ or by_ending):
            raise typer.BadParameter(
                f"{output} does not end in {listed(_ENDINGS, 'or')}: the ending says what is "
                f"written. For another ending add --format."
            )
        return format_ or _ENDINGS[ending]
    on_terminal = sys.stdout.isatty()
    if format_ in _BINARY and on_terminal:
        raise typer.BadParameter(f"{format_} cannot be shown on a terminal; add --output FILE")
    return format_ or ("table" if on_terminal else "csv")


def _answer(session: Session, text: str, format_: SqlFormat, output: Path | None) -> None:
    """Run statements; tables are printed one after the other, a file takes one result."""
    from warehouse.cli import render
    from warehouse.core import files
    from warehouse.serve.query import QueryError

    results = session.run(text)
    if format_ == "table":
        out = render.console()
        for result in results:
            out.print(render.result_table(session.head(result, SHOWN_ROWS), out.width))
        return
    written: Path | None = None
    for result in results:
        if written:
            raise QueryError(
                f"More than one statement has a result, and {format_} takes only one. "
                f"Run them one at a time, or use --format table."
            )
        written = session.write(result, format_)
    if written is None:
        raise QueryError("No statement has a result, so there is nothing to write.")
    if output:
        files.replace(written, output.absolute())
        typer.echo(f"{output} written", err=True)
        return
    sys.stdout.flush()
    with written.open("rb") as content:
        shutil.copyfileobj(content, sys.stdout.buffer)
    sys.stdout.buffer.flush()
