"""The engine: a `Value` is a number that remembers how it was computed.

Arithmetic on Values builds a graph. Each result keeps its operands and, beside each, the *local derivative*:
how fast the result changes with that operand, taken from the table in `ops.py` at the moment of the forward
pass. `Value.backward` then walks the graph from the result to the inputs and applies the chain rule:

    gradient of an operand  +=  gradient of the result  *  local derivative

    >>> a, b = Value(2.0), Value(-3.0)
    >>> c = a * b + a          # a is used twice
    >>> c.backward()
    >>> a.grad, b.grad         # dc/da = b + 1, dc/db = a
    (-2.0, 2.0)

Read in this order: `Value` (what a node is), `apply` (the forward pass), `Value.backward` (the backward pass).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from autograd.elementary import NO_FLOW
from autograd.graph import order_and_clear, topological_order
from autograd.numberlike import NumberLike, number_in
from autograd.ops import TABLE, Op
from autograd.real import as_float, is_foreign
from autograd.recording import finished, observed, open_blocks, starting
from autograd.vector import MANY, Vector

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def _infix(op: Op) -> tuple[Callable[[Value, Any], Value], Callable[[Value, Any], Value]]:
    return lambda x, y: apply_infix(op, x, y), lambda y, x: apply_infix(op, x, y)


def _prefix(op: Op) -> Callable[[Value], Value]:
    return lambda x: apply(op, x)


class Value(NumberLike):
    """A real number in a computation graph, and the gradient of some output with respect to it.

    Args:
        data: the number; any real number is stored as a float.
        label: a name for drawings and explanations.

    A Value made by hand is a leaf; a Value made by an operation is a result. Both have:

    Attributes:
        data: the number.
        grad: d(output)/d(this), filled in by ``output.backward()``; 0.0 before.
        label: a name for drawings and explanations, "" unless given.
        requires_grad: set it to False on a leaf to freeze the leaf: `backward` then leaves its `grad` alone.

    `_children` and `_op` make a node by hand, whose chain rule is then assigned to its `_backward`, for
    programs written in the manner of the teaching engine micrograd.
    """

    # One or two operands sit in _a and _b, their local derivatives in _da and _db. A constant operand is a plain
    # float; its local derivative is None, as is one through which nothing flows. That keeps a node at 120 bytes.
    # A node without a label has nothing in _label: the garbage collector then has one slot less to look into, which
    # is a tenth of its time.
    # Other operations have a tuple of operands in _a and a tuple of local derivatives in _da, where a whole `Vector`
    # has a list of them, and MANY in _db.
    __slots__ = ("_a", "_b", "_da", "_data", "_db", "_label", "_rule", "grad")

    grad: float
    _label: str
    requires_grad: bool = True
    _rule: Op | None
    _a: Any
    _b: Any
    _da: Any
    _db: Any

    def __init__(self, data: Any, _children: Iterable[Value] | str = (), _op: str = "", label: str = "") -> None:
        if isinstance(_children, str):  # Value(2.0, "a")
            label, _children = _children, ()
        self._data = as_float(data)
        self.grad = 0.0
        if label:
            self._label = label
        self._rule = self._a = self._b = self._da = self._db = None
        if _children != ():
            if isinstance(_children, Value) or not hasattr(_children, "__iter__"):
                raise TypeError(
                    f'_children must be a tuple of Values, got {_children!r}; write (child,), or label="x" for a name'
                )
            children = tuple(x if isinstance(x, Value) else as_float(x) for x in _children)
            self._a, self._da, self._db = (children, (), MANY) if children else (None, None, None)
        if _op:
            self.__dict__["_written_op"] = _op

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self.grad}{label})"

    def _set_data(self, data: Any) -> None:
        self._data = as_float(data)

    data = property(attrgetter("_data"), _set_data, doc="The number; any real number may be assigned.")

    @property
    def label(self) -> str:
        """A name for drawings and explanations, "" unless given."""
        return getattr(self, "_label", "")

    @label.setter
    def label(self, label: str) -> None:
        self._label = label

    # ------------------------------------------------------------------ arithmetic
    # Each operator is a row of the table, in both orders: x + 1 and 1 + x.

    __add__, __radd__ = _infix(TABLE["add"])
    __sub__, __rsub__ = _infix(TABLE["sub"])
    __mul__, __rmul__ = _infix(TABLE["mul"])
    __truediv__, __rtruediv__ = _infix(TABLE["div"])
    __mod__, __rmod__ = _infix(TABLE["remainder"])
    __pow__, __rpow__ = _infix(TABLE["pow"])
    __neg__ = _prefix(TABLE["neg"])
    __abs__ = _prefix(TABLE["abs"])

    @staticmethod
    def answer(name: str, *operands: Any) -> Value:
        """The operation of that name on operands of which one is a Value: how elementary functions ask."""
        return apply(TABLE[name], *operands)

    def __pos__(self) -> Value:
        return self

    if TYPE_CHECKING:
        # Every other row is a method too: x.exp(), x.tanh(), x.maximum(y), ... (see functions.py).
        def __getattr__(self, name: str) -> Any: ...

    # ------------------------------------------------------------------ the backward pass

    def backward(self, gradient: float = 1.0, create_graph: bool = False) -> None:
        """Compute d(this)/d(node) for every node this Value was computed from.

        Interior nodes have their `grad` set; leaves have it *added*, so that several losses can share
        parameters: call ``zero_grad()`` before the next pass.

        Args:
            gradient: the gradient to start from, d(loss)/d(this).
            create_graph: make the gradients Values with a history of their own, so that they can be
                differentiated again: those of leaves, that is; interior nodes get plain numbers. A leaf then
                refers to a graph that refers to the leaf: set its `grad` to zero when done.

        Because local derivatives were taken in the forward pass, this is the gradient at the point where the
        forward pass ran, even if `data` of some leaf has changed since.

        >>> x = Value(3.0)
        >>> (x ** 3).backward(create_graph=True)
        >>> first, x.grad = x.grad, 0.0
        >>> first.backward()
        >>> first.data, x.grad     # 3x^2, 6x
        (27.0, 18.0)
        """
        if open_blocks:
            starting(self)
        if create_graph:
            from autograd.linearmap import backward_as_graph

            backward_as_graph(self, gradient)
            return
        gradient = as_float(gradient)
        order, leaves, earlier = order_and_clear(self)
        self.grad = gradient
        try:
            for node in observed(reversed(order)) if open_blocks else reversed(order):
                upstream = node.grad
                partial = node._da
                if partial is not None:
                    if node._db is MANY:
                        node._pass_on(upstream)
                        continue
                    node._a.grad += upstream * partial
                partial = node._db
                if partial is not None:
                    node._b.grad += upstream * partial
        except BaseException:  # leave the leaves as they were found
            for leaf, grad in zip(leaves, earlier, strict=True):
                leaf.grad = grad
            raise
        for leaf, grad in zip(leaves, earlier, strict=True):
            if not leaf.requires_grad:
                leaf.grad = grad
            elif grad is not None:
                leaf.grad += grad

    def _pass_on(self, upstream: float) -> None:
        """The step of the backward pass for a node that keeps its operands in a tuple."""
        if self._rule is None:
            self._backward()
            return
        # That the lengths agree was tried when the row was registered; strict=True would take a quarter of the time.
        for operand, partial in zip(self._a, self._da):  # noqa: B905
            if partial is None:
                continue
            if operand.__class__ is not Vector:
                operand.grad += upstream * partial
            # One loop for each kind of element: the interpreter is quick at an attribute only as long as a line of
            # code meets objects of one class. Measured on two vectors of 16 elements: 1.4 us instead of 2.9.
            elif operand.kind == "leaves":  # noqa: SIM114
                for element, slope in zip(operand.elements, partial):  # noqa: B905
                    element.grad += upstream * slope
            elif operand.kind == "results":
                for element, slope in zip(operand.elements, partial):  # noqa: B905
                    element.grad += upstream * slope
            else:
                for element, slope in zip(operand.elements, partial):  # noqa: B905
                    if element.__class__ is not float:
                        element.grad += upstream * slope

    def _backward(self) -> None:
        """Apply the chain rule from this node to its operands, once: for a backward pass by hand."""
        if self._rule is None and self._a is not None:
            raise TypeError(
                f"the node {self._op or self.label!r} was made by hand, so nobody knows its derivative; "
                "assign a function to its _backward that adds to the grad of its children"
            )
        for operand, partial in zip(self.operands, self.local_derivatives, strict=True):
            if partial is not None:
                operand.grad += self.grad * partial  # type: ignore[union-attr]

    def zero_grad(self) -> None:
        """Set the gradient of this Value and of everything it was computed from to zero."""
        for node in topological_order(self):
            node.grad = 0.0

    # ------------------------------------------------------------------ the graph

    @property
    def op(self) -> Op | None:
        """The operation that made this Value; None for a leaf."""
        return self._rule

    @property
    def is_leaf(self) -> bool:
        """Whether this Value was made directly rather than by an operation."""
        return self._a is None

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was applied to, in order; constants as floats, vectors laid end to end.

        >>> x = Value(3.0)
        >>> (2 * x).operands
        (2.0, Value(data=3.0, grad=0.0))
        """
        if self._a.__class__ is tuple:
            return self._a if self._rule is None else tuple(self._rule.flat(self._a))
        return () if self._a is None else (self._a,) if self._b is None else (self._a, self._b)

    @property
    def local_derivatives(self) -> tuple[float | None, ...]:
        """The derivative of this Value with respect to each operand, in order; None for a constant.

        >>> x = Value(3.0)
        >>> (2 * x).local_derivatives
        (None, 2.0)
        """
        if self._a is None or self._rule is None:
            return ()
        if self._a.__class__ is tuple:
            flat = self._rule.flat(
                [
                    [None] * len(argument) if partial is None and isinstance(argument, Vector) else partial
                    for argument, partial in zip(self._a, self._da, strict=True)
                ]
            )
        else:
            flat = [self._da] if self._b is None else [self._da, self._db]
        pairs = zip(self.operands, flat, strict=True)
        return tuple(None if x.__class__ is float else NO_FLOW if slope is None else slope for x, slope in pairs)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The operands as the rules take them: a vector as one argument."""
        if self._rule is None or not self._rule.vectors:
            return self.operands
        return tuple(list(x) if isinstance(x, Vector) else x for x in self._a)

    @property
    def _prev(self) -> tuple[Value, ...]:
        return tuple(dict.fromkeys(v for v in self.operands if isinstance(v, Value)))

    @property
    def _op(self) -> str:
        if self._rule is None:
            return str(getattr(self, "_written_op", ""))
        return self._rule.symbol or self._rule.name

    def detach(self) -> Value:
        """The same number as a new leaf, without history."""
        return Value(self._data, label=self.label)

    # ------------------------------------------------------------------ copies

    def __copy__(self) -> Value:
        from autograd.copying import shallow_copy

        return shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        from autograd.copying import deep_copy

        return deep_copy(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        from autograd.copying import reduce

        return reduce(self)


class Result(Value):
    """A Value made by an operation: the lean kind, of which graphs have thousands."""

    __slots__ = ()
    # Created empty and then filled in, which is faster than passing eight arguments.
    __new__ = object.__new__
    __init__ = object.__init__


class Leaf(Value):
    """A Value made by hand: takes any further attribute, as optimizers and programs like to set."""

    __slots__ = ("__dict__", "__weakref__")


def _new_value(cls: type[Value], *args: Any, **kwargs: Any) -> Value:
    return object.__new__(Leaf if cls is Value else cls)


# Set only now, so that Result() is the interpreter's own constructor: a fifth of the time of a forward pass.
Value.__new__ = _new_value  # type: ignore[method-assign,assignment]


Vector.kinds.update({frozenset([Leaf]): "leaves", frozenset([Result]): "results"})


# ---------------------------------------------------------------------- the forward pass


def apply(op: Op, *arguments: Any) -> Value:
    """Run one row of the table on Values and numbers, and record it.

    >>> apply(TABLE["mul"], Value(2.0), 3.0)
    Value(data=6.0, grad=0.0)
    """
    if len(arguments) != op.arity:
        arguments = op.completed(arguments)
    if op.vectors:
        return _apply_to_vectors(op, arguments)
    numbers = [number_in(argument) for argument in arguments]
    data = as_float(op.value(*numbers))
    operands: list[Any] = []
    partials: list[float | None] = []
    for index, argument in enumerate(arguments):
        if isinstance(argument, Value):
            partial = op.partial(index, data, *numbers)
            operands.append(argument)
            partials.append(None if partial is NO_FLOW else as_float(partial))
        else:
            operands.append(numbers[index])
            partials.append(None)
    if op.arity <= 2:
        return _node(op, data, *(*operands, None)[:2], *(*partials, None)[:2])
    return _node(op, data, tuple(operands), None, tuple(partials), MANY)


def _node(op: Op, data: float, a: Any, b: Any, da: Any, db: Any) -> Value:
    node: Value = Result()
    node._data, node.grad, node._rule = data, 0.0, op
    node._a, node._b, node._da, node._db = a, b, da, db
    return finished(node) if open_blocks else node


def _apply_to_vectors(op: Op, arguments: Sequence[Any]) -> Value:
    """`apply` for an operation whose first arguments are vectors."""
    operands: list[Any] = []
    numbers: list[Any] = []
    for argument in arguments[: op.vectors]:
        vector = argument if argument.__class__ is Vector else _vector(op, argument)
        operands.append(vector)
        numbers.append(vector.data)
        if len(vector) != len(operands[0]):
            raise ValueError(f"{op.name} takes vectors of equal length, got {len(operands[0])} and {len(vector)}")
    for argument in arguments[op.vectors :]:
        numbers.append(number_in(argument))
        operands.append(argument if isinstance(argument, Value) else numbers[-1])
    data, partials = op.linearized(*numbers)
    for index, operand in enumerate(operands):
        if operand.__class__ is float or (index < op.vectors and operand.kind == "constants"):
            partials[index] = None
    return _node(op, as_float(data), tuple(operands), None, tuple(partials), MANY)


def _vector(op: Op, argument: Any) -> Vector:
    if not hasattr(argument, "__iter__"):
        raise TypeError(f"{op.name} takes a list of Values or numbers, got {argument!r}; put it into a list")
    return Vector(argument)


def apply_infix(op: Op, x: Any, y: Any) -> Value:
    """`apply` for an infix operator, which leaves it to an array, or an unknown type, on the other side to answer."""
    for operand in (x, y):
        if not isinstance(operand, Value) and is_foreign(operand):
            return NotImplemented  # type: ignore[no-any-return]
    return apply(op, x, y)
