"""UNHCR's API as a replica with real releases, where the folder beside the repository has it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import duckdb
import pytest
from filelock import FileLock

from tests.fake_api import WORKBOOK, WORLD_BANK
from warehouse.build import dbt, raw
from warehouse.core.manifest import FILE_NAME, Coverage, Manifest, Page, Slice
from warehouse.landing.snapshots import land_starter
from warehouse.releases.assign import Assigned, assign
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, PAIRS, Endpoint
from warehouse.sources.unhcr_archive.rda import FLOW_COLUMNS

SHARED = PROJECT_ROOT.parent / "shared"
SCRIPT = SHARED / "tools" / "unhcr_replica.py"
STARTED_BY = Path(__file__).with_name("replica.py")
RELEASES = SHARED / "unhcr" / "releases"
ALL = [one.name for one in sorted(RELEASES.iterdir())] if RELEASES.is_dir() else []


@dataclass(frozen=True)
class Replica:
    """A running replica: the address of its API, and what it says of the requests that came."""

    url: str

    def stats(self) -> dict[str, Any]:
        address = self.url.replace("population/v1/", "_replica/stats")
        with urllib.request.urlopen(address, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def running_replica(*options: str) -> Iterator[Replica]:
    """Start the replica on a free port with these options; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, str(STARTED_BY), str(SCRIPT), "--port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the replica did not start with {options}"
        yield Replica(line.split()[0])
    finally:
        process.terminate()
        process.wait(30)


def missing() -> str | None:
    """Why these tests cannot run here, or None."""
    lacking: list[Path] = [path for path in (SCRIPT, RELEASES) if not path.exists()]
    return f"needs the real releases: no {lacking[0]}" if lacking else None


@pytest.fixture
def replica() -> Iterator[Callable[..., Replica]]:
    """Start replicas by `replica("--release", "2025-06", ...)`; they end with the test."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(running_replica(*options))


# What is held back of the ten releases.
HELD = {
    ("solutions", "2024-06"),
    ("demographics", "2025-12.1"),
    ("displacement-flows", "2025-12.0"),
}
SIDES = [f"{side}{part}" for side in ("coo", "coa") for part in ("_name", "", "_iso")]
PAGE_ROWS = 10_000


def released(release: str, endpoint: Endpoint) -> str:
    """The query for what a release has of a dataset, in the API's shape.

    Flows have a column a code in the file, and a row a code here.
    """
    file = RELEASES / release / f"{endpoint.archived}.parquet"
    if endpoint.code_of_measure is None:
        return f"select * from '{file}'"
    with duckdb.connect() as con:
        there = {name for name, *_ in con.execute(f"describe select * from '{file}'").fetchall()}
    return " union all ".join(
        f"select year, {', '.join(SIDES)}, '{code}' as pt, {column} as count from '{file}' "
        f"where {column} is not null"
        for column, code in FLOW_COLUMNS.items()
        if column in there
    )


def land_release(settings: Settings, release: str) -> None:
    """Land what a release of ../shared holds, as the archive's: pairs of all countries.

    Its parquet files have what its .rda files have, and are read in a hundredth of the time.
    """
    known = {endpoint.archived: endpoint for endpoint in ENDPOINTS.values()}
    for file in sorted((RELEASES / release).glob("*.parquet")):
        endpoint = known.get(file.stem)
        if endpoint is None:
            continue  # a dataset that is not ours
        columns = ["year", *SIDES, *endpoint.codes]
        texts = [f"coalesce({column}::varchar, '-') as {column}" for column in columns]
        # A location of its own within a pair is no pair: added up, as the archive's reader does.
        counts = [f"coalesce(sum({c})::bigint::varchar, '-') as {c}" for c in endpoint.counts]
        ids = [f"null as {side}_id" for side in ("coo", "coa")]
        with duckdb.connect() as con:
            pages = con.execute(
                f"""
                with rows_of_release as (
                    select {", ".join([*texts, *ids, *counts])}
                    from ({released(release, endpoint)})
                    group by {", ".join(columns)}
                ),
                numbered as (
                    select to_json(rows_of_release) as item, row_number() over () - 1 as place
                    from rows_of_release
                )
                select
                    count(*),
                    '{{"page":' || (place // {PAGE_ROWS} + 1) || ',"items":['
                    || string_agg(item, ',') || ']}}'
                from numbered group by place // {PAGE_ROWS} order by place // {PAGE_ROWS}
                """
            ).fetchall()
        bodies = [(rows, text.encode()) for rows, text in pages]
        content = hashlib.sha256(b"".join(body for _, body in bodies)).hexdigest()
        snapshot_id = f"archive-{release}-{content[:8]}"
        folder = settings.landing_dir / endpoint.name / snapshot_id
        folder.mkdir(parents=True)
        landed = []
        for number, (rows, body) in enumerate(bodies, start=1):
            name = f"pairs-{number:04d}.json.gz"
            (folder / name).write_bytes(gzip.compress(body, compresslevel=1, mtime=0))
            sha256 = hashlib.sha256(body).hexdigest()
            landed.append(Page(file=name, page=number, rows=rows, bytes=len(body), sha256=sha256))
        total = sum(page.rows for page in landed)
        part = Slice(
            slice=PAIRS,
            params={},
            page_size=PAGE_ROWS,
            pages=landed,
            rows=total,
            columns=list(endpoint.columns),
            coverage=Coverage(),
        )
        at = datetime(2026, 11, 22, 12, tzinfo=UTC)
        text = Manifest(
            endpoint=endpoint.name,
            snapshot_id=snapshot_id,
            source="archive",
            source_url=file.as_uri(),
            release_id=release,
            started_at=at,
            finished_at=at,
            rows=total,
            content_sha256=content,
            slices=[part],
        ).model_dump_json()
        (folder / FILE_NAME).write_text(text, "utf-8")


@dataclass(frozen=True)
class Built:
    """Releases that were landed and loaded, and what became of them."""

    settings: Settings
    assigned: Assigned
    result: dbt.BuildResult


def built(folder: Path, releases: Sequence[str], *, with_starter: bool = False) -> Built:
    """Land these releases of ../shared, and the starter extract where asked for, and build them."""
    settings = Settings(data_dir=folder, threads=2)
    for release in releases:
        land_release(settings, release)
    if with_starter:
        land_starter(settings)
    raw.load(settings)
    return Built(settings, assign(settings), dbt.build(settings))


@dataclass(frozen=True)
class Ten:
    """What the commands said, and where they built."""

    settings: Settings
    backfilled: subprocess.CompletedProcess[str]
    run: subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Ten:
    """`asylum backfill --all`, then `asylum run --source api`, of a replica on loopback.

    One of pytest's workers does it for all: nobody may write to the folder.
    """
    reason = missing()
    if reason:
        pytest.skip(reason)
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    settings = Settings(data_dir=shared / "ten", threads=2)
    outcome = shared / "ten.pickle"
    with FileLock(shared / "ten.lock"):
        if not outcome.exists():
            with running_replica("--release", "2025-12.1") as replica:
                said = [
                    _asylum(settings, replica, *words)
                    for words in (("backfill", "--all"), ("run", "--source", "api"))
                ]
            outcome.write_bytes(pickle.dumps(said))
    return Ten(settings, *pickle.loads(outcome.read_bytes()))


def _asylum(settings: Settings, replica: Replica, *words: str) -> subprocess.CompletedProcess[str]:
    """The command on this data folder, with a replica for UNHCR."""
    return subprocess.run(
        [sys.executable, "-m", "warehouse.cli.app", *words],
        cwd=PROJECT_ROOT,
        env=os.environ
        | {
            "ASYLUM_DATA_DIR": str(settings.data_dir),
            "ASYLUM_API_URL": replica.url,
            "ASYLUM_ARCHIVE_URL": replica.url.replace(
                "population/v1/", "PopulationStatistics/refugees/"
            ),
            "ASYLUM_FLOWS_URL": urljoin(replica.url, WORKBOOK),
            "ASYLUM_WORLD_BANK_URL": urljoin(replica.url, WORLD_BANK),
        },
        capture_output=True,
        text=True,
        check=False,
    )
