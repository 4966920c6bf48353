"""Draws functions of two variables as contours, and the paths of optimizers on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import TYPE_CHECKING, Any, Literal

from autograd import Value
from autograd.core.atomic import set_all
from nn.landscapes import Landscape, Point, descend
from nn.modules.evaluation_mode import evaluation_mode
from nn.modules.module import Module
from nn.optim import Optimizer
from nn.plot.scores import evenly
from nn.plot.style import COLORS, LINES, axes, pyplot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = 18
_OUTLINED = 3.6  # the width of the white line under a path, which keeps it apart from contour lines


def contours(
    landscape: Landscape,
    ax: Axes | None = None,
    *,
    resolution: int = 121,
    labels: tuple[str, str] = ("x", "y"),
    colorbar: bool = True,
) -> Axes:
    """A landscape from above: the darker, the lower. Stars mark minima, crosses saddle points.

    Args:
        landscape: what to draw, over its domain.
        ax: where to draw; new axes by default.
        resolution: the number of points in each direction.
        labels: of the axes.
        colorbar: whether to show which color is which height.

    >>> import matplotlib, nn; matplotlib.use("agg")
    >>> contours(nn.landscapes.himmelblau, resolution=21).get_title()
    'Himmelblau'
    """
    ax = axes(ax, figsize=(6.0, 4.8))
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    # From dark below to nearly white above, and gray, so that any color of the palette stands out on it.
    greys = pyplot().get_cmap("Greys_r")
    colormap = LinearSegmentedColormap.from_list("heights", [greys(0.45 + 0.52 * index / 50) for index in range(51)])
    across, up = (evenly(*ends, resolution) for ends in landscape.domain)
    heights = [[float(landscape(x, y)) for x in across] for y in up]
    levels = _levels([height for row in heights for height in row], landscape.log_levels)
    extend: Literal["min", "neither"] = (
        "min" if landscape.log_levels else "neither"
    )  # levels that are even in the logarithm end above a minimum of 0
    norm = BoundaryNorm(levels, colormap.N, extend=extend)
    filled = ax.contourf(across, up, heights, levels=levels, cmap=colormap, norm=norm, extend=extend)
    ax.contour(across, up, heights, levels=levels, colors="0.35", linewidths=0.4, alpha=0.6)
    if colorbar:
        bar = ax.figure.colorbar(filled, ax=ax, label="height", ticks=levels[:: _LEVELS // 6], format="%.3g")
        bar.ax.minorticks_off()
    for points, marker, size, label in (
        (landscape.minima, "*", 170, "minimum"),
        (landscape.saddle_points, "X", 60, "saddle point"),
    ):
        if points:
            x, y = [x for x, _ in points], [y for _, y in points]
            ax.scatter(x, y, s=size, color="black", edgecolors="white", marker=marker, label=label, zorder=5)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=landscape.domain[0], ylim=landscape.domain[1])
    ax.set_title(landscape.name, fontsize="medium")
    return ax


def descent_path(
    path: Sequence[Sequence[float]],
    ax: Axes | None = None,
    *,
    label: str | None = None,
    color: str = COLORS[1],
    style: str = "-",
) -> Axes:
    """The path of an optimizer: a line through its points, a ring where it starts, a larger dot where it ends.

    Args:
        path: points, of which the first two numbers count: what `nn.landscapes.descend` returned.
        ax: where to draw, usually the axes of `contours`; new axes by default.
        label: its name in the legend.
        color: its color.
        style: its line style.

    Raises:
        ValueError: if the path has no points.

    >>> import matplotlib, nn; matplotlib.use("agg")
    >>> path = nn.landscapes.descend(nn.landscapes.beale, nn.optim.SGD, steps=10, lr=0.01)
    >>> ax = descent_path(path, contours(nn.landscapes.beale, resolution=21))
    >>> len(ax.lines[0].get_xdata())
    11
    """
    if not len(path):
        raise ValueError("the path has no points to draw")
    ax = axes(ax)
    from matplotlib import patheffects

    x, y = [float(point[0]) for point in path], [float(point[1]) for point in path]
    outline = [patheffects.Stroke(linewidth=_OUTLINED, foreground="white"), patheffects.Normal()]
    dots = "." if len(path) <= 60 else None
    ax.plot(
        x, y, style, color=color, linewidth=1.8, marker=dots, markersize=6, label=label, path_effects=outline, zorder=4
    )
    ax.scatter(x[:1], y[:1], s=46, facecolors="white", edgecolors=color, linewidths=1.8, zorder=6)
    ax.scatter(x[-1:], y[-1:], s=46, color=color, edgecolors="white", linewidths=1.0, zorder=6)
    return ax


def optimizer_race(
    landscape: Landscape,
    optimizers: Mapping[str, Callable[[list[Value]], Optimizer]],
    start: Point | None = None,
    steps: int = 100,
    ax: Axes | None = None,
    *,
    resolution: int = 121,
) -> Axes:
    """The paths of several optimizers from one start on one landscape; the legend has the height each one reached.

    Args:
        landscape: the function to minimize.
        optimizers: by name, functions that make an optimizer of a list of parameters.
        start: the point where all begin; by default the start of the landscape.
        steps: how many steps each takes.
        ax: where to draw; new axes by default.
        resolution: as in `contours`.

    >>> import matplotlib, nn; matplotlib.use("agg")
    >>> ax = optimizer_race(
    ...     nn.landscapes.quadratic_bowl(10.0),
    ...     {"SGD": lambda p: nn.optim.SGD(p, lr=0.1), "Adam": lambda p: nn.optim.Adam(p, lr=0.1)},
    ...     steps=20,
    ...     resolution=21,
    ... )
    >>> len(ax.lines)
    2
    """
    ax = contours(landscape, ax, resolution=resolution)
    for (name, optimizer), color, style in zip(optimizers.items(), cycle(COLORS), cycle(LINES), strict=False):
        path = descend(landscape, optimizer, start, steps)
        height = f"{path[-1].value:.2g}" if len(path) == steps + 1 else f"left after {len(path) - 1} steps"
        descent_path(path, ax, label=f"{name}: {height}", color=color, style=style)
    ax.set_title(f"{landscape.name}, height after {steps} steps", fontsize="medium")
    _legend_below(ax)
    return ax


def error_surface(
    model: Module,
    data: tuple[Any, Any],
    criterion: Callable[[Any, Any], Any],
    parameters: tuple[str, str],
    ax: Axes | None = None,
    *,
    path: Sequence[Sequence[float]] = (),
    domain: tuple[Point, Point] | None = None,
    resolution: int = 41,
    log_levels: bool = True,
) -> Axes:
    """The loss over two parameters of a model, all others held where they are, with the path that training took.

    Args:
        model: the model; afterwards its parameters and its mode are as they were.
        data: a pair ``(inputs, targets)``.
        criterion: the loss, called with outputs and targets.
        parameters: the names of the two, as in `Module.named_parameters`: ``("weight.0.0", "bias.0")``. The name of a
            tensor, ``"weight"``, will do if it has one element.
        ax: where to draw; new axes by default.
        path: the pairs of numbers that the two parameters had during training.
        domain: the ranges of the two parameters; by default they include the path and the present values.
        resolution: the number of points in each direction, each of which takes a forward pass.
        log_levels: whether contours should be denser towards the minimum.

    Raises:
        ValueError: if the model has no parameters of these names, or a tensor has several elements.

    >>> import matplotlib, nn; matplotlib.use("agg")
    >>> data = ([[0.0], [1.0]], [[1.0], [3.0]])
    >>> ax = error_surface(nn.Linear(1, 1), data, nn.MSELoss(), ("weight.0.0", "bias.0"), resolution=11)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('weight.0.0', 'bias.0')
    """
    with loss_landscape(model, data, criterion, parameters, path=path, domain=domain, log_levels=log_levels) as loss:
        ax = contours(loss, ax, resolution=resolution, labels=parameters)
    if len(path):
        descent_path(path, ax, label="training")
    return ax


@contextmanager
def loss_landscape(
    model: Module,
    data: tuple[Any, Any],
    criterion: Callable[[Any, Any], Any],
    parameters: tuple[str, str],
    *,
    path: Sequence[Sequence[float]] = (),
    domain: tuple[Point, Point] | None = None,
    log_levels: bool = True,
) -> Iterator[Landscape]:
    """A block in which the loss is a function of two parameters; the arguments are those of `error_surface`.

    Afterwards the parameters and the mode of the model are as they were.

    Raises:
        ValueError: if the model has no parameters of these names, or a tensor has several elements.

    >>> import nn
    >>> model = nn.Linear(1, 1)
    >>> with loss_landscape(model, ([[2.0]], [[7.0]]), nn.MSELoss(), ("weight.0.0", "bias.0")) as loss:
    ...     loss(3.0, 0.0)
    1.0
    """
    if isinstance(parameters, str) or len(parameters) != 2:
        raise ValueError(f"error_surface draws the loss over two parameters, got {parameters!r}; pass two names")
    named = dict(model.named_parameters())
    first, second = (_parameter(named, name) for name in parameters)
    before = first.data, second.data
    points = [(float(point[0]), float(point[1])) for point in path]

    def loss(x: float, y: float) -> float:
        first.data, second.data = x, y
        return float(criterion(model(data[0]), data[1]))

    if domain is None:
        domain = _around([x for x, _ in [*points, before]]), _around([y for _, y in [*points, before]])
    try:
        with evaluation_mode(model):
            yield Landscape("loss", loss, domain=domain, log_levels=log_levels)
        set_all([first, second], "_data", before)
    except BaseException:  # not finally: Ctrl-C may come before its first call
        set_all([first, second], "_data", before)
        raise


def _parameter(named: Mapping[str, Value], name: str) -> Value:
    """A parameter by its name, or by the name of its tensor if that has one element."""
    if name in named:
        return named[name]
    elements = [full for full in named if full.startswith(f"{name}.")]
    if len(elements) == 1:
        return named[elements[0]]
    if elements:
        raise ValueError(f"{name!r} has {len(elements)} elements, expected one of them: {_some(elements)}")
    raise ValueError(f"the model has no parameter {name!r}; there are {_some(list(named)) or 'none'}")


def _some(names: list[str]) -> str:
    return ", ".join(names if len(names) <= 12 else [*names[:9], "...", names[-1]])


def _around(numbers: list[float]) -> Point:
    low, high = min(numbers), max(numbers)
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


def _levels(heights: list[float], log: bool) -> list[float]:
    """Where the contours lie: evenly from the lowest to the highest point, or evenly in the logarithm."""
    finite = [height for height in heights if math.isfinite(height)]
    low, high = min(finite), max(finite)
    if log and low >= 0 and high > 0:
        # The logarithm of a minimum of 0 is -inf, so the levels start at the 0.1 % quantile of the positive heights.
        positive = sorted(height for height in finite if height > 0)
        low = min(positive[len(positive) // 1000], high / 10)
        return [low * (high / low) ** (index / _LEVELS) for index in range(_LEVELS + 1)]
    return evenly(low, high if high > low else low + 1.0, _LEVELS + 1)


def _legend_below(ax: Axes) -> None:
    """A legend below the axes: the map fills the axes, and the title is above them."""
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False, fontsize="small")
