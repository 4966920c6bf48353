"""The numerical derivative: right within the error that it states, at points of every kind."""

from __future__ import annotations

import math
import random

import pytest

from autograd import TABLE
from autograd.testing.derivatives import gradient
from autograd.transforms.numerical import slopes_of, slopes_of_all

inf, nan = math.inf, math.nan


def root_or_nan(x):
    return math.sqrt(x) if x >= 0 else nan


# (name, function, point, derivative)
SMOOTH = [
    ("sin far out", math.sin, 1e5, math.cos(1e5)),
    ("sin of a thousand x", lambda x: math.sin(1000 * x), 2.3, 1000 * math.cos(2300)),
    ("log close to 0", math.log, 1e-9, 1e9),
    ("log where tests draw", math.log, 1e-3, 1e3),
    ("a pole close by", lambda x: 1 / x, 1e-5, -1e10),
    ("kink half a step away", lambda x: max(x - 1e6, 0.0), 1000000.5, 1.0),
    ("kink very close", abs, 1e-9, 1.0),
    ("a jump close by", lambda x: x % 1, 0.9999, 1.0),
    ("steps", lambda x: x * 3 // 2 * 1.0, 0.4, 0.0),
    ("all inside a nanometer", lambda x: math.sin(1e9 * x) * 1e-9, 3e-10, math.cos(0.3)),
    ("all inside a nanometer, at 0", lambda x: math.sin(1e9 * x) * 1e-9, 0.0, 1.0),
    ("small numbers", lambda x: 1.38e-23 * x * x, 2.0, 5.52e-23),
    ("large numbers", lambda x: x**3, 1e6, 3e12),
    ("close to overflow", math.exp, 700.0, math.exp(700.0)),
    ("close to underflow", math.exp, -700.0, math.exp(-700.0)),
    ("saturated", math.tanh, 20.0, 0.0),
    ("underflow", lambda x: math.exp(-x * x), 30.0, 0.0),
    ("a large constant", lambda x: x * x + 1e5, 0.5, 1.0),
    ("a constant", lambda x: 5.0, 1.0, 0.0),
    ("nothing", lambda x: 0.0, 0.0, 0.0),
    ("the gamma function", math.lgamma, 2.5, 0.7031566406452432),
]


@pytest.mark.parametrize(("f", "x", "derivative"), [case[1:] for case in SMOOTH], ids=[case[0] for case in SMOOTH])
def test_the_right_derivative_agrees_and_a_wrong_one_does_not(f, x, derivative):
    slopes = slopes_of(f, x)
    assert slopes.agrees_with(derivative)
    assert abs(slopes.best.value - derivative) <= slopes.best.margin(derivative, 1e-9)
    assert not slopes.is_kink
    assert not slopes.agrees_with(derivative * 1.001 + (1e-6 if derivative == 0 else 0.0))
    assert not slopes.agrees_with(nan)
    assert not slopes.agrees_with(inf)


@pytest.mark.parametrize(
    ("f", "x", "right", "wrong"),
    [
        (abs, 0.0, (-1.0, 0.0, 0.5, 1.0), (-1.1, 1.1, inf, nan)),
        (lambda x: max(x - 0.7, 0.0), 0.7, (0.0, 1.0), (-0.1, 2.0)),
        (lambda x: max(x - 1.0, 0.0), 1 + 2.0**-52, (1.0,), (0.5, 2.0)),  # the next float after a kink
        (lambda x: max(1.0 - x, 0.0), 1 - 2.0**-53, (-1.0,), (-0.5, -2.0)),
        (lambda x: x * root_or_nan(x), 0.0, (0.0,), (0.1, inf)),  # the edge of a domain
        (root_or_nan, 0.0, (inf,), (0.0, 1e6, -inf, nan)),
        (math.asin, 1.0, (inf,), (1e6,)),  # raises beyond 1
        (math.acos, -1.0, (-inf,), (inf, -1e6)),
        (math.cbrt, 0.0, (inf,), (0.0, -inf)),
        (lambda x: x * math.log(x) if x > 0 else 0.0 if x == 0 else nan, 0.0, (-inf,), (5.0, inf)),
        (math.floor, 2.0, (0.0,), (1.0, -1.0)),  # a jump on the left, flat on the right
        (lambda x: (x > 0) - (x < 0), 0.0, (0.0,), (nan,)),  # a jump on both sides: the differences tell nothing
    ],
    ids=[
        "abs",
        "relu",
        "after relu",
        "before relu",
        "x*sqrt(x)",
        "sqrt",
        "asin",
        "acos",
        "cbrt",
        "x*log(x)",
        "floor",
        "sign",
    ],
)
def test_at_kinks_edges_and_jumps(f, x, right, wrong):
    slopes = slopes_of(f, x)
    for derivative in right:
        assert slopes.agrees_with(derivative), derivative
    for derivative in wrong:
        assert slopes.agrees_with(derivative) is (derivative != derivative and not slopes.best.is_known), derivative


def arguments(op, rng):
    """Numbers from the domain of a row: anywhere, whole, at its ends, close to 0; so kinks and poles are among them."""
    length = rng.randint(1, 5) if op.vectors else 1
    drawn = []
    for index, (low, high) in enumerate(op.domain):
        for _ in range(length if index < op.vectors else 1):
            anywhere = rng.uniform(low, high)
            small = anywhere * 10 ** rng.uniform(-8, 0)
            drawn.append(float(rng.choice([anywhere, anywhere, anywhere, round(anywhere), low, high, small])))
            drawn[-1] = min(max(drawn[-1], low), high)
    return drawn


@pytest.mark.parametrize("op", TABLE.values(), ids=lambda op: op.name)
def test_no_row_is_accused_and_a_slope_that_is_off_is_found(op):
    rng = random.Random(op.name)
    found = checked = 0
    for _ in range(40):
        operands = arguments(op, rng)
        if not math.isfinite(float(op.value(*op.grouped(operands)))):
            continue
        for index, derivative in enumerate(gradient(op, operands)):

            def f(x, index=index, operands=operands):
                return float(op.value(*op.grouped([*operands[:index], x, *operands[index + 1 :]])))

            slopes = slopes_of(f, operands[index])
            assert slopes.agrees_with(derivative), (operands, index, derivative, slopes)
            if math.isfinite(derivative) and not slopes.is_kink and slopes.best.is_known:
                checked += 1
                found += not slopes.agrees_with(derivative * 1.001 + (1e-5 if abs(derivative) < 1e-3 else 0.0))
    assert found >= 0.95 * checked


def test_several_functions_are_differentiated_at_the_points_of_one():
    calls = []

    def f(x):
        calls.append(x)
        return [x * x, math.sin(x), 3.0]

    square, sine, constant = slopes_of_all(f, 1.5)
    assert square.agrees_with(3.0)
    assert sine.agrees_with(math.cos(1.5))
    assert constant.agrees_with(0.0)
    assert len(calls) < 60


def test_a_function_that_is_nan_at_the_point_has_no_slope():
    slopes = slopes_of(root_or_nan, -1.0)
    assert not slopes.best.is_known
    assert slopes.agrees_with(nan)


def test_a_point_that_is_rounded_away_beside_the_steps_is_known_less_well():
    # The slope of a cosine at 2.4e-20 cannot be seen with steps around 0, where it is even.
    slopes = slopes_of(lambda x: 3000 * math.cos(3000 * x), 2.4e-20)
    assert slopes.agrees_with(-(3000.0**3) * 2.4e-20)
    assert not slopes.agrees_with(1e-6)


@pytest.mark.parametrize(("f", "slope"), [(lambda x, p: x // p * p, 0.0), (lambda x, p: x % p, 1.0)], ids=["//", "%"])
def test_across_many_steps_of_a_staircase_large_steps_do_not_agree_by_chance(f, slope):
    rng = random.Random(0)
    for _ in range(1000):
        x, p = rng.uniform(-3, 3), 10 ** rng.uniform(-2.5, 0)
        assert slopes_of(lambda t, p=p: f(t, p), x).agrees_with(slope), (x, p)


@pytest.mark.parametrize("x", [1e-17, 1.0974754511959303e-17, 1e-9, 1e-3])
def test_beside_a_point_of_symmetry_large_steps_cancel_and_tell_nothing(x):
    assert slopes_of(lambda t: 1e5 * math.cos(1e5 * t), x).agrees_with(-1e10 * math.sin(1e5 * x))
