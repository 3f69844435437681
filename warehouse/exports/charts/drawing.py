"""What a drawing is, and how it becomes a picture."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import vl_convert
from altair import TopLevelMixin

from warehouse.exports.charts.style import config

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Drawing:
    """A picture of figures of one origin, with its words."""

    name: str
    """Part of file names, and the id in a page."""
    title: str
    """Heading, in words, with the origin's name as upstream writes it: escape it."""
    description: str
    """What is drawn and its main figures, for those who do not see it: escape it."""
    chart: TopLevelMixin
    """Without colours: `spec` adds them."""

    def spec(self, *, dark: bool = False) -> dict[str, Any]:
        """The Vega-Lite specification with the colours of a light or a dark page."""
        spec: dict[str, Any] = self.chart.to_dict()
        spec["description"] = self.description
        spec["config"] = config(dark=dark)
        return spec

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, on white."""
        svg: str = vl_convert.vegalite_to_svg(self.spec())
        return svg

    def png(self, scale: float = 1) -> bytes:
        """The picture as PNG, on white; `scale` 1 is a pixel a pixel of the page."""
        return _smaller(vl_convert.svg_to_png(self.svg, scale=scale))


def _smaller(png: bytes) -> bytes:
    """The same picture with its pixels packed anew: vl-convert packs in haste, and four times as
    large.
    """
    position, head, pixels, tail = len(_SIGNATURE), b"", b"", b""
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        kind = png[position + 4 : position + 8]
        end = position + 12 + length
        if kind == b"IDAT":
            pixels += png[position + 8 : end - 4]
        elif pixels:
            tail += png[position:end]
        else:
            head += png[position:end]
        position = end
    packed = b"IDAT" + zlib.compress(zlib.decompress(pixels))
    chunk = struct.pack(">I", len(packed) - 4) + packed + struct.pack(">I", zlib.crc32(packed))
    return _SIGNATURE + head + chunk + tail
