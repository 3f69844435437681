"""Pairs compared with the control totals of the same crawl, by DuckDB over the fetched files.

How the live API rounds a total and its parts is not known: a difference is a finding. What refuses
a crawl is no rounding: a country that is in the totals alone, or a dataset far off its totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.core.database import identifier, identifiers, literal
from warehouse.core.manifest import ControlDifference, Page, Slice
from warehouse.sources.unhcr_api.endpoints import BY_ASYLUM, BY_ORIGIN, PAIRS, Endpoint
from warehouse.sources.unhcr_api.pages import pages_of, rows_of

# Of all that the control totals of one side count, in any measure: a dataset that is off by more
# lacks pages.
LARGEST_DIFFERENCE = 0.2
# A country of which the totals have less can be missing from the pairs by rounding.
COUNTRY_FLOOR = 10
_NAMED_AT_MOST = 8
# Bytes of pages that are read by one statement: about as much as one full page has.
_READ_AT_ONCE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Compared:
    """Pairs beside control totals: where they differ, what only the totals have, and how far off.

    only_in_totals: by side and country (UNHCR code) the largest total; off: by side the sum of all
    differences and of all totals, over countries, years and measures.
    """

    differences: list[ControlDifference]
    only_in_totals: dict[tuple[str, str], int]
    off: dict[str, tuple[int, int]]


def differences(
    con: duckdb.DuckDBPyConnection, endpoint: Endpoint, folder: Path, slices: Sequence[Slice]
) -> Compared:
    """All figures in which the pairs do not add up to a control total, the largest first. `con` is
    one of `reading`, and holds afterwards what it held before.

    One a country, side, year, combination of codes and measure, and one for all codes together
    (codes ""; it adds cases to persons, so it is a check and no figure); "-" counts as nothing.
    A slice that does not cover all countries of the other side is no control of the pairs: nothing
    is compared then.
    """
    by_name = {part.slice: part for part in slices}
    out: list[ControlDifference] = []
    only_in_totals: dict[tuple[str, str], int] = {}
    off: dict[str, tuple[int, int]] = {}
    if PAIRS not in by_name:
        return Compared(out, only_in_totals, off)
    coverage = by_name[PAIRS].coverage
    sides = [
        (name, side, column)
        for name, side, column, other in (
            (BY_ORIGIN, "origin", "coo", coverage.asylums),
            (BY_ASYLUM, "asylum", "coa", coverage.origins),
        )
        if name in by_name and other == "all"
    ]
    tables = (PAIRS, *(name for name, _, _ in sides))
    try:
        for name in tables:
            _read(con, name, endpoint, folder, by_name[name])
        for name, side, column in sides:
            out += [
                ControlDifference(
                    side=side,  # type: ignore[arg-type]
                    country=country,
                    year=year,
                    codes=codes,
                    measure=measure,
                    control=in_control,
                    pairs=in_pairs,
                )
                for country, year, codes, measure, in_control, in_pairs in con.execute(
                    _comparison(endpoint, column, name)
                ).fetchall()
            ]
            off[side] = _off(con, endpoint, column, name)
            size = f"max(greatest({identifiers(endpoint.counts)}, 0))"
            only_in_totals |= {
                (side, country): largest
                for country, largest in con.execute(
                    f"select {column}, {size} as largest from {name} "
                    f"where {column} not in (select {column} from {PAIRS}) "
                    f"group by {column} having largest >= {COUNTRY_FLOOR} order by all"
                ).fetchall()
            }
    finally:
        for name in tables:
            con.execute(f"drop table if exists {identifier(name)}")
    return Compared(sorted(out, key=lambda d: -abs(d.control - d.pairs)), only_in_totals, off)


def what_is_lacking(found: Compared) -> str | None:
    """Why a crawl of these pairs is refused, in a sentence; None where it is not."""
    if found.only_in_totals:
        largest = sorted(found.only_in_totals.items(), key=lambda one: (-one[1], one[0]))
        named = [f"{country} by {side} ({n:,})" for (side, country), n in largest]
        more = [f"and {len(named) - _NAMED_AT_MOST} more"] if len(named) > _NAMED_AT_MOST else []
        return (
            f"the control totals have countries that are in no pair: "
            f"{', '.join([*named[:_NAMED_AT_MOST], *more])}."
        )
    for side, (apart, whole) in found.off.items():
        if apart > LARGEST_DIFFERENCE * whole:
            return (
                f"pairs by {side} are off their control totals of {whole:,} by {apart:,} in all. "
                f"The largest difference: {in_words(found.differences[0])}."
            )
    return None


def in_words(difference: ControlDifference) -> str:
    """One difference, for messages."""
    codes = f" {difference.codes}" if difference.codes else ""
    return (
        f"{difference.measure} by {difference.side} {difference.country} in "
        f"{difference.year}{codes}: pairs add up to {difference.pairs:,}, "
        f"the control total is {difference.control:,}"
    )


def _read(
    con: duckdb.DuckDBPyConnection, table: str, endpoint: Endpoint, folder: Path, part: Slice
) -> None:
    """One slice as a table: year, coo, coa, codes, counts.

    A full page alone: DuckDB keeps a page whole while it takes it apart, and several at once would
    cost more memory than the rest of the crawl. Small ones together: a statement takes longer to
    plan than they take to read.
    """
    codes = f"concat_ws('/', {identifiers(endpoint.codes)})" if endpoint.codes else "''"
    names = [identifier(count) for count in endpoint.counts]
    counts = ", ".join(f"cast(nullif({name}, '-') as bigint) as {name}" for name in names)
    types = ", ".join(f"{name} bigint" for name in names)
    con.execute(
        f"create table {identifier(table)} "
        f"(year integer, coo varchar, coa varchar, codes varchar, {types})"
    )
    for pages in _at_once(part.pages):
        con.execute(
            f"insert into {identifier(table)} select cast(year as integer), coo, coa, {codes}, "
            f"{counts} from ({rows_of(endpoint, part)})",
            pages_of(part.model_copy(update={"pages": pages}), folder),
        )


def _at_once(pages: Sequence[Page]) -> Iterator[list[Page]]:
    """The pages in their order, so many together as are small; none is left out or told twice."""
    together: list[Page] = []
    for page in pages:
        if together and sum(one.bytes for one in together) + page.bytes > _READ_AT_ONCE:
            yield together
            together = []
        together.append(page)
    if together:
        yield together


def _off(
    con: duckdb.DuckDBPyConnection, endpoint: Endpoint, country: str, control: str
) -> tuple[int, int]:
    """Sum of all differences and of all totals, by country, year and measure."""
    counts = [identifier(name) for name in endpoint.counts]
    sums = ", ".join(f"sum({count}) as {count}" for count in counts)
    apart = " + ".join(f"abs(coalesce({count}, 0))" for count in counts)
    whole = " + ".join(f"coalesce({count}, 0)" for count in counts)
    less = ", ".join(f"-{count}" for count in counts)
    [(differing, total)] = con.execute(
        f"with each as ("
        f"select {country} as country, year, {', '.join(counts)}, {whole} as whole from {control} "
        f"union all select {country}, year, {less}, 0 from {PAIRS}), "
        f"summed as (select country, year, {sums}, sum(whole) as whole from each group by all) "
        f"select coalesce(sum({apart}), 0), coalesce(sum(whole), 0) from summed"
    ).fetchall()
    return int(differing), int(total)


def _comparison(endpoint: Endpoint, country: str, control: str) -> str:
    sums = ", ".join(
        f"coalesce(sum({identifier(name)}), 0) as {identifier(name)}" for name in endpoint.counts
    )
    measures = ", ".join(
        f"{{measure: {literal(name)}, in_control: coalesce(expected.{identifier(name)}, 0), "
        f"in_pairs: coalesce(found.{identifier(name)}, 0)}}"
        for name in endpoint.counts
    )
    # With codes, also all of them together: split by code a country's year is many small figures.
    together = ", (country, year)" if endpoint.codes else ""
    summed = (
        f"select {identifier(country)} as country, year, coalesce(codes, '') as codes, {sums} from"
    )
    groups = f"group by grouping sets ((country, year, codes){together})"
    return (
        f"with found as ({summed} {PAIRS} {groups}), "
        f"expected as ({summed} {identifier(control)} {groups}), "
        f"beside as (select country, year, codes, unnest([{measures}], recursive := true) "
        f"from found full join expected using (country, year, codes)) "
        f"from beside where in_control <> in_pairs order by all"
    )
