"""The site's page of releases, from tables of a few rows."""

from __future__ import annotations

from datetime import date

import duckdb

from warehouse.core.wording import day
from warehouse.exports.findings.parts import MID_YEAR_NOTE
from warehouse.exports.site.changes import release_sections


def test_a_release_of_no_list_was_first_fetched_on_a_day_and_a_break_is_remarked() -> None:
    with duckdb.connect() as con:
        con.execute(
            """
            create table dim_release as
            select
                *, published_on as in_force_from, true as is_held, false as is_provisional,
                null::varchar as quarantined_endpoints, date '2025-12-31' as reference_date
            from (
                values
                    ('2025-12.1', 'Global Trends 2025', date '2026-06-25', true),
                    ('api-2026-11-28', 'Fetched', date '2026-11-28', false)
            ) as releases (release_id, title, published_on, is_named)
            """
        )
        con.execute(
            """
            create table mart_revisions as
            select
                *, 'origin' as level, 'persons' as counting_unit, 'CHI' as origin_unhcr_code,
                'China' as origin_name, 'asylum_seekers_stock' as measure, 2024 as reference_year,
                1 as value_before, 2 as value_after, 1 as difference, 'correction' as kind,
                'population' as dataset, false as is_provisional_before, false as is_provisional
            from (
                values
                    ('2025-12.1', date '2026-06-25', null),
                    ('api-2026-11-28', date '2026-11-28', '2025-12.1')
            ) as releases (release_id, published_on, release_id_before)
            """
        )
        con.execute(
            """
            create table mart_origin_yearly_history as
            select
                'CHI' as origin_unhcr_code, 'persons' as counting_unit, 2024 as reference_year,
                is_comparable as is_asylum_seekers_stock_change_comparable,
                true as is_refugees_stock_change_comparable,
                true as is_new_asylum_claims_change_comparable,
                true as is_applications_new_change_comparable, valid_from, valid_to
            from (
                values
                    (true, date '2026-06-25', date '2026-11-28'),
                    (false, date '2026-11-28', null)
            ) as years (is_comparable, valid_from, valid_to)
            """
        )
        [_, newest, older] = release_sections(con)
    assert newest.sentences[0].startswith(f"First fetched on {day(date(2026, 11, 28))}.")
    assert older.sentences[0].startswith(f"Published on {day(date(2026, 6, 25))}.")
    remarks = [one.tables[-1].rows[0]["remarks"] for one in (newest, older)]
    assert remarks == ["a country of asylum reported otherwise than the year before", ""]


def test_a_release_says_what_it_is_compared_with_and_what_was_of_half_a_year() -> None:
    with duckdb.connect() as con:
        con.execute(
            """
            create table dim_release as
            select
                *, in_force_from as published_on, true as is_held, false as is_provisional,
                release_id as title, true as is_named, in_force_from as reference_date
            from (
                values
                    ('2025-06.1', date '2026-03-30', null),
                    ('2025-12.0', date '2026-06-11', 'demographics, displacement-flows'),
                    ('2025-12.1', date '2026-06-25', null)
            ) as releases (release_id, in_force_from, quarantined_endpoints)
            """
        )
        con.execute(
            """
            create table mart_revisions as
            select
                *, 'origin' as level, 'persons' as counting_unit, 'MEX' as origin_unhcr_code,
                'Mexico' as origin_name, 2025 as reference_year, 'provisional_to_final' as kind,
                value_after - value_before as difference, false as is_provisional
            from (
                values
                    ('2025-12.0', date '2026-06-11', 'population', 'asylum_seekers_stock',
                    '2025-06.1', 70000, 76000, true),
                    ('2025-12.1', date '2026-06-25', 'displacement-flows', 'new_asylum_claims',
                    '2025-06.1', 2853, 91696, true),
                    ('2025-12.1', date '2026-06-25', 'population', 'asylum_seekers_stock',
                    '2025-12.0', 76000, 76010, false)
            ) as revisions (
                release_id, published_on, dataset, measure, release_id_before, value_before,
                value_after, is_provisional_before
            )
            """
        )
        con.execute(
            """
            create table mart_origin_yearly_history as
            select
                'MEX' as origin_unhcr_code, 'persons' as counting_unit, 2025 as reference_year,
                true as is_asylum_seekers_stock_change_comparable,
                true as is_refugees_stock_change_comparable,
                true as is_new_asylum_claims_change_comparable,
                true as is_applications_new_change_comparable, date '2026-03-30' as valid_from,
                null::date as valid_to
            """
        )
        [_, newest, held_back, _] = release_sections(con)
        con.execute("update dim_release set quarantined_endpoints = null")
        [_, missing, *_] = release_sections(con)
    told = (
        "Of 2025-12.0 the figures on people who claimed asylum are {}: they are compared with "
        "release 2025-06.1, and 2025-12.0 may have had these changes already."
    )
    assert told.format("held back") in newest.sentences
    assert told.format("missing") in missing.sentences
    assert not any("compared with" in sentence for sentence in held_back.sentences)
    rows = [(row["before"], row["after"]) for row in newest.tables[-1].rows]
    assert rows == [("2,853 (first half-year)", "91,696"), ("76,000", "76,010")]
    assert any("January to June" in sentence for sentence in newest.sentences)
    [row] = held_back.tables[-1].rows
    assert (row["before"], row["after"]) == ("70,000 (30\u00a0June)", "76,000")
    assert not any("January to June" in sentence for sentence in held_back.sentences)
    is_told = [MID_YEAR_NOTE in release.sentences for release in (newest, held_back)]
    assert is_told == [False, True]
