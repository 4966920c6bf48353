"""Metrics of classes against scikit-learn, over random classes of every kind and every option."""

from __future__ import annotations

import math
import operator
import warnings

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


@given(samples(), ZERO_DIVISIONS, st.integers(0, 4))
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


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "r2_score"])
@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3, allow_subnormal=False)] * 4), min_size=2, max_size=8))
def test_errors_of_one_and_of_several_outputs_agree(name, rows):
    truths, guesses = [list(row[:2]) for row in rows], [list(row[2:]) for row in rows]
    ours, their = getattr(metrics, name), getattr(theirs, name)
    for truth, guess in ((truths, guesses), ([x for x, _ in truths], [x for x, _ in guesses])):
        columns = np.array(truth).reshape(len(truth), -1)
        # Where all targets are nearly alike, theirs loses what the sum of their squares has no digits for.
        assume(name != "r2_score" or all(np.ptp(columns, axis=0) > 1e-3) or not np.ptp(columns, axis=0).any())
        assert ours(truth, guess) == pytest.approx(their(truth, guess), rel=1e-9, abs=1e-9)


def test_classes_in_another_order_than_that_of_the_columns_are_told():
    for m in (metrics, theirs):
        with pytest.warns(UserWarning, match="order"):
            assert m.log_loss([1, 0], [[0.25, 0.75], [0.5, 0.5]], labels=[1, 0]) == pytest.approx(math.log(8 / 3) / 2)
