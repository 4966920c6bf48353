"""Open the pages that are tested in a browser."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# For the tests of the page: the system's own Chromium, without a network, and for the main ones its Firefox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

MEDIA = ("media", "color_scheme", "reduced_motion", "forced_colors")


class Pages:
    """Pages of the browser, opened once for each size and set of options and used by one test after the other.

    To open one takes several times as long as to show another document in it.
    """

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._free: dict[str, list[Any]] = {}
        self._taken: list[tuple[str, Any, dict[str, int], dict[str, Any]]] = []
        self.troubles: list[str] = []

    def take(self, size: dict[str, int], options: dict[str, Any]) -> Any:
        """One that no test uses."""
        key = repr((size, sorted(options.items())))
        free = self._free.setdefault(key, [])
        page = free.pop() if free else self._opened(size, options)
        self._taken.append((key, page, size, options))
        return page

    def give_back(self) -> list[str]:
        """Leave the documents of a test; returns what went wrong in them."""
        while self._taken:
            key, page, size, options = self._taken.pop()
            page.unroute("**/*")
            page.goto("about:blank")
            page.set_viewport_size(size)
            page.emulate_media(**{medium: options.get(medium, "null") for medium in MEDIA})
            page.mouse.move(0, 0)
            self._free[key].append(page)
        troubles, self.troubles = self.troubles, []
        return troubles

    def _opened(self, size: dict[str, int], options: dict[str, Any]) -> Any:
        page = self._browser.new_context(viewport=size, **options).new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page


def until(view: Any, expression: str, *, seconds: float = 15.0) -> None:
    """Wait until an expression is true. Playwright's own wait evaluates texts, which the policy of the page forbids."""
    end = time.monotonic() + seconds
    while not view.evaluate(expression):
        assert time.monotonic() < end, f"not so after {seconds:g} s: {expression}"
        time.sleep(0.02)


def showing(pages: Pages, folder: Path) -> Iterator[Callable[..., Any]]:
    """What `show` gives, in the browser of the pages."""
    count = itertools.count(1)

    def open_page(text: str, *, width: int = 1280, height: int = 900, drawers: bool = True, **options: Any) -> Any:
        page = pages.take({"width": width, "height": height}, options)
        file = folder / f"page{next(count)}.html"
        file.write_text(text, encoding="utf-8")
        page.route("**/*", lambda route: route.continue_() if route.request.url == file.as_uri() else stop(route))
        page.goto(file.as_uri())
        if drawers:
            page.evaluate("document.querySelectorAll('[data-drawer]').forEach((drawer) => { drawer.open = true; })")
        return page

    def stop(route: Any) -> None:
        pages.troubles.append(f"request: {route.request.url}")
        route.abort()

    yield open_page
    assert pages.give_back() == []
