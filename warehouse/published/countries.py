"""Countries as the published file has them, for those who ask by a name or a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.reference.claims import is_country
from warehouse.reference.places import PlaceError, country_code, no_country, places

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


def code_of(text: str, known: Sequence[Known] = ()) -> str:
    """The code of the country that `text` is the code or a name of: of these, of ISO 3166-1, or of
    the origins without a code there.

    Raises PlaceError for what is none (with what it is as UNHCR's own code), can be several, or is
    counted in another.
    """
    names = [(country.code, country.name) for country in known if country.name]
    codes = {country.code for country in known}
    code = given if (given := text.strip().upper()) in codes else country_code(text, names)
    if is_country(code) or code in {*places(), *codes}:
        return code
    said = f"{code!r} is no country's ISO 3166-1 alpha-3 code, such as CHN"
    for country in known:
        if country.unhcr_code == code:
            raise PlaceError(
                f"{said}; as UNHCR's own code it is {country.code} ({country.name}).",
                can_be=[country.code],
            )
    raise no_country(f"{said}.", code, names)


def known_countries(con: duckdb.DuckDBPyConnection) -> list[Known]:
    """The countries and special origins of an opened published file."""
    return [Known(*row) for row in con.execute(_ALL).fetchall()]
