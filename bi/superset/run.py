"""Apache Superset beside the project: set up, fed with the dashboard, started.

    .venv/bin/python bi/superset/run.py setup
    .venv/bin/python bi/superset/run.py start

Superset lives in an environment of its own, `.venv-superset`, as it needs other versions than the
project. Its database, its secret key and the administrator's password are in the data folder, under
`superset`. docs/superset.md says more.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

if __name__ == "__main__":  # The script's own folder is on the path, the project is not.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bi.superset.bundle import (
    BundleError,
    Source,
    contents,
    postgresql,
    published_file,
    write_zip,
)
from warehouse.published.read import PublishedMissingError
from warehouse.settings import PROJECT_ROOT, Settings, SettingsError, load_settings

HERE = Path(__file__).resolve().parent
ENVIRONMENT = PROJECT_ROOT / ".venv-superset"
REQUIREMENTS = HERE / "requirements.txt"
USER = "admin"
_PYTHONS = ((3, 11), (3, 12))

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # They show the values of variables, and some are secret.
    help="Apache Superset beside the project.",
)


class SupersetError(Exception):
    """Superset could not be set up or started; the message says why and what to do."""


def home(settings: Settings) -> Path:
    """What Superset keeps: its database, its secret key, the administrator's password."""
    return settings.data_dir / "superset"


def install(environment: Path = ENVIRONMENT) -> bool:
    """Make Superset's environment, if the versions there are not the ones asked for.

    Says whether there was anything to do.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    ready = environment / ".ready"
    if ready.exists() and ready.read_text("utf-8") == wanted:
        return False
    if sys.version_info[:2] not in _PYTHONS:
        raise SupersetError(
            "Superset 6.1 needs Python 3.11 or 3.12, and the project runs on "
            f"{sys.version_info[0]}.{sys.version_info[1]}. Make an environment of the project with "
            "one of them: make PYTHON=python3.11"
        )
    _call([sys.executable, "-m", "venv", "--clear", str(environment)], "No environment was made")
    python = str(environment / "bin" / "python")
    _call(
        [
            *(python, "-m", "pip", "install", "--quiet"),
            *("--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes"),
            *("-r", str(REQUIREMENTS)),
        ],
        "Superset was not installed",
    )
    # On all cores, where pip would use one. Some packages have files that no Python compiles.
    subprocess.run(
        [*(python, "-m", "compileall", "-qq", "-j", "0"), str(environment / "lib")], check=False
    )
    ready.write_text(wanted, "utf-8")
    return True


def _call(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise SupersetError(f"{what}: `{' '.join(command)}` ended with {done.returncode}.")


def secret(settings: Settings, name: str) -> str:
    """The secret key or a password: what stands in the data folder, made the first time."""
    path = home(settings) / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        # For its owner alone from the first moment on.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(42))
    return path.read_text("utf-8").strip()


def variables(settings: Settings) -> dict[str, str]:
    """The environment of Superset's processes: without ours, as some of it is secret."""
    secret(settings, "secret_key")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ASYLUM_")}
    ours.pop("PYTHONPATH", None)
    return ours | {
        "ASYLUM_SUPERSET_HOME": str(home(settings)),
        "SUPERSET_HOME": str(home(settings)),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONWARNINGS": "ignore",
    }


def load(
    settings: Settings, sources: Sequence[Source], environment: Path = ENVIRONMENT
) -> list[str]:
    """Import the dashboard for each source, over what is there. Gives the dashboards' names."""
    version = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    migrated = home(settings) / "migrated"
    given = {
        "migrate": not migrated.exists() or migrated.read_text("utf-8") != version,
        "password": secret(settings, "admin_password"),
        "bundles": [contents(source) for source in sources],
    }
    done = subprocess.run(
        [str(environment / "bin" / "python"), "-P", str(HERE / "inside.py")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        env=variables(settings),
        cwd=home(settings),
        check=False,
    )
    (home(settings) / "load.log").write_text(done.stderr, "utf-8")
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise SupersetError(
            f"Superset did not take the dashboard:\n{last}\n"
            f"All it said: {home(settings) / 'load.log'}"
        )
    migrated.write_text(version, "utf-8")
    found: list[str] = json.loads(done.stdout.strip().splitlines()[-1])["dashboards"]
    return found


def command(port: int, environment: Path = ENVIRONMENT) -> list[str]:
    """The server, on loopback. One process: figures of one file are read once for all threads."""
    return [
        *(str(environment / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", "8", "--timeout", "120"),
        *("--log-level", "warning", "superset.app:create_app()"),
    ]


def wanted_sources(settings: Settings) -> list[Source]:
    """The published file, and PostgreSQL where it is configured."""
    sources = [published_file(settings)]
    if settings.superset_postgres_url is not None:
        sources.append(postgresql(settings))
    return sources


def _fail(error: Exception) -> typer.Exit:
    typer.echo(f"Error: {error}", err=True)
    return typer.Exit(1)


_FAILURES = (BundleError, PublishedMissingError, SettingsError, SupersetError)


@app.command("install")
def install_alone() -> None:
    """Install Superset if it is not there."""
    try:
        install()
    except SupersetError as error:
        raise _fail(error) from error


@app.command()
def setup() -> None:
    """Install Superset if it is not there, and import the dashboard over what is there of it."""
    try:
        settings = load_settings()
        sources = wanted_sources(settings)
        typer.echo(f"Superset's environment: {ENVIRONMENT}", err=True)
        install()
        typer.echo(
            "Superset's database and the dashboard; the first time takes a minute.", err=True
        )
        dashboards = load(settings, sources)
    except _FAILURES as error:
        raise _fail(error) from error
    for slug in dashboards:
        typer.echo(f"/superset/dashboard/{slug}/")
    typer.echo(
        f"Log in as {USER}; the password is in {home(settings) / 'admin_password'}.", err=True
    )


@app.command()
def start(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on loopback.")] = 8088,
) -> None:
    """Superset's web server, on loopback, until it is stopped."""
    try:
        settings = load_settings()
        if not (home(settings) / "migrated").exists() or not (ENVIRONMENT / ".ready").exists():
            raise SupersetError("Superset is not set up here yet: run `setup` first.")
        env = variables(settings)
    except _FAILURES as error:
        raise _fail(error) from error
    typer.echo(f"http://127.0.0.1:{port}/dashboard/list/ (user {USER}, Ctrl-C ends it)")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(home(settings))
    program = command(port)
    os.execve(program[0], program, env)  # noqa: S606 - no shell, and every word is ours


@app.command()
def bundle(
    to: Annotated[Path, typer.Argument(help="The ZIP file to write.")],
    postgres: Annotated[bool, typer.Option(help="For PostgreSQL instead of the file.")] = False,
) -> None:
    """The dashboard as a ZIP file, to be imported into a Superset that somebody else runs.

    The password of PostgreSQL is left out: that Superset asks for it.
    """
    try:
        settings = load_settings()
        source = postgresql(settings) if postgres else published_file(settings)
        write_zip(source, to)
    except _FAILURES as error:
        raise _fail(error) from error
    typer.echo(str(to))


if __name__ == "__main__":
    app()
