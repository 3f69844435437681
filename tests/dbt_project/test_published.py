"""The published starter extract, asked as of a day by everyone who may ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from warehouse.build import dbt
from warehouse.serve.query import Session, open_session
from warehouse.settings import Settings

# Name of the function, and the table with the newest rows; the history is beside it.
AS_OF = {
    "inhabitants_as_of": "fct_inhabitants_yearly",
    "country_group_yearly_as_of": "mart_country_group_yearly",
    "footnotes_as_of": "mart_footnotes",
    "nowcasts_as_of": "mart_nowcasts",
    "population_as_of": "fct_population_yearly",
    "population_totals_as_of": "fct_population_totals_yearly",
    "asylum_applications_as_of": "fct_asylum_applications_yearly",
    "asylum_applications_totals_as_of": "fct_asylum_applications_totals_yearly",
    "asylum_decisions_as_of": "fct_asylum_decisions_yearly",
    "asylum_decisions_totals_as_of": "fct_asylum_decisions_totals_yearly",
    "displacement_flows_as_of": "fct_displacement_flows_yearly",
    "displacement_flows_totals_as_of": "fct_displacement_flows_totals_yearly",
    "solutions_as_of": "fct_solutions_yearly",
    "solutions_totals_as_of": "fct_solutions_totals_yearly",
    "demographics_as_of": "fct_demographics_yearly",
    "internal_displacement_as_of": "fct_internal_displacement_yearly",
    "internal_displacement_totals_as_of": "fct_internal_displacement_totals_yearly",
    "palestine_refugees_as_of": "fct_palestine_refugees_yearly",
    "palestine_refugees_totals_as_of": "fct_palestine_refugees_totals_yearly",
    "origin_yearly_as_of": "mart_origin_yearly",
    "asylum_yearly_as_of": "mart_asylum_yearly",
    "world_yearly_as_of": "mart_world_yearly",
    "destination_yearly_as_of": "mart_destination_yearly",
    "destination_decisions_as_of": "mart_destination_decisions",
    "region_yearly_as_of": "mart_region_yearly",
    "origin_records_as_of": "mart_origin_records",
    "reporting_breaks_as_of": "mart_reporting_breaks",
    "reporting_break_origins_as_of": "mart_reporting_break_origins",
    "claim_audit_as_of": "mart_claim_audit",
    "claim_inputs_as_of": "mart_claim_inputs",
}


@pytest.fixture(scope="module")
def session(published_starter: Settings) -> Iterator[Session]:
    with open_session(published_starter) as session:
        yield session


def rows(session: Session, query: str) -> list[Any]:
    [result] = session.run(query)
    return result.fetchall()


def test_every_function_of_the_project_is_there_and_described(
    session: Session, manifest: dict[str, Any]
) -> None:
    of_claims = {f"claim_{what}_of": f"mart_claim_{what}" for what in ("audit", "inputs")}
    histories = {name: f"{table}_history" for name, table in AS_OF.items()}
    assert dbt.published_functions(manifest) == sorted(of_claims)
    assert dbt.as_of_functions(manifest) == histories
    listed = session.functions()
    assert [call for call, _ in listed] == sorted(
        [f"{name}(as_of_day)" for name in AS_OF]
        + [f"{name}(published_documents, published_claims, as_of_day)" for name in of_claims]
    )
    for call, description in listed:
        assert (AS_OF | of_claims)[call.partition("(")[0]] in description
    assert rows(session, "select function_name, description from about_functions") == [
        (call.partition("(")[0], description) for call, description in listed
    ]
    assert (
        dict(
            rows(
                session,
                "select function_name, history_table from about_functions "
                "where history_table is not null",
            )
        )
        == histories
    )


@pytest.mark.parametrize(
    ("day", "year", "stock"),
    [
        ("2025-02-01", 2024, 176_239),
        ("2025-07-01", 2024, 180_960),
        ("2026-02-01", 2024, 180_960),
        ("2026-02-01", 2025, 178_725),
        ("2026-07-01", 2025, 99_716),
    ],
)
def test_asylum_seekers_from_china_were_what_was_said_on_the_day(
    session: Session, day: str, year: int, stock: int
) -> None:
    of_china = f"where origin_iso3 = 'CHN' and reference_year = {year}"
    found = rows(
        session,
        f"select asylum_seekers_stock from origin_yearly_as_of('{day}') {of_china} "
        f"and counting_unit = 'persons'",
    )
    assert found == [(stock,)]
    total = (
        f"select asylum_seekers_stock from population_totals_as_of('{day}') "
        f"where country_iso3 = 'CHN' and total_by = 'origin' and reference_year = {year}"
    )
    assert rows(session, total) == [(stock,)]
    summed = f"select sum(asylum_seekers_stock)::bigint from destination_yearly_as_of('{day}')"
    assert rows(session, f"{summed} {of_china} and counting_unit = 'persons'") == [(stock,)]


def test_the_united_states_had_carried_their_figure_forward(session: Session) -> None:
    query = (
        "select asylum_seekers_stock, is_provisional, reference_date::varchar, release_id "
        "from population_as_of('{}') where origin_iso3 = 'CHN' and asylum_iso3 = 'USA' "
        "and reference_year = 2025"
    )
    assert rows(session, query.format("2026-02-01")) == [(147_909, True, "2025-06-30", "2025-06")]
    assert rows(session, query.format("2026-07-01")) == [(68_691, False, "2025-12-31", "2025-12.1")]


@pytest.mark.parametrize(
    ("day", "persons", "cases"), [("2026-02-01", 10_713, 1_102), ("2026-07-01", 27_750, 3_108)]
)
def test_applications_from_china_were_what_was_said_on_the_day(
    session: Session, day: str, persons: int, cases: int
) -> None:
    # All types: 11,815 then and 30,858 now, if persons and cases could be added.
    for named in (
        "applications_total from asylum_applications_totals_as_of('{}') where country_iso3",
        "applications_total from origin_yearly_as_of('{}') where origin_iso3",
    ):
        found = rows(
            session,
            f"select counting_unit, {named.format(day)} = 'CHN' and reference_year = 2025",
        )
        assert dict(found) == {"persons": persons, "cases": cases}


@pytest.mark.parametrize("function", sorted(AS_OF))
def test_before_the_first_release_nothing_was_known(session: Session, function: str) -> None:
    assert rows(session, f"select count(*) from {function}('2020-01-01')") == [(0,)]


@pytest.mark.parametrize("function", sorted(AS_OF))
def test_a_function_has_the_columns_of_its_history_and_today_the_rows_of_its_table(
    session: Session, function: str
) -> None:
    table = AS_OF[function]
    history = f"{table}_history"
    assert rows(session, f"describe from {function}(current_date)") == rows(
        session, f"describe from {history}"
    )
    dated = [name for name, *_ in rows(session, f"describe from {history}")]
    shared = [name for name, *_ in rows(session, f"describe from {table}")]
    # The newest rows name the newest release that has them.
    shown = ", ".join(
        f"last_{name} as {name}" if f"last_{name}" in dated else name for name in shared
    )
    newest = f"select {shown} from {function}('9999-12-31')"
    assert rows(session, f"{newest} except all from {table}") == []
    assert rows(session, f"from {table} except all {newest}") == []


@pytest.mark.parametrize("function", sorted(AS_OF))
@pytest.mark.parametrize("day", ["2025-01-01", "2026-02-01", "2026-06-25"])
def test_a_filter_on_the_history_answers_as_the_function_does(
    session: Session, function: str, day: str
) -> None:
    history = f"{AS_OF[function]}_history"
    stood = (
        f"from {history} where valid_from <= '{day}' and (valid_to > '{day}' or valid_to is null)"
    )
    dated = f"from {function}('{day}')"
    columns = [name for name, *_ in rows(session, f"describe from {history}")]
    # The functions alone know when what was turned from NULL to zero in all rows was NULL.
    shown = ", ".join(name for name in columns if f"{name}_known_from" not in columns)
    for one, other in ((stood, dated), (dated, stood)):
        query = f"select {shown} {one} except all select {shown} {other}"
        assert rows(session, query) == []
