"""`Adagrad`: steps that shrink with all the gradients a parameter has seen."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill, square_root


class Adagrad(Optimizer):
    """A learning rate for each parameter, divided by the root of the sum of its squared gradients so far.

    With gradient g and step number t: ``s = s + g²``, then
    ``parameter -= lr / (1 + (t - 1) * lr_decay) * g / (√s + eps)``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        lr_decay: how quickly the learning rate itself shrinks with the number of steps.
        weight_decay: a pull of every parameter towards zero, as part of the gradient.
        initial_accumulator_value: where s starts; above 0, the first steps are smaller.
        eps: a small number that keeps the division defined.
        maximize: whether to climb instead.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
    JMLR 12, 2011, in the form that PyTorch gave it.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = Adagrad([x], lr=0.1)
    >>> for _ in range(2):
    ...     x.grad = 5.0
    ...     optimizer.step()
    >>> f"{x.data:.4f}"             # 1 - 0.1 - 0.1 / √2
    '0.8293'
    """

    lr: float = 1e-2
    lr_decay: float = 0
    weight_decay: float = 0
    initial_accumulator_value: float = 0
    eps: float = 1e-10
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``sum`` is s, and ``step`` is t, which starts at 1."""
        gradient = downhill(parameter, gradient, options)
        step = state.get("step", 0) + 1
        total = state.get("sum", options.initial_accumulator_value) + gradient * gradient
        rate = options.lr / (1 + (step - 1) * options.lr_decay)
        return parameter - divide(rate * gradient, square_root(total) + options.eps), {"step": step, "sum": total}
