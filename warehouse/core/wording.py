"""How figures and days are written for readers, and how upstream text is kept from playing tricks.

Upstream text is data: whoever shows it escapes it for the format, and first makes it `visible`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Literal

Kind = Literal[
    "text",
    "count",
    "change",
    "share",
    "change_rate",
    "ratio",
    "per_1000",
    "year",
    "day",
    "bound",
]
NUMERIC: frozenset[Kind] = frozenset(
    {"count", "change", "share", "change_rate", "ratio", "per_1000", "year", "bound"}
)
NOT_KNOWN = "–"
NO_BREAK = "\u00a0"
MINUS = "−"
AT_LEAST = "≥"
# Under a table that has one.
BOUND_NOTE = (
    f"{AT_LEAST}: at least; a country of asylum did not report, gave no origin, or gave half a "
    "year as the year."
)
OVER_ZERO = "over 0"
_UNDER = "under "
_SHOWN_AS_ZERO = 0.0005
# Origins that are no country, by UNHCR's code, as in special_origins.csv.
OF_NO_COUNTRY = {"STA": "stateless {}", "UKN": "{} of unknown origin", "TIB": "Tibetan {}"}

# What labels begin with that is a name, and keeps its capital within a sentence.
NAMES = ("Palestine ",)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)

# A spreadsheet takes a cell that begins with one of these for a formula, or skips the character
# and then does.
RUN_BY_SPREADSHEETS = r"^[=+\-@\t\n\r]"
# At the front of a CSV: without it Excel takes UTF-8 for an encoding of the system's own.
BYTE_ORDER_MARK = "\ufeff"
# Commands to a terminal; tabs and line breaks are text. NUL, which DuckDB takes in no pattern, is
# looked for on its own.
_COMMANDS = "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
CONTROL = f"[{_COMMANDS}]"
SHOWN_INSTEAD = "\ufffd"
# Control characters, and those that turn the direction of what follows or are not seen at all: what
# no text of upstream may do to the line it stands in, on paper or on a terminal.
UNSEEN = f"[\x00{_COMMANDS}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
BREAKS = "[\t\r\n\u2028\u2029]"
_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~$])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)|\bwww(?=\.)")
_BLOCK = re.compile(r"^\s*([#+\-=:]|\d+[.)])")


def visible(text: str) -> str:
    """`text` on one line, each control character and each one that is not seen shown as one.

    A name that turns the writing direction would otherwise turn what stands after it, too.
    """
    return re.sub(UNSEEN, SHOWN_INSTEAD, re.sub(f"{BREAKS}+", " ", text))


def harmless(cell: str) -> str:
    """A text as a CSV holds it: one that no spreadsheet runs and that steers no terminal."""
    cell = re.sub(CONTROL, SHOWN_INSTEAD, cell.replace("\0", SHOWN_INSTEAD))
    return f"'{cell}" if re.match(RUN_BY_SPREADSHEETS, cell) else cell


def markdown(text: str, *, begins_line: bool = False) -> str:
    """`text` as it is to be read, in Markdown: nothing in it is markup, an address or HTML.

    `begins_line` for what stands first in a line, where a number or a sign can begin a block.
    """
    text = _ENTITY.sub("&amp;", visible(text)).replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKDOWN.sub(r"\\\1", text)
    text = _ADDRESS.sub(r"\g<0>&#8203;", text).replace("@", "&#64;")
    return _BLOCK.sub(r"&#8203;\1", text) if begins_line else text


def show(value: Any, kind: Kind = "text") -> str:
    """`value` as readers see it; None is a dash, for not known.

    Counts in persons or cases; `share` and `change_rate` are fractions, shown in percent.
    """
    return NOT_KNOWN if value is None else _WRITTEN[kind](value)


def at_least(value: float | None, is_complete: bool | None, kind: Kind = "count") -> str:
    """A count as readers see it, marked where it lacks what was not reported: a lower bound. At
    least 0 says nothing: it is not known.
    """
    if value == 0 and is_complete is False:
        return NOT_KNOWN
    words = show(value, kind)
    if value is None or is_complete is not False:
        return words
    # Of a lower bound that is shown as under something, no more is known than that it is not zero.
    return OVER_ZERO if words.startswith(_UNDER) else f"{AT_LEAST}{NO_BREAK}{words}"


def in_brackets(value: float | None, is_comparable: bool | None, kind: Kind = "change") -> str:
    """A change as readers see it, in brackets where it is none of people, but of reporting."""
    words = show(value, kind)
    return f"({words})" if value is not None and is_comparable is False else words


def number(value: float | None) -> str:
    """A number that may be a count or a fraction."""
    if value is None:
        return NOT_KNOWN
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"


def day(value: date | datetime) -> str:
    """A day in words: 31 December 2025."""
    return f"{value.day}{NO_BREAK}{value:%B}{NO_BREAK}{value.year}"


def moment(iso: str) -> str:
    """An ISO 8601 time in UTC, to the minute."""
    at = datetime.fromisoformat(iso)
    return f"{day(at)}, {at:%H:%M} UTC"


def of_origin(people: str, code: str, name: str) -> str:
    """`people` with their origin: "asylum-seekers from China", "Tibetan asylum-seekers".

    `code` is the origin's ISO3, or UNHCR's code where it has none. A capital stays in front.
    """
    phrase = OF_NO_COUNTRY.get(code)
    if phrase is None:
        return f"{people} from {name}"
    if not people[0].isupper():
        return phrase.format(people)
    said = phrase.format(people[0].lower() + people[1:])
    return said[0].upper() + said[1:]


def within(name: str) -> str:
    """A heading or a label as it stands within a sentence: with a small letter, but for a name."""
    return name if name.startswith(NAMES) else name[0].lower() + name[1:]


def ordinal(place: int) -> str:
    """A place in words: first to tenth, then 11th, 12th, 21st."""
    if place <= len(_ORDINALS):
        return _ORDINALS[place - 1]
    endings = {1: "st", 2: "nd", 3: "rd"}
    is_teen = place % 100 in {11, 12, 13}
    return f"{place:,}{'th' if is_teen else endings.get(place % 10, 'th')}"


def listed(parts: Iterable[str], last_with: str = "and") -> str:
    """Several of a kind in a sentence: A, B and C."""
    *first, last = parts
    return f" {last_with} ".join(filter(None, (", ".join(first), last)))


def plural(count: int, one: str, many: str) -> str:
    """`count` with the word that goes with it."""
    return f"{count:,}{NO_BREAK}{one if count == 1 else many}"


def _change(value: int) -> str:
    return _signed(f"{value:+,}") if value else "0"


def _share(fraction: float) -> str:
    # Few of many are not none.
    return f"{_UNDER}0.1{NO_BREAK}%" if 0 < fraction < _SHOWN_AS_ZERO else _percent(fraction, "")


def _per_1000(value: float) -> str:
    return f"{_UNDER}0.01" if 0 < value < 0.005 else f"{value:,.2f}"


def _percent(fraction: float, sign: str) -> str:
    digits = ".1f" if abs(fraction) < 10 else ",.0f"
    return f"{fraction * 100:{sign}{digits}}{NO_BREAK}%"


def _change_rate(fraction: float) -> str:
    # A change is none of nothing; its sign stands in the change itself.
    return (
        _share(abs(fraction))
        if 0 < abs(fraction) < _SHOWN_AS_ZERO
        else _signed(_percent(fraction, "+"))
    )


def _signed(text: str) -> str:
    return text.replace("-", MINUS, 1)


_WRITTEN: dict[Kind, Callable[[Any], str]] = {
    "text": lambda value: visible(str(value)),
    "count": "{:,}".format,
    "change": _change,
    "share": _share,
    "change_rate": _change_rate,
    "ratio": lambda value: f"{value:,.2f}{NO_BREAK}×",
    "per_1000": _per_1000,
    "year": str,
    "bound": str,
    "day": day,
}
