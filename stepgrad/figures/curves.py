"""Draw functions of one number, and sequences of numbers, as lines: `curve`, `loss_curves`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.core.number import whole_number
from autograd.drawing.shapes import number
from autograd.text.labels import plain, text_width
from stepgrad.figures.axis import Axis
from stepgrad.figures.data import nothing, numbers_of, sentences
from stepgrad.figures.figure import Figure
from stepgrad.figures.frame import Frame, framed
from stepgrad.figures.series import Series, limits_of, logs_of, points_of, series_of, told
from stepgrad.figures.strokes import COLORS, DASHES, INK, PAPER, SIZE, Places, Point, fit, mark, spread, words

WIDTH, HEIGHT = 480.0, 300.0
_APART = 15.0  # the lines of labels


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
        points: pairs to mark with dots, or a mapping from names to such lists or to single pairs; a name stands where
            it covers no other.
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
    logs = logs_of(log)
    lines, summary = series_of(curves, domain, x, labels, logs[0], whole_number("resolution", resolution, 2))
    dots = points_of(points)
    if title:
        summary = f"{plain(title, 80)}: {summary}"
    limits = limits_of(ylim, logs[1])
    xs = [a for one in lines for a, b in zip(one.xs, one.ys, strict=True)] + [a for _, some in dots for a, _ in some]
    ys = [b for one in lines for b in one.ys] + [b for _, some in dots for _, b in some]
    # Steps and epochs are whole numbers; functions are computed in between.
    whole = all(float(a).is_integer() for a in xs if math.isfinite(a))
    across = Axis.around(xs, log=logs[0], whole=whole)
    up = Axis.around(ys, log=logs[1], margin=0.05, limits=limits)
    sentence = nothing(ys, log=logs[1]) or nothing(xs, log=logs[0])

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

    parts = [told(one) for one in lines] + [f"Marked: {name or 'points'}" for name, _ in dots] + [sentence]
    return Figure(summary, sentences(parts), WIDTH, draw)


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
