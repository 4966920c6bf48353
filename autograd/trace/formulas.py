"""Write the formulas of one node, its value and its local derivatives, in the names of the nodes.

The rules of the table are run on symbols with these names; the expressions are printed as text, LaTeX and MathML.

    >>> from autograd.core.ops import TABLE
    >>> node = in_names(TABLE["tanh"], "out", ["n"])
    >>> to_text(forward(*node)), [to_text(rule) for rule in partials(*node, [0.5])]
    ('tanh(n)', ['1 - out * out'])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd.core.ops import Op
from autograd.symbols import Symbol, format_number, is_symbolic, to_text
from autograd.symbols.expressions import short_text
from autograd.text.names import in_formula

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


def in_names(op: Op, name: str, operands: Sequence[str | float]) -> tuple[Op, Symbol, list[Any]]:
    """The row, the result and the operands of a node as symbols: the first arguments of the functions below."""
    return op, Symbol(in_formula(name)), [Symbol(in_formula(x)) if isinstance(x, str) else x for x in operands]


def forward(op: Op, out: Symbol, operands: list[Any]) -> Symbol:
    """The operation applied to its operands."""
    return Symbol(op, op.grouped(operands))


def partials(op: Op, out: Symbol, operands: list[Any], numbers: Sequence[float | None]) -> list[Any]:
    """The local derivative with respect to each operand, as an expression.

    As a number if the rules of the row run on numbers only, the formula is too long, or it divides a constant by 0;
    None for a constant.

    Args:
        op: the row.
        out: the name of the result.
        operands: the operands, flat.
        numbers: the local derivatives; None for a constant.
    """
    if not is_symbolic(op):
        return list(numbers)
    arguments = op.grouped(operands)
    lengths = [len(argument) for argument in arguments[: op.vectors]] + [1] * (op.arity - op.vectors)
    rules: list[Any] = []
    for index, (rule, length) in enumerate(zip(op.partials, lengths, strict=True)):
        try:
            answer = rule(out, *arguments)
        except ArithmeticError:  # constants among themselves: 1 / 0
            rules += [None] * length
            continue
        group = list(answer) if index < op.vectors else [answer]
        # The formulas for the elements of a vector are about equally long, so the first decides for all.
        is_long = bool(group) and not short_text(group[0], LONGEST)
        rules += [None] * length if is_long else group
    return [
        None if number is None else number if rule is None else rule
        for rule, number in zip(rules, numbers, strict=True)
    ]


def text_of(rule: Any) -> str:
    """A local derivative as text; "" for None, which stands for a constant.

    >>> text_of(None), text_of(-0.5)
    ('', '-0.5')
    """
    if rule is None:
        return ""
    return to_text(rule) if isinstance(rule, Symbol) else format_number(rule)


def formulas_of(op: Op, out: Symbol, operands: list[Any], numbers: Sequence[float | None]) -> NodeFormulas:
    """All formulas of a node, in all notations."""
    rules = partials(op, out, operands, numbers)
    return NodeFormulas(
        _printed(forward(op, out, operands)), tuple(None if rule is None else _printed(rule) for rule in rules)
    )


def _printed(expression: Any) -> Formula:
    from autograd.symbols import to_latex, to_mathml  # loaded on use

    return Formula(text_of(expression), to_latex(expression), to_mathml(expression))
