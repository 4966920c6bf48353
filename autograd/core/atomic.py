"""Change many things all at once, so that Ctrl-C in the middle leaves none of them changed, or all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import repeat, starmap
from operator import call

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def set_all(things: Iterable[Any], attribute: str, values: Iterable[Any]) -> None:
    """Set an attribute of many things, one value each, without a moment at which an exception could come in between.

    Python delivers Ctrl-C, and exceptions sent from other threads, between two instructions of its own; this is one,
    a loop in C, as long as the attribute is a slot, or one of an object without a `__setattr__` of its own, and both
    arguments are lists (or `repeat` of one value).

    >>> from autograd.core.engine import Value
    >>> a, b = Value(1.0), Value(2.0)
    >>> set_all([a, b], "grad", [3.0, 4.0])
    >>> a.grad, b.grad
    (3.0, 4.0)
    """
    list(map(setattr, things, repeat(attribute), values))


def setting(things: Iterable[Any], attribute: str, values: Iterable[Any]) -> tuple[Any, ...]:
    """What `set_all` does, as one change among several for `at_once`; the same conditions apply."""
    return list, map(setattr, things, repeat(attribute), values)


def updating(dictionary: dict[Any, Any], changes: Mapping[Any, Any]) -> tuple[Any, ...]:
    """``dictionary.update(changes)``, as a change for `at_once`; keys are texts or Values, whose hashes are C's."""
    return dict.update, dictionary, changes


def replacing(dictionary: dict[Any, Any], new: Mapping[Any, Any]) -> tuple[Any, ...]:
    """To give a dictionary the entries of another and no others, as a change for `at_once`."""
    return list, starmap(call, [(dict.clear, dictionary), (dict.update, dictionary, new)])


def at_once(*changes: tuple[Any, ...]) -> None:
    """Make several changes as `set_all` makes one: whatever interrupts comes before all of them or after all.

    >>> from autograd.core.engine import Value
    >>> a, known = Value(1.0), {"steps": 1}
    >>> at_once(setting([a], "grad", [3.0]), updating(known, {"steps": 2}))
    >>> a.grad, known
    (3.0, {'steps': 2})
    """
    list(starmap(call, changes))
