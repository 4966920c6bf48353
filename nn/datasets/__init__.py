"""Data to learn from, with scikit-learn's names: some made on the spot, some measured.

>>> X, y = make_moons(100, noise=0.1, random_state=0)
>>> load_iris()
<150 samples of 4 features in 3 classes>
"""

from __future__ import annotations

from nn.datasets.generators import (
    make_blobs,
    make_circles,
    make_moons,
    make_regression,
    make_spirals,
    make_xor,
)
from nn.datasets.measured import TabularData, load_breast_cancer, load_digits, load_iris, load_wine
from nn.seeding import generator_of

__all__ = [
    "TabularData",
    "generator_of",
    "load_breast_cancer",
    "load_digits",
    "load_iris",
    "load_wine",
    "make_blobs",
    "make_circles",
    "make_moons",
    "make_regression",
    "make_spirals",
    "make_xor",
]
