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

Read `Value` first (what a node is) with `Value.backward` (the backward pass), then `apply` (the forward pass), then the
two walks at the end, which put the nodes of a graph in order.

Operators and methods are not written below: `autograd.symbols.compiled_methods` makes them from the rows of the table.
``a * b`` runs what `apply` would do for the row ``mul``, with the rules of that row written out in one function.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import attrgetter

from autograd.core.atomic import set_all
from autograd.core.elementary import NO_FLOW
from autograd.core.micrograd import MicrogradNode, edges_by_hand
from autograd.core.number import RealNumber, as_float, is_foreign, number_in
from autograd.core.ops import TABLE, Op
from autograd.core.recording import finished, observed, open_blocks, starting
from autograd.core.vector import MANY, Vector, a_sequence

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

    from autograd.core.number import Number
    from autograd.signatures import RowMethods
else:
    RowMethods = object  # the methods of the rows are set on Value itself


NO_GRADIENT = float("0")
"""The gradient of a Value that has none yet, where PyTorch has None: 0.0 for all that read it.

Optimizers know it by its identity, so that they leave alone a parameter that took no part in the loss, but move one
whose gradient came out as 0, by momentum or weight decay.
"""


class Value(RealNumber, MicrogradNode, RowMethods):
    """A real number in a computation graph, and the gradient of some output with respect to it.

    Args:
        data: the number; any real number is stored as a float.
        label: a name for drawings and explanations.

    ``Value(2.0)`` is a leaf; a Value made by an operation is a result. Both have:

    Attributes:
        data: the number.
        grad: d(output)/d(this), filled in by ``output.backward()``; 0.0 before.
        label: a name for drawings and explanations, "" unless given.
        requires_grad: set it to False on a leaf to freeze the leaf: `backward` then leaves its `grad` alone.

    `_children` and `_op` make a node by hand, as programs for the teaching engine micrograd do: see `micrograd.py`.
    """

    # What the slots hold:
    #
    #                              _a           _da                    _b         _db
    #     a leaf                   None         None                   None       None
    #     one or two operands      first        its derivative         second     its derivative
    #     more, or a Vector        all, a tuple their derivatives      None       MANY
    #     made by hand             all, a tuple its chain rule         None       MANY
    #
    # A constant operand is a plain float and its derivative None; None also stands for NO_FLOW. The derivatives by the
    # elements of a `Vector` are one list. So a node takes 120 bytes with its number. A node without a label leaves
    # _label unset: one slot less to traverse saves a tenth of the garbage collector's time.
    __slots__ = ("_a", "_b", "_da", "_data", "_db", "_label", "_rule", "grad")

    grad: float
    _label: str
    requires_grad: bool = True
    _rule: Op | None
    _a: Any
    _b: Any
    _da: Any
    _db: Any

    def __init__(self, data: Number, _children: Iterable[Value] | str = (), _op: str = "", label: str = "") -> None:
        if isinstance(_children, str):  # Value(2.0, "a")
            label, _children = _children, ()
        self._data = as_float(data)
        self.grad = NO_GRADIENT
        if label:
            self._label = label
        self._rule = self._a = self._b = self._da = self._db = None
        if _op or _children != ():
            self._make_by_hand(_children, _op)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data}, grad={self.grad}{label})"

    def _set_data(self, data: Any) -> None:
        self._data = as_float(data)

    data: float = property(  # type: ignore[assignment]  # as it looks from outside
        attrgetter("_data"), _set_data, doc="The number; any real number may be assigned."
    )

    @property
    def label(self) -> str:
        """A name for drawings and explanations, "" unless given."""
        return getattr(self, "_label", "")

    @label.setter
    def label(self, label: str) -> None:
        self._label = label

    # ------------------------------------------------------------------ arithmetic
    # Every row that takes numbers is a method: x + 1 and 1 + x, x.exp(), ...; see symbols/compiled_methods.py. Those
    # that take vectors, such as `dot`, are functions only.

    def __pos__(self) -> Value:
        return self

    @staticmethod
    def answer(name: str, *operands: Any) -> Value:
        """The row `name` applied to operands of which one is a Value; functions in `elementary.py` dispatch here."""
        return apply(TABLE[name], *operands)

    # ------------------------------------------------------------------ the backward pass

    def backward(self, gradient: float = 1.0, create_graph: bool = False) -> None:
        """Compute d(this)/d(node) for every node this Value was computed from.

        Interior nodes have their `grad` set; leaves have it *added*, so that several losses can share
        parameters: call ``zero_grad()`` before the next pass.

        Args:
            gradient: the gradient to start from, d(loss)/d(this).
            create_graph: make the gradients of leaves Values with a history of their own, so that they can be
                differentiated again; interior nodes get plain numbers. A leaf and the graph of its gradient then
                form a reference cycle: set the `grad` of the leaf to zero when done.

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
            from autograd.transforms.linear_map import backward_as_graph

            backward_as_graph(self, gradient)
            return
        gradient = as_float(gradient)
        # The chain rule as fast as Python can run it, on the slots of the nodes: 25 ms for 60,000 of them. The
        # list of edges that `autograd.grad` goes through (transforms/linear_map.py) takes 79 ms, mostly to be made.
        before = Gradients()
        order: list[Value] = []
        try:
            order_and_clear(self, order, before)
            self.grad = gradient
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
            before.add_to_leaves()
        except BaseException:  # Ctrl-C as well, at any moment: all gradients are again what they were
            before.put_back(order)
            raise

    def _pass_on(self, upstream: float) -> None:
        """The step of the backward pass for a node that keeps its operands in a tuple."""
        if self._da.__class__ is not tuple:  # made by hand
            self._backward()
            return
        # No strict=True, which would take a quarter of the time: `register` checks that the lengths agree.
        for operand, partial in zip(self._a, self._da):  # noqa: B905
            if partial is None:
                continue
            if operand.__class__ is not Vector:
                operand.grad += upstream * partial
            # One loop for each kind of element: CPython specializes each attribute access in the bytecode for one
            # class (PEP 659). Measured on two vectors of 16 elements: 1.4 us instead of 2.9.
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

    def zero_grad(self) -> None:
        """Set the gradient of this Value and of everything it was computed from to zero."""
        set_all(topological_order(self), "grad", repeat(NO_GRADIENT))

    # ------------------------------------------------------------------ the graph

    @property
    def op(self) -> Op | None:
        """The operation that made this Value; None for a leaf, and for a node with a chain rule made by hand."""
        return None if self.is_made_by_hand else self._rule

    @property
    def is_leaf(self) -> bool:
        """Whether this Value was made directly rather than by an operation."""
        return self._a is None or self._a == ()

    @property
    def edges(self) -> list[tuple[Value, float]]:
        """The operands that are Values, in order, each with the derivative of this Value with respect to it.

        An operand that is used twice is listed twice.

        >>> x = Value(3.0)
        >>> (2 * x).edges, (x * x).edges
        ([(Value(data=3.0, grad=0.0), 2.0)], [(Value(data=3.0, grad=0.0), 3.0), (Value(data=3.0, grad=0.0), 3.0)])
        """
        if self.is_made_by_hand:
            return edges_by_hand(self)
        return [(x, NO_FLOW if slope is None else slope) for x, slope in self._slots() if x.__class__ is not float]

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was applied to, in order; constants as floats, vectors laid end to end.

        >>> x = Value(3.0)
        >>> (2 * x).operands
        (2.0, Value(data=3.0, grad=0.0))
        """
        return tuple([x for x, _ in self._slots()])

    @property
    def local_derivatives(self) -> tuple[float | None, ...]:
        """The derivative of this Value with respect to each operand, in order; None for a constant.

        Empty for a node made by hand: its `_backward` does not reveal them.

        >>> x = Value(3.0)
        >>> (2 * x).local_derivatives
        (None, 2.0)
        """
        if self.is_made_by_hand:
            return ()
        return tuple(
            [None if x.__class__ is float else NO_FLOW if slope is None else slope for x, slope in self._slots()]
        )

    def _slots(self) -> Sequence[tuple[Any, float | None]]:
        """Each operand with its local derivative, for code that need not be as fast as `backward`."""
        a, b = self._a, self._b
        if a is None:
            return ()
        if self._db is not MANY:
            return ((a, self._da),) if b is None else ((a, self._da), (b, self._db))
        pairs: list[tuple[Any, float | None]] = []
        for operand, slope in zip(a, repeat(None) if self.is_made_by_hand else self._da, strict=False):
            if operand.__class__ is Vector:
                pairs += zip(operand.elements, repeat(None) if slope is None else slope, strict=False)
            else:
                pairs.append((operand, slope))
        return pairs

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The operands as the rules take them: a vector as one argument."""
        if self._rule is None or not self._rule.vectors:
            return self.operands
        return tuple(list(x) if isinstance(x, Vector) else x for x in self._a)

    def detach(self) -> Value:
        """The same number as a new leaf, without history."""
        return Value(self._data, label=self.label)


class Result(Value):
    """A Value made by an operation, kept small since a graph has thousands.

    It takes no further attributes and no weak references: with room for both a node would have 160 bytes instead of
    120 under CPython 3.11 (136 under 3.13), and making one would be a sixth slower. To attach something to a result,
    use a dictionary with the result as its key.
    """

    __slots__ = ()
    # Created empty and then filled in, which is faster than passing eight arguments.
    __new__ = object.__new__
    __init__ = object.__init__


class Leaf(Value):
    """What ``Value(2.0)`` makes. Unlike a Result it takes further attributes, which programs for micrograd set."""

    __slots__ = ("__dict__", "__weakref__")


def _new_value(cls: type[Value], *args: Any, **kwargs: Any) -> Value:
    return object.__new__(Leaf if cls is Value else cls)


# Assigned after Result is defined, which keeps object.__new__: with a __new__ in Python a forward pass would take a
# quarter longer.
Value.__new__ = _new_value  # type: ignore[method-assign,assignment]

# The names in Python's own messages: "'computed Value' object has no attribute 'tag'".
Leaf.__name__, Result.__name__ = "Value", "computed Value"

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
    if op.arity == 1:
        return _node(op, data, operands[0], None, partials[0], None)
    if op.arity == 2:
        return _node(op, data, *operands, *partials)
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
        vector = argument if argument.__class__ is Vector else Vector(a_sequence(op.name, argument))
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


def apply_infix(op: Op, x: Any, y: Any) -> Value:
    """`apply` for an infix operator; NotImplemented if an operand is foreign, so that Python tries its method."""
    for operand in (x, y):
        if not isinstance(operand, Value) and is_foreign(operand):
            return NotImplemented  # type: ignore[no-any-return]
    return apply(op, x, y)


# ---------------------------------------------------------------------- reading a graph


def row_of(value: Value) -> Op:
    """The row of the table that made a result.

    Raises:
        TypeError: if the result was made by hand, with a chain rule of its own.

    >>> row_of(Value(2.0) * 3.0).name
    'mul'
    """
    if value.op is None:
        raise TypeError(
            f"the node {value._op or value.label!r} was made by hand, so there is no formula to show; "
            "make the operation a row of the table with autograd.register"
        )
    return value.op


def parts_of(value: Value) -> tuple[Any, ...]:
    """The operands, with a `Vector` as one operand; it has the numbers that its elements had in the forward pass.

    >>> parts_of(apply(TABLE["affine"], [Value(2.0)], [3.0], 1.0))
    (Vector([Value(data=2.0, grad=0.0)]), Vector([3.0]), 1.0)
    """
    return value._a if value._a.__class__ is tuple else value.operands


def has_gradient(value: Value) -> bool:
    """Whether a backward pass or a program has given this Value a gradient since it was made or cleared.

    >>> x, y = Value(2.0), Value(0.0)
    >>> (x * y).backward()
    >>> has_gradient(x), x.grad, has_gradient(Value(1.0)), Value(1.0).grad
    (True, 0.0, False, 0.0)
    """
    return value.grad is not None and value.grad is not NO_GRADIENT


def topological_order(root: Value) -> list[Value]:
    """Every node `root` was computed from, operands before results, `root` last.

    >>> from autograd import Value
    >>> a = Value(2.0); b = a * a; c = b + a
    >>> topological_order(c) == [a, b, c]
    True

    Raises:
        TypeError: if `root` is not a Value.
    """
    if not isinstance(root, Value):
        raise TypeError(
            f"expected a Value that was computed from others, got {root!r} of type {type(root).__name__}; pass one "
            "result, computed with functions of autograd and without float() or .data"
        )
    order: list[Value] = []
    seen: set[Value] = set()
    waiting: list[Value | None] = [root]
    while waiting:
        node = waiting.pop()
        if node is None:  # a mark: the operands of the next node on the stack are all in `order`
            order.append(waiting.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            waiting += (node, None)
            waiting += [x for x in reversed(node.operands) if isinstance(x, Value)]
    return order


class Gradients:
    """What a backward pass finds: the gradients of all leaves, and of the results that have one from another pass."""

    __slots__ = ("leaves", "of_leaves", "of_results", "results")

    def __init__(self) -> None:
        self.leaves: list[Any] = []
        self.of_leaves: list[Any] = []
        self.results: list[Any] = []
        self.of_results: list[Any] = []

    def add_to_leaves(self) -> None:
        """Add what each leaf had to what it has now; a frozen leaf gets back what it had."""
        sums = [
            earlier if not leaf.requires_grad else leaf.grad if earlier is None else leaf.grad + earlier
            for leaf, earlier in zip(self.leaves, self.of_leaves, strict=True)
        ]
        set_all(self.leaves, "grad", sums)

    def put_back(self, order: list[Value]) -> None:
        """Give every node the gradient that it had, 0 to the results that had none."""
        set_all(order, "grad", repeat(0.0))
        set_all(self.results, "grad", self.of_results)
        set_all(self.leaves, "grad", self.of_leaves)


def order_and_clear(root: Value, order: list[Value], before: Gradients) -> None:
    """The start of a backward pass: put the results into `order`, gradients into `before`, and set these to 0.

    A second version of `topological_order`, because a backward pass spends half its time here. This one reads the
    slots of a node. Instead of keeping a set of seen nodes, it marks each with one particular zero object as its
    gradient, which is recognized by identity. It goes straight on to a first operand and pushes only unseen nodes.
    Measured on 60,000 nodes: 220 ns a node instead of 1,400.
    """
    zero = float("0")  # a new object at each call, and no other float is identical to it
    leaves, gradients = before.leaves, before.of_leaves
    waiting: list[Any] = [root]
    node: Any
    push, pop, finish = waiting.append, waiting.pop, order.append
    while waiting:
        node = pop()
        if node is None:
            finish(pop())
            continue
        while (grad := node.grad) is not zero:
            a = node._a
            if a is None:
                if node.__class__ is Vector:  # looked into once, however many nodes share it
                    waiting += [x for x in reversed(node.elements) if x.__class__ is not float]
                else:
                    leaves.append(node)
                    gradients.append(grad)
                node.grad = zero
                continue
            b, db = node._b, node._db
            if grad and a:
                before.results.append(node)
                before.of_results.append(grad)
            if db is MANY:
                if not a:  # a leaf with a chain rule of its own
                    leaves.append(node)
                    gradients.append(grad)
                node.grad = zero
                unseen = [x for x in reversed(a) if x.__class__ is not float and x.grad is not zero]
                if unseen:
                    waiting += (node, None, *unseen)
                else:
                    finish(node)
                continue
            node.grad = zero
            # An operand with a local derivative is a node; one without is a constant, or a node with NO_FLOW.
            if (db is not None or (b is not None and b.__class__ is not float)) and b.grad is not zero:
                push(node)
                push(None)
                push(b)
                if node._da is not None or a.__class__ is not float:
                    node = a
            elif (node._da is not None or a.__class__ is not float) and a.grad is not zero:
                push(node)
                push(None)
                node = a
            else:
                finish(node)
