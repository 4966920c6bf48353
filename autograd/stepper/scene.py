"""Find places for everything in the animated picture: cards, edges, tags on them, and pills beside them.

Only additions, multiplications and square roots are used, whose results are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from autograd.core.elementary import total
from autograd.drawing.layout import Box, Layout, Point, Port, layered
from autograd.drawing.ranks import GAP
from autograd.stepper import shapes

if TYPE_CHECKING:
    from autograd.trace.record import Node, Step
    from autograd.trace.trace import Trace

LAYERS = 124.0  # between two layers, from card to card
BETWEEN = 26.0  # between a drawer and the card below
_DOTS = 32

Edge = tuple[int, int]
"""The position of a node, and which of its operands the edge comes from."""


class Taken(NamedTuple):
    """A place where something is, and how bad it is to hide a square pixel of it."""

    box: Box
    price: float


CARD, TAG, ACTIVE, OTHER, BEYOND = 4.0, 8.0, 700.0, 150.0, 10.0
"""The prices of cards, of tags, of points on the active edge and on others, and of making the picture higher."""

FAR = (176, 156)
OFFSETS = sorted(
    (14.0 * sqrt(dx * dx + 1.44 * dy * dy), float(dx), float(dy))
    for dx in range(-FAR[0], FAR[0] + 1, 16)
    for dy in range(-FAR[1], FAR[1] + 1, 12)
)
"""How far from the wanted place a pill may stand, the nearest first, and how bad the distance is."""


class Way(NamedTuple):
    """A line to draw or to travel along.

    Attributes:
        path: as SVG writes it; of an edge only.
        length: of it.
        dots: points at equal distances along it.
    """

    path: str
    length: float
    dots: list[Point]

    def at(self, distance: float) -> Point:
        """The point at a distance from the start."""
        place = min(max(distance / self.length, 0.0), 1.0) * _DOTS
        before = min(int(place), _DOTS - 1)
        return between(self.dots[before], self.dots[before + 1], place - before)


class Scene:
    """The places in the picture of a trace.

    Attributes:
        width: of every card.
        cards: the place of each card, by the position of its node.
        constants: the place of each constant operand.
        curves: the way of each edge.
        tags: the place of the tag of each edge that passes a gradient on.
        bounds: the smallest box around all cards, drawers and edges.
    """

    def __init__(self, trace: Trace) -> None:
        self.nodes: Sequence[Node] = trace.nodes
        self.width = max(map(shapes.card_width, self.nodes))
        self._left = max(map(shapes.overhang, self.nodes))
        self._widest_tag = max((shapes.tag_width(step.local) for step in trace.steps), default=0.0)
        self.cards: dict[int, Box] = {}
        self.constants: dict[Edge, Box] = {}
        self.curves: dict[Edge, Way] = {}
        self.tags: dict[Edge, Box] = {}
        self._lay_out()
        points = (Box(x, y, 0.0, 0.0) for way in self.curves.values() for x, y in way.dots)
        self.bounds = around([*self._boxes(shapes.DRAWER_HEIGHT), *points])
        for step in trace.steps:
            self._place_tag(step)

    # ------------------------------------------------------------------ cards and edges

    def _lay_out(self) -> None:
        edges = [(node.position, slot) for node in self.nodes for slot in range(len(node.operands))]
        ends = [(self._tail(edge), f"{edge[0]}") for edge in edges]
        port = Port(shapes.DRAWER_HEIGHT / 2, shapes.CARD_HEIGHT)  # the drawer is below, and edges end at the card
        ports = {f"{node.position}": port for node in self.nodes}
        gap = max(LAYERS - self._left, self._widest_tag + 44)
        layout = layered(self._sizes(), ends, ports=ports, gap=gap)
        margin = (BETWEEN - GAP) / 2
        for node in self.nodes:
            box = layout.boxes[f"{node.position}"]
            self.cards[node.position] = Box(box.x + self._left, box.y + margin, self.width, shapes.CARD_HEIGHT)
        for edge, (tail, _) in zip(edges, ends, strict=True):
            operand = self._operand(edge)
            if not isinstance(operand, int):
                box, width = layout.boxes[tail], shapes.constant_width(operand)
                self.constants[edge] = Box(box.right - width, box.y + margin, width, shapes.CONSTANT_HEIGHT)
        for edge, start, route in zip(edges, _starts(ends, layout), layout.routes, strict=True):
            self.curves[edge] = self._curve(edge, start, route)

    def _sizes(self) -> dict[str, tuple[float, float]]:
        """How much room each card and each constant needs, by its name in the layout."""
        width = self._left + self.width
        more = BETWEEN - GAP
        sizes = {}
        for node in self.nodes:
            for slot, operand in enumerate(node.operands):
                if not isinstance(operand, int):
                    sizes[self._tail((node.position, slot))] = width, shapes.CONSTANT_HEIGHT + more
            sizes[f"{node.position}"] = width, shapes.CARD_HEIGHT + shapes.DRAWER_HEIGHT + more
        return sizes

    def _operand(self, edge: Edge) -> int | float:
        return self.nodes[edge[0]].operands[edge[1]]

    def _tail(self, edge: Edge) -> str:
        """The name of an edge's operand in the layout."""
        operand = self._operand(edge)
        return f"{operand}" if isinstance(operand, int) else f"constant {edge[0]} {edge[1]}"

    def _curve(self, edge: Edge, start: float, route: Sequence[Point]) -> Way:
        """From the operand's right side to the left side of the operation, past the points that the layout found."""
        node, operand = self.nodes[edge[0]], self._operand(edge)
        tail = self.cards[operand] if isinstance(operand, int) else self.constants[edge]
        is_round = not isinstance(operand, int) or self.nodes[operand].is_leaf
        head = self.cards[node.position]
        end = _spread(edge[1], len(node.operands), 15.0, 30.0)
        first = (tail.right - (_inset(tail.height / 2, start) if is_round else 0.0), tail.middle + start)
        radius = shapes.op_radius(node)
        last = (head.x - shapes.overhang(node) + _inset(radius, end), head.middle + end)
        passed = route[1:-1]
        return curve([first, *passed, last], 0.0 if passed else self._bow(node, edge[1]))

    def _bow(self, node: Node, slot: int) -> float:
        """How far an edge bends to the side, away from others between the same two nodes."""
        twins = [other for other, x in enumerate(node.operands) if isinstance(x, int) and x == node.operands[slot]]
        return 44.0 * (twins.index(slot) - (len(twins) - 1) / 2) if slot in twins else 0.0

    # ------------------------------------------------------------------ tags and pills

    def _place_tag(self, step: Step) -> None:
        """Near the operation, unless something is there; then further along the edge."""
        edge = (step.node.position, step.slot)
        way, width = self.curves[edge], shapes.tag_width(step.local)
        taken = [Taken(box, 1.0) for box in [*self._boxes(shapes.DRAWER_HEIGHT), *self.tags.values()]]
        nearest = int(width / 2 + 14)
        best = float("inf")
        for distance in range(nearest, max(int(way.length - width / 2 - 20), nearest + 1), 6):
            middle = way.at(way.length - distance)
            cost = _hidden(_around(middle, width + 4, shapes.TAG_HEIGHT + 4), taken)
            cost += abs(distance - max(46, nearest))
            if cost < best:
                best, self.tags[edge] = cost, _around(middle, width, shapes.TAG_HEIGHT)

    def above(self, node: Node, size: tuple[float, float]) -> Point:
        """A place for the pill in which a node is computed: above its card, if nothing else is there.

        Args:
            node: the node.
            size: of the pill.
        """
        card = self.cards[node.position]
        ways = [self.curves[node.position, slot] for slot in range(len(node.operands))]
        taken = [Taken(box, CARD) for box in self._boxes(0.0)]
        taken += [_dot(point, ACTIVE) for way in ways for point in way.dots[1::2]]
        return self._free((card.x + card.width / 2, card.y - 26), size, taken)

    def beside(self, step: Step, size: tuple[float, float], sum_width: float) -> Point:
        """A place for the pill of a step of the backward pass: beside its edge, where it hides as little as possible.

        Args:
            step: the step.
            size: of the pill.
            sum_width: how wide the drawer of the receiver is while it adds.
        """
        edge = (step.node.position, step.slot)
        way = self.curves[edge]
        card = self.cards[step.operand.position]
        adding = Box(card.x + (card.width - sum_width) / 2, card.y, sum_width, card.height + shapes.DRAWER_HEIGHT)
        taken = [Taken(box, CARD) for box in [*self._boxes(shapes.DRAWER_HEIGHT), adding]]
        taken += [Taken(box, TAG) for other, box in self.tags.items() if other != edge]
        taken += [_dot(point, ACTIVE) for point in way.dots[1::2]]
        taken += [
            _dot(point, OTHER) for other, line in self.curves.items() if other != edge for point in line.dots[::4]
        ]
        return self._free(way.at(max(way.length / 2, way.length - 78)), size, taken)

    def _free(self, wanted: Point, size: tuple[float, float], taken: Sequence[Taken]) -> Point:
        """The place for a pill near a point where it is best: how far it is counts, and what it hides."""
        width, height = size[0] + 10, size[1] + 10
        reach = _around(wanted, 2 * FAR[0] + width, 2 * FAR[1] + height)
        x, y = self.bounds.x - 1000, self.bounds.y - 50
        beyond = [Box(x, y - 1000, self.bounds.width + 2000, 1000.0)]
        beyond.append(beyond[0]._replace(y=self.bounds.y + self.bounds.height + 50))
        near = [one for one in [*taken, *(Taken(box, BEYOND) for box in beyond)] if _hidden(reach, [one])]
        best, found = float("inf"), wanted
        for cost, dx, dy in OFFSETS:
            if cost >= best:
                break
            place = (wanted[0] + dx, wanted[1] + dy)
            cost += _hidden(_around(place, width, height), near)
            if cost < best:
                best, found = cost, place
        return found

    def _boxes(self, drawer: float) -> list[Box]:
        """The places of the constants, and of the cards with their operations and drawers of some height."""
        found = [*self.constants.values()]
        for node in self.nodes:
            card, left = self.cards[node.position], shapes.overhang(node)
            found.append(Box(card.x - left, card.y, card.width + left, card.height + drawer))
        return found


def _starts(ends: Sequence[tuple[str, str]], layout: Layout) -> list[float]:
    """How far from the middle of its operand's right side each edge starts; those from one operand are spread."""
    starts = [0.0] * len(ends)
    for tail in {tail for tail, _ in ends}:
        edges = [index for index, (other, _) in enumerate(ends) if other == tail]
        edges.sort(key=lambda index: (layout.routes[index][1][1], index))
        for rank, index in enumerate(edges):
            starts[index] = _spread(rank, len(edges), 11.0, 22.0)
    return starts


def _spread(index: int, count: int, step: float, most: float) -> float:
    """The offset of one of `count` ends around a middle, `step` from each other, or nearer if they would need more
    room than `most`."""
    return (index - (count - 1) / 2) * min(step, most / max(count - 1, 1))


def _inset(radius: float, offset: float) -> float:
    """How far a half circle recedes at a height of `offset` above its middle."""
    return radius - sqrt(max(radius * radius - offset * offset, 0.0))


# ---------------------------------------------------------------------- geometry


def between(start: Point, end: Point, share: float) -> Point:
    """A point on the way from one to another."""
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def curve(points: Sequence[Point], bow: float = 0.0) -> Way:
    """The curve through some points, horizontal at each of them if it has no bow."""
    path = [f"M{_pair(points[0])}"]
    fine = [points[0]]
    for start, end in pairwise(points):
        half = (end[0] - start[0]) / 2
        first, second = (start[0] + half, start[1] + bow), (end[0] - half, end[1] + bow)
        path.append(f"C{_pair(first)} {_pair(second)} {_pair(end)}")
        fine += [_bezier(start, first, second, end, step / _DOTS) for step in range(1, _DOTS + 1)]
    return Way("".join(path), *_equidistant(fine))


def polyline(points: Sequence[Point]) -> Way:
    """Straight from each point to the next."""
    return Way("", *_equidistant(points))


def _pair(point: Point) -> str:
    return f"{shapes.coordinate(point[0])} {shapes.coordinate(point[1])}"


def _bezier(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    """A point of a cubic Bézier curve, by the algorithm of de Casteljau."""
    ab, bc, cd = between(a, b, t), between(b, c, t), between(c, d, t)
    return between(between(ab, bc, t), between(bc, cd, t), t)


def _equidistant(fine: Sequence[Point]) -> tuple[float, list[Point]]:
    """The length of a line through many points, and points at equal distances on it."""
    steps = [distance(start, end) for start, end in pairwise(fine)]
    length = total(steps)
    dots, passed, index = [fine[0]], 0.0, 0
    for number in range(1, _DOTS):
        while passed + steps[index] < length * number / _DOTS:
            passed += steps[index]
            index += 1
        dots.append(between(fine[index], fine[index + 1], (length * number / _DOTS - passed) / (steps[index] or 1.0)))
    return length, [*dots, fine[-1]]


def distance(start: Point, end: Point) -> float:
    """The length of the straight line between two points."""
    return sqrt((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2)


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around some boxes."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.right for box in boxes) - x, max(box.y + box.height for box in boxes) - y)


def _around(middle: Point, width: float, height: float) -> Box:
    return Box(middle[0] - width / 2, middle[1] - height / 2, width, height)


def _dot(point: Point, price: float) -> Taken:
    return Taken(_around(point, 1.0, 1.0), price)


def _hidden(box: Box, taken: Iterable[Taken]) -> float:
    """How bad it is to hide what lies in a box."""
    cost = 0.0
    left, top, right, bottom = box.x, box.y, box.right, box.y + box.height
    for (x, y, width, height), price in taken:
        across, down = min(right, x + width) - max(left, x), min(bottom, y + height) - max(top, y)
        if across > 0 and down > 0:
            cost += price * across * down
    return cost
