"""Charts: drawn from the published file, with their source, whatever the data hold."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import duckdb
import pytest

from warehouse.exports import charts
from warehouse.exports.charts import style
from warehouse.publish import PublishedMissingError
from warehouse.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"


def published(settings: Settings, rows: list[tuple[object, ...]]) -> None:
    settings.published_db.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.published_db)) as con:
        con.execute(
            "create table mart_origin_yearly (origin_iso3 varchar, origin_name varchar, "
            "counting_unit varchar, reference_year integer, reference_date date, "
            "asylum_seekers_stock bigint, applications_new bigint, is_provisional boolean, "
            "release_id varchar)"
        )
        con.execute("create table about (fact varchar, value varchar)")
        if rows:
            con.executemany(f"insert into mart_origin_yearly values ({', '.join('?' * 9)})", rows)


def row(year: int, stock: int | None, new: int | None = None, **other: object) -> tuple:
    values = {
        "iso3": "CHN",
        "name": "China",
        "unit": "persons",
        "provisional": False,
        "release": "2025-12.1",
    } | other
    return (
        values["iso3"], values["name"], values["unit"], year, date(year, 12, 31), stock, new,
        values["provisional"], values["release"],
    )  # fmt: skip


def text_of(path) -> str:
    return " ".join("".join(node.itertext()) for node in ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_a_picture_names_its_country_source_and_release_and_keeps_stock_and_flow_apart(settings):
    published(settings, [row(2023, 137143, 48087), row(2024, 180960, 55594)])
    png, svg = charts.export_charts(settings)
    assert png.read_bytes().startswith(b"\x89PNG")
    text = text_of(svg)
    for expected in ("China", "UNHCR", "2025-12.1", "CC-BY-4.0", "(stock)", "(flow)", "2024"):
        assert expected in text


def test_a_provisional_year_is_drawn_hollow(settings):
    published(settings, [row(2024, 180960), row(2025, 178725, provisional=True)])
    _, svg = charts.export_charts(settings)
    bars = [
        (node.get("fill"), node.get("stroke"))
        for node in ElementTree.parse(svg).iter(f"{SVG}path")
        if node.get("aria-roledescription") == "bar"
    ]
    assert bars[:2] == [(style.BLUE, None), (None, style.BLUE)]


def test_cases_are_not_drawn_among_persons(settings):
    published(settings, [row(2019, 104248, 20404), row(2019, None, 99999, unit="cases")])
    with duckdb.connect(str(settings.published_db), read_only=True) as con:
        [drawing] = charts.drawings(con, "CHN")
    assert "99999" not in str(drawing.spec())


def test_a_name_from_upstream_is_text_and_nothing_else(settings):
    hostile = '<script>alert(1)</script> & "Côte d\'Ivoire"'
    published(settings, [row(2024, 100, name=hostile)])
    _, svg = charts.export_charts(settings)
    assert hostile in text_of(svg)
    assert "<script" not in svg.read_text(encoding="utf-8")


@pytest.mark.parametrize("rows", [[], [row(2024, None)], [row(2024, 0)]])
def test_an_origin_without_figures_gives_no_picture_and_no_error(settings, rows):
    published(settings, rows)
    assert charts.export_charts(settings) == []


def test_drawing_twice_gives_the_same_bytes(settings):
    published(settings, [row(2023, 137143, 48087), row(2024, 180960, 55594)])
    first = [path.read_bytes() for path in charts.export_charts(settings)]
    assert [path.read_bytes() for path in charts.export_charts(settings)] == first
    assert not list(settings.exports_dir.glob(".charts-*"))


def test_without_a_published_file_it_says_what_to_do(settings):
    with pytest.raises(PublishedMissingError, match="asylum run"):
        charts.export_charts(settings)
