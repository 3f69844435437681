"""A claim as people write it on a command line, as the cells of a row of the register.

What a row needs is checked in warehouse/reference/claims.py; here text is only brought into the
register's shape.
"""

from __future__ import annotations

import re
from datetime import date

from warehouse.reference.claims import figure

_SHORT = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion"}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS, start=1)}
_SHORTENED = re.compile(
    r"(-?[0-9][0-9,.]*)\s*(k|m|mn|bn|thousand|million|billion)?\s*(%|per ?cent)?"
)
_YEARS = re.compile(r"([0-9]{4})(?:\s*(?:-|to)\s*([0-9]{4}))?")


class AskedError(ValueError):
    """Text that is no figure or no year; the message says what is one."""


def as_printed(text: str) -> str:
    """A figure as the register holds it: 2.75m is 2.75 million, "13 percent" is 13 %, "one in six"
    is 1 in 6. Raises AskedError.
    """
    lower = " ".join(text.lower().replace("\u2212", "-").replace("\u00a0", " ").split())
    words = [_WORDS.get(word, word) for word in lower.split(" ")]
    if words[1:2] == ["in"] and len(words) == 3:
        given = " ".join(words)
    elif found := _SHORTENED.fullmatch(lower):
        digits, word, percent = found.groups()
        multiplier = _SHORT.get(word, word) if word else ""
        given = " ".join(filter(None, (digits, multiplier, "%" if percent else "")))
    else:
        given = lower
    if figure(given) is None:
        raise AskedError(
            f"{text!r} is not a figure, such as 1,158,739, 2.75m, 8.4 million, 13 % or '1 in 67'"
        )
    return given


def years(text: str) -> tuple[int, int, date | None]:
    """First and last year, and the reference date where a day is given.

    2024, 2012-2024, 2023-06-30 (that day's figures). Raises AskedError.
    """
    given = text.strip()
    if found := _YEARS.fullmatch(given):
        first, last = found.groups()
        return int(first), int(last or first), None
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise AskedError(
            f"{text!r} is not a year, such as 2024, several, 2012-2024, or a day, 2023-06-30"
        ) from None
    return day.year, day.year, day
