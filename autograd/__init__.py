"""Scalar reverse-mode automatic differentiation: backprop you can see, step through and check.

    >>> from autograd import Value
    >>> x, w, b = Value(2.0), Value(-3.0), Value(6.9)
    >>> y = (x * w + b).tanh()
    >>> y.backward()
    >>> round(w.grad, 4)
    1.0223
"""

from __future__ import annotations

from typing import Any

from autograd import specialize as _specialize
from autograd.engine import Value, apply, function, no_grad, topological_order
from autograd.ops import TABLE, Op, register, unregister

__version__ = "0.1.0"

__all__ = [
    "TABLE",
    "Op",
    "Value",
    "apply",
    "no_grad",
    "register",
    "topological_order",
    "unregister",
]

del _specialize


def __getattr__(name: str) -> Any:
    """Every row of the table is a function of this package: ``autograd.tanh``, ``autograd.dot``, ..."""
    if name in TABLE:
        globals()[name] = function(TABLE[name])
        return globals()[name]
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *TABLE})
