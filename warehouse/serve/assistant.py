"""Answers for assistants: each with release, reference date, what is provisional, and a citation.

A question is about one measure of one country or pair; a stock and a flow never come in one list.
Nothing here knows the protocol; `mcp.py` does, and gives an assistant the texts of these functions.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from warehouse.claims import audit
from warehouse.claims.asked import AskedError, asked_as, asked_in_options
from warehouse.core.attribution import NO_ENDORSEMENT
from warehouse.core.database import identifier, named_rows
from warehouse.core.days import DayError, known_day
from warehouse.core.wording import visible
from warehouse.exports.completeness import is_lower_bound, known
from warehouse.exports.findings.words import DEFINITIONS
from warehouse.published.countries import Known, code_of, known_countries
from warehouse.published.read import open_published, read_about
from warehouse.reference.claims import OF_THE_MEASURE, RATES, is_country
from warehouse.reference.places import CountedElsewhereError, PlaceError, name_of
from warehouse.serve.query import QueryError, open_session
from warehouse.settings import Settings

Answer = dict[str, Any]
# As printed, or a number.
Figure = str | int | float
ROWS_SHOWN = 200
SECONDS = 20.0
# A year before every figure; what is as far behind 0 is after every one.
_NO_YEAR = -9999
# The measures that can be asked for by name: nature, and the dataset whose release and
# provisional flag count.
MEASURES: Mapping[str, tuple[str, str]] = {
    "asylum_seekers_stock": ("stock", "population"),
    "refugees_stock": ("stock", "population"),
    "new_asylum_claims": ("flow", "flows"),
    "applications_new": ("flow", "applications"),
}


# These datasets, as dim_release names them.
_DATASETS = {
    "population": "population",
    "flows": "displacement-flows",
    "applications": "asylum-applications",
}


class QuestionError(Exception):
    """A question that cannot be answered; the message says what to ask instead."""


def find_country(settings: Settings, text: str) -> Answer:
    """Find the code of a country by its name or a part of it, or by a code.

    Codes are ISO 3166-1 alpha-3; stateless, unknown and Tibetan people have UNHCR's codes STA,
    UKN and TIB. countries: what the text means, by a name in use, ISO 3166-1 or UNHCR's own code;
    several where it can be each of them: ask which. did_you_mean: where it means none, those that
    are called something like it, and that nobody asked for. told: why there is not one.
    """
    if not text.strip():
        raise QuestionError("text: give a country's name, a part of it or a code: China, CHN")
    with open_published(settings) as con:
        known = known_countries(con)
        told: str | None = None
        meant: Sequence[str]
        near: Sequence[str] = ()
        try:
            meant = [code_of(text, known)]
        except CountedElsewhereError as error:
            raise QuestionError(str(error)) from error
        except PlaceError as error:
            told, meant, near = visible(str(error)), error.can_be, error.near
        return _answer(
            con,
            None,
            countries=[_country(code, known) for code in meant],
            did_you_mean=[_country(code, known) for code in near],
            told=told,
        )


def describe_measures(settings: Settings) -> Answer:
    """What is measured: each measure with its unit, whether it is a stock or a flow, and the
    definitions of the terms.
    """
    with open_published(settings) as con:
        rows = named_rows(
            con.execute(
                "select distinct measure, stock_or_flow, unit, first_year, description "
                "from measures order by measure"
            )
        )
        return _answer(con, None, measures=rows, definitions=dict(DEFINITIONS))


def figures(  # noqa: PLR0917 - asked by name
    settings: Settings,
    measure: str,
    origin: str | None = None,
    asylum: str | None = None,
    from_year: int | None = None,
    to_year: int | None = None,
    as_of: str | None = None,
) -> Answer:
    """Figures by year, in persons: of a country of origin, a country of asylum, a pair (both), or
    the world (neither). Countries by ISO 3166-1 alpha-3 code or name.

    measure: asylum_seekers_stock (people waiting on a day), refugees_stock, new_asylum_claims
    (people who claimed asylum in a year) or applications_new. as_of: a day, YYYY-MM-DD; the
    figures are those that UNHCR's database had then. Each has its release, what it describes,
    whether it is provisional or a lower bound, and which breaks of reporting bear on the change
    since the year before: where it is not comparable, speak of no rise and no fall.
    """
    nature, dataset = _measure(measure)
    day = _day(as_of)
    with open_published(settings) as con:
        origin, asylum = _code(con, origin), _code(con, asylum)
        level, table, where = _level(origin, asylum)
        carried = (
            "figures.asylum_seekers_carried_forward_stock"
            if measure == "asylum_seekers_stock" and level != "world"
            else "null"
        )
        change_breaks, comparable = _change_columns(measure, level)
        lower_bound = is_lower_bound("figures", measure)
        rows = named_rows(
            con.execute(
                f"""
                select
                    figures.reference_year,
                    {known("figures", measure)} as value,
                    figures.is_{dataset}_provisional as is_provisional,
                    {lower_bound} as is_lower_bound,
                    {change_breaks} as breaks_since_year_before,
                    {comparable} as is_comparable_with_year_before,
                    {carried} as carried_forward,
                    figures.last_{dataset}_release_id as newest_release_with_it,
                    figures.{dataset}_release_id as release_id
                from {table} as figures
                where
                    figures.valid_from <= $day
                    and coalesce(figures.valid_to > $day, true)
                    and figures.counting_unit = 'persons'
                    and {known("figures", measure)} is not null
                    and figures.reference_year between $first and $last
                    and {where}
                order by figures.reference_year
                """,
                {
                    "day": day or date.max,
                    "first": _NO_YEAR if from_year is None else _year(from_year),
                    "last": -_NO_YEAR if to_year is None else _year(to_year),
                    **_codes(origin, asylum),
                },
            )
        )
        for row in rows:
            half = row["is_provisional"]
            row["described"] = (
                f"{row['reference_year']}-{'06-30' if half else '12-31'}"
                if nature == "stock"
                else f"{'first half of ' if half else ''}{row['reference_year']}"
            )
        return _answer(
            con,
            day,
            dataset,
            measure=measure,
            nature=nature,
            counting_unit="persons",
            origin=origin,
            asylum=asylum,
            figures=rows,
        )


def revisions(
    settings: Settings,
    measure: str,
    year: int,
    origin: str | None = None,
    asylum: str | None = None,
) -> Answer:
    """What each release said of one measure of one year: values with the days from which and
    to which they were published.
    """
    nature, dataset = _measure(measure)
    with open_published(settings) as con:
        origin, asylum = _code(con, origin), _code(con, asylum)
        _, table, where = _level(origin, asylum)
        lower_bound = is_lower_bound("figures", measure)
        rows = named_rows(
            con.execute(
                f"""
                select
                    figures.valid_from, figures.valid_to, {known("figures", measure)} as value,
                    figures.is_{dataset}_provisional as is_provisional,
                    {lower_bound} as is_lower_bound,
                    figures.release_id
                from {table} as figures
                where
                    figures.counting_unit = 'persons'
                    and figures.reference_year = $year
                    and {where}
                order by figures.valid_from
                """,
                {"year": _year(year), **_codes(origin, asylum)},
            )
        )
        told: list[dict[str, Any]] = []
        for row in rows:
            same = told and all(
                told[-1][key] == row[key] for key in ("value", "is_provisional", "is_lower_bound")
            )
            if same and told[-1]["valid_to"] == row["valid_from"]:
                told[-1]["valid_to"] = row["valid_to"]
            else:
                told.append(row)
        return _answer(
            con, None, dataset, measure=measure, nature=nature, reference_year=year, origin=origin,
            asylum=asylum, statements=told,
        )  # fmt: skip


def check_claim(  # noqa: PLR0917 - asked by name
    settings: Settings,
    year: int | str,
    published: str,
    value: Figure | None = None,
    origin: str | None = None,
    asylum: str | None = None,
    measure: str = "asylum_seekers_stock",
    read_as: str | None = None,
    kind: str = "level",
    at_least: Figure | None = None,
    at_most: Figure | None = None,
    wording: str | None = None,
    population_type: str | None = None,
    unit: str = "persons",
    from_year: int | None = None,
    base_year: int | str | None = None,
    base_measure: str | None = None,
    base_origin: str | None = None,
    base_asylum: str | None = None,
    relation: str | None = None,
    among: str | None = None,
    share_of: str | None = None,
    count_of: str | None = None,
    threshold: Figure | None = None,
    threshold_high: Figure | None = None,
    per: Figure | None = None,
    tolerance: float | None = None,
) -> Answer:
    """Check a figure that somebody published: verdict, what the database had on the day of
    publication (YYYY-MM-DD), what it has now, and the sentence to print.

    value: as printed: 1,158,739, 5.9m, 13 %, "1 in 67"; the value of a rate is in percent.
    read_as: stock or flow, how the text reads the figure. "178,725 applied in 2025" reads as
    flow. year: 2024, several as 2012-2024, or a day. kind, and what it needs: level, sum, range
    (at_least, at_most), record, rising; change, ratio, difference, comparison (relation: above,
    below, equal) with base_year; rate with base_measure; share_of: origin, host, world, base;
    place or extreme among: origins, hosts, destinations, origins_in_host; count with count_of
    (countries, hosts, origins, years) and threshold; per_head with per. measure: also a sum,
    refugees_stock+oip_stock. Countries by code or name, groups, several with +, top:5; all if none.
    """
    given = dict(locals())
    day = _day(published)
    if day is None:
        raise QuestionError("published: give the day on which the claim was published, YYYY-MM-DD")
    if read_as not in {None, "stock", "flow"}:
        raise QuestionError(f"read_as is stock or flow, not {read_as!r}")
    is_in_percent = measure in RATES and kind in OF_THE_MEASURE
    options = given | {
        "year": str(year),
        "base_year": None if base_year is None else str(base_year),
        **{
            name: _printed(name, given[name], is_in_percent=is_in_percent)
            for name in ("value", "at_least", "at_most")
        },
        **{name: _printed(name, given[name]) for name in ("threshold", "threshold_high", "per")},
    }
    with open_published(settings) as con:
        try:
            cells = asked_in_options(
                options, known_countries(con), "a question of an assistant", audit.regions(con)
            )
        except AskedError as error:
            raise QuestionError(
                f"{error.option}: {error}" if error.option else str(error)
            ) from None
        return _answer(con, None, claim=audit.check(con, cells, day, asked_as(options)))


def query(settings: Settings, sql: str) -> Answer:
    """Ask the published tables by SQL of DuckDB, read-only; the first 200 rows.

    Tables: select table_name, description from about_tables. Columns have comments:
    select * from duckdb_columns().
    """
    with open_session(settings) as session:
        timer = threading.Timer(SECONDS, session.interrupt)
        timer.start()
        try:
            results = [session.head(result, ROWS_SHOWN) for result in session.run(sql)]
        except KeyboardInterrupt as error:
            raise QueryError(f"The statement took more than {SECONDS:.0f} seconds.") from error
        finally:
            timer.cancel()
    if not results:
        raise QuestionError("The statement has no result. Ask with select.")
    if len(results) > 1:
        raise QuestionError(f"There are {len(results)} results. Ask for one at a time.")
    [head] = results
    with open_published(settings) as con:
        return _answer(
            con,
            None,
            columns=head.columns,
            types=head.types,
            rows=[[_in_json(value) for value in row] for row in head.rows],
            row_count=head.total,
            note="Add release_id, reference_date and is_provisional to what you ask for, and name "
            "them beside each figure.",
        )


def _answer(
    con: duckdb.DuckDBPyConnection, day: date | None, dataset: str | None = None, **found: Any
) -> Answer:
    """What was found, and what must be said with it. The release is the newest on the day, or the
    newest that has the `dataset` of what was found: that of a later one may be held back.
    """
    about = read_about(con)
    releases = con.execute(
        "select release_id, reference_date, is_provisional, "
        "$dataset is null or list_contains(string_split(datasets, ', '), $dataset) "
        "from dim_release where is_held and in_force_from <= $day "
        "order by in_force_from desc, release_id desc",
        {"day": day or date.max, "dataset": dataset and _DATASETS[dataset]},
    ).fetchall()
    if not releases:
        raise QuestionError(
            f"No release loaded here stood on {day}: the first came later. Ask for a later day."
        )
    newest, *_ = releases
    release, reference_date, is_provisional, _ = next((one for one in releases if one[3]), newest)
    without = (
        [
            f"Release {newest[0]} has no {dataset} here: they are missing, or held back. The "
            f"figures are those of release {release}."
        ]
        if release != newest[0]
        else []
    )
    return {
        **found,
        "release": release,
        "as_of": day,
        "reference_date": reference_date,
        "is_provisional_release": is_provisional,
        "citation": about["how_to_cite"].replace(about["release"], release),
        "source": about["source_address"],
        "licence": about["licence"],
        "notes": [*without, *about.get("held_back", "").splitlines(), NO_ENDORSEMENT],
    }


def _country(code: str, known: Sequence[Known]) -> Answer:
    its = next((country for country in known if country.code == code), None)
    return {
        "code": code,
        "iso3": code if is_country(code) else None,
        "unhcr_code": its and its.unhcr_code,
        "name": visible((its and its.name) or name_of(code)),
    }


def _measure(measure: str) -> tuple[str, str]:
    if measure not in MEASURES:
        raise QuestionError(f"{measure!r} is none of {', '.join(MEASURES)}; ask for others by SQL.")
    return MEASURES[measure]


def _level(origin: str | None, asylum: str | None) -> tuple[str, str, str]:
    """Level, table and condition of a question."""
    by_origin = "coalesce(figures.origin_iso3, figures.origin_unhcr_code) = $origin"
    by_asylum = "coalesce(figures.asylum_iso3, figures.asylum_unhcr_code) = $asylum"
    if origin and asylum:
        pair = f"{by_origin} and {by_asylum} and figures.row_kind = 'pair'"
        return "pair", "mart_destination_yearly_history", pair
    if origin:
        return "origin", "mart_origin_yearly_history", by_origin
    if asylum:
        return "asylum", "mart_asylum_yearly_history", by_asylum
    return "world", "mart_world_yearly_history", "true"


def _change_columns(measure: str, level: str) -> tuple[str, str]:
    """Which breaks bear on the change since the year before, and whether that is one of people.

    Of a pair that is known of the stock of asylum-seekers alone.
    """
    if level == "pair" and measure != "asylum_seekers_stock":
        return "null", "null"
    return (
        f"figures.{identifier(f'{measure}_change_breaks')}",
        f"figures.{identifier(f'is_{measure}_change_comparable')}",
    )


def _codes(origin: str | None, asylum: str | None) -> dict[str, str]:
    given = {"origin": origin, "asylum": asylum}
    return {name: code for name, code in given.items() if code}


def _code(con: duckdb.DuckDBPyConnection, text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        return code_of(text, known_countries(con))
    except PlaceError as error:
        raise QuestionError(str(error)) from error


def _printed(name: str, value: Figure | None, *, is_in_percent: bool = False) -> str | None:
    """A figure as it is printed: that of a rate in percent, where it is given as a number."""
    if value is None or isinstance(value, str):
        return value
    try:
        digits = f"{value:f}"
    except OverflowError:
        raise QuestionError(
            f"{name}: a number of more than 300 digits is too large: give a figure as printed"
        ) from None
    return digits.rstrip("0").rstrip(".") + (" %" if is_in_percent else "")


def _year(given: int) -> int:
    """A year as DuckDB can hold it: what is no year of any figure stays none."""
    return min(max(given, _NO_YEAR), -_NO_YEAR)


def _in_json(value: Any) -> Any:
    """A value of a result; a number that JSON has no word for is None."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _day(text: str | None) -> date | None:
    try:
        return known_day(text) if text else None
    except DayError as error:
        raise QuestionError(str(error)) from error
