"""Measure the gradients in each part of a graph, to see where they vanish and where they explode."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from autograd.core.elementary import total
from autograd.core.engine import Value, row_of, topological_order
from autograd.core.number import whole_number
from autograd.diagnostics.flat import without_slope
from autograd.program.variables import names_in_program
from autograd.symbols import format_number
from autograd.text.names import listed, names_of
from autograd.text.tables import html_lines, html_table, table
from autograd.transforms.linear_map import gradients_of

ALIGN = "<>>>>><"


class Flow(NamedTuple):
    """Statistics of the gradients of some nodes: one row of a table."""

    name: str
    """The operation, "(leaf)" for leaves; or the depth, or a range of depths."""
    nodes: int
    smallest: float
    """The smallest |gradient|."""
    mean: float
    largest: float
    zeros: float
    """The share of gradients that are exactly 0."""
    verdict: str
    """"ok", "no gradient", "vanishing", "exploding" or "not finite"."""

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        numbers = map(format_number, (self.smallest, self.mean, self.largest))
        return self.name, f"{self.nodes:,}", *numbers, f"{self.zeros:.0%}", self.verdict


class GradientFlow(NamedTuple):
    """How large the gradients in a graph are. `str` gives two tables, and so does a notebook."""

    result: str
    operations: tuple[Flow, ...]
    """One row for each operation, the most frequent first."""
    depths: tuple[Flow, ...]
    """One row for each depth, or range of depths. The depth is the length of the longest path to the result."""
    note: str = ""
    """Which leaves no gradient can reach, because every path crosses a flat operation such as floor; else empty."""

    def __repr__(self) -> str:
        found = dict.fromkeys(row.verdict for row in self.depths)
        return f"<GradientFlow to {self.result}: {len(self.depths)} depths, {', '.join(found)}>"

    def __str__(self) -> str:
        tables = ("\n".join(table(cells, align=ALIGN)) for cells in self._tables())
        return "\n\n".join([self._heading(), *tables, *filter(None, [self.note])])

    def _repr_html_(self) -> str:
        tables = "".join(html_table(cells, align=ALIGN) for cells in self._tables())
        return html_lines(self._heading()) + tables + html_lines(self.note)

    def _heading(self) -> str:
        return f"|gradient| of {self.result} with respect to each node, where that of {self.result} itself is 1."

    def _tables(self) -> Iterator[list[tuple[str, ...]]]:
        for title, rows in (("operation", self.operations), ("depth", self.depths)):
            yield [
                (title, "nodes", "smallest", "mean", "largest", "exactly 0", "verdict"),
                *(row.cells() for row in rows),
            ]


def gradient_flow(
    result: Value, *, vanishing: float = 1e-6, exploding: float = 1e6, max_rows: int = 20
) -> GradientFlow:
    """How large the gradients are at each kind of operation and at each depth of a graph.

    Args:
        result: the Value to differentiate.
        vanishing: the verdict on a row is "vanishing" if all its gradients are smaller than this.
        exploding: the verdict on a row is "exploding" if one of its gradients is larger than this.
        max_rows: most rows in the table of depths; in a deeper graph a row has several depths.

    Raises:
        TypeError: if something is not a Value, or a node in the graph was made by hand with a rule of its own.
        ValueError: if `max_rows` is not a whole number of at least 1.

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
    >>> print(gradient_flow(x.floor() * x.sign()).note)
    No gradient reaches x: every path to it crosses floor or sign, whose derivative is 0 everywhere.
    """
    max_rows = whole_number("max_rows", max_rows)
    order = topological_order(result)
    gradients = gradients_of(result)
    depth = dict.fromkeys(order, 0)
    for node in reversed(order):
        for operand, _ in node.edges:
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
        return Flow(name, len(sizes), smallest, total(sizes) / len(sizes), largest, zeros, verdict)

    def depths(band: int) -> str:
        first, last = band * together, min((band + 1) * together - 1, deepest)
        return str(first) if first == last else f"{first}-{last}"

    cut = without_slope(result)
    names = names_of(order, names_in_program(x for x in cut.leaves if not x.label))
    return GradientFlow(
        names[result],
        tuple(row(name, sizes) for name, sizes in sorted(by_operation.items(), key=lambda item: -len(item[1]))),
        tuple(row(depths(band), by_depth[band]) for band in sorted(by_depth)),
        f"No gradient reaches {listed([names[x] for x in cut.leaves])}: {cut.reason}." if cut.leaves else "",
    )
