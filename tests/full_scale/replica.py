"""The replica of ../shared, started so that it keeps the rows of a query from one page to the next.

It makes all of them again for each page, which is most of the time of a crawl. The first argument
is the replica's file, the others are its own.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
from typing import Any


def main() -> None:
    spec = importlib.util.spec_from_file_location("unhcr_replica", sys.argv[1])
    assert spec is not None
    assert spec.loader is not None
    replica = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(replica)
    made = replica.Store.rows

    @functools.lru_cache(maxsize=3)
    def kept(store: Any, release: str, endpoint: str, asked: tuple[tuple[str, Any], ...]) -> Any:
        return made(store, endpoint, {name: list(values) for name, values in asked})

    def rows(store: Any, endpoint: str, query: dict[str, list[str]]) -> Any:
        asked = {name: tuple(query[name]) for name in sorted(query.keys() - {"page", "limit"})}
        return kept(store, store.release, endpoint, tuple(asked.items()))

    replica.Store.rows = rows
    sys.argv[:] = sys.argv[1:]
    replica.main()


if __name__ == "__main__":
    main()
