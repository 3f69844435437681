"""A PostgreSQL server of the tests' own: on loopback, in a folder that goes with it.

The server refuses to run as root, so it is started as another user where the tests are root's.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
from pydantic import SecretStr

ADMIN = "test_admin"
_ANYBODY = ("postgres", "nobody")


def find_binaries() -> Path | None:
    """The folder of initdb and postgres, the newest there is; None without a server."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    on_path = shutil.which("postgres")
    found = [*([Path(on_path).resolve().parent] if on_path else []), *debian]
    usable = [bin for bin in found if (bin / "initdb").exists() and (bin / "postgres").exists()]
    return usable[-1] if usable else None


class PostgresServer:
    """A running server. `database` makes a new database and gives its address."""

    def __init__(self, binaries: Path) -> None:
        # Not pytest's folder: only its own user may enter that.
        self.folder = Path(tempfile.mkdtemp(prefix="asylum-postgres-"))
        # Signs that an address has to escape.
        self.password = f"s3cr3t/{secrets.token_hex(8)}@:"
        self._numbers = count(1)
        self._as_user: dict[str, object] = {}
        if os.geteuid() == 0:
            user = next(pwd.getpwnam(name) for name in _ANYBODY if _has_user(name))
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        data, password_file = self.folder / "data", self.folder / "password"
        password_file.write_text(self.password + "\n", "utf-8")
        password_file.chmod(0o644)
        self._call(
            *(binaries / "initdb", "-D", data, "-U", ADMIN, "-E", "UTF8", "--locale=C"),
            *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync"),
        )
        password_file.unlink()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
        }
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                *(str(binaries / "postgres"), "-D", str(data)),
                *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
            ],
            stdout=self._log,
            stderr=self._log,
            cwd=self.folder,
            **self._as_user,  # type: ignore[call-overload]
        )
        self._wait()

    def _call(self, *words: object) -> None:
        done = subprocess.run(
            [str(word) for word in words],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **self._as_user,  # type: ignore[call-overload]
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.address("postgres").get_secret_value()).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text("utf-8")
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def address(
        self, database: str, *, user: str = ADMIN, password: str | None = None, port: int = 0
    ) -> SecretStr:
        """The address of a database, with a password in it."""
        secret = quote(self.password if password is None else password, safe="")
        return SecretStr(f"postgresql://{user}:{secret}@127.0.0.1:{port or self.port}/{database}")

    def database(self) -> SecretStr:
        """The address of a database that is new and empty."""
        name = f"test_{next(self._numbers)}"
        with self.connect(self.address("postgres")) as con:
            con.execute(f"create database {name}".encode())
        return self.address(name)

    def user(self, name: str, *, role_of: str | None = None) -> None:
        """A user who may log in with the server's one password."""
        member = f"in role {role_of}" if role_of else ""
        with self.connect(self.address("postgres")) as con:
            con.execute(f"create role {name} login password '{self.password}' {member}".encode())

    @staticmethod
    def connect(address: SecretStr) -> psycopg.Connection:
        """A connection whose every statement is a transaction of its own."""
        return psycopg.connect(address.get_secret_value(), autocommit=True)

    def stop(self) -> None:
        """End it at once, its sessions with it, and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        shutil.rmtree(self.folder)


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
