"""What may be printed of a claim: the figure in a sentence, and the source with release and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from warehouse.core.attribution import LICENCE_NAME, SOURCE_TITLE, WORLD_BANK_TITLE
from warehouse.core.wording import day
from warehouse.reference.claims import is_stock, label, label_within, parts_of
from warehouse.reference.seeds import read_seed


def to_print(claim: Mapping[str, Any]) -> str:
    """The sentence to print: what is counted, of whom, where, when, and the newest figure, or that
    there is none to print where two times do not compare.
    """
    first, *more = claim["measure"].split("+")
    what = " plus ".join([label(first), *(label_within(term) for term in more)])
    origin, asylum = (
        claim[f"{side}_name"] or place_name(claim[side]) for side in ("origin", "asylum")
    )
    of = f" from {origin}" if claim["origin"] != "*" else ""
    where = f" in {asylum}" if claim["asylum"] != "*" else " in all countries"
    newest = claim["newest_text"]
    if newest is None:
        return f"{what}{of}{where}, {_when(claim)}: UNHCR's database has no figure."
    kind = "" if claim["kind"] in {"level", "sum"} else f", {claim['kind'].replace('_', ' ')}"
    if claim["is_not_comparable"]:
        return (
            f"{what}{of}{where}, {_when(claim)}{kind}: nothing, since the figures of the two times "
            "do not compare (docs/breaks.md)."
        )
    if claim["is_lower_bound"]:
        newest = f"at least {newest}"
    then = ""
    if claim["on_the_day_text"] and claim["on_the_day_text"] != claim["newest_text"]:
        then = f" ({claim['on_the_day_text']} on {day(claim['document_published_on'])})"
    return f"{what}{of}{where}, {_when(claim)}{kind}: {newest}{then}."


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


@cache
def _group_names() -> Mapping[str, str]:
    return {row["group_id"]: row["group_name"] for _, row in read_seed("country_groups")}


def place_name(told: str) -> str:
    """Countries of a claim in words: the register's own for those without a name of a group."""
    if told.startswith("top:"):
        return f"the {told[4:]} largest countries"
    return " and ".join(_group_names().get(term, term) for term in told.split("+"))


def _when(claim: Mapping[str, Any]) -> str:
    reference_date = claim["reference_date"]
    first, last = claim["from_year"], claim["reference_year"]
    if first is not None and first < last:
        return f"{first} to {last}"
    is_of_a_day = all(is_stock(part) for part in parts_of(claim["measure"]))
    if reference_date is not None and reference_date.month != 12:
        return f"as of {day(reference_date)}" if is_of_a_day else f"first half of {last}"
    return f"end of {last}" if is_of_a_day else str(last)
