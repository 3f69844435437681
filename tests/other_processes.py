"""Processes beside that of a test: those that it has begun, and one that holds something."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import pytest

from warehouse.build import apart, dbt
from warehouse.exports import beside
from warehouse.settings import PROJECT_ROOT, Settings

SECONDS = 20
_OPEN = "import duckdb, sys; con = duckdb.connect(sys.argv[1])"


@cache
def _forking() -> ForkServerContext:
    """Forks processes of one that has imported what they need: each would take a second for it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.killed"])
    return context


def begin(what: Callable[..., None], *given: object) -> BaseProcess:
    """Another process, that does this and ends.

    Its environment is that in which the first one was begun: what it needs is among its arguments.
    """
    process = _forking().Process(target=what, args=given, daemon=True)
    process.start()
    return process


def end_of(process: BaseProcess) -> int | None:
    """The exit code of a process that ends before long, or minus the signal; None if it goes on."""
    process.join(6 * SECONDS)
    return process.exitcode


def look_on(readers: Sequence[Sequence[str]], swaps: Sequence[Callable[[], object]]) -> list[str]:
    """What processes that read say at the end, who look on while these swaps go by.

    Each runs Python with such words: it says `ready`, has a round of looks, and one more for each
    line until `end`.
    """
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in readers
    ]
    said = []
    try:
        for reader in begun:
            assert reader.stdout and reader.stdout.readline() == "ready\n"
        for swap in swaps:
            swap()
            for reader in begun:
                assert reader.stdin
                if reader.poll() is None:
                    reader.stdin.write("go on\n")
                    reader.stdin.flush()
        for reader in begun:
            out, err = reader.communicate("end\n", timeout=120)
            assert reader.returncode == 0, err
            said.append(out)
    finally:
        for reader in begun:
            reader.kill()
            reader.wait()
    return said


@contextmanager
def after(code: str, *arguments: str) -> Iterator[None]:
    """For as long as this lasts another process is where `code` leads to."""
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; print('held', flush=True); input()", *arguments],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline()
        try:
            yield
        finally:
            holder.kill()


def in_this_process(patch: pytest.MonkeyPatch) -> None:
    """Build with dbt in this process, which has imported it, and export here too. What other
    processes do has tests of its own.
    """

    def build_here(
        settings: Settings, on_event: dbt.OnEvent | None = None, *, select: Sequence[str] = ()
    ) -> apart.Build:
        yield from ()
        return dbt.build(settings, on_event, select=select)

    patch.setattr(apart, "build", build_here)
    patch.setattr(apart, "start", lambda _: None)
    patch.setattr(beside, "begin", lambda _: None)


def held_by_another(database: Path) -> AbstractContextManager[None]:
    """For as long as this lasts another process has opened the file to write to it."""
    return after(_OPEN, str(database.absolute()))


def children(of: str) -> list[psutil.Process]:
    """The live processes that this one has begun, with this text in their command line."""
    return [child for child in psutil.Process().children() if of in _command_line(child)]


def _command_line(process: psutil.Process) -> str:
    """That of a live process; nothing of one that has ended. For a moment after a process is begun
    Linux shows an empty one.
    """

    def has_ended() -> bool:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE

    try:
        soon(lambda: has_ended() or bool(process.cmdline()))
        return "" if has_ended() else " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds, now or before long."""
    until = time.monotonic() + SECONDS
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def are_gone(*pids: int) -> bool:
    """Whether none of them is there any more, now or before long."""
    return soon(lambda: not any(map(psutil.pid_exists, pids)))
