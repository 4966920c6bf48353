"""Record both passes: make the nodes and steps of a trace from what is known of each node before.

The backward pass is written out once more here, since `Value.backward` would write into the `grad` of the nodes, and
a trace from a file has no Values; a test holds that both give the same bits.

>>> x = Given("x", "x", "", "", (), (), (), 3.0, "", None, "", ())
>>> square = Given("y", "", "mul", "*", (1, 1), (0, 0), (3.0, 3.0), 9.0, "", None, "${0} * ${1}", ("${1}", "${0}"))
>>> nodes, steps = both_passes([x, square])
>>> nodes[1].expression, [(step.rule, step.product, step.after) for step in steps]
('x * x', [('x', 3.0, 3.0), ('x', 3.0, 6.0)])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from autograd.symbols import format_number
from autograd.text.names import in_formula
from autograd.trace.formulas import filled, places, rule_text
from autograd.trace.record import Node, Step


class Given(NamedTuple):
    """What is known of a node; the rest of it, and all steps, follow."""

    name: str
    label: str
    op: str
    symbol: str
    groups: tuple[int, ...]
    operands: tuple[int | float, ...]
    slopes: tuple[float | None, ...]
    """The local derivatives; None where nothing flows: for a constant, and for a branch that was not taken."""
    data: float
    group: str
    line: int | None
    forward: str
    """The formula of the node, with places for the names: see `formulas.py`."""
    partials: tuple[str | None, ...]
    """The formulas of the local derivatives; None where a number stands, and for a constant."""
    is_parameter: bool = False


Edge = tuple[int, int, int]
"""The position of a result, the number of one of its operands, and the position of that operand."""


def backward_order(operands: Sequence[Sequence[int | float]]) -> Iterator[Edge]:
    """The edges in the order in which `backward` goes along them.

    >>> list(backward_order([(), (0, 2.5), (1, 0)]))
    [(2, 0, 1), (2, 1, 0), (1, 0, 0)]
    """
    for position in reversed(range(len(operands))):
        for slot, operand in enumerate(operands[position]):
            if isinstance(operand, int):
                yield position, slot, operand


def both_passes(given: Sequence[Given], order: Iterable[Edge] | None = None) -> tuple[list[Node], list[Step]]:
    """The nodes and the steps of a trace.

    Args:
        given: what is known of each node, in topological order.
        order: the edges in the order of the backward pass, if it is not that of `backward_order`.
    """
    edges = [*backward_order([node.operands for node in given])] if order is None else [*order]
    chain, gradients = _chain_rule(given, edges)
    consumers = Counter(operand for _, _, operand in edges)
    formulas = [in_formula(node.name) for node in given]
    names = [
        places(out, [formulas[x] if isinstance(x, int) else format_number(x) for x in node.operands])
        for out, node in zip(formulas, given, strict=True)
    ]
    nodes = [
        Node(
            position=i,
            name=node.name,
            label=node.label,
            op=node.op,
            symbol=node.symbol,
            expression=filled(node.forward, names[i]),
            operands=node.operands,
            groups=node.groups,
            data=node.data,
            grad=gradients[i],
            consumers=consumers[i],
            group=node.group,
            line=node.line,
            is_parameter=node.is_parameter,
        )
        for i, node in enumerate(given)
    ]
    why = [_why(node) for node in nodes]
    arrived = [0] * len(nodes)
    steps = []
    for number, ((i, slot, operand), numbers) in enumerate(zip(edges, chain, strict=True), start=1):
        upstream, local, *sums = numbers
        arrived[operand] += 1
        rule = rule_text(given[i].partials[slot], names[i], local)
        step = number, nodes[i], nodes[operand], slot, upstream, rule, local, *sums, arrived[operand], why[i]
        steps.append(Step._make(step))
    return nodes, steps


def _chain_rule(given: Sequence[Given], edges: Iterable[Edge]) -> tuple[list[tuple[float, ...]], list[float]]:
    """For each edge upstream, local, product, before and after; and the gradients of all nodes."""
    gradients = [0.0] * (len(given) - 1) + [1.0]
    chain: list[tuple[float, ...]] = []
    for node, slot, operand in edges:
        slope = given[node].slopes[slot]
        upstream, before = gradients[node], gradients[operand]
        # Even an infinite gradient does not flow through a branch that was not taken.
        product = 0.0 if slope is None else upstream * slope
        after = gradients[operand] = before + product
        chain.append((upstream, 0.0 if slope is None else slope, product, before, after))
    return chain, gradients


def _why(node: Node) -> str:
    """Why it is a node's turn in the backward pass."""
    if not node.consumers:
        return f"{node.name} is the result, so its gradient is known from the start"
    count = "the only consumer" if node.consumers == 1 else f"all {node.consumers} consumers"
    return f"{count} of {node.name} {'is' if node.consumers == 1 else 'are'} done"
