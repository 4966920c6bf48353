"""Computing with a trace alone, without the program that made it: finite differences, and sums over paths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from autograd.ops import TABLE, Op
from autograd.steps import Node, Path, Paths, Step

TYPE_CHECKING = False  # a trace computes with this module, which therefore cannot import it
if TYPE_CHECKING:
    from autograd.trace import Trace

MAX_PATHS = 1000
_STORED = 2_000_000  # steps on all listed paths together


def recompute(trace: Trace, leaves: Mapping[int, float], rows: Mapping[str, Op] = TABLE) -> list[float]:
    """The data of every node, with other numbers for some leaves.

    Args:
        trace: the trace.
        leaves: numbers by the positions of the leaves.
        rows: the operations by name.

    Raises:
        KeyError: if an operation of the trace is not in the table.

    >>> from autograd import Value, step_through
    >>> recompute(step_through(Value(2.0) * 3.0), {0: 5.0})
    [5.0, 15.0]
    """
    data: list[float] = []
    for node in trace.nodes:
        data.append(_computed(node, data, rows) if node.op else leaves.get(node.position, node.data))
    return data


def _computed(node: Node, data: list[float], rows: Mapping[str, Op]) -> float:
    if node.op not in rows:
        raise KeyError(f"the trace uses the operation {node.op!r}, which is not in the table; register it first")
    row = rows[node.op]
    operands = [data[x] if isinstance(x, int) else x for x in node.operands]
    return float(row.value(*row.grouped(operands)))


def finite_differences(trace: Trace, rows: Mapping[str, Op] = TABLE, eps: float = 1e-6) -> dict[str, float]:
    """For each leaf (f(x + h) - f(x - h)) / 2h, by its name, with the step h of `numerical_gradient`."""
    slopes = {}
    for leaf in trace.nodes:
        if not leaf.is_leaf:
            continue
        h = eps * max(1.0, abs(leaf.data))
        above, below = leaf.data + h, leaf.data - h
        rise = recompute(trace, {leaf.position: above}, rows)[-1] - recompute(trace, {leaf.position: below}, rows)[-1]
        slopes[leaf.name] = rise / (above - below)
    return slopes


def paths_to(trace: Trace, position: int, max_paths: int) -> Paths:
    """Every path from the result to a node: see `Trace.paths_to`."""
    count = len(trace.nodes)
    if not isinstance(position, int) or not 0 <= position < count:
        raise IndexError(f"the trace has nodes 0 to {count - 1}, got {position!r}")
    counts = [0] * count
    counts[position] = 1
    edges: list[list[Step]] = [[] for _ in trace.nodes]
    for step in trace.steps:
        edges[step.node.position].append(step)
    for node in trace.nodes[position + 1 :]:
        counts[node.position] = sum(counts[step.operand.position] for step in edges[node.position])
    onward = [[step for step in steps if counts[step.operand.position]] for steps in edges]
    paths: list[Path] = []
    stored = 0
    for path in _walk(count - 1, position, onward) if counts[-1] and max_paths else ():
        paths.append(path)
        stored += len(path.steps)
        if len(paths) >= max_paths or stored >= _STORED:
            break
    return Paths(counts[-1], tuple(paths))


def _walk(start: int, end: int, onward: list[list[Step]]) -> Iterator[Path]:
    """All paths, depth first."""
    if start == end:
        yield Path((), 1.0)
        return
    way: list[Step] = []
    products = [1.0]
    choices: list[Any] = [iter(onward[start])]
    while choices:
        step = next(choices[-1], None)
        if step is None:
            choices.pop()
            products.pop()
            if way:
                way.pop()
            continue
        way.append(step)
        products.append(_times(products[-1], step))
        if step.operand.position == end:
            yield Path(tuple(way), products[-1])
            choices.append(iter(()))
        else:
            choices.append(iter(onward[step.operand.position]))


def _times(product: float, step: Step) -> float:
    # Where nothing flows, as through a branch not taken, not even an infinity does; the step knows.
    if step.local == 0 and step.product == 0 and not math.isfinite(product):
        return 0.0
    return product * step.local
