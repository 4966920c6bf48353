"""The backward pass: every use counts, at any depth, and nothing is left behind."""

from __future__ import annotations

import functools
import gc
import math
import operator
import random
import tracemalloc
import weakref

import pytest

import autograd
import autograd.core.vector
from autograd import TABLE, Op, Value, apply, topological_order
from autograd.core.engine import Gradients, order_and_clear
from autograd.testing import check_op

inf, nan = math.inf, math.nan

# ---------------------------------------------------------------------- every use counts


def test_every_reuse_counts():
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0
    a = Value(3.0)
    (a * a).backward()
    assert a.grad == 6.0
    a = Value(3.0)
    b = a * 2
    (b * (b + a)).backward()  # 2a (3a) = 6a^2
    assert a.grad == 36.0


def test_one_node_used_ten_thousand_times():
    a = Value(1.0)
    b = a * 2
    autograd.sum([b] * 10_000).backward()
    assert a.grad == 20_000.0


# ---------------------------------------------------------------------- backward


def test_twice_doubles_leaves_exactly_and_leaves_interior_nodes_alone():
    a, b = Value(0.1), Value(0.7)
    c = a * b + a
    d = c * c * a + autograd.dot([a, b], [b, 0.3])
    d.backward()
    once = a.grad, b.grad, c.grad
    d.backward()
    assert (a.grad, b.grad, c.grad) == (2 * once[0], 2 * once[1], once[2])


def test_gradients_of_several_losses_add_up_in_shared_leaves():
    a = Value(2.0)
    (a * 3).backward()
    (a * a).backward()
    assert a.grad == 7.0


def test_seed_and_zero_grad():
    a = Value(2.0)
    b = a * a
    c = b * 3
    c.backward(gradient=0.5)
    assert (c.grad, b.grad, a.grad) == (0.5, 1.5, 6.0)
    c.zero_grad()
    assert (c.grad, b.grad, a.grad) == (0.0, 0.0, 0.0)


def test_backward_of_a_leaf():
    a = Value(2.0)
    a.backward()
    a.backward(2.0)
    assert a.grad == 3.0


def test_a_result_that_is_the_seed_of_no_other_keeps_earlier_roots_apart():
    a = Value(2.0)
    b = a * 3
    (b * b).backward()
    b.backward()
    assert (b.grad, a.grad) == (1.0, 36.0 + 3.0)


def test_an_error_in_the_middle_leaves_the_leaves_as_they_were():
    a = Value(2.0)
    a.grad = 7.0
    broken = Value(1.0, (a,), "broken")
    with pytest.raises(TypeError):
        (broken * a).backward()
    assert a.grad == 7.0


def test_data_changed_after_the_forward_pass_does_not_change_the_gradient():
    x, y = Value(2.0), Value(5.0)
    out = (x * y).tanh() + x**3
    x.data, y.data = 100.0, 200.0
    out.backward()
    expected = 12.0 + 5.0 * (1 - math.tanh(10.0) ** 2)
    assert x.grad == pytest.approx(expected, rel=1e-15)


def test_second_derivative_after_a_change_of_data_is_refused():
    x = Value(2.0)
    out = x**3
    x.data = 5.0
    with pytest.raises(RuntimeError, match=r"'pow' changed after the forward pass \(a local derivative was 12.0"):
        out.backward(create_graph=True)


def rounded_otherwise_on_values():
    """A row whose rules sum floats in another order than Values; the built-in `sum` of Python 3.12 differs likewise."""

    def total(terms):
        floats = all(isinstance(term, float) for term in terms)
        return functools.reduce(operator.add, reversed(terms) if floats else terms)

    def mean(xs):
        return total(list(xs)) / len(xs)

    return Op(
        "deviation",
        lambda xs: total([(x - mean(xs)) ** 2 for x in xs]),
        [lambda out, xs: [2 * (x - mean(xs)) for x in xs]],
        domain=[(1e5, 1e5 + 1)],
        vectors=1,
    )


def test_second_derivative_of_rules_that_round_otherwise_on_values():
    rng, differ = random.Random(0), 0
    op = rounded_otherwise_on_values()
    for _ in range(20):
        xs = [Value(1e5 + rng.random()) for _ in range(3)]
        out = apply(op, xs)
        differ += out.local_derivatives != tuple(map(float, op.partial(0, out, xs)))
        out.backward(create_graph=True)
        slope, xs[0].grad = xs[0].grad, 0.0
        slope.backward()
        assert xs[0].grad == pytest.approx(4 / 3, rel=1e-9)  # 2 * (1 - 1/3)
    assert differ, "the rules were to round in two ways"


def test_second_derivative_of_such_rules_after_a_change_of_data_is_refused():
    xs = [Value(1e5 + x) for x in (0.1, 0.25, 0.7)]
    out = apply(rounded_otherwise_on_values(), xs)
    xs[1].data += 0.125
    with pytest.raises(RuntimeError, match="changed after the forward pass"):
        out.backward(create_graph=True)


def test_a_row_that_rounds_otherwise_on_values_is_not_accused():
    check_op(rounded_otherwise_on_values(), examples=50)


def test_third_derivative_through_create_graph():
    x = Value(0.3)
    derivative = (x * x).sin()
    for _ in range(3):
        derivative.backward(create_graph=True)
        derivative, x.grad = x.grad, 0.0
    u = 0.09  # d3/dx3 sin(x^2) = -12 x sin(x^2) - 8 x^3 cos(x^2)
    assert derivative.data == pytest.approx(-12 * 0.3 * math.sin(u) - 8 * 0.027 * math.cos(u), rel=1e-12)


def test_create_graph_adds_to_leaves_as_the_plain_pass_does():
    x = Value(3.0)
    out = x * x
    out.backward()
    out.backward(create_graph=True)
    assert float(x.grad) == 12.0
    y = Value(3.0)
    (y * 2).backward(create_graph=True)  # a constant slope is a Value too
    assert isinstance(y.grad, Value)


def test_a_node_made_by_hand_has_no_second_derivative():
    x = Value(2.0)
    with pytest.raises(TypeError, match="made by hand with a chain rule for numbers only"):
        Value(8.0, (x,), "cube").backward(create_graph=True)


# ---------------------------------------------------------------------- depth, memory, cycles


def chain(length):
    x = Value(1.0, "x")
    y = x
    for _ in range(length // 2):
        y = y * 1.000001
        y = y + x
    return x, y


# Long, because a million levels are more than a stack of C takes as well, when the graph is freed.
def test_a_chain_of_a_million_nodes():
    x, y = chain(1_000_000)
    y.backward()
    assert math.isfinite(x.grad)
    assert len(topological_order(y)) == 1_000_001
    del y


def test_graphs_are_freed_at_once_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        x, y = chain(1000)
        z = (y * y).tanh() + autograd.dot([x, y], [y, 2.0])
        z.backward()
        gone = weakref.ref(x)
        assert gone() is not None
        del x, y, z
        assert gone() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_node_takes_less_than_150_bytes():
    x, y = Value(1.0), Value(1.5)
    total = x * y
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(5_000):
        total = total * y
        total = total + x
    forward = tracemalloc.get_traced_memory()[0] - before
    total.backward()
    backward = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert forward / 10_000 <= 125
    assert backward / 10_000 <= 150


def test_both_topological_orders_agree():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    d = a * b + c
    e = autograd.dot([d, a, b, d * a], [c, d, 2.0, d.tanh()])
    f = autograd.where(d > 0, e * d, b) - autograd.sum([d, e, c])
    order = topological_order(f)
    interior: list[Value] = []
    before = Gradients()
    order_and_clear(f, interior, before)
    assert interior == [node for node in order if not node.is_leaf]
    assert set(before.leaves) == {node for node in order if node.is_leaf}
    position = {node: i for i, node in enumerate(order)}
    assert all(position[operand] < position[node] for node in order for operand in node._prev)


def test_create_graph_respects_frozen_leaves_and_zero_gradients():
    x, w = Value(3.0), Value(2.0)
    w.requires_grad = False
    (x * w).backward(create_graph=True)
    assert w.grad == 0.0
    x = Value(0.0)
    (x**2).backward(create_graph=True)  # its slope is 0 here, and has a history all the same
    (x * 1).backward(create_graph=True)
    slope, x.grad = x.grad, 0.0
    slope.backward()
    assert x.grad == 2.0


def test_create_graph_ties_no_interior_node_into_a_cycle():
    gc.collect()
    gc.disable()
    try:
        x = Value(0.5)
        y = x.exp().exp().tanh()
        y.backward(create_graph=True)
        gone = weakref.ref(x)
        x.grad = 0.0
        del x, y
        assert gone() is None
    finally:
        gc.enable()


def test_contributions_through_vectors_and_their_scalars_add_up():
    """Each of these operands is reached twice, once through an operation that keeps its operands in a tuple."""
    w, x, b = Value(2.0), Value(3.0), Value(5.0)
    affine = autograd.TABLE["affine"]
    (autograd.apply(affine, [w], [x], b) + autograd.apply(affine, [x], [w], b) * 10 + b * 100).backward()
    assert (w.grad, x.grad, b.grad) == (33.0, 22.0, 111.0)
    u, v = Value(2.0), Value(3.0)
    mixed = autograd.dot([u, 7.0, u * 1.0], [v, u, 4.0])
    (mixed + u * 100 + autograd.where(True, u, v) * 1000).backward()
    assert (u.grad, v.grad) == (3.0 + 7.0 + 4.0 + 1100.0, 2.0)


@pytest.mark.parametrize("op", [op for op in autograd.TABLE.values() if not op.vectors], ids=lambda op: op.name)
@pytest.mark.parametrize("place", [(0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9)], ids=str)
def test_a_gradient_left_from_before_is_gone_also_where_nothing_flows(op, place):
    """relu(-1), the smaller operand of maximum, ...: such an operand is reached by no derivative, yet is cleared."""
    points = [low + (high - low) * part for (low, high), part in zip(op.domain, place * 2, strict=False)]
    leaves = [Value(point) for point in points]
    interior = [leaf * 1.0 for leaf in leaves]
    for node in interior:
        (node * 7.0).backward()
    out = autograd.apply(op, *interior)
    expected = [0.0 if slope is autograd.core.elementary.NO_FLOW else slope for slope in out.local_derivatives]
    out.backward()
    assert [node.grad for node in interior] == expected
    (out + interior[-1]).backward()
    assert [node.grad for node in interior[:-1]] == expected[:-1]
    assert interior[-1].grad == expected[-1] + 1.0


@pytest.mark.parametrize("kind", ["leaves", "results", "mixed"])
def test_what_arrives_from_above_multiplies_every_slope_of_a_vector(kind):
    leaves = [Value(2.0), Value(3.0)]
    elements = {"leaves": leaves, "results": [x * 1.0 for x in leaves], "mixed": [leaves[0], leaves[1] * 1.0, 7.0]}[
        kind
    ]
    vector = autograd.core.vector.Vector(elements)
    assert vector.kind == kind
    (autograd.apply(autograd.TABLE["dot"], vector, [5.0, 11.0, 13.0][: len(vector)]) * -4.0).backward()
    assert [leaf.grad for leaf in leaves] == [-20.0, -44.0]


def test_the_chain_rule_by_hand_multiplies_by_the_gradient_of_the_node():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    c.grad, a.grad = -5.0, 1.0
    c._backward()
    assert (a.grad, b.grad) == (1.0 - 15.0, -10.0)


def test_observers_see_the_forward_pass_the_start_and_every_step_of_the_backward_pass():
    class Log(autograd.core.recording.Observer):
        def __init__(self):
            self.seen = []

        def on_forward(self, node):
            self.seen.append(("forward", node))

        def on_backward_start(self, root):
            self.seen.append(("start", root))

        def on_backward(self, node):
            self.seen.append(("backward", node))

    x = Value(2.0)
    with Log() as log:
        y = x * x
        z = y.exp()
        z.backward()
    (z * 2.0).backward()
    assert log.seen == [("forward", y), ("forward", z), ("start", z), ("backward", z), ("backward", y)]


@pytest.mark.parametrize("name", [op.name for op in TABLE.values() if op.arity == 2 and not op.vectors])
@pytest.mark.parametrize("constant", [0.0, -0.0, inf, -inf, nan, 1e308])
@pytest.mark.parametrize("x", [0.0, 1.0, -2.5])
def test_a_graph_of_a_derivative_at_a_special_constant_is_that_derivative(name, constant, x):
    op = TABLE[name]
    for arguments in ((Value(x), constant), (constant, Value(x))):
        leaf = next(argument for argument in arguments if isinstance(argument, Value))
        apply(op, *arguments).backward()
        first, leaf.grad = leaf.grad, 0.0
        apply(op, *arguments).backward(create_graph=True)
        assert float(leaf.grad) == pytest.approx(first, rel=0, abs=0, nan_ok=True)
