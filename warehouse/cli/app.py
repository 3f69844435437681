"""The command `asylum`. Commands only parse options and print; other rooms do the work.

Slow imports (dagster, dbt, duckdb) are made by the commands that need them.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import re
import sys
from collections import Counter
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from warehouse.cli.commands.breaks import breaks
from warehouse.cli.commands.claims import audit, check, claims
from warehouse.cli.commands.decide import accept, hold
from warehouse.cli.commands.docs import docs
from warehouse.cli.commands.doctor import doctor
from warehouse.cli.commands.land import backfill, fetch
from warehouse.cli.commands.mcp import mcp
from warehouse.cli.commands.metrics import metrics
from warehouse.cli.commands.prune import prune
from warehouse.cli.commands.publish import publish
from warehouse.cli.commands.report import report
from warehouse.cli.commands.run import run
from warehouse.cli.commands.site import site
from warehouse.cli.commands.sql import sql
from warehouse.cli.commands.status import status
from warehouse.cli.commands.ui import ui
from warehouse.core.garbage import look_less_often
from warehouse.settings import project_version

app = typer.Typer(
    help="A local database of UNHCR's figures on refugees and asylum-seekers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class _Command(TyperCommand):
    """A command that takes an option once, where it takes one value of it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for option, times in Counter(given).items():
            if times > 1 and not (
                option.multiple or getattr(option, "is_flag", False) or option.nargs != 1
            ):
                raise typer.BadParameter(
                    f"{option.opts[0]} is given {times} times; give it once", ctx=ctx
                )
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            # So pydantic, which checks choices, begins each message.
            error.message = error.message.removeprefix("Value error, ")
            raise


class _Sql(_Command):
    """A command that takes a statement that begins with a comment, `-- …`, for no option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        given = [f" {one}" if re.match(r"--(\s|[^=\n]*\n)", one) else one for one in args]
        return super().parse_args(ctx, given)


_command = app.command(cls=_Command)
# In the order of the help.
_command(run)
_command(fetch)
_command(backfill)
_command(accept)
_command(hold)
_command(publish)
_command(status)
_command(doctor)
_command(prune)
_command(breaks)
_command(claims)
_command(check)
_command(audit)
# All that follows `metrics` is passed to MetricFlow, `--help` too.
app.command(context_settings={"allow_extra_args": True, "allow_interspersed_args": False})(metrics)
_command(docs)
_command(ui)
app.command(cls=_Sql)(sql)
_command(report)
_command(site)
_command(mcp)


def main() -> None:
    """Entry point of the command."""
    ended: list[int] = []
    atexit.register(_leave, ended)
    look_less_often()
    # As files are, whatever the locale: an old encoding lacks letters that names have. So do the
    # processes that are started from here, such as MetricFlow.
    os.environ["PYTHONIOENCODING"] = "utf-8:backslashreplace"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="asylum")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            ended.append(end.code or 0)
        raise


def _leave(ended: list[int]) -> None:
    """End the process with its exit code when all that wants to is done. After a run Python would
    take a second to take apart, object by object, what the operating system takes as a whole.
    """
    with contextlib.suppress(OSError):  # nobody reads: Python says so in its way
        sys.stdout.flush()
        sys.stderr.flush()
        for code in ended:
            os._exit(code)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"asylum {project_version()}")
        raise typer.Exit


@app.callback()
def _asylum(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


if __name__ == "__main__":
    main()
