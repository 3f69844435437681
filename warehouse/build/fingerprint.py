"""One hash of the inputs of a build: landed content and code. Equal hashes, equal tables.

Beside it the note of the last build whose data tests all passed. Nothing is published without that
note, and it carries what the published file must say about itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.build.lineage import Lineage
from warehouse.core import files
from warehouse.landing import decision
from warehouse.landing.snapshots import manifests
from warehouse.settings import PROJECT_NAME, Settings, installed

PACKAGE_DIR = Path(__file__).resolve().parent.parent
# What decides the result besides our own files: another version may round or sort otherwise.
_SQL = ("duckdb", "dbt-core", "dbt-duckdb")
_LIBRARIES = (PROJECT_NAME, *_SQL)
_NOT_SOURCE = {"target", "logs", "dbt_packages", "__pycache__"}
_NOTE = "tested.json"

# (endpoint, snapshot_id, what `content_of` makes)
Snapshot = tuple[str, str, str]


class TestedBuild(BaseModel):
    """The build database as it stood when all its data tests had passed.

    `rows` are those of the tables that are published, by name.
    """

    __test__ = False  # not a test, for all its name
    model_config = ConfigDict(extra="forbid")

    finished_at: datetime
    lineage: Lineage
    rows: dict[str, int]


def project_hash(settings: Settings) -> str:
    """sha256 over all files dbt reads, project and reference seeds, and what runs them."""
    seeds = settings.dbt_dir.parent / "seeds" / "reference"
    project = _hash_files([*_files(settings.dbt_dir), *_files(seeds)], settings.dbt_dir.parent)
    return _hash_lines(
        [project, *(f"{name}=={installed(name) or 'not installed'}" for name in _LIBRARIES)]
    )


def code_hash(settings: Settings) -> str:
    """sha256 over all that shapes tables and exports but the figures: dbt project, the package
    `warehouse` at any depth with what it renders (templates), versions.
    """
    data = {settings.data_dir.resolve(), PACKAGE_DIR / "data"}
    package = _hash_files(_files(PACKAGE_DIR, but_below=data), PACKAGE_DIR)
    return _hash_lines([project_hash(settings), package])


def content_of(content_sha256: str, decision_sha256: str | None) -> str:
    """What decides the part of a build that is a snapshot's: its content, and who decided on it."""
    return content_sha256 if decision_sha256 is None else f"{content_sha256}+{decision_sha256}"


def combined(snapshots: Iterable[Snapshot], code: str) -> str:
    """The fingerprint of tables made from `snapshots` by `code`; their order does not matter."""
    return _hash_lines([code, *sorted("\t".join(snapshot) for snapshot in snapshots)])


def expected(settings: Settings) -> str:
    """The fingerprint that a build made now, from all that is landed, would have."""
    landed = []
    for folder, manifest in manifests(settings):
        decided = decision.read(folder)
        content = content_of(manifest.content_sha256, decided.sha256 if decided else None)
        landed.append((manifest.endpoint, manifest.snapshot_id, content))
    return combined(landed, code_hash(settings))


def forget_tested(settings: Settings) -> None:
    """Say that the build database is being changed."""
    _note(settings).unlink(missing_ok=True)


def keep_tested(settings: Settings, build: TestedBuild) -> None:
    """Say that all data tests passed on the build database as it is."""
    files.write_text(_note(settings), build.model_dump_json(indent=1) + "\n")


def read_tested(settings: Settings) -> TestedBuild | None:
    """The note of the build database; None if its last build was not whole, a test failed, or the
    note cannot be read: then the next build writes another.
    """
    try:
        return TestedBuild.model_validate_json(_note(settings).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _note(settings: Settings) -> Path:
    return settings.dbt_target_dir / _NOTE


def _files(folder: Path, but_below: Collection[Path] = ()) -> Iterator[Path]:
    """All files below `folder` but hidden ones, what dbt itself writes, and those below other
    folders; in the order of their names.
    """
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_SOURCE or path.name.startswith(".") or path in but_below:
            continue
        if path.is_dir():
            yield from _files(path, but_below)
        elif path.is_file():
            yield path


def _hash_files(paths: Iterable[Path], root: Path) -> str:
    return _hash_lines(
        f"{path.relative_to(root).as_posix()}\t{hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in paths
    )


def _hash_lines(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
