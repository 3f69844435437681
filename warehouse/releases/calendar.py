"""When UNHCR's next release is due, from when the ones before came out.

UNHCR publishes twice a year: figures of 31 December in June, figures of 30 June in October or
November, and corrections now and then. Of corrections there is no calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.reference.releases import NamedRelease

# Days after the latest time of year at which a release of the kind has come so far.
GRACE = timedelta(days=28)


@dataclass(frozen=True)
class HeldRelease:
    """The newest release loaded: the day its stocks describe, and its day of publication."""

    release_id: str
    reference_date: date
    published_on: date


@dataclass(frozen=True)
class NextRelease:
    """The release expected after the newest one loaded.

    `reference_date` is the day the next release describes; UNHCR publishes it between `earliest`
    and `latest`. `missing` is one that came out already by our list. `due_since`: None while
    there is nothing to worry about.
    """

    reference_date: date
    earliest: date
    latest: date
    missing: str | None
    due_since: date | None

    def text(self, held: HeldRelease) -> str:
        """In one sentence, with what to do about it."""
        if self.missing:
            return (
                f"Release {self.missing} was published on {self.due_since}; the newest loaded is "
                f"{held.release_id}. Fetch it: job `refresh` with source `api`, or `backfill`."
            )
        expected = (
            f"The newest release loaded, {held.release_id}, describes {held.reference_date}. The "
            f"next, of {self.reference_date}, is expected between {self.earliest} and {self.latest}"
        )
        if self.due_since:
            return (
                f"{expected}, and has been due since {self.due_since}. Check whether UNHCR has "
                f"published it: run the job `refresh` with source `api`."
            )
        return f"{expected}."


def next_release(held: HeldRelease, releases: Sequence[NamedRelease], today: date) -> NextRelease:
    """The next release expected on `today`; `releases` are those of our list.

    Raises ValueError when the list has no release of the kind that is next.
    """
    following = _half_a_year_after(held.reference_date)
    days = [
        published - reference
        for reference, published in _first_published(releases).items()
        if reference.month == following.month and reference <= following
    ]
    if not days:
        raise ValueError(
            f"seeds/reference/releases.csv has no release that describes a day in "
            f"{following:%B}, so the next due date cannot be computed."
        )
    # It may have been seen before its day in the list.
    listed = {one.release_id: one.published_on for one in releases}
    listed_on = listed.get(held.release_id, held.published_on)
    out_already = sorted(
        (one for one in releases if listed_on < one.published_on <= today),
        key=lambda one: (one.published_on, one.release_id),
    )
    latest = following + max(days)
    if out_already:
        due_since: date | None = out_already[-1].published_on
    else:
        due_since = latest + GRACE if today > latest + GRACE else None
    return NextRelease(
        reference_date=following,
        earliest=following + min(days),
        latest=latest,
        missing=out_already[-1].release_id if out_already else None,
        due_since=due_since,
    )


def _half_a_year_after(day: date) -> date:
    return date(day.year, 12, 31) if day < date(day.year, 12, 31) else date(day.year + 1, 6, 30)


def _first_published(releases: Sequence[NamedRelease]) -> dict[date, date]:
    """When figures of a day first came out: what came after it corrected them."""
    first: dict[date, date] = {}
    for one in releases:
        first[one.reference_date] = min(
            one.published_on, first.get(one.reference_date, one.published_on)
        )
    return first
