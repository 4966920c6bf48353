"""Feature scaling, with scikit-learn's names."""

from __future__ import annotations

import math
from typing import Any, Self

from nn.vectors import as_sequence


class StandardScaler:
    """Shift and scale each feature to mean 0 and standard deviation 1.

    ``z = (x - mean) / scale`` for each column, where `scale` is the standard deviation with n (not n - 1) in the
    denominator, or 1 for a column that is constant.

    Attributes:
        mean_: the mean of each feature.
        var_: the variance of each feature.
        scale_: what each feature is divided by.

    >>> scaler = StandardScaler()
    >>> scaler.fit_transform([[1.0, 5.0], [3.0, 5.0]])
    [[-1.0, 0.0], [1.0, 0.0]]
    >>> scaler.inverse_transform([[2.0, 0.0]])
    [[4.0, 5.0]]
    """

    mean_: list[float]
    var_: list[float]
    scale_: list[float]

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn mean and standard deviation from a batch; `y` is ignored.

        Raises:
            ValueError: if there are no rows, or rows of several lengths.
        """
        rows = [as_sequence(row) for row in as_sequence(X)]
        if not rows or len({len(row) for row in rows}) > 1:
            raise ValueError(f"fit takes rows of one length, got lengths {sorted({len(row) for row in rows})}")
        columns = [[float(number) for number in column] for column in zip(*rows, strict=True)]
        self.mean_ = [math.fsum(column) / len(column) for column in columns]
        self.var_ = [
            math.fsum((number - mean) ** 2 for number in column) / len(column)
            for column, mean in zip(columns, self.mean_, strict=True)
        ]
        self.scale_ = [math.sqrt(variance) or 1.0 for variance in self.var_]
        return self

    def transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """Scale a batch as learnt. Values stay Values, so gradients pass through.

        Raises:
            ValueError: if a row has another number of features, or `fit` was not called.
        """
        return [
            [(x - mean) / scale for x, mean, scale in zip(row, self.mean_, self.scale_, strict=True)]
            for row in self._rows(X)
        ]

    def fit_transform(self, X: Any, y: Any = None) -> list[list[Any]]:  # noqa: N803
        """`fit`, then `transform` the same batch."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """Undo `transform`."""
        return [
            [x * scale + mean for x, mean, scale in zip(row, self.mean_, self.scale_, strict=True)]
            for row in self._rows(X)
        ]

    def _rows(self, X: Any) -> list[Any]:  # noqa: N803
        if not hasattr(self, "mean_"):
            raise ValueError("this StandardScaler has learnt nothing yet; call fit with the training data first")
        rows = [as_sequence(row) for row in as_sequence(X)]
        for row in rows:
            if len(row) != len(self.mean_):
                raise ValueError(
                    f"this StandardScaler was fitted to {len(self.mean_)} features, got a row of {len(row)}"
                )
        return rows
