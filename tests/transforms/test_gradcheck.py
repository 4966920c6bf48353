"""gradcheck accepts right derivatives and refuses wrong ones."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd import GradcheckError, Op, Value, gradcheck, numerical_gradient, register, unregister


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
        (lambda x: x, [1.0, [2.0]], r"input 1: expected a real number, got \[2\.0\] of type list"),
        (lambda x: x, 1.0, r"takes a list of inputs, got 1\.0"),
        (Value(3.0), [1.0], r"takes a function, got Value\(.*\); write"),
    ],
)
def test_wrong_input_is_one_sentence(check, func, inputs, message):
    with pytest.raises(TypeError, match=message) as caught:
        check(func, inputs)
    assert "\n" not in str(caught.value)


def test_at_a_kink_the_point_is_to_blame_and_not_the_rule():
    with pytest.raises(GradcheckError, match=r"relu at \(0\.0\) is on a kink.*check at another point") as caught:
        gradcheck(lambda x: (x * 2.0).relu(), [0.0])
    assert "rule" not in str(caught.value)
    assert "0.0 by backward()" in str(caught.value)
    with pytest.raises(GradcheckError, match=r"max at \(1\.0, 1\.0\) is on a kink"):
        gradcheck(lambda x, y: autograd.max([x, y]) * autograd.where(x >= y, 1.0, 3.0), [1.0, 1.0])


def test_a_kink_that_the_input_does_not_go_through_is_no_excuse():
    register(Op("wrong", lambda x: x * x, [lambda out, x: x], domain=[(-2, 2)]))
    try:
        with pytest.raises(GradcheckError, match="check the rule of each operation"):
            gradcheck(lambda x, y: x.wrong() + autograd.where(True, y, 0.0).relu() * 0.0, [1.0, 0.0])
    finally:
        unregister("wrong")
