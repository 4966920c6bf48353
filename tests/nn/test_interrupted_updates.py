"""Whatever changes many numbers in place is done whole or not at all, at whichever moment Ctrl-C comes."""

from __future__ import annotations

import inspect
import random
from contextvars import copy_context

import pytest
from interrupts import each_interrupt

import nn
from autograd import Value, gradcheck
from autograd.core import recording
from nn.modules.evaluation_mode import evaluation_mode
from nn.registry import declared

OPTIMIZERS = declared(nn.optim.Optimizer)


def whole_or_not_at_all(prepare, act, look, step=1):
    """Interrupt ``act(thing)`` everywhere, with a new thing from `prepare` each time, and `look` at it afterwards.

    Returns how many moments left the thing as it was, and how many left it changed, the run without an interrupt among
    them.
    """

    def make():
        thing = prepare()
        return lambda: act(thing), thing

    before, after = look(prepare()), prepare()
    act(after)
    after = look(after)
    assert before != after, "nothing to interrupt"
    outcomes = []
    for whole, thing in each_interrupt(make, step):
        outcomes.append(look(thing))
        assert outcomes[-1] in ((after,) if whole else (before, after))
    return outcomes.count(before), outcomes.count(after)


# ---------------------------------------------------------------------- optimizers


def stepped(name, steps):
    """An optimizer of two groups that has taken some steps, with gradients for the next."""
    a, b, without, frozen = Value(1.0), Value(-2.0), Value(0.5), Value(3.0)
    without.grad, frozen.requires_grad = None, False
    groups = [{"params": [a, without]}, {"params": [b, frozen], "lr": 0.5, "weight_decay": 0.1}]
    optimizer = OPTIMIZERS[name](groups, lr=0.1, **({"momentum": 0.9} if name == "SGD" else {}))
    for _ in range(steps + 1):
        a.grad, b.grad = a.data, 3.0
        if steps:
            optimizer.step()
            steps -= 1
    return optimizer


def all_of(optimizer):
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return optimizer.state_dict(), [(parameter.data, parameter.grad) for parameter in parameters]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_of_an_optimizer(name):
    before, after = whole_or_not_at_all(lambda: stepped(name, 2), lambda optimizer: optimizer.step(), all_of)
    assert before > 50
    assert after >= 1
    whole_or_not_at_all(lambda: stepped(name, 0), lambda optimizer: optimizer.step(), all_of, step=7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_gradients_and_the_state_of_an_optimizer(name):
    whole_or_not_at_all(lambda: stepped(name, 1), lambda optimizer: optimizer.zero_grad(), all_of)
    state = stepped(name, 2).state_dict()
    state["param_groups"][0]["lr"] = 7.0
    whole_or_not_at_all(lambda: stepped(name, 1), lambda optimizer: optimizer.load_state_dict(state), all_of, step=3)


def test_an_error_in_a_rule_leaves_everything_as_it_was():
    class Refusing(nn.optim.Optimizer):
        lr: float = 0.1

        @staticmethod
        def rule(parameter, gradient, state, options):
            if gradient > 2:
                raise ArithmeticError("too steep")
            return parameter - options.lr * gradient, {"steps": 1}

    x, y = Value(1.0), Value(2.0)
    x.grad, y.grad = 1.0, 3.0
    optimizer = Refusing([x, y])
    with pytest.raises(ArithmeticError, match="too steep"):
        optimizer.step()
    assert (x.data, y.data, optimizer.state) == (1.0, 2.0, {})


# ---------------------------------------------------------------------- models


def model():
    random.seed(0)
    made = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5), nn.MLP(1, [1]))
    for count, parameter in enumerate(made.parameters()):
        parameter.grad = float(count)
    return made


def numbers_and_modes(module):
    parameters = [(p.data, p.grad, p.requires_grad) for p in module.parameters()]
    return parameters, [part.training for part in module.modules()]


ON_MODELS = {
    "zero_grad": lambda module: module.zero_grad(),
    "load_state_dict": lambda module: module.load_state_dict(OTHER),
    "requires_grad_": lambda module: module.requires_grad_(False),
    "train": lambda module: module.train(False),
    "clip_grad_norm_": lambda module: nn.utils.clip_grad_norm_(module.parameters(), 1.0),
    "clip_grad_value_": lambda module: nn.utils.clip_grad_value_(module.parameters(), 1.0),
    "vector_to_parameters": lambda module: nn.utils.vector_to_parameters(
        [0.5] * len(module.parameters()), module.parameters()
    ),
}
OTHER = {name: nn.nested.each(lambda number: number + 1, numbers) for name, numbers in model().state_dict().items()}


@pytest.mark.parametrize("name", ON_MODELS)
def test_what_changes_a_model_in_place(name):
    whole_or_not_at_all(model, ON_MODELS[name], numbers_and_modes, step=7)


def test_weights_of_the_best_epoch():
    def prepare():
        made = model()
        best = nn.training.early_stopping.BestWeights(made)
        best.weights = [0.0] * len(made.parameters())
        return best

    whole_or_not_at_all(prepare, lambda best: best.restore(), lambda best: [p.data for p in best.parameters])


INITIALIZERS = [name for name in nn.init.__all__ if name.endswith("_")]


@pytest.mark.parametrize("name", INITIALIZERS)
def test_an_initializer(name):
    initialize = getattr(nn.init, name)
    options = {"constant_": [5.0], "sparse_": [0.5]}.get(name, [])
    seeded = {"generator": 0} if "generator" in inspect.signature(initialize).parameters else {}
    whole_or_not_at_all(
        lambda: [[Value(7.0), Value(8.0)] for _ in range(2)],
        lambda tensor: initialize(tensor, *options, **seeded),
        nn.nested.as_numbers,
        step=3,
    )


# ---------------------------------------------------------------------- what is put back


def on_its_own(function, *arguments):
    """An interrupt in the first instructions of no_grad's own exit leaves that block open; not for the next test."""
    try:
        copy_context().run(function, *arguments)
    finally:
        recording.open_blocks.clear()


def evaluate(module):
    with evaluation_mode(module):
        module([1.0])


def diagnose(module):
    nn.diagnose(module, [[1.0]])


@pytest.mark.parametrize(("act", "step"), [(evaluate, 13), (diagnose, 301)])
def test_modes_numbers_and_gradients_are_put_back(act, step):
    before = numbers_and_modes(model())

    def make():
        module = model()
        return lambda: on_its_own(act, module), module

    for _, module in each_interrupt(make, step):
        assert numbers_and_modes(module) == before
        assert "forward" not in vars(module[0])


def test_gradients_of_values_that_a_checked_function_uses_are_put_back():
    def make():
        scale = Value(2.0)
        scale.grad = 5.0
        return lambda: on_its_own(gradcheck, lambda x: x * scale, [3.0]), scale

    for _, scale in each_interrupt(make, step=3):
        assert scale.grad == 5.0
