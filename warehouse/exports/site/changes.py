"""Releases, and what each changed, as sections of a page."""

from __future__ import annotations

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import day
from warehouse.exports.findings.parts import ReportColumn, ReportTable, Section, section
from warehouse.exports.findings.words import MEASURES, REVISION_KINDS

LARGEST_SHOWN = 10
_RELEASES = """
    select
        release_id, title, published_on, is_named, reference_date,
        if(is_provisional, 'mid-year, provisional', 'end of the year') as nature,
        quarantined_endpoints
    from dim_release
    where is_held
    order by in_force_from desc
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
# Whether a break of reporting bears on the figure after: that of the origin, as it stood on the day
# of the release.
_LARGEST = """
    with largest as (
        select
            release_id, measure, kind, reference_year, value_before, value_after, difference,
            origin_unhcr_code, published_on,
            coalesce(origin_name, origin_unhcr_code) as place
        from mart_revisions
        where
            level = 'origin' and counting_unit = 'persons' and difference != 0
            and measure in (select unnest($measures))
        qualify row_number() over (
            partition by release_id order by abs(difference) desc, measure, place, reference_year
        ) <= $shown
    )
    select
        largest.release_id, largest.measure, largest.kind, largest.reference_year,
        largest.value_before, largest.value_after, largest.difference, largest.place,
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
        largest.reference_year
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
    ReportColumn("value_before", "Before", "count"),
    ReportColumn("value_after", "After", "count"),
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
    largest = named_rows(con.execute(_LARGEST, given | {"shown": LARGEST_SHOWN}))
    for row in [*counted, *largest]:
        row["figure"] = MEASURES[row["measure"]]
        row["what_happened"] = REVISION_KINDS.get(row["kind"], row["kind"])
    for row in largest:
        row["remarks"] = _BROKEN if row["is_broken"] else ""
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
        sections.append(
            section(
                f"release_{number}",
                f"What {name} changed",
                [f"{came} {day(release['published_on'])}. By country of origin, in persons."],
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
                        [row for row in largest if row["release_id"] == name],
                    ),
                ],
            )
        )
    return sections
