"""Lines, marks and words as SVG, in few characters: rounded to a tenth of a pixel, without points that nobody sees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from autograd.drawing.shapes import number
from autograd.text.labels import plain, text_width

Point = tuple[float, float]

PAPER, INK, QUIET, AXIS, GRID = "#ffffff", "#1a1a1a", "#595959", "#8c8c8c", "#ececec"
COLORS = ("#0072b2", "#b84a00", "#007a58", "#a3457c", "#7a5c00", "#4f5bb5", "#5a5a5a")
"""The hues of `nn.plot.COLORS`, those of Okabe and Ito, so dark that words in them can be read on white."""
TINTS = ("#c9e0ee", "#f6dac6", "#c6e5dc", "#eed6e4", "#eee3c0", "#d9dcf2", "#dedede")
DASHES = ("", "6 3", "2 2.5", "8 3 2 3", "12 4", "4 4")
SIZE = 11.0


# ---------------------------------------------------------------------- words


def fit(text: str, width: float, size: float = SIZE) -> str:
    """A text cut so that it is at most as wide."""
    text = plain(text, 200)
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def words(
    x: float, y: float, text: str, anchor: str = "start", *, fill: str = "", size: float = SIZE, more: str = ""
) -> str:
    """One line of text on a baseline."""
    if not text:
        return ""
    place = f'x="{number(x)}" y="{number(y)}"'
    place += f' text-anchor="{anchor}"' * (anchor != "start") + f' fill="{fill}"' * bool(fill)
    place += f' font-size="{number(size)}"' * (size != SIZE) + more
    return f"<text {place}>{escape(text)}</text>"


HALO = f' stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'


class Places:
    """The boxes that are taken, so that labels find room beside points.

    Args:
        left, top, right, bottom: where labels may stand.
    """

    def __init__(self, left: float, top: float, right: float, bottom: float) -> None:
        self.bounds = left, top, right, bottom
        self.taken: list[tuple[float, float, float, float]] = []
        self.crossed: list[tuple[float, float, float, float]] = []

    def cross(self, points: Sequence[Point]) -> None:
        """Keep labels off a line, where there is room elsewhere."""
        for (ax, ay), (bx, by) in pairwise(points):
            steps = 1 + int(math.hypot(bx - ax, by - ay) / 6)
            for step in range(steps + 1):
                x, y = ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps
                self.crossed.append((x - 2, y - 2, x + 2, y + 2))

    def take(self, x: float, y: float, radius: float) -> None:
        """Keep labels off a mark."""
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def label(self, x: float, y: float, text: str, fill: str, *, on: bool = False) -> str:
        """A text beside a point, where it covers nothing and is not cut; nothing where there is no such place.

        With `on`, it may stand on the point itself.
        """
        left, top, right, bottom = self.bounds
        text = fit(text, (right - left) / 2)
        width = text_width(text, SIZE)
        for others in (self.taken + self.crossed, self.taken):
            for distance in (7.0, 14.0, 24.0, 40.0):
                for dx, dy in ((0, 0), *_AROUND) if on else _AROUND:
                    start = x + dx * distance - width * (1 - (dx > 0) + (dx < 0)) / 2
                    box = start, y + dy * (distance + 5) - 7, start + width, y + dy * (distance + 5) + 7
                    if box[0] < left or box[1] < top or box[2] > right or box[3] > bottom:
                        continue
                    if not any(_overlap(box, other) for other in others):
                        self.taken.append(box)
                        return words(start, box[1] + 11, text, fill=fill, more=HALO)
        return ""


_AROUND = ((1, 0), (0, -1), (-1, 0), (0, 1), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7))


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near to those wanted as can be, at least `gap` apart and in the same order, between two bounds.

    Neighbors that are too near become a block around the mean of what they want.

    >>> spread([10.0, 11.0, 40.0], 10.0, 0.0, 100.0)
    [5.5, 15.5, 40.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[list[float]] = []  # sum of the wanted places of the first element, count
    for index in order:
        blocks.append([wanted[index], 1])
        while len(blocks) > 1 and _start(blocks[-1]) < _start(blocks[-2]) + gap * blocks[-2][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total - count * gap * blocks[-1][1]
            blocks[-1][1] += count
    places = [_start(block) + gap * step for block in blocks for step in range(int(block[1]))]
    for step in range(len(places)):  # what is beyond a bound pushes the others back
        places[step] = max(places[step], low + gap * step)
    for step in range(len(places)):
        places[-1 - step] = min(places[-1 - step], high - gap * step)
    found = [0.0] * len(wanted)
    for index, place in zip(order, places, strict=True):
        found[index] = place
    return found


def _start(block: list[float]) -> float:
    return block[0] / block[1]


# ---------------------------------------------------------------------- lines


def line(points: Iterable[Point], tolerance: float = 0.1) -> str:
    """The data of a ``<path>`` through points, without those that are less than a tolerance off the line.

    >>> line([(0.0, 0.0), (1.0, 1.01), (2.0, 2.0), (2.0, 0.5)])
    'M0 0l2 2 0-1.5'
    """
    tenths = [(round(10 * x), round(10 * y)) for x, y in simplified(list(points), tolerance)]
    text, (x, y) = f"M{_tenth(tenths[0][0])}{_apart(tenths[0][1])}", tenths[0]
    steps = []
    for nx, ny in tenths[1:]:
        if (nx, ny) != (x, y):
            steps.append(_apart(nx - x) + _apart(ny - y))
            x, y = nx, ny
    return text + ("l" + "".join(steps).lstrip() if steps else "")


def _tenth(tenths: int) -> str:
    text = f"{abs(tenths) // 10 or ''}{f'.{abs(tenths) % 10}' if tenths % 10 else ''}" or "0"
    return f"-{text}" if tenths < 0 else text


def _apart(tenths: int) -> str:
    return _tenth(tenths) if tenths < 0 else " " + _tenth(tenths)


def simplified(points: list[Point], tolerance: float) -> list[Point]:
    """The points without which the line would be off by more than a tolerance.

    Source: Douglas and Peucker, "Algorithms for the reduction of the number of points required to represent a digitized
    line", 1973.
    """
    if len(points) < 3:
        return points
    keep = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = math.hypot(bx - ax, by - ay)
        worst, place = tolerance, 0
        for index in range(first + 1, last):
            x, y = points[index]
            if length > 1e-9:
                off = abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
                along = ((bx - ax) * (x - ax) + (by - ay) * (y - ay)) / length
                off = max(off, -along, along - length)
            else:
                off = math.hypot(x - ax, y - ay)
            if off > worst:
                worst, place = off, index
        if place:
            keep.add(place)
            waiting += [(first, place), (place, last)]
    return [points[index] for index in sorted(keep)]


def clipped(points: Iterable[Point], left: float, top: float, right: float, bottom: float) -> list[list[Point]]:
    """The parts of a line through points that are in a rectangle; a point that is nan is a gap.

    Source: Liang and Barsky, "A new concept and method for line clipping", 1984.
    """
    runs: list[list[Point]] = []
    before: Point | None = None
    for x, y in points:
        if math.isnan(x) or math.isnan(y):
            before = None
            continue
        if before is None:
            if left <= x <= right and top <= y <= bottom:
                runs.append([(x, y)])
        else:
            part = _clipped(before, (x, y), left, top, right, bottom)
            if part is not None:
                if not (runs and runs[-1][-1] == part[0]):
                    runs.append([part[0]])
                runs[-1].append(part[1])
        before = x, y
    return runs


def _clipped(
    one: Point, other: Point, left: float, top: float, right: float, bottom: float
) -> tuple[Point, Point] | None:
    (ax, ay), (bx, by) = one, other
    start, end = 0.0, 1.0
    for delta, room in (
        (ax - bx, ax - left),
        (bx - ax, right - ax),
        (ay - by, ay - top),
        (by - ay, bottom - ay),
    ):
        if delta == 0:
            if room < 0:
                return None
        elif delta < 0:
            start = max(start, room / delta)
        else:
            end = min(end, room / delta)
    if start > end:
        return None

    def at(part: float) -> Point:
        return one if part == 0 else other if part == 1 else (ax + part * (bx - ax), ay + part * (by - ay))

    return at(start), at(end)


# ---------------------------------------------------------------------- marks


def mark(kind: int, x: float, y: float, size: float = 4.0) -> str:
    """The data of a ``<path>`` around a point: a circle, triangle, square, diamond, triangle, plus or cross.

    They are in the order of `nn.plot.MARKERS`.
    """
    s = size
    shapes: tuple[list[Point], ...] = (
        [],
        [(0, -1.25 * s), (1.15 * s, 0.8 * s), (-1.15 * s, 0.8 * s)],
        [(-0.9 * s, -0.9 * s), (0.9 * s, -0.9 * s), (0.9 * s, 0.9 * s), (-0.9 * s, 0.9 * s)],
        [(0, -1.3 * s), (1.1 * s, 0), (0, 1.3 * s), (-1.1 * s, 0)],
        [(0, 1.25 * s), (1.15 * s, -0.8 * s), (-1.15 * s, -0.8 * s)],
        _cross(1.25 * s, 0.0),
        _cross(1.3 * s, math.pi / 4),
        [(1.7 * s * (0.42 if k % 2 else 1) * math.sin(k * math.pi / 5),
          -1.7 * s * (0.42 if k % 2 else 1) * math.cos(k * math.pi / 5)) for k in range(10)],
    )  # fmt: skip
    corners = shapes[kind % len(shapes)]
    if not corners:
        r = number(s)
        return f"M{number(x)} {number(y - s)}a{r} {r} 0 1 1-.1 0z"
    return line([(x + dx, y + dy) for dx, dy in corners], 0.0) + "z"


STAR = 7


def _cross(arm: float, turn: float) -> list[Point]:
    w = arm * 0.38
    corners = [(w, -arm), (w, -w), (arm, -w), (arm, w), (w, w), (w, arm)]
    corners += [(-x, -y) for x, y in corners]
    c, s = math.cos(turn), math.sin(turn)
    return [(x * c - y * s, x * s + y * c) for x, y in corners]
