"""Print a trace as two tables, one for each pass."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.symbols import format_number
from autograd.text.names import differential
from autograd.text.tables import table
from autograd.trace.record import Node, Step


def text_of_trace(nodes: Sequence[Node], steps: Sequence[Step]) -> str:
    """Both passes as two tables."""
    result = nodes[-1].name
    change = differential(result)
    forward = [("node", "operation", "value")]
    forward += [(node.name, node.expression or "(given)", format_number(node.data, 6)) for node in nodes]
    backward = [("step", "node", "operation", "upstream", "", "local derivative", "", "product", "", "running sum")]
    lines = [
        "Forward pass: compute each node from its operands.",
        "",
        *table(forward, align="<<>"),
        "",
        f"Backward pass: how fast {result} changes with each node. It starts with {change}/{change} = 1.",
        "Each step multiplies the upstream gradient by a local derivative and adds the product.",
        "",
        *table(backward + [_row(step) for step in steps], align="><<><<<><<"),
    ]
    leaves = [node for node in nodes if node.is_leaf]
    if leaves:
        lines += ["", "Gradients of the inputs:"]
        gradients = [(f"{change}/{differential(leaf.name)}", "=", format_number(leaf.grad, 6)) for leaf in leaves]
        lines += table(gradients, align="<<<", heading=False)
    return "\n".join(lines)


def _row(step: Step) -> tuple[str, ...]:
    number = format_number(step.local)
    local = f"{differential(step.node.name)}/{differential(step.operand.name)} = {step.rule}"
    if step.rule != number:
        local += f" = {number}"
    running = f"{step.operand.name}.grad = {format_number(step.after)}"
    if step.operand.consumers > 1:
        running += f"  ({step.contribution} of {step.operand.consumers})"
    upstream = format_number(step.upstream)
    product = format_number(step.product + 0.0)  # shows -0 as 0
    return str(step.number), step.node.name, step.node.expression, upstream, "*", local, "=", product, "->", running
