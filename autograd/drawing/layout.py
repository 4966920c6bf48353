"""Lay out a graph with nested clusters in ranks, in plain Python: the same coordinates on every machine.

Ranks run from left to right, and an item is to the right of its operands. The steps are those of Sugiyama, Tagawa and
Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981): ranks, then an order in each rank
with few crossings, then coordinates; `ranks.py` has them. A cluster is laid out by itself and is a single large item
in the layout around it.

    >>> layout = layered({"a": (40.0, 20.0), "b": (40.0, 20.0)}, [("a", "b")])
    >>> layout.boxes["a"].right < layout.boxes["b"].x
    True
    >>> layout.routes[0][0] == (layout.boxes["a"].right, layout.boxes["a"].y + 10.0)
    True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd.drawing.ranks import Level, Segment

TITLE = 20.0  # the height of a cluster's heading
PADDING = 12.0  # between a cluster's border and what is in it

Point = tuple[float, float]


class Box(NamedTuple):
    """The place of an item or a cluster; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """The y of the middle."""
        return self.y + self.height / 2


class Port(NamedTuple):
    """Where the edges of an item begin and end, if not all along its sides.

    Attributes:
        above: how far above the middle of the item the middle of the port is.
        height: of the part of the left side at which edges arrive.
    """

    above: float
    height: float


class Layout(NamedTuple):
    """The place of every item, cluster and edge.

    Attributes:
        width: the width of the picture.
        height: the height of the picture.
        boxes: for each item and cluster its place.
        routes: for each edge the points it passes; it is drawn as a curve that is horizontal at each of them.
    """

    width: float
    height: float
    boxes: dict[str, Box]
    routes: list[list[Point]]


def layered(
    sizes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str]],
    parents: Mapping[str, str] | None = None,
    headings: Mapping[str, float] | None = None,
    ports: Mapping[str, Port] | None = None,
    gap: float = 22.0,
) -> Layout:
    """Lay out a graph from left to right.

    Args:
        sizes: for each item its width and height; operands before results.
        edges: pairs of items, from operand to result; the edges into one result keep this order, from top to bottom.
        parents: for an item or a cluster, the cluster that it lies in.
        headings: for a cluster, how wide its heading is.
        ports: for an item where its edges begin and end; in the middle, and all along the left side, unless given.
        gap: the least distance between two ranks.
    """
    return _Clusters(sizes, edges, parents or {}, headings or {}, ports or {}, gap).layout()


class _Clusters:
    """The recursion over clusters; "" is the whole picture."""

    def __init__(
        self,
        sizes: Mapping[str, tuple[float, float]],
        edges: Sequence[tuple[str, str]],
        parents: Mapping[str, str],
        headings: Mapping[str, float],
        ports: Mapping[str, Port],
        gap: float,
    ) -> None:
        self.sizes = dict(sizes)
        self.ports = {item: ports.get(item, Port(0.0, height)) for item, (_, height) in sizes.items()}
        self.gap = gap
        self.edges = edges
        self.parents = parents
        self.headings = headings
        self.children: dict[str, list[str]] = {"": []}
        placed = {""}
        for item in sizes:
            while item not in placed:  # each cluster in the place of its first member
                placed.add(item)
                cluster = parents.get(item, "")
                self.children.setdefault(cluster, []).append(item)
                item = cluster
        self.levels: dict[str, Level] = {}
        self.segments: dict[str, list[Segment]] = {cluster: [] for cluster in self.children}
        self.pieces: list[tuple[list[str], str, list[str]]] = []  # for each edge the levels that it passes through

    def layout(self) -> Layout:
        self._cut_edges()
        for cluster in self._innermost_first():
            level = Level(self.children[cluster], self.sizes, self.segments[cluster], self.levels, self.gap)
            self.levels[cluster] = level
            heading = TITLE if cluster else 0.0
            pad = PADDING if cluster else 0.0
            self.sizes[cluster] = (
                max(level.width + 2 * pad, self.headings.get(cluster, 0.0) + 2 * pad),
                level.height + heading + 2 * pad,
            )
            level.inset(self.sizes[cluster], pad, heading + pad)
        boxes = self._absolute()
        routes = [self._route(index, boxes) for index in range(len(self.edges))]
        width, height = self.sizes[""]
        del boxes[""]
        return Layout(width, height, boxes, routes)

    def _ancestors(self, item: str) -> list[str]:
        """The clusters an item lies in, the innermost first, the whole picture last."""
        found = []
        while item:
            item = self.parents.get(item, "")
            found.append(item)
        return found

    def _cut_edges(self) -> None:
        """Cut each edge at the cluster borders that it crosses: segments out of clusters, one across, segments in."""
        ancestors = {item: self._ancestors(item) for item in self.sizes}
        count: dict[str, int] = {}
        for _, head in self.edges:
            count[head] = count.get(head, 0) + 1
        arrived: dict[str, int] = {}
        parallel: dict[tuple[str, str], int] = {}
        for index, (tail, head) in enumerate(self.edges):
            slot = arrived[head] = arrived.get(head, -1) + 1
            end = self._end(head, slot, count[head])
            twin = parallel[tail, head] = parallel.get((tail, head), -1) + 1
            start = (5.0 if twin % 2 else -5.0) * ((twin + 1) // 2)
            start = max(-0.4, min(0.4, start / self.ports[tail].height)) * self.ports[tail].height
            start -= self.ports[tail].above
            inside = set(ancestors[head])
            out = [cluster for cluster in ancestors[tail] if cluster not in inside]
            common = ancestors[tail][len(out)]
            into = ancestors[head][: ancestors[head].index(common)]
            for child, cluster in zip([tail, *out], out, strict=False):
                self.segments[cluster].append(Segment(index, tail, child, None, start, 0.0))
            self.segments[common].append(
                Segment(index, tail, out[-1] if out else tail, into[-1] if into else head, start, end)
            )
            for child, cluster in zip([head, *into], into, strict=False):
                self.segments[cluster].append(Segment(index, tail, None, child, 0.0, end))
            self.pieces.append((out, common, into[::-1]))

    def _end(self, head: str, slot: int, count: int) -> float:
        """How far from the middle of an item's left side the edge of this slot arrives."""
        above, height = self.ports[head]
        room = max(height - 8.0, 2.0)
        return (slot - (count - 1) / 2) * min(14.0, room / count) - above

    def _innermost_first(self) -> list[str]:
        found = []
        waiting = [""]
        while waiting:
            cluster = waiting.pop()
            found.append(cluster)
            waiting += [child for child in self.children[cluster] if child in self.children]
        return found[::-1]

    def _absolute(self) -> dict[str, Box]:
        boxes = {"": Box(0.0, 0.0, *self.sizes[""])}
        for cluster in reversed(self._innermost_first()):
            around = boxes[cluster]
            for child, (x, y) in self.levels[cluster].places.items():
                boxes[child] = Box(around.x + x, around.y + y, *self.sizes[child])
        return boxes

    def _route(self, index: int, boxes: Mapping[str, Box]) -> list[Point]:
        out, common, into = self.pieces[index]
        points: list[Point] = []
        for cluster in [*out, common, *into]:
            x, y = boxes[cluster].x, boxes[cluster].y
            for point in self.levels[cluster].routes[index]:
                moved = (x + point[0], y + point[1])
                if not points or moved != points[-1]:
                    points.append(moved)
        return points
