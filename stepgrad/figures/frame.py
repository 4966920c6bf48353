"""The frame of a picture: its title, its axes with ticks and names, and the room inside for what is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograd.drawing.shapes import number
from autograd.text.labels import text_width
from stepgrad.figures.axis import Axis
from stepgrad.figures.strokes import AXIS, GRID, QUIET, SIZE, Point, clipped, fit, line, words

EDGE = 8.0  # between the border of the card and everything
TITLE = 13.0
TITLE_ROW, NAME_ROW, KEY_ROW = 22.0, 18.0, 17.0


@dataclass
class Frame:
    """Where the axes of a picture are, in pixels, and the shapes so far; y grows downwards."""

    x: Axis
    y: Axis
    left: float
    top: float
    right: float
    bottom: float
    parts: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> Point:
        """The pixel of a pair of numbers."""
        across, up = self.x.place(x), self.y.place(y)
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def line(self, points: Iterable[tuple[float, float]], attributes: str) -> list[list[Point]]:
        """Draw a line through pairs of numbers, as far as it is inside; a point that has no place is a gap.

        Returns:
            its parts, of which some are single points that no line shows.
        """
        pixels = _thinned([self.at(x, y) for x, y in points], self.right - self.left)
        runs = clipped(pixels, self.left - 0.1, self.top - 0.1, self.right + 0.1, self.bottom + 0.1)
        data = "".join(line(run) for run in runs if len(run) > 1)
        if data:
            self.parts.append(f'<path d="{data}" fill="none" stroke-linejoin="round" {attributes}/>')
        return runs

    def has(self, point: Point) -> bool:
        """Whether a pixel is inside."""
        x, y = point
        return self.left - 0.1 <= x <= self.right + 0.1 and self.top - 0.1 <= y <= self.bottom + 0.1

    def say(self, sentence: str) -> None:
        """A sentence in the middle, where there is nothing to draw."""
        lines = wrapped(sentence, self.right - self.left - 8)
        y = (self.top + self.bottom) / 2 - 7 * len(lines) + 11
        middle = (self.left + self.right) / 2
        self.parts += [words(middle, y + 15 * row, text, "middle", fill=QUIET) for row, text in enumerate(lines)]


def framed(
    x: Axis,
    y: Axis,
    width: float,
    height: float,
    *,
    names: Sequence[str] = ("", ""),
    title: str = "",
    right: float = 0.0,
    proportion: float | None = None,
    box: bool = False,
    bottom: float = 0.0,
    tallest: float = 360.0,
) -> tuple[Frame, float]:
    """The frame in which a picture is drawn, and the height of the whole.

    Args:
        x, y: its axes.
        width, height: of the picture.
        names: of the axes.
        title: above all.
        right, bottom: the room wanted beside and below the axes.
        proportion: the height of the inside as a part of its width, where that counts more than `height`.
        box: whether there is a line on all four sides.
        tallest: the height of the inside at most, with a proportion.
    """
    across, up = (
        f"{name} ({axis.note})" if name and axis.note else str(name or axis.note)
        for name, axis in zip(names, (x, y), strict=True)
    )
    top = EDGE + TITLE_ROW * bool(title) + NAME_ROW * bool(up) + 6 * (not title and not up)
    below = EDGE + 20.0 + 16.0 * bool(across) + bottom
    down = height - top - below
    left, end = EDGE + 20.0, width - EDGE - right
    for _ in range(4):  # the ticks depend on the room that they leave
        if proportion:
            down = min((end - left) * proportion, tallest)
            end = left + down / proportion
        beside, under = y.ticks(down, 26.0), x.ticks(end - left)
        left = EDGE + 6 + max((text_width(label, SIZE) for _, label in beside), default=0.0)
        left = max([left] + [EDGE + text_width(label, SIZE) / 2 for place, label in under if place < 0.02])
        over = max((left + place * (end - left) + text_width(label, SIZE) / 2 for place, label in under), default=0.0)
        end = min(end, width - EDGE - right) - max(0.0, over - (width - EDGE))
    frame = Frame(x, y, left, top, end, top + down)
    beside = y.ticks(down, 26.0)
    under = [tick for tick in x.ticks(end - left) if _is_inside(tick, frame, width)]
    low = frame.bottom
    grid = "".join(f"M{number(left)} {_y(frame, place)}H{number(end)}" for place, _ in beside)
    marks = "".join(f"M{number(left - 4)} {_y(frame, place)}h4" for place, _ in beside)
    marks += "".join(f"M{number(left + place * (end - left))} {number(low)}v4" for place, _ in under)
    lines = f"M{number(left)} {number(top)}V{number(low)}H{number(end)}" + f"V{number(top)}H{number(left)}" * box
    if grid and not box:
        frame.parts.append(f'<path d="{grid}" stroke="{GRID}"/>')
    if not box and not y.log and y.low < 0 < y.high and not y.base:
        zero = frame.at(x.number(0.0), 0.0)[1]
        frame.parts.append(f'<path d="M{number(left)} {number(zero)}H{number(end)}" stroke="#bdbdbd"/>')
    axes = [f'<path d="{lines}{marks}" fill="none" stroke="{AXIS}"/>', f'<g fill="{QUIET}">']
    axes += [words(left - 6, frame.bottom - place * down + 3.8, label, "end") for place, label in beside]
    axes += [words(left + place * (end - left), low + 16, label, "middle") for place, label in under]
    axes += [words(end, low + 32, fit(across, end - EDGE), "end")] if across else []
    axes += [words(EDGE, top - 9, fit(up, width - 2 * EDGE))] if up else []
    axes += ["</g>"]
    heading = words(EDGE, EDGE + 13, fit(title, width - 2 * EDGE, TITLE * 1.06), size=TITLE, more=' font-weight="600"')
    frame.parts += [*axes, heading] if title else axes
    return frame, top + down + below


def _is_inside(tick: tuple[float, str], frame: Frame, width: float) -> bool:
    half, middle = text_width(tick[1], SIZE) / 2, frame.left + tick[0] * (frame.right - frame.left)
    return middle - half >= 2 and middle + half <= width - 2


def _y(frame: Frame, place: float) -> str:
    return number(frame.bottom - place * (frame.bottom - frame.top))


def key(entries: Sequence[tuple[str, str, str]], left: float, top: float, width: float) -> tuple[list[str], float]:
    """What the marks mean: samples with their names, in as many lines as needed; and the height of that.

    Args:
        entries: for each a name, its color, and a shape around (0, 0), at most 22 wide.
    """
    parts, x, row = [], left, 0
    for name, color, sample in entries:
        text = fit(name, width - 30)
        needs = 28 + text_width(text, SIZE)
        if x > left and x + needs > left + width:
            x, row = left, row + 1
        y = top + KEY_ROW * row + 9
        parts.append(f'<g transform="translate({number(x + 11)} {number(y)})">{sample}</g>')
        parts.append(words(x + 26, y + 4, text, fill=color))
        x += needs + 12
    return parts, KEY_ROW * (row + 1) if entries else 0.0


def wrapped(sentence: str, width: float) -> list[str]:
    """A sentence in lines of a width."""
    lines: list[str] = []
    for word in sentence.split():
        if lines and text_width(f"{lines[-1]} {word}", SIZE) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(fit(word, width))
    return lines


def _thinned(points: list[Point], width: float) -> list[Point]:
    """Of the points in a narrow column the first, the lowest, the highest and the last, where there are many."""
    if len(points) <= 2 * width:
        return points
    kept: list[Point] = []
    column: list[Point] = []

    def leave() -> None:
        if column:
            ends = {0, len(column) - 1}
            ends |= {pick(range(len(column)), key=lambda i: column[i][1]) for pick in (min, max)}
            kept.extend(column[index] for index in sorted(ends))
            column.clear()

    for point in points:
        is_gap = math.isnan(point[0]) or math.isnan(point[1])
        if column and (is_gap or math.floor(point[0] / 1.5) != math.floor(column[0][0] / 1.5)):
            leave()
        if is_gap:
            kept.append(point)
        else:
            column.append(point)
    leave()
    return kept
