"""Walking a graph: every node after the nodes it was computed from.

Both functions walk depth first with a stack of their own instead of recursion, so that a chain of a million
nodes is no deeper for Python than a single one.
"""

from __future__ import annotations

from autograd.vector import Vector

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

    from autograd.engine import Value


def topological_order(root: Value) -> list[Value]:
    """Every node `root` was computed from, operands before results, `root` last.

    >>> from autograd import Value
    >>> a = Value(2.0); b = a * a; c = b + a
    >>> topological_order(c) == [a, b, c]
    True
    """
    order: list[Value] = []
    seen: set[Value] = set()
    waiting: list[Value | None] = [root]
    while waiting:
        node = waiting.pop()
        if node is None:  # all that the node below was computed from is in `order` by now
            order.append(waiting.pop())  # type: ignore[arg-type]
        elif node not in seen:
            seen.add(node)
            waiting += (node, None)
            waiting += reversed(node._prev)
    return order


def order_and_clear(root: Value) -> tuple[list[Value], list[Value], list[float]]:
    """The start of a backward pass: results in topological order, leaves, their gradients; then all gradients 0.

    The same walk once more, because a backward pass spends half its time here: it looks into the slots of a
    node, and instead of keeping a set it gives each node it has seen one particular zero as its gradient,
    recognised by identity. Measured on 60,000 nodes: 165 ns a node instead of 900.
    """
    zero = float("0")  # a new object at each call, and no other float is identical to it
    order: list[Value] = []
    leaves: list[Value] = []
    gradients: list[float] = []
    waiting: list[Any] = [root]
    node: Any
    push, pop = waiting.append, waiting.pop
    while waiting:
        node = pop()
        if node is None:
            order.append(pop())
            continue
        if node.grad is zero:
            continue
        operand = node._a
        if operand is None:
            if node.__class__ is Vector:  # looked into once, however many nodes share it
                node.grad = zero
                waiting += [x for x in reversed(node.elements) if x.__class__ is not float]
                continue
            leaves.append(node)
            gradients.append(node.grad)
            node.grad = zero
            continue
        node.grad = zero
        push(node)
        push(None)
        if operand.__class__ is tuple:
            waiting += [x for x in reversed(operand) if x.__class__ is not float and x.grad is not zero]
        else:
            # An operand with a local derivative is a node; one without may be a node that nothing flows to.
            if node._db is not None or (node._b is not None and node._b.__class__ is not float):
                push(node._b)
            if node._da is not None or operand.__class__ is not float:
                push(operand)
    return order, leaves, gradients
