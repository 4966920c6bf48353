"""The main things that the page does, in Chromium and in Firefox."""

from __future__ import annotations

import pytest
from graphs import GRAPHS, fan_out, named, number, page, press
from opening import showing
from test_looks import OVERFLOWING

from autograd import Value, step_through
from autograd.stepper.page import embedded

pytestmark = pytest.mark.browser


@pytest.fixture(params=["pages", "firefox_pages"], ids=["chromium", "firefox"])
def show(request, tmp_path):
    yield from showing(request.getfixturevalue(request.param), tmp_path)


def product():
    """L = (a * b + c) * f, where the gradient of f is 4."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    return named("L", named("d", a * b + c) * f)


def at(view):
    return int(view.locator(".slider").input_value())


def gradients(view):
    return [number(text) for text in view.locator("tbody .grad").all_text_contents()]


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_it_opens_on_the_values_and_ends_with_the_engines_gradients(show, make):
    result = make()
    trace = step_through(result)
    view = show(page(result))
    assert at(view) == len(trace.forward)
    assert view.locator(".viewport .node").count() == len(trace.nodes)
    press(view, "End")
    full = [number(title) for title in view.locator("tbody .grad").evaluate_all("(all) => all.map((e) => e.title)")]
    assert repr(full) == repr([float(node.grad) for node in trace.nodes])


def test_keys_step_and_the_pill_reads_upstream_times_local(show):
    view = show(page(product()))
    view.select_option(".speed", "4")
    view.locator(".slider").fill("4")  # the seed
    for key, position in (("ArrowRight", 5), ("ArrowRight", 6), ("ArrowLeft", 5), ("Home", 0), ("End", 10)):
        press(view, key)
        assert at(view) == position
    pills = []
    for step in range(5, 7):
        view.locator(".slider").fill(str(step))
        pills += view.locator(".pill text").all_text_contents()
    assert pills == ["1 × (−2) = −2", "1 × 4 = 4"]


def test_the_step_moves_and_comes_to_rest(show):
    view = show(page(product()))
    view.select_option(".speed", "4")
    view.locator(".slider").fill("5")
    step = """() => { document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        return [...document.querySelectorAll(".pill text")].map((text) => text.textContent); }"""
    assert view.evaluate(step) != ["1 × 4 = 4"]  # in one go: a busy machine may take longer than the motion
    view.locator(".pill text", has_text="1 × 4 = 4").wait_for(timeout=5000)


def test_it_takes_keys_while_nothing_has_the_focus(show):
    view = show(page(product()))
    view.keyboard.press("ArrowRight")
    assert at(view) == 4


def test_another_input_gives_other_gradients(show):
    view = show(page(product()))
    press(view, "End")
    before = gradients(view)
    box = view.locator(".leaf", has_text="f").locator("input[type=text]")
    box.fill("-1/2")
    box.press("Enter")
    trace = step_through(product())
    halved = [node.grad / (1 if node.name in "fL" else 4) for node in trace.nodes]
    assert before == [node.grad for node in trace.nodes]
    assert gradients(view) == halved


def test_predict_takes_the_right_number_alone(show):
    view = show(page(product()))
    view.click("[data-mode=predict]")
    answer = view.locator(".answer")
    answer.fill("3")
    answer.press("Enter")
    assert view.locator(".verdict").get_attribute("class") == "verdict wrong"
    answer.fill("-2")
    answer.press("Enter")
    assert view.locator(".verdict").get_attribute("class") == "verdict right"


def test_on_a_phone_nothing_is_clipped(show):
    view = show(page(fan_out()), width=390, height=844)
    press(view, "End", "ArrowLeft")
    assert view.evaluate(OVERFLOWING) == []


def test_a_lecture_has_large_letters_and_takes_a_clicker(show):
    view = show(page(product()))
    view.keyboard.press("f")
    view.keyboard.press("PageDown")
    assert at(view) == 4
    assert view.locator(".narration").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 28
    view.keyboard.press("Escape")
    view.locator(".shelf").wait_for()  # Firefox leaves the full screen in its own time


def test_it_steps_in_the_frame_of_a_notebook(show):
    view = show("<!DOCTYPE html><title>notebook</title>" + embedded(step_through(product())))
    frame = view.frame_locator("iframe")
    frame.locator(".drawer-button").first.click()
    frame.locator(".last").click()
    assert frame.locator('tr[data-node="0"] .grad').text_content() == "6"
