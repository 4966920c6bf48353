"""What no gradient can reach is found from the rows of the table, and told from what is 0 for these numbers only."""

from __future__ import annotations

import random
import warnings

import pytest

import autograd
from autograd import TABLE, Op, Value, gradient_flow, register, unreached, unregister
from autograd.diagnostics.flat import flat_arguments, without_slope
from autograd.diagnostics.stale import GraphWarning

STEPS = ("sign", "floor", "ceil", "trunc", "round")


# ---------------------------------------------------------------------- rows of the table


def is_level(op, slot, draws=400):
    """Whether the value stays the same for small moves of one operand, wherever it is moved: by differences alone."""
    generator = random.Random(op.name)
    lengths = [2 if index < op.vectors else 1 for index in range(op.arity)]
    domain = [op.domain[index] for index, length in enumerate(lengths) for _ in range(length)]
    changes = 0
    for _ in range(draws):
        numbers = [generator.uniform(*interval) for interval in domain]
        if op.name == "where" and slot > 0:
            numbers[0] = float(generator.random() < 0.5)
        moved = [*numbers[:slot], numbers[slot] + 1e-6, *numbers[slot + 1 :]]
        changes += op.value(*op.grouped(numbers)) != op.value(*op.grouped(moved))
    return changes <= draws / 20  # a step lies between the two numbers now and then


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_is_flat_in_those_arguments_that_do_not_change_its_value_when_moved_a_little(name):
    op = TABLE[name]
    starts = [2 * min(index, op.vectors) + max(index - op.vectors, 0) for index in range(op.arity)]
    level = {index for index, slot in enumerate(starts) if is_level(op, slot)}
    assert flat_arguments(op) == level


def test_there_are_flat_rows():
    assert {name for name in TABLE if flat_arguments(TABLE[name])} >= {*STEPS, "where", "copysign"}


@pytest.mark.parametrize(
    ("partial", "is_flat"),
    [
        (lambda out, x: 0.0, True),
        (lambda out, x: 0 * x, True),
        (lambda out, x: autograd.where(x > 1, 0.0, 0.0), True),
        (lambda out, x: autograd.where(x > 1, 1.0, 0.0), False),
        (lambda out, x: 0.0 if x > 1 else 1.0, False),  # nobody can tell: it does not run on symbols
    ],
)
def test_a_row_of_ones_own_counts_as_well(partial, is_flat):
    register(Op("stair", lambda x: 1.0 if x > 0 else 0.0, [partial], domain=[(-1, 1)], analytic=False))
    try:
        x = Value(-0.5)
        assert without_slope(autograd.stair(x)).operations == ["stair"] * is_flat
    finally:
        unregister("stair")


def test_a_row_that_takes_vectors_may_be_flat_in_one_of_them():
    row = Op(
        "votes",
        lambda xs, ys: xs[0] + ys[0],
        [lambda out, xs, ys: [0.0 for _ in xs], lambda out, xs, ys: [1.0, *[0.0 for _ in ys[1:]]]],
        domain=[(-1, 1), (-1, 1)],
        vectors=2,
    )
    register(row)
    try:
        xs, ys = [Value(1.0), Value(2.0), Value(3.0)], [Value(4.0), Value(5.0), Value(6.0)]
        assert without_slope(autograd.votes(xs, ys)).leaves == xs
    finally:
        unregister("votes")


# ---------------------------------------------------------------------- graphs


def random_graph(seed, point=0):
    """A graph of some steps, sums and products over three leaves, whose numbers depend on `point`."""
    generator, numbers = random.Random(seed), random.Random(point)
    leaves = [Value(numbers.uniform(-2, 2), name) for name in "abc"]
    nodes = list(leaves)
    for _ in range(generator.randint(2, 8)):
        x, y = generator.choice(nodes), generator.choice(nodes)
        kind = generator.choice(["add", "mul", "tanh", "where", "copysign", *STEPS])
        if kind in STEPS or kind == "tanh":
            nodes.append(getattr(autograd, kind)(x))
        elif kind == "where":
            nodes.append(autograd.where(x, y, generator.choice(nodes)))
        else:
            nodes.append(getattr(autograd, kind)(x, y))
    return leaves, nodes[-1]


def paths(node, leaf):
    """All paths from a node down to a leaf, each as the operations with the slots that it goes through."""
    if node is leaf:
        return [[]]
    return [
        [(node.op.name, slot), *rest]
        for slot, x in enumerate(node.operands)
        if isinstance(x, Value)
        for rest in paths(x, leaf)
    ]


@pytest.mark.parametrize("seed", range(200))
def test_a_leaf_is_cut_off_if_each_path_crosses_a_step(seed):
    flat = {(name, 0) for name in (*STEPS, "where")} | {("copysign", 1)}
    leaves, result = random_graph(seed)
    found = without_slope(result, leaves)
    for leaf in leaves:
        ways = paths(result, leaf)
        assert (leaf in found.leaves) == (bool(ways) and all(set(way) & flat for way in ways))
    firsts = {next(step for step in way if step in flat)[0] for x in found.leaves for way in paths(result, x)}
    assert set(found.operations) == firsts


def test_the_random_graphs_are_of_both_kinds():
    found = [bool(without_slope(random_graph(seed)[1]).leaves) for seed in range(200)]
    assert 40 < sum(found) < 160


@pytest.mark.parametrize("seed", range(200))
def test_the_gradient_is_exactly_zero_there_at_any_point(seed):
    cut_off = {leaf.label for leaf in without_slope(random_graph(seed)[1]).leaves}
    for point in range(5):
        leaves, result = random_graph(seed, point)
        result.backward()
        assert all(leaf.grad == 0 for leaf in leaves if leaf.label in cut_off)


@pytest.mark.parametrize(
    "build",
    [
        lambda w: w.relu(),  # dead
        lambda w: (w * 1000.0).sigmoid(),  # saturated: the slope is rounded to 0
        lambda w: (w * 1000.0).tanh(),
        lambda w: w * 0.0,
        lambda w: w.clamp(0.0, 1.0),
        lambda w: autograd.maximum(w, 5.0),
        lambda w: autograd.where(False, w, 1.0 * w.detach()) + 0.0 * w,
        lambda w: w + (w.round() - w).detach(),  # a step with a slope, straight through
        lambda w: w.floor() + w,
        lambda w: w - w.trunc(),
        lambda w: w % 1.0,
        lambda w: w.abs() * w.sign().detach(),
        lambda w: autograd.max([w, w + 1.0]),
    ],
)
@pytest.mark.parametrize("at", [-2.3, 0.7])
def test_a_slope_that_is_zero_for_these_numbers_only_is_none_of_it(build, at):
    w = Value(at, "w")
    result = build(w)
    assert without_slope(result) == ([], [])
    assert unreached(result, w) == []
    assert gradient_flow(result).note == ""


def test_a_frozen_leaf_and_a_node_made_by_hand_do_not_count():
    frozen, x = Value(1.5, "frozen"), Value(2.0, "x")
    frozen.requires_grad = False
    by_hand = Value(2.0, (x,), "zero")
    by_hand._backward = lambda: None
    assert without_slope(frozen.floor() + by_hand) == ([], [])


# ---------------------------------------------------------------------- said by both


def test_unreached_names_the_parameters_the_operations_and_the_way_out():
    w, b, free = Value(2.4, "w"), Value(0.3, "b"), Value(1.0, "free")
    loss = (w.round() * b.sign()) ** 2 * free
    with pytest.warns(GraphWarning) as said:
        assert unreached(loss, [w, b, free]) == [w, b]
    first, why, remedy = str(said[0].message).splitlines()
    assert (
        first == "no gradient reaches w, b: every path to them crosses round or sign, whose derivative is 0 everywhere."
    )
    assert "never moves" in why
    assert "(x.round() - x).detach()" in remedy
    assert said[0].filename == __file__


def test_unreached_tells_both_reasons_apart():
    w, absent = Value(2.4, "w"), Value(1.0, "absent")
    with warnings.catch_warnings(record=True, action="always") as said:
        assert unreached(w.floor(), [absent, w]) == [absent, w]
    assert ["does not depend on absent," in str(said[0].message), "reaches w:" in str(said[1].message)] == [True, True]


def test_the_remedy_is_right():
    w = Value(2.4)
    (w + (w.round() - w).detach()).backward()
    assert w.grad == 1.0


def test_gradient_flow_says_it_below_its_tables():
    weight = Value(2.4)
    flow = gradient_flow(weight.floor() * 2.0)
    assert flow.note == "No gradient reaches weight: every path to it crosses floor, whose derivative is 0 everywhere."
    assert str(flow).endswith(flow.note)
    assert flow.note in flow._repr_html_()


def test_a_deep_graph_is_no_trouble():
    x = node = Value(1.5, "x")
    for _ in range(20_000):
        node = node + 1.0
    assert without_slope(node.floor()).leaves == [x]
