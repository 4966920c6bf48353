"""Functions that are decorated keep their signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

from autograd import Value, detect_anomaly, enable_grad, gc_paused, is_grad_enabled, no_grad


@no_grad()
def scaled(x: Value, factor: float = 2.0) -> Value:
    return x * factor


@no_grad
def halves(x: Value) -> Iterator[Value]:
    while x > 1:
        x = x / 2
        yield x


@enable_grad()
def product(x: Value, y: Value) -> Value:
    return x * y


class Model:
    def __init__(self) -> None:
        self.weight = Value(1.0)

    @no_grad()
    def predict(self, x: float, *, times: int = 1) -> list[float]:
        return [(self.weight * x).data] * times


def main() -> None:
    x = Value(8.0)
    assert_type(scaled(x, factor=3), Value)
    assert_type(next(halves(x)), Value)
    assert_type(Model().predict(2.0, times=2), list[float])
    with no_grad(), gc_paused():
        print(is_grad_enabled(), product(x, x).is_leaf)
    with detect_anomaly(allow_inf=True) as detection:
        assert_type(detection, detect_anomaly)
