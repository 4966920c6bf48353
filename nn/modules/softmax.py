"""The softmax and its logarithm, as functions and as modules: activations of whole vectors."""

from __future__ import annotations

from typing import Any

import autograd
from nn.modules.activations import Activation


def softmax(input: Any, dim: int = -1) -> Any:
    """``exp(x[i]) / (exp(x[0]) + exp(x[1]) + ...)``: positive numbers that sum to 1.

    Args:
        input: a vector, or a batch.
        dim: the dimension that sums to 1: for a batch -1 or 1 for each row, 0 for each column.

    Raises:
        ValueError: if the input is a single number, has rows of different lengths, or no such dimension.

    >>> softmax([1000.0, 1000.0, -1000.0])
    [0.5, 0.5, 0.0]
    """
    return autograd.softmax(input, dim)


class Softmax(Activation, function=softmax):
    """``exp(x[i]) / (exp(x[0]) + exp(x[1]) + ...)``: positive numbers that sum to 1.

    Args:
        dim: the dimension that sums to 1: for a batch -1 or 1 for each row, 0 for each column.

    `CrossEntropyLoss` contains it: a model that is trained with it ends with a `Linear` layer.

    >>> Softmax()([1000.0, 1000.0])
    [0.5, 0.5]
    """

    dim: int = -1


def log_softmax(input: Any, dim: int = -1) -> Any:
    """The logarithm of `softmax`, ``x[i] - log(exp(x[0]) + exp(x[1]) + ...)``, without its underflow.

    Args:
        input: a vector, or a batch.
        dim: as in `softmax`.

    Raises:
        ValueError: as `softmax` does.

    >>> log_softmax([0.0, -1000.0])
    [0.0, -1000.0]
    """
    return autograd.log_softmax(input, dim)


class LogSoftmax(Activation, function=log_softmax):
    """The logarithm of `Softmax`, without its underflow.

    Args:
        dim: as in `Softmax`.

    >>> LogSoftmax()([0.0, -1000.0])
    [0.0, -1000.0]
    """

    dim: int = -1
