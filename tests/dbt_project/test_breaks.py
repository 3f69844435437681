"""`asylum breaks` lists the breaks of the starter extract, and from what size on one counts."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

from warehouse.cli import render
from warehouse.cli.app import app
from warehouse.exports.origin_years import breaks_by_origin, breaks_of
from warehouse.published.read import open_published
from warehouse.serve.query import open_session
from warehouse.settings import PROJECT_ROOT, Settings


def lines(settings: Settings, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(settings.data_dir))
    monkeypatch.setattr(render, "_WIDTH_ELSEWHERE", 400)  # a row is one line
    done = CliRunner().invoke(app, ["breaks", *words])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_every_threshold_of_the_seed_is_printed(
    published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = lines(published_starter, monkeypatch)
    # The list of breaks comes after the thresholds.
    end = next(at for at, line in enumerate(printed) if line.startswith("Breaks found"))
    with (PROJECT_ROOT / "seeds/reference/break_kinds.csv").open(encoding="utf-8") as file:
        kinds = list(csv.DictReader(file))
    for kind in kinds:
        (line,) = [line for line in printed[:end] if line.split()[:1] == [kind["kind"]]]
        assert f"{int(kind['persons_from']):,}" in line
        if kind["share_from"]:
            assert f"{float(kind['share_from']):.1%}".replace("%", " %") in line
        if kind["pairs_from"]:
            assert f"{kind['pairs_from']} large pairs" in line
            assert f"within {float(kind['differs_up_to_share']):.1%}".replace("%", " %") in line
        if kind["years_from"]:
            assert f"{kind['years_from']} years" in line


@pytest.mark.parametrize(
    ("words", "those"),
    [
        ((), "mart_reporting_breaks"),
        (("--asylum", "Canada"), "mart_reporting_breaks where asylum_iso3 = 'CAN'"),
        (("--kind", "carried_forward"), "mart_reporting_breaks where kind = 'carried_forward'"),
        (("--from-year", "2025"), "mart_reporting_breaks where reference_year >= 2025"),
        (("--as-of", "2024-12-31"), "reporting_breaks_as_of('2024-12-31')"),
    ],
)
def test_every_break_is_listed_with_its_size(
    words: tuple[str, ...],
    those: str,
    published_starter: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_session(published_starter) as session:
        (relation,) = session.run(
            f"select reference_year, asylum_name, kind, persons, share, note from {those}"
        )
        breaks = relation.fetchall()
    assert breaks
    printed = lines(published_starter, monkeypatch, *words)
    assert f"Breaks found: {len(breaks)}" in printed
    found = printed[printed.index(f"Breaks found: {len(breaks)}") :]
    for year, country, kind, persons, share, note in breaks:
        sizes = [f"{persons:,}", f"{share:.1%}".replace("%", " %")]
        assert [
            line
            for line in found
            if all(part in line for part in (str(year), country, kind, *sizes, note))
        ], (year, country, kind, sizes)


def test_no_break_is_a_sentence(
    published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = lines(published_starter, monkeypatch, "--from-year", "2090")
    assert "No break of reporting is known of what was asked for." in printed


def test_a_kind_that_is_none_is_named_with_those_there_are(
    published_starter: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(published_starter.data_dir))
    done = CliRunner().invoke(app, ["breaks", "--kind", "withheld"])
    assert done.exit_code != 0
    assert "origin_withheld" in done.output


def test_breaks_of_many_origins_are_those_of_each(published_starter: Settings) -> None:
    with open_published(published_starter) as con:
        codes = [
            code
            for (code,) in con.execute(
                "select distinct coalesce(origin_iso3, origin_unhcr_code) from mart_origin_yearly"
            ).fetchall()
        ]
        together = breaks_by_origin(con)
        alone = {code: breaks_of(con, code) for code in codes}
    assert together
    assert {code: together.get(code, []) for code in codes} == alone
