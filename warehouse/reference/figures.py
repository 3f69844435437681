"""Figures as documents print them and as people type them, and the numbers that they state."""

from __future__ import annotations

import re
from decimal import Decimal

# As a document prints it: 1,158,739 or 2.75 million, 13 % or 1 in 67.
_FIGURE = re.compile(
    r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?(?: (?:thousand|million|billion))?(?: ?%)?"
    r"|1 in (?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
)
_MULTIPLIERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SHORT = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion"}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS, start=1)}
_SHORTENED = re.compile(
    r"(-?[0-9][0-9,.]*)\s*(k|m|mn|bn|thousand|million|billion)?\s*(%|per ?cent)?"
)


# What is figure and hedge, or figure and kind, in one: what to give instead.
_HEDGES = {
    **dict.fromkeys(("over", "more than", "above"), "over as the wording"),
    **dict.fromkeys(("under", "less than", "fewer than", "below"), "under as the wording"),
    **dict.fromkeys(("about", "around", "some", "roughly", "circa", "ca."), "about as the wording"),
    **dict.fromkeys(("nearly", "almost", "close to"), "nearly as the wording"),
}
_BOUNDS = {"at least": "lowest", "at most": "highest", "up to": "highest"}
_HEDGED = re.compile(f"({'|'.join(map(re.escape, (*_HEDGES, *_BOUNDS)))}) (.+)")
_PARTS = {
    **dict.fromkeys(("half", "a half", "one half"), ("50 %", "'1 in 2'")),
    **dict.fromkeys(("a third", "one third"), ("33 %", "'1 in 3'")),
    **dict.fromkeys(("a quarter", "one quarter"), ("25 %", "'1 in 4'")),
    **dict.fromkeys(("a fifth", "one fifth"), ("20 %", "'1 in 5'")),
    **dict.fromkeys(("a tenth", "one tenth"), ("10 %", "'1 in 10'")),
    **dict.fromkeys(("two thirds", "two-thirds"), ("67 %",)),
    **dict.fromkeys(("three quarters", "three-quarters"), ("75 %",)),
}
_MULTIPLES = {"doubled": "2", "twice": "2", "tripled": "3", "threefold": "3", "quadrupled": "4"}
_TIMES = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(?:times|x)")
# 1 in 10 000 has a space that is none between figures.
_SPACED = re.compile(r"(-?[0-9]{1,3}(?: [0-9]{3})+)(?![0-9])")
_ORDINAL = re.compile(r"([0-9]+)(?:st|nd|rd|th)")


class FigureError(ValueError):
    """Text that is no figure; the message says what is one."""


def figure(text: str) -> float | None:
    """The number that a text states, as `stated_number` reads it in SQL; None if it is none.

    1,158,739, 2.75 million, 13 % (13), 1 in 67 (1 / 67).
    """
    if not _FIGURE.fullmatch(text):
        return None
    if text.startswith("1 in "):
        whole = float(text[5:].replace(",", ""))
        return 1 / whole if whole else None
    digits, _, word = text.rstrip(" %").partition(" ")
    # 8.2 million is 8,200,000, and no 8,199,999.999999999.
    return float(Decimal(digits.replace(",", "")) * _MULTIPLIERS.get(word, 1))


def as_printed(text: str) -> str:
    """A figure as the register holds it: 2.75m is 2.75 million, "13 percent" is 13 %, "one in six"
    is 1 in 6, 178 725 is 178,725, and 5th is 5. Raises FigureError, which says what to give instead
    of what is a figure and more.
    """
    lower = _lower(text)
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
        raise FigureError(
            f"{text!r} is not a figure, such as 1,158,739, 2.75m, 8.4 million, 13 % or '1 in 67'"
            + way_out(text)
        )
    return given


def _lower(text: str) -> str:
    lower = " ".join(text.lower().replace("\u2212", "-").split())
    lower = _SPACED.sub(lambda found: found[1].replace(" ", ","), lower)
    return _ORDINAL.sub(r"\1", lower) if _ORDINAL.fullmatch(lower) else lower


def way_out(text: str) -> str:
    """What to give instead of a text that is more than a figure, as the end of a sentence that says
    so; nothing where that is not known.
    """
    lower = _lower(text)
    if found := _HEDGED.fullmatch(lower):
        hedge, rest = found.groups()
        if hedge in _BOUNDS:
            return f": give {rest} as the {_BOUNDS[hedge]} that is stated"
        return f": give {rest}, and {_HEDGES[hedge]}"
    if lower in _PARTS:
        return f": give {' or '.join(_PARTS[lower])}"
    times = _TIMES.fullmatch(lower)
    if multiple := times[1] if times else _MULTIPLES.get(lower):
        return f": give {multiple}, and ratio as the kind"
    return ""


def is_in_percent(text: str) -> bool:
    """Whether a figure says itself that it is a part of a hundred, or of another number."""
    return text.endswith("%") or text.startswith("1 in ")
