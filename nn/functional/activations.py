"""Activation functions: each is applied to every element, but for the softmax family, which looks at whole vectors.

Their derivatives at kinks are PyTorch's. Options such as `negative_slope` are constants unless a Value is passed.
"""

from __future__ import annotations

import math
from typing import Any

import autograd
from nn.nested import as_sequence, each, is_batch, is_sequence

# ---------------------------------------------------------------------- piecewise linear


def relu(input: Any) -> Any:
    """``max(x, 0)``, element by element; its derivative at 0 is 0.

    >>> relu([[-1.0, 2.0]])
    [[0.0, 2.0]]
    """
    return each(autograd.relu, input)


def relu6(input: Any) -> Any:
    """``min(max(x, 0), 6)``, element by element; its derivative at 0 and at 6 is 0.

    >>> relu6([-1.0, 2.0, 7.0])
    [0.0, 2.0, 6.0]
    """
    return hardtanh(input, 0.0, 6.0)


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """``x`` where x > 0, else ``negative_slope * x``, element by element.

    Args:
        input: a number, a vector or a batch.
        negative_slope: the slope for negative numbers and at 0.

    >>> leaky_relu([-2.0, 3.0], negative_slope=0.5)
    [-1.0, 3.0]
    """
    return each(lambda x: autograd.leaky_relu(x, negative_slope), input)


def prelu(input: Any, weight: Any) -> Any:
    """`leaky_relu` with slopes that are learned: ``x`` where x > 0, else ``weight * x``.

    He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015.

    Args:
        input: a number, a vector or a batch.
        weight: the slope for negative numbers: one number or Value, a sequence of one, or one for each element of a
            vector.

    Raises:
        ValueError: if there are several slopes and a vector is not of that length.

    >>> from autograd import Value
    >>> slope = Value(0.25)
    >>> prelu(-2.0, slope).backward()
    >>> slope.grad
    -2.0
    """
    slopes = as_sequence(weight)
    if len(slopes) == 1:
        return each(lambda x: autograd.leaky_relu(x, slopes[0]), input)
    return _with_slopes(as_sequence(input) if is_sequence(input) else input, slopes)


def _with_slopes(input: Any, slopes: Any) -> Any:
    if is_sequence(input) and is_batch(input):
        return [_with_slopes(as_sequence(row), slopes) for row in input]
    if not is_sequence(input) or len(input) != len(slopes):
        found = f"one of length {len(input)}" if is_sequence(input) else "a single number"
        raise ValueError(f"prelu with {len(slopes)} slopes takes vectors of that length, got {found}")
    return [autograd.leaky_relu(x, slope) for x, slope in zip(input, slopes, strict=True)]


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """``min(max(x, min_val), max_val)``, element by element; its derivative at both bounds is 0.

    Args:
        input: a number, a vector or a batch.
        min_val: the lower bound.
        max_val: the upper bound.

    Raises:
        ValueError: if the lower bound is not below the upper one.

    >>> hardtanh([-3.0, 0.5, 3.0])
    [-1.0, 0.5, 1.0]
    """
    if not min_val < max_val:
        raise ValueError(f"hardtanh needs min_val below max_val, got {min_val} and {max_val}")
    return each(lambda x: autograd.hardtanh(x, min_val, max_val), input)


def hardsigmoid(input: Any) -> Any:
    """``(x + 3) / 6``, kept between 0 and 1, element by element: a `sigmoid` of three straight pieces.

    >>> hardsigmoid([-3.0, 0.0, 3.0])
    [0.0, 0.5, 1.0]
    """
    return each(autograd.hardsigmoid, input)


def threshold(input: Any, threshold: float, value: float) -> Any:
    """``x`` where x > threshold, else the constant `value`, element by element.

    Args:
        input: a number, a vector or a batch.
        threshold: numbers up to it, itself included, are replaced.
        value: what they are replaced by.

    >>> threshold([0.5, 1.0, 2.0], 1.0, 0.0)
    [0.0, 0.0, 2.0]
    """
    # relu of the difference is 0 exactly up to the threshold; no gradient passes through a condition.
    return each(lambda x: autograd.where(autograd.relu(x - threshold), x, float(value)), input)


def heaviside(input: Any, values: float = 1.0) -> Any:
    """The step function: 0 where x < 0, `values` at 0, and 1 where x > 0, element by element.

    The activation of the perceptron (Rosenblatt, 1958). Its derivative is 0 wherever it has one, and 0 here at the
    jump too, so no gradient passes and gradient descent learns nothing through it.

    Args:
        input: a number, a vector or a batch.
        values: the number at 0. PyTorch has no default for it; here it is 1, which makes a perceptron fire at
            its threshold.

    >>> heaviside([-2.0, 0.0, 2.0]), heaviside([-2.0, 0.0, 2.0], values=0.5)
    ([0.0, 1.0, 1.0], [0.0, 0.5, 1.0])
    """
    return each(lambda x: autograd.where(x, autograd.relu(autograd.sign(x)), float(values)), input)


# ---------------------------------------------------------------------- smooth


def sigmoid(input: Any) -> Any:
    """``1 / (1 + exp(-x))``, element by element; never overflows.

    >>> sigmoid([-1000.0, 0.0])
    [0.0, 0.5]
    """
    return each(autograd.sigmoid, input)


def logsigmoid(input: Any) -> Any:
    """``log(1 / (1 + exp(-x)))``, element by element, without the underflow of `sigmoid`.

    >>> logsigmoid([-1000.0, 1000.0])
    [-1000.0, 0.0]
    """
    return each(autograd.logsigmoid, input)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent, element by element.

    >>> tanh(0.0)
    0.0
    """
    return each(autograd.tanh, input)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """``log(1 + exp(beta * x)) / beta``, element by element: a smooth `relu`.

    Args:
        input: a number, a vector or a batch.
        beta: how sharp the bend at 0 is; the larger, the nearer to relu.
        threshold: where ``beta * x`` is above it the result is x itself, as in PyTorch, which is too small by up to
            ``exp(-threshold) / beta``. With ``math.inf`` the formula holds everywhere; it does not overflow.

    Raises:
        ValueError: if beta is not positive.

    >>> round(softplus(0.0), 6), softplus(1000.0)                     # log 2
    (0.693147, 1000.0)
    """
    if not beta > 0:
        raise ValueError(f"softplus needs a positive beta, got {beta}")

    def of_number(x: Any) -> Any:
        if float(x) * beta > threshold:
            return x
        return autograd.softplus(x) if beta == 1 else autograd.softplus(beta * x) / beta

    return each(of_number, input)


def elu(input: Any, alpha: float = 1.0) -> Any:
    """``x`` where x > 0, else ``alpha * (exp(x) - 1)``, element by element.

    Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016.

    Args:
        input: a number, a vector or a batch.
        alpha: minus the limit for very negative numbers.

    >>> elu([-1000.0, 2.0], alpha=3.0)
    [-3.0, 2.0]
    """
    return each(lambda x: autograd.elu(x, alpha), input)


def silu(input: Any) -> Any:
    """``x * sigmoid(x)``, element by element; also known as swish.

    >>> silu([0.0, 1000.0])
    [0.0, 1000.0]
    """
    return each(autograd.silu, input)


def gelu(input: Any, approximate: str = "none") -> Any:
    """``x * Φ(x)`` with the distribution function Φ of the standard normal distribution, element by element.

    Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.

    Args:
        input: a number, a vector or a batch.
        approximate: ``"tanh"`` for ``0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))``, within 0.0005 of it.

    Raises:
        ValueError: if `approximate` is neither ``"none"`` nor ``"tanh"``.

    >>> round(gelu(1.0), 6), round(gelu(1.0, approximate="tanh"), 6)
    (0.841345, 0.841192)
    """
    check_approximate(approximate)
    return each(autograd.gelu if approximate == "none" else _tanh_gelu, input)


def check_approximate(approximate: str) -> None:
    """Raise a ValueError unless it names a form of `gelu`."""
    if approximate not in ("none", "tanh"):
        raise ValueError(f"approximate must be 'none' or 'tanh', got {approximate!r}")


def _tanh_gelu(x: Any) -> Any:
    # 0.5 (1 + tanh(u)) = sigmoid(2 u), which does not lose its digits where the tangent is near -1.
    scale = 2 * math.sqrt(2 / math.pi)
    return x * autograd.sigmoid(x * (scale + scale * 0.044715 * (x * x)))


# ---------------------------------------------------------------------- whole vectors


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
