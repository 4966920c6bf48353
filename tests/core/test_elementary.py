"""The elementary functions on floats, on careful floats and on anything else."""

from __future__ import annotations

import inspect
import math

import pytest
from hypothesis import given, strategies as st

from autograd import Value
from autograd.core import elementary
from autograd.core.elementary import IEEEFloat
from autograd.symbols import symbols, to_text

numbers = st.floats() | st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 1e308, 5e-324])


def ieee_quotient(x: float, y: float) -> float:
    """Division by the cases of IEEE 754, section 7.3."""
    if y != 0:
        return x / y
    if math.isnan(x) or x == 0:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1, y)


@given(numbers, numbers)
def test_careful_floats_divide_as_ieee_754_says(x, y):
    expected = repr(ieee_quotient(x, y))
    for quotient in (IEEEFloat(x) / y, x / IEEEFloat(y), IEEEFloat(x) / IEEEFloat(y)):
        assert repr(float(quotient)) == expected


@given(numbers, st.floats(-1e3, 1e3))
def test_careful_floats_stay_careful_through_arithmetic(x, y):
    for operation in (
        lambda a, b: a + b,
        lambda a, b: b + a,
        lambda a, b: a - b,
        lambda a, b: b - a,
        lambda a, b: a * b,
        lambda a, b: b * a,
        lambda a, b: -a,
        lambda a, b: abs(a),
    ):
        careful = operation(IEEEFloat(x), y)
        assert isinstance(careful, IEEEFloat)
        assert repr(float(careful)) == repr(operation(x, y))


OF_ONE_NUMBER = [
    function
    for name, function in vars(elementary).items()
    if inspect.isfunction(function)
    and not name.startswith("_")
    and list(inspect.signature(function).parameters) == ["x"]
]


@pytest.mark.parametrize("function", OF_ONE_NUMBER, ids=lambda function: function.__name__)
@given(x=numbers)
def test_elementary_functions_never_raise_and_keep_the_kind_of_float(function, x):
    plain = function(x)
    assert type(plain) is float
    careful = function(IEEEFloat(x))
    assert isinstance(careful, IEEEFloat)
    assert repr(float(careful)) == repr(plain)


@given(numbers, numbers)
def test_power_never_raises(x, y):
    plain = elementary.power(x, y)
    assert type(plain) is float
    assert repr(float(elementary.power(IEEEFloat(x), y))) == repr(plain)


@given(st.floats(-50, 50).filter(lambda x: x != 0), st.integers(-300, 300))
def test_power_has_the_sign_of_an_odd_exponent_even_where_it_overflows(x, n):
    if n == 0:
        return
    result = elementary.power(x, float(n))
    assert math.copysign(1, result) == (-1 if x < 0 and n % 2 else 1)


def test_integers_are_numbers_too():
    assert elementary.exp(0) == 1.0
    assert elementary.power(2, 3) == 8.0
    assert elementary.where(1, "yes", "no") == "yes"
    assert elementary.where(0.0, "yes", "no") == "no"


def test_other_operands_answer_for_themselves():
    class Answering:
        def exp(self):
            return "mine"

        def __pow__(self, other):
            return "power", other

        def __rpow__(self, other):
            return "reflected", other

        def where(self, if_true, if_false):
            return "chosen", if_true, if_false

    assert elementary.exp(Answering()) == "mine"
    assert elementary.power(Answering(), 2.0) == ("power", 2.0)
    assert elementary.power(2.0, Answering()) == ("reflected", 2.0)
    assert elementary.where(Answering(), 1, 2) == ("chosen", 1, 2)


@given(st.lists(numbers), numbers)
def test_total_adds_from_left_to_right_on_every_python(xs, start):
    expected = start
    for x in xs:
        expected = expected + x
    for terms in (xs, iter(xs)):
        result = elementary.total(terms, start)
        assert type(result) is float
        assert repr(result) == repr(expected)


@pytest.mark.parametrize("corrected", [False, True])
def test_total_asks_its_terms_to_add_themselves(monkeypatch, corrected):
    monkeypatch.setattr(elementary, "_SUM_IS_CORRECTED", corrected)
    x, y = symbols("x y")
    assert to_text(elementary.total([x, y])) == "0 + x + y"
    assert elementary.total([Value(1.0), 2.0]).data == 3.0
    assert elementary.total([IEEEFloat(1.0), 2.0]) / 0.0 == math.inf
    assert elementary.total([], x) is x
    assert repr(elementary.total([-0.0], -0.0)) == "-0.0"
