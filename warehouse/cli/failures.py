"""How a command ends when something went wrong: one message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from warehouse.settings import SettingsError

INTERRUPTED = 130
_NOT_TO_BE_WRITTEN = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}


@contextmanager
def failures(
    verbose: bool = False, after: Callable[[], str | None] = lambda: None
) -> Iterator[None]:
    """What went wrong as one message and an exit code: 2 for what was asked, 1 for what happened.

    Errors of our own, of DuckDB and of the system speak for themselves. Any other is a defect,
    and shows its traceback. What `after` has to say follows the message.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        raise _stopped(after()) from stop
    except BrokenPipeError as closed:
        # The reader of our output had enough, as `head` has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from closed
    except SettingsError as error:
        _say(str(error))
        raise typer.Exit(2) from error
    except Exception as error:
        # DuckDB's word for Ctrl-C, where it comes in the middle of a query.
        if type(error).__name__ == "InterruptException":
            raise _stopped(after()) from error
        if not (isinstance(error, OSError) or _speaks_for_itself(error)):
            raise
        if verbose:
            traceback.print_exc()
        _say(_told(error), after())
        raise typer.Exit(1) from error


def _stopped(after: str | None) -> typer.Exit:
    stands = after or "The published file is unchanged."
    typer.echo(f"\nStopped. {stands} Run again to continue.", err=True)
    return typer.Exit(INTERRUPTED)


def _speaks_for_itself(error: Exception) -> bool:
    home = type(error).__module__.split(".")[0]
    return home in {"warehouse", "orchestration", "duckdb", "_duckdb"} or type(error) is ValueError


def _told(error: Exception) -> str:
    # What a statement of ours asks for, and the published file does not have.
    if type(error).__name__ in {"CatalogException", "BinderException"}:
        found = str(error).partition("\n")[0]
        return (
            "The published file is not one that this version reads: it is of an earlier version, "
            f"or no file of this project. Rebuild it with `asylum run`. DuckDB said: {found}"
        )
    if isinstance(error, OSError) and error.errno in _NOT_TO_BE_WRITTEN and error.filename:
        return (
            f"{error}. What is written needs a folder that you may write to; that of the data is "
            "ASYLUM_DATA_DIR."
        )
    return str(error)


def _say(message: str, after: str | None = None) -> None:
    from warehouse.cli import render
    from warehouse.core.database import with_our_settings

    render.console(stderr=True).print(
        render.failure(f"asylum: {with_our_settings(message)}", after), soft_wrap=True
    )
