"""A gradient that is differentiated again; `grad` is a float but after create_graph=True."""

from __future__ import annotations

from autograd import Value


def main() -> None:
    x = Value(3.0)
    (x**3).backward(create_graph=True)
    slope, x.grad = x.grad, 0.0
    assert isinstance(slope, Value)
    slope.backward()
    print(slope.data, x.grad)
