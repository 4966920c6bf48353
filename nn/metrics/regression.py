"""Measure how far predicted numbers are from the true ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from nn.metrics.samples import average, weighted_sum, weights_of
from nn.nested import as_numbers, as_sequence, flat, is_batch, is_sequence, shape_of

Column = Sequence[float]
Measured = float | Any
"""A float; with ``multioutput="raw_values"`` a list of floats, as whoever asks for it knows."""


def mean_squared_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Measured:
    """The mean of ``(y_true - y_pred)²``, with weights ``Σ w (y_true - y_pred)² / Σ w``.

    Args:
        y_true: one number for each sample; or a vector, whose elements are measured column by column.
        y_pred: the predictions, of the same shape.
        sample_weight: how much each sample counts, a finite number; by default 1.
        multioutput: what becomes of several columns: ``"uniform_average"`` is the mean of what they measure,
            ``"raw_values"`` a list of it; a list of weights, one for each of at least two columns, the weighted mean.

    Raises:
        ValueError: if the shapes differ, there are no samples, there is not one weight for each sample or column, or
            weights sum to 0.

    >>> mean_squared_error([1.0, 2.0], [1.0, 4.0]), mean_squared_error([1.0, 2.0], [1.0, 4.0], sample_weight=[3, 1])
    (2.0, 1.0)
    >>> mean_squared_error([[1.0, 0.0]], [[3.0, 1.0]], multioutput="raw_values")
    [4.0, 1.0]
    """
    return _over_columns(_mean_square, y_true, y_pred, sample_weight, multioutput)


def root_mean_squared_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Measured:
    """The square root of the mean squared error, in the unit of the target; of vectors that of each column.

    Arguments and errors are those of `mean_squared_error`.

    >>> root_mean_squared_error([0.0, 0.0], [3.0, 3.0])
    3.0
    """

    def root(truths: Column, guesses: Column, weights: Column) -> float:
        square = _mean_square(truths, guesses, weights)
        return math.sqrt(square) if square >= 0 else math.nan  # below 0 where weights are

    return _over_columns(root, y_true, y_pred, sample_weight, multioutput)


def mean_absolute_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Measured:
    """The mean of ``|y_true - y_pred|``, with weights ``Σ w |y_true - y_pred| / Σ w``.

    Arguments and errors are those of `mean_squared_error`.

    >>> mean_absolute_error([1.0, 2.0], [1.0, 4.0])
    1.0
    """
    return _over_columns(_mean_distance, y_true, y_pred, sample_weight, multioutput)


def r2_score(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    multioutput: Any = "uniform_average",
    force_finite: bool = True,
) -> Measured:
    """The coefficient of determination, ``R² = 1 - Σ w (y - ŷ)² / Σ w (y - mean of y)²``.

    It is 1 for perfect predictions, 0 for always predicting the mean, negative for worse. If all targets are equal, it
    is 1 if the predictions are exact, else 0.

    Args:
        y_true: one number for each sample, at least 2; or a vector, whose elements are measured column by column.
        y_pred: the predictions, of the same shape.
        sample_weight: how much each sample counts, a finite number; by default 1.
        multioutput: as for `mean_squared_error`; ``"variance_weighted"`` weights each column by the variance of its
            targets, or all alike if all of these are 0.
        force_finite: whether it is 1 or 0 if all targets are equal, rather than what the formula gives: nan if the
            predictions are exact, else negative infinity.

    Raises:
        ValueError: as `mean_squared_error`, and if there are fewer than 2 samples.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    >>> r2_score([[0.0, 1.0], [2.0, 1.0]], [[0.0, 1.0], [2.0, 3.0]], multioutput="raw_values")
    [1.0, 0.0]
    """
    if len(as_sequence(y_true)) < 2:
        raise ValueError(f"r2_score needs at least 2 samples to compare with their mean, got {shape_of(y_true)}")
    columns, weights = _columns(y_true, y_pred, sample_weight)
    variations = [_variation(truths, weights) for truths, _ in columns]
    scores = [
        _determination(weighted_sum(_squares(truths, guesses), weights), variation, force_finite)
        for (truths, guesses), variation in zip(columns, variations, strict=True)
    ]
    if is_sequence(multioutput) or multioutput != "variance_weighted":
        return _combined(scores, multioutput, ["variance_weighted"])
    return average(scores, variations if any(variations) else [1] * len(scores), "the variance of the columns")


def _mean_square(truths: Column, guesses: Column, weights: Column) -> float:
    return average(_squares(truths, guesses), weights)


def _mean_distance(truths: Column, guesses: Column, weights: Column) -> float:
    return average([abs(truth - guess) for truth, guess in zip(truths, guesses, strict=True)], weights)


def _squares(truths: Column, guesses: Column) -> list[float]:
    errors = [truth - guess for truth, guess in zip(truths, guesses, strict=True)]
    return [error * error for error in errors]


def _determination(residual: float, variation: float, force_finite: bool) -> float:
    if variation != 0:
        return 1 - residual / variation
    if force_finite:
        return float(residual == 0)
    return math.nan if residual == 0 else math.copysign(math.inf, -residual)


def _variation(numbers: Column, weights: Column) -> float:
    """``Σ w (y - mean of y)²``; exactly 0 for equal numbers, whose computed mean may be off by a rounding."""
    mean = average(numbers, weights)
    if len({number for number, weight in zip(numbers, weights, strict=True) if weight}) == 1:
        return 0.0
    return weighted_sum(_squares(numbers, [mean] * len(numbers)), weights)


def _over_columns(
    measure: Callable[[Column, Column, Column], float], y_true: Any, y_pred: Any, sample_weight: Any, multioutput: Any
) -> Measured:
    columns, weights = _columns(y_true, y_pred, sample_weight)
    return _combined([measure(truths, guesses, weights) for truths, guesses in columns], multioutput)


def _columns(y_true: Any, y_pred: Any, sample_weight: Any) -> tuple[list[tuple[Column, Column]], Column]:
    """Targets and predictions of each output, and the weights of the samples."""
    shape, other = shape_of(y_true), shape_of(y_pred)
    if shape != other or len(shape) not in (1, 2) or not flat(y_true):
        raise ValueError(
            f"expected targets and predictions of one shape, (samples,) or (samples, outputs), got {shape} and {other}"
        )
    truths, guesses = as_sequence(as_numbers(y_true)), as_sequence(as_numbers(y_pred))
    for number in (*flat(truths), *flat(guesses)):
        if not hasattr(number, "__float__"):
            raise ValueError(f"expected targets and predictions that are numbers, got {number!r}; convert it first")
    weights = weights_of(sample_weight, len(truths))
    if not is_batch(truths):
        return [(truths, guesses)], weights
    return list(zip(zip(*truths, strict=True), zip(*guesses, strict=True), strict=True)), weights


def _combined(measured: list[float], multioutput: Any, more: Sequence[str] = ()) -> Measured:
    """What several columns measure, as `multioutput` says; `more` are the other words that it may be."""
    if is_sequence(multioutput):
        weights = as_sequence(as_numbers(multioutput))
        if len(weights) != len(measured) or len(measured) == 1:
            raise ValueError(
                f"multioutput must have a weight for each of at least 2 columns, got {len(weights)} for {len(measured)}"
            )
        return average(measured, weights, "multioutput")
    if multioutput == "raw_values":
        return measured
    if multioutput != "uniform_average":
        words = ", ".join(map(repr, ("raw_values", "uniform_average", *more)))
        raise ValueError(f"multioutput must be {words} or a list of weights, got {multioutput!r}")
    return average(measured, [1] * len(measured))
