"""Generated data: where the points lie, how many, and that a seed repeats them."""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from itertools import pairwise

import pytest

from nn import datasets
from nn.datasets import make_blobs, make_circles, make_moons, make_regression, make_spirals, make_xor

GENERATORS = [make_moons, make_circles, make_blobs, make_xor, make_spirals, make_regression]


@pytest.mark.parametrize("make", GENERATORS)
def test_a_seed_repeats_the_data_and_another_changes_it(make):
    options = {"noise": 0.1} if make is not make_blobs else {}
    first = make(40, **options, random_state=3)
    assert first == make(40, **options, random_state=3)
    assert first == make(40, **options, random_state=random.Random(3))
    assert first != make(40, **options, random_state=4)
    random.seed(3)
    assert first == make(40, **options)


@pytest.mark.parametrize("make", [make_moons, make_circles, make_blobs, make_xor, make_spirals])
def test_shuffling_changes_the_order_and_not_the_points(make):
    centers = {"centers": [[0.0, 0.0], [4.0, 4.0]], "cluster_std": 0.0} if make is make_blobs else {}
    ordered, shuffled = make(41, shuffle=False, **centers), make(41, random_state=0, **centers)
    assert ordered != shuffled
    assert sorted(zip(*ordered, strict=True)) == sorted(zip(*shuffled, strict=True))


@pytest.mark.parametrize("make", [make_moons, make_circles, make_xor, make_spirals])
def test_noise_has_the_standard_deviation_asked_for(make):
    clean, _ = make(4000, shuffle=False)
    noisy, _ = make(4000, shuffle=False, noise=0.2, random_state=0)
    errors = [b - a for p, q in zip(clean, noisy, strict=True) for a, b in zip(p, q, strict=True)]
    # The standard error of the deviation of 8000 draws is 0.2 / sqrt(16000) = 0.0016.
    assert math.sqrt(math.fsum(e * e for e in errors) / len(errors)) == pytest.approx(0.2, abs=0.007)
    assert math.fsum(errors) / len(errors) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("make_moons", {}),
        ("make_circles", {}),
        ("make_circles", {"factor": 0.0}),
        ("make_circles", {"factor": 0.3}),
        ("make_blobs", {"centers": [[0.0, 5.0, 1.0]], "cluster_std": 0.0}),
        ("make_blobs", {"centers": [[3.0, 0.0], [1.0, 2.0]], "cluster_std": [0.0, 0.0], "return_centers": True}),
    ],
    ids=str,
)
@pytest.mark.parametrize("n_samples", [2, 3, 4, 7, 20])
def test_points_without_noise_are_scikit_learns_in_their_order(name, options, n_samples):
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")
    theirs = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    options = {"shuffle": False, **options}
    if "centers" in options:
        expected = theirs.make_blobs(n_samples, **options | {"centers": numpy.array(options["centers"])})
    else:
        expected = getattr(theirs, name)(n_samples, **options)
    found = getattr(datasets, name)(n_samples, **options)
    assert len(found) == len(expected)
    for ours, other in zip(found, expected, strict=True):
        numpy.testing.assert_allclose(ours, other, atol=1e-12)


def test_a_spiral_ends_after_one_and_a_half_turns_on_the_unit_circle():
    points, _ = make_spirals(6, shuffle=False)
    assert points[2] == pytest.approx([-1.0, 0.0])


def test_circles_have_their_radii():
    points, labels = make_circles(31, factor=0.3, random_state=0)
    assert Counter(labels) == {0: 15, 1: 16}
    for (x, y), label in zip(points, labels, strict=True):
        assert math.hypot(x, y) == pytest.approx(0.3 if label else 1.0)


def test_blobs_lie_around_their_centers():
    centers, deviations = [[0.0, 50.0, 1.0], [10.0, -5.0, 2.0]], [1.0, 3.0]
    points, labels = make_blobs(6001, centers=centers, cluster_std=deviations, random_state=0)
    assert Counter(labels) == {0: 3001, 1: 3000}
    for cloud, (center, deviation) in enumerate(zip(centers, deviations, strict=True)):
        columns = zip(*(p for p, label in zip(points, labels, strict=True) if label == cloud), strict=True)
        for column, middle in zip(columns, center, strict=True):
            mean = math.fsum(column) / len(column)
            assert mean == pytest.approx(middle, abs=4 * deviation / math.sqrt(3000))
            variance = math.fsum((x - mean) ** 2 for x in column) / len(column)
            assert math.sqrt(variance) == pytest.approx(deviation, rel=0.06)


def test_blobs_draw_as_many_centers_as_asked_within_the_box():
    points, labels = make_blobs(50, n_features=4, centers=5, cluster_std=0.0, center_box=(2.0, 3.0), random_state=1)
    assert Counter(labels) == dict.fromkeys(range(5), 10)
    assert len({tuple(point) for point in points}) == 5
    assert all(len(point) == 4 and all(2 <= x <= 3 for x in point) for point in points)
    assert set(make_blobs(9)[1]) == {0, 1, 2}


def test_xor_is_the_truth_table():
    points, labels = make_xor(12, random_state=0)
    assert Counter(map(tuple, points)) == {(a, b): 3 for a in (0.0, 1.0) for b in (0.0, 1.0)}
    assert all(label == int(a != b) for (a, b), label in zip(points, labels, strict=True))


def test_each_spiral_is_the_first_one_turned():
    points, labels = make_spirals(60, n_classes=3, turns=2.0, shuffle=False)
    assert labels == [0] * 20 + [1] * 20 + [2] * 20
    spirals = [[complex(*p) for p in points[20 * k : 20 * k + 20]] for k in range(3)]
    turn = complex(math.cos(2 * math.pi / 3), math.sin(2 * math.pi / 3))
    for first, second in pairwise(spirals):
        assert all(abs(q - p * turn) < 1e-12 for p, q in zip(first, second, strict=True))
    assert [abs(p) for p in spirals[0]] == pytest.approx([(i + 1) / 20 for i in range(20)])


def test_regression_targets_are_the_linear_function_and_its_noise():
    inputs, targets, weights = make_regression(3000, 5, n_informative=2, bias=7.0, noise=2.0, coef=True, random_state=0)
    assert sum(w != 0 for w in weights) == 2
    assert all(0 <= w < 100 for w in weights)
    rest = [
        t - 7 - math.fsum(w * x for w, x in zip(weights, row, strict=True))
        for row, t in zip(inputs, targets, strict=True)
    ]
    assert math.sqrt(math.fsum(r * r for r in rest) / 3000) == pytest.approx(2.0, rel=0.06)
    assert math.fsum(row[0] ** 2 for row in inputs) / 3000 == pytest.approx(1.0, rel=0.11)


@pytest.mark.parametrize("n_targets", [1, 2, 3])
@pytest.mark.parametrize("options", [{}, {"noise": 5.0, "bias": 3.0}, {"shuffle": False}], ids=str)
def test_regressions_of_several_targets_have_the_shapes_and_the_sense_of_scikit_learns(n_targets, options):
    numpy = pytest.importorskip("numpy", reason="NumPy is not installed")
    theirs = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    options = {"n_informative": 4, "n_targets": n_targets, "coef": True, "random_state": 0, **options}
    for make in (make_regression, theirs.make_regression):
        inputs, targets, weights = map(numpy.array, make(2000, 6, **options))
        tail = () if n_targets == 1 else (n_targets,)
        assert (inputs.shape, targets.shape, weights.shape) == ((2000, 6), (2000, *tail), (6, *tail))
        rest = targets - inputs @ weights - options.get("bias", 0)
        assert abs(rest.std(axis=0) - options.get("noise", 0)).max() < 0.3
        if n_targets > 1 and options.get("noise"):
            assert abs(numpy.corrcoef(rest.T)[0, 1]) < 0.1  # each target has its own noise
        informative = weights.reshape(6, -1) != 0
        assert (informative == informative[:, :1]).all()
        assert informative[:, 0].sum() == 4
        assert list(informative[:, 0]) == [True] * 4 + [False] * 2 or options.get("shuffle", True)
        assert 0 <= weights.min() <= weights.max() < 100
        assert len(set(weights.ravel()) - {0.0}) == 4 * n_targets
        assert abs(inputs.mean()) < 0.05
        assert abs(inputs.std() - 1) < 0.05


def test_the_numbers_of_a_seed_stay_those_of_earlier_versions():
    inputs, targets = make_regression(2, 2, noise=1.0, random_state=0)
    assert inputs[0] == pytest.approx([2.5110373812253317, 0.6528772028059545], rel=1e-12)
    assert targets == pytest.approx([262.78332921900954, -175.54800901408666], rel=1e-12)


def test_the_weights_of_a_regression_are_drawn_uniformly_from_0_to_100():
    _, _, weights = make_regression(1, 2000, n_informative=1000, coef=True, random_state=0)
    drawn = sorted(w for w in weights if w)
    assert len(drawn) == 1000
    # Kolmogorov's statistic of 1000 draws is below 0.0515 with a probability of 99 %.
    assert max(abs(w / 100 - rank / 1000) for rank, w in enumerate(drawn)) < 0.0515


@pytest.mark.parametrize(
    ("name", "samples", "features", "classes"),
    [("wine", 178, 13, 3), ("breast_cancer", 569, 30, 2), ("digits", 1797, 64, 10)],
)
def test_tables_that_come_with_scikit_learn(name, samples, features, classes):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    table = getattr(datasets, f"load_{name}")()
    assert (len(table.data), len(table.feature_names), len(table.target_names)) == (samples, features, classes)
    assert all(len(row) == features for row in table.data)
    assert set(table.target) == set(range(classes))
    assert type(table.data[0][0]) is float
    assert type(table.target[0]) is int
    assert all(type(text) is str for text in table.feature_names + table.target_names)


def test_iris_is_scikit_learns_but_for_the_two_rows_that_differ_from_the_paper():
    theirs = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed").load_iris()
    ours = datasets.load_iris()
    assert ours.target == theirs.target.tolist()
    differing = [i for i, (a, b) in enumerate(zip(ours.data, theirs.data.tolist(), strict=True)) if a != b]
    assert set(differing) <= {34, 37}


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match=r"load_wine .*; install it with `pip install scikit-learn`"):
        datasets.load_wine()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: make_moons(1), "n_samples must be a whole number of at least 2, one for each moon, got 1"),
        (lambda: make_circles(1), "n_samples must be a whole number of at least 2, one for each circle, got 1"),
        (lambda: make_circles(factor=1.0), "from 0 to less than 1, got 1.0"),
        (lambda: make_blobs(2), "n_samples must be a whole number of at least 3, one for each center, got 2"),
        (lambda: make_blobs(cluster_std=-1.0), "cluster_std of 0 or greater"),
        (lambda: make_blobs(centers=2, cluster_std=[1.0]), "got 2 centers and .1.0."),
        (lambda: make_blobs(centers=2, cluster_std=[1.0, -1.0]), "cluster_std of 0 or greater"),
        (lambda: make_blobs(centers=0), "centers must be a whole number of at least 1 or a list of points, got 0"),
        (lambda: make_xor(3), "n_samples must be a whole number of at least 4, one for each corner, got 3"),
        (lambda: make_xor(noise=-0.1), "standard deviation, so it must be 0 or greater, got -0.1"),
        (lambda: make_spirals(2, n_classes=3), "at least 3, one for each spiral, got 2"),
        (lambda: make_spirals(n_classes=0), "n_classes must be a whole number of at least 1, got 0"),
        (lambda: make_regression(0), "n_samples must be a whole number of at least 1, .*, got 0"),
        (lambda: make_regression(n_targets=0), "n_targets must be a whole number of at least 1, got 0"),
        (lambda: make_regression(n_features=0), "n_features must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_options_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_centers_of_blobs_are_returned_on_demand():
    points, labels, centers = make_blobs(6, centers=2, cluster_std=0.0, random_state=0, return_centers=True)
    assert points == [centers[label] for label in labels]
    assert make_blobs(6, centers=2, cluster_std=0.0, random_state=0) == (points, labels)


@pytest.mark.parametrize("n_class", [1, 3, 10])
def test_the_first_digits_are_scikit_learns(n_class):
    sklearn = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs, ours = sklearn.load_digits(n_class=n_class), datasets.load_digits(n_class=n_class)
    assert (ours.data, ours.target) == (theirs.data.tolist(), theirs.target.tolist())


def test_there_are_ten_digits():
    with pytest.raises(ValueError, match="n_class of load_digits must be at most 10, as there are ten digits, got 11"):
        datasets.load_digits(n_class=11)
