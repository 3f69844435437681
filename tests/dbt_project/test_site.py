"""The site on the starter extract: in Chromium, without scripts, and with hostile names."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import hypothesis
import pytest
import yaml
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.browser import DRAWN, Seen, axe, opened
from tests.dbt_project.test_report import HOSTILE, ORIGIN, Elements
from tests.static_server import serving
from warehouse.core import wording
from warehouse.core.database import each_row
from warehouse.exports import charts, report, site
from warehouse.exports.charts.frame import SPECS
from warehouse.exports.findings.unrwa import unrwa_in, unrwa_section
from warehouse.exports.origin_years import if_distributed, origin_rows
from warehouse.exports.origins import Origin, find_origin
from warehouse.exports.site import data, pages
from warehouse.exports.site.changes import release_sections
from warehouse.exports.site.names import stem
from warehouse.published.read import open_published, read_about
from warehouse.reference.places import country_code, name_of, places
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.settings import Settings

PAGES = (
    *("index.html", "asylum/USA.html", "pair.html?origin=CHN&asylum=USA", "documents.html"),
    *("documents/khabarhub_2026.html", "releases.html", "data.html", "method.html"),
    *("countries.html", "origin/CHN.html"),
)
STATIC = {"documents.html", "releases.html", "data.html", "method.html", "countries.html"}
FIGURES = {
    "refugees": "refugees_stock",
    "stock": "asylum_seekers_stock",
    "claims": "new_asylum_claims",
}
WRITTEN = "html[data-shown]"
# Of China in the releases of mid-2025 and mid-2024, of a pair, and by inhabitants.
MID_2025 = "origin/CHN.html?release=2025-06"
MID_2024 = "origin/CHN.html?release=2024-12&year=2024&all=1"
PAIR = "pair.html?origin=CHN&asylum={}&release={}"
PER_1000 = "origin/CHN.html?measure={}&year=2025&per=1000&all=1"


@dataclass(frozen=True)
class Served:
    """A site and where it is served."""

    folder: Path
    address: str
    settings: Settings


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    folder = site.write_site(settings, settings.exports_dir / site.FOLDER).path

    with serving(folder) as address:
        yield Served(folder, address, settings)


@pytest.fixture(scope="module")
def real(published_starter: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site of the starter extract; its countries of asylum have made-up totals, which the
    extract lacks.
    """
    settings = Settings(data_dir=tmp_path_factory.mktemp("site"), threads=2)
    shutil.copy(published_starter.published_db, settings.published_db)
    with duckdb.connect(str(settings.published_db)) as con:
        for table in ("mart_asylum_yearly", "mart_asylum_yearly_history"):
            con.execute(
                f"update {table} set asylum_seekers_stock = 5000 + reference_year, "
                f"new_asylum_claims = 2000 where asylum_iso3 in ('USA', 'DEU')"
            )
    with served(settings) as made:
        yield made


@pytest.fixture(scope="module")
def hostile(real: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same, after somebody upstream gave countries, releases and documents hostile names."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("hostile_site"), threads=2)
    shutil.copy(real.settings.published_db, settings.published_db)
    with duckdb.connect(str(settings.published_db)) as con:
        named = con.execute(
            "select table_name, column_name from duckdb_columns() "
            "where column_name in ('origin_name', 'asylum_name') and table_name like 'mart_%'"
        ).fetchall()
        for table, column in named:
            con.execute(f"update {table} set {column} = ? where {column} is not null", [ORIGIN])
        con.execute("update dim_release set title = ?", [ORIGIN])
        con.execute("update mart_claim_audit set paraphrase = ?, document_title = ?", [ORIGIN] * 2)
        con.execute("update about set value = ? where item = 'held_back'", [ORIGIN])
    with served(settings) as made:
        yield made


@contextmanager
def altered(real: Served, folder: Path, **changes: Callable[[Any], None]) -> Iterator[str]:
    """The address of the site after its files of data were changed: `index`, `world`, or
    `origin_CHN` for data/origin/CHN.json.
    """
    shutil.copytree(real.folder, folder, ignore=shutil.ignore_patterns("tables", "*.parquet"))
    for name, change in changes.items():
        path = folder / "data" / f"{name.replace('_', '/')}.json"
        held = json.loads(path.read_text("utf-8"))
        change(held)
        path.write_text(json.dumps(held), encoding="utf-8")
    with serving(folder) as address:
        yield address


def drawn(page: Page, path: str = "origin/CHN.html") -> None:
    page.wait_for_selector(WRITTEN if path in STATIC or "documents" in path else DRAWN)


Look = Callable[..., Seen]
NO_SCRIPTS = {"java_script_enabled": False}


@pytest.fixture(scope="module")
def look(real: Served, browser: Browser) -> Iterator[Look]:
    """The page at a path of the site, drawn, for tests that only look at it: it stays open for the
    next one, if that looks at the same.
    """
    with ExitStack() as tab:
        shown: list[tuple[Any, Seen]] = []

        def at(path: str, of: Served = real, width: int = 1200, **options: Any) -> Seen:
            asked = (of.address, path, width, options)
            if not shown or shown[0][0] != asked:
                shown.clear()
                tab.close()
                seen = tab.enter_context(opened(browser, f"{of.address}{path}", width, **options))
                if options.get("java_script_enabled", True):
                    drawn(seen.page, path)
                shown.append((asked, seen))
            return shown[0][1]

        yield at


def figure(page: Page, measure: str) -> str:
    text = page.locator(f".figures [data-measure={measure}]").inner_text()
    return re.sub(r"\s+", " ", text)


# ---- the data


def read(served_: Served, name: str) -> Any:
    return json.loads((served_.folder / "data" / name).read_text("utf-8"))


def rows_at(table: dict[str, list[Any]], day: int) -> Iterator[dict[str, Any]]:
    """The rows of a file that stand at a day, by an implementation other than the browser's."""
    for index, began in enumerate(table["began"]):
        ended = table["ended"][index]
        if began <= day and (ended is None or day < ended):
            yield {name: column[index] for name, column in table.items()}


def test_every_figure_of_every_release_is_in_the_files_as_the_database_had_it(real: Served) -> None:
    index = read(real, "index.json")
    data = read(real, "origin/CHN.json")
    assert len(index["releases"]) > 2
    # A lower bound of 0 says nothing.
    figures = ", ".join(
        name
        if name == "refugees_stock"
        else f"if({name} = 0 and is_{name}_complete is false, null, {name}) as {name}"
        for name in FIGURES.values()
    )
    known = f"coalesce({', '.join(FIGURES.values())}) is not null"
    for release in index["releases"]:
        day = index["days"].index(release["from"])
        with open_published(real.settings) as con:
            expected = con.execute(
                f"from (select reference_year, counting_unit, {figures} "
                f"from origin_yearly_as_of(?::date) where origin_iso3 = 'CHN') where {known}",
                [release["from"]],
            ).fetchall()
            expected_pairs = con.execute(
                f"from (select asylum_iso3, reference_year, {figures} "
                f"from destination_yearly_as_of(?::date) where origin_iso3 = 'CHN' "
                f"and counting_unit = 'persons' and row_kind = 'pair' and asylum_iso3 is not null) "
                f"where {known}",
                [release["from"]],
            ).fetchall()
        measured = [
            (row["year"], row["unit"], *(row[name] for name in FIGURES))
            for row in rows_at(data["years"], day)
            if any(row[name] is not None for name in FIGURES)
        ]
        pairs = [
            (row["asylum"], row["year"], *(row[name] for name in FIGURES))
            for row in rows_at(data["pairs"], day)
            if row["asylum"] in index["names"] and len(row["asylum"]) == 3
        ]
        key = repr
        assert sorted(measured, key=key) == sorted(expected, key=key)
        assert expected_pairs
        assert sorted(pairs, key=key) == sorted(expected_pairs, key=key)


def test_a_row_stands_once_and_differs_from_the_one_before_it(real: Served) -> None:
    for part, keys in (("years", ("year", "unit")), ("pairs", ("year", "asylum"))):
        table = read(real, "origin/CHN.json")[part]
        told: dict[Any, list[dict[str, Any]]] = {}
        for index in range(len(table["began"])):
            row = {name: column[index] for name, column in table.items()}
            told.setdefault(tuple(row[key] for key in keys), []).append(row)
        for rows in told.values():
            for before, after in pairwise(rows):
                assert before["ended"] is not None
                assert before["ended"] <= after["began"]
                shown = set(before) - {"began", "ended"}
                assert before["ended"] < after["began"] or any(
                    before[name] != after[name] for name in shown
                ), "two rows that show the same are one"


def test_the_files_are_the_same_however_many_countries_are_made_at_once(
    published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_published(published_starter) as con:
        data.prepare(con)
        data.days(con)
        for side in ("origin", "asylum"):
            codes = [code for of, code, *_ in data.countries(con) if of == side]
            at_once = list(data.country_files(con, side))
            assert [code for code, _ in at_once] == sorted(codes)
            for rows in (1, 40, 1_500):
                monkeypatch.setattr(data, "_ROWS_AT_ONCE", rows)
                assert list(data.country_files(con, side)) == at_once
            monkeypatch.undo()
        shell = pages.Shell(read_about(con), "version", "assets")
        countries = [pages.Country(*found) for found in data.countries(con)]
        of_all = dict(pages.country_pages(con, shell, countries))
        assert set(of_all) == {country.path for country in countries}
        for country in countries[::25]:
            assert dict(pages.country_pages(con, shell, [country])) == {
                country.path: of_all[country.path]
            }


CODES = st.text(max_size=3)


@pytest.fixture(scope="module")
def memory() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


@hypothesis.given(rows=st.lists(st.tuples(st.none() | CODES, CODES)), asked=st.sets(CODES))
@hypothesis.example(
    rows=[("É", "b"), (None, "Z"), ("z", "a"), ("É", "c"), ("\U0001f600", "d")], asked={"a"}
)
def test_each_country_has_its_rows_in_the_order_in_which_the_database_has_codes(
    memory: duckdb.DuckDBPyConnection, rows: list[tuple[str | None, str]], asked: set[str]
) -> None:
    def code(row: tuple[str | None, str]) -> str:
        return row[1] if row[0] is None else row[0]

    codes = sorted({*asked, *map(code, rows[::2])})
    answer = memory.execute(
        "select unnest(?::text[]) as origin_iso3, unnest(?::text[]) as origin_unhcr_code, "
        "unnest(?::integer[]) as n order by coalesce(origin_iso3, origin_unhcr_code), n",
        [[iso3 for iso3, _ in rows], [unhcr_code for _, unhcr_code in rows], [*range(len(rows))]],
    )
    found = [*pages.rows_of_each(codes, each_row(answer), "origin")]
    assert [[row["n"] for row in of_one] for of_one in found] == [
        [number for number, row in enumerate(rows) if code(row) == one] for one in codes
    ]


def test_a_file_name_holds_nothing_that_a_path_could_be(real: Served) -> None:
    for code in ("../x", "a/b", "C:\\d", "ÄÖ", "", "x y", ".", "CHN", "a_b"):
        assert re.fullmatch(r"[A-Za-z0-9_-]*", stem(code))
    assert stem("CHN") == "CHN"
    assert len({stem(code) for code in ("a b", "a-b", "a20b", "a/b")}) == 4


# ---- without scripts, and from a disk


def test_without_scripts_the_newest_figures_are_in_plain_tables(
    real: Served, browser: Browser
) -> None:
    with opened(browser, f"{real.address}origin/CHN.html", java_script_enabled=False) as seen:
        text = re.sub(r"\s+", " ", seen.page.locator("#static").inner_text())
        for said in ("at least 99,716", "at least 25,198", "≥ 99,716", "68,691", "180,960"):
            assert said in text
        assert not seen.page.locator("#bar").is_visible()
        assert seen.page.locator("a[href*='countries.html']").first.is_visible()


def test_a_country_of_asylum_says_how_it_reported(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}asylum/USA.html", java_script_enabled=False) as seen:
        text = re.sub(r"\s+", " ", seen.page.locator("#static").inner_text())
        assert "no origin given for 1,437,190 of 3,718,945 asylum-seekers" in text
        assert "some countries of asylum did not report" not in text


def test_from_a_disk_it_says_what_to_do(real: Served, browser: Browser) -> None:
    with opened(browser, real.folder / "origin" / "CHN.html") as seen:
        assert "99,716" in seen.page.locator("#static").inner_text()
        seen.page.get_by_text("python3 -m http.server").wait_for(timeout=5000)
        assert all(asked.startswith("file:") for asked in seen.asked_for)


def test_pages_hold_no_script_of_their_own_and_name_no_other_place(real: Served) -> None:
    for path in real.folder.rglob("*.html"):
        for tag, given in Elements(path.read_text("utf-8")).found:
            source = given.get("src") or (given.get("href") if tag == "link" else None)
            assert not (source or "").startswith(("http", "//")), (path, source)
            if tag == "script" and "src" not in given:
                assert given["type"] == "application/ld+json"


# ---- in a browser


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_quiet_whole_and_accessible_on_a_dark_phone(
    real: Served, look: Look, path: str
) -> None:
    script = axe()
    seen = look(path, width=360, color_scheme="dark")
    page = seen.page
    assert seen.problems == []
    assert [asked for asked in seen.asked_for if not asked.startswith(real.address)] == []
    room, used = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert used <= room, "nothing scrolls sideways but tables and charts on their own"
    # As a program that tests a page, outside its policy.
    found = page.evaluate(
        f"(() => {{ {script}; return axe.run({{exclude: ['.live svg']}}, "
        f"{{resultTypes: ['violations']}}); }})()"
    )
    faults = [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]])
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
    assert faults == []
    names = page.evaluate("[...document.querySelectorAll('[id]:not(svg *)')].map((e) => e.id)")
    assert len(names) == len(set(names))
    levels = [int(tag[1]) for tag in page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')]"
        ".filter((e) => e.checkVisibility()).map((e) => e.tagName)"
    )]  # fmt: skip
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_on_a_phone_the_whole_of_a_chart_is_on_the_screen(look: Look) -> None:
    seen = look("origin/CHN.html", width=360, color_scheme="dark")
    for name in ("yearly", "releases_stock", "releases_claims", "largest_asylum_stock"):
        place = seen.page.locator(f"#chart-{name} .drawing")
        room, used = place.evaluate("(e) => [e.clientWidth, e.scrollWidth]")
        assert used <= room, name
    assert seen.problems == []


# Whether texts in a row of a picture run into each other.
RUN_INTO = """(svg) => {
  const boxes = [...svg.querySelectorAll("text")].filter((e) => e.textContent.trim())
    .map((e) => e.getBoundingClientRect());
  return boxes.some((a, at) => boxes.slice(at + 1).some((b) => Math.abs(a.top - b.top) < 3
    && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1));
}"""


@pytest.mark.parametrize("width", [640, 768, 820])
def test_on_a_tablet_no_figure_of_a_chart_is_cut_and_none_runs_into_another(
    real: Served, browser: Browser, tmp_path: Path, width: int
) -> None:
    def many(index: dict[str, Any]) -> None:
        # As with the releases of the archive.
        first, *others = index["releases"]
        index["releases"] = [*({**first, "id": f"2022-1{n}.1"} for n in range(6)), first, *others]

    with (
        altered(real, tmp_path / "site", index=many) as address,
        opened(browser, f"{address}origin/CHN.html", width) as seen,
    ):
        drawn(seen.page)
        for name in ("releases_stock", "largest_asylum_stock"):
            place = seen.page.locator(f"#chart-{name} .drawing")
            room, used = place.evaluate("(e) => [e.clientWidth, e.scrollWidth]")
            assert used <= room, name
            assert not place.locator("svg").evaluate(RUN_INTO), name
            assert seen.page.locator(f"#chart-{name}.wider").count() == 0
        assert seen.problems == []


@pytest.mark.parametrize("path", [PAIR.format("USA", "2025-06"), MID_2025])
def test_what_is_carried_forward_is_named_for_what_it_counts(look: Look, path: str) -> None:
    page = look(path).page
    heads = page.locator("#live #years th[scope=col]").all_inner_texts()
    at = heads.index("Of them unchanged since the end of the year before") - 1
    shown = {
        row.locator("th").inner_text()[:4]: row.locator("td").nth(at).inner_text()
        for row in page.locator("#live #years tbody tr").all()
    }
    assert int(shown["2025"].replace(",", "")) >= 147_909
    assert page.locator("#live a[href*='method.html']").is_visible()
    # Known to be none: no year-end of a pair repeats the one before.
    assert shown["2024"] == "0"


def test_pictures_say_of_which_months_provisional_figures_are(look: Look) -> None:
    page = look(MID_2025).page
    told = page.locator("#chart-releases_claims figcaption").inner_text()
    assert "in 2025-06 (provisional, of the first half-year" in told
    told = page.locator("#chart-releases_stock figcaption").inner_text()
    assert "in 2025-06 (provisional, on 30 June 2025" in told.replace("\u00a0", " ")
    drawing = str(page.locator("#chart-yearly .live svg").text_content())
    assert "provisional, of the first half-year" in drawing


def test_a_half_year_is_told_wherever_it_stands_beside_whole_years(look: Look) -> None:
    for path in (MID_2025, PAIR.format("CAN", "2025-06")):
        rows = look(path).page.locator("#live #years tbody tr")
        for year, is_half in (("2025", True), ("2023", False)):
            told = rows.filter(has_text=year).first.locator("td").first.inner_text()
            assert ("first half-year" in told) == is_half
    for path in (MID_2024, PAIR.format("CAN", "2024-12")):
        row = look(path).page.locator("#live #years tbody tr", has_text="2024").first
        assert "2024-06, half-year" in row.inner_text()
    assert "2024-06, mid-year" in look(MID_2024).page.locator("#places").inner_text()


@pytest.mark.parametrize("path", [PAIR.format("CAN", "2024-12"), MID_2024])
def test_nothing_of_a_later_release_stands_on_a_page_of_an_earlier_one(
    look: Look, path: str
) -> None:
    text = look(path).page.locator("#live").inner_text()
    assert "2025-06" not in text
    assert "2025-12.1" not in text.replace("Show the newest, 2025-12.1", "")


def test_a_fall_that_is_one_of_reporting_is_not_told_as_a_fall(
    look: Look, published_starter: Settings
) -> None:
    with open_published(published_starter) as con:
        [newest] = [row for row in origin_rows(con, "CHN") if row["reference_year"] == 2025
                    and row["counting_unit"] == "persons"]  # fmt: skip
    assert "if the people without an origin" not in figure(look(MID_2024).page, "stock")
    seen = look("origin/CHN.html")
    for name, measure in (("stock", "asylum_seekers_stock"), ("claims", "new_asylum_claims")):
        said = figure(seen.page, name)
        assert "not comparable with 2024: a country of asylum reported otherwise" in said
        change = newest[f"{measure}_change"]
        assert change < 0
        assert wording.show(abs(change), "count") not in said
        told = if_distributed(newest, measure)
        assert told is not None
        assert told.partition("reported; ")[2].rstrip(".") in said
    assert seen.problems == []


def test_a_highest_that_another_year_may_exceed_is_told_as_reported(
    real: Served, look: Look, browser: Browser, tmp_path: Path
) -> None:
    index, held = read(real, "index.json"), read(real, "origin/CHN.json")
    called = {column: name for name, column in data.RECORDS.items()}
    with open_published(real.settings) as con:
        for number, day in enumerate(index["days"]):
            expected = con.execute(
                "select distinct measure from mart_origin_records_history "
                "where origin_iso3 = 'CHN' and counting_unit = 'persons' and not is_record_certain "
                "and valid_from <= $day and (valid_to > $day or valid_to is null)",
                {"day": day},
            ).fetchall()
            found = {row["measure"] for row in rows_at(held["records"] or {"began": []}, number)}
            assert found == {called[one] for (one,) in expected if one in called}, day

    def every_stock(file: dict[str, Any]) -> None:
        file["records"] = {"measure": ["stock"], "began": [0], "ended": [None]}

    assert held["records"] is None
    assert "highest: 180,960 in 2024" in figure(look("origin/CHN.html").page, "stock")
    with (
        altered(real, tmp_path / "site", origin_CHN=every_stock) as address,
        opened(browser, f"{address}origin/CHN.html") as seen,
    ):
        drawn(seen.page)
        said = figure(seen.page, "stock")
        assert "highest reported: 180,960 in 2024, but another year may be higher" in said
        assert seen.problems == []
        for page in (seen.page, look("origin/CHN.html").page):
            assert "highest reported" not in figure(page, "refugees")


def test_a_highest_that_lacks_people_is_told_as_at_least(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    bit = read(real, "index.json")["marks"]["stock_incomplete"]

    def short(file: dict[str, Any]) -> None:
        years = file["years"]
        for number, year in enumerate(years["year"]):
            if year == 2024:
                years["marks"][number] |= bit

    with (
        altered(real, tmp_path / "site", origin_CHN=short) as address,
        opened(browser, f"{address}origin/CHN.html") as seen,
    ):
        drawn(seen.page)
        assert "highest: at least 180,960 in 2024" in figure(seen.page, "stock")
        assert seen.problems == []


def test_a_highest_of_the_years_loaded_says_since_when_with_and_without_scripts(
    real: Served, look: Look, browser: Browser, tmp_path: Path
) -> None:
    """The starter extract has countries of asylum from 2012 on, China's refugees from 2000 on and
    its asylum-seekers from the first year that there are.
    """
    for path, measure, words in (
        ("asylum/USA", "stock", "the highest since 2012"),
        ("asylum/ITA", "refugees", "highest since 2012: 312,849 in 2024"),
        ("origin/CHN", "refugees", "highest since 2000: 212,911 in 2015"),
        ("origin/CHN", "stock", "highest: 180,960 in 2024"),
    ):
        assert words in figure(look(f"{path}.html").page, measure)
        assert words in (real.folder / f"{path}.html").read_text("utf-8")
    file = read(real, "asylum/USA.json")
    for number in range(len(read(real, "index.json")["days"])):
        found = {row["measure"]: row["year"] for row in rows_at(file["since"], number)}
        assert (found["stock"], found["refugees"]) == (2012, 2012)

    def all_years(file: dict[str, Any]) -> None:
        file["since"] = None

    with (
        altered(real, tmp_path / "site", asylum_USA=all_years) as address,
        opened(browser, f"{address}asylum/USA.html") as seen,
    ):
        drawn(seen.page)
        assert "the highest so far" in figure(seen.page, "stock")
        assert seen.problems == []


def panels_of(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Panels by heading, as both sides make them: what only the report lays behind and above the
    bars is left out, and so is the status, of which the site tells more.
    """
    found = {}
    for panel in spec["vconcat"][0]["vconcat"]:
        layers = [layer for layer in panel["layer"] if "data" not in layer]
        for box in layers:
            for step in box.get("transform", []):
                if step.get("as") in {"per_x", "per_y"}:
                    step["calculate"] = pytest.approx(float(step["calculate"]))
        rows = [{**row, "status": None} for row in panel["data"]["values"]]
        [heading] = panel.get("title", {"text": [""]})["text"]
        found[heading] = {**panel, "layer": layers, "data": rows}
    return found


SITE_DRAWS = """async ([core, pictures]) => {
  const { asOf, current, load, rowsOf } = await import(core);
  const { yearly, byRelease } = await import(pictures);
  const all = rowsOf((await load("origin/CHN.json")).years).sort((a, b) => a.year - b.year);
  const persons = asOf(all, current()).filter((row) => row.unit === "persons");
  const of = (people) => `${people} from China`;
  return [yearly(persons, of).spec, byRelease(all, of, "stock").spec];
}"""


def test_report_and_site_make_the_same_panels_of_the_same_figures(real: Served, look: Look) -> None:
    with open_published(real.settings) as con:
        report = [
            one.spec()
            for one in charts.drawings(con, find_origin(con, "CHN"), ["yearly", "releases"])
        ]
    seen = look("origin/CHN.html")
    core = next(asked for asked in seen.asked_for if asked.endswith("core.js"))
    site_draws = seen.page.evaluate(SITE_DRAWS, [core, core.replace("core.js", "pictures.js")])
    years, releases = map(panels_of, site_draws)
    assert report[1]["title"]["text"] == site_draws[1]["title"]["text"]
    assert panels_of(report[0]) == years
    assert len(years) == 2
    assert any(row["hatched"] for panel in years.values() for row in panel["data"])
    ours = panels_of(report[1])
    assert any(
        row["hatched"] and "at least" in row["status"]
        for panel in report[1]["vconcat"][0]["vconcat"]
        for row in panel["data"]["values"]
        if "hatched" in row
    )
    assert list(ours) == list(releases)
    for panel in (*ours.values(), *releases.values()):
        for row in panel["data"]:
            # The report's words beside a figure; the site's come of the hatching.
            row["shown"] = row.get("shown", "").removesuffix(" provisional")
    assert ours == releases


def test_a_pointer_over_a_stripe_is_told_of_its_bar(look: Look) -> None:
    page = look("origin/CHN.html").page
    page.locator("#chart-yearly").scroll_into_view_if_needed()
    stripe = page.locator("#chart-yearly .live .mark-rule line").last.bounding_box()
    assert stripe
    page.mouse.move(stripe["x"] + stripe["width"] / 2, stripe["y"] + stripe["height"] / 2)
    told = page.locator("#vg-tooltip-element.visible").inner_text()
    assert "Asylum-seekers waiting (stock)" in told
    assert re.search(r"Status\s+(provisional|at least)", told)


@pytest.mark.parametrize(
    ("measure", "year", "is_told"),  # Of countries of asylum of one origin, and of origins.
    [
        ("stock", 2025, (True, True)),
        # The United States gave no origin of 30,317 of its refugees, and few of all have none.
        ("refugees", 2025, (True, False)),
        ("claims", 2012, (False, False)),
    ],
)
def test_ranks_among_lower_bounds_are_said_to_be_by_what_was_reported(
    real: Served, look: Look, measure: str, year: int, is_told: tuple[bool, bool]
) -> None:
    told = "a true rank may be nearer to 1 or further from it."
    # The measure and the year that a page opens on are the stock's newest.
    opens_so = (measure, year) == ("stock", 2025)
    asked = f"?measure={measure}&year={year}"
    of_one = look("origin/CHN.html" + ("" if opens_so else asked)).page
    assert of_one.locator("#measure").input_value() == measure
    assert of_one.locator("#year").input_value() == str(year)
    assert (told in of_one.locator("#place-pictures").inner_text()) == is_told[0]
    of_all = look(f"index.html{asked}").page
    assert of_all.locator("#by-origin tbody tr").count()
    assert (told in of_all.locator("#live").inner_text()) == is_told[1]
    assert told in " ".join((real.folder / "method.html").read_text("utf-8").split())


def test_a_link_of_an_older_release_shows_what_its_sender_saw(
    real: Served, browser: Browser
) -> None:
    with opened(browser, f"{real.address}origin/CHN.html?release=2025-06") as seen:
        page = seen.page
        drawn(page)
        assert "178,725 asylum-seekers" in figure(page, "stock")
        assert "30 June 2025" in figure(page, "stock")
        assert "stock, provisional" in figure(page, "stock")
        assert "first half of 2025" in figure(page, "claims")
        assert " on 2024" not in figure(page, "claims"), "half a year is not compared with a year"
        assert "unchanged since the end of the year before" in figure(page, "stock")
        row = page.locator("#places tbody tr", has_text="United States of America").inner_text()
        assert "147,909" in row
        assert "unchanged since the end of the year before" in row
        page.locator("#release").select_option("2025-12.1")
        page.wait_for_selector("html[data-shown='2025-12.1'][data-charts=drawn]")
        assert "release=2025-12.1" in page.url
        assert "at least 99,716" in figure(page, "stock")
        first = "first published as 178,725 for mid-year, in release 2025-06"
        assert first in figure(page, "stock")
        assert "flow" in figure(page, "claims")
        assert seen.problems == []


def test_shares_are_out_of_the_rows_of_the_table_by_inhabitants_too(look: Look) -> None:
    page = look(PER_1000.format("stock")).page
    assert "without a known number" in page.locator("#live").inner_text()
    heads = page.locator("#places th[scope=col]").all_inner_texts()
    at = heads.index("Share of what is shown") - 1
    shares = [
        row.locator("td").nth(at).inner_text().replace("under 0.1", "0")
        for row in page.locator("#places tbody tr").all()
    ]
    assert len(shares) > 5
    whole = sum(float(share.replace("%", "")) for share in shares)
    assert whole == pytest.approx(100, abs=0.05 * len(shares))


@pytest.mark.parametrize(
    ("measure", "rate"),
    [
        ("stock", "asylum_seekers_per_1000_inhabitants"),
        ("claims", "new_asylum_claims_per_1000_inhabitants"),
        ("refugees", "refugees_per_1000_inhabitants"),
    ],
)
def test_countries_are_compared_by_their_inhabitants_if_asked(
    real: Served, look: Look, measure: str, rate: str
) -> None:
    with open_published(real.settings) as con:
        expected = con.execute(
            f"select asylum_name, {rate}, is_{FIGURES[measure]}_complete "
            f"from mart_destination_yearly where origin_iso3 = 'CHN' and reference_year = 2025 "
            f"and counting_unit = 'persons' and {rate} > 0 order by {rate} desc"
        ).fetchall()
        [(without,)] = con.execute(
            f"select count(*) from mart_destination_yearly where origin_iso3 = 'CHN' and "
            f"reference_year = 2025 and counting_unit = 'persons' and {FIGURES[measure]} > 0 "
            f"and {rate} is null"
        ).fetchall()
    page = look(PER_1000.format(measure)).page
    assert page.locator("#per").input_value() == "1000"
    assert "per 1,000 inhabitants of the country" in page.locator("#places caption").inner_text()
    shown = [
        (row.locator("th").inner_text(), row.locator("td").nth(1).inner_text())
        for row in page.locator("#places tbody tr").all()
    ]
    assert [name for name, _ in shown] == [name for name, *_ in expected]
    for (_, text), (_, value, is_complete) in zip(shown, expected, strict=True):
        at_least = wording.OVER_ZERO if value < 0.005 else f"≥ {wording.show(value, 'per_1000')}"
        exact = wording.show(value, "per_1000")
        assert text.replace("\xa0", " ") == (at_least if is_complete is False else exact)
    assert ("without a known number of inhabitants" in page.locator("#live").inner_text()) == bool(
        without
    )
    chart = page.locator(f"#chart-largest_asylum_{measure}").inner_text()
    assert "per 1,000 inhabitants of the country" in chart


def test_countries_are_compared_by_their_inhabitants_until_people_are_asked_for(
    real: Served, browser: Browser
) -> None:
    with opened(browser, f"{real.address}{PER_1000.format('claims')}") as seen:
        drawn(seen.page)
        seen.page.locator("#per").select_option("")
        seen.page.wait_for_function("!location.search.includes('per=')")
        seen.page.wait_for_selector("html[data-charts=drawn]")
        assert "inhabitants" not in seen.page.locator("#places caption").inner_text()
        assert seen.problems == []


def test_the_world_is_compared_by_inhabitants_if_asked(real: Served, browser: Browser) -> None:
    with open_published(real.settings) as con:
        expected = con.execute(
            "select asylum_name, refugees_per_1000_inhabitants from mart_asylum_yearly "
            "where reference_year = 2025 and refugees_per_1000_inhabitants > 0 "
            "order by 2 desc limit 5"
        ).fetchall()
    with opened(browser, f"{real.address}index.html?measure=refugees&year=2025&per=1000") as seen:
        drawn(seen.page)
        rows = seen.page.locator("#by-asylum tbody tr").all()[:5]
        shown = [
            (row.locator("th").inner_text(), row.locator("td").nth(1).inner_text()) for row in rows
        ]
        assert shown == [(name, wording.show(rate, "per_1000")) for name, rate in expected]
        assert seen.problems == []


def test_a_lower_bound_of_refugees_is_marked_in_the_years_of_the_world(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    bit = read(real, "index.json")["marks"]["refugees_incomplete"]

    nothing = {name: [None, None] for name in read(real, "origin/CHN.json")["years"]}
    years = nothing | {
        "year": [2022, 2023],
        "unit": ["persons", "persons"],
        "refugees": [16_854_762, 16_854_762],
        "marks": [0, bit],
        "began": [0, 0],
    }
    with altered(real, tmp_path / "site") as address, ExitStack() as tab:
        (tmp_path / "site/data/world.json").write_text(json.dumps(years))
        seen = tab.enter_context(opened(browser, f"{address}index.html"))
        drawn(seen.page)
        for year, is_bound in (("2023", True), ("2022", False)):
            row = seen.page.locator("#years tbody tr", has_text=year).inner_text()
            assert ("≥\xa016,854,762" in row) == is_bound
            assert "16,854,762" in row
        assert seen.problems == []


def in_release(index: dict[str, Any], release: str, **given: Any) -> None:
    [found] = [one for one in index["releases"] if one["id"] == release]
    found.update(given)


def test_a_flow_is_never_labelled_by_a_release_whose_flows_are_held_back(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    def hold_back(index: dict[str, Any]) -> None:
        in_release(index, "2025-06", flows="2024-12")

    with (
        altered(real, tmp_path / "site", index=hold_back) as address,
        opened(browser, f"{address}origin/CHN.html?release=2025-06&measure=claims") as seen,
    ):
        page = seen.page
        drawn(page)
        both = "release 2025-06 (people who claimed asylum: release 2024-12), CC-BY-4.0"
        yearly = page.locator("#chart-yearly")
        assert both in str(yearly.locator(".live svg").text_content())
        with page.expect_download() as download:
            yearly.get_by_text("CSV", exact=True).click()
        assert both in Path(download.value.path()).read_text("utf-8")
        yearly.get_by_text("Cite", exact=True).click()
        assert both.partition(",")[0] in yearly.locator(".citation").inner_text()
        for name in ("largest_asylum_claims", "map_asylum_claims"):
            chart = page.locator(f"#chart-{name}").inner_text()
            assert "release 2024-12" in chart
            assert "2025-06" not in chart
        # The notice above the figures names both.
        places = page.locator("#place-pictures").inner_text()
        assert "with such figures in release 2024-12." in places
        assert "2025-06" not in places
        told = page.locator("#chart-releases_claims").inner_text()
        assert "in 2024-12" in told
        assert "in 2025-06" not in told
        assert "release 2024-06 and 2024-12, CC-BY-4.0" in told
        assert "in 2025-06" in page.locator("#chart-releases_stock").inner_text()
        page.locator("#release").select_option("2025-12.1")
        page.wait_for_selector("html[data-shown='2025-12.1'][data-charts=drawn]")
        told = page.locator("#chart-releases_claims").inner_text()
        assert "in 2025-06" not in told
        assert "Flows are missing or held back of 2025-06." in told
        assert seen.problems == []


def test_a_year_without_figures_has_no_panel_and_no_words(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}origin/CHN.html?release=2024-06") as seen:
        drawn(seen.page)
        for measure in ("claims", "stock"):
            chart = seen.page.locator(f"#chart-releases_{measure}")
            if chart.count():
                told = chart.locator("figcaption").inner_text()
                assert not re.search(r"\b\d{4}: \.", told)
                assert "2025" not in told


@pytest.fixture(scope="module")
def odd(real: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site whose United States hold no place, and whose China had few refugees, and a lower
    bound of asylum-seekers the year before.
    """
    bits = read(real, "index.json")["marks"]
    assert bits["refugees_small"] == 4096

    def give_unknown(index: dict[str, Any]) -> None:
        assert {"UKN", "STA"} <= set(index["unranked"])
        assert "TIB" not in index["unranked"]
        index["unranked"].append("USA")

    def few_and_a_bound(file: dict[str, Any]) -> None:
        years = file["years"]
        for at, year in enumerate(years["year"]):
            if years["unit"][at] == "persons" and years["ended"][at] is None:
                if year == 2024:
                    years["refugees"][at], years["stock"][at] = 5, 200
                    years["marks"][at] = bits["stock_incomplete"]
                if year == 2025:
                    years["refugees"][at], years["stock"][at] = 46, 100
                    years["marks"][at] = bits["refugees_small"]

    folder = tmp_path_factory.mktemp("odd") / "site"
    changes = {"index": give_unknown, "origin_CHN": few_and_a_bound}
    with altered(real, folder, **changes) as address:
        yield Served(folder, address, real.settings)


def test_unknown_and_stateless_people_hold_no_place_among_countries(
    odd: Served, look: Look
) -> None:
    rows = look("origin/CHN.html?year=2025", odd).page.locator("#places tbody tr")
    assert "United States" in rows.nth(0).inner_text()
    assert rows.nth(0).locator("td").first.inner_text() == "–"
    assert rows.nth(1).locator("td").first.inner_text() == "1"


def test_a_change_on_a_small_count_is_marked_as_it_is_without_scripts(
    odd: Served, look: Look
) -> None:
    said = figure(look("origin/CHN.html?year=2025", odd).page, "refugees")
    assert "+41 (+820.0 %) on 2024, a small count" in said


def test_a_change_from_a_lower_bound_is_of_what_was_reported(odd: Served, look: Look) -> None:
    said = figure(look("origin/CHN.html?year=2025", odd).page, "stock")
    assert "−100 (−50.0 %) on 2024, of what was reported" in said


def test_a_country_that_counts_in_cases_says_so_beside_persons(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    def in_both(file: dict[str, Any]) -> None:
        years = file["years"]
        for name in years:
            years[name] = [{"year": 2025, "began": 0, "marks": 0}.get(name)] * 3
        years |= {
            "year": [2025, 2025, 2024],
            "unit": ["persons", "cases", "persons"],
            "claims": [2000, None, None],
            "applications": [1500, 500, 1400],
            "recognition": [0.19082, 0.36509, 0.577],
            "decided": [1111, 372, 1000],
        }

    with (
        altered(real, tmp_path / "site", asylum_USA=in_both) as address,
        opened(browser, f"{address}asylum/USA.html") as seen,
    ):
        drawn(seen.page)
        said = figure(seen.page, "claims")
        assert "500 of them are cases, each counted as one person" in said
        said = figure(seen.page, "recognition")
        assert said.startswith("19.1 % Refugee Recognition Rate in 2025")
        assert "of 1,111 substantive decisions, persons 36.5 % of another 372 substantive " in said
        assert said.endswith("not comparable with 2024, when decisions were counted in persons")
        assert seen.problems == []


def test_marks_say_which_changes_are_on_a_small_count(real: Served) -> None:
    index, years = read(real, "index.json"), read(real, "origin/CHN.json")["years"]
    with open_published(real.settings) as con:
        expected = con.execute(
            "select reference_year, is_new_asylum_claims_change_on_small_count, "
            "is_refugees_stock_change_on_small_count from mart_origin_yearly "
            "where origin_iso3 = 'CHN' and counting_unit = 'persons'"
        ).fetchall()
    bits = {
        years["year"][at]: years["marks"][at]
        for at, ended in enumerate(years["ended"])
        if ended is None and years["unit"][at] == "persons"
    }
    for year, claims, refugees in expected:
        if year in bits:
            assert bool(bits[year] & index["marks"]["claims_small"]) == bool(claims)
            assert bool(bits[year] & index["marks"]["refugees_small"]) == bool(refugees)


def test_numbers_in_the_browser_are_written_as_everywhere_else(look: Look) -> None:
    chance = random.Random(15)
    cases: list[tuple[str, Any]] = [
        (kind, value)
        for kind in ("share", "change_rate")
        for value in (
            *(0, 0.0001, 0.0004999, 0.0005, 0.5, 1, 9.99999, 10, 10.005, 123.456, 0.00125, 0.12225),
            *(0.6875, 0.6825, 0.0025, 0.0075, 0.9975),  # exactly between two tenths of a percent
            *(chance.random() * 10 ** chance.randint(-4, 3) for _ in range(150)),
            *(k / 4000 for k in range(1, 200, 3)),
        )
    ]
    cases += [("change_rate", -value) for kind, value in cases if kind == "change_rate" and value]
    cases += [(kind, value) for kind in ("count", "change") for value in (0, 7, 999, 1000, 1234567)]
    cases += [("change", -value) for value in (1, 1000, 98765)]
    cases += [("text", name) for name in HOSTILE]
    cases += [
        ("per_1000", value)
        for value in (
            *(0, 0.004, 0.005, 0.01, 0.125, 0.375, 0.625, 0.875, 12.125, 999.999, 1234.5),
            *(chance.random() * 10 ** chance.randint(-3, 4) for _ in range(150)),
        )
    ]
    seen = look("method.html")
    core = next(asked for asked in seen.asked_for if asked.endswith("core.js"))
    shown = seen.page.evaluate(
        "async ([core, cases]) => { const { show } = await import(core); "
        "return cases.map(([kind, value]) => show(value, kind)); }",
        [core, cases],
    )
    expected = [wording.show(value, kind) for kind, value in cases]
    wrong = [
        (case, got, want)
        for case, got, want in zip(cases, shown, expected, strict=True)
        if got != want and case[0] != "text"
    ]
    assert wrong == []
    texts = [(g, w) for (k, _), g, w in zip(cases, shown, expected, strict=True) if k == "text"]
    assert all(got == want for got, want in texts)


def test_a_rate_is_rounded_once(real: Served) -> None:
    with open_published(real.settings) as con:
        expected = con.execute(
            "select reference_year, counting_unit, refugee_recognition_rate "
            "from mart_origin_yearly where origin_iso3 = 'CHN' "
            "and refugee_recognition_rate is not null order by all"
        ).fetchall()
    years = read(real, "origin/CHN.json")["years"]
    found = [
        (years["year"][at], years["unit"][at], rate)
        for at, rate in enumerate(years["recognition"])
        if years["ended"][at] is None and rate is not None
    ]
    assert sorted(found) == expected


def test_people_are_named_in_the_browser_as_elsewhere(real: Served, look: Look) -> None:
    seen = look("method.html")
    core = next(asked for asked in seen.asked_for if asked.endswith("core.js"))
    index = read(real, "index.json")
    names = index["names"] | index["names_within"]
    asked = [
        (people, code)
        for people in ("People", "refugees")
        for code in ("STA", "UKN", "TIB", "CHN", "USA")
    ]
    made = seen.page.evaluate(
        "async ([core, asked]) => { const { ofOrigin } = await import(core); "
        "return asked.map(([people, code]) => ofOrigin(people, code)); }",
        [core, asked],
    )
    assert made == [
        wording.of_origin(people, code, names.get(code, code)) for people, code in asked
    ]
    said = seen.page.evaluate(
        "async (core) => { const { inAsylum, ofOrigin, titleOf } = await import(core); return ["
        "titleOf('stock', (noun) => ofOrigin(noun, 'STA')), inAsylum('People', 'UKN'), "
        "inAsylum('People', 'USA'), "
        "titleOf('claims', (noun) => inAsylum(ofOrigin(noun, 'UKN'), 'DEU'))]; }",
        core,
    )
    assert said == [
        "Stateless asylum-seekers, waiting",
        "People in an unknown country",
        "People in the United States of America",
        "People of unknown origin in Germany who claimed asylum",
    ]
    heading = look("asylum/USA.html").page.locator("h1").inner_text()
    assert heading == "People who seek asylum in the United States of America"


def test_people_of_no_country_are_not_counted_as_countries(look: Look) -> None:
    seen = look("method.html")
    core = next(asked for asked in seen.asked_for if asked.endswith("core.js"))
    rows = [
        {"origin": code, "stock": stock, "stock_incomplete": code == "UKN"}
        for code, stock in (("CHN", 20), ("USA", 10), ("UKN", 1437), ("STA", 1), (None, 7))
    ]
    told = seen.page.evaluate(
        "async ([core, rows]) => { const { withFigures, withoutWords } = await import(core); "
        "return [withFigures(rows, 'origin', 'stock'), withFigures(rows.slice(0, 1), 'origin', "
        "'stock'), withFigures(rows.slice(2, 3), 'origin', 'stock'), "
        "...[rows, rows.slice(2), []].map((some) => "
        "withoutWords(some, 'origin', 'stock').map((one) => one.textContent).join())]; }",
        [core, rows],
    )
    none = "≥ 1,437 people of unknown origin, 1 stateless person, 7 not itemised by country"
    assert [text.replace("\xa0", " ") for text in told] == [
        f"2 countries of origin with such figures in release 2025-12.1; of no country: {none}.",
        "1 country of origin with such figures in release 2025-12.1.",
        "Such figures in release 2025-12.1 are of no country: ≥ 1,437 people of unknown origin.",
        f"Left out: 2 countries of origin without a known number of inhabitants, {none}.",
        f"Left out: {none}.",
        "",
    ]


def test_a_release_that_is_not_here_is_said(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}origin/CHN.html?release=2031-06&measure=constructor") as s:
        s.page.wait_for_selector(WRITTEN)
        assert "does not hold the release 2031-06" in s.page.locator("#live").inner_text()


def test_a_link_to_a_pair_without_one_side_says_what_it_needs(
    real: Served, browser: Browser
) -> None:
    for query in ("", "?origin=CHN", "?asylum=USA"):
        with opened(browser, f"{real.address}pair.html{query}") as seen:
            seen.page.wait_for_selector(WRITTEN)
            assert "choose both from a country" in seen.page.locator("#live").inner_text()


def test_a_newest_link_names_its_release_and_links_keep_it(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}origin/CHN.html") as seen:
        page = seen.page
        page.wait_for_selector(WRITTEN)
        assert "release=2025-12.1" in page.url
        page.locator("#release").select_option("2025-06")
        page.wait_for_selector("html[data-shown='2025-06']")
        page.locator("#places a", has_text="United States").click()
        page.wait_for_selector(WRITTEN)
        assert "release=2025-06" in page.url
        assert "147,909" in figure(page, "stock")


def test_a_country_is_found_by_typing_alone(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}index.html?release=2025-06") as seen:
        page = seen.page
        page.wait_for_selector(WRITTEN)
        page.locator("#country").focus()
        page.keyboard.type("chin")
        assert page.locator("#found [role=option]").count() >= 1
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url("**/origin/CHN.html?*")
        page.wait_for_selector(WRITTEN)
        assert "release=2025-06" in page.url
        page.locator("#country").focus()
        page.keyboard.type("nowhere at all")
        assert "no country" in page.locator("#found").inner_text()
        page.keyboard.press("Escape")
        assert not page.locator("#found").is_visible()


def test_a_country_is_found_by_a_name_in_everyday_use(real: Served, browser: Browser) -> None:
    names = {"UK": "GBR", "south korea": "KOR", "holland": "NLD", "america": "USA", "usa": "USA"}
    with opened(browser, f"{real.address}index.html") as seen:
        for typed, code in names.items():
            assert country_code(typed) == code
            seen.page.wait_for_selector(WRITTEN)
            seen.page.locator("#country").fill(typed)
            with seen.page.expect_navigation(url=f"**/asylum/{code}.html?*"):
                seen.page.keyboard.press("Enter")


ASKED_FOR = (
    *("The Netherlands", "the Philippines", "Democratic Republic of the Congo", "U.S."),
    *("Republic of Korea", "Republic of Moldova", "United Republic of Tanzania", "Guinea Bissau"),
    *("Islamic Republic of Iran", "Côte d’Ivoire", "Timor Leste", "Viet-Nam", "St. Lucia"),
    "Bosnia & Herzegovina",
)


def test_a_country_is_found_by_what_commands_take_for_its_name(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    def with_all(index: dict[str, Any]) -> None:
        # The extract has not all of them.
        for name in ASKED_FOR:
            code = country_code(name)
            index["names"].setdefault(code, name_of(code))
            index["sides"]["origin"] = sorted({*index["sides"]["origin"], code})
        index["other_names"] = data.other_names(index["names"])

    with (
        altered(real, tmp_path / "site", index=with_all) as address,
        opened(browser, f"{address}index.html") as seen,
    ):
        seen.page.wait_for_selector(WRITTEN)
        for typed in ASKED_FOR:
            seen.page.locator("#country").fill(typed)
            with seen.page.expect_navigation(url=re.compile(f"/{country_code(typed)}.html")):
                seen.page.keyboard.press("Enter")
            seen.page.goto(f"{address}index.html")
            seen.page.wait_for_selector(WRITTEN)


def test_where_people_are_counted_whom_unhcr_has_no_country_for_is_said(
    real: Served, browser: Browser
) -> None:
    with opened(browser, f"{real.address}index.html") as seen:
        seen.page.wait_for_selector(WRITTEN)
        seen.page.locator("#country").fill("Taiwan")
        assert places()["TWN"].sentence in seen.page.locator("#found").inner_text()


# UNRWA's fields of operation in 2024, and in 2025 with people whose field is not known.
FIELDS = (
    *(("Lebanon", "LBN", "LEB", 2024, 486269), ("Jordan", "JOR", "JOR", 2024, 2371387)),
    *(("Lebanon", "LBN", "LEB", 2025, 228274), ("Jordan", "JOR", "JOR", 2025, 2398179)),
    ("Unknown", None, "UKN", 2025, 257000),
)


@pytest.fixture(scope="module")
def told(real: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site with what the starter extract lacks: UNRWA's figures, as of people from China,
    others than asylum-seekers and refugees, and refugees who became such others.
    """
    settings = Settings(data_dir=tmp_path_factory.mktemp("told"), threads=2)
    shutil.copy(real.settings.published_db, settings.published_db)
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute("delete from fct_palestine_refugees_yearly")
        con.executemany(
            "insert into fct_palestine_refugees_yearly (origin_unhcr_code, origin_iso3, "
            "origin_name, asylum_name, asylum_iso3, asylum_unhcr_code, reference_year, "
            "palestine_refugees_stock, reference_date, release_id) "
            "select 'CHI', 'CHN', 'China', $1, $2, $3, $4, $5, make_date($4, 12, 31), '2025-12.1'",
            [list(field) for field in FIELDS],
        )
        con.execute(
            "update mart_origin_yearly set oip_stock = 5875359 "
            "where origin_iso3 = 'CHN' and reference_year = 2025 and counting_unit = 'persons'"
        )
        con.execute(
            "update mart_destination_yearly set oip_stock = 2810778 where origin_iso3 = 'CHN' "
            "and asylum_iso3 = 'USA' and reference_year = 2025 and counting_unit = 'persons'"
        )
        # A break of asylum-seekers becomes one of refugees: 879,500 of them moved.
        for table, more in (
            ("mart_reporting_breaks", ", note = 'some 879,500 refugees are now others'"),
            ("mart_reporting_break_origins", ", persons = 879500, figure = 20000"),
        ):
            con.execute(
                f"update {table} set kind = 'category_moved', measure = 'refugees_stock' {more} "
                f"where asylum_iso3 = 'USA' and reference_year = 2025 "
                f"and kind = 'origin_withheld' and measure = 'asylum_seekers_stock'"
            )
    with served(settings) as made:
        yield made


@pytest.fixture
def _unseen_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of what a report says do not look at its pictures, which take longest to draw."""
    monkeypatch.setattr(charts.Drawing, "svg", '<svg width="1" height="1"></svg>')


@pytest.mark.usefixtures("_unseen_pictures")
def test_people_in_no_figure_of_a_country_and_moves_are_told_in_reports(
    told: Served, tmp_path: Path
) -> None:
    for name in ("china.md", "china.html"):
        report.write_report(told.settings, "CHN", tmp_path / name)
        text = (tmp_path / name).read_text("utf-8")
        assert "5,875,359 people from China" in text
        assert "People moved between categories" in text
        assert text.count("879,500") >= 2


@pytest.mark.parametrize("options", [NO_SCRIPTS, {}])
def test_palestine_refugees_are_told_of_where_unrwa_counts_them(
    told: Served, look: Look, options: dict[str, bool]
) -> None:
    def words(path: str) -> str:
        seen = look(f"{path}.html", told, **options)
        assert seen.problems == []
        return re.sub(r"\s+", " ", seen.page.locator("main").inner_text())

    lebanon, jordan = words("asylum/LBN"), words("asylum/JOR")
    assert "UNRWA, the United Nations’ agency for Palestine refugees" in lebanon
    assert (
        "at least 228,274 in Lebanon on 31 December 2025 (release 2025-12.1). They are in"
        in lebanon
    )
    assert "The field of operation of 257,000 people is not known (of none the year" in lebanon
    assert "whether there were fewer in Lebanon than the year before, when 486,269" in lebanon
    assert "31 December 2025 ≥ 228,274 31 December 2024 486,269" in lebanon
    assert "mandate: 2,398,179 in Jordan on 31 December 2025" in jordan
    assert "whether there were fewer" not in jordan
    assert "≥" not in jordan.partition("Palestine refugees under UNRWA in Jordan")[2]
    assert "own mandate: 2,883,453 on 31 December 2025" in words("index")
    united_states, origin = words("asylum/USA"), words("origin/CHN")
    assert "is a lower bound (≥) and not known to be a fall: Lebanon (486,269 the" in origin
    assert "Jordan 2,398,179 2,371,387 not known 257,000 – Lebanon ≥ 228,274 486,269" in origin
    for text in (origin, united_states):
        of_refugees = "Palestine refugees under UNRWA’s mandate are not among them" in text
        assert of_refugees == (text is origin)


@pytest.mark.parametrize("options", [{}, NO_SCRIPTS])
def test_people_in_no_figure_of_a_country_and_moves_between_them_are_told(
    told: Served, look: Look, options: dict[str, bool]
) -> None:
    page = look("origin/CHN.html", told, **options).page
    others = page.locator("section", has_text="neither among the refugees").last
    assert "5,875,359 people from China" in others.inner_text()
    moved = page.locator("#moved tbody tr").first.inner_text()
    assert "United States of America" in moved
    assert "879,500" in moved


def test_moves_are_told_in_the_country_of_asylum_and_beside_it(told: Served, look: Look) -> None:
    page = look("asylum/USA.html", told).page
    assert "879,500" in page.locator("#moved tbody tr").first.inner_text()
    page = look("origin/CHN.html?measure=refugees&all=1", told).page
    for country, is_broken in (("United States", True), ("Germany", False)):
        row = page.locator("#places tbody tr", has_text=country).inner_text()
        assert ("a country of asylum reported otherwise" in row) == is_broken


def test_a_pair_tells_its_breaks_and_the_other_people_in_need_of_protection(
    told: Served, look: Look
) -> None:
    page = look("pair.html?origin=CHN&asylum=USA", told).page
    for measure in ("stock", "refugees"):
        assert "not comparable with 2024: a country of asylum reported otherwise" in figure(
            page, measure
        )
    said = {year: page.locator("#years tbody tr", has_text=year).inner_text() for year in
            ("2025", "2023")}  # fmt: skip
    for title in ("Asylum-seekers waiting", "Refugees"):
        assert f"{title}: not comparable with the year before" in said["2025"]
    assert "not comparable" not in said["2023"]
    others = page.locator("#others").inner_text().replace("\xa0", " ")
    assert (
        "On 31 December 2025, 2,810,778 people from China in the United States of America" in others
    )
    page = look("pair.html?origin=CHN&asylum=CAN", told).page
    assert page.locator("#others").count() == 0


@pytest.mark.usefixtures("_unseen_pictures")
def test_palestine_refugees_are_told_of_beside_a_pair_and_in_reports(
    told: Served, browser: Browser, tmp_path: Path
) -> None:
    def to_united_states(file: dict[str, Any]) -> None:
        file["unrwa"]["CHN"]["USA"] = file["unrwa"]["CHN"]["LBN"]

    with (
        altered(told, tmp_path / "altered", index=to_united_states) as address,
        opened(browser, f"{address}pair.html?origin=CHN&asylum=USA") as seen,
    ):
        drawn(seen.page)
        assert "at least 228,274 in Lebanon" in seen.page.locator("#unrwa").inner_text()
        assert seen.problems == []
    for ending in ("md", "html"):
        path = tmp_path / f"lebanon.{ending}"
        report.write_report(told.settings, "LBN", path)
        assert "at least 228,274 in Lebanon on 31\u00a0December\u00a02025" in path.read_text(
            "utf-8"
        )


def test_no_field_is_a_lower_bound_where_all_are_known(told: Served, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, threads=2)
    shutil.copy(told.settings.published_db, settings.published_db)
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute("delete from fct_palestine_refugees_yearly where asylum_unhcr_code = 'UKN'")
        [section] = unrwa_section(con, Origin("CHN", "CHI", "China", "China")).tables
        assert [row["shown"] for row in section.rows] == ["2,398,179", "228,274"]
        sentences = " ".join(unrwa_in(con, "LBN", "Lebanon").sentences)
    assert "mandate: 228,274 in Lebanon" in sentences
    assert "not known" not in sentences


@pytest.mark.usefixtures("_unseen_pictures")
def test_nothing_of_no_country_is_told_as_more_fewer_or_highest(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    def is_china(file: dict[str, Any]) -> None:
        file["unknown"] = "CHN"

    with (
        altered(real, tmp_path / "altered", index=is_china) as address,
        opened(browser, f"{address}origin/CHN.html") as seen,
    ):
        drawn(seen.page)
        for measure in ("claims", "stock", "refugees"):
            said = figure(seen.page, measure)
            assert "where a country of asylum gives no origin" in said
            assert not re.search(r"highest(?! of them)|on 2024|comparable", said)
            assert "gave no origin of, is missing" not in said
        assert ": most" not in seen.page.locator("#yearly-pictures").inner_text()
        seen.page.goto(f"{address}pair.html?origin=CHN&asylum=USA")
        drawn(seen.page)
        assert "where a country of asylum gives no origin" in figure(seen.page, "stock")
        assert seen.problems == []

    settings = Settings(data_dir=tmp_path, threads=2)
    shutil.copy(real.settings.published_db, settings.published_db)
    with duckdb.connect(str(settings.published_db)) as con:
        named = con.execute(
            "select distinct table_name from duckdb_columns() where column_name = 'origin_iso3' "
            "and table_name in ('mart_origin_yearly', 'mart_destination_yearly', "
            "'mart_origin_yearly_history', 'mart_destination_yearly_history')"
        ).fetchall()
        for (table,) in named:
            con.execute(
                f"update {table} set origin_iso3 = null, origin_unhcr_code = 'UKN', "
                f"origin_name = 'Unknown' where origin_iso3 = 'CHN'"
            )
    for ending in ("md", "html"):
        path = tmp_path / f"unknown.{ending}"
        report.write_report(settings, "UKN", path)
        text = path.read_text("utf-8")
        assert "Unknown is no country of origin" in text
        assert "1,437,190 of 3,718,945" in text
        # The definitions tell what a highest figure is.
        found = text.partition("Definitions</h2>" if ending == "html" else "## Definitions")[0]
        assert not re.search(r"[Hh]ighest(?! of them)|were most|−44.9|81,244", found)
    with open_published(settings) as con:
        shell = pages.Shell(read_about(con), "version", "assets")
        data.prepare(con)
        unknown = pages.Country("origin", "UKN", "Unknown", "Unknown")
        [(_, page)] = pages.country_pages(con, shell, [unknown])
    text = "".join(Elements(page).said)
    assert "Unknown is no country of origin" in text
    assert "1,437,190 of 3,718,945" in text
    assert not re.search(r"[Hh]ighest(?! of them)|−44.9|81,244", text)


def test_a_page_opens_on_what_has_rows_and_one_year_alone_is_no_highest(
    real: Served, browser: Browser, tmp_path: Path
) -> None:
    def refugees_of_one_year(file: dict[str, Any]) -> None:
        for name in ("years", "pairs"):
            table = file[name]
            kept = [
                index
                for index, year in enumerate(table["year"])
                if year == 2023 and table["refugees"][index]
            ]
            for column in table:
                table[column] = [table[column][index] for index in kept]
                if column not in {"year", "unit", "asylum", "refugees", "marks", "began", "ended"}:
                    table[column] = [None] * len(kept)

    with altered(real, tmp_path / "altered", origin_CHN=refugees_of_one_year) as address:
        with opened(browser, f"{address}origin/CHN.html") as seen:
            drawn(seen.page)
            assert "highest" not in figure(seen.page, "refugees")
            assert "no figure of a later year" in figure(seen.page, "refugees")
            assert seen.page.locator("#measure").input_value() == "refugees"
            assert seen.page.locator("#measure option").count() == 1
            assert seen.page.locator("#year").input_value() == "2023"
            assert seen.page.locator("#places tbody tr").count() > 0
            assert seen.problems == []
        with opened(browser, f"{address}pair.html?origin=CHN&asylum=USA") as seen:
            drawn(seen.page)
            assert "no figure of a later year" in figure(seen.page, "refugees")
        with opened(browser, f"{address}origin/CHN.html?measure=claims") as seen:
            drawn(seen.page)
            said = seen.page.locator("#place-pictures").inner_text()
            assert "has no people from China who claimed asylum" in said
            assert seen.page.locator("#places tbody tr").count() > 0


def test_the_largest_changes_of_a_release_say_where_reporting_changed(real: Served) -> None:
    with open_published(real.settings) as con:
        tables = {table.name: table for part in release_sections(con) for table in part.tables}
    [newest] = [
        row
        for row in tables["release_1_largest"].rows
        if row["measure"] == "asylum_seekers_stock" and row["reference_year"] == 2025
        and row["place"] == "China"
    ]  # fmt: skip
    assert newest["remarks"] == "a country of asylum reported otherwise than the year before"


def test_the_page_of_data_names_what_is_there_and_what_is_not(real: Served) -> None:
    words = (real.folder / "data.html").read_text("utf-8")
    count = len(list((real.folder / "tables").glob("*.csv")))
    assert f"{count} tables of the newest release" in words
    assert "Every table" not in words
    assert "<code>asylum.duckdb</code>, from which all is made, is not on this site" in words


def test_filters_of_documents_stand_in_the_address(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}documents.html?verdict=misstated") as seen:
        page = seen.page
        page.wait_for_selector(WRITTEN)
        shown = page.locator("#claims-table > tbody:visible")
        assert 0 < shown.count() < page.locator("#claims-table > tbody").count()
        page.locator("#claims-words").fill("169")
        page.wait_for_function("location.search.includes('words=169')")
        assert shown.count() == 1


def test_a_picture_is_given_away_with_its_source_and_release(
    real: Served, browser: Browser
) -> None:
    with opened(browser, f"{real.address}origin/CHN.html?release=2025-06") as seen:
        page = seen.page
        drawn(page)
        chart = page.locator("#chart-yearly")
        got = {}
        for name in ("PNG", "SVG", "CSV", "CSV ;"):
            with page.expect_download() as download:
                chart.get_by_text(name, exact=True).click()
            got[name] = Path(download.value.path()).read_bytes()
            assert "2025-06" in download.value.suggested_filename
        assert got["PNG"].startswith(b"\x89PNG")
        drawing = ElementTree.fromstring(got["SVG"])
        words = " ".join(drawing.itertext())
        assert "release 2025-06, CC-BY-4.0" in words
        assert "People from China seeking asylum" in words
        english, german = (got[name].decode() for name in ("CSV", "CSV ;"))
        assert english.startswith("\ufeffyear,People who claimed asylum in the year (flow),")
        assert german.startswith("\ufeffyear;People who claimed asylum in the year (flow);")
        assert '2025,9307,"provisional' in english or "2025,9307," in english
        assert "release 2025-06" in english
        chart.get_by_text("Cite", exact=True).click()
        cited = chart.locator("..").locator(".citation:not([hidden])").first.inner_text()
        assert "release 2025-06" in cited
        assert "@misc{unhcr_2025_06_yearly," in cited
        assert "TY  - DATA" in re.sub(r"\xa0", " ", cited)
        assert seen.problems == []


def test_figures_given_away_say_of_which_months_what_was_first_published_is(
    look: Look,
) -> None:
    for path, mark in ((MID_2024, "mid-year"), (f"{MID_2024}&measure=claims", "half-year")):
        page = look(path).page
        chart = page.locator("[id^=chart-largest_asylum]")
        with page.expect_download() as download:
            chart.get_by_text("CSV", exact=True).click()
        text = Path(download.value.path()).read_text("utf-8-sig")
        rows = list(csv.DictReader(text.splitlines()))
        assert {row["First published in"] for row in rows} >= {f"2024-06, {mark}"}
        assert all(row["First published as"].isdigit() for row in rows[:5])
    assert "First published in" not in page.locator("#places").inner_text()


def test_the_site_ships_the_specifications_that_the_report_is_drawn_from(real: Served) -> None:
    files = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SPECS.iterdir()}
    assert read(real, "index.json")["charts"] == files == charts.specs()


def test_paper_has_no_controls_and_nothing_is_cut(real: Served, browser: Browser) -> None:
    with opened(browser, f"{real.address}origin/CHN.html", 700, color_scheme="dark") as seen:
        page = seen.page
        drawn(page)
        page.emulate_media(media="print", color_scheme="light")
        for hidden in ("#bar", ".buttons", "nav.top"):
            assert not page.locator(hidden).first.is_visible()
        assert page.locator("#chart-yearly .live svg").is_visible()
        room, used = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert used <= room


# ---- names that would do harm


def test_a_hostile_name_does_nothing_in_a_browser(hostile: Served, browser: Browser) -> None:
    for path in ("origin/CHN.html", "index.html", "pair.html?origin=CHN&asylum=USA"):
        with opened(browser, f"{hostile.address}{path}") as seen:
            page = seen.page
            drawn(page, path)
            page.locator("#country").fill("script")
            assert seen.problems == []
            assert page.locator("img[onerror], [onload], [onerror], main script").count() == 0
            assert "<script>alert(1)</script>" in page.locator("main").inner_text()
            assert "\u202e" not in page.locator("body").inner_text()
            assert [
                asked for asked in seen.asked_for if not asked.startswith(hostile.address)
            ] == []


def test_a_hostile_name_adds_no_element_to_a_page(hostile: Served, real: Served) -> None:
    for name in ("origin/CHN.html", "index.html", "documents.html", "releases.html"):
        usual, met = (
            Elements((served_.folder / name).read_text("utf-8")) for served_ in (real, hostile)
        )
        allowed = {(tag, name) for tag, given in usual.found for name in given}
        assert {(tag, name) for tag, given in met.found for name in given} <= allowed


def test_what_is_held_back_is_said_within_a_landmark(real: Served) -> None:
    with open_published(real.settings) as con:
        about = read_about(con) | {"held_back": "flows: figures of 2025-06.1"}
    shell = pages.Shell(about, "version", "assets")
    _, page = shell.page("x.html", "sections", "Title", "Summary", introduction="", sections=[])
    main = page.partition("<main")[2].partition("</main>")[0]
    assert main.index("flows: figures of 2025-06.1") < main.index("<h1")


# ---- for machines, and where it is written


def test_no_page_of_the_site_promises_a_workbook(real: Served) -> None:
    pages = [*real.folder.glob("asylum/*.html"), *real.folder.glob("origin/*.html")]
    assert (real.folder / "origin/CHN.html") in pages
    for page in pages:
        assert "the workbook holds" not in page.read_text("utf-8")


def test_programs_find_every_table_with_its_columns_and_its_hash(real: Served) -> None:
    package = json.loads((real.folder / "datapackage.json").read_text("utf-8"))
    croissant = json.loads((real.folder / "croissant.json").read_text("utf-8"))
    csvs = {r["name"]: r for r in package["resources"] if r["format"] == "csv"}
    assert len(csvs) > 10
    assert {one["@id"] for one in croissant["recordSet"]} == set(csvs)
    for one in croissant["distribution"]:
        resource = csvs[one["name"].removesuffix(".csv")]
        assert (real.folder / one["contentUrl"]).exists()
        assert f"sha256:{one['sha256']}" == resource["hash"]
    for one in croissant["recordSet"]:
        fields = [field["source"]["extract"]["column"] for field in one["field"]]
        assert fields == [f["name"] for f in csvs[one["name"]]["schema"]["fields"]]
    citation = yaml.safe_load((real.folder / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == croissant["version"] == "2025-12.1"
    # UNHCR's day, as the register of releases has it, and not that of the run.
    with (REFERENCE_DIR / "releases.csv").open(encoding="utf-8") as file:
        [day] = [r["published_on"] for r in csv.DictReader(file) if r["release_id"] == "2025-12.1"]
    assert citation["date-released"] == croissant["datePublished"] == day
    assert citation["authors"] == [{"name": "UNHCR"}]
    index = (real.folder / "llms.txt").read_text("utf-8")
    for name in csvs:
        assert f"[{name}](tables/{name}.csv)" in index


VALIDATE = """
import sys
import frictionless, mlcroissant
report = frictionless.validate(sys.argv[1] + "/datapackage.json")
for task in report.tasks:
    print(*(f"{task.name}: {error.message}" for error in task.errors[:3]), sep="\\n")
assert report.valid, report.errors
found = mlcroissant.Dataset(jsonld=sys.argv[1] + "/croissant.json")
assert not found.metadata.issues.errors
[first, *_] = found.records("dim_release")
assert first["dim_release/release_id"], first
"""


def test_the_descriptions_pass_the_validators_of_their_standards(real: Served) -> None:
    python = Path(sys.prefix) / "share/validators/bin/python"
    if not python.exists():
        pytest.skip(f"there are no validators at {python}: .ci/install-tools installs them")
    done = subprocess.run(
        [str(python), "-c", VALIDATE, str(real.folder)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_folder_that_holds_something_else_is_left_alone(real: Served, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("x")
    with pytest.raises(site.SiteFolderError, match="no site of this project"):
        site.write_site(real.settings, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_the_exposure_names_the_tables_that_the_site_reads(manifest: dict[str, Any]) -> None:
    [found] = [one for one in manifest["exposures"].values() if one["name"] == "site"]
    named = {unique_id.split(".")[-1] for unique_id in found["depends_on"]["nodes"]}
    folder = Path(site.__file__).parent
    beside = folder.parent
    asking = [
        *folder.glob("*.py"),
        beside / "completeness.py",
        beside / "origin_years.py",
        beside.parent / "claims" / "notes.py",
        *(beside / "findings" / f"{name}.py" for name in ("claims", "destinations", "unrwa")),
    ]
    text = "".join(path.read_text("utf-8") for path in asking)
    used = set(re.findall(r"(?:from|join) ((?:mart|dim|fct|special|reporting)_\w+)", text))
    used = {name for name in used if "{" not in name}
    for side in ("origin", "asylum"):
        used |= {f"mart_{side}_yearly", f"mart_{side}_yearly_history"}
    used |= {"mart_destination_yearly_history", "mart_world_yearly_history"}
    used.discard("mart_")
    assert named == used
