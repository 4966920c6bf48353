"""Copy and pickle a Value with `copy`, `deepcopy` and `pickle`, however deep its graph.

The standard library copies an object by recursion through its attributes, which ends at a depth of about a
thousand. Here a graph is copied in topological order, so that the operands of a node are copied before the node.
"""

from __future__ import annotations

from collections.abc import Iterator

from autograd.core.engine import Leaf, Result, Value, topological_order
from autograd.core.vector import Vector

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def shallow_copy(value: Value) -> Value:
    """A new node with the same number and gradient, computed from the same operands."""
    return _restored(_kind(value), _state(value), _attributes(value))


def deep_copy(value: Value, memo: dict[int, Any]) -> Value:
    """A copy of the whole graph below `value`; nodes shared with other copies of one call stay shared."""
    import copy

    for node in topological_order(value):
        if callable(node._da):
            raise TypeError(
                f"the node {node._op or node.label!r} has a chain rule assigned to its _backward, which would work on "
                "the original even after a copy; make the operation a row of the table with autograd.register"
            )

    for node in topological_order(value):
        if id(node) not in memo:
            memo[id(node)] = new = _restored(_kind(node), tuple(_copied(part, memo) for part in _state(node)), {})
            if attributes := _attributes(node):
                new.__dict__.update(copy.deepcopy(attributes, memo))
    return memo[id(value)]  # type: ignore[no-any-return]


def _copied(part: Any, memo: dict[int, Any]) -> Any:
    """A part of a node's state with every Value in it replaced by its copy."""
    # Not nested in deep_copy: a nested function that calls itself is a reference cycle, which would keep memo alive.
    if part.__class__ is tuple:
        return tuple(_copied(element, memo) for element in part)
    if part.__class__ is Vector and id(part) not in memo:
        memo[id(part)] = Vector(_copied(element, memo) for element in part)
    return memo[id(part)] if isinstance(part, Value | Vector) else part


def reduce(value: Value) -> tuple[Any, ...]:
    """What `pickle` writes for a node: its ancestors in topological order, then the node itself."""
    parts = (_kind(value), _state(value), _attributes(value))
    if value.is_leaf or value in _being_written:
        return (_restored, parts)
    return (_restored_after, (Ancestors(value), *parts))


class Ancestors(list[Value]):
    """The nodes below a node, pickled one after the other."""

    def __init__(self, root: Value | None = None) -> None:
        super().__init__()
        self.root = root

    def __reduce__(self) -> tuple[Any, ...]:
        return (Ancestors, (), None, self._in_order())

    def _in_order(self) -> Iterator[Value]:
        # While pickle runs through this iterator, `reduce` writes each node alone: its ancestors precede it.
        assert self.root is not None
        nodes = topological_order(self.root)[:-1]
        _being_written.update(nodes)
        try:
            yield from nodes
        finally:
            _being_written.difference_update(nodes)


_being_written: set[Value] = set()


def _state(value: Value) -> tuple[Any, ...]:
    return (
        value._data,
        # A gradient made with create_graph is a graph that refers back to this node: only its number is kept.
        float(value.grad) if isinstance(value.grad, Value) else value.grad,
        value.label,
        value._rule,
        value._a,
        value._b,
        value._da,
        value._db,
    )


def _attributes(value: Value) -> dict[str, Any]:
    return dict(getattr(value, "__dict__", {}))


def _restored(kind: type[Value] | str, state: tuple[Any, ...], attributes: dict[str, Any]) -> Value:
    node: Value = object.__new__(_CLASSES[kind] if isinstance(kind, str) else kind)
    node._data, node.grad, label, node._rule, node._a, node._b, node._da, node._db = state
    if label:
        node.label = label
    if attributes:
        node.__dict__.update(attributes)
    return node


def _restored_after(ancestors: Ancestors, *parts: Any) -> Value:
    return _restored(*parts)


def _kind(value: Value) -> type[Value] | str:
    """The class of a node; "leaf" or "result" for the two classes that pickle cannot find by their names."""
    return next((name for name, kind in _CLASSES.items() if kind is value.__class__), value.__class__)


_CLASSES: dict[str, type[Value]] = {"leaf": Leaf, "result": Result}


Value.__copy__ = shallow_copy  # type: ignore[attr-defined]
Value.__deepcopy__ = deep_copy  # type: ignore[attr-defined]
Value.__reduce__ = reduce  # type: ignore[method-assign,assignment]
