"""`asylum run`: everything from the source to the exports, then the figures of an origin."""

from __future__ import annotations

import contextlib
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from warehouse.cli.failures import failures
from warehouse.cli.options import (
    DEFAULT_ORIGIN,
    ApiUrlOption,
    OriginOption,
    Source,
    SourceOption,
    VerboseOption,
    log,
    origins_given,
    source_settings,
)
from warehouse.settings import Settings

if TYPE_CHECKING:
    from warehouse.build.run_result import RunResult


def run(
    source: SourceOption = None,
    api_url: ApiUrlOption = None,
    origin: OriginOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Land, load, build, test, publish and export; then show the figures of an origin."""
    with failures(verbose):
        settings, source = source_settings(source, api_url)
        origins = origins_given(settings, origin)
        log(verbose)
    started = datetime.now(UTC)
    with failures(verbose, after=lambda: _still_stands(settings, started)):
        from warehouse.cli import render

        result = _refresh(settings, source, origins, started)
        out = render.console()
        if not result.success:
            out = render.console(stderr=True)
            out.print(render.failure(_what_failed(result), _still_stands(settings, started)))
            raise typer.Exit(1)
        out.print(render.summary(result, source, started, datetime.now(UTC)))
        shown = _show_origins(settings, origins or [DEFAULT_ORIGIN], result.release)
        out.print()
        out.print(render.plain("Worth trying next:", "bold"))
        for line in _next_commands(source, shown):
            out.print(render.plain(f"  {line}"), soft_wrap=True)
        if result.not_landed:
            from warehouse.landing.snapshots import manifests

            before = {manifest.endpoint for _, manifest in manifests(settings)}
            render.console(stderr=True).print(render.not_landed(result.not_landed, before))
            raise typer.Exit(1)


def _refresh(
    settings: Settings, source: Source, origins: list[str], started: datetime
) -> RunResult:
    """Run the job, and keep a note of how it ended whichever way that was."""
    _begin_with_dbt(settings)
    from orchestration.runner import run_refresh
    from warehouse.build.run_result import under_way, write_last_run
    from warehouse.cli import render

    result: RunResult | None = None
    error: str | None = None
    told: dict[str, Any] = {"source": source, "origins": origins, "started_at": started}
    with under_way(settings, **told) as is_alive:
        try:
            with render.progress(render.console(stderr=True)) as on_progress:

                def heard_of(stage: str, label: str, done: int, total: int | None) -> None:
                    if is_alive:
                        is_alive()
                    on_progress(stage, label, done, total)

                result = run_refresh(settings, source=source, origins=origins, on_progress=heard_of)
        except Exception as unforeseen:
            error = f"{type(unforeseen).__name__}: {unforeseen}"
            raise
        finally:
            if is_alive:
                write_last_run(settings, result, **told, finished_at=datetime.now(UTC), error=error)
    return result


def _begin_with_dbt(settings: Settings) -> None:
    """Have dbt parse the project if this run will build: it takes seconds, as Dagster's import
    does, which is next.
    """
    from warehouse.build import apart, fingerprint
    from warehouse.exports.readback import stands_for

    with contextlib.suppress(Exception):  # what is wrong with what is landed, the run says
        if not stands_for(settings, fingerprint.expected(settings)):
            apart.start(settings)


def _show_origins(settings: Settings, origins: list[str], release: str) -> str | None:
    """Show origins; returns the first that has figures, of all in the file where none of these
    has, None where it has no figures at all.
    """
    from warehouse.cli import render
    from warehouse.published.read import open_published
    from warehouse.serve.answer import answer

    out = render.console()
    shown: list[str] = []
    others: list[str] = []
    with open_published(settings) as con:
        for iso3 in origins:
            found = answer(con, iso3)
            shown += [iso3] if found.years else []
            others += found.known_origins
            out.print()
            out.print(render.origin(found, release))
    return next(iter([*shown, *others]), None)


def _what_failed(result: RunResult) -> str:
    lines = [f"The refresh failed: {result.error or 'see the failed tests below.'}"]
    lines += [f"Failed test: {message}" for message in result.tests_failed]
    if not result.error and not result.tests_failed:
        lines = ["The refresh failed and gave no reason. Run again with --verbose."]
    if result.run_id:
        lines.append(f"Dagster shows the details of run {result.run_id}: {_command()} ui")
    return "\n".join(lines)


def _still_stands(settings: Settings, started: datetime) -> str | None:
    """What a reader has after a run that began at `started` ended early."""
    from warehouse.published.read import (
        PublishedMissingError,
        open_published,
        read_about,
    )

    try:
        with open_published(settings) as con:
            about = read_about(con)
    except PublishedMissingError:
        return None
    stands = f"{settings.published_db}, release {about['release']}, built {about['built_at']}"
    if datetime.fromisoformat(about["built_at"]) > started:
        return f"This run published {stands}, and ended before it was done."
    return f"The last published file is unchanged: {stands}."


def _next_commands(source: Source, origin: str | None) -> list[str]:
    """What can be asked of what was built; `origin` has figures."""
    asylum = _command()
    third = f"{asylum} run --source api" if source == "starter" else f"{asylum} status"
    if origin is None:
        return [f"{asylum} claims", f"{asylum} ui", third]
    return [
        f'{asylum} sql "select reference_year, asylum_name, asylum_seekers_stock from '
        f"mart_destination_yearly where origin_iso3 = '{origin}' and asylum_seekers_rank = 1 "
        f'order by 1"',
        f"{asylum} claims",
        f"{asylum} report --origin {origin} --out {origin.lower()}.html",
        f"{asylum} ui",
        third,
    ]


def _command() -> str:
    """How to call this command from here: by its name, or by its path if that is not found."""
    name = Path(sys.argv[0])
    if name.name != "asylum" or shutil.which("asylum") == str(name.absolute()):
        return "asylum"
    here = Path.cwd()
    path = name.absolute()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
