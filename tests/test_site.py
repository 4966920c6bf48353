"""The site in build/site, as `make docs` has made it: links lead somewhere, nothing comes from another host."""

from __future__ import annotations

import re
import runpy
import threading
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import nbformat
import pytest

import autograd
import stepgrad.figures
import stepgrad.learn
from autograd import TABLE

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "build" / "site"

pytestmark = pytest.mark.browser  # it tests pages rather than this Python


def state() -> str:
    """Why the site cannot be tested; empty if it can."""
    stamp = SITE / "made_of.txt"
    if not stamp.exists():
        return "there is no site in build/site; make docs makes it"
    digest = runpy.run_path(str(ROOT / "docs" / "website" / "stamp.py"))["digest"]
    if stamp.read_text(encoding="utf-8") != digest():
        return "the site in build/site was made of other files; make docs makes it anew"
    return ""


@pytest.fixture(scope="module", autouse=True)
def _made():
    if reason := state():
        pytest.skip(reason)


class Page(HTMLParser):
    """What a page has: addresses by the element and the attribute, anchors, its title and its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str, str]] = []
        self.ids: set[str] = set()
        self.title, self.headings = "", 0
        self._in_title, self._templates = False, 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._templates += tag == "template"  # the content of one is no part of the page
        if self._templates:
            return
        self._in_title = tag == "title" and not self.title
        self.headings += tag == "h1"
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            if name in ("href", "src", "data", "poster", "srcset", "action"):
                self.addresses.append((tag, name, value or ""))

    def handle_endtag(self, tag):
        self._templates -= tag == "template"
        self._in_title = False

    def handle_data(self, data):
        if self._in_title:
            self.title += data


@cache
def pages() -> dict[str, Page]:
    return {
        path.relative_to(SITE).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(SITE.rglob("*.html"))
        if not {"_static", "playground"} & set(path.parts)
    }


def main_pages() -> list[str]:
    return [name for name in pages() if not name.startswith("source/")]


def test_the_site_has_its_parts():
    expected = "index lessons/index lessons/03_a_neuron_backward howto/write_an_exercise api/autograd operations design"
    expected += " benchmarks coming_from_micrograd other_engines changelog testing lessons/zh/index"
    assert {f"{name}.html" for name in expected.split()} <= set(pages())


def test_every_page_has_a_title_and_one_heading():
    for name, page in pages().items():
        assert page.title.strip() and "no title" not in page.title, name
        expected = name != "search.html"  # whose script writes it
        assert page.headings == expected, f"{name} has {page.headings} headings of the first level"


def test_every_link_within_the_site_leads_to_a_page_and_a_place_in_it():
    broken = []
    for name, page in pages().items():
        for tag, _, address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or tag == "form":
                continue
            target = (SITE / name).parent / unquote(parts.path) if parts.path else SITE / name
            found = pages().get(target.resolve().relative_to(SITE.resolve()).as_posix()) if target.exists() else None
            if not target.is_file():
                broken.append(f"{name}: {address}")
            elif found and parts.fragment and unquote(parts.fragment) not in found.ids | {"top", ""}:
                broken.append(f"{name}: there is no #{parts.fragment} in {parts.path or name}")
    assert broken == []


def test_each_lesson_in_another_language_has_its_page_which_says_so():
    notebooks = [path for path in (ROOT / "notebooks").glob("*/*.ipynb") if (path.parent / "README.md").exists()]
    assert notebooks
    for path in notebooks:
        page = (SITE / "lessons" / path.parent.name / f"{path.stem}.html").read_text(encoding="utf-8")
        assert re.search(rf'<html[^>]* lang="{path.parent.name}"', page)


def test_nothing_is_loaded_from_another_host():
    for name, page in pages().items():
        loaded = [address for tag, _, address in page.addresses if tag != "a"]
        assert not [x for x in loaded if urlsplit(x).netloc or urlsplit(x).scheme not in ("", "data")], name
    for sheet in SITE.rglob("*.css"):
        for address in re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s]+)", sheet.read_text(encoding="utf-8")):
            assert not re.match(r"(?:https?:)?//", address), f"{sheet.name} loads {address}"


def test_every_operation_has_its_formulas_and_its_curve():
    page = pages()["operations.html"]
    for name in TABLE:
        picture = f"_static/operations/{name}.svg"
        assert ("img", "src", picture) in page.addresses
        assert "Nothing to draw" not in (ElementTree.parse(SITE / picture).getroot()[1].text or "")
        assert name.replace("_", "-") in page.ids


@pytest.mark.parametrize("module", [autograd, stepgrad.learn, stepgrad.figures], ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_api(module):
    ids = set().union(*(page.ids for name, page in pages().items() if name.startswith("api/")))
    names = {name for name in module.__all__ if callable(getattr(module, name))}
    assert {f"{module.__name__}.{name}" for name in names} - ids == set()


# ---------------------------------------------------------------------- in a browser


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    """Where the site is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def opened(browser, address):
    """Opens a page of the site; in the end nothing may have gone wrong, nor been asked of another host."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(20_000)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:", "blob:")) else wrong.append(request.url),
    )

    def show(name, width=1280, scheme="light"):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address + name)
        return page

    yield show
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")], ids=["390", "1280"])
def test_no_page_is_wider_than_the_window(opened, width, scheme):
    wide = {}
    for name in main_pages():
        page = opened(name, width, scheme)
        wide[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {name: by for name, by in wide.items() if by > 0} == {}


def traces_in(name):
    """How many traces the committed notebook of a lesson shows."""
    path = ROOT / "notebooks" / Path(name).relative_to("lessons").with_suffix(".ipynb")
    notebook = nbformat.read(path, as_version=4)
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    return sum("image/svg+xml" in data and "<table" in data.get("text/html", "") for data in outputs)


def test_every_trace_of_a_lesson_can_be_stepped_through(opened):
    from playwright.sync_api import expect

    lessons = [name for name in pages() if re.match(r"lessons/(\w+/)?\d", name)]
    assert sum(map(traces_in, lessons)) > 3
    for name in lessons:
        page = opened(name)
        frames = page.locator("div.stepper iframe")
        assert frames.count() == traces_in(name), name
        for place in range(frames.count()):
            frames.nth(place).scroll_into_view_if_needed()
            stepper = frames.nth(place).content_frame.locator(".stepgrad")
            stepper.locator("svg .node").first.wait_for()
            said = stepper.locator(".where").inner_text()
            stepper.locator("button.next").click()
            expect(stepper.locator(".where")).not_to_have_text(said)


def test_the_frame_of_a_stepper_is_as_wide_as_the_page_and_as_high_as_what_is_in_it(opened):
    page = opened("lessons/03_a_neuron_backward.html")
    frame = page.locator("div.stepper iframe").first
    frame.scroll_into_view_if_needed()
    frame.content_frame.locator("svg .node").first.wait_for()
    assert frame.bounding_box()["width"] > 900
    inside = frame.content_frame.locator(".stepgrad").bounding_box()["height"]
    assert frame.bounding_box()["height"] == pytest.approx(inside, abs=3)


def test_a_stepper_of_a_chinese_lesson_speaks_chinese(opened):
    page = opened("lessons/zh/03_a_neuron_backward.html")
    frame = page.locator("div.stepper iframe").first
    frame.scroll_into_view_if_needed()
    frame.content_frame.get_by_text("看梯度怎样往回传").first.wait_for()


def test_a_stepper_runs_in_a_copy_on_a_disk(browser):
    page = browser.new_page()
    page.goto((SITE / "lessons" / "03_a_neuron_backward.html").as_uri())
    page.locator("div.stepper iframe").first.content_frame.locator("svg .node").first.wait_for()
    page.close()


def test_a_cell_of_a_lesson_is_run_in_the_playground(opened):
    if not (SITE / "playground" / "index.html").exists():
        pytest.skip("the site was made without the playground: make playground docs")
    from playwright.sync_api import expect

    page = opened("lessons/03_a_neuron_backward.html")
    links = page.locator("p.playground a")
    assert links.count() > 5
    page.locator("div.cell:has(div.stepper) + p.playground a").first.click()
    page.locator("body[data-state=ready]").wait_for(timeout=120_000)
    assert "step_through(neuron" in page.locator(".cm-content").inner_text()
    assert page.locator(".blocks iframe").count() == 0  # it waits
    page.click(".run")
    expect(page.locator(".blocks iframe")).to_have_count(1, timeout=60_000)


def test_without_scripts_a_lesson_shows_pictures_and_steps(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / "lessons" / "03_a_neuron_backward.html").as_uri())
    assert page.locator("div.stepper > img").first.is_visible()
    assert page.locator("div.stepper table").first.is_visible()
    context.close()


def test_search_finds_a_page(opened):
    page = opened("search.html?q=gradcheck")
    page.locator("#search-results li a").first.wait_for()
