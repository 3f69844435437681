"""Files of the archive: which there are, how they are fetched, what is read from them."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.fake_api import fast_settings
from tests.fake_archive import FakeArchive, Row, population, rda, row
from warehouse.reference.seeds import ReferenceListError
from warehouse.settings import Settings, SettingsError, load_settings
from warehouse.sources.unhcr_api.client import Client, UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS
from warehouse.sources.unhcr_archive.client import (
    ArchiveError,
    chosen_releases,
    fetch,
    file_url,
    known_releases,
)
from warehouse.sources.unhcr_archive.rda import (
    RdaError,
    ReaderMissingError,
    Table,
    read,
    require_reader,
)

pd = pytest.importorskip("pandas", reason="the extra `archive` is not installed")
rdata = pytest.importorskip("rdata", reason="the extra `archive` is not installed")

BYTES = b"what the archive holds, byte for byte" * 100
FOREVER = 20


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[FakeArchive]:
    with FakeArchive(tmp_path / "reference") as running:
        running.publish("2024-06", "2024-06-30", {"population": BYTES})
        yield running


@pytest.fixture
def settings(tmp_path: Path, archive: FakeArchive) -> Settings:
    return fast_settings(tmp_path / "data", "http://127.0.0.1:9/", archive_url=archive.url)


def get(archive: FakeArchive, settings: Settings, path: Path) -> bytes:
    [release] = known_releases(archive.reference_dir)
    with Client(settings) as client:
        fetch(client, settings, release, release.files[0], path)
    return path.read_bytes()


# The lists


def test_the_known_releases_are_those_of_the_reference_lists_oldest_first() -> None:
    known = known_releases()
    assert len(known) >= 10
    assert [one.published_on for one in known] == sorted(one.published_on for one in known)
    for release in known:
        assert {file.endpoint.name for file in release.files} == {
            name for name, endpoint in ENDPOINTS.items() if endpoint.is_dataset
        }


def test_the_address_of_a_file_is_made_of_commit_and_name() -> None:
    [release] = chosen_releases(["2025-12.1"])
    file = next(file for file in release.files if file.endpoint.name == "asylum-decisions")
    assert file_url(Settings(), release, file) == (
        "https://raw.githubusercontent.com/PopulationStatistics/refugees/"
        "8239ce0f0609cd33196badc3d66c0911916dda5e/data/asylum_decisions.rda"
    )


@pytest.mark.parametrize("given", ["http://mirror.invalid/x", "http://mirror.invalid/x/"])
def test_the_base_address_can_be_set_with_or_without_a_slash(given: str) -> None:
    settings = load_settings({"ASYLUM_ARCHIVE_URL": given})
    assert settings.archive_url == "http://mirror.invalid/x/"
    with pytest.raises(SettingsError, match="ASYLUM_ARCHIVE_URL"):
        load_settings({"ASYLUM_ARCHIVE_URL": "ftp://mirror.invalid/"})


def test_an_unknown_release_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown release: 2031-06\. There are: 2022-12\.0, "):
        chosen_releases(["2024-06", "2031-06"])


def test_a_release_without_files_is_left_out_unless_it_is_asked_for(archive: FakeArchive) -> None:
    archive.publish("2026-06", "2026-06-30", {})
    assert [one.release_id for one in chosen_releases(None, archive.reference_dir)] == ["2024-06"]
    with pytest.raises(ValueError, match=r"no file is known of release 2026-06.*release_files"):
        chosen_releases(["2026-06"], archive.reference_dir)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("2024-06,countries.rda,5,ab", "line 3: 'countries.rda' is not a dataset"),
        ("2024-06,population.csv,5,ab", "line 3: 'population.csv' is not a dataset"),
        ("2024-06,unrwa.rda,five,ab", "line 3: .*'five'"),
        ("2019-12,unrwa.rda,5,ab", "files of 2019-12, not in releases.csv"),
    ],
)
def test_a_list_that_cannot_be_used_is_an_error_with_its_line(
    archive: FakeArchive, line: str, shown: str
) -> None:
    with (archive.reference_dir / "release_files.csv").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(ReferenceListError, match=shown):
        known_releases(archive.reference_dir)


def test_a_list_that_is_absent_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ReferenceListError, match=r"release_files\.csv: No such file"):
        known_releases(tmp_path)


# Fetching


def test_a_file_is_fetched_byte_for_byte_by_somebody_who_says_who_asks(
    archive: FakeArchive, settings: Settings, tmp_path: Path
) -> None:
    assert get(archive, settings, tmp_path / "x.rda") == BYTES
    assert archive.asked() == ["c-2024-06/data/population.rda"]
    assert archive.headers[0]["User-Agent"].startswith("asylum-warehouse/")


@pytest.mark.parametrize("kind", ["503", "500", "429", "cut", "half", "html", "flipped"])
def test_a_fault_that_passes_is_survived(
    archive: FakeArchive, settings: Settings, tmp_path: Path, kind: str
) -> None:
    archive.faults = [("population.rda", kind)]
    assert get(archive, settings, tmp_path / "x.rda") == BYTES
    assert len(archive.requests) == 2


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("404", "population.rda of release 2024-06 was refused: status 404.*ARCHIVE_URL"),
        ("301", "has moved.*elsewhere.invalid.*ASYLUM_ARCHIVE_URL; it is not followed"),
        (
            "503",
            "population.rda of release 2024-06 could not be fetched: status 503.*Tried 6 times",
        ),
        ("cut", "Tried 6 times"),
        ("endless", "more than 1,048,576 bytes"),
    ],
)
def test_a_file_that_cannot_be_had_is_an_error_that_names_it_and_its_address(
    archive: FakeArchive, settings: Settings, tmp_path: Path, kind: str, shown: str
) -> None:
    archive.faults = [("population.rda", kind)] * FOREVER
    with pytest.raises(UpstreamError, match=f"(?s){shown}") as caught:
        get(archive, settings, tmp_path / "x.rda")
    assert f"{archive.url}c-2024-06/data/population.rda" in str(caught.value)
    assert len(archive.requests) == (1 if kind in ("404", "301") else settings.max_attempts)
    assert not (tmp_path / "x.rda").exists()


@pytest.mark.parametrize("kind", ["html", "half", "flipped"])
def test_another_file_is_refused_with_both_checksums_and_sizes(
    archive: FakeArchive, settings: Settings, tmp_path: Path, kind: str
) -> None:
    import hashlib

    archive.faults = [("population.rda", kind)] * FOREVER
    with pytest.raises(ArchiveError, match="is expected") as caught:
        get(archive, settings, tmp_path / "x.rda")
    text = str(caught.value)
    assert hashlib.sha256(BYTES).hexdigest() in text
    assert f"{len(BYTES):,} bytes" in text
    assert len(set(_hashes(text))) == 2
    assert f"{archive.url}c-2024-06/data/population.rda" in text
    assert ("<!DOCTYPE html>" in text) == (kind == "html")
    assert not (tmp_path / "x.rda").exists()


def _hashes(text: str) -> list[str]:
    import re

    return re.findall(r"\b[0-9a-f]{64}\b", text)


# Reading


def table(tmp_path: Path, name: str, body: bytes) -> Table:
    path = tmp_path / f"{name}.rda"
    path.write_bytes(body)
    return read(path, ENDPOINTS[name.replace("_", "-")])


def rows_of(found: Table, size: int = 1000) -> list[Row]:
    return [one for page in found.pages(size) for one in page]


def application(year: int = 2024, applied: int | None = 5, **codes: Any) -> Row:
    plain = {"procedure_type": "G", "app_type": "N", "dec_level": "FI", "app_pc": "P"}
    return row(year, "CHI", "AUL", **(plain | codes), applied=applied)


def demographic(location: str, pop_type: str = "REF", **counts: int | None) -> Row:
    zeros = dict.fromkeys(ENDPOINTS["demographics"].counts, 0)
    where = {"location": location, "loc_type": "U", "acc_type": "I"}
    return row(2024, "CHI", "AUL", pop_type=pop_type, **where, **(zeros | counts))


@pytest.mark.parametrize("compression", ["bzip2", "gzip", "xz", None])
def test_rows_come_in_the_shape_of_the_api(tmp_path: Path, compression: str | None) -> None:
    source = [
        population(1951, "CHI", "TUR", 123456, oip=None),
        population(2024, "TUR", "AUL", None, oip=None, asylum_seekers=7),
    ]
    found = table(tmp_path, "population", rda("population", source, compression=compression))
    assert (found.rows, found.source_rows) == (2, 2)
    assert found.columns == ENDPOINTS["population"].columns
    first, second = rows_of(found)
    assert first == {
        "year": 1951, "coo_id": None, "coo_name": "China", "coo": "CHI", "coo_iso": "CHN",
        "coa_id": None, "coa_name": "Türkiye", "coa": "TUR", "coa_iso": "TUR",
        "refugees": 123456, "asylum_seekers": "0", "returned_refugees": "0", "idps": "0",
        "returned_idps": "0", "stateless": "0", "ooc": "0", "oip": "-", "hst": "0",
    }  # fmt: skip
    assert tuple(second) == ENDPOINTS["population"].columns
    assert (second["refugees"], second["asylum_seekers"]) == ("-", 7)


def test_the_code_na_is_a_text_and_not_missing(tmp_path: Path) -> None:
    source = [application(app_type="NA"), application(dec_level="NA"), application(app_type=None)]
    for factors in ([], ["app_type", "dec_level", "coo"]):
        found = rows_of(
            table(
                tmp_path, "asylum_applications", rda("asylum_applications", source, factors=factors)
            )
        )
        assert [one["app_type"] for one in found] == ["NA", "N", "-"]
        assert [one["dec_level"] for one in found] == ["FI", "NA", "FI"]
        assert {one["coo"] for one in found} == {"CHI"}


def test_a_column_in_which_all_is_na_is_all_dashes_text_or_count(tmp_path: Path) -> None:
    source = [application(applied=None, app_pc=None)] * 2
    for one in rows_of(table(tmp_path, "asylum_applications", rda("asylum_applications", source))):
        assert (one["applied"], one["app_pc"]) == ("-", "-")


def test_an_unknown_iso_code_is_a_dash(tmp_path: Path) -> None:
    source = [population(2024, "TIB", "AUL", 5) | {"coo_iso": None}, population(2024, "A", "B", 1)]
    assert rows_of(table(tmp_path, "population", rda("population", source)))[0]["coo_iso"] == "-"


def test_counts_may_be_whole_numbers_of_r(tmp_path: Path) -> None:
    body = rda("idmc", [row(2024, "CHI", "AUL")] * 3,
               columns={"total": pd.array([5, None, 0], dtype="Int32")})  # fmt: skip
    assert [one["total"] for one in rows_of(table(tmp_path, "idmc", body))] == [5, "-", "0"]


counts = st.none() | st.integers(0, 2**53)
texts = st.none() | st.sampled_from(["NA", "", " ", "-", "0", "Türkiye", "中国", "a\nb", "N/A"])


@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1900, 2100), texts, texts, counts), min_size=1), st.data())
def test_whatever_is_written_is_read_again(
    tmp_path: Path, values: list[tuple[int, str | None, str | None, int | None]], data: Any
) -> None:
    source = [
        application(year, applied, app_type=code) | {"coo_name": name}
        for year, name, code, applied in values
    ]
    factors = data.draw(st.sampled_from([[], ["app_type"], ["app_type", "coo_name"]]))
    body = rda("asylum_applications", source, factors=factors)
    found = rows_of(table(tmp_path, "asylum_applications", body), data.draw(st.integers(1, 7)))
    assert [(o["year"], o["coo_name"], o["app_type"], o["applied"]) for o in found] == [
        (
            year,
            "-" if name is None else name,
            "-" if code is None else code,
            "-" if applied is None else applied or "0",
        )
        for year, name, code, applied in values
    ]


@pytest.mark.parametrize("value", [1.5, -1.0, 2.0**53 + 2, float("inf"), 1e300, -0.25])
@pytest.mark.parametrize("column", ["refugees", "hst"])
def test_what_is_no_count_is_refused_with_row_and_column(
    tmp_path: Path, column: str, value: float
) -> None:
    source = [population(2024, "CHI", "AUL", 5), population(2024, "TUR", "AUL", 5)]
    source[1][column] = value
    with pytest.raises(RdaError, match=rf"population\.rda, column {column}, row 2: "):
        table(tmp_path, "population", rda("population", source))


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"year": 2024.5}, "column year, row 1: 2024.5 where a year belongs"),
        ({"year": None}, "column year, row 1: NA where a year belongs"),
        ({"refugees": "5"}, "column refugees: of R's type STR, a count"),
        ({"coo": 5}, "column coo, row 1: 5.0 where a text belongs"),
    ],
)
def test_a_column_of_another_kind_is_refused(tmp_path: Path, change: Row, shown: str) -> None:
    source = [population(2024, "CHI", "AUL", 5) | change, population(2024, "A", "B", 1)]
    source[1] |= {key: value for key, value in change.items() if isinstance(value, str)}
    if "coo" in change:
        source[1]["coo"] = 6
    with pytest.raises(RdaError, match=shown):
        table(tmp_path, "population", rda("population", source))


def test_truth_values_are_no_counts(tmp_path: Path) -> None:
    body = rda("idmc", [row(2024, "CHI", "AUL")] * 2,
               columns={"total": pd.array([True, None], dtype="boolean")})  # fmt: skip
    with pytest.raises(RdaError, match="column total: truth values"):
        table(tmp_path, "idmc", body)


def test_a_missing_column_is_refused_and_an_added_one_kept(tmp_path: Path) -> None:
    source = [population(2024, "CHI", "AUL", 5) | {"new": 1.5, "note": "x"}]
    found = table(tmp_path, "population", rda("population", source))
    assert found.columns == (*ENDPOINTS["population"].columns, "new", "note")
    assert (rows_of(found)[0]["new"], rows_of(found)[0]["note"]) == (1.5, "x")
    del source[0]["hst"]
    with pytest.raises(RdaError, match="column hst is missing; there are year, coo_name"):
        table(tmp_path, "population", rda("population", source))


def test_ids_are_kept_where_a_file_has_them(tmp_path: Path) -> None:
    source = [population(2024, "CHI", "AUL", 5) | {"coo_id": 42}]
    assert rows_of(table(tmp_path, "population", rda("population", source)))[0]["coo_id"] == 42


def test_demographics_are_added_up_over_locations_and_unknown_only_where_all_is(
    tmp_path: Path,
) -> None:
    source = [
        demographic("A", total=10, f_60=None, m_60=None),
        demographic("B", pop_type="ASY", total=1000),
        demographic("B", total=5, f_60=7, m_60=None),
        demographic("C", total=0, f_60=None, m_60=None),
    ]
    found = table(tmp_path, "demographics", rda("demographics", source))
    assert (found.rows, found.source_rows) == (2, 4)
    assert found.columns == ENDPOINTS["demographics"].columns
    refugees, seekers = rows_of(found)
    assert [refugees[c] for c in ("pop_type", "total", "f_60", "m_60", "f_0_4")] == [
        "REF", 15, 7, "-", "0",
    ]  # fmt: skip
    assert (seekers["pop_type"], seekers["total"]) == ("ASY", 1000)


@examples(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "REF", "ASY"]),
            st.sampled_from([None, "A", "B"]),
            st.none() | st.integers(0, 10**9),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_no_sum_over_locations_loses_or_invents_a_person(
    tmp_path: Path, values: list[tuple[str | None, str | None, int | None]]
) -> None:
    source = [demographic(place or "", pop, total=n) for pop, place, n in values]
    found = rows_of(table(tmp_path, "demographics", rda("demographics", source)))
    expected: dict[str, list[int | None]] = {}
    for pop, _, number in values:
        expected.setdefault(pop or "-", []).append(number)
    assert {one["pop_type"]: one["total"] for one in found} == {
        pop: (sum(known) or "0") if (known := [n for n in all_ if n is not None]) else "-"
        for pop, all_ in expected.items()
    }
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<!DOCTYPE html>", "not an R data file: it begins with b'<!DOCTYPE"),
        (b"", "not an R data file"),
        (gzip.compress(b"nothing", mtime=0), "not an R data file: it begins with b'nothing'"),
        (b"BZh9 cut", "cannot|not an R data file that can be read"),
    ],
)
def test_what_is_no_rda_file_is_refused(tmp_path: Path, body: bytes, shown: str) -> None:
    with pytest.raises(RdaError, match=shown):
        table(tmp_path, "population", body)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    body = rda("population", [population(2024, "CHI", "AUL", 5)] * 3, compression=None)
    for length in range(0, len(body), 37):
        with pytest.raises(RdaError):
            table(tmp_path, "population", body[:length])
    with pytest.raises(RdaError):
        table(tmp_path, "population", body + b"x")


def test_a_file_with_another_data_frame_is_refused(tmp_path: Path) -> None:
    body = rda("idmc", [row(2024, "CHI", "AUL", total=5)])
    with pytest.raises(RdaError, match="holds idmc, a data frame unrwa expected"):
        table(tmp_path, "unrwa", body)
    path = tmp_path / "list.rda"
    rdata.write_rda(path, {"idmc": {"total": [1.0]}})
    with pytest.raises(RdaError, match="idmc, which is no data frame"):
        read(path, ENDPOINTS["idmc"])


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({c: pd.Series([], dtype="float64") for c in
                          ENDPOINTS["idmc"].columns}, index=pd.RangeIndex(1, 1))  # fmt: skip
    path = tmp_path / "idmc.rda"
    rdata.write_rda(path, {"idmc": frame})
    with pytest.raises(RdaError, match="no row"):
        read(path, ENDPOINTS["idmc"])


def test_text_that_cannot_be_decoded_is_refused_with_row_and_column(tmp_path: Path) -> None:
    body = rda("idmc", [row(2024, "CHI", "AUL", total=5), row(2024, "TUR", "AUL", total=5)],
               compression=None)  # fmt: skip
    broken = body.replace("Türkiye".encode(), b"T\xff\xffrkiye")
    assert broken != body
    with pytest.raises(RdaError, match=r"column coo_name, row 2: text that cannot be read"):
        table(tmp_path, "idmc", broken)


def test_latin_text_is_read_as_what_it_says_it_is(tmp_path: Path) -> None:
    path = tmp_path / "idmc.rda"
    utf8 = rda("idmc", [row(2024, "TUR", "AUL", total=5)], compression=None)
    name = "Türkiye".encode()
    at = utf8.index(name)
    flags = int.from_bytes(utf8[at - 8 : at - 4])
    latin = (flags & ~(8 << 12) | 4 << 12).to_bytes(4)
    text = "Türkiye".encode("latin-1")
    path.write_bytes(utf8[: at - 8] + latin + len(text).to_bytes(4) + text + utf8[at + len(name) :])
    assert rows_of(read(path, ENDPOINTS["idmc"]))[0]["coo_name"] == "Türkiye"


def test_reading_reports_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "idmc.rda"
    path.write_bytes(rda("idmc", [row(2024, "CHI", "AUL", total=5)]))
    seen: list[tuple[int, int]] = []
    read(path, ENDPOINTS["idmc"], lambda done, size: seen.append((done, size)))
    assert seen == sorted(seen)
    assert all(done <= size for done, size in seen)


def test_without_the_reader_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rdata", None)
    with pytest.raises(
        ReaderMissingError, match=r"extra `archive`: pip install -e '\.\[archive\]'"
    ):
        require_reader()


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "a b", "<b>", "2024-06'"])
def test_a_release_id_that_would_lead_elsewhere_is_refused(archive: FakeArchive, name: str) -> None:
    path = archive.reference_dir / "releases.csv"
    header, *_ = path.read_text("utf-8").splitlines()
    cells = dict.fromkeys(header.split(","), "2024-06-30") | {"release_id": name}
    path.write_text(f"{header}\n{','.join(cells.values())}\n", "utf-8")
    (archive.reference_dir / "release_files.csv").write_text("release_id,file_name,bytes,sha256\n")
    with pytest.raises(ReferenceListError, match=r"line 2: .* is not a release id"):
        known_releases(archive.reference_dir)


# Flows: a column a measure there, a row a measure here


def flow(year: int, coo: str, coa: str, **counts: float | None) -> Row:
    """A row of flows.rda as 2023-12 and later have it."""
    measures = dict.fromkeys(("refugees", "asylum_seekers", "refugee_like", "oip"))
    return row(year, coo, coa, **(measures | counts))


FLOW_ROWS = [
    flow(2018, "CHI", "AUL", refugees=5, asylum_seekers=9_315, refugee_like=0, oip=None),
    flow(2018, "CHI", "TUR", refugees=None, asylum_seekers=None),
    flow(2019, "CHI", "TUR", oip=12),
]


def read_flows(tmp_path: Path, rows: list[Row], **how: Any) -> Table:
    path = tmp_path / "flows.rda"
    path.write_bytes(rda(how.pop("name", "flows"), rows, **how))
    return read(path, ENDPOINTS["displacement-flows"])


def counted(table: Table) -> list[tuple[Any, ...]]:
    return [
        (r["year"], r["coo"], r["coa_iso"], r["pt"], r["count"])
        for page in table.pages(2)
        for r in page
    ]


AS_ROWS = [
    (2018, "CHI", "AUS", "REF", 5),
    (2018, "CHI", "AUS", "ASY", 9_315),
    (2018, "CHI", "AUS", "ROC", "0"),
    (2019, "CHI", "TUR", "OIP", 12),
]


@pytest.mark.parametrize("factors", [(), ("coo", "coa", "coo_iso", "coa_iso")])
def test_flows_are_a_row_a_measure_and_what_is_na_is_none(
    tmp_path: Path, factors: tuple[str, ...]
) -> None:
    table = read_flows(tmp_path, FLOW_ROWS, factors=factors)
    assert counted(table) == AS_ROWS
    assert (table.rows, table.source_rows) == (4, 3)
    assert table.columns == ENDPOINTS["displacement-flows"].columns
    [first, *_] = next(iter(table.pages(9)))
    assert tuple(first) == table.columns
    assert (first["coo_id"], first["coa_name"]) == (None, "Australia")


def test_the_wrong_label_of_the_older_files_is_read_as_what_it_was(tmp_path: Path) -> None:
    older = [
        {"returned_refugees" if k == "refugee_like" else k: v for k, v in one.items()}
        for one in FLOW_ROWS
    ]
    assert counted(read_flows(tmp_path, older)) == AS_ROWS


@pytest.mark.parametrize(
    ("column", "named"),
    [
        ("refugees", "REF"),
        ("asylum_seekers", "ASY"),
        ("refugee_like", "ROC"),
        ("oip", "OIP"),
        ("year", "year"),
        ("coo", "coo"),
        ("coa_iso", "coa_iso"),
    ],
)
def test_flows_without_a_column_are_refused_with_what_is_there(
    tmp_path: Path, column: str, named: str
) -> None:
    without = [{k: v for k, v in one.items() if k != column} for one in FLOW_ROWS]
    with pytest.raises(RdaError, match=rf"flows\.rda: {named} is missing; there are .*coo_name"):
        read_flows(tmp_path, without)


def test_a_measure_that_is_there_under_both_labels_is_refused(tmp_path: Path) -> None:
    both = [one | {"returned_refugees": 3} for one in FLOW_ROWS]
    with pytest.raises(RdaError, match=r"refugee_like and returned_refugees"):
        read_flows(tmp_path, both)


@pytest.mark.parametrize("count", [-1, 1.5, "many"])
def test_a_flow_that_is_no_number_is_refused_with_its_place(tmp_path: Path, count: Any) -> None:
    with pytest.raises(RdaError, match=r"flows\.rda, column oip.*row 3|column oip"):
        read_flows(tmp_path, [*FLOW_ROWS[:2], FLOW_ROWS[2] | {"oip": count}])


def test_flows_of_nothing_and_other_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RdaError, match="no row"):
        read_flows(tmp_path, [FLOW_ROWS[1]])
    with pytest.raises(RdaError, match="a data frame flows expected"):
        read_flows(tmp_path, FLOW_ROWS, name="displacement_flows")


def test_a_column_that_flows_did_not_have_is_kept(tmp_path: Path) -> None:
    table = read_flows(tmp_path, [one | {"note": "new"} for one in FLOW_ROWS])
    assert table.columns[-1] == "note"
    assert {r["note"] for page in table.pages(9) for r in page} == {"new"}
