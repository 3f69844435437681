"""A dbt project of a few models, in the shape of the real one, for tests of what runs it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests import parsing
from warehouse.core import files
from warehouse.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:  # Dagster takes seconds to import; most who want the project run none of it
    import dagster as dg
    import pytest


class SmallSettings(Settings):
    """Settings whose dbt project lies beside the data folder."""

    @property
    def dbt_dir(self) -> Path:
        return self.data_dir.parent / "dbt_project"

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """Sent to another process, which then takes a project as it was parsed in another folder,
        as this one does.
        """
        super().__setstate__(state)
        parsing.holds_in_any_folder()


FILES = {
    "dbt_project/dbt_project.yml": """
name: asylum
profile: asylum
model-paths: [models]
macro-paths: [macros]
test-paths: [tests]
seed-paths: [../seeds/reference]
flags: {send_anonymous_usage_stats: false}
models:
  asylum:
    staging: {+schema: staging, +materialized: view}
    intermediate: {+schema: intermediate, +materialized: table}
    marts: {+schema: marts, +materialized: table}
seeds:
  asylum: {+schema: reference}
""",
    "dbt_project/macros/generate_schema_name.sql": """
{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name }}{% endmacro %}
""",
    "dbt_project/tests/generic/expect_unique_grain.sql": """
{% test expect_unique_grain(model, columns) %}
select {{ columns | join(', ') }} from {{ model }} group by all having count(*) > 1
{% endtest %}
""",
    "dbt_project/models/staging/sources.yml": """
sources:
  - name: raw
    schema: raw
    tables:
      - name: population
        columns:
          - name: year
            data_tests: [not_null]
      - name: snapshots
  - name: releases
    schema: releases
    tables:
      - name: snapshot_releases
""",
    "dbt_project/models/staging/stg_unhcr__population.sql": """
select _snapshot_id as snapshot_id, coo_iso as origin_iso3,
    try_cast(year as integer) as reference_year,
    try_cast(asylum_seekers as bigint) as asylum_seekers_stock
from {{ source('raw', 'population') }} where _slice = 'pairs'
""",
    "dbt_project/models/intermediate/int_snapshots_resolved.sql": """
select endpoint, snapshot_id, coalesce(release_id, 'api-' || finished_at::date) as release_id,
    source as source_kind, finished_at::timestamp as retrieved_at, row_count
from {{ source('raw', 'snapshots') }}
where endpoint <> 'inhabitants'
-- depends_on: {{ source('releases', 'snapshot_releases') }}
""",
    "dbt_project/models/marts/dim_release.sql": """
select release_id, release_id = max(release_id) over () as is_newest_held,
    date '2025-12-31' as reference_date, date '2026-06-25' as in_force_from
from {{ ref('int_snapshots_resolved') }} group by release_id
""",
    "dbt_project/models/marts/mart_origin_yearly.sql": """
select origin_iso3, 'persons' as counting_unit, reference_year, 'China' as origin_name,
    make_date(reference_year, 12, 31) as reference_date,
    sum(asylum_seekers_stock)::bigint as asylum_seekers_stock,
    null::bigint as applications_new, null::bigint as decisions_recognized,
    null::bigint as decisions_complementary, null::bigint as decisions_rejected,
    null::bigint as decisions_otherwise_closed, null::bigint as decisions_total,
    null::double as refugee_recognition_rate, null::double as total_protection_rate,
    false as is_rate_on_small_count, false as is_provisional, release_id,
    release_id as applications_release_id, release_id as decisions_release_id
from {{ ref('stg_unhcr__population') }}
join {{ ref('int_snapshots_resolved') }} using (snapshot_id)
join (select release_id, is_newest_held from {{ ref('dim_release') }}) using (release_id)
where is_newest_held group by all
""",
    "dbt_project/models/marts/models.yml": """
models:
  - name: mart_origin_yearly
    description: A row is an origin and a year.
    data_tests:
      - expect_unique_grain: {arguments: {columns: [origin_iso3, reference_year]}}
    columns:
      - name: reference_year
        description: The year.
        data_tests: [not_null]
unit_tests:
  - name: stocks_of_a_year_are_added_up
    model: mart_origin_yearly
    given:
      - input: ref('stg_unhcr__population')
        rows:
          - {snapshot_id: a, origin_iso3: CHN, reference_year: 1, asylum_seekers_stock: 1}
          - {snapshot_id: a, origin_iso3: CHN, reference_year: 1, asylum_seekers_stock: 2}
      - input: ref('int_snapshots_resolved')
        rows: [{snapshot_id: a, release_id: b}]
      - input: ref('dim_release')
        rows: [{release_id: b, is_newest_held: true}]
    expect:
      rows: [{origin_iso3: CHN, reference_year: 1, asylum_seekers_stock: 3}]
""",
    "seeds/reference/eras.csv": "leader,from_year\nA,2003\nB,2013\n",
}

REPORTED = (
    "fct_palestine_refugees_yearly",
    "coverage_in_force",
    "dim_country",
    "dim_era",
    "dim_release",
    "fct_inhabitants_yearly",
    "mart_asylum_yearly",
    "mart_asylum_yearly_history",
    "mart_carried_forward",
    "mart_carried_forward_by_asylum",
    "mart_claim_audit",
    "mart_claim_inputs",
    "mart_claim_summary",
    "mart_destination_concentration",
    "mart_destination_yearly",
    "mart_destination_yearly_history",
    "mart_era_comparison",
    "mart_footnotes",
    "mart_origin_records",
    "mart_origin_records_history",
    "mart_origin_yearly",
    "mart_origin_yearly_history",
    "mart_reporting_break_origins",
    "mart_reporting_breaks",
    "mart_revision_summary",
    "mart_revisions",
    "mart_world_yearly_history",
)

WARNING_TEST = """
{{ config(severity='warn') }}
select * from {{ ref('mart_origin_yearly') }}
"""
FAILING_TEST = """
{{ config(meta={'dagster': {'ref': {'name': 'mart_origin_yearly'}}}) }}
select * from {{ ref('mart_origin_yearly') }} cross join {{ ref('dim_release') }}
"""


def write(settings: Settings, name: str, text: str) -> Path:
    """Write a file of the project; `name` is relative to the folder that holds dbt_project."""
    path = settings.dbt_dir.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip(), encoding="utf-8")
    return path


def small_project(folder: Path, **settings: Any) -> SmallSettings:
    """The project in `folder`, its settings, and nothing landed yet."""
    parsing.holds_in_any_folder()
    made = SmallSettings(data_dir=folder / "data", threads=2, **settings)
    for name, text in FILES.items():
        write(made, name, text)
    for name in ("profiles.yml", "macros/table.sql", "macros/load_csv_rows.sql"):
        text = (PROJECT_ROOT / "dbt_project" / name).read_text("utf-8")
        write(made, f"dbt_project/{name}", text)
    return made


def run_job(
    settings: Settings, name: str, partition: str | None = None
) -> dg.ExecuteInProcessResult:
    """A job as the UI runs it, in this process, whole or for one partition."""
    from orchestration.definitions import definitions
    from orchestration.instance import open_instance
    from orchestration.resources import exclusive

    known = definitions(settings, landing_retries=None)
    with exclusive(settings, patience=0), open_instance(settings) as instance:
        return known.resolve_job_def(name).execute_in_process(
            instance=instance, partition_key=partition, raise_on_error=False
        )


@functools.cache
def described_models() -> dict[str, dict[str, Any]]:
    """The published models of the real project by name, as its YAML describes them."""
    models = PROJECT_ROOT / "dbt_project" / "models"
    return {
        model["name"].removeprefix("int_"): model
        for path in [
            models / "intermediate" / "_intermediate__models.yml",
            *sorted((models / "marts").rglob("_*__models.yml")),
        ]
        for model in yaml.safe_load(path.read_text("utf-8"))["models"]
    }


def export_what_there_is(patch: pytest.MonkeyPatch) -> None:
    """Charts, report and site of a project without the tables that they read are empty files:
    these tables take half of the time of a run.
    """
    from warehouse.exports import beside, charts, report, site
    from warehouse.exports.origins import Origin

    make = beside._make
    places = {beside.SITE: "site/index.html", beside.CHARTS: "charts/chn_yearly.png"}

    def make_or_touch(settings: Settings, name: str) -> Any:
        if (settings.dbt_dir / "models" / "marts" / f"{REPORTED[0]}.sql").exists():
            return make(settings, name)
        path = settings.exports_dir / places.get(name, name)
        files.write_text(path, "")
        if name == beside.CHARTS:
            return charts.ChartsWritten((path,), {})
        if name == beside.SITE:
            return site.Site(path.parent, file_count=1, bytes=0, page_count=1, release="")
        return report.Written(path, Origin("CHN", "CHI", "China", "China"), summary="", preview="")

    patch.setattr(beside, "_make", make_or_touch)


def add_reported(made: SmallSettings) -> None:
    """What report, charts and site read: tables with the columns of the real project, and the rows
    that the small project has of them, if any.
    """
    described = described_models()

    def types(name: str) -> dict[str, str]:
        model = described[name]
        like = model.get("config", {}).get("meta", {}).get("described_like")
        found = types(like) if like else {}
        own = {one["name"]: one.get("data_type") for one in model["columns"]}
        known = dict.fromkeys(("valid_from", "valid_to"), "date") | dict.fromkeys(
            ("from_year", "to_year"), "integer"
        )
        known |= dict.fromkeys(("covers_all_origins", "covers_all_asylums"), "boolean")
        return found | {n: kind or (found | known).get(n, "varchar") for n, kind in own.items()}

    for name in REPORTED:
        columns = ", ".join(f"null::{kind} as {column}" for column, kind in types(name).items())
        path = made.dbt_dir / "models" / "marts" / f"{name}.sql"
        rows = f"{path.read_text('utf-8')}\nunion all by name\n" if path.exists() else ""
        path.write_text(f"{rows}select {columns} where false\n", encoding="utf-8")
    for name in ("special_origins", "break_kinds", "measures", "population_types"):
        seed = Path(f"seeds/reference/{name}.csv")
        write(made, str(seed), (PROJECT_ROOT / seed).read_text("utf-8"))
