"""Helpers for writing a loss: reductions to one number, and checks of inputs, targets and weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd import TABLE, Value
from autograd.core.row_functions import function
from nn.nested import as_lists, as_numbers, as_sequence, each, flat, is_sequence, shape_of

# The functions of the rows, without the check of `autograd.sum` for nested input: for a flat list of a few hundred
# Values that check takes several times as long as the sum.
total, dot, logsumexp = function(TABLE["sum"]), function(TABLE["dot"]), function(TABLE["logsumexp"])
_where = function(TABLE["where"])


def check_reduction(reduction: str, *more: str) -> None:
    """Raise a ValueError unless `reduction` is mean, sum, none or one of `more`."""
    known = ("mean", "sum", "none", *more)
    if reduction not in known:
        names = ", ".join(map(repr, known[:-1]))
        raise ValueError(f"reduction must be {names} or {known[-1]!r}, got {reduction!r}")


def reduced_each(loss: Callable[..., Any], reduction: str, *things: Any) -> Any:
    """The loss of every element of nested sequences of one shape, reduced to one number unless `reduction` is none."""
    if reduction == "none":
        return each(loss, *things)
    return reduced([loss(*elements) for elements in zip(*map(flat, things), strict=True)], reduction)


def reduced(losses: list[Any], reduction: str, count: float | None = None) -> Any:
    """A list of losses as their sum or mean, or as it is. The mean divides by `count`, by default the length.

    A mean that divides by 0, as that of rows which are all ignored, is nan as in PyTorch, with a gradient of 0.
    """
    if reduction == "none":
        return losses
    if reduction == "sum":
        return total(losses)
    count = len(losses) if count is None else count
    return total(losses) / count if count else constant_of(losses, math.nan)


def constant_of(elements: Sequence[Any], number: float) -> Any:
    """A number in the graph of all elements, with gradient 0: what a loss is to which none of them contributes.

    A plain number would have no `backward`. Elements that are infinite or nan change nothing. If they are plain
    numbers, so is the result.

    >>> x = Value(3.0)
    >>> loss = constant_of([x, 2.0], 0.0)
    >>> loss.backward()
    >>> loss.data, x.grad
    (0.0, 0.0)
    """
    return _where(total(elements), number, number)


def check_not_none(name: str, input: Any) -> None:
    """Raise a TypeError if the input is None, as is the output of a forward method without a return."""
    if input is None:
        raise TypeError(f"{name} got None as its input; did the forward method that made it forget its return?")


def check_same_shape(name: str, input: Any, other: Any, role: str = "target") -> None:
    """Raise a ValueError unless both have one shape and at least one element."""
    check_not_none(name, input)
    expected, found = shape_of(input), shape_of(other)
    if expected != found:
        hint = ""
        if len(expected) == 2 and expected[1] == 1 and found == expected[:1]:
            hint = "; make each target a list of one, or take the one output of each row"
        raise ValueError(
            f"{name} compares like with like, got an input of shape {expected} and a {role} of {found}{hint}"
        )
    if is_sequence(input) and not flat(input):
        raise ValueError(f"{name} needs at least one element, got an input of shape {expected}")


def check_signs(name: str, target: Any) -> None:
    """Raise a ValueError unless every target is -1 or 1."""
    for y in flat(target):
        if float(y) not in (-1.0, 1.0):
            raise ValueError(f"{name} takes targets of -1 and 1, got {y}; for classes 0 and 1 pass 2 * y - 1")


def in_shape_of(name: str, role: str, numbers: Any, input: Any) -> Any:
    """One number, one for each column, or one for each element, spread to the shape of the input.

    >>> in_shape_of("a loss", "weight", [1.0, 2.0], [[0.0, 0.0], [0.0, 0.0]])
    [[1.0, 2.0], [1.0, 2.0]]
    """
    numbers = as_lists(numbers)
    expected, found = shape_of(input), shape_of(numbers)
    if found == expected:
        return numbers
    if not found:
        return each(lambda _: numbers, input)
    if found != expected[-1:]:
        raise ValueError(
            f"{name} takes as {role} one number, one for each column or one for each element of an input of shape "
            f"{expected}, got a shape of {found}"
        )
    return [in_shape_of(name, role, numbers, row) for row in as_sequence(input)]


# ---------------------------------------------------------------------- scores of classes


def scores_of(name: str, input: Any) -> tuple[list[Sequence[Any]], tuple[int, ...]]:
    """The rows of a batch, or a single vector, as a list of vectors; and the shape of the input.

    Raises:
        ValueError: for any other shape.
    """
    check_not_none(name, input)
    shape = shape_of(input)
    if len(shape) not in (1, 2) or not all(isinstance(length, int) and length for length in shape):
        raise ValueError(f"{name} takes a vector of scores or a batch of them, got a shape of {shape}")
    return [as_sequence(row) for row in (as_sequence(input) if len(shape) == 2 else [input])], shape


def class_indices(name: str, target: Any, shape: tuple[int, ...], ignore_index: int | None = None) -> list[int]:
    """One class index for each vector of scores.

    Raises:
        ValueError: if there is not one for each vector, or one is not an index.
    """
    found = shape_of(target)
    if found != shape[:-1]:
        raise ValueError(
            f"{name} of scores of shape {shape} takes class indices of shape {shape[:-1]}, got a target of {found}"
        )
    return [_class_index(index, shape[-1], ignore_index) for index in flat(target)]


def _class_index(wanted: Any, classes: int, ignore_index: int | None) -> int:
    # A class index comes from data, so a float such as 2.0 from an array or a table is taken as well.
    number = wanted.data if isinstance(wanted, Value) else wanted
    if isinstance(number, str) or number is None:
        raise TypeError(f"a class index must be a whole number, got {wanted!r}; number the classes from 0 on")
    index = int(number) if number == number and abs(number) != float("inf") else None
    if index is None or index != number:
        raise ValueError(f"a class index must be a whole number, got {wanted}")
    if index != ignore_index and not 0 <= index < classes:
        raise ValueError(f"a class index must be from 0 to {classes - 1} for {classes} scores, got {index}")
    return index


def class_weights(weight: Any, classes: int) -> list[float] | None:
    """A factor for each class as floats, or None.

    Raises:
        ValueError: if there is not one for each class.
    """
    if weight is None:
        return None
    weight = as_lists(weight)
    if shape_of(weight) != (classes,):
        raise ValueError(
            f"weight must have one number for each of the {classes} classes, got a shape of {shape_of(weight)}"
        )
    return [float(factor) for factor in as_sequence(as_numbers(weight))]


def weight_of_classes(indices: Sequence[int], factors: Sequence[float] | None, ignore_index: int) -> float:
    """What the mean over rows of these classes divides by: the sum of their weights, without the rows to ignore.

    >>> weight_of_classes([0, 2, 2, -100], [1.0, 1.0, 0.5], -100), weight_of_classes([0, 2, -100], None, -100)
    (2.0, 2.0)
    """
    return math.fsum(1.0 if factors is None else factors[index] for index in indices if index != ignore_index)
