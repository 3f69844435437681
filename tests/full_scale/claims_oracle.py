"""What comes of a claim by the releases' own files, in plain Python: no table and no SQL of ours.

DuckDB only reads the Parquet files; all that is added up, ranked and divided is done here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from warehouse.reference.claims import figure, parts_of

# Measure: file and column.
COLUMNS = {
    "refugees_stock": ("population", "refugees"),
    "asylum_seekers_stock": ("population", "asylum_seekers"),
    "oip_stock": ("population", "oip"),
    "new_asylum_claims": ("flows", "asylum_seekers"),
    "internally_displaced_stock": ("idmc", "total"),
    "resettlement": ("solutions", "resettlement"),
    "decisions_recognized": ("asylum_decisions", "dec_recognized"),
    "decisions_total": ("asylum_decisions", "dec_total"),
}
NOBODYS = {"STA", "UKN"}
Cell = tuple[int, str, str, str, str]


@dataclass
class Release:
    """One release's files: figures by year, origin and asylum (UNHCR code and ISO3 of each)."""

    folder: Path
    _known: dict[str, dict[Cell, float]] = field(default_factory=dict)

    def cells(self, measure: str) -> dict[Cell, float]:
        """The figures of a measure, or of a sum of measures."""
        if measure not in self._known:
            found: dict[Cell, float] = defaultdict(float)
            for part in parts_of(measure):
                file, column = COLUMNS[part]
                where = "where dec_pc = 'P'" if file == "asylum_decisions" else ""
                for *cell, value in duckdb.execute(
                    f"select year, coo, coo_iso, coa, coa_iso, {column} "
                    f"from '{self.folder / file}.parquet' {where}"
                ).fetchall():
                    found[tuple(cell)] += value or 0
            self._known[measure] = found
        return self._known[measure]

    def by(
        self, measure: str, years: Sequence[int], of: Callable[[Cell], Any], *sides: str
    ) -> dict[Any, float]:
        """Figures added up by what `of` makes of a cell, of an origin and an asylum ('*': all)."""
        origin, asylum = sides
        found: dict[Any, float] = defaultdict(float)
        for cell, value in self.cells(measure).items():
            wanted = origin in {"*", cell[2]} and asylum in {"*", cell[4]}
            if cell[0] in years and wanted:
                found[of(cell)] += value
        return found

    def total(self, measure: str, years: Sequence[int], origin: str, asylum: str) -> float:
        """One figure; `top:5` as origin: the five largest."""
        if origin.startswith("top:"):
            known = self.by(measure, years, lambda c: c[1], "*", asylum)
            ranked = sorted((v for k, v in known.items() if k not in NOBODYS), reverse=True)
            return sum(ranked[: int(origin[4:])])
        return sum(self.by(measure, years, lambda _: None, origin, asylum).values())


@dataclass
class Releases:
    """All releases, with the day each came out and the reference date of its newest year."""

    folder: Path
    published: Mapping[str, str]
    reference_dates: Mapping[str, str]

    @cached_property
    def _opened(self) -> dict[str, Release]:
        return {name: Release(self.folder / name) for name in self.published}

    def on(self, day: str, reference_date: str = "") -> Release:
        """The release in force on a day, or the last one of a reference date by then."""
        by_then = [name for name, published in self.published.items() if published <= day]
        of_date = [n for n in by_then if self.reference_dates[n] == reference_date]
        return self._opened[(of_date or by_then)[-1]]


def result(releases: Releases, claim: Mapping[str, str], day: str) -> float:
    """What the database of a day made of a claim, in the unit of its kind."""
    kind, measure = claim["kind"], claim["measure"]
    origin, asylum = claim["origin"] or "*", claim["asylum"] or "*"
    years = range(int(claim["from_year"]), int(claim["to_year"]) + 1)
    release = releases.on(day, claim["reference_date"])
    if kind in {"rank", "place", "count", "extreme"} and claim["count_of"] != "years":
        return _among(release, claim, origin, asylum, years)
    whole = {
        "share": (origin, "*"),
        "share_of": {"origin": (origin, "*"), "host": ("*", asylum)}.get(
            claim["share_of"], ("*", "*")
        ),
    }.get(kind)
    mine = release.total(measure, years, origin, asylum)
    if whole:
        return 100 * mine / release.total(measure, years, *whole)
    if kind in {"level", "sum"}:
        return mine
    if kind in {"change", "ratio", "comparison", "difference", "rate"}:
        first = int(claim["base_from_year"] or years[0])
        last = int(claim["base_to_year"] or years[-1])
        before = releases.on(day, claim["base_reference_date"] if claim["base_from_year"] else "")
        base = before.total(
            *(claim["base_measure"] or measure, range(first, last + 1)),
            *(claim["base_origin"] or origin, claim["base_asylum"] or asylum),
        )
        return {
            "change": lambda: 100 * (mine - base) / base,
            "difference": lambda: mine - base,
            "rate": lambda: 100 * mine / base,
        }.get(kind, lambda: mine / base)()
    by_year = [release.total(measure, [year], origin, asylum) for year in years]
    return _of_years(claim, list(years), by_year)


def _of_years(claim: Mapping[str, str], years: list[int], by_year: list[float]) -> float:
    if claim["kind"] == "record":
        return max(zip(by_year, years, strict=True))[1]
    if claim["kind"] == "rising":
        return sum(after > before for before, after in pairwise(by_year))
    if claim["kind"] == "count":
        return sum(_lowest(claim) <= value <= _highest(claim) for value in by_year)
    if claim["kind"] == "threshold_year":
        so_far = [sum(by_year[: n + 1]) for n in range(len(years))]
        return next(y for y, s in zip(years, so_far, strict=True) if s > _lowest(claim))
    assert claim["kind"] == "range"
    return max(by_year)


def _among(
    release: Release, claim: Mapping[str, str], origin: str, asylum: str, years: Sequence[int]
) -> float:
    of_origins = "origins" in (claim["among"] or claim["count_of"])
    sides = ("*", asylum) if of_origins else (origin, "*")
    code, iso = (1, 2) if of_origins else (3, 4)
    if claim["kind"] == "extreme":
        known = release.by(
            claim["measure"], range(1951, years[0] + 1), lambda c: (c[iso], c[code], c[0]), *sides
        )
        rises = {
            (i, c, y): v - (known.get((i, c, y - 1), 0) if claim["base_from_year"] else 0)
            for (i, c, y), v in known.items()
        }
        [mine] = [
            v for (i, _, y), v in rises.items() if (i, y) == (claim_side(claim, iso), years[0])
        ]
        return 1 + sum(v > mine for (_, c, _), v in rises.items() if c not in NOBODYS)
    known = release.by(claim["measure"], years, lambda c: (c[iso], c[code]), *sides)
    peers = {i: v for (i, c), v in known.items() if c not in NOBODYS}
    if claim["kind"] == "count":
        return sum(_lowest(claim) <= value <= _highest(claim) for value in peers.values())
    return 1 + sum(value > peers[claim_side(claim, iso)] for value in peers.values())


def claim_side(claim: Mapping[str, str], iso: int) -> str:
    """The country whose place is asked for."""
    return claim["origin"] if iso == 2 else claim["asylum"]


def _lowest(claim: Mapping[str, str]) -> float:
    return figure(claim["threshold_low"]) or 0


def _highest(claim: Mapping[str, str]) -> float:
    return figure(claim["threshold_high"]) or float("inf")


WHO = {
    "syrians": ("SYR", "*"),
    "afghans": ("AFG", "*"),
    "venezuelans": ("VEN", "*"),
    "germany": ("*", "DEU"),
    "world": ("*", "*"),
}
REFUGEES = {"measure": "refugees_and_oip", "to_year": "2023"}
BASE = {"base_from_year": "2019", "base_to_year": "2019"}
KINDS: Mapping[str, dict[str, str]] = {
    "level": REFUGEES,
    "sum": REFUGEES | {"measure": "resettlement", "from_year": "2019"},
    "change": REFUGEES | BASE,
    "ratio": REFUGEES | BASE,
    "difference": REFUGEES | BASE,
    "share_of": REFUGEES | {"share_of": "world"},
    "rate": REFUGEES | {"measure": "decisions_recognized", "base_measure": "decisions_total"},
    "count": REFUGEES | {"threshold_low": "10,000"},
    "place": REFUGEES,
    "record": REFUGEES | {"from_year": "2015"},
    "rising": REFUGEES | {"from_year": "2019"},
}


def made_up(releases: Releases, day: str, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Claims of a made-up document: each kind true, rounded and false, of `WHO`. The claim_id says
    what must come of it.
    """
    for who, (origin, asylum) in WHO.items():
        for kind, cells in KINDS.items():
            among = {"count": ("count_of", "hosts"), "place": ("among", "origins")}.get(kind)
            if who == "germany" and among:
                among = ("count_of", "origins") if kind == "count" else ("among", "hosts")
            if who == "world" and kind in {"share_of", "place"}:
                continue  # the whole of the world has no place in it
            claim = dict.fromkeys(columns, "") | {"from_year": cells["to_year"]} | cells
            claim |= {"kind": kind, "origin": origin, "asylum": asylum} | dict(
                [among] if among else []
            )
            true = result(releases, claim, day)
            for truth, stated in _told(kind, true).items():
                told = claim | {"claim_id": f"{who}_{kind}_{truth}"}
                if kind in {"record", "rising"}:
                    wanted = int(claim["to_year"]) - (
                        int(claim["from_year"]) if kind == "rising" else 0
                    )
                    told["claim_id"] = f"{who}_{kind}_{'true' if true == wanted else 'false'}"
                else:
                    told["stated_value"] = stated
                yield told


def _told(kind: str, true: float) -> dict[str, str]:
    """A figure as it is, rounded to two digits and to a wrong one, as documents print it."""
    if kind in {"record", "rising"}:
        return {"": ""}
    if kind in {"count", "place"}:
        return {"true": f"{true:.0f}", "false": f"{true + 1:.0f}"}
    digits = 0 if abs(true) >= 1000 else 3
    two = float(f"{true:.2g}")
    return {
        "true": f"{true:,.{digits}f}",
        "rounded": f"{two:,.0f}" if abs(two) >= 10 else f"{two:,.1f}",
        "false": f"{float(f'{true * 1.3:.3g}'):,.{digits}f}",
    }
