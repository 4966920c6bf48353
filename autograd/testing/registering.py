"""Have an operation in the table for the length of a block: `registered`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autograd.core.ops import TABLE, Op, register, unregister


@contextmanager
def registered(op: Op) -> Iterator[Op]:
    """A block, or a decorator, in which an operation of one's own is in the table.

    At its end, also by an exception, the operation is taken away, and one that had its name before is put back.

    Args:
        op: the row.

    Raises:
        TypeError: if `op` is not a row.
        ValueError: if a built-in operation or an attribute of Value has the name, or a rule does not run.

    >>> from autograd import Value
    >>> with registered(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)])):
    ...     Value(2.0).cube().data
    8.0
    >>> "cube" in TABLE
    False
    """
    if not isinstance(op, Op):
        raise TypeError(
            f"registered takes an Op, got {op!r}; write registered(Op(name, forward, partials, domain=...))"
        )
    before = TABLE.get(op.name)
    register(op, replace=True)
    try:
        yield op
    finally:
        if before:
            register(before, replace=True)
        elif op.name in TABLE:  # the block may have taken it away itself
            unregister(op.name)
