"""A small fake of UNHCR's API on loopback, for tests: rows in, pages out, faults on request.

    with FakeApi(sample_data()) as api:
        settings = fast_settings(tmp_path, api.url)

Rows of datasets are given as pairs; control totals are added up from them, as the API does.
`publish(data)` changes the release; `on_request(number, path)` runs before each answer;
`rewrite(endpoint, slice, envelope)` gives the body in place of the envelope, None for as it is.
It serves the flow workbook too, made from the rows of `displacement-flows`, or `workbook` as it is,
and the World Bank's population: the rows of `inhabitants`, in its own envelope.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urljoin, urlsplit

from tests.flow_workbook import flow_workbook
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.endpoints import (
    ASYLUM,
    ENDPOINTS,
    FLOWS,
    INHABITANTS,
    ORIGIN,
    Endpoint,
)

PREFIX = "/population/v1/"
WORKBOOK = "/refugee-statistics/insights/data/UNHCR_Flow_Data.xlsx"
WORLD_BANK = "/v2/country/all/indicator/SP.POP.TOTL"
Row = dict[str, Any]
Data = dict[str, list[Row]]

# ISO3 -> UNHCR code, name, id, UNHCR region
COUNTRIES = {
    "CHN": ("CHI", "China", 42, 5),
    "SYR": ("SYR", "Syrian Arab Rep.", 187, 1),
    "AUS": ("AUL", "Australia", 12, 5),
    "AUT": ("AUS", "Austria", 13, 7),
    "USA": ("USA", "United States of America", 202, 6),
    "DEU": ("GFR", "Germany", 70, 7),
    "-": ("TIB", "Tibetan ", 190, 5),
}
REGIONS = {
    5: "Asia and the Pacific",
    7: "Europe",
    1: "Middle East and North Africa",
    6: "The Americas",
}


def side(name: str, iso: str) -> Row:
    """The four identity columns of one side (`coo` or `coa`)."""
    code, label, number, _ = COUNTRIES.get(iso, (iso, iso.title(), 0, 5))
    return {f"{name}_id": number, f"{name}_name": label, name: code, f"{name}_iso": iso}


def pair(year: int, origin: str, asylum: str, **values: Any) -> Row:
    """One row of a dataset: codes and counts by name."""
    return {"year": year, **side("coo", origin), **side("coa", asylum), **values}


def sample_data(years: Iterable[int] = (2023, 2024), bump: int = 0) -> Data:
    """A made-up world of three origins and three countries of asylum, in every endpoint.

    `bump` is added to every count: another release.
    """
    data: Data = {name: [] for name in ENDPOINTS}
    codes = {
        "asylum-applications": [("G", "N", "FI", "P"), ("G", "R", "AR", "C")],
        "asylum-decisions": [("G", "FI", "P"), ("G", "AR", "C")],
        "demographics": [("REF",), ("ASY",)],
        FLOWS: [("ASY",), ("REF",)],
    }
    for endpoint in ENDPOINTS.values():
        if not endpoint.is_dataset:
            continue
        n = 0
        for year in years:
            for origin in ("CHN", "SYR", "-"):
                for asylum in ("AUS", "DEU", "USA"):
                    for values in codes.get(endpoint.name, [()]):
                        n += 1
                        counts: Row = {
                            c: 100 * n + 10 * at + bump for at, c in enumerate(endpoint.counts)
                        }
                        if n % 3 == 0 and endpoint.published_in == "api":
                            counts[endpoint.counts[-1]] = "0" if n % 2 else "-"
                        row = pair(year, origin, asylum)
                        data[endpoint.name].append(
                            row | dict(zip(endpoint.codes, values, strict=True)) | counts
                        )
    for asylum, count in (("-", 300), ("DEU", 200), ("USA", 100)):
        row = {"year": 2024, **dict.fromkeys(ORIGIN, "-")}
        row |= side("coa", asylum) if asylum != "-" else dict.fromkeys(ASYLUM, "-")
        row |= {"refugees": count + bump, "asylum_seekers": "0", "month": "May", "source": "Gov."}
        data["nowcasting"].append(row)
    data |= reference_data()
    return data


def reference_data() -> Data:
    """Countries, regions and footnotes."""
    note = {"footnote": "A caveat,\r\nin two lines.", "year": "2019 - 2022", "coo": " "}
    note |= {"coo_id": 278, "coo_iso": "", "coa": "Germany", "coa_id": 70, "coa_iso": "DEU"}
    countries = []
    for iso, (code, name, number, region) in COUNTRIES.items():
        row = {"0": 1, "id": number, "code": code, "iso": iso if iso != "-" else None}
        row |= {"iso2": None, "name": name, "nameLong": name, "nationality": ""}
        countries.append(row | {"majorArea": None, "region": None, "_unhcr_region": region})
    return {
        "countries": countries,
        "footnotes": [note | {"population_type": "REF,ASY"}] * 2,
        "regions": [{"0": 1, "id": number, "name": name} for number, name in REGIONS.items()],
        INHABITANTS: [
            inhabitants(iso, 2024 - at, 1_000_000 * (at + 1) if iso != "AUT" else None)
            for iso in ("CHN", "AUT", "AUS", "WLD")
            for at in range(3)
        ],
    }


def inhabitants(code: str, year: int, value: int | None) -> Row:
    """One row of the World Bank's population."""
    return {
        "indicator": {"id": "SP.POP.TOTL", "value": "Population, total"},
        "country": {"id": code[:2], "value": f"{code} at the World Bank"},
        "countryiso3code": code,
        "date": str(year),
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }


def rows_of_body(body: bytes) -> list[Row]:
    """The rows of a landed page, of whichever source."""
    found = json.loads(body)
    rows: list[Row] = found["items"] if isinstance(found, dict) else found[1]
    return rows


def fast_settings(data_dir: Path, url: str, **changes: Any) -> Settings:
    """Settings with waits too short to notice. Limits of politeness do not hold for loopback."""
    settings = Settings(
        data_dir=data_dir,
        api_url=url,
        flows_url=urljoin(url, WORKBOOK),
        world_bank_url=urljoin(url, WORLD_BANK),
    )
    return settings.model_copy(
        update={
            "requests_per_second": 1000.0,
            "retry_wait": 0.001,
            "read_timeout": 5.0,
            "total_timeout": 20.0,
            "page_size": 5,
            **changes,
        }
    )


@dataclass
class Fault:
    """What goes wrong, on which requests (None: any), how often, after so many that went well."""

    kind: str
    endpoint: str | None = None
    slice: str | None = None
    page: int | None = None
    times: int = 1
    skip: int = 0
    value: Any = None
    met: int = field(default=0, init=False)

    def hits(self, endpoint: str, slice_name: str, page: int) -> bool:
        asked = (self.endpoint, self.slice, self.page)
        if any(
            a not in (None, b) for a, b in zip(asked, (endpoint, slice_name, page), strict=True)
        ):
            return False
        self.met += 1
        return self.skip < self.met <= self.skip + self.times


class FakeApi:
    """The server; use as a context manager. `requests` holds the paths as they came."""

    def __init__(self, data: Data, faults: Iterable[Fault] = ()) -> None:
        self.data = data
        self.faults = list(faults)
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.started: list[float] = []
        self.most_at_once = 0
        self.latency = 0.0
        self.on_request: Callable[[int, str], None] | None = None
        self.rewrite: Callable[[str, str, Row], bytes | None] | None = None
        self.workbook: bytes | None = None
        self.closing = threading.Event()
        self._running = 0
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{PREFIX}"

    def __enter__(self) -> FakeApi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def publish(self, data: Data) -> None:
        """Another release, from the next request on."""
        with self._lock:
            self.data = data

    def begin(self, path: str, headers: dict[str, str]) -> int:
        with self._lock:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
            self.requests.append(path)
            self.headers.append(headers)
            self.started.append(time.monotonic())
            return len(self.requests)

    def end(self) -> None:
        with self._lock:
            self._running -= 1

    def flows(self) -> tuple[bytes, Fault | None]:
        """The flow workbook, and the fault that is to befall it."""
        with self._lock:
            body = self.workbook or flow_workbook(self.data[FLOWS])
            return body, next((f for f in self.faults if f.hits(FLOWS, "workbook", 1)), None)

    def world_bank(self, query: dict[str, str]) -> tuple[list[Any], Fault | None]:
        """A page of the World Bank's, and the fault that is to befall it."""
        with self._lock:
            rows = self.data[INHABITANTS]
            size, page = int(query.get("per_page", 50)), int(query.get("page", 1))
            head = {
                "page": page,
                "pages": -(-len(rows) // size),
                "per_page": size,
                "total": len(rows),
                "sourceid": "2",
                "lastupdated": "2026-03-06",
            }
            fault = next((f for f in self.faults if f.hits(INHABITANTS, "all", page)), None)
            return [head, rows[(page - 1) * size : page * size] or None], fault

    def answer(self, endpoint: str, query: dict[str, str]) -> tuple[Row, Fault | None]:
        """The envelope of one page, and the fault that is to befall it."""
        with self._lock:
            rows = _answer(self.data, endpoint, query)
            size, page = int(query.get("limit", 100)), int(query.get("page", 1))
            envelope: Row = {
                "page": page,
                "short-url": "abc",
                "maxPages": -(-len(rows) // size),
                "total": [],
                "items": rows[(page - 1) * size : page * size],
            }
            if ENDPOINTS[endpoint].has_total and rows:
                envelope["total"] = {
                    c: sum(r[c] for r in rows if isinstance(r[c], int))
                    for c in ENDPOINTS[endpoint].counts
                }
            name = _slice(query)
            return envelope, next((f for f in self.faults if f.hits(endpoint, name, page)), None)


def _slice(query: dict[str, str]) -> str:
    origin, asylum = "coo_all" in query or "coo" in query, "coa_all" in query or "coa" in query
    if "unhcr_region" in query:
        return f"unhcr_region={query['unhcr_region']}"
    return {
        (True, True): "pairs",
        (True, False): "by_origin",
        (False, True): "by_asylum",
        (False, False): "all",
    }[origin, asylum]


def _answer(data: Data, name: str, query: dict[str, str]) -> list[Row]:
    endpoint = ENDPOINTS[name]
    rows = data[name]
    if name == "countries":
        region = query.get("unhcr_region")
        return [
            {k: v for k, v in row.items() if not k.startswith("_")}
            for row in rows
            if region in (None, str(row.get("_unhcr_region")))
        ]
    if name == "nowcasting":
        return [row for row in rows if (row["coa"] != "-") == ("coa_all" in query)]
    if not endpoint.is_dataset:
        return rows
    if "yearFrom" in query and "yearTo" in query:
        first, last = int(query["yearFrom"]), int(query["yearTo"])
        rows = [row for row in rows if first <= row["year"] <= last]
    summed = []
    for one, columns in (("coo", ORIGIN), ("coa", ASYLUM)):
        listed = query.get(one, "").split(",") if query.get(one) else []
        if f"{one}_all" in query:
            continue
        if listed:
            rows = [row for row in rows if row[f"{one}_iso"] in listed]
        else:
            summed += columns
    groups: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: row["year"]):
        found = row | dict.fromkeys(summed, "-")
        key = tuple(found[c] for c in endpoint.key)
        if key not in groups:
            groups[key] = found
            continue
        for column in endpoint.counts:
            groups[key][column] = _plus(groups[key][column], row[column])
    return list(groups.values())


def _plus(one: Any, other: Any) -> Any:
    if one == "-" or other == "-":
        return other if one == "-" else one
    return int(one) + int(other) or "0"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, or each answer waits 40 ms for the other side
    api: FakeApi

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        number = self.api.begin(self.path, dict(self.headers))
        try:
            if self.api.on_request:
                self.api.on_request(number, self.path)
            if self.api.latency:
                time.sleep(self.api.latency)
            with suppress(BrokenPipeError, ConnectionResetError):
                self._respond()
        finally:
            self.api.end()

    def _respond(self) -> None:
        url = urlsplit(self.path)
        if url.path == WORKBOOK:
            self._flows()
        elif url.path == WORLD_BANK:
            self._world_bank(url)
        else:
            self._page(url)

    def _page(self, url: SplitResult) -> None:
        endpoint = url.path.removeprefix(PREFIX).strip("/")
        if endpoint not in ENDPOINTS or ENDPOINTS[endpoint].published_in != "api":
            return self._html(404)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        envelope, fault = self.api.answer(endpoint, query)
        if self.api.rewrite:
            copy = json.loads(json.dumps(envelope))
            body = self.api.rewrite(endpoint, _slice(query), copy)
            if body is not None:
                return self._send(body)
        if fault is None:
            return self._json(envelope)
        if fault.kind.isdigit():
            headers = {"Retry-After": str(fault.value)} if fault.kind in ("429", "503") else {}
            if fault.value is None:
                headers = {}
            elif fault.kind == "301":
                headers = {"Location": fault.value}
            return self._html(int(fault.kind), headers)
        if fault.kind in _WIRE:
            return self._on_the_wire(fault, json.dumps(envelope).encode())
        envelope = json.loads(json.dumps(envelope))
        _CONTENT[fault.kind](envelope, ENDPOINTS[endpoint], fault.value)
        return self._json(envelope)

    def _flows(self) -> None:
        body, fault = self.api.flows()
        as_browser = self.headers["User-Agent"].startswith("Mozilla/5.0")
        if fault is None or (fault.kind == "browsers only" and as_browser):
            return self._send(body, "application/octet-stream")
        if fault.kind in _WIRE:
            return self._on_the_wire(fault, body)
        return self._html(403 if fault.kind == "browsers only" else int(fault.kind))

    def _world_bank(self, url: SplitResult) -> None:
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        answer, fault = self.api.world_bank(query)
        if fault is not None and fault.kind == "answer":
            answer = fault.value(answer)
        elif fault is not None and fault.kind in _WIRE:
            return self._on_the_wire(fault, json.dumps(answer).encode())
        elif fault is not None:
            return self._html(int(fault.kind))
        return self._send(json.dumps(answer, ensure_ascii=False).encode())

    def _on_the_wire(self, fault: Fault, body: bytes) -> None:  # noqa: PLR0911 - a fault each
        if fault.kind == "html":
            return self._html(200)
        if fault.kind == "hints":  # said before the answer
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
            return self._send(body)
        if fault.kind == "no status":
            self.close_connection = True
            self.wfile.write(b"\x1b[31m" + b"x" * 5000 + b"\r\n\r\n")
            return None
        if fault.kind == "empty":
            return self._send(b"")
        if fault.kind == "cut":  # the length says that this is all
            return self._send(body[: len(body) // 2])
        if fault.kind == "nan":
            return self._send(body.replace(b'"year": 2023', b'"year": NaN'))
        if fault.kind == "hang":
            self.api.closing.wait(30)
            return None
        if fault.kind == "drip":  # value: what comes at once, what then comes byte by byte
            return self._drip(*fault.value)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.close_connection = True
        if fault.kind == "reset":  # the length promises more
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
        if fault.kind == "trickle":
            self._drip(b"", body)
        return None

    def _drip(self, start: bytes, rest: bytes) -> None:
        self.close_connection = True
        self.wfile.write(start)
        for at in range(len(rest)):
            self.wfile.write(rest[at : at + 1])
            self.wfile.flush()
            if self.api.closing.wait(0.02):
                break

    def _json(self, envelope: Row) -> None:
        self._send(json.dumps(envelope, ensure_ascii=False).encode())

    def _html(self, status: int, headers: dict[str, str] | None = None) -> None:
        page = f"<!DOCTYPE html><html><body><h1>{status}</h1></body></html>"
        self._send(page.encode(), "text/html; charset=UTF-8", status, headers or {})

    def _send(
        self,
        body: bytes,
        kind: str = "application/json",
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def http_date(seconds: float) -> str:
    """A date so many seconds from now, as in Retry-After."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _set_count(envelope: Row, endpoint: Endpoint, value: Any) -> None:
    envelope["items"][0][endpoint.counts[0]] = value


def _set_code(envelope: Row, endpoint: Endpoint, value: Any) -> None:
    envelope["items"][0][endpoint.codes[0]] = value


def _set(envelope: Row, _: Endpoint, value: tuple[str, Any]) -> None:
    """value: (name, value), of the first row."""
    envelope["items"][0][value[0]] = value[1]


def _set_envelope(envelope: Row, _: Endpoint, value: tuple[str, Any]) -> None:
    envelope[value[0]] = value[1]


_WIRE = (
    *("html", "hints", "no status", "empty", "cut", "nan", "hang", "reset"),
    *("trickle", "drip"),
)
_CONTENT: dict[str, Callable[[Row, Endpoint, Any], None]] = {
    "noitems": lambda e, _, __: e.pop("items") and None,
    "duplicate": lambda e, _, __: e["items"].append(e["items"][0]),
    "repeat": lambda e, _, __: e["items"].__setitem__(-1, e["items"][0]),
    "drop": lambda e, _, __: e["items"].pop() and None,
    "missing_column": lambda e, n, __: e["items"][-1].pop(n.counts[0]) and None,
    "added_column": lambda e, _, v: [row.update({"new": v}) for row in e["items"]] and None,
    "count": _set_count,
    "code": _set_code,
    "cell": _set,
    "envelope": _set_envelope,
    "without": lambda e, _, v: e.update(items=[r for r in e["items"] if r[v[0]] != v[1]]),
    "row": lambda e, _, v: e["items"].__setitem__(0, v),
}
