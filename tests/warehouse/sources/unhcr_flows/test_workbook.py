"""The flow workbook: what is read of it and what is refused, and how it is fetched and landed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.fake_api import FakeApi, Fault, fast_settings, sample_data
from tests.flow_workbook import Row, as_landed, flow_workbook, sheet_of, workbook
from warehouse.core.manifest import FILE_NAME
from warehouse.landing.snapshots import Landed, NotAllLandedError, crawl, manifests
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS, LARGEST_COUNT
from warehouse.sources.unhcr_api.verify import InconsistentSliceError, MalformedPageError
from warehouse.sources.unhcr_flows import workbook as module
from warehouse.sources.unhcr_flows.workbook import COLUMNS, FILE, FlowTable, WorkbookError, read

ROWS = sample_data()[FLOWS]
FOREVER = 99
NAMES = list(COLUMNS)
DATA_PART = "xl/worksheets/sheet3.xml"
LINE = [2024, "CHI", "CHN", "China", "USA", "USA", "United States of America", "ASY", 5]


def read_bytes(folder: Path, body: bytes) -> FlowTable:
    path = folder / FILE
    path.write_bytes(body)
    return read(path)


def rows_of(table: FlowTable) -> list[Row]:
    return [row for page in table.pages(7) for row in page]


def cell(column: str, value: Any) -> list[list[Any]]:
    """A sheet of three rows, with `value` in that column of row 3."""
    lines = [list(NAMES), list(LINE), list(LINE), list(LINE)]
    for at, line in enumerate(lines[1:]):
        line[0] = 2022 + at
    lines[2][NAMES.index(column)] = value
    return lines


def changed_part(body: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with another content in one of the files it is made of."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return out.getvalue()


# What is read ---------------------------------------------------------------------------------


def test_rows_are_those_of_the_sheet_in_the_shape_of_the_api(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, flow_workbook(ROWS))
    assert rows_of(table) == as_landed(ROWS)
    assert table.rows == len(ROWS)
    assert table.columns == ENDPOINTS[FLOWS].columns
    assert all(tuple(row) == table.columns for row in rows_of(table))


@pytest.mark.parametrize(
    ("before", "after"), [((), ()), ((), ("README",)), (("A", "B", "C"), ("DATA 2023", "Data."))]
)
def test_the_sheet_may_stand_anywhere(
    tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    body = workbook(sheet_of(ROWS), before=before, after=after)
    assert rows_of(read_bytes(tmp_path, body)) == as_landed(ROWS)


def test_columns_may_come_in_any_order_and_others_are_kept(tmp_path: Path) -> None:
    columns = dict(reversed(COLUMNS.items())) | {"AsylumRegion": "region", "Note": "note"}
    rows = [row | {"region": "Europe", "note": None} for row in ROWS]
    table = read_bytes(tmp_path, workbook(sheet_of(rows, columns)))
    assert table.columns == (*ENDPOINTS[FLOWS].columns, "AsylumRegion", "Note")
    wanted = [row | {"AsylumRegion": "Europe", "Note": "-"} for row in as_landed(ROWS)]
    assert rows_of(table) == wanted


def test_empty_rows_are_skipped_and_rows_keep_their_number(tmp_path: Path) -> None:
    lines = sheet_of(ROWS)
    lines[3:3] = [[None] * 9, [""] * 9]
    table = read_bytes(tmp_path, workbook([*lines, [None] * 9, [" "][:0]]))
    assert rows_of(table) == as_landed(ROWS)
    assert table.place(2).endswith("sheet DATA, row 3")
    assert table.place(3).endswith("sheet DATA, row 6")


def test_a_count_may_be_text_of_digits_and_zero_is_written_as_the_api_writes_it(
    tmp_path: Path,
) -> None:
    lines = [NAMES, [*LINE[:-1], "12"], [*LINE[:-1], 0], ["2023", *LINE[1:-1], 7.0]]
    found = rows_of(read_bytes(tmp_path, workbook(lines)))
    assert [(row["year"], row["count"]) for row in found] == [(2024, 12), (2024, "0"), (2023, 7)]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://evil.invalid","x")',
        "a\x07b\x1b[31mc",
        "'; drop table raw.displacement_flows; --",
        "x" * 32_000,
        "Türkiye, 中国, \U0001f6b8",
        'a"b\\c\nd',
        "_x0041_",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_text(tmp_path: Path, text: str) -> None:
    lines = cell("OriginName", text)
    assert rows_of(read_bytes(tmp_path, workbook(lines)))[1]["coo_name"] == text


def test_a_number_that_json_does_not_have_is_text(tmp_path: Path) -> None:
    body = workbook([[*NAMES, "Share"], [*LINE, 0.125]])
    for value in (b"1e999", b"nan"):
        odd = changed_part(
            body,
            "xl/worksheets/sheet3.xml",
            lambda data, value=value: data.replace(b"<v>0.125</v>", b"<v>" + value + b"</v>"),
        )
        [row] = rows_of(read_bytes(tmp_path, odd))
        json.dumps(row, allow_nan=False)
        assert isinstance(row["Share"], str)


TEXT = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="_"), min_size=1, max_size=9
)
CODE = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), min_size=2, max_size=3)
ROW = st.fixed_dictionaries(
    {
        "year": st.integers(1900, 2999),
        "coo_id": st.none(),
        "coo_name": TEXT,
        "coo": CODE,
        "coo_iso": CODE,
        "coa_id": st.none(),
        "coa_name": TEXT,
        "coa": CODE,
        "coa_iso": CODE,
        "pt": CODE,
        "count": st.integers(1, LARGEST_COUNT) | st.just("0"),
    }
)


@examples(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row]
) -> None:
    written = [row | {"count": int(row["count"])} for row in rows]
    table = read_bytes(tmp_path_factory.mktemp("round"), flow_workbook(written))
    assert rows_of(table) == rows


# What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path, name: str) -> None:
    columns = {heading: column for heading, column in COLUMNS.items() if heading != name}
    with pytest.raises(WorkbookError, match=rf"sheet DATA: no column {name}; row 1 has '") as said:
        read_bytes(tmp_path, workbook(sheet_of(ROWS, columns)))
    assert all(heading in str(said.value) for heading in columns)


def test_a_missing_sheet_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=r"no sheet DATA; there are 'README, Codes, Data'"):
        read_bytes(tmp_path, workbook(sheet_of(ROWS), name="Data"))


@pytest.mark.parametrize("lines", [[], [[None] * 9, *sheet_of(ROWS)]], ids=["empty", "row 2"])
def test_headings_belong_in_the_first_row(tmp_path: Path, lines: list[list[Any]]) -> None:
    with pytest.raises(WorkbookError, match="no column Year"):
        read_bytes(tmp_path, workbook(lines))


def test_headings_alone_are_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="sheet DATA: no row"):
        read_bytes(tmp_path, workbook([NAMES, [None] * 9]))


@pytest.mark.parametrize("name", ["Count", "PT", "count", "COUNT", "coo", "year", "coa_id"])
def test_a_column_that_would_take_the_place_of_another_is_refused(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(WorkbookError, match=rf"row 1: column '.*{name}.*' is there twice"):
        read_bytes(tmp_path, workbook([[*NAMES, name], [*LINE, 99]]))


@pytest.mark.parametrize("column", ["Count", "Year"])
@pytest.mark.parametrize(
    "value", [-1, 1.5, "many", "", None, "-", "1,234", "٣", True, 1e300, "-5", LARGEST_COUNT * 2]
)
def test_what_is_no_number_is_refused_with_its_place(
    tmp_path: Path, column: str, value: object
) -> None:
    with pytest.raises(WorkbookError, match=rf"{FILE}, sheet DATA, row 3, column {column}: .*"):
        read_bytes(tmp_path, workbook(cell(column, value)))


def test_a_character_that_no_database_can_hold_is_refused_with_its_place(tmp_path: Path) -> None:
    body = changed_part(
        workbook(cell("AsylumName", "here")),
        "xl/sharedStrings.xml",
        lambda data: data.replace(b"here", b"he_x0000_re"),
    )
    with pytest.raises(WorkbookError, match=r"row 3, column AsylumName: .* NUL"):
        read_bytes(tmp_path, body)


def cfb() -> bytes:
    """The beginning of a file of the kind that an encrypted workbook is."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", "it begins with b''"),
        (b"<!DOCTYPE html>\n<title>One moment</title>", "it begins with b'<!DOCTYPE html>"),
        (b"Year,origin\n2024,CHI\n", "it begins with b'Year"),
        (cfb(), r"it begins with b'\\xd0\\xcf"),
        (flow_workbook(ROWS)[:3000], r"it begins with b'PK"),
    ],
    ids=["empty", "html", "csv", "encrypted", "truncated"],
)
def test_what_is_no_workbook_is_refused_with_how_it_begins(
    tmp_path: Path, body: bytes, shown: str
) -> None:
    with pytest.raises(WorkbookError, match=f"not a workbook that can be read.*{shown}"):
        read_bytes(tmp_path, body)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("hello.txt", "x")
    with pytest.raises(WorkbookError, match="not a workbook that can be read"):
        read_bytes(tmp_path, out.getvalue())


def test_a_file_that_unpacks_to_more_than_a_workbook_has_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO(flow_workbook(ROWS))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file,
        file.open("xl/media/bomb.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(257):
            part.write(bytes(1 << 20))
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(WorkbookError, match="bytes unpacked, more than a workbook has"):
        read_bytes(tmp_path, out.getvalue())


def test_a_part_that_is_larger_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    whole = flow_workbook(ROWS)
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        part = file.getinfo(DATA_PART)
    # Both sizes and the checksum are those of its first bytes: only what follows them is a lie.
    start = zipfile.ZipFile(io.BytesIO(whole)).read(DATA_PART)[:100]
    true, lie = (
        crc.to_bytes(4, "little")
        + part.compress_size.to_bytes(4, "little")
        + size.to_bytes(4, "little")
        for crc, size in ((part.CRC, part.file_size), (zlib.crc32(start), len(start)))
    )
    assert whole.count(true) == 2
    with pytest.raises(WorkbookError, match=r"Bad CRC-32 for file 'xl/worksheets/sheet3"):
        read_bytes(tmp_path, whole.replace(true, lie))
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        (b'r="I2"', b'r="XFD1048576"', "reach to row 1,048,576 and column 16,384"),
        (b'r="I2"', b"r\n=  'xfd2'", None),
        (b'<row r="2"', b'<row r="9999999999"', "reach to row 9,999,999,999"),
        (b'<c r="I2"', b"<c", "does not say where it is"),
        (b'<c r="I2"', b'<x:c t="n"', "does not say where it is"),
    ],
)
def test_cells_that_are_far_out_end_neither_memory_nor_the_process(
    tmp_path: Path, old: bytes, new: bytes, refused: str | None
) -> None:
    body = changed_part(flow_workbook(ROWS), DATA_PART, lambda xml: xml.replace(old, new))
    with pytest.raises(WorkbookError, match=refused or "where a whole number"):
        read_bytes(tmp_path, body)


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO(flow_workbook(ROWS))
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr(DATA_PART, "<worksheet/>")
    with pytest.raises(WorkbookError, match="there twice"):
        read_bytes(tmp_path, out.getvalue())


def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    chance = random.Random(1)
    whole = flow_workbook(ROWS)

    def damaged(data: bytes) -> bytes:
        out = bytearray(data)
        for _ in range(chance.choice([1, 3, 10])):
            at = chance.randrange(len(out))
            out[at : at + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
        return bytes(out)

    parts = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet3.xml"]
    refused = 0
    for number in range(200):
        part = chance.choice(parts)
        body = damaged(whole) if number % 2 else changed_part(whole, part, damaged)
        try:
            read_bytes(tmp_path, body)
        except WorkbookError:
            refused += 1
    assert refused > 100


# Fetched and landed ---------------------------------------------------------------------------


def land(settings: Settings) -> Landed:
    [one] = crawl(settings, endpoints=[FLOWS])
    return one


def asked(api: FakeApi) -> list[dict[str, str]]:
    """Headers of the requests for the workbook."""
    found = zip(api.requests, api.headers, strict=True)
    return [headers for path, headers in found if path.endswith(FILE)]


def test_the_original_is_kept_byte_for_byte_with_its_sha256(
    api: FakeApi, settings: Settings
) -> None:
    one = land(settings)
    body, _ = api.flows()
    assert (one.path / FILE).read_bytes() == body
    assert one.manifest.original is not None
    sha256 = hashlib.sha256(body).hexdigest()
    assert (one.manifest.original.bytes, one.manifest.original.sha256) == (len(body), sha256)
    assert one.manifest.source == "workbook"
    assert one.manifest.source_url == settings.flows_url
    assert one.manifest.release_id is None
    [part] = one.manifest.slices
    items = json.loads(gzip.decompress((one.path / part.pages[0].file).read_bytes()))["items"]
    assert items == as_landed(ROWS)
    assert {path.name for path in one.path.iterdir()} == {FILE, FILE_NAME, part.pages[0].file}


def test_a_column_that_is_new_is_noticed_and_kept(api: FakeApi, settings: Settings) -> None:
    columns = COLUMNS | {"AsylumRegion": "region"}
    api.workbook = workbook(sheet_of([row | {"region": "Europe"} for row in ROWS], columns))
    assert land(settings).manifest.slices[0].added_columns == ["AsylumRegion"]


def test_equal_content_in_other_bytes_makes_no_new_snapshot(
    api: FakeApi, settings: Settings
) -> None:
    first = land(settings)
    shuffled = list(reversed(ROWS))
    api.workbook = workbook(sheet_of(shuffled), before=(), after=("Another",))
    again = land(settings)
    assert (again.is_new, again.snapshot_id) == (False, first.snapshot_id)
    assert len(again.manifest.seen_again_at) == 1
    api.workbook = flow_workbook([*ROWS[:-1], ROWS[-1] | {"count": 1}])
    assert land(settings).is_new
    assert len(manifests(settings, FLOWS)) == 2


def test_who_asks_says_so_and_where_it_comes_from(api: FakeApi, settings: Settings) -> None:
    land(settings)
    [headers] = asked(api)
    assert headers["User-Agent"].startswith("asylum-warehouse/")
    assert headers["Referer"] == "https://www.unhcr.org/refugee-statistics/"


def test_a_server_that_wants_a_browser_is_asked_again_as_one_that_says_who_it_is(
    api: FakeApi, settings: Settings
) -> None:
    api.faults.append(Fault("browsers only", FLOWS, times=FOREVER))
    assert land(settings).is_new
    plain, browser = asked(api)
    assert not plain["User-Agent"].startswith("Mozilla")
    assert browser["User-Agent"].startswith("Mozilla/5.0")
    assert "asylum-warehouse/" in browser["User-Agent"]
    assert "text/html" in browser["Accept"]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("404", "the flow workbook was refused: status 404.*ASYLUM_FLOWS_URL"),
        ("403", "the flow workbook was refused: status 403"),
        ("html", "not a workbook that can be read.*DOCTYPE html"),
        ("cut", "not a workbook that can be read.*begins with b'PK"),
        ("empty", "not a workbook that can be read"),
        ("503", "the flow workbook could not be fetched: status 503"),
        ("reset", "the flow workbook could not be fetched"),
    ],
)
def test_a_workbook_that_cannot_be_had_stops_nothing_else(
    api: FakeApi, settings: Settings, kind: str, shown: str
) -> None:
    api.faults.append(Fault(kind, FLOWS, times=FOREVER))
    with pytest.raises(NotAllLandedError, match=rf"(?s)1 of 3 .*{FLOWS}: .*{shown}") as said:
        crawl(settings, endpoints=["idmc", "unrwa", FLOWS])
    assert list(said.value.failed) == [FLOWS]
    assert [one.endpoint for one in said.value.landed] == ["idmc", "unrwa"]
    assert not manifests(settings, FLOWS)
    with pytest.raises(UpstreamError, match=shown):
        land(settings)


def test_a_workbook_whose_rows_are_not_what_they_should_be_stops_nothing_else(
    api: FakeApi, settings: Settings
) -> None:
    refused: list[tuple[list[Row], str]] = [
        ([*ROWS, ROWS[4]], f"{FILE}, sheet DATA, row {len(ROWS) + 2}"),
        ([*ROWS[:2], ROWS[2] | {"coa": None}], f"{FILE}, sheet DATA, row 4, column coa"),
        ([ROWS[0] | {"year": 30}], f"{FILE}, sheet DATA, row 2, column year"),
    ]
    for rows, shown in refused:
        api.workbook = flow_workbook(rows)
        with pytest.raises(NotAllLandedError, match=shown) as said:
            crawl(settings, endpoints=["idmc", FLOWS])
        assert list(said.value.failed) == [FLOWS]
        with pytest.raises((MalformedPageError, InconsistentSliceError)):
            land(settings)
    assert not manifests(settings, FLOWS)


def test_an_api_that_cannot_be_had_does_not_stop_the_workbook(
    api: FakeApi, settings: Settings
) -> None:
    api.faults.append(Fault("503", times=FOREVER, endpoint="idmc"))
    with pytest.raises(NotAllLandedError, match=r"(?s)1 of 2 could not be landed:.*idmc: ") as said:
        crawl(settings, endpoints=["idmc", FLOWS])
    assert list(said.value.failed) == ["idmc"]
    assert [one.endpoint for one in said.value.landed] == [FLOWS]


def test_where_neither_can_be_had_nothing_is_landed(tmp_path: Path) -> None:
    settings = fast_settings(tmp_path, "http://127.0.0.1:9/")
    with pytest.raises(UpstreamError) as said:
        crawl(settings, endpoints=["idmc", FLOWS])
    assert not isinstance(said.value, NotAllLandedError)
    assert not manifests(settings)


def test_a_body_without_an_end_is_not_taken(
    api: FakeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST", 1000)
    with pytest.raises(UpstreamError, match="a body of more than 1,000 bytes"):
        land(settings)
