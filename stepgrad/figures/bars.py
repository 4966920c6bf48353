"""Draw how numbers are distributed, and how they compare: `histogram`, `bars`."""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.core.number import whole_number
from autograd.drawing.shapes import number
from autograd.text.labels import counted, plain, text_width
from stepgrad.figures.axis import Axis, short
from stepgrad.figures.data import evenly, nothing, numbers_of, range_of, sentences
from stepgrad.figures.figure import Figure
from stepgrad.figures.frame import EDGE, TITLE, TITLE_ROW, Frame, framed, key
from stepgrad.figures.strokes import COLORS, DASHES, INK, QUIET, SIZE, fit, line, words

WIDTH, HEIGHT = 480.0, 260.0
BAR, MOST_BARS = 22.0, 60
_MOST_BINS = 200


def histogram(
    values: Any,
    bins: int | None = None,
    *,
    xlabel: str = "",
    title: str = "",
    domain: tuple[float, float] | None = None,
) -> Figure:
    """How many numbers are in each of some bins of one width.

    `bins` is that of `nn.plot.histograms`, which draws one for each layer of a report and needs matplotlib; here the
    numbers themselves are passed: ``histogram(report.rows[0].values["outputs"])``. A bin has its lower edge, not its
    upper one; the last has both.

    Args:
        values: a list of numbers, or a mapping from names to several, which are drawn as outlines. What is nan or
            infinite is left out, and `Figure.details` says how much.
        bins: how many; by default as many as there are between round numbers, by the rule of Freedman and Diaconis.
        xlabel: what the numbers mean.
        title: a heading.
        domain: the lowest and the highest number to count; by default those that occur.

    Raises:
        TypeError: if something is no number.

    >>> histogram([1, 2, 2, 3], bins=3, title="Four numbers")
    <Figure: Four numbers: histogram of 4 numbers in 3 bins>
    """
    groups = values.items() if isinstance(values, Mapping) else [("", values)]
    named = [(str(name), numbers_of(some, f"values {name!r}" if name else "values")) for name, some in groups]
    everything = [value for _, some in named for value in some]
    edges = _edges(everything, bins, domain)
    counts = [_counts(some, edges) for _, some in named]
    across = Axis.around([edges[0], edges[-1]])
    up = Axis.around(
        [0, max((max(some) for some in counts), default=0) or 1], limits=(0.0, None), margin=0.04, whole=True
    )
    sentence = nothing(everything)

    def draw(width: float) -> tuple[float, str]:
        entries = [
            (name, COLORS[index % len(COLORS)], f'<path d="M-10 0h20" {_outline(index)}/>')
            for index, (name, _) in enumerate(named)
            if name
        ]
        _, below = key(entries, EDGE, 0.0, width - 2 * EDGE)
        frame, height = framed(
            across, up, width, min(HEIGHT, 0.72 * width) + below, names=(xlabel, "count"), title=title, right=4,
            bottom=below + 4 * bool(entries),
        )  # fmt: skip
        axes, frame.parts = frame.parts, []
        if sentence:
            frame.say(sentence)
        else:
            for index, some in enumerate(counts):
                frame.parts.append(_steps(frame, edges, some, index) if len(counts) > 1 else _boxes(frame, edges, some))
        shapes = axes + frame.parts if len(counts) > 1 else [axes[0], *frame.parts, *axes[1:]]
        shapes += key(entries, EDGE, height - EDGE - below, width - 2 * EDGE)[0]
        return height, "\n".join(filter(None, shapes))

    told = []
    for (name, some), found in zip(named, counts, strict=True):
        left_out = len(some) - sum(found)
        most = max(range(len(found)), key=found.__getitem__)
        text = f"{sum(found):,} numbers from {short(edges[0])} to {short(edges[-1])}, most of them, {found[most]:,}, "
        text += f"from {short(edges[most])} to {short(edges[most + 1])}"
        told.append((f"{plain(name)}: " if name else "") + text + (f"; {left_out:,} left out" if left_out else ""))
    summary = f"histogram of {counted(len(everything), 'number')} in {counted(len(edges) - 1, 'bin')}"
    summary = f"{plain(title, 80)}: {summary}" if title else summary
    return Figure(summary, sentence or sentences(told), WIDTH, draw)


def bars(values: Any, labels: Sequence[str] | None = None, *, xlabel: str = "", title: str = "") -> Figure:
    """Numbers as bars from 0, each with its name before it and the number behind it, in the order given.

    Args:
        values: a mapping from names to numbers, or a list of numbers. One that is nan or infinite has no bar, but is
            named.
        labels: the names, if `values` is a list; 0, 1, 2, ... by default.
        xlabel: what the numbers mean.
        title: a heading.

    Raises:
        ValueError: if there are none, too many, or not one name for each.
        TypeError: if something is no number.

    >>> bars({"forward": 0.03, "central": 0.0001}, title="Error")
    <Figure: Error: 2 bars from 0.0001 to 0.03>
    """
    if isinstance(values, Mapping):
        labels, values = [str(name) for name in values], list(values.values())
    numbers = numbers_of(values, "values")
    labels = [str(index) for index in range(len(numbers))] if labels is None else labels
    if isinstance(labels, str) or len(labels) != len(numbers):
        raise ValueError(f"labels must name each of {counted(len(numbers), 'bar')}, got {plain(repr(labels))}")
    if not 0 < len(numbers) <= MOST_BARS:
        raise ValueError(f"bars draws from 1 to {MOST_BARS} numbers, got {len(numbers)}; histogram counts more")
    names = [str(label) for label in labels]
    finite = [value for value in numbers if math.isfinite(value)]
    axis = Axis.around([0.0, *finite] if any(finite) else [0.0, 1.0])
    figures = [short(value) for value in numbers]

    def draw(width: float) -> tuple[float, str]:
        shown = [fit(name, 0.4 * width) for name in names]
        left = EDGE + max(text_width(name, SIZE) for name in shown) + 8
        behind = max((text_width(text, SIZE) for text, x in zip(figures, numbers, strict=True) if not x < 0), default=0)
        before = max((text_width(text, SIZE) for text, x in zip(figures, numbers, strict=True) if x < 0), default=0)
        start, end = left + before + 4 * (before > 0), width - EDGE - behind - 6
        top = EDGE + TITLE_ROW * bool(title) + 2
        heading = fit(title, width - 2 * EDGE, TITLE * 1.06)
        parts = [words(EDGE, EDGE + 13, heading, size=TITLE, more=' font-weight="600"')]
        zero = start + axis.place(0.0) * (end - start)
        data = {True: "", False: ""}
        for row, (name, value, text) in enumerate(zip(shown, numbers, figures, strict=True)):
            y = top + BAR * row
            tip = start + axis.place(value) * (end - start) if math.isfinite(value) else zero
            if abs(tip - zero) >= 0.1:
                data[value < 0] += f"M{number(zero)} {number(y + 4)}H{number(tip)}v14H{number(zero)}z"
            parts.append(words(left - 8, y + 15, name, "end"))
            parts.append(
                words(tip + (-5 if value < 0 else 5), y + 15, text, "end" if value < 0 else "start", fill=QUIET)
            )
        for is_negative, shape in data.items():
            color = COLORS[1] if is_negative else COLORS[0]
            parts.append(f'<path d="{shape}" fill="{color}"/>' if shape else "")
        bottom = top + BAR * len(numbers)
        parts.append(f'<path d="M{number(zero)} {number(top)}V{number(bottom)}" stroke="{INK}" stroke-width=".8"/>')
        if xlabel:
            parts.append(words(width - EDGE, bottom + 15, fit(xlabel, width - 2 * EDGE), "end", fill=QUIET))
        return bottom + 6 + 16 * bool(xlabel), "\n".join(filter(None, parts))

    over = f"from {short(min(finite))} to {short(max(finite))}" if finite else "without a finite number"
    summary = f"{counted(len(numbers), 'bar')} {over}"
    told = [", ".join(f"{plain(name)} {text}" for name, text in zip(names, figures, strict=True))]
    return Figure(f"{plain(title, 80)}: {summary}" if title else summary, sentences(told), WIDTH, draw)


# ---------------------------------------------------------------------- bins


def _edges(values: list[float], bins: int | None, domain: Any) -> list[float]:
    """The edges of the bins."""
    finite = sorted(value for value in values if math.isfinite(value))
    low, high = (finite[0], finite[-1]) if finite else (0.0, 1.0)
    if domain is not None:
        low, high = range_of(domain, "domain")
    if low == high:
        around = Axis.around([low])
        low, high = _finite(around.number(0.0)), _finite(around.number(1.0))
    if bins is not None:
        return evenly(low, high, whole_number("bins", bins, 1, _MOST_BINS, " or None") + 1)
    quarter = len(finite) // 4
    width = 2 * (finite[-1 - quarter] / 2 - finite[quarter] / 2) * 2 / len(finite) ** (1 / 3) if finite else 0.0
    count = min(40.0, max(5.0, (high / 2 - low / 2) * 2 / width if width > 0 else 2 * math.sqrt(len(finite))))
    return evenly(low, high, int(count) + 1) if domain is not None else _round_edges(low, high, count)


def _round_edges(low: float, high: float, count: float) -> list[float]:
    """Round numbers, of which the first is not above the lowest number and the last not below the highest."""
    axis = Axis.around([low, high])
    span = (axis.high - axis.low) / count
    k = math.floor(math.log10(span))
    digit = next(digit for digit in (1, 2, 5, 10) if digit * 10.0**k >= span * 0.999)
    first = math.floor(axis.low / (digit * 10.0**k) + 1e-9)
    last = max(first + 1, math.ceil(axis.high / (digit * 10.0**k) - 1e-9))
    units = [float(f"{index * digit}e{k}") for index in range(first, last + 1)]
    edges = [axis.number((unit - axis.low) / (axis.high - axis.low)) for unit in units]
    if not axis.exponent and not axis.base:
        edges = units
    edges[0], edges[-1] = _finite(min(edges[0], low)), _finite(max(edges[-1], high))
    edges = sorted(set(map(_finite, edges)))
    return edges if len(edges) > 1 else [low - 0.5, high + 0.5]  # of a number next to 0


def _finite(edge: float) -> float:
    return max(-sys.float_info.max, min(edge, sys.float_info.max))


def _counts(values: list[float], edges: list[float]) -> list[int]:
    counts = [0] * (len(edges) - 1)
    for value in values:
        if edges[0] <= value <= edges[-1]:
            counts[min(bisect_right(edges, value), len(counts)) - 1] += 1
    return counts


# ---------------------------------------------------------------------- drawing


def _boxes(frame: Frame, edges: list[float], counts: list[int]) -> str:
    data = []
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        (x, y), (end, _) = frame.at(low, float(count)), frame.at(high, 0.0)
        gap = min(0.5, (end - x) / 8)
        if count:
            low_end = number(frame.bottom)
            data.append(f"M{number(x + gap)} {low_end}V{number(y)}H{number(end - gap)}V{low_end}z")
    return f'<path d="{"".join(data)}" fill="{COLORS[0]}"/>' if data else ""


def _outline(index: int) -> str:
    dashes = DASHES[index % len(DASHES)]
    color = COLORS[index % len(COLORS)]
    return f'fill="none" stroke="{color}" stroke-width="1.8"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def _steps(frame: Frame, edges: list[float], counts: list[int], index: int) -> str:
    points = [frame.at(edges[0], 0.0)]
    for low, high, count in zip(edges, edges[1:], counts, strict=False):
        points += [frame.at(low, float(count)), frame.at(high, float(count))]
    points.append(frame.at(edges[-1], 0.0))
    return f'<path d="{line(points, 0.0)}" {_outline(index)}/>'
