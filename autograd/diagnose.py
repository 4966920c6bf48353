"""Questions to ask a finished graph: where are its kinks, along which paths does a gradient come, does it arrive.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b; c.label = "c"
    >>> L = c * 2 + a; L.label = "L"
    >>> print(sum_over_paths(L, a))
    dL/da = -5, the sum over 2 paths of the product of the local derivatives:
    a -> c -> v1 -> L:  (-3) * (2) * (1)  = -6
    a -> L:             (1)               = 1

All of these read the graph and change nothing in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from autograd.engine import Value
from autograd.graph import topological_order
from autograd.symbols import format_number
from autograd.trace import _d as differential
from autograd.trace import _names as names_of
from autograd.trace import _row as row_of
from autograd.trace import _table as table
from autograd.vector import Vector

# ---------------------------------------------------------------------- kinks


class Kink(NamedTuple):
    """An operand that stands exactly where the derivative of an operation jumps or does not exist."""

    node: str
    """The name of the result."""
    op: str
    operand: str
    """The name of the operand."""
    slot: int
    """Which operand of the operation this is, from 0."""
    at: float
    """The operand's number."""
    left: float
    """The slope from below: the operand alone is moved, the others are held."""
    used: float
    """The local derivative that the backward pass uses: the convention."""
    right: float
    """The slope from above."""


class Kinks(list[Kink]):
    """The kinks of a graph, as a list; printed, as a table."""

    def __str__(self) -> str:
        if not self:
            return "No node sits on a kink: every local derivative is the slope on both sides."
        rows = [("node", "operation", "operand", "at", "slope below", "used", "slope above")]
        for kink in self:
            numbers = map(format_number, (kink.at, kink.left, kink.used, kink.right))
            at, left, used, right = numbers
            rows.append((kink.node, kink.op, kink.operand, at, left, used, right))
        return "\n".join(table(rows, align="<<<>>>>"))


def kinks(result: Value) -> Kinks:
    """Every place in a graph where an operation sits exactly on a kink, such as relu at 0.

    There the derivative is a convention; any number between the two one-sided slopes would do as well (it is then
    called a subgradient). The slopes are measured with the forward rule of the row on either side.

    Args:
        result: the Value whose graph is searched.

    Returns:
        A record for every operand that a move would take off the kink.

    >>> print(kinks(Value(0.0, "x").relu()))
    node  operation  operand  at  slope below  used  slope above
    ----  ---------  -------  --  -----------  ----  -----------
    v1    relu       x         0            0     0            1
    """
    order = topological_order(result)
    names = names_of(order)
    found = Kinks()
    for node in order:
        op = node.op
        if op is None or op.kinks is None:
            continue
        numbers = _numbers(node)
        if not _on_kink(op, numbers):
            continue
        for slot, (operand, local) in enumerate(zip(node.operands, node.local_derivatives, strict=True)):
            if local is None or not isinstance(operand, Value):
                continue
            step = _step(numbers[slot])
            if all(_on_kink(op, _moved(numbers, slot, by)) for by in (-step, step)):
                continue  # the kink is a matter of other operands
            left, right = (_slope(op, numbers, slot, by) for by in (-step, step))
            found.append(Kink(names[node], op.name, names[operand], slot, numbers[slot], left, local, right))
    return found


def _numbers(node: Value) -> list[float]:
    """The operands as numbers, vectors laid end to end; of a vector those that it had in the forward pass."""
    parts = node._a if node._a.__class__ is tuple else node.operands
    return [x for part in parts for x in (part.data if isinstance(part, Vector) else [float(part)])]


def _on_kink(op: Any, numbers: Sequence[float]) -> bool:
    try:
        distance = op.kinks(*op.grouped(numbers))
    except (ArithmeticError, ValueError):  # not even defined there
        return False
    return any(x == 0 for x in distance) if isinstance(distance, list | tuple) else bool(distance == 0)


def _step(x: float) -> float:
    """A power of two, so that nothing is lost in x + step, about 1e-5 of x."""
    return math.ldexp(1.0, max(math.frexp(x)[1], 0) - 17) if math.isfinite(x) else 1.0


def _moved(numbers: Sequence[float], slot: int, by: float) -> list[float]:
    return [*numbers[:slot], numbers[slot] + by, *numbers[slot + 1 :]]


def _slope(op: Any, numbers: Sequence[float], slot: int, step: float) -> float:
    """The slope on one side; infinite where it grows without bound as the step shrinks."""

    def secant(by: float) -> float:
        here, there = (float(op.value(*op.grouped(x))) for x in (numbers, _moved(numbers, slot, by)))
        return (there - here) / by

    coarse, fine = secant(step), secant(step / 2)
    if abs(fine) > 100 and abs(fine) > 1.2 * abs(coarse):  # a jump doubles it, a square root takes it times 1.4
        return math.copysign(math.inf, fine)
    slope = 2 * fine - coarse  # Richardson's extrapolation: the error of the first order cancels
    return slope if math.isfinite(slope) else fine


# ---------------------------------------------------------------------- sums over paths


class Path(NamedTuple):
    """One way from a leaf to the result."""

    names: tuple[str, ...]
    """The nodes on it, from the leaf to the result."""
    factors: tuple[float, ...]
    """The local derivative of each node with respect to the one before it."""
    product: float


class PathSum(NamedTuple):
    """A gradient as a sum over paths. Printed, as a text."""

    result: str
    leaf: str
    gradient: float
    """From the chain rule, node by node: what `backward` gives."""
    total: int
    """How many paths there are; `LIMIT` stands for that many or more."""
    paths: tuple[Path, ...]
    """The paths, or the first of them."""

    @property
    def is_complete(self) -> bool:
        """Whether all paths are listed."""
        return len(self.paths) == self.total

    def __str__(self) -> str:
        number = format_number(self.gradient, 6)
        name = f"{differential(self.result)}/{differential(self.leaf)}"
        if not self.total:
            return f"{name} = {number}: no path leads from {self.leaf} to {self.result}."
        plural = "s" if self.total > 1 else ""
        count = "at least 10^100" if self.total >= LIMIT else f"{self.total:,}"
        lines = [f"{name} = {number}, the sum over {count} path{plural} of the product of the local derivatives:"]
        rows = []
        for path in self.paths:
            factors = [f"({format_number(factor)})" for factor in path.factors] or ["1"]
            nodes = " -> ".join(_shortened(path.names)) + ":"
            rows.append((nodes, " * ".join(_shortened(factors)), f"= {format_number(path.product, 6)}"))
        lines += table(rows, align="<<<", heading=False)
        if not self.is_complete:
            listed = format_number(math.fsum(path.product for path in self.paths), 6)
            lines.append(
                f"These are the first {len(self.paths):,} paths; their products sum to {listed}. Nobody walks all of "
                "them: the backward pass visits every node once and gets the whole sum."
            )
        return "\n".join(lines)


LIMIT = 10**100
_STORED = 2_000_000  # nodes on all listed paths together


def sum_over_paths(result: Value, leaf: Value, max_paths: int = 1000) -> PathSum:
    """The gradient of `result` with respect to `leaf`, as a sum over all paths between them.

    The chain rule, multiplied out: d(result)/d(leaf) is the sum, over every path from leaf to result, of the product
    of the local derivatives along it (F. L. Bauer, "Computational graphs and rounding error", 1974). A node that
    uses an operand twice, as ``a * a`` does, gives two paths. The number of paths can double with every node; they
    are counted from node to node, and at most `max_paths` are listed.

    Args:
        result: the Value to differentiate.
        leaf: the Value to differentiate with respect to; any node will do.
        max_paths: how many paths to list. Fewer are listed if they have millions of nodes.

    Raises:
        TypeError: if a node in the graph was made by hand with a rule of its own.

    >>> a = Value(3.0, "a")
    >>> print(sum_over_paths(a * a, a))
    dv1/da = 6, the sum over 2 paths of the product of the local derivatives:
    a -> v1:  (3)  = 3
    a -> v1:  (3)  = 3
    """
    if max_paths < 0:
        raise ValueError(f"max_paths is how many paths to list, 0 or more, got {max_paths}")
    order = topological_order(result)
    names = names_of(order)
    counts: dict[Value, int] = {}
    for node in order:
        count = 1 if node is leaf else sum(counts[operand] for operand, _ in _edges(node) if operand in counts)
        if count:
            counts[node] = min(count, LIMIT)
    gradient = _gradients(order).get(leaf, 0.0)
    paths = []
    stored = 0
    for path in _paths(result, leaf, counts, names) if counts.get(result) and max_paths else ():
        paths.append(path)
        stored += len(path.names)
        if len(paths) >= max_paths or stored >= _STORED:
            break
    name = names.get(leaf) or leaf.label or "the other value"
    return PathSum(names[result], name, gradient, counts.get(result, 0), tuple(paths))


def _paths(result: Value, leaf: Value, counts: dict[Value, int], names: dict[Value, str]) -> Iterator[Path]:
    """All paths, depth first from the result, by steps to operands that lead on to the leaf."""
    nodes, products = [result], [1.0]
    factors: list[float] = []
    choices = [_steps(result, counts)]
    if result is leaf:
        yield Path((names[result],), (), 1.0)
        return
    while choices:
        step = next(choices[-1], None)
        if step is None:
            choices.pop()
            nodes.pop()
            products.pop()
            if factors:
                factors.pop()
            continue
        operand, local = step
        nodes.append(operand)
        factors.append(local)
        products.append(products[-1] * local)
        if operand is leaf:
            yield Path(tuple(names[node] for node in reversed(nodes)), tuple(reversed(factors)), products[-1])
            choices.append(iter(()))
        else:
            choices.append(_steps(operand, counts))


def _steps(node: Value, counts: dict[Value, int]) -> Iterator[tuple[Value, float]]:
    return iter([(operand, local) for operand, local in _edges(node) if operand in counts])


def _edges(node: Value) -> list[tuple[Value, float]]:
    """The operands of a node that are Values, with the local derivatives."""
    if node.is_leaf:
        return []
    row_of(node)  # an error for a node made by hand
    pairs = zip(node.operands, node.local_derivatives, strict=True)
    return [(operand, local) for operand, local in pairs if local is not None]  # type: ignore[misc]


def _gradients(order: Sequence[Value]) -> dict[Value, float]:
    """What `backward` computes, without touching a `grad`."""
    gradients = dict.fromkeys(order, 0.0)
    gradients[order[-1]] = 1.0
    for node in reversed(order):
        upstream = gradients[node]
        for operand, local in _edges(node):
            gradients[operand] += upstream * local
    return gradients


def _shortened(parts: Sequence[str], most: int = 12) -> list[str]:
    if len(parts) <= most:
        return list(parts)
    return [*parts[: most // 2], f"({len(parts) - most:,} more)", *parts[-most // 2 :]]


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
        TypeError: if a node in the graph was made by hand with a rule of its own.

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
