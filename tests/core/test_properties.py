"""Random expression graphs with reuse, against finite differences and against the sum over all paths."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from oracles import PathNode, central_difference, sum_over_paths
from oracles.programs import inputs, is_tame, on_floats, on_paths, on_values, programs, run

import autograd
from autograd import TABLE, Value, gradcheck
from autograd.core.engine import apply


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


def naive_total(terms, start=0.0):
    for term in terms:
        start = start + term
    return start


def naive_dot(ws, xs, start=0.0):
    return naive_total([w * x for w, x in zip(ws, xs, strict=True)], start)


EXPANDED = {
    "sum": lambda ws, xs, b: naive_total(ws),
    "mean": lambda ws, xs, b: naive_total(ws) / len(ws),
    "dot": lambda ws, xs, b: naive_dot(ws, xs),
    "affine": naive_dot,
}
FUSED = {
    "sum": lambda ws, xs, b: autograd.sum(ws),
    "mean": lambda ws, xs, b: autograd.mean(ws),
    "dot": lambda ws, xs, b: autograd.dot(ws, xs),
    "affine": lambda ws, xs, b: apply(TABLE["affine"], ws, xs, b),
}
# Of very different sizes, so that a sum with a correction, or in another order, comes out differently.
terms = st.floats(-2, 2) | st.floats(-2, 2).map(lambda x: x * 1e16)


@pytest.mark.parametrize("name", FUSED)
@given(st.lists(st.tuples(terms, terms), min_size=1, max_size=20), terms, st.booleans())
def test_one_node_equals_the_expanded_graph_bit_by_bit(name, pairs, start, share):
    """A node for a whole sum and the chain of products and sums it stands for have the same numbers and gradients."""

    def numbers(build):
        ws, b = [Value(w) for w, _ in pairs], Value(start)
        xs = ws if share else [Value(x) for _, x in pairs]
        result = build(ws, xs, b)
        (result * 1e-20).tanh().backward()
        return [repr(number) for number in (result.data, b.grad, *(v.grad for v in (*ws, *xs)))]

    assert numbers(FUSED[name]) == numbers(EXPANDED[name])


@pytest.mark.parametrize("name", FUSED)
@given(st.lists(st.tuples(terms, terms), min_size=1, max_size=20), terms)
def test_sums_of_plain_numbers_are_rounded_from_left_to_right(name, pairs, start):
    """As they are everywhere in Python until 3.11, on later versions too."""
    arguments = [w for w, _ in pairs], [x for _, x in pairs], start
    row = TABLE[name]
    assert repr(row.value(*arguments[: row.arity])) == repr(EXPANDED[name](*arguments))


def test_a_sum_that_every_correction_would_change():
    assert autograd.sum([0.1] * 10) == 0.9999999999999999
    assert autograd.dot([1e16, 1.0, 1.0], [1.0, 1.0, 1.0]) == 1e16
    assert autograd.mean([1e16, 1.0, 1.0, 1.0]) == 2.5e15
    assert apply(TABLE["affine"], [1.0, 1.0], [1.0, 1.0], 1e16).data == 1e16
