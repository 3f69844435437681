"""Who is counted where: seeds/reference/places_counted.csv, and what a country is called.

ISO3 and UNHCR's codes are different alphabets. Three origins have no ISO3 and are asked for by
UNHCR's code (STA, UKN, TIB), which is nobody's ISO3.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from warehouse.reference.seeds import read_seed

_CODE = re.compile(r"[A-Z]{3}")
_ISO2 = re.compile(r"[A-Z]{2}")
# "Congo, The Democratic Republic of the", "Korea (the Republic of)": what stands first is not all.
_INVERTED = re.compile(r"\s*[,(]")
_INITIALS = re.compile(r"\b(\w)\.")
_WORD = re.compile(r"[^\W_]+\.?")
# How names are compared, here and by the site's search.
FILLERS = frozenset({"and", "of", "the"})
SHORTENED = {"st": "saint", "st.": "saint"}
# "Syria" begins a word of "Syrian Arab Republic"; shorter words must be whole.
SHORTEST_BEGINNING = 4
_MOST = 6
_SIMILAR = 0.7
# Names in everyday use that neither ISO 3166-1 nor UNHCR has, or that are no longer a country's.
_COMMON_NAMES = (
    ("ARE", "UAE"),
    ("CIV", "Ivory Coast"),
    ("COD", "Congo-Kinshasa"),
    ("COD", "DR Congo"),
    ("COD", "DRC"),
    ("COD", "Zaire"),
    ("COG", "Congo-Brazzaville"),
    ("CPV", "Cape Verde"),
    ("CZE", "Czech Republic"),
    ("GBR", "UK"),
    ("GBR", "Great Britain"),
    ("KOR", "South Korea"),
    ("LAO", "Laos"),
    ("MKD", "Macedonia"),
    ("MMR", "Burma"),
    ("NLD", "Holland"),
    ("PRK", "North Korea"),
    ("SWZ", "Swaziland"),
    ("TLS", "East Timor"),
    ("TUR", "Turkey"),
    ("USA", "America"),
    ("USA", "US"),
    ("VAT", "Vatican"),
)


class PlaceError(ValueError):
    """What was given names no country, or several; the message says what to give instead.

    By code, likeliest first: `can_be` has the countries that it means, `near` those that are
    called something like it.
    """

    def __init__(self, said: str, *, can_be: Sequence[str] = (), near: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.can_be = tuple(can_be)
        self.near = tuple(near)


class CountedElsewhereError(PlaceError):
    """A place that UNHCR has not: its people are counted in another."""


@dataclass(frozen=True)
class Place:
    """Somewhere people ask for by a name of its own; `counted_in`: the origin that has its people,
    by code.
    """

    code: str
    name: str
    names: tuple[str, ...]
    is_unhcr_origin: bool
    counted_in: str
    note: str

    @property
    def sentence(self) -> str:
        """That UNHCR has no such origin, and where its people are counted."""
        return (
            f"UNHCR has no origin and no country of asylum {self.name} ({self.code}). "
            f"{self.note}. Ask for {self.counted_in}."
        )


@cache
def places() -> Mapping[str, Place]:
    """The places by code. Raises ReferenceListError naming the list where it cannot be used."""
    return {
        row["code"]: Place(
            row["code"],
            row["name"],
            (row["name"], *(name.strip() for name in row["other_names"].split(";"))),
            row["is_unhcr_origin"] == "true",
            row["counted_in"],
            row["note"],
        )
        for _, row in read_seed("places_counted")
    }


def country_code(text: str, also: Sequence[tuple[str, str]] = ()) -> str:
    """The code of the country that `text` is the code or a name of: ISO3, or STA, UKN or TIB.

    Any three letters are taken for a code, except those that are a name (UAE). Names are read
    without accents, and with words that are shortened (Rep. of Korea). `also`: names that are known
    besides, with the code of each. Raises PlaceError for a name that is none or several countries',
    with candidates; CountedElsewhereError for a place that UNHCR counts in another.
    """
    given = _INITIALS.sub(r"\1", text.strip())
    abbreviated = {name: code for code, name in _COMMON_NAMES}.get(given.upper())
    if abbreviated is None and _CODE.fullmatch(given.upper()):
        code = given.upper()
    else:
        code = abbreviated or _of_two_letters(given.upper()) or _named(text, also)
    place = places().get(code)
    if place is not None and not place.is_unhcr_origin:
        raise CountedElsewhereError(place.sentence)
    return code


def _of_two_letters(code: str) -> str | None:
    if not _ISO2.fullmatch(code):
        return None
    import pycountry  # noqa: PLC0415

    country = pycountry.countries.get(alpha_2=code)
    return country.alpha_3 if country else None


def _named(text: str, also: Sequence[tuple[str, str]]) -> str:
    names = (*_all_names(), *also)
    wanted = _words(text)
    exact = {code for code, name in names if _are(wanted, _words(name))}
    # A name that others begin with before a comma is theirs, too: the Congo's, and not China's, as
    # Hong Kong and Macao have names without it.
    begun = {code for code, name in names if exact and _is_inverted(name, text)}
    exact |= {
        code
        for code in begun
        if all(
            _are_in(wanted, _words(name))
            for other, name in names
            if other == code and (code, name) not in _COMMON_NAMES
        )
    }
    likely = exact or {code for code, name in names if wanted and _are_in(wanted, _words(name))}
    # "Czech" begins a name of Czechia, and of the former country that its figures were of.
    likely -= {
        code for code in likely if code in places() and places()[code].counted_in in likely - {code}
    }
    if len(likely) == 1:
        return likely.pop()
    if likely:
        can_be = sorted(likely)
        raise PlaceError(
            f"{text!r} can be {_listed(can_be[:_MOST], also)}. Give a code.", can_be=can_be
        )
    raise no_country(
        f"{text!r} is no country: give a name or an ISO3 code, such as CHN or SYR, or STA "
        f"(stateless), UKN (unknown) or TIB (Tibetan), which have none.",
        text,
        also,
    )


def no_country(said: str, text: str, also: Sequence[tuple[str, str]]) -> PlaceError:
    """The error for a text that is no country's code or name: `said`, and what is near to it.

    `also`: names that are known besides, with the code of each.
    """
    near = _near(text, also)
    return PlaceError(f"{said} Near to it: {_listed(near, also)}." if near else said, near=near)


def _listed(codes: Sequence[str], also: Sequence[tuple[str, str]]) -> str:
    shown = {code: name for code, name in (*also, *reversed(_all_names()))}
    return "; ".join(f"{code} ({shown[code]})" for code in codes)


def _near(text: str, also: Sequence[tuple[str, str]]) -> list[str]:
    """Countries with a name that the text begins or, where it is not short, is in or is like."""
    wanted = _folded(text.strip())
    by_name = {_folded(name): code for code, name in reversed((*also, *names_in_use()))}
    likely = sorted(name for name in by_name if wanted and name.startswith(wanted))
    if len(wanted) >= SHORTEST_BEGINNING:
        likely += sorted(name for name in by_name if wanted in name)
        likely += difflib.get_close_matches(wanted, by_name, _MOST, _SIMILAR)
    return list(dict.fromkeys(by_name[name] for name in likely))[:_MOST]


def _folded(text: str) -> str:
    """Without case and accents: Cote d'Ivoire for Côte d'Ivoire."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    """The words of a name that tell it from others; one that is shortened ends with its dot."""
    found = _WORD.findall(_INITIALS.sub(r"\1", _folded(text)))
    return tuple(SHORTENED.get(word, word) for word in found if word not in FILLERS)


def _is_word(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith(".") else wanted == word


def _are(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether these are the words of a name, in whatever order."""
    return (
        len(wanted) == len(words) > 0
        and all(any(_is_word(one, word.rstrip(".")) for word in words) for one in wanted)
        and all(any(_is_word(one, word.rstrip(".")) for one in wanted) for word in words)
    )


def _are_in(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each of these is a word of a name, or begins one."""
    return all(
        any(
            _is_word(one, word) or (len(one) >= SHORTEST_BEGINNING and word.startswith(one))
            for word in words
        )
        for one in wanted
    )


def _is_inverted(name: str, text: str) -> bool:
    folded, first = _folded(name), " ".join(_folded(text).split())
    return folded.startswith(first) and _INVERTED.match(folded[len(first) :]) is not None


@cache
def _all_names() -> tuple[tuple[str, str], ...]:
    """Code and name: those of the list, and those of ISO 3166-1."""
    # Takes a while to import, and most commands are given a code.
    import pycountry  # noqa: PLC0415

    ours = [(place.code, name) for place in places().values() for name in place.names]
    listed = set(places())
    of_iso = [
        (country.alpha_3, name)
        for country in pycountry.countries
        if country.alpha_3 not in listed
        for field in ("name", "common_name", "official_name")
        if (name := getattr(country, field, None))
    ]
    return (*ours, *of_iso, *_COMMON_NAMES)


def name_of(code: str) -> str:
    """A name of the country with this ISO3, for one that has none in the figures; else the code."""
    names = [name for of, name in _all_names() if of == code]
    # "Venezuela, Bolivarian Republic of" is for lists.
    return next((name for name in names if "," not in name), (*names, code)[0])


def names_in_use() -> list[tuple[str, str]]:
    """Code and name of countries as people ask for them: those that commands understand, without
    the long official ones.
    """
    import pycountry  # noqa: PLC0415

    official = {getattr(country, "official_name", None) for country in pycountry.countries}
    short = [(code, name) for code, name in _all_names() if name not in official]
    return list(dict.fromkeys([*short, *_COMMON_NAMES]))
