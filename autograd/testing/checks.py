"""Check a whole row of the table with one call: `check_op`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky

from autograd.core.engine import Value, apply
from autograd.core.number import whole_number
from autograd.core.ops import TABLE, Op
from autograd.core.vector import Vector
from autograd.symbols import is_symbolic
from autograd.symbols.compiled_methods import fast, method_names
from autograd.testing.derivatives import argument_of, complex_step, gradient
from autograd.testing.places import everywhere, special_points, suspicious_points
from autograd.testing.strategies import at_point, check_ordinary, extreme_points, kinks_of, row_of
from autograd.transforms.function_at_point import noise_of
from autograd.transforms.linear_map import differentiate, gradients_of
from autograd.transforms.numerical import SAFETY, Slopes, slopes_of, slopes_of_all


class OpError(AssertionError):
    """A row of the table whose parts do not agree with each other."""


def check_op(op: Op | str, examples: int | None = None, orders: int = 2, tolerance: float = 1e-7) -> None:
    """Check a row of the table over its whole domain, kinks and ends included; in a test or at the prompt.

    - at one point the rules give one answer, and it is not nan;
    - the partial derivatives agree with finite differences, which know their own error; if the row says it is analytic,
      also with the complex step; at a kink they lie between the slopes on the two sides;
    - second derivatives agree with finite differences, if the rules run on Values;
    - the compiled method, or the compiled vector operation, gives exactly what `apply` gives, at extremes too;
    - where the value is a number far outside of the domain, so are the derivatives.

    Points are drawn by hypothesis with the settings that are in force, and placed where a rule is likely to go wrong:
    at the numbers that it is written with, at the ends of the domain, at kinks, for equal arguments, and where along an
    argument the derivative does not sum up to the value.

    The row need not be registered; if it is, its methods are checked too.

    Args:
        op: the row, or its name.
        examples: how many points to draw, 1 or more; by default as many as hypothesis's settings say.
        orders: 2, or 1 to leave second derivatives out.
        tolerance: admitted on top of the error of the differences, relative to the derivative.

    Raises:
        OpError: at the first check that fails, with the simplest failing point that was found.
        KeyError: if there is no row of that name.
        TypeError: if `tolerance` is not a number.
        ValueError: if `examples` is below 1, `orders` neither 1 nor 2, `tolerance` negative; or if a rule does not run
            in the middle of the domain, or the domain has no point away from the kinks.

    >>> for op in (TABLE["tanh"], TABLE["maximum"], TABLE["affine"]):
    ...     check_op(op, examples=20)
    """
    row = row_of(op)
    examples = settings().max_examples if examples is None else whole_number("examples", examples)
    orders = whole_number("orders", orders, 1, 2)
    _check_tolerance(tolerance)
    check_ordinary(row)

    def first(point: tuple[Any, ...]) -> None:
        check_first_derivatives(row, point, tolerance)
        check_compiled(row, point)

    def second(point: tuple[Any, ...]) -> None:
        check_second_derivatives(row, point, tolerance)

    def extreme(point: tuple[Any, ...]) -> None:
        check_compiled(row, point)

    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    try:
        # The first derivatives everywhere before a second one is looked at, so that a wrong one is reported as such.
        placed = special_points(row, examples)
        for point in (*placed, *kinks_of(row, examples)):
            check_first_derivatives(row, point, tolerance)
        chosen(given(everywhere(row))(first))()
        for point in suspicious_points(row):
            check_first_derivatives(row, point, tolerance)
        for point in far_points(row):
            check_far_out(row, point)
        if orders == 2 and is_symbolic(row):
            for point in placed:
                check_second_derivatives(row, point, tolerance)
            chosen(given(everywhere(row, 3))(second))()
        chosen(given(extreme_points(row))(extreme))()
    except OpError as error:
        raise OpError(str(error)) from None  # without hypothesis's own traceback
    except Flaky:
        raise OpError(
            f"{row.name}: the rules give one answer now and another then; a rule must depend on its arguments only"
        ) from None
    except Exception as error:  # at a point where only one of the searches has been
        raise OpError(
            f"{row.name}: somewhere in the domain {list(row.domain)} its rules raise {error!r}; write them for all "
            "floats of the domain, with functions of autograd (autograd.exp, not math.exp), or narrow the domain"
        ) from error


def _check_tolerance(tolerance: Any) -> None:
    if isinstance(tolerance, bool) or not isinstance(tolerance, float | int):
        raise TypeError(f"tolerance must be a number, such as 1e-7, got {tolerance!r}")
    if not 0 <= tolerance < math.inf:
        raise ValueError(f"tolerance must be 0 or a little more, such as 1e-7, got {tolerance!r}")


def check_first_derivatives(op: Op | str, point: Sequence[Any], tolerance: float = 1e-7) -> None:
    """Compare the partial derivatives of a row at a point with finite differences and the complex step."""
    op, operands = at_point(op, point)
    _check_tolerance(tolerance)
    try:
        value, derivatives = float(op.value(*point)), gradient(op, operands)
        again = float(op.value(*point)), gradient(op, operands)
    except Exception as error:
        raise OpError(
            f"{_at(op, point)}: its rules raise {error!r}; write them for floats, with functions of autograd "
            "(autograd.exp, not math.exp), or narrow the domain"
        ) from error
    if repr(again) != repr((value, derivatives)):
        raise OpError(
            f"{_at(op, point)}: the rules give two answers at one point, {value} with {derivatives} and {again[0]} "
            f"with {again[1]}; a rule must depend on its arguments only"
        )
    if len(derivatives) != len(operands):
        raise OpError(
            f"{_at(op, point)}: the rules give {len(derivatives)} derivatives for {len(operands)} numbers; the partial "
            "derivative of a vector is a list with one number for each element"
        )
    if math.isnan(value) or any(map(math.isnan, derivatives)):
        if op.is_on_kink(operands):  # 0 / 0, of which the row says so
            return
        raise OpError(
            f"{_at(op, point)}: the value is {value} and the derivatives are {derivatives}, but none should be nan in "
            f"the domain; mend the rule there, or narrow the domain {list(op.domain)}"
        )
    if math.isinf(value):  # a pole at the end of the domain, where there are no differences
        return
    noise, noises = _noises(op, operands)
    for index, derivative in enumerate(derivatives):
        slopes = slopes_of(_along(op, operands, index), operands[index], noise)
        if not slopes.agrees_with(derivative, tolerance, noises[index]):
            raise _disagreement(op, point, _name(op, operands, index), derivative, slopes)
        exact = complex_step(op, operands, index) if op.analytic and not slopes.is_kink else None
        # The rounding of the value, which is all that a derivative close to 0 can be held to.
        rounding = (1e-15 * abs(value) + SAFETY * noise) / max(1.0, abs(operands[index])) + SAFETY * noises[index]
        if operands[index] == 0:  # there the imaginary part may be one of a branch point
            rounding += slopes.best.error
        if op.vectors:  # terms of many elements may cancel in the complex step, too
            rounding += 1e-15 * max(map(abs, operands))
        if exact is None or not math.isfinite(exact) or not math.isfinite(derivative):
            continue
        if abs(derivative - exact) > 1e-10 * max(abs(derivative), abs(exact)) + rounding:
            raise OpError(
                f"{_at(op, point)}: the derivative with respect to {_name(op, operands, index)} is {derivative} by its "
                f"rule but {exact} by the complex step; if the forward rule does not hold for complex numbers, say "
                "analytic=False"
            )


def _noises(op: Op, operands: Sequence[float]) -> tuple[float, list[float]]:
    """How much the rounding inside of the rules may change the value and each derivative, if they run on Values."""
    nothing = 0.0, [0.0] * len(operands)
    if not is_symbolic(op):
        return nothing
    leaves = [Value(x) for x in operands]
    arguments = op.grouped(leaves)
    try:
        value = op.value(*arguments)
        partials = op.flat([op.partial(index, value, *arguments) for index in range(op.arity)])
    except (ArithmeticError, ValueError, TypeError):
        return nothing
    value, *partials = (noise_of(x, gradients_of(x)) if isinstance(x, Value) else 0.0 for x in (value, *partials))
    return value, partials


def _along(op: Op, operands: Sequence[float], index: int) -> Callable[[float], float]:
    """The value as a function of one argument."""
    before, after = operands[:index], operands[index + 1 :]
    return lambda x: float(op.value(*op.grouped([*before, x, *after])))


def check_second_derivatives(op: Op | str, point: Sequence[Any], tolerance: float = 1e-7) -> None:
    """Compare the derivatives of the partial derivatives with finite differences."""
    op, operands = at_point(op, point)
    _check_tolerance(tolerance)
    leaves = [Value(x) for x in operands]
    first = differentiate(apply(op, *op.grouped(leaves)))
    _, noises = _noises(op, operands)
    for j, other in enumerate(leaves):

        def derivatives(x: float, j: int = j) -> list[float]:
            return gradient(op, [*operands[:j], x, *operands[j + 1 :]])

        for i, slopes in enumerate(slopes_of_all(derivatives, operands[j], noises)):
            slope = first.get(leaves[i], 0.0)
            second = differentiate(slope) if isinstance(slope, Value) else {}
            result = second.get(other, 0.0)
            actual = float(result)
            # A second derivative may be nan where the first is one by convention.
            if math.isnan(actual) or not math.isfinite(float(slope)) or slopes.agrees_with(actual, tolerance):
                continue
            if isinstance(result, Value) and slopes.agrees_with(
                actual, tolerance, noise_of(result, gradients_of(result))
            ):
                continue
            names = f"{_name(op, operands, i)} and {_name(op, operands, j)}"
            raise _disagreement(op, point, names, actual, slopes, "second derivative")


def far_points(op: Op) -> Iterator[tuple[Any, ...]]:
    """Points with one argument far outside of the domain."""
    for index in range(op.arity):
        for size in (10.0, 40.0, 100.0, 710.0, 1e4, 1e8):
            for x in (size, -size):
                numbers = [(low + high) / 2 for low, high in op.domain]
                numbers[index] = x
                yield tuple([number] * 2 if i < op.vectors else number for i, number in enumerate(numbers))


def check_far_out(op: Op, point: Sequence[Any]) -> None:
    """Check that where the value is a number and has a slope, the derivative is not nan."""
    operands = op.flat(point)
    try:
        value, derivatives = float(op.value(*point)), gradient(op, operands)
    except (ArithmeticError, ValueError, TypeError):  # which `check_compiled` reports
        return
    if not math.isfinite(value):
        return
    for index, derivative in enumerate(derivatives):
        if math.isnan(derivative):
            slopes = slopes_of(_along(op, operands, index), operands[index])
            if slopes.best.is_known:
                raise _disagreement(op, point, _name(op, operands, index), derivative, slopes)


def _disagreement(
    op: Op, point: Sequence[Any], names: str, actual: float, slopes: Slopes, what: str = "derivative"
) -> OpError:
    start = f"{_at(op, point)}: the {what} with respect to {names} is {actual}"
    if slopes.is_kink:
        left, right = slopes.left.value + 0.0, slopes.right.value + 0.0
        return OpError(
            f"{start} at this kink, but the slopes on the two sides are {left:.6g} and {right:.6g}; choose one between "
            "them"
        )
    return OpError(f"{start} by its rule but {slopes.best.value + 0.0:.9g} by finite differences")


def check_compiled(op: Op | str, point: Sequence[Any]) -> None:
    """Compare the methods of a row, or its compiled vector operation, with `apply`, to the last bit."""
    op, operands = at_point(op, point)
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


# ---------------------------------------------------------------------- messages


def _at(op: Op, point: Sequence[Any]) -> str:
    named = zip(_parameters(op), point, strict=True)
    return f"{op.name} at ({', '.join(f'{name}={argument}' for name, argument in named)})"


def _name(op: Op, operands: Sequence[float], index: int) -> str:
    """What an operand is called: ``x``, or ``xs[0]`` in a vector."""
    argument, place = argument_of(op, operands, index)
    return _parameters(op)[argument] + ("" if place is None else f"[{place}]")


def _parameters(op: Op) -> Sequence[str]:
    names: Sequence[str] = op.parameters
    return names if len(names) == op.arity else [f"argument {index + 1}" for index in range(op.arity)]
