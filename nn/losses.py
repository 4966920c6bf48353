"""Losses as modules: how far outputs are from targets, as one number to make small.

Each is a function of `nn.functional` with its options remembered.

    >>> criterion = MSELoss()
    >>> criterion([1.0, 2.0], [0.0, 4.0])
    2.5
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn import functional
from nn.module import Module


class MSELoss(Module):
    """The mean squared error, ``(input - target)²`` averaged over all elements. No root is taken.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MSELoss(reduction="sum")([1.0, 2.0], [0.0, 4.0])
    5.0
    """

    def __init__(self, *, reduction: str = "mean") -> None:
        functional._check_reduction(reduction)
        self.reduction = reduction

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.mse_loss`."""
        return functional.mse_loss(input, target, reduction=self.reduction)


class BCEWithLogitsLoss(Module):
    """The cross-entropy of yes-or-no targets and ``sigmoid(input)``; see the function for the formula.

    Args:
        weight: a factor for each element.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        pos_weight: a factor for the part of the loss that belongs to yes.

    >>> round(BCEWithLogitsLoss()([0.0, 0.0], [0.0, 1.0]), 6)
    0.693147
    """

    def __init__(self, weight: Any = None, *, reduction: str = "mean", pos_weight: float | None = None) -> None:
        functional._check_reduction(reduction)
        self.weight = weight
        self.reduction = reduction
        self.pos_weight = pos_weight

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or one for each element; see `nn.functional.binary_cross_entropy_with_logits`."""
        return functional.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class CrossEntropyLoss(Module):
    """The cross-entropy of targets and ``softmax(input)``: for class indices ``-log softmax(input)[target]``.

    Args:
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        label_smoothing: the part of the target that is spread evenly over all classes.

    >>> round(CrossEntropyLoss()([[2.0, 2.0, 2.0]], [1]), 6)              # log 3
    1.098612
    """

    def __init__(
        self,
        weight: Sequence[float] | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        functional._check_reduction(reduction)
        self.weight = weight
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each row; see `nn.functional.cross_entropy`."""
        return functional.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
