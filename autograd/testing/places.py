"""Where a row of the table may well be wrong: constants of its rules, branches, ends, equal arguments, windows."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograd.core.number import whole_number
from autograd.core.ops import Op
from autograd.testing.branches import branches_along
from autograd.testing.derivatives import argument_of, gradient
from autograd.testing.strategies import row_of

SCANNED = 2001  # points along all arguments together
LEAST_SCANNED = 401  # along one of many
CLOSEST = 1e-12  # to an end of the domain, relative to its width
MOST = 50  # numbers of a list that a rule reads
LENGTHS = (3, 4, 7, 8, 9, 17)  # of vectors; blocks of 4, 8 and 16 and what is left of them


def constants_of(op: Op) -> list[float]:
    """The numbers that the rules of a row are written with, and those of the functions that they call.

    >>> from autograd import TABLE
    >>> 3.0 in constants_of(TABLE["hardsigmoid"])
    True
    """
    found: dict[float, None] = {}
    seen: set[int] = set()
    waiting: list[Any] = [op.forward, *op.partials, op.kinks]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, bool) or id(thing) in seen:
            continue
        if isinstance(thing, int | float):
            found[float(thing)] = None
            continue
        seen.add(id(thing))
        if isinstance(thing, CodeType):
            waiting += thing.co_consts
        elif isinstance(thing, list | tuple):
            waiting += thing[:MOST]
        elif isinstance(thing, FunctionType):
            names = thing.__globals__
            used = (names.get(name) for code in _codes(thing.__code__) for name in code.co_names)
            cells = (cell.cell_contents for cell in thing.__closure__ or ())
            waiting += [thing.__code__, *cells, *(thing.__defaults__ or ()), *(x for x in used if _is_of(x, names))]
    return list(found)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of the lambdas and comprehensions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_of(thing: Any, names: dict[str, Any]) -> bool:
    """Whether a global is a number, a table of numbers, or a function of the same module."""
    return isinstance(thing, int | float | list | tuple) or getattr(thing, "__module__", 0) == names.get("__name__")


def special_numbers(op: Op, index: int) -> list[float]:
    """Numbers in the domain of one argument at which something may happen, the simplest first."""
    low, high = op.domain[index]
    middle = (low + high) / 2
    near = [sign * x for x in constants_of(op) if math.isfinite(x) for sign in (1, -1)]
    near += [x * (1 + sign * step) for x in near for step in (1e-3, 1e-9) for sign in (1, -1)]
    candidates = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, middle, low, high, *near]
    if low < 0 < high:
        candidates.append(-0.0)
    return list({repr(x): x for x in map(float, candidates) if low <= x <= high}.values())


def everywhere(
    op: Op | str, max_length: int = 6, numbers: Sequence[Sequence[float]] | None = None
) -> SearchStrategy[tuple[Any, ...]]:
    """Arguments from the whole domain of a row, kinks and ends included, with a liking for special numbers.

    Args:
        op: the row, or its name.
        max_length: of vectors, which all have the same length, at least 1.
        numbers: for each argument the numbers to like, `special_numbers` unless given.

    >>> from hypothesis import given
    >>> @given(everywhere("relu"))
    ... def test_relu_is_not_negative(point):
    ...     assert row_of("relu").value(*point) >= 0
    >>> test_relu_is_not_negative()
    """
    op = row_of(op)
    max_length = whole_number("max_length", max_length)
    if numbers is None:
        numbers = [special_numbers(op, index) for index in range(op.arity)]
    coordinates = [
        _numbers(low, high) | st.sampled_from(xs) for xs, (low, high) in zip(numbers, op.domain, strict=True)
    ]

    def of_length(n: int) -> SearchStrategy[tuple[Any, ...]]:
        vectors = [st.lists(x, min_size=n, max_size=n) for x in coordinates[: op.vectors]]
        return st.tuples(*vectors, *coordinates[op.vectors :])

    any_points = (st.integers(1, max_length) if op.vectors else st.just(1)).flatmap(of_length)
    return st.tuples(any_points, st.sampled_from((0, 1, -1))).map(
        lambda drawn: _equal(op, *drawn) if drawn[1] else drawn[0]
    )


def _numbers(low: float, high: float) -> SearchStrategy[float]:
    """Numbers of an interval, but for those so close to 0 or to an end that there are too few floats for steps."""
    least, places = CLOSEST * (high - low), [x for x in (low, high, 0.0) if low <= x <= high]

    def moved(x: float) -> float:
        return next((place for place in places if abs(x - place) < least), x)

    return st.floats(low, high).map(moved)


def _equal(op: Op, point: tuple[Any, ...], sign: int = 1) -> tuple[Any, ...]:
    """The same point with equal arguments, or with every other one the opposite, as far as their domains allow."""
    operands = op.flat(point)
    lengths = [len(x) if isinstance(x, list) else 1 for x in point]
    intervals = [interval for interval, length in zip(op.domain, lengths, strict=True) for _ in range(length)]
    wanted = [operands[0] * sign**index for index in range(len(operands))]
    triples = zip(operands, wanted, intervals, strict=True)
    return op.grouped([y if low <= y <= high else x for x, y, (low, high) in triples])


def special_points(op: Op, most: int = 60) -> list[tuple[Any, ...]]:
    """Points of special numbers: combinations of them, equal ones and opposite ones."""
    numbers = [special_numbers(op, index) for index in range(op.arity)]
    points: list[tuple[Any, ...]] = []
    for k in range(max(map(len, numbers))):
        for length in (1, 2, 5) if op.vectors else (1,):
            chosen = tuple(
                [xs[(k + i) % len(xs)] for i in range(length)] if index < op.vectors else xs[k % len(xs)]
                for index, xs in enumerate(numbers)
            )
            points += [chosen, _equal(op, chosen)]
    opposite = [_equal(op, point, -1) for point in points[::5]]
    return list({repr(point): point for point in (*points[: most - len(opposite)], *opposite)}.values())[:most]


def branch_points(op: Op, most: int = 60) -> list[tuple[Any, ...]]:
    """Points where the rules branch, exactly and close to it on both sides, along each argument.

    The other arguments are random at first, and then at branches of their own, if they have any.
    """
    rng = random.Random(op.name)
    operands = _random_operands(op, rng)
    branches = [[x] for x in operands]
    points: list[tuple[Any, ...]] = []
    for _ in range(2):
        for index in _some(op, operands):
            low, high = op.domain[argument_of(op, operands, index)[0]]
            found = branches_along(op, operands, [index])
            branches[index] += found
            for x in found:
                beside = (x + sign * step * (high - low) for step in (1e-9, 1e-3) for sign in (1, -1))
                least = CLOSEST * (high - low)
                numbers = (y for y in (x, *beside) if low + least <= y <= high - least)
                points += [op.grouped([*operands[:index], y, *operands[index + 1 :]]) for y in numbers]
        operands = [rng.choice(xs[1:] or xs) for xs in branches]
    different = list({repr(point): point for point in points}.values())
    return different[:: 1 + len(different) // most]


def numbers_of(op: Op, points: Sequence[tuple[Any, ...]]) -> list[list[float]]:
    """For each argument its special numbers, and those it has at these points."""
    numbers = [special_numbers(op, index) for index in range(op.arity)]
    for point in points:
        for xs, argument in zip(numbers, point, strict=True):
            xs += argument if isinstance(argument, list) else [argument]
    return [list({repr(x): x for x in xs}.values()) for xs in numbers]


def long_points(op: Op) -> list[tuple[Any, ...]]:
    """Random points with vectors of many lengths, also of those beside the whole numbers of the rules."""
    if not op.vectors:
        return []
    rng = random.Random(op.name)
    near = [int(x) + i for x in constants_of(op) if 1 < x <= 32 and x == int(x) for i in (-1, 0, 1)]
    return [op.grouped(_random_operands(op, rng, length)) for length in dict.fromkeys((*LENGTHS, *near))]


def _random_operands(op: Op, rng: random.Random, length: int = 4) -> list[float]:
    return [
        rng.uniform(low, high)
        for index, (low, high) in enumerate(op.domain)
        for _ in range(length if index < op.vectors else 1)
    ]


def _some(op: Op, operands: Sequence[float]) -> list[int]:
    """The places of operands to look at: of a vector the first and the last."""
    count = len(operands)
    places = [argument_of(op, operands, index) for index in range(count)]
    length = (count - op.arity + op.vectors) // max(op.vectors, 1)
    return [index for index, (_, at) in enumerate(places) if at in (None, 0, length - 1)]


def far_points(op: Op) -> Iterator[tuple[Any, ...]]:
    """Points with one argument far outside of the domain."""
    for index in range(op.arity):
        for size in (10.0, 40.0, 100.0, 710.0, 1e4, 1e8):
            for x in (size, -size):
                numbers = [(low + high) / 2 for low, high in op.domain]
                numbers[index] = x
                yield tuple([number] * 2 if i < op.vectors else number for i, number in enumerate(numbers))


def suspicious_points(op: Op) -> list[tuple[Any, ...]]:
    """Points at which the derivative does not seem to be that of the value: along one argument, at close intervals.

    From one point to the next but one the value should change by the integral of the derivative, which Simpson's rule
    knows well. It is wrong at kinks as well; whether the derivative is, differences have to say.
    """
    rng = random.Random(op.name)
    points: list[tuple[Any, ...]] = []
    for _ in range(1 if op.arity == 1 and not op.vectors else 2):
        operands = _random_operands(op, rng)
        count = max(LEAST_SCANNED, SCANNED // len(operands))
        for index in range(len(operands)):
            low, high = op.domain[argument_of(op, operands, index)[0]]
            grid = [low + (high - low) * i / (count - 1) for i in range(count)]
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
    chosen: list[int] = []
    for _, i in sorted(wrong, reverse=True):
        if all(abs(i - j) > 2 for j in chosen):
            chosen.append(i)
    return [grid[i + j] for i in chosen[:6] for j in range(3)]
