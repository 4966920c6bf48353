"""In each of its states the page is accessible, nothing is cut off, and paper shows what the screen shows."""

from __future__ import annotations

import re

import pytest
from graphs import fan_out, neuron, page
from states import STATES
from test_looks import OVERFLOWING

from autograd import step_through
from autograd.stepper.page import page_of
from autograd.stepper.static import static_page


def entered(show, state, **options):
    view = show(page(fan_out()), drawers=False, **options)
    STATES[state](view)
    return view


def violations(view):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core checks the accessibility")
    found = axe.Axe().run(view).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def test_every_mode_has_a_state():
    """Whoever adds a mode adds a line to states.py, and so has it looked at."""
    modes = set(re.findall('class="mode" data-mode="([a-z]+)"', page(fan_out())))
    assert modes - {state.split("-")[0] for state in STATES} == {"watch"}


# Contrast depends on the scheme, the layout on the width.
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_violation(show, state):
    view = entered(show, state, color_scheme="light", reduced_motion="reduce")
    assert violations(view) == []
    view.emulate_media(color_scheme="dark")
    view.set_viewport_size({"width": 400, "height": 900})
    found = violations(view)
    view.emulate_media(color_scheme="light")
    assert found == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_no_violation_in_the_static_page_and_in_another_language(show, scheme):
    trace = step_through(fan_out())
    for text in (static_page(trace, live="live.html"), page_of(trace, lang="zh")):
        assert violations(show(text, color_scheme=scheme, reduced_motion="reduce")) == []


@pytest.mark.parametrize("make", [neuron, fan_out], ids=["neuron", "fan_out"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_clipped_and_no_controls_overlap(show, state, make):
    view = show(page(make()), drawers=False)
    STATES[state](view)
    for width, height in ((1280, 900), (640, 450), (390, 844), (320, 900)):  # the second is the first at 200 %
        view.set_viewport_size({"width": width, "height": height})
        assert view.evaluate(OVERFLOWING) == [], width


def test_paper_has_the_whole_picture_the_sentence_and_no_controls(show):
    view = entered(show, "step", width=1280, height=900)
    sentence = view.locator(".narration").text_content()
    view.locator(".zoom-in").click(click_count=3)
    try:
        view.emulate_media(media="print")
        view.set_viewport_size({"width": 740, "height": 1000})  # A4 within its margins
        shown = """[...document.querySelectorAll("button, select, input, .slider")]
            .filter((e) => e.getClientRects().length && !e.matches(".pick, .steps button")).length"""
        assert view.evaluate(shown) == 0
        assert view.locator(".narration").is_visible() and view.locator(".narration").text_content() == sentence
        assert view.locator(".card").is_visible()
        boxes = """[...document.querySelectorAll(".viewport .node > rect")].map((e) => e.getBoundingClientRect())"""
        for box in view.evaluate(boxes):
            assert box["left"] >= 0 and box["right"] <= 740
        cut = """[".table-scroll", ".steps ol"].map((part) => document.querySelector(part))
            .filter((e) => e.scrollHeight > e.clientHeight + 1).length"""
        assert view.evaluate(cut) == 0
    finally:
        view.emulate_media(media="screen")
