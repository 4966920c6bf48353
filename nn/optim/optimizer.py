"""`Optimizer`: parameters in groups, options for each group, a state for each parameter."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from numbers import Real
from typing import Any, dataclass_transform

import autograd
from autograd import Value
from autograd.core.elementary import IEEEFloat
from nn.nested import flat, is_sequence
from nn.registry import declare_options, option_names

# Options that no update rule has a use for below 0.
NOT_NEGATIVE = (
    "lr",
    "momentum",
    "weight_decay",
    "eps",
    "lr_decay",
    "initial_accumulator_value",
    "momentum_decay",
)


class Options:
    """The options of a group as attributes, for its update rule.

    >>> Options(lr=0.1).lr
    0.1
    """

    def __init__(self, **options: Any) -> None:
        for name, option in options.items():
            setattr(self, name, option)


# ---------------------------------------------------------------------- arithmetic for update rules
#
# What numbers and arrays share are + - * / and comparisons, but for three things. Each of these functions gives for a
# float bit by bit what NumPy gives for the element of an array.


def divide(x: Any, y: Any) -> Any:
    """``x / y`` for update rules: nan for 0/0, as arrays and PyTorch have it, where Python's floats would raise.

    It comes up with ``eps=0`` and a gradient of 0.

    >>> divide(1.0, 2.0), divide(0.0, 0.0)
    (0.5, nan)
    """
    try:
        return x / y
    except ZeroDivisionError:
        return float(IEEEFloat(x) / y)


def square_root(x: Any) -> Any:
    """``√x`` for update rules. A power of 0.5 may differ from it in the last place, and between floats and arrays.

    >>> square_root(9.0)
    3.0
    """
    if x.__class__ is float:
        try:
            return sqrt(x)
        except ValueError:
            return math.nan
    return _numpy().sqrt(x) if hasattr(x, "dtype") else autograd.sqrt(x)


def larger(x: Any, y: Any) -> Any:
    """``max(x, y)`` for update rules, element by element; nan if one of them is.

    >>> larger(1.0, 2.0), larger(math.nan, 2.0)
    (2.0, nan)
    """
    if x.__class__ is float and y.__class__ is float:
        return x if x > y or x != x else y
    return _numpy().maximum(x, y) if hasattr(x, "dtype") or hasattr(y, "dtype") else autograd.maximum(x, y)


def _numpy() -> Any:
    return importlib.import_module("numpy")  # it is there, as its arrays are


def downhill(parameter: Any, gradient: Any, options: Any) -> Any:
    """The gradient to step against: turned round to climb, and with the pull of weight decay towards zero.

    >>> downhill(10.0, 2.0, Options(weight_decay=0.1, maximize=True))
    -1.0
    """
    if options.maximize:
        gradient = -gradient
    return gradient + options.weight_decay * parameter if options.weight_decay else gradient


# ---------------------------------------------------------------------- the base class


@dataclass_transform(eq_default=False)
class _Declared:
    """The fields of a subclass are the arguments that its objects are made with."""

    def __init_subclass__(cls) -> None:
        declare_options(cls)
        for name in option_names(cls):
            if name in vars(cls):  # a learning rate is that of a group, not of an optimizer
                delattr(cls, name)


class Optimizer(_Declared):
    """The base class: parameters in groups, options for each group, a state for each parameter.

    Args:
        params: the parameters, as from ``model.parameters()`` (nested lists are welcome); or a list of groups,
            each a dictionary with ``"params"`` and the options that differ in this group.
        defaults: the options of groups that do not set them.

    Attributes:
        param_groups: a list of dictionaries, one per group, with ``"params"`` and every option. Assign to
            ``optimizer.param_groups[0]["lr"]`` to change the learning rate.
        state: for each parameter what the update rule remembers.

    A subclass declares its options, with their defaults, and writes the update rule::

        class SignedDescent(Optimizer):
            lr: float = 1e-3

            @staticmethod
            def rule(parameter, gradient, state, options):
                sign = (gradient > 0) * 1.0 - (gradient < 0) * 1.0
                return parameter - options.lr * sign, state

    A rule takes a parameter, its gradient, what it remembers of it and the options, and gives the new parameter and
    what to remember of it. This is what may be relied on, here and by whoever runs rules on arrays or compiles them:

    - It is elementwise: fed with arrays of parameters, gradients and state it gives for each element, bit by bit, what
      it gives for that element alone. What counts steps, such as ``step``, is one number for all elements.
    - It is pure: it changes none of its arguments, and gives a new dictionary if the state changes.
    - It does not branch on numbers. It may branch on options, and on whether the state, which begins as ``{}``, has a
      name in it yet: both are the same for all elements. `divide`, `square_root` and `larger` stand for the rest.

    Raises:
        ValueError: if there are no parameters, one is given twice, or an option is out of range.
        TypeError: if a parameter is not a Value.
    """

    params: Iterable[Any]

    def __post_init__(self) -> None:
        options = {name: vars(self).pop(name) for name in option_names(type(self))}
        Optimizer.__init__(self, options.pop("params"), options)

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
        if not isinstance(param_group, Mapping) or "params" not in param_group:
            raise TypeError(
                'a parameter group must be a dictionary such as {"params": layer.parameters(), "lr": 0.01}, got '
                f"{param_group!r}"
            )
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
        kind = type(self).__name__
        for name in NOT_NEGATIVE:
            if name in options and not (isinstance(options[name], Real) and options[name] >= 0):
                raise ValueError(f"{kind} needs {name} to be 0 or greater, got {options[name]!r}")
        for name in ("alpha", "rho"):
            if name in options and not (isinstance(options[name], Real) and 0 <= options[name] <= 1):
                raise ValueError(f"{kind} needs {name} to be from 0 to 1, got {options[name]!r}")
        if "betas" in options:
            betas = options["betas"]
            two = isinstance(betas, Sequence) and len(betas) == 2
            if not two or not all(isinstance(beta, Real) and 0 <= float(beta) < 1 for beta in betas):
                raise ValueError(
                    f"{kind} needs betas to be two numbers from 0 up to but not including 1, got {betas!r}"
                )

    @staticmethod
    def rule(parameter: Any, gradient: Any, state: dict[str, Any], options: Any) -> tuple[Any, dict[str, Any]]:
        """The new parameter, and what to remember of it: what a subclass must write.

        Raises:
            NotImplementedError: if it has not.
        """
        raise NotImplementedError("an optimizer must define rule(parameter, gradient, state, options)")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradient of every parameter to zero, as is due before each backward pass.

        Args:
            set_to_none: taken for PyTorch's sake and not used; a gradient here is always a number.
        """
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
            options = Options(**{name: group[name] for name in self.defaults})
            for parameter in group["params"]:
                if parameter.requires_grad:
                    known = state.get(parameter)
                    if known is None:
                        known = {}
                    parameter.data, state[parameter] = rule(parameter.data, float(parameter.grad), known, options)
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
        """Continue where another optimizer of the same parameters stopped. On an error nothing changes.

        Args:
            state_dict: what `state_dict` gave; also after a way through JSON, where numbers have become texts as keys
                and tuples lists.

        Raises:
            ValueError: if its groups have other sizes than these, lack options, or have options that are out of
                range; or if it has a state of a parameter that is in no group.
        """
        kind = type(self).__name__
        for part in ("state", "param_groups"):
            if not isinstance(state_dict, Mapping) or part not in state_dict:
                raise ValueError(
                    f"the state does not fit {kind}: it has no {part!r}; pass what state_dict() of an optimizer gave"
                )
        saved = state_dict["param_groups"]
        sizes, here = [len(group["params"]) for group in saved], [len(group["params"]) for group in self.param_groups]
        if sizes != here:
            raise ValueError(f"the saved state has parameter groups of sizes {sizes}, this optimizer has {here}")
        groups = [self._continued(group, other) for group, other in zip(self.param_groups, saved, strict=True)]
        # JSON has texts only as keys.
        states = {int(number): dict(state) for number, state in state_dict["state"].items()}
        numbers = [int(number) for group in saved for number in group["params"]]
        if unknown := sorted(set(states) - set(numbers)):
            raise ValueError(f"the saved state has a state of parameter {unknown[0]}, which is in none of its groups")
        parameters = [parameter for group in self.param_groups for parameter in group["params"]]
        for group, options in zip(self.param_groups, groups, strict=True):
            group.update(options)
        self.state = {
            parameter: states[number] for number, parameter in zip(numbers, parameters, strict=True) if number in states
        }

    def _continued(self, group: Mapping[str, Any], saved: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a saved group, checked."""
        if missing := [name for name in self.defaults if name not in saved]:
            raise ValueError(
                f"the state does not fit {type(self).__name__}: it has no {', '.join(missing)}; it is that of an "
                "optimizer of another class"
            )
        options = {
            name: tuple(option) if isinstance(group.get(name), tuple) else option
            for name, option in saved.items()
            if name != "params"
        }
        self.check(options)
        return options

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for index, group in enumerate(self.param_groups):
            lines.append(f"  group {index}: {len(group['params'])} parameters")
            lines += [f"    {name}: {group[name]}" for name in sorted(self.defaults)]
        return "\n".join([*lines, ")"])
