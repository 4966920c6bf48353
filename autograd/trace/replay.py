"""Compute with a trace alone, without the program that made it: finite differences, and sums over paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from autograd.core.elementary import NO_FLOW
from autograd.core.number import as_integer
from autograd.core.ops import TABLE, Op
from autograd.trace.paths import Edge, PathSum, count_and_list
from autograd.trace.record import Node, Step
from autograd.transforms.numerical import slopes_of


def recompute(nodes: Sequence[Node], leaves: Mapping[int, float], rows: Mapping[str, Op] = TABLE) -> list[float]:
    """The data of every node, with other numbers for some leaves.

    Args:
        nodes: those of a trace.
        leaves: numbers by the positions of the leaves.
        rows: the operations by name.

    Raises:
        KeyError: if an operation of the trace is not in the table.

    >>> from autograd import Value, step_through
    >>> recompute(step_through(Value(2.0) * 3.0).nodes, {0: 5.0})
    [5.0, 15.0]
    """
    data: list[float] = []
    for node in nodes:
        data.append(computed(node, data, rows) if node.op else leaves.get(node.position, node.data))
    return data


def computed(node: Node, data: Sequence[float], rows: Mapping[str, Op]) -> float:
    """The data of a node, from those of its operands."""
    row = row_for(node, rows)
    if row is None:
        raise KeyError(f"the trace uses the operation {node.op!r}, which is not in the table; register it first")
    operands = [data[x] if isinstance(x, int) else x for x in node.operands]
    return float(row.value(*row.grouped(operands)))


def row_for(node: Node, rows: Mapping[str, Op]) -> Op | None:
    """The row that computes a node; None if there is none of its name that takes such arguments."""
    row = rows.get(node.op)
    return row if row and node.groups == groups_of(row, len(node.operands)) else None


def groups_of(op: Op, operands: int) -> tuple[int, ...]:
    """How many of so many operands each argument of an operation has.

    >>> groups_of(TABLE["mul"], 2), groups_of(TABLE["affine"], 7)
    ((1, 1), (3, 3, 1))
    """
    scalars = op.arity - op.vectors
    return ((operands - scalars) // op.vectors,) * op.vectors + (1,) * scalars if op.vectors else (1,) * scalars


def finite_differences(nodes: Sequence[Node], rows: Mapping[str, Op] = TABLE) -> dict[str, float]:
    """The derivative of the result with respect to each leaf, by its name: `numerical.slopes_of` the recomputed result.

    Raises:
        KeyError: if an operation of the trace is not in the table.
    """
    return {leaf.name: slopes_of(_along(nodes, leaf, rows), leaf.data).best.value for leaf in nodes if leaf.is_leaf}


def _along(nodes: Sequence[Node], leaf: Node, rows: Mapping[str, Op]) -> Callable[[float], float]:
    """The result as a function of one leaf: only the nodes that depend on it are computed anew."""
    depends = {leaf.position}
    for node in nodes:
        if not depends.isdisjoint(x for x in node.operands if isinstance(x, int)):
            depends.add(node.position)
    later = [node for node in nodes if node.position in depends and node is not leaf]
    data = [node.data for node in nodes]

    def result(x: float) -> float:
        data[leaf.position] = x
        for node in later:
            data[node.position] = computed(node, data, rows)
        return data[-1]

    return result


def paths_to(nodes: Sequence[Node], steps: Sequence[Step], node: int | str, max_paths: int) -> PathSum:
    """Every path from a node to the result: see `Trace.paths_to`."""
    count = len(nodes)
    position = _position(nodes, node)
    edges: list[list[Edge]] = [[] for _ in nodes]
    for step in steps:
        # A step through a branch not taken has product 0 even for an infinite upstream gradient.
        flows = step.product != 0 or math.isfinite(step.upstream)
        local = step.local if flows else NO_FLOW
        edges[step.node.position].append((step.operand.position, local, step))
    names = {node.position: node.name for node in nodes}
    total, paths = count_and_list(range(count), position, edges.__getitem__, names, max_paths)
    return PathSum(names[count - 1], names[position], nodes[position].grad, total, paths)


def _position(nodes: Sequence[Node], node: int | str) -> int:
    count = len(nodes)
    if not isinstance(node, str):
        position = as_integer(node)
        if position is None or not 0 <= position < count:
            raise IndexError(f"a node is asked for by its position, 0 to {count - 1}, or its name, got {node!r}")
        return position
    found = [other.position for other in nodes if other.name == node]
    if len(found) != 1:
        what = f"{len(found)} nodes of the trace are" if found else "no node of the trace is"
        raise ValueError(f"{what} called {node!r}; pass a position, 0 to {count - 1}, or the name of one node")
    return found[0]
