"""What a report is made of: figures, sections, tables whose headings belong to named columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.core.wording import Kind, show
from warehouse.reference.claims import is_stock

Row = Mapping[str, Any]


HALF_YEAR = "first half-year"
HALF_YEAR_NOTE = (
    f"What is marked {HALF_YEAR} is of January to June; the change to the whole year holds what "
    "came in the second half."
)
MID_YEAR = "30\u00a0June"
MID_YEAR_NOTE = (
    f"What is marked {MID_YEAR} is of that day; the change to the end of the year holds what "
    "happened in between."
)


def of_half_year(words: str | None, is_provisional: bool | None) -> str | None:
    """A flow or a rate in a row of a year, marked where it is of the first half: the year of the
    row is that of its stock. None where nothing is known.
    """
    return f"{words} ({HALF_YEAR})" if words is not None and is_provisional else words


def of_its_months(value: int | None, measure: str, is_provisional: bool | None) -> str | None:
    """A figure of a year as a release had it, marked where it was of the middle of the year: a flow
    of the first half, a stock of 30 June.
    """
    if value is None:
        return None
    words = show(value, "count")
    if not is_stock(measure):
        return of_half_year(words, is_provisional)
    return f"{words} ({MID_YEAR})" if is_provisional else words


@dataclass(frozen=True)
class ReportColumn:
    """A column as shown: `name` is its key in the rows, `heading` what readers see."""

    name: str
    heading: str
    kind: Kind = "text"


@dataclass(frozen=True)
class ReportTable:
    """A table for people: the first column names the row. Rows hold values by name of column."""

    name: str
    caption: str
    columns: tuple[ReportColumn, ...]
    rows: list[Row]

    def shown(self) -> list[list[str]]:
        """The cells as text, not escaped."""
        return [
            [show(row[column.name], column.kind) for column in self.columns] for row in self.rows
        ]

    def without_unknown(self) -> ReportTable:
        """The table without those columns, but for the first, that are not known in any row."""
        first, *others = self.columns
        known = [c for c in others if any(row[c.name] is not None for row in self.rows)]
        return dataclasses.replace(self, columns=(first, *known))


@dataclass(frozen=True)
class Figure:
    """A headline figure: `counts` says in words what is counted, `nature` whether stock or flow."""

    value: str
    counts: str
    nature: str
    notes: tuple[str, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """The notes, some of which are sentences, as parts of one sentence."""
        return tuple(note.removesuffix(".") for note in self.notes)


@dataclass(frozen=True)
class Section:
    """A part of the report: sentences and tables; without tables there is nothing to show."""

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()


def section(
    name: str, title: str, sentences: Iterable[str], tables: Iterable[ReportTable]
) -> Section:
    """A section with those of its tables that have rows, and of these the columns that say
    something.
    """
    told = tuple(table.without_unknown() for table in tables if table.rows)
    return Section(name, title, tuple(sentences), told)
