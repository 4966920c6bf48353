"""Set every element to a constant, or to a draw from a distribution that does not depend on the shape."""

from __future__ import annotations

import math
from statistics import NormalDist

from nn.init.checks import Generator, Nested, check_std, fill
from nn.seeding import generator_of

# ---------------------------------------------------------------------- constants


def constant_(tensor: Nested, val: float) -> Nested:
    """Set every element to one number.

    >>> from autograd import Value
    >>> constant_([Value(1.0), Value(2.0)], 0.5)
    [Value(data=0.5, grad=0.0), Value(data=0.5, grad=0.0)]
    """
    return fill("constant_", tensor, lambda: float(val))


def zeros_(tensor: Nested) -> Nested:
    """Set every element to 0.

    >>> from autograd import Value
    >>> zeros_([Value(1.0)])
    [Value(data=0.0, grad=0.0)]
    """
    return fill("zeros_", tensor, lambda: 0.0)


def ones_(tensor: Nested) -> Nested:
    """Set every element to 1.

    >>> from autograd import Value
    >>> ones_([Value(2.0)])
    [Value(data=1.0, grad=0.0)]
    """
    return fill("ones_", tensor, lambda: 1.0)


# ---------------------------------------------------------------------- distributions


def uniform_(tensor: Nested, a: float = 0.0, b: float = 1.0, generator: Generator = None) -> Nested:
    """Draw every element from U(a, b).

    >>> from autograd import Value
    >>> value = uniform_(Value(0.0), 2.0, 3.0)
    >>> 2.0 <= value.data <= 3.0
    True
    """
    if not a <= b:
        raise ValueError(f"uniform_ needs a to be at most b, got a={a} and b={b}")
    draw = generator_of(generator).uniform
    return fill("uniform_", tensor, lambda: draw(a, b))


def normal_(tensor: Nested, mean: float = 0.0, std: float = 1.0, generator: Generator = None) -> Nested:
    """Draw every element from the normal distribution N(mean, std²).

    >>> from autograd import Value
    >>> normal_([Value(0.0)], mean=5.0, std=0.0)
    [Value(data=5.0, grad=0.0)]
    """
    check_std("normal_", std)
    draw = generator_of(generator).gauss
    return fill("normal_", tensor, lambda: draw(mean, std))


def trunc_normal_(
    tensor: Nested,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator = None,
) -> Nested:
    """Draw every element from N(mean, std²) under the condition that it lies from a to b.

    By inversion: ``mean + std * Φ⁻¹(u)`` with u from ``U(Φ((a - mean) / std), Φ((b - mean) / std))`` and Φ the
    distribution function of N(0, 1).

    Args:
        tensor: nested lists of Values.
        mean: the mean of the normal distribution before it is cut off.
        std: its standard deviation.
        a: the smallest number to come out, in the units of the data rather than in standard deviations.
        b: the largest number to come out.
        generator: a seed or a `random.Random`.

    Raises:
        ValueError: if a is not below b, or both are so far from the mean that nothing is ever drawn there.

    >>> from autograd import Value
    >>> value = trunc_normal_(Value(0.0), a=1.0, b=1.5)
    >>> 1.0 <= value.data <= 1.5
    True
    """
    check_std("trunc_normal_", std)
    if not a < b or std == 0:
        raise ValueError(f"trunc_normal_ needs a to be below b and std above 0, got a={a}, b={b} and std={std}")
    # An interval above the mean is mirrored: probabilities near 1 have few digits, those near 0 have all.
    mirrored = a > mean
    low, high = ((mean - b) / std, (mean - a) / std) if mirrored else ((a - mean) / std, (b - mean) / std)
    # erfc rather than NormalDist().cdf, which is 0 from 8.3 standard deviations on.
    least, most = (math.erfc(-z / math.sqrt(2)) / 2 for z in (low, high))
    if not least < most:
        raise ValueError(
            f"trunc_normal_ cannot draw from N({mean:g}, {std:g}²) between {a:g} and {b:g}: the probability of that "
            "is 0 in floating point; move a or b towards the mean"
        )
    rng, inverse = generator_of(generator), NormalDist().inv_cdf

    def draw() -> float:
        # Rounding may give 0 or 1, where the inverse is infinite.
        probability = min(max(rng.uniform(least, most), math.ulp(0.0)), 1 - 2**-53)
        z = inverse(probability)
        return min(max(mean + std * (-z if mirrored else z), a), b)

    return fill("trunc_normal_", tensor, draw)
