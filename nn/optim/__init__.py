"""Optimizers: they update parameters by their gradients.

Each update rule is one plain function of numbers, whose arithmetic runs on arrays as well. An `Optimizer` stores the
parameters, the options and the state, and applies its rule to each parameter. A scheduler from `nn.optim.lr_scheduler`
changes the learning rate during training. To write an optimizer, read `optimizer.py` first.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> f"{x.data:.3f}"             # times 1 - 2 * 0.1 at each step
    '0.512'
"""

from __future__ import annotations

from nn.optim import (
    lr_scheduler as lr_scheduler,
)
from nn.optim.adadelta import (
    Adadelta as Adadelta,
)
from nn.optim.adagrad import (
    Adagrad as Adagrad,
)
from nn.optim.adam import (
    Adam as Adam,
    AdamW as AdamW,
)
from nn.optim.adamax import (
    Adamax as Adamax,
)
from nn.optim.nadam import (
    NAdam as NAdam,
)
from nn.optim.optimizer import (
    Optimizer as Optimizer,
)
from nn.optim.rmsprop import (
    RMSprop as RMSprop,
)
from nn.optim.sgd import (
    SGD as SGD,
)
from nn.registry import public_names

# ``name as name`` marks a name as public for type checkers, so a new class needs only its import above.
__all__ = ["lr_scheduler", *public_names(globals())]
