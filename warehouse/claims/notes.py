"""UNHCR's notes that bear on a figure: on its countries, its years and what it counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.reference.claims import parts_of

# A note that names no country at all bears on every figure; else one of the figure's is named.
_QUERY = """
    select
        footnote,
        origin_name,
        asylum_name,
        reference_years,
        string_agg(distinct population_type, ', ' order by population_type) as population_types
    from mart_footnotes
    where
        (
            is_on_any_origin and is_on_any_asylum
            or origin_code = $origin and ($asylum is null or is_on_any_asylum)
            or asylum_code = $asylum and ($origin is null or is_on_any_origin)
            or origin_code = $origin and asylum_code = $asylum
        )
        and (is_on_any_year or reference_year between $from_year and $to_year)
        and (
            population_type is null
            or measure = $measure
            or population_type = 'ASY' and $measure in (
                select measures.measure from measures
                where
                    endpoint in ('asylum-applications', 'asylum-decisions')
                    or measures.measure = 'new_asylum_claims'
            )
        )
    group by all
    order by reference_years, origin_name, asylum_name, footnote
"""


@dataclass(frozen=True)
class Note:
    """What UNHCR writes beside a figure: whom and which years it is about, and its text."""

    about: str
    text: str

    @property
    def sentence(self) -> str:
        """The note, to be shown under a figure."""
        return f"UNHCR on {self.about}: {self.text}"


def notes_on_claims(
    con: duckdb.DuckDBPyConnection, claims: Sequence[Mapping[str, Any]]
) -> list[tuple[str, ...]]:
    """For each claim the notes on its figures, as sentences. Of several countries, those that name
    none of them. Empty where the published file is of before there were notes.
    """
    there = con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() "
        "and table_name = 'mart_footnotes'"
    ).fetchall()

    @cache
    def notes(origin: str | None, asylum: str | None, first: int, last: int, measure: str) -> Any:
        given = {
            "origin": origin,
            "asylum": asylum,
            "from_year": first,
            "to_year": last,
            "measure": measure,
        }
        found = named_rows(con.execute(_QUERY, given))
        return tuple(Note(about(row), row["footnote"]).sentence for row in found)

    return [
        notes(
            _one(claim["origin"]),
            _one(claim["asylum"]),
            claim["reference_year"] if claim["from_year"] is None else claim["from_year"],
            claim["reference_year"],
            parts_of(claim["measure"])[0],
        )
        if there and claim["measure"] and claim["reference_year"] is not None
        else ()
        for claim in claims
    ]


def _one(side: str | None) -> str | None:
    """The country of a side of a claim; None for all, a group or several."""
    return side if side and re.fullmatch(r"[A-Z]{3}", side) else None


def about(row: dict[str, Any]) -> str:
    """Whom a note is about, and which years, as UNHCR names them."""
    parts = [
        row["origin_name"] and f"from {row['origin_name']}",
        row["asylum_name"] and f"in {row['asylum_name']}",
    ]
    named = [part for part in parts if part]
    who = " ".join(["people", *named]) if named else "all countries"
    return f"{who}, {row['reference_years'] or 'any year'}"
