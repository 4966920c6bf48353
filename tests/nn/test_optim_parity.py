"""Every optimizer that PyTorch has, with every option: the same numbers as PyTorch in double precision."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from optimizer_examples import LISTED, OPTIMIZERS as EVERY_OPTIMIZER, START, loss, step
from torch_helpers import copy_to_torch, double_precision, tensor, torch

import nn
from autograd import Value
from nn.nested import flat
from nn.registry import declared

OPTIMIZERS = [(name, options) for name, options in EVERY_OPTIMIZER if hasattr(torch.optim, name)]
COMBINED = [x for x in OPTIMIZERS if x in LISTED or not x[1]]  # without those that differ in one option only
NAMES = sorted({name for name, _ in OPTIMIZERS})


def two_groups(parameters, options):
    """The second group with its own learning rate and weight decay, the first with the defaults of the optimizer."""
    rate = 3 * options.get("lr", 0.01)
    return [{"params": parameters[:2]}, {"params": parameters[2:], "lr": rate, "weight_decay": 0.03}]


@double_precision()
@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_twenty_steps_with_two_groups(name, options):
    ours, mine, theirs, other = both(name, options)
    for _ in range(20):
        step(mine, ours, lambda v: v.sin())
        step(other, theirs, torch.sin)
        assert [v.data for v in ours] == pytest.approx([t.item() for t in theirs], rel=1e-12, abs=1e-14)
    assert all(abs(v.data - x) > 1e-5 for v, x in zip(ours, START, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_pytorchs(name):
    ours = getattr(nn.optim, name)([Value(1.0)]).param_groups[0]
    theirs = getattr(torch.optim, name)([tensor(1.0)]).param_groups[0]
    assert {k: v for k, v in ours.items() if k != "params"} == {k: theirs[k] for k in ours if k != "params"}


def test_every_optimizer_that_pytorch_has_is_compared():
    assert {name for name in declared(nn.optim.Optimizer) if hasattr(torch.optim, name)} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_frozen_from_the_start_stays_and_has_no_state(name):
    frozen, free = Value(1.0), Value(1.0)
    frozen.requires_grad = False
    optimizer = getattr(nn.optim, name)([frozen, free], weight_decay=0.1)
    (frozen * free).backward()
    optimizer.step()
    assert frozen.data == 1.0 != free.data
    assert set(optimizer.state) <= {free}


def both(name, options):
    """Our parameters with our optimizer, and PyTorch's of the same name with theirs."""
    ours, theirs = [Value(x) for x in START], [tensor(x) for x in START]
    mine = getattr(nn.optim, name)(two_groups(ours, options), **options)
    other = getattr(torch.optim, name)(two_groups(theirs, options), **options)
    return ours, mine, theirs, other


@double_precision()
@pytest.mark.parametrize("clip", [None, "clip_grad_norm_", "clip_grad_value_"])
@pytest.mark.parametrize(("name", "options"), COMBINED, ids=str)
def test_freezing_between_backward_and_step_and_gradients_of_none_are_pytorchs(name, options, clip):
    ours, mine, theirs, other = both(name, options)
    for count in range(12):
        for parameters, optimizer, sin in ((ours, mine, lambda v: v.sin()), (theirs, other, torch.sin)):
            optimizer.zero_grad()
            loss(parameters, sin).backward()
            if count in (3, 7):  # frozen after it got a gradient: this step still moves it
                parameters[0].requires_grad = count == 7
            if count in (5, 6, 8):
                parameters[1].grad = None
            if clip is not None:
                getattr(nn.utils if optimizer is mine else torch.nn.utils, clip)(parameters, 0.5)
            optimizer.step()
        assert [v.data for v in ours] == pytest.approx([t.item() for t in theirs], rel=1e-12, abs=1e-14)
        assert (ours[1].grad is None) == (theirs[1].grad is None) == (count in (5, 6, 8))


@double_precision()
@pytest.mark.parametrize("set_to_none", [True, False])
@pytest.mark.parametrize(("name", "options"), COMBINED, ids=str)
def test_parameters_that_take_no_part_in_a_loss_are_left_alone_as_in_pytorch(name, options, set_to_none):
    ours, mine, theirs, other = both(name, options)
    for count in range(12):
        for parameters, optimizer in ((ours, mine), (theirs, other)):
            optimizer.zero_grad(set_to_none)
            a, b = (parameters[i] for i in [(0, 1), (1, 2), (3, 1)][count % 3])
            (a * b + 0 * b).backward()
            optimizer.step()
        assert [v.data for v in ours] == pytest.approx([t.item() for t in theirs], rel=1e-12, abs=1e-14)


# ---------------------------------------------------------------------- whole runs


# Adadelta's own learning rate is a plain factor for steps that begin tiny.
RATES = {"SGD": 0.05, "Adam": 0.05, "AdamW": 0.05, "Adagrad": 0.05, "RMSprop": 0.01, "Adadelta": 5.0}
RATES |= {"NAdam": 0.02, "Adamax": 0.05}


@double_precision()
@pytest.mark.parametrize("optimizer", RATES)
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
    mine = getattr(nn.optim, optimizer)(ours.parameters(), lr=RATES[optimizer])
    other = getattr(torch.optim, optimizer)(theirs.parameters(), lr=RATES[optimizer])
    inputs, targets = tensor(X, False), torch.tensor(y)
    for count in range(100):
        rows = [(count * 8 + i) % 24 for i in range(8)]
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
        assert flat(ours.state_dict()[name]) == pytest.approx(flat(parameter.tolist()), rel=1e-9, abs=1e-9)
