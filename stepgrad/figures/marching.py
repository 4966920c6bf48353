"""Contour lines of numbers on a grid, by marching squares with linear interpolation.

Source: Lorensen and Cline, "Marching cubes", 1987, in two dimensions. A cell whose corners alternate is decided by the
mean of the four, which is the value at its centre.

    >>> grid = [[x + y for x in (0.0, 1.0, 2.0)] for y in (0.0, 1.0)]
    >>> contour([0.0, 1.0, 2.0], [0.0, 1.0], grid, 0.5)
    [[(0.0, 0.5), (0.5, 0.0)]]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from stepgrad.figures.strokes import Point

_Edge = tuple[int, int, bool]  # from the node in this column and row to the right, or upwards


Grid = Sequence[Sequence[float]]


def contour(xs: Sequence[float], ys: Sequence[float], values: Grid, level: float) -> list[list[Point]]:
    """The lines along which a function has a value; on their left it has more, if y grows upwards.

    A line that closes ends at its first point; another one ends at the border of the grid, or at a cell with a corner
    that is not finite, in which there is no line.

    Args:
        xs: the places of the columns.
        ys: those of the rows.
        values: for each row, the function in its columns.
        level: the value.
    """
    rows = [[value if math.isfinite(value) else math.nan for value in row] for row in values]
    return _lines(xs, ys, rows, level)


def region(xs: Sequence[float], ys: Sequence[float], values: Grid, level: float) -> list[list[Point]]:
    """The borders of where a function is at least `level`: closed lines, also along the grid and around gaps.

    What is not finite is a gap, whose border runs through the nearest numbers. The arguments are those of `contour`.
    """
    # Nodes around the grid, in the same places as its own border, that are below any level.
    rows = [[-math.inf, *(value if math.isfinite(value) else -math.inf for value in row), -math.inf] for row in values]
    outside = [-math.inf] * len(rows[0])
    return _lines([xs[0], *xs, xs[-1]], [ys[0], *ys, ys[-1]], [outside, *rows, outside], level)


def _lines(xs: Sequence[float], ys: Sequence[float], rows: Grid, level: float) -> list[list[Point]]:
    """The lines through the cells; a corner that is nan leaves its cells without, one that is -inf is below all."""
    following: dict[_Edge, _Edge] = {}
    for j in range(len(ys) - 1):
        low, high = rows[j], rows[j + 1]
        for i in range(len(xs) - 1):
            corners = low[i], low[i + 1], high[i + 1], high[i]  # counterclockwise
            above = [value >= level for value in corners]
            if all(above) or not any(above) or any(map(math.isnan, corners)):
                continue
            edges = (i, j, False), (i + 1, j, True), (i, j + 1, False), (i, j, True)
            # Along the border of the cell, each edge by which one leaves what is above is where a line starts.
            leaving = [k for k in range(4) if above[k] and not above[k - 3]]
            turn = 1 if math.fsum(value / 4 for value in corners) >= level else -1
            for k in leaving:
                ends = [k + turn * step for step in (1, 2, 3)]
                end = next(e % 4 for e in ends if above[(e + 1) % 4] and not above[e % 4])
                following[edges[k]] = edges[end]
    return _joined(following, lambda edge: _crossing(edge, xs, ys, rows, level))


def _crossing(edge: _Edge, xs: Sequence[float], ys: Sequence[float], rows: Grid, level: float) -> Point:
    i, j, up = edge
    a, b = rows[j][i], rows[j + up][i + (not up)]
    if math.isinf(a) or math.isinf(b):
        part = float(math.isinf(a))
    elif math.isinf(b - a):
        part = (level / 2 - a / 2) / (b / 2 - a / 2)
    else:
        part = (level - a) / (b - a)
    if up:
        return xs[i], ys[j] + part * (ys[j + 1] - ys[j])
    return xs[i] + part * (xs[i + 1] - xs[i]), ys[j]


def _joined(following: dict[_Edge, _Edge], crossing: Callable[[_Edge], Point]) -> list[list[Point]]:
    """Segments as lines. Each edge ends one segment at most, and starts one."""
    ends = set(following.values())
    lines = []
    for start in [edge for edge in following if edge not in ends] + list(following):
        if start in following:
            way = [start]
            while way[-1] in following:
                way.append(following.pop(way[-1]))
            lines.append([crossing(edge) for edge in way])
    return lines
