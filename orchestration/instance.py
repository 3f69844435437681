"""Dagster's own storage: a home in the data folder, set up here and nowhere else."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef

from orchestration.keys import WRITERS
from orchestration.storage import OpenSqliteStorage
from warehouse.core import files
from warehouse.settings import Settings, load_settings

CONFIG_FILE = "dagster.yaml"

CONFIG = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {
        "pools": {"default_limit": 1, "granularity": "op"},
        "runs": {"max_concurrent_runs": 1},
    },
    # A run whose process died is found and marked so; what it had claimed is given back.
    "run_monitoring": {
        "enabled": True,
        "start_timeout_seconds": 600,
        "free_slots_after_run_end_seconds": 60,
    },
    "retention": {
        "schedule": {"purge_after_days": 365},
        "sensor": {"purge_after_days": {"skipped": 30, "failure": 90, "success": -1}},
    },
}


def ensure_home(settings: Settings) -> Path:
    """The folder DAGSTER_HOME is to point at, with its configuration as it is now."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    wanted = (
        f"# Written by {__name__}; changes made here do not last. Pool {WRITERS} has size 1.\n"
        + yaml.safe_dump(CONFIG, sort_keys=False)
    )
    config = home / CONFIG_FILE
    if not config.exists() or config.read_text("utf-8") != wanted:
        files.write_text(config, wanted)
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance for runs in this process; a context manager. The UI shows the same runs."""
    home = str(ensure_home(settings))
    overrides = {
        # A run on the command line shows its own progress: its output is not to be taken away.
        "compute_logs": {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
        "storage": {
            "custom": {
                "module": OpenSqliteStorage.__module__,
                "class": OpenSqliteStorage.__name__,
                "config": {"base_dir": home},
            }
        },
    }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(home, overrides=overrides))


if __name__ == "__main__":
    # What starts Dagster's own programs, as a service does, makes their home first.
    print(ensure_home(load_settings()))
