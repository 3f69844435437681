"""Whether a snapshot of a dataset is accepted or held back, and its findings. No SQL, no
files.

A gate that holds back a true release does more harm than one that lets a small loss through, so
one thing alone holds a snapshot back: a loss that is large against the whole dataset, or a figure
that cannot be. Everything else that moved, vanished or is new is noticed, and taken. Of a snapshot
of some countries alone, what is large against the whole is not known: a true release may well take
all that one country had of a measure, or of its newest years. So of these, rows alone are a loss.

In the order in which they came into force, each snapshot is compared with the newest earlier one
that was accepted and was asked for all of its countries. One that seems to have lost data waits for
a later publication (publications.py): where that has no more than the held one has, UNHCR stands by
it, and it is accepted; so is the held one, as far as the later confirms all that seemed lost. Where
the later leaves this dataset as it is, no snapshot of it is made: that it was seen again says the
same. A review of the release (`release_reviews.csv`) decides before this rule, and a person
(decision.py) before both.

The limits are derived from the ten releases that are known: `python benchmarks/limits.py` prints
what moved between them, and docs/operating.md has the largest moves beside the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal, Protocol

from warehouse.reference.code_lists import CODE_LISTS
from warehouse.releases.identify import (
    Key,
    Lists,
    Release,
    Snapshot,
    common,
    place,
    reach_of,
)
from warehouse.releases.profiles import (
    ASYLUM_SIDE,
    ORIGIN_SIDE,
    UNKNOWN,
    Comparison,
    Missing,
    NewestYears,
    Part,
    Reach,
    Total,
)
from warehouse.releases.publications import Publications
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

# Rows that single cells (a country in a year) have less, of all rows of the earlier snapshot;
LARGEST_LOSS_OF_ROWS = 0.05
# of the rows of one year, if that has so much of all rows;
LARGEST_LOSS_OF_A_YEAR = 0.5
MUCH_OF_THE_ROWS = 0.01
# and of the rows with a code, in other rows' place.
LARGEST_LOSS_OF_CODES = 0.5
# Of all rows of some countries alone, which have too few for a smaller share to say anything.
LARGEST_LOSS_OF_ROWS_OF_SOME = 0.2
# Fewer rows than these are no loss worth a word.
ROWS_FLOOR = 10
# Years that are gone, of all years of the earlier snapshot; at least MANY_YEARS of them.
LARGEST_LOSS_OF_YEARS = 0.1
MANY_YEARS = 2
# What a measure had, in years that still have rows, and has no more, of its total over all years;
LARGEST_EMPTIED = 0.01
# what single cells have less of it;
LARGEST_LOSS_OF_A_MEASURE = 0.5
# and what some have less and as much others have more: then its figures stand in wrong rows.
LARGEST_SCATTER = 0.2
# A country that had so much of a measure cannot lose LARGEST_LOSS_OF_A_MEASURE of it either.
MUCH_BY_A_COUNTRY = 0.05
# Years in which a measure has just what another one had.
LARGEST_SHARE_OF_SWAPPED_YEARS = 0.5
# Persons or cases: below this, no total is much.
TOTAL_FLOOR = 1_000

# Worth a notice: a country that is gone from all years, or from one, from this largest count;
COUNTRY_FLOOR = 100
COUNTRY_YEAR_FLOOR = 1_000
# and a total of a year that is settled, which the newest ones of a release are not.
NOTICED_MOVE_OF_A_TOTAL = 0.02
UNSETTLED_YEARS = 2
_NAMED_AT_MOST = 8

Severity = Literal["loss", "notice"]
VerdictFrom = Literal["rule", "review", "person"]


@dataclass(frozen=True)
class Finding:
    """What was found in a snapshot, as a clause with its numbers. A loss holds it back."""

    severity: Severity
    text: str


@dataclass(frozen=True)
class Verdict:
    """What became of a snapshot.

    compared_with: the id of the other one. held_because: a clause that follows "because", None
    where it is accepted.
    """

    findings: tuple[Finding, ...] = ()
    compared_with: str | None = None
    held_because: str | None = None
    verdict_from: VerdictFrom = "rule"

    @property
    def is_quarantined(self) -> bool:
        """Whether it is quarantined."""
        return self.held_because is not None


class Compare(Protocol):
    """What moved from one snapshot to another, of the pairs within a reach.

    The earlier one counts as far as another one `beside` it has as much.
    """

    def __call__(
        self, before: Snapshot, now: Snapshot, reach: Reach, beside: Snapshot | None = None
    ) -> Comparison:
        """Compare them."""
        ...


# Rows by code column and code.
Codes = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Loaded:
    """How to look into the snapshots that are loaded."""

    compare: Compare
    same: Callable[[Snapshot, Snapshot], bool]
    codes: Callable[[Snapshot], Codes]
    newest_years: Callable[[Snapshot, Snapshot, Reach], NewestYears]


def validate_all(
    snapshots: Iterable[Snapshot],
    releases: Mapping[Key, Release],
    lists: Lists,
    loaded: Loaded,
) -> dict[Key, Verdict]:
    """The verdict on each snapshot; one without pairs is accepted unless a person holds it."""
    out: dict[Key, Verdict] = {}
    by_endpoint: dict[str, list[Snapshot]] = {}
    all_of_them = list(snapshots)
    for one in all_of_them:
        if one.reach is not None:
            by_endpoint.setdefault(one.endpoint, []).append(one)
    out |= _validate_lists([one for one in all_of_them if one.reach is None], releases)
    look = Look(releases, loaded)
    publications = Publications(
        (
            one
            for members in by_endpoint.values()
            for one in members
            if not impossible_years(one.latest_year, releases[one.key])
        ),
        releases,
        loaded.newest_years,
        lambda before, now, year_to: look.is_lossy(before, now, year_to=year_to),
    )
    for members in by_endpoint.values():
        out |= _Dataset(look, lists, publications).validate(members)
    return out


def _validate_lists(
    lists: Sequence[Snapshot], releases: Mapping[Key, Release]
) -> dict[Key, Verdict]:
    """The verdict on those without pairs: that one is shorter than the one before is noticed."""
    out: dict[Key, Verdict] = {}
    newest: dict[str, Snapshot] = {}
    for one in sorted(lists, key=lambda member: place(member, releases)):
        if one.decision is not None and not one.decision.is_accepted:
            out[one.key] = Verdict(held_because=one.decision.sentence, verdict_from="person")
            continue
        out[one.key] = Verdict()
        if one.source == "starter":  # an extract is a part
            continue
        if before := newest.get(one.endpoint):
            out[one.key] = Verdict(tuple(shorter(before, one, releases)), before.snapshot_id)
        newest[one.endpoint] = one
    return out


def shorter(before: Snapshot, now: Snapshot, releases: Mapping[Key, Release]) -> list[Finding]:
    """What a list has less than the one before, if that is worth a word."""
    had, has = before.row_count, now.row_count
    if had - has < max(ROWS_FLOOR, LARGEST_LOSS_OF_ROWS * had):
        return []
    name = f"{releases[before.key].release_id} ({before.snapshot_id})"
    return [Finding("notice", f"{has:,} {now.endpoint}, where {name} has {had:,}")]


@dataclass(frozen=True)
class Look:
    """What one snapshot lost against another."""

    releases: Mapping[Key, Release]
    loaded: Loaded

    def losses(
        self, before: Snapshot, now: Snapshot, moved: Comparison, *, is_partial: bool = False
    ) -> list[Finding]:
        """What of what moved is a loss."""
        found = losses(moved, common(before, now), is_partial=is_partial)
        if reach_of(before).is_whole and reach_of(now).is_whole:
            # A measure may be given under another code: whether it is lost is asked above.
            named = ENDPOINTS[now.endpoint].code_of_measure
            codes = (self.loaded.codes(before), self.loaded.codes(now))
            found += lost_codes(*({k: v for k, v in one.items() if k != named} for one in codes))
        return found

    def is_lossy(
        self,
        before: Snapshot,
        now: Snapshot,
        beside: Snapshot | None = None,
        *,
        year_to: int | None = None,
    ) -> bool:
        """Whether one lacks what another has, as far as a third has it, in the years up to
        `year_to`; or has what cannot be.
        """
        if impossible_years(now.latest_year, self.releases[now.key]):
            return True
        if self.loaded.same(before, now):
            return False
        reach = common(before, now)
        if year_to is not None:
            reach = replace(reach, year_to=min(year_to, reach.year_to))
        moved = self.loaded.compare(before, now, reach, beside)
        found = self.losses(before, now, moved, is_partial=beside is not None)
        return any(one.severity == "loss" for one in found)


class _Dataset:
    """The snapshots of one dataset, taken in by their place in time."""

    def __init__(self, look: Look, lists: Lists, publications: Publications) -> None:
        self._look = look
        self._releases = look.releases
        self._lists = lists
        self._loaded = look.loaded
        self._publications = publications
        self._verdicts: dict[Key, Verdict] = {}
        self._accepted: list[Snapshot] = []
        self._waiting: list[tuple[Snapshot, Snapshot | None]] = []

    def validate(self, members: Sequence[Snapshot]) -> dict[Key, Verdict]:
        for one in sorted(members, key=lambda member: place(member, self._releases)):
            self._take(one)
        return self._verdicts

    def _take(self, now: Snapshot) -> None:
        reach = reach_of(now)
        before = next((b for b in reversed(self._accepted) if reach_of(b).holds(reach)), None)
        findings = self._findings(before, now)
        compared_with = before.snapshot_id if before else None
        decision = self._decision(now)
        lost = [one.text for one in findings if one.severity == "loss"]
        if decision is not None:
            why, verdict_from = decision
            self._verdicts[now.key] = Verdict(tuple(findings), compared_with, why, verdict_from)
        elif not lost or self._is_confirmed(now):
            self._verdicts[now.key] = Verdict(tuple(findings), compared_with)
        else:
            self._verdicts[now.key] = Verdict(tuple(findings), compared_with, lost[0])
        if self._verdicts[now.key].is_quarantined:
            self._waiting.append((now, before))
            return
        self._accept_those_confirmed_by(now)
        self._accepted.append(now)

    def _decision(self, snapshot: Snapshot) -> tuple[str | None, VerdictFrom] | None:
        """Why it is held back (None: accepted) and who says so, where somebody does."""
        decision = snapshot.decision
        if decision is not None:
            return (None if decision.is_accepted else decision.sentence), "person"
        release_id = self._releases[snapshot.key].release_id
        review = self._lists.reviews.get((release_id, snapshot.endpoint))
        if review is None or not self._is_as_published(snapshot, release_id):
            return None
        return (None if review.is_accepted else review.why), "review"

    def _is_as_published(self, snapshot: Snapshot, release_id: str) -> bool:
        """A review is of the archive's file: what the API gave may have what the file lacks."""
        published = self._lists.contents.get((release_id, snapshot.endpoint))
        return snapshot.source == "archive" or (
            reach_of(snapshot).is_whole and snapshot.digest == published
        )

    def _findings(self, before: Snapshot | None, now: Snapshot) -> list[Finding]:
        out = impossible_years(now.latest_year, self._releases[now.key])
        notes = unknown_codes(self._loaded.codes(now), self._lists.codes)
        if before is None or self._loaded.same(before, now):
            return out + notes
        name = f"{self._releases[before.key].release_id} ({before.snapshot_id})"
        moved = self._loaded.compare(before, now, common(before, now))
        return [*out, *self._look.losses(before, now, moved), *notes, *notices(moved, name)]

    def _is_confirmed(self, now: Snapshot) -> bool:
        """Whether a later publication left it as it is, or one that is held back, of an earlier
        publication, has no more than this one has.
        """
        if impossible_years(now.latest_year, self._releases[now.key]):
            return False
        return self._publications.is_later(now, now) or any(
            reach_of(one).holds(reach_of(now))
            and not self._look.is_lossy(one, now)
            and self._publications.is_later(now, one)
            for one, _ in self._waiting
        )

    def _accept_those_confirmed_by(self, now: Snapshot) -> None:
        """And those that lost nothing against one of them that came before."""
        confirmed: list[Snapshot] = []
        for one, before in self._waiting:
            verdict = self._verdicts[one.key]
            if verdict.verdict_from == "rule" and (
                self._is_confirmed_by(now, one, before)
                or any(
                    reach_of(other).holds(reach_of(one)) and not self._look.is_lossy(other, one)
                    for other in confirmed
                )
            ):
                self._verdicts[one.key] = Verdict(verdict.findings, verdict.compared_with)
                confirmed.append(one)
        self._accepted += confirmed
        self._waiting = [pair for pair in self._waiting if self._verdicts[pair[0].key].held_because]

    def _is_confirmed_by(self, now: Snapshot, one: Snapshot, before: Snapshot | None) -> bool:
        """Whether a later publication has no more than one that is held back.

        What the later one has of what was there before, the held one must have, too; then nothing
        was lost. Where its measures had each other's figures, those of the later must have, too.
        """
        return (
            reach_of(now).holds(reach_of(one))
            and not self._look.is_lossy(now, one, before)
            and (self._is_swapped(before, now) or not self._is_swapped(before, one))
            and self._publications.is_later(now, one)
        )

    def _is_swapped(self, before: Snapshot | None, now: Snapshot) -> bool:
        """Whether a measure has what another one had before."""
        if before is None or self._loaded.same(before, now):
            return False
        moved = self._loaded.compare(before, now, common(before, now))
        return bool(_swapped_measures(moved.years.get(ORIGIN_SIDE, {})))


def held_back(
    snapshots: Iterable[Snapshot], releases: Mapping[Key, Release], verdicts: Mapping[Key, Verdict]
) -> dict[Key, str]:
    """Notes every product shows first: a line per dataset whose newest figures are held back."""
    out: dict[str, tuple[Key, str]] = {}
    accepted: list[Snapshot] = []
    waiting: list[Snapshot] = []
    for one in sorted(
        (one for one in snapshots if one.reach is not None), key=lambda s: place(s, releases)
    ):
        if verdicts[one.key].held_because is not None:
            waiting.append(one)
            continue
        accepted.append(one)
        waiting = [
            w for w in waiting if w.endpoint != one.endpoint or not reach_of(one).holds(reach_of(w))
        ]
    for one in waiting:
        others = [a for a in accepted if a.endpoint == one.endpoint]
        stands = [a for a in others if reach_of(a).holds(reach_of(one))] or others
        figures = f"figures of {releases[stands[-1].key].release_id}" if stands else "no figures"
        out[one.endpoint] = (
            one.key,
            f"{one.endpoint}: {figures}; {releases[one.key].release_id} is held back because "
            f"{verdicts[one.key].held_because}",
        )
    return dict(out.values())


def common_measures(before: Snapshot, now: Snapshot) -> frozenset[str] | None:
    """The measures that both speak of; None for all."""
    if before.measures is None or now.measures is None:
        return now.measures if before.measures is None else before.measures
    return before.measures & now.measures


def impossible_years(latest_year: int | None, release: Release) -> list[Finding]:
    """A year after the release's own; for one without a name, after the last of which the day it
    was seen can have figures: those of mid-year are of 30 June.
    """
    seen = release.in_force_from
    last = release.reference_date.year if release.is_named else seen.year - (seen.month < 7)
    if latest_year is None or latest_year <= last:
        return []
    return [Finding("loss", f"it has figures of {latest_year}, later than a release of {last} can")]


def unknown_codes(found: Codes, known: Mapping[str, frozenset[str]]) -> list[Finding]:
    """Codes that are in no list of ours: their counts are in totals and in no measure by code."""
    return [
        Finding(
            "notice",
            f"unknown {column} {code!r} in {rows:,} rows: "
            f"not in seeds/reference/{CODE_LISTS[column][0]}.csv",
        )
        for column, codes in sorted(found.items())
        if column in known
        for code, rows in sorted(codes.items())
        if code not in known[column]
    ]


def lost_codes(before: Codes, now: Codes) -> list[Finding]:
    """Code columns in which most rows no longer have the code they had."""
    out = []
    for column, codes in sorted(before.items()):
        lost, had = rows_of_lost_codes(codes, now.get(column, {})), sum(codes.values())
        if lost >= ROWS_FLOOR and lost > LARGEST_LOSS_OF_CODES * had:
            out.append(
                Finding("loss", f"{lost:,} of {had:,} rows no longer have the {column} they had")
            )
    return out


def rows_of_lost_codes(before: Mapping[str, int], now: Mapping[str, int]) -> int:
    """Rows that codes have less, not made up for by what others have more."""
    return sum(max(rows - now.get(code, 0), 0) for code, rows in before.items())


def losses(moved: Comparison, reach: Reach, *, is_partial: bool = False) -> list[Finding]:
    """What is lost that is large against the whole dataset.

    Of some countries alone, their measures are noticed, and no loss. `is_partial` where the earlier
    one counts in part: then its totals are nobody's.
    """
    years = moved.years.get(ORIGIN_SIDE, {})
    measures: Severity = "loss" if reach.is_whole else "notice"
    found: list[tuple[Severity, list[str]]] = [
        ("loss", _gone_years(years) if reach.is_whole else _gone_newest_year(years)),
        ("loss", _fewer_rows(moved, reach)),
        (measures, _emptied_measures(years)),
        (measures, _lost_measures(moved)),
        ("loss", _lost_countries(moved) if reach.is_whole else []),
        ("loss", [] if is_partial else _swapped_measures(years)),
    ]
    return [Finding(severity, text) for severity, texts in found for text in texts]


def lost_rows(moved: Comparison) -> Total:
    """All rows; of what single cells have less, the larger by origin or by asylum."""
    both = [_sum(part.rows for part in parts.values()) for parts in moved.years.values()]
    return max(both, key=lambda total: total.lost, default=Total())


def lost_measures(moved: Comparison) -> dict[str, Total]:
    """By measure its total over all years the earlier snapshot has, likewise."""
    out: dict[str, Total] = {}
    for parts in moved.years.values():
        for column in _columns(parts):
            total = _sum(part.totals[column] for part in parts.values() if part.rows.before)
            out[column] = max(out.get(column, total), total, key=lambda one: one.lost)
    return out


def scattered(total: Total) -> int:
    """What some cells lost and others won."""
    return min(total.lost, total.now - total.before + total.lost)


def _sum(totals: Iterable[Total]) -> Total:
    return sum(totals, Total())


def _columns(parts: Mapping[int, Part] | Mapping[str, Part]) -> list[str]:
    return list(next(iter(parts.values())).totals) if parts else []


def gone_years(years: Mapping[int, Part]) -> list[int]:
    """Years of which the later snapshot has no row."""
    return sorted(y for y, part in years.items() if part.rows.before and not part.rows.now)


def _gone_years(years: Mapping[int, Part]) -> list[str]:
    gone, had = gone_years(years), [year for year, part in years.items() if part.rows.before]
    rows = sum(years[year].rows.before for year in gone)
    if len(gone) >= MANY_YEARS and len(gone) > LARGEST_LOSS_OF_YEARS * len(had):
        return [f"{len(gone)} of {len(had)} years are missing: {_spans(gone)}, {rows:,} rows"]
    return _gone_newest_year(years, least_total=TOTAL_FLOOR)


def _gone_newest_year(years: Mapping[int, Part], least_total: float = inf) -> list[str]:
    """If it had ROWS_FLOOR rows, or so much of a measure."""
    newest = max((year for year, part in years.items() if part.rows.before), default=None)
    if newest is None or years[newest].rows.now:
        return []
    rows = years[newest].rows.before
    largest = max((total.before for total in years[newest].totals.values()), default=0)
    if rows < ROWS_FLOOR and largest < least_total:
        return []
    return [f"its newest year is missing: {newest}, {rows:,} rows"]


def _fewer_rows(moved: Comparison, reach: Reach) -> list[str]:
    rows = lost_rows(moved)
    limit = LARGEST_LOSS_OF_ROWS if reach.is_whole else LARGEST_LOSS_OF_ROWS_OF_SOME
    if rows.lost >= ROWS_FLOOR and rows.lost > limit * rows.before:
        share = rows.lost / rows.before
        return [f"{rows.lost:,} of {rows.before:,} rows are missing ({share:.1%})"]
    lost = lost_rows_of_years(moved)
    return [
        f"{lost[year].lost:,} of {lost[year].before:,} rows of {year} are missing"
        for year in sorted(lost)
        if lost[year].lost >= ROWS_FLOOR
        and lost[year].lost > LARGEST_LOSS_OF_A_YEAR * lost[year].before
        and lost[year].before >= MUCH_OF_THE_ROWS * rows.before
    ]


def lost_rows_of_years(moved: Comparison) -> dict[int, Total]:
    """By year that is not gone its rows, likewise."""
    out: dict[int, Total] = {}
    for parts in moved.years.values():
        for year, part in parts.items():
            if part.rows.before and part.rows.now:
                out[year] = max(out.get(year, part.rows), part.rows, key=lambda one: one.lost)
    return out


def emptied(years: Mapping[int, Part], column: str) -> dict[int, int]:
    """What a measure had, by year in which it has nothing any more though the year has rows."""
    return {
        year: part.totals[column].before
        for year, part in years.items()
        if part.rows.now and part.totals[column].before and not part.totals[column].now
    }


def _emptied_measures(years: Mapping[int, Part]) -> list[str]:
    out = []
    for column in _columns(years):
        found = emptied(years, column)
        had, whole = sum(found.values()), sum(part.totals[column].before for part in years.values())
        if had >= TOTAL_FLOOR and had > LARGEST_EMPTIED * whole:
            out.append(f"{column} has nothing in {_spans(list(found))}, where it had {had:,}")
    return out


def _lost_measures(moved: Comparison) -> list[str]:
    out = []
    for column, total in lost_measures(moved).items():
        if total.before < TOTAL_FLOOR:
            continue
        if total.lost > LARGEST_LOSS_OF_A_MEASURE * total.before:
            share = total.lost / total.before
            out.append(f"{column} has lost {total.lost:,} of {total.before:,} ({share:.0%})")
        elif scattered(total) > LARGEST_SCATTER * total.before:
            share = scattered(total) / total.before
            out.append(f"{share:.0%} of {column} moved to other countries and years")
    return out


def with_much(countries: Mapping[str, Part], column: str) -> dict[str, Total]:
    """A measure by country that had much of it. Persons without an origin who are given one are
    not lost: of them it counts as lost what the measure has less in all.
    """
    totals = {country: part.totals[column] for country, part in countries.items()}
    whole = _sum(totals.values())
    much = max(TOTAL_FLOOR, MUCH_BY_A_COUNTRY * whole.before)
    if UNKNOWN in totals:
        one = totals[UNKNOWN]
        less = max(whole.before - whole.now, 0)
        totals[UNKNOWN] = replace(one, lost=min(one.lost, less))
    return {country: total for country, total in totals.items() if total.before >= much}


def _lost_countries(moved: Comparison) -> list[str]:
    out = []
    for side, countries in moved.countries.items():
        for column in _columns(countries):
            lost = {
                country: total
                for country, total in with_much(countries, column).items()
                if total.lost > LARGEST_LOSS_OF_A_MEASURE * total.before
            }
            if lost:
                texts = {c: f"{c} ({t.lost:,} of {t.before:,})" for c, t in lost.items()}
                sizes = {c: t.lost for c, t in lost.items()}
                out.append(f"{column} by {side} has lost {_listed(texts, sizes)}")
    return out


def swapped_years(years: Mapping[int, Part], column: str, other: str) -> tuple[int, int]:
    """In how many years a measure has just what another had, of those in which both had much."""
    compared = [
        (part.totals[column], part.totals[other])
        for part in years.values()
        if part.totals[column].before != part.totals[other].before
        and part.totals[other].before >= TOTAL_FLOOR
        and part.rows.now
    ]
    alike = sum(1 for mine, its in compared if mine.now == its.before != mine.before)
    return alike, len(compared)


def _swapped_measures(years: Mapping[int, Part]) -> list[str]:
    columns = _columns(years)
    out = []
    for column in columns:
        for other in columns:
            if other == column:
                continue
            alike, compared = swapped_years(years, column, other)
            if alike >= MANY_YEARS and alike > LARGEST_SHARE_OF_SWAPPED_YEARS * compared:
                out.append(f"{column} has what {other} had in {alike} of {compared} years")
    return out


def notices(moved: Comparison, named: str) -> list[Finding]:
    """What else moved, compared with the snapshot that is called `named` in the sentences."""
    years = moved.years.get(ORIGIN_SIDE, {})
    gone = gone_years(years)
    texts = []
    if gone:
        rows = sum(years[year].rows.before for year in gone)
        texts.append(f"missing: {_spans(gone)}, of which {named} has {rows:,} rows")
    for side in (ORIGIN_SIDE, ASYLUM_SIDE):
        texts += _missing_countries(side, moved, gone, named)
    texts += _moved_totals(years, gone, named)
    return [Finding("notice", text) for text in texts]


def _missing_countries(side: str, moved: Comparison, gone: Sequence[int], named: str) -> list[str]:
    """Countries that are nowhere any more, and those missing from a year in which they were large;
    what went with a whole year is not said again.
    """
    by_country: dict[str, list[Missing]] = {}
    for one in moved.missing:
        if one.side == side and one.year not in gone:
            by_country.setdefault(one.country, []).append(one)
    nowhere: dict[str, str] = {}
    sometimes: dict[str, str] = {}
    sizes = {country: max(one.size for one in found) for country, found in by_country.items()}
    for country, found in by_country.items():
        size = sizes[country]
        if not moved.countries[side][country].rows.now and size >= COUNTRY_FLOOR:
            nowhere[country] = f"{country} (up to {size:,})"
        elif size >= COUNTRY_YEAR_FLOOR:
            large = [one.year for one in found if one.size >= COUNTRY_YEAR_FLOOR]
            sometimes[country] = f"{country} in {_spans(large)} (up to {size:,})"
    out = []
    if nowhere:
        out.append(f"missing by {side}, of what {named} has: {_listed(nowhere, sizes)}")
    if sometimes:
        out.append(f"missing by {side} from single years: {_listed(sometimes, sizes)}")
    return out


def _moved_totals(years: Mapping[int, Part], gone: Sequence[int], named: str) -> list[str]:
    settled = max((y for y, part in years.items() if part.rows.before), default=0) - UNSETTLED_YEARS
    out = []
    for column in _columns(years):
        moved = {}
        for year, part in years.items():
            total = part.totals[column]
            if year <= settled and year not in gone and total.before >= TOTAL_FLOOR:
                change = (total.now - total.before) / total.before
                if abs(change) > NOTICED_MOVE_OF_A_TOTAL:
                    moved[year] = change
        if moved:
            year = max(moved, key=lambda one: (abs(moved[one]), one))
            total = years[year].totals[column]
            also = f"; {len(moved)} settled years moved" if len(moved) > 1 else ""
            out.append(
                f"the total of {column} in {year}, a settled year, is {total.now:,} where {named} "
                f"has {total.before:,} ({moved[year]:+.1%}){also}"
            )
    return out


def _spans(years: Sequence[int]) -> str:
    """Years as 2001-2024, 2026."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


def _listed(texts: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    """The largest, and how many more."""
    order = sorted(texts, key=lambda name: (-sizes[name], name))
    shown = [texts[name] for name in order[:_NAMED_AT_MOST]]
    more = len(order) - len(shown)
    return ", ".join([*shown, f"and {more} more"] if more else shown)
