"""Landing: one asset an endpoint, all fetched in one step, which ends the run if nothing is new."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration import checks, keys
from orchestration.freshness import LOOKED_AT
from orchestration.resources import Warehouse
from warehouse.build import fingerprint
from warehouse.core.attribution import SOURCE_URL
from warehouse.core.manifest import Manifest
from warehouse.exports.readback import stands_for
from warehouse.landing.backfill import backfill
from warehouse.landing.snapshots import (
    Landed,
    LandingBusyError,
    NotAllLandedError,
    crawl,
    land_starter,
    manifests,
)
from warehouse.published.publish import open_published, read_about
from warehouse.releases.identify import read_lists
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, Endpoint
from warehouse.sources.unhcr_api.verify import MalformedPageError

_API_URL = Settings.model_fields["api_url"].default
_FLOWS_URL = Settings.model_fields["flows_url"].default

# Asking again may help with these, and with nothing else.
_PASSING = (UpstreamError, LandingBusyError)

TAG_SOURCE = "asylum/source"
TAG_RELEASE = "asylum/release"


class Source(Enum):
    """Where figures can come from."""

    starter = "starter"
    api = "api"
    archive = "archive"


class LandingConfig(dg.Config):
    """Where the figures come from, and which of them."""

    source: Source = Field(
        Source.starter,
        description="`starter`: the extract that comes with the project, no network. `api`: "
        "UNHCR's API, the newest release. `archive`: older releases; the job `backfill` asks "
        "for these.",
    )
    origins: list[str] = Field(
        default_factory=list,
        description="Countries of origin as ISO3, such as SYR, to ask the API for; empty: all.",
    )
    releases: list[str] = Field(
        default_factory=list,
        description="Releases to ask the archive for, such as 2024-06; empty: all that are not "
        "here yet.",
    )
    api_url: str | None = Field(None, description="Instead of ASYLUM_API_URL.")
    even_if_nothing_is_new: bool = Field(
        False, description="Go on after landing, and make everything anew, in any case."
    )


def sources() -> list[dg.AssetSpec]:
    """What lies outside: UNHCR's API and flow workbook, and the starter extract."""
    return [
        *(
            dg.AssetSpec(
                keys.api_endpoint(endpoint),
                group_name=keys.SOURCES,
                description=f"`{endpoint.name}/` of UNHCR's Refugee Statistics API. It serves the "
                "newest release alone; what it said before is in landing.",
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
            keys.STARTER_EXTRACT,
            group_name=keys.SOURCES,
            description="Figures for China in the API's shape, kept in `seeds/starter`, so that "
            "everything runs without a network.",
            kinds={"json"},
            metadata={"documentation": dg.MetadataValue.path("seeds/starter/README.md")},
        ),
    ]


def landing(retry_policy: dg.RetryPolicy | None) -> dg.AssetsDefinition:
    """The step that asks the source and lands what it answers."""

    @dg.multi_asset(
        specs=[*(_spec(endpoint) for endpoint in ENDPOINTS.values()), _last_look()],
        check_specs=checks.landing_specs(),
        pool=keys.WRITERS,
        retry_policy=retry_policy,
    )
    def landing(
        context: dg.AssetExecutionContext,
        config: LandingConfig,
        warehouse: dg.ResourceParam[Warehouse],
    ) -> Iterator[Any]:
        settings = warehouse.settings
        landed, failed = _land(config, warehouse)
        warehouse.record.landed, warehouse.record.not_landed = landed, failed
        newest = {manifest.endpoint: manifest for _, manifest in manifests(settings)}
        _tag(context, config, landed)
        # Published file and exports may have been made from just this, by the code as it is.
        done = not config.even_if_nothing_is_new and stands_for(
            settings, fingerprint.expected(settings)
        )
        warehouse.record.nothing_new = done
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
            _say_of_the_published(context, settings)

    return landing


def _last_look() -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.LAST_LOOK,
        deps=[keys.api_endpoint(endpoint) for endpoint in ENDPOINTS.values()],
        group_name=keys.LANDING,
        description="When the API was asked last, whether or not it had anything new: by a run "
        "with source `api`, or by the sensor `new_figures`. Stale when nobody has looked for "
        "more than a week.",
        kinds={"python", "http"},
        freshness_policy=LOOKED_AT,
        skippable=True,
    )


def _look_metadata(landed: list[Landed]) -> dict[str, Any]:
    new = [one.snapshot_id for one in landed if one.is_new]
    return {"asked_by": "run", "new_snapshots": ", ".join(new) or "none"}


def _say_of_the_published(context: dg.AssetExecutionContext, settings: Settings) -> None:
    """What stands published is not made anew by a run that ends here, and its release may be due
    since the run that made it.
    """
    with open_published(settings) as con:
        release = read_about(con)["release"]
    context.instance.add_run_tags(context.run_id, {TAG_RELEASE: release})
    result = checks.release_is_due(settings, list(read_lists().releases.values()))
    context.instance.report_runless_asset_event(checks.on_record(result))


def _spec(endpoint: Endpoint) -> dg.AssetSpec:
    return dg.AssetSpec(
        keys.landed(endpoint),
        deps=[keys.api_endpoint(endpoint), keys.STARTER_EXTRACT],
        group_name=keys.LANDING,
        description=f"What the source of `{endpoint.name}` gave, byte for byte: a folder a "
        "snapshot, never changed, with a manifest (query, time, pages, rows, sha256 of the "
        "content).",
        kinds={"python", "json"},
        # When nothing is new none is made, and all that stands on them is left as it is.
        skippable=True,
    )


def _land(config: LandingConfig, warehouse: Warehouse) -> tuple[list[Landed], dict[str, str]]:
    """What was landed, and by what could not be the reason; it fails where nothing was."""
    settings, progress = warehouse.settings, warehouse.progress("landing")
    if config.api_url:
        settings = type(settings).model_validate(
            {**settings.model_dump(), "api_url": config.api_url}
        )
    try:
        if config.source is Source.starter:
            return land_starter(settings, on_progress=progress), {}
        if config.source is Source.archive:
            return backfill(settings, releases=config.releases or None, on_progress=progress), {}
        return crawl(settings, origins=config.origins, on_progress=progress), {}
    except NotAllLandedError as error:
        if not error.landed:
            raise
        return error.landed, error.failed
    except Exception as error:
        if isinstance(error, _PASSING) and not isinstance(error, MalformedPageError):
            raise
        raise dg.Failure(str(error), allow_retries=False) from error


def _tag(context: dg.AssetExecutionContext, config: LandingConfig, landed: list[Landed]) -> None:
    """Let the list of runs tell them apart."""
    releases = sorted({one.manifest.release_id for one in landed if one.manifest.release_id})
    tags = {TAG_SOURCE: config.source.value, **({TAG_RELEASE: releases[-1]} if releases else {})}
    context.instance.add_run_tags(context.run_id, tags)


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
        "new_snapshots": ", ".join(one.snapshot_id for one in mine if one.is_new) or "none",
        "retrieved_at": dg.MetadataValue.timestamp(manifest.finished_at),
        "seconds": round((manifest.finished_at - manifest.started_at).total_seconds(), 1),
        "content_sha256": manifest.content_sha256,
        "path": dg.MetadataValue.path(str(newest_path.relative_to(settings.data_dir))),
    }
