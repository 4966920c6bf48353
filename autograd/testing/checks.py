"""One call that checks a whole row of the table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from autograd.core.engine import Value, apply
from autograd.core.number import whole_number
from autograd.core.ops import TABLE, Op
from autograd.core.vector import Vector
from autograd.symbols import is_symbolic
from autograd.symbols.compiled_methods import fast, method_names
from autograd.testing.derivatives import complex_step, finite_differences, gradient
from autograd.testing.strategies import extreme_points, kinks_of, points, row_of
from autograd.transforms.linear_map import differentiate


class OpError(AssertionError):
    """A row of the table whose parts do not agree with each other."""


def check_op(op: Op | str, examples: int = 100, orders: int = 2, tolerance: float = 1e-6) -> None:
    """Check all that a row of the table promises, at drawn points; in a test or at the prompt.

    - its value and partial derivatives are finite at ordinary points, and the partial derivatives agree with
      finite differences; where the row says it is analytic also with the complex step, to 1e-10;
    - so do second derivatives, where its rules run on Values;
    - the compiled method, or the compiled vector operation, does exactly what `apply` does, at extremes too;
    - at a kink the derivative lies between the slopes on the two sides.

    The row need not be registered; if it is, its methods are checked too.

    Args:
        op: the row, or its name.
        examples: how many points to draw, 1 or more.
        orders: 2, or 1 to leave second derivatives out.
        tolerance: for finite differences, relative for numbers beyond 1.

    Raises:
        OpError: at the first check that fails, with the simplest point found at which it does.
        KeyError: if there is no row of that name.
        ValueError: if `examples` or `orders` is not one of those numbers.

    >>> for op in (TABLE["tanh"], TABLE["maximum"], TABLE["affine"]):
    ...     check_op(op, examples=20)
    """
    row = row_of(op)
    examples = whole_number("examples", examples)
    orders = whole_number("orders", orders, 1, 2)

    def ordinary(point: tuple[Any, ...]) -> None:
        check_first_derivatives(row, point, tolerance)
        if orders == 2 and is_symbolic(row):
            check_second_derivatives(row, point, tolerance)
        check_compiled(row, point)

    def extreme(point: tuple[Any, ...]) -> None:
        check_compiled(row, point)

    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    try:
        chosen(given(points(row, max_length=3))(ordinary))()
        for point in kinks_of(row):
            check_kink(row, point)
        chosen(given(extreme_points(row))(extreme))()
    except OpError as error:
        raise OpError(str(error)) from None  # without hypothesis's own account of the same


def check_first_derivatives(op: Op, point: Sequence[Any], tolerance: float = 1e-6) -> None:
    """Compare the partial derivatives of a row at an ordinary point with finite differences and the complex step."""
    operands = op.flat(point)
    value, slopes = float(op.value(*point)), gradient(op, operands)
    if not all(map(math.isfinite, (value, *slopes))):
        raise OpError(
            f"{_at(op, point)}: the value is {value} and the derivatives are {slopes}, but all should be finite in "
            f"the domain; narrow the domain {list(op.domain)}, or give kinks"
        )
    for index, slope in enumerate(slopes):
        expected = finite_differences(lambda *xs: [float(op.value(*op.grouped(xs)))], operands, index)[0]
        _compare(op, point, f"the derivative with respect to {_name(op, operands, index)}", slope, expected, tolerance)
        exact = complex_step(op, operands, index) if op.analytic else None
        if exact is not None and not _close(slope, exact, 1e-10):
            raise OpError(
                f"{_at(op, point)}: the derivative with respect to {_name(op, operands, index)} is {slope} by its "
                f"rule but {exact} by the complex step; if the forward rule does not hold for complex numbers, say "
                "analytic=False"
            )


def check_second_derivatives(op: Op, point: Sequence[Any], tolerance: float = 1e-6) -> None:
    """Compare the derivatives of the partial derivatives with finite differences."""
    operands = op.flat(point)
    leaves = [Value(x) for x in operands]
    first = differentiate(apply(op, *op.grouped(leaves)))
    expected = [finite_differences(lambda *xs: gradient(op, xs), operands, j) for j in range(len(operands))]
    for i, leaf in enumerate(leaves):
        slope = first.get(leaf, 0.0)
        second = differentiate(slope) if isinstance(slope, Value) else {}
        for j, other in enumerate(leaves):
            names = f"{_name(op, operands, i)} and {_name(op, operands, j)}"
            actual = float(second.get(other, 0.0))
            _compare(op, point, f"the second derivative with respect to {names}", actual, expected[j][i], tolerance)


def check_compiled(op: Op, point: Sequence[Any]) -> None:
    """Compare the methods of a row, or its compiled vector operation, with `apply`, to the last bit."""
    operands = op.flat(point)
    for constant in range(-1, len(operands)):  # which operand is a plain number; -1 for none
        mixed = [x if index == constant else Value(x) for index, x in enumerate(operands)]
        arguments = op.grouped(mixed)
        if any(isinstance(x, Value) for x in mixed):
            try:
                _compare_calls(op, point, arguments, constant)
            except (ArithmeticError, ValueError) as error:
                raise OpError(
                    f"{_at(op, point)}: its rules raise {error!r}, where IEEE 754 has a result; write them with "
                    "functions of autograd (autograd.exp, not math.exp)"
                ) from None


def _compare_calls(op: Op, point: Sequence[Any], arguments: Sequence[Any], constant: int) -> None:
    plain = _parts(apply(op, *arguments))
    calls: dict[str, Value] = {}
    if op.vectors:
        calls["the compiled operation"] = fast(op)(*map(Vector, arguments[: op.vectors]), *arguments[op.vectors :])
    elif TABLE.get(op.name) is op:
        for name in method_names(op):
            if name.startswith("__r") and constant == 0:
                calls[f"the method {name}"] = getattr(Value, name)(*reversed(arguments))
            elif not name.startswith("__r") and constant != 0:
                calls[f"the method {name}"] = getattr(Value, name)(*arguments)
    for title, result in calls.items():
        if _parts(result) != plain:
            raise OpError(f"{_at(op, point)}: {title} gives {_parts(result)} but apply gives {plain}")


def _parts(result: Value) -> str:
    return f"{result.data!r} with the local derivatives {result.local_derivatives!r}"


def check_kink(op: Op, point: Sequence[Any]) -> None:
    """Check that the derivative at a kink is one that the function could have: between the slopes on both sides."""
    operands = op.flat(point)
    value, slopes, h = float(op.value(*point)), gradient(op, operands), 1e-6
    if not math.isfinite(value):
        return
    for index, slope in enumerate(slopes):
        sides = []
        for step in (-h, h):
            moved = [x + step * (i == index) for i, x in enumerate(operands)]
            sides.append((float(op.value(*op.grouped(moved))) - value) / (moved[index] - operands[index]))
        low, high = min(sides), max(sides)
        if not abs(low) < 1e4 > abs(high):  # a jump, or vertical: no derivative is more right than another
            continue
        if not low - 1e-4 <= slope <= high + 1e-4:
            raise OpError(
                f"{_at(op, point)}: the derivative with respect to {_name(op, operands, index)} is {slope} at this "
                f"kink, but the slopes on the two sides are {sides[0] + 0.0:.6g} and {sides[1] + 0.0:.6g}; choose one "
                "between them"
            )


# ---------------------------------------------------------------------- what a failure says


def _compare(op: Op, point: Sequence[Any], what: str, actual: float, expected: float, tolerance: float) -> None:
    if not _close(actual, expected, tolerance):
        raise OpError(f"{_at(op, point)}: {what} is {actual} by its rule but {expected:.9g} by finite differences")


def _close(a: float, b: float, tolerance: float) -> bool:
    return a == b or abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def _at(op: Op, point: Sequence[Any]) -> str:
    named = zip(_parameters(op), point, strict=True)
    return f"{op.name} at ({', '.join(f'{name}={argument}' for name, argument in named)})"


def _name(op: Op, operands: Sequence[float], index: int) -> str:
    """What an operand is called: ``x``, or ``xs[0]`` in a vector."""
    length = (len(operands) - op.arity + op.vectors) // op.vectors if op.vectors else 0
    if index < op.vectors * length:
        return f"{_parameters(op)[index // length]}[{index % length}]"
    return _parameters(op)[index - op.vectors * length + op.vectors]


def _parameters(op: Op) -> Sequence[str]:
    names: Sequence[str] = op.parameters
    return names if len(names) == op.arity else [f"argument {index + 1}" for index in range(op.arity)]
