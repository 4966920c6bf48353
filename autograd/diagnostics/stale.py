"""Warn of graphs that are used at the wrong moment: changed data, gradients left over, parameters not reached.

>>> import warnings
>>> from autograd import Value
>>> w, unused = Value(2.0, "w"), Value(1.0, "b")
>>> with warnings.catch_warnings(record=True, action="always") as said:
...     unreached(w * w, [w, unused])
[Value(data=1.0, grad=0.0, label='b')]
>>> print(said[0].message)  # doctest: +ELLIPSIS
the loss does not depend on b, so a backward pass leaves its gradient as it is.
  Why it matters: an optimizer never moves such a parameter, however long the training.
  What to do: look for a detach(), a float() or .data on the way, for a layer that the forward pass does not call, ...
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd.core.engine import Value, parts_of, topological_order
from autograd.core.recording import Observer
from autograd.core.vector import Vector
from autograd.diagnostics.flat import REMEDY, without_slope
from autograd.program.frames import user_frame
from autograd.program.variables import names_in_program
from autograd.symbols import format_number
from autograd.text.names import listed, names_of, one_line


class GraphWarning(UserWarning):
    """A computation graph is used in a way that gives correct numbers but, likely, not the numbers meant."""


class warn_on_stale_graphs(Observer):  # noqa: N801  (a block, as `no_grad`)
    """A block in which `backward` warns of two common mistakes in a training loop, each once per line of code.

    - **Changed data**: the data of a leaf or a result changed after something was computed from it, for example by
      an optimizer or by hand. The gradient is then that of the old point: `backward` uses the local derivatives of
      the forward pass.
    - **Gradients left over**: a leaf still holds the gradient of an earlier pass, to which this pass will add.

    Args:
        changed: whether to warn of changed data of operands of results that were made inside the block.
        accumulated: whether to warn of gradients left over; pass False to accumulate on purpose.

    Warns:
        GraphWarning: before a gradient changes, so that a program that turns warnings into errors stops in time.

    Raises:
        TypeError: if one of the arguments is not a bool.

    >>> w = Value(3.0, "w")
    >>> with warnings.catch_warnings(record=True, action="always") as said, warn_on_stale_graphs():
    ...     loss = w * w
    ...     w.data = 5.0
    ...     loss.backward()
    >>> print(said[0].message)
    the data of w changed after the forward pass (from 3 to 5), before backward().
      Why it matters: the gradient is that of the old numbers, a step with it goes astray.
      What to do: compute the result again before backward(), and change the data only after it.
    """

    def __init__(self, changed: bool = True, accumulated: bool = True) -> None:
        for name, choice in (("changed", changed), ("accumulated", accumulated)):
            if not isinstance(choice, bool):
                raise TypeError(
                    f"{name} must be True or False, got {choice!r}; write warn_on_stale_graphs() to be warned of both"
                )
        self.changed = changed
        self.accumulated = accumulated
        # By id, because a reference would keep every graph alive. An id may be reused, so the float object of the
        # result is kept too and compared by identity.
        self._numbers: dict[int, tuple[float, tuple[float, ...]]] = {}
        self._said: set[tuple[Any, ...]] = set()

    def __exit__(self, *exception: object) -> None:
        self._numbers.clear()
        super().__exit__(*exception)

    def on_forward(self, node: Value) -> None:
        """Keep the numbers that the result is computed from."""
        if self.changed:
            arguments = parts_of(node)
            numbers = tuple(x._data if isinstance(x, Value) else 0.0 for x in arguments)
            self._numbers[id(node)] = (node._data, numbers)

    def on_backward_start(self, root: Value) -> None:
        """Warn if data in the graph changed, or leaves have gradients."""
        order = topological_order(root)
        if self.changed and (changed := self._changed(order)) and self._is_new("changed"):
            names = _names_in(order, changed)
            old = [f"from {format_number(was)} to {format_number(x.data)}" for x, was in changed.items()]
            _warn(
                f"the data of {listed([names[x] for x in changed])} changed after the forward pass "
                f"({listed(old)}), before backward().",
                "the gradient is that of the old numbers, a step with it goes astray.",
                "compute the result again before backward(), and change the data only after it.",
            )
        if self.accumulated:
            left = [leaf for leaf in order if leaf.is_leaf and leaf.requires_grad and float(leaf.grad or 0.0) != 0]
            if left and self._is_new("accumulated"):
                names = _names_in(order, left)
                again = "" if root.is_leaf or root.grad == 0 else " Backward ran on this very result before."
                grads = [f"{names[leaf]}.grad = {format_number(float(leaf.grad))}" for leaf in left]
                _warn(
                    f"backward() adds to gradients of an earlier pass: {listed(grads)}.{again}",
                    "the gradients of leaves are summed over passes, so a step follows the sum of the old and the new.",
                    "call zero_grad() before backward(); to sum over several passes on purpose, open the block with "
                    "warn_on_stale_graphs(accumulated=False).",
                )

    def _changed(self, order: Sequence[Value]) -> dict[Value, float]:
        """Values whose data changed after a result was computed from them, with the earlier number."""
        changed: dict[Value, float] = {}
        for node in order:
            data, numbers = self._numbers.get(id(node), (None, ()))
            if data is not node._data:
                continue
            for argument, number in zip(parts_of(node), numbers, strict=False):
                if isinstance(argument, Vector):
                    pairs: Iterable[tuple[Any, float]] = zip(argument.elements, argument.data, strict=True)
                else:
                    pairs = [(argument, number)]
                for operand, was in pairs:
                    if not isinstance(operand, Value) or operand._data == was:
                        continue
                    if operand._data == operand._data or was == was:  # and not both nan
                        changed.setdefault(operand, was)
        return changed

    def _is_new(self, kind: str) -> bool:
        """Whether this line of the program has not been warned of this kind of mistake yet."""
        frame, _ = user_frame()
        key = (kind, frame and frame.f_code, frame and frame.f_lineno)
        is_new = key not in self._said
        self._said.add(key)
        return is_new


def unreached(loss: Value, parameters: Value | Iterable[Value] | Mapping[str, Value] | Any) -> list[Value]:
    """The parameters that no gradient can reach, with a warning if there are any.

    The loss does not depend on them; or it does, but on every path to them there is an operation that is flat, such as
    floor, sign or round, whose derivative is 0 everywhere. A parameter whose gradient is 0 for these numbers only, such
    as one before a dead ReLU, is none of them.

    Args:
        loss: the result to be differentiated.
        parameters: Values, a mapping from names to Values, one Value, or an object with `parameters()`, as a layer.
            Frozen ones (``requires_grad`` False) are left out.

    Warns:
        GraphWarning: with the names of these parameters; one for either reason.

    Raises:
        TypeError: if `loss` or a parameter is not a Value.

    >>> w = Value(2.4, "w")
    >>> with warnings.catch_warnings(record=True, action="always") as said:
    ...     unreached((w.round() - 3.0) ** 2, w)
    [Value(data=2.4, grad=0.0, label='w')]
    >>> print(str(said[0].message).splitlines()[0])
    no gradient reaches w: every path to it crosses round, whose derivative is 0 everywhere.
    """
    named = _named(parameters)
    reached = set(topological_order(loss))
    missing = {x for _, x in named if x.requires_grad and x not in reached}
    cut = without_slope(loss, [x for _, x in named])
    away = missing.union(cut.leaves)
    found = names_in_program(x for name, x in named if x in away and not name)
    names = {x: name or found.get(x) or f"parameter {index}" for index, (name, x) in enumerate(named)}
    if missing:
        plural = len(missing) > 1
        _warn(
            f"the loss does not depend on {listed([names[x] for x in names if x in missing])}, so a backward pass "
            f"leaves {'their gradients as they are' if plural else 'its gradient as it is'}.",
            "an optimizer never moves such a parameter, however long the training.",
            "look for a detach(), a float() or .data on the way, for a layer that the forward pass does not call, for "
            "a no_grad block, and for a parameter that was replaced by a new Value after the forward pass.",
        )
    if cut.leaves:
        behind = set(cut.leaves)
        _warn(
            f"no gradient reaches {listed([names[x] for x in names if x in behind])}: {cut.reason}.",
            "a backward pass gives exactly 0 there, so an optimizer never moves such a parameter.",
            f"use {REMEDY}.",
        )
    return [x for _, x in named if x in away]


def _named(parameters: Any) -> list[tuple[str, Value]]:
    """Parameters with their names, empty where there is none."""
    if isinstance(parameters, Value):
        parameters = [parameters]
    elif hasattr(parameters, "named_parameters"):
        parameters = dict(parameters.named_parameters())
    elif hasattr(parameters, "parameters"):
        parameters = parameters.parameters()
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"unreached takes Values, or something with parameters(), got {parameters!r} of type "
            f"{type(parameters).__name__}; write unreached(loss, model)"
        )
    pairs = parameters.items() if isinstance(parameters, Mapping) else enumerate(parameters)
    named = []
    for key, x in pairs:
        if not isinstance(x, Value):
            raise TypeError(
                f"parameter {key} is {x!r} of type {type(x).__name__}, not a Value; pass a flat list of Values"
            )
        named.append((str(key) if isinstance(parameters, Mapping) else one_line(x.label), x))
    return named


def _names_in(order: Sequence[Value], asked: Iterable[Value]) -> dict[Value, str]:
    """A name for every node of a graph: for those asked for also from the program."""
    return names_of(order, names_in_program(x for x in asked if not x.label))


def _warn(what: str, why: str, remedy: str) -> None:
    _, depth = user_frame()
    text = f"{what}\n  Why it matters: {why}\n  What to do: {remedy}"
    warnings.warn(text, GraphWarning, stacklevel=depth + 1)
