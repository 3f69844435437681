"""Exports that a process of its own makes, while this one makes others.

A run makes its exports one after another, and most of them keep one core busy. What needs a
JavaScript engine, which takes seconds to start and to bundle a library, is made there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from warehouse.core.other_process import EndedError, OtherProcess, Receive, Send, sendable
from warehouse.settings import Settings

CHARTS = "charts"
REPORT = "report.html"
SITE = "site"


class ExportError(Exception):
    """An export failed with an error that cannot be sent; the message has its text."""


class _Beside:
    """What is planned for the run of these settings: the process, once it is begun, and what it has
    answered.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.asked: set[str] = set()
        self.process: OtherProcess | None = None
        self._answers: dict[str, tuple[bool, Any]] = {}

    def answer(self, process: OtherProcess, name: str) -> Any:
        while name not in self._answers:
            made, *answer = process.hear()
            self._answers[made] = (answer[0], answer[1])
        is_well, content = self._answers[name]
        if is_well:
            return content
        raise content

    def end(self) -> None:
        if self.process is not None:
            self.process.end()
        self.process = None
        self.asked.clear()
        self._answers.clear()


_planned: list[_Beside] = []


@contextmanager
def planned(settings: Settings) -> Iterator[None]:
    """All exports are made meanwhile, in steps of this process that call `begin`, `ask` and `made`.

    Nobody else needs these: without a plan the first two do nothing, and `made` makes it here.
    """
    mine = _Beside(settings)
    _planned.append(mine)
    try:
        yield
    finally:
        _planned.remove(mine)
        mine.end()


def begin(settings: Settings) -> None:
    """Start the process, which imports what it needs."""
    for plan in _plans(settings):
        plan.end()
        plan.process = OtherProcess(_serve)
        plan.process.tell(settings)


def ask(settings: Settings, *names: str) -> None:
    """What these exports are made from is there: have the process make them."""
    for plan in _plans(settings):
        if plan.process is not None:
            plan.process.tell(names)
            plan.asked.update(names)


def made(settings: Settings, name: str) -> Any:
    """What `export_charts`, `export_report` or `export_site` returns; raises what it raises. Made
    by the process where it was asked for it and lives, and here otherwise.
    """
    for plan in _plans(settings):
        if plan.process is not None and name in plan.asked:
            try:
                return plan.answer(plan.process, name)
            except EndedError:
                plan.end()
    return _make(settings, name)


def _plans(settings: Settings) -> list[_Beside]:
    return [plan for plan in _planned if plan.settings == settings]


def _make(settings: Settings, name: str) -> Any:
    # What draws takes long to import: only who does waits for it.
    from warehouse.exports import charts, report, site  # noqa: PLC0415

    if name == CHARTS:
        return charts.export_charts(settings)
    if name == SITE:
        return site.export_site(settings)
    return report.export_report(settings, name)


def _serve(receive: Receive, send: Send) -> None:
    """What the process does: receive settings, begin; receive names, make these."""
    settings = receive()
    from warehouse.exports import report, site  # noqa: F401, PLC0415
    from warehouse.exports.charts.drawing import start_engine  # noqa: PLC0415
    from warehouse.exports.templating import vega_library  # noqa: PLC0415

    start_engine()
    vega_library()
    while True:
        for name in receive():
            try:
                answer = (True, _make(settings, name))
            except Exception as error:
                answer = (False, sendable(error, ExportError))
            send((name, *answer))
