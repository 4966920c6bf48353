"""Write a classifier: the base classes, which turn a subclass's scores into predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn.linear_model.least_squares import dot
from nn.metrics import accuracy_score
from nn.preprocessing.checks import Fitted, classes_of, floats_of, labels_of, rows_of


class Classifier(Fitted):
    """The base class of classifiers; a subclass defines `fit` and `_scores`.

    Attributes:
        classes_: the classes, sorted.
    """

    classes_: list[Any]

    def _samples(self, X: Any, y: Any) -> tuple[list[list[float]], list[int]]:  # noqa: N803  (scikit-learn's name)
        """The rows as floats, and for each the index of its class in `classes_`, which this sets."""
        name = type(self).__name__
        rows = floats_of(rows_of(X, name), name)
        labels = labels_of(y, name, len(rows))
        classes = classes_of(labels, name, at_least=2)
        place = {label: index for index, label in enumerate(classes)}
        self.classes_ = classes
        return rows, [place[label] for label in labels]

    def _scores(self, rows: list[list[float]]) -> list[list[float]]:
        """For each row one score for each class; the greatest wins."""
        raise NotImplementedError(f"{type(self).__name__} must define _scores(self, rows)")

    def predict(self, X: Any) -> list[Any]:  # noqa: N803
        """The class of each row.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        return [self.classes_[_argmax(scores)] for scores in self._scores(self._numbers(X))]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:  # noqa: N803
        """The fraction of rows whose class is predicted right; with weights, see `nn.metrics.accuracy_score`."""
        return accuracy_score(labels_of(y, type(self).__name__), self.predict(X), sample_weight=sample_weight)


class LinearClassifier(Classifier):
    """A classifier whose scores are linear in the features.

    Attributes:
        coef_: one row of weights for each class; for two classes a single row, the score of the second class.
        intercept_: a number for each of these rows.
    """

    coef_: list[list[float]]
    intercept_: list[float]

    def decision_function(self, X: Any) -> list[Any]:  # noqa: N803
        """``coef · x + intercept``: a score for each class; for two classes one number, positive for the second.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        sums = self._sums(self._numbers(X))
        return sums if len(self.coef_) > 1 else [row[0] for row in sums]

    def _sums(self, rows: list[list[float]]) -> list[list[float]]:
        units = list(zip(self.coef_, self.intercept_, strict=True))
        return [[intercept + dot(coef, row) for coef, intercept in units] for row in rows]

    def _scores(self, rows: list[list[float]]) -> list[list[float]]:
        sums = self._sums(rows)
        return sums if len(self.coef_) > 1 else [[0.0, *row] for row in sums]


def _argmax(numbers: Sequence[float]) -> int:
    return max(range(len(numbers)), key=numbers.__getitem__)
