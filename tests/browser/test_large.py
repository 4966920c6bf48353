"""The page of a graph of hundreds of nodes, of which the part around the step is drawn."""

from __future__ import annotations

import random
import re

import pytest
from graphs import named, page
from opening import until
from test_stepping import NUMBERS, written

from autograd import Value, step_through

SHAPES = """() => {
    const outer = document.querySelector(".viewport").getBoundingClientRect();
    return [...document.querySelectorAll(".viewport .node > rect")].map((rect) => {
        const inner = rect.getBoundingClientRect();
        return {
            id: rect.parentNode.id.split("-").slice(2).join("-"),
            inside: inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1
                && inner.bottom <= outer.bottom + 1,
        };
    });
}"""
"""Of each card of the picture: is it in sight?"""


def network() -> Value:
    """Three layers of six neurons, every + and * a node: 370 nodes."""
    generator = random.Random(0)
    xs = [Value(generator.uniform(-1, 1), f"x{i}") for i in range(6)]
    for layer in range(3):
        rows = [[Value(generator.uniform(-1, 1), f"w{layer}{i}{j}") for j in range(6)] for i in range(6)]
        xs = [sum((w * x for w, x in zip(row, xs, strict=True)), Value(0.1)).tanh() for row in rows]
    return named("loss", sum(xs[1:], xs[0]))


@pytest.fixture(scope="module")
def loss():
    return network()


@pytest.fixture(scope="module")
def trace(loss):
    return step_through(loss)


@pytest.fixture(scope="module")
def text(loss):
    return page(loss)


@pytest.fixture
def view(show, text):
    return show(text, reduced_motion="reduce", width=1700)


def in_sight(view):
    """The cards of nodes, not of boxes."""
    return {shape["id"] for shape in view.evaluate(SHAPES) if shape["inside"] and shape["id"].startswith("node-")}


def all_cards(view):
    return [shape["id"] for shape in view.evaluate(SHAPES) if shape["id"].startswith("node-")]


IN_LIST = """(row) => {
    const [own, list] = [row, row.closest(".table-scroll")].map((part) => part.getBoundingClientRect());
    return own.top >= list.top && own.bottom <= list.bottom;
}"""


def test_it_opens_at_the_result_and_begins_at_the_first_operation(view, trace):
    assert f"node-{trace.forward[-1]}" in in_sight(view)
    view.click(".first")
    assert f"node-{trace.forward[0]}" in in_sight(view)


def test_what_a_step_changes_is_in_sight(view, trace):
    first = len(trace.forward) + 2
    for at in random.Random(1).sample(range(len(trace.steps)), 20):
        view.locator(".slider").fill(str(first + at))
        step = trace.steps[at]
        assert {f"node-{step.operand.position}", f"node-{step.node.position}"} <= in_sight(view)
        assert view.locator(f'tr[data-node="{step.operand.position}"]').evaluate(IN_LIST)
    for at in random.Random(2).sample(range(1, len(trace.forward)), 10):
        view.locator(".slider").fill(str(at))
        assert f"node-{trace.forward[at - 1]}" in in_sight(view)


def test_its_letters_can_be_read(show, text, trace):
    """Unless the reader zooms out."""
    view = show(text, reduced_motion="reduce", drawers=False)
    smallest = """Math.min(...[...document.querySelectorAll(".viewport .node text")].map((text) => (
        parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)))"""
    for at in (0, 5, len(trace.forward), len(trace.forward) + 40, len(trace.forward) + len(trace.steps)):
        view.locator(".slider").fill(str(at))
        assert view.evaluate(smallest) > 10.5  # the word "grad"
    view.click(".zoom-out")
    view.click(".zoom-out")
    assert view.evaluate(smallest) < 9


def test_few_cards_are_drawn_at_once_and_all_are_whole(view, trace):
    for at in random.Random(3).sample(range(len(trace.forward) + len(trace.steps)), 12):
        view.locator(".slider").fill(str(at))
        cards = [int(name.split("-")[1]) for name in all_cards(view)]
        assert 2 <= len(cards) <= 80 and len(set(cards)) == len(cards)
        for position in cards:
            assert view.locator(f'[id$="-op-{position}"]').count() == bool(trace.nodes[position].op)


def test_a_click_in_the_map_shows_what_is_there_and_the_next_step_comes_back(view, trace):
    last, first = f"node-{len(trace.nodes) - 1}", f"node-{trace.forward[0]}"
    box = view.locator(".map").bounding_box()
    at = view.locator(".slider").input_value()
    view.mouse.click(box["x"] + 8, box["y"] + box["height"] / 2)
    assert last not in in_sight(view) and view.locator(".slider").input_value() == at
    view.keyboard.press("ArrowRight")  # the map has the focus: one column on
    assert view.locator(".slider").input_value() == at
    view.locator(".slider").fill("0")
    view.locator(".slider").fill("1")
    assert first in in_sight(view)


def test_cards_that_stay_keep_their_element_and_travel(show, text, trace):
    view = show(text)
    kept = """() => {
        const cards = [...document.querySelectorAll(".viewport .node")];
        const before = window.cards || [];
        window.cards = cards;
        return [cards.filter((card) => before.includes(card)).length, document.querySelector(".travelling") !== null];
    }"""
    view.evaluate(kept)
    seen = []
    for index in range(40):
        view.locator(".slider").fill(str(len(trace.forward) + 2 + index))
        seen.append(view.evaluate(kept))
    assert all(count >= 1 for count, _ in seen) and any(moves for _, moves in seen)
    until(view, "() => document.querySelector('.travelling') === null")
    places = """[...document.querySelectorAll(".viewport .node")].map((card) => card.getAttribute("transform"))"""
    before = view.evaluate(places)
    view.wait_for_timeout(100)
    assert view.evaluate(places) == before


ROWS = """() => ({
    nodes: [...document.querySelectorAll("tbody tr")].map((row) => {
        const [heading, expression] = [row.querySelector("th"), row.querySelector(".expression")];
        return [row.dataset.node, heading.className, heading.title, heading.querySelector("bdi").innerHTML,
            expression.innerHTML, row.textContent];
    }),
    steps: [...document.querySelectorAll(".steps li")].map((row) => [row.dataset.step, row.innerHTML]),
})"""


def test_the_rows_that_the_script_adds_are_those_that_a_page_has(show, monkeypatch):
    x = h = Value(0.5, "layers.0.x")
    for name in ("h", "layers.0.neurons.3.out", "a.b + <c>", "a_rather_long_name.with.a.dot", "1.5"):
        h = named(name, h * x + 2.5)
    rows = {}
    for listed in (2, 1000):
        monkeypatch.setattr("autograd.stepper.page.LISTED", listed)
        text = page(h)
        assert ('class="rest"' in text) == (listed == 2)
        view = show(text)
        view.click(".last")
        if not view.locator(".steps").evaluate("(drawer) => drawer.open"):
            view.click(".steps summary")
        rows[listed] = view.evaluate(ROWS)
    assert len(rows[2]["nodes"]) == 11
    assert rows[2] == rows[1000]


def test_all_numbers_at_the_end_are_the_engines(view, trace):
    view.click(".last")
    rows = view.evaluate(NUMBERS)
    assert [(row["data"], row["grad"]) for row in rows] == [
        (written(node.data), written(node.grad)) for node in trace.nodes
    ]


def test_without_scripts_it_says_that_the_tables_have_all(show, text):
    view = show(text, java_script_enabled=False)
    assert "371 Values, too many to draw; the tables have all." in view.locator(".viewport > svg").text_content()
    assert view.locator("tr[data-node]").count() == 200
    assert view.locator("tbody.rest").text_content().startswith("… and 171 more nodes")


def test_the_chosen_node_is_shown_in_the_table_and_in_the_graph(view, trace):
    view.click(".last")
    view.evaluate("document.querySelector('.table-scroll').scrollTop = 3000")
    row = view.locator('tr[data-node="100"]')
    row.locator("button").evaluate("(button) => button.click()")
    assert row.evaluate(IN_LIST)
    assert "node-100" in in_sight(view)
    view.click(".previous")  # what the step changes, again
    last = trace.steps[-2].operand.position
    assert f"node-{last}" in in_sight(view)


def test_a_choice_that_stays_does_not_move_the_table(view):
    view.click(".last")
    view.locator('tr[data-node="200"] button').evaluate("(button) => button.click()")
    view.evaluate("document.querySelector('.table-scroll').scrollTop = 1000")
    in_list = f"(table) => [...table.querySelectorAll('tbody tr')].find({IN_LIST}).dataset.node"
    row = view.locator(f"tr[data-node='{view.locator('.table-scroll table').evaluate(in_list)}']")
    height = """(row) => row.getBoundingClientRect().top - row.closest(".table-scroll").getBoundingClientRect().top"""
    before = row.evaluate(height)
    view.locator(".differing").check()  # some rows get higher, also above those in sight
    assert row.evaluate(height) == pytest.approx(before, abs=2)


@pytest.mark.parametrize("width", [400, 900, 1280])
def test_columns_line_up_and_no_number_is_cut_off(show, text, width):
    view = show(text, width=width)
    view.click(".last")
    view.locator(".differing").check()
    until(view, "document.querySelector('tr[data-node=\"0\"] .difference').textContent !== '–'")
    lefts = """() => [".data", ".grad", ".difference"].map((kind) => new Set(
        [...document.querySelectorAll("tr " + kind)].filter((cell) => cell.getClientRects().length)
            .map((cell) => Math.round(cell.getBoundingClientRect().left))).size)"""
    assert view.evaluate(lefts) == [1, 1, 1]
    cut = "() => [...document.querySelectorAll('tbody td')].filter((c) => c.scrollWidth > c.clientWidth + 1).length"
    assert view.evaluate(cut) == 0
    scroller = "(list) => list.scrollWidth - list.clientWidth"
    beyond = """(list) => Math.max(...[...list.querySelectorAll("tbody:first-of-type .difference")]
        .map((cell) => cell.getBoundingClientRect().right)) - list.getBoundingClientRect().right"""
    table = view.locator(".table-scroll")
    assert table.evaluate(beyond) <= table.evaluate(scroller) + 2


def test_finite_differences_come_bit_by_bit_and_are_the_gradients(view, trace):
    view.click(".last")
    view.locator(".differing").check()
    unknown = "() => [...document.querySelectorAll('tbody .difference')].every((cell) => cell.textContent !== '–')"
    until(view, unknown)
    shown = view.evaluate(
        '[...document.querySelectorAll(\'tbody .difference\')].map((cell) => Number(cell.title.replace("−", "-")))'
    )
    assert shown == pytest.approx([node.grad for node in trace.nodes], rel=1e-6, abs=1e-8)


def chain():
    y = w = Value(1.001, "w")
    for _ in range(400):
        y = y * w
    return y


@pytest.mark.parametrize("make", [network, chain])
def test_fit_shows_the_whole_graph_and_goes_on_doing_so(show, make):
    inside = """() => {
        const [outer, inner] = [".viewport", ".viewport > svg"]
            .map((part) => document.querySelector(part).getBoundingClientRect());
        return inner.width <= outer.width && inner.height <= outer.height;
    }"""
    view = show(page(make()))
    view.click(".last")
    view.click(".fit")
    assert view.evaluate(inside)
    view.set_viewport_size({"width": 1000, "height": 800})
    until(view, inside)
    view.focus(".viewport")
    view.keyboard.press("+")
    assert not view.evaluate(inside)
    view.keyboard.press("0")
    assert view.evaluate(inside)


def test_the_step_stays_in_sight_when_the_page_or_the_scale_changes(view, trace):
    view.locator(".slider").fill(str(len(trace.forward) + 2 + 98))
    receiver = f"node-{trace.steps[98].operand.position}"
    assert receiver in in_sight(view)
    for size in ((420, 900), (1280, 500), (1000, 800)):
        view.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        view.wait_for_timeout(100)
        assert receiver in in_sight(view)
    for _ in range(3):
        view.click(".zoom-in")
        assert receiver in in_sight(view)


def test_where_scripts_are_blocked_the_picture_is_there(show, text):
    blocked = re.sub(r"script-src [^;]*;", "script-src 'none';", text)
    assert blocked != text
    context = show("<!DOCTYPE html><title>empty</title>").context.browser.new_context()
    try:
        view = context.new_page()
        view.set_content(blocked)
        assert view.locator(".viewport > svg").bounding_box()["width"] > 300  # the sentence
    finally:
        context.close()
