"""The report as one page: one file that needs no network, for browsers, phones and paper.

Everything that comes from upstream goes through Jinja's autoescape, or as JSON into a data block
that no browser runs. The page's own scripts are allowed by their hashes and nothing else is, so
even text that slipped through could not be run, and could not fetch or send anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from warehouse.core import attribution, wording
from warehouse.exports import findings
from warehouse.exports.charts import Drawing, config
from warehouse.exports.findings import Findings
from warehouse.exports.findings.words import DEFINITIONS
from warehouse.exports.templating import environment, text_of, vega_library
from warehouse.reference.claim_lists import verdicts

_SVG_SIZE = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)"[^>]*?\sheight="([\d.]+)"')


def render(found: Findings, drawings: Sequence[Drawing]) -> str:
    """The page of an origin as HTML."""
    scripts = [_script(name) for name in ("drawing.js", "claims.js", "report.js")]
    if drawings:
        scripts.insert(0, _inline(vega_library()))
    template = environment().get_template("report.html")
    return template.render(
        found=found,
        about=found.about,
        held_back=found.held_back,
        title=f"{wording.visible(found.origin.of('People'))} who seek asylum abroad",
        summary=findings.summary(found),
        nothing=findings.nothing_known(found),
        advice=findings.what_to_do(found),
        charts=[_chart(drawing) for drawing in drawings],
        contents=_contents(found, drawings),
        verdicts=verdicts(),
        met={claim.verdict for claim in found.claims},
        definitions=DEFINITIONS,
        numeric=wording.NUMERIC,
        licence_title=attribution.LICENCE_TITLE,
        looks=looks() if drawings else None,
        style=_script("report.css"),
        scripts=scripts,
        policy=_policy(scripts),
    )


def _contents(found: Findings, drawings: Sequence[Drawing]) -> list[tuple[str, str]]:
    """The headings of the page, in order, by the beginning of their ids."""

    def headings(names: Sequence[str]) -> list[tuple[str, str]]:
        return [(part.name, part.title) for part in map(found.section, names) if part.tables]

    return [
        ("figures", "Headline figures"),
        *([("charts", "Charts")] if drawings else []),
        *headings(findings.ABOVE_CLAIMS),
        *([("claims", "What others published, checked")] if found.claims else []),
        *headings(findings.BELOW_CLAIMS),
        ("definitions", "Definitions"),
        ("source", "Source, licence, terms"),
    ]


def _chart(drawing: Drawing) -> dict[str, Any]:
    spec = drawing.spec()
    svg = drawing.svg
    # The page brings the colours once for all charts, and the alternative text itself.
    del spec["config"], spec["description"]
    size = _SVG_SIZE.search(svg)
    if size is None:
        raise ValueError(f"The chart {drawing.name} was drawn without a size: {svg[:200]}")
    return {
        "name": drawing.name,
        "title": drawing.title,
        "description": drawing.description,
        "spec": spec,
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}",
        "width": round(float(size[1])),
        "height": round(float(size[2])),
    }


def looks() -> dict[str, Any]:
    """The colours of charts on a light and on a dark page; the page itself is their paper."""
    return {
        name: config(dark=dark) | {"background": "transparent"}
        for name, dark in (("light", False), ("dark", True))
    }


def _script(name: str) -> str:
    return _inline(text_of(name))


def _inline(text: str) -> str:
    """Code as it can stand within its element; refused if it would end or hide it."""
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ValueError("Code with </script>, </style> or <!-- in it cannot stand in a page.")
    return text


def _policy(scripts: Sequence[str]) -> str:
    """Nothing is loaded or sent; only these scripts run. Styles may be set, as charts need."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        f"base-uri 'none'; form-action 'none'"
    )
