"""The engine by itself: bytes a node, and nanoseconds a node for chains of many lengths.

python benchmarks/engine.py
"""

from __future__ import annotations

import time
import tracemalloc

from autograd import Value


def chain(length: int) -> Value:
    """A chain of multiplications and additions, `length` nodes long."""
    x = Value(1.0)
    y = x
    for _ in range(length // 2):
        y = y * 1.000001
        y = y + x
    return y


def bytes_per_node(length: int = 100_000) -> tuple[float, float]:
    """Of a chain of operations on two Values, after the forward pass and after the backward pass."""
    x, w = Value(1.0), Value(1.000001)
    y = x * w
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(length // 2):
        y = y * w
        y = y + x
    forward = tracemalloc.get_traced_memory()[0] - before
    y.backward()
    backward = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return forward / length, backward / length


def main() -> None:
    forward, backward = bytes_per_node()
    print(
        f"bytes a node with two operands: {forward:.0f} after the forward pass, {backward:.0f} after the backward pass"
    )
    for length in (1_000, 10_000, 100_000, 1_000_000):
        repeats = max(1, 100_000 // length)
        start = time.perf_counter()
        roots = [chain(length) for _ in range(repeats)]
        middle = time.perf_counter()
        for root in roots:
            root.backward()
        end = time.perf_counter()
        del root
        roots.clear()
        freed = time.perf_counter()
        nodes = length * repeats
        print(
            f"a chain of {length:9,} nodes: forward {(middle - start) / nodes * 1e9:4.0f} ns, backward "
            f"{(end - middle) / nodes * 1e9:4.0f} ns, freed {(freed - end) / nodes * 1e9:4.0f} ns a node"
        )


if __name__ == "__main__":
    main()
