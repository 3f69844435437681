"""The client of UNHCR's Refugee Statistics API: one page at a time, politely, or a clear error.

verify.py checks what a page means; this module only distinguishes a page from an answer that is not
one. Files of the archive are fetched by the same rules.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar
from urllib.parse import urlencode

import requests
import urllib3.exceptions
from pyrate_limiter import Limiter, Rate
from requests_ratelimiter import LimiterSession
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from warehouse.settings import PROJECT_NAME, Settings, installed
from warehouse.sources.unhcr_api.body import NotAPageError, envelope, shown, told
from warehouse.sources.unhcr_api.connection import Adapter, until
from warehouse.sources.unhcr_api.endpoints import Endpoint

_CHUNK = 1 << 16
_LARGEST_BODY = 64 << 20
_START = 200
# Asked again, these may be answered: a request that took too long, and too many of them.
_PASSING_STATUS = (408, 429)
_LONGEST_BACKOFF = 30.0
_PART = re.compile(r"\w*(?:Pool|Connection)\(host=[^)]*\): ")

_Got = TypeVar("_Got")


class UpstreamError(Exception):
    """The source did not answer with what it should; the message says where, what, how often."""


class RefusedError(UpstreamError):
    """The server does not give what was asked for, and would not give it if asked again alike."""


class Interrupted(Exception):
    """The crawl was stopped while it waited."""


class _PassingFault(Exception):
    """An answer worth asking again for; `retry_after` is the wait in seconds that it asks for."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


@dataclass(frozen=True)
class PageAnswer:
    """One page: its address, the body as it came (bytes, uncompressed), and the same parsed.

    `envelope` has at least page, maxPages, total and items, and items is a list.
    """

    url: str
    body: bytes
    envelope: dict[str, Any]


@dataclass(frozen=True)
class Download:
    """A file as it came: its size in bytes, sha256 (hex) and first bytes."""

    size: int
    sha256: str
    start: bytes


@dataclass(frozen=True)
class _Question:
    """What is asked for, and of whom, for messages."""

    url: str
    what: str
    source: str
    setting: str
    headers: Mapping[str, str] | None = None


class Client:
    """Asks for pages: at most so many at a time and so many starts a second as the settings say.

    Use as a context manager. Safe to share between threads. `stop`, once set, ends every wait
    for another try with Interrupted.
    """

    def __init__(self, settings: Settings, stop: threading.Event | None = None) -> None:
        self._settings = settings
        self._stop = stop or threading.Event()
        self._at_once = threading.BoundedSemaphore(settings.max_concurrent_requests)
        # One start an interval, spread evenly. The library would wait another 50 ms each time.
        rate = Rate(1, ceil(1000 / settings.requests_per_second))
        self._limiter = Limiter(rate, buffer_ms=0)
        self._session = LimiterSession(
            limiter=self._limiter,
            per_host=False,
            limit_statuses=(),  # a 429 is answered by waiting as long as it says, see below
            max_delay=settings.total_timeout,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, Adapter())
        self._session.headers["User-Agent"] = user_agent()
        self._session.headers["Accept"] = "application/json"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._session.close()
        self._limiter.close()

    def url(self, endpoint: Endpoint, params: Mapping[str, str], page: int) -> str:
        """The address of one page."""
        query = urlencode({**params, "page": str(page)}, safe=",")
        return f"{self._settings.api_url}{endpoint.name}/?{query}"

    def page(self, endpoint: Endpoint, params: Mapping[str, str], page: int) -> PageAnswer:
        """One page of a query.

        Tried again on 429 (waiting as long as Retry-After says), on 408, on 5xx, on a 200 that is
        no page of JSON, on a cut or reset body, on a timeout, on a connection that fails; each time
        after a longer wait with jitter, up to `max_attempts` tries within `total_timeout`
        seconds. Raises UpstreamError with the address, the page, what came back and the tries.
        """
        return self.answer(
            self.url(endpoint, params, page),
            what=f"page {page} of {endpoint.name}",
            source="UNHCR's API",
            setting="ASYLUM_API_URL",
            read=envelope,
        )

    def answer(
        self,
        url: str,
        *,
        what: str,
        source: str,
        setting: str,
        read: Callable[[bytes], dict[str, Any]],
    ) -> PageAnswer:
        """A page of any API, tried as one of UNHCR's is; `read` makes an envelope of its body.

        `read` raises NotAPageError where it is none. `what`, `source` and `setting` as in
        `download`.
        """
        question = _Question(url, what, source, setting)

        def once(deadline: float) -> PageAnswer:
            response, body = self._ask(question, deadline, _read)
            return PageAnswer(question.url, body, _envelope(response, body, read))

        return self._try(question, once)

    def download(
        self,
        url: str,
        path: Path,
        *,
        what: str,
        source: str,
        setting: str,
        largest: int,
        headers: Mapping[str, str] | None = None,
    ) -> Download:
        """A file, streamed to `path` (new, on the disk when this returns); any bytes will do.

        Tried again as a page is, each time from the start. A body of more than `largest` bytes is
        not taken. `what`, `source` and `setting` (the variable that holds the address) are for
        messages; `headers` go out beside our own. Raises UpstreamError, RefusedError among them;
        what is at `path` is then of no use.
        """
        # Bytes as they are stored: a file that was compressed on the way has another length.
        sent = {"Accept": "*/*", **(headers or {}), "Accept-Encoding": "identity"}
        question = _Question(url, what, source, setting, sent)
        with path.open("xb") as file:

            def receive(response: requests.Response) -> Download:
                file.seek(0)
                file.truncate()
                whole, size, start = hashlib.sha256(), 0, b""
                for chunk in _chunks(response, largest):
                    whole.update(chunk)
                    size += len(chunk)
                    start = start or chunk[:_START]
                    _write(file, path, chunk)
                return Download(size, whole.hexdigest(), start)

            got = self._try(question, lambda deadline: self._ask(question, deadline, receive)[1])
            file.flush()
            os.fsync(file.fileno())
        return got

    def _try(self, question: _Question, once: Callable[[float], _Got]) -> _Got:
        """`once(deadline)`, again after each passing fault; UpstreamError when it is enough."""
        started = time.monotonic()
        deadline = started + self._settings.total_timeout

        def give_up(state: RetryCallState) -> NoReturn:
            fault = state.outcome.exception() if state.outcome else None
            asked = fault.retry_after if isinstance(fault, _PassingFault) else None
            longer = (
                f" It asked for a wait of {asked:,.0f} s (Retry-After), longer than "
                f"ASYLUM_TOTAL_TIMEOUT allows."
                if asked is not None and asked > deadline - time.monotonic()
                else ""
            )
            raise UpstreamError(
                f"{question.url}: {question.what} could not be fetched: {fault}.{longer} "
                f"Tried {_times(state.attempt_number)} in {time.monotonic() - started:.1f} s "
                f"(limits: {self._settings.max_attempts} tries, "
                f"{self._settings.total_timeout:g} s). Try again later."
            ) from fault

        def wait_for_another_try(seconds: float) -> None:
            sleep_using_event(self._stop)(seconds)
            if self._stop.is_set():
                raise Interrupted(f"{question.url}: stopped")

        retrying = Retrying(
            retry=retry_if_exception_type(_PassingFault),
            wait=self._wait,
            stop=stop_after_attempt(self._settings.max_attempts)
            | stop_before_delay(self._settings.total_timeout),
            sleep=wait_for_another_try,
            retry_error_callback=give_up,
        )
        answer: _Got = retrying(once, deadline)
        return answer

    def _wait(self, state: RetryCallState) -> float:
        first = self._settings.retry_wait
        # Half of the exponential wait is kept, half is left to chance, so that two clients that
        # met the same fault do not come back together.
        spread = wait_random_exponential(multiplier=first / 2, max=_LONGEST_BACKOFF / 2)(state)
        steady = min(first / 2 * 2 ** (state.attempt_number - 1), _LONGEST_BACKOFF / 2)
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.retry_after if isinstance(fault, _PassingFault) else None
        return max(steady + spread, asked or 0.0)

    def _ask(
        self,
        question: _Question,
        deadline: float,
        receive: Callable[[requests.Response], _Got],
    ) -> tuple[requests.Response, _Got]:
        """One try: the response, and what `receive` makes of it if its status is 200."""
        url = question.url
        with self._at_once, until(deadline):
            if self._stop.is_set():
                raise Interrupted(f"{url}: stopped")
            left = max(deadline - time.monotonic(), 0.001)
            try:
                response = self._session.get(
                    url,
                    headers=question.headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(
                        min(self._settings.connect_timeout, left),
                        min(self._settings.read_timeout, left),
                    ),
                )
                with response:
                    if response.status_code == requests.codes.ok:
                        return response, receive(response)
                    body = _read(response)
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
                requests.exceptions.ContentDecodingError,
                urllib3.exceptions.HTTPError,
            ) as error:
                late = ", when the time was up" if time.monotonic() >= deadline else ""
                raise _PassingFault(f"{type(error).__name__}{late}: {_cause(error)}") from error
            except requests.RequestException as error:
                raise UpstreamError(
                    f"{url}: {question.what} cannot be asked for: {told(error)}. "
                    f"See whether {question.setting} is right."
                ) from error
            except OSError as error:
                raise _PassingFault(f"{type(error).__name__}: {told(error)}") from error
        _refuse(question, response, body)


def user_agent() -> str:
    """The user agent."""
    number = installed(PROJECT_NAME) or "dev"
    return f"{PROJECT_NAME}/{number} (data warehouse; UNHCR Refugee Statistics client)"


def _read(response: requests.Response) -> bytes:
    return b"".join(_chunks(response, _LARGEST_BODY))


def _chunks(response: requests.Response, largest: int) -> Iterator[bytes]:
    """The body, decompressed, as it arrives."""
    size = 0
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > largest:
            raise _PassingFault(f"a body of more than {largest:,} bytes")
        yield chunk
    # requests does not notice a body that is cut short. urllib3 raises where it can; this is the
    # belt to its braces.
    declared = response.headers.get("Content-Length", "")
    arrived = response.raw.tell()
    if declared.isdigit() and int(declared) != arrived:
        raise _PassingFault(f"a body cut short: {arrived:,} bytes of {int(declared):,}")


def _write(file: IO[bytes], path: Path, chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as error:  # not the source's fault: it is not asked again
        raise UpstreamError(f"{path}: cannot be written: {error}") from error


def _refuse(question: _Question, response: requests.Response, body: bytes) -> NoReturn:
    """Say what a status other than 200 means."""
    status = response.status_code
    came = f"status {status} with {shown(body)}"
    if status in _PASSING_STATUS or status >= 500:
        raise _PassingFault(came, _retry_after(response.headers.get("Retry-After")))
    if 300 <= status < 400:
        to = shown(response.headers.get("Location", "nowhere"))
        raise UpstreamError(
            f"{question.url}: {question.what} has moved (status {status}) to {to}. "
            f"If that is where {question.source} now lives, set {question.setting}; it is not "
            f"followed unasked. Tried once."
        )
    raise RefusedError(
        f"{question.url}: {question.what} was refused: {came}. Asking again would not help; "
        f"see whether {question.setting} is right. Tried once."
    )


def _envelope(
    response: requests.Response, body: bytes, read: Callable[[bytes], dict[str, Any]]
) -> dict[str, Any]:
    try:
        return read(body)
    except NotAPageError as error:
        kind = shown(response.headers.get("Content-Type", "no content type"))
        raise _PassingFault(
            f"status 200 with {len(body):,} bytes ({kind}) that are {error}: {shown(body)}"
        ) from error


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from either form of the header; None where it is absent or unreadable."""
    if value is None:
        return None
    if not value.isascii():
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        return max((when - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _cause(error: Exception) -> str:
    """Why nothing came, without what the libraries call their parts."""
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, urllib3.exceptions.MaxRetryError) else None
    return _PART.sub("", told(reason or error))


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
