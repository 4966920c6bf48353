"""Logistic regression, for two classes and for more, by Newton's method on the engine's gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Self

import autograd
from autograd import Value
from autograd.core.elementary import total
from autograd.core.number import whole_number
from nn import functional
from nn.linear_model.classifier import LinearClassifier
from nn.linear_model.least_squares import dot
from nn.modules.layers import Linear
from nn.nested import as_numbers
from nn.preprocessing import StandardScaler

Numbers = list[float]


class LogisticRegression(LinearClassifier):
    """A linear model of the logarithm of the odds; with more than two classes, softmax regression.

    ``p(second class) = sigmoid(coef · x + intercept)`` for two classes, ``p = softmax(coef x + intercept)`` for
    more. The weights minimize ``C Σ cross-entropy + |coef|² / 2``, or without penalty the cross-entropy alone; the
    intercept is not penalized. Without penalty, classes that a hyperplane separates have no best weights: the
    longer, the better, and the search ends where the gradient falls below `tol`.

    Args:
        penalty: ``"l2"``, or None for none.
        C: the weight of the data against the penalty; smaller is stronger regularization.
        tol: the search ends once the norm of the gradient of the mean loss, with respect to the weights of the
            standardized features, is not above this. scikit-learn's default, 1e-4, stops earlier.
        fit_intercept: whether there is an intercept; if not, it is 0.
        max_iter: the greatest number of Newton steps.

    Attributes:
        coef_, intercept_: one row of weights and one intercept for each class; a single row for two classes.
        n_iter_: how many steps were taken.
        converged_: whether the search ended because of `tol`.
        losses_: the objective divided by C n, before the first step and after each.

    Raises:
        ValueError: if an option is out of range.

    The loss and its gradient come from an `nn.Linear` and a backward pass. The second derivatives of the
    cross-entropy are known in closed form, ``Σ x xᵀ ⊗ (diag(p) - p pᵀ)``; each Newton step solves with them by
    conjugate gradients: truncated Newton, see J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition
    (2006), section 7.1.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> model = LogisticRegression().fit(X, y)
    >>> model.predict([[0.5], [2.5]])
    ['no', 'yes']
    >>> [[round(p, 3) for p in row] for row in model.predict_proba([[1.5]])]
    [[0.5, 0.5]]
    """

    n_iter_: int
    converged_: bool
    losses_: list[float]

    def __init__(
        self,
        penalty: str | None = "l2",
        *,
        C: float = 1.0,  # noqa: N803  (scikit-learn's name)
        tol: float = 1e-8,
        fit_intercept: bool = True,
        max_iter: int = 100,
    ) -> None:
        if penalty not in ("l2", None):
            raise ValueError(f"penalty must be 'l2' or None, got {penalty!r}")
        if not (C > 0 and tol >= 0):
            raise ValueError(f"expected C > 0 and tol >= 0, got {C=} and {tol=}")
        self.penalty = penalty
        self.C = C
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.max_iter = whole_number("max_iter", max_iter)

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Learn from a batch of inputs and the class of each.

        Raises:
            ValueError: if rows differ in length, a number is not finite, there is not one class for each row, or
                fewer than two classes.
        """
        rows, places = self._samples(X, y)
        # Standardized features make the search short; the penalty is still that of the original weights.
        scaler = StandardScaler(with_mean=self.fit_intercept)
        inputs = scaler.fit_transform(rows)
        shifts = scaler.mean_ if self.fit_intercept else [0.0] * len(scaler.mean_)
        ridge = [1 / (self.C * len(rows) * scale**2) if self.penalty else 0.0 for scale in scaler.scale_]
        if self.fit_intercept:  # a feature that is always 1, its weight not penalized
            inputs, ridge = [[*row, 1.0] for row in inputs], [*ridge, 0.0]
        weight = self._search(_Objective(inputs, places, len(self.classes_), ridge))
        self.coef_ = [[w / scale for w, scale in zip(row, scaler.scale_, strict=False)] for row in weight]
        offsets = [row[-1] if self.fit_intercept else 0.0 for row in weight]
        self.intercept_ = [offset - dot(coef, shifts) for offset, coef in zip(offsets, self.coef_, strict=True)]
        self.n_features_in_ = len(shifts)
        return self

    def _search(self, objective: _Objective) -> list[Numbers]:
        """The best weights, one row for each unit."""
        loss = objective.loss()
        self.losses_, self.n_iter_, self.converged_ = [loss.data], 0, False
        while True:
            gradient = objective.gradient(loss)
            self.converged_ = math.hypot(*gradient) <= self.tol
            if self.converged_ or self.n_iter_ == self.max_iter:
                return objective.centered_weight()
            loss = self._step(objective, loss, gradient)
            self.losses_.append(loss.data)
            self.n_iter_ += 1

    def _step(self, objective: _Objective, loss: Value, gradient: Numbers) -> Value:
        """Go along Newton's direction, half as far until the loss falls as it should; the new loss."""
        multiply, diagonal = objective.second_derivatives()
        direction = _conjugate_gradients(multiply, [-g for g in gradient], diagonal)
        start, slope, size = [p.data for p in objective.parameters], dot(gradient, direction), 1.0
        # Close to the minimum the fall is less than the rounding of the loss.
        rounding = 1e-14 * max(1.0, abs(loss.data))
        while True:
            for parameter, origin, change in zip(objective.parameters, start, direction, strict=True):
                parameter.data = origin + size * change
            new = objective.loss()
            if new.data <= loss.data + 1e-4 * size * slope + rounding or size < 1e-10:
                return new
            size /= 2

    def predict_proba(self, X: Any) -> list[list[float]]:  # noqa: N803
        """For each row the probability of each class.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        return _probabilities(self._sums(self._numbers(X)))

    def predict_log_proba(self, X: Any) -> list[list[float]]:  # noqa: N803
        """The logarithms of these, computed so that none underflows.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        result: list[list[float]] = functional.log_softmax(self._scores(self._numbers(X)))
        return result


class _Objective:
    """The mean cross-entropy plus half the squared weights times `ridge`, as a function of the weights of a layer.

    Args:
        inputs: the samples.
        targets: the index of the class of each.
        classes: the number of classes; two share one unit.
        ridge: for each feature the factor of its penalty.
    """

    def __init__(self, inputs: list[Numbers], targets: list[int], classes: int, ridge: Numbers) -> None:
        self.inputs = inputs
        self.columns = list(zip(*inputs, strict=True))
        self.targets = targets
        self.units = 1 if classes == 2 else classes
        self.ridge = ridge
        self.layer = Linear(len(ridge), self.units, bias=False)
        self.parameters = self.layer.parameters()
        for parameter in self.parameters:
            parameter.data = 0.0

    def loss(self) -> Value:
        """The objective at the layer's weights."""
        self.logits = self.layer(self.inputs)
        if self.units == 1:
            targets = [[float(target)] for target in self.targets]
            loss: Value = functional.binary_cross_entropy_with_logits(self.logits, targets)
        else:
            loss = functional.cross_entropy(self.logits, self.targets)
        if any(self.ridge):
            squares = [
                w * w * (factor / 2) for row in self.layer.weight for w, factor in zip(row, self.ridge, strict=True)
            ]
            loss = loss + autograd.sum(squares)
        return loss

    def gradient(self, loss: Value) -> Numbers:
        """The derivative of the objective with respect to each weight, row by row."""
        self.layer.zero_grad()
        loss.backward()
        return [parameter.grad for parameter in self.parameters]

    def second_derivatives(self) -> tuple[Callable[[Numbers], Numbers], Numbers]:
        """The product with the matrix of second derivatives, as a function of a vector, and its diagonal."""
        units, width, size = range(self.units), len(self.ridge), len(self.inputs)
        # For two classes the second probability alone: p (1 - p) is then the whole matrix of a sample.
        probabilities = [row[-self.units :] for row in _probabilities(as_numbers(self.logits))]

        def multiply(vector: Numbers) -> Numbers:
            rows = [vector[unit * width : (unit + 1) * width] for unit in units]
            changes = []
            for x, p in zip(self.inputs, probabilities, strict=True):
                sums = [dot(row, x) for row in rows]
                mean = dot(p, sums)
                changes.append([p_k * (s - mean) / size for p_k, s in zip(p, sums, strict=True)])
            by_unit = list(zip(*changes, strict=True))
            return [
                dot(by_unit[unit], column) + factor * v
                for unit in units
                for column, factor, v in zip(self.columns, self.ridge, rows[unit], strict=True)
            ]

        variances = list(zip(*([p_k * (1 - p_k) / size for p_k in p] for p in probabilities), strict=True))
        diagonal = [
            total(v * x * x for v, x in zip(variances[unit], column, strict=True)) + factor
            for unit in units
            for column, factor in zip(self.columns, self.ridge, strict=True)
        ]
        return multiply, diagonal

    def centered_weight(self) -> list[Numbers]:
        """The weights. Adding the same to all rows changes no probability: the sum over the rows is made 0."""
        weight: list[Numbers] = as_numbers(self.layer.weight)
        if self.units == 1:
            return weight
        means = [total(column) / self.units for column in zip(*weight, strict=True)]
        return [[w - mean for w, mean in zip(row, means, strict=True)] for row in weight]


def _probabilities(sums: list[Numbers]) -> list[Numbers]:
    scores = sums if len(sums[0]) > 1 else [[0.0, *row] for row in sums]
    result: list[Numbers] = functional.softmax(scores)
    return result


def _conjugate_gradients(multiply: Callable[[Numbers], Numbers], target: Numbers, diagonal: Sequence[float]) -> Numbers:
    """An approximate solution of ``A z = target`` for a matrix without negative eigenvalues, given as a product.

    Preconditioned by the diagonal of A. The closer to the minimum, the more exact, for which Newton's method is
    quick; the first steps do not deserve it.
    """
    scales = [1 / d if d > 0 else 1.0 for d in diagonal]
    solution = [0.0] * len(target)
    residual = target
    enough = math.hypot(*target) * min(0.1, math.hypot(*target))
    direction = scaled = [r * scale for r, scale in zip(residual, scales, strict=True)]
    for _ in range(2 * len(target)):
        product = multiply(direction)
        curvature, power = dot(direction, product), dot(residual, scaled)
        if curvature <= 0:
            break
        size = power / curvature
        solution = [s + size * d for s, d in zip(solution, direction, strict=True)]
        residual = [r - size * q for r, q in zip(residual, product, strict=True)]
        if math.hypot(*residual) <= enough:
            break
        scaled = [r * scale for r, scale in zip(residual, scales, strict=True)]
        growth = dot(residual, scaled) / power
        direction = [s + growth * d for s, d in zip(scaled, direction, strict=True)]
    return solution
