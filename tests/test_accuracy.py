"""Each operation is accurate to the last places of a double, against mpmath."""

from __future__ import annotations

import pytest

from autograd import TABLE

accuracy = pytest.importorskip("accuracy", reason="mpmath is not installed: pip install mpmath")

# Values, in ulps; 2.5 unless said. What goes beyond has its reason.
VALUE = {
    "cbrt": 4,  # as the C library has it
    "gelu": 500,  # erfc(x / sqrt 2): the rounding of its argument grows with x squared in the left tail
}

# Derivatives, in ulps; 3 unless said.
DERIVATIVE = {
    "cbrt": 8,  # 1 / (3 out^2): twice the error of the root
    "erf": 400,  # exp(-x^2): the rounding of x^2 grows with x squared
    "erfc": 400,
    "gelu": 1000,
    "silu": 1e17,  # 1 - sigmoid(x) loses its digits where the unit is saturated, as in PyTorch
    "sigmoid": 1e17,
    "tanh": 1e17,  # 1 - tanh(x)^2 likewise
}


@pytest.mark.parametrize("name", list(accuracy.EXACT))
def test_value_and_derivative_are_right_to_the_last_places(name):
    value, slope = accuracy.errors(TABLE[name], count=100)
    assert value <= VALUE.get(name, 2.5)
    assert slope <= DERIVATIVE.get(name, 3)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "silu"])
def test_saturated_units_have_derivatives_that_are_right_to_1e_15(name):
    op = TABLE[name]
    for point in accuracy.points(op, 100):
        slope = op.partial(0, op.value(*point), *point)
        exact = accuracy.derivative(accuracy.EXACT[name], 0, [accuracy.mp.mpf(x) for x in point])
        assert abs(slope - float(exact)) < 1e-15 * max(1.0, abs(point[0]))


def test_every_smooth_row_of_numbers_is_measured():
    smooth = {
        op.name for op in TABLE.values() if not op.vectors and (op.analytic or op.name in ("erf", "erfc", "gelu"))
    }
    assert smooth <= set(accuracy.EXACT)
