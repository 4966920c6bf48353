"""`NAdam`: Adam that looks one step ahead, as Nesterov's momentum does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill


def nadam(
    parameter: Any,
    gradient: Any,
    state: dict[str, Any],
    *,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    momentum_decay: float,
    decoupled_weight_decay: bool,
    maximize: bool,
) -> Any:
    """One step of NAdam: the new parameter; what it remembers goes into `state`.

    >>> options = dict(weight_decay=0, momentum_decay=0, decoupled_weight_decay=False, maximize=False)
    >>> f"{nadam(1.0, 25.0, {}, lr=0.1, betas=(0.5, 0.999), eps=0.0, **options):.4f}"
    '0.8867'
    """
    gradient = downhill(parameter, gradient, 0 if decoupled_weight_decay else weight_decay, maximize)
    if decoupled_weight_decay:
        parameter = parameter * (1 - lr * weight_decay)
    beta1, beta2 = betas
    step = state["step"] = state.get("step", 0) + 1
    mu = beta1 * (1 - 0.5 * 0.96 ** (step * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * momentum_decay))
    product = state["mu_product"] = state.get("mu_product", 1.0) * mu
    mean = state["exp_avg"] = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * gradient
    square = state["exp_avg_sq"] = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * gradient * gradient
    ahead = (1 - mu) / (1 - product) * gradient + mu_next / (1 - product * mu_next) * mean
    return parameter - divide(lr * ahead, (square / (1 - beta2**step)) ** 0.5 + eps)


class NAdam(Optimizer):
    """Adam with Nesterov's momentum: the current gradient counts more, by what the next step would give it.

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

    rule = staticmethod(nadam)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
            },
        )
