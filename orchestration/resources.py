"""What assets are handed: the warehouse's settings, and the right to write to its data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from filelock import FileLock, Timeout

from warehouse.build.dbt import BuildResult
from warehouse.build.raw import LoadResult
from warehouse.build.run_result import OnProgress
from warehouse.landing.snapshots import Landed
from warehouse.published.write import Published
from warehouse.settings import Settings

if TYPE_CHECKING:  # its driver is an extra
    from warehouse.published.postgresql import Loaded

# A run from the UI or a schedule waits for one on the command line, within reason.
PATIENCE_SECONDS = 15 * 60.0


class WarehouseBusyError(Exception):
    """Another run is writing to the data folder."""


def silent(_stage: str, _label: str, _done: int, _total: int | None) -> None:
    """The progress callback of a run nobody watches."""


@dataclass
class Record:
    """What the steps of a run came to, for whoever runs them in their own process."""

    landed: list[Landed] = field(default_factory=list)
    not_landed: dict[str, str] = field(default_factory=dict)
    nothing_new: bool = False
    loaded: LoadResult | None = None
    build: BuildResult | None = None
    published: Published | None = None
    postgresql: Loaded | None = None
    exports: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Warehouse:
    """Settings, a progress callback and a record, in the hands of the one run that may write."""

    settings: Settings
    on_progress: OnProgress = silent
    record: Record = field(default_factory=Record)

    def progress(self, stage: str) -> Callable[[str, int, int | None], None]:
        """The callback of one stage: (label, done, total)."""
        return partial(self.on_progress, stage)


@contextmanager
def exclusive(settings: Settings, *, patience: float) -> Iterator[None]:
    """Be the only run of this data folder; the operating system ends it when the process dies.

    Within one process it may be entered again. Raises WarehouseBusyError when another process is
    still at it after `patience` seconds.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.data_dir / ".run.lock", is_singleton=True)
    try:
        lock.acquire(timeout=patience, poll_interval=0.2)
    except Timeout as error:
        raise WarehouseBusyError(
            f"Another run is writing to {settings.data_dir}. "
            f"Wait for it to end (`asylum status` shows the last one), then run again."
        ) from error
    try:
        yield
    finally:
        lock.release()


def warehouse_resource(
    settings: Settings, on_progress: OnProgress, record: Record | None
) -> dg.ResourceDefinition:
    """The `warehouse` of a run: held from its first step to its last."""

    @dg.resource(description="Settings and the right to write; one run holds it at a time.")
    def warehouse(_context: dg.InitResourceContext) -> Iterator[Warehouse]:
        with exclusive(settings, patience=PATIENCE_SECONDS):
            yield Warehouse(settings, on_progress, record or Record())

    return warehouse


def settings_resource(settings: Settings) -> dg.ResourceDefinition:
    """The settings alone, for what only looks."""
    return dg.ResourceDefinition.hardcoded_resource(settings, "The settings, for what only looks.")
