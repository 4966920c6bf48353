"""Set the data of nested Values (`fill`), and check shapes, for all initializers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, TypeVar

from autograd import Value
from autograd.core.atomic import set_all
from nn.nested import as_sequence, flat, shape_of

Nested = TypeVar("Nested")
Generator = random.Random | int | None


def values_of(function: str, tensor: Any) -> list[Value]:
    """The Values of nested lists.

    Raises:
        TypeError: if something in them is not a Value.
    """
    values = flat(tensor)
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"{function} sets the data of Values in place, such as layer.weight, got {value!r}")
    return values


def fill(function: str, tensor: Nested, draw: Callable[[], float]) -> Nested:
    """Set each element to a draw of its own: all of them or, on an error or an interrupt, none."""
    values = values_of(function, tensor)
    set_all(values, "_data", [float(draw()) for _ in values])
    return tensor


def fans(function: str, tensor: Any) -> tuple[int, int]:
    """The number of inputs that reach an output, and the number of outputs that an input reaches."""
    shape = shape_of(tensor)
    if len(shape) < 2 or not all(isinstance(length, int) and length for length in shape):
        raise ValueError(f"{function} needs a matrix of Values, such as layer.weight, got a shape of {shape}")
    values_of(function, tensor)
    rows, columns, *further = shape
    return columns * math.prod(further), rows * math.prod(further)


def rows_of(function: str, tensor: Any) -> list[list[Value]]:
    """The rows of a matrix.

    Raises:
        ValueError: for any other shape.
    """
    fans(function, tensor)
    if len(shape_of(tensor)) != 2:
        raise ValueError(
            f"{function} needs a matrix of Values, such as layer.weight, got a shape of {shape_of(tensor)}"
        )
    return [list(row) for row in as_sequence(tensor)]


def check_std(function: str, std: float) -> None:
    """Raise a ValueError unless `std` is 0 or greater."""
    if not std >= 0:
        raise ValueError(f"{function} needs std to be 0 or greater, got {std}")
