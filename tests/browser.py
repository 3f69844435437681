"""Headless Chromium for tests that look at a page; they skip where it is missing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DRAWN = "html[data-charts=drawn]"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; skips the test that asks for it where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no Chromium on this machine: .ci/install-tools installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def axe() -> str:
    """The script of axe-core, or the one AXE_CORE_JS names; skips the test where there is none."""
    installed = Path(sys.prefix) / "share/axe/node_modules/axe-core/axe.min.js"
    path = Path(os.environ.get("AXE_CORE_JS", installed))
    if not path.exists():
        pytest.skip(f"there is no axe-core at {path}: .ci/install-tools installs it")
    return path.read_text(encoding="utf-8")


@dataclass
class Seen:
    """A page that was opened, and all that it did which a page of ours must not do."""

    page: Page
    problems: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)


# Notes when the first element of a selector is drawn, by the page's own clock, which starts as the
# page is asked for.
_WATCH = """
  const look = () => {
    const seen = [...document.querySelectorAll(SELECTOR)].some((one) =>
      one.checkVisibility() && one.getBoundingClientRect().height > 0);
    if (seen) window.seenAfter = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""


def watch(page: Page, selector: str) -> None:
    """From the next page on, note when the first element of `selector` is seen."""
    page.add_init_script(_WATCH.replace("SELECTOR", json.dumps(selector)))


def seen_after(page: Page) -> float:
    """Seconds from asking for the page to the first element that `watch` waits for."""
    page.wait_for_function("window.seenAfter !== undefined")
    return float(page.evaluate("window.seenAfter")) / 1000


# Tabs that nobody looks at, by browser, width and options: a new one takes as long as a page.
_FREE: WeakKeyDictionary[Browser, dict[str, list[Seen]]] = WeakKeyDictionary()


@contextmanager
def opened(
    browser: Browser, place: Path | str | None = None, width: int = 1200, **options: Any
) -> Iterator[Seen]:
    """A file without a network, or an address on loopback, in a tab that no other test has at the
    time; every complaint and request is written down. Pages of ours keep nothing in a browser, so
    the tab is one that was closed without a complaint, if there is one. Without a place it is new,
    and empty.
    """
    address = place.as_uri() if isinstance(place, Path) else place
    offline = isinstance(place, Path)
    options = {"color_scheme": "light"} | options
    free = _FREE.setdefault(browser, {}).setdefault(repr((offline, width, options)), [])
    if address is None or not free:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, offline=offline, **options
        )
        seen = _listened(context.new_page())
    else:
        seen = free.pop()
    try:
        if address is not None:
            seen.page.goto(address)
        yield seen
    except BaseException:
        seen.page.context.close()
        raise
    if address is None:
        seen.page.context.close()
        return
    seen.page.emulate_media(media="null", color_scheme=options["color_scheme"])
    seen.page.goto("about:blank")
    seen.problems.clear()
    seen.asked_for.clear()
    free.append(seen)


def _listened(page: Page) -> Seen:
    seen = Seen(page)
    page.on("console", lambda said: seen.problems.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: seen.problems.append(f"error: {error}"))

    def dismiss(dialog: Any) -> None:
        seen.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.context.on(
        "request",
        lambda request: (
            None if request.url.startswith("data:") else seen.asked_for.append(request.url)
        ),
    )
    return seen
