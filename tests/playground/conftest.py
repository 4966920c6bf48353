"""The playground, built once for all tests, and opened in a browser that reaches no other host than this one."""

from __future__ import annotations

import base64
import importlib.util
import os
import shutil
import threading
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from opening import ARGUMENTS, until

from stepgrad.serving import Server

BUILD = Path(__file__).resolve().parents[2] / "playground" / "build.py"
READY = "document.body.dataset.state === 'ready'"
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.fixture(scope="session")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("playground_build", BUILD)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def built(builder: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all that `make playground` writes."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on the PATH to build the playground with")
    import fcntl

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of all workers of this run
    target = folder / "playground-build"
    with (folder / "playground.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / builder.FOLDER).is_dir():
            builder.build(target)
    return target


@pytest.fixture(scope="session")
def server(built: Path) -> Any:
    with Server(built / "playground") as running:
        threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture(scope="session")
def offline(playwright: Any) -> Any:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on the PATH to open the page with")
    opened = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, OFFLINE])
    yield opened
    opened.close()


def link_of(program: str | bytes) -> str:
    """The part of an address from # on that has a program in it."""
    data = program.encode() if isinstance(program, str) else program
    packed = zlib.compress(data, 9, wbits=-15)
    return "#v1=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


class Playground:
    """A page with the playground, and what is done in it."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.address = address
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.requests: list[str] = []
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        # What the policy forbids is not asked of anybody; nor are files, which a frame may not read.
        self.page.on("requestfailed", self._forget)
        self.page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.goto(address)

    def _forget(self, request: Any) -> None:
        if (request.failure == "csp" or request.url.startswith("file:")) and request.url in self.requests:
            self.requests.remove(request.url)

    def foreign(self) -> list[str]:
        """What was asked of others. A browser that has much to do tells late that something was forbidden."""
        own = (self.address, "blob:", "data:", "about:")
        for _ in range(50):
            found = [url for url in self.requests if not url.startswith(own)]
            if not found:
                break
            self.page.wait_for_timeout(100)
        self.requests = [url for url in self.requests if url.startswith(own)]  # nothing is held against the next test
        return found

    def until(self, expression: str, seconds: float = 60.0) -> None:
        until(self.page, expression, seconds=seconds)

    def write(self, program: str) -> None:
        """Put a program into the editor."""
        self.link(link_of(program))
        assert self.program == program

    def run(self, program: str | None = None) -> None:
        """Run a program to its end."""
        if program is not None:
            self.write(program)
        self.page.click(".run")
        self.until("['ready', 'failed'].includes(document.body.dataset.state)")
        self.page.evaluate("new Promise(requestAnimationFrame)")

    def link(self, hash: str) -> None:
        """Follow a link to a program, in this page."""
        self.page.evaluate("hash => { location.hash = ''; location.hash = hash; }", hash)
        self.page.evaluate("new Promise((done) => setTimeout(done, 150))")

    @property
    def program(self) -> str:
        return "\n".join(self.page.locator(".cm-line").all_text_contents())

    @property
    def state(self) -> str:
        return str(self.page.inner_text(".state"))

    @property
    def notice(self) -> str:
        box = self.page.locator(".notice")
        return str(box.inner_text().strip()) if box.is_visible() else ""

    @property
    def blocks(self) -> list[list[str]]:
        """The kind and the text of each block of the result."""
        found: list[list[str]] = self.page.evaluate(
            "[...document.querySelectorAll('.blocks > *')].map((e) => [e.className || e.localName, e.textContent])"
        )
        return found

    def frame(self, number: int = -1) -> Any:
        """What a frame of the result shows."""
        return self.page.locator(".blocks iframe").nth(number).element_handle().content_frame()


@pytest.fixture(scope="module", params=["folder", "one file"])
def opened(request: pytest.FixtureRequest, built: Path, server: Server, offline: Any) -> Any:
    """A page in which Python is ready, for all tests of a module."""
    address = server.address if request.param == "folder" else (built / "stepgrad-playground.html").as_uri()
    one = Playground(offline, address, permissions=["clipboard-read", "clipboard-write"])
    one.until(READY)
    assert one.troubles == [] and one.state.startswith("Ready: Python 3.")
    yield one
    one.context.close()


@pytest.fixture
def playground(opened: Playground) -> Any:
    """The same page; in the end nothing may have gone wrong in it, nor been asked of another host."""
    opened.page.set_viewport_size({"width": 1280, "height": 900})
    opened.page.emulate_media(color_scheme="light")
    opened.troubles.clear()
    yield opened
    assert opened.troubles == []
    assert opened.foreign() == []
