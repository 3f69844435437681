"""`asylum sql`: query the published tables."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from warehouse.cli.failures import failures
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from warehouse.serve.query import Session

SHOWN_ROWS = 40
SqlFormat = Literal["table", "csv", "json", "parquet"]


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
        Path | None, typer.Option("--output", help="Write the result to this file.")
    ] = None,
) -> None:
    """Query the published tables; they are read-only."""
    with failures():
        settings = load_settings()
        chosen = _sql_format(format_, output)
        if output and not output.absolute().parent.is_dir():
            raise typer.BadParameter(f"there is no folder {output.absolute().parent}")
        from warehouse.serve.query import open_session  # noqa: PLC0415

        scratch = output.absolute().parent if output else None
        with open_session(settings, scratch) as session:
            if query is None and sys.stdin.isatty():
                _prompt(session, chosen, output)
            else:
                _answer(session, sys.stdin.read() if query is None else query, chosen, output)


def _sql_format(format_: SqlFormat | None, output: Path | None) -> SqlFormat:
    if output:
        by_ending: dict[str, SqlFormat] = {".json": "json", ".parquet": "parquet"}
        format_ = format_ or by_ending.get(output.suffix.lower(), "csv")
        if format_ == "table":
            raise typer.BadParameter(
                "a table is for the terminal; for a file choose csv, json or parquet"
            )
        return format_
    on_terminal = sys.stdout.isatty()
    if format_ == "parquet" and on_terminal:
        raise typer.BadParameter("parquet cannot be shown on a terminal; add --output FILE")
    return format_ or ("table" if on_terminal else "csv")


def _answer(session: Session, text: str, format_: SqlFormat, output: Path | None) -> None:
    """Run statements; tables are printed one after the other, a file takes one result."""
    from warehouse.cli import render  # noqa: PLC0415
    from warehouse.core import files  # noqa: PLC0415
    from warehouse.serve.query import QueryError  # noqa: PLC0415

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
    with written.open("rb") as content:
        shutil.copyfileobj(content, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _prompt(session: Session, format_: SqlFormat, output: Path | None) -> None:
    from warehouse.cli import render, shell  # noqa: PLC0415

    shell.loop(
        session,
        render.console(),
        render.console(stderr=True),
        lambda text: _answer(session, text, format_, output),
    )
