"""Against overfitting: dropout, and penalties on the size of parameters."""

from __future__ import annotations

import random
from numbers import Real
from typing import Any

from nn.functional.reduction import dot, total
from nn.nested import each, flat


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


def check_probability(p: float) -> None:
    """Raise a ValueError unless dropout can drop with it."""
    if not isinstance(p, Real) or not 0 <= p <= 1:
        raise ValueError(f"dropout takes a probability from 0 to 1, got p={p!r}")


def l1_penalty(parameters: Any) -> Any:
    """``|w1| + |w2| + ...``: added to a loss, times a small number, it drives parameters to exactly 0 (the lasso).

    Tibshirani, "Regression Shrinkage and Selection via the Lasso", 1996.

    Args:
        parameters: Values or numbers, in any nesting: ``model.parameters()``.

    >>> l1_penalty([[1.0, -2.0], [3.0]])
    6.0
    """
    return total([abs(parameter) for parameter in flat(parameters)])


def l2_penalty(parameters: Any) -> Any:
    """``w1² + w2² + ...``: added to a loss, times a small number, it keeps parameters small (ridge regression).

    ``loss + weight_decay / 2 * l2_penalty(parameters)`` has the gradient that `nn.optim.SGD` takes with its argument
    `weight_decay`. Hoerl and Kennard, "Ridge Regression", 1970.

    Args:
        parameters: Values or numbers, in any nesting: ``model.parameters()``.

    >>> l2_penalty([[1.0, -2.0], [3.0]])
    14.0
    """
    parameters = flat(parameters)
    return dot(parameters, parameters)
