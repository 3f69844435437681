"""Snapshots that are not believed, as the published file knows them, and accepting one.

The build database is not asked: a build may be writing it. So what was landed since the last run
that published is not judged yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse import acceptance
from warehouse.acceptance import Acceptance
from warehouse.landing import incoming, manifests
from warehouse.publish import PublishedMissingError, open_published
from warehouse.settings import Settings

TABLE = "dim_snapshot"
_COLUMNS = (
    *("endpoint", "snapshot_id", "release_id", "in_force_from", "is_quarantined", "findings"),
    *("compared_with", "accepted_at", "accepted_by", "accepted_why"),
)


class AcceptanceError(Exception):
    """A snapshot that cannot be accepted; the message says why, and which can."""


@dataclass(frozen=True)
class Accepted:
    """A snapshot that was accepted just now."""

    endpoint: str
    snapshot_id: str
    path: Path
    acceptance: Acceptance


def judged(settings: Settings) -> list[dict[str, Any]]:
    """The snapshots of the published file, by endpoint and time; days and times as text.

    Empty where it was published before snapshots were judged. Raises PublishedMissingError.
    """
    with open_published(settings) as con:
        there = con.execute(
            "select 1 from duckdb_tables() where database_name = current_database() "
            "and table_name = ?",
            [TABLE],
        ).fetchall()
        if not there:
            return []
        texts = {
            "in_force_from": "strftime(in_force_from, '%Y-%m-%d')",
            "accepted_at": "strftime(accepted_at, '%Y-%m-%dT%H:%M:%SZ')",
        }
        found = con.execute(
            f"select {', '.join(texts.get(name, name) for name in _COLUMNS)} from {TABLE} "
            f"order by endpoint, dim_snapshot.in_force_from, retrieved_at, snapshot_id"
        ).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in found]


def accept(settings: Settings, snapshot: str, why: str) -> Accepted:
    """Have a quarantined snapshot believed from the next run on.

    `snapshot` is endpoint/snapshot_id, or the id alone where no other endpoint has it. Raises
    AcceptanceError (no reason; unknown, ambiguous, not quarantined or not judged yet; accepted
    before), PublishedMissingError, LandingBusyError; nothing is written then.
    """
    reason = why.strip()
    if not reason:
        raise AcceptanceError('Say why: --why "…". It is kept with the snapshot for good.')
    known = judged(settings)
    endpoint, snapshot_id, folder = _find(settings, snapshot, known)
    name = f"{endpoint}/{snapshot_id}"
    with incoming(settings) as temporary:
        before = acceptance.read(folder)
        if before:
            raise AcceptanceError(
                f"{name} was accepted on {before.accepted_at:%Y-%m-%d} by {before.accepted_by}: "
                f"{before.why} The next `asylum run` builds with it."
            )
        verdict = next(
            (
                one
                for one in known
                if (one["endpoint"], one["snapshot_id"]) == (endpoint, snapshot_id)
            ),
            None,
        )
        if verdict is None:
            raise AcceptanceError(
                f"{name} was landed after the last run that published, so it is not judged yet. "
                f"Run `asylum run` first."
            )
        if not verdict["is_quarantined"]:
            raise AcceptanceError(
                f"{name} is not quarantined: there is nothing to accept. {_quarantined(known)}"
            )
        made = acceptance.write(folder, reason, temporary)
    return Accepted(endpoint, snapshot_id, folder, made)


def _find(
    settings: Settings, snapshot: str, known: Sequence[dict[str, Any]]
) -> tuple[str, str, Path]:
    """Endpoint, id and folder of the one landed snapshot of this name."""
    endpoint, slash, snapshot_id = snapshot.rpartition("/")
    found = [
        (manifest.endpoint, manifest.snapshot_id, folder)
        for folder, manifest in manifests(settings)
        if manifest.snapshot_id == snapshot_id and (not slash or manifest.endpoint == endpoint)
    ]
    if not found:
        raise AcceptanceError(f"No snapshot {snapshot!r} is landed. {_quarantined(known)}")
    if len(found) > 1:
        names = ", ".join(f"{one}/{id_}" for one, id_, _ in found)
        raise AcceptanceError(
            f"Several snapshots are called {snapshot!r}: {names}. Name one of these."
        )
    return found[0]


def _quarantined(known: Sequence[dict[str, Any]]) -> str:
    names = [f"{one['endpoint']}/{one['snapshot_id']}" for one in known if one["is_quarantined"]]
    return f"Quarantined: {', '.join(names)}." if names else "None is quarantined."


def published_quarantine(settings: Settings) -> list[dict[str, Any]]:
    """The quarantined snapshots of the published file; none where there is no file."""
    try:
        return [one for one in judged(settings) if one["is_quarantined"]]
    except PublishedMissingError:
        return []
