"""The command `asylum`. Each command says what it does; the work is done elsewhere.

What is slow to import (dagster, dbt, duckdb) is imported by the command that needs it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from warehouse.settings import PROJECT_ROOT, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from warehouse.build.run_result import RunResult
    from warehouse.landing.snapshots import Landed
    from warehouse.serve.query import Session

DEFAULT_ORIGIN = "CHN"
SHOWN_ROWS = 40
INTERRUPTED = 130
Source = Literal["starter", "api"]
SqlFormat = Literal["table", "csv", "json", "parquet"]
ClaimFormat = Literal["table", "json", "csv", "markdown"]
CheckKind = Literal["level", "sum", "change", "ratio", "share", "rank"]

app = typer.Typer(
    help="UNHCR's figures on people who fled, as a database on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

SourceOption = Annotated[
    Source | None,
    typer.Option(
        help="starter: the extract that comes with the project, no network. api: UNHCR's API. "
        "Without it: api where --api-url is given, starter otherwise.",
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
        help="Country of origin as ISO3; may be given several times. The API is asked for these "
        f"alone. Without it: all, and {DEFAULT_ORIGIN} is shown.",
        show_default=False,
    ),
]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", help="Log what happens, and say where an error came from.")
]


def main() -> None:
    """Entry point of the command."""
    app(prog_name="asylum")


def _print_version(wanted: bool) -> None:
    if wanted:
        from warehouse.settings import project_version  # noqa: PLC0415

        typer.echo(f"asylum {project_version()}")
        raise typer.Exit


@app.callback()
def _asylum(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


@app.command()
def run(
    source: SourceOption = None,
    api_url: ApiUrlOption = None,
    origin: OriginOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Land, load, build, test, publish, export; then show the answer."""
    with _failures(verbose):
        settings, source = _source_settings(source, api_url)
        origins = _iso3(origin)
        _log(verbose)
    with _failures(verbose, after=lambda: _still_stands(settings)):
        from warehouse.cli import render  # noqa: PLC0415

        started = datetime.now(UTC)
        result = _refresh(settings, source, origins, started)
        out = render.console()
        if not result.success:
            out = render.console(stderr=True)
            out.print(render.failure(_what_failed(result), _still_stands(settings)))
            raise typer.Exit(1)
        out.print(render.summary(result, source, started, datetime.now(UTC)))
        _show_origins(settings, origins or [DEFAULT_ORIGIN], result.release)
        out.print()
        out.print(render.plain("Worth trying next:", "bold"))
        for line in _next_commands(source, (origins or [DEFAULT_ORIGIN])[0]):
            out.print(render.plain(f"  {line}"), soft_wrap=True)
        if result.not_landed:
            render.console(stderr=True).print(render.not_landed(result.not_landed))
            raise typer.Exit(1)


def _refresh(
    settings: Settings, source: Source, origins: list[str], started: datetime
) -> RunResult:
    """Run the job, and keep a note of how it ended whichever way that was."""
    from orchestration.runner import run_refresh  # noqa: PLC0415
    from warehouse.build.run_result import under_way, write_last_run  # noqa: PLC0415
    from warehouse.cli import render  # noqa: PLC0415

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


def _show_origins(settings: Settings, origins: list[str], release: str) -> None:
    from warehouse.cli import render  # noqa: PLC0415
    from warehouse.published.read import open_published  # noqa: PLC0415
    from warehouse.serve.answer import answer  # noqa: PLC0415

    out = render.console()
    with open_published(settings) as con:
        for iso3 in origins:
            out.print()
            out.print(render.origin(answer(con, iso3), release))


def _what_failed(result: RunResult) -> str:
    lines = [f"The refresh failed: {result.error or 'see the failed tests below.'}"]
    lines += [f"Failed test: {message}" for message in result.tests_failed]
    if not result.error and not result.tests_failed:
        lines = ["The refresh failed without saying why: run again with --verbose."]
    if result.run_id:
        lines.append(f"Dagster has the details under run {result.run_id}: {_command()} ui")
    return "\n".join(lines)


def _still_stands(settings: Settings) -> str | None:
    """What a reader has in spite of the failure."""
    from warehouse.published.read import (  # noqa: PLC0415
        PublishedMissingError,
        open_published,
        read_about,
    )

    try:
        with open_published(settings) as con:
            about = read_about(con)
    except PublishedMissingError:
        return None
    return (
        f"The last published file still stands: {settings.published_db}, "
        f"release {about['release']}, built {about['built_at']}."
    )


def _next_commands(source: Source, origin: str) -> list[str]:
    asylum = _command()
    third = f"{asylum} run --source api" if source == "starter" else f"{asylum} status"
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
    """How this command is called from here: by its name, or by its path where that is not found."""
    name = Path(sys.argv[0])
    if name.name != "asylum" or shutil.which("asylum") == str(name.absolute()):
        return "asylum"
    here = Path.cwd()
    path = name.absolute()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@app.command()
def fetch(
    source: SourceOption = None,
    api_url: ApiUrlOption = None,
    origin: OriginOption = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option("--endpoint", help="A dataset of the API; may be given several times."),
    ] = None,
    verbose: VerboseOption = False,
) -> None:
    """Land what the source has now, and stop there."""
    with _failures(verbose):
        settings, source = _source_settings(source, api_url)
        origins = _iso3(origin)
        if source == "starter" and (origins or endpoint):
            raise typer.BadParameter(
                "the starter extract is landed whole; --origin and --endpoint need --source api"
            )
        _log(verbose)
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.landing import snapshots  # noqa: PLC0415

        with render.progress(render.console(stderr=True)) as on_progress:

            def landed_so_far(label: str, done: int, total: int | None) -> None:
                on_progress("land", label, done, total)

            with _landed_in_part(settings):
                if source == "starter":
                    found = snapshots.land_starter(settings, on_progress=landed_so_far)
                else:
                    found = snapshots.crawl(
                        settings, endpoints=endpoint, origins=origins, on_progress=landed_so_far
                    )
        _show_landed(settings, found)


@contextmanager
def _landed_in_part(settings: Settings) -> Iterator[None]:
    """Show what was landed before the error says what was not."""
    from warehouse.landing.snapshots import NotAllLandedError  # noqa: PLC0415

    try:
        yield
    except NotAllLandedError as error:
        _show_landed(settings, error.landed)
        raise


def _show_landed(settings: Settings, found: Sequence[Landed]) -> None:
    from warehouse.cli import render  # noqa: PLC0415

    out = render.console()
    out.print(render.landed(found))
    out.print(render.plain(f"Landing: {settings.landing_dir}"))


@app.command()
def backfill(
    release: Annotated[
        list[str] | None,
        typer.Option("--release", help="An older release, such as 2024-06; several times."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every release there is a list of.")] = False,
    archive_url: Annotated[
        str | None, typer.Option("--archive-url", help="Base address of the archive.")
    ] = None,
    verbose: VerboseOption = False,
) -> None:
    """Land older releases from UNHCR's archive, and stop there; the next run loads them."""
    with _failures(verbose):
        settings = load_settings()
        if bool(release) == every:
            raise typer.BadParameter("give --release ID (several times), or --all for every one")
        _log(verbose)
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.landing import backfill as archived  # noqa: PLC0415

        with render.progress(render.console(stderr=True)) as on_progress:

            def landed_so_far(label: str, done: int, total: int | None) -> None:
                on_progress("backfill", label, done, total)

            with _landed_in_part(settings):
                found = archived.backfill(
                    settings, releases=release, archive_url=archive_url, on_progress=landed_so_far
                )
        _show_landed(settings, found)


SnapshotArgument = Annotated[
    str,
    typer.Argument(
        help="DATASET@RELEASE, such as demographics@2025-12.1; or a snapshot's id, or DATASET/ID. "
        "`asylum status` lists them.",
        show_default=False,
    ),
]
WhyOption = Annotated[
    str, typer.Option("--why", help="The reason; kept with the snapshot.", show_default=False)
]


@app.command()
def accept(snapshot: SnapshotArgument, why: WhyOption) -> None:
    """Have a snapshot that is held back used all the same, from the next run on."""
    with _failures():
        settings = load_settings()
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.serve import quarantine  # noqa: PLC0415

        render.console().print(render.decided(quarantine.accept(settings, snapshot, why)))


@app.command()
def hold(snapshot: SnapshotArgument, why: WhyOption) -> None:
    """Hold a snapshot back, from the next run on, until somebody accepts it."""
    with _failures():
        settings = load_settings()
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.serve import quarantine  # noqa: PLC0415

        render.console().print(render.decided(quarantine.hold(settings, snapshot, why)))


@app.command()
def publish(
    *,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="URL",
            help="postgresql://USER@HOST/DATABASE. Without it: ASYLUM_POSTGRES_URL, which is the "
            "place for a password, since a command line is seen by all users of the machine.",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(help="Schema to make, or to replace. Without it: asylum.", show_default=False),
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(
            help="Role that may read it, made if there is none. Without it: asylum_reader.",
            show_default=False,
        ),
    ] = None,
    wait: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Seconds of patience with another publisher, and with readers. Without it: 60.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Publish even if the same build stands there already.")
    ] = False,
    verbose: VerboseOption = False,
) -> None:
    """Put the published tables into PostgreSQL, in one step for who reads there."""
    with _failures(verbose):
        settings = load_settings()
        _log(verbose)
        from pydantic import SecretStr  # noqa: PLC0415

        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published import postgresql  # noqa: PLC0415

        with render.progress(render.console(stderr=True)) as on_progress:
            done = postgresql.publish(
                settings,
                SecretStr(to) if to else None,
                schema=schema,
                reader=reader,
                wait=wait,
                force=force,
                on_table=lambda label, n, total: on_progress("postgresql", label, n, total),
            )
        typer.echo(done.sentence())


@app.command()
def status(
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
    held: Annotated[
        bool, typer.Option("--held", help="Only what is held back, with all that was found.")
    ] = False,
) -> None:
    """Snapshots, releases, what is held back, the published file, the last run."""
    with _failures():
        settings = load_settings()
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.serve.status import gather  # noqa: PLC0415

        state = gather(settings)
        if format_ == "json":
            typer.echo(json.dumps(state, indent=1, ensure_ascii=False))
        else:
            render.console().print(render.held(state) if held else render.status(state))


@app.command()
def claims(
    document: Annotated[
        str | None,
        typer.Option("--document", help="Claims of this document alone.", show_default=False),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The day that counts as now, YYYY-MM-DD.", show_default=False),
    ] = None,
    format_: Annotated[
        ClaimFormat, typer.Option("--format", help="How to write it; json has the inputs, too.")
    ] = "table",
    explain: Annotated[
        bool, typer.Option("--explain", help="Each claim with its explanation and its inputs.")
    ] = False,
) -> None:
    """Figures that published documents state, held against the database of the day and of now."""
    with _failures():
        settings = load_settings()
        day = _day("--as-of", as_of)
        from warehouse.claims import audit  # noqa: PLC0415
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published.read import open_published  # noqa: PLC0415

        with open_published(settings) as con:
            found = audit.audit(con, document, day)
        if format_ == "table":
            render.console().print(render.claims(found, explain=explain))
        else:
            written = {"json": audit.as_json, "csv": audit.as_csv, "markdown": audit.as_markdown}
            typer.echo(written[format_](found).rstrip("\n"))


@app.command()
def check(  # noqa: PLR0917 - options, given by name
    year: Annotated[int, typer.Option(help="The year the figure is for.", show_default=False)],
    published: Annotated[
        str,
        typer.Option(help="Day the claim was published, YYYY-MM-DD.", show_default=False),
    ],
    value: Annotated[
        float, typer.Option(help="The figure: persons, percent, times, place.", show_default=False)
    ],
    origin: Annotated[
        str | None, typer.Option(help="Country of origin as ISO3.", show_default=False)
    ] = None,
    asylum: Annotated[
        str | None, typer.Option(help="Country of asylum as ISO3.", show_default=False)
    ] = None,
    measure: Annotated[str, typer.Option(help="What is counted.")] = "asylum_seekers_stock",
    unit: Annotated[
        Literal["persons", "cases"], typer.Option(help="persons or cases.")
    ] = "persons",
    kind: Annotated[CheckKind, typer.Option(help="What is claimed of the figure.")] = "level",
    from_year: Annotated[
        int | None, typer.Option("--from-year", help="First year of a sum.", show_default=False)
    ] = None,
    base_year: Annotated[
        int | None,
        typer.Option("--base-year", help="Year a change or ratio is from.", show_default=False),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0, help="How far off still agrees. Without it: exactly, and 0.5 for percent."
        ),
    ] = None,
    read_as: Annotated[
        Literal["stock", "flow"] | None,
        typer.Option(
            "--read-as",
            help="What the claim makes of it: stock (people waiting) or flow (claims of the year). "
            "Without it: what the measure is.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
) -> None:
    """One claim on the spot: did UNHCR's database say so on that day, and does it now?"""
    with _failures():
        settings = load_settings()
        day = _day("--published", published)
        assert day is not None
        origin, asylum = (_iso3([code])[0] if code else None for code in (origin, asylum))
        from warehouse.claims import audit  # noqa: PLC0415
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.published.read import open_published  # noqa: PLC0415

        percent = kind in {"change", "share"}
        cells = {
            "document_id": "asked",
            "claim_id": "1",
            "kind": kind,
            "measure": measure,
            "counting_unit": unit,
            "origin_iso3": origin,
            "asylum_iso3": asylum,
            "from_year": year if from_year is None else from_year,
            "to_year": year,
            "base_from_year": base_year,
            "base_to_year": base_year,
            "stated_value": value,
            "tolerance": (0.5 if percent else 0) if tolerance is None else tolerance,
            "document_word": "people who apply" if read_as == "flow" else measure,
            "read_as": read_as or ("stock" if measure.endswith("_stock") else "flow"),
            "paraphrase": "The claim asked for",
            "location": "the command line",
        }
        with open_published(settings) as con:
            found = audit.check(con, cells, day)
        if format_ == "json":
            typer.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        else:
            render.console().print(render.checked(found))


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise typer.BadParameter(f"{option} {text!r} is no day as YYYY-MM-DD") from error


# What stands after MetricFlow's own command is MetricFlow's, `--help` too.
@app.command(context_settings={"allow_extra_args": True, "allow_interspersed_args": False})
def metrics(context: typer.Context) -> None:
    """MetricFlow on the published file: `query --metrics … --group-by …`, `list metrics`."""
    with _failures():
        settings = load_settings()
        from warehouse.serve import metrics as metricflow  # noqa: PLC0415

        code = metricflow.run(settings, context.args)
    raise typer.Exit(code)


@app.command()
def docs() -> None:
    """dbt's documentation of every table, column, test and metric, as one page without network."""
    with _failures():
        settings = load_settings()
        from warehouse.exports import dbt_docs  # noqa: PLC0415

        typer.echo(dbt_docs.export_dbt_docs(settings))


@app.command()
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 3000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; Dagster asks nobody who they are.")
    ] = "127.0.0.1",
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            help="Show everything, start and change nothing; schedule and sensors do not run.",
        ),
    ] = False,
) -> None:
    """Dagster's web UI, until Ctrl-C."""
    with _failures():
        settings = load_settings()
        _refuse_taken(host, port)
        from orchestration.instance import ensure_home  # noqa: PLC0415

        home = ensure_home(settings)
        typer.echo(f"http://{host}:{port} (Ctrl-C ends it)")
        sys.stdout.flush()
        os.chdir(PROJECT_ROOT)
        # Both take the definitions from pyproject.toml of the folder.
        words = ("dagster_webserver", "--read-only") if read_only else ("dagster", "dev")
        # This process becomes Dagster's: signals and its exit code are Dagster's own.
        os.execve(  # noqa: S606 - no shell, fixed words
            sys.executable,
            [
                *(sys.executable, "-m", *words),
                *("--host", host, "--port", str(port)),
            ],
            {**os.environ, **_paths(settings), "DAGSTER_HOME": str(home)},
        )


def _paths(settings: Settings) -> dict[str, str]:
    """Our paths as they are understood here: a relative one would follow the new directory."""
    return {
        "ASYLUM_DATA_DIR": str(settings.data_dir),
        "ASYLUM_STARTER_DIR": str(settings.starter_dir),
    }


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise typer.BadParameter(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
            ) from error


@app.command()
def sql(
    query: Annotated[
        str | None, typer.Argument(help="Without it: statements from a prompt or a pipe.")
    ] = None,
    format_: Annotated[
        SqlFormat | None,
        typer.Option(
            "--format",
            help="Without it: by the ending of --output, a table on a terminal, csv elsewhere.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the result to this file.")
    ] = None,
) -> None:
    """Query the published tables; nothing is written but the result."""
    with _failures():
        settings = load_settings()
        chosen = _sql_format(format_, output)
        if output and not output.absolute().parent.is_dir():
            raise typer.BadParameter(f"there is no folder {output.absolute().parent}")
        from warehouse.serve.query import open_session  # noqa: PLC0415

        scratch = output.absolute().parent if output else None
        with open_session(settings, scratch) as session:
            if query is None and sys.stdin.isatty():
                _prompt(session, chosen, output)
            else:
                _answer(session, sys.stdin.read() if query is None else query, chosen, output)


@app.command()
def report(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="File to write: .html for a page, .md for a text, .xlsx for a workbook.",
            show_default=False,
        ),
    ],
    origin: Annotated[
        str,
        typer.Option(
            help="Country of origin as ISO3; STA (stateless), UKN (unknown) and TIB (Tibetan) "
            "for those that have none."
        ),
    ] = DEFAULT_ORIGIN,
) -> None:
    """What there is on one country of origin, as a page, a text or a workbook."""
    with _failures():
        settings = load_settings()
        from warehouse.cli import render  # noqa: PLC0415
        from warehouse.exports.origins import UnknownOriginError  # noqa: PLC0415
        from warehouse.exports.report import ReportFormatError, write_report  # noqa: PLC0415

        try:
            written = write_report(settings, origin, out)
        except (UnknownOriginError, ReportFormatError) as error:
            raise typer.BadParameter(str(error)) from error
        out_ = render.console()
        out_.print(render.plain(f"{out}: {written.summary}"), soft_wrap=True)


def _sql_format(format_: SqlFormat | None, output: Path | None) -> SqlFormat:
    if output:
        by_ending: dict[str, SqlFormat] = {".json": "json", ".parquet": "parquet"}
        format_ = format_ or by_ending.get(output.suffix.lower(), "csv")
        if format_ == "table":
            raise typer.BadParameter("a table is for the terminal; a file is csv, json or parquet")
        return format_
    on_terminal = sys.stdout.isatty()
    if format_ == "parquet" and on_terminal:
        raise typer.BadParameter("parquet is not for a terminal; add --output FILE")
    return format_ or ("table" if on_terminal else "csv")


def _answer(session: Session, text: str, format_: SqlFormat, output: Path | None) -> None:
    """Run statements; tables are printed one after the other, a file takes one result."""
    from warehouse.cli import render  # noqa: PLC0415
    from warehouse.core import files  # noqa: PLC0415
    from warehouse.serve.query import QueryError  # noqa: PLC0415

    results = session.run(text)
    if format_ == "table":
        out = render.console()
        for result in results:
            out.print(render.result_table(session.head(result, SHOWN_ROWS), out.width))
        return
    written: Path | None = None
    for result in results:
        if written:
            raise QueryError(
                f"More than one statement has a result, and {format_} has room for one. "
                f"Give them one at a time, or use --format table."
            )
        written = session.write(result, format_)
    if written is None:
        raise QueryError("No statement here has a result, so there is nothing to write.")
    if output:
        files.replace(written, output.absolute())
        typer.echo(f"{output} written", err=True)
        return
    with written.open("rb") as content:
        shutil.copyfileobj(content, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _prompt(session: Session, format_: SqlFormat, output: Path | None) -> None:
    from warehouse.cli import render, shell  # noqa: PLC0415

    shell.loop(
        session,
        render.console(),
        render.console(stderr=True),
        lambda text: _answer(session, text, format_, output),
    )


def _source_settings(source: Source | None, api_url: str | None) -> tuple[Settings, Source]:
    """The settings and the source that the options ask for."""
    settings = load_settings()
    if api_url is None:
        return settings, source or "starter"
    if source == "starter":
        raise typer.BadParameter("--api-url goes with --source api, not with starter")
    values: dict[str, Any] = settings.model_dump() | {"api_url": api_url}
    try:
        return Settings.model_validate(values), "api"
    except ValueError as error:
        raise typer.BadParameter(
            "--api-url is not an http(s) address without user and password"
        ) from error


def _iso3(given: list[str] | None) -> list[str]:
    codes = [code.strip().upper() for code in given or []]
    for code in codes:
        if not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise typer.BadParameter(f"--origin {code!r} is not an ISO3 code, such as CHN or SYR")
    return list(dict.fromkeys(codes))


def _log(verbose: bool) -> None:
    if verbose:
        import logging  # noqa: PLC0415

        logging.basicConfig(level=logging.INFO, stream=sys.stderr)


@contextmanager
def _failures(
    verbose: bool = False, after: Callable[[], str | None] = lambda: None
) -> Iterator[None]:
    """What went wrong as one message and an exit code: 2 for what was asked, 1 for what happened.

    Errors of our own, of DuckDB and of the system speak for themselves. Any other is a defect,
    and shows its traceback. What `after` has to say follows the message.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        typer.echo("\nStopped. The published file is as it was; run again to go on.", err=True)
        raise typer.Exit(INTERRUPTED) from stop
    except BrokenPipeError as closed:
        # The reader of our output had enough, as `head` has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from closed
    except SettingsError as error:
        _say(str(error))
        raise typer.Exit(2) from error
    except Exception as error:
        if not (isinstance(error, OSError) or _speaks_for_itself(error)):
            raise
        if verbose:
            traceback.print_exc()
        _say(str(error), after())
        raise typer.Exit(1) from error


def _speaks_for_itself(error: Exception) -> bool:
    home = type(error).__module__.split(".")[0]
    return home in {"warehouse", "orchestration", "duckdb", "_duckdb"} or type(error) is ValueError


def _say(message: str, after: str | None = None) -> None:
    from warehouse.cli import render  # noqa: PLC0415

    render.console(stderr=True).print(render.failure(f"asylum: {message}", after), soft_wrap=True)


if __name__ == "__main__":
    main()
