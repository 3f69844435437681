"""The site: static files that any web server serves, with no server behind them.

`exports/site/` is made by every run; `asylum site --out DIR` writes it anywhere. All of it is made
from the published file. It is written beside the old one and then takes its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import OF_NO_COUNTRY
from warehouse.exports import datapackage, page, tables
from warehouse.exports.charts import config, specs
from warehouse.exports.findings.unrwa import unrwa_sentences
from warehouse.exports.measures import MEASURES, WORTH_NAMING
from warehouse.exports.origins import UNKNOWN
from warehouse.exports.site import data, geometry, machines, pages
from warehouse.exports.site.names import stem, words
from warehouse.exports.site.pages import Country, Shell
from warehouse.exports.templating import TEMPLATES, text_of, vega_library
from warehouse.published.read import open_published, read_about
from warehouse.reference.places import FILLERS, SHORTENED, SHORTEST_BEGINNING
from warehouse.settings import Settings

FOLDER = "site"
# A folder with this file is a site that was written before, and may be replaced.
_MARK = "data/index.json"
_RELEASES = """
    select
        release_id as id,
        title,
        published_on::varchar as published,
        in_force_from::varchar as "from",
        reference_date::varchar as reference_date,
        is_provisional as provisional,
        (
            select arg_max(other.release_id, (other.in_force_from, other.release_id))
            from dim_release as other
            where
                other.is_held
                and other.in_force_from <= release.in_force_from
                and list_contains(string_split(other.datasets, ', '), 'displacement-flows')
        ) as flows
    from dim_release as release
    where is_held
    order by in_force_from, release_id
"""


class SiteFolderError(Exception):
    """The folder that was named for the site holds something else."""


@dataclass(frozen=True)
class Site:
    """A site as written."""

    path: Path
    file_count: int
    bytes: int
    page_count: int
    release: str

    @property
    def summary(self) -> str:
        """It in one line."""
        size = f"{self.bytes / 1_000_000:,.1f} MB"
        return (
            f"{self.page_count:,} pages, {self.file_count:,} files, {size}, release {self.release}"
        )


def export_site(settings: Settings) -> Site:
    """Write `exports/site/` from the published file and the tables exported from it.

    Raises PublishedMissingError when nothing is published.
    """
    return write_site(settings, settings.exports_dir / FOLDER, just_exported=True)


def _is_empty(folder: Path) -> bool:
    """Whether nothing would be lost with the folder: it holds empty folders at most."""
    return all(path.is_dir() and not path.is_symlink() for path in folder.rglob("*"))


def write_site(settings: Settings, out: Path, *, just_exported: bool = False) -> Site:
    """Write the site to the folder `out`, which is new, empty, or an earlier site.

    `just_exported`: the files of tables are those of the published file, as within a run. Raises
    SiteFolderError for any other folder, PublishedMissingError, and OSError where it cannot be
    written.
    """
    out = out.absolute()
    if out.exists() and not (out.is_dir() and (_is_empty(out) or (out / _MARK).exists())):
        raise SiteFolderError(
            f"{out} holds something that is no site of this project. Name a new or empty folder."
        )
    staging = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_what_was_left(out)
    try:
        staging.mkdir()
        with (
            open_published(settings) as con,
            tables.table_files(con, settings, just_exported=just_exported) as files,
        ):
            made = _write(con, files, staging)
        if out.exists():
            out.rename(old)
        staging.rename(out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    paths = [path for path in out.rglob("*") if path.is_file()]
    return Site(
        path=out,
        file_count=len(paths),
        bytes=sum(path.stat().st_size for path in paths),
        page_count=sum(path.suffix == ".html" for path in paths),
        release=made["release"],
    )


def _remove_what_was_left(out: Path) -> None:
    """What a process that was killed had written of a site beside `out`."""
    for left in out.parent.glob(f".{out.name}.*"):
        pid, _, kind = left.name.removeprefix(f".{out.name}.").partition(".")
        if pid.isdigit() and kind in {"tmp", "old"} and not _is_running(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _write(con: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path) -> dict[str, str]:
    about = read_about(con)
    assets = _write_assets(folder)
    shell = Shell(about, about["build_fingerprint"][:12], assets)
    countries = _write_data(con, folder, assets)
    package = _write_tables(con, files, folder)
    published_on = _published_on(con, about["release"])
    dataset = machines.dataset(about, published_on)
    for path, text in (
        *pages.country_pages(con, shell, countries),
        *pages.other_pages(con, shell, countries, dataset, _downloads(con, package)),
        (datapackage.FILE_NAME, _json(package, indent=2)),
        (machines.CROISSANT, _json(machines.croissant(about, published_on, package), indent=2)),
        (machines.CITATION, machines.citation_cff(about, published_on)),
        (machines.INDEX, machines.index(about, package, [c.code for c in countries])),
    ):
        _put(folder / path, text)
    return about


def _published_on(con: duckdb.DuckDBPyConnection, release: str) -> date | None:
    found = con.execute(
        "select published_on from dim_release where release_id = ?", [release]
    ).fetchone()
    return found[0] if found else None


def _write_assets(folder: Path) -> str:
    """Scripts and style, in a folder named after their content; returns its name."""
    scripts = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("site/*.js")}
    scripts |= {name: text_of(name) for name in ("drawing.js", "claims.js")}
    scripts["vega.js"] = vega_library()
    scripts["site.css"] = text_of("report.css") + text_of("site/site.css")
    digest = hashlib.sha256(repr(sorted(scripts.items())).encode()).hexdigest()[:12]
    for name, text in scripts.items():
        _put(folder / "assets" / digest / name, text)
    return digest


def _write_data(con: duckdb.DuckDBPyConnection, folder: Path, assets: str) -> Sequence[Country]:
    data.prepare(con)
    days = data.days(con)
    countries = [Country(*found) for found in data.countries(con)]
    for side in ("origin", "asylum"):
        for code, text in data.country_files(con, side):
            _put(folder / "data" / side / f"{stem(code)}.json", text)
    for country in countries:
        # Where UNRWA counts people and UNHCR nobody, there are no rows.
        path = folder / "data" / country.side / f"{stem(country.code)}.json"
        if not path.exists():
            _put(path, _json(dict.fromkeys(data.TABLES)))
    years = []
    for year, text in data.year_files(con):
        years.append(year)
        _put(folder / "data" / "world" / f"{year}.json", text)
    _put(folder / "data" / "world.json", data.world_file(con))
    _put(folder / "data" / "inhabitants.json", data.inhabitants_file(con))
    has_map = geometry.is_installed()
    if has_map:
        _put(folder / "data" / "map.json", geometry.map_json())
    names = data.names(con)
    index = {
        "days": days,
        "releases": named_rows(con.execute(_RELEASES)),
        "unranked": data.unranked(con),
        "unknown": UNKNOWN,
        "unrwa": unrwa_sentences(con),
        "others": data.others(con),
        "of_no_country": OF_NO_COUNTRY,
        "names": names,
        "names_within": data.names_within(con),
        "other_names": data.other_names(names),
        "search": {
            "fillers": sorted(FILLERS),
            "shortened": SHORTENED,
            "shortest": SHORTEST_BEGINNING,
        },
        "counted_elsewhere": data.counted_elsewhere(),
        "sides": {
            side: [c.code for c in countries if c.side == side] for side in ("origin", "asylum")
        },
        "years": years,
        "marks": data.MARKS,
        "measures": MEASURES,
        "words": words(),
        "worth_naming": WORTH_NAMING,
        "charts": specs(),
        "looks": page.looks() | {"file": config()},
        "map": has_map,
        "assets": assets,
    }
    _put(folder / _MARK, _json(index))
    return countries


def _write_tables(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path
) -> dict[str, Any]:
    """The exported tables within the site, and the data package that describes them."""
    target = folder / tables.FOLDER
    target.mkdir()
    for path in files:
        _link(path, target / path.name)
    return datapackage.describe(con, folder)


def _downloads(con: duckdb.DuckDBPyConnection, package: Mapping[str, Any]) -> list[dict[str, Any]]:
    tables = named_rows(
        con.execute("select table_name as name, row_count as rows, description from about_tables")
    )
    by_name = {table["name"]: table for table in tables}
    found = {}
    for resource in package["resources"]:
        name = resource["name"].removesuffix(".parquet")
        kind = "csv" if resource["format"] == "csv" else "parquet"
        found[name] = by_name[name]
        found[name] |= {kind: resource["path"], f"{kind}_size": _size(resource["bytes"])}
    return list(found.values())


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB" if count >= 100_000 else f"{count / 1_000:,.1f} kB"


def _link(source: Path, target: Path) -> None:
    """The same file under a second name, or a copy where the system has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _json(value: Any, indent: int | None = None) -> str:
    separators = (",", ":") if indent is None else None
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators) + "\n"


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
