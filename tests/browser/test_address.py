"""A page by itself keeps its moment in its address, and a link with an address opens at that moment."""

from __future__ import annotations

import pytest
from graphs import fan_out, named, neuron, number, page, press
from test_hostile import ATTACKS

from autograd import Value, step_through
from autograd.stepper.page import embedded, page_of, section_of
from autograd.trace.trace import Trace

STATE = """() => ({
    step: document.querySelector(".slider").value,
    mode: document.querySelector(".stepgrad").dataset.mode,
    selected: [...document.querySelectorAll(".node.selected .label")].map((e) => e.textContent),
    said: document.querySelector(".narration").textContent,
    bug: document.querySelector(".bugs").value,
    grain: document.querySelector(".grain").value,
    open: [...document.querySelectorAll("details[open]")].map((e) => e.dataset.drawer),
    inputs: [...document.querySelectorAll(".inputs[open] .leaf input[type=text]")].map((e) => e.value),
    numbers: [...document.querySelectorAll(".node :is(.data, .grad)")].map((e) => e.textContent),
    lang: document.documentElement.lang,
    held: [...document.querySelectorAll("[data-mode=nudge] .nudge .value")].map((e) => e.value),
})"""


def at(view, address):
    """The page, loaded anew at an address."""
    view.evaluate("(address) => { location.hash = address; }", address)
    view.reload()
    return view.evaluate(STATE)


def address_of(view):
    """The address once it has been written: it is written 0.4 s after the last change at the latest."""
    view.wait_for_timeout(600)
    return view.evaluate("location.hash")


def test_a_fresh_page_has_no_address(show):
    assert address_of(show(page(neuron()), drawers=False)) == ""


def test_an_address_opens_the_page_at_its_moment(show):
    view = show(page(neuron()), drawers=False)
    told = at(view, "#step=8&node=w1&x1=2.5&open=inputs")
    assert (told["step"], told["selected"], told["inputs"][0]) == ("8", ["w1"], "2.5")
    x1, x2, w1, w2 = Value(2.5, "x1"), Value(0.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    n = x1 * w1 + x2 * w2 + Value(6.8813735870195432, "b")
    result = view.locator('.node[id$="-node-9"] .data').text_content()
    assert number(result) == pytest.approx(n.tanh().data, rel=1e-3)


def opened(view, name):
    view.evaluate("(name) => { document.querySelector(`[data-drawer=${name}]`).open = true; }", name)


def leave_the_slider_and_an_input(view):
    opened(view, "inputs")
    view.locator(".slider").fill("9")
    view.locator(".leaf input[type=text]").nth(1).fill("-0")
    view.locator(".leaf input[type=text]").nth(1).press("Enter")


def choose_a_node(view):
    press(view, "End")
    view.locator(".node rect").nth(2).click()


def predict_at_a_step(view):
    view.click("[data-mode=predict]")
    view.locator(".slider").fill("12")


def hold_a_node(view):
    view.click("[data-mode=nudge]")
    view.locator('.node[id$="-node-6"] > rect').click()
    view.fill(".nudge .value", "-1.25")
    view.press(".nudge .value", "Enter")


def plant_a_bug_and_open_drawers(view):
    view.locator(".slider").fill("13")
    view.select_option(".bugs", "leftover")
    view.select_option(".grain", "node")
    opened(view, "paths")
    opened(view, "steps")


def speak_chinese(view):
    view.click(".language")


@pytest.mark.parametrize(
    "use",
    [
        leave_the_slider_and_an_input,
        choose_a_node,
        predict_at_a_step,
        hold_a_node,
        plant_a_bug_and_open_drawers,
        speak_chinese,
    ],
    ids=lambda use: use.__name__,
)
def test_the_address_leads_back_to_the_moment(show, use):
    view = show(page(neuron()), drawers=False)
    opening = view.evaluate(STATE)
    use(view)
    moment, address = view.evaluate(STATE), address_of(view)
    assert moment != opening and address
    view.reload()
    assert view.evaluate(STATE) == moment
    view.evaluate("location.hash = ''")  # as a link within the page
    view.wait_for_timeout(50)
    assert view.evaluate(STATE) == opening
    view.evaluate("(address) => { location.hash = address; }", address)
    view.wait_for_timeout(50)
    assert view.evaluate(STATE) == moment


def test_names_that_mean_something_in_an_address_or_stand_twice_are_kept_apart(show):
    xs = [Value(float(i), name) for i, name in enumerate(["step", ".step", "node", "a=b&c #", "x", "x2"])]
    total = xs[0]
    for x in xs[1:]:
        total = total * x + x
    json = step_through(named("y", total)).to_json()
    json["nodes"]["name"] = ["x" if name == "x2" else name for name in json["nodes"]["name"]]
    view = show(page_of(Trace.from_json(json)), drawers=False)
    opened(view, "inputs")
    for box, text in zip(view.locator(".leaf input[type=text]").all(), "3456789", strict=False):
        box.fill(text)
        box.press("Enter")
    moment = view.evaluate(STATE)
    assert moment["inputs"] == list("345678")
    address_of(view)
    view.reload()
    assert view.evaluate(STATE) == moment


MEANINGLESS = [
    "step=-1", "step=x", "step=1e3", "step=", "mode=constructor", "mode=toString", "mode=", "node=nobody",
    "node=__proto__", "bug=order2", "by=each", "open=stepgrad", "open=PATHS", "lang=tlh", "a=1,000", "a=abc",
    "a=constructor", "c=5", "__proto__=1", "%", "%zz=%zz", "&&&===",
]  # fmt: skip


def test_what_an_address_cannot_mean_is_left_out(show):
    view = show(page(fan_out()), drawers=False)
    opening = view.evaluate(STATE)
    assert at(view, "#" + "&".join(MEANINGLESS)) == opening
    for address in [*MEANINGLESS, "a=" + "9" * 1000, "x" * 100_000]:
        view.evaluate("(address) => { location.hash = address; }", address)
        view.evaluate("new Promise((done) => setTimeout(done, 20))")
        assert view.evaluate(STATE) == opening, address
    last = view.locator(".slider").get_attribute("max")
    assert at(view, "#step=999999999")["step"] == last


def test_nothing_in_an_address_runs_or_is_shown(show):
    view = show(page(fan_out()), drawers=False)
    before = view.evaluate("document.querySelectorAll('*').length")
    at(view, "#" + "&".join(f"{word}={attack}" for attack in ATTACKS for word in ("node", "mode", "lang", "a", "open")))
    assert view.evaluate("window.ran") is None
    assert view.evaluate("document.querySelectorAll('*').length") == before


def test_playing_writes_the_address_now_and_then_only(show):
    view = show(page(neuron()), drawers=False)
    visited = view.evaluate("history.length")
    view.evaluate(
        """() => {
            window.written = 0;
            const replace = history.replaceState.bind(history);
            history.replaceState = (...all) => { window.written += 1; replace(...all); };
        }"""
    )
    for _ in range(20):
        press(view, "ArrowLeft", "ArrowRight")
    address_of(view)
    assert 1 <= view.evaluate("window.written") <= 8
    assert view.evaluate("history.length") == visited


def test_a_frame_and_a_page_of_several_steppers_leave_the_address_alone(show):
    trace = step_through(neuron())
    sections = section_of(trace) + section_of(step_through(fan_out()))
    view = show(f"<!DOCTYPE html><html lang='en'><title>two</title><main>{sections}</main></html>")
    view.locator(".last").first.click()
    assert address_of(view) == ""
    view = show("<!DOCTYPE html><title>notebook</title>" + embedded(trace))
    view.frame_locator("iframe").locator(".last").click()
    assert address_of(view) == "" and view.frames[1].evaluate("location.href") == "about:srcdoc"
