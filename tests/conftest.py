"""Shared by all tests: the hypothesis profiles `dev`, `ci` and `fixed` (HYPOTHESIS_PROFILE=ci), and two browsers."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fixed", max_examples=50, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


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


@pytest.hookimpl(tryfirst=True)  # before -m "not browser" looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(
                f"{item.nodeid} has an address in its name, which differs from process to process; give the case an id"
            )
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="the page is tested in a browser with Playwright")
    with api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on the PATH to open the page with")
    opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def firefox(playwright: Any) -> Iterator[Any]:
    command = shutil.which("firefox-esr") or shutil.which("firefox")
    if command is None:
        pytest.skip("there is no Firefox on the PATH to open the page with")
    # The channel is that of a Firefox as it is, driven through WebDriver BiDi; without it, of Playwright's own build.
    opened = playwright.firefox.launch(channel="moz-firefox", executable_path=command)
    yield opened
    opened.close()


class Pages:
    """Pages of the browser, opened once for each size and set of options and used by one test after the other.

    To open one takes several times as long as to show another document in it.
    """

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._free: dict[str, list[Any]] = {}
        self._taken: list[tuple[str, Any, dict[str, int]]] = []
        self.troubles: list[str] = []

    def take(self, size: dict[str, int], options: dict[str, Any]) -> Any:
        """One that no test uses."""
        key = repr((size, sorted(options.items())))
        free = self._free.setdefault(key, [])
        page = free.pop() if free else self._opened(size, options)
        self._taken.append((key, page, size))
        return page

    def give_back(self) -> list[str]:
        """Leave the documents of a test; returns what went wrong in them."""
        while self._taken:
            key, page, size = self._taken.pop()
            page.unroute("**/*")
            page.goto("about:blank")
            page.set_viewport_size(size)
            page.mouse.move(0, 0)
            self._free[key].append(page)
        troubles, self.troubles = self.troubles, []
        return troubles

    def _opened(self, size: dict[str, int], options: dict[str, Any]) -> Any:
        page = self._browser.new_context(viewport=size, **options).new_page()
        page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page


@pytest.fixture(scope="session")
def pages(browser: Any) -> Pages:
    return Pages(browser)


@pytest.fixture(scope="session")
def firefox_pages(firefox: Any) -> Pages:
    return Pages(firefox)


@pytest.fixture
def show(pages: Pages, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the text of a page, and its drawers; in the end nothing may have gone wrong, nor been asked of a network."""
    yield from showing(pages, tmp_path)


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
