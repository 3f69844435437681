"""The looks that drawings share: every colour, in a light and a dark set, and sizes.

Marks name a style (`"style": "stock"`) and scales a range of the config; neither names a
colour, so that a page changes the colours of all by another `config`.
"""

from __future__ import annotations

from typing import Any

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
TEXT_SIZE = 12
# Okabe and Ito's palette, told apart by colour-blind readers too.
BLUE, ORANGE, GREEN, SKY = "#0072B2", "#E69F00", "#009E73", "#56B4E9"
VERMILLION, PURPLE, BLACK, YELLOW = "#D55E00", "#CC79A7", "#000000", "#F0E442"

_LIGHT = {
    "text": "#222222",
    "quiet": "#555555",
    "lines": "#dddddd",
    "paper": "#ffffff",
    "band": "#8a8a8a",
    "stock": BLUE,
    "rest": "#9a9a9a",
    # On white, yellow is hard to see.
    "category": [BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, BLACK, "#8a7a00"],
    "ordinal": [GREEN, SKY, VERMILLION, "#a6a6a6"],
    "heatmap": ["#e3f0fa", "#9ecae1", "#4292c6", "#08519c", "#08264d"],
}
_DARK = {
    "text": "#eeeeee",
    "quiet": "#bdbdbd",
    "lines": "#444444",
    "paper": "#1b1b1b",
    "band": "#9a9a9a",
    "stock": SKY,
    "rest": "#8a8a8a",
    "category": [SKY, ORANGE, GREEN, "#ff7f3f", "#a6cee3", PURPLE, "#ffffff", YELLOW],
    "ordinal": [GREEN, SKY, "#ff7f3f", "#8a8a8a"],
    "heatmap": ["#10263d", "#1f5688", "#3f8fcc", "#8cc7ee", "#e8f5ff"],
}


def config(*, dark: bool = False) -> dict[str, Any]:
    """The Vega-Lite configuration of a light page, which the files have too, or of a dark one."""
    colours: dict[str, Any] = _DARK if dark else _LIGHT
    text, quiet, paper = colours["text"], colours["quiet"], colours["paper"]
    words = {"fontSize": TEXT_SIZE, "fill": text, "color": text}
    # Filled, though not seen: a pointer meets all of a box, over its stripes too.
    outline = {"color": quiet, "fillOpacity": 0, "stroke": quiet, "strokeWidth": 1}
    return {
        "background": paper,
        "padding": 16,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": quiet,
            "titleColor": quiet,
            "gridColor": colours["lines"],
            "domainColor": quiet,
            "tickColor": quiet,
            "labelFontSize": TEXT_SIZE,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": "normal",
        },
        "legend": {
            "labelColor": text,
            "titleColor": quiet,
            "labelFontSize": TEXT_SIZE,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": "normal",
            "labelLimit": 400,
            "titleLimit": 400,
            "orient": "top",
        },
        "title": {
            "color": text,
            "subtitleColor": quiet,
            "anchor": "start",
            "fontSize": 14,
            "subtitleFontSize": TEXT_SIZE,
            "subtitlePadding": 6,
        },
        "range": {name: colours[name] for name in ("category", "ordinal", "heatmap")},
        "style": {
            "stock": {"color": colours["stock"]},
            "flow": {"color": ORANGE},
            "stale": {"color": ORANGE},
            "rest": {"color": colours["rest"]},
            "land": {"color": colours["lines"], "stroke": paper, "strokeWidth": 0.5},
            "outline": outline,
            "estimate": outline | {"strokeDash": [3, 2]},
            "stripe": {"color": paper, "strokeWidth": 2.2},
            "thin_stripe": {"color": paper, "strokeWidth": 1.4, "strokeOpacity": 0.85},
            "band_even": {"color": colours["band"], "fillOpacity": 0.10},
            "band_odd": {"color": colours["band"], "fillOpacity": 0.24},
            "mark": {"color": text, "strokeWidth": 2.5},
            "break": {"color": text, "strokeWidth": 1.2, "strokeDash": [4, 3]},
            "words": words,
            "quiet": words | {"fill": quiet, "color": quiet},
        },
    }
