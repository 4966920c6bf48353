"""scikit-learn as an oracle: names, defaults and numbers."""

from __future__ import annotations

import inspect
import random
import warnings

import pytest

from nn import data, datasets, generative, linear_model, metrics, preprocessing

sklearn = pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install scikit-learn")
np = pytest.importorskip("numpy", reason="NumPy is not installed")

from sklearn import (  # noqa: E402
    discriminant_analysis,
    linear_model as their_linear_model,
    metrics as their_metrics,
    naive_bayes,
    preprocessing as their_preprocessing,
)

TABLES = {
    "iris": datasets.load_iris(),
    "wine": datasets.load_wine(),
    "breast_cancer": datasets.load_breast_cancer(),
}


def close(ours, theirs, rel=1e-9, abs=1e-9):
    np.testing.assert_allclose(np.array(ours, dtype=float), np.array(theirs, dtype=float), rtol=rel, atol=abs)


def table(rows=40, seed=0):
    """A feature of each kind: small, large, constant, of whole numbers."""
    r = random.Random(seed)
    return [[r.gauss(0, 1e-3), r.gauss(1e6, 1e3), 0.1, float(r.randint(-3, 3))] for _ in range(rows)]


# ---------------------------------------------------------------------- preprocessing


@pytest.mark.parametrize(
    ("name", "options", "attributes"),
    [
        ("StandardScaler", {}, ["mean_", "scale_"]),
        ("StandardScaler", {"with_mean": False}, ["scale_"]),
        ("StandardScaler", {"with_std": False}, ["mean_"]),
        ("MinMaxScaler", {}, ["data_min_", "data_max_", "data_range_", "scale_", "min_"]),
        ("MinMaxScaler", {"feature_range": (-1, 3)}, ["data_range_", "scale_", "min_"]),
        ("PolynomialFeatures", {}, ["powers_", "n_output_features_"]),
        ("PolynomialFeatures", {"degree": 3, "include_bias": False}, ["powers_", "n_output_features_"]),
        ("PolynomialFeatures", {"degree": 3, "interaction_only": True}, ["powers_", "n_output_features_"]),
    ],
)
def test_transforms_agree(name, options, attributes):
    rows, others = table(), table(10, seed=1)
    ours = getattr(preprocessing, name)(**options).fit(rows)
    theirs = getattr(their_preprocessing, name)(**options).fit(np.array(rows))
    for attribute in [*attributes, "n_features_in_"]:
        close(getattr(ours, attribute), getattr(theirs, attribute))
    close(ours.transform(others), theirs.transform(others))
    if hasattr(ours, "inverse_transform"):
        close(ours.inverse_transform(others), theirs.inverse_transform(others))


ROWS = [["red", "s", "a"], ["blue", "m", "a"], ["red", "l", "a"], ["green", "s", "a"]]
CHOSEN = [["red", "blue", "green", "black"], ["s", "m", "l"], ["b", "a"]]


@pytest.mark.parametrize("handle_unknown", ["error", "ignore", "warn"])
@pytest.mark.parametrize("drop", [None, "first", "if_binary", ["green", "s", "a"], ["black", "m", "b"]], ids=str)
@pytest.mark.parametrize("categories", ["auto", CHOSEN, CHOSEN[:2], [["red"], ["s", "m", "l"], ["a"]]], ids=str)
def test_encoders_of_categories_agree(categories, drop, handle_unknown):
    """In what they know, encode, decode, refuse and tell."""
    options = {"categories": categories, "drop": drop, "handle_unknown": handle_unknown}
    ours = preprocessing.OneHotEncoder(**options)
    theirs = their_preprocessing.OneHotEncoder(**options, sparse_output=False)

    def alike(call):
        """What both give, if neither refuses; and whether both warn."""
        results, told = [], []
        for encoder in (ours, theirs):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    results.append(call(encoder))
                except ValueError:
                    results.append(None)
            told.append(bool(caught))
        assert told[0] == told[1]
        assert (results[0] is None) == (results[1] is None)
        return results

    fits = alike(lambda encoder: encoder.fit(ROWS))
    if None in fits:
        return
    assert ours.categories_ == [list(column) for column in theirs.categories_]
    assert ours.drop_idx_ == (theirs.drop_idx_ if drop is None else theirs.drop_idx_.tolist())
    for rows in (ROWS, [["green", "xl", "a"], ["black", "m", "a"]]):
        encoded, expected = alike(lambda encoder, rows=rows: encoder.transform(rows))
        if encoded is not None:
            assert np.array(encoded).shape == expected.shape
            close(encoded, expected)
            decoded, expected = alike(lambda encoder, encoded=encoded: encoder.inverse_transform(encoded))
            assert decoded == (None if expected is None else expected.tolist())
    width = len(theirs.get_feature_names_out())
    for zeros in ([[0.0] * width], [[0.0] * (width - 1) + [1.0]]):
        decoded, expected = alike(lambda encoder, zeros=zeros: encoder.inverse_transform(zeros))
        assert decoded == (None if expected is None else expected.tolist())


def test_encoders_of_labels_agree():
    labels = ["b", "a", "c", "a"]
    ours, theirs = (m.LabelEncoder() for m in (preprocessing, their_preprocessing))
    assert ours.fit_transform(labels) == theirs.fit_transform(labels).tolist()
    assert ours.classes_ == theirs.classes_.tolist()


# ---------------------------------------------------------------------- metrics


def classes(seed, count=4, size=50):
    r = random.Random(seed)
    return [r.randrange(count) for _ in range(size)], [r.randrange(count) for _ in range(size)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("average", ["macro", "micro", "weighted", None])
@pytest.mark.parametrize("labels", [None, [2, 0], [0, 1, 2, 3, 9]])
@pytest.mark.parametrize("name", ["precision_score", "recall_score", "f1_score"])
def test_averaged_scores_agree(name, labels, average, seed):
    truths, guesses = classes(seed)
    options = {"average": average, "labels": labels, "zero_division": 0.0}
    close(getattr(metrics, name)(truths, guesses, **options), getattr(their_metrics, name)(truths, guesses, **options))


@pytest.mark.parametrize("name", ["precision_score", "recall_score", "f1_score", "accuracy_score", "confusion_matrix"])
def test_scores_of_two_classes_agree(name):
    truths, guesses = classes(0, count=2)
    close(getattr(metrics, name)(truths, guesses), getattr(their_metrics, name)(truths, guesses))


@pytest.mark.parametrize(
    "options", [{}, {"digits": 4}, {"labels": [0, 2]}, {"target_names": ["a", "bb", "c", "of a very long name"]}]
)
def test_reports_agree_to_the_letter(options):
    truths, guesses = classes(1)
    ours, theirs = (m.classification_report(truths, guesses, **options) for m in (metrics, their_metrics))
    assert ours == theirs


@pytest.mark.parametrize(
    "options", [{}, {"labels": [0, 2]}, {"target_names": list("abcd")}, {"labels": [0, 9], "zero_division": 1.0}]
)
def test_reports_agree_in_numbers(options):
    truths, guesses = classes(1)
    ours, theirs = (
        m.classification_report(truths, guesses, output_dict=True, **options) for m in (metrics, their_metrics)
    )
    assert list(ours) == list(theirs)
    for name, scores in theirs.items():
        assert ours[name] == pytest.approx(scores, rel=1e-12)


@pytest.mark.parametrize("normalize", ["true", "pred", "all", None])
@pytest.mark.parametrize("labels", [None, [2, 0], [0, 1, 2, 3, 9]])
def test_normalized_counts_agree(normalize, labels):
    truths, guesses = classes(2)
    options = {"labels": labels, "normalize": normalize}
    ours, theirs = (m.confusion_matrix(truths, guesses, **options) for m in (metrics, their_metrics))
    assert np.array(ours) == pytest.approx(np.array(theirs), rel=1e-12)
    ours, theirs = (m.accuracy_score(truths, guesses, normalize=False) for m in (metrics, their_metrics))
    assert ours == theirs


@pytest.mark.parametrize(
    ("truths", "guesses"),
    [
        ([0, 1], [[0.2, 0.8], [0.1, 0.9]]),
        ([1, 0], [1.0, 0.2]),
        ([0, 1], [[0, 1], [1, 0]]),
        ([0, 1], [0.0, float("nan")]),
    ],
)
def test_scores_are_no_classes(truths, guesses):
    for m in (metrics, their_metrics):
        for score in (m.accuracy_score, m.confusion_matrix, m.f1_score, m.classification_report):
            with np.errstate(invalid="ignore"), pytest.raises(ValueError):
                score(truths, guesses)


@pytest.mark.parametrize(
    ("truths", "guesses"),
    [([0, 1, 1], [0.0, 1.0, 0.0]), ([[0, 1], [1, 1]], [[0, 1], [1, 0]]), ([[1], [0]], [[1], [1]])],
)
def test_classes_in_other_forms_are_counted_alike(truths, guesses):
    assert metrics.accuracy_score(truths, guesses) == their_metrics.accuracy_score(truths, guesses)


def test_far_from_all_classes_naive_bayes_knows_nothing():
    ours, theirs = (
        kind().fit([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1])
        for kind in (generative.GaussianNB, naive_bayes.GaussianNB)
    )
    with np.errstate(all="ignore"):
        assert np.isnan(theirs.predict_proba([[1e155]])).all()
        assert ours.predict([[1e200]]) == list(theirs.predict([[1e200]])) == [0]
    assert np.isnan(ours.predict_proba([[1e155]])).all()


def test_probabilities_are_judged_alike():
    r = random.Random(0)
    truths = [r.randrange(2) for _ in range(60)]
    scores = [round(r.random(), 1) for _ in truths]
    close(metrics.roc_auc_score(truths, scores), their_metrics.roc_auc_score(truths, scores))
    close(metrics.log_loss(truths, scores), their_metrics.log_loss(truths, scores))
    rows = [[0.2, 0.5, 0.3], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    close(
        metrics.log_loss([1, 0, 0], rows, labels=[0, 1, 2]), their_metrics.log_loss([1, 0, 0], rows, labels=[0, 1, 2])
    )


@pytest.mark.parametrize("name", ["mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score"])
@pytest.mark.parametrize("outputs", [None, 3])
def test_errors_of_numbers_agree(name, outputs):
    theirs = getattr(their_metrics, name, None)
    if theirs is None:
        pytest.skip(f"scikit-learn {sklearn.__version__} has no {name}")
    r = np.random.default_rng(0)
    truths, guesses = (r.normal(size=20 if outputs is None else (20, outputs)) for _ in range(2))
    close(getattr(metrics, name)(truths, guesses), theirs(truths, guesses))


# ---------------------------------------------------------------------- models


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("outputs", [None, 2])
@pytest.mark.parametrize("shape", [(30, 5), (5, 8), (30, 1)])
@pytest.mark.parametrize("dependent", [True, False])
def test_linear_regression_agrees_also_where_features_depend_on_each_other(fit_intercept, outputs, shape, dependent):
    r = np.random.default_rng(0)
    X = r.normal(size=shape) * 3 + 1
    if dependent:
        X = np.hstack([X, X[:, :1] - 2 * X[:, -1:], X[:, :1]])
    y = r.normal(size=shape[0] if outputs is None else (shape[0], outputs))
    ours = linear_model.LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    theirs = their_linear_model.LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    close(ours.coef_, theirs.coef_)
    close(ours.intercept_, theirs.intercept_)
    close(ours.predict(X), theirs.predict(X))
    close(ours.score(X, y), theirs.score(X, y))


@pytest.mark.parametrize(
    "model",
    [linear_model.LogisticRegression(), linear_model.Perceptron(max_iter=5), generative.GaussianNB()],
    ids=lambda model: type(model).__name__,
)
def test_the_score_of_weighted_samples_is_their_accuracy(model):
    X, y = TABLES["iris"].data[::3], TABLES["iris"].target[::3]
    weights = [1 + i % 4 for i in range(len(y))]
    wrong = [0 if i % 3 else label for i, label in enumerate(y)]
    predicted = model.fit(X, y).predict(X)
    assert model.score(X, wrong, weights) == pytest.approx(
        their_metrics.accuracy_score(wrong, predicted, sample_weight=weights)
    )
    assert model.score(X, wrong, weights) != model.score(X, wrong)


def test_the_score_of_a_weighted_regression_is_theirs():
    X, y = TABLES["iris"].data, TABLES["iris"].target
    weights = [1 + i % 4 for i in range(len(y))]
    for targets in (y, [[float(label), x[0] * x[1]] for label, x in zip(y, X, strict=True)]):
        ours, theirs = (m.LinearRegression().fit(X, targets) for m in (linear_model, their_linear_model))
        assert ours.score(X, targets, weights) == pytest.approx(theirs.score(X, targets, weights), rel=1e-9)


@pytest.mark.parametrize("name", ["iris", "wine"])
@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("strength", [1.0, 0.01])
def test_logistic_regression_agrees_on_the_weights(name, scaled, strength):
    X, y = TABLES[name].data, TABLES[name].target
    if scaled:
        X = preprocessing.StandardScaler().fit_transform(X)
    ours = linear_model.LogisticRegression(C=strength).fit(X, y)
    theirs = their_linear_model.LogisticRegression(C=strength, solver="newton-cg", tol=1e-10, max_iter=10_000).fit(X, y)
    close(ours.coef_, theirs.coef_, abs=1e-5)
    close(ours.intercept_, theirs.intercept_, abs=1e-5)
    close(ours.predict_proba(X), theirs.predict_proba(X), abs=1e-5)
    close(ours.decision_function(X), theirs.decision_function(X), abs=1e-4)
    assert ours.score(X, y) == theirs.score(X, y)


def test_logistic_regression_of_two_classes_agrees_on_the_weights():
    X, y = preprocessing.StandardScaler().fit_transform(TABLES["breast_cancer"].data), TABLES["breast_cancer"].target
    ours = linear_model.LogisticRegression().fit(X, y)
    theirs = their_linear_model.LogisticRegression(solver="newton-cg", tol=1e-10, max_iter=10_000).fit(X, y)
    close(ours.coef_, theirs.coef_, abs=1e-6)
    close(ours.intercept_, theirs.intercept_, abs=1e-6)
    close(ours.decision_function(X), theirs.decision_function(X), abs=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_logistic_regression_without_penalty_agrees(classes):
    X, y = datasets.make_blobs(90, centers=[[0, 0], [2, 0], [0, 2]][:classes], cluster_std=1.5, random_state=0)
    ours = linear_model.LogisticRegression(penalty=None).fit(X, y)
    theirs = their_linear_model.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(X, y)
    close(ours.coef_, theirs.coef_, abs=1e-4)
    close(ours.intercept_, theirs.intercept_, abs=1e-4)


@pytest.mark.parametrize(("name", "least"), [("iris", 0.95), ("wine", 0.95), ("breast_cancer", 0.95)])
def test_logistic_regression_with_defaults_is_right_about_held_out_samples(name, least):
    X_train, X_test, y_train, y_test = data.train_test_split(
        TABLES[name].data, TABLES[name].target, random_state=0, stratify=TABLES[name].target
    )
    scaler = preprocessing.StandardScaler().fit(X_train)
    model = linear_model.LogisticRegression().fit(scaler.transform(X_train), y_train)
    assert model.score(scaler.transform(X_test), y_test) >= least


@pytest.mark.parametrize("centers", [2, 3])
def test_a_perceptron_that_does_not_shuffle_takes_the_same_steps(centers):
    X, y = datasets.make_blobs(60, centers=centers, cluster_std=4.0, random_state=1)
    ours = linear_model.Perceptron(shuffle=False, max_iter=7).fit(X, y)
    theirs = their_linear_model.Perceptron(shuffle=False, max_iter=7, tol=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that seven passes were not enough
        theirs.fit(X, y)
    close(ours.coef_, theirs.coef_)
    close(ours.intercept_, theirs.intercept_)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("equal_priors", [True, False])
def test_naive_bayes_agrees(name, equal_priors):
    X, y = TABLES[name].data, TABLES[name].target
    priors = [1 / len(set(y))] * len(set(y)) if equal_priors else None
    ours = generative.GaussianNB(priors=priors).fit(X, y)
    theirs = naive_bayes.GaussianNB(priors=priors).fit(X, y)
    for attribute in ("theta_", "var_", "class_prior_", "class_count_", "epsilon_"):
        close(getattr(ours, attribute), getattr(theirs, attribute))
    close(ours.predict_proba(X), theirs.predict_proba(X))
    close(ours.predict_log_proba(X), theirs.predict_log_proba(X), rel=1e-8)
    assert ours.predict(X) == theirs.predict(X).tolist()


@pytest.mark.parametrize("name", TABLES)
def test_a_shared_covariance_agrees_with_linear_discriminant_analysis(name):
    """With solver="lsqr", which divides by n; the default solver divides by n less the number of classes."""
    X, y = TABLES[name].data, TABLES[name].target
    ours = generative.GaussianClassifier(shared_covariance=True).fit(X, y)
    theirs = discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", store_covariance=True).fit(X, y)
    close(ours.means_, theirs.means_)
    close(ours.covariances_[0], theirs.covariance_)
    close(ours.coef_, theirs.coef_, rel=1e-8, abs=1e-6)
    close(ours.intercept_, theirs.intercept_, rel=1e-8)
    close(ours.predict_proba(X), theirs.predict_proba(X), abs=1e-8)
    assert ours.predict(X) == theirs.predict(X).tolist()


@pytest.mark.parametrize("name", ["iris", "wine"])
def test_covariances_of_their_own_agree_with_quadratic_discriminant_analysis(name):
    """Older versions divide covariances by n - 1; given theirs, the scores are the same function."""
    X, y = TABLES[name].data, TABLES[name].target
    ours = generative.GaussianClassifier().fit(X, y)
    theirs = discriminant_analysis.QuadraticDiscriminantAnalysis(store_covariance=True).fit(X, y)
    close(ours.means_, theirs.means_)
    counts = [y.count(label) for label in ours.classes_]
    less = 0 if np.allclose(ours.covariances_[0], theirs.covariance_[0], rtol=1e-6) else 1
    expected = [np.array(c) * (n / (n - less)) for c, n in zip(ours.covariances_, counts, strict=True)]
    close(expected, theirs.covariance_)
    ours._factors = [generative.cholesky(covariance.tolist()) for covariance in expected]
    close(ours.predict_proba(X), theirs.predict_proba(X))
    assert ours.predict(X) == theirs.predict(X).tolist()


# ---------------------------------------------------------------------- names and defaults


PAIRS = [
    (getattr(ours, name), getattr(theirs, name))
    for ours, theirs, names in [
        (preprocessing, their_preprocessing, preprocessing.__all__),
        (metrics, their_metrics, [name for name in metrics.__all__ if hasattr(their_metrics, name)]),
        (datasets, __import__("sklearn.datasets").datasets, ["make_moons", "make_circles", "make_blobs"]),
        (datasets, __import__("sklearn.datasets").datasets, ["make_regression"]),
        (linear_model, their_linear_model, linear_model.__all__),
        (generative, naive_bayes, ["GaussianNB"]),
    ]
    for name in names
]
OURS_ALONE = {"solver", "lr", "max_iter", "tol"}  # of the gradient descent of LinearRegression
NOWHERE_ELSE = {"ignore_index"}  # of the metrics of classes, as the losses of classes have it
DIFFERENT = {
    ("LogisticRegression", "penalty"): "their name for it is being withdrawn",
    ("LogisticRegression", "tol"): "Newton's method comes closer at no cost",
    ("log_loss", "y_proba"): "theirs has a default while the old name, y_pred, is being withdrawn",
    ("precision_score", "zero_division"): "0 as theirs, without the warning",
    ("recall_score", "zero_division"): "0 as theirs, without the warning",
    ("f1_score", "zero_division"): "0 as theirs, without the warning",
    ("classification_report", "zero_division"): "0 as theirs, without the warning",
    ("make_blobs", "center_box"): "floats",
}


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda thing: thing.__name__)
def test_arguments_and_defaults_have_scikit_learns_names(ours, theirs):
    known = inspect.signature(theirs).parameters
    for name, parameter in inspect.signature(ours).parameters.items():
        if (ours.__name__, name) in DIFFERENT or (ours.__name__ == "LinearRegression" and name in OURS_ALONE):
            continue
        if ours.__module__.startswith("nn.metrics.") and name in NOWHERE_ELSE:
            continue
        assert name in known
        assert parameter.default == known[name].default
