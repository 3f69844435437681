"""The published file as others open it: many at once, while it is swapped, with an older DuckDB."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.other_processes import look_on
from tests.warehouse.small_build import KEYS, LINEAGE, build, settings_in, statements
from warehouse.published.about import ABOUT_KEYS
from warehouse.published.write import publish
from warehouse.settings import Settings

OLDER = "1.5.5"
READERS, SWAPS = 8, 20

READER = """
import sys, duckdb
path, seen, looks = sys.argv[1], set(), 0
print("ready", flush=True)
while not looks or sys.stdin.readline() != "end\\n":
    for _ in range(2):
        with duckdb.connect(path, read_only=True, config={"threads": "1"}) as con:
            said = "select value from about where item = 'build_fingerprint'"
            [(first,)] = con.execute(said).fetchall()
            [(country,)] = con.execute(
                "select country_name from dim_country where unhcr_code = 'BRA'"
            ).fetchall()
            [(rows, total)] = con.execute(
                "select count(*), sum(asylum_seekers_stock) from fct_population_yearly"
            ).fetchall()
            [(stated,)] = con.execute(
                "select row_count from about_tables where table_name = 'fct_population_yearly'"
            ).fetchall()
            [(last,)] = con.execute(said).fetchall()
        assert first == last == country and rows == stated == 5000 + len(first), (
            first, last, country, rows, stated
        )
        assert total == 87482500 + len(first) * 7, (first, total)
        seen.add(first)
        looks += 1
print(looks, *sorted(seen), flush=True)
"""


def build_as(settings: Settings, name: str) -> Path:
    """A build that is recognised by two tables: a name, and as many rows of stock 7 as the name
    has letters.
    """
    build(settings, asylum_name=name)
    statements(
        settings,
        f"insert into marts.fct_population_yearly "
        f"select 'CHI', 'd' || n, 2001, 7 from range({len(name)}) as numbers (n)",
    )
    return settings.build_db.rename(settings.data_dir / name)


def publish_as(settings: Settings, built: Path) -> None:
    settings.build_db.unlink(missing_ok=True)
    settings.build_db.hardlink_to(built)
    publish(settings, lineage=LINEAGE | {"build_fingerprint": built.name}, keys=KEYS)


def test_eight_processes_read_whole_files_through_twenty_swaps(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data", threads=2)
    builds = [build_as(settings, name) for name in ("old", "newer")]
    publish_as(settings, builds[0])
    swaps = [partial(publish_as, settings, builds[swap % 2]) for swap in range(1, SWAPS + 1)]
    for said in look_on([(READER, str(settings.published_db))] * READERS, swaps):
        looks, *seen = said.split()
        assert int(looks) >= 2 * SWAPS
        assert seen == ["newer", "old"], said


def test_all_that_ever_happens_to_the_published_file_is_that_another_takes_its_name(
    tmp_path: Path,
) -> None:
    """Readers may look in the right moment or not; Python tells of each call on a path."""
    settings = settings_in(tmp_path / "data")
    publish_as(settings, build_as(settings, "old"))
    newer, calls, watched = build_as(settings, "newer"), [], str(settings.published_db)

    def note(event: str, words: tuple[object, ...]) -> None:
        if watched and watched in map(str, words):
            calls.append((event, *words[1:2]))

    sys.addaudithook(note)
    publish_as(settings, newer)
    watched = ""  # A hook stays for as long as the process does.
    changed = [(event, *words) for event, *words in calls if (event, *words) != ("open", "rb")]
    assert [event for event, *_ in changed] == ["os.rename"], changed


@pytest.fixture(scope="module")
def older_python(request: pytest.FixtureRequest) -> Path:
    """Python of an environment that has the older DuckDB and nothing else; made once."""
    cache = request.config.cache
    assert cache is not None
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache.mkdir(f"duckdb-{OLDER}-python-{version}")
    python = folder / "bin" / "python"
    ask = [str(python), "-c", "import duckdb; print(duckdb.__version__)"]
    if not python.exists() or _answer(ask) != OLDER:
        for words in (
            [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)],
            [
                *(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"),
                *("--disable-pip-version-check", "--only-binary", ":all:", "--no-deps"),
                f"duckdb=={OLDER}",
            ],
        ):
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=240)
            if done.returncode:
                pytest.skip(f"duckdb {OLDER} cannot be had here: {done.stderr.strip()[-300:]}")
        assert _answer(ask) == OLDER
    return python


def _answer(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


READ_ALL = """
import sys, duckdb, hashlib
print(duckdb.__version__)
with duckdb.connect(sys.argv[1], read_only=True) as con:
    con.execute("set TimeZone = 'UTC'")
    for table, comment in con.execute(
        "select table_name, comment from duckdb_tables() where schema_name = 'main' order by 1"
    ).fetchall():
        columns = con.execute(
            "select column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where table_name = ? order by column_index", [table]
        ).fetchall()
        text = ", ".join('"' + column[0] + '"::varchar' for column in columns)
        rows = con.execute(f'select {text} from "{table}"').fetchall()
        print(table, len(rows), hashlib.sha256(repr((comment, columns, rows)).encode()).hexdigest())
    names = con.execute("select function_name from about_functions order by 1").fetchall()
    for [function] in names:
        rows = con.execute(f"select count(*) from {function}('2026-02-01')").fetchall()
        print(function, rows)
"""


def everything(python: str | Path, path: Path) -> list[str]:
    done = subprocess.run(
        [str(python), "-I", "-c", READ_ALL, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_an_older_duckdb_reads_all_that_the_newer_one_does(
    older_python: Path, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path / "data")
    build(settings)
    statements(settings, FUNCTION)
    done = publish(settings, lineage=LINEAGE, keys=KEYS, functions=["releases_as_of"])
    version, *newer = everything(sys.executable, done.path)
    assert version.startswith("2.0.")
    older_version, *older = everything(older_python, done.path)
    assert older_version == OLDER
    assert older == newer
    assert len(older) == len(done.rows) + len(ABOUT_KEYS) + 1
    assert older[-1] == "releases_as_of [(2,)]"


FUNCTION = """
set search_path = 'main,marts,reference';
create macro build.marts.releases_as_of(as_of_day) as table (
    select release_id from releases where published_on <= as_of_day
)
"""
