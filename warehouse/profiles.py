"""What a snapshot holds, in a few thousand rows: counts and checksums by year and country.

Made once, by SQL, while a snapshot is loaded; what releases.py needs to tell which release it is
and what it lacks is read from here and not from the figures. Only the pairs are looked at: a crawl
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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb

from warehouse.database import identifier, literal
from warehouse.manifest import Coverage
from warehouse.unhcr.endpoints import PAIRS, Endpoint

# A new version makes all profiles anew at the next load.
VERSION = 1
ORIGIN_SIDE, ASYLUM_SIDE = "origin", "asylum"
UNIT_COLUMNS = ("app_pc", "dec_pc")
# Where ISO3 is asked for, the API writes these; they are nobody's ISO3 code.
_PSEUDO_ISO3 = {"XXA": "STA", "UNK": "UKN"}
_NO_ISO3 = ("STA", "UKN", "TIB")
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
class Profile:
    """A snapshot, or the part of it that lies within a reach.

    rows: by year. totals: by (year, counting unit, count column), None where nothing is known.
    origins, asylums: by country and year the largest of its counts.
    """

    rows: Mapping[int, int] = field(default_factory=dict)
    totals: Mapping[tuple[int, str, str], int | None] = field(default_factory=dict)
    origins: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    asylums: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def between(self, year_from: int, year_to: int) -> Profile:
        """The years from `year_from` to `year_to`, both included."""

        def inside(year: int) -> bool:
            return year_from <= year <= year_to

        def of(countries: Mapping[str, Mapping[int, int]]) -> dict[str, dict[int, int]]:
            kept = {
                country: {year: size for year, size in years.items() if inside(year)}
                for country, years in countries.items()
            }
            return {country: years for country, years in kept.items() if years}

        return Profile(
            {year: rows for year, rows in self.rows.items() if inside(year)},
            {key: total for key, total in self.totals.items() if inside(key[0])},
            of(self.origins),
            of(self.asylums),
        )


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


def _cells(endpoint: Endpoint, snapshot_id: str, reach: Reach | None = None) -> str:
    """The query behind `snapshot_profiles`; of the pairs within `reach` where one is given."""
    canonical = ("year", "coo", "coa", *endpoint.codes, *endpoint.counts)
    text = ", ".join(f"coalesce(trim({identifier(c)}), '-')" for c in canonical)
    counts = endpoint.counts
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
            from raw.{identifier(endpoint.table)}
            where _snapshot_id = {literal(snapshot_id)} and _slice = {literal(PAIRS)}
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


def read(
    con: duckdb.DuckDBPyConnection, endpoint: Endpoint, snapshot_id: str, reach: Reach
) -> Profile:
    """The profile of the pairs whose countries lie within `reach`, in all years."""
    if reach.is_whole:
        cells = (
            f"select * from raw.snapshot_profiles where endpoint = {literal(endpoint.name)} "
            f"and snapshot_id = {literal(snapshot_id)}"
        )
    else:
        cells = _cells(endpoint, snapshot_id, reach)
    counts = endpoint.counts
    sums = ", ".join(f"cast(sum(totals[{literal(c)}]) as bigint)" for c in counts)
    largest = ", ".join(f"totals[{literal(c)}]" for c in counts)
    years = con.execute(
        f"select reference_year, counting_unit, cast(sum(row_count) as bigint), [{sums}] "
        f"from ({cells}) where side = {literal(ORIGIN_SIDE)} group by all"
    ).fetchall()
    countries = con.execute(
        f"select side, country, list(reference_year), list(largest) from ("
        f"select side, country, reference_year, "
        f"coalesce(max(greatest({largest}, 0)), 0) as largest "
        f"from ({cells}) group by all) group by all"
    ).fetchall()
    rows: dict[int, int] = {}
    totals: dict[tuple[int, str, str], int | None] = {}
    for year, unit, row_count, found in years:
        rows[year] = rows.get(year, 0) + row_count
        totals |= {(year, unit, c): total for c, total in zip(counts, found, strict=True)}
    sides: dict[str, dict[str, dict[int, int]]] = {ORIGIN_SIDE: {}, ASYLUM_SIDE: {}}
    for side, country, its_years, sizes in countries:
        sides[side][country] = dict(zip(its_years, sizes, strict=True))
    return Profile(rows, totals, sides[ORIGIN_SIDE], sides[ASYLUM_SIDE])


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
