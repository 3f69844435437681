"""What releases cost: five and ten of them against one, and a question as of a day.

    python benchmarks/releases.py                        # fetches ten releases from UNHCR's archive
    python benchmarks/releases.py --archive-url URL      # from another place that keeps them
    python benchmarks/releases.py --releases FOLDER      # FOLDER/RELEASE/DATASET.parquet

With --releases, what the folder lacks of the ten is derived from what it has (see DERIVED), so that
the sizes are true where the figures are not. README.md in this folder says what is measured and
what came out.
"""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.build import dbt, fingerprint, raw
from warehouse.core.database import limits, literal
from warehouse.core.manifest import FILE_NAME, Coverage, Manifest, Page, Slice
from warehouse.landing.backfill import backfill
from warehouse.published.read import open_published
from warehouse.published.write import publish
from warehouse.releases.assign import assign
from warehouse.settings import Settings, load_settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, PAIRS

ONE = ["2025-12.1"]
# Its demographics are held back, and several releases have those of the one before: so has one.
ONE_HAS = {"demographics": ["2025-12.0"]}
FIVE = ["2024-06", "2024-12", "2025-06", "2025-12.0", *ONE]
# Release: the one its newest year is made from and the one its other years are, that year, and the
# share of that year's rows that are made others. Between real releases 77 to 93 % of a provisional
# year's rows change when it becomes final, and up to 6 % in a correction.
DERIVED = {
    "2022-12.0": ("2024-06", "2024-06", 2022, 0.02),
    "2022-12.1": ("2024-06", "2024-06", 2022, 0.0),
    "2023-06": ("2024-06", "2024-06", 2023, 0.85),
    "2023-12": ("2024-06", "2024-06", 2023, 0.02),
    "2025-06.1": ("2025-06", "2025-12.0", 2025, 0.02),
}
TEN = sorted([*DERIVED, *FIVE])
PAGE_ROWS = 10_000
QUESTIONS = 300


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--archive-url", help="base address of the archive")
    where.add_argument("--releases", type=Path, help="a folder of releases as parquet files")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(build(options.child)))
        return
    with tempfile.TemporaryDirectory(prefix="asylum-bench-") as folder:
        show(measure(options, Path(folder)))


def measure(options, folder):
    """Rows of the report: (what, figure, against)."""
    landed = folder / "landed"
    land(options, landed)
    rows, built = [], {}
    for name, releases in (("one", ONE), ("five", FIVE), ("ten", TEN)):
        data = folder / name
        choose(landed, data, releases)
        built[name] = []
        for _ in range(options.repeat):
            forget_build(data)
            built[name].append(child(data))
    for name in ("five", "ten"):
        rows += against_one(name, built[name], built["one"])
    ten = folder / "ten"
    return [*rows, *rows_per_newest(ten), *answers(ten), worked_out(ten)]


def against_one(name, several, one):
    """Rows, bytes and times of several releases against those of one, by the builds of each."""
    here, there = several[-1], one[-1]
    yield f"{name} releases: held back", ", ".join(here["held_back"]) or "none", ""
    yield (
        f"{name} releases: rows of the histories",
        f"{here['rows']:,}",
        f"{here['rows'] / there['rows']:.2f} x {there['rows']:,}",
    )
    for what in ("asylum.duckdb", "build.duckdb"):
        yield (
            f"{name} releases: {what}",
            f"{here[what] / 2**20:.1f} MiB",
            f"{here[what] / there[what]:.2f} x {there[what] / 2**20:.1f} MiB",
        )
    for what, key in (
        ("histories", "histories"),
        ("what is answered about claims", "answered"),
        ("loading, of what follows", "loading"),
        ("models and tests, of what follows", "models"),
        ("landed pages to published file", "seconds"),
    ):
        ours, plain = of(several, key), of(one, key)
        yield f"{name} releases: {what}", f"{ours:.1f} s", f"{ours / plain:.2f} x {plain:.1f} s"


def of(found, key):
    return statistics.median(one[key] for one in found)


def rows_per_newest(data):
    """Rows of each history that has any, against those of them that still stand."""
    with open_published(settings_of(data)) as con:
        histories = con.execute(
            "select distinct history_table from about_functions "
            "where history_table is not null order by all"
        ).fetchall()
        for (history,) in histories:
            [(rows, newest)] = con.execute(
                f"select count(*), count(*) filter (valid_to is null) from {history}"
            ).fetchall()
            if newest:
                yield f"rows of {history}", f"{rows:,}", f"{rows / newest:.2f} x {newest:,} newest"


# Questions ---------------------------------------------------------------------------------------

BY_PAIR = "where origin_unhcr_code = ? and asylum_unhcr_code = ? and reference_year = ?"
BY_ORIGIN = "where origin_unhcr_code = ? and reference_year = ?"
BY_ASYLUM = "where asylum_unhcr_code = ? and reference_year = ?"
BY_YEAR = "where reference_year = ?"
EVERY_YEAR = "where asylum_unhcr_code <> ? group by reference_year"
SUMS = "select reference_year, sum(asylum_seekers_stock), count(*) "
ASKED = [
    # what, newest, as of a day, condition
    ("one pair and year", "fct_population_yearly", "population_as_of", BY_PAIR),
    ("an origin and year", "fct_population_yearly", "population_as_of", BY_ORIGIN),
    (
        "an origin and year",
        "fct_asylum_applications_yearly",
        "asylum_applications_as_of",
        BY_ORIGIN,
    ),
    ("an origin and year", "fct_asylum_decisions_yearly", "asylum_decisions_as_of", BY_ORIGIN),
    ("the world by year", "fct_population_yearly", "population_as_of", EVERY_YEAR),
    ("an origin and year", "mart_origin_yearly", "origin_yearly_as_of", BY_ORIGIN),
    ("an origin and year", "mart_destination_yearly", "destination_yearly_as_of", BY_ORIGIN),
    ("a country and year", "mart_asylum_yearly", "asylum_yearly_as_of", BY_ASYLUM),
    ("a year", "mart_world_yearly", "world_yearly_as_of", BY_YEAR),
]
# One question as of a day takes tens of milliseconds and is the same each time.
CLAIMS_ASKED = 20
WORKED_OUT = "claim_audit_of('published_documents', 'published_claims', null)"


def answers(data):
    """Milliseconds of questions as of a day against the newest-only, on one warm connection."""
    with open_published(settings_of(data)) as con:
        days = [
            day
            for (day,) in con.execute(
                "select published_on from dim_release where datasets is not null order by all"
            ).fetchall()
        ]
        keys = con.execute(
            "select origin_unhcr_code, asylum_unhcr_code, reference_year "
            "from fct_population_yearly where reference_year >= 2000 "
            f"order by hash(origin_unhcr_code, asylum_unhcr_code, reference_year) limit {QUESTIONS}"
        ).fetchall()
        for what, table, function, condition in ASKED:
            plain, dated = [], []
            for number, (origin, asylum, year) in enumerate(keys):
                asked = {
                    BY_PAIR: [origin, asylum, year],
                    BY_ASYLUM: [asylum, year],
                    BY_YEAR: [year],
                    EVERY_YEAR: [asylum],
                }.get(condition, [origin, year])
                select = SUMS if condition == EVERY_YEAR else ""
                day = days[number % len(days)]
                dated.append(timed(con, f"{select}from {function}('{day}') {condition}", asked))
                plain.append(timed(con, f"{select}from {table} {condition}", asked))
            yield compared(f"{function}(day), {what}", dated, table, plain)
        newest, dated = [], []
        for number in range(CLAIMS_ASKED):
            day = days[-1 - number % min(len(days), 3)]
            dated.append(timed(con, f"from claim_audit_as_of({literal(str(day))})", []))
            newest.append(timed(con, "from mart_claim_audit", []))
        yield compared("claim_audit_as_of(day), all claims", dated, "mart_claim_audit", newest)


def worked_out(data):
    """Milliseconds of the question that works all claims out, as readers ask it, against the same
    with every step of DuckDB's optimizer.
    """
    settings = settings_of(data)
    times = []
    ours = limits(settings)
    for options in (ours, ours | {"disabled_optimizers": ""}):
        path = str(settings.published_db)
        with duckdb.connect(path, read_only=True, config=options) as con:
            times.append([timed(con, f"from {WORKED_OUT}", []) for _ in range(CLAIMS_ASKED)])
    return compared("claim_audit_of, all claims", times[0], "every step of the optimizer", times[1])


def compared(what, dated, table, plain):
    """A row of the report: the times of a question as of a day against those to the newest."""
    warmed_up = 3 if len(plain) > 10 else 0
    plain, dated = plain[warmed_up:], dated[warmed_up:]
    p50 = [statistics.median(times) for times in (plain, dated)]
    p95 = [statistics.quantiles(times, n=20)[-1] for times in (plain, dated)]
    return (
        what,
        f"p50 {p50[1]:.1f} ms, p95 {p95[1]:.1f} ms",
        f"{p50[1] / p50[0]:.2f} x {table}: p50 {p50[0]:.1f} ms, p95 {p95[0]:.1f} ms",
    )


def timed(con, query, values):
    started = time.perf_counter()
    con.execute(query, values).fetchall()
    return 1000 * (time.perf_counter() - started)


# Builds, each in a process of its own ------------------------------------------------------------


def settings_of(data):
    return Settings.model_validate({"data_dir": data})


def child(data):
    command = [sys.executable, __file__, "--child", str(data)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the build of {data} failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def build(data):
    """Landing to the published file: seconds, of them those of loading, of models with their tests,
    of the histories' own statements and of those that ask about the claims of the seeds; bytes of
    both files, rows of the histories, and what validation keeps out.
    """
    settings = settings_of(data)
    dbt.ensure_manifest(settings)
    started = time.perf_counter()
    raw.load(settings)
    assign(settings)
    loaded = time.perf_counter()
    result = dbt.build(settings)
    built = time.perf_counter()
    tested = fingerprint.read_tested(settings)
    if tested is None:
        sys.exit(result.failure_text())
    known = dbt.load_manifest(settings)
    tables = dbt.published_tables(known)
    publish(
        settings,
        lineage=tested.lineage.model_dump(),
        keys={table.name: table.key for table in tables if table.key},
        only=[table.name for table in tables],
        functions=dbt.published_functions(known),
        as_of=dbt.as_of_functions(known),
        described_like=dbt.described_like(known),
    )
    seconds = time.perf_counter() - started

    def statements(ending):
        return sum(node.seconds for node in result.models if node.name.endswith(ending))

    return {
        "seconds": seconds,
        "loading": loaded - started,
        "models": built - loaded,
        "histories": statements("_history"),
        "answered": statements("_answered"),
        "rows": sum(n.rows for n in result.models if n.name.endswith("_history")),
        "held_back": [name for (name,) in held_back(settings)],
        "asylum.duckdb": settings.published_db.stat().st_size,
        "build.duckdb": settings.build_db.stat().st_size,
    }


def held_back(settings):
    """Snapshots that validation keeps out: without them everything is cheaper than it would be."""
    with duckdb.connect(str(settings.build_db), read_only=True) as con:
        return con.execute(
            "select endpoint || ' of ' || release_id from releases.snapshot_releases "
            "where is_quarantined order by all"
        ).fetchall()


def forget_build(data):
    for path in data.glob("*.duckdb*"):
        path.unlink()


# Landing -----------------------------------------------------------------------------------------


def choose(landed, data, releases):
    """A data folder in which these releases are landed, and no other."""
    shutil.rmtree(data / "landing", ignore_errors=True)
    for manifest in landed.glob(f"landing/*/*/{FILE_NAME}"):
        known = json.loads(manifest.read_bytes())
        wanted = ONE_HAS.get(known["endpoint"], ONE) if releases is ONE else releases
        if known["release_id"] in wanted:
            home = data / manifest.parent.relative_to(landed)
            shutil.copytree(manifest.parent, home, copy_function=os.link)


def land(options, landed):
    """All ten releases, landed in a folder of their own."""
    landed.mkdir()
    if options.releases is None:
        settings = load_settings().model_copy(update={"data_dir": landed})
        backfill(settings, archive_url=options.archive_url)
        return
    con = duckdb.connect()
    for release in TEN:
        newest, settled, year, share = release, release, int(release[:4]), 0.0
        if not (options.releases / release).exists():
            newest, settled, year, share = DERIVED[release]
        for endpoint in ENDPOINTS.values():
            files = [
                options.releases / source / f"{endpoint.table}.parquet"
                for source in (newest, settled)
            ]
            # The demographics of parquet releases are without the population types of their key.
            if endpoint.name != "demographics" and all(file.exists() for file in files):
                land_table(con, landed, endpoint, files, release=release, year=year, share=share)


def land_table(con, landed, endpoint, files, *, release, year, share):
    """One dataset as the archive's would be: `year` of the first file, with this share of its rows
    changed, and the years before of the second.
    """
    newest, settled = files
    there = [c for c, *_ in con.execute(f"describe from '{newest}'").fetchall()]
    kept = [column for column in endpoint.columns if column in there]
    changed = f"hash(coo, coa, year, '{release}') % 1000 < {round(1000 * share)} and year = {year}"
    values = ", ".join(
        f"case when {changed} and {c} > 0 then {c} + 5 else {c} end" if c in endpoint.counts else c
        for c in kept
    )
    select = (
        f"select {values} from '{settled}' where year < {year} "
        f"union all select {values} from '{newest}' where year = {year}"
    )
    land_rows(con, landed, endpoint, select, release=release, columns=kept, address=newest)


def land_rows(con, landed, endpoint, select, *, release, columns, address):
    """The rows of a query as a snapshot of the archive's."""
    home = landed / "landing" / endpoint.name / f"archive-{release}-{endpoint.table}"
    home.mkdir(parents=True)
    pages, whole = [], hashlib.sha256()
    answer = con.execute(select)
    while rows := answer.fetchmany(PAGE_ROWS):
        number = len(pages) + 1
        items = [
            {
                column: value
                if column not in endpoint.counts
                else ("-" if value is None else value or "0")
                for column, value in zip(columns, row, strict=True)
            }
            for row in rows
        ]
        body = json.dumps({"page": number, "maxPages": 1, "total": [], "items": items}).encode()
        whole.update(body)
        name = f"{PAIRS}-{number:04d}.json.gz"
        (home / name).write_bytes(gzip.compress(body, 1))
        sha256 = hashlib.sha256(body).hexdigest()
        pages.append(Page(file=name, page=number, rows=len(items), bytes=len(body), sha256=sha256))
    now = datetime.now(UTC)
    count = sum(page.rows for page in pages)
    manifest = Manifest(
        endpoint=endpoint.name,
        snapshot_id=home.name,
        source="archive",
        source_url=address.absolute().as_uri(),
        release_id=release,
        started_at=now,
        finished_at=now,
        rows=count,
        content_sha256=whole.hexdigest(),
        slices=[
            Slice(
                slice=PAIRS,
                params={},
                page_size=PAGE_ROWS,
                pages=pages,
                rows=count,
                columns=columns,
                coverage=Coverage(),
            )
        ],
    )
    (home / FILE_NAME).write_text(manifest.model_dump_json(), "utf-8")


def show(rows):
    from rich.console import Console  # noqa: PLC0415 - only for the table
    from rich.table import Table  # noqa: PLC0415

    table = Table("what", "measured", "against")
    for row in rows:
        table.add_row(*row)
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
