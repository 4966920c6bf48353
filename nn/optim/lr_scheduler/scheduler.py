"""`LRScheduler`: the base class for schedulers of your own, which counts epochs and sets learning rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from numbers import Real
from typing import Any

from autograd.core.number import whole_number
from nn.optim.optimizer import Optimizer
from nn.states import check_like


class LRScheduler:
    """The base class: sets the learning rate of each parameter group by a formula of the number of epochs.

    Args:
        optimizer: the optimizer whose learning rates to set. They are set once right away, for t = 0.
        last_epoch: the last completed epoch; -1 to begin. To continue a schedule with a new optimizer, first load the
            state of the old optimizer into it: that state has the learning rates that the schedule began with.

    Attributes:
        last_epoch: the number t of the epoch that the learning rates are set for.
        base_lrs: the learning rate that each group began with; its group has it under ``"initial_lr"``.

    A subclass defines `get_lr`, a formula of `base_lrs` and `last_epoch` alone. Of two schedulers of one optimizer the
    one that steps last therefore overwrites the other; to have one after the other, use `SequentialLR`.

        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> class HarmonicLR(LRScheduler):
        ...     def get_lr(self):
        ...         return [base_lr / (1 + self.last_epoch) for base_lr in self.base_lrs]
        >>> scheduler = HarmonicLR(SGD([Value(1.0)], lr=0.6))
        >>> for _ in range(2):
        ...     scheduler.step()
        >>> f"{scheduler.get_last_lr()[0]:.1f}"
        '0.2'
    """

    # Attributes that a saved state leaves out.
    _unsaved: tuple[str, ...] = ("optimizer",)

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(self, optimizer)
        last_epoch = whole_number(f"last_epoch of {type(self).__name__}", last_epoch, -1)
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ValueError(
                    f"{type(self).__name__} is to go on after epoch {last_epoch}, but parameter group {index} of the "
                    "optimizer has no initial_lr; load the saved state of the optimizer first"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._last_lr: list[float] = []
        self.step()

    def get_lr(self) -> list[float]:
        """The learning rate of each group in epoch `last_epoch`; every subclass must define it.

        Raises:
            NotImplementedError: if a subclass has not.
        """
        raise NotImplementedError(f"{type(self).__name__} has no get_lr method; define get_lr(self)")

    def get_last_lr(self) -> list[float]:
        """The learning rates that were set last, one for each group."""
        return list(self._last_lr)

    def step(self) -> None:
        """Set the learning rates of the next epoch; to be called after ``optimizer.step()``."""
        self.last_epoch += 1
        self._update()

    def _update(self) -> None:
        rates, groups = self.get_lr(), self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ValueError(
                f"{type(self).__name__} has learning rates for {len(rates)} parameter groups, but the optimizer has "
                f"{len(groups)}; add all groups before the scheduler is made"
            )
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = rates

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer as plain data; save the optimizer's own state as well."""
        return {name: deepcopy(value) for name, value in vars(self).items() if name not in self._unsaved}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this class stopped; load the optimizer's state as well.

        Raises:
            ValueError: if the state is that of another class, or of an optimizer with another number of groups, or has
                something that is not a number. The scheduler then stays as it was.
        """
        self._check_state(state_dict)
        vars(self).update(deepcopy(dict(state_dict)))

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        own = self.state_dict()
        kind, expected = type(self).__name__, sorted(own)
        if not isinstance(state_dict, Mapping):
            raise ValueError(f"{kind} loads what its state_dict() gave, got {type(state_dict).__name__}")
        if sorted(state_dict) != expected:
            raise ValueError(
                f"the state does not fit {kind}: it has {', '.join(sorted(state_dict))} rather than "
                f"{', '.join(expected)}"
            )
        for name in expected:
            check_like(state_dict[name], own[name], f"{name} in the state of {kind}")
        groups, rates = len(self.optimizer.param_groups), len(state_dict["_last_lr"])
        if rates != groups:
            raise ValueError(
                f"the state does not fit this {kind}: it has learning rates for {rates} parameter groups, the "
                f"optimizer has {groups}; make the optimizer with the groups that it had"
            )


def checked_optimizer(scheduler: LRScheduler, optimizer: Any) -> Optimizer:
    """The optimizer, if it is one.

    Raises:
        TypeError: if it is not.
    """
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"{type(scheduler).__name__} takes an optimizer such as nn.optim.SGD(model.parameters()), got "
            f"{type(optimizer).__name__}"
        )
    return optimizer


def number_between(scheduler: LRScheduler, name: str, value: Any, low: float, high: float) -> float:
    """The value of an option as a float, if it is a number from `low` to `high`.

    Raises:
        ValueError: if it is not.
    """
    if not isinstance(value, Real) or not low <= float(value) <= high:
        span = f"from {low:g} to {high:g}" if high < math.inf else f"{low:g} or greater"
        raise ValueError(f"{type(scheduler).__name__} needs {name} to be {span}, got {value!r}")
    return float(value)


def for_each_group(scheduler: LRScheduler, name: str, value: Any, optimizer: Optimizer) -> list[Any]:
    """The value of an option for each parameter group: a list has one for each, any other value is for all groups.

    Raises:
        ValueError: if a list has another length than there are groups.
    """
    groups = len(optimizer.param_groups)
    if not isinstance(value, list | tuple):
        return [value] * groups
    if len(value) != groups:
        raise ValueError(
            f"{type(scheduler).__name__} needs {name} to have one entry for each of the {groups} parameter groups, "
            f"got {len(value)}"
        )
    return list(value)
