"""Rows for the table that have a fault, and rows that have none though they look as if: for checkers to tell apart.

Each is named by what is wrong with it, or by what makes it difficult.
"""

from __future__ import annotations

import math
import random
from itertools import pairwise

from autograd import Op, Value
from autograd.core.elementary import (
    IEEEFloat,
    acosh,
    asin,
    atan,
    cbrt,
    cos,
    erfc,
    exp,
    inf,
    log,
    log1p,
    power,
    round_,
    sin,
    sqrt,
    tanh,
    where,
)

rng = random.Random(0)
remembered = {}


def row(forward, *partials, low=-3.0, high=3.0, **options):
    return Op("row", forward, partials, domain=options.pop("domain", [(low, high)] * len(partials)), **options)


def neighbours(xs):
    return sum((a * b for a, b in pairwise(xs)), 0.0 * xs[0])


def of_neighbours(xs, forgets=10**9):
    """The derivatives of that; without the left neighbour from one element on."""
    count = range(len(xs))
    return [(xs[i - 1] if 0 < i < forgets else 0.0) + (xs[i + 1] if i + 1 < len(xs) else 0.0) for i in count]


def squares(xs):
    return sum((x * x for x in xs), 0.0)


def ramp(x, at=0.0):
    return where(x > at, x - at, 0.0)


def softplus(x):
    return where(x > 0, x, 0.0) + log1p(exp(-abs(x)))


def ties(xs):
    """Zero where the largest element is there twice."""
    largest = sorted(xs)
    return min([1.0, *(largest[-1] - x for x in largest[:-1])])


def beside(place):
    """A kink at a place that is written nowhere in the rules, and a fault right above it."""
    return row(
        lambda x: abs(x - place),
        lambda out, x: where(x > place + 1e-3, 1.0, where(x < place, -1.0, 0.5)),
        analytic=False,
    )


def joint(x, width=1e-3):
    """A ramp whose kink is rounded off within a small distance."""
    return where(x < -width, 0.0, where(x > width, x, (x + width) * (x + width) / (4 * width)))


def of_joint(x, width=1e-3):
    return where(x < -width, 0.0, where(x > width, 1.0, (x + width) / (2 * width)))


KNOTS = [(0.0, 0.0), (0.1, 1.0), (0.5, 3.0), (0.52, 1.0), (0.9, 2.0), (1.0, 0.0)]


def looked_up(x):
    for (a, u), (b, v) in pairwise(KNOTS):
        if x <= b:
            return u + (v - u) * (x - a) / (b - a)
    return KNOTS[-1][1]


def of_looked_up(x, wrong=-1):
    for index, ((a, u), (b, v)) in enumerate(pairwise(KNOTS)):
        if x <= b:
            return (v - u) / (b - a) * (-1 if index == wrong else 1)
    return 0.0


def rounded_cosine(x):
    """A cosine that is remembered for all numbers with the same first digit."""
    return remembered.setdefault(round(float(x), 1), math.cos(float(x)))


def newton(x):
    y = 1.0
    for _ in range(60):
        y = (y + x / y) / 2
    return y


def anomaly(mean):
    """Kepler's equation, solved by iteration."""
    if not abs(mean) < 1e9:
        return mean
    eccentric = mean
    for _ in range(50):
        eccentric -= (eccentric - 0.9 * math.sin(eccentric) - mean) / (1 - 0.9 * math.cos(eccentric))
    return eccentric


FAULTY = {
    "wrong at one sign": row(lambda x: abs(x) * x, lambda out, x: 2 * x, analytic=False),
    "wrong at the end": row(lambda x: x * x, lambda out, x: where(x > 99.95, 0.5, 2 * x), low=-100, high=100),
    "wrong in a window": row(lambda x: sin(x), lambda out, x: cos(x) + where(abs(x - 1.234) < 0.015, 0.1, 0.0)),
    "wrong in a window of an argument": row(
        lambda x, y: x * y, lambda out, x, y: y + where(abs(x + 2.1) < 0.015, 1.0, 0.0), lambda out, x, y: x
    ),
    "nan far out": row(lambda x: tanh(x), lambda out, x: 1 - (exp(2 * x) - 1) / (exp(2 * x) + 1) * out),
    "wrong for equal arguments": row(
        lambda x, y: x * x - y, lambda out, x, y: where(abs(x - y) <= 0, 0.0, 2 * x), lambda out, x, y: -1.0
    ),
    "a small term is missing": row(lambda x: sin(x) + 1e-5 * x, lambda out, x: cos(x)),
    "a small mixed term is missing": row(
        lambda x, y: x * y + 1e-5 * x * y * y, lambda out, x, y: y + 1e-5 * y * y, lambda out, x, y: x
    ),
    "small numbers": row(lambda x: 1e-19 * x * x, lambda out, x: 1e-19 * x),
    "large numbers": row(lambda x: 1e19 * x * x, lambda out, x: 2.001e19 * x),
    "a steep slope": row(lambda x: sin(1e8 * x) * 1e-8, lambda out, x: 1.0, low=-1e-8, high=1e-8, analytic=False),
    "at a kink": row(
        ramp, lambda out, x: where(x > 0, 1.0, where(x < 0, 0.0, -0.5)), kinks=lambda x: x, analytic=False
    ),
    "at a kink that is not declared": row(
        lambda x: ramp(x, 0.3), lambda out, x: where(x > 0.3, 1.0, where(x < 0.3, 0.0, 1.5)), analytic=False
    ),
    "close to a kink": row(
        lambda x: ramp(x),
        lambda out, x: where(x > 0.02, 1.0, where(x > 0, 2.0, 0.0)),
        kinks=lambda x: x,
        analytic=False,
    ),
    "at the end of the domain": row(
        lambda x: where(x > 0, x * log(x), 0.0),
        lambda out, x: where(x > 0, 1 + log(x), 1.0),
        low=0,
        kinks=lambda x: x,
        analytic=False,
    ),
    "a value by chance": row(lambda x: x + 1e-3 * rng.random(), lambda out, x: 1.0, analytic=False),
    "a derivative by chance": row(lambda x: x * x, lambda out, x: 2 * x * (1 + 1e-9 * rng.random())),
    "a step": row(lambda x: x * 5 // 2 * 1.0, lambda out, x: 2.5),
    "the fourth element": row(neighbours, lambda out, xs: of_neighbours(xs, 3), vectors=1),
    "the fifth element": row(neighbours, lambda out, xs: of_neighbours(xs, 4), vectors=1),
    "the second derivative": row(lambda x: x * x, lambda out, x: 2 * round_(x * 2.0**40) / 2.0**40, analytic=False),
    "raises": row(lambda x: math.sqrt(x), lambda out, x: 0.5 / out, low=-1, analytic=False),
    "a factor forgotten on one branch": row(lambda x: sin(2 * x), lambda out, x: where(x < -2, 1, 2) * cos(2 * x)),
    "a sign on one side of the second argument": row(
        lambda x, y: x * abs(y),
        lambda out, x, y: abs(y),
        lambda out, x, y: where(y > -2, where(y > 0, x, -x), x),
        kinks=lambda x, y: y,
        analytic=False,
    ),
    "the square of a denominator forgotten": row(
        lambda x, y: x / y, lambda out, x, y: 1 / y, lambda out, x, y: -x / y, domain=[(-3, 3), (0.9, 1.1)]
    ),
    "a constant with seven digits": row(
        lambda x: log(x) / 2.302585092994046, lambda out, x: 1 / (2.302585 * x), low=0.1, high=100
    ),
    "off by one in a million": row(lambda x: x * x * x, lambda out, x: 3.000003 * x * x, analytic=False),
    "one exponent of many": row(
        lambda x, n: power(x, n),
        lambda out, x, n: where(abs(n - 2) <= 0, x, n * power(x, n - 1)),
        lambda out, x, n: out * log(x),
        domain=[(0.5, 3), (-3, 3)],
    ),
    "the fourth of five arguments": row(
        lambda a, b, c, d, e: a * b + c * d * e,
        lambda out, a, b, c, d, e: b,
        lambda out, a, b, c, d, e: a,
        lambda out, a, b, c, d, e: d * e,
        lambda out, a, b, c, d, e: where(e > 2.5, c, c * e),
        lambda out, a, b, c, d, e: c * d,
    ),
    "whole numbers": row(lambda x: x * x, lambda out, x: 2 * x if x != round(x) else 2 * x + 1),
    "negative zero": row(lambda x: x * x + x, lambda out, x: -1.0 if math.copysign(1.0, x) < 0 == x else 2 * x + 1),
    "opposite arguments": row(
        lambda x, y: x * x * y, lambda out, x, y: where(abs(x + y) <= 0, 0.0, 2 * x * y), lambda out, x, y: x * x
    ),
    "a zero among the factors": row(
        lambda xs: math.prod(xs),
        lambda out, xs: [where(abs(x) <= 0, 0.0, out / where(abs(x) <= 0, 1.0, x)) for x in xs],
        vectors=1,
    ),
    "equal elements are all the largest": row(
        lambda xs: max(xs), lambda out, xs: [float(x == out) for x in xs], vectors=1, kinks=ties, analytic=False
    ),
    "beyond eight elements": row(squares, lambda out, xs: [2 * x * (i < 8) for i, x in enumerate(xs)], vectors=1),
    "right above a kink whose place is in a closure": beside(0.777),
    "a window of a sum": row(
        lambda x, y: sin(x) * y,
        lambda out, x, y: where(abs(x + y - 1) < 0.01, 0.0, y * cos(x)),
        lambda out, x, y: sin(x),
    ),
    "a window of the value": row(lambda x: exp(x), lambda out, x: where(abs(out - 5) < 0.05, 2 * out, out)),
    "a bump without a comparison": row(lambda x: sin(x), lambda out, x: cos(x) + exp(-(((x - 0.7) / 0.01) ** 4))),
    "one cell of a table": row(
        lambda x: looked_up(x), lambda out, x: of_looked_up(x, wrong=2), low=0, high=1, analytic=False
    ),
    "every hundredth": row(lambda x: sin(x), lambda out, x: cos(x) + where(x % 2.0 < 0.02, 0.5, 0.0), low=-50, high=50),
    "straight through a sign": row(
        lambda x: where(x >= 0, 1.0, -1.0),
        lambda out, x: where(abs(x) < 1, 1.0, 0.0),
        kinks=lambda x: x,
        analytic=False,
    ),
    "remembers too much": row(lambda x: math.sin(x), lambda out, x: rounded_cosine(x), analytic=False),
    "another value on Values": row(
        lambda x: x * x if isinstance(x, float | IEEEFloat) else x * x + x, lambda out, x: 2 * x, analytic=False
    ),
    "another derivative on Values": row(lambda x: x * x * x, lambda out, x: (2 if isinstance(x, Value) else 3) * x * x),
    "the second derivative at one point": row(
        softplus,
        lambda out, x: where(x >= 0, 1 / (1 + exp(-abs(x))), exp(-abs(x)) / (1 + exp(-abs(x)))),
        analytic=False,
    ),
}
RIGHT = {
    "root at the edge": row(lambda x: x * sqrt(x), lambda out, x: 1.5 * sqrt(x), low=0, high=4),
    "infinite slope at the edge": row(lambda x: sqrt(x), lambda out, x: 0.5 / out, low=0),
    "logarithm close to 0": row(lambda x: log(x), lambda out, x: 1 / x, low=1e-6, high=1),
    "a large constant": row(lambda x: x + 1e10, lambda out, x: 1.0),
    "terms that cancel in the derivative": row(
        lambda x, y: x * y + x, lambda out, x, y: y + 1, lambda out, x, y: x, low=-1 - 1e-8, high=-1 + 1e-8
    ),
    "large numbers that cancel": row(lambda x: (x * x + 1e8) - 1e8, lambda out, x: 2 * x),
    "many waves": row(lambda x: sin(3000 * x), lambda out, x: 3000 * cos(3000 * x)),
    "small numbers": row(lambda x: 1e-30 * sin(x), lambda out, x: 1e-30 * cos(x)),
    "a small domain": row(lambda x: x * x, lambda out, x: 2 * x, low=-1e-9, high=1e-9),
    "a large domain": row(lambda x: x * x * x, lambda out, x: 3 * x * x, low=-1e6, high=1e6),
    "a kink that is not declared": row(
        lambda x: ramp(x, 0.7), lambda out, x: where(x > 0.7, 1.0, where(x < 0.7, 0.0, 0.5)), analytic=False
    ),
    "branches of Python": row(
        lambda x: x * x if x > 0 else 0.0, lambda out, x: 2 * x if x > 0 else 0.0, analytic=False
    ),
    "two arguments": row(
        lambda x, y: where(x > y, x, y) + log1p(exp(-abs(x - y))),
        lambda out, x, y: exp(x - out),
        lambda out, x, y: exp(y - out),
        analytic=False,
    ),
    "a vector": row(neighbours, lambda out, xs: of_neighbours(xs), vectors=1),
    "a sawtooth": row(lambda x: x % 0.37, lambda out, x: 1.0, kinks=lambda x: x % 0.37, analytic=False),
    "a mask of infinity": row(lambda x: where(x > 0, x, -inf), lambda out, x: 1.0, low=1, analytic=False),
    "a fine staircase": row(lambda x: round_(x * 100) / 100, lambda out, x: 0.0, analytic=False),
    "fast waves beside a large slope": row(lambda x: sin(1e5 * x), lambda out, x: 1e5 * cos(1e5 * x)),
    "waves that get faster": row(lambda x: sin(1 / x), lambda out, x: -cos(1 / x) / (x * x), low=1e-3, high=1),
    "a narrow peak": row(
        lambda x: exp(-(((x - 0.123) / 1e-3) ** 2)), lambda out, x: -2 * (x - 0.123) / 1e-6 * out
    ),
    "a steep change": row(lambda x: tanh(1e4 * (x - 0.3)), lambda out, x: 1e4 * (1 - out * out)),
    "overflow is near": row(lambda x: exp(x), lambda out, x: out, low=-700, high=700),
    "infinite slope inside": row(lambda x: cbrt(x), lambda out, x: 1 / (3 * out * out), analytic=False),
    "infinite slopes at both edges": row(lambda x: asin(x), lambda out, x: 1 / sqrt(1 - x * x), low=-1, high=1),
    "beside a branch point": row(lambda x: acosh(x), lambda out, x: 1 / sqrt(x * x - 1), low=1, high=5),
    "powers of itself": row(lambda x: power(x, x), lambda out, x: out * (1 + log(x)), low=1e-8, high=3),
    "a pole inside": row(lambda x: 1 / (x * x), lambda out, x: -2 / (x * x * x)),
    "a very large domain": row(lambda x: atan(x), lambda out, x: 1 / (1 + x * x), low=-1e9, high=1e9),
    "the tail of a distribution": row(
        lambda x: erfc(x), lambda out, x: -1.1283791670955126 * exp(-x * x), low=-6, high=26
    ),
    "a kink that is rounded off": row(lambda x: joint(x - 0.4), lambda out, x: of_joint(x - 0.4), analytic=False),
    "a table": row(lambda x: looked_up(x), lambda out, x: of_looked_up(x), low=0, high=1, analytic=False),
    "an iteration": row(lambda x: newton(x), lambda out, x: 0.5 / out, low=0.01, high=100),
    "an equation": row(
        lambda x: anomaly(x), lambda out, x: 1 / (1 - 0.9 * cos(out)), low=0, high=3.1, analytic=False
    ),
    "equal elements share": row(
        lambda xs: max(xs), lambda out, xs: [(x == out) / xs.count(out) for x in xs],
        vectors=1, kinks=ties, analytic=False,
    ),
    "rounding of many terms": row(
        lambda x: sum((1e3 * x + k for k in range(100)), 0.0) - 1e5 * x, lambda out, x: 0.0
    ),
    "a variance of numbers far from 0": row(
        lambda xs: sum(((x - sum(xs) / len(xs)) ** 2 for x in xs), 0.0) / len(xs),
        lambda out, xs: [2 * (x - sum(xs) / len(xs)) / len(xs) for x in xs],
        vectors=1, low=1e5, high=1e5 + 1,
    ),
    "whole steps of a quotient": row(
        lambda x, y: x % y, lambda out, x, y: 1.0, lambda out, x, y: -round_((x - out) / y),
        domain=[(-3, 3), (0.1, 2)], kinks=lambda x, y: x % y, analytic=False,
    ),
}  # fmt: skip
