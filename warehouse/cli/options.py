"""Options that several commands share."""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from warehouse.core.days import DayError, known_day
from warehouse.reference.places import PlaceError
from warehouse.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from warehouse.published.countries import Known

DEFAULT_ORIGIN = "CHN"
Source = Literal["starter", "api"]
SourceOption = Annotated[
    Source | None,
    typer.Option(
        help="starter: the extract that comes with the project, no network. api: UNHCR's API. "
        "Default: api if --api-url is given, otherwise starter.",
        show_default=False,
    ),
]
ApiUrlOption = Annotated[
    str | None, typer.Option("--api-url", help="Base address of the API.", show_default=False)
]
OriginOption = Annotated[
    list[str] | None,
    typer.Option(
        "--origin",
        help="Country of origin, by ISO3 code or name; can be repeated. Only these are fetched "
        f"from the API. Default: fetch all and show {DEFAULT_ORIGIN}.",
        show_default=False,
    ),
]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", help="Log each step, and show where an error came from.")
]


def source_settings(source: Source | None, api_url: str | None) -> tuple[Settings, Source]:
    """The settings and the source that the options ask for."""
    settings = load_settings()
    if api_url is None:
        return settings, source or "starter"
    if source == "starter":
        raise typer.BadParameter("--api-url needs --source api, not starter")
    try:
        return settings.with_address("api_url", api_url), "api"
    except SettingsError as error:
        raise typer.BadParameter(f"--api-url: {error}") from error


def origins_given(settings: Settings, given: list[str] | None) -> list[str]:
    """The origins that --origin gives by code or name, as codes, each once. What the published file
    calls them is understood, where there is one. Raises BadParameter, as `countries` does.
    """
    if not given:
        return []
    import duckdb

    from warehouse.published.countries import known_countries
    from warehouse.published.read import PublishedMissingError, open_published

    known: list[Known] = []
    with (
        contextlib.suppress(PublishedMissingError, duckdb.Error),
        open_published(settings) as con,
    ):
        known = known_countries(con)
    return countries(given, "--origin", known)


def countries(given: Sequence[str], option: str, known: Sequence[Known]) -> list[str]:
    """The countries that an option gives by code or name, as codes, each once. `known`: those of
    the published file.

    Raises BadParameter for what is none, can be several, or is counted in another.
    """
    from warehouse.published.countries import code_of

    try:
        codes = [code_of(text, known) for text in given]
    except PlaceError as error:
        raise typer.BadParameter(f"{option}: {error}") from error
    return list(dict.fromkeys(codes))


def day_given(option: str, text: str | None) -> date | None:
    """The day that an option gives as YYYY-MM-DD: what was known then is asked for, so none that is
    still to come.
    """
    if text is None:
        return None
    try:
        return known_day(text)
    except DayError as error:
        raise typer.BadParameter(f"{option} {error}") from error


def refuse_taken(host: str, port: int) -> None:
    """Raise BadParameter where nothing can listen on the port, such as for what listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise typer.BadParameter(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
            ) from error


def log(verbose: bool) -> None:
    """Log what happens, if asked for."""
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, stream=sys.stderr)
