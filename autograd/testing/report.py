"""What `check_op` compared, and what it could not: `Report`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd.core.ops import Op
from autograd.symbols import is_symbolic

NAMES = {1: "first", 2: "second"}


class Counts(NamedTuple):
    """How many derivatives were compared, and at how many there is nothing to compare with.

    That is where the value is infinite or jumps, or the derivative is not a number by convention.
    """

    compared: int = 0
    unknown: int = 0


@dataclass(repr=False)
class Report:
    """What was compared; shown in one line.

    Attributes:
        op: the row.
        orders: how many orders were asked for.
        points: at how many points first derivatives were compared.
        counts: for each order how many derivatives were compared, and how many could not be.
    """

    op: Op
    orders: int
    points: int = 0
    counts: dict[int, Counts] = field(default_factory=dict)

    def add(self, order: int, counts: Counts) -> None:
        """Take note of a point."""
        earlier = self.counts.get(order, Counts())
        self.counts[order] = Counts(*map(sum, zip(earlier, counts, strict=True)))
        self.points += order == 1

    def warn(self) -> None:
        """Warn if of an order nothing was compared, though there are derivatives of that order."""
        for order, (compared, unknown) in self.counts.items():
            if unknown and not compared:
                warnings.warn(
                    f"{self.op.name}: no {NAMES[order]} derivative was compared, since the value or the derivative is "
                    f"infinite, jumps or is not a number at all {unknown} places; check the domain "
                    f"{list(self.op.domain)}",
                    stacklevel=3,
                )

    def __repr__(self) -> str:
        return "; ".join([f"{self.op.name}: {self.points} points", *self._parts()])

    def _parts(self) -> Iterable[str]:
        for order in range(1, self.orders + 1):
            if order == 2 and not is_symbolic(self.op):
                yield "no second derivatives, since the rules run on numbers only"
                continue
            compared, unknown = self.counts.get(order, Counts())
            agree = f"{compared} {NAMES[order]} derivatives agree"
            yield f"{agree}, {unknown} more could not be compared" if unknown else agree
