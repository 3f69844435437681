"""The report on the starter extract: page, text and workbook, and names that would do harm."""

from __future__ import annotations

import json
import math
import re
import shutil
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import duckdb
import openpyxl
import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner, Result

from tests.browser import DRAWN, axe, opened
from warehouse.cli.app import app
from warehouse.core.database import identifier
from warehouse.exports import charts, datapackage, report, tables
from warehouse.published.read import open_published
from warehouse.reference.claim_lists import verdicts
from warehouse.settings import Settings

PAGE_LIMIT = 3_000_000
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "=cmd|' /C calc'!A0",
    "a | b ` c ``` d",
    "one\ntwo\r\n# three",
    "</script><svg onload=alert(3)>",
    "{{ 7*7 }}{% raw %}",
    "\u202egnirts\u2066",
    "-->]]>&lt;b&gt;<!--",
    "[a](javascript:alert(4)) https://example.org *b* _c_",
    "javascript:alert(5)",
)
ORIGIN = " ".join(HOSTILE)


@pytest.fixture(scope="module")
def settings(published_starter: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The published starter in a data folder of its own, with the report beside it."""
    made = Settings(data_dir=tmp_path_factory.mktemp("report"), threads=2)
    shutil.copy(published_starter.published_db, made.published_db)
    for name in (report.PAGE, report.TEXT, report.WORKBOOK):
        report.export_report(made, name)
    return made


@pytest.fixture(scope="module")
def hostile(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same, after somebody upstream gave countries names that would do harm."""
    made = Settings(data_dir=tmp_path_factory.mktemp("hostile"), threads=2)
    shutil.copy(settings.published_db, made.published_db)
    with duckdb.connect(str(made.published_db)) as con:
        named = con.execute(
            "select table_name, column_name from duckdb_columns() "
            "where column_name = 'origin_name' and table_name like 'mart_%' "
            "or column_name = 'asylum_name' and table_name in "
            "(select table_name from duckdb_columns() where column_name = 'asylum_iso3') "
            "and table_name like 'mart_%'"
        ).fetchall()
        places = con.execute(
            "select asylum_iso3 from mart_destination_yearly where asylum_iso3 is not null "
            "group by 1 order by max(asylum_seekers_stock) desc, 1"
        ).fetchall()
        for table, column in named:
            if column == "origin_name":
                con.execute(f"update {table} set origin_name = ?", [ORIGIN])
                continue
            for (iso3,), name in zip(places, HOSTILE, strict=False):
                con.execute(
                    f"update {table} set asylum_name = ? where asylum_iso3 = ?", [name, iso3]
                )
        con.execute("update mart_claim_audit set paraphrase = ?, explanation = ?", [ORIGIN] * 2)
        con.execute("update mart_claim_audit set document_title = ?, publisher = ?", [ORIGIN] * 2)
        con.execute("update mart_claim_audit set location = ?, document_word = ?", [ORIGIN] * 2)
        con.execute("update dim_era set leader = ?, convention = ?", [ORIGIN] * 2)
        con.execute("update dim_country set country_name = $1, country_name_within = $1", [ORIGIN])
    tables.export_tables(made)
    for name in (report.PAGE, report.TEXT, report.WORKBOOK):
        report.export_report(made, name)
    datapackage.export_datapackage(made)
    return made


class Elements(HTMLParser):
    """The elements of a page, their attributes, and the text that readers see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self._unseen = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._unseen = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def page_of(settings: Settings) -> Elements:
    return Elements((settings.exports_dir / report.PAGE).read_text("utf-8"))


def text_of(settings: Settings) -> str:
    return (settings.exports_dir / report.TEXT).read_text("utf-8")


def asylum(settings: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(settings.data_dir))
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "400"})


# ---- what it says


@pytest.mark.parametrize(
    "said",
    [
        "99,716 asylum-seekers: persons waiting for a decision on 31 December 2025",
        "at least 25,198 people who claimed asylum in 2025 flow",
        "at least 99,716",
        "2025, United States of America: ",
        "not comparable with 2024: origins withheld, carried forward the year before",
        "highest: 180,960 in 2024",
        "Release 2025-12.1",
        "How to cite UNHCR, Refugee Population Statistics Database, release 2025-12.1.",
        "178,725",
        "147,909",
        "not endorsed by UNHCR",
        "Creative Commons Attribution 4.0 International (CC-BY-4.0)",
    ],
    ids=lambda said: re.sub(r"\W+", "_", said)[:24],
)
def test_the_page_says_the_figures_and_whose_they_are(settings: Settings, said: str) -> None:
    text = page_of(settings).text.replace("\xa0", " ")
    assert said.casefold() in text.casefold()


def test_the_text_says_the_same_figures(settings: Settings) -> None:
    text = text_of(settings).replace("\xa0", " ")
    for said in (
        "**at least 99,716**",
        "**at least 25,198**",
        "not comparable with 2024: origins withheld",
        "about 171,000",
        "| 178,725",
        "release 2025-12.1",
    ):
        assert said in text


def test_notes_in_one_line_are_clauses_in_text_and_workbook(settings: Settings) -> None:
    book = openpyxl.load_workbook(settings.exports_dir / report.WORKBOOK, read_only=True)
    told = [str(cells[1]) for cells in book["readme"].iter_rows(values_only=True)]
    lines = [line for line in text_of(settings).splitlines() if line.startswith("- **at least")]
    for said in ("\n".join(told), "\n".join(lines)):
        assert "the year before); 2025: " in said
        assert ".;" not in said


def test_a_figure_that_moved_stands_with_each_release_and_its_change(settings: Settings) -> None:
    lines = text_of(settings).replace("\xa0", " ").splitlines()
    moved = [line for line in lines if line.startswith("| asylum-seekers (stock)")]
    steps = [[cell.strip() for cell in line.strip("|").split("|")][1:6] for line in moved]
    assert ["2025", "2025-06", "11 November 2025", "178,725 (30 June)", "–"] in steps
    assert ["2025", "2025-12.1", "25 June 2026", "99,716", "−79,009"] in steps


def test_what_is_stale_is_told_by_release_and_country(settings: Settings) -> None:
    lines = [re.sub(r"\s+", " ", line) for line in text_of(settings).splitlines()]
    assert (
        "| 2025-06 | 30 June 2025 | asylum-seekers (stock) | 1 | 147,909 | 178,725 | 82.8 % |"
    ) in lines
    since = f"{unchanged_in_the_extract(147909):%-d %B %Y}"
    assert since == "30 June 2024"
    assert (
        "| United States of America | 2025-06 | 30 June 2025 | asylum-seekers (stock) | 147,909 "
        f"| {since} |"
    ) in lines


def unchanged_in_the_extract(stock: int) -> date:
    """Since when the starter extract's answers, each of the release's newest year, have had as many
    people from China waiting in the United States, up to June 2025.
    """
    told = {
        "2024-06": date(2024, 6, 30),
        "2024-12": date(2024, 12, 31),
        "2025-06": date(2025, 6, 30),
    }
    since = None
    for release, day in told.items():
        answer = Settings().starter_dir / release / "population" / "pairs-0001.json"
        [found] = [
            item["asylum_seekers"]
            for item in json.loads(answer.read_text("utf-8"))["items"]
            if (item["coo"], item["coa"], item["year"]) == ("CHI", "USA", day.year)
        ]
        since = (since or day) if found == stock else None
    assert since is not None
    return since


def test_a_country_that_gave_no_origins_is_a_lower_bound_and_its_fall_in_brackets(
    settings: Settings,
) -> None:
    lines = [re.sub(r"\s+", " ", line) for line in text_of(settings).splitlines()]
    [line] = [line for line in lines if line.startswith("| United States of America | 1 |")]
    for said in ("| ≥ 68,691 | ≥ 5,024 |", "| (−79,218) |", "| (1.00 ×) |"):
        assert said in line
    [line] = [line for line in lines if line.startswith("| Italy | 4 |")]
    assert "| 5,365 | 3,201 |" in line and "| +2,724 |" in line
    [line] = [line for line in lines if line.startswith("| Canada | 3 |")]
    assert "| 7,304 | 4,448 |" in line and "| ≥ 2,873 |" in line
    assert any("What is in brackets is not comparable" in line for line in lines)
    # New applications are of the same reports as new claims.
    [line] = [line for line in lines if line.startswith("| 2025 |")]
    assert "| ≥ 25,198 | ≥ 99,716 |" in line and "| ≥ 22,349 |" in line


def test_an_era_with_years_that_lack_reports_is_a_lower_bound_and_a_mean_is_of_people(
    settings: Settings,
) -> None:
    answer = Settings().starter_dir / "2025-12.1" / "displacement-flows" / "pairs-0001.json"
    claimed = [
        (item["year"], item["count"])
        for item in json.loads(answer.read_text("utf-8"))["items"]
        if item["coo"] == "CHI" and item["pt"] == "ASY"
    ]
    rows = {
        (cells[0], cells[1]): cells
        for line in text_of(settings).splitlines()
        if len(cells := [cell.strip() for cell in line.strip("|").split(" | ")]) == 11
    }
    # The starter extract knows of nobody who is missing before 2013.
    for leader, first, last, mark in (
        ("Xi Jinping", 2013, 2025, "≥\u00a0"),
        ("Hu Jintao", 2003, 2012, ""),
    ):
        people = sum(count for year, count in claimed if first <= year <= last)
        mean = Decimal(people) / (last - first + 1)
        rounded = mean.quantize(Decimal(1), ROUND_HALF_UP)
        assert rows[leader, f"{first}–{last}"][8:10] == [f"{mark}{people:,}", f"{mark}{rounded:,}"]
    # 2013 and 2025 lack reports, 2024 with the highest does not; nor did 2012 and 2003.
    assert rows["Xi Jinping", "2013–2025"][3:8] == [
        *("≥\u00a024,799", "≥\u00a099,716", "≥\u00a024,799", "180,960", "≥\u00a01,250,803"),
    ]
    assert rows["Hu Jintao", "2003–2012"][3:5] == ["21,257", "15,362"]


def test_every_claim_stands_with_its_verdict(settings: Settings) -> None:
    with open_published(settings) as con:
        claims = con.execute(
            "select document_id, verdict from mart_claim_audit where origin_iso3 = 'CHN'"
        ).fetchall()
    assert len(claims) > 30
    rows = [
        (given["data-document"], given["data-verdict"])
        for tag, given in page_of(settings).found
        if tag == "tbody" and "data-verdict" in given
    ]
    assert sorted(rows) == sorted(claims)
    text = text_of(settings)
    for _, verdict in claims:
        assert verdicts()[verdict].label in text


def test_a_claim_whose_figure_stands_has_no_change_and_one_of_reporting_is_in_brackets(
    settings: Settings,
) -> None:
    with open_published(settings) as con:
        found = con.execute(
            "select change_rate, flags from mart_claim_audit "
            "where origin_iso3 = 'CHN' and newest_text is not null and change_rate is not null"
        ).fetchall()
    moved = [flags for rate, flags in found if rate]
    assert 0 < len(moved) < len(found)
    not_of_people = ("break_since", "figure_is_lower_bound", "times_do_not_compare")
    bracketed = [flags for flags in moved if any(flag in flags for flag in not_of_people)]
    assert 0 < len(bracketed) < len(moved)
    html = (settings.exports_dir / report.PAGE).read_text("utf-8")
    shown = re.findall(r"<small class=\"quiet\">[^<]*, (\(?)[+−][\d.,]+\u00a0%\)?</small>", html)
    assert len(shown) == len(moved)
    assert shown.count("(") == len(bracketed)


def test_a_lower_bound_is_shown_as_one_among_the_claims(settings: Settings) -> None:
    html = (settings.exports_dir / report.PAGE).read_text("utf-8")
    rows = re.findall(r"<tbody data-verdict.*?<tr class=\"why\">", html, re.DOTALL)
    cells = [cell for row in rows for cell in re.findall(r"<td class=\"number\">([^<]*)", row)]
    assert "≥\u00a099,716" in cells, "people who wait"
    assert "≥\u00a025,198" in cells, "people who claimed asylum"
    assert not {"99,716", "25,198"} & set(cells)


def test_the_page_is_one_small_file_that_names_no_other(settings: Settings) -> None:
    path = settings.exports_dir / report.PAGE
    assert path.stat().st_size < PAGE_LIMIT
    for tag, given in page_of(settings).found:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        assert (given.get("src") or "data:").startswith("data:")
        if tag == "script":
            assert "src" not in given


def test_headings_come_in_order_and_every_table_says_what_it_is(settings: Settings) -> None:
    found = page_of(settings).found
    levels = [int(tag[1]) for tag, _ in found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in found]
    assert tags.count("table") == tags.count("caption") > 5
    assert all(given.get("scope") in {"row", "col"} for tag, given in found if tag == "th")
    assert all(given.get("alt") for tag, given in found if tag == "img")
    ids = [given["id"] for _, given in found if "id" in given]
    assert len(ids) == len(set(ids))
    assert dict(found)["html"]["lang"] == "en"


def test_the_contents_lead_to_headings_that_are_there(settings: Settings) -> None:
    found = page_of(settings).found
    ids = {given["id"] for _, given in found if "id" in given}
    led_to = {
        (given["href"] or "")[1:]
        for tag, given in found
        if tag == "a" and (given["href"] or "").startswith("#")
    }
    assert len(led_to) > 9
    assert led_to <= ids


# ---- for any origin


@pytest.mark.parametrize("ending", ["html", "md", "xlsx"])
def test_a_country_without_figures_gives_a_report_that_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"syr.{ending}"
    result = asylum(settings, monkeypatch, "report", "--origin", "syr", "--out", str(path))
    assert result.exit_code == 0, result.output
    if ending == "xlsx":
        book = openpyxl.load_workbook(path)
        title = book["readme"]["A1"].value
        assert title == "People from the Syrian Arab Rep. who seek asylum abroad"
        told = {
            str(term): str(text) for term, text, *_ in book["readme"].iter_rows(values_only=True)
        }
        assert "mart_origin_yearly, " in told["No rows of this origin"]
        assert all(book[name].max_row > 1 for name in book.sheetnames), "no sheet is empty"
    else:
        text = path.read_text("utf-8")
        assert "There are no figures here on people from the Syrian Arab Rep." in text
        assert "asylum run --source api --origin SYR" in text
        assert "vegaEmbed" not in text or ending == "html"


def test_an_origin_without_iso3_is_asked_for_by_its_unhcr_code(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "sta.md"
    assert asylum(
        settings, monkeypatch, "report", "--origin", "STA", "--out", str(path)
    ).exit_code == 0  # fmt: skip
    assert "# Stateless people who seek asylum abroad" in path.read_text("utf-8")


def test_a_chart_is_written_as_the_ending_says_and_one_without_figures_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    png, svg = tmp_path / "chn.PNG", tmp_path / "rank.svg"
    assert asylum(settings, monkeypatch, "report", "--out", str(png)).exit_code == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    words = ("--chart", "destinations", "--out", str(svg))
    assert asylum(settings, monkeypatch, "report", *words).exit_code == 0
    assert "Where asylum-seekers from China waited" in svg.read_text("utf-8")
    refused = asylum(settings, monkeypatch, "report", "--origin", "TIB", "--out", str(svg))
    assert refused.exit_code == 1 and "too few figures on Tibetan people" in refused.output
    assert "<svg" in svg.read_text("utf-8"), "the old file stays"
    no_picture = ("--chart", "rank", "--out", str(tmp_path / "x.md"))
    assert asylum(settings, monkeypatch, "report", *no_picture).exit_code == 2
    assert {path.name for path in tmp_path.iterdir()} == {png.name, svg.name}


def test_the_command_offers_the_charts_that_there_are() -> None:
    from warehouse.cli.commands.report import Chart

    assert get_args(Chart) == charts.NAMES


@pytest.mark.parametrize(
    ("origin", "near"),
    [
        ("CHI", "as UNHCR's own code it is CHN (China)."),
        ("Korea", "KOR (Korea, Republic of)"),
        ("Chna", "CHN (China)"),
    ],
)
def test_an_unknown_origin_is_refused_with_what_is_near(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, origin: str, near: str
) -> None:
    path = tmp_path / "x.md"
    result = asylum(settings, monkeypatch, "report", "--origin", origin, "--out", str(path))
    assert result.exit_code == 2
    assert near in re.sub(r"\s+", " ", result.output)
    assert not path.exists()


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("x.txt", "does not end in"),
        ("no/x.md", "there is no folder"),
        # The file that was asked for is named, and not the one that is written first.
        ("/proc/x.md", "'/proc/x.md'"),
    ],
)
def test_a_file_that_cannot_be_written_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, out: str, why: str
) -> None:
    result = asylum(settings, monkeypatch, "report", "--out", str(tmp_path / out))
    assert result.exit_code in {1, 2}
    assert why in re.sub(r"\s+", " ", result.output)
    assert not list(tmp_path.iterdir())


# ---- the workbook


@pytest.fixture(scope="module")
def book(settings: Settings) -> openpyxl.Workbook:
    """The workbook, which takes seconds to read."""
    return openpyxl.load_workbook(settings.exports_dir / report.WORKBOOK)


def test_a_workbook_reads_back_as_the_tables_stand(
    settings: Settings, book: openpyxl.Workbook
) -> None:
    assert book.sheetnames[:2] == ["readme", "columns"]
    assert len(book.sheetnames) > 10
    with open_published(settings) as con:
        published = [
            name for (name,) in con.execute("select table_name from about_tables").fetchall()
        ]
        for sheet_name in book.sheetnames[2:]:
            # A sheet's name is cut where a table's is longer than a spreadsheet takes.
            [name] = [table for table in published if table[:31] == sheet_name]
            found = con.execute(f"select * from {identifier(name)} limit 0")
            columns = [column[0] for column in found.description or []]
            where = "true"
            if "origin_iso3" in columns:
                where = "origin_iso3 = 'CHN'"
            elif name == "mart_claim_summary":
                where = (
                    "document_id in (select document_id from mart_claim_audit "
                    "where origin_iso3 = 'CHN')"
                )
            elif "country_iso3" in columns:
                where = "country_iso3 = 'CHN'"
            rows = con.execute(
                f"select * from {identifier(name)} where {where} order by rowid"
            ).fetchall()
            sheet = [[cell.value for cell in row] for row in book[sheet_name].iter_rows()]
            assert sheet[0] == columns
            assert rows, f"{name} has none of this origin, and no sheet"
            # A sheet's row ends with its last cell that is not empty.
            assert len(sheet) == len(rows) + 1, name
            for held, row in zip(sheet[1:], rows, strict=True):
                assert all(map(same, held, row)), (name, held, row)
            assert book[sheet_name].freeze_panes is not None


def same(held: Any, value: Any) -> bool:
    """Whether a cell holds the value of a table; numbers are as precise as a spreadsheet is."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return not isinstance(held, bool) and math.isclose(held, value, rel_tol=1e-14)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return bool(held == value)


def test_the_readme_sheet_names_source_licence_and_every_sheet(book: openpyxl.Workbook) -> None:
    cells = [str(cell.value) for row in book["readme"].iter_rows() for cell in row if cell.value]
    text = "\n".join(cells)
    for said in ("2025-12.1", "CC-BY-4.0", "Retrieved", "never added", *book.sheetnames[1:]):
        assert said in text


def test_the_same_figures_give_the_same_bytes(settings: Settings) -> None:
    # Of a page, all but its pictures: Vega numbers gradients on through a process.
    names = (report.TEXT, report.WORKBOOK)
    before = [(settings.exports_dir / name).read_bytes() for name in names]
    for name in names:
        report.export_report(settings, name)
    assert [(settings.exports_dir / name).read_bytes() for name in names] == before
    assert not list(settings.exports_dir.glob(".*"))


# ---- names that would do harm


def test_a_hostile_name_is_text_in_the_workbook(hostile: Settings) -> None:
    book = openpyxl.load_workbook(hostile.exports_dir / report.WORKBOOK)
    seen = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                if sheet.title != "readme":
                    assert cell.hyperlink is None
                seen.add(cell.value)
    assert {ORIGIN, *HOSTILE} <= {
        # A sheet knows one kind of line break.
        value
        for value in seen
        if isinstance(value, str)
    } | {name for name in (ORIGIN, *HOSTILE) if "\r" in name}


def test_a_hostile_name_is_text_in_markdown(hostile: Settings, settings: Settings) -> None:
    text = text_of(hostile)
    assert not re.search(r"<\s*/?[a-z!]", text, re.IGNORECASE), "no HTML"
    assert "\u202e" not in text
    assert not re.search(r"(?<!\\)`", text)
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "https://example" not in text
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert len(headings) == len([ln for ln in text_of(settings).splitlines() if ln.startswith("#")])
    width = 0
    for line in text.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in {0, width} or not width, line
        width = cells


def test_a_hostile_name_adds_no_element_and_no_attribute_to_the_page(
    hostile: Settings, settings: Settings
) -> None:
    usual, met = page_of(settings), page_of(hostile)
    allowed = {(tag, name) for tag, given in usual.found for name in given}
    assert {(tag, name) for tag, given in met.found for name in given} <= allowed
    count = [tag for tag, _ in usual.found].count
    for tag in ("script", "img", "svg", "style", "a"):
        assert [found for found, _ in met.found].count(tag) == count(tag)
    for name in HOSTILE[:3]:
        assert name in met.text
    assert "49{%" not in met.text
    assert "\u202e" not in met.text


def test_a_hostile_name_does_nothing_in_a_browser(hostile: Settings, browser: Browser) -> None:
    with opened(browser, hostile.exports_dir / report.PAGE) as seen:
        seen.page.wait_for_selector(DRAWN)
        seen.page.locator("#chart-destinations .live .mark-rect path").first.hover(force=True)
        seen.page.locator("#vg-tooltip-element.visible").wait_for()
        assert seen.problems == []
        assert len(seen.asked_for) == 1
        assert seen.page.locator("img[onerror], [onload], [onerror]").count() == 0
        assert seen.page.locator("h1").inner_text().startswith("People from <script>alert(1)")


# ---- in a browser


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
def test_the_page_is_quiet_whole_and_accessible(
    settings: Settings, browser: Browser, scheme: Any, width: int
) -> None:
    script = axe()
    path = settings.exports_dir / report.PAGE
    with opened(browser, path, width, color_scheme=scheme) as seen:
        page = seen.page
        page.wait_for_selector(DRAWN)
        assert seen.problems == []
        assert seen.asked_for == [path.as_uri()], "no request leaves the file"
        figures = page.locator("figure.chart")
        assert figures.count() > 5
        for figure in figures.all():
            assert figure.locator(".live svg .mark-rect path, .live svg .mark-line path").count()
            assert not figure.locator("img").is_visible()
        room, used = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert used <= room, "nothing scrolls sideways but tables and charts on their own"
        page.evaluate(script)
        # Not within the drawings, which are one picture each to whoever does not see them.
        found = page.evaluate("axe.run({exclude: ['.live svg']}, {resultTypes: ['violations']})")
        assert len(found["passes"]) > 20
        faults = [
            (fault["id"], [node["html"][:200] for node in fault["nodes"]])
            for fault in found["violations"]
            if fault["impact"] in {"serious", "critical"}
        ]
        assert faults == []


def test_no_word_of_a_chart_is_cut_on_a_phone(settings: Settings, browser: Browser) -> None:
    with opened(browser, settings.exports_dir / report.PAGE, 360) as seen:
        seen.page.wait_for_selector(DRAWN)
        assert seen.page.locator("figure.chart.drawn").count() > 5
        titles = seen.page.locator(".live svg .role-title-text text, .live svg .role-title text")
        told = titles.all_text_contents()
        assert told
        assert not [text for text in told if "\u2026" in text]


def test_claims_are_filtered_from_the_keyboard_and_the_count_is_said(
    settings: Settings, browser: Browser
) -> None:
    with opened(browser, settings.exports_dir / report.PAGE) as seen:
        page = seen.page
        keys = page.keyboard
        said = page.get_by_role("status")
        everything = page.locator("#claims-table > tbody").count()
        assert said.inner_text() == f"{everything} of {everything} claims shown"

        page.locator("#claims-verdict").focus()
        keys.type("misst")
        wrong = page.locator("#claims-table > tbody[data-verdict=misstated]").count()
        assert 0 < wrong < everything
        assert said.inner_text() == f"{wrong} of {everything} claims shown"
        assert page.locator("#claims-table > tbody:visible").count() == wrong

        keys.press("Tab")
        keys.press("Tab")
        keys.type("169 %")
        assert said.inner_text() == f"1 of {everything} claims shown"
        keys.type(" of nothing")
        assert said.inner_text() == f"0 of {everything} claims shown"

        keys.press("Tab")
        keys.press("Enter")
        page.get_by_text(f"{everything} of {everything} claims shown").wait_for()
        assert page.locator("#claims-table > tbody:visible").count() == everything
        assert seen.problems == []


def test_the_first_key_leads_past_the_contents(settings: Settings, browser: Browser) -> None:
    with opened(browser, settings.exports_dir / report.PAGE) as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert seen.page.locator(".skip").bounding_box()["x"] >= 0
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.id") == "main"


def test_without_scripts_the_charts_are_pictures_and_every_claim_is_there(
    settings: Settings, browser: Browser
) -> None:
    path = settings.exports_dir / report.PAGE
    with opened(browser, path, java_script_enabled=False) as seen:
        pictures = seen.page.locator("figure.chart img")
        assert pictures.count() > 5
        for picture in pictures.all():
            assert picture.is_visible()
        assert not seen.page.locator("#claims-filter").is_visible()
        assert not seen.page.locator(".live").first.is_visible()


def test_paper_is_light_has_still_charts_and_no_controls(
    settings: Settings, browser: Browser
) -> None:
    path = settings.exports_dir / report.PAGE
    with opened(browser, path, 700, color_scheme="dark") as seen:
        page = seen.page
        page.wait_for_selector(DRAWN)
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator("figure.chart img").first.is_visible()
        assert not page.locator(".live").first.is_visible()
        assert not page.locator("#claims-filter").is_visible()
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        room, used = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert used <= room


# ---- what dbt says it rests on


@pytest.mark.parametrize("exposure", ["report_page", "report_text", "workbook"])
def test_an_exposure_names_the_tables_it_is_made_from(
    manifest: dict[str, Any], book: openpyxl.Workbook, exposure: str
) -> None:
    [found] = [one for one in manifest["exposures"].values() if one["name"] == exposure]
    named = {unique_id.split(".")[-1] for unique_id in found["depends_on"]["nodes"]}
    folder = Path(report.__file__).parent
    names = ("origins.py", "origin_years.py", "unchanged.py")
    asking = [*(folder / name for name in names), *folder.glob("findings/*.py")]
    read = "".join(path.read_text("utf-8") for path in asking)
    known = {node.split(".")[-1] for node in manifest["nodes"]}
    if exposure == "workbook":
        read = (folder / "origins.py").read_text("utf-8")
        sheets = book.sheetnames[2:]
        used = {name for name in known for sheet in sheets if name[:31] == sheet}
        assert len(used) == len(sheets)
        [empty] = [
            cells[1]
            for cells in book["readme"].iter_rows(values_only=True)
            if cells[0] == "No rows of this origin"
        ]
        used |= set(empty.rstrip(".").split(", "))
    else:
        used = set()
    if exposure == "report_page":
        read += "".join(path.read_text("utf-8") for path in (folder / "charts").glob("*.py"))
    used |= set(
        re.findall(r"(?:from|join) ((?:mart|dim|fct|special|population|reporting)_\w+)", read)
    )
    assert used <= known
    assert named == used
