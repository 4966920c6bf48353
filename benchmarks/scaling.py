"""Nanoseconds a node, from a thousand nodes to ten million: forward, backward and freeing together.

The engine's own work a node is the same at any size. Python's collector of cycles is what spoils it: it looks through
every living node again and again, and never finds a cycle, because graphs here have none. Each size is measured with
the collector as Python starts it, up to a million, and with the collector paused for the duration of the work. The
sizes of one shape are compared with each other, so time is the processor's, in which other programs count less.
What the operating system's kernel takes is counted apart: it hands out memory page by page, which costs nothing while
a program uses the same pages again, and on a virtual machine as much as the work itself once 2 GB are asked for.

    python benchmarks/scaling.py
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from turns import take_turns

LENGTHS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def chain(length: int) -> Any:
    """As deep as it has nodes: each is computed from the one before it."""
    from autograd import Value

    x, w = Value(1.0), Value(1.0000001)
    y = x * w
    for _ in range(length // 2):
        y = y * w
        y = y + x
    return y


def wide(length: int) -> Any:
    """As shallow as can be: products that all use one leaf, added up in pairs, pairs of pairs, and so on."""
    from autograd import Value

    x, w = Value(1.0), Value(1.0000001)
    row = [x * w for _ in range((length + 1) // 2)]
    while len(row) > 1:
        odd = row[len(row) // 2 * 2 :]
        row = [a + b for a, b in zip(row[::2], row[1::2], strict=False)] + odd
    return row[0]


@contextmanager
def collector_paused() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _pass(make: Callable[[int], Any], length: int) -> list[float]:
    repeats = max(1, 200_000 // length)
    times = []
    kernel_before = _kernel_seconds()
    for _ in range(repeats):
        start = time.process_time()
        root = make(length)
        forward = time.process_time()
        root.backward()
        backward = time.process_time()
        del root
        times.append((forward - start, backward - forward, time.process_time() - backward))
    seconds = [sum(column) / repeats for column in zip(*times, strict=True)]
    seconds.append((_kernel_seconds() - kernel_before) / repeats)
    return [part / length * 1e9 for part in seconds]


def _kernel_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_stime


def collecting(make: Callable[[int], Any], length: int) -> list[float]:
    return _pass(make, length)


def paused(make: Callable[[int], Any], length: int) -> list[float]:
    with collector_paused():
        return _pass(make, length)


def sides() -> dict[str, Callable[[], list[float]]]:
    """Every measurement by name, as "paused_chain_1000"."""
    graphs = [(make, length) for make in (chain, wide) for length in LENGTHS]
    chosen = [(how, make, length) for how in (paused, collecting) for make, length in graphs]
    # The largest take half a minute each with the collector on, and show nothing that a million does not.
    chosen = [(how, make, length) for how, make, length in chosen if how is paused or length <= 1_000_000]
    return {f"{how.__name__}_{make.__name__}_{length}": partial(how, make, length) for how, make, length in chosen}


def __getattr__(name: str) -> Any:
    """A side, for the process that runs it."""
    if name not in sides():
        raise AttributeError(name)
    return lambda: sides()[name]


def measure(turns: int = 5, turns_of_ten_million: int = 2) -> dict[str, list[float]]:
    """For each side nanoseconds a node of forward pass, backward pass, freeing, and of these the kernel's.

    Of several turns the quickest, as it is the one that other programs disturbed least.
    """
    names = {name: f"scaling:{name}" for name in sides()}
    largest = {name: work for name, work in names.items() if name.endswith("_10000000")}
    others = {name: work for name, work in names.items() if name not in largest}
    measured = take_turns(others, turns, warm_up=1)
    for name, work in largest.items():  # one after the other, for they need 2 GB each
        measured |= take_turns({name: work}, turns_of_ten_million, warm_up=0)
    return {name: min((answer for _, answer in measured[name]), key=own) for name in names}


def own(times: list[float]) -> float:
    """Nanoseconds a node without the kernel's part."""
    *parts, kernel = times
    return sum(parts) - kernel


def spreads(measured: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    """The least and the greatest total, without the kernel's part, of each shape: "paused_chain", and so on."""
    totals: dict[str, list[float]] = {}
    for name, times in measured.items():
        totals.setdefault(name.rpartition("_")[0], []).append(own(times))
    return {name: (min(those), max(those)) for name, those in totals.items()}


def main() -> None:
    measured = measure()
    for name, (forward, backward, freed, kernel) in measured.items():
        print(
            f"{name:28} forward {forward:4.0f}  backward {backward:4.0f}  freed {freed:4.0f}  "
            f"together {own([forward, backward, freed, kernel]):5.0f} ns a node, and {kernel:4.0f} in the kernel"
        )
    for name, (least, greatest) in spreads(measured).items():
        print(f"{name}: {least:.0f} to {greatest:.0f} ns a node, a factor of {greatest / least:.2f}")


if __name__ == "__main__":
    main()
