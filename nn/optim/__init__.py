"""Optimizers: how parameters move once their gradients are known.

Each update rule is one plain function of numbers, written in arithmetic that runs on arrays just as well. An
`Optimizer` keeps the parameters, the options and the state, and applies its rule to each parameter. A scheduler
from `nn.optim.lr_scheduler` changes the learning rate as training goes on.

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

from nn.optim import lr_scheduler
from nn.optim.adadelta import Adadelta
from nn.optim.adagrad import Adagrad
from nn.optim.adam import Adam, AdamW
from nn.optim.adamax import Adamax
from nn.optim.nadam import NAdam
from nn.optim.optimizer import Optimizer
from nn.optim.rmsprop import RMSprop
from nn.optim.sgd import SGD

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RMSprop", "lr_scheduler"]
