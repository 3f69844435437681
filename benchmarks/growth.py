"""How time and memory grow: a release ten and a hundred times as large as UNHCR's newest.

    python benchmarks/growth.py --releases FOLDER                 # FOLDER/2025-12.1/DATASET.parquet
    python benchmarks/growth.py --releases FOLDER --times 1 10

A release so many times as large holds UNHCR's and copies of it: up to ten sets of countries of
origin, and as many of countries of asylum as it takes, each country with a code of its own.
Population, applications and decisions are landed, and of the starter extract what else it has;
`asylum run` builds, tests, publishes and exports them, and plain scripts do what floor.py says.
Each is a process of its own, and is run once, with the memory limit that ASYLUM_MEMORY_LIMIT sets,
for both.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
import processes
import releases

from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

[RELEASE] = releases.ONE
DATASETS = ("population", "asylum-applications", "asylum-decisions")
STARTER = processes.ROOT / "seeds" / "starter"
ORIGIN_SETS = 10
# A code for each country of each set but the first, which is the real one. UNHCR's and ISO's codes
# are taken, and the World Bank's of the world.
CODES = """
create table codes as
with figures as (
    from read_parquet({files}, union_by_name = true)
),

real as (
    select distinct code
    from (select unnest([coo, coa]) as code from figures)
    where code is not null
),

taken as (
    select unnest([coo, coa, coo_iso, coa_iso, 'WLD']) as code from figures
),

free as (
    select row_number() over (order by code) - 1 as number, code
    from (
        select concat(chr((65 + a)::int), chr((65 + b)::int), chr((65 + c)::int)) as code
        from range(26) as one (a), range(26) as two (b), range(26) as three (c)
    )
    where code not in (select code from taken where code is not null)
)

select real.code, copies.copy, free.code as copied
from (select code, row_number() over (order by code) - 1 as number from real) as real
cross join range(1, {sets}) as copies (copy)
inner join free on (copies.copy - 1) * (select count(*) from real) + real.number = free.number
"""
# The codes of a column, by how its name begins.
SIDES = {"coo": "origins", "coa": "asylums"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--releases", type=Path, required=True, help="a folder of parquet files")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    options = parser.parse_args()
    show(options.releases, options.times)


def show(folder, times):
    for row in measure(folder, times):
        print(*row, sep="\n  ", flush=True)  # a larger one may fail, or take hours


def measure(folder, times):
    """Rows of the report: (what, time, against, peak)."""
    first = None
    for size in times:
        with tempfile.TemporaryDirectory(prefix="asylum-bench-") as home:
            data, starter = Path(home) / "data", Path(home) / "starter"
            count = land(folder, data, size)
            # The starter extract has totals of China: of one China, where the release has many.
            shutil.copytree(STARTER, starter, ignore=shutil.ignore_patterns(*DATASETS))
            seconds, peak, _ = processes.measured(
                [processes.ASYLUM, "run", "--source", "starter"],
                data,
                ASYLUM_STARTER_DIR=str(starter),
            )
            try:
                plain, plain_peak = processes.plainly(data)
            except SystemExit as stopped:
                if "Out of Memory" not in str(stopped):
                    raise
                yield (
                    f"release x {size}: {count:,} rows, landed pages to exports",
                    f"{seconds:.1f} s",
                    "the plain scripts ran out of memory",
                    f"{peak:.0f} MiB",
                )
                continue
        against = f"{seconds / plain:.2f} x the plain scripts' {plain:.1f} s"
        first = first or (size, seconds, plain)
        if size != first[0]:
            against += (
                f"; for {size / first[0]:g} times the rows {seconds / first[1]:.1f} times the time,"
                f" plain {plain / first[2]:.1f}"
            )
        yield (
            f"release x {size}: {count:,} rows, landed pages to exports",
            f"{seconds:.1f} s",
            against,
            f"{peak:.0f} MiB, plain {plain_peak:.0f} MiB",
        )


def land(folder, data, size):
    """Land a release so many times as large; how many rows that is."""
    count = 0
    endpoints = [ENDPOINTS[name] for name in DATASETS]
    files = [str(folder / RELEASE / f"{endpoint.table}.parquet") for endpoint in endpoints]
    with duckdb.connect() as con:
        sets = max(ORIGIN_SETS, -(-size // ORIGIN_SETS))
        con.execute(CODES.format(files=files, sets=sets))
        [(enough,)] = con.execute(
            "select count(*) = count(distinct code) * ? from codes", [sets - 1]
        ).fetchall()
        if not enough:
            sys.exit(f"{size} times: there are not so many codes of three letters. Ask for fewer.")
        for endpoint, file in zip(endpoints, files, strict=True):
            there = [c for c, *_ in con.execute(f"describe from '{file}'").fetchall()]
            columns = [column for column in endpoint.columns if column in there]
            select = f"""
                select {", ".join(copied(column) for column in columns)}
                from '{file}' as figures
                cross join range({size}) as copies (copy)
                left join codes as origins
                    on figures.coo = origins.code and copies.copy % {ORIGIN_SETS} = origins.copy
                left join codes as asylums
                    on figures.coa = asylums.code and copies.copy // {ORIGIN_SETS} = asylums.copy
            """
            releases.land_rows(
                con, data, endpoint, select, release=RELEASE, columns=columns, address=Path(file)
            )
            [(rows,)] = con.execute(f"select count(*) from '{file}'").fetchall()
            count += size * rows
    return count


def copied(column):
    """The SQL of a column of a copy."""
    side = SIDES.get(column[:3])
    if side is None:
        return f"figures.{column}"
    if column.endswith("_name"):
        return f"concat_ws(' ', figures.{column}, {side}.copy) as {column}"
    return f"if({side}.copied is null, figures.{column}, {side}.copied) as {column}"


if __name__ == "__main__":
    main()
