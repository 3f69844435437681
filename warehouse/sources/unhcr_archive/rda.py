"""An .rda file of the archive -> rows in the shape of the API. Columns first, rows at the end.

R's data frames hold counts as doubles and no row ids; "-" became NA in them, and becomes "-"
again. The text "NA", a code of UNHCR's, is not NA: R keeps the two apart, and so does this.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.sources.unhcr_api.client import UpstreamError
from warehouse.sources.unhcr_api.endpoints import ASYLUM, FLOWS, LARGEST_COUNT, ORIGIN, Endpoint

if TYPE_CHECKING:  # an extra, and slow to import: the functions that need them do it
    import numpy as np
    from numpy.typing import NDArray
    from rdata.parser import RObject

NOT_AVAILABLE = "-"
IDS = ("coo_id", "coa_id")
# What the archive splits further than the API does: added up over these.
SUMMED_OVER = {"demographics": ("location", "loc_type", "acc_type")}
# The flow dataset has a column a measure there, and a row a measure in the workbook: the code of
# each. Up to 2023-06 the third is called returned_refugees, which 2023-12 corrected.
FLOW_COLUMNS = {
    "refugees": "REF",
    "asylum_seekers": "ASY",
    "refugee_like": "ROC",
    "returned_refugees": "ROC",
    "oip": "OIP",
}

_PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"BZh": bz2.decompress,
    b"\x1f\x8b": gzip.decompress,
    b"\xfd7zXZ\x00": lzma.decompress,
}
_MAGIC = (b"RDX3\nX\n", b"RDX2\nX\n")
_LENGTH_OF_NA = 0xFFFFFFFF

Progress = Callable[[int, int], None]


class RdaError(UpstreamError):
    """A file that does not hold what it should; the message says file, row and column."""


class ReaderMissingError(Exception):
    """The library that reads .rda files is not installed."""


@dataclass(frozen=True)
class _Coded:
    """A column as numbers of levels; -1 is NA, which is the last level."""

    codes: NDArray[np.int64]
    levels: list[Any]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, at: Any) -> _Coded:
        return _Coded(self.codes[at], self.levels)

    def values(self, start: int, stop: int) -> list[Any]:
        levels = [*self.levels, NOT_AVAILABLE]
        return [levels[code] for code in self.codes[start:stop].tolist()]


@dataclass(frozen=True)
class _Counts:
    """A column of counts, and where there is none."""

    numbers: NDArray[np.int64]
    missing: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.numbers)

    def values(self, start: int, stop: int) -> list[Any]:
        numbers, missing = self.numbers[start:stop].tolist(), self.missing[start:stop].tolist()
        return [
            NOT_AVAILABLE if unknown else number or "0"
            for number, unknown in zip(numbers, missing, strict=True)
        ]


@dataclass(frozen=True)
class Table:
    """A dataset of one release, in the API's shape.

    rows: how many; columns: their names in the API's order, then those not known to us;
    source_rows: rows of the file, more than `rows` where it splits further than the API.
    """

    rows: int
    source_rows: int
    columns: tuple[str, ...]
    _data: dict[str, _Coded | _Counts]

    def pages(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """The rows, `size` at a time: counts are int, "0" or "-", ids are None, NA is "-"."""
        for start in range(0, self.rows, size):
            stop = min(start + size, self.rows)
            nothing = [None] * (stop - start)
            values = [
                self._data[name].values(start, stop) if name in self._data else nothing
                for name in self.columns
            ]
            yield [dict(zip(self.columns, row, strict=True)) for row in zip(*values, strict=True)]


def require_reader() -> None:
    """Raise ReaderMissingError, which says how to install it, unless .rda files can be read."""
    try:
        import rdata  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        raise ReaderMissingError(
            f"Older releases are R data files, and what reads them is not installed ({error}). "
            f"Install the extra `archive`: pip install -e '.[archive]' in the project's folder; "
            f"`make run` does so too."
        ) from error


def read(path: Path, endpoint: Endpoint, on_progress: Progress | None = None) -> Table:
    """Read one dataset.

    Demographics come a row a location and kind of accommodation; they are added up to the API's
    grain (year, origin, asylum, population type). A sum is over what is known: it is NA only
    where nothing is. Flows come a row a pair, a column a measure; they are made a row a pair and
    code. `on_progress(bytes read, bytes)` counts the file unpacked. Columns not known to us are
    kept. Raises RdaError, naming row and column where it is one of them, ReaderMissingError.
    """
    require_reader()
    columns = _data_frame(path, endpoint, on_progress)
    if endpoint.name == FLOWS:
        return _flows(path.name, endpoint, columns)
    dropped = SUMMED_OVER.get(endpoint.name, ())
    wanted = [name for name in endpoint.columns if name not in IDS or name in columns]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise RdaError(
            f"{path.name}: column {', '.join(missing)} is missing; there are {', '.join(columns)}"
        )
    added = [name for name in columns if name not in wanted and name not in dropped]
    data: dict[str, _Coded | _Counts] = {}
    for name in (*wanted, *added):
        where = f"{path.name}, column {name}"
        source = columns.pop(name)
        if name in endpoint.counts:
            data[name] = _counts(where, source)
        elif name == "year":
            data[name] = _years(where, source)
        else:
            data[name] = _texts(where, source, free=name in added or name in IDS)
    columns.clear()
    lengths = {name: len(column) for name, column in data.items()}
    if len(set(lengths.values())) != 1:
        raise RdaError(f"{path.name}: columns of different lengths: {lengths}")
    source_rows = lengths["year"]
    if not source_rows:
        raise RdaError(f"{path.name}: no row")
    if dropped:
        data = _added_up(path.name, data)
    rows = len(data["year"])
    return Table(rows, source_rows, (*endpoint.columns, *added), data)


def _flows(file: str, endpoint: Endpoint, columns: dict[str, RObject]) -> Table:
    """A row a pair, year and code, from a column a code; what is NA makes no row."""
    import numpy as np  # noqa: PLC0415

    sides = [name for name in endpoint.columns if name in (*ORIGIN, *ASYLUM) and name not in IDS]
    codes = [name for name in FLOW_COLUMNS if name in columns]
    absent = [name for name in ("year", *sides) if name not in columns]
    absent += sorted(
        {code for code in FLOW_COLUMNS.values()} - {FLOW_COLUMNS[name] for name in codes}
    )
    if absent:
        raise RdaError(f"{file}: {', '.join(absent)} is missing; there are {', '.join(columns)}")
    measures = [FLOW_COLUMNS[name] for name in codes]
    twice = [name for name, code in zip(codes, measures, strict=True) if measures.count(code) > 1]
    if twice:
        raise RdaError(f"{file}: {' and '.join(twice)} are the same measure, and both are there")
    counts = [_counts(f"{file}, column {name}", columns.pop(name)) for name in codes]
    data: dict[str, _Coded | _Counts] = {
        "year": _years(f"{file}, column year", columns.pop("year"))
    }
    for name in sides:
        data[name] = _texts(f"{file}, column {name}", columns.pop(name), free=False)
    added = list(columns)
    for name in added:
        data[name] = _texts(f"{file}, column {name}", columns.pop(name), free=True)
    lengths = {name: len(column) for name, column in data.items()}
    lengths |= {name: len(column) for name, column in zip(codes, counts, strict=True)}
    if len(set(lengths.values())) != 1:
        raise RdaError(f"{file}: columns of different lengths: {lengths}")
    # Rows in the order of the file, and within a row in that of the codes.
    known = ~np.stack([column.missing for column in counts], axis=1)
    row, code = np.nonzero(known)
    if not len(row):
        raise RdaError(f"{file}: no row")
    numbers = np.stack([column.numbers for column in counts], axis=1)[row, code]
    made: dict[str, _Coded | _Counts] = {
        name: column.take(row) for name, column in data.items() if isinstance(column, _Coded)
    }
    made["pt"] = _Coded(code, [FLOW_COLUMNS[name] for name in codes])
    made["count"] = _Counts(numbers, np.zeros(len(row), bool))
    return Table(len(row), lengths["year"], (*endpoint.columns, *added), made)


def _data_frame(path: Path, endpoint: Endpoint, on_progress: Progress | None) -> dict[str, RObject]:
    """The columns of the one data frame in the file, as R's objects, by name."""
    with warnings.catch_warnings():
        # rdata warns of text it cannot decode and of what it leaves out.
        warnings.simplefilter("error", UserWarning)
        try:
            objects = _pairs(_parse(path, on_progress))
            found = list(objects)
            if found == [endpoint.archived]:
                [frame] = objects.values()
                attributes = _pairs(frame.attributes)
                if "data.frame" in _strings(attributes.get("class")):
                    names = _strings(attributes.get("names"))
                    return dict(zip(names, frame.value, strict=True))
                found = [f"{endpoint.archived}, which is no data frame"]
        except RdaError:
            raise
        except Exception as error:
            raise RdaError(
                f"{path.name}: not an R data file that can be read "
                f"({type(error).__name__}: {error})"
            ) from error
    raise RdaError(
        f"{path.name}: holds {', '.join(found) or 'nothing'}, "
        f"a data frame {endpoint.archived} expected"
    )


def _parse(path: Path, on_progress: Progress | None) -> RObject:
    from rdata.parser import DEFAULT_ALTREP_MAP  # noqa: PLC0415
    from rdata.parser._xdr import ParserXDR  # noqa: PLC0415

    data = path.read_bytes()
    for magic, unpack in _PACKED.items():
        if data.startswith(magic):
            data = unpack(data)
            break
    if not data.startswith(_MAGIC):
        raise RdaError(f"{path.name}: not an R data file: it begins with {data[:20]!r}")
    data = data[len(_MAGIC[0]) :]
    flags_and_length = struct.Struct(">II").unpack_from

    class Parser(ParserXDR):
        """rdata's parser, which makes an object of each of millions of strings, most of them
        alike. This one makes it once, which takes less time and memory."""

        def __init__(self) -> None:
            super().__init__(
                memoryview(b""), expand_altrep=True, altrep_constructor_dict=DEFAULT_ALTREP_MAP
            )
            self.file = io.BytesIO(data)  # of bytes, which it does not copy
            self._known: dict[bytes, RObject] = {}

        def _parse_vector_value(self, *args: Any) -> list[RObject]:
            # A string without attributes or tag: flags, of which the last byte is its type (9),
            # then its length, then its bytes. NA has the largest length there is, and no bytes.
            made = []
            count, at = self.parse_int(), self.file.tell()
            for _ in range(count):
                flags, length = flags_and_length(data, at)
                end = at + 8 + (length if length != _LENGTH_OF_NA else 0)
                one = self._known.get(data[at:end])
                if one is None:
                    self.file.seek(at)
                    one = self.parse_R_object(*args)
                    if flags & 0xFF == 9 and not flags & 0x700:
                        self._known[data[at:end]] = one
                    else:
                        end = self.file.tell()
                    if on_progress:
                        on_progress(end, len(data))
                made.append(one)
                at = end
            self.file.seek(at)
            return made

    parser = Parser()
    parsed = parser.parse_all()
    parser.check_complete()
    return parsed.object


def _pairs(node: RObject | None) -> dict[str, RObject]:
    """A tagged pairlist of R's: attributes of an object, or the objects of a file."""
    from rdata.parser import RObjectType  # noqa: PLC0415

    out: dict[str, RObject] = {}
    while node is not None and node.info.type is RObjectType.LIST:
        tag = node.tag
        if tag is None:
            raise ValueError("a pairlist without a tag")
        symbol = tag.referenced_object or tag
        out[str(_string(symbol.value))] = node.value[0]
        node = node.value[1]
    return out


def _strings(source: RObject | None) -> list[str]:
    return [str(_string(one)) for one in source.value] if source else []


def _string(source: RObject) -> str | None:
    """One string, None for NA. Raises ValueError (or a warning made an error) if undecodable."""
    from rdata.conversion import convert_char  # noqa: PLC0415

    text = convert_char(source, default_encoding="utf-8")
    if isinstance(text, bytes):
        raise ValueError(f"{text!r} is not text")
    return text


def _class(source: RObject) -> str:
    return " ".join(_strings(_pairs(source.attributes).get("class")))


def _plain(where: str, source: RObject) -> tuple[NDArray[Any], NDArray[np.bool_]] | None:
    """Values and where they are NA, of a column of numbers or truth values; None for others."""
    import numpy as np  # noqa: PLC0415
    from rdata.parser import RObjectType  # noqa: PLC0415

    kind = _class(source)
    if kind:
        raise RdaError(f"{where}: of R's class {kind}, which is not known here")
    if source.info.type is RObjectType.REAL:
        return source.value, np.isnan(source.value)
    if source.info.type in (RObjectType.INT, RObjectType.LGL):
        return np.ma.getdata(source.value), np.ma.getmaskarray(source.value)
    return None


def _whole(where: str, source: RObject, wanted: str) -> _Counts:
    """A column of whole numbers of at least 0."""
    import numpy as np  # noqa: PLC0415

    found = _plain(where, source)
    if found is None:
        raise RdaError(f"{where}: of R's type {source.info.type.name}, {wanted} expected")
    values, missing = found
    # A column in which all is NA is one of truth values to R.
    if values.dtype == np.bool_ and not missing.all():
        raise RdaError(f"{where}: truth values, {wanted} expected")
    numbers = np.where(missing, 0, values)
    bad = ~((numbers >= 0) & (numbers <= LARGEST_COUNT) & (numbers == np.floor(numbers)))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise RdaError(f"{where}, row {row + 1}: {values[row].item()!r} where {wanted} belongs")
    return _Counts(numbers.astype(np.int64), np.asarray(missing))


def _counts(where: str, source: RObject) -> _Counts:
    return _whole(where, source, f"a count (a whole number from 0 to {LARGEST_COUNT:,}, or NA)")


def _years(where: str, source: RObject) -> _Coded:
    import numpy as np  # noqa: PLC0415

    found = _whole(where, source, "a year")
    if found.missing.any():
        row = int(np.flatnonzero(found.missing)[0])
        raise RdaError(f"{where}, row {row + 1}: NA where a year belongs")
    levels, codes = np.unique(found.numbers, return_inverse=True)
    return _Coded(codes, levels.tolist())


def _texts(where: str, source: RObject, *, free: bool) -> _Coded:
    """A column of texts, or a factor; where it is `free`, numbers and truth values will do."""
    import numpy as np  # noqa: PLC0415
    from rdata.parser import RObjectType  # noqa: PLC0415

    kind = _class(source)
    if source.info.type is RObjectType.INT and kind in ("factor", "ordered factor"):
        own = _distinct(where, _pairs(source.attributes)["levels"])
        codes = np.where(np.ma.getmaskarray(source.value), 0, np.ma.getdata(source.value)) - 1
        if len(codes) and not -1 <= codes.min() <= codes.max() < len(own):
            raise RdaError(f"{where}: a factor with values beyond its {len(own)} levels")
        return _Coded(np.where(codes < 0, -1, own.codes[codes]), own.levels)
    if source.info.type is RObjectType.STR and not kind:
        return _distinct(where, source)
    found = _plain(where, source)
    if found is None:
        raise RdaError(f"{where}: of R's type {source.info.type.name}, text expected")
    values, missing = found
    if not free and not missing.all():
        row = int(np.flatnonzero(~missing)[0])
        raise RdaError(f"{where}, row {row + 1}: {values[row].item()!r} where a text belongs")
    numbers, codes = np.unique(np.where(missing, 0, values), return_inverse=True)
    levels = [int(n) if isinstance(n, float) and n.is_integer() else n for n in numbers.tolist()]
    return _Coded(np.where(missing, -1, codes), levels)


def _distinct(where: str, source: RObject) -> _Coded:
    """The strings of a vector: each is decoded once, equal ones are one level."""
    import numpy as np  # noqa: PLC0415

    # By the object itself, of which equal strings share one; in the order first met.
    objects = dict(zip(map(id, source.value), source.value, strict=True))
    by_text: dict[str, int] = {}
    code: dict[int, int] = {}
    for key, one in objects.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                text = _string(one)
        except (UserWarning, ValueError) as error:
            row = 1 + next(at for at, other in enumerate(source.value) if other is one)
            raise RdaError(f"{where}, row {row}: text that cannot be read ({error})") from error
        code[key] = -1 if text is None else by_text.setdefault(text, len(by_text))
    codes = np.fromiter(map(code.__getitem__, map(id, source.value)), np.int64, len(source.value))
    return _Coded(codes, list(by_text))


def _added_up(name: str, data: dict[str, _Coded | _Counts]) -> dict[str, _Coded | _Counts]:
    """One row for each combination of all that is no count, in the order first met.

    A sum is over what is known, and NA where nothing is.
    """
    import numpy as np  # noqa: PLC0415

    group = np.zeros(len(data["year"]), np.int64)
    for column in data.values():
        if isinstance(column, _Coded):
            # Numbered anew each time, so that the product does not overflow.
            combined = group * (len(column.levels) + 1) + column.codes + 1
            group = np.unique(combined, return_inverse=True)[1]
    first = np.unique(group, return_index=True)[1]
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    group, first = place[group], first[order]
    out: dict[str, _Coded | _Counts] = {}
    for key, column in data.items():
        if isinstance(column, _Coded):
            out[key] = column.take(first)
            continue
        total = np.bincount(group, weights=column.numbers, minlength=len(first))
        if total.max() > LARGEST_COUNT:
            raise RdaError(f"{name}, column {key}: adds up to more than {LARGEST_COUNT:,}")
        known = np.bincount(group, weights=~column.missing, minlength=len(first))
        out[key] = _Counts(total.astype(np.int64), known == 0)
    return out
