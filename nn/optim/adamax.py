"""`Adamax`: Adam with the largest recent gradient in place of the average square."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill, larger


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

    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``exp_avg`` is m and ``exp_inf`` is u; both start at 0."""
        gradient = downhill(parameter, gradient, options)
        beta1, beta2 = options.betas
        step = state.get("step", 0) + 1
        mean = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * gradient
        largest = larger(beta2 * state.get("exp_inf", 0.0), abs(gradient) + options.eps)
        new = {"step": step, "exp_avg": mean, "exp_inf": largest}
        return parameter - divide(options.lr / (1 - beta1**step) * mean, largest), new
