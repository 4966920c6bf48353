"""The same numbers as PyTorch: losses."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from torch_helpers import gradients, tensor, torch, values

import nn

TIGHT = {"rel": 1e-12, "abs": 1e-14}


def flat(nested):
    return [x for part in nested for x in flat(part)] if isinstance(nested, list) else [nested]


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
