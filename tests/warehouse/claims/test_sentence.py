"""What may be printed of a claim: what is counted, of whom, where, when, and the figure."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from warehouse.claims.counted import NAMES_OF_WORDS, region_name
from warehouse.claims.sentence import citation, to_print
from warehouse.reference.claim_lists import kinds
from warehouse.reference.seeds import read_seed

CLAIM: dict[str, Any] = {
    "measure": "asylum_seekers_stock", "counting_unit": "persons",
    "origin": "CHN", "asylum": "*",
    "from_year": 2025, "reference_year": 2025, "reference_date": date(2025, 12, 31),
    "kind": "level", "is_lower_bound": False, "is_not_comparable": False,
    "not_printed_because": None, "print_note": None, "rests_on_incomplete": False,
    "newest_text": "99,716", "on_the_day_text": "178,725",
    "document_published_on": date(2026, 3, 13),
    "release_id": "2025-12.1", "release_id_on_the_day": "2025-06",
    **dict.fromkeys(
        ("population_type", "base_measure", "base_origin", "base_asylum", "base_from_year",
         "base_to_year", "base_reference_date", "reference_date_asked", "among", "share_of",
         "count_of", "per", "threshold_low", "threshold_high")
    ),
    "inputs": [],
}  # fmt: skip


def figure_of(role: str, year: int, value: float | None, **cells: Any) -> dict[str, Any]:
    """A figure that a claim rests on, as the audit gives it."""
    return {
        "input_role": role, "reference_year": year, "reference_date": date(year, 12, 31),
        "value_newest": value, "is_covered_on_the_day": True, "is_provisional_on_the_day": False,
    } | cells  # fmt: skip


_OF_HALF = [figure_of("figure", 2025, 99_716, is_provisional_on_the_day=True)]
_WAITING = "asylum_seekers_stock"
_DISPLACED = "Internally displaced people as IDMC counts them"
NAMES = {
    **{"CHN": "China", "USA": "United States", "AFG": "Afghanistan", "IRN": "Iran"},
    **{"SYR": "Syrian Arab Rep.", "un_africa": region_name("UN", "Africa")},
}


def plain(text: str) -> str:
    """Without the spaces that keep a day on one line."""
    return text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            {},
            "Asylum-seekers from China in all countries, end of 2025: 99,716 "
            "(178,725 on 13 March 2026).",
        ),
        (
            {"on_the_day_text": "99,716"},
            "Asylum-seekers from China in all countries, end of 2025: 99,716.",
        ),
        (
            {"measure": "stateless_stock", "origin": "STA", "on_the_day_text": None},
            "Stateless people in all countries, end of 2025: 99,716.",
        ),
        (
            {"inputs": _OF_HALF},
            "Asylum-seekers from China in all countries, end of 2025: 99,716 "
            "(178,725 on 13 March 2026, of 30 June 2025).",
        ),
        (
            {"inputs": _OF_HALF, "from_year": 2013, "kind": "sum", "measure": "new_asylum_claims"},
            "People who claimed asylum from China in all countries, 2013 to 2025 together: 99,716 "
            "(178,725 on 13 March 2026, with the first half of 2025 for its last year).",
        ),
        (
            {"reference_date": date(2025, 6, 30), "on_the_day_text": None},
            "Asylum-seekers from China in all countries, as of 30 June 2025: 99,716.",
        ),
        (
            {
                "reference_date": date(2024, 6, 30),
                "reference_year": 2024,
                "from_year": 2024,
                "measure": "new_asylum_claims",
                "on_the_day_text": None,
            },
            "People who claimed asylum from China in all countries, first half of 2024: 99,716.",
        ),
        (
            {"is_lower_bound": True, "on_the_day_text": "99,716"},
            "Asylum-seekers from China in all countries, end of 2025: at least 99,716.",
        ),
        (
            {"on_the_day_text": "99,716", "print_note": "Age and sex are known of 7 of 10 people."},
            "Asylum-seekers from China in all countries, end of 2025: 99,716. Age and sex are "
            "known of 7 of 10 people.",
        ),
        (
            {"is_lower_bound": True, "newest_text": "0", "on_the_day_text": "0"},
            "Asylum-seekers from China in all countries, end of 2025: nothing, since the origin of "
            "many people is not known there.",
        ),
        (
            {"from_year": 2013, "kind": "sum", "not_printed_because": "so it is"},
            "Asylum-seekers from China in all countries, 2013 to 2025 together: nothing, since "
            "so it is.",
        ),
        (
            {
                "kind": "place",
                "among": "origins",
                "rests_on_incomplete": True,
                "newest_text": "place 2",
                "on_the_day_text": "place 1",
            },
            "Asylum-seekers from China in all countries, end of 2025: the second most of all "
            "countries of origin (at publication, on 13 March 2026: the most), while people are "
            "missing in the figures behind it.",
        ),
        (
            {
                "kind": "change",
                "base_from_year": 2024,
                "base_to_year": 2024,
                "is_not_comparable": True,
                "newest_text": "-44.9 %",
            },
            "Asylum-seekers from China in all countries, end of 2025, change on the end of 2024: "
            "nothing, since the figures of the two times do not compare (docs/breaks.md).",
        ),
        (
            {
                "kind": "rising",
                "from_year": 2016,
                "is_not_comparable": True,
                "newest_text": "up in 5 of 9 years",
            },
            "Asylum-seekers from China in all countries, 2016 to 2025, years of increase: "
            "nothing, since the figures of the years do not compare (docs/breaks.md).",
        ),
        (
            {
                "kind": "level",
                "measure": "refugee_recognition_rate",
                "rests_on_incomplete": True,
                "newest_text": "57.7 %",
                "on_the_day_text": None,
            },
            "Refugee recognition rate of people from China in all countries, counted in persons, "
            "2025: 57.7 %, while decisions are missing in the figures behind it.",
        ),
        (
            {"measure": "new_asylum_claims", "asylum": "USA"},
            "People who claimed asylum from China in United States, 2025: 99,716 "
            "(178,725 on 13 March 2026).",
        ),
        (
            {"from_year": 2013, "kind": "sum", "measure": "new_asylum_claims"},
            "People who claimed asylum from China in all countries, 2013 to 2025 together: 99,716 "
            "(178,725 on 13 March 2026).",
        ),
        (
            {"measure": "refugees_stock+oip_stock", "origin": "*"},
            "Refugees plus other people in need of international protection in all countries, "
            "end of 2025: 99,716 (178,725 on 13 March 2026).",
        ),
        (
            {
                "measure": "refugee_recognition_rate",
                "newest_text": "41.0 %",
                "on_the_day_text": "40.2 %",
            },
            "Refugee recognition rate of people from China in all countries, counted in persons, "
            "2025: 41.0 % (40.2 % on 13 March 2026).",
        ),
        (
            {"newest_text": None, "inputs": [figure_of("figure", 2025, None)]},
            "Asylum-seekers from China in all countries, end of 2025: UNHCR's database has no "
            "figure (178,725 on 13 March 2026).",
        ),
    ],
)  # fmt: skip
def test_the_sentence_says_what_is_counted_of_whom_where_and_when(
    cells: dict[str, Any], sentence: str
) -> None:
    assert plain(to_print(CLAIM | cells, NAMES)) == sentence


@pytest.mark.parametrize(
    ("measure", "origin", "asylum", "whom"),
    [
        (
            "returned_refugees",
            "AFG",
            "*",
            "Refugees who returned to Afghanistan from all countries",
        ),
        ("returned_refugees", "AFG", "IRN", "Refugees who returned to Afghanistan from Iran"),
        ("returned_refugees", "*", "IRN", "Refugees who returned from Iran"),
        ("returned_refugees", "*", "*", "Refugees who returned from all countries"),
        *(
            ("internally_displaced_stock", origin, asylum, f"{_DISPLACED} in {where}")
            for origin, asylum, where in (
                *(("AFG", "*", "Afghanistan"), ("AFG", "AFG", "Afghanistan")),
                *(("*", "IRN", "Iran"), ("*", "*", "all countries")),
            )
        ),
        (_WAITING, "UKN", "USA", "Asylum-seekers of unknown origin in United States"),
        (_WAITING, "STA", "*", "Stateless asylum-seekers in all countries"),
        (_WAITING, "TIB", "*", "Tibetan asylum-seekers in all countries"),
        (_WAITING, "CHN", "USA+IRN", "Asylum-seekers from China in United States and Iran"),
        (
            *(_WAITING, "CHN", "USA+IRN+AFG"),
            "Asylum-seekers from China in United States, Iran and Afghanistan",
        ),
        (
            *(_WAITING, "CHN", "top:3"),
            "Asylum-seekers from China in the 3 largest countries of asylum",
        ),
        (
            *(_WAITING, "top:3", "*"),
            "Asylum-seekers from the 3 largest countries of origin in all countries",
        ),
        (_WAITING, "VEN", "*", "Asylum-seekers from Venezuela in all countries"),
        (_WAITING, "CHN", "UKN", "Asylum-seekers from China in an unknown country"),
        (
            *(_WAITING, "CHN", "eu_member_states"),
            "Asylum-seekers from China in the member states of the European Union",
        ),
        (_WAITING, "CHN", "un_africa", "Asylum-seekers from China in Africa (UN region)"),
        # Who returned left the country that others are at home in.
        (
            *("returned_refugees+returned_idps", "*", "AFG"),
            "Refugees who returned from Afghanistan plus internally displaced people who returned "
            "in Afghanistan",
        ),
        (
            *("refugees_stock+internally_displaced_stock", "AFG", "*"),
            "Refugees from Afghanistan in all countries plus internally displaced people as IDMC "
            "counts them in Afghanistan",
        ),
        (
            *("refugees_stock+palestine_refugees_stock", "*", "IRN"),
            "Refugees plus Palestine refugees under UNRWA's mandate in Iran",
        ),
    ],
)
def test_the_sentence_says_which_way_people_went(
    measure: str, origin: str, asylum: str, whom: str
) -> None:
    cells = {"measure": measure, "origin": origin, "asylum": asylum}
    said = plain(to_print(CLAIM | cells, NAMES))
    assert said.startswith((f"{whom}, end of", f"{whom}, 2025"))


_BASE = {"base_from_year": 2019, "base_to_year": 2019}
_OF_2023 = {"from_year": 2023, "reference_year": 2023, "reference_date": date(2023, 12, 31)}
_YEARS = {"from_year": 2013, "reference_year": 2023, "reference_date": date(2023, 12, 31)}
_CLAIMED = {"measure": "new_asylum_claims", "origin": "*", "asylum": "USA"}
_RATE = {"measure": "refugee_recognition_rate", "origin": "*", "asylum": "USA"}
_IN_USA = {"measure": "refugees_stock", "origin": "*", "asylum": "USA"}
_MID_2019 = figure_of("base", 2019, 1, reference_date=date(2019, 6, 30))
# By kind: the cells of a claim, the text of its result, and how that is printed behind what is
# counted, of whom and where.
PRINTED: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("level", {}, "99,716", "end of 2023: 99,716."),
    ("change", _BASE, "134.9 %", "end of 2023: up 134.9 % on the end of 2019."),
    ("change", _BASE, "-7.31 %", "end of 2023: down 7.31 % on the end of 2019."),
    ("change", _BASE, "0 %", "end of 2023: unchanged on the end of 2019."),
    ("difference", _BASE, "0", "end of 2023: no more and no fewer than at the end of 2019."),
    ("ratio", _BASE, "1.0003 times", "end of 2023: 1.0003 times as many as at the end of 2019."),
    # A fall has no place among increases.
    (
        *("extreme", _BASE | {"among": "hosts"}, "no increase: −2,718,743"),
        "from the end of 2019 to the end of 2023: no increase (−2,718,743).",
    ),
    ("change", _CLAIMED | _BASE, "134.9 %", "2023: up 134.9 % on 2019."),
    (
        *("change", _RATE | _BASE, "-29.4 %"),
        "counted in persons, 2023: down 29.4 % (not percentage points) on 2019.",
    ),
    (
        *("change", {"base_asylum": "IRN"}, "-5.00 %"),
        "end of 2023: 5.00 % fewer than the refugees in Iran.",
    ),
    ("ratio", _BASE, "2.93 times", "end of 2023: 2.93 times as many as at the end of 2019."),
    (
        *("ratio", _BASE | {"base_asylum": "IRN"}, "2.93 times"),
        "end of 2023: 2.93 times as many as the refugees in Iran at the end of 2019.",
    ),
    (
        *("ratio", _BASE | {"inputs": [_MID_2019]}),
        *("2.93 times", "end of 2023: 2.93 times as many as on 30 June 2019."),
    ),
    (
        *("ratio", _CLAIMED | {"base_from_year": 2010, "base_to_year": 2019}, "1.10 times"),
        "2023: 1.10 times as many as in 2010 to 2019 together.",
    ),
    (
        *("comparison", _RATE | {"base_asylum": "IRN"}, "0.16 times"),
        "counted in persons, 2023: 0.16 times as high as the refugee recognition rate in Iran.",
    ),
    ("sum", _CLAIMED | _YEARS, "99,716", "2013 to 2023 together: 99,716."),
    (
        *("sum", _CLAIMED | _YEARS | {"reference_date": date(2023, 6, 30)}, "99,716"),
        "2013 to mid-2023 together: 99,716.",
    ),
    ("range", _YEARS, "7,732 to 21,257", "2013 to 2023: between 7,732 and 21,257 in each year."),
    ("range", _YEARS, "7 to 7", "2013 to 2023: 7 in each year."),
    ("rank", {}, "place 1", "end of 2023: the most of all countries of asylum."),
    ("rank", {}, "place 12", "end of 2023: the 12th most of all countries of asylum."),
    (
        *("place", {"among": "origins_in_host", "origin": "SYR"}, "place 22"),
        "end of 2023: the 22nd most of all countries of origin.",
    ),
    (
        *("place", _RATE | {"among": "hosts"}, "place 3"),
        "counted in persons, 2023: the third highest of all countries of asylum.",
    ),
    (
        *("place", {"among": "origins", "measure": "idps_stock", "origin": "SYR", "asylum": "*"}),
        *("place 1", "end of 2023: the most of all countries."),
    ),
    (
        *("share", {"origin": "SYR"}, "40.1 %"),
        "end of 2023: 40.1 % of the refugees from Syrian Arab Rep. in all countries.",
    ),
    (
        *("share_of", {"origin": "SYR", "share_of": "host"}, "40.1 %"),
        "end of 2023: 40.1 % of the refugees in United States.",
    ),
    (
        *("share_of", {"share_of": "world", "base_measure": "refugees_and_oip"}, "40.1 %"),
        "end of 2023: 40.1 % of the refugees and other people in need of international "
        "protection in all countries.",
    ),
    (
        *("share_of", {"share_of": "base", "base_asylum": "IRN"}, "40.1 %"),
        "end of 2023: 40.1 % of the refugees in Iran.",
    ),
    ("difference", _BASE, "-1,234", "end of 2023: 1,234 fewer than at the end of 2019."),
    (
        *("difference", _RATE | _BASE, "-19.6"),
        "counted in persons, 2023: 19.6 percentage points lower than in 2019.",
    ),
    (
        *("difference", _RATE | {"base_asylum": "IRN"}, "3.25"),
        "counted in persons, 2023: 3.25 percentage points higher than the refugee recognition "
        "rate in Iran.",
    ),
    ("record", _YEARS, "highest in 2021", "2013 to 2023: highest in 2021."),
    (
        *("record", _YEARS, "highest in 2021 (known for 10 of 11 years)"),
        "2013 to 2023: highest in 2021 (known for 10 of 11 years).",
    ),
    (
        *("rising", _YEARS, "up in 3 of 10 years (known for 10 of 11 years)"),
        "2013 to 2023: not up every year (known for 10 of 11 years).",
    ),
    (
        *("comparison", _BASE, "1,234 against 0"),
        "end of 2023: 1,234, against 0 at the end of 2019.",
    ),
    (
        *("threshold_year", _CLAIMED | _YEARS | {"threshold_low": "1 million"}),
        "1,000,000 passed in 2020",
        "2013 to 2023: 1,000,000 passed in 2020, added up from 2013.",
    ),
    (
        *("threshold_year", _CLAIMED | _YEARS | {"threshold_low": "1 million"}),
        *("1,000,000 not passed", "2013 to 2023: 1,000,000 not passed, added up from 2013."),
    ),
    (
        *("rising", _YEARS, "up in 9 of 10 years"),
        "2013 to 2023: up on the year before in 9 of 10 years.",
    ),
    (
        *("rising", _YEARS, "up in 10 of 10 years"),
        "2013 to 2023: up on the year before in every year.",
    ),
    (
        *("extreme", {"among": "hosts"}, "place 4 of all countries and years"),
        "end of 2023: the fourth most of all countries of asylum and all years up to 2023.",
    ),
    (
        "extreme",
        {"among": "hosts", "base_from_year": 2022, "base_to_year": 2022},
        "place 1 of all countries and years",
        "from the end of 2022 to the end of 2023: the largest increase ever in a year, of all "
        "countries of asylum and all years up to 2023.",
    ),
    (
        *("extreme", {"among": "hosts"} | _BASE, "place 2 of all countries and years"),
        "from the end of 2019 to the end of 2023: the second largest increase ever, held against "
        "those in a year, of all countries of asylum and all years up to 2023.",
    ),
    (
        *("rate", {"measure": "decisions_rejected", "base_measure": "substantive_decisions"}),
        "52.9 %",
        "counted in persons, 2023: 52.9 % of the substantive decisions in United States.",
    ),
    (
        *("rate", {"measure": "resettlement", "base_measure": "refugees_stock"} | _BASE, "0.50 %"),
        "2023: 0.50 % of the refugees in United States at the end of 2019.",
    ),
    (
        *("per_head", {"per": 1000}, "2.09 per 1,000"),
        "end of 2023: 2.09 for each 1,000 inhabitants of United States.",
    ),
    (
        *("per_head", {"per": 100, "asylum": "*"}, "0.39 per 100"),
        "end of 2023: 0.39 for each 100 inhabitants of the world.",
    ),
    (
        *("per_head", {"per": 1}, "0.11 per 1"),
        "end of 2023: 0.11 for each inhabitant of United States.",
    ),
    (
        *("per_head", {"per": 1000}, "0.00 per 1,000"),
        "end of 2023: less than 0.01 for each 1,000 inhabitants of United States.",
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cells", "text", "printed"), PRINTED, ids=[f"{one[0]}: {one[3]}" for one in PRINTED]
)
def test_each_kind_of_claim_is_printed_in_a_sentence_that_says_what_it_is_compared_with(
    kind: str, cells: dict[str, Any], text: str, printed: str
) -> None:
    claim = CLAIM | _OF_2023 | _IN_USA | cells | {"kind": kind, "newest_text": text}
    said = plain(to_print(claim | {"on_the_day_text": text}, NAMES))
    assert said.endswith(f", {printed}"), said
    # Nothing of it is a code, a kind or the name of a column.
    assert not re.search(r"\b[A-Z]{3}\b|_|\*|: place", said), said


def test_every_kind_is_printed() -> None:
    assert {one[0] for one in PRINTED} | {"count", "not_expressible"} == kinds().keys()


@pytest.mark.parametrize(
    ("cells", "printed"),
    [
        (
            {"count_of": "countries", "origin": "SYR", "threshold_low": "1"},
            "Countries of asylum with 1 or more refugees from Syrian Arab Rep., end of 2023: 1.",
        ),
        (
            {"count_of": "hosts", "origin": "*", "threshold_low": "1 million"},
            "Countries of asylum with 1,000,000 or more refugees, end of 2023: 1.",
        ),
        (
            {"count_of": "origins", "asylum": "USA", "threshold_low": 10, "threshold_high": 99},
            "Countries of origin with 10 to 99 refugees in United States, end of 2023: 1.",
        ),
        (
            _YEARS | {"count_of": "years", "threshold_low": "100,000"},
            "Years with 100,000 or more refugees in all countries, 2013 to 2023: 1.",
        ),
        (
            _RATE | {"count_of": "hosts", "asylum": "*", "threshold_low": "50"},
            "Countries of asylum with a refugee recognition rate of at least 50 %, counted in "
            "persons, 2023: 1.",
        ),
        (
            {"count_of": "hosts", "measure": "returned_refugees", "threshold_low": "500"},
            "Countries of asylum with 500 or more refugees who returned, 2023: 1.",
        ),
        (
            {"count_of": "hosts", "measure": "idps_stock", "threshold_low": "1"},
            "Countries with 1 or more internally displaced people protected or assisted by UNHCR, "
            "end of 2023: 1.",
        ),
    ],
)
def test_a_count_says_of_what_and_between_which_thresholds(
    cells: dict[str, Any], printed: str
) -> None:
    told = {"kind": "count", "newest_text": "1 origins", "on_the_day_text": "1 origins"}
    claim = CLAIM | _OF_2023 | {"measure": "refugees_stock", "origin": "*"} | cells | told
    assert plain(to_print(claim, NAMES)) == printed


@pytest.mark.parametrize(
    ("population_type", "measure", "origin", "whom"),
    [
        (None, "children", "*", "Children among refugees in all countries"),
        ("IDP", "children", "*",
         "Children among internally displaced people protected or assisted by UNHCR in all"),
        ("ASY", "women_and_girls", "SYR", "Women and girls among asylum-seekers from Syrian Arab"),
        ("IDP", "children", "SYR",
         "Children among internally displaced people protected or assisted by UNHCR in Syrian"),
        ("ROC", "children", "*", "Children among people in a refugee-like situation in all"),
        ("STA", "total_stock", "*", "Stateless people (demographics) in all countries"),
    ],
)  # fmt: skip
def test_demographics_say_of_which_population_type_they_are(
    population_type: str | None, measure: str, origin: str, whom: str
) -> None:
    cells = {"measure": measure, "origin": origin, "population_type": population_type}
    assert to_print(CLAIM | cells, NAMES).startswith(whom)


def test_what_is_counted_in_persons_and_in_cases_says_in_which() -> None:
    cells = {"measure": "applications_new", "counting_unit": "cases", "on_the_day_text": None}
    assert to_print(CLAIM | cells, NAMES) == (
        "New asylum applications from China in all countries, counted in cases, 2025: 99,716."
    )
    assert "counted in" not in to_print(CLAIM, NAMES)


@pytest.mark.parametrize(
    ("kind", "cells", "inputs", "why"),
    [
        ("change", _BASE, [figure_of("figure", 2023, 9), figure_of("base", 2019, None)],
         "change on the end of 2019: nothing, since UNHCR's database has no figure of 2019"),
        ("change", _BASE, [figure_of("figure", 2023, None), figure_of("base", 2019, None)],
         "nothing, since UNHCR's database has no figure of 2019 and 2023"),
        ("change", _BASE, [figure_of("figure", 2023, 9), figure_of("base", 2019, 0)],
         "change on the end of 2019: nothing, since UNHCR's database has 0 for the end of 2019"),
        ("ratio", {"base_asylum": "IRN"},
         [figure_of("figure", 2023, 9), figure_of("base", 2023, None)],
         "as a multiple of the refugees in Iran: nothing, since UNHCR's database has no figure of "
         "the refugees in Iran"),
        ("share_of", {"share_of": "world"},
         [figure_of("figure", 2023, 0), figure_of("whole", 2023, 0)],
         "share of the refugees in all countries: nothing, since UNHCR's database has 0 for the "
         "refugees in all countries"),
        ("record", {"from_year": 2018},
         [figure_of("figure", year, None if year == 2020 else 9) for year in range(2018, 2024)],
         "highest year: nothing, since UNHCR's database has no figure of 2020"),
        ("record", {"from_year": 1951},
         [figure_of("figure", year, None if year < 1977 else 9) for year in range(1951, 2024)],
         "highest year: nothing, since UNHCR's database has no figure of 1951 to 1976"),
        ("rising", {"from_year": 2003},
         [figure_of("figure", year, None if year % 2 else 9) for year in range(2003, 2024)],
         "years of increase: nothing, since UNHCR's database has no figure of 11 of the years 2003 "
         "to 2023"),
        ("sum", {"from_year": 2022} | _CLAIMED,
         [figure_of("figure", 2022, 9), figure_of("figure", 2023, None)],
         "2022 to 2023 together: nothing, since UNHCR's database has no figure of 2023"),
        ("change", _BASE | {"base_reference_date": "2019-06-30"},
         [figure_of("figure", 2023, 9), figure_of("base", 2019, None)],
         "change on 30 June 2019: nothing, since the warehouse has no figure of 30 June 2019"),
        ("comparison", _BASE | {"origin": "top:3"}, [figure_of("base", 2019, None)],
         "nothing, since the largest countries are looked for in one year alone"),
        ("level", {"reference_date_asked": date(2023, 12, 31)}, [figure_of("figure", 2023, None)],
         "end of 2023: the warehouse has no figure"),
        ("level", {}, [figure_of("figure", 2023, None)],
         "end of 2023: UNHCR's database has no figure"),
        ("level", {}, [figure_of("figure", 2023, None, is_covered_on_the_day=False)],
         "end of 2023: the warehouse has no figure"),
        ("place", {"among": "hosts"}, [figure_of("figure", 2023, 9)],
         "place among countries of asylum: nothing, since the figures of all the countries that it "
         "is among are not known"),
        ("rank", {}, [figure_of("figure", 2023, 0)],
         "place among countries of asylum: nothing, since UNHCR's database has 0 there, and where "
         "nobody is, nobody holds a place"),
        ("per_head", {"per": 1000}, [figure_of("figure", 2023, 9)],
         "for each 1,000 inhabitants of United States: nothing, since the number of inhabitants is "
         "not known"),
        ("not_expressible", {}, [], "nothing, since no kind of claim fits it"),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_print_the_sentence_says_what_is_missing(
    kind: str, cells: dict[str, Any], inputs: list[dict[str, Any]], why: str
) -> None:
    told = {"kind": kind, "inputs": inputs, "newest_text": None, "on_the_day_text": None}
    said = plain(to_print(CLAIM | _OF_2023 | _IN_USA | cells | told, NAMES))
    assert said.endswith(f"{why}."), said


def test_a_sentence_that_ends_with_a_shortened_name_has_one_full_stop() -> None:
    told = {"kind": "per_head", "per": 100, "newest_text": "1 per 100", "on_the_day_text": None}
    assert to_print(CLAIM | {"origin": "SYR"} | told, NAMES).endswith("of Syrian Arab Rep.")


def test_a_group_is_named_with_an_article_unless_its_name_is_one() -> None:
    names = {row["group_name"] for _, row in read_seed("country_groups")}
    assert {name for name in names if not name.startswith(NAMES_OF_WORDS)} == {
        "China with Hong Kong SAR and Macao SAR",
        "North of Central America",
        "Sudan with South Sudan",
    }


@pytest.mark.parametrize(
    ("scheme", "region", "name"),
    [
        ("UN", "Africa", "Africa (UN region)"),
        ("UN", "Americas", "the Americas (UN region)"),
        ("UNHCR", "The Americas", "the Americas (UNHCR region)"),
        ("UNHCR", "Middle East and North Africa",
         "the Middle East and North Africa (UNHCR region)"),
    ],
)  # fmt: skip
def test_a_region_says_whose_it_is(scheme: str, region: str, name: str) -> None:
    assert region_name(scheme, region) == name


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"measure": "internally_displaced_stock"}, {"IDMC"}),
        ({"measure": "palestine_refugees_stock"}, {"UNRWA"}),
        ({"measure": "forcibly_displaced"}, {"IDMC", "UNRWA"}),
        ({"base_measure": "internally_displaced_stock"}, {"IDMC"}),
        ({"measure": "idps_stock"}, set()),
    ],
)
def test_the_source_names_who_counts_the_people(cells: dict[str, Any], named: set[str]) -> None:
    said = citation(CLAIM | cells, {})
    assert {who for who in ("IDMC", "UNRWA") if who in said} == named


def test_the_source_names_the_release_of_each_figure_with_its_day() -> None:
    published = {"2025-12.1": date(2026, 6, 25), "2025-06": date(2025, 11, 11)}
    told = plain(citation(CLAIM, published))
    assert (
        "release 2025-12.1 of 25 June 2026, at publication release 2025-06 of 11 November" in told
    )


def test_the_source_of_what_is_told_per_head_names_the_world_bank() -> None:
    assert "World Bank" in citation(CLAIM | {"kind": "per_head"}, {})
    assert "World Bank" not in citation(CLAIM, {})


def test_every_measure_has_a_label_for_a_sentence() -> None:
    labels = [row["label"] for seed in ("measures", "measure_sums") for _, row in read_seed(seed)]
    assert all(label and label[0].isupper() and label[-1] not in ".;:" for label in labels)
    assert not [label for label in labels if ";" in label or ":" in label]
