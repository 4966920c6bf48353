"""Gaussian classifiers against densities written out by hand; `test_sklearn_parity.py` has scikit-learn's say."""

from __future__ import annotations

import math
import random

import pytest

import nn
from nn.generative import GaussianClassifier, GaussianNB, cholesky
from nn.preprocessing import StandardScaler

NAN = math.nan


def flat(rows):
    return [x for row in rows for x in row]


def samples(seed=0):
    """Three classes of correlated pairs, 30, 20 and 10 of them."""
    generator, rows, labels = random.Random(seed), [], []
    for label, count, (a, b) in (("u", 30, (0, 0)), ("v", 20, (3, 1)), ("w", 10, (0, 4))):
        for _ in range(count):
            x = generator.gauss(a, 1)
            rows.append([x, b + 0.5 * (x - a) + generator.gauss(0, 0.5 if label == "u" else 1.5)])
            labels.append(label)
    return rows, labels


def density_of_a_pair(x, mean, covariance):
    """The normal density in two dimensions, with the inverse and the determinant of a 2 by 2 matrix written out."""
    (a, b), (_, d) = covariance
    u, v = x[0] - mean[0], x[1] - mean[1]
    determinant = a * d - b * b
    form = (d * u * u - 2 * b * u * v + a * v * v) / determinant
    return math.exp(-form / 2) / (2 * math.pi * math.sqrt(determinant))


@pytest.mark.parametrize("priors", [None, [0.2, 0.5, 0.3], [0.5, 0.5, 0.0]])
@pytest.mark.parametrize("shared_covariance", [True, False])
def test_the_probabilities_are_those_of_bayes_rule(shared_covariance, priors):
    X, y = samples()
    model = GaussianClassifier(shared_covariance=shared_covariance, priors=priors).fit(X, y)
    assert model.priors_ == pytest.approx(priors or [1 / 2, 1 / 3, 1 / 6])
    groups = [[x for x, label in zip(X, y, strict=True) if label == name] for name in "uvw"]
    means = [[math.fsum(c) / len(g) for c in zip(*g, strict=True)] for g in groups]
    covariances = [
        [[math.fsum((x[i] - m[i]) * (x[j] - m[j]) for x in g) / len(g) for j in range(2)] for i in range(2)]
        for g, m in zip(groups, means, strict=True)
    ]
    if shared_covariance:
        shared = [
            [sum(len(g) * c[i][j] for g, c in zip(groups, covariances, strict=True)) / 60 for j in range(2)]
            for i in range(2)
        ]
        covariances = [shared] * 3
    assert flat(model.means_) == pytest.approx(flat(means))
    assert flat(flat(model.covariances_)) == pytest.approx(flat(flat(covariances)))
    for x, row in zip(X, model.predict_proba(X), strict=True):
        joint = [p * density_of_a_pair(x, m, c) for p, m, c in zip(model.priors_, means, covariances, strict=True)]
        assert row == pytest.approx([j / sum(joint) for j in joint], rel=1e-9, abs=1e-12)


def test_a_shared_covariance_makes_linear_scores():
    """Differences of log-probabilities are differences of ``coef · x + intercept``."""
    X, y = samples()
    model = GaussianClassifier(shared_covariance=True).fit(X, y)
    for x, logs in zip(X, model.predict_log_proba(X), strict=True):
        scores = [
            sum(w * t for w, t in zip(row, x, strict=True)) + b
            for row, b in zip(model.coef_, model.intercept_, strict=True)
        ]
        assert [a - logs[0] for a in logs] == pytest.approx([s - scores[0] for s in scores], abs=1e-10)
    two = GaussianClassifier(shared_covariance=True).fit(X, [label == "u" for label in y])
    for x, (no, yes) in zip(X, two.predict_log_proba(X), strict=True):
        assert yes - no == pytest.approx(
            sum(w * t for w, t in zip(two.coef_[0], x, strict=True)) + two.intercept_[0], abs=1e-10
        )
    assert not hasattr(GaussianClassifier().fit(X, y), "coef_")


def test_naive_bayes_is_a_gaussian_classifier_whose_covariances_are_diagonal():
    """Each class a full grid: its features are uncorrelated, and both classifiers agree."""
    X = [[float(a), float(b)] for a in range(4) for b in range(3)] + [
        [5 + 2.0 * a, 1.0 + b] for a in range(3) for b in range(5)
    ]
    y = [0] * 12 + [1] * 15
    full, naive = GaussianClassifier().fit(X, y), GaussianNB(var_smoothing=0.0).fit(X, y)
    assert naive.theta_ == full.means_
    assert flat(naive.predict_log_proba(X)) == pytest.approx(flat(full.predict_log_proba(X)), rel=1e-10)


def test_log_probabilities_do_not_underflow():
    for model in (GaussianNB(), GaussianClassifier(), GaussianClassifier(shared_covariance=True)):
        model.fit([[0.0], [1.0], [1000.0], [1001.0]], [0, 0, 1, 1])
        ((near, far),) = model.predict_log_proba([[0.5]])
        assert near == 0.0
        assert -2e7 < far < -1e6
        assert model.predict_proba([[0.5]]) == [[1.0, 0.0]]


def test_reg_covar_makes_dependent_features_usable():
    X, y = samples()
    doubled = [[*row, row[0]] for row in X]
    model = GaussianClassifier(reg_covar=1e-3).fit(doubled, y)
    assert model.covariances_[0][2][2] == pytest.approx(model.covariances_[0][2][0] + 1e-3)
    assert model.score(doubled, y) > 0.8


def test_cholesky_factors_multiply_to_the_matrix():
    generator = random.Random(0)
    A = [[generator.gauss(0, 1) for _ in range(5)] for _ in range(5)]
    S = [[math.fsum(x * y for x, y in zip(a, b, strict=True)) for b in A] for a in A]
    L = cholesky(S)
    again = [[math.fsum(x * y for x, y in zip(a, b, strict=True)) for b in L] for a in L]
    assert flat(again) == pytest.approx(flat(S))
    assert all(L[i][j] == 0 for i in range(5) for j in range(i + 1, 5))


def test_iris_is_told_apart_on_held_out_flowers():
    iris = nn.datasets.load_iris()
    X_train, X_test, y_train, y_test = nn.data.train_test_split(
        iris.data, iris.target, random_state=0, stratify=iris.target
    )
    scaler = StandardScaler().fit(X_train)
    for model in (GaussianNB(), GaussianClassifier(), GaussianClassifier(shared_covariance=True)):
        assert model.fit(scaler.transform(X_train), y_train).score(scaler.transform(X_test), y_test) >= 0.9


@pytest.mark.parametrize("seed", range(20))
def test_a_dependent_feature_is_found_whatever_the_rounding(seed):
    rows, labels = samples(seed)
    with pytest.raises(ValueError, match="is singular: feature 2 is a linear combination of the features before it"):
        GaussianClassifier(shared_covariance=True).fit([[*x, 0.7 * x[0] - 0.3 * x[1] + 5] for x in rows], labels)


X, Y = [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [5.0, 1.0], [6.0, 0.0], [7.0, 7.0]], [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("model", [GaussianNB, GaussianClassifier])
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model().predict_proba(X), "has learnt nothing yet; call fit with the training data first"),
        (lambda model: model().fit([[1.0], [1.0, 2.0]], [0, 1]), "got 1 features in row 0 and 2 in row 1"),
        (lambda model: model().fit(X, [0] * 6), "needs samples of at least 2 classes, got only .0."),
        (lambda model: model().fit(X, Y[:5]), "one target for each of 6 samples, got 5"),
        (lambda model: model().fit([[NAN]] * 2, [0, 1]), "finite numbers, got nan as feature 0 of row 0"),
        (lambda model: model().fit(X, Y).predict([[1.0]]), "was fitted to 2 features, got a row of 1"),
        (lambda model: model(priors=[0.5, 0.6]).fit(X, Y), "each of the 2 classes, summing to 1, got .0.5, 0.6."),
        (lambda model: model(priors=[1.0]).fit(X, Y), "each of the 2 classes, summing to 1, got .1.0."),
        (lambda model: model(priors=[1.5, -0.5]).fit(X, Y), "each of the 2 classes, summing to 1, got .1.5, -0.5."),
    ],
)
def test_bad_input_is_named(model, call, message):
    with pytest.raises(ValueError, match=message):
        call(model)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianClassifier(reg_covar=-1.0), "reg_covar must be 0 or greater, got -1.0"),
        (lambda: GaussianNB(var_smoothing=NAN), "var_smoothing must be 0 or greater, got nan"),
        (
            lambda: GaussianClassifier().fit([[x[0], 3.0] for x in X], Y),
            "covariance of class 0, of 3 samples, is singular: feature 1 is constant there; leave it out",
        ),
        (
            lambda: GaussianClassifier().fit([[x[0], 0.1] for x in X], Y),  # whose mean is not quite 0.1
            "covariance of class 0, of 3 samples, is singular: feature 1 is constant there",
        ),
        (
            lambda: GaussianNB(var_smoothing=0.0).fit([[x[0], 0.1] for x in X], Y),
            "feature 1 is the same in all samples of class 0, so its variance is 0",
        ),
        (
            lambda: GaussianClassifier(shared_covariance=True).fit([[*x, x[0] - 0.3 * x[1]] for x in X], Y),
            "shared by all 6 samples is singular: feature 2 is a linear combination of the features before it",
        ),
        (
            lambda: GaussianClassifier().fit([*X, [9.0, 9.0]], [*Y, 2]),
            "covariance of class 2, of 1 samples, is singular: feature 0 is constant there",
        ),
        (
            lambda: GaussianNB(var_smoothing=0.0).fit([[x[0], 3.0] for x in X], Y),
            "feature 1 is the same in all samples of class 0, so its variance is 0",
        ),
    ],
)
def test_what_cannot_be_fitted_names_the_feature(call, message):
    with pytest.raises(ValueError, match=message):
        call()
