"""Charts of one country of origin, drawn from the published file: files, and specs for the page.

`drawings` makes them, `write_charts` puts them under `exports/charts/` as PNG and SVG. A drawing
a module; what they share in looks stands in `style`.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb
import vl_convert

from warehouse import atomic
from warehouse.exports.charts import (
    carried_forward,
    destinations,
    flows,
    heatmap,
    rank,
    releases,
    yearly,
)
from warehouse.exports.charts.drawing import Drawing
from warehouse.exports.charts.style import config
from warehouse.publish import open_published
from warehouse.settings import Settings

__all__ = ["FOLDER", "Drawing", "config", "drawings", "export_charts", "write_charts"]

FOLDER = "charts"
_STAGING_PREFIX = ".charts-"
_SCALE = 2
# In the order in which a reader meets them.
_DRAW = (
    yearly.draw,
    releases.draw,
    flows.draw,
    destinations.draw,
    heatmap.draw,
    rank.draw,
    carried_forward.draw,
)


def drawings(con: duckdb.DuckDBPyConnection, origin_iso3: str) -> list[Drawing]:
    """The drawings of an origin of which there are data, of an opened published file.

    An origin without figures gives an empty list.
    """
    made = (draw(con, origin_iso3) for draw in _DRAW)
    return [drawing for drawing in made if drawing is not None]


def export_charts(settings: Settings, origin_iso3: str = "CHN") -> list[Path]:
    """Draw the figures of a country of origin; returns the paths, PNG and SVG of each drawing.

    An origin without figures gives no chart, and an empty list. Raises PublishedMissingError when
    nothing is published.
    """
    with open_published(settings) as con:
        return write_charts(con, settings, origin_iso3)


def write_charts(
    con: duckdb.DuckDBPyConnection, settings: Settings, origin_iso3: str = "CHN"
) -> list[Path]:
    """`export_charts` for a published file that is already open."""
    drawn = drawings(con, origin_iso3)
    if not drawn:
        return []
    folder = settings.exports_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for left in settings.exports_dir.glob(f"{_STAGING_PREFIX}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_STAGING_PREFIX, dir=settings.exports_dir) as staging:
        files = []
        for drawing in drawn:
            png = Path(staging) / f"{origin_iso3.lower()}_{drawing.name}.png"
            svg = png.with_suffix(".svg")
            spec = drawing.spec()
            png.write_bytes(vl_convert.vegalite_to_png(spec, scale=_SCALE))
            svg.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
            files += [png, svg]
        for path in files:
            atomic.replace(path, folder / path.name)
    return [folder / path.name for path in files]
