"""Whether landing still has what the published file was built from."""

from __future__ import annotations

import duckdb

from warehouse.core.wording import plural
from warehouse.published.read import PublishedMissingError, open_published
from warehouse.settings import Settings


class LandingLostError(Exception):
    """Landing has nothing of what the published file was built from: a run would replace it."""


def lost_snapshots(settings: Settings) -> tuple[list[str], int]:
    """The snapshots of the published file that landing has no folder of, as DATASET/ID, and how
    many the file was built from. None of none where there is no file that says so.
    """
    known = _built_from(settings)
    lost = [
        f"{endpoint}/{snapshot_id}"
        for endpoint, snapshot_id, _ in known
        if not (settings.landing_dir / endpoint / snapshot_id).is_dir()
    ]
    return lost, len(known)


def refuse_lost_landing(settings: Settings) -> None:
    """Raises LandingLostError where landing has none of the snapshots that were published, as when
    its disk is not mounted. The starter extract alone can be landed again, by any run.
    """
    lost, built_from = lost_snapshots(settings)
    if len(lost) == built_from and any(one[2] != "starter" for one in _built_from(settings)):
        raise LandingLostError(
            f"{settings.landing_dir} has none of the "
            f"{plural(built_from, 'snapshot', 'snapshots')} that {settings.published_db.name} was "
            f"built from, so nothing is landed. See whether its disk is mounted, or restore the "
            f"folder from a backup. To begin again without them, remove {settings.published_db}."
        )


def _built_from(settings: Settings) -> list[tuple[str, str, str]]:
    """Dataset, id and source of the snapshots that the published file was built from."""
    try:
        with open_published(settings) as con:
            return con.execute(
                "select endpoint, snapshot_id, source from about_snapshots order by all"
            ).fetchall()
    except (PublishedMissingError, duckdb.Error):
        return []  # none yet, or one that the next run rebuilds
