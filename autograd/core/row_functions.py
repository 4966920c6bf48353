"""Call a row of the table as a function: ``autograd.tanh(x)``, also for rows registered later."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autograd.core.engine import Value, apply
from autograd.core.ops import TABLE, Op, find
from autograd.core.vector import a_sequence

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def function(op: Op) -> Callable[..., Any]:
    """The row as a function: of Values it gives a Value, of numbers a number, of symbols a formula.

    >>> from autograd.core.ops import TABLE
    >>> tanh = function(TABLE["tanh"])
    >>> tanh(0.0), tanh(Value(0.0))
    (0.0, Value(data=0.0, grad=0.0))
    """
    has_method = TABLE.get(op.name) is op

    def call(*operands: Any, **named: Any) -> Any:
        if named or len(operands) != op.arity:
            operands = op.completed(operands, named)
        scalars: Iterable[Any] = operands
        if op.vectors:
            vectors = [list(a_sequence(op.name, vector)) for vector in operands[: op.vectors]]
            operands = (*vectors, *operands[op.vectors :])
            scalars = op.flat(operands)
        elif has_method and isinstance(operands[0], Value):
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


def function_named(name: str) -> Callable[..., Any]:
    """The row that has this name when the function is called, as one of one's own may be replaced meanwhile."""

    def call(*operands: Any, **named: Any) -> Any:
        return function(find(name))(*operands, **named)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = function(find(name)).__doc__
    return call
