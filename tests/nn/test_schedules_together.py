"""Schedules that are resumed, chained, or given more groups: PyTorch's rates, and those of a run in one go."""

from __future__ import annotations

import itertools
import json

import pytest
from interrupts import each_interrupt
from schedules import METRICS, SCHEDULERS, SEQUENCES, momenta, named, optimizer_of, sequence, torch_optimizer

import nn
from autograd import Value
from nn.optim import lr_scheduler
from nn.registry import declared

# Each kind of scheduler with the first options that the tests list for it.
KINDS = dict(reversed(SCHEDULERS))
KINDS |= {"OneCycleLR": {"max_lr": [1.0, 0.1], "total_steps": 30}, "MultiStepLR": {"milestones": [2, 4, 4]}}
KINDS |= {"StepLR": {"step_size": 3}, "CosineAnnealingLR": {"T_max": 4, "eta_min": 0.01}}
OURS_ALONE = {"InverseSqrtLR": {}}
SEVERAL = {"SequentialLR", "ChainedScheduler"}
EPOCHS = 14


def test_every_scheduler_is_listed():
    listed = {*KINDS, *OURS_ALONE, *SEVERAL, "ReduceLROnPlateau"}
    assert set(declared(lr_scheduler.LRScheduler)) == listed


def one(name, arguments):
    return lambda module, optimizer: [getattr(module, name)(optimizer, **arguments)]


def chain(*names):
    def make(module, optimizer):
        return [module.ChainedScheduler([getattr(module, name)(optimizer, **KINDS[name]) for name in names])]

    return make


def in_a_row(parts, milestones):
    return lambda module, optimizer: [sequence(module, optimizer, parts, milestones)]


def side_by_side(*names):
    return lambda module, optimizer: [getattr(module, name)(optimizer, **KINDS[name]) for name in names]


# What makes schedulers of an optimizer, for our module and PyTorch's alike.
PROGRAMS = {
    **{f"{name}{named(arguments)}": one(name, arguments) for name, arguments in SCHEDULERS},
    **{name: one(name, arguments) for name, arguments in KINDS.items()},
    "plateau": one("ReduceLROnPlateau", {"patience": 1, "cooldown": 1}),
    **{named(parts): in_a_row(parts, milestones) for parts, milestones in SEQUENCES},
    "sequence with a cycle": in_a_row([("LinearLR", {}), ("OneCycleLR", {"max_lr": 1.0, "total_steps": 20})], [4]),
    "chain of three": chain("ConstantLR", "ExponentialLR", "MultiStepLR"),
    "chain with a cosine": chain("CosineAnnealingLR", "LinearLR"),
    "two side by side": side_by_side("ExponentialLR", "MultiStepLR"),
    "three side by side": side_by_side("LambdaLR", "StepLR", "OneCycleLR"),
}
# PyTorch keeps what a cycle is in the parameter groups, where a second one overwrites that of the first.
PAIRS = [pair for pair in itertools.product(KINDS, repeat=2) if pair != ("OneCycleLR", "OneCycleLR")]


def step(optimizer, schedulers, epoch):
    optimizer.step()
    for scheduler in schedulers:
        scheduler.step(*([METRICS[epoch]] if type(scheduler).__name__ == "ReduceLROnPlateau" else []))
    return [group["lr"] for group in optimizer.param_groups] + momenta(optimizer)


def run(optimizer, schedulers, first=0, last=EPOCHS):
    return [step(optimizer, schedulers, epoch) for epoch in range(first, last)]


def close(rates):
    return [pytest.approx(row, rel=1e-11, abs=1e-15) for row in rates]


# ---------------------------------------------------------------------- stopped and resumed

ORDERS = {
    "made, optimizer, schedulers": "mos",
    "made, schedulers, optimizer": "mso",
    "optimizer, made, schedulers": "oms",
    "made, optimizer, schedulers backwards": "mor",
    "optimizer, made, schedulers backwards": "omr",
}


def resumed(make, saved, order, **options):
    """A new optimizer, of other learning rates, and new schedulers, with the saved states loaded in an order."""
    optimizer, schedulers = optimizer_of([7.0, 7.0], **options), []
    for act in order:
        if act == "m":
            schedulers = make(lr_scheduler, optimizer)
        elif act == "o":
            optimizer.load_state_dict(saved[0])
        else:
            parts = list(zip(schedulers, saved[1], strict=True))
            for scheduler, state in parts if act == "s" else reversed(parts):
                scheduler.load_state_dict(state)
    return optimizer, schedulers


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("program", [*PROGRAMS, *OURS_ALONE])
def test_a_run_stopped_at_any_epoch_goes_on_as_if_it_had_not_been(program, order):
    make = PROGRAMS.get(program) or one(program, OURS_ALONE[program])
    straight = optimizer_of(momentum=0.9)
    expected = run(straight, make(lr_scheduler, straight))
    for stop in range(EPOCHS):
        optimizer = optimizer_of(momentum=0.9)
        schedulers = make(lr_scheduler, optimizer)
        run(optimizer, schedulers, last=stop)
        saved = json.loads(json.dumps([optimizer.state_dict(), [s.state_dict() for s in schedulers]]))
        second, theirs = resumed(make, saved, order, momentum=0.1)
        # The epoch after the stop as well: its rates are those that the states were saved with.
        assert second.state_dict()["param_groups"] == optimizer.state_dict()["param_groups"]
        assert [s.get_last_lr() for s in theirs] == [s.get_last_lr() for s in schedulers]
        assert run(second, theirs, first=stop) == expected[stop:]


@pytest.mark.parametrize("program", PROGRAMS)
def test_runs_in_one_go_and_resumed_in_the_order_pytorch_asks_for_are_pytorchs(program):
    make = PROGRAMS[program]
    theirs, module = torch_optimizer(momentum=0.9)
    schedulers = make(module, theirs)
    straight = optimizer_of(momentum=0.9)
    ours = run(straight, make(lr_scheduler, straight))
    assert run(theirs, schedulers, last=6) == close(ours[:6])
    saved = theirs.state_dict(), [scheduler.state_dict() for scheduler in schedulers]
    second, _ = torch_optimizer([7.0, 7.0], momentum=0.1)
    schedulers = make(module, second)
    second.load_state_dict(saved[0])
    for scheduler, state in zip(schedulers, saved[1], strict=True):
        scheduler.load_state_dict(state)
    assert run(second, schedulers, first=6) == close(ours[6:])


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("kind", declared(nn.optim.Optimizer))
def test_the_parameters_of_every_optimizer_go_on_as_in_one_go_and_as_in_pytorch(kind, order):
    """Not the rates alone: x moves along the gradient of (x - 3)^2, with the state of the optimizer."""

    def moved(optimizer, schedulers, epochs):
        path = []
        for epoch in epochs:
            for group in optimizer.param_groups:
                for x in group["params"]:
                    x.grad = 2 * (x.data - 3)
            step(optimizer, schedulers, epoch)
            path += [float(x.data) for group in optimizer.param_groups for x in group["params"]]
        return path

    cycled = {"momentum", "betas"} & getattr(nn.optim, kind)([Value(1.0)]).defaults.keys()
    for make in (side_by_side("ExponentialLR", "MultiStepLR"), chain("LinearLR", "CosineAnnealingLR")) + (
        (one("OneCycleLR", {"max_lr": 0.1, "total_steps": 12}),) if cycled else ()
    ):
        straight = optimizer_of(kind=kind)
        expected = moved(straight, make(lr_scheduler, straight), range(10))
        first = optimizer_of(kind=kind)
        schedulers = make(lr_scheduler, first)
        moved(first, schedulers, range(4))
        saved = first.state_dict(), [scheduler.state_dict() for scheduler in schedulers]
        second, parts = resumed(make, saved, order, kind=kind)
        for ours, theirs in zip(first.param_groups, second.param_groups, strict=True):
            theirs["params"][0].data = ours["params"][0].data
        assert moved(second, parts, range(4, 10)) == expected[8:]
        if order == "mos":
            theirs, module = torch_optimizer(kind=kind)
            assert moved(theirs, make(module, theirs), range(10)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("stop", range(1, EPOCHS))
@pytest.mark.parametrize("name", [*KINDS, *OURS_ALONE])
def test_a_scheduler_made_for_the_last_epoch_goes_on_as_in_one_go(name, stop):
    arguments = KINDS.get(name, {})
    straight = optimizer_of(momentum=0.9)
    expected = run(straight, one(name, arguments)(lr_scheduler, straight))
    first = optimizer_of(momentum=0.9)
    run(first, one(name, arguments)(lr_scheduler, first), last=stop)
    second = optimizer_of([7.0, 7.0], momentum=0.1)
    second.load_state_dict(first.state_dict())
    scheduler = getattr(lr_scheduler, name)(second, **arguments, last_epoch=stop - 1)
    assert scheduler.last_epoch == stop
    assert [group["lr"] for group in second.param_groups] + momenta(second) == expected[stop - 1]
    assert run(second, [scheduler], first=stop) == expected[stop:]


@pytest.mark.parametrize(("parts", "milestones"), SEQUENCES, ids=named)
def test_a_sequence_made_for_the_last_epoch_goes_on_as_in_one_go(parts, milestones):
    straight = optimizer_of()
    expected = run(straight, [sequence(lr_scheduler, straight, parts, milestones)])
    for stop in range(1, EPOCHS):
        first = optimizer_of()
        run(first, [sequence(lr_scheduler, first, parts, milestones)], last=stop)
        second = optimizer_of([7.0, 7.0])
        second.load_state_dict(first.state_dict())
        schedulers = [getattr(lr_scheduler, name)(second, **arguments) for name, arguments in parts]
        scheduler = lr_scheduler.SequentialLR(second, schedulers, milestones, last_epoch=stop - 1)
        assert run(second, [scheduler], first=stop) == expected[stop:]


def test_a_new_schedule_for_a_loaded_optimizer_begins_as_in_pytorch():
    for name, arguments in KINDS.items():
        rates = []
        for optimizer, module in ((optimizer_of(momentum=0.9), lr_scheduler), torch_optimizer(momentum=0.9)):
            run(optimizer, [module.ExponentialLR(optimizer, 0.9)], last=4)
            optimizer.load_state_dict(optimizer.state_dict())
            rates.append(run(optimizer, one(name, arguments)(module, optimizer)))
        assert rates[0] == close(rates[1])


def test_a_rate_that_was_set_by_hand_before_the_schedulers_state_was_loaded_stays():
    first = optimizer_of()
    scheduler = lr_scheduler.ExponentialLR(first, 0.5)
    run(first, [scheduler], last=2)
    second = optimizer_of()
    again = lr_scheduler.ExponentialLR(second, 0.5)
    second.load_state_dict(first.state_dict())
    second.param_groups[0]["lr"] = 0.25
    again.load_state_dict(scheduler.state_dict())
    assert second.param_groups[0]["lr"] == 0.25
    again.step()
    assert second.param_groups[0]["lr"] == 0.125


def test_the_state_of_a_scheduler_alone_sets_the_rates_that_it_was_saved_with():
    first = optimizer_of()
    scheduler = lr_scheduler.ExponentialLR(first, 0.5)
    expected = run(first, [scheduler], last=5)
    second = optimizer_of()
    again = lr_scheduler.ExponentialLR(second, 0.5)
    again.load_state_dict(scheduler.state_dict())
    assert [group["lr"] for group in second.param_groups] == scheduler.get_last_lr()
    assert run(second, [again], last=1)[0][:2] == [rate / 2 for rate in expected[-1][:2]]


# ---------------------------------------------------------------------- chained


@pytest.mark.parametrize(("first", "second"), PAIRS, ids="-".join)
def test_two_schedulers_stepped_side_by_side_or_as_a_chain_are_pytorchs(first, second):
    for make in (side_by_side(first, second), chain(first, second)):
        theirs, module = torch_optimizer(momentum=0.9)
        ours = optimizer_of(momentum=0.9)
        expected = run(theirs, make(module, theirs))
        schedulers = make(lr_scheduler, ours)
        assert run(ours, schedulers) == close(expected)
        assert schedulers[-1].get_last_lr() == [group["lr"] for group in ours.param_groups]


def test_the_example_of_two_schedulers():
    optimizer = nn.optim.SGD([Value(1.0)], lr=0.1)
    schedulers = [lr_scheduler.ExponentialLR(optimizer, 0.9), lr_scheduler.MultiStepLR(optimizer, [2, 4])]
    assert [row[0] for row in run(optimizer, schedulers, last=4)] == pytest.approx([0.09, 0.0081, 0.00729, 0.0006561])


@pytest.mark.parametrize("name", KINDS)
def test_sequences_and_chains_stand_in_each_other(name):
    """A chain that begins at a milestone begins as its parts would; PyTorch has no answer there."""

    def chained(optimizer):
        parts = [getattr(lr_scheduler, kind)(optimizer, **KINDS[kind]) for kind in (name, "StepLR")]
        return lr_scheduler.ChainedScheduler(parts)

    alone, later = optimizer_of(momentum=0.9), optimizer_of(momentum=0.9)
    expected = run(alone, [chained(alone)], last=6)
    constant = lr_scheduler.ConstantLR(later, 1.0)
    outer = lr_scheduler.SequentialLR(later, [constant, chained(later)], [3])
    assert run(later, [outer], last=9)[3:] == close(expected)
    inner = lr_scheduler.SequentialLR(later, [chained(later)], [])
    assert lr_scheduler.ChainedScheduler([inner]).get_last_lr() == inner.get_last_lr()


# ---------------------------------------------------------------------- a group that comes later

JOINED = {"StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR"}


@pytest.mark.parametrize("name", [*sorted(JOINED), "ReduceLROnPlateau"])
def test_a_group_added_later_is_scheduled_as_in_pytorch(name):
    arguments = KINDS.get(name, {"patience": 1})
    rates = []
    for module, optimizer in ((lr_scheduler, optimizer_of()), torch_optimizer()[::-1]):
        schedulers = one(name, arguments)(module, optimizer)
        run(optimizer, schedulers, last=2)
        of_ours = module is lr_scheduler
        new = Value(1.0) if of_ours else pytest.importorskip("torch").nn.Parameter(pytest.importorskip("torch").ones(1))
        optimizer.add_param_group({"params": [new], "lr": 0.3})
        if of_ours:  # saved before the next step, and loaded into what was made with all groups
            again = optimizer_of([*[7.0] * 3])
            same = one(name, arguments)(module, again)
            again.load_state_dict(optimizer.state_dict())
            same[0].load_state_dict(schedulers[0].state_dict())
        rates.append(run(optimizer, schedulers, first=2))
    assert rates[0] == close(rates[1])
    assert run(again, same, first=2) == rates[0]


@pytest.mark.parametrize("name", sorted(KINDS.keys() - JOINED))
def test_a_group_added_later_is_refused_by_schedules_that_are_formulas_of_the_first_rates(name):
    optimizer = optimizer_of(momentum=0.9)
    scheduler = getattr(lr_scheduler, name)(optimizer, **KINDS[name])
    optimizer.add_param_group({"params": [Value(1.0)]})
    with pytest.raises(ValueError, match="learning rates for 2 parameter groups, but the optimizer has 3"):
        for _ in range(EPOCHS):
            before = scheduler.state_dict(), optimizer.state_dict()
            scheduler.step()
    assert (scheduler.state_dict(), optimizer.state_dict()) == before


# ---------------------------------------------------------------------- interrupts


@pytest.mark.parametrize("program", [*KINDS, *OURS_ALONE, "plateau", "sequence with a cycle", "chain of three"])
def test_a_step_and_a_load_are_whole_or_not_at_all(program):
    make_schedulers = PROGRAMS.get(program) or one(program, {})

    def prepared():
        optimizer = optimizer_of(momentum=0.9)
        [scheduler] = make_schedulers(lr_scheduler, optimizer)
        run(optimizer, [scheduler], last=3)
        return scheduler

    def look(scheduler):
        return scheduler.state_dict(), scheduler.optimizer.state_dict()

    other = prepared()
    run(other.optimizer, [other], first=3, last=8)
    saved = other.state_dict()
    metric = [9.0] if program == "plateau" else []
    for act, every in ((lambda s: s.step(*metric), 3), (lambda s: s.load_state_dict(saved), 13)):
        before, after = look(prepared()), prepared()
        act(after)
        after = look(after)
        assert before != after

        def make(act=act):
            scheduler = prepared()
            return lambda: act(scheduler), scheduler

        for whole, scheduler in each_interrupt(make, every):
            assert look(scheduler) in ((after,) if whole else (before, after))


@pytest.mark.parametrize("name", [*KINDS, *OURS_ALONE])
def test_a_scheduler_that_was_not_made_leaves_the_optimizer_as_it_was(name):
    before, after = optimizer_of(momentum=0.9), optimizer_of(momentum=0.9)
    one(name, KINDS.get(name, {}))(lr_scheduler, after)

    def make():
        optimizer = optimizer_of(momentum=0.9)
        return lambda: one(name, KINDS.get(name, {}))(lr_scheduler, optimizer), optimizer

    for whole, optimizer in each_interrupt(make, step=3):
        expected = [after.state_dict()] if whole else [before.state_dict(), after.state_dict()]
        assert optimizer.state_dict() in expected
