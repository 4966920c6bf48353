"""Sums over paths and the flow of gradients, against naive computations written here."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from oracles.programs import inputs, is_tame, on_values, programs, run

import autograd
from autograd import Value, gradient_flow, kinks, sum_over_paths
from autograd.trace.paths import LIMIT

inf = math.inf

# ---------------------------------------------------------------------- sums over paths


def naive_paths(node, leaf):
    """By recursion: the products of all paths from the leaf to the node."""
    if node is leaf:
        return [1.0]
    return [
        local * product
        for operand, local in zip(node.operands, node.local_derivatives, strict=True)
        if isinstance(operand, Value)
        for product in naive_paths(operand, leaf)
    ]


def test_the_text_of_a_small_sum():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    c.label = "c"
    result = c * 2.0
    result.label = "L"
    text = str(sum_over_paths(result, a))
    assert "a -> c -> L:" in text
    assert "(-3) * (2)" in text
    assert text.splitlines()[0].startswith("dL/da = -6, the sum over 1 path ")
    assert text.endswith("= -6")


@given(programs, inputs)
def test_the_paths_are_those_of_a_naive_walk_and_sum_to_the_gradient(program, numbers):
    if not is_tame(program, numbers):
        return
    leaves = [Value(x) for x in numbers]
    result = run(program, leaves, on_values)
    if len(autograd.topological_order(result)) > 12:
        return
    result.backward()
    for leaf in leaves:
        if leaf is result:
            continue
        found = sum_over_paths(result, leaf, max_paths=10**6)
        expected = naive_paths(result, leaf)
        assert found.total == len(expected) == len(found.paths)
        assert sorted(path.product for path in found.paths) == pytest.approx(sorted(expected), rel=1e-9, abs=1e-12)
        assert found.gradient == pytest.approx(leaf.grad, rel=1e-9, abs=1e-12)
        assert found.is_complete


def test_every_way_through_a_diamond_and_a_square():
    a = Value(3.0, "a")
    b, c = a * 2.0, a * a
    result = b * c  # 2 a^3
    found = sum_over_paths(result, a)
    assert found.total == 3
    assert sorted(path.product for path in found.paths) == [18.0, 18.0, 18.0]
    assert found.gradient == 54.0
    assert [path.names for path in found.paths if len(set(path.names)) != 3] == []
    for path in found.paths:
        assert math.prod(path.factors) == path.product
        assert (path.names[0], path.names[-1]) == ("a", str(found.result))


def test_elements_of_vectors():
    w = Value(2.0, "w")
    result = autograd.dot([w, w, 1.0], [3.0, w, 4.0])
    found = sum_over_paths(result, w)
    assert sorted(path.product for path in found.paths) == [2.0, 2.0, 3.0]


def test_millions_of_paths_are_counted_and_not_walked():
    x = Value(1.0, "x")
    node = x
    for _ in range(64):
        node = node + node
    found = sum_over_paths(node, x, max_paths=5)
    assert found.total == 2**64
    assert found.gradient == 2.0**64
    assert len(found.paths) == 5
    assert not found.is_complete
    text = str(found)
    assert "the sum over 18,446,744,073,709,551,616 paths" in text
    assert "the first 5 paths; their products sum to 5." in text
    assert "(53 more)" in text
    for _ in range(1000):
        node = node * 0.5 + node * 0.5
    found = sum_over_paths(node, x, max_paths=1)
    assert found.total == LIMIT
    assert "at least 10^100 paths" in str(found)
    assert found.gradient == 2.0**64


def test_no_path_and_the_path_of_no_step():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    result = a * 2.0
    assert sum_over_paths(result, b).paths == ()
    assert str(sum_over_paths(result, b)) == "dv1/db = 0: no path leads from b to v1."
    itself = sum_over_paths(result, result)
    assert (itself.gradient, itself.total, itself.paths[0].product) == (1.0, 1, 1.0)
    assert str(itself).splitlines()[1].split() == ["v1:", "1", "=", "1"]
    with pytest.raises(ValueError, match="-1"):
        sum_over_paths(result, a, max_paths=-1)
    assert sum_over_paths(result, a, max_paths=0).paths == ()


def test_an_interior_node_will_do():
    x = Value(2.0, "x")
    middle = x * x
    result = middle * middle + x
    assert sum_over_paths(result, middle).gradient == 8.0
    assert sum_over_paths(result, middle).total == 2


@pytest.mark.parametrize(
    "blocked",
    [
        lambda x: x.relu(),
        lambda x: autograd.where(False, x, 1.0),
        lambda x: autograd.maximum(x, 1.0),
        lambda x: autograd.max([x, 1.0]),
    ],
)
def test_where_nothing_flows_an_infinite_gradient_leaves_nothing_either(blocked):
    x = Value(-1.0)
    result = blocked(x) * inf
    result.backward()
    assert x.grad == 0.0
    assert sum_over_paths(result, x).gradient == 0.0
    assert [path.product for path in sum_over_paths(result, x).paths] == [0.0]


def test_a_node_made_by_hand_is_refused():
    x = Value(1.0)
    with pytest.raises(TypeError, match="made by hand"):
        sum_over_paths(Value(2.0, (x,), "twice"), x)


# ---------------------------------------------------------------------- gradient flow


def test_the_numbers_of_a_small_graph():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    result = x * y + (x * 0.0)
    flow = gradient_flow(result)
    by_name = {row.name: row for row in flow.operations}
    assert set(by_name) == {"mul", "(leaf)", "add"}
    assert flow.operations[-1].name == "add"  # of which there are fewest
    assert by_name["mul"][1:] == (2, 1.0, 1.0, 1.0, 0.0, "ok")
    assert by_name["(leaf)"][1:] == (2, 2.0, 2.5, 3.0, 0.0, "ok")
    assert [row[:5] for row in flow.depths] == [
        ("0", 1, 1.0, 1.0, 1.0),
        ("1", 2, 1.0, 1.0, 1.0),
        ("2", 2, 2.0, 2.5, 3.0),
    ]
    assert (x.grad, y.grad) == (0.0, 0.0)


@given(programs, inputs)
def test_the_gradients_are_those_of_backward(program, numbers):
    if not is_tame(program, numbers):
        return
    result = run(program, [Value(x) for x in numbers], on_values)
    flow = gradient_flow(result)
    result.backward()
    nodes = autograd.topological_order(result)
    sizes = {}
    for node in nodes:
        sizes.setdefault(node.op.name if node.op else "(leaf)", []).append(abs(node.grad))
    assert {row.name for row in flow.operations} == set(sizes)
    for row in flow.operations:
        own = sizes[row.name]
        assert row.nodes == len(own)
        expected = (min(own), sum(own) / len(own), max(own))
        assert (row.smallest, row.mean, row.largest) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert sum(row.nodes for row in flow.depths) == len(nodes)


def test_depth_is_the_longest_way():
    x = Value(0.5, "x")
    result = x + x.tanh().tanh().tanh()
    assert [(row.name, row.nodes) for row in gradient_flow(result).depths] == [(str(i), 1) for i in range(5)]
    result = x * 2.0 + x.tanh().tanh().tanh()  # in whatever order the graph is walked
    assert [row.nodes for row in gradient_flow(result).depths] == [1, 2, 1, 1, 1]


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (lambda x: x.sigmoid(), "vanishing"),
        (lambda x: x * 10.0, "exploding"),
        (lambda x: x * 1.0, "ok"),
        (lambda x: x * 0.0, "no gradient"),
        (lambda x: x * 1e200, "not finite"),
    ],
)
def test_verdicts(step, verdict):
    x = node = Value(1.0, "x")
    for _ in range(15):
        node = step(node)
    flow = gradient_flow(node)
    assert flow.depths[0].verdict == "ok"
    assert flow.depths[-1].verdict == verdict
    assert {row.name: row.verdict for row in flow.operations}["(leaf)"] == verdict
    assert x.grad == 0.0


def test_thresholds_may_be_chosen():
    result = Value(1.0) * 0.01
    assert gradient_flow(result).depths[-1].verdict == "ok"
    assert gradient_flow(result, vanishing=0.1).depths[-1].verdict == "vanishing"
    assert gradient_flow(Value(1.0) * 50.0, exploding=10.0).depths[-1].verdict == "exploding"


def test_the_share_of_exact_zeros():
    xs = [Value(x) for x in (-1.0, -2.0, -3.0, 4.0)]
    result = autograd.sum([x.relu() for x in xs])
    leaves = {row.name: row for row in gradient_flow(result).operations}["(leaf)"]
    assert leaves.zeros == 0.75
    line = next(line for line in str(gradient_flow(result)).splitlines() if line.startswith("(leaf)"))
    assert line.split() == ["(leaf)", "4", "0", "0.25", "1", "75%", "ok"]


def test_depths_of_a_deep_graph_are_taken_together():
    node = Value(1.0)
    for _ in range(100):
        node = node + 1.0
    rows = gradient_flow(node, max_rows=7).depths
    assert len(rows) <= 7
    assert (rows[0].name, rows[-1].name) == ("0-14", "90-100")
    assert sum(row.nodes for row in rows) == 101
    with pytest.raises(ValueError, match="max_rows"):
        gradient_flow(node, max_rows=0)


# ---------------------------------------------------------------------- depth


def test_nothing_here_recurses():
    x = node = Value(0.0, "x")
    for _ in range(20_000):
        node = node + 1.0
    node = node.relu()
    assert kinks(node) == []
    found = sum_over_paths(node, x)
    assert (found.total, found.gradient, len(found.paths[0].names)) == (1, 1.0, 20_002)
    assert "(19,990 more)" in str(found)
    assert gradient_flow(node).depths[-1].largest == 1.0


# ---------------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: kinks(1.0), r"expected a Value that was computed from others, got 1\.0 of type float"),
        (lambda x: gradient_flow(1.0), r"expected a Value that was computed from others, got 1\.0 of type float"),
        (lambda x: gradient_flow([x]), r"expected a Value that .*, got \[.*\] of type list"),
        (lambda x: sum_over_paths(1.0, x), r"expected a Value that was computed from others, got 1\.0 of type float"),
        (
            lambda x: sum_over_paths(x, 2.0),
            r"sum_over_paths takes the Value to differentiate by, got 2\.0 of type float",
        ),
        (
            lambda x: sum_over_paths(x, [x]),
            r"sum_over_paths takes the Value to differentiate by, got \[.*\] of type list",
        ),
    ],
)
def test_what_is_no_value_is_refused_in_one_sentence(call, message):
    with pytest.raises(TypeError, match=message) as caught:
        call(Value(1.0))
    assert "\n" not in str(caught.value)
