"""Every optimizer with every option: the same numbers as PyTorch in double precision; and numbers as on arrays."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

from torch_helpers import copy_to_torch, double_precision, tensor, torch

import nn
from autograd import Value
from nn.nested import flat
from nn.registry import declared

OPTIMIZERS = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1, "momentum": 0.5}),
    ("SGD", {"lr": 0.01, "maximize": True}),
    ("SGD", {"lr": 0.01, "maximize": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "maximize": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.5, "decoupled_weight_decay": True, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "weight_decay": 0.5, "decoupled_weight_decay": True, "maximize": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.5}),
    ("AdamW", {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.6)}),
    ("AdamW", {"lr": 0.01, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.5, "lr_decay": 0.1}),
    ("Adagrad", {"lr": 0.5, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.5, "initial_accumulator_value": 2.0}),
    ("Adagrad", {"lr": 0.5, "eps": 0.1}),
    ("Adagrad", {"lr": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.7, "eps": 1e-2}),
    ("RMSprop", {"lr": 0.1, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.02, "centered": True, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 2.0, "rho": 0.7, "eps": 1e-3}),
    ("Adadelta", {"weight_decay": 0.5, "eps": 1e-2}),
    ("Adadelta", {"maximize": True, "eps": 1e-3}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("NAdam", {"lr": 0.1, "momentum_decay": 0.5}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.01, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-2}),
    ("Adamax", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adamax", {"lr": 0.01, "maximize": True}),
]
# One that is not listed above is compared as well, with its own options, where PyTorch has its name.
OPTIMIZERS += [
    (name, {})
    for name in declared(nn.optim.Optimizer)
    if hasattr(torch.optim, name) and name not in {listed for listed, _ in OPTIMIZERS}
]
NAMES = sorted({name for name, _ in OPTIMIZERS})
START = [1.5, -0.7, 0.01, 30.0]


def loss(w, sin):
    return sin(3 * w[0]) + w[0] * w[0] + 0.3 * (w[1] - w[0]) ** 2 + sin(w[2]) * w[0] + sin(w[3]) * sin(w[1])


def two_groups(parameters, options):
    """The second group with its own learning rate and weight decay, the first with the defaults of the optimizer."""
    rate = 3 * options.get("lr", 0.01)
    return [{"params": parameters[:2]}, {"params": parameters[2:], "lr": rate, "weight_decay": 0.03}]


def step(optimizer, parameters, sin):
    optimizer.zero_grad()
    loss(parameters, sin).backward()
    optimizer.step()


@double_precision()
@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_twenty_steps_with_two_groups(name, options):
    ours, theirs = [Value(x) for x in START], [tensor(x) for x in START]
    mine = getattr(nn.optim, name)(two_groups(ours, options), **options)
    other = getattr(torch.optim, name)(two_groups(theirs, options), **options)
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


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_an_update_rule_gives_for_an_array_bit_by_bit_what_it_gives_for_each_number(name, options):
    np = pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')
    kind = getattr(nn.optim, name)
    options = SimpleNamespace(**kind([Value(0.0)], **options).defaults)
    numbers, array = list(START), np.array(START)
    states, state = [{} for _ in START], {}
    for count in range(10):
        gradients = [x * (-1) ** count + 0.1 * count for x in (1e-3, -2.0, 0.0, 50.0)]
        each = [kind.rule(x, g, s, options) for x, g, s in zip(numbers, gradients, states, strict=True)]
        numbers, states = [x for x, _ in each], [s for _, s in each]
        array, state = kind.rule(array, np.array(gradients), state, options)
        assert array.tolist() == numbers
        for key, remembered in state.items():
            assert (np.zeros(4) + remembered).tolist() == [s[key] for s in states]


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_an_update_rule_changes_nothing_that_it_is_given(name, options):
    kind = getattr(nn.optim, name)
    options = SimpleNamespace(**kind([Value(0.0)], **options).defaults)
    state = {}
    for gradient in (0.5, -2.0, 0.0):
        before = dict(state), dict(vars(options))
        _, new = kind.rule(1.5, gradient, state, options)
        assert (state, vars(options)) == before
        state = new


def test_every_optimizer_that_pytorch_has_is_compared():
    assert {name for name in declared(nn.optim.Optimizer) if hasattr(torch.optim, name)} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_state_goes_on_where_it_stopped(name):
    options = {"lr": 0.05, "maximize": False}
    straight, first = [Value(x) for x in START], [Value(x) for x in START]
    one, two = (getattr(nn.optim, name)(two_groups(values, options), **options) for values in (straight, first))
    for _ in range(10):
        step(one, straight, lambda v: v.sin())
    for _ in range(5):
        step(two, first, lambda v: v.sin())
    second = [Value(v.data) for v in first]
    three = getattr(nn.optim, name)(two_groups(second, {}), lr=9.0)
    three.load_state_dict(two.state_dict())
    for _ in range(5):
        step(three, second, lambda v: v.sin())
    assert [v.data for v in second] == [v.data for v in straight]


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_frozen_from_the_start_stays_and_has_no_state(name):
    frozen, free = Value(1.0), Value(1.0)
    frozen.requires_grad = False
    optimizer = getattr(nn.optim, name)([frozen, free], weight_decay=0.1)
    (frozen * free).backward()
    optimizer.step()
    assert frozen.data == 1.0 != free.data
    assert set(optimizer.state) <= {free}


@double_precision()
@pytest.mark.parametrize("clip", [None, "clip_grad_norm_", "clip_grad_value_"])
@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_freezing_between_backward_and_step_and_gradients_of_none_are_pytorchs(name, options, clip):
    ours, theirs = [Value(x) for x in START], [tensor(x) for x in START]
    mine = getattr(nn.optim, name)(two_groups(ours, options), **options)
    other = getattr(torch.optim, name)(two_groups(theirs, options), **options)
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
@pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)
def test_parameters_that_take_no_part_in_a_loss_are_left_alone_as_in_pytorch(name, options, set_to_none):
    ours, theirs = [Value(x) for x in START], [tensor(x) for x in START]
    mine = getattr(nn.optim, name)(two_groups(ours, options), **options)
    other = getattr(torch.optim, name)(two_groups(theirs, options), **options)
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
        assert flat(ours.state_dict()[name]) == pytest.approx(flat(parameter.tolist()), rel=1e-9, abs=1e-9)
