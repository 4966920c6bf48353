"""Derivatives as graphs, which can be differentiated again."""

from __future__ import annotations

from typing import Any

from autograd.elementary import NO_FLOW
from autograd.engine import Value
from autograd.graph import topological_order
from autograd.real import as_float
from autograd.symbols import is_symbolic


def differentiate(root: Value, gradient: Any = 1.0) -> dict[Value, Any]:
    """The gradient of `root` with respect to every node, as Values that can be differentiated again.

    The same chain rule as `Value.backward`, with the table's rules run on Values instead of floats. No `grad`
    is touched.
    """
    upstreams: dict[Value, Any] = {root: gradient}
    for node in reversed(topological_order(root)):
        if node.is_leaf or node not in upstreams:
            continue
        for operand, partial in zip(node.operands, _partials_as_values(node), strict=True):
            if partial is None or not isinstance(operand, Value):
                continue
            if partial is NO_FLOW:
                upstreams.setdefault(operand, 0.0)
                continue
            product = upstreams[node] * partial
            upstreams[operand] = upstreams[operand] + product if operand in upstreams else product
    return upstreams


def backward_as_graph(root: Value, gradient: Any) -> None:
    """``root.backward(create_graph=True)``."""
    gradient = gradient if isinstance(gradient, Value) else as_float(gradient)
    for node, upstream in differentiate(root, gradient).items():
        if not node.is_leaf:
            node.grad = float(upstream)
        elif node.requires_grad:
            new: Any = upstream if isinstance(upstream, Value) else Value(upstream)
            node.grad = new + node.grad if isinstance(node.grad, Value) or node.grad else new


def _partials_as_values(node: Value) -> list[Any]:
    """The local derivatives of a node as Values: the rules of its row, run on the operands themselves."""
    op = node._rule
    if op is None:
        raise TypeError(
            f"the node {node._op!r} was made by hand with a chain rule for numbers only, so it cannot be "
            "differentiated twice; make the operation a row of the table with autograd.register"
        )
    if not is_symbolic(op):
        raise TypeError(
            f"the rules of {op.name!r} run on numbers only, so it has no second derivative; write them with functions "
            "of autograd (autograd.exp, not math.exp) and choose with autograd.where"
        )
    partials = op.flat([rule(node, *node.arguments) for rule in op.partials])
    partials = [None if before is None else now for now, before in zip(partials, node.local_derivatives, strict=True)]
    for partial, before in zip(partials, node.local_derivatives, strict=True):
        if partial is None or before is None:
            continue
        now = float(partial)
        if now != before and not (now != now and before != before):
            raise RuntimeError(
                f"the data of an operand of {op.name!r} changed after the forward pass (a local derivative was "
                f"{before}, is now {now}), so its second derivative would be wrong; compute the result again first"
            )
    return partials
