"""Pair each target with its prediction and its weight, and add weights up: what all metrics begin with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

from autograd.core.elementary import total
from autograd.core.number import number_in, whole_number
from nn.nested import as_numbers, as_sequence, is_sequence

Sample = tuple[Any, Any, float]
"""A target, its prediction and its weight."""


def samples_of(y_true: Any, y_pred: Any, sample_weight: Any = None, ignore_index: int | None = None) -> list[Sample]:
    """Each target with its prediction and its weight, Values replaced by their data.

    Args:
        y_true: the targets.
        y_pred: the predictions.
        sample_weight: the weights, as for `weights_of`.
        ignore_index: the class of samples to leave out.

    Raises:
        ValueError: if the lengths differ, there are none or none is left, or those that are left weigh nothing.

    >>> samples_of([0, -100, 1], [0, 1, 1], ignore_index=-100)
    [(0, 0, 1), (1, 1, 1)]
    """
    truths, predictions = as_sequence(as_numbers(y_true)), as_sequence(as_numbers(y_pred))
    if len(truths) != len(predictions) or not truths:
        raise ValueError(
            f"expected one prediction for each of at least one sample, got {len(predictions)} for {len(truths)}"
        )
    samples = list(zip(truths, predictions, weights_of(sample_weight, len(truths)), strict=True))
    if ignore_index is not None:
        ignore_index = whole_number("ignore_index", ignore_index, None)
        everything, samples = samples, [sample for sample in samples if only(sample[0]) != ignore_index]
        if not samples:
            raise ValueError(
                f"all {len(everything)} samples are of the class ignore_index={ignore_index}, so none is left"
            )
        check_some_count([weight for *_, weight in samples])
    return samples


def weights_of(sample_weight: Any, size: int) -> list[float]:
    """How much each sample counts: ints if all weights are whole numbers or None is given, which counts each as 1.

    Raises:
        ValueError: if there is not one finite number for each of `size` samples, or all are 0.

    >>> weights_of(None, 3), weights_of([2, 0.5], 2)
    ([1, 1, 1], [2.0, 0.5])
    """
    if sample_weight is None:
        return [1] * size
    if not is_sequence(sample_weight):
        raise ValueError(f"sample_weight must be one number for each of {size} samples, got {sample_weight!r}")
    given = as_sequence(as_numbers(sample_weight))
    if len(given) != size:
        raise ValueError(f"sample_weight must be one number for each of {size} samples, got {len(given)}")
    weights = [_weight(weight, index) for index, weight in enumerate(given)]
    check_some_count(weights)
    return list(map(int, given)) if all(isinstance(weight, Integral) for weight in given) else weights


def _weight(weight: Any, index: int) -> float:
    try:
        number = number_in(weight)
    except (TypeError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"sample_weight must be finite numbers, got {weight!r} for sample {index}")
    return number


def check_some_count(weights: Iterable[float]) -> None:
    """Raise a ValueError if all weights are 0."""
    if not any(weights):
        raise ValueError("sample_weight is 0 for every sample, so none counts; give one of them another weight")


def tally(samples: Iterable[Sample]) -> dict[tuple[Any, Any], float]:
    """For each pair of class and predicted class that occurs, the sum of the weights of its samples.

    >>> tally([("cat", "dog", 1), ("cat", "cat", 1), ("cat", "dog", 1)])
    {('cat', 'dog'): 2, ('cat', 'cat'): 1}
    """
    weights: dict[tuple[Any, Any], float] = {}
    for truth, prediction, weight in samples:
        weights[truth, prediction] = weights.get((truth, prediction), 0) + weight
    return weights


def average(numbers: Sequence[float], weights: Sequence[float], name: str = "sample_weight") -> float:
    """The weighted mean ``Σ w x / Σ w``.

    Raises:
        ValueError: if the weights sum to 0; the message has their `name`.

    >>> average([1.0, 4.0], [2, 1])
    2.0
    """
    whole = added(weights)
    if whole == 0:
        raise ValueError(f"{name} sums to 0, so there is no weighted mean; give weights with another sum")
    return weighted_sum(numbers, weights) / whole


def weighted_sum(numbers: Sequence[float], weights: Sequence[float]) -> float:
    """``Σ w x``."""
    return added([weight * number for number, weight in zip(numbers, weights, strict=True)])


def added(numbers: Sequence[float]) -> float:
    """The sum; of numbers whose sum is too large for a float, infinity or nan."""
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return float(total(numbers))


def only(label: Any) -> Any:
    """A row of one element as that element, anything else as it is.

    >>> only([1]), only("a"), only([0, 1])
    (1, 'a', [0, 1])
    """
    return label[0] if is_sequence(label) and len(label) == 1 else label
