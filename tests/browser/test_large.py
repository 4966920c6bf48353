"""The page of a graph of hundreds of nodes, of which only what is in sight is laid out."""

from __future__ import annotations

import random

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


@pytest.fixture
def view(show, loss):
    return show(page(loss))


def in_sight(view):
    shapes = view.evaluate(SHAPES)
    assert [shape["id"] for shape in shapes if shape["touches"] and not shape["drawn"]] == []
    return {shape["id"] for shape in shapes if shape["inside"]}


def test_it_opens_where_the_first_operation_is(view, loss):
    trace = step_through(loss)
    assert f"node-{trace.forward[0]}" in in_sight(view)


def test_what_a_step_changes_is_in_sight(view, loss):
    trace = step_through(loss)
    first = len(trace.forward) + 2
    for at in random.Random(1).sample(range(len(trace.steps)), 20):
        view.locator(".slider").fill(str(first + at))
        step = trace.steps[at]
        assert f"node-{step.operand.position}" in in_sight(view)
        inside = """(rows) => rows.map((row) => [row.getBoundingClientRect(), row.closest(".table-scroll")
            .getBoundingClientRect()]).every(([own, list]) => own.top >= list.top && own.bottom <= list.bottom)"""
        assert view.locator(f'tr[data-node="{step.operand.position}"]').evaluate_all(inside)
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


def test_all_numbers_at_the_end_are_the_engines(view, loss):
    trace = step_through(loss)
    view.click(".last")
    rows = view.evaluate(NUMBERS)
    assert [(row["data"], row["grad"]) for row in rows] == [
        (written(node.data), written(node.grad)) for node in trace.nodes
    ]


def test_without_scripts_the_picture_is_there(show, loss):
    view = show(page(loss), java_script_enabled=False)
    assert view.locator(".viewport > svg").bounding_box()["width"] > 300
