"""What UNHCR writes beside its figures of an origin and of its first countries of asylum."""

from __future__ import annotations

import duckdb

from warehouse.core.database import named_rows
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.origins import Origin

_SHOWN = 20
_QUERY = """
    with destinations as (
        select coalesce(asylum_iso3, asylum_unhcr_code) as asylum_code, reference_year
        from mart_destination_yearly
        where
            coalesce(origin_iso3, origin_unhcr_code) = $origin
            and counting_unit = 'persons'
            and asylum_seekers_rank <= 5
        qualify reference_year = max(reference_year) over ()
    )
    select
        coalesce(reference_years, 'any') as years,
        coalesce(origin_name, 'any') as origin,
        coalesce(asylum_name, 'any') as asylum,
        string_agg(
            distinct coalesce(population_types.name, population_type), '; '
            order by coalesce(population_types.name, population_type)
        ) as counted,
        footnote
    from mart_footnotes as notes
    left join population_types on notes.population_type = population_types.pop_type
    where
        origin_code = $origin
        or is_on_any_origin and (
            is_on_any_asylum or asylum_code in (select asylum_code from destinations)
        ) and (
            is_on_any_year or reference_year >= (select max(reference_year) - 1 from destinations)
        )
    group by all
    order by max(reference_year) desc nulls first, origin, asylum, years, footnote
    limit $shown
"""
_COLUMNS = (
    ReportColumn("years", "Years"),
    ReportColumn("origin", "Country of origin"),
    ReportColumn("asylum", "Country of asylum"),
    ReportColumn("counted", "Who is counted"),
    ReportColumn("footnote", "What UNHCR writes"),
)


def notes_section(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """The notes on the origin, and the newest on its first countries of asylum."""
    rows = named_rows(con.execute(_QUERY, {"origin": origin.code, "shown": _SHOWN}))
    table = ReportTable(
        "notes",
        f"UNHCR’s notes on figures of {origin.name_within} and of its first countries of asylum",
        _COLUMNS,
        [*rows],
    )
    sentence = "UNHCR’s own words on what its figures hold and what they do not."
    return section("notes", "What UNHCR says beside its figures", [sentence], [table])
