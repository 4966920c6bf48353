"""What is saved and loaded again is numbers: nothing else is taken for one, by no load_state_dict nor by nn.save."""

from __future__ import annotations

import copy
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest

import nn
from autograd import Value
from autograd.core.number import as_float
from nn.optim import lr_scheduler

NOT_NUMBERS = ["1", None, b"1", 1j, [1.0], (), {1.0}, {"a": 1.0}, 10**400, object()]
NUMBERS = [True, 2, Fraction(1, 2), Decimal("0.5"), float("inf")]


def optimizer_of(kind=nn.optim.Adam):
    parameters = [Value(1.0), Value(2.0)]
    optimizer = kind(parameters, lr=0.1)
    for _ in range(2):
        for parameter in parameters:
            parameter.grad = 0.5
        optimizer.step()
    return optimizer


def scheduler_of(kind):
    options = {
        "LambdaLR": {"lr_lambda": lambda epoch: 0.5},
        "MultiplicativeLR": {"lr_lambda": lambda epoch: 0.5},
        "StepLR": {"step_size": 2},
        "MultiStepLR": {"milestones": [2]},
        "ExponentialLR": {"gamma": 0.5},
        "CosineAnnealingLR": {"T_max": 4},
        "CosineAnnealingWarmRestarts": {"T_0": 4},
        "OneCycleLR": {"max_lr": 1.0, "total_steps": 8},
    }
    optimizer = optimizer_of()
    if kind is lr_scheduler.SequentialLR:
        parts = [lr_scheduler.ConstantLR(optimizer), lr_scheduler.ExponentialLR(optimizer, gamma=0.5)]
        return kind(optimizer, parts, milestones=[1])
    if kind is lr_scheduler.ChainedScheduler:
        return kind([lr_scheduler.ConstantLR(optimizer), lr_scheduler.ExponentialLR(optimizer, gamma=0.5)])
    return kind(optimizer, **options.get(kind.__name__, {}))


def fitted(kind):
    return kind().fit(["a", "b"] if kind is nn.preprocessing.LabelEncoder else [[1.0, 5.0], [3.0, 4.0]])


def below(module, base):
    """The subclasses of a class that a module exports."""
    found = [getattr(module, name) for name in module.__all__]
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, base) and kind is not base]


MAKERS = {
    **{kind.__name__: partial(optimizer_of, kind) for kind in below(nn.optim, nn.optim.Optimizer)},
    **{kind.__name__: partial(scheduler_of, kind) for kind in below(lr_scheduler, lr_scheduler.LRScheduler)},
    **{name: partial(fitted, getattr(nn.preprocessing, name)) for name in nn.preprocessing.__all__},
    "Linear": lambda: nn.Linear(2, 2),
    "MLP": lambda: nn.MLP(2, [2, 1]),
}
# A class is a text or a number, and so is a mark; any of them may be a class.
LABELS = ("classes_", "categories_", "drop")


def places(data, path=()):
    """The paths to the numbers in a state."""
    if isinstance(data, dict | list | tuple):
        for key, part in data.items() if isinstance(data, dict) else enumerate(data):
            if key not in LABELS and key != "params":  # these are numbers that stand for parameters
                yield from places(part, (*path, key))
    elif not isinstance(data, str):
        yield path


def changed(state, path, other):
    state = copy.deepcopy(state)
    owner = state
    for step in path[:-1]:
        if isinstance(owner[step], tuple):
            owner[step] = list(owner[step])
        owner = owner[step]
    owner[path[-1]] = other
    return state


def same(first, second):
    return repr(first) == repr(second)


def test_as_float_says_what_a_number_is():
    for other in NOT_NUMBERS:
        with pytest.raises((TypeError, OverflowError)):
            as_float(other)
    assert all(isinstance(as_float(number), float) for number in NUMBERS)


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_but_a_number_is_loaded_for_one_and_an_error_changes_nothing(name):
    state = MAKERS[name]().state_dict()
    tried = list(places(state))
    assert tried or name in ("LabelEncoder",)
    for path in tried:
        thing = MAKERS[name]()
        before = thing.state_dict()
        for other in NOT_NUMBERS:
            with pytest.raises(ValueError, match=r"\w") as info:
                thing.load_state_dict(changed(state, path, other))
            assert "\n" not in str(info.value), (path, other)
            assert same(thing.state_dict(), before), (path, other)
    thing = MAKERS[name]()
    thing.load_state_dict(state)
    assert same(thing.state_dict(), state)


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_of_every_kind_are_loaded_as_floats(number):
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"weight": [[number]], "bias": [Value(0.5)]})
    assert layer.state_dict() == {"weight": [[as_float(number)]], "bias": [0.5]}


@pytest.mark.parametrize("other", NOT_NUMBERS)
def test_nothing_but_numbers_is_saved(other, tmp_path):
    pytest.importorskip("safetensors", reason='safetensors is not installed: pip install "stepgrad[nn]"')
    path = tmp_path / "a.safetensors"
    if isinstance(other, list | tuple):
        return  # a vector
    for state in ({"w": other}, {"w": [1.0, other]}, {"v": 1.0, "w": [[other]]}):
        with pytest.raises(ValueError, match="w has something that is not a number"):
            nn.save(state, path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "take",
    [
        lambda x: nn.Parameter([x]),
        lambda x: nn.preprocessing.StandardScaler().fit([[1.0], [x]]),
        lambda x: nn.preprocessing.StandardScaler().fit([[1.0], [2.0]]).transform([[x]]),
        lambda x: nn.linear_model.LinearRegression().fit([[1.0], [2.0]], [1.0, x]),
        lambda x: nn.generative.GaussianNB(priors=[x, 0.0]).fit([[1.0], [2.0], [1.5], [3.0]], [0, 0, 1, 1]),
        lambda x: lr_scheduler.ReduceLROnPlateau(optimizer_of()).step(x),
    ],
)
def test_a_text_is_no_number_anywhere(take):
    for other in ("1", b"1", None):
        with pytest.raises((TypeError, ValueError), match=r"number"):
            take(other)


def test_what_stands_for_parameters_is_a_whole_number():
    optimizer = optimizer_of()
    state = optimizer.state_dict()
    for other in ("x", None, 0.5, [0]):
        damaged = copy.deepcopy(state)
        damaged["param_groups"][0]["params"][0] = other
        with pytest.raises(ValueError, match="whole numbers stand for the parameters"):
            optimizer.load_state_dict(damaged)
    (group,) = state["param_groups"]
    groups = [{"param_groups": other} for other in (None, [1], [group, 1], [group, {**group, "params": 1}])]
    states = [{"state": other} for other in ([1], {**state["state"], 1: 1})]
    for damaged in ({**state, **other} for other in groups + states):
        with pytest.raises(ValueError, match="does not fit Adam"):
            optimizer.load_state_dict(damaged)
