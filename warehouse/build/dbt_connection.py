"""What dbt-duckdb does once with the connection it opens: lock it, as core/database.py does.

Named as a plugin in dbt_project/profiles.yml. Beside the data folder dbt may read the lists of
seeds/reference, which it copies into tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from warehouse.core.database import lock


class Plugin(BasePlugin):
    """`folders` and `seeds` of the profile: folders to work in, and one of CSV files to read."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take the profile's values; a missing one is a KeyError."""
        self._folders = [Path(folder) for folder in plugin_config["folders"]]
        self._seeds = Path(plugin_config["seeds"])

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Lock the connection; all cursors of dbt's threads are of this one database."""
        lock(conn, self._folders, sorted(self._seeds.glob("*.csv")))
