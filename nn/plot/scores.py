"""What a classifier says over the plane: `nn.plot.decision_regions` draws it, as do pictures without matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from autograd.core.number import whole_number
from nn.modules.evaluation_mode import ends_in_probabilities, evaluation_mode
from nn.nested import as_numbers, as_sequence
from nn.preprocessing.checks import classes_of


def evenly(low: float, high: float, resolution: int) -> list[float]:
    """`resolution` evenly spaced numbers from `low` to `high`, both included.

    >>> evenly(0.0, 1.0, 3)
    [0.0, 0.5, 1.0]
    """
    resolution = whole_number("resolution", resolution, 2)
    return [low + (high - low) * index / (resolution - 1) for index in range(resolution)]


@dataclass(frozen=True)
class Regions:
    """The scores of a classifier over a grid, with the points that it is about.

    Attributes:
        across, up: the places of the grid.
        leads: for each class, in rows from below, how far its score is ahead of the best other one: 0 on the boundary,
            so contours come out smooth.
        classes: the classes, sorted.
        names: their names.
        points: for each class its points.
    """

    across: list[float]
    up: list[float]
    leads: list[list[list[float]]]
    classes: list[Any]
    names: list[str]
    points: list[list[list[float]]]


def regions_of(
    predict: Callable[[Any], Any],
    X: Any,  # noqa: N803  (the field's name for the inputs)
    y: Any,
    resolution: int,
    target_names: Sequence[str] | None,
) -> Regions:
    """The regions around some points; the arguments are those of `nn.plot.decision_regions`.

    Raises:
        ValueError: if the points are not pairs, there is not one class for each, or the outputs do not fit the
            classes.
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
    leads = [
        [
            [row[index] - max((score for other, score in enumerate(row) if other != index), default=0) for row in line]
            for line in scores
        ]
        for index in range(len(classes))
    ]
    own = [[point for point, its_class in zip(points, labels, strict=True) if its_class == label] for label in classes]
    names = list(target_names) if target_names else [f"class {label}" for label in classes]
    return Regions(across, up, leads, classes, names, own)


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
        # If the classes are indices of the scores, the data need not have a point of every class.
        if not all(isinstance(label, int) and 0 <= label < length for label in classes):
            raise ValueError(
                f"predict gives {length} scores for each point, expected one for each of the classes "
                f"{', '.join(map(str, classes))}"
            )
        classes = list(range(length))
    return [[[float(number) for number in row] for row in line] for line in rows], classes


def _of_one(lines: list[list[Any]], classes: list[Any], probability: bool) -> tuple[list[list[list[float]]], list[Any]]:
    """Scores per class from outputs of one class or one number for each point; and the classes."""
    found = {output for line in lines for output in line}
    # Outputs that are ints of at least 0 are classes, also some that the data has no sample of: scores are seldom ints,
    # and negative for one of the two classes.
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
