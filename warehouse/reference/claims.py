"""The register of published claims: what a row needs so that SQL can evaluate it.

The rows are `published_documents.csv` and `published_claims.csv` under seeds/reference/. A row
that cannot be evaluated is refused before anything is built, with its line and column: verdicts
are quoted in print, so a typing error must not decide one. What the kinds mean: docs/claims.md.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from warehouse.reference.claim_lists import kinds
from warehouse.reference.seeds import REFERENCE_DIR, read_seed

DOCUMENTS, CLAIMS = "published_documents", "published_claims"
RATES = ("refugee_recognition_rate", "total_protection_rate")
DOCUMENT_COLUMNS = ("document_id", "publisher", "title", "published_on", "day_note", "source")
CLAIM_COLUMNS = (
    *("document_id", "claim_id", "kind", "measure", "counting_unit", "origin_iso3", "asylum_iso3"),
    *("from_year", "to_year", "base_asylum_iso3", "base_from_year", "base_to_year", "relation"),
    *("count_of", "threshold_low", "threshold_high", "stated_value", "stated_low", "stated_high"),
    *("tolerance", "document_word", "read_as", "paraphrase", "location", "reading"),
)
# Datasets that a claim can be about.
_CLAIMABLE = {"population", "asylum-applications", "asylum-decisions", "displacement-flows"}
# Of a measure that no seed knows: another check refuses it.
_FIRST_YEAR = 0
_STATED = {"stated_value", "stated_low", "stated_high"}
_CHOICES: Mapping[str, Sequence[str]] = {
    "counting_unit": ("persons", "cases"),
    "relation": ("above", "below", "equal"),
    "count_of": ("countries", "years"),
    "read_as": ("stock", "flow", "not_stated"),
}
_ALWAYS = (
    *("document_id", "claim_id", "kind", "measure", "counting_unit", "from_year", "to_year"),
    *("tolerance", "document_word", "read_as", "paraphrase", "location"),
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
# UNHCR's and the UN's code for Kosovo, which ISO 3166-1 does not have.
_COUNTRIES_BESIDES = {"XKX"}


class ClaimsError(Exception):
    """Rows that cannot be evaluated; the message names the file, line and column of each."""


@dataclass
class _Row:
    """One row of a file, and what is wrong with it."""

    file: str
    line: int
    cells: Mapping[str, str]
    problems: list[str] = field(default_factory=list)

    def refuse(self, column: str, what: str) -> None:
        self.problems.append(f"{self.file}, line {self.line}, column {column}: {what}")

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def year(self, column: str) -> int | None:
        return int(self[column]) if re.fullmatch(r"[0-9]{4}", self[column]) else None

    def number(self, column: str) -> float | None:
        try:
            value = float(self[column])
        except ValueError:
            return None
        return value if math.isfinite(value) else None


def check_register(folder: Path = REFERENCE_DIR) -> None:
    """Read both files and refuse what SQL could not evaluate.

    Raises ClaimsError that lists every problem: an unknown country, a year before the
    measure begins or after the document, a kind without its operands, a negative tolerance, …
    """
    documents = _read(folder / f"{DOCUMENTS}.csv", DOCUMENT_COLUMNS)
    claims = _read(folder / f"{CLAIMS}.csv", CLAIM_COLUMNS)
    problems: list[str] = []
    days: dict[str, date | None] = {}
    for row in documents:
        _check_document(row)
        if row["document_id"] in days:
            row.refuse("document_id", f"{row['document_id']!r} occurs twice")
        days[row["document_id"]] = _day(row["published_on"])
        problems += row.problems
    seen: set[tuple[str, str]] = set()
    for row in claims:
        key = (row["document_id"], row["claim_id"])
        if key in seen:
            row.refuse("claim_id", f"document {key[0]} already has a claim {key[1]!r}")
        seen.add(key)
        if row["document_id"] not in days:
            row.refuse("document_id", f"{key[0]!r} is not in {DOCUMENTS}.csv")
        _check_claim(row, days.get(row["document_id"]))
        problems += row.problems
    if problems:
        raise ClaimsError(
            f"Claims that cannot be evaluated ({len(problems)}):\n" + "\n".join(problems)
        )


def check_claim(cells: Mapping[str, str], published_on: date) -> None:
    """Refuse one claim that is not in a file, such as one given on the command line.

    `cells` has the columns of `CLAIM_COLUMNS`, as text; empty is not given. Raises ClaimsError.
    """
    row = _Row("this claim", 1, cells)
    _check_claim(row, published_on)
    if row.problems:
        messages = (problem.partition(", column ")[2] for problem in row.problems)
        raise ClaimsError("This claim cannot be evaluated: " + "; ".join(messages) + ".")


@cache
def measures() -> Mapping[str, str]:
    """The measures a claim can be about, and the endpoint of each."""
    found = {
        row["measure"]: row["endpoint"]
        for _, row in read_seed("measures")
        if row["endpoint"]
        in {"population", "asylum-applications", "asylum-decisions", "displacement-flows"}
    }
    return found | dict.fromkeys(RATES, "asylum-decisions")


@cache
def first_years() -> Mapping[str, int]:
    """The first year of each dataset: documentation, and no bound of what is loaded."""
    found: dict[str, int] = {}
    for _, row in read_seed("measures"):
        if row["first_year"]:
            year = int(row["first_year"])
            found[row["endpoint"]] = min(year, found.get(row["endpoint"], year))
    return found


def is_country(iso3: str) -> bool:
    """Whether this is the ISO 3166-1 alpha-3 code of a country."""
    import pycountry  # noqa: PLC0415 - a list of thousands; only a build and a check need it

    return iso3 in _COUNTRIES_BESIDES or pycountry.countries.get(alpha_3=iso3) is not None


def _read(path: Path, columns: Sequence[str]) -> list[_Row]:
    if not path.exists():
        raise ClaimsError(f"There is no {path}. Restore it, or create it with its header line.")
    rows: list[_Row] = []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        for cells in _lines(path, reader):
            line = reader.line_num
            if line == 1 or (not rows and cells == list(columns)):
                if cells != list(columns):
                    missing = [name for name in columns if name not in cells]
                    unknown = [name for name in cells if name not in columns]
                    raise ClaimsError(
                        f"{path.name}, line 1: the header must be {','.join(columns)}."
                        + (f" Missing: {', '.join(missing)}." if missing else "")
                        + (f" Unknown: {', '.join(unknown)}." if unknown else "")
                    )
                continue
            if len(cells) != len(columns):
                raise ClaimsError(
                    f"{path.name}, line {line}: {len(cells)} values where the header has "
                    f"{len(columns)}. Put text with a comma in double quotes."
                )
            row = _Row(path.name, line, dict(zip(columns, cells, strict=True)))
            for name, value in row.cells.items():
                if value != value.strip():
                    row.refuse(name, f"{value!r} has spaces around it")
            rows.append(row)
    return rows


def _lines(path: Path, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        raise ClaimsError(f"{path.name} is not plain CSV in UTF-8: {error}.") from error


def _day(text: str) -> date | None:
    try:
        return (
            date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        )
    except ValueError:
        return None


def _check_document(row: _Row) -> None:
    for name in ("document_id", "publisher", "title", "published_on", "source"):
        if not row[name]:
            row.refuse(name, "must not be empty")
    if row["document_id"] and not _NAME.fullmatch(row["document_id"]):
        row.refuse("document_id", f"{row['document_id']!r} may contain only a-z, 0-9 and _")
    if row["published_on"] and _day(row["published_on"]) is None:
        row.refuse("published_on", f"{row['published_on']!r} is not a day as YYYY-MM-DD")


def _check_claim(row: _Row, published_on: date | None) -> None:
    for name in _ALWAYS:
        if not row[name]:
            row.refuse(name, "must not be empty")
    for name, choices in (("kind", tuple(kinds())), *_CHOICES.items()):
        if row[name] and row[name] not in choices:
            row.refuse(name, f"{row[name]!r} is not one of {', '.join(choices)}")
    if row["claim_id"] and not _NAME.fullmatch(row["claim_id"]):
        row.refuse("claim_id", f"{row['claim_id']!r} may contain only a-z, 0-9 and _")
    for check in (_check_what, _check_countries, _check_numbers, _check_kind):
        check(row)
    _check_years(row, published_on)


def _check_what(row: _Row) -> None:
    measure = row["measure"]
    if measure and measure not in measures():
        row.refuse(
            "measure",
            f"{measure!r} is not a measure of the warehouse, such as asylum_seekers_stock",
        )
    elif measure and row["counting_unit"] == "cases" and measures()[measure] == "population":
        row.refuse("counting_unit", f"{measure} is only counted in persons")
    if measure in RATES and row["kind"] in {"sum", "threshold_year"}:
        row.refuse("kind", f"{measure} is a rate, and rates are not added up")


def _check_countries(row: _Row) -> None:
    for name in ("origin_iso3", "asylum_iso3", "base_asylum_iso3"):
        if row[name] and not is_country(row[name]):
            row.refuse(
                name, f"{row[name]!r} is not the ISO 3166-1 alpha-3 code of a country, such as CHN"
            )
    if not row["origin_iso3"] and not row["asylum_iso3"]:
        row.refuse("origin_iso3", "give a country of origin, a country of asylum, or both")


def _check_numbers(row: _Row) -> None:
    for name in ("threshold_low", "threshold_high", *sorted(_STATED), "tolerance"):
        if row[name] and row.number(name) is None:
            row.refuse(name, f"{row[name]!r} is not a number")
    tolerance = row.number("tolerance")
    if tolerance is not None and tolerance < 0:
        row.refuse("tolerance", f"{row['tolerance']} is below zero")
    for low, high in (("stated_low", "stated_high"), ("threshold_low", "threshold_high")):
        least, most = row.number(low), row.number(high)
        if least is not None and most is not None and least > most:
            row.refuse(high, f"{row[high]} is below {low}, {row[low]}")


def _check_kind(row: _Row) -> None:
    kind = row["kind"]
    if kind not in kinds():
        return
    needed, allowed = kinds()[kind].needed, kinds()[kind].allowed
    operands = frozenset[str]().union(*(one.needed | one.allowed for one in kinds().values()))
    for name in CLAIM_COLUMNS:
        if name in needed and not row[name]:
            row.refuse(name, f"a {kind} needs it")
        elif name in operands - needed - allowed - {"origin_iso3", "asylum_iso3"} and row[name]:
            row.refuse(name, f"a {kind} does not use it; leave it empty")
    if kinds()[kind].must_state and not any(row[name] for name in _STATED):
        row.refuse("stated_value", f"a {kind} needs a value or bounds")
    if row["stated_value"] and (row["stated_low"] or row["stated_high"]):
        row.refuse("stated_value", "give a value or bounds, not both")
    if kind == "count" and row["count_of"] == "countries":
        if not row["origin_iso3"]:
            row.refuse("origin_iso3", "a count of countries needs one country of origin")
        if row["asylum_iso3"]:
            row.refuse(
                "asylum_iso3", "a count of countries covers all countries of asylum; leave it empty"
            )
    place = row.number("stated_value")
    if kind == "rank" and place is not None and (place < 1 or place != int(place)):
        row.refuse("stated_value", f"{row['stated_value']} is not a rank: 1, 2, 3, …")


def _check_years(row: _Row, published_on: date | None) -> None:
    names = ("from_year", "to_year", "base_from_year", "base_to_year")
    first = first_years().get(measures().get(row["measure"], ""), _FIRST_YEAR)
    last = published_on.year if published_on else date.max.year
    for name in names:
        if not row[name]:
            continue
        year = row.year(name)
        if year is None:
            row.refuse(name, f"{row[name]!r} is not a year")
        elif not first <= year <= last:
            row.refuse(
                name,
                f"{year} is not between {first}, the first year of {row['measure']}, and {last}, "
                f"the year the document was published",
            )
    for first_name, last_name in (names[:2], names[2:]):
        begin, end = row.year(first_name), row.year(last_name)
        if begin is not None and end is not None and begin > end:
            row.refuse(last_name, f"{end} is before {first_name}, {begin}")
    begin, end, kind = row.year("from_year"), row.year("to_year"), row["kind"]
    if begin is None or end is None or kind not in kinds():
        return
    one = kinds()[kind].years == "one" or (kind == "count" and row["count_of"] == "countries")
    if one and begin != end:
        row.refuse(
            "from_year", f"a {kind} is about one year; from_year {begin} differs from to_year {end}"
        )
    if kinds()[kind].years == "several" and begin == end:
        row.refuse(
            "from_year", f"a {kind} is about several years; from_year and to_year are both {begin}"
        )
    stated = row.number("stated_value")
    if kind == "threshold_year" and stated is not None and not begin <= stated <= end:
        row.refuse("stated_value", f"{row['stated_value']} is not between {begin} and {end}")
