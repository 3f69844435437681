"""Where people wait: countries of asylum of the newest year, and the same before the pandemic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.core.database import named_rows
from warehouse.core.wording import AT_LEAST, at_least
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.frame import (
    RANKED_WIDTH,
    Row,
    Spec,
    clean,
    field,
    framed,
    headroom,
    incomplete,
    layer,
    percent,
    ranked,
    text,
    tooltip,
)
from warehouse.exports.measures import BASELINE_YEAR, INCOMPLETE, MEASURES, state
from warehouse.exports.origins import Origin

READS = frozenset({"mart_destination_yearly", "mart_destination_concentration"})
_TOP = 15
_FIGURES = ("stock", "share", "baseline", "is_incomplete", "is_baseline_incomplete")


def draw(con: duckdb.DuckDBPyConnection, origin: Origin) -> Drawing | None:
    """The countries with most asylum-seekers in the newest year, ranked, each with its baseline;
    then the other countries together, and what the total holds and no country does.

    None where no country of asylum is known.
    """
    result = con.execute(
        """
        with figures as (
            select
                reference_year,
                row_kind,
                asylum_unhcr_code,
                asylum_name,
                is_population_provisional as is_provisional,
                reference_date,
                release_id,
                asylum_seekers_stock as stock,
                asylum_seekers_share as share,
                is_asylum_seekers_stock_complete is false as is_incomplete
            from mart_destination_yearly
            where
                coalesce(origin_iso3, origin_unhcr_code) = ?
                and counting_unit = 'persons'
                and asylum_seekers_stock > 0
        ),

        newest as (
            select * from figures
            where
                reference_year
                = (select max(reference_year) from figures where row_kind = 'pair')
        ),

        baseline as (
            select row_kind, asylum_unhcr_code, stock, is_incomplete from figures
            where reference_year = ?
        ),

        joined as (
            select
                coalesce(newest.row_kind, baseline.row_kind) as row_kind,
                newest.* exclude (row_kind, is_incomplete),
                coalesce(newest.is_incomplete, false) as is_incomplete,
                baseline.stock as baseline,
                coalesce(baseline.is_incomplete, false) as is_baseline_incomplete
            from newest
            full join baseline
                on
                    newest.row_kind = baseline.row_kind
                    and newest.asylum_unhcr_code is not distinct from baseline.asylum_unhcr_code
        )

        select * from joined
        order by row_kind = 'pair' desc, stock desc nulls last, asylum_unhcr_code
        """,
        [origin.code, BASELINE_YEAR],
    )
    found = named_rows(result)
    pairs = [row for row in found if row["row_kind"] == "pair"]
    newest = [row for row in pairs if row["stock"] is not None]
    if not newest:
        return None
    about = newest[0]
    year = about["reference_year"]
    has_baseline = year != BASELINE_YEAR and any(row["baseline"] for row in found)
    rows = _rows(pairs, [row for row in found if row["row_kind"] != "pair"])
    provisional = MEASURES["stock"]["provisional"].format(
        day=f"{about['reference_date']:%-d %B %Y}"
    )
    status = state(about["is_provisional"], provisional=provisional)
    for place, row in enumerate(rows):
        is_incomplete = row["is_incomplete"]
        row |= {
            "row": place,
            "right": row["stock"],
            "hatched": about["is_provisional"] or is_incomplete,
            "status": state(
                about["is_provisional"], is_incomplete=is_incomplete, provisional=provisional
            ),
            "release": about["release_id"],
        }
    notes = [
        *incomplete(con, origin.code),
        "Persons waiting for a decision (stock), and their share of the whole.",
    ]
    if has_baseline:
        notes.append(f"Upright line: the same in {BASELINE_YEAR}, before the pandemic.")
    if about["is_provisional"]:
        notes.append(f"Hatched: {year} is {status}.")
    if any(row["is_incomplete"] for row in rows):
        notes.append(f"Hatched: {AT_LEAST}, {INCOMPLETE}.")
    elif any(row["is_baseline_incomplete"] for row in rows):
        notes.append(f"{AT_LEAST}, {INCOMPLETE}.")
    people = clean(origin.of("asylum-seekers"))
    title = f"Where {people} waited in {year}"
    return Drawing(
        "destinations",
        title,
        _description(people, year, status, rows, has_baseline),
        framed(
            [_bars(rows, year, has_baseline=has_baseline)],
            title,
            notes,
            {row["release_id"] for row in newest},
        ),
    )


def _rows(pairs: Sequence[Row], not_itemised: Sequence[Row]) -> list[dict[str, Any]]:
    known = [row for row in pairs if row["stock"] is not None]
    shown = known[:_TOP]
    rows = [
        {
            "name": clean(row["asylum_name"]),
            "style": "stock",
            **{key: row[key] for key in _FIGURES},
        }
        for row in shown
    ]
    others = known[_TOP:]
    if others:
        # With those that were countries of asylum in the baseline year alone.
        rest = [row for row in pairs if row not in shown]
        shares = [row["share"] for row in others]
        rows.append(
            {
                "name": f"{len(others)} other {'countries' if len(others) > 1 else 'country'}",
                "style": "rest",
                "stock": sum(row["stock"] for row in others),
                "share": None if None in shares else sum(shares),
                "baseline": sum(row["baseline"] or 0 for row in rest) or None,
                "is_incomplete": any(row["is_incomplete"] for row in others),
                "is_baseline_incomplete": any(row["is_baseline_incomplete"] for row in rest),
            }
        )
    rows += [
        {
            "name": "Not itemised by country",
            "style": "rest",
            **{key: row[key] for key in _FIGURES},
        }
        for row in not_itemised
        if row["stock"] is not None
    ]
    return rows


def _description(
    people: str, year: int, status: str, rows: Sequence[Row], has_baseline: bool
) -> str:
    told = "; ".join(
        f"{row['name']} {_bound(row['stock'], row['is_incomplete'])} ({percent(row['share'])}"
        + (
            f", {_bound(row['baseline'] or 0, row['is_baseline_incomplete'])} in {BASELINE_YEAR})"
            if has_baseline
            else ")"
        )
        for row in [*rows[:5], *[row for row in rows[5:] if row["style"] == "rest"]]
    )
    return f"Ranked bars of countries of asylum of {people} in {year} ({status}): {told}." + (
        f" {AT_LEAST}, {INCOMPLETE}." if AT_LEAST in told else ""
    )


def _bound(value: int, is_incomplete: bool) -> str:
    return at_least(value, not is_incomplete)


def _bars(rows: Sequence[Row], year: int, *, has_baseline: bool) -> Spec:
    top = headroom(value for row in rows for value in (row["stock"], row["baseline"]))
    made = ranked(rows, top)
    made["encoding"]["x"]["axis"] |= {"tickCount": 4, "orient": "top", "domain": False}
    made["encoding"]["tooltip"] = tooltip(
        ("name", "Country of asylum"),
        ("stock", f"Asylum-seekers {year}", ",d"),
        ("share", "Share of the whole", ".1%"),
        ("baseline", f"Asylum-seekers {BASELINE_YEAR}", ",d"),
        ("status", "Status"),
        ("release", "Release"),
    )
    made["layer"].pop()  # values beside their bars: see _columns
    if has_baseline:
        lines = [
            row | {"left": row["baseline"], "low": row["row"] - 0.46, "high": row["row"] + 0.46}
            for row in rows
            if row["baseline"] is not None
        ]
        made["layer"].append(layer(lines, {"type": "rule", "style": "mark"}, y2={"field": "high"}))
    made["layer"] += _columns(rows, year, has_baseline=has_baseline)
    return made


def _columns(rows: Sequence[Row], year: int, *, has_baseline: bool) -> list[Spec]:
    """The figures right of the plot, in columns: beside a bar they could be read as the line's.

    Each has room for "under 0.1 %" or for a lower bound of millions.
    """
    columns = [
        (72, str(year), [_bound(row["stock"], row["is_incomplete"]) for row in rows]),
        (146, "share", ["" if row["share"] is None else percent(row["share"]) for row in rows]),
    ]
    if has_baseline:
        told = [at_least(row["baseline"], not row["is_baseline_incomplete"]) for row in rows]
        columns.append((218, str(BASELINE_YEAR), told))
    layers = []
    for at, heading, told in columns:
        x = {"value": RANKED_WIDTH + at}
        lines = [{"low": row["row"], "text": words} for row, words in zip(rows, told, strict=True)]
        layers.append(text(lines, x, field("low"), align="right"))
        layers.append(text([{"text": heading}], x, {"value": -12}, "quiet", align="right"))
    return layers
