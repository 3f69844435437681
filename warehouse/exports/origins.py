"""Which origin is meant: a country by its ISO3, or one of the three that have none by UNHCR's code.

ISO3 and UNHCR's codes are different alphabets (AUS is Australia in one and Austria in the other),
so a UNHCR code is understood only where there is no ISO3: stateless, unknown, Tibetan.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import duckdb

from warehouse.core.wording import of_origin
from warehouse.published.countries import known_countries
from warehouse.reference.places import CountedElsewhereError, PlaceError, country_code

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
_MATCHES = 6
_SIMILAR = 0.6
_SHORTEST_PART = 4
# UNHCR's code where no country of origin is given, or no country of asylum.
UNKNOWN = "UKN"
STATELESS = "STA"
TIBETAN = "TIB"


class UnknownOriginError(Exception):
    """What was asked for is no origin."""


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

    Raises UnknownOriginError, with what is nearest, for a code that is no origin's.
    """
    wanted = _code(con, code)
    found = con.execute(_NAMED, {"code": wanted}).fetchall()
    if found:
        return Origin(*found[0])
    # Not among those fetched: ISO 3166-1 still knows it.
    import pycountry  # noqa: PLC0415

    country = pycountry.countries.get(alpha_3=wanted)
    if country is not None:
        return Origin(wanted, None, country.name, country.name)
    near = _near(con, code.strip())
    hint = f" Near to it: {'; '.join(near)}." if near else ""
    raise UnknownOriginError(
        f"{code!r} is no origin: give a country's ISO3 code, such as CHN or SYR, or STA "
        f"(stateless), UKN (unknown) or TIB (Tibetan), which have none.{hint}"
    )


def _code(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """The code that a text is, or that its name is of, also by the names in the published file."""
    names = [(known.code, known.name) for known in known_countries(con) if known.name]
    try:
        return country_code(text, names)
    except CountedElsewhereError as error:
        raise UnknownOriginError(str(error)) from error
    except PlaceError as error:
        near = _near(con, text.strip())
        hint = f" Near to it: {'; '.join(near)}." if near and "can be" not in str(error) else ""
        raise UnknownOriginError(f"{error}{hint}") from error


def default_origin(con: duckdb.DuckDBPyConnection) -> str:
    """China if an opened published file has figures of it, else the origin with the most
    asylum-seekers in the newest year; China again where there are no figures at all.
    """
    found = con.execute(_MOST, {"preferred": _PREFERRED}).fetchall()
    return found[0][0] if found else _PREFERRED


def _near(con: duckdb.DuckDBPyConnection, text: str) -> list[str]:
    """`CODE (name)` of what may have been meant, likeliest first."""
    import pycountry  # noqa: PLC0415

    names = {country.alpha_3: country.name for country in pycountry.countries}
    by_unhcr_code = {}
    for known in known_countries(con):
        names[known.code] = known.name or known.code
        by_unhcr_code[known.unhcr_code] = known.code
    alpha_2 = pycountry.countries.get(alpha_2=text.upper())
    folded = text.casefold()
    likely = [by_unhcr_code.get(text.upper()), alpha_2 and alpha_2.alpha_3]
    if len(text) >= _SHORTEST_PART:
        likely += sorted(code for code, name in names.items() if folded in name.casefold())
        by_name = {name.casefold(): code for code, name in sorted(names.items(), reverse=True)}
        close = difflib.get_close_matches(folded, by_name, _MATCHES, _SIMILAR)
        likely += [by_name[name] for name in close]
    else:
        likely += difflib.get_close_matches(text.upper(), sorted(names), _MATCHES, _SIMILAR)
    codes = list(dict.fromkeys(code for code in likely if code))
    return [f"{code} ({names[code]})" for code in codes[:_MATCHES]]
