"""The templates of pages: what they can call, and how text of upstream is kept text.

Everything that comes from upstream goes through autoescape, or as JSON into a data block that no
browser runs.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import jinja2
import vl_convert

from warehouse.core import wording

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def environment() -> jinja2.Environment:
    """The environment of all pages; filters write figures and days as every product does."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "seen": lambda text: wording.visible(str(text)),
        "show": wording.show,
        "value": wording.number,
        "day": wording.day,
        "moment": lambda iso: wording.moment(iso) if iso else wording.NOT_KNOWN,
        "plural": wording.plural,
    }
    # `tojson` makes a data block safe to stand in a page; names stay legible in it.
    made.policies["json.dumps_function"] = json.dumps
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def text_of(name: str) -> str:
    """The text of a file beside the templates: a style or a script of ours."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@functools.cache
def vega_library() -> str:
    """Vega, Vega-Lite and Vega-Embed, as vl-convert brings them: drawn in a page as in files."""
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
