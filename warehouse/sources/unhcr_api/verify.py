"""Whether pages are what was asked for: shape, columns, values, keys, sums, one piece.

The same code checks a page as it comes from the API and the files of the starter extract. It sees
one page at a time and keeps a few bytes a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.core.content import canonical, row_digest, split_digests
from warehouse.core.manifest import Coverage, Page, Slice
from warehouse.sources.unhcr_api.body import shown, whole_number
from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import (
    ALL,
    ASYLUM,
    EARLIEST_YEAR,
    LARGEST_COUNT,
    LATEST_YEAR,
    ORIGIN,
    SUMMED,
    Endpoint,
)

_NOT_AVAILABLE_OR_ZERO = ("0", "-")


class MalformedPageError(UpstreamError):
    """A value, a column or a shape we do not know: asking again would not help."""


class InconsistentSliceError(UpstreamError):
    """Pages that do not fit together: asked again, they may."""


@dataclass
class _Here:
    """The row that is looked at; what it is called is only made up for a message."""

    called: Callable[[int, int], str]
    page: int
    row: int = 0

    def __str__(self) -> str:
        return self.called(self.page, self.row)


class SliceCheck:
    """Takes in the pages of one query, in any order, and says what is wrong with them.

    After `finish`: rows, columns (in the order met), added_columns, total (the envelope's sums or
    None), packed (32 bytes a row, for the content hash), origins (codes of countries of origin
    seen). `last` is the part of `packed` that the latest page gave. `has_total`: whether envelopes
    sum the counts, so that one without the sums is incomplete.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        slice_name: str,
        page_size: int,
        coverage: Coverage,
        where: Callable[[int, int], str] | None = None,
        *,
        has_total: bool = False,
    ) -> None:
        """`where(page, row)`, from 1, is what a row is called in messages."""
        self.endpoint = endpoint
        self.slice = slice_name
        self.rows = 0
        self.max_pages: int | None = None
        self.columns: list[str] = []
        self.added_columns: list[str] = []
        self.total: dict[str, int] | None = None
        self.packed = bytearray()
        self.last = b""
        self.origins: set[str] = set()
        self.keys: set[bytes] = set()
        self._page_size = page_size
        self._coverage = coverage
        self._where = where or (lambda page, row: f"{self.name}, page {page}, row {row}")
        self._has_total = has_total
        self._pages: set[int] = set()
        self._sums = dict.fromkeys(endpoint.counts, 0)
        self._required = frozenset(endpoint.columns)
        self._known = self._required | set(endpoint.extras)
        self._columns_seen: set[frozenset[str]] = set()
        self._sound: set[tuple[str, str, str, str]] = set()
        self._counts = frozenset(endpoint.counts)
        self._free = [
            name
            for name in (*endpoint.texts, "coo_id", "coo_name", "coa_id", "coa_name")
            if name in self._required
        ]
        # Without a window of years, any year: whether a figure of it can be is for releases.py.
        self._years = (coverage.year_from or EARLIEST_YEAR, coverage.year_to or LATEST_YEAR)
        self._sides = (
            (("coo", ORIGIN, coverage.origins), ("coa", ASYLUM, coverage.asylums))
            if endpoint.has_sides
            else ()
        )

    @property
    def name(self) -> str:
        """What is being checked, for messages."""
        return f"{self.endpoint.name} {self.slice}"

    def page(self, number: int, envelope: Mapping[str, Any]) -> int:
        """Take in page `number`; returns its rows.

        Raises MalformedPageError with row and column, or InconsistentSliceError.
        """
        self._envelope(number, envelope)
        items = envelope["items"]
        digests = bytearray()
        here = _Here(self._where, number)
        for here.row, row in enumerate(items, start=1):
            self._row(here, row)
            digests += row_digest(self.slice, row)
        self.last = bytes(digests)
        self.packed += digests
        self.rows += len(items)
        self._pages.add(number)
        return len(items)

    def finish(self) -> None:
        """Check what only shows when all pages are in. Raises InconsistentSliceError."""
        whole = set(range(1, max(self.max_pages or 0, 1) + 1))
        if self._pages != whole:
            raise InconsistentSliceError(
                f"{self.name}: pages {sorted(self._pages)} came, {sorted(whole)} make it up"
            )
        if self.endpoint.is_list and self.slice == ALL and not self.rows:
            raise InconsistentSliceError(
                f"{self.name}: no row, and it is a list that is never empty: an empty one would "
                f"take the place of a full one"
            )
        for column, expected in (self.total or {}).items():
            if column in self._sums and self._sums[column] != expected:
                raise InconsistentSliceError(
                    f"{self.name}: {column} adds up to {self._sums[column]:,} over {self.rows:,} "
                    f"rows, the envelope's total says {expected:,}"
                )
        if self.endpoint.is_dataset:
            self.keys.clear()

    def landed(self, params: dict[str, str], pages: list[Page]) -> Slice:
        """The slice that was checked, asked for with `params`, whose answers are these pages."""
        return Slice(
            slice=self.slice,
            params=params,
            page_size=self._page_size,
            pages=pages,
            rows=self.rows,
            columns=self.columns,
            added_columns=self.added_columns,
            total=self.total,
            coverage=self._coverage,
        )

    def _envelope(self, number: int, envelope: Mapping[str, Any]) -> None:
        where = f"{self.name}, page {number}"
        page, max_pages = whole_number(envelope["page"]), whole_number(envelope["maxPages"])
        rows = len(envelope["items"])
        if page is None or max_pages is None:
            raise MalformedPageError(f"{where}: `page` or `maxPages` is not a whole number")
        if page != number:
            raise InconsistentSliceError(f"{where}: the answer says it is page {page}")
        if number in self._pages:
            raise InconsistentSliceError(f"{where}: came twice")
        if self.max_pages is None:
            self.max_pages = max_pages
        elif max_pages != self.max_pages:
            raise InconsistentSliceError(
                f"{where}: {max_pages} pages in all, {self.max_pages} on the page before"
            )
        if number > max(max_pages, 1):
            raise InconsistentSliceError(f"{where}: there are {max_pages} pages only")
        full = number < max_pages
        least = self._page_size if full else min(max_pages, 1)
        most = self._page_size if max_pages else 0
        if not least <= rows <= most:
            wanted = f"{least:,}" if least == most else f"{least:,} to {most:,}"
            raise InconsistentSliceError(
                f"{where} of {max_pages}: {rows:,} rows, {wanted} expected"
            )
        total = self._total(where, envelope["total"])
        unsummed = [name for name in self.endpoint.counts if name not in (total or {})]
        if self._has_total and rows and unsummed:
            raise InconsistentSliceError(
                f"{where}: `total` has no sum of {', '.join(unsummed)}, which it always had, and "
                f"without it a missing row would not show"
            )
        if self._pages and total != self.total:
            raise InconsistentSliceError(f"{where}: another total than on the page before")
        self.total = total

    def _total(self, where: str, found: object) -> dict[str, int] | None:
        if found in ([], {}, None):
            return None
        if not isinstance(found, dict):
            raise MalformedPageError(f"{where}: `total` is {shown(found)}, an object expected")
        out = {}
        for column, value in found.items():
            number = whole_number(value)
            if number is not None:
                out[column] = number
            elif column in self._counts:
                raise MalformedPageError(
                    f"{where}: `total` has {shown(value)} for {column}, a whole number expected"
                )
        return out

    def _row(self, where: _Here, row: object) -> None:
        if not isinstance(row, dict):
            raise MalformedPageError(f"{where}: {shown(row)} is not an object with columns")
        columns = frozenset(row)
        if columns not in self._columns_seen:
            self._new_columns(where, row, columns)
        for column in self.endpoint.counts:
            value = row[column]
            if type(value) is int:
                if not 0 <= value <= LARGEST_COUNT:
                    raise _bad_count(where, column, value)
                self._sums[column] += value
            elif value not in _NOT_AVAILABLE_OR_ZERO:
                raise _bad_count(where, column, value)
        self._texts(where, row)
        if self._sides:
            self._identity(where, row)
        if self.endpoint.key:
            self._key(where, row)

    def _texts(self, where: _Here, row: dict[str, Any]) -> None:
        for column in self.endpoint.codes:
            if not _is_text(row[column]):
                raise _bad(where, column, row[column], "a code, text that is not empty,")
        for column in self._free:
            if isinstance(row[column], (dict, list)):
                raise _bad(where, column, row[column], "a text, a number or null")
        for column in self.endpoint.named:
            if not _is_text(row[column]):
                raise _bad(where, column, row[column], "a text that is not empty")
        for column in self.endpoint.numbers:
            if whole_number(row[column]) is None:
                raise _bad(where, column, row[column], "a whole number")
        for column in self.endpoint.objects:
            if not _is_named(row[column]):
                raise _bad(where, column, row[column], "an object with the texts `id` and `value`")
        for column in self.endpoint.amounts:
            value = row[column]
            if value is not None and not (type(value) is int and 0 <= value <= LARGEST_COUNT):
                wanted = f"a whole number from 0 to {LARGEST_COUNT:,}, or null,"
                raise _bad(where, column, value, wanted)

    def _new_columns(self, where: _Here, row: dict[str, Any], columns: frozenset[str]) -> None:
        missing = [name for name in self.endpoint.columns if name not in columns]
        if missing:
            raise MalformedPageError(
                f"{where}: column {', '.join(missing)} is missing; "
                f"there are {shown(', '.join(row))}"
            )
        self._columns_seen.add(columns)
        for name in row:
            if name not in self.columns:
                self.columns.append(name)
                if name not in self._known:
                    self.added_columns.append(name)

    def _identity(self, where: _Here, row: dict[str, Any]) -> None:
        year = row["year"]
        first, last = self._years
        if type(year) is not int or not first <= year <= last:
            raise _bad(where, "year", year, f"a year from {first} to {last}")
        for side, identity, asked in self._sides:
            # The UNHCR code tells a country from a sum: Tibetan has a code and no ISO3.
            code, iso = row[side], row[f"{side}_iso"]
            if asked == "summed":
                for column in identity:
                    if row[column] != SUMMED:
                        raise _bad(where, column, row[column], '"-", since countries are summed,')
                continue
            # The same countries come again and again.
            country = (side, code, iso, row[f"{side}_name"])
            if type(code) is type(iso) is str and country in self._sound:
                continue
            if not _is_text(code) or code == SUMMED:
                raise _bad(where, side, code, "a country's code, since a row a country was asked,")
            for column in (f"{side}_iso", f"{side}_name"):
                if not _is_text(row[column]):
                    raise _bad(where, column, row[column], "a text, since it is a country's row,")
            if asked != "all" and iso not in asked:
                raise _bad(
                    where, f"{side}_iso", iso, f"one of those asked for ({', '.join(asked)})"
                )
            if side == "coo":
                self.origins.add(iso or code)
            self._sound.add(country)

    def _key(self, where: _Here, row: dict[str, Any]) -> None:
        values = [
            canonical(row[column]).decode("utf-8", "surrogatepass")
            if column in self.endpoint.objects
            else row[column]
            for column in self.endpoint.key
        ]
        if not all(type(value) is int or _is_text(value) for value in values):
            raise MalformedPageError(f"{where}: {self._named(values)}: a key has no empty part")
        key = hashlib.blake2b(repr(values).encode(), digest_size=16).digest()
        if key in self.keys:
            raise InconsistentSliceError(f"{where}: {self._named(values)} came before")
        self.keys.add(key)

    def _named(self, values: list[Any]) -> str:
        return ", ".join(f"{k} {shown(v)}" for k, v in zip(self.endpoint.key, values, strict=True))


def rows_apart(one: SliceCheck, other: SliceCheck) -> int:
    """How many rows are in one reading of a slice and not in the other."""
    return len(set(split_digests(one.packed)) ^ set(split_digests(other.packed)))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_named(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != {"id", "value"}:
        return False
    return _is_text(value["id"]) and isinstance(value["value"], str)


def _bad_count(where: _Here, column: str, value: object) -> MalformedPageError:
    wanted = f'a count (a whole number from 0 to {LARGEST_COUNT:,}, "0" or "-")'
    return _bad(where, column, value, wanted)


def _bad(where: _Here, column: str, value: object, wanted: str) -> MalformedPageError:
    return MalformedPageError(f"{where}, column {column}: {shown(value)} where {wanted} belongs")
