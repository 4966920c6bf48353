"""Metrics of classes against scikit-learn, over random classes of every kind and every option."""

from __future__ import annotations

import inspect
import math
import operator
import warnings
from functools import partial

import pytest
from hypothesis import assume, given, strategies as st

from nn import metrics

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install scikit-learn")
np = pytest.importorskip("numpy", reason="NumPy is not installed")

from sklearn import metrics as theirs  # noqa: E402

KINDS = {
    "whole numbers": [0, 1, 2, 3],
    "texts": ["b", "a", "10", "9"],
    "floats": [0.0, -1.0, 2.0, 7.0],
    "bools": [False, True],
    "large": [7, 1, 1000, -5],
}


@st.composite
def samples(draw, most_classes=4):
    """Classes, predictions, and some of the possible classes in any order, a missing one among them perhaps."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    possible = KINDS[kind][:most_classes]
    label = st.sampled_from(draw(st.lists(st.sampled_from(possible), min_size=1, unique=True)))
    size = draw(st.integers(1, 12))
    truths, guesses = (draw(st.lists(label, min_size=size, max_size=size)) for _ in range(2))
    labels = draw(st.none() | st.lists(st.sampled_from(possible), min_size=1, unique=True))
    return truths, guesses, labels


def same(ours, expected):
    np.testing.assert_allclose(np.array(ours, dtype=float), np.array(expected, dtype=float), rtol=1e-12, atol=1e-15)


SCORES = ["precision_score", "recall_score", "f1_score"]
ZERO_DIVISIONS = st.sampled_from([0.0, 1.0, math.nan])


@pytest.mark.parametrize("name", SCORES)
@given(samples(), st.sampled_from(["macro", "micro", "weighted", None]), ZERO_DIVISIONS)
def test_averages_agree_also_where_a_score_is_not_defined(name, drawn, average, zero_division):
    truths, guesses, labels = drawn
    options = {"labels": labels, "average": average, "zero_division": zero_division}
    same(getattr(metrics, name)(truths, guesses, **options), getattr(theirs, name)(truths, guesses, **options))


@pytest.mark.parametrize("name", SCORES)
@given(samples(most_classes=2), ZERO_DIVISIONS, st.data())
def test_scores_of_one_of_two_classes_agree(name, drawn, zero_division, data):
    truths, guesses, _ = drawn
    options = {"pos_label": data.draw(st.sampled_from(truths)), "zero_division": zero_division}
    same(getattr(metrics, name)(truths, guesses, **options), getattr(theirs, name)(truths, guesses, **options))


@given(samples(), st.sampled_from(["true", "pred", "all", None]))
def test_counts_agree(drawn, normalize):
    truths, guesses, labels = drawn
    options = {"labels": labels, "normalize": normalize}
    if labels is not None and not set(labels) & set(truths):
        for m in (metrics, theirs):
            with pytest.raises(ValueError):
                m.confusion_matrix(truths, guesses, **options)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, of a single class
        expected = theirs.confusion_matrix(truths, guesses, **options)
    same(metrics.confusion_matrix(truths, guesses, **options), expected)


@given(samples(), st.booleans())
def test_accuracy_agrees(drawn, normalize):
    truths, guesses, _ = drawn
    same(*(m.accuracy_score(truths, guesses, normalize=normalize) for m in (metrics, theirs)))


# So many digits that the last bit of a mean does not show, as it would where half a unit is rounded.
DIGITS = st.integers(9, 10)


@given(samples(), ZERO_DIVISIONS, DIGITS)
def test_reports_agree_to_the_letter(drawn, zero_division, digits):
    truths, guesses, labels = drawn
    # Theirs prints the numbers of samples of bools as 1.0, and all of them where no prediction is right.
    assume(not isinstance(truths[0], bool) and any(map(operator.eq, truths, guesses)))
    options = {"labels": labels, "zero_division": zero_division, "digits": digits}
    with np.errstate(all="ignore"):
        assert metrics.classification_report(truths, guesses, **options) == theirs.classification_report(
            truths, guesses, **options
        )


@given(samples(most_classes=2), st.data())
def test_the_area_under_the_curve_agrees(drawn, data):
    truths, *_ = drawn
    assume(len(set(truths)) == 2)
    scores = [data.draw(st.sampled_from([-2.0, 0.0, 0.5, 0.25, 1e300])) for _ in truths]
    same(*(m.roc_auc_score(truths, scores) for m in (metrics, theirs)))
    column = [[score] for score in scores]
    same(*(m.roc_auc_score(truths, column) for m in (metrics, theirs)))


@given(samples(), st.data())
def test_log_loss_agrees(drawn, data):
    truths, *_ = drawn
    kind = next(possible for possible in KINDS.values() if set(truths) <= set(possible))
    labels = sorted({*truths, *data.draw(st.lists(st.sampled_from(kind)))})
    assume(len(labels) > 1)
    weights = st.lists(st.integers(0, 5), min_size=len(labels), max_size=len(labels)).filter(any)
    rows = [[w / sum(row) for w in row] for row in (data.draw(weights) for _ in truths)]
    same(*(m.log_loss(truths, rows, labels=labels) for m in (metrics, theirs)))
    if len(labels) == 2:
        for form in ([row[1] for row in rows], [[row[1]] for row in rows]):
            same(*(m.log_loss(truths, form, labels=labels) for m in (metrics, theirs)))


def test_classes_in_another_order_than_that_of_the_columns_are_told():
    for m in (metrics, theirs):
        with pytest.warns(UserWarning, match="order"):
            assert m.log_loss([1, 0], [[0.25, 0.75], [0.5, 0.5]], labels=[1, 0]) == pytest.approx(math.log(8 / 3) / 2)


# ---------------------------------------------------------------------- weights of samples and of columns

# Sums of these are exact, so that they are 0 for both or for neither.
WEIGHTS = st.sampled_from([0, 1, 2, 3, 0.5, 0.25, 1.0, -1, -0.5])


def outcome(call):
    """The numbers that a metric gives, or None where it refuses its input."""
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            numbers = call()
    except (ValueError, TypeError, ZeroDivisionError):
        return None
    if isinstance(numbers, dict):
        numbers = [x for part in numbers.values() for x in (part.values() if isinstance(part, dict) else [part])]
    return np.array(numbers, dtype=float)


def agree(ours, expected, **limits):
    assert (ours is None) == (expected is None)
    if ours is not None:
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours, expected, **{"rtol": 1e-12, "atol": 1e-14} | limits)


PROBABILITIES = {0: [0.5, 0.25, 0.25], 1: [0.125, 0.75, 0.125], 2: [0.0, 0.0, 1.0]}
AVERAGES = st.sampled_from(["macro", "micro", "weighted", None])
LABELS = st.sampled_from([None, [2, 0], [0, 1, 2, 9]])
# Each metric of classes as a function of true and predicted classes from 0 to 2, and its options.
OF_CLASSES = {
    "accuracy_score": (lambda m: m.accuracy_score, {"normalize": st.booleans()}),
    "confusion_matrix": (
        lambda m: m.confusion_matrix,
        {"labels": LABELS, "normalize": st.sampled_from(["true", "pred", "all", None])},
    ),
    **{
        name: (
            lambda m, name=name: getattr(m, name),
            {"labels": LABELS, "average": AVERAGES, "zero_division": ZERO_DIVISIONS},
        )
        for name in SCORES
    },
    "classification_report": (
        lambda m: lambda y, p, **options: m.classification_report(y, p, output_dict=True, **options),
        {"labels": LABELS, "zero_division": ZERO_DIVISIONS},
    ),
    "log_loss": (
        lambda m: lambda y, p, **options: m.log_loss(y, [PROBABILITIES[q] for q in p], labels=[0, 1, 2], **options),
        {"normalize": st.booleans()},
    ),
    "roc_auc_score": (lambda m: lambda y, p, **options: m.roc_auc_score([t > 0 for t in y], p, **options), {}),
}
OF_NUMBERS = ["mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score"]
CLASSES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), WEIGHTS), min_size=1, max_size=8)


def test_every_metric_with_weights_is_compared():
    weighted = {name for name in metrics.__all__ if "sample_weight" in parameters(name)}
    assert weighted == {*OF_CLASSES, *OF_NUMBERS} == {*metrics.__all__} - {"accuracy"}
    assert {name for name in metrics.__all__ if "multioutput" in parameters(name)} == {*OF_NUMBERS}


def parameters(name):
    return inspect.signature(getattr(metrics, name)).parameters


def has_no_share(matrix, normalize):
    """Whether a row or column sums to 0 because of negative weights: theirs then divides by 0."""
    sums = {"true": matrix.sum(axis=1), "pred": matrix.sum(axis=0), "all": matrix.sum()}[normalize]
    parts = {"true": abs(matrix).sum(axis=1), "pred": abs(matrix).sum(axis=0), "all": abs(matrix).sum()}[normalize]
    return ((sums == 0) & (parts != 0)).any()


@pytest.mark.parametrize("name", OF_CLASSES)
@given(CLASSES, st.data())
def test_weighted_metrics_of_classes_agree(name, drawn, data):
    make, options = OF_CLASSES[name]
    options = {option: data.draw(values, option) for option, values in options.items()}
    truths, guesses, weights = map(list, zip(*drawn, strict=True))
    ours, expected = (
        outcome(lambda m=m: make(m)(truths, guesses, sample_weight=weights, **options)) for m in (metrics, theirs)
    )
    if name == "confusion_matrix" and options["normalize"] and expected is not None:
        counts = {"sample_weight": weights, "labels": options["labels"]}
        counts = outcome(lambda: theirs.confusion_matrix(truths, guesses, **counts))
        assume(not has_no_share(counts, options["normalize"]))
    if name == "roc_auc_score" and expected is not None and np.isnan(expected):
        expected = None  # theirs warns where ours refuses
    agree(ours, expected)


@pytest.mark.parametrize("name", OF_CLASSES)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, -100]), st.integers(0, 2), WEIGHTS), min_size=1, max_size=8))
def test_samples_to_ignore_weigh_nothing(name, drawn):
    make = OF_CLASSES[name][0](metrics)
    if name == "roc_auc_score":
        make = metrics.roc_auc_score
    options = {"average": "macro"} if name in SCORES else {}
    left = [(truth, guess, weight) for truth, guess, weight in drawn if truth != -100]
    truths, guesses, weights = map(list, zip(*drawn, strict=True))
    ours = outcome(lambda: make(truths, guesses, sample_weight=weights, ignore_index=-100, **options))
    if not left or not any(weight for *_, weight in left):
        assert ours is None
        return
    truths, guesses, weights = map(list, zip(*left, strict=True))
    agree(ours, outcome(lambda: make(truths, guesses, sample_weight=weights, **options)), rtol=0, atol=0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), WEIGHTS.map(abs)), min_size=1, max_size=12), DIGITS)
def test_weighted_reports_agree_to_the_letter(drawn, digits):
    truths, guesses, weights = map(list, zip(*drawn, strict=True))
    assume(any(truth == guess for truth, guess, _ in drawn) and any(weights))
    options = {"sample_weight": weights, "digits": digits, "zero_division": 0.0}
    ours, expected = (m.classification_report(truths, guesses, **options) for m in (metrics, theirs))
    assert ours == expected


@pytest.mark.parametrize("digits", [0, 11, 12, 13, 30])
def test_reports_of_many_digits_are_as_wide(digits):
    ours, expected = (m.classification_report([0, 1], [0, 1], digits=digits) for m in (metrics, theirs))
    assert ours == expected


@given(CLASSES)
def test_counts_are_whole_numbers_where_weights_are(drawn):
    truths, guesses, weights = map(list, zip(*drawn, strict=True))
    assume(any(weights))
    with warnings.catch_warnings(action="ignore"):  # theirs, of a single class
        expected = theirs.confusion_matrix(truths, guesses, sample_weight=weights).tolist()
    ours = metrics.confusion_matrix(truths, guesses, sample_weight=weights)
    assert {type(count) for row in ours for count in row} == {type(expected[0][0])}


NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.5, 7.0, -3.25])
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS, WEIGHTS), min_size=1, max_size=6)
COLUMN_WEIGHTS = st.lists(WEIGHTS, min_size=1, max_size=3)


def cancels(truths, weights):
    """Whether the variations of numbers that are not all equal cancel, by negative weights, to 0 or almost."""
    weights = np.ones(len(truths)) if weights is None else np.array(weights)
    if not weights.sum():
        return False
    squares = (truths - np.average(truths, axis=0, weights=weights)) ** 2
    return (abs(weights @ squares) < 1e-6 * (abs(weights) @ squares)).any()


@pytest.mark.parametrize("name", OF_NUMBERS)
@given(ROWS, st.booleans(), st.sampled_from([(), (0,), (1,), (0, 1)]), st.data())
def test_errors_of_one_and_of_several_outputs_agree(name, drawn, weighted, constant, data):
    """Also with columns whose targets are all equal."""
    rows = [(*(drawn[0][i] if i in constant else row[i] for i in (0, 1)), *row[2:]) for row in drawn]
    sums = ["uniform_average", "raw_values"] + ["variance_weighted"] * (name == "r2_score")
    options = {"multioutput": data.draw(st.sampled_from(sums) | COLUMN_WEIGHTS)}
    if weighted:
        options["sample_weight"] = [row[4] for row in rows]
    if name == "r2_score":
        options["force_finite"] = data.draw(st.booleans())
    for width in (None, 1, 2):
        truths, guesses = ([row[i : i + (width or 1)] for row in rows] for i in (0, 2))
        if width is None:
            truths, guesses = ([x for (x,) in side] for side in (truths, guesses))
        if name == "r2_score":
            assume(not cancels(np.array(truths), options.get("sample_weight")))
        ours, expected = (outcome(partial(getattr(m, name), truths, guesses, **options)) for m in (metrics, theirs))
        if name == "r2_score" and len(rows) == 1:
            expected = None  # theirs warns where ours refuses
        if isinstance(options["multioutput"], list) and width != 2:
            expected = None  # theirs refuses it as well, but for the root, where it passes by that check
        agree(ours, expected, rtol=1e-9, atol=1e-9)
