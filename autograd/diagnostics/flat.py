"""Find what no gradient can reach, because every path crosses an operation that is flat, such as floor or sign.

The slope of such an operation is 0 wherever there is one, whatever the numbers. That is read from its row of the table.
A ReLU that is 0 for these numbers, or a sigmoid whose slope is rounded to 0, is not flat.

>>> from autograd import Value
>>> w, b = Value(2.5, "w"), Value(1.0, "b")
>>> without_slope(w.floor() * w.sign() + b, [w, b])
Crossings(leaves=[Value(data=2.5, grad=0.0, label='w')], operations=['floor', 'sign'])
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from autograd.core.engine import Value, topological_order
from autograd.core.ops import TABLE, Op
from autograd.symbols import Symbol, symbols

REMEDY = (
    "something with a slope in training, such as sigmoid or tanh for a step and a cross-entropy for an accuracy; or "
    "the step in the forward pass alone, as in x + (x.round() - x).detach()"
)
"""What to try, for a sentence."""


class Crossings(NamedTuple):
    """The leaves that no gradient can reach, and what cuts them off."""

    leaves: list[Value]
    nodes: list[Value]
    """The flat operations that come first on the way from the result to these leaves."""

    def __repr__(self) -> str:
        return f"Crossings(leaves={self.leaves}, operations={self.operations})"

    @property
    def operations(self) -> list[str]:
        """The names of the operations, each once."""
        return list(dict.fromkeys(node.op.name for node in self.nodes if node.op))

    @property
    def reason(self) -> str:
        """Why no gradient gets there, as the second half of a sentence about the leaves."""
        them = "it" if len(self.leaves) == 1 else "them"
        return f"every path to {them} crosses {' or '.join(self.operations)}, whose derivative is 0 everywhere"


def without_slope(result: Value, leaves: Iterable[Value] | None = None) -> Crossings:
    """The leaves of a graph from which every path to the result crosses an operation that is flat.

    A frozen leaf does not count, and a node made by hand is not flat, whatever its rule. An operation may be flat in
    some of its operands: ``where`` in its condition, ``copysign`` in the number that gives the sign.

    Args:
        result: the Value to differentiate.
        leaves: those to look at; all by default. The result need not depend on them.
    """
    order = topological_order(result)
    reached = {result}
    for node in reversed(order):
        if node in reached:
            reached.update(x for x, is_flat in _edges(node) if not is_flat)
    asked = None if leaves is None else set(leaves)
    found = [x for x in order if x.is_leaf and x not in reached and x.requires_grad and (asked is None or x in asked)]
    depends = set(found)
    crossed = []
    for node in order if found else ():
        edges = _edges(node)
        if any(x in depends for x, _ in edges):
            depends.add(node)
        if node in reached and any(is_flat and x in depends for x, is_flat in edges):
            crossed.append(node)
    return Crossings(found, crossed)


def _edges(node: Value) -> list[tuple[Value, bool]]:
    """The operands that are Values, each with whether the operation is flat in it."""
    flat = flat_arguments(node.op) if node.op else frozenset()
    if not flat:
        return [(x, False) for x in node.operands if isinstance(x, Value)]
    op = node.op
    assert op is not None
    arguments = enumerate(op.grouped(node.operands))
    flattened = ((x, index) for index, argument in arguments for x in (argument if index < op.vectors else [argument]))
    return [(x, index in flat) for x, index in flattened if isinstance(x, Value)]


@lru_cache(maxsize=1024)
def flat_arguments(op: Op) -> frozenset[int]:
    """The arguments in which an operation is flat: those with a partial derivative that is 0 everywhere.

    The partial derivatives are run on symbols. One that does not run on symbols counts as not flat.

    >>> [sorted(flat_arguments(TABLE[name])) for name in ("floor", "where", "relu")]
    [[0], [0], []]
    """
    out: Any
    out, *arguments = (Symbol("out"), *(symbols("a b") if i < op.vectors else Symbol("a") for i in range(op.arity)))
    return frozenset(index for index, rule in enumerate(op.partials) if _is_flat(rule, out, arguments))


def _is_flat(rule: Any, out: Any, arguments: list[Any]) -> bool:
    try:
        return _is_zero(rule(out, *arguments))
    except Exception:  # it branches with if, or uses the module math
        return False


def _is_zero(expression: Any) -> bool:
    """Whether an expression is 0 whatever its symbols are."""
    if isinstance(expression, list | tuple):
        return all(map(_is_zero, expression))
    if not isinstance(expression, Symbol):
        return bool(float(expression) == 0)
    if expression.op is TABLE["where"]:
        return all(map(_is_zero, expression.operands[1:]))
    return expression.op is TABLE["mul"] and any(map(_is_zero, expression.operands))
