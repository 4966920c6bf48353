"""Watching a model run without leaving a trace in it."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nn.modules.layers import Layer
from nn.modules.module import Module
from nn.nested import flat

Call = tuple[int, Any, Any]
"""The id of a module, the first argument that it was called with, and the output."""


@contextmanager
def left_as_found(model: Module) -> Iterator[None]:
    """Afterwards every module has the attributes it had, every parameter its number and gradient."""
    state_of_random = random.getstate()
    attributes = [(module, dict(vars(module))) for module in model.modules()]
    parameters = [(parameter, parameter.data, parameter.grad) for parameter in model.parameters()]
    # What a forward pass may change in place: running statistics, a generator of its own.
    parts = [part for _, named in attributes for part in named.values()]
    lists = [(part, copy.deepcopy(part)) for part in parts if isinstance(part, list) and _is_plain(part)]
    generators = [(part, part.getstate()) for part in parts if isinstance(part, random.Random)]
    try:
        yield
    finally:
        random.setstate(state_of_random)
        for module, named in attributes:
            vars(module).clear()
            vars(module).update(named)
        for part, numbers in lists:
            part[:] = numbers
        for generator, state in generators:
            generator.setstate(state)
        for parameter, data, grad in parameters:
            if parameter.data != data:
                parameter.data = data
            parameter.grad = grad


def _is_plain(part: Any) -> bool:
    return all(isinstance(number, int | float) for number in flat(part))


def record_calls(model: Module) -> list[Call]:
    """From now on each call of each module, as calls finish."""
    calls: list[Call] = []

    def record(module: Module) -> None:
        forward = module.forward

        def recording(*args: Any, **kwargs: Any) -> Any:
            output = forward(*args, **kwargs)
            calls.append((id(module), args[0] if args else (), output))
            return output

        # On the instance, where it hides the method of the class until it is taken away.
        vars(module)["forward"] = recording

    # A Layer is one layer, even where it asks its neurons one by one.
    layers = [module for module in model.modules() if isinstance(module, Layer)]
    neurons = {id(below) for layer in layers for below in layer.modules() if below is not layer}
    for module in list(model.modules()):
        if id(module) not in neurons:
            record(module)
    return calls
