"""Read what people want to draw: numbers of any kind, Values, and functions that return them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import no_grad
from autograd.core.number import is_sequence, number_in
from autograd.text.labels import counted, plain


def as_list(thing: Any) -> list[Any]:
    """The elements of a sequence of any kind: a list, an array, an iterator."""
    return list(thing.tolist() if hasattr(thing, "tolist") else thing)


def one_number(thing: Any) -> float:
    """A number, or the only one in a sequence, as a model with one output has it; Values give their data."""
    while is_sequence(thing):
        inner = as_list(thing)
        if len(inner) != 1:
            raise TypeError(f"expected one number, got {counted(len(inner), 'number')}: {plain(repr(inner), 60)}")
        thing = inner[0]
    return number_in(thing)


def numbers_of(things: Any, name: str) -> list[float]:
    """The numbers of a sequence as floats; nan and infinities stay.

    Raises:
        TypeError: if this is no sequence, or one of its elements is no number.
    """
    if not is_sequence(things):
        raise TypeError(f"{name} must be a list of numbers, got {plain(repr(things))}")
    return [one_number(thing) for thing in as_list(things)]


def pair_of(thing: Any, name: str) -> tuple[float, float]:
    """Two numbers: the first two of a sequence.

    Raises:
        ValueError: if there are no two.
    """
    elements = as_list(thing) if is_sequence(thing) else []
    if len(elements) < 2:
        raise ValueError(f"{name} must be a pair of numbers, got {plain(repr(thing))}")
    return one_number(elements[0]), one_number(elements[1])


def range_of(thing: Any, name: str) -> tuple[float, float]:
    """A lower and an upper end.

    Raises:
        ValueError: if they are not finite, or not in this order.
    """
    low, high = pair_of(thing, name)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{name} must go from a lower to a higher number, got {plain(repr(thing))}")
    return low, high


def evenly(low: float, high: float, count: int) -> list[float]:
    """Evenly spaced numbers from a lower to a higher one, both included, however large."""
    return [low * (1 - index / (count - 1)) + high * (index / (count - 1)) for index in range(count)]


def computed(function: Callable[..., Any], arguments: Iterable[Sequence[float]]) -> list[float]:
    """A function at many points, without graphs; nan where it has no value.

    Raises:
        Exception: of the function, if it raises it at every point; a TypeError at any.
    """
    results: list[float] = []
    errors: list[Exception] = []
    with no_grad():
        for point in arguments:
            try:
                results.append(one_number(function(*point)))
            except (ArithmeticError, ValueError) as error:  # outside of its domain, or too large for a float
                errors.append(error)
                results.append(math.nan)
    if errors and len(errors) == len(results):
        raise errors[0]
    return results


def nothing(numbers: Sequence[float], *, log: bool = False) -> str:
    """The sentence for numbers of which none can be drawn; empty if one can."""
    if any(math.isfinite(x) and (x > 0 or not log) for x in numbers):
        return ""
    if not numbers:
        return "There are no numbers to draw."
    kinds = [("nan", sum(map(math.isnan, numbers))), ("infinite", sum(map(math.isinf, numbers)))]
    kinds.append(("0 or negative, which has no logarithm", len(numbers) - sum(count for _, count in kinds)))
    found = ", ".join(f"{count:,} {kind}" for kind, count in kinds if count)
    return f"Nothing to draw: of {counted(len(numbers), 'number')}, {found}."


def sentences(parts: Iterable[str]) -> str:
    """Parts as sentences; those that are empty are left out."""
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)
