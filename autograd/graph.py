"""Walking a graph: every node after the nodes it was computed from.

Both functions walk depth first with a stack of their own instead of recursion, so that a chain of a million
nodes is no deeper for Python than a single one.
"""

from __future__ import annotations

from autograd.vector import MANY, Vector

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

    Raises:
        TypeError: if `root` is not a Value.
    """
    if not hasattr(root, "_prev"):
        raise TypeError(
            f"expected a Value that was computed from others, got {root!r} of type {type(root).__name__}; pass one "
            "result, computed with functions of autograd and without float() or .data"
        )
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
    recognised by identity. It goes straight on to a first operand and puts aside only what has not been seen.
    Measured on 60,000 nodes: 220 ns a node instead of 1,400.
    """
    zero = float("0")  # a new object at each call, and no other float is identical to it
    order: list[Value] = []
    leaves: list[Value] = []
    gradients: list[float] = []
    waiting: list[Any] = [root]
    node: Any
    push, pop, finish = waiting.append, waiting.pop, order.append
    while waiting:
        node = pop()
        if node is None:
            finish(pop())
            continue
        while node.grad is not zero:
            a = node._a
            if a is None:
                if node.__class__ is Vector:  # looked into once, however many nodes share it
                    waiting += [x for x in reversed(node.elements) if x.__class__ is not float]
                else:
                    leaves.append(node)
                    gradients.append(node.grad)
                node.grad = zero
                continue
            node.grad = zero
            b, db = node._b, node._db
            if db is MANY:
                unseen = [x for x in reversed(a) if x.__class__ is not float and x.grad is not zero]
                if unseen:
                    waiting += (node, None, *unseen)
                else:
                    finish(node)
            # An operand with a local derivative is a node; one without may be a node that nothing flows to.
            elif (db is not None or (b is not None and b.__class__ is not float)) and b.grad is not zero:
                push(node)
                push(None)
                push(b)
                if node._da is not None or a.__class__ is not float:
                    node = a
            elif (node._da is not None or a.__class__ is not float) and a.grad is not zero:
                push(node)
                push(None)
                node = a
            else:
                finish(node)
    return order, leaves, gradients
