"""Palestine refugees under UNRWA's mandate: they are in none of UNHCR's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import AT_LEAST, at_least, day, show
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Row, Section, section
from warehouse.exports.origins import UNKNOWN, Origin

NAME, TITLE = "unrwa", "Palestine refugees under UNRWA"
YEARS_SHOWN = 5
COUNTED_BY = "UNRWA, the United Nations’ agency for Palestine refugees, counts them"
# What a field of operation has fewer of than the year before may be among those whose field is not
# known, where these are more.
_QUERY = f"""
    with counted as (
        select
            coalesce(origin_iso3, origin_unhcr_code) as origin,
            coalesce(asylum_iso3, asylum_unhcr_code) as asylum,
            coalesce(asylum_name, asylum_unhcr_code) as place,
            coalesce(country_name_within, asylum_unhcr_code) as place_within,
            reference_year,
            reference_date,
            release_id,
            palestine_refugees_stock as people
        from fct_palestine_refugees_yearly
        left join dim_country on asylum_unhcr_code = dim_country.unhcr_code
        where palestine_refugees_stock is not null
    ),
    unknown as (
        select origin, reference_year, sum(people)::bigint as people
        from counted
        where asylum = '{UNKNOWN}'
        group by all
    )
    select
        counted.*,
        before.people as people_before,
        coalesce(unknown.people, 0) as unknown,
        coalesce(unknown_before.people, 0) as unknown_before,
        counted.asylum = '{UNKNOWN}' as is_unknown,
        counted.asylum <> '{UNKNOWN}'
        and counted.people < before.people
        and coalesce(unknown.people, 0) > coalesce(unknown_before.people, 0) as is_lower_bound
    from counted
    left join counted as before
        on
            counted.origin = before.origin
            and counted.asylum = before.asylum
            and counted.reference_year = before.reference_year + 1
    left join unknown
        on
            counted.origin = unknown.origin
            and counted.reference_year = unknown.reference_year
    left join unknown as unknown_before
        on
            counted.origin = unknown_before.origin
            and counted.reference_year = unknown_before.reference_year + 1
    where
        counted.origin = coalesce($origin, counted.origin)
        and counted.asylum = coalesce($asylum, counted.asylum)
    order by counted.reference_year desc, counted.people desc, counted.place
"""
_FIELDS = (
    ReportColumn("place", "Field of operation"),
    ReportColumn("shown", "Palestine refugees", "bound"),
    ReportColumn("people_before", "The year before", "count"),
)
_YEARS = (
    ReportColumn("reference_date", "On", "day"),
    ReportColumn("shown", "Palestine refugees", "bound"),
)
_NO_SUM = "They are in none of UNHCR’s figures on this page; a sum of both has to say so."


def unrwa_section(con: duckdb.DuckDBPyConnection, origin: Origin | None = None) -> Section:
    """UNRWA's figures of the newest year, for an origin that has any, or for all together."""
    rows = _asked(con, origin=origin.code if origin else None)
    fields = [row for row in rows if row["reference_year"] == rows[0]["reference_year"]]
    if not fields:
        return Section(NAME, TITLE)
    total, reference = sum(row["people"] for row in fields), day(fields[0]["reference_date"])
    sentences = [
        f"{COUNTED_BY} under its own mandate: {show(total, 'count')} on {reference} "
        f"(release {fields[0]['release_id']}). {_NO_SUM}",
        *_not_known(fields[0], "they are in the total, and in no field"),
    ]
    lower = [row for row in fields if row["is_lower_bound"]]
    if lower:
        named = ", ".join(
            f"{row['place']} ({show(row['people_before'], 'count')} the year before)"
            for row in lower
        )
        sentences.append(
            f"Where a field has fewer people than the year before, the figure is a lower bound "
            f"({AT_LEAST}) and not known to be a fall: {named}."
        )
    for row in fields:
        row["place"] = "not known" if row["is_unknown"] else row["place"]
    table = ReportTable(NAME, f"{TITLE} by field of operation, {reference}", _FIELDS, [*fields])
    return section(NAME, TITLE, sentences, [table])


def unrwa_in(con: duckdb.DuckDBPyConnection, code: str, place: str) -> Section:
    """UNRWA's figures of the newest years, for a country of asylum that is a field of operation;
    `place`: "the Syrian Arab Rep.".
    """
    rows = _asked(con, asylum=code)[:YEARS_SHOWN]
    if not rows:
        return Section(NAME, TITLE)
    sentence, *more = _in_words(rows[0], place)
    table = ReportTable(NAME, f"{TITLE} in {place}", _YEARS, [*rows])
    return section(NAME, TITLE, [f"{sentence} {_NO_SUM}", *more], [table])


def unrwa_of(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    """What the report of a country says: of the Palestine refugees from it, or else of those in
    it, who are no people from it.
    """
    of_origin = unrwa_section(con, origin)
    if of_origin.tables or origin.is_unknown:
        return of_origin
    return unrwa_in(con, origin.code, origin.name_within)


def unrwa_sentences(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """What is said beside a pair of origin and asylum, by their codes; of the newest year."""
    found: dict[str, dict[str, str]] = {}
    for row in _asked(con):
        place = "an unknown country" if row["is_unknown"] else row["place_within"]
        words = " ".join([*_in_words(row, place), _NO_SUM])
        found.setdefault(row["origin"], {}).setdefault(row["asylum"], words)
    return found


def unrwa_asylums(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name of each country of asylum that is a field of operation, by its code."""
    return {row["asylum"]: row["place"] for row in _asked(con)}


def _asked(
    con: duckdb.DuckDBPyConnection, *, origin: str | None = None, asylum: str | None = None
) -> list[dict[str, Any]]:
    """The figures, newest year first; of an origin, of a country of asylum, or all."""
    rows = named_rows(con.execute(_QUERY, {"origin": origin, "asylum": asylum}))
    for row in rows:
        row["shown"] = at_least(row["people"], not row["is_lower_bound"])
    return rows


def _in_words(row: Row, place: str) -> Sequence[str]:
    """How many were in a field of operation, and what is not known of it."""
    people, reference = show(row["people"], "count"), day(row["reference_date"])
    if row["is_unknown"]:
        return [
            f"{COUNTED_BY} under its own mandate. The field of operation of {people} of them on "
            f"{reference} is not known (release {row['release_id']})."
        ]
    at = "at least " if row["is_lower_bound"] else ""
    sentences = [
        f"{COUNTED_BY} under its own mandate: {at}{people} in {place} on {reference} "
        f"(release {row['release_id']}).",
        *_not_known(row, "some of them may be there"),
    ]
    if row["is_lower_bound"]:
        sentences.append(
            f"So it is not known whether there were fewer in {place} than the year before, when "
            f"{show(row['people_before'], 'count')} were counted."
        )
    return sentences


def _not_known(row: Row, then: str) -> list[str]:
    """Of how many people of the year the field of operation is not known."""
    if not row["unknown"]:
        return []
    before = show(row["unknown_before"], "count") if row["unknown_before"] else "none"
    return [
        f"The field of operation of {show(row['unknown'], 'count')} people is not known (of "
        f"{before} the year before): {then}."
    ]
