"""Symbols: what the rules of the table give when they are fed letters instead of numbers.

A rule is run on `Symbol` operands and gives an expression, which is then printed: as text for people, as
Python source for the compiler in `specialize.py`.

    >>> from autograd.ops import TABLE
    >>> out, x = symbols("out x")
    >>> derivative = TABLE["tanh"].partials[0](out, x)
    >>> to_text(derivative)
    '1 - out * out'
    >>> to_python(TABLE["relu"].forward(x))
    '(0.0 if x < 0.0 else x)'
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from autograd.ops import TABLE, Op

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

COMPARISONS = ("<", "<=", ">", ">=")


class Symbol:
    """A name, or an operation applied to symbols and numbers.

    Args:
        op: a name, a comparison sign, or the row of the table that is applied.
        operands: what it is applied to.
    """

    __slots__ = ("op", "operands")

    def __init__(self, op: str | Op, operands: tuple[Any, ...] = ()) -> None:
        self.op = op
        self.operands = operands

    def apply_op(self, op: Op, *operands: Any) -> Symbol:
        """The row applied to these operands, as an expression."""
        return Symbol(op, operands)

    def answer(self, name: str, *operands: Any) -> Symbol:
        """The operation of that name on these operands, one of which is this, as an expression."""
        return Symbol(TABLE[name], operands)

    def where(self, if_true: Any, if_false: Any) -> Symbol:
        """One of two expressions, by this condition."""
        return Symbol(TABLE["where"], (self, if_true, if_false))

    def __getattr__(self, name: str) -> Callable[..., Symbol]:
        # x.exp(), as the elementary functions ask for it.
        if name in TABLE:
            return lambda *others: Symbol(TABLE[name], (self, *others))
        raise AttributeError(f"a symbol has no {name!r}, and the table has no such operation")

    def __eq__(self, other: object) -> bool:
        raise TypeError("a rule may not ask for equality, which symbols cannot answer; write abs(x - y) <= 0")

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError(
            f"a rule may not branch on a number ({to_text(self)}), since it also runs on symbols; "
            "choose with where(condition, if_true, if_false)"
        )

    def __repr__(self) -> str:
        return f"<{to_text(self)}>"


def symbols(names: str) -> tuple[Symbol, ...]:
    """Symbols of these names, separated by spaces."""
    return tuple(map(Symbol, names.split()))


@cache
def is_symbolic(op: Op) -> bool:
    """Whether the rules of a row run on symbols, and so on Values: whether it has formulas and higher derivatives.

    They do unless they use functions for numbers only, such as `math.exp`, or branch with ``if``.

    >>> is_symbolic(TABLE["tanh"])
    True
    """
    try:
        arguments = [symbols("a b") if index < op.vectors else Symbol("a") for index in range(op.arity)]
        parts = [op.forward(*arguments), *(rule(Symbol("out"), *arguments) for rule in op.partials)]
    except Exception:
        return False
    for part in parts:
        for expression in part if isinstance(part, list | tuple) else [part]:
            is_comparison = isinstance(expression, Symbol) and isinstance(expression.op, str) and expression.operands
            if is_comparison or not isinstance(expression, Symbol | float | int):
                return False
    return True


def _operator(name: str, reflected: bool = False) -> Callable[..., Symbol]:
    op = TABLE[name]

    def method(self: Symbol, *others: Any) -> Symbol:
        return Symbol(op, (*others, self) if reflected else (self, *others))

    return method


def _comparison(sign: str) -> Callable[[Symbol, Any], Symbol]:
    return lambda self, other: Symbol(sign, (self, other))


for _name in ("add", "sub", "mul", "truediv", "mod", "pow"):
    _row = {"truediv": "div", "mod": "remainder"}.get(_name, _name)
    setattr(Symbol, f"__{_name}__", _operator(_row))
    setattr(Symbol, f"__r{_name}__", _operator(_row, reflected=True))
for _name in ("neg", "abs"):
    setattr(Symbol, f"__{_name}__", _operator(_name))
for _name, _sign in zip(("lt", "le", "gt", "ge"), COMPARISONS, strict=True):
    setattr(Symbol, f"__{_name}__", _comparison(_sign))

# ---------------------------------------------------------------------- printers

_ATOM = 9  # binds tighter than any operator
_COMPARISON, _CHOICE = 0.5, 0.2


def to_text(expression: Any) -> str:
    """The expression as people write it on one line.

    >>> x, y = symbols("x y")
    >>> to_text((x + y) * 2 - x / (y * 3))
    '(x + y) * 2 - x / (y * 3)'
    """
    return _print(expression, format_number, {"**": "^"})[0]


def to_python(expression: Any) -> str:
    """The expression as Python source that gives IEEE 754 results, except that a division may raise.

    >>> x, y = symbols("x y")
    >>> to_python(-(x ** 2) / y)
    '-power(x, 2.0) / y'
    """
    return _print(expression, lambda number: repr(float(number)), {"**": None})[0]


def format_number(number: float, digits: int = 4) -> str:
    """A number to so many significant digits, a minus zero and nan and inf shown as they are.

    >>> [format_number(x) for x in (0.70710678, -6.0, 1e-9, -0.0, float("-inf"))]
    ['0.7071', '-6', '1e-09', '-0', '-inf']
    """
    return f"{float(number):.{digits}g}"


def _print(expression: Any, number: Callable[[float], str], spelling: dict[str, str | None]) -> tuple[str, float]:
    """The text of an expression, and how tightly its outermost part binds."""
    if not isinstance(expression, Symbol):
        if isinstance(expression, list | tuple):
            return "[" + ", ".join(_print(x, number, spelling)[0] for x in expression) + "]", _ATOM
        text = number(expression)
        return text, _ATOM if text[0] != "-" else TABLE["neg"].precedence
    head = expression.op
    if isinstance(head, str) and not expression.operands:
        return head, _ATOM

    def part(index: int, at_least: float) -> str:
        text, binds = _print(expression.operands[index], number, spelling)
        return text if binds >= at_least else f"({text})"

    if isinstance(head, str):
        return f"{part(0, 1)} {head} {part(1, 1)}", _COMPARISON
    if head.name == "where":
        choice = f"{part(1, _COMPARISON)} if {part(0, _COMPARISON)} else {part(2, _CHOICE)}"
        # Python's choice is always bracketed: it is read by a machine, which does not mind.
        return (f"({choice})", _ATOM) if None in spelling.values() else (choice, _CHOICE)
    symbol = spelling.get(head.symbol, head.symbol)
    if not symbol:
        name = "power" if head.name == "pow" else head.name
        arguments = ", ".join(part(index, 0) for index in range(len(expression.operands)))
        return f"{name}({arguments})", _ATOM
    binds = head.precedence
    if len(expression.operands) == 1:
        return symbol + part(0, binds), binds
    space = "" if symbol == "^" else " "
    # Left to right, except for powers, which group to the right and take a minus there: x^-1.
    left, right = (binds + 1, TABLE["neg"].precedence) if symbol == "^" else (binds, binds + 1)
    return f"{part(0, left)}{space}{symbol}{space}{part(1, right)}", binds


__all__ = ["Symbol", "format_number", "is_symbolic", "symbols", "to_python", "to_text"]
