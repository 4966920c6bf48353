"""Pair each target with its prediction: what all metrics of classes begin with."""

from __future__ import annotations

from typing import Any

from autograd.core.number import whole_number
from nn.nested import as_numbers, as_sequence, is_sequence


def pairs_of(y_true: Any, y_pred: Any, ignore_index: int | None = None) -> list[tuple[Any, Any]]:
    """Each target with its prediction, Values replaced by their data.

    Args:
        y_true: the targets.
        y_pred: the predictions.
        ignore_index: the class of samples to leave out.

    Raises:
        ValueError: if the lengths differ, or there are none or none is left.

    >>> pairs_of([0, -100, 1], [0, 1, 1], ignore_index=-100)
    [(0, 0), (1, 1)]
    """
    truths, predictions = as_sequence(as_numbers(y_true)), as_sequence(as_numbers(y_pred))
    if len(truths) != len(predictions) or not truths:
        raise ValueError(
            f"expected one prediction for each of at least one sample, got {len(predictions)} for {len(truths)}"
        )
    pairs = list(zip(truths, predictions, strict=True))
    if ignore_index is None:
        return pairs
    ignore_index = whole_number("ignore_index", ignore_index, None)
    counted = [(truth, prediction) for truth, prediction in pairs if only(truth) != ignore_index]
    if not counted:
        raise ValueError(f"all {len(pairs)} samples are of the class ignore_index={ignore_index}, so none is left")
    return counted


def only(label: Any) -> Any:
    """A row of one element as that element, anything else as it is.

    >>> only([1]), only("a"), only([0, 1])
    (1, 'a', [0, 1])
    """
    return label[0] if is_sequence(label) and len(label) == 1 else label
