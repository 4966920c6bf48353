"""A table of one's own in a test suite: each row a test, rows registered for the time of a test."""

from __future__ import annotations

import pytest

from autograd import TABLE, Op, Value
from autograd.testing import check_grads, check_op, vectors
from autograd.testing.pytest_plugin import register_op  # noqa: F401  (a fixture)

OWN = [
    Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]),
    Op("blend", lambda x, y: x * y + x, [lambda out, x, y: y + 1, lambda out, x, y: x], domain=[(-2, 2), (-2, 2)]),
]


@pytest.mark.parametrize("op", OWN, ids=lambda op: op.name)
def test_every_row(op):
    check_op(op, examples=20)


def test_a_method_is_there_for_the_time_of_a_test(register_op):  # noqa: F811
    cube = register_op(OWN[0])
    assert TABLE["cube"] is cube and Value(2.0).cube().data == 8.0
    check_grads(lambda xs: sum(x.cube() for x in xs), vectors(min_size=1), max_examples=5)


def test_after_it_the_method_is_gone():
    assert "cube" not in TABLE and not hasattr(Value(2.0), "cube")
