"""`exports/dbt_docs.html`: dbt's documentation of the project as one page that needs no network.

dbt's own page, with the project's manifest and catalogue put in. What is left out of them: other
packages' macros, paths and identities of the machine, times. Every data test says what it tests.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from warehouse.build import dbt, sentences
from warehouse.core import files
from warehouse.published.read import open_published, read_about
from warehouse.settings import Settings

FILE_NAME = "dbt_docs.html"
_MANIFEST = '"MANIFEST.JSON INLINE DATA"'
_CATALOG = '"CATALOG.JSON INLINE DATA"'
# Parts of the manifest whose entries say of themselves where they are and when they were read.
_COLLECTIONS = (
    *("nodes", "sources", "macros", "exposures", "metrics", "groups", "semantic_models"),
    *("unit_tests", "saved_queries", "docs"),
)
_OF_THE_MACHINE = ("root_path", "build_path", "compiled_path", "created_at", "checksum")
_OF_THE_CALL = ("user_id", "invocation_id", "invocation_started_at", "env", "run_started_at")


def export_dbt_docs(settings: Settings) -> Path:
    """Write the page for the project as it is now; returns its path.

    Raises PublishedMissingError when nothing is published, DbtError when dbt stops.
    """
    with open_published(settings) as con:
        release = read_about(con)["release"]
    template, manifest, catalog = (path.read_text("utf-8") for path in dbt.document(settings))
    page = render(template, json.loads(manifest), json.loads(catalog), release)
    settings.exports_dir.mkdir(parents=True, exist_ok=True)
    path = settings.exports_dir / FILE_NAME
    files.write_text(path, page)
    return path


def render(template: str, manifest: dict[str, Any], catalog: dict[str, Any], release: str) -> str:
    """dbt's page with these artifacts in it. Raises ValueError where it has no room."""
    for placeholder in (_MANIFEST, _CATALOG):
        if template.count(placeholder) != 1:
            raise ValueError(
                f"dbt's page has {template.count(placeholder)} places for {placeholder}, not one: "
                f"another version of dbt? warehouse/exports/dbt_docs.py puts the project there."
            )
    title = f"<title>asylum warehouse, release {html.escape(release)}</title>"
    page = template.replace("<title>dbt Docs</title>", title)
    page = page.replace(_MANIFEST, _inline(documented(manifest)))
    return page.replace(_CATALOG, _inline(_timeless(catalog)))


def documented(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest as a reader of the page needs it, each data test described."""
    project = manifest["metadata"]["project_name"]
    shown = _timeless(manifest)
    for name in _COLLECTIONS:
        shown[name] = {
            unique_id: {key: value for key, value in one.items() if key not in _OF_THE_MACHINE}
            for unique_id, one in manifest.get(name, {}).items()
            if name != "macros" or one["package_name"] == project
        }
    for node in shown["nodes"].values():
        if node["resource_type"] == "test":
            node["description"] = sentences.said(node)
    # Versions of a node that are switched off: there are none, and they would say where they are.
    shown["disabled"] = {}
    return shown


def _timeless(artifact: dict[str, Any]) -> dict[str, Any]:
    metadata = {
        key: value for key, value in artifact["metadata"].items() if key not in _OF_THE_CALL
    }
    # The page shows it; a day of its own would make equal pages differ.
    metadata["generated_at"] = "1970-01-01T00:00:00Z"
    return artifact | {"metadata": metadata}


def _inline(artifact: dict[str, Any]) -> str:
    """JSON inside a script: a `</script>` in a text does not end it."""
    text = json.dumps(artifact, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
