"""Initializers: the data of parameters drawn from a distribution, in place.

Each takes nested lists of Values, such as the `weight` or the `bias` of a `Linear`, sets the data of each Value, and
returns the lists. A matrix has one row for each output and one column for each input.

`generator` makes the draws repeatable: a seed, or a `random.Random`. Without one the `random` module itself is used,
which ``random.seed`` controls.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    >>> def initialize(module):
    ...     if isinstance(module, nn.Linear):
    ...         nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
    ...         nn.init.zeros_(module.bias)
    >>> _ = model.apply(initialize)
    >>> all(abs(weight.data) <= 3**0.5 for row in model[0].weight for weight in row)        # √2 * √3 / √2
    True
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from statistics import NormalDist
from typing import Any, TypeVar

from autograd import Value
from nn.datasets import generator_of
from nn.vectors import as_sequence, flat, shape_of

Nested = TypeVar("Nested")
Generator = random.Random | int | None

# A linear map has a gain of 1; so has the sigmoid, by PyTorch's convention.
CONVOLUTIONS = [f"conv{kind}{dimensions}d" for kind in ("", "_transpose") for dimensions in (1, 2, 3)]
GAINS = dict.fromkeys(["linear", *CONVOLUTIONS, "sigmoid"], 1.0) | {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights should be larger so that an activation does not shrink what passes through.

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


# ---------------------------------------------------------------------- constants


def constant_(tensor: Nested, val: float) -> Nested:
    """Set every element to one number.

    >>> constant_([Value(1.0), Value(2.0)], 0.5)
    [Value(data=0.5, grad=0.0), Value(data=0.5, grad=0.0)]
    """
    return _fill("constant_", tensor, lambda: float(val))


def zeros_(tensor: Nested) -> Nested:
    """Set every element to 0.

    >>> zeros_([Value(1.0)])
    [Value(data=0.0, grad=0.0)]
    """
    return constant_(tensor, 0.0)


def ones_(tensor: Nested) -> Nested:
    """Set every element to 1.

    >>> ones_([Value(2.0)])
    [Value(data=1.0, grad=0.0)]
    """
    return constant_(tensor, 1.0)


def eye_(tensor: Nested) -> Nested:
    """Make a matrix the identity: 1 on the diagonal and 0 elsewhere, so that a layer passes its inputs on.

    >>> from nn.vectors import as_numbers
    >>> as_numbers(eye_([[Value(0.5) for _ in range(3)] for _ in range(2)]))
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    for i, row in enumerate(_rows("eye_", tensor)):
        for j, value in enumerate(row):
            value.data = float(i == j)
    return tensor


# ---------------------------------------------------------------------- distributions


def uniform_(tensor: Nested, a: float = 0.0, b: float = 1.0, generator: Generator = None) -> Nested:
    """Draw every element from U(a, b).

    >>> value = uniform_(Value(0.0), 2.0, 3.0)
    >>> 2.0 <= value.data <= 3.0
    True
    """
    if not a <= b:
        raise ValueError(f"uniform_ needs a to be at most b, got a={a} and b={b}")
    draw = generator_of(generator).uniform
    return _fill("uniform_", tensor, lambda: draw(a, b))


def normal_(tensor: Nested, mean: float = 0.0, std: float = 1.0, generator: Generator = None) -> Nested:
    """Draw every element from the normal distribution N(mean, std²).

    >>> normal_([Value(0.0)], mean=5.0, std=0.0)
    [Value(data=5.0, grad=0.0)]
    """
    _check_std("normal_", std)
    draw = generator_of(generator).gauss
    return _fill("normal_", tensor, lambda: draw(mean, std))


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

    >>> value = trunc_normal_(Value(0.0), a=1.0, b=1.5)
    >>> 1.0 <= value.data <= 1.5
    True
    """
    _check_std("trunc_normal_", std)
    if not a < b or std == 0:
        raise ValueError(f"trunc_normal_ needs a to be below b and std above 0, got a={a}, b={b} and std={std}")
    # Above the mean probabilities crowd at 1, where floats are coarse; below it they have all of their digits.
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
        # The inverse is infinite at 0 and 1, which rounding may arrive at.
        probability = min(max(rng.uniform(least, most), math.ulp(0.0)), 1 - 2**-53)
        z = inverse(probability)
        return min(max(mean + std * (-z if mirrored else z), a), b)

    return _fill("trunc_normal_", tensor, draw)


# ---------------------------------------------------------------------- scaled to the size of the layer


def xavier_uniform_(tensor: Nested, gain: float = 1.0, generator: Generator = None) -> Nested:
    """Draw weights from U(-bound, bound), with ``bound = gain * √(6 / (fan_in + fan_out))``.

    The variance of what passes through a linear layer then stays about the same, forward and backward.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        gain: a factor; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS
    2010, equation 16.

    >>> weight = xavier_uniform_([[Value(0.0) for _ in range(5)]])
    >>> all(abs(value.data) <= 1.0 for value in weight[0])           # √(6 / (5 + 1))
    True
    """
    fan_in, fan_out = _fans("xavier_uniform_", tensor)
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Nested, gain: float = 1.0, generator: Generator = None) -> Nested:
    """Draw weights from N(0, std²), with ``std = gain * √(2 / (fan_in + fan_out))``.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        gain: a factor; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Source: as for `xavier_uniform_`, of which this is the normal form.

    >>> weight = xavier_normal_([[Value(0.0)]], gain=0.0)
    >>> weight[0][0].data == 0.0
    True
    """
    fan_in, fan_out = _fans("xavier_normal_", tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2 / (fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: Nested,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator = None,
) -> Nested:
    """Draw weights from U(-bound, bound), with ``bound = gain * √(3 / fan)``.

    The variance of what passes through a layer and its activation then stays about the same.

    Args:
        tensor: a matrix of Values, of shape ``(fan_out, fan_in)``; further dimensions count to both.
        a: the slope of leaky_relu below 0; with 0 it is relu.
        mode: ``"fan_in"`` to keep the variance forward, ``"fan_out"`` to keep that of gradients backward.
        nonlinearity: the activation that follows; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Raises:
        ValueError: for another mode or an unknown activation.

    Source: He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.

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

    >>> weight = kaiming_normal_([[Value(0.0), Value(0.0)]], generator=0)
    >>> weight[0][0].data != weight[0][1].data
    True
    """
    return normal_(tensor, 0.0, _kaiming_std("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def _kaiming_std(function: str, tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{function} needs mode to be 'fan_in' or 'fan_out', got {mode!r}")
    fan_in, fan_out = _fans(function, tensor)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)


# ---------------------------------------------------------------------- matrices with structure


def orthogonal_(tensor: Nested, gain: float = 1, generator: Generator = None) -> Nested:
    """Draw an orthogonal matrix times `gain`, all of them alike likely: a rotation, or one with a reflection.

    Rows are orthogonal and of length `gain` if there are no more rows than columns, otherwise columns are. Normal
    draws, made orthogonal one after the other by the method of Gram and Schmidt.

    Args:
        tensor: a matrix of Values; of further dimensions all but the first count as columns.
        gain: a factor; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", ICLR 2014.

    >>> (a, b), (c, d) = orthogonal_([[Value(0.0), Value(0.0)], [Value(0.0), Value(0.0)]])
    >>> round(a.data * c.data + b.data * d.data, 12) == 0, round(a.data**2 + b.data**2, 12)
    (True, 1.0)
    """
    _fans("orthogonal_", tensor)
    rows: list[list[Value]] = [flat(row) for row in as_sequence(tensor)]
    vectors = rows if len(rows) <= len(rows[0]) else [list(column) for column in zip(*rows, strict=True)]
    draw = generator_of(generator).gauss
    basis: list[list[float]] = []
    for vector in vectors:
        direction = [draw(0.0, 1.0) for _ in vector]
        # Once more for what rounding leaves over the first time.
        for other in basis * 2:
            overlap = math.fsum(x * y for x, y in zip(direction, other, strict=True))
            direction = [x - overlap * y for x, y in zip(direction, other, strict=True)]
        length = math.hypot(*direction)
        basis.append([x / length for x in direction])
        for value, x in zip(vector, basis[-1], strict=True):
            value.data = gain * x
    return tensor


def sparse_(tensor: Nested, sparsity: float, std: float = 0.01, generator: Generator = None) -> Nested:
    """Draw a matrix from N(0, std²), then set a part of each column to 0: so each input reaches few outputs.

    Args:
        tensor: a matrix of Values.
        sparsity: the part of each column that becomes 0, from 0 to 1, rounded up to a whole number of elements.
        std: the standard deviation of the others.
        generator: a seed or a `random.Random`.

    Source: Martens, "Deep learning via Hessian-free optimization", ICML 2010, section 5.

    >>> weight = sparse_([[Value(1.0)] for _ in range(10)], sparsity=0.75)
    >>> sum(row[0].data == 0 for row in weight)
    8
    """
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparse_ needs sparsity to be from 0 to 1, got {sparsity}")
    rows = _rows("sparse_", tensor)
    _check_std("sparse_", std)
    rng = generator_of(generator)
    _fill("sparse_", tensor, lambda: rng.gauss(0.0, std))
    for column in zip(*rows, strict=True):
        for value in rng.sample(column, math.ceil(sparsity * len(column))):
            value.data = 0.0
    return tensor


# ---------------------------------------------------------------------- helpers


def _values(function: str, tensor: Any) -> list[Value]:
    values = flat(tensor)
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"{function} sets the data of Values in place, such as layer.weight, got {value!r}")
    return values


def _fill(function: str, tensor: Nested, draw: Callable[[], float]) -> Nested:
    for value in _values(function, tensor):
        value.data = draw()
    return tensor


def _fans(function: str, tensor: Any) -> tuple[int, int]:
    """The number of inputs that reach an output, and the number of outputs that an input reaches."""
    shape = shape_of(tensor)
    if len(shape) < 2 or not all(isinstance(length, int) and length for length in shape):
        raise ValueError(f"{function} needs a matrix of Values, such as layer.weight, got a shape of {shape}")
    _values(function, tensor)
    rows, columns, *further = shape
    return columns * math.prod(further), rows * math.prod(further)


def _rows(function: str, tensor: Any) -> list[list[Value]]:
    _fans(function, tensor)
    if len(shape_of(tensor)) != 2:
        raise ValueError(
            f"{function} needs a matrix of Values, such as layer.weight, got a shape of {shape_of(tensor)}"
        )
    return [list(row) for row in as_sequence(tensor)]


def _check_std(function: str, std: float) -> None:
    if not std >= 0:
        raise ValueError(f"{function} needs std to be 0 or greater, got {std}")
