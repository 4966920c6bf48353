"""Lay out one level of a graph, the content of one cluster: ranks, an order in each rank, coordinates, edges.

`layout.py` puts the levels together. Items and clusters are both boxes here. An edge that spans several ranks has a
*waypoint*, a box without size, in each rank between; an edge that leaves the cluster ends at one on the border.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from autograd.core.elementary import total

GAP = 20.0  # between two boxes in a rank
WAYPOINT_GAP = 9.0  # between an edge and a box or edge that it passes
WAYPOINTS = 6000  # at most; the longest edges then get none and are drawn straight
THOROUGH = 1500  # with more links than this, fewer passes are made


class Segment(NamedTuple):
    """The part of an edge on one level."""

    edge: int
    source: str  # the item that the whole edge comes from; all edges from one item cross a border at one point
    tail: str | None  # None: the edge comes in through the border
    head: str | None  # None: the edge goes out through the border
    start: float  # where the edge leaves, relative to the middle of the tail
    end: float  # where the edge arrives, relative to the middle of the head


class _Link(NamedTuple):
    """A segment, or a piece of it between neighboring ranks, by the numbers of the boxes it joins."""

    tail: int
    head: int
    start: float
    end: float


class Level:
    """The layout of the items and clusters that lie directly in one cluster.

    Attributes:
        width, height: the size of the content.
        places: for each child the upper left corner.
        routes: for each edge the points on its way through this level.
        border: for each edge that comes in or goes out, the y at which it crosses the border.
    """

    def __init__(
        self,
        children: Sequence[str],
        sizes: Mapping[str, tuple[float, float]],
        segments: Sequence[Segment],
        levels: Mapping[str, Level],
        gap: float,
    ) -> None:
        self.children = children
        self.gap = gap
        self.places: dict[str, tuple[float, float]] = {}
        self.routes: dict[int, list[tuple[float, float]]] = {}
        self.border: dict[int, float] = {}
        self.sizes = [sizes[child] for child in children]
        number = {child: index for index, child in enumerate(children)}
        ports: dict[tuple[bool, str], int] = {}
        self.ends: list[_Link] = []
        self.segments: list[tuple[Segment, int]] = []  # each with the index of its ends, which several may share
        known: dict[_Link, int] = {}
        for segment in segments:
            boxes = []
            offsets = [segment.start, segment.end]
            for side, child in enumerate((segment.tail, segment.head)):
                if child is None:
                    boxes.append(ports.setdefault((bool(side), segment.source), len(self.sizes)))
                    if boxes[-1] == len(self.sizes):
                        self.sizes.append((0.0, 0.0))
                    continue
                boxes.append(number[child])
                if child in levels:
                    offsets[side] = levels[child].border[segment.edge] - sizes[child][1] / 2
            ends = _Link(boxes[0], boxes[1], offsets[0], offsets[1])
            self.segments.append((segment, known.setdefault(ends, len(self.ends))))
            if len(known) > len(self.ends):
                self.ends.append(ends)
        self.ranks = _ranks(len(children), len(self.sizes), self.ends)
        self._add_waypoints()
        self._order()
        self._place()

    def inset(self, size: tuple[float, float], side: float, top: float) -> None:
        """Move everything to make room for a border and a heading, and stretch the edges to the border."""
        extra = size[0] - self.width - 2 * side
        move = side + extra / 2
        self.places = {child: (x + move, y + top) for child, (x, y) in self.places.items()}
        for segment, _ in self.segments:
            route = [(x + move, y + top) for x, y in self.routes[segment.edge]]
            if segment.tail is None:
                route.insert(0, (0.0, route[0][1]))
                self.border[segment.edge] = route[0][1]
            if segment.head is None:
                route.append((size[0], route[-1][1]))
                self.border[segment.edge] = route[-1][1]
            self.routes[segment.edge] = route

    # ------------------------------------------------------------------ waypoints

    def _add_waypoints(self) -> None:
        self.links: list[_Link] = []
        self.paths: dict[int, list[int]] = {}
        spans = [self.ranks[head] - self.ranks[tail] for tail, head, _, _ in self.ends]
        room = WAYPOINTS
        for index in sorted(range(len(spans)), key=lambda index: (spans[index], index)):
            tail, head, start, end = self.ends[index]
            span = spans[index]
            if span < 1 or span - 1 > room:
                self.paths[index] = [tail, head]
                continue
            room -= span - 1
            between = list(range(len(self.sizes), len(self.sizes) + span - 1))
            self.sizes += [(0.0, 0.0)] * (span - 1)
            self.ranks += range(self.ranks[tail] + 1, self.ranks[head])
            path = self.paths[index] = [tail, *between, head]
            for position, (a, b) in enumerate(pairwise(path)):
                last = position == len(path) - 2
                self.links.append(_Link(a, b, 0.0 if position else start, end if last else 0.0))
        boxes = range(len(self.sizes))
        self.before: list[list[_Link]] = [[] for _ in boxes]
        self.after: list[list[_Link]] = [[] for _ in boxes]
        for link in self.links:
            self.before[link.head].append(link)
            self.after[link.tail].append(link)
        for links in self.before:
            links.sort(key=lambda link: link.end)

    # ------------------------------------------------------------------ order

    def _order(self) -> None:
        """Give each rank an order with few crossings: sort its boxes by the mean position of their neighbors."""
        self.rows: list[list[int]] = [[] for _ in range(max(self.ranks, default=0) + 1)]
        self._walk()
        best, fewest = [row[:] for row in self.rows], self._crossings()
        for sweep in range(10 if len(self.links) <= THOROUGH else 3):
            if not fewest:
                break
            forward = sweep % 2 == 1
            for rank in range(len(self.rows)) if forward else reversed(range(len(self.rows))):
                self._sort(rank, self.before if forward else self.after, forward)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [row[:] for row in self.rows], crossings
        self.rows = best

    def _walk(self) -> None:
        """The first order: depth first from the results, so that operands are in the order of the arguments."""
        seen = [False] * len(self.sizes)
        for last in range(len(self.sizes)):
            waiting = [] if self.after[last] else [last]
            while waiting:
                box = waiting.pop()
                if not seen[box]:
                    seen[box] = True
                    self.rows[self.ranks[box]].append(box)
                    waiting += [link.tail for link in reversed(self.before[box])]

    def _sort(self, rank: int, links: Sequence[Sequence[_Link]], forward: bool) -> None:
        row = self.rows[rank]
        beside = rank - 1 if forward else rank + 1
        neighbors = self.rows[beside] if 0 <= beside < len(self.rows) else []
        position = {box: index for index, box in enumerate(neighbors)}
        keys = {}
        for index, box in enumerate(row):
            at = [
                position[link.tail] + self._part(link.tail, link.start) - self._part(box, link.end)
                if forward
                else position[link.head] + self._part(link.head, link.end) - self._part(box, link.start)
                for link in links[box]
            ]
            keys[box] = total(at) / len(at) if at else index * len(neighbors) / max(len(row), 1)
        row.sort(key=keys.__getitem__)

    def _part(self, box: int, offset: float) -> float:
        """The distance of a link from the middle of its box, as a fraction of the distance to the next box."""
        return 0.9 * offset / max(self.sizes[box][1], 20.0)

    def _crossings(self) -> int:
        position = {box: index for row in self.rows for index, box in enumerate(row)}
        crossings = 0
        for row in self.rows:
            met: list[float] = []
            for box in row:
                ends = []
                for link in sorted(self.after[box], key=lambda link: link.start):
                    end = position[link.head] + self._part(link.head, link.end)
                    crossings += len(met) - bisect_right(met, end)
                    ends.append(end)
                for end in ends:
                    insort(met, end)
        return crossings

    # ------------------------------------------------------------------ coordinates

    def _place(self) -> None:
        self.middle = [0.0] * len(self.sizes)
        for row in self.rows:
            y = 0.0
            for above, box in zip([None, *row], row, strict=False):
                y += self._distance(above, box) if above is not None else 0.0
                self.middle[box] = y
        passes = 24 if len(self.links) <= THOROUGH else 6
        for index in range(passes):
            forward = index % 2 == 1
            for rank in range(len(self.rows)) if forward else reversed(range(len(self.rows))):
                self._settle(rank, back=not forward or index >= passes // 2, ahead=forward or index >= passes // 2)
        tops = [self.middle[box] - self.sizes[box][1] / 2 for box in range(len(self.sizes))]
        top = min(tops, default=0.0)
        self.middle = [y - top for y in self.middle]
        bottoms = [self.middle[box] + self.sizes[box][1] / 2 for box in range(len(self.sizes))]
        self.height = max(bottoms, default=0.0)
        self._columns()

    def _distance(self, above: int, below: int) -> float:
        is_box = self.sizes[above][1] > 0, self.sizes[below][1] > 0
        gap = GAP if all(is_box) else WAYPOINT_GAP
        return self.sizes[above][1] / 2 + gap + self.sizes[below][1] / 2

    def _settle(self, rank: int, back: bool, ahead: bool) -> None:
        """Move the boxes of a rank towards their neighbors: a least-squares fit that keeps their order."""
        row = self.rows[rank]
        desired, weights = [], []
        for box in row:
            at = [(self.middle[n.tail] + n.start - n.end, self._weight(n)) for n in (self.before[box] if ahead else ())]
            at += [(self.middle[n.head] + n.end - n.start, self._weight(n)) for n in (self.after[box] if back else ())]
            weight = sum(heavy for _, heavy in at)
            desired.append(total(y * heavy for y, heavy in at) / weight if weight else self.middle[box])
            weights.append(weight or 0.1)
        distances = [self._distance(a, b) for a, b in pairwise(row)]
        for box, y in zip(row, spread(desired, weights, distances), strict=True):
            self.middle[box] = y

    def _weight(self, link: _Link) -> float:
        """How strongly a link pulls its ends level: most between two waypoints, so that long edges are straight."""
        waypoints = (not self.sizes[link.tail][1]) + (not self.sizes[link.head][1])
        return (1.0, 2.0, 8.0)[waypoints]

    def _columns(self) -> None:
        """The x of each rank, with more room between two ranks the steeper the edges between them are."""
        widths = [max((self.sizes[box][0] for box in row), default=0.0) for row in self.rows]
        steepest = [0.0] * (len(self.rows) + 1)
        for link in self.links:
            rise = abs(self.middle[link.tail] + link.start - self.middle[link.head] - link.end)
            steepest[self.ranks[link.tail]] = max(steepest[self.ranks[link.tail]], rise)
        left = []
        x = 0.0
        for rank, width in enumerate(widths):
            left.append(x)
            x += width + (min(self.gap + 0.12 * steepest[rank], self.gap + 70.0) if rank + 1 < len(widths) else 0.0)
        self.width = x
        for box, child in enumerate(self.children):
            rank = self.ranks[box]
            width, height = self.sizes[box]
            self.places[child] = left[rank] + (widths[rank] - width) / 2, self.middle[box] - height / 2
        for segment, index in self.segments:
            tail, head, start, end = self.ends[index]
            points = []
            for box in self.paths[index]:
                rank, y = self.ranks[box], self.middle[box]
                if box == tail:
                    right = left[rank] + (widths[rank] + self.sizes[box][0]) / 2
                    points += [(right, y + start), (left[rank] + widths[rank], y + start)]
                elif box == head:
                    points += [(left[rank], y + end), (left[rank] + (widths[rank] - self.sizes[box][0]) / 2, y + end)]
                else:
                    points += [(left[rank], y), (left[rank] + widths[rank], y)]
            self.routes[segment.edge] = list(dict.fromkeys(points))


def spread(desired: Sequence[float], weights: Sequence[float], distances: Sequence[float]) -> list[float]:
    """The positions nearest the desired ones in weighted least squares that keep their order and distances.

    By the pool-adjacent-violators algorithm (Ayer et al., 1955).

    >>> spread([0.0, 0.0, 9.0], [1.0, 1.0, 1.0], [2.0, 2.0])
    [-1.0, 1.0, 9.0]
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for wanted, weight, offset in zip(desired, weights, offsets, strict=False):
        mean, heavy, many = wanted - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            other, more, count = pools.pop()
            mean = (mean * heavy + other * more) / (heavy + more)
            heavy, many = heavy + more, many + count
        pools.append((mean, heavy, many))
    means = [mean for mean, _, many in pools for _ in range(many)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=False)]


# ---------------------------------------------------------------------- ranks


def _ranks(children: int, boxes: int, ends: Sequence[_Link]) -> list[int]:
    """The rank of every box: to the right of its operands; waypoints of incoming edges at the very left."""
    after: list[list[int]] = [[] for _ in range(children)]
    before: list[list[int]] = [[] for _ in range(children)]
    for tail, head, _, _ in ends:
        if tail < children and head < children and tail != head:
            after[tail].append(head)
            before[head].append(tail)
    order = _order_without_cycles(after, before)
    rank = [0] * children
    for box in order:
        rank[box] = max((rank[tail] + 1 for tail in before[box]), default=0)
    for box in reversed(order):  # a box with no more inputs than outputs, as a leaf, is right before its first use
        if after[box] and len(after[box]) >= len(before[box]):
            rank[box] = min(rank[head] for head in after[box]) - 1
    comes_in = any(tail >= children for tail, _, _, _ in ends)
    first = min(rank, default=0) - comes_in
    last = max(rank, default=0) + 1
    rank += [last] * (boxes - children)
    for tail, _, _, _ in ends:
        if tail >= children:
            rank[tail] = first
    return [number - first for number in rank]


def _order_without_cycles(after: list[list[int]], before: list[list[int]]) -> list[int]:
    """The boxes in topological order; edges that would close a cycle are removed from both lists."""
    state = [0] * len(after)
    order: list[int] = []
    for start in range(len(after)):
        waiting = [(start, 0)] if not state[start] else []
        state[start] = state[start] or 1
        while waiting:
            box, index = waiting.pop()
            if index == len(after[box]):
                state[box] = 2
                order.append(box)
                continue
            head = after[box][index]
            if state[head] == 1:
                after[box].pop(index)
                before[head].remove(box)
                waiting.append((box, index))
                continue
            waiting.append((box, index + 1))
            if not state[head]:
                state[head] = 1
                waiting.append((head, 0))
    return order[::-1]
