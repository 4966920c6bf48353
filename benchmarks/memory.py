"""Bytes that a node with two operands takes, counted by tracemalloc, for Stepgrad and its peers.

python benchmarks/memory.py
"""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

LENGTH = 20_000


def bytes_per_node(value: type[Any]) -> tuple[float, float]:
    """In a chain of multiplications and additions: after the forward pass, and with the gradients."""
    x, w = value(1.0), value(1.000001)
    y = x * w
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(LENGTH // 2):
        y = y * w
        y = y + x
    forward = tracemalloc.get_traced_memory()[0] - before
    y.backward()
    gc.collect()  # some keep the lists of their walk until then
    backward = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return forward / LENGTH, backward / LENGTH


def stepgrad() -> Any:
    from autograd import Value

    return lambda: bytes_per_node(Value)


def plain() -> Any:
    from plain import Value

    return lambda: bytes_per_node(Value)


def micrograd() -> Any:
    from micrograd.engine import Value

    return lambda: bytes_per_node(Value)


def measure() -> dict[str, tuple[float, float]]:
    from turns import take_turns

    sides = ("stepgrad", "plain", "micrograd")
    measured = take_turns({name: f"memory:{name}" for name in sides}, turns=1, warm_up=1)
    return {name: tuple(turns[0][1]) for name, turns in measured.items()}


def main() -> None:
    for name, (forward, backward) in measure().items():
        print(f"{name:10} {forward:5.0f} bytes a node after the forward pass, {backward:5.0f} with gradients")


if __name__ == "__main__":
    main()
