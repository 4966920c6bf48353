"""Turns classes into indices (`LabelEncoder`) and categories into zeros and ones (`OneHotEncoder`)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Self

from nn.nested import as_numbers, as_sequence, is_sequence
from nn.preprocessing.checks import Fitted, classes_of, labels_of, rows_of
from nn.preprocessing.state import WithState


class LabelEncoder(WithState):
    """Classes as indices from 0, in sorted order.

    Attributes:
        classes_: the classes; index i stands for ``classes_[i]``.

    >>> encoder = LabelEncoder()
    >>> encoder.fit_transform(["dog", "cat", "dog"])
    [1, 0, 1]
    >>> encoder.inverse_transform([0, 1])
    ['cat', 'dog']
    """

    classes_: list[Any]

    def fit(self, y: Any) -> Self:
        """Learn the classes.

        Raises:
            ValueError: if there are none, one is nan, or they cannot be sorted.
        """
        self.classes_ = classes_of(labels_of(y, "LabelEncoder"), "LabelEncoder")
        return self

    def transform(self, y: Any) -> list[int]:
        """The index of each class.

        Raises:
            ValueError: for a class that `fit` has not seen.
        """
        place = {label: index for index, label in enumerate(self._classes())}
        labels = labels_of(y, "LabelEncoder")
        for label in labels:
            if label not in place:
                raise ValueError(f"this LabelEncoder was fitted to the classes {list(place)}, got {label!r}")
        return [place[label] for label in labels]

    def fit_transform(self, y: Any) -> list[int]:
        """`fit`, then `transform` the same classes."""
        return self.fit(y).transform(y)

    def inverse_transform(self, y: Any) -> list[Any]:
        """The class of each index.

        Raises:
            ValueError: for an index out of range.
        """
        classes, indices = self._classes(), labels_of(y, "LabelEncoder")
        for index in indices:
            if index not in range(len(classes)):
                raise ValueError(f"an index must be from 0 to {len(classes) - 1}, got {index!r}")
        return [classes[int(index)] for index in indices]

    def _classes(self) -> list[Any]:
        if not hasattr(self, "classes_"):
            raise ValueError("this LabelEncoder has learnt nothing yet; call fit with the training classes first")
        return self.classes_


class OneHotEncoder(Fitted, WithState):
    """Each categorical feature as one feature per category: 1 for the category at hand, 0 for the others.

    Args:
        categories: ``"auto"``, those that occur, sorted; or for each feature a list of its categories, in the order of
            their columns, also of those that do not occur.
        drop: which category of each feature gets no column: None, ``"first"``, ``"if_binary"`` for the first where
            there are two, or a list with one for each feature. The columns of a feature then do not sum to 1, so a
            linear model without penalty has unique weights.
        handle_unknown: what to do with a category that `fit` has not seen: ``"error"``; ``"ignore"`` to write zeros
            for all categories of that feature, which is told where these already stand for one without a column;
            ``"warn"`` to do so and tell it always.

    Attributes:
        categories_: for each feature its categories, in the order of the columns.
        drop_idx_: for each feature the index of the category without a column, or None; None if `drop` is.

    Raises:
        ValueError: if an option is none of these.

    Rows come out as lists; scikit-learn calls this ``sparse_output=False``.

    >>> encoder = OneHotEncoder()
    >>> encoder.fit_transform([["red", 1], ["blue", 3], ["red", 2]])
    [[0.0, 1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0, 0.0]]
    >>> encoder.inverse_transform([[1.0, 0.0, 1.0, 0.0, 0.0]])
    [['blue', 1]]
    >>> OneHotEncoder(categories=[["small", "large"]], drop="first").fit_transform([["small"], ["large"]])
    [[0.0], [1.0]]
    """

    categories_: list[list[Any]]

    def __init__(self, *, categories: Any = "auto", drop: Any = None, handle_unknown: str = "error") -> None:
        if handle_unknown not in ("error", "ignore", "warn"):
            raise ValueError(f"handle_unknown must be 'error', 'ignore' or 'warn', got {handle_unknown!r}")
        if not is_sequence(categories) and categories != "auto":
            raise ValueError(f"categories must be 'auto' or a list of categories for each feature, got {categories!r}")
        if not is_sequence(drop) and drop not in (None, "first", "if_binary"):
            raise ValueError(f"drop must be None, 'first', 'if_binary' or a category for each feature, got {drop!r}")
        several = is_sequence(categories)
        self.categories = [list(as_sequence(part)) for part in as_sequence(categories)] if several else categories
        self.drop = list(as_sequence(drop)) if is_sequence(drop) else drop
        self.handle_unknown = handle_unknown

    @property
    def drop_idx_(self) -> list[int | None] | None:
        """For each feature the index of the category without a column.

        >>> OneHotEncoder(drop="if_binary").fit([["a", 1], ["b", 2], ["a", 3]]).drop_idx_
        [0, None]
        """
        return _dropped(self.drop, self.categories_)

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn the categories of each feature; `y` is ignored.

        Raises:
            ValueError: if rows differ in length, the categories of a feature are nan or cannot be sorted, or the
                options name other features or categories than there are.
        """
        columns = [labels_of(column, "OneHotEncoder") for column in zip(*rows_of(X, "OneHotEncoder"), strict=True)]
        if isinstance(self.categories, str):
            categories = [classes_of(column, "OneHotEncoder") for column in columns]
        else:
            categories = _checked_categories(self.categories, len(columns))
            if self.handle_unknown == "error":
                _refuse_unknown(columns, categories)
        _dropped(self.drop, categories)  # raises before anything is learned
        self.categories_, self.n_features_in_ = categories, len(columns)
        return self

    def transform(self, X: Any) -> list[list[float]]:  # noqa: N803
        """One row of zeros and ones for each row.

        Raises:
            ValueError: for an unknown category with ``handle_unknown="error"``, or another number of features.

        Warns:
            UserWarning: for an unknown category with ``handle_unknown="warn"``, or ``"ignore"`` and `drop`.
        """
        rows = as_numbers(self._rows(X))
        columns = list(zip(*rows, strict=True))
        if self.handle_unknown == "error":
            _refuse_unknown(columns, self.categories_)
        elif self.handle_unknown == "warn" or self.drop is not None:
            _tell_unknown(columns, self.categories_)
        kept = self._kept()
        return [
            [float(entry == category) for entry, part in zip(row, kept, strict=True) for category in part]
            for row in rows
        ]

    def fit_transform(self, X: Any, y: Any = None) -> list[list[float]]:  # noqa: N803
        """Learn the categories of a batch, and encode that batch."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """The category of each feature: the one with the greatest number; where all are 0 the one without a column.

        Where all are 0 and each category has a column it is None, unless ``handle_unknown="error"``.

        Raises:
            ValueError: if `fit` was not called, a row has not one number for each column, or all numbers of a feature
                are 0, which then stand for nothing.
        """
        if not hasattr(self, "categories_"):
            self._rows(X)
        kept = self._kept()
        width = sum(map(len, kept))
        result = []
        for index, row in enumerate(rows_of(as_numbers(X), "OneHotEncoder")):
            if len(row) != width:
                raise ValueError(f"this OneHotEncoder has {width} categories in all, got a row of {len(row)}")
            entries, start = [], 0
            for feature, categories in enumerate(kept):
                scores = row[start : start + len(categories)]
                known = any(scores)
                entries.append(categories[scores.index(max(scores))] if known else self._without_column(feature, index))
                start += len(categories)
            result.append(entries)
        return result

    def _check_learnt(self) -> None:
        _dropped(self.drop, self.categories_)

    def _kept(self) -> list[list[Any]]:
        """For each feature the categories that have a column."""
        dropped = self.drop_idx_ or [None] * len(self.categories_)
        return [
            [category for index, category in enumerate(categories) if index != place]
            for categories, place in zip(self.categories_, dropped, strict=True)
        ]

    def _without_column(self, feature: int, row: int) -> Any:
        """What zeros for all categories of a feature stand for."""
        dropped = self.drop_idx_
        if dropped is not None and (place := dropped[feature]) is not None:
            return self.categories_[feature][place]
        if self.handle_unknown == "error":
            raise ValueError(
                f"row {row} has 0 for every category of feature {feature}, which stands for none of them; pass one "
                'with a 1, or use handle_unknown="ignore" for None'
            )
        return None


def _checked_categories(categories: Sequence[Sequence[Any]], features: int) -> list[list[Any]]:
    if len(categories) != features:
        raise ValueError(f"categories must have a list for each of {features} features, got {len(categories)}")
    checked = [labels_of(part, "categories of OneHotEncoder") for part in categories]
    for feature, part in enumerate(checked):
        if len(set(part)) < len(part):
            raise ValueError(f"categories must have each category once, got {part} for feature {feature}")
    return checked


def _dropped(drop: Any, categories: Sequence[Sequence[Any]]) -> list[int | None] | None:
    """For each feature the index of the category that gets no column, or None; None if every category has one."""
    if drop is None:
        return None
    if isinstance(drop, str):
        return [0 if drop == "first" or len(part) == 2 else None for part in categories]
    named = as_numbers(drop)
    if len(named) != len(categories):
        raise ValueError(f"drop must have a category for each of {len(categories)} features, got {len(named)}")
    for feature, (category, part) in enumerate(zip(named, categories, strict=True)):
        if category not in part:
            raise ValueError(f"drop must have a category of feature {feature}, one of {list(part)}, got {category!r}")
    return [part.index(category) for category, part in zip(named, categories, strict=True)]


def _refuse_unknown(columns: Sequence[Sequence[Any]], categories: Sequence[Sequence[Any]]) -> None:
    for feature, (column, known) in enumerate(zip(columns, categories, strict=True)):
        for entry in column:
            if entry not in known:
                raise ValueError(
                    f"feature {feature} has the categories {known}, got {entry!r}; fit with it among them, or use "
                    'handle_unknown="ignore"'
                )


def _tell_unknown(columns: Sequence[Sequence[Any]], categories: Sequence[Sequence[Any]]) -> None:
    features = [
        str(feature)
        for feature, (column, known) in enumerate(zip(columns, categories, strict=True))
        if any(entry not in known for entry in column)
    ]
    if features:
        warnings.warn(
            f"there are categories in feature {', '.join(features)} that OneHotEncoder was not fitted to; they become "
            "0 in all columns of the feature",
            UserWarning,
            stacklevel=3,
        )
