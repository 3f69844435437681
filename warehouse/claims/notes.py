"""UNHCR's notes that bear on a figure: on its countries, its years and what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.core.database import named_rows

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


def notes_on(
    con: duckdb.DuckDBPyConnection,
    *,
    origin: str | None,
    asylum: str | None,
    from_year: int,
    to_year: int,
    measure: str,
) -> list[Note]:
    """The notes that bear on the figures of a measure; countries as ISO3, or UNHCR's code where
    there is none, None for all. None where the published file is of before there were notes.
    """
    there = con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() "
        "and table_name = 'mart_footnotes'"
    ).fetchall()
    if not there:
        return []
    given = {
        "origin": origin,
        "asylum": asylum,
        "from_year": from_year,
        "to_year": to_year,
        "measure": measure,
    }
    return [Note(about(row), row["footnote"]) for row in named_rows(con.execute(_QUERY, given))]


def about(row: dict[str, Any]) -> str:
    """Whom a note is about, and which years, as UNHCR names them."""
    parts = [
        row["origin_name"] and f"people from {row['origin_name']}",
        row["asylum_name"] and f"in {row['asylum_name']}",
    ]
    who = " ".join(part for part in parts if part) or "all countries"
    return f"{who}, {row['reference_years'] or 'any year'}"
