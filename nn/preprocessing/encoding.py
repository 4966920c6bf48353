"""Turns classes into indices (`LabelEncoder`) and categories into zeros and ones (`OneHotEncoder`)."""

from __future__ import annotations

from typing import Any, Self

from nn.nested import as_numbers
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
        handle_unknown: what to do with a category that `fit` has not seen: ``"error"``, or ``"ignore"`` to write
            zeros for all categories of that feature.

    Attributes:
        categories_: for each feature its categories, sorted.

    Rows come out as lists; scikit-learn calls this ``sparse_output=False``.

    >>> encoder = OneHotEncoder()
    >>> encoder.fit_transform([["red", 1], ["blue", 3], ["red", 2]])
    [[0.0, 1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0, 0.0]]
    >>> encoder.inverse_transform([[1.0, 0.0, 1.0, 0.0, 0.0]])
    [['blue', 1]]
    """

    categories_: list[list[Any]]

    def __init__(self, *, handle_unknown: str = "error") -> None:
        if handle_unknown not in ("error", "ignore"):
            raise ValueError(f"handle_unknown must be 'error' or 'ignore', got {handle_unknown!r}")
        self.handle_unknown = handle_unknown

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn the categories of each feature; `y` is ignored.

        Raises:
            ValueError: if rows differ in length, or the categories of a feature are nan or cannot be sorted.
        """
        columns = zip(*rows_of(X, "OneHotEncoder"), strict=True)
        self.categories_ = [classes_of(labels_of(column, "OneHotEncoder"), "OneHotEncoder") for column in columns]
        self.n_features_in_ = len(self.categories_)
        return self

    def transform(self, X: Any) -> list[list[float]]:  # noqa: N803
        """One row of zeros and ones for each row.

        Raises:
            ValueError: for an unknown category with ``handle_unknown="error"``, or another number of features.
        """
        rows = as_numbers(self._rows(X))
        if self.handle_unknown == "error":
            for row in rows:
                for feature, (entry, categories) in enumerate(zip(row, self.categories_, strict=True)):
                    if entry not in categories:
                        raise ValueError(
                            f"feature {feature} was fitted to the categories {categories}, got {entry!r}; fit with it, "
                            'or use handle_unknown="ignore"'
                        )
        return [
            [
                float(entry == category)
                for entry, categories in zip(row, self.categories_, strict=True)
                for category in categories
            ]
            for row in rows
        ]

    def fit_transform(self, X: Any, y: Any = None) -> list[list[float]]:  # noqa: N803
        """Learn the categories of a batch, and encode that batch."""
        return self.fit(X).transform(X)

    def inverse_transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """The category of each feature: the one with the greatest number, or None where all are 0.

        Raises:
            ValueError: if `fit` was not called, or a row has not one number for each category.
        """
        if not hasattr(self, "categories_"):
            self._rows(X)
        width = sum(map(len, self.categories_))
        result = []
        for row in rows_of(as_numbers(X), "OneHotEncoder"):
            if len(row) != width:
                raise ValueError(f"this OneHotEncoder has {width} categories in all, got a row of {len(row)}")
            entries, start = [], 0
            for categories in self.categories_:
                scores = row[start : start + len(categories)]
                entries.append(categories[scores.index(max(scores))] if any(scores) else None)
                start += len(categories)
            result.append(entries)
        return result
