"""The result of a run, read from the events of its steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration import checks, keys
from orchestration.descriptions import FILES
from orchestration.failures import error_text
from warehouse.build import fingerprint
from warehouse.build.run_result import RunQuarantine, RunResult, RunSnapshot
from warehouse.core.repairs import repairs
from warehouse.landing.snapshots import all_set_aside
from warehouse.published.read import open_published, read_about
from warehouse.serve.quarantine import published_quarantine
from warehouse.settings import Settings

Metadata = Mapping[str, dg.MetadataValue[Any]]


@dataclass(frozen=True)
class Recorded:
    """A run by what Dagster has on record of it: whichever process it is in, and before its end."""

    run_id: str
    all_events: Sequence[dg.DagsterEvent]

    @property
    def success(self) -> bool:
        """Whether no step has failed."""
        failed = dg.DagsterEventType.STEP_FAILURE
        return not any(event.event_type == failed for event in self.all_events)


def run_result(
    settings: Settings,
    outcomes: Sequence[dg.ExecuteInProcessResult | Recorded],
    started: datetime,
) -> RunResult:
    """The result of runs that follow each other."""
    events = [event for outcome in outcomes for event in outcome.all_events]
    success = all(outcome.success for outcome in outcomes)
    made = _made(events)
    evaluated = _evaluated(events)
    # A run that finds nothing new says what stands, and makes nothing.
    up_to_date = success and not any(key.path[0] != keys.LANDING for key in made)
    statuses = [
        (one, str(one.metadata["status"].value)) for one in evaluated if "status" in one.metadata
    ]
    return RunResult(
        success=success,
        up_to_date=up_to_date,
        run_id=outcomes[-1].run_id,
        snapshots=list(_snapshots(settings, made)),
        not_landed=_not_landed(evaluated),
        quarantined=_quarantined(settings, evaluated, up_to_date=up_to_date),
        set_aside=[one.sentence for one in all_set_aside(settings)],
        repaired=[one.sentence for one in repairs(settings, since=started)],
        release=_release(settings, made, up_to_date=up_to_date),
        models_built=sum(
            event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
            and event.step_key == "models"
            for event in events
        ),
        tests_passed=sum(status == "pass" for _, status in statuses),
        tests_warned=[_said_of(one) for one, status in statuses if status == "warn"],
        tests_failed=[_said_of(one) for one, status in statuses if status not in {"pass", "warn"}],
        error=None if success else error_text(events),
        published=settings.published_db if settings.published_db.exists() else None,
        exports=[
            settings.data_dir / name
            for metadata in made.values()
            if FILES in metadata
            for name in metadata[FILES].value
        ],
        seconds=_seconds(events),
    )


def _said_of(check: dg.AssetCheckEvaluation) -> str:
    return f"{check.check_name}: {' '.join(str(check.metadata['message'].value).split())}"


def _made(events: Sequence[dg.DagsterEvent]) -> dict[dg.AssetKey, Metadata]:
    """What was said of each asset that was made, or that was looked at and left as it is."""
    out: dict[dg.AssetKey, Metadata] = {}
    for event in events:
        if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            said: dg.AssetMaterialization | dg.AssetObservation = (
                event.step_materialization_data.materialization
            )
        elif event.event_type == dg.DagsterEventType.ASSET_OBSERVATION:
            said = event.asset_observation_data.asset_observation
        else:
            continue
        out[said.asset_key] = said.metadata
    return out


def _evaluated(events: Sequence[dg.DagsterEvent]) -> list[dg.AssetCheckEvaluation]:
    return [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]


def _snapshots(settings: Settings, made: Mapping[dg.AssetKey, Metadata]) -> Iterator[RunSnapshot]:
    tested = fingerprint.read_tested(settings)
    # Of a snapshot that does not say so itself, as the build recognised it.
    releases = {
        (used.endpoint, used.snapshot_id): used.release_id
        for used in (tested.lineage.snapshots if tested else ())
    }
    for metadata in made.values():
        for row in _rows(metadata, "landed"):
            found = row["dataset"], row["snapshot"]
            yield RunSnapshot(
                *found, row["release"] or releases.get(found), row["rows"], row["is_new"]
            )


def _rows(metadata: Metadata, name: str) -> list[dict[str, Any]]:
    shown = metadata.get(name)
    return (
        [dict(row.data) for row in shown.records]
        if isinstance(shown, dg.TableMetadataValue)
        else []
    )


def _not_landed(evaluated: Sequence[dg.AssetCheckEvaluation]) -> dict[str, str]:
    return {
        name: str(why.value)
        for one in evaluated
        if one.check_name == checks.LANDED
        for name, why in one.metadata.items()
        if name != checks.NOT_LANDED
    }


def _quarantined(
    settings: Settings, evaluated: Sequence[dg.AssetCheckEvaluation], *, up_to_date: bool
) -> list[RunQuarantine]:
    """What this run did not use; if it ended after landing, what the published file leaves out."""
    if up_to_date:
        return [
            RunQuarantine(*(one[name] for name in RunQuarantine._fields))
            for one in published_quarantine(settings)
        ]
    return [
        RunQuarantine(
            row["dataset"],
            row["snapshot"],
            row["release"],
            row["held_because"],
            row["held_back"] or None,
        )
        for one in evaluated
        if one.check_name == checks.NOTHING_WAS_LOST
        for row in _rows(one.metadata, "snapshots")
    ]


def _release(settings: Settings, made: Mapping[dg.AssetKey, Metadata], *, up_to_date: bool) -> str:
    """The newest release: of this run's build, or of what stands published."""
    if keys.PUBLISHED_FILE in made:
        return str(made[keys.PUBLISHED_FILE]["release"].value)
    if up_to_date:
        with open_published(settings) as con:
            return read_about(con)["release"]
    tested = fingerprint.read_tested(settings)
    return tested.lineage.release if tested else ""


def _seconds(events: Sequence[dg.DagsterEvent]) -> dict[str, float]:
    """Seconds by stage, of the steps that succeeded."""
    out: dict[str, float] = {}
    for event in events:
        if event.event_type == dg.DagsterEventType.STEP_SUCCESS and event.step_key:
            stage = event.step_key.partition("__")[0]
            seconds = event.step_success_data.duration_ms / 1000
            out[stage] = round(out.get(stage, 0.0) + seconds, 2)
    return out
