"""What is wrong with a row is found, wherever it is; what is right is not accused. Of each kind a few."""

from __future__ import annotations

import random

import pytest
from oracles.faulty_rows import FAULTY, RIGHT, row

from autograd.core.elementary import cos, exp, sin, sqrt, tanh, where
from autograd.testing import OpError, check_op

FUNCTIONS = [
    (lambda x: sin(x), lambda out, x: cos(x)),
    (lambda x: exp(x), lambda out, x: out),
    (lambda x: x * x, lambda out, x: 2 * x),
    (lambda x: tanh(3 * x), lambda out, x: 3 * (1 - out * out)),
    (lambda x: sin(9 * x), lambda out, x: 9 * cos(9 * x)),
    (lambda x: sqrt(x + 4), lambda out, x: 0.5 / out),
]


class Hidden:
    """A window that no number in a rule gives away."""

    def __init__(self, center, width):
        self.center, self.width = center, width

    def __contains__(self, x):
        return abs(float(x) - self.center) < self.width / 2


@pytest.mark.parametrize("op", FAULTY.values(), ids=FAULTY)
def test_what_is_wrong_is_found(op):
    with pytest.raises(OpError):
        check_op(op, examples=50)


@pytest.mark.parametrize("op", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_not_accused(op):
    check_op(op, examples=50)


@pytest.mark.parametrize("seed", range(len(FUNCTIONS)))
@pytest.mark.parametrize("hidden", [False, True], ids=["compared", "hidden"])
def test_a_window_of_a_five_hundredth_of_the_domain_is_found(seed, hidden):
    forward, partial = FUNCTIONS[seed]
    rng = random.Random(seed)
    window, size = Hidden(rng.uniform(-3, 3), 0.012), 10 ** rng.uniform(-1, 0)

    def wrong(out, x):
        inside = x in window if hidden else abs(x - window.center) < window.width / 2
        return partial(out, x) + where(inside, size, 0.0)

    with pytest.raises(OpError):
        check_op(row(forward, wrong, analytic=False), examples=20, orders=1)


def test_a_fault_of_the_first_order_is_reported_as_one():
    with pytest.raises(OpError, match=r"row at \(x=-?\d.*: the derivative with respect to x"):
        check_op(row(lambda x: x * x * x, lambda out, x: 3 * x * x + where(x > 1, 0.1, 0.0)))


def test_equal_elements_that_count_twice_are_named_together():
    with pytest.raises(OpError, match=r"xs\[0\] and xs\[1\] together is 2.0 by its rule but 1 by finite differences"):
        check_op(FAULTY["equal elements are all the largest"], examples=50)


def test_what_was_compared_is_reported():
    report = check_op(row(lambda x: x * x, lambda out, x: 2 * x), examples=20)
    assert report.counts[1].compared == report.points >= 20
    assert report.counts[1].unknown == 0
    assert f"row: {report.points} points; {report.points} first derivatives agree; " in repr(report)
    assert repr(report).endswith(" second derivatives agree")


def test_what_could_not_be_compared_is_reported():
    pole = check_op(row(lambda x: 1 / x, lambda out, x: -1 / (x * x)), examples=20, orders=1)
    assert pole.counts[1].unknown > 0
    assert repr(pole).endswith(f" agree, {pole.counts[1].unknown} more could not be compared")
    branches = check_op(RIGHT["branches of Python"], examples=20)
    assert repr(branches).endswith("; no second derivatives, since the rules run on numbers only")


def test_where_nothing_could_be_compared_is_a_warning():
    with pytest.warns(
        UserWarning, match=r"row: no first derivative was compared, since the value .* domain \[\(1, 2\)\]"
    ):
        check_op(row(lambda x: x * float("inf"), lambda out, x: float("inf"), low=1, high=2), examples=5, orders=1)
