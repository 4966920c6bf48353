"""Data to learn from, with scikit-learn's names: two moons, made on the spot, and Fisher's irises."""

from __future__ import annotations

import csv
import math
import random
from dataclasses import dataclass
from importlib.resources import files
from typing import cast


def generator_of(seed: random.Random | int | None) -> random.Random:
    """A random generator from a seed; itself for a generator; the one of the `random` module for None."""
    if seed is None:
        return cast(random.Random, random)  # the module has a generator's methods
    return seed if isinstance(seed, random.Random) else random.Random(seed)


def make_moons(
    n_samples: int = 100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: random.Random | int | None = None,
) -> tuple[list[list[float]], list[int]]:
    """Two interleaving half circles in the plane, one for each class.

    The first class lies on the upper half of the unit circle, ``(cos t, sin t)`` for t from 0 to π; the second
    hangs below it, ``(1 - cos t, 1/2 - sin t)``.

    Args:
        n_samples: the number of points in all.
        shuffle: whether the points come in random order; if not, the first class comes first.
        noise: the standard deviation of the normal noise added to both coordinates.
        random_state: a seed or a `random.Random`. The numbers are the same on every platform.

    Returns:
        The points, as a list of pairs, and their classes, 0 or 1.

    Raises:
        ValueError: if there are fewer than 2 points or the noise is negative.

    >>> X, y = make_moons(4, shuffle=False)
    >>> [[round(x, 6) for x in point] for point in X], y
    ([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.5], [2.0, 0.5]], [0, 0, 1, 1])
    """
    if n_samples < 2:
        raise ValueError(f"n_samples must be at least 2, one for each moon, got {n_samples}")
    if noise is not None and noise < 0:
        raise ValueError(f"noise is a standard deviation, so it must be 0 or greater, got {noise}")
    generator = generator_of(random_state)
    samples: list[tuple[list[float], int]] = []
    for label, count in enumerate((n_samples // 2, n_samples - n_samples // 2)):
        for index in range(count):
            angle = math.pi * index / max(count - 1, 1)
            x, y = math.cos(angle), math.sin(angle)
            samples.append(([1 - x, 0.5 - y] if label else [x, y], label))
    if shuffle:
        generator.shuffle(samples)
    if noise:
        samples = [([x + generator.gauss(0, noise) for x in point], label) for point, label in samples]
    return [point for point, _ in samples], [label for _, label in samples]


@dataclass(frozen=True)
class TabularData:
    """A data set that comes with names.

    Attributes:
        data: one row of features for each sample.
        target: one class index for each sample.
        feature_names: what the columns are, with units.
        target_names: what the classes are.
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
