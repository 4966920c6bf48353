"""The table of operations on the site: each row with its formulas and its curve, made from the row."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import autograd
from autograd.core.ops import TABLE, Op
from autograd.symbols import Symbol, is_symbolic, to_mathml
from autograd.symbols.expressions import short_text
from autograd.text.operations_table import IN_THE_ROW, LETTERS, LONGEST, line_of
from stepgrad.figures import Figure, curve
from stepgrad.figures.axis import short

SHARES = (0.75, 0.25)
"""Where in their intervals the other arguments are held, in turn."""


def page() -> tuple[str, dict[str, str]]:
    """The page, and its pictures by their names."""
    links = " · ".join(f"[`{name}`](#{name})" for name in TABLE)
    parts, pictures = [INTRODUCTION, f"{links}\n"], {}
    for name, op in TABLE.items():
        figure = figure_of(op)
        pictures[f"{name}.svg"] = figure.to_svg()
        parts.append(f"## `{name}`\n\n{_row(op, figure)}\n")
    return "\n".join(parts), pictures


INTRODUCTION = """\
# The operations

Every derivative that the engine knows is in one table, [`autograd/core/ops.py`](../autograd/core/ops.py). This page is
made from its rows: the formulas by running the rules on symbols, the curves by running them on numbers.

In a derivative `out` is the value of the operation. Vectors are shown with two elements. A curve is over the first
argument, or over the first element of a vector; a caption says what the others are. A kink is a point where a
derivative jumps or does not exist; the formula shows which side counts there, which is PyTorch's convention.
`stepgrad operations` prints the table. [Add an operation](howto/add_an_operation.md) shows how a row is written.
"""


def _row(op: Op, figure: Figure) -> str:
    letters = LETTERS[: op.arity]
    arguments: list[Any] = [
        [Symbol(f"{letter}1"), Symbol(f"{letter}2")] if index < op.vectors else Symbol(letter)
        for index, letter in enumerate(letters)
    ]
    line = line_of(op)
    rows = [("value", _value(op, line.value, arguments))]
    for letter, rule, text in zip(letters, op.partials, line.derivatives, strict=True):
        said = text.removeprefix("d/d").partition(" = ")
        partial = rule(Symbol("out"), *arguments) if is_symbolic(op) else None
        if isinstance(partial, list) and not said[2].startswith("["):
            partial = partial[0]
        rows.append((f"∂/∂{said[0] or letter}", _formula(partial, said[2])))
    if line.kinks:
        rows.append(("kinks", f"<code>{escape(line.kinks)}</code>" if line.kinks != IN_THE_ROW else "in the row"))
    cells = "".join(f"<tr><th scope='row'>{head}</th><td>{cell}</td></tr>" for head, cell in rows)
    height, _ = figure.draw(figure.width)  # room is kept for it, so that nothing moves when it is loaded
    size = f'width="{figure.width:.0f}" height="{height:.0f}"'
    image = f'<img alt="{escape(figure.details)}" loading="lazy" {size} src="_static/operations/{op.name}.svg">'
    return f'```{{raw}} html\n<div class="operation">\n<table>{cells}</table>\n{image}\n</div>\n```'


def _value(op: Op, text: str, arguments: list[Any]) -> str:
    if not is_symbolic(op) or not short_text(op.forward(*arguments), LONGEST):
        return f"<code>{escape(text)}</code>"
    return _formula(op.forward(*arguments), text)


def _formula(expression: Any, text: str) -> str:
    """An expression as MathML, which every browser shows by itself."""
    if text == IN_THE_ROW or expression is None:
        return "in the row"
    if isinstance(expression, list):
        return "[" + ", ".join(to_mathml(one) for one in expression) + "]"
    return to_mathml(expression)


def figure_of(op: Op) -> Figure:
    """The operation and its derivative over the first argument."""
    function, held = _of_first(op)
    domain = float(op.domain[0][0]), float(op.domain[0][1])
    lines = {op.name: function, "derivative": autograd.grad(function)}
    return curve(lines, domain, title=f"{op.name}, {held}" if held else op.name, resolution=401)


def _of_first(op: Op) -> tuple[Callable[[Any], Any], str]:
    others: list[Any] = []
    words = []
    for index, (low, high) in enumerate(op.domain):
        letter = LETTERS[index]
        number = low + SHARES[index % 2] * (high - low)
        if index < op.vectors:
            others.append([low + share * (high - low) for share in SHARES])
            first, second = map(short, others[-1])
            words.append(f"{letter}2 = {second}" if index == 0 else f"{letter} = [{first}, {second}]")
        else:
            others.append(number)
            words += [f"{letter} = {short(number)}"] if index else []

    def function(x: Any) -> Any:
        first = [x, others[0][1]] if op.vectors else x
        return autograd.apply(op, first, *others[1:])

    return function, ", ".join(words)
