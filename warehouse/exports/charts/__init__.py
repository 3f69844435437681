"""Charts of one country of origin, drawn from the published file: files, and specs for the page.

`drawings` makes them, `export_charts` puts them under `exports/charts/` as PNG and SVG. A drawing a
module; what they share in looks stands in `style`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.core import files
from warehouse.exports import origins
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
from warehouse.exports.charts.frame import specs
from warehouse.exports.charts.style import config
from warehouse.exports.origins import Origin, find_origin
from warehouse.published.read import open_published, read_columns
from warehouse.settings import Settings

__all__ = [
    "FOLDER",
    "NAMES",
    "READS",
    "ChartsWritten",
    "Drawing",
    "config",
    "drawings",
    "export_charts",
    "specs",
    "write_drawing",
]

FOLDER = "charts"
# The country of origin that each run draws; `asylum report` draws any other.
CHARTED = "CHN"
_SCALE = 2
# In the order in which a reader meets them.
_DRAWN_BY = {
    "yearly": yearly,
    "releases": releases,
    "flows": flows,
    "destinations": destinations,
    "heatmap": heatmap,
    "rank": rank,
    "carried_forward": carried_forward,
}
NAMES = tuple(_DRAWN_BY)
# The published tables that drawings are made from, and that name their origin.
READS = origins.READS.union(*(module.READS for module in _DRAWN_BY.values()))


@dataclass(frozen=True)
class ChartsWritten:
    """The files, and by the name of a drawing its picture as PNG, a pixel a pixel of the page."""

    paths: tuple[Path, ...]
    pictures: dict[str, bytes]


def drawings(
    con: duckdb.DuckDBPyConnection, origin: Origin, names: Sequence[str] = NAMES
) -> list[Drawing]:
    """The drawings of an origin of which there are data, of an opened published file.

    An origin without figures gives an empty list, and a file without the tables of a drawing does
    not give that one.
    """
    tables = read_columns(con).keys()
    wanted = (_DRAWN_BY[name] for name in names)
    made = (module.draw(con, origin) for module in wanted if tables >= module.READS)
    return [drawing for drawing in made if drawing is not None]


def write_drawing(drawing: Drawing, path: Path) -> None:
    """Write a drawing as PNG or SVG, as the ending of `path` says."""
    if path.suffix.lower() == ".png":
        path.write_bytes(drawing.png(scale=_SCALE))
    else:
        path.write_text(drawing.svg, encoding="utf-8")


def export_charts(settings: Settings) -> ChartsWritten:
    """Draw the charted origin of the published file; files of drawings it no longer has are
    removed. Raises PublishedMissingError when the file does not open.
    """
    with open_published(settings) as con:
        drawn = drawings(con, find_origin(con, CHARTED))
    paths = _write(drawn, settings)
    return ChartsWritten(tuple(paths), {drawing.name: drawing.png() for drawing in drawn})


def _write(drawn: Sequence[Drawing], settings: Settings) -> list[Path]:
    folder = settings.exports_dir / FOLDER
    prefix = f"{CHARTED.lower()}_"
    written = []
    with files.all_in_place_of(folder) as staging:
        for drawing in drawn:
            for ending in ("png", "svg"):
                name = f"{prefix}{drawing.name}.{ending}"
                write_drawing(drawing, staging / name)
                written.append(folder / name)
    for path in folder.iterdir():
        if path.name.startswith(prefix) and path not in written:
            path.unlink()
    return written
