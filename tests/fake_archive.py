"""A small fake of the archive of older releases on loopback: .rda files, lists, faults.

    with FakeArchive(tmp_path / "reference") as archive:
        archive.publish("2024-06", "2024-06-30", {"population": rows})
        backfill(settings, archive_url=archive.url, reference_dir=archive.reference_dir)

`publish` adds a release to the lists and its files to the server. Faults are by file name.
"""

from __future__ import annotations

import csv
import hashlib
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from warehouse.sources.unhcr_api.endpoints import ENDPOINTS

Row = dict[str, Any]

RELEASE_COLUMNS = ["release_id", "title", "published_on", "reference_date", "package_commit"]
FILE_COLUMNS = ["release_id", "file_name", "bytes", "sha256"]
NAMES = {"CHI": ("China", "CHN"), "AUL": ("Australia", "AUS"), "TUR": ("Türkiye", "TUR")}


def row(year: int, coo: str, coa: str, **values: Any) -> Row:
    """A row as the R package has it: no ids, None where something is NA."""
    out: Row = {"year": year}
    for side, code in (("coo", coo), ("coa", coa)):
        name, iso = NAMES.get(code, (f"Land of {code}", code))
        out |= {f"{side}_name": name, side: code, f"{side}_iso": iso}
    return out | values


def population(year: int, coo: str, coa: str, refugees: int | None, **other: Any) -> Row:
    rest = [name for name in ENDPOINTS["population"].counts if name != "refugees"]
    return row(year, coo, coa, refugees=refugees, **(dict.fromkeys(rest, 0) | other))


def rda(
    table: str,
    rows: Iterable[Row],
    *,
    factors: Iterable[str] = (),
    columns: Mapping[str, Any] | None = None,
    compression: str | None = "bzip2",
) -> bytes:
    """An .rda file with one data frame. Numbers are doubles, as R's readers make them.

    A column in which all is None becomes one of truth values, all of them NA, as in R. `columns`
    are put in as they are (pandas arrays).
    """
    import pandas as pd
    import rdata

    rows = list(rows)
    frame = pd.DataFrame(index=pd.RangeIndex(1, len(rows) + 1))
    for name in rows[0] if rows else []:
        values = [one[name] for one in rows]
        if all(value is None for value in values):
            frame[name] = pd.array(values, dtype="boolean")
        elif name in factors:
            frame[name] = pd.Categorical(values, sorted({v for v in values if v is not None}))
        elif any(isinstance(value, str) for value in values):
            frame[name] = pd.array(values, dtype="string")
        else:
            numbers = [rdata.missing.R_FLOAT_NA if v is None else float(v) for v in values]
            frame[name] = pd.Series(numbers, index=frame.index, dtype="float64")
    for name, column in (columns or {}).items():
        frame[name] = column
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.rda"
        rdata.write_rda(path, {table: frame}, compression=compression)
        return path.read_bytes()


class FakeArchive:
    """Serves what was published under <commit>/data/<file>, and keeps the lists of it."""

    def __init__(self, reference_dir: Path) -> None:
        self.reference_dir = reference_dir
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.faults: list[tuple[str, str]] = []  # (file name, kind), each met once
        self.on_request: Callable[[int], None] | None = None
        reference_dir.mkdir(parents=True)
        self._append("releases.csv", RELEASE_COLUMNS, [])
        self._append("release_files.csv", FILE_COLUMNS, [])
        archive = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with suppress(BrokenPipeError, ConnectionResetError):
                    archive._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/archive/"

    def __enter__(self) -> FakeArchive:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(
        self,
        release: str,
        reference_date: str,
        tables: Mapping[str, list[Row] | bytes],
        published_on: str = "",
    ) -> None:
        """Add a release: rows (or the bytes of the .rda) by table."""
        self._append(
            "releases.csv",
            None,
            [
                [
                    release,
                    f"Trends {release}",
                    published_on or reference_date,
                    reference_date,
                    f"c-{release}",
                ]
            ],
        )
        for table, given in tables.items():
            body = given if isinstance(given, bytes) else rda(table, given)
            self.files[f"c-{release}/data/{table}.rda"] = body
            sha256 = hashlib.sha256(body).hexdigest()
            self._append(
                "release_files.csv", None, [[release, f"{table}.rda", str(len(body)), sha256]]
            )

    def asked(self) -> list[str]:
        """The files asked for, in order."""
        return [path.removeprefix("/archive/") for path in self.requests]

    def _append(self, name: str, header: list[str] | None, rows: list[list[str]]) -> None:
        with (self.reference_dir / name).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows] if header else rows)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(handler.path)
        self.headers.append(dict(handler.headers))
        if self.on_request:
            self.on_request(len(self.requests))
        body = self.files.get(handler.path.removeprefix("/archive/"))
        name = handler.path.rpartition("/")[2]
        kind = "none" if body is not None else "404"
        for fault in self.faults:
            if fault[0] == name:
                self.faults.remove(fault)
                kind = fault[1]
                break
        status, declared = 200, None
        body = body or b""
        extra = {}
        if kind.isdecimal():
            status, body = int(kind), b"<!DOCTYPE html>\n<title>Not here</title>"
            if 300 <= status < 400:
                extra["Location"] = "http://elsewhere.invalid/"
        elif kind == "html":
            body = b"<!DOCTYPE html>\n<title>Maintenance</title>"
        elif kind == "cut":
            declared, body = len(body), body[: len(body) // 2]
        elif kind == "half":
            body = body[: len(body) // 2]
        elif kind == "flipped":
            body = body[:-1] + bytes([body[-1] ^ 1])
        elif kind == "endless":
            body *= 1 + (2 << 20) // len(body)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if declared is None else declared))
        for key, value in extra.items():
            handler.send_header(key, value)
        handler.end_headers()
        handler.wfile.write(body)
