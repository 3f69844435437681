"""Which Pythons are supported is said alike everywhere, and another is refused at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from warehouse.settings import PROJECT_ROOT

SUPPORTED = ["3.11", "3.12", "3.13"]


def set_up_with(folder: Path, version: str) -> subprocess.CompletedProcess[str]:
    """`make run` in a copy without an environment, with a python that only says its version."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT_ROOT / name, folder / name)
    major, minor = version.split(".")
    python = folder / "python"
    # It runs the check with another version, and notes what else it was asked to do.
    python.write_text(
        f"""#!/bin/sh
if [ "$1" = -c ]; then
    exec python3 -c "import sys; sys.version_info = ({major}, {minor}, 1); exec(sys.argv[1])" "$2"
fi
echo "$@" >> {folder}/asked
exit 1
"""
    )
    python.chmod(0o755)
    return subprocess.run(
        ["make", "run", f"PYTHON={python}"], cwd=folder, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("version", ["3.10", "3.14", "4.0"])
def test_another_python_is_refused_in_one_sentence_before_anything_is_installed(
    tmp_path: Path, version: str
) -> None:
    done = set_up_with(tmp_path, version)
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        f"Python 3.11, 3.12 or 3.13 is needed; {tmp_path}/python is {version}. "
        "Try: make PYTHON=python3.11"
    ]
    assert not (tmp_path / "asked").exists()
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("version", SUPPORTED)
def test_a_supported_python_makes_the_environment(tmp_path: Path, version: str) -> None:
    set_up_with(tmp_path, version)
    assert (tmp_path / "asked").read_text() == "-m venv .venv\n"


def test_the_bounds_are_the_same_wherever_they_stand() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["requires-python"] == ">=3.11,<3.14"
    readme = (PROJECT_ROOT / "README.md").read_text("utf-8")
    assert "With Python 3.11, 3.12 or 3.13, and make" in readme
    ran = re.search(
        r"^FROM python:(3\.\d+)", (PROJECT_ROOT / "deploy/Containerfile").read_text(), re.M
    )
    assert ran and ran[1] in SUPPORTED
