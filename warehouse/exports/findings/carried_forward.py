"""Stale figures: stocks carried forward from an earlier reference date."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import show
from warehouse.exports.findings.destinations import DESTINATIONS_SHOWN
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.findings.revisions import STEPS
from warehouse.exports.findings.words import MEASURES
from warehouse.exports.origins import Origin

RELEASES_SHOWN = 4
_RELEASES_QUERY = f"""
    with steps as ({STEPS}),
    repeated as (
        select distinct
            release_id, published_on, reference_date, reference_year, measure,
            asylum_unhcr_code, carried_forward_stock
        from mart_carried_forward
        where coalesce(origin_iso3, origin_unhcr_code) = $origin
    ),
    totals as (
        select
            release_id, published_on, reference_date, reference_year, measure,
            count(*) as pairs, sum(carried_forward_stock)::bigint as persons
        from repeated
        group by all
    )
    select
        totals.release_id, totals.reference_date, totals.measure, totals.pairs, totals.persons,
        arg_max(steps.value, steps.published_on) as whole
    from totals left join steps
        on steps.measure = totals.measure
        and steps.reference_year = totals.reference_year
        and steps.published_on <= totals.published_on
    group by
        totals.release_id, totals.reference_date, totals.measure, totals.pairs,
        totals.persons, totals.published_on
    order by totals.published_on desc, totals.measure
"""
_RELEASES = (
    ReportColumn("release_id", "Release"),
    ReportColumn("reference_date", "Describes", "day"),
    ReportColumn("figure", "Figure"),
    ReportColumn("pairs", "Countries of asylum", "count"),
    ReportColumn("persons", "Persons carried forward", "count"),
    ReportColumn("whole", "Persons in all, in that release", "count"),
    ReportColumn("share", "Share carried forward", "share"),
)
_PLACES_QUERY = """
    with repeated as (
        select * from mart_carried_forward where coalesce(origin_iso3, origin_unhcr_code) = $origin
    ),
    newest as (
        select published_on from repeated
        group by published_on order by published_on desc limit $releases
    ),
    everyone as (
        select release_id, measure, basis, asylum_unhcr_code, carried_forward_share
        from mart_carried_forward_by_asylum
    )
    select
        coalesce(asylum_name, asylum_unhcr_code) as asylum,
        release_id,
        reference_date,
        measure,
        carried_forward_stock,
        earlier_reference_date,
        carried_forward_share
    from repeated left join everyone
        using (release_id, measure, basis, asylum_unhcr_code)
    where published_on in (from newest)
    qualify row_number() over (
        partition by release_id, measure
        order by carried_forward_stock desc, asylum_unhcr_code, earlier_reference_date
    ) <= $places
    order by published_on desc, measure, carried_forward_stock desc, asylum_unhcr_code,
        earlier_reference_date
"""
_PLACES = (
    ReportColumn("asylum", "Country of asylum"),
    ReportColumn("release_id", "Release"),
    ReportColumn("reference_date", "Describes", "day"),
    ReportColumn("figure", "Figure"),
    ReportColumn("carried_forward_stock", "Persons carried forward", "count"),
    ReportColumn("earlier_reference_date", "Unchanged since", "day"),
    ReportColumn(
        "carried_forward_share",
        "Of all origins in that country, share carried forward",
        "share",
    ),
)


def carried_forward_section(
    con: duckdb.DuckDBPyConnection, origin: Origin, newest_release: str
) -> Section:
    """The persons that were carried forward, by release and by country of asylum."""
    releases = _with_figure(named_rows(con.execute(_RELEASES_QUERY, {"origin": origin.code})))
    for row in releases:
        row["share"] = row["persons"] / row["whole"] if row["whole"] else None
    by_release = ReportTable(
        "carried_forward_releases", "Persons carried forward, by release", _RELEASES, [*releases]
    )
    limits = {"releases": RELEASES_SHOWN, "places": DESTINATIONS_SHOWN}
    largest = named_rows(con.execute(_PLACES_QUERY, {"origin": origin.code, **limits}))
    places = ReportTable(
        "carried_forward_places",
        "Persons carried forward, by country of asylum (the largest of each release)",
        _PLACES,
        [*_with_figure(largest)],
    )
    sentences = []
    if not any(row["release_id"] == newest_release for row in releases):
        sentences.append(
            f"In the newest release, {newest_release}, no stock of 100 persons or more repeats an "
            f"earlier reference date, among the pairs loaded."
        )
    for row in releases:
        if row["release_id"] == newest_release:
            share = f" ({show(row['share'], 'share')})" if row["whole"] else ""
            sentences.append(
                f"In the newest release, {newest_release}, {show(row['persons'], 'count')}{share} "
                f"of the {row['figure']} repeat an earlier reference date."
            )
    return section("carried_forward", "What is stale", sentences, [by_release, places])


def _with_figure(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"figure": MEASURES[row["measure"]]} for row in rows]
