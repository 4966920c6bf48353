"""Activation functions as modules, to be placed between layers of a `Sequential`."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.module import Module


class ReLU(Module):
    """``max(x, 0)``, element by element; its derivative at 0 is 0.

    >>> ReLU()([-1.0, 2.0])
    [0.0, 2.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.relu(input)


class Tanh(Module):
    """The hyperbolic tangent, element by element.

    >>> Tanh()([0.0, 100.0])
    [0.0, 1.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.tanh(input)


class Sigmoid(Module):
    """``1 / (1 + exp(-x))``, element by element.

    >>> Sigmoid()([0.0, 1000.0])
    [0.5, 1.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.sigmoid(input)
