"""What is wrong with a row is found, wherever it is; what is right is not accused. Of each kind a few."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest

from autograd import Op
from autograd.core.elementary import cos, exp, inf, log, log1p, round_, sin, sqrt, tanh, where
from autograd.testing import OpError, check_op

rng = random.Random(0)


def row(forward, *partials, low=-3.0, high=3.0, **options):
    return Op("row", forward, partials, domain=[(low, high)] * len(partials), **options)


def neighbours(xs):
    return sum((a * b for a, b in pairwise(xs)), 0.0 * xs[0])


def of_neighbours(xs, forgets=10**9):
    """The derivatives of that; without the left neighbour from one element on."""
    count = range(len(xs))
    return [(xs[i - 1] if 0 < i < forgets else 0.0) + (xs[i + 1] if i + 1 < len(xs) else 0.0) for i in count]


def ramp(x, at=0.0):
    return where(x > at, x - at, 0.0)


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
}


@pytest.mark.parametrize("op", FAULTY.values(), ids=FAULTY)
def test_what_is_wrong_is_found(op):
    with pytest.raises(OpError):
        check_op(op, examples=50)


@pytest.mark.parametrize("op", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_not_accused(op):
    check_op(op, examples=50)


def test_a_fault_of_the_first_order_is_reported_as_one():
    with pytest.raises(OpError, match=r"row at \(x=-?\d.*: the derivative with respect to x"):
        check_op(row(lambda x: x * x * x, lambda out, x: 3 * x * x + where(x > 1, 0.1, 0.0)))
