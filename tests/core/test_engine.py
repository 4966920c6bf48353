"""The contract of Value, point by point."""

from __future__ import annotations

import math
import operator
import statistics
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from oracles.data import check_assigned_as_a_float, check_stored_as_a_float

import autograd
import autograd.core.vector
from autograd import Value, no_grad, topological_order

# ---------------------------------------------------------------------- what a Value takes


@pytest.mark.parametrize(
    "number",
    [3, 3.0, True, Fraction(3, 1), Decimal("3")],
    ids=lambda number: type(number).__name__,
)
def test_every_kind_of_real_number_is_stored_as_a_float(number):
    check_stored_as_a_float(number)


@pytest.mark.parametrize(
    ("bad", "advice"),
    [
        ("1.0", "'1.0' of type str; convert it with float"),
        (None, "None of type NoneType; did the function that made it forget its return"),
        (1j, "1j of type complex; pass its .real and .imag"),
        ([1.0, 2.0], r"\[1.0, 2.0\] of type list; make one Value per element"),
        ({"a": 1}, "of type dict; make one Value per element"),
        (object(), "of type object; pass an int, a float or another real number"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_anything_else_is_a_type_error_that_says_what_to_do(bad, advice):
    with pytest.raises(TypeError, match=advice):
        Value(bad)


def test_a_value_in_a_value_is_refused():
    with pytest.raises(TypeError, match=r"it is a Value already: use it as it is, or \.detach\(\)"):
        Value(Value(1.0))


@pytest.mark.parametrize("bad", ["1", None, 1j, [1.0]])
@pytest.mark.parametrize("operation", ["x + bad", "bad - x", "x ** bad", "bad / x", "x < bad"])
def test_bad_operands_are_type_errors_too(bad, operation):
    with pytest.raises(TypeError, match="expected a real number, got"):
        eval(operation, {"x": Value(1.0), "bad": bad})


def test_an_integer_beyond_floats_is_one_clear_sentence():
    with pytest.raises(OverflowError, match="an integer of 2000 bits; scale it first"):
        Value(2**1999)
    with pytest.raises(OverflowError, match="an integer of 2000 bits; scale it first"):
        Value(1.0) * 2**1999


def test_label_by_keyword_or_as_the_second_argument():
    assert Value(1.0, label="a").label == Value(1.0, "a").label == "a"
    assert Value(1.0).label == ""
    assert repr(Value(1.0, "a")) == "Value(data=1.0, grad=0.0, label='a')"


# ---------------------------------------------------------------------- constants


def test_a_constant_operand_is_no_node_and_needs_no_derivative():
    x = Value(-3.0)
    y = x**2
    y.backward()
    assert x.grad == -6.0
    assert y.operands == (x, 2.0)
    assert y.local_derivatives == (-6.0, None)
    assert topological_order(y) == [x, y]


# ---------------------------------------------------------------------- as a number


def test_comparisons_compare_data():
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert a <= 1
    assert b > 1.5
    assert a <= 2
    assert not a > b
    assert not a >= b
    assert sorted([b, a]) == [a, b]
    assert max(a, b) is b
    assert not Value(math.nan) < 1


def test_conversions():
    x = Value(-2.567)
    assert float(x) == -2.567
    assert int(x) == -2
    assert math.trunc(x) == -2
    assert round(x) == -3
    assert round(x, 2) == -2.57
    assert math.floor(x) == -3
    assert math.ceil(x) == -2
    assert abs(x).data == 2.567
    assert f"{x:.1f}" == "-2.6"
    assert f"{x}" == repr(x)
    assert x.item() == -2.567
    assert bool(x) is True
    assert bool(Value(0.0)) is False
    assert +x is x


def test_operators_in_both_orders():
    x = Value(4.0)
    for result, value, slope in [
        (2 - x, -2.0, -1.0),
        (2 / x, 0.5, -0.125),
        (2**x, 16.0, 16.0 * math.log(2)),
        (2 + x, 6.0, 1.0),
        (2 * x, 8.0, 2.0),
        (x - 2, 2.0, 1.0),
        (x / 2, 2.0, 0.5),
        (-x, -4.0, -1.0),
    ]:
        x.grad = 0.0
        result.backward()
        assert (result.data, x.grad) == (value, pytest.approx(slope, rel=1e-15))


def test_a_division_is_one_node():
    x, y = Value(1.0), Value(3.0)
    assert (x / y).op is autograd.TABLE["div"]
    assert (x / y).operands == (x, y)
    assert (x / y).data == 1.0 / 3.0


def test_an_alias_is_the_same_operation():
    x = Value(0.5)
    assert x.arcsin().op is autograd.TABLE["asin"]
    assert x.arctan2(2.0).op is autograd.TABLE["atan2"]
    assert (x.rint().op, x.fabs().op) == (autograd.TABLE["round"], autograd.TABLE["abs"])
    with pytest.raises(ValueError, match="'arcsin' is taken by something else; choose another name"):
        autograd.register(autograd.Op("arcsin", lambda x: x, [lambda out, x: 1.0], domain=[(-1, 1)]))


@pytest.mark.parametrize("bad", [1.0, "x", None, [Value(1.0)]], ids=repr)
def test_what_has_no_graph_is_one_sentence(bad):
    with pytest.raises(TypeError, match=r"expected a Value that was computed from others, got .* of type ") as caught:
        topological_order(bad)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------------- switching off


def test_no_grad_computes_without_recording():
    x = Value(3.0)
    with no_grad():
        y = x * x + autograd.dot([x], [2.0]) + autograd.where(True, x, 0.0)
        assert y.is_leaf
        assert y.data == 18.0
    assert not (x * x).is_leaf

    @no_grad()
    def square(v):
        """Documented."""
        return v * v

    assert square(x).is_leaf
    assert square.__doc__ == "Documented."
    with pytest.raises(ValueError, match="stop"), no_grad():
        raise ValueError("stop")
    assert not (x * x).is_leaf


@pytest.mark.native
def test_no_grad_in_one_thread_does_not_reach_another():
    x = Value(3.0)
    seen = {}
    inside, done = threading.Event(), threading.Event()

    def other():
        with no_grad():
            inside.set()
            done.wait(10)
            seen["other"] = (x * x).is_leaf

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(10)
    seen["this"] = (x * x).is_leaf
    done.set()
    thread.join()
    assert seen == {"this": False, "other": True}


def test_detach():
    x = Value(3.0, "x")
    y = (x * 2).detach() * x
    y.backward()
    assert x.grad == 6.0


def test_a_frozen_leaf_gets_no_gradient_but_passes_it_by():
    x, w = Value(3.0), Value(2.0)
    assert x.requires_grad
    w.requires_grad = False
    w.grad = 0.5
    y = (x * w).tanh() * w
    assert y.requires_grad
    y.backward()
    assert w.grad == 0.5
    assert x.grad == pytest.approx(4 * (1 - math.tanh(6.0) ** 2))


# ---------------------------------------------------------------------- functions


def test_functions_take_numbers_and_values():
    assert autograd.tanh(0.5) == math.tanh(0.5)
    assert autograd.maximum(1, 2) == 2.0
    assert isinstance(autograd.tanh(Value(0.5)), Value)
    assert autograd.pow(2, Value(3.0)).data == 8.0
    x = Value(1.0)
    assert autograd.where(x > 0, x, 5.0).local_derivatives == (None, 1.0, None)
    with pytest.raises(TypeError, match="expected a real number, got 'a'"):
        autograd.tanh("a")


def test_every_row_is_in_dir():
    assert set(autograd.TABLE) <= set(dir(autograd))
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'tahn'"):
        autograd.tahn


# ---------------------------------------------------------------------- errors leave things as they were


@pytest.mark.parametrize("bad", ["1", None, [1.0]])
def test_a_bad_gradient_is_refused_before_anything_is_touched(bad):
    x = Value(3.0)
    y = x * x
    y.backward()
    for create_graph in (False, True):
        with pytest.raises(TypeError, match="expected a real number, got"):
            y.backward(bad, create_graph=create_graph)
        assert (x.grad, y.grad) == (6.0, 1.0)


@pytest.mark.parametrize("bad", ["x", None, 1j, [1.0]])
def test_only_real_numbers_may_be_assigned_to_data(bad):
    x = Value(3.0)
    with pytest.raises(TypeError, match="expected a real number, got"):
        x.data = bad
    assert x.data == 3.0


@pytest.mark.parametrize("number", [Fraction(1, 2), 1])
def test_numbers_assigned_to_data_become_floats(number):
    check_assigned_as_a_float(number)


@pytest.mark.native
def test_no_grad_without_brackets_and_after_a_thread_that_never_left_it():
    x = Value(3.0)

    @no_grad
    def square(v):
        return v * v

    assert square(x).is_leaf

    def generator():
        with no_grad():
            yield

    kept = []

    def leave_open():
        kept.append(generator())
        next(kept[0])

    thread = threading.Thread(target=leave_open)
    thread.start()
    thread.join()
    recorded = []
    for _ in range(5):
        thread = threading.Thread(target=lambda: recorded.append(not (x * x).is_leaf))
        thread.start()
        thread.join()
    assert recorded == [True] * 5
    kept.clear()  # closes the generator, in this thread
    with no_grad():
        assert (x * x).is_leaf
    assert not (x * x).is_leaf


def test_foreign_operands_answer_for_themselves():
    class Matrix:
        def __radd__(self, other):
            return "added"

        def __lt__(self, other):
            return "compared"

    x = Value(1.0)
    assert x + Matrix() == "added"
    assert (x > Matrix()) == "compared"
    with pytest.raises(TypeError, match="unsupported operand"):
        x + object()
    assert x < 10**400


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Fraction(10**400), "scale it first"),
        (Decimal("sNaN"), "has no value as a float"),
    ],
)
def test_more_operands_that_are_no_numbers(bad, message):
    with pytest.raises((TypeError, OverflowError), match=message):
        Value(1.0) * bad


def test_a_vector_reads_its_elements_once_and_cannot_be_changed():
    x, w = Value(1.0), Value(3.0)
    vector = autograd.core.vector.Vector([x, 2])
    assert (vector.data, vector.kind) == ([1.0, 2.0], "mixed")
    with pytest.raises(TypeError):
        vector[0] = 3.0
    result = autograd.apply(autograd.TABLE["dot"], vector, [w, w])
    result.backward()
    assert (x.grad, w.grad) == (3.0, 3.0)
    with pytest.raises(TypeError, match="dot takes a list of Values or numbers, got"):
        autograd.dot(x, w)


def test_a_leaf_has_no_operands_arguments_or_local_derivatives():
    leaf = Value(1.0)
    assert (leaf.operands, leaf.arguments, leaf.local_derivatives, leaf.edges) == ((), (), (), [])


def test_the_arguments_of_a_node_are_its_operands_with_each_vector_as_one_list():
    x, y, w = Value(1.0), Value(2.0), Value(3.0)
    assert (x * w).arguments == (x, w)
    affine = autograd.affine([x, 2.0], [y, w], 5.0)
    assert affine.arguments == ([x, 2.0], [y, w], 5.0)


def test_apply_fills_in_defaults_and_refuses_another_number_of_arguments():
    leaky = autograd.TABLE["leaky_relu"]
    assert autograd.apply(leaky, Value(-2.0)).data == -0.02
    assert autograd.apply(leaky, Value(-2.0), 0.5).data == -1.0
    with pytest.raises(TypeError, match="takes"):
        autograd.apply(autograd.TABLE["mul"], Value(1.0))
    with pytest.raises(TypeError, match="takes"):
        autograd.apply(autograd.TABLE["exp"], Value(1.0), Value(2.0))


@pytest.mark.parametrize("relation", [operator.lt, operator.le, operator.gt, operator.ge])
def test_a_value_compares_with_numbers_of_any_type_as_its_float_does(relation):
    numbers = [Fraction(10**400, 3), -Fraction(10**400, 3), Fraction(1, 10), Fraction(1, 10**400), 10**400, -(10**400)]
    numbers += [Decimal("1e400"), Decimal("0.1"), Decimal("-inf"), True, 2, 0.1]
    for x in (0.1, 2.0, math.inf, -math.inf, 0.0, -0.0, 1e308):
        for number in numbers:
            assert relation(Value(x), number) is bool(relation(x, number))
            assert relation(number, Value(x)) is bool(relation(number, x))
    for number in (*numbers, Decimal("nan"), math.nan):
        assert relation(Value(math.nan), number) is False
        assert relation(Value(1.0), Decimal("nan")) is False


def test_the_module_statistics_is_refused_rather_than_given_numbers_without_history():
    xs = [Value(1.0), Value(2.0), Value(4.0)]
    for function in (statistics.mean, statistics.variance, statistics.pstdev):
        with pytest.raises(TypeError, match=r"no exact ratio .*; use autograd.mean, var or std"):
            function(xs)
