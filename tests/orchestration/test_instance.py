"""Dagster's own storage, as the command line opens it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import dagster as dg
import sqlalchemy

from orchestration.instance import open_instance
from warehouse.settings import Settings

EVENTS = 20


def test_a_file_of_the_event_log_is_opened_once_and_others_read_each_event_at_once(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path)
    opened: list[object] = []

    def note(connection: object, _: object) -> None:
        opened.append(connection)

    with open_instance(settings) as instance:
        run = instance.add_run(dg.DagsterRun("refresh"))
        instance.report_engine_event("the first makes the file", run)
        sqlalchemy.event.listen(sqlalchemy.Engine, "connect", note)
        try:
            for number in range(EVENTS):
                instance.report_engine_event(str(number), run)
        finally:
            sqlalchemy.event.remove(sqlalchemy.Engine, "connect", note)
        assert opened == []
        file = settings.dagster_home / "history" / "runs" / f"{run.run_id}.db"
        with sqlite3.connect(file) as reader:
            [(stored,)] = reader.execute("select count(*) from event_logs").fetchall()
        assert stored == EVENTS + 1
    with open_instance(settings) as again:
        assert len(again.all_logs(run.run_id)) == EVENTS + 1
