"""The register of published claims: what a row needs so that SQL can evaluate it.

The rows are `published_documents.csv` and `published_claims.csv` under seeds/reference/. A row
that cannot be evaluated is refused before anything is built, with its line and column: verdicts
are quoted in print, so a typing error must not decide one. What the kinds mean: docs/claims.md.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from warehouse.core.days import DayError, iso_day, known_day
from warehouse.core.wording import within
from warehouse.reference.claim_lists import choices, kinds
from warehouse.reference.figures import FigureError, as_printed, figure, is_in_percent, way_out
from warehouse.reference.places import (
    FILLERS,
    CountedElsewhereError,
    PlaceError,
    country_code,
    places,
)
from warehouse.reference.seeds import REFERENCE_DIR, read_seed

DOCUMENTS, CLAIMS = "published_documents", "published_claims"
RATES = ("refugee_recognition_rate", "total_protection_rate")
DOCUMENT_COLUMNS = ("document_id", "publisher", "title", "published_on", "day_note", "source")
CLAIM_COLUMNS = (
    *("document_id", "claim_id", "kind", "measure", "counting_unit", "population_type"),
    *("origin", "asylum", "from_year", "to_year", "reference_date", "base_measure"),
    *("base_origin", "base_asylum", "base_from_year", "base_to_year", "base_reference_date"),
    *("relation", "among", "share_of", "count_of", "per", "threshold_low", "threshold_high"),
    *("stated_value", "stated_low", "stated_high", "wording", "tolerance", "document_word"),
    *("read_as", "paraphrase", "location", "reading"),
)
ALL = "*"
# Datasets that a claim can be about; of solutions, what the population dataset does not have.
_CLAIMABLE = frozenset(
    {"population", "asylum-applications", "asylum-decisions", "displacement-flows", "idmc", "unrwa"}
    | {"demographics"}
)
_OF_SOLUTIONS = frozenset({"resettlement", "naturalisation"})
STATELESS = "stateless_stock"
_IN_PERSONS = frozenset(
    {"population", "displacement-flows", "idmc", "unrwa", "demographics", "solutions"}
)
# Kinds that state the measure itself, that state percentages, and that can be below zero.
OF_THE_MEASURE = frozenset({"level", "sum", "range", "difference"})
_IN_PERCENT = frozenset({"change", "share", "share_of", "rate"})
_SIGNED = frozenset({"change", "difference", "not_expressible"})
_PER_CENT = 100
# More people than there are on earth, and what a table can still hold.
_TOO_LARGE = 1e12
# What has hundreds of digits is a finite number, and too large.
_UNHEARD_OF = 1e300
_ROUNDING = 1e-6
# Of a measure that no seed knows: another check refuses it.
_FIRST_YEAR = 0
_STATED = {"stated_value", "stated_low", "stated_high"}
_FIGURES = ("threshold_low", "threshold_high", *sorted(_STATED), "tolerance", "per")
_ALWAYS = (
    *("document_id", "claim_id", "kind", "measure", "counting_unit", "from_year", "to_year"),
    *("document_word", "read_as", "paraphrase", "location"),
)
_OF_A_COMPARISON = ("equals", "about", "slightly_below", "slightly_above")
# What is asked for by other words than these.
_NO_KIND = (
    "of the lowest figure, of a fall in every year and of a place per head there is none: such a "
    "claim is not_expressible, with the reason as its reading"
)
_SIDES = ("origin", "asylum", "base_origin", "base_asylum")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
_TOP = re.compile(r"top:[1-9][0-9]?")
_REGION = re.compile(r"(unhcr|un)_[a-z_]+")
# A column of two words; one of one word can be a word of a sentence.
_COLUMN_IN_TEXT = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
# How the files begin that spreadsheets save by themselves: ZIP (.xlsx, .ods, .numbers) and .xls.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
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
    refused: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, column: str, what: str) -> None:
        self.refused.append((column, what))

    @property
    def problems(self) -> list[str]:
        return [f"{self.file}, line {self.line}, column {c}: {what}" for c, what in self.refused]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def year(self, column: str) -> int | None:
        return int(self[column]) if re.fullmatch(r"[0-9]{4}", self[column]) else None

    def number(self, column: str) -> float | None:
        """The figure of a cell; a finite one, also where it has hundreds of digits."""
        found = figure(self[column])
        return None if found is None else max(-_UNHEARD_OF, min(found, _UNHEARD_OF))


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
        days[row["document_id"]] = iso_day(row["published_on"])
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


def check_claim(
    cells: Mapping[str, str],
    published_on: date,
    regions: frozenset[str] | None = None,
    asked_as: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Refuse one claim that is not in a file, such as one given on the command line.

    `cells` has the columns of `CLAIM_COLUMNS`, as text; empty is not given. `regions`: those that
    there are, where they are known. `asked_as`: what who asks calls a column, where that is another
    word. Raises ClaimsError.
    """
    row = _Row("this claim", 1, cells)
    _check_claim(row, published_on, regions)
    if row.refused:

        def named(found: re.Match[str]) -> str:
            return found[0] if found[0] in kinds() else asked_as.get(found[0], found[0])

        # Two columns can be one to who asks, such as the first year and the last.
        told = dict.fromkeys(
            f"{asked_as.get(column, column)}: {_COLUMN_IN_TEXT.sub(named, what)}"
            for column, what in row.refused
        )
        raise ClaimsError("This claim cannot be evaluated: " + "; ".join(told) + ".")


def read_file(
    path: Path, published_on: date | None, regions: frozenset[str] | None = None
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Documents and claims of a file in the register's shape, checked.

    Columns may be missing where they are empty; those of a document (published_on, publisher,
    title) may stand in each row. Countries may be given by name or in small letters, and figures as
    people type them (2.75m). A row without anything in it is passed over. `regions`: those that
    there are, where they are known. A claim without a claim_id is numbered by its line (line_3,
    where another has that number), one without a document_id belongs to the document named as the
    file.
    Raises ClaimsError.
    """
    columns = dict.fromkeys((*CLAIM_COLUMNS, *DOCUMENT_COLUMNS))
    try:
        _check_is_text(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = reader.fieldnames or []
            _check_header(path, header, columns)
            given = [(reader.line_num, row) for row in reader if not _is_blank(row)]
    except OSError as error:
        raise ClaimsError(f"{path}: {error.strerror}.") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ClaimsError(
            f"{path.name} is not plain CSV in UTF-8: {error}. Save it as CSV UTF-8."
        ) from error
    problems: list[str] = []
    documents: dict[str, dict[str, str]] = {}
    rows: dict[tuple[str, str], dict[str, str]] = {}
    taken = {(cells.get("claim_id") or "").strip() for _, cells in given}
    for line, cells in given:
        if None in cells or None in cells.values():
            values = [cell for cell in cells.values() if isinstance(cell, str)]
            found = len(values) + len(cells.get(None) or ())
            problems.append(
                f"{path.name}, line {line}: {found} values, and the header has {len(header)}. Put "
                "a value with a comma in quotes"
            )
            continue
        row = _with_defaults(cells, path, line, published_on)
        if not row["claim_id"]:
            row["claim_id"] = str(line - 1) if str(line - 1) not in taken else f"line_{line}"
        checked = _Row(path.name, line, row)
        key = row["document_id"], row["claim_id"]
        if key in rows:
            checked.refuse("claim_id", f"document {key[0]} already has a claim {key[1]!r}")
        day = iso_day(row["published_on"])
        if day is None:
            checked.refuse(
                "published_on",
                f"{row['published_on']!r} is not a day as YYYY-MM-DD"
                if row["published_on"]
                else "give the day of publication as YYYY-MM-DD, here or by --published",
            )
        _check_is_not_to_come(checked)
        document = {name: row[name] for name in DOCUMENT_COLUMNS}
        if documents.setdefault(key[0], document)["published_on"] != row["published_on"]:
            checked.refuse("published_on", f"document {key[0]} has another day above")
        _check_claim(checked, day, regions)
        rows[key] = {name: row[name] for name in CLAIM_COLUMNS}
        problems += checked.problems
    if not given:
        problems.append(f"{path.name}: there is no claim in it")
    if problems:
        raise ClaimsError(
            f"Claims that cannot be evaluated ({len(problems)}):\n" + "\n".join(problems)
        )
    return list(documents.values()), list(rows.values())


def _check_is_text(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(max(map(len, _WORKBOOKS))).startswith(_WORKBOOKS):
            raise ClaimsError(
                f"{path.name} is a workbook, and claims are read from CSV. Open it, and save the "
                "sheet that has them as CSV UTF-8."
            )


def _is_blank(cells: Mapping[str | None, str | list[str] | None]) -> bool:
    """Whether nothing stands in a row: a sheet has such rows where cells were cleared."""
    values = [*cells.values()]
    return not any(
        text.strip()
        for value in values
        for text in (value if isinstance(value, list) else [value or ""])
    )


def _check_header(path: Path, header: Sequence[str], columns: Collection[str]) -> None:
    if not header:
        raise ClaimsError(f"{path.name} is empty: its first line names the columns.")
    for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and mark in header[0]:
            raise ClaimsError(f"{path.name}, line 1: separated by {called}. Save it with commas.")
    if unnamed := [str(number) for number, name in enumerate(header, start=1) if not name.strip()]:
        raise ClaimsError(
            f"{path.name}, line 1: column {', '.join(unnamed)} has no name. Name it, or delete it."
        )
    if unknown := [name for name in header if name not in columns]:
        raise ClaimsError(
            f"{path.name}, line 1: no column of the register: {', '.join(unknown)}. "
            f"There are: {', '.join(columns)}."
        )
    if twice := [name for name, times in Counter(header).items() if times > 1]:
        raise ClaimsError(f"{path.name}, line 1: more than one column {', '.join(twice)}.")


def _with_defaults(
    cells: Mapping[str, str], path: Path, line: int, published_on: date | None
) -> dict[str, str]:
    """A row with all columns: what the reader of a file of their own knows is filled in."""
    row = dict.fromkeys((*CLAIM_COLUMNS, *DOCUMENT_COLUMNS), "")
    row |= {name: value.strip() for name, value in cells.items()}
    row |= {name: _as_register(name, value) for name, value in row.items() if value}
    stock = all(is_stock(part) for part in parts_of(row["measure"]))
    defaults = {
        "document_id": re.sub(r"[^a-z0-9_]+", "_", path.stem.lower()).strip("_") or "file",
        "counting_unit": "persons",
        "to_year": row["from_year"],
        "from_year": row["to_year"],
        "document_word": document_word(row["measure"], row["read_as"]),
        "read_as": "stock" if stock else "flow",
        "paraphrase": _paraphrase(row),
        "location": f"line {line}",
        "published_on": published_on.isoformat() if published_on else "",
        "publisher": path.name,
        "title": path.stem,
        "source": path.name,
    }
    return {name: value or defaults.get(name, "") for name, value in row.items()}


def _paraphrase(row: Mapping[str, str]) -> str:
    """What a claim of a file says that does not say it itself: kind, whom, where and when."""
    kind, measure = kinds().get(row["kind"]), row["measure"]
    whom = " plus ".join(label_within(term) for term in measure.split("+")) if measure else ""
    first, last = row["from_year"] or row["to_year"], row["to_year"] or row["from_year"]
    when = row["reference_date"] or (last if first == last else f"{first} to {last}")
    base = row["base_to_year"] or row["base_from_year"]
    return " ".join(
        filter(
            None,
            (
                f"{kind.label if kind else row['kind']}: {whom}",
                f"from {row['origin']}" if row["origin"] not in {"", ALL} else "",
                f"in {row['asylum']}" if row["asylum"] not in {"", ALL} else "",
            ),
        )
    ) + "".join(f", {said}" for said in (when, f"against {base}" if base else "") if said)


def document_word(measure: str, read_as: str | None) -> str:
    """What a document whose words are not known calls the people of a measure that it reads so."""
    if read_as != "flow" or not any(is_stock(part) for part in parts_of(measure)):
        return measure.replace("_", " ")
    is_of_asylum = "asylum" in measure or "applications" in measure
    return "people who apply" if is_of_asylum else "people who fled"


def _as_register(column: str, value: str) -> str:
    """A cell as the register has it: a figure as printed, a country's code in capitals."""
    if column in _SIDES:
        return "+".join(_as_code(term.strip()) for term in value.split("+"))
    if column in _FIGURES:
        with suppress(FigureError):
            return as_printed(value)
    return value


def _as_code(term: str) -> str:
    """A country's code by its code or a name; a group, and what is neither, as it is."""
    if not is_group(term):
        with suppress(PlaceError):
            return country_code(term)
    return term


@cache
def measures() -> Mapping[str, str]:
    """The measures a claim can be about, and the endpoint of each."""
    found = {
        row["measure"]: row["endpoint"]
        for _, row in read_seed("measures")
        if row["endpoint"] in _CLAIMABLE or row["measure"] in _OF_SOLUTIONS
    }
    return found | dict.fromkeys(RATES, "asylum-decisions")


@cache
def measure_sums() -> Mapping[str, Sequence[str]]:
    """The named sums of measures, and the measures of each."""
    return {row["measure"]: row["parts"].split("+") for _, row in read_seed("measure_sums")}


def parts_of(measure: str) -> list[str]:
    """The measures that a claim's measure adds up: itself, those of a sum, those of a named sum."""
    return [part for term in measure.split("+") for part in measure_sums().get(term, [term])]


@cache
def groups() -> frozenset[str]:
    """The groups of countries that a claim can name; regions besides (`unhcr_…`, `un_…`)."""
    return frozenset(row["group_id"] for _, row in read_seed("country_groups"))


def groups_near(text: str, regions: Collection[str] = ()) -> list[str]:
    """The groups of countries, and those of `regions`, that have the words of a text in their name,
    and few others first: eu_member_states for European Union.
    """
    names = {group: set(group.split("_")) for group in (*sorted(groups()), *sorted(regions))}
    for _, row in read_seed("country_groups"):
        names[row["group_id"]] |= set(row["group_name"].casefold().split())
    wanted = set(text.casefold().split()) - FILLERS
    found = [group for group, words in names.items() if wanted and wanted <= words]
    return sorted(found, key=lambda group: len(names[group]))


@cache
def special_origins() -> frozenset[str]:
    """Codes of people without a country of origin: stateless, unknown, Tibetan."""
    return frozenset(row["unhcr_code"] for _, row in read_seed("special_origins"))


@cache
def population_types() -> Mapping[str, Mapping[str, str]]:
    """The population types of demographics by code: name, `measure` that counts them, and the type
    that one without a measure of its own is `counted_in`.
    """
    return {row["pop_type"]: row for _, row in read_seed("population_types")}


@cache
def stocks() -> frozenset[str]:
    """The measures that are stocks."""
    return frozenset(
        row["measure"] for _, row in read_seed("measures") if row["stock_or_flow"] == "stock"
    )


@cache
def at_home() -> frozenset[str]:
    """The measures of people in their own country."""
    return frozenset(
        row["measure"] for _, row in read_seed("measures") if row["is_at_home"] == "true"
    )


def is_stock(measure: str) -> bool:
    """Whether a measure counts people at a day, and not within a year."""
    return measure in stocks()


@cache
def _labels() -> Mapping[str, str]:
    return {
        row["measure"]: row["label"]
        for seed in ("measures", "measure_sums")
        for _, row in read_seed(seed)
    }


def label(measure: str) -> str:
    """A measure, or a named sum of measures, in the words of a sentence or a heading; of a rate,
    which is made of measures, its name.
    """
    return _labels().get(measure, measure.replace("_", " ").capitalize())


def label_within(measure: str) -> str:
    """`label` as it stands within a sentence."""
    return within(label(measure))


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

    # pycountry finds "chn" too, and tables do not.
    return iso3 in _COUNTRIES_BESIDES or (
        iso3.isupper() and pycountry.countries.get(alpha_3=iso3) is not None
    )


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


def _check_document(row: _Row) -> None:
    for name in ("document_id", "publisher", "title", "published_on", "source"):
        if not row[name]:
            row.refuse(name, "must not be empty")
    if row["document_id"] and not _NAME.fullmatch(row["document_id"]):
        row.refuse("document_id", f"{row['document_id']!r} may contain only a-z, 0-9 and _")
    if row["published_on"] and iso_day(row["published_on"]) is None:
        row.refuse("published_on", f"{row['published_on']!r} is not a day as YYYY-MM-DD")
    _check_is_not_to_come(row)


def _check_is_not_to_come(row: _Row) -> None:
    """Nobody knows what the database says on the day of a document that is still to come."""
    if iso_day(row["published_on"]) is None:
        return
    try:
        known_day(row["published_on"])
    except DayError as error:
        row.refuse("published_on", f"{error}: give the day on which the document came out")


def _check_claim(
    row: _Row, published_on: date | None, regions: frozenset[str] | None = None
) -> None:
    for name in _ALWAYS:
        if not row[name]:
            row.refuse(name, "must not be empty")
    for name, words in (("kind", tuple(kinds())), *choices().items()):
        if row[name] and row[name] not in words:
            more = f"; {_NO_KIND}" if name == "kind" else ""
            row.refuse(name, f"{row[name]!r} is not one of {', '.join(words)}{more}")
    if row["claim_id"] and not _NAME.fullmatch(row["claim_id"]):
        row.refuse("claim_id", f"{row['claim_id']!r} may contain only a-z, 0-9 and _")
    _check_countries(row, regions)
    for check in (_check_what, _check_numbers, _check_units, _check_kind):
        check(row)
    _check_years(row, published_on)


def _check_what(row: _Row) -> None:
    for name in ("measure", "base_measure"):
        known = [part for part in parts_of(row[name]) if part in measures()] if row[name] else []
        for part in parts_of(row[name]) if row[name] else []:
            if part not in measures():
                row.refuse(
                    name,
                    f"{part!r} is not a measure of the warehouse, such as "
                    f"{' or '.join(_measures_near(part)) or 'asylum_seekers_stock'}",
                )
        for part in _twice(known):
            row.refuse(name, f"{part} is in {row[name]} more than once")
        if row["counting_unit"] == "cases" and {measures()[part] for part in known} & _IN_PERSONS:
            row.refuse("counting_unit", f"{row[name]} is only counted in persons")
        if len(known) > 1 and set(known) & set(RATES):
            row.refuse(name, "a rate is not added to anything")
        if len({is_stock(part) for part in known}) > 1:
            row.refuse(name, "a stock is not added to a flow")
    if row["population_type"] and row["population_type"] not in population_types():
        row.refuse(
            "population_type",
            f"{row['population_type']!r} is not one of {', '.join(population_types())}",
        )
    elif row["population_type"] and not any(
        measures().get(part) == "demographics"
        for name in ("measure", "base_measure")
        for part in parts_of(row[name])
    ):
        row.refuse(
            "population_type",
            f"only measures of demographics are by population type, and {row['measure']} is none; "
            "leave it empty",
        )
    if row["read_as"] == "stock" and row["measure"] and not _has_stock(row["measure"]):
        row.refuse(
            "read_as",
            f"{row['measure']} is a flow: of people at a day, check a stock, such as "
            "asylum_seekers_stock",
        )
    if row["measure"] in RATES and row["kind"] in {"sum", "threshold_year"}:
        row.refuse("kind", f"{row['measure']} is a rate, and rates are not added up")
    if row["kind"] == "extreme" and len(parts_of(row["measure"])) > 1:
        row.refuse("measure", "the largest ever is looked for in one measure")


def _measures_near(text: str) -> list[str]:
    """Measures, and sums of them, that are called something like a text, likeliest first."""
    wanted = "_".join(text.casefold().split())
    known = [*measures(), *measure_sums()]
    stem = wanted.removesuffix("s")
    begun = [name for name in known if name.startswith(wanted)]
    within_ = [name for name in known if len(stem) > 3 and stem in name]
    near = difflib.get_close_matches(wanted, known, 2, 0.75)
    return list(dict.fromkeys([*begun, *(near or within_)]))[:3]


def _has_stock(measure: str) -> bool:
    return any(is_stock(part) or part not in measures() for part in parts_of(measure))


def _check_countries(row: _Row, regions: frozenset[str] | None) -> None:
    for name in _SIDES:
        terms = row[name].split("+") if row[name] else []
        for term in _twice(terms):
            row.refuse(name, f"{term} is named more than once")
        for term in terms:
            if _REGION.fullmatch(term) and regions is not None and term not in regions:
                there = f"there are {', '.join(sorted(regions))}" if regions else "none is loaded"
                row.refuse(name, f"there is no region {term!r}: {there}")
            elif not _is_side(term, alone=term == row[name]):
                row.refuse(name, _is_no_side(term, regions or ()))
    is_rate = row["measure"] in RATES
    if is_rate and any("+" in row[name] or row[name] in groups() for name in _SIDES):
        row.refuse("measure", "a rate of several countries: use the kind rate and its base_measure")
    _check_stateless(row)
    if sum(_TOP.fullmatch(row[name]) is not None for name in _SIDES) > 1:
        row.refuse("origin", "only one of origin and asylum can be the largest countries")


def _is_no_side(term: str, regions: Collection[str]) -> str:
    """What a term is that names no country and no group: a place that is counted in another, a name
    that several have, the name of a group, or nothing that is known.
    """
    if near := groups_near(term, regions):
        return f"{term!r} is no country: give a group of countries, {' or '.join(near)}"
    try:
        country_code(term)
    except PlaceError as error:
        if error.can_be or isinstance(error, CountedElsewhereError):
            return str(error)
    return (
        f"{term!r} is not the ISO 3166-1 alpha-3 code of a country, such as CHN, nor a group of "
        "country_groups.csv, * for all or top:5"
    )


def _twice(terms: Sequence[str]) -> list[str]:
    return [term for term, times in Counter(terms).items() if times > 1]


def _check_stateless(row: _Row) -> None:
    """UNHCR tells stateless people of no country of origin: of each it writes 0."""
    base = row["base_measure"] or row["measure"]
    for name, measure in (("origin", row["measure"]), ("base_origin", base)):
        is_of_stateless = measure and STATELESS in parts_of(measure)
        if is_of_stateless and row[name] not in {"", ALL, "STA"}:
            row.refuse(
                name,
                "stateless people are counted under no country of origin: leave it empty, and give "
                "the country that they are in as asylum",
            )


def is_group(term: str) -> bool:
    """Whether a term names several countries: all, the largest, a group or a region."""
    return (
        term == ALL
        or _TOP.fullmatch(term) is not None
        or term in groups()
        or _REGION.fullmatch(term) is not None
    )


def _is_side(term: str, *, alone: bool) -> bool:
    if term == ALL or _TOP.fullmatch(term):
        return alone
    if is_group(term) or term in special_origins():
        return True
    place = places().get(term)
    return is_country(term) and (place is None or place.is_unhcr_origin)


def _check_numbers(row: _Row) -> None:
    for name in _FIGURES:
        if row[name] and row.number(name) is None:
            row.refuse(
                name,
                f"{row[name]!r} is not a number, such as 1,158,739 or 2.75 million"
                f"{way_out(row[name])}",
            )
        elif abs(row.number(name) or 0) > _TOO_LARGE:
            row.refuse(name, f"{row[name]} is too large: more than a thousand billion")
    per = row.number("per")
    if per is not None and per < 1:
        row.refuse("per", f"{row['per']} is not a number of people, such as 1000")
    tolerance = row.number("tolerance")
    if tolerance is not None and tolerance < 0:
        row.refuse("tolerance", f"{row['tolerance']} is below zero")
    for low, high in (("stated_low", "stated_high"), ("threshold_low", "threshold_high")):
        least, most = row.number(low), row.number(high)
        if least is not None and most is not None and least > most:
            row.refuse(high, f"{row[high]} is below {low}, {row[low]}")


def _check_units(row: _Row) -> None:
    """What is stated is a number of people, a percentage or a plain number, as the kind has it.

    A point in a number of people is another language's comma, or a mistake: 178.725.
    """
    kind, is_rate = row["kind"], row["measure"] in RATES
    is_percent = kind in _IN_PERCENT or (is_rate and kind in OF_THE_MEASURE)
    is_of_inhabitants = kind == "per_head" and row.number("per") == _PER_CENT
    is_of_people = kind in OF_THE_MEASURE and not is_rate
    if is_in_percent(row["tolerance"]) and not is_percent:
        row.refuse(
            "tolerance",
            f"{row['tolerance']} is a percentage, and {_a(kind)} is stated in {_unit(row)}: give "
            "stated_low and stated_high instead",
        )
    for name in sorted(_STATED) + (["threshold_low", "threshold_high"] if not is_rate else []):
        number = row.number(name)
        if number is None:
            continue
        if number < 0 and kind not in _SIGNED:
            row.refuse(name, f"{row[name]} is below zero, and {_a(kind)} is not")
        if is_percent and name in _STATED:
            if 0 < abs(number) <= 1 and not is_in_percent(row[name]):
                row.refuse(
                    name,
                    f"{row[name]} can be {number * 100:g} % or {number:g} %: write it with its %",
                )
        elif is_in_percent(row[name]) and not (
            is_of_inhabitants or (kind == "per_head" and not row[name].endswith("%"))
        ):
            row.refuse(
                name, f"{row[name]} is a percentage, and {_a(kind)} is stated in {_unit(row)}"
            )
        elif (is_of_people or name not in _STATED) and (
            abs(number - round(number)) > _ROUNDING or re.fullmatch("[-0-9,]+[.][0-9]+", row[name])
        ):
            row.refuse(
                name,
                f"{row[name]} is no number of people, such as 178,725 or 178.7 thousand",
            )


def _unit(row: _Row) -> str:
    return kinds()[row["kind"]].unit.partition(";")[0] if row["kind"] in kinds() else "numbers"


def _check_kind(row: _Row) -> None:
    kind = row["kind"]
    if kind not in kinds():
        return
    needed, allowed = kinds()[kind].needed, kinds()[kind].allowed
    operands = frozenset[str]().union(*(one.needed | one.allowed for one in kinds().values()))
    for name in CLAIM_COLUMNS:
        if name in needed and not row[name]:
            row.refuse(name, f"{_a(kind)} needs it")
        elif name in operands - needed - allowed - {"origin", "asylum", "reading"} and row[name]:
            row.refuse(name, f"{_a(kind)} does not use it; leave it empty")
    if kinds()[kind].must_state and not any(row[name] for name in _STATED):
        row.refuse("stated_value", f"{_a(kind)} needs a value or bounds")
    if row["stated_value"] and (row["stated_low"] or row["stated_high"]):
        row.refuse("stated_value", "give a value or bounds, not both")
    _check_wording(row)
    if kind == "per_head" and any(is_group(row[n]) and row[n] != ALL for n in _SIDES if row[n]):
        row.refuse("asylum", "inhabitants are those of one country, or of the world")
    if (kinds()[kind].is_compared_with_base or row["share_of"] == "base") and _is_its_own_base(row):
        row.refuse(
            "base_measure",
            f"{_a(kind)} compares a figure with another: give the base_measure, base_origin, "
            "base_asylum or years of that one",
        )
    place = row.number("stated_value")
    if kind in {"rank", "place"} and place is not None and (place < 1 or place != int(place)):
        row.refuse("stated_value", f"{row['stated_value']} is not a rank: 1, 2, 3, …")
    _check_peers(row)


def _check_wording(row: _Row) -> None:
    """A wording that no figure is read by is not shown either."""
    if not row["wording"]:
        return
    if row["tolerance"]:
        row.refuse("wording", "give a wording or a tolerance, not both")
    if row["kind"] == "comparison" and row["wording"] not in _OF_A_COMPARISON:
        row.refuse(
            "wording",
            f"a comparison is {', '.join(_OF_A_COMPARISON)} or without a wording; give stated_low "
            "or stated_high for how many times it is",
        )
    elif row["kind"] != "comparison" and (row["stated_low"] or row["stated_high"]):
        row.refuse(
            "wording", "bounds are told as they are; give it with a value, or leave it empty"
        )


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _is_its_own_base(row: _Row) -> bool:
    """Whether what a figure is compared with is the figure itself."""
    names = ("measure", "origin", "asylum", "from_year", "to_year")
    is_of_the_day = not row["base_from_year"] or row["base_reference_date"] == row["reference_date"]
    return is_of_the_day and all(row[f"base_{name}"] in {"", row[name]} for name in names)


def _check_peers(row: _Row) -> None:
    """Which side has the countries that a place, a count or the largest is among."""
    kind, among = row["kind"], row["among"] or row["count_of"]
    if kind == "count" and among == "countries" and row["origin"] in {"", ALL}:
        row.refuse("origin", "a count of countries needs one country of origin")
    if kind == "count" and among in {"countries", "hosts"} and row["asylum"] not in {"", ALL}:
        row.refuse("asylum", f"a count of {among} covers all countries of asylum; leave it empty")
    if kind == "count" and among == "origins" and row["origin"] not in {"", ALL}:
        row.refuse("origin", "a count of origins covers all countries of origin; leave it empty")
    if kind in {"rank", "place", "extreme"}:
        side = "origin" if among in {"origins", "origins_in_host"} else "asylum"
        if not (is_country(row[side]) or row[side] in special_origins()):
            row.refuse(side, f"{_a(kind)} is that of one country")
    if among in {"destinations", "origins_in_host"} and kind in {"place", "extreme"}:
        other = "origin" if among == "destinations" else "asylum"
        if row[other] in {"", ALL}:
            row.refuse(other, f"a place among {among} needs it")


def _check_reference_dates(row: _Row) -> None:
    for name, last_name in (("reference_date", "to_year"), ("base_reference_date", "base_to_year")):
        if row[name] and iso_day(row[name]) is None:
            row.refuse(name, f"{row[name]!r} is not a day as YYYY-MM-DD")
        elif row[name] and row[name][:4] != row[last_name]:
            row.refuse(name, f"{row[name]} is not in {last_name}, {row[last_name]}")


def _check_years(row: _Row, published_on: date | None) -> None:
    names = ("from_year", "to_year", "base_from_year", "base_to_year")
    endpoints = [measures()[part] for part in parts_of(row["measure"]) if part in measures()]
    first = max((first_years().get(name, _FIRST_YEAR) for name in endpoints), default=_FIRST_YEAR)
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
                f"{year} is not between {first}, the first year of the dataset of "
                f"{row['measure']}, and {last}, the year the document was published",
            )
    _check_reference_dates(row)
    for first_name, last_name in (names[:2], names[2:]):
        begin, end = row.year(first_name), row.year(last_name)
        if begin is not None and end is not None and begin > end:
            row.refuse(last_name, f"{end} is before the first year, {begin}")
    begin, end, kind = row.year("from_year"), row.year("to_year"), row["kind"]
    if begin is None or end is None or kind not in kinds():
        return
    one = kinds()[kind].years == "one" or (kind == "count" and row["count_of"] != "years")
    if one and begin != end:
        row.refuse("from_year", f"{_a(kind)} is about one year, not {begin} to {end}")
    if kinds()[kind].years == "several" and begin == end:
        row.refuse("from_year", f"{_a(kind)} is about several years, not {begin} alone")
    stated = row.number("stated_value")
    if kind == "threshold_year" and stated is not None and not begin <= stated <= end:
        row.refuse("stated_value", f"{row['stated_value']} is not between {begin} and {end}")
