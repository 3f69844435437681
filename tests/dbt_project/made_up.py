"""Figures that a test makes up, and the project's models over them.

Made-up figures go through landing and raw like any others; then the SQL that dbt compiled for the
starter build runs in dbt's order. That is what dbt would do, without the seconds it takes to start.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from warehouse.build import raw
from warehouse.core.database import literal
from warehouse.core.manifest import FILE_NAME, Coverage, Manifest, Page, Slice
from warehouse.landing import decision
from warehouse.releases.assign import assign
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import ASYLUM, ENDPOINTS, ORIGIN, SUMMED

Row = dict[str, Any]

# UNHCR code: ISO3, name, UN region. Chosen so that the two alphabets cross: ARE, AUS and MAR stand
# in both and mean other countries.
COUNTRIES = {
    "ARE": ("EGY", "Egypt", "Africa"),
    "UAE": ("ARE", "United Arab Emirates", "Asia"),
    "AUS": ("AUT", "Austria", "Europe"),
    "AUL": ("AUS", "Australia", "Oceania"),
    "MAR": ("MTQ", "Martinique", "Americas"),
    "MOR": ("MAR", "Morocco", "Africa"),
    "CHI": ("CHN", "China", "Asia"),
    "SYR": ("SYR", "Syrian Arab Rep.", "Asia"),
    "TUR": ("TUR", "Türkiye", "Asia"),
    "ETH": ("ETH", "Ethiopia", "Africa"),
    "KEN": ("KEN", "Kenya", "Africa"),
    "IND": ("IND", "India", "Asia"),
    "USA": ("USA", "United States of America", "Americas"),
    "STA": ("XXA", "Stateless", None),
    "UKN": ("UNK", "Unknown ", None),
    "TIB": ("TIB", "Tibetan", None),
}


@dataclass(frozen=True)
class Project:
    """The project as dbt compiled it for the starter build."""

    manifest: dict[str, Any]
    settings: Settings

    def compiled(self, node: Mapping[str, Any]) -> str:
        """The SQL that dbt made of a model or data test."""
        folder = self.settings.dbt_target_dir / "compiled" / node["package_name"]
        file = Path(node["original_file_path"])
        if file.suffix != ".sql":  # a generic test: a file a test, in a folder called as its YAML
            file /= node["path"]
        return (folder / file).read_text("utf-8")

    @cached_property
    def sql(self) -> dict[str, str]:
        """Compiled SQL of the models, by name."""
        return {model["name"]: self.compiled(model) for model in self.models}

    @cached_property
    def models(self) -> list[dict[str, Any]]:
        """The models, each after those it reads."""
        nodes = {k: n for k, n in self.manifest["nodes"].items() if n["resource_type"] == "model"}
        ordered: dict[str, dict[str, Any]] = {}

        def add(key: str) -> None:
            for parent in nodes[key]["depends_on"]["nodes"]:
                if parent in nodes and parent not in ordered:
                    add(parent)
            ordered[key] = nodes[key]

        for key in sorted(nodes):
            add(key)
        return list(ordered.values())

    def with_what_they_read(self, names: Iterable[str]) -> set[str]:
        """These models and those that they stand on."""
        found = set(names)
        for model in reversed(self.models):
            if model["name"] in found:
                found |= {parent.split(".")[-1] for parent in model["depends_on"]["nodes"]}
        return found

    @property
    def seeds(self) -> list[dict[str, Any]]:
        """The seeds."""
        return [n for n in self.manifest["nodes"].values() if n["resource_type"] == "seed"]

    def make(
        self, con: duckdb.DuckDBPyConnection, names: Iterable[str], *, views: bool = False
    ) -> None:
        """Make these models in a database called `build`, in dbt's order."""
        wanted = set(names)
        for model in self.models:
            if model["name"] not in wanted:
                continue
            kept, name = model["config"]["materialized"], f"{model['schema']}.{model['alias']}"
            if kept == "ephemeral":  # part of the models that read it
                continue
            sql = self.sql[model["name"]]
            con.execute(f"create schema if not exists build.{model['schema']}")
            for hook in model["config"]["pre-hook"]:
                con.execute(hook["sql"])
            if kept == "table_function":
                parameters = ", ".join(model["config"]["parameters"])
                con.execute(f"create or replace macro build.{name}({parameters}) as table ({sql})")
            else:
                thing = "view" if views or kept == "view" else "table"
                con.execute(f"create or replace {thing} build.{name} as {sql}")

    def like_starter(
        self, con: duckdb.DuckDBPyConnection, tables: Iterable[str], *, rows: bool = False
    ) -> None:
        """Tables `schema.name` with the starter build's columns, and its rows where asked for."""
        con.execute(f"attach {literal(str(self.settings.build_db))} as starter (read_only)")
        for table in tables:
            con.execute(f"create schema if not exists build.{table.split('.')[0]}")
            con.execute(
                f"create or replace table build.{table} as from starter.{table} "
                f"{'' if rows else 'limit 0'}"
            )
        con.execute("detach starter")

    def failing_data_tests(self, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
        """Data tests that find rows in this database, with how many; those that only warn aside."""
        found = {}
        for node in self.manifest["nodes"].values():
            if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error":
                [(rows,)] = con.execute(f"select count(*) from ({self.compiled(node)})").fetchall()
                found[node["name"]] = rows
        return {name: rows for name, rows in found.items() if rows}


def _side(columns: Sequence[str], code: str) -> Row:
    if code == SUMMED:
        return dict.fromkeys(columns, SUMMED)
    iso3, name, _ = COUNTRIES[code]
    return dict(zip(columns, (None, name, code, iso3), strict=True))


def api_row(endpoint: str, year: int, coo: str, coa: str, **values: object) -> Row:
    """A row as the API writes it: counts not given are "-", a count of 0 is "0"."""
    shape = ENDPOINTS[endpoint]
    row: Row = {"year": year, **_side(ORIGIN, coo), **_side(ASYLUM, coa)}
    row |= dict.fromkeys((*shape.codes, *shape.counts), SUMMED)
    unknown = set(values) - row.keys()
    assert not unknown, f"{endpoint} has no column {unknown}"
    return row | {name: "0" if value == 0 else value for name, value in values.items()}


def control_rows(endpoint: str, pairs: Sequence[Row], side: str) -> list[Row]:
    """What the API would answer with one side ("coo" or "coa") summed; over nothing known: "-"."""
    shape = ENDPOINTS[endpoint]
    other = "coa" if side == "coo" else "coo"
    sums: dict[tuple[object, ...], Row] = {}
    for pair in pairs:
        key = (pair["year"], pair[other], *(pair[code] for code in shape.codes))
        codes = {code: pair[code] for code in shape.codes}
        sides = {side: SUMMED, other: pair[other]}
        total = sums.setdefault(key, api_row(endpoint, pair["year"], **sides, **codes))
        for count in shape.counts:
            known = [int(v) for v in (total[count], pair[count]) if v != SUMMED]
            total[count] = (sum(known) or "0") if known else SUMMED
    return list(sums.values())


@dataclass(frozen=True)
class MadeUp:
    """A data folder with made-up figures, and the models over them."""

    project: Project
    settings: Settings

    def land(
        self,
        endpoint: str,
        slices: Mapping[str, Sequence[Row]],
        *,
        release_id: str | None = None,
        at: str = "2026-11-22T12:00:00Z",
        origins: list[str] | None = None,
        years: tuple[int, int] = (1951, 2026),
        accepted: str | None = None,
    ) -> None:
        """Land one snapshot; `origins` (ISO3) where it was asked for these alone, `accepted` why it
        is to be believed whatever it holds.
        """
        body_of = {
            name: json.dumps({"page": 1, "maxPages": 1, "total": [], "items": rows}).encode()
            for name, rows in slices.items()
        }
        content = hashlib.sha256(b"".join(body_of.values()) + at.encode()).hexdigest()
        snapshot_id = f"{release_id or at.replace('-', '').replace(':', '')}-{content[:8]}"
        folder = self.settings.landing_dir / endpoint / snapshot_id
        folder.mkdir(parents=True)
        parts = []
        for name, body in body_of.items():
            file = f"{name.replace('=', '-')}-0001.json.gz"
            (folder / file).write_bytes(gzip.compress(body, mtime=0))
            rows = len(slices[name])
            page = Page(
                file=file,
                page=1,
                rows=rows,
                bytes=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
            )
            bounds: Row = {"year_from": years[0], "year_to": years[1]}
            if name in {"pairs", "by_origin"}:
                bounds["origins"] = origins or "all"
            if name in {"by_asylum", "world"}:
                bounds["origins"] = "summed"
            if name in {"by_origin", "world"}:
                bounds["asylums"] = "summed"
            parts.append(
                Slice(
                    slice=name,
                    params={},
                    page_size=10_000,
                    pages=[page],
                    rows=rows,
                    columns=list(ENDPOINTS[endpoint].columns),
                    coverage=Coverage.model_validate(bounds),
                )
            )
        text = Manifest(
            endpoint=endpoint,
            snapshot_id=snapshot_id,
            source="starter" if release_id else "api",
            source_url="http://127.0.0.1/",
            release_id=release_id,
            started_at=datetime.fromisoformat(at),
            finished_at=datetime.fromisoformat(at),
            rows=sum(part.rows for part in parts),
            content_sha256=content,
            slices=parts,
        ).model_dump_json()
        (folder / FILE_NAME).write_text(text, "utf-8")
        if accepted:
            decision.write(folder, "accepted", accepted, self.settings.data_dir)

    def land_dataset(self, endpoint: str, pairs: Sequence[Row], **how: Any) -> None:
        """Land pairs with the control totals that they add up to."""
        slices = {"pairs": pairs, "by_origin": control_rows(endpoint, pairs, "coa")}
        if not how.get("origins"):
            slices["by_asylum"] = control_rows(endpoint, pairs, "coo")
        self.land(endpoint, slices, **how)

    def land_countries(self, **how: Any) -> None:
        """Land the countries and one region that holds them all."""
        rows = [
            {"id": number, "code": code, "iso": iso3, "name": name, "majorArea": area}
            for number, (code, (iso3, name, area)) in enumerate(COUNTRIES.items())
            if code != "TIB"  # the API's list of countries does without
        ]
        self.land("countries", {"all": rows, "unhcr_region=5": rows}, **how)
        self.land("regions", {"all": [{"id": 5, "name": "Europe"}]}, **how)

    def build(self, names: Iterable[str] | None = None) -> duckdb.DuckDBPyConnection:
        """Load what is landed and make all models, or these; returns the database, to be closed."""
        raw.load(self.settings)
        assign(self.settings)
        con = duckdb.connect(str(self.settings.build_db))
        seeds = [f"{seed['schema']}.{seed['alias']}" for seed in self.project.seeds]
        self.project.like_starter(con, seeds, rows=True)
        self.project.make(con, names or (model["name"] for model in self.project.models))
        return con


def columns_of(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, dict[str, str]]:
    """Columns and their types by table."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_catalog = current_database() order by all",
        [schema],
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found
