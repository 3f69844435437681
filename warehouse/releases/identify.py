"""Assigns a release to a snapshot. No SQL, no files except the lists.

What the starter extract and the archive give says so itself. What the API gives is recognised by
content: the digests of its pairs (profiles.py) are compared with those of known releases, from
`release_contents.csv` and from snapshots of the archive that are loaded. The API changes as a
whole, so what it served at a moment is, for each dataset, the newest snapshot landed by then; it is
release R where every dataset agrees with R of which R's digest is known, population among them. A
snapshot takes the release of the first moment at which it was served together with all of R; none
such, and it is a release of its own, `api-` and the day it was first seen. A release that was
served before its day in the list is in force from the first day on which it was. A crawl narrowed
to some countries of origin is compared with these countries in the named snapshots that are loaded.
The flow workbook is published by itself, and recognised by itself. By a
file of the archive that is itself quarantined nothing is recognised: the API may well have what the
file lacks. Endpoints without pairs go with the population that the API served with them.
All of this is a function of the set of snapshots: the order in which they came plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from warehouse.landing.decision import Decision
from warehouse.reference.code_lists import known_codes
from warehouse.reference.releases import (
    NamedRelease,
    Review,
    named_releases,
    release_contents,
    release_reviews,
)
from warehouse.reference.seeds import REFERENCE_DIR
from warehouse.releases.profiles import Reach
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS

# Every release moves these, and its latest year is theirs.
MAIN = ("population", "asylum-applications", "asylum-decisions")
_POPULATION = "population"
# Global Trends come out in mid-June: until then, the figures of a year are those of its 30 June.
_GLOBAL_TRENDS_DUE = (6, 11)
_NAMED_AT_MOST = 8

Key = tuple[str, str]


class UnknownReleaseError(Exception):
    """A snapshot says it is of a release that is not in the list."""


@dataclass(frozen=True)
class Lists:
    """What seeds/reference says of releases and codes.

    contents: digest by (release, endpoint). incomplete: files of the archive known to lack
    figures that the release has: nothing is recognised by them. reviews: by (release, endpoint).
    codes: by column of the API.
    """

    releases: Mapping[str, NamedRelease]
    contents: Mapping[tuple[str, str], str] = field(default_factory=dict)
    incomplete: frozenset[tuple[str, str]] = frozenset()
    reviews: Mapping[tuple[str, str], Review] = field(default_factory=dict)
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """What is known of a landed snapshot; `reach` and `digest` only where it has pairs.

    measures: those that its pairs speak of; None is all that its dataset has. last_seen_at: None
    where it was never seen again. row_count: of all that was asked for.
    """

    endpoint: str
    snapshot_id: str
    source: str
    stated_release_id: str | None
    retrieved_at: datetime
    reach: Reach | None = None
    digest: str | None = None
    latest_year: int | None = None
    decision: Decision | None = None
    measures: frozenset[str] | None = None
    last_seen_at: datetime | None = None
    row_count: int = 0

    @property
    def seen_until(self) -> datetime:
        """When its source served it last."""
        return self.last_seen_at or self.retrieved_at

    @property
    def key(self) -> Key:
        """What no two snapshots share."""
        return self.endpoint, self.snapshot_id

    @property
    def day(self) -> date:
        """The day in UTC on which it was first seen."""
        return self.retrieved_at.astimezone(UTC).date()


@dataclass(frozen=True)
class Release:
    """The release a snapshot is. `title` and days as in `releases.csv` where it is named there; but
    its figures are in force from the day they were first seen, if that is earlier.
    """

    release_id: str
    title: str
    in_force_from: date
    reference_date: date
    is_named: bool

    @property
    def is_provisional(self) -> bool:
        """Whether its latest year is a mid-year one."""
        return self.reference_date.month == 6


# The digest of a snapshot's pairs within a reach that narrows countries of origin and years.
DigestWithin = Callable[[Snapshot, Reach], str]


def read_lists(folder: Path = REFERENCE_DIR) -> Lists:
    """The lists in `folder`. Raises ReferenceListError naming list and line."""
    releases = {one.release_id: one for one in named_releases(folder)}
    contents, incomplete = release_contents(folder)
    reviews = release_reviews(releases, ENDPOINTS, folder)
    return Lists(releases, contents, incomplete, reviews, known_codes(folder))


def resolve(
    snapshots: Iterable[Snapshot],
    lists: Lists,
    digest_within: DigestWithin,
    distrusted: Collection[Key] = (),
) -> dict[Key, Release]:
    """The release of each snapshot. By those that are `distrusted`, no other is recognised.

    Raises UnknownReleaseError where one states a release that is not in the list.
    """
    all_of_them = sorted(snapshots, key=lambda one: (one.retrieved_at, one.key))
    names: dict[Key, str] = {}
    for one in all_of_them:
        if one.stated_release_id is not None:
            if one.stated_release_id not in lists.releases:
                raise UnknownReleaseError(
                    f"{one.endpoint}/{one.snapshot_id} says it is of release "
                    f"{one.stated_release_id}, which is not in seeds/reference/releases.csv. "
                    f"Add a row for it there, and run again."
                )
            names[one.key] = one.stated_release_id
    fetched = [one for one in all_of_them if one.stated_release_id is None]
    with_pairs = [one for one in fetched if one.reach is not None and one.digest is not None]
    stated = [one for one in all_of_them if one.key in names and one.reach is not None]
    # Whole ones first: those that are recognised stand for their release where a narrowed one is
    # to be recognised.
    by_reach: dict[object, list[Snapshot]] = {}
    seen: dict[str, Mapping[str, date]] = {}
    for one in with_pairs:
        source = ENDPOINTS[one.endpoint].published_in
        by_reach.setdefault((source, reach_of(one).sides), []).append(one)
    for alike in sorted(by_reach.values(), key=lambda them: not reach_of(them[0]).is_whole):
        held = [
            one
            for one in (*stated, *(one for one in with_pairs if one.key in names))
            if one.key not in distrusted
        ]
        known = _Known(lists, held, names, digest_within)
        recognised, moments = _recognised(alike, known, lists)
        names |= recognised
        if reach_of(alike[0]).is_whole:
            seen[ENDPOINTS[alike[0].endpoint].published_in] = moments
    for one in fetched:
        names.setdefault(one.key, f"api-{one.day}")
    for one in fetched:
        if one.reach is None:
            beside = _served_with(one, fetched)
            if beside is not None:
                names[one.key] = names[beside.key]
    unnamed = _unnamed(all_of_them, names, lists, seen)
    return {
        one.key: unnamed.get(names[one.key])
        or _named(lists.releases[names[one.key]], seen.get(ENDPOINTS[one.endpoint].published_in))
        for one in all_of_them
    }


def _named(listed: NamedRelease, seen: Mapping[str, date] | None) -> Release:
    """A release of the list, in force from the day it came out: its source may have had it before
    that day.
    """
    name, published_on = listed.release_id, listed.published_on
    day = min(published_on, (seen or {}).get(name, published_on))
    return Release(name, listed.title, day, listed.reference_date, True)


def reach_of(snapshot: Snapshot) -> Reach:
    """Its reach, where it has pairs."""
    assert snapshot.reach is not None
    return snapshot.reach


def common(before: Snapshot, now: Snapshot) -> Reach:
    """The countries and years that both were asked for, where one was asked for all countries of
    the other.
    """
    earlier, later = reach_of(before), reach_of(now)
    narrower = later if earlier.holds(later) else earlier
    return Reach(
        *narrower.sides,
        max(earlier.year_from, later.year_from),
        min(earlier.year_to, later.year_to),
    )


@dataclass(frozen=True)
class _Known:
    """The digests that releases are known by."""

    lists: Lists
    held: Sequence[Snapshot]
    names: Mapping[Key, str]
    digest_within: DigestWithin

    def agrees(self, snapshot: Snapshot, release_id: str) -> bool | None:
        """Whether a snapshot is what this release holds; None where that is not known."""
        endpoint = snapshot.endpoint
        if (release_id, endpoint) in self.lists.incomplete:
            return None
        reach = reach_of(snapshot)
        digests = {
            self._digest(one, reach)
            for one in self.held
            if one.endpoint == endpoint
            and self.names[one.key] == release_id
            and one.key != snapshot.key
            and reach_of(one).holds(reach)
            and reach_of(one).year_from <= reach.year_from
        }
        if reach.is_whole and (release_id, endpoint) in self.lists.contents:
            digests.add(self.lists.contents[release_id, endpoint])
        return snapshot.digest in digests if digests else None

    def _digest(self, one: Snapshot, reach: Reach) -> str | None:
        return one.digest if reach.is_whole else self.digest_within(one, reach)


def _recognised(
    alike: Sequence[Snapshot], known: _Known, lists: Lists
) -> tuple[dict[Key, str], dict[str, date]]:
    """The named releases of snapshots of one reach, and by release the first day on which it was
    served: see the top of the module.
    """
    names: dict[Key, str] = {}
    days: dict[str, date] = {}
    served: dict[str, Snapshot] = {}
    for at, one in enumerate(alike):
        served[one.endpoint] = one
        if at + 1 < len(alike) and alike[at + 1].retrieved_at == one.retrieved_at:
            continue  # the rest of the same crawl is still to come
        release_id = _release_of(served.values(), known, lists, one.day)
        if release_id is not None:
            days.setdefault(release_id, one.day)
            for other in served.values():
                names.setdefault(other.key, release_id)
    return names, days


def _release_of(served: Iterable[Snapshot], known: _Known, lists: Lists, day: date) -> str | None:
    """The named release that all of these are.

    Where several have the same content, the newest that was out on that day; otherwise the first.
    """
    found = []
    snapshots = list(served)
    for release in lists.releases.values():
        agreements = {one.endpoint: known.agrees(one, release.release_id) for one in snapshots}
        if (agreements.get(_POPULATION) or agreements.get(FLOWS)) and (
            False not in agreements.values()
        ):
            found.append(release)
    if not found:
        return None
    out = [one for one in found if one.published_on <= day]
    chosen = (
        max(out, key=lambda one: (one.published_on, one.release_id))
        if out
        else min(found, key=lambda one: (one.published_on, one.release_id))
    )
    return chosen.release_id


def _served_with(snapshot: Snapshot, fetched: Sequence[Snapshot]) -> Snapshot | None:
    """The newest population (or other dataset) that the API had given by then."""
    before = [
        one
        for one in fetched
        if one.reach is not None
        and one.retrieved_at <= snapshot.retrieved_at
        and ENDPOINTS[one.endpoint].published_in == ENDPOINTS[snapshot.endpoint].published_in
    ]
    return max(
        before,
        key=lambda one: (one.endpoint == _POPULATION, one.retrieved_at, one.key),
        default=None,
    )


def _unnamed(
    snapshots: Sequence[Snapshot],
    names: Mapping[Key, str],
    lists: Lists,
    seen: Mapping[str, Mapping[str, date]],
) -> dict[str, Release]:
    by_name: dict[str, list[Snapshot]] = {}
    for one in snapshots:
        if names[one.key] not in lists.releases:
            by_name.setdefault(names[one.key], []).append(one)
    known = [_named(one, seen.get("api")) for one in lists.releases.values()]
    out: dict[str, Release] = {}
    # In the order of their days, which is that of these words.
    for name in sorted(by_name):
        day = date.fromisoformat(name.removeprefix("api-"))
        title = f"Fetched from the API on {day}"
        before = [one for one in (*known, *out.values()) if one.in_force_from <= day]
        reference_date = _reference_date(by_name[name], day, before)
        out[name] = Release(name, title, day, reference_date, False)
    return out


def _reference_date(members: Sequence[Snapshot], day: date, before: Sequence[Release]) -> date:
    """The day that the newest stocks of an unnamed release describe.

    That of the newest release of the same year `before` it, where that is not a mid-year one whose
    Global Trends are due by now; without one, 30 June while the year is running or its Global
    Trends are not yet due, 31 December after that. The year is that of its main datasets. One
    without them, whose figures are older, has the day of the release before it.
    """
    main = [one.latest_year for one in members if one.endpoint in MAIN and one.latest_year]
    newest = max(before, key=lambda one: (one.in_force_from, one.release_id), default=None)
    years = main or [one.latest_year for one in members if one.latest_year]
    year = max(years, default=None)
    if not main and newest and (year is None or year < newest.reference_date.year):
        return newest.reference_date
    year = year or day.year - 1
    is_due = day >= date(year + 1, *_GLOBAL_TRENDS_DUE)
    alike = [
        one
        for one in before
        if one.reference_date.year == year and not (is_due and one.is_provisional)
    ]
    if alike:
        return max(alike, key=lambda one: (one.in_force_from, one.release_id)).reference_date
    return date(year, 12, 31) if is_due else date(year, 6, 30)


def place(
    snapshot: Snapshot, releases: Mapping[Key, Release]
) -> tuple[date, str, bool, datetime, str]:
    """Its place in time among the snapshots of its dataset, as in int_snapshots_resolved.sql. Of
    two releases of one day, the later is not that which was fetched later; of one release the
    starter extract, which is a part of it, comes first.
    """
    release = releases[snapshot.key]
    return (
        release.in_force_from,
        release.release_id,
        snapshot.source != "starter",
        snapshot.retrieved_at,
        snapshot.snapshot_id,
    )


def nearest_named(
    snapshot: Snapshot, snapshots: Iterable[Snapshot], releases: Mapping[Key, Release]
) -> Snapshot | None:
    """The newest snapshot of a named release with which one of an unnamed release can be compared.

    It covers all countries of the other and was current by the day the other was seen.
    """
    if snapshot.reach is None or snapshot.digest is None:
        return None
    before = [
        one
        for one in snapshots
        if one.endpoint == snapshot.endpoint
        and one.reach is not None
        and one.reach.holds(snapshot.reach)
        and one.reach.asylums is None
        and releases[one.key].is_named
        and releases[one.key].in_force_from <= releases[snapshot.key].in_force_from
    ]
    return max(
        before,
        key=lambda one: place(one, releases),
        default=None,
    )


def difference_text(endpoint: str, release_id: str, differing: Mapping[int, int]) -> str:
    """What an unnamed release differs in from a named one: years, and in how many origins."""
    if not differing:
        return f"{endpoint}: as in {release_id}"
    parts = [
        f"{year} ({count} origin{'' if count == 1 else 's'})"
        for year, count in sorted(differing.items())[-_NAMED_AT_MOST:]
    ]
    earlier = len(differing) - len(parts)
    before = [f"{earlier} earlier years"] if earlier else []
    return f"{endpoint}: {', '.join([*before, *parts])}"
