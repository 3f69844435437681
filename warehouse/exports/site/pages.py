"""The pages of the site as HTML. What they hold without scripts is of the newest release.

A page loads nothing from elsewhere, and its policy allows nothing else: only the site's own
scripts run, so even text that slipped through could not be run, and could not send anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb

from warehouse.core import attribution, wording
from warehouse.exports.findings import beside
from warehouse.exports.findings.claims import claims_on
from warehouse.exports.findings.destinations import destination_rows, destinations_section
from warehouse.exports.findings.headline import headline_figures
from warehouse.exports.findings.parts import Figure, ReportTable, Section
from warehouse.exports.findings.unknown import unknown_section
from warehouse.exports.findings.unrwa import unrwa_in, unrwa_section
from warehouse.exports.findings.words import BOUNDARIES, DEFINITIONS, OF_NO_COUNTRY
from warehouse.exports.findings.years import years_section
from warehouse.exports.loaded import since_by_code
from warehouse.exports.measures import RANKS
from warehouse.exports.origin_years import (
    breaks_by_origin,
    by_year,
    may_be_higher_by_origin,
    newest_year,
    rows_of_origins,
)
from warehouse.exports.origins import Origin
from warehouse.exports.site import geometry, hosts
from warehouse.exports.site.changes import release_sections
from warehouse.exports.site.names import stem
from warehouse.exports.templating import environment
from warehouse.published.read import use_published
from warehouse.reference.claim_lists import verdicts

# Styles may be set, as charts need; a picture is made in the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'"
)
PAGES = (
    ("countries.html", "Countries"),
    ("documents.html", "Documents checked"),
    ("releases.html", "Releases"),
    ("data.html", "Data"),
    ("method.html", "Method"),
)
LARGEST_SHOWN = 20


@dataclass(frozen=True)
class Country:
    """A country of one side: `side` is origin or asylum, `code` its ISO3 or UNHCR's code,
    `name_within` its name within a sentence.
    """

    side: str
    code: str
    name: str
    name_within: str

    @property
    def path(self) -> str:
        """Its page."""
        return f"{self.side}/{stem(self.code)}.html"

    @property
    def place(self) -> str:
        """Where people are who are there, in words: after "in"."""
        return "an unknown country" if self.code == "UKN" else self.name_within

    @property
    def subject(self) -> Origin:
        """What its figures are of: by the code that it is asked for by, ISO3 or not."""
        return Origin(self.code, None, self.name, self.name_within)


@dataclass(frozen=True)
class Shell:
    """What all pages share: the facts of the published file, and versions in addresses."""

    about: Mapping[str, str]
    version: str
    assets: str

    def page(
        self, path: str, template: str, title: str, summary: str, **given: Any
    ) -> tuple[str, str]:
        """The path of a page, and the page as HTML."""
        depth = path.count("/")
        context: dict[str, Any] = {
            **dict.fromkeys(("preload", "dataset", "side", "code", "lead")),
            "scripts": (),
            "module": "plain.js",
            **given,
        }
        return path, environment().get_template(f"site/{template}.html").render(
            root="../" * depth,
            here=path,
            kind=template,
            title=title,
            summary=summary,
            about=self.about,
            held_back=self.about.get("held_back", "").splitlines(),
            version=self.version,
            assets=self.assets,
            pages=PAGES,
            policy=POLICY,
            numeric=wording.NUMERIC,
            licence_title=attribution.LICENCE_TITLE,
            **context,
        )


def country_pages(
    con: duckdb.DuckDBPyConnection, shell: Shell, countries: Sequence[Country]
) -> Iterator[tuple[str, str]]:
    """Path and HTML of the page of each country; the rows of a few are in memory at a time."""
    in_order = sorted(countries, key=lambda country: country.code)
    yield from _origin_pages(con, shell, [c for c in in_order if c.side == "origin"])
    yield from _asylum_pages(con, shell, [c for c in in_order if c.side == "asylum"])


def _origin_pages(
    con: duckdb.DuckDBPyConnection, shell: Shell, countries: Sequence[Country]
) -> Iterator[tuple[str, str]]:
    breaks_known, moves = breaks_by_origin(con), beside.moves_by_code(con)
    may_be_higher, since = may_be_higher_by_origin(con), since_by_code(con, "origin")
    release, latest = shell.about["release"], newest_year(con)
    codes = [country.code for country in countries]
    with con.cursor() as of_years, con.cursor() as of_places:
        use_published(of_years)
        use_published(of_places)
        years_of_each = rows_of_each(codes, rows_of_origins(of_years), "origin")
        places_of_each = rows_of_each(codes, destination_rows(of_places), "origin")
        for country, rows, places in zip(countries, years_of_each, places_of_each, strict=True):
            years, breaks = by_year(rows), breaks_known.get(country.code, [])
            unrwa = unrwa_section(con, country.subject)
            yield _country_page(
                shell,
                country,
                f"{wording.visible(country.subject.of('People'))} who seek asylum abroad",
                headline_figures(
                    years,
                    breaks,
                    moves=moves.get(("origin", country.code), []),
                    may_be_higher=may_be_higher.get(country.code, ()),
                    since=since.of(country.code),
                    is_unknown=country.subject.is_unknown,
                    newest_year=latest,
                    has_unrwa=bool(unrwa.tables),
                ),
                [
                    years_section(
                        years,
                        country.subject,
                        breaks,
                        whole="mart_origin_yearly among the tables",
                    ),
                    destinations_section(places, country.subject),
                ],
                always=[
                    unknown_section(con, country.subject),
                    unrwa,
                    beside.others_section(country.subject.of("people"), years, release),
                    beside.moved_section(
                        country.name, "origin", moves.get(("origin", country.code), []), release
                    ),
                ],
            )


def _asylum_pages(
    con: duckdb.DuckDBPyConnection, shell: Shell, countries: Sequence[Country]
) -> Iterator[tuple[str, str]]:
    origins, moves = hosts.origins_by_asylum(con), beside.moves_by_code(con)
    breaks, since = hosts.breaks_by_asylum(con), since_by_code(con, "asylum")
    release, latest = shell.about["release"], newest_year(con)
    codes = [country.code for country in countries]
    with con.cursor() as of_years:
        use_published(of_years)
        years_of_each = rows_of_each(codes, hosts.rows_of_asylums(of_years), "asylum")
        for country, rows in zip(countries, years_of_each, strict=True):
            years = by_year(rows)
            unrwa = unrwa_in(con, country.code, country.place)
            yield _country_page(
                shell,
                country,
                f"People who seek asylum in {wording.visible(country.place)}",
                headline_figures(
                    years,
                    whole="those in all countries",
                    moves=moves.get(("asylum", country.code), []),
                    may_be_higher=hosts.may_be_higher(years),
                    since=since.of(country.code),
                    is_asylum=True,
                    is_unknown=country.subject.is_unknown,
                    newest_year=latest,
                    has_unrwa=bool(unrwa.tables),
                ),
                [
                    years_section(
                        years,
                        country.subject,
                        breaks.get(country.code, []),
                        whole="mart_asylum_yearly among the tables",
                    ),
                    hosts.origins_section(country.place, origins.get(country.code, [])),
                ],
                always=[
                    unrwa,
                    beside.others_section(f"people in {country.place}", years, release),
                    beside.moved_section(
                        country.name, "asylum", moves.get(("asylum", country.code), []), release
                    ),
                ],
            )


def rows_of_each(
    codes: Iterable[str], rows: Iterable[dict[str, Any]], side: str
) -> Iterator[list[dict[str, Any]]]:
    """For each of these countries of one side its rows; codes and rows come in the order of codes.
    Rows of any other country are passed over.
    """
    iso3, unhcr_code = f"{side}_iso3", f"{side}_unhcr_code"
    groups = groupby(rows, lambda row: row[unhcr_code] if row[iso3] is None else row[iso3])
    found = next(groups, None)
    for code in codes:
        while found is not None and found[0] < code:
            found = next(groups, None)
        yield [*found[1]] if found is not None and found[0] == code else []


def _country_page(
    shell: Shell,
    country: Country,
    title: str,
    figures: Sequence[Figure],
    sections: Sequence[Section],
    *,
    always: Sequence[Section],
) -> tuple[str, str]:
    first = f"{figures[0].value} {figures[0].counts}" if figures else "no newest figures"
    return shell.page(
        country.path,
        "country",
        title,
        f"{wording.visible(country.name)}: {first}, by UNHCR’s figures.",
        side=country.side,
        code=country.code,
        lead=OF_NO_COUNTRY[country.side].get(country.code),
        figures=figures,
        sections=sections,
        always=always,
        module="country.js",
        scripts=("drawing.js",),
        preload=f"{country.side}/{stem(country.code)}.json",
    )


def other_pages(
    con: duckdb.DuckDBPyConnection,
    shell: Shell,
    countries: Sequence[Country],
    dataset: Mapping[str, Any],
    downloads: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, str]]:
    """Path and HTML of every other page."""
    release = shell.about["release"]
    yield shell.page(
        "index.html",
        "world",
        "People who seek asylum, as published",
        f"UNHCR’s figures on asylum, any country and year, as published on any day; {release}.",
        tables=_largest(con),
        unrwa=unrwa_section(con),
        module="world.js",
        scripts=("drawing.js",),
        preload="world.json",
        dataset=dataset,
    )
    yield shell.page(
        "pair.html",
        "pair",
        "From one country in another",
        "One country of origin and one country of asylum, year by year, in any release.",
        module="pair.js",
        scripts=("drawing.js",),
    )
    sides = (
        ("origin", "Countries of origin"),
        ("asylum", "Countries of asylum"),
    )
    yield shell.page(
        "countries.html",
        "countries",
        "All countries",
        "All countries of origin and of asylum, by name.",
        sides=[
            (side, heading, [(c.path, c.name) for c in countries if c.side == side])
            for side, heading in sides
        ],
    )
    yield from _document_pages(con, shell)
    yield shell.page(
        "releases.html",
        "sections",
        "Releases, and what each changed",
        "The releases of UNHCR’s database that are loaded here, and what each changed.",
        introduction="The control above chooses what other pages show; here are all releases.",
        sections=release_sections(con),
    )
    yield shell.page(
        "data.html",
        "data",
        "Data and downloads",
        "Tables of the newest release as CSV and Parquet, with descriptions for programs.",
        tables=downloads,
        dataset=dataset,
    )
    yield shell.page(
        "method.html",
        "method",
        "What the figures count",
        "What the figures count, what they do not, and how to read them here.",
        definitions=DEFINITIONS,
        ranks=RANKS,
        verdicts=verdicts(),
        boundaries=BOUNDARIES,
        map_source=geometry.SOURCE if geometry.is_installed() else None,
    )


def _document_pages(con: duckdb.DuckDBPyConnection, shell: Shell) -> Iterator[tuple[str, str]]:
    documents, claims = claims_on(con, None)
    paths = {
        document.document_id: f"documents/{stem(document.document_id)}.html"
        for document in documents
    }
    scripts = ("claims.js",)
    shared = {"verdicts": verdicts(), "scripts": scripts}
    yield shell.page(
        "documents.html",
        "documents",
        "What others published, checked",
        "Figures on asylum that others published, compared with UNHCR’s database of that day.",
        documents=documents,
        claims=claims,
        met={claim.verdict for claim in claims},
        caption="Claims, newest document first",
        links=[
            (paths[document.document_id], f"{document.publisher}: {document.title}")
            for document in documents
        ],
        **shared,
    )
    for document in documents:
        of_it = [claim for claim in claims if claim.document_id == document.document_id]
        yield shell.page(
            paths[document.document_id],
            "documents",
            f"{document.publisher}: {document.title}, checked",
            f"{wording.plural(document.claim_count, 'claim', 'claims')} compared with UNHCR’s "
            f"database.",
            documents=[document],
            claims=of_it,
            met={claim.verdict for claim in of_it},
            caption=f"Claims of {document.publisher}",
            links=[],
            **shared,
        )


def _largest(con: duckdb.DuckDBPyConnection) -> list[ReportTable]:
    """The largest origins and countries of asylum of the newest year, for the first page."""
    tables = []
    for side, heading in (("origin", "Country of origin"), ("asylum", "Country of asylum")):
        rows = hosts.largest(con, side, LARGEST_SHOWN)
        if rows:
            tables.append(
                ReportTable(
                    f"largest_{side}",
                    f"Asylum-seekers by {heading.lower()}, {wording.day(rows[0]['reference_date'])}"
                    f": the largest",
                    hosts.place_columns(heading),
                    [*rows],
                )
            )
    return tables
