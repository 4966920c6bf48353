"""The record of one forward and one backward pass, step by step.

A `Trace` is taken from a result and never changes afterwards, whatever happens to the graph. It is the single
source of every explanation: the table that ``stepgrad explain`` prints, and the views that follow it.

One step of the backward pass is one edge of the graph: the gradient that reached a node (*upstream*) times the
*local derivative* of that node with respect to one operand is added to the operand's gradient.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b; c.label = "c"
    >>> trace = step_through(c)
    >>> for step in trace:
    ...     print(step.operand.name, step.upstream, step.rule, step.local, step.product)
    a 1.0 b -3.0 -3.0
    b 1.0 a 2.0 2.0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from autograd.engine import Value
from autograd.graph import topological_order
from autograd.ops import Op
from autograd.symbols import Symbol, format_number, is_symbolic, to_text
from autograd.wording import differential, in_formula, names_of, row_of, table


class Node(NamedTuple):
    """One Value as it was when the trace was taken."""

    position: int
    """Its place in the topological order."""
    name: str
    """Its label, or a name made for it."""
    expression: str
    """How it was computed, in the names of its operands; empty for a leaf."""
    op: str
    """The operation's name in the table; empty for a leaf."""
    data: float
    operands: tuple[int | float, ...]
    """Positions of the operands; a constant operand as the number itself, a float."""
    grad: float
    """The gradient of the traced result with respect to this node."""
    consumers: int
    """How many edges lead from this node to results, which is how many contributions its gradient sums up."""


class Step(NamedTuple):
    """One application of the chain rule: one edge of the graph."""

    number: int
    """1 for the first step of the backward pass."""
    node: Node
    """The result whose gradient is passed on."""
    operand: Node
    """The operand that receives it."""
    slot: int
    """Which operand of the operation this is, from 0."""
    upstream: float
    """The gradient of the result."""
    rule: str
    """The local derivative as a formula in the names of the nodes."""
    local: float
    """The local derivative as a number."""
    product: float
    """upstream * local, the contribution to the operand's gradient."""
    before: float
    """The operand's gradient before this step."""
    after: float
    """And after: the running sum."""
    contribution: int
    """1 for the first contribution to this operand, of `operand.consumers`."""


class Trace:
    """An immutable record of the forward and backward pass of one result.

    Attributes:
        nodes: every node in topological order, the result last.
        steps: every step of the backward pass, in order.
    """

    __slots__ = ("nodes", "steps")

    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]

    def __init__(self, nodes: Sequence[Node], steps: Sequence[Step]) -> None:
        object.__setattr__(self, "nodes", tuple(nodes))
        object.__setattr__(self, "steps", tuple(steps))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a trace does not change; take a new one with step_through(result)")

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Trace, (self.nodes, self.steps))

    def __repr__(self) -> str:
        return f"<Trace of {self.nodes[-1].name}: {len(self.nodes)} nodes, {len(self.steps)} backward steps>"

    def to_text(self) -> str:
        """Both passes as two tables."""
        result = self.nodes[-1].name
        change = differential(result)
        forward = [("node", "operation", "value")]
        forward += [(node.name, node.expression or "(given)", format_number(node.data, 6)) for node in self.nodes]
        lines = [
            "Forward pass: compute each node from its operands.",
            "",
            *table(forward, align="<<>"),
            "",
            f"Backward pass: how fast {result} changes with each node. It starts with {change}/{change} = 1.",
            "Each step multiplies the upstream gradient by a local derivative and adds the product.",
            "",
        ]
        backward = [("step", "node", "operation", "upstream", "", "local derivative", "", "product", "", "running sum")]
        for step in self.steps:
            number = format_number(step.local)
            local = f"{differential(step.node.name)}/{differential(step.operand.name)} = {step.rule}"
            if step.rule != number:
                local += f" = {number}"
            running = f"{step.operand.name}.grad = {format_number(step.after)}"
            if step.operand.consumers > 1:
                running += f"  ({step.contribution} of {step.operand.consumers})"
            backward.append(
                (
                    str(step.number),
                    step.node.name,
                    step.node.expression,
                    format_number(step.upstream),
                    "*",
                    local,
                    "=",
                    format_number(step.product),
                    "->",
                    running,
                )
            )
        lines += table(backward, align="><<><<<><<")
        leaves = [node for node in self.nodes if not node.op]
        if leaves:
            lines += ["", "Gradients of the inputs:"]
            gradients = [(f"{change}/{differential(leaf.name)}", "=", format_number(leaf.grad, 6)) for leaf in leaves]
            lines += table(gradients, align="<<<", heading=False)
        return "\n".join(lines)


def step_through(result: Value) -> Trace:
    """Record how `result` was computed and how its gradient flows back, without touching any `grad`.

    Args:
        result: the Value to differentiate.

    Raises:
        TypeError: if `result` is not a Value, or a node in its graph was made by hand with a rule of its own.
    """
    if not isinstance(result, Value):
        raise TypeError(f"step_through takes a Value, got {result!r}; build the result from Values first")
    order = topological_order(result)
    index = {value: i for i, value in enumerate(order)}
    names = names_of(order)
    edges = [0] * len(order)
    for value in order:
        for operand, local in zip(value.operands, value.local_derivatives, strict=False):
            if local is not None:
                edges[index[operand]] += 1  # type: ignore[index]

    gradients: list[float] = [0.0] * len(order)
    gradients[-1] = 1.0
    arrived = [0] * len(order)
    raw: list[tuple[Any, ...]] = []
    for value in reversed(order):
        if value.is_leaf:
            continue
        op = row_of(value)
        upstream = gradients[index[value]]
        rules = _rules(op, value, names)
        for slot, (operand, local) in enumerate(zip(value.operands, value.local_derivatives, strict=True)):
            if local is None or not isinstance(operand, Value):
                continue
            i = index[operand]
            before = gradients[i]
            product = upstream * local
            gradients[i] = before + product
            arrived[i] += 1
            raw.append((index[value], i, slot, upstream, rules[slot], local, product, before, gradients[i], arrived[i]))

    nodes = [
        Node(
            position=i,
            name=names[value],
            expression=_expression(value, names),
            op=value.op.name if value.op else "",
            data=value.data,
            operands=tuple(index[v] if isinstance(v, Value) else v for v in value.operands),
            grad=gradients[i],
            consumers=edges[i],
        )
        for i, value in enumerate(order)
    ]
    steps = [
        Step(number, nodes[node], nodes[operand], *rest) for number, (node, operand, *rest) in enumerate(raw, start=1)
    ]
    return Trace(nodes, steps)


def _symbolic(operand: Value | float, names: dict[Value, str]) -> Any:
    return Symbol(in_formula(names[operand])) if isinstance(operand, Value) else operand


def _expression(value: Value, names: dict[Value, str]) -> str:
    if value.is_leaf:
        return ""
    op = row_of(value)
    return to_text(Symbol(op, op.grouped([_symbolic(operand, names) for operand in value.operands])))


def _rules(op: Op, value: Value, names: dict[Value, str]) -> list[str]:
    """The local derivatives with respect to each operand, as formulas: the table's rules run on names.

    As numbers if the rules of the row run on numbers only.
    """
    if not is_symbolic(op):
        return ["" if x is None else format_number(x) for x in value.local_derivatives]
    arguments = op.grouped([_symbolic(operand, names) for operand in value.operands])
    out = Symbol(in_formula(names[value]))
    return [to_text(rule) for rule in op.flat([rule(out, *arguments) for rule in op.partials])]
