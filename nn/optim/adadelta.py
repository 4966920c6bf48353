"""`Adadelta`: steps in the units of the parameter, with no learning rate to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill


def adadelta(
    parameter: Any,
    gradient: Any,
    state: dict[str, Any],
    *,
    lr: float,
    rho: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> Any:
    """One step of Adadelta: the new parameter; running averages go into `state`.

    >>> f"{adadelta(1.0, 1.0, {}, lr=1.0, rho=0.0, eps=0.01, weight_decay=0, maximize=False):.4f}"  # 1 - √(.01 / 1.01)
    '0.9005'
    """
    gradient = downhill(parameter, gradient, weight_decay, maximize)
    square = state["square_avg"] = rho * state.get("square_avg", 0.0) + (1 - rho) * gradient * gradient
    moved = state.get("acc_delta", 0.0)
    delta = divide((moved + eps) ** 0.5, (square + eps) ** 0.5) * gradient
    state["acc_delta"] = rho * moved + (1 - rho) * delta * delta
    return parameter - lr * delta


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

    rule = staticmethod(adadelta)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize})
