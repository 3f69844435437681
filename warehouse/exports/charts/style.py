"""The looks that drawings share: every colour, in a light and a dark set, and sizes.

Marks name a style (`mark_bar(style="stock")`) and never a colour, so that a page changes the
colours of all by another `config`.
"""

from __future__ import annotations

from typing import Any

WIDTH = 760
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
# Okabe and Ito's palette, told apart by colour-blind readers too.
BLUE, ORANGE = "#0072B2", "#E69F00"


def config(*, dark: bool = False) -> dict[str, Any]:
    """The Vega-Lite configuration of a light page, which the files have too, or of a dark one."""
    text = "#e8e8e8" if dark else "#222222"
    quiet = "#b5b5b5" if dark else "#555555"
    lines = "#4a4a4a" if dark else "#dddddd"
    paper = "#1b1b1b" if dark else "#ffffff"
    stock = "#56B4E9" if dark else BLUE
    return {
        "background": paper,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": quiet, "titleColor": quiet, "gridColor": lines, "domainColor": quiet,
            "tickColor": quiet, "labelFontSize": 12, "titleFontSize": 12,
        },
        "title": {
            "color": text, "subtitleColor": quiet, "anchor": "start", "fontSize": 13,
            "subtitleFontSize": 12,
        },
        "style": {
            "stock": {"color": stock},
            "stock_provisional": {"color": stock, "filled": False},
            "flow": {"color": ORANGE},
            "flow_provisional": {"color": ORANGE, "filled": False},
        },
    }  # fmt: skip
