"""What may be printed of a claim: the figure in a sentence, and the source with release and day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from warehouse.claims.counted import Counted, counted, counted_of_base, counted_of_whole, place_name
from warehouse.claims.missing import why_nothing
from warehouse.core.attribution import source_line
from warehouse.core.wording import day, number, ordinal
from warehouse.reference.claims import ALL, parts_of
from warehouse.reference.figures import figure

Names = Mapping[str, str]
# A comparison with nobody has no ratio.
_AGAINST_NOBODY = " against 0"
# What fell has no place among increases.
_NO_INCREASE = "no increase"
# Kinds that hold several years against each other.
_OF_YEARS = frozenset({"range", "record", "rising"})


@dataclass(frozen=True)
class _Told:
    """How a kind of claim is printed: `head` and the figure, which `short` writes of the result's
    text, `rest` behind it. `asked`: what is worked out, where there is nothing to print.
    """

    head: str
    asked: str
    short: Callable[[str], str]
    rest: str = ""


def to_print(claim: Mapping[str, Any], names: Names) -> str:
    """The sentence to print: what is counted, of whom, where, when, and the newest figure, or why
    there is none to print. `names`: of countries by code, and of regions.
    """
    return re.sub(
        r"\.\.( |$)", r".\1", _sentence(claim, names, _TELLERS[claim["kind"]](claim, names))
    )


def _sentence(claim: Mapping[str, Any], names: Names, told: _Told) -> str:
    newest, then = claim["newest_text"], _then(claim, told)
    nothing = f"{told.head}{f', {told.asked}' if told.asked else ''}: nothing, since"
    if claim["not_printed_because"]:
        return f"{nothing} {claim['not_printed_because']}."
    if newest is None:
        why = why_nothing(claim, names)
        is_a_figure = claim["kind"] in {"level", "sum"} and why.endswith(" no figure")
        return f"{told.head}: {why}{then}." if is_a_figure else f"{nothing} {why}{then}."
    if claim["is_not_comparable"]:
        times = "years" if claim["kind"] in _OF_YEARS else "two times"
        return f"{nothing} the figures of the {times} do not compare (docs/breaks.md)."
    if claim["is_lower_bound"] and newest.split()[0] == "0":
        return f"{nothing} the origin of many people is not known there."
    bound = "at least " if claim["is_lower_bound"] else ""
    if claim["rests_on_incomplete"] and not claim["is_lower_bound"]:
        counted_ = "decisions" if _is_of_decisions(claim) else "people"
        then += f", while {counted_} are missing in the figures behind it"
    shown = told.short(newest) if bound else _not_none(told.short(newest))
    note = f" {claim['print_note']}" if claim["print_note"] else ""
    return f"{told.head}: {bound}{shown}{told.rest}{then}.{note}"


def _is_of_decisions(claim: Mapping[str, Any]) -> bool:
    return counted(claim).is_rate or claim["measure"].startswith("decisions_")


def _then(claim: Mapping[str, Any], told: _Told) -> str:
    """What the database had at publication, where it has something else now."""
    at_publication = claim["on_the_day_text"]
    if not at_publication or at_publication == claim["newest_text"]:
        return ""
    on = f"on {day(claim['document_published_on'])}{_half_then(claim)}"
    if claim["kind"] in {"level", "sum"}:
        return f" ({at_publication} {on})"
    return f" (at publication, {on}: {_not_none(told.short(at_publication))})"


def _half_then(claim: Mapping[str, Any]) -> str:
    """That the last year's figure at publication was of its middle, where that of now is not."""
    own = counted(claim)
    is_of_half = any(
        one["input_role"] == "figure" and one["is_provisional_on_the_day"]
        for one in claim["inputs"]
    )
    if not is_of_half or own.is_of_half_a_year:
        return ""
    half = replace(own, first=own.last, reference_date=date(own.last, 6, 30)).at()
    return f", of {half}" if own.first == own.last else f", with {half} for its last year"


def _not_none(text: str) -> str:
    """A figure that rounds to 0.00 and is above it."""
    return re.sub(r"^(up |down |)0\.00(?![0-9])", r"\1less than 0.01", text)


def citation(claim: Mapping[str, Any], published: Mapping[str, date]) -> str:
    """The source, with release and day of what is quoted, and who else counts its figures.
    `published`: by release.
    """

    def release(name: str) -> str:
        return f"release {name}" + (f" of {day(published[name])}" if name in published else "")

    told = [release(claim["release_id"])] if claim["release_id"] else []
    at_publication = claim["release_id_on_the_day"]
    if at_publication and at_publication != claim["release_id"]:
        told.append(f"at publication {release(at_publication)}")
    return source_line(told, measures_behind(claim), per_inhabitant=claim["kind"] == "per_head")


def measures_behind(claim: Mapping[str, Any]) -> list[str]:
    """The measures that a claim rests on."""
    asked = filter(None, (claim["measure"], claim["base_measure"]))
    return list(dict.fromkeys(part for measure in asked for part in parts_of(measure)))


def _number(text: str) -> str:
    """The number that a result's text has, without its sign."""
    found = re.search(r"[0-9][0-9,.]*", text)
    assert found is not None, text
    return found[0]


def _is_below(text: str) -> bool:
    return text.startswith(("-", "−"))


def _more(text: str, by: str, more: str, fewer: str) -> str:
    """How much a result is above or below another, before than."""
    if _number(text) == "0":
        return f"no {more} and no {fewer}"
    return f"{by} {fewer if _is_below(text) else more}"


def _head(own: Counted, names: Names, when: str) -> str:
    return ", ".join(filter(None, (own.whom(names), own.unit_words, when)))


def _together(own: Counted) -> str:
    return own.at() if own.first < own.last else own.when()


def _the(other: Counted, own: Counted, names: Names) -> str:
    """What a figure is compared with, as a noun, with its time where that is another."""
    time = "" if other.is_of_the_time_of(own) else f" {other.then()}"
    return f"the {other.whom(names, within=True)}{time}"


def _level(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    return _Told(_head(own, names, own.when()), "", str)


def _sum(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    return _Told(_head(own, names, _together(own)), "", str)


def _change(claim: Mapping[str, Any], names: Names) -> _Told:
    own, base = counted(claim), counted_of_base(claim)
    head = _head(own, names, _together(own))
    if not base.is_of_the_same(own):
        other = _the(base, own, names)
        more, fewer = ("higher", "lower") if own.is_rate else ("more", "fewer")
        return _Told(
            head,
            f"change on {other}",
            lambda text: _more(text, f"{_number(text)} %", more, fewer),
            f" than {other}",
        )
    percent = "% (not percentage points)" if own.is_rate else "%"
    return _Told(
        head,
        f"change on {base.at()}",
        lambda text: (
            "unchanged"
            if _number(text) == "0"
            else f"{'down' if _is_below(text) else 'up'} {_number(text)} {percent}"
        ),
        f" on {base.at()}",
    )


def _base(claim: Mapping[str, Any], own: Counted, names: Names) -> tuple[str, str, str]:
    """What a claim compares its figure with: as a noun, behind "than" or "as", and behind a 0. Of
    the same people it is their time alone.
    """
    base = counted_of_base(claim)
    if base.is_of_the_same(own):
        return base.at(), base.then(), base.then()
    other = _the(base, own, names)
    return other, other, f"for {other}"


def _ratio(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    noun, then, of_nobody = _base(claim, own, names)
    many = "high" if own.is_rate else "many"

    def short(text: str) -> str:
        if text.endswith(_AGAINST_NOBODY):
            return f"{_number(text)}, against 0 {of_nobody}"
        return f"{'1.00' if _number(text) == '1' else _number(text)} times"

    is_against_nobody = (claim["newest_text"] or "").endswith(_AGAINST_NOBODY)
    return _Told(
        _head(own, names, _together(own)),
        f"as a multiple of {noun}",
        short,
        "" if is_against_nobody else f" as {many} as {then}",
    )


def _difference(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    noun, then, _ = _base(claim, own, names)
    unit, more, fewer = (
        (" percentage points", "higher", "lower") if own.is_rate else ("", "more", "fewer")
    )
    return _Told(
        _head(own, names, _together(own)),
        f"difference from {noun}",
        lambda text: _more(text, f"{_number(text)}{unit}", more, fewer),
        f" than {then}",
    )


def _range(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    percent = " %" if own.is_rate else ""

    def short(text: str) -> str:
        low, _, high = text.partition(" to ")
        return f"{low if low == high else f'between {low} and {high}'}{percent}"

    return _Told(_head(own, names, own.when()), "lowest and highest year", short, " in each year")


def _place(claim: Mapping[str, Any], names: Names) -> _Told:
    own, among = counted(claim), _among(claim)
    most = "highest" if own.is_rate else "most"
    return _Told(
        _head(own, names, own.when()),
        f"place among {among}",
        lambda text: f"the {_nth(text)}{most}",
        f" of all {among}",
    )


def _among(claim: Mapping[str, Any]) -> str:
    """The countries that a place is among."""
    if counted(claim).is_at_home:
        return "countries"
    is_of_origins = claim["among"] in {"origins", "origins_in_host"}
    return "countries of origin" if is_of_origins else "countries of asylum"


def _nth(text: str) -> str:
    """A place before most or largest: nothing, second, third."""
    place = int(_number(text).replace(",", ""))
    return "" if place == 1 else f"{ordinal(place)} "


def _share(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    whole = _the(counted_of_whole(claim), own, names)
    return _Told(
        _head(own, names, own.when()),
        f"share of {whole}",
        lambda text: f"{_number(text)} %",
        f" of {whole}",
    )


def _rate(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    base = _the(counted_of_base(claim), own, names)
    return _Told(
        _head(own, names, _together(own)),
        f"in percent of {base}",
        lambda text: f"{_number(text)} %",
        f" of {base}",
    )


def _count(claim: Mapping[str, Any], names: Names) -> _Told:
    own, of = counted(claim), claim["count_of"]
    whom = own.whom(names, within=True, anywhere=of == "years")
    low, high = (_threshold(claim[f"threshold_{end}"]) for end in ("low", "high"))
    if own.is_rate:
        bounds = f"{low} to {high} %" if high else f"at least {low} %"
        had = f"a {whom} of {bounds}"
    else:
        had = f"{low} to {high} {whom}" if high else f"{low} or more {whom}"
    if of == "years":
        each = "Years"
    elif own.is_at_home:
        each = "Countries"
    else:
        each = "Countries of origin" if of == "origins" else "Countries of asylum"
    head = (f"{each} with {had}", own.unit_words, own.when())
    return _Told(", ".join(filter(None, head)), "", _number)


def _threshold(text: str | None) -> str:
    value = figure(str(text)) if text is not None else None
    return "" if value is None else number(value)


def _record(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    return _Told(_head(own, names, own.when()), "highest year", str)


def _threshold_year(claim: Mapping[str, Any], names: Names) -> _Told:
    own, threshold = counted(claim), _threshold(claim["threshold_low"])

    def short(text: str) -> str:
        if text.endswith("not passed"):
            return f"{threshold} not passed"
        return f"{threshold} passed in {text[-4:]}"

    return _Told(
        _head(own, names, own.when()),
        f"year in which they pass {threshold}, added up",
        short,
        f", added up from {own.first}",
    )


def _rising(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    years = own.last - own.first

    def short(text: str) -> str:
        risen = _number(text)
        of_years = "every year" if risen == str(years) else f"{risen} of {years} years"
        known = re.search(r" \(known for .*\)$", text)
        # How often it rose in the years between is not known.
        return f"not up every year{known[0]}" if known else f"up on the year before in {of_years}"

    return _Told(_head(own, names, own.when()), "years of increase", short)


def _extreme(claim: Mapping[str, Any], names: Names) -> _Told:
    own, among = counted(claim), _among(claim)
    if claim["base_from_year"] is None:
        most = "highest" if own.is_rate else "most"
        return _Told(
            _head(own, names, own.when()),
            "place among all countries and years",
            lambda text: f"the {_nth(text)}{most}",
            f" of all {among} and all years up to {own.last}",
        )
    base = counted_of_base(claim)
    is_of_a_year = own.first - base.last == 1
    head = _head(own, names, f"from {base.at()} to {own.at()}")
    among_all = (
        f"{' in a year' if is_of_a_year else ', held against those in a year'}"
        f", of all {among} and all years up to {own.last}"
    )

    def short(text: str) -> str:
        if text.startswith(_NO_INCREASE):
            return text.replace(": ", " (", 1) + ")"
        return f"the {_nth(text)}largest increase ever"

    is_one = not (claim["newest_text"] or "").startswith(_NO_INCREASE)
    return _Told(head, "place among all increases", short, among_all if is_one else "")


def _per_head(claim: Mapping[str, Any], names: Names) -> _Told:
    own = counted(claim)
    side = own.asylum if own.asylum != ALL else own.origin
    where = "the world" if side == ALL else place_name(side, names)
    per = number(float(claim["per"]))
    if (claim["newest_text"] or "").startswith("1 in "):
        return _Told(
            _head(own, names, own.when()),
            "",
            lambda text: text.replace("1 in ", "1 for every ", 1),
            f" inhabitants of {where}",
        )
    each = f"for each {'inhabitant' if per == '1' else f'{per} inhabitants'} of {where}"
    return _Told(_head(own, names, own.when()), each, _number, f" {each}")


_TELLERS: Mapping[str, Callable[[Mapping[str, Any], Names], _Told]] = {
    "level": _level,
    "change": _change,
    "ratio": _ratio,
    "sum": _sum,
    "range": _range,
    "comparison": _ratio,
    "rank": _place,
    "share": _share,
    "count": _count,
    "record": _record,
    "threshold_year": _threshold_year,
    "place": _place,
    "share_of": _share,
    "difference": _difference,
    "rising": _rising,
    "extreme": _extreme,
    "rate": _rate,
    "per_head": _per_head,
    "not_expressible": _level,
}
