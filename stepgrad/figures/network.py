"""Draw a layered network with a number for each edge and each unit: `network`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from autograd.core.number import is_sequence
from autograd.drawing.colors import GradientColors
from autograd.drawing.shapes import number
from autograd.text.labels import counted, plain, text_width
from stepgrad.figures.axis import short, signed
from stepgrad.figures.data import as_list, numbers_of, sentences
from stepgrad.figures.figure import Figure
from stepgrad.figures.frame import EDGE, NAME_ROW, TITLE, TITLE_ROW, key
from stepgrad.figures.strokes import COLORS, INK, PAPER, QUIET, SIZE, fit, words

WIDTH = 480.0
RADIUS, APART, TALLEST = 25.0, 78.0, 420.0
LEAST_RADIUS = 12.0  # of a circle with a number
THINNEST, WIDEST = 1.0, 6.0
MOST_LAYERS, MOST_UNITS, MOST_EDGES, MOST_NUMBERS = 8, 40, 1000, 16
_POSITIVE, _NEGATIVE, _DASHES = COLORS[0], COLORS[1], "7 4"


class _Edge(NamedTuple):
    """An edge: the layer it leaves, the unit there, the unit of the next layer, its number."""

    layer: int
    start: int
    end: int
    value: float


def network(edges: Any, units: Any = None, *, title: str | None = None, names: Sequence[str] | None = None) -> Figure:
    """A network in layers, from left to right, with a number for each edge: its weight, or the gradient of that.

    An edge is the wider, the larger its number: blue and whole if it is positive, orange and dashed if it is negative,
    thin and gray if it is 0 or nan. Up to 16 numbers are written on their edges. A unit is blue or orange by the sign
    of its number, and the darker, the larger it is; inputs are compared with inputs, all other units with each other.

    Args:
        edges: ``edges[l][k][j]`` is the number of the edge from unit j of layer l to unit k of layer l + 1, as in
            `nn.Linear.weight`. A row may have one more number at its end, the bias, which is not drawn. Whether the
            first layer has biases is told by `units`, or else by the other layers.
        units: ``units[l][j]``, a number for each unit, written into its circle; those of layer 0 are the inputs. None
            for a layer, or for all, draws circles alone.
        title: a heading.
        names: of the layers; inputs, hidden and outputs by default.

    Raises:
        TypeError: if something is no number.
        ValueError: if the layers do not fit each other, or are too many or too large to be told apart.

    >>> network([[[0.5, -1.0], [1.5, 0.8]], [[1.2, -2.0]]], units=[[1, 2], [0.3, -0.2], [0.1]])
    <Figure: network with layers of 2, 2 and 1 units>
    """
    rows = _rows(edges)
    counts = _counts(rows, units)
    inside = _inside(units, counts)
    found = [
        _Edge(layer, start, end, row[start])
        for layer, some in enumerate(rows)
        for end, row in enumerate(some)
        for start in range(counts[layer])
    ]
    if len(found) > MOST_EDGES:
        raise ValueError(f"network draws up to {MOST_EDGES} edges, got {len(found)}; draw fewer units or layers")
    columns = _names(names, len(counts))
    heading = "" if title is None else str(title)

    def draw(width: float) -> tuple[float, str]:
        return _drawn(counts, found, inside, columns, heading, width)

    sizes = ", ".join(map(str, counts[:-1])) + f" and {counts[-1]}"
    summary = f"network with layers of {sizes} units"
    summary = f"{plain(heading, 80)}: {summary}" if heading else summary
    return Figure(summary, sentences(_told(columns, counts, found, inside)), WIDTH, draw)


# ---------------------------------------------------------------------- reading


def _rows(edges: Any) -> list[list[list[float]]]:
    wanted = "edges must be a list of layers, each with a row of numbers for each unit that its edges lead to"
    if not is_sequence(edges):
        raise TypeError(f"{wanted}, got {plain(repr(edges))}")
    rows: list[list[list[float]]] = []
    for layer, some in enumerate(as_list(edges)):
        if not is_sequence(some):
            raise TypeError(f"{wanted}, got {plain(repr(some))} as layer {layer}")
        rows.append([numbers_of(row, f"edges[{layer}][{unit}]") for unit, row in enumerate(as_list(some))])
    if not 0 < len(rows) < MOST_LAYERS or not all(rows):
        raise ValueError(f"{wanted}, from 1 to {MOST_LAYERS - 1} of them and none empty, got {plain(repr(edges))}")
    return rows


def _counts(rows: list[list[list[float]]], units: Any) -> list[int]:
    """How many units each layer has."""
    counts = [0, *map(len, rows)]
    later = [len(row) - counts[layer] for layer, some in enumerate(rows) if layer for row in some]
    has_biases = bool(later) and min(later) == 1
    first = len(rows[0][0]) - has_biases
    if is_sequence(units) and (given := as_list(units)) and is_sequence(given[0]):
        first = len(as_list(given[0]))
    counts[0] = first
    for layer, some in enumerate(rows):
        for unit, row in enumerate(some):
            if len(row) - counts[layer] not in (0, 1):
                raise ValueError(
                    f"edges[{layer}][{unit}] must have a number for each of {counted(counts[layer], 'unit')} of layer "
                    f"{layer}, and perhaps a bias, got {counted(len(row), 'number')}"
                )
    if not 0 < min(counts) <= max(counts) <= MOST_UNITS:
        raise ValueError(f"network draws from 1 to {MOST_UNITS} units in a layer, got layers of {counts}")
    return counts


def _inside(units: Any, counts: list[int]) -> list[list[float] | None]:
    """The numbers of the units of each layer, or None."""
    if units is None:
        return [None] * len(counts)
    if not is_sequence(units):
        raise TypeError(f"units must be a list of numbers for each layer, got {plain(repr(units))}")
    given = as_list(units)
    if len(given) != len(counts):
        raise ValueError(
            f"units must have a list for each of {counted(len(counts), 'layer')}, inputs first, got {len(given)}"
        )
    found = [None if some is None else numbers_of(some, f"units[{layer}]") for layer, some in enumerate(given)]
    for layer, (some, count) in enumerate(zip(found, counts, strict=True)):
        if some is not None and len(some) != count:
            raise ValueError(f"units[{layer}] must have {counted(count, 'number')}, one for each unit, got {len(some)}")
    return found


def _names(names: Sequence[str] | None, count: int) -> list[str]:
    if names is None:
        hidden = ["hidden"] if count == 3 else [f"hidden {place}" for place in range(1, count - 1)]
        return ["inputs", *hidden, "outputs"]
    if isinstance(names, str) or not is_sequence(names) or len(names) != count:
        raise ValueError(f"names must name each of {counted(count, 'layer')}, got {plain(repr(names))}")
    return [str(name) for name in names]


# ---------------------------------------------------------------------- drawing


def _drawn(
    counts: list[int],
    edges: list[_Edge],
    inside: list[list[float] | None],
    columns: list[str],
    title: str,
    width: float,
) -> tuple[float, str]:
    room = (width - 2 * EDGE) / len(counts)
    apart = min(APART, TALLEST / max(counts), room)
    radius = min(RADIUS, 0.4 * apart, 0.24 * room)
    shown = [fit(name, room - 4) for name in columns]
    named = any(columns)
    side = EDGE + max(radius, *(text_width(shown[place], SIZE) / 2 for place in (0, -1)))
    gap = (width - 2 * side) / (len(counts) - 1)
    top = EDGE + TITLE_ROW * bool(title) + NAME_ROW * named
    high = apart * max(counts)
    at = [
        [(side + gap * layer, top + high / 2 + apart * (unit - (count - 1) / 2)) for unit in range(count)]
        for layer, count in enumerate(counts)
    ]
    parts = [
        words(EDGE, EDGE + 13, fit(title, width - 2 * EDGE, TITLE * 1.06), size=TITLE, more=' font-weight="600"'),
        *(words(places[0][0], top - 4, name, "middle", fill=QUIET) for places, name in zip(at, shown, strict=True)),
    ]
    largest = max((abs(edge.value) for edge in edges if math.isfinite(edge.value)), default=0.0)
    lines: dict[tuple[float, str, str], str] = {}
    for edge in edges:
        (ax, ay), (bx, by) = at[edge.layer][edge.start], at[edge.layer + 1][edge.end]
        part = radius / math.hypot(bx - ax, by - ay)
        ends = [(ax + (bx - ax) * p, ay + (by - ay) * p) for p in (part, 1 - part)]
        data = "M" + "L".join(f"{number(round(x, 1))} {number(round(y, 1))}" for x, y in ends)
        style = _stroke(edge.value, largest)
        lines[style] = lines.get(style, "") + data
    for (size, color, dashes), data in sorted(lines.items()):  # the widest over the others
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<path d="{data}" fill="none" stroke="{color}" stroke-width="{number(size)}"{dashed}/>')
    if len(edges) <= MOST_NUMBERS:
        parts += _numbers(edges, at, radius)
    parts += _circles(inside, at, radius)
    entries = [
        (name, color, f'<path d="M-11 0h22" stroke="{color}" stroke-width="3"{dashed}/>')
        for name, color, dashed, occurs in (
            ("positive", _POSITIVE, "", any(edge.value > 0 for edge in edges)),
            ("negative", _NEGATIVE, f' stroke-dasharray="{_DASHES}"', any(edge.value < 0 for edge in edges)),
        )
        if occurs
    ]
    if largest:
        widest = f'<path d="M-11 0h22" stroke="{QUIET}" stroke-width="{number(WIDEST)}"/>'
        entries.append((f"±{short(largest)}", QUIET, widest))
    samples, below = key(entries, EDGE, top + high + 2, width - 2 * EDGE)
    return top + high + below + EDGE, "\n".join(filter(None, [*parts, *samples]))


def _stroke(value: float, largest: float) -> tuple[float, str, str]:
    """The width, the color and the dashes of an edge."""
    if math.isnan(value) or value == 0:
        return THINNEST, "#8c8c8c", ""
    part = 1.0 if math.isinf(value) else abs(value) / largest
    size = round(THINNEST + (WIDEST - THINNEST) * part, 1)
    return (size, _POSITIVE, "") if value > 0 else (size, _NEGATIVE, _DASHES)


def _numbers(edges: list[_Edge], at: list[list[tuple[float, float]]], radius: float) -> Iterator[str]:
    """The number of each edge, on it, at a place where nothing else is; none where there is no such place."""
    ways = [(*at[edge.layer][edge.start], *at[edge.layer + 1][edge.end]) for edge in edges]
    taken: list[tuple[float, float, float, float]] = []
    for edge, (ax, ay, bx, by) in zip(edges, ways, strict=True):
        text = short(edge.value)
        half = text_width(text, SIZE) / 2 + 1
        places = []
        for step in range(-18, 19):
            part = 0.5 + step / 40
            x, y = ax + (bx - ax) * part, ay + (by - ay) * part
            box = (x - half, y - 7, x + half, y + 7)
            if x - half < ax + radius + 2 or x + half > bx - radius - 2:
                continue
            if any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in taken):
                continue
            if not any(_passes(way, box) for way in ways if way != (ax, ay, bx, by)):
                places.append((abs(step), step, box))
        if places:
            *_, box = min(places)
            taken.append(box)
            behind = f'x="{number(box[0])}" y="{number(box[1])}" width="{number(2 * half)}" height="14"'
            yield f'<rect {behind} fill="{PAPER}"/>'
            color = _stroke(edge.value, 1.0)[1] if edge.value else QUIET
            yield words((box[0] + box[2]) / 2, box[1] + 11, text, "middle", fill=color)


def _passes(way: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    """Whether an edge goes through a box, both from left to right."""
    ax, ay, bx, by = way
    left, right = max(ax, box[0]), min(bx, box[2])
    if left > right:
        return False
    ys = [ay + (by - ay) * (x - ax) / (bx - ax) for x in (left, right)]
    return max(ys) > box[1] and min(ys) < box[3]


def _circles(inside: list[list[float] | None], at: list[list[tuple[float, float]]], radius: float) -> Iterator[str]:
    inputs = GradientColors(inside[0] or ())
    others = GradientColors(value for some in inside[1:] for value in some or ())
    r = number(round(radius, 1))
    for layer, (some, places) in enumerate(zip(inside, at, strict=True)):
        for unit, (x, y) in enumerate(places):
            fill = PAPER if some is None else (others if layer else inputs).of(some[unit])
            start = f"M{number(round(x - radius, 1))} {number(round(y, 1))}"
            yield (
                f'<path d="{start}a{r} {r} 0 1 1 {number(round(2 * radius, 1))} 0a{r} {r} 0 1 1 '
                f'{number(round(-2 * radius, 1))} 0z" fill="{fill}" stroke="{INK}"/>'
            )
            if some is not None and radius >= LEAST_RADIUS:
                text, size = _fitting(some[unit], 2 * radius - 5)
                yield words(x, y + 0.36 * size, text, "middle", size=size)


def _fitting(value: float, room: float) -> tuple[str, float]:
    """A number with as many digits as have room, up to three, and the size of its letters; none if no digit has."""
    texts = [short(value)]
    texts += [signed(f"{value:.{digits}g}") for digits in (2, 1)] if abs(value) < 1e5 else []
    for least in (8.8, 7.0):
        for text in texts:
            size = min(SIZE, math.floor(10 * SIZE * room / text_width(text, SIZE)) / 10)
            if size >= least:
                return text, size
    return "", SIZE


# ---------------------------------------------------------------------- telling


def _told(columns: list[str], counts: list[int], edges: list[_Edge], inside: list[list[float] | None]) -> Iterator[str]:
    places = [plain(name) or f"layer {layer}" for layer, name in enumerate(columns)]
    for place, some in zip(places, inside, strict=True):
        if some is not None:
            yield f"{place}: {', '.join(map(short, some))}"
    for layer in range(len(counts) - 1):
        some_edges = [edge for edge in edges if edge.layer == layer]
        way = f"{places[layer]} to {places[layer + 1]}"
        if len(some_edges) <= MOST_NUMBERS:
            each = (f"from {edge.start + 1} to {edge.end + 1} {short(edge.value)}" for edge in some_edges)
            yield f"{way}: {', '.join(each)}"
        else:
            values = [edge.value for edge in some_edges if math.isfinite(edge.value)]
            over = f" from {short(min(values))} to {short(max(values))}" if values else " without a finite number"
            yield f"{way}: {counted(len(some_edges), 'edge')}{over}"
