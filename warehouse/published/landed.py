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
    built_from = _built_from(settings)
    lost = [name for name in built_from if not (settings.landing_dir / name).is_dir()]
    return lost, len(built_from)


def refuse_lost_landing(settings: Settings) -> None:
    """Raises LandingLostError where landing has none of the snapshots that were published, as when
    its disk is not mounted. The starter extract alone can be landed again, by any run.
    """
    built_from = _built_from(settings)
    if {*built_from.values()} <= {"starter"}:
        return
    if not any((settings.landing_dir / name).is_dir() for name in built_from):
        raise LandingLostError(
            f"{settings.landing_dir} has none of the "
            f"{plural(len(built_from), 'snapshot', 'snapshots')} that {settings.published_db.name} "
            f"was built from, so nothing is landed. See whether its disk is mounted, or restore "
            f"the folder from a backup. To begin again without them, remove "
            f"{settings.published_db}."
        )


def _built_from(settings: Settings) -> dict[str, str]:
    """The source of each snapshot that the published file was built from, by DATASET/ID."""
    try:
        with open_published(settings) as con:
            return dict(
                con.execute(
                    "select endpoint || '/' || snapshot_id, source from about_snapshots order by 1"
                ).fetchall()
            )
    except (PublishedMissingError, duckdb.Error):
        return {}  # none yet, or one that the next run rebuilds
