"""Capture where a graph comes from: the line, the variable and the module of each node.

>>> from autograd import Value, step_through
>>> x, w = Value(2.0), Value(-3.0)
>>> with capture_source() as source:
...     x1w1 = x * w
...     out = x1w1.tanh()
>>> trace = step_through(out, capture=source)
>>> [node.name for node in trace.nodes], trace.source.lines[trace.nodes[2].line - 1]
(['x', 'w', 'x1w1', 'out'], '    x1w1 = x * w')
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from inspect import CO_OPTIMIZED, Parameter, signature
from numbers import Real
from types import CodeType, FrameType
from typing import Any

from autograd.core.engine import Value
from autograd.core.recording import Observer
from autograd.program.frames import Line, user_frame

_NOT_VARIABLES = ("In", "Out")  # of a notebook: its history, in which every result is found


class capture_source(Observer):  # noqa: N801  (a block, as no_grad and detect_anomaly)
    """A block in which each new node's line is noted, and the names of the variables that nodes are assigned to.

    Pass it to `step_through` afterwards. A node is called by its label; without one, by the first variable it was
    assigned to: in the block, in a function called from it, or where `step_through` is called. An element of a list
    or dictionary is called ``w[0]``. Labels are not changed. A block costs some ten microseconds a node, and keeps
    its nodes alive as long as the block object lives.

    Args:
        model: a module, or anything with `named_modules` and `named_parameters`: nodes are grouped by the innermost
            of its modules whose method made them, and its parameters are called by their paths.

    Raises:
        TypeError: if `model` has no `named_modules`.

    >>> from autograd import step_through
    >>> from nn import Linear, ReLU, Sequential
    >>> model = Sequential(Linear(1, 1), ReLU())
    >>> with capture_source(model) as source:
    ...     out, = model([2.0])
    >>> [(node.name, node.group) for node in step_through(out, capture=source).nodes]
    [('0.weight.0.0', '0'), ('0.bias.0', '0'), ('v1', '0'), ('out', '1')]

    Only the current thread is watched.
    """

    def __init__(self, model: Any = None) -> None:
        if model is not None and not hasattr(model, "named_modules"):
            raise TypeError(
                f"capture_source takes a model with named_modules(), such as an nn.Module, got {model!r} of type "
                f"{type(model).__name__}; leave it out to capture lines and names only"
            )
        self._model = model
        self._lines: dict[Value, Line] = {}
        self._groups: dict[Value, str] = {}
        self._variables: dict[Value, str] = {}
        self._arguments: dict[Value, str] = {}
        self._modules: dict[int, str] = {}
        self._parameters: dict[Value, str] = {}
        self._opener: FrameType | None = None
        self._latest: FrameType | None = None

    def __enter__(self) -> capture_source:
        if self._model is not None:
            self._look_into(self._model)
        self._opener, _ = user_frame()
        if self._opener is not None:
            self._name(variables_of(self._opener))
        super().__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        for frame in (self._latest, self._opener):
            if frame is not None:
                self._name_used_in(frame)
        if self._opener is not None:
            self._name(variables_of(self._opener))
        self._opener = self._latest = None  # frames keep their variables alive, this block among them

    def on_forward(self, node: Value) -> None:
        """Note the line and the module, and the variables that have been assigned since the last node."""
        frame, _ = user_frame()
        if self._modules:
            self._groups[node] = self._running_module()
        if frame is None:
            return
        self._lines[node] = Line(frame.f_code, frame.f_lineno)
        # The frame of a function that has returned is kept until here, so that its last variables can be read.
        if self._latest is not None and self._latest is not frame:
            self._name_used_in(self._latest)
        self._latest = frame
        self._name_used_in(frame)

    # ------------------------------------------------------------------ what was captured

    def line_of(self, node: Value) -> Line | None:
        """The line that made a node; None for one made outside the block."""
        return self._lines.get(node)

    def group_of(self, node: Value) -> str:
        """The path of the module that made a node, or owns it; "" for none."""
        return self._groups.get(node, "")

    def names(self, caller: FrameType | None = None) -> dict[Value, str]:
        """Names for nodes: the path of a parameter, else the variable.

        Args:
            caller: where else to look for variables.
        """
        elsewhere = dict(_first_names(variables_of(caller))) if caller is not None else {}
        return {**self._arguments, **elsewhere, **self._variables, **self._parameters}

    # ------------------------------------------------------------------ variables

    def _name(self, variables: Iterator[tuple[Value, str]]) -> None:
        for value, name in variables:
            self._variables.setdefault(value, name)

    def _name_used_in(self, frame: FrameType) -> None:
        """Name Values by the variables that the code of a frame uses, which are few even where globals are many."""
        variables = frame.f_locals
        for name in _names_used(frame.f_code):
            value = variables.get(name)
            if isinstance(value, Value) and value not in self._variables:
                # A leaf passed to a function is named after the variable of the caller rather than the parameter.
                names = self._arguments if value.is_leaf and frame is not self._opener else self._variables
                names.setdefault(value, name)

    # ------------------------------------------------------------------ modules

    def _look_into(self, model: Any) -> None:
        for path, module in model.named_modules():  # outer modules first, so that the innermost one wins
            self._modules[id(module)] = path
            for name, parameter in module.named_parameters():
                self._groups[parameter] = path
                self._parameters.setdefault(parameter, f"{path}.{name}" if path else name)

    def _running_module(self) -> str:
        """The path of the innermost module whose method is being run."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame is not self._opener:
            code = frame.f_code
            if code.co_argcount and code.co_varnames[0] == "self":
                path = self._modules.get(id(frame.f_locals.get("self")))
                if path is not None:
                    return path
            frame = frame.f_back
        return ""


def variables_of(frame: FrameType) -> Iterator[tuple[Value, str]]:
    """The Values among the variables of a frame, its own and global ones, and one level deep in lists and dicts.

    >>> import sys
    >>> w = [Value(1.0), Value(2.0)]
    >>> [name for _, name in variables_of(sys._getframe()) if name.startswith("w")]
    ['w[0]', 'w[1]']
    """
    spaces = [frame.f_locals] if frame.f_locals is frame.f_globals else [frame.f_locals, frame.f_globals]
    for space in spaces:
        for name, thing in list(space.items()):
            if not name.isidentifier() or name.startswith("_") or name in _NOT_VARIABLES:
                continue
            if isinstance(thing, Value):
                yield thing, name
            elif type(thing) in (list, tuple):
                yield from ((x, f"{name}[{i}]") for i, x in enumerate(thing) if isinstance(x, Value))
            elif type(thing) is dict:
                yield from ((x, f"{name}[{key!r}]") for key, x in list(thing.items()) if isinstance(x, Value))


def _first_names(variables: Iterator[tuple[Value, str]]) -> Iterator[tuple[Value, str]]:
    names: dict[Value, str] = {}
    for value, name in variables:
        names.setdefault(value, name)
    yield from names.items()


@cache
def _names_used(code: CodeType) -> tuple[str, ...]:
    """Variables that a function has, or that the code of a module or cell mentions."""
    names = (*code.co_varnames, *code.co_cellvars, *code.co_freevars)
    return tuple(
        name
        for name in (names if code.co_flags & CO_OPTIMIZED else code.co_names)
        if name.isidentifier() and not name.startswith("_")
    )


# ---------------------------------------------------------------------- functions of numbers


def leaves_for(function: Any, arguments: Sequence[Any]) -> list[Any]:
    """The arguments of a call with a leaf in place of each number, labelled with the name of its parameter.

    >>> leaves_for(lambda x, w: x * w[0], [2.0, [3.0]])
    [Value(data=2.0, grad=0.0, label='x'), [Value(data=3.0, grad=0.0, label='w[0]')]]
    """
    try:
        parameters = list(signature(getattr(function, "forward", function)).parameters.values())
    except (TypeError, ValueError):  # a function written in C
        parameters = []
    names = [parameter.name for parameter in parameters if parameter.kind in _POSITIONAL]
    rest = [parameter.name for parameter in parameters if parameter.kind is Parameter.VAR_POSITIONAL]
    names += [f"{name}[{i}]" for name in rest for i in range(len(arguments) - len(names))]
    names += [""] * (len(arguments) - len(names))
    return [_leaf(argument, name) for argument, name in zip(arguments, names, strict=False)]


_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def _leaf(argument: Any, name: str) -> Any:
    """A leaf for a number, leaves for a sequence of numbers; anything else, such as a Value or a flag, as it is."""
    if isinstance(argument, Value | bool | str | bytes | Mapping) or callable(argument):
        return argument
    if isinstance(argument, Real) or getattr(argument, "ndim", None) == 0:
        return Value(argument, label=name)
    if hasattr(argument, "__iter__"):
        return [_leaf(x, f"{name}[{i}]" if name else "") for i, x in enumerate(argument)]
    return argument
