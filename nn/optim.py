"""Optimizers: how parameters move once their gradients are known.

Each update rule is one plain function of numbers, written in arithmetic that runs on arrays just as well. An
`Optimizer` keeps the parameters, the options and the state, and applies its rule to each parameter.

    >>> from autograd import Value
    >>> x = Value(1.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     (x * x).backward()
    ...     optimizer.step()
    >>> f"{x.data:.3f}"             # times 1 - 2 * 0.1 at each step
    '0.512'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any

from autograd import Value
from nn.vectors import flat, is_sequence

# ---------------------------------------------------------------------- the update rules


def sgd(
    parameter: Any,
    gradient: Any,
    state: dict[str, Any],
    *,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
) -> Any:
    """One step of gradient descent: the new parameter; what it remembers goes into `state`.

    >>> sgd(1.0, 2.0, {}, lr=0.1, momentum=0, dampening=0, weight_decay=0, nesterov=False, maximize=False)
    0.8
    """
    if maximize:
        gradient = -gradient
    if weight_decay:
        gradient = gradient + weight_decay * parameter
    if momentum:
        if "momentum_buffer" in state:
            velocity = momentum * state["momentum_buffer"] + (1 - dampening) * gradient
        else:
            velocity = gradient
        state["momentum_buffer"] = velocity
        gradient = gradient + momentum * velocity if nesterov else velocity
    return parameter - lr * gradient


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
    if maximize:
        gradient = -gradient
    if weight_decay:
        gradient = gradient + weight_decay * parameter
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
    return parameter - lr / (1 - beta1**step) * mean / (deviation + eps)


# ---------------------------------------------------------------------- optimizers


class Optimizer:
    """The base class: parameters in groups, options for each group, a state for each parameter.

    Args:
        params: the parameters, as from ``model.parameters()`` (nested lists are welcome); or a list of groups,
            each a dictionary with ``"params"`` and the options that differ in this group.
        defaults: the options of groups that do not set them.

    Attributes:
        param_groups: a list of dictionaries, one per group, with ``"params"`` and every option. Assign to
            ``optimizer.param_groups[0]["lr"]`` to change the learning rate.
        state: for each parameter what the update rule remembers.

    A subclass names its update rule in `rule`, as a static method like `sgd`.

    Raises:
        ValueError: if there are no parameters, one is given twice, or an option is out of range.
        TypeError: if a parameter is not a Value.
    """

    rule: Callable[..., Any]

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: dict[Value, dict[str, Any]] = {}
        self.param_groups: list[dict[str, Any]] = []
        if isinstance(params, Value) or not isinstance(params, Iterable):
            raise TypeError(f"params must be a list of Values such as model.parameters(), got {params!r}")
        params = list(params)
        if not params:
            raise ValueError(
                "the list of parameters is empty, so there is nothing to optimize; pass model.parameters()"
            )
        for group in params if isinstance(params[0], dict) else [{"params": params}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters with options of their own: ``{"params": layer.parameters(), "lr": 0.01}``."""
        params = param_group["params"]
        params = flat(params) if is_sequence(params) else [params]
        known = {parameter for group in self.param_groups for parameter in group["params"]}
        for parameter in params:
            if not isinstance(parameter, Value):
                raise TypeError(f"a parameter must be a Value, got {parameter!r}; pass model.parameters()")
            if not parameter.is_leaf:
                raise ValueError(
                    f"a parameter must be a leaf, but {parameter!r} is the result of {parameter._op!r}, which the "
                    "next forward pass computes anew; pass the Values it is computed from, or its .detach()"
                )
            if parameter in known:
                raise ValueError(f"{parameter!r} was given twice, and would be updated twice in each step")
            known.add(parameter)
        group = {"params": params, **self.defaults, **{k: v for k, v in param_group.items() if k != "params"}}
        self.check(group)
        self.param_groups.append(group)

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise a ValueError for an option that is out of range; subclasses add to this."""
        for name in ("lr", "momentum", "weight_decay", "eps"):
            if name in options and not (isinstance(options[name], Real) and options[name] >= 0):
                raise ValueError(f"{type(self).__name__} needs {name} to be 0 or greater, got {options[name]!r}")

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero, as is due before each backward pass."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = 0.0

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that is not frozen once, by its gradient.

        Args:
            closure: if given, called first to compute the loss and the gradients; its result is returned.
        """
        loss = closure() if closure else None
        rule, state = type(self).rule, self.state
        for group in self.param_groups:
            options = {name: group[name] for name in self.defaults}
            for parameter in group["params"]:
                if parameter.requires_grad:
                    if parameter not in state:
                        state[parameter] = {}
                    parameter.data = rule(parameter.data, float(parameter.grad), state[parameter], **options)
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Options and state as plain data, with parameters numbered in order, as PyTorch does it."""
        numbers = {p: i for i, p in enumerate(p for group in self.param_groups for p in group["params"])}
        return {
            "state": {numbers[parameter]: dict(state) for parameter, state in self.state.items()},
            "param_groups": [
                {**group, "params": [numbers[parameter] for parameter in group["params"]]}
                for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another optimizer of the same parameters stopped.

        Raises:
            ValueError: if its groups have other sizes than these.
        """
        saved = state_dict["param_groups"]
        sizes, here = [len(group["params"]) for group in saved], [len(group["params"]) for group in self.param_groups]
        if sizes != here:
            raise ValueError(f"the saved state has parameter groups of sizes {sizes}, this optimizer has {here}")
        order = [number for group in saved for number in group["params"]]
        parameters = [parameter for group in self.param_groups for parameter in group["params"]]
        for group, other in zip(self.param_groups, saved, strict=True):
            group.update({name: option for name, option in other.items() if name != "params"})
        self.state = {
            parameter: dict(state_dict["state"][number])
            for number, parameter in zip(order, parameters, strict=True)
            if number in state_dict["state"]
        }

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for index, group in enumerate(self.param_groups):
            lines.append(f"  group {index}: {len(group['params'])} parameters")
            lines += [f"    {name}: {group[name]}" for name in sorted(self.defaults)]
        return "\n".join([*lines, ")"])


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    With gradient g (plus ``weight_decay * parameter``) and velocity v, which starts at g:
    ``v = momentum * v + (1 - dampening) * g``, then ``parameter -= lr * v``; with `nesterov`,
    ``parameter -= lr * (g + momentum * v)``.

    Args:
        params: the parameters, or groups of them; see `Optimizer`.
        lr: the learning rate.
        momentum: how much of the velocity is kept from step to step.
        dampening: how much less of each gradient enters the velocity.
        weight_decay: a pull of every parameter towards zero.
        nesterov: whether to look one step ahead along the velocity.
        maximize: whether to climb instead.

    Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
    learning", ICML 2013, in the form that PyTorch gave it.

    >>> x = Value(1.0)
    >>> optimizer = SGD([x], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     x.grad = 1.0
    ...     optimizer.step()
    >>> f"{x.data:.2f}"             # 1 - 0.1 * 1 - 0.1 * (0.5 * 1 + 1)
    '0.75'
    """

    rule = staticmethod(sgd)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise a ValueError for an option that is out of range."""
        super().check(options)
        if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
            raise ValueError(
                "nesterov needs a momentum above 0 and no dampening, got "
                f"momentum={options['momentum']} and dampening={options['dampening']}"
            )


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

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise a ValueError for an option that is out of range."""
        super().check(options)
        betas = options["betas"]
        if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"Adam needs betas to be two numbers from 0 up to but not including 1, got {betas}")
