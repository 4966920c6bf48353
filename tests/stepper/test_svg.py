"""The SVG of a trace: every part that a page looks for, where it stands, and hostile text."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings, strategies as st
from oracles.graphs import HOSTILE, graphs, neuron
from processes import outputs_of_two_runs

import autograd
from autograd import Value
from autograd.drawing.layout import Box, layered
from autograd.drawing.ranks import spread
from autograd.stepper.svg import DRAWER, NAMESPACE, svg_of_trace
from autograd.symbols import format_number
from autograd.testing.programs import graphs as random_graphs
from autograd.text.labels import LABEL_LENGTH
from autograd.trace.trace import Trace, step_through

TRACED = [(name, root) for name, root in graphs() if "hand" not in name]


def parse(svg):
    return ElementTree.fromstring(svg.replace(f'xmlns="{NAMESPACE}" ', ""))


def written(number):
    return format_number(number).replace("-", "−")


def by_id(svg):
    return {element.get("id"): element for element in parse(svg).iter("g") if element.get("id")}


def expected_ids(trace):
    for node in trace.nodes:
        yield f"node-{node.position}"
        if node.op:
            yield f"op-{node.position}"
        for slot, operand in enumerate(node.operands):
            yield f"edge-{node.position}-{slot}"
            if isinstance(operand, float):
                yield f"constant-{node.position}-{slot}"


def box(group):
    rect = group.find("rect")
    return Box(*(float(rect.get(name)) for name in ("x", "y", "width", "height")))


def ends(edge):
    """Where an edge starts, and where its arrow points to."""
    start = re.match(r"M(\S+?) ([-\d.]+)", edge.find("path").get("d"))
    tip = edge.find("polygon").get("points").split()[0].split(",")
    return tuple(map(float, start.groups())), tuple(map(float, tip))


def text(group, kind):
    return [element.text for element in group.iter("text") if element.get("class") == kind]


def with_groups(trace, group_of):
    """The same trace, each node in the group that `group_of` says."""
    nodes = [node._replace(group=group_of(node)) for node in trace.nodes]
    return Trace(nodes, [step._replace(node=nodes[step.node.position]) for step in trace.steps])


def perceptron(sizes, names=True):
    """An expanded perceptron, each node in the group of its neuron."""
    group_of = {}
    layer = [Value(float(i), f"x{i}") for i in range(sizes[0])]
    for depth, size in enumerate(sizes[1:]):
        outputs = []
        for index in range(size):
            group = f"layers.{depth}.neurons.{index}"
            z = Value(0.5)
            made = [z]
            for x in layer:
                w = Value(random.uniform(-1, 1))
                made += [w, w * x]
                z = z + made[-1]
                made.append(z)
            made.append(z.tanh())
            outputs.append(made[-1])
            group_of.update(dict.fromkeys(made, group))
        layer = outputs
    root = autograd.sum(layer)
    order = autograd.topological_order(root)
    return with_groups(step_through(root), lambda node: group_of.get(order[node.position], "") if names else "")


def overlap(a, b):
    return a.x < b.right and b.x < a.right and a.y < b.y + b.height and b.y < a.y + a.height


# ---------------------------------------------------------------------- the contract with the page


@pytest.mark.parametrize(("name", "root"), TRACED, ids=[name for name, _ in TRACED])
def test_every_part_has_its_id_its_numbers_and_a_title(name, root):
    trace = step_through(root)
    parts = by_id(svg_of_trace(trace))
    assert sorted(parts) == sorted(expected_ids(trace))
    for name, part in parts.items():
        assert part.get("class").split()[0] == name.split("-")[0]
        assert part.find("title").text
    for node in trace.nodes:
        part = parts[f"node-{node.position}"]
        assert text(part, "label") == [node.name]
        assert text(part, "data") == [written(node.data)] and text(part, "grad") == [written(node.grad)]


@pytest.mark.parametrize(("name", "root"), TRACED, ids=[name for name, _ in TRACED])
def test_edges_lead_from_their_operand_to_their_operation(name, root):
    trace = step_through(root)
    parts = by_id(svg_of_trace(trace))
    for node in trace.nodes:
        for slot, operand in enumerate(node.operands):
            source = f"node-{operand}" if isinstance(operand, int) else f"constant-{node.position}-{slot}"
            tail, head = box(parts[source]), box(parts[f"op-{node.position}"])
            (x, y), (end_x, end_y) = ends(parts[f"edge-{node.position}-{slot}"])
            assert x == pytest.approx(tail.right, abs=0.2) and tail.y <= y <= tail.y + tail.height
            assert head.y <= end_y <= head.y + head.height
            radius = min(head.width, head.height) / 2  # of the round ends of the operation
            center = max(head.y + radius, min(head.y + head.height - radius, end_y))
            middle = head.x + radius
            assert math.hypot(end_x - middle, end_y - center) == pytest.approx(radius, abs=0.3) and end_x < middle
        if node.op:  # a circle on the left edge of the card
            circle, card = box(parts[f"op-{node.position}"]), box(parts[f"node-{node.position}"])
            assert circle.x + circle.width / 2 == pytest.approx(card.x, abs=0.2)
            assert circle.middle == pytest.approx(card.middle, abs=0.2)


def test_operands_arrive_in_their_order_and_apart_from_each_other():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    for root in (a + a, a - b, autograd.dot([a, b, a], [b, b, 2.0])):
        trace = step_through(root)
        parts = by_id(svg_of_trace(trace))
        heights = [ends(parts[f"edge-{root_position(trace)}-{slot}"])[1][1] for slot in range(len(root.operands))]
        assert all(second - first > 4 for first, second in pairwise(heights))


def root_position(trace):
    return len(trace.nodes) - 1


@settings(deadline=None, max_examples=40)
@given(graph=random_graphs())
def test_nothing_lies_on_anything_else(graph):
    assert_apart(step_through(graph.root))


def occupied(root):
    """The place of each Value, with its drawer and its operation, and of each constant."""
    circles = {group.get("id"): box(group) for group in root.iter("g") if group.get("class") == "op"}
    for group in root.iter("g"):
        kind = group.get("class").split()[0]
        if kind == "constant":
            yield box(group)
        if kind == "node":
            card = box(group)
            circle = circles.get(group.get("id").replace("node", "op"), card)
            bottom = max(circle.y + circle.height, card.y + card.height + DRAWER)
            left, top = min(circle.x, card.x), min(circle.y, card.y)
            yield Box(left, top, card.right - left, bottom - top)


def assert_apart(trace):
    svg = svg_of_trace(trace)
    root = parse(svg)
    boxes = list(occupied(root))
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    x, y, width, height = map(float, root.get("viewBox").split())
    assert all(b.x >= x and b.y >= y and b.right <= x + width and b.y + b.height <= y + height for b in boxes)


def test_clusters_hold_their_members_and_nothing_else():
    random.seed(0)
    trace = perceptron([2, 3, 1])
    parts = by_id(svg_of_trace(trace))
    clusters = {g.get("data-group"): box(g) for g in parse(svg_of_trace(trace)).iter("g") if g.get("data-group")}
    assert set(clusters) == {
        *("layers.0", "layers.0.neurons.0", "layers.0.neurons.1", "layers.0.neurons.2"),
        *("layers.1", "layers.1.neurons.0"),
    }
    for name, cluster in clusters.items():
        for node in trace.nodes:
            inner = box(parts[f"node-{node.position}"])
            if f"{node.group}.".startswith(f"{name}."):
                assert cluster.x < inner.x and inner.right < cluster.right
                assert cluster.y < inner.y and inner.y + inner.height < cluster.y + cluster.height
            else:
                assert not overlap(cluster, inner), (name, node)


# ---------------------------------------------------------------------- large graphs


def test_a_large_trace_is_drawn_by_neuron_or_by_layer():
    random.seed(0)
    trace = perceptron([2, 8, 8, 1])
    by_neuron, by_layer = (parse(svg_of_trace(trace, max_nodes=limit)) for limit in (120, 40))
    for root, names in ((by_neuron, "layers.0.neurons.0"), (by_layer, "layers.0")):
        collapsed = [g for g in root.iter("g") if g.get("class") == "cluster collapsed"]
        assert names in {g.get("data-group") for g in collapsed}
        # Every edge between parts that are drawn is there once, by itself or among those of one line.
        edges = [g for g in root.iter("g") if g.get("class") == "edge"]
        told = [name for g in edges for name in (g.get("data-edges") or g.get("id").removeprefix("edge-")).split()]
        assert len(told) == len(set(told))
        assert text(root, "note") == [
            f"{len(trace.nodes)} Values: groups are drawn as one box each.",
            "The tables have all; a smaller part is drawn whole.",
        ]
    assert text(next(g for g in by_layer.iter("g") if g.get("data-group") == "layers.0"), "count") == [
        "40 results",
        "24 leaves",
    ]


def test_a_layer_that_is_used_twice_is_collapsed_too():
    w, x = Value(0.5, "w"), Value(1.0, "x")
    h = w * x
    root = w * (h + 1.0)
    trace = with_groups(step_through(root), lambda node: "layer" if node.name == "w" or node.op == "mul" else "")
    svg = svg_of_trace(trace, max_nodes=4)
    assert "collapsed" in svg and {"node-1", "node-3"} <= set(by_id(svg))


@pytest.mark.parametrize("wrong", [-1, 4.0, True, "4"])
def test_the_number_of_nodes_to_draw_is_a_whole_number(wrong):
    with pytest.raises(ValueError, match=f"max_nodes must be a whole number of at least 0, got {wrong!r}"):
        svg_of_trace(step_through(Value(1.0) * 2.0), max_nodes=wrong)


def test_two_thousand_nodes_are_drawn_one_by_one_and_more_are_not():
    x = Value(1.0, "x")
    y = x
    for _ in range(1500):
        y = y * x
    assert len(by_id(svg_of_trace(step_through(y)))) == 1501 + 1500 * 3
    for _ in range(600):
        y = y * x
    assert text(parse(svg_of_trace(step_through(y))), "note") == [
        "2,101 Values, too many to draw; the tables have all.",
        "For a picture: take the trace of a smaller part,",
        "or capture_source(model), to group them.",
    ]


# ---------------------------------------------------------------------- text


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_remain_text(label):
    check_hostile(label)


@settings(deadline=None, max_examples=150)
@given(label=st.text(max_size=60))
def test_any_label_remains_text(label):
    check_hostile(label)


def check_hostile(label):
    x = Value(1.0, label)
    trace = step_through((x * 2).exp())
    trace = with_groups(trace, lambda node: label if node.op else "")
    for limit in (300, 1):
        root = parse(svg_of_trace(trace, max_nodes=limit))
        assert {element.tag for element in root.iter()} <= {*("svg", "g", "title", "rect", "text", "path", "polygon")}
        assert all(len(e.text) <= LABEL_LENGTH for e in root.iter("text") if e.get("class") != "note")
    shown = text(by_id(svg_of_trace(trace))["node-0"], "label")[0]
    kept = [c for c in label[: LABEL_LENGTH - 1] if c.isprintable()]
    assert all(c in shown for c in kept)


def test_the_picture_refers_to_nothing_and_scales():
    svg = svg_of_trace(step_through(neuron()))
    assert not re.search(r"href|url\(|<script|<style|(?<!font-)style=|on\w+=|https?:", svg.replace(NAMESPACE, ""))
    root = parse(svg)
    _, _, width, height = root.get("viewBox").split()
    assert (root.get("width"), root.get("height")) == (width, height)
    assert len(svg) < 20_000


def test_numbers_that_are_none_show():
    x = Value(-0.0, "x")
    shown = by_id(svg_of_trace(step_through((x + math.inf) * x)))
    assert [text(shown[f"node-{i}"], "data") for i in range(3)] == [["−0"], ["inf"], ["nan"]]


@pytest.mark.native
def test_two_runs_give_the_same_bytes():
    program = (
        "import random; from stepper.test_svg import *; random.seed(0); "
        "print(svg_of_trace(perceptron([2, 4, 1])), svg_of_trace(perceptron([2, 4, 1]), max_nodes=9))"
    )
    assert len(outputs_of_two_runs(program)) == 1


# ---------------------------------------------------------------------- the layout


@pytest.mark.native
def test_boxes_are_spread_as_isotonic_regression_says():
    isotonic = pytest.importorskip("sklearn.isotonic", reason="scikit-learn is not installed")
    generator = random.Random(0)
    for length in (1, 2, 5, 40):
        desired = [generator.uniform(-9, 9) for _ in range(length)]
        weights = [generator.uniform(0.1, 9) for _ in range(length)]
        found = spread(desired, weights, [0.0] * (length - 1))
        expected = isotonic.isotonic_regression(desired, sample_weight=weights)
        assert found == pytest.approx(list(expected), abs=1e-9)


def test_a_straight_chain_is_drawn_straight():
    names = [f"n{i}" for i in range(9)]
    layout = layered(dict.fromkeys(names, (30.0, 20.0)), list(pairwise(names)))
    assert len({y for route in layout.routes for _, y in route}) == 1


def test_a_tree_is_drawn_without_crossings():
    edges = [(f"n{2 * i + side}", f"n{i}") for i in range(1, 16) for side in (0, 1)]
    layout = layered({f"n{i}": (30.0, 20.0) for i in range(31, 0, -1)}, edges)
    starts = sorted((route[0][0], route[0][1], route[-1][1]) for route in layout.routes)
    for (x, y, end), (other_x, other_y, other_end) in combinations(starts, 2):
        assert x != other_x or (y - other_y) * (end - other_end) >= 0


def test_a_cycle_of_clusters_is_laid_out():
    sizes = dict.fromkeys("abcd", (20.0, 20.0))
    layout = layered(sizes, [("a", "b"), ("b", "c"), ("c", "d")], {"a": "one", "c": "one", "b": "two", "d": "two"})
    assert not overlap(layout.boxes["one"], layout.boxes["two"])
