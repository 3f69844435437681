"""Quarantined snapshots by the published file; accepting and quarantining a snapshot.

The build database is not read, because a build may be writing it: snapshots that were landed
after the last published run count as not validated yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.core.database import named_rows
from warehouse.landing import decision
from warehouse.landing.decision import Decision, Word
from warehouse.landing.snapshots import incoming, manifests
from warehouse.published.read import PublishedMissingError, open_published, read_columns
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

TABLE = "dim_snapshot"
_VALIDATED = f"""
    select
        endpoint, snapshot_id, release_id, is_quarantined, held_because, held_back, verdict_from,
        findings, compared_with
    from {TABLE}
    order by endpoint, in_force_from, retrieved_at, snapshot_id
"""


class DecisionError(Exception):
    """A snapshot that cannot be accepted or quarantined; the message says why, and which can."""


@dataclass(frozen=True)
class Decided:
    """A snapshot and the decision just made on it."""

    endpoint: str
    snapshot_id: str
    path: Path
    decision: Decision


def validated(settings: Settings) -> list[dict[str, Any]]:
    """The snapshots of the published file, by endpoint and time.

    Empty where the file has no table of them. Raises PublishedMissingError.
    """
    with open_published(settings) as con:
        return named_rows(con.execute(_VALIDATED)) if TABLE in read_columns(con) else []


def accept(settings: Settings, snapshot: str, why: str) -> list[Decided]:
    """Release snapshots from quarantine; the next run uses them.

    `snapshot` is DATASET@RELEASE for all snapshots of it that are quarantined, DATASET/SNAPSHOT, or
    the id alone where no other dataset has it.
    Raises DecisionError (no reason; unknown, ambiguous, of no release, not quarantined or not
    validated yet; accepted before), PublishedMissingError, LandingBusyError; nothing is written
    then.
    """
    return _decide(settings, snapshot, "accepted", why)


def hold(settings: Settings, snapshot: str, why: str) -> list[Decided]:
    """Quarantine snapshots from the next run on, until somebody accepts them.

    `snapshot` as in `accept`, DATASET@RELEASE for all that nobody holds yet; it need not be
    validated yet. Raises DecisionError (no reason; unknown, ambiguous, of no release; held before),
    PublishedMissingError, LandingBusyError; nothing is written then.
    """
    return _decide(settings, snapshot, "held", why)


def _decide(settings: Settings, snapshot: str, word: Word, why: str) -> list[Decided]:
    reason = why.strip()
    if not reason:
        raise DecisionError('Say why: --why "…". The reason is stored with the snapshot.')
    known = validated(settings)
    found = _find(settings, snapshot, known)
    with incoming(settings) as temporary:
        refused = [_refusal(one, word, known) for one in found]
        # The archive and the API give one release both: who names it means each of them.
        decidable = [one for one, refusal in zip(found, refused, strict=True) if refusal is None]
        if not decidable:
            raise DecisionError(str(refused[0]))
        return [
            Decided(endpoint, snapshot_id, folder, decision.write(folder, word, reason, temporary))
            for endpoint, snapshot_id, folder in decidable
        ]


def _refusal(
    found: tuple[str, str, Path], word: Word, known: Sequence[dict[str, Any]]
) -> str | None:
    """Why nothing is to be decided on a snapshot; None where something is."""
    endpoint, snapshot_id, folder = found
    name = f"{endpoint}/{snapshot_id}"
    if not ENDPOINTS[endpoint].is_of_unhcr:
        return (
            f"{name} is of no release of UNHCR's: nothing is compared with it, so there is nothing "
            f"to accept or to hold. A decision would change no figure."
        )
    before = decision.read(folder)
    if before and before.word == word:
        return (
            f"{name} was {word} on {before.decided_at:%Y-%m-%d} by {before.decided_by}: "
            f"{before.why} The next `asylum run` builds with it."
        )
    if word == "held" or before:
        return None
    verdict = _verdict(known, endpoint, snapshot_id)
    if verdict is None:
        return (
            f"{name} was landed after the last run that published, so it is not validated yet. "
            f"Run `asylum run` first."
        )
    if not verdict["is_quarantined"]:
        return f"{name} is not quarantined: there is nothing to accept. {_quarantined(known)}"
    return None


def _verdict(
    known: Sequence[dict[str, Any]], endpoint: str, snapshot_id: str
) -> dict[str, Any] | None:
    key = (endpoint, snapshot_id)
    return next((one for one in known if (one["endpoint"], one["snapshot_id"]) == key), None)


def _find(
    settings: Settings, snapshot: str, known: Sequence[dict[str, Any]]
) -> list[tuple[str, str, Path]]:
    """Dataset, id and folder of each landed snapshot of this name: several of a release alone."""
    dataset, at, release_id = snapshot.partition("@")
    endpoint, slash, snapshot_id = snapshot.rpartition("/")
    assigned = {(one["endpoint"], one["snapshot_id"]): one["release_id"] for one in known}
    found = []
    for folder, manifest in manifests(settings):
        key = (manifest.endpoint, manifest.snapshot_id)
        if at:
            of_release = assigned.get(key) or manifest.release_id
            is_meant = (manifest.endpoint, of_release) == (dataset, release_id)
        else:
            is_meant = key[1] == snapshot_id and (not slash or key[0] == endpoint)
        if is_meant:
            found.append((*key, folder))
    if not found:
        raise DecisionError(f"No snapshot {snapshot!r} is landed. {_quarantined(known)}")
    if len(found) > 1 and not at:
        names = ", ".join(f"{one}/{id_}" for one, id_, _ in found)
        raise DecisionError(
            f"Several snapshots are called {snapshot!r}: {names}. Name one of these."
        )
    return found


def _quarantined(known: Sequence[dict[str, Any]]) -> str:
    names = [
        f"{one['endpoint']}@{one['release_id']} ({one['snapshot_id']})"
        for one in known
        if one["is_quarantined"]
    ]
    return f"Quarantined: {', '.join(names)}." if names else "None is quarantined."


def published_quarantine(settings: Settings) -> list[dict[str, Any]]:
    """The quarantined snapshots of the published file; none where there is no file."""
    try:
        return [one for one in validated(settings) if one["is_quarantined"]]
    except PublishedMissingError:
        return []
