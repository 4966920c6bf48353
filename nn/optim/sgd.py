"""`SGD`: gradient descent, plain or with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, downhill


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    With gradient g (plus ``weight_decay * parameter``) and velocity v, which starts at g:
    ``v = momentum * v + (1 - dampening) * g``, then ``parameter -= lr * v``; with `nesterov`,
    ``parameter -= lr * (g + momentum * v)``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        momentum: how much of the velocity is kept from step to step.
        dampening: how much less of each gradient enters the velocity.
        weight_decay: a pull of every parameter towards zero.
        nesterov: whether to look one step ahead along the velocity.
        maximize: whether to climb instead.

    Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
    learning", ICML 2013, in the form that PyTorch gave it.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = SGD([x], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     x.grad = 1.0
    ...     optimizer.step()
    >>> f"{x.data:.2f}"             # 1 - 0.1 * 1 - 0.1 * (0.5 * 1 + 1)
    '0.75'
    """

    lr: float = 1e-3
    momentum: float = 0
    dampening: float = 0
    weight_decay: float = 0
    nesterov: bool = False
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``momentum_buffer`` is v; without momentum there is no state."""
        gradient = downhill(parameter, gradient, options)
        if options.momentum:
            velocity = gradient
            if "momentum_buffer" in state:
                velocity = options.momentum * state["momentum_buffer"] + (1 - options.dampening) * gradient
            state = {"momentum_buffer": velocity}
            gradient = gradient + options.momentum * velocity if options.nesterov else velocity
        return parameter - options.lr * gradient, state

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise a ValueError also for `nesterov` without momentum or with dampening."""
        super().check(options)
        if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
            raise ValueError(
                "nesterov needs a momentum above 0 and no dampening, got "
                f"momentum={options['momentum']} and dampening={options['dampening']}"
            )
