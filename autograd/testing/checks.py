"""Check a whole row of the table with one call: `check_op`."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
from autograd.testing.kinks import along, is_limit
from autograd.testing.places import (
    branch_points,
    everywhere,
    far_points,
    long_points,
    numbers_of,
    special_points,
    suspicious_points,
)
from autograd.testing.report import Counts, Report
from autograd.testing.strategies import at_point, check_ordinary, extreme_points, kinks_of, row_of
from autograd.transforms.function_at_point import noise_of, rounding_of
from autograd.transforms.linear_map import differentiate, gradients_of
from autograd.transforms.numerical import SAFETY, Slopes, slopes_of, slopes_of_all


class OpError(AssertionError):
    """A row of the table whose parts do not agree with each other."""


def check_op(op: Op | str, examples: int | None = None, orders: int = 2, tolerance: float = 1e-7) -> Report:
    """Check a row of the table over its whole domain, kinks and ends included; in a test or at the prompt.

    - at one point the rules give one answer, and it is not nan;
    - the partial derivatives agree with finite differences, which know their own error; if the row says it is analytic,
      also with the complex step; at a kink they lie between the slopes on the two sides;
    - so do the sums of the derivatives with respect to equal arguments, which may change together;
    - the rules give the same numbers on Values as on floats, if they run on Values;
    - second derivatives agree with finite differences, likewise;
    - the compiled method, or the compiled vector operation, gives exactly what `apply` gives, at extremes too;
    - where the value is a number far outside of the domain, so are the derivatives.

    Points are drawn by hypothesis with the settings that are in force, and placed where a rule is likely to go wrong:
    at the numbers that it is written with, where its comparisons change their results, at the ends of the domain, at
    kinks, for equal and opposite arguments, for vectors of many lengths, and where along an argument the derivative
    does not sum up to the value.

    The row need not be registered; if it is, its methods are checked too.

    Args:
        op: the row, or its name.
        examples: how many points to draw, 1 or more; by default as many as hypothesis's settings say.
        orders: 2, or 1 to leave second derivatives out.
        tolerance: admitted on top of the error of the differences, relative to the derivative.

    Returns:
        What was compared, and what could not be; it shows itself in one line.

    Warns:
        UserWarning: if nothing could be compared.

    Raises:
        OpError: at the first check that fails, with the simplest failing point that was found.
        KeyError: if there is no row of that name.
        TypeError: if `tolerance` is not a number.
        ValueError: if `examples` is below 1, `orders` neither 1 nor 2, `tolerance` negative; or if a rule does not run
            in the middle of the domain, or the domain has no point away from the kinks.

    >>> for op in (TABLE["tanh"], TABLE["maximum"], TABLE["affine"]):
    ...     report = check_op(op, examples=20)
    >>> check_op(Op("half", lambda x: x / 2, [lambda out, x: 0.5], domain=[(-1, 1)]), examples=20)  # doctest: +ELLIPSIS
    half: ... points; ... first derivatives agree; ... second derivatives agree
    """
    row = row_of(op)
    examples = settings().max_examples if examples is None else whole_number("examples", examples)
    orders = whole_number("orders", orders, 1, 2)
    _check_tolerance(tolerance)
    check_ordinary(row)

    report = Report(row, orders)

    def first(point: tuple[Any, ...]) -> None:
        report.add(1, check_first_derivatives(row, point, tolerance))
        check_compiled(row, point)

    def second(point: tuple[Any, ...]) -> None:
        report.add(2, check_second_derivatives(row, point, tolerance))

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
        for point in (*placed, *kinks_of(row, examples), *long_points(row)):
            report.add(1, check_first_derivatives(row, point, tolerance))
        branches = branch_points(row, examples)
        for point in branches:
            report.add(1, check_first_derivatives(row, point, tolerance))
        numbers = numbers_of(row, branches)
        chosen(given(everywhere(row, numbers=numbers))(first))()
        for point in suspicious_points(row):
            report.add(1, check_first_derivatives(row, point, tolerance))
        for point in far_points(row):
            check_far_out(row, point)
            check_compiled(row, point)
        if orders == 2 and is_symbolic(row):
            for point in (*placed, *branches):
                second(point)
            chosen(given(everywhere(row, 3, numbers))(second))()
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
    report.warn()
    return report


def _check_tolerance(tolerance: Any) -> None:
    if isinstance(tolerance, bool) or not isinstance(tolerance, float | int):
        raise TypeError(f"tolerance must be a number, such as 1e-7, got {tolerance!r}")
    if not 0 <= tolerance < math.inf:
        raise ValueError(f"tolerance must be 0 or a little more, such as 1e-7, got {tolerance!r}")


def check_first_derivatives(op: Op | str, point: Sequence[Any], tolerance: float = 1e-7) -> Counts:
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
            return Counts(0, len(operands))
        raise OpError(
            f"{_at(op, point)}: the value is {value} and the derivatives are {derivatives}, but none should be nan in "
            f"the domain; mend the rule there, or narrow the domain {list(op.domain)}"
        )
    if math.isinf(value):  # a pole at the end of the domain, where there are no differences
        return Counts(0, len(operands))
    noise, *noises = _noises(op, point, [value, *derivatives])
    sides = []
    for index, derivative in enumerate(derivatives):
        slopes = slopes_of(along(op, operands, [index]), operands[index], noise)
        _check_slopes(op, point, [index], derivative, slopes, tolerance, noises[index])
        if op.analytic and slopes.left.is_known and slopes.right.is_known and not slopes.is_kink:
            # The rounding of the value, which is all that a derivative close to 0 can be held to.
            rounding = (1e-15 * abs(value) + SAFETY * noise) / max(1.0, abs(operands[index])) + SAFETY * noises[index]
            if operands[index] == 0:  # there the imaginary part may be one of a branch point
                rounding += slopes.best.error
            _check_complex_step(op, point, index, derivative, rounding)
        sides.append(slopes)
    for places in _equal_operands(operands):
        if all(sides[place].left.is_known and sides[place].right.is_known for place in places):
            _check_together(op, point, places, tolerance)
    unknown = sum(not slopes.best.is_known for slopes in sides)
    return Counts(len(operands) - unknown, unknown)


def _equal_operands(operands: Sequence[float]) -> list[list[int]]:
    """The places of operands that are equal."""
    found: dict[float, list[int]] = {}
    for place, x in enumerate(operands):
        found.setdefault(x, []).append(place)
    return [places for places in found.values() if len(places) > 1]


def _check_slopes(
    op: Op,
    point: Sequence[Any],
    places: Sequence[int],
    derivative: float,
    slopes: Slopes,
    tolerance: float,
    noise: float,
) -> None:
    if slopes.agrees_with(derivative, tolerance, noise):
        return
    operands = op.flat(point)
    if len(operands) == 1 or not is_limit(op, operands, places, derivative):
        names = " and ".join(_name(op, operands, place) for place in places) + " together" * (len(places) > 1)
        raise _disagreement(op, point, names, derivative, slopes)


def _check_together(op: Op, point: Sequence[Any], places: Sequence[int], tolerance: float) -> None:
    """Check that equal operands, each of which may have a derivative of its own at a kink, do not count twice.

    A sum that is too small is a convention, as that of `relu` at 0. One that is too large may be rounding where all is
    rounding, as in the deviations of equal numbers from their mean: then not beside the point, nor at a round number.
    """
    operands = op.flat(point)
    low, high = op.domain[argument_of(op, operands, places[0])[0]]
    x = operands[places[0]]
    for number in (x, *(x + step * (high - low) for step in (0.01, -0.01)), round(x * 8) / 8):
        if low <= number <= high:
            moved = [number if place in places else y for place, y in enumerate(operands)]
            total, slopes = _sum_and_slopes(op, moved, places)
            known = [abs(slope.value) for slope in slopes if slope.is_known]
            twice = known and math.isfinite(total) and abs(total) > max(known)
            if not twice or slopes.agrees_with(total, tolerance):
                return
    total, slopes = _sum_and_slopes(op, operands, places)
    _check_slopes(op, point, places, total, slopes, tolerance, 0.0)


def _sum_and_slopes(op: Op, operands: Sequence[float], places: Sequence[int]) -> tuple[float, Slopes]:
    derivatives = gradient(op, operands)
    return sum(derivatives[place] for place in places), slopes_of(along(op, operands, places), operands[places[0]])


def _check_complex_step(op: Op, point: Sequence[Any], index: int, derivative: float, rounding: float) -> None:
    operands = op.flat(point)
    exact = complex_step(op, operands, index)
    if exact is None or not math.isfinite(exact) or not math.isfinite(derivative):
        return
    if op.vectors:  # terms of many elements may cancel in the complex step, too
        rounding += 1e-15 * max(map(abs, operands))
    rounding += 1e-320 / (1e-20 * abs(operands[index]) or 1e-200)  # underflow
    rounding += _rounding(op, point, index)
    if abs(derivative - exact) <= 1e-10 * max(abs(derivative), abs(exact)) + rounding:
        return
    raise OpError(
        f"{_at(op, point)}: the derivative with respect to {_name(op, operands, index)} is {derivative} by its rule "
        f"but {exact} by the complex step; if the forward rule does not hold for complex numbers, say analytic=False"
    )


def _rounding(op: Op, point: Sequence[Any], index: int) -> float:
    """The rounding of a derivative that is computed along with the value, as the complex step does."""
    leaves = [Value(x) for x in op.flat(point)]
    if not is_symbolic(op):
        return 0.0
    try:
        return SAFETY * rounding_of(op.value(*op.grouped(leaves)), leaves[index])
    except (ArithmeticError, ValueError, TypeError):
        return 0.0


def _noises(op: Op, point: Sequence[Any], numbers: Sequence[float]) -> list[float]:
    """How much the rounding inside of the rules may change the value and each derivative, if they run on Values.

    Raises:
        OpError: if they give other numbers on Values than these, which they gave on floats.
    """
    arguments = op.grouped([Value(x) for x in op.flat(point)])
    nothing = [0.0] * len(numbers)
    if not is_symbolic(op):
        return nothing
    try:
        value = op.value(*arguments)
        results = [value, *op.flat([op.partial(index, value, *arguments) for index in range(op.arity)])]
    except (ArithmeticError, ValueError, TypeError):
        return nothing
    noises = [noise_of(x, gradients_of(x)) if isinstance(x, Value) else 0.0 for x in results]
    for x, number, noise in zip(results, numbers, noises, strict=True):
        if abs(float(x) - number) > 1e-9 * abs(number) + SAFETY * noise:
            raise OpError(
                f"{_at(op, point)}: a rule gives {number} on floats but {float(x)} on Values; it must not depend on "
                "the kind of its arguments"
            )
    return noises


def check_second_derivatives(op: Op | str, point: Sequence[Any], tolerance: float = 1e-7) -> Counts:
    """Compare the derivatives of the partial derivatives with finite differences."""
    op, operands = at_point(op, point)
    _check_tolerance(tolerance)
    leaves = [Value(x) for x in operands]
    try:
        first = differentiate(apply(op, *op.grouped(leaves)))
    except Exception as error:
        raise OpError(
            f"{_at(op, point)}: its rules raise {error!r} on Values; write them with functions of autograd "
            "(autograd.exp, not math.exp), and so that they give the same numbers on Values as on floats"
        ) from error
    _, *noises = _noises(op, point, [float(op.value(*point)), *gradient(op, operands)])
    compared = unknown = 0
    for j, other in enumerate(leaves):

        def derivatives(x: float, j: int = j) -> list[float]:
            return gradient(op, [*operands[:j], x, *operands[j + 1 :]])

        for i, slopes in enumerate(slopes_of_all(derivatives, operands[j], noises)):
            slope = first.get(leaves[i], 0.0)
            second = differentiate(slope) if isinstance(slope, Value) else {}
            result = second.get(other, 0.0)
            actual = float(result)
            # A second derivative may be nan where the first is one by convention.
            if math.isnan(actual) or not math.isfinite(float(slope)) or not slopes.best.is_known:
                unknown += 1
                continue
            compared += 1
            if slopes.agrees_with(actual, tolerance):
                continue
            # Close to a point of infinite slope a second derivative may be all rounding.
            noise = noise_of(result, gradients_of(result), most=math.inf) if isinstance(result, Value) else 0.0
            if slopes.agrees_with(actual, tolerance, noise):
                continue
            names = f"{_name(op, operands, i)} and {_name(op, operands, j)}"
            raise _disagreement(op, point, names, actual, slopes, "second derivative")
    return Counts(compared, unknown)


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
            slopes = slopes_of(along(op, operands, [index]), operands[index])
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
