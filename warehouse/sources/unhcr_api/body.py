"""The body of an answer -> an envelope, read as strictly as whoever reads it later, or a reason.

Python's reader of JSON takes much that DuckDB's refuses: other encodings than UTF-8, half a
surrogate pair, a key twice. What is let in here lands byte for byte, so it is refused here. Also
how messages show what came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

# Enough of what came to see what it is.
SHOWN = 200
# Deeper than any answer, and within what every reader can follow.
DEEPEST = 50
_WHOLE = re.compile(r"[0-9]{1,18}")
# May be half a surrogate pair, or NUL, which PostgreSQL's text cannot hold.
_SUSPICIOUS = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_USER = re.compile(r"//[^/?#\s'\"]*@")


class NotAPageError(ValueError):
    """A body that is no page; the message says why not."""


def envelope(body: bytes) -> dict[str, Any]:
    """The object in a body: with page, maxPages (whole numbers), total, and items (a list).

    Raises NotAPageError.
    """
    found = parsed(body)
    problem = _problem(found)
    if problem:
        raise NotAPageError(f"JSON that is not a page ({problem})")
    page: dict[str, Any] = found
    return page


def parsed(body: bytes) -> Any:
    """The JSON in a body. Raises NotAPageError where another reader could read it otherwise."""
    try:
        text = body.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
        if _SUSPICIOUS.search(text):
            for one in _texts(found):
                _refuse_text(one)
    except (ValueError, RecursionError) as error:
        raise NotAPageError(f"not JSON ({_reason(error)})") from error
    return found


def whole_number(value: object) -> int | None:
    """The number, of an int or of ASCII digits alone; None for anything else, -1 and True too."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if _WHOLE.fullmatch(str(value)) else None


def shown(value: object) -> str:
    """What came, for a message: short, on one line, without what steers a terminal or is secret."""
    if isinstance(value, bytes):
        if not value:
            return "an empty body"
        value = value[: SHOWN * 4].decode("utf-8", "replace")
    text = value if isinstance(value, str) else str(value)
    short = repr(without_user(text)[:SHOWN]) if isinstance(value, str) else repr(value)[:SHOWN]
    return f"{short} …" if len(text) > SHOWN else short


def told(error: BaseException) -> str:
    """What an error says, when it may quote what came."""
    text = without_user(str(error))
    escaped = repr(text[: SHOWN * 2])[1:-1]
    return f"{escaped} …" if len(text) > SHOWN * 2 else escaped


def without_user(text: str) -> str:
    """A text in which no address names a user or a password."""
    return _USER.sub("//", text)


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8: byte {error.start:,} is {error.object[error.start]:#04x}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return told(error)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _refuse_text(text: str) -> None:
    if "\0" in text:
        raise ValueError(f"the character NUL in the text {shown(text)}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"half a surrogate pair in the text {shown(text)}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {shown(twice)} twice in an object")
    return found


def _problem(found: object) -> str | None:
    if not isinstance(found, dict):
        return f"a {type(found).__name__} at the top"
    missing = [name for name in ("page", "maxPages", "total", "items") if name not in found]
    if missing:
        return f"without {', '.join(missing)}"
    if not isinstance(found["items"], list):
        return "`items` is not a list"
    for name in ("page", "maxPages"):
        if whole_number(found[name]) is None:
            return f"`{name}` is {shown(found[name])}, a whole number expected"
    if _depth(found) > DEEPEST:
        return f"nested more than {DEEPEST} deep"
    return None


def _depth(value: object, above: int = 0) -> int:
    """How deep objects and lists lie in each other; not followed further than is of interest."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if above > DEEPEST:
        return above
    return max(
        (_depth(one, above + 1) for one in inner if isinstance(one, dict | list)), default=above
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
