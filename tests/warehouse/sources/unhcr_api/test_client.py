"""The client against every fault a server can show."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fake_api import FakeApi, Fault, fast_settings, http_date, sample_data
from warehouse.settings import Settings
from warehouse.sources.unhcr_api.client import Client, Download, Interrupted, UpstreamError
from warehouse.sources.unhcr_api.endpoints import ENDPOINTS, FLOWS

POPULATION = ENDPOINTS["population"]
QUERY = POPULATION.queries(page_size=5)[0]
FOREVER = 10**6


def ask(settings: Settings, page: int = 1) -> dict[str, Any]:
    with Client(settings) as client:
        return client.page(POPULATION, QUERY.params, page).envelope


def download(settings: Settings, path: Path) -> Download:
    named = {"what": "the file", "source": "the source", "setting": "ASYLUM_FLOWS_URL"}
    with Client(settings) as client:
        return client.download(settings.flows_url, path, largest=1 << 20, **named)


PASSING = [
    Fault("503"),
    Fault("500", times=3),
    Fault("429", value="0"),
    Fault("429"),
    Fault("429", value="soon"),
    Fault("429", value=http_date(-5)),
    Fault("html"),
    Fault("empty"),
    Fault("cut"),
    Fault("nan"),
    Fault("reset"),
    Fault("408"),
    Fault("no status"),
    Fault("429", value="²"),
    Fault("429", value="Wed, 21 Oct 2099 07:28:00 +99999999999"),
    Fault("429", value="Wed, 21 Oct 2099 07:28:00 +٩٩٩٩"),
    Fault("429", value="Fri, 31 Dec 9999 23:59:59 -9999"),
    Fault("noitems"),
    Fault("envelope", value=("items", {"1": 2})),
    Fault("envelope", value=("maxPages", None)),
    Fault("envelope", value=("page", True)),
]


# The same in every process that collects them: a date in a name would be another a second later.
@pytest.mark.parametrize("fault", PASSING, ids=[f"{n}-{f.kind}" for n, f in enumerate(PASSING)])
def test_a_fault_that_passes_is_survived(api: FakeApi, settings: Settings, fault: Fault) -> None:
    fault.met = 0
    api.faults.append(fault)
    assert len(ask(settings)["items"]) == 5
    assert len(api.requests) == 1 + fault.times


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("503", "status 503 with '<!DOCTYPE html>"),
        ("429", "status 429"),
        ("html", "text/html.*not JSON.*<!DOCTYPE html>"),
        ("cut", "not JSON"),
        ("reset", "IncompleteRead|cut short|Connection"),
        ("no status", r"BadStatusLine.*xxxx"),
        ("noitems", "without items.*short-url"),
    ],
)
def test_a_fault_that_stays_is_an_error_that_names_address_page_answer_and_tries(
    api: FakeApi, settings: Settings, kind: str, shown: str
) -> None:
    api.faults.append(Fault(kind, times=FOREVER))
    with pytest.raises(UpstreamError, match=f"(?s){shown}") as caught:
        ask(settings, page=2)
    text = str(caught.value)
    assert f"{api.url}population/?" in text
    assert "page=2" in text
    assert "page 2 of population" in text
    assert f"Tried {settings.max_attempts} times" in text
    assert len(api.requests) == settings.max_attempts


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "410"])
def test_what_asking_again_cannot_help_is_asked_once(
    api: FakeApi, settings: Settings, status: str
) -> None:
    api.faults.append(Fault(status, times=FOREVER))
    with pytest.raises(UpstreamError, match=f"status {status}.*ASYLUM_API_URL"):
        ask(settings)
    assert len(api.requests) == 1


def test_a_redirect_is_not_followed_but_named(api: FakeApi, settings: Settings) -> None:
    with FakeApi(sample_data()) as elsewhere:
        api.faults.append(Fault("301", value=elsewhere.url, times=FOREVER))
        with pytest.raises(UpstreamError, match=f"moved.*{elsewhere.url}.*ASYLUM_API_URL"):
            ask(settings)
        assert elsewhere.requests == []


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured_in_both_forms(api: FakeApi, settings: Settings, form: str) -> None:
    value = "1" if form == "seconds" else http_date(2)
    api.faults.append(Fault("429", value=value))
    ask(settings)
    # The wait is the server's to say, so this holds on any machine, however slow.
    assert api.started[1] - api.started[0] >= 0.95


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_beyond_the_total_limit_is_an_error_at_once(
    api: FakeApi, settings: Settings, form: str
) -> None:
    value = "3600" if form == "seconds" else http_date(3600)
    api.faults.append(Fault("429", value=value, times=FOREVER))
    shown = r"status 429.*asked for a wait of 3,\d{3} s \(Retry-After\).*Tried once"
    with pytest.raises(UpstreamError, match=shown):
        ask(settings)
    assert len(api.requests) == 1


def test_what_is_said_before_the_answer_is_waited_out(api: FakeApi, settings: Settings) -> None:
    api.faults.append(Fault("hints", times=FOREVER))
    assert len(ask(settings)["items"]) == 5
    assert len(api.requests) == 1


def test_what_came_is_shown_shortened_and_steers_no_terminal(
    api: FakeApi, settings: Settings
) -> None:
    api.faults.append(Fault("no status", times=FOREVER))
    with pytest.raises(UpstreamError) as caught:
        ask(settings)
    assert len(str(caught.value)) < 1000
    assert str(caught.value).isprintable()


def test_a_password_in_where_it_moved_is_not_shown(api: FakeApi, settings: Settings) -> None:
    api.faults.append(Fault("301", value="https://user:secret@elsewhere/x", times=FOREVER))
    with pytest.raises(UpstreamError, match=r"moved.*https://elsewhere/x") as caught:
        ask(settings)
    assert "secret" not in str(caught.value)


def test_a_server_that_hangs_is_left_after_the_read_timeout(tmp_path: Path, api: FakeApi) -> None:
    api.faults.append(Fault("hang"))
    assert ask(fast_settings(tmp_path, api.url, read_timeout=0.2))["items"]
    assert len(api.requests) == 2


def test_a_connection_that_fails_is_told_without_the_parts_of_the_libraries(
    tmp_path: Path, api: FakeApi
) -> None:
    api.faults.append(Fault("hang", times=FOREVER))
    for url, why in (
        ("http://127.0.0.1:9/", "[Errno 111] Connection refused"),
        (api.url, "Read timed out"),
    ):
        settings = fast_settings(tmp_path, url, max_attempts=1, read_timeout=0.2)
        with pytest.raises(UpstreamError) as caught:
            ask(settings)
        said = str(caught.value)
        assert why in said and said.count("page=1") == 1, said
        assert not [word for word in ("Pool(", "Connection(", "Max retries", "\\'") if word in said]


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = HEAD + b"Content-Encoding: gzip\r\n\r\n"
# What comes at once, and what then comes byte by byte, each well within the read timeout.
DRIPPING = {
    "status line": (b"HTTP/1.1 200 ", b"O" * 900),
    "header": (HEAD + b"X-Slow: ", b"x" * 900),
    "headers": (HEAD, b"X: y\r\n" * 90),
    "hints": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 40),
    "chunk size": (CHUNKED, b"0" * 900),
    "chunk extension": (CHUNKED + b"1;", b"x" * 900),
    "chunk": (CHUNKED + b"fff\r\n", b" " * 900),
    "trailer": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n" * 90),
    "gzip name": (GZIPPED + b"\x1f\x8b\x08\x08" + bytes(6), b"x" * 900),
    "body": (HEAD + b"Content-Length: 1000\r\n\r\n", b"x" * 900),
    "body without length": (HEAD + b"\r\n", b"x" * 900),
    "body of a refusal": (b"HTTP/1.1 503 Busy\r\n\r\n", b"x" * 900),
}


@pytest.mark.parametrize(
    ("part", "to_file"),
    [(part, False) for part in DRIPPING] + [("header", True), ("chunk size", True), ("body", True)],
)
def test_what_comes_byte_by_byte_is_left_when_the_time_is_up(
    tmp_path: Path, api: FakeApi, part: str, to_file: bool
) -> None:
    endpoint = FLOWS if to_file else "population"
    api.faults.append(Fault("drip", endpoint=endpoint, value=DRIPPING[part], times=FOREVER))
    settings = fast_settings(tmp_path, api.url, total_timeout=0.2, read_timeout=0.15)
    begun = time.monotonic()
    with pytest.raises(UpstreamError, match=r"when the time was up.*limits: 6 tries, 0\.2 s"):
        if to_file:
            download(settings, tmp_path / "file")
        else:
            ask(settings)
    assert time.monotonic() - begun < 3  # all of it would take 15 s and more


def test_nobody_there_is_an_error_with_the_address(tmp_path: Path) -> None:
    settings = fast_settings(tmp_path, "http://127.0.0.1:9/population/v1/", max_attempts=2)
    with pytest.raises(UpstreamError, match=r"127\.0\.0\.1:9.*Tried 2 times"):
        ask(settings)


def test_the_body_is_handed_on_byte_for_byte(api: FakeApi, settings: Settings) -> None:
    import json

    with Client(settings) as client:
        answer = client.page(POPULATION, QUERY.params, 2)
    assert json.loads(answer.body) == answer.envelope
    assert b'"short-url": "abc"' in answer.body


def test_who_asks_says_so(api: FakeApi, settings: Settings) -> None:
    ask(settings)
    assert api.headers[0]["User-Agent"].startswith("asylum-warehouse/")


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_requests_run_at_once_than_allowed_however_many_ask(
    tmp_path: Path, api: FakeApi, most: int
) -> None:
    api.latency = 0.02
    settings = fast_settings(tmp_path, api.url, max_concurrent_requests=most)
    with Client(settings) as client:
        threads = [
            threading.Thread(target=client.page, args=(POPULATION, QUERY.params, 1))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(api.requests) == 8
    assert api.most_at_once == most


@pytest.mark.parametrize("rate", [4.0, 3.7])
def test_starts_keep_to_the_rate_in_every_window_also_while_retrying(
    tmp_path: Path, api: FakeApi, rate: float
) -> None:
    settings = fast_settings(tmp_path, api.url, requests_per_second=rate)
    api.faults.append(Fault("503", times=2))
    begun = time.monotonic()
    with Client(settings) as client:
        for page in (1, 2, 3, 4):
            client.page(POPULATION, QUERY.params, page)
    assert len(api.started) == 6
    # Each start has to wait its turn; a loaded machine only makes it later.
    for turn, start in enumerate(api.started):
        assert start - begun >= turn / rate - 0.01


def test_no_start_waits_longer_than_its_turn(
    tmp_path: Path, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        time.sleep(seconds)

    monkeypatch.setattr("pyrate_limiter.limiter.sleep", sleep)
    with Client(fast_settings(tmp_path, api.url, requests_per_second=20.0)) as client:
        for page in (1, 2, 3, 4):
            client.page(POPULATION, QUERY.params, page)
    assert waited
    assert max(waited) <= 1 / 20


@pytest.mark.timeout(60)
def test_a_client_told_to_stop_does_not_sit_out_its_waits(tmp_path: Path, api: FakeApi) -> None:
    api.faults.append(Fault("429", value="100000", times=FOREVER))
    stop = threading.Event()
    settings = fast_settings(tmp_path, api.url, total_timeout=1_000_000.0)
    threading.Timer(0.3, stop.set).start()
    with Client(settings, stop) as client, pytest.raises(Interrupted):
        client.page(POPULATION, QUERY.params, 1)
    assert len(api.requests) == 1
