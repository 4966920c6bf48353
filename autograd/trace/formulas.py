"""Write the formulas of a node, its value and its local derivatives, in the names of the nodes.

Thousands of nodes are made by the same few operations, and their formulas differ in names only. So the rules of the
table are run once for each `Kind` of node, on symbols, and printed with places for names: ``${0}`` for the first
operand, ``${1}`` for the second, ``${out}`` for the result.

    >>> from autograd.core.ops import TABLE
    >>> forward, partials = expressions(TABLE["tanh"], [None])
    >>> template(forward), [template(rule) for rule in partials]
    ('tanh(${0})', ['1 - ${out} * ${out}'])
    >>> filled("1 - ${out} * ${out}", {"0": "n", "out": "y"})
    '1 - y * y'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.core.ops import Op
from autograd.symbols import Symbol, format_number, is_symbolic, to_text
from autograd.symbols.expressions import Place, short_text
from autograd.text.names import in_formula
from autograd.trace.record import Node
from autograd.trace.replay import groups_of

LONGEST = 300
"""Characters a local derivative may have. A longer one, such as that of the max of 100, is shown as a number."""


class Formula(NamedTuple):
    """A formula in three notations."""

    text: str
    latex: str
    mathml: str

    def __repr__(self) -> str:
        return f"<Formula {self.text}>"


class NodeFormulas(NamedTuple):
    """The formulas of a node."""

    forward: Formula
    partials: tuple[Formula | None, ...]
    """The local derivative with respect to each operand; None for a constant."""


class Kind(NamedTuple):
    """What nodes have in common that one operation made, with the same constants."""

    op: str
    symbol: str
    groups: tuple[int, ...]
    forward: Formula
    """With places for names, as the local derivatives."""
    partials: tuple[Formula | None, ...]
    """The local derivative with respect to each operand; None if a number stands for it, and for a constant."""


# ---------------------------------------------------------------------- formulas with places for names


def expressions(op: Op, constants: Sequence[float | None]) -> tuple[Symbol, list[Any]]:
    """An operation applied to its operands, and the local derivative with respect to each, as expressions.

    A local derivative is None, so that its number is to be shown, if the rules of the row run on numbers only, the
    formula is too long, or it divides a constant by 0; and for a constant.

    Args:
        op: the row.
        constants: the operands that are constants, None for those that are nodes. Vectors are laid end to end.
    """
    arguments = op.grouped([_place(str(slot)) if x is None else x for slot, x in enumerate(constants)])
    forward = Symbol(op, arguments)
    if not is_symbolic(op):
        return forward, [None] * len(constants)
    lengths = [len(argument) for argument in arguments[: op.vectors]] + [1] * (op.arity - op.vectors)
    rules: list[Any] = []
    for index, (rule, length) in enumerate(zip(op.partials, lengths, strict=True)):
        try:
            answer = rule(_place("out"), *arguments)
        except ArithmeticError:  # constants among themselves: 1 / 0
            rules += [None] * length
            continue
        group = list(answer) if index < op.vectors else [answer]
        # The formulas for the elements of a vector are about equally long, so the first decides for all.
        is_long = bool(group) and _is_long(group[0])
        rules += [None] * length if is_long else group
    return forward, [rule if x is None else None for rule, x in zip(rules, constants, strict=True)]


def _is_long(rule: Any) -> bool:
    """Whether a formula is too long whatever the names, which have a letter at least; a place has up to five."""
    text = short_text(rule, 5 * LONGEST)
    return not text or len(re.sub("\0\\w+\0", "x", text)) > LONGEST


def template(expression: Any, printer: Callable[[Any], str] = to_text) -> str:
    """An expression with places for names, printed in a notation."""
    return re.sub("\0(\\w+)\0", r"${\1}", printer(expression).replace("$", "$$"))


def _place(name: str) -> Place:
    return Place(f"\0{name}\0")


def kind_of(op: Op, constants: Sequence[float | None]) -> Kind:
    """The kind of the nodes that a row makes of such operands: see `expressions`."""
    from autograd.symbols import to_latex, to_mathml  # loaded on use

    def printed(expression: Any) -> Formula:
        return Formula(*(template(expression, printer) for printer in (to_text, to_latex, to_mathml)))

    forward, partials = expressions(op, constants)
    rules = tuple(None if rule is None else printed(rule) for rule in partials)
    return Kind(op.name, op.symbol or op.name, groups_of(op, len(constants)), printed(forward), rules)


# ---------------------------------------------------------------------- names in their places

_PLACE = re.compile(r"\$(?:\$|\{(\w+)\})")


def filled(text: str, names: Mapping[str, str]) -> str:
    """A formula with names in its places; ``$$`` stands for the sign itself."""
    return _PLACE.sub(lambda place: names[place[1]] if place[1] else "$", text)


def rule_text(text: str | None, names: Mapping[str, str], number: float) -> str:
    """A local derivative as text: its formula, or its number where there is none or it is too long."""
    formula = "" if text is None else filled(text, names)
    return formula if text is not None and len(formula) <= LONGEST else format_number(number)


def places(out: str, operands: Sequence[str]) -> dict[str, str]:
    """What stands in the places of a formula: the name of the result, and those of the operands."""
    return {**{str(slot): name for slot, name in enumerate(operands)}, "out": out}


def formulas_of(
    nodes: Sequence[Node], kinds: Sequence[Kind | None], slopes: Mapping[tuple[int, int], float]
) -> dict[int, NodeFormulas]:
    """The formulas of each result in all notations, by its position.

    Args:
        nodes: those of a trace.
        kinds: the kind of each, None for a leaf.
        slopes: the local derivatives, by the position of the result and the number of the operand.
    """
    from autograd.symbols.latex import to_latex  # loaded on use
    from autograd.symbols.mathml import inner_mathml, to_mathml

    def in_notations(expression: Any) -> list[str]:
        return [to_text(expression), to_latex(expression), inner_mathml(expression)]

    names = [in_notations(Symbol(in_formula(node.name))) for node in nodes]

    def of_number(number: float) -> Formula:
        return Formula(format_number(number), to_latex(number), to_mathml(number))

    def of_node(node: Node, kind: Kind) -> NodeFormulas:
        operands = [names[x] if isinstance(x, int) else in_notations(x) for x in node.operands]
        by_notation = [
            places(out, operands_in) for out, *operands_in in zip(names[node.position], *operands, strict=True)
        ]

        def written(formula: Formula) -> Formula:
            return Formula._make(map(filled, formula, by_notation))

        def partial(slot: int, formula: Formula | None) -> Formula | None:
            slope = slopes.get((node.position, slot))
            if slope is None:
                return None
            made = formula and written(formula)
            return made if made and len(made.text) <= LONGEST else of_number(slope)

        return NodeFormulas(written(kind.forward), tuple(partial(*pair) for pair in enumerate(kind.partials)))

    return {node.position: of_node(node, kind) for node, kind in zip(nodes, kinds, strict=True) if kind}
