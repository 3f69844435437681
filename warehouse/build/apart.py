"""dbt in a process of its own, which parses the project while a run starts.

What dbt does is Python's work for the larger part, and so is what Dagster records of it: in two
processes each has a core. The other process serves one build, and ends with this one, whatever ends
it: its end of the connection closes.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from warehouse.build import dbt
from warehouse.settings import Settings

# What became of nodes as it gets known; in the end all of it.
Build = Generator[dbt.NodeResult, None, dbt.BuildResult]

_SECONDS_TO_END = 10


class _Process:
    """The other process, as this one sees it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._connection, theirs = Pipe()
        with theirs:
            handle = theirs.fileno()
            self._process = subprocess.Popen(
                # -P: the folder that the user happens to be in may hold another copy of the code.
                [sys.executable, "-P", "-c", f"from {__name__} import serve; serve({handle})"],
                env=os.environ
                | {
                    "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
                    # dbt holds locks of multiprocessing, which says so when the process is ended.
                    "PYTHONWARNINGS": ",".join(
                        filter(None, [os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker"])
                    ),
                },
                stdin=subprocess.DEVNULL,
                pass_fds=[handle],
                # Ctrl-C is for this process, which ends the other.
                process_group=0,
            )
        self.tell(settings)

    def tell(self, message: Any) -> None:
        """Send a message; that it was not received is found out by who waits for an answer."""
        with contextlib.suppress(BrokenPipeError):
            self._connection.send(message)

    def hear(self) -> tuple[str, Any]:
        """The next message. Raises DbtError when the process has ended."""
        try:
            message: tuple[str, Any] = self._connection.recv()
        except (EOFError, ConnectionResetError) as error:
            code = self._process.wait()
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            raise dbt.DbtError(
                f"The process that runs dbt {how} before the build was done. If the machine ran "
                f"out of memory, set ASYLUM_MEMORY_LIMIT lower; then run again."
            ) from error
        return message

    def end(self) -> None:
        """End it, whatever it is at."""
        self._connection.close()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_started: list[_Process] = []


def start(settings: Settings) -> None:
    """Have a process parse the project, for the next `build` of these settings."""
    _started.append(_Process(settings))


def build(
    settings: Settings, on_event: dbt.OnEvent | None = None, *, select: Sequence[str] = ()
) -> Build:
    """As `dbt.build`; on the way gives what became of nodes, in any order and perhaps not of all.

    Raises DbtError, too, when the process is ended. Who stops listening ends it.
    """
    waiting = [process for process in _started if process.settings == settings]
    process = waiting[0] if waiting else _Process(settings)
    if waiting:
        _started.remove(process)
    try:
        process.tell(list(select))
        while True:
            kind, content = process.hear()
            if kind == "event" and on_event is not None:
                on_event(*content)
            elif kind == "nodes":
                yield from content
            elif kind == "failed":
                raise content
            elif kind == "done":
                result: dbt.BuildResult = content
                return result
    finally:
        process.end()


@atexit.register
def _end_all() -> None:
    while _started:
        _started.pop().end()


def serve(handle: int) -> None:
    """What the other process does: receive settings, parse; receive what to select, build."""
    connection = Connection(handle)
    received: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, received.put), daemon=True).start()
    settings = received.get()
    parsed: dbt.Parsed | None = None
    with contextlib.suppress(Exception):  # the build parses again, and says why it cannot
        parsed = dbt.parse(settings)
    select = received.get()
    try:
        result = dbt.build(
            settings,
            lambda *event: connection.send(("event", event)),
            select=select,
            parsed=parsed,
            on_nodes=lambda nodes: connection.send(("nodes", nodes)),
        )
    except Exception as error:
        connection.send(("failed", _sendable(error)))
    else:
        connection.send(("done", result))


def _receive(connection: Connection, put: Callable[[Any], None]) -> None:
    """Receive until the other end is closed, and end the process then."""
    try:
        while True:
            put(connection.recv())
    except (EOFError, OSError):
        pass
    finally:
        os._exit(1)


def _sendable(error: Exception) -> Exception:
    """The error, with the way it came as a note; one with its text where it cannot be sent."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - of this process's own making
    except Exception:
        return dbt.DbtError(f"{type(error).__name__}: {error}")
    return error
