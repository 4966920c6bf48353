"""Random expression graphs with reuse, against finite differences and against the sum over all paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import PathNode, central_difference, sum_over_paths
from oracles.programs import inputs, is_tame, on_floats, on_paths, on_values, programs, run

import autograd
from autograd import Value, gradcheck


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
