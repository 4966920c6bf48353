"""`SequentialLR`: one schedule after the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.core.number import whole_number
from nn.optim.lr_scheduler.plateau import ReduceLROnPlateau
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.optimizer import Optimizer


class SequentialLR(LRScheduler):
    """One schedule after the other, each counting epochs from its own start.

    Args:
        optimizer: the optimizer whose learning rates to set.
        schedulers: the schedulers, all of this optimizer.
        milestones: the epochs where the second, third, ... scheduler takes over, in order.
        last_epoch: see `LRScheduler`.

    Warm up for three epochs, then decay:

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> from nn.optim.lr_scheduler import ExponentialLR, LinearLR
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> warmup, decay = LinearLR(optimizer, start_factor=0.25, total_iters=3), ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = SequentialLR(optimizer, [warmup, decay], milestones=[3])
    >>> for epoch in range(6):
    ...     print(scheduler.get_last_lr()[0], end=" ")
    ...     scheduler.step()
    0.25 0.5 0.75 1.0 0.5 0.25
    """

    _unsaved = ("optimizer", "schedulers")

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        milestones = [whole_number("each milestone of SequentialLR", epoch, None) for epoch in milestones]
        if len(milestones) != len(schedulers) - 1 or milestones != sorted(set(milestones)):
            raise ValueError(
                "SequentialLR needs one milestone between each scheduler and the next, in increasing order, got "
                f"{len(schedulers)} schedulers and milestones={milestones}"
            )
        for index, scheduler in enumerate(schedulers):
            if isinstance(scheduler, ReduceLROnPlateau) or not isinstance(scheduler, LRScheduler):
                raise TypeError(
                    "SequentialLR takes schedulers that count epochs, not metrics, got "
                    f"{type(scheduler).__name__} in place {index}"
                )
            if scheduler.optimizer is not optimizer:
                raise ValueError(
                    "SequentialLR needs all schedulers to be of its own optimizer, but "
                    f"{type(scheduler).__name__} in place {index} has another one"
                )
        self.schedulers = list(schedulers)
        self.milestones = milestones
        super().__init__(optimizer, last_epoch)

    def _current(self) -> LRScheduler:
        index = bisect_right(self.milestones, self.last_epoch)
        scheduler = self.schedulers[index]
        scheduler.last_epoch = self.last_epoch - (self.milestones[index - 1] if index else 0)
        return scheduler

    def get_lr(self) -> list[float]:
        """What the current scheduler says."""
        return self._current().get_lr()

    def _update(self) -> None:
        # Not get_lr alone: a scheduler may set more than learning rates.
        current = self._current()
        current._update()
        self._last_lr = current.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """All attributes as plain data, with the states of the schedulers, but for the optimizer."""
        return {**super().state_dict(), "schedulers": [scheduler.state_dict() for scheduler in self.schedulers]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this class stopped; load the optimizer's state as well."""
        self._check_state(state_dict)
        for scheduler, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            scheduler.load_state_dict(state)
        own = self.schedulers
        super().load_state_dict(state_dict)
        self.schedulers = own

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        super()._check_state(state_dict)
        states = state_dict["schedulers"]
        if len(states) != len(self.schedulers):
            raise ValueError(
                f"the state does not fit this SequentialLR: it has {len(states)} schedulers rather than "
                f"{len(self.schedulers)}"
            )
        # All of them before the first is loaded, so that on an error none is.
        for scheduler, state in zip(self.schedulers, states, strict=True):
            scheduler._check_state(state)
