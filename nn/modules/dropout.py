"""Dropout as a module, to be placed between layers of a `Sequential`."""

from __future__ import annotations

from typing import Any

from nn import functional
from nn.functional.regularization import check_probability
from nn.modules.module import Module


class Dropout(Module):
    """In training each element is replaced by 0 with probability p, or else divided by ``1 - p``.

    In evaluation, after ``model.eval()``, the input passes as it is. See `nn.functional.dropout`.

    Args:
        p: the probability of 0.

    Raises:
        ValueError: if p is not a probability.

    >>> import random
    >>> random.seed(0)
    >>> layer = Dropout(p=0.5)
    >>> layer([1.0, 1.0, 1.0, 1.0]), layer.eval()([1.0, 1.0, 1.0, 1.0])
    ([2.0, 2.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0])
    """

    def __init__(self, p: float = 0.5) -> None:
        check_probability(p)
        self.p = p

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch, each sample with draws of its own."""
        return functional.dropout(input, self.p, self.training)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"p={self.p}"
