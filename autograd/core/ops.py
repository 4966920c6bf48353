"""The table of operations: every derivative this package knows, one row each.

A row is what the inside cover of a calculus book says about one operation: how to compute it, and its partial
derivative with respect to each argument. Nothing outside this table knows a derivative. The engine, higher
derivatives, drawings, the step-by-step explanation and the tests all read these rows, so adding a row adds an
operation everywhere.

The rules are ordinary lambdas in ordinary arithmetic. In a partial derivative, `out` is the result of the
forward rule, which often saves work: the derivative of ``exp(x)`` is ``out``. Callers may pass
arguments by the names that the forward rule has, which is why it says ``lambda input: exp(input)`` rather than
``exp``; in the derivatives they have short names. A derivative that is zero whatever the upstream gradient, even
infinity, is `NO_FLOW`.

The same lambda runs on floats, on `Value`s and on symbols. A symbol can be compared but has no truth value, so a
rule never branches on a number with ``if`` but chooses with `where`; and since ``==`` of Values is identity, it
says ``abs(x) <= 0`` for "x is 0".

    >>> TABLE["mul"].forward(2.0, 3.0)
    6.0
    >>> [partial(6.0, 2.0, 3.0) for partial in TABLE["mul"].partials]
    [3.0, 2.0]

Some operations take whole vectors (`sum`, `dot`, `affine`). There an argument is a sequence, and its partial
derivative is the sequence of the derivatives with respect to its elements.

The domain of a row is where tests and plots draw its arguments from, not all that it takes. `row.py` explains the rest.
"""

from __future__ import annotations

from functools import reduce
from itertools import accumulate
from math import pi
from operator import add, mul

from autograd.core.elementary import (
    NO_FLOW,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    copysign,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    hypot,
    inf,
    log,
    log1p,
    log2,
    log10,
    power,
    round_,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    total,
    trunc,
    where,
)  # fmt: skip
from autograd.core.row import TABLE, Op, built_in_rows, find, register, unregister, watch

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

__all__ = ["TABLE", "Op", "find", "register", "unregister", "watch"]

LN2, LN10 = log(2.0), log(10.0)
DEGREE, RADIAN = pi / 180, 180 / pi


def logistic(x: Any) -> Any:
    """``1 / (1 + exp(-x))``, written so that exp never overflows."""
    return where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))


def slope_of_sinc(out: Any, x: Any) -> Any:
    """``(cos(pi x) - sinc(x)) / x``; near 0, where that loses its digits, the power series."""
    z = pi * pi * x * x
    near = -pi * pi / 3 * x * (1 - z / 10 * (1 - z / 28 * (1 - z / 54 * (1 - z / 88 * (1 - z / 130)))))
    return where(abs(x) < 0.1, near, (cos(pi * x) - out) / x)


def normal_density(x: Any) -> Any:
    """The density of the standard normal distribution."""
    return exp(-0.5 * x * x) / sqrt(2 * pi)


def clamped(x: Any, low: Any, high: Any) -> Any:
    """The number, or the bound that it is beyond; `high` if the bounds are the wrong way round; nan for any nan."""
    within = where(x > high, high, where(x < low, low, x))
    return where(low <= high, within, where(low > high, where(x <= inf, high, x), low + high))


def distance_to_bounds(x: Any, low: Any, high: Any) -> Any:
    """How far a number is from the nearer of two bounds, either of which may be infinite."""
    return where(abs(x - low) < abs(x - high), x - low, x - high)


# fmt: off
built_in_rows(
    # ---- Arithmetic
    Op("add", lambda input, other: input + other, [lambda out, x, y: 1.0, lambda out, x, y: 1.0],
       domain=[(-3, 3), (-3, 3)], symbol="+", precedence=1),

    Op("sub", lambda input, other: input - other, [lambda out, x, y: 1.0, lambda out, x, y: -1.0],
       domain=[(-3, 3), (-3, 3)], symbol="-", precedence=1),

    Op("mul", lambda input, other: input * other, [lambda out, x, y: y, lambda out, x, y: x],
       domain=[(-3, 3), (-3, 3)], symbol="*", precedence=2),

    Op("div", lambda input, other: input / other, [lambda out, x, y: 1 / y, lambda out, x, y: -out / y],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: y, symbol="/", precedence=2),

    # The remainder has the sign of the divisor, as in Python. The quotient is (x - out) / y rather than floor(x / y),
    # since x / y may be rounded up to a whole number: 1.0 / 0.1 is 10, though 0.1 goes into 1.0 only 9 times.
    Op("remainder", lambda input, other: input % other,
       [lambda out, x, y: 1.0, lambda out, x, y: -round_((x - out) / y)],
       domain=[(-3, 3), (0.5, 3)], kinks=lambda x, y: x / y - round_(x / y), analytic=False,
       symbol="%", precedence=2),

    # The formulas miss two kinds of points. x**0 is 1 for every x, also where 1/x overflows, so y * x**(y - 1) would
    # be 0 * inf. 0**y is 0 for every y > 0, and at its jump, y = 0, the slope is 0 by convention.
    Op("pow", lambda input, exponent: power(input, exponent),
       [lambda out, x, y: where(abs(y) <= 0, where(abs(x) > 0, y / x * out, NO_FLOW), y * power(x, y - 1)),
        lambda out, x, y: where(abs(x) <= 0, where(y >= 0, NO_FLOW, out * log(x)), out * log(x))],
       domain=[(0.2, 3), (-3, 3)], kinks=lambda x, y: where(y < 1, where(abs(y) > 0, x, 1.0), 1.0),
       symbol="**", precedence=4),

    Op("neg", lambda input: -input, [lambda out, x: -1.0], domain=[(-3, 3)], symbol="-", precedence=3),

    Op("square", lambda input: input * input, [lambda out, x: 2 * x], domain=[(-3, 3)]),

    Op("reciprocal", lambda input: 1 / input, [lambda out, x: -out * out], domain=[(-3, 3)], kinks=lambda x: x),

    Op("sqrt", lambda input: sqrt(input), [lambda out, x: 0.5 / out],
       domain=[(0.2, 5)], kinks=lambda x: x),

    Op("cbrt", lambda input: cbrt(input), [lambda out, x: 1 / (3 * out * out)],
       domain=[(-3, 3)], kinks=lambda x: x, analytic=False),

    # ---- Exponentials and logarithms
    Op("exp", lambda input: exp(input), [lambda out, x: out], domain=[(-3, 3)]),

    Op("exp2", lambda input: exp2(input), [lambda out, x: out * LN2], domain=[(-3, 3)]),

    Op("expm1", lambda input: expm1(input), [lambda out, x: exp(x)], domain=[(-3, 3)]),

    Op("log", lambda input: log(input), [lambda out, x: 1 / x], domain=[(0.2, 5)]),

    Op("log2", lambda input: log2(input), [lambda out, x: 1 / (x * LN2)], domain=[(0.2, 5)]),

    Op("log10", lambda input: log10(input), [lambda out, x: 1 / (x * LN10)], domain=[(0.2, 5)]),

    Op("log1p", lambda input: log1p(input), [lambda out, x: 1 / (1 + x)], domain=[(-0.8, 4)]),

    # ---- Trigonometric functions and their inverses
    Op("sin", lambda input: sin(input), [lambda out, x: cos(x)], domain=[(-4, 4)]),

    Op("cos", lambda input: cos(input), [lambda out, x: -sin(x)], domain=[(-4, 4)]),

    Op("tan", lambda input: tan(input), [lambda out, x: 1 + out * out], domain=[(-1.2, 1.2)]),

    # sin(pi x) / (pi x)
    Op("sinc", lambda input: where(abs(input) <= 0, 1.0, sin(pi * input) / (pi * input)),
       [lambda out, x: slope_of_sinc(out, x)], domain=[(-3, 3)], analytic=False),

    Op("deg2rad", lambda input: input * DEGREE, [lambda out, x: DEGREE], domain=[(-180, 180)]),

    Op("rad2deg", lambda input: input * RADIAN, [lambda out, x: RADIAN], domain=[(-4, 4)]),

    Op("asin", lambda input: asin(input), [lambda out, x: 1 / sqrt((1 - x) * (1 + x))], domain=[(-0.9, 0.9)],
       kinks=lambda x: 1 - x * x),

    Op("acos", lambda input: acos(input), [lambda out, x: -1 / sqrt((1 - x) * (1 + x))], domain=[(-0.9, 0.9)],
       kinks=lambda x: 1 - x * x),

    Op("atan", lambda input: atan(input), [lambda out, x: 1 / (1 + x * x)], domain=[(-4, 4)]),

    # The angle of the point (x, y); y is the first argument, as in math.atan2.
    Op("atan2", lambda input, other: atan2(input, other),
       [lambda out, y, x: where(hypot(x, y) <= 0, 0.0, x / hypot(x, y) / hypot(x, y)),
        lambda out, y, x: where(hypot(x, y) <= 0, 0.0, -y / hypot(x, y) / hypot(x, y))],
       domain=[(-3, 3), (0.2, 3)], analytic=False),

    Op("hypot", lambda input, other: hypot(input, other), [lambda out, x, y: x / out, lambda out, x, y: y / out],
       domain=[(0.2, 3), (-3, 3)], kinks=lambda x, y: hypot(x, y), analytic=False),

    # ---- Hyperbolic functions and their inverses
    Op("sinh", lambda input: sinh(input), [lambda out, x: cosh(x)], domain=[(-3, 3)]),

    Op("cosh", lambda input: cosh(input), [lambda out, x: sinh(x)], domain=[(-3, 3)]),

    Op("tanh", lambda input: tanh(input), [lambda out, x: 1 - out * out], domain=[(-3, 3)]),

    Op("asinh", lambda input: asinh(input), [lambda out, x: 1 / hypot(x, 1.0)], domain=[(-4, 4)]),

    Op("acosh", lambda input: acosh(input), [lambda out, x: 1 / (sqrt(x - 1) * sqrt(x + 1))],
       domain=[(1.2, 5)], kinks=lambda x: x - 1),

    Op("atanh", lambda input: atanh(input), [lambda out, x: 1 / ((1 - x) * (1 + x))], domain=[(-0.9, 0.9)],
       kinks=lambda x: 1 - x * x),

    # ---- The error function
    Op("erf", lambda input: erf(input), [lambda out, x: 2 / sqrt(pi) * exp(-x * x)], domain=[(-3, 3)], analytic=False),

    Op("erfc", lambda input: erfc(input), [lambda out, x: -2 / sqrt(pi) * exp(-x * x)],
       domain=[(-3, 3)], analytic=False),

    # ---- Smooth activations
    Op("sigmoid", lambda input: logistic(input), [lambda out, x: out * (1 - out)], domain=[(-4, 4)]),

    # log(1 + exp(x))
    Op("softplus", lambda input: where(input > 0, input, 0.0) + log1p(exp(-abs(input))), [lambda out, x: logistic(x)],
       domain=[(-4, 4)], analytic=False),

    # log(sigmoid(x)) = -softplus(-x)
    Op("logsigmoid", lambda input: where(input < 0, input, 0.0) - log1p(exp(-abs(input))),
       [lambda out, x: logistic(-x)], domain=[(-4, 4)], analytic=False),

    Op("silu", lambda input: input * logistic(input), [lambda out, x: logistic(x) * (1 + x * (1 - logistic(x)))],
       domain=[(-4, 4)]),

    # x times the probability that a standard normal number is below x
    Op("gelu", lambda input: input * (0.5 * erfc(-input / sqrt(2.0))),
       [lambda out, x: 0.5 * erfc(-x / sqrt(2.0)) + x * normal_density(x)], domain=[(-4, 4)], analytic=False),

    # ---- Piecewise functions. At kinks and ties the convention is PyTorch's. Comparisons are written such that the
    # result of nan is nan. The derivative by a branch not taken is NO_FLOW: zero, also times an infinite gradient.
    Op("relu", lambda input: where(input < 0, 0.0, input), [lambda out, x: where(x <= 0, NO_FLOW, 1.0)],
       domain=[(-3, 3)], kinks=lambda x: x, analytic=False),

    Op("leaky_relu", lambda input, negative_slope: where(input > 0, input, negative_slope * input),
       [lambda out, x, slope: where(x > 0, 1.0, slope), lambda out, x, slope: where(x > 0, NO_FLOW, x)],
       domain=[(-3, 3), (0.01, 0.5)], defaults=[0.01], kinks=lambda x, slope: x, analytic=False),

    Op("elu", lambda input, alpha: where(input > 0, input, alpha * expm1(input)),
       [lambda out, x, alpha: where(x <= 0, alpha * exp(x), 1.0),
        lambda out, x, alpha: where(x > 0, NO_FLOW, expm1(x))],
       domain=[(-3, 3), (0.5, 2)], defaults=[1.0], kinks=lambda x, alpha: x, analytic=False),

    Op("hardsigmoid", lambda input: where(input <= -3, 0.0, where(input >= 3, 1.0, (input + 3) / 6)),
       [lambda out, x: where(x > -3, where(x < 3, 1 / 6, NO_FLOW), NO_FLOW)],
       domain=[(-5, 5)], kinks=lambda x: abs(x) - 3, analytic=False),

    Op("hardtanh",
       lambda input, min_val, max_val: clamped(input, min_val, max_val),
       [lambda out, x, low, high: where(x <= low, NO_FLOW, where(x >= high, NO_FLOW, 1.0)),
        lambda out, x, low, high: where(x < low, where(low <= high, 1.0, NO_FLOW), NO_FLOW),
        lambda out, x, low, high: where(x > high, 1.0, where(low > high, 1.0, NO_FLOW))],
       domain=[(-3, 3), (-2, -1), (1, 2)], defaults=[-1.0, 1.0],
       kinks=lambda x, low, high: distance_to_bounds(x, low, high), analytic=False),

    # As hardtanh, but the derivative at a bound is 1, and if min > max the result is max.
    Op("clamp",
       lambda input, min, max: clamped(input, min, max),
       [lambda out, x, low, high: where(x >= low, where(x <= high, 1.0, NO_FLOW), NO_FLOW),
        lambda out, x, low, high: where(x < low, where(low < high, 1.0, NO_FLOW), NO_FLOW),
        lambda out, x, low, high: where(x > high, 1.0, where(low > high, 1.0, NO_FLOW))],
       domain=[(-3, 3), (-2, -1), (1, 2)], defaults=[-inf, inf],
       kinks=lambda x, low, high: distance_to_bounds(x, low, high), analytic=False),

    Op("abs", lambda input: abs(input), [lambda out, x: where(x > 0, 1.0, where(x < 0, -1.0, 0.0))],
       domain=[(-3, 3)], kinks=lambda x: x, analytic=False),

    Op("sign", lambda input: where(input > 0, 1.0, where(input < 0, -1.0, 0.0)), [lambda out, x: NO_FLOW],
       domain=[(-3, 3)], kinks=lambda x: x, analytic=False),

    Op("copysign", lambda input, other: copysign(input, other),
       [lambda out, x, y: where(abs(x) <= 0, 0.0, copysign(1.0, x) * copysign(1.0, y)), lambda out, x, y: NO_FLOW],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: x * y, analytic=False),

    # Neither >= nor > holds for a nan: then the sum, which is nan.
    Op("maximum", lambda input, other: where(input >= other, input, where(other > input, other, input + other)),
       [lambda out, x, y: where(x <= y, where(y <= x, 0.5, NO_FLOW), 1.0),
        lambda out, x, y: where(y <= x, where(x <= y, 0.5, NO_FLOW), 1.0)],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: x - y, analytic=False),

    Op("minimum", lambda input, other: where(input <= other, input, where(other < input, other, input + other)),
       [lambda out, x, y: where(y <= x, where(x <= y, 0.5, NO_FLOW), 1.0),
        lambda out, x, y: where(x <= y, where(y <= x, 0.5, NO_FLOW), 1.0)],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: x - y, analytic=False),

    Op("where", lambda condition, input, other: where(condition, input, other),
       [lambda out, condition, x, y: NO_FLOW,
        lambda out, condition, x, y: where(condition, 1.0, NO_FLOW),
        lambda out, condition, x, y: where(condition, NO_FLOW, 1.0)],
       domain=[(-1, 1), (-3, 3), (-3, 3)], kinks=lambda condition, x, y: condition, analytic=False),

    # Step functions: flat wherever they have a derivative.
    Op("floor", lambda input: floor(input), [lambda out, x: NO_FLOW],
       domain=[(-3, 3)], kinks=lambda x: x - round_(x), analytic=False),

    Op("ceil", lambda input: ceil(input), [lambda out, x: NO_FLOW],
       domain=[(-3, 3)], kinks=lambda x: x - round_(x), analytic=False),

    Op("trunc", lambda input: trunc(input), [lambda out, x: NO_FLOW],
       domain=[(-3, 3)], kinks=lambda x: x - round_(x), analytic=False),

    Op("round", lambda input: round_(input), [lambda out, x: NO_FLOW],
       domain=[(-3, 3)], kinks=lambda x: abs(x - trunc(x)) - 0.5, analytic=False),
)
# fmt: on


# ---------------------------------------------------------------------- whole vectors at once


def largest(xs: Any) -> Any:
    """The largest element; nan if there is a nan, for which x + most is."""
    return reduce(lambda most, x: where(x > most, x, where(x <= most, most, x + most)), xs)


def gap(xs: Any) -> Any:
    """How far the largest element is ahead of the second: zero at a tie."""
    first, *rest = sorted(xs, reverse=True)
    return first - rest[0] if rest else 1.0


def without_infinity(x: Any) -> Any:
    """The number itself; 0 in place of an infinity."""
    return where(abs(x) < inf, x, where(abs(x) <= inf, 0.0, x))


def shifted_logsumexp(xs: Any, shift: Any) -> Any:
    """``log(exp(x1) + exp(x2) + ...)`` with `shift` subtracted from every exponent and added at the end."""
    return log(reduce(add, [exp(x - shift) for x in xs])) + shift


def share_of_ties(out: Any, xs: Any) -> list[Any]:
    """The share of each element in the gradient: 1/k for the k elements equal to `out`; if that is nan, for those k."""
    equal = [where(out <= out, where(x <= out, where(x >= out, 1.0, 0.0), 0.0), where(x <= x, 0.0, 1.0)) for x in xs]
    count = reduce(add, equal)
    return [where(is_equal > 0, 1 / count, NO_FLOW) for is_equal in equal]


def products_of_others(xs: Any) -> list[Any]:
    """For each element the product of all others, without a division, since an element may be zero."""
    if len(xs) < 2:
        return [1.0] * len(xs)
    before = list(accumulate(xs[:-1], mul))
    after = [*accumulate(reversed(xs[1:]), mul)][::-1]
    return [after[0], *(left * right for left, right in zip(before, after[1:], strict=False)), before[-1]]


def mean_of(xs: Any) -> Any:
    """The mean."""
    return reduce(add, xs) / len(xs)


def deviations(xs: Any) -> list[Any]:
    """How far each element is from the mean."""
    center = mean_of(xs)
    return [x - center for x in xs]


def flat(zero: Any) -> Any:
    """0 for a derivative that is 0 by convention, made of a number that is 0 there, with an infinite slope of its own.

    So the second derivative is nan. With a plain 0 that of ``norm(v)**2``, which is 2, would be 0.
    """
    return cbrt(zero)


def length_of(xs: Any) -> Any:
    """The Euclidean length; nan if there is a nan, also beside an infinity, where a hypotenuse would be infinite."""
    length = reduce(hypot, xs, 0.0)
    return where(length < inf, length, reduce(add, [abs(x) for x in xs], 0.0))


def freedom_of(xs: Any, correction: Any) -> Any:
    """The degrees of freedom, ``n - correction``: 0 where that is negative."""
    return where(len(xs) - correction > 0, len(xs) - correction, 0.0)


def variance_of(xs: Any, correction: Any) -> Any:
    """The sum of squared deviations over the degrees of freedom."""
    return reduce(add, [d * d for d in deviations(xs)]) / freedom_of(xs, correction)


# One node where operations on two numbers would take many, with the same value.
# fmt: off
built_in_rows(
    Op("sum", lambda input: total(input), [lambda out, xs: [1.0] * len(xs)], domain=[(-3, 3)], vectors=1),

    Op("mean", lambda input: total(input) / len(input), [lambda out, xs: [1 / len(xs)] * len(xs)],
       domain=[(-3, 3)], vectors=1),

    Op("dot", lambda input, other: total(map(mul, input, other)), [lambda out, xs, ys: ys, lambda out, xs, ys: xs],
       domain=[(-3, 3), (-3, 3)], vectors=2),

    # What a neuron computes before its activation: w1*x1 + w2*x2 + ... + b, summed from b on.
    Op("affine", lambda weight, input, bias: total(map(mul, weight, input), bias),
       [lambda out, ws, xs, b: xs, lambda out, ws, xs, b: ws, lambda out, ws, xs, b: 1.0],
       domain=[(-3, 3), (-3, 3), (-3, 3)], vectors=2),

    Op("prod", lambda input: reduce(mul, input, 1.0), [lambda out, xs: products_of_others(xs)],
       domain=[(-3, 3)], vectors=1),

    Op("max", lambda input: largest(input), [lambda out, xs: share_of_ties(out, xs)],
       domain=[(-3, 3)], kinks=lambda xs: gap(xs), vectors=1, analytic=False),

    Op("min", lambda input: -largest([-x for x in input]), [lambda out, xs: share_of_ties(out, xs)],
       domain=[(-3, 3)], kinks=lambda xs: gap([-x for x in xs]), vectors=1, analytic=False),

    # The largest element is subtracted first, so that exp does not overflow and the logarithm is not that of 0.
    Op("logsumexp", lambda input: shifted_logsumexp(input, without_infinity(largest(input))),
       [lambda out, xs: [exp(x - out) for x in xs]], domain=[(-3, 3)], vectors=1, analytic=False),

    Op("var", lambda input, correction: variance_of(input, correction),
       [lambda out, xs, correction: [2 * d / freedom_of(xs, correction) for d in deviations(xs)],
        lambda out, xs, correction: out / freedom_of(xs, correction)],
       domain=[(-3, 3), (0, 0.5)], defaults=[1.0], vectors=1),

    # Where all elements are equal, so that std is 0, its derivative is 0 by convention, and has none itself.
    Op("std", lambda input, correction: sqrt(variance_of(input, correction)),
       [lambda out, xs, correction: [where(out <= 0, flat(out), d / (freedom_of(xs, correction) * out))
                                     for d in deviations(xs)],
        lambda out, xs, correction: 0.5 * out / freedom_of(xs, correction)],
       domain=[(-3, 3), (0, 0.5)], defaults=[1.0], kinks=lambda xs, correction: variance_of(xs, correction),
       vectors=1, analytic=False),

    # The Euclidean length, whose derivative at the zero vector is 0 by convention, and has none itself.
    Op("norm", lambda input: length_of(input), [lambda out, xs: [where(out <= 0, flat(out), x / out) for x in xs]],
       domain=[(0.2, 3)], kinks=lambda xs: reduce(hypot, xs, 0.0), vectors=1, analytic=False),
)
# fmt: on
