"""Linear models against closed forms and optimality conditions; `test_sklearn_parity.py` has scikit-learn's say."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, strategies as st

import nn
from autograd import Value
from nn.linear_model import LinearRegression, LogisticRegression, Perceptron, logistic
from nn.linear_model.least_squares import least_squares, orthogonalize
from nn.preprocessing import PolynomialFeatures, StandardScaler

NAN = math.nan


def flat(rows):
    return [x for row in rows for x in row]


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


# ---------------------------------------------------------------------- linear regression


def test_a_line_has_the_textbook_slope_and_intercept():
    x, y = [1.0, 2.0, 4.0, 7.0], [2.0, 1.0, 5.0, 6.0]
    slope = dot([a - 3.5 for a in x], [b - 3.5 for b in y]) / dot([a - 3.5 for a in x], [a - 3.5 for a in x])
    model = LinearRegression().fit([[a] for a in x], y)
    assert model.coef_ == pytest.approx([slope], rel=1e-14)
    assert model.intercept_ == pytest.approx(3.5 - slope * 3.5, rel=1e-13)
    assert model.score([[a] for a in x], y) == pytest.approx(nn.metrics.r2_score(y, model.predict([[a] for a in x])))


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_residuals_of_the_closed_form_are_orthogonal_to_every_feature(fit_intercept):
    X, y = nn.datasets.make_regression(30, 4, noise=10.0, bias=3.0, random_state=0)
    model = LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    residuals = [t - p for t, p in zip(y, model.predict(X), strict=True)]
    columns = [*zip(*X, strict=True), *([(1.0,) * 30] if fit_intercept else [])]
    assert max(abs(dot(column, residuals)) for column in columns) < 1e-10
    assert fit_intercept or model.intercept_ == 0.0


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("outputs", [1, 3])
def test_gradient_descent_ends_at_the_closed_form(fit_intercept, outputs):
    random.seed(0)
    X = [[random.gauss(0, 1) for _ in range(3)] for _ in range(25)]
    Y = [[random.gauss(sum(row) * (k + 1), 1) for k in range(outputs)] for row in X]
    y = Y if outputs > 1 else flat(Y)
    closed = LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    descent = LinearRegression(
        fit_intercept=fit_intercept, solver="gradient_descent", lr=0.2, max_iter=2000, tol=1e-9
    ).fit(X, y)
    assert descent.converged_
    assert 0 < descent.n_iter_ < 2000
    ours, theirs = descent.predict(X), closed.predict(X)
    assert (flat(ours) if outputs > 1 else ours) == pytest.approx(flat(theirs) if outputs > 1 else theirs, abs=1e-8)


def test_several_outputs_learn_as_each_would_alone():
    X, options = [[0.0, 1.0], [1.0, -1.0], [2.0, 0.5]], {"solver": "gradient_descent", "lr": 0.1, "max_iter": 5}
    both = LinearRegression(**options).fit(X, [[1.0, 5.0], [2.0, 0.0], [4.0, -1.0]])
    for output, y in enumerate(([1.0, 2.0, 4.0], [5.0, 0.0, -1.0])):
        alone = LinearRegression(**options).fit(X, y)
        assert both.coef_[output] == pytest.approx(alone.coef_, rel=1e-12)
        assert both.intercept_[output] == pytest.approx(alone.intercept_, rel=1e-12)


def test_gradient_descent_stops_at_max_iter_without_claiming_convergence():
    model = LinearRegression(solver="gradient_descent", lr=0.01, max_iter=7).fit([[0.0], [1.0]], [1.0, 3.0])
    assert (model.n_iter_, model.converged_) == (7, False)


def test_gradient_descent_that_starts_at_the_optimum_takes_no_step_even_without_tolerance():
    model = LinearRegression(solver="gradient_descent", tol=0.0).fit([[1.0], [2.0]], [0.0, 0.0])
    assert (model.coef_, model.n_iter_, model.converged_) == ([0.0], 0, True)


def test_gradient_descent_that_diverges_says_so():
    with pytest.raises(nn.DivergenceError, match=r"lr=1.0 left the finite numbers after .* smaller lr"):
        LinearRegression(solver="gradient_descent", lr=1.0).fit([[100.0], [200.0]], [1.0, 2.0])


def test_dependent_features_get_the_shortest_weights():
    """With x1 = 2 x0 every w0 + 2 w1 = 5 fits; the shortest is (1, 2). A constant feature gets 0."""
    X = [[t, 2 * t, 8.0] for t in (0.0, 1.0, 3.0, 4.0)]
    model = LinearRegression().fit(X, [5 * t + 1 for t in (0.0, 1.0, 3.0, 4.0)])
    assert model.coef_ == pytest.approx([1.0, 2.0, 0.0], abs=1e-12)
    assert (model.rank_, model.intercept_) == (1, pytest.approx(1.0))


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(st.integers(-9, 9), min_size=n, max_size=n), min_size=1, max_size=6)
    )
)
def test_orthogonalized_columns_are_orthogonal_and_make_up_the_columns(columns):
    if not any(map(any, columns)):
        return
    basis, coefficients, pivots = orthogonalize([list(map(float, column)) for column in columns])
    for i, unit in enumerate(basis):
        assert [dot(unit, other) for other in basis] == pytest.approx([float(i == j) for j in range(len(basis))])
        assert all(coefficients[i][pivot] == 0 for pivot in pivots[:i])
    for j, column in enumerate(columns):
        again = [
            sum(row[j] * unit[i] for row, unit in zip(coefficients, basis, strict=True)) for i in range(len(column))
        ]
        assert again == pytest.approx(column, abs=1e-11)


def test_almost_dependent_columns_become_orthogonal_to_the_last_digits():
    """Läuchli's matrix, on which a single pass of modified Gram-Schmidt is off by about 1e-8."""
    small = 1e-8
    basis, _, _ = orthogonalize([[1.0, *(small * (i == j) for j in range(4))] for i in range(4)])
    assert len(basis) == 4
    assert max(abs(dot(basis[i], basis[j])) for i in range(4) for j in range(i)) < 1e-14


def test_fewer_samples_than_features_are_fitted_exactly_by_the_shortest_weights():
    columns, target = [[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]], [4.0, 5.0]
    ((w,), rank) = least_squares(columns, [target])
    assert [sum(a * column[i] for a, column in zip(w, columns, strict=True)) for i in range(2)] == pytest.approx(target)
    # The shortest solution is orthogonal to what the columns send to 0: (6, -3, 1).
    assert (rank, dot(w, [6.0, -3.0, 1.0])) == (2, pytest.approx(0, abs=1e-12))


# ---------------------------------------------------------------------- logistic regression


def gradient(model, rows, labels):
    """The gradient of ``Σ cross-entropy + |coef|² / 2C`` at the fitted weights, written anew on the engine."""
    coef = [[Value(w) for w in row] for row in model.coef_]
    intercept = [Value(b) for b in model.intercept_]
    sums = [
        [sum((w * x for w, x in zip(row, xs, strict=True)), b) for row, b in zip(coef, intercept, strict=True)]
        for xs in rows
    ]
    scores = sums if len(coef) > 1 else [[0.0, z] for (z,) in sums]
    loss = nn.functional.cross_entropy(scores, [model.classes_.index(label) for label in labels], reduction="sum")
    if model.penalty:
        loss = loss + sum(w * w for w in flat(coef)) / (2 * model.C)
    loss.backward()
    return [w.grad for w in flat(coef)] + [b.grad for b in intercept if model.fit_intercept]


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("penalty", "strength"), [("l2", 1.0), ("l2", 0.03), ("l2", 50.0), (None, 1.0)])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_gradient_of_the_objective_is_zero_at_the_fitted_weights(classes, penalty, strength, fit_intercept):
    random.seed(1)
    centers = [[0.0, 0.0, 0.0], [2.0, 10.0, 0.01], [-1.0, 20.0, 0.02]][:classes]
    y = [k for k in range(classes) for _ in range(20)]
    X = [[random.gauss(m, s) for m, s in zip(centers[k], (2.0, 20.0, 0.02), strict=True)] for k in y]
    model = LogisticRegression(penalty, C=strength, fit_intercept=fit_intercept).fit(X, y)
    assert model.converged_
    assert max(map(abs, gradient(model, X, y))) < 1e-4  # of sums over 60 samples with features of up to 60
    assert all(after <= before + 1e-14 for before, after in zip(model.losses_, model.losses_[1:], strict=False))
    assert fit_intercept or model.intercept_ == [0.0] * len(model.coef_)


@pytest.mark.parametrize("classes", [2, 3])
def test_second_derivatives_of_the_objective_are_those_of_its_gradient(classes):
    random.seed(0)
    inputs = [[random.gauss(0, 1), random.gauss(0, 2), 1.0] for _ in range(7)]
    objective = logistic._Objective(inputs, [i % classes for i in range(7)], classes, [0.3, 2.0, 0.0])
    place = [random.gauss(0, 1) for _ in objective.parameters]

    def gradient_at(numbers):
        for parameter, number in zip(objective.parameters, numbers, strict=True):
            parameter.data = number
        return objective.gradient(objective.loss())

    def moved(index, step):
        return [number + step * (index == other) for other, number in enumerate(place)]

    columns = []
    for index in range(len(place)):
        after, before = gradient_at(moved(index, 1e-5)), gradient_at(moved(index, -1e-5))
        columns.append([(a - b) / 2e-5 for a, b in zip(after, before, strict=True)])
    gradient_at(place)
    multiply, diagonal = objective.second_derivatives()
    for index, column in enumerate(columns):
        assert multiply([float(index == other) for other in range(len(place))]) == pytest.approx(column, abs=1e-9)
        assert diagonal[index] == pytest.approx(column[index], abs=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1.0, 1e3])
def test_conjugate_gradients_leave_a_tenth_of_the_target_or_its_square(scale):
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    generator = numpy.random.default_rng(0)
    for size in (1, 2, 5, 9):
        root = generator.normal(size=(size, size)) * 10.0 ** generator.uniform(-2, 2, size=size)
        matrix, target = root.T @ root, scale * generator.normal(size=size)
        found = logistic._conjugate_gradients(matrix.dot, target.tolist(), matrix.diagonal())
        norm = numpy.linalg.norm(target)
        assert numpy.linalg.norm(target - matrix @ found) <= 1.01 * max(norm * min(0.1, norm), 1e-14)


def test_with_the_diagonal_known_a_diagonal_matrix_takes_one_step():
    diagonal, products = [0.01, 0.5, 2.0, 300.0, 0.0], []

    def multiply(vector):
        products.append([d * v for d, v in zip(diagonal, vector, strict=True)])
        return products[-1]

    found = logistic._conjugate_gradients(multiply, [1.0, 2.0, -3.0, 4.0, 0.0], diagonal)
    assert found == pytest.approx([100.0, 4.0, -1.5, 4 / 300, 0.0], rel=1e-12)
    assert len(products) == 1


class Parabola:
    """``w² / 2`` at w = 1, with such a second derivative that a Newton step goes to ``1 - step``."""

    def __init__(self, step):
        self.parameters, self.step = [Value(1.0)], step

    def loss(self):
        return self.parameters[0] * self.parameters[0] / 2

    def second_derivatives(self):
        return lambda vector: [x / self.step for x in vector], [1 / self.step]


@pytest.mark.parametrize(
    ("step", "part"),
    [
        (1.0, 1.0),
        (2 - 4e-4, 1.0),  # the loss falls by 4e-4, twice the ten-thousandth of the 2 that the slope promises
        (2 - 1e-4, 0.5),  # by 1e-4, which is half of it
        (4 - 6e-4, 0.5),  # half the step: by 3e-4, of again 2
        (4 - 2e-4, 0.25),
    ],
)
def test_a_step_is_halved_until_the_loss_falls_as_armijo_asks(step, part):
    objective = Parabola(step)
    loss = LogisticRegression()._step(objective, objective.loss(), [1.0])
    end = 1 - part * step
    assert objective.parameters[0].data == pytest.approx(end, abs=1e-12)
    assert loss.data == pytest.approx(end * end / 2, abs=1e-12)


def test_without_features_that_tell_the_odds_are_those_of_the_classes():
    X, y = [[0.0]] * 10, ["yes"] * 8 + ["no"] * 2
    model = LogisticRegression().fit(X, y)
    assert model.intercept_ == pytest.approx([math.log(4)], abs=1e-6)
    assert model.predict_proba([[0.0]])[0] == pytest.approx([0.2, 0.8], abs=1e-7)


def test_two_classes_share_one_row_and_more_have_one_each_that_sum_to_zero():
    X, y = nn.datasets.make_blobs(40, random_state=0)
    two, three = LogisticRegression().fit(X, [k > 0 for k in y]), LogisticRegression().fit(X, y)
    assert (len(two.coef_), len(three.coef_)) == (1, 3)
    assert [sum(column) for column in zip(*three.coef_, strict=True)] == pytest.approx([0, 0], abs=1e-10)
    assert two.decision_function(X[:1])[0] == pytest.approx(dot(two.coef_[0], X[0]) + two.intercept_[0])
    assert len(three.decision_function(X[:1])[0]) == 3
    for model in (two, three):
        proba, logs = model.predict_proba(X), model.predict_log_proba(X)
        assert [math.fsum(row) for row in proba] == pytest.approx([1.0] * 40)
        assert [math.exp(x) for x in flat(logs)] == pytest.approx(flat(proba))
        best = [model.classes_[row.index(max(row))] for row in proba]
        assert model.predict(X) == best


def test_polynomial_features_make_xor_linear():
    X, y = nn.datasets.make_xor()
    Z = PolynomialFeatures(2).fit_transform(X)
    assert LogisticRegression(penalty=None).fit(X, y).score(X, y) <= 0.75
    assert LogisticRegression(C=100.0).fit(Z, y).score(Z, y) == 1.0
    assert Perceptron().fit(Z, y).converged_


def test_iris_is_told_apart_on_held_out_flowers():
    iris = nn.datasets.load_iris()
    X_train, X_test, y_train, y_test = nn.data.train_test_split(
        iris.data, iris.target, random_state=0, stratify=iris.target
    )
    scaler = StandardScaler().fit(X_train)
    model = LogisticRegression().fit(scaler.transform(X_train), y_train)
    assert model.score(scaler.transform(X_test), y_test) >= 0.95


@pytest.mark.parametrize("count", range(3, 12))
@pytest.mark.parametrize(
    "model", [LinearRegression(), LogisticRegression(), LogisticRegression(penalty=None)], ids=["linear", "l2", "none"]
)
def test_a_constant_feature_gets_no_weight_and_changes_nothing(model, count):
    """The mean of equal numbers may be off by a rounding, which must not count as a feature."""
    random.seed(count)
    y = [i % 2 for i in range(count)]
    X = [[random.gauss(0, 1e-3) + 1e-4 * (-1) ** (i // 2)] for i in range(count)]
    without = model.fit(X, y).predict(X)
    assert model.fit([[*row, 0.1] for row in X], y).predict([[*row, 0.1] for row in X]) == pytest.approx(without)
    assert flat([[model.coef_]] if isinstance(model.coef_[0], float) else [model.coef_])[0][1] == pytest.approx(0)
    assert LinearRegression().fit([[0.1]] * count, y).coef_ == [0.0]


# ---------------------------------------------------------------------- perceptron


def test_the_first_steps_of_a_perceptron_are_those_done_by_hand():
    """y = -1, 1: (1, 0) is a mistake at w = 0, then (1, 1) at w = (-1, 0), b = -1."""
    model = Perceptron(shuffle=False, max_iter=1).fit([[1.0, 0.0], [1.0, 1.0]], ["a", "b"])
    assert (model.coef_, model.intercept_, model.errors_) == ([[0.0, 1.0]], [0.0], [2])


@pytest.mark.parametrize("random_state", range(5))
def test_separable_classes_are_learnt_within_novikoffs_bound(random_state):
    """At most (R / margin)² mistakes, with R and the margin those of the samples with a 1 for the intercept."""
    generator = random.Random(random_state)
    normal, X, y = [0.6, 0.8, 0.1], [], []
    while len(X) < 60:
        x = [generator.uniform(-1, 1), generator.uniform(-1, 1)]
        if abs(dot(normal, [*x, 1.0])) > 0.1:
            X.append(x)
            y.append(dot(normal, [*x, 1.0]) > 0)
    model = Perceptron(random_state=random_state).fit(X, y)
    margin = min(abs(dot(normal, [*x, 1.0])) for x in X) / math.hypot(*normal)
    assert model.converged_
    assert model.score(X, y) == 1.0
    assert model.errors_[-1] == 0
    assert len(model.errors_) == model.n_iter_
    assert sum(model.errors_) <= max(dot(x, x) + 1 for x in X) / margin**2


def test_a_last_pass_without_a_mistake_is_convergence_also_at_the_limit():
    X, y = [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [0, 1, 1]
    passes = Perceptron().fit(X, y).n_iter_
    assert passes > 1
    assert [Perceptron(max_iter=k).fit(X, y).converged_ for k in (passes - 1, passes, passes + 1)] == [
        False,
        True,
        True,
    ]


def test_the_mistakes_of_several_classes_are_those_of_each_against_the_rest():
    X, y = nn.datasets.make_blobs(30, centers=3, cluster_std=5.0, random_state=0)
    options = {"shuffle": False, "max_iter": 1}
    alone = [Perceptron(**options).fit(X, [label == k for label in y]).errors_[0] for k in range(3)]
    assert Perceptron(**options).fit(X, y).errors_ == [sum(alone)]


def test_xor_never_converges():
    X, y = nn.datasets.make_xor()
    model = Perceptron(max_iter=200).fit(X, y)
    assert (model.converged_, model.n_iter_) == (False, 200)
    assert min(model.errors_) > 0
    assert model.score(X, y) <= 0.75


def test_a_perceptron_without_intercept_keeps_it_at_zero():
    model = Perceptron(fit_intercept=False, shuffle=False).fit([[2.0], [-2.0]], [0, 1])
    assert model.intercept_ == [0.0]
    assert model.coef_ == [[-2.0]]


def test_three_clouds_get_one_unit_each():
    X, y = nn.datasets.make_blobs(60, centers=[[0.0, 9.0], [9.0, -9.0], [-9.0, -9.0]], random_state=0)
    model = Perceptron().fit(X, y)
    assert model.converged_
    assert (len(model.coef_), model.score(X, y)) == (3, 1.0)


def test_the_step_size_changes_no_prediction_and_the_seed_repeats_the_weights():
    X, y = nn.datasets.make_moons(50, noise=0.3, random_state=0)
    first, second, larger = (Perceptron(max_iter=20, eta0=eta0).fit(X, y) for eta0 in (1.0, 1.0, 4.0))
    assert (first.coef_, first.errors_) == (second.coef_, second.errors_)
    assert flat(larger.coef_) == pytest.approx([4 * w for w in flat(first.coef_)])
    assert larger.errors_ == first.errors_


# ---------------------------------------------------------------------- errors

X, Y = [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], [0, 1, 1]
MODELS = [LinearRegression, LogisticRegression, Perceptron]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.predict(X), "has learnt nothing yet; call fit with the training data first"),
        (lambda model: model.fit([[1.0], [1.0, 2.0]], [0, 1]), "got 1 features in row 0 and 2 in row 1"),
        (lambda model: model.fit([1.0, 2.0], [0, 1]), "got one vector of length 2"),
        (lambda model: model.fit([], []), "at least one row"),
        (lambda model: model.fit(X, [0, 1]), "one target for each of 3 samples, got 2"),
        (lambda model: model.fit([[NAN], [1.0]], [0, 1]), "finite numbers, got nan as feature 0 of row 0"),
        (lambda model: model.fit([[0.0], [math.inf]], [0, 1]), "finite numbers, got inf as feature 0 of row 1"),
        (lambda model: model.fit([[0.0], [1.0]], [0.0, NAN]), "got nan"),
        (lambda model: model.fit(X, Y).predict([[1.0]]), "was fitted to 2 features, got a row of 1"),
        (lambda model: model.fit(X, Y).predict([1.0, 2.0]), "got one vector of length 2; write .x. for one sample"),
        (lambda model: model.fit(X, Y).predict([[1.0, NAN]]), "got nan as feature 1 of row 0; leave that row out"),
    ],
)
def test_bad_input_is_named(model, call, message):
    with pytest.raises(ValueError, match=message):
        call(model())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LogisticRegression().fit(X, [1, 1, 1]), "needs samples of at least 2 classes, got only .1."),
        (lambda: Perceptron().fit(X, ["a"] * 3), "needs samples of at least 2 classes, got only ..a.."),
        (lambda: Perceptron().fit(X, [[0], [1], [1]]), "takes one class for each sample, got .0. for sample 0"),
        (lambda: LinearRegression().fit(X, ["a", "b", "c"]), "takes finite numbers, got 'a' as target 0"),
        (lambda: LinearRegression().fit(X, [[1.0], [1.0, 2.0], [1.0]]), "got 1 features in row 0 and 2 in row 1"),
        (lambda: LinearRegression(solver="svd"), "must be 'closed_form' or 'gradient_descent', got 'svd'"),
        (lambda: LinearRegression(lr=0), "expected lr > 0 and tol >= 0, got lr=0"),
        (lambda: LogisticRegression("l1"), "penalty must be 'l2' or None, got 'l1'"),
        (lambda: LogisticRegression(C=0.0), "expected C > 0 and tol >= 0, got C=0.0"),
        (lambda: Perceptron(max_iter=0), "max_iter must be a whole number of at least 1, got 0"),
        (lambda: Perceptron(eta0=0.0), "eta0 must be greater than 0, got 0.0"),
    ],
)
def test_bad_classes_and_options_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
