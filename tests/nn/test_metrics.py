"""Metrics, by their definitions; `test_sklearn_parity.py` has scikit-learn's say."""

from __future__ import annotations

import inspect
import math
from fractions import Fraction

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

NAN = math.nan

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


# ---------------------------------------------------------------------- which samples count, and what a class is

LABELED = {
    "accuracy_score": lambda y, p, **options: accuracy_score(y, p, **options),
    "confusion_matrix": lambda y, p, **options: confusion_matrix(y, p, labels=[0, 1, 2], **options),
    "classification_report": lambda y, p, **options: classification_report(y, p, **options),
    "precision_score": lambda y, p, **options: precision_score(y, p, average="macro", **options),
    "recall_score": lambda y, p, **options: recall_score(y, p, average=None, **options),
    "f1_score": lambda y, p, **options: f1_score(y, p, average="weighted", **options),
    "log_loss": lambda y, p, **options: log_loss(y, [[0.5, 0.25, 0.25][q:] + [0.5, 0.25, 0.25][:q] for q in p],
                                                 labels=[0, 1, 2], **options),
    "accuracy": lambda y, p, **options: nn.metrics.accuracy([[q == 0, q == 1, q == 2] for q in p], y, **options),
    "accuracy of columns": lambda y, p, **options: nn.metrics.accuracy(
        [[q == 0, q == 1, q == 2] for q in p], [[t] for t in y], **options
    ),
}  # fmt: skip


def test_every_metric_of_classes_can_leave_out_samples_of_one_class():
    knowing = {
        name for name in nn.metrics.__all__ if "ignore_index" in inspect.signature(getattr(nn.metrics, name)).parameters
    }
    assert knowing == {*LABELED, "roc_auc_score"} - {"accuracy of columns"}


@pytest.mark.parametrize("name", LABELED)
@given(st.lists(st.tuples(st.sampled_from([0, 1, 2, -100]), st.integers(0, 2)), min_size=1, max_size=12))
def test_samples_to_ignore_are_as_if_they_were_not_there(name, samples):
    metric = LABELED[name]
    left = [(truth, guess) for truth, guess in samples if truth != -100]
    whole, counted = ([list(column) for column in zip(*part, strict=True)] for part in (samples, left or [(0, 0)]))
    if left:
        assert metric(*whole, ignore_index=-100) == metric(*counted)
    else:
        with pytest.raises(ValueError, match=f"all {len(samples)} samples are of the class ignore_index=-100, so none"):
            metric(*whole, ignore_index=-100)


def test_scores_of_samples_to_ignore_have_no_rank():
    assert roc_auc_score([0, 9, 1, 9], [0.2, 0.9, 0.7, 0.1], ignore_index=9) == 1.0


# ---------------------------------------------------------------------- weights

REPEATED = {
    **{name: metric for name, metric in LABELED.items() if not name.startswith("accuracy") and name != "log_loss"},
    "accuracy_score": accuracy_score,
    "sum of right ones": lambda y, p, **options: accuracy_score(y, p, normalize=False, **options),
    "shares": lambda y, p, **options: confusion_matrix(y, p, labels=[0, 1, 2], normalize="all", **options),
    "log_loss": LABELED["log_loss"],
    "sum of log_loss": lambda y, p, **options: LABELED["log_loss"](y, p, normalize=False, **options),
    "roc_auc_score": lambda y, p, **options: roc_auc_score([0, 1, *y], [1, 1, *p], **options),
    "mean_squared_error": mean_squared_error,
    "root_mean_squared_error": root_mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "r2_score": lambda y, p, **options: r2_score([0, 1, *y], [1, 1, *p], **options),
}


@pytest.mark.parametrize("name", REPEATED)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=8))
def test_a_weight_of_a_whole_number_is_that_many_samples(name, samples):
    metric, first = REPEATED[name], [1, 1] if name in ("roc_auc_score", "r2_score") else []
    if first:
        samples = [(truth % 2, guess, weight) for truth, guess, weight in samples]
    truths, guesses, weights = map(list, zip(*samples, strict=True))
    repeated = [pair for truth, guess, weight in samples for pair in [(truth, guess)] * weight]
    expected = metric(*map(list, zip(*repeated, strict=True)))
    found = metric(truths, guesses, sample_weight=[*first, *weights])
    if isinstance(expected, str):
        found = found.replace(".0\n", "  \n").split()
        expected = expected.split()
    elif isinstance(expected, list) and isinstance(expected[0], list):
        found, expected = ([x for row in matrix for x in row] for matrix in (found, expected))
    assert found == (
        expected if isinstance(expected, list) and isinstance(expected[0], str) else pytest.approx(expected)
    )


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], "sample_weight must be one number for each of 3 samples, got 1"),
        ([1, 1, 1, 1], "sample_weight must be one number for each of 3 samples, got 4"),
        (2.0, "sample_weight must be one number for each of 3 samples, got 2.0"),
        ("abc", "sample_weight must be one number for each of 3 samples, got 'abc'"),
        ([1, 1, NAN], "sample_weight must be finite numbers, got nan for sample 2"),
        ([1, math.inf, 1], "sample_weight must be finite numbers, got inf for sample 1"),
        ([[1], [1], [1]], r"sample_weight must be finite numbers, got \[1\] for sample 0"),
        ([1, "1", 1], "sample_weight must be finite numbers, got '1' for sample 1"),
        ([0, 0.0, 0], "sample_weight is 0 for every sample, so none counts"),
    ],
    ids=str,
)
def test_weights_that_are_none_are_refused(name, weights, message):
    metric = {"roc_auc_score": roc_auc_score, "r2_score": r2_score}.get(name, REPEATED[name])
    with pytest.raises(ValueError, match=message):
        metric([0, 1, 1], [0, 1, 0], sample_weight=weights)


@pytest.mark.parametrize(
    "make", [lambda w: w, tuple, lambda w: map(Value, w), lambda w: map(Fraction, w)], ids=range(4)
)
def test_weights_come_in_every_form(make):
    assert accuracy_score([0, 1, 1], [0, 0, 0], sample_weight=make([3.0, 0.5, 0.5])) == 0.75
    assert mean_squared_error([0, 1, 1], [0, 0, 0], sample_weight=make([3.0, 0.5, 0.5])) == 0.25


def test_weights_of_a_mask_count_whole_samples():
    assert confusion_matrix([0, 1, 1], [0, 0, 0], sample_weight=[True, False, True]) == [[1, 0], [1, 0]]
    assert type(confusion_matrix([0], [0], sample_weight=[True])[0][0]) is int


@pytest.mark.parametrize(
    "call",
    [
        lambda: accuracy_score([0, 1], [0, 1], sample_weight=[1, -1]),
        lambda: log_loss([0, 1], [0.5, 0.5], sample_weight=[-2.0, 2.0]),
        lambda: mean_squared_error([0, 1], [0, 1], sample_weight=[1, -1]),
        lambda: r2_score([0, 1], [0, 1], sample_weight=[1, -1]),
    ],
)
def test_weights_that_cancel_have_no_mean(call):
    with pytest.raises(ValueError, match="sample_weight sums to 0, so there is no weighted mean"):
        call()


def test_a_class_without_weight_has_no_curve():
    message = "needs classes whose weights sum to more than 0, got 0 for 0 and 2 for 1, and no negative ones of 0, as"
    with pytest.raises(ValueError, match=message):
        roc_auc_score([0, 1, 1], [0.1, 0.2, 0.3], sample_weight=[0, 1, 1])
    with pytest.raises(ValueError, match="got 1 for 'a' and 1 for 'b', and no negative ones of 'a'"):
        roc_auc_score(["a", "a", "b"], [0.1, 0.2, 0.3], sample_weight=[2, -1, 1])


@pytest.mark.parametrize(
    ("multioutput", "message"),
    [
        ([1.0], "must have a weight for each of at least 2 columns, got 1 for 2"),
        ([1, 2, 3], "must have a weight for each of at least 2 columns, got 3 for 2"),
        ([1, -1], "multioutput sums to 0, so there is no weighted mean"),
        ("mean", "multioutput must be 'raw_values', 'uniform_average'.* or a list of weights, got 'mean'"),
        (None, "multioutput must be 'raw_values', 'uniform_average'.* or a list of weights, got None"),
    ],
    ids=str,
)
@pytest.mark.parametrize("metric", [mean_squared_error, root_mean_squared_error, mean_absolute_error, r2_score])
def test_weights_of_columns_that_are_none_are_refused(metric, multioutput, message):
    with pytest.raises(ValueError, match=message):
        metric([[0, 1], [1, 0]], [[0, 1], [1, 0]], multioutput=multioutput)


def test_the_variance_of_columns_is_a_weight_of_r2_alone():
    rows = [[0, 1], [1, 0]]
    for metric in (mean_squared_error, root_mean_squared_error, mean_absolute_error):
        with pytest.raises(ValueError, match="'raw_values', 'uniform_average' or a list of weights, got 'variance_we"):
            metric(rows, rows, multioutput="variance_weighted")
    with pytest.raises(ValueError, match="at least 2 columns, got 1 for 1"):
        r2_score([0, 1], [0, 1], multioutput=[1.0])


@given(st.floats(-1e9, 1e9), st.integers(2, 30), st.booleans())
def test_equal_targets_have_no_variance_to_the_last_bit(number, count, weighted):
    options = {"sample_weight": [0.1 * i for i in range(1, count + 1)]} if weighted else {}
    truths, other = [number] * count, [number + 1.0, *[number] * (count - 1)]
    assert r2_score(truths, truths, **options) == 1.0
    assert r2_score(truths, other, **options) == 0.0
    assert math.isnan(r2_score(truths, truths, force_finite=False, **options))
    assert r2_score(truths, other, force_finite=False, **options) == -math.inf
    both = [list(pair) for pair in zip(truths, range(count), strict=True)]
    assert r2_score(both, both, multioutput="variance_weighted", **options) == 1.0
    assert r2_score([[x] for x in truths], [[x] for x in other], multioutput="variance_weighted", **options) == 0.0


MIXED = [
    (["1", "0"], [1, 0]),
    ([True, False], ["True", "False"]),
    ([None, None], [0, 1]),
    ([b"a"], ["a"]),
    ([1.0, 0.0], ["1.0", "0.0"]),
]


@pytest.mark.parametrize(("truths", "guesses"), MIXED, ids=str)
@pytest.mark.parametrize(
    "metric",
    [
        accuracy_score,
        confusion_matrix,
        classification_report,
        lambda y, p: precision_score(y, p, average="macro"),
        lambda y, p: recall_score(y, p, average=None),
        lambda y, p: f1_score(y, p, average="micro"),
        lambda y, p: log_loss(y, [[0.5, 0.5]] * len(y), labels=p),
        lambda y, p: roc_auc_score([*y, *p], [0.5] * 2 * len(y)),
        lambda y, p: confusion_matrix(y, y, labels=p),
        lambda y, p: f1_score(y[:1], y[:1], pos_label=p[0]),
        lambda y, p: recall_score(y[:1], y[:1], labels=p, average="macro"),
    ],
)
def test_classes_of_several_kinds_are_refused_rather_than_counted_as_wrong(metric, truths, guesses):
    with pytest.raises(ValueError, match="takes classes of one kind, which can be sorted, got"):
        metric(truths, guesses)
    with pytest.raises(ValueError, match="takes classes of one kind, which can be sorted, got"):
        metric([*truths, *guesses], [*guesses, *truths])


def test_whole_numbers_bools_and_values_are_one_kind():
    assert accuracy_score([1, 0, 1], [True, False, False]) == 2 / 3
    assert accuracy_score([Value(1.0), Value(0.0)], [1, 1]) == 0.5
    assert f1_score([Value(1.0), 0], [1, Value(1.0)]) == 2 / 3


@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
def test_averages_leave_out_what_is_not_a_number(average):
    # Class 2 is never predicted; class 3 is neither there nor predicted.
    truths, guesses = [0, 1, 2, 2], [0, 1, 0, 1]
    options = {"average": average, "labels": [0, 1, 2, 3], "zero_division": math.nan}
    assert precision_score(truths, guesses, **options) == 0.5
    assert math.isnan(precision_score([0], [0], labels=[3], average=average, zero_division=math.nan))


def test_accuracy_cuts_outputs_at_the_threshold_and_targets_at_one_half():
    """A probability as target, as label smoothing makes it, means yes above 1/2; -1 and 0 mean no."""
    for target, yes in [(0.0, 0), (-1.0, 0), (0.1, 0), (0.49, 0), (0.5, 0), (0.51, 1), (0.9, 1), (1.0, 1)]:
        for form in (target, [target]):
            assert nn.metrics.accuracy([2.0], [form]) == yes
            assert nn.metrics.accuracy([-2.0], [form]) == 1 - yes
            assert nn.metrics.accuracy([[0.75]], [form], threshold=0.5) == yes
            assert nn.metrics.accuracy([[0.25]], [form], threshold=0.5) == 1 - yes
    assert nn.metrics.accuracy([0.0], [1]) == 0.0  # yes is above the threshold, not at it
    assert nn.metrics.accuracy([0.5], [0], threshold=0.5) == 1.0
    soft = [[0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.4, 0.35, 0.25]]
    assert nn.metrics.accuracy([[3.0, 1.0, 0.0], [3.0, 1.0, 0.0], [-1.0, -3.0, -2.0]], soft) == 2 / 3


@pytest.mark.parametrize("target", [[0.2, 0.8], "1", [[1]], None, [0.1, 0.2, 0.3, 0.4]])
def test_a_target_that_does_not_fit_the_outputs_is_refused(target):
    with pytest.raises(ValueError, match="takes as target a class index, or one number for each output, got"):
        nn.metrics.accuracy([[1.0, 2.0, 3.0]], [target])


def test_fit_counts_what_its_loss_counts():
    X, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], [0, 1, -7]
    result = nn.training.evaluate(nn.Identity(), (X, y), nn.CrossEntropyLoss(ignore_index=-7), metrics="accuracy")
    assert result["accuracy"] == 1.0


def test_errors_too_large_for_a_float_are_infinite():
    assert mean_squared_error([1e200, 0.0], [0.0, 0.0]) == math.inf
    assert mean_absolute_error([1e308, 1e308], [0.0, 0.0]) == math.inf
    assert root_mean_squared_error([0.0], [-1e200]) == math.inf
    assert math.isnan(r2_score([math.inf, -math.inf], [0.0, 0.0]))
    assert r2_score([0.0, 1.0], [0.0, 1e200]) == -math.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: f1_score([0], [0], zero_division="warn"), "zero_division must be a number, .* got 'warn'"),
        (lambda: confusion_matrix([0, 1], [0, 1], labels=[2]), r"none|no sample is of one of the classes labels=\[2\]"),
        (lambda: roc_auc_score([0, 1], ["a", "b"]), "takes one number for each sample"),
        (lambda: roc_auc_score([0, 1], [0.5, math.nan]), "takes one number for each sample, .* got rows, texts or nan"),
        (lambda: log_loss([0, 1], ["a", "b"]), "log_loss takes probabilities, which are numbers, got 'a' in row 0"),
    ],
)
def test_what_is_no_option_or_no_number_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_log_loss_may_be_a_sum_as_in_scikit_learn():
    theirs = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    truths, probabilities = [0, 1, 1], [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]
    expected = theirs.log_loss(truths, probabilities, normalize=False)
    assert nn.metrics.log_loss(truths, probabilities, normalize=False) == pytest.approx(expected, rel=1e-14)
