"""The findings on one origin as sentences and tables, before they become a page or text.

Read from an opened published file, a module a section: its query, and the headings of its columns
by their names. Nothing here is escaped: whoever writes it into a format does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from warehouse.exports.findings.beside import moved_section, moves_of, others_section
from warehouse.exports.findings.carried_forward import carried_forward_section
from warehouse.exports.findings.claims import Claim, Document, claims_on
from warehouse.exports.findings.destinations import destination_rows, destinations_section
from warehouse.exports.findings.eras import eras_section
from warehouse.exports.findings.headline import headline_figures
from warehouse.exports.findings.notes import notes_section
from warehouse.exports.findings.parts import Figure, Row, Section
from warehouse.exports.findings.revisions import revisions_section
from warehouse.exports.findings.unknown import unknown_section
from warehouse.exports.findings.unrwa import unrwa_of, unrwa_section
from warehouse.exports.findings.words import OF_NO_COUNTRY
from warehouse.exports.findings.years import years_section
from warehouse.exports.loaded import since_by_code
from warehouse.exports.origin_years import (
    Break,
    OriginYear,
    breaks_of,
    by_year,
    may_be_higher,
    newest_year,
    origin_rows,
)
from warehouse.exports.origins import Origin
from warehouse.published.read import read_about

# The sections in the order in which they are read.
ABOVE_CLAIMS = ("unknown", "unrwa", "others", "moved", "years")
BELOW_CLAIMS = ("revisions", "carried_forward", "destinations", "eras", "notes")


@dataclass(frozen=True)
class Findings:
    """All that is shown of one origin."""

    origin: Origin
    about: dict[str, str]
    figures: list[Figure] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    @property
    def held_back(self) -> list[str]:
        """Notes that come first: a line for each dataset whose newest figures are quarantined."""
        return self.about.get("held_back", "").splitlines()

    @property
    def lead(self) -> str | None:
        """What is said first of an origin that is no country."""
        return OF_NO_COUNTRY["origin"].get(self.origin.code)

    @property
    def has_figures(self) -> bool:
        """Whether anything at all is known of the origin."""
        return bool(self.figures)

    def section(self, name: str) -> Section:
        """One of the sections."""
        return next(section for section in self.sections if section.name == name)


def origin_figures(con: duckdb.DuckDBPyConnection, origin: Origin) -> list[Figure]:
    """The headline figures of an origin, of an opened published file."""
    years = by_year(origin_rows(con, origin.code))
    return _figures(con, origin, years, breaks_of(con, origin.code), moves_of(con, origin.code))


def _figures(
    con: duckdb.DuckDBPyConnection,
    origin: Origin,
    years: Sequence[OriginYear],
    breaks: Sequence[Break],
    moves: Sequence[Row],
) -> list[Figure]:
    return headline_figures(
        years,
        breaks,
        moves=moves,
        may_be_higher=may_be_higher(con, origin.code),
        since=since_by_code(con, "origin").of(origin.code),
        is_unknown=origin.is_unknown,
        newest_year=newest_year(con),
        has_unrwa=bool(unrwa_section(con, origin).tables),
    )


def find(con: duckdb.DuckDBPyConnection, origin: Origin) -> Findings:
    """Ask an opened published file all that the report says of an origin."""
    about = read_about(con)
    years = by_year(origin_rows(con, origin.code))
    breaks = breaks_of(con, origin.code)
    moves = moves_of(con, origin.code)
    documents, claims = claims_on(con, origin)
    return Findings(
        origin=origin,
        about=about,
        figures=_figures(con, origin, years, breaks, moves),
        sections=[
            years_section(years, origin, breaks),
            revisions_section(con, origin),
            carried_forward_section(con, origin, about["release"]),
            destinations_section([*destination_rows(con, origin.code)], origin),
            eras_section(con, origin),
            unknown_section(con, origin),
            unrwa_of(con, origin),
            others_section(origin.of("people"), years, about["release"]),
            moved_section(origin.name, "origin", moves, about["release"]),
            notes_section(con, origin),
        ],
        documents=documents,
        claims=claims,
    )


def summary(found: Findings) -> str:
    """What the report is about, in a sentence."""
    if not found.has_figures:
        return nothing_known(found)
    first = found.figures[0]
    return f"{found.origin.name}: {first.value} {first.counts}, by UNHCR’s figures."


def nothing_known(found: Findings) -> str:
    """What to say of an origin without figures."""
    return f"There are no figures here on {found.origin.of('people')} who seek asylum."


def what_to_do(found: Findings) -> str:
    """What may be the reason, and what brings figures if there are any."""
    only = f" --origin {found.origin.iso3}" if found.origin.iso3 else ""
    return (
        f"Either UNHCR has none, or it was not asked for them; this asks: "
        f"asylum run --source api{only}"
    )
