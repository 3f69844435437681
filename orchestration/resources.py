"""The resource of the assets: settings, and the right to write to the data folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import dagster as dg
from filelock import FileLock, Timeout

from orchestration.last_run import noted
from warehouse.build.run_result import OnProgress
from warehouse.settings import Settings

# A run from the UI or a schedule waits for one on the command line, within reason.
PATIENCE_SECONDS = 15 * 60.0


class WarehouseBusyError(Exception):
    """Another run is writing to the data folder."""


def silent(_stage: str, _label: str, _done: int, _total: int | None) -> None:
    """The progress callback of a run nobody watches."""


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


class Warehouse(dg.ConfigurableResource):
    """Settings and the right to write: one run holds it, from its first step to its last."""

    settings: dg.ResourceDependency[Settings]
    on_progress: dg.ResourceDependency[OnProgress]

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """The resource for the time of a run."""
        with (
            exclusive(self.settings, patience=PATIENCE_SECONDS),
            noted(self.settings, context, self.on_progress) as on_progress,
        ):
            yield Warehouse(settings=self.settings, on_progress=on_progress)

    def progress(self, stage: str) -> Callable[[str, int, int | None], None]:
        """The callback of one stage: (label, done, total)."""
        return partial(self.on_progress, stage)


def resources(settings: Settings, on_progress: OnProgress) -> dict[str, object]:
    """What the assets of one data folder ask for, by name."""
    return {
        "warehouse": Warehouse(settings=settings, on_progress=on_progress),
        "settings": settings,
    }
