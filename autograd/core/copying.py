"""Copy and pickle a Value with `copy`, `deepcopy` and `pickle`, however deep its graph.

The standard library copies an object by recursion through its attributes, which ends at a depth of about a
thousand. Here a graph is copied operands first, so that a node finds the copies of its operands ready. The attributes
that leaves have been given come last, when all nodes are there: they may hold results, and even the node being copied.
"""

from __future__ import annotations

from _thread import _local
from collections.abc import Container, Iterator

from autograd.core.engine import Leaf, Result, Value
from autograd.core.vector import MANY, Vector

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def _operands_first(root: Any, done: Container[int]) -> Iterator[Any]:
    """The nodes and Vectors that `root` was computed from and that are not in `done`, each after its operands.

    `done` has the ids of nodes; whoever goes through this adds each node that it gets.
    """
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part is None:  # a mark: the operands of the next one on the stack are done
            yield waiting.pop()
        elif id(part) not in done:
            if part.__class__ is Vector:
                operands = part.elements
            else:
                operands = part._a if part._db is MANY else (part._a, part._b)
            below = [x for x in operands if x is not None and x.__class__ is not float and id(x) not in done]
            if below:
                waiting += (part, None, *below)
            else:
                yield part


# ---------------------------------------------------------------------- copy


def shallow_copy(value: Value) -> Value:
    """A new node with the same number and gradient, computed from the same operands."""
    new = _restored(_kind(value), _state(value))
    if attributes := _attributes(value):
        new.__dict__.update(attributes)
    return new


def deep_copy(value: Value, memo: dict[int, Any]) -> Value:
    """A copy of the whole graph below `value`; nodes shared with other copies of one call stay shared."""
    later = memo.get(id(_LATER))
    if later is not None:  # a Value among the attributes that are copied below
        _copy_nodes(value, memo, later)
        return memo[id(value)]  # type: ignore[no-any-return]
    import copy

    later = memo[id(_LATER)] = []
    try:
        _copy_nodes(value, memo, later)
        for original, new in later:  # grows meanwhile, by the leaves that attributes lead to
            new.__dict__.update(copy.deepcopy(original.__dict__, memo))
    finally:
        del memo[id(_LATER)]
    return memo[id(value)]  # type: ignore[no-any-return]


_LATER = object()
"""Its id is the key, in the memo of a deepcopy, of the leaves whose attributes are to be copied, with their copies."""


def _copy_nodes(root: Value, memo: dict[int, Any], later: list[tuple[Value, Value]]) -> None:
    """Put copies of the graph below `root` into `memo`, without attributes; of leaves that have any, into `later`."""
    new: Any
    for node in _operands_first(root, memo):
        kind = node.__class__
        memo[id(node)] = new = object.__new__(kind)
        grad, a, b = node.grad, node._a, None
        # A gradient made with create_graph is a graph that refers back to this node: only its number is kept.
        new.grad = grad if grad.__class__ is float else float(grad)
        if kind is Vector:
            new.elements = tuple([x if x.__class__ is float else memo[id(x)] for x in node.elements])
            new.data, new.kind = [*node.data], node.kind
            continue
        if node._db is MANY:
            if callable(node._da):
                raise TypeError(
                    f"the node {node._op or node.label!r} has a chain rule assigned to its _backward, which would work "
                    "on the original even after a copy; make the operation a row of the table with autograd.register"
                )
            a = tuple([x if x.__class__ is float else memo[id(x)] for x in a])
        elif a is not None:
            b = node._b
            if a.__class__ is not float:
                a = memo[id(a)]
            if b is not None and b.__class__ is not float:
                b = memo[id(b)]
        new._data, new._rule, new._a, new._b, new._da, new._db = node._data, node._rule, a, b, node._da, node._db
        if label := getattr(node, "_label", ""):
            new._label = label
        if kind is not Result and getattr(node, "__dict__", None):
            later.append((node, new))


# ---------------------------------------------------------------------- pickle


def reduce(value: Value) -> tuple[Any, ...]:
    """What `pickle` writes for a node: everything it needs, operands first, and then the attributes of the leaves."""
    node = (_restored, (_kind(value), _state(value)))
    if id(value) in _writing():
        return node
    nodes = _reachable(value)
    if len(nodes) == 1:
        return (*node, _attributes(value) or None)
    # The list of nodes has this node as well. Pickle then knows it already, and refers to it.
    attributes = [(leaf, given) for leaf in nodes if (given := _attributes(leaf))]
    return (_from_list, (_Nodes(nodes), attributes, nodes.index(value)))


class _Nodes(list[Value]):
    """Nodes that are pickled one by one, each when its operands have been: an ordinary list when read back."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (list, (), None, _OneByOne(self))


class _OneByOne:
    """Iterates over nodes. As long as it exists, `reduce` writes each of them alone.

    Pickle fetches up to a thousand nodes before it writes the first, and keeps the iterator until it has written the
    last. The attributes are written after that, when pickle knows all nodes.
    """

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = iter(nodes)
        self.ids = [*map(id, nodes)]
        _writing().update(self.ids)

    def __iter__(self) -> _OneByOne:
        return self

    def __next__(self) -> Value:
        return next(self.nodes)

    def __del__(self) -> None:
        _writing().difference_update(self.ids)


_thread = _local()


def _writing() -> set[int]:
    """The ids of the nodes that this thread is writing one by one."""
    return _thread.__dict__.setdefault("writing", set())  # type: ignore[no-any-return]


def _reachable(value: Value) -> list[Value]:
    """The nodes that a node needs, operands first: those it was computed from, and those that attributes lead to.

    Attributes are looked into through lists, tuples, dicts and sets. A node that some other object holds is met by
    pickle itself, as an object of its own.
    """
    nodes: list[Value] = []
    done: set[int] = set()
    waiting: list[Any] = [value]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Value):
            for node in _operands_first(thing, done):
                done.add(id(node))
                if node.__class__ is not Vector:
                    nodes.append(node)
                    if node.__class__ is not Result:
                        waiting.append(_attributes(node))
        elif isinstance(thing, list | tuple | set | frozenset | dict) and thing and id(thing) not in done:
            done.add(id(thing))
            waiting += thing
            if isinstance(thing, dict):
                waiting += thing.values()
    return nodes


def _from_list(nodes: list[Value], attributes: list[tuple[Value, dict[str, Any]]], index: int) -> Value:
    for node, given in attributes:
        node.__dict__.update(given)
    return nodes[index]


def _state(value: Value) -> tuple[Any, ...]:
    return (
        value._data,
        float(value.grad) if isinstance(value.grad, Value) else value.grad,
        value.label,
        value._rule,
        value._a,
        value._b,
        value._da,
        value._db,
    )


def _attributes(value: Value) -> dict[str, Any]:
    return getattr(value, "__dict__", {})


def _restored(kind: type[Value] | str, state: tuple[Any, ...]) -> Value:
    node: Value = object.__new__(_CLASSES[kind] if isinstance(kind, str) else kind)
    node._data, node.grad, label, node._rule, node._a, node._b, node._da, node._db = state
    if label:
        node.label = label
    return node


def _kind(value: Value) -> type[Value] | str:
    """The class of a node; "leaf" or "result" for the two classes that pickle cannot find by their names."""
    return _NAMES.get(value.__class__, value.__class__)


_CLASSES: dict[str, type[Value]] = {"leaf": Leaf, "result": Result}
_NAMES = {kind: name for name, kind in _CLASSES.items()}


Value.__copy__ = shallow_copy  # type: ignore[attr-defined]
Value.__deepcopy__ = deep_copy  # type: ignore[attr-defined]
Value.__reduce__ = reduce  # type: ignore[method-assign,assignment]
