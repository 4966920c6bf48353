"""Draw a card, an edge, a tag, a drawer, a pill: the parts of the animated picture, each as SVG, whatever the time.

A *card* stands for a Value, with its operation on the left side; a leaf is shaped like a pill. Below it the *drawer*
holds the gradient. A *tag* on an edge is its local derivative. A *pill* is a number, or a product, that travels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from math import isfinite, sqrt

from autograd.drawing.layout import Box, Point
from autograd.stepper.svg import sign_of
from autograd.stepper.words import factor, number
from autograd.text.labels import plain, text_width
from autograd.trace.record import Node

CARD_WIDTH, CARD_HEIGHT, DRAWER_HEIGHT = 132.0, 46.0, 34.0
CONSTANT_HEIGHT = 28.0
PILL_HEIGHT = 34.0
TAG_HEIGHT = 24.0
NAME_LENGTH = 24  # in characters
MOST_WIDER = 60.0  # that a drawer may be than its card while it adds: edges arrive beside the card
_SMALLEST = 0.9  # how much smaller letters may be set before a card becomes wider

# ---------------------------------------------------------------------- text


def worked(node: Node, operands: Sequence[float]) -> str:
    """The operation of a node with the numbers it was applied to: ``2 × (−3)``, ``3²``, ``tanh(0.5)``."""
    sign = plain(sign_of(node))
    if node.symbol == "**":
        base, exponent = map(factor, operands)
        return f"{base} ^ {exponent}" if sign == "xʸ" else sign.replace("x", base)
    if len(operands) == 2 and node.symbol in ("+", "-", "*", "/", "%"):
        return f"{number(operands[0])} {sign} {factor(operands[1])}"
    if node.symbol == "-":
        return f"−{factor(operands[0])}"
    shown = [number(x) for x in operands[:3]] + ["…"] * (len(operands) > 3)
    return f"{sign}({', '.join(shown)})"


def short(name: str) -> str:
    """A name in the length for which a card has room, with the beginning and the end of a longer one.

    >>> short("layers.0.neurons.3.weight[12]")
    'layers.0.neu….weight[12]'
    """
    half = NAME_LENGTH // 2
    return plain(name if len(name) <= NAME_LENGTH else f"{name[:half]}…{name[1 - half :]}")


def coordinate(x: float) -> str:
    """To a tenth of a pixel.

    >>> coordinate(1.25), coordinate(2.0), coordinate(-0.01)
    ('1.2', '2', '0')
    """
    text = f"{x:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _text(kind: str, x: float, y: float, content: str, size: float = 0.0) -> str:
    kind = f' class="{kind}"' if kind else ""
    font = f' font-size="{coordinate(size)}"' if size else ""
    return f'<text{kind} x="{coordinate(x)}" y="{coordinate(y)}"{font}>{escape(content, quote=False)}</text>'


def _rectangle(kind: str, box: Box, radius: float) -> str:
    x, y, width, height = map(coordinate, box)
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{coordinate(radius)}"/>'


# ---------------------------------------------------------------------- cards, with the upper left corner at (0, 0)


def card_width(node: Node) -> float:
    """How wide a card must be for its name and its value."""
    left, right = _margins(node)
    return max(CARD_WIDTH, left + right + _SMALLEST * _content(node))


def card(node: Node, width: float) -> str:
    """The card of a node, whose value is known."""
    kind = "card leaf" if node.is_leaf else "card"
    return _body(node, width, kind if isfinite(node.data) else f"{kind} sick")


def waiting_card(node: Node, width: float) -> str:
    """The card of a node that is not computed yet."""
    return _body(node, width, "card pending")


def outline(node: Node, width: float) -> str:
    """The line around the card of a node that gives or receives."""
    return _body(node, width, "on")


def _body(node: Node, width: float, kind: str) -> str:
    return _rectangle(kind, Box(0.0, 0.0, width, CARD_HEIGHT), CARD_HEIGHT / 2 if node.is_leaf else 8.0)


def name(node: Node, width: float) -> str:
    """The name on a card; of one such as ``x1`` the number is set lower."""
    size = _name_size(node) * _scale(node, width)
    kind = "name soft" if _is_automatic(node) else "name"
    written = _text(kind, _margins(node)[0], 29.0, short(node.name), size)
    lowered = f'<tspan dy="4" font-size="{coordinate(0.7 * size)}">\\2</tspan><'
    return re.sub(r"(?<=>)([A-Za-z]+)(\d+)<", rf"\1{lowered}", written)


def value(node: Node, width: float) -> str:
    """The number on a card."""
    return _text("value", width - _margins(node)[1], 29.5, number(node.data), 19 * _scale(node, width))


def op(node: Node, *, working: bool = False) -> str:
    """The operation on the left side of a card: a circle, or longer for a long name."""
    long, height = _op_size(node)
    box = Box(height / 2 - long, (CARD_HEIGHT - height) / 2, long, height)
    written = plain(sign_of(node))
    is_word = len(written) > 1
    kind = f"{'word' if is_word else 'sign'}{' onnow' if working else ''}"
    middle = _text(kind, box.x + long / 2, 28.0 if is_word else 30.5, written)
    return _rectangle("op working" if working else "op", box, height / 2) + middle


def overhang(node: Node) -> float:
    """How far the operation stands out on the left side of its card."""
    long, height = _op_size(node)
    return 0.0 if node.is_leaf else long - height / 2


def op_radius(node: Node) -> float:
    """The radius of the round end of the operation."""
    return _op_size(node)[1] / 2


def _op_size(node: Node) -> tuple[float, float]:
    written = plain(sign_of(node))
    height = 44.0 if len(written) > 2 else 36.0
    return max(height, text_width(written, 14.0) + 8), height


def _margins(node: Node) -> tuple[float, float]:
    return (18.0, 18.0) if node.is_leaf else (op_radius(node) + 8, 12.0)


def _content(node: Node) -> float:
    """How wide name and value are, with the gap between them, before they are set smaller."""
    return text_width(short(node.name), _name_size(node)) + 8 + text_width(number(node.data), 19.0)


def _scale(node: Node, width: float) -> float:
    left, right = _margins(node)
    return min(1.0, (width - left - right) / _content(node))


def _name_size(node: Node) -> float:
    return 16.0 if _is_automatic(node) else 19.0


def _is_automatic(node: Node) -> bool:
    """Whether a result has a name that was made for it."""
    return not node.label and not node.is_leaf and re.fullmatch(r"v\d+", node.name) is not None


def constant(x: float) -> str:
    """A constant operand, with the upper left corner at (0, 0)."""
    width = constant_width(x)
    box = Box(0.0, 0.0, width, CONSTANT_HEIGHT)
    return _rectangle("card leaf", box, CONSTANT_HEIGHT / 2) + _text("small", width / 2, 19.0, number(x))


def constant_width(x: float) -> float:
    """How wide a constant operand is drawn."""
    return text_width(number(x), 14.0) + 22


# ---------------------------------------------------------------------- drawers, below the card at (0, 0)


def drawer(gradient: float, largest: float, width: float, label: str) -> str:
    """The drawer at rest, with the gradient that has arrived so far.

    Args:
        gradient: the number in it.
        largest: the gradient whose bar fills half of its drawer.
        width: of the card.
        label: ``grad``, or how many contributions have arrived, such as ``1 of 2``; then the border is dashed.
    """
    box = _drawer_box(width, width - 12)
    written = number(gradient)
    size = min(17.0, 17.0 * (box.width - 24 - text_width(label, 13.0)) / text_width(written, 17.0))
    border = _rectangle(f"drawer {_sign_of(gradient)}{' open' * (label != 'grad')}", box, 10.0)
    key = _text("key soft", box.x + 10, CARD_HEIGHT + 19, label)
    return border + key + _text("value", box.right - 10, CARD_HEIGHT + 19, written, size) + _bar(gradient, largest, box)


def sum_drawer(written: str, gradient: float, largest: float, width: float, whole: str) -> str:
    """The drawer while it adds.

    Args:
        written: what it reads, such as ``0 + 4``.
        gradient: the number that it shows as color and as bar.
        largest: the gradient whose bar fills half of its drawer.
        width: of the card.
        whole: what it reads in the end.
    """
    box = _drawer_box(width, sum_width(whole, width))
    size = min(17.0, 17.0 * (box.width - 16) / text_width(whole, 17.0))
    border = _rectangle(f"drawer sum {_sign_of(gradient)}", box, 10.0)
    return border + _text("", width / 2, CARD_HEIGHT + 19, written, size) + _bar(gradient, largest, box)


def sum_width(written: str, width: float) -> float:
    """How wide a drawer is while it adds."""
    return min(max(width, text_width(written, 17.0) + 22), width + MOST_WIDER)


def _drawer_box(width: float, own: float) -> Box:
    """As far behind the card as its corners are round, but not beside it, where edges arrive."""
    behind = 10.0 if own <= width else 2.0
    return Box((width - own) / 2, CARD_HEIGHT - behind, own, DRAWER_HEIGHT + behind)


def _bar(gradient: float, largest: float, box: Box) -> str:
    """To the right of the middle if positive, to the left if negative, so that signs do not need colors."""
    half = (box.width - 16) / 2
    if not gradient:
        return ""
    share = min(abs(gradient) / largest, 1.0) if isfinite(gradient) and largest else 1.0
    length = max(share, 0.03) * half
    x = box.x + box.width / 2 - (length if gradient < 0 else 0.0)
    return _rectangle(f"bar {_sign_of(gradient)}", Box(x, CARD_HEIGHT + DRAWER_HEIGHT - 8, length, 5.0), 2.0)


def _sign_of(gradient: float) -> str:
    return "positive" if gradient > 0 else "negative" if gradient < 0 else "zero"


# ---------------------------------------------------------------------- edges


def line(kind: str, path: str) -> str:
    """An edge of the kind ``idle``, ``edge``, ``now``, or ``nothing``, along which a gradient of zero passed."""
    return f'<path class="{kind}" d="{path}"/>'


def turning_line(timing: str, path: str) -> str:
    """The active edge, whose length counts as 1, to be drawn."""
    return f'<path class="now {timing}" pathLength="1" d="{path}"/>'


def arrow(kind: str, tip: Point, origin: Point, size: float) -> str:
    """The head of an arrow that comes from `origin`."""
    return f'<polygon class="{kind}" points="{_head(tip, origin, size)}"/>'


def growing_arrow(timing: str, tip: Point, origin: Point, size: float) -> str:
    """The head of the arrow on the active edge, which grows out of its tip."""
    from_tip = (origin[0] - tip[0], origin[1] - tip[1])
    place = f"{coordinate(tip[0])} {coordinate(tip[1])}"
    head = f'<polygon class="headnow {timing}" points="{_head((0.0, 0.0), from_tip, size)}"/>'
    return f'<g transform="translate({place})">{head}</g>'


def _head(tip: Point, origin: Point, size: float) -> str:
    dx, dy = tip[0] - origin[0], tip[1] - origin[1]
    length = sqrt(dx * dx + dy * dy)
    along, across = size * dx / length, size * dy / length
    x, y = tip[0] - along, tip[1] - across
    corners = (tip, (x + 0.55 * across, y - 0.55 * along), (x - 0.55 * across, y + 0.55 * along))
    return " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in corners)


def tag(local: float, place: Box) -> str:
    """The local derivative on its edge."""
    middle = place.x + place.width / 2
    return _rectangle("tag", place, 5.0) + _text("local tagged", middle, place.middle + 5.5, _times(local))


def tag_width(local: float) -> float:
    """How wide the tag of a local derivative is."""
    return text_width(_times(local), 15.0) + 12


def _times(local: float) -> str:
    return f"×{factor(local)}"


# ---------------------------------------------------------------------- pills, with the middle at (0, 0)

Run = tuple[str, str]
"""A piece of text and its kind: ``up`` for an upstream gradient, ``local`` for a local derivative, or nothing."""
Rows = Sequence[Sequence[Run]]
"""The lines of a pill."""


def pill(rows: Rows) -> str:
    """A pill with a line or two of text."""
    width, height = pill_size(rows)
    lines = (_row(row, 6.5 + 23 * (i - (len(rows) - 1) / 2)) for i, row in enumerate(rows))
    return _rectangle("pill", Box(-width / 2, -height / 2, width, height), 17.0) + "".join(lines)


def drop(x: float) -> str:
    """A number that runs along an edge."""
    width = text_width(number(x), 18.0) + 22
    box = Box(-width / 2, -PILL_HEIGHT / 2, width, PILL_HEIGHT)
    return _rectangle("drop", box, PILL_HEIGHT / 2) + _text("formula onnow", 0.0, 6.5, number(x))


def pill_size(rows: Rows) -> tuple[float, float]:
    """The width and the height of a pill."""
    widest = max(text_width("".join(written for written, _ in row), 18.0) for row in rows)
    return widest + 24, PILL_HEIGHT + 21 * (len(rows) - 1)


def _row(row: Sequence[Run], y: float) -> str:
    runs = (f'<tspan class="{kind}">{escape(written)}</tspan>' if kind else escape(written) for written, kind in row)
    return f'<text class="formula" x="0" y="{coordinate(y)}">{"".join(runs)}</text>'
