"""The results of a claim as readers see them in a table: marked where they are lower bounds, and in
brackets where two times do not compare.

A claim is a row of mart_claim_audit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from warehouse.core.wording import AT_LEAST, NO_BREAK, NOT_KNOWN, in_brackets
from warehouse.reference.claim_lists import flags, verdicts

# Kinds whose result is a move from one figure to another.
_MOVES = frozenset({"change", "ratio", "difference", "comparison"})
_OF_PEOPLE = frozenset({"level", "sum"})


def newest(claim: Mapping[str, Any]) -> str | None:
    """What comes of it by the newest figures; None where nothing does."""
    text = _at_least(claim["newest_text"], is_complete=not claim["is_lower_bound"])
    return _bracketed(text, is_bracketed=claim["kind"] in _MOVES and claim["is_not_comparable"])


def as_flow_newest(claim: Mapping[str, Any]) -> str | None:
    """The same, worked out on people who claimed asylum."""
    is_incomplete, kind = claim["is_as_flow_incomplete"], claim["kind"]
    is_bound = is_incomplete and kind in _OF_PEOPLE
    text = _at_least(claim["as_flow_newest_text"], is_complete=not is_bound)
    return _bracketed(text, is_bracketed=is_incomplete and kind in _MOVES)


def change(claim: Mapping[str, Any]) -> str | None:
    """How far the newest result is from that at publication; None where nothing is to be shown."""
    if not claim["change_rate"]:
        return None
    return in_brackets(claim["change_rate"], claim["is_revision_comparable"], "change_rate")


def flag_words(names: str) -> str:
    """Flags as readers see them, of a row that has them by name."""
    return "; ".join(flags()[name].label for name in names.split(", ") if name)


def _bracketed(text: str | None, *, is_bracketed: bool) -> str | None:
    return f"({text})" if text is not None and is_bracketed else text


def _at_least(text: str | None, *, is_complete: bool) -> str | None:
    """A result in words, marked where it is a lower bound; at least 0 says nothing."""
    if text is None or is_complete:
        return text
    return NOT_KNOWN if text == "0" else f"{AT_LEAST}{NO_BREAK}{text}"


# As a table has a claim, by what stands above.
TABLE_COLUMNS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "claim": itemgetter("claim_id"),
    "says": itemgetter("paraphrase"),
    "stated": itemgetter("stated_text"),
    "at publication": itemgetter("on_the_day_text"),
    "as people who claimed asylum, now": as_flow_newest,
    "now": newest,
    "verdict": lambda claim: verdicts()[claim["verdict"]].label,
    "flags": lambda claim: flag_words(claim["flags"]),
}
