"""Accepting and holding a snapshot: which can be, what is written, and what follows."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import killed
from tests.other_processes import after, begin, end_of, held_by_another
from tests.warehouse.small_build import LINEAGE, build, settings_in, statements
from warehouse.build import fingerprint, raw
from warehouse.build.run_result import RunQuarantine, RunResult
from warehouse.cli import render
from warehouse.cli.app import app
from warehouse.landing import decision, snapshots
from warehouse.landing.snapshots import LandingBusyError, incoming, manifests
from warehouse.published.write import publish
from warehouse.releases.assign import assign
from warehouse.serve import quarantine
from warehouse.serve.quarantine import DecisionError, accept, hold
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import INHABITANTS

SINCE = "2025-12.1"
FINDING = "24 of 25 years are missing: 2001-2024, 245,890 rows"
LINE = f"population: figures of 2025-06; {SINCE} is held back because {FINDING}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The starter extract landed, and published with one quarantined snapshot of population."""
    settings = settings_in(tmp_path_factory.mktemp("model") / "data")
    snapshots.land_starter(settings)
    build(settings)
    values = ", ".join(
        f"('{m.endpoint}', '{m.snapshot_id}', '{m.release_id}', "
        f"{m.endpoint == 'population' and m.release_id == SINCE})"
        for _, m in manifests(settings)
    )
    statements(
        settings,
        f"""
        create table marts.dim_snapshot as
        select
            endpoint, snapshot_id, release_id, date '2026-06-25' as in_force_from,
            timestamp '2026-11-22 00:00:00' as retrieved_at, is_quarantined,
            if(is_quarantined, '{FINDING}', null) as held_because,
            if(is_quarantined, '{LINE}', null) as held_back, 'rule' as verdict_from,
            if(is_quarantined, '{FINDING}; unknown app_type', null) as findings,
            null::varchar as compared_with
        from (values {values}) as made (endpoint, snapshot_id, release_id, is_quarantined)
        """,
        """
        create table marts.dim_release as
        select '2025-12.1' as release_id, date '2026-06-25' as in_force_from,
            null::date as in_force_to
        union all select '2025-06', date '2025-11-11', date '2026-06-25'
        """,
    )
    publish(settings, lineage=LINEAGE | {"held_back": [LINE]})
    return settings


@pytest.fixture
def settings(model: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of it."""
    monkeypatch.setenv("ASYLUM_DATA_DIR", str(tmp_path / "data"))
    shutil.copytree(model.data_dir, tmp_path / "data")
    return settings_in(tmp_path / "data")


@pytest.fixture
def lost(settings: Settings) -> tuple[Path, str]:
    """The quarantined snapshot: its folder and id."""
    [found] = [
        (folder, m.snapshot_id)
        for folder, m in manifests(settings, "population")
        if m.release_id == SINCE
    ]
    return found


def asylum(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("named", ["id", "dataset-and-id", "dataset-and-release"])
def test_accepting_keeps_who_when_and_why_in_the_landing_folder(
    settings: Settings, lost: tuple[Path, str], named: str
) -> None:
    folder, snapshot_id = lost
    name = {
        "id": snapshot_id,
        "dataset-and-id": f"population/{snapshot_id}",
        "dataset-and-release": f"population@{SINCE}",
    }[named]
    before = fingerprint.expected(settings)
    done = asylum("accept", name, "--why", " UNHCR withdrew the years before 2012 ")
    assert done.exit_code == 0, done.output
    kept = json.loads((folder / "accepted.json").read_text())
    assert kept.keys() == {"accepted_at", "accepted_by", "why"}
    assert kept["why"] == "UNHCR withdrew the years before 2012"
    assert kept["accepted_by"]
    assert kept["why"] in done.output
    assert fingerprint.expected(settings) != before, "the next run has something to do"


def test_what_was_accepted_stays_so_when_it_is_landed_again_and_loaded(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    folder, snapshot_id = lost
    accept(settings, snapshot_id, "UNHCR withdrew the years before 2012")
    snapshots.land_starter(settings)
    assert decision.read(folder) is not None, "landing it again leaves the decision"
    raw.load(settings)
    assert assign(settings).quarantined == []


def test_what_was_accepted_once_is_not_accepted_again(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    folder, snapshot_id = lost
    accept(settings, snapshot_id, "first")
    kept = (folder / "accepted.json").read_bytes()
    with pytest.raises(DecisionError, match=r"was accepted on .* by .*: first"):
        accept(settings, snapshot_id, "second")
    assert (folder / "accepted.json").read_bytes() == kept


@pytest.mark.parametrize("why", ["", "  \n"], ids=["empty", "blank"])
def test_no_reason_is_refused(settings: Settings, lost: tuple[Path, str], why: str) -> None:
    folder, snapshot_id = lost
    done = asylum("accept", snapshot_id, "--why", why)
    assert done.exit_code == 1
    assert "Say why" in done.stderr
    assert not (folder / "accepted.json").exists()


def test_without_a_reason_the_command_does_not_start(settings: Settings) -> None:
    assert asylum("accept", "any").exit_code == 2


def test_an_unknown_snapshot_is_refused_with_those_that_are_quarantined(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    for name in ("nothing", "solutions/nothing", f"solutions/{lost[1]}", "population@1999-12"):
        done = asylum("accept", name, "--why", "x")
        assert done.exit_code == 1
        assert f"No snapshot '{name}' is landed" in " ".join(done.stderr.split())
        assert f"Quarantined: population@{SINCE} ({lost[1]})" in " ".join(done.stderr.split())


def test_a_snapshot_that_is_accepted_by_the_rule_is_not_accepted_again(settings: Settings) -> None:
    folder, manifest = manifests(settings, "asylum-decisions")[0]
    with pytest.raises(DecisionError, match="is not quarantined: there is nothing to accept"):
        accept(settings, manifest.snapshot_id, "x")
    assert not (folder / "accepted.json").exists()


def test_an_id_that_several_endpoints_have_must_be_named_with_its_endpoint(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    folder, snapshot_id = lost
    other = settings.landing_dir / "solutions" / snapshot_id
    other.mkdir(parents=True)
    text = (folder / "manifest.json").read_text().replace('"population"', '"solutions"', 1)
    (other / "manifest.json").write_text(text)
    with pytest.raises(DecisionError, match=rf"population/{snapshot_id}, solutions/{snapshot_id}"):
        accept(settings, snapshot_id, "x")
    with pytest.raises(DecisionError, match="not validated yet"):
        accept(settings, f"solutions/{snapshot_id}", "x")
    [done] = accept(settings, f"population/{snapshot_id}", "x")
    assert done.endpoint == "population"


def _of_the_api(settings: Settings, folder: Path, snapshot_id: str, verdict: str | None) -> Path:
    """Another snapshot of the same dataset and release, as the archive and the API give both;
    `verdict` is SQL of whether it is quarantined, None where it is not validated yet.
    """
    other = folder.with_name("20261130T190201Z-06488c29")
    other.mkdir()
    text = (folder / "manifest.json").read_text().replace(snapshot_id, other.name)
    (other / "manifest.json").write_text(text)
    if verdict is not None:
        statements(
            settings,
            f"""
            insert into marts.dim_snapshot
            select * replace ('{other.name}' as snapshot_id, {verdict} as is_quarantined)
            from marts.dim_snapshot
            where snapshot_id = '{snapshot_id}'
            """,
        )
        publish(settings, lineage=LINEAGE | {"held_back": [LINE]})
    return other


def _words(*folders: Path) -> list[str | None]:
    return [found.word if (found := decision.read(one)) else None for one in folders]


def test_a_release_that_the_archive_and_the_api_gave_is_accepted_and_held_as_one(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    folder, snapshot_id = lost
    other = _of_the_api(settings, folder, snapshot_id, "true")
    done = asylum("accept", f"population@{SINCE}", "--why", "UNHCR withdrew the years")
    assert done.exit_code == 0, done.output
    assert f"population/{snapshot_id} is accepted by" in " ".join(done.stdout.split())
    assert f"population/{other.name} is accepted by" in " ".join(done.stdout.split())
    assert _words(folder, other) == ["accepted", "accepted"]
    with pytest.raises(DecisionError, match="was accepted on"):
        accept(settings, f"population@{SINCE}", "again")
    hold(settings, f"population/{other.name}", "columns were swapped")
    assert _words(folder, other) == ["accepted", "held"], "one is named by its id"
    [done_now] = hold(settings, f"population@{SINCE}", "columns were swapped")
    assert done_now.path == folder, "the other is held already"
    assert _words(folder, other) == ["held", "held"]


@pytest.mark.parametrize("verdict", ["false", None], ids=["used", "not validated"])
def test_of_a_release_only_what_is_quarantined_is_accepted(
    settings: Settings, lost: tuple[Path, str], verdict: str | None
) -> None:
    folder, snapshot_id = lost
    other = _of_the_api(settings, folder, snapshot_id, verdict)
    [done] = accept(settings, f"population@{SINCE}", "UNHCR withdrew the years")
    assert done.path == folder
    assert _words(folder, other) == ["accepted", None]


def test_nobody_accepts_while_another_lands(settings: Settings, lost: tuple[Path, str]) -> None:
    with (
        after(
            "from warehouse.landing.snapshots import incoming; "
            "from warehouse.settings import load_settings; "
            "held = incoming(load_settings()); held.__enter__()"
        ),
        pytest.raises(LandingBusyError),
    ):
        accept(settings, lost[1], "x")
    accept(settings, lost[1], "x")


@pytest.mark.parametrize("at", ["write_durably", "sync_folder"])
def test_killed_on_the_way_it_is_accepted_or_not_and_never_half(
    settings: Settings, lost: tuple[Path, str], at: str
) -> None:
    folder, snapshot_id = lost
    assert end_of(begin(killed.accept, settings, snapshot_id, at)) == -signal.SIGKILL
    found = decision.read(folder)
    assert (found is None) == (at == "write_durably")
    if found is None:
        accept(settings, snapshot_id, "again")
    with incoming(settings):  # what the killed one left behind is gone
        left = [path.name for path in settings.landing_dir.glob(".incoming-*")]
    assert left == [f".incoming-{os.getpid()}"]


def test_a_decision_that_cannot_be_read_is_named(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    (lost[0] / "accepted.json").write_text('{"why": "because"}')
    raw.load(settings)
    for ask in (fingerprint.expected, assign):
        with pytest.raises(ValueError, match=r"accepted\.json: not a decision"):
            ask(settings)


def test_status_says_first_what_is_held_back_and_then_what_was_decided(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    _, snapshot_id = lost
    state = json.loads(asylum("status", "--format", "json").stdout)
    assert state["quarantined"] == [
        {
            "endpoint": "population",
            "snapshot_id": snapshot_id,
            "release_id": SINCE,
            "held_because": FINDING,
            "verdict_from": "rule",
            "findings": f"{FINDING}; unknown app_type",
            "compared_with": None,
        }
    ]
    assert state["held_back"] == [LINE]
    assert state["decided"] == []
    days = {one["release_id"]: one for one in state["releases"]}
    assert days["2025-06"]["in_force_to"] == "2026-06-25"
    assert days["2025-06"]["days_in_force"] == 226
    assert days["2025-12.1"]["in_force_to"] is None
    assert days["2024-06"]["days_in_force"] is None, "the made-up file does not know it"
    shown = " ".join(asylum("status").stdout.split())
    assert shown.startswith(LINE)
    assert "Quarantined: landed, but not used" in shown
    assert "unknown app_type" not in shown, "all that was found is one option away"
    shown = " ".join(asylum("status", "--held").stdout.split())
    assert f"population@{SINCE} ({snapshot_id})" in shown
    assert "unknown app_type" in shown
    assert "asylum accept" in shown
    accept(settings, snapshot_id, "UNHCR said so")
    state = json.loads(asylum("status", "--format", "json").stdout)
    assert [(one["decision"], one["why"], one["is_built_in"]) for one in state["decided"]] == [
        ("accepted", "UNHCR said so", False)
    ]
    assert "from the next run on" in " ".join(asylum("status").stdout.split())


def test_status_asks_the_published_file_while_a_build_holds_its_own(settings: Settings) -> None:
    with held_by_another(settings.build_db):
        state = json.loads(asylum("status", "--format", "json").stdout)
    assert len(state["quarantined"]) == 1


def test_a_file_without_snapshots_quarantines_nothing(
    settings: Settings, lost: tuple[Path, str]
) -> None:
    statements(settings, "drop table marts.dim_snapshot")
    publish(settings, lineage=LINEAGE)
    assert quarantine.validated(settings) == []
    assert asylum("status").exit_code == 0
    with pytest.raises(DecisionError, match="not validated yet"):
        accept(settings, lost[1], "x")


def test_the_summary_of_a_run_says_first_what_is_held_back_one_line_a_dataset() -> None:
    found = [
        RunQuarantine("population", "archive-2025-12.1-aa", SINCE, FINDING, LINE),
        RunQuarantine("solutions", "archive-2024-06-bb", "2024-06", "rows are missing", None),
    ]
    at = datetime(2026, 11, 22, tzinfo=UTC)
    for up_to_date in (True, False):
        result = RunResult(success=True, up_to_date=up_to_date, quarantined=found)
        out = io.StringIO()
        render.console(out).print(render.summary(result, "starter", at, at))
        shown = " ".join(out.getvalue().split())
        assert shown.startswith(LINE)
        assert f"Quarantined: population@{SINCE}, solutions@2024-06." in shown
        assert "asylum status --held" in shown


@pytest.mark.parametrize("decide", [accept, hold])
def test_nobody_decides_on_what_is_of_no_release(
    settings: Settings, decide: Callable[..., object]
) -> None:
    [(folder, manifest)] = manifests(settings, INHABITANTS)
    before = fingerprint.expected(settings)
    with pytest.raises(DecisionError, match="is of no release of UNHCR's"):
        decide(settings, manifest.snapshot_id, "wrong")
    assert decision.read(folder) is None
    assert fingerprint.expected(settings) == before, "the next run would build in vain"


def test_a_snapshot_can_be_held_and_accepted_again_and_the_last_word_counts(
    settings: Settings,
) -> None:
    folder, manifest = manifests(settings, "asylum-decisions")[0]
    before = fingerprint.expected(settings)
    done = asylum("hold", f"asylum-decisions@{manifest.release_id}", "--why", "typing errors")
    assert done.exit_code == 0, done.output
    assert "is held by" in done.output
    decided = decision.read(folder)
    assert decided is not None
    assert (decided.word, decided.why) == ("held", "typing errors")
    assert fingerprint.expected(settings) != before
    with pytest.raises(DecisionError, match=r"was held on .*: typing errors"):
        hold(settings, manifest.snapshot_id, "again")
    raw.load(settings)
    [found] = assign(settings).quarantined
    assert found.endpoint == "asylum-decisions"
    assert "typing errors" in found.held_because
    accept(settings, manifest.snapshot_id, "none at all")
    assert not (folder / "held.json").exists()
    assert assign(settings).quarantined == []
