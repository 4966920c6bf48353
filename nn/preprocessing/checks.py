"""Checks the input of the estimators: a table of finite numbers, and a class or a number for each row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.core.number import number_in
from nn.nested import as_numbers, as_sequence, is_batch, is_sequence


class Fitted:
    """The base class of everything that learns from a table with `fit`.

    Attributes:
        n_features_in_: the number of features seen by `fit`.
    """

    n_features_in_: int

    def _rows(self, X: Any) -> list[Sequence[Any]]:  # noqa: N803  (scikit-learn's name)
        """The rows of a table, with as many features as the one that `fit` was called with.

        Raises:
            ValueError: if `fit` was not called, or the table has another number of features.
        """
        name = type(self).__name__
        if not hasattr(self, "n_features_in_"):
            raise ValueError(f"this {name} has learnt nothing yet; call fit with the training data first")
        rows = rows_of(X, name)
        if len(rows[0]) != self.n_features_in_:
            raise ValueError(f"this {name} was fitted to {self.n_features_in_} features, got a row of {len(rows[0])}")
        return rows

    def _numbers(self, X: Any) -> list[list[float]]:  # noqa: N803
        """As `_rows`, with finite floats for the elements."""
        return floats_of(self._rows(X), type(self).__name__)


def rows_of(X: Any, name: str) -> list[Sequence[Any]]:  # noqa: N803
    """The rows of a table, all of one length.

    Args:
        X: a batch of feature vectors.
        name: the estimator, for the error.

    Raises:
        ValueError: if there are no rows, or they differ in length, or this is a vector rather than a batch.

    >>> rows_of([(1, 2), (3, 4)], "StandardScaler")
    [(1, 2), (3, 4)]
    """
    elements = as_sequence(X)
    if not elements:
        raise ValueError(f"{name} takes a batch of at least one row, got an empty one")
    if not is_batch(elements):
        raise ValueError(
            f"{name} takes a batch, a sequence of rows, got one vector of length {len(elements)}; write [x] for one "
            "sample, or [[x1], [x2], ...] for samples of one feature"
        )
    rows = [as_sequence(row) for row in elements]
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]) or not row:
            raise ValueError(
                f"{name} takes rows of one length, at least 1, got {len(rows[0])} features in row 0 and {len(row)} in "
                f"row {index}"
            )
    return rows


def floats_of(rows: Sequence[Sequence[Any]], name: str) -> list[list[float]]:
    """A table as floats, Values replaced by their data.

    Raises:
        ValueError: if an element is no finite number; the message has its place.
    """
    return [
        [_finite(element, f"as feature {place} of row {index}", name) for place, element in enumerate(row)]
        for index, row in enumerate(rows)
    ]


def targets_of(y: Any, size: int, name: str) -> list[float]:
    """One finite float for each of `size` samples.

    Raises:
        ValueError: if there are more or fewer, or one is no finite number.
    """
    targets = as_sequence(y)
    _check_length(targets, size, name)
    return [_finite(target, f"as target {index}", name) for index, target in enumerate(targets)]


def labels_of(y: Any, name: str, size: int | None = None) -> list[Any]:
    """The class of each sample, which is anything hashable but nan.

    Raises:
        ValueError: if there are none, not `size` of them, or one cannot be a class.
    """
    labels = as_sequence(as_numbers(y))
    _check_length(labels, size, name)
    for index, label in enumerate(labels):
        if is_sequence(label) or label != label:
            raise ValueError(f"{name} takes one class for each sample, got {label!r} for sample {index}")
    return list(labels)


def classes_of(labels: Sequence[Any], name: str, at_least: int = 1) -> list[Any]:
    """The classes that occur, sorted.

    Raises:
        ValueError: if there are fewer than `at_least`, or they cannot be sorted.

    >>> classes_of(["dog", "cat", "dog"], "LabelEncoder")
    ['cat', 'dog']
    """
    try:
        classes = sorted(set(labels))
    except TypeError:
        kinds = sorted({type(label).__name__ for label in labels})
        raise ValueError(f"{name} takes classes of one kind, which can be sorted, got {', '.join(kinds)}") from None
    if len(classes) < at_least:
        raise ValueError(f"{name} needs samples of at least {at_least} classes, got only {classes}")
    return classes


def _check_length(elements: Sequence[Any], size: int | None, name: str) -> None:
    if not elements or size not in (None, len(elements)):
        wanted = "at least one sample" if size is None else f"each of {size} samples"
        raise ValueError(f"{name} takes one target for {wanted}, got {len(elements)}")


def _finite(element: Any, place: str, name: str) -> float:
    try:
        number = number_in(element)
    except (TypeError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} takes finite numbers, got {element!r} {place}; leave that row out or fill it in")
    return number
