"""The same numbers as PyTorch: losses, optimizers, layers, whole runs."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from torch_helpers import copy_to_torch, gradients, tensor, torch, values

import nn
from autograd import Value

TIGHT = {"rel": 1e-12, "abs": 1e-14}


def flat(nested):
    return [x for part in nested for x in flat(part)] if isinstance(nested, list) else [nested]


def numbers(thing):
    return thing.tolist() if hasattr(thing, "tolist") else thing


def check_loss(ours, theirs, inputs, target, torch_target):
    x, t = values(inputs), tensor(inputs)
    mine, other = ours(x, target), theirs(t, torch_target)
    assert [float(v) for v in flat(mine)] == pytest.approx(flat(other.tolist()), **TIGHT)
    if isinstance(mine, list):
        mine, other = sum(flat(mine)), other.sum()
    mine.backward()
    other.backward()
    assert flat(gradients(x)) == pytest.approx(flat(t.grad.tolist()), **TIGHT)


REDUCTIONS = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
LOGITS = [[0.3, -1.2, 2.0], [5.0, 5.0, -3.0], [0.0, 0.0, 0.0], [-40.0, 40.0, 1.0]]


@REDUCTIONS
def test_mse_loss(reduction):
    target = [[1.0, 0.5, -2.0], [5.0, 4.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]]
    check_loss(
        nn.MSELoss(reduction=reduction), torch.nn.MSELoss(reduction=reduction), LOGITS, target, tensor(target, False)
    )


@REDUCTIONS
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.2}, {"weight": [0.5, 2.0, 1.0]}, {"ignore_index": 1}])
def test_cross_entropy_loss_of_classes(reduction, options):
    target = [0, 1, 2, 0]
    theirs = {k: tensor(v, False) if k == "weight" else v for k, v in options.items()}
    check_loss(
        nn.CrossEntropyLoss(reduction=reduction, **options),
        torch.nn.CrossEntropyLoss(reduction=reduction, **theirs),
        LOGITS,
        target,
        torch.tensor(target),
    )


@REDUCTIONS
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.2}])
def test_cross_entropy_loss_of_probabilities(reduction, options):
    target = [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.1, 0.1, 0.8], [0.0, 0.5, 0.5]]
    check_loss(
        nn.CrossEntropyLoss(reduction=reduction, **options),
        torch.nn.CrossEntropyLoss(reduction=reduction, **options),
        LOGITS,
        target,
        tensor(target, False),
    )


@REDUCTIONS
@pytest.mark.parametrize("pos_weight", [None, 3.0])
def test_bce_with_logits_loss(reduction, pos_weight):
    target = [[1.0, 0.0, 0.5], [0.0, 1.0, 1.0], [1.0, 0.25, 0.0], [1.0, 0.0, 0.0]]
    theirs = None if pos_weight is None else torch.tensor(pos_weight, dtype=torch.float64)
    check_loss(
        nn.BCEWithLogitsLoss(reduction=reduction, pos_weight=pos_weight),
        torch.nn.BCEWithLogitsLoss(reduction=reduction, pos_weight=theirs),
        LOGITS,
        target,
        tensor(target, False),
    )


# ---------------------------------------------------------------------- optimizers

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1, "momentum": 0.5}),
    ("SGD", {"lr": 0.01, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "maximize": True}),
]


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_twenty_steps_of_an_optimizer(name, options):
    start = [1.5, -0.7, 0.01, 30.0]

    def loss(w, sin):
        return sin(3 * w[0]) + w[0] * w[0] + 0.3 * (w[1] - w[0]) ** 2 + sin(w[2]) * w[0] + sin(w[3]) * sin(w[1])

    ours, theirs = [Value(x) for x in start], [tensor(x) for x in start]
    mine = getattr(nn.optim, name)(ours, **options)
    other = getattr(torch.optim, name)(theirs, **options)
    for _ in range(20):
        mine.zero_grad()
        loss(ours, lambda v: v.sin()).backward()
        mine.step()
        other.zero_grad()
        loss(theirs, torch.sin).backward()
        other.step()
        assert [v.data for v in ours] == pytest.approx([t.item() for t in theirs], rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_defaults_are_pytorchs(name):
    ours = getattr(nn.optim, name)([Value(1.0)]).param_groups[0]
    theirs = getattr(torch.optim, name)([tensor(1.0)]).param_groups[0]
    assert {k: v for k, v in ours.items() if k != "params"} == {k: theirs[k] for k in ours if k != "params"} | (
        {"lr": ours["lr"]}
    )


# ---------------------------------------------------------------------- whole runs


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_a_hundred_steps_of_training_stay_within_1e_9(optimizer):
    random.seed(0)
    X, y = nn.data.make_moons(24, noise=0.1, random_state=0)
    ours = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 2))
    theirs = copy_to_torch(
        ours,
        torch.nn.Sequential(
            torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 6), torch.nn.ReLU(), torch.nn.Linear(6, 2)
        ),
    )
    mine = getattr(nn.optim, optimizer)(ours.parameters(), lr=0.05)
    other = getattr(torch.optim, optimizer)(theirs.parameters(), lr=0.05)
    inputs, targets = tensor(X, False), torch.tensor(y)
    for step in range(100):
        rows = [(step * 8 + i) % 24 for i in range(8)]
        mine.zero_grad()
        loss = nn.CrossEntropyLoss()(ours([X[i] for i in rows]), [y[i] for i in rows])
        loss.backward()
        mine.step()
        other.zero_grad()
        torch_loss = torch.nn.CrossEntropyLoss()(theirs(inputs[rows]), targets[rows])
        torch_loss.backward()
        other.step()
        assert loss.data == pytest.approx(torch_loss.item(), rel=1e-9)
    for name, parameter in theirs.named_parameters():
        assert flat(numbers(ours.state_dict()[name])) == pytest.approx(flat(parameter.tolist()), rel=1e-9, abs=1e-9)
