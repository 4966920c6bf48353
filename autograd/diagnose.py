"""Questions to ask a program that computes derivatives and does not do what was meant.

- Where did the first NaN or infinity come from? `detect_anomaly`, in `anomaly.py`
- Is a graph out of date, are gradients left over, is a parameter not reached? `warn_on_stale_graphs` and `unreached`,
  in `stale.py`
- Where does a graph sit on a kink, and which slope is used there? `kinks`, in `corners.py`
- Along which paths does a gradient come? `sum_over_paths`
- Does it arrive? `gradient_flow`

The last three read a graph and change nothing in it.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b; c.label = "c"
    >>> L = c * 2 + a; L.label = "L"
    >>> print(sum_over_paths(L, a))
    dL/da = -5, the sum over 2 paths of the product of the local derivatives:
    a -> c -> v1 -> L:  (-3) * (2) * (1)  = -6
    a -> L:             (1)               = 1
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from autograd.anomaly import AnomalyError, detect_anomaly
from autograd.corners import Kink, Kinks, kinks
from autograd.elementary import NO_FLOW
from autograd.engine import Value
from autograd.graph import topological_order
from autograd.paths import LIMIT, MAX_PATHS, Path, PathSum, count_and_list
from autograd.stale import GraphWarning, unreached, warn_on_stale_graphs
from autograd.symbols import format_number
from autograd.vector import Vector
from autograd.wording import names_of, row_of, table

__all__ = [
    "LIMIT",
    "AnomalyError",
    "Flow",
    "GradientFlow",
    "GraphWarning",
    "Kink",
    "Kinks",
    "Path",
    "PathSum",
    "detect_anomaly",
    "gradient_flow",
    "kinks",
    "sum_over_paths",
    "unreached",
    "warn_on_stale_graphs",
]

# ---------------------------------------------------------------------- sums over paths


def sum_over_paths(result: Value, leaf: Value, max_paths: int = MAX_PATHS) -> PathSum:
    """The gradient of `result` with respect to `leaf`, as a sum over all paths between them.

    The chain rule, multiplied out: see `autograd.paths`. For a trace, ask its `paths_to`.

    Args:
        result: the Value to differentiate.
        leaf: the Value to differentiate with respect to; any node will do.
        max_paths: how many paths to list. Fewer are listed if they have millions of nodes.

    Raises:
        TypeError: if something is not a Value, or a node in the graph was made by hand with a rule of its own.
        ValueError: if `max_paths` is negative.

    >>> a = Value(3.0, "a")
    >>> print(sum_over_paths(a * a, a))
    dv1/da = 6, the sum over 2 paths of the product of the local derivatives:
    a -> v1:  (3)  = 3
    a -> v1:  (3)  = 3
    """
    order = topological_order(result)
    if not isinstance(leaf, Value):
        raise TypeError(
            f"sum_over_paths takes the Value to differentiate by, got {leaf!r} of type {type(leaf).__name__}; pass a "
            "Value of the graph, such as a leaf"
        )
    names = names_of(order)
    total, paths = count_and_list(order, leaf, _edges, names, max_paths)
    name = names.get(leaf) or leaf.label or "the other value"
    return PathSum(names[result], name, _gradients(order).get(leaf, 0.0), total, paths)


def _edges(node: Value) -> list[tuple[Value, float]]:
    """The operands of a node that are Values, with the local derivatives.

    From the slots of the node, as the backward pass reads them: a third of the time that `local_derivatives` takes,
    and where nothing flows an infinite gradient leaves nothing either.
    """
    a, b = node._a, node._b
    if a is None:
        return []
    row_of(node)  # an error for a node made by hand
    if a.__class__ is not tuple:
        parts = [(a, node._da)] if b is None else [(a, node._da), (b, node._db)]
    else:
        parts = []
        for operand, slope in zip(a, node._da, strict=True):
            if operand.__class__ is not Vector:
                parts.append((operand, slope))
            elif slope is not None:
                parts += zip(operand.elements, slope, strict=True)
    return [(x, NO_FLOW if slope is None else slope) for x, slope in parts if x.__class__ is not float]


def _gradients(order: Sequence[Value]) -> dict[Value, float]:
    """What `backward` computes, without touching a `grad`."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[-1]] = 1.0
    for node in reversed(order):
        upstream = gradients[node]
        for operand, local in _edges(node):
            gradients[operand] += upstream * local
    return gradients


# ---------------------------------------------------------------------- gradient flow


class Flow(NamedTuple):
    """The gradients of some nodes in numbers: one row of the table."""

    name: str
    """The operation, "(leaf)" for leaves; or the depth, a range if several are taken together."""
    nodes: int
    smallest: float
    """The smallest |gradient|."""
    mean: float
    largest: float
    zeros: float
    """The share of gradients that are exactly 0."""
    verdict: str
    """"ok", "no gradient", "vanishing", "exploding" or "not finite"."""


class GradientFlow(NamedTuple):
    """How large the gradients in a graph are. Printed, as two tables."""

    result: str
    operations: tuple[Flow, ...]
    """One row for each operation, the most frequent first."""
    depths: tuple[Flow, ...]
    """One row for each depth, or for several: how many steps a node is away from the result, along the longest way."""

    def __str__(self) -> str:
        lines = [f"|gradient| of {self.result} with respect to each node, where that of {self.result} itself is 1.", ""]
        for title, rows in (("operation", self.operations), ("depth", self.depths)):
            cells = [(title, "nodes", "smallest", "mean", "largest", "exactly 0", "verdict")]
            for row in rows:
                numbers = map(format_number, (row.smallest, row.mean, row.largest))
                cells.append((row.name, f"{row.nodes:,}", *numbers, f"{row.zeros:.0%}", row.verdict))  # type: ignore[arg-type]
            lines += [*table(cells, align="<>>>>><"), ""]
        return "\n".join(lines[:-1])


def gradient_flow(
    result: Value, *, vanishing: float = 1e-6, exploding: float = 1e6, max_rows: int = 20
) -> GradientFlow:
    """How large the gradients are that reach each kind of operation and each depth of a graph.

    Args:
        result: the Value to differentiate.
        vanishing: where no gradient is larger than this, the verdict is "vanishing".
        exploding: where a gradient is larger than this, it is "exploding".
        max_rows: rows of the table of depths; of a deeper graph several depths are taken together.

    Raises:
        TypeError: if something is not a Value, or a node in the graph was made by hand with a rule of its own.

    >>> x = Value(3.0, "x")
    >>> print(gradient_flow(x.tanh().tanh()))
    |gradient| of v2 with respect to each node, where that of v2 itself is 1.
    <BLANKLINE>
    operation  nodes  smallest      mean   largest  exactly 0  verdict
    ---------  -----  --------  --------  --------  ---------  -------
    tanh           2    0.4231    0.7116         1         0%  ok
    (leaf)         1  0.004175  0.004175  0.004175         0%  ok
    <BLANKLINE>
    depth  nodes  smallest      mean   largest  exactly 0  verdict
    -----  -----  --------  --------  --------  ---------  -------
    0          1         1         1         1         0%  ok
    1          1    0.4231    0.4231    0.4231         0%  ok
    2          1  0.004175  0.004175  0.004175         0%  ok
    """
    if max_rows < 1:
        raise ValueError(f"max_rows must be 1 or more, got {max_rows}")
    order = topological_order(result)
    gradients = _gradients(order)
    depth = dict.fromkeys(order, 0)
    for node in reversed(order):
        for operand, _ in _edges(node):
            depth[operand] = max(depth[operand], depth[node] + 1)
    deepest = max(depth.values())
    together = deepest // max_rows + 1
    by_operation: dict[str, list[float]] = {}
    by_depth: dict[int, list[float]] = {}
    for node in order:
        size = abs(gradients[node])
        by_operation.setdefault(row_of(node).name if not node.is_leaf else "(leaf)", []).append(size)
        by_depth.setdefault(depth[node] // together, []).append(size)

    def row(name: str, sizes: list[float]) -> Flow:
        largest = math.nan if any(map(math.isnan, sizes)) else max(sizes)
        smallest = largest if math.isnan(largest) else min(sizes)
        verdict = "ok"
        if not math.isfinite(largest):
            verdict = "not finite"
        elif largest == 0:
            verdict = "no gradient"
        elif largest < vanishing:
            verdict = "vanishing"
        elif largest > exploding:
            verdict = "exploding"
        zeros = sizes.count(0.0) / len(sizes)
        return Flow(name, len(sizes), smallest, sum(sizes) / len(sizes), largest, zeros, verdict)

    def depths(band: int) -> str:
        first, last = band * together, min((band + 1) * together - 1, deepest)
        return str(first) if first == last else f"{first}-{last}"

    return GradientFlow(
        names_of(order)[result],
        tuple(row(name, sizes) for name, sizes in sorted(by_operation.items(), key=lambda item: -len(item[1]))),
        tuple(row(depths(band), by_depth[band]) for band in sorted(by_depth)),
    )
