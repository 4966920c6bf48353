"""Draw the classes that a classifier predicts over the plane: `decision_regions`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd.text.labels import counted, plain
from stepgrad.figures.axis import Axis, short
from stepgrad.figures.data import evenly, sentences
from stepgrad.figures.figure import Figure
from stepgrad.figures.frame import framed, key
from stepgrad.figures.marching import contour, region
from stepgrad.figures.strokes import COLORS, PAPER, TINTS, line, mark

WIDTH = 440.0


def decision_regions(
    predict: Callable[[Any], Any],
    X: Any,  # noqa: N803  (the field's name for the inputs)
    y: Any,
    *,
    resolution: int = 60,
    feature_names: Sequence[str] = ("x₁", "x₂"),
    target_names: Sequence[str] | None = None,
    title: str = "",
) -> Figure:
    """The class that a classifier predicts at every point of the plane, with the data on top.

    The arguments are those of `nn.plot.decision_regions`, which needs matplotlib. Classes differ in color and shape.

    Args:
        predict: a model, or any function of a batch of points. For each point it returns one score per class, in
            sorted order; or its class, as ``GaussianNB().fit(X, y).predict`` does; or, for two classes, one number
            that is positive for the greater class. If the model ends with a `Sigmoid`, that number is a probability
            and the boundary is at 0.5.
        X: the points, as pairs.
        y: the class of each point.
        resolution: the number of points of the grid in each direction.
        feature_names: labels of the axes.
        target_names: names of the classes, in sorted order.
        title: a heading.

    Raises:
        ValueError: if the points are not pairs, there is not one class for each, or the outputs do not fit the
            classes.

    >>> decision_regions(lambda batch: [x - y for x, y in batch], [[0, 1], [1, 0]], [0, 1])
    <Figure: decision regions of 2 classes with 2 points>
    """
    from nn.plot.scores import regions_of  # which loads the whole of nn

    regions = regions_of(predict, X, y, resolution, target_names)
    if isinstance(feature_names, str) or len(feature_names) != 2:
        raise ValueError(f"feature_names must be two names, got {plain(repr(feature_names))}")
    across, up = Axis.around(regions.across), Axis.around(regions.up)
    names = [str(name) for name in regions.names]

    def draw(width: float) -> tuple[float, str]:
        colors = [COLORS[index % len(COLORS)] for index in range(len(names))]
        entries = [
            (name, color, f'<path d="{mark(index % 7, 0, 0)}" fill="{color}"/>')
            for index, (name, color) in enumerate(zip(names, colors, strict=True))
        ]
        _, below = key(entries, 8.0, 0.0, width - 16)
        frame, height = framed(
            across, up, width, 0.0, names=(feature_names[0], feature_names[1]), title=title, right=6, bottom=below + 4,
            proportion=0.75, box=True,
        )  # fmt: skip
        axes, frame.parts = frame.parts, []
        xs = evenly(frame.left, frame.right, len(regions.across))
        ys = evenly(frame.bottom, frame.top, len(regions.up))
        borders = []
        for index, lead in enumerate(regions.leads):
            data = "".join(line(points, 0.15) + "z" for points in region(xs, ys, lead, 0.0))
            frame.parts.append(f'<path d="{data}" fill="{TINTS[index % len(TINTS)]}"/>' if data else "")
            # Between two classes the border of the one is that of the other.
            if index or len(regions.leads) > 2:
                borders += [line(points, 0.15) for points in contour(xs, ys, lead, 0.0)]
        if borders:
            frame.parts.append(f'<path d="{"".join(borders)}" fill="none" stroke="#404040"/>')
        frame.parts += axes
        for index, points in enumerate(regions.points):
            pixels = [frame.at(*point) for point in points]
            data = "".join(mark(index % 7, *pixel, 3.7) for pixel in pixels if not math.isnan(sum(pixel)))
            frame.parts.append(
                f'<path d="{data}" fill="{colors[index]}" stroke="{PAPER}" stroke-width=".8"/>' if data else ""
            )
        frame.parts += key(entries, 8.0, height - 8 - below, width - 16)[0]
        return height, "\n".join(filter(None, frame.parts))

    count = sum(map(len, regions.points))
    cells = len(regions.across) * len(regions.up)
    told = []
    for name, points, lead in zip(names, regions.points, regions.leads, strict=True):
        share = 100 * sum(value > 0 for row in lead for value in row) / cells
        told.append(f"{plain(name)}: {counted(len(points), 'point')}, {short(share)} % of the plane")
    summary = f"decision regions of {counted(len(names), 'class', 'classes')} with {counted(count, 'point')}"
    return Figure(f"{plain(title, 80)}: {summary}" if title else summary, sentences(told), WIDTH, draw)
