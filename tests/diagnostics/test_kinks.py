"""Kinks are found, with slopes as difference quotients written here have them."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd import Op, Value, register, unregister
from autograd.diagnostics.kinks import kinks

inf = math.inf


def one_sided(f, x, h=1e-7):
    return (f(x) - f(x - h)) / h, (f(x + h) - f(x)) / h


@pytest.mark.parametrize(
    ("name", "at", "used"),
    [
        ("relu", 0.0, 0.0),
        ("abs", 0.0, 0.0),
        ("leaky_relu", 0.0, 0.01),
        ("hardtanh", 1.0, 0.0),
        ("hardtanh", -1.0, 0.0),
        ("hardsigmoid", 3.0, 0.0),
        ("hardsigmoid", -3.0, 0.0),
    ],
)
def test_kinks_of_one_argument(name, at, used):
    function = getattr(autograd, name)
    (kink,) = kinks(function(Value(at, "x")))
    left, right = one_sided(function, at)
    assert (kink.op, kink.operand, kink.slot, kink.at, kink.used) == (name, "x", 0, at, used)
    assert kink.left == pytest.approx(left, abs=1e-6)
    assert kink.right == pytest.approx(right, abs=1e-6)
    assert kinks(function(Value(at + 0.25))) == []


def test_a_steep_slope_is_no_jump():
    (kink,) = kinks(autograd.elu(Value(0.0, "x"), 500.0))
    assert (kink.left, kink.used, kink.right) == (pytest.approx(500.0), 500.0, 1.0)
    (kink,) = kinks(autograd.leaky_relu(Value(0.0, "x"), -1e6))
    assert (kink.left, kink.used, kink.right) == (pytest.approx(-1e6), -1e6, 1.0)


@pytest.mark.parametrize(("at", "name"), [(2.0, "floor"), (0.0, "sign"), (-1.0, "ceil"), (2.5, "round")])
def test_at_a_jump_a_slope_is_infinite(at, name):
    (kink,) = kinks(getattr(autograd, name)(Value(at, "x")))
    assert inf in (kink.left, kink.right)
    assert kink.used == 0.0


def test_a_tie_is_a_kink_for_both_sides_of_it():
    x, y = Value(3.0, "x"), Value(3.0, "y")
    found = kinks(autograd.maximum(x, y))
    assert [(kink.operand, kink.used) for kink in found] == [("x", 0.5), ("y", 0.5)]
    assert [(kink.left, kink.right) for kink in found] == [(0.0, 1.0), (0.0, 1.0)]
    (kink,) = kinks(autograd.minimum(x, 3.0))
    assert (kink.operand, kink.left, kink.used, kink.right) == ("x", 1.0, 0.5, 0.0)


def test_a_tie_among_many():
    xs = [Value(x, f"x{i}") for i, x in enumerate((1.0, 4.0, 4.0))]
    found = kinks(autograd.max(xs))
    assert [(kink.operand, kink.slot, kink.left, kink.used, kink.right) for kink in found] == [
        ("x1", 1, 0.0, 0.5, 1.0),
        ("x2", 2, 0.0, 0.5, 1.0),
    ]


def test_a_choice_by_a_condition_that_does_not_move_is_no_kink():
    x = Value(1.0, "x")
    assert kinks(autograd.where(False, x, 2 * x)) == []
    assert kinks(autograd.where(x < 0, x, 2 * x)) == []


def test_every_kink_of_a_graph_is_found_in_order():
    x = Value(0.0, "x")
    first = x.relu()
    first.label = "first"
    last = (first * 3.0 + x).abs()
    last.label = "last"
    assert [(kink.node, kink.operand) for kink in kinks(last)] == [("first", "x"), ("last", "v2")]
    text = str(kinks(last)).splitlines()
    assert text[0].split() == ["node", "operation", "operand", "at", "slope", "below", "used", "slope", "above"]
    assert text[2].split() == ["first", "relu", "x", "0", "0", "0", "1"]
    assert text[3].split() == ["last", "abs", "v2", "0", "-1", "0", "1"]
    assert "No operation of this graph sits on a kink" in str(kinks(x * 2.0))


def test_kinks_of_a_registered_operation():
    register(
        Op(
            "tent",
            lambda x: autograd.where(x < 1, 2 * x, 3 - x),
            [lambda out, x: autograd.where(x < 1, 2.0, -1.0)],
            domain=[(-3, 3)],
            kinks=lambda x: x - 1,
            analytic=False,
        )
    )
    try:
        (kink,) = kinks(Value(1.0, "x").tent())
        assert (kink.left, kink.used, kink.right) == pytest.approx((2.0, -1.0, -1.0))
    finally:
        unregister("tent")


def test_a_slope_that_grows_without_bound_and_one_that_is_not_there():
    def root(x):
        return autograd.where(x < 0, math.nan, autograd.cbrt(x))

    row = register(
        Op("half", root, [lambda out, x: 1 / (3 * out * out)], domain=[(0.2, 3)], kinks=lambda x: x, analytic=False)
    )
    try:
        result = autograd.apply(row, Value(0.0, "x"))
        (kink,) = kinks(result)
        assert math.isnan(kink.left)
        assert (kink.used, kink.right) == (inf, inf)
        assert str(kinks(result)).splitlines()[2].split() == ["v1", "half", "x", "0", "undefined", "inf", "inf"]
    finally:
        unregister("half")


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_slopes_are_right_at_any_size_of_number(scale):
    x = Value(scale, "x")
    (kink,) = kinks(autograd.maximum(x, scale))
    assert (kink.left, kink.right) == pytest.approx((0.0, 1.0), abs=1e-9)


@pytest.mark.parametrize(
    ("function", "at", "sides"),
    [
        (autograd.sqrt, 0.0, ("undefined", inf)),
        (lambda x: x**0.5, 0.0, ("undefined", inf)),
        (autograd.asin, 1.0, (inf, "undefined")),
        (autograd.acos, -1.0, ("undefined", -inf)),
        (autograd.acosh, 1.0, ("undefined", inf)),
        (lambda x: autograd.norm([x]), 0.0, (-1.0, 1.0)),
        (lambda x: autograd.hypot(x, 0.0), 0.0, (-1.0, 1.0)),
    ],
)
def test_the_edge_of_a_domain_and_the_tip_of_a_cone_are_kinks(function, at, sides):
    (kink,) = kinks(function(Value(at, "x")))
    for slope, expected in zip((kink.left, kink.right), sides, strict=True):
        assert math.isnan(slope) if expected == "undefined" else slope == expected
    assert kinks(function(Value(at + (0.25 if sides[1] != "undefined" else -0.25)))) == []


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 1.5])
def test_a_power_from_one_up_has_no_kink_at_zero(exponent):
    assert kinks(Value(0.0) ** exponent) == []


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-3.0, -2.0), (2.0, 3.0), (-4.0, 0.5), (-0.5, 4.0)])
@pytest.mark.parametrize("function", [autograd.clamp, autograd.hardtanh], ids=["clamp", "hardtanh"])
def test_both_bounds_are_kinks_wherever_they_lie_and_nothing_else_is(function, low, high):
    for at in (low, high):
        (kink,) = kinks(function(Value(at, "x"), low, high))
        assert kink.at == at
    for at in (low - 1.0, low + 0.125, 0.0, (low + high) / 2, high - 0.125, high + 1.0, low + 1.0, high - 1.0):
        if at not in (low, high):
            assert kinks(function(Value(at), low, high)) == []


def test_the_largest_of_one_number_has_no_rival():
    for name in ("max", "min"):
        row = autograd.TABLE[name]
        assert kinks(autograd.apply(row, [Value(1.0)])) == []
        assert row.kinks([1.0]) != 0


@pytest.mark.parametrize(
    "smooth",
    [
        lambda x: autograd.elu(x),
        lambda x: autograd.leaky_relu(x, 1.0),
        lambda x: autograd.leaky_relu(x, -2.5) - autograd.leaky_relu(x, 1.0),
        lambda x: autograd.where(x, 2.0, 2.0),
    ],
)
def test_a_place_with_one_slope_below_used_and_above_is_no_kink(smooth):
    x = Value(0.0, "x")
    assert [kink.op for kink in kinks(smooth(x)) if (kink.left, kink.right) != (-2.5, 1.0)] == []


@pytest.mark.parametrize("alpha", [0.5, 1.0 + 1e-6, 1.0 - 1e-6, 2.0])
def test_an_elu_with_another_alpha_has_its_kink(alpha):
    (kink,) = kinks(autograd.elu(Value(0.0, "x"), alpha))
    assert (kink.left, kink.used, kink.right) == pytest.approx((alpha, alpha, 1.0), abs=1e-8)


def test_without_a_kink_it_claims_no_more_than_it_knows():
    """A plain condition and a sort leave no trace: both programs stand on a kink of their own."""
    x = Value(0.0, "x")
    for result in (x if x > 0 else -x, autograd.where(x.data > 0, x, -x), autograd.sort([x, Value(0.0)])[0][0] * 2.0):
        text = str(kinks(result))
        assert text.startswith("No operation of this graph sits on a kink.")
        for choice in ("if", "where on a plain bool", "sort", "topk", "kthvalue", "max and min over a dimension"):
            assert choice in text
        assert "both sides" not in text
