"""Schedules that multiply the learning rate by a factor that depends on the epoch.

The formulas are those of one scheduler alone. All but `LambdaLR` multiply the learning rate that they find, so that
several can be chained.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from autograd.core.number import whole_number
from nn.optim.lr_scheduler.scheduler import FactorLR, LRScheduler, for_each_group, number_between
from nn.optim.optimizer import Optimizer


class LambdaLR(LRScheduler):
    """The initial learning rate times any function of the epoch: ``initial_lr * lr_lambda(t)``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        lr_lambda: the function; or a list of functions, one for each parameter group.
        last_epoch: see `LRScheduler`.

    The functions are not part of the saved state. A group that is added to the optimizer later is an error in the next
    step, as it has no function.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = LambdaLR(SGD([Value(1.0)], lr=0.5), lambda t: 0.5**t)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    _unsaved = ("optimizer", "lr_lambdas")

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambdas: list[Callable[[int], float]] = for_each_group(self, "lr_lambda", lr_lambda, optimizer)
        for factor in self.lr_lambdas:
            if not callable(factor):
                raise TypeError(f"LambdaLR needs lr_lambda to be a function of the epoch, got {factor!r}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """``initial_lr * lr_lambda(t)``."""
        return [
            base_lr * factor(self.last_epoch) for base_lr, factor in zip(self.base_lrs, self.lr_lambdas, strict=True)
        ]


class StepLR(FactorLR):
    """A staircase with steps of one length: ``initial_lr * gamma ** (t // step_size)``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        step_size: for how many epochs the learning rate stays.
        gamma: the factor from one stair to the next.
        last_epoch: see `LRScheduler`.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = StepLR(SGD([Value(1.0)], lr=0.5), step_size=1, gamma=0.5)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = whole_number("step_size of StepLR", step_size)
        self.gamma = number_between(self, "gamma", gamma, 0, math.inf)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        """`gamma` where a stair begins, 1 elsewhere."""
        return self.gamma if epoch and epoch % self.step_size == 0 else 1.0


class MultiStepLR(FactorLR):
    """A staircase with steps of any length: ``initial_lr * gamma ** (the number of milestones that are <= t)``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        milestones: the epochs where the learning rate drops; an epoch that is listed twice counts twice.
        gamma: the factor from one stair to the next.
        last_epoch: see `LRScheduler`.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = MultiStepLR(SGD([Value(1.0)], lr=0.5), milestones=[1, 100], gamma=0.5)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if not isinstance(milestones, Iterable):
            raise TypeError(f"MultiStepLR needs milestones to be a list of epochs, got {milestones!r}")
        self.milestones = sorted(whole_number("each milestone of MultiStepLR", epoch, None) for epoch in milestones)
        self.gamma = number_between(self, "gamma", gamma, 0, math.inf)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        """`gamma` at a milestone, 1 elsewhere."""
        return self.gamma ** self.milestones.count(epoch)


class ConstantLR(FactorLR):
    """A smaller learning rate at first: ``initial_lr * factor`` while ``t < total_iters``, then `initial_lr`.

    Two cases end with the learning rate that PyTorch's formulas are made for, but its code does not reach: with
    ``total_iters=0`` PyTorch never takes the factor back, with ``factor=0`` it divides by zero.

    Args:
        optimizer: the optimizer whose learning rates to set.
        factor: the factor at first, from 0 to 1.
        total_iters: for how many epochs.
        last_epoch: see `LRScheduler`.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = ConstantLR(SGD([Value(1.0)], lr=0.5), factor=0.5, total_iters=1)
    >>> scheduler.get_last_lr()
    [0.25]
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        self.factor = number_between(self, "factor", factor, 0, 1)
        self.total_iters = whole_number("total_iters of ConstantLR", total_iters, 0)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        """`factor` at first, its inverse after `total_iters` epochs, 1 elsewhere."""
        if epoch == 0:
            return self.factor if self.total_iters else 1.0
        return 1 / self.factor if epoch == self.total_iters and self.factor else 1.0

    def get_lr(self) -> list[float]:
        """The present learning rates times the factor; the initial ones after a factor of 0."""
        if self.last_epoch and self.last_epoch == self.total_iters and not self.factor:
            return self.base_lrs
        return super().get_lr()


class LinearLR(FactorLR):
    """A factor that changes linearly and then stays, as for a warmup.

    ``initial_lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        start_factor: the factor at t = 0, above 0 and up to 1.
        end_factor: the factor from `total_iters` on, from 0 to 1.
        total_iters: the number of epochs from one to the other.
        last_epoch: see `LRScheduler`.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = LinearLR(SGD([Value(1.0)], lr=0.5), start_factor=0.5, total_iters=2)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.375]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor = number_between(self, "start_factor", start_factor, 0, 1)
        if not start_factor:
            raise ValueError("LinearLR needs start_factor to be above 0, got 0: the first epoch would do nothing")
        self.end_factor = number_between(self, "end_factor", end_factor, 0, 1)
        self.total_iters = whole_number("total_iters of LinearLR", total_iters)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        """`start_factor` at first; then the line at this epoch divided by the line at the epoch before."""
        if epoch == 0:
            return self.start_factor
        if epoch > self.total_iters:
            return 1.0
        rise = self.end_factor - self.start_factor
        return 1 + rise / (self.total_iters * self.start_factor + (epoch - 1) * rise)


class ExponentialLR(FactorLR):
    """Exponential decay: ``initial_lr * gamma ** t``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        gamma: the factor from one epoch to the next.
        last_epoch: see `LRScheduler`.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = ExponentialLR(SGD([Value(1.0)], lr=0.5), gamma=0.5)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = number_between(self, "gamma", gamma, 0, math.inf)
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        """`gamma` in every epoch but the first."""
        return self.gamma if epoch else 1.0


class PolynomialLR(FactorLR):
    """Down to zero along a power: ``initial_lr * (1 - min(t, total_iters) / total_iters) ** power``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        total_iters: the number of epochs down to zero.
        power: 1 for a straight line, 2 for a parabola.
        last_epoch: see `LRScheduler`.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = PolynomialLR(SGD([Value(1.0)], lr=0.5), total_iters=2, power=2.0)
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = whole_number("total_iters of PolynomialLR", total_iters)
        self.power = power
        super().__init__(optimizer, last_epoch)

    def factor_at(self, epoch: int) -> float:
        """The curve at this epoch divided by the curve at the epoch before; 1 at both ends."""
        if not 0 < epoch <= self.total_iters:
            return 1.0
        factor: float = ((1 - epoch / self.total_iters) / (1 - (epoch - 1) / self.total_iters)) ** self.power
        return factor


class InverseSqrtLR(FactorLR):
    """The classical decay of stochastic gradient descent: ``initial_lr / √(t + 1)``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        last_epoch: see `LRScheduler`.

    With this schedule the average of the iterates has an expected error of order ``1/√t`` on any convex function with
    bounded gradients. Call `step` once for each batch, so that t counts updates. PyTorch has no such class.

    Source: Zinkevich, "Online convex programming and generalized infinitesimal gradient ascent", ICML 2003.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = InverseSqrtLR(SGD([Value(1.0)], lr=0.5))
    >>> for _ in range(3):
    ...     scheduler.step()
    >>> f"{scheduler.get_last_lr()[0]:.2f}"
    '0.25'
    """

    def factor_at(self, epoch: int) -> float:
        """``√(t / (t + 1))``, and 1 at first."""
        return math.sqrt(epoch / (epoch + 1)) if epoch else 1.0
