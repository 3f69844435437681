"""Published claims on an origin, compared with the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.claims import shown
from warehouse.claims.notes import notes_on_claims
from warehouse.core.database import named_rows
from warehouse.core.wording import plural
from warehouse.exports.findings.parts import Row
from warehouse.exports.findings.words import INPUT_ROLES, MEASURES
from warehouse.exports.origins import Origin
from warehouse.reference.claim_lists import flags, meanings, verdicts
from warehouse.reference.claims import label_within

_INPUTS = """
    select
        inputs.document_id, inputs.claim_id, inputs.input_role, inputs.asylum_name,
        inputs.measure, inputs.reference_year, inputs.stated_value, inputs.value_on_the_day,
        inputs.value_newest
    from mart_claim_inputs as inputs
    inner join mart_claim_audit as claims using (document_id, claim_id)
    where
        (coalesce(claims.origin_iso3, claims.origin_unhcr_code) = $origin or $origin is null)
        -- The countries that a place is among are of the place, and not of the claim.
        and inputs.input_role not in ('peer', 'flow_peer')
    order by document_id, claim_id, input_number
"""
_CLAIMS = """
    select * from mart_claim_audit
    where coalesce(origin_iso3, origin_unhcr_code) = $origin or $origin is null
    order by
        document_published_on desc,
        document_id,
        try_cast(regexp_extract(claim_id, '^[0-9]+') as integer),
        claim_id
"""


_SENTENCES = "select document_id, as_flow_sentence from mart_claim_summary"


@dataclass(frozen=True)
class ClaimInput:
    """A figure that a claim rests on."""

    words: str
    stated: float | None
    on_the_day: float | None
    newest: float | None


@dataclass(frozen=True)
class Claim:
    """A claim of a published document, with what the database says of it."""

    document_id: str
    document: str
    claim_id: str
    paraphrase: str
    location: str
    counted: str
    reading: str
    stated: str | None
    on_the_day: str | None
    release_on_the_day: str | None
    newest: str | None
    as_flow: str | None
    meaning: str
    release: str | None
    change: str | None
    verdict: str
    flags: tuple[str, ...]
    explanation: str
    inputs: tuple[ClaimInput, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict_words(self) -> str:
        """The verdict as readers see it."""
        return verdicts()[self.verdict].label

    @property
    def severity(self) -> str:
        """How the verdict is marked: good, warning, bad or unknown."""
        return verdicts()[self.verdict].severity

    @property
    def meaning_words(self) -> str:
        """What the figure counts, as readers see it."""
        return meanings()[self.meaning].label

    @property
    def flag_words(self) -> tuple[str, ...]:
        """The flags as readers see them, but for one that says what stands beside the verdict:
        what the figure counts.
        """
        labels = (flags()[flag].label for flag in self.flags)
        return tuple(label for label in labels if label != self.meaning_words)


@dataclass(frozen=True)
class Document:
    """A published document, and how many of its claims on the origin came to each verdict."""

    document_id: str
    title: str
    publisher: str
    published_on: Any
    verdicts: dict[str, int]
    claim_count: int
    as_flow: str | None

    @property
    def counted(self) -> str:
        """How many claims, and how many of each verdict, whose words can have a comma in them."""
        each = [
            f"{count} {verdict.label}"
            for name, verdict in verdicts().items()
            if (count := self.verdicts.get(name))
        ]
        return f"{plural(self.claim_count, 'claim', 'claims')}: {'; '.join(each)}"


def claims_on(
    con: duckdb.DuckDBPyConnection, origin: Origin | None
) -> tuple[list[Document], list[Claim]]:
    """The documents on an origin (None: on any), newest first, and their claims."""
    code = {"origin": origin.code if origin else None}
    inputs: dict[tuple[str, str], list[ClaimInput]] = {}
    for row in named_rows(con.execute(_INPUTS, code)):
        inputs.setdefault((row["document_id"], row["claim_id"]), []).append(_input(row))
    rows = named_rows(con.execute(_CLAIMS, code))
    claims = [
        _claim(row, inputs.get((row["document_id"], row["claim_id"]), ()), notes)
        for row, notes in zip(rows, notes_on_claims(con, rows), strict=True)
    ]
    verdicts_by_document: dict[str, Counter[str]] = {}
    for claim in claims:
        verdicts_by_document.setdefault(claim.document_id, Counter())[claim.verdict] += 1
    sentences = dict(con.execute(_SENTENCES).fetchall())
    documents = [
        Document(
            document_id=row["document_id"],
            title=row["document_title"],
            publisher=row["publisher"],
            published_on=row["document_published_on"],
            verdicts=verdicts_by_document[row["document_id"]],
            claim_count=verdicts_by_document[row["document_id"]].total(),
            as_flow=sentences.get(row["document_id"]),
        )
        for row in {row["document_id"]: row for row in rows}.values()
    ]
    return documents, claims


def _input(row: Row) -> ClaimInput:
    words = [str(row["reference_year"])] if row["reference_year"] is not None else []
    words += [row["asylum_name"]] if row["asylum_name"] else []
    words += [MEASURES.get(row["measure"]) or label_within(row["measure"])]
    words += [INPUT_ROLES[row["input_role"]]] if row["input_role"] in INPUT_ROLES else []
    return ClaimInput(
        words=", ".join(words),
        stated=row["stated_value"],
        on_the_day=row["value_on_the_day"],
        newest=row["value_newest"],
    )


def _claim(row: Row, inputs: Sequence[ClaimInput], notes: tuple[str, ...]) -> Claim:
    return Claim(
        document_id=row["document_id"],
        document=row["document_title"],
        claim_id=str(row["claim_id"]),
        paraphrase=row["paraphrase"] or "",
        location=row["location"] or "",
        counted=row["document_word"] or "",
        reading=row["reading"] or "",
        stated=row["stated_text"],
        on_the_day=row["on_the_day_text"],
        release_on_the_day=row["release_id_on_the_day"],
        newest=shown.newest(row),
        as_flow=shown.as_flow_newest(row),
        meaning=row["meaning_verdict"],
        release=row["release_id"],
        change=shown.change(row),
        verdict=row["verdict"],
        flags=tuple(flag.strip() for flag in (row["flags"] or "").split(",") if flag.strip()),
        explanation=row["explanation"] or "",
        inputs=tuple(inputs),
        notes=notes,
    )
