"""Each operation is accurate to the last places of a double, against mpmath."""

from __future__ import annotations

import math

import pytest

from autograd import TABLE, Op
from autograd.core.elementary import exp, log, sqrt, where

accuracy = pytest.importorskip("oracles.accuracy", reason="mpmath is not installed: pip install mpmath")

PIECEWISE = (
    "relu", "hardtanh", "clamp", "abs", "sign", "copysign", "maximum", "minimum", "where", "floor", "ceil", "trunc",
    "round", "max", "min",
)  # fmt: skip
ROUNDED_ONCE = ("add", "sub", "mul", "div", "remainder", "square", "reciprocal", "sqrt", "leaky_relu")

# Values, in ulps of what `accuracy.SCALES` says; 2.5 unless said, which C libraries keep. What goes beyond is about
# twice the worst of 1000 points.
VALUE = {
    **dict.fromkeys((*PIECEWISE, "neg"), 0.0),
    **dict.fromkeys(ROUNDED_ONCE, 0.5),
    "cbrt": 4,  # as the C library has it
    # Up to nine elements are added or multiplied one after the other, and each step is rounded.
    "sum": 3.5,
    "mean": 5,
    "dot": 4,
    "affine": 4.5,
    "prod": 5,
    "logsumexp": 6,
    "var": 6,
    "std": 3.5,
}

# Derivatives, likewise; 3 unless said.
DERIVATIVE = {
    **dict.fromkeys(PIECEWISE, 0.0),
    # Ones and minus ones, an operand or twice it, or a whole number: exact. The oracle is right to many digits only.
    **dict.fromkeys(("add", "sub", "mul", "neg", "square", "remainder", "leaky_relu", "sum", "dot", "affine"), 1e-20),
    "mean": 0.5,
    "cbrt": 8,  # 1 / (3 out^2): twice the error of the root
    "atan2": 4,  # the hypotenuse twice, so that its square neither overflows nor underflows
    "logsumexp": 12,  # exp(x - out), next to 1, where an ulp is half as large as one of the sum
    "prod": 7,
    "var": 9,
    "std": 5,
    "norm": 4,
}


@pytest.mark.parametrize("name", list(accuracy.EXACT))
def test_value_and_derivatives_are_right_to_the_last_places(name):
    worst = accuracy.errors(TABLE[name])
    assert worst.value <= VALUE.get(name, 2.5)
    assert worst.derivative <= DERIVATIVE.get(name, 3)


def test_every_row_is_measured():
    assert set(accuracy.EXACT) == set(TABLE)


# ---------------------------------------------------------------------- the measure itself


@pytest.mark.parametrize(
    ("name", "x", "slope"),
    [
        ("log1p", -1 + 2**-53, 2.0**53),
        ("log", 2.0**-1020, 2.0**1020),
        ("atanh", 1 - 2**-53, 2.0**106 / (2**54 - 1)),
        ("relu", 5e-324, 1.0),
        ("hardsigmoid", math.nextafter(3.0, 4.0), 0.0),
        ("tanh", 300.0, 4 * math.exp(-600.0)),
    ],
)
def test_the_oracle_is_right_next_to_branch_points_and_kinks(name, x, slope):
    (exact,) = accuracy.derivatives(TABLE[name], 0, [accuracy.mp.mpf(x)])
    assert float(exact) == pytest.approx(slope, rel=1e-15, abs=0)


def test_nan_and_infinity_are_infinitely_wrong_unless_they_are_right():
    assert accuracy.ulps(math.nan, accuracy.mp.one) == math.inf
    assert accuracy.ulps(math.inf, accuracy.mp.one) == math.inf
    assert accuracy.ulps(1.0, accuracy.mp.mpf(10) ** 400) == math.inf
    assert accuracy.ulps(math.inf, accuracy.mp.mpf(10) ** 400) == 0.0
    assert accuracy.ulps(math.nan, accuracy.mp.mpc(1, 1)) == 0.0


def plausible(name, forward=None, derivative=None):
    """A row with another rule for the value or for the derivative with respect to the first argument."""
    op = TABLE[name]
    partials = [derivative or op.partials[0], *op.partials[1:]]
    return Op(name, forward or op.forward, partials, domain=op.domain, vectors=op.vectors)


@pytest.mark.parametrize(
    "op",
    [
        plausible("log1p", forward=lambda x: log(1 + x)),
        plausible("expm1", forward=lambda x: exp(x) - 1),
        plausible("softplus", forward=lambda x: log(1 + exp(x))),
        plausible("sigmoid", forward=lambda x: 1 / (1 + exp(-x))),
        plausible("sigmoid", derivative=lambda out, x: exp(-x) / (1 + exp(-x)) ** 2),
        plausible("acosh", forward=lambda x: log(x + sqrt(x * x - 1))),
        plausible("acosh", derivative=lambda out, x: 1 / sqrt(x * x - 1)),
        plausible("asin", derivative=lambda out, x: 1 / sqrt(1 - x * x)),
        plausible("atanh", derivative=lambda out, x: 1 / (1 - x * x)),
        plausible("asinh", derivative=lambda out, x: 1 / sqrt(x * x + 1)),
        plausible("hypot", forward=lambda x, y: sqrt(x * x + y * y)),
        plausible("pow", derivative=lambda out, x, y: y * exp((y - 1) * log(abs(x)))),
        plausible("elu", forward=lambda x, alpha: where(x > 0, x, alpha * (exp(x) - 1))),
        plausible("gelu", forward=lambda x: x * 0.5 * (1 + math.erf(x / 2**0.5))),
        plausible("logsumexp", forward=lambda xs: log(sum(map(exp, xs)))),
        plausible("var", forward=lambda xs, c: (sum(x * x for x in xs) - sum(xs) * sum(xs) / len(xs)) / (len(xs) - c)),
        plausible("norm", forward=lambda xs: sqrt(sum(x * x for x in xs))),
    ],
    ids=lambda op: op.name,
)
def test_rules_that_lose_digits_are_noticed(op):
    worst = accuracy.errors(op, count=100)
    assert worst.value > VALUE.get(op.name, 2.5) or worst.derivative > DERIVATIVE.get(op.name, 3)
