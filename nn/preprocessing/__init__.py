"""Prepare features for a model: scaling, encoding, polynomial features; with scikit-learn's names and numbers.

`fit` learns from the training data, `transform` applies what was learned to any data:

    >>> scaler = StandardScaler().fit([[1.0], [3.0]])
    >>> scaler.transform([[5.0]])
    [[3.0]]

`state_dict` returns what was learned as plain data, which JSON can hold, and `load_state_dict` loads it:

    >>> scaler.state_dict()["mean_"], scaler.state_dict()["scale_"]
    ([2.0], [1.0])
"""

from __future__ import annotations

from nn.preprocessing.encoding import LabelEncoder, OneHotEncoder
from nn.preprocessing.polynomial import PolynomialFeatures
from nn.preprocessing.scaling import MinMaxScaler, StandardScaler

__all__ = ["LabelEncoder", "MinMaxScaler", "OneHotEncoder", "PolynomialFeatures", "StandardScaler"]
