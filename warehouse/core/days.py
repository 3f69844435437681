"""Days that people give: what was known on them is asked for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Where the day begins first.
_EARLIEST = timedelta(hours=14)


class DayError(ValueError):
    """Text that is no day on which anything was known; the message says why."""


def iso_day(text: str) -> date | None:
    """The day that a text gives as YYYY-MM-DD, with all its zeros; None for another text."""
    try:
        return date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def known_day(text: str) -> date:
    """The day that a text gives as YYYY-MM-DD. Raises DayError for another text, and for a day that
    has not begun anywhere.
    """
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise DayError(f"{text!r} is not a day as YYYY-MM-DD") from error
    if day > (datetime.now(UTC) + _EARLIEST).date():
        raise DayError(f"{day} is still to come, and nobody knows what the database says then")
    return day
