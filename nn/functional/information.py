"""Information theory of finite distributions: entropy, cross-entropy and Kullback-Leibler divergence.

With natural logarithms the unit is the nat, with logarithms to base 2 the bit.

    >>> entropy([0.5, 0.25, 0.25], base=2)
    1.5

The formulas are those of Cover and Thomas, "Elements of Information Theory", chapter 2. A term whose probability is
exactly 0 is left out, since ``p log p`` goes to 0 with p; that probability then gets no gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd.core.number import whole_number
from nn.modules.reduction import check_same_shape, total
from nn.nested import as_lists, each, flat, is_batch, is_sequence

TOLERANCE = 1e-4
"""How far the sum of a distribution may be from 1: room for single precision and for finite differences."""


def entropy(p: Any, base: float | None = None) -> Any:
    """``H(p) = -(p[0] * log(p[0]) + p[1] * log(p[1]) + ...)``: how uncertain the outcome is.

    Args:
        p: a distribution, which is a vector of probabilities, or a batch of them.
        base: of the logarithm; e by default.

    Returns:
        One number, or for a batch one for each row.

    Raises:
        ValueError: if a vector is not a distribution, or the base is not a positive number other than 1.

    >>> round(entropy([0.5, 0.5]), 6), entropy([0.5, 0.5], base=2), entropy([1.0, 0.0])
    (0.693147, 1.0, 0.0)
    """
    return _each_row(lambda row: 0.0 - total([p * autograd.log(p) for p in row if float(p)]), "entropy", base, p)


def distribution_cross_entropy(p: Any, q: Any, base: float | None = None) -> Any:
    """``H(p, q) = -(p[0] * log(q[0]) + p[1] * log(q[1]) + ...) = H(p) + KL(p || q)``.

    What `cross_entropy` computes, of two plain distributions instead of a target and scores; PyTorch has no name
    for it.

    Args:
        p: the true distribution, or a batch of them.
        q: the distribution of the model, in the same shape.
        base: of the logarithm; e by default.

    Returns:
        One number, or for a batch one for each row; infinity where q is 0 and p is not.

    Raises:
        ValueError: if the shapes differ, a vector is not a distribution, or the base is wrong.

    >>> distribution_cross_entropy([0.5, 0.5], [0.25, 0.75], base=2) > entropy([0.5, 0.5], base=2)
    True
    """

    def of_rows(p: Sequence[Any], q: Sequence[Any]) -> Any:
        return 0.0 - total([x * autograd.log(y) for x, y in zip(p, q, strict=True) if float(x)])

    return _each_row(of_rows, "distribution_cross_entropy", base, p, q)


def kl_divergence(p: Any, q: Any, base: float | None = None) -> Any:
    """``KL(p || q) = p[0] * log(p[0] / q[0]) + p[1] * log(p[1] / q[1]) + ...``, 0 only if they are the same.

    Kullback and Leibler, "On Information and Sufficiency", 1951. PyTorch's `kl_div`, the loss, takes ``log(q)`` first.

    Args:
        p: the true distribution, or a batch of them.
        q: the distribution of the model, in the same shape.
        base: of the logarithm; e by default.

    Returns:
        One number, or for a batch one for each row; infinity where q is 0 and p is not.

    Raises:
        ValueError: if the shapes differ, a vector is not a distribution, or the base is wrong.

    >>> kl_divergence([1.0, 0.0], [0.5, 0.5], base=2), kl_divergence([0.5, 0.5], [1.0, 0.0])
    (1.0, inf)
    """

    def of_rows(p: Sequence[Any], q: Sequence[Any]) -> Any:
        return total([x * (autograd.log(x) - autograd.log(y)) for x, y in zip(p, q, strict=True) if float(x)])

    return _each_row(of_rows, "kl_divergence", base, p, q)


def _each_row(of_rows: Callable[..., Any], name: str, base: float | None, *distributions: Any) -> Any:
    if base is not None and not (base > 0 and base != 1):
        raise ValueError(f"the base of a logarithm must be a positive number other than 1, got {base}")
    parts = [as_lists(distribution) for distribution in distributions]
    if not is_sequence(parts[0]) or not parts[0]:
        raise ValueError(f"{name} takes vectors of probabilities, got {parts[0]!r}")
    for other in parts[1:]:
        check_same_shape(name, parts[0], other, "second distribution")
    if is_batch(parts[0]):
        return [_each_row(of_rows, name, base, *rows) for rows in zip(*parts, strict=True)]
    for part in parts:
        _check_distribution(name, part)
    nats = of_rows(*parts)
    return nats if base is None else nats / math.log(base)


def _check_distribution(name: str, vector: Sequence[Any]) -> None:
    numbers = [float(p) for p in vector]
    if not (min(numbers) >= 0 and abs(math.fsum(numbers) - 1) <= TOLERANCE):
        raise ValueError(
            f"{name} takes probabilities, not negative and of sum 1, got {numbers}; softmax makes them of scores"
        )


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Each class index as a vector that is 1 in its place and 0 elsewhere.

    Args:
        tensor: a class index, or nested sequences of them.
        num_classes: the length of the vectors; by default the largest index plus 1.

    Returns:
        Nested lists of whole numbers with one dimension more.

    Raises:
        ValueError: if an index is not a whole number, is negative, or does not fit the number of classes.

    >>> one_hot([0, 2])
    [[1, 0, 0], [0, 0, 1]]
    >>> one_hot(1, num_classes=2)
    [0, 1]
    """
    tensor = as_lists(tensor)
    indices = flat(tensor)
    for index in indices:  # data, no option: the number of a class may come as a float
        if isinstance(index, str) or index is None:
            raise TypeError(f"one_hot takes class indices, whole numbers from 0 on, got {index!r}")
        if not float(index).is_integer() or float(index) < 0:
            raise ValueError(f"one_hot takes class indices, whole numbers from 0 on, got {index}")
    num_classes = whole_number("num_classes", num_classes, -1)
    if num_classes == -1:
        if not indices:
            raise ValueError("one_hot of no index at all needs num_classes")
        num_classes = 1 + max(map(int, indices))
    for index in indices:
        if index >= num_classes:
            raise ValueError(f"one_hot with num_classes={num_classes} takes indices below it, got {index}")
    return each(lambda index: [int(place == index) for place in range(num_classes)], tensor)
