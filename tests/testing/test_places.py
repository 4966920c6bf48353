"""Where a rule may be wrong: the places that are looked at are there, whatever way a rule is written in."""

from __future__ import annotations

import math
from bisect import bisect

import pytest
from oracles.faulty_rows import row

from autograd.core.elementary import exp, floor, where
from autograd.testing.branches import branches_along
from autograd.testing.places import branch_points, constants_of, long_points, special_numbers

LIMIT = 0.8125
TABLE_OF_LIMITS = [-1.5, LIMIT, 2.25]


def along(op, *others):
    return branches_along(op, [0.3, *others], [0])


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        (lambda x: where(x > LIMIT, x, 0.0), [LIMIT]),
        (lambda x: x if x > LIMIT else 0.0, [LIMIT]),
        (lambda x: max(x, LIMIT), [LIMIT]),
        (lambda x: abs(x - LIMIT), [LIMIT]),
        (lambda x: where((x - LIMIT) * (x - LIMIT - 0.001) < 0, x, 0.0), [LIMIT, LIMIT + 0.001]),
        (lambda x: where(exp(2 * x) > 3, x, 0.0), [math.log(3) / 2]),
        (lambda x: x * bisect(TABLE_OF_LIMITS, x), [LIMIT]),
        (lambda x: floor(x / 2), [-2.0, 0.0, 2.0]),
        (lambda x: x // 2, [-2.0, 0.0, 2.0]),
        (lambda x: sorted([x, LIMIT, 4.0])[0], [LIMIT]),
    ],
    ids=["where", "if", "max", "abs", "twice in a thousandth", "of a function", "bisect", "floor", "//", "sorted"],
)
def test_branches_are_found_to_the_last_bit(rule, places):
    found = along(row(rule, lambda out, x: 1.0))
    for place in places:
        assert min(abs(x - place) for x in found) <= 1e-15


def test_branches_that_depend_on_another_argument_are_found():
    op = row(lambda x, y: where(x > 2 * y, x, y), lambda out, x, y: 1.0, lambda out, x, y: 1.0)
    found = along(op, 0.7)
    assert {1.4, math.nextafter(1.4, 1.0)} <= set(found)


def test_points_at_branches_have_neighbours_on_both_sides():
    points = [x for (x,) in branch_points(row(lambda x: abs(x - LIMIT), lambda out, x: 1.0))]
    assert LIMIT in points
    for distance in (6e-9, 6e-3):
        for sign in (1, -1):
            assert any(x == pytest.approx(LIMIT + sign * distance, abs=1e-12) for x in points)


def test_rules_that_do_not_branch_or_cannot_be_watched_have_no_branches():
    assert along(row(lambda x: exp(x), lambda out, x: out)) == []
    assert along(row(lambda x: math.exp(x), lambda out, x: out)) == []


def test_constants_are_found_in_rules_closures_globals_and_defaults():
    inner = 5.5

    def helper(x, offset=7.25):
        return x + offset

    found = constants_of(row(lambda x: helper(x) + inner + LIMIT, lambda out, x: TABLE_OF_LIMITS[0] + 9.0))
    assert {5.5, 7.25, LIMIT, -1.5, 2.25, 9.0} <= set(found)


def test_negative_zero_is_a_number_of_its_own_inside_a_domain():
    def negative_zeros(low):
        op = row(lambda x: x, lambda out, x: 1.0, low=low)
        return [x for x in special_numbers(op, 0) if x == 0 and math.copysign(1.0, x) < 0]

    assert negative_zeros(-3) == [-0.0]
    assert negative_zeros(0) == []


def test_vectors_are_as_long_as_a_rule_says_and_one_longer():
    op = row(lambda xs: sum(xs[:12], 0.0), lambda out, xs: [float(i < 12) for i, _ in enumerate(xs)], vectors=1)
    assert {11, 12, 13} <= {len(xs) for (xs,) in long_points(op)}
