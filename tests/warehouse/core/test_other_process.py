"""A process beside this one: messages there and back, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.other_processes import are_gone
from warehouse.core.other_process import EndedError, OtherProcess, Receive, Send, sendable
from warehouse.settings import PROJECT_ROOT


def echo(receive: Receive, send: Send) -> None:
    """What the other process does here."""
    while (message := receive()) != "that is all":
        if message == "fail":
            raise RuntimeError("it was told to")
        if message == "sleep":
            time.sleep(600)
        send((os.getpid(), message))


def begun() -> tuple[OtherProcess, int]:
    process = OtherProcess(echo)
    process.tell("who")
    pid, _ = process.hear()
    return process, pid


def test_it_answers_each_message_in_turn_from_another_process() -> None:
    process, pid = begun()
    assert pid != os.getpid()
    for message in (None, {"a": [1, 2.5]}, "é" * 100_000):
        process.tell(message)
    assert [process.hear() for _ in range(3)] == [
        (pid, None),
        (pid, {"a": [1, 2.5]}),
        (pid, "é" * 100_000),
    ]
    process.end()
    assert are_gone(pid)


def test_one_that_has_ended_says_so_to_who_waits_and_not_to_who_tells() -> None:
    process, _ = begun()
    process.tell("that is all")
    with pytest.raises(EndedError, match="ended with exit code 0"):
        process.hear()
    for _ in range(3):
        process.tell("is anybody there")
    process.end()


def test_one_that_fails_says_why_where_errors_go(capfd: pytest.CaptureFixture[str]) -> None:
    process, _ = begun()
    process.tell("fail")
    with pytest.raises(EndedError, match="ended with exit code 1"):
        process.hear()
    process.end()
    assert "RuntimeError: it was told to" in capfd.readouterr().err


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_one_that_is_killed_says_by_what(how: signal.Signals) -> None:
    process, pid = begun()
    process.tell("sleep")
    os.kill(pid, how)
    with pytest.raises(EndedError, match=f"was ended by signal {how.value}"):
        process.hear()
    process.end()


def test_it_is_ended_whatever_it_is_at_and_is_not_of_the_group_that_ctrl_c_reaches() -> None:
    process, pid = begun()
    assert os.getpgid(pid) != os.getpgid(0)
    process.tell("sleep")
    process.end()
    assert are_gone(pid)


def test_it_ends_with_the_process_that_began_it_and_says_nothing() -> None:
    code = """
import os, signal
from tests.warehouse.core.test_other_process import begun
process, pid = begun()
process.tell("sleep")
print(pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert ended.stderr == ""
    assert are_gone(int(ended.stdout))


class Unsendable(Exception):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def test_an_error_that_cannot_be_sent_is_sent_as_its_text() -> None:
    sent = sendable(Unsendable("this", "that"), RuntimeError)
    assert isinstance(sent, RuntimeError)
    assert str(sent) == "Unsendable: this and that"


def test_an_error_that_can_be_sent_stays_what_it_is() -> None:
    error = FileNotFoundError(2, "gone", "a.csv")
    assert sendable(error, RuntimeError) is error
    assert "FileNotFoundError" in error.__notes__[0]
