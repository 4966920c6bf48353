"""Draw weights from a distribution that is scaled to the size of the layer: Xavier and Kaiming initialization."""

from __future__ import annotations

import math
from typing import Any

from nn.init.checks import Generator, Nested, fans
from nn.init.distributions import normal_, uniform_
from nn.init.gains import calculate_gain


def xavier_uniform_(tensor: Nested, gain: float = 1.0, generator: Generator = None) -> Nested:
    """Draw weights from U(-bound, bound), with ``bound = gain * √(6 / (fan_in + fan_out))``.

    A linear layer then keeps the variance of signals about the same, forward and backward.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        gain: a factor; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS
    2010, equation 16.

    >>> from autograd import Value
    >>> weight = xavier_uniform_([[Value(0.0) for _ in range(5)]])
    >>> all(abs(value.data) <= 1.0 for value in weight[0])           # √(6 / (5 + 1))
    True
    """
    fan_in, fan_out = fans("xavier_uniform_", tensor)
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Nested, gain: float = 1.0, generator: Generator = None) -> Nested:
    """Draw weights from N(0, std²), with ``std = gain * √(2 / (fan_in + fan_out))``.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        gain: a factor; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Source: as for `xavier_uniform_`, of which this is the normal form.

    >>> from autograd import Value
    >>> weight = xavier_normal_([[Value(0.0)]], gain=0.0)
    >>> weight[0][0].data == 0.0
    True
    """
    fan_in, fan_out = fans("xavier_normal_", tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2 / (fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: Nested,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> Nested:
    """Draw weights from U(-bound, bound), with ``bound = gain * √(3 / fan)``.

    A layer and its activation then keep the variance of signals about the same.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        a: the slope of leaky_relu below 0; with 0 it is relu.
        mode: ``"fan_in"`` to keep the variance forward, ``"fan_out"`` to keep that of gradients backward.
        nonlinearity: the activation that follows; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Raises:
        ValueError: for another mode or an unknown activation.

    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.

    >>> from autograd import Value
    >>> weight = kaiming_uniform_([[Value(0.0) for _ in range(6)]])
    >>> all(abs(value.data) <= 1.0 for value in weight[0])           # √2 * √(3 / 6)
    True
    """
    bound = math.sqrt(3) * _kaiming_std("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Nested,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> Nested:
    """Draw weights from N(0, std²), with ``std = gain / √fan``.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        a: the slope of leaky_relu below 0; with 0 it is relu.
        mode: ``"fan_in"`` to keep the variance forward, ``"fan_out"`` to keep that of gradients backward.
        nonlinearity: the activation that follows; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Raises:
        ValueError: for another mode or an unknown activation.

    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.

    >>> from autograd import Value
    >>> weight = kaiming_normal_([[Value(0.0), Value(0.0)]], generator=0)
    >>> weight[0][0].data != weight[0][1].data
    True
    """
    return normal_(tensor, 0.0, _kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def _kaiming_std(function: str, tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{function} needs mode to be 'fan_in' or 'fan_out', got {mode!r}")
    fan_in, fan_out = fans(function, tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)
