"""The headline figures: the newest stock, flow and rate of an origin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from warehouse.core.wording import day, plural, show
from warehouse.exports.findings.parts import Figure, Row
from warehouse.exports.measures import (
    CASES_AS_PERSONS,
    HIGHEST,
    HIGHEST_REPORTED,
    HIGHEST_REPORTED_SO_FAR,
    HIGHEST_SO_FAR,
    LOWER_BOUND,
    NO_LATER,
    OF_REPORTED,
    OTHER_UNIT,
    OTHER_UNITS_BEFORE,
    SINCE,
    SO_FAR,
    UNKNOWN_ASYLUM,
    UNKNOWN_ORIGIN,
    WITHOUT_UNRWA,
    WORTH_NAMING,
)
from warehouse.exports.origin_years import Break, OriginYear, if_distributed, not_comparable

STOCK = "asylum_seekers_stock"
MOVES_NAMED = 3


def headline_figures(
    years: Sequence[OriginYear],
    breaks: Sequence[Break] = (),
    whole: str = "those from all origins",
    *,
    moves: Sequence[Row] = (),
    may_be_higher: Collection[str] = (),
    since: Mapping[str, int] = MappingProxyType({}),
    is_asylum: bool = False,
    is_unknown: bool = False,
    has_unrwa: bool = False,
    newest_year: int | None = None,
) -> list[Figure]:
    """The headline figures, of the newest year in which each is known; `years` oldest first;
    `breaks`: how they were reported otherwise than before; `whole`: what shares are out of;
    `moves`: people moved between categories, the most of a year first; `may_be_higher`: measures
    of which another year may be higher than the highest reported; `since`: the first year loaded of
    measures that begin earlier; `is_asylum`: they are of a
    country of asylum, which counts in persons or cases; `is_unknown`: they are of no country, where
    more or fewer people are a change of reporting; `has_unrwa`: UNRWA counts Palestine refugees
    who are in none of them; `newest_year`: that of the release, after which a figure is an old one.
    """
    newest_first = years[::-1]
    untold = (UNKNOWN_ASYLUM if is_asylum else UNKNOWN_ORIGIN) if is_unknown else None
    persons = [year.persons for year in newest_first]
    figures = [
        _claims_figure(
            newest_first, breaks, is_asylum=is_asylum, untold=untold, newest_year=newest_year
        ),
        _stock_figure(
            persons,
            STOCK,
            "asylum-seekers: persons waiting for a decision",
            whole,
            breaks,
            may_be_higher=may_be_higher,
            since=since.get(STOCK),
            untold=untold,
            newest_year=newest_year,
        ),
        _rate_figure(newest_first, newest_year),
        _stock_figure(
            persons,
            "refugees_stock",
            "refugees: persons with refugee protection",
            whole,
            may_be_higher=may_be_higher,
            since=since.get("refugees_stock"),
            moves=moves,
            untold=untold,
            has_unrwa=has_unrwa,
            newest_year=newest_year,
        ),
    ]
    return [figure for figure in figures if figure]


def _newest(rows: Sequence[Row], column: str) -> Row | None:
    """The newest year with the figure, if there ever was anybody."""
    if not any(row[column] for row in rows):
        return None
    return next(row for row in rows if row[column] is not None)


def _stock_figure(
    rows: Sequence[Row],
    measure: str,
    counts: str,
    whole: str,
    breaks: Sequence[Break] = (),
    *,
    may_be_higher: Collection[str] = (),
    since: int | None = None,
    moves: Sequence[Row] = (),
    untold: str | None = None,
    has_unrwa: bool = False,
    newest_year: int | None = None,
) -> Figure | None:
    row = _newest(rows, measure)
    if row is None:
        return None
    notes = [
        *_no_later(row["reference_year"], newest_year),
        *([untold] if untold else _change_note(rows, row, measure)),
        *_moved_note(row, measure, moves),
        *([] if untold else _highest_note(rows, row, measure, may_be_higher, since)),
        *([WITHOUT_UNRWA] if has_unrwa else []),
    ]
    share = row[f"{measure}_world_share"]
    if share:
        notes.append(f"{show(share, 'share')} of {whole}")
    carried = row["asylum_seekers_carried_forward_stock"] if measure == STOCK else None
    if carried and row["is_population_provisional"]:
        notes.append(f"of them {show(carried, 'count')} carried forward from the year before")
    nature = "stock, provisional" if row["is_population_provisional"] else "stock"
    mark, missing = _missing(row, measure, breaks)
    notes += missing
    return Figure(
        f"{mark}{show(row[measure], 'count')}", f"{counts} on {day(row['reference_date'])}", nature,
        tuple(notes),
    )  # fmt: skip


def _no_later(year: int, newest_year: int | None) -> list[str]:
    """That a figure is old: it would else be read as of today."""
    return [NO_LATER] if newest_year is not None and year < newest_year else []


def _moved_note(row: Row, measure: str, moves: Sequence[Row]) -> list[str]:
    """How many people were moved between categories, and where, in a year that is not comparable
    for it.
    """
    if "moved" not in (row[f"{measure}_change_breaks"] or ""):
        return []
    of_year = [move for move in moves if move["reference_year"] == row["reference_year"]]
    told = [f"{move['place']} {show(move['persons'], 'count')}" for move in of_year[:MOVES_NAMED]]
    if len(of_year) > len(told):
        told.append(f"and {plural(len(of_year) - len(told), 'other country', 'other countries')}")
    return [f"moved: {', '.join(told)}"] if told else []


def _highest_note(
    rows: Sequence[Row],
    row: Row,
    measure: str,
    may_be_higher: Collection[str],
    since: int | None,
) -> list[str]:
    told = SINCE.format(year=since) if since else ""
    highest, year = row[f"{measure}_highest_to_date"], row[f"{measure}_highest_year_to_date"]
    if highest is None:
        return []
    if year == row["reference_year"]:
        # Nothing is the highest of one year alone; UNHCR writes zeros for years before it counted.
        if sum(1 for one in rows if one[measure]) < 2:
            return []
        words = HIGHEST_REPORTED_SO_FAR if measure in may_be_higher else HIGHEST_SO_FAR
        return [words.format(so_far=told or SO_FAR)]
    words = HIGHEST_REPORTED if measure in may_be_higher else HIGHEST
    of_year = (one for one in rows if one["reference_year"] == year)
    is_lower_bound = any(one.get(f"is_{measure}_complete") is False for one in of_year)
    value = f"{LOWER_BOUND if is_lower_bound else ''}{show(highest, 'count')}"
    return [words.format(since=f" {told}" if told else "", value=value, year=year)]


def _missing(row: Row, measure: str, breaks: Sequence[Break]) -> tuple[str, list[str]]:
    """The mark of a figure that lacks people, and what is to be said of it."""
    # A lower bound of 0 says nothing.
    if row[f"is_{measure}_complete"] is not False or not row[measure]:
        return "", []
    notes = [
        found.sentence
        for found in breaks
        if found.makes_incomplete
        and (found.measure, found.year) == (measure, row["reference_year"])
    ]
    # Of refugees none is estimated.
    estimate = None if measure == "refugees_stock" else if_distributed(row, measure)
    return LOWER_BOUND, [*notes, *([estimate] if estimate else [])]


def _change_note(rows: Sequence[Row], row: Row, measure: str) -> list[str]:
    change, rate = row[f"{measure}_change"], row[f"{measure}_change_rate"]
    if change is None:
        return []
    year = row["reference_year"] - 1
    reason = not_comparable(row, measure)
    if reason:
        return [f"not comparable with {year}: {reason}"]
    # What is missing on either side is missing in the change.
    of_reported = any(
        one.get(f"is_{measure}_complete") is False
        for one in rows
        if one["reference_year"] in (year, row["reference_year"])
    )
    part = f", {OF_REPORTED}" if of_reported else ""
    if not change:
        return [f"as many as in {year}{part}"]
    small = ", a small count" if row[f"is_{measure}_change_on_small_count"] else ""
    rate_words = f" ({show(rate, 'change_rate')})" if rate is not None else ""
    return [f"{show(change, 'change')}{rate_words} on {year}{part}{small}"]


def _claims_figure(
    years: Sequence[OriginYear],
    breaks: Sequence[Break],
    *,
    is_asylum: bool,
    untold: str | None = None,
    newest_year: int | None = None,
) -> Figure | None:
    rows = [year.persons for year in years]
    row = _newest(rows, "new_asylum_claims")
    if row is None:
        return None
    mark, missing = _missing(row, "new_asylum_claims", breaks)
    cases = next(year.cases for year in years if year.persons is row)
    as_persons = _cases_as_persons(row, cases) if is_asylum else []
    change = [untold] if untold else _change_note(rows, row, "new_asylum_claims")
    later = _no_later(row["reference_year"], newest_year)
    notes = [*later, *as_persons, *change, *missing]
    return Figure(
        f"{mark}{show(row['new_asylum_claims'], 'count')}",
        f"people who claimed asylum {_within(row, 'flows')}",
        "flow, provisional" if row["is_flows_provisional"] else "flow",
        tuple(notes),
    )


def _cases_as_persons(row: Row, cases: Row) -> list[str]:
    """That cases are among the people who claimed asylum, where these are persons and cases of the
    same months exactly.
    """
    claims, counted = row["new_asylum_claims"], cases["applications_new"]
    if (
        not counted
        or claims != (row["applications_new"] or 0) + counted
        or bool(cases["is_applications_provisional"]) != bool(row["is_flows_provisional"])
        or counted < claims * WORTH_NAMING
    ):
        return []
    return [CASES_AS_PERSONS.format(cases=show(counted, "count"))]


def _rated(year: OriginYear) -> list[tuple[str, Row]]:
    """The counting units that have a rate in the year, that with more decisions first; the other
    only where its decisions are worth naming.
    """
    units = [
        (unit, row)
        for unit, row in (("persons", year.persons), ("cases", year.cases))
        if row["refugee_recognition_rate"] is not None
    ]
    units.sort(key=lambda one: -one[1]["decisions_substantive"])
    return [
        (unit, row)
        for unit, row in units
        if row["decisions_substantive"] >= units[0][1]["decisions_substantive"] * WORTH_NAMING
    ]


def _rate_figure(years: Sequence[OriginYear], newest_year: int | None = None) -> Figure | None:
    """The rate of the unit that more decisions are counted in, and that of the other beside it, of
    the newest year with one; `years` newest first.
    """
    rated = {year.year: units for year in years if (units := _rated(year))}
    if not rated:
        return None
    newest = max(rated)
    (unit, row), *others = rated[newest]
    notes = [*_no_later(newest, newest_year), f"of {_decisions(row)}, {unit}"]
    if row["total_protection_rate"] is not None:
        notes.append(
            f"with complementary protection: {show(row['total_protection_rate'], 'share')} "
            f"(Total Protection Rate)"
        )
    if row["is_rate_on_small_count"]:
        notes.append("on fewer than 10 decisions")
    notes += [
        OTHER_UNIT.format(
            rate=show(other["refugee_recognition_rate"], "share"),
            decisions=_decisions(other),
            unit=other_unit,
        )
        for other_unit, other in others
    ]
    before = {name for name, _ in rated.get(newest - 1, ())}
    if before and before != {name for name, _ in rated[newest]}:
        told = " and ".join(name for name in ("persons", "cases") if name in before)
        notes.append(OTHER_UNITS_BEFORE.format(year=newest - 1, units=told))
    return Figure(
        show(row["refugee_recognition_rate"], "share"),
        f"Refugee Recognition Rate {_within(row, 'decisions')}: recognised as refugees, out of "
        f"substantive decisions",
        "rate, provisional" if row["is_decisions_provisional"] else "rate",
        tuple(notes),
    )


def _decisions(row: Row) -> str:
    return plural(row["decisions_substantive"], "substantive decision", "substantive decisions")


def _within(row: Row, dataset: str) -> str:
    half = "the first half of " if row[f"is_{dataset}_provisional"] else ""
    return f"in {half}{row['reference_year']}"
