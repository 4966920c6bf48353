"""Find the operations of a graph that sit exactly on a kink, where the derivative is a convention.

Only operations are checked. A choice that the program itself makes leaves no trace in a graph, so a kink of the
program, such as that of ``x if x > 0 else -x`` at 0, is not found.

>>> from autograd import Value
>>> x = Value(-2.0, "x")
>>> print(kinks((x + 2.0).abs()))
node  operation  operand  at  slope below  used  slope above
----  ---------  -------  --  -----------  ----  -----------
v2    abs        v1        0           -1     0            1
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from autograd.core.engine import Value, parts_of, topological_order
from autograd.core.ops import Op
from autograd.core.vector import Vector
from autograd.symbols import format_number
from autograd.text.names import names_of
from autograd.text.tables import MOST_ROWS, count_of_more, html_lines, html_table, table

ALIGN = "<<<>>>>"
NONE = (
    "No operation of this graph sits on a kink. Choices that leave no trace in a graph are not looked at: if, where on "
    "a plain bool, sort, topk, kthvalue, max and min over a dimension."
)


class Kink(NamedTuple):
    """An operand at a point where the derivative of an operation jumps or does not exist."""

    node: str
    """The name of the result."""
    op: str
    operand: str
    """The name of the operand."""
    slot: int
    """Which operand of the operation this is, from 0."""
    at: float
    """The operand's number."""
    left: float
    """The slope from below: only this operand is moved; nan if the operation has no value there."""
    used: float
    """The local derivative that the backward pass uses: the convention."""
    right: float
    """The slope from above, measured in the same way."""


class Kinks(list[Kink]):
    """The kinks of a graph as a list; `str` gives a table, and so does a notebook. Of many kinks it has the first."""

    def __repr__(self) -> str:
        places = [f"{kink.op} at {kink.operand} = {format_number(kink.at)}" for kink in self[:3]]
        return f"<{len(self):,} kinks{': ' * bool(self)}{', '.join([*places, *['...'] * (len(self) > 3)])}>"

    def __str__(self) -> str:
        return "\n".join([*table(self._rows(), align=ALIGN), *self._notes()]) if self else NONE

    def _repr_html_(self) -> str:
        return (
            html_table(self._rows(), align=ALIGN) + html_lines("\n".join(self._notes())) if self else html_lines(NONE)
        )

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [("node", "operation", "operand", "at", "slope below", "used", "slope above")]
        for kink in self[:MOST_ROWS]:
            left, right = ("undefined" if math.isnan(x) else format_number(x) for x in (kink.left, kink.right))
            at, used = format_number(kink.at), format_number(kink.used)
            rows.append((kink.node, kink.op, kink.operand, at, left, used, right))
        return rows

    def _notes(self) -> list[str]:
        more = count_of_more(len(self))
        return [f"{more} in this list"] if more else []


def kinks(result: Value) -> Kinks:
    """Every place in a graph where an operation sits exactly on a kink, such as relu at 0.

    At a kink the derivative is a convention: for a convex function any number between the two one-sided slopes is a
    subgradient. The slopes are measured with the forward rule of the row on either side. If one of them is infinite,
    or undefined because the operation has no value there, the backward pass uses infinity, nan, or 0 by convention.
    If both slopes equal the derivative, as for elu with alpha 1 at 0, there is no kink.

    Choices that leave no trace in a graph are not found: ``if``, `where` on a plain bool, `sort`, `topk`, `kthvalue`,
    `max` and `min` over a dimension. So an empty list does not prove that the program has no kink there.

    Args:
        result: the Value whose graph is searched.

    Returns:
        A `Kink` for every operand that leaves the kink when it is moved.

    Raises:
        TypeError: if `result` is not a Value.

    >>> print(kinks(Value(0.0, "x").relu()))
    node  operation  operand  at  slope below  used  slope above
    ----  ---------  -------  --  -----------  ----  -----------
    v1    relu       x         0            0     0            1
    """
    order = topological_order(result)
    names = names_of(order)
    found = Kinks()
    for node in order:
        op = node.op
        if op is None or op.kinks is None or not op.is_on_kink(numbers := _numbers(node)):
            continue
        for slot, (operand, local) in enumerate(zip(node.operands, node.local_derivatives, strict=True)):
            if local is None or not isinstance(operand, Value):
                continue
            step = _step(numbers[slot])
            if all(op.is_on_kink(_moved(numbers, slot, by)) for by in (-step, step)):
                continue  # the kink depends on other operands only
            left, right = (_slope(op, numbers, slot, by) for by in (-step, step))
            if _agree(local, left) and _agree(local, right):
                continue  # such as elu with alpha 1
            found.append(Kink(names[node], op.name, names[operand], slot, numbers[slot], left, local, right))
    return found


def _numbers(node: Value) -> list[float]:
    """The operands as numbers, vectors laid end to end; elements of a `Vector` as they were in the forward pass."""
    return [x for part in parts_of(node) for x in (part.data if isinstance(part, Vector) else [float(part)])]


def _step(x: float) -> float:
    """About 1e-5 of x, and a power of two, so that x + step is exact."""
    return math.ldexp(1.0, max(math.frexp(x)[1], 0) - 17) if math.isfinite(x) else 1.0


def _moved(numbers: Sequence[float], slot: int, by: float) -> list[float]:
    return [*numbers[:slot], numbers[slot] + by, *numbers[slot + 1 :]]


def _slope(op: Op, numbers: Sequence[float], slot: int, step: float) -> float:
    """The slope on one side; infinite where it grows without bound as the step shrinks."""

    def secant(by: float) -> float:
        here, there = (float(op.value(*op.grouped(x))) for x in (numbers, _moved(numbers, slot, by)))
        return (there - here) / by

    coarse, fine = secant(step), secant(step / 2)
    if abs(fine) > 100 and abs(fine) > 1.2 * abs(coarse):  # a jump doubles the secant, a root makes it 1.4 times
        return math.copysign(math.inf, fine)
    slope = 2 * fine - coarse  # Richardson's extrapolation: the error of the first order cancels
    return slope if math.isfinite(slope) else fine


def _agree(one: float, other: float) -> bool:
    """Whether two slopes are equal up to the error of a difference quotient, about 1e-10."""
    return math.isfinite(one) and abs(one - other) <= 1e-8 * max(1.0, abs(one))
