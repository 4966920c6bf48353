"""Metrics, by their definitions; `test_sklearn_parity.py` has scikit-learn's say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

import nn
from autograd import Value
from nn.metrics import (
    accuracy_score,
    classification_report,
    confusion_matrix,
    f1_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)

# 3 true positives, 1 false positive, 2 false negatives, 4 true negatives
TRUE = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
GUESS = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def test_the_scores_of_a_table_of_four():
    assert confusion_matrix(TRUE, GUESS) == [[4, 1], [2, 3]]
    assert accuracy_score(TRUE, GUESS) == 0.7
    assert precision_score(TRUE, GUESS) == 3 / 4
    assert recall_score(TRUE, GUESS) == 3 / 5
    assert f1_score(TRUE, GUESS) == 2 / (4 / 3 + 5 / 3)
    assert recall_score(TRUE, GUESS, pos_label=0) == 4 / 5
    assert recall_score(TRUE, GUESS, average=None) == [4 / 5, 3 / 5]
    assert precision_score(TRUE, GUESS, average="macro") == (3 / 4 + 4 / 6) / 2


labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@given(labels)
def test_over_all_classes_micro_averages_and_weighted_recall_are_the_accuracy(pairs):
    truths, guesses = map(list, zip(*pairs, strict=True))
    accuracy = accuracy_score(truths, guesses)
    for score in (precision_score, recall_score, f1_score):
        assert score(truths, guesses, average="micro") == pytest.approx(accuracy)
    assert recall_score(truths, guesses, average="weighted") == pytest.approx(accuracy)
    assert sum(map(sum, confusion_matrix(truths, guesses))) == len(pairs)


def test_a_score_without_samples_is_what_zero_division_says():
    assert precision_score([0, 1], [0, 0], average=None) == [0.5, 0.0]
    assert precision_score([0, 1], [0, 0], average=None, zero_division=1.0) == [0.5, 1.0]


def test_a_report_says_what_the_scores_say():
    report = classification_report(TRUE, GUESS, target_names=["no", "yes"], digits=3)
    rows = {line.rsplit(maxsplit=4)[0].strip(): line.split()[-4:] for line in report.splitlines() if line.strip()}
    assert rows["yes"] == ["0.750", "0.600", "0.667", "5"]
    assert rows["no"] == ["0.667", "0.800", "0.727", "5"]
    assert [line.split() for line in report.splitlines() if "accuracy" in line] == [["accuracy", "0.700", "10"]]


def test_log_loss_is_the_cross_entropy_of_the_engine():
    scores, targets = [[0.3, -1.0, 2.0], [1.0, 1.0, 0.0], [-2.0, 0.5, 0.1]], [2, 0, 2]
    expected = nn.functional.cross_entropy(scores, targets)
    assert log_loss(targets, nn.functional.softmax(scores), labels=[0, 1, 2]) == pytest.approx(expected, rel=1e-14)
    assert log_loss([0, 1], [0.0, 0.0]) == pytest.approx(-math.log(2**-52) / 2)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=30))
def test_roc_auc_counts_the_pairs_in_the_right_order(samples):
    positives = [score for truth, score in samples if truth]
    negatives = [score for truth, score in samples if not truth]
    if not (positives and negatives):
        return
    wins = sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives)
    truths, scores = zip(*samples, strict=True)
    assert roc_auc_score(truths, scores) == pytest.approx(wins / (len(positives) * len(negatives)))


def test_errors_of_numbers():
    truths, guesses = [3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]
    assert mean_squared_error(truths, guesses) == 1.5 / 4
    assert root_mean_squared_error(truths, guesses) == math.sqrt(1.5 / 4)
    assert mean_absolute_error(truths, guesses) == 2 / 4
    assert r2_score(truths, guesses) == pytest.approx(1 - 1.5 / 29.1875)
    assert r2_score(truths, [2.875] * 4) == 0.0
    assert r2_score([2.0, 2.0], [2.0, 2.0]) == 1.0
    assert r2_score([2.0, 2.0], [2.0, 3.0]) == 0.0


def test_columns_of_vectors_are_averaged_after_the_root():
    truths, guesses = [[0.0, 0.0], [0.0, 0.0]], [[3.0, 1.0], [3.0, 1.0]]
    assert mean_squared_error(truths, guesses) == 5.0
    assert root_mean_squared_error(truths, guesses) == 2.0
    assert mean_absolute_error(truths, guesses) == 2.0


def test_values_and_plain_numbers_measure_alike():
    assert mean_squared_error([Value(1.0), 2.0], [1.0, Value(4.0)]) == 2.0
    assert log_loss([0, 1], [Value(0.5), Value(0.5)]) == pytest.approx(math.log(2))
    assert nn.metrics.accuracy([Value(2.0), Value(-1.0)], [1, 1]) == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: accuracy_score([1], [1, 2]), "expected one prediction for each of at least one sample, got 2 for 1"),
        (lambda: f1_score([], []), "at least one sample, got 0 for 0"),
        (lambda: f1_score([0, 1, 2], [0, 1, 1]), "scores one of two classes, got the classes .0, 1, 2.; use average="),
        (lambda: recall_score(["a", "b"], ["a", "a"]), "pos_label=1 is none of the classes ..a', 'b'."),
        (lambda: recall_score([0, 1], [0, 1], average="mean"), "average must be one of .*, got 'mean'"),
        (lambda: confusion_matrix([0, 1], ["a", "b"]), "takes classes of one kind, .* got int, str"),
        (lambda: classification_report([0, 1], [0, 1], target_names=["a"]), "each of the 2 classes, got 1 names"),
        (lambda: log_loss([0, 1], [[0.5, 0.2, 0.3], [1.0, 0.0, 0.0]]), "3 classes, .* pass all classes as labels="),
        (lambda: log_loss([0, 1], [[0.5, 0.6], [1.0, 0.0]]), "from 0 to 1 and sum to 1, got .0.5, 0.6. in row 0"),
        (lambda: log_loss([0, 1], [0.5, 1.5]), "from 0 to 1 and sum to 1"),
        (lambda: roc_auc_score([1, 1], [0.1, 0.2]), "compares two classes, got .1."),
        (lambda: roc_auc_score([0, 1], [[0.1, 0.9], [0.2, 0.8]]), "takes one number for each sample"),
        (lambda: mean_squared_error([1.0], [[1.0]]), r"one shape, .* got \(1,\) and \(1, 1\)"),
        (lambda: mean_absolute_error([], []), "one shape"),
        (lambda: r2_score([1.0], [1.0]), "at least 2 samples"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_accuracy_of_probabilities_is_cut_where_it_is_told():
    probabilities, targets = [[0.9], [0.2], [0.4]], [[1.0], [0.0], [1.0]]
    assert nn.metrics.accuracy(probabilities, targets, threshold=0.5) == pytest.approx(2 / 3)
    assert nn.metrics.accuracy(probabilities, targets) == pytest.approx(2 / 3)  # all yes


def test_errors_of_texts_are_refused():
    with pytest.raises(ValueError, match="targets and predictions that are numbers, got 'a'; convert it first"):
        nn.metrics.mean_squared_error(["a"], ["b"])


def test_shares_that_are_none_of_the_known_are_refused():
    with pytest.raises(ValueError, match="normalize must be 'true', 'pred', 'all' or None, got 'rows'"):
        nn.metrics.confusion_matrix([0], [0], normalize="rows")
