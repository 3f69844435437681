"""How things look on a terminal. Data are shown as data: nothing in them is markup or a command."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from warehouse.build.run_result import OnProgress, RunResult
from warehouse.claims.shown import TABLE_COLUMNS, as_flow_newest, flag_words
from warehouse.core import attribution, wording
from warehouse.core.wording import BREAKS, MINUS, NO_BREAK, NOT_KNOWN, UNSEEN, Kind
from warehouse.reference.claim_lists import meanings, verdicts

if TYPE_CHECKING:  # these bring DuckDB with them, which a message does not need
    from warehouse.claims.audit import Audit
    from warehouse.serve.answer import OriginAnswer, Year
    from warehouse.serve.breaks import Found, Threshold
    from warehouse.serve.doctor import Finding
    from warehouse.serve.quarantine import Decided
    from warehouse.serve.query import Head

# On a terminal a line break steers, too.
_STEERS = re.compile(f"{UNSEEN}|{BREAKS}")
_WIDTH_ELSEWHERE = 120
_WIDEST_CELL = 48
_SEVERITIES = {"good": "green", "warning": "yellow", "bad": "red", "unknown": "dim"}
HOW_TO_ACCEPT = 'To release one from quarantine: asylum accept DATASET@RELEASE --why "…"'
HOW_TO_SEE_MORE = "To see the findings: asylum status --held"


def console(file: IO[str] | None = None, *, stderr: bool = False) -> Console:
    """A console that is wide enough for our tables where there is no terminal to ask."""
    stream = file or (sys.stderr if stderr else sys.stdout)
    width = None if stream.isatty() else _WIDTH_ELSEWHERE
    return Console(file=stream, width=width, highlight=False)


def shown(value: object) -> str:
    """A value as text on one line; what would steer the terminal is written out as an escape."""
    return _STEERS.sub(lambda m: m.group().encode("unicode_escape").decode(), str(value))


def plain(value: object, style: str = "") -> Text:
    """A value as Rich text without markup."""
    return Text(shown(value), style=style)


def figure(value: float | None, kind: Kind = "count") -> str:
    """A figure as in the report, with plain spaces and minus signs: they can be pasted."""
    return wording.show(value, kind).replace(NO_BREAK, " ").replace(MINUS, "-")


def bound(value: int | None, is_complete: bool | None) -> str:
    """A count that may be a lower bound, with plain spaces."""
    return wording.at_least(value, is_complete).replace(NO_BREAK, " ")


def age(moment: str) -> str:
    """How long ago, in the largest unit that fits."""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


@contextmanager
def progress(out: Console) -> Iterator[OnProgress]:
    """Bars on a terminal; elsewhere one line when a stage begins and one when it ends."""
    if not out.is_terminal:
        yield _Lines(out)
        return
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=out,
    ) as bars:
        yield _Bars(bars)


class _Lines:
    def __init__(self, out: Console) -> None:
        self._out = out
        self._ended: dict[str, bool] = {}

    def __call__(self, stage: str, label: str, done: int, total: int | None) -> None:
        if stage not in self._ended:
            self._ended[stage] = False
            self._out.print(plain(f"{stage} …"))
        if total is not None and done >= total and not self._ended[stage]:
            self._ended[stage] = True
            self._out.print(plain(f"{stage}: {done:,} done"))


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, Any] = {}

    def __call__(self, stage: str, label: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(shown(stage), total=None)
        text = shown(stage if label == stage else f"{stage}: {label}")
        self._bars.update(
            self._tasks[stage], description=f"{text[:44]:<44}", completed=done, total=total
        )


def listing(
    columns: Sequence[str], rows: Iterable[Iterable[object]], right: Sequence[str] = ()
) -> Table:
    """A table of values without markup; those that are Rich text keep their style."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(
            plain(column),
            justify="right" if column in right else "left",
            no_wrap=column in right,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(value if isinstance(value, Text) else plain(value) for value in row))
    return table


def _title(text: str) -> Text:
    return plain(text, "bold")


def summary(result: RunResult, source: str, started: datetime, ended: datetime) -> RenderableType:
    """What a run built, from what, how its tests went, and where the files are."""
    seconds = (ended - started).total_seconds()
    if result.up_to_date:
        head = f"Nothing new at the source: release {result.release} is published already."
    else:
        head = f"Built release {result.release} from source {source!r} in {seconds:.1f} s."
    parts: list[RenderableType] = [*held_back([q.held_back for q in result.quarantined])]
    parts.append(plain(head, "bold green"))
    if result.snapshots:
        rows = [
            (dataset, release or "not named", snapshot, figure(rows), "new" if is_new else "known")
            for dataset, snapshot, release, rows, is_new in result.snapshots
        ]
        columns = ("dataset", "release", "snapshot", "rows", "")
        parts += [_title("Built from"), listing(columns, rows, right=("rows",))]
    if result.quarantined:
        names = ", ".join(
            dict.fromkeys(f"{one.endpoint}@{one.release_id}" for one in result.quarantined)
        )
        parts.append(plain(f"Quarantined: {names}. {HOW_TO_SEE_MORE}"))
    if result.repaired:
        parts += [_title("Repaired")]
        parts += [plain(sentence) for sentence in result.repaired]
    if result.set_aside:
        parts += [_title("Set aside, because they cannot be loaded")]
        parts += [plain(sentence) for sentence in result.set_aside]
    if not result.up_to_date:
        parts.append(
            plain(
                f"Models built: {result.models_built}. Tests: {result.tests_passed} passed, "
                f"{len(result.tests_warned)} warned, {len(result.tests_failed)} failed."
            )
        )
        parts += [plain(f"Warned: {sentence}") for sentence in result.tests_warned]
    stages = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in result.seconds.items())
    if stages:
        parts.append(plain(f"Time: {stages}"))
    if result.published:
        parts.append(plain(f"Database: {result.published}"))
    if result.exports:
        folder = os.path.commonpath([path.parent for path in result.exports])
        parts.append(plain(f"Exports:  {folder} ({len(result.exports)} files)"))
    return Group(*parts)


def not_landed(failed: Mapping[str, str], landed_before: Collection[str]) -> RenderableType:
    """What could not be landed of what was asked for, and why; `landed_before`: the datasets of
    which there are older figures.
    """
    lines = []
    for head, is_there in (
        ("Not landed, so older figures are still used:", True),
        ("Not landed, and no older figures are there:", False),
    ):
        of = [name for name in failed if (name in landed_before) is is_there]
        lines += [head, *(f"{name}: {failed[name]}" for name in of)] if of else []
    return plain_lines("\n".join(lines), "bold red")


def held_back(lines: Sequence[str | None]) -> list[Text]:
    """The notes that come first: one line for each dataset whose newest figures are quarantined."""
    return [plain(line, "bold yellow") for line in lines if line]


def decided(done: Sequence[Decided]) -> RenderableType:
    """The snapshots that were just accepted or quarantined."""
    return Group(
        *(
            plain(
                f"{one.endpoint}/{one.snapshot_id} is {one.decision.word} by "
                f"{one.decision.decided_by}: {one.decision.why}",
                "bold green",
            )
            for one in done
        ),
        plain("The next `asylum run` builds with it."),
    )


def _and_also(threshold: Threshold) -> str:
    if threshold.pairs_from is not None:
        within = figure(threshold.differs_up_to_share, "share")
        return f"{threshold.pairs_from} large pairs repeat, and the total within {within}"
    if threshold.years_from is not None:
        if threshold.differs_up_to_share is None:
            return f"{threshold.years_from} years restated together"
        within = figure(threshold.differs_up_to_share, "share")
        return f"{threshold.years_from} years in which it stood still, within {within}"
    if threshold.differs_up_to_share is not None:
        left = figure(threshold.differs_up_to_share, "share")
        return f"at most {left} of the larger of the two shares in the smaller"
    return ""


def breaks(known: Sequence[Threshold], found: Sequence[Found]) -> RenderableType:
    """The thresholds, and the breaks of reporting that they find."""
    kinds = [
        (
            one.kind,
            figure(one.persons_from),
            figure(one.share_from, "share") if one.share_from is not None else "",
            one.share_is_of or "",
            _and_also(one),
        )
        for one in known
    ]
    met = [
        (one.year, one.country, one.kind, figure(one.persons), figure(one.share, "share"), one.note)
        for one in found
    ]
    table = listing(
        ("year", "country of asylum", "kind", "persons", "share", "what happened"),
        met,
        right=("year", "persons", "share"),
    )
    return Group(
        _title("From what size on there is a break of reporting"),
        listing(
            ("kind", "from persons", "and from", "of", "and"),
            kinds,
            right=("from persons", "and from"),
        ),
        Text(),
        _title(f"Breaks found: {len(found)}"),
        table if met else plain("No break of reporting is known of what was asked for."),
        plain("mart_reporting_break_origins says which origins each bears on.", "dim"),
    )


def _change(year: Year, words: str) -> str:
    return f"({words})" if year.is_change_comparable is False and year.change is not None else words


def origin(found: OriginAnswer, release: str) -> RenderableType:
    """The yearly table and first destinations of one origin, with source and release."""
    if not found.years:
        return _unknown_origin(found)
    with_case_rates = any(y.recognition_cases is not None for y in found.years)
    columns = ["year", "claimed asylum", "waiting", "change", "change %", "recognition rate"]
    columns += ["… over cases"] if with_case_rates else []
    years = listing(columns, (), right=columns)
    for y in found.years:
        # Each dataset is as new as its own release.
        only_claims = y.are_claims_provisional and not y.is_stock_provisional
        cells = [
            f"{y.year}{' p' if y.is_stock_provisional else '  '}",
            bound(y.claimed, y.is_complete) + (" p" if only_claims else ""),
            bound(y.stock, y.is_stock_complete),
            _change(y, figure(y.change, "change")),
            _change(y, figure(y.change_rate, "change_rate")),
            figure(y.recognition_persons, "share"),
            *([figure(y.recognition_cases, "share")] if with_case_rates else []),
        ]
        years.add_row(*cells, style="italic" if y.is_stock_provisional else "")
    notes = [
        "Claimed asylum: persons who made a new claim within the year (a flow). "
        "Waiting: asylum-seekers, persons without a decision at the end of the year (a stock). "
        "Recognition rate: refugees recognised out of substantive decisions."
    ]
    if with_case_rates:
        notes.append("A case can be several persons, so cases and persons are never added.")
    if any(y.is_stock_provisional or y.are_claims_provisional for y in found.years):
        notes.append("p: provisional, the figure of mid-year (30 June).")
    if any(y.is_change_comparable is False for y in found.years):
        notes.append(
            "( ): not comparable with the year before; a country of asylum reported otherwise."
        )
    if any(False in (y.is_complete, y.is_stock_complete) for y in found.years):
        notes += [wording.BOUND_NOTE, *found.breaks]
    people, name = shown(found.origin.of("People")), shown(found.origin.name_within)
    parts: list[RenderableType] = [
        _title(f"{people} who claimed asylum, and who are waiting, by year"),
        years,
        *(plain(note, "dim") for note in notes),
    ]
    if found.destinations:
        newest = found.destinations[0]
        mark = " (provisional)" if newest.is_provisional else ""
        parts += [
            Text(),
            _title(f"First countries of asylum for {name}, {newest.year}{mark}"),
            _destinations(found),
        ]
    parts.append(plain(attribution.source_sentence(found.releases or release)))
    parts.append(plain(f"{attribution.NO_ENDORSEMENT} Terms: {attribution.TERMS_URL}", "dim"))
    return Group(*parts)


def _destinations(found: OriginAnswer) -> Table:
    return listing(
        ("rank", "country of asylum", "waiting", "share", "claimed asylum in the year"),
        (
            (
                d.rank,
                d.name or NOT_KNOWN,
                bound(d.stock, d.is_stock_complete),
                figure(d.share, "share"),
                bound(d.claimed, d.is_complete),
            )
            for d in found.destinations
        ),
        right=("rank", "waiting", "share", "claimed asylum in the year"),
    )


def _unknown_origin(found: OriginAnswer) -> Text:
    if found.known_origins and len(found.known_origins) <= 12:
        there = f"The published file has {', '.join(found.known_origins)}."
    else:
        there = f"The published file has {len(found.known_origins)} other origins."
    return plain(
        f"Nothing on origin {found.origin.code}. {there} "
        f"The starter extract has only China; `asylum run --source api` fetches all origins.",
        "yellow",
    )


def claims(found: Audit, *, explain: bool = False) -> RenderableType:
    """The claims of each document and their verdicts."""
    parts: list[RenderableType] = []
    for document_id in dict.fromkeys(claim["document_id"] for claim in found.claims):
        of_document = [one for one in found.claims if one["document_id"] == document_id]
        first = of_document[0]
        title = f"{first['publisher']}, {first['document_title']}"
        parts += [
            Text(),
            plain(f"{title}, {first['document_published_on']} ({document_id})", "bold"),
        ]
        sentence = found.sentences.get(document_id)
        if sentence:
            parts.append(plain(sentence))
        if explain:
            for claim in of_document:
                parts += [Text(), *_claim_in_full(claim)]
            continue
        in_colour: Mapping[str, Callable[[Mapping[str, Any]], Text]] = {
            "verdict": _verdict,
            "flags": _flags,
        }
        rows = (
            tuple(
                in_colour[name](claim) if name in in_colour else _spaced(words(claim))
                for name, words in TABLE_COLUMNS.items()
            )
            for claim in of_document
        )
        parts.append(listing(tuple(TABLE_COLUMNS), rows))
    if not found.claims:
        parts.append(plain("No document with claims had been published by then."))
    if found.later_documents:
        left_out = ", ".join(found.later_documents)
        parts.append(plain(f"Left out, because they were published later: {left_out}."))
    parts += [Text(), plain(found.source, "dim")]
    return Group(*parts)


def checked(claim: dict[str, Any]) -> RenderableType:
    """One claim, with all inputs of its verdict, UNHCR's notes and what may be printed of it."""
    return Group(
        *_claim_in_full(claim),
        Text(),
        plain(f"To print: {claim['to_print']}"),
        plain(claim["citation"], "dim"),
    )


def _claim_in_full(claim: dict[str, Any]) -> list[RenderableType]:
    head = Text.assemble(
        plain(f"{claim['claim_id']}  {claim['paraphrase']}: "),
        _verdict(claim, "bold "),
        "  ",
        _flags(claim),
    )
    parts: list[RenderableType] = [head, _three_lines(claim), plain(claim["explanation"])]
    inputs = [one for one in claim["inputs"] if not one["input_role"].endswith("peer")]
    if len(inputs) > 1:
        values = ("stated_value", "value_on_the_day", "value_newest")
        rows = (
            (
                *(one[name] for name in ("input_role", "reference_year", "measure")),
                one["origin_name"] or one["origin_iso3"] or "all countries",
                one["asylum_name"] or one["asylum_iso3"] or "all countries",
                *(wording.number(one[name]) for name in values),
            )
            for one in inputs
        )
        columns = ("for", "year", "measure", "from", "in", "stated", "at publication", "now")
        parts.append(listing(columns, rows, right=columns[-3:]))
    return [*parts, *(plain(note) for note in claim["notes"])]


def _three_lines(claim: Mapping[str, Any]) -> RenderableType:
    """The stated figure, the database's at publication, and the figure as the document means it."""
    release = claim["release_id_on_the_day"]
    lines = [
        ("stated", claim["stated_text"]),
        (
            f"the database at publication{f' ({release})' if release else ''}",
            claim["on_the_day_text"],
        ),
    ]
    if claim["as_flow_on_the_day_text"] or claim["as_flow_newest_text"]:
        lines.append(
            (
                "as people who claimed asylum in the year",
                f"{claim['as_flow_on_the_day_text'] or NOT_KNOWN} at publication, "
                f"{_spaced(as_flow_newest(claim))} now",
            )
        )
    if claim["meaning_verdict"] != "as_stated":
        lines.append(("what it counts", meanings()[claim["meaning_verdict"]].label))
    return Group(*(plain(f"  {name}: {value or NOT_KNOWN}") for name, value in lines))


def _spaced(text: str | None) -> str:
    """A result of a claim, with plain spaces."""
    return (text or NOT_KNOWN).replace(NO_BREAK, " ")


def _verdict(claim: Mapping[str, Any], emphasis: str = "") -> Text:
    verdict = verdicts()[claim["verdict"]]
    return plain(verdict.label, f"{emphasis}{_SEVERITIES[verdict.severity]}")


def _flags(claim: Mapping[str, Any]) -> Text:
    return plain(flag_words(claim["flags"]), "dim")


def landed(snapshots: Sequence[Any]) -> RenderableType:
    """What a fetch landed: `Landed` of warehouse/landing/snapshots.py."""
    return listing(
        ("dataset", "release", "snapshot", "rows", "differences", ""),
        (
            (
                found.endpoint,
                found.manifest.release_id or "not named",
                found.snapshot_id,
                figure(found.manifest.rows),
                len(found.manifest.control_differences) or "",
                "new" if found.is_new else "seen before",
            )
            for found in snapshots
        ),
        right=("rows",),
    )


def status(state: dict[str, Any], *, everything: bool = False) -> RenderableType:
    """The state gathered by warehouse/serve/status.py; without `everything` of each dataset only
    the newest snapshot, and of the published tables how many there are.
    """
    parts: list[RenderableType] = [*held_back(state["held_back"])]
    if state["snapshots"]:
        parts += [
            *(_snapshots(state) if everything else _newest_snapshots(state)),
            *_releases(state, everything=everything),
            *_decided(state),
        ]
    else:
        parts.append(
            plain("Nothing landed yet. `asylum run` builds from the starter extract.", "yellow")
        )
    if state["set_aside"]:
        parts.append(_title("Set aside, because they cannot be loaded"))
        for one in state["set_aside"]:
            parts.append(
                plain(
                    f"{one['endpoint']}/{one['snapshot_id']}, {one['set_aside_at'][:10]}: "
                    f"{one['reason'].rstrip('.')}. {one['what_to_do']}"
                )
            )
    published = state["published"]
    if published:
        parts.append(
            plain(
                f"Published: {published['path']}, release {published['release']}, built "
                f"{published['built_at']} ({age(published['built_at'])}), "
                f"{published['bytes'] / 1e6:,.1f} MB, {len(published['tables'])} tables with "
                f"{figure(sum(published['tables'].values()))} rows"
            )
        )
        if everything:
            rows = ((name, figure(count)) for name, count in published["tables"].items())
            parts.append(listing(("table", "rows"), rows, right=("rows",)))
    else:
        parts.append(plain_lines(state["published_problem"], "yellow"))
    run = state["last_run"]
    if run:
        ended = {
            "under_way": "is running, last seen",
            "killed": "was killed, last seen",
        }.get(run["outcome"], f"{run['outcome']}, ended")
        parts.append(
            plain_lines(
                f"Last run: {ended} {run['finished_at']} ({age(run['finished_at'])}), "
                + ("" if run["job"] == "refresh" else f"job {run['job']}, ")
                + f"source {run['source']}"
                + (f": {run['error']}" if run["error"] else "")
            )
        )
    else:
        parts.append(plain("Last run: none yet."))
    if not everything:
        parts.append(plain("All snapshots and tables: asylum status --all", "dim"))
    return Group(*parts)


def findings(found: Sequence[Finding]) -> RenderableType:
    """What `asylum doctor` looked at, problems last."""
    styles = {"ok": "green", "repaired": "bold yellow", "problem": "bold red"}
    in_order = sorted(found, key=lambda one: list(styles).index(one.outcome))
    rows = ((plain(one.outcome, styles[one.outcome]), one.what, one.text) for one in in_order)
    return listing(("", "", ""), rows)


def _snapshots(state: dict[str, Any]) -> list[RenderableType]:
    columns = ("dataset", "snapshot", "release", "source", "rows", "retrieved", "", "seen")
    rows = (
        (
            *(s["endpoint"], s["snapshot_id"], s["release_id"] or "not named", s["source"]),
            *(figure(s["rows"]), s["retrieved_at"][:10], age(s["retrieved_at"])),
            f"{s['times_seen']}×",
        )
        for s in state["snapshots"]
    )
    return [_title("Landed snapshots"), listing(columns, rows, right=("rows", "seen"))]


def _newest_snapshots(state: dict[str, Any]) -> list[RenderableType]:
    columns = ("dataset", "snapshots", "newest release", "source", "rows", "last seen", "")
    rows = []
    by_dataset: dict[str, list[dict[str, Any]]] = {}
    for s in state["snapshots"]:
        by_dataset.setdefault(s["endpoint"], []).append(s)
    for endpoint, snapshots in by_dataset.items():
        # Releases are named so that they sort; what is not named yet is what was just fetched.
        newest = max(snapshots, key=lambda s: (s["release_id"] or "~", s["last_seen_at"]))
        rows.append(
            (
                *(endpoint, len(snapshots), newest["release_id"] or "not named", newest["source"]),
                *(figure(newest["rows"]), newest["last_seen_at"][:10], age(newest["last_seen_at"])),
            )
        )
    return [_title("Landed snapshots"), listing(columns, rows, right=("snapshots", "rows"))]


def _releases(state: dict[str, Any], *, everything: bool) -> list[RenderableType]:
    counts = ("days", "snapshots") if everything else ("days", "snapshots", "datasets")
    rows = []
    for r in state["releases"]:
        since, until = r["in_force_from"], r["in_force_to"]
        in_force = f"{since} to {until}" if until else f"since {since}" if since else NOT_KNOWN
        datasets = ", ".join(r["endpoints"]) if everything else len(r["endpoints"])
        rows.append(
            (r["release_id"], in_force, figure(r["days_in_force"]), r["snapshots"], datasets)
        )
    columns = ("release", "valid", "days", "snapshots", "datasets")
    return [_title("Releases"), listing(columns, rows, right=counts)]


def held(state: dict[str, Any]) -> RenderableType:
    """The quarantined snapshots, with all findings of each."""
    parts: list[RenderableType] = [*held_back(state["held_back"])]
    for s in state["quarantined"]:
        parts += [
            Text(),
            _title(f"{s['endpoint']}@{s['release_id']} ({s['snapshot_id']})"),
            plain(f"Quarantined by {_HOLDERS[s['verdict_from']]} because {s['held_because']}."),
        ]
        if s["compared_with"]:
            parts.append(plain(f"Compared with {s['compared_with']}:"))
        parts += [plain(f"- {finding}") for finding in (s["findings"] or "").split("; ") if finding]
    if not state["quarantined"]:
        return plain("No snapshot is quarantined.")
    return Group(*parts, Text(), plain(HOW_TO_ACCEPT, "dim"))


_HOLDERS = {"rule": "the rule", "review": "a review", "person": "a person"}


def _decided(state: dict[str, Any]) -> list[RenderableType]:
    """Quarantined snapshots, and those on which a person decided."""
    parts: list[RenderableType] = []
    if state["quarantined"]:
        quarantined = (
            (s["endpoint"], s["release_id"] or NOT_KNOWN, s["snapshot_id"], s["held_because"])
            for s in state["quarantined"]
        )
        parts += [
            _title("Quarantined: landed, but not used"),
            listing(("dataset", "release", "snapshot", "quarantined because"), quarantined),
            plain(HOW_TO_SEE_MORE, "dim"),
        ]
    if state["decided"]:
        on_decisions = (
            (
                *(s["endpoint"], s["snapshot_id"], s["decision"]),
                *(s["decided_at"][:10], s["decided_by"]),
                s["why"] + ("" if s["is_built_in"] else " (from the next run on)"),
            )
            for s in state["decided"]
        )
        parts += [
            _title("Decided by a person"),
            listing(("dataset", "snapshot", "decision", "on", "by", "why"), on_decisions),
        ]
    return parts


def result_table(head: Head, width: int) -> RenderableType:
    """The first rows of a query's result, cut to what fits, with a note of what was cut."""
    cells = [[_cell(value) for value in row] for row in head.rows]
    names = [shown(name) for name in head.columns]
    widths = [
        min(_WIDEST_CELL, max([len(name), *(row[i].cell_len for row in cells)]))
        for i, name in enumerate(names)
    ]
    fits = _fitting(widths, width)
    if fits < len(names) and len(cells) == 1:
        table: RenderableType = _upright(names, cells[0])
        fits = len(names)
    else:
        table = _wide(names[:fits], head.types, cells)
    notes = []
    if head.total > len(head.rows):
        notes.append(f"{len(head.rows):,} of {head.total:,} rows shown; --output FILE writes all")
    else:
        notes.append(f"{head.total:,} row{'' if head.total == 1 else 's'}")
    if fits < len(names):
        notes.append(f"{len(names) - fits} columns do not fit: {', '.join(names[fits:])}")
    return Group(table, plain(". ".join(notes), "dim"))


def _fitting(widths: Sequence[int], width: int) -> int:
    """How many columns fit side by side; at least one."""
    used, count = 0, 0
    for column in widths:
        used += column + 2
        if used > width and count:
            break
        count += 1
    return count


def _wide(names: Sequence[str], types: Sequence[str], cells: Sequence[Sequence[Text]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, kind in zip(names, types, strict=False):
        table.add_column(
            Text(name),
            justify="right" if _is_number(kind) else "left",
            max_width=_WIDEST_CELL,
            overflow="ellipsis",
            no_wrap=True,
        )
    for row in cells:
        table.add_row(*row[: len(names)])
    return table


def _upright(names: Sequence[str], row: Sequence[Text]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, cell in zip(names, row, strict=True):
        table.add_row(Text(name, "bold"), cell)
    return table


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL") or "INT" in kind or kind in {"FLOAT", "DOUBLE"}


def _cell(value: object) -> Text:
    if value is None:
        return Text("NULL", "dim")
    if isinstance(value, float) and 1e-4 <= abs(value) < 1e15:
        text = f"{value:.6f}".rstrip("0")
        return Text(text + "0" if text.endswith(".") else text)
    return plain(value)


def failure(message: str, published: str | None) -> RenderableType:
    """What went wrong, and which published file readers still have."""
    parts: list[RenderableType] = [plain_lines(message, "bold red")]
    if published:
        parts.append(plain(published))
    return Group(*parts)


def plain_lines(message: str, style: str = "") -> Text:
    """A message that may have several lines, each without markup."""
    return Text("\n".join(shown(line) for line in message.splitlines()), style=style)
