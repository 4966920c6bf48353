"""Load data sets of measurements: irises, and with scikit-learn wines, tumors and digits."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files

from autograd.core.number import whole_number


@dataclass(frozen=True)
class TabularData:
    """A data set that comes with names.

    Attributes:
        data: one row of features for each sample.
        target: one class index for each sample.
        feature_names: the names of the columns, with units.
        target_names: the names of the classes.
    """

    data: list[list[float]]
    target: list[int]
    feature_names: list[str]
    target_names: list[str]

    def __repr__(self) -> str:
        return f"<{len(self.data)} samples of {len(self.feature_names)} features in {len(self.target_names)} classes>"


def load_iris() -> TabularData:
    """Length and width of sepal and petal, in cm, of 150 irises of three species.

    Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936)
    179-188, table I; the flowers were measured by E. Anderson.

    >>> iris = load_iris()
    >>> iris.data[0], iris.target_names[iris.target[0]]
    ([5.1, 3.5, 1.4, 0.2], 'setosa')
    """
    text = files("nn").joinpath("datasets", "iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    names = list(dict.fromkeys(row[-1] for row in rows))
    return TabularData(
        data=[[float(number) for number in row[:-1]] for row in rows],
        target=[names.index(row[-1]) for row in rows],
        feature_names=[f"{name.replace('_', ' ')} (cm)" for name in header[:-1]],
        target_names=names,
    )


def load_wine() -> TabularData:
    """Chemical analyses of 178 Italian wines, 13 features each, from three cultivars; comes with scikit-learn.

    Raises:
        ModuleNotFoundError: if scikit-learn is not installed.
    """
    return _from_scikit_learn("load_wine")


def load_breast_cancer() -> TabularData:
    """30 features of cell nuclei of 569 breast tumors, malignant or benign; comes with scikit-learn.

    Raises:
        ModuleNotFoundError: if scikit-learn is not installed.
    """
    return _from_scikit_learn("load_breast_cancer")


def load_digits(*, n_class: int = 10) -> TabularData:
    """1797 handwritten digits, 8 by 8 pixels with gray levels from 0 to 16; comes with scikit-learn.

    Args:
        n_class: how many of the digits from 0 on, from 1 to 10.

    Raises:
        ModuleNotFoundError: if scikit-learn is not installed.
        ValueError: if `n_class` is no whole number from 1 to 10.
    """
    n_class = whole_number("n_class of load_digits", n_class)
    if n_class > 10:
        raise ValueError(f"n_class of load_digits must be at most 10, as there are ten digits, got {n_class}")
    return _from_scikit_learn("load_digits", n_class=n_class)


def _from_scikit_learn(name: str, **options: int) -> TabularData:
    try:
        bunch = getattr(import_module("sklearn.datasets"), name)(**options)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{name} reads its data from scikit-learn, which is not installed; install it with "
            "`pip install scikit-learn`"
        ) from error
    return TabularData(
        data=bunch.data.tolist(),
        target=bunch.target.tolist(),
        feature_names=[str(feature) for feature in bunch.feature_names],
        target_names=[str(target) for target in bunch.target_names],
    )
