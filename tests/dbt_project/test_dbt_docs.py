"""dbt's documentation as one page: complete, of no machine, and readable without a network."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium
from warehouse.build import dbt
from warehouse.exports import dbt_docs
from warehouse.settings import PROJECT_ROOT, Settings


@pytest.fixture(scope="module")
def page(published_starter: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The page of the starter build, made in a copy of its data folder."""
    copy = tmp_path_factory.mktemp("docs") / "data"
    shutil.copytree(published_starter.data_dir, copy)
    yield dbt_docs.export_dbt_docs(Settings(data_dir=copy, threads=2))


@pytest.fixture(scope="module")
def shown(manifest: dict[str, Any]) -> dict[str, Any]:
    return dbt_docs.documented(manifest)


def test_every_model_column_seed_source_and_test_is_described(shown: dict[str, Any]) -> None:
    nodes = [*shown["nodes"].values(), *shown["sources"].values()]
    nodes = [node for node in nodes if node["resource_type"] != "operation"]
    kinds = {node["resource_type"] for node in nodes}
    assert kinds >= {"model", "seed", "test", "source"}
    assert [node["unique_id"] for node in nodes if not node["description"].strip()] == []
    bare = [
        f"{node['name']}.{name}"
        for node in nodes
        for name, column in node["columns"].items()
        if node["resource_type"] != "test" and not column["description"].strip()
    ]
    assert bare == []
    others = [*shown["metrics"].values(), *shown["semantic_models"].values()]
    assert [one["name"] for one in others if not one["description"]] == []


def test_a_test_is_described_by_its_kind_and_what_it_was_given(shown: dict[str, Any]) -> None:
    found = {node["name"]: node["description"] for node in shown["nodes"].values()}
    assert found["expect_unique_grain__dim_era"] == "No two rows share `era_id`."
    own = shown["nodes"]["test.asylum.assert_decisions_by_asylum_add_up_to_origin"]
    assert "add up to the origin" in own["description"]


def test_the_page_holds_the_project_and_nothing_of_the_machine(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in ("mart_origin_yearly", "asylum_seekers_stock", "refugee_recognition_rate"):
        assert f'"{name}"' in text
    for path in (str(PROJECT_ROOT), str(page.parent.parent), str(Path.home()), "root_path"):
        assert path not in text
    assert not re.search(r'"(user_id|invocation_id)":', text)


def test_the_page_is_the_same_twice(page: Path) -> None:
    first = page.read_bytes()
    data_dir = page.parent.parent
    assert dbt_docs.export_dbt_docs(Settings(data_dir=data_dir, threads=2)) == page
    assert page.read_bytes() == first


def test_a_text_does_not_end_the_script_it_stands_in(manifest: dict[str, Any]) -> None:
    hostile = json.loads(json.dumps(manifest))
    hostile["nodes"]["model.asylum.dim_era"]["description"] = "</script><script>alert(1)</script>"
    template = '<title>dbt Docs</title>"MANIFEST.JSON INLINE DATA" "CATALOG.JSON INLINE DATA"'
    text = dbt_docs.render(template, hostile, {"metadata": {}}, "2025-12.1")
    assert "</script" not in text
    assert r"<\/script>" in text


def test_a_page_without_room_for_the_project_is_refused() -> None:
    with pytest.raises(ValueError, match="another version of dbt"):
        dbt_docs.render("<html></html>", {}, {}, "2025-12.1")


def test_documenting_needs_a_build(tmp_path: Path) -> None:
    with pytest.raises(dbt.DbtError, match="build first"):
        dbt.document(Settings(data_dir=tmp_path))


def test_chromium_shows_a_model_with_its_columns_without_a_network(page: Path) -> None:
    asked: list[str] = []
    errors: list[str] = []
    with chromium() as browser:
        tab = browser.new_context(offline=True).new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(f"{page.as_uri()}#!/model/model.asylum.mart_origin_yearly")
        tab.wait_for_selector("text=asylum_seekers_stock_world_share", state="attached")
        text = tab.inner_text("body")
    assert "mart_origin_yearly" in text
    assert "A row is" in text
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
