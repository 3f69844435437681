"""A build database as dbt leaves it, small, for tests of what reads it. Figures are made up."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from warehouse.exports import charts, datapackage, tables
from warehouse.published.read import published_fingerprint
from warehouse.published.write import Published, publish
from warehouse.settings import Settings

NEWEST = "2026-11-22T10:20:30Z"
LINEAGE = {
    "release": "2025-12.1",
    "build_fingerprint": "f" * 64,
    "snapshots": [
        {
            "endpoint": "population",
            "snapshot_id": "starter-2025-12.1-aaaaaaaa",
            "release_id": "2025-12.1",
            "source": "starter",
            "retrieved_at": "2026-11-21T00:00:00Z",
            "rows": 12,
        },
        {
            "endpoint": "asylum-applications",
            "snapshot_id": "starter-2025-12.1-bbbbbbbb",
            "release_id": "2025-12.1",
            "source": "starter",
            "retrieved_at": NEWEST,
            "rows": 4,
        },
    ],
}
KEYS = {
    "mart_origin_yearly": ["origin_unhcr_code", "reference_year", "counting_unit"],
    "mart_destination_yearly": [
        *("origin_unhcr_code", "reference_year", "asylum_unhcr_code", "row_kind", "counting_unit"),
    ],
    "dim_country": ["unhcr_code"],
    "fct_population_yearly": ["origin_unhcr_code", "asylum_unhcr_code", "reference_year"],
}

_TABLES = """
create schema if not exists marts;
create schema if not exists reference;
create or replace table marts.mart_origin_yearly (
    origin_unhcr_code varchar not null, origin_iso3 varchar, counting_unit varchar not null,
    origin_name varchar, reference_year integer not null, reference_date date not null,
    asylum_seekers_stock bigint, applications_new bigint, asylum_seekers_stock_change bigint,
    asylum_seekers_stock_change_rate double, refugee_recognition_rate double,
    total_protection_rate double, is_provisional boolean not null, release_id varchar not null,
    snapshot_id varchar not null, retrieved_at timestamp with time zone not null,
    decisions_recognized bigint, decisions_complementary bigint, decisions_rejected bigint,
    decisions_otherwise_closed bigint, decisions_total bigint, is_rate_on_small_count boolean,
    applications_release_id varchar, decisions_release_id varchar,
    new_asylum_claims bigint, is_new_asylum_claims_complete boolean,
    refugees_stock bigint as (cast(null as bigint)),
    is_asylum_seekers_stock_complete boolean as (is_new_asylum_claims_complete),
    is_asylum_seekers_stock_change_comparable boolean as (is_new_asylum_claims_complete),
    is_applications_new_change_comparable boolean as (is_new_asylum_claims_complete),
    asylum_seekers_stock_change_breaks varchar
        as (if(is_new_asylum_claims_complete, '', 'origin_withheld')),
    asylum_seekers_stock_if_distributed_as_before bigint as (cast(null as bigint)),
    asylum_seekers_stock_if_distributed_as_before_low bigint as (cast(null as bigint)),
    asylum_seekers_stock_if_distributed_as_before_high bigint as (cast(null as bigint)),
    new_asylum_claims_if_distributed_as_before bigint as (cast(null as bigint)),
    new_asylum_claims_if_distributed_as_before_low bigint as (cast(null as bigint)),
    new_asylum_claims_if_distributed_as_before_high bigint as (cast(null as bigint)),
    is_population_provisional boolean as (is_provisional),
    is_flows_provisional boolean as (is_provisional),
    is_applications_provisional boolean as (is_provisional),
    is_decisions_provisional boolean as (is_provisional)
);
create or replace table marts.mart_destination_yearly (
    origin_unhcr_code varchar not null, origin_iso3 varchar, asylum_unhcr_code varchar,
    asylum_iso3 varchar, row_kind varchar not null, counting_unit varchar not null,
    origin_name varchar, asylum_name varchar, reference_year integer not null,
    asylum_seekers_stock bigint, asylum_seekers_rank bigint, asylum_seekers_share double,
    is_provisional boolean not null, release_id varchar not null,
    new_asylum_claims bigint, is_new_asylum_claims_complete boolean,
    is_asylum_seekers_stock_complete boolean,
    is_population_provisional boolean as (is_provisional)
);
create or replace table marts.dim_country (
    unhcr_code varchar not null, iso3 varchar, country_name varchar not null, groups varchar[],
    country_name_within varchar as (country_name)
);
create or replace table marts.fct_population_yearly (
    origin_unhcr_code varchar not null, asylum_unhcr_code varchar not null,
    reference_year integer not null, asylum_seekers_stock bigint
);
create or replace table reference.releases (release_id varchar, published_on date);
create or replace table reference.special_origins (unhcr_code varchar, name varchar);
create or replace table marts.mart_reporting_breaks (
    asylum_unhcr_code varchar, asylum_name varchar, measure varchar, counting_unit varchar,
    kind varchar, reference_year integer, note varchar
);
create or replace table marts.mart_reporting_break_origins (
    origin_unhcr_code varchar, origin_iso3 varchar, asylum_unhcr_code varchar, measure varchar,
    counting_unit varchar, kind varchar, reference_year integer, persons bigint
);
create or replace table reference.break_kinds (
    kind varchar, bears_from_share double, makes_incomplete boolean
);
insert into reference.special_origins values ('UKN', 'Unknown');
insert into reference.break_kinds values ('origin_withheld', 0.02, true);
comment on table marts.mart_origin_yearly is 'Grain: origin, year, counting unit. It''s persons.';
comment on column marts.mart_origin_yearly.asylum_seekers_stock is 'Persons; NULL: not known.';
comment on table marts.dim_country is 'Countries, one a row.';
comment on column marts.dim_country.country_name is 'As UNHCR has it.';
insert into reference.releases values ('2025-12.1', '2026-02-01'), ('2024-06', '2024-10-09');
"""

# Table functions as the build has them: each table named without its schema, a function that calls
# another, and one comment. Their names are in the wrong order on purpose.
FUNCTIONS = ["a_sum_as_of", "releases_as_of"]
_FUNCTIONS = """
set search_path = 'main,marts,reference';
create or replace macro build.marts.releases_as_of(as_of_day) as table (
    select release_id, published_on from releases where published_on <= as_of_day
);
create or replace macro build.marts.a_sum_as_of(as_of_day) as table (
    select origin_unhcr_code, count(*) as releases
    from mart_origin_yearly
    inner join releases_as_of(as_of_day) as known using (release_id)
    group by origin_unhcr_code
);
comment on macro table build.marts.releases_as_of is 'Published by a day. It''s a row each.';
"""


def settings_in(folder: Path, **values: object) -> Settings:
    """Settings whose data folder is `folder`."""
    return Settings.model_validate({"data_dir": folder, "memory_limit": "500MB", **values})


def build(settings: Settings, *, seed: int = 0, asylum_name: str = "Brazil") -> None:
    """Make (or make anew) a small build; `seed` decides the order its rows lie in."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.build_db)) as con:
        con.execute(_TABLES)
        con.execute(
            """
            insert into marts.mart_origin_yearly
            select
                'CHI', 'CHN', unit, 'China', year, make_date(year, if(year = 2025, 6, 12), 30),
                if(unit = 'persons', 1000 * (year - 2010), null),
                if(unit = 'persons', 100 * (year - 2010), 7), if(unit = 'persons', -5, null),
                if(unit = 'persons', -0.25, null), 0.125, 0.5, year = 2025,
                '2025-12.1', 'starter-2025-12.1-aaaaaaaa', '2026-11-21 00:00:00+00',
                1, 3, 4, 2, 10, true, '2025-12.1', '2025-12.1',
                if(unit = 'persons', 90 * (year - 2010), null),
                if(unit = 'persons', year < 2025, null)
            from range(2015, 2026) as years (year), (values ('persons'), ('cases')) as units (unit)
            where unit = 'persons' or year = 2019
            order by hash(year, unit, ?)
            """,
            [seed],
        )
        con.execute(
            """
            insert into marts.mart_destination_yearly
            select
                'CHI', 'CHN', code, code, if(code is null, 'not_itemised', 'pair'), 'persons',
                'China', name, 2025, stock, rank, stock / 15000.0, true, '2025-12.1', stock // 10,
                code <> 'USA', code <> 'USA'
            from (
                values ('USA', 'United States', 9000, 1), ('AUL', 'Australia', 3000, 2),
                ('BRA', $name, 1000, 3), (null, 'Not itemised', 2000, null)
            ) as pairs (code, name, stock, rank)
            order by hash(code, $seed)
            """,
            {"name": asylum_name, "seed": seed},
        )
        con.execute(
            """
            insert into marts.dim_country
            select code, iso3, name, ['a', 'b'] from (
                values ('CHI', 'CHN', 'China'), ('AUL', 'AUS', 'Australia'),
                ('USA', 'USA', 'United States'), ('STA', null, 'Stateless'), ('BRA', 'BRA', $name)
            ) as countries (code, iso3, name)
            order by hash(code, $seed)
            """,
            {"name": asylum_name, "seed": seed},
        )
        con.execute(
            "insert into marts.fct_population_yearly select 'CHI', 'c' || (n % 50), n // 50, n * 7 "
            "from range(5000) as numbers (n) order by hash(n, ?)",
            [seed],
        )


def statements(settings: Settings, *texts: str) -> None:
    """Run SQL on the build database."""
    with duckdb.connect(str(settings.build_db)) as con:
        for text in texts:
            con.execute(text)


def with_functions(settings: Settings) -> None:
    """Add table functions to the build."""
    statements(settings, _FUNCTIONS)


def published_from(settings: Settings, *snapshots: tuple[str, str, str]) -> Published:
    """A published small build, made from these snapshots: dataset, id and source of each."""
    build(settings)
    names = ("endpoint", "snapshot_id", "source")
    made_from = [dict(zip(names, one, strict=True)) for one in snapshots]
    return publish(settings, lineage={**LINEAGE, "snapshots": made_from}, keys=KEYS)


def published(settings: Settings, **given: Any) -> Published:
    """A published small build."""
    build(settings, **given)
    return publish(settings, lineage=LINEAGE, keys=KEYS)


@cache
def _model(
    make: Callable[..., Published], **given: Any
) -> tuple[TemporaryDirectory[str], Published]:
    folder = TemporaryDirectory(prefix="small-build-")
    return folder, make(settings_in(Path(folder.name)), **given)


def copied(
    settings: Settings, make: Callable[..., Published] = published, **given: Any
) -> Published:
    """A copy of what `make` publishes, for tests of what reads it."""
    folder, done = _model(make, **given)
    shutil.copytree(folder.name, settings.data_dir, dirs_exist_ok=True)
    return replace(done, path=settings.published_db)


def published_with_functions(settings: Settings) -> Published:
    """A published small build with table functions."""
    build(settings)
    with_functions(settings)
    return publish(settings, lineage=LINEAGE, keys=KEYS, functions=FUNCTIONS)


def export_all(settings: Settings) -> None:
    """Tables, charts and their description, in the order of Dagster's steps."""
    tables.forget_fingerprint(settings)
    tables.export_tables(settings)
    charts.export_charts(settings)
    datapackage.export_datapackage(settings)
    tables.keep_fingerprint(settings, published_fingerprint(settings) or "")


def exported(settings: Settings, **given: Any) -> Published:
    """A small build, published and exported."""
    done = published(settings, **given)
    export_all(settings)
    return done


def ask(path: Path, query: str) -> list[Sequence[object]]:
    """Ask a DuckDB file; each time with a connection of its own."""
    with duckdb.connect() as con:
        con.execute(f"attach '{path}' as asked (read_only)")
        con.execute("use asked")
        return con.execute(query).fetchall()
