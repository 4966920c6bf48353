"""A numerical derivative that knows its own error: from differences at many steps, on either side.

    >>> slope = slopes_of(math.sin, 1e5)
    >>> slope.agrees_with(math.cos(1e5)), slope.agrees_with(math.cos(1e5) + 1e-6)
    (True, False)

A difference (f(x + h) - f(x - h)) / 2h errs in two ways. With a large step the function bends between the two points;
with a small one the rounding of its values, divided by h, takes over. Which step is best depends on the function and
on the point, so steps of all sizes are tried, from large to small, each a quarter of the one before. Neighbours are
extrapolated to h = 0 (L. F. Richardson, 1911), and how much they disagree tells how much the function bends. That
extrapolation is taken for which both errors together are smallest, and they are part of the answer (C. J. F. Ridders,
"Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4 (1982) 75-76).

The same is done on each side alone. So a kink is recognized by its two slopes, and at the edge of a domain, beyond
which the function is nan or raises, one side is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

EPSILON, SUBNORMAL = 2.0**-52, 5e-324
LEAST = 1e-60  # of all steps, at 0
RATIO = 4.0  # of a step to the next
FIRST = 0.1234567  # the first step, relative to x beyond 1; uneven, so that it is no multiple of a period
COARSE = 1e-4  # a step beyond which a function bends, rather than jumps
COLUMNS = 4  # of the table of extrapolations
SAFETY = 8.0  # how many times the estimated error is admitted
CLEAR = 0.02  # an error below this part of the derivative
ROUGH = 0.1  # likewise, of one that others confirm
ENOUGH = 12  # so many differences that grow with every step grow without end
CONFIRMED = 3  # so many steps that agree hardly do so by chance
FLAT = 6  # so many differences that are 0 are those of a constant


class Slope(NamedTuple):
    """A derivative by differences.

    Attributes:
        value: the derivative; nan where the function jumps or is not defined beside the point.
        error: how much it may be off.
        limit: infinity or minus infinity if the differences grow without end, as those of a root at 0 or at a jump;
            else 0.
    """

    value: float = math.nan
    error: float = math.inf
    limit: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether there is a derivative, or an infinite one."""
        return self.value == self.value

    def agrees_with(self, derivative: float, tolerance: float, noise: float) -> bool:
        """Whether a finite derivative is within the error."""
        return not self.is_known or abs(derivative - self.value) <= self.margin(derivative, tolerance) + noise

    def meets(self, other: Slope) -> bool:
        """Whether two derivatives are the same as far as their errors tell."""
        return abs(self.value - other.value) <= self.error + other.error

    def margin(self, derivative: float, tolerance: float) -> float:
        """How far off a derivative may be."""
        if math.isinf(self.value):
            return 0.0
        return SAFETY * self.error + tolerance * max(abs(self.value), abs(derivative))


class Slopes(NamedTuple):
    """The derivatives of a function of one number at a point: that of both sides together, and that of each side."""

    both: Slope
    left: Slope
    right: Slope

    @property
    def is_kink(self) -> bool:
        """Whether the slopes of the two sides differ, by more than their errors."""
        left, right = self.left, self.right
        if not (left.is_known and right.is_known) or left.value == right.value:
            return False
        return abs(left.value - right.value) > 2 * (left.margin(0.0, 0.0) + right.margin(0.0, 0.0))

    @property
    def best(self) -> Slope:
        """That of both sides; of one side at the edge of a domain and beside a jump."""
        known = [slope for slope in self if slope.is_known]
        if not known:
            return max(self, key=lambda slope: abs(slope.limit))
        if self.left.is_known != self.right.is_known:  # at a jump, or so close to a kink that it looks like one
            return self.left if self.left.is_known else self.right
        if len(known) == 3 and not self.is_kink:  # else the sides agree, as they do on a smooth function
            side = min(self.left, self.right, key=lambda slope: slope.error)
            if abs(side.value - self.both.value) > side.margin(0.0, 1e-6) + self.both.margin(0.0, 1e-6):
                return side  # the steps to both sides went across a kink close by
        return known[0]

    def agrees_with(self, derivative: float, tolerance: float = 1e-7, noise: float = 0.0) -> bool:
        """Whether a derivative can be right, as far as the differences tell; so where there is none, any can.

        Args:
            derivative: the number to check. At a kink all numbers from one slope to the other are right.
            tolerance: admitted on top of the error, relative to the derivative.
            noise: the error of the derivative itself, where it is larger than its rounding.
        """
        noise *= SAFETY
        if derivative != derivative:
            return not self.best.is_known
        if math.isinf(derivative):
            return derivative in (self.left.limit, self.right.limit) or not (self.best.is_known or self.best.limit)
        if self.is_kink:
            low, high = sorted((self.left, self.right), key=lambda slope: slope.value)
            below = derivative < low.value - low.margin(derivative, tolerance) - noise
            above = derivative > high.value + high.margin(derivative, tolerance) + noise
            return not (below or above)
        return self.best.agrees_with(derivative, tolerance, noise)


def slopes_of(f: Callable[[float], float], x: float, noise: float = 0.0) -> Slopes:
    """The derivatives of a function at a point.

    Args:
        f: the function. Where it raises a ValueError or ArithmeticError, or gives nan, it is taken as not defined.
        x: the point, at which it is defined.
        noise: the error of the values of `f`, where that is larger than their rounding, as after a cancellation.

    >>> print(slopes_of(abs, 0.0).left.value, slopes_of(abs, 0.0).right.value, slopes_of(abs, 0.0).is_kink)
    -1.0 1.0 True
    """
    return slopes_of_all(lambda t: [f(t)], x, [noise])[0]


def slopes_of_all(f: Callable[[float], Sequence[float]], x: float, noise: Sequence[float] = ()) -> list[Slopes]:
    """The derivatives of several functions of one number, as those of `slopes_of`; `f` gives all values at once."""
    middle = list(map(float, f(x)))
    outputs = [_Output(value, x, level) for value, level in zip(middle, noise or [0.0] * len(middle), strict=True)]
    if not all(map(math.isfinite, middle)):
        return [Slopes(Slope(), Slope(), Slope())] * len(outputs)
    h, least = FIRST * max(abs(x), 1.0), EPSILON * abs(x) or LEAST
    while h > least and not all(output.is_done for output in outputs):
        above, below = x + h, x - h
        values = zip(_values(f, above, len(outputs)), _values(f, below, len(outputs)), strict=True)
        for output, (high, low) in zip(outputs, values, strict=True):
            output.add(below, low, above, high)
        h /= RATIO
    return [output.slopes() for output in outputs]


def _values(f: Callable[[float], Sequence[float]], x: float, count: int) -> list[float]:
    try:
        return list(map(float, f(x)))
    except (ArithmeticError, ValueError):
        return [math.nan] * count


class _Output:
    """One of the functions: three tables of extrapolations."""

    def __init__(self, value: float, x: float, noise: float) -> None:
        self.x, self.value, self.noise = x, value, noise
        self.both, self.left, self.right = _Table(2), _Table(1), _Table(1)
        self.steps_with_one_side = 0
        self.shift = 0.0  # the error of both sides where they are around 0, to which a tiny x is rounded away
        self.rounding = 0.0  # their difference to the derivative at the next float

    def add(self, below: float, low: float, above: float, high: float) -> None:
        """The values at two points, one on each side."""
        self._add_to(self.both, below, low, above, high)
        bend = abs((high - self.value) - (self.value - low)) / (above - self.x) / (above - self.x)
        if above + below == 0 != self.x:
            self.shift = max(self.shift, abs(self.x) * bend if bend < math.inf else 0.0)
        elif above - self.x > COARSE * max(abs(self.x), 1.0):
            self.rounding = EPSILON * abs(self.x) * bend if bend < math.inf else 0.0
        self._add_to(self.left, below, low, self.x, self.value)
        self._add_to(self.right, self.x, self.value, above, high)
        self.steps_with_one_side += self.left.is_done or self.right.is_done

    def _add_to(self, table: _Table, below: float, low: float, above: float, high: float) -> None:
        if table.is_done:
            return
        width = above - below
        difference = (high - low) / width
        if math.isinf(difference) and math.isfinite(low) and math.isfinite(high):
            table.overflow(difference)
            return
        table.is_noise = abs(high - low) <= SAFETY * self.noise
        rounding = EPSILON * (max(abs(low), abs(high)) + abs(self.x * difference)) + self.noise + SUBNORMAL
        table.add(difference, 2 * rounding / width)

    @property
    def is_done(self) -> bool:
        """Whether smaller steps can only be worse; or one side is known, and on the other nothing is defined."""
        return (self.left.is_done and self.right.is_done and self.both.is_done) or self.steps_with_one_side > 2 * ENOUGH

    def slopes(self) -> Slopes:
        both = self.both.slope()
        return Slopes(
            both._replace(error=both.error + self.shift + self.rounding), self.left.slope(), self.right.slope()
        )


class _Table:
    """Differences with smaller and smaller steps, extrapolated to 0.

    Args:
        order: the power of the step that the error of a difference begins with, and by which it goes on.
    """

    def __init__(self, order: int) -> None:
        self.factors = [RATIO ** (order * column) for column in range(1, COLUMNS)]
        self.is_done = self.is_noise = False
        self.is_flat = True
        self.differences: list[float] = []
        self._forget()

    def _forget(self) -> None:
        self.row: list[float] = []
        self.best = self.least = self.agreed = Slope()
        self.relative = CLEAR
        self.agreeing = 0
        self.confirmed: list[tuple[int, Slope]] = []

    def add(self, difference: float, noise: float) -> None:
        if not math.isfinite(difference):  # a step beyond the domain
            self.row = []
            self.differences = []
            return
        if self.is_flat and abs(difference) > SAFETY * noise:
            self._forget()  # so far the function was a constant because the steps went beyond where it is not
            self.is_flat = False
        self.differences.append(difference)
        row = [difference]
        closest = Slope()  # of this row
        for factor, earlier in zip(self.factors, self.row, strict=False):
            finer = row[-1] + (row[-1] - earlier) / (factor - 1)  # rather than a product that may overflow
            error = max(abs(finer - row[-1]), abs(finer - earlier)) + noise
            relative = error / abs(finer) if finer else math.inf
            if error <= closest.error:
                closest = Slope(finer, error)
            if error <= self.least.error:
                self.best = self.least = Slope(finer, error)
                self.relative = min(relative, CLEAR)
            # Steps too large for the function may err little and tell nothing: across a pole, or many times a period.
            # So a derivative found later, with an error that is small beside it, counts more.
            elif relative < self.relative:
                self.best, self.relative = Slope(finer, error), relative
            row.append(finer)
        self.row = row
        if len(row) > 1:
            self._confirm(closest, is_clear=closest.error < ROUGH * abs(closest.value) or not any(row))
        is_rounding = noise > 2 * self.least.error and noise > 1e-5 * abs(difference)
        # Not before that many steps, as a function that is 0 except close to the point begins with zeros.
        self.is_done = len(self.differences) >= ENOUGH and (is_rounding or self.least.error == 0)

    def _confirm(self, closest: Slope, is_clear: bool) -> None:
        """Count how many steps one after the other agree on a derivative."""
        if is_clear and closest.meets(self.agreed):
            self.agreeing += 1
            self.agreed = min(self.agreed, closest, key=lambda slope: slope.error)
            if self.agreeing > CONFIRMED:
                self.confirmed.pop()
            if self.agreeing >= CONFIRMED:
                self.confirmed.append((self.agreeing, self.agreed))
        else:
            self.agreeing, self.agreed = int(is_clear), closest

    def overflow(self, difference: float) -> None:
        """Take note that the derivative seems to be too large for a float."""
        self.best = Slope(limit=difference)
        self.confirmed = []
        self.differences = []
        self.is_done = True

    def limit(self) -> float:
        """Infinity or minus infinity if the differences grow without end."""
        last = self.differences[-ENOUGH:]
        if len(last) < ENOUGH or self.is_noise:
            return 0.0
        grows = all(abs(b) > abs(a) and a * b > 0 for a, b in pairwise(last))
        steady = abs(last[-1] - last[-2]) > 0.5 * abs(last[1] - last[0])  # else they come to rest at a number
        return math.copysign(math.inf, last[-1]) if grows and steady else 0.0

    def slope(self) -> Slope:
        limit = self.limit()
        if not limit:
            return self._plausible()
        growth = self.differences[-1] / self.differences[-2]
        if growth > 0.99 * RATIO:  # as that of 1/h: a jump
            return Slope(limit=limit)
        if growth > 1.02:  # as that of a power of h
            return Slope(limit, 0.0, limit)
        return self.best._replace(limit=limit)  # as that of a logarithm

    def _plausible(self) -> Slope:
        """The best one, unless large steps gave it, by chance or because they cross many steps of a staircase."""
        if not self.confirmed:
            return self.best
        longest = max((count for count, slope in self.confirmed if self.best.meets(slope)), default=0)
        count, latest = self.confirmed[-1]
        ends_flat = not any(self.differences[-FLAT:])
        return latest if count > longest or ends_flat else self.best
