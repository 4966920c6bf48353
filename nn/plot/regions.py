"""What a classifier says at every point of the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from nn.modules.evaluation_mode import ends_in_probabilities, evaluation_mode
from nn.nested import as_numbers, as_sequence
from nn.plot.style import COLORS, MARKERS, axes, evenly, legend_above
from nn.preprocessing.checks import classes_of

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
        predict: a model, or any function of a batch of points. For each point it gives one score per class, in
            sorted order; or its class, as ``GaussianNB().fit(X, y).predict`` does; or, of two classes, one number
            that is positive for the greater. If the model ends with a `Sigmoid`, that is a probability and the
            boundary is at 0.5.
        X: the points, as pairs.
        y: the class of each point.
        ax: where to draw; new axes by default.
        resolution: the number of points to ask about in each direction.
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
    points = [[float(number) for number in as_sequence(point)] for point in as_sequence(X)]
    if not points or any(len(point) != 2 for point in points):
        raise ValueError(
            f"decision_regions draws points of the plane, got points of {len(points[0] if points else [])} numbers"
        )
    labels = []
    for label in as_sequence(as_numbers(y)):
        row = as_sequence(label)  # targets of a model with one output are rows of one
        if len(row) != 1:
            raise ValueError(
                f"decision_regions takes one class for each point, got {label!r}; of scores take the argmax"
            )
        labels.append(row[0])
    if len(labels) != len(points):
        raise ValueError(f"decision_regions needs one class for each of {len(points)} points, got {len(labels)}")
    classes = classes_of(labels, "decision_regions")
    grids = []
    for numbers in zip(*points, strict=True):
        margin = 0.12 * (max(numbers) - min(numbers)) or 1.0
        low, high = min(numbers) - margin, max(numbers) + margin
        grids.append(evenly(low, high, resolution))
    across, up = grids
    scores, classes = _scores(predict, across, up, classes)
    if target_names and len(target_names) != len(classes):
        raise ValueError(f"target_names must name each of {len(classes)} classes, got {len(target_names)} names")
    ax = axes(ax)
    for index in range(len(classes)):
        # How far this class is ahead of the best other one: 0 on the boundary, so contours come out smooth.
        lead = [
            [row[index] - max((score for other, score in enumerate(row) if other != index), default=0) for row in line]
            for line in scores
        ]
        low, top = min(map(min, lead)), max(map(max, lead))
        if top > 0:
            ax.contourf(across, up, lead, levels=[0, top * 1.001], colors=[COLORS[index % 7]], alpha=0.22)
        if low < 0 < top:
            ax.contour(across, up, lead, levels=[0], colors="0.25", linewidths=1.2)
    for index, label in enumerate(classes):
        own = [point for point, its_class in zip(points, labels, strict=True) if its_class == label]
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


def _scores(
    predict: Callable[[Any], Any], across: list[float], up: list[float], classes: list[Any]
) -> tuple[list[list[list[float]]], list[Any]]:
    """One score per class for each point of the grid, and the classes."""
    with evaluation_mode(predict):
        outputs = [as_numbers(predict([[x, y] for x in across])) for y in up]
    rows = [[as_sequence(output) for output in as_sequence(line)] for line in outputs]
    lengths = {len(row) for line in rows for row in line}
    if len(lengths) != 1 or any(len(line) != len(across) for line in rows):
        raise ValueError(
            "predict must give one output for each of a batch of points, got others; let it take a batch, [[x1, x2], "
            "...], and give as many scores for each point"
        )
    if lengths == {1}:
        return _of_one([[row[0] for row in line] for line in rows], classes, ends_in_probabilities(predict))
    (length,) = lengths
    if length != len(classes):
        # Not every class needs to have a point, if the classes are the places of the scores.
        if not all(isinstance(label, int) and 0 <= label < length for label in classes):
            raise ValueError(
                f"predict gives {length} scores for each point, expected one for each of the classes "
                f"{', '.join(map(str, classes))}"
            )
        classes = list(range(length))
    return [[[float(number) for number in row] for row in line] for line in rows], classes


def _of_one(lines: list[list[Any]], classes: list[Any], probability: bool) -> tuple[list[list[list[float]]], list[Any]]:
    """Scores made of one output for each point, which is a class or a number; and the classes."""
    found = {output for line in lines for output in line}
    # Also classes of which the data has no sample. A score is seldom a whole number, and for one class negative.
    whole = all(isinstance(output, int) and output >= 0 for output in (*found, *classes))
    if found <= set(classes) or whole or any(isinstance(output, str) for output in found):
        classes = classes_of([*classes, *found], "decision_regions")
        place = {label: index for index, label in enumerate(classes)}
        return [
            [[float(place[output] == index) for index in place.values()] for output in line] for line in lines
        ], classes
    if len(classes) > 2 or not all(isinstance(label, Real) for label in classes):
        raise ValueError(
            f"predict gives {next(iter(found - set(classes)))!r} for a point, which is none of the classes "
            f"{', '.join(map(str, classes))}; give the class or one score for each"
        )
    zero = 0.5 if probability else 0.0
    return [[[zero - float(number), float(number) - zero] for number in line] for line in lines], classes
