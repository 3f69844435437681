"""The sensor: a refresh when the figures changed, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration import automation
from orchestration.automation import ATTEMPTS, TAG_SEEN, new_figures
from warehouse.settings import Settings
from warehouse.unhcr.api import UpstreamError


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def look(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    instance: dg.DagsterInstance,
    answer: str | Exception,
    cursor: str | None,
) -> dg.SensorResult | dg.SkipReason:
    def ask(asked: Settings) -> str:
        assert asked == settings
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(automation, "control_fingerprint", ask)
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"settings": settings}
    )
    found = new_figures(context)
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def test_it_asks_for_a_refresh_from_the_api_when_the_totals_are_new(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    for cursor in (None, "before"):
        found = look(monkeypatch, settings, instance, "now", cursor)
        assert isinstance(found, dg.SensorResult)
        [request] = found.run_requests or []
        assert request.run_config == {"ops": {"landing": {"config": {"source": "api"}}}}
        assert found.cursor == "now"


def test_it_asks_for_nothing_when_the_totals_are_those_seen_last(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    assert isinstance(look(monkeypatch, settings, instance, "now", "now"), dg.SkipReason)


def test_totals_that_change_back_are_a_change(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    cursor, keys = "a", []
    for answer in ("b", "a", "b"):
        found = look(monkeypatch, settings, instance, answer, cursor)
        assert isinstance(found, dg.SensorResult)
        keys += [request.run_key for request in found.run_requests or []]
        cursor = str(found.cursor)
    assert keys == [None, None, None], "a run key would let Dagster drop the second 'b'"


def test_an_api_that_does_not_answer_is_a_reason_to_wait_and_no_error(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    found = look(monkeypatch, settings, instance, UpstreamError("503 from there"), "before")
    assert isinstance(found, dg.SkipReason)
    assert "503 from there" in str(found.skip_message)


def test_another_error_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    with pytest.raises(ZeroDivisionError):
        look(monkeypatch, settings, instance, ZeroDivisionError(), "before")


def test_a_refresh_that_failed_is_asked_for_again_a_few_times(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    asked = 0
    for number in range(ATTEMPTS + 2):
        found = look(monkeypatch, settings, instance, "now", "now" if number else "before")
        if isinstance(found, dg.SensorResult):
            asked += 1
            instance.add_run(
                dg.DagsterRun("refresh", tags={TAG_SEEN: "now"}, status=dg.DagsterRunStatus.FAILURE)
            )
    assert asked == ATTEMPTS


def test_a_refresh_that_succeeded_after_a_failure_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, instance: dg.DagsterInstance
) -> None:
    for status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS):
        instance.add_run(dg.DagsterRun("refresh", tags={TAG_SEEN: "now"}, status=status))
    assert isinstance(look(monkeypatch, settings, instance, "now", "now"), dg.SkipReason)
