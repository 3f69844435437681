"""Rows of the register that SQL could not evaluate are refused, by line and column."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from warehouse.build import dbt
from warehouse.reference import claim_lists, claims
from warehouse.reference.claims import (
    CLAIM_COLUMNS,
    ClaimsError,
    check_claim,
    check_register,
    read_file,
)
from warehouse.reference.figures import FigureError, as_printed, figure
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.settings import Settings

Row = dict[str, str]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    for name in (claims.DOCUMENTS, claims.CLAIMS):
        shutil.copy(REFERENCE_DIR / f"{name}.csv", tmp_path)
    return tmp_path


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_register_of_the_project_is_in_order() -> None:
    check_register()
    kinds = {row["kind"] for row in rows_of(REFERENCE_DIR / "published_claims.csv")}
    assert kinds == claim_lists.kinds().keys()


# claim of the first such kind, changed cells, column that is refused, what is said of it
BAD: dict[str, tuple[str, Row, str, str]] = {
    "unknown_country": ("level", {"origin": "XQZ"}, "origin", "'XQZ' is not the"),
    "unhcr_code_for_iso3": ("level", {"asylum": "AUL"}, "asylum", "'AUL' is not the"),
    "unknown_population_type": (
        *("level", {"population_type": "XYZ"}),
        *("population_type", "'XYZ' is not one of REF, "),
    ),
    "population_type_of_no_demographics": (
        *("level", {"population_type": "REF"}),
        *("population_type", "only measures of demographics"),
    ),
    "country_twice": ("level", {"asylum": "USA+AUS+USA"}, "asylum", "USA is named more than once"),
    "measure_twice": (
        *("level", {"measure": "refugees_stock+refugees_stock"}),
        *("measure", "refugees_stock is in"),
    ),
    "measure_within_a_sum": (
        *("level", {"measure": "displaced_abroad+refugees_stock"}),
        *("measure", "refugees_stock is in displaced_abroad+refugees_stock more than once"),
    ),
    "share_of_itself": (
        *("share_of", {"share_of": "base"}),
        *("base_measure", "compares a figure with another"),
    ),
    "share_of_itself_on_a_day": (
        *("share_of", {"share_of": "base", "reference_date": "2024-06-30", "to_year": "2024"}),
        *("base_measure", "compares a figure with another"),
    ),
    "rate_of_itself": (
        *("rate", {"base_measure": "refugees_stock", "measure": "refugees_stock"}),
        *("base_measure", "compares a figure with another"),
    ),
    "hundreds_of_digits": ("rank", {"stated_value": "9" * 400}, "stated_value", "too large"),
    "tolerance_in_percent_of_people": (
        *("level", {"tolerance": "5 %"}),
        *("tolerance", "5 % is a percentage"),
    ),
    "half_a_group": ("level", {"asylum": "USA+XQZ"}, "asylum", "'XQZ' is not the"),
    "unknown_group": ("level", {"asylum": "rich_ones"}, "asylum", "'rich_ones' is not the"),
    "all_and_one": ("level", {"asylum": "*+USA"}, "asylum", "'*' is not the"),
    "top_of_none": ("level", {"asylum": "top:0"}, "asylum", "'top:0' is not the"),
    "largest_of_both": ("level", {"origin": "top:5", "asylum": "top:5"}, "origin", "only one of"),
    "stock_and_flow": (
        *("level", {"measure": "asylum_seekers_stock+new_asylum_claims"}),
        *("measure", "not added to a flow"),
    ),
    "rate_of_a_group": (
        *("level", {"measure": "refugee_recognition_rate", "asylum": "USA+AUS"}),
        *("measure", "a rate of several countries"),
    ),
    "stateless_of_an_origin": (
        *("level", {"measure": "refugees_stock+stateless_stock", "origin": "MMR"}),
        *("origin", "no country of origin"),
    ),
    "stateless_against_an_origin": (
        *("ratio", {"measure": "stateless_stock", "origin": "*", "base_origin": "MMR"}),
        *("base_origin", "no country of origin"),
    ),
    "place_among_nobody": ("place", {"among": ""}, "among", "needs it"),
    "place_of_the_world": ("place", {"asylum": "*"}, "asylum", "that of one country"),
    "extreme_of_a_sum": (
        *("extreme", {"measure": "refugees_stock+oip_stock"}),
        *("measure", "in one measure"),
    ),
    "per_head_of_a_region": ("per_head", {"asylum": "un_africa"}, "asylum", "of one country"),
    "rate_without_denominator": ("rate", {"base_measure": ""}, "base_measure", "needs it"),
    "no_reason": ("not_expressible", {"reading": ""}, "reading", "needs it"),
    "hedged_and_exact": (
        *("level", {"wording": "over", "tolerance": "1"}),
        *("wording", "not both"),
    ),
    # A wording that no figure is read by would be shown, and not heeded.
    "hedged_place": ("place", {"wording": "about"}, "wording", "does not use it"),
    "hedged_record": ("record", {"wording": "nearly"}, "wording", "does not use it"),
    "hedged_comparison": (
        *("comparison", {"wording": "over"}),
        *("wording", "give stated_low or stated_high"),
    ),
    "hedged_bounds": (
        *("level", {"wording": "over", "stated_value": "", "stated_low": "5"}),
        *("wording", "bounds are told as they are"),
    ),
    "largest_ever_of_more": ("extreme", {"relation": "above"}, "relation", "an extreme does not"),
    "lowest_since": ("record", {"kind": "lowest"}, "kind", "of the lowest figure, of a fall"),
    "measure_of_another_name": (
        *("level", {"measure": "refugees"}),
        *("measure", "such as refugees_stock or "),
    ),
    "measure_by_a_word_of_it": (
        *("level", {"measure": "returns"}),
        *("measure", "such as returned_refugees or returned_idps"),
    ),
    "group_by_its_name": (
        *("level", {"origin": "European Union"}),
        *("origin", "give a group of countries, eu_member_states"),
    ),
    "value_and_hedge": (
        *("level", {"stated_value": "over 1.2 million"}),
        *("stated_value", "give 1.2 million, and over as the wording"),
    ),
    "unknown_hedge": ("level", {"wording": "circa"}, "wording", "is not one of about"),
    "day_of_another_year": (
        *("level", {"reference_date": "2019-06-30"}),
        *("reference_date", "is not in to_year"),
    ),
    "year_before_the_series": (
        "level",
        {"from_year": "1900"},
        "from_year",
        "not between 1951, the first",
    ),
    "year_after_the_document": (
        "level",
        {"to_year": "2031"},
        "to_year",
        "not between 1951, the first",
    ),
    "year_of_words": ("level", {"to_year": "last"}, "to_year", "is not a year"),
    "years_reversed": ("sum", {"from_year": "2024", "to_year": "2012"}, "to_year", "before the"),
    "change_without_base": (
        "change",
        {"base_from_year": ""},
        "base_from_year",
        "needs it",
    ),
    "ratio_without_base": ("ratio", {"base_to_year": ""}, "base_to_year", "needs it"),
    "comparison_without_relation": (
        "comparison",
        {"relation": ""},
        "relation",
        "needs it",
    ),
    "range_without_bound": ("range", {"stated_high": ""}, "stated_high", "needs it"),
    "rank_without_country": ("rank", {"asylum": ""}, "asylum", "needs it"),
    "share_without_country": ("share", {"asylum": ""}, "asylum", "needs it"),
    "count_of_nothing": ("count", {"count_of": ""}, "count_of", "needs it"),
    "count_without_threshold": (
        *("count", {"threshold_low": ""}),
        *("threshold_low", "needs it"),
    ),
    "threshold_year_without_threshold": (
        *("threshold_year", {"threshold_low": ""}),
        *("threshold_low", "needs it"),
    ),
    "level_without_figure": ("level", {"stated_value": ""}, "stated_value", "needs a value"),
    "sum_without_figure": ("sum", {"stated_value": ""}, "stated_value", "needs a value"),
    "record_of_one_year": ("record", {"from_year": "2024"}, "from_year", "about several years"),
    "level_of_two_years": ("level", {"from_year": "2011"}, "from_year", "about one year"),
    "base_of_a_level": ("level", {"base_from_year": "2012"}, "base_from_year", "does not use it"),
    "value_and_bounds": ("level", {"stated_low": "1"}, "stated_value", "not both"),
    "bounds_reversed": ("range", {"stated_low": "99999"}, "stated_high", "below stated_low"),
    "tolerance_below_zero": ("level", {"tolerance": "-1"}, "tolerance", "below zero"),
    "tolerance_not_a_number": ("level", {"tolerance": "nan"}, "tolerance", "is not a number"),
    "value_with_comma": ("level", {"stated_value": "17,62,39"}, "stated_value", "is not a number"),
    "value_infinite": ("level", {"stated_value": "inf"}, "stated_value", "is not a number"),
    "unknown_kind": ("level", {"kind": "guess"}, "kind", "is not one of level"),
    "unknown_measure": ("level", {"measure": "refugees"}, "measure", "is not a measure"),
    "unknown_reading": ("level", {"read_as": "people"}, "read_as", "is not one of stock, flow"),
    "cases_of_a_stock": (
        "level",
        {"counting_unit": "cases"},
        "counting_unit",
        "only counted in persons",
    ),
    "sum_of_rates": ("sum", {"measure": "total_protection_rate"}, "kind", "rates are not added"),
    "unknown_document": ("level", {"document_id": "nobody"}, "document_id", "is not in"),
    "claim_twice": ("change", {"claim_id": "1"}, "claim_id", "already"),
    "half_a_place": ("rank", {"stated_value": "1.5"}, "stated_value", "is not a rank"),
    "year_passed_outside": (
        "threshold_year",
        {"stated_value": "2040"},
        "stated_value",
        "not between",
    ),
    "spaces": ("level", {"paraphrase": " so "}, "paraphrase", "spaces around"),
    "small_letters": ("level", {"origin": "chn"}, "origin", "'chn' is not the"),
    "part_of_a_person": (
        "level",
        {"stated_value": "178.725"},
        "stated_value",
        "no number of people",
    ),
    "part_of_a_person_in_bounds": (
        *("range", {"stated_low": "7.000"}),
        *("stated_low", "no number of people"),
    ),
    "percent_of_people": ("level", {"stated_value": "50 %"}, "stated_value", "is a percentage"),
    "one_in_of_people": ("sum", {"stated_value": "1 in 6"}, "stated_value", "is a percentage"),
    "percent_of_times": ("ratio", {"stated_low": "200 %"}, "stated_low", "is a percentage"),
    "percent_of_a_place": ("rank", {"stated_value": "1 %"}, "stated_value", "is a percentage"),
    "more_than_can_be": (
        "level",
        {"stated_value": "9999999999999999"},
        "stated_value",
        "too large",
    ),
    "of_no_people": ("per_head", {"per": "0"}, "per", "is not a number of people"),
    "of_less_than_no_people": ("per_head", {"per": "-1000"}, "per", "is not a number of people"),
    "people_below_zero": ("level", {"stated_value": "-5"}, "stated_value", "below zero"),
    "share_below_zero": ("share_of", {"stated_value": "-5 %"}, "stated_value", "below zero"),
    "fraction_or_percent": (
        "change",
        {"stated_value": "0.736"},
        "stated_value",
        "73.6 % or 0.736 %",
    ),
    "part_of_a_threshold": (
        *("count", {"threshold_low": "10.5"}),
        *("threshold_low", "no number of people"),
    ),
    "flow_read_as_stock": (
        *("level", {"measure": "new_asylum_claims", "read_as": "stock"}),
        *("read_as", "is a flow"),
    ),
    "no_paraphrase": ("level", {"paraphrase": ""}, "paraphrase", "must not be empty"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_row_is_refused_with_its_line_and_column(register: Path, name: str) -> None:
    kind, cells, column, said = BAD[name]
    path = register / "published_claims.csv"
    rows = rows_of(path)
    at = next(i for i, row in enumerate(rows) if row["kind"] == kind)
    rows[at] |= cells
    write(path, rows)
    with pytest.raises(ClaimsError) as refused:
        check_register(register)
    place = f"published_claims.csv, line {at + 2}, column {column}: "
    found = [line for line in str(refused.value).splitlines() if line.startswith(place)]
    assert found, str(refused.value)
    assert any(said in line for line in found), found


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"published_on": "13 January 2025"}, "published_on", "is not a day"),
        ({"published_on": "2025-02-30"}, "published_on", "is not a day"),
        ({"publisher": ""}, "publisher", "must not be empty"),
        ({"document_id": "khabarhub_2026"}, "document_id", "occurs twice"),
        ({"document_id": "Über uns"}, "document_id", "a-z"),
    ],
)
def test_a_bad_document_is_refused(register: Path, cells: Row, column: str, said: str) -> None:
    path = register / "published_documents.csv"
    rows = rows_of(path)
    rows[0] |= cells
    write(path, rows)
    with pytest.raises(ClaimsError, match=rf"column {column}: .*{re.escape(said)}"):
        check_register(register)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("document_id,claim_id", "document,claim_id", "Missing: document_id. Unknown: document"),
        (",Figures by year,", ",Figures, by year,", "35 values where the header has 34"),
    ],
)
def test_a_file_of_another_shape_is_refused(register: Path, old: str, new: str, said: str) -> None:
    path = register / "published_claims.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ClaimsError, match=re.escape(said)):
        check_register(register)


def test_every_problem_is_told_at_once(register: Path) -> None:
    path = register / "published_claims.csv"
    rows = rows_of(path)
    rows[0]["origin"] = "QQQ"
    rows[7]["tolerance"] = "-3"
    write(path, rows)
    with pytest.raises(ClaimsError) as refused:
        check_register(register)
    assert "(2)" in str(refused.value)
    assert "line 2, column origin" in str(refused.value)
    assert "line 9, column tolerance" in str(refused.value)


def test_a_bad_row_stops_a_build_before_anything_is_touched(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = register / "published_claims.csv"
    rows = rows_of(path)
    rows[3]["base_from_year"] = ""
    write(path, rows)
    monkeypatch.setattr(claims.check_register, "__defaults__", (register,))
    settings = Settings(data_dir=tmp_path / "data")
    with pytest.raises(ClaimsError, match="line 5, column base_from_year"):
        dbt.build(settings)
    assert not settings.data_dir.exists()


@given(
    st.fixed_dictionaries(
        {name: st.one_of(st.just(""), st.text(max_size=12)) for name in CLAIM_COLUMNS}
    )
)
def test_whatever_stands_in_a_row_it_is_judged_and_nothing_breaks(cells: Row) -> None:
    with pytest.raises(ClaimsError):
        check_claim(cells, date(2026, 2, 1))


@given(
    st.integers(1, 10**9),
    st.sampled_from(["", " thousand", " million"]),
    st.sampled_from(["", " %"]),
)
def test_a_figure_is_read_as_it_is_printed(whole: int, word: str, percent: str) -> None:
    times = {"": 1, " thousand": 1e3, " million": 1e6}[word]
    assert figure(f"{whole:,}{word}{percent}") == figure(f"{whole}{word}{percent}") == whole * times
    assert figure(f"{whole:,}.25{word}{percent}") == (whole + 0.25) * times


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        *(("2.75m", "2.75 million"), ("8.4 Million", "8.4 million"), ("1,158,739", "1,158,739")),
        *(("13 %", "13 %"), ("13%", "13 %"), ("13 percent", "13 %"), ("-2 %", "-2 %")),
        *(("\u22122 %", "-2 %"), ("one in six", "1 in 6"), ("1 in 67", "1 in 67")),
        *(("6.0 million", "6.0 million"), ("12k", "12 thousand")),
        # Spaces between thousands: a common one, a thin one, and those that do not break.
        *(("178 725", "178,725"), ("1\u2009158\u2009739", "1,158,739")),
        *(("178\u202f725", "178,725"), ("178\u00a0725", "178,725"), ("5th", "5"), ("1st", "1")),
    ],
)
def test_what_people_type_is_held_as_documents_print_it(typed: str, held: str) -> None:
    assert as_printed(typed) == held


@pytest.mark.parametrize("typed", ["", "many", "1,23", "1 in 0", "nan", "1e5", "2.75 mio", "5 5"])
def test_what_is_no_figure_is_refused(typed: str) -> None:
    with pytest.raises(FigureError, match="is not a figure"):
        as_printed(typed)


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        *(("half", "give 50 % or '1 in 2'"), ("a third", "give 33 % or '1 in 3'")),
        *(("2.5 times", "give 2.5, and ratio as the kind"), ("doubled", "give 2, and ratio")),
        *(("over 1.2 million", "give 1.2 million, and over as the wording"),),
        *(("more than 178 725", "give 178,725, and over"), ("at least 5", "give 5 as the lowest")),
    ],
)
def test_what_is_figure_and_more_is_refused_with_what_to_give_instead(
    typed: str, instead: str
) -> None:
    with pytest.raises(FigureError) as refused:
        as_printed(typed)
    assert instead in str(refused.value)


@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from(["thousand", "million"]))
def test_a_figure_is_the_decimal_that_it_states(digits: int, places: int, word: str) -> None:
    stated = Decimal(digits).scaleb(-places)
    assert figure(f"{stated:f} {word}") == float(
        stated * {"thousand": 1000, "million": 10**6}[word]
    )


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        *(
            ("level,refugees_stock,SYR,DEU,2024,,5", "level: refugees from SYR in DEU, 2024"),
            ("level,refugees_stock,,,2024,,5", "level: refugees, 2024"),
        ),
        (
            "change,refugees_stock,SYR,,2024,2014,5 %",
            "change: refugees from SYR, 2024, against 2014",
        ),
    ],
)
def test_a_claim_of_a_file_that_has_no_words_says_whom_where_and_when(
    tmp_path: Path, cells: str, says: str
) -> None:
    path = tmp_path / "mine.csv"
    header = "kind,measure,origin,asylum,to_year,base_to_year,stated_value"
    base = "2014" if ",2014," in cells else ""
    path.write_text(f"{header},base_from_year\n{cells},{base}\n", encoding="utf-8")
    _, [claim] = read_file(path, date(2025, 6, 20))
    assert claim["paraphrase"] == says


def test_a_file_needs_only_the_columns_that_its_claims_fill(tmp_path: Path) -> None:
    path = tmp_path / "My claims.csv"
    path.write_text(
        'kind,measure,origin,to_year,stated_value\nlevel,asylum_seekers_stock,CHN,2024,"176,239"\n',
        encoding="utf-8-sig",
    )
    [document], [claim] = read_file(path, date(2025, 1, 13))
    assert (document["document_id"], document["published_on"]) == ("my_claims", "2025-01-13")
    assert (claim["claim_id"], claim["from_year"], claim["read_as"]) == ("1", "2024", "stock")
    assert claim["document_word"] == "asylum seekers stock"
    path.write_text(
        path.read_text("utf-8-sig").replace("\n", ",read_as\n", 1).replace('"\n', '",flow\n')
    )
    _, [claim] = read_file(path, date(2025, 1, 13))
    assert claim["document_word"] == "people who apply"


def test_claims_without_a_number_never_take_that_of_another(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    numbers = ["", "", "1", "line_3", ""]
    path.write_text(
        "claim_id,kind,measure,to_year,stated_value\n"
        + "".join(f"{number},level,refugees_stock,2024,1\n" for number in numbers)
    )
    _, read = read_file(path, date(2025, 1, 13))
    assert [claim["claim_id"] for claim in read] == ["line_2", "2", "1", "line_3", "5"]


def test_a_file_is_read_as_people_type(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "kind,measure,origin,asylum,to_year,stated_value,stated_low\n"
        "level,asylum_seekers_stock,chn,usa + Canada,2024,0.18m,\n"
        "share_of,refugees_stock,chn,unhcr_europe,2024,,12 percent\n"
    )
    said = "line 3, column share_of"
    with pytest.raises(ClaimsError, match=said):
        read_file(path, date(2025, 1, 13))
    path.write_text(path.read_text().replace("share_of", "level").replace("12 percent", "12k"))
    _, [first, second] = read_file(path, date(2025, 1, 13), frozenset({"unhcr_europe"}))
    assert (first["origin"], first["asylum"]) == ("CHN", "USA+CAN")
    assert (first["stated_value"], second["stated_low"]) == ("0.18 million", "12 thousand")
    with pytest.raises(ClaimsError, match="no region 'unhcr_europe': there are unhcr_africa"):
        read_file(path, date(2025, 1, 13), frozenset({"unhcr_africa"}))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kind,mesure\n", "line 1: no column of the register: mesure"),
        ("", "claims.csv is empty"),
        ("kind;measure\n", "line 1: separated by semicolons"),
        ("kind\tmeasure\n", "line 1: separated by tabs"),
        ("kind,measure,\n", "line 1: column 3 has no name"),
        ("kind,measure,origin,origin\n", "line 1: more than one column origin"),
        ("kind,measure\n", "there is no claim in it"),
        ("kind,measure\nlevel\n", "line 2: 1 values, and the header has 2"),
        ("kind,measure\nlevel,refugees_stock,1,2\n", "line 2: 4 values, and the header has 2"),
        ("kind,measure,to_year\nlevel,refugees_stock,2024\n", "line 2, column published_on"),
        ("kind,measure,to_year\nguess,refugees_stock,2024\n", "line 2, column kind"),
        ("kind,origin\nlevel,Congo\n", "line 2, column origin: 'Congo' can be COD"),
        ("kind,origin\nlevel,Kosovo\n", "column origin: UNHCR has no origin"),
        ("kind,origin\nlevel,XKX\n", "(XKX). UNHCR counts Kosovo with Serbia"),
        ("kind,asylum\nlevel,DEU+TWN\n", "column asylum: UNHCR has no origin and no country of"),
        ("kind,measure\n,\n , \n", "there is no claim in it"),
        ("kind,asylum\nlevel,Germny\n", "line 2, column asylum: 'Germny' is not the ISO"),
    ],
)
def test_a_file_that_cannot_be_audited_says_where(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ClaimsError, match=re.escape(said)):
        read_file(path, None)


def test_rows_of_a_sheet_without_anything_in_them_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    header, claim = "kind,measure,to_year,stated_value", "level,refugees_stock,2024,1"
    path.write_text(f"{header}\n,,,\n{claim}\n , ,,\n,,,,,\n{claim}\n,,,\n")
    _, read = read_file(path, date(2025, 1, 13))
    assert [row["claim_id"] for row in read] == ["2", "5"]


@pytest.mark.parametrize("name", ["claims.xlsx", "claims.csv"])
def test_a_workbook_is_refused_as_one_and_the_answer_says_how_to_save_it(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet().write(0, 0, "kind")
    said = f"{name} is a workbook, and claims are read from CSV.*save the sheet .* as CSV UTF-8"
    with pytest.raises(ClaimsError, match=said):
        read_file(path, None)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    with pytest.raises(ClaimsError, match=said):
        read_file(path, None)


def test_a_document_of_a_day_to_come_is_refused_with_its_line_and_what_to_do(
    register: Path, tmp_path: Path
) -> None:
    path = tmp_path / "claims.csv"
    header = "kind,measure,to_year,stated_value,published_on"
    path.write_text(f"{header}\nlevel,refugees_stock,2024,1,9998-12-31\n")
    said = r"line 2, column published_on: 9998-12-31 is still to come.*: give the day on which"
    with pytest.raises(ClaimsError, match=rf"claims\.csv, {said}"):
        read_file(path, None)
    documents = register / "published_documents.csv"
    rows = rows_of(documents)
    rows[0]["published_on"] = "9998-12-31"
    write(documents, rows)
    with pytest.raises(ClaimsError, match=rf"published_documents\.csv, {said}"):
        check_register(register)
