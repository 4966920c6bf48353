"""Print the table of operations: for each row its value and its derivatives, as formulas taken from the rules.

>>> print(listing(["mul", "tanh"]))
operation  value    derivatives
---------  -------  --------------------
mul        x * y    d/dx = y; d/dy = x
tanh       tanh(x)  d/dx = 1 - out * out
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from autograd.core.ops import TABLE, Op
from autograd.core.row import find
from autograd.symbols import Symbol, is_symbolic
from autograd.symbols.expressions import short_text
from autograd.text.tables import table

LONGEST = 72  # in place of a longer formula, the reader is sent to the row itself
LETTERS = "xyzuvw"
IN_THE_ROW = "(see the row)"


class Line(NamedTuple):
    """One operation of the listing."""

    name: str
    value: str
    derivatives: tuple[str, ...]
    kinks: str = ""
    """Where a derivative jumps or does not exist, as an equation."""


def line_of(op: Op) -> Line:
    """The formulas of a row; in the derivatives, `out` is the value itself.

    A vector is shown with two elements.

    >>> line_of(TABLE["dot"])
    Line(name='dot', value='0 + x1 * y1 + x2 * y2', derivatives=('d/dx = [y1, y2]', 'd/dy = [x1, x2]'), kinks='')
    >>> line_of(TABLE["maximum"]).kinks
    'x = y'
    """
    letters = LETTERS[: op.arity]
    arguments: list[Any] = [
        [Symbol(f"{letter}1"), Symbol(f"{letter}2")] if index < op.vectors else Symbol(letter)
        for index, letter in enumerate(letters)
    ]
    call = f"{op.name}({', '.join(letters)})"
    if not is_symbolic(op):
        return Line(op.name, call, ("rules for numbers only",))
    value = short_text(op.forward(*arguments), LONGEST) or call
    partials = [rule(Symbol("out"), *arguments) for rule in op.partials]
    derivatives = tuple(_derivative(letter, partial) for letter, partial in zip(letters, partials, strict=True))
    return Line(op.name, value, derivatives, _kinks(op, arguments))


def _kinks(op: Op, arguments: list[Any]) -> str:
    """``x = y`` for the rule ``x - y``, and ``x = 0`` for the rule ``x``."""
    if op.kinks is None:
        return ""
    try:
        distance = op.kinks(*arguments)
    except Exception:  # a rule that runs on numbers only, which is all that tests and `kinks` need
        return IN_THE_ROW
    if not isinstance(distance, Symbol) or distance.op is TABLE["where"]:
        return IN_THE_ROW
    left, right = distance.operands if distance.op is TABLE["sub"] else (distance, 0.0)
    sides = short_text(left, LONGEST), short_text(right, LONGEST)
    equation = " = ".join(sides)
    return equation if all(sides) and len(equation) <= LONGEST else IN_THE_ROW


def _derivative(letter: str, partial: Any) -> str:
    """A derivative; of a vector the first element alone, if there is no room for two."""
    choices = [(letter, partial)]
    if isinstance(partial, list):
        choices.append((f"{letter}1", partial[0]))
    for name, formula in choices:
        if text := short_text(formula, LONGEST):
            return f"d/d{name} = {text}"
    return f"d/d{letter} = {IN_THE_ROW}"


def listing(names: Iterable[str] = (), *, markdown: bool = False) -> str:
    """Rows of the table, by default all of them, with their formulas.

    Args:
        names: of the rows.
        markdown: as a Markdown table instead of plain text, with a column of kinks.

    Raises:
        KeyError: if there is no row of a name.
    """
    lines = [line_of(op) for op in ([find(name) for name in names] or TABLE.values())]
    if markdown:
        cells = [
            (
                f"`{line.name}`",
                f"`{line.value}`",
                "<br>".join(f"`{x}`" for x in line.derivatives),
                f"`{line.kinks}`" if line.kinks else "",
            )
            for line in lines
        ]
        rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
        return "\n".join(["| operation | value | derivatives | kinks |", "| --- | --- | --- | --- |", *rows])
    body = [(line.name, line.value, "; ".join(line.derivatives)) for line in lines]
    return "\n".join(table([("operation", "value", "derivatives"), *body], align="<<<"))
