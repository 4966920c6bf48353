"""Schedules that follow half a wave of the cosine, once or again and again."""

from __future__ import annotations

import math

from autograd.core.number import whole_number
from nn.optim.lr_scheduler.scheduler import LRScheduler
from nn.optim.optimizer import Optimizer


class CosineAnnealingLR(LRScheduler):
    """Half a wave of the cosine: ``eta_min + (initial_lr - eta_min) * (1 + cos(π * t / T_max)) / 2``.

    Args:
        optimizer: the optimizer whose learning rates to set.
        T_max: the number of epochs from the initial learning rate down to `eta_min`; after it the wave goes up again.
        eta_min: the lowest learning rate.
        last_epoch: see `LRScheduler`.

    The distance from `eta_min` that it finds is what the scheduler multiplies, so that several can be chained.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5,
    without the restarts.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = CosineAnnealingLR(SGD([Value(1.0)], lr=0.5), T_max=2)
    >>> scheduler.step()
    >>> f"{scheduler.get_last_lr()[0]:.2f}"
    '0.25'
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,  # noqa: N803  (PyTorch's name)
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        self.T_max = whole_number("T_max of CosineAnnealingLR", T_max)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """The present learning rates, moved on by one epoch along the wave."""
        epoch, low = self.last_epoch, self.eta_min
        rates = [group["lr"] for group in self.optimizer.param_groups]
        if epoch == 0 or self._is_initial:
            return rates
        if (epoch - 1) % (2 * self.T_max) == self.T_max:  # from the lowest point up, where the quotient is one of zeros
            rise = (1 - math.cos(math.pi / self.T_max)) / 2
            return [rate + (base_lr - low) * rise for rate, base_lr in zip(rates, self.base_lrs, strict=False)]
        ratio = self._height(epoch) / self._height(epoch - 1)
        return [ratio * (rate - low) + low for rate in rates]

    def _height(self, epoch: int) -> float:
        return 1 + math.cos(math.pi * epoch / self.T_max)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a wave of the cosine again and again, each as long as the one before or longer.

    ``eta_min + (initial_lr - eta_min) * (1 + cos(π * T_cur / T_i)) / 2``, with T_cur the number of epochs since the
    last restart and T_i the number from it to the next: ``T_0``, then ``T_0 * T_mult``, ``T_0 * T_mult²``, ...

    Args:
        optimizer: the optimizer whose learning rates to set.
        T_0: the number of epochs up to the first restart.
        T_mult: the factor from the length of one wave to that of the next.
        eta_min: the lowest learning rate.
        last_epoch: see `LRScheduler`.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> scheduler = CosineAnnealingWarmRestarts(SGD([Value(1.0)], lr=0.5), T_0=2)
    >>> for _ in range(2):
    ...     scheduler.step()
    ...     print(f"{scheduler.get_last_lr()[0]:.2f}")
    0.25
    0.50
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803  (PyTorch's name)
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        self.T_0 = whole_number("T_0 of CosineAnnealingWarmRestarts", T_0)
        self.T_mult = whole_number("T_mult of CosineAnnealingWarmRestarts", T_mult)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """``eta_min + (initial_lr - eta_min) * (1 + cos(π * T_cur / T_i)) / 2``."""
        since, length = self.last_epoch, self.T_0
        if self.T_mult == 1:
            since %= length  # what the loop below would find, one wave at a time
        while since >= length:
            since, length = since - length, length * self.T_mult
        part = (1 + math.cos(math.pi * since / length)) / 2
        return [self.eta_min + (base_lr - self.eta_min) * part for base_lr in self.base_lrs]
