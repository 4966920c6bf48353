"""Apply a function to every vector along a dimension of nested sequences: `reduce_along`, `map_along`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.core.engine import Value
from autograd.core.number import as_float, whole_number
from autograd.core.vector import Vector

Nested = Any
"""A number, a Value, or a sequence of these, nested to any depth."""


def reduce_along(
    of_vector: Callable[[list[Any]], Any], name: str, input: Nested, dim: int | None, keepdim: bool, empty: Any = None
) -> Any:
    """Replace each vector along a dimension by one thing.

    Args:
        of_vector: the function that replaces a vector.
        name: the name of the reduction, for errors.
        input: nested sequences.
        dim: the dimension; None for all elements as one vector.
        keepdim: keep that dimension, with length 1.
        empty: the result for an empty vector; None to raise an error.

    Raises:
        ValueError: if the parts of a sequence differ in shape, there is no such dimension, or a vector is empty.
        TypeError: if the dimension is not an integer.

    >>> reduce_along(len, "length", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dim=0, keepdim=True)
    [[2, 2, 2]]
    """
    shape, input = _shape(name, input)

    def checked(xs: list[Any]) -> Any:
        if not xs:
            if empty is None:
                raise ValueError(f"{name} needs at least one element, got an empty sequence")
            return empty
        return of_vector(xs)

    if dim is None:
        out = checked(_flat(input))
        if keepdim:
            for _ in shape:
                out = [out]
        return out
    out = _along(checked, input, shape, _dimension(name, dim, shape))
    return _unsqueezed(out, _dimension(name, dim, shape)) if keepdim else out


def map_along(of_vector: Callable[[list[Any]], list[Any]], name: str, input: Nested, dim: int) -> Any:
    """Replace each vector along a dimension by another vector; arguments and errors as for `reduce_along`.

    >>> map_along(lambda xs: xs[::-1], "flip", [[1.0, 2.0], [3.0, 4.0]], dim=0)
    [[3.0, 4.0], [1.0, 2.0]]
    """
    shape, input = _shape(name, input)
    axis = _dimension(name, dim, shape)
    return _moved_in(_along(of_vector, input, shape, axis), len(shape) - axis - 1, axis)


def _along(of_vector: Callable[[list[Any]], Any], input: Nested, shape: tuple[int, ...], axis: int) -> Any:
    """Apply a function to each vector along a dimension; the result lacks that dimension."""
    if axis > 0:
        return [_along(of_vector, part, shape[1:], axis - 1) for part in input]
    if len(shape) == 1:
        return of_vector(input)
    return [_along(of_vector, [part[i] for part in input], (len(input), *shape[2:]), 0) for i in range(shape[1])]


def _moved_in(nested: Any, inner: int, axis: int) -> Any:
    """Move the innermost dimension, where `_along` leaves vectors, outward over `inner` others to depth `axis`."""
    if axis > 0:
        return [_moved_in(part, inner, axis - 1) for part in nested]
    for depth in range(inner - 1, -1, -1):
        nested = _swapped(nested, depth)
    return nested


def _swapped(nested: Any, depth: int) -> Any:
    if depth > 0:
        return [_swapped(part, depth - 1) for part in nested]
    return [list(row) for row in zip(*nested, strict=True)]


def _unsqueezed(nested: Any, axis: int) -> Any:
    return [_unsqueezed(part, axis - 1) for part in nested] if axis else [nested]


def _is_sequence(thing: Any) -> bool:
    return hasattr(thing, "__iter__") and getattr(thing, "ndim", 1) != 0 and not isinstance(thing, str)


def _shape(name: str, input: Nested) -> tuple[tuple[int, ...], Any]:
    """The lengths of nested sequences, and the same as nested lists of Values and floats.

    Raises:
        ValueError: if the parts of a sequence differ in shape.
    """
    if isinstance(input, Vector):
        return (len(input),), list(input)
    if hasattr(input, "tolist"):
        input = input.tolist()
    if not _is_sequence(input):
        return (), input if isinstance(input, Value) or hasattr(input, "apply_op") else as_float(input)
    parts = [_shape(name, part) for part in input]
    shapes = {shape for shape, _ in parts}
    if len(shapes) > 1:
        different = " and ".join(map(str, sorted(shapes)))
        raise ValueError(
            f"{name} takes sequences whose parts have one shape, got parts of shapes {different}; give all parts the "
            "same length, or pass them one at a time"
        )
    inner = next(iter(shapes), ())
    return (len(parts), *inner), [part for _, part in parts]


def _flat(input: Any) -> list[Any]:
    if not isinstance(input, list):
        return [input]
    return [element for part in input for element in _flat(part)]


def _dimension(name: str, dim: Any, shape: tuple[int, ...]) -> int:
    count = len(shape)
    axis = whole_number(f"dim of {name}", dim, None, more=", the number of a dimension such as -1", kind=TypeError)
    if not -count <= axis < count:
        advice = f"pass a dim from {-count} to {count - 1}" if count else "pass a sequence"
        raise ValueError(f"{name} got dim={dim!r} for an input of {count} dimensions, shape {shape}; {advice}")
    return axis % count
