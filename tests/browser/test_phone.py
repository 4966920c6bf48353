"""The page on a phone held upright: the graph runs downwards, and stays in sight while the rest moves beneath it."""

from __future__ import annotations

import pytest
from graphs import fan_out, neuron, page, press
from opening import until

from autograd import Value, step_through

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}

BOXES = """() => Object.fromEntries([...document.querySelectorAll(".viewport .node > rect")].map((rect) => {
    const { x, y, width, height } = rect.getBoundingClientRect();
    return [rect.parentNode.id.split("-").pop(), { x, y, width, height }];
}))"""


@pytest.mark.parametrize("make", [neuron, fan_out])
def test_the_graph_runs_downwards(show, make):
    result = make()
    view = show(page(result), **PHONE)
    view.click(".fit")
    boxes = view.evaluate(BOXES)
    trace = step_through(result)
    assert len(boxes) == len(trace.nodes)
    for node in trace.nodes:
        for operand in node.operands:
            if isinstance(operand, int):
                above, below = boxes[str(operand)], boxes[str(node.position)]
                assert above["y"] + above["height"] < below["y"]


def test_every_edge_ends_at_its_cards(show):
    result = fan_out()
    view = show(page(result), **PHONE)
    press(view, "End")
    ends = """() => Object.fromEntries([...document.querySelectorAll(".viewport .edge")].map((edge) => {
        const path = edge.querySelector("path");
        const [start, end] = [0, path.getTotalLength()].map((at) => {
            const { x, y } = path.getPointAtLength(at).matrixTransform(path.getScreenCTM());
            return [x, y];
        });
        return [edge.id.split("-edge-")[1], [start, end]];
    }))"""
    boxes, edges = view.evaluate(BOXES), view.evaluate(ends)
    for node in step_through(result).nodes:
        for slot, operand in enumerate(node.operands):
            (x, y), (end_x, end_y) = edges[f"{node.position}-{slot}"]
            above, below = boxes[str(operand)], boxes[str(node.position)]
            assert above["x"] <= x <= above["x"] + above["width"]
            assert y == pytest.approx(above["y"] + above["height"], abs=1)
            assert below["x"] <= end_x <= below["x"] + below["width"] and below["y"] - 30 < end_y < below["y"]


def test_it_stays_in_sight_while_the_rest_moves_beneath(show):
    view = show(page(neuron()), **PHONE)
    top = "document.querySelector('.viewport').getBoundingClientRect().top"
    view.evaluate("document.querySelector('.drawers').scrollIntoView()")
    assert 0 <= view.evaluate(top) < 20
    high = view.evaluate("document.querySelector('.viewport').clientHeight / innerHeight")
    assert 0.46 <= high < 0.6
    view.focus(".leaf input[type=text]")
    edge = """[document.querySelector(".leaf input[type=text]").getBoundingClientRect().top,
        document.querySelector(".graph").getBoundingClientRect().bottom]"""
    field, graph = view.evaluate(edge)
    assert field >= graph


def test_what_a_step_changes_is_in_sight(show):
    result = neuron()
    trace = step_through(result)
    view = show(page(result), **PHONE)
    for index, step in enumerate(trace.steps):
        view.locator(".slider").fill(str(len(trace.forward) + 2 + index))
        outer = view.locator(".viewport").bounding_box()
        boxes = view.evaluate(BOXES)
        for position in (step.node.position, step.operand.position):
            card = boxes[str(position)]
            assert outer["x"] <= card["x"] and card["x"] + card["width"] <= outer["x"] + outer["width"]
            assert outer["y"] <= card["y"] and card["y"] + card["height"] <= outer["y"] + outer["height"]


def test_turned_sideways_it_runs_to_the_right_again(show):
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    view = show(page(a * b), **PHONE)
    down = view.evaluate(BOXES)
    assert down["2"]["y"] > down["0"]["y"] + down["0"]["height"]
    view.set_viewport_size({"width": 844, "height": 390})
    until(
        view,
        """() => {
        const rects = [...document.querySelectorAll(".viewport .node > rect")];
        const [a, , c] = rects.map((rect) => rect.getBoundingClientRect());
        return c.left > a.right;
    }""",
    )
