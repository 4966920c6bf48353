"""An operation of one's own, which a type checker cannot know by name: `apply` takes the row itself."""

from __future__ import annotations

from typing import assert_type

from autograd import Op, Value, apply, register, unregister


def main() -> None:
    cube = register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    try:
        x = Value(2.0)
        y = apply(cube, x) + 1
        assert_type(y, Value)
        y.backward()
        print(x.grad)
    finally:
        unregister("cube")
