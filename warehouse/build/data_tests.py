"""Data tests of the dbt project, those of a table in one statement.

dbt compiles a test and says of what severity it is; run by dbt, each test is a connection, a
transaction, two files and a dozen events, which cost more than its query. What a test came to is
said in dbt's words: pass, warn, fail, or error where its query cannot be run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import duckdb

from warehouse.core.database import literal


@dataclass(frozen=True)
class DataTest:
    """A compiled test: its query finds what is wrong, `count` makes a number of it.

    `warn_if` and `error_if` are conditions on that number, such as `!= 0`. `of` is the table or the
    file that the test stands with.
    """

    unique_id: str
    of: str
    query: str
    count: str = "count(*)"
    warn_if: str = "!= 0"
    error_if: str = "!= 0"
    severity: str = "error"


@dataclass(frozen=True)
class Outcome:
    """What a test came to; `failures` is None where the query could not be run."""

    unique_id: str
    status: str
    message: str
    failures: int | None
    seconds: float


def run(con: duckdb.DuckDBPyConnection, tests: Sequence[DataTest]) -> Iterator[Outcome]:
    """What each test came to, those of a table together. Raises nothing for a query that fails."""
    for _, those in groupby(sorted(tests, key=lambda test: test.of), key=lambda test: test.of):
        yield from _together(con, list(those))


def _together(con: duckdb.DuckDBPyConnection, tests: Sequence[DataTest]) -> Iterator[Outcome]:
    started = time.perf_counter()
    try:
        counted = con.execute("\nunion all\n".join(_counted(test) for test in tests)).fetchall()
    except duckdb.Error as error:
        if len(tests) > 1:
            for test in tests:
                yield from _together(con, [test])
            return
        taken = time.perf_counter() - started
        yield Outcome(tests[0].unique_id, "error", str(error), None, taken)
        return
    each = (time.perf_counter() - started) / len(tests)
    found = {unique_id: (failures, warns, fails) for unique_id, failures, warns, fails in counted}
    for test in tests:
        failures, warns, fails = found[test.unique_id]
        many = f"Got {failures} result{'' if failures == 1 else 's'}"
        if fails and test.severity.lower() == "error":
            message = f"{many}, configured to fail if {test.error_if}"
            yield Outcome(test.unique_id, "fail", message, failures, each)
        elif warns:
            message = f"{many}, configured to warn if {test.warn_if}"
            yield Outcome(test.unique_id, "warn", message, failures, each)
        else:
            yield Outcome(test.unique_id, "pass", "", failures, each)


def _counted(test: DataTest) -> str:
    return (
        f"select {literal(test.unique_id)}, {test.count}, "
        f"coalesce({test.count} {test.warn_if}, false), "
        f"coalesce({test.count} {test.error_if}, false)\nfrom (\n{test.query}\n) as found"
    )
