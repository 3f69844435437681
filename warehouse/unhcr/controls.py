"""Pairs held against the control totals of the same crawl, by DuckDB over the fetched files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.database import identifier, identifiers, literal
from warehouse.manifest import ControlDifference, Slice
from warehouse.pages import pages_of, reading, rows_of
from warehouse.unhcr.endpoints import BY_ASYLUM, BY_ORIGIN, PAIRS, Endpoint

# The live API rounds small counts, and sums may be rounded on their own: this much is let pass.
TOLERATED = 0.005
FROM = 1000


def differences(
    endpoint: Endpoint, folder: Path, slices: Sequence[Slice], temp_dir: Path
) -> list[ControlDifference]:
    """All figures in which the pairs do not add up to a control total, the largest first.

    One a country, side, year, combination of codes and measure, and one for all codes together
    (codes ""; it adds cases to persons, so it is a check and no figure); "-" counts as nothing.
    A slice that does not cover all countries of the other side is no control of the pairs: none
    then.
    """
    by_name = {part.slice: part for part in slices}
    out: list[ControlDifference] = []
    if PAIRS not in by_name:
        return out
    coverage = by_name[PAIRS].coverage
    sides = [
        (name, side, column)
        for name, side, column, other in (
            (BY_ORIGIN, "origin", "coo", coverage.asylums),
            (BY_ASYLUM, "asylum", "coa", coverage.origins),
        )
        if name in by_name and other == "all"
    ]
    with reading(folder, temp_dir) as con:
        for name in (PAIRS, *(name for name, _, _ in sides)):
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
    return sorted(out, key=lambda d: -abs(d.control - d.pairs))


def is_too_large(difference: ControlDifference) -> bool:
    """Whether a difference refuses the crawl: one of a country's year, all codes together."""
    if difference.codes:
        return False
    apart = abs(difference.control - difference.pairs)
    return (
        max(difference.control, difference.pairs) >= FROM and apart > TOLERATED * difference.control
    )


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

    Page by page: DuckDB keeps a page whole while it takes it apart, and several at once would
    cost more memory than the rest of the crawl.
    """
    codes = f"concat_ws('/', {identifiers(endpoint.codes)})" if endpoint.codes else "''"
    names = [identifier(count) for count in endpoint.counts]
    counts = ", ".join(f"cast(nullif({name}, '-') as bigint) as {name}" for name in names)
    types = ", ".join(f"{name} bigint" for name in names)
    con.execute(
        f"create table {identifier(table)} "
        f"(year integer, coo varchar, coa varchar, codes varchar, {types})"
    )
    for page in part.pages:
        con.execute(
            f"insert into {identifier(table)} select cast(year as integer), coo, coa, {codes}, "
            f"{counts} from ({rows_of(endpoint, part)})",
            pages_of(part.model_copy(update={"pages": [page]}), folder),
        )


def _comparison(endpoint: Endpoint, country: str, control: str) -> str:
    sums = ", ".join(
        f"coalesce(sum({identifier(name)}), 0) as {identifier(name)}" for name in endpoint.counts
    )
    measures = " union all ".join(
        f"select country, year, codes, {literal(name)} as measure, "
        f"coalesce(expected.{identifier(name)}, 0) as in_control, "
        f"coalesce(found.{identifier(name)}, 0) as in_pairs "
        f"from found full join expected using (country, year, codes) "
        f"where in_control <> in_pairs"
        for name in endpoint.counts
    )
    # With codes, also all of them together: that is what refuses a crawl. Split by code a country's
    # year is many small figures, and the rounding of each would count as if it were the whole.
    together = ", (country, year)" if endpoint.codes else ""
    summed = (
        f"select {identifier(country)} as country, year, coalesce(codes, '') as codes, {sums} from"
    )
    groups = f"group by grouping sets ((country, year, codes){together})"
    return (
        f"with found as materialized ({summed} {PAIRS} {groups}), "
        f"expected as materialized ({summed} {identifier(control)} {groups}) "
        f"{measures} order by all"
    )
