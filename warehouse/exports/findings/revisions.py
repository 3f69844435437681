"""How the figures moved from release to release."""

from __future__ import annotations

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import show
from warehouse.exports.findings.parts import (
    HALF_YEAR,
    HALF_YEAR_NOTE,
    MID_YEAR,
    MID_YEAR_NOTE,
    ReportColumn,
    ReportTable,
    Section,
    of_its_months,
    section,
)
from warehouse.exports.findings.words import MEASURES, REVISION_KINDS
from warehouse.exports.origins import Origin

REVISED_YEARS_SHOWN = 3
# What each release said of a figure, where it was the first or said another than the one before.
STEPS = """
    select
        summary.measure, summary.counting_unit, summary.reference_year,
        summary.first_release_id as release_id, summary.first_published_on as published_on,
        summary.first_value as value, null::bigint as difference, 'first published' as kind,
        if(
            summary.measure = 'applications_new',
            years.is_applications_provisional, years.is_population_provisional
        ) as is_provisional
    from mart_revision_summary as summary
    left join dim_release as releases on summary.first_release_id = releases.release_id
    left join mart_origin_yearly_history as years
        on
            summary.origin_unhcr_code = years.origin_unhcr_code
            and summary.counting_unit = years.counting_unit
            and summary.reference_year = years.reference_year
            and years.valid_from <= releases.in_force_from
            and (years.valid_to > releases.in_force_from or years.valid_to is null)
    where
        coalesce(summary.origin_iso3, summary.origin_unhcr_code) = $origin
        and summary.measure in ('asylum_seekers_stock', 'refugees_stock', 'applications_new')
    union all
    select
        measure, counting_unit, reference_year, release_id, published_on, value_after, difference,
        kind, is_provisional
    from mart_revisions
    where
        coalesce(origin_iso3, origin_unhcr_code) = $origin
        and level = 'origin'
        and measure in ('asylum_seekers_stock', 'refugees_stock', 'applications_new')
"""
_QUERY = f"""
    with steps as ({STEPS}),
    newest as (
        select distinct reference_year from steps
        order by reference_year desc limit $years
    )
    select * from steps
    where reference_year in (from newest) and not (counting_unit = 'cases' and value is null)
    order by measure = 'asylum_seekers_stock' desc, measure, counting_unit desc,
        reference_year desc, published_on
"""
_COLUMNS = (
    ReportColumn("figure", "Figure"),
    ReportColumn("reference_year", "Year", "year"),
    ReportColumn("release_id", "Release"),
    ReportColumn("published_on", "Published on", "day"),
    ReportColumn("shown", "Value", "bound"),
    ReportColumn("difference", "Change", "change"),
    ReportColumn("what_happened", "What happened"),
)


def revisions_section(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """The figures of the newest years, from release to release."""
    rows = named_rows(con.execute(_QUERY, {"origin": origin.code, "years": REVISED_YEARS_SHOWN}))
    for row in rows:
        row["shown"] = of_its_months(row["value"], row["measure"], row["is_provisional"])
        row["figure"] = _measure_words(row["measure"], row["counting_unit"])
        row["what_happened"] = REVISION_KINDS.get(row["kind"], row["kind"])
    table = ReportTable(
        "revisions", "Figures of the newest years, from release to release", _COLUMNS, [*rows]
    )
    sentences = [
        "Among the releases loaded here. A figure that a release left unchanged has no line.",
    ]
    if any(HALF_YEAR in (row["shown"] or "") for row in rows):
        sentences.append(HALF_YEAR_NOTE)
    if any(MID_YEAR in (row["shown"] or "") for row in rows):
        sentences.append(MID_YEAR_NOTE)
    moved = [row for row in rows if row["measure"] == "asylum_seekers_stock" and row["difference"]]
    if moved:
        most = max(moved, key=lambda row: abs(row["difference"]))
        sentences.append(
            f"The largest move: release {most['release_id']} changed the asylum-seekers of "
            f"{most['reference_year']} by {show(most['difference'], 'change')}, "
            f"to {show(most['value'], 'count')}."
        )
    elif rows:
        sentences.append("No release loaded here changed the asylum-seekers of these years.")
    return section("revisions", "How the figures moved", sentences, [table])


def _measure_words(measure: str, unit: str) -> str:
    words = MEASURES.get(measure, measure)
    return words if measure.endswith("_stock") else f"{words}, {unit}"
