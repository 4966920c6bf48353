"""What the variables of the running program call a Value: a variable, an element of a list, the path in a module.

Parameters carry no labels of their own, since a label for each would make a large network slow to build. So a warning
or an error asks for names at the moment when it is written: a module that is being trained is in a variable of some
function that is running.

>>> from nn import Linear, Sequential
>>> model = Sequential(Linear(1, 2))
>>> layer, rate = model[0], Value(0.5)
>>> list(names_in_program([layer.bias[1], rate]).values())
['model.0.bias.1', 'rate']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

from autograd.core.engine import Value
from autograd.program.frames import user_frames

_NOT_VARIABLES = ("In", "Out")  # of a notebook: its history, in which every result is found


def names_in_program(values: Iterable[Value]) -> dict[Value, str]:
    """Names for those of these Values that the functions being run can reach.

    A parameter is called by its path in the largest module that has it, ``model.0.weight.1.2`` rather than
    ``layer.weight.1.2``; of modules of one size the innermost function decides. A variable ``self`` is left out of a
    path and comes last among these: outside of its methods a module has a better name. What is in no module is called
    by its variable, or by its place in a list or a dictionary: ``w[0]``.
    """
    wanted = set(values)
    if not wanted:
        return {}
    # Each variable once, though a function that calls itself has all global ones in each of its frames.
    variables = {
        (name, id(thing)): (name, thing) for frame in user_frames() for name, thing in variables_in(frame)
    }.values()
    modules = {(name, id(module)): (name, module) for name, module in modules_of(variables)}.values()
    paths = [(name == "", _paths(name, module)) for name, module in modules]
    names: dict[Value, str] = {}
    for _, parameters in sorted(paths, key=lambda one: (-len(one[1]), one[0])):
        for x, path in parameters:
            if x in wanted:
                names.setdefault(x, path)
    if len(names) < len(wanted):
        for name, thing in variables:
            for place, x in _parts(name, thing, _is_value):
                if x in wanted:
                    names.setdefault(x, place)
    return names


def _paths(name: str, module: Any) -> list[tuple[Value, str]]:
    try:
        return list(paths_in(name, module))
    except Exception:  # of another library, or not yet complete: the message is written without its names
        return []


def variables_of(frame: FrameType) -> Iterator[tuple[Value, str]]:
    """The Values among the variables of a frame, its own and global ones, and one level deep in lists and dicts.

    >>> import sys
    >>> w = [Value(1.0), Value(2.0)]
    >>> [name for _, name in variables_of(sys._getframe()) if name.startswith("w")]
    ['w[0]', 'w[1]']
    """
    for name, thing in variables_in(frame):
        yield from ((part, place) for place, part in _parts(name, thing, _is_value))


def parameters_of(variables: Iterable[tuple[str, Any]]) -> Iterator[tuple[Value, str]]:
    """The parameters of the modules among variables, and one level deep in lists and dicts, with their paths.

    A module is whatever has `named_parameters`. A variable ``self`` is left out of the path; in an object that is no
    module, its attributes are looked at.

    >>> from nn import Linear, Sequential
    >>> model = Sequential(Linear(1, 2))
    >>> [name for _, name in parameters_of([("model", model), ("layer", model[0])])][:2]
    ['model.0.weight.0.0', 'model.0.weight.1.0']
    """
    for name, module in modules_of(variables):
        yield from paths_in(name, module)


def modules_of(variables: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The modules among variables, as `parameters_of` finds them; the name of ``self`` is empty."""
    for name, thing in variables:
        if name == "self" and not has_parameters(thing):
            yield from modules_of(getattr(thing, "__dict__", {}).items())
            continue
        yield from (("" if place == "self" else place, x) for place, x in _parts(name, thing, has_parameters))


def paths_in(name: str, module: Any) -> Iterator[tuple[Value, str]]:
    """The parameters of a module of this name, with their paths."""
    prefix = f"{name}." if name else ""
    return ((x, prefix + path) for path, x in module.named_parameters() if isinstance(x, Value))


def names_of_parameters(frame: FrameType | None) -> dict[Value, str]:
    """The parameters of the modules in the variables of a frame, with their names."""
    return {} if frame is None else first_names(parameters_of(variables_in(frame)))


def variables_in(frame: FrameType) -> Iterator[tuple[str, Any]]:
    """The variables of a frame, its own and global ones, that a program may have given a name on purpose."""
    spaces = [frame.f_locals] if frame.f_locals is frame.f_globals else [frame.f_locals, frame.f_globals]
    for space in spaces:
        for name, thing in list(space.items()):
            if name.isidentifier() and not name.startswith("_") and name not in _NOT_VARIABLES:
                yield name, thing


def _parts(name: str, thing: Any, is_wanted: Callable[[Any], bool]) -> Iterator[tuple[str, Any]]:
    """Of the thing itself, or of the elements of a list, tuple or dict, what is wanted, with its name."""
    if type(thing) in (list, tuple):
        yield from ((f"{name}[{i}]", x) for i, x in enumerate(thing) if is_wanted(x))
    elif type(thing) is dict:
        yield from ((f"{name}[{key!r}]", x) for key, x in list(thing.items()) if is_wanted(x))
    elif is_wanted(thing):
        yield name, thing


def _is_value(thing: Any) -> bool:
    return isinstance(thing, Value)


def has_parameters(thing: Any) -> bool:
    """Whether something is a module. Asked of its class: some objects have every attribute that one asks for."""
    return hasattr(type(thing), "named_parameters")


def first_names(variables: Iterable[tuple[Value, str]]) -> dict[Value, str]:
    """The first of several names for each."""
    names: dict[Value, str] = {}
    for value, name in variables:
        names.setdefault(value, name)
    return names
