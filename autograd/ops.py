"""The table of operations: every derivative this package knows, one row each.

A row is what the inside cover of a calculus book says about one operation: how to compute it, and its partial
derivative with respect to each argument. Nothing outside this table knows a derivative. The engine, higher
derivatives, drawings, the step-by-step explanation and the tests all read these rows, so adding a row adds an
operation everywhere.

The rules are ordinary lambdas in ordinary arithmetic. In a partial derivative, `out` is the result of the
forward rule, which often saves work: the derivative of ``exp(x)`` is ``out``. A rule never branches with
``if``; it chooses with `where`, so that the same lambda runs on floats, on `Value`s and on symbols.

    >>> TABLE["mul"].forward(2.0, 3.0)
    6.0
    >>> [partial(6.0, 2.0, 3.0) for partial in TABLE["mul"].partials]
    [3.0, 2.0]

Some operations take whole vectors (`sum`, `dot`, `affine`). There an argument is a sequence, and its partial
derivative is the sequence of the derivatives with respect to its elements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from keyword import iskeyword
from operator import mul
from typing import Any

from autograd.elementary import NO_FLOW, IEEEFloat, cos, exp, log, power, sin, sqrt, tanh, where

Rule = Callable[..., Any]
Interval = tuple[float, float]


class Op:
    """One row of the table.

    Args:
        name: the operation's name; PyTorch's where PyTorch has the operation.
        forward: the value, from the arguments.
        partials: for each argument its partial derivative, from the value and the arguments.
        domain: for each argument the interval of ordinary points, from which tests and plots draw.
        kinks: zero exactly where a derivative jumps or does not exist (``lambda x: x`` for ``abs``); None where
            the operation is smooth on its domain.
        analytic: whether the forward rule also holds for complex arguments.
        symbol: how the operation is written between (or before) its arguments; without one it is written as a
            function, ``name(x, y)``.
        precedence: how tightly the symbol binds; a higher number binds tighter.
        vectors: how many of the arguments, the first ones, are sequences of numbers of equal length.
    """

    __slots__ = (
        "analytic",
        "domain",
        "forward",
        "kinks",
        "name",
        "partials",
        "precedence",
        "symbol",
        "vectors",
    )

    def __init__(
        self,
        name: str,
        forward: Rule,
        partials: Sequence[Rule],
        *,
        domain: Sequence[Interval],
        kinks: Rule | None = None,
        analytic: bool = True,
        symbol: str = "",
        precedence: int = 0,
        vectors: int = 0,
    ) -> None:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name) or name.startswith("_"):
            raise ValueError(f"an operation's name must be a plain identifier, such as 'cube', got {name!r}")
        if not isinstance(partials, Sequence) or not all(map(callable, partials)):
            raise TypeError(
                f"operation {name!r} needs a list of partial derivatives, one function for each argument, such as "
                f"[lambda out, x: 2 * x], got {partials!r}"
            )
        if len(domain) != len(partials):
            raise ValueError(
                f"operation {name!r} has {len(partials)} partial derivatives but {len(domain)} domain "
                "intervals; give one of each per argument"
            )
        if not 0 <= vectors <= len(partials):
            raise ValueError(f"operation {name!r} has {len(partials)} arguments, so vectors cannot be {vectors}")
        self.name = name
        self.forward = forward
        self.partials = tuple(partials)
        self.domain = tuple(domain)
        self.kinks = kinks
        self.analytic = analytic
        self.symbol = symbol
        self.precedence = precedence
        self.vectors = vectors

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.partials)

    def flat(self, arguments: Sequence[Any]) -> list[Any]:
        """Arguments as one list of operands: vectors laid end to end, then the scalars.

        >>> TABLE["affine"].flat(([1.0, 2.0], [3.0, 4.0], 5.0))
        [1.0, 2.0, 3.0, 4.0, 5.0]
        """
        return [operand for vector in arguments[: self.vectors] for operand in vector] + [*arguments[self.vectors :]]

    def grouped(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """And back: operands as the arguments that the rules take.

        >>> TABLE["affine"].grouped([1.0, 2.0, 3.0, 4.0, 5.0])
        ([1.0, 2.0], [3.0, 4.0], 5.0)
        """
        if not self.vectors:
            return tuple(operands)
        scalars = self.arity - self.vectors
        length = (len(operands) - scalars) // self.vectors
        starts = range(0, length * self.vectors, length or 1)
        vectors = [list(operands[start : start + length]) for start in starts] or [[] for _ in range(self.vectors)]
        return (*vectors, *operands[len(operands) - scalars :])

    def value(self, *arguments: Any) -> Any:
        """The forward rule on numbers, with IEEE 754 results where Python would raise.

        >>> TABLE["div"].value(1.0, 0.0)
        inf
        """
        return _run(self.forward, arguments)

    def partial(self, index: int, out: Any, *arguments: Any) -> Any:
        """The partial derivative with respect to argument `index`, likewise.

        >>> TABLE["sqrt"].partial(0, 0.0, 0.0)
        inf
        """
        return _run(self.partials[index], (out, *arguments))

    def linearized(self, *arguments: Any) -> tuple[Any, list[Any]]:
        """The value and all partial derivatives at once.

        >>> TABLE["mul"].linearized(2.0, 3.0)
        (6.0, [3.0, 2.0])
        """
        out = self.value(*arguments)
        return out, [_run(rule, (out, *arguments)) for rule in self.partials]

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Rules are lambdas, which cannot be pickled; a row is known by its name.
        return (find, (self.name,))


def _run(rule: Rule, arguments: tuple[Any, ...]) -> Any:
    try:
        result = rule(*arguments)
        if result.__class__ is not complex:  # as (-8) ** 0.5 is in Python
            return result
    except ArithmeticError:  # division by zero or overflow
        pass
    # Rare, so done again with care.
    result = rule(*map(_with_care, arguments))
    return list(map(_plain, result)) if isinstance(result, list | tuple) else _plain(result)


def _plain(number: Any) -> Any:
    return float(number) if isinstance(number, IEEEFloat) else number


def _with_care(argument: Any) -> Any:
    if isinstance(argument, float | int):
        return IEEEFloat(argument)
    return [IEEEFloat(x) for x in argument]


TABLE: dict[str, Op] = {}

_built_in: set[str] = set()
_watchers: list[tuple[Callable[[Op], None], Callable[[Op], None]]] = []


def register(op: Op) -> Op:
    """Add a row to the table; the operation then exists everywhere a built-in one does.

    >>> cube = register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    >>> import autograd
    >>> x = autograd.Value(2.0)
    >>> x.cube().backward()
    >>> x.grad
    12.0
    >>> unregister("cube")

    Raises:
        ValueError: if the name is taken, by another operation or by an attribute of Value.
    """
    if not isinstance(op, Op):
        raise TypeError(f"register takes an Op, got {op!r}; write register(Op(name, forward, partials, domain=...))")
    if op.name in TABLE:
        raise ValueError(f"there is an operation {op.name!r} already; choose another name")
    if _built_in:
        _try_out(op)
    for added, _ in _watchers:
        added(op)
    TABLE[op.name] = op
    return op


def unregister(name: str) -> None:
    """Remove a row that `register` added. Graphs built with it keep working."""
    op = find(name)
    if name in _built_in:
        raise ValueError(f"{name!r} is built in and other rules use it, so it stays; register yours under another name")
    for _, removed in _watchers:
        removed(op)
    del TABLE[name]


def _try_out(op: Op) -> None:
    """Run the rules of a new row once, so that a slip in them is said now and not in the middle of a graph."""
    middle = [(low + high) / 2 for low, high in op.domain]
    arguments = [[x, x] if index < op.vectors else x for index, x in enumerate(middle)]
    rule = "forward rule"
    try:
        out = op.value(*arguments)
        float(out)
        for index in range(op.arity):
            rule = f"partial derivative number {index + 1}"
            partial = op.partial(index, out, *arguments)
            if index < op.vectors and len(partial) != 2:
                raise TypeError(f"it gives {len(partial)} derivatives for a vector of 2 elements")
            _ = [float(x) for x in partial] if index < op.vectors else float(partial)
    except Exception as error:
        raise ValueError(f"the {rule} of {op.name!r} does not run at {arguments}: {error}") from error


def find(name: str) -> Op:
    """The row of that name.

    >>> find("tahn")
    Traceback (most recent call last):
        ...
    KeyError: "no operation 'tahn'; the table has add, sub, mul, div, pow, neg, ..."
    """
    if name not in TABLE:
        raise KeyError(f"no operation {name!r}; the table has {', '.join(list(TABLE)[:6])}, ...")
    return TABLE[name]


def watch(added: Callable[[Op], None], removed: Callable[[Op], None] = lambda op: None) -> None:
    """Call `added` with every row there is and every row to come, `removed` with every row that goes."""
    _watchers.append((added, removed))
    for op in TABLE.values():
        added(op)


# fmt: off
for _row in (
    # Arithmetic
    Op("add", lambda x, y: x + y, [lambda out, x, y: 1.0, lambda out, x, y: 1.0],
       domain=[(-3, 3), (-3, 3)], symbol="+", precedence=1),

    Op("sub", lambda x, y: x - y, [lambda out, x, y: 1.0, lambda out, x, y: -1.0],
       domain=[(-3, 3), (-3, 3)], symbol="-", precedence=1),

    Op("mul", lambda x, y: x * y, [lambda out, x, y: y, lambda out, x, y: x],
       domain=[(-3, 3), (-3, 3)], symbol="*", precedence=2),

    Op("div", lambda x, y: x / y, [lambda out, x, y: 1 / y, lambda out, x, y: -out / y],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: y, symbol="/", precedence=2),

    # The two exceptions are points the formulas miss: x**0 is constant even at 0, and so is 0**y for y >= 0.
    Op("pow", lambda x, y: power(x, y),
       [lambda out, x, y: where(abs(y) <= 0, where(abs(x) > 0, y * out / x, NO_FLOW), y * power(x, y - 1)),
        lambda out, x, y: where(abs(x) <= 0, where(y >= 0, NO_FLOW, out * log(x)), out * log(x))],
       domain=[(0.2, 3), (-3, 3)], symbol="**", precedence=4),

    Op("neg", lambda x: -x, [lambda out, x: -1.0],
       domain=[(-3, 3)], symbol="-", precedence=3),

    # Elementary functions
    Op("exp", lambda x: exp(x), [lambda out, x: out], domain=[(-3, 3)]),

    Op("log", lambda x: log(x), [lambda out, x: 1 / x], domain=[(0.2, 5)]),

    Op("sqrt", lambda x: sqrt(x), [lambda out, x: 0.5 / out], domain=[(0.2, 5)]),

    Op("sin", lambda x: sin(x), [lambda out, x: cos(x)], domain=[(-4, 4)]),

    Op("cos", lambda x: cos(x), [lambda out, x: -sin(x)], domain=[(-4, 4)]),

    Op("tanh", lambda x: tanh(x), [lambda out, x: 1 - out * out], domain=[(-3, 3)]),

    # 1 / (1 + exp(-x)), written so that exp never overflows.
    Op("sigmoid", lambda x: where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x))),
       [lambda out, x: out * (1 - out)], domain=[(-4, 4)]),

    # Piecewise linear functions. At kinks and ties the convention is PyTorch's; comparisons are written such that
    # nan goes through. Where a branch is not taken nothing flows back, not even 0 times infinity.
    Op("relu", lambda x: where(x < 0, 0.0, x), [lambda out, x: where(x <= 0, NO_FLOW, 1.0)],
       domain=[(-3, 3)], kinks=lambda x: x, analytic=False),

    Op("abs", lambda x: abs(x), [lambda out, x: where(x > 0, 1.0, where(x < 0, -1.0, 0.0))],
       domain=[(-3, 3)], kinks=lambda x: x, analytic=False),

    Op("maximum", lambda x, y: where(x > y, x, where(y >= x, y, x + y)),
       [lambda out, x, y: where(x <= y, where(y <= x, 0.5, NO_FLOW), 1.0),
        lambda out, x, y: where(y <= x, where(x <= y, 0.5, NO_FLOW), 1.0)],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: x - y, analytic=False),

    Op("minimum", lambda x, y: where(x < y, x, where(y <= x, y, x + y)),
       [lambda out, x, y: where(y <= x, where(x <= y, 0.5, NO_FLOW), 1.0),
        lambda out, x, y: where(x <= y, where(y <= x, 0.5, NO_FLOW), 1.0)],
       domain=[(-3, 3), (-3, 3)], kinks=lambda x, y: x - y, analytic=False),

    Op("where", lambda condition, x, y: where(condition, x, y),
       [lambda out, condition, x, y: NO_FLOW,
        lambda out, condition, x, y: where(condition, 1.0, NO_FLOW),
        lambda out, condition, x, y: where(condition, NO_FLOW, 1.0)],
       domain=[(-1, 1), (-3, 3), (-3, 3)], kinks=lambda condition, x, y: condition, analytic=False),

    # Whole vectors at once: one node where a chain of + and * would take many. Python's `sum` adds from left to
    # right, from version 3.12 on with a correction that makes the last digit better.
    Op("sum", lambda xs: sum(xs, 0.0), [lambda out, xs: [1.0] * len(xs)],
       domain=[(-3, 3)], vectors=1),

    Op("dot", lambda ws, xs: sum(map(mul, ws, xs), 0.0), [lambda out, ws, xs: xs, lambda out, ws, xs: ws],
       domain=[(-3, 3), (-3, 3)], vectors=2),

    # What a neuron computes before its activation: w1*x1 + w2*x2 + ... + b, summed from b on.
    Op("affine", lambda ws, xs, b: sum(map(mul, ws, xs), b),
       [lambda out, ws, xs, b: xs, lambda out, ws, xs, b: ws, lambda out, ws, xs, b: 1.0],
       domain=[(-3, 3), (-3, 3), (-3, 3)], vectors=2),
):
    register(_row)
# fmt: on

_built_in |= set(TABLE)
