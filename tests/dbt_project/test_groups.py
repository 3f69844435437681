"""Groups of countries: added up in Python from the members' own rows, at each release."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import Any

import duckdb

from warehouse.settings import PROJECT_ROOT

MEASURES = ("refugees_stock", "asylum_seekers_stock", "oip_stock", "new_asylum_claims")
GROUPS = PROJECT_ROOT / "seeds" / "reference" / "country_groups.csv"


def members() -> dict[str, list[tuple[str, int, int]]]:
    """By group: members with their first and last year."""
    found = defaultdict(list)
    with GROUPS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            years = int(row["from_year"] or 0), int(row["to_year"] or 9999)
            found[row["group_id"]].append((row["member_iso3"], *years))
    return found


def added_up(con: duckdb.DuckDBPyConnection, day: str | None) -> dict[tuple[str, str, int], Any]:
    """By group, side and year: how many are members; of each measure the sum and who is missing."""
    out: dict[tuple[str, str, int], Any] = {}
    for side in ("origin", "asylum"):
        source = f"marts.mart_{side}_yearly_history"
        at = (
            f"valid_from <= '{day}' and coalesce(valid_to > '{day}', true)"
            if day
            else "valid_to is null"
        )
        figures = {
            (code, year): values
            for code, year, *values in con.execute(
                f"select {side}_iso3, reference_year, {', '.join(MEASURES)} from {source} "
                f"where counting_unit = 'persons' and {at}"
            ).fetchall()
        }
        for group, its in members().items():
            for year in {year for code, year in figures if code in {one[0] for one in its}}:
                then = sorted(code for code, first, last in its if first <= year <= last)
                if not any((code, year) in figures for code in then):
                    continue
                said = []
                for number in range(len(MEASURES)):
                    known = {
                        code: figures[code, year][number]
                        for code in then
                        if (code, year) in figures and figures[code, year][number] is not None
                    }
                    lacking = [code for code in then if code not in known]
                    said.append(
                        (sum(known.values()), ", ".join(lacking) or None) if known else (None, None)
                    )
                out[group, side, year] = (len(then), *said)
    return out


def told(con: duckdb.DuckDBPyConnection, relation: str) -> dict[tuple[str, str, int], Any]:
    columns = ", ".join(f"{name}, {name}_missing_members" for name in MEASURES)
    return {
        (group, side, year): (count, *zip(values[::2], values[1::2], strict=True))
        for group, side, year, count, *values in con.execute(
            f"select group_id, total_by, reference_year, member_count, {columns} from {relation}"
        ).fetchall()
    }


def test_a_group_is_the_sum_of_its_members_and_names_those_that_are_missing(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    newest = told(starter, "marts.mart_country_group_yearly")
    assert newest == added_up(starter, None)
    assert newest["eu_member_states", "asylum", 2019][0] == 28
    assert newest["eu_member_states", "asylum", 2020][0] == 27


def test_so_it_is_on_every_day_on_which_a_figure_changed(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    days = starter.execute(
        "select distinct valid_from from marts.mart_asylum_yearly_history order by all"
    ).fetchall()
    assert len(days) > 3
    for (day,) in days:
        at = f"valid_from <= '{day}' and coalesce(valid_to > '{day}', true)"
        then = told(starter, f"(from marts.mart_country_group_yearly_history where {at})")
        assert then == added_up(starter, str(day))


def test_the_newest_rows_are_of_the_newest_release_that_a_member_is_of(
    starter: duckdb.DuckDBPyConnection,
) -> None:
    released = {
        (side, code, year): release
        for side in ("origin", "asylum")
        for code, year, release in starter.execute(
            f"select {side}_iso3, reference_year, release_id from marts.mart_{side}_yearly "
            "where counting_unit = 'persons'"
        ).fetchall()
    }
    rows = starter.execute(
        "select group_id, total_by, reference_year, release_id from marts.mart_country_group_yearly"
    ).fetchall()
    assert rows
    for group, side, year, release in rows:
        of_members = [
            released[side, code, year]
            for code, first, last in members()[group]
            if first <= year <= last and (side, code, year) in released
        ]
        assert release == max(of_members), (group, side, year)


def test_sudan_has_had_other_neighbours_since_south_sudan_is_independent() -> None:
    def neighbours(year: int) -> set[str]:
        its = members()["neighbours_of_sudan"]
        return {code for code, first, last in its if first <= year <= last}

    always = {"CAF", "EGY", "ERI", "ETH", "LBY", "TCD"}
    assert neighbours(2010) == always | {"COD", "KEN", "UGA"}
    assert neighbours(2011) == always | {"SSD"}


def test_who_is_in_the_figures_of_another_member_is_not_missing() -> None:
    """What UNHCR counts with another country has no figure of its own, and nobody is missing."""
    with (GROUPS.parent / "inhabitants_added.csv").open(newline="", encoding="utf-8") as file:
        counted_with = {
            (row["added_iso3"], row["country_iso3"]): int(row["to_year"] or 9999)
            for row in csv.DictReader(file)
        }
    for group in ("sudan_with_south_sudan", "successors_of_yugoslavia"):
        its = {code: first for code, first, _ in members()[group]}
        for territory in {"MNE", "SSD"} & its.keys():
            [until] = [
                year
                for (added, of), year in counted_with.items()
                if added == territory and of in its
            ]
            assert its[territory] == until + 1
