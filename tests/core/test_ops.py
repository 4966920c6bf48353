"""Every row of the table, checked by walking the table: a new row is tested without an edit here."""

from __future__ import annotations

import math
import operator
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from oracles import central_difference, complex_step

import autograd
from autograd import TABLE, Op, Value
from autograd.core import elementary
from autograd.core.vector import Vector
from autograd.symbols.compiled_methods import fast, is_compiled, method_names
from autograd.testing import extreme_points, points
from autograd.transforms.linear_map import differentiate

rows = pytest.mark.parametrize("op", list(TABLE.values()), ids=list(TABLE))


def on_flat(op: Op):
    return lambda *flat: op.forward(*op.grouped(flat))


WHAT_TO_DO = "mend the rule; or, if a first or second derivative jumps there, say where: kinks=lambda x: ... in the row"


def close(a: float, b: float, tolerance: float) -> bool:
    return a == b or abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


@rows
@given(data=st.data())
def test_backward_agrees_with_finite_differences(op, data):
    point = op.flat(data.draw(points(op)))
    leaves = [Value(x) for x in point]
    autograd.apply(op, *op.grouped(leaves)).backward()
    for index, leaf in enumerate(leaves):
        expected = central_difference(lambda *xs: op.value(*op.grouped(xs)), index, point)
        assert close(leaf.grad, expected, 1e-7), f"argument {index} of {point}; {WHAT_TO_DO}"


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.analytic], ids=lambda op: op.name)
@given(data=st.data())
def test_backward_agrees_with_the_complex_step(op, data):
    point = op.flat(data.draw(points(op)))
    leaves = [Value(x) for x in point]
    autograd.apply(op, *op.grouped(leaves)).backward()
    for index, leaf in enumerate(leaves):
        expected = complex_step(on_flat(op), index, point)
        assert close(leaf.grad, expected, 1e-12), f"argument {index} of {point}"


@rows
@given(data=st.data())
def test_second_derivatives_agree_with_finite_differences_of_the_first(op, data):
    point = op.flat(data.draw(points(op)))

    def first(*xs, index):
        leaves = [Value(x) for x in xs]
        autograd.apply(op, *op.grouped(leaves)).backward()
        return leaves[index].grad

    leaves = [Value(x) for x in point]
    result = autograd.apply(op, *op.grouped(leaves))
    gradient = differentiate(result)
    for i, leaf in enumerate(leaves):
        slope = gradient[leaf]
        second = differentiate(slope) if isinstance(slope, Value) else {}
        for j, other in enumerate(leaves):
            expected = central_difference(lambda *xs, i=i: first(*xs, index=i), j, point)
            assert close(float(second.get(other, 0.0)), expected, 1e-6), f"d2/d{i}d{j} at {point}; {WHAT_TO_DO}"


@pytest.mark.parametrize("op", [op for op in TABLE.values() if is_compiled(op)], ids=lambda op: op.name)
@given(data=st.data())
def test_compiled_method_and_plain_apply_agree_to_the_last_bit(op, data):
    point = data.draw(points(op) | extreme_points(op))
    for constant in range(-1, op.arity):  # which operand is a plain number; -1 for none
        if op.arity == 1 and constant == 0:
            continue
        operands = [x if i == constant else Value(x) for i, x in enumerate(point)]
        plain = autograd.apply(op, *operands)
        names = method_names(op)
        if constant == 0:
            methods = [name for name in names if name.startswith("__r")]
            calls = [getattr(operands[1], name)(operands[0]) for name in methods]
        else:
            methods = [name for name in names if not name.startswith("__r")]
            calls = [getattr(operands[0], name)(*operands[1:]) for name in methods]
        for compiled in calls:
            assert repr(compiled.data) == repr(plain.data)
            assert repr(compiled.local_derivatives) == repr(plain.local_derivatives)
            assert repr(compiled.operands) == repr(plain.operands)
            assert compiled.op is plain.op


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.vectors], ids=lambda op: op.name)
@given(data=st.data())
def test_compiled_vector_operation_and_plain_apply_agree_to_the_last_bit(op, data):
    point = op.flat(data.draw(points(op)))
    a_result = st.floats(-3, 3).map(lambda x: Value(x) * 1.0)
    leaves = [data.draw(st.sampled_from([Value(x), x]) | a_result) for x in point]
    arguments = [Vector(x) if i < op.vectors else x for i, x in enumerate(op.grouped(leaves))]
    outcomes = []
    for call in (fast(op), lambda *xs: autograd.apply(op, *xs)):
        result = call(*arguments)
        result.backward()
        values = [x for x in leaves if isinstance(x, Value)]
        outcomes.append(
            (repr(result.data), repr(result.local_derivatives), result.operands, repr([x.grad for x in values]))
        )
        for x in values:
            x.grad = 0.0
    assert outcomes[0] == outcomes[1]


def test_compiled_vector_operation_checks_lengths_and_no_grad():
    dot = fast(TABLE["dot"])
    with pytest.raises(ValueError, match="dot takes vectors of equal length, got 2 and 1"):
        dot(Vector([Value(1.0), Value(2.0)]), Vector([Value(3.0)]))
    with autograd.no_grad():
        assert dot(Vector([Value(2.0)]), Vector([Value(3.0)])).is_leaf


def test_rows_of_one_and_two_arguments_really_are_compiled():
    autograd.apply(TABLE["mul"], 1.0, Value(2.0))
    Value(1.0) * Value(2.0)
    Value(1.0).tanh()
    assert Value.__mul__.__code__.co_filename == "<mul, compiled from the table>"
    assert Value.tanh.__code__.co_filename == "<tanh, compiled from the table>"


@pytest.mark.parametrize(
    "op",
    [op for op in TABLE.values() if hasattr(math, op.name) and hasattr(elementary, op.name)],
    ids=lambda op: op.name,
)
@given(data=st.data())
def test_elementary_rows_compute_what_their_name_says(op, data):
    point = data.draw(points(op))
    assert getattr(autograd, op.name)(*point) == getattr(math, op.name)(*point)


# Rows for which Python has a function, under another name. All rows are compared with PyTorch in test_conventions.py
# and with mpmath in test_accuracy.py.
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("add", operator.add),
        ("sub", operator.sub),
        ("mul", operator.mul),
        ("div", operator.truediv),
        ("maximum", max),
        ("minimum", min),
        ("pow", math.pow),
    ],
)
@given(x=st.floats(0.01, 20), y=st.floats(0.01, 20))
def test_binary_rows_compute_what_their_name_says(name, reference, x, y):
    assert getattr(autograd, name)(x, y) == reference(x, y)


@given(x=st.floats(-30, 30))
def test_the_other_rows_compute_what_their_name_says(x):
    assert autograd.neg(x) == -x
    assert autograd.abs(x) == math.fabs(x)
    assert autograd.relu(x) == max(x, 0.0)
    assert autograd.sigmoid(x) == pytest.approx(0.5 * (1 + math.tanh(x / 2)), rel=1e-12, abs=1e-15)
    assert autograd.where(x > 0, x, 1.0) == (x if x > 0 else 1.0)


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(-10, 10)), min_size=1))
def test_sum_and_dot_of_vectors(pairs):
    xs, ys = map(list, zip(*pairs, strict=True))
    assert autograd.sum(xs) == pytest.approx(math.fsum(xs), abs=1e-9)
    assert autograd.dot(xs, ys) == pytest.approx(math.fsum(x * y for x, y in pairs), abs=1e-9)


def test_sum_and_dot_of_nothing():
    assert autograd.sum([]) == 0.0
    assert autograd.dot([], []) == 0.0


def test_vectors_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="dot takes vectors of equal length, got 2 and 1"):
        autograd.dot([Value(1.0), 2.0], [3.0])


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match="maximum takes 2 arguments, got 1"):
        autograd.maximum(Value(1.0))
    with pytest.raises(TypeError, match="tanh takes 1 argument, got 2"):
        autograd.tanh(1.0, 2.0)
    with pytest.raises(TypeError, match=r"tanh\(\) takes 1 positional argument but 2 were given"):
        Value(1.0).tanh(2.0)


# ---------------------------------------------------------------------- kinks and edges: PyTorch's conventions


@pytest.mark.parametrize(
    ("name", "point", "gradients"),
    [
        ("relu", [0.0], [0.0]),
        ("abs", [0.0], [0.0]),
        ("abs", [-0.0], [0.0]),
        ("maximum", [2.0, 2.0], [0.5, 0.5]),
        ("minimum", [2.0, 2.0], [0.5, 0.5]),
        ("pow", [0.0, 0.0], [0.0, 0.0]),
        ("pow", [3.0, 0.0], [0.0, math.log(3)]),
        ("pow", [0.0, 2.0], [0.0, 0.0]),
        ("pow", [0.0, 0.5], [math.inf, 0.0]),
        ("pow", [-2.0, 3.0], [12.0, math.nan]),
        ("sqrt", [0.0], [math.inf]),
        ("log", [0.0], [math.inf]),
        ("div", [1.0, 0.0], [math.inf, -math.inf]),
        ("where", [1.0, 5.0, 6.0], [0.0, 1.0, 0.0]),
        ("where", [0.0, 5.0, 6.0], [0.0, 0.0, 1.0]),
    ],
)
def test_gradient_at_kinks_and_edges(name, point, gradients):
    leaves = [Value(x) for x in point]
    autograd.apply(TABLE[name], *leaves).backward()
    assert repr([leaf.grad for leaf in leaves]) == repr(gradients)


@pytest.mark.parametrize(
    ("name", "point", "expected"),
    [
        ("exp", [1000.0], math.inf),
        ("exp", [-1000.0], 0.0),
        ("log", [0.0], -math.inf),
        ("log", [-1.0], math.nan),
        ("sqrt", [-1.0], math.nan),
        ("sin", [math.inf], math.nan),
        ("cos", [-math.inf], math.nan),
        ("div", [1.0, 0.0], math.inf),
        ("div", [-1.0, 0.0], -math.inf),
        ("div", [1.0, -0.0], -math.inf),
        ("div", [0.0, 0.0], math.nan),
        ("div", [math.nan, 0.0], math.nan),
        ("pow", [0.0, -1.0], math.inf),
        ("pow", [-0.0, -1.0], -math.inf),
        ("pow", [-0.0, -2.0], math.inf),
        ("pow", [-8.0, 1 / 3], math.nan),
        ("pow", [10.0, 400.0], math.inf),
        ("pow", [-10.0, 401.0], -math.inf),
        ("pow", [-10.0, 400.0], math.inf),
        ("mul", [1e200, 1e200], math.inf),
        ("sigmoid", [1000.0], 1.0),
        ("sigmoid", [-1000.0], 0.0),
        ("sigmoid", [-745.0], 5e-324),
        ("tanh", [1000.0], 1.0),
        ("relu", [math.nan], math.nan),
        ("maximum", [math.nan, 1.0], math.nan),
        ("maximum", [1.0, math.nan], math.nan),
        ("minimum", [math.nan, 1.0], math.nan),
    ],
)
def test_value_at_the_extremes_is_ieee_754_and_raises_nothing(name, point, expected):
    assert repr(autograd.apply(TABLE[name], *map(Value, point)).data) == repr(expected)
    assert repr(getattr(autograd, name)(*point)) == repr(expected)


# ---------------------------------------------------------------------- branches not taken


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (lambda x: x.relu().sqrt(), 0.0),
        (lambda x: x.relu().sqrt(), -1.0),
        (lambda x: autograd.maximum(x, 0.0).log(), -1.0),
        (lambda x: 1 / autograd.where(x > 0, x, 0.0), -1.0),
        (lambda x: autograd.minimum(x, 0.0).sqrt(), 1.0),
    ],
)
def test_nothing_flows_into_a_branch_not_taken_even_from_an_infinite_gradient(function, at):
    x = Value(at)
    function(x).backward()
    assert x.grad == 0.0
    x.grad = 0.0
    function(x).backward(create_graph=True)
    assert float(x.grad) == 0.0


def test_an_ordinary_zero_times_infinity_is_nan_as_in_pytorch():
    x = Value(0.0)
    (x * 0.0).sqrt().backward()
    assert math.isnan(x.grad)


def test_a_second_backward_pass_resets_nodes_behind_a_branch_not_taken():
    x = Value(1.0)
    y = x * 2
    z = y.relu()
    (z + y).backward()
    assert y.grad == 2.0
    w = autograd.where(False, y, 1.0) * 1.0
    w.backward()
    assert y.grad == 0.0


@pytest.mark.parametrize("x", [1e-320, -1e-320, 5e-324])
@pytest.mark.parametrize(("n", "slope"), [(0, 0.0), (1, 1.0)])
def test_powers_of_subnormal_numbers(x, n, slope):
    value = Value(x)
    (value**n).backward()
    assert value.grad == slope


@pytest.mark.parametrize(
    ("name", "arguments", "slopes"),
    [
        ("elu", (0.0, 2.0), (2.0, 0.0)),  # from below, as in PyTorch
        ("elu", (0.0, 0.5), (0.5, 0.0)),
        ("leaky_relu", (0.0, 0.25), (0.25, 0.0)),
        ("hardtanh", (-2.0, -2.0, 3.0), (0.0, 0.0, 0.0)),
        ("hardtanh", (3.0, -2.0, 3.0), (0.0, 0.0, 0.0)),
        ("clamp", (-2.0, -2.0, 3.0), (1.0, 0.0, 0.0)),
        ("clamp", (3.0, -2.0, 3.0), (1.0, 0.0, 0.0)),
        ("clamp", (1.0, 3.0, -2.0), (0.0, 0.0, 1.0)),
        ("clamp", (-5.0, 3.0, -2.0), (0.0, 0.0, 1.0)),
        ("clamp", (-5.0, 1.0, 1.0), (0.0, 0.0, 0.0)),
    ],
)
def test_slopes_at_kinks_that_depend_on_a_parameter(name, arguments, slopes):
    leaves = [Value(x) for x in arguments]
    autograd.apply(TABLE[name], *leaves).backward()
    assert tuple(leaf.grad for leaf in leaves) == slopes


def test_a_bound_that_is_left_out_does_not_bind():
    for x in (-5.0, 0.5, 7.0):
        assert autograd.clamp(x) == Value(x).clamp().data == x
        assert autograd.clamp(x, max=1.0) == Value(x).clamp(max=1.0).data == min(x, 1.0)
        assert autograd.clamp(x, -1.0) == Value(x).clamp(min=-1.0).data == max(x, -1.0)


def test_rows_of_vectors_by_themselves():
    """The reductions pass every argument; the rows have defaults, and conventions where the formula has none."""
    numbers = [1.0, 2.0, 4.0]
    assert autograd.apply(TABLE["var"], numbers).data == pytest.approx(statistics.variance(numbers), rel=1e-14)
    assert autograd.apply(TABLE["std"], numbers).data == pytest.approx(statistics.stdev(numbers), rel=1e-14)
    for name in ("norm", "std"):
        leaves = [Value(0.0), Value(0.0), Value(0.0)]
        autograd.apply(TABLE[name], leaves).backward()
        assert [leaf.grad for leaf in leaves] == [0.0, 0.0, 0.0]


@given(st.integers(-500, 500), st.integers(-300, 300).filter(bool), st.sampled_from([1, 10, 100, 1e-160, 1e150]))
def test_how_often_a_divisor_goes_into_a_number_is_exact(a, b, scale):
    x, y = Value(a / 10), Value(b / 10 * scale)
    (x % y).backward()
    assert y.grad == pytest.approx(float(-(Fraction(x.data) // Fraction(y.data))), rel=1e-15)
