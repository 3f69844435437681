"""What dbt parsed once, good in any data folder."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def holds_in_any_folder() -> None:
    """In this process, a parsed project in a copy of its folder is as good as in the first one.

    dbt would parse all of it anew, which takes seconds, since the profile names another database.
    What comes of it is the same but for where it has noted that seeds lie.

    Nor does dbt look through the stack, at each command and for each of its flags, for the module
    that has an adapter made: below pytest the stack is deep, and no message here names the module.
    """
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.parser.manifest import ManifestLoader
    from dbt_common.behavior_flags import BehaviorFlagRendered

    names, read = DuckDBCredentials._connection_keys, ManifestLoader.read_manifest_for_partial_parse
    places = {"path", "config_options", "plugins"}

    def but_for_places(credentials: Any) -> tuple[str, ...]:
        return tuple(name for name in names(credentials) if name not in places)

    def with_seeds_of_this_folder(loader: Any) -> Any:
        manifest = read(loader)
        for node in manifest.nodes.values() if manifest else ():
            if node.resource_type == "seed":
                node.root_path = loader.root_project.project_root
        return manifest

    DuckDBCredentials._connection_keys = but_for_places
    ManifestLoader.read_manifest_for_partial_parse = with_seeds_of_this_folder
    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt.adapters.base.impl")
