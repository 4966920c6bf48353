"""Products of features as further features."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from itertools import chain, combinations, combinations_with_replacement
from typing import Any, Self

from autograd.core.number import whole_number
from nn.preprocessing.checks import Fitted, rows_of
from nn.preprocessing.state import WithState


class PolynomialFeatures(Fitted, WithState):
    """All products of up to `degree` features: ``1, x0, x1, x0², x0 x1, x1²`` for two features and degree 2.

    A linear model of these is a polynomial in the original features. The classes of XOR, which no line separates,
    are separated by the sign of ``x0 x1`` once its inputs are -1 and 1.

    Args:
        degree: the greatest number of factors.
        interaction_only: whether the factors of a product must differ: no squares.
        include_bias: whether the first feature is the constant 1.

    Attributes:
        n_output_features_: how many features come out.

    Raises:
        ValueError: if the degree is not a whole number of at least 0, or nothing would come out.

    >>> PolynomialFeatures(degree=2).fit_transform([[2.0, 3.0]])
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    >>> PolynomialFeatures(interaction_only=True, include_bias=False).fit_transform([[-1.0, -1.0], [-1.0, 1.0]])
    [[-1.0, -1.0, 1.0], [-1.0, 1.0, -1.0]]
    """

    n_output_features_: int

    def __init__(self, degree: int = 2, *, interaction_only: bool = False, include_bias: bool = True) -> None:
        more = "" if include_bias else " (or 0 with include_bias=True)"
        self.degree = whole_number("degree", degree, 0 if include_bias else 1, more=more)
        self.interaction_only = interaction_only
        self.include_bias = include_bias

    @property
    def powers_(self) -> list[list[int]]:
        """For each feature that comes out the exponent of each feature that went in.

        >>> PolynomialFeatures(degree=2, include_bias=False).fit([[2.0, 3.0]]).powers_
        [[1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]
        """
        return [[factors.count(feature) for feature in range(self.n_features_in_)] for factors in self._products()]

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn the number of features; `y` is ignored.

        Raises:
            ValueError: if there are no rows, or rows of several lengths.
        """
        self.n_features_in_ = len(rows_of(X, "PolynomialFeatures")[0])
        self.n_output_features_ = len(self._products())
        return self

    def transform(self, X: Any) -> list[list[Any]]:  # noqa: N803
        """The products, by rising degree. Values stay Values, so gradients pass through.

        Raises:
            ValueError: if a row has another number of features, or `fit` was not called.
        """
        rows, products = self._rows(X), self._products()
        return [[_product([row[feature] for feature in factors]) for factors in products] for row in rows]

    def fit_transform(self, X: Any, y: Any = None) -> list[list[Any]]:  # noqa: N803
        """`fit`, then `transform` the same batch."""
        return self.fit(X).transform(X)

    def _products(self) -> list[tuple[int, ...]]:
        choose = combinations if self.interaction_only else combinations_with_replacement
        degrees = range(0 if self.include_bias else 1, self.degree + 1)
        return list(chain.from_iterable(choose(range(self.n_features_in_), degree) for degree in degrees))


def _product(factors: Sequence[Any]) -> Any:
    return functools.reduce(operator.mul, factors) if factors else 1.0
