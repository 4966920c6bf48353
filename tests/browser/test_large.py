"""The page of a graph of hundreds of nodes, of which only what is in sight is laid out."""

from __future__ import annotations

import random
import re

import pytest
from graphs import named, page
from test_stepping import NUMBERS, written

from autograd import Value, step_through

SHAPES = """() => {
    const viewport = document.querySelector(".viewport");
    const svg = viewport.querySelector("svg");
    const [left, top, width] = svg.getAttribute("viewBox").split(" ").map(Number);
    const scale = parseFloat(svg.style.width) / width;
    return [...svg.querySelectorAll("g")].filter((part) => part.querySelector("rect")).map((part) => {
        const rect = part.querySelector("rect");
        const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)) * scale);
        const [x0, y0] = [x - left * scale - viewport.scrollLeft, y - top * scale - viewport.scrollTop];
        return {
            id: part.id.split("-").slice(2).join("-"),
            touches: x0 < viewport.clientWidth && x0 + w > 0 && y0 < viewport.clientHeight && y0 + h > 0,
            inside: x0 >= 0 && x0 + w <= viewport.clientWidth && y0 >= 0 && y0 + h <= viewport.clientHeight,
            drawn: rect.getBoundingClientRect().width > 0,
        };
    });
}"""
"""Of each box of the picture: is it in sight by its coordinates, and is it laid out?"""


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
    return show(text)


def in_sight(view):
    shapes = view.evaluate(SHAPES)
    assert [shape["id"] for shape in shapes if shape["touches"] and not shape["drawn"]] == []
    return {shape["id"] for shape in shapes if shape["inside"]}


IN_LIST = """(row) => {
    const [own, list] = [row, row.closest(".table-scroll")].map((part) => part.getBoundingClientRect());
    return own.top >= list.top && own.bottom <= list.bottom;
}"""


def test_it_opens_where_the_first_operation_is(view, trace):
    assert f"node-{trace.forward[0]}" in in_sight(view)


# Long, because each of thirty moments scrolls a picture of 370 boxes, all of which are then measured.
def test_what_a_step_changes_is_in_sight(view, trace):
    first = len(trace.forward) + 2
    for at in random.Random(1).sample(range(len(trace.steps)), 20):
        view.locator(".slider").fill(str(first + at))
        step = trace.steps[at]
        assert f"node-{step.operand.position}" in in_sight(view)
        assert view.locator(f'tr[data-node="{step.operand.position}"]').evaluate(IN_LIST)
    for at in random.Random(2).sample(range(1, len(trace.forward)), 10):
        view.locator(".slider").fill(str(at))
        assert f"node-{trace.forward[at - 1]}" in in_sight(view)


def test_wherever_one_looks_the_picture_is_there(view):
    generator = random.Random(3)
    for button in (".zoom-in", ".zoom-out", ".zoom-out", ".zoom-out", ".fit", ".zoom-in", ".zoom-in"):
        view.click(button)
        in_sight(view)
        for _ in range(3):
            where = [generator.random(), generator.random()]
            view.evaluate(
                """([x, y]) => new Promise((done) => {
                    const viewport = document.querySelector(".viewport");
                    viewport.scrollTo(x * viewport.scrollWidth, y * viewport.scrollHeight);
                    requestAnimationFrame(() => setTimeout(done, 0));
                })""",
                where,
            )
            in_sight(view)


def test_far_from_it_the_boxes_stay_and_their_letters_go(view):
    for _ in range(12):
        view.click(".zoom-out")
    assert view.locator(".node:not(.far) > rect").count() > 300
    letters = "[...document.querySelectorAll('.node > text')].filter((text) => text.getClientRects().length).length"
    assert view.evaluate(letters) == 0
    for _ in range(8):
        view.click(".zoom-in")
    assert view.evaluate(letters) > 0


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


def test_without_scripts_the_picture_is_there(show, text):
    view = show(text, java_script_enabled=False)
    assert view.locator(".viewport > svg").bounding_box()["width"] > 300
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
    view.locator(".differing").check()
    assert view.evaluate("document.querySelector('.table-scroll').scrollTop") == 1000


@pytest.mark.parametrize("width", [400, 900, 1280])
def test_columns_line_up_and_no_number_is_cut_off(show, text, width):
    view = show(text, width=width)
    view.click(".last")
    view.locator(".differing").check()
    view.wait_for_function("document.querySelector('tr[data-node=\"0\"] .difference').textContent !== '–'")
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
    unknown = "[...document.querySelectorAll('tbody .difference')].every((cell) => cell.textContent !== '–')"
    view.wait_for_function(unknown)
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
    view.wait_for_function(inside)
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
        assert view.locator(".viewport > svg").bounding_box()["width"] > 300
    finally:
        context.close()
