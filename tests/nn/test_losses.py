"""Losses by closed forms, at the extremes, and for wrong shapes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Value, gradcheck
from nn import functional as F  # noqa: N812

scores = st.lists(st.floats(-20, 20), min_size=2, max_size=5)


@given(scores)
def test_softmax_is_a_distribution_and_shift_invariant(x):
    p = F.softmax(x)
    assert math.fsum(p) == pytest.approx(1.0, abs=1e-12)
    assert F.softmax([v + 7.0 for v in x]) == pytest.approx(p, abs=1e-12)
    assert [math.exp(v) for v in F.log_softmax(x)] == pytest.approx(p, abs=1e-12)


@given(scores, st.data())
def test_the_gradient_of_cross_entropy_is_p_minus_one_hot(x, data):
    target = data.draw(st.integers(0, len(x) - 1))
    logits = [Value(v) for v in x]
    nn.CrossEntropyLoss()(logits, target).backward()
    expected = [p - (i == target) for i, p in enumerate(F.softmax(x))]
    assert [v.grad for v in logits] == pytest.approx(expected, abs=1e-12)


@given(st.floats(-30, 30), st.floats(0, 1))
def test_the_gradient_of_bce_with_logits_is_sigmoid_minus_target(x, y):
    logit = Value(x)
    loss = nn.BCEWithLogitsLoss()(logit, y)
    loss.backward()
    p = 1 / (1 + math.exp(-x))
    assert logit.grad == pytest.approx(p - y, abs=1e-12)
    assert loss.data == pytest.approx(y * math.log1p(math.exp(-x)) + (1 - y) * math.log1p(math.exp(x)), rel=1e-12)


def test_losses_never_overflow():
    assert F.cross_entropy([1e4, -1e4], 1) == 2e4
    assert F.binary_cross_entropy_with_logits([1e4, -1e4], [0.0, 1.0], reduction="sum") == 2e4
    x = Value(-1e4)
    F.binary_cross_entropy_with_logits(x, 1.0).backward()
    assert x.grad == -1.0


def test_mse_and_reductions():
    pairs = [1.0, 2.0, 5.0], [0.0, 4.0, 5.0]
    assert nn.MSELoss()(*pairs) == pytest.approx(5 / 3)
    assert nn.MSELoss(reduction="sum")(*pairs) == 5.0
    assert nn.MSELoss(reduction="none")(*pairs) == [1.0, 4.0, 0.0]


@pytest.mark.parametrize(
    "loss",
    [
        lambda a, b, c: F.mse_loss([a, b, c], [0.3, -1.0, 2.0]),
        lambda a, b, c: F.cross_entropy([a, b, c], 2),
        lambda a, b, c: F.cross_entropy([a, b, c], [0.2, 0.5, 0.3]),
        lambda a, b, c: F.binary_cross_entropy_with_logits([a, b, c], [1.0, 0.0, 0.5]),
        lambda a, b, c: F.softmax([a, b, c])[1],
    ],
)
def test_gradients_of_losses_against_finite_differences(loss):
    assert gradcheck(loss, [0.7, -0.4, 1.9], atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.mse_loss([1.0, 2.0], [1.0]), r"input of shape \(2,\) and a target of \(1,\)"),
        (lambda: F.mse_loss([[1.0], [2.0]], [1.0, 2.0]), "make each target a list of one"),
        (lambda: F.cross_entropy([1.0, 2.0], 2), "a class index must be from 0 to 1 for 2 scores, got 2"),
        (lambda: F.cross_entropy([1.0, 2.0], 0.5), "a class index must be a whole number, got 0.5"),
        (lambda: F.cross_entropy([[1.0, 2.0]], [0, 1]), r"got shape \(2,\)"),
        (lambda: F.mse_loss(1.0, 2.0, reduction="avg"), "reduction must be 'mean', 'sum' or 'none', got 'avg'"),
        (lambda: F.mse_loss([], []), "needs at least one element"),
    ],
)
def test_wrong_shapes_and_options(call, message):
    with pytest.raises(ValueError, match=message):
        call()
