"""Measure how good predictions are, with scikit-learn's names. No gradient passes through these functions.

>>> accuracy_score(["cat", "dog"], ["cat", "cat"]), mean_squared_error([1.0, 2.0], [1.0, 4.0])
(0.5, 2.0)
"""

from __future__ import annotations

from nn.metrics.classification import (
    accuracy,
    accuracy_score,
    classification_report,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)
from nn.metrics.ranking import log_loss, roc_auc_score
from nn.metrics.regression import mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error

__all__ = [
    "accuracy",
    "accuracy_score",
    "classification_report",
    "confusion_matrix",
    "f1_score",
    "log_loss",
    "mean_absolute_error",
    "mean_squared_error",
    "precision_score",
    "r2_score",
    "recall_score",
    "roc_auc_score",
    "root_mean_squared_error",
]
