"""`ReduceLROnPlateau`: a smaller learning rate when nothing improves any more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.core.number import number_in, whole_number
from nn.optim.lr_scheduler.scheduler import LRScheduler, checked_optimizer, for_each_group, number_between
from nn.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rate by a factor when a metric has stopped improving.

    An epoch is good if its metric is better than the best so far by more than the threshold, and bad otherwise. When
    more than `patience` bad epochs follow each other, ``lr = max(lr * factor, min_lr)``, and the count starts again.

    Args:
        optimizer: the optimizer whose learning rates to set.
        mode: ``"min"`` if smaller is better, as for a loss; ``"max"`` if larger is, as for an accuracy.
        factor: what the learning rate is multiplied by, below 1.
        patience: how many bad epochs in a row are tolerated.
        threshold: how much better counts as better.
        threshold_mode: ``"rel"`` if the threshold is a part of the best, ``"abs"`` if it is a difference from it:
            with "min", better is below ``best * (1 - threshold)`` or ``best - threshold``; with "max", above
            ``best * (1 + threshold)`` or ``best + threshold``.
        cooldown: for how many epochs after a reduction no bad epochs are counted.
        min_lr: where the learning rate ends; or a list, one for each parameter group.
        eps: a reduction by this amount or less is not made.

    Attributes:
        best: the best metric so far.
        num_bad_epochs: the number of bad epochs in a row.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = ReduceLROnPlateau(SGD([Value(1.0)], lr=0.5), factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0):
    ...     scheduler.step(loss)
    ...     print(scheduler.get_last_lr()[0], end=" ")
    0.5 0.5 0.5 0.25
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"ReduceLROnPlateau needs mode to be 'min' or 'max', got {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"ReduceLROnPlateau needs threshold_mode to be 'rel' or 'abs', got {threshold_mode!r}")
        self.optimizer = checked_optimizer(self, optimizer)
        self.mode = mode
        self.factor = number_between(self, "factor", factor, 0, 1)
        if self.factor == 1:
            raise ValueError(
                "ReduceLROnPlateau needs factor to be below 1, got 1: the learning rate would never change"
            )
        self.patience = whole_number("patience of ReduceLROnPlateau", patience, 0)
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = whole_number("cooldown of ReduceLROnPlateau", cooldown, 0)
        self.min_lr = min_lr
        for_each_group(self, "min_lr", min_lr, optimizer)  # raises now for a list of the wrong length
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.last_epoch = 0
        self._last_lr = self._rates()

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Take the metric of one more epoch into account.

        Args:
            metrics: the metric, a number or a Value: the loss on validation data, for one.
        """
        metric = number_in(metrics)
        self._change(lambda twin: twin._take(metric))

    def _take(self, metric: float) -> None:
        self.last_epoch += 1
        if self._is_better(metric):
            self.best = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._set(self.get_lr())
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._rates()

    def get_lr(self) -> list[float]:
        """The learning rates after one more reduction."""
        rates = self._rates()
        smallest = for_each_group(self, "min_lr", self.min_lr, self.optimizer)
        reduced = [max(rate * self.factor, least) for rate, least in zip(rates, smallest, strict=True)]
        return [new if old - new > self.eps else old for old, new in zip(rates, reduced, strict=True)]

    def _rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def _is_better(self, metric: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "rel":
            return sign * metric < sign * self.best * (1 - sign * self.threshold)
        return sign * metric < sign * self.best - self.threshold
