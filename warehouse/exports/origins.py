"""Which origin is meant: a country by its ISO3, or one of the three that have none by UNHCR's code.

ISO3 and UNHCR's codes are different alphabets (AUS is Australia in one and Austria in the other),
so a UNHCR code is understood only where there is no ISO3: stateless, unknown, Tibetan.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse.core.wording import of_origin
from warehouse.published.countries import code_of, known_countries
from warehouse.reference.places import name_of

# The published tables that say which origin is meant.
READS = frozenset({"dim_country", "special_origins"})
_NAMED = """
    select iso3, unhcr_code, country_name, country_name_within
    from dim_country
    where coalesce(iso3, unhcr_code) = $code
    union
    select null, unhcr_code, name, name
    from special_origins
    where unhcr_code = $code and unhcr_code not in (select unhcr_code from dim_country)
"""
_MOST = """
    select coalesce(origin_iso3, origin_unhcr_code)
    from mart_origin_yearly
    where counting_unit = 'persons'
    order by
        origin_iso3 is not distinct from $preferred desc,
        reference_year desc,
        asylum_seekers_stock desc nulls last,
        origin_unhcr_code
    limit 1
"""
_PREFERRED = "CHN"
# UNHCR's code where no country of origin is given, or no country of asylum.
UNKNOWN = "UKN"
STATELESS = "STA"
TIBETAN = "TIB"


@dataclass(frozen=True)
class Origin:
    """An origin; `unhcr_code` is None for a country that the published file does not know.

    `name_within` is its name within a sentence: "the Russian Federation".
    """

    iso3: str | None
    unhcr_code: str | None
    name: str
    name_within: str

    @property
    def code(self) -> str:
        """What it is asked for by."""
        return self.iso3 or self.unhcr_code or ""

    @property
    def is_unknown(self) -> bool:
        """Whether it is where people are counted of whom no country is given."""
        return self.code == UNKNOWN

    def of(self, people: str) -> str:
        """`people` of this origin, in words; not escaped."""
        return of_origin(people, self.code, self.name_within)


def find_origin(con: duckdb.DuckDBPyConnection, code: str) -> Origin:
    """The origin of this code or name, whether or not an opened published file has figures of it.

    Raises PlaceError, with what may be meant, for what is no origin's code or name.
    """
    wanted = code_of(code, known_countries(con))
    found = con.execute(_NAMED, {"code": wanted}).fetchall()
    if found:
        return Origin(*found[0])
    # Not among those fetched: ISO 3166-1 still knows it.
    name = name_of(wanted)
    return Origin(wanted, None, name, name)


def default_origin(con: duckdb.DuckDBPyConnection) -> str:
    """China if an opened published file has figures of it, else the origin with the most
    asylum-seekers in the newest year; China again where there are no figures at all.
    """
    found = con.execute(_MOST, {"preferred": _PREFERRED}).fetchall()
    return found[0][0] if found else _PREFERRED
