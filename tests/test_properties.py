"""Random expression graphs with reuse, against finite differences and against the sum over all paths."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import PathNode, central_difference, sum_over_paths

import autograd
from autograd import Value, gradcheck

# Written out by hand, independently of the table: value, and the slope with respect to each operand.
PLAIN: dict[str, tuple[int, Callable[..., float], Callable[..., tuple[float, ...]]]] = {
    "add": (2, lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "sub": (2, lambda x, y: x - y, lambda x, y: (1.0, -1.0)),
    "mul": (2, lambda x, y: x * y, lambda x, y: (y, x)),
    "div": (2, lambda x, y: x / y, lambda x, y: (1 / y, -x / y**2)),
    "neg": (1, lambda x: -x, lambda x: (-1.0,)),
    "tanh": (1, math.tanh, lambda x: (1 / math.cosh(x) ** 2,)),
    "sin": (1, math.sin, lambda x: (math.cos(x),)),
    "cos": (1, math.cos, lambda x: (-math.sin(x),)),
    "sigmoid": (1, lambda x: 1 / (1 + math.exp(-x)), lambda x: (math.exp(-x) / (1 + math.exp(-x)) ** 2,)),
    "exp": (1, math.exp, lambda x: (math.exp(x),)),
}

# Which operation, and which earlier nodes it is applied to; the same node may come twice.
instruction = st.tuples(st.sampled_from(sorted(PLAIN)), st.integers(0, 30), st.integers(0, 30))
programs = st.lists(instruction, min_size=1, max_size=9)
inputs = st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=3)


def run(program, leaves, operate):
    """Run a program: each instruction appends a node; the last node is the result."""
    nodes = list(leaves)
    for name, *picks in program:
        operands = [nodes[pick % len(nodes)] for pick in picks[: PLAIN[name][0]]]
        nodes.append(operate(name, operands))
    return nodes[-1]


def on_values(name, operands):
    return getattr(autograd, name)(*operands)


def on_paths(name, operands):
    _, value, slopes = PLAIN[name]
    data = [operand.data for operand in operands]
    return PathNode(value(*data), list(zip(operands, slopes(*data), strict=True)))


def on_floats(name, operands):
    return PLAIN[name][1](*operands)


def is_tame(program, numbers):
    """Whether no intermediate number is extreme, so that finite differences mean something."""
    try:
        sizes = []

        def watch(name, operands):
            if name == "div" and abs(operands[1]) < 0.2:
                raise ZeroDivisionError
            result = on_floats(name, operands)
            sizes.append(abs(result))
            return result

        run(program, numbers, watch)
    except ArithmeticError:
        return False
    return max(sizes) < 20


@given(programs, inputs)
def test_backward_is_the_sum_over_all_paths(program, numbers):
    if not is_tame(program, numbers):
        return
    leaves = [Value(x) for x in numbers]
    result = run(program, leaves, on_values)
    result.backward()
    plain = [PathNode(x) for x in numbers]
    root = run(program, plain, on_paths)
    assert result.data == pytest.approx(root.data, rel=1e-12, abs=1e-12)
    for leaf, node in zip(leaves, plain, strict=True):
        expected = sum_over_paths(root, node)
        assert leaf.grad == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(programs, inputs)
def test_backward_agrees_with_finite_differences(program, numbers):
    if not is_tame(program, numbers):
        return
    leaves = [Value(x) for x in numbers]
    run(program, leaves, on_values).backward()
    for index, leaf in enumerate(leaves):
        expected = central_difference(lambda *xs: run(program, xs, on_floats), index, numbers, h=1e-5)
        assert leaf.grad == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(programs, inputs)
def test_second_derivatives_of_random_graphs(program, numbers):
    if not is_tame(program, numbers):
        return

    def slope(*values):
        x, *others = values
        first = Value(x.data)
        run(program, [first, *others], on_values).backward()
        return first.grad

    x, *others = (Value(x) for x in numbers)
    run(program, [x, *others], on_values).backward(create_graph=True)
    first, x.grad = x.grad, 0.0
    if not isinstance(first, Value):  # the result does not depend on x
        return
    first.backward()
    expected = central_difference(lambda x: slope(Value(x), *others), 0, numbers[:1], h=1e-5)
    assert x.grad == pytest.approx(expected, rel=1e-3, abs=1e-3)


@given(programs, inputs)
def test_building_in_one_expression_or_step_by_step_gives_the_same_bits(program, numbers):
    """Backward depends on the graph alone: run twice, it gives the same numbers to the last bit."""
    if not is_tame(program, numbers):
        return
    first, second = [Value(x) for x in numbers], [Value(x) for x in numbers]
    run(program, first, on_values).backward()
    run(program, second, on_values).backward()
    assert [v.grad for v in first] == [v.grad for v in second]


@given(programs, inputs)
def test_gradcheck_accepts_random_graphs(program, numbers):
    if is_tame(program, numbers):
        assert gradcheck(lambda *leaves: run(program, leaves, on_values), numbers, atol=1e-3)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=6), st.booleans())
def test_one_dot_node_equals_the_expanded_graph(pairs, share):
    """The n-ary node and the chain of products and sums it stands for have the same gradients."""

    def gradients(build):
        ws = [Value(w) for w, _ in pairs]
        xs = ws if share else [Value(x) for _, x in pairs]
        build(ws, xs).tanh().backward()
        return [v.grad for v in ws] + [v.grad for v in xs]

    def expanded(ws, xs):
        total = Value(0.0)
        for w, x in zip(ws, xs, strict=True):
            total = total + w * x
        return total

    assert gradients(autograd.dot) == pytest.approx(gradients(expanded), rel=1e-12, abs=1e-12)
