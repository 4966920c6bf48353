"""How good predictions are, in terms people use; scikit-learn's names. None of these passes a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn.vectors import as_numbers, as_sequence, is_sequence


def accuracy_score(y_true: Any, y_pred: Any) -> float:
    """The fraction of predicted classes that are right.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.

    Raises:
        ValueError: if the lengths differ or there are none.

    >>> accuracy_score([0, 1, 2, 2], [0, 1, 2, 1])
    0.75
    """
    pairs = _pairs(y_true, y_pred)
    return sum(bool(truth == prediction) for truth, prediction in pairs) / len(pairs)


def confusion_matrix(y_true: Any, y_pred: Any, *, labels: Sequence[Any] | None = None) -> list[list[int]]:
    """How often each class was taken for each: row i, column j counts samples of class i predicted as class j.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        labels: the classes to count, in the order of the rows; by default all that occur, sorted.

    Raises:
        ValueError: if the lengths differ or there are none.

    >>> confusion_matrix(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    [[1, 0], [1, 1]]
    """
    pairs = _pairs(y_true, y_pred)
    if labels is None:
        labels = sorted({label for pair in pairs for label in pair})
    place = {label: index for index, label in enumerate(labels)}
    matrix = [[0] * len(labels) for _ in labels]
    for truth, prediction in pairs:
        if truth in place and prediction in place:
            matrix[place[truth]][place[prediction]] += 1
    return matrix


def accuracy(outputs: Any, targets: Any) -> float:
    """The fraction of samples that a model gets right, straight from its outputs.

    Args:
        outputs: for each sample the scores of all classes, of which the greatest wins; or one number, which says
            yes where it is positive, as a logit does.
        targets: for each sample the index of its class, or the probabilities of all classes; with one number, what
            is positive (1 and not 0, or 1 and not -1) for yes.

    Raises:
        ValueError: if the lengths differ or there are none.

    >>> accuracy([[0.1, 2.0], [3.0, -1.0]], [1, 1]), accuracy([2.0, -0.3], [1, -1])
    (0.5, 1.0)
    """
    truths, predictions = [], []
    for output, target in _pairs(as_numbers(outputs), as_numbers(targets)):
        scores, wanted = as_sequence(output), as_sequence(target)
        if len(scores) == 1:
            predictions.append(int(scores[0] > 0))
            truths.append(int(wanted[0] > 0))
        else:
            predictions.append(_argmax(scores))
            truths.append(_argmax(wanted) if is_sequence(target) else target)
    return accuracy_score(truths, predictions)


def _argmax(numbers: Sequence[Any]) -> int:
    return max(range(len(numbers)), key=numbers.__getitem__)


def _pairs(y_true: Any, y_pred: Any) -> list[tuple[Any, Any]]:
    truths, predictions = as_sequence(y_true), as_sequence(y_pred)
    if len(truths) != len(predictions) or not truths:
        raise ValueError(
            f"expected one prediction for each of at least one sample, got {len(predictions)} for {len(truths)}"
        )
    return list(zip(truths, predictions, strict=True))
