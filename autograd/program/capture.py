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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from inspect import CO_OPTIMIZED, Parameter, getclosurevars, signature
from numbers import Real
from types import CodeType, FrameType, FunctionType, MethodType
from typing import Any

from autograd.core.engine import Value
from autograd.core.recording import Observer
from autograd.program.frames import Line, user_frame
from autograd.program.variables import (
    first_names,
    has_parameters,
    names_of_parameters,
    parameters_of,
    variables_in,
    variables_of,
)


class capture_source(Observer):  # noqa: N801  (a block, as no_grad and detect_anomaly)
    """A block in which each new node's line is noted, and the names of the variables that nodes are assigned to.

    Pass it to `step_through` afterwards. A node is called by its label; without one, by the first variable it was
    assigned to: in the block, in a function called from it, or where `step_through` is called. An element of a list
    or dictionary is called ``w[0]``, a parameter of a module in a variable ``model.0.bias.1``. Labels are not
    changed. A block costs some ten microseconds a node, and keeps its nodes alive as long as the block object lives.

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
        self._parameters_of_variables: dict[Value, str] = {}
        self._parameters_of_self: dict[Value, str] = {}
        self._seen: dict[tuple[int, str], Any] = {}  # modules looked into; kept, so that no id is used again
        self._opener: FrameType | None = None
        self._latest: FrameType | None = None

    def __enter__(self) -> capture_source:
        if self._model is not None:
            self._look_into(self._model)
        self._opener, _ = user_frame()
        if self._opener is not None:
            self._name_all_in(self._opener)
        super().__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        for frame in (self._latest, self._opener):
            if frame is not None:
                self._name_used_in(frame)
        if self._opener is not None:
            self._name_all_in(self._opener)
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
        elsewhere = first_names(variables_of(caller)) if caller is not None else {}
        # A path comes before a variable, since a loop over the parameters leaves the last of them in its variable.
        variables = {**self._arguments, **self._parameters_of_self, **elsewhere, **self._variables}
        return {**variables, **names_of_parameters(caller), **self._parameters_of_variables, **self._parameters}

    def look_around(self, function: Any) -> None:
        """Name the parameters of the modules that a function uses without being given them."""
        self._name_parameters(parameters_of(variables_around(function)))

    def parameters(self, caller: FrameType | None = None) -> set[Value]:
        """The parameters of all modules that were seen.

        Args:
            caller: where else to look for modules.
        """
        seen = self._parameters, self._parameters_of_variables, self._parameters_of_self, names_of_parameters(caller)
        return {value for names in seen for value in names}

    # ------------------------------------------------------------------ variables

    def _name_all_in(self, frame: FrameType) -> None:
        for value, name in variables_of(frame):
            self._variables.setdefault(value, name)
        self._name_parameters(parameters_of(variables_in(frame)))

    def _name_parameters(self, parameters: Iterable[tuple[Value, str]]) -> None:
        for value, name in parameters:
            self._parameters_of_variables.setdefault(value, name)

    def _name_used_in(self, frame: FrameType) -> None:
        """Name Values by the variables that the code of a frame uses, which are few even where globals are many."""
        own, others = _names_used(frame.f_code)
        variables = frame.f_locals
        for name in own:
            value = variables.get(name)
            if isinstance(value, Value) and value not in self._variables:
                # A leaf passed to a function is named after the variable of the caller rather than the parameter.
                names = self._arguments if value.is_leaf and frame is not self._opener else self._variables
                names.setdefault(value, name)
            elif value is not None:
                self._look_at(name, value)
        for name in others:
            value = frame.f_globals.get(name)
            if isinstance(value, Value):
                self._variables.setdefault(value, name)
            elif value is not None:
                self._look_at(name, value)

    def _look_at(self, name: str, thing: Any) -> None:
        """Name the parameters of a module in a variable. The module whose method runs has a better name outside."""
        if not has_parameters(thing) or (id(thing), name) in self._seen:
            return
        self._seen[id(thing), name] = thing
        if name == "self":
            for value, path in parameters_of([(name, thing)]):
                self._parameters_of_self.setdefault(value, path)
        else:
            self._name_parameters(parameters_of([(name, thing)]))

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


def variables_around(function: Any) -> Iterator[tuple[str, Any]]:
    """What a function uses without being given it: variables around it, its object, and what functions beside it use.

    >>> scale = 2.0
    >>> def scaled(x):
    ...     return x * scale
    >>> dict(variables_around(lambda x: scaled(x)))["scale"]
    2.0
    """
    waiting, seen = [function], set()
    while waiting:
        function = waiting.pop()
        if isinstance(function, MethodType):
            yield "self", function.__self__
            function = function.__func__
        elif not isinstance(function, FunctionType):
            yield "self", function
            function = type(function).__call__
        if not isinstance(function, FunctionType) or function.__code__ in seen:
            continue
        seen.add(function.__code__)
        around = getclosurevars(function)
        for name, thing in (*around.nonlocals.items(), *around.globals.items()):
            yield name, thing
            # Functions of other files, such as those of a library, would lead far away.
            if isinstance(thing, FunctionType) and thing.__globals__ is function.__globals__:
                waiting.append(thing)


@cache
def _names_used(code: CodeType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables of a function, and the global ones that it mentions; of a module or cell, all that it mentions."""
    if not code.co_flags & CO_OPTIMIZED:
        return _public(code.co_names), ()
    return _public((*code.co_varnames, *code.co_cellvars, *code.co_freevars)), _public(code.co_names)


def _public(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name.isidentifier() and not name.startswith("_"))


# ---------------------------------------------------------------------- functions of numbers


def leaves_for(function: Any, arguments: Sequence[Any]) -> list[Any]:
    """The arguments of a call with a leaf in place of each number, labeled with the name of its parameter.

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
