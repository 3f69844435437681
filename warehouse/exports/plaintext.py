"""The report as Markdown that reads well as plain text, for a newsroom's editor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warehouse.core import wording
from warehouse.core.wording import day, markdown, moment, number, show
from warehouse.exports import findings
from warehouse.exports.findings import Findings
from warehouse.exports.findings.claims import ClaimInput
from warehouse.exports.findings.parts import ReportTable
from warehouse.exports.findings.words import DEFINITIONS
from warehouse.reference.claim_lists import verdicts

# A claim on many years or countries rests on as many figures.
_INPUTS_SHOWN = 6


def render(found: Findings) -> str:
    """The report of an origin as Markdown."""
    about = found.about
    blocks = [
        *(f"**{markdown(line)}**" for line in found.held_back),
        f"# {markdown(found.origin.of('People'))} who seek asylum abroad",
        _line(
            f"UNHCR’s figures, release {about['release']}; made from the file built on "
            f"{moment(about['built_at'])}. A dash is not known, never zero."
        ),
        *([_line(found.lead)] if found.lead else []),
        "## Headline figures",
        *_headlines(found),
        *_sections(found, findings.ABOVE_CLAIMS),
        *_claims(found),
        *_sections(found, findings.BELOW_CLAIMS),
        "## Definitions",
        "\n".join(f"- **{markdown(term)}**: {markdown(meaning)}" for term, meaning in DEFINITIONS),
        "## Source, licence, terms",
        "\n".join(
            f"- {term}: {text}"
            for term, text in (
                # Our own addresses, which are meant to be addresses.
                ("Source", f"{about['source']}, release {about['release']}"),
                ("How to cite", about["how_to_cite"]),
                ("Licence", f"{about['licence']}, {about['licence_address']}"),
                ("Terms of use", about["terms_address"]),
                ("Other providers", about["other_providers"]),
                ("Retrieved", moment(about["retrieved_at"]) if about["retrieved_at"] else "–"),
                ("Built", f"{moment(about['built_at'])}, {about['project']}"),
            )
        ),
        _line(about["endorsement"]),
    ]
    return "\n\n".join(blocks) + "\n"


def headlines(found: Findings) -> str:
    """The headline figures as a Markdown list."""
    return "\n".join(
        f"- **{markdown(figure.value)}** "
        + markdown("; ".join([f"{figure.counts} ({figure.nature})", *figure.clauses]))
        for figure in found.figures
    )


def _headlines(found: Findings) -> Iterable[str]:
    if found.figures:
        return [headlines(found)]
    return [_line(findings.nothing_known(found)), _line(findings.what_to_do(found))]


def _line(text: str) -> str:
    return markdown(text, begins_line=True)


def _sections(found: Findings, names: Sequence[str]) -> Iterable[str]:
    for part in map(found.section, names):
        if not part.tables:
            continue
        yield f"## {markdown(part.title)}"
        if part.sentences:
            yield _line(" ".join(part.sentences))
        for table in part.tables:
            yield _line(table.caption) + ":"
            yield _table(table)


def _table(table: ReportTable) -> str:
    return _grid(
        [column.heading for column in table.columns],
        table.shown(),
        [column.kind in wording.NUMERIC for column in table.columns],
    )


def _grid(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    lines = [[markdown(heading) for heading in headings]]
    lines += [[markdown(cell) for cell in row] for row in rows]
    # Wide cells are not padded to: a line of prose would push every other far to the right.
    widths = [
        max(len(line[column]) for line in lines if len(line[column]) <= 40 or line is lines[0])
        for column in range(len(headings))
    ]
    rule = [
        "-" * (max(width, 3) - 1) + (":" if is_right else "-")
        for width, is_right in zip(widths, right, strict=True)
    ]
    padded = [
        [
            cell.rjust(max(width, 3)) if is_right else cell.ljust(max(width, 3))
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ]
        for line in lines
    ]
    padded.insert(1, rule)
    return "\n".join("| " + " | ".join(line) + " |" for line in padded)


def _claims(found: Findings) -> Iterable[str]:
    if not found.claims:
        return
    yield "## What others published, checked"
    yield (
        "What was stated, what UNHCR’s database said at publication, and what it says in the "
        "newest release. A claim that reads people waiting (a stock) as people who claimed asylum "
        "(a flow) is worked out on the latter too."
    )
    for document in found.documents:
        title = f"{document.publisher}, “{document.title}”, {day(document.published_on)}"
        yield f"### {markdown(title)}"
        yield f"{document.counted}."
        if document.as_flow:
            yield markdown(document.as_flow)
        claims = [claim for claim in found.claims if claim.document_id == document.document_id]
        yield _grid(
            [
                *("Claim", "What it says", "Verdict", "Stated", "At publication"),
                *("As people who claimed asylum", "Newest"),
            ],
            [
                [
                    claim.claim_id, claim.paraphrase, claim.verdict_words, show(claim.stated),
                    _with_release(claim.on_the_day, claim.release_on_the_day),
                    show(claim.as_flow),
                    _with_release(claim.newest, claim.release),
                ]
                for claim in claims
            ],
            [False, False, False, True, True, True, True],
        )  # fmt: skip
        for claim in claims:
            flags = f" ({'; '.join(claim.flag_words)})" if claim.flag_words else ""
            meaning = "" if claim.meaning == "as_stated" else f": {claim.meaning_words}"
            text = f"{claim.verdict_words}{meaning}{flags}. {claim.explanation}".strip()
            yield f"Claim {markdown(claim.claim_id)}: {markdown(text)}"
            yield from _inputs(claim.inputs)
    yield "### What the verdicts mean"
    yield "\n".join(f"- {verdict.label}: {verdict.meaning}" for verdict in verdicts().values())


def _inputs(inputs: Sequence[ClaimInput]) -> Iterable[str]:
    """The figures a claim rests on; of many only those that tell something of the claim."""
    told = inputs
    if len(inputs) > _INPUTS_SHOWN:
        told = [
            given
            for given in inputs
            if given.stated is not None or given.on_the_day != given.newest
        ][:_INPUTS_SHOWN]
        which = "Below are those stated, or revised since publication. " if told else ""
        yield markdown(f"It rests on {len(inputs)} figures. {which}All are in mart_claim_inputs.")
    if told:
        yield _grid(
            ["It rests on", "Stated", "At publication", "Newest"],
            [
                [
                    given.words, number(given.stated),
                    number(given.on_the_day), number(given.newest),
                ]
                for given in told
            ],
            [False, True, True, True],
        )  # fmt: skip


def _with_release(text: str | None, release: str | None) -> str:
    return show(text) if text is None or release is None else f"{show(text)} ({release})"
