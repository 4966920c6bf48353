"""Fit linear models, with scikit-learn's names: `fit`, `predict`, `score`, `coef_`, `intercept_`.

>>> model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
>>> model.coef_, model.intercept_
([2.0], 1.0)
"""

from __future__ import annotations

from nn.linear_model.logistic import LogisticRegression
from nn.linear_model.perceptron import Perceptron
from nn.linear_model.regression import LinearRegression

__all__ = ["LinearRegression", "LogisticRegression", "Perceptron"]
