"""Pictures without Graphviz have the same boxes, edges and frames as the DOT text, and stand in order."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import combinations

import pytest
from oracles.graphs import HOSTILE, chain, check_label, edges, graphs, neuron, texts

from autograd import Value, draw
from autograd.drawing.layout import layered
from nn import MLP

GRAPHS = list(graphs())


def places(picture):
    sketch = picture.sketch
    sizes = dict.fromkeys(sketch.items, (60.0, 20.0))
    return layered(sizes, [edge[:2] for edge in sketch.edges], sketch.parents).boxes


@pytest.mark.parametrize("options", [{}, {"style": "fused", "show_grad": False}], ids=["classic", "fused"])
@pytest.mark.parametrize(("name", "root"), GRAPHS, ids=[name for name, _ in GRAPHS])
def test_it_has_what_the_dot_text_has(name, root, options):
    picture = draw(root, **options)
    sketch = picture.sketch
    in_dot = Counter()
    for (tail, head, _), count in edges(picture.source).items():
        in_dot[tail, head] += count
    assert Counter((tail, head) for tail, head, _ in sketch.edges) == in_dot
    nodes = set(re.findall(r"^\t+(\w+) \[label", picture.source, re.MULTILINE)) - {"graph", "node", "edge"}
    assert set(sketch.items) == nodes
    svg = sketch.svg()
    assert svg.count("<polygon") == in_dot.total()
    by_graphviz = Counter(
        text for text in texts(picture.svg()) if not re.fullmatch("[1-9]", text)
    )  # numbered entrances
    assert Counter(text for text in texts(svg) if not re.fullmatch("[1-9]", text)) == by_graphviz


def test_operands_are_left_of_results_and_boxes_apart():
    random.seed(0)
    model = MLP(2, [2, 1], expanded=True)
    picture = draw(model([Value(1.0, "x1"), 2.0]), clusters=model)
    boxes = places(picture)
    for tail, head, _ in picture.sketch.edges:
        assert boxes[tail].right <= boxes[head].x
    for one, other in combinations([boxes[name] for name in picture.sketch.items], 2):
        assert one.right <= other.x or other.right <= one.x or one.middle != other.middle
    for inner, outer in picture.sketch.parents.items():
        assert boxes[outer].x < boxes[inner].x and boxes[inner].right < boxes[outer].right
    groups = ElementTree.fromstring(picture.sketch.svg()).findall("{*}g")
    titles = ["".join(frame.find("{*}text").itertext()) for frame in groups if frame.get("class") == "cluster"]
    modules = [(name, type(module).__name__) for name, module in model.named_modules() if name]
    assert sorted(titles) == sorted(f"{name}: {kind}" for name, kind in modules)
    assert {"w.0", "w.1", "b"} <= set(texts(picture.sketch.svg()))


def test_a_large_graph_is_summarized_as_by_graphviz():
    picture = draw(chain(1000))
    lines = {tuple(lines) for lines, _ in picture.sketch.items.values()}
    assert any(line[0].startswith("1,0") and "depth 1,000" in line for line in lines)
    part = draw(chain(1000), max_nodes=5)
    assert "more nodes" in " ".join(texts(part.sketch.svg()))
    assert len(part.sketch.items) < 20


def test_gradients_are_colored_with_their_legend():
    root = neuron()
    root.backward()
    svg = draw(root, color_gradients=True).sketch.svg()
    assert "gradient" in texts(svg)
    assert 'fill="#6fb1dc"' in svg


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_any_label_remains_text(hostile):
    a = Value(2.0, hostile)
    for options in ({}, {"clusters": {hostile: [a]}}):
        check_label(hostile, draw(a * a, **options).sketch.svg())


def test_it_is_a_snapshot_as_the_dot_text_is():
    x = Value(2.0, "x")
    picture = draw(x * 3.0)
    x.data = 7.0
    assert "data 2" in texts(picture.sketch.svg())
