"""What a drawing is, and how it becomes a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import vl_convert

from warehouse.exports.charts.style import config


def start_engine() -> None:
    """Start what draws, for all drawings of this process; the first one starts it otherwise."""
    vl_convert.vegalite_to_svg({"mark": "point", "data": {"values": []}})


@dataclass(frozen=True)
class Drawing:
    """A picture of figures of one origin, with its words."""

    name: str
    """Part of file names, and the id in a page."""
    title: str
    """Heading, in words, with the origin's name as upstream writes it: escape it."""
    description: str
    """What is drawn and its main figures, for those who do not see it: escape it."""
    chart: dict[str, Any]
    """Without colours: `spec` adds them."""

    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification with the colours of a light page."""
        return self.chart | {"description": self.description, "config": config()}

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, on white."""
        svg: str = vl_convert.vegalite_to_svg(self.spec())
        return svg

    def png(self, scale: float = 1) -> bytes:
        """The picture as PNG, on white; `scale` 1 is a pixel a pixel of the page."""
        png: bytes = vl_convert.svg_to_png(self.svg, scale=scale)
        return png
