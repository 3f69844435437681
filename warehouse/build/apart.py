"""dbt in a process of its own, which parses the project while a run starts.

What dbt does is Python's work for the larger part, and so is what Dagster records of it.
"""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Generator, Sequence

from warehouse.build import dbt
from warehouse.core.other_process import EndedError, OtherProcess, Receive, Send, sendable
from warehouse.settings import Settings

# What became of nodes as it gets known; in the end all of it.
Build = Generator[dbt.NodeResult, None, dbt.BuildResult]

# One that parses, or has parsed, for the next build of its settings.
_started: list[tuple[Settings, OtherProcess]] = []


def start(settings: Settings) -> None:
    """Have a process parse the project, for the next `build` of these settings, if none does."""
    if all(theirs != settings for theirs, _ in _started):
        _started.append((settings, _begun(settings)))


def build(
    settings: Settings, on_event: dbt.OnEvent | None = None, *, select: Sequence[str] = ()
) -> Build:
    """As `dbt.build`; on the way gives what became of nodes, in any order and perhaps not of all.

    Raises DbtError, too, when the process is ended. Who stops listening ends it.
    """
    waiting = [started for started in _started if started[0] == settings]
    for one in waiting:
        _started.remove(one)
    process = waiting[0][1] if waiting else _begun(settings)
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
    except EndedError as ended:
        raise dbt.DbtError(
            f"The process that runs dbt {ended} before the build was done. If the machine ran out "
            f"of memory, set ASYLUM_MEMORY_LIMIT lower; then run again."
        ) from ended
    finally:
        process.end()


def _begun(settings: Settings) -> OtherProcess:
    process = OtherProcess(_serve)
    process.tell(settings)
    return process


@atexit.register
def _end_all() -> None:
    while _started:
        _started.pop()[1].end()


def _serve(receive: Receive, send: Send) -> None:
    """What the other process does: receive settings, parse; receive what to select, build."""
    settings = receive()
    parsed: dbt.Parsed | None = None
    with contextlib.suppress(Exception):  # the build parses again, and says why it cannot
        parsed = dbt.parse(settings)
        dbt.compile_tests(settings, parsed)
    select = receive()
    try:
        result = dbt.build(
            settings,
            lambda *event: send(("event", event)),
            select=select,
            parsed=parsed,
            on_nodes=lambda nodes: send(("nodes", nodes)),
        )
    except Exception as error:
        send(("failed", sendable(error, dbt.DbtError)))
    else:
        send(("done", result))
