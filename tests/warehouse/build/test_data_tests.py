"""Data tests of a table are one statement; what each came to is its own, as dbt would say it."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from warehouse.build.data_tests import DataTest, Outcome, run

THREE = DataTest("test.a.three", of="t", query="select * from range(3)")


def results(*tests: DataTest) -> dict[str, Outcome]:
    with duckdb.connect() as con:
        return {tested.unique_id: tested for tested in run(con, tests)}


@pytest.mark.parametrize(
    ("test", "status", "failures", "message"),
    [
        (THREE, "fail", 3, "Got 3 results, configured to fail if != 0"),
        (replace(THREE, query="select 1"), "fail", 1, "Got 1 result, configured to fail if != 0"),
        (replace(THREE, query="select 1 where false"), "pass", 0, ""),
        (replace(THREE, query="select 1 -- a remark"), "fail", 1, "Got 1 result, configured"),
        (replace(THREE, severity="warn"), "warn", 3, "configured to warn if != 0"),
        (replace(THREE, error_if="> 3"), "warn", 3, "configured to warn if != 0"),
        (replace(THREE, error_if="> 3", warn_if="> 3"), "pass", 3, ""),
        (replace(THREE, count="sum(range)"), "fail", 3, "configured to fail if != 0"),
        (replace(THREE, count="max(range)", error_if="> 2", warn_if="> 1"), "warn", 2, "> 1"),
    ],
)
def test_a_test_comes_to_what_its_severity_and_its_bounds_say(
    test: DataTest, status: str, failures: int, message: str
) -> None:
    [tested] = results(test).values()
    assert (tested.status, tested.failures) == (status, failures)
    assert message in tested.message


def test_each_test_of_a_table_has_its_own_number() -> None:
    tests = [
        replace(THREE, unique_id=f"it's {number}", query=f"select * from range({number})")
        for number in range(30)
    ]
    found = results(*tests)
    assert [found[test.unique_id].failures for test in tests] == list(range(30))
    assert [tested.status for tested in found.values()].count("pass") == 1


def test_a_query_that_cannot_be_run_is_an_error_and_takes_no_other_with_it() -> None:
    broken = replace(THREE, unique_id="broken", query="select no_such_column from range(3)")
    late = replace(THREE, unique_id="late", query="select 1 where error('too late')::boolean")
    found = results(THREE, broken, late)
    assert found["test.a.three"].failures == 3
    for unique_id, reason in (("broken", "no_such_column"), ("late", "too late")):
        assert (found[unique_id].status, found[unique_id].failures) == ("error", None)
        assert reason in found[unique_id].message


def test_nothing_to_test_is_no_error() -> None:
    assert results() == {}
