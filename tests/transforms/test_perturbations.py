"""Transforms inside transforms: variables of different levels are not confused."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd.transforms.derivatives import grad, jacobian, jvp, value_and_grad, vjp


def d(f):
    """Forward mode as a derivative."""
    return lambda x: jvp(f, (x,), (1.0,))[1]


def pulled(f):
    """Reverse mode by hand."""
    return lambda x: vjp(f, x)[1](1.0)[0]


MODES = [grad, d, pulled, jacobian]
modes = pytest.mark.parametrize("outer", MODES, ids=["grad", "jvp", "vjp", "jacobian"])
inner_modes = pytest.mark.parametrize("inner", MODES, ids=["grad", "jvp", "vjp", "jacobian"])


@modes
@inner_modes
def test_variables_of_different_levels_are_not_confused(outer, inner):
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: inner(lambda y: x * y)(1.0))(3.0) == 1.0
    assert outer(lambda x: inner(lambda y: x * y)(x))(3.0) == 1.0  # the same variable at both levels
    assert outer(lambda x: x * inner(lambda y: x * y * y)(x))(3.0) == 6 * 3.0**2
    assert outer(lambda x: inner(lambda y: x)(2.0))(3.0) == 0.0
    assert outer(lambda x: inner(lambda y: x)(x))(3.0) == 0.0
    assert outer(lambda x: inner(lambda x: x * x)(x * x))(3.0) == 12.0  # shadowed
    assert outer(lambda x: inner(lambda y: y**3)(2.0))(3.0) == 0.0
    assert outer(lambda x: inner(lambda y: y**3)(2.0) * x)(3.0) == 12.0
    assert outer(inner(lambda x: x**3))(2.0) == 12.0
    assert outer(lambda x: inner(lambda y: x**2 * y**3 + autograd.sin(x * y))(x))(0.7) == pytest.approx(
        12 * 0.7**3 + math.cos(0.49) - 2 * 0.49 * math.sin(0.49), rel=1e-12
    )


@modes
@inner_modes
@pytest.mark.parametrize("middle", MODES, ids=["grad", "jvp", "vjp", "jacobian"])
def test_three_levels_close_over_each_other(outer, middle, inner):
    # d/dx at 2 of [d/dy at 3x of (d/dz at x + y of x^2 y^2 z^3)] = d/dx of the closed form, by hand.
    def f(x):
        return middle(lambda y: inner(lambda z: x**2 * y**2 * z**3)(x + y))(3 * x)

    # inner: 3 x^2 y^2 (x+y)^2; its d/dy at y = 3x: 3 x^2 (2 * 3x * 16 x^2 + 9 x^2 * 2 * 4x) = 504 x^5
    assert outer(f)(2.0) == pytest.approx(5 * 504 * 2.0**4)


def test_a_derivative_with_respect_to_an_outer_variable_taken_inside():
    # The inner call differentiates at x a function that also mentions x, and returns a function of both.
    def f(x):
        value, slope = value_and_grad(lambda y: x * y**2)(x)
        return value + slope

    assert grad(f)(2.0) == 3 * 2.0**2 + 4 * 2.0


def test_a_pullback_can_be_differentiated_in_its_cotangent_and_in_its_primal():
    _, pullback = vjp(lambda x: x**3, 2.0)
    assert grad(lambda u: pullback(u)[0] * u)(5.0) == 2 * 12 * 5.0
    assert grad(lambda x: vjp(lambda y: y**3, x)[1](5.0)[0])(2.0) == 6 * 2.0 * 5.0


def test_jvp_can_be_differentiated_in_its_tangent():
    assert grad(lambda v: jvp(lambda x: x**3, (2.0,), (v,))[1] ** 2)(5.0) == 2 * 5.0 * 144.0


def test_gradient_through_an_unrolled_optimization():
    # x <- x - rate (x - target) three times: x = target + (1 - rate)^3 (start - target).
    def loss(rate, target=3.0, start=1.0):
        x = start
        for _ in range(3):
            x = x - rate * grad(lambda x: 0.5 * (x - target) ** 2)(x)
        return (x - target) ** 2

    assert grad(loss)(0.1) == pytest.approx(4 * -6 * 0.9**5)
