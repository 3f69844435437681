"""How figures are written, and names of sheets: small things that every report rests on."""

from __future__ import annotations

from datetime import date

import pytest

from warehouse.core.wording import (
    at_least,
    in_brackets,
    listed,
    markdown,
    number,
    of_origin,
    ordinal,
    show,
    visible,
    within,
)
from warehouse.exports.sheets import CELL_CHARACTERS, cell_text
from warehouse.exports.workbook import SHEET_NAME_CHARACTERS, sheet_name
from warehouse.reference.seeds import read_seed


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "count", "–"),
        (0, "count", "0"),
        (1234567, "count", "1,234,567"),
        (0, "change", "0"),
        (-5, "change", "−5"),
        (12, "change", "+12"),
        (0.689, "share", "68.9 %"),
        (0.0001, "share", "under 0.1 %"),
        (0.0, "share", "0.0 %"),
        (-0.442, "change_rate", "−44.2 %"),
        (-0.0002, "change_rate", "under 0.1 %"),
        (0.0002, "change_rate", "under 0.1 %"),
        (0.0, "change_rate", "+0.0 %"),
        (14.255, "change_rate", "+1,426 %"),
        (2.5, "ratio", "2.50 ×"),
        (2025, "year", "2025"),
        (date(2025, 6, 30), "day", "30 June 2025"),
    ],
)
def test_a_figure_is_written_as_people_read_it(value, kind, shown):
    assert show(value, kind).replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("value", "is_complete", "shown"),
    [
        (5024, False, "≥ 5,024"),
        (5024, True, "5,024"),
        (5024, None, "5,024"),
        (0, True, "0"),
        (0, False, "–"),
        (None, False, "–"),
    ],
)
def test_a_lower_bound_is_marked(value, is_complete, shown):
    assert at_least(value, is_complete).replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("kind", "little", "more"), [("per_1000", 0.003, "≥ 0.25"), ("share", 0.0003, "≥ 25.0 %")]
)
def test_a_lower_bound_too_small_to_be_shown_is_over_0(kind, little, more):
    assert at_least(little, is_complete=False, kind=kind) == "over 0"
    assert at_least(little, is_complete=True, kind=kind).startswith("under 0.")
    assert at_least(0.25, is_complete=False, kind=kind).replace("\xa0", " ") == more


@pytest.mark.parametrize(
    ("value", "is_comparable", "shown"),
    [(-5, False, "(−5)"), (-5, True, "−5"), (-5, None, "−5"), (None, False, "–")],
)
def test_a_change_of_reporting_stands_in_brackets(value, is_comparable, shown):
    assert in_brackets(value, is_comparable) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (12362.0, "12,362"), (0.6904, "0.690"), (0.0, "0")]
)
def test_a_number_of_either_sort_is_written(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("CHN", "China", "People from China, asylum-seekers from China"),
        ("STA", "Stateless", "Stateless people, stateless asylum-seekers"),
        ("UKN", "Unknown ", "People of unknown origin, asylum-seekers of unknown origin"),
        ("TIB", "Tibetan", "Tibetan people, Tibetan asylum-seekers"),
    ],
)
def test_people_are_named_with_their_origin(code, name, said):
    of_both = [of_origin(people, code, name) for people in ("People", "asylum-seekers")]
    assert ", ".join(of_both) == said


def test_every_origin_that_is_no_country_has_its_words():
    for _, row in read_seed("special_origins"):
        assert " from " not in of_origin("people", row["unhcr_code"], row["name"])


def test_what_is_not_seen_is_shown_and_lines_are_joined():
    assert visible("a\u202eb\x00c\r\nd\u2028e") == "a\ufffdb\ufffdc d e"
    assert visible("Côte d’Ivoire – 中国") == "Côte d’Ivoire – 中国"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Türkiye (former)", "Türkiye (former)"),
        ("a | b", r"a \| b"),
        ("`*_[]~$\\", r"\`\*\_\[\]\~\$\\"),
        ("<b>&lt;", "&lt;b&gt;&amp;lt;"),
        ("R&D", "R&D"),
        ("http://x www.y a@b", "http&#8203;://x www&#8203;.y a&#64;b"),
    ],
)
def test_nothing_in_a_name_is_markup(text, escaped):
    assert markdown(text) == escaped


@pytest.mark.parametrize("text", ["# a", "1. a", "- a", "+ a", "> a", "=== a"])
def test_a_name_that_begins_a_line_begins_no_block(text):
    assert markdown(text, begins_line=True)[0] == "&"


def test_names_of_sheets_are_short_different_and_without_what_spreadsheets_refuse():
    long = "mart_" + "x" * 40
    first = sheet_name(long)
    second = sheet_name(long, [first.upper()])
    assert len(first) == len(second) == SHEET_NAME_CHARACTERS
    assert first != second
    assert sheet_name("a[b]:c*d?e/f\\g'") == "a_b__c_d_e_f_g_"
    assert sheet_name("History") == "History_2"
    assert sheet_name("'") == "_"


def test_a_cell_holds_no_more_than_it_can_and_says_so():
    assert cell_text("a\x00b\ufffec") == "a\ufffdb\ufffdc"
    cut = cell_text("x" * (CELL_CHARACTERS + 1))
    assert len(cut) == CELL_CHARACTERS
    assert cut.endswith("[cut]")
    assert cell_text("x" * CELL_CHARACTERS) == "x" * CELL_CHARACTERS


@pytest.mark.parametrize(
    ("place", "written"),
    [
        *((1, "first"), (10, "tenth"), (11, "11th"), (12, "12th"), (21, "21st"), (22, "22nd")),
        *((103, "103rd"), (111, "111th"), (1002, "1,002nd")),
    ],
)
def test_a_place_is_written_as_people_say_it(place: int, written: str) -> None:
    assert ordinal(place) == written


def test_a_label_keeps_the_capital_of_a_name_within_a_sentence() -> None:
    assert within("Asylum-seekers") == "asylum-seekers"
    assert within("Palestine refugees under UNRWA's mandate").startswith("Palestine")


def test_several_are_listed_with_one_and() -> None:
    assert listed(["A"]) == "A"
    assert listed(["A", "B"]) == "A and B"
    assert listed(["A", "B", "C"]) == "A, B and C"
