"""What a snapshot holds, in a few thousand rows: counts and checksums by year and country.

Computed once, by SQL, while a snapshot is loaded. identify.py and validate.py read these profiles
instead of the figures, to assign a release and to find losses. Only the pairs are profiled: a crawl
is refused unless its control totals agree with them.

Tables of schema `raw`:

- `snapshot_profiles`: endpoint, snapshot_id, side (`origin`, `asylum`), reference_year,
  unhcr_code, country (ISO3, or UNHCR's code where there is none), counting_unit (`P`, `C`; empty
  where a dataset has one unit), row_count, content_digest, totals (by count column; NULL where
  nothing is known). Totals of demographics run over all population types: they are for comparing
  a snapshot with another, and are no figures.
- `snapshot_codes`: endpoint, snapshot_id, column_name, code, row_count.

The digest of a row is md5 over year, UNHCR codes of both countries, code columns and counts; ids,
names and ISO3 codes are left out, since the archive has no ids, and names change. The digest of a
set of rows is the exclusive or of theirs. So it depends neither on the order of rows nor on how
they are split into pages, and that of a snapshot is made of those of its years and countries.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from warehouse.core.database import identifier, literal
from warehouse.core.manifest import Coverage
from warehouse.reference.flow_codes import codes_by_measure, measure_of
from warehouse.sources.unhcr_api.endpoints import PAIRS, Endpoint

# A new version rebuilds all profiles at the next load.
VERSION = 1
ORIGIN_SIDE, ASYLUM_SIDE = "origin", "asylum"
UNIT_COLUMNS = ("app_pc", "dec_pc")
# Where ISO3 is asked for, the API writes these; they are nobody's ISO3 code.
UNKNOWN = "UKN"
_PSEUDO_ISO3 = {"XXA": "STA", "UNK": UNKNOWN}
_NO_ISO3 = ("STA", UNKNOWN, "TIB")
_OPEN_FROM, _OPEN_TO = 0, 9999

_TABLES = (
    """
    create table if not exists raw.snapshot_profiles (
        endpoint varchar not null, snapshot_id varchar not null, side varchar not null,
        reference_year integer not null, unhcr_code varchar not null, country varchar not null,
        counting_unit varchar not null, row_count bigint not null,
        content_digest uhugeint not null, totals map(varchar, bigint) not null
    )
    """,
    """
    create table if not exists raw.snapshot_codes (
        endpoint varchar not null, snapshot_id varchar not null, column_name varchar not null,
        code varchar, row_count bigint not null
    )
    """,
)


@dataclass(frozen=True)
class Reach:
    """Which pairs a snapshot was asked for: countries as in `country` above, None for all."""

    origins: frozenset[str] | None = None
    asylums: frozenset[str] | None = None
    year_from: int = _OPEN_FROM
    year_to: int = _OPEN_TO

    @classmethod
    def of(cls, coverage: Coverage) -> Reach:
        """The reach that a manifest states."""
        return cls(
            _countries(coverage.origins),
            _countries(coverage.asylums),
            _OPEN_FROM if coverage.year_from is None else coverage.year_from,
            _OPEN_TO if coverage.year_to is None else coverage.year_to,
        )

    @property
    def sides(self) -> tuple[frozenset[str] | None, frozenset[str] | None]:
        """The countries alone."""
        return self.origins, self.asylums

    @property
    def is_whole(self) -> bool:
        """Whether all countries were asked for, on both sides."""
        return self.sides == (None, None)

    def holds(self, other: Reach) -> bool:
        """Whether all countries of `other` were asked for here too; years are another matter."""
        return all(
            mine is None or (theirs is not None and theirs <= mine)
            for mine, theirs in zip(self.sides, other.sides, strict=True)
        )


def _countries(stated: list[str] | str) -> frozenset[str] | None:
    if isinstance(stated, str):  # "all"; pairs are never summed
        return None
    return frozenset(_PSEUDO_ISO3.get(code, code) for code in stated)


@dataclass(frozen=True)
class Total:
    """A count column added up, over a year or a country, in an earlier and a later snapshot.

    lost: what single cells (a country in a year) have less, not made up for by what others have
    more. Persons and cases are added: for comparing, and no figure.
    """

    before: int = 0
    now: int = 0
    lost: int = 0

    def __add__(self, other: Total) -> Total:
        return Total(self.before + other.before, self.now + other.now, self.lost + other.lost)


@dataclass(frozen=True)
class Part:
    """Rows and totals (by count column) of a year, or of a country on one side."""

    rows: Total = Total()
    totals: Mapping[str, Total] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """A country that one snapshot has in a year and the later one has not; its largest count."""

    side: str
    country: str
    year: int
    size: int


@dataclass(frozen=True)
class Comparison:
    """What moved between two snapshots, in all years of either.

    years: by side and year; countries: by side and country; both sides hold the same rows, added
    up over the other one. missing: countries that are in the year's rows of the earlier alone.
    """

    years: Mapping[str, Mapping[int, Part]] = field(default_factory=dict)
    countries: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)
    missing: Sequence[Missing] = ()


@dataclass(frozen=True)
class NewestYears:
    """The newest years of an earlier and a later snapshot, within a reach; None without a row.

    both: by side the countries that both have in the newest year of both, and those of them with
    other figures; later: by side the countries of the later one in the year before its newest year,
    and in that.
    """

    before: int | None
    now: int | None
    both: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    later: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables where they are missing."""
    for statement in _TABLES:
        con.execute(statement)


def remove(con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str) -> None:
    """Take the profile of one snapshot out."""
    for table in ("snapshot_profiles", "snapshot_codes"):
        con.execute(
            f"delete from raw.{table} where endpoint = ? and snapshot_id = ?",
            [endpoint, snapshot_id],
        )


def make(con: duckdb.DuckDBPyConnection, endpoint: Endpoint, snapshot_id: str) -> None:
    """Make the profile of one loaded snapshot, in place of an earlier one.

    Belongs into the transaction that loads the snapshot. Endpoints without pairs have none.
    """
    remove(con, endpoint.name, snapshot_id)
    if not endpoint.is_dataset:
        return
    name, snapshot = literal(endpoint.name), literal(snapshot_id)
    con.execute(
        f"insert into raw.snapshot_profiles "
        f"select {name}, {snapshot}, * from ({_cells(endpoint, snapshot_id)})"
    )
    for column in endpoint.codes:
        con.execute(
            f"insert into raw.snapshot_codes "
            f"select {name}, {snapshot}, {literal(column)}, {identifier(column)}, count(*) "
            f"from raw.{identifier(endpoint.table)} "
            f"where _snapshot_id = {snapshot} and _slice = {literal(PAIRS)} "
            f"group by {identifier(column)}"
        )


def measures(endpoint: Endpoint) -> tuple[str, ...]:
    """What a profile counts: the count columns, or what the codes in their place stand for."""
    return tuple(codes_by_measure()) if endpoint.code_of_measure else endpoint.counts


def version(endpoint: Endpoint) -> int:
    """Changes when a profile of this endpoint would be made otherwise."""
    if endpoint.code_of_measure is None:
        return VERSION
    return VERSION + (zlib.crc32(repr(measure_of()).encode()) >> 1)


def _rows(endpoint: Endpoint, snapshot_id: str) -> tuple[str, tuple[str, ...]]:
    """The query for the pairs of a snapshot, as text, and the columns that tell rows apart.

    Where codes stand for measures, a row a pair, with a column a measure: a measure told under
    another code is the same.
    """
    source = (
        f"raw.{identifier(endpoint.table)} "
        f"where _snapshot_id = {literal(snapshot_id)} and _slice = {literal(PAIRS)}"
    )
    if endpoint.code_of_measure is None:
        return f"select * from {source}", ("year", "coo", "coa", *endpoint.codes, *endpoint.counts)
    code, [count] = identifier(endpoint.code_of_measure), endpoint.counts
    total = f"cast(sum(try_cast({identifier(count)} as bigint)) filter (where {code}"
    sums = "".join(
        f", {total} in ({_texts(codes)})) as varchar) as {identifier(measure)}"
        for measure, codes in codes_by_measure().items()
    )
    return (
        f"select year, coo, coa, any_value(coo_iso) as coo_iso, any_value(coa_iso) as coa_iso"
        f"{sums}, {total} not in ({_texts(measure_of())})) as varchar) as of_unknown_codes "
        f"from {source} group by year, coo, coa",
        ("year", "coo", "coa", *codes_by_measure(), "of_unknown_codes"),
    )


def _cells(endpoint: Endpoint, snapshot_id: str, reach: Reach | None = None) -> str:
    """The query behind `snapshot_profiles`; of the pairs within `reach` where one is given."""
    rows, canonical = _rows(endpoint, snapshot_id)
    text = ", ".join(f"coalesce(trim({identifier(c)}), '-')" for c in canonical)
    counts = measures(endpoint)
    names = ", ".join(literal(c) for c in counts)
    sums = ", ".join(f"cast(sum(try_cast({identifier(c)} as bigint)) as bigint)" for c in counts)
    units = [c for c in endpoint.codes if c in UNIT_COLUMNS]
    unit = f"coalesce({identifier(units[0])}, '-')" if units else "''"
    within = ""
    for column, listed in zip(("origin", "asylum"), reach.sides if reach else (), strict=False):
        if listed is not None:
            within += f" and {column} in ({_texts(listed)})"
    return f"""
        select
            case when grouping(coa) = 1 then {literal(ORIGIN_SIDE)} else {literal(ASYLUM_SIDE)} end
                as side,
            reference_year,
            case when grouping(coa) = 1 then coo else coa end as unhcr_code,
            case when grouping(coa) = 1 then origin else asylum end as country,
            counting_unit,
            count(*) as row_count,
            bit_xor(row_digest) as content_digest,
            map([{names}], [{sums}]) as totals
        from (
            select
                *,
                cast("year" as integer) as reference_year,
                {_country("coo")} as origin,
                {_country("coa")} as asylum,
                {unit} as counting_unit,
                md5_number(concat_ws('|', {text})) as row_digest
            from ({rows})
        )
        where true{within}
        group by grouping sets (
            (reference_year, coo, origin, counting_unit),
            (reference_year, coa, asylum, counting_unit)
        )
    """


def _country(code: str) -> str:
    """As staging has it: ISO3, or UNHCR's code where a country has none."""
    return (
        f"case when {code} in ({_texts(_NO_ISO3)}) then {code} else coalesce("
        f"nullif(regexp_extract(trim({code}_iso), '^[A-Z]{{3}}$'), ''), {code}) end"
    )


def _texts(values: Iterable[str]) -> str:
    return ", ".join(literal(value) for value in sorted(values)) or "null"


def digests(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, int]]:
    """By (endpoint, snapshot_id): the digest of all its pairs, and its latest year."""
    found = con.execute(
        "select endpoint, snapshot_id, bit_xor(content_digest), max(reference_year) "
        "from raw.snapshot_profiles where side = ? group by all",
        [ORIGIN_SIDE],
    ).fetchall()
    return {
        (endpoint, snapshot): (_hex(digest), year) for endpoint, snapshot, digest, year in found
    }


def counted(con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str) -> frozenset[str]:
    """The measures of which a snapshot's pairs have a figure, 0 being one."""
    found = con.execute(
        "select distinct one.key from (select unnest(map_entries(totals)) as one "
        "from raw.snapshot_profiles where endpoint = ? and snapshot_id = ?) "
        "where one.value is not null",
        [endpoint, snapshot_id],
    ).fetchall()
    return frozenset(measure for (measure,) in found)


NO_ROWS = f"{0:032x}"


def digest_within(
    con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str, reach: Reach
) -> str:
    """The digest of the pairs within `reach`, which narrows countries of origin and years alone."""
    origins = "" if reach.origins is None else f"and country in ({_texts(reach.origins)})"
    [(digest,)] = con.execute(
        f"select bit_xor(content_digest) from raw.snapshot_profiles "
        f"where endpoint = ? and snapshot_id = ? and side = ? "
        f"and reference_year between ? and ? {origins}",
        [endpoint, snapshot_id, ORIGIN_SIDE, reach.year_from, reach.year_to],
    ).fetchall()
    return NO_ROWS if digest is None else _hex(digest)


def _hex(digest: int) -> str:
    return f"{digest:032x}"


def compare(
    con: duckdb.DuckDBPyConnection,
    endpoint: Endpoint,
    before_id: str,
    now_id: str,
    reach: Reach,
    *,
    beside_id: str | None = None,
    measures_of_both: frozenset[str] | None = None,
) -> Comparison:
    """What moved from one snapshot of a dataset to another, of the pairs within `reach`, in the
    measures that both speak of (None: all).

    With `beside_id`, the earlier one counts as far as that one has as much: cell by cell, a country
    in a year, the smaller of the two.
    """
    columns = [
        column
        for column in measures(endpoint)
        if measures_of_both is None or column in measures_of_both
    ]
    cells = []
    named = {"earlier": before_id, "later": now_id} | ({"beside": beside_id} if beside_id else {})
    for name, snapshot_id in named.items():
        source = _cells_within(endpoint, snapshot_id, reach)
        sums = ", ".join(
            f"coalesce(sum(totals[{literal(column)}]), 0) as c{at}"
            for at, column in enumerate(columns)
        )
        cells.append(
            f"{name} as (select side, reference_year, unhcr_code, any_value(country) as country, "
            f"sum(row_count) as row_count, {sums} from ({source}) "
            f"where reference_year between {reach.year_from} and {reach.year_to} "
            f"group by side, reference_year, unhcr_code)"
        )
    measured = ["row_count", *(f"c{at}" for at in range(len(columns)))]
    earlier = "earlier"
    if beside_id:
        smaller = ", ".join(f"least(earlier.{c}, beside.{c}) as {c}" for c in measured)
        earlier = (
            f"(select side, reference_year, unhcr_code, earlier.country, {smaller} from earlier "
            f"join beside using (side, reference_year, unhcr_code)) as earlier"
        )
    joined = ", ".join(
        f"coalesce(earlier.{c}, 0) as {c}_before, coalesce(later.{c}, 0) as {c}_now, "
        f"greatest({c}_before - {c}_now, 0) as {c}_lost"
        for c in measured
    )
    largest = ", ".join(["0", *(f"c{at}_before" for at in range(len(columns)))])
    con.execute(
        f"create or replace temp table compared as with {', '.join(cells)} "
        f"select side, reference_year, unhcr_code, "
        f"coalesce(later.country, earlier.country) as country, "
        f"later.unhcr_code is null as is_missing, {joined}, greatest({largest}) as largest "
        f"from {earlier} full join later using (side, reference_year, unhcr_code)"
    )
    sums = ", ".join(
        f"cast(sum({c}_{when}) as bigint)" for c in measured for when in ("before", "now", "lost")
    )
    by: dict[str, dict[str, dict[Any, Part]]] = {}
    for key in ("reference_year", "country"):
        parts = by.setdefault(key, {ORIGIN_SIDE: {}, ASYLUM_SIDE: {}})
        for side, value, *found in con.execute(
            f"select side, {key}, {sums} from compared group by all order by all"
        ).fetchall():
            rows, *totals = (Total(*found[at : at + 3]) for at in range(0, len(found), 3))
            parts[side][value] = Part(rows, dict(zip(columns, totals, strict=True)))
    missing = con.execute(
        "select side, country, reference_year, cast(largest as bigint) from compared "
        "where is_missing order by all"
    ).fetchall()
    con.execute("drop table compared")
    return Comparison(by["reference_year"], by["country"], [Missing(*one) for one in missing])


def _cells_within(endpoint: Endpoint, snapshot_id: str, reach: Reach) -> str:
    """The query for the cells of the countries of `reach`, in all years."""
    if not reach.is_whole:
        return _cells(endpoint, snapshot_id, reach)
    return (
        f"select * from raw.snapshot_profiles where endpoint = {literal(endpoint.name)} "
        f"and snapshot_id = {literal(snapshot_id)}"
    )


def newest_years(
    con: duckdb.DuckDBPyConnection, endpoint: Endpoint, before_id: str, now_id: str, reach: Reach
) -> NewestYears:
    """The newest years of two snapshots of a dataset, of the pairs within `reach`."""
    cells = " union all ".join(
        f"select {which} as which, side, reference_year, unhcr_code, "
        f"bit_xor(content_digest) as digest "
        f"from ({_cells_within(endpoint, snapshot_id, reach)}) "
        f"where reference_year between $year_from and $year_to group by all"
        for which, snapshot_id in enumerate((before_id, now_id))
    )
    found = con.execute(
        f"""
        with cells as ({cells}),

        newest as (
            select
                max(reference_year) filter (which = 0) as before,
                max(reference_year) filter (which = 1) as now,
                least(before, now) as of_both
            from cells
        ),

        of_both as (
            select side, count(distinct digest) > 1 as is_moved
            from cells, newest
            where reference_year = of_both
            group by side, unhcr_code
            having count(*) = 2
        )

        select
            any_value(before), any_value(now), side,
            (select count(*) from of_both where of_both.side = cells.side),
            (select count(*) from of_both where of_both.side = cells.side and is_moved),
            count(*) filter (which = 1 and reference_year = now - 1),
            count(*) filter (which = 1 and reference_year = now)
        from cells, newest
        group by side
        """,
        {"year_from": reach.year_from, "year_to": reach.year_to},
    ).fetchall()
    if not found:
        return NewestYears(None, None)
    before, now = found[0][:2]
    return NewestYears(
        before,
        now,
        {side: (both, moved) for _, _, side, both, moved, _, _ in found},
        {side: (earlier, newest) for _, _, side, _, _, earlier, newest in found},
    )


def codes(
    con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str
) -> dict[str, dict[str, int]]:
    """Rows of a snapshot by code column and code."""
    out: dict[str, dict[str, int]] = {}
    for column, code, row_count in con.execute(
        "select column_name, coalesce(code, '-'), row_count from raw.snapshot_codes "
        "where endpoint = ? and snapshot_id = ?",
        [endpoint, snapshot_id],
    ).fetchall():
        out.setdefault(column, {})[code] = row_count
    return out


def difference(
    con: duckdb.DuckDBPyConnection, endpoint: str, snapshot_id: str, other_id: str, reach: Reach
) -> dict[int, int]:
    """By year: in how many countries of origin two snapshots differ, within `reach`."""
    origins = "" if reach.origins is None else f"and country in ({_texts(reach.origins)})"
    found = con.execute(
        f"""
        select reference_year, count(*) from (
            select reference_year, unhcr_code, bit_xor(content_digest) as remaining
            from raw.snapshot_profiles
            where endpoint = ? and snapshot_id in (?, ?) and side = ?
                and reference_year between ? and ? {origins}
            group by all
            having remaining <> 0
        ) group by all order by all
        """,
        [endpoint, snapshot_id, other_id, ORIGIN_SIDE, reach.year_from, reach.year_to],
    ).fetchall()
    return dict(found)
