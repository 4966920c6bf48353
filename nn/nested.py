"""Read vectors and batches of any kind as lists; all of `nn` reads its inputs with these functions.

A vector is a sequence of numbers or Values, a batch is a sequence of vectors. Lists, tuples, NumPy arrays,
PyTorch tensors and iterators such as ``map(Value, row)`` are all sequences here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value
from autograd.core.number import is_sequence as is_sequence  # one of these functions, for the modules of nn


def as_sequence(thing: Any) -> Sequence[Any]:
    """The elements as a list or tuple; a single number counts as a vector of length 1.

    Raises:
        TypeError: for a set, which has no order.

    >>> as_sequence(map(float, "12")), as_sequence(3.0)
    ([1.0, 2.0], [3.0])
    """
    if thing.__class__ is list or thing.__class__ is tuple:
        return thing
    _refuse_set(thing)
    if hasattr(thing, "tolist"):
        thing = thing.tolist()
    return list(thing) if is_sequence(thing) else [thing]


def _refuse_set(thing: Any) -> None:
    if isinstance(thing, set | frozenset):
        raise TypeError(
            f"expected a list, got a set of {len(thing)}; a set has no order, so its elements would come in another "
            "one in each run: pass a list"
        )


def is_batch(elements: Sequence[Any]) -> bool:
    """Whether the elements are themselves sequences."""
    return bool(elements) and is_sequence(elements[0])


def as_lists(thing: Any) -> Any:
    """Nested sequences of any kind as nested lists and tuples, which can be iterated over twice; a number as it is.

    >>> as_lists(map(list, ["ab", "c"])), as_lists([map(float, "12")]), as_lists(3.0)
    ([['a', 'b'], ['c']], [[1.0, 2.0]], 3.0)
    """
    if not is_sequence(thing):
        return thing
    elements = as_sequence(thing)
    if not is_batch(elements):
        return elements
    # Rows that are lists of numbers, the usual case, are kept as they are.
    return [row if row.__class__ is list and not is_batch(row) else as_lists(row) for row in elements]


def each(function: Callable[..., Any], *things: Any) -> Any:
    """Apply a function of numbers to every element of nested sequences of one shape.

    >>> each(lambda x, y: x + y, [1, [2, 3]], [10, [20, 30]])
    [11, [22, 33]]
    """
    if not is_sequence(things[0]):
        return function(*things)
    return [each(function, *elements) for elements in zip(*map(as_sequence, things), strict=True)]


def flat(thing: Any) -> list[Any]:
    """All numbers of nested sequences, in order.

    Raises:
        TypeError: for a set, which has no order.

    >>> flat([1, [2, 3]])
    [1, 2, 3]
    """
    if not is_sequence(thing):
        _refuse_set(thing)
        return [thing]
    return [number for part in as_sequence(thing) for number in flat(part)]


def shape_of(thing: Any) -> tuple[Any, ...]:
    """The lengths of nested sequences: ``(3, 2)``; where rows differ in shape, their shapes: ``(2, [(1,), (2,)])``.

    >>> shape_of([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), shape_of([[1.0], [2.0, 3.0]]), shape_of(7.0)
    ((3, 2), (2, [(1,), (2,)]), ())
    """
    if not is_sequence(thing):
        return ()
    shapes = [shape_of(part) for part in as_sequence(thing)]
    if all(shape == shapes[0] for shape in shapes):
        return (len(shapes), *(shapes[0] if shapes else ()))
    return (len(shapes), shapes)


def as_numbers(thing: Any) -> Any:
    """Values replaced by their data, in nested sequences of any shape.

    >>> as_numbers([Value(1.0), [Value(2.0), 3]])
    [1.0, [2.0, 3]]
    """
    return each(lambda number: number.data if isinstance(number, Value) else number, thing)
