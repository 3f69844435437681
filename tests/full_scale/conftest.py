"""UNHCR's API as a replica with real releases, where the folder beside the repository has it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from warehouse.settings import PROJECT_ROOT

SHARED = PROJECT_ROOT.parent / "shared"
SCRIPT = SHARED / "tools" / "unhcr_replica.py"
RELEASES = SHARED / "unhcr" / "releases"


@dataclass(frozen=True)
class Replica:
    """A running replica: the address of its API, and what it says of the requests that came."""

    url: str

    def stats(self) -> dict[str, Any]:
        address = self.url.replace("population/v1/", "_replica/stats")
        with urllib.request.urlopen(address, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def running_replica(*options: str) -> Iterator[Replica]:
    """Start the replica on a free port with these options; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the replica did not start with {options}"
        yield Replica(line.split()[0])
    finally:
        process.terminate()
        process.wait(30)


def missing() -> str | None:
    """Why these tests cannot run here, or None."""
    lacking: list[Path] = [path for path in (SCRIPT, RELEASES) if not path.exists()]
    return f"needs the real releases: no {lacking[0]}" if lacking else None


@pytest.fixture
def replica() -> Iterator[Callable[..., Replica]]:
    """Start replicas by `replica("--release", "2025-06", ...)`; they end with the test."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(running_replica(*options))
