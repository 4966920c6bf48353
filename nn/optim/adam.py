"""`Adam` and `AdamW`: steps scaled by running averages of the gradient and of its square."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill, larger, square_root


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
        decoupled_weight_decay: whether the weight decay is kept apart from the gradient, as in `AdamW`.

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

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0
    amsgrad: bool = False
    _: KW_ONLY
    maximize: bool = False
    decoupled_weight_decay: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``exp_avg`` is m, ``exp_avg_sq`` is v, ``max_exp_avg_sq`` the largest v so far."""
        if options.decoupled_weight_decay:
            return AdamW.rule(parameter, gradient, state, options)
        if options.maximize or options.weight_decay:
            gradient = downhill(parameter, gradient, options)
        return _moved(parameter, gradient, state, options)


class AdamW(Optimizer):
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
    >>> x.grad = 0.0
    >>> optimizer.step()            # the gradient is 0, so there is nothing but decay
    >>> x.data
    9.5
    """

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 1e-2
    amsgrad: bool = False
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """As in `Adam`, after the decay; the gradient has no part of it."""
        shrunk = parameter * (1 - options.lr * options.weight_decay)
        return _moved(shrunk, -gradient if options.maximize else gradient, state, options)


def _moved(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
    """The step that `Adam` and `AdamW` share, after weight decay."""
    beta1, beta2 = options.betas
    if state:
        step, mean, square = state["step"] + 1, state["exp_avg"], state["exp_avg_sq"]
    else:
        step, mean, square = 1, 0.0, 0.0
    mean = beta1 * mean + (1 - beta1) * gradient
    square = beta2 * square + (1 - beta2) * gradient * gradient
    new = {"step": step, "exp_avg": mean, "exp_avg_sq": square}
    if options.amsgrad:
        square = new["max_exp_avg_sq"] = larger(square, state.get("max_exp_avg_sq", 0.0))
    # The averages start at 0; dividing by 1 - beta**step corrects that bias.
    deviation = square_root(square / (1 - beta2**step))
    return parameter - divide(options.lr / (1 - beta1**step) * mean, deviation + options.eps), new
