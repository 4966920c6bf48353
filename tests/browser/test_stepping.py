"""Stepping, by keys and by buttons, shows the engine's numbers and nothing before it is reached."""

from __future__ import annotations

import pytest
from graphs import GRAPHS, fan_out, named, neuron, number, page, press

from autograd import Value, dot, step_through
from autograd.stepper.page import section_of
from autograd.symbols import format_number

NUMBERS = """(root) => [...document.querySelectorAll("tr[data-node]")].map((row) => ({
    data: row.querySelector(".data").textContent, grad: row.querySelector(".grad").textContent,
    full: row.querySelector(".grad").title,
    box: [".data", ".grad"].map((kind) => document.querySelector(`[id$="-node-${row.dataset.node}"] ${kind}`))
        .filter((t) => t).map((t) => t.textContent),
}))"""


def written(x):
    return "–" if x is None else format_number(x).replace("-", "−")


def moments(trace):
    """At every moment the data and gradient of every node, None where not known yet."""
    data = [node.data if not node.op else None for node in trace.nodes]
    yield list(data), [None] * len(data)
    for position in trace.forward:
        data[position] = trace.nodes[position].data
        yield list(data), [None] * len(data)
    grads = [None] * len(data)
    grads[trace.seed.node.position] = trace.seed.gradient
    yield list(data), list(grads)
    for step in trace.steps:
        grads[step.operand.position] = step.after
        yield list(data), list(grads)


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_every_number_at_every_moment_is_the_engines(show, make):
    result = make()
    view = show(page(result))
    expected = list(moments(step_through(result)))

    def check(at):
        data, grads = expected[at]
        shown = view.evaluate(NUMBERS)
        assert [row["data"] for row in shown] == [written(x) for x in data]
        assert [row["grad"] for row in shown] == [written(x) for x in grads]
        assert [row["box"] for row in shown] == [[written(x), written(y)] for x, y in zip(data, grads, strict=True)]
        for row, grad in zip(shown, grads, strict=True):
            assert grad is None or repr(number(row["full"])) == repr(float(grad))

    def check_all(way, advance):
        for at in way:
            advance(at)
            check(at)

    def key(name):
        return lambda _: press(view, name)

    def button(name):
        return lambda _: view.click(name)

    end = len(expected) - 1
    onward, back = range(1, end + 1), range(end - 1, -1, -1)
    check(len(step_through(result).forward))  # it opens on the values
    press(view, "Home")
    check(0)
    check_all(onward, lambda at: view.locator(".slider").fill(str(at)))
    check_all([0, end], lambda at: press(view, "End" if at else "Home"))
    for forward, backward in ((key("ArrowRight"), key("ArrowLeft")), (button(".next"), button(".previous"))):
        check_all(back, backward)
        check_all(onward, forward)
    view.dispatch_event(".next", "click")  # at the end already
    check(end)
    check_all([0, end], lambda at: view.click(".last" if at else ".first"))


@pytest.mark.parametrize("make", [neuron, fan_out], ids=["neuron", "fan_out"])
def test_the_card_the_marks_and_the_narration_tell_of_the_step(show, make):
    result = make()
    trace = step_through(result)
    view = show(page(result))
    view.locator(".slider").fill(str(len(trace.forward) + 1))
    for step in trace.steps:
        press(view, "ArrowRight")
        numbers = view.locator(".card .number b").all_text_contents()
        assert numbers == [written(x) for x in (step.before, step.upstream, step.local, step.after)]
        said = view.locator(".narration").text_content()
        local = written(step.local)
        factor = f"({local})" if local.startswith("−") else local
        assert f"{step.node.name} gives {step.operand.name}: {written(step.upstream)} × {factor} = " in said
        active = view.evaluate(
            "[...document.querySelectorAll('.edge.active')].map((e) => e.id.replace(/^.*?-edge-/, ''))"
        )
        assert active == [f"{step.node.position}-{step.slot}"]
        assert view.locator(f'.op.working[id$="-op-{step.node.position}"]').count() == 1
        for kind, position in (("giver", step.node.position), ("receiver", step.operand.position)):
            assert view.locator(f'.node.{kind}[id$="-node-{position}"]').count() == 1
        facts = view.locator(".card .facts").text_content()
        assert step.order in facts
        if step.operand.consumers > 1:
            assert f"Contribution {step.contribution} of {step.operand.consumers} to {step.operand.name}" in facts
        assert view.locator(".order [aria-current]").text_content() == step.node.name


def test_node_by_node_takes_all_edges_of_a_node_at_once(show):
    result = fan_out()
    trace = step_through(result)
    view = show(page(result))
    view.select_option(".grain", "node")
    view.locator(".slider").fill(str(len(trace.forward) + 1))
    for turn in dict.fromkeys(step.node.position for step in trace.steps):
        press(view, "ArrowRight")
        own = [step for step in trace.steps if step.node.position == turn]
        assert view.locator(".card .outcome b").all_text_contents() == [written(step.after) for step in own]
    assert view.locator(".next").get_attribute("aria-disabled") == "true"


def test_nothing_plays_by_itself_and_play_stops_at_the_end_or_when_asked(show):
    def wait_for(what):
        for _ in range(100):
            if what():
                return
            view.wait_for_timeout(50)
        raise AssertionError("it did not come about within 5 seconds")

    def at():
        return int(view.locator(".slider").input_value())

    view = show(page(neuron()))
    view.wait_for_timeout(300)
    assert at() == 5
    assert view.locator(".play").text_content() == "Watch the gradient flow"
    view.select_option(".speed", "4")
    press(view, " ")
    wait_for(lambda: at() >= 7)
    assert view.locator(".play").text_content() == "Pause"
    press(view, " ")
    stopped = at()
    view.wait_for_timeout(600)
    assert at() == stopped
    view.locator(".slider").fill("13")
    view.click(".play")
    wait_for(lambda: at() == 15)
    assert view.locator(".play").text_content() == "Watch again"


def test_keys_work_only_while_the_stepper_has_the_focus(show):
    view = show(page(neuron()).replace("<main>", '<main><button id="outside">outside</button>'))
    view.focus("#outside")
    for key in ("ArrowRight", "End", " "):
        view.keyboard.press(key)
    assert view.locator(".slider").input_value() == "5"
    view.focus(".leaf input[type=text]")
    view.keyboard.press("End")
    assert view.locator(".slider").input_value() == "5"
    view.focus(".viewport")
    view.keyboard.press("End")
    assert view.locator(".slider").input_value() == "15"


def test_a_page_of_one_stepper_takes_keys_while_nothing_has_the_focus(show):
    view = show(page(neuron()))
    for key, at in (("ArrowRight", 6), ("End", 15), ("ArrowLeft", 14), ("Home", 0)):
        view.keyboard.press(key)
        assert view.locator(".slider").input_value() == str(at)
    before = view.evaluate("scrollY")
    view.keyboard.press(" ")
    assert view.locator(".play").text_content() == "Pause" and view.evaluate("scrollY") == before


def test_an_arrow_on_a_menu_steps_and_chooses_nothing(show):
    view = show(page(neuron()))
    view.focus(".bugs")
    view.keyboard.press("ArrowRight")
    assert view.locator(".bugs").input_value() == "" and view.locator(".slider").input_value() == "6"


def test_a_lecture_has_the_graph_and_one_line_and_takes_a_clicker(show):
    view = show(page(neuron()))
    view.keyboard.press("f")
    assert view.locator(".shelf").is_hidden() and view.locator(".drawers").is_hidden()
    assert view.locator(".narration").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 28
    view.keyboard.press("PageDown")
    view.keyboard.press("PageDown")
    view.keyboard.press("PageUp")
    assert view.locator(".slider").input_value() == "6"
    view.keyboard.press("Escape")
    assert view.locator(".shelf").is_visible()


def test_a_click_on_a_node_tells_where_its_gradient_comes_from(show):
    result = fan_out()
    trace = step_through(result)
    node = next(node for node in trace.nodes if node.consumers > 1)
    view = show(page(result))
    view.locator(f'.node[id$="-node-{node.position}"] > rect').click()
    assert "no gradient has reached it yet" in view.locator(".narration").text_content()
    press(view, "End")
    view.locator(f'.node[id$="-node-{node.position}"] > rect').click()
    view.locator(f'.node[id$="-node-{node.position}"] > rect').click()
    said = view.locator(".narration").text_content()
    for step in trace.steps:
        if step.operand.position == node.position:
            assert f"{written(step.contribution and step.after - step.before)}".strip("−") in said
    assert said.endswith(f" = {written(node.grad)}.")


def test_two_steppers_in_one_document_do_not_interfere(show):
    sections = [section_of(step_through(make())) for make in (neuron, fan_out)]
    view = show(f"<!DOCTYPE html><html lang='en'><title>two</title><main>{''.join(sections)}</main></html>")
    first, second = view.locator(".stepgrad").all()
    second.locator(".last").click()
    assert first.locator(".slider").input_value() == "5"
    first.focus()
    view.keyboard.press("ArrowRight")
    assert (first.locator(".slider").input_value(), second.locator(".slider").input_value()) == ("6", "19")
    ids = view.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_numbers_are_rounded_as_everywhere_else(show):
    """Ties go to the even digit, as Python has it and JavaScript has not."""
    xs = [2.0625, 0.00012345, 12345.0, 1e-300, 1.5e300, 99995.0, 0.99995, 1 / 3, -7e-5, 1e22]
    result = named("y", dot([Value(x, f"x{i}") for i, x in enumerate(xs)], [1.0] * len(xs)))
    view = show(page(result))
    shown = {row.locator("bdi").text_content(): row for row in view.locator("tr[data-node]").all()}
    for i, x in enumerate(xs):
        assert shown[f"x{i}"].locator(".data").text_content() == written(x)
