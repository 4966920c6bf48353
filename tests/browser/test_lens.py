"""Graphs of hundreds to twenty thousand nodes: both ends of a step are in sight, and few cards are drawn."""

from __future__ import annotations

import itertools
import random

import pytest
from graphs import named, page
from test_large import SHAPES, in_sight, network

from autograd import Value, capture_source, step_through
from autograd.stepper.page import page_of
from nn import MLP


def recurrence(cells):
    """h = tanh(w h + u x + b): six nodes a cell."""
    w, u, b, h = Value(0.9, "w"), Value(0.5, "u"), Value(0.1, "b"), Value(0.0, "h0")
    for i in range(cells):
        h = named(f"h{i + 1}", (w * h + u * Value(0.1 * (i % 5), f"x{i + 1}") + b).tanh())
    return named("loss", (h - 0.5) ** 2)


@pytest.mark.parametrize("cells", [50, 500, 3333], ids=["306", "3006", "20004"])
def test_both_ends_of_a_step_are_in_sight_however_far_apart(show, cells):
    result = recurrence(cells)
    trace = step_through(result)
    view = show(page(result), reduced_motion="reduce", drawers=False)
    position = {node.name: node.position for node in trace.nodes}
    last = len(trace.steps) - 4
    far = [i for i, step in enumerate(trace.steps) if step.operand.name == "w"]
    for index in (0, len(trace.steps) // 2, far[0], far[len(far) // 2], last):
        view.locator(".slider").fill(str(len(trace.forward) + 2 + index))
        step = trace.steps[index]
        assert {f"node-{step.node.position}", f"node-{step.operand.position}"} <= in_sight(view)
        assert view.locator(".edge.active").count() == 1
        assert view.locator(f'.op.working[id$="-op-{step.node.position}"]').count() == 1
        assert view.locator(".node").count() <= 80
        is_broken = view.locator(".edge.active.broken > .gap").count() == 1
        assert is_broken == (step.operand.position == position["w"] and index != far[-1])
    assert view.locator(".map").is_visible()


def test_a_leaf_stands_where_it_is_used_and_elsewhere_is_a_name_that_leads_to_it(show):
    result = recurrence(50)
    trace = step_through(result)
    view = show(page(result), reduced_motion="reduce", drawers=False)
    at = next(i for i, step in enumerate(trace.steps) if step.node.name == "h30")
    view.locator(".slider").fill(str(len(trace.forward) + 2 + at))
    copies = view.locator(".copy")
    assert copies.count() > 0 and set(copies.locator(".name").all_text_contents()) <= {"w", "u", "b"}
    name = copies.first.locator(".name").text_content()
    copies.first.locator("rect").dispatch_event("click")
    position = next(node.position for node in trace.nodes if node.name == name)
    assert f"node-{position}" in in_sight(view)
    assert name in view.locator(".narration").text_content()


@pytest.mark.parametrize(
    "size", [{"width": 1280, "drawers": False}, {"width": 390, "height": 844}], ids=["across", "down"]
)
def test_slots_are_marked_where_the_picture_has_another_order(show, size):
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = named("c", a * b)
    result = named("y", (b - c) / (a**b + c))
    view = show(page(result), reduced_motion="reduce", **size)
    view.click(".fit")
    trace = step_through(result)
    places = """() => Object.fromEntries([...document.querySelectorAll(".node > rect")].map((rect) => {
        const { x, y, width } = rect.getBoundingClientRect();
        return [rect.parentNode.id.split("-").pop(), [x + width / 2, y]];
    }))"""
    boxes = view.evaluate(places)
    axis = 0 if "height" in size else 1
    for node in trace.nodes:
        marks = [
            view.locator(f'.edge[id$="-edge-{node.position}-{slot}"] .slot').all_text_contents()
            for slot in range(len(node.operands))
        ]
        if node.op in ("add", "mul"):
            assert marks == [[], []]
        elif node.op:
            first, second = (boxes[str(x)][axis] for x in node.operands)
            assert marks == ([["1"], ["2"]] if first > second else [[], []]), node.name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_a_lens_with_its_map(show, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core checks the accessibility")
    view = show(page(network()), color_scheme=scheme, reduced_motion="reduce", drawers=False)
    view.click(".next")
    found = axe.Axe().run(view).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


ON_EDGES = """() => [...document.querySelectorAll(".edge > :is(.tag, .slot, .gap)")].map((mark) => {
    const [path, place] = [mark.parentNode.querySelector("path"), mark.transform.baseVal];
    const [x, y] = place.length ? [place[0].matrix.e, place[0].matrix.f]
        : ["x", "y"].map((name) => Number(mark.getAttribute(name)));
    const length = path.getTotalLength();
    const off = Array.from({ length: 800 }, (_, index) => path.getPointAtLength((length * index) / 799))
        .map((point) => Math.hypot(point.x - x, point.y - y));
    return { kind: mark.classList[0], off: Math.min(...off), x, y, width: mark.getBBox().width };
})"""


def network_of_samples():
    """Four samples through three layers: many edges end side by side at each box that stands for a sample."""
    random.seed(1)
    model = MLP(3, [4, 4, 1])
    with capture_source(model) as capture:
        loss = sum((model([x, 1.0 - x, 0.5]) - y) ** 2 for x, y in [(2.0, 1.0), (3.0, -1.0), (0.5, -1.0), (1.0, 1.0)])
    return step_through(loss, capture=capture)


@pytest.mark.parametrize("size", [{"width": 1280}, {"width": 390, "height": 844}], ids=["across", "down"])
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize(
    ("make", "expected"),
    [(network_of_samples, {"tag"}), (lambda: step_through(recurrence(50)), {"tag", "gap"})],
    ids=["samples", "cells"],
)
def test_what_is_written_at_edges_is_on_them_once_all_is_in_its_place_and_hides_nothing(
    show, make, expected, size, motion
):
    trace = make()
    view = show(page_of(trace), reduced_motion=motion, drawers=False, **size)
    kinds = set()
    for share in (0.3, 0.6, 1):
        view.locator(".slider").fill(str(len(trace.forward) + 1 + int(share * len(trace.steps))))
        view.locator(".viewport > svg:not(.travelling)").wait_for()
        marks = view.evaluate(ON_EDGES)
        kinds |= {mark["kind"] for mark in marks}
        assert max(mark["off"] for mark in marks if mark["kind"] != "slot") < 5
        assert max((mark["off"] for mark in marks if mark["kind"] == "slot"), default=0) < 25
        tags = [mark for mark in marks if mark["kind"] == "tag"]
        for one, other in itertools.combinations(tags, 2):
            across, down = abs(one["x"] - other["x"]), abs(one["y"] - other["y"])
            assert across > 0.7 * (one["width"] + other["width"]) / 2 or down > 0.7 * 24
    assert expected <= kinds


def test_a_network_opens_as_a_whole_and_its_boxes_open_with_the_steps(show):
    view = show(page_of(network_of_samples()), reduced_motion="reduce", drawers=False)
    cards = ".viewport .node:visible"
    parameters = ["layer 1 of 3", "layer 2 of 3", "unit 1 of 1"]
    samples = [f"sample {sample} of 4" for sample in (1, 2, 3, 4)]
    assert sorted(view.locator(f"{cards} .label").all_text_contents()) == sorted(parameters + samples)
    assert all(shape["inside"] for shape in view.evaluate(SHAPES))
    assert view.locator(".map").is_hidden()
    # 4 units of 3 weights and a bias, 4 of 4 and a bias, one: no number of one of them speaks for a box
    for label, count in zip(parameters, (16, 20, 5), strict=True):
        assert view.locator(cards, has_text=label).locator(".data").text_content() == f"{count} leaves"
    view.click(".next")
    view.click(".next")
    assert view.locator(".node.receiver").count() == 1
    assert view.locator(".cluster", has_text="sample 4 of 4").count() > 0
    for label in (samples[3], samples[0], parameters[0]):  # each opens at once, and alone
        view.evaluate("location.hash = ''")
        view.reload()
        view.locator(cards, has_text=label).focus()
        view.keyboard.press("Enter")
        assert view.locator(".cluster > .heading").all_text_contents() == [label]
    view.set_viewport_size({"width": 600, "height": 500})  # where the whole has no room
    view.reload()
    assert view.locator(f"{cards} .label", has_text="loss").count() == 1


@pytest.mark.parametrize("size", [{"width": 1280}, {"width": 390, "height": 844}], ids=["across", "down"])
def test_the_node_that_is_held_is_in_sight(show, size):
    trace = network_of_samples()
    view = show(page_of(trace), reduced_motion="reduce", drawers=False, **size)
    view.click("[data-mode=nudge]")
    for name in (None, "v10", "layers.0.neurons.1.w.2", "loss"):
        if name is not None:
            view.select_option(".nudge .held", label=name)
        name = name or view.locator(".nudge .held option:checked").text_content()
        position = next(node.position for node in trace.nodes if node.name == name)
        assert f"node-{position}" in in_sight(view), name
        view.set_viewport_size({"width": size["width"] + 10, "height": 900})  # draws it anew
        view.wait_for_timeout(100)
        assert f"node-{position}" in in_sight(view), name
