"""Messages about failed runs, to servers on loopback: sent, refused, tried again, never leaking."""

from __future__ import annotations

import base64
import json
import logging
import shutil
import socketserver
import ssl
import subprocess
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tenacity import wait_none

from warehouse.serve import notify as notifying
from warehouse.serve.notify import ATTEMPTS, FailedRun, NotifyError, notify, text
from warehouse.settings import Settings

SECRET = "T0ken-nobody-sees"
RUN = FailedRun("refresh", "abc-1", "Failed tests (1):\n  assert_this.", "api", "2025-12.1")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "_WAIT", wait_none())


class FakeMailServer(socketserver.ThreadingTCPServer):
    """Takes messages by SMTP. `answers` are given instead of the usual ones, each once."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.tls = tls
        self.messages: list[tuple[str, list[str], bytes]] = []
        self.said: list[str] = []
        self.answers: list[tuple[str, str]] = []

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "notify": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": self.server_address[1],
            "smtp_security": "starttls" if self.tls else "none",
            "smtp_from": "asylum@example.org",
            "smtp_to": "desk@example.org, night@example.org",
        }


class _Conversation(socketserver.StreamRequestHandler):
    server: FakeMailServer

    def handle(self) -> None:
        self._say("220 here")
        sender, to = "", []
        while line := self.rfile.readline().decode().strip():
            self.server.said.append(line)
            verb = line.split(":")[0].upper()
            instead = next((one for one in self.server.answers if verb.startswith(one[0])), None)
            if instead:
                self.server.answers.remove(instead)
                self._say(instead[1])
            elif verb.startswith("EHLO"):
                self._say(
                    "250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS" if self.server.tls else "250 here"
                )
            elif verb == "STARTTLS" and self.server.tls:
                self._say("220 go on")
                try:
                    self.connection = self.server.tls.wrap_socket(self.request, server_side=True)
                except ssl.SSLError:  # the client did not like the certificate
                    return
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb", buffering=0)
            elif verb == "MAIL FROM":
                sender = line
                self._say("250 ok")
            elif verb == "RCPT TO":
                to.append(line.split(":")[1].strip("<>"))
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.messages.append((sender, to, body))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mail() -> Iterator[FakeMailServer]:
    with serving(FakeMailServer()) as server:
        yield server


@pytest.fixture
def web() -> Iterator[Any]:
    """A web server that keeps what is posted, and answers with `answers`, then with 200."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.posted.append((self.path, json.loads(body)))
            self.send_response(server.answers.pop(0) if server.answers else 200)
            self.send_header("Content-Length", "0")
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.posted, server.answers = [], []
    server.settings = {
        "notify": "webhook",
        "notify_webhook_url": f"http://127.0.0.1:{server.server_port}/hooks/{SECRET}",
    }
    with serving(server):
        yield server


def settings_for(tmp_path: Path, **given: Any) -> Settings:
    return Settings(data_dir=tmp_path, **given)


def test_the_message_says_what_failed_in_one_line_in_which_run_and_where_to_look(
    tmp_path: Path,
) -> None:
    assert text(
        settings_for(tmp_path, ui_url="https://dagster.example.org/"), RUN
    ).splitlines() == [
        "refresh failed: Failed tests (1): assert_this.",
        "run abc-1, source api, release 2025-12.1",
        "https://dagster.example.org/runs/abc-1",
    ]
    long = text(settings_for(tmp_path), FailedRun("rebuild", "2", "x" * 9_999))
    assert long.splitlines()[1:] == ["run 2"]
    assert len(long) < 600


def test_without_a_setting_it_stands_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notify(settings_for(tmp_path), RUN)
    [record] = caplog.records
    assert (record.name, record.levelno) == ("warehouse.serve.notify", logging.ERROR)
    assert record.getMessage() == text(settings_for(tmp_path), RUN)


def test_a_mail_reaches_every_address(tmp_path: Path, mail: FakeMailServer) -> None:
    settings = settings_for(tmp_path, **mail.settings)
    notify(settings, RUN)
    [(sender, to, body)] = mail.messages
    assert "<asylum@example.org>" in sender
    assert to == ["desk@example.org", "night@example.org"]
    found = message_from_bytes(body, policy=default)
    assert found["Subject"] == "asylum: refresh failed"
    assert found.get_content().splitlines() == text(settings, RUN).splitlines()


def test_a_mail_server_that_is_busy_is_asked_again(tmp_path: Path, mail: FakeMailServer) -> None:
    mail.answers += [("MAIL", "451 later")] * (ATTEMPTS - 1)
    notify(settings_for(tmp_path, **mail.settings), RUN)
    assert len(mail.messages) == 1


def test_a_mail_server_that_stays_busy_is_an_error_after_a_few_attempts(
    tmp_path: Path, mail: FakeMailServer
) -> None:
    mail.answers += [("MAIL", "451 later")] * 9
    with pytest.raises(NotifyError, match=r"mail server 127.0.0.1:\d+ .*451 later; tried 3 times"):
        notify(settings_for(tmp_path, **mail.settings), RUN)
    assert len(mail.answers) == 9 - ATTEMPTS


def test_a_mail_server_that_refuses_is_not_asked_again(
    tmp_path: Path, mail: FakeMailServer
) -> None:
    mail.answers += [("RCPT TO", "550 unknown")] * 2
    with pytest.raises(NotifyError, match=r"refuses mail for desk@example\.org: 550 unknown"):
        notify(settings_for(tmp_path, **mail.settings), RUN)
    assert mail.said.count("data") == 0
    assert sum(line.upper().startswith("MAIL") for line in mail.said) == 1


def test_a_mail_server_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with FakeMailServer() as closed:
        given = closed.settings
    with pytest.raises(NotifyError, match="refused; tried 3 times"):
        notify(settings_for(tmp_path, **given), RUN)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody has signed, for 127.0.0.1, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *(
                "-nodes",
                "-days",
                "1",
                "-subj",
                "/CN=here",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
            ),
            *("-addext", "basicConstraints=critical,CA:TRUE"),
            *("-keyout", str(path.with_name("key")), "-out", str(path.with_name("crt"))),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.with_name("crt").read_bytes() + path.with_name("key").read_bytes())
    return path


@pytest.mark.parametrize(
    "case",  # whether it is trusted, what it answers to a password, what the error says
    [
        pytest.param((True, "235 welcome", None), id="trusted"),
        pytest.param((False, "235 welcome", "cannot be trusted"), id="unknown"),
        pytest.param(
            (True, f"535 not {SECRET}", r"ASYLUM_SMTP_PASSWORD \(535\)"), id="wrong_password"
        ),
    ],
)
def test_a_password_is_told_to_a_server_with_a_trusted_certificate_alone(
    tmp_path: Path,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[bool, str, str | None],
) -> None:
    trusted, answer, said = case
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(FakeMailServer(context)) as mail:
        mail.answers += [("AUTH", answer)]
        settings = settings_for(tmp_path, **mail.settings, smtp_user="asylum", smtp_password=SECRET)
        if said:
            with pytest.raises(NotifyError, match=said) as caught:
                notify(settings, RUN)
            assert SECRET not in "".join(traceback.format_exception(caught.value))
        else:
            notify(settings, RUN)
    told = [line.split()[-1] for line in mail.said if line.startswith("AUTH")]
    expected = base64.b64encode(f"\0asylum\0{SECRET}".encode()).decode()
    assert told == ([expected] if trusted else [])
    assert len(mail.messages) == (said is None)


def test_a_web_address_is_posted_the_text_and_its_parts(tmp_path: Path, web: Any) -> None:
    settings = settings_for(tmp_path, **web.settings)
    notify(settings, RUN)
    [(path, body)] = web.posted
    assert path == f"/hooks/{SECRET}"
    assert body == {
        "text": text(settings, RUN),
        "job": "refresh",
        "run_id": "abc-1",
        "source": "api",
        "release": "2025-12.1",
    }


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_web_address_with_a_passing_fault_is_asked_again(
    tmp_path: Path, web: Any, status: int
) -> None:
    web.answers = [status] * (ATTEMPTS - 1)
    notify(settings_for(tmp_path, **web.settings), RUN)
    assert len(web.posted) == ATTEMPTS


@pytest.mark.parametrize(
    ("status", "asked", "said"),
    [
        pytest.param(500, ATTEMPTS, "it answered 500; tried 3 times", id="failing"),
        pytest.param(404, 1, "answered 404; it is not tried again", id="gone"),
        pytest.param(302, 1, "answered 302; it is not tried again", id="elsewhere"),
    ],
)
def test_a_web_address_that_does_not_take_it_is_an_error_without_the_secret(
    tmp_path: Path, web: Any, status: int, asked: int, said: str
) -> None:
    web.answers = [status] * 9
    with pytest.raises(NotifyError, match=said) as caught:
        notify(settings_for(tmp_path, **web.settings), RUN)
    assert len(web.posted) == asked
    assert "the webhook at 127.0.0.1" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_web_address_that_is_not_there_is_an_error_without_the_secret(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path, notify="webhook", notify_webhook_url=f"http://127.0.0.1:9/{SECRET}"
    )
    with pytest.raises(NotifyError, match="ConnectionError; tried 3 times") as caught:
        notify(settings, RUN)
    # All that Dagster would keep of it: the traceback of the whole chain.
    assert SECRET not in "".join(traceback.format_exception(caught.value))
