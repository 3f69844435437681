"""Housekeeping: what is removed of Dagster's record and of old files, and what never is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.housekeeping import Pruned, housekeeping, prune, prune_if_due
from orchestration.instance import open_instance
from orchestration.resources import Warehouse, silent
from warehouse.core.repairs import MARK
from warehouse.settings import Settings

KEPT = 3


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, keep_runs=KEPT, keep_days=30)


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as opened:
        yield opened


def run(instance: dg.DagsterInstance, asset: str | None = None, *, ended: bool = True) -> str:
    """A run, with the event that it made an asset, and a check of that asset."""
    status = dg.DagsterRunStatus.SUCCESS if ended else dg.DagsterRunStatus.STARTED
    made = instance.add_run(dg.DagsterRun("refresh", status=status))
    key = dg.AssetKey(asset or "anything")
    check = dg.AssetCheckEvaluation(asset_key=key, check_name="it_is_so", passed=True)
    for kind, of in (
        (dg.DagsterEventType.ASSET_MATERIALIZATION, dg.AssetMaterialization(key)),
        (dg.DagsterEventType.ASSET_CHECK_EVALUATION, check),
    ):
        data = (
            dg._core.events.StepMaterializationData(of)  # type: ignore[attr-defined]
            if isinstance(of, dg.AssetMaterialization)
            else of
        )
        event = dg.DagsterEvent(kind.value, "refresh", event_specific_data=data)
        instance.report_dagster_event(event, made.run_id)
    return made.run_id


def runs(instance: dg.DagsterInstance) -> set[str]:
    return {one.run_id for one in instance.get_runs()}


def test_the_newest_are_kept_and_the_runs_that_assets_were_last_made_in(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    rarely = run(instance, "rarely_made")
    old = [run(instance) for _ in range(4)]
    under_way = run(instance, ended=False)
    newest = [run(instance) for _ in range(KEPT)]
    done = prune(settings, instance)
    assert runs(instance) == {rarely, under_way, *newest}
    assert done.runs == len(old)
    files = {path.stem for path in (settings.dagster_home / "history" / "runs").glob("*.db")}
    assert files == {"index", *runs(instance)}
    assert done.bytes_after < done.bytes_before
    event = instance.get_latest_materialization_event(dg.AssetKey("rarely_made"))
    assert event is not None and event.run_id == rarely
    history = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("anything"), "it_is_so"), limit=50
    )
    assert {one.run_id for one in history} == {under_way, *newest}
    assert prune(settings, instance) == Pruned(0, [], done.bytes_after, done.bytes_after)


def test_what_is_older_than_it_should_be_goes_however_few_there_are(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    before, last = run(instance), run(instance)
    for _ in range(3):
        instance.report_runless_asset_event(dg.AssetMaterialization("looked_at"))
    later = datetime.now(UTC) + timedelta(days=31)
    prune(settings, instance, now=later)
    assert runs(instance) == {last}, "in which the asset was last made"
    assert before not in runs(instance)
    key = dg.AssetKey("looked_at")
    assert len(instance.fetch_materializations(key, limit=9).records) == 1, "the newest look stays"


def test_nothing_landed_or_published_is_ever_removed(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    kept = ["landing/population/x/manifest.json", "asylum.duckdb", "build.duckdb", "exports/a.csv"]
    kept.append(f"asylum.duckdb{MARK}20200101T000000Z")
    gone = [f"build.duckdb{MARK}20200101T000000Z", "tmp/duckdb_temp_storage-1.tmp"]
    gone.append(f"dagster{MARK}20200101T000000Z/history/runs.db")
    for name in (*kept, *gone):
        path = settings.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert prune(settings, instance).files == [], "nothing of it is old"
    for path in [*settings.data_dir.rglob("*")]:
        if "dagster/" not in f"{path}/":
            os.utime(path, (0, 0))
    assert len(prune(settings, instance).files) == len(gone)
    assert [name for name in kept if not (settings.data_dir / name).exists()] == []
    assert [name for name in gone if (settings.data_dir / name).exists()] == []


def test_a_run_on_the_command_line_tidies_up_once_it_is_worth_it(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    for _ in range(KEPT + 4):
        run(instance)
    prune_if_due(settings, instance)
    assert len(runs(instance)) == KEPT + 4
    run(instance)
    prune_if_due(settings, instance)
    assert len(runs(instance)) == KEPT


def test_the_job_does_it_and_does_not_remove_itself(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    for _ in range(KEPT + 1):
        run(instance)
    result = housekeeping.execute_in_process(
        instance=instance,
        resources={"warehouse": Warehouse(settings=settings, on_progress=silent)},
    )
    assert result.success
    assert result.run_id in runs(instance)
    assert len(runs(instance)) == KEPT + 1
