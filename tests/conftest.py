"""Shared by all tests: the hypothesis profiles `dev`, `ci` and `fixed` (HYPOTHESIS_PROFILE=ci), and two browsers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from opening import ARGUMENTS, Pages, showing

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=500, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fixed", max_examples=50, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.hookimpl(tryfirst=True)  # before -m "not browser" looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if " at 0x" in item.nodeid:
            raise pytest.UsageError(
                f"{item.nodeid} has an address in its name, which differs from process to process; give the case an id"
            )
        if "playwright" in getattr(item, "fixturenames", ()):
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
