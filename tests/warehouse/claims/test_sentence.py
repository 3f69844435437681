"""What may be printed of a claim: what is counted, of whom, where, when, and the figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from warehouse.claims.sentence import citation, to_print
from warehouse.reference.seeds import read_seed

CLAIM: dict[str, Any] = {
    "measure": "asylum_seekers_stock",
    "origin": "CHN", "asylum": "*",
    "from_year": 2025, "reference_year": 2025, "reference_date": date(2025, 12, 31),
    "kind": "level", "is_lower_bound": False, "is_not_comparable": False,
    "not_printed_because": None, "rests_on_incomplete": False,
    "newest_text": "99,716", "on_the_day_text": "178,725",
    "document_published_on": date(2026, 3, 13),
    "release_id": "2025-12.1", "release_id_on_the_day": "2025-06",
}  # fmt: skip


_WAITING = "asylum_seekers_stock"
_DISPLACED = "Internally displaced people as IDMC counts them"
NAMES = {"CHN": "China", "USA": "United States", "AFG": "Afghanistan", "IRN": "Iran"}


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
            {"is_lower_bound": True, "newest_text": "0", "on_the_day_text": "0"},
            "Asylum-seekers from China in all countries, end of 2025: nothing, since the origin of "
            "many people is not known there.",
        ),
        (
            {"from_year": 2013, "kind": "sum", "not_printed_because": "so it is"},
            "Asylum-seekers from China in all countries, 2013 to 2025: nothing, since so it is.",
        ),
        (
            {"kind": "place", "rests_on_incomplete": True, "newest_text": "place 2"},
            "Asylum-seekers from China in all countries, end of 2025, place: place 2 (178,725 on "
            "13 March 2026), while people are missing in the figures behind it.",
        ),
        (
            {"kind": "change", "is_not_comparable": True, "newest_text": "-44.9 %"},
            "Asylum-seekers from China in all countries, end of 2025, change: nothing, since the "
            "figures of the two times do not compare (docs/breaks.md).",
        ),
        (
            {"measure": "new_asylum_claims", "asylum": "USA"},
            "People who claimed asylum from China in United States, 2025: 99,716 "
            "(178,725 on 13 March 2026).",
        ),
        (
            {"from_year": 2013, "kind": "sum", "measure": "new_asylum_claims"},
            "People who claimed asylum from China in all countries, 2013 to 2025: 99,716 "
            "(178,725 on 13 March 2026).",
        ),
        (
            {"measure": "refugees_stock+oip_stock", "origin": "*"},
            "Refugees plus other people in need of international protection in all countries, "
            "end of 2025: 99,716 (178,725 on 13 March 2026).",
        ),
        (
            {"measure": "refugee_recognition_rate", "kind": "rate", "newest_text": "41.0 %"},
            "Refugee recognition rate of people from China in all countries, 2025, rate: 41.0 % "
            "(178,725 on 13 March 2026).",
        ),
        (
            {"newest_text": None},
            "Asylum-seekers from China in all countries, end of 2025: UNHCR's database has no "
            "figure.",
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
        (_WAITING, "CHN", "top:3", "Asylum-seekers from China in the 3 largest countries"),
    ],
)
def test_the_sentence_says_which_way_people_went(
    measure: str, origin: str, asylum: str, whom: str
) -> None:
    cells = {"measure": measure, "origin": origin, "asylum": asylum}
    said = to_print(CLAIM | cells, NAMES)
    assert said.partition(", ")[0] == whom


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
