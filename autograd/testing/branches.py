"""Where the rules of a row branch: they are run on floats that take note of what they are compared with.

>>> from autograd import TABLE
>>> sorted(round(x, 9) + 0.0 for x in branches_along(TABLE["hardsigmoid"], [0.4], [0]))[::2]
[-3.0, -3.0, 3.0, 3.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from autograd.core.ops import TABLE, Op
from autograd.testing.derivatives import argument_of

GRID = 60  # intervals along one argument, in each of which a comparison is expected to change once or twice
REFLECTED = ("__rmod__", "__rfloordiv__")
MOST, MOST_CHANGES = 20, 8  # of different comparisons, and of the changes of each that are looked for


class Watched(float):
    """A float that takes note of each comparison, as the difference of its two sides, and of each rounding.

    What is computed from it is watched too, unless a function for floats only, such as `math.exp`, comes between.
    """

    notes: list[float]

    def __new__(cls, number: float, notes: list[float]) -> Watched:
        """A float, and the list that the notes go to."""
        watched = super().__new__(cls, number)
        watched.notes = notes
        return watched

    def __getattr__(self, name: str) -> Callable[..., Watched]:
        # elementary.exp(x) dispatches to x.exp().
        if name not in TABLE:
            raise AttributeError(f"a float has no {name!r}, and the table has no such operation")
        if name in ("floor", "ceil", "round", "trunc"):
            self.notes.append(_beyond_whole(self))
        return lambda *others: self.answer(name, self, *others)

    def answer(self, name: str, *operands: float) -> Watched:
        """A row of the table at these operands; `elementary.atan2` and others dispatch here."""
        if len(operands) > 1:  # many of them jump with a sign
            self.notes += map(float, operands)
        return Watched(float(TABLE[name].value(*map(float, operands))), self.notes)

    def __abs__(self) -> Watched:
        self.notes.append(float(self))
        return Watched(abs(float(self)), self.notes)

    def __bool__(self) -> bool:
        self.notes.append(float(self))
        return float(self) != 0

    __hash__ = float.__hash__


def _beyond_whole(x: float) -> float:
    return float(x) - round(float(x)) if math.isfinite(x) else math.nan


def _arithmetic(name: str, rounds: bool = False) -> Callable[..., Any]:
    function = getattr(float, name)

    def method(self: Watched, *others: Any) -> Any:
        result = function(self, *others)
        if rounds:
            numbers = [float(self), *map(float, others)]
            self.notes.append(_beyond_whole(_quotient(*(reversed(numbers) if name in REFLECTED else numbers))))
        return Watched(result, self.notes) if isinstance(result, float) else result

    return method


def _quotient(x: float, y: float = 1.0) -> float:
    return x / y if y else math.nan


def _comparison(name: str) -> Callable[[Watched, Any], Any]:
    function = getattr(float, name)

    def method(self: Watched, other: Any) -> Any:
        if isinstance(other, float | int):
            self.notes.append(float(self) - float(other))
        return function(self, other)

    return method


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg"):
    setattr(Watched, f"__{_name}__", _arithmetic(f"__{_name}__"))
for _name in ("mod", "rmod", "floordiv", "rfloordiv"):
    setattr(Watched, f"__{_name}__", _arithmetic(f"__{_name}__", rounds=True))
for _name in ("floor", "ceil", "trunc", "round"):
    setattr(Watched, f"__{_name}__", _arithmetic(f"__{_name}__", rounds=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Watched, f"__{_name}__", _comparison(f"__{_name}__"))


def notes_at(op: Op, operands: Sequence[float]) -> list[float]:
    """What the rules compare at a point: the difference of both sides of each comparison, in their order.

    >>> from autograd import TABLE
    >>> notes_at(TABLE["tanh"], [0.25]), notes_at(TABLE["relu"], [0.25])
    ([], [0.25, 0.25, 0.25])
    """
    notes: list[float] = []
    arguments = op.grouped([Watched(x, notes) for x in operands])
    rules: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [(op.forward, arguments)]
    try:
        out = Watched(float(op.value(*op.grouped(operands))), notes)
        rules += [(rule, (out, *arguments)) for rule in op.partials]
        rules += [(op.kinks, arguments)] if op.kinks else []
        for rule, given in rules:
            found = rule(*given)
            if rule is op.kinks:
                notes += map(float, found) if isinstance(found, list | tuple) else [float(found)]
    except (ArithmeticError, ValueError, TypeError, AttributeError):  # the notes until then
        pass
    return notes


def branches_along(op: Op, operands: Sequence[float], places: Sequence[int]) -> list[float]:
    """Numbers between which a comparison changes its result, if the operands at these places are all that number.

    They come in pairs of neighbours, the last float before the change and the first one behind it.
    """
    low, high = op.domain[argument_of(op, operands, places[0])[0]]

    def notes(x: float) -> list[float]:
        return notes_at(op, [x if index in places else other for index, other in enumerate(operands)])

    grid = [low + (high - low) * i / GRID for i in range(GRID + 1)]
    noted = [notes(x) for x in grid]
    columns = {tuple(_at(row, index) for row in noted): index for index in range(max(map(len, noted)))}
    found: list[float] = []
    for column, index in list(columns.items())[:MOST]:

        def difference(x: float, index: int = index) -> float:
            return _at(notes(x), index)

        ends = list(zip(grid, column, strict=True))
        changes = [
            (a, b)
            for (a, left), (b, right) in pairwise([*ends, *_dips(difference, ends)])
            if a < b and _change(left, right)
        ]
        for a, b in changes[:: 1 + len(changes) // MOST_CHANGES]:
            found += _bisected(difference, a, b)
    return list(dict.fromkeys(found))


def _at(notes: Sequence[float], index: int) -> float:
    return notes[index] if index < len(notes) else math.nan


def _change(left: float, right: float) -> bool:
    return (left < 0) != (right < 0) or (left > 0) != (right > 0)


def _dips(difference: Callable[[float], float], ends: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Where a difference changes its sign and changes it back between two points of the grid, as three points."""
    for (a, left), (_, middle), (b, right) in zip(ends, ends[1:], ends[2:], strict=False):
        sign = math.copysign(1.0, middle)
        left, middle, right = sign * left, sign * middle, sign * right
        if not 0 < middle <= min(left, right):
            continue
        bend = left - 2 * middle + right
        if bend <= 0 or middle - (left - right) ** 2 / (8 * bend) > middle / 4:  # the parabola stays away from 0
            continue
        low, high = a, b
        for _ in range(12):
            third = (high - low) / 3
            if sign * difference(low + third) < sign * difference(high - third):
                high -= third
            else:
                low += third
        lowest = difference((low + high) / 2)
        if sign * lowest <= 0:
            yield from ((a, sign * left), ((low + high) / 2, lowest), (b, sign * right))


def _bisected(difference: Callable[[float], float], a: float, b: float) -> tuple[float, float]:
    left, least = difference(a), 1e-12 * (b - a)
    middle = 0.0 if a < 0 < b else (a + b) / 2
    while a < middle < b:
        if _change(left, difference(middle)):
            b = middle
        else:
            a = middle
        middle = (a + b) / 2
        if a * b == 0 and b - a < least:  # the floats beside 0 are too small for any step
            return 0.0, 0.0
    return a, b
