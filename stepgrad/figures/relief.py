"""What a map is made of: bands or outlines with their scale, paths, arrows, and the key to them."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from autograd.drawing.shapes import number
from stepgrad.figures.data import evenly
from stepgrad.figures.frame import Frame
from stepgrad.figures.marching import contour, region
from stepgrad.figures.strokes import (
    COLORS,
    DASHES,
    HALO,
    INK,
    PAPER,
    QUIET,
    Places,
    Point,
    clipped,
    line,
    mark,
    words,
)

MOST_BYTES = 18_000  # of the contours alone
ARROW = 34.0  # the longest, in pixels
_LOW, _HIGH = (158, 170, 182), (250, 251, 252)  # the darker, the lower, and gray, so that any color stands out on it


def _pixels(frame: Frame, rows: list[list[float]]) -> tuple[list[float], list[float]]:
    xs = evenly(frame.left, frame.right, len(rows[0]))
    return xs, evenly(frame.bottom, frame.top, len(rows))


def _color(part: float) -> str:
    return "#" + "".join(f"{round(a + part * (b - a)):02x}" for a, b in zip(_LOW, _HIGH, strict=True))


def bands(frame: Frame, rows: list[list[float]], levels: list[float]) -> str:
    """The part above each level, over that above the one before."""
    xs, ys = _pixels(frame, rows)
    steps = [-sys.float_info.max, *levels]
    borders = [region(xs, ys, rows, level) for level in steps]
    parts = []
    for index, data in enumerate(_data(borders, "z")):
        stroke = ' stroke="#6f7b87" stroke-width=".5"' if index else ""
        parts.append(f'<path d="{data}" fill="{_color(index / max(1, len(levels)))}"{stroke}/>' if data else "")
    return "\n".join(filter(None, parts))


def _data(lines: Sequence[list[list[Point]]], end: str) -> list[str]:
    """The data of the lines of each level, with fewer points where there are too many."""
    found: list[str] = []
    for tolerance in (0.12, 0.3, 0.6, 1.0, 1.6, 2.5):
        found = ["".join(line(points, tolerance) + end for points in some) for some in lines]
        if sum(map(len, found)) <= MOST_BYTES:
            break
    return found


def outlines(frame: Frame, rows: list[list[float]], levels: list[tuple[float, str]], note: str) -> list[str]:
    """A line for each level with its number on the longest piece of it."""
    xs, ys = _pixels(frame, rows)
    places = Places(frame.left, frame.top, frame.right, frame.bottom)
    parts, labels = [], []
    found = [contour(xs, ys, rows, level) for level, _ in levels]
    for index, (data, lines, (_, label)) in enumerate(zip(_data(found, ""), found, levels, strict=True)):
        shade = _color(-0.5 + 0.6 * index / max(1, len(levels)))
        parts.append(f'<path d="{data}" fill="none" stroke="{shade}" stroke-width="1.1"/>' if data else "")
        if lines:
            middle = max(lines, key=len)
            labels.append(places.label(*middle[len(middle) * (index + 1) // (len(levels) + 2)], label, QUIET, on=True))
    if note:
        labels.append(words(frame.right - 4, frame.bottom - 6, note, "end", fill=QUIET, more=HALO))
    return parts + labels


def scale(frame: Frame, captions: list[str], note: str) -> list[str]:
    """Which band is which height."""
    x, count = frame.right + 14, len(captions) + 1
    height = min(frame.bottom - frame.top - 14 * bool(note), 22.0 * count)
    top, step = frame.top + 14 * bool(note), height / count
    parts = [words(x, top - 6, note, fill=QUIET)]
    every = max(1, math.ceil(13 / step))
    for index in range(count):
        y = number(top + height - step * (index + 1))
        parts.append(
            f'<rect x="{number(x)}" y="{y}" width="11" height="{number(step)}" fill="{_color(index / (count - 1))}" '
            'stroke="#6f7b87" stroke-width=".5"/>'
        )
    for index in range(0, len(captions), every):
        parts.append(words(x + 16, top + height - step * (index + 1) + 4, captions[index], fill=QUIET))
    return parts


def _line_style(index: int, color: str) -> str:
    dashes = DASHES[index % len(DASHES)]
    return f'stroke="{color}" stroke-width="1.8"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def color_of(index: int, count: int) -> str:
    """The color of a path: of several those of `curve`, so that a name has one color; of one that of `nn.plot`."""
    return COLORS[(index + (count == 1)) % len(COLORS)]


def draw_path(frame: Frame, points: list[Point], index: int, color: str) -> None:
    """A line with a white border, a ring where it starts, a dot where it ends."""
    pixels = [frame.at(*point) for point in points]
    data = "".join(line(run, 0.3) for run in clipped(pixels, frame.left, frame.top, frame.right, frame.bottom))
    if data:
        frame.parts.append(
            f'<g fill="none" stroke-linejoin="round"><path d="{data}" stroke="{PAPER}" stroke-width="4"/>'
            f'<path d="{data}" {_line_style(index, color)}/></g>'
        )
    inside = [pixel for pixel in pixels if frame.has(pixel)]
    if inside and len(points) <= 60:
        frame.parts.append(f'<path d="{"".join(mark(0, *pixel, 2) for pixel in inside)}" fill="{color}"/>')
    for pixel, fill, edge in ((pixels[0], PAPER, color), (pixels[-1], color, PAPER)):
        if frame.has(pixel):
            frame.parts.append(f'<path d="{mark(0, *pixel, 4)}" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>')


def draw_arrows(frame: Frame, arrows: list[tuple[Point, Point]]) -> None:
    """Gradients, to one scale: the longest is as long as an arrow may be."""
    # How much steeper the picture is than the function: 1 where both axes have one scale, so that arrows cross contours
    # at right angles.
    wide = (frame.right - frame.left) / (frame.x.high - frame.x.low)
    high = (frame.bottom - frame.top) / (frame.y.high - frame.y.low)
    power = max(-300, min(frame.y.exponent - frame.x.exponent, 300))
    ratio = math.sqrt(wide / high * 10.0**power)
    drawn = [(frame.at(*place), (dx * ratio, -dy / ratio)) for place, (dx, dy) in arrows]
    arrow = ARROW if len(arrows) < 10 else 0.7 * ARROW
    longest = max((math.hypot(*vector) for _, vector in drawn), default=0.0) or 1.0
    data = []
    for (x, y), (dx, dy) in drawn:
        size = arrow * math.hypot(dx, dy) / longest
        if not frame.has((x, y)):
            continue
        if size < 1.5:
            data.append(mark(0, x, y, 1.5))
            continue
        ux, uy = arrow * dx / longest / size, arrow * dy / longest / size
        tip, head = (x + ux * size, y + uy * size), min(8.0, 0.6 * size)
        neck = tip[0] - ux * head, tip[1] - uy * head
        sides = [(neck[0] + side * uy * head * 0.45, neck[1] - side * ux * head * 0.45) for side in (-1, 1)]
        shaft = [(x - uy * 0.8, y + ux * 0.8), (neck[0] - uy * 0.8, neck[1] + ux * 0.8)]
        back = [(neck[0] + uy * 0.8, neck[1] - ux * 0.8), (x + uy * 0.8, y - ux * 0.8)]
        data.append(line([*shaft, sides[0], tip, sides[1], *back], 0.0) + "z")
    if data:
        frame.parts.append(f'<path d="{"".join(data)}" fill="{INK}" stroke="{PAPER}" stroke-width=".6"/>')


def key_of(
    paths: list[tuple[str, list[Point]]], marks: list[tuple[str, list[Point], int]]
) -> list[tuple[str, str, str]]:
    """The entries of a key for those paths and marks that have a name."""
    entries = []
    for index, (label, _) in enumerate(paths):
        color = color_of(index, len(paths))
        entries.append((label, color, f'<path d="M-10 0h20" {_line_style(index, color)}/>'))
    entries += [(label, INK, f'<path d="{mark(kind, 0, 0, 4.2)}"/>') for label, _, kind in marks]
    return [entry for entry in entries if entry[0]]
