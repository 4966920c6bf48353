"""What holds of `data` for a number of any kind: Python's own, and NumPy's where it is installed."""

from __future__ import annotations

import autograd
from autograd import Value


def check_stored_as_a_float(number):
    value = Value(number)
    assert type(value.data) is float
    assert value.data == float(number)
    for result in (Value(2.0) * number, number * Value(2.0), Value(2.0) + number, number - Value(2.0)):
        assert type(result.data) is float
        assert len([operand for operand in result.operands if isinstance(operand, Value)]) == 1


def check_assigned_as_a_float(number):
    x = Value(3.0)
    x.data = number
    x.data += number
    assert type(x.data) is float
    assert x.data == 2 * float(number)
    assert type(autograd.relu(x).data) is type(x.exp().data) is float
