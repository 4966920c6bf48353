"""A node, an operation, a line of the program or a box is found by typing, and the page goes there."""

from __future__ import annotations

import pytest
from graphs import named, neuron, page, press

from autograd import Value, capture_source, step_through, tanh
from autograd.stepper.page import page_of


def recurrence(length):
    w, u, b, h = Value(0.5, "w"), Value(0.3, "u"), Value(0.1, "b"), Value(0.0, "h0")
    for t in range(length):
        h = named(f"h{t + 1}", tanh(w * Value(0.1 * t, f"x{t}") + u * h + b))
    return h


@pytest.fixture(scope="module")
def text():
    return page(recurrence(50))


def search(view, typed):
    view.keyboard.press("/")
    view.keyboard.type(typed)


def hits(view):
    return view.locator(".search [role=option] b").all_text_contents()


def where(view):
    return view.locator(".where").text_content()


def selected(view):
    return view.locator("tr.selected bdi").all_text_contents()


def test_a_name_is_found_and_enter_jumps_to_its_step(show, text):
    view = show(text)
    search(view, "h3")
    assert hits(view)[:3] == ["h3", "h30", "h31"]  # the very name first
    view.keyboard.press("Enter")
    trace = step_through(recurrence(50))
    position = next(node.position for node in trace.nodes if node.name == "h3")
    assert where(view) == f"Forward {trace.forward.index(position) + 1} of {len(trace.forward)}"
    assert selected(view) == ["h3"]
    assert "h3 = tanh(" in view.locator(".narration").text_content()


def test_in_the_backward_phase_it_goes_to_where_the_gradient_is_complete(show, text):
    trace = step_through(recurrence(50))
    view = show(text)
    press(view, "End")
    search(view, "h7")
    view.keyboard.press("Enter")
    last = max(step.number for step in trace.steps if step.operand.name == "h7")
    assert where(view) == f"Backward {last} of {len(trace.steps)}"
    grad = next(node.grad for node in trace.nodes if node.name == "h7")
    row = view.locator("tr.selected")
    assert float(row.locator(".grad").get_attribute("title").replace("−", "-")) == grad


@pytest.mark.parametrize(("typed", "count"), [("tanh", 50), ("TANH", 50), ("×", 100), ("*", 100), ("add", 100)])
def test_operations_are_found(show, text, typed, count):
    view = show(text)
    search(view, typed)
    assert view.locator(".search [role=status]").text_content() == f"{count} hits"
    assert view.locator(".search .note").text_content() == f"… and {count - 40} more"
    assert len(hits(view)) == 40


def test_boxes_of_repeated_structure_are_found(show, text):
    view = show(text)
    search(view, "cell 37")
    assert hits(view) == ["cell 37 of 50"]
    view.keyboard.press("Enter")
    trace = step_through(recurrence(50))
    (name,) = selected(view)
    node = next(node for node in trace.nodes if node.name == name)
    operands = [trace.nodes[x].name for x in node.operands]
    assert operands in (["w", "x36"], ["u", "h36"])  # the first operation of the cell


def test_lines_of_the_program_are_found(show):
    x, w = Value(2.0, "x"), Value(-3.0, "w")
    with capture_source() as source:
        product = x * w
        result = product.tanh()  # squashed
    view = show(page_of(step_through(result, capture=source)))
    search(view, "squashed")
    assert hits(view)[0].startswith("line ")
    view.keyboard.press("Enter")
    assert selected(view) == ["result"]


def test_the_arrows_go_round_and_escape_closes(show, text):
    view = show(text)
    field = view.locator(".search input")
    assert field.get_attribute("aria-expanded") == "false"
    search(view, "cell 1 ")
    view.keyboard.press("Escape")
    assert view.locator(".search ul").is_hidden() and field.get_attribute("aria-expanded") == "false"
    view.keyboard.press("ArrowDown")
    assert view.locator(".search ul").is_visible()
    field.fill("x4")
    count = len(hits(view))
    for _ in range(count + 1):
        view.keyboard.press("ArrowDown")
    active = view.locator(".search [aria-selected=true]")
    assert active.count() == 1 and active.locator("b").text_content() == hits(view)[1]
    assert field.get_attribute("aria-activedescendant") == active.get_attribute("id")
    before = where(view)
    view.keyboard.press("ArrowUp")  # which is no step of the page
    view.keyboard.press("ArrowUp")
    assert view.locator(".search [aria-selected=true] b").text_content() == hits(view)[-1]
    assert where(view) == before


def test_a_hit_can_be_clicked(show):
    view = show(page(neuron()))
    view.locator(".search input").fill("out")
    view.locator(".search [role=option]").first.click()
    assert selected(view) == ["out"] and view.locator(".search ul").is_hidden()


def test_what_is_not_there_is_said(show, text):
    view = show(text)
    search(view, "nowhere")
    assert view.locator(".search ul").text_content() == "Nothing is called so."
    view.keyboard.press("Enter")
    assert view.locator(".search ul").is_visible() and selected(view) == []


def test_hostile_names_stay_text(show):
    name = "<img src=x onerror=alert(1)>"
    view = show(page(named(name, Value(2.0, "a") * Value(3.0, "b"))))
    search(view, "<img")
    assert hits(view) == [name]
    assert view.locator(".search img").count() == 0
