"""`RMSprop`: steps divided by the root of a running average of the squared gradient."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill, larger, square_root


class RMSprop(Optimizer):
    """Steps by the gradient over its recent size, the root of the running average of its square.

    With gradient g: ``v = alpha * v + (1 - alpha) * g²``, then ``parameter -= lr * g / (√v + eps)``. If `centered`,
    the variance ``v - m²`` with ``m = alpha * m + (1 - alpha) * g`` takes the place of v. With `momentum`,
    ``b = momentum * b + g / (√v + eps)`` and ``parameter -= lr * b``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        alpha: how slowly the averages change, from 0 to 1.
        eps: a small number that keeps the division defined.
        weight_decay: a pull of every parameter towards zero, as part of the gradient.
        momentum: how much of the last step is kept in the next.
        centered: whether to divide by the standard deviation of the gradient instead of its size.
        maximize: whether to climb instead.

    Source: Tieleman and Hinton, "Lecture 6.5: RMSprop", Coursera: Neural networks for machine learning, 2012; centered
    from Graves, "Generating sequences with recurrent neural networks", arXiv:1308.0850, 2013, in the form that PyTorch
    gave it.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = RMSprop([x], lr=0.1, alpha=0.75)
    >>> x.grad = 1000.0
    >>> optimizer.step()
    >>> f"{x.data:.6f}"
    '0.800000'
    """

    lr: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0
    momentum: float = 0
    centered: bool = False
    _: KW_ONLY
    maximize: bool = False

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """In the state ``square_avg`` is v, ``grad_avg`` is m and ``momentum_buffer`` is b; all start at 0."""
        gradient = downhill(parameter, gradient, options)
        alpha = options.alpha
        square = alpha * state.get("square_avg", 0.0) + (1 - alpha) * gradient * gradient
        new = {"square_avg": square}
        if options.centered:
            mean = new["grad_avg"] = alpha * state.get("grad_avg", 0.0) + (1 - alpha) * gradient
            # A variance is never negative, but rounding may make it so when the gradient does not change.
            square = larger(square - mean * mean, 0.0)
        direction = divide(gradient, square_root(square) + options.eps)
        if options.momentum:
            direction = new["momentum_buffer"] = options.momentum * state.get("momentum_buffer", 0.0) + direction
        return parameter - options.lr * direction, new
