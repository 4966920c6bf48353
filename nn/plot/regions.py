"""Draws the classes that a classifier predicts over the plane: `decision_regions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nn.plot.scores import regions_of
from nn.plot.style import COLORS, MARKERS, axes, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def decision_regions(
    predict: Callable[[Any], Any],
    X: Any,  # noqa: N803  (the field's name for the inputs)
    y: Any,
    ax: Axes | None = None,
    *,
    resolution: int = 60,
    feature_names: Sequence[str] = ("x₁", "x₂"),
    target_names: Sequence[str] | None = None,
) -> Axes:
    """The class that a classifier predicts at every point of the plane, with the data on top.

    Args:
        predict: a model, or any function of a batch of points. For each point it returns one score per class, in
            sorted order; or its class, as ``GaussianNB().fit(X, y).predict`` does; or, for two classes, one number
            that is positive for the greater class. If the model ends with a `Sigmoid`, that number is a probability
            and the boundary is at 0.5.
        X: the points, as pairs.
        y: the class of each point.
        ax: where to draw; new axes by default.
        resolution: the number of points of the grid in each direction.
        feature_names: labels of the axes.
        target_names: names of the classes, in sorted order, for the legend.

    Raises:
        ValueError: if the points are not pairs, there is not one class for each, or the outputs do not fit the
            classes.

    >>> import matplotlib; matplotlib.use("agg")
    >>> ax = decision_regions(lambda batch: [x - y for x, y in batch], [[0, 1], [1, 0]], [0, 1])
    >>> ax.get_xlabel()
    'x₁'
    """
    regions = regions_of(predict, X, y, resolution, target_names)
    across, up = regions.across, regions.up
    ax = axes(ax)
    for index, lead in enumerate(regions.leads):
        low, top = min(map(min, lead)), max(map(max, lead))
        if top > 0:
            ax.contourf(across, up, lead, levels=[0, top * 1.001], colors=[COLORS[index % 7]], alpha=0.22)
        if low < 0 < top:
            ax.contour(across, up, lead, levels=[0], colors="0.25", linewidths=1.2)
    for index, (name, own) in enumerate(zip(regions.names, regions.points, strict=True)):
        ax.scatter(
            [x for x, _ in own],
            [y for _, y in own],
            s=26,
            color=COLORS[index % 7],
            marker=MARKERS[index % 7],
            edgecolors="white",
            linewidths=0.6,
            label=name,
            zorder=3,
        )
    ax.set(xlabel=feature_names[0], ylabel=feature_names[1], xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    legend_above(ax, columns=len(regions.classes))
    return ax
