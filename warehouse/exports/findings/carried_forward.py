"""Stale figures: stocks carried forward from an earlier reference date."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import show
from warehouse.exports import unchanged
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
        where
            coalesce(origin_iso3, origin_unhcr_code) = $origin
            and measure in (select steps.measure from steps)
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
_PLACES = (
    ReportColumn("asylum", "Country of asylum"),
    ReportColumn("release_id", "Release"),
    ReportColumn("reference_date", "Describes", "day"),
    ReportColumn("figure", "Figure"),
    ReportColumn("carried_forward_stock", "Persons carried forward", "count"),
    ReportColumn("unchanged_since", "Unchanged since", "day"),
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
    places = ReportTable(
        "carried_forward_places",
        "Persons carried forward, by country of asylum (the largest of each release)",
        _PLACES,
        [*_with_figure(_largest(unchanged.carried_forward(con, origin.code)))],
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


def _largest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest stocks of each of the newest releases, of each measure."""
    newest = sorted({row["published_on"] for row in rows}, reverse=True)[:RELEASES_SHOWN]
    shown: list[dict[str, Any]] = []
    for _, group in groupby(
        (row for row in rows if row["published_on"] in newest),
        key=lambda row: (row["release_id"], row["measure"]),
    ):
        shown += islice(group, DESTINATIONS_SHOWN)
    return [row | {"asylum": row["asylum_name"] or row["asylum_unhcr_code"]} for row in shown]


def _with_figure(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"figure": MEASURES[row["measure"]]} for row in rows]
