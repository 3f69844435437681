"""Why nothing comes of a claim: which of its figures the database does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from warehouse.claims.counted import Counted, counted, counted_of_base, counted_of_whole
from warehouse.core.wording import listed

# More runs of years than these are told by their number.
_RUNS_TOLD = 4


def why_nothing(claim: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Why the newest release gives nothing for a claim, as a clause: what is missing or zero."""
    if claim["kind"] == "not_expressible":
        return "no kind of claim fits it"
    own = counted(claim)
    others = {
        "base": counted_of_base(claim),
        **({"whole": counted_of_whole(claim)} if claim["kind"] in {"share", "share_of"} else {}),
    }
    known = {role: _by_year(claim, role) for role in ("figure", *others)}
    missing = {role: [y for y, v in of.items() if v is None] for role, of in known.items()}
    if missing["base"] and "top:" in f"{others['base'].origin}{others['base'].asylum}":
        return "the largest countries are looked for in one year alone"
    if any(missing.values()):
        is_all = claim["kind"] in {"level", "sum"} and len(missing["figure"]) == len(
            known["figure"]
        )
        of = "" if is_all else _of_what(missing, known, own, others, names)
        return f"{_database(claim)} has no figure{of}"
    for role, other in others.items():
        if known[role] and not sum(filter(None, known[role].values())):
            return f"{_database(claim)} has 0 for {_of_other(other, own, names)}"
    is_nobody = not sum(filter(None, known["figure"].values()))
    return _why_no_result(claim["kind"], _database(claim), is_nobody=is_nobody)


def _why_no_result(kind: str, database: str, *, is_nobody: bool) -> str:
    """Why nothing comes of figures that are known."""
    if kind == "per_head":
        return "the number of inhabitants is not known"
    if is_nobody and kind in {"rank", "place"}:
        return f"{database} has 0 there, and where nobody is, nobody holds a place"
    return "the figures of all the countries that it is among are not known"


def _by_year(claim: Mapping[str, Any], role: str) -> dict[int, float | None]:
    """The newest figure of a role by year: of its parts together, None where none is known."""
    found: dict[int, float | None] = {}
    for one in claim["inputs"]:
        if one["input_role"] == role:
            year, value = one["reference_year"], one["value_newest"]
            before = found.setdefault(year, None)
            found[year] = before if value is None else (before or 0) + value
    return found


def _database(claim: Mapping[str, Any]) -> str:
    """Whose figures are missing: UNHCR's, or those that are loaded of them."""
    if claim["reference_date_asked"] or claim["base_reference_date"]:
        # Of that day others may have been published that are not loaded.
        return "the warehouse"
    is_covered = all(
        one["is_covered_on_the_day"]
        for one in claim["inputs"]
        if one["value_newest"] is None and one["input_role"] in {"figure", "base", "whole"}
    )
    return "UNHCR's database" if is_covered else "the warehouse"


def _of_what(
    missing: Mapping[str, Sequence[int]],
    known: Mapping[str, Mapping[int, float | None]],
    own: Counted,
    others: Mapping[str, Counted],
    names: Mapping[str, str],
) -> str:
    """Of which years there is no figure, or of whom."""
    of_own = set(missing["figure"])
    same = {role for role, other in others.items() if other.is_of_the_same(own)}
    years = of_own.union(*(missing[role] for role in same))
    named = [role for role in missing if role == "figure" or role in same]
    if len(years) == 1 and (of_years := [role for role in named if missing[role]]):
        time = {"figure": own, **others}[of_years[0]]
        is_of_the_middle = time.is_of_half_a_year and time.first == time.last
        return f" of {time.at() if is_of_the_middle else years.pop()}"
    if years:
        return f" of {_years(sorted(years), _known_years(known, same))}"
    role = next(role for role, found in missing.items() if found)
    return f" of {_of_other(others[role], own, names)}"


def _known_years(known: Mapping[str, Mapping[int, float | None]], same: set[str]) -> list[int]:
    return sorted({year for role in ("figure", *same) for year in known[role]})


def _of_other(other: Counted, own: Counted, names: Mapping[str, str]) -> str:
    if other.is_of_the_same(own):
        return other.at()
    time = "" if other.is_of_the_time_of(own) else f" {other.then()}"
    return f"the {other.whom(names, within=True)}{time}"


def _years(years: Sequence[int], asked: Sequence[int]) -> str:
    """Years in words: 2009 and 2024, 1951 to 1976, 12 of the years 1951 to 2010."""
    runs: list[list[int]] = [[years[0]]]
    for before, year in pairwise(years):
        if year == before + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    if len(runs) > _RUNS_TOLD:
        return f"{len(years)} of the years {asked[0]} to {asked[-1]}"
    told = [text for run in runs for text in _run(run)]
    return listed(told)


def _run(years: Sequence[int]) -> list[str]:
    """Years that follow each other: two stand alone."""
    return [str(year) for year in years] if len(years) < 3 else [f"{years[0]} to {years[-1]}"]
