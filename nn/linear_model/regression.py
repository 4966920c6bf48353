"""Fit a linear regression, by the closed form or by gradient descent."""

from __future__ import annotations

import math
from typing import Any, Self

from autograd.core.number import whole_number
from nn import functional
from nn.linear_model.least_squares import dot, least_squares
from nn.metrics import r2_score
from nn.modules.layers import Linear
from nn.nested import as_numbers, as_sequence, is_batch
from nn.optim import SGD
from nn.preprocessing.checks import Fitted, floats_of, rows_of, targets_of
from nn.preprocessing.scaling import centered
from nn.training import DivergenceError, History


class LinearRegression(Fitted):
    """The linear function with the least squared error: ``y = coef · x + intercept``.

    Args:
        fit_intercept: whether there is an intercept; if not, it is 0.
        solver: ``"closed_form"`` solves the normal equations, ``XᵀX w = Xᵀy``, by orthogonalizing the columns of X;
            where features depend on each other it gives the shortest of the best w, as scikit-learn does.
            ``"gradient_descent"`` trains an `nn.Linear`, which starts at 0, on all samples at once to the same end.
        lr: the learning rate of gradient descent. It converges for a rate below 2 divided by the greatest
            eigenvalue of the Hessian ``2 XᵀX / n``, so scale the features first.
        max_iter: the greatest number of steps of gradient descent.
        tol: gradient descent stops once the norm of the gradient of the mean squared error is not above this.

    Attributes:
        coef_: a number for each feature; for targets that are vectors, a row of them for each output.
        intercept_: a number; for targets that are vectors, one for each output.
        n_iter_: how many steps gradient descent took; 0 for the closed form.
        converged_: whether it stopped because of `tol`; True for the closed form.
        rank_: for the closed form, the rank of the features minus their means.

    Raises:
        ValueError: if an option is out of range.

    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    >>> model = LinearRegression().fit(X, y)
    >>> model.coef_, model.intercept_, model.predict([[10.0]])
    ([2.0], 1.0, [21.0])
    >>> descent = LinearRegression(solver="gradient_descent", lr=0.3).fit(X, y)
    >>> round(descent.coef_[0], 4), round(descent.intercept_, 4), descent.converged_
    (2.0, 1.0, True)
    """

    coef_: Any
    intercept_: Any
    n_iter_: int
    converged_: bool
    rank_: int

    def __init__(
        self,
        *,
        fit_intercept: bool = True,
        solver: str = "closed_form",
        lr: float = 0.01,
        max_iter: int = 1000,
        tol: float = 1e-6,
    ) -> None:
        if solver not in ("closed_form", "gradient_descent"):
            raise ValueError(f"solver must be 'closed_form' or 'gradient_descent', got {solver!r}")
        if not (lr > 0 and tol >= 0):
            raise ValueError(f"expected lr > 0 and tol >= 0, got {lr=} and {tol=}")
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.lr = lr
        self.max_iter = whole_number("max_iter", max_iter)
        self.tol = tol

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn from a batch of inputs and a target, a number or a vector, for each.

        Raises:
            ValueError: if rows differ in length, there is not one target for each, or a number is not finite.
            DivergenceError: if gradient descent leaves the finite numbers.
        """
        name = type(self).__name__
        rows = floats_of(rows_of(X, name), name)
        several = is_batch(as_sequence(y))
        columns = list(zip(*rows_of(y, name), strict=True)) if several else [y]
        targets = [targets_of(column, len(rows), name) for column in columns]
        fit = self._fit_closed_form if self.solver == "closed_form" else self._fit_gradient_descent
        coef, intercept = fit(rows, targets)
        self.coef_, self.intercept_ = (coef, intercept) if several else (coef[0], intercept[0])
        self.n_features_in_ = len(rows[0])
        return self

    def _fit_closed_form(
        self, rows: list[list[float]], targets: list[list[float]]
    ) -> tuple[list[list[float]], list[float]]:
        # With the means subtracted, the equations have no intercept.
        split = centered if self.fit_intercept else lambda column: (0.0, list(column))
        means, columns = zip(*map(split, zip(*rows, strict=True)), strict=True)
        centers, deviations = zip(*map(split, targets), strict=True)
        coef, self.rank_ = least_squares(columns, deviations)
        self.n_iter_, self.converged_ = 0, True
        return coef, [center - dot(row, means) for center, row in zip(centers, coef, strict=True)]

    def _fit_gradient_descent(
        self, rows: list[list[float]], targets: list[list[float]]
    ) -> tuple[list[list[float]], list[float]]:
        layer = Linear(len(rows[0]), len(targets), bias=self.fit_intercept)
        parameters = layer.parameters()
        for parameter in parameters:
            parameter.data = 0.0
        wanted = list(zip(*targets, strict=True))
        optimizer = SGD(parameters, lr=self.lr)
        self.n_iter_, self.converged_ = 0, False
        while True:
            optimizer.zero_grad()
            # The sum over the outputs, not the mean: each output learns as it would alone.
            loss = functional.mse_loss(layer(rows), wanted) * len(targets)
            loss.backward()
            norm = math.hypot(*(parameter.grad for parameter in parameters))
            if not math.isfinite(norm):
                raise DivergenceError(
                    f"gradient descent with lr={self.lr} left the finite numbers after {self.n_iter_} steps; scale "
                    "the features with StandardScaler, or pass a smaller lr",
                    History(),
                )
            self.converged_ = norm <= self.tol
            if self.converged_ or self.n_iter_ == self.max_iter:
                break
            optimizer.step()
            self.n_iter_ += 1
        return as_numbers(layer.weight), as_numbers(layer.bias or [0.0] * len(targets))

    def predict(self, X: Any) -> list[Any]:  # noqa: N803
        """The outputs for a batch: a number, or a list if the targets were vectors, for each row.

        Raises:
            ValueError: if `fit` was not called, or the features do not fit.
        """
        rows = self._numbers(X)
        if not is_batch(self.coef_):
            return [self.intercept_ + dot(self.coef_, row) for row in rows]
        units = list(zip(self.coef_, self.intercept_, strict=True))
        return [[intercept + dot(coef, row) for coef, intercept in units] for row in rows]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:  # noqa: N803
        """R², the coefficient of determination of the predictions; see `nn.metrics.r2_score`."""
        return r2_score(y, self.predict(X), sample_weight=sample_weight)
