"""NumPy's numbers and arrays beside Values: stored, in either order, in arrays of objects."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracles.data import check_assigned_as_a_float, check_stored_as_a_float

import autograd
from autograd import Value

NUMBERS = [np.float64(3), np.float32(0.5), np.int64(3), np.bool_(True)]
numbers = pytest.mark.parametrize("number", NUMBERS, ids=lambda number: type(number).__name__)


@numbers
def test_every_kind_of_real_number_is_stored_as_a_float(number):
    check_stored_as_a_float(number)


@numbers
def test_numbers_assigned_to_data_become_floats(number):
    check_assigned_as_a_float(number)


@pytest.mark.parametrize(
    ("bad", "advice"),
    [
        (np.complex128(1j), "of type complex128; pass its .real and .imag"),
        (np.ones(2), "of type ndarray; make one Value per element"),
        (np.array(Value(1.0)), r"take out what it holds with \.item\(\)"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_anything_else_is_a_type_error_that_says_what_to_do(bad, advice):
    with pytest.raises(TypeError, match=advice):
        Value(bad)
    x = Value(3.0)
    with pytest.raises(TypeError, match=advice):
        x.data = bad
    assert x.data == 3.0


def test_an_array_of_objects_is_no_operand():
    with pytest.raises(TypeError, match=r"take out what it holds with \.item\(\)"):
        Value(1.0) * np.array(Value(1.0))


def test_numpy_scalars_on_either_side():
    x = Value(3.0)
    for scalar in (np.float64(2.0), np.float32(2.0), np.int64(2)):
        for result in (scalar * x, x * scalar):
            assert isinstance(result, Value)
            x.grad = 0.0
            result.backward()
            assert (result.data, x.grad) == (6.0, 2.0)
        assert (scalar - x).data == -1.0
        assert (scalar / x).data == pytest.approx(2 / 3)


def test_object_arrays_of_values():
    xs = np.array([Value(1.0), Value(2.0)])
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    total = (weights @ xs).sum()
    total.backward()
    assert total.data == 16.0
    assert [x.grad for x in xs] == [4.0, 6.0]
    assert [y.data for y in np.exp(xs)] == [math.exp(1.0), math.exp(2.0)]
    assert [y.data for y in xs[0] * np.array([1.0, 2.0])] == [1.0, 2.0]
    assert [y.data for y in np.array([1.0, 2.0]) - xs[0]] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("name", "at"),
    [
        *(("arcsin", 0.5), ("arccos", 0.5), ("arctan", 0.5), ("arcsinh", 0.5), ("arccosh", 1.5), ("arctanh", 0.5)),
        *(("rint", 2.5), ("fabs", -2.0), ("arctan2", 0.5)),
    ],
)
def test_functions_that_numpy_has_under_names_of_its_own(name, at):
    """On an array of objects NumPy calls the method of its own name."""
    ufunc, others = getattr(np, name), [np.array([2.0, 3.0])] if name == "arctan2" else []
    numbers = np.array([at, at])
    xs = np.array([Value(x) for x in numbers])
    results = ufunc(xs, *others)
    assert [y.data for y in results] == pytest.approx(list(ufunc(numbers, *others)), rel=1e-15)
    results.sum().backward()
    h = 1e-6
    slopes = (ufunc(numbers + h, *others) - ufunc(numbers - h, *others)) / (2 * h)
    if name != "rint":  # which jumps here
        assert [x.grad for x in xs] == pytest.approx(list(slopes), rel=1e-8)


def test_arrays_answer_for_themselves():
    assert list(Value(1.0) < np.array([0.0, 2.0])) == [False, True]
    assert np.array([Value(1.0), Value(3.0)]).std().data == 1.0


def gradients(function, numbers):
    leaves = [Value(x) for x in numbers]
    result = function(leaves)
    result.backward()
    return result.data, [leaf.grad for leaf in leaves]


@pytest.mark.parametrize(
    ("numpys", "ours"),
    [
        (np.linalg.norm, autograd.norm),
        (np.std, lambda xs: autograd.std(xs, correction=0)),
        (np.var, lambda xs: autograd.var(xs, correction=0)),
        (np.mean, autograd.mean),
        (np.prod, autograd.prod),
        (np.cumsum, autograd.cumsum),
    ],
    ids=lambda function: getattr(function, "__name__", ""),
)
def test_reductions_of_numpy_give_what_ours_give_but_at_the_tips_of_cones(numpys, ours):
    def last(function):
        return lambda xs: np.atleast_1d(np.array(function(xs), dtype=object))[-1]

    for numbers in ([3.0, -4.0], [1.5, 0.5, -2.0], [0.0, 2.0], [5.0, 5.0, 1.0]):
        theirs, mine = gradients(last(lambda xs: numpys(np.array(xs))), numbers), gradients(last(ours), numbers)
        assert theirs[0] == pytest.approx(mine[0], rel=1e-14)
        assert theirs[1] == pytest.approx(mine[1], rel=1e-13, abs=1e-15)
    for numbers in ([0.0, 0.0], [2.0, 2.0]):
        value, theirs = gradients(last(lambda xs: numpys(np.array(xs))), numbers)
        expected = gradients(last(ours), numbers)
        is_tip = expected[0] == 0 and numpys in (np.linalg.norm, np.std)  # a root at 0: nan, and never a wrong number
        assert value == pytest.approx(expected[0])
        assert theirs == pytest.approx([math.nan] * 2 if is_tip else expected[1], nan_ok=True)


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "sign"])
def test_step_functions_of_numpy_give_whole_numbers_whose_derivative_is_zero_as_ours_is(name):
    """NumPy asks ``math.floor``, which gives an int; so nothing flows back through either."""
    xs = [Value(-1.5), Value(0.25), Value(2.0)]
    theirs = getattr(np, name)(np.array(xs))
    assert list(theirs) == [getattr(autograd, name)(x).data for x in xs]
    (xs[0] * 3 + theirs[1] * xs[2]).backward()
    assert [x.grad for x in xs] == [3.0, 0.0, float(theirs[1])]


@pytest.mark.parametrize("name", ["sinc", "deg2rad", "rad2deg"])
def test_names_of_numpy_for_users_of_array_libraries(name):
    for x in (-2.5, -0.3, 0.0, 1e-9, 0.7, 180.0):
        assert getattr(autograd, name)(x) == pytest.approx(getattr(np, name)(x), rel=1e-14, abs=1e-16)
