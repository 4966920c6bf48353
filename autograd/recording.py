"""Switching the recording of operations off and on."""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable
from functools import wraps
from typing import Any

not_recording: list[int] = []
"""The identity of a thread for each `no_grad` block it is in. Empty nearly always, which is quick to see."""


def is_recording() -> bool:
    """Whether operations in this thread are recorded."""
    return not not_recording or get_ident() not in not_recording


class no_grad:  # noqa: N801  (PyTorch's name)
    """A block, or a function, in which operations are computed but not recorded.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.is_leaf
    True

    Only the current thread is affected.
    """

    def __enter__(self) -> None:
        not_recording.append(get_ident())

    def __exit__(self, *exception: object) -> None:
        not_recording.remove(get_ident())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function, so that its body runs in such a block."""

        @wraps(function)
        def without_graph(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return without_graph
