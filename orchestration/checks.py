"""Asset checks beyond dbt's own tests, and how a result of dbt's becomes one.

They are evaluated in the step that makes the asset, so that no figure is shown without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg

from orchestration import keys
from orchestration.descriptions import table
from warehouse.build.dbt import NodeResult
from warehouse.core.manifest import ControlDifference, Manifest
from warehouse.exports.readback import newest_release, published_rows
from warehouse.landing.snapshots import SnapshotSetAside
from warehouse.reference.releases import named_releases
from warehouse.releases.assign import Quarantined
from warehouse.releases.calendar import next_release
from warehouse.settings import Settings
from warehouse.sources.unhcr_api import body
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, Endpoint

CONTROL_TOTALS = "pairs_agree_with_control_totals"
KNOWN_COLUMNS = "no_column_is_new"
LANDED = "what_was_asked_for_was_landed"
NOTHING_WAS_LOST = "nothing_was_lost"
ALL_IS_LOADED = "everything_landed_is_loaded"
RELEASE_IS_DUE = "release_is_due"
PUBLISHED_ANSWERS = "answers_with_the_rows_of_the_build"
# The number of what was not landed; beside it each by its name, with the reason.
NOT_LANDED = "not_landed"
# The columns of what is quarantined: what a run on the command line says of it, too.
QUARANTINED = ("dataset", "snapshot", "release", "held_because", "held_back")
_DIFFERENCES_SHOWN = 50


def landing_specs() -> list[dg.AssetCheckSpec]:
    """The checks of every landing. They stop nothing: what was landed is built."""
    specs = []
    for endpoint in ENDPOINTS.values():
        if endpoint.has_controls:
            specs.append(
                dg.AssetCheckSpec(
                    CONTROL_TOTALS,
                    asset=keys.landed(endpoint),
                    description="The pairs add up to the control totals by origin and by asylum. "
                    "Differences too small to refuse the crawl are shown here.",
                )
            )
        specs.append(
            dg.AssetCheckSpec(
                LANDED,
                asset=keys.landed(endpoint),
                description="Every requested dataset was landed. For one that was not, older "
                "figures are used, and the metadata say why.",
                blocking=False,
            )
        )
        specs.append(
            dg.AssetCheckSpec(
                KNOWN_COLUMNS,
                asset=keys.landed(endpoint),
                description="The source sent only known columns. A new one is kept in raw.",
            )
        )
    return specs


def landing_results(
    newest: Mapping[str, Manifest], failed: Mapping[str, str]
) -> Iterator[dg.AssetCheckResult]:
    """The checks of each endpoint's newest snapshot; an endpoint never landed has none to fail.

    `failed`: why something could not be landed, by endpoint, or by release and endpoint.
    """
    for endpoint in ENDPOINTS.values():
        manifest = newest.get(endpoint.name)
        if endpoint.has_controls:
            yield _control_totals(endpoint, manifest.control_differences if manifest else [])
        yield _known_columns(endpoint, manifest)
        yield _was_landed(
            endpoint, {k: why for k, why in failed.items() if k.split()[-1] == endpoint.name}
        )


def _control_totals(
    endpoint: Endpoint, differences: list[ControlDifference]
) -> dg.AssetCheckResult:
    columns = list(ControlDifference.model_fields)
    shown = table(
        columns,
        ([getattr(found, name) for name in columns] for found in differences[:_DIFFERENCES_SHOWN]),
    )
    return dg.AssetCheckResult(
        asset_key=keys.landed(endpoint),
        check_name=CONTROL_TOTALS,
        passed=not differences,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"differences": len(differences), **({"shown": shown} if differences else {})},
    )


def _was_landed(endpoint: Endpoint, failed: Mapping[str, str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=keys.landed(endpoint),
        check_name=LANDED,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={NOT_LANDED: len(failed), **failed},
    )


def _known_columns(endpoint: Endpoint, manifest: Manifest | None) -> dg.AssetCheckResult:
    added = sorted({c for part in manifest.slices for c in part.added_columns} if manifest else ())
    return dg.AssetCheckResult(
        asset_key=keys.landed(endpoint),
        check_name=KNOWN_COLUMNS,
        passed=not added,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"added_columns": ", ".join(map(body.shown, added)) or "none"},
    )


def raw_specs() -> list[dg.AssetCheckSpec]:
    """The check of every endpoint's snapshots. A failure stops nothing: the rest is loaded."""
    return [
        dg.AssetCheckSpec(
            ALL_IS_LOADED,
            asset=keys.raw_table(endpoint.table),
            description="Every landed snapshot can be loaded. One that cannot is set aside with "
            "a note in its folder that says why, and is not loaded again.",
            blocking=False,
        )
        for endpoint in ENDPOINTS.values()
    ]


def raw_results(set_aside: Sequence[SnapshotSetAside]) -> Iterator[dg.AssetCheckResult]:
    """The check of each endpoint: it fails where a snapshot was set aside."""
    for endpoint in ENDPOINTS.values():
        aside = [one for one in set_aside if one.endpoint == endpoint.name]
        yield dg.AssetCheckResult(
            asset_key=keys.raw_table(endpoint.table),
            check_name=ALL_IS_LOADED,
            passed=not aside,
            severity=dg.AssetCheckSeverity.ERROR,
            description="\n".join(one.sentence for one in aside) or None,
            metadata={"set_aside": len(aside), **{one.snapshot_id: one.sentence for one in aside}},
        )


def releases_spec() -> dg.AssetCheckSpec:
    """The check of all snapshots together. It stops nothing: quarantined ones are not used."""
    return dg.AssetCheckSpec(
        NOTHING_WAS_LOST,
        asset=keys.SNAPSHOT_RELEASES,
        description="The newest figures of every dataset are in use. If some are quarantined, it "
        "says why; all findings are in its metadata. `asylum accept` releases them.",
        blocking=False,
    )


def releases_result(quarantined: Sequence[Quarantined]) -> dg.AssetCheckResult:
    """It warns if the newest figures of a dataset are quarantined."""
    held_back = [one.held_back for one in quarantined if one.held_back]
    return dg.AssetCheckResult(
        asset_key=keys.SNAPSHOT_RELEASES,
        check_name=NOTHING_WAS_LOST,
        passed=not held_back,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(held_back) or None,
        metadata={
            "quarantined": len(quarantined),
            **({"snapshots": _quarantined(quarantined)} if quarantined else {}),
            **({"findings": _findings(quarantined)} if quarantined else {}),
        },
    )


def _quarantined(found: Sequence[Quarantined]) -> dg.TableMetadataValue:
    return table(
        QUARANTINED,
        (
            (one.endpoint, one.snapshot_id, one.release_id, one.held_because, one.held_back or "")
            for one in found
        ),
    )


def _findings(found: Sequence[Quarantined]) -> dg.TableMetadataValue:
    return table(
        ("dataset", "snapshot", "compared_with", "severity", "finding"),
        (
            (one.endpoint, one.snapshot_id, one.compared_with or "", said.severity, said.text)
            for one in found
            for said in one.findings
        ),
    )


def published_specs() -> list[dg.AssetCheckSpec]:
    """The checks of the published file, after it has replaced the old one."""
    return [
        dg.AssetCheckSpec(
            PUBLISHED_ANSWERS,
            asset=keys.PUBLISHED_FILE,
            description="The file opens for a reader, and each table has as many rows as in the "
            "build. Otherwise nothing is exported from it.",
        ),
        dg.AssetCheckSpec(
            RELEASE_IS_DUE,
            asset=keys.PUBLISHED_FILE,
            description="UNHCR has published nothing newer, by its calendar: June, and October to "
            "November. Warns four weeks after the latest day on which a release of the kind was "
            "published so far, and when `releases.csv` has one that is not loaded. Every run and "
            "every tick of the sensor evaluate it.",
        ),
    ]


def release_is_due(settings: Settings) -> dg.AssetCheckResult:
    """What the calendar and our list of releases say of the published file today (UTC).

    Raises PublishedMissingError when the file does not open.
    """
    held = newest_release(settings)
    following = next_release(held, named_releases(), datetime.now(UTC).date())
    return dg.AssetCheckResult(
        asset_key=keys.PUBLISHED_FILE,
        check_name=RELEASE_IS_DUE,
        passed=following.due_since is None,
        severity=dg.AssetCheckSeverity.WARN,
        description=following.text(held),
        metadata={
            "newest_release": held.release_id,
            "next_describes": following.reference_date.isoformat(),
            "expected_from": following.earliest.isoformat(),
            "expected_to": following.latest.isoformat(),
            **({"due_since": following.due_since.isoformat()} if following.due_since else {}),
        },
    )


def on_record(result: dg.AssetCheckResult) -> dg.AssetCheckEvaluation:
    """A result found outside of the step that makes the asset, to be put on record all the same."""
    assert result.asset_key is not None
    assert result.check_name is not None
    return dg.AssetCheckEvaluation(
        asset_key=result.asset_key,
        check_name=result.check_name,
        passed=result.passed,
        severity=result.severity,
        description=result.description,
        metadata=result.metadata,
    )


def published_result(settings: Settings, built: Mapping[str, int]) -> dg.AssetCheckResult:
    """Open the published file as a reader does. `built`: rows by table when the tests had passed.

    Raises PublishedMissingError when it does not open.
    """
    found = published_rows(settings)
    differing = {
        name: f"{rows:,} built, {found.get(name, 0):,} published"
        for name, rows in built.items()
        if found.get(name) != rows
    }
    return dg.AssetCheckResult(
        asset_key=keys.PUBLISHED_FILE,
        check_name=PUBLISHED_ANSWERS,
        passed=not differing,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"tables": len(built), **differing},
    )


def dbt_result(key: dg.AssetCheckKey, node: NodeResult) -> dg.AssetCheckResult:
    """A test of dbt as the result of its asset check."""
    warned = node.status == "warn"
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=node.status == "pass",
        severity=dg.AssetCheckSeverity.WARN if warned else dg.AssetCheckSeverity.ERROR,
        metadata={
            "status": node.status,
            "seconds": round(node.seconds, 3),
            **({"failed_rows": node.failures} if node.failures is not None else {}),
            **({"message": node.message} if node.message else {}),
        },
    )
