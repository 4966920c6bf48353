"""Generate data sets, with scikit-learn's names and arguments where scikit-learn has the same."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from autograd.core.number import whole_number
from nn.nested import as_sequence, is_sequence
from nn.seeding import generator_of

Samples = list[tuple[list[float], int]]
Labeled = tuple[list[list[float]], list[int]]


def make_moons(
    n_samples: int = 100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: random.Random | int | None = None,
) -> Labeled:
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
    n_samples = _checked(n_samples, 2, "one for each moon", noise)
    samples: Samples = []
    for label, count in enumerate((n_samples // 2, n_samples - n_samples // 2)):
        for index in range(count):
            angle = math.pi * index / max(count - 1, 1)
            x, y = math.cos(angle), math.sin(angle)
            samples.append(([1 - x, 0.5 - y] if label else [x, y], label))
    return _finished(samples, shuffle, noise, generator_of(random_state))


def make_circles(
    n_samples: int = 100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: random.Random | int | None = None,
    factor: float = 0.8,
) -> Labeled:
    """A circle within a circle: the first class on the unit circle, the second on one of radius `factor`.

    Args:
        n_samples: the number of points in all.
        shuffle: whether the points come in random order; if not, the outer circle comes first.
        noise: the standard deviation of the normal noise added to both coordinates.
        random_state: a seed or a `random.Random`.
        factor: the radius of the inner circle, from 0 to less than 1.

    Returns:
        The points, as a list of pairs, and their classes, 0 or 1.

    Raises:
        ValueError: if there are fewer than 2 points, the noise is negative, or the factor is out of range.

    >>> X, y = make_circles(4, shuffle=False, factor=0.5)
    >>> [[round(x, 6) + 0.0 for x in point] for point in X], y
    ([[1.0, 0.0], [-1.0, 0.0], [0.5, 0.0], [-0.5, 0.0]], [0, 0, 1, 1])
    """
    n_samples = _checked(n_samples, 2, "one for each circle", noise)
    if not 0 <= factor < 1:
        raise ValueError(f"factor is the radius of the inner circle, from 0 to less than 1, got {factor}")
    samples: Samples = []
    for label, count in enumerate((n_samples // 2, n_samples - n_samples // 2)):
        radius = factor if label else 1.0
        for index in range(count):
            angle = 2 * math.pi * index / count
            samples.append(([radius * math.cos(angle), radius * math.sin(angle)], label))
    return _finished(samples, shuffle, noise, generator_of(random_state))


def make_blobs(
    n_samples: int = 100,
    n_features: int = 2,
    *,
    centers: int | Sequence[Sequence[float]] | None = None,
    cluster_std: float | Sequence[float] = 1.0,
    center_box: tuple[float, float] = (-10.0, 10.0),
    shuffle: bool = True,
    random_state: random.Random | int | None = None,
    return_centers: bool = False,
) -> tuple[Any, ...]:
    """Normally distributed clouds of points, one for each class.

    Args:
        n_samples: the number of points in all; if it cannot be split evenly, the first classes get one more.
        n_features: the dimension of the points; not used if the centers are given.
        centers: the centers of the clouds, or how many to draw; 3 by default.
        cluster_std: the standard deviation of every coordinate; one number, or one for each cloud.
        center_box: the range from which the coordinates of centers are drawn, uniformly.
        shuffle: whether the points come in random order; if not, cloud after cloud.
        random_state: a seed or a `random.Random`.
        return_centers: whether to return the centers as well.

    Returns:
        The points and the index of the cloud of each, and with ``return_centers=True`` the centers.

    Raises:
        ValueError: if there are fewer points than clouds, or a standard deviation is negative or missing.

    >>> make_blobs(3, centers=[[0.0, 0.0], [5.0, 5.0]], cluster_std=0.0, shuffle=False)
    ([[0.0, 0.0], [0.0, 0.0], [5.0, 5.0]], [0, 0, 1])
    """
    generator = generator_of(random_state)
    n_features = whole_number("n_features", n_features)
    if is_sequence(centers):
        middles = [[float(x) for x in as_sequence(center)] for center in as_sequence(centers)]
    else:
        count = 3 if centers is None else whole_number("centers", centers, more=" or a list of points")
        middles = [[generator.uniform(*center_box) for _ in range(n_features)] for _ in range(count)]
    n_samples = _checked(n_samples, max(1, len(middles)), "one for each center", None)
    given = list(map(float, as_sequence(cluster_std)))
    deviations = given if is_sequence(cluster_std) else given * len(middles)
    if not middles or len(deviations) != len(middles) or min(deviations) < 0:
        raise ValueError(
            f"expected at least one center and a cluster_std of 0 or greater, one number or one for each center, got "
            f"{len(middles)} centers and {cluster_std}"
        )
    whole, extra = divmod(n_samples, len(middles))
    samples = [
        ([generator.gauss(x, deviation) for x in middle], label)
        for label, (middle, deviation) in enumerate(zip(middles, deviations, strict=True))
        for _ in range(whole + (label < extra))
    ]
    labeled = _finished(samples, shuffle, None, generator)
    return (*labeled, middles) if return_centers else labeled


def make_xor(
    n_samples: int = 4,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: random.Random | int | None = None,
) -> Labeled:
    """The exclusive or: points at the corners of the unit square, of class 1 where just one coordinate is 1.

    No line separates the classes.

    Args:
        n_samples: the number of points in all, dealt out to the corners in turn; 4 are the truth table.
        shuffle: whether the points come in random order; if not, (0, 0), (0, 1), (1, 0), (1, 1), and again.
        noise: the standard deviation of the normal noise added to both coordinates.
        random_state: a seed or a `random.Random`.

    Returns:
        The points, as a list of pairs, and their classes, 0 or 1.

    Raises:
        ValueError: if there are fewer than 4 points or the noise is negative.

    >>> make_xor(shuffle=False)
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    n_samples = _checked(n_samples, 4, "one for each corner", noise)
    corners = [(a, b) for a in (0, 1) for b in (0, 1)]
    samples = [([float(a), float(b)], a ^ b) for a, b in (corners[index % 4] for index in range(n_samples))]
    return _finished(samples, shuffle, noise, generator_of(random_state))


def make_spirals(
    n_samples: int = 100,
    *,
    n_classes: int = 2,
    turns: float = 1.5,
    shuffle: bool = True,
    noise: float | None = None,
    random_state: random.Random | int | None = None,
) -> Labeled:
    """Spirals wound into each other, one for each class.

    Spiral k is ``(r cos t, r sin t)`` with r from 0 to 1 and ``t = 2π (turns r + k / n_classes)``: each is the
    first one, turned. After K. J. Lang and M. J. Witbrock, "Learning to tell two spirals apart" (1988).

    Args:
        n_samples: the number of points in all; if it cannot be split evenly, the first classes get one more.
        n_classes: the number of spirals.
        turns: how often each winds around the origin.
        shuffle: whether the points come in random order; if not, spiral after spiral.
        noise: the standard deviation of the normal noise added to both coordinates.
        random_state: a seed or a `random.Random`.

    Returns:
        The points, as a list of pairs, and the index of the spiral of each.

    Raises:
        ValueError: if there are fewer points than spirals or the noise is negative.

    >>> X, y = make_spirals(4, turns=0.5, shuffle=False)
    >>> [[round(x, 6) + 0.0 for x in point] for point in X], y
    ([[0.0, 0.5], [-1.0, 0.0], [0.0, -0.5], [1.0, 0.0]], [0, 0, 1, 1])
    """
    n_classes = whole_number("n_classes", n_classes)
    n_samples = _checked(n_samples, n_classes, "one for each spiral", noise)
    whole, extra = divmod(n_samples, n_classes)
    samples: Samples = []
    for label in range(n_classes):
        count = whole + (label < extra)
        for index in range(count):
            radius = (index + 1) / count
            angle = 2 * math.pi * (turns * radius + label / n_classes)
            samples.append(([radius * math.cos(angle), radius * math.sin(angle)], label))
    return _finished(samples, shuffle, noise, generator_of(random_state))


def make_regression(
    n_samples: int = 100,
    n_features: int = 100,
    *,
    n_informative: int = 10,
    n_targets: int = 1,
    bias: float = 0.0,
    noise: float = 0.0,
    shuffle: bool = True,
    coef: bool = False,
    random_state: random.Random | int | None = None,
) -> tuple[Any, ...]:
    """A random linear problem: standard normal features, and a target ``y = w · x + bias + noise``.

    Args:
        n_samples: the number of samples.
        n_features: the number of features.
        n_informative: how many of them have a weight other than 0, drawn uniformly from 0 to 100.
        n_targets: the number of targets; if it is not 1, each target is a list, and so are the weights of each
            feature. All depend on the same features.
        bias: the intercept.
        noise: the standard deviation of the normal noise added to the target.
        shuffle: whether the informative features stand in random places; if not, they come first.
        coef: whether to return the weights as well.
        random_state: a seed or a `random.Random`.

    Returns:
        The inputs, the targets, and with ``coef=True`` the weights.

    Raises:
        ValueError: if a count is less than 1, or the noise is negative.

    >>> X, y, w = make_regression(5, 2, bias=1.0, coef=True, random_state=0)
    >>> all(abs(w[0] * x[0] + w[1] * x[1] + 1 - t) < 1e-12 for x, t in zip(X, y))
    True
    """
    n_samples = _checked(n_samples, 1, "a sample to learn from", noise)
    n_features = whole_number("n_features", n_features)
    n_informative = whole_number("n_informative", n_informative, 0)
    n_targets = whole_number("n_targets", n_targets)
    generator = generator_of(random_state)
    weights: list[Any] = [
        [100 * generator.random() if feature < n_informative else 0.0 for _ in range(n_targets)]
        for feature in range(n_features)
    ]
    if shuffle:
        generator.shuffle(weights)
    inputs = [[generator.gauss(0, 1) for _ in weights] for _ in range(n_samples)]

    def target(column: Sequence[float], row: Sequence[float]) -> float:
        disturbance = generator.gauss(0, noise) if noise else 0
        return math.fsum(w * x for w, x in zip(column, row, strict=True)) + bias + disturbance

    columns = list(zip(*weights, strict=True))
    targets: list[Any] = [[target(column, row) for column in columns] for row in inputs]
    if n_targets == 1:
        targets, weights = [single for (single,) in targets], [single for (single,) in weights]
    return (inputs, targets, weights) if coef else (inputs, targets)


def _checked(n_samples: int, least: int, why: str, noise: float | None) -> int:
    """The number of samples."""
    count = whole_number("n_samples", n_samples, least, more=f", {why}")
    if noise is not None and noise < 0:
        raise ValueError(f"noise is a standard deviation, so it must be 0 or greater, got {noise}")
    return count


def _finished(samples: Samples, shuffle: bool, noise: float | None, generator: random.Random) -> Labeled:
    """The points and their classes as two lists, shuffled and with noise if wanted."""
    if shuffle:
        generator.shuffle(samples)
    if noise:
        samples = [([x + generator.gauss(0, noise) for x in point], label) for point, label in samples]
    return [point for point, _ in samples], [label for _, label in samples]
