"""Imports point one way: a room imports itself and the rooms before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from warehouse.settings import PROJECT_ROOT

ROOMS = (
    *("settings", "core", "reference", "sources", "landing", "releases", "build", "published"),
    *("claims", "exports", "serve", "orchestration", "cli"),
)
PACKAGES = ("warehouse", "orchestration")


def room(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] != "warehouse" else parts[1]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each module of ours that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports from the top"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names]
            found = names if module == "warehouse" else [module]
        elif isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        else:
            continue
        for name in found:
            if name.split(".")[0] in PACKAGES:
                yield node.lineno, name


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((PROJECT_ROOT / package).rglob("*.py")):
            inside = path.relative_to(PROJECT_ROOT)
            if inside.parts[:2] != ("warehouse", "data") and len(inside.parts) > 1:
                yield ".".join(inside.with_suffix("").parts), path


def test_every_module_is_in_a_room() -> None:
    found = {room(name) for name, path in modules() if name != "warehouse.__init__"}
    assert found == set(ROOMS)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{path.relative_to(PROJECT_ROOT)}:{line} imports {target}"
        for name, path in modules()
        if name != "warehouse.__init__"
        for line, target in imported(path)
        if ROOMS.index(room(target)) > ROOMS.index(room(name))
    ]
    assert wrong == []
