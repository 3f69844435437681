"""Whether one snapshot is of a later publication of UNHCR's than another. No SQL, no files.

One publication is seen many times: in the API's answers of many days, whole or of some countries,
and with a row corrected since, in the archive's file, in the flow workbook. By itself it confirms
nothing of what it seems to have lost. So what is asked here is not whether two snapshots have two
names or two days, but whether there was a release between them.

Two that state their releases say so themselves. Of what was fetched, figures say it: a release
brings a new year, or moves nearly all countries in the newest one, and a correction moves few
(docs/operating.md has the numbers). The datasets that every release moves can say so for another
one that was served with them, since a release may leave that as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from warehouse.releases.identify import MAIN, Key, Release, Snapshot, common, place, reach_of
from warehouse.releases.profiles import NewestYears, Reach
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

# Of the countries in the newest year of both, on either side: so many move with a release, and so
# many a new year has, of those in the year before.
LEAST_MOVED_BY_A_RELEASE = 0.5
LEAST_OF_A_NEW_YEAR = 0.5
# Of fewer countries, no share says anything.
COUNTRIES_FLOOR = 10
# UNHCR may bring one release in within some days, dataset by dataset. Two are months apart.
BROUGHT_IN_WITHIN = timedelta(days=14)

# Whether a snapshot lacks what an earlier one has, in the years up to a last one.
IsLossy = Callable[[Snapshot, Snapshot, int | None], bool]


class Publications:
    """What is known of UNHCR's publications from all snapshots that are loaded."""

    def __init__(
        self,
        snapshots: Iterable[Snapshot],
        releases: Mapping[Key, Release],
        newest_years: Callable[[Snapshot, Snapshot, Reach], NewestYears],
        is_lossy: IsLossy,
    ) -> None:
        """Of `snapshots` those with pairs, and without a year that cannot be."""
        self._releases = releases
        self._newest_years = newest_years
        self._is_lossy = is_lossy
        self._datasets: dict[str, list[Snapshot]] = {}
        for one in sorted(snapshots, key=lambda member: place(member, releases)):
            if one.measures is None:  # an extract does not have all that its release has
                self._datasets.setdefault(one.endpoint, []).append(one)

    def is_later(self, now: Snapshot, one: Snapshot) -> bool:
        """Whether `now` was served by a later publication than that in which `one` was first seen.

        Of a snapshot and itself: whether a later publication left it as it was.
        """
        if one.stated_release_id is not None and now.stated_release_id is not None:
            return self._releases[one.key].release_id != self._releases[now.key].release_id
        begin = self._first_day(one) + BROUGHT_IN_WITHIN
        return any(
            self._is_next(earlier, later, is_other=later.endpoint != one.endpoint)
            for endpoint in {one.endpoint, *MAIN}
            for later in self._datasets.get(endpoint, ())
            if self._first_day(later) >= begin and _was_there_by(now, later)
            for earlier in self._datasets[endpoint]
            if _was_there_since(one, earlier)
        )

    def _first_day(self, one: Snapshot) -> date:
        return self._releases[one.key].in_force_from if one.stated_release_id else one.day

    def _is_next(self, earlier: Snapshot, later: Snapshot, *, is_other: bool) -> bool:
        """Whether `later` is of a release that came after `earlier`, with figures never seen before
        it. Another dataset than the one in question says so only where it is whole by itself: one
        that lost data and was mended moves, too.
        """
        if not self._is_before(earlier, later):
            return False
        before = [
            one
            for one in self._datasets[later.endpoint]
            if self._is_before(one, later) and reach_of(one).holds(reach_of(later))
        ]
        if not _is_of_a_new_release(
            self._newest_years(earlier, later, common(earlier, later)),
            [self._newest_years(one, later, common(one, later)) for one in before],
        ):
            return False
        return not is_other or not (
            self._is_lossy(earlier, later, None)
            or self._is_lossy(later, earlier, earlier.latest_year)
        )

    def _is_before(self, one: Snapshot, other: Snapshot) -> bool:
        mine, its = reach_of(one), reach_of(other)
        return place(one, self._releases) < place(other, self._releases) and (
            mine.holds(its) or its.holds(mine)
        )


def _was_there_by(now: Snapshot, later: Snapshot) -> bool:
    """Whether what served `now` served `later` with it, or before."""
    if now.stated_release_id is not None:
        return later.stated_release_id == now.stated_release_id
    return _are_fetched_from_one_source(now, later) and later.retrieved_at <= now.seen_until


def _was_there_since(one: Snapshot, earlier: Snapshot) -> bool:
    """Whether what served `one` first served `earlier` with it, or afterwards."""
    if one.stated_release_id is not None:
        return earlier.stated_release_id == one.stated_release_id
    return _are_fetched_from_one_source(one, earlier) and one.retrieved_at <= earlier.seen_until


def _are_fetched_from_one_source(one: Snapshot, other: Snapshot) -> bool:
    return (
        one.stated_release_id is None
        and other.stated_release_id is None
        and ENDPOINTS[one.endpoint].published_in == ENDPOINTS[other.endpoint].published_in
    )


def _is_of_a_new_release(since: NewestYears, before: Sequence[NewestYears]) -> bool:
    """Whether one snapshot has a year that none before it has, or else moved in its newest year
    since an earlier one, and against each that has that year.
    """
    return _is_new_year(since, before) or (
        _has_moved(since) and all(_has_moved(years) for years in before if _had_it(years))
    )


def _is_new_year(since: NewestYears, before: Sequence[NewestYears]) -> bool:
    """Whether it has as many countries as a year has."""
    return (
        since.before is not None
        and not any(_had_it(years) for years in (since, *before))
        and all(
            countries >= LEAST_OF_A_NEW_YEAR * in_the_year_before
            for in_the_year_before, countries in since.later.values()
        )
    )


def _had_it(years: NewestYears) -> bool:
    """Whether the earlier one has the newest year of the later one."""
    return years.now is None or (years.before is not None and years.before >= years.now)


def _has_moved(years: NewestYears) -> bool:
    return (
        _had_it(years)
        and max((both for both, _ in years.both.values()), default=0) >= COUNTRIES_FLOOR
        and all(moved > LEAST_MOVED_BY_A_RELEASE * both for both, moved in years.both.values())
    )
