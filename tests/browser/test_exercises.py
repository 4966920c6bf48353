"""What the learner does: change inputs, break the rules, follow paths, check by finite differences."""

from __future__ import annotations

import math
import re

import pytest
from graphs import GRAPHS, fan_out, leaf, named, neuron, number, page, press, show_differences, special, vectors

from autograd import Value, step_through, topological_order
from autograd.core.engine import apply
from autograd.stepper.page import page_of, section_of
from autograd.trace.trace import Trace


def grads(view):
    return [number(text) for text in view.locator("td.grad").evaluate_all("(cells) => cells.map((c) => c.title)")]


def data(view):
    return [number(text) for text in view.locator("td.data").evaluate_all("(cells) => cells.map((c) => c.title)")]


def nodes_of(result):
    return {node.name: node for node in step_through(result).nodes}


# ---------------------------------------------------------------------- live inputs


@pytest.mark.parametrize(
    ("make", "edits"), [(neuron, [1.25, -0.5, 2.0]), (fan_out, [-1.5, 0.75]), (vectors, [2.0, -0.25])]
)
def test_a_changed_input_gives_what_the_engine_gives(show, make, edits):
    result = make()
    before = step_through(result)
    view = show(page(result))
    boxes = view.locator(".leaf input[type=text]")
    for index, x in enumerate(edits):
        boxes.nth(index).fill(str(x))
        boxes.nth(index).press("Enter")
    view.click(".last")
    anew = make()
    positions = [node.position for node in before.nodes if not node.op]
    order = topological_order(anew)
    for position, x in zip(positions, edits, strict=False):
        order[position].data = x
    expected = recomputed(order)
    assert data(view) == pytest.approx([node.data for node in expected], rel=1e-12)
    assert grads(view) == pytest.approx([node.grad for node in expected], rel=1e-12)
    view.click(".reset")
    assert grads(view) == [node.grad for node in before.nodes]
    assert boxes.nth(0).input_value().replace("−", "-") == f"{before.nodes[positions[0]].data:g}"


def recomputed(order):
    """A new graph from the data of the leaves of an old one, in the same order, traced."""
    new = {}
    for value in order:
        if value.is_leaf:
            new[value] = Value(value.data, value.label)
        else:
            operands = [new[x] if isinstance(x, Value) else x for x in value.operands]
            new[value] = apply(value.op, *value.op.grouped(operands))
    return step_through(new[order[-1]]).nodes


def test_a_slider_moves_its_number_and_everything_with_it(show):
    view = show(page(fan_out()))
    view.click(".last")
    slider = view.locator(".leaf input[type=range]").first
    slider.focus()
    slider.press("ArrowRight")
    a = number(view.locator(".leaf input[type=text]").first.input_value())
    assert a != 2.0
    assert data(view)[0] == a
    assert data(view)[2] == a * -3.0


@pytest.mark.parametrize(
    ("pixels", "key", "verdict"),
    [(6, "Shift", "they agree"), (8, None, "they begin to part"), (-300, None, "they part")],
    ids=["agree", "begin", "part"],
)
def test_an_input_is_dragged_on_the_picture_and_its_gradient_predicts_what_happens(show, pixels, key, verdict):
    result = neuron()
    node = next(node for node in step_through(result).nodes if node.name == "x1")
    view = show(page(result))
    box = view.locator(f'.node[id$="-node-{node.position}"] > rect').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.mouse.move(x, y)
    view.mouse.down()
    if key:  # for a finer step
        view.keyboard.down(key)
    view.mouse.move(x + pixels / 2, y)
    view.mouse.move(x + pixels, y)
    view.mouse.up()
    if key:
        view.keyboard.up(key)
    by = pixels / (1000 if key else 100)
    assert number(view.locator(".leaf input").first.input_value()) == pytest.approx(2.0 + by)
    said = view.locator(".narration").text_content()
    told = re.fullmatch(r"Move x1 by \+?(.*): predicted \+?(.*), really \+?(.*); (.*)\.", said)
    assert number(told[1]) == pytest.approx(by)
    assert number(told[2]) == pytest.approx(-1.5 * by, rel=2e-3)  # the gradient of x1 is -1.5
    actual = math.tanh(-3.0 * (2.0 + by) + 0.0 + 6.8813735870195432) - math.tanh(0.8813735870195432)
    assert number(told[3]) == pytest.approx(actual, rel=2e-3)
    assert told[4].startswith(verdict)


def test_a_slider_reaches_further_once_a_number_is_beyond_its_end(show):
    view = show(page(neuron()))
    view.locator(".leaf input").first.fill("500")
    view.locator(".leaf input").first.press("Enter")
    assert float(view.locator(".leaf input[type=range]").first.get_attribute("max")) >= 500


@pytest.mark.parametrize("text", ["1,000", "12,345.5"])
def test_a_comma_that_could_be_either_is_no_number(show, text):
    view = show(page(neuron()))
    view.locator(".leaf input").first.fill(text)
    view.locator(".leaf input").first.press("Enter")
    assert "is not a number" in view.locator(".problem").first.text_content()


def test_text_that_is_no_number_is_marked_and_changes_nothing(show):
    view = show(page(neuron()))
    box = view.locator(".leaf input[type=text]").first
    box.fill("two")
    box.press("Enter")
    assert box.get_attribute("aria-invalid") == "true"
    assert view.locator("td.data").first.text_content() == "2"


def test_a_product_of_zero_has_no_sign(show):
    view = show(page(named("y", Value(-2.0, "p") * Value(0.0, "q") * Value(-1.0, "r"))))
    view.locator(".slider").fill("5")
    view.select_option(".paths select", "0")
    products = view.locator(".narration, .paths .product, .paths .total").all_text_contents()
    assert " = 0" in products[0] and " = −0" not in products[0]
    assert [text.split("= ")[-1] for text in products[1:]] == ["0", "0"]


# ---------------------------------------------------------------------- bugs


def wrong_backward(make, bug):
    """The bugs, done to the steps of the trace by hand: the gradients at the end, by name."""
    trace = step_through(make())
    nodes = trace.nodes
    gradient = dict.fromkeys(range(len(nodes)), 0.0)
    if bug == "leftover":
        gradient.update({node.position: node.grad for node in nodes if not node.op})
    gradient[nodes[-1].position] += 1.0
    turns = list(dict.fromkeys(step.node.position for step in trace.steps))
    if bug == "order":  # d just before the last of its consumers, c * d
        d, last = [next(n.position for n in nodes if n.name == name) for name in ("d", "v1")]
        turns.remove(d)
        turns.insert(turns.index(last), d)
    for turn in turns:
        for step in (step for step in trace.steps if step.node.position == turn):
            product = gradient[turn] * step.local
            i = step.operand.position
            gradient[i] = product if bug == "assign" else gradient[i] + product
    return {nodes[i].name: x for i, x in gradient.items()}


@pytest.mark.parametrize(
    ("bug", "first"), [("assign", "d"), ("order", "c"), ("leftover", "a")], ids=["assign", "order", "leftover"]
)
def test_a_bug_spoils_the_gradients_from_the_node_that_is_marked(show, bug, first):
    right = step_through(fan_out())
    view = show(page(fan_out()))
    view.select_option(".bugs", bug)
    said = view.locator(".bug p").text_content()
    place = int(view.locator(".bug button").text_content().removeprefix("Go to step "))
    view.click(".bug button")
    name = view.locator('tr:has(.role:text("first wrong")) bdi').text_content()
    assert f"First wrong node: {name}, at step {place}" in said
    assert name == first
    position = next(node.position for node in right.nodes if node.name == name)
    assert view.locator(f'.node.wrong[id$="-node-{position}"]').count() == 1
    press(view, "ArrowLeft")
    assert view.locator(".wrong").count() == 0
    view.click(".last")
    shown = dict(zip((node.name for node in right.nodes), grads(view), strict=True))
    wrong = {name for name, x in shown.items() if x != pytest.approx(nodes_of(fan_out())[name].grad)}
    assert shown == pytest.approx(wrong_backward(fan_out, bug))
    assert name in wrong
    marked = view.locator("tr:has(td.grad.wrong) bdi").all_text_contents()
    assert set(marked) == wrong
    view.select_option(".bugs", "")
    assert grads(view) == [node.grad for node in right.nodes]


def test_the_wrong_order_passes_on_a_gradient_before_it_is_complete(show):
    view = show(page(fan_out()))
    view.select_option(".bugs", "order")
    view.click(".bug button")
    facts = view.locator(".card .facts").text_content()
    assert "it should not be: only" in facts


def test_an_overwritten_sum_is_not_called_complete(show):
    view = show(page(fan_out()))
    view.select_option(".bugs", "assign")
    assert "the value " in view.locator(".bug p").text_content()
    assert "contribution " not in view.locator(".bug p").text_content().split("First wrong node")[1]
    facts = {}
    for bug in ("assign", ""):
        view.select_option(".bugs", bug)
        view.click(".last")
        facts[bug] = []
        for _ in step_through(fan_out()).steps:
            facts[bug].append(view.locator(".card .facts").text_content())
            view.click(".previous")
    assert sum("complete" in text for text in facts[""]) == 3  # a, c and d have more than one consumer
    assert not any("complete" in text for text in facts["assign"])


def test_a_bug_without_effect_says_so(show):
    view = show(page(neuron()))
    view.select_option(".bugs", "assign")
    assert "does no harm" in view.locator(".bug p").text_content()
    assert view.locator(".bug button").is_hidden()


# ---------------------------------------------------------------------- paths and checks


def test_the_paths_to_an_input_add_up_to_its_gradient(show):
    view = show(page(fan_out()))
    for node in step_through(fan_out()).nodes[:-1]:
        view.select_option(".paths select", str(node.position))
        products = view.locator(".paths .product").all_text_contents()
        assert sum(number(text.split("=")[1]) for text in products) == pytest.approx(node.grad)
        assert view.locator(".paths .total").text_content().endswith(f"{node.grad:g}".replace("-", "−"))
        assert view.locator(".edge.path").count() >= 1


@pytest.mark.parametrize("make", [neuron, fan_out, vectors, leaf])
def test_finite_differences_agree_with_the_gradients(show, make):
    view = show(page(make()))
    view.click(".last")
    show_differences(view)
    differences = [number(text) for text in view.locator("td.difference").all_text_contents()]
    assert differences == pytest.approx(grads(view), rel=1e-3, abs=1e-6)


def test_infinities_are_shown_as_they_are(show):
    view = show(page(special()))
    view.click(".last")
    assert [repr(x) for x in grads(view)] == [repr(node.grad) for node in step_through(special()).nodes]


def test_the_source_and_the_nodes_point_at_each_other(show):
    trace = step_through(neuron())
    json = trace.to_json()
    json["source"] = {"name": "neuron.py", "first": 12, "lines": ["first = 1", "n = x1 * w1", "out = n.tanh()"]}
    json["nodes"]["line"] = [{"n": 13, "out": 14}.get(node.name) for node in trace.nodes]
    view = show(page_of(Trace.from_json(json)))
    view.click('.source li[data-line="13"]')
    assert view.locator("tr.selected bdi").text_content() == "n"
    view.click(f'tr[data-node="{len(trace.nodes) - 1}"] button')
    assert view.locator(".source li.selected").get_attribute("data-line") == "14"
    view.locator(".slider").fill("7")
    assert view.locator(".source li.now").text_content() == "out = n.tanh()"


def test_what_is_no_number_is_said_where_one_sees_it(show):
    view = show(page(neuron()))
    box = view.locator(".leaves input[type=text]").first
    box.fill("abc")
    box.press("Enter")
    problem = view.locator(f"#{box.get_attribute('aria-describedby')}")
    assert problem.text_content() == "“abc” is not a number; type one such as 0.5 or −3/4."
    assert problem.is_visible()
    box.fill("0.25")
    box.press("Enter")
    assert problem.text_content() == ""
    assert box.get_attribute("aria-invalid") is None or box.get_attribute("aria-invalid") == "false"


def test_one_trace_twice_in_a_document_is_two_steppers(show):
    trace = step_through(neuron())
    section = section_of(trace)
    view = show(f"<!DOCTYPE html><html lang='en'><title>two</title><main>{section}{section}</main></html>")
    view.locator(".next").nth(1).click()
    assert [text[:9] for text in view.locator(".where").all_text_contents()] == ["Forward 5", "Seed"]
    assert view.locator(".leaves .leaf").count() == 2 * 5


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_no_letter_of_a_formula_is_replaced(show, make):
    view = show(page(make()))
    trace = step_through(make())
    for at in range(len(trace.forward) + len(trace.steps) + 2):
        view.locator(".slider").fill(str(at))
        assert "\ufffd" not in view.locator(".card").text_content()


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_every_mode_follows_every_other_wherever_one_has_stepped(show, make):
    view = show(page(make()))
    modes = ["watch", "nudge", "train", "predict", "find"]
    for key in ("Home", "End", "ArrowLeft"):
        for mode in [*modes, *reversed(modes)]:
            view.click(f".mode[data-mode={mode}]")
            assert view.locator(".stepgrad").get_attribute("data-mode") == mode
        press(view, key)
