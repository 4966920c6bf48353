"""The closed form of least squares: orthogonal columns by Gram and Schmidt."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from operator import mul
from typing import NamedTuple

from autograd.core.elementary import total

Column = Sequence[float]


class Orthogonalized(NamedTuple):
    """Columns as sums of orthogonal unit vectors: ``column[j] = Σ coefficients[k][j] basis[k]``.

    Attributes:
        basis: the unit vectors, as many as there are independent columns.
        coefficients: one row for each of them.
        pivots: for each the column it was made from; later unit vectors have coefficient 0 in that column.
    """

    basis: list[list[float]]
    coefficients: list[list[float]]
    pivots: list[int]


def orthogonalize(columns: Sequence[Column]) -> Orthogonalized:
    """Modified Gram-Schmidt with column pivoting; columns that depend on others leave no unit vector.

    Source: G. H. Golub and C. F. Van Loan, Matrix Computations, 4th edition (2013), sections 5.2 and 5.4.

    >>> orthogonalize([[3.0, 0.0], [3.0, 2.0], [6.0, 0.0]])
    Orthogonalized(basis=[[1.0, 0.0], [0.0, 1.0]], coefficients=[[3.0, 3.0, 6.0], [0.0, 2.0, 0.0]], pivots=[2, 1])
    """
    rest = [list(column) for column in columns]
    length, found = len(rest[0]), Orthogonalized([], [], [])
    negligible = max(length, len(rest)) * sys.float_info.epsilon * max(map(_norm, rest))
    while len(found.basis) < min(length, len(rest)):
        pivot = max(range(len(rest)), key=lambda j: dot(rest[j], rest[j]))
        size = _norm(rest[pivot])
        if size <= negligible:
            break
        unit = [x / size for x in rest[pivot]]
        # Once more against the earlier ones: in a short remainder their rounding has become large.
        for earlier in found.basis:
            unit = _minus(unit, dot(earlier, unit), earlier)
        size = _norm(unit)
        unit = [x / size for x in unit]
        row = [dot(unit, column) for column in rest]
        rest = [_minus(column, factor, unit) for column, factor in zip(rest, row, strict=True)]
        rest[pivot] = [0.0] * length
        found.basis.append(unit)
        found.coefficients.append(row)
        found.pivots.append(pivot)
    return found


def least_squares(columns: Sequence[Column], targets: Sequence[Column]) -> tuple[list[list[float]], int]:
    """For each target the w with the least ``|Σ w[j] columns[j] - target|``, and the rank of the columns.

    Where several w reach the least, as they do if columns depend on each other, the shortest of them. A first
    orthogonalization turns the problem into ``R w = c`` with independent rows, a second one, of these rows, gives
    the shortest solution.

    >>> least_squares([[3.0, 0.0], [0.0, 2.0]], [[6.0, 8.0]])
    ([[2.0, 4.0]], 2)
    >>> least_squares([[1.0, 0.0], [1.0, 0.0]], [[2.0, 9.0]])         # all w with w[0] + w[1] = 2 fit equally
    ([[1.0, 1.0]], 1)
    """
    basis, rows, _ = orthogonalize(columns)
    if not rows:
        return [[0.0] * len(columns) for _ in targets], 0
    directions, factors, pivots = orthogonalize(rows)
    solutions = []
    for target in targets:
        wanted, rest = [], target
        for unit in basis:
            wanted.append(dot(unit, rest))
            rest = _minus(rest, wanted[-1], unit)
        # In the order of the pivots the equations are triangular.
        lengths: list[float] = []
        for place, j in enumerate(pivots):
            known = math.fsum(factors[k][j] * lengths[k] for k in range(place))
            lengths.append((wanted[j] - known) / factors[place][j])
        solutions.append([dot(lengths, components) for components in zip(*directions, strict=True)])
    return solutions, len(basis)


def dot(first: Column, second: Column) -> float:
    """``Σ first[i] second[i]``, in plain numbers.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return float(total(map(mul, first, second)))


def _norm(vector: Column) -> float:
    return math.hypot(*vector)


def _minus(vector: Column, factor: float, other: Column) -> list[float]:
    return [x - factor * y for x, y in zip(vector, other, strict=True)]
