"""Look up how much larger weights should be for the activation that follows: `calculate_gain`."""

from __future__ import annotations

import math

# A linear map has a gain of 1; so has the sigmoid, by PyTorch's convention.
CONVOLUTIONS = [f"conv{kind}{dimensions}d" for kind in ("", "_transpose") for dimensions in (1, 2, 3)]
GAINS = dict.fromkeys(["linear", *CONVOLUTIONS, "sigmoid"], 1.0) | {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor on the weights that keeps the variance of the signal through the activation that follows.

    1 for linear maps (and convolutions) and for sigmoid, 5/3 for tanh, √2 for relu, ``√(2 / (1 + param²))`` for
    leaky_relu, 3/4 for selu.

    Args:
        nonlinearity: the name of the activation, as in `nn.functional`.
        param: for leaky_relu the slope below 0; by default 0.01.

    Raises:
        ValueError: for an activation whose gain is not known.

    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015, equations 10 and 15, for relu and
    leaky_relu; the others as PyTorch has them.

    >>> calculate_gain("relu") == 2**0.5, calculate_gain("leaky_relu", 1.0)
    (True, 1.0)
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"param must be the slope of leaky_relu below 0, a number, got {param!r}")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"nonlinearity must be one of {', '.join([*GAINS, 'leaky_relu'])}, got {nonlinearity!r}")
    return GAINS[nonlinearity]
