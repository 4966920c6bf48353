"""What a trace is made of: nodes, steps, and the program they came from."""

from __future__ import annotations

from typing import NamedTuple

from autograd.symbols import format_number


class Node(NamedTuple):
    """One Value as it was when the trace was taken."""

    position: int
    """Its place in the topological order."""
    name: str
    """Its label, its variable, or a name made for it; no two nodes of a trace have the same."""
    label: str
    """Its label, "" if it has none."""
    op: str
    """The operation's name in the table; empty for a leaf."""
    symbol: str
    """How the operation is written, such as ``*``."""
    expression: str
    """How it was computed, in the names of its operands; empty for a leaf."""
    operands: tuple[int | float, ...]
    """Positions of the operands; a constant operand as the number itself, a float. Vectors are laid end to end."""
    groups: tuple[int, ...]
    """How many operands belong to each argument of the operation: (1, 1) for ``*``, (3, 3) for a `dot` of 3."""
    data: float
    grad: float
    """The gradient of the traced result with respect to this node."""
    consumers: int
    """How many edges lead from this node to results, which is how many contributions its gradient sums up."""
    group: str
    """The path of the module whose call made it, such as ``layers.0``, or which owns it; "" for none."""
    line: int | None
    """The number of the line in the source that made it; None if not captured."""
    is_parameter: bool = False
    """Whether it is a leaf that a module owns, and that may be trained."""

    @property
    def is_leaf(self) -> bool:
        """Whether it was given rather than computed."""
        return not self.op

    def __repr__(self) -> str:
        made = f" = {self.expression}" if self.op else ""
        return f"<Node {self.name}{made}: data {format_number(self.data)}, grad {format_number(self.grad)}>"


class Step(NamedTuple):
    """One application of the chain rule: one edge of the graph."""

    number: int
    """1 for the first step of the backward pass."""
    node: Node
    """The result whose gradient is passed on."""
    operand: Node
    """The operand whose gradient grows."""
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
    """The operand's gradient after this step: the running sum."""
    contribution: int
    """1 for the first contribution to this operand, of `operand.consumers`."""
    order: str
    """Why it is the node's turn: every node waits until all its consumers have passed their gradients on."""

    def __repr__(self) -> str:
        product = " * ".join(map(format_number, (self.upstream, self.local)))
        return f"<Step {self.number}: {self.node.name} adds {product} to {self.operand.name}.grad>"


class Seed(NamedTuple):
    """The first step of the backward pass: the gradient of the result with respect to itself."""

    node: Node
    gradient: float
