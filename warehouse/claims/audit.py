"""Claims in the published file: those of the register, and a single one from the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from warehouse.claims import sentence, shown
from warehouse.claims.counted import region_name
from warehouse.claims.notes import notes_on_claims
from warehouse.core.attribution import source_line
from warehouse.core.database import literal
from warehouse.core.wording import harmless, markdown
from warehouse.published.read import read_about, release_on
from warehouse.reference import claims
from warehouse.reference.figures import figure

# The day that counts as now, where none is given: after every release.
END_OF_TIME = date(9999, 12, 31)
# Columns of the register that hold numbers: 1,000 as it is printed is none to DuckDB.
_NUMBERS = frozenset({"per", "tolerance"})
# Of a file so many claims are asked for at a time: what they rest on is held in memory meanwhile.
_ASKED_AT_ONCE = 10
_AUDIT_COLUMNS = (
    *("document_id", "claim_id", "kind", "publisher", "document_title", "document_published_on"),
    *("paraphrase", "location", "measure", "counting_unit", "origin_iso3", "asylum_iso3"),
    *("origin", "asylum", "origin_name", "asylum_name", "from_year", "reference_date"),
    *("reference_year", "stated_text", "on_the_day_text", "newest_text", "stated_value"),
    *(
        "stated_low",
        "stated_high",
        "accepted_low",
        "accepted_high",
        "tolerance",
        "value_on_the_day",
        "value_newest",
    ),
    *("stated_difference", "revision", "change_rate", "as_flow_on_the_day_text"),
    *("as_flow_newest_text", "as_flow_value_on_the_day", "as_flow_value_newest"),
    *("verdict", "number_verdict", "meaning_verdict", "flags", "is_borne_out_now"),
    *("is_lower_bound", "is_as_flow_incomplete", "rests_on_incomplete", "is_not_comparable"),
    *("is_revision_comparable", "not_printed_because", "print_note"),
    *("is_borne_out_by_own_figures", "as_flow_sentence", "explanation"),
    *("release_id_on_the_day", "release_id"),
)
# What the register has of a claim, and the audit does not: what it is compared with, and among.
_REGISTER_COLUMNS = (
    *("population_type", "base_measure", "base_origin", "base_asylum", "base_from_year"),
    *("base_to_year", "base_reference_date", "among", "share_of", "count_of", "per"),
    *("threshold_low", "threshold_high"),
)
_CSV_COLUMNS = (*_AUDIT_COLUMNS, *_REGISTER_COLUMNS, "to_print")
_INPUT_COLUMNS = (
    *("input_number", "input_role", "origin_iso3", "origin_name", "asylum_iso3", "asylum_name"),
    *("measure", "counting_unit", "reference_year", "reference_date", "stated_value"),
    *("value_on_the_day", "value_newest", "stated_difference", "revision"),
    *("is_covered_on_the_day", "is_provisional_on_the_day", "carried_forward_stock"),
    *("release_id_on_the_day", "release_id"),
)


# By the name under which claims name them.
_REGIONS = """
    select 'unhcr_' || lower(replace(unhcr_region, ' ', '_')), 'UNHCR', unhcr_region
    from dim_country
    where unhcr_region is not null
    union
    select 'un_' || lower(replace(un_region, ' ', '_')), 'UN', un_region
    from dim_country
    where un_region is not null
"""


# By the code under which claims name them, as they stand within a sentence.
_COUNTRIES = "select country_code, country_name_within from dim_country"


class AuditError(Exception):
    """A question about claims that cannot be answered; the message says what to ask instead."""


@dataclass(frozen=True)
class Audit:
    """Claims with their verdicts: a dict a claim, `inputs` in each, and whose figures these are.

    sentences: by document, what its largest sum would be as people who claimed asylum.
    """

    claims: list[dict[str, Any]] = field(default_factory=list)
    release: str = ""
    sentences: Mapping[str, str] = field(default_factory=dict)
    later_documents: Sequence[str] = ()

    @property
    def source(self) -> str:
        """The line that belongs under the table."""
        measures = [part for claim in self.claims for part in sentence.measures_behind(claim)]
        is_per_head = any(claim["kind"] == "per_head" for claim in self.claims)
        return source_line([f"release {self.release}"], measures, per_inhabitant=is_per_head)


def audit(
    con: duckdb.DuckDBPyConnection, document: str | None = None, as_of: date | None = None
) -> Audit:
    """The register's claims by an opened published file, of one document or all; `as_of` is the
    day that counts as now, and documents that came out after it are left out.

    Raises AuditError when there is no such document, it came out after that day, or the file is of
    before there were claims; NoReleaseError when no release was out on that day.
    """
    _must_have_claims(con)
    known = dict(
        con.execute(
            "select document_id, published_on from published_documents order by published_on"
        ).fetchall()
    )
    if document is not None and document not in known:
        raise AuditError(f"There is no document {document!r}. There are: {', '.join(known)}.")
    later = [name for name, day in known.items() if as_of and day > as_of]
    if document in later:
        raise AuditError(f"{document} came out on {known[document]}, after {as_of}.")
    release = read_about(con)["release"] if as_of is None else release_on(con, as_of)
    if as_of is None:
        found = _claims(con, "mart_claim_audit", "mart_claim_inputs", "published_claims")
    else:
        given = f"(date {literal(as_of.isoformat())})"
        found = _claims(
            con, f"claim_audit_as_of{given}", f"claim_inputs_as_of{given}", "published_claims"
        )
    kept = [
        claim
        for claim in found
        if claim["document_id"] not in later and document in (None, claim["document_id"])
    ]
    return Audit(kept, release, _sentences(kept), later if document is None else [])


def check(
    con: duckdb.DuckDBPyConnection,
    cells: Mapping[str, Any],
    published_on: date,
    asked_as: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """One claim on the spot, by an opened published file; `cells` are columns of the register,
    `asked_as` what who asks calls them.

    Returns the claim with its verdict, `inputs`, and `notes`, UNHCR's on its figures. Raises
    ClaimsError when it cannot be evaluated, AuditError when the file is of before there were
    claims.
    """
    _must_have_claims(con)
    text = {
        name: "" if cells.get(name) is None else str(cells[name]) for name in claims.CLAIM_COLUMNS
    }
    claims.check_claim(text, published_on, frozenset(regions(con)), asked_as)
    document = dict.fromkeys(claims.DOCUMENT_COLUMNS, "asked") | {
        "published_on": published_on.isoformat()
    }
    [claim] = _audited(con, [document], [text])
    return claim


def audit_file(con: duckdb.DuckDBPyConnection, path: Path, published_on: date | None) -> Audit:
    """The claims of a file in the register's shape, by an opened published file.

    Columns of the register may be missing where they are empty, and those of a document may stand
    in each row: published_on, publisher, title. `published_on` is the day of all that give none.
    Raises ClaimsError that lists what cannot be evaluated, with line and column.
    """
    _must_have_claims(con)
    documents, rows = claims.read_file(path, published_on, frozenset(regions(con)))
    return Audit(_audited(con, documents, rows), read_about(con)["release"])


def regions(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The regions of an opened published file in words, by the names under which claims name
    them.
    """
    found = con.execute(_REGIONS).fetchall()
    return {name: region_name(scheme, region) for name, scheme, region in found}


def _audited(
    con: duckdb.DuckDBPyConnection,
    documents: Sequence[Mapping[str, str]],
    rows: Sequence[Mapping[str, str]],
) -> list[dict[str, Any]]:
    """Claims that are in no register, with their verdicts."""
    con.execute("create or replace temp table documents_asked as from published_documents limit 0")
    con.executemany(
        f"insert into documents_asked values ({', '.join('?' for _ in claims.DOCUMENT_COLUMNS)})",
        [[row[name] or None for name in claims.DOCUMENT_COLUMNS] for row in documents],
    )
    given = f"('documents_asked', 'claims_asked', date {literal(END_OF_TIME.isoformat())})"
    found = []
    for first in range(0, len(rows), _ASKED_AT_ONCE):
        con.execute("create or replace temp table claims_asked as from published_claims limit 0")
        con.executemany(
            f"insert into claims_asked values ({', '.join('?' for _ in claims.CLAIM_COLUMNS)})",
            [
                [
                    figure(row[name]) if name in _NUMBERS else row[name] or None
                    for name in claims.CLAIM_COLUMNS
                ]
                for row in rows[first : first + _ASKED_AT_ONCE]
            ],
        )
        found += _claims(con, f"claim_audit_of{given}", f"claim_inputs_of{given}", "claims_asked")
    return sorted(found, key=_place)


def as_json(found: Audit) -> str:
    """Claims with their inputs, as a JSON array; NULL is null, days are ISO 8601."""
    return json.dumps(found.claims, indent=1, ensure_ascii=False, default=str)


def as_csv(found: Audit) -> str:
    """Claims without their inputs, as CSV with a header; NULL is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for claim in found.claims:
        writer.writerow({name: _csv(claim[name]) for name in _CSV_COLUMNS})
    return out.getvalue()


def as_markdown(found: Audit) -> str:
    """A table a document under its title, with the source below it."""
    lines: list[str] = []
    for document_id in dict.fromkeys(claim["document_id"] for claim in found.claims):
        of_document = [c for c in found.claims if c["document_id"] == document_id]
        first = of_document[0]
        lines += [
            f"**{_markdown(first['publisher'])}, {_markdown(first['document_title'])}** "
            f"({first['document_published_on']})",
            "",
            *(
                (_markdown(found.sentences[document_id]), "")
                if document_id in found.sentences
                else ()
            ),
            f"| {' | '.join(shown.TABLE_COLUMNS)} |",
            f"|{'---|' * len(shown.TABLE_COLUMNS)}",
            *(
                f"| {' | '.join(_markdown(of(claim)) for of in shown.TABLE_COLUMNS.values())} |"
                for claim in of_document
            ),
            "",
        ]
    return "\n".join([*lines, found.source, ""])


def _must_have_claims(con: duckdb.DuckDBPyConnection) -> None:
    there = set(
        con.execute(
            "select table_name, column_name from duckdb_columns() "
            "where database_name = current_database()"
        ).fetchall()
    )
    read = {
        "mart_claim_audit_history": _AUDIT_COLUMNS,
        "mart_claim_inputs_history": _INPUT_COLUMNS,
        "published_claims": _REGISTER_COLUMNS,
        "dim_country": ("country_code", "country_name_within"),
    }
    if not there.issuperset((table, name) for table, names in read.items() for name in names):
        raise AuditError(
            "The published file was made by an earlier version, which has fewer columns on claims. "
            "Rebuild it with `asylum run`."
        )


def _claims(
    con: duckdb.DuckDBPyConnection, audit_: str, inputs: str, register: str
) -> list[dict[str, Any]]:
    """Claims of `register` with their verdicts, inputs, notes and what may be printed of them."""
    audited = (f"audited.{name}" for name in _AUDIT_COLUMNS)
    told = (*(f"told.{name}" for name in _REGISTER_COLUMNS), "told.reference_date")
    rows = con.execute(
        f"select {', '.join([*audited, *told])} from {audit_} as audited "
        f"inner join {register} as told using (document_id, claim_id)"
    ).fetchall()
    of_claim: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for document_id, claim_id, *row in con.execute(
        f"select document_id, claim_id, {', '.join(_INPUT_COLUMNS)} from {inputs}"
    ).fetchall():
        one = dict(zip(_INPUT_COLUMNS, row, strict=True))
        of_claim.setdefault((document_id, claim_id), []).append(one)
    columns = (*_AUDIT_COLUMNS, *_REGISTER_COLUMNS, "reference_date_asked")
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    names = {**regions(con), **dict(con.execute(_COUNTRIES).fetchall())}
    published = dict(con.execute("select release_id, published_on from dim_release").fetchall())
    for claim, notes in zip(found, notes_on_claims(con, found), strict=True):
        claim["notes"] = list(notes)
        claim["inputs"] = of_claim.get((claim["document_id"], claim["claim_id"]), [])
        claim["to_print"] = sentence.to_print(claim, names)
        claim["citation"] = sentence.citation(claim, published)
    return sorted(found, key=_place)


def _sentences(found: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By document, what its largest sum of stocks would be as people who claimed asylum."""
    told = [claim for claim in found if claim["as_flow_sentence"]]
    return {
        claim["document_id"]: claim["as_flow_sentence"]
        for claim in sorted(told, key=lambda claim: claim["stated_value"])
    }


def _place(claim: Mapping[str, Any]) -> tuple[Any, ...]:
    """As in the documents: 2 before 10a."""
    number = re.match(r"\d*", claim["claim_id"])
    assert number is not None
    return (
        claim["document_published_on"],
        claim["document_id"],
        int(number.group() or 0),
        claim["claim_id"],
    )


def _markdown(value: object) -> str:
    """A value in a cell of a Markdown table."""
    return markdown("–" if value is None else str(value))


def _csv(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value
