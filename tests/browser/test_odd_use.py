"""What readers do in an odd order, or with odd numbers: the page goes on to say what is so."""

from __future__ import annotations

import pytest
from graphs import fan_out, named, number, page
from test_large import in_sight
from test_lens import network_of_samples, recurrence

from autograd import Value, step_through
from autograd.stepper.page import page_of

FOCUSED = "document.activeElement.className || document.activeElement.tagName"


def mode(view, name):
    view.click(f".mode[data-mode={name}]")


def type_in(view, field, text):
    view.fill(field, text)
    view.press(field, "Enter")


def said(view):
    return view.locator(".narration").text_content()


# ---------------------------------------------------------------------- local derivatives


@pytest.mark.parametrize("before", ["nudge", "train", "last"])
@pytest.mark.parametrize("then", ["predict", "find", "first"])
def test_no_local_derivative_is_seen_where_no_gradient_has_passed(show, before, then):
    view = show(page(fan_out()), reduced_motion="reduce")
    for name in (before, then):
        if name in ("first", "last"):
            mode(view, "watch")
            view.click(f".{name}")
        else:
            mode(view, name)
    passed = 0 if then == "first" else view.locator(".edge.passed").count()
    assert view.locator(".tag:visible").count() == passed


# ---------------------------------------------------------------------- what is in sight


@pytest.mark.parametrize("size", [{"width": 1280}, {"width": 390, "height": 844}], ids=["across", "down"])
@pytest.mark.parametrize("name", ["nudge", "train"])
def test_what_is_moved_is_in_sight_wherever_the_reader_was(show, name, size):
    trace = step_through(recurrence(50))
    view = show(page_of(trace), reduced_motion="reduce", drawers=False, **size)
    for step in (None, 300, 620):
        mode(view, "watch")
        if step:
            view.locator(".slider").fill(str(step))
        mode(view, name)
        view.wait_for_timeout(50)
        if name == "nudge":
            held = view.locator(".nudge .held").input_value()
            assert f"node-{held}" in in_sight(view)
            assert view.locator(".handle").is_visible()
        else:
            assert view.locator(".tick:visible").count() > 0


def test_a_held_node_is_seen_though_all_boxes_are_closed(show):
    view = show(page_of(network_of_samples()), reduced_motion="reduce", drawers=False, width=1700)
    view.click(".fold")
    assert view.locator(".fold").text_content() == "Open boxes again"
    labels = view.locator(".node .label").all_text_contents()
    assert [label for label in labels if label.startswith("layer")] == ["layer 1 of 3", "layer 2 of 3"]
    mode(view, "nudge")
    assert f"node-{view.locator('.nudge .held').input_value()}" in in_sight(view)
    assert view.locator(".pinned").is_hidden()  # the last box has the result, and is in sight
    view.click(".fold")
    assert view.locator(".fold").text_content() == "Close all boxes"


def test_a_box_that_opens_shows_all_that_is_in_it(show):
    view = show(page_of(network_of_samples()), reduced_motion="reduce", drawers=False)
    view.click(".fold")
    view.locator(".node.box", has_text="layer 1 of 3").focus()
    view.keyboard.press("Enter")
    inside = [label for label in view.locator(".node .label").all_text_contents() if label.startswith("unit")]
    assert inside[:4] == [f"unit {unit} of 4" for unit in (1, 2, 3, 4)]


def test_ticks_stay_when_the_page_gets_another_shape(show):
    view = show(page_of(step_through(recurrence(50))), width=390, height=844, drawers=False)
    mode(view, "train")
    for width, height in [(844, 390), (1280, 800), (390, 844)]:
        view.set_viewport_size({"width": width, "height": height})
        view.wait_for_timeout(300)
        view.locator(".viewport > svg:not(.travelling)").wait_for()
        leaves = view.locator('.node.leaf:not([id=""])[id]')
        assert view.locator(".tick").count() == leaves.count() > 0


def test_the_sum_stands_on_its_receiver_after_a_change_of_modes(show):
    view = show(page_of(network_of_samples()), reduced_motion="reduce", drawers=False)
    for _ in range(2):
        view.click(".next")
    mode(view, "train")
    mode(view, "watch")
    centers = """(kind) => { const box = document.querySelector(kind).getBoundingClientRect();
        return box.left + box.width / 2; }"""
    assert view.evaluate(centers, ".sum rect") == pytest.approx(view.evaluate(centers, ".node.receiver > rect"), abs=40)


# ---------------------------------------------------------------------- what is typed


def test_what_is_being_typed_stays_while_training_runs(show):
    view = show(page(fan_out()))
    mode(view, "train")
    type_in(view, ".train .rate", "0.0001")
    view.click(".train .run")
    view.locator(".train .rate").fill("0.002")
    view.wait_for_timeout(400)
    assert view.locator(".train .rate").input_value() == "0.002"
    view.press(".train .rate", "Enter")
    assert view.locator(".train .rate").input_value() == "0.002"
    field = view.locator(".leaf input[type=text]").first
    if view.locator(".train .run").text_content() != "Stop":
        view.click(".train .run")
    field.fill("1.25")
    view.wait_for_timeout(400)
    assert field.input_value() == "1.25"


@pytest.mark.parametrize("x", [6.8813735870195432, 1 / 3, -0.0, -1e-7, float("nan"), float("-inf")], ids=str)
def test_a_field_that_was_not_edited_changes_nothing(show, x):
    view = show(page(named("L", Value(x, "b") * 1.0)), reduced_motion="reduce")
    view.locator(".leaf input[type=text]").press("Enter")
    assert view.locator(".reset").is_disabled()
    mode(view, "nudge")
    view.press(".nudge .value", "Enter")
    view.focus(".handle")
    view.keyboard.press("Enter")
    shown = view.locator(".on-card").input_value()
    assert shown == view.locator(".nudge .value").input_value()
    view.keyboard.press("Enter")
    assert said(view).startswith("Drag b")


def test_escape_takes_back_what_is_no_number(show):
    view = show(page(fan_out()), reduced_motion="reduce")
    mode(view, "nudge")
    type_in(view, ".nudge .value", "abc")
    assert view.locator(".nudge .complaint").text_content().startswith("“abc” is not a number")
    view.press(".nudge .value", "Escape")
    assert view.locator(".nudge .value").input_value() == "2"
    assert view.locator(".nudge .complaint").text_content() == ""


# ---------------------------------------------------------------------- nodes and addresses


def test_the_node_that_is_found_while_nudging_is_held(show):
    view = show(page(fan_out()), drawers=False, reduced_motion="reduce")
    mode(view, "nudge")
    type_in(view, ".nudge .value", "4")
    view.locator(".stepgrad").focus()
    view.keyboard.press("/")
    view.keyboard.type("b")
    view.keyboard.press("Enter")
    assert said(view).startswith("Drag b")
    view.wait_for_timeout(600)
    view.reload()
    assert said(view).startswith("Drag b")
    view.evaluate("document.querySelector('.paths').open = true")
    view.select_option(".paths select", label="a")
    assert said(view).startswith("Drag a")


def test_the_bug_to_be_found_is_one_of_the_inputs_that_are_shown(show):
    view = show(page(fan_out()), reduced_motion="reduce")
    view.evaluate("location.hash = '#step=10&mode=find&a=7'")
    view.reload()
    assert "14" in said(view)  # v3 = d * d, with d = a * b + a = 7 * −3 + 7


def test_an_address_without_a_step_begins_where_its_mode_does(show):
    view = show(page(fan_out()), drawers=False, reduced_motion="reduce")
    where = "[document.querySelector('.slider').value, document.querySelector('.narration').textContent]"
    for address in ("#mode=nudge", "#mode=predict", "#a=0.5"):
        view.evaluate("(address) => { location.hash = address; }", address)
        view.reload()
        fresh = view.evaluate(where)
        view.evaluate("location.hash = '#step=3'")
        view.wait_for_timeout(50)
        view.evaluate("(address) => { location.hash = address; }", address)
        view.wait_for_timeout(50)
        assert view.evaluate(where) == fresh


@pytest.mark.parametrize(
    ("bug", "told"),
    [
        ("", "a: (−14) from d + 51 from c = 37."),
        ("leftover", "a: 37 left over + (−14) from d + 51 from c = 74."),
        ("assign", "a: 18 from c overwrote what was there."),
    ],
)
def test_the_sum_of_a_node_adds_up_with_a_bug_too(show, bug, told):
    view = show(page(fan_out()), reduced_motion="reduce")
    view.select_option(".bugs", bug)
    view.click(".last")
    view.locator('tr[data-node="0"] button').click()
    assert said(view) == told


@pytest.mark.parametrize("name", ["h₁", "h1", "H1"])
def test_a_name_is_known_as_it_is_typed_from_its_card(show, name):
    x, w = Value(2.0, "x₁"), Value(-3.0, "w₁")
    h = named("h₁", x * w)
    view = show(page(named("L", h * h + h)), reduced_motion="reduce")
    mode(view, "find")
    type_in(view, ".tutor .answer", name)
    assert "No node is called" not in view.locator(".tutor").text_content()


# ---------------------------------------------------------------------- charts


@pytest.mark.parametrize(
    "make",
    [
        lambda: Value(-1e17, "a") * 1.0,
        lambda: Value(1.0, "a") * 1e308,
        lambda: Value(1e308, "a") * 1.0,
        lambda: Value(2.0, "a") * 1e-4 + 1.99,
    ],
    ids=["far from zero", "steep", "at the end of the numbers", "flat"],
)
def test_charts_have_finite_places_and_ends_that_differ(show, make):
    view = show(page(named("L", make())), reduced_motion="reduce")
    mode(view, "nudge")
    view.focus(".handle")
    view.keyboard.press("ArrowRight")
    ends = view.locator(".nudge .chart > text").all_text_contents()
    assert ends[0] != ends[1] and ends[2] != ends[3]
    drawn = view.locator(".nudge .chart").inner_html()
    assert "NaN" not in drawn and "Infinity" not in drawn
    mode(view, "train")
    view.click(".train .step")
    assert "NaN" not in view.locator(".train .chart").inner_html()


# ---------------------------------------------------------------------- the keyboard, the phone


def test_a_lecture_ends_with_its_button(show):
    view = show(page(fan_out()), width=390, height=844, drawers=False, reduced_motion="reduce")
    view.evaluate("Element.prototype.requestFullscreen = undefined")
    view.click(".full")
    assert view.locator(".stepgrad.lecture").count() == 1
    assert view.evaluate(FOCUSED) == "full"
    view.click(".full")
    assert view.locator(".stepgrad.lecture").count() == 0


@pytest.mark.parametrize("factor", [-4.2731e-5, -4.2731e-105])
def test_long_numbers_do_not_widen_a_phone(show, factor):
    view = show(page(named("L", Value(2.0, "a") * factor)), width=390, height=844, drawers=False)
    mode(view, "nudge")
    type_in(view, ".nudge .value", "2.3")
    assert number(view.locator(".nudge .actual b").text_content()) == pytest.approx(0.3 * factor, rel=1e-3)
    assert view.evaluate("document.documentElement.scrollWidth") <= 391


@pytest.mark.parametrize(
    ("name", "button"),
    [("nudge", ".nudge .back"), ("nudge", ".nudge .keep"), ("train", ".train .again"), ("watch", ".reset")],
)
def test_the_focus_is_not_lost_with_a_button_that_can_be_pressed_once(show, name, button):
    view = show(page(fan_out()), reduced_motion="reduce")
    mode(view, name)
    if name == "nudge":
        type_in(view, ".nudge .value", "4")
    elif name == "train":
        view.click(".train .step")
    else:
        type_in(view, ".leaf input[type=text] >> nth=0", "4")
    view.locator(button).focus()
    view.keyboard.press("Enter")
    view.wait_for_timeout(50)
    assert view.locator(button).is_disabled()
    assert view.evaluate(FOCUSED) != "BODY"
