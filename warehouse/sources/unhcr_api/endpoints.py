"""What is asked of UNHCR: the API's endpoints, the columns and keys of their rows, the queries;
the flow dataset, which is a workbook and landed in rows of the same shape; and the World Bank's
population, whose pages have another envelope.

A new endpoint or column is declared here and nowhere else. No network, no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from warehouse.core.manifest import Coverage

PAIRS, BY_ORIGIN, BY_ASYLUM, WORLD, ALL = "pairs", "by_origin", "by_asylum", "world", "all"
CONTROLS = (BY_ORIGIN, BY_ASYLUM)
SUMMED = "-"
FLOWS = "displacement-flows"
INHABITANTS = "inhabitants"
# All years are asked for, also those before the first that is known: UNHCR adds some now and then.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2999
# More than there are people; a double, as the archive has counts, is exact up to here.
LARGEST_COUNT = 2**53

ORIGIN = ("coo_id", "coo_name", "coo", "coo_iso")
ASYLUM = ("coa_id", "coa_name", "coa", "coa_iso")

_ISO3 = re.compile(r"[A-Z]{3}")
# Origins without an ISO3 code, as the API wants them asked for beside ISO3 codes.
_ASKED_FOR_AS = {"STA": "XXA", "UKN": "UNK"}


@dataclass(frozen=True)
class Query:
    """One question with all its pages: what a slice of a snapshot holds.

    `params` is everything that is sent but the page number; `is_control` marks control totals,
    which are read at both ends of a crawl.
    """

    slice: str
    params: dict[str, str]
    coverage: Coverage

    @property
    def is_control(self) -> bool:
        """Whether this is a control total of a dataset with origin and asylum."""
        return self.slice in CONTROLS


@dataclass(frozen=True)
class Endpoint:
    """One path of the API, the flow workbook, or the World Bank's population.

    name: the path without slashes; also the folder in landing.
    has_years: whether it takes a window of years.
    codes: columns that split a figure; part of the key, never empty.
    counts: columns that hold an integer of at least 0, "0" or "-".
    texts: other columns whose value is free (text, number or null).
    named: those of texts that are never empty: a row without them is no country and no region.
    numbers: those of texts that hold a whole number, as an int or as digits.
    objects: columns that hold an object with `id` (never empty) and `value`, both texts.
    amounts: columns that hold an integer of at least 0, or null.
    extras: columns that are known, of no use to us, and may be absent.
    key: columns no two rows of a slice share; empty where rows have no identity.
    has_sides: whether rows carry origin and asylum as identity columns.
    slices: the queries, by name (countries by region are added once the regions are known).
    published_in: where it is found, beside the archive. What is not UNHCR's has no release.
    code_of_measure: the column whose codes say what a row counts, where a row has one count only.
    has_total: whether the envelope sums the counts over the whole query. Where it does, an answer
        without the sums is refused: no missing row would show by them.
    """

    name: str
    has_years: bool = False
    codes: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    has_sides: bool = True
    slices: tuple[str, ...] = (PAIRS, BY_ORIGIN, BY_ASYLUM)
    has_total: bool = False
    extra_params: tuple[tuple[str, str], ...] = ()
    published_in: Literal["api", "workbook", "world_bank"] = "api"
    code_of_measure: str | None = None

    @property
    def table(self) -> str:
        """The name in SQL."""
        return self.name.replace("-", "_")

    @property
    def archived(self) -> str:
        """The name of its file and data frame in the archive."""
        return "flows" if self.name == FLOWS else self.table

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns every row must have, in order."""
        if not self.has_sides:
            return (*self.objects, *self.texts, *self.amounts)
        return ("year", *ORIGIN, *ASYLUM, *self.codes, *self.counts, *self.texts)

    @property
    def is_list(self) -> bool:
        """Whether it is a list that is never empty: of countries, of regions, of notes."""
        return not self.has_sides

    @property
    def is_of_unhcr(self) -> bool:
        """Whether UNHCR publishes it, and its figures are of a release."""
        return self.published_in != "world_bank"

    @property
    def is_dataset(self) -> bool:
        """Whether it has pairs of origin and asylum."""
        return PAIRS in self.slices

    @property
    def has_controls(self) -> bool:
        """Whether its source gives control totals beside the pairs."""
        return BY_ORIGIN in self.slices

    def queries(
        self,
        *,
        page_size: int,
        origins: Sequence[str] = (),
        region_ids: Iterable[int] = (),
        year_from: int | None = None,
    ) -> list[Query]:
        """All questions to ask this endpoint.

        origins narrows a dataset to these countries of origin (ISO3); control totals by asylum
        are then left out, since they would be sums over these origins alone. Without year_from
        all years up to the current one are asked for, and the coverage has no bounds: what is in
        no such answer does not exist, in whichever year.
        """
        params = {"cf_type": "ISO", "limit": str(page_size), **dict(self.extra_params)}
        years: dict[str, int | None] = {"year_from": None, "year_to": None}
        if self.has_years:
            # One alone would be ignored.
            params |= {"yearFrom": str(year_from or EARLIEST_YEAR), "yearTo": str(current_year())}
            if year_from is not None:
                years = {"year_from": year_from, "year_to": current_year()}
        listed = list(origins) if self.is_dataset else []
        out = []
        for name in self.slices:
            if listed and name == BY_ASYLUM:
                continue
            sides, coverage = _sides(name, listed) if self.has_sides else ({}, Coverage())
            out.append(
                Query(
                    name,
                    params | sides,
                    Coverage.model_validate(coverage.model_dump() | years),
                )
            )
        for region in region_ids if self.name == "countries" else ():
            sides = {"unhcr_region": str(region)}
            out.append(Query(f"unhcr_region={region}", params | sides, Coverage()))
        return out


def _sides(name: str, origins: list[str]) -> tuple[dict[str, str], Coverage]:
    origin = {"coo": ",".join(origins)} if origins else {"coo_all": "true"}
    match name:
        case "pairs":
            return origin | {"coa_all": "true"}, Coverage(origins=origins or "all")
        case "by_origin":
            return origin, Coverage(origins=origins or "all", asylums="summed")
        case "by_asylum":
            return {"coa_all": "true"}, Coverage(origins="summed")
        case "world":
            return {}, Coverage(origins="summed", asylums="summed")
        case _:
            raise ValueError(f"no slice of this name is known: {name!r}")


def _dataset(
    name: str,
    counts: str,
    codes: str = "",
    *,
    has_total: bool = False,
    extra_params: tuple[tuple[str, str], ...] = (),
) -> Endpoint:
    return Endpoint(
        name=name,
        has_years=True,
        codes=tuple(codes.split()),
        counts=tuple(counts.split()),
        key=("year", "coo", "coa", *codes.split()),
        has_total=has_total,
        extra_params=extra_params,
    )


_DECLARED = (
    _dataset(
        "population",
        "refugees asylum_seekers returned_refugees idps returned_idps stateless ooc oip hst",
    ),
    _dataset(
        "asylum-applications",
        "applied",
        "procedure_type app_type dec_level app_pc",
        has_total=True,
    ),
    _dataset(
        "asylum-decisions",
        "dec_recognized dec_other dec_rejected dec_closed dec_total",
        "procedure_type dec_level dec_pc",
        has_total=True,
    ),
    _dataset(
        "demographics",
        "f_0_4 f_5_11 f_12_17 f_18_59 f_60 f_other f_total "
        "m_0_4 m_5_11 m_12_17 m_18_59 m_60 m_other m_total total",
        "pop_type",
        extra_params=(("ptype_show", "true"),),
    ),
    _dataset(
        "solutions",
        "returned_refugees resettlement naturalisation returned_idps",
        has_total=True,
    ),
    _dataset("idmc", "total"),
    _dataset("unrwa", "total"),
    Endpoint(
        "nowcasting",
        counts=("refugees", "asylum_seekers"),
        texts=("month", "source"),
        key=("year", "month", "coa"),
        slices=(BY_ASYLUM, WORLD),
    ),
    # UNHCR_Flow_Data.xlsx, sheet DATA: `pt` says what is counted (seeds/reference/flow_codes.csv).
    Endpoint(
        FLOWS,
        codes=("pt",),
        counts=("count",),
        key=("year", "coo", "coa", "pt"),
        slices=(PAIRS,),
        published_in="workbook",
        code_of_measure="pt",
    ),
    # Two notes can be alike in every column, so none is a key. The years of a note are free text,
    # which a window of years cannot be trusted with.
    Endpoint(
        "footnotes",
        texts=(
            *("footnote", "year", "coo", "coo_id", "coo_iso"),
            *("coa", "coa_id", "coa_iso", "population_type"),
        ),
        has_sides=False,
        slices=(ALL,),
    ),
    Endpoint(
        "countries",
        texts=(
            *("id", "code", "iso", "iso2", "name", "nameLong"),
            *("nationality", "majorArea", "region"),
        ),
        named=("code", "name"),
        extras=("0", "nameOrigin", "nameShort", "nameFormal"),
        key=("code",),
        has_sides=False,
        slices=(ALL,),
    ),
    Endpoint(
        "regions",
        texts=("id", "name"),
        named=("name",),
        numbers=("id",),
        extras=("0",),
        key=("id",),
        has_sides=False,
        slices=(ALL,),
    ),
    # Indicator SP.POP.TOTL. Regions and groups of incomes are among the countries; some of them
    # have no code of three letters, so `country` is the key.
    Endpoint(
        INHABITANTS,
        objects=("indicator", "country"),
        texts=("countryiso3code", "date"),
        numbers=("date",),
        amounts=("value",),
        extras=("unit", "obs_status", "decimal", "scale"),
        key=("country", "date"),
        has_sides=False,
        slices=(ALL,),
        published_in="world_bank",
    ),
)

ENDPOINTS: dict[str, Endpoint] = {endpoint.name: endpoint for endpoint in _DECLARED}


def chosen(names: Sequence[str] | None) -> list[Endpoint]:
    """The endpoints of these names, in the order declared; all of them for None.

    Raises ValueError naming the unknown ones.
    """
    if names is None:
        return list(ENDPOINTS.values())
    unknown = sorted(set(names) - set(ENDPOINTS))
    if unknown:
        raise ValueError(
            f"unknown dataset or endpoint: {', '.join(unknown)}. There are: {', '.join(ENDPOINTS)}"
        )
    return [endpoint for endpoint in ENDPOINTS.values() if endpoint.name in names]


def checked_origins(origins: Sequence[str]) -> tuple[str, ...]:
    """The origins asked for, sorted, each once.

    Raises ValueError when one is not made of three capital letters: the API would ignore it and
    answer for the whole world.
    """
    for origin in origins:
        if not _ISO3.fullmatch(origin):
            raise ValueError(
                f"{origin!r} is not an ISO 3166-1 alpha-3 code: three capital letters, as in CHN."
            )
    return tuple(sorted(set(origins)))


def as_asked_for(origins: Sequence[str]) -> tuple[str, ...]:
    """The same origins as the API writes them: it has a code of its own for stateless and unknown
    where ISO3 is asked for.
    """
    return tuple(sorted({_ASKED_FOR_AS.get(origin, origin) for origin in origins}))


def current_year() -> int:
    """The year it is, in UTC: the last one that is asked for."""
    return datetime.now(UTC).year
