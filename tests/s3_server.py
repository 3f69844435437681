"""A server that speaks S3, on loopback, as a process of its own: nanio, of the extra `dev`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCESS_KEY, SECRET_KEY = "tests-access", "tests-secret-key"


@dataclass(frozen=True)
class S3Server:
    """Its address, and the folder in which each bucket is a folder."""

    endpoint: str
    folder: Path


def _is_up(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def s3_server(folder: Path, bucket: str) -> Iterator[S3Server]:
    """Run it until the block ends, with one empty bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / bucket).mkdir(parents=True)
    command = [sys.executable, "-c", "from nanio.cli import main; raise SystemExit(main())"]
    command += ["serve", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    environ = os.environ | {"NANIO_ACCESS_KEY": ACCESS_KEY, "NANIO_SECRET_KEY": SECRET_KEY}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            deadline = time.monotonic() + 60
            while not _is_up(port):
                assert server.poll() is None, "the server of S3 ended at once"
                assert time.monotonic() < deadline, "the server of S3 did not start"
                time.sleep(0.1)
            yield S3Server(f"http://127.0.0.1:{port}", folder)
        finally:
            server.terminate()
