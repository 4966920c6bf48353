"""Read the leaves of nested lists, tuples and dicts of numbers, and rebuild the same form from other leaves.

A tree is a number, or a list, tuple or dict of trees: what the transforms take and return. NumPy arrays count as
sequences, and are recognized without importing NumPy.

    >>> point = {"w": [1.0, 2.0], "b": 3.0}
    >>> leaves(point)
    [1.0, 2.0, 3.0]
    >>> rebuild(point, [10.0, 20.0, 30.0])
    {'w': [10.0, 20.0], 'b': 30.0}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from autograd.core.number import RealNumber, as_float

_LEAVES = (float, int, RealNumber)
_SEQUENCES = (list, tuple)


def is_array(thing: Any) -> bool:
    """Whether something is a NumPy array of at least one dimension."""
    return bool(getattr(thing, "ndim", 0)) and hasattr(thing, "astype")


def children(tree: Any) -> Iterable[tuple[Any, Any]] | None:
    """The parts of a tree, each with its key or index; None for a leaf."""
    if isinstance(tree, _LEAVES):
        return None
    if isinstance(tree, _SEQUENCES):
        return enumerate(tree)
    if isinstance(tree, dict):
        return tree.items()
    return enumerate(tree.tolist()) if is_array(tree) else None


def leaves(tree: Any) -> list[Any]:
    """The leaves in order, whatever they are.

    >>> leaves(([1, 2], (), {"a": "b"}))
    [1, 2, 'b']
    """
    parts = children(tree)
    return [tree] if parts is None else [leaf for _, part in parts for leaf in leaves(part)]


def numbers(tree: Any, name: str) -> list[Any]:
    """The leaves in order, Values as they are and other numbers as floats.

    Args:
        tree: the tree.
        name: what to call the tree in an error.

    >>> numbers({"w": [1, "2"]}, "argument 0")
    Traceback (most recent call last):
        ...
    TypeError: argument 0['w'][1]: expected a real number, got '2' of type str; convert it with float(...)
    """
    parts = children(tree)
    if parts is not None:
        return [number for key, part in parts for number in numbers(part, f"{name}[{key!r}]")]
    if isinstance(tree, RealNumber):
        return [tree]
    try:
        return [as_float(tree)]
    except (TypeError, OverflowError) as error:
        raise type(error)(f"{name}: {error}") from None


def rebuild(tree: Any, new_leaves: Iterable[Any], arrays: bool = False) -> Any:
    """A tree of the same form with other leaves, in plain lists, tuples and dicts; named tuples stay what they are.

    Args:
        tree: the form.
        new_leaves: as many leaves as `tree` has, in order.
        arrays: make arrays of objects where `tree` has arrays, instead of lists.
    """
    return _rebuild(tree, iter(new_leaves), arrays)


def _rebuild(tree: Any, new_leaves: Iterator[Any], arrays: bool) -> Any:
    if isinstance(tree, _LEAVES):
        return next(new_leaves)
    if isinstance(tree, dict):
        return {key: _rebuild(part, new_leaves, arrays) for key, part in tree.items()}
    if isinstance(tree, tuple):
        parts = [_rebuild(part, new_leaves, arrays) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    if isinstance(tree, list):
        return [_rebuild(part, new_leaves, arrays) for part in tree]
    if not is_array(tree):
        return next(new_leaves)
    if not arrays:
        return _rebuild(tree.tolist(), new_leaves, arrays)
    array = tree.astype(object)
    for index in range(array.size):
        array.flat[index] = next(new_leaves)
    return array


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with `function` applied to each leaf.

    >>> map_leaves(float, [1, (2, 3)])
    [1.0, (2.0, 3.0)]
    """
    return rebuild(tree, map(function, leaves(tree)))


def aligned(form: Any, tree: Any, form_name: str, name: str) -> list[Any]:
    """The numbers of `tree` in the order of `form`, after a check that both have the same form.

    Args:
        form: the tree that says what is expected.
        tree: the tree to read; lists, tuples and arrays may stand for each other.
        form_name: what to call `form` in an error.
        name: what to call `tree` in an error.

    Raises:
        ValueError: where they differ, naming both places.
        TypeError: for a leaf that is not a number.

    >>> aligned([1.0, 2.0], [3.0], "primal 0", "tangent 0")
    Traceback (most recent call last):
        ...
    ValueError: tangent 0: expected the form of primal 0, a list of 2, got a list of 1
    """
    expected, found = children(form), children(tree)
    if expected is None and found is None:
        return numbers(tree, name)
    same = expected is not None and found is not None and isinstance(form, dict) == isinstance(tree, dict)
    if same:
        pairs, parts = dict(expected or ()), dict(found or ())
        same = pairs.keys() == parts.keys()
    if not same:
        raise ValueError(f"{name}: expected the form of {form_name}, {_described(form)}, got {_described(tree)}")
    return [
        number
        for key, part in pairs.items()
        for number in aligned(part, parts[key], f"{form_name}[{key!r}]", f"{name}[{key!r}]")
    ]


def _described(tree: Any) -> str:
    if isinstance(tree, dict):
        return f"a dict with the keys {list(tree)}"
    if children(tree) is None:
        return "a number" if isinstance(tree, RealNumber | float | int) else f"{tree!r} of type {type(tree).__name__}"
    return f"{'an array' if is_array(tree) else f'a {type(tree).__name__}'} of {len(tree)}"
