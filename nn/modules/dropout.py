"""Dropout, as a function and as a module to be placed between layers of a `Sequential`."""

from __future__ import annotations

import random
from numbers import Real
from typing import Any

from nn.modules.module import FunctionModule
from nn.nested import each


def dropout(input: Any, p: float = 0.5, training: bool = True) -> Any:
    """Each element replaced by 0 with probability p, or else divided by ``1 - p``, so that the mean stays the same.

    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks
    from Overfitting", 2014; with the factor in training rather than in evaluation ("inverted").

    Args:
        input: a number, a vector or a batch; every element of every sample is drawn for separately, with the
            `random` module, in order.
        p: the probability of 0.
        training: if not, the input is returned as it is.

    Raises:
        ValueError: if p is not a probability.

    >>> random.seed(0)
    >>> dropout([1.0, 1.0, 1.0, 1.0])
    [2.0, 2.0, 0.0, 0.0]
    >>> dropout([1.0, 1.0], training=False)
    [1.0, 1.0]
    """
    check_probability(p)
    if not training or p == 0:
        return input
    scale = 1 / (1 - p) if p < 1 else 0.0
    # A dropped Value is multiplied rather than left out, so that what comes next finds Values only.
    return each(lambda x: x * (0.0 if random.random() < p else scale), input)


class Dropout(FunctionModule, function=dropout):
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

    p: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        check_probability(self.p)

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch, each sample with draws of its own."""
        return dropout(input, self.p, self.training)


def check_probability(p: float) -> None:
    """Raise a ValueError unless dropout can drop with it."""
    if not isinstance(p, Real) or not 0 <= p <= 1:
        raise ValueError(f"dropout takes a probability from 0 to 1, got p={p!r}")
