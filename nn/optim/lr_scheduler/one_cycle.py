"""`OneCycleLR`: up, then down to almost nothing, within a number of steps that is known beforehand."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.core.number import whole_number
from nn.optim.lr_scheduler.scheduler import (
    LRScheduler,
    checked_optimizer,
    for_each_group,
    number_between,
)
from nn.optim.optimizer import Optimizer


class OneCycleLR(LRScheduler):
    """The learning rate rises to a maximum, then falls far below its first value; momentum falls and rises again.

    With T steps in all, the learning rate is ``max_lr / div_factor`` at t = 0, `max_lr` at ``pct_start * T - 1`` and
    ``max_lr / div_factor / final_div_factor`` at ``T - 1``. With `three_phase` it has its first value again at
    ``2 * pct_start * T - 2``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        max_lr: the largest learning rate; or a list, one for each parameter group.
        total_steps: T. If it is None, T is ``epochs * steps_per_epoch``.
        epochs: the number of epochs.
        steps_per_epoch: the number of batches in each.
        pct_start: the part of the steps, from 0 to 1, in which the learning rate rises.
        anneal_strategy: ``"cos"`` to follow half a wave of the cosine from point to point, ``"linear"`` for lines.
        cycle_momentum: whether to set momentum as well (the first of the betas, for an optimizer that has them).
        base_momentum: the momentum when the learning rate is largest; or a list, one for each parameter group.
        max_momentum: the momentum at both ends; or a list.
        div_factor: how many times smaller than `max_lr` the learning rate is at first.
        final_div_factor: how many times smaller still it is at the end.
        three_phase: whether to come down in two phases rather than one.
        last_epoch: see `LRScheduler`.

    Call `step` after each batch rather than each epoch.

    Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates",
    2018, arXiv:1708.07120, in the form that PyTorch gave it.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = OneCycleLR(SGD([Value(1.0)], momentum=0.9), max_lr=1.0, total_steps=10, div_factor=5)
    >>> for _ in range(2):
    ...     scheduler.step()
    ...     print(f"{scheduler.get_last_lr()[0]:.2f}")
    0.60
    1.00
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        checked_optimizer(self, optimizer)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR needs anneal_strategy to be 'cos' or 'linear', got {anneal_strategy!r}")
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise ValueError("OneCycleLR needs total_steps, or both epochs and steps_per_epoch, got neither")
        if cycle_momentum and not {"momentum", "betas"} & optimizer.defaults.keys():
            raise ValueError(
                f"{type(optimizer).__name__} has no momentum to be cycled; pass cycle_momentum=False to OneCycleLR"
            )
        counts = {"total_steps": total_steps, "epochs": epochs, "steps_per_epoch": steps_per_epoch}
        whole = {name: whole_number(f"{name} of OneCycleLR", n) for name, n in counts.items() if n is not None}
        self.total_steps = whole.get("total_steps") or whole["epochs"] * whole["steps_per_epoch"]
        self.pct_start = number_between(self, "pct_start", pct_start, 0, 1)
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = cycle_momentum
        self.base_momentums: list[float] = for_each_group(self, "base_momentum", base_momentum, optimizer)
        self.max_momentums: list[float] = for_each_group(self, "max_momentum", max_momentum, optimizer)
        self.max_lrs: list[float] = for_each_group(self, "max_lr", max_lr, optimizer)
        self.div_factor = div_factor
        self.final_div_factor = final_div_factor
        self.three_phase = three_phase
        super().__init__(optimizer, last_epoch)

    def _initial_lrs(self) -> list[float]:
        return [largest / self.div_factor for largest in self.max_lrs]

    def get_lr(self) -> list[float]:
        """The learning rates of step `last_epoch` of the cycle.

        Raises:
            ValueError: if there have been more than `total_steps` steps.
        """
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"OneCycleLR was made for {self.total_steps} steps, and this is step {self.last_epoch}; pass a larger "
                "total_steps"
            )
        return [
            self._between(base_lr, largest, base_lr / self.final_div_factor)
            for base_lr, largest in zip(self.base_lrs, self.max_lrs, strict=True)
        ]

    def _advance(self, initial: bool = False) -> None:
        super()._advance(initial)
        if not self.cycle_momentum:
            return
        momentums = zip(self.max_momentums, self.base_momentums, strict=True)
        for group, (largest, least) in zip(self.optimizer.param_groups, momentums, strict=True):
            momentum = self._between(largest, least, largest)
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum

    def _between(self, first: float, middle: float, last: float) -> float:
        """The number of the current step on the way from the first number over the middle one to the last."""
        steps = [0.0, self.pct_start * self.total_steps - 1, self.total_steps - 1.0]
        numbers = [first, middle, last]
        if self.three_phase:
            steps.insert(2, 2 * self.pct_start * self.total_steps - 2)
            numbers.insert(2, first)
        phase = 1
        while phase < len(steps) - 1 and self.last_epoch > steps[phase]:
            phase += 1
        length = steps[phase] - steps[phase - 1]
        part = (self.last_epoch - steps[phase - 1]) / length if length else 1.0
        start, end = numbers[phase - 1], numbers[phase]
        if self.anneal_strategy == "linear":
            return start + (end - start) * part
        return end + (start - end) / 2 * (1 + math.cos(math.pi * part))
