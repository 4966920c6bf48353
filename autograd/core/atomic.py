"""Change many nodes all at once, so that Ctrl-C in the middle leaves none of them changed, or all."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def set_all(things: Iterable[Any], attribute: str, values: Iterable[Any]) -> None:
    """Set an attribute of many things, one value each, without a moment at which an exception could come in between.

    Python delivers Ctrl-C, and exceptions sent from other threads, between two instructions of its own; this is one,
    a loop in C, as long as the attribute is a slot and both arguments are lists (or `repeat` of one value).

    >>> from autograd.core.engine import Value
    >>> a, b = Value(1.0), Value(2.0)
    >>> set_all([a, b], "grad", [3.0, 4.0])
    >>> a.grad, b.grad
    (3.0, 4.0)
    """
    list(map(setattr, things, repeat(attribute), values))
