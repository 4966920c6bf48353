"""What a classifier says at every point of the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nn.plot.style import COLORS, MARKERS, axes, legend_above
from nn.training.evaluation import evaluation_mode
from nn.vectors import as_numbers, as_sequence

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
    """What a classifier says at every point of the plane, with the data on top.

    Args:
        predict: a model, or any function of a batch of points. For each point it gives one number, positive for
            the greater of two classes, or one score per class.
        X: the points, as pairs.
        y: the class of each point.
        ax: where to draw; new axes by default.
        resolution: the number of points to ask about in each direction.
        feature_names: labels of the axes.
        target_names: names of the classes, in sorted order, for the legend.

    Raises:
        ValueError: if the points are not pairs.

    >>> import matplotlib; matplotlib.use("agg")
    >>> ax = decision_regions(lambda batch: [x - y for x, y in batch], [[0, 1], [1, 0]], [0, 1])
    >>> ax.get_xlabel()
    'x₁'
    """
    points = [[float(number) for number in as_sequence(point)] for point in as_sequence(X)]
    if not points or any(len(point) != 2 for point in points):
        raise ValueError(
            f"decision_regions draws points of the plane, got points of {len(points[0] if points else [])} numbers"
        )
    classes = sorted(set(as_sequence(y)))
    ax = axes(ax)
    grids = []
    for numbers in zip(*points, strict=True):
        margin = 0.12 * (max(numbers) - min(numbers)) or 1.0
        low, high = min(numbers) - margin, max(numbers) + margin
        grids.append([low + (high - low) * index / (resolution - 1) for index in range(resolution)])
    across, up = grids
    scores = _scores(predict, across, up)
    for index in range(len(classes)):
        # How far this class is ahead of the best other one: 0 on the boundary, so contours come out smooth.
        lead = [
            [row[index] - max(score for other, score in enumerate(row) if other != index) for row in line]
            for line in scores
        ]
        low, top = min(map(min, lead)), max(map(max, lead))
        if top > 0:
            ax.contourf(across, up, lead, levels=[0, top * 1.001], colors=[COLORS[index % 7]], alpha=0.22)
        if low < 0 < top:
            ax.contour(across, up, lead, levels=[0], colors="0.25", linewidths=1.2)
    for index, label in enumerate(classes):
        own = [point for point, its_class in zip(points, as_sequence(y), strict=True) if its_class == label]
        ax.scatter(
            [x for x, _ in own],
            [y for _, y in own],
            s=26,
            color=COLORS[index % 7],
            marker=MARKERS[index % 7],
            edgecolors="white",
            linewidths=0.6,
            label=target_names[index] if target_names else f"class {label}",
            zorder=3,
        )
    ax.set(xlabel=feature_names[0], ylabel=feature_names[1], xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    legend_above(ax, columns=len(classes))
    return ax


def _scores(predict: Callable[[Any], Any], across: list[float], up: list[float]) -> list[list[list[float]]]:
    """One score per class for each point of the grid; of a single number z the scores are -z and z."""
    with evaluation_mode(predict):
        outputs = [as_numbers(predict([[x, y] for x in across])) for y in up]
    rows = [[[float(number) for number in as_sequence(output)] for output in line] for line in outputs]
    return [[[-row[0], row[0]] if len(row) == 1 else row for row in line] for line in rows]
