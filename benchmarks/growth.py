"""How time and memory grow: a release ten and a hundred times as large as UNHCR's newest.

    python benchmarks/growth.py --releases FOLDER                 # FOLDER/2025-12.1/DATASET.parquet
    python benchmarks/growth.py --releases FOLDER --times 1 10

A release so many times as large holds UNHCR's and copies of it, each with countries of its own, so
that pairs, ranks and shares are as in the real one. Population, applications and decisions are
landed; `asylum run` builds, tests, publishes and exports them, and plain scripts do what floor.py
says. Each is a process of its own, and is run once.
"""

import argparse
import json
import tempfile
from pathlib import Path

import duckdb
import releases
import run

from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

[RELEASE] = releases.ONE
DATASETS = ("population", "asylum-applications", "asylum-decisions")
# Texts that name a country: each copy has its own.
COUNTRIES = ("coo", "coa", "coo_iso", "coa_iso", "coo_name", "coa_name")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--releases", type=Path, required=True, help="a folder of parquet files")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    options = parser.parse_args()
    run.show(list(measure(options.releases, options.times)))


def measure(folder, times):
    """Rows of the report: (what, time, against, peak)."""
    first = None
    for size in times:
        with tempfile.TemporaryDirectory(prefix="asylum-bench-") as home:
            data = Path(home) / "data"
            count = land(folder, data, size)
            seconds, peak, _ = run.measured([run.ASYLUM, "run", "--source", "starter"], data)
            plain, plain_peak = plainly(data)
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


def plainly(data):
    """Seconds and peak MiB of plain scripts that do the same."""
    plan = data / "plan.json"
    plan.write_text(json.dumps(run.plan_of(data / "dbt")))
    run.clear(data)
    load, load_peak, _ = run.measured(run.floor_of("load", data), data)
    run.clear(data)
    run.load_product(data)  # the tables of the manifests too, which the plan reads
    build, build_peak, _ = run.measured([*run.floor_of("build", data), plan], data)
    return load + build, max(load_peak, build_peak)


def land(folder, data, size):
    """Land a release so many times as large; how many rows that is."""
    count = 0
    with duckdb.connect() as con:
        for name in DATASETS:
            endpoint = ENDPOINTS[name]
            file = folder / RELEASE / f"{endpoint.table}.parquet"
            there = [c for c, *_ in con.execute(f"describe from '{file}'").fetchall()]
            columns = [column for column in endpoint.columns if column in there]
            values = ", ".join(
                f"if(copy = 0, {c}, {c} || copy) as {c}" if c in COUNTRIES else c for c in columns
            )
            select = f"select {values} from '{file}', range({size}) as copies (copy)"
            releases.land_rows(
                con, data, endpoint, select, release=RELEASE, columns=columns, address=file
            )
            [(rows,)] = con.execute(f"select count(*) from '{file}'").fetchall()
            count += size * rows
    return count


if __name__ == "__main__":
    main()
