"""Take a gradient apart into a sum over paths: the chain rule, multiplied out.

d(result)/d(leaf) is the sum, over every path from the leaf to the result, of the product of the local derivatives along
it (F. L. Bauer, "Computational graphs and rounding error", 1974). A node that uses an operand twice, as ``a * a`` does,
gives two paths. The number of paths can double with every node: all are counted, some are listed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.core.engine import Value, row_of, topological_order
from autograd.core.number import whole_number
from autograd.symbols import format_number
from autograd.text.names import differential, names_of
from autograd.text.tables import MOST_ROWS, count_of_more, html_lines, html_table, table
from autograd.trace.record import Step
from autograd.transforms.linear_map import gradients_of

LIMIT = 10**100
"""Where counting stops."""
MAX_PATHS = 1000
_STORED = 2_000_000  # edges on all listed paths together

Edge = tuple[Any, ...]
"""An operand, the local derivative, and perhaps the step of a trace."""


class Path(NamedTuple):
    """One way from a leaf to the result."""

    names: tuple[str, ...]
    """The nodes on it, from the leaf to the result."""
    factors: tuple[float, ...]
    """The local derivative of each node with respect to the one before it."""
    product: float
    """The product of the local derivatives."""
    steps: tuple[Step, ...] = ()
    """In a trace, the steps of the backward pass along this path, from the result to the leaf."""

    def __repr__(self) -> str:
        return "<Path {}  {}  {}>".format(*self.cells())

    def cells(self) -> tuple[str, str, str]:
        """The nodes, the product and its value, as text."""
        factors = [f"({format_number(factor)})" for factor in self.factors] or ["1"]
        nodes = " -> ".join(_shortened(self.names)) + ":"
        return nodes, " * ".join(_shortened(factors)), f"= {format_number(self.product, 6)}"


class PathSum(NamedTuple):
    """A gradient as a sum over paths. Printed it is a text, in a notebook a table; of many paths the first."""

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
        """Whether all paths are listed, so that their products sum up to the gradient."""
        return len(self.paths) == self.total

    def __repr__(self) -> str:
        return f"<{self._sum()}>"

    def __str__(self) -> str:
        rows = [path.cells() for path in self.paths[:MOST_ROWS]]
        lines = table(rows, align="<<<", heading=False) if rows else []
        return "\n".join([self._heading(), *lines, *self._notes()])

    def _repr_html_(self) -> str:
        rows = html_table([path.cells() for path in self.paths[:MOST_ROWS]], align="<<<", heading=False)
        return html_lines(self._heading()) + (rows if self.paths else "") + html_lines("\n".join(self._notes()))

    def _sum(self) -> str:
        name = f"{differential(self.result)}/{differential(self.leaf)} = {format_number(self.gradient, 6)}"
        if not self.total:
            return f"{name}: no path leads from {self.leaf} to {self.result}"
        count = "at least 10^100" if self.total >= LIMIT else f"{self.total:,}"
        return f"{name}, the sum over {count} path{'s' if self.total > 1 else ''}"

    def _heading(self) -> str:
        return f"{self._sum()} of the product of the local derivatives:" if self.total else f"{self._sum()}."

    def _notes(self) -> list[str]:
        more = count_of_more(len(self.paths))
        notes = [f"{more} in the attribute paths"] if more else []
        if not self.is_complete:
            listed = format_number(math.fsum(path.product for path in self.paths), 6)
            notes.append(
                f"These are the first {len(self.paths):,} paths; their products sum to {listed}. Nobody walks all of "
                "them: the backward pass visits every node once and gets the whole sum."
            )
        return notes


def _shortened(parts: Sequence[str], most: int = 12) -> list[str]:
    if len(parts) <= most:
        return list(parts)
    return [*parts[: most // 2], f"({len(parts) - most:,} more)", *parts[-most // 2 :]]


def count_and_list(
    order: Sequence[Any], leaf: Hashable, edges: Callable[[Any], list[Edge]], names: Mapping[Any, str], max_paths: int
) -> tuple[int, tuple[Path, ...]]:
    """How many paths lead from `leaf` to the last node, and the first `max_paths` of them.

    Args:
        order: the nodes, operands first.
        leaf: the node to begin at.
        edges: gives the edges from a node to its operands.
        names: of the nodes.
        max_paths: how many to list. Fewer are listed if they have millions of edges.

    Raises:
        ValueError: if `max_paths` is negative.

    >>> graph = {"a": [], "b": [("a", 3.0), ("a", 4.0)]}
    >>> count_and_list(["a", "b"], "a", graph.get, {"a": "a", "b": "b"}, max_paths=1)
    (2, (<Path a -> b:  (3)  = 3>,))
    """
    max_paths = whole_number("max_paths", max_paths, 0)
    counts: dict[Any, int] = {}
    for node in order:
        count = 1 if node == leaf else sum(counts[edge[0]] for edge in edges(node) if edge[0] in counts)
        if count:
            counts[node] = min(count, LIMIT)
    result = order[-1]
    paths: list[Path] = []
    stored = 0
    for way, product in _walk(result, leaf, lambda node: [edge for edge in edges(node) if edge[0] in counts]):
        if len(paths) >= max_paths or stored >= _STORED:
            break
        paths.append(
            Path(
                (*(names[edge[0]] for edge in reversed(way)), names[result]),
                tuple(edge[1] for edge in reversed(way)),
                product,
                tuple(edge[2] for edge in way if len(edge) > 2),
            )
        )
        stored += len(way)
    return counts.get(result, 0), tuple(paths)


def _walk(start: Any, end: Any, onward: Callable[[Any], list[Edge]]) -> Iterator[tuple[list[Edge], float]]:
    """All paths, depth first."""
    if start == end:
        yield [], 1.0
        return
    way: list[Edge] = []
    products = [1.0]
    choices = [iter(onward(start))]
    while choices:
        edge = next(choices[-1], None)
        if edge is None:
            choices.pop()
            products.pop()
            if way:
                way.pop()
            continue
        way.append(edge)
        products.append(products[-1] * edge[1])
        if edge[0] == end:
            yield way, products[-1]
            choices.append(iter(()))
        else:
            choices.append(iter(onward(edge[0])))


# ---------------------------------------------------------------------- of a graph


def sum_over_paths(result: Value, leaf: Value, max_paths: int = MAX_PATHS) -> PathSum:
    """The gradient of `result` with respect to `leaf`, as a sum over all paths between them.

    The chain rule, multiplied out: see `autograd.trace.paths`. For a trace there is `Trace.paths_to`.

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
    edges = {node: node.edges for node in order if node.is_leaf or row_of(node)}
    total, paths = count_and_list(order, leaf, edges.__getitem__, names, max_paths)
    name = names.get(leaf) or leaf.label or "the other value"
    return PathSum(names[result], name, gradients_of(result).get(leaf, 0.0), total, paths)
