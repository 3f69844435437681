"""What a page says of a country of asylum without scripts: the newest release, in tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from warehouse.core.database import each_row, named_rows
from warehouse.core.wording import OF_NO_COUNTRY, at_least, day, listed, of_origin, plural
from warehouse.exports.completeness import is_lower_bound, with_what_is_known
from warehouse.exports.findings.parts import (
    ReportColumn,
    ReportTable,
    Section,
    of_half_year,
    section,
)
from warehouse.exports.origin_years import Break, OriginYear

ORIGINS_SHOWN = 15
_YEARS = """
    select * from mart_asylum_yearly
    order by coalesce(asylum_iso3, asylum_unhcr_code), reference_year, counting_unit desc
"""
_ORIGINS = f"""
    with pairs as (
        select
            *,
            {is_lower_bound("mart_destination_yearly")} as is_stock_incomplete,
            coalesce(asylum_iso3, asylum_unhcr_code) as asylum,
            coalesce(origin_iso3, origin_unhcr_code) as origin,
            coalesce(origin_name, origin_unhcr_code) as place
        from mart_destination_yearly
        where
            counting_unit = 'persons' and row_kind = 'pair' and asylum_seekers_stock > 0
    )
    select asylum, place, reference_date, asylum_seekers_stock, new_asylum_claims,
        is_stock_incomplete, is_new_asylum_claims_complete, is_flows_provisional,
        count(*) filter (not list_contains($of_no_country, origin)) over of_asylum
            as country_count,
        list({{
            'code': origin, 'stock': asylum_seekers_stock, 'is_incomplete': is_stock_incomplete
        }}) filter (list_contains($of_no_country, origin)) over of_asylum as of_no_country
    from pairs
    window
        of_asylum as (partition by asylum, reference_year),
        of_asylum_and_year as (
            partition by asylum, reference_year
            order by asylum_seekers_stock desc, place, origin_unhcr_code
        )
    qualify reference_year = max(reference_year) over (partition by asylum)
        and row_number() over of_asylum_and_year <= $shown
    order by asylum, asylum_seekers_stock desc, place, origin_unhcr_code
"""
_BREAKS = """
    select
        coalesce(breaks.asylum_iso3, breaks.asylum_unhcr_code) as asylum,
        breaks.reference_year,
        breaks.measure,
        breaks.kind,
        breaks.asylum_name,
        breaks.note,
        coalesce(kinds.makes_incomplete, false) as makes_incomplete
    from mart_reporting_breaks as breaks
    inner join break_kinds as kinds using (kind)
    where
        (
            breaks.measure in ('asylum_seekers_stock', 'new_asylum_claims', 'decisions_total')
            or breaks.kind in (
                'unit_changed', 'origin_dropped', 'estimate_replaced', 'origin_divided',
                'asylum_divided'
            )
        )
        and breaks.kind <> 'definition_changed'
    order by
        breaks.reference_year desc, breaks.measure, kinds.makes_incomplete desc,
        breaks.persons desc, breaks.asylum_unhcr_code, breaks.kind, breaks.counting_unit
"""


def rows_of_asylums(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """The rows of mart_asylum_yearly, countries in the order of their codes, oldest year first,
    persons before cases.
    """
    # What only rows by origin have, such as estimates of withheld origins, is not known of these.
    shared = con.execute("select * from mart_origin_yearly limit 0").description or []
    unknown = dict.fromkeys(column[0] for column in shared)
    return with_what_is_known(unknown | row for row in each_row(con.execute(_YEARS)))


def breaks_by_asylum(con: duckdb.DuckDBPyConnection) -> dict[str, list[Break]]:
    """How each country of asylum reported otherwise than before, newest year first, by its code."""
    found: dict[str, list[Break]] = {}
    for asylum, *row in con.execute(_BREAKS).fetchall():
        found.setdefault(asylum, []).append(Break(*row))
    return found


def may_be_higher(years: Sequence[OriginYear]) -> frozenset[str]:
    """Measures of which another year of a country of asylum may be higher than the highest
    reported: it is known which years are lower bounds, and not how much they lack.
    """
    found = set()
    for measure in ("asylum_seekers_stock", "new_asylum_claims"):
        rows = [year.persons for year in years if year.persons[measure] is not None]
        top = max((row[measure] for row in rows), default=0)
        if any(row[f"is_{measure}_complete"] is False and row[measure] < top for row in rows):
            found.add(measure)
    return frozenset(found)


def origins_by_asylum(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """The largest origins of each country of asylum in its newest year, by its code."""
    found: dict[str, list[dict[str, Any]]] = {}
    given = {"shown": ORIGINS_SHOWN, "of_no_country": [*OF_NO_COUNTRY]}
    for row in _bounded(named_rows(con.execute(_ORIGINS, given))):
        found.setdefault(row["asylum"], []).append(row)
    return found


def origins_section(name: str, rows: list[dict[str, Any]]) -> Section:
    """Where the asylum-seekers of a country of asylum are from."""
    if not rows:
        return Section("origins", "Where they are from")
    reference = day(rows[0]["reference_date"])
    table = ReportTable(
        "origins",
        f"Asylum-seekers in {name} by country of origin, {reference}: the largest",
        place_columns("Country of origin"),
        [*rows],
    )
    sentence = _waiting(name, reference, rows[0]["country_count"], rows[0]["of_no_country"] or [])
    return section("origins", "Where they are from", [sentence], [table])


def _waiting(name: str, on: str, countries: int, of_no_country: Sequence[dict[str, Any]]) -> str:
    """From how many countries people were waiting, and how many are of none that is known."""
    others = [
        f"{at_least(one['stock'], not one['is_incomplete'])} "
        f"{of_origin('person' if one['stock'] == 1 else 'people', one['code'], '')}"
        for one in sorted(of_no_country, key=lambda one: (-one["stock"], one["code"]))
    ]
    if not countries:
        return f"On {on} those waiting in {name} were {listed(others)}."
    more = f", and {listed(others)}" if others else ""
    return (
        f"On {on} people from {plural(countries, 'country', 'countries')} of those loaded here "
        f"were waiting in {name}{more}."
    )


def largest(con: duckdb.DuckDBPyConnection, side: str, count: int) -> list[dict[str, Any]]:
    """The countries of one side with the most asylum-seekers in the newest year."""
    incomplete = is_lower_bound(f"mart_{side}_yearly")
    rows = named_rows(
        con.execute(
            f"""
            select
                {incomplete} as is_stock_incomplete, is_new_asylum_claims_complete,
                is_flows_provisional,
                coalesce({side}_name, {side}_unhcr_code) as place,
                reference_date, asylum_seekers_stock, new_asylum_claims
            from mart_{side}_yearly
            where counting_unit = 'persons' and asylum_seekers_stock > 0
            qualify reference_year = max(reference_year) over ()
            order by asylum_seekers_stock desc, place, {side}_unhcr_code
            limit $count
            """,
            {"count": count},
        )
    )
    return _bounded(rows)


def place_columns(heading: str) -> tuple[ReportColumn, ...]:
    """The columns of a table of the largest places."""
    return (
        ReportColumn("place", heading),
        ReportColumn("waiting", "Asylum-seekers", "bound"),
        ReportColumn("claimed", "People who claimed asylum in the year", "bound"),
    )


def _bounded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their figures as shown: a lower bound is marked."""
    for row in rows:
        row["waiting"] = at_least(row["asylum_seekers_stock"], not row["is_stock_incomplete"])
        claimed = at_least(row["new_asylum_claims"], row["is_new_asylum_claims_complete"])
        is_half = row["is_flows_provisional"] and row["new_asylum_claims"] is not None
        row["claimed"] = of_half_year(claimed, is_half)
    return rows
