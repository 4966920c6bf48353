"""Optimizers by closed forms, and what they refuse."""

from __future__ import annotations

import math

import pytest

import nn
from autograd import Value


def quadratic(optimizer, x, steps):
    """The path of x under the gradient of x^2."""
    path = [x.data]
    for _ in range(steps):
        optimizer.zero_grad()
        (x * x).backward()
        optimizer.step()
        path.append(x.data)
    return path


def test_sgd_shrinks_a_quadratic_by_a_constant_factor():
    x = Value(5.0)
    path = quadratic(nn.optim.SGD([x], lr=0.1), x, 10)
    assert path == pytest.approx([5.0 * 0.8**k for k in range(11)])


def test_momentum_solves_its_linear_recurrence():
    x = Value(1.0)
    path = quadratic(nn.optim.SGD([x], lr=0.1, momentum=0.5), x, 12)
    expected = [1.0, 0.8]  # x[k+1] = (1 + m - 2 lr) x[k] - m x[k-1]
    while len(expected) < 13:
        expected.append(1.3 * expected[-1] - 0.5 * expected[-2])
    assert path == pytest.approx(expected)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    for size in (1e-3, 1.0, 1e6):
        x = Value(0.0)
        optimizer = nn.optim.Adam([x], lr=0.25, eps=0.0)
        x.grad = -size
        optimizer.step()
        assert x.data == pytest.approx(0.25)


def test_adam_with_a_constant_gradient_keeps_its_step():
    x = Value(0.0)
    optimizer = nn.optim.Adam([x], lr=0.1, eps=0.0)
    for _ in range(5):
        x.grad = 3.0
        optimizer.step()
    assert x.data == pytest.approx(-0.5)


def test_groups_frozen_parameters_and_saving():
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    c.requires_grad = False
    optimizer = nn.optim.SGD([{"params": [a]}, {"params": [b, c], "lr": 0.5}], lr=0.1, momentum=0.9)
    for p in (a, b, c):
        p.grad = 1.0
    optimizer.step()
    assert [a.data, b.data, c.data] == pytest.approx([0.9, 0.5, 1.0])
    other = nn.optim.SGD([{"params": [a]}, {"params": [b, c]}], lr=9.0, momentum=0.9)
    other.load_state_dict(optimizer.state_dict())
    other.step()
    assert [a.data, b.data, c.data] == pytest.approx([0.9 - 0.19, 0.5 - 0.95, 1.0])


def test_a_closure_is_called_for_the_loss():
    x = Value(2.0)
    optimizer = nn.optim.SGD([x], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = x * x
        loss.backward()
        return loss

    assert optimizer.step(closure).data == 4.0
    assert x.data == pytest.approx(1.6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.optim.SGD([], lr=0.1), "the list of parameters is empty"),
        (lambda: nn.optim.SGD([Value(1.0)], lr=-0.1), "SGD needs lr to be 0 or greater, got -0.1"),
        (lambda: nn.optim.SGD([Value(1.0)], lr=math.nan), "SGD needs lr to be 0 or greater, got nan"),
        (lambda: nn.optim.SGD([Value(1.0)], lr="fast"), "SGD needs lr to be 0 or greater, got 'fast'"),
        (lambda: nn.optim.SGD([Value(1.0)], nesterov=True), "nesterov needs a momentum above 0"),
        (lambda: nn.optim.Adam([Value(1.0)], betas=(0.9, 1.0)), "betas to be two numbers from 0 up to"),
        (lambda: nn.optim.SGD([Value(1.0) * 2]), r"a parameter must be a leaf, but .* is the result of '\*'"),
        (lambda: nn.optim.SGD([1.0]), "a parameter must be a Value, got 1.0"),
        (lambda: nn.optim.SGD(Value(1.0)), "params must be a list of Values"),
    ],
)
def test_what_an_optimizer_refuses(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_a_parameter_given_twice_is_refused():
    x = Value(1.0)
    with pytest.raises(ValueError, match="was given twice"):
        nn.optim.SGD([x, x])
