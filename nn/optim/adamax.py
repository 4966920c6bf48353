"""`Adamax`: Adam with the largest recent gradient in place of the average square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill


def adamax(
    parameter: Any,
    gradient: Any,
    state: dict[str, Any],
    *,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> Any:
    """One step of Adamax: the new parameter; what it remembers goes into `state`.

    >>> adamax(1.0, 25.0, {}, lr=0.1, betas=(0.9, 0.999), eps=0.0, weight_decay=0, maximize=False)
    0.9
    """
    gradient = downhill(parameter, gradient, weight_decay, maximize)
    beta1, beta2 = betas
    step = state["step"] = state.get("step", 0) + 1
    mean = state["exp_avg"] = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * gradient
    faded, size = beta2 * state.get("exp_inf", 0.0), abs(gradient) + eps
    # The larger of the two, in arithmetic that numbers and arrays share.
    largest = state["exp_inf"] = faded * (faded > size) + size * (faded <= size)
    return parameter - divide(lr / (1 - beta1**step) * mean, largest)


class Adamax(Optimizer):
    """Adam, where a fading maximum of the size of the gradient takes the place of the root of its average square.

    With gradient g and step number t: ``m = beta1 * m + (1 - beta1) * g``, ``u = max(beta2 * u, |g| + eps)``, then
    ``parameter -= lr / (1 - beta1**t) * m / u``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate, which is the largest size of a step.
        betas: how slowly the average of the gradient and the maximum of its size fade.
        eps: a small number that keeps the division defined.
        weight_decay: a pull of every parameter towards zero, as part of the gradient.
        maximize: whether to climb instead.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2, in the form that
    PyTorch gave it.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = Adamax([x], lr=0.1)
    >>> x.grad = 1000.0
    >>> optimizer.step()
    >>> f"{x.data:.6f}"
    '0.900000'
    """

    rule = staticmethod(adamax)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        )
