"""One neuron, made of numbers."""

from __future__ import annotations

from typing import assert_type

import autograd
from autograd import Value


def main() -> None:
    x, w, b = Value(2.0, "x"), Value(-3, label="w"), Value(6.88)
    y = (w * x + b).tanh()
    assert_type(y, Value)
    y.backward()
    slope = w.grad
    assert_type(slope, float)
    w.data -= 0.1 * slope
    w.grad = 0.0
    b.requires_grad = False
    assert_type(1 - 2 * x**2 / 3 + 2**x - abs(-x) % 2, Value)
    assert_type(x.clamp(0.0, max=w).leaky_relu(negative_slope=0.2).maximum(1), Value)
    assert_type(autograd.tanh(0.5), float)
    assert_type(autograd.tanh(x), Value)
    assert_type(autograd.maximum(x, 0), Value)
    assert_type(autograd.maximum(0.0, other=x), Value)
    assert_type(autograd.clamp(2, max=1.0), float)
    assert_type(x > 0, bool)
    assert_type(float(x) + x.item() + round(x, 2), float)
    print(f"{y.data:.4f}", y.op, y.edges, x.label.upper())
