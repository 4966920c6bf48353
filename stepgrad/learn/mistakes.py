"""The mistakes that one can make in a backward pass, each as a backward pass that makes it.

A learner's number is compared with what each of them gives. `whole_passes` make a mistake everywhere, as a program
does; `single_edges` make it at one edge, as one does by hand.

>>> from autograd import step_through
>>> def fan_out(a):
...     square = a * a
...     b = square + a
...     return b
>>> [mistake.code for mistake in found(step_through(fan_out, 3.0), "a", 4.0)]
['missing']
>>> found(step_through(fan_out, 3.0), "a", 4.0)[0]
Exactly one contribution to a is missing: the one from square. Did you follow every edge that leaves a?
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.trace.record import Step
from autograd.trace.trace import Trace
from stepgrad.learn.answers import MISTAKEN
from stepgrad.learn.words import say

MANY = 20_000
"""Turns of the longest order that is tried: one with a node for each path to it grows exponentially."""

Product = Callable[[Step, float], float]


@dataclass(frozen=True, repr=False)
class Mistake:
    """A backward pass with one mistake in it. It shows itself as its sentence.

    Attributes:
        code: which mistake.
        gradients: what it gives for each node, by name.
        contributions: what it adds to a gradient at each step, by the number of the step.
        names: what its sentence names.
    """

    code: str
    gradients: Mapping[str, float]
    contributions: Mapping[int, float]
    names: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, name: str, result: str, kept: str = "") -> str:
        """What was probably done, for the gradient of a node, and a question.

        Args:
            name: of the node.
            result: the name of the result.
            kept: the name of the node whose contribution alone is left.
        """
        return say(f"wrong.{self.code}", **{"name": name, "result": result, "kept": kept, **self.names})

    def __repr__(self) -> str:
        return self.sentence(self.names.get("operand", "a node"), "the result")


def backward(trace: Trace, order: Iterable[Step] | None = None) -> dict[str, float]:
    """The gradients of all nodes by name, of a right backward pass or one in another order.

    >>> from autograd import Value, step_through
    >>> x = Value(3.0, "x")
    >>> backward(step_through(x * x))["x"]
    6.0
    """
    return dict(made(trace, "right", order=order).gradients)


def made(
    trace: Trace,
    code: str,
    *,
    product: Product = lambda step, upstream: upstream * step.local,
    add: Callable[[float, float], float] = lambda before, contribution: before + contribution,
    order: Iterable[Step] | None = None,
    seed: float = 1.0,
    names: Mapping[str, Any] | None = None,
) -> Mistake:
    """The backward pass over a trace, each part of which can be another one.

    >>> from autograd import Value, step_through
    >>> x = Value(3.0, "x")
    >>> made(step_through(x * x), "assign", add=lambda before, new: new).gradients["x"]
    3.0
    """
    gradients = {node.name: 0.0 for node in trace.nodes}
    gradients[trace.seed.node.name] = seed
    contributions: dict[int, float] = {}
    reached = set()
    for step in trace.steps if order is None else order:
        contribution = contributions[step.number] = product(step, gradients[step.node.name])
        name = step.operand.name
        gradients[name] = add(gradients[name], contribution) if name in reached else contribution
        reached.add(name)
    return Mistake(code, gradients, contributions, names or {})


# ---------------------------------------------------------------------- mistakes that are made everywhere


def whole_passes(trace: Trace) -> Iterator[Mistake]:
    """Backward passes in which the same mistake is made at every edge, or in the order."""
    yield made(trace, "assign", add=lambda before, new: new)
    yield made(trace, "first", add=lambda before, new: before)
    yield made(trace, "no_seed", seed=0.0)
    yield made(trace, "all_upstream", product=lambda step, upstream: step.local)
    yield made(trace, "all_local", product=lambda step, upstream: upstream)
    yield made(trace, "all_added", product=lambda step, upstream: upstream + step.local)
    swapped = _other_factors(trace)
    yield made(trace, "all_swapped", product=lambda step, upstream: upstream * swapped[step.number])
    yield made(trace, "pre_order", order=_by_nodes(trace, _pre_order(trace)))
    yield made(trace, "all_unsigned", product=lambda s, u: u * (-s.local if s.rule == "-1" else s.local))
    yield made(trace, "sign", seed=-1.0)
    yield made(trace, "twice", seed=2.0)
    yield made(trace, "half", seed=0.5)
    yield Mistake("value", {node.name: node.data for node in trace.nodes}, {})


def of_programs(trace: Trace) -> Iterator[Mistake]:
    """Those of them, and others, that an engine makes."""
    by_hand_only = {"value", "sign", "half", "all_unsigned", "all_added"}
    yield from (mistake for mistake in whole_passes(trace) if mistake.code not in by_hand_only)
    yield made(trace, "reversed", order=_by_nodes(trace, range(len(trace.nodes))))
    yield made(trace, "once_per_operand", order=_first_edges(trace))
    if repeated := _with_repetition(trace):
        yield made(trace, "repeated", order=_by_nodes(trace, repeated))
    if along_paths := _along_paths(trace):
        yield made(trace, "along_paths", order=along_paths)
    for op in ("add", "mul", "tanh"):
        yield made(trace, f"no_{op}", product=lambda s, u, op=op: 0.0 if s.node.op == op else u * s.local)  # type: ignore[misc]
    yield made(trace, "tanh_operand", product=lambda s, u: u * _tanh_of_operand(s))


def _tanh_of_operand(step: Step) -> float:
    return 1 - step.operand.data**2 if step.node.op == "tanh" else step.local


def _leaving(trace: Trace) -> dict[int, list[Step]]:
    """The steps in which each node passes its gradient on, by its position."""
    leaving: dict[int, list[Step]] = {}
    for step in trace.steps:
        leaving.setdefault(step.node.position, []).append(step)
    return leaving


def _other_factors(trace: Trace) -> dict[int, float]:
    """For each step the local derivative, at a product of two that with respect to the other factor."""
    return {
        step.number: steps[1 - index].local if step.node.op == "mul" and len(steps) == 2 else step.local
        for steps in _leaving(trace).values()
        for index, step in enumerate(steps)
    }


def _by_nodes(trace: Trace, positions: Iterable[int]) -> list[Step]:
    leaving = _leaving(trace)
    return [step for position in positions for step in leaving.get(position, ())]


def _pre_order(trace: Trace) -> list[int]:
    """Each node when it is first met on the way from the result, depth first."""
    order: list[int] = []
    waiting = [len(trace.nodes) - 1]
    seen = set()
    while waiting:
        position = waiting.pop()
        if position not in seen:
            seen.add(position)
            order.append(position)
            waiting.extend(x for x in reversed(trace.nodes[position].operands) if isinstance(x, int))
    return order


def _with_repetition(trace: Trace) -> list[int]:
    """The order of a search that does not remember where it has been: a node once for each path to it."""
    order: list[int] = []
    waiting = [(len(trace.nodes) - 1, False)]
    while waiting and len(order) + len(waiting) < MANY:
        position, is_left = waiting.pop()
        if is_left:
            order.append(position)
        else:
            waiting.append((position, True))
            waiting.extend((x, False) for x in reversed(trace.nodes[position].operands) if isinstance(x, int))
    return [] if waiting else order[::-1]


def _along_paths(trace: Trace) -> list[Step]:
    """Each edge whenever something arrives at its node: a node that calls itself for its operands."""
    leaving = _leaving(trace)
    order: list[Step] = []
    waiting = [iter(leaving.get(len(trace.nodes) - 1, ()))]
    while waiting and len(order) < MANY:
        edge = next(waiting[-1], None)
        if edge is None:
            waiting.pop()
        else:
            order.append(edge)
            waiting.append(iter(leaving.get(edge.operand.position, ())))
    return [] if waiting else order


def _first_edges(trace: Trace) -> list[Step]:
    """The steps without the second edge between the same two nodes, as if operands were kept in a set."""
    seen = set()
    steps = []
    for step in trace.steps:
        edge = step.node.position, step.operand.position
        if edge not in seen:
            seen.add(edge)
            steps.append(step)
    return steps


# ---------------------------------------------------------------------- mistakes that are made once


def single_edges(trace: Trace) -> Iterator[Mistake]:
    """Backward passes in which a mistake is made at one edge only, and carried on from there."""
    swapped = _other_factors(trace)
    for edge in trace.steps:
        names = {"node": edge.node.name, "operand": edge.operand.name, "expression": edge.node.expression}
        changes: dict[str, Product] = {
            "upstream": lambda step, upstream: step.local,
            "local": lambda step, upstream: upstream,
            "added": lambda step, upstream: upstream + step.local,
            "edge_sign": lambda step, upstream: -upstream * step.local,
        }
        if edge.operand.consumers > 1:
            changes["missing"] = lambda step, upstream: 0.0
        if swapped[edge.number] != edge.local:
            changes["swapped"] = lambda step, upstream: upstream * swapped[step.number]
        for code, changed in changes.items():
            yield made(trace, code, product=_at(edge, changed), names=names)


def _at(edge: Step, changed: Product) -> Product:
    return lambda step, upstream: changed(step, upstream) if step is edge else upstream * step.local


# ---------------------------------------------------------------------- which of them was made


def by_hand(trace: Trace) -> list[Mistake]:
    """The mistakes that one makes with paper and pencil."""
    return [*single_edges(trace), *whole_passes(trace)]


def found(trace: Trace, name: str, answer: float, relative: float = MISTAKEN) -> list[Mistake]:
    """The mistakes that give this number for the gradient of a node, one of each code, the likeliest first."""
    right = backward(trace)[name]
    mistakes: dict[str, Mistake] = {}
    for mistake in by_hand(trace):
        wrong = mistake.gradients[name]
        is_same = math.isclose(wrong, right, rel_tol=1e-9, abs_tol=1e-12)
        if not is_same and math.isclose(wrong, answer, rel_tol=relative, abs_tol=1e-9):
            mistakes.setdefault(mistake.code, mistake)
    return without_shadows(list(mistakes.values()))


# What another mistake says better of the same number, or says more of.
_SHADOWS = {
    "assign": {"missing", "first"},
    "all_upstream": {"upstream"},
    "all_local": {"local"},
    "all_added": {"added"},
    "all_swapped": {"swapped"},
    "all_unsigned": {"edge_sign", "local"},
    "sign": {"edge_sign"},
    "edge_sign": {"local"},
    "total": {"sum"},
}


def without_shadows(mistakes: Sequence[Mistake]) -> list[Mistake]:
    """The mistakes without those that another one of them says better."""
    hidden = {shadow for mistake in mistakes for shadow in _SHADOWS.get(mistake.code, ())}
    return [mistake for mistake in mistakes if mistake.code not in hidden]
