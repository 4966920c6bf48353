"""Gradients of functions, of numbers and of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

from autograd import Value, grad, gradcheck, gradgradcheck, hvp, jacobian, value_and_grad


def bowl(point: Sequence[Value]) -> Value:
    x, y = point
    return (x - 1) ** 2 + x * y.exp()


def cubic(x: Value) -> Value:
    return x**3 - x


def main() -> None:
    assert_type(grad(cubic)(2), float)
    assert_type(grad(cubic)(Value(2.0)), Value)
    assert_type(grad(grad(cubic))(2.0), float)
    assert_type(grad(lambda x: x * x)(1.0), float)
    point = [1.0, 2.0]
    for _ in range(3):
        value, slopes = value_and_grad(bowl)(point)
        assert_type(value, float)
        assert_type(slopes, list[float])
        point = [x - 0.1 * slope for x, slope in zip(point, slopes, strict=True)]
    parts: tuple[Any, Any] = grad(lambda x, y: (x * y, "aux"), argnums=(0, 1), has_aux=True)(2.0, 3.0)
    assert_type(gradcheck(cubic, [0.5]) and gradgradcheck(cubic, [0.5]), bool)
    print(parts, jacobian(bowl)(point), hvp(bowl, (point,), ([1.0, 0.0],)))
