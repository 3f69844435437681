"""A build database that is damaged: set aside, and rebuilt from landing in the same run.

It is a function of the landing folder, so nothing is lost but the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import duckdb

from warehouse.build import apart, dbt, fingerprint, raw
from warehouse.core.repairs import Repair, damage, is_damage, move_aside
from warehouse.releases.assign import assign
from warehouse.settings import Settings

_Done = TypeVar("_Done")
Say = Callable[[str], None]


def set_aside(settings: Settings) -> Repair | None:
    """Give the build database another name if it cannot be read whole; None where it can."""
    reason = damage(settings.build_db, settings) if settings.build_db.exists() else None
    if reason is None:
        return None
    fingerprint.forget_tested(settings)
    return move_aside(settings, settings.build_db, reason)


def load_and_assign(settings: Settings) -> None:
    """What comes before dbt, in a build database that was just set aside."""
    raw.load(settings)
    assign(settings)


def repaired(
    settings: Settings,
    work: Callable[[], _Done],
    say: Say,
    *,
    before: Callable[[Settings], object] = lambda _: None,
) -> _Done:
    """`work()`; where it meets a damaged build database, that is set aside, `before` is done again,
    and `work()` a second time. `say` is told of it.
    """
    try:
        return work()
    except (duckdb.Error, dbt.DbtError) as error:
        if not is_damage(str(error)):
            raise
        found = set_aside(settings)
        if found is None:
            raise
    say(found.sentence)
    before(settings)
    return work()


def build(
    settings: Settings, on_event: dbt.OnEvent | None, say: Say, *, select: Sequence[str]
) -> apart.Build:
    """As `apart.build`, with a build database that is repaired where it is damaged. Of a node that
    is built again then, it gives both results.
    """
    try:
        result = yield from apart.build(settings, on_event, select=select)
    except (duckdb.Error, dbt.DbtError) as error:
        if not is_damage(str(error)) or (found := set_aside(settings)) is None:
            raise
    else:
        damaged = any(is_damage(node.message) for node in result.failed)
        if not damaged or (found := set_aside(settings)) is None:
            return result
    say(found.sentence)
    load_and_assign(settings)
    return (yield from apart.build(settings, on_event, select=select))
