"""`Adadelta`: steps in the units of the parameter, with no learning rate to choose."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill, square_root


class Adadelta(Optimizer):
    """Steps as long as recent steps were, in the direction of the gradient over its recent size.

    With gradient g: ``v = rho * v + (1 - rho) * g²``, ``d = √(u + eps) / √(v + eps) * g``,
    ``u = rho * u + (1 - rho) * d²``, then ``parameter -= lr * d``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: a factor for every step; the method as published has 1.
        rho: how slowly the averages of the squared gradient and of the squared step change, from 0 to 1.
        eps: a small number that keeps the division defined, and sets the size of the first step.
        weight_decay: a pull of every parameter towards zero, as part of the gradient.
        maximize: whether to climb instead.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701, 2012, algorithm 1, with the learning
    rate that PyTorch added.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = Adadelta([x], rho=0.0, eps=0.01)
    >>> x.grad = 1.0
    >>> optimizer.step()
    >>> f"{x.data:.4f}"
    '0.9005'
    """

    lr: float = 1.0
    rho: float = 0.9
    eps: float = 1e-6
    weight_decay: float = 0
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``square_avg`` is v and ``acc_delta`` is u; both start at 0."""
        gradient = downhill(parameter, gradient, options)
        rho, moved = options.rho, state.get("acc_delta", 0.0)
        square = rho * state.get("square_avg", 0.0) + (1 - rho) * gradient * gradient
        delta = divide(square_root(moved + options.eps), square_root(square + options.eps)) * gradient
        new = {"square_avg": square, "acc_delta": rho * moved + (1 - rho) * delta * delta}
        return parameter - options.lr * delta, new
