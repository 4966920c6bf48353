"""A fair plain engine to compare with: what a careful reader of a good tutorial would write in an afternoon.

Operands and local derivatives in tuples, so no closures and no reference cycles; a recursive topological sort with a
set. No other tricks; or one more, `__slots__`, in `SlottedValue`.
"""

from __future__ import annotations

import math


def make(slots):
    class Value:
        if slots:
            __slots__ = ("data", "grad", "operands", "partials")

        def __init__(self, data, operands=(), partials=()):
            self.data = data
            self.grad = 0.0
            self.operands = operands
            self.partials = partials

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __sub__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data - other.data, (self, other), (1.0, -1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __truediv__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            out = self.data / other.data
            return Value(out, (self, other), (1.0 / other.data, -out / other.data))

        def __pow__(self, exponent):
            return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

        def __neg__(self):
            return Value(-self.data, (self,), (-1.0,))

        def exp(self):
            out = math.exp(self.data)
            return Value(out, (self,), (out,))

        def log(self):
            return Value(math.log(self.data), (self,), (1.0 / self.data,))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def backward(self):
            order = []
            seen = set()

            def visit(node):
                if node not in seen:
                    seen.add(node)
                    for operand in node.operands:
                        visit(operand)
                    order.append(node)

            visit(self)
            self.grad = 1.0
            for node in reversed(order):
                for operand, partial in zip(node.operands, node.partials):  # noqa: B905  (plain)
                    operand.grad += partial * node.grad

    return Value


Value, SlottedValue = make(False), make(True)
