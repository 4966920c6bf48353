"""Where a row of the table may well be wrong: constants of its rules, ends, kinks, equal arguments, windows."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import CodeType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograd.core.number import whole_number
from autograd.core.ops import Op
from autograd.testing.derivatives import argument_of, gradient
from autograd.testing.strategies import row_of

SCANNED = 401  # points along one argument


def constants_of(op: Op) -> list[float]:
    """The numbers that the rules of a row are written with, and those of the functions that they call.

    >>> from autograd import TABLE
    >>> 3.0 in constants_of(TABLE["hardsigmoid"])
    True
    """
    found: dict[float, None] = {}
    seen: set[CodeType] = set()
    rules = [op.forward, *op.partials, *([op.kinks] if op.kinks else [])]
    waiting = [(getattr(rule, "__code__", None), getattr(rule, "__globals__", {})) for rule in rules]
    while waiting:
        code, names = waiting.pop()
        if code is None or code in seen:
            continue
        seen.add(code)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                waiting.append((constant, names))
            elif isinstance(constant, int | float) and not isinstance(constant, bool):
                found[float(constant)] = None
        for name in code.co_names:
            thing = names.get(name)
            if str(getattr(thing, "__module__", "")) == names.get("__name__"):
                waiting.append((getattr(thing, "__code__", None), getattr(thing, "__globals__", {})))
    return list(found)


def special_numbers(op: Op, index: int) -> list[float]:
    """Numbers in the domain of one argument at which something may happen, the simplest first."""
    low, high = op.domain[index]
    middle = (low + high) / 2
    near = [sign * x for x in constants_of(op) if math.isfinite(x) for sign in (1, -1)]
    near += [x * (1 + sign * step) for x in near for step in (1e-3, 1e-9) for sign in (1, -1)]
    candidates = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, middle, low, high, *near]
    return list(dict.fromkeys(float(x) for x in candidates if low <= x <= high))


def everywhere(op: Op | str, max_length: int = 6) -> SearchStrategy[tuple[Any, ...]]:
    """Arguments from the whole domain of a row, kinks and ends included, with a liking for special numbers.

    Args:
        op: the row, or its name.
        max_length: of vectors, which all have the same length, at least 1.

    >>> from hypothesis import given
    >>> @given(everywhere("relu"))
    ... def test_relu_is_not_negative(point):
    ...     assert row_of("relu").value(*point) >= 0
    >>> test_relu_is_not_negative()
    """
    op = row_of(op)
    max_length = whole_number("max_length", max_length)
    coordinates = [
        _numbers(low, high) | st.sampled_from(special_numbers(op, index)) for index, (low, high) in enumerate(op.domain)
    ]

    def of_length(n: int) -> SearchStrategy[tuple[Any, ...]]:
        vectors = [st.lists(x, min_size=n, max_size=n) for x in coordinates[: op.vectors]]
        return st.tuples(*vectors, *coordinates[op.vectors :])

    any_points = (st.integers(1, max_length) if op.vectors else st.just(1)).flatmap(of_length)
    return st.tuples(any_points, st.booleans()).map(lambda drawn: _equal(op, drawn[0]) if drawn[1] else drawn[0])


def _numbers(low: float, high: float) -> SearchStrategy[float]:
    """Numbers of an interval, but for those so small that steps beside them are beyond what floats can tell apart."""
    least = 1e-30 * max(abs(low), abs(high))
    return st.floats(low, high).map(lambda x: x if abs(x) >= least or not low <= 0 <= high else 0.0)


def _equal(op: Op, point: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same point with equal arguments, as far as their domains allow."""
    operands = op.flat(point)
    lengths = [len(x) if isinstance(x, list) else 1 for x in point]
    intervals = [interval for interval, length in zip(op.domain, lengths, strict=True) for _ in range(length)]
    first, pairs = operands[0], zip(operands, intervals, strict=True)
    return op.grouped([first if low <= first <= high else x for x, (low, high) in pairs])


def special_points(op: Op, most: int = 60) -> list[tuple[Any, ...]]:
    """Points of special numbers: equal ones, the kinks that a bisection finds, combinations."""
    rng = random.Random(op.name)
    numbers = [special_numbers(op, index) for index in range(op.arity)]
    points: list[tuple[Any, ...]] = []
    for k in range(max(map(len, numbers))):
        for length in (1, 2, 5) if op.vectors else (1,):
            chosen = [
                [xs[(k + i) % len(xs)] for i in range(length)] if index < op.vectors else xs[k % len(xs)]
                for index, xs in enumerate(numbers)
            ]
            points += [tuple(chosen), _equal(op, tuple(chosen))]
    kinks = list(_kinks(op, rng))
    rest = points[: most - len(kinks)]
    return list({repr(point): point for point in (*kinks, *rest)}.values())


def _random_operands(op: Op, rng: random.Random) -> list[float]:
    length = 4 if op.vectors else 1
    return [
        rng.uniform(low, high)
        for index, (low, high) in enumerate(op.domain)
        for _ in range(length if index < op.vectors else 1)
    ]


def _kinks(op: Op, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """Points at which `kinks` is exactly zero, found by bisection along each argument."""
    for _ in range(2 if op.kinks else 0):
        operands = _random_operands(op, rng)
        for index in range(len(operands)):
            low, high = op.domain[argument_of(op, operands, index)[0]]

            def distance(x: float, index: int = index, operands: list[float] = operands) -> float:
                try:
                    found = op.kinks(*op.grouped([*operands[:index], x, *operands[index + 1 :]]))  # type: ignore[misc]
                    return float(min(found, key=abs) if isinstance(found, list | tuple) else found)
                except (ArithmeticError, ValueError):
                    return math.nan

            for x in _roots(distance, low, high):
                yield op.grouped([*operands[:index], x, *operands[index + 1 :]])


def _roots(f: Callable[[float], float], low: float, high: float) -> Iterator[float]:
    grid = [low + (high - low) * i / 20 for i in range(21)]
    for a, b in pairwise(grid):
        left, right = f(a), f(b)
        if left == 0:
            yield a
        if not left * right < 0:
            continue
        while a < (middle := (a + b) / 2) < b:
            if f(middle) * left > 0:
                a = middle
            else:
                b = middle
        yield from (x for x in (a, b) if f(x) == 0)


def suspicious_points(op: Op) -> list[tuple[Any, ...]]:
    """Points at which the derivative does not seem to be that of the value: along one argument, at close intervals.

    From one point to the next but one the value should change by the integral of the derivative, which Simpson's rule
    knows well. It is wrong at kinks as well; whether the derivative is, differences have to say.
    """
    rng = random.Random(op.name)
    points: list[tuple[Any, ...]] = []
    for _ in range(2):
        operands = _random_operands(op, rng)
        for index in range(len(operands)):
            low, high = op.domain[argument_of(op, operands, index)[0]]
            grid = [low + (high - low) * i / (SCANNED - 1) for i in range(SCANNED)]
            points += [
                op.grouped([*operands[:index], x, *operands[index + 1 :]]) for x in _odd_ones(op, operands, index, grid)
            ]
    return points


def _odd_ones(op: Op, operands: list[float], index: int, grid: list[float]) -> list[float]:
    values, slopes = [], []
    for x in grid:
        at = [*operands[:index], x, *operands[index + 1 :]]
        values.append(float(op.value(*op.grouped(at))))
        slopes.append(gradient(op, at)[index])
    step = grid[1] - grid[0]
    rises = [b - a for a, b in zip(values, values[2:], strict=False)]
    expected = [(a + 4 * b + c) * step / 3 for a, b, c in zip(slopes, slopes[1:], slopes[2:], strict=False)]
    wrong = [
        (abs(rise - integral) / (abs(rise) + abs(integral) + 1e-300), i)
        for i, (rise, integral) in enumerate(zip(rises, expected, strict=True))
        if not abs(rise - integral) <= 1e-3 * (abs(rise) + abs(integral))
    ]
    chosen = [i for _, i in sorted(wrong, reverse=True)[:4]]
    return [grid[i + j] for i in chosen for j in range(3)]
