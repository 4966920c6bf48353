"""Record the calls of a model's modules, and restore the model afterwards."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager
from operator import setitem
from typing import Any

from autograd.core.atomic import at_once, replacing, setting
from nn.modules.layers import Layer
from nn.modules.module import Module
from nn.nested import flat

Call = tuple[int, Any, Any]
"""The id of a module, the first argument that it was called with, and the output."""


@contextmanager
def left_as_found(model: Module) -> Iterator[None]:
    """Restore the attributes of every module and the data and gradient of every parameter at the end of the block."""
    state_of_random = random.getstate()
    attributes = [(module, dict(vars(module))) for module in model.modules()]
    parameters = model.parameters()
    numbers, gradients = [p.data for p in parameters], [p.grad for p in parameters]
    # Attributes that a forward pass may change in place: running statistics, a random generator.
    parts = [part for _, named in attributes for part in named.values()]
    lists = [(part, copy.deepcopy(part)) for part in parts if isinstance(part, list) and _is_plain(part)]
    generators = [(part, part.getstate()) for part in parts if isinstance(part, random.Random)]

    def restore() -> None:
        at_once(
            *[replacing(vars(module), named) for module, named in attributes],
            *[(setitem, part, slice(None), elements) for part, elements in lists],
            setting(parameters, "_data", numbers),
            setting(parameters, "grad", gradients),
        )
        for generator, state in generators:
            generator.setstate(state)
        random.setstate(state_of_random)

    try:
        yield
        restore()
    except BaseException:  # not finally: Ctrl-C may come before its first call
        restore()
        raise


def _is_plain(part: Any) -> bool:
    return all(isinstance(number, int | float) for number in flat(part))


def record_calls(model: Module) -> list[Call]:
    """A list to which every call of every module is appended from now on, when the call ends."""
    calls: list[Call] = []

    def record(module: Module) -> None:
        forward = module.forward

        def recording(*args: Any, **kwargs: Any) -> Any:
            output = forward(*args, **kwargs)
            calls.append((id(module), args[0] if args else (), output))
            return output

        # An attribute of the instance hides the method of the class until it is deleted.
        vars(module)["forward"] = recording

    # A Layer is one layer, even where it calls its neurons one by one.
    layers = [module for module in model.modules() if isinstance(module, Layer)]
    neurons = {id(below) for layer in layers for below in layer.modules() if below is not layer}
    for module in list(model.modules()):
        if id(module) not in neurons:
            record(module)
    return calls
