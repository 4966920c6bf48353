"""Draw random Values, and arguments for rows of the table: ordinary points, extremes, kinks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograd.core.engine import Value
from autograd.core.number import as_float, whole_number
from autograd.core.ops import Op, find
from autograd.core.row import try_out
from autograd.testing.derivatives import argument_of

SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, math.inf, -math.inf, math.nan, 1e308, -1e-308, 5e-324, 710.0)
"""Numbers at which formulas go wrong: signed zeros, infinities, nan, the largest, the smallest, where exp overflows."""
MARGIN = 0.1
"""How far from 0 the `kinks` of a row are at its ordinary points."""


def values(low: float = -3.0, high: float = 3.0, special: bool = False) -> SearchStrategy[Value]:
    """Leaves with data between `low` and `high`; with `special` also infinities, nan, signed zeros and extremes.

    >>> from hypothesis import given
    >>> @given(values(0.0, 1.0))
    ... def test_squares_are_smaller(x):
    ...     assert (x * x).data <= x.data
    >>> test_squares_are_smaller()
    """
    numbers = st.floats(low, high)
    return (numbers | st.sampled_from(SPECIAL) if special else numbers).map(Value)


def vectors(
    low: float = -3.0, high: float = 3.0, min_size: int = 0, max_size: int = 5, special: bool = False
) -> SearchStrategy[list[Value]]:
    """Lists of leaves as in `values`, the empty one among them unless `min_size` is larger.

    Raises:
        ValueError: if a size is not a whole number of at least 0, or `max_size` below `min_size`.

    >>> from autograd import sum
    >>> from autograd.testing import check_grads
    >>> check_grads(lambda xs: sum(x * x for x in xs), vectors(), max_examples=20)
    """
    min_size = whole_number("min_size", min_size, 0)
    return st.lists(
        values(low, high, special), min_size=min_size, max_size=whole_number("max_size", max_size, min_size)
    )


def trees(leaves: SearchStrategy[Any] | None = None, max_leaves: int = 6) -> SearchStrategy[Any]:
    """Nested lists, tuples and dicts, as the transforms take them.

    Args:
        leaves: what is in them; `values` unless given.
        max_leaves: how many at most.

    Raises:
        ValueError: if `max_leaves` is not a whole number of at least 1.

    >>> from autograd.testing import check_grads
    >>> check_grads(lambda tree: tree, trees(), max_examples=20)
    """
    return st.recursive(
        values() if leaves is None else leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.lists(inner, max_size=3).map(tuple)
            | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
        ),
        max_leaves=whole_number("max_leaves", max_leaves),
    )


def row_of(op: Op | str) -> Op:
    """The row itself, given as a row or by its name.

    >>> row_of("tanh")
    <Op tanh>

    Raises:
        KeyError: if there is no row of that name.
        TypeError: if `op` is neither a row nor a name.
    """
    if isinstance(op, Op):
        return op
    if isinstance(op, str):
        return find(op)
    raise TypeError(f"expected a row of the table or its name, such as 'tanh', got {op!r} of type {type(op).__name__}")


def points(op: Op | str, max_length: int = 5) -> SearchStrategy[tuple[Any, ...]]:
    """Ordinary arguments of a row: numbers in its domain and away from its kinks, a list for each vector.

    Args:
        op: the row, or its name.
        max_length: of vectors, which all have the same length, at least 1.

    Raises:
        ValueError: if `max_length` is not a whole number of at least 1, or the row has no ordinary point.

    >>> from autograd import TABLE
    >>> from hypothesis import given
    >>> @given(points(TABLE["affine"]))
    ... def test_lengths_agree(point):
    ...     weights, inputs, bias = point
    ...     assert len(weights) == len(inputs)
    >>> test_lengths_agree()
    """
    op = row_of(op)
    max_length = whole_number("max_length", max_length)
    check_ordinary(op)

    def of_length(n: int) -> SearchStrategy[tuple[Any, ...]]:
        coordinates = [st.floats(*interval) for interval in op.domain]
        vectors = [st.lists(x, min_size=n, max_size=n) for x in coordinates[: op.vectors]]
        return st.tuples(*vectors, *coordinates[op.vectors :])

    lengths = st.integers(1, max_length) if op.vectors else st.just(1)
    return lengths.flatmap(of_length).filter(lambda point: is_ordinary(op, point))


def extreme_points(op: Op | str, max_length: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    """Arguments of a row from `SPECIAL`, ordinary or not: its rules must not raise on them."""
    op = row_of(op)
    max_length = whole_number("max_length", max_length)

    def of_length(n: int) -> SearchStrategy[tuple[Any, ...]]:
        number = st.sampled_from(SPECIAL)
        vector = st.lists(number, min_size=n, max_size=n)
        return st.tuples(*(vector if i < op.vectors else number for i in range(op.arity)))

    return st.integers(1, max_length).flatmap(of_length) if op.vectors else of_length(1)


def is_ordinary(op: Op | str, arguments: Sequence[Any]) -> bool:
    """Whether arguments lie in the domain of a row and away from its kinks.

    >>> from autograd import TABLE
    >>> is_ordinary(TABLE["relu"], [1.0]), is_ordinary(TABLE["relu"], [0.01]), is_ordinary(TABLE["log"], [-1.0])
    (True, False, False)
    """
    op, operands = at_point(op, arguments)
    intervals = [op.domain[argument_of(op, operands, index)[0]] for index in range(len(operands))]
    if not all(low <= x <= high for (low, high), x in zip(intervals, operands, strict=True)):
        return False
    return op.distance_to_kink(*op.grouped(operands)) > MARGIN


def at_point(op: Op | str, point: Sequence[Any]) -> tuple[Op, list[Any]]:
    """The row, and the point as a flat list of numbers."""
    op = row_of(op)
    if isinstance(point, str) or not isinstance(point, Sequence):
        raise TypeError(f"{op.name} takes a point such as (1.0,), with one entry for each argument, got {point!r}")
    point = op.completed(point)
    for argument in point[: op.vectors]:
        if isinstance(argument, str) or not isinstance(argument, Sequence):
            raise TypeError(f"{op.name} takes a list of numbers for a vector, got {argument!r}")
    return op, list(map(as_float, op.flat(point)))


def check_ordinary(op: Op) -> None:
    """Refuse a row that has no ordinary point, or whose rules do not run.

    Raises:
        ValueError: with a sentence that says which.
    """
    try_out(op)
    rng = random.Random(op.name)
    for attempt in range(1000):
        lengths = [1 + attempt % 5 if index < op.vectors else 1 for index in range(op.arity)]
        operands = [rng.uniform(*op.domain[index]) for index, length in enumerate(lengths) for _ in range(length)]
        if is_ordinary(op, op.grouped(operands)):
            return
    raise ValueError(
        f"{op.name} has no ordinary point: everywhere in its domain {list(op.domain)} its kinks are within {MARGIN}; "
        "widen the domain"
    )


def kinks_of(op: Op | str, most: int = 50) -> list[tuple[Any, ...]]:
    """Simple points in the domain of a row at which its `kinks` are zero.

    >>> from autograd import TABLE
    >>> kinks_of(TABLE["maximum"], most=3)
    [(0.0, 0.0), (0.5, 0.5), (-0.5, -0.5)]
    """
    return list(islice(_kinks(row_of(op)), whole_number("most", most, 0)))


def _kinks(op: Op) -> Iterator[tuple[Any, ...]]:
    if op.kinks is None:  # spares a search through thousands of points
        return
    simple = [0.0, *(sign * x for x in (0.5, 1.0, 1.5, 2.0, 3.0) for sign in (1, -1))]
    coordinates = [[x for x in simple if low <= x <= high] or [low] for low, high in op.domain]
    for length in (1, 2) if op.vectors else (1,):
        lengths = [length if index < op.vectors else 1 for index in range(op.arity)]
        numbers = product(*(xs for xs, n in zip(coordinates, lengths, strict=True) for _ in range(n)))
        yield from (point for point in map(op.grouped, numbers) if op.distance_to_kink(*point) == 0)
