"""A year of weekly runs and hourly looks in Dagster's record, tidied up each week: its size.

    python benchmarks/housekeeping.py DATA_DIR

DATA_DIR holds a run that built everything (`asylum run` in an empty folder). Its record is copied
to a temporary folder. Each week adds that run once more, with all of its events and checks, and 168
looks of a sensor, each with a materialization and a check. Beside them are the 20,160 ticks of the
sensor that waits for failed runs, of which Dagster keeps a week. Rows are copied as they are: only
their names and times are new.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration import keys
from orchestration.housekeeping import prune
from orchestration.instance import open_instance
from warehouse.serve.record import size
from warehouse.settings import Settings

WEEKS, LOOKS_A_WEEK, WAITING_TICKS = 52, 168, 7 * 24 * 60 * 2


def copied(con: sqlite3.Connection, table: str, where: str, changed: dict[str, object]) -> None:
    """Insert the rows of `table` that `where` names again, with other values in some columns."""
    names = [row[1] for row in con.execute(f"pragma table_info({table})") if row[1] != "id"]
    values = ", ".join("?" if name in changed else name for name in names)
    con.execute(
        f"insert into {table} ({', '.join(names)}) select {values} from {table} where {where}",
        [changed[name] for name in names if name in changed],
    )


def one_week(home: Path, instance: dg.DagsterInstance, model: dg.DagsterRun, week: int) -> None:
    """Another run and another week of looks."""
    run_id, runs = str(uuid.uuid4()), home / "history" / "runs"
    at = datetime.now(UTC) + timedelta(weeks=week)
    stamp = at.replace(tzinfo=None).isoformat(sep=" ")
    instance.add_run(dg.DagsterRun("refresh", run_id, status=dg.DagsterRunStatus.SUCCESS))
    with closing(sqlite3.connect(home / "history" / "runs.db", timeout=60)) as con, con:
        con.execute("update runs set create_timestamp = ? where run_id = ?", [stamp, run_id])
    shutil.copy(runs / f"{model.run_id}.db", runs / f"{run_id}.db")
    with closing(sqlite3.connect(runs / "index.db", timeout=60)) as con, con:
        here = f"run_id = '{model.run_id}'"
        copied(con, "event_logs", here, {"run_id": run_id, "timestamp": stamp})
        copied(con, "asset_check_executions", here, {"run_id": run_id, "create_timestamp": stamp})
        for look in range(LOOKS_A_WEEK):
            then = (at + timedelta(hours=look)).replace(tzinfo=None).isoformat(sep=" ")
            newest = "id in (select max(id) from {} where run_id = '')"
            copied(con, "event_logs", newest.format("event_logs"), {"timestamp": then})
            copied(
                con,
                "asset_check_executions",
                newest.format("asset_check_executions"),
                {"create_timestamp": then},
            )


def main() -> None:
    """Print the size after each quarter of a year, and the largest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data_dir", type=Path)
    source = parser.parse_args().data_dir / "dagster"
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        home = settings.dagster_home
        shutil.copytree(source, home)
        with open_instance(settings) as instance:
            model = max(instance.get_runs(), key=lambda run: len(instance.all_logs(run.run_id)))
            instance.report_runless_asset_event(dg.AssetMaterialization(keys.LAST_LOOK))
            instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=keys.PUBLISHED_FILE,
                    check_name="release_is_due",
                    passed=True,
                    metadata={"newest_release": "2025-12.1", "text": "x" * 300},
                )
            )
            with closing(sqlite3.connect(home / "schedules" / "schedules.db", timeout=60)) as con:
                body = "x" * 700
                for _ in range(WAITING_TICKS):
                    con.execute(
                        "insert into job_ticks (job_origin_id, selector_id, status, type, "
                        "timestamp, tick_body) values ('a', 'b', 'SKIPPED', 'SENSOR', ?, ?)",
                        [datetime.now(UTC).isoformat(), body],
                    )
                con.commit()
            print(f"one run: {size(source) / 1e6:.1f} MB")
            largest = 0
            for week in range(1, WEEKS + 1):
                one_week(home, instance, model, week)
                largest = max(largest, size(home))
                started = time.perf_counter()
                # The model is the run that assets were last made in, and is kept as that.
                done = prune(settings, instance, now=datetime.now(UTC) + timedelta(weeks=week))
                if week % 13 == 0:
                    print(
                        f"week {week}: {done.bytes_before / 1e6:.1f} MB before, "
                        f"{done.bytes_after / 1e6:.1f} MB after, "
                        f"{time.perf_counter() - started:.1f} s"
                    )
    print(f"largest: {largest / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
