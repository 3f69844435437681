"""The figures of the site as JSON, column by column: one file for each country and page.

A row is a figure with the days from which and to which it was what UNHCR's database said, so that
any release is a filter in the browser. Rows that differ in nothing shown are one row. DuckDB
writes the JSON. Text of upstream is a value in it and nothing else.

Columns that all tables of rows have:

- `from`, `to`: positions in `days` of the file `index.json`; `to` is null while it stands.
- `marks`: bits, see MARKS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from warehouse.core.database import literal
from warehouse.exports.completeness import estimate, is_lower_bound, known
from warehouse.exports.findings.unrwa import unrwa_asylums
from warehouse.exports.loaded import REST, Side, cells_of, loaded_from
from warehouse.reference.places import names_in_use, places

# What is marked of a row, by bit. The browser reads the same list from `index.json`.
MARKS = {
    "stock_provisional": 1,
    "claims_provisional": 2,
    "claims_incomplete": 4,
    "stock_incomplete": 8,
    "applications_provisional": 16,
    "decisions_provisional": 32,
    "few_decisions": 64,
    "stock_break": 128,
    "claims_break": 256,
    "refugees_break": 512,
    "stock_small": 1024,
    "claims_small": 2048,
    "refugees_small": 4096,
    "refugees_incomplete": 8192,
}
# Of a stock that is not known, no part is.
_CARRIED = (
    f"if({known('history', 'asylum_seekers_stock')} is not null, "
    "asylum_seekers_carried_forward_stock, null)"
)
_PAIR_FIGURES = {
    "refugees": "refugees_stock",
    "stock": known("history", "asylum_seekers_stock"),
    "carried": _CARRIED,
    "claims": known("history", "new_asylum_claims"),
}
_YEAR_FIGURES = {
    "refugees": "refugees_stock",
    "stock": known("history", "asylum_seekers_stock"),
    "carried": _CARRIED,
    "claims": known("history", "new_asylum_claims"),
    "applications": "applications_new",
    "decided": "decisions_substantive",
    "recognition": "refugee_recognition_rate",
    "protection": "total_protection_rate",
}
RECORDS = {
    "refugees": "refugees_stock",
    "stock": "asylum_seekers_stock",
    "claims": "new_asylum_claims",
}
_WHENS = " ".join(
    f"when {literal(column)} then {literal(name)}" for name, column in RECORDS.items()
)
# What incomplete figures would be with the people without an origin: of countries of origin alone.
_ESTIMATES = {
    f"{name}_about{end}": estimate("history", column, end)
    for name, column in (("stock", "asylum_seekers_stock"), ("claims", "new_asylum_claims"))
    for end in ("", "_low", "_high")
}
_YEARS_OF = {"origin": _YEAR_FIGURES | _ESTIMATES, "asylum": _YEAR_FIGURES}
_WORLD_FIGURES = {name: column for name, column in _YEAR_FIGURES.items() if name != "carried"}
# Pairs have no flag of their own for changes of refugees; where people were moved between
# categories, their number was dropped or replaced, or a country was divided, and enough of them
# bear on the figure, the break of the host and origin says so.
_REFUGEES_BROKEN = """
    exists (
        select 1
        from mart_reporting_break_origins as origins
        inner join break_kinds as kinds using (kind)
        where
            origins.kind in (
                'category_moved', 'origin_dropped', 'estimate_replaced', 'origin_divided',
                'asylum_divided'
            )
            and origins.measure = 'refugees_stock'
            and origins.origin_unhcr_code = history.origin_unhcr_code
            and origins.asylum_unhcr_code = history.asylum_unhcr_code
            and origins.reference_year = history.reference_year
            and origins.known_from <= history.valid_from
            and origins.persons >= kinds.bears_from_share * history.refugees_stock
    )
"""
_PAIR_MARKS = {
    "stock_provisional": "is_population_provisional",
    "claims_provisional": "is_flows_provisional",
    "claims_incomplete": is_lower_bound("history", "new_asylum_claims"),
    "stock_incomplete": is_lower_bound("history", "asylum_seekers_stock"),
    "refugees_incomplete": is_lower_bound("history", "refugees_stock"),
    "stock_break": "not is_asylum_seekers_stock_change_comparable",
    "refugees_break": _REFUGEES_BROKEN,
}
_YEAR_MARKS = _PAIR_MARKS | {
    "claims_break": "not is_new_asylum_claims_change_comparable",
    "refugees_break": "not is_refugees_stock_change_comparable",
    # UNHCR rounds small numbers, 1 to 4 are 5: a change from or to so few is marked.
    "stock_small": "is_asylum_seekers_stock_change_on_small_count",
    "claims_small": "is_new_asylum_claims_change_on_small_count",
    "refugees_small": "is_refugees_stock_change_on_small_count",
    "applications_provisional": "is_applications_provisional",
    "decisions_provisional": "is_decisions_provisional",
    "few_decisions": "is_rate_on_small_count",
}
# From when to when another year may be higher than the highest reported: of origins, by the mart of
# records; of countries of asylum the marts say only which years are lower bounds.
_RECORDS_OF = {
    "origin": """
        select
            code,
            {
                measure: list(measure order by measure, valid_from, valid_to),
                began: list(begans.number order by measure, valid_from, valid_to),
                ended: list(endeds.number order by measure, valid_from, valid_to)
            } as columns
        from site_records
        inner join site_days as begans on site_records.valid_from = begans.day
        left join site_days as endeds on site_records.valid_to = endeds.day
        group by code
    """,
    "asylum": "select null::varchar as code, null::varchar as columns where false",
}
# From when to when the first years of what is counted are not loaded, and which is the first that
# is: a highest figure is then the highest since.
_SINCE = """
    select
        code,
        {
            measure: list(measure order by measure, valid_from),
            year: list(from_year order by measure, valid_from),
            began: list(began order by measure, valid_from),
            ended: list(ended order by measure, valid_from)
        } as columns
    from (
        select
            code, measure, from_year, valid_from,
            (select min(number) from site_days where day >= valid_from) as began,
            (select min(number) from site_days where day >= valid_to) as ended
        from site_{side}_since
    ) as told
    group by code
"""
_ROWS_AT_ONCE = 200_000
# What the file of a country holds.
TABLES = ("years", "pairs", "records", "since")
# How a country is asked for: by ISO3, or by UNHCR's code where it has none.
_ORIGIN = "coalesce(origin_iso3, origin_unhcr_code)"
_ASYLUM = "coalesce(asylum_iso3, asylum_unhcr_code)"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that all files are written from, in memory beside the published file."""
    _ranges(
        con,
        "site_pairs",
        "mart_destination_yearly_history",
        keys={"origin": _ORIGIN, "asylum": _ASYLUM, "year": "reference_year"},
        figures=_PAIR_FIGURES,
        marks=_PAIR_MARKS,
        where="counting_unit = 'persons' and row_kind in ('pair', 'not_itemised')",
    )
    for side, code in (("origin", _ORIGIN), ("asylum", _ASYLUM)):
        _ranges(
            con,
            f"site_{side}_years",
            f"mart_{side}_yearly_history",
            keys={"code": code, "year": "reference_year", "unit": "counting_unit"},
            figures=_YEARS_OF[side],
            marks=_YEAR_MARKS,
        )
    _ranges(
        con,
        "site_world_years",
        "mart_world_yearly_history",
        keys={"code": "'WORLD'", "year": "reference_year", "unit": "counting_unit"},
        figures=_WORLD_FIGURES,
        marks=_YEAR_MARKS,
    )
    _records(con)
    sides: tuple[Side, ...] = ("origin", "asylum")
    for one in sides:
        _since(con, one)


def _since(con: duckdb.DuckDBPyConnection, side: Side) -> None:
    """The table `site_…_since`: what loaded_from says, for each country and what is counted."""
    con.execute(
        f"""
        create temp table site_{side}_since as
        with told as ({loaded_from(side)}),
        cells as ({cells_of(side)}),
        codes as (select distinct code from site_{side}_years)
        select
            codes.code, case told.measure {_WHENS} end as measure, told.from_year,
            told.valid_from, told.valid_to
        from codes
        inner join told
            on told.code = codes.code
            or (
                told.code = {literal(REST)}
                and (told.endpoint, codes.code) not in (select endpoint, code from cells)
            )
        where told.measure in ({", ".join(literal(column) for column in RECORDS.values())})
        """
    )


def _records(con: duckdb.DuckDBPyConnection) -> None:
    """The table `site_records`: from when to when another year of an origin may have been higher
    than the highest reported, by what is counted.
    """
    con.execute(
        f"""
        create temp table site_records as
        with told as (
            select distinct
                {_ORIGIN} as code, case measure {_WHENS} end as measure, valid_from,
                coalesce(valid_to, date '9999-12-31') as valid_to
            from mart_origin_records_history
            where counting_unit = 'persons' and not is_record_certain
        )
        select * from told where measure is not null
        """
    )


def _ranges(
    con: duckdb.DuckDBPyConnection,
    name: str,
    history: str,
    *,
    keys: dict[str, str],
    figures: dict[str, str],
    marks: dict[str, str],
    where: str = "true",
) -> None:
    """A table of what is shown of a history: neighbouring rows that show the same are one."""
    bits = [f"{MARKS[mark]} * coalesce({test}, false)::integer" for mark, test in marks.items()]
    shown = ", ".join(figures)
    con.execute(
        f"""
        create temp table {name} as
        with shown as (
            select
                {", ".join(f"{column} as {key}" for key, column in keys.items())},
                {", ".join(f"{column} as {figure}" for figure, column in figures.items())},
                ({" + ".join(bits)}) as marks,
                valid_from,
                valid_to
            from {history} as history
            where {where}
        ),
        told as (select * from shown where coalesce({shown}) is not null),
        compared as (
            select
                *,
                row({shown}, marks) is distinct from lag(row({shown}, marks)) over stands
                or valid_from is distinct from lag(valid_to) over stands as begins
            from told
            window stands as (partition by {", ".join(keys)} order by valid_from)
        ),
        numbered as (
            select
                *,
                sum(begins::integer) over (
                    partition by {", ".join(keys)} order by valid_from
                ) as run
            from compared
        )
        select
            {", ".join(keys)}, {shown}, marks,
            min(valid_from) as valid_from,
            arg_max(coalesce(valid_to, date '9999-12-31'), valid_from) as valid_to
        from numbered
        group by {", ".join(keys)}, {shown}, marks, run
        """
    )


def days(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The days on which any figure began or ended, oldest first; makes the table `site_days`."""
    tables = ("site_pairs", "site_origin_years", "site_asylum_years", "site_world_years")
    union = " union ".join(
        f"select valid_from as day from {table} union select valid_to from {table}"
        for table in tables
    )
    con.execute(
        f"""
        create temp table site_days as
        select day, row_number() over (order by day) - 1 as number
        from (
            {union}
            union select valid_from from site_records
            union select valid_to from site_records
            union select in_force_from from dim_release where is_held
        ) as found
        where day < date '9999-12-31'
        """
    )
    return [str(day) for (day,) in con.execute("select day from site_days order by day").fetchall()]


def countries(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, str]]:
    """Side (origin or asylum), code and name of each country that has figures of its own, or of
    UNRWA's, and its name within a sentence.
    """
    called = names(con)
    within = called | names_within(con)
    for side in ("origin", "asylum"):
        found = con.execute(f"select distinct code from site_{side}_years").fetchall()
        codes = {code for (code,) in found} | {*(unrwa_asylums(con) if side == "asylum" else ())}
        for code in sorted(codes, key=lambda code: (called[code], code)):
            yield side, code, called[code], within[code]


def names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The name of each country of the files, by its code: the newest that a mart has."""
    return dict(
        con.execute(
            f"""
            with named as (
                select {_ORIGIN} as code, origin_name as name, reference_year
                from mart_origin_yearly
                union all
                select {_ASYLUM}, asylum_name, reference_year from mart_asylum_yearly
                union all
                select {_ASYLUM}, asylum_name, reference_year from mart_destination_yearly
                union all
                select {_ASYLUM}, asylum_name, reference_year from fct_palestine_refugees_yearly
            )
            select code, coalesce(arg_max(name, (reference_year, name)), code)
            from named
            where code is not null
            group by code
            order by code
            """
        ).fetchall()
    )


def names_within(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The names that are others within a sentence, by code: "the Russian Federation"."""
    return dict(
        con.execute(
            "select country_code, country_name_within from dim_country "
            "where country_name_within <> country_name order by country_code"
        ).fetchall()
    )


def other_names(shown: Mapping[str, str]) -> dict[str, list[str]]:
    """What else the countries shown are called where that is no part of their name, by code."""
    found: dict[str, list[str]] = {}
    for code, name in names_in_use():
        if code in shown and name.casefold() not in shown[code].casefold():
            found.setdefault(code, []).append(name)
    return found


def counted_elsewhere() -> list[dict[str, Any]]:
    """Places that UNHCR has not: their code and names, and where their people are counted."""
    return [
        {"names": [place.code, *place.names], "told": place.sentence}
        for place in places().values()
        if not place.is_unhcr_origin
    ]


def unranked(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Origins that hold no place among countries, by code: people of unknown origin and stateless
    people are from no country.
    """
    found = con.execute(
        "select unhcr_code from special_origins "
        "where special_kind in ('unknown', 'stateless') order by unhcr_code"
    ).fetchall()
    return [code for (code,) in found]


def others(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, tuple[str, int]]]:
    """Other people in need of international protection of each pair that has some, by the codes of
    origin and asylum: the newest day, and how many.
    """
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for origin, asylum, day, count in con.execute(
        f"""
        select
            {_ORIGIN} as origin, {_ASYLUM} as asylum, max(reference_date)::varchar,
            arg_max(oip_stock, reference_date)
        from mart_destination_yearly
        where row_kind = 'pair' and counting_unit = 'persons' and oip_stock > 0
        group by all
        order by origin, asylum
        """
    ).fetchall():
        found.setdefault(origin, {})[asylum] = (day, count)
    return found


def country_files(con: duckdb.DuckDBPyConnection, side: str) -> Iterator[tuple[str, str]]:
    """Code and JSON of each country of one side: its years, and its pairs by the other side.

    So many countries at a time as have `_ROWS_AT_ONCE` rows: the memory does not grow with them.
    """
    other = "asylum" if side == "origin" else "origin"
    among = "between $first and $last"
    of_year = ["year", "unit", *_YEARS_OF[side]]
    of_pair = [other, "year", *_PAIR_FIGURES]
    years = _columns(f"site_{side}_years", "code", of_year, order="unit desc, year", among=among)
    pairs = _columns("site_pairs", side, of_pair, order=f"{other} nulls last, year", among=among)
    parts = con.execute(
        f"""
        with sizes as (
            select code, count(*) as size
            from (select code from site_{side}_years union all select {side} from site_pairs)
            group by code
        ),
        parted as (
            select code, sum(size) over (order by code) // {_ROWS_AT_ONCE} as part from sizes
        )
        select min(code), max(code) from parted group by part order by part
        """
    ).fetchall()
    for first, last in parts:
        yield from con.execute(
            f"""
            with years as ({years}), pairs as ({pairs}), records as ({_RECORDS_OF[side]}),
            since as ({_SINCE.replace("{side}", side)})
            select
                years.code,
                to_json(
                    {{
                        'years': years.columns, 'pairs': pairs.columns, 'records': records.columns,
                        'since': since.columns
                    }}
                )
            from years left join pairs using (code) left join records using (code)
            left join since using (code)
            order by 1
            """,
            {"first": first, "last": last},
        ).fetchall()


def world_file(con: duckdb.DuckDBPyConnection) -> str:
    """JSON of the years of the world."""
    years = _columns(
        "site_world_years", "code", ["year", "unit", *_WORLD_FIGURES], order="unit desc, year"
    )
    found = con.execute(f"with years as ({years}) select to_json(columns) from years").fetchall()
    return found[0][0] if found else "null"


def inhabitants_file(con: duckdb.DuckDBPyConnection) -> str:
    """JSON of the inhabitants of each country by year, as the World Bank has them now: the first
    year, and a number for it and for each year after it (null where it is not known).
    """
    return con.execute(
        """
        with known as (
            select world_bank_code as code, reference_year, inhabitants
            from fct_inhabitants_yearly
            where inhabitants is not null and world_bank_code in (select iso3 from dim_country)
        ),
        spans as (
            select
                code,
                unnest(range(min(reference_year), max(reference_year) + 1)) as reference_year
            from known
            group by code
        ),
        countries as (
            select
                code,
                {'first': min(reference_year),
                 'people': list(inhabitants order by reference_year)} as people
            from spans left join known using (code, reference_year)
            group by code
        )
        select coalesce(to_json(map_from_entries(list((code, people) order by code))), '{}')
        from countries
        """
    ).fetchall()[0][0]


def year_files(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, str]]:
    """Year and JSON of each year: all countries of origin and of asylum, persons."""
    figures = ["refugees", "stock", "claims"]
    sides = []
    for side in ("origin", "asylum"):
        con.execute(
            f"""
            create or replace temp table site_year_{side} as
            select *, code as country
            from site_{side}_years
            where unit = 'persons' and coalesce({", ".join(figures)}) is not null
            """
        )
        sides.append(_columns(f"site_year_{side}", "year", ["country", *figures], order="country"))
    yield from con.execute(
        f"""
        with origins as ({sides[0]}), asylums as ({sides[1]})
        select
            coalesce(origins.code, asylums.code),
            to_json({{'origin': origins.columns, 'asylum': asylums.columns}})
        from origins full join asylums using (code)
        order by 1
        """
    ).fetchall()


def _columns(
    table: str, key: str, columns: list[str], *, order: str, among: str = "is not null"
) -> str:
    """A query: for each `code`, the rows of a table as one struct of lists.

    `among` is a condition on the codes.
    """
    # A list of rows is put in order once, where a list of each column would be as often.
    shown = [*columns, "marks"]
    row = ", ".join(f"{column}: {column}" for column in shown)
    lists = ", ".join(
        f"{name}: list_transform(rows, lambda row: row.{name})"
        for name in [*shown, "began", "ended"]
    )
    return f"""
        select code, {{{lists}}} as columns
        from (
            select
                {table}.{key} as code,
                list(
                    {{{row}, began: begans.number, ended: endeds.number}}
                    order by {order}, valid_from
                ) as rows
            from {table}
            inner join site_days as begans on {table}.valid_from = begans.day
            left join site_days as endeds on {table}.valid_to = endeds.day
            where {table}.{key} {among}
            group by {table}.{key}
        )
    """
