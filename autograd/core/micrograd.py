"""Run programs written for the teaching engine micrograd: `_prev`, `_op` and `_backward` of a Value.

Such programs make a node by hand from its operands and assign its chain rule as a function:

    >>> from autograd import Value
    >>> def cube(x):
    ...     out = Value(x.data**3, (x,), "cube")
    ...     def backward():
    ...         x.grad += 3 * x.data**2 * out.grad
    ...     out._backward = backward
    ...     return out
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0

Such a node has its operands in ``_a``, its chain rule in ``_da``, where other nodes have local derivatives, and `MANY`
in ``_db``. The page docs/coming_from_micrograd.md says what is deliberately different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from autograd.core.atomic import set_all
from autograd.core.number import as_float
from autograd.core.vector import MANY

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

    from autograd.core.row import Op


class MicrogradNode:
    """The attributes that micrograd's nodes have: `_prev`, `_op` and `_backward`."""

    __slots__ = ()

    if TYPE_CHECKING:
        _rule: Op | None
        _a: Any
        _b: Any
        _da: Any
        _db: Any
        grad: float
        label: Any
        operands: Any
        edges: Any

    def __init_subclass__(cls) -> None:
        """Let ``1 + x``, ``-x``, ... of a subclass go through the ``+`` and ``*`` that it defines, as in micrograd."""
        super().__init_subclass__()
        for name, (base, rule) in _BY_WAY_OF.items():
            if _is_overridden(cls, base) and not _is_overridden(cls, name):
                setattr(cls, name, rule)

    def _make_by_hand(self, operands: Iterable[Any], op: str) -> None:
        """Give a new node operands and the name of an operation, which only drawings read."""
        if operands != ():
            if isinstance(operands, MicrogradNode) or not hasattr(operands, "__iter__"):
                raise TypeError(
                    f'_children must be a tuple of Values, got {operands!r}; write (child,), or label="x" for a name'
                )
            self._a = tuple(x if isinstance(x, MicrogradNode) else as_float(x) for x in operands) or None
            self._da, self._db = (..., MANY) if self._a else (None, None)  # until _backward is assigned
        if op:
            self.__dict__["_written_op"] = op

    @property
    def is_made_by_hand(self) -> bool:
        """Whether the chain rule of this node is, or is to be, a function assigned to its `_backward`."""
        return self._db is MANY and self._da.__class__ is not tuple

    @property
    def _prev(self) -> Operands:
        return Operands(x for x in self.operands if isinstance(x, MicrogradNode))

    @property
    def _op(self) -> str:
        op = self._rule
        if op is None:
            return str(getattr(self, "_written_op", ""))
        if op.name == "pow" and self._b.__class__ is float:  # as micrograd writes it: **2, **-1, **0.5
            return f"**{int(self._b) if self._b.is_integer() else self._b}"
        return op.symbol or op.name

    @_op.setter
    def _op(self, op: str) -> None:
        if self._rule is not None:
            raise AttributeError(
                f"the operation of a result is a row of the table, {self._rule.name!r}, so it cannot be set to {op!r}; "
                "for a name in drawings set its label"
            )
        self.__dict__["_written_op"] = op

    @property
    def _backward(self) -> Callable[[], None]:
        """Apply the chain rule from this node to its operands, once: for a backward pass by hand."""
        if not self.is_made_by_hand:
            # The edges are read now: a program may wrap this function and assign the wrapper, which removes the edges.
            return partial(_pass_on, self, self.edges)
        if self._da is ...:
            raise TypeError(
                f"the node {self._op or self.label!r} was made by hand, so nobody knows its derivative; "
                "assign a function to its _backward that adds to the grad of its children"
            )
        return self._da  # type: ignore[no-any-return]

    @_backward.setter
    def _backward(self, rule: Callable[[], None]) -> None:
        if not callable(rule):
            raise TypeError(
                f"_backward must be a function without arguments that adds to the grad of the operands, got {rule!r}"
            )
        if self._db is not MANY:
            self._a = tuple(x for x in (self._a, self._b) if x is not None)
            self._b, self._db = None, MANY
        self._da = rule


def _pass_on(node: MicrogradNode, edges: list[tuple[Any, float]]) -> None:
    for operand, local in edges:
        operand.grad += node.grad * local


def edges_by_hand(node: Any) -> list[tuple[Any, float]]:
    """The edges of a node made by hand, found by running its `_backward` with an upstream gradient of 1."""
    operands = node._prev
    if not operands:
        return []
    nodes = [node, *operands]
    earlier = [x.grad for x in nodes]
    try:
        set_all(nodes, "grad", [1.0] + [0.0] * len(operands))
        node._backward()
        edges = [(x, x.grad) for x in operands]
        set_all(nodes, "grad", earlier)
    except BaseException:  # rather than `finally`, in which Ctrl-C could come before its first call
        set_all(nodes, "grad", earlier)
        raise
    return edges


class Operands(frozenset):  # type: ignore[type-arg]
    """A set of nodes, as micrograd has it, that keeps their order, so that two runs draw the same picture.

    >>> Operands("hello")[0], "".join(Operands("hello")), Operands("ab") | {"c"} == {"a", "b", "c"}
    ('h', 'helo', True)
    """

    __slots__ = ("_order",)

    _order: tuple[Any, ...]

    def __new__(cls, nodes: Iterable[Any] = ()) -> Operands:
        """The nodes in order, each once."""
        order = tuple(dict.fromkeys(nodes))
        self: Operands = super().__new__(cls, order)
        self._order = order
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._order)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._order)  # type: ignore[no-any-return]

    def __getitem__(self, index: Any) -> Any:
        return self._order[index]

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self._order))}}}" if self._order else "set()"


# How micrograd derives operators from + and *; used only for subclasses that define these themselves.
_BY_WAY_OF: dict[str, tuple[str, Callable[..., Any]]] = {
    "__radd__": ("__add__", lambda self, other: self + other),
    "__rmul__": ("__mul__", lambda self, other: self * other),
    "__neg__": ("__mul__", lambda self: self * -1),
    "__sub__": ("__add__", lambda self, other: self + -other),
    "__rsub__": ("__add__", lambda self, other: -self + other),
    "__truediv__": ("__mul__", lambda self, other: self * other**-1),
    "__rtruediv__": ("__pow__", lambda self, other: other * self**-1),
}


def _is_overridden(cls: type, name: str) -> bool:
    """Whether a class between this one and Value defines a method of that name."""
    return any(name in base.__dict__ for base in cls.__mro__[: cls.__mro__.index(_value_class(cls))])


def _value_class(cls: type) -> type:
    return next(base for base in reversed(cls.__mro__) if issubclass(base, MicrogradNode) and "grad" in base.__dict__)
