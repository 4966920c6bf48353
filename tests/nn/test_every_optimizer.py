"""Every optimizer of nn, whether PyTorch has it or not: what holds of each update rule and of each saved state."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace

import pytest
from optimizer_examples import OPTIMIZERS, START, step

import nn
from autograd import Value
from nn.registry import declared

every_optimizer = pytest.mark.parametrize(("name", "options"), OPTIMIZERS, ids=str)


def rule_of(name, options):
    kind = getattr(nn.optim, name)
    return kind.rule, SimpleNamespace(**kind([Value(0.0)], **options).defaults)


def test_every_optimizer_is_walked_with_each_of_its_options():
    walked = {name: set() for name, _ in OPTIMIZERS}
    for name, options in OPTIMIZERS:
        walked[name] |= set(options)
    assert walked.keys() == declared(nn.optim.Optimizer).keys()
    for name, options in walked.items():
        assert options == set(getattr(nn.optim, name)([Value(0.0)]).defaults), f"list {name} with the options it lacks"


@every_optimizer
def test_an_update_rule_gives_for_an_array_bit_by_bit_what_it_gives_for_each_number(name, options):
    np = pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')
    rule, options = rule_of(name, options)
    numbers, array = list(START), np.array(START)
    states, state = [{} for _ in START], {}
    for count in range(10):
        gradients = [x * (-1) ** count + 0.1 * count for x in (1e-3, -2.0, 0.0, 50.0)]
        each = [rule(x, g, s, options) for x, g, s in zip(numbers, gradients, states, strict=True)]
        numbers, states = [x for x, _ in each], [s for _, s in each]
        array, state = rule(array, np.array(gradients), state, options)
        assert array.tolist() == numbers
        assert all(s.keys() == state.keys() for s in states)
        for key, remembered in state.items():
            assert (np.zeros(4) + remembered).tolist() == [s[key] for s in states]


@every_optimizer
def test_an_update_rule_changes_nothing_that_it_is_given(name, options):
    rule, options = rule_of(name, options)
    state = {}
    for gradient in (0.5, -2.0, 0.0):
        before = copy.deepcopy((state, vars(options)))
        _, new = rule(1.5, gradient, state, options)
        assert (state, vars(options)) == before
        state = new


@every_optimizer
def test_an_update_rule_changes_no_array_in_place(name, options):
    np = pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')
    rule, options = rule_of(name, options)
    array, state = np.array(START), {}
    for gradient in (0.5, -2.0, 0.0):
        given = (array, np.full(4, gradient), state)
        before = copy.deepcopy(given)
        new = rule(*given, options)
        for now, earlier in zip(given[:2], before[:2], strict=True):
            assert now.tolist() == earlier.tolist()
        assert {k: np.array(x).tolist() for k, x in state.items()} == {
            k: np.array(x).tolist() for k, x in before[2].items()
        }
        array, state = new


@pytest.mark.parametrize("through", [dict, lambda state: json.loads(json.dumps(state))], ids=["state", "JSON"])
@every_optimizer
def test_a_saved_state_goes_on_where_it_stopped(name, options, through):
    def optimizer(values, options):
        kind = getattr(nn.optim, name)
        own = {"weight_decay": 0.03} if "weight_decay" in kind(values).defaults else {}
        groups = [{"params": values[:2]}, {"params": values[2:], "lr": 3 * options.get("lr", 0.01), **own}]
        return kind(groups, **options)

    straight, first = [Value(x) for x in START], [Value(x) for x in START]
    one, two = optimizer(straight, options), optimizer(first, options)
    for _ in range(10):
        step(one, straight, lambda v: v.sin())
    for _ in range(5):
        step(two, first, lambda v: v.sin())
    second = [Value(v.data) for v in first]
    three = optimizer(second, {"lr": 9.0})
    three.load_state_dict(through(two.state_dict()))
    for _ in range(5):
        step(three, second, lambda v: v.sin())
    assert [v.data for v in second] == [v.data for v in straight] != START
