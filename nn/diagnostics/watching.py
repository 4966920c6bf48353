"""Record the calls of a model's modules, and restore the model afterwards."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import setitem
from types import FrameType
from typing import Any

from autograd import Value
from autograd.core.atomic import at_once, replacing, setting
from autograd.core.recording import Observer
from autograd.diagnostics.flat import flat_arguments
from autograd.program.frames import Line, user_frame
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


def record_calls(model: Module, running: list[int]) -> list[Call]:
    """A list to which every call of every module is appended from now on, when the call ends.

    Args:
        model: the module that is going to be called.
        running: a list that has, from now on, the ids of the modules that are being called, the innermost last.
    """
    calls: list[Call] = []

    def record(module: Module) -> None:
        forward = module.forward

        def recording(*args: Any, **kwargs: Any) -> Any:
            running.append(id(module))
            try:
                output = forward(*args, **kwargs)
            finally:
                running.pop()
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


class note_flat_operations(Observer):  # noqa: N801  (a block, as no_grad)
    """A block that notes where each operation comes from that is flat in an operand, such as sign: there are few.

    The place is the innermost module that is being called, and the line of the program if there is one inside of the
    call of `diagnose`: none where nothing but modules of nn are called.

    Args:
        model: the module whose modules are called.
        running: the ids of those that are being called, the innermost last.
    """

    def __init__(self, model: Module, running: list[int]) -> None:
        self._names = {id(module): (name, type(module).__name__) for name, module in model.named_modules()}
        self._running = running
        self._places: dict[Value, str] = {}
        self._opener: FrameType | None = None

    def __enter__(self) -> note_flat_operations:
        self._opener, _ = user_frame()
        super().__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self._opener = None  # a frame keeps its variables alive

    def on_forward(self, node: Value) -> None:
        """Note the place."""
        if node.op is None or not flat_arguments(node.op):
            return
        frame, _ = user_frame()
        name, kind = self._names[self._running[-1]] if self._running else ("", "")
        module = f"in {name} ({kind})" if name else "in the model" if kind else "in the criterion"
        line = "" if frame is None or frame is self._opener else str(Line(frame.f_code, frame.f_lineno))
        self._places[node] = f"{node.op.name} {module}{': ' * bool(line)}{line}"

    def places(self, nodes: Iterable[Value]) -> list[str]:
        """The operations that made these nodes, each with its place; equal ones once."""
        return list(dict.fromkeys(self._places.get(node, node.op.name if node.op else "") for node in nodes))
