"""Classify by a normal density for each class and Bayes' rule: `GaussianNB`, `GaussianClassifier`.

``p(class | x) = p(x | class) p(class) / Σ p(x | other) p(other)``, with a normal density for each class whose mean and
covariance have the greatest likelihood on the training data.

    >>> X, y = [[0.0], [2.0], [7.0], [9.0]], ["low", "low", "high", "high"]
    >>> GaussianNB().fit(X, y).predict([[3.0], [6.0]])
    ['low', 'high']
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Self

import autograd
from autograd.core.number import number_in
from nn.linear_model.classifier import Classifier
from nn.linear_model.least_squares import dot
from nn.preprocessing.scaling import centered

Matrix = list[list[float]]


class _Generative(Classifier):
    """Bayes' rule for the densities of a subclass, which defines `_log_densities` and sets `_priors` in `fit`."""

    _priors: list[float]

    def _log_densities(self, row: Sequence[float]) -> list[float]:
        raise NotImplementedError

    def _scores(self, rows: list[list[float]]) -> list[list[float]]:
        """``log p(x | class) + log p(class)`` for each class."""
        log_priors = [math.log(prior) if prior else -math.inf for prior in self._priors]
        return [
            [density + prior for density, prior in zip(self._log_densities(row), log_priors, strict=True)]
            for row in rows
        ]

    def predict_log_proba(self, X: Any) -> list[list[float]]:  # noqa: N803  (scikit-learn's name)
        """For each row the logarithm of the probability of each class; it does not underflow.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        scores = self._scores(self._numbers(X))
        totals = [autograd.logsumexp(row) for row in scores]
        return [[score - total for score in row] for row, total in zip(scores, totals, strict=True)]

    def predict_proba(self, X: Any) -> list[list[float]]:  # noqa: N803
        """For each row the probability of each class.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        return [[math.exp(number) for number in row] for row in self.predict_log_proba(X)]

    def _by_class(self, rows: list[list[float]], places: list[int]) -> list[Matrix]:
        """The rows of each class."""
        members: list[Matrix] = [[] for _ in self.classes_]
        for row, place in zip(rows, places, strict=True):
            members[place].append(row)
        return members

    def _checked_priors(self, priors: Sequence[float] | None, members: list[Matrix]) -> list[float]:
        if priors is None:
            return [len(rows) / sum(map(len, members)) for rows in members]
        priors = [number_in(prior) for prior in priors]
        if len(priors) != len(members) or min(priors) < 0 or not math.isclose(math.fsum(priors), 1):
            raise ValueError(
                f"priors must be a probability for each of the {len(members)} classes, summing to 1, got {priors}"
            )
        return priors


class GaussianClassifier(_Generative):
    """A normal density with full covariance for each class, or with one covariance for all.

    ``log p(x | k) = -(p log 2π + log |Σ_k| + (x - μ_k)ᵀ Σ_k⁻¹ (x - μ_k)) / 2``. With a covariance for each class the
    boundaries between classes are quadratic (quadratic discriminant analysis); with a shared one the quadratic terms
    cancel and they are linear (linear discriminant analysis), of the same form as those of logistic regression.

    Args:
        shared_covariance: whether all classes share one covariance.
        priors: the probability of each class; by default its fraction of the training data.
        reg_covar: added to the diagonal of each covariance, so that it can be inverted.

    Attributes:
        means_: the mean of each class.
        covariances_: the covariance matrix of each class; with a shared one the same for all.
        priors_: the probability of each class.
        coef_, intercept_: with a shared covariance, the scores of the classes as linear functions:
            ``coef_k = Σ⁻¹ μ_k``, ``intercept_k = -μ_kᵀ Σ⁻¹ μ_k / 2 + log prior_k``; for two classes a single row, their
            difference, whose sign decides.

    All are maximum likelihood estimates: covariances divide by n, and a shared covariance is that of the deviations
    from the class means, whatever the priors. scikit-learn's `LinearDiscriminantAnalysis` with ``solver="lsqr"`` gives
    the same, unless priors are passed, which then weight its covariances; its default solver divides by n minus the
    number of classes. Its `QuadraticDiscriminantAnalysis` divides by n as of version 1.9, and by n - 1 before.

    Source: C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 4.2.

    >>> X = [[0.0, 0.0], [2.0, 2.0], [0.0, 2.0], [2.0, 0.0], [6.0, 0.0], [8.0, 2.0], [6.0, 2.0], [8.0, 0.0]]
    >>> model = GaussianClassifier(shared_covariance=True).fit(X, [0, 0, 0, 0, 1, 1, 1, 1])
    >>> model.means_, model.covariances_[0]
    ([[1.0, 1.0], [7.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]])
    >>> model.coef_, model.intercept_, model.predict([[3.9, 5.0]])    # x0 = 4 is the boundary
    ([[6.0, 0.0]], [-24.0], [0])
    """

    means_: Matrix
    covariances_: list[Matrix]
    priors_: list[float]
    coef_: Matrix
    intercept_: list[float]

    def __init__(
        self, *, shared_covariance: bool = False, priors: Sequence[float] | None = None, reg_covar: float = 0.0
    ) -> None:
        if not reg_covar >= 0:
            raise ValueError(f"reg_covar must be 0 or greater, got {reg_covar!r}")
        self.shared_covariance = shared_covariance
        self.priors = priors
        self.reg_covar = reg_covar

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Estimate the mean and the covariance of each class from a batch of inputs and their classes.

        Raises:
            ValueError: if rows differ in length, a number is not finite, there is not one class for each row or fewer
                than two classes, or a covariance is singular.
        """
        rows, places = self._samples(X, y)
        members = self._by_class(rows, places)
        self._priors = self.priors_ = self._checked_priors(self.priors, members)
        self.means_, deviations = [], []
        for group in members:
            means, columns = _centered(group)
            self.means_.append(means)
            deviations.append(columns)
        if self.shared_covariance:
            covariance = self._covariance([list(chain(*columns)) for columns in zip(*deviations, strict=True)])
            self.covariances_ = [covariance for _ in members]
            self._factors = [cholesky(covariance, f"shared by all {len(rows)} samples")] * len(members)
            self._fit_linear()
        else:
            self.covariances_ = [self._covariance(columns) for columns in deviations]
            self._factors = [
                cholesky(covariance, f"of class {name!r}, of {len(group)} samples,")
                for covariance, name, group in zip(self.covariances_, self.classes_, members, strict=True)
            ]
        self.n_features_in_ = len(rows[0])
        return self

    def _covariance(self, deviations: Matrix) -> Matrix:
        """The covariance matrix, from the deviations of each feature from its mean."""
        size = len(deviations[0])
        return [
            [dot(first, second) / size + (self.reg_covar if i == j else 0.0) for j, second in enumerate(deviations)]
            for i, first in enumerate(deviations)
        ]

    def _fit_linear(self) -> None:
        solved = [_solve(self._factors[0], means) for means in self.means_]
        self.coef_ = [_backward(self._factors[0], half) for half in solved]
        self.intercept_ = [
            (math.log(prior) if prior else -math.inf) - dot(half, half) / 2
            for half, prior in zip(solved, self.priors_, strict=True)
        ]
        if len(self.classes_) == 2:
            self.coef_ = [[b - a for a, b in zip(*self.coef_, strict=True)]]
            self.intercept_ = [self.intercept_[1] - self.intercept_[0]]

    def _log_densities(self, row: Sequence[float]) -> list[float]:
        densities = []
        for means, factor in zip(self.means_, self._factors, strict=True):
            # With Σ = L Lᵀ the quadratic form is the squared length of L⁻¹ (x - μ), and |Σ| the squared diagonal of L.
            whitened = _solve(factor, [x - mean for x, mean in zip(row, means, strict=True)])
            log_root = math.fsum(math.log(factor[i][i]) for i in range(len(row)))
            densities.append(-0.5 * (len(row) * math.log(2 * math.pi) + dot(whitened, whitened)) - log_root)
        return densities


class GaussianNB(_Generative):
    """Naive Bayes: a normal density for each class in which the features are independent.

    ``log p(x | k) = -Σ_j (log(2π var_kj) + (x_j - theta_kj)² / var_kj) / 2``

    Args:
        priors: the probability of each class; by default its fraction of the training data.
        var_smoothing: this part of the greatest variance of any feature is added to all variances.

    Attributes:
        theta_: for each class the mean of each feature.
        var_: for each class the variance of each feature, with n in the denominator, and `epsilon_` added.
        epsilon_: the number that is added to all variances.
        class_prior_: the probability of each class.
        class_count_: the number of samples of each class.

    Source: D. J. Hand and K. Yu, "Idiot's Bayes - not so stupid after all?", International Statistical Review 69
    (2001) 385-398. Names, defaults and numbers are scikit-learn's.

    >>> model = GaussianNB().fit([[0.0], [2.0], [7.0], [9.0]], [0, 0, 1, 1])
    >>> model.theta_, [[round(v, 6) for v in row] for row in model.var_], model.class_prior_
    ([[1.0], [8.0]], [[1.0], [1.0]], [0.5, 0.5])
    """

    theta_: Matrix
    var_: Matrix
    epsilon_: float
    class_prior_: list[float]
    class_count_: list[float]

    def __init__(self, *, priors: Sequence[float] | None = None, var_smoothing: float = 1e-9) -> None:
        if not var_smoothing >= 0:
            raise ValueError(f"var_smoothing must be 0 or greater, got {var_smoothing!r}")
        self.priors = priors
        self.var_smoothing = var_smoothing

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Estimate the mean and the variance of each feature in each class from a batch of inputs and their classes.

        Raises:
            ValueError: if rows differ in length, a number is not finite, there is not one class for each row or fewer
                than two classes, or a variance is 0.
        """
        rows, places = self._samples(X, y)
        members = self._by_class(rows, places)
        self._priors = self.class_prior_ = self._checked_priors(self.priors, members)
        self.class_count_ = [float(len(group)) for group in members]
        self.epsilon_ = self.var_smoothing * max(_variances(rows))
        self.theta_ = [_centered(group)[0] for group in members]
        self.var_ = [[variance + self.epsilon_ for variance in _variances(group)] for group in members]
        for name, variances in zip(self.classes_, self.var_, strict=True):
            if min(variances) <= 0:
                raise ValueError(
                    f"feature {variances.index(min(variances))} is the same in all samples of class {name!r}, so its "
                    "variance is 0; leave it out, or pass a greater var_smoothing"
                )
        self.n_features_in_ = len(rows[0])
        return self

    def _log_densities(self, row: Sequence[float]) -> list[float]:
        return [
            -0.5
            * _sum(
                # Not ** 2, which raises where the product is infinite.
                math.log(2 * math.pi * variance) + (x - mean) * (x - mean) / variance
                for x, mean, variance in zip(row, means, variances, strict=True)
            )
            for means, variances in zip(self.theta_, self.var_, strict=True)
        ]


# ---------------------------------------------------------------------- means, covariances, triangular systems


def _centered(rows: Matrix) -> tuple[list[float], Matrix]:
    """The mean of each feature, and for each feature the deviations from it."""
    means, deviations = zip(*map(centered, zip(*rows, strict=True)), strict=True)
    return list(means), list(deviations)


def _sum(terms: Iterable[float]) -> float:
    """`math.fsum`, but infinite instead of an OverflowError."""
    terms = list(terms)
    try:
        return math.fsum(terms)
    except OverflowError:
        return sum(terms)


def _variances(rows: Matrix) -> list[float]:
    return [math.fsum(d * d for d in column) / len(column) for column in _centered(rows)[1]]


def cholesky(covariance: Matrix, whose: str = "") -> Matrix:
    """The lower triangular L with ``L Lᵀ = covariance``.

    Args:
        covariance: a symmetric matrix.
        whose: whose covariance it is, for the error.

    Raises:
        ValueError: if it is singular, naming the first feature that depends on those before it.

    >>> cholesky([[4.0, 2.0], [2.0, 10.0]])
    [[2.0, 0.0], [1.0, 3.0]]
    """
    size = len(covariance)
    factor = [[0.0] * size for _ in range(size)]
    for j in range(size):
        # The variance of feature j that the features before it do not explain.
        rest = covariance[j][j] - dot(factor[j][:j], factor[j][:j])
        if not rest > 1e-12 * covariance[j][j]:
            reason = "a linear combination of the features before it" if covariance[j][j] > 0 else "constant"
            raise ValueError(
                f"the covariance {whose} is singular: feature {j} is {reason} there; leave it out, collect more "
                "samples, or pass reg_covar=1e-6"
            )
        factor[j][j] = math.sqrt(rest)
        for i in range(j + 1, size):
            factor[i][j] = (covariance[i][j] - dot(factor[i][:j], factor[j][:j])) / factor[j][j]
    return factor


def _solve(factor: Matrix, target: Sequence[float]) -> list[float]:
    """The z with ``L z = target``, by forward substitution."""
    solution: list[float] = []
    for row, number in zip(factor, target, strict=True):
        place = len(solution)
        solution.append((number - dot(row[:place], solution)) / row[place])
    return solution


def _backward(factor: Matrix, target: Sequence[float]) -> list[float]:
    """The z with ``Lᵀ z = target``, by back substitution: `_solve` with rows and columns reversed."""
    turned = [list(reversed(column)) for column in reversed(list(zip(*factor, strict=True)))]
    return _solve(turned, list(reversed(target)))[::-1]
