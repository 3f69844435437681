"""`asylum fetch` and `asylum backfill`: land snapshots and build nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import (
    ApiUrlOption,
    OriginOption,
    SourceOption,
    VerboseOption,
    log,
    origins_given,
    source_settings,
)
from warehouse.settings import Settings, load_settings

if TYPE_CHECKING:
    from warehouse.landing.snapshots import Landed


def fetch(
    source: SourceOption = None,
    api_url: ApiUrlOption = None,
    origin: OriginOption = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option("--endpoint", help="A dataset of the API; can be repeated."),
    ] = None,
    verbose: VerboseOption = False,
) -> None:
    """Land the newest figures of the source; build nothing."""
    with failures(verbose):
        settings, source = source_settings(source, api_url)
        origins = origins_given(settings, origin)
        if source == "starter" and (origins or endpoint):
            raise typer.BadParameter(
                "the starter extract is landed whole; --origin and --endpoint need --source api"
            )
        log(verbose)
        from warehouse.cli import render
        from warehouse.landing import snapshots

        with (
            render.progress(render.console(stderr=True)) as on_progress,
            _landing(settings),
        ):
            landed_so_far = partial(on_progress, "land")
            if source == "starter":
                found = snapshots.land_starter(settings, on_progress=landed_so_far)
            else:
                found = snapshots.crawl(
                    settings, endpoints=endpoint, origins=origins, on_progress=landed_so_far
                )
        _show_landed(settings, found)


def backfill(
    release: Annotated[
        list[str] | None,
        typer.Option("--release", help="An older release, such as 2024-06; can be repeated."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every release whose file list is in the project.")
    ] = False,
    archive_url: Annotated[
        str | None, typer.Option("--archive-url", help="Base address of the archive.")
    ] = None,
    verbose: VerboseOption = False,
) -> None:
    """Land older releases from UNHCR's archive; the next run loads them."""
    with failures(verbose):
        settings = load_settings()
        if bool(release) == every:
            raise typer.BadParameter(
                "give --release ID (can be repeated), or --all for every release"
            )
        log(verbose)
        from warehouse.cli import render
        from warehouse.landing import backfill as archived

        with (
            render.progress(render.console(stderr=True)) as on_progress,
            _landing(settings),
        ):
            found = archived.backfill(
                settings,
                releases=release,
                archive_url=archive_url,
                on_progress=partial(on_progress, "backfill"),
            )
        _show_landed(settings, found)


@contextmanager
def _landing(settings: Settings) -> Iterator[None]:
    """Land nothing where landing was lost; show what was landed before the error says what was
    not.
    """
    from warehouse.landing.snapshots import NotAllLandedError
    from warehouse.published.landed import refuse_lost_landing

    refuse_lost_landing(settings)
    try:
        yield
    except NotAllLandedError as error:
        _show_landed(settings, error.landed)
        raise


def _show_landed(settings: Settings, found: Sequence[Landed]) -> None:
    from warehouse.cli import render

    out = render.console()
    out.print(render.landed(found))
    out.print(render.plain(f"Landing: {settings.landing_dir}"))
