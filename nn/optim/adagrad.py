"""`Adagrad`: steps that shrink with all the gradients a parameter has seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.optim.optimizer import Optimizer, divide, downhill


def adagrad(
    parameter: Any,
    gradient: Any,
    state: dict[str, Any],
    *,
    lr: float,
    lr_decay: float,
    weight_decay: float,
    initial_accumulator_value: float,
    eps: float,
    maximize: bool,
) -> Any:
    """One step of Adagrad: the new parameter; the sum of squares goes into `state`.

    >>> options = dict(lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=0.0, maximize=False)
    >>> adagrad(1.0, 25.0, {}, lr=0.1, **options)     # the first step is lr, whatever the size of the gradient
    0.9
    """
    gradient = downhill(parameter, gradient, weight_decay, maximize)
    step = state["step"] = state.get("step", 0) + 1
    total = state["sum"] = state.get("sum", initial_accumulator_value) + gradient * gradient
    return parameter - divide(lr / (1 + (step - 1) * lr_decay) * gradient, total**0.5 + eps)


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

    rule = staticmethod(adagrad)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "eps": eps,
                "maximize": maximize,
            },
        )
