"""Published in PostgreSQL: the same tables for tools that ask a server, where one is configured."""

import dagster as dg

from orchestration import keys
from orchestration.resources import Warehouse
from warehouse.settings import Settings


def postgresql(settings: Settings) -> list[dg.AssetsDefinition]:
    """The step that publishes to PostgreSQL; none where no address is set."""
    if settings.postgres_url is None:
        return []

    @dg.asset(
        key=keys.POSTGRESQL,
        deps=[keys.PUBLISHED_FILE],
        group_name=keys.PUBLISHED,
        description="The tables of `asylum.duckdb` in a schema of PostgreSQL, with keys and "
        "comments, readable by one role. Readers see the old tables until all new ones are there.",
        kinds={"postgres"},
        pool=keys.WRITERS,
    )
    def postgresql_schema(warehouse: Warehouse) -> dg.MaterializeResult:
        # Its driver takes long to import, and is an extra: only who publishes there needs it.
        from warehouse.published import postgresql  # noqa: PLC0415

        loaded = postgresql.publish(
            warehouse.settings, on_table=warehouse.progress("published to PostgreSQL")
        )
        # Nothing of the connection: whoever reads this need not know where it is.
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(loaded.rows.values()),
                "tables": len(loaded.rows),
                "schema": loaded.schema,
                "release": loaded.release,
                "stood_there_already": not loaded.is_new,
                "seconds": round(loaded.seconds, 2),
            }
        )

    return [postgresql_schema]
