"""Classes that declare their options once, as fields, and the walk that finds them.

An activation, a loss or an optimizer says what its options are and where they start::

    class LeakyReLU(Elementwise, function=leaky_relu):
        negative_slope: float = 0.01

The base class makes `__init__`, `repr` and the rest of it. Whoever needs all of a kind, such as the bridge to PyTorch,
the plots, the command and the tests, asks `declared`, so that a new class is found without being listed again.
"""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from autograd.core.number import whole_number

Kind = TypeVar("Kind")


def declare_options(cls: type) -> None:
    """Make the annotated fields of a class the arguments it is made with; an `__init__` written by hand stays.

    A class that declares nothing of its own is left alone, and so keeps the `__init__` that it inherits.
    """
    if inspect.get_annotations(cls):
        dataclass(eq=False, repr=False)(cls)


def option_names(cls: type) -> tuple[str, ...]:
    """The names of the options that a class and those it derives from declare, in order.

    >>> from nn import Hardtanh
    >>> option_names(Hardtanh)
    ('min_val', 'max_val')
    """
    return tuple(field.name for field in fields(cls)) if hasattr(cls, "__dataclass_fields__") else ()


def check_whole_numbers(thing: Any) -> None:
    """Make ints of the options that are declared as int.

    Raises:
        ValueError: for one that is not a whole number.

    >>> from nn import Softmax
    >>> Softmax(dim=0.5)
    Traceback (most recent call last):
        ...
    ValueError: dim of Softmax must be a whole number, got 0.5
    """
    for field in fields(thing):
        if field.type in (int, "int"):  # the text where the module of the class keeps annotations as texts
            option = whole_number(f"{field.name} of {type(thing).__name__}", getattr(thing, field.name), None)
            setattr(thing, field.name, option)


def declared(base: type[Kind]) -> dict[str, type[Kind]]:
    """The public classes of nn that derive from a base, by name, in the order of definition.

    Those that say ``_is_base = True`` are there to derive from, and left out.

    >>> from nn.optim import Optimizer
    >>> sorted(declared(Optimizer))[:2]
    ['Adadelta', 'Adagrad']
    """
    found: dict[str, type[Kind]] = {}
    waiting: list[Any] = [base]
    while waiting:
        below = waiting.pop(0).__subclasses__()
        waiting += below
        for kind in below:
            # Not a class of the same module that an example or a test made on the side.
            at_home = getattr(sys.modules.get(kind.__module__), kind.__name__, None) is kind
            in_nn = kind.__module__.split(".")[0] == "nn" and not kind.__name__.startswith("_")
            if at_home and in_nn and not vars(kind).get("_is_base"):
                found[kind.__name__] = kind
    return found


def public_names(namespace: dict[str, Any]) -> list[str]:
    """The classes and functions of nn in the namespace of a package, in order: what its ``__all__`` has but for rooms.

    >>> import nn.functional
    >>> public_names(vars(nn.functional))[:2]
    ['binary_cross_entropy', 'binary_cross_entropy_with_logits']
    """
    return sorted(
        name
        for name, thing in namespace.items()
        if not name.startswith("_")
        and str(getattr(thing, "__module__", "")).split(".")[0] == "nn"
        and thing is not public_names
    )
