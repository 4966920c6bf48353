"""Transforms within transforms warn of no lost history where the program loses none. Warnings are errors here."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest

import autograd
from autograd import Value
from autograd.core.recording import Observer
from autograd.transforms.derivatives import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.transforms.numerical import slopes_of

GRADIENTS = {
    "grad": grad,
    "value_and_grad": lambda f: lambda v: value_and_grad(f)(v)[1],
    "jacobian": jacobian,
    "vjp": lambda f: lambda v: vjp(f, v)[1](1.0)[0],
    "jvp": lambda f: lambda v: [jvp(f, (v,), ([float(i == j) for j in range(len(v))],))[1] for i in range(len(v))],
    "hvp": lambda f: lambda v: hvp(lambda u: f(u[:-1]) * u[-1], ([*v, 1.0],), ([*(0.0 for _ in v), 1.0],))[:-1],
    "hessian": lambda f: lambda v: hessian(lambda u: f(u[:-1]) * u[-1])([*v, 1.0])[-1][:-1],
}
"""Ways to the gradient of a function of a list of numbers."""

CURVED = [
    lambda v, w: (v[0] + w[0]) * w[1],
    lambda v, w: v[0] * w[0] + v[1],
    lambda v, w: autograd.exp(v[0]) * w[1] + 0.0 * v[1],
    lambda v, w: v[0] * v[1] + w[0] * 2.0 + w[1],
    lambda v, w: autograd.relu(v[0] - w[0]) + autograd.maximum(v[1], w[1]) * 3.0,
    lambda v, w: autograd.dot(v, w) + autograd.floor(v[0]) * w[1],
]
"""Functions of two points: many derivatives of each do not depend on some of the numbers."""


def agree_with_differences(gradient, f, at):
    """Whether a gradient is that of a function of a list, by differences of each element."""
    for index, slope in enumerate(gradient):
        line = slopes_of(lambda x, index=index: float(f([*at[:index], x, *at[index + 1 :]])), at[index])
        assert line.agrees_with(slope, 1e-6)


@pytest.mark.parametrize(("outer", "inner"), [*product(GRADIENTS, GRADIENTS)])
def test_a_gradient_of_a_gradient_is_right_and_raises_no_alarm(outer, inner):
    rng = random.Random(0)
    outer, inner = GRADIENTS[outer], GRADIENTS[inner]
    for f, element in product(CURVED, range(2)):
        v, w = ([rng.uniform(0.6, 0.9) for _ in range(2)] for _ in range(2))

        def of_the_other_point(w, f=f, v=v, element=element):
            return inner(lambda v: f(v, w))(v)[element]

        def of_the_same_point(v, f=f, w=w, element=element):
            return inner(lambda u: f(u, w))(v)[element]

        agree_with_differences(outer(of_the_other_point)(w), of_the_other_point, w)
        agree_with_differences(outer(of_the_same_point)(v), of_the_same_point, v)


def test_third_derivatives_raise_no_alarm():
    for f in CURVED:
        third = jacobian(lambda w, f=f: hessian(lambda v: f(v, w))([0.5, 0.6]))([0.7, 0.8])
        swapped = hessian(lambda w, f=f: jacobian(lambda v: f(v, w))([0.5, 0.6])[0])([0.7, 0.8])
        assert len(third) == len(swapped) == 2


def nested(y, v):
    return (y + v[0]) * v[1]


def test_graphs_of_gradients_inside_of_a_transform_raise_no_alarm():
    def f(v):
        x = Value(1.0)
        nested(x, v).backward(create_graph=True)
        return x.grad

    assert grad(f)([2.0, 3.0]) == [0.0, 1.0]
    with Observer():
        assert grad(lambda v: grad(lambda y: nested(y, v))(1.0))([2.0, 3.0]) == [0.0, 1.0]
    with_aux = grad(lambda v: grad(lambda y: (nested(y, v), y), has_aux=True)(1.0)[0])
    assert with_aux([2.0, 3.0]) == [0.0, 1.0]


def test_a_number_that_is_looked_at_inside_concerns_no_transform_outside():
    def linear(x):
        assert math.isfinite(float(x))
        return 3.0 * x

    assert grad(grad(linear))(1.0) == 0.0
    assert hessian(lambda v: linear(v[0]) + v[1])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
