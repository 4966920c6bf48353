"""Wrong use of check_op, the strategies and `registered` ends in one sentence, which names the operation at fault."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import HealthCheck, given, settings

import autograd
from autograd import TABLE, Op, Value
from autograd.testing import (
    OpError,
    check_compiled,
    check_first_derivatives,
    check_op,
    check_second_derivatives,
    expressions,
    graphs,
    is_ordinary,
    kinks_of,
    points,
    registered,
)
from autograd.testing.strategies import check_ordinary


def mine(forward=lambda x: x * x, partial=lambda out, x: 2 * x, domain=((0.5, 2),), **options):
    return Op("mine", forward, [partial], domain=domain, **options)


def vector(partial):
    return mine(lambda xs: sum(xs), partial, vectors=1)


BROKEN = {
    "kinks give nothing": mine(kinks=lambda x: None),
    "kinks give a text": mine(kinks=lambda x: "a"),
    "kinks give an empty list": mine(kinks=lambda x: []),
    "kinks give lists": mine(kinks=lambda x: [[x]]),
    "kinks raise": mine(kinks=lambda x: x.nope),
    "kinks are never defined": mine(kinks=lambda x: math.nan),
    "kinks divide by zero": mine(kinks=lambda x: 1 / 0),
    "kinks are close everywhere": mine(kinks=lambda x: 0.01 * x),
    "the domain is close to a kink": mine(kinks=lambda x: x, domain=[(-0.05, 0.05)]),
    "the value is nothing": mine(lambda x: None),
    "the value is a text": mine(lambda x: "1"),
    "the value is a list": mine(lambda x: [x]),
    "the value is complex": mine(lambda x: x * 1j),
    "the value raises": mine(lambda x: x.append(3)),
    "the derivative is nothing": mine(partial=lambda out, x: None),
    "the derivative is a text": mine(partial=lambda out, x: "2"),
    "the derivative is a list": mine(partial=lambda out, x: [2 * x]),
    "the derivative of a vector is too short": vector(lambda out, xs: [1.0]),
    "the derivative of a vector is too long": vector(lambda out, xs: [1.0] * 9),
    "the derivative of a vector is a number": vector(lambda out, xs: 1.0),
    "the derivative of a vector is no list": vector(lambda out, xs: (1.0 for _ in xs)),
    "the derivative of a vector is a list of nothing": vector(lambda out, xs: [None for _ in xs]),
}


def said_by(call, *kinds):
    with pytest.raises(kinds) as caught:
        call()
    said = str(caught.value)
    assert "\n" not in said
    assert not said.endswith(".")
    return said


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_row_is_named_by_every_tool(broken):
    op = BROKEN[broken]
    for tool in (check_op, points, check_ordinary, lambda op: expressions([op]), lambda op: graphs(["tanh", op])):
        assert "mine" in said_by(lambda tool=tool: tool(op), ValueError, OpError)


def wrong_from_three_on(out, xs):
    return [1.0] * min(len(xs), 2)


def test_a_derivative_too_short_for_long_vectors_only():
    assert "mine at (xs=[" in said_by(lambda: check_op(vector(wrong_from_three_on)), OpError)


def flaky(period, what):
    calls = itertools.count(1)
    return mine(lambda x: x * x if next(calls) % period else what(x), analytic=False)


@pytest.mark.parametrize(
    ("what", "period"),
    [
        *[(lambda x: None, period) for period in (50, 397, 1201, 2503)],
        *[(lambda x: x.nope, period) for period in (50, 397, 1201, 2503)],
        (lambda x: x * x + 1e-3, 50),
    ],
)
def test_rules_that_change_their_mind_are_one_sentence(what, period):
    said = said_by(lambda: check_op(flaky(period, what), examples=50), OpError)
    assert said.startswith("mine")


def test_a_rule_that_does_not_take_the_length_of_a_vector_is_named_in_a_random_program():
    op = mine(lambda xs: xs[0] * xs[1], lambda out, xs: [xs[1], xs[0]], vectors=1)

    @settings(database=None, max_examples=50, suppress_health_check=list(HealthCheck))
    @given(expressions([op]))
    def draw(program):
        assert program.steps

    assert "the forward rule of 'mine' does not run at [[" in said_by(draw, ValueError)


TANH, DOT = TABLE["tanh"], TABLE["dot"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_op("tanh", tolerance="a"), "tolerance must be a number, such as 1e-7, got 'a'"),
        (lambda: check_op("tanh", tolerance=None), "tolerance must be a number, such as 1e-7, got None"),
        (lambda: check_op("tanh", tolerance=True), "tolerance must be a number, such as 1e-7, got True"),
        (lambda: check_op("tanh", tolerance=-1.0), r"tolerance must be 0 or a little more, .* got -1\.0"),
        (lambda: check_op("tanh", tolerance=math.nan), "tolerance must be 0 or a little more, .* got nan"),
        (lambda: check_op("tanh", examples=0), "examples must be a whole number of at least 1, got 0"),
        (lambda: check_op("tanh", orders="b"), "orders must be a whole number from 1 to 2, got 'b'"),
        (lambda: check_first_derivatives("tanh", [1.0], "a"), "tolerance must be a number"),
        (lambda: check_second_derivatives("tanh", [1.0], "a"), "tolerance must be a number"),
        (lambda: check_first_derivatives("tanh", [1.0, 2.0]), "tanh takes 1 argument, got 2"),
        (lambda: check_second_derivatives(TANH, ["a"]), "expected a real number, got 'a'"),
        (lambda: check_compiled(TANH, 1.0), r"tanh takes a point such as \(1\.0,\), with one entry .* got 1\.0"),
        (lambda: check_compiled(DOT, [1.0, 2.0]), r"dot takes a list of numbers for a vector, got 1\.0"),
        (lambda: is_ordinary(DOT, [1.0, 2.0]), r"dot takes a list of numbers for a vector, got 1\.0"),
        (lambda: is_ordinary("tanh", [1.0, 2.0]), "tanh takes 1 argument, got 2"),
        (lambda: is_ordinary("tanh", ["a"]), "expected a real number, got 'a'"),
        (lambda: expressions("tanh"), r"ops must be a list of rows .* such as \['mul', 'tanh'\], got 'tanh'"),
        (lambda: expressions(5), "ops must be a list of rows .* got 5"),
        (lambda: graphs(TANH), "ops must be a list of rows .* got <Op tanh>"),
        (lambda: graphs([]), r"ops must have one row of the table at least, .* got \[\]"),
        (lambda: kinks_of(mine(kinks=lambda x: None)), "kinks of operation 'mine' must give a number .* got None"),
        (lambda: registered("tanh").__enter__(), "registered takes an Op, got 'tanh'"),
        (lambda: registered(TANH).__enter__(), "the operation 'tanh' is built in"),
    ],
)
def test_wrong_arguments_are_one_sentence(call, message):
    with pytest.raises((TypeError, ValueError), match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@given(points(mine(kinks=lambda x: [x - 1.0, x - 1.5], analytic=False)))
def test_points_are_away_from_kinks_of_every_kind(point):
    assert abs(point[0] - 1.0) > 0.1
    assert abs(point[0] - 1.5) > 0.1


def test_kinks_of_every_kind_are_found():
    assert set(kinks_of(mine(kinks=lambda x: [x - 1.0, x - 1.5]))) == {(1.0,), (1.5,)}


# ---------------------------------------------------------------------- registered


def names():
    return set(TABLE), set(vars(Value)), set(dir(autograd))


def test_a_row_is_registered_for_a_block():
    before = names()
    with registered(mine()) as op:
        assert op is TABLE["mine"]
        assert Value(3.0).mine().data == autograd.mine(3.0) == 9.0
    assert names() == before


def test_it_is_taken_away_after_an_exception_and_by_a_block_that_does_so_itself():
    before = names()
    with pytest.raises(KeyError, match="stop"), registered(mine()):
        raise KeyError("stop")
    with registered(mine()):
        autograd.unregister("mine")
    assert names() == before
    with pytest.raises(ValueError, match="taken"), registered(Op("data", abs, [lambda out, x: 1.0], domain=[(0, 1)])):
        pass
    assert names() == before


def test_what_had_the_name_before_is_put_back():
    first, second = mine(), mine(lambda x: x, lambda out, x: 1.0)
    with registered(first):
        with registered(second):
            assert Value(3.0).mine().data == 3.0
        assert TABLE["mine"] is first
        assert Value(3.0).mine().data == 9.0
        with registered(first):
            pass
        assert TABLE["mine"] is first
    assert "mine" not in TABLE


@registered(mine())
def test_it_decorates_a_function():
    assert Value(3.0).mine().data == 9.0
