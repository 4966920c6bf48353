"""Switching the recording of operations off and on."""

from __future__ import annotations

from _thread import _local
from collections.abc import Callable
from functools import wraps
from typing import Any

open_blocks: list[Any] = []
"""The `no_grad` blocks that are open in any thread. Empty nearly always, which is quick to see."""


class _OfThisThread(_local):
    """Those of them that were opened in this thread."""

    def __init__(self) -> None:
        self.blocks: list[Any] = []


_of_this_thread = _OfThisThread()


def is_recording() -> bool:
    """Whether operations in this thread are recorded."""
    return not open_blocks or not _of_this_thread.blocks


class no_grad:  # noqa: N801  (PyTorch's name)
    """A block, or a function, in which operations are computed but not recorded.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.is_leaf
    True

    Only the current thread is affected. As a decorator it is written ``@no_grad()`` or ``@no_grad``.
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """The block; given a function, the function with its body in such a block."""
        block = object.__new__(cls)
        return block if function is None else block(function)

    def __enter__(self) -> None:
        # A generator may be entered in one thread and closed in another, so the block knows whose it is.
        self._blocks = _of_this_thread.blocks
        self._blocks.append(self)
        open_blocks.append(self)

    def __exit__(self, *exception: object) -> None:
        open_blocks.remove(self)
        self._blocks.remove(self)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function, so that its body runs in such a block."""

        @wraps(function)
        def without_graph(*args: Any, **kwargs: Any) -> Any:
            with no_grad():
                return function(*args, **kwargs)

        return without_graph
