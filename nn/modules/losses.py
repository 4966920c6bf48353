"""Losses that compare numbers, each as a function and as a module: squared and absolute errors, and margins.

The function has the formula and the source; the module stores its options.

    >>> mse_loss([1.0, 2.0], [0.0, 4.0]), MSELoss()([1.0, 2.0], [0.0, 4.0])
    (2.5, 2.5)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY
from typing import Any

import autograd
from autograd.core.number import whole_number
from nn.modules.base_loss import Loss
from nn.modules.reduction import (
    check_reduction,
    check_same_shape,
    check_signs,
    class_indices,
    class_weights,
    constant_of,
    dot,
    reduced,
    reduced_each,
    scores_of,
    total,
)
from nn.nested import as_lists, each, flat

# ---------------------------------------------------------------------- errors


def mse_loss(input: Any, target: Any, reduction: str = "mean", *, weight: Any = None) -> Any:
    """The squared error, ``(input - target)²``, averaged over all elements.

    Args:
        input: the predictions: a number, a vector or a batch.
        target: what they should be, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the squares themselves.
        weight: a factor for each element; the mean is then the sum divided by the sum of the factors.

    Raises:
        ValueError: if the shapes differ or there are no elements.

    >>> mse_loss([1.0, 2.0], [0.0, 4.0]), mse_loss([1.0, 2.0], [0.0, 4.0], reduction="none")
    (2.5, [1.0, 4.0])
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("mse_loss", input, target)
    if weight is not None:
        return _weighted("mse_loss", lambda x, y: (x - y) * (x - y), reduction, input, target, weight)
    if reduction == "none":
        return each(lambda x, y: (x - y) * (x - y), input, target)
    errors = [x - y for x, y in zip(flat(input), flat(target), strict=True)]
    squares = dot(errors, errors)
    return squares / len(errors) if reduction == "mean" else squares


class MSELoss(Loss, function=mse_loss, compares="numbers"):
    """The mean squared error, ``(input - target)²`` averaged over all elements. No root is taken.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MSELoss(reduction="sum")([1.0, 2.0], [0.0, 4.0])
    5.0
    """

    _: KW_ONLY
    reduction: str = "mean"


def l1_loss(input: Any, target: Any, reduction: str = "mean", *, weight: Any = None) -> Any:
    """The absolute error, ``|input - target|``, averaged over all elements; its derivative at 0 is 0.

    Args:
        input: the predictions: a number, a vector or a batch.
        target: what they should be, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the errors themselves.
        weight: a factor for each element; the mean is then the sum divided by the sum of the factors.

    Raises:
        ValueError: if the shapes differ or there are no elements.

    >>> l1_loss([1.0, 2.0], [0.0, 4.0])
    1.5
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("l1_loss", input, target)
    if weight is not None:
        return _weighted("l1_loss", lambda x, y: abs(x - y), reduction, input, target, weight)
    return reduced_each(lambda x, y: abs(x - y), reduction, input, target)


class L1Loss(Loss, function=l1_loss, compares="numbers"):
    """The mean absolute error, ``|input - target|`` averaged over all elements.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> L1Loss()([1.0, 2.0], [0.0, 4.0])
    1.5
    """

    _: KW_ONLY
    reduction: str = "mean"


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """Half the squared error where it is small, a multiple of the absolute error where it is large.

    With ``d = |input - target|`` it is ``d² / 2`` up to ``d = delta`` and ``delta * (d - delta / 2)`` beyond, so that
    outliers pull with a force of at most `delta`. Huber, "Robust Estimation of a Location Parameter", 1964.

    Args:
        input: the predictions: a number, a vector or a batch.
        target: what they should be, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.
        delta: where the square ends.
        weight: a factor for each element; the mean divides by the number of elements all the same, as in PyTorch.

    Raises:
        ValueError: if the shapes differ, there are no elements, or delta is not positive.

    >>> huber_loss([0.5, 3.0], [0.0, 0.0], reduction="none")
    [0.125, 2.5]
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("huber_loss", input, target)
    if not delta > 0:
        raise ValueError(f"delta must be positive, got {delta}")
    if weight is not None:
        count = len(flat(input))
        return _weighted("huber_loss", lambda x, y: _huber(x - y, delta), reduction, input, target, weight, count)
    return reduced_each(lambda x, y: _huber(x - y, delta), reduction, input, target)


class HuberLoss(Loss, function=huber_loss, compares="numbers"):
    """Half the squared error up to `delta`, and beyond it `delta` times the absolute error.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        delta: where the square ends.

    >>> HuberLoss(delta=2.0)([0.5, 3.0], [0.0, 0.0])
    2.0625
    """

    reduction: str = "mean"
    delta: float = 1.0


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """`huber_loss` divided by its bound: ``d² / (2 beta)`` up to ``d = beta``, ``d - beta / 2`` beyond.

    Args:
        input: the predictions: a number, a vector or a batch.
        target: what they should be, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.
        beta: where the square ends; with 0 it is the `l1_loss`.

    Raises:
        ValueError: if the shapes differ, there are no elements, or beta is negative.

    >>> smooth_l1_loss([0.5, 3.0], [0.0, 0.0], reduction="none", beta=2.0)
    [0.0625, 2.0]
    """
    if not beta >= 0:
        raise ValueError(f"beta must not be negative, got {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction)
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("smooth_l1_loss", input, target)
    return reduced_each(lambda x, y: _huber(x - y, beta) / beta, reduction, input, target)


class SmoothL1Loss(Loss, function=smooth_l1_loss, compares="numbers"):
    """The absolute error with a square in place of its kink: `HuberLoss` divided by its bound.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        beta: where the square ends.

    >>> SmoothL1Loss()([0.5, 3.0], [0.0, 0.0])
    1.3125
    """

    _: KW_ONLY
    reduction: str = "mean"
    beta: float = 1.0


def _weighted(
    name: str,
    loss: Callable[[Any, Any], Any],
    reduction: str,
    input: Any,
    target: Any,
    weight: Any,
    count: float | None = None,
) -> Any:
    """The loss of every element times its weight, reduced; a mean divides by `count` or the sum of the weights."""
    weight = as_lists(weight)
    check_same_shape(name, input, weight, role="weight")

    def weighted(x: Any, y: Any, factor: Any) -> Any:
        return loss(x, y) * factor

    if reduction != "mean":
        return reduced_each(weighted, reduction, input, target, weight)
    return reduced_each(weighted, "sum", input, target, weight) / (total(flat(weight)) if count is None else count)


def _huber(difference: Any, delta: float) -> Any:
    # Both pieces in one formula: near is d within the bounds, which gives d² / 2, and ±delta beyond, which gives
    # delta * (|d| - delta / 2).
    near = autograd.clamp(difference, -delta, delta)
    return near * (difference - 0.5 * near)


# ---------------------------------------------------------------------- margins


def hinge_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """``max(0, 1 - target * input)``, averaged: 0 for scores on the right side of a margin of 1.

    The loss of support vector machines and of the demo of micrograd. PyTorch has none of this name; scikit-learn
    has it as a metric. Cortes and Vapnik, "Support-Vector Networks", 1995.

    Args:
        input: the scores: a number, a vector or a batch.
        target: -1 or 1 for each, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a target is neither -1 nor 1.

    >>> hinge_loss([2.0, 0.5, 0.5], [1, 1, -1], reduction="none")
    [0.0, 0.5, 1.5]
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("hinge_loss", input, target)
    check_signs("hinge_loss", target)
    return reduced_each(lambda x, y: autograd.relu(1 - y * x), reduction, input, target)


class HingeLoss(Loss, function=hinge_loss, compares="signs"):
    """``max(0, 1 - target * input)`` for targets of -1 and 1; PyTorch has none of this name.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> HingeLoss()([2.0, 0.5], [1, -1])
    0.75
    """

    _: KW_ONLY
    reduction: str = "mean"


def soft_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """``log(1 + exp(-target * input))``, averaged: the logistic loss for targets of -1 and 1.

    Args:
        input: the scores: a number, a vector or a batch.
        target: -1 or 1 for each, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Unlike PyTorch's it does not overflow for scores beyond 709 on the wrong side.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a target is neither -1 nor 1.

    >>> soft_margin_loss([1000.0, 1000.0], [1, -1], reduction="none")
    [0.0, 1000.0]
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("soft_margin_loss", input, target)
    check_signs("soft_margin_loss", target)
    return reduced_each(lambda x, y: autograd.softplus(-y * x), reduction, input, target)


class SoftMarginLoss(Loss, function=soft_margin_loss, compares="signs"):
    """``log(1 + exp(-target * input))`` for targets of -1 and 1.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> round(SoftMarginLoss()([0.0, 0.0], [1, -1]), 6)               # log 2
    0.693147
    """

    _: KW_ONLY
    reduction: str = "mean"


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, *, reduction: str = "mean") -> Any:
    """For distances: ``input`` itself where the target is 1, ``max(0, margin - input)`` where it is -1, averaged.

    Args:
        input: how far two things are apart: a number, a vector or a batch.
        target: 1 if they belong together, -1 if not, in the same shape.
        margin: the distance from which on the loss of things that do not belong together is 0.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a target is neither -1 nor 1.

    >>> hinge_embedding_loss([0.25, 0.25], [1, -1], reduction="none")
    [0.25, 0.75]
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("hinge_embedding_loss", input, target)
    check_signs("hinge_embedding_loss", target)

    def loss(x: Any, y: Any) -> Any:
        return x if float(y) == 1 else autograd.clamp(margin - x, 0.0)

    return reduced_each(loss, reduction, input, target)


class HingeEmbeddingLoss(Loss, function=hinge_embedding_loss, compares="distances"):
    """For distances: the input where the target is 1, ``max(0, margin - input)`` where it is -1.

    Args:
        margin: the distance from which on the loss of things that do not belong together is 0.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> HingeEmbeddingLoss()([0.25, 0.25], [1, -1])
    0.5
    """

    margin: float = 1.0
    _: KW_ONLY
    reduction: str = "mean"


def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, *, reduction: str = "mean") -> Any:
    """``max(0, margin - target * (input1 - input2))``, averaged: which of two scores should be the larger one.

    Args:
        input1: scores: a number, a vector or a batch.
        input2: scores to compare them with, in the same shape.
        target: 1 if the first should be larger, -1 if the second, in the same shape.
        margin: by how much.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a target is neither -1 nor 1.

    >>> margin_ranking_loss([3.0, 1.0], [1.0, 3.0], [1, 1], reduction="none")
    [0.0, 2.0]
    """
    check_reduction(reduction)
    input1, input2, target = as_lists(input1), as_lists(input2), as_lists(target)
    check_same_shape("margin_ranking_loss", input1, input2, "second input")
    check_same_shape("margin_ranking_loss", input1, target)
    check_signs("margin_ranking_loss", target)
    return reduced_each(
        lambda x1, x2, y: autograd.clamp(margin - y * (x1 - x2), 0.0), reduction, input1, input2, target
    )


class MarginRankingLoss(Loss, function=margin_ranking_loss):
    """``max(0, margin - target * (input1 - input2))``: which of two scores should be the larger one.

    Args:
        margin: by how much.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MarginRankingLoss()([3.0, 1.0], [1.0, 3.0], [1, 1])
    1.0
    """

    margin: float = 0.0
    _: KW_ONLY
    reduction: str = "mean"


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Sequence[float] | None = None,
    *,
    reduction: str = "mean",
) -> Any:
    """The hinge loss for C classes: the sum over the wrong ones of ``max(0, margin - x[target] + x[i])^p``, over C.

    Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001.

    Args:
        input: the scores x of C classes: a vector of C, or a batch of N such vectors.
        target: for each vector the index of its class, from 0 to C - 1.
        p: 1 or 2.
        margin: by how much the score of the right class should be ahead.
        weight: a factor for each class.
        reduction: ``"mean"`` over the rows, ``"sum"``, or ``"none"`` for one loss for each row.

    Raises:
        ValueError: if there is not one target for each vector, one is out of range, or p is neither 1 nor 2.

    >>> multi_margin_loss([2.0, 1.5, 0.0], 0)           # max(0, 1 - 2 + 1.5) / 3
    0.16666666666666666
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    p = whole_number("p", p, 1, 2)
    rows, shape = scores_of("multi_margin_loss", input)
    factors = class_weights(weight, shape[-1])

    def loss(scores: Sequence[Any], index: int) -> Any:
        start = margin - scores[index]
        excess = [autograd.relu(start + score) for place, score in enumerate(scores) if place != index]
        excess = excess or [constant_of(scores, 0.0)]  # of a single class
        penalty = total(excess) if p == 1 else dot(excess, excess)
        return penalty * ((1.0 if factors is None else factors[index]) / len(scores))

    indices = class_indices("multi_margin_loss", target, shape)
    losses = [loss(scores, index) for scores, index in zip(rows, indices, strict=True)]
    return losses[0] if len(shape) == 1 else reduced(losses, reduction)


class MultiMarginLoss(Loss, function=multi_margin_loss, compares="classes"):
    """The hinge loss for several classes.

    Args:
        p: 1 or 2, the power of each term.
        margin: by how much the score of the right class should be ahead.
        weight: a factor for each class.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MultiMarginLoss()([[2.0, 1.5], [0.0, 3.0]], [0, 1])           # (max(0, 1 - 2 + 1.5) / 2 + 0) / 2
    0.125
    """

    p: int = 1
    margin: float = 1.0
    weight: Sequence[float] | None = None
    _: KW_ONLY
    reduction: str = "mean"
