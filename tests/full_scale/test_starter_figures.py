"""The starter extract and the reference lists, held against the releases they were taken from."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

import duckdb
import pytest

from tests.full_scale.conftest import released
from warehouse.core.manifest import read_manifest
from warehouse.reference.flow_codes import codes_by_measure, measure_of
from warehouse.settings import PROJECT_ROOT
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

STARTER = PROJECT_ROOT / "seeds" / "starter"
REFERENCE = PROJECT_ROOT / "seeds" / "reference"
SHARED = PROJECT_ROOT.parent / "shared"
ARCHIVE = SHARED / "unhcr" / "releases"
pytestmark = [
    pytest.mark.full_scale,
    pytest.mark.skipif(not ARCHIVE.is_dir(), reason="the releases in ../shared/unhcr are absent"),
]

SNAPSHOTS = sorted(
    (path.parent.parent.name, path.parent.name)
    for path in STARTER.glob("*/*/manifest.json")
    if ENDPOINTS[path.parent.name].is_dataset
)
each_snapshot = pytest.mark.parametrize(("release", "endpoint"), SNAPSHOTS)

Row = dict[str, Any]


def slices(release: str, endpoint: str) -> dict[str, list[Row]]:
    folder = STARTER / release / endpoint
    return {
        part.slice: [
            row
            for page in part.pages
            for row in json.loads((folder / page.file).read_bytes())["items"]
        ]
        for part in read_manifest(folder).slices
    }


def as_written(value: int | None) -> int | str:
    return "-" if value is None else value or "0"


def query(sql: str) -> list[Row]:
    with duckdb.connect() as con:
        result = con.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def archived(release: str, endpoint: str, slice_name: str, years: tuple[int, int]) -> list[Row]:
    """What the release holds for China and for people without an origin, or for all origins: one
    row a key, counts summed over what the key leaves.
    """
    keys = identity_of(endpoint, slice_name)
    sums = ", ".join(f"sum({c})::bigint as {c}" for c in ENDPOINTS[endpoint].counts)
    origins = "true" if slice_name == "by_asylum" else "coo in ('CHI', 'UKN')"
    return query(
        f"select {', '.join(keys)}, {sums} from ({released(release, ENDPOINTS[endpoint])}) "
        f"where {origins} "
        f"and year between {years[0]} and {years[1]} group by all"
    )


def identity_of(endpoint: str, slice_name: str) -> list[str]:
    """The columns that say what a row of a slice is about. The name of unknown origin changed."""
    identity = ["year", *ENDPOINTS[endpoint].codes]
    if slice_name != "by_asylum":
        identity += ["coo"]
    if slice_name != "by_origin":
        identity += ["coa_name", "coa", "coa_iso"]
    return identity


@each_snapshot
def test_every_figure_is_that_of_the_release(release: str, endpoint: str) -> None:
    shape = ENDPOINTS[endpoint]
    for part in read_manifest(STARTER / release / endpoint).slices:
        rows = slices(release, endpoint)[part.slice]
        assert rows
        years = (part.coverage.year_from or 0, part.coverage.year_to or 0)
        identity = identity_of(endpoint, part.slice)
        origins = {row["coo"] for row in rows}
        known = {
            tuple(row[column] for column in identity): row
            for row in archived(release, endpoint, part.slice, years)
            if ("coo" not in row or row["coo"] in origins)
            and (
                part.coverage.asylums in ("all", "summed")
                or row["coa_iso"] in part.coverage.asylums
            )
            and any(row[column] is not None for column in shape.counts[:2])
            and (part.slice != "by_asylum" or row.get("pt", "ASY") == "ASY")
        }
        assert {tuple(row[column] for column in identity) for row in rows} == known.keys()
        for row in rows:
            truth = known[tuple(row[column] for column in identity)]
            for column in shape.counts:
                if endpoint == "population" and row[column] == "-":
                    continue  # not collected in the extract
                assert row[column] == as_written(truth[column]), (column, row, truth)


def test_countries_are_described_as_unhcr_describes_them() -> None:
    described = {
        row["unhcr_code"]: row
        for row in query(f"select * from '{SHARED / 'unhcr' / 'countries.parquet'}'")
    }
    found = slices("2025-12.1", "countries")
    regions = {row["id"]: row["name"] for row in slices("2025-12.1", "regions")["all"]}
    for name, rows in found.items():
        for row in rows:
            truth = described[row["code"]]
            assert row["iso"] == truth["iso_code"]
            assert row["name"] == truth["name"]
            assert row["majorArea"] == truth["unsd_region"]
            assert row["region"] == truth["unsd_subregion"]
            if name != "all":
                assert regions[int(name.split("=")[1])] == truth["unhcr_region"]
    assert set(regions.values()) == {row["unhcr_region"] for row in described.values()} - {None}


def reference(seed: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_members_of_country_groups_and_special_origins_are_in_unhcrs_list() -> None:
    described = query(f"select * from '{SHARED / 'unhcr' / 'countries.parquet'}'")
    iso3 = {row["iso_code"] for row in described}
    assert {row["member_iso3"] for row in reference("country_groups")} <= iso3
    codes = {row["unhcr_code"] for row in described}
    assert {row["unhcr_code"] for row in reference("special_origins")} <= codes


def test_releases_and_their_files_are_those_on_record() -> None:
    text = (SHARED / "unhcr" / "releases.md").read_text(encoding="utf-8")
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in text.splitlines()
        if re.match(r"\| \d{4}-\d{2}", line)
    ]
    columns = (
        *("release_id", "title", "published_on", "reference_date"),
        *("package_version", "package_commit"),
    )
    releases = [tuple(row[column] for column in columns) for row in reference("releases")]
    assert releases == [row for row in rows if len(row) == len(columns)]
    files = [tuple(row.values()) for row in reference("release_files")]
    assert sorted(files) == sorted(row for row in rows if len(row) == 4)


MEASURE_FILTERS = {
    "applications_new": "app_type = 'N'",
    "applications_repeat": "app_type = 'R'",
    "applications_appeal": "app_type = 'A'",
    "applications_new_and_appeal": "app_type = 'NA'",
    "applications_new_and_repeat": "app_type = 'NR'",
    "applications_first_and_appeal": "app_type = 'FA'",
    "applications_judiciary": "app_type = 'J'",
    "applications_backlog": "app_type = 'BL'",
    "applications_subsidiary_protection": "app_type = 'SP'",
    "applications_type_v": "app_type = 'V'",
    "applications_type_ra": "app_type = 'RA'",
    "applications_other_type": (
        "app_type not in ('N', 'R', 'A', 'NA', 'NR', 'FA', 'J', 'BL', 'SP', 'V', 'RA')"
    ),
}


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in reference("measures")
        # The release holds demographics of one year alone, and no nowcasting.
        if row["endpoint"] not in ("demographics", "nowcasting")
    ],
    ids=lambda row: f"{row['endpoint']}-{row['measure']}",
)
def test_the_first_year_of_a_measure_is_the_first_with_a_figure(row: dict[str, str]) -> None:
    endpoint = ENDPOINTS[row["endpoint"]]
    where = MEASURE_FILTERS.get(row["measure"], "true")
    if endpoint.code_of_measure:
        codes = "', '".join(codes_by_measure()[row["measure"]])
        where = f"pt in ('{codes}')"
    [found] = query(
        "select min(year) as first_year, min(year) filter (coo <> 'UKN') as first_origin_year, "
        "min(year) filter (coa <> 'UKN') as first_asylum_year "
        f"from ({released('2025-12.1', endpoint)}) where {row['source_column']} > 0 and {where}"
    )
    assert found == {name: int(row[name]) if row[name] else None for name in found}


def test_years_of_application_types_are_those_with_a_figure() -> None:
    file = ARCHIVE / "2025-12.1" / "asylum_applications.parquet"
    found = {
        row["app_type"]: row
        for row in query(
            "select app_type, min(year) as first, nullif(max(year), 2025) as last "
            f"from '{file}' where applied > 0 group by app_type"
        )
    }
    for row in reference("application_types"):
        truth = found.pop(row["app_type"], {"first": None, "last": None})
        assert row["first_year"] == str(truth["first"] or "")
        assert row["last_year"] == str(truth["last"] or "")
    assert not found


# One row, of one release: no code that UNHCR defines.
ODD = {("2023-06", "asylum-applications", "dec_level"): {"0"}}


@pytest.mark.parametrize("release", sorted(path.name for path in ARCHIVE.glob("*")))
def test_no_release_holds_a_code_that_the_lists_lack(release: str) -> None:
    lists = {
        column: {row[column] for row in reference(seed)}
        for seed, column in (
            ("application_types", "app_type"),
            ("decision_levels", "dec_level"),
            ("procedure_types", "procedure_type"),
            ("population_types", "pop_type"),
        )
    }
    units = {row["unit_code"] for row in reference("counting_units")}
    lists |= {"app_pc": units, "dec_pc": units, "pt": set(measure_of())}
    for endpoint in ENDPOINTS.values():
        if not (ARCHIVE / release / f"{endpoint.archived}.parquet").exists():
            continue
        rows = released(release, endpoint)
        for column in endpoint.codes:
            met = {row["code"] for row in query(f"select distinct {column} as code from ({rows})")}
            odd = ODD.get((release, endpoint.name, column), set())
            assert met - odd <= lists[column], (release, endpoint.name, column)
