"""State of the warehouse: snapshots, releases, quarantine, the published file, the last run.

Only the landing folder and the published file are read: a build may hold its own database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb

from warehouse.build.run_result import read_last_run
from warehouse.landing import decision
from warehouse.landing.decision import Decision
from warehouse.landing.snapshots import all_set_aside, manifests
from warehouse.published.read import PublishedMissingError, open_published, read_about
from warehouse.serve.quarantine import validated
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS


def gather(settings: Settings) -> dict[str, Any]:
    """The state as plain values that go into JSON; times are ISO 8601 in UTC.

    snapshots: one object each, by dataset and time; their release is the one the last run found,
    or what the source says. releases: snapshots counted by release, with their days where
    the published file knows them. held_back: what to say first, a line a dataset. quarantined:
    snapshots that are not used. decided: those on which somebody decided (`is_built_in`: in the
    published file already). set_aside: snapshots that cannot be loaded, why and what to do.
    published: None when there is nothing that can be read, then `published_problem` says why;
    last_run: None when there was none. Raises ValueError naming a file that is not what it should
    be.
    """
    folders = manifests(settings)
    landed = [manifest for _, manifest in folders]
    published, problem = _published(settings)
    known = validated(settings) if published else []
    verdicts = {(v["endpoint"], v["snapshot_id"]): v for v in known}
    names = {
        (m.endpoint, m.snapshot_id): verdicts.get((m.endpoint, m.snapshot_id), {}).get("release_id")
        or m.release_id
        for m in landed
    }
    releases: dict[str, list[str]] = {}
    for manifest in landed:
        if not ENDPOINTS[manifest.endpoint].is_of_unhcr:
            continue
        name = names[manifest.endpoint, manifest.snapshot_id] or "not named by the source"
        releases.setdefault(name, []).append(manifest.endpoint)
    days = _days_in_force(settings, published)
    decisions = {
        (manifest.endpoint, manifest.snapshot_id): found
        for folder, manifest in folders
        if (found := decision.read(folder))
    }
    last_run = read_last_run(settings)
    return {
        "snapshots": [
            {
                "endpoint": manifest.endpoint,
                "snapshot_id": manifest.snapshot_id,
                "release_id": names[manifest.endpoint, manifest.snapshot_id],
                "source": manifest.source,
                "rows": manifest.rows,
                "retrieved_at": _utc(manifest.finished_at),
                "times_seen": 1 + len(manifest.seen_again_at),
                "last_seen_at": _utc(manifest.last_seen_at),
                "control_differences": len(manifest.control_differences),
            }
            for manifest in landed
        ],
        "releases": [
            {
                "release_id": release,
                "snapshots": len(endpoints),
                "endpoints": sorted(set(endpoints)),
                **days.get(release, _NO_DAYS),
            }
            for release, endpoints in sorted(releases.items())
        ],
        "held_back": [v["held_back"] for v in verdicts.values() if v["held_back"]],
        "quarantined": [
            {name: verdict[name] for name in _OF_QUARANTINED}
            for key, verdict in verdicts.items()
            if verdict["is_quarantined"] and key in names
        ],
        "decided": [
            {
                "endpoint": endpoint,
                "snapshot_id": snapshot_id,
                "decision": found.word,
                "decided_at": _utc(found.decided_at),
                "decided_by": found.decided_by,
                "why": found.why,
                "is_built_in": _is_built_in(found, verdicts.get((endpoint, snapshot_id))),
            }
            for (endpoint, snapshot_id), found in decisions.items()
        ],
        "set_aside": [
            {
                "endpoint": one.endpoint,
                "snapshot_id": one.snapshot_id,
                "set_aside_at": _utc(one.note.set_aside_at),
                "reason": one.note.reason,
                "what_to_do": one.what_to_do,
            }
            for one in all_set_aside(settings)
        ],
        "published": published,
        "published_problem": problem,
        "last_run": last_run.model_dump(mode="json") if last_run else None,
    }


_OF_QUARANTINED = (
    *("endpoint", "snapshot_id", "release_id", "held_because", "verdict_from", "findings"),
    "compared_with",
)


def _is_built_in(decided: Decision, verdict: dict[str, Any] | None) -> bool:
    return (
        verdict is not None
        and verdict["verdict_from"] == "person"
        and verdict["is_quarantined"] != decided.is_accepted
    )


_NO_DAYS = {"in_force_from": None, "in_force_to": None, "days_in_force": None}


def _days_in_force(
    settings: Settings, published: dict[str, Any] | None
) -> dict[str, dict[str, Any]]:
    """By release: first day, the day the next one came (None: still), days between or until now."""
    if published is None or "dim_release" not in published["tables"]:
        return {}
    with open_published(settings) as con:
        found = con.execute(
            "select release_id, in_force_from::varchar, in_force_to::varchar, "
            "date_diff('day', in_force_from, coalesce(in_force_to, ?::date)) from dim_release",
            [datetime.now(UTC).date()],
        ).fetchall()
    return {release: dict(zip(_NO_DAYS, days, strict=True)) for release, *days in found}


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
        # Without DuckDB's excerpt: the statement is ours.
        said = str(error).partition("\n")[0]
        problem = f"{settings.published_db} is not a file of this project: {said}"
        return None, f"{problem} Rebuild it with `asylum run`."
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
