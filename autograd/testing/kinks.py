"""Whether a derivative at a kink is one of those that the operation has beside it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from autograd.core.ops import Op
from autograd.testing.derivatives import argument_of
from autograd.transforms.numerical import slopes_of

NEARBY, STEP = 60, 1e-7  # points, and how far they are, relative to an operand beyond 1
WIDE = 1e-3  # a smooth function changes its slope by less, relative to it, over such a step


def along(op: Op, operands: Sequence[float], places: Sequence[int]) -> Callable[[float], float]:
    """The value as a function of one number, which all operands at these places are."""
    return lambda x: float(op.value(*op.grouped([x if i in places else y for i, y in enumerate(operands)])))


def is_limit(op: Op, operands: Sequence[float], places: Sequence[int], derivative: float) -> bool:
    """Whether slopes close to a point lie on both sides of a number, so that it is a derivative by Clarke's definition.

    Where three numbers or more are equal, their median does not change with any one of them, and yet its derivative
    with respect to one of them must be other than 0.

    F. H. Clarke, "Generalized gradients and applications", Transactions of the American Mathematical Society 205 (1975)
    247-262.
    """
    rng = random.Random(0)
    slopes = [slope for _ in range(NEARBY) for slope in _slopes_beside(op, operands, places, rng)]
    if not slopes:
        return False
    low, high = min(slopes), max(slopes)
    allowance = WIDE * max(abs(low), abs(high))
    return high - low > allowance and low - allowance <= derivative <= high + allowance


def _slopes_beside(op: Op, operands: Sequence[float], places: Sequence[int], rng: random.Random) -> list[float]:
    moved = []
    for index, x in enumerate(operands):
        low, high = op.domain[argument_of(op, operands, index)[0]]
        step = STEP * max(abs(x), 1.0)
        moved.append(min(max(x + rng.uniform(-step, step), low), high))
    if len(places) > 1:  # numbers that move together stay equal
        for place in places:
            moved[place] = moved[places[0]]
    try:
        _, left, right = slopes_of(along(op, moved, places), moved[places[0]])
    except (ArithmeticError, ValueError):
        return []
    return [slope.value for slope in (left, right) if math.isfinite(slope.value)]
