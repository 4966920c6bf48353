"""Print an expression as statements in which a part that is used more than once is computed once.

A loop in a rule, such as ten of Newton's steps, gives an expression of a few dozen parts that would be millions if each
were written out wherever it is used.

    >>> from autograd.symbols import symbols
    >>> from autograd.symbols.expressions import Printer
    >>> (x,) = symbols("x")
    >>> y = x * x + 1
    >>> in_statements(y / (y + 3), Printer(), "t")
    ([('t0', 'x * x + 1')], 't0 / (t0 + 3)')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from autograd.core.elementary import NoFlow
from autograd.core.ops import TABLE
from autograd.symbols.expressions import Printer, Symbol

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

DEEPEST = 40
"""Levels of nesting after which a part gets a name of its own."""


def in_statements(expression: Any, printer: Printer, prefix: str) -> tuple[list[tuple[str, str]], str]:
    """The parts that get a name, each with its text, in the order to compute them; and the text of the whole.

    A part gets a name if it is used more than once, or is nested deeply.

    Args:
        expression: what is printed.
        printer: prints each part; it is for this expression only.
        prefix: what the names begin with; their numbers follow.
    """
    order = operands_first(expression)
    uses = Counter(id(operand) for part in order for operand in part.operands)
    depths: dict[int, int] = {}
    named: list[tuple[str, str]] = []
    for part in order:
        depths[id(part)] = 1 + max((depths.get(id(operand), 0) for operand in part.operands), default=-1)
        if part.operands and part is not expression and (uses[id(part)] > 1 or depths[id(part)] >= DEEPEST):
            name = f"{prefix}{len(named)}"
            named.append((name, printer.part(part)))
            printer.names[id(part)] = name
            depths[id(part)] = 0
    return named, printer.part(expression)


def operands_first(expression: Any, known: Iterable[int] = ()) -> list[Symbol]:
    """Every part of an expression once, after its operands. A loop, since a sum over a vector is nested deeply.

    Args:
        expression: the whole.
        known: the identities of parts to leave out, with all that is in them.
    """
    order: list[Symbol] = []
    seen = set(known)
    stack = [(expression, False)]
    while stack:
        part, is_ready = stack.pop()
        if isinstance(part, list | tuple):
            stack += [(element, False) for element in part]
        elif is_ready:
            order.append(part)
        elif isinstance(part, Symbol) and id(part) not in seen:
            seen.add(id(part))
            stack.append((part, True))
            stack += [(operand, False) for operand in reversed(part.operands)]
    return order


def with_no_flow_as(nothing: Symbol, partial: Any) -> Any:
    """A local derivative with `nothing` in place of NO_FLOW, which may be it or a branch of a choice."""
    done: dict[int, Any] = {}

    def new(part: Any) -> Any:
        if isinstance(part, NoFlow):
            return nothing
        if not isinstance(part, Symbol) or part.op is not TABLE["where"]:
            return part
        if id(part) not in done:
            condition, if_true, if_false = part.operands
            done[id(part)] = Symbol(part.op, (condition, new(if_true), new(if_false)))
        return done[id(part)]

    return new(partial)
