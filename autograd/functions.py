"""Rows of the table as functions, and as methods of Value.

Everything here is made from the table: ``autograd.tanh(x)``, ``x.tanh()``, and both for every row registered later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autograd import ops
from autograd.engine import Value, apply
from autograd.ops import Op

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def function(op: Op) -> Callable[..., Any]:
    """The row as a function: of Values it gives a Value, of numbers a number, of symbols a formula.

    >>> from autograd.ops import TABLE
    >>> tanh = function(TABLE["tanh"])
    >>> tanh(0.0), tanh(Value(0.0))
    (0.0, Value(data=0.0, grad=0.0))
    """

    def call(*operands: Any, **named: Any) -> Any:
        if named or len(operands) != op.arity:
            operands = op.completed(operands, named)
        scalars: Iterable[Any] = operands
        if op.vectors:
            operands = (*(_as_list(op, vector) for vector in operands[: op.vectors]), *operands[op.vectors :])
            scalars = op.flat(operands)
        elif isinstance(operands[0], Value):
            return getattr(Value, op.name)(*operands)
        for operand in scalars:
            if isinstance(operand, Value):
                return apply(op, *operands)
            if hasattr(operand, "apply_op"):  # a symbol
                return operand.apply_op(op, *operands)
        return apply(op, *operands).data

    call.__name__ = call.__qualname__ = op.name
    call.__doc__ = f"The operation `{op.name}` of the table, on Values or plain numbers."
    return call


def _as_list(op: Op, vector: Any) -> list[Any]:
    if not hasattr(vector, "__iter__"):
        raise TypeError(f"{op.name} takes a list of Values or numbers, got {vector!r}; put it into a list")
    return list(vector)


OPERATORS = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "remainder": ("__mod__", "__rmod__"),
    "pow": ("__pow__", "__rpow__"),
    "neg": ("__neg__",),
    "abs": ("__abs__",),
}


# On an array of objects a function of NumPy calls the method of its own name. PyTorch has the arc... as well.
ALIASES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "round": "rint",
    "abs": "fabs",
}


def method_names(op: Op) -> tuple[str, ...]:
    """The names under which Value has a row: ``x + y`` and ``x.add(y)``; ``x.asin()`` and ``x.arcsin()``."""
    alias = ALIASES.get(op.name)
    return (*OPERATORS.get(op.name, ()), op.name, *((alias,) if alias else ()))


def _added_names(op: Op) -> tuple[str, ...]:
    """Those that are not in the class itself, as operators are."""
    return () if op.vectors else tuple(name for name in method_names(op) if name not in OPERATORS.get(op.name, ()))


def _attach(op: Op) -> None:
    """Make a row a method of Value."""
    if hasattr(Value, op.name):
        raise ValueError(f"the name {op.name!r} is taken by something else; choose another name")
    for name in _added_names(op):
        setattr(Value, name, lambda *operands, **named: apply(op, *op.completed(operands, named)))


def _detach(op: Op) -> None:
    for name in _added_names(op):
        delattr(Value, name)


ops.watch(_attach, _detach)
