"""gradcheck accepts right derivatives and refuses wrong ones."""

from __future__ import annotations

import math

import pytest

import autograd
import nn
from autograd import GradcheckError, Op, Value, gradcheck, gradgradcheck, numerical_gradient, register, unregister


def test_right_derivatives_pass():
    assert gradcheck(lambda x, y: (x * y).tanh() / (1 + x * x), [0.5, -1.5])
    assert gradcheck(lambda x: x.exp(), [Value(20.0)])


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (lambda out, x: -3 * x * x, "-12.0"),
        (lambda out, x: x * x, "4.0"),
        (lambda out, x: 0.0, "0.0"),
        (lambda out, x: math.nan, "nan"),
        (lambda out, x: 3 * x * x + 0.1, "12.1"),
    ],
)
def test_a_wrong_rule_is_refused_with_both_numbers(rule, seen):
    register(Op("wrong", lambda x: x * x * x, [rule], domain=[(-2, 2)]))
    try:
        with pytest.raises(GradcheckError, match=rf"with respect to input 1 \(at 2.0\) is {seen} by backward\(\)"):
            gradcheck(lambda a, x: a + x.wrong(), [1.0, 2.0])
        assert not gradcheck(lambda x: x.wrong(), [2.0], raise_exception=False)
    finally:
        unregister("wrong")


def test_nan_agrees_with_nan_only():
    assert gradcheck(lambda x: x.sqrt(), [-1.0])


def test_leaves_passed_in_are_not_touched():
    x = Value(2.0)
    x.grad = 5.0
    gradcheck(lambda x: x * x, [x])
    assert (x.data, x.grad) == (2.0, 5.0)


def test_values_that_the_function_uses_besides_are_not_touched():
    w = Value(2.0)
    w.grad = 3.0
    gradcheck(lambda x: w * x, [1.0])
    assert w.grad == 3.0
    with pytest.raises(TypeError, match=r"gradcheck takes a list of inputs, got 1\.0"):
        gradcheck(lambda x: x, 1.0)


def test_a_function_that_returns_a_number_is_told_what_is_needed():
    with pytest.raises(TypeError, match=r"gradcheck needs a function that returns a Value, got 4\.0 of type float"):
        gradcheck(lambda x: x.data * 2, [2.0])


def test_central_differences_have_an_error_of_second_order():
    errors = [abs(numerical_gradient(lambda x: x.exp(), [0.0], eps=h)[0] - 1) for h in (1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize("check", [gradcheck, numerical_gradient])
@pytest.mark.parametrize(
    ("func", "inputs", "message"),
    [
        (lambda x: x, ["a"], "input 0: expected a real number, got 'a' of type str"),
        (lambda x: x, [1.0, [2.0, "b"]], r"input 1\[1\]: expected a real number, got 'b' of type str"),
        (lambda x: x, 1.0, r"takes a list of inputs, got 1\.0"),
        (Value(3.0), [1.0], r"takes a function, got Value\(.*\); write"),
    ],
)
def test_wrong_input_is_one_sentence(check, func, inputs, message):
    with pytest.raises(TypeError, match=message) as caught:
        check(func, inputs)
    assert "\n" not in str(caught.value)


def test_at_a_kink_any_slope_between_those_of_the_two_sides_is_right():
    assert gradcheck(lambda x: (x * 2.0).relu(), [0.0])
    assert gradcheck(lambda x, y: autograd.max([x, y]), [1.0, 1.0])
    assert gradcheck(lambda x: x.abs() + x.sign() + x.floor(), [0.0])
    register(Op("wrong", lambda x: autograd.maximum(x, 0.0), [lambda out, x: 1.5], domain=[(-2, 2)]))
    try:
        with pytest.raises(GradcheckError, match=r"is 1\.5 by backward\(\) but 0 and 1 on the two sides"):
            gradcheck(lambda x: x.wrong(), [0.0])
    finally:
        unregister("wrong")


def test_at_a_kink_that_cancels_the_point_is_to_blame_and_not_the_rule():
    def minus_and_plus(x):  # x, of which PyTorch's conventions make a slope of 0 at 0
        return x.relu() - (-x).relu()

    with pytest.raises(GradcheckError, match=r"relu at \(-?0\.0\) is on a kink.*check at another point") as caught:
        gradcheck(minus_and_plus, [0.0])
    assert "rule" not in str(caught.value)
    assert "0.0 by backward()" in str(caught.value)
    assert gradcheck(minus_and_plus, [1e-9])


def test_a_kink_that_the_input_does_not_go_through_is_no_excuse():
    register(Op("wrong", lambda x: x * x, [lambda out, x: x], domain=[(-2, 2)]))
    try:
        with pytest.raises(GradcheckError, match="check the rule of each operation"):
            gradcheck(lambda x, y: x.wrong() + autograd.where(True, y, 0.0).relu() * 0.0, [1.0, 0.0])
    finally:
        unregister("wrong")


def test_inputs_and_outputs_may_be_trees():
    def f(point, scale):
        a, b = point["w"]
        return {"sum": a * scale + b, "parts": (a * b, [b.exp(), 3.0])}

    assert gradcheck(f, [{"w": [2.0, -0.5]}, 3.0])
    register(Op("wrong", lambda x: x * x, [lambda out, x: x], domain=[(-2, 2)]))
    try:
        with pytest.raises(GradcheckError, match=r"of output 1 with respect to input 0\['w'\]\[1\] \(at 0\.5\)"):
            gradcheck(lambda point: [point["w"][0], point["w"][1].wrong()], [{"w": [2.0, 0.5]}])
    finally:
        unregister("wrong")


def test_parameters_that_the_function_uses_without_looking_at_its_arguments_are_checked():
    model = nn.MLP(2, [3, 1], activation="tanh")
    for parameter in model.parameters():
        parameter.grad = 7.0
    before = [parameter.data for parameter in model.parameters()]
    assert gradcheck(lambda *parameters: model([0.5, -1.0]), model.parameters())
    assert gradgradcheck(lambda *parameters: model([0.5, -1.0]), model.parameters())
    assert [parameter.data for parameter in model.parameters()] == before
    assert {parameter.grad for parameter in model.parameters()} == {7.0}
    wrong = register(Op("wrong", lambda x: x * x, [lambda out, x: x], domain=[(-2, 2)]))
    try:
        with pytest.raises(GradcheckError, match=r"with respect to input 0"):
            gradcheck(lambda *parameters: autograd.apply(wrong, model([0.5, -1.0])), model.parameters())
    finally:
        unregister("wrong")


def test_a_frozen_input_is_not_checked():
    x, y = Value(2.0), Value(3.0)
    y.requires_grad = False
    register(Op("wrong", lambda x: x * x, [lambda out, x: x], domain=[(-2, 2)]))
    try:
        assert gradcheck(lambda x, y: x + y.wrong(), [x, y])
    finally:
        unregister("wrong")


def test_a_function_with_two_answers_or_none_is_named_before_a_derivative_is_compared():
    calls = []

    def counting(x):
        calls.append(1)
        return x * len(calls)

    with pytest.raises(GradcheckError, match=r"two answers at one point, \[2\.0\] and \[4\.0\]"):
        gradcheck(counting, [2.0])
    w = Value(3.0)
    with pytest.raises(GradcheckError, match="does not depend on any input"):
        gradcheck(lambda x: w * w, [2.0])
    with pytest.raises(GradcheckError, match=r"of output 1 .* is 0\.0 by backward\(\) but 1.*is a plain number"):
        gradcheck(lambda x: [x * x, float(x)], [2.0])
    assert gradcheck(lambda x, unused: x * x, [2.0, 5.0])


def test_second_derivatives_are_checked():
    assert gradgradcheck(lambda x, y: [x * y * y, (x - y).sin()], [1.5, -0.5])
    register(Op("wrong", lambda x: x * x * x, [lambda out, x: 3 * x * float(x)], domain=[(-2, 2)]))
    try:
        assert gradcheck(lambda x: x.wrong(), [0.5])
        with pytest.raises((GradcheckError, TypeError)):
            gradgradcheck(lambda x: x.wrong(), [0.5])
    finally:
        unregister("wrong")


@pytest.mark.parametrize("scale", [1e-30, 1e-8, 1.0, 1e8, 1e30])
def test_a_slope_is_judged_by_the_scale_of_the_function(scale):
    right = Op("right", lambda x: scale * x * x, [lambda out, x: 2 * scale * x], domain=[(-2, 2)])
    wrong = Op("wrong", lambda x: scale * x * x, [lambda out, x: 2.001 * scale * x], domain=[(-2, 2)])
    for x in (1e-3, 0.7, -1.9):
        assert gradcheck(lambda v: autograd.apply(right, v), [x])
        assert not gradcheck(lambda v: autograd.apply(wrong, v), [x], raise_exception=False)


def test_large_numbers_that_cancel_on_the_way_are_no_fault_of_the_derivative():
    for offset in (1e3, 1e7, 1e10):
        assert gradcheck(lambda x, c=offset: ((x + c) - c) * 3.0, [1.5])
        assert gradcheck(lambda x, c=offset: (x + c) * x - c * x, [1.5])
