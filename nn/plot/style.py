"""Gives all plots one look: the palette, new axes, ticks and legends. Only this module imports `pyplot`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
"""Of Okabe and Ito, "Color universal design", 2008: people with any kind of color vision can tell them apart."""
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":")


def pyplot() -> Any:
    """The module `matplotlib.pyplot`.

    Raises:
        ModuleNotFoundError: without matplotlib, with the extra that has it.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise ModuleNotFoundError(
            'a plot needs matplotlib, which is not installed: pip install "stepgrad[plot]"'
        ) from None
    return plt


def axes(ax: Axes | None, figsize: tuple[float, float] = (5.5, 4.0)) -> Axes:
    """The axes that are given, or new ones; without the frame at the top and on the right."""
    plt = pyplot()
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax


def panels(given: Sequence[Axes] | None, count: int, *, columns: int = 4, **options: Any) -> list[Axes]:
    """`count` small axes in a grid; `options` are those of `pyplot.subplots`.

    Raises:
        ValueError: if axes are given, but too few.
    """
    plt = pyplot()
    if given is not None:
        found = list(given)
        if len(found) < count:
            raise ValueError(f"this plot needs {count} axes, got {len(found)}; leave axes out to have them made")
        return [axes(ax) for ax in found[:count]]
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(2.6 * columns, 2.1 * rows + 0.3), layout="constrained", squeeze=False, **options
    )
    every = [ax for row in grid for ax in row]
    for ax in every[count:]:
        figure.delaxes(ax)
    return [axes(ax) for ax in every[:count]]


def whole_ticks(ax: Axes) -> None:
    """Ticks of the x axis at whole numbers, as epochs are."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))


def legend_above(ax: Axes, columns: int, title: str | None = None) -> None:
    """A legend above the axes, where it hides no data."""
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=columns, frameon=False, title=title)
