"""What may be printed of a claim: the figure in a sentence, and the source with release and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from warehouse.core.attribution import LICENCE_NAME, SOURCE_TITLE, WORLD_BANK_TITLE
from warehouse.core.wording import OF_NO_COUNTRY, day, of_origin
from warehouse.reference.claims import ALL, RATES, is_stock, label, label_within, parts_of
from warehouse.reference.seeds import read_seed

# Displaced within their country, or staying there; and on their way back to it.
_AT_HOME = frozenset(
    {"idps_stock", "returned_idps", "internally_displaced_stock", "host_community_stock"}
)
_RETURNING = frozenset({"returned_refugees"})


def to_print(claim: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The sentence to print: what is counted, of whom, where, when, and the newest figure, or that
    there is none to print where two times do not compare. `names`: of countries, by code.
    """
    whom = _whom(claim, names)
    newest = claim["newest_text"]
    if newest is None:
        return f"{whom}, {_when(claim)}: UNHCR's database has no figure."
    kind = "" if claim["kind"] in {"level", "sum"} else f", {claim['kind'].replace('_', ' ')}"
    if claim["not_printed_because"]:
        return f"{whom}, {_when(claim)}{kind}: nothing, since {claim['not_printed_because']}."
    if claim["is_not_comparable"]:
        return (
            f"{whom}, {_when(claim)}{kind}: nothing, since the figures of the two times "
            "do not compare (docs/breaks.md)."
        )
    if claim["is_lower_bound"] and newest == "0":
        return (
            f"{whom}, {_when(claim)}: nothing, since the origin of many people is not known there."
        )
    if claim["is_lower_bound"]:
        newest = f"at least {newest}"
    then = ""
    if claim["on_the_day_text"] and claim["on_the_day_text"] != claim["newest_text"]:
        then = f" ({claim['on_the_day_text']} on {day(claim['document_published_on'])})"
    if claim["rests_on_incomplete"] and not claim["is_lower_bound"]:
        then += ", while people are missing in the figures behind it"
    return f"{whom}, {_when(claim)}{kind}: {newest}{then}."


def citation(claim: Mapping[str, Any], published: Mapping[str, date]) -> str:
    """The source, with release and day of what is quoted. `published`: by release."""

    def release(name: str) -> str:
        return f"release {name}" + (f" of {day(published[name])}" if name in published else "")

    told = [release(claim["release_id"])] if claim["release_id"] else []
    at_publication = claim["release_id_on_the_day"]
    if at_publication and at_publication != claim["release_id"]:
        told.append(f"at publication {release(at_publication)}")
    if claim["kind"] == "per_head":
        told.append(f"inhabitants: {WORLD_BANK_TITLE}")
    return f"Source: {', '.join([SOURCE_TITLE, *told, LICENCE_NAME])}."


def _whom(claim: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What is counted, of whom and where: people who returned did so to their origin, and people
    displaced within their country are in it.
    """
    first, *more = claim["measure"].split("+")
    what = " plus ".join([label(first), *(label_within(term) for term in more)])
    origin, asylum = (place_name(claim[side], names) for side in ("origin", "asylum"))
    of_all, in_all = claim["origin"] == ALL, claim["asylum"] == ALL
    parts = set(parts_of(claim["measure"]))
    if parts <= _AT_HOME:
        return f"{what} in {'all countries' if of_all and in_all else asylum if of_all else origin}"
    if parts <= _RETURNING:
        to = "" if of_all else f" to {origin}"
        return f"{what}{to} from {'all countries' if in_all else asylum}"
    where = " in all countries" if in_all else f" in {asylum}"
    if of_all:
        return f"{what}{where}"
    if parts <= set(RATES) and claim["origin"] not in OF_NO_COUNTRY:
        return f"{what} of people from {origin}{where}"
    return of_origin(what, claim["origin"], origin) + where


@cache
def _group_names() -> Mapping[str, str]:
    return {row["group_id"]: row["group_name"] for _, row in read_seed("country_groups")}


def place_name(told: str, names: Mapping[str, str]) -> str:
    """Countries of a claim in words; `names`: of countries, by code."""
    if told.startswith("top:"):
        return f"the {told[4:]} largest countries"
    known = {**_group_names(), **names}
    return " and ".join(known.get(term, term) for term in told.split("+"))


def _when(claim: Mapping[str, Any]) -> str:
    reference_date = claim["reference_date"]
    first, last = claim["from_year"], claim["reference_year"]
    if first is not None and first < last:
        return f"{first} to {last}"
    is_of_a_day = all(is_stock(part) for part in parts_of(claim["measure"]))
    if reference_date is not None and reference_date.month != 12:
        return f"as of {day(reference_date)}" if is_of_a_day else f"first half of {last}"
    return f"end of {last}" if is_of_a_day else str(last)
