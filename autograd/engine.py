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

Read in this order: `Value` (what a node is), `apply` (forward), `Value.backward` (backward).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from autograd import ops
from autograd.graph import order_and_clear, topological_order
from autograd.ops import TABLE, Op
from autograd.real import as_float
from autograd.recording import is_recording, no_grad


def _infix(op: Op) -> tuple[Callable[[Value, Any], Value], Callable[[Value, Any], Value]]:
    return lambda x, y: infix_apply(op, x, y), lambda y, x: infix_apply(op, x, y)


def _prefix(op: Op) -> Callable[[Value], Value]:
    return lambda x: apply(op, x)


class Value:
    """A real number in a computation graph, and the gradient of some output with respect to it.

    Args:
        data: the number; any real number is stored as a float.
        label: a name for drawings and explanations.

    A Value made by hand is a leaf; a Value made by an operation is a result. Both have:

    Attributes:
        data: the number.
        grad: d(output)/d(this), filled in by ``output.backward()``; 0.0 before.
        label: a name, "" unless given.
        requires_grad: set it to False on a leaf to freeze the leaf: `backward` then leaves its `grad` alone.

    `_children` and `_op` make a node by hand, whose chain rule is then assigned to its `_backward`, for
    programs written in the manner of the teaching engine micrograd.
    """

    # One or two operands sit in _a and _b, their local derivatives in _da and _db; more sit in _a and _da as
    # tuples. That keeps a node at 120 bytes. A constant operand is a plain float whose local derivative is None.
    __slots__ = ("_a", "_b", "_da", "_db", "_rule", "data", "grad", "label")

    data: float
    grad: float
    label: str
    requires_grad: bool = True
    _rule: Op | None
    _a: Any
    _b: Any
    _da: Any
    _db: Any

    def __init__(self, data: Any, _children: Iterable[Value] = (), _op: str = "", label: str = "") -> None:
        if isinstance(_children, str):  # Value(2.0, "a")
            label, _children = _children, ()
        self.data = as_float(data)
        self.grad = 0.0
        self.label = label
        self._rule = self._a = self._b = self._da = self._db = None
        if _children or _op:
            self._a, self._da = tuple(_children), ()
            self.__dict__["_written_op"] = _op

    # ------------------------------------------------------------------ arithmetic
    # Each operator is a row of the table, in both orders: x + 1 and 1 + x.

    __add__, __radd__ = _infix(TABLE["add"])
    __sub__, __rsub__ = _infix(TABLE["sub"])
    __mul__, __rmul__ = _infix(TABLE["mul"])
    __truediv__, __rtruediv__ = _infix(TABLE["div"])
    __pow__, __rpow__ = _infix(TABLE["pow"])
    __neg__ = _prefix(TABLE["neg"])
    __abs__ = _prefix(TABLE["abs"])

    def __pos__(self) -> Value:
        return self

    if TYPE_CHECKING:
        # Every other row is a method too: x.exp(), x.tanh(), x.maximum(y), ... (`_attach` below).
        def __getattr__(self, name: str) -> Any: ...

    # ------------------------------------------------------------------ as a number

    def __lt__(self, other: Any) -> bool:
        return self.data < _number(other)

    def __le__(self, other: Any) -> bool:
        return self.data <= _number(other)

    def __gt__(self, other: Any) -> bool:
        return self.data > _number(other)

    def __ge__(self, other: Any) -> bool:
        return self.data >= _number(other)

    def __float__(self) -> float:
        return float(self.data)

    def __int__(self) -> int:
        return int(self.data)

    __trunc__ = __int__

    def __bool__(self) -> bool:
        return bool(self.data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self.data, digits)

    def __floor__(self) -> int:
        return self.data.__floor__()

    def __ceil__(self) -> int:
        return self.data.__ceil__()

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self.data}, grad={self.grad}{label})"

    # ------------------------------------------------------------------ the graph

    @property
    def op(self) -> Op | None:
        """The operation that made this Value; None for a leaf."""
        return self._rule

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was applied to, in order; constants as floats.

        >>> x = Value(3.0)
        >>> (2 * x).operands
        (2.0, Value(data=3.0, grad=0.0))
        """
        if self._a is None or self._a.__class__ is tuple:
            return self._a or ()
        return (self._a,) if self._b is None else (self._a, self._b)

    @property
    def local_derivatives(self) -> tuple[float | None, ...]:
        """The derivative of this Value with respect to each operand; None for a constant.

        >>> x = Value(3.0)
        >>> (2 * x).local_derivatives
        (None, 2.0)
        """
        if self._a is None or self._a.__class__ is tuple:
            return self._da or ()
        return (self._da,) if self._b is None else (self._da, self._db)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The operands as the rules take them: grouped into vectors where the operation takes vectors."""
        return self.operands if self._rule is None else self._rule.grouped(self.operands)

    @property
    def is_leaf(self) -> bool:
        """Whether this Value was made directly rather than by an operation."""
        return self._a is None

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
        return Value(self.data, label=self.label)

    def item(self) -> float:
        """The number as a plain float."""
        return float(self.data)

    def zero_grad(self) -> None:
        """Set the gradient of this Value and of everything it was computed from to zero."""
        for node in topological_order(self):
            node.grad = 0.0

    def backward(self, gradient: float = 1.0, create_graph: bool = False) -> None:
        """Compute d(this)/d(node) for every node this Value was computed from.

        Interior nodes have their `grad` set; leaves have it *added*, so that several losses can share
        parameters: call ``zero_grad()`` before the next pass.

        Args:
            gradient: the gradient to start from, d(loss)/d(this).
            create_graph: make the gradients Values with a history of their own, so that they can be
                differentiated again. A leaf then refers to a graph that refers to the leaf: set its `grad`
                to zero when done.

        Because local derivatives were taken in the forward pass, this is the gradient at the point where the
        forward pass ran, even if `data` of some leaf has changed since.

        >>> x = Value(3.0)
        >>> (x ** 3).backward(create_graph=True)
        >>> first, x.grad = x.grad, 0.0
        >>> first.backward()
        >>> first.data, x.grad     # 3x^2, 6x
        (27.0, 18.0)
        """
        if create_graph:
            from autograd.transforms import differentiate

            for node, upstream in differentiate(self, gradient).items():
                upstream = upstream if isinstance(upstream, Value) else Value(upstream)
                node.grad = node.grad + upstream if node.is_leaf and node.grad else upstream  # type: ignore[assignment]
            return
        order, leaves, earlier = order_and_clear(self)
        self.grad = as_float(gradient)
        try:
            for node in reversed(order):
                upstream = node.grad
                partial = node._da
                if partial.__class__ is tuple:
                    for operand, partial in zip(node._a, node._da, strict=False):
                        if partial is not None:
                            operand.grad += upstream * partial
                    if node._rule is None:
                        node._backward()
                    continue
                if partial is not None:
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
            elif grad:
                leaf.grad += grad

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
    # Created empty and then filled in, by `apply`, which is faster than passing eight arguments.
    __new__ = object.__new__
    __init__ = object.__init__


class Leaf(Value):
    """A Value made by hand: takes any further attribute, as optimizers and programs like to set."""

    __slots__ = ("__dict__", "__weakref__")


def _new_value(cls: type[Value], *args: Any, **kwargs: Any) -> Value:
    return object.__new__(Leaf if cls is Value else cls)


# Set only now, so that Result() is the interpreter's own constructor: a fifth of the time of a forward pass.
Value.__new__ = _new_value  # type: ignore[method-assign,assignment]


_NODES, _FLOATS = {Leaf, Result}, {float}
_data = attrgetter("data")


# ---------------------------------------------------------------------- forward


def apply(op: Op, *operands: Any) -> Value:
    """Run one row of the table on Values and numbers, and record it.

    >>> apply(TABLE["mul"], Value(2.0), 3.0)
    Value(data=6.0, grad=0.0)
    """
    if len(operands) != op.arity:
        raise TypeError(f"{op.name} takes {op.arity} argument{'s' * (op.arity > 1)}, got {len(operands)}")
    if op.vectors:
        return _apply_to_vectors(op, operands)
    numbers = [_number(operand) for operand in operands]
    data = as_float(op.value(*numbers))
    if not is_recording():
        return Value(data)
    node = _node(op, data)
    kept = [
        operand if isinstance(operand, Value) else number for operand, number in zip(operands, numbers, strict=True)
    ]
    partials = [
        as_float(op.partial(index, data, *numbers)) if isinstance(operand, Value) else None
        for index, operand in enumerate(operands)
    ]
    if len(kept) <= 2:
        node._a, node._b = (*kept, None)[:2]
        node._da, node._db = (*partials, None)[:2]
    else:
        node._a, node._b, node._da, node._db = tuple(kept), None, tuple(partials), None
    return node


def _apply_to_vectors(op: Op, arguments: Sequence[Any]) -> Value:
    """`apply` for an operation whose leading arguments are vectors; their operands are laid end to end."""
    operands: list[Any] = []
    numbers: list[Any] = []
    constant: list[bool | None] = []  # whether all of an argument is; None for some of it
    for argument in arguments[: op.vectors]:
        elements = argument if argument.__class__ is list else list(argument)
        kinds = set(map(type, elements))
        # The usual vectors, all Values or all floats, are read without a look at each element.
        if kinds <= _NODES:
            data, is_constant = list(map(_data, elements)), False
        elif kinds == _FLOATS:
            data, is_constant = elements, True
        else:
            data, is_constant = [_number(element) for element in elements], None
            elements = [x if isinstance(x, Value) else number for x, number in zip(elements, data, strict=True)]
        if numbers and len(data) != len(numbers[0]):
            raise ValueError(f"{op.name} takes vectors of equal length, got {len(numbers[0])} and {len(data)}")
        operands += elements
        numbers.append(data)
        constant.append(is_constant)
    for scalar in arguments[op.vectors :]:
        number = _number(scalar)
        operands.append(scalar if isinstance(scalar, Value) else number)
        numbers.append(number)
        constant.append(not isinstance(scalar, Value))
    out = as_float(op.value(*numbers))
    if not is_recording():
        return Value(out)
    partials: list[Any] = []
    for index, is_constant in enumerate(constant):
        if index < op.vectors:
            partials += [None] * len(numbers[index]) if is_constant else op.partial(index, out, *numbers)
        else:
            partials.append(None if is_constant else op.partial(index, out, *numbers))
    if None in constant:
        partials = [None if x.__class__ is float else partial for x, partial in zip(operands, partials, strict=True)]
    node = _node(op, out)
    node._a, node._b, node._da, node._db = tuple(operands), None, tuple(partials), None
    return node


def _node(op: Op, data: float) -> Value:
    node: Value = Result()
    node.data, node.grad, node.label, node._rule = data, 0.0, "", op
    return node


def _number(operand: Any) -> float:
    return operand.data if isinstance(operand, Value) else as_float(operand)


def infix_apply(op: Op, x: Any, y: Any) -> Value:
    """`apply` for an infix operator, which lets an array on the other side work element by element."""
    if getattr(x, "ndim", 0) or getattr(y, "ndim", 0):
        return NotImplemented  # type: ignore[no-any-return]
    return apply(op, x, y)


def function(op: Op) -> Callable[..., Any]:
    """The row as a function: of Values it gives a Value, of numbers a number, of symbols a formula.

    >>> tanh = function(TABLE["tanh"])
    >>> tanh(0.0), tanh(Value(0.0))
    (0.0, Value(data=0.0, grad=0.0))
    """

    def call(*operands: Any) -> Any:
        scalars: Iterable[Any] = operands
        if op.vectors:
            operands = (*map(list, operands[: op.vectors]), *operands[op.vectors :])
            scalars = op.flat(operands)
        for operand in scalars:
            if isinstance(operand, Value):
                return apply(op, *operands)
            if hasattr(operand, "apply_op"):  # a symbol
                return operand.apply_op(op, *operands)
        with no_grad():
            return apply(op, *operands).data

    call.__name__ = call.__qualname__ = op.name
    call.__doc__ = f"The operation `{op.name}` of the table, on Values or plain numbers."
    return call


OPERATORS = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "pow": ("__pow__", "__rpow__"),
    "neg": ("__neg__",),
    "abs": ("__abs__",),
}


def method_names(op: Op) -> tuple[str, ...]:
    """The names under which Value has a row: ``x + y`` and ``x.add(y)``."""
    return (*OPERATORS.get(op.name, ()), op.name)


def _attach(op: Op) -> None:
    """Make a row a method of Value."""
    if hasattr(Value, op.name):
        raise ValueError(f"the name {op.name!r} is taken by something else; choose another name")
    if not op.vectors:
        setattr(Value, op.name, function(op))


def _detach(op: Op) -> None:
    if not op.vectors:
        delattr(Value, op.name)


ops.watch(_attach, _detach)
