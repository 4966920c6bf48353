"""Score predicted probabilities and scores, before they are turned into classes."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from nn.metrics.samples import average, only, samples_of, weighted_sum
from nn.nested import as_sequence
from nn.preprocessing.checks import classes_of


def log_loss(
    y_true: Any,
    y_proba: Any,
    *,
    normalize: bool = True,
    sample_weight: Any = None,
    labels: Sequence[Any] | None = None,
    ignore_index: int | None = None,
) -> float:
    """The cross-entropy: the mean of ``-log p``, where p is the probability given to the true class.

    Args:
        y_true: the classes.
        y_proba: for each sample the probabilities of all classes, in sorted order; or, for two classes, the
            probability of the greater one. A probability below 2.2e-16 counts as 2.2e-16.
        normalize: whether to return the mean; if not, the sum.
        sample_weight: how much each sample counts, a finite number; by default 1.
        labels: all classes; by default those that occur in `y_true`. In another order than the sorted one they are
            sorted, with a warning.
        ignore_index: a class; samples that are of it are left out.

    Raises:
        ValueError: if lengths differ, classes are of several kinds, there are not as many as probabilities, or a row is
            not a distribution.

    >>> round(log_loss([0, 1], [0.5, 0.25]), 6)                           # (log 2 + log 4) / 2
    1.039721
    """
    samples = samples_of(y_true, y_proba, sample_weight, ignore_index)
    truths = [only(truth) for truth, *_ in samples]
    classes = classes_of([*truths, *([] if labels is None else as_sequence(labels))], "log_loss")
    if labels is not None:
        classes = classes_of(as_sequence(labels), "log_loss")
        if classes != list(as_sequence(labels)):
            message = f"the columns of y_proba stand for the classes in sorted order, {classes}, not in that of labels"
            warnings.warn(message, UserWarning, stacklevel=2)
    tiny = sys.float_info.epsilon
    losses = []
    for index, (truth, (_, prediction, _)) in enumerate(zip(truths, samples, strict=True)):
        row = as_sequence(prediction)
        if not all(hasattr(probability, "__float__") for probability in row):
            raise ValueError(f"log_loss takes probabilities, which are numbers, got {prediction!r} in row {index}")
        row = [1 - row[0], row[0]] if len(row) == 1 else row
        if len(row) != len(classes) or truth not in classes:
            raise ValueError(
                f"row {index} of y_proba has the probabilities of {len(row)} classes, one of them {truth!r}, but the "
                f"classes are {classes}; pass all classes as labels="
            )
        if not (all(0 <= probability <= 1 for probability in row) and math.isclose(math.fsum(row), 1, abs_tol=1e-6)):
            raise ValueError(
                f"the probabilities of a sample must be from 0 to 1 and sum to 1, got {row} in row {index}"
            )
        losses.append(-math.log(max(row[classes.index(truth)], tiny)))
    weights = [weight for *_, weight in samples]
    return average(losses, weights) if normalize else weighted_sum(losses, weights)


def roc_auc_score(y_true: Any, y_score: Any, *, sample_weight: Any = None, ignore_index: int | None = None) -> float:
    """The area under the receiver operating characteristic curve, for two classes.

    It is the probability that a random sample of the greater class has a greater score than a random one of the
    other, where ties count half: the Mann-Whitney statistic (J. A. Hanley and B. J. McNeil, Radiology 143, 1982).

    Args:
        y_true: the classes, two of them.
        y_score: one number for each sample, greater for the greater class: a probability or a logit.
        sample_weight: how much each sample counts, or how likely it is to be drawn; by default 1.
        ignore_index: a class; samples that are of it are left out.

    Raises:
        ValueError: if lengths differ, there are not two classes of one kind, a score is no number, or a class has no
            weight.

    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    samples = samples_of(y_true, y_score, sample_weight, ignore_index)
    classes = classes_of([only(truth) for truth, *_ in samples], "roc_auc_score")
    if len(classes) != 2:
        raise ValueError(f"roc_auc_score compares two classes, got {classes}")
    scores = [only(score) for _, score, _ in samples]
    if any(not hasattr(score, "__float__") or score != score for score in scores):
        raise ValueError(
            "roc_auc_score takes one number for each sample, that of the greater class; got rows, texts or nan"
        )
    # For each score that occurs, the weights of the samples of the greater class that have it, and of the other.
    weights = {score: [0.0, 0.0] for score in sorted(scores)}
    for score, (truth, _, weight) in zip(scores, samples, strict=True):
        weights[score][only(truth) != classes[1]] += weight
    positive, negative = map(math.fsum, zip(*weights.values(), strict=True))
    if not (positive > 0 and negative > 0 and all(other >= 0 for _, other in weights.values())):
        raise ValueError(
            f"roc_auc_score needs classes whose weights sum to more than 0, got {negative:g} for {classes[0]!r} and "
            f"{positive:g} for {classes[1]!r}, and no negative ones of {classes[0]!r}, as its rate would fall"
        )
    area, below = 0.0, 0.0
    for own, other in weights.values():
        area += own * (below + other / 2)
        below += other
    return area / (positive * negative)
