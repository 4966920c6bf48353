"""Draw functions of one number, and sequences of numbers, as lines: `curve`, `loss_curves`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.core.number import whole_number
from autograd.drawing.shapes import number
from autograd.text.labels import counted, plain, text_width
from stepgrad.figures.axis import Axis, short
from stepgrad.figures.figure import Figure
from stepgrad.figures.frame import Frame, framed
from stepgrad.figures.numbers import (
    as_list,
    computed,
    evenly,
    is_sequence,
    nothing,
    numbers_of,
    pair_of,
    range_of,
)
from stepgrad.figures.strokes import COLORS, DASHES, INK, PAPER, SIZE, Places, Point, fit, mark, spread, words

WIDTH, HEIGHT = 480.0, 300.0
MOST_CURVES = 24
_APART = 14.0  # the lines of labels


@dataclass(frozen=True)
class Series:
    """A line to draw: its name and its points."""

    name: str
    xs: list[float]
    ys: list[float]


def curve(
    curves: Any,
    domain: tuple[float, float] | None = None,
    *,
    x: Any = None,
    log: bool | str = False,
    ylim: tuple[float | None, float | None] | None = None,
    labels: Sequence[str] | None = None,
    points: Any = (),
    xlabel: str = "",
    ylabel: str = "",
    title: str = "",
    resolution: int = 401,
) -> Figure:
    """Functions and sequences as lines, each with its name at its end.

    `domain` and `resolution` are those of `nn.plot.activations`, which needs matplotlib. A function may return a Value;
    where it raises a ValueError or an ArithmeticError, is nan or infinite, the line has a gap.

    Args:
        curves: a function of one number; a sequence of numbers; a list of several of these; or a mapping from
            names to them.
        domain: the range of the inputs of functions; by default that of the sequences, else -4 to 4.
        x: where the numbers of sequences belong, as many; 0, 1, 2, ... by default.
        log: which axes are logarithmic: "x", "y" or "xy"; True is "y". What is not positive is a gap there.
        ylim: the lowest and the highest y to show; None for what the numbers need.
        labels: the names of the curves, instead of those that functions have.
        points: pairs to mark with dots, or a mapping from names to such lists or to single pairs.
        xlabel: what the horizontal axis means.
        ylabel: what the vertical axis means.
        title: a heading.
        resolution: at how many points functions are computed.

    Raises:
        ValueError: if there is nothing, too much, or not one x for each number; or a range is none.
        TypeError: for what is neither a number nor a function.

    >>> import autograd
    >>> curve({"f": autograd.sin, "its slope": autograd.grad(autograd.sin)}, (-3, 3))
    <Figure: curve of 2 functions over −3 to 3>
    >>> curve([0.5, 0.25, 0.125], xlabel="step", log=True).summary
    'curve of 3 numbers over 0 to 2'
    """
    logs = _logs(log)
    lines, summary = _series(curves, domain, x, labels, logs[0], whole_number("resolution", resolution, 2))
    dots = _points(points)
    if title:
        summary = f"{plain(title, 80)}: {summary}"
    limits = _limits(ylim, logs[1])
    xs = [a for one in lines for a, b in zip(one.xs, one.ys, strict=True)] + [a for _, some in dots for a, _ in some]
    ys = [b for one in lines for b in one.ys] + [b for _, some in dots for _, b in some]
    across = Axis.around(xs, log=logs[0])
    up = Axis.around(ys, log=logs[1], margin=0.05, limits=limits)
    sentence = nothing(ys, log=logs[1])

    def draw(width: float) -> tuple[float, str]:
        names = [fit(one.name, 0.36 * width) for one in lines]
        room = max((text_width(name, SIZE) for name in names if name), default=0.0)
        needed = _APART * sum(map(bool, names))
        height = max(min(HEIGHT, 0.72 * width), needed + 80)
        frame, height = framed(
            across, up, width, height, names=(xlabel, ylabel), title=title, right=room + 26 if room else 4
        )
        if sentence:
            frame.say(sentence)
        places = Places(frame.left + 2, frame.top, frame.right - 2, frame.bottom - 2)
        _draw_lines(frame, lines, names, places)
        _draw_points(frame, dots, len(lines), places)
        return height, "\n".join(frame.parts)

    details = ". ".join(
        [_told(one) for one in lines] + [f"Marked: {name or 'points'}" for name, _ in dots] + [sentence]
    )
    return Figure(summary, details.strip(". ") + ".", WIDTH, draw)


def loss_curves(history: Mapping[str, Sequence[float]], *, log: bool = True, title: str = "") -> Figure:
    """The loss against the epoch, in training and in validation, where a dot marks the lowest validation loss.

    The arguments are those of `nn.plot.loss_curves`, which needs matplotlib.

    Args:
        history: what `nn.fit` returned, or another mapping with the losses; without a column epoch they belong to
            epochs 1, 2, ...
        log: whether the loss is on a logarithmic scale, if all losses are positive.
        title: a heading.

    Raises:
        ValueError: if the history has no epochs, or columns of different lengths.
        TypeError: if it is no mapping.

    >>> loss_curves({"loss": [0.5, 0.25, 0.2], "val_loss": [0.6, 0.4, 0.5]})
    <Figure: curve of 2 sequences over 1 to 3>
    """
    if not isinstance(history, Mapping):
        raise TypeError(f"loss_curves takes what nn.fit returned, got {type(history).__name__}")
    named = {"loss": "training", "val_loss": "validation"}
    found = {name: numbers_of(history[key], key) for key, name in named.items() if key in history}
    if not found or not any(found.values()):
        raise ValueError("the history has no epochs to draw; pass what nn.fit returned")
    losses = [loss for some in found.values() for loss in some if math.isfinite(loss)]
    count = len(next(iter(found.values())))
    epochs = numbers_of(history["epoch"], "epoch") if "epoch" in history else [1.0 + epoch for epoch in range(count)]
    lowest = min(
        (pair for pair in zip(found.get("validation", []), epochs, strict=False) if math.isfinite(pair[0])),
        default=None,
    )
    points = {f"lowest in epoch {lowest[1]:g}": (lowest[1], lowest[0])} if lowest else ()
    log = log and min(losses, default=0.0) > 0
    return curve(found, x=epochs, log=log, points=points, xlabel="epoch", ylabel="loss", title=title)


# ---------------------------------------------------------------------- what is passed


def _logs(log: bool | str) -> tuple[bool, bool]:
    text = "y" if log is True else log or ""
    if text not in ("", "x", "y", "xy"):
        raise ValueError(f'log must be "x", "y", "xy", True or False, got {plain(repr(log))}')
    return "x" in text, "y" in text


def _limits(ylim: Any, log: bool) -> tuple[float | None, float | None]:
    if ylim is None:
        return None, None
    ends = as_list(ylim) if is_sequence(ylim) else []
    if len(ends) != 2:
        raise ValueError(f"ylim must be a pair such as (-1, 1) or (0, None), got {plain(repr(ylim))}")
    if None not in ends:
        range_of(ends, "ylim")
    low, high = (None if end is None else numbers_of([end], "ylim")[0] for end in ends)
    if log and any(end is not None and end <= 0 for end in (low, high)):
        raise ValueError(f"ylim must be positive on a logarithmic axis, got {plain(repr(ylim))}")
    return low, high


def _series(
    curves: Any, domain: Any, x: Any, labels: Sequence[str] | None, log: bool, resolution: int
) -> tuple[list[Series], str]:
    """The lines to draw, and what they are in a few words."""
    if isinstance(curves, Mapping):
        named = [(str(name), thing) for name, thing in curves.items()]
    elif callable(curves):
        named = [(_name_of(curves), curves)]
    elif is_sequence(curves):
        things = as_list(curves)
        several = any(callable(thing) or is_sequence(thing) for thing in things)
        named = [(_name_of(thing), thing) for thing in things] if several else [("", things)]
    else:
        raise TypeError(f"curve draws functions and lists of numbers, got {plain(repr(curves))}")
    if not named:
        raise ValueError("curve needs a function or a list of numbers, got an empty mapping")
    if len(named) > MOST_CURVES:
        raise ValueError(
            f"curve draws up to {MOST_CURVES} lines, got {len(named)}; pass points as a list of their y, with x="
        )
    if labels is not None:
        if isinstance(labels, str) or len(labels) != len(named):
            raise ValueError(f"labels must name each of {counted(len(named), 'curve')}, got {plain(repr(labels))}")
        named = [(str(label), thing) for label, (_, thing) in zip(labels, named, strict=True)]
    elif len(named) > 1:
        named = [(name or f"curve {place}", thing) for place, (name, thing) in enumerate(named, 1)]
    given = None if x is None else numbers_of(x, "x")
    sequences = {}
    for place, (name, thing) in enumerate(named):
        if callable(thing):
            continue
        ys = numbers_of(thing, f"curve {name!r}" if name else "curve")
        xs = [float(index) for index in range(len(ys))] if given is None else given
        if len(xs) != len(ys):
            which = f" {name!r}" if name else ""
            raise ValueError(f"x must have a number for each of {len(ys)} of the curve{which}, got {len(xs)}")
        sequences[place] = Series(name, xs, ys)
    ends = [a for one in sequences.values() for a in one.xs if math.isfinite(a) and (a > 0 or not log)]
    low, high = (min(ends, default=0.1 if log else -4.0), max(ends, default=10.0 if log else 4.0))
    if domain is not None:
        low, high = range_of(domain, "domain")
    if log and low <= 0:
        raise ValueError(f"domain must be positive on a logarithmic axis, got {plain(repr(domain))}")
    places = evenly(math.log(low), math.log(high), resolution) if log else evenly(low, high, resolution)
    if log:
        places = [low, *map(math.exp, places[1:-1]), high]
    found = []
    for place, (name, thing) in enumerate(named):
        ys = computed(thing, [(a,) for a in places]) if callable(thing) else []
        found.append(sequences.get(place) or Series(name, places, ys))
    functions = len(named) - len(sequences)
    parts = [counted(functions, "function")] if functions else []
    if len(named) == 1 and sequences:
        parts.append(counted(len(sequences[0].ys), "number"))
    elif sequences:
        parts.append(counted(len(sequences), "sequence"))
    return found, f"curve of {' and '.join(parts)} over {short(low)} to {short(high)}" if ends or functions else "curve"


def _name_of(thing: Any) -> str:
    name = getattr(thing, "__name__", "") if callable(thing) else ""
    return "" if name == "<lambda>" else str(name)


def _points(points: Any) -> list[tuple[str, list[Point]]]:
    groups = points.items() if isinstance(points, Mapping) else [("", points)]
    found = []
    for name, some in groups:
        if not is_sequence(some):
            raise ValueError(f"points must be pairs (x, y), got {plain(repr(some))}")
        elements = as_list(some)
        single = len(elements) == 2 and not any(map(is_sequence, elements))
        pairs = [pair_of(pair, "each of the points") for pair in ([elements] if single else elements)]
        if pairs:
            found.append((str(name), pairs))
    return found


def _told(one: Series) -> str:
    """A line in words."""
    pairs = [(y, x) for x, y in zip(one.xs, one.ys, strict=True) if math.isfinite(x) and math.isfinite(y)]
    if not pairs:
        return f"{plain(one.name)}: nothing finite" if one.name else ""
    (low, at_low), (high, at_high) = min(pairs), max(pairs)
    (first, start), (last, end) = pairs[0], pairs[-1]
    gaps = len(one.ys) - len(pairs)
    told = f"from {short(first)} at {short(start)} to {short(last)} at {short(end)}, lowest {short(low)} at "
    told += f"{short(at_low)}, highest {short(high)} at {short(at_high)}"
    told = f"{plain(one.name)}: {told}" if one.name else told
    return f"{told}, {gaps} of {len(one.ys)} missing" if gaps else told


# ---------------------------------------------------------------------- drawing


def _style(place: int) -> tuple[str, str]:
    """The color of a line, and its color, width and dashes as attributes."""
    color, dashes = COLORS[place % len(COLORS)], DASHES[place % len(DASHES)]
    return color, f'stroke="{color}" stroke-width="1.8"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def _draw_lines(frame: Frame, lines: list[Series], names: list[str], places: Places) -> None:
    ends: list[tuple[int, Point]] = []
    for place, one in reversed(list(enumerate(lines))):  # the first one is on top
        color, style = _style(place)
        runs = frame.line(zip(one.xs, one.ys, strict=True), style)
        for run in runs:
            places.cross(run)
        few = len(one.xs) <= 20
        dots = [point for run in runs for point in run if few or len(run) == 1]
        if dots:
            frame.parts.append(f'<path d="{"".join(mark(0, *point, 2.4) for point in dots)}" fill="{color}"/>')
        if names[place]:
            # A line without an end to be seen has its name where it would be in the list.
            ends.append((place, runs[-1][-1] if runs else (frame.left, frame.bottom)))
    wanted = [end[1] for _, end in ends]
    low, high = frame.top + 2, max(frame.bottom, frame.top + _APART * len(ends)) - 2
    found = spread(wanted, _APART, low, high)
    moved = any(
        abs(y - end[1]) > 4 or end[0] < frame.right - 3 for y, (_, end) in zip(found, ends, strict=True)
    )  # then a sample of the line says which is which
    for y, (place, _) in zip(found, ends, strict=True):
        color, style = _style(place)
        x = frame.right + 6
        if moved:
            frame.parts.append(f'<path d="M{number(x)} {number(y)}h14" {style}/>')
        frame.parts.append(words(x + 18 * moved, y + 4, names[place], fill=color))


def _draw_points(frame: Frame, dots: list[tuple[str, list[Point]]], used: int, places: Places) -> None:
    seen = [(name, [at for at in (frame.at(*pair) for pair in some) if frame.has(at)]) for name, some in dots]
    for _, pixels in seen:
        for x, y in pixels:
            places.take(x, y, 5.0)
    for index, (name, pixels) in enumerate(seen):
        color = INK if len(seen) == 1 else COLORS[(used + index) % len(COLORS)]
        data = "".join(mark(index, *pixel, 3.6) for pixel in pixels)
        if data:
            frame.parts.append(f'<path d="{data}" fill="{color}" stroke="{PAPER}"/>')
            if name:
                frame.parts.append(places.label(*pixels[-1], name, color))
