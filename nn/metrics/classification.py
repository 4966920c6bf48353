"""Score predicted classes: accuracy, confusion matrix, precision, recall, F1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from operator import attrgetter
from typing import Any, NamedTuple

from autograd.core.number import whole_number
from nn.metrics.samples import Sample, average as weighted_average, only, samples_of, tally, weighted_sum
from nn.nested import as_sequence, is_batch, is_sequence
from nn.preprocessing.checks import classes_of

AVERAGES = ("binary", "micro", "macro", "weighted", None)


def accuracy_score(
    y_true: Any,
    y_pred: Any,
    *,
    normalize: bool = True,
    sample_weight: Any = None,
    ignore_index: int | None = None,
) -> float:
    """The fraction of predicted classes that are right.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        normalize: whether to divide by the number of samples, or by their weight; if not, the result is the number or
            the weight of those that are right.
        sample_weight: how much each sample counts, a finite number; by default 1.
        ignore_index: a class; samples that are of it are left out.

    Raises:
        ValueError: if the lengths differ, there are no samples, scores are passed rather than classes, or classes are
            of several kinds, such as numbers and texts.

    >>> accuracy_score([0, 1, 2, 2], [0, 1, 2, 1]), accuracy_score([0, 1, 2, 2], [0, 1, 2, 1], normalize=False)
    (0.75, 3.0)
    """
    samples = _labels(y_true, y_pred, "accuracy_score", sample_weight, ignore_index, several=True)
    right = [truth == prediction for truth, prediction, _ in samples]
    weights = [weight for *_, weight in samples]
    return weighted_average(right, weights) if normalize else weighted_sum(right, weights)


def confusion_matrix(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Sequence[Any] | None = None,
    sample_weight: Any = None,
    normalize: str | None = None,
    ignore_index: int | None = None,
) -> list[list[Any]]:
    """The confusion matrix: row i, column j counts the samples of class i that are predicted as class j.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        labels: the classes to count, in the order of the rows; by default all that occur, sorted.
        sample_weight: how much each sample counts, a finite number; by default 1.
        normalize: ``"true"`` divides each row by its sum, ``"pred"`` each column, ``"all"`` everything by the sum of
            all; where that sum is 0, the result is 0.
        ignore_index: a class; samples that are of it are left out.

    Raises:
        ValueError: if the lengths differ, there are no samples, scores are passed rather than classes, classes are of
            several kinds, none of `labels` is a class of `y_true`, or `normalize` is another string.

    >>> confusion_matrix(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    [[1, 0], [1, 1]]
    >>> confusion_matrix(["cat", "dog", "dog"], ["cat", "dog", "cat"], normalize="true")
    [[1.0, 0.0], [0.5, 0.5]]
    """
    if normalize not in ("true", "pred", "all", None):
        raise ValueError(f"normalize must be 'true', 'pred', 'all' or None, got {normalize!r}")
    samples = _labels(y_true, y_pred, "confusion_matrix", sample_weight, ignore_index, labels)
    weights = tally(samples)
    if labels is None:
        labels = classes_of([label for pair in weights for label in pair], "confusion_matrix")
    elif not any(truth in labels for truth, _ in weights):
        raise ValueError(f"no sample is of one of the classes labels={list(labels)!r}; pass some that y_true has")
    place = {label: index for index, label in enumerate(labels)}
    zero = type(samples[0][2])(0)
    matrix = [[zero] * len(labels) for _ in labels]
    for (truth, prediction), weight in weights.items():
        if truth in place and prediction in place:
            matrix[place[truth]][place[prediction]] = weight
    if normalize is None:
        return matrix
    rows, columns = [sum(row) for row in matrix], [sum(column) for column in zip(*matrix, strict=True)]
    whole = sum(rows)
    return [
        [
            _ratio(weight, {"true": rows[i], "pred": columns[j], "all": whole}[normalize], 0.0)
            for j, weight in enumerate(row)
        ]
        for i, row in enumerate(matrix)
    ]


def _ratio(part: float, whole: float, otherwise: float) -> float:
    return part / whole if whole else otherwise


# ---------------------------------------------------------------------- precision, recall, F1


class Scores(NamedTuple):
    """Precision, recall and their harmonic mean, and the number or the weight of the samples of the class."""

    precision: float
    recall: float
    f1: float
    support: float


def precision_score(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Sequence[Any] | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: Any = None,
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> float | list[float]:
    """Of the samples predicted to be of a class, the fraction that are: ``TP / (TP + FP)``.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        labels: the classes to score; by default all that occur, sorted.
        pos_label: the class that ``average="binary"`` scores.
        average: ``"binary"`` scores `pos_label` alone, among two classes; ``"macro"`` is the mean over classes,
            ``"weighted"`` the same weighted by their numbers of samples, ``"micro"`` counts over all classes at
            once; None gives a list with the score of each class.
        sample_weight: how much each sample counts, a finite number; by default 1.
        zero_division: the score where the denominator is 0; with nan the averages leave such a class out.
        ignore_index: a class; samples that are of it are left out.

    Raises:
        ValueError: if lengths differ, `average` is none of these, classes are of several kinds, or there are more than
            two for ``"binary"``.

    >>> precision_score([0, 1, 1, 1], [1, 1, 1, 0])                       # 2 of 3
    0.6666666666666666
    >>> precision_score([0, 1, 2], [0, 1, 1], average=None)
    [1.0, 0.5, 0.0]
    """
    return _averaged(
        "precision", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division, ignore_index
    )


def recall_score(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Sequence[Any] | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: Any = None,
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> float | list[float]:
    """Of the samples of a class, the fraction that were predicted to be: ``TP / (TP + FN)``.

    Arguments and errors are those of `precision_score`.

    >>> recall_score([0, 1, 1, 1], [1, 1, 0, 0])                          # 1 of 3
    0.3333333333333333
    """
    return _averaged("recall", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division, ignore_index)


def f1_score(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Sequence[Any] | None = None,
    pos_label: Any = 1,
    average: str | None = "binary",
    sample_weight: Any = None,
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> float | list[float]:
    """The harmonic mean of precision and recall: ``2 TP / (2 TP + FP + FN)``.

    Arguments and errors are those of `precision_score`.

    >>> f1_score([0, 1, 1, 1], [1, 1, 0, 0])                              # precision 1/2, recall 1/3
    0.4
    """
    return _averaged("f1", y_true, y_pred, labels, pos_label, average, sample_weight, zero_division, ignore_index)


def classification_report(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Sequence[Any] | None = None,
    target_names: Sequence[str] | None = None,
    sample_weight: Any = None,
    digits: int = 2,
    output_dict: bool = False,
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> str | dict[str, Any]:
    """Precision, recall, F1 and number of samples of each class as text, and their averages below.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        labels: the classes to report on; by default all that occur, sorted.
        target_names: what to call them, in the same order.
        sample_weight: how much each sample counts, a finite number; by default 1.
        digits: decimal places.
        output_dict: whether to give the numbers by name in place of the text: for each class and each average a
            dictionary with precision, recall, f1-score and support.
        zero_division: the score where the denominator is 0; with nan the averages leave such a class out.
        ignore_index: a class; samples that are of it are left out.

    Raises:
        ValueError: if lengths differ, these are scores rather than classes, classes are of several kinds, or there is
            not one name for each class.

    >>> print(classification_report([0, 0, 1, 1], [0, 1, 1, 1], target_names=["cat", "dog"]))
                  precision    recall  f1-score   support
             cat       1.00      0.50      0.67         2
             dog       0.67      1.00      0.80         2
        accuracy                           0.75         4
       macro avg       0.83      0.75      0.73         4
    weighted avg       0.83      0.75      0.73         4
    >>> classification_report([0, 0, 1, 1], [0, 1, 1, 1], output_dict=True)["0"]["recall"]
    0.5
    """
    digits = whole_number("digits", digits, 0)
    _check_zero_division(zero_division)
    counts = _Counts(y_true, y_pred, labels, "classification_report", sample_weight, ignore_index)
    names = [str(name) for name in (counts.labels if target_names is None else target_names)]
    if len(names) != len(counts.labels):
        raise ValueError(f"target_names must name each of the {len(counts.labels)} classes, got {len(names)} names")
    each = dict(zip(names, counts.each(zero_division), strict=True))
    micro = counts.average("micro", zero_division)
    # If every class is counted, a sample that one class misses is a false positive of another, so the micro averages of
    # all three scores are the accuracy.
    averages = {} if counts.complete else {"micro avg": micro}
    averages |= {f"{kind} avg": counts.average(kind, zero_division) for kind in ("macro", "weighted")}
    if output_dict:
        table: dict[str, Any] = {name: _by_name(scores) for name, scores in each.items()}
        table |= {"accuracy": micro.f1} if counts.complete else {}
        return table | {name: _by_name(scores) for name, scores in averages.items()}
    width = max(len("weighted avg"), digits, *map(len, names))

    def support_of(scores: Scores) -> float:
        return scores.support if sample_weight is None else float(scores.support)

    def line(name: str, scores: Scores) -> str:
        numbers = "".join(f" {score:>9.{digits}f}" for score in scores[:3])
        return f"{name:>{width}} {numbers} {support_of(scores):>9}\n"

    rows = [line(name, scores) for name, scores in zip(names, each.values(), strict=True)]
    below = [line(name, scores) for name, scores in averages.items()]
    if counts.complete:
        below.insert(0, f"{'accuracy':>{width}} {'':>10}{'':>10} {micro.f1:>9.{digits}f} {support_of(micro):>9}\n")
    titles = "".join(f" {title:>9}" for title in _TITLES)
    return f"{'':>{width}} {titles}\n\n{''.join(rows)}\n{''.join(below)}"


_TITLES = ("precision", "recall", "f1-score", "support")


def _by_name(scores: Scores) -> dict[str, float]:
    return dict(zip(_TITLES, scores, strict=True))


class _Counts:
    """True positives, predictions and samples of each class, counted by their weights."""

    def __init__(
        self,
        y_true: Any,
        y_pred: Any,
        labels: Sequence[Any] | None,
        name: str,
        sample_weight: Any,
        ignore_index: int | None,
    ) -> None:
        weights = tally(_labels(y_true, y_pred, name, sample_weight, ignore_index, labels))
        self.present = classes_of([label for pair in weights for label in pair], "a score of classes")
        self.labels = self.present if labels is None else list(as_sequence(labels))
        self.complete = set(self.labels) >= set(self.present)
        self.right = [weights.get((label, label), 0) for label in self.labels]
        self.predicted = [sum(w for (_, guess), w in weights.items() if guess == label) for label in self.labels]
        self.support = [sum(w for (truth, _), w in weights.items() if truth == label) for label in self.labels]

    def each(self, zero_division: float) -> list[Scores]:
        columns = zip(self.right, self.predicted, self.support, strict=True)
        return [_scores(*column, zero_division) for column in columns]

    def average(self, kind: str, zero_division: float) -> Scores:
        total = sum(self.support)
        if kind == "micro":
            return _scores(sum(self.right), sum(self.predicted), total, zero_division)
        weights = self.support if kind == "weighted" else [1] * len(self.labels)
        precision, recall, f1, _ = (_mean(scores, weights) for scores in zip(*self.each(zero_division), strict=True))
        return Scores(precision, recall, f1, total)


def _mean(scores: Sequence[float], weights: Sequence[float]) -> float:
    """The weighted mean of the scores that are not nan; if the classes weigh nothing, each counts alike."""
    known = [(score, weight) for score, weight in zip(scores, weights, strict=True) if not math.isnan(score)]
    whole = sum(weight for _, weight in known)
    if not whole:
        return math.fsum(score for score, _ in known) / len(known) if known else math.nan
    return math.fsum(score * weight for score, weight in known) / whole


def _scores(right: float, predicted: float, support: float, zero_division: float) -> Scores:
    return Scores(
        _ratio(right, predicted, zero_division),
        _ratio(right, support, zero_division),
        _ratio(2 * right, predicted + support, zero_division),
        support,
    )


def _check_zero_division(zero_division: Any) -> None:
    if not isinstance(zero_division, Real):
        raise ValueError(f"zero_division must be a number, such as 0.0, 1.0 or nan, got {zero_division!r}")


def _averaged(
    score: str,
    y_true: Any,
    y_pred: Any,
    labels: Sequence[Any] | None,
    pos_label: Any,
    average: str | None,
    sample_weight: Any,
    zero_division: float,
    ignore_index: int | None,
) -> float | list[float]:
    """One of the `Scores`: of each class if `average` is None, or averaged."""
    chosen = attrgetter(score)
    if average not in AVERAGES:
        raise ValueError(f"average must be one of {', '.join(map(repr, AVERAGES))}, got {average!r}")
    _check_zero_division(zero_division)
    name = f"{score}_score"
    counts = _Counts(y_true, y_pred, labels, name, sample_weight, ignore_index)
    if average is None:
        return [chosen(scores) for scores in counts.each(zero_division)]
    if average != "binary":
        return float(chosen(counts.average(average, zero_division)))
    if len(counts.present) > 2:
        raise ValueError(
            f"average='binary' scores one of two classes, got the classes {counts.present}; use average='macro', "
            "'micro', 'weighted' or None"
        )
    if len(counts.present) == 2 and pos_label not in counts.present:
        raise ValueError(f"pos_label={pos_label!r} is none of the classes {counts.present}; pass one of them")
    of_one = _Counts(y_true, y_pred, [pos_label], name, sample_weight, ignore_index)
    return float(chosen(of_one.each(zero_division)[0]))


# ---------------------------------------------------------------------- straight from a model's outputs


def accuracy(outputs: Any, targets: Any, *, threshold: float = 0.0, ignore_index: int | None = None) -> float:
    """The fraction of samples that a model gets right, from its outputs.

    Args:
        outputs: for each sample the scores of all classes, of which the greatest wins; or one number, which means
            yes if it is above the threshold.
        targets: for each sample the index of its class, or the probabilities of all classes; if outputs are one
            number, 1 for yes and 0 or -1 for no, or a probability, which means yes above 0.5.
        threshold: the limit for one number: 0 for a logit, 0.5 for a probability, as `Sigmoid` gives it. `nn.fit` and
            `nn.training.evaluate` choose it themselves for the metric of this name.
        ignore_index: a class index; samples that are of it are left out. `nn.fit` passes that of its loss.

    Raises:
        ValueError: if the lengths differ, there are no samples, or a target is neither a class index nor one number
            for each output.

    >>> accuracy([[0.1, 2.0], [3.0, -1.0]], [1, 1]), accuracy([2.0, -0.3], [1, -1])
    (0.5, 1.0)
    >>> accuracy([0.8, 0.3], [1, 0], threshold=0.5)
    1.0
    """
    truths, predictions = [], []
    for target, output, _ in samples_of(targets, outputs, ignore_index=ignore_index):
        scores, wanted = as_sequence(output), as_sequence(target)
        if len(wanted) not in (1, len(scores)) or not all(hasattr(number, "__float__") for number in wanted):
            raise ValueError(
                f"accuracy takes as target a class index, or one number for each output, got {target!r} for outputs "
                f"{output!r}"
            )
        if len(scores) == 1:
            predictions.append(int(scores[0] > threshold))
            truths.append(int(wanted[0] > 0.5))
        else:
            predictions.append(_argmax(scores))
            truths.append(_argmax(wanted) if len(wanted) > 1 else wanted[0])
    return accuracy_score(truths, predictions)


def _argmax(numbers: Sequence[Any]) -> int:
    return max(range(len(numbers)), key=numbers.__getitem__)


def _labels(
    y_true: Any,
    y_pred: Any,
    name: str,
    sample_weight: Any,
    ignore_index: int | None,
    labels: Sequence[Any] | None = None,
    *,
    several: bool = False,
) -> list[Sample]:
    """The samples, with class and predicted class; a row of one element counts as that element.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        name: the calling function, for errors.
        sample_weight: the weights.
        ignore_index: the class of samples to leave out.
        labels: more classes, which must be of the same kind.
        several: whether a sample may have a row of several labels, each 0 or 1.

    Raises:
        ValueError: if the lengths differ, there are no samples, scores are passed, or classes of several kinds: a text
            is equal to no number, so all of these would count as wrong.
    """
    samples = [
        (only(truth), only(prediction), weight)
        for truth, prediction, weight in samples_of(y_true, y_pred, sample_weight, ignore_index)
    ]
    # Rows of 0 and 1 on both sides are several yes-or-no labels for each sample; all of them must agree.
    if several and all(_is_indicator(label) for *pair, _ in samples for label in pair):
        return [(tuple(truth), tuple(prediction), weight) for truth, prediction, weight in samples]
    known = {truth for truth, *_ in samples if not is_sequence(truth)}
    for index, (*pair, _) in enumerate(samples):
        for label, whose in zip(pair, ("y_true", "y_pred"), strict=True):
            if is_sequence(label) or (_is_fractional(label) and (label not in known or label != label)):
                raise ValueError(
                    f"{name} takes the class of each sample, got {label!r} for sample {index} of {whose}; of scores "
                    "take autograd.argmax(scores, dim=1), of probabilities of yes int(probability > 0.5)"
                )
    more = [] if labels is None else as_sequence(labels)
    classes_of([*(label for *pair, _ in samples for label in pair), *more], name)
    return samples


def _is_indicator(label: Any) -> bool:
    return is_sequence(label) and not is_batch(label) and all(number in (0, 1) for number in label)


def _is_fractional(label: Any) -> bool:
    return isinstance(label, Real) and not isinstance(label, int) and not float(label).is_integer()
