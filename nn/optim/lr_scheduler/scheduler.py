"""`LRScheduler`: the base class for schedulers of your own, which counts epochs and sets learning rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from numbers import Real
from typing import Any, Self, TypeVar

from autograd.core.atomic import at_once, replacing, updating
from autograd.core.number import whole_number
from nn.optim.optimizer import Optimizer
from nn.states import check_like


class LRScheduler:
    """The base class: sets the learning rate of each parameter group from epoch to epoch.

    Args:
        optimizer: the optimizer whose learning rates to set. They are set once right away, for t = 0.
        last_epoch: the last completed epoch; -1 to begin. To continue a schedule with a new optimizer, first load the
            state of the old optimizer into it: that state has the learning rates that the schedule began with, and
            those that it has come to.

    Attributes:
        last_epoch: the number t of the epoch that the learning rates are set for.
        base_lrs: the learning rate that each group began with; its group has it under ``"initial_lr"``.

    A subclass defines `get_lr`, a formula of `last_epoch`, and either of `base_lrs` or of the present learning rates,
    ``group["lr"]``. Formulas of the second kind, such as those that multiply the learning rate by something, can be
    chained: if two schedulers of one optimizer are stepped, the effects of both add up. One of the first kind
    overwrites what those before it have set.

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
    # True while the learning rates are set for the first time, in the constructor. With an epoch above 0 the schedule
    # is then being continued, and the learning rates of the optimizer are already those of that epoch.
    _is_initial: bool = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = checked_optimizer(self, optimizer)
        last_epoch = whole_number(f"last_epoch of {type(self).__name__}", last_epoch, -1)
        for index, group in enumerate(optimizer.param_groups):
            if last_epoch != -1 and "initial_lr" not in group:
                raise ValueError(
                    f"{type(self).__name__} is to go on after epoch {last_epoch}, but parameter group {index} of the "
                    "optimizer has no initial_lr; load the saved state of the optimizer first"
                )
        self.base_lrs: list[float] = []
        self._last_lr: list[float] = []
        self.last_epoch = last_epoch
        self._change(lambda twin: twin._begin(last_epoch))

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
        self._change(lambda twin: twin._advance())

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer as plain data; save the optimizer's own state as well."""
        return {name: deepcopy(value) for name, value in vars(self).items() if name not in self._unsaved}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another scheduler of this class stopped; load the optimizer's state as well, before or after.

        If the optimizer's state was loaded first, the learning rates are again those that it had then, which the
        constructors of schedulers have changed meanwhile.

        Raises:
            ValueError: if the state is that of another class, or of an optimizer with more groups, or has something
                that is not a number. The scheduler then stays as it was.
        """
        self._check_state(state_dict)
        self._change(lambda twin: twin._continue(state_dict))

    # ------------------------------------------------------------------ on copies, so that an interrupt changes nothing

    def _change(self, act: Callable[[Any], None]) -> None:
        """Call `act` with a copy of this scheduler, of a copy of its optimizer; then take over all changes at once."""
        optimizer = shallow_copy(self.optimizer)
        optimizer.param_groups = [dict(group) for group in self.optimizer.param_groups]
        twin = self._twin(optimizer)
        act(twin)
        if optimizer._overwritten is self.optimizer._overwritten:
            optimizer._overwritten = None  # the learning rates have moved on
        at_once(
            *map(replacing, self.optimizer.param_groups, optimizer.param_groups),
            updating(vars(self.optimizer), {"_overwritten": optimizer._overwritten}),
            *[updating(vars(mine), new) for mine, new in self._news(twin)],
        )

    def _twin(self, optimizer: Optimizer) -> Self:
        twin = shallow_copy(self)
        twin.optimizer = optimizer
        return twin

    def _news(self, twin: Any) -> list[tuple[LRScheduler, dict[str, Any]]]:
        """What to take over from a twin."""
        return [(self, {name: value for name, value in vars(twin).items() if name != "optimizer"})]

    def _begin(self, last_epoch: int) -> None:
        groups = self.optimizer.param_groups
        before = [dict(group) for group in groups]
        if last_epoch == -1:
            for group, rate in zip(groups, self._initial_lrs(), strict=True):
                group["initial_lr"] = rate
        self.base_lrs = [group["initial_lr"] for group in groups]
        self.last_epoch = last_epoch
        self._advance(initial=True)
        self._remember(before)

    def _remember(self, before: list[dict[str, Any]]) -> None:
        """Note in the optimizer what its groups were before schedulers were made, for `load_state_dict`."""
        earlier = self.optimizer._overwritten
        if earlier is not None and earlier[1] == before:
            before = earlier[0]
        self.optimizer._overwritten = before, [dict(group) for group in self.optimizer.param_groups]

    def _continue(self, state_dict: Mapping[str, Any]) -> None:
        self._load(state_dict)
        groups, overwritten = self.optimizer.param_groups, self.optimizer._overwritten
        if overwritten is None or groups != overwritten[1]:
            return
        for group, before, rate in zip(groups, overwritten[0], self._last_lr, strict=False):
            if "initial_lr" in before:  # it was loaded into the optimizer
                group.update(before)
            else:
                group["lr"] = rate
        self.optimizer._overwritten = overwritten[0], [dict(group) for group in groups]

    def _load(self, state_dict: Mapping[str, Any]) -> None:
        vars(self).update(deepcopy(dict(state_dict)))

    def _initial_lrs(self) -> list[float]:
        """The learning rate that each group begins with."""
        return [group.get("initial_lr", group["lr"]) for group in self.optimizer.param_groups]

    def _restart(self, from_base: bool) -> None:
        """Set the learning rates of epoch 0, from `base_lrs` or from the present ones."""
        if from_base:
            self._set(self.base_lrs)
        self.last_epoch = -1
        self._advance(initial=True)

    def _advance(self, initial: bool = False) -> None:
        self.last_epoch += 1
        self._is_initial = initial
        self._set(self.get_lr())
        del self._is_initial

    def _set(self, rates: list[float]) -> None:
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ValueError(
                f"{type(self).__name__} has learning rates for {len(rates)} parameter groups, but the optimizer has "
                f"{len(groups)}; add all groups before the scheduler is made"
            )
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = list(rates)

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
        # Fewer are those of a scheduler whose optimizer was given groups since the last step.
        groups, rates = len(self.optimizer.param_groups), len(state_dict["_last_lr"])
        if rates > groups:
            raise ValueError(
                f"the state does not fit this {kind}: it has learning rates for {rates} parameter groups, the "
                f"optimizer has {groups}; make the optimizer with the groups that it had"
            )


class FactorLR(LRScheduler):
    """The base class of schedulers that multiply the present learning rates by a factor, so that they can be chained.

    A subclass defines `factor_at`. It also gets groups right that are added to the optimizer later.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> class HarmonicLR(FactorLR):
    ...     def factor_at(self, epoch):
    ...         return epoch / (1 + epoch) if epoch else 1.0
    >>> scheduler = HarmonicLR(SGD([Value(1.0)], lr=0.6))
    >>> for _ in range(2):
    ...     scheduler.step()
    >>> f"{scheduler.get_last_lr()[0]:.1f}"
    '0.2'
    """

    _is_base = True

    def factor_at(self, epoch: int) -> float:
        """The factor from the epoch before to this one; at epoch 0 from the initial learning rates.

        Raises:
            NotImplementedError: if a subclass does not define it.
        """
        raise NotImplementedError(f"{type(self).__name__} has no factor_at method; define factor_at(self, epoch)")

    def get_lr(self) -> list[float]:
        """The present learning rates times the factor of epoch `last_epoch`."""
        factor = 1.0 if self._is_initial and self.last_epoch else self.factor_at(self.last_epoch)
        return [group["lr"] * factor for group in self.optimizer.param_groups]


Thing = TypeVar("Thing")


def shallow_copy(thing: Thing) -> Thing:
    """Another object of the same class with the same attributes."""
    other = object.__new__(type(thing))
    vars(other).update(vars(thing))
    return other


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
