"""`Optimizer`: the base class for optimizers of your own, and the arithmetic for their update rules."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from numbers import Real
from typing import Any, TypeVar, dataclass_transform, overload

import autograd
from autograd import Value
from autograd.core.atomic import at_once, replacing, setting, updating
from autograd.core.elementary import IEEEFloat
from autograd.core.engine import NO_GRADIENT
from autograd.core.number import as_float, as_integer
from nn.modules.module import clear_gradients
from nn.nested import as_sequence, flat, is_sequence
from nn.registry import declare_options, option_names
from nn.states import check_like, saved_number

Loss = TypeVar("Loss")

# Options that must not be negative in any update rule.
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
# A rule runs on floats and on NumPy arrays. + - * / and comparisons are the same for both, but for division by zero;
# these functions are for the rest. For a float each returns bit by bit what NumPy returns for an element of an array.


def divide(x: Any, y: Any) -> Any:
    """``x / y`` for update rules; 0/0 is nan as for arrays and in PyTorch, where Python's floats would raise.

    0/0 occurs with ``eps=0`` and a gradient of 0.

    >>> divide(1.0, 2.0), divide(0.0, 0.0)
    (0.5, nan)
    """
    try:
        return x / y
    except ZeroDivisionError:
        return float(IEEEFloat(x) / y)


def square_root(x: Any) -> Any:
    """``√x`` for update rules; ``x**0.5`` may differ in the last place, also between floats and arrays.

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
    """``max(x, y)`` for update rules, element by element; nan if x or y is nan.

    >>> larger(1.0, 2.0), larger(math.nan, 2.0)
    (2.0, nan)
    """
    if x.__class__ is float and y.__class__ is float:
        return x if x > y or x != x else y
    return _numpy().maximum(x, y) if hasattr(x, "dtype") or hasattr(y, "dtype") else autograd.maximum(x, y)


def _numpy() -> Any:
    return importlib.import_module("numpy")  # needed only for its arrays, so it is installed


def downhill(parameter: Any, gradient: Any, options: Any) -> Any:
    """The gradient that a step goes against: negated to maximize, plus ``weight_decay * parameter``.

    >>> downhill(10.0, 2.0, Options(weight_decay=0.1, maximize=True))
    -1.0
    """
    if options.maximize:
        gradient = -gradient
    return gradient + options.weight_decay * parameter if options.weight_decay else gradient


# ---------------------------------------------------------------------- the base class


@dataclass_transform(eq_default=False)
class _Declared:
    """Makes the fields of a subclass the arguments of its `__init__`."""

    def __init_subclass__(cls) -> None:
        declare_options(cls)
        for name in option_names(cls):
            if name in vars(cls):  # options belong to groups: optimizer.lr would not be what a step uses
                delattr(cls, name)


class Optimizer(_Declared):
    """The base class: parameters in groups, options for each group, a state for each parameter.

    Args:
        params: the parameters, as from ``model.parameters()``, also as nested lists; or a list of groups,
            each a dictionary with ``"params"`` and the options that differ in this group.
        defaults: the options of groups that do not set them.

    Attributes:
        param_groups: a list of dictionaries, one per group, with ``"params"`` and every option. Assign to
            ``optimizer.param_groups[0]["lr"]`` to change the learning rate.
        state: for each parameter the dictionary that the update rule returned last.

    A subclass declares its options, with their defaults, and writes the update rule::

        class SignedDescent(Optimizer):
            lr: float = 1e-3

            @staticmethod
            def rule(parameter, gradient, state, options):
                sign = (gradient > 0) * 1.0 - (gradient < 0) * 1.0
                return parameter - options.lr * sign, state

    A rule takes a parameter, its gradient, its state and the options, and returns the new parameter and its new state.
    Code that runs rules on arrays or compiles them relies on three properties:

    - A rule is elementwise: for arrays of parameters, gradients and state it returns for each element, bit by bit,
      what it returns for that element alone. Counts of steps, such as ``step``, are one number for all elements.
    - A rule is pure: it changes none of its arguments, and returns a new dictionary if the state changes.
    - A rule does not branch on numbers. It may branch on options, and on whether the state, which begins as ``{}``,
      has a name yet: both are the same for all elements. Instead of other branches use `divide`, `square_root` and
      `larger`.

    Raises:
        ValueError: if there are no parameters, one is given twice, or an option is out of range.
        TypeError: if a parameter is not a Value, or the parameters are in a set, which has no order.
    """

    params: Iterable[Any]

    def __post_init__(self) -> None:
        options = {name: vars(self).pop(name) for name in option_names(type(self))}
        Optimizer.__init__(self, options.pop("params"), options)

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: dict[Value, dict[str, Any]] = {}
        self.param_groups: list[dict[str, Any]] = []
        # The groups before schedulers were made and after, until the next step or load; see LRScheduler.
        self._overwritten: tuple[list[dict[str, Any]], list[dict[str, Any]]] | None = None
        if isinstance(params, Value) or not isinstance(params, Iterable):
            raise TypeError(f"params must be a list of Values such as model.parameters(), got {params!r}")
        params = as_sequence(params)
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
        params = flat(params)
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
        """The new parameter and its new state; every subclass must define it.

        Raises:
            NotImplementedError: if a subclass has not.
        """
        raise NotImplementedError("an optimizer must define rule(parameter, gradient, state, options)")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradient of every parameter, as is due before each backward pass: all or, if interrupted, none.

        Args:
            set_to_none: True for no gradient, which reads as 0.0 here: a step leaves such a parameter alone, unless a
                backward pass reaches it. False for a gradient of 0 where there is one, by which a step moves it if it
                has momentum or weight decay.
        """
        clear_gradients([p for group in self.param_groups for p in group["params"]], set_to_none)

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], Loss]) -> Loss: ...
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Apply the update rule once to every parameter that has a gradient: to all or, if interrupted, to none.

        As in PyTorch, a parameter has a gradient if a backward pass has reached it, or a program has set it, since it
        was made or cleared; also if that gradient is 0, or it has been frozen since. One without, or with None, stays
        as it is: its weight does not decay, and its state does not change.

        Args:
            closure: if given, called first to compute the loss and the gradients; its result is returned.
        """
        loss = closure() if closure else None
        rule, state, self._overwritten = type(self).rule, self.state, None
        # All is computed before anything changes. The numbers are in the order of the states.
        numbers: list[float] = []
        states: dict[Value, dict[str, Any]] = {}
        for group in self.param_groups:
            options = Options(**{name: group[name] for name in self.defaults})
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is NO_GRADIENT or gradient is None:
                    continue
                known = state.get(parameter)
                if known is None:
                    known = {}
                number, states[parameter] = rule(parameter._data, float(gradient), known, options)
                numbers.append(number if number.__class__ is float else as_float(number))
        at_once(setting(states, "_data", numbers), updating(state, states))
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Options and state as plain data; numbers in order stand for the parameters, as in PyTorch."""
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
            state_dict: what `state_dict` returned; also read back from JSON, where keys are texts and tuples are
                lists.

        Raises:
            ValueError: if its groups have other sizes than these, lack options, or have options that are out of
                range; or if it has a state of a parameter that is in no group, or something that is not a number.
        """
        kind = type(self).__name__
        for part in ("state", "param_groups"):
            if not isinstance(state_dict, Mapping) or part not in state_dict:
                raise ValueError(
                    f"the state does not fit {kind}: it has no {part!r}; pass what state_dict() of an optimizer gave"
                )
        saved, states = state_dict["param_groups"], state_dict["state"]
        if not is_sequence(saved) or not all(isinstance(x, Mapping) and is_sequence(x.get("params")) for x in saved):
            raise ValueError(f"the state does not fit {kind}: its param_groups are no list of groups with params")
        if not isinstance(states, Mapping) or not all(isinstance(x, Mapping) for x in states.values()):
            raise ValueError(f"the state does not fit {kind}: its state has no numbers by name for each parameter")
        sizes, here = [len(group["params"]) for group in saved], [len(group["params"]) for group in self.param_groups]
        if sizes != here:
            raise ValueError(f"the saved state has parameter groups of sizes {sizes}, this optimizer has {here}")
        groups = [self._continued(group, other) for group, other in zip(self.param_groups, saved, strict=True)]
        states = {_place(number): dict(state) for number, state in states.items()}
        for number, state in states.items():
            for name in state:
                saved_number(state[name], f"{name} of parameter {number} in the state of {kind}")
        numbers = [_place(number) for group in saved for number in group["params"]]
        if unknown := sorted(set(states) - set(numbers)):
            raise ValueError(f"the saved state has a state of parameter {unknown[0]}, which is in none of its groups")
        parameters = [parameter for group in self.param_groups for parameter in group["params"]]
        by_parameter = {
            parameter: states[number] for number, parameter in zip(numbers, parameters, strict=True) if number in states
        }
        # As in PyTorch an option that the saved group does not have, such as an initial_lr, is gone.
        loaded = [
            replacing(group, {"params": group["params"], **options})
            for group, options in zip(self.param_groups, groups, strict=True)
        ]
        at_once(*loaded, updating(vars(self), {"state": by_parameter, "_overwritten": None}))

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
        for name, own in {"initial_lr": 0.0, **group}.items():  # the first is what a scheduler adds to a group
            if name in options:
                check_like(options[name], own, f"{name} in the state of {type(self).__name__}")
        self.check(options)
        return options

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for index, group in enumerate(self.param_groups):
            lines.append(f"  group {index}: {len(group['params'])} parameters")
            lines += [f"    {name}: {group[name]}" for name in sorted(self.defaults)]
        return "\n".join([*lines, ")"])


def _place(number: Any) -> int:
    """The number that stands for a parameter in a saved state; the keys of a JSON object are texts."""
    place = int(number) if isinstance(number, str) and number.isdecimal() else as_integer(number)
    if place is None:
        raise ValueError(f"in the saved state whole numbers stand for the parameters, got {number!r}")
    return place
