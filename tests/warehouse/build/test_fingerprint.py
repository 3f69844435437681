"""The fingerprint of the code: it changes with any file that makes a build or an export."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from warehouse.build import fingerprint
from warehouse.settings import PROJECT_ROOT, Settings


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, which the fingerprint is taken of."""
    copy = tmp_path / "warehouse"
    shutil.copytree(
        PROJECT_ROOT / "warehouse", copy, ignore=lambda folder, names: {"data", "__pycache__"}
    )
    monkeypatch.setattr(fingerprint, "PACKAGE_DIR", copy)
    monkeypatch.setattr(fingerprint, "project_hash", lambda settings: "the dbt project")
    return copy


def test_a_change_of_any_file_of_the_package_changes_the_fingerprint(package: Path) -> None:
    settings = Settings(data_dir=package.parent / "data")
    before = fingerprint.code_hash(settings)
    files = sorted(path for path in package.rglob("*") if path.is_file())
    assert {path.suffix for path in files} > {".py", ".css", ".json"}
    assert any(path.parent.name == "charts" for path in files)
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        assert fingerprint.code_hash(settings) != before, path
        path.write_bytes(content)
    assert fingerprint.code_hash(settings) == before


def test_what_is_built_or_landed_is_no_code(package: Path) -> None:
    before = fingerprint.code_hash(Settings(data_dir=package.parent / "data"))
    for folder in ("data", "elsewhere", "__pycache__"):
        (package / folder).mkdir()
        (package / folder / "built").write_text("from figures")
    assert fingerprint.code_hash(Settings(data_dir=package / "elsewhere")) == before


def test_a_new_file_and_a_renamed_one_change_the_fingerprint(package: Path) -> None:
    settings = Settings(data_dir=package.parent / "data")
    hashes = [fingerprint.code_hash(settings)]
    new = package / "exports" / "new.py"
    new.write_text("")
    hashes.append(fingerprint.code_hash(settings))
    new.rename(new.with_name("newer.py"))
    hashes.append(fingerprint.code_hash(settings))
    assert len(set(hashes)) == len(hashes)
