"""Activations, softmax and losses as functions, with PyTorch's names, arguments and numbers.

They take numbers, Values, vectors and batches (nested sequences of any kind); of plain numbers they give plain
numbers, so the same function serves training and evaluation.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> mse_loss([x, 1.0], [1.0, 1.0]).backward()
    >>> x.grad                      # 2 (3 - 1) / 2
    2.0
    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Value
from nn.vectors import as_sequence, each, flat, is_sequence, shape_of

__all__ = [
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "log_softmax",
    "mse_loss",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]


# ---------------------------------------------------------------------- activations


def relu(input: Any) -> Any:
    """``max(x, 0)``, element by element; its derivative at 0 is 0.

    >>> relu([[-1.0, 2.0]])
    [[0.0, 2.0]]
    """
    return each(autograd.relu, input)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent, element by element.

    >>> tanh(0.0)
    0.0
    """
    return each(autograd.tanh, input)


def sigmoid(input: Any) -> Any:
    """``1 / (1 + exp(-x))``, element by element; never overflows.

    >>> sigmoid([-1000.0, 0.0])
    [0.0, 0.5]
    """
    return each(autograd.sigmoid, input)


def softmax(input: Any, dim: int = -1) -> Any:
    """``exp(x[i]) / (exp(x[0]) + exp(x[1]) + ...)``: positive numbers that sum to 1.

    Args:
        input: a vector, or a batch.
        dim: for a batch, the dimension that sums to 1: -1 or 1 for each row, 0 for each column.

    >>> softmax([1000.0, 1000.0, -1000.0])
    [0.5, 0.5, 0.0]
    """

    def of_vector(x: Sequence[Any]) -> list[Any]:
        shift = _shift(x)
        powers = [autograd.exp(element - shift) for element in x]
        total = autograd.sum(powers)
        return [power / total for power in powers]

    return _along(of_vector, input, dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """The logarithm of `softmax`, ``x[i] - log(exp(x[0]) + exp(x[1]) + ...)``, without its underflow.

    Args:
        input: a vector, or a batch.
        dim: as in `softmax`.

    >>> log_softmax([0.0, -1000.0])
    [0.0, -1000.0]
    """

    def of_vector(x: Sequence[Any]) -> list[Any]:
        normalizer = _logsumexp(x)
        return [element - normalizer for element in x]

    return _along(of_vector, input, dim)


def _shift(x: Sequence[Any]) -> float:
    """The largest element as a constant. Subtracted in the exponent it cancels; then exp cannot overflow."""
    return max(float(element) for element in x)


def _logsumexp(x: Sequence[Any]) -> Any:
    shift = _shift(x)
    return autograd.log(autograd.sum([autograd.exp(element - shift) for element in x])) + shift


def _along(of_vector: Callable[[Sequence[Any]], list[Any]], input: Any, dim: int) -> Any:
    shape = shape_of(input)
    if len(shape) not in (1, 2) or not shape[-1] or not isinstance(shape[-1], int):
        raise ValueError(f"expected a vector or a batch of vectors of one length, got a shape of {shape}")
    if not -len(shape) <= dim < len(shape):
        raise ValueError(f"dim must be from {-len(shape)} to {len(shape) - 1} for a shape of {shape}, got {dim}")
    if len(shape) == 1:
        return of_vector(as_sequence(input))
    rows = [as_sequence(row) for row in as_sequence(input)]
    if dim in (-1, 1):
        return [of_vector(row) for row in rows]
    columns = [of_vector(column) for column in zip(*rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


# ---------------------------------------------------------------------- losses


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """The squared error, ``(input - target)²``, averaged over all elements.

    Args:
        input: the predictions: a number, a vector or a batch.
        target: what they should be, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for the squares themselves.

    Raises:
        ValueError: if the shapes differ or there are no elements.

    >>> mse_loss([1.0, 2.0], [0.0, 4.0]), mse_loss([1.0, 2.0], [0.0, 4.0], reduction="none")
    (2.5, [1.0, 4.0])
    """
    _check_reduction(reduction)
    _check_same_shape("mse_loss", input, target)
    if reduction == "none":
        return each(lambda x, y: (x - y) * (x - y), input, target)
    errors = [x - y for x, y in zip(flat(input), flat(target), strict=True)]
    total = autograd.dot(errors, errors)
    return total / len(errors) if reduction == "mean" else total


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    reduction: str = "mean",
    pos_weight: float | None = None,
) -> Any:
    """The cross-entropy of a yes-or-no target and ``sigmoid(input)``, averaged over all elements.

    ``-(target * log(p) + (1 - target) * log(1 - p))`` with ``p = sigmoid(input)``, computed as
    ``max(x, 0) - x * target + log(1 + exp(-|x|))``, which neither overflows nor takes the logarithm of 0.

    Args:
        input: the logits: a number, a vector or a batch.
        target: the probability of yes, from 0 to 1, in the same shape.
        weight: a factor for each element, in the same shape.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.
        pos_weight: a factor for the part of the loss that belongs to yes; above 1 to miss fewer of them.

    Raises:
        ValueError: if the shapes differ or there are no elements.

    >>> round(binary_cross_entropy_with_logits(0.0, 1.0), 6)      # log 2
    0.693147
    >>> binary_cross_entropy_with_logits([1000.0, -1000.0], [1.0, 1.0], reduction="none")
    [0.0, 1000.0]
    """
    _check_reduction(reduction)
    _check_same_shape("binary_cross_entropy_with_logits", input, target)

    def loss(x: Any, y: Any, factor: Any = None) -> Any:
        # maximum passes half of the gradient on where x = 0, as the true derivative sigmoid(0) = 1/2 demands.
        tail = autograd.log(1.0 + autograd.exp(-abs(x)))
        if pos_weight is None:
            out = autograd.maximum(x, 0.0) - x * y + tail
        else:
            out = (1 - y) * x + (1 + (pos_weight - 1) * y) * (tail + autograd.maximum(-x, 0.0))
        return out if factor is None else factor * out

    if weight is not None:
        _check_same_shape("binary_cross_entropy_with_logits", input, weight, "weight")
    losses = each(loss, input, target) if weight is None else each(loss, input, target, weight)
    return _reduced(losses, reduction)


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
    _check_reduction(reduction)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be from 0 to 1, got {label_smoothing}")
    shape = shape_of(input)
    if len(shape) not in (1, 2) or not all(isinstance(length, int) and length for length in shape):
        raise ValueError(f"cross_entropy takes a vector of scores or a batch of them, got a shape of {shape}")
    if weight is not None and len(weight) != shape[-1]:
        raise ValueError(f"weight must have one number for each of the {shape[-1]} classes, got {len(weight)}")
    rows = [as_sequence(row) for row in (as_sequence(input) if len(shape) == 2 else [input])]
    targets = as_sequence(target) if len(shape) == 2 else [target]
    by_index = shape_of(target) == shape[:-1]
    if not by_index and shape_of(target) != shape:
        raise ValueError(
            f"for scores of shape {shape} the target must be class indices of shape {shape[:-1]} or probabilities "
            f"of shape {shape}, got shape {shape_of(target)}"
        )
    losses: list[Any] = []
    total_weight = 0.0
    for scores, wanted in zip(rows, targets, strict=True):
        if not by_index:
            losses.append(_against_probabilities(scores, as_sequence(wanted), weight, label_smoothing))
            total_weight += 1
            continue
        index = _class_index(wanted, len(scores), ignore_index)
        if index == ignore_index:
            losses.append(0.0)
            continue
        factor = 1.0 if weight is None else weight[index]
        total_weight += factor
        if label_smoothing:
            one_hot = [float(place == index) for place in range(len(scores))]
            losses.append(_against_probabilities(scores, one_hot, weight, label_smoothing))
        else:
            loss = _logsumexp(scores) - scores[index]
            losses.append(loss if weight is None else factor * loss)
    if reduction == "none":
        return losses if len(shape) == 2 else losses[0]
    total = autograd.sum(losses)
    if reduction == "sum":
        return total
    return total / total_weight if total_weight else math.nan  # nan, as PyTorch says, if all rows are ignored


def _against_probabilities(
    scores: Sequence[Any], wanted: Sequence[Any], weight: Sequence[float] | None, label_smoothing: float
) -> Any:
    if label_smoothing:
        even = label_smoothing / len(scores)
        wanted = [(1 - label_smoothing) * probability + even for probability in wanted]
    if weight is not None:
        wanted = [factor * probability for factor, probability in zip(weight, wanted, strict=True)]
    normalizer = _logsumexp(scores)
    return autograd.dot(wanted, [normalizer - score for score in scores])


def _class_index(wanted: Any, classes: int, ignore_index: int) -> int:
    index = int(wanted)
    if index != wanted.data if isinstance(wanted, Value) else index != wanted:
        raise ValueError(f"a class index must be a whole number, got {wanted}")
    if index != ignore_index and not 0 <= index < classes:
        raise ValueError(f"a class index must be from 0 to {classes - 1} for {classes} scores, got {index}")
    return index


def _reduced(losses: Any, reduction: str) -> Any:
    if reduction == "none":
        return losses
    losses = flat(losses)
    total = autograd.sum(losses)
    return total / len(losses) if reduction == "mean" else total


def _check_reduction(reduction: str) -> None:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


def _check_same_shape(function: str, input: Any, other: Any, name: str = "target") -> None:
    expected, found = shape_of(input), shape_of(other)
    if expected != found:
        hint = ""
        if len(expected) == 2 and expected[1] == 1 and found == expected[:1]:
            hint = "; make each target a list of one, or take the one output of each row"
        raise ValueError(
            f"{function} compares like with like, got an input of shape {expected} and a {name} of {found}{hint}"
        )
    if is_sequence(input) and not flat(input):
        raise ValueError(f"{function} needs at least one element, got an input of shape {expected}")
