"""Switching the recording of operations off and on."""

from __future__ import annotations

from _thread import _local
from collections.abc import Callable
from functools import wraps
from typing import Any

open_blocks: list[Any] = []
"""The `no_grad` blocks that are open in any thread. Empty nearly always, which is quick to see."""


class _Depth(_local):
    """How many of them are open in this thread."""

    value = 0


_depth = _Depth()


def is_recording() -> bool:
    """Whether operations in this thread are recorded."""
    return not open_blocks or not _depth.value


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
        open_blocks.append(self)
        _depth.value += 1

    def __exit__(self, *exception: object) -> None:
        open_blocks.remove(self)
        _depth.value -= 1

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function, so that its body runs in such a block."""

        @wraps(function)
        def without_graph(*args: Any, **kwargs: Any) -> Any:
            with no_grad():
                return function(*args, **kwargs)

        return without_graph
