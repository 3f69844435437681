"""What is used of dagster-dbt, which makes assets and checks of dbt's manifest.

dagster-dbt imports dbt where it finds it, which takes over a second, and needs nothing of it here:
the manifest says what there is, and dbt runs in a process of its own. So it does not find it.
"""

import sys

_DBT = "dbt.version"

_found = sys.modules.get(_DBT)
sys.modules[_DBT] = None  # type: ignore[assignment]  # so says one that it cannot be imported
try:
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
    from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY as UNIQUE_ID
finally:
    del sys.modules[_DBT]
    if _found is not None:
        sys.modules[_DBT] = _found

__all__ = ["UNIQUE_ID", "DagsterDbtTranslator", "DagsterDbtTranslatorSettings", "dbt_assets"]
