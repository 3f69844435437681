"""The site's page of releases, from tables of a few rows."""

from __future__ import annotations

from datetime import date

import duckdb

from warehouse.core.wording import day
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
                1 as value_before, 2 as value_after, 1 as difference, 'correction' as kind
            from (
                values
                    ('2025-12.1', date '2026-06-25'), ('api-2026-11-28', date '2026-11-28')
            ) as releases (release_id, published_on)
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
