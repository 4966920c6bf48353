"""Scripts written for micrograd give the same run, step by step."""

from __future__ import annotations

import random

import pytest

import nn
from autograd import Value

peer = pytest.importorskip("micrograd.nn", reason="micrograd is not installed: pip install micrograd")
peer_engine = pytest.importorskip("micrograd.engine", reason="micrograd is not installed: pip install micrograd")


def train(make_model, make_value, steps=6):
    """The training loop of micrograd's own demonstration: hinge loss, L2 penalty, decaying learning rate."""
    random.seed(1337)
    model = make_model(2, [8, 8, 1])
    points, labels = nn.data.make_moons(30, noise=0.1, random_state=1)
    signs = [2 * label - 1 for label in labels]
    losses = []
    for step in range(steps):
        inputs = [list(map(make_value, point)) for point in points]
        scores = list(map(model, inputs))
        hinge = [(1 + -sign * score).relu() for sign, score in zip(signs, scores, strict=True)]
        data_loss = sum(hinge) * (1.0 / len(hinge))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        total = data_loss + penalty
        model.zero_grad()
        total.backward()
        rate = 1.0 - 0.9 * step / 100
        for p in model.parameters():
            p.data -= rate * p.grad
        losses.append(total.data)
    return losses, [p.data for p in model.parameters()], [p.grad for p in model.parameters()]


@pytest.mark.parametrize("expanded", [False, True])
def test_the_training_run_of_the_moons_is_the_same_step_by_step(expanded):
    ours = train(lambda *sizes: nn.MLP(*sizes, expanded=expanded), Value)
    theirs = train(peer.MLP, peer_engine.Value)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(other, rel=1e-9, abs=1e-12)


def test_the_same_draws_and_the_same_text():
    random.seed(3)
    ours = nn.MLP(3, [2, 1])
    random.seed(3)
    theirs = peer.MLP(3, [2, 1])
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    assert str(ours) == str(theirs)


def test_every_operation_of_micrograd_gives_its_numbers():
    def use(value):
        a, b = value(-4.0), value(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g.data, a.grad, b.grad

    assert use(Value) == pytest.approx(use(peer_engine.Value), rel=1e-12)


def test_a_backward_pass_by_hand_as_in_the_lecture():
    a, b = Value(2.0), Value(-3.0)
    c = a * b + a
    order, visited = [], set()

    def build(node):
        if node not in visited:
            visited.add(node)
            for child in node._prev:
                build(child)
            order.append(node)

    build(c)
    c.grad = 1.0
    for node in reversed(order):
        node._backward()
    assert (a.grad, b.grad) == (-2.0, 2.0)
