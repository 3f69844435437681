"""Charts: drawn from the published file, with their source, whatever the data hold."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
import vl_convert

from warehouse.exports import charts, unchanged
from warehouse.exports.charts import (
    carried_forward,
    destinations,
    flows,
    heatmap,
    rank,
    releases,
    yearly,
)
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import SPECS, boxes, clean, framed, panel, release_words, years
from warehouse.exports.measures import BASELINE_YEAR
from warehouse.exports.origins import Origin
from warehouse.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"
MODULES = (yearly, releases, flows, destinations, heatmap, rank, carried_forward)
NAMES = [module.__name__.rsplit(".", 1)[1] for module in MODULES]
HOSTILE = (
    "<script>alert(1)</script></svg>\n\"quoted\" 'n' datum.x[0] \\u0022 ${alert} {{7*7}} "
    "\u202e\u0627\u0633\u0645 " + "very long " * 12
)

# The published columns that charts read.
TABLES = {
    "about": "fact varchar, value varchar",
    "dim_era": "era_id varchar, leader varchar, country_iso3 varchar, first_year_counted integer, "
    "last_year_counted integer",
    "dim_release": "release_id varchar, in_force_from date, reference_date date, is_held boolean, "
    "datasets varchar",
    "dim_country": "unhcr_code varchar, iso3 varchar, country_name varchar, "
    "country_name_within varchar",
    "special_origins": "unhcr_code varchar, name varchar",
    "mart_origin_yearly": "origin_iso3 varchar, origin_unhcr_code varchar, "
    "counting_unit varchar, "
    "reference_year integer, reference_date date, asylum_seekers_stock bigint, "
    "asylum_seekers_stock_world_share double, new_asylum_claims bigint, "
    "is_new_asylum_claims_complete boolean, is_asylum_seekers_stock_complete boolean, "
    "asylum_seekers_stock_if_distributed_as_before bigint, "
    "new_asylum_claims_if_distributed_as_before bigint, applications_new bigint, "
    "is_applications_new_change_comparable boolean, "
    "decisions_recognized bigint, decisions_complementary bigint, decisions_rejected bigint, "
    "decisions_otherwise_closed bigint, decisions_total bigint, refugee_recognition_rate double, "
    "total_protection_rate double, is_rate_on_small_count boolean, is_provisional boolean, "
    "release_id varchar, applications_release_id varchar, decisions_release_id varchar, "
    "is_population_provisional boolean as (is_provisional), "
    "is_flows_provisional boolean as (is_provisional), "
    "is_applications_provisional boolean as (is_provisional), "
    "is_decisions_provisional boolean as (is_provisional)",
    "mart_destination_yearly": "origin_iso3 varchar, origin_unhcr_code varchar, "
    "asylum_iso3 varchar, new_asylum_claims bigint, "
    "asylum_unhcr_code varchar, asylum_name varchar, row_kind varchar, counting_unit varchar, "
    "reference_year integer, reference_date date, asylum_seekers_stock bigint, "
    "asylum_seekers_rank bigint, asylum_seekers_share double, is_provisional boolean, "
    "is_asylum_seekers_stock_complete boolean, refugees_stock bigint, "
    "release_id varchar, is_population_provisional boolean as (is_provisional)",
    "mart_destination_concentration": "origin_iso3 varchar, origin_unhcr_code varchar, "
    "reference_year integer, "
    "are_pairs_complete boolean",
    "mart_origin_yearly_history": "origin_iso3 varchar, origin_unhcr_code varchar, "
    "counting_unit varchar, reference_year integer, valid_from date, "
    "valid_to date, asylum_seekers_stock bigint, is_population_provisional boolean, "
    "is_asylum_seekers_stock_complete boolean",
    "mart_carried_forward": "origin_iso3 varchar, origin_unhcr_code varchar, "
    "asylum_unhcr_code varchar, asylum_name varchar, "
    "measure varchar, basis varchar, reference_date date, published_on date, "
    "earlier_reference_date date, carried_forward_stock bigint, release_id varchar",
    "mart_carried_forward_by_asylum": "asylum_unhcr_code varchar, measure varchar, "
    "basis varchar, carried_forward_share double, release_id varchar",
}


class Published:
    """The published tables that charts read, filled with what a test says."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.name = con, "China"
        for table, columns in TABLES.items():
            con.execute(f"create table {table} ({columns})")

    def add(self, table: str, **values: Any) -> None:
        self.con.execute(
            f"insert into {table} ({', '.join(values)}) values ({', '.join('?' * len(values))})",
            list(values.values()),
        )

    def figure(self, table: str, year: int, stock: int | None, **other: Any) -> None:
        """A row of a yearly mart, of people from China."""
        values = {
            "origin_iso3": "CHN",
            "counting_unit": "persons",
            "reference_year": year,
            "reference_date": date(year, 6 if other.get("is_provisional") else 12, 30),
            "asylum_seekers_stock": stock,
            "is_provisional": False,
            "release_id": "2025-12.1",
        }
        self.add(table, **values | other)

    def year(self, year: int, stock: int | None, new: int | None = None, **other: Any) -> None:
        self.figure(
            "mart_origin_yearly",
            year,
            stock,
            new_asylum_claims=new if other.get("counting_unit") != "cases" else None,
            applications_new=new,
            applications_release_id="2025-12.1",
            **other,
        )

    def destination(self, code: str | None, year: int, stock: int | None, **other: Any) -> None:
        place = {
            "asylum_unhcr_code": code,
            "asylum_name": f"Land {code}" if code else "Not itemised",
            "row_kind": "pair" if code else "not_itemised",
        }
        self.figure("mart_destination_yearly", year, stock, **place | other)

    def release(self, release: str, since: date, of: date) -> None:
        self.add(
            "dim_release",
            release_id=release,
            in_force_from=since,
            reference_date=of,
            is_held=True,
            datasets="asylum-decisions, population",
        )

    def told(
        self, year: int, since: date, value: int | None, until: date | None = None, **other: Any
    ) -> None:
        values = {
            "origin_iso3": "CHN",
            "counting_unit": "persons",
            "is_population_provisional": False,
            "is_asylum_seekers_stock_complete": True,
        } | other
        self.add(
            "mart_origin_yearly_history",
            reference_year=year,
            valid_from=since,
            valid_to=until,
            asylum_seekers_stock=value,
            **values,
        )

    def origin(self, code: str) -> Origin:
        return Origin(code, None, self.name, self.name)

    def drawn(self, code: str = "CHN") -> dict[str, Drawing]:
        return {drawing.name: drawing for drawing in charts.drawings(self.con, self.origin(code))}

    def draw(self, name: str) -> Drawing:
        drawing = MODULES[NAMES.index(name)].draw(self.con, self.origin("CHN"))
        assert isinstance(drawing, Drawing)
        return drawing


MID, END = date(2025, 11, 11), date(2026, 6, 25)


def two_releases(published: Published) -> None:
    """A mid-year release, and the final one after it, which revised the year."""
    published.release("2025-06", MID, date(2025, 6, 30))
    published.release("2025-12.1", END, date(2025, 12, 31))
    published.told(2025, MID, 1000, END, is_population_provisional=True)
    published.told(2025, END, 600)


def everything(published: Published, name: str = "China", *, provisional: bool = False) -> None:
    """An origin of which all can be drawn; all names are `name`."""
    published.name = name
    for year in (2019, 2024, 2025):
        last = {"is_provisional": provisional and year == 2025}
        published.year(
            year,
            year - 1500,
            year - 1700,
            asylum_seekers_stock_world_share=0.5,
            decisions_recognized=40,
            decisions_complementary=10,
            decisions_rejected=50,
            decisions_otherwise_closed=20,
            decisions_total=120,
            refugee_recognition_rate=0.4,
            total_protection_rate=0.5,
            is_rate_on_small_count=year == 2019,
            **last,
        )
        for place, code in enumerate("ABCDEFGHIJKLMNOPQRSTUV", start=1):
            published.destination(
                code,
                year,
                5000 // place,
                asylum_seekers_rank=place,
                asylum_seekers_share=0.9 / 22,
                asylum_name=f"{code} {name}",
                **last,
            )
        published.destination(None, year, 77, asylum_seekers_share=0.1, **last)
    published.add("dim_era", era_id="a", leader=name, country_iso3="CHN", first_year_counted=2013)
    two_releases(published)
    published.add(
        "mart_carried_forward",
        origin_iso3="CHN",
        asylum_unhcr_code="A",
        asylum_name=name,
        measure="asylum_seekers_stock",
        basis="end_of_year_before",
        reference_date=date(2025, 6, 30),
        published_on=MID,
        earlier_reference_date=date(2024, 12, 31),
        carried_forward_stock=800,
        release_id="2025-06",
    )


def strings(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """All strings of a specification, keys too, with where they stand."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield path, key
            yield from strings(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, path)
    elif isinstance(node, str):
        yield path, node


def data_of(node: Any) -> Iterator[dict[str, Any]]:
    """All rows within a specification."""
    if isinstance(node, dict):
        yield from node.get("data", {}).get("values", [])
        for value in node.values():
            yield from data_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from data_of(value)


def values(drawing: Drawing, *fields: str) -> list[dict[str, Any]]:
    """The rows of a drawing's data that have all these fields."""
    return [row for row in data_of(drawing.spec()) if set(fields) <= row.keys()]


def stripes_of(svg: str) -> list[tuple[float, float, float, float]]:
    """The stripes of a picture on white, as x, y and x, y in pixels of their plot."""
    found = []
    for node in ElementTree.fromstring(svg).iter(f"{SVG}line"):
        if node.get("stroke") == "#ffffff":
            place = re.fullmatch(r"translate\((.+),(.+)\)", node.attrib["transform"])
            assert place
            x, y = map(float, place.groups())
            found.append((x, y, x + float(node.get("x2", 0)), y + float(node.get("y2", 0))))
    return found


def text_of(svg: str) -> str:
    words = (node.itertext() for node in ElementTree.fromstring(svg).iter(f"{SVG}text"))
    return " ".join("".join(parts) for parts in words)


@pytest.fixture
def published() -> Iterator[Published]:
    with duckdb.connect() as con:
        yield Published(con)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data_dir=tmp_path)
    with duckdb.connect(str(settings.published_db)) as con:
        made = Published(con)
        made.year(2023, 137143, 48087)
        made.year(2024, 180960, 55594)
    return settings


@pytest.fixture(scope="module")
def all_drawn() -> dict[str, Drawing]:
    with duckdb.connect() as con:
        published = Published(con)
        everything(published, provisional=True)
        return published.drawn()


@pytest.fixture(scope="module")
def all_svgs(all_drawn: dict[str, Drawing]) -> dict[str, str]:
    return {name: drawing.svg for name, drawing in all_drawn.items()}


def test_of_an_origin_with_all_data_all_is_drawn_in_the_reader_s_order(
    all_drawn: dict[str, Drawing],
) -> None:
    assert list(all_drawn) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_says_its_title_source_and_release(
    all_drawn: dict[str, Drawing], all_svgs: dict[str, str], name: str
) -> None:
    text = text_of(all_svgs[name])
    for expected in (all_drawn[name].title, "UNHCR", "2025-12.1", "CC-BY-4.0"):
        assert expected in text


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_readable_at_900_pixels(all_svgs: dict[str, str], name: str) -> None:
    root = ElementTree.fromstring(all_svgs[name])
    assert float(root.attrib["width"]) <= 900
    sizes = [float(node.attrib["font-size"][:-2]) for node in root.iter(f"{SVG}text")]
    assert len(sizes) > 5
    assert min(sizes) >= 11


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_describes_itself_and_answers_a_pointer(
    all_drawn: dict[str, Drawing], name: str
) -> None:
    drawing = all_drawn[name]
    spec = drawing.spec()
    assert spec["description"] == drawing.description
    assert "China" in drawing.description and re.search(r"\d", drawing.description)
    assert '"tooltip": [' in json.dumps(spec)


@pytest.mark.parametrize("name", NAMES)
def test_every_colour_is_of_the_config(all_drawn: dict[str, Drawing], name: str) -> None:
    spec = all_drawn[name].spec()
    assert spec.pop("config") == charts.config() != charts.config(dark=True)
    assert not [text for _, text in strings(spec) if re.fullmatch(r"#[0-9a-fA-F]{3,8}", text)]
    marks = {key for path, key in strings(spec) if path and path[-1] == "mark"}
    assert not marks & {"color", "fill", "stroke"}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_stand_out_from_the_paper(dark: bool) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        low, high = sorted([luminance(one), luminance(other)])
        return (high + 0.05) / (low + 0.05)

    made = charts.config(dark=dark)
    paper = made["background"]
    words = [made["title"]["color"], made["title"]["subtitleColor"], made["axis"]["labelColor"]]
    assert min(contrast(colour, paper) for colour in words) >= 4.5
    assert contrast(made["style"]["stock"]["color"], paper) >= 3
    assert min(contrast(colour, paper) for colour in made["range"]["category"]) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_name_from_upstream_is_text_and_nothing_else(name: str) -> None:
    with duckdb.connect() as con:
        published = Published(con)
        everything(published, HOSTILE)
        drawing = published.draw(name)
    told = clean(HOSTILE)
    assert told in drawing.title
    pieces = ("<script", "datum.x", "alert", "very long", "{{7")
    for path, text in strings(drawing.spec()):
        if any(piece in text for piece in pieces):
            assert path[-1] in {"text", "name", "description"}, path
    # Nor has what Vega-Lite makes of it anything in it to run.
    vega = vl_convert.vegalite_to_vega(drawing.spec())
    for path, text in strings(vega):
        if any(piece in text for piece in pieces):
            assert path[-1] in {"text", "subtitle", "name", "description"}, path
    svg = drawing.svg
    root = ElementTree.fromstring(svg)
    kinds = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert kinds <= {"svg", "g", "path", "text", "rect", "line", "tspan", "defs", "linearGradient",
                     "stop", "clipPath", "title"}  # fmt: skip
    assert not [key for node in root.iter() for key in node.attrib if key.lower().startswith("on")]
    assert "<script>alert(1)</script>" in text_of(svg)
    assert drawing.png().startswith(b"\x89PNG")


def test_control_and_writing_order_characters_of_names_are_shown_as_such() -> None:
    assert clean("a\u202eb\nc\x00d\u2066") == "a\ufffdb c\ufffdd\ufffd"
    assert clean("Côte d'Ivoire & اسم") == "Côte d'Ivoire & اسم"


@pytest.mark.parametrize(
    ("rows", "origin", "names"),
    [
        ([], "CHN", []),
        ([(2024, 100, None)], "XYZ", []),
        ([(2024, None, None)], "CHN", []),
        ([(2024, 0, None)], "CHN", []),
        ([(2024, 100, None)], "CHN", ["yearly"]),
        ([(2024, 100, 7)], "CHN", ["yearly", "flows"]),
        ([(2024, None, 7)], "CHN", ["flows"]),
    ],
    ids=["no_rows", "unknown", "refugees_alone", "zeros", "one_year", "with_flow", "flow_alone"],
)
def test_an_origin_with_little_data_has_fewer_pictures(
    published: Published, rows: list[tuple[int, int | None, int | None]], origin: str,
    names: list[str],
) -> None:  # fmt: skip
    for year, stock, new in rows:
        published.year(year, stock, new)
    drawn = published.drawn(origin)
    assert list(drawn) == names
    for drawing in drawn.values():
        assert "2024" in text_of(drawing.svg)


def test_one_destination_in_one_year_is_ranked_and_nothing_more(published: Published) -> None:
    published.destination("A", 2025, 5, asylum_seekers_rank=1, asylum_seekers_share=1.0)
    assert list(published.drawn()) == ["destinations"]


def test_a_file_without_the_tables_of_a_drawing_gives_the_others(published: Published) -> None:
    everything(published)
    published.con.execute("drop table mart_origin_yearly_history")
    assert list(published.drawn()) == ["yearly", "flows", "destinations", "heatmap", "rank"]


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_a_drawing_says_which_tables_it_reads(module: Any) -> None:
    tree = ast.parse(inspect.getsource(module))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    read = {
        name
        for text in texts
        if isinstance(text, str)
        for name in re.findall(r"\b(?:from|join)\s+((?:mart|dim)_\w+)", text)
    }
    if module in (yearly, flows):
        read.add("mart_origin_yearly")
    if module in (destinations, heatmap, rank):
        read.add("mart_destination_concentration")
    if module is carried_forward:
        read |= releases.READS | unchanged.READS
    assert read == module.READS


def test_stock_and_flow_stand_apart_and_cases_are_not_drawn(published: Published) -> None:
    published.year(2019, 104248, 20404)
    published.year(2019, None, 99999, counting_unit="cases")
    drawn = published.drawn()
    text = text_of(drawn["yearly"].svg)
    assert "(stock, persons)" in text and "People who claimed asylum in the year (flow)" in text
    assert "99999" not in str(drawn["yearly"].spec())
    assert not [row for row in values(drawn["flows"], "high") if row["high"] == 99999]
    assert "99,999 new applications" in drawn["flows"].description
    assert "Left out" in text_of(drawn["flows"].svg)


# Pixels of the bar of 2025, the last of ten years on 760 pixels.
IN_2025 = (9.07 * 76, 9.93 * 76)


def test_a_provisional_year_is_hatched_and_said(published: Published) -> None:
    published.year(2024, 180960, 10)
    published.year(2025, 178725, 9, is_provisional=True)
    drawing = published.draw("yearly")
    svg = drawing.svg
    stripes = stripes_of(svg)
    assert len(stripes) > 20
    assert all(IN_2025[0] <= x < x2 <= IN_2025[1] for x, _, x2, _ in stripes)
    # A flow is of half a year, and no figure of a day.
    note = (
        "Hatched: 2025 is provisional: people who claimed asylum in the first half-year and "
        "asylum-seekers of 30 June 2025."
    )
    assert note in text_of(svg)
    assert "178,725 (provisional, on 30 June 2025)" in drawing.description
    published.con.execute("update mart_origin_yearly set is_provisional = false")
    assert "Hatched" not in text_of(published.draw("yearly").svg)


def test_a_year_that_lacks_reports_is_hatched_and_said_to_be_at_least(
    published: Published,
) -> None:
    published.year(2024, 180960, 55606, is_new_asylum_claims_complete=True)
    published.year(2025, 99716, 25198, is_new_asylum_claims_complete=False)
    drawing = published.draw("yearly")
    svg = drawing.svg
    stripes = stripes_of(svg)
    assert len(stripes) > 5
    assert all(IN_2025[0] <= x < x2 <= IN_2025[1] for x, _, x2, _ in stripes)
    text = text_of(svg)
    assert "Hatched: 2025, at least: not all was reported." in text
    assert "is provisional" not in text
    assert "in 2025 25,198 (at least: not all was reported)" in drawing.description


def test_a_year_that_is_provisional_and_lacks_reports_is_said_to_be_both(
    published: Published,
) -> None:
    published.year(2024, 180960)
    published.year(2025, 99716, is_provisional=True, is_asylum_seekers_stock_complete=False)
    drawing = published.draw("yearly")
    text = text_of(drawing.svg)
    assert "Hatched: 2025 is provisional: asylum-seekers of 30 June 2025." in text
    assert "Hatched: 2025, at least: not all was reported." in text
    both = "99,716 (provisional, on 30 June 2025; at least: not all was reported)"
    assert both in drawing.description


def test_what_an_incomplete_year_would_be_is_an_outline_and_no_bar(published: Published) -> None:
    estimate = {"asylum_seekers_stock_if_distributed_as_before": 170987}
    published.year(2024, 180960, 55606, is_asylum_seekers_stock_complete=True, **estimate)
    published.year(2025, 99716, 25198, is_asylum_seekers_stock_complete=False, **estimate)
    drawing = published.draw("yearly")
    outlined = [row for row in values(drawing, "estimate") if row["estimate"]]
    assert [(row["year"], row["high"], row["estimate"]) for row in outlined] == [
        (2025, 99716, 170987)
    ]
    svg = drawing.svg
    assert svg.count('stroke-dasharray="3,2"') == 1
    text = text_of(svg)
    assert "Hatched: 2025, at least: not all was reported." in text
    assert "Dashed outline: with the people without an origin distributed as before" in text
    assert "Newest year 2025: 99,716 (at least: not all was reported)." in drawing.description
    assert "it would be 170,987, an estimate" in drawing.description
    published.con.execute("update mart_origin_yearly set is_asylum_seekers_stock_complete = true")
    assert "outline" not in text_of(published.draw("yearly").svg)


@pytest.mark.parametrize("name", ["yearly", "releases", "flows", "destinations", "heatmap"])
def test_what_is_provisional_is_hatched_wherever_it_is_drawn(
    all_drawn: dict[str, Drawing], all_svgs: dict[str, str], name: str
) -> None:
    hatched = [row for row in values(all_drawn[name], "hatched") if row["hatched"]]
    assert 0 < len(hatched) < len(values(all_drawn[name], "hatched")) or name == "destinations"
    assert len(stripes_of(all_svgs[name])) > 20 * (name != "releases")
    words = (
        "Hatched: provisional, or at least"
        if name == "releases"
        else "Hatched: 2025 is provisional"
    )
    assert words in text_of(all_svgs[name])
    if name == "flows":
        assert "Hatched: 2025 is provisional, of the first half-year." in text_of(all_svgs[name])


def hatched_names(drawing: Drawing) -> set[str]:
    return {row["name"] for row in values(drawing, "name", "hatched") if row["hatched"]}


def test_a_country_that_gave_less_than_all_is_hatched_and_at_least_where_it_is_ranked(
    published: Published,
) -> None:
    for year in (2019, 2025):
        published.destination("A", year, 68691, is_asylum_seekers_stock_complete=year == 2019)
        published.destination("B", year, 7304, is_asylum_seekers_stock_complete=year == 2025)
        published.destination(None, year, 10)
    drawing = published.draw("destinations")
    assert hatched_names(drawing) == {"Land A"}
    assert len(stripes_of(drawing.svg)) > 5
    text = text_of(drawing.svg)
    # In 2025 the first is a lower bound, in 2019 the second.
    assert "≥\u00a068,691" in text and "≥\u00a07,304" in text
    assert len(re.findall("68,691", text)) == len(re.findall("7,304", text)) == 2
    assert text.count("≥") == 3
    assert "Hatched: ≥, at least: not all was reported." in text
    assert "in 2025 (final): Land A ≥\u00a068,691 " in drawing.description
    published.con.execute("update mart_destination_yearly set reference_year = 2024 "
                          "where reference_year = 2019")  # fmt: skip
    published.con.execute("update mart_destination_yearly set "
                          "is_asylum_seekers_stock_complete = true")  # fmt: skip
    drawing = published.draw("destinations")
    assert "Hatched" not in text_of(drawing.svg) and "≥" not in drawing.description


def test_other_countries_are_at_least_what_they_are_where_one_of_them_is(
    published: Published,
) -> None:
    for place in range(17):
        published.destination(
            f"L{place:02}", 2025, 1000 - place, is_asylum_seekers_stock_complete=place != 16
        )
    drawing = published.draw("destinations")
    assert hatched_names(drawing) == {"2 other countries"}
    assert "≥\u00a01,969" in text_of(drawing.svg)


def test_a_cell_that_lacks_reports_is_hatched(published: Published) -> None:
    for year in (2024, 2025):
        published.destination("A", year, 900, is_asylum_seekers_stock_complete=year == 2024)
        published.destination("B", year, 90, is_asylum_seekers_stock_complete=True)
    drawing = published.draw("heatmap")
    cells = [row for row in values(drawing, "hatched", "year") if row["hatched"]]
    assert {(row["name"], row["year"]) for row in cells} == {("Land A", 2025)}
    assert "Hatched: at least: not all was reported." in text_of(drawing.svg)
    assert "Land A 900 (at least: not all was reported); Land B 90 (final)" in drawing.description
    # Of two that have as many the first is named; another that lacks people may have more.
    assert "The highest reported is Land A in 2024 with 900." in drawing.description


def test_the_highest_cell_is_a_lower_bound_where_it_lacks_reports(published: Published) -> None:
    for year in (2024, 2025):
        published.destination("A", year, 900, is_asylum_seekers_stock_complete=year == 2025)
        published.destination("B", year, 90, is_asylum_seekers_stock_complete=True)
    published.con.execute("update mart_destination_yearly set asylum_seekers_stock = 800 "
                          "where asylum_seekers_stock = 900 and reference_year = 2025")  # fmt: skip
    drawing = published.draw("heatmap")
    assert "The highest is Land A in 2024 with at least 900." in drawing.description
    published.con.execute("update mart_destination_yearly set "
                          "is_asylum_seekers_stock_complete = true")  # fmt: skip
    drawing = published.draw("heatmap")
    assert "The highest is Land A in 2024 with 900." in drawing.description


def test_the_year_with_most_is_at_least_so_many_where_it_lacks_reports(
    published: Published,
) -> None:
    published.year(2023, 137_143, 48_103)
    published.year(2024, 180_960, 55_606, is_new_asylum_claims_complete=False)
    published.year(2025, 99_716, 25_198, is_asylum_seekers_stock_complete=False)
    said = published.draw("yearly").description
    assert "were most, as reported, in 2024: 180,960." in said
    assert "People who claimed asylum were most, as reported, in 2024: at least 55,606;" in said


def test_a_rank_of_a_lower_bound_is_hollow(published: Published) -> None:
    for year in (2024, 2025):
        published.year(year, 100, asylum_seekers_stock_world_share=0.1,
                       is_asylum_seekers_stock_complete=year == 2024)  # fmt: skip
        published.destination("A", year, 900, asylum_seekers_rank=1,
                              is_asylum_seekers_stock_complete=year == 2024)  # fmt: skip
        published.destination("B", year, 90, asylum_seekers_rank=2,
                              is_asylum_seekers_stock_complete=True)  # fmt: skip
    drawing = published.draw("rank")
    hollow = {(row["name"], row["left"]) for row in values(drawing, "hollow") if row["hollow"]}
    assert hollow == {("Land A", 2025), ("China", 2025)}
    assert "Hollow points: at least: not all was reported." in text_of(drawing.svg)
    # Others can lack more, so that a rank moves either way.
    ranks = "a true rank may be nearer to 1 or further from it."
    assert ranks in text_of(drawing.svg)
    assert ranks in drawing.description
    assert "in 2025 (at least: not all was reported)" in drawing.description
    published.con.execute("update mart_origin_yearly set is_asylum_seekers_stock_complete = true")
    published.con.execute("update mart_destination_yearly set "
                          "is_asylum_seekers_stock_complete = true")  # fmt: skip
    drawing = published.draw("rank")
    assert "Hollow" not in text_of(drawing.svg)
    assert ranks not in text_of(drawing.svg) + drawing.description
    # A rank is among others: where one of them lacks reports, it is by what was reported.
    published.con.execute("update mart_destination_yearly set "
                          "is_asylum_seekers_stock_complete = false "
                          "where asylum_seekers_rank = 2 and reference_year = 2025")  # fmt: skip
    assert ranks in text_of(published.draw("rank").svg)


def test_new_applications_that_lack_reports_are_hatched_and_a_break_stands_before_its_year(
    published: Published,
) -> None:
    decided = {"decisions_total": 50, "decisions_rejected": 50}
    published.year(2023, 1, 48087, is_applications_new_change_comparable=True, **decided)
    published.year(2024, 1, 55594, is_new_asylum_claims_complete=False,
                   is_applications_new_change_comparable=True, **decided)  # fmt: skip
    published.year(2025, 1, 22349, is_new_asylum_claims_complete=True,
                   is_applications_new_change_comparable=False, **decided)  # fmt: skip
    drawing = published.draw("flows")
    hatched = [row for row in values(drawing, "hatched", "high") if row["hatched"]]
    assert [row["high"] for row in hatched] == [55594], "new applications, and not the decisions"
    text = text_of(drawing.svg)
    assert "Hatched: new applications of 2024, at least: not all was reported." in text
    reason = "not comparable with the year before; a country of asylum reported otherwise."
    assert f"Dashed line before a year: {reason}" in text
    assert f"New applications of 2025: {reason}" in drawing.description
    assert [row["left"] for row in values(drawing, "left", "low", "high")] == [2024.5]
    assert drawing.svg.count('stroke-dasharray="4,3"') == 1
    published.con.execute("update mart_origin_yearly set is_new_asylum_claims_complete = true, "
                          "is_applications_new_change_comparable = true")  # fmt: skip
    drawing = published.draw("flows")
    assert not re.search("Hatched|Dashed", text_of(drawing.svg))
    assert "dasharray" not in drawing.svg


# The longest that UNHCR gives a country.
LONGEST = "United Kingdom of Great Britain and Northern Ireland"


@pytest.mark.parametrize("name", ["destinations", "heatmap", "rank", "carried_forward"])
def test_no_name_of_a_country_is_cut(published: Published, name: str) -> None:
    everything(published)
    published.con.execute("update mart_destination_yearly set asylum_name = ? "
                          "where asylum_unhcr_code = 'A'", [LONGEST])  # fmt: skip
    published.con.execute("update mart_carried_forward set asylum_name = ?, "
                          "carried_forward_stock = 1000", [LONGEST])  # fmt: skip
    svg = published.draw(name).svg
    assert LONGEST in text_of(svg)
    assert float(ElementTree.fromstring(svg).attrib["width"]) <= 900


def bars(*rows: dict[str, Any]) -> dict[str, Any]:
    """Bars of the years up to 2024, each 76 pixels a year wide; 0 to 1000 on 190 pixels."""
    told = {"status": "final", "release": "2025-12.1", "style": "stock", "hatched": False}
    made = panel("yearly", [told | row for row in rows], "Bars", y=(0, 1000))
    return boxes(years(made, 2015, 2024))


def drawn_of(made: dict[str, Any]) -> str:
    return Drawing("bars", "Bars", "Bars.", framed([made], "Bars", [], {"2025-12.1"})).svg


def test_a_hatch_has_stripes_of_45_degrees_within_its_box() -> None:
    svg = drawn_of(bars({"year": 2023, "high": 500, "hatched": True}, {"year": 2024, "high": 900}))
    left, right = (8.5 - 0.42) * 76, (8.5 + 0.42) * 76
    stripes = stripes_of(svg)
    assert len(stripes) == round((0.84 * 76 + 95) / 6)
    for x, y, x2, y2 in stripes:
        assert left - 1e-6 <= x < x2 <= right + 1e-6
        assert 95 - 1e-6 <= y2 < y <= 190 + 1e-6
        assert x2 - x == pytest.approx(y - y2)
    apart = sorted((190 - y) - (x - left) for x, y, _, _ in stripes)
    assert [two - one for one, two in pairwise(apart)] == pytest.approx([6] * (len(stripes) - 1))


@pytest.mark.parametrize(
    ("highs", "labelled"),
    [
        # (year, its value, where the label is anchored)
        ([300], [(2024, "300", "middle")]),
        ([300, 200, 100], [(2022, "300", "middle"), (2024, "100", "start")]),
        ([100, 300, 200], [(2023, "300", "end"), (2024, "200", "start")]),
        ([100, 200, 300], [(2024, "300", "middle")]),
        ([300, 200, 300], [(2022, "300", "middle"), (2024, "300", "start")]),
    ],
    ids=["one", "first", "neighbours", "newest", "twice"],
)
def test_the_highest_and_the_newest_bar_are_labelled_clear_of_each_other(
    highs: list[int], labelled: list[tuple[int, str, str]]
) -> None:
    first = 2025 - len(highs)
    rows = [{"year": first + place, "high": high} for place, high in enumerate(highs)]
    found = []
    for node in ElementTree.fromstring(drawn_of(bars(*rows))).iter(f"{SVG}text"):
        if node.text in {str(high) for high in highs} and node.get("font-size") == "12px":
            place = re.match(r"translate\(([^,]+),", node.attrib["transform"])
            assert place
            year = round(2014.5 + float(place[1]) / 76)
            found.append((year, node.text, node.get("text-anchor")))
    axis = {str(tick) for tick in range(0, 1001, 200)}
    assert [one for one in found if one[2] != "end" or one[1] not in axis or one[0] > 2015] == (
        labelled
    )


def test_the_label_of_the_newest_bar_is_clear_of_its_estimate() -> None:
    rows = [{"year": 2023, "high": 300}, {"year": 2024, "high": 200, "estimate": 250}]
    [label] = [
        node
        for node in ElementTree.fromstring(drawn_of(bars(*rows))).iter(f"{SVG}text")
        if node.text == "200" and node.get("text-anchor") == "start"
    ]
    place = re.match(r"translate\((.+),(.+)\)", label.attrib["transform"])
    assert place
    right, height = (9.5 + 0.42) * 76, 190 * (1 - 200 / 1000)
    assert float(place[1]) > right
    assert float(place[2]) == pytest.approx(height, abs=6)


def test_a_shared_specification_names_no_colour_and_runs_no_text_of_data() -> None:
    for path in SPECS.iterdir():
        for where, text in strings(json.loads(path.read_text(encoding="utf-8"))):
            assert not re.fullmatch(r"#[0-9a-fA-F]{3,8}", text), (path.name, where)
            assert where[-1:] != ("domain",) and text not in {"fill", "stroke"}, path.name


def test_of_conventions_that_overlap_the_one_that_leaves_room_is_drawn(
    published: Published,
) -> None:
    for year in range(2001, 2025):
        published.year(year, year)
    for era, leader, first, last in (
        ("a", "First", 2003, 2012),
        ("b", "Second", 2013, None),
        ("c", "Second", 2012, None),
    ):
        published.add("dim_era", era_id=era, leader=leader, country_iso3="CHN",
                      first_year_counted=first, last_year_counted=last)  # fmt: skip
    published.add("dim_era", era_id="d", leader="Other", country_iso3="XYZ",
                  first_year_counted=2001)  # fmt: skip
    text = text_of(published.draw("yearly").svg)
    assert "First, 2003–2012" in text and "Second, since 2013" in text
    assert "since 2012" not in text and "Other" not in text


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (2000, {"Hu Jintao, 2003–2012", "Xi Jinping, since 2013"}),
        (1970, {"Hu Jintao, 2003–2012", "Xi Jinping, since 2013"}),
        (1951, {"Hu Jintao", "Xi Jinping"}),
    ],
)
def test_an_era_is_named_however_long_the_axis_is(
    published: Published, first: int, said: set[str]
) -> None:
    for year in range(first, 2026):
        published.year(year, year)
    for era, leader, start, end in (
        ("a", "Hu Jintao", 2003, 2012),
        ("b", "Xi Jinping", 2013, None),
    ):
        published.add("dim_era", era_id=era, leader=leader, country_iso3="CHN",
                      first_year_counted=start, last_year_counted=end)  # fmt: skip
    svg = published.draw("yearly").svg
    assert said <= {node.text for node in ElementTree.fromstring(svg).iter(f"{SVG}text")}


def test_the_axis_of_years_begins_where_the_data_do(published: Published) -> None:
    published.year(1951, 0)
    for year in range(2000, 2026):
        published.year(year, year)
    years = [row["year"] for row in values(published.draw("yearly"), "year")]
    assert min(years) == 2000
    spec = json.dumps(published.draw("yearly").spec())
    domains = set(re.findall(r'"domain": \[(\d+\.5), (\d+\.5)\]', spec))
    assert domains == {("1999.5", "2025.5")}


def test_each_release_has_what_it_said_and_whether_that_was_final(published: Published) -> None:
    two_releases(published)
    # Final later without another value.
    published.told(2024, MID, 500, END, is_population_provisional=True)
    published.told(2024, END, 500)
    found = [
        (row["year"], row["release"], row["stock"], row["provisional"])
        for row in releases.told(published.con, "CHN")
    ]
    assert found == [
        (2024, "2025-06", 500, True),
        (2024, "2025-12.1", 500, False),
        (2025, "2025-06", 1000, True),
        (2025, "2025-12.1", 600, False),
    ]
    drawing = published.draw("releases")
    assert "2025: first 1,000 (2025-06, provisional), now 600 (2025-12.1, final)" in (
        drawing.description
    )
    text = text_of(drawing.svg)
    assert "1,000 provisional" in text
    assert "11 Nov 2025" in text and "25 Jun 2026" in text


def test_a_release_that_lacks_reports_is_hatched_where_its_figure_was_final(
    published: Published,
) -> None:
    two_releases(published)
    final = published.draw("releases")
    assert len(stripes_of(final.svg)) > 5
    published.con.execute(
        "update mart_origin_yearly_history set is_asylum_seekers_stock_complete = valid_to is not "
        "null, is_population_provisional = false"
    )
    drawing = published.draw("releases")
    assert [row["hatched"] for row in values(drawing, "shown")] == [False, True]
    assert len(stripes_of(drawing.svg)) > 5
    assert "Hatched: provisional, or at least: not all was reported." in text_of(drawing.svg)
    assert (
        "2025: first 1,000 (2025-06, final), "
        "now 600 (2025-12.1, at least: not all was reported)." in drawing.description
    )


def test_of_many_releases_the_newest_are_drawn_and_the_first_is_still_told(
    published: Published,
) -> None:
    days = [date(2016 + place, 6, 1) for place in range(10)]
    for place, day in enumerate(days):
        published.release(f"release {place}", day, date(day.year - 1, 12, 31))
    for place, (day, until) in enumerate(pairwise([*days, None])):
        published.told(2015, day, 1_000_000 + place, until, is_population_provisional=True)
    drawing = published.draw("releases")
    assert "2015: first 1,000,000 (release 0, provisional), now 1,000,009" in drawing.description
    drawn = [row["shown"] for row in values(drawing, "shown")]
    assert drawn == [f"1,000,00{place}" for place in range(2, 10)], "bare: words would overlap"
    assert "The newest releases loaded" in text_of(drawing.svg)


def test_an_origin_without_iso3_is_drawn_by_its_unhcr_code(published: Published) -> None:
    everything(published, "Stateless")
    for table, columns in TABLES.items():
        if "origin_unhcr_code" in columns:
            published.con.execute(
                f"update {table} set origin_iso3 = null, origin_unhcr_code = 'STA'"
            )
    found = published.drawn("STA")
    assert list(found) == [name for name in NAMES if name != "rank" or "rank" in found]
    for drawing in found.values():
        assert "tateless " in drawing.title and "from Stateless" not in str(drawing)


def test_an_origin_stands_with_its_article_in_every_drawing(published: Published) -> None:
    everything(published)
    drawn = charts.drawings(published.con, Origin("CHN", None, "Gambia", "the Gambia"))
    assert [drawing.name for drawing in drawn] == list(NAMES)
    for drawing in drawn:
        assert "from the Gambia" in f"{drawing.title} {drawing.description}"
        assert "from Gambia" not in str(drawing)


def test_a_figure_that_a_release_took_away_is_not_drawn_for_it(published: Published) -> None:
    two_releases(published)
    published.con.execute(
        "update mart_origin_yearly_history set asylum_seekers_stock = null where valid_from = ?",
        [END],
    )
    assert [row["release"] for row in releases.told(published.con, "CHN")] == ["2025-06"]
    assert "releases" not in published.drawn()


def test_destinations_hold_the_whole_the_others_together_and_the_rest_as_such(
    all_drawn: dict[str, Drawing], all_svgs: dict[str, str]
) -> None:
    rows = {row["name"]: row for row in values(all_drawn["destinations"], "baseline", "share")}
    ranked = [row for row in rows.values() if row["style"] == "stock"]
    assert len(ranked) == 15
    assert [row["stock"] for row in ranked] == [5000 // place for place in range(1, 16)]
    others = rows["7 other countries"]
    assert others["stock"] == others["baseline"] == sum(5000 // place for place in range(16, 23))
    assert rows["Not itemised by country"]["stock"] == 77
    assert sum(row["share"] for row in rows.values()) == pytest.approx(1)
    assert "in 2019, before the pandemic" in text_of(all_svgs["destinations"])


def widths_of(words: str) -> float:
    """How wide a text of figures is in a picture, in pixels: Liberation Sans, as Arial, of 12."""
    units = {" ": 0.278, "\u00a0": 0.278, ",": 0.278, ".": 0.278, "%": 0.889, "r": 0.333}
    return 12 * sum(units.get(letter, 0.556) for letter in words)


def test_the_columns_of_figures_stand_clear_of_each_other(published: Published) -> None:
    everything(published)
    for share in (0.0001, 0.9):
        published.con.execute(
            "update mart_destination_yearly set asylum_seekers_share = ?, asylum_seekers_stock = "
            "if(asylum_unhcr_code = 'A', 1437190, 113), is_asylum_seekers_stock_complete = false",
            [share],
        )
        rows: dict[str, list[tuple[float, float]]] = {}
        for node in ElementTree.fromstring(published.draw("destinations").svg).iter(f"{SVG}text"):
            place = re.match(r"translate\((.+),(.+)\)", node.attrib.get("transform", ""))
            if node.get("text-anchor") == "end" and place and float(place[1]) > 340:
                right = float(place[1])
                left = right - widths_of("".join(node.itertext()))
                rows.setdefault(place[2], []).append((left, right))
        assert len(rows) == 1 + 17
        for columns in rows.values():
            assert len(columns) == 3
            assert columns[0][0] > 340
            for (_, right), (left, _) in pairwise(sorted(columns)):
                assert left - right > 6


def test_the_baseline_is_that_of_the_dbt_project() -> None:
    project = Settings().dbt_dir / "dbt_project.yml"
    assert f"baseline_year: {BASELINE_YEAR}\n" in project.read_text(encoding="utf-8")


def test_it_is_said_when_not_every_country_of_asylum_is_known(published: Published) -> None:
    everything(published)
    note = "Not every country of asylum is in these data"
    assert note not in str(published.draw("rank").spec())
    published.add("mart_destination_concentration", origin_iso3="CHN", reference_year=2025,
                  are_pairs_complete=False)  # fmt: skip
    drawn = published.drawn()
    assert all(note in str(drawn[name].spec()) for name in ("destinations", "heatmap", "rank"))


def test_the_heatmap_has_the_largest_in_the_order_of_now(published: Published) -> None:
    for place in range(25):
        published.destination(f"L{place:02}", 2024, 1000 - place)
    published.destination("L05", 2025, 50)
    published.destination("L07", 2025, 90, is_provisional=True)
    cells = [row for row in values(published.draw("heatmap"), "row", "stock", "year")]
    order = {row["name"]: row["row"] for row in cells}
    assert len(order) == 20
    assert order["Land L07"] == 0 and order["Land L05"] == 1 and order["Land L00"] == 2
    assert "Land L20" not in order


def test_ranks_are_of_countries_and_a_line_is_broken_where_there_is_none(
    published: Published,
) -> None:
    for year in (2022, 2023, 2024):
        published.year(year, 10 + year, asylum_seekers_stock_world_share=0.1)
        published.year(year, 9000, asylum_seekers_stock_world_share=0.8, origin_iso3=None)
        published.year(year, 8000, asylum_seekers_stock_world_share=0.8, origin_iso3="AAA")
        published.destination("A", year, 10, asylum_seekers_rank=1)
    published.destination("B", 2022, 5, asylum_seekers_rank=2)
    published.destination("B", 2024, 5, asylum_seekers_rank=2)
    drawing = published.draw("rank")
    line = [(row["left"], row["rank"]) for row in values(drawing, "series") if row["series"] == 1]
    assert (2023, None) in line and (2024, 2) in line
    assert "China was 2 of 2 in 2024 (final)" in drawing.description
    assert "2 of 2" in text_of(drawing.svg)


def test_without_the_world_there_is_no_rank_in_it(published: Published) -> None:
    for year in (2023, 2024):
        published.year(year, 10)
        published.destination("A", year, 10, asylum_seekers_rank=1)
    assert "world" not in str(published.draw("rank").spec())


def test_what_was_carried_forward_is_a_share_of_the_origin_s_stock_at_that_release(
    all_drawn: dict[str, Drawing],
) -> None:
    rows = values(all_drawn["carried_forward"], "right", "earlier")
    found = {(row["release"], row["style"]): (row["stock"], row["right"]) for row in rows}
    assert found == {
        ("2025-12.1", "rest"): (600, 1.0),
        ("2025-06", "stale"): (800, 0.8),
        ("2025-06", "rest"): (200, 0.2),
    }


def test_a_value_stands_right_of_its_bar(all_svgs: dict[str, str]) -> None:
    root = ElementTree.fromstring(all_svgs["carried_forward"])
    found = {
        (node.text or "").split()[0]: float(
            node.attrib["transform"][len("translate(") :].split(",")[0]
        )
        for node in root.iter(f"{SVG}text")
        if re.match(r"\d+\.\d %  \(", node.text or "")
    }
    assert found == pytest.approx({share: float(share) / 100 * 340 + 6 for share in found})
    assert set(found) == {"100.0", "80.0", "20.0"}


def test_several_releases_are_told_as_a_span() -> None:
    assert release_words({"2025-12.1"}) == "2025-12.1"
    assert release_words({"2025-12.1", "2024-06"}) == "2024-06 and 2025-12.1"
    assert release_words({"2025-12.1", "2024-06", "2024-12"}) == "2024-06 to 2025-12.1"


def test_files_are_png_and_svg_of_each_drawing(settings: Settings) -> None:
    paths = charts.export_charts(settings).paths
    assert [path.name for path in paths] == [
        *("chn_yearly.png", "chn_yearly.svg", "chn_flows.png", "chn_flows.svg"),
    ]
    assert all(path.exists() for path in paths)
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert "180,960" in text_of(paths[1].read_text(encoding="utf-8"))


def test_files_of_drawings_that_are_no_longer_there_are_removed(settings: Settings) -> None:
    folder = settings.exports_dir / charts.FOLDER
    charts.export_charts(settings)
    (folder / "syr_yearly.png").write_bytes(b"of another origin")
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute("update mart_origin_yearly set applications_new = null")
    charts.export_charts(settings)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("chn_yearly.png", "chn_yearly.svg", "syr_yearly.png"),
    ]


def test_drawing_twice_gives_the_same_bytes(settings: Settings) -> None:
    first = [path.read_bytes() for path in charts.export_charts(settings).paths]
    assert [path.read_bytes() for path in charts.export_charts(settings).paths] == first
    assert not list(settings.exports_dir.glob(".charts-*"))
