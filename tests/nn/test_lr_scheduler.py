"""Schedulers: the same learning rates as PyTorch; what is not in PyTorch by its formula; what they refuse."""

from __future__ import annotations

import json
import math

import pytest
from schedules import METRICS, SCHEDULERS, SEQUENCES, half, momenta, named, optimizer_of, sequence, torch_optimizer

import nn
from autograd import Value
from nn.optim import lr_scheduler


def compare(ours, theirs, scheduler, other, steps=30, metrics=None):
    for count in range(steps):
        expected = other.get_last_lr()
        assert scheduler.get_last_lr() == pytest.approx(expected, rel=1e-12, abs=1e-15)
        assert [group["lr"] for group in ours.param_groups] == scheduler.get_last_lr()
        assert momenta(ours) == pytest.approx(momenta(theirs), rel=1e-12)
        assert scheduler.last_epoch == other.last_epoch == count
        ours.step()
        theirs.step()
        scheduler.step(*([] if metrics is None else [metrics[count]]))
        other.step(*([] if metrics is None else [metrics[count]]))
    assert scheduler.get_last_lr() == pytest.approx(other.get_last_lr(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("kind", "options"), [("SGD", {"momentum": 0.9}), ("Adam", {})], ids=["SGD", "Adam"])
@pytest.mark.parametrize(("name", "arguments"), SCHEDULERS, ids=named)
def test_thirty_epochs_are_pytorchs(name, arguments, kind, options):
    theirs, schedulers = torch_optimizer(kind=kind, **options)
    ours = optimizer_of(kind=kind, **options)
    compare(
        ours, theirs, getattr(lr_scheduler, name)(ours, **arguments), getattr(schedulers, name)(theirs, **arguments)
    )


@pytest.mark.parametrize(("parts", "milestones"), SEQUENCES, ids=named)
def test_one_schedule_after_the_other_is_pytorchs(parts, milestones):
    theirs, schedulers = torch_optimizer()
    ours = optimizer_of()
    compare(
        ours,
        theirs,
        sequence(lr_scheduler, ours, parts, milestones),
        sequence(schedulers, theirs, parts, milestones),
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"patience": 0},
        {"patience": 2, "factor": 0.5},
        {"patience": 1, "mode": "max"},
        {"patience": 1, "threshold": 0.1},
        {"patience": 1, "threshold": 0.1, "mode": "max"},
        {"patience": 1, "threshold": 0.3, "threshold_mode": "abs"},
        {"patience": 1, "threshold": 0.3, "threshold_mode": "abs", "mode": "max"},
        {"patience": 1, "cooldown": 3},
        {"patience": 0, "min_lr": 0.01},
        {"patience": 0, "min_lr": [0.1, 0.001]},
        {"patience": 0, "eps": 0.01},
        {"patience": 0, "factor": 0.5, "eps": 0.125},  # from 0.5 to 0.25, and not by 0.125 any more
    ],
    ids=named,
)
def test_reductions_on_a_plateau_are_pytorchs(options):
    theirs, schedulers = torch_optimizer()
    ours = optimizer_of()
    scheduler, other = lr_scheduler.ReduceLROnPlateau(ours, **options), schedulers.ReduceLROnPlateau(theirs, **options)
    compare(ours, theirs, scheduler, other, metrics=METRICS)
    assert (scheduler.best, scheduler.num_bad_epochs) == (other.best, other.num_bad_epochs)
    if options:
        assert scheduler.get_last_lr()[0] < 0.5


def test_a_plateau_is_seen_in_values_as_in_numbers():
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer_of([1.0]), patience=0)
    for _ in range(2):
        scheduler.step(Value(2.0))
    assert scheduler.get_last_lr() == pytest.approx([0.1])


def test_inverse_square_root_decay_is_its_formula():
    scheduler = lr_scheduler.InverseSqrtLR(optimizer_of([0.5, 8.0]))
    for t in range(100):
        assert scheduler.get_last_lr() == pytest.approx([0.5 / math.sqrt(t + 1), 8.0 / math.sqrt(t + 1)], rel=1e-15)
        scheduler.step()


def test_the_mean_of_a_wave_of_the_cosine_is_half_way():
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer_of([0.7]), T_max=50, eta_min=0.1)
    total = 0.0
    for _ in range(100):
        total += scheduler.get_last_lr()[0]
        scheduler.step()
    assert total / 100 == pytest.approx(0.4)


def test_the_optimizer_moves_by_the_scheduled_learning_rates():
    x = Value(0.0)
    optimizer = nn.optim.SGD([x], lr=1.0)
    scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    for _ in range(5):
        x.grad = -1.0
        optimizer.step()
        scheduler.step()
    assert x.data == 1 + 1 / 2 + 1 / 4 + 1 / 8 + 1 / 16


# ---------------------------------------------------------------------- saving


def advance(scheduler, steps):
    rates = []
    for _ in range(steps):
        scheduler.step()
        rates.append((scheduler.get_last_lr(), momenta(scheduler.optimizer)))
    return rates


@pytest.mark.parametrize(
    ("name", "arguments"), [*SCHEDULERS, ("InverseSqrtLR", {})], ids=lambda x: x if isinstance(x, str) else ""
)
def test_a_saved_state_goes_on_where_it_stopped(name, arguments):
    make = getattr(lr_scheduler, name)
    expected = advance(make(optimizer_of(momentum=0.9), **arguments), 30)
    first = make(optimizer_of(momentum=0.9), **arguments)
    assert advance(first, 13) == expected[:13]
    saved = json.loads(json.dumps([first.optimizer.state_dict(), first.state_dict()]))
    # Made with other learning rates, all of which the state replaces.
    second = make(optimizer_of([7.0, 7.0], momentum=0.1), **arguments)
    second.optimizer.load_state_dict(saved[0])
    second.load_state_dict(saved[1])
    assert second.get_last_lr() == first.get_last_lr()
    assert advance(second, 17) == expected[13:]


@pytest.mark.parametrize(("parts", "milestones"), SEQUENCES, ids=named)
def test_a_saved_sequence_goes_on_where_it_stopped(parts, milestones):
    expected = advance(sequence(lr_scheduler, optimizer_of(), parts, milestones), 30)
    first = sequence(lr_scheduler, optimizer_of(), parts, milestones)
    advance(first, 13)
    second = sequence(lr_scheduler, optimizer_of([7.0, 7.0]), parts, milestones)
    second.load_state_dict(first.state_dict())
    assert all(isinstance(scheduler, lr_scheduler.LRScheduler) for scheduler in second.schedulers)
    assert advance(second, 17) == expected[13:]


def test_a_saved_plateau_goes_on_where_it_stopped():
    def run(scheduler, metrics):
        return [(scheduler.step(metric), scheduler.get_last_lr())[1] for metric in metrics]

    def make():
        return lr_scheduler.ReduceLROnPlateau(optimizer_of(), patience=2, cooldown=1, threshold=0.1)

    expected = run(make(), METRICS)
    first, second = make(), make()
    run(first, METRICS[:9])
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    second.load_state_dict(first.state_dict())
    assert run(second, METRICS[9:]) == expected[9:]


def test_the_state_is_a_copy():
    scheduler = lr_scheduler.MultiStepLR(optimizer_of(), [3])
    scheduler.state_dict()["milestones"].append(1)
    assert scheduler.milestones == [3]


def test_a_schedule_goes_on_from_the_epoch_that_was_done_last():
    optimizer = optimizer_of([1.0])
    first = lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    advance(first, 3)
    second = lr_scheduler.ExponentialLR(optimizer, gamma=0.5, last_epoch=2)
    assert (second.last_epoch, second.get_last_lr()) == (3, [1 / 8])
    second.step()
    assert second.get_last_lr() == [1 / 16]


# ---------------------------------------------------------------------- what they refuse


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("StepLR", {"step_size": 0}, "step_size of StepLR must be a whole number of at least 1, got 0"),
        ("StepLR", {"step_size": 2.5}, "step_size of StepLR must be a whole number of at least 1, got 2.5"),
        ("StepLR", {"step_size": 2, "gamma": "x"}, "StepLR needs gamma to be 0 or greater, got 'x'"),
        ("MultiStepLR", {"milestones": [2], "gamma": -1}, "MultiStepLR needs gamma to be 0 or greater, got -1"),
        ("MultiStepLR", {"milestones": 5}, "MultiStepLR needs milestones to be a list of epochs, got 5"),
        ("ExponentialLR", {"gamma": math.nan}, "ExponentialLR needs gamma to be 0 or greater, got nan"),
        ("LambdaLR", {"lr_lambda": 0.5}, "LambdaLR needs lr_lambda to be a function of the epoch, got 0.5"),
        ("ConstantLR", {"factor": 1.5}, "ConstantLR needs factor to be from 0 to 1, got 1.5"),
        ("ConstantLR", {"total_iters": -1}, "total_iters of ConstantLR must be a whole number of at least 0, got -1"),
        ("LinearLR", {"start_factor": 0}, "LinearLR needs start_factor to be above 0, got 0"),
        ("LinearLR", {"end_factor": -0.1}, "LinearLR needs end_factor to be from 0 to 1, got -0.1"),
        ("LinearLR", {"total_iters": 0}, "total_iters of LinearLR must be a whole number of at least 1, got 0"),
        ("PolynomialLR", {"total_iters": 0}, "total_iters of PolynomialLR must be a whole number"),
        ("CosineAnnealingLR", {"T_max": 0}, "T_max of CosineAnnealingLR must be a whole number"),
        (
            "CosineAnnealingWarmRestarts",
            {"T_0": 0},
            "T_0 of CosineAnnealingWarmRestarts must be a whole number of at least 1, got 0",
        ),
        (
            "CosineAnnealingWarmRestarts",
            {"T_0": 5, "T_mult": 0.5},
            "T_mult of CosineAnnealingWarmRestarts must be a whole number",
        ),
        ("LambdaLR", {"lr_lambda": [half]}, "lr_lambda to have one entry for each of the 2 parameter groups, got 1"),
        ("OneCycleLR", {"max_lr": 1.0}, "needs total_steps, or both epochs and steps_per_epoch"),
        (
            "OneCycleLR",
            {"max_lr": 1.0, "total_steps": 0},
            "total_steps of OneCycleLR must be a whole number of at least 1, got 0",
        ),
        ("OneCycleLR", {"max_lr": [1.0], "total_steps": 9}, "max_lr to have one entry for each of the 2"),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 9, "pct_start": 2}, "pct_start to be from 0 to 1, got 2"),
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": 9, "anneal_strategy": "up"}, "'cos' or 'linear', got 'up'"),
        ("ReduceLROnPlateau", {"mode": "best"}, "needs mode to be 'min' or 'max', got 'best'"),
        ("ReduceLROnPlateau", {"threshold_mode": "log"}, "threshold_mode to be 'rel' or 'abs', got 'log'"),
        ("ReduceLROnPlateau", {"factor": 1.0}, "ReduceLROnPlateau needs factor to be below 1, got 1: "),
        ("ReduceLROnPlateau", {"factor": 1.1}, "ReduceLROnPlateau needs factor to be from 0 to 1, got 1.1"),
        (
            "ReduceLROnPlateau",
            {"patience": -1},
            "patience of ReduceLROnPlateau must be a whole number of at least 0, got -1",
        ),
        ("ReduceLROnPlateau", {"min_lr": [0.1]}, "min_lr to have one entry for each of the 2 parameter groups, got 1"),
        ("SequentialLR", {"schedulers": [], "milestones": []}, "got 0 schedulers and milestones=\\[\\]"),
        ("ExponentialLR", {"gamma": 0.5, "last_epoch": 3}, "go on after epoch 3, but parameter group 0 .* initial_lr"),
        ("LRScheduler", {}, "LRScheduler has no get_lr method; define get_lr"),
    ],
)
def test_what_a_scheduler_refuses(name, arguments, message):
    with pytest.raises((ValueError, TypeError, NotImplementedError), match=message):
        getattr(lr_scheduler, name)(optimizer_of(), **arguments)


@pytest.mark.parametrize("name", ["ExponentialLR", "ReduceLROnPlateau", "OneCycleLR"])
def test_a_scheduler_takes_an_optimizer_only(name):
    arguments = {"ExponentialLR": {"gamma": 0.5}, "OneCycleLR": {"max_lr": 1.0, "total_steps": 9}}.get(name, {})
    with pytest.raises(TypeError, match=f"{name} takes an optimizer such as .*, got float"):
        getattr(lr_scheduler, name)(0.1, **arguments)


def test_momentum_is_cycled_only_where_there_is_some():
    optimizer = nn.optim.Adagrad([Value(1.0)])
    with pytest.raises(ValueError, match="Adagrad has no momentum to be cycled; pass cycle_momentum=False"):
        lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=9)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=9, cycle_momentum=False)
    with pytest.raises(ValueError, match="made for 9 steps, and this is step 10"):
        advance(scheduler, 10)
    assert scheduler.last_epoch == 9


def test_a_sequence_refuses_what_it_cannot_step():
    optimizer, other = optimizer_of(), optimizer_of()
    constant = lr_scheduler.ConstantLR(optimizer)
    with pytest.raises(TypeError, match="that count epochs, not metrics, got ReduceLROnPlateau in place 1"):
        lr_scheduler.SequentialLR(optimizer, [constant, lr_scheduler.ReduceLROnPlateau(optimizer)], [3])
    with pytest.raises(ValueError, match="ConstantLR in place 1 has another one"):
        lr_scheduler.SequentialLR(optimizer, [constant, lr_scheduler.ConstantLR(other)], [3])
    with pytest.raises(ValueError, match=r"in increasing order, got 3 schedulers and milestones=\[5, 3\]"):
        lr_scheduler.SequentialLR(optimizer, [constant] * 3, [5, 3])


@pytest.mark.parametrize("schedulers", [[], None, 1.0])
def test_a_chain_needs_schedulers(schedulers):
    with pytest.raises(ValueError, match="ChainedScheduler needs a list of schedulers, at least one, got"):
        lr_scheduler.ChainedScheduler(schedulers)


def test_a_chain_refuses_what_it_cannot_step():
    optimizer, other = optimizer_of(), optimizer_of()
    constant = lr_scheduler.ConstantLR(optimizer)
    with pytest.raises(TypeError, match=r"ChainedScheduler takes .* not metrics, got ReduceLROnPlateau in place 1"):
        lr_scheduler.ChainedScheduler([constant, lr_scheduler.ReduceLROnPlateau(optimizer)])
    with pytest.raises(TypeError, match=r"ChainedScheduler takes .* not metrics, got float in place 0"):
        lr_scheduler.ChainedScheduler([0.5])
    with pytest.raises(ValueError, match="ConstantLR in place 1 has another one"):
        lr_scheduler.ChainedScheduler([constant, lr_scheduler.ConstantLR(other)])
    with pytest.raises(ValueError, match="ConstantLR in place 0 has another one"):
        lr_scheduler.ChainedScheduler([constant], other)
    with pytest.raises(TypeError, match=r"ChainedScheduler takes an optimizer such as .*, got str"):
        lr_scheduler.ChainedScheduler([constant], "SGD")


def test_a_state_of_another_class_is_refused():
    scheduler = lr_scheduler.StepLR(optimizer_of(), 3)
    with pytest.raises(ValueError, match=r"the state does not fit StepLR: it has .* rather than .*step_size"):
        scheduler.load_state_dict(lr_scheduler.ExponentialLR(optimizer_of(), 0.5).state_dict())


def two_groups():
    return nn.optim.SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)]}], lr=0.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda optimizer: lr_scheduler.StepLR(optimizer, 2), "this StepLR: it has learning rates for 2"),
        (lr_scheduler.ReduceLROnPlateau, "this ReduceLROnPlateau: it has learning rates for 2"),
        (
            lambda optimizer: lr_scheduler.SequentialLR(optimizer, [lr_scheduler.StepLR(optimizer, 2)], []),
            "this SequentialLR: it has learning rates for 2 parameter groups, the optimizer has 1",
        ),
    ],
)
def test_a_state_for_other_groups_is_refused_and_the_scheduler_stays_as_it_was(make, message):
    scheduler = make(nn.optim.SGD([Value(1.0)], lr=0.1))
    before = scheduler.state_dict()
    with pytest.raises(ValueError, match=message):
        scheduler.load_state_dict(make(two_groups()).state_dict())
    with pytest.raises(ValueError, match="loads what its state_dict\\(\\) gave, got list"):
        scheduler.load_state_dict([])
    assert scheduler.state_dict() == before
