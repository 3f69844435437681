"""Where a figure by country of origin is a lower bound: the one place that says so in SQL.

Whether new asylum claims are complete is a column of every yearly mart. Of stocks it follows from
`reporting_gaps`: a country of asylum that gave people without their origin, at the end of a year.
The half-year figure of the same year, which it takes the place of, was given before.
"""

from __future__ import annotations

# People without a known origin are what is missing of the others, and lack nothing.
_UNKNOWN = "select unhcr_code from special_origins where special_kind = 'unknown'"
# The pairs and years of which the year-end stock lacks people whose origin was not given.
_PAIRS = """
    select distinct asylum_iso3, reference_year from reporting_gaps where dataset = 'population'
"""
# Origins that had people waiting in such a country in the year before.
_ORIGINS = f"""
    select distinct before.origin_unhcr_code, gaps.reference_year
    from ({_PAIRS}) as gaps
    inner join mart_destination_yearly as before
        on before.asylum_iso3 = gaps.asylum_iso3
        and before.reference_year = gaps.reference_year - 1
    where before.asylum_seekers_stock > 0
"""


def stock_is_incomplete(rows: str, *, level: str) -> str:
    """A SQL expression: whether the stock of asylum-seekers in a row of a yearly mart, which the
    query calls `rows`, is a lower bound. `level`: pair, origin, or asylum and world
    (never: their totals have those without origin).
    """
    if level in {"asylum", "world"}:
        return "false"
    keys, key = {
        "pair": (_PAIRS, "asylum_iso3"),
        "origin": (_ORIGINS, "origin_unhcr_code"),
    }[level]
    return (
        f"(not coalesce({rows}.is_population_provisional, false) and "
        f"{rows}.origin_unhcr_code not in ({_UNKNOWN}) and "
        f"({rows}.{key}, {rows}.reference_year) in ({keys}))"
    )
