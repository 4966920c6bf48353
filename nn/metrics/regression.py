"""Measure how far predicted numbers are from the true ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from nn.modules.reduction import total
from nn.nested import as_numbers, as_sequence, flat, is_batch, shape_of

Column = Sequence[float]


def mean_squared_error(y_true: Any, y_pred: Any) -> float:
    """The mean of ``(y_true - y_pred)²``.

    Args:
        y_true: one number for each sample; or a vector, then the columns are averaged.
        y_pred: the predictions, of the same shape.

    Raises:
        ValueError: if the shapes differ or there are no samples.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    return _mean_over_columns(_mean_square, y_true, y_pred)


def root_mean_squared_error(y_true: Any, y_pred: Any) -> float:
    """The square root of the mean squared error, in the unit of the target.

    Args:
        y_true: one number for each sample; or a vector, then the roots of the columns are averaged.
        y_pred: the predictions, of the same shape.

    Raises:
        ValueError: if the shapes differ or there are no samples.

    >>> root_mean_squared_error([0.0, 0.0], [3.0, 3.0])
    3.0
    """
    return _mean_over_columns(lambda truths, guesses: math.sqrt(_mean_square(truths, guesses)), y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> float:
    """The mean of ``|y_true - y_pred|``.

    Args:
        y_true: one number for each sample; or a vector, then the columns are averaged.
        y_pred: the predictions, of the same shape.

    Raises:
        ValueError: if the shapes differ or there are no samples.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    return _mean_over_columns(_mean_distance, y_true, y_pred)


def r2_score(y_true: Any, y_pred: Any) -> float:
    """The coefficient of determination, ``R² = 1 - Σ (y - ŷ)² / Σ (y - mean of y)²``.

    It is 1 for perfect predictions, 0 for always predicting the mean, negative for worse. If all targets are equal, it
    is 1 if the predictions are exact, else 0.

    Args:
        y_true: one number for each sample, at least 2; or a vector, then the columns are averaged.
        y_pred: the predictions, of the same shape.

    Raises:
        ValueError: if the shapes differ or there are fewer than 2 samples.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    if len(as_sequence(y_true)) < 2:
        raise ValueError(f"r2_score needs at least 2 samples to compare with their mean, got {shape_of(y_true)}")
    return _mean_over_columns(_determination, y_true, y_pred)


def _mean_square(truths: Column, guesses: Column) -> float:
    errors = [truth - guess for truth, guess in zip(truths, guesses, strict=True)]
    return _mean([error * error for error in errors])


def _mean_distance(truths: Column, guesses: Column) -> float:
    return _mean([abs(truth - guess) for truth, guess in zip(truths, guesses, strict=True)])


def _determination(truths: Column, guesses: Column) -> float:
    mean = _mean(truths)
    residual, total = _mean_square(truths, guesses), _mean_square(truths, [mean] * len(truths))
    if total == 0:
        return float(residual == 0)
    return 1 - residual / total


def _mean(numbers: Column) -> float:
    """The mean; of numbers whose sum is too large for a float, infinity or nan, as the sum would be."""
    try:
        return math.fsum(numbers) / len(numbers)
    except (OverflowError, ValueError):
        return float(total(list(numbers))) / len(numbers)


def _mean_over_columns(measure: Callable[[Column, Column], float], y_true: Any, y_pred: Any) -> float:
    shape, other = shape_of(y_true), shape_of(y_pred)
    if shape != other or len(shape) not in (1, 2) or not flat(y_true):
        raise ValueError(
            f"expected targets and predictions of one shape, (samples,) or (samples, outputs), got {shape} and {other}"
        )
    truths, guesses = as_sequence(as_numbers(y_true)), as_sequence(as_numbers(y_pred))
    for number in (*flat(truths), *flat(guesses)):
        if not hasattr(number, "__float__"):
            raise ValueError(f"expected targets and predictions that are numbers, got {number!r}; convert it first")
    if not is_batch(truths):
        return measure(truths, guesses)
    columns = list(zip(zip(*truths, strict=True), zip(*guesses, strict=True), strict=True))
    return _mean([measure(truth, guess) for truth, guess in columns])
