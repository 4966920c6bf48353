"""Penalize the size of parameters, against overfitting."""

from __future__ import annotations

from typing import Any

from nn.modules.reduction import dot, total
from nn.nested import flat


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

    ``loss + weight_decay / 2 * l2_penalty(parameters)`` has the same gradient as the option `weight_decay` of
    `nn.optim.SGD`. Hoerl and Kennard, "Ridge Regression", 1970.

    Args:
        parameters: Values or numbers, in any nesting: ``model.parameters()``.

    >>> l2_penalty([[1.0, -2.0], [3.0]])
    14.0
    """
    parameters = flat(parameters)
    return dot(parameters, parameters)
