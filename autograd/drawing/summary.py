"""Graphs too large to look at: a few numbers about one, and a few boxes that stand for all of its nodes.

>>> from autograd import Value
>>> x = Value(1.0, "x")
>>> y = x
>>> for _ in range(1000):
...     y = y * x
>>> print(summarize(y))
1,001 nodes: 1 leaf and 1,000 results; 2,000 edges
depth 1,000
operations: mul 1,000
largest fan-out: x, used 1,001 times
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from autograd.core.engine import Value, topological_order
from autograd.text.labels import counted, plain
from autograd.text.names import operation_of

MAX_BOXES = 40
"""How many boxes stand for a graph where each is one operation at one depth."""
BANDS = 12
"""Where there would be more, the depths are taken together in so many bands."""


class Summary(NamedTuple):
    """Numbers about a graph; as text, four lines."""

    nodes: int
    leaves: int
    edges: int
    depth: int
    """How many operations lie on the longest way from a leaf to the result."""
    operations: dict[str, int]
    """How many nodes each operation has made, the most frequent first."""
    fan_out: int
    """How often the node that is used most is used."""
    most_used: str
    """Its label, or what it is."""

    def lines(self) -> list[str]:
        """The text, line by line."""
        leaves = counted(self.leaves, "leaf", "leaves")
        named = [f"{name} {count:,}" for name, count in self.operations.items()]
        more = [f"{len(named) - 8} more"] if len(named) > 8 else []
        return [
            f"{counted(self.nodes, 'node')}: {leaves} and {counted(self.nodes - self.leaves, 'result')}; "
            f"{counted(self.edges, 'edge')}",
            f"depth {self.depth:,}",
            f"operations: {', '.join(named[:8] + more) or 'none'}",
            f"largest fan-out: {self.most_used}, used {counted(self.fan_out, 'time')}",
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())


def summarize(root: Value | Iterable[Value]) -> Summary:
    """A few numbers about the graph of a Value, or of several.

    Takes a few seconds for a million nodes.
    """
    roots = [root] if isinstance(root, Value) else list(root)
    return Survey(topological_order(Value(0.0, tuple(roots)))[:-1] if roots else []).summary()


class Survey:
    """What one walk over a graph tells.

    Args:
        order: the nodes, operands before results.

    Attributes:
        depths: for each node, how many operations lie on the longest way to it from a leaf.
        uses: for each node that is used, how often.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        self.order = order
        self.depths: dict[Value, int] = {}
        self.uses: dict[Value, int] = {}
        depths, uses = self.depths, self.uses
        for node in order:
            depth = 0
            for operand in _operands(node):
                if operand.__class__ is not float:
                    uses[operand] = uses.get(operand, 0) + 1
                    if depths[operand] >= depth:
                        depth = depths[operand] + 1
            depths[node] = depth

    def summary(self) -> Summary:
        """The numbers."""
        operations = Counter([_operation(node) for node in self.order if not node.is_leaf])
        most = max(self.uses, key=self.uses.__getitem__, default=None)
        name = (
            "none"
            if most is None
            else plain(most.label or ("a leaf" if most.is_leaf else f"a result of {operation_of(most)}"))
        )
        return Summary(
            nodes=len(self.order),
            leaves=len(self.order) - operations.total(),
            edges=sum(self.uses.values()),
            depth=max(self.depths.values(), default=0),
            operations=dict(sorted(operations.items(), key=lambda pair: (-pair[1], pair[0]))),
            fan_out=self.uses[most] if most is not None else 0,
            most_used=name,
        )

    def boxes(self) -> list[Box]:
        """A few boxes for all nodes.

        A box is one operation at one depth; in a deep graph, all operations of a band of depths. Leaves are boxed by
        the box that uses them first.
        """
        depths = self.depths
        deepest = max(depths.values(), default=0)
        by_operation = deepest <= MAX_BOXES
        if by_operation:
            kinds = {(depths[node], _operation(node)) for node in self.order if not node.is_leaf}
            by_operation = len(kinds) <= MAX_BOXES
        width = 1 if by_operation else -(-deepest // BANDS)
        boxes: dict[object, Box] = {}
        box_of: dict[Value, Box] = {}
        for node in self.order:
            if node.is_leaf:
                continue
            band = (depths[node] - 1) // width
            key = (band, _operation(node)) if by_operation else band
            box = boxes.get(key) or boxes.setdefault(key, Box())
            box_of[node] = box
            box.members.append(node)
            for operand in _operands(node):
                if operand.__class__ is not float:
                    tail = box_of.get(operand)
                    if tail is None:
                        tail = box_of[operand] = boxes.get((key, "leaves")) or boxes.setdefault((key, "leaves"), Box())
                        tail.members.append(operand)
                    box.entering[tail] = box.entering.get(tail, 0) + 1
        alone = [node for node in self.order if node not in box_of]
        if alone:
            boxes["alone"] = Box()
            boxes["alone"].members += alone
        return list(boxes.values())

    def lines(self, box: Box) -> list[str]:
        """What is written in a box."""
        nodes = box.members
        if nodes[0].is_leaf:
            return leaf_lines(nodes)
        operations = Counter(map(_operation, nodes)).most_common(4)
        first, last = self.depths[nodes[0]], self.depths[nodes[0]]
        for node in nodes:
            first, last = min(first, self.depths[node]), max(last, self.depths[node])
        named = [f"{count:,} × {plain(name)}" for name, count in operations]
        return [*named, f"depth {first:,}" if first == last else f"depth {first:,} to {last:,}"]


class Box:
    """Nodes drawn as one.

    Attributes:
        members: the nodes.
        entering: the boxes that they are computed from, each with the number of edges.
    """

    def __init__(self) -> None:
        self.members: list[Value] = []
        self.entering: dict[Box, int] = {}


def leaf_lines(leaves: Sequence[Value]) -> list[str]:
    """How many leaves there are, and their labels without indices, as far as there is room.

    >>> leaf_lines([Value(1.0, "x[0]"), Value(2.0, "x[1]"), Value(3.0, "b")])
    ['3 leaves', 'x, b']
    """
    labels = dict.fromkeys(plain(str(leaf.label).partition("[")[0]) for leaf in leaves if leaf.label)
    shown = [*list(labels)[:3], *(["…"] if len(labels) > 3 else [])]
    return [counted(len(leaves), "leaf", "leaves"), *([", ".join(shown)] if shown else [])]


def _operands(node: Value) -> tuple[Any, ...]:
    """The operands, without the detour over properties, which takes most of the time for a million nodes."""
    a, b = node._a, node._b
    if a.__class__ is tuple:
        return node.operands
    return () if a is None else (a,) if b is None else (a, b)


def _operation(node: Value) -> str:
    return node._op or "?" if node.op is None else node.op.name
