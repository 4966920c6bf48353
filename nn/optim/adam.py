"""`Adam` and `AdamW`: steps scaled by running averages of the gradient and of its square."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill


def adam(
    parameter: Any,
    gradient: Any,
    state: dict[str, Any],
    *,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    amsgrad: bool,
    maximize: bool,
) -> Any:
    """One step of Adam: the new parameter; running averages go into `state`.

    >>> options = dict(betas=(0.9, 0.999), eps=0.0, weight_decay=0, amsgrad=False, maximize=False)
    >>> adam(1.0, 25.0, {}, lr=0.1, **options)        # the first step is lr, whatever the size of the gradient
    0.9
    """
    gradient = downhill(parameter, gradient, weight_decay, maximize)
    beta1, beta2 = betas
    step = state["step"] = state.get("step", 0) + 1
    mean = state["exp_avg"] = beta1 * state.get("exp_avg", 0.0) + (1 - beta1) * gradient
    square = state["exp_avg_sq"] = beta2 * state.get("exp_avg_sq", 0.0) + (1 - beta2) * gradient * gradient
    if amsgrad:
        largest = state.get("max_exp_avg_sq", 0.0)
        # The larger of the two, in arithmetic that numbers and arrays share.
        square = state["max_exp_avg_sq"] = square * (square > largest) + largest * (square <= largest)
    # The averages start at 0; dividing by 1 - beta**step takes that bias out.
    deviation = (square / (1 - beta2**step)) ** 0.5
    return parameter - divide(lr / (1 - beta1**step) * mean, deviation + eps)


def adamw(
    parameter: Any, gradient: Any, state: dict[str, Any], *, lr: float, weight_decay: float, **options: Any
) -> Any:
    """One step of AdamW: the parameter shrinks first, then Adam moves it without weight decay.

    >>> options = dict(betas=(0.9, 0.999), eps=0.0, amsgrad=False, maximize=False)
    >>> adamw(1.0, 25.0, {}, lr=0.1, weight_decay=0.5, **options)       # 1 * (1 - 0.1 * 0.5) - 0.1
    0.85
    """
    return adam(parameter * (1 - lr * weight_decay), gradient, state, lr=lr, weight_decay=0, **options)


class Adam(Optimizer):
    """Steps of about the same size for every parameter, whatever the scale of its gradient.

    With gradient g and step number t: ``m = beta1 * m + (1 - beta1) * g``, ``v = beta2 * v + (1 - beta2) * g²``,
    then ``parameter -= lr * m̂ / (√v̂ + eps)`` with ``m̂ = m / (1 - beta1**t)`` and ``v̂ = v / (1 - beta2**t)``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate, which is about the size of a step.
        betas: how slowly the averages of the gradient and of its square change.
        eps: a small number that keeps the division defined.
        weight_decay: a pull of every parameter towards zero, as part of the gradient.
        amsgrad: whether to divide by the largest v so far instead of the current one.
        maximize: whether to climb instead.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; amsgrad from
    Reddi, Kale and Kumar, "On the convergence of Adam and beyond", ICLR 2018, in the form that PyTorch gave it.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = Adam([x], lr=0.1)
    >>> x.grad = 1000.0
    >>> optimizer.step()
    >>> f"{x.data:.6f}"
    '0.900000'
    """

    rule = staticmethod(adam)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
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
                "amsgrad": amsgrad,
                "maximize": maximize,
            },
        )


class AdamW(Adam):
    """Adam with the weight decay kept apart from the gradient.

    ``parameter *= 1 - lr * weight_decay``, then the step of `Adam`. In Adam itself the decay is part of the
    gradient, so it is divided by √v̂ as well, and large gradients weaken it; here every parameter decays alike.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate, which is about the size of a step.
        betas: how slowly the averages of the gradient and of its square change.
        eps: a small number that keeps the division defined.
        weight_decay: the part of each parameter, times lr, that each step takes away.
        amsgrad: whether to divide by the largest v so far instead of the current one.
        maximize: whether to climb instead.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2, in the form that
    PyTorch gave it.

    >>> from autograd import Value
    >>> x = Value(10.0)
    >>> optimizer = AdamW([x], lr=0.1, weight_decay=0.5)
    >>> optimizer.step()            # the gradient is 0, so there is nothing but decay
    >>> x.data
    9.5
    """

    rule = staticmethod(adamw)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
