"""Rosenblatt's perceptron."""

from __future__ import annotations

import random
from typing import Any, Self

from autograd.core.number import whole_number
from nn.linear_model.classifier import LinearClassifier
from nn.linear_model.least_squares import dot
from nn.seeding import checked_seed, generator_of


class Perceptron(LinearClassifier):
    """The classical learning rule: after each mistake, add the sample to the weights, or subtract it.

    With y = 1 or -1 for the two classes, a sample is a mistake if ``y (w · x + b) <= 0``; then
    ``w += eta0 y x`` and ``b += eta0 y``. This is a step down the gradient of ``max(0, -y (w · x + b))``. If some
    hyperplane separates the classes, the number of mistakes is finite (the perceptron convergence theorem). If
    none does, as for XOR, the weights never come to rest, and `converged_` stays False.

    With more than two classes there is one unit for each, trained to tell its class from all others.

    Args:
        fit_intercept: whether there is an intercept b; if not, it is 0.
        max_iter: the greatest number of passes over the samples.
        shuffle: whether each pass takes the samples in a new random order.
        eta0: the size of the steps. From weights of 0 it scales them all and changes no prediction.
        random_state: a seed or a `random.Random` for the shuffling.

    Attributes:
        coef_, intercept_: the weights of each unit; two classes share one.
        errors_: the number of mistakes in each pass, those of all units together.
        converged_: whether the last pass was without a mistake.
        n_iter_: the number of passes.

    Raises:
        ValueError: if an option is out of range.

    Source: F. Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the
    brain", Psychological Review 65 (1958) 386-408; the theorem: A. B. J. Novikoff, "On convergence proofs on
    perceptrons", Symposium on the Mathematical Theory of Automata 12 (1962) 615-622.

    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> conjunction = Perceptron().fit(X, [0, 0, 0, 1])
    >>> conjunction.predict(X), conjunction.converged_
    ([0, 0, 0, 1], True)
    >>> Perceptron(max_iter=100).fit(X, [0, 1, 1, 0]).converged_
    False
    """

    errors_: list[int]
    converged_: bool
    n_iter_: int

    def __init__(
        self,
        *,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        shuffle: bool = True,
        eta0: float = 1.0,
        random_state: random.Random | int | None = 0,
    ) -> None:
        if not eta0 > 0:
            raise ValueError(f"eta0 must be greater than 0, got {eta0!r}")
        self.fit_intercept = fit_intercept
        self.max_iter = whole_number("max_iter", max_iter)
        self.shuffle = shuffle
        self.eta0 = eta0
        self.random_state = checked_seed(random_state)

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803  (scikit-learn's name)
        """Learn from a batch of inputs and the class of each.

        Raises:
            ValueError: if rows differ in length, a number is not finite, there is not one class for each row, or
                fewer than two classes.
        """
        rows, places = self._samples(X, y)
        units = [1] if len(self.classes_) == 2 else list(range(len(self.classes_)))
        self.coef_ = [[0.0] * len(rows[0]) for _ in units]
        self.intercept_ = [0.0] * len(units)
        self.errors_ = []
        samples = [
            (row, [1 if place == unit else -1 for unit in units]) for row, place in zip(rows, places, strict=True)
        ]
        generator = generator_of(self.random_state)
        for _ in range(self.max_iter):
            if self.shuffle:
                generator.shuffle(samples)
            self.errors_.append(sum(self._learn(row, signs) for row, signs in samples))
            if self.errors_[-1] == 0:
                break
        self.n_iter_ = len(self.errors_)
        self.converged_ = self.errors_[-1] == 0
        self.n_features_in_ = len(rows[0])
        return self

    def _learn(self, row: list[float], signs: list[int]) -> int:
        """Correct each unit that is wrong about one sample; how many there were."""
        mistakes = 0
        for unit, sign in enumerate(signs):
            if sign * (dot(self.coef_[unit], row) + self.intercept_[unit]) > 0:
                continue
            mistakes += 1
            step = self.eta0 * sign
            self.coef_[unit] = [weight + step * x for weight, x in zip(self.coef_[unit], row, strict=True)]
            if self.fit_intercept:
                self.intercept_[unit] += step
        return mistakes
