"""What exports begin with, done ahead by a process that waits for another.

Drawing charts and pages begins with two seconds of starting a JavaScript engine and of bundling a
library for it, whatever is drawn.
"""

from __future__ import annotations

import threading


def begin() -> None:
    """Begin with it, and return at once."""
    threading.Thread(target=_begin, name="exports ahead", daemon=True).start()


def _begin() -> None:
    from warehouse.exports import report, site  # noqa: F401, PLC0415
    from warehouse.exports.charts.drawing import start_engine  # noqa: PLC0415
    from warehouse.exports.templating import vega_library  # noqa: PLC0415

    start_engine()
    vega_library()
