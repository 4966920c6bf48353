"""Each operation is accurate to the last places of a double, against mpmath."""

from __future__ import annotations

import math

import pytest

from autograd import TABLE, Op, sigmoid
from autograd.core.elementary import exp, log, log1p, sqrt, where

pytest.importorskip("mpmath", reason="mpmath computes the digits to compare with: pip install mpmath")
from oracles import accuracy, exact

# Rows that are held to stricter limits than others.
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
    "sinc": 14,  # cos(pi x) - sinc(x) cancels, at worst at 0.1, up to where the series is used
    "logsumexp": 12,  # exp(x - out), next to 1, where an ulp is half as large as one of the sum
    "prod": 7,
    "var": 9,
    "std": 5,
    "norm": 4,
}


def excess(op: Op, *, count: int = 150) -> str:
    """What is more than a limit, and what to do about it; nothing if all is well."""
    worst = accuracy.errors(op, count)
    limits = {"VALUE": VALUE.get(op.name, 2.5), "DERIVATIVE": DERIVATIVE.get(op.name, 3)}
    return "\n".join(
        f"{op.name}: the {which.lower()} is {error:.3g} units in the last place off {exact.source(op)}, and "
        f"{limits[which]} are allowed. If another rule keeps more digits, write that one; if mpmath means another "
        f'function by the name, add "{op.name}": <formula> to FORMULAS of tests/oracles/exact.py; if no rule does '
        f'better, add the line "{op.name}": {2 * error:.2g},  # <why> to {which} of tests/core/test_accuracy.py'
        for which, error in (("VALUE", worst.value), ("DERIVATIVE", worst.derivative))
        if not error <= limits[which]
    )


@pytest.mark.parametrize("op", list(TABLE.values()), ids=list(TABLE))
def test_value_and_derivatives_are_right_to_the_last_places(op):
    message = excess(op)
    assert not message, message


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
    (right,) = exact.derivatives(TABLE[name], 0, [exact.mp.mpf(x)])
    assert float(right) == pytest.approx(slope, rel=1e-15, abs=0)


def test_nan_and_infinity_are_infinitely_wrong_unless_they_are_right():
    assert accuracy.ulps(math.nan, exact.mp.one) == math.inf
    assert accuracy.ulps(math.inf, exact.mp.one) == math.inf
    assert accuracy.ulps(1.0, exact.mp.mpf(10) ** 400) == math.inf
    assert accuracy.ulps(math.inf, exact.mp.mpf(10) ** 400) == 0.0
    assert accuracy.ulps(math.nan, exact.mp.mpc(1, 1)) == 0.0


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
    assert excess(op, count=100)


# ---------------------------------------------------------------------- rows that these files do not know


def unknown(forward, *partials, domain=((-3, 3),), **options):
    return Op("unknown", forward, partials, domain=domain, **options)


def test_an_unknown_row_is_measured_by_its_own_rule_with_many_digits():
    softsign = unknown(lambda x: x / (1 + abs(x)), lambda out, x: 1 / ((1 + abs(x)) * (1 + abs(x))))
    larger = unknown(
        lambda x, y: where(x > y, x, y) + log1p(exp(-abs(x - y))),  # near 0 where its two terms cancel
        lambda out, x, y: sigmoid(x - y),
        lambda out, x, y: sigmoid(y - x),
        domain=[(-3, 3)] * 2,
    )
    squares = unknown(lambda xs, a: a * sum(x * x for x in xs), lambda out, xs, a: [2 * a * x for x in xs],
                      lambda out, xs, a: sum(x * x for x in xs), domain=[(-3, 3), (1, 2)], vectors=1)  # fmt: skip
    for op in (softsign, larger, squares):
        assert not excess(op, count=50)


@pytest.mark.parametrize(
    ("op", "where_to_write"),
    [
        (unknown(lambda x: log(1 + x), lambda out, x: 1 / (1 + x), domain=[(-0.5, 3)]), "VALUE"),
        (unknown(lambda x: exp(x) - 1, lambda out, x: exp(x)), "VALUE"),
        (unknown(lambda x: x * x, lambda out, x: (x + 1) * (x + 1) - x * x - 1), "DERIVATIVE"),
        (unknown(lambda x: x * x, lambda out, x: 2 * x * (1 + 1e-14)), "DERIVATIVE"),
    ],
)
def test_an_unknown_row_that_loses_digits_is_told_where_to_write_its_limit(op, where_to_write):
    message = excess(op, count=50)
    assert f"to {where_to_write} of tests/core/test_accuracy.py" in message
    assert 'add the line "unknown": ' in message and message.count("unknown: ") == 1


def test_a_row_is_exact_by_its_formula_by_mpmaths_function_or_by_its_rule():
    assert exact.source(TABLE["sigmoid"]) == "its formula in FORMULAS of exact.py"
    assert exact.source(TABLE["tanh"]) == "mpmath's tanh"
    assert exact.source(unknown(lambda x: x, lambda out, x: 1.0)) == "its own rule with 400 digits"


@pytest.mark.parametrize("op", list(TABLE.values()), ids=list(TABLE))
def test_every_rule_runs_on_many_digits(op):
    """So that each row could do without a formula: by its rule and by the formula it is the same function."""
    by_rule = Op("unknown", op.forward, op.partials, domain=op.domain, vectors=op.vectors)
    for _, exactly, value in accuracy.points(op, 20):
        assert exact.exact(by_rule)(*exactly) == pytest.approx(value, rel=1e-12, abs=1e-12)
