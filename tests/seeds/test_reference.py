"""The facts kept by hand parse, are unique, cite a source, and do not contradict one another."""

from __future__ import annotations

import csv
import re
from datetime import date

import pycountry
import pytest
import yaml

from warehouse.reference.claims import first_years
from warehouse.settings import PROJECT_ROOT
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

REFERENCE = PROJECT_ROOT / "seeds" / "reference"
PROPERTIES = REFERENCE / "_reference__seeds.yml"

SEEDS = sorted(path.stem for path in REFERENCE.glob("*.csv"))
MAY_BE_EMPTY = {
    "break_kinds": {
        *("share_from", "share_is_of", "pairs_from", "years_from", "differs_up_to_share"),
    },
    "eras": {"in_office_to", "last_year_counted"},
    "country_groups": {"from_year", "to_year", "note"},
    "inhabitants_added": {"to_year"},
    "application_types": {"is_new_applicant", "first_year", "last_year"},
    "population_types": {"counted_in"},
    "measures": {"first_year", "first_origin_year", "first_asylum_year"},
    "published_documents": {"day_note"},
    "claim_kinds": {"unit", "needed_columns", "allowed_columns"},
    # Which kind needs which of these: tests/warehouse/test_claims.py.
    "published_claims": {
        *("population_type", "reference_date", "base_measure", "base_origin", "base_asylum"),
        *("base_from_year", "base_to_year", "base_reference_date", "relation", "among"),
        *("share_of", "count_of", "per", "threshold_low", "threshold_high", "stated_value"),
        *("stated_low", "stated_high", "wording", "tolerance", "reading", "origin", "asylum"),
    },
}
# Files of a release have their source in releases.csv, claims in their document; what kinds,
# verdicts and flags mean is the warehouse's own.
SOURCED_ELSEWHERE = {
    *("release_files", "published_claims", "claim_kinds", "claim_verdicts", "claim_flags"),
    *(
        "claim_choices",
        "claim_meanings",
        "flow_codes",
    ),  # our own words; the release that first had the code
}
SHAPES = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "integer": re.compile(r"(19|20)\d\d"),
    "bigint": re.compile(r"[1-9]\d*"),
    "double": re.compile(r"\d+(\.\d+)?"),
    "boolean": re.compile(r"true|false"),
    "varchar": re.compile(r"\S(.*\S)?"),
}
LATEST_YEAR = 2025

every_seed = pytest.mark.parametrize("seed", SEEDS)

Rows = list[dict[str, str]]


def rows_of(seed: str) -> Rows:
    with (REFERENCE / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def column(seed: str, name: str) -> list[str]:
    return [row[name] for row in rows_of(seed)]


def properties() -> dict[str, dict[str, object]]:
    return {seed["name"]: seed for seed in yaml.safe_load(PROPERTIES.read_text())["seeds"]}


def column_types(seed: str) -> dict[str, str]:
    config: dict[str, dict[str, str]] = properties()[seed]["config"]  # type: ignore[assignment]
    return config["column_types"]


@every_seed
def test_a_file_is_plain_csv_that_every_reader_reads_alike(seed: str) -> None:
    content = (REFERENCE / f"{seed}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    lines = content.decode("utf-8").split("\n")[:-1]
    assert all(line.strip() for line in lines), "blank line"
    header = lines[0].split(",")
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in header)
    assert len(header) == len(set(header))
    rows = rows_of(seed)
    assert rows
    for row in rows:
        assert list(row) == header, f"wrong number of cells: {row}"
        assert None not in row.values()


@every_seed
def test_values_have_the_type_that_is_declared_and_are_there(seed: str) -> None:
    types = column_types(seed)
    for row in rows_of(seed):
        assert list(types) == list(row)
        for name, value in row.items():
            if not value:
                assert name in MAY_BE_EMPTY.get(seed, set()), (name, row)
                continue
            assert SHAPES[types[name]].fullmatch(value), (name, row)
            if types[name] == "date":
                date.fromisoformat(value)


@every_seed
def test_a_seed_is_listed_in_the_readme(seed: str) -> None:
    assert f"**{seed}.csv**" in (REFERENCE / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", sorted(set(SEEDS) - SOURCED_ELSEWHERE))
def test_every_row_cites_its_source(seed: str) -> None:
    assert all(column(seed, "source"))


def test_releases_are_in_the_order_in_which_they_came_out() -> None:
    rows = rows_of("releases")
    by_day = sorted(rows, key=lambda row: row["published_on"])
    assert [row["release_id"] for row in by_day] == [row["release_id"] for row in rows]
    assert [row["release_id"] for row in rows] == sorted(column("releases", "release_id"))
    assert len(set(column("releases", "published_on"))) == len(rows)


def test_a_release_is_provisional_exactly_at_mid_year() -> None:
    for row in rows_of("releases"):
        month_day = row["reference_date"][5:]
        assert month_day in ("06-30", "12-31")
        assert (row["is_provisional"] == "true") == (month_day == "06-30"), row
        assert row["title"].startswith("Mid-Year" if month_day == "06-30" else "Global")


def test_the_parts_of_a_release_tell_the_same() -> None:
    for row in rows_of("releases"):
        year, month, patch = re.fullmatch(  # type: ignore[union-attr]
            r"(\d{4})-(\d{2})(?:\.(\d))?", row["release_id"]
        ).groups()
        assert row["reference_date"].startswith(f"{year}-{month}-")
        assert row["package_version"] == f"{year}.{int(month)}.{patch or 0}"
        assert year in row["title"]
        assert re.fullmatch(r"[0-9a-f]{40}", row["package_commit"])
        assert row["package_commit"] in row["source"]
        assert row["published_on"] > row["reference_date"]
    assert len(set(column("releases", "package_commit"))) == len(rows_of("releases"))


def test_every_release_has_its_eight_files_and_no_other_has() -> None:
    files: dict[str, set[str]] = {}
    for row in rows_of("release_files"):
        files.setdefault(row["release_id"], set()).add(row["file_name"])
        assert re.fullmatch(r"[0-9a-f]{64}", row["sha256"])
    assert list(files) == column("releases", "release_id")
    eight = {
        *("population.rda", "asylum_applications.rda", "asylum_decisions.rda", "solutions.rda"),
        *("idmc.rda", "unrwa.rda", "demographics.rda", "flows.rda"),
    }
    assert all(found == eight for found in files.values())


def test_contents_are_of_files_that_were_published() -> None:
    files = {(row["release_id"], row["file_name"]) for row in rows_of("release_files")}
    commits = {row["release_id"]: row["package_commit"] for row in rows_of("releases")}
    for row in rows_of("release_contents"):
        name = f"{ENDPOINTS[row['endpoint']].archived}.rda"
        assert (row["release_id"], name) in files
        assert row["source"].startswith(f"data/{name} of ")
        assert commits[row["release_id"]] in row["source"]
        assert re.fullmatch(r"[0-9a-f]{32}", row["content_digest"])


def test_equal_files_have_equal_contents_and_no_others_have() -> None:
    files = rows_of("release_files")
    checksums = {(row["release_id"], row["file_name"]): row["sha256"] for row in files}
    by_content: dict[tuple[str, str], set[str]] = {}
    by_file: dict[str, set[str]] = {}
    for row in rows_of("release_contents"):
        name = f"{ENDPOINTS[row['endpoint']].archived}.rda"
        checksum = checksums[row["release_id"], name]
        by_content.setdefault((row["endpoint"], row["content_digest"]), set()).add(checksum)
        by_file.setdefault(checksum, set()).add(row["content_digest"])
    assert all(len(found) == 1 for found in [*by_content.values(), *by_file.values()])


def test_a_review_is_of_a_file_of_the_archive_and_gives_its_reason_as_a_clause() -> None:
    files = {(row["release_id"], row["file_name"]) for row in rows_of("release_files")}
    for row in rows_of("release_reviews"):
        assert (row["release_id"], f"{ENDPOINTS[row['endpoint']].archived}.rda") in files
        assert row["decision"] in {"held", "accepted"}
        assert row["why"][0].islower()
        assert not row["why"].endswith(".")


def test_an_era_begins_before_it_ends_and_counts_years_in_office() -> None:
    for row in rows_of("eras"):
        start, end = row["in_office_from"], row["in_office_to"] or "9999-12-31"
        first, last = int(row["first_year_counted"]), int(row["last_year_counted"] or 9999)
        assert start < end
        assert first <= last
        assert int(start[:4]) <= first
        assert last <= int(end[:4])
        # Who is in office still can be counted up to a year by a convention.
        assert row["last_year_counted"] or not row["in_office_to"]


def test_a_convention_is_in_words_and_names_no_era_by_its_code() -> None:
    rows = rows_of("eras")
    for row in rows:
        assert not [other for other in rows if other["era_id"] in row["convention"]], row


def test_an_era_has_a_plain_name_and_the_iso3_code_of_a_country() -> None:
    for row in rows_of("eras"):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", row["era_id"]), row
        assert pycountry.countries.get(alpha_3=row["country_iso3"]), row


def test_two_rows_of_one_time_in_office_count_other_years_by_another_convention() -> None:
    times: dict[tuple[str, ...], Rows] = {}
    for row in rows_of("eras"):
        times.setdefault((row["country_iso3"], row["leader"], row["in_office_from"]), []).append(
            row
        )
    for rows in times.values():
        assert len({(r["first_year_counted"], r["last_year_counted"]) for r in rows}) == len(rows)
        assert len({row["convention"] for row in rows}) == len(rows)
        assert len({(row["office"], row["in_office_to"]) for row in rows}) == 1


def test_under_one_convention_no_year_of_a_country_is_counted_for_two_leaders() -> None:
    counted: dict[tuple[str, str, int], str] = {}
    for row in rows_of("eras"):
        last = int(row["last_year_counted"] or LATEST_YEAR)
        for year in range(int(row["first_year_counted"]), last + 1):
            key = (row["country_iso3"], row["convention"], year)
            assert counted.setdefault(key, row["era_id"]) == row["era_id"], key


def test_groups_have_one_name_and_members_with_an_iso3_code() -> None:
    names: dict[str, set[str]] = {}
    members: dict[str, set[str]] = {}
    for row in rows_of("country_groups"):
        names.setdefault(row["group_id"], set()).add(row["group_name"])
        members.setdefault(row["group_id"], set()).add(row["member_iso3"])
        assert re.fullmatch(r"[A-Z]{3}", row["member_iso3"])
        assert row["member_iso3"] not in {"XXA", "XXX", "UNK", "TIB", "CHI"}
    assert all(len(found) == 1 for found in names.values())
    assert all(len(found) >= 2 for found in members.values())
    assert members["china_with_sars"] == {"CHN", "HKG", "MAC"}


def test_a_place_is_counted_in_itself_or_in_a_country_and_no_code_means_two() -> None:
    rows = {row["code"]: row for row in rows_of("places_counted")}
    special = set(column("special_origins", "unhcr_code"))
    assert special <= set(rows)
    iso3 = {country.alpha_3 for country in pycountry.countries}
    # What stands in for a missing ISO3 is nobody's ISO3: origin_code says one thing.
    assert not special & iso3
    former = {country.alpha_3 for country in pycountry.historic_countries}
    for code, row in rows.items():
        assert code in iso3 | special | former | {"XKX"}
        if row["is_unhcr_origin"] == "true":
            assert row["counted_in"] == code
        else:
            assert set(row["counted_in"].split(" or ")) <= iso3 | special
        assert not row["note"].endswith(".")
    names = [n for r in rows.values() for n in (r["name"], *r["other_names"].split("; "))]
    assert len({name.casefold() for name in names}) == len(names)


def test_a_former_country_is_counted_where_and_until_when_inhabitants_added_says() -> None:
    former = {country.alpha_3 for country in pycountry.historic_countries}
    said = {(r["country_iso3"], r["note"].split(":")[0]) for r in rows_of("inhabitants_added")}
    told = {
        (row["counted_in"], row["note"].split(";")[0])
        for row in rows_of("places_counted")
        if row["code"] in former
    }
    assert len(told) == 4
    assert told <= said


def test_only_new_applications_are_new_applicants() -> None:
    for row in rows_of("application_types"):
        flag, kind = row["is_new_applicant"], row["application_class"]
        assert (flag == "true") == (kind == "new")
        if kind in ("repeat", "appeal"):
            assert flag == "false"
        if kind in ("mixed", "undefined"):
            assert flag == "", "a mixed or undefined type holds an unknown number of new ones"


def test_every_count_of_the_api_has_a_measure_and_every_measure_a_count() -> None:
    named = {(row["endpoint"], row["source_column"]) for row in rows_of("measures")}
    counted = {(name, count) for name, found in ENDPOINTS.items() for count in found.counts}
    assert named == counted


def test_names_of_measures_tell_a_stock_from_a_flow() -> None:
    for row in rows_of("measures"):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", row["measure"])
        assert row["stock_or_flow"] in ("stock", "flow")
        assert (row["stock_or_flow"] == "stock") == row["measure"].endswith("_stock"), row


def test_one_quantity_has_one_name_and_is_not_a_stock_here_and_a_flow_there() -> None:
    kinds: dict[str, set[tuple[str, str]]] = {}
    for row in rows_of("measures"):
        kinds.setdefault(row["measure"], set()).add((row["stock_or_flow"], row["unit"]))
    assert all(len(found) == 1 for found in kinds.values())


def test_only_asylum_figures_can_be_cases() -> None:
    for row in rows_of("measures"):
        cases = row["endpoint"] in ("asylum-applications", "asylum-decisions")
        assert row["unit"] == ("persons or cases" if cases else "persons")


def test_every_dataset_has_a_first_year_for_the_documentation() -> None:
    datasets = {name for name, endpoint in ENDPOINTS.items() if endpoint.is_dataset}
    assert datasets <= first_years().keys()
    assert all(1951 <= year <= LATEST_YEAR for year in first_years().values())
