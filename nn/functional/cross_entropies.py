"""Losses that compare probabilities: binary cross-entropy, cross-entropy, the negative log-likelihood and others."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Value
from autograd.arrays.reductions import from_largest
from nn.functional.reduction import (
    check_reduction,
    check_same_shape,
    class_indices,
    class_weights,
    dot,
    in_shape_of,
    logsumexp,
    reduced,
    reduced_each,
    scores_of,
    total,
)
from nn.nested import as_lists, as_sequence, flat, shape_of

LEAST = math.exp(-100.0)
"""The probability whose logarithm is the least that `binary_cross_entropy` takes."""

# ---------------------------------------------------------------------- yes or no


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """The cross-entropy of a yes-or-no target and a probability, averaged over all elements.

    ``-(target * log(p) + (1 - target) * log(1 - p))``, where as in PyTorch no logarithm counts as less than -100.
    Where it would, the gradient is 0, the derivative of a constant. For the output of a sigmoid,
    `binary_cross_entropy_with_logits` is more accurate.

    Args:
        input: the probabilities p of yes, from 0 to 1: a number, a vector or a batch.
        target: the true probability of yes, from 0 to 1, in the same shape.
        weight: a factor: one number, one for each column, or one for each element.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a probability or target is not from 0 to 1.

    >>> binary_cross_entropy([1.0, 0.0], [1.0, 1.0], reduction="none")
    [0.0, 100.0]
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("binary_cross_entropy", input, target)
    for p in flat(input):
        if not 0 <= float(p) <= 1:
            raise ValueError(
                f"binary_cross_entropy takes probabilities from 0 to 1, got {p}; for scores of any size use "
                "binary_cross_entropy_with_logits"
            )

    def loss(p: Any, y: Any, factor: Any = None) -> Any:
        return _weighted(factor, 0.0 - _expected(y, lambda: _bounded_log(p), lambda: _bounded_log_of_rest(p)))

    if weight is None:
        return reduced_each(loss, reduction, input, target)
    return reduced_each(loss, reduction, input, target, in_shape_of("binary_cross_entropy", "weight", weight, input))


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """The cross-entropy of a yes-or-no target and ``sigmoid(input)``, averaged over all elements.

    ``-(target * log(p) + (1 - target) * log(1 - p))`` with ``p = sigmoid(x)``, computed as
    ``target * softplus(-x) + (1 - target) * softplus(x)``, which neither overflows nor takes the logarithm of 0.

    Args:
        input: the logits x: a number, a vector or a batch.
        target: the probability of yes, from 0 to 1, in the same shape.
        weight: a factor: one number, one for each column, or one for each element.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.
        pos_weight: a factor for the part of the loss that belongs to yes, as `weight`; above 1 to miss fewer.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a target is not from 0 to 1.

    >>> round(binary_cross_entropy_with_logits(0.0, 1.0), 6)      # log 2
    0.693147
    >>> binary_cross_entropy_with_logits([1000.0, -1000.0], [1.0, 1.0], reduction="none")
    [0.0, 1000.0]
    """
    name = "binary_cross_entropy_with_logits"
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape(name, input, target)

    def loss(x: Any, y: Any, factor: Any = None, of_yes: Any = None) -> Any:
        out = _expected(y, lambda: _weighted(of_yes, autograd.softplus(-x)), lambda: autograd.softplus(x))
        return _weighted(factor, out)

    if weight is None and pos_weight is None:
        return reduced_each(loss, reduction, input, target)
    factors = in_shape_of(name, "weight", 1.0 if weight is None else weight, input)
    of_yes = in_shape_of(name, "pos_weight", 1.0 if pos_weight is None else pos_weight, input)
    return reduced_each(loss, reduction, input, target, factors, of_yes)


def _expected(y: Any, if_yes: Callable[[], Any], if_no: Callable[[], Any]) -> Any:
    """``y * if_yes + (1 - y) * if_no``; at 0 and 1, the usual targets, without the half that does not count."""
    if not isinstance(y, Value):
        if y == 1:
            return if_yes()
        if y == 0:
            return if_no()
    if not 0 <= float(y) <= 1:
        raise ValueError(
            f"binary cross-entropy takes targets from 0 to 1, got {y}; for classes -1 and 1 pass (y + 1) / 2"
        )
    return y * if_yes() + (1 - y) * if_no()


def _bounded_log(p: Any) -> Any:
    # The bound comes before the logarithm, whose slope at 0 is infinite: times a gradient of 0 that would be nan.
    return autograd.log(autograd.maximum(p, LEAST))


def _bounded_log_of_rest(p: Any) -> Any:
    # log1p keeps the digits of a small p. The one number for which 1 - p is too small is 1.
    return autograd.log1p(-p) if float(p) < 1 else _bounded_log(1 - p)


def _weighted(factor: Any, loss: Any) -> Any:
    return loss if factor is None else factor * loss


# ---------------------------------------------------------------------- one of several classes


def cross_entropy(
    input: Any,
    target: Any,
    weight: Sequence[float] | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """The cross-entropy of a target and ``softmax(input)``: ``-log softmax(input)[target]`` for a class.

    Args:
        input: the scores (logits) of C classes: a vector of C, or a batch of N such vectors.
        target: for each vector the index of its class, from 0 to C - 1; or the probabilities of all classes, in
            the shape of the input.
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each row. The mean is weighted: the sum
            divided by the weights of the rows' classes; with probabilities, by the number of rows.
        label_smoothing: the part of the target, from 0 to 1, that is spread evenly over all classes.

    Raises:
        ValueError: if the target fits neither form, or a class index is out of range.

    >>> round(cross_entropy([[0.0, 0.0], [0.0, 0.0]], [0, 1]), 6)         # log 2
    0.693147
    >>> cross_entropy([1000.0, 0.0], 1), cross_entropy([1000.0, 0.0], [0.5, 0.5])
    (1000.0, 500.0)
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be from 0 to 1, got {label_smoothing}")
    rows, shape = scores_of("cross_entropy", input)
    factors = class_weights(weight, shape[-1])
    if shape_of(target) == shape:
        distributions = as_sequence(target) if len(shape) == 2 else [target]
        losses = [
            _against_probabilities(scores, as_sequence(wanted), factors, label_smoothing)
            for scores, wanted in zip(rows, distributions, strict=True)
        ]
        return losses[0] if len(shape) == 1 else reduced(losses, reduction)
    if shape_of(target) != shape[:-1]:
        raise ValueError(
            f"for scores of shape {shape} the target must be class indices of shape {shape[:-1]} or probabilities "
            f"of shape {shape}, got shape {shape_of(target)}"
        )

    def loss(scores: Sequence[Any], index: int) -> Any:
        if label_smoothing:
            one_hot = [float(place == index) for place in range(len(scores))]
            return _against_probabilities(scores, one_hot, factors, label_smoothing)
        scores = _without_largest(scores)
        return _weighted(None if factors is None else factors[index], logsumexp(scores) - scores[index])

    return _over_classes(loss, rows, class_indices("cross_entropy", target, shape, ignore_index), factors,
                         ignore_index, reduction, len(shape) == 2)  # fmt: skip


def _against_probabilities(
    scores: Sequence[Any], wanted: Sequence[Any], factors: Sequence[float] | None, label_smoothing: float
) -> Any:
    """``sum of wanted * (logsumexp - score)``, multiplied out: three nodes however many classes there are."""
    if label_smoothing:
        even = label_smoothing / len(scores)
        wanted = [(1 - label_smoothing) * probability + even for probability in wanted]
    if factors is not None:
        wanted = [factor * probability for factor, probability in zip(factors, wanted, strict=True)]
    scores = _without_largest(scores)
    return total(wanted) * logsumexp(scores) - dot(wanted, scores)


def _without_largest(scores: Sequence[Any]) -> Sequence[Any]:
    """The scores less the largest, which cancels; beside a large one their logsumexp would lose its digits.

    Up to 8 there is little to lose, a few units of 1e-16, and to leave the scores as they are halves the graph: a loss
    of 32 rows of 10 and its gradient take 1.0 ms instead of 1.4 ms.
    """
    return scores if abs(max(map(float, scores))) <= 8 else from_largest(scores)


def nll_loss(
    input: Any,
    target: Any,
    weight: Sequence[float] | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    """The negative log-likelihood ``-input[target]``; after `log_softmax` it is the `cross_entropy`.

    Args:
        input: the logarithms of the probabilities of C classes: a vector of C, or a batch of N such vectors.
        target: for each vector the index of its class, from 0 to C - 1.
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: as in `cross_entropy`.

    Raises:
        ValueError: if there is not one target for each vector, or one is out of range.

    >>> nll_loss([[-1.0, -2.0], [-3.0, -4.0]], [0, 1])
    2.5
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    rows, shape = scores_of("nll_loss", input)
    factors = class_weights(weight, shape[-1])

    def loss(scores: Sequence[Any], index: int) -> Any:
        return -scores[index] if factors is None else -factors[index] * scores[index]

    return _over_classes(loss, rows, class_indices("nll_loss", target, shape, ignore_index), factors,
                         ignore_index, reduction, len(shape) == 2)  # fmt: skip


def _over_classes(
    loss: Callable[[Sequence[Any], int], Any],
    rows: Sequence[Sequence[Any]],
    indices: Sequence[int],
    factors: Sequence[float] | None,
    ignore_index: int,
    reduction: str,
    batch: bool,
) -> Any:
    """The losses of rows whose class is known, reduced; the mean is over the weights of those classes."""
    losses, count = [], 0.0
    for scores, index in zip(rows, indices, strict=True):
        if index == ignore_index:
            losses.append(0.0)
        else:
            losses.append(loss(scores, index))
            count += 1.0 if factors is None else factors[index]
    if reduction == "none":
        return losses if batch else losses[0]
    return reduced(losses, reduction, count)


# ---------------------------------------------------------------------- distributions


def kl_div(input: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """The terms of the Kullback-Leibler divergence, ``target * (log(target) - input)``, reduced.

    The input is a logarithm, as `log_softmax` gives it. For two plain distributions there is `kl_divergence`.

    Args:
        input: the logarithms of the probabilities of the model: a number, a vector or a batch.
        target: the true probabilities, in the same shape; a term with target 0 is 0.
        reduction: ``"batchmean"`` for the sum over the number of rows, which is the divergence; ``"mean"`` for the
            mean of all terms, ``"sum"``, or ``"none"`` for the terms themselves.
        log_target: whether the target is given as logarithms too.

    Raises:
        ValueError: if the shapes differ or there are no elements.

    >>> from nn.functional import log_softmax
    >>> log_q = log_softmax([[0.0, 0.0]])
    >>> round(kl_div(log_q, [[1.0, 0.0]], reduction="batchmean"), 6)      # log 2
    0.693147
    """
    check_reduction(reduction, "batchmean")
    input, target = as_lists(input), as_lists(target)
    check_same_shape("kl_div", input, target)

    def of_logarithms(x: Any, log_p: Any) -> Any:
        return autograd.exp(log_p) * (log_p - x)

    def of_probabilities(x: Any, p: Any) -> Any:
        return p * autograd.log(p) - p * x if float(p) else 0.0 - p * x

    loss = of_logarithms if log_target else of_probabilities
    if reduction != "batchmean":
        return reduced_each(loss, reduction, input, target)
    rows = shape_of(input)[0] if shape_of(input) else 1
    return reduced_each(loss, "sum", input, target) / rows


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, *, reduction: str = "mean"
) -> Any:
    """The negative log-likelihood of normal distributions, ``(log(var) + (input - target)² / var) / 2``.

    Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994.

    Args:
        input: the means: a number, a vector or a batch.
        target: what was seen, in the same shape.
        var: the variances: one number, one for each column, or one for each element.
        full: whether to add the constant ``log(2π) / 2``.
        eps: a variance below it counts as it; the gradient passes as if it were.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a variance is negative.

    >>> gaussian_nll_loss([1.0, 2.0], [1.0, 4.0], 1.0)
    1.0
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("gaussian_nll_loss", input, target)
    if not eps > 0:
        raise ValueError(f"eps must be positive, got {eps}")
    variances = in_shape_of("gaussian_nll_loss", "var", var, input)
    for variance in flat(variances):
        if float(variance) < 0:
            raise ValueError(f"a variance cannot be negative, got {variance}")
    constant = math.log(2 * math.pi) / 2 if full else 0.0

    def loss(x: Any, y: Any, variance: Any) -> Any:
        missing = eps - float(variance)
        v = variance + missing if missing > 0 else variance
        return 0.5 * (autograd.log(v) + (x - y) * (x - y) / v) + constant

    return reduced_each(loss, reduction, input, target, variances)
