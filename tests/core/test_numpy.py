"""NumPy's numbers and arrays beside Values: stored, in either order, in arrays of objects."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracles.data import check_assigned_as_a_float, check_stored_as_a_float

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
