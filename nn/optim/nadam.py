"""`NAdam`: Adam with Nesterov's momentum, which looks one step ahead."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill, square_root


class NAdam(Optimizer):
    """Adam with Nesterov's momentum: the current gradient counts as much as it would in the average of the next step.

    With gradient g and step number t: m and v̂ as in `Adam`, ``μ[t] = beta1 * (1 - 0.96**(t * momentum_decay) / 2)``
    and ``Π = μ[1] * μ[2] * ... * μ[t]``; then ``parameter -= lr * a / (√v̂ + eps)`` with
    ``a = (1 - μ[t]) / (1 - Π) * g + μ[t+1] / (1 - Π * μ[t+1]) * m``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate, which is about the size of a step.
        betas: how slowly the averages of the gradient and of its square change.
        eps: a small number that keeps the division defined.
        weight_decay: a pull of every parameter towards zero, as part of the gradient.
        momentum_decay: how quickly the momentum grows from half of beta1 to beta1; 0 for never.
        decoupled_weight_decay: whether the weight decay is kept apart from the gradient, as in `AdamW`.
        maximize: whether to climb instead.

    Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016, in the form that PyTorch gave it.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = NAdam([x], lr=0.1)
    >>> for _ in range(20):
    ...     x.grad = 2 * x.data
    ...     optimizer.step()
    >>> abs(x.data) < 0.2
    True
    """

    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0
    momentum_decay: float = 4e-3
    decoupled_weight_decay: bool = False
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``exp_avg`` is m, ``exp_avg_sq`` is v and ``mu_product`` is Π, which starts at 1."""
        if options.decoupled_weight_decay:
            gradient = -gradient if options.maximize else gradient
            parameter = parameter * (1 - options.lr * options.weight_decay)
        else:
            gradient = downhill(parameter, gradient, options)
        beta1, beta2 = options.betas
        step = state.get("step", 0) + 1
        mu = beta1 * (1 - 0.5 * 0.96 ** (step * options.momentum_decay))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * options.momentum_decay))
        product = state.get("mu_product", 1.0) * mu
        mean = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * gradient
        square = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * gradient * gradient
        new = {"step": step, "mu_product": product, "exp_avg": mean, "exp_avg_sq": square}
        ahead = (1 - mu) / (1 - product) * gradient + mu_next / (1 - product * mu_next) * mean
        return parameter - divide(options.lr * ahead, square_root(square / (1 - beta2**step)) + options.eps), new
