"""`EarlyStopping` ends a training that no longer improves; `BestWeights` restores the weights of the best epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.core.atomic import set_all, updating
from autograd.core.number import whole_number
from nn.modules.module import Module
from nn.training.history import History


@dataclass(frozen=True)
class EarlyStopping:
    """End the training when a column of the history has not improved for a number of epochs.

    With the best number so far b and ``mode="min"``, an epoch improves if its number is below ``b - min_delta``;
    training ends after `patience` epochs in a row without.

    Args:
        monitor: the column: ``"val_loss"``, ``"loss"``, or a metric such as ``"val_accuracy"``.
        patience: the number of epochs without an improvement after which training ends.
        min_delta: how much better an epoch must be to count.
        mode: ``"min"`` if less is better, as for a loss; ``"max"`` if more is, as for an accuracy.
        restore_best: whether the model ends with the weights of its best epoch rather than with its last ones,
            however the training ends.

    Raises:
        ValueError: if an option is out of range.

    Source: Prechelt, "Early stopping - but when?", in Neural Networks: Tricks of the Trade, Springer 1998; the rule
    with a patience is that of Goodfellow, Bengio and Courville, Deep Learning, MIT Press 2016, algorithm 7.1.

    >>> history = History()
    >>> for epoch, loss in enumerate([3.0, 2.0, 2.5, 2.1], start=1):
    ...     history.append({"epoch": epoch, "val_loss": loss})
    >>> EarlyStopping(patience=2).reason(history)
    'val_loss has not improved for 2 epochs, since epoch 2'
    """

    monitor: str = "val_loss"
    patience: int = 10
    min_delta: float = 0.0
    mode: str = "min"
    restore_best: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "patience", whole_number("patience", self.patience))  # the dataclass is frozen
        if not self.min_delta >= 0:
            raise ValueError(f"min_delta must be 0 or greater, got {self.min_delta!r}")
        if self.mode not in ("min", "max"):
            raise ValueError(f'mode must be "min" or "max", got {self.mode!r}')

    def reason(self, history: History) -> str:
        """Why to stop after the epochs in the history, in words; empty if there is no reason yet."""
        column = history[self.monitor]
        sign = 1.0 if self.mode == "min" else -1.0
        last, best = 0, math.inf
        for epoch, number in enumerate(column, start=1):
            # The comparison is False for nan, so an epoch of nan is never an improvement.
            if sign * number < best - self.min_delta:
                last, best = epoch, sign * number
        if len(column) - last < self.patience:
            return ""
        amount = f" by more than {self.min_delta:g}" if self.min_delta else ""
        return f"{self.monitor} has not improved{amount} for {self.patience} epochs, since epoch {last}"


class BestWeights:
    """A copy of the weights after the best epoch, by the column that the history monitors."""

    def __init__(self, model: Module) -> None:
        self.parameters = model.parameters()
        self.weights: Sequence[float] = ()
        self.best: float | None = None

    def updating(self, number: float, mode: str) -> tuple[Any, ...]:
        """To copy the weights if the number is the best so far; an epoch of nan never is. A change for `at_once`."""
        number *= 1.0 if mode == "min" else -1.0
        if math.isnan(number) or (self.best is not None and number >= self.best):
            return updating(vars(self), {})
        return updating(vars(self), {"best": number, "weights": [parameter.data for parameter in self.parameters]})

    def restore(self) -> None:
        """Set the parameters to the copied weights, if there are any."""
        if self.weights:
            set_all(self.parameters, "_data", self.weights)
