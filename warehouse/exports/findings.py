"""What there is to say of one origin, in words and tables, before it becomes a page or a text.

Read from an opened published file. Nothing here is escaped: whoever writes it into a format does.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb

from warehouse.core.wording import Kind, day, plural, show
from warehouse.exports.origins import Origin
from warehouse.published.read import read_about
from warehouse.reference.claim_lists import flags, verdicts

YEARS_SHOWN = 15
DESTINATIONS_SHOWN = 15
REVISED_YEARS_SHOWN = 3
RELEASES_SHOWN = 4

STOCK = "asylum_seekers_stock"
# Measures in the words readers know them by.
MEASURES = {
    "asylum_seekers_stock": "asylum-seekers (stock)",
    "refugees_stock": "refugees (stock)",
    "applications_new": "new applications (flow)",
}
# What a figure is to a claim, where it is not just one of its figures.
INPUT_ROLES = {
    "base": "what it is compared with",
    "whole": "the whole",
    "peer": "another, to rank it among",
    "new_applications": "beside it",
    "stock": "beside it",
}
REVISION_KINDS = {
    "provisional_to_final": "the final figure takes the place of the mid-year one",
    "correction": "correction",
    "appeared": "appeared",
    "disappeared": "disappeared",
}
DEFINITIONS = (
    (
        "Stock",
        "A number of persons on a day, the reference date. Asylum-seekers are a stock: people "
        "whose claim was waiting for a decision on that day. Someone who waits for three years is "
        "in three stocks, so stocks added up over years are no number of people.",
    ),
    (
        "Flow",
        "What happened within a year: claims made, decisions taken. New applications are a flow, "
        "without appeals and repeat applications, which are by people who applied before.",
    ),
    (
        "Persons and cases",
        "Some countries count applications and decisions in cases, and a case can hold several "
        "persons. The two are never added: each stands on its own.",
    ),
    (
        "Refugee Recognition Rate",
        "Recognised as refugees, out of substantive decisions: recognised, complementary "
        "protection and rejected together, without cases closed otherwise.",
    ),
    (
        "Total Protection Rate",
        "Recognised as refugees or given complementary protection, out of substantive decisions.",
    ),
    (
        "Provisional",
        "UNHCR publishes year-end figures in June and mid-year ones in October or November. A "
        "provisional figure describes 30 June, under the same year that the end of the year takes "
        "over.",
    ),
    (
        "Carried forward",
        "A stock of 100 persons or more that repeats the one of an earlier reference date exactly. "
        "Most likely the country did not report anew; that the number is truly the same cannot be "
        "ruled out.",
    ),
    (
        "Revision, release",
        "A release is what UNHCR published at one time, for all years; each takes the place of the "
        "one before. A revision is a change of a figure from one release to the next.",
    ),
    (
        "Not known, and zero",
        "A dash is not known, and never zero. UNHCR rounds small counts to protect people: 5 may "
        "be 3 or 7.",
    ),
)


@dataclass(frozen=True)
class Column:
    """A column of a table as shown."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True)
class Table:
    """A table for people: the first column names the row."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]

    def shown(self) -> list[list[str]]:
        """The cells as text, not escaped."""
        return [
            [
                show(value, column.kind)
                for value, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A headline figure: `counts` says in words what is counted, `nature` whether stock or flow."""

    value: str
    counts: str
    nature: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the report: sentences and tables; without tables there is nothing to show."""

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class ClaimInput:
    """A figure that a claim rests on."""

    words: str
    stated: float | None
    on_the_day: float | None
    newest: float | None


@dataclass(frozen=True)
class Claim:
    """A claim of a published document, with what the database says of it."""

    document_id: str
    document: str
    claim_id: str
    paraphrase: str
    location: str
    counted: str
    reading: str
    stated: str | None
    on_the_day: str | None
    release_on_the_day: str | None
    newest: str | None
    release: str | None
    change_rate: float | None
    verdict: str
    flags: tuple[str, ...]
    explanation: str
    inputs: tuple[ClaimInput, ...] = ()

    @property
    def verdict_words(self) -> str:
        """The verdict as readers see it."""
        return verdicts()[self.verdict].label

    @property
    def severity(self) -> str:
        """How the verdict is marked: good, warning, bad or unknown."""
        return verdicts()[self.verdict].severity

    @property
    def flag_words(self) -> tuple[str, ...]:
        """The flags as readers see them."""
        return tuple(flags()[flag].label for flag in self.flags)


@dataclass(frozen=True)
class Document:
    """A published document, and how many of its claims on the origin came to each verdict."""

    document_id: str
    title: str
    publisher: str
    published_on: Any
    verdicts: dict[str, int]
    claim_count: int


@dataclass(frozen=True)
class Findings:
    """All that is shown of one origin."""

    origin: Origin
    about: dict[str, str]
    figures: list[Figure] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    @property
    def held_back(self) -> list[str]:
        """What to say first: datasets whose newest figures are held back, a line each."""
        return self.about.get("held_back", "").splitlines()

    @property
    def has_figures(self) -> bool:
        """Whether anything at all is known of the origin."""
        return bool(self.figures)

    def section(self, name: str) -> Section:
        """One of the sections."""
        return next(section for section in self.sections if section.name == name)


def find(con: duckdb.DuckDBPyConnection, origin: Origin) -> Findings:
    """Ask an opened published file all that the report says of an origin."""
    documents, claims = _claims(con, origin)
    return Findings(
        origin=origin,
        about=read_about(con),
        figures=_figures(con, origin),
        sections=[
            _years(con, origin),
            _revisions(con, origin),
            _carried_forward(con, origin),
            _destinations(con, origin),
            _eras(con, origin),
        ],
        documents=documents,
        claims=claims,
    )


def summary(found: Findings) -> str:
    """What the report is about, in a sentence."""
    if not found.has_figures:
        return nothing_known(found)
    first = found.figures[0]
    return f"{found.origin.name}: {first.value} {first.counts}, by UNHCR’s figures."


def nothing_known(found: Findings) -> str:
    """What to say of an origin without figures."""
    return f"There are no figures here on people from {found.origin.name} who seek asylum."


def what_to_do(found: Findings) -> str:
    """What may be the reason, and what brings figures if there are any."""
    only = f" --origin {found.origin.iso3}" if found.origin.iso3 else ""
    return (
        f"Either UNHCR has none, or it was not asked for them; this asks: "
        f"asylum run --source api{only}"
    )


def _rows(
    con: duckdb.DuckDBPyConnection, query: str, origin: Origin, **given: Any
) -> list[dict[str, Any]]:
    """The rows of a query about `$origin`, which is `of_origin` in it."""
    matching = "coalesce(origin_iso3, origin_unhcr_code) = $origin"
    answer = con.execute(query.replace("of_origin", matching), {"origin": origin.code, **given})
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


# ---- headline figures


def _figures(con: duckdb.DuckDBPyConnection, origin: Origin) -> list[Figure]:
    found = _rows(
        con,
        "select * from mart_origin_yearly where of_origin order by reference_year desc",
        origin,
    )
    persons = [row for row in found if row["counting_unit"] == "persons"]
    cases = {row["reference_year"]: row for row in found if row["counting_unit"] == "cases"}
    figures = [
        _stock_figure(persons, STOCK, "asylum-seekers: persons waiting for a decision"),
        _applications_figure(persons, cases),
        _rate_figure(persons),
        _stock_figure(persons, "refugees_stock", "refugees: persons with refugee protection"),
    ]
    return [figure for figure in figures if figure]


def _newest(rows: list[dict[str, Any]], column: str) -> dict[str, Any] | None:
    """The newest year with the figure, if there ever was anybody."""
    if not any(row[column] for row in rows):
        return None
    return next(row for row in rows if row[column] is not None)


def _stock_figure(rows: list[dict[str, Any]], measure: str, counts: str) -> Figure | None:
    row = _newest(rows, measure)
    if row is None:
        return None
    notes = _change_note(row, measure)
    highest, year = row[f"{measure}_highest_to_date"], row[f"{measure}_highest_year_to_date"]
    if highest is not None:
        is_record = year == row["reference_year"]
        notes.append(
            "the highest so far" if is_record else f"highest: {show(highest, 'count')} in {year}"
        )
    share = row[f"{measure}_world_share"]
    if share:
        notes.append(f"{show(share, 'share')} of those from all origins")
    carried = row["asylum_seekers_carried_forward_stock"] if measure == STOCK else None
    if carried and row["is_population_provisional"]:
        notes.append(f"of them {show(carried, 'count')} carried forward from the year before")
    nature = "stock, provisional" if row["is_population_provisional"] else "stock"
    return Figure(
        show(row[measure], "count"), f"{counts} on {day(row['reference_date'])}", nature,
        tuple(notes),
    )  # fmt: skip


def _change_note(row: dict[str, Any], measure: str) -> list[str]:
    change, rate = row[f"{measure}_change"], row[f"{measure}_change_rate"]
    if change is None:
        return []
    year = row["reference_year"] - 1
    if not change:
        return [f"as many as in {year}"]
    small = ", a small count" if row[f"is_{measure}_change_on_small_count"] else ""
    rate_words = f" ({show(rate, 'change_rate')})" if rate is not None else ""
    return [f"{show(change, 'change')}{rate_words} on {year}{small}"]


def _applications_figure(
    rows: list[dict[str, Any]], cases: dict[int, dict[str, Any]]
) -> Figure | None:
    row = _newest(rows, "applications_new")
    if row is None:
        return None
    notes = _change_note(row, "applications_new")
    in_cases = cases.get(row["reference_year"], {}).get("applications_new")
    if in_cases:
        notes.append(f"besides {plural(in_cases, 'case', 'cases')}, never added to persons")
    return Figure(
        show(row["applications_new"], "count"),
        f"new applications for asylum {_within(row, 'applications')}, persons",
        "flow, provisional" if row["is_applications_provisional"] else "flow",
        tuple(notes),
    )


def _rate_figure(rows: list[dict[str, Any]]) -> Figure | None:
    row = next((row for row in rows if row["refugee_recognition_rate"] is not None), None)
    if row is None:
        return None
    decisions = row["decisions_substantive"]
    notes = [f"of {plural(decisions, 'substantive decision', 'substantive decisions')}, persons"]
    if row["total_protection_rate"] is not None:
        notes.append(
            f"with complementary protection: {show(row['total_protection_rate'], 'share')} "
            f"(Total Protection Rate)"
        )
    if row["is_rate_on_small_count"]:
        notes.append("on fewer than 10 decisions")
    return Figure(
        show(row["refugee_recognition_rate"], "share"),
        f"Refugee Recognition Rate {_within(row, 'decisions')}: recognised as refugees, out of "
        f"substantive decisions",
        "rate",
        tuple(notes),
    )


def _within(row: dict[str, Any], dataset: str) -> str:
    half = "the first half of " if row[f"is_{dataset}_provisional"] else ""
    return f"in {half}{row['reference_year']}"


# ---- years


def _years(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    rows = _rows(
        con,
        """
        with persons as (
            select * from mart_origin_yearly where of_origin and counting_unit = 'persons'
        ),
        cases as (
            select * from mart_origin_yearly where of_origin and counting_unit = 'cases'
        )
        select
            reference_year || if(coalesce(persons.is_population_provisional, false),
                ' (30 June, provisional)', '') as year,
            persons.asylum_seekers_stock,
            persons.asylum_seekers_stock_change,
            persons.asylum_seekers_stock_change_rate,
            persons.refugees_stock,
            persons.applications_new,
            cases.applications_new as applications_new_cases,
            persons.refugee_recognition_rate,
            cases.refugee_recognition_rate as refugee_recognition_rate_cases,
            persons.total_protection_rate
        from persons full outer join cases using (reference_year)
        -- From the first year with anybody: UNHCR writes zeros back to 1951, before it counted.
        where reference_year >= (
            select min(reference_year) from mart_origin_yearly
            where of_origin
            and (asylum_seekers_stock > 0 or refugees_stock > 0 or applications_new > 0)
        )
        order by reference_year desc
        """,
        origin,
    )
    shown = rows[:YEARS_SHOWN]
    table = Table(
        "years",
        f"{origin.name} by year, newest first",
        (
            Column("Year"),
            Column("Asylum-seekers at the end of the year", "count"),
            Column("Change on the year before", "change"),
            Column("Change in per cent", "change_rate"),
            Column("Refugees at the end of the year", "count"),
            Column("New applications in the year, persons", "count"),
            Column("New applications in the year, cases", "count"),
            Column("Refugee Recognition Rate over persons", "share"),
            Column("Refugee Recognition Rate over cases", "share"),
            Column("Total Protection Rate over persons", "share"),
        ),
        [tuple(row.values()) for row in shown],
    )
    sentences = ["Stocks are persons on 31 December, or on 30 June while a year is provisional."]
    if len(rows) > len(shown):
        sentences.append(
            f"The newest {len(shown)} of {len(rows)} years; the workbook holds them all."
        )
    return _section("years", "Year by year", sentences, [table])


def _section(name: str, title: str, sentences: Iterable[str], tables: Iterable[Table]) -> Section:
    """A section with those of its tables that have rows, and of these the columns that say
    something: one that is not known throughout is left out.
    """
    return Section(
        name, title, tuple(sentences), tuple(_told(table) for table in tables if table.rows)
    )


def _told(table: Table) -> Table:
    told = [
        index for index in range(len(table.columns))
        if index == 0 or any(row[index] is not None for row in table.rows)
    ]  # fmt: skip
    return dataclasses.replace(
        table,
        columns=tuple(table.columns[index] for index in told),
        rows=[tuple(row[index] for index in told) for row in table.rows],
    )


# ---- revisions

_STEPS = """
    select
        measure, counting_unit, reference_year, first_release_id as release_id,
        first_published_on as published_on, first_value as value, null::bigint as difference,
        'first published' as kind
    from mart_revision_summary
    where of_origin and measure in ('asylum_seekers_stock', 'refugees_stock', 'applications_new')
    union all
    select
        measure, counting_unit, reference_year, release_id, published_on, value_after, difference,
        kind
    from mart_revisions
    where of_origin and level = 'origin'
    and measure in ('asylum_seekers_stock', 'refugees_stock', 'applications_new')
"""


def _revisions(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    rows = _rows(
        con,
        f"""
        with steps as ({_STEPS}),
        newest as (
            select distinct reference_year from steps
            order by reference_year desc limit $years
        )
        select * from steps
        where reference_year in (from newest) and not (counting_unit = 'cases' and value is null)
        order by measure = 'asylum_seekers_stock' desc, measure, counting_unit desc,
            reference_year desc, published_on
        """,
        origin,
        years=REVISED_YEARS_SHOWN,
    )
    table = Table(
        "revisions",
        "Figures of the newest years, from release to release",
        (
            Column("Figure"),
            Column("Year", "year"),
            Column("Release"),
            Column("Published on", "day"),
            Column("Value", "count"),
            Column("Change", "change"),
            Column("What happened"),
        ),
        [
            (
                _measure_words(row["measure"], row["counting_unit"]),
                row["reference_year"],
                row["release_id"],
                row["published_on"],
                row["value"],
                row["difference"],
                REVISION_KINDS.get(row["kind"], row["kind"]),
            )
            for row in rows
        ],
    )
    sentences = [
        "Among the releases held here. A figure that a release left as it was has no line for it.",
    ]
    moved = [row for row in rows if row["measure"] == STOCK and row["difference"]]
    if moved:
        most = max(moved, key=lambda row: abs(row["difference"]))
        sentences.append(
            f"The largest move: release {most['release_id']} changed the asylum-seekers of "
            f"{most['reference_year']} by {show(most['difference'], 'change')}, "
            f"to {show(most['value'], 'count')}."
        )
    elif rows:
        sentences.append("No release held here changed the asylum-seekers of these years.")
    return _section("revisions", "How the figures moved", sentences, [table])


def _measure_words(measure: str, unit: str) -> str:
    words = MEASURES.get(measure, measure)
    return words if measure.endswith("_stock") else f"{words}, {unit}"


# ---- carried forward


def _carried_forward(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    releases = _rows(
        con,
        f"""
        with steps as ({_STEPS}),
        repeated as (
            select distinct
                release_id, published_on, reference_date, reference_year, measure,
                asylum_unhcr_code, carried_forward_stock
            from mart_carried_forward where of_origin
        ),
        totals as (
            select
                release_id, published_on, reference_date, reference_year, measure,
                count(*) as pairs, sum(carried_forward_stock)::bigint as persons
            from repeated
            group by all
        )
        select
            totals.release_id, totals.reference_date, totals.measure, totals.pairs, totals.persons,
            arg_max(steps.value, steps.published_on) as whole
        from totals left join steps
            on steps.measure = totals.measure
            and steps.reference_year = totals.reference_year
            and steps.published_on <= totals.published_on
        group by
            totals.release_id, totals.reference_date, totals.measure, totals.pairs,
            totals.persons, totals.published_on
        order by totals.published_on desc, totals.measure
        """,
        origin,
    )
    newest_release = read_about(con)["release"]
    places = _carried_forward_places(con, origin)
    by_release = Table(
        "carried_forward_releases",
        "Persons carried forward, by release",
        (
            Column("Release"),
            Column("Describes", "day"),
            Column("Figure"),
            Column("Countries of asylum", "count"),
            Column("Persons carried forward", "count"),
            Column("Persons in all, in that release", "count"),
            Column("Share carried forward", "share"),
        ),
        [
            (
                row["release_id"],
                row["reference_date"],
                MEASURES[row["measure"]],
                row["pairs"],
                row["persons"],
                row["whole"],
                row["persons"] / row["whole"] if row["whole"] else None,
            )
            for row in releases
        ],
    )
    sentences = []
    if not any(row["release_id"] == newest_release for row in releases):
        sentences.append(
            f"In the newest release, {newest_release}, no stock of 100 persons or more repeats an "
            f"earlier reference date, among the pairs held."
        )
    for row in releases:
        if row["release_id"] == newest_release:
            share = f" ({show(row['persons'] / row['whole'], 'share')})" if row["whole"] else ""
            sentences.append(
                f"In the newest release, {newest_release}, {show(row['persons'], 'count')}{share} "
                f"of the {MEASURES[row['measure']]} repeat an earlier reference date."
            )
    return _section("carried_forward", "What is stale", sentences, [by_release, places])


def _carried_forward_places(con: duckdb.DuckDBPyConnection, origin: Origin) -> Table:
    rows = _rows(
        con,
        """
        with repeated as (
            select * from mart_carried_forward where of_origin
        ),
        newest as (
            select published_on from repeated
            group by published_on order by published_on desc limit $releases
        ),
        everyone as (
            select release_id, measure, basis, asylum_unhcr_code, carried_forward_share
            from mart_carried_forward_by_asylum
        )
        select
            coalesce(asylum_name, asylum_unhcr_code) as asylum,
            release_id,
            reference_date,
            measure,
            carried_forward_stock,
            earlier_reference_date,
            carried_forward_share
        from repeated left join everyone
            using (release_id, measure, basis, asylum_unhcr_code)
        where published_on in (from newest)
        qualify row_number() over (
            partition by release_id, measure
            order by carried_forward_stock desc, asylum_unhcr_code, earlier_reference_date
        ) <= $places
        order by published_on desc, measure, carried_forward_stock desc, asylum_unhcr_code,
            earlier_reference_date
        """,
        origin,
        releases=RELEASES_SHOWN,
        places=DESTINATIONS_SHOWN,
    )
    return Table(
        "carried_forward_places",
        "Persons carried forward, by country of asylum (the largest of each release)",
        (
            Column("Country of asylum"),
            Column("Release"),
            Column("Describes", "day"),
            Column("Figure"),
            Column("Persons carried forward", "count"),
            Column("Unchanged since", "day"),
            Column("Of all origins in that country, share carried forward", "share"),
        ),
        [
            (*list(row.values())[:3], MEASURES[row["measure"]], *list(row.values())[4:])
            for row in rows
        ],
    )


# ---- destinations


def _destinations(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    rows = _rows(
        con,
        """
        with known as (
            select * from mart_destination_yearly where of_origin and counting_unit = 'persons'
        ),
        newest as (
            select max(reference_year) as reference_year from known
            where row_kind = 'pair' and asylum_seekers_stock > 0
        )
        select
            known.*,
            coalesce(asylum_name, asylum_unhcr_code) as place,
            coalesce(asylum_seekers_rank, 1000000) as position
        from known inner join newest using (reference_year)
        where asylum_seekers_stock > 0
        order by row_kind = 'pair' desc, position, place
        """,
        origin,
    )
    pairs = [row for row in rows if row["row_kind"] == "pair"]
    first, others = pairs[:DESTINATIONS_SHOWN], pairs[DESTINATIONS_SHOWN:]
    lines: list[tuple[Any, ...]] = [
        (
            row["place"],
            row["asylum_seekers_rank"],
            row["asylum_seekers_stock"],
            row["asylum_seekers_share"],
            row["asylum_seekers_stock_change"],
            row["asylum_seekers_stock_baseline"],
            row["asylum_seekers_stock_baseline_ratio"],
            row["asylum_seekers_stock_peak_year"],
            row["asylum_seekers_carried_forward_stock"],
            row["applications_new"],
        )
        for row in first
    ]
    blank = (None,) * 6
    if others:
        shares = [row["asylum_seekers_share"] for row in others]
        lines.append((
            plural(len(others), "other country of asylum", "other countries of asylum"), None,
            sum(row["asylum_seekers_stock"] for row in others),
            None if None in shares else sum(shares), *blank,
        ))  # fmt: skip
    lines += [
        (
            "not itemised by country", None, row["asylum_seekers_stock"],
            row["asylum_seekers_share"], *blank,
        )
        for row in rows if row["row_kind"] == "not_itemised"
    ]  # fmt: skip
    if not pairs:
        return Section("destinations", "Where they are")
    reference = day(pairs[0]["reference_date"])
    table = Table(
        "destinations",
        f"Asylum-seekers from {origin.name} by country of asylum, {reference}",
        (
            Column("Country of asylum"),
            Column("Rank", "count"),
            Column("Asylum-seekers", "count"),
            Column("Share", "share"),
            Column("Change on the year before", "change"),
            Column("In 2019, before the pandemic", "count"),
            Column("Times the level of 2019", "ratio"),
            Column("Year of its peak", "year"),
            Column("Carried forward", "count"),
            Column("New applications in the year, persons", "count"),
        ),
        lines,
    )
    sentence = (
        f"On {reference} asylum-seekers from {origin.name} were waiting in "
        f"{plural(len(pairs), 'country', 'countries')} of those held here."
    )
    return _section("destinations", "Where they are", [sentence], [table])


# ---- eras


def _eras(con: duckdb.DuckDBPyConnection, origin: Origin) -> Section:
    if origin.iso3 is None:
        return Section("eras", "By era")
    rows = _rows(
        con,
        """
        select
            stocks.leader,
            stocks.first_year_counted || '–' || stocks.counted_to_year as years,
            stocks.convention,
            stocks.first_year_value as first,
            stocks.last_year_value as last,
            stocks.lowest_value as lowest,
            stocks.highest_value as highest,
            stocks.stock_years,
            flows.flow_sum,
            flows.known_year_count || ' of ' || flows.year_count as flow_years
        from mart_era_comparison as stocks
        left join mart_era_comparison as flows
            on
                stocks.era_id = flows.era_id
                and stocks.origin_unhcr_code = flows.origin_unhcr_code
                and flows.measure = 'applications_new'
                and flows.counting_unit = 'persons'
        where
            stocks.origin_iso3 = $origin
            and stocks.measure = 'asylum_seekers_stock'
            and stocks.known_year_count > 0
        order by stocks.first_year_counted desc, stocks.era_id
        """,
        origin,
    )
    table = Table(
        "eras",
        f"{origin.name} by leader’s era",
        (
            Column("Era"),
            Column("Years counted"),
            Column("Convention"),
            Column("Asylum-seekers, first year", "count"),
            Column("Asylum-seekers, last year", "count"),
            Column("Lowest", "count"),
            Column("Highest", "count"),
            Column("Stock-years: year-end stocks added up", "count"),
            Column("New applications, persons", "count"),
            Column("known for years"),
        ),
        [tuple(row.values()) for row in rows],
    )
    sentence = (
        "Stocks are compared by their first and last year. Added up they are stock-years, no "
        "number of people: who waits for three years counts three times. New applications are "
        "added up over the years of the era that are known."
    )
    return _section("eras", "By era", [sentence], [table])


# ---- claims


def _claims(con: duckdb.DuckDBPyConnection, origin: Origin) -> tuple[list[Document], list[Claim]]:
    given = {"origin": origin.code}
    inputs: dict[tuple[str, str], list[ClaimInput]] = {}
    for document_id, claim_id, role, place, measure, year, *values in con.execute(
        """
        select
            inputs.document_id, inputs.claim_id, inputs.input_role, inputs.asylum_name,
            inputs.measure, inputs.reference_year, inputs.stated_value, inputs.value_on_the_day,
            inputs.value_newest
        from mart_claim_inputs as inputs
        inner join mart_claim_audit as claims using (document_id, claim_id)
        where coalesce(claims.origin_iso3, claims.origin_unhcr_code) = $origin
        order by document_id, claim_id, input_number
        """,
        given,
    ).fetchall():
        words = [str(year)] if year is not None else []
        words += [place] if place else []
        words += [MEASURES.get(measure, measure.replace("_", " "))]
        words += [INPUT_ROLES[role]] if role in INPUT_ROLES else []
        inputs.setdefault((document_id, claim_id), []).append(ClaimInput(", ".join(words), *values))
    found = con.execute(
        """
        select * from mart_claim_audit
        where coalesce(origin_iso3, origin_unhcr_code) = $origin
        order by
            document_published_on desc,
            document_id,
            try_cast(regexp_extract(claim_id, '^[0-9]+') as integer),
            claim_id
        """,
        given,
    )
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    claims = [
        Claim(
            document_id=row["document_id"],
            document=row["document_title"],
            claim_id=str(row["claim_id"]),
            paraphrase=row["paraphrase"] or "",
            location=row["location"] or "",
            counted=row["document_word"] or "",
            reading=row["reading"] or "",
            stated=row["stated_text"],
            on_the_day=row["on_the_day_text"],
            release_on_the_day=row["release_id_on_the_day"],
            newest=row["newest_text"],
            release=row["release_id"],
            change_rate=row["change_rate"],
            verdict=row["verdict"],
            flags=tuple(flag.strip() for flag in (row["flags"] or "").split(",") if flag.strip()),
            explanation=row["explanation"] or "",
            inputs=tuple(inputs.get((row["document_id"], row["claim_id"]), ())),
        )
        for row in rows
    ]
    documents = [
        Document(
            document_id=row["document_id"],
            title=row["document_title"],
            publisher=row["publisher"],
            published_on=row["document_published_on"],
            verdicts=dict(
                Counter(c.verdict for c in claims if c.document_id == row["document_id"])
            ),
            claim_count=sum(c.document_id == row["document_id"] for c in claims),
        )
        for row in {row["document_id"]: row for row in rows}.values()
    ]
    return documents, claims
