"""`SequentialLR`: one schedule after the other; `ChainedScheduler`: several at the same time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Self

from autograd.core.number import whole_number
from nn.optim.lr_scheduler.plateau import ReduceLROnPlateau
from nn.optim.lr_scheduler.scheduler import LRScheduler, checked_optimizer
from nn.optim.optimizer import Optimizer


class _Several(LRScheduler):
    """What `SequentialLR` and `ChainedScheduler` share: schedulers of one optimizer, stepped and saved together."""

    _unsaved = ("optimizer", "schedulers")
    _is_base = True
    schedulers: list[LRScheduler]

    def state_dict(self) -> dict[str, Any]:
        """All attributes as plain data, with the states of the schedulers, but for the optimizer."""
        return {**super().state_dict(), "schedulers": [scheduler.state_dict() for scheduler in self.schedulers]}

    def _twin(self, optimizer: Optimizer) -> Self:
        twin = super()._twin(optimizer)
        twins = {id(scheduler): scheduler._twin(optimizer) for scheduler in self.schedulers}
        twin.schedulers = [twins[id(scheduler)] for scheduler in self.schedulers]
        return twin

    def _news(self, twin: Any) -> list[tuple[LRScheduler, dict[str, Any]]]:
        own = {name: value for name, value in vars(twin).items() if name not in self._unsaved}
        parts = zip(self.schedulers, twin.schedulers, strict=True)
        return [(self, own), *[news for mine, other in parts for news in mine._news(other)]]

    def _load(self, state_dict: Mapping[str, Any]) -> None:
        super()._load({name: value for name, value in state_dict.items() if name != "schedulers"})
        for scheduler, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            scheduler._load(state)

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        super()._check_state(state_dict)
        states = state_dict["schedulers"]
        if len(states) != len(self.schedulers):
            raise ValueError(
                f"the state does not fit this {type(self).__name__}: it has {len(states)} schedulers rather than "
                f"{len(self.schedulers)}"
            )
        for scheduler, state in zip(self.schedulers, states, strict=True):
            scheduler._check_state(state)


class SequentialLR(_Several):
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
        self.schedulers = _checked(self, schedulers, optimizer)
        self.milestones = milestones
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present learning rates, which are those of the scheduler whose turn it is."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def _begin(self, last_epoch: int) -> None:
        before = [dict(group) for group in self.optimizer.param_groups]
        self.base_lrs = [group["initial_lr"] for group in self.optimizer.param_groups]
        if last_epoch == -1:
            self._restart(from_base=True)
        else:
            self._resume(last_epoch + 1)
        self._remember(before)

    def _resume(self, epoch: int) -> None:
        """Go on in an epoch whose learning rates were loaded into the optimizer before the schedulers were made."""
        for group, loaded in zip(self.optimizer.param_groups, (self.optimizer._overwritten or [[]])[0], strict=False):
            group.update(loaded)
        self.last_epoch = epoch
        turn = self._turn()
        self.schedulers[turn].last_epoch = epoch - (self.milestones[turn - 1] if turn else 0)
        self._set(self.get_lr())

    def _restart(self, from_base: bool) -> None:
        """Undo what the constructors of the schedulers did, and begin with the one whose turn it is."""
        if from_base:
            self._set(self.base_lrs)
        self.last_epoch = 0
        self._now()._restart(from_base=False)
        self._set(self.get_lr())

    def _advance(self, initial: bool = False) -> None:
        self.last_epoch += 1
        if self.last_epoch in self.milestones:
            self._now()._restart(from_base=True)
        else:
            self._now()._advance()
        self._set(self.get_lr())

    def _turn(self) -> int:
        return bisect_right(self.milestones, self.last_epoch)

    def _now(self) -> LRScheduler:
        return self.schedulers[self._turn()]


class ChainedScheduler(_Several):
    """Several schedules at the same time: each step is one step of each scheduler, in order.

    Those that multiply the learning rate by a factor add up to the product of their factors. A scheduler whose learning
    rates are a formula of the epoch alone (`LambdaLR`, `CosineAnnealingWarmRestarts`, `OneCycleLR`) overwrites what
    those before it have set.

    Args:
        schedulers: the schedulers, all of one optimizer.
        optimizer: their optimizer; may be left out.

    A tenth for two epochs, while the learning rate decays:

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> from nn.optim.lr_scheduler import ConstantLR, ExponentialLR
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> chain = ChainedScheduler([ConstantLR(optimizer, 0.1, total_iters=2), ExponentialLR(optimizer, gamma=0.5)])
    >>> for epoch in range(4):
    ...     print(f"{chain.get_last_lr()[0]:.3f}", end=" ")
    ...     chain.step()
    0.100 0.050 0.250 0.125
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if not isinstance(schedulers, Sequence) or not schedulers:
            raise ValueError(f"ChainedScheduler needs a list of schedulers, at least one, got {schedulers!r}")
        own = checked_optimizer(self, optimizer) if optimizer is not None else getattr(schedulers[0], "optimizer", None)
        self.schedulers = _checked(self, schedulers, own)
        self.optimizer = self.schedulers[0].optimizer
        self._last_lr = self.get_lr()

    def get_lr(self) -> list[float]:
        """The present learning rates, which the schedulers have set."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def _restart(self, from_base: bool) -> None:
        for index, scheduler in enumerate(self.schedulers):
            scheduler._restart(from_base and not index)
        self._last_lr = self.get_lr()

    def _advance(self, initial: bool = False) -> None:
        for scheduler in self.schedulers:
            scheduler._advance()
        self._last_lr = self.get_lr()


def _checked(owner: LRScheduler, schedulers: Sequence[Any], optimizer: Any) -> list[LRScheduler]:
    """The schedulers, if all can be stepped without a metric and are of this optimizer.

    Raises:
        TypeError: if one is none, or is `ReduceLROnPlateau`.
        ValueError: if one is of another optimizer.
    """
    kind = type(owner).__name__
    for index, scheduler in enumerate(schedulers):
        if isinstance(scheduler, ReduceLROnPlateau) or not isinstance(scheduler, LRScheduler):
            raise TypeError(
                f"{kind} takes schedulers that count epochs, not metrics, got {type(scheduler).__name__} in place "
                f"{index}"
            )
        if scheduler.optimizer is not optimizer:
            raise ValueError(
                f"{kind} needs all schedulers to be of its own optimizer, but {type(scheduler).__name__} in place "
                f"{index} has another one"
            )
    return list(schedulers)
