"""Releases, and what each changed, as sections of a page."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import day
from warehouse.exports.findings.parts import (
    HALF_YEAR,
    HALF_YEAR_NOTE,
    MID_YEAR,
    MID_YEAR_NOTE,
    ReportColumn,
    ReportTable,
    Row,
    Section,
    of_its_months,
    section,
)
from warehouse.exports.findings.words import MEASURES, REVISION_KINDS
from warehouse.reference.claims import label_within

LARGEST_SHOWN = 10
_RELEASES = """
    select
        release_id, title, published_on, is_named, reference_date,
        if(is_provisional, 'mid-year, provisional', 'end of the year') as nature,
        quarantined_endpoints
    from dim_release
    where is_held
    order by in_force_from desc, release_id desc
"""
_COUNTED = """
    select
        release_id, measure, kind,
        count(*) as figures,
        count(distinct origin_unhcr_code) as origins,
        min(reference_year) as first_year,
        max(reference_year) as last_year
    from mart_revisions
    where level = 'origin' and counting_unit = 'persons' and measure in (select unnest($measures))
    group by release_id, measure, kind
    order by release_id, measure, figures desc, kind
"""
_COMPARED = """
    select
        release_id, dataset, release_id_before,
        list(distinct measure order by measure) as measures
    from mart_revisions
    where
        level = 'origin' and counting_unit = 'persons' and measure in (select unnest($measures))
        and release_id_before is not null
    group by release_id, dataset, release_id_before
    order by release_id, dataset, release_id_before
"""
# Whether a break of reporting bears on the figure after: that of the origin, as it stood on the day
# of the release.
_LARGEST = """
    with largest as (
        select
            release_id, measure, kind, reference_year, value_before, value_after, difference,
            is_provisional_before, is_provisional,
            origin_unhcr_code, published_on,
            coalesce(origin_name, origin_unhcr_code) as place
        from mart_revisions
        where
            level = 'origin' and counting_unit = 'persons' and difference != 0
            and measure in (select unnest($measures))
        qualify row_number() over (
            partition by release_id
            order by abs(difference) desc, measure, place, origin_unhcr_code, reference_year
        ) <= $shown
    )
    select
        largest.release_id, largest.measure, largest.kind, largest.reference_year,
        largest.value_before, largest.value_after, largest.difference, largest.place,
        largest.is_provisional_before, largest.is_provisional,
        coalesce(
            not case largest.measure
                when 'asylum_seekers_stock' then years.is_asylum_seekers_stock_change_comparable
                when 'refugees_stock' then years.is_refugees_stock_change_comparable
                when 'new_asylum_claims' then years.is_new_asylum_claims_change_comparable
                when 'applications_new' then years.is_applications_new_change_comparable
            end,
            false
        ) as is_broken
    from largest
    left join mart_origin_yearly_history as years
        on
            largest.origin_unhcr_code = years.origin_unhcr_code
            and years.counting_unit = 'persons'
            and largest.reference_year = years.reference_year
            and years.valid_from <= largest.published_on
            and (years.valid_to > largest.published_on or years.valid_to is null)
    order by
        largest.release_id, abs(largest.difference) desc, largest.measure, largest.place,
        largest.origin_unhcr_code, largest.reference_year
"""
_BROKEN = "a country of asylum reported otherwise than the year before"
_RELEASE_COLUMNS = (
    ReportColumn("release_id", "Release"),
    ReportColumn("title", "Title"),
    ReportColumn("published_on", "Published, or first fetched", "day"),
    ReportColumn("reference_date", "Its newest stocks are of", "day"),
    ReportColumn("nature", "Nature"),
    ReportColumn("quarantined_endpoints", "Held back of it"),
)
_COUNTED_COLUMNS = (
    ReportColumn("figure", "Figure"),
    ReportColumn("what_happened", "What happened"),
    ReportColumn("figures", "Figures, an origin and year each", "count"),
    ReportColumn("origins", "Origins", "count"),
    ReportColumn("first_year", "From", "year"),
    ReportColumn("last_year", "To", "year"),
)
_LARGEST_COLUMNS = (
    ReportColumn("place", "Country of origin"),
    ReportColumn("figure", "Figure"),
    ReportColumn("reference_year", "Year", "year"),
    ReportColumn("before", "Before", "bound"),
    ReportColumn("after", "After", "bound"),
    ReportColumn("difference", "Change", "change"),
    ReportColumn("what_happened", "What happened"),
    ReportColumn("remarks", "Remarks"),
)


def release_sections(con: duckdb.DuckDBPyConnection) -> list[Section]:
    """All releases loaded, and of each, newest first, how many figures it changed and the largest
    changes, by country of origin.
    """
    releases = named_rows(con.execute(_RELEASES))
    given = {"measures": list(MEASURES)}
    counted = named_rows(con.execute(_COUNTED, given))
    compared = named_rows(con.execute(_COMPARED, given))
    largest = named_rows(con.execute(_LARGEST, given | {"shown": LARGEST_SHOWN}))
    for row in [*counted, *largest]:
        row["figure"] = MEASURES[row["measure"]]
        row["what_happened"] = REVISION_KINDS.get(row["kind"], row["kind"])
    for row in largest:
        row["remarks"] = _BROKEN if row["is_broken"] else ""
        for end, flag in (("before", "is_provisional_before"), ("after", "is_provisional")):
            row[end] = of_its_months(row[f"value_{end}"], row["measure"], row[flag])
    sections = [
        section(
            "releases",
            "Releases loaded here",
            ["A release is what UNHCR published at one time, for all years."],
            [
                ReportTable(
                    "releases_table", "Releases, newest first", _RELEASE_COLUMNS, [*releases]
                )
            ],
        )
    ]
    for number, release in enumerate(releases, start=1):
        name = release["release_id"]
        # When one that is in no list of ours came out is not known.
        came = f"{'Published' if release['is_named'] else 'First fetched'} on"
        shown = [row for row in largest if row["release_id"] == name]
        notes = [
            note
            for mark, note in ((HALF_YEAR, HALF_YEAR_NOTE), (MID_YEAR, MID_YEAR_NOTE))
            if any(mark in str(row[end]) for row in shown for end in ("before", "after"))
        ]
        sections.append(
            section(
                f"release_{number}",
                f"What {name} changed",
                [
                    f"{came} {day(release['published_on'])}. By country of origin, in persons.",
                    *_compared(releases[number - 1 :], compared),
                    *notes,
                ],
                [
                    ReportTable(
                        f"release_{number}_counted",
                        f"Figures that {name} changed",
                        _COUNTED_COLUMNS,
                        [row for row in counted if row["release_id"] == name],
                    ),
                    ReportTable(
                        f"release_{number}_largest",
                        f"The largest changes of {name}",
                        _LARGEST_COLUMNS,
                        [*shown],
                    ),
                ],
            )
        )
    return sections


def _compared(releases: Sequence[Row], compared: Sequence[Row]) -> list[str]:
    """What figures of a release are compared with where that is not the release before it, of which
    their dataset is held back; `releases` are from this one back to the oldest.
    """
    names = [release["release_id"] for release in releases]
    said = []
    for row in compared:
        if row["release_id"] != names[0] or row["release_id_before"] not in names[2:]:
            continue
        skipped = releases[1 : names.index(row["release_id_before"])][::-1]
        is_held_back = all(
            row["dataset"] in (release["quarantined_endpoints"] or "").split(", ")
            for release in skipped
        )
        figures = " and ".join(label_within(measure) for measure in row["measures"])
        between = " and ".join(release["release_id"] for release in skipped)
        state = "held back" if is_held_back else "missing"
        said.append(
            f"Of {between} the figures on {figures} are {state}: they are compared with release "
            f"{row['release_id_before']}, and {between} may have had these changes already."
        )
    return said
