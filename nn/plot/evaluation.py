"""Draws how good predictions are: the `confusion_matrix` of a classifier, the `residuals` of a regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nn import metrics
from nn.nested import as_numbers, as_sequence, flat
from nn.plot.style import COLORS, axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def confusion_matrix(
    y_true: Any,
    y_pred: Any,
    ax: Axes | None = None,
    *,
    labels: Sequence[Any] | None = None,
    display_labels: Sequence[str] | None = None,
) -> Axes:
    """How often each true class was predicted as each class: a row for each true class, colored by its fractions.

    Args:
        y_true: the classes.
        y_pred: the predicted classes.
        ax: where to draw; new axes by default.
        labels: the classes to count, in order; by default all that occur, sorted.
        display_labels: their names on the axes.

    Raises:
        ValueError: if the lengths differ, there are no samples, or not as many names as classes.

    >>> import matplotlib; matplotlib.use("agg")
    >>> ax = confusion_matrix(["cat", "dog", "dog"], ["cat", "dog", "cat"])
    >>> [text.get_text() for text in ax.texts]
    ['1', '0', '1', '1']
    """
    if labels is None:
        labels = sorted({*as_sequence(y_true), *as_sequence(y_pred)})
    names = [str(label) for label in labels] if display_labels is None else list(display_labels)
    if len(names) != len(labels):
        raise ValueError(f"display_labels must have one name for each of {len(labels)} classes, got {len(names)}")
    counts = metrics.confusion_matrix(y_true, y_pred, labels=labels)
    ax = axes(ax, figsize=(1.8 + 0.75 * len(names), 1.3 + 0.75 * len(names)))
    # Fractions of a row, so that a rare class is as readable as a frequent one.
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            color = "white" if shares[i][j] > 0.55 else "0.15"
            ax.text(j, i, str(count), ha="center", va="center", color=color)
    places = range(len(names))
    slanted = max(map(len, names)) > 6
    ax.set_xticks(places, names, rotation=45 * slanted, rotation_mode="anchor", ha="right" if slanted else "center")
    ax.set_yticks(places, names)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def residuals(y_true: Any, y_pred: Any, ax: Axes | None = None) -> Axes:
    """The residuals of a regression, ``y_true - y_pred``, against its predictions.

    Those of a good model are a band around 0 without a pattern. A curve means that the model lacks a term, a funnel
    that the spread of the targets depends on their size.

    Args:
        y_true: the targets.
        y_pred: the predictions, as many.
        ax: where to draw; new axes by default.

    Raises:
        ValueError: if the lengths differ or there are none.

    >>> import matplotlib; matplotlib.use("agg")
    >>> residuals([1.0, 2.0], [1.5, 1.5]).collections[0].get_offsets().tolist()
    [[1.5, -0.5], [1.5, 0.5]]
    """
    targets = [float(number) for number in flat(as_numbers(y_true))]
    predictions = [float(number) for number in flat(as_numbers(y_pred))]
    if len(targets) != len(predictions) or not targets:
        raise ValueError(
            f"residuals needs one prediction for each of at least one target, got {len(predictions)} for {len(targets)}"
        )
    ax = axes(ax)
    rest = [target - prediction for target, prediction in zip(targets, predictions, strict=True)]
    ax.axhline(0, color="0.4", linewidth=1)
    ax.scatter(predictions, rest, s=22, color=COLORS[0], edgecolors="white", linewidths=0.5, alpha=0.85, zorder=3)
    ax.set(xlabel="prediction", ylabel="target - prediction")
    ax.grid(alpha=0.25)
    return ax
