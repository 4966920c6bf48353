"""Clipping against PyTorch and by hand; parameters to and from a vector."""

from __future__ import annotations

import math

import pytest

import nn
from autograd import Value
from nn.utils import clip_grad_norm_, clip_grad_value_, parameters_to_vector, vector_to_parameters

GRADIENTS = [[3.0, -4.0, 0.0], [1e-3, 12.0], [-0.5]]


def ours(gradients):
    parameters = [[Value(1.0) for _ in part] for part in gradients]
    for values, part in zip(parameters, gradients, strict=True):
        for value, gradient in zip(values, part, strict=True):
            value.grad = gradient
    return parameters


def theirs(gradients):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    parameters = [torch.nn.Parameter(torch.ones(len(part), dtype=torch.float64)) for part in gradients]
    for parameter, part in zip(parameters, gradients, strict=True):
        parameter.grad = torch.tensor(part, dtype=torch.float64)
    return parameters, torch.nn.utils


def same_gradients(mine, other):
    for values, parameter in zip(mine, other, strict=True):
        found = [value.grad for value in values]
        assert found == pytest.approx(parameter.grad.tolist(), rel=1e-14, abs=0, nan_ok=True)


SPECIAL = [
    GRADIENTS,
    [[0.0, 0.0], [0.0]],
    [[math.inf, 1.0], [2.0]],
    [[math.nan, 1.0], [2.0]],
]


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, 0.5, math.inf])
@pytest.mark.parametrize("max_norm", [0.0, 1.0, 13.0, 1e6])
@pytest.mark.parametrize("gradients", SPECIAL, ids=["ordinary", "zeros", "inf", "nan"])
def test_clipping_by_norm_is_pytorchs(gradients, max_norm, norm_type):
    mine, (other, utils) = ours(gradients), theirs(gradients)
    expected = utils.clip_grad_norm_(other, max_norm, norm_type).item()
    assert clip_grad_norm_(mine, max_norm, norm_type) == pytest.approx(expected, rel=1e-14, nan_ok=True)
    same_gradients(mine, other)


@pytest.mark.parametrize("clip_value", [0.0, 0.7, 5])
@pytest.mark.parametrize("gradients", SPECIAL, ids=["ordinary", "zeros", "inf", "nan"])
def test_clipping_by_value_is_pytorchs(gradients, clip_value):
    mine, (other, utils) = ours(gradients), theirs(gradients)
    clip_grad_value_(mine, clip_value)
    utils.clip_grad_value_(other, clip_value)
    same_gradients(mine, other)


def test_a_clipped_gradient_keeps_its_direction_and_has_the_norm_asked_for():
    x, y = Value(0.0), Value(0.0)
    x.grad, y.grad = 300.0, -400.0
    assert clip_grad_norm_([x, y], 5.0) == 500.0
    assert math.hypot(x.grad, y.grad) == pytest.approx(5.0, rel=1e-8)
    assert x.grad / y.grad == pytest.approx(-0.75)


def test_a_short_gradient_is_left_alone():
    parameters = ours(GRADIENTS)
    clip_grad_norm_(parameters, 100.0)
    assert [[value.grad for value in part] for part in parameters] == GRADIENTS


@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_a_norm_neither_overflows_nor_underflows_where_its_square_would(scale):
    parameters = ours([[3 * scale, 4 * scale]])
    assert clip_grad_norm_(parameters, 5.0) == pytest.approx(5 * scale, abs=0)
    assert parameters[0][0].grad / parameters[0][1].grad == pytest.approx(3 / 4)


def test_one_value_an_iterator_and_nothing_at_all_are_welcome():
    value = Value(1.0)
    value.grad = 4.0
    assert clip_grad_norm_(value, 2.0) == 4.0
    clip_grad_value_(iter([value]), 1.0)
    assert value.grad == 1.0
    assert clip_grad_norm_([], 1.0) == 0.0


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_norm_that_is_not_finite_is_an_error_on_demand_and_changes_nothing(bad):
    parameters = ours([[bad, 2.0]])
    with pytest.raises(ValueError, match=f"the norm of the gradients is {bad}"):
        clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
    assert parameters[0][1].grad == 2.0


def test_parameters_make_a_vector_in_their_order_and_come_back_from_it():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    vector = parameters_to_vector(model.parameters())
    assert vector == [parameter.data for parameter in model.parameters()]
    vector_to_parameters([2 * x for x in vector], model.parameters())
    assert parameters_to_vector(model.parameters()) == [2 * x for x in vector]
    assert model[0].weight[0][1].data == 2 * vector[1]


def test_a_vector_may_be_an_array_or_made_of_values():
    np = pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')
    parameters = [[Value(0.0)], [Value(0.0)]]
    vector_to_parameters(np.array([1.0, 2.0]), parameters)
    assert parameters_to_vector(parameters) == [1.0, 2.0]
    vector_to_parameters([Value(3.0), 4], parameters)
    assert parameters_to_vector(parameters) == [3.0, 4.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: clip_grad_norm_(x, -1.0), "clip_grad_norm_ needs max_norm to be 0 or greater, got -1.0"),
        (lambda x: clip_grad_norm_(x, math.nan), "clip_grad_norm_ needs max_norm to be 0 or greater, got nan"),
        (lambda x: clip_grad_norm_([1.0], 1.0), "clip_grad_norm_ takes Values such as .*, got 1.0"),
        (lambda x: clip_grad_value_(x, -1), "clip_grad_value_ needs clip_value to be 0 or greater, got -1"),
        (lambda x: clip_grad_value_(x, None), "clip_grad_value_ needs clip_value to be 0 or greater, got None"),
        (lambda x: parameters_to_vector([1.0]), "parameters_to_vector takes Values such as"),
        (lambda x: parameters_to_vector(set(x)), "expected a list, got a set of 2; a set has no order"),
        (lambda x: vector_to_parameters([1.0], x), r"a vector of 2 numbers, .*, got a shape of \(1,\)"),
        (lambda x: vector_to_parameters([[1.0, 2.0]], x), r"a vector of 2 numbers, .*, got a shape of \(1, 2\)"),
    ],
)
def test_what_they_refuse(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call([Value(1.0), Value(2.0)])
