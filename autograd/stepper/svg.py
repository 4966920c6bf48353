"""Draw the graph of a trace as an ``<svg>`` whose parts a page can find, mark and rewrite.

Every Value is a card, ``<g class="node" id="node-7">``, with its gradient in a drawer below. Its operation is a circle
on the left edge of the card, ``<g class="op" id="op-7">``, at which the edges from its operands end:
``<g class="edge" id="edge-7-0">`` is the first. A constant operand is ``<g class="constant" id="constant-7-1">``; 7 is
the position in the trace. The numbers are texts of the classes ``data`` and ``grad``. A cluster is
``<g class="cluster" data-group="layers.0">``. A cluster that is drawn as a single box has the class ``collapsed`` as
well; an edge at such a box may stand for several, which its
``data-edges`` lists: ``7-0 8-1``.

The layout is computed by `layout.py`, so that the text is the same on every machine, byte by byte.

    >>> from autograd import Value, step_through
    >>> a = Value(3.0, "a")
    >>> svg = svg_of_trace(step_through(a + a))
    >>> svg[:4], svg.count('id="edge-1-0"'), svg.count('id="edge-1-1"'), "http" in svg.replace(NAMESPACE, "")
    ('<svg', 1, 1, False)
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.core.number import whole_number
from autograd.drawing.colors import BOX_FILL, CONSTANT_FILL, INK, RESULT_FILL, GradientColors
from autograd.drawing.layout import Box, Layout, Point, Port, layered
from autograd.stepper.words import number, say
from autograd.text.labels import plain, text_width
from autograd.trace.record import Node

if TYPE_CHECKING:
    from autograd.trace.trace import Trace

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "Helvetica, Arial, sans-serif"
SERIF = "STIX Two Text, Georgia, DejaVu Serif, serif"  # of names, as in formulas
SIZE = 15.0  # of the letters, where nothing else is said
NAME, NUMBER, GRADIENT, KEY = 19.0, 19.0, 17.0, 13.0
GREY, EDGE, LEAF = "#6b6b6b", "#767676", "#f3f4f6"  # seen on light and dark pages alike

CARD = 46.0  # the height of a card
DRAWER = 34.0  # of the drawer below, which is narrower by INSET on each side
INSET = 6.0
CIRCLE = 36.0  # the diameter of an operation
FIELD = 84.0  # the room for a number on a card; longer ones are set smaller

MAX_NODES = 300
"""Values to draw one by one; in a larger graph clusters are drawn as boxes, if it has any."""
MAX_LAYOUT = 2000
"""Values and boxes to draw at all; a larger graph is replaced by a sentence."""

_LINE = 20.0
_BOLD = 1.1  # how much wider bold letters are
_ARROW = 11.0


class _Part(NamedTuple):
    """An item of the layout: a Value with its operation and its drawer, a constant, or a cluster drawn as one box."""

    kind: str
    width: float
    height: float
    op_width: float = 0.0
    op_height: float = 0.0

    @property
    def card_height(self) -> float:
        """The height of what the edges end at; the drawer is below."""
        return max(CARD, self.op_height)


def svg_of_trace(
    trace: Trace, *, max_nodes: int = MAX_NODES, max_layout: int = MAX_LAYOUT, language: str = "en"
) -> str:
    """The graph of a trace as the text of an ``<svg>`` element without links, scripts or references of any kind.

    Args:
        trace: what `step_through` returned.
        max_nodes: if the trace has more Values than this, groups are drawn as one box each, the innermost first,
            until no more than this are drawn.
        max_layout: a note takes the place of a picture with more Values and boxes than this, as of a graph without
            groups.
        language: "en" or "zh", of the titles and notes.

    Raises:
        ValueError: if `max_nodes` is not a whole number of at least 0.
    """
    return _Picture(trace, whole_number("max_nodes", max_nodes, 0), max_layout, language).svg()


def left_out(trace: Trace) -> list[str]:
    """What the picture leaves out, and how to have it, in lines; none if it has every Value."""
    return _Picture(trace, MAX_NODES, MAX_LAYOUT, "en").note()


class _Picture:
    def __init__(self, trace: Trace, max_nodes: int, max_layout: int, language: str) -> None:
        self.language = language
        self.nodes: Sequence[Node] = trace.nodes
        groups = [node.group for node in self.nodes]
        self.collapsed = _collapsed(self.nodes, groups, max_nodes)
        self.colors = GradientColors([node.grad for node in self.nodes])
        self.largest = self.colors.largest
        self.item = [self._item(position, group) for position, group in enumerate(groups)]
        shown = {item for item in self.item if item.startswith("c")} | {f"n{i}" for i in range(len(groups))}
        self.too_large = len(shown.intersection(self.item)) > max_layout
        self.parents: dict[str, str] = {}
        for position, group in enumerate(groups):
            self._nest(self.item[position], group)
        self.parts: dict[str, _Part] = {}
        self.edges: list[tuple[str, str]] = []
        self.meaning: list[list[str]] = []  # for each edge drawn, the ids of the edges it stands for
        if not self.too_large:
            self._measure()

    # ------------------------------------------------------------------ what is drawn

    def _item(self, position: int, group: str) -> str:
        for around in _around(group):
            if around in self.collapsed:
                return f"c{around}"
        return f"n{position}"

    def _nest(self, item: str, group: str) -> None:
        around = [f"c{name}" for name in _around(group)]
        if item in around:
            around = around[: around.index(item)]
        for outer, inner in zip(around, [*around[1:], item], strict=False):
            self.parents[inner] = outer

    def _measure(self) -> None:
        merged: dict[tuple[str, str], int] = {}
        for position, node in enumerate(self.nodes):
            item = self.item[position]
            single = item.startswith("n")
            if single:
                self._add_constants(position, node)
            if single or item not in self.parts:
                self.parts[item] = self._part(node) if single else self._cluster_part(item[1:])
            for slot, operand in enumerate(node.operands):
                tail = self._tail(position, slot, operand)
                if tail is None or tail == item:
                    continue
                both_single = single and not tail.startswith("c" if isinstance(operand, int) else "\0")
                index = merged.get((tail, item))
                if both_single or index is None:
                    merged[tail, item] = len(self.edges)
                    self.edges.append((tail, item))
                    self.meaning.append([f"{position}-{slot}"])
                else:
                    self.meaning[index].append(f"{position}-{slot}")

    def _tail(self, position: int, slot: int, operand: int | float) -> str | None:
        if isinstance(operand, int):
            return self.item[operand]
        return f"k{position}-{slot}" if self.item[position].startswith("n") else None

    def _add_constants(self, position: int, node: Node) -> None:
        for slot, operand in enumerate(node.operands):
            if not isinstance(operand, int):
                item = f"k{position}-{slot}"
                width = text_width(number(operand), SIZE) + 16
                self.parts[item] = _Part("constant", max(width, 32.0), 30.0)
                if self.item[position] in self.parents:
                    self.parents[item] = self.parents[self.item[position]]

    def _part(self, node: Node) -> _Part:
        name = text_width(plain(node.name), _size_of_name(node))
        if not node.op:
            return _Part("leaf", max(18 + name + 8 + FIELD + 18, 132.0), CARD + DRAWER)
        symbol = plain(sign_of(node))
        op_width = max(text_width(symbol, _size_of_sign(symbol)) + 14, CIRCLE)
        op_height = max(CIRCLE, min(10.0 * len(node.operands) + 10, 400.0))
        width = op_width / 2 + max(op_width / 2 + 8 + name + 8 + FIELD + 12, 132.0)
        return _Part("result", width, max(CARD, op_height) + DRAWER, op_width, op_height)

    def _cluster_part(self, group: str) -> _Part:
        lines = self._lines(group)
        width = max(_BOLD * text_width(plain(group), SIZE), *(text_width(line, SIZE) for line in lines))
        return _Part("cluster", width + 28, _LINE * (len(lines) + 1) + 16)

    def _counts(self, group: str) -> tuple[int, int]:
        members = [node for node, item in zip(self.nodes, self.item, strict=True) if item == f"c{group}"]
        results = sum(1 for node in members if node.op)
        leaves = len(members) - results
        return results, leaves

    def _lines(self, group: str) -> list[str]:
        results, leaves = self._counts(group)
        lines = [self._say("graph.results", count=results), self._say("graph.leaves", count=leaves)]
        return lines if leaves else lines[:1]

    def _say(self, key: str, **names: Any) -> str:
        return say(self.language, key, **names)

    # ------------------------------------------------------------------ what is written

    def note(self) -> list[str]:
        """What is left out, and how to have it."""
        count = len(self.nodes)
        if self.too_large:
            return [self._say(key, count=count) for key in ("picture.large.1", "picture.large.2", "picture.large.3")]
        if self.collapsed:
            return [self._say(key, count=count) for key in ("picture.grouped.1", "picture.grouped.2")]
        return []

    def svg(self) -> str:
        result = plain(self.nodes[-1].name)
        title = self._say("graph.title", result=result, count=len(self.nodes))
        lines = self.note()
        if self.too_large:
            return _root(_widest(lines), _LINE * len(lines), title, _note(lines, 0))
        sizes = {item: (part.width, part.height) for item, part in self.parts.items()}
        parents = {item: cluster for item, cluster in self.parents.items() if item in sizes or item[0] == "c"}
        headings = {cluster: text_width(plain(cluster[1:]), SIZE) for cluster in set(parents.values())}
        ports = {i: Port(DRAWER / 2, part.card_height) for i, part in self.parts.items() if i[0] == "n"}
        layout = layered(sizes, self.edges, parents, headings, ports, _gap(len(sizes)))
        parts = [self._cluster(box, item[1:]) for item, box in layout.boxes.items() if item not in self.parts]
        parts += [self._edge(index, layout) for index in range(len(self.edges))]
        for item, box in layout.boxes.items():
            if item in self.parts:
                parts += self._drawn(item, box)
        width, height = layout.width, layout.height
        if lines:
            parts += _note(lines, height + 12)
            width = max(width, _widest(lines))
            height += 16 + _LINE * len(lines)
        return _root(width, height, title, parts)

    def _drawn(self, item: str, box: Box) -> list[str]:
        if item.startswith("c"):
            return [self._collapsed_cluster(item[1:], box)]
        if item.startswith("k"):
            position, slot = item[1:].split("-")
            return [self._constant(position, slot, self.nodes[int(position)].operands[int(slot)], box)]
        position = item[1:]
        node, part = self.nodes[int(position)], self.parts[item]
        left = box.x + part.op_width / 2
        middle = box.y + part.card_height / 2
        taken = part.op_width / 2
        card = self._node(position, node, Box(left, middle - CARD / 2, box.right - left, CARD), taken, part.op_height)
        if not node.op:
            return [card]
        return [card, self._op(position, node, Box(box.x, middle - part.op_height / 2, part.op_width, part.op_height))]

    def _node(self, position: str, node: Node, box: Box, taken: float, op_height: float) -> str:
        """The card of a Value, of which a width is taken by the operation, and the drawer with its gradient."""
        free = box.x + max(INSET, taken + 2 if op_height > CARD else 0.0)  # where a drawer is not covered
        leaf = not node.op
        pad = 18.0 if leaf else 12.0
        left = box.x + (pad if leaf else taken + 8)
        size = _size_of_name(node)
        label = _text("label", left, box.middle + 6, plain(node.name), anchor="start", size=size, serif=True)
        data, grad = number(node.data), number(node.grad)
        room = box.right - pad - left - text_width(plain(node.name), size) - 8
        size = fit(data, NUMBER, room)
        written = _text("data", box.right - pad, box.middle + 7, data, anchor="end", weight="600", size=size)
        shape = {"rx": CARD / 2, "fill": LEAF} if leaf else {"rx": 8.0, "fill": RESULT_FILL}
        body = _rect(box, **shape, stroke=GREY, **{"stroke-width": 2})
        name = plain(node.name)
        title = self._say("graph.leaf", name=name) if leaf else f"{name} = {plain(node.expression)}"
        kind = "node leaf" if leaf else "node result"
        return self._group(
            kind, f"node-{position}", title, [self._drawer(box, free, grad, node.grad), body, label, written]
        )

    def _drawer(self, box: Box, left: float, text: str, gradient: float) -> str:
        """The drawer: a gradient, and a bar from the middle to the side of its sign."""
        right, top = box.right - INSET, box.y + CARD - 10
        bottom = box.y + CARD + DRAWER
        path = f"M{_n(left)} {_n(top)}V{_n(bottom - 10)}q0 10 10 10H{_n(right - 10)}q10 0 10-10V{_n(top)}z"
        half = (right - left) / 2 - 10
        share = min(abs(gradient) / self.largest, 1.0) if self.largest and gradient == gradient else 0.0
        end = math.copysign(max(share * half, 2.0) if gradient else 0.0, gradient)
        bar = f"M{_n(left + half + 10)} {_n(bottom - 6)}h{_n(end)}"
        word = self._say("graph.gradient")
        key = _text("key", left + 8, box.y + CARD + 19, word, anchor="start", size=KEY, fill=GREY)
        room = right - left - 18 - text_width(word, KEY)
        size = fit(text, GRADIENT, room)
        written = _text("grad", right - 8, box.y + CARD + 20, text, anchor="end", weight="600", size=size)
        color = self.colors.of(gradient)
        return (
            f'<g class="drawer"><path class="box" d="{path}" fill="{color}" stroke="{GREY}" stroke-width="1.5"/>'
            f'<path class="size" d="{bar}" fill="none" stroke="{INK}" stroke-width="5"/>{key}{written}</g>'
        )

    def _op(self, position: str, node: Node, box: Box) -> str:
        sign = plain(sign_of(node))
        radius = min(box.width, box.height) / 2
        shape = _rect(box, rx=radius, fill=RESULT_FILL, stroke=GREY, **{"stroke-width": 2})
        size = _size_of_sign(sign)
        text = _text("symbol", box.x + box.width / 2, box.middle + size * 0.34, sign, size=size, weight="600")
        title = self._say("graph.op", symbol=plain(node.symbol or node.op), count=len(node.operands))
        return self._group("op", f"op-{position}", title, [shape, text])

    def _constant(self, position: str, slot: str, x: float, box: Box) -> str:
        shape = _rect(box, fill=CONSTANT_FILL, stroke=GREY, **{"stroke-dasharray": "4 3"})
        text = _text("number", box.x + box.width / 2, box.middle + 5.3, number(x))
        title = self._say("graph.constant", number=number(x))
        return self._group("constant", f"constant-{position}-{slot}", title, [shape, text])

    def _cluster(self, box: Box, group: str) -> str:
        shape = _rect(box, rx=8, fill="#8a8a8a", stroke=GREY, **{"fill-opacity": "0.1"})
        text = _text("heading", box.x + 10, box.y + 17, plain(group), anchor="start", fill="currentColor")
        return self._group("cluster", "", plain(group), [shape, text], group)

    def _collapsed_cluster(self, group: str, box: Box) -> str:
        x = box.x + box.width / 2
        parts = [_rect(box, rx=8, fill=BOX_FILL, stroke=INK, **{"stroke-width": 2})]
        parts.append(_text("heading", x, box.y + _LINE + 3, plain(group), weight="bold"))
        lines = self._lines(group)
        parts += [_text("count", x, box.y + _LINE * (row + 2) + 3, line) for row, line in enumerate(lines)]
        results, leaves = self._counts(group)
        key = "graph.box.leaves" if leaves else "graph.box"
        title = self._say(key, group=plain(group), results=results, leaves=leaves)
        return self._group("cluster collapsed", "", title, parts, group)

    def _edge(self, index: int, layout: Layout) -> str:
        meaning = self.meaning[index]
        position, slot = map(int, meaning[0].split("-"))
        node = self.nodes[position]
        operand = node.operands[slot]
        source = plain(self.nodes[operand].name) if isinstance(operand, int) else number(operand)
        key = "graph.edge.slot" if len(node.operands) > 1 else "graph.edge"
        title = self._say(key, operand=source, name=plain(node.name), slot=slot + 1)
        tail, head = self.edges[index]
        one = len(meaning) == 1 and not (head.startswith("c") or (isinstance(operand, int) and tail.startswith("c")))
        if not one:
            key = "graph.edges.from" if tail.startswith("c") else "graph.edges"
            title = self._say(key, count=len(meaning), group=plain(tail[1:]))
        route = layout.routes[index]
        if head.startswith("n"):  # the left side of an operation is round
            part = self.parts[head]
            radius = min(part.op_width, part.op_height) / 2
            box = layout.boxes[head]
            off = abs(route[-1][1] - box.y - part.card_height / 2) - (part.op_height / 2 - radius)
            dent = radius - math.sqrt(max(radius**2 - max(off, 0.0) ** 2, 0.0))
            route = [*route[:-1], (route[-1][0] + dent, route[-1][1])]
        return self._line(meaning[0] if one else "", [] if one else meaning, route, title)

    def _line(self, name: str, meaning: Sequence[str], route: Sequence[Point], title: str) -> str:
        (x, y), last = route[0], route[-1]
        route = [point for point in route[1:-1] if point[0] < last[0] - _ARROW - 4 or last[0] < x]
        route.append((last[0] - _ARROW, last[1]))  # from here on it is straight, under its arrow
        path = [f"M{_n(x)} {_n(y)}"]
        for nx, ny in route:
            half = (nx - x) / 2 if nx > x else (x - nx) / 2 + 30
            if abs(ny - y) < 0.05 and nx >= x:
                if path[-1].startswith("H"):
                    path.pop()
                path.append(f"H{_n(nx)}")
            else:
                path.append(f"C{_n(x + half)} {_n(y)} {_n(nx - half)} {_n(ny)} {_n(nx)} {_n(ny)}")
            x, y = nx, ny
        if path[-1].startswith("H"):
            path.pop()
        path.append(f"H{_n(last[0])}")
        tip = f"{_n(last[0])},{_n(y)} {_n(x)},{_n(y - 6)} {_n(x)},{_n(y + 6)}"
        parts = [
            f'<path d="{"".join(path)}" fill="none" stroke="{EDGE}" stroke-width="2"/>',
            f'<polygon points="{tip}" fill="{EDGE}"/>',
        ]
        data = f' data-edges="{" ".join(meaning)}"' if meaning else ""
        return self._group("edge", f"edge-{name}" if name else "", title, parts, extra=data)

    def _group(self, kind: str, name: str, title: str, parts: Iterable[str], group: str = "", extra: str = "") -> str:
        if name:
            extra += f' id="{name}"'
        if group:
            extra += f' data-group="{escape(_for_xml(group))}"'
        return f'<g class="{kind}"{extra}><title>{escape(title)}</title>{"".join(parts)}</g>'


# ---------------------------------------------------------------------- groups


def _around(group: str) -> list[str]:
    """The groups around a node, the outermost first.

    >>> _around("layers.0.neurons.3")
    ['layers.0', 'layers.0.neurons.3']
    """
    parts = group.split(".")
    around = []
    for end, after in enumerate([*parts[1:], ""], start=1):
        name = ".".join(parts[:end])
        # "layers" is a list of modules, not a module: the group is "layers.0".
        if name.strip(".") and not after.isdigit():
            around.append(name)
    return around


def _collapsed(nodes: Sequence[Node], groups: Sequence[str], max_nodes: int) -> set[str]:
    """The groups to draw as one box each, so that at most `max_nodes` boxes and edges are drawn, if possible."""
    around = [_around(group) for group in groups]
    collapsed: set[str] = set()
    depth = max(map(len, around), default=0)
    while depth and len(groups) > max_nodes:
        boxes = [names[depth - 1] if len(names) >= depth else position for position, names in enumerate(around)]
        collapsed = {box for box in boxes if isinstance(box, str)}
        edges = {(boxes[x], boxes[i]) for i, node in enumerate(nodes) for x in node.operands if isinstance(x, int)}
        if len(set(boxes)) <= max_nodes and len(edges) <= max_nodes:
            break
        depth -= 1
    return collapsed


# ---------------------------------------------------------------------- text


def _gap(items: int) -> float:
    """The least distance between two ranks: room for what is written on an edge, as long as the graph is small."""
    return 104.0 if items <= 20 else 78.0 if items <= 60 else 40.0


_POWERS = {2.0: "x²", 3.0: "x³", -1.0: "1/x", 0.5: "√x"}


def sign_of(node: Node) -> str:
    """What stands in the circle of an operation."""
    if node.symbol == "**":
        exponent = node.operands[1]
        return _POWERS.get(exponent, "xʸ") if isinstance(exponent, float) else "xʸ"
    return {"*": "×", "-": "−", "/": "÷"}.get(node.symbol or "", node.symbol or node.op)


def _size_of_sign(sign: str) -> float:
    return 22.0 if len(sign) == 1 else 16.0 if len(sign) == 2 else 14.0


def _size_of_name(node: Node) -> float:
    return NAME if len(node.name) <= 8 else 15.0


def fit(text: str, size: float, room: float) -> float:
    """The size of the letters of a text that fits into a room, at most `size`.

    >>> fit("1", 19.0, 80.0), fit("-8.888e-88", 19.0, 80.0) < 19.0
    (19.0, True)
    """
    width = _BOLD * text_width(text, size)
    return size if width <= room else math.floor(10 * size * room / width) / 10


def _widest(lines: Sequence[str]) -> float:
    """Room for these lines, also in the font of the page, which may be wider than that of the picture."""
    return 1.2 * max(text_width(line, SIZE) for line in lines)


def _note(lines: Sequence[str], top: float) -> list[str]:
    return [
        _text("note", 0, top + _LINE * row + SIZE, line, fill="currentColor", anchor="start")
        for row, line in enumerate(lines)
    ]


def _for_xml(text: str) -> str:
    return re.sub("[\x00-\x1f\ud800-\udfff\ufffe\uffff]", "�", text)


def _n(number: float) -> str:
    """A coordinate to a tenth of a pixel."""
    text = f"{number:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _rect(box: Box, **attributes: Any) -> str:
    more = "".join(f' {name}="{value if isinstance(value, str) else _n(value)}"' for name, value in attributes.items())
    return f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}"{more}/>'


def _text(
    kind: str,
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "middle",
    fill: str = "",
    weight: str = "",
    size: float = 0.0,
    serif: bool = False,
) -> str:
    more = f' fill="{fill}"' if fill else ""
    more += f' font-family="{SERIF}" font-style="italic"' if serif else ""
    more += f' font-weight="{weight}"' if weight else ""
    more += f' font-size="{_n(size)}"' if size else ""
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _root(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    edge = 24  # room for what a page writes above cards
    w, h = _n(width + 2 * edge), _n(height + 2 * edge)
    return (
        f'<svg xmlns="{NAMESPACE}" viewBox="{-edge} {-edge} {w} {h}" width="{w}" height="{h}" '
        f'font-family="{FONT}" font-size="{_n(SIZE)}" fill="{INK}">\n<title>{escape(title)}</title>\n'
        + "\n".join(parts)
        + "\n</svg>"
    )
