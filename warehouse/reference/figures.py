"""Figures as documents print them and as people type them, and the numbers that they state."""

from __future__ import annotations

import re

# As a document prints it: 1,158,739 or 2.75 million, 13 % or 1 in 67.
_FIGURE = re.compile(
    r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?(?: (?:thousand|million|billion))?(?: ?%)?"
    r"|1 in (?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"
)
_MULTIPLIERS = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_SHORT = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion"}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS, start=1)}
_SHORTENED = re.compile(
    r"(-?[0-9][0-9,.]*)\s*(k|m|mn|bn|thousand|million|billion)?\s*(%|per ?cent)?"
)


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
    return float(digits.replace(",", "")) * _MULTIPLIERS.get(word, 1)


def as_printed(text: str) -> str:
    """A figure as the register holds it: 2.75m is 2.75 million, "13 percent" is 13 %, "one in six"
    is 1 in 6. Raises FigureError.
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
        raise FigureError(
            f"{text!r} is not a figure, such as 1,158,739, 2.75m, 8.4 million, 13 % or '1 in 67'"
        )
    return given


def is_in_percent(text: str) -> bool:
    """Whether a figure says itself that it is a part of a hundred, or of another number."""
    return text.endswith("%") or text.startswith("1 in ")
