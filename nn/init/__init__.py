"""Initialize parameters: set their data in place to draws from a distribution.

Each takes nested lists of Values, such as the `weight` or the `bias` of a `Linear`, sets the data of each Value, and
returns the lists. A matrix has one row for each output and one column for each input.

`generator` makes the draws repeatable: a seed, or a `random.Random`. Without one the `random` module itself is used,
which ``random.seed`` controls.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    >>> def initialize(module):
    ...     if isinstance(module, nn.Linear):
    ...         nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
    ...         nn.init.zeros_(module.bias)
    >>> _ = model.apply(initialize)
    >>> all(abs(weight.data) <= 3**0.5 for row in model[0].weight for weight in row)        # √2 * √3 / √2
    True
"""

from __future__ import annotations

from nn.init.distributions import constant_, normal_, ones_, trunc_normal_, uniform_, zeros_
from nn.init.gains import calculate_gain
from nn.init.scaled import kaiming_normal_, kaiming_uniform_, xavier_normal_, xavier_uniform_
from nn.init.structured import eye_, orthogonal_, sparse_

__all__ = [
    "calculate_gain",
    "constant_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
