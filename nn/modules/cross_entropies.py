"""Cross-entropies, each as a function and as a module: losses for yes or no, and for one of several classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY
from typing import Any

import autograd
from autograd import Value
from autograd.arrays.reductions import from_largest
from autograd.core.number import whole_number
from nn.modules.base_loss import Loss
from nn.modules.reduction import (
    check_reduction,
    check_same_shape,
    class_indices,
    class_weights,
    constant_of,
    dot,
    in_shape_of,
    logsumexp,
    reduced,
    reduced_each,
    scores_of,
    total,
    weight_of_classes,
)
from nn.nested import as_lists, as_sequence, flat, is_batch, shape_of

LEAST = math.exp(-100.0)
"""The probability whose logarithm, -100, is the lower bound of the logarithms in `binary_cross_entropy`."""

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


class BCELoss(Loss, function=binary_cross_entropy, compares="probabilities"):
    """The cross-entropy of yes-or-no targets and probabilities.

    Args:
        weight: a factor: one number, one for each column, or one for each element.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> round(BCELoss()([0.5, 0.5], [0.0, 1.0]), 6)
    0.693147
    """

    weight: Any = None
    _: KW_ONLY
    reduction: str = "mean"


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


class BCEWithLogitsLoss(Loss, function=binary_cross_entropy_with_logits, compares="logits"):
    """The cross-entropy of yes-or-no targets and ``sigmoid(input)``; see the function for the formula.

    Args:
        weight: a factor: one number, one for each column, or one for each element.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        pos_weight: a factor for the part of the loss that belongs to yes, in the same forms.

    >>> round(BCEWithLogitsLoss()([0.0, 0.0], [0.0, 1.0]), 6)
    0.693147
    """

    weight: Any = None
    _: KW_ONLY
    reduction: str = "mean"
    pos_weight: Any = None


def _expected(y: Any, if_yes: Callable[[], Any], if_no: Callable[[], Any]) -> Any:
    """``y * if_yes + (1 - y) * if_no``; for the usual targets 0 and 1 only the half with the factor 1 is computed."""
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
    # maximum comes before log: the slope of log at 0 is infinite, and times an upstream gradient of 0 that is nan.
    return autograd.log(autograd.maximum(p, LEAST))


def _bounded_log_of_rest(p: Any) -> Any:
    # log1p keeps the digits of a small p. Only p = 1 needs the bound: for all smaller floats 1 - p is above LEAST.
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
    ignore_index = whole_number("ignore_index", ignore_index, None)
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


class CrossEntropyLoss(Loss, function=cross_entropy, compares="classes"):
    """The cross-entropy of targets and ``softmax(input)``: for class indices ``-log softmax(input)[target]``.

    Args:
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        label_smoothing: the part of the target that is spread evenly over all classes.

    >>> round(CrossEntropyLoss()([[2.0, 2.0, 2.0]], [1]), 6)              # log 3
    1.098612
    """

    weight: Sequence[float] | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: str = "mean"
    label_smoothing: float = 0.0

    def divisor(self, target: Any) -> float:
        """The weights of the targets that are not ignored; of probabilities the number of rows."""
        return len(as_sequence(target)) if is_batch(as_sequence(target)) else _divisor(self, target)


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
    """The scores minus the largest one, which does not change the loss but keeps digits if that score is large.

    Up to 8 the loss is off by a few units of 1e-16 without the subtraction, and the graph has half as many nodes: a
    loss of 32 rows of 10 and its gradient take 1.0 ms instead of 1.4 ms.
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
    ignore_index = whole_number("ignore_index", ignore_index, None)
    rows, shape = scores_of("nll_loss", input)
    factors = class_weights(weight, shape[-1])

    def loss(scores: Sequence[Any], index: int) -> Any:
        return -scores[index] if factors is None else -factors[index] * scores[index]

    return _over_classes(loss, rows, class_indices("nll_loss", target, shape, ignore_index), factors,
                         ignore_index, reduction, len(shape) == 2)  # fmt: skip


class NLLLoss(Loss, function=nll_loss, compares="log-probabilities"):
    """The negative log-likelihood ``-input[target]`` of logarithms of probabilities, as `LogSoftmax` gives them.

    Args:
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> NLLLoss()([[-1.0, -2.0], [-3.0, -4.0]], [0, 1])
    2.5
    """

    weight: Sequence[float] | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: str = "mean"

    def divisor(self, target: Any) -> float:
        """The weights of the targets that are not ignored."""
        return _divisor(self, target)


def _over_classes(
    loss: Callable[[Sequence[Any], int], Any],
    rows: Sequence[Sequence[Any]],
    indices: Sequence[int],
    factors: Sequence[float] | None,
    ignore_index: int,
    reduction: str,
    batch: bool,
) -> Any:
    """The losses of all rows but those with `ignore_index`, reduced; the mean divides by the sum of their weights."""
    losses = [
        constant_of(scores, 0.0) if index == ignore_index else loss(scores, index)
        for scores, index in zip(rows, indices, strict=True)
    ]
    if reduction == "none":
        return losses if batch else losses[0]
    return reduced(losses, reduction, weight_of_classes(indices, factors, ignore_index))


def _divisor(loss: CrossEntropyLoss | NLLLoss, target: Any) -> float:
    """What the mean of a loss over classes divides by."""
    factors = None if loss.weight is None else [float(factor) for factor in flat(loss.weight)]
    return weight_of_classes([int(float(index)) for index in flat(target)], factors, loss.ignore_index)
