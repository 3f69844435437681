"""What a data test of dbt says, in words: for the UI and for dbt's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Of generic tests that the project does not describe one by one.
_SENTENCES = {
    "expect_no_nulls": "Known in every row: {columns}.",
    "expect_unique_grain": "No two rows share {columns}.",
    "expect_true": "Holds in every row where it can be decided: `{statement}`.",
    "expect_between": "Where known, {columns} lie between {minimum} and {maximum}.",
    "expect_known_countries": "`dim_country` has every code of {columns}.",
    "expect_known_values": "`{to}` has every value of `{column}`.",
    "expect_year_in_span": "No year before the dataset `{endpoint}` begins, none after the fetch.",
    "expect_intervals_apart": "Intervals of one key (`{key}`) do not overlap.",
    "expect_arguments": "Is a table function of {names}, in this order.",
    "expect_as_many_rows": "Has as many rows as `{to}`.",
    "expect_slices_agree": "The kind of row agrees with the query that returned it.",
    "expect_parts_add_up": "Parts add up to `{total}`: {parts}.",
    "expect_what_names_say": "Values match the column name where known: {columns}.",
    "expect_shares_add_up": "{columns} add up to 1 for each {group_by}.",
    "accepted_values": "`{column_name}` is one of {values}.",
    "not_null": "`{column_name}` is known in every row.",
    "unique": "No value of `{column_name}` occurs twice.",
    "relationships": "Every `{column_name}` is a `{field}` of `{to}`.",
}


def said(test: Mapping[str, Any]) -> str:
    """What a data test says; `test` is its node in dbt's manifest.

    Its own description; of a singular test the comment above its SQL; of a generic one a sentence
    made of its arguments.
    """
    return str(test.get("description") or _comment(test) or _sentence(test))


def _comment(test: Mapping[str, Any]) -> str:
    if test.get("test_metadata"):
        return ""
    lines = []
    for line in test["raw_code"].splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def _sentence(test: Mapping[str, Any]) -> str:
    about = test.get("test_metadata") or {"name": test["name"], "kwargs": {}}
    given = {
        name: _words(value)
        for name, value in about["kwargs"].items()
        if name not in {"model", "where"}
    }
    where = about["kwargs"].get("where")
    pattern = _SENTENCES.get(about["name"])
    if pattern:
        text = pattern.format_map(_Open(given))
    else:
        listed = "; ".join(f"{name}: {value}" for name, value in given.items())
        text = f"`{about['name']}`" + (f" of {listed}." if listed else ".")
    return f"{text} Where `{where}`." if where else text


class _Open(dict[str, str]):
    """A bound that was left out is open."""

    def __missing__(self, _name: str) -> str:
        return "…"


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(f"`{one}`" for one in value)
    text = " ".join(str(value).split())
    return text.removeprefix("ref('").removesuffix("')") if text.startswith("ref('") else text
