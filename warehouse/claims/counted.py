"""What a figure of a claim counts, in words: whom, from where, in which country, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from warehouse.core.wording import OF_NO_COUNTRY, day, listed, of_origin
from warehouse.reference.claims import (
    ALL,
    RATES,
    STATELESS,
    at_home,
    is_stock,
    label,
    label_within,
    parts_of,
    population_types,
)
from warehouse.reference.places import name_of
from warehouse.reference.seeds import read_seed

# On their way back to their country.
_RETURNING = frozenset({"returned_refugees"})
_ALL_OF_A_TYPE = "total_stock"
_DEFAULT_TYPE = "REF"
_NO_COUNTRIES = {"UKN": "an unknown country", "STA": "no country (stateless)"}
# Names of groups that begin with a word, and not with a name: within a sentence they have an
# article and a small letter.
NAMES_OF_WORDS = ("Countries ", "Member states ", "Successor states ")


@dataclass(frozen=True)
class Counted:
    """What a figure counts: a measure in a unit, of people from `origin` in `asylum` as a claim
    names them, in the years `first` to `last`.

    reference_date: of the last year, where it is known. population_type: of demographics.
    """

    measure: str
    unit: str
    origin: str
    asylum: str
    first: int
    last: int
    reference_date: date | None = None
    population_type: str | None = None

    @property
    def is_rate(self) -> bool:
        """Whether it is a percentage, and no number of people."""
        return self.measure in RATES

    @property
    def is_at_home(self) -> bool:
        """Whether the people are in their own country."""
        return self._kinds <= at_home()

    @property
    def _is_returning(self) -> bool:
        """Whether the people are on their way back to their country."""
        return self._kinds <= _RETURNING

    @property
    def _kinds(self) -> set[str]:
        """The measures that say where the people are, and when: of demographics, their type's."""
        if self._is_of_a_type:
            return {population_types()[self.population_type or _DEFAULT_TYPE]["measure"]}
        return set(parts_of(self.measure))

    @property
    def _is_of_a_type(self) -> bool:
        return bool(set(parts_of(self.measure)) & _demographics())

    def is_of_the_same(self, other: Counted) -> bool:
        """Whether both count the same people in the same places, if at another time."""
        return replace(self, first=other.first, last=other.last, reference_date=None) == replace(
            other, reference_date=None
        )

    def is_of_the_time_of(self, other: Counted) -> bool:
        """Whether both are of the same years."""
        return (self.first, self.last) == (other.first, other.last)

    def whom(self, names: Mapping[str, str], *, within: bool = False, anywhere: bool = True) -> str:
        """Who is counted: "Refugees from Syria in all countries"; `within` a sentence with a small
        letter. `anywhere`: whether all countries are named, too. People who returned did so to
        their origin, and people displaced within their country are in it; of a sum that has some of
        these, each is told with its own.
        """
        terms = [replace(self, measure=term) for term in self.measure.split("+")]
        if len({(term.is_at_home, term._is_returning) for term in terms}) > 1:
            return " plus ".join(
                term.whom(names, within=within or number > 0, anywhere=anywhere)
                for number, term in enumerate(terms)
            )
        return self._whom(names, within=within, anywhere=anywhere)

    def _whom(self, names: Mapping[str, str], *, within: bool, anywhere: bool) -> str:
        what = self._what(within=within)
        is_of_stateless = self.origin == "STA" and self._kinds == {STATELESS}
        of_all, in_all = self.origin == ALL or is_of_stateless, self.asylum == ALL
        origin = place_name(self.origin, names, "origin")
        asylum = place_name(self.asylum, names, "asylum")
        if self.is_at_home:
            if of_all and in_all:
                return f"{what} in all countries" if anywhere else what
            return f"{what} in {asylum if of_all else origin}"
        if self._is_returning:
            to = "" if of_all else f" to {origin}"
            left = f" from {'all countries' if in_all else asylum}"
            return f"{what}{to}{left if anywhere or not in_all else ''}"
        where = f" in {asylum}"
        if in_all:
            where = " in all countries" if anywhere else ""
        if of_all:
            return f"{what}{where}"
        if self.is_rate and self.origin not in OF_NO_COUNTRY:
            return f"{what} of people from {origin}{where}"
        return of_origin(what, self.origin, origin) + where

    @property
    def unit_words(self) -> str:
        """The counting unit, of a measure that is counted in persons and in cases."""
        is_of_both = self.is_rate or set(parts_of(self.measure)) & _of_both_units()
        return f"counted in {self.unit}" if is_of_both else ""

    def _what(self, *, within: bool) -> str:
        if self._is_of_a_type and self.measure == _ALL_OF_A_TYPE:
            said = _type_words(self.population_type)
            return f"{said if within else said[0].upper() + said[1:]} (demographics)"
        first, *more = self.measure.split("+")
        terms = [label_within(first) if within else label(first), *map(label_within, more)]
        among = f" among {_type_words(self.population_type)}" if self._is_of_a_type else ""
        return " plus ".join(terms) + among

    @property
    def _is_of_a_day(self) -> bool:
        return all(is_stock(kind) for kind in self._kinds)

    @property
    def is_of_half_a_year(self) -> bool:
        """Whether its last year is told as of the middle."""
        return self.reference_date is not None and self.reference_date.month != 12

    def when(self) -> str:
        """The time as it stands behind a comma: end of 2023, 2013 to 2023, first half of 2024."""
        if self.first < self.last:
            last = f"mid-{self.last}" if self.is_of_half_a_year else str(self.last)
            return f"{self.first} to {last}"
        return f"as of {self.at()}" if self._on is not None else self.at().removeprefix("the ")

    def at(self) -> str:
        """The time as a noun: the end of 2023, 30 June 2024, 2023, 2013 to 2023 together."""
        if self.first < self.last:
            return f"{self.when()} together"
        if self._on is not None:
            return day(self._on)
        if self._is_of_a_day:
            return f"the end of {self.last}"
        return f"the first half of {self.last}" if self.is_of_half_a_year else str(self.last)

    def then(self) -> str:
        """The time in a sentence: at the end of 2023, on 30 June 2024, in 2023."""
        if self._on is not None:
            return f"on {self.at()}"
        is_of_a_day = self._is_of_a_day and self.first == self.last
        return f"{'at' if is_of_a_day else 'in'} {self.at()}"

    @property
    def _on(self) -> date | None:
        """The day within a year that people are counted on."""
        is_one = self.first == self.last
        return (
            self.reference_date if is_one and self._is_of_a_day and self.is_of_half_a_year else None
        )


def counted(claim: Mapping[str, Any]) -> Counted:
    """What the figure that a claim is about counts."""
    last = claim["reference_year"]
    return Counted(
        measure=claim["measure"],
        unit=claim["counting_unit"],
        origin=claim["origin"],
        asylum=claim["asylum"],
        first=last if claim["from_year"] is None else claim["from_year"],
        last=last,
        reference_date=claim["reference_date"],
        population_type=claim["population_type"],
    )


def counted_of_base(claim: Mapping[str, Any]) -> Counted:
    """What the figure counts that a claim compares its own with."""
    own = counted(claim)
    first, last = claim["base_from_year"], claim["base_to_year"]
    asked = claim["base_reference_date"]
    days = [
        figure["reference_date"] for figure in claim["inputs"] if figure["input_role"] == "base"
    ]
    return replace(
        own,
        measure=claim["base_measure"] or own.measure,
        origin=claim["base_origin"] or own.origin,
        asylum=claim["base_asylum"] or own.asylum,
        first=own.first if first is None else first,
        last=own.last if last is None else last,
        reference_date=date.fromisoformat(str(asked)) if asked else max(days, default=None),
    )


def counted_of_whole(claim: Mapping[str, Any]) -> Counted:
    """What the whole counts that a claim's figure is a share of."""
    own, share_of = counted(claim), claim["share_of"]
    origin, asylum = own.origin, own.asylum
    if share_of == "base":
        origin, asylum = claim["base_origin"] or origin, claim["base_asylum"] or asylum
    if share_of in {"host", "world"}:
        origin = ALL
    if share_of in {"origin", "world", None}:
        asylum = ALL
    return replace(own, measure=claim["base_measure"] or own.measure, origin=origin, asylum=asylum)


def place_name(told: str, names: Mapping[str, str], side: str = "asylum") -> str:
    """Countries of a claim in words. `names`: of countries by code, and of regions; `side`: whether
    these are countries of origin or of asylum.
    """
    if told.startswith("top:"):
        return f"the {told[4:]} largest countries of {side}"
    known = {**_group_names(), **names, **_NO_COUNTRIES}
    return listed([known.get(term) or name_of(term) for term in told.split("+")])


def region_name(scheme: str, region: str) -> str:
    """A region of UNHCR's or the UN's as it stands within a sentence: Africa (UN region)."""
    name = region.removeprefix("The ")
    article = "the " if name.startswith(("Americas", "Middle East")) else ""
    return f"{article}{name} ({scheme} region)"


@cache
def _group_names() -> Mapping[str, str]:
    named = {row["group_id"]: row["group_name"] for _, row in read_seed("country_groups")}
    return {
        group: f"the {name[0].lower()}{name[1:]}" if name.startswith(NAMES_OF_WORDS) else name
        for group, name in named.items()
    }


@cache
def _demographics() -> frozenset[str]:
    """The measures that are of a population type."""
    return frozenset(
        row["measure"] for _, row in read_seed("measures") if row["endpoint"] == "demographics"
    )


@cache
def _of_both_units() -> frozenset[str]:
    """The measures that are counted in persons and in cases."""
    return frozenset(
        row["measure"] for _, row in read_seed("measures") if row["unit"] == "persons or cases"
    )


def _type_words(population_type: str | None) -> str:
    """A population type within a sentence; one that is counted in another by its own name."""
    found = population_types()[population_type or _DEFAULT_TYPE]
    if found["counted_in"]:
        return found["name"][0].lower() + found["name"][1:]
    return label_within(found["measure"])
