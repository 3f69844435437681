"""What is there: landed snapshots, releases, the published file, the last run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb

from warehouse.landing import manifests
from warehouse.publish import PublishedMissingError, open_published, read_about
from warehouse.runresult import read_last_run
from warehouse.settings import Settings


def gather(settings: Settings) -> dict[str, Any]:
    """The state as plain values that go into JSON; times are ISO 8601 in UTC.

    snapshots: one object each, by dataset and time; releases: snapshots counted by release;
    published: None when there is nothing that can be read, then `published_problem` says why;
    last_run: None when there was none. Raises ValueError naming a file that is not what it should
    be.
    """
    landed = [manifest for _, manifest in manifests(settings)]
    releases: dict[str, list[str]] = {}
    for manifest in landed:
        releases.setdefault(manifest.release_id or "not named by the source", []).append(
            manifest.endpoint
        )
    published, problem = _published(settings)
    last_run = read_last_run(settings)
    return {
        "snapshots": [
            {
                "endpoint": manifest.endpoint,
                "snapshot_id": manifest.snapshot_id,
                "release_id": manifest.release_id,
                "source": manifest.source,
                "rows": manifest.rows,
                "retrieved_at": _utc(manifest.finished_at),
                "times_seen": 1 + len(manifest.seen_again_at),
                "last_seen_at": _utc(max([manifest.finished_at, *manifest.seen_again_at])),
                "control_differences": len(manifest.control_differences),
            }
            for manifest in landed
        ],
        "releases": [
            {
                "release_id": release,
                "snapshots": len(endpoints),
                "endpoints": sorted(set(endpoints)),
            }
            for release, endpoints in sorted(releases.items())
        ],
        "published": published,
        "published_problem": problem,
        "last_run": last_run.model_dump(mode="json") if last_run else None,
    }


def _published(settings: Settings) -> tuple[dict[str, Any] | None, str | None]:
    try:
        with open_published(settings) as con:
            about = read_about(con)
            rows = con.execute(
                "select table_name, row_count from about_tables order by table_name"
            ).fetchall()
    except PublishedMissingError as error:
        return None, str(error)
    except duckdb.Error as error:
        return None, f"{settings.published_db} is not a file of this project: {error}"
    return {
        "path": str(settings.published_db),
        "release": about["release"],
        "built_at": about["built_at"],
        "bytes": settings.published_db.stat().st_size,
        "project_version": about["project_version"],
        "tables": dict(rows),
    }, None


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
