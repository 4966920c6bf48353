"""Schedulers: they change the learning rate of an optimizer during training.

Call ``scheduler.step()`` after ``optimizer.step()``, once for each epoch or once for each batch. A scheduler counts
these calls; the formulas write t for their number, and the docstrings call them epochs, as PyTorch does.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> x = Value(1.0)
    >>> optimizer = SGD([x], lr=0.4)
    >>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for epoch in range(5):
    ...     print(optimizer.param_groups[0]["lr"], end=" ")
    ...     optimizer.step()
    ...     scheduler.step()
    0.4 0.4 0.2 0.2 0.1
"""

from __future__ import annotations

from nn.optim.lr_scheduler.cosine import (
    CosineAnnealingLR as CosineAnnealingLR,
    CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
)
from nn.optim.lr_scheduler.decay import (
    ConstantLR as ConstantLR,
    ExponentialLR as ExponentialLR,
    InverseSqrtLR as InverseSqrtLR,
    LambdaLR as LambdaLR,
    LinearLR as LinearLR,
    MultiStepLR as MultiStepLR,
    PolynomialLR as PolynomialLR,
    StepLR as StepLR,
)
from nn.optim.lr_scheduler.one_cycle import (
    OneCycleLR as OneCycleLR,
)
from nn.optim.lr_scheduler.plateau import (
    ReduceLROnPlateau as ReduceLROnPlateau,
)
from nn.optim.lr_scheduler.scheduler import (
    LRScheduler as LRScheduler,
)
from nn.optim.lr_scheduler.several import (
    ChainedScheduler as ChainedScheduler,
    SequentialLR as SequentialLR,
)
from nn.registry import public_names

# ``name as name`` marks a name as public for type checkers, so a new class needs only its import above.
__all__ = public_names(globals())
