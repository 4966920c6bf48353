"""Scales each feature of a table by itself: `StandardScaler` and `MinMaxScaler`."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, Self

import autograd
from nn.preprocessing.checks import Fitted, floats_of, rows_of
from nn.preprocessing.state import WithState


class _Scaler(Fitted, WithState):
    """``z = (x - offset) / divisor`` for each feature, with two numbers that a subclass learns."""

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn the scale of each feature of a batch; `y` is ignored.

        Raises:
            ValueError: if there are no rows, rows of several lengths, an element is no finite number, or numbers are
                so large that what is learned from them would not be finite.
        """
        name = type(self).__name__
        columns = list(zip(*floats_of(rows_of(X, name), name), strict=True))
        self._learn(columns)
        self.n_features_in_ = len(columns)
        return self

    def transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """Scale a batch with the learned numbers. Values stay Values, so gradients pass through.

        Raises:
            ValueError: if a row has another number of features or something that is no number, or `fit` was not called.
        """
        return self._each(X, lambda x, offset, divisor: (x - offset) / divisor)

    def fit_transform(self, X: Any, y: Any = None) -> list[list[Any]]:  # noqa: N803
        """Learn the scale of each feature of a batch, and scale that batch."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """Undo `transform`.

        Raises:
            ValueError: if a row has another number of features or something that is no number, or `fit` was not called.
        """
        return self._each(X, lambda z, offset, divisor: z * divisor + offset)

    def _each(self, X: Any, function: Callable[[Any, float, float], Any]) -> list[list[Any]]:  # noqa: N803
        """A function of each number of a batch, with the offset and the divisor of its feature."""
        rows, steps = self._rows(X), self._steps()
        try:
            return [[function(x, *step) for x, step in zip(row, steps, strict=True)] for row in rows]
        except TypeError:
            floats_of(rows, type(self).__name__)  # raises an error that names the place
            raise

    def _learn(self, columns: Sequence[Sequence[float]]) -> None:
        raise NotImplementedError

    def _steps(self) -> list[tuple[float, float]]:
        raise NotImplementedError


class StandardScaler(_Scaler):
    """Shift and scale each feature to mean 0 and standard deviation 1.

    ``z = (x - mean) / scale`` for each column, where `scale` is the standard deviation with n (not n - 1) in the
    denominator, or 1 for a column that is constant.

    Args:
        with_mean: whether to subtract the mean.
        with_std: whether to divide by the standard deviation.

    Attributes:
        mean_: the mean of each feature.
        var_: the variance of each feature.
        scale_: what each feature is divided by; 1 throughout without `with_std`.

    >>> scaler = StandardScaler()
    >>> scaler.fit_transform([[1.0, 5.0], [3.0, 5.0]])
    [[-1.0, 0.0], [1.0, 0.0]]
    >>> scaler.inverse_transform([[2.0, 0.0]])
    [[4.0, 5.0]]
    """

    mean_: list[float]
    var_: list[float]
    scale_: list[float]

    def __init__(self, *, with_mean: bool = True, with_std: bool = True) -> None:
        self.with_mean = with_mean
        self.with_std = with_std

    def _learn(self, columns: Sequence[Sequence[float]]) -> None:
        moments = [_moments(column, place) for place, column in enumerate(columns)]
        self.mean_ = [mean for mean, _ in moments]
        self.var_ = [variance for _, variance in moments]
        self.scale_ = [(math.sqrt(variance) or 1.0) if self.with_std else 1.0 for variance in self.var_]

    def _steps(self) -> list[tuple[float, float]]:
        return [(mean if self.with_mean else 0.0, scale) for mean, scale in zip(self.mean_, self.scale_, strict=True)]


def _moments(column: Sequence[float], place: int) -> tuple[float, float]:
    """Mean and variance of a feature.

    Raises:
        ValueError: if one of them is larger than the largest float.
    """
    try:
        mean, deviations = centered(column)
        variance = math.fsum(d * d for d in deviations) / len(column)
    except OverflowError:  # fsum, of numbers that are finite
        variance = math.inf
    if not math.isfinite(variance):
        raise _too_large("StandardScaler", column, place, "mean or variance")
    return mean, variance


def _too_large(name: str, column: Sequence[float], place: int, what: str) -> ValueError:
    largest = max(column, key=abs)
    return ValueError(
        f"{name} cannot scale feature {place}: with numbers as large as {largest:.4g} its {what} is larger than the "
        f"largest float, {sys.float_info.max:.2g}; give that feature in another unit"
    )


def centered(column: Sequence[float]) -> tuple[float, list[float]]:
    """The mean of some numbers, and the deviation of each from the mean.

    The computed mean of equal numbers may be off by a rounding error. A deviation as small as that is set to 0, and the
    mean of equal numbers to the number itself, so that a constant feature has a variance of exactly 0.

    >>> centered([1.0, 5.0]), centered([0.1] * 3)
    ((3.0, [-2.0, 2.0]), (0.1, [0.0, 0.0, 0.0]))
    """
    mean = math.fsum(column) / len(column)
    rounding = 2 * sys.float_info.epsilon * abs(mean)
    deviations = [x - mean if abs(x - mean) > rounding else 0.0 for x in column]
    return (mean if any(deviations) else column[0]), deviations


class MinMaxScaler(_Scaler):
    """Shift and scale each feature to a range.

    ``z = (x - min) / (max - min) * (high - low) + low`` for each column, with 1 for ``max - min`` if it is constant.

    Args:
        feature_range: the range ``(low, high)``.
        clip: whether elements beyond those that were learned from are moved to the ends of the range.

    Attributes:
        data_min_, data_max_, data_range_: least and greatest of each feature, and the difference.
        scale_, min_: the same map as ``z = x * scale + min``.

    Raises:
        ValueError: if the range is empty.

    >>> scaler = MinMaxScaler(feature_range=(-1, 1))
    >>> scaler.fit_transform([[0.0], [5.0], [10.0]])
    [[-1.0], [0.0], [1.0]]
    >>> scaler.inverse_transform([[2.0]])
    [[15.0]]
    """

    data_min_: list[float]
    data_max_: list[float]
    data_range_: list[float]
    scale_: list[float]
    min_: list[float]

    def __init__(self, feature_range: tuple[float, float] = (0, 1), *, clip: bool = False) -> None:
        low, high = feature_range
        if not low < high:
            raise ValueError(f"feature_range must be (low, high) with low < high, got {feature_range!r}")
        self.feature_range = feature_range
        self.clip = clip

    def transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """Scale a batch with the learned numbers, as `StandardScaler` does; with `clip` to numbers of the range."""
        rows = super().transform(X)
        low, high = self.feature_range
        return [[autograd.clamp(z, low, high) for z in row] for row in rows] if self.clip else rows

    def _learn(self, columns: Sequence[Sequence[float]]) -> None:
        low, high = self.feature_range
        self.data_min_ = [min(column) for column in columns]
        self.data_max_ = [max(column) for column in columns]
        self.data_range_ = [top - bottom for bottom, top in zip(self.data_min_, self.data_max_, strict=True)]
        for place, extent in enumerate(self.data_range_):
            if not math.isfinite(extent):
                raise _too_large("MinMaxScaler", columns[place], place, "range")
        self.scale_ = [(high - low) / (extent or 1.0) for extent in self.data_range_]
        self.min_ = [low - bottom * scale for bottom, scale in zip(self.data_min_, self.scale_, strict=True)]

    def _steps(self) -> list[tuple[float, float]]:
        low, high = self.feature_range
        # Not 1 / scale_, so that the greatest element comes out as `high` to the last digit.
        divisors = [(extent or 1.0) / (high - low) for extent in self.data_range_]
        return [(bottom - low * divisor, divisor) for bottom, divisor in zip(self.data_min_, divisors, strict=True)]
