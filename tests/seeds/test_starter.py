"""The starter extract is whole, agrees with itself, and says nothing that its source does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from warehouse.core.manifest import Manifest, read_manifest
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS, INHABITANTS
from warehouse.sources.world_bank.population import envelope as world_bank_envelope

STARTER = PROJECT_ROOT / "seeds" / "starter"
RELEASES = {"2024-06": 2024, "2024-12": 2024, "2025-06": 2025, "2025-12.1": 2025}
# Countries of asylum which gave no origin of somebody in 2025 and had people of China in 2024.
WITHHOLDING = [
    *("AUT", "BEL", "CZE", "FIN", "IRL", "ISR", "LUX", "NLD"),
    *("PER", "PHL", "POL", "PRT", "RUS", "SWE"),
]
ORIGINS = [("CHN", "CHI"), ("UNK", "UKN")]
DESTINATIONS = ["USA", "AUS", "CAN", "BRA", "GBR", "KOR", "DEU", "ITA", "FRA", "ESP", "CHE", "NZL"]
FOLDERS = {
    "2024-06": {"population", FLOWS},
    "2024-12": {"population", FLOWS},
    "2025-06": {"population", FLOWS, "asylum-applications"},
    "2025-12.1": {
        "population",
        FLOWS,
        "asylum-applications",
        "asylum-decisions",
        "countries",
        "regions",
    },
}
SNAPSHOTS = [
    (release, endpoint) for release, found in FOLDERS.items() for endpoint in sorted(found)
]
KNOWN_MEASURES = {
    ("population", "by_origin"): {"refugees", "asylum_seekers", "ooc"},
    ("population", "pairs"): {"refugees", "asylum_seekers"},
    ("population", "by_asylum"): {"refugees", "asylum_seekers"},
}

each_snapshot = pytest.mark.parametrize(("release", "endpoint"), SNAPSHOTS)
each_dataset = pytest.mark.parametrize(
    ("release", "endpoint"),
    [(release, endpoint) for release, endpoint in SNAPSHOTS if ENDPOINTS[endpoint].is_dataset],
)

Row = dict[str, Any]


def manifest_of(release: str, endpoint: str) -> Manifest:
    return read_manifest(STARTER / release / endpoint)


def envelope(release: str, endpoint: str, file: str) -> dict[str, Any]:
    return json.loads((STARTER / release / endpoint / file).read_bytes())


def rows_by_slice(release: str, endpoint: str) -> dict[str, list[Row]]:
    return {
        part.slice: [
            row for page in part.pages for row in envelope(release, endpoint, page.file)["items"]
        ]
        for part in manifest_of(release, endpoint).slices
    }


def hosts_of(release: str) -> list[str]:
    """The countries of asylum of which the release has stocks."""
    return DESTINATIONS + (WITHHOLDING if release == "2025-12.1" else [])


def test_the_releases_and_endpoints_are_those_the_readme_lists() -> None:
    found = {
        release.name: {folder.name for folder in release.iterdir()}
        for release in STARTER.iterdir()
        if release.is_dir()
    }
    assert found == FOLDERS | {"world-bank": {INHABITANTS}}


def test_it_stays_small_enough_to_read() -> None:
    files = [path for path in STARTER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 2_000_000
    for path in files:
        # All countries of asylum since 2000, a row each: the flows have no totals by origin.
        large = {FLOWS: 400_000, INHABITANTS: 80_000}
        assert path.stat().st_size < large.get(path.parent.name, 220_000), path


@each_snapshot
def test_a_manifest_says_where_it_comes_from(release: str, endpoint: str) -> None:
    manifest = manifest_of(release, endpoint)
    assert manifest.source == "starter"
    assert manifest.release_id == release
    assert manifest.endpoint == endpoint
    assert manifest.snapshot_id == f"starter-{release}-{manifest.content_sha256[:8]}"
    of_api = f"https://api.unhcr.org/population/v1/{endpoint}/"
    assert manifest.source_url == (Settings().flows_url if endpoint == FLOWS else of_api)
    compiled = datetime(2026, 11, 26 if endpoint == FLOWS else 22, tzinfo=UTC)
    assert (manifest.started_at, manifest.finished_at) == (compiled, compiled)
    assert not manifest.seen_again_at
    assert not manifest.restarts


@each_snapshot
def test_a_page_is_an_envelope_of_the_api_with_a_row_a_line(release: str, endpoint: str) -> None:
    for part in manifest_of(release, endpoint).slices:
        for page in part.pages:
            answer = envelope(release, endpoint, page.file)
            assert list(answer) == ["page", "short-url", "maxPages", "total", "items"]
            assert answer["page"] == page.page
            assert answer["maxPages"] == (len(part.pages) if part.rows else 0)
            lines = (STARTER / release / endpoint / page.file).read_bytes().decode().splitlines()
            whole_rows = [line.rstrip(",") for line in lines[1:-1]]
            assert [json.loads(line) for line in whole_rows] == answer["items"]


@each_snapshot
def test_counts_are_written_as_the_api_writes_them_and_never_1_to_4(
    release: str, endpoint: str
) -> None:
    for rows in rows_by_slice(release, endpoint).values():
        for row in rows:
            for column in ENDPOINTS[endpoint].counts:
                value = row[column]
                assert value in ("0", "-") or (type(value) is int and value >= 5), row
                if endpoint == "asylum-decisions" and column != "dec_total":
                    assert value in ("0", "-") or value == 5 or value >= 10, row


@each_snapshot
def test_what_was_not_collected_is_a_dash_and_what_was_is_not(release: str, endpoint: str) -> None:
    counts = set(ENDPOINTS[endpoint].counts)
    for name, rows in rows_by_slice(release, endpoint).items():
        known = KNOWN_MEASURES.get((endpoint, name), counts)
        for row in rows:
            assert {column for column in counts if row[column] != "-"} == known


@each_snapshot
def test_rows_have_unique_keys_within_a_slice(release: str, endpoint: str) -> None:
    key = {"countries": ("code",), "regions": ("id",)}.get(endpoint, ENDPOINTS[endpoint].key)
    for rows in rows_by_slice(release, endpoint).values():
        keys = [tuple(row[column] for column in key) for row in rows]
        assert len(keys) == len(set(keys))
        assert None not in {value for parts in keys for value in parts}


@each_snapshot
def test_no_numeric_id_of_a_country_was_made_up(release: str, endpoint: str) -> None:
    for rows in rows_by_slice(release, endpoint).values():
        for row in rows:
            if endpoint == "regions":
                assert row["id"] in {1, 2, 3, 5, 6, 7}
            elif endpoint == "countries":
                assert row["id"] is None
            else:
                for side in ("coo", "coa"):
                    summed = row[side] == "-"
                    assert row[f"{side}_id"] == ("-" if summed else None)


@each_dataset
def test_rows_speak_of_china_and_of_people_without_an_origin_within_their_coverage(
    release: str, endpoint: str
) -> None:
    found = rows_by_slice(release, endpoint)
    for part in manifest_of(release, endpoint).slices:
        coverage, rows = part.coverage, found[part.slice]
        origins = {(row["coo_iso"], row["coo"]) for row in rows}
        hosts = {row["coa_iso"] for row in rows}
        if part.slice == "by_origin":
            assert (coverage.origins, coverage.asylums) == (["CHN"], "summed")
            assert origins == {("CHN", "CHI")}
            identity = {(row["coa_name"], row["coa"], row["coa_iso"]) for row in rows}
            assert identity == {("-", "-", "-")}
        elif part.slice == "by_asylum":
            assert coverage.origins == "summed"
            assert origins == {("-", "-")}
            assert hosts == set(coverage.asylums)
            assert hosts >= set(DESTINATIONS)
        elif endpoint == FLOWS:
            assert coverage.asylums == "all"
            assert {code for _, code in origins} == (
                {"CHI", "UKN"} if release == "2025-12.1" else {"CHI"}
            )
            assert hosts > set(DESTINATIONS)
        else:
            assert coverage.asylums == hosts_of(release)
            assert origins == set(ORIGINS)
            assert hosts == set(hosts_of(release))
        assert coverage.year_from is not None
        assert coverage.year_to == RELEASES[release]
        years = [row["year"] for row in rows]
        assert years == sorted(years)
        assert set(years) == set(range(coverage.year_from, coverage.year_to + 1))


@each_snapshot
def test_the_query_asks_for_what_the_coverage_says(release: str, endpoint: str) -> None:
    for part in manifest_of(release, endpoint).slices:
        params, coverage = part.params, part.coverage
        if ENDPOINTS[endpoint].published_in == "api" and ENDPOINTS[endpoint].is_dataset:
            expected = {
                "cf_type": "ISO",
                "yearFrom": str(coverage.year_from),
                "yearTo": str(coverage.year_to),
            }
            if part.slice != "by_asylum":
                expected["coo"] = ",".join(coverage.origins)
            if part.slice != "by_origin":
                expected["coa"] = ",".join(hosts_of(release))
            assert params == expected
        elif part.slice.startswith("unhcr_region="):
            assert params == dict([part.slice.split("=")])
        else:
            assert params == {}


def test_every_country_of_the_figures_is_described_and_in_one_region() -> None:
    slices = rows_by_slice("2025-12.1", "countries")
    everywhere = {row["code"]: row for row in slices.pop("all")}
    region_ids = {row["id"] for row in rows_by_slice("2025-12.1", "regions")["all"]}
    assert set(slices) == {f"unhcr_region={number}" for number in region_ids}
    in_regions = [row for rows in slices.values() for row in rows]
    assert len(in_regions) == len(everywhere)
    assert {row["code"]: row for row in in_regions} == everywhere
    named = {
        (row[side], row[f"{side}_iso"], row[f"{side}_name"])
        for release in RELEASES
        for rows in rows_by_slice(release, "population").values()
        for row in rows
        for side in ("coo", "coa")
        if row[side] not in ("-", "UKN")
    }
    assert named == {(row["code"], row["iso"], row["name"]) for row in everywhere.values()}
    for row in everywhere.values():
        assert row["iso2"]
        assert row["majorArea"]
        assert row["region"]


def test_inhabitants_are_those_of_each_country_and_of_the_world_in_the_shape_of_their_source() -> (
    None
):
    manifest = manifest_of("world-bank", INHABITANTS)
    assert (manifest.source, manifest.release_id) == ("starter", None)
    assert manifest.snapshot_id == f"starter-world-bank-{manifest.content_sha256[:8]}"
    [part] = manifest.slices
    [page] = part.pages
    body = (STARTER / "world-bank" / INHABITANTS / page.file).read_bytes()
    rows = world_bank_envelope(json.loads(body))["items"]
    assert [json.loads(line.rstrip(",")) for line in body.decode().splitlines()[1:-1]] == rows
    found = {(row["countryiso3code"], int(row["date"])): row["value"] for row in rows}
    codes = [*DESTINATIONS, "CHN", "WLD"]
    assert found.keys() == {(code, year) for code in codes for year in range(2000, 2025)}
    assert found["AUS", 2022] == 26_018_721
    assert manifest.source_url.split("/")[5] == ";".join(sorted(codes))


def test_the_readme_names_source_licence_and_terms() -> None:
    text = (STARTER / "README.md").read_text(encoding="utf-8")
    for words in (
        "UNHCR Refugee Population Statistics Database",
        "CC BY 4.0",
        "terms-use-datasets",
        "endorses",
        "World Bank",
        "SP.POP.TOTL",
        *RELEASES,
        *DESTINATIONS,
    ):
        assert words in text


def test_files_are_plain_utf_8_with_unix_line_ends() -> None:
    for path in STARTER.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"\r" not in content, path
            assert content.endswith(b"\n"), path
            content.decode("utf-8")
            assert not path.is_symlink()
