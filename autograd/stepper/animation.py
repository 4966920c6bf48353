"""Make one animated picture of both passes of a small graph, for a README, slides, or a page without scripts.

It is an SVG that moves by CSS alone: first every value is computed, then the gradient flows back, one edge at a time.
What is seen is a function of the time: `_Film` says when each state of each part is seen, `shapes.py` draws it,
`scene.py` has its place, and `timeline.py` writes the CSS. The text depends on the trace alone.

    >>> from autograd import Value, step_through
    >>> a = Value(3.0, "a")
    >>> svg = animation_of(step_through(a * a + a))
    >>> svg[:4], "<script" in svg, "href" in svg
    ('<svg', False, False)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from autograd.core.number import as_float
from autograd.drawing.layout import Box, Point
from autograd.stepper import shapes
from autograd.stepper.scene import Edge, Scene, Way, around, polyline
from autograd.stepper.shapes import Rows, coordinate
from autograd.stepper.style import style_of_shapes
from autograd.stepper.svg import NAMESPACE
from autograd.stepper.timeline import Timeline
from autograd.stepper.words import factor, number
from autograd.text.labels import plain

if TYPE_CHECKING:
    from autograd.trace.record import Node, Step
    from autograd.trace.trace import Trace

MARGIN = 16.0
LONG = 17  # characters of a product; a longer one is written in two lines

# All times are in seconds at the speed at which a step of the backward pass takes BACKWARD.
OPENING = 0.8  # the inputs alone
FORWARD = 1.7  # a step of the forward pass
KNOWN = 1.2  # all values, no gradient
SEED = 1.6  # the gradient of the result
BACKWARD = 3.8
ENDING = 4.0  # everything, at rest

# Within a step of the forward pass.
ARRIVED = 0.54  # the operands are at the operation
COMPUTED = 0.78  # the result is there

# Within a step of the backward pass.
LEAVES = 0.14  # the upstream gradient leaves its drawer
TURNED = 0.34  # the edge has turned round
AT_OP = 0.58  # the upstream gradient is at the operation,
TIMES = 0.62  # is multiplied there,
PARTS = 0.72  # goes on,
PRODUCT = 1.06  # has become a product,
PARKED = 1.2  # and is in its place beside the edge; the drawer of the receiver opens
RUNS = 1.44  # the product alone runs along the edge,
DROPS = 2.06  # and drops into the drawer
ADDED = 2.28  # the sum is there


def animation_of(trace: Trace, seconds_per_step: float = 3.0) -> str:
    """The animated picture of a trace as the text of an ``<svg>`` element.

    Args:
        trace: what `step_through` returned.
        seconds_per_step: how long a step of the backward pass takes, from 0.1 to 100; everything else is slower or
            faster with it.

    Raises:
        TypeError: if `seconds_per_step` is not a number.
        ValueError: if it is out of range.
    """
    seconds = as_float(seconds_per_step)
    if not 0.1 <= seconds <= 100:
        raise ValueError(f"seconds_per_step must be from 0.1 to 100 seconds, got {seconds_per_step}; 3 can be followed")
    return _Film(trace, seconds).svg()


class _Film:
    def __init__(self, trace: Trace, seconds_per_step: float) -> None:
        self.trace = trace
        self.nodes: Sequence[Node] = trace.nodes
        self.scene = Scene(trace)
        self.computed = {position: OPENING + FORWARD * i for i, position in enumerate(trace.forward)}
        self.seed = OPENING + FORWARD * len(trace.forward) + KNOWN
        self.end = self.seed + SEED + BACKWARD * len(trace.steps) + ENDING
        self.timeline = Timeline(self.end, self.end * seconds_per_step / BACKWARD)
        self.step_of = {(step.node.position, step.slot): step for step in trace.steps}
        gradients = [step.after for step in trace.steps] + [1.0]
        self.largest = max((abs(x) for x in gradients if abs(x) < float("inf")), default=1.0)
        self.far: list[Box] = []  # what stands out from the cards and edges

    def svg(self) -> str:
        ways, steps = self.scene.curves.items(), self.trace.steps
        parts = [part for edge, way in ways for part in self._edge(edge, way)]
        parts += [self._tag(step) for step in steps]
        parts += [part for edge, way in ways for part in self._active_edge(edge, way)]
        parts += [_at(box, shapes.constant(self._operand(edge))) for edge, box in self.scene.constants.items()]
        parts += [self._card(node) for node in self.nodes]
        parts += [part for position in self.trace.forward for part in self._forward(self.nodes[position])]
        parts += [part for step in steps for part in self._backward(step)]
        return self._document(parts)

    def _document(self, parts: Iterable[str]) -> str:
        box = around([self.scene.bounds, *self.far])
        x, y = box.x - MARGIN, box.y - MARGIN
        width, height = box.width + 2 * MARGIN, box.height + 2 * MARGIN
        view = " ".join(map(coordinate, (x, y, width, height)))
        size = f'width="{coordinate(width)}" height="{coordinate(height)}"'
        ground = f'<rect class="paper" x="{coordinate(x)}" y="{coordinate(y)}" {size} rx="12"/>'
        result = escape(plain(self.nodes[-1].name))
        title = f"The values of {result} and of all that it is computed from, then its gradient, one edge at a time"
        style = style_of_shapes() + "".join(self.timeline.rules())
        return (
            f'<svg xmlns="{NAMESPACE}" viewBox="{view}" {size} role="img">\n<title>{title}</title>\n'
            f"<style>{style}</style>\n" + "\n".join([ground, *parts]) + "\n</svg>\n"
        )

    def _operand(self, edge: Edge) -> float:
        """The number that an operation takes along an edge."""
        operand = self.nodes[edge[0]].operands[edge[1]]
        return self.nodes[operand].data if isinstance(operand, int) else operand

    # ------------------------------------------------------------------ edges

    def _edge(self, edge: Edge, way: Way) -> Iterator[str]:
        """Its three states at rest: towards the operation, not yet reached by the gradient, passed by it."""
        yield shapes.line("idle", way.path)
        towards_op = shapes.arrow("head", way.dots[-1], way.at(way.length - 9), 12)
        yield self._seen([(0.0, self.seed)], shapes.line("edge", way.path) + towards_op)
        if step := self.step_of.get(edge):
            towards_operand = shapes.arrow("head", way.dots[0], way.at(9), 12)
            passed = shapes.line("edge" if step.product else "nothing", way.path) + towards_operand
            yield self._seen([(self._times(step)[1], self.end)], passed)

    def _active_edge(self, edge: Edge, way: Way) -> Iterator[str]:
        """While its operation is computed, and while a gradient passes: then it turns round."""
        start = self.computed[edge[0]]
        towards_op = shapes.arrow("headnow", way.dots[-1], way.at(way.length - 9), 15)
        yield self._seen([(start, start + FORWARD)], shapes.line("now", way.path) + towards_op)
        if step := self.step_of.get(edge):
            start, end = self._times(step)
            turned = start + TURNED
            line = shapes.turning_line(self.timeline.drawn(start, turned), way.path)
            growth = self.timeline.moved([(start, "scale(0)"), (turned, "scale(1)")])
            towards_operand = shapes.growing_arrow(growth, way.dots[0], way.at(9), 19)
            yield self._seen([(start, end)], line + towards_operand)

    def _tag(self, step: Step) -> str:
        place = self.scene.tags[step.node.position, step.slot]
        return self._seen([(self._times(step)[1], self.end)], shapes.tag(step.local, place))

    # ------------------------------------------------------------------ cards

    def _card(self, node: Node) -> str:
        width, steps = self.scene.width, self.trace.steps
        gives = [self._times(step) for step in steps if step.node.position == node.position]
        receives = [self._times(step) for step in steps if step.operand.position == node.position]
        if node.position == self.nodes[-1].position:
            receives.append((self.seed, self.seed + SEED))
        parts = [*self._drawers(node)]
        known = 0.0
        if not node.is_leaf:
            start = self.computed[node.position]
            gives.insert(0, (start, start + FORWARD))
            known = start + COMPUTED
            parts.append(self._seen([(0.0, known)], shapes.waiting_card(node, width)))
        parts.append(self._seen([(known, self.end)], shapes.card(node, width) + shapes.value(node, width)))
        parts.append(shapes.name(node, width))
        if active := sorted(receives + gives):
            parts.append(self._seen(active, shapes.outline(node, width)))
        if not node.is_leaf:
            parts += [shapes.op(node), self._seen(gives, shapes.op(node, working=True))]
        return _at(self.scene.cards[node.position], *parts)

    def _drawers(self, node: Node) -> Iterator[str]:
        """The gradient of a node: each sum while it is added, and what it comes to, until the next one."""
        width, largest = self.scene.width, self.largest
        if node.position == self.nodes[-1].position:
            yield self._seen([(self.seed, self.end)], shapes.drawer(1.0, largest, width, "grad"))
        steps = [step for step in self.trace.steps if step.operand.position == node.position]
        following = [*(self._times(step)[0] + PARKED for step in steps[1:]), self.end]
        for step, replaced in zip(steps, following, strict=False):
            self._make_room_for_sum(step)
            start, end = self._times(step)
            before, whole = number(step.before), _sum(step)
            added = f"{before} + {factor(step.product + 0.0)}"
            stages = [(PARKED, f"{before} + …", step.before), (DROPS, added, step.before), (ADDED, whole, step.after)]
            for (since, written, gradient), until in zip(stages, (DROPS, ADDED, BACKWARD), strict=True):
                drawn = shapes.sum_drawer(written, gradient, largest, width, whole)
                yield self._seen([(start + since, start + until)], drawn)
            is_last = step.contribution == node.consumers
            label = "grad" if is_last else f"{step.contribution} of {node.consumers}"
            yield self._seen([(end, replaced)], shapes.drawer(step.after, largest, width, label))

    def _make_room_for_sum(self, step: Step) -> None:
        card, width = self.scene.cards[step.operand.position], self._sum_width(step)
        self.far.append(Box(card.x - (width - card.width) / 2, card.y, width, card.height))

    def _sum_width(self, step: Step) -> float:
        return shapes.sum_width(_sum(step), self.scene.width)

    # ------------------------------------------------------------------ what travels

    def _forward(self, node: Node) -> Iterator[str]:
        """The operands run to the operation, and above the card stands what is computed."""
        start = self.computed[node.position]
        operands = [self._operand((node.position, slot)) for slot in range(len(node.operands))]
        for slot, x in enumerate(operands):
            way = self.scene.curves[node.position, slot].dots[::4]
            yield self._travelling((start, start + ARRIVED), self._run(start, start + ARRIVED, way), shapes.drop(x))
        written = shapes.worked(node, operands)
        rows: Rows = [[(written, "")], [(f"{written} = {number(node.data)}", "")]]
        place = self.scene.above(node, shapes.pill_size(rows[1:]))
        self._make_room(place, rows[1:])
        for row, since, until in zip(rows, (ARRIVED, COMPUTED), (COMPUTED, FORWARD), strict=True):
            yield self._seen([(start + since, start + until)], _at(place, shapes.pill([row])))

    def _make_room(self, place: Point, rows: Rows) -> None:
        width, height = shapes.pill_size(rows)
        self.far.append(Box(place[0] - width / 2, place[1] - height / 2, width, height))

    def _backward(self, step: Step) -> Iterator[str]:
        """The upstream gradient goes through the operation to a place beside the edge; the product goes on alone."""
        start = self._times(step)[0]
        stages = _product(step)
        place = self.scene.beside(step, shapes.pill_size(stages[-1]), self._sum_width(step))
        self._make_room(place, stages[-1])
        giver, receiver = self.scene.cards[step.node.position], self.scene.cards[step.operand.position]
        op = (giver.x, giver.middle)
        way = [(LEAVES, _drawer_of(giver)), (AT_OP, op), (PARTS, op), (PARKED, place)]
        motion = self.timeline.moved([(start + time, _translated(point)) for time, point in way])
        spans = ((LEAVES, TIMES), (TIMES, PRODUCT), (PRODUCT, BACKWARD))
        for rows, (since, until) in zip(stages, spans, strict=True):
            yield self._travelling((start + since, start + until), motion, shapes.pill(rows))
        edge = self.scene.curves[step.node.position, step.slot]
        onward = [place, *(edge.at(share * edge.length) for share in (0.45, 0.3, 0.15, 0.0)), _drawer_of(receiver)]
        run = self._run(start + RUNS, start + DROPS, onward)
        yield self._travelling((start + RUNS, start + DROPS), run, shapes.drop(step.product + 0.0))

    def _run(self, start: float, end: float, points: Sequence[Point]) -> str:
        """From point to point, slowly at both ends of the way."""
        way = polyline(points)
        times = [i / 6 for i in range(7)]
        places = [way.at(x * x * (3 - 2 * x) * way.length) for x in times]
        moments = [(start + (end - start) * x, _translated(place)) for x, place in zip(times, places, strict=True)]
        return self.timeline.moved(moments, "linear")

    # ------------------------------------------------------------------ times

    def _times(self, step: Step) -> tuple[float, float]:
        """When a step begins and ends."""
        start = self.seed + SEED + BACKWARD * (step.number - 1)
        return start, start + BACKWARD

    def _seen(self, spans: Sequence[tuple[float, float]], *parts: str) -> str:
        return f'<g class="{self.timeline.shown(*spans)}">{"".join(parts)}</g>'

    def _travelling(self, span: tuple[float, float], motion: str, part: str) -> str:
        return self._seen([span], f'<g class="{motion}">{part}</g>')


# A product is written plus 0, which turns −0 into 0.


def _product(step: Step) -> list[Rows]:
    """What the pill of a step reads, first to last: ``1``, ``1 × 4``, ``1 × 4 = 4``; each in a line, or in two."""
    upstream = [(number(step.upstream), "up")]
    times = [*upstream, (" × ", ""), (factor(step.local), "local")]
    product = f"= {number(step.product + 0.0)}"
    is_long = sum(len(written) for written, _ in times) + len(product) > LONG
    return [[upstream], [times], [times, [(product, "")]] if is_long else [[*times, (f" {product}", "")]]]


def _sum(step: Step) -> str:
    return f"{number(step.before)} + {factor(step.product + 0.0)} = {number(step.after)}"


def _drawer_of(card: Box) -> Point:
    return card.x + card.width / 2, card.y + card.height + shapes.DRAWER_HEIGHT / 2


def _at(place: Box | Point, *parts: str) -> str:
    """Shapes drawn at (0, 0), moved to a place or to the upper left corner of a box."""
    return f'<g transform="translate({coordinate(place[0])} {coordinate(place[1])})">{"".join(parts)}</g>'


def _translated(place: Point) -> str:
    return f"translate({place[0]:.0f}px,{place[1]:.0f}px)"
