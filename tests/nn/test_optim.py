"""Optimizers by closed forms, and what they refuse."""

from __future__ import annotations

import json
import math

import pytest

import nn
from autograd import Value


def quadratic(optimizer, x, steps):
    """The path of x under the gradient of x^2."""
    path = [x.data]
    for _ in range(steps):
        optimizer.zero_grad()
        (x * x).backward()
        optimizer.step()
        path.append(x.data)
    return path


def test_sgd_shrinks_a_quadratic_by_a_constant_factor():
    x = Value(5.0)
    path = quadratic(nn.optim.SGD([x], lr=0.1), x, 10)
    assert path == pytest.approx([5.0 * 0.8**k for k in range(11)])


def test_momentum_solves_its_linear_recurrence():
    x = Value(1.0)
    path = quadratic(nn.optim.SGD([x], lr=0.1, momentum=0.5), x, 12)
    expected = [1.0, 0.8]  # x[k+1] = (1 + m - 2 lr) x[k] - m x[k-1]
    while len(expected) < 13:
        expected.append(1.3 * expected[-1] - 0.5 * expected[-2])
    assert path == pytest.approx(expected)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    for size in (1e-3, 1.0, 1e6):
        x = Value(0.0)
        optimizer = nn.optim.Adam([x], lr=0.25, eps=0.0)
        x.grad = -size
        optimizer.step()
        assert x.data == pytest.approx(0.25)


def test_adam_with_a_constant_gradient_keeps_its_step():
    x = Value(0.0)
    optimizer = nn.optim.Adam([x], lr=0.1, eps=0.0)
    for _ in range(5):
        x.grad = 3.0
        optimizer.step()
    assert x.data == pytest.approx(-0.5)


def test_the_steps_of_adagrad_with_a_constant_gradient_shrink_as_one_over_the_root_of_their_number():
    x = Value(0.0)
    optimizer = nn.optim.Adagrad([x], lr=0.1, eps=0.0)
    for _ in range(9):
        x.grad = -7.0
        optimizer.step()
    assert x.data == pytest.approx(0.1 * sum(k**-0.5 for k in range(1, 10)))


def test_weight_decay_of_adamw_is_independent_of_the_gradient():
    for gradient in (1e-3, 1.0, 1e3):
        x, y = Value(10.0), Value(0.0)
        optimizer = nn.optim.AdamW([x, y], lr=0.1, weight_decay=0.5, eps=0.0)
        x.grad = y.grad = gradient
        optimizer.step()
        assert x.data - y.data == pytest.approx(10.0 * (1 - 0.1 * 0.5))


def test_centered_rmsprop_survives_a_gradient_that_never_changes():
    # The variance is 0 then; rounding alone makes it negative, and its root a complex number.
    x = Value(0.0)
    optimizer = nn.optim.RMSprop([x], lr=1e-9, alpha=0.5, centered=True, eps=1.0)
    for _ in range(100):
        x.grad = 0.7
        optimizer.step()
    assert isinstance(x.data, float)
    assert x.data == pytest.approx(-1e-9 * 0.7 * 100, rel=0.02)


def test_groups_frozen_parameters_and_saving():
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    c.requires_grad = False
    optimizer = nn.optim.SGD([{"params": [a]}, {"params": [b, c], "lr": 0.5}], lr=0.1, momentum=0.9)
    (a + b + c).backward()
    optimizer.step()
    assert [a.data, b.data, c.data] == pytest.approx([0.9, 0.5, 1.0])
    other = nn.optim.SGD([{"params": [a]}, {"params": [b, c]}], lr=9.0, momentum=0.9)
    other.load_state_dict(optimizer.state_dict())
    other.step()
    assert [a.data, b.data, c.data] == pytest.approx([0.9 - 0.19, 0.5 - 0.95, 1.0])


def test_a_closure_is_called_for_the_loss():
    x = Value(2.0)
    optimizer = nn.optim.SGD([x], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = x * x
        loss.backward()
        return loss

    assert optimizer.step(closure).data == 4.0
    assert x.data == pytest.approx(1.6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.optim.SGD([], lr=0.1), "the list of parameters is empty"),
        (lambda: nn.optim.SGD([Value(1.0)], lr=-0.1), "SGD needs lr to be 0 or greater, got -0.1"),
        (lambda: nn.optim.SGD([Value(1.0)], lr=math.nan), "SGD needs lr to be 0 or greater, got nan"),
        (lambda: nn.optim.SGD([Value(1.0)], lr="fast"), "SGD needs lr to be 0 or greater, got 'fast'"),
        (lambda: nn.optim.SGD([Value(1.0)], nesterov=True), "nesterov needs a momentum above 0"),
        (lambda: nn.optim.SGD([Value(1.0)], nesterov=True, momentum=0.9, dampening=0.1), "and no dampening, got"),
        (lambda: nn.optim.SGD([Value(1.0)], momentum=-0.5), "SGD needs momentum to be 0 or greater, got -0.5"),
        (lambda: nn.optim.SGD([Value(1.0)], weight_decay=-1), "SGD needs weight_decay to be 0 or greater, got -1"),
        (lambda: nn.optim.Adam([Value(1.0)], betas=(0.9, 1.0)), "Adam needs betas to be two numbers from 0 up to"),
        (lambda: nn.optim.Adam([Value(1.0)], betas=(-0.1, 0.9)), r"not including 1, got \(-0.1, 0.9\)"),
        (lambda: nn.optim.AdamW([Value(1.0)], betas=0.9), "AdamW needs betas to be two numbers .*, got 0.9"),
        (lambda: nn.optim.Adam([Value(1.0)], betas="ab"), "Adam needs betas to be two numbers .*, got 'ab'"),
        (lambda: nn.optim.Adam([Value(1.0)], betas=(None, 0.9)), r"two numbers .*, got \(None, 0.9\)"),
        (lambda: nn.optim.AdamW([Value(1.0)], eps=-1e-8), "AdamW needs eps to be 0 or greater, got -1e-08"),
        (lambda: nn.optim.NAdam([Value(1.0)], momentum_decay=-1), "NAdam needs momentum_decay to be 0 or greater"),
        (lambda: nn.optim.Adamax([Value(1.0)], betas=(0.9,)), "Adamax needs betas to be two numbers"),
        (lambda: nn.optim.Adagrad([Value(1.0)], lr_decay=-1), "Adagrad needs lr_decay to be 0 or greater, got -1"),
        (
            lambda: nn.optim.Adagrad([Value(1.0)], initial_accumulator_value=-1),
            "Adagrad needs initial_accumulator_value to be 0 or greater, got -1",
        ),
        (lambda: nn.optim.RMSprop([Value(1.0)], alpha=-0.1), "RMSprop needs alpha to be from 0 to 1, got -0.1"),
        (lambda: nn.optim.RMSprop([Value(1.0)], alpha=1.1), "RMSprop needs alpha to be from 0 to 1, got 1.1"),
        (lambda: nn.optim.Adadelta([Value(1.0)], rho=1.5), "Adadelta needs rho to be from 0 to 1, got 1.5"),
        (lambda: nn.optim.SGD([{"params": [Value(1.0)], "lr": -1}]), "SGD needs lr to be 0 or greater, got -1"),
        (lambda: nn.optim.SGD([{"lr": 0.1}]), "a parameter group must be a dictionary such as"),
        (lambda: nn.optim.SGD([{"params": [Value(1.0)]}, Value(1.0)]), "a parameter group must be a dictionary"),
        (lambda: nn.optim.SGD([Value(1.0) * 2]), r"a parameter must be a leaf, but .* is the result of '\*'"),
        (lambda: nn.optim.SGD([1.0]), "a parameter must be a Value, got 1.0"),
        (lambda: nn.optim.SGD(Value(1.0)), "params must be a list of Values"),
    ],
)
def test_what_an_optimizer_refuses(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_a_parameter_given_twice_is_refused():
    x = Value(1.0)
    with pytest.raises(ValueError, match="was given twice"):
        nn.optim.SGD([x, x])


@pytest.mark.parametrize("kind", [set, frozenset])
def test_parameters_in_a_set_are_refused_since_their_order_differs_from_run_to_run(kind):
    x = Value(1.0)
    for params in (kind([x]), [{"params": kind([x])}], [[x], kind([Value(2.0)])]):
        with pytest.raises(TypeError, match="expected a list, got a set of 1; a set has no order"):
            nn.optim.SGD(params)
    optimizer = nn.optim.SGD([x])
    with pytest.raises(TypeError, match="a set has no order"):
        optimizer.add_param_group({"params": kind([Value(2.0)])})
    assert len(optimizer.param_groups) == 1


def test_an_option_that_a_loaded_group_does_not_have_is_gone():
    optimizer = nn.optim.SGD([Value(1.0)], lr=0.5)
    nn.optim.lr_scheduler.StepLR(optimizer, 3)
    optimizer.load_state_dict(nn.optim.SGD([Value(1.0)], lr=0.1).state_dict())
    assert "initial_lr" not in optimizer.param_groups[0]
    assert nn.optim.lr_scheduler.StepLR(optimizer, 3).base_lrs == [0.1]


# ---------------------------------------------------------------------- division by zero

DIVIDING = ["Adam", "AdamW", "Adagrad", "RMSprop", "Adadelta", "NAdam", "Adamax"]


@pytest.mark.parametrize("name", DIVIDING)
def test_without_eps_a_gradient_of_zero_gives_nan_as_in_pytorch_and_others_go_on(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    still, moving = Value(1.0), Value(1.0)
    theirs = torch.ones(2, dtype=torch.float64, requires_grad=True)
    ours, other = getattr(nn.optim, name)([still, moving], eps=0.0), getattr(torch.optim, name)([theirs], eps=0.0)
    for _ in range(2):
        still.grad, moving.grad = 0.0, 3.0
        theirs.grad = torch.tensor([0.0, 3.0], dtype=torch.float64)
        ours.step()
        other.step()
    assert [still.data, moving.data] == pytest.approx(theirs.tolist(), rel=1e-9, nan_ok=True)
    assert math.isnan(still.data)


def test_a_gradient_whose_square_is_zero_makes_an_infinite_step_as_in_pytorch():
    x = Value(0.0)
    optimizer = nn.optim.RMSprop([x], eps=0.0)
    x.grad = 1e-200
    optimizer.step()
    assert x.data == -math.inf


# ---------------------------------------------------------------------- saved states


def stepped(make, values, steps):
    optimizer = make(values)
    for _ in range(steps):
        for value in values:
            value.grad = math.cos(value.data)
        optimizer.step()
    return optimizer


@pytest.mark.parametrize("name", ["SGD", *DIVIDING])
def test_a_state_that_went_through_json_goes_on_where_it_stopped(name):
    def make(values):
        options = {"momentum": 0.9} if name == "SGD" else {}
        return getattr(nn.optim, name)([{"params": values[:1]}, {"params": values[1:]}], lr=0.1, **options)

    straight, values = [Value(1.0), Value(2.0)], [Value(1.0), Value(2.0)]
    stepped(make, straight, 5)
    saved = json.loads(json.dumps(stepped(make, values, 3).state_dict()))

    def go_on(values):
        optimizer = make(values)
        optimizer.load_state_dict(saved)
        return optimizer

    resumed = stepped(go_on, values, 2)
    assert [value.data for value in values] == [value.data for value in straight]
    assert resumed.param_groups[0] == make(values).param_groups[0]  # tuples again where JSON has lists


def saved_adam(change):
    state = nn.optim.Adam([Value(1.0), Value(2.0)], lr=0.5).state_dict()
    change(state)
    return state


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (nn.optim.Adam([Value(1.0)]).state_dict(), r"has parameter groups of sizes \[1\], this optimizer has \[2\]"),
        (
            nn.optim.Adam([{"params": [Value(1.0)]}, {"params": [Value(1.0)]}]).state_dict(),
            r"groups of sizes \[1, 1\], this optimizer has \[2\]",
        ),
        (nn.optim.SGD([Value(1.0), Value(2.0)]).state_dict(), "does not fit Adam: it has no betas, eps, amsgrad"),
        (saved_adam(lambda state: state.pop("state")), "does not fit Adam: it has no 'state'"),
        (saved_adam(lambda state: state.pop("param_groups")), "does not fit Adam: it has no 'param_groups'"),
        ([1.0], "does not fit Adam: it has no 'state'"),
        (saved_adam(lambda state: state["param_groups"][0].update(lr=-1)), "Adam needs lr to be 0 or greater, got -1"),
        (saved_adam(lambda state: state["state"].update({"7": {}})), "a state of parameter 7, which is in none of its"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_whole(state, message):
    values = [Value(1.0), Value(2.0)]
    optimizer = nn.optim.Adam(values, lr=0.1)
    values[0].grad = 1.0
    optimizer.step()
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


def test_zero_grad_takes_pytorchs_argument_and_leaves_numbers_and_none():
    x, without = Value(1.0), Value(1.0)
    optimizer = nn.optim.SGD([x, without])
    for set_to_none in (True, False):
        x.grad, without.grad = 1.0, None
        optimizer.zero_grad(set_to_none=set_to_none)
        assert (x.grad, without.grad) == (0.0, 0.0 if set_to_none else None)
