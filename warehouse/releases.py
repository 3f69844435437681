"""Which release a snapshot is, and whether it may be believed. No SQL, no files but the lists.

**Which release.** What the starter extract and the archive give says so itself. What the API gives
is recognised by content: the digests of its pairs (profiles.py) are held against those of known
releases, from `release_contents.csv` and from snapshots of the archive that are held. The API
changes as a whole, so what it served at a moment is, for each dataset, the newest snapshot landed
by then; it is release R where every dataset agrees with R of which R's digest is known, population
among them. A snapshot takes the release of the first moment at which it was served together with
all of R; none such, and it is a release of its own, `api-` and the day it was first seen. A crawl
narrowed to some countries of origin is held against these countries in the named snapshots that
are held. By a file of the archive that is itself quarantined nothing is recognised: the API may
well have what the file lacks. Endpoints without pairs go with the population that the API served
with them.
All of this is a function of the set of snapshots: the order in which they came plays no part.

**Whether it may be believed.** In the order in which they came into force, each snapshot of a
dataset is held against the newest earlier one that was believed and was asked for all of its
countries, in the years both were asked for (`judge`). What a snapshot seems to have lost
quarantines it alone; a person can accept it all the same (acceptance.py).

The limits are measured on the releases 2024-06, 2024-12, 2025-06, 2025-12.0 and 2025-12.1 of
population, applications and decisions, each against each later one. There

- no year vanished, and no dataset had fewer rows by more than 0.04 %;
- one country vanished from all years, French Guiana, with 5 applications, and countries vanished
  from single years with 63 persons at most, when a mid-year figure gave way to that of the year's
  end: hence COUNTRY_FLOOR and COUNTRY_YEAR_FLOOR;
- totals of settled years moved by less than 0.5 %, but for the returned refugees of 2022 (-26 %)
  and 2023 (+7 %), a correction that release 2025-06.1 announced: hence `release_corrections.csv`.
  UNHCR rounds small counts (5 may be 3 or 7), so that a total below TOTAL_FLOOR can move by 2 %
  though nothing was lost, and a snapshot of one country by a few rows: hence ROWS_FLOOR.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from warehouse.acceptance import Acceptance
from warehouse.profiles import Profile, Reach
from warehouse.unhcr.archive import REFERENCE_DIR, known_releases

LARGEST_LOSS_OF_ROWS = 0.05
LARGEST_MOVE_OF_A_TOTAL = 0.02
# Fewer rows than these are no loss worth a word.
ROWS_FLOOR = 10
# Persons or cases: a year or a country is missed from this size on, by its largest count;
COUNTRY_FLOOR = 100
# a country that is there in other years, from this;
COUNTRY_YEAR_FLOOR = 1_000
# and a total is held against the one before from this.
TOTAL_FLOOR = 1_000
# The newest years of a release are still being collected.
UNSETTLED_YEARS = 2

# The latest year of a release is that of these.
_MAIN = ("population", "asylum-applications", "asylum-decisions")
_POPULATION = "population"
# Global Trends come out in mid-June: until then, the figures of a year are those of its 30 June.
_GLOBAL_TRENDS_DUE = (6, 11)
_NAMED_AT_MOST = 8

CODE_LISTS = {
    "procedure_type": ("procedure_types", "procedure_type"),
    "app_type": ("application_types", "app_type"),
    "dec_level": ("decision_levels", "dec_level"),
    "app_pc": ("counting_units", "unit_code"),
    "dec_pc": ("counting_units", "unit_code"),
    "pop_type": ("population_types", "pop_type"),
}
CONTENTS, CORRECTIONS = "release_contents.csv", "release_corrections.csv"

Key = tuple[str, str]


class UnknownReleaseError(Exception):
    """A snapshot says it is of a release that is not in the list."""


@dataclass(frozen=True)
class NamedRelease:
    """A release of `releases.csv`."""

    release_id: str
    title: str
    published_on: date
    reference_date: date


@dataclass(frozen=True)
class Correction:
    """A correction of settled years that a release announced."""

    endpoint: str
    column: str
    year_from: int
    year_to: int
    published_on: date


@dataclass(frozen=True)
class Lists:
    """What seeds/reference says of releases and codes.

    contents: digest by (release, endpoint). incomplete: files of the archive known to lack
    figures that the release has: nothing is recognised by them. codes: by column of the API.
    """

    releases: Mapping[str, NamedRelease]
    contents: Mapping[tuple[str, str], str] = field(default_factory=dict)
    incomplete: frozenset[tuple[str, str]] = frozenset()
    corrections: Sequence[Correction] = ()
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """What is known of a landed snapshot; `reach` and `digest` only where it has pairs."""

    endpoint: str
    snapshot_id: str
    source: str
    stated_release_id: str | None
    retrieved_at: datetime
    reach: Reach | None = None
    digest: str | None = None
    latest_year: int | None = None
    accepted: Acceptance | None = None

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
    """The release a snapshot is. `title` and days as in `releases.csv` where it is named there."""

    release_id: str
    title: str
    in_force_from: date
    reference_date: date
    is_named: bool

    @property
    def is_provisional(self) -> bool:
        """Whether its latest year is a mid-year one."""
        return self.reference_date.month == 6


@dataclass(frozen=True)
class Judgement:
    """What a snapshot seems to have lost, against which other one (its id)."""

    findings: tuple[str, ...] = ()
    compared_with: str | None = None
    is_quarantined: bool = False


# The digest of a snapshot's pairs within a reach that narrows countries of origin and years.
DigestWithin = Callable[[Snapshot, Reach], str]
# The profile of a snapshot's pairs whose countries lie within a reach, in all years.
ProfileOf = Callable[[Snapshot, Reach], Profile]
# Rows by code column and code.
Codes = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Held:
    """How to look into the snapshots that are held."""

    digest_within: DigestWithin
    profile: ProfileOf
    codes: Callable[[Snapshot], Codes]


def read_lists(folder: Path = REFERENCE_DIR) -> Lists:
    """The lists in `folder`. Raises ReferenceListError (releases) or ValueError naming the list."""
    releases = {
        one.release_id: NamedRelease(
            one.release_id, one.title, one.published_on, one.reference_date
        )
        for one in known_releases(folder)
    }
    contents, incomplete = {}, set()
    for row in _rows(folder / CONTENTS):
        key = (row["release_id"], row["endpoint"])
        contents[key] = row["content_digest"]
        if row["is_complete"] == "false":
            incomplete.add(key)
    try:
        corrections = [
            Correction(
                row["endpoint"],
                row["source_column"],
                int(row["year_from"]),
                int(row["year_to"]),
                releases[row["release_id"]].published_on,
            )
            for row in _rows(folder / CORRECTIONS)
        ]
    except (KeyError, ValueError) as error:
        raise ValueError(f"{folder / CORRECTIONS}: cannot be used: {error!r}") from error
    codes = {
        column: frozenset(row[name] for row in _rows(folder / f"{file}.csv"))
        for column, (file, name) in CODE_LISTS.items()
    }
    return Lists(releases, contents, frozenset(incomplete), corrections, codes)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))
    except (OSError, csv.Error) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from error


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
    for one in with_pairs:
        by_reach.setdefault(_reach_of(one).sides, []).append(one)
    for alike in sorted(by_reach.values(), key=lambda them: not _reach_of(them[0]).is_whole):
        held = [
            one
            for one in (*stated, *(one for one in with_pairs if one.key in names))
            if one.key not in distrusted
        ]
        known = _Known(lists, held, names, digest_within)
        names |= _recognised(alike, known, lists)
    for one in fetched:
        names.setdefault(one.key, f"api-{one.day}")
    for one in fetched:
        if one.reach is None:
            beside = _served_with(one, fetched)
            if beside is not None:
                names[one.key] = names[beside.key]
    releases = _described(all_of_them, names, lists)
    return {one.key: releases[names[one.key]] for one in all_of_them}


def _reach_of(snapshot: Snapshot) -> Reach:
    assert snapshot.reach is not None
    return snapshot.reach


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
        reach = _reach_of(snapshot)
        digests = {
            self._digest(one, reach)
            for one in self.held
            if one.endpoint == endpoint
            and self.names[one.key] == release_id
            and one.key != snapshot.key
            and _reach_of(one).holds(reach)
            and _reach_of(one).year_from <= reach.year_from
        }
        if reach.is_whole and (release_id, endpoint) in self.lists.contents:
            digests.add(self.lists.contents[release_id, endpoint])
        return snapshot.digest in digests if digests else None

    def _digest(self, one: Snapshot, reach: Reach) -> str | None:
        return one.digest if reach.is_whole else self.digest_within(one, reach)


def _recognised(alike: Sequence[Snapshot], known: _Known, lists: Lists) -> dict[Key, str]:
    """The named releases of snapshots of one reach: see the top of the module."""
    names: dict[Key, str] = {}
    served: dict[str, Snapshot] = {}
    for at, one in enumerate(alike):
        served[one.endpoint] = one
        if at + 1 < len(alike) and alike[at + 1].retrieved_at == one.retrieved_at:
            continue  # the rest of the same crawl is still to come
        release_id = _release_of(served.values(), known, lists, one.day)
        if release_id is not None:
            for other in served.values():
                names.setdefault(other.key, release_id)
    return names


def _release_of(served: Iterable[Snapshot], known: _Known, lists: Lists, day: date) -> str | None:
    """The named release that all of these are.

    Where several have the same content, the newest that was out on that day; otherwise the first.
    """
    found = []
    snapshots = list(served)
    for release in lists.releases.values():
        agreements = {one.endpoint: known.agrees(one, release.release_id) for one in snapshots}
        if agreements.get(_POPULATION) and False not in agreements.values():
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
        if one.reach is not None and one.retrieved_at <= snapshot.retrieved_at
    ]
    return max(
        before,
        key=lambda one: (one.endpoint == _POPULATION, one.retrieved_at, one.key),
        default=None,
    )


def _described(
    snapshots: Sequence[Snapshot], names: Mapping[Key, str], lists: Lists
) -> dict[str, Release]:
    by_name: dict[str, list[Snapshot]] = {}
    for one in snapshots:
        by_name.setdefault(names[one.key], []).append(one)
    out = {}
    for name, members in by_name.items():
        named = lists.releases.get(name)
        if named:
            out[name] = Release(name, named.title, named.published_on, named.reference_date, True)
        else:
            day = date.fromisoformat(name.removeprefix("api-"))
            title = f"Fetched from the API on {day}"
            out[name] = Release(name, title, day, _reference_date(members, day, lists), False)
    return out


def _reference_date(members: Sequence[Snapshot], day: date, lists: Lists) -> date:
    """The day that the newest stocks of an unnamed release describe.

    That of the newest named release of the same year that was out by then; without one, 30 June
    while the year is running or its Global Trends are not yet due, 31 December after that. Where
    nothing tells the year: that of the newest named release.
    """
    main = [one.latest_year for one in members if one.endpoint in _MAIN and one.latest_year]
    any_ = [one.latest_year for one in members if one.latest_year]
    year = max(main or any_, default=None)
    out = [one for one in lists.releases.values() if one.published_on <= day]
    if year is None:
        if out:
            return max(out, key=lambda one: one.published_on).reference_date
        year = day.year - 1
    alike = [one for one in out if one.reference_date.year == year]
    if alike:
        return max(alike, key=lambda one: one.published_on).reference_date
    due = date(year + 1, *_GLOBAL_TRENDS_DUE)
    return date(year, 6, 30) if day < due else date(year, 12, 31)


def nearest_named(
    snapshot: Snapshot, snapshots: Iterable[Snapshot], releases: Mapping[Key, Release]
) -> Snapshot | None:
    """The newest snapshot of a named release that one of an unnamed release can be held against.

    It was asked for all countries of the other and was in force by the day the other was seen.
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
        key=lambda one: (releases[one.key].in_force_from, one.retrieved_at, one.key),
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


def judge_all(
    snapshots: Iterable[Snapshot],
    releases: Mapping[Key, Release],
    lists: Lists,
    held: Held,
) -> dict[Key, Judgement]:
    """What each snapshot with pairs seems to have lost; the others are believed."""
    by_endpoint: dict[str, list[Snapshot]] = {}
    out: dict[Key, Judgement] = {}
    for one in snapshots:
        out[one.key] = Judgement()
        if one.reach is not None:
            by_endpoint.setdefault(one.endpoint, []).append(one)
    for members in by_endpoint.values():
        believed: list[Snapshot] = []
        for one in sorted(members, key=lambda s: _place(s, releases)):
            reach = _reach_of(one)
            before = next((b for b in reversed(believed) if _reach_of(b).holds(reach)), None)
            found = _findings(before, one, releases, lists, held)
            quarantined = bool(found) and one.accepted is None
            out[one.key] = Judgement(
                tuple(found), before.snapshot_id if before else None, quarantined
            )
            if not quarantined:
                believed.append(one)
    return out


def _place(snapshot: Snapshot, releases: Mapping[Key, Release]) -> tuple[date, datetime, str]:
    return releases[snapshot.key].in_force_from, snapshot.retrieved_at, snapshot.snapshot_id


def _findings(
    before: Snapshot | None,
    now: Snapshot,
    releases: Mapping[Key, Release],
    lists: Lists,
    held: Held,
) -> list[str]:
    reach = _reach_of(now)
    out = unknown_codes(held.codes(now), lists.codes)
    if before is None or _same(before, now, held):
        return out
    years = (
        max(reach.year_from, _reach_of(before).year_from),
        min(reach.year_to, _reach_of(before).year_to),
    )
    earlier, later = releases[before.key], releases[now.key]
    announced = [
        one
        for one in lists.corrections
        if one.endpoint == now.endpoint
        and earlier.in_force_from < one.published_on <= later.in_force_from
    ]
    lost = judge(
        held.profile(before, reach).between(*years),
        held.profile(now, reach).between(*years),
        announced,
        f"{earlier.release_id} ({before.snapshot_id})",
    )
    return lost + out


def _same(before: Snapshot, now: Snapshot, held: Held) -> bool:
    """Whether one holds all that the other does, within what the later one was asked for."""
    reach = _reach_of(now)
    if reach.is_whole:
        return before.digest == now.digest
    return reach.asylums is None and held.digest_within(before, reach) == now.digest


def unknown_codes(found: Codes, known: Mapping[str, frozenset[str]]) -> list[str]:
    """Codes that are in no list of ours: what they count is not known."""
    out = []
    for column, codes in sorted(found.items()):
        for code, rows in sorted(codes.items()):
            if column in known and code not in known[column]:
                where = f"seeds/reference/{CODE_LISTS[column][0]}.csv"
                out.append(f"Unknown {column} {code!r} in {rows:,} rows: not in {where}.")
    return out


def judge(
    before: Profile, now: Profile, announced: Sequence[Correction] = (), named: str = "before"
) -> list[str]:
    """What `now` lacks that `before` has, one sentence each, with the numbers.

    Both are of the same countries and years. `announced` are the corrections published between
    the two; `named` is what the earlier one is called in the sentences.
    """
    gone = _vanished_years(before, now)
    return [
        *_say_years(gone, before, named),
        *_vanished_countries("origin", before.origins, now.origins, gone, named),
        *_vanished_countries("asylum", before.asylums, now.asylums, gone, named),
        *_fewer_rows(before, now, gone, named),
        *_moved_totals(before, now, gone, announced, named),
    ]


def _vanished_years(before: Profile, now: Profile) -> list[int]:
    def size(year: int) -> int:
        return max((years.get(year, 0) for years in before.origins.values()), default=0)

    missing = before.rows.keys() - now.rows.keys()
    return sorted(year for year in missing if size(year) >= COUNTRY_FLOOR)


def _say_years(gone: Sequence[int], before: Profile, named: str) -> list[str]:
    if not gone:
        return []
    rows = sum(before.rows[year] for year in gone)
    which = f"{len(gone)} years are missing" if len(gone) > 1 else "A year is missing"
    return [f"{which}: {_spans(gone)}, of which {named} has {rows:,} rows."]


def _spans(years: Sequence[int]) -> str:
    """Years as 2001-2024, 2026."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


def _vanished_countries(
    side: str,
    before: Mapping[str, Mapping[int, int]],
    now: Mapping[str, Mapping[int, int]],
    gone: Sequence[int],
    named: str,
) -> list[str]:
    """Countries that are nowhere any more, and those missing from a year in which they were large;
    what went with a whole year is not said again.
    """
    nowhere: dict[str, tuple[int, int]] = {}
    sometimes: dict[str, list[int]] = {}
    largest: dict[str, int] = {}
    for country, sizes in sorted(before.items()):
        kept = {year: size for year, size in sizes.items() if year not in gone}
        missing = [year for year in sorted(kept) if year not in now.get(country, {})]
        if not missing:
            continue
        size, year = max((kept[year], year) for year in missing)
        if country not in now and size >= COUNTRY_FLOOR:
            nowhere[country] = (size, year)
        elif size >= COUNTRY_YEAR_FLOOR:
            sometimes[country] = [y for y in missing if kept[y] >= COUNTRY_YEAR_FLOOR]
            largest[country] = size
    out = []
    of = f"of {side}"
    if nowhere:
        listed = _listed(
            {c: f"{c} ({size:,} in {year})" for c, (size, year) in nowhere.items()},
            {c: size for c, (size, _) in nowhere.items()},
        )
        some = f"{len(nowhere)} countries {of} are" if len(nowhere) > 1 else f"A country {of} is"
        out.append(f"{some} missing that {named} has: {listed}.")
    if sometimes:
        listed = _listed(
            {c: f"{c} in {_spans(y)} (up to {largest[c]:,})" for c, y in sometimes.items()},
            largest,
        )
        some = (
            f"{len(sometimes)} countries {of} are" if len(sometimes) > 1 else f"A country {of} is"
        )
        out.append(f"{some} missing from years in which {named} has them: {listed}.")
    return out


def _listed(texts: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """The largest, and how many more."""
    order = sorted(texts, key=lambda country: (-sizes[country], country))
    shown = [texts[country] for country in order[:_NAMED_AT_MOST]]
    more = len(order) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more else shown)


def _fewer_rows(before: Profile, now: Profile, gone: Sequence[int], named: str) -> list[str]:
    had = sum(rows for year, rows in before.rows.items() if year not in gone)
    # Years that only the later one has are no replacement for rows of the earlier one's.
    has = sum(rows for year, rows in now.rows.items() if year in before.rows)
    if had - has < ROWS_FLOOR or had - has <= LARGEST_LOSS_OF_ROWS * had:
        return []
    return [
        f"Fewer rows: {has:,} where {named} has {had:,} in the same years ({has / had - 1:+.1%})."
    ]


def _moved_totals(
    before: Profile,
    now: Profile,
    gone: Sequence[int],
    announced: Sequence[Correction],
    named: str,
) -> list[str]:
    settled = max(before.rows, default=0) - UNSETTLED_YEARS
    moved: dict[tuple[str, str], list[tuple[float, int, int, int | None]]] = {}
    for (year, unit, column), total in before.totals.items():
        if year > settled or year in gone or total is None or total < TOTAL_FLOOR:
            continue
        if any(a.column == column and a.year_from <= year <= a.year_to for a in announced):
            continue
        other = now.totals.get((year, unit, column))
        change = ((other or 0) - total) / total
        if abs(change) > LARGEST_MOVE_OF_A_TOTAL:
            moved.setdefault((column, unit), []).append((change, year, total, other))
    out = []
    for (column, unit), years in sorted(moved.items()):
        change, year, total, other = max(years, key=lambda one: (abs(one[0]), one[1]))
        what = column + {"P": " (persons)", "C": " (cases)"}.get(unit, "")
        also = f"; {len(years)} settled years moved by more than 2 %" if len(years) > 1 else ""
        found = "nothing" if other is None else f"{other:,}"
        out.append(
            f"The total of {what} in {year}, a settled year, is {found} where {named} has "
            f"{total:,} ({change:+.1%}){also}."
        )
    return out
