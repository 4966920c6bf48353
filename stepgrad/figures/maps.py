"""Draw functions of two numbers from above: `contours`, `error_surface`."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd import grad
from autograd.core.number import is_sequence, whole_number
from autograd.text.labels import counted, plain, text_width
from stepgrad.figures.axis import Axis, short
from stepgrad.figures.data import as_list, computed, evenly, nothing, pair_of, range_of, sentences
from stepgrad.figures.figure import Figure
from stepgrad.figures.frame import framed, key
from stepgrad.figures.relief import bands, color_of, draw_arrows, draw_path, key_of, outlines, scale
from stepgrad.figures.strokes import INK, PAPER, SIZE, STAR, Point, mark

if TYPE_CHECKING:
    from nn import Module

WIDTH = 440.0
MOST_CROSSINGS = 50  # of contours with the grid, for each of its rows


def contours(
    landscape: Callable[[Any, Any], Any],
    domain: tuple[tuple[float, float], tuple[float, float]] | None = None,
    *,
    path: Any = (),
    points: Any = (),
    gradients: Any = (),
    filled: bool = True,
    log_levels: bool | None = None,
    labels: tuple[str, str] = ("x", "y"),
    title: str | None = None,
    resolution: int = 81,
) -> Figure:
    """A function of two numbers from above, as bands between contour lines: the darker, the lower.

    `landscape`, `resolution` and `labels` are those of `nn.plot.contours`, which needs matplotlib; what
    `nn.plot.descent_path` draws over it is `path` here.

    Args:
        landscape: any function of two numbers, or one of `nn.landscapes`, which brings its domain, its kind of levels
            and its name, and has its minima and saddle points marked.
        domain: the ranges of x and of y; without one, that of the landscape, else -4 to 4 for both.
        path: points of a descent, of which the first two numbers count: a ring where it starts, a dot where it ends; or
            a mapping from names to several.
        points: pairs to mark, or a mapping from names to such lists or to single pairs.
        gradients: pairs at which an arrow shows the gradient; or how many arrows to draw in each direction.
        filled: False for lines with their numbers in place of bands.
        log_levels: whether contours should be denser towards the minimum, evenly in the logarithm.
        labels: of the axes.
        title: a heading; by default the name of the landscape.
        resolution: the number of points in each direction at which the function is computed.

    Raises:
        ValueError: if the domain, a point or a path is none.
        TypeError: for something that is no function.

    >>> contours(lambda x, y: x * x + 3 * y * y, ((-2, 2), (-1, 1)), gradients=[(1, 0.5)])
    <Figure: contours of a function over −2 to 2 and −1 to 1>
    """
    if not callable(landscape):
        raise TypeError(f"contours draws a function of two numbers, got {plain(repr(landscape))}")
    if isinstance(labels, str) or len(labels) != 2:
        raise ValueError(f"labels must be two names, got {plain(repr(labels))}")
    name = str(getattr(landscape, "name", ""))
    paths = [(label, [pair_of(point, "each point of the path") for point in some]) for label, some in _groups(path)]
    sides = _sides(domain if domain is not None else getattr(landscape, "domain", ((-4.0, 4.0), (-4.0, 4.0))))
    marks: list[tuple[str, list[Point], int]] = []
    for index, (label, some) in enumerate(_groups(points)):
        single = len(some) == 2 and not any(map(is_sequence, some))
        marks.append((label, [pair_of(pair, "each of the points") for pair in ([some] if single else some)], index))
    for label, attribute, kind in (("minimum", "minima", STAR), ("saddle point", "saddle_points", 6)):
        if getattr(landscape, attribute, ()):
            marks.append((label, list(getattr(landscape, attribute)), kind))
    resolution = whole_number("resolution", resolution, 2)
    grid = [evenly(*side, resolution) for side in sides]
    flat = computed(landscape, ((a, b) for b in grid[1] for a in grid[0]))
    heights = _height_axis(flat, getattr(landscape, "log_levels", False) if log_levels is None else log_levels)
    arrows = _arrows(landscape, gradients, sides)
    across, up = (Axis.around(side) for side in sides)
    starts = range(0, len(flat), resolution)
    rows = [[_place(heights, height) for height in flat[start : start + resolution]] for start in starts]
    levels = _levels(heights, rows)
    finite = [height for height in flat if math.isfinite(height)]
    constant = bool(finite) and min(finite) == max(finite)
    sentence = nothing(flat)
    title = name if title is None else title

    def draw(width: float) -> tuple[float, str]:
        proportion = (sides[1][1] - sides[1][0]) / (sides[0][1] - sides[0][0])
        if not 0.4 <= proportion <= 2.0 and not arrows:
            proportion = 0.75
        captions = [label for _, label in levels] if not constant and filled else []
        room = (
            max((text_width(label, SIZE) for label in [*captions, heights.note * bool(captions)]), default=-34.0) + 38
        )
        entries = key_of(paths, marks)
        _, below = key(entries, 8.0, 0.0, width - 16)
        frame, height = framed(
            across, up, width, 0.0, names=labels, title=title or "", right=room, bottom=below + 4 * bool(entries),
            proportion=max(0.25, min(proportion, 4.0)), box=True,
        )  # fmt: skip
        axes, frame.parts = frame.parts, []
        if sentence:
            frame.say(sentence)
        else:
            frame.parts.append(bands(frame, rows, [p for p, _ in levels]) if filled else "")
            frame.parts += [] if filled else outlines(frame, rows, levels, heights.note)
        if captions:
            frame.parts += scale(frame, captions, heights.note)
        if constant:
            frame.say(f"{short(finite[0])} everywhere")
        frame.parts += axes
        draw_arrows(frame, arrows)
        for index, (_, some) in enumerate(paths):
            draw_path(frame, some, index, color_of(index, len(paths)))
        for _, some, kind in marks:
            pixels = [pixel for pixel in (frame.at(*point) for point in some) if frame.has(pixel)]
            data = "".join(mark(kind, *pixel, 4.2) for pixel in pixels)
            frame.parts.append(f'<path d="{data}" fill="{INK}" stroke="{PAPER}"/>' if data else "")
        frame.parts += key(entries, 8.0, height - 8 - below, width - 16)[0]
        return height, "\n".join(part for part in frame.parts if part)

    over = " and ".join(f"{short(low)} to {short(high)}" for low, high in sides)
    summary = f"contours of {'a function' if not name else plain(name, 80)} over {over}"
    if title and title != name:
        summary = f"{plain(title, 80)}: {summary}"
    told = [f"From {short(min(finite))} to {short(max(finite))}"] if finite else [sentence]
    for label, some in paths:
        ends = " to ".join(f"({short(x)}, {short(y)})" for x, y in (some[0], some[-1]))
        told.append(f"Path{f' {plain(label)}' if label else ''} of {counted(len(some), 'point')}, {ends}")
    told += [f"{plain(label) or 'Points'}: " + ", ".join(f"({short(x)}, {short(y)})" for x, y in some[:8])
             for label, some, _ in marks]  # fmt: skip
    return Figure(summary, sentences(told), WIDTH, draw)


def error_surface(
    model: Module,
    data: tuple[Any, Any],
    criterion: Callable[[Any, Any], Any],
    parameters: tuple[str, str],
    *,
    path: Any = (),
    domain: tuple[tuple[float, float], tuple[float, float]] | None = None,
    resolution: int = 41,
    log_levels: bool = True,
    title: str = "loss",
) -> Figure:
    """The loss over two parameters of a model, all others held where they are, with the path that training took.

    The arguments are those of `nn.plot.error_surface`, which needs matplotlib.

    Args:
        model: the model; afterwards its parameters and its mode are as they were.
        data: a pair ``(inputs, targets)``.
        criterion: the loss, called with outputs and targets.
        parameters: the names of the two, as in `Module.named_parameters`: ``("weight.0.0", "bias.0")``. The name of a
            tensor, ``"weight"``, will do if it has one element.
        path: the pairs of numbers that the two parameters had during training.
        domain: the ranges of the two parameters; by default they include the path and the present values.
        resolution: the number of points in each direction, each of which takes a forward pass.
        log_levels: whether contours should be denser towards the minimum.
        title: a heading.

    Raises:
        ValueError: if the model has no parameters of these names, or a tensor has several elements.

    >>> import nn
    >>> data = ([[0.0], [1.0]], [[1.0], [3.0]])
    >>> surface = error_surface(nn.Linear(1, 1), data, nn.MSELoss(), ("weight", "bias"), domain=((0, 4), (-1, 3)))
    >>> surface.summary
    'contours of loss over 0 to 4 and −1 to 3'
    """
    from nn.plot.surfaces import loss_landscape

    # A path that left the plane for nan or infinity must not set the domain.
    known = [pair for _, some in _groups(path) for pair in some if all(map(math.isfinite, pair_of(pair, "path")))]
    with loss_landscape(model, data, criterion, parameters, path=known, domain=domain, log_levels=log_levels) as loss:
        return contours(loss, path=path, labels=parameters, title=title, resolution=resolution)


# ---------------------------------------------------------------------- what is passed


def _groups(things: Any) -> list[tuple[str, list[Any]]]:
    """Lists with their names; one without a name if there is no mapping."""
    groups = things.items() if isinstance(things, Mapping) else [("", things)]
    found = []
    for name, some in groups:
        if not is_sequence(some):
            raise ValueError(f"expected a list of pairs (x, y), got {plain(repr(some))}")
        found.append((str(name), as_list(some)))
    return [(name, some) for name, some in found if some]


def _sides(domain: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    sides = as_list(domain) if is_sequence(domain) else []
    if len(sides) != 2 or not all(map(is_sequence, sides)):
        raise ValueError(f"domain must be a range for x and one for y, ((-1, 1), (-1, 1)), got {plain(repr(domain))}")
    return range_of(sides[0], "the domain of x"), range_of(sides[1], "the domain of y")


def _height_axis(heights: list[float], log: bool) -> Axis:
    finite = sorted(height for height in heights if math.isfinite(height))
    positive = [height for height in finite if height > 0]
    if log and positive and finite[0] >= 0 and positive[-1] > positive[0]:
        # The logarithm of a minimum of 0 is -inf, so levels start at the 0.1 % quantile, as in `nn.plot.contours`.
        return Axis.around([min(positive[len(positive) // 1000], positive[-1] / 10), positive[-1]], log=True)
    return Axis.around(finite)


def _place(heights: Axis, height: float) -> float:
    """Where a height is between the lowest, 0, and the highest, 1."""
    # On a logarithmic scale a minimum of 0 is as low as the lowest place.
    return 0.0 if heights.log and height <= 0 else heights.place(height)


def _levels(heights: Axis, rows: list[list[float]]) -> list[tuple[float, str]]:
    """Where contours lie, at round heights: fewer of them where there are many hills, for a picture to stay small."""
    found: list[tuple[float, str]] = []
    for most in (12, 8, 5, 3):
        found = [tick for tick in heights.ticks(300, 14.0, most=most) if 1e-9 < tick[0] < 1 - 1e-9]
        places = [place for place, _ in found]
        bands = [[bisect(places, value) for value in row] for row in rows]
        crossings = sum(
            abs(a - b) for lines in (bands, zip(*bands, strict=True)) for row in lines for a, b in pairwise(row)
        )
        if crossings <= MOST_CROSSINGS * len(rows):
            break
    return found


def _arrows(
    function: Callable[[Any, Any], Any], gradients: Any, sides: Sequence[tuple[float, float]]
) -> list[tuple[Point, Point]]:
    """The points at which to show gradients, with these."""
    if is_sequence(gradients):
        places = [pair_of(point, "each of the gradients") for point in as_list(gradients)]
    else:
        count = whole_number("gradients", gradients, 1, 30, ", or a list of pairs")
        steps = [(index + 0.5) / count for index in range(count)]
        (left, right), (low, high) = sides
        places = [(left + a * (right - left), low + b * (high - low)) for b in steps for a in steps]
    found = []
    slope = grad(function, (0, 1))
    for x, y in places:
        try:
            along = pair_of(slope(x, y), "gradient")
        except (ArithmeticError, ValueError):  # outside of the domain of the function
            continue
        if all(map(math.isfinite, along)):
            found.append(((x, y), along))
    return found
