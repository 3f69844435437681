"""Countries as the published file has them, for those who ask by a name or a code."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

_ALL = """
    select distinct coalesce(iso3, unhcr_code), unhcr_code, country_name from dim_country
    union
    select unhcr_code, unhcr_code, name from special_origins
"""


@dataclass(frozen=True)
class Known:
    """A country, or an origin without one; `code`: ISO3, or UNHCR's where there is none."""

    code: str
    unhcr_code: str
    name: str | None


def known_countries(con: duckdb.DuckDBPyConnection) -> list[Known]:
    """The countries and special origins of an opened published file."""
    return [Known(*row) for row in con.execute(_ALL).fetchall()]
