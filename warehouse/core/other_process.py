"""A process beside this one that answers messages, and ends with this one, whatever ends it: its
end of the connection closes.

What Python does keeps one core busy; in two processes each has a core.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from warehouse.core.garbage import look_less_often

Receive = Callable[[], Any]
Send = Callable[[Any], None]

_SECONDS_TO_END = 10


class EndedError(Exception):
    """The other process has ended before it was told to; the message says how."""


class OtherProcess:
    """A process that calls `serve`, a function of a module, with what receives a message and what
    sends one. When `serve` returns it ends.
    """

    def __init__(self, serve: Callable[[Receive, Send], None]) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            handle = theirs.fileno()
            where = (handle, serve.__module__, serve.__qualname__)
            self._process = subprocess.Popen(
                # -P: the folder that the user happens to be in may hold another copy of the code.
                [sys.executable, "-P", "-c", f"from {__name__} import _serve; _serve{where}"],
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

    def tell(self, message: Any) -> None:
        """Send a message; that it was not received is found out by who waits for an answer."""
        with contextlib.suppress(BrokenPipeError):
            self._connection.send(message)

    def hear(self) -> Any:
        """The next message. Raises EndedError when there will be none."""
        try:
            return self._connection.recv()
        except (EOFError, ConnectionResetError) as error:
            code = self._process.wait()
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            raise EndedError(how) from error

    def end(self) -> None:
        """End it, whatever it is at."""
        self._connection.close()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def sendable(error: Exception, otherwise: type[Exception]) -> Exception:
    """The error, with the way it came as a note; one with its text where it cannot be sent."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - of this process's own making
    except Exception:
        return otherwise(f"{type(error).__name__}: {error}")
    return error


def _serve(handle: int, module: str, name: str) -> None:
    """What the other process does. It leaves at once: Python takes a second to take apart what it
    has imported.
    """
    look_less_often()
    connection = Connection(handle)
    received: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, received.put), daemon=True).start()
    try:
        getattr(import_module(module), name)(received.get, connection.send)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _receive(connection: Connection, put: Callable[[Any], None]) -> None:
    """Receive until the other end is closed, and end the process then."""
    try:
        while True:
            put(connection.recv())
    except (EOFError, OSError):
        pass
    finally:
        os._exit(1)
