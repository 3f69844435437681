"""Notification of failed runs: to the log, by mail, or to a webhook.

What is sent says what failed in one line, in which run, and where to look. No secret is in it, nor
in an error that says why it could not be sent.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

import requests
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from warehouse.settings import Settings

ATTEMPTS = 3
# Seconds: the sensor that notifies has a minute in all.
_TIMEOUT = 10.0
_LONGEST_ERROR = 500
_TOO_MANY = 429

_log = logging.getLogger(__name__)


class NotifyError(Exception):
    """The notification was not sent; the message says to whom, why, and how often it was tried."""


class _Passing(Exception):
    """Trying again may help."""


@dataclass(frozen=True)
class FailedRun:
    """The content of a notification. `error` may have several lines; only one is sent."""

    job: str
    run_id: str
    error: str
    source: str | None = None
    release: str | None = None


def subject(run: FailedRun) -> str:
    """What stands in the line of a mailbox."""
    return f"asylum: {run.job} failed"


def text(settings: Settings, run: FailedRun) -> str:
    """The whole message: what failed, why in one line, which run, and where to look."""
    error = " ".join(run.error.split())
    if len(error) > _LONGEST_ERROR:
        error = error[:_LONGEST_ERROR] + " …"
    about = [f"run {run.run_id}"]
    about += [f"source {run.source}"] if run.source else []
    about += [f"release {run.release}"] if run.release else []
    lines = [f"{run.job} failed: {error}", ", ".join(about)]
    if settings.ui_url:
        lines.append(f"{settings.ui_url.rstrip('/')}/runs/{run.run_id}")
    return "\n".join(lines)


def notify(settings: Settings, run: FailedRun) -> None:
    """Notify as ASYLUM_NOTIFY says. Raises NotifyError when it cannot be done."""
    _CHANNELS[settings.notify](settings, run)


def _to_log(settings: Settings, run: FailedRun) -> None:
    _log.error("%s", text(settings, run))


def _to_webhook(settings: Settings, run: FailedRun) -> None:
    assert settings.notify_webhook_url is not None  # the settings see to it
    url = settings.notify_webhook_url.get_secret_value()
    # The rest of the address is the secret.
    where = f"the webhook at {urlsplit(url).hostname}"
    body = {
        "text": text(settings, run),
        "job": run.job,
        "run_id": run.run_id,
        "source": run.source,
        "release": run.release,
    }

    def once() -> None:
        try:
            response = requests.post(url, json=body, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            # The text of these errors holds the whole address.
            raise _Passing(type(error).__name__) from None
        if response.status_code >= 500 or response.status_code == _TOO_MANY:
            raise _Passing(f"it answered {response.status_code}")
        if not response.ok or response.is_redirect:
            raise NotifyError(
                f"{where} answered {response.status_code}; it is not tried again. "
                f"See ASYLUM_NOTIFY_WEBHOOK_URL."
            )

    _try(once, where)


def _to_mailbox(settings: Settings, run: FailedRun) -> None:
    where = f"the mail server {settings.smtp_host}:{settings.smtp_port}"
    message = EmailMessage()
    message["Subject"] = subject(run)
    message["From"] = settings.smtp_from
    message["To"] = settings.smtp_to
    message.set_content(text(settings, run))

    def once() -> None:
        try:
            _send(settings, message)
        except ssl.SSLError as error:
            raise NotifyError(f"{where} cannot be trusted: {error.reason}.") from error
        except smtplib.SMTPAuthenticationError as error:
            raise NotifyError(
                f"{where} does not know ASYLUM_SMTP_USER with ASYLUM_SMTP_PASSWORD "
                f"({error.smtp_code})."
            ) from None
        except smtplib.SMTPResponseException as error:
            said = f"it answered {error.smtp_code} {_readable(error.smtp_error)}"
            if 400 <= error.smtp_code < 500:
                raise _Passing(said) from error
            raise NotifyError(f"{where} did not take the message: {said}.") from error
        except smtplib.SMTPRecipientsRefused as error:
            refused = "; ".join(
                f"{address}: {code} {_readable(said)}"
                for address, (code, said) in error.recipients.items()
            )
            raise NotifyError(f"{where} refuses mail for {refused}.") from error
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            raise NotifyError(f"{where}: {error}") from error
        except OSError as error:  # smtplib's other errors are some of these, too
            raise _Passing(str(error) or type(error).__name__) from error

    _try(once, where)


def _send(settings: Settings, message: EmailMessage) -> None:
    host, port = settings.smtp_host or "", settings.smtp_port
    trusted = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT, context=trusted)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(host, port, timeout=_TIMEOUT)
    ) as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted)
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)


def _readable(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _try(once: Callable[[], None], where: str) -> None:
    """A few times, with growing pauses."""

    def give_up(state: object) -> None:
        error = state.outcome.exception()  # type: ignore[attr-defined]
        raise NotifyError(f"{where} could not be reached: {error}; tried {ATTEMPTS} times.")

    Retrying(
        retry=retry_if_exception_type(_Passing),
        stop=stop_after_attempt(ATTEMPTS),
        wait=_WAIT,
        retry_error_callback=give_up,
    )(once)


_WAIT = wait_exponential(multiplier=1, max=5)
_CHANNELS: dict[str, Callable[[Settings, FailedRun], None]] = {
    "log": _to_log,
    "smtp": _to_mailbox,
    "webhook": _to_webhook,
}
