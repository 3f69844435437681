"""Landing: one asset an endpoint, all fetched in one step, which ends the run if nothing is new."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration import checks, keys
from orchestration.descriptions import place, table
from orchestration.freshness import LOOKED_AT
from orchestration.keys import TAG_NOT_LANDED, TAG_RELEASE, TAG_SOURCE
from orchestration.resources import Warehouse
from warehouse.build import fingerprint
from warehouse.core.attribution import LICENCE_NAME, SOURCE_URL, WORLD_BANK_URL
from warehouse.core.manifest import Manifest
from warehouse.exports.readback import stands_for
from warehouse.landing.snapshots import (
    Landed,
    LandingBusyError,
    NotAllLandedError,
    crawl,
    land_starter,
    manifests,
)
from warehouse.published.landed import refuse_lost_landing
from warehouse.published.read import open_published, read_about
from warehouse.published.sound import damaged
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.crawl import UnknownOriginError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, INHABITANTS, Endpoint
from warehouse.sources.unhcr_api.verify import MalformedPageError
from warehouse.sources.world_bank.population import INDICATOR

_API_URL = Settings.model_fields["api_url"].default
_ARCHIVE_URL = Settings.model_fields["archive_url"].default
_FLOWS_URL = Settings.model_fields["flows_url"].default
_WORLD_BANK_URL = Settings.model_fields["world_bank_url"].default

# Asking again may help with the former, except for the latter, and with nothing else.
_PASSING = (UpstreamError, LandingBusyError)
_LASTING = (MalformedPageError, UnknownOriginError)

# The columns of what was landed: what a run on the command line says of it, too.
LANDED = ("dataset", "snapshot", "release", "rows", "is_new")


class Source(Enum):
    """Where figures can come from."""

    starter = "starter"
    api = "api"


class LandingConfig(dg.Config):
    """Where the figures come from, and which of them."""

    source: Source = Field(
        Source.starter,
        description="`starter`: the extract that comes with the project, no network. `api`: "
        "UNHCR's API, the newest release. Older releases are `landing/archive`.",
    )
    origins: list[str] = Field(
        default_factory=list,
        description="Countries of origin to fetch from the API, as ISO3, such as SYR; empty: all.",
    )
    even_if_nothing_is_new: bool = Field(
        False, description="Rebuild everything after landing, even if nothing is new."
    )


def sources() -> list[dg.AssetSpec]:
    """The external sources: UNHCR's API and flow workbook, its archive, the World Bank's
    population, the starter extract.
    """
    return [
        *(
            dg.AssetSpec(
                keys.api_endpoint(endpoint),
                group_name=keys.SOURCES,
                description=f"`{endpoint.name}/` of UNHCR's Refugee Statistics API. It serves only "
                "the newest release; earlier responses are in landing.",
                metadata={
                    "address": dg.MetadataValue.url(f"{_API_URL}{endpoint.name}/"),
                    "source": dg.MetadataValue.url(SOURCE_URL),
                },
                kinds={"http", "json"},
            )
            for endpoint in ENDPOINTS.values()
            if endpoint.published_in == "api"
        ),
        *(
            dg.AssetSpec(
                keys.api_endpoint(endpoint),
                group_name=keys.SOURCES,
                description="The workbook of UNHCR's forced displacement flow dataset: people who "
                "claimed asylum or fled within a year. What it held before is in landing.",
                metadata={
                    "address": dg.MetadataValue.url(_FLOWS_URL),
                    "source": dg.MetadataValue.url(SOURCE_URL),
                },
                kinds={"http", "excel"},
            )
            for endpoint in ENDPOINTS.values()
            if endpoint.published_in == "workbook"
        ),
        dg.AssetSpec(
            keys.api_endpoint(ENDPOINTS[INHABITANTS]),
            group_name=keys.SOURCES,
            description=f"Indicator {INDICATOR} of the World Bank's API: inhabitants of a country, "
            "region or group of countries in the middle of a year. It serves the newest estimates "
            "only; earlier responses are in landing.",
            metadata={
                "address": dg.MetadataValue.url(_WORLD_BANK_URL),
                "source": dg.MetadataValue.url(WORLD_BANK_URL),
                "licence": LICENCE_NAME,
            },
            kinds={"http", "json"},
        ),
        dg.AssetSpec(
            keys.UNHCR_ARCHIVE,
            group_name=keys.SOURCES,
            description="Older releases: the data files of UNHCR's R package `refugees`, each as "
            "it was published with a release.",
            kinds={"http", "r"},
            metadata={"address": dg.MetadataValue.url(_ARCHIVE_URL)},
        ),
        dg.AssetSpec(
            keys.STARTER_EXTRACT,
            group_name=keys.SOURCES,
            description="Figures for China in the API's shape, kept in `seeds/starter`, so that "
            "everything runs without a network.",
            kinds={"json"},
            metadata={"documentation": dg.MetadataValue.path("seeds/starter/README.md")},
        ),
    ]


def landing(retry_policy: dg.RetryPolicy | None) -> dg.AssetsDefinition:
    """The step that queries the source and lands its responses."""

    @dg.multi_asset(
        specs=[*(_spec(endpoint) for endpoint in ENDPOINTS.values()), _last_look()],
        check_specs=checks.landing_specs(),
        pool=keys.WRITERS,
    )
    def landing(
        context: dg.AssetExecutionContext,
        config: LandingConfig,
        warehouse: Warehouse,
    ) -> Iterator[Any]:
        settings = warehouse.settings
        context.instance.add_run_tags(context.run_id, {TAG_SOURCE: config.source.value})
        with landing_errors(context, retry_policy) as is_last_try:
            refuse_lost_landing(settings)
            landed, failed = _land(config, warehouse, is_last_try=is_last_try)
        newest = {manifest.endpoint: manifest for _, manifest in manifests(settings)}
        tag_release(context, landed)
        if failed:
            context.instance.add_run_tags(
                context.run_id, {TAG_NOT_LANDED: ", ".join(sorted(failed))}
            )
        done = not config.even_if_nothing_is_new and ends_here(settings)
        for endpoint in ENDPOINTS.values():
            key, metadata = keys.landed(endpoint), _metadata(endpoint, landed, newest, settings)
            if done:
                yield dg.AssetObservation(key, description="Nothing new.", metadata=metadata)
            else:
                yield dg.MaterializeResult(key, metadata=metadata)
        if config.source is Source.api:
            yield dg.MaterializeResult(keys.LAST_LOOK, metadata=_look_metadata(landed))
        yield from checks.landing_results(newest, failed)
        if done:
            say_of_the_published(context, settings)

    return landing


def _last_look() -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.LAST_LOOK,
        deps=[keys.api_endpoint(endpoint) for endpoint in ENDPOINTS.values()],
        group_name=keys.LANDING,
        description="Time of the last request to the API, whether or not it had new figures: by a "
        "run with source `api` or by the sensor `new_figures`. Stale after a week without one.",
        kinds={"python", "http"},
        freshness_policy=LOOKED_AT,
        skippable=True,
    )


def _look_metadata(landed: list[Landed]) -> dict[str, Any]:
    new = [one.snapshot_id for one in landed if one.is_new]
    return {"asked_by": "run", "new_snapshots": ", ".join(new) or "none"}


def ends_here(settings: Settings) -> bool:
    """Whether published file and exports were built from what is landed, by the current code, and
    the file is sound.
    """
    return damaged(settings) is None and stands_for(settings, fingerprint.expected(settings))


def say_of_the_published(context: dg.AssetExecutionContext, settings: Settings) -> None:
    """What is published is not rebuilt by a run that ends here, and its release may be due
    since the run that made it.
    """
    with open_published(settings) as con:
        release = read_about(con)["release"]
    context.instance.add_run_tags(context.run_id, {TAG_RELEASE: release})
    due = checks.on_record(checks.release_is_due(settings))
    context.instance.report_runless_asset_event(due)


def _spec(endpoint: Endpoint) -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.landed(endpoint),
        deps=[keys.api_endpoint(endpoint), keys.STARTER_EXTRACT],
        group_name=keys.LANDING,
        description=f"Responses for `{endpoint.name}`, byte for byte: one folder per snapshot, "
        "never changed, with a manifest (query, time, pages, rows, sha256 of the content).",
        kinds={"python", "json"},
        # When nothing is new none is made, and all that stands on them is left as it is.
        skippable=True,
    )


def _land(
    config: LandingConfig, warehouse: Warehouse, *, is_last_try: bool
) -> tuple[list[Landed], dict[str, str]]:
    """What was landed, and by what could not be the reason; it fails where nothing was, and where
    a whole source was down and may be asked again.
    """
    settings, progress = warehouse.settings, warehouse.progress("landing")
    try:
        if config.source is Source.starter:
            return land_starter(settings, on_progress=progress), {}
        return crawl(settings, origins=config.origins, on_progress=progress), {}
    except NotAllLandedError as error:
        if not error.landed or (error.is_outage and not is_last_try):
            raise
        return error.landed, error.failed


@contextmanager
def landing_errors(
    context: dg.AssetExecutionContext, retry_policy: dg.RetryPolicy | None
) -> Iterator[bool]:
    """Let only those errors be tried again that may pass, after the pause of the policy. Yields
    whether this is the last attempt.

    The policy is not the step's own: Dagster would try again what somebody terminated, and no run
    can be terminated from its pause between two attempts.
    """
    attempt = context.retry_number + 1
    is_last_try = retry_policy is None or attempt > retry_policy.max_retries
    try:
        yield is_last_try
    except Exception as error:
        if retry_policy is None or is_last_try or not _may_pass(error):
            raise dg.Failure(str(error), allow_retries=False) from error
        _pause(context, error, retry_policy.calculate_delay(attempt))
        raise dg.RetryRequested(retry_policy.max_retries) from error


def _may_pass(error: Exception) -> bool:
    if isinstance(error, NotAllLandedError):
        return error.is_outage
    return isinstance(error, _PASSING) and not isinstance(error, _LASTING)


def _pause(context: dg.AssetExecutionContext, error: Exception, seconds: float) -> None:
    then = datetime.now(UTC) + timedelta(seconds=seconds)
    context.log.warning(
        f"{error}\nThe next attempt is at {then:%H:%M} UTC, and until then no other run can begin. "
        f"To end this one, terminate it."
    )
    time.sleep(seconds)


def tag_release(context: dg.AssetExecutionContext, landed: Sequence[Landed]) -> None:
    """Let the list of runs say the newest release that a run landed."""
    releases = sorted({one.manifest.release_id for one in landed if one.manifest.release_id})
    if releases:
        context.instance.add_run_tags(context.run_id, {TAG_RELEASE: releases[-1]})


def snapshots_table(landed: Iterable[Landed]) -> dg.TableMetadataValue:
    """The snapshots that a run landed, or found landed; `outcome` reads it."""
    return table(
        LANDED,
        (
            (
                one.endpoint,
                one.snapshot_id,
                one.manifest.release_id or "",
                one.manifest.rows,
                one.is_new,
            )
            for one in landed
        ),
    )


def _metadata(
    endpoint: Endpoint, landed: list[Landed], newest: dict[str, Manifest], settings: Settings
) -> dict[str, Any]:
    mine = [one for one in landed if one.endpoint == endpoint.name]
    manifest = newest.get(endpoint.name)
    if manifest is None:
        return {"dagster/row_count": 0, "snapshot": "none yet: the source does not have it"}
    newest_path = settings.landing_dir / endpoint.name / manifest.snapshot_id
    return {
        "dagster/row_count": manifest.rows,
        "snapshot": manifest.snapshot_id,
        "release": manifest.release_id or "not named by the source",
        "source": manifest.source,
        **({"landed": snapshots_table(mine)} if mine else {}),
        "retrieved_at": dg.MetadataValue.timestamp(manifest.finished_at),
        "seconds": round((manifest.finished_at - manifest.started_at).total_seconds(), 1),
        "content_sha256": manifest.content_sha256,
        "path": place(settings, newest_path),
    }
