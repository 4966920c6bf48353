"""Build an expression by running a rule of the table on symbols, and print it as text or as Python.

Read `Symbol` first: an expression is a tree of them. `Printer` walks the tree and sets the brackets; a subclass for
each notation writes sums, choices and functions. Text for people and the Python that
`compiled_methods.py` runs are here, since every program needs them; the other notations have modules of their own.

    >>> out, x = symbols("out x")
    >>> derivative = TABLE["tanh"].partials[0](out, x)
    >>> to_text(derivative)
    '1 - out * out'
    >>> to_python(TABLE["relu"].forward(x))
    '(0.0 if x < 0.0 else x)'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import copysign

from autograd.core.ops import TABLE, Op, share_of_ties

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
        """The row `name` applied to these operands, as an expression; `elementary.atan2` and others dispatch here."""
        return Symbol(TABLE[name], operands)

    def where(self, if_true: Any, if_false: Any) -> Symbol:
        """One of two expressions, by this condition."""
        return Symbol(TABLE["where"], (self, if_true, if_false))

    def __getattr__(self, name: str) -> Callable[..., Symbol]:
        # elementary.exp(x) dispatches to x.exp().
        if name in TABLE:
            return lambda *others: Symbol(TABLE[name], (self, *others))
        raise AttributeError(f"a symbol has no {name!r}, and the table has no such operation")

    def __eq__(self, other: object) -> bool:
        raise TypeError("a rule may not ask for equality, which symbols cannot answer; write abs(x - y) <= 0")

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError(
            f"a rule may not branch on a number ({repr(self)[1:-1]}), since it also runs on symbols; "
            "choose with where(condition, if_true, if_false)"
        )

    def __repr__(self) -> str:
        return f"<{short_text(self, 1000) or 'a long expression'}>"


class Place(Symbol):
    """A place for a name, in an expression that is printed once for many names: its text is printed as it is."""

    __slots__ = ()


def symbols(names: str) -> tuple[Symbol, ...]:
    """Symbols of these names, separated by spaces."""
    return tuple(map(Symbol, names.split()))


def is_comparison(expression: Any) -> bool:
    """Whether this is a comparison, which is true or false rather than a number."""
    return isinstance(expression, Symbol) and isinstance(expression.op, str) and bool(expression.operands)


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
            if is_comparison(expression) or not isinstance(expression, Symbol | float | int):
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

ATOM = 9.0
"""How tightly a name or a function call binds: tighter than any operator."""
NEGATION, POWER = TABLE["neg"].precedence, TABLE["pow"].precedence
COMPARISON, CHOICE = 0.5, 0.2
MOST_PARTS = 100_000
"""Parts that an expression may have when it is written out."""
_TOO_LONG = "this expression is too long to be written out; print its parts, or compute with it instead"
COUNTED = "[]"
"""Around a condition, the Iverson bracket: 1 if the condition holds, else 0."""


class Printer:
    """Prints an expression with the brackets that precedence requires and no more.

    A notation is a subclass with a method for each kind of part. `written` returns the text and how tightly its
    outermost part binds.
    """

    folds = True
    """Whether known patterns are printed by a short name, such as sigmoid(x): see `folded`."""

    def __init__(self, most: float = MOST_PARTS) -> None:
        self.remaining = most
        """How many parts may still be written."""
        self.names: dict[int, str] = {}
        """The names of parts that have one, by the identity of the part: see `sharing.py`."""

    def whole(self, expression: Any) -> str:
        """The text of an expression.

        Raises:
            ValueError: if it has too many parts, or is nested too deeply.
        """
        try:
            return self.part(expression)
        except RecursionError:
            raise ValueError(_TOO_LONG) from None

    def number(self, number: float) -> str:
        """A number, with its sign."""
        return format_number(number)

    def name(self, name: str) -> str:
        """A name, as it was given."""
        return name

    def sign(self, op: Op) -> str:
        """The sign of an operation; "" for an operation that is written as a function."""
        return op.symbol

    def bracket(self, text: str) -> str:
        """A part in brackets."""
        return f"({text})"

    def sequence(self, parts: Sequence[str]) -> str:
        """A vector."""
        return "[" + ", ".join(parts) + "]"

    def prefix(self, sign: str, part: str) -> str:
        """A sign before its operand."""
        return sign + part

    def infix(self, left: str, sign: str, right: str) -> str:
        """A sign, or a comparison, between its operands."""
        return f"{left} {sign} {right}"

    def function(self, op: Op, parts: Sequence[str]) -> str:
        """An operation written as a function."""
        return f"{op.name}({', '.join(parts)})"

    def choice(self, condition: Any, if_true: Any, if_false: Any) -> tuple[str, float]:
        """One of two expressions, by a condition."""
        parts = self.part(if_true, COMPARISON), self.part(condition, COMPARISON), self.part(if_false, CHOICE)
        return "{} if {} else {}".format(*parts), CHOICE

    def operation(self, op: Op, operands: Sequence[Any]) -> tuple[str, float]:
        """A row applied to operands."""
        sign = self.sign(op)
        if not sign:
            return self.function(op, [self.part(operand) for operand in operands]), ATOM
        if len(operands) == 1:
            return self.prefix(sign, self.part(operands[0], op.precedence + 0.5)), op.precedence
        if op.name == "pow":
            return self.power(*operands), op.precedence
        return self.chain(op, operands)

    def power(self, base: Any, exponent: Any) -> str:
        """A power, which groups to the right; its exponent may start with a minus, as in ``x^-1``."""
        return f"{self.part(base, POWER + 1)}^{self.part(exponent, NEGATION)}"

    def chain(self, op: Op, operands: Sequence[Any]) -> tuple[str, float]:
        """Infix operations, grouped to the left. A loop, since the sum over a long vector is a deep tree."""
        links = []
        binds = op.precedence
        left: Any = Symbol(op, tuple(operands))
        while self.is_link(left) and left.op.precedence >= binds:
            links.append(left)
            left, binds = left.operands[0], left.op.precedence
        text = self.part(left, binds)
        for link in reversed(links):
            text = self.infix(text, self.sign(link.op), self.right(link.op, link.operands[1]))
        return text, op.precedence

    def is_link(self, expression: Any) -> bool:
        """Whether an expression is an infix operation, a link of a chain."""
        if not isinstance(expression, Symbol) or not isinstance(expression.op, Op) or len(expression.operands) != 2:
            return False
        if id(expression) in self.names:
            return False
        return expression.op.name != "pow" and bool(self.sign(expression.op))

    def right(self, op: Op, operand: Any) -> str:
        """The text of an operand to the right of a sign."""
        return self.part(operand, op.precedence + 1)

    def written(self, expression: Any) -> tuple[str, float]:
        """The text of an expression, and how tightly its outermost part binds."""
        self.remaining -= 1
        if self.remaining < 0:
            raise ValueError(_TOO_LONG)
        if id(expression) in self.names:
            return self.names[id(expression)], ATOM
        if isinstance(expression, list | tuple):
            return self.sequence([self.part(element) for element in expression]), ATOM
        if not isinstance(expression, Symbol):
            return self.number(float(expression)), ATOM if copysign(1.0, expression) > 0 else NEGATION
        if self.folds:
            expression = folded(expression)
        if isinstance(expression.op, Op):
            if expression.op.name == "where":
                return self.choice(*expression.operands)
            return self.operation(expression.op, expression.operands)
        if not expression.operands:
            return expression.op if isinstance(expression, Place) else self.name(expression.op), ATOM
        if expression.op == COUNTED:
            return self.sequence([self.part(expression.operands[0])]), ATOM
        left, right = expression.operands
        return self.infix(self.part(left, 1), expression.op, self.part(right, 1)), COMPARISON

    def part(self, expression: Any, at_least: float = 0.0) -> str:
        """The text of an expression, bracketed unless it binds as tightly as asked."""
        text, binds = self.written(expression)
        return text if binds >= at_least else self.bracket(text)


class PythonPrinter(Printer):
    """Prints Python."""

    folds = False

    def number(self, number: float) -> str:
        """A number, to the last bit."""
        return repr(number)

    def sign(self, op: Op) -> str:
        """The sign of an operation; a power is a function, since ``**`` of floats may raise or be complex."""
        return "" if op.name == "pow" else op.symbol

    def function(self, op: Op, parts: Sequence[str]) -> str:
        """A call."""
        return f"{'power' if op.name == 'pow' else op.name}({', '.join(parts)})"

    def choice(self, condition: Any, if_true: Any, if_false: Any) -> tuple[str, float]:
        """A choice, always in brackets, which are never wrong."""
        return f"({super().choice(condition, if_true, if_false)[0]})", ATOM


def choice_in(expression: Any) -> tuple[Any, ...] | None:
    """The condition and the two expressions of an expression printed as a choice; None for any other."""
    if not isinstance(expression, Symbol) or expression.op != TABLE["where"] or folded(expression) is not expression:
        return None
    return expression.operands


def folded(expression: Symbol) -> Symbol:
    """A known pattern under its short name, or else the expression itself.

    The numerically stable formula of `logistic` becomes sigmoid(x). The test of `share_of_ties`, whether an element
    equals the largest (nan equal to nan), becomes [x = out], which is 1 if the test holds and else 0.
    """
    argument, bound = expression.operands[0].operands if _has_comparison(expression) else (None, None)
    if isinstance(argument, Symbol) and _same(expression, TABLE["sigmoid"].forward(argument)):
        return Symbol(TABLE["sigmoid"], (argument,))
    inner = expression.operands[1] if argument is not None else None
    if isinstance(bound, Symbol) and argument is bound and isinstance(inner, Symbol) and _has_comparison(inner):
        element = inner.operands[0].operands[0]
        if _same(expression, share_of_ties(bound, [element])[0].operands[0].operands[0]):
            return Symbol(COUNTED, (Symbol("=", (element, bound)),))
    if expression.op == ">" and isinstance(expression.operands[0], Symbol):
        counted = folded(expression.operands[0])
        if counted.op == COUNTED and _same(expression.operands[1], 0):
            equality: Symbol = counted.operands[0]
            return equality
    return expression


def _has_comparison(expression: Symbol) -> bool:
    """Whether an expression is a choice by a comparison."""
    return expression.op == TABLE["where"] and is_comparison(expression.operands[0])


def _same(one: Any, other: Any) -> bool:
    """Whether two expressions are the same tree."""
    if not isinstance(one, Symbol) or not isinstance(other, Symbol):
        return one is other or (not isinstance(one, Symbol) and not isinstance(other, Symbol) and bool(one == other))
    if one is other:
        return True
    return one.op == other.op and bool(one.operands) and all(map(_same, one.operands, other.operands))


def to_text(expression: Any) -> str:
    """The expression as people write it on one line.

    >>> x, y = symbols("x y")
    >>> to_text((x + y) * 2 - x / (y * 3))
    '(x + y) * 2 - x / (y * 3)'
    >>> to_text(TABLE["softplus"].partials[0](Symbol("out"), x))
    'sigmoid(x)'

    Raises:
        ValueError: if it has more than 100,000 parts, or hundreds of functions within each other.
    """
    return Printer().whole(expression)


def short_text(expression: Any, longest: int) -> str:
    """The text of `to_text`, or "" if it has more than so many characters, without writing all of a long one.

    >>> x, y = symbols("x y")
    >>> short_text(x * y, 5), short_text(x * y, 4)
    ('x * y', '')
    """
    try:
        text = Printer(most=longest).whole(expression)  # a part has a character at least
    except ValueError:
        return ""
    return text if len(text) <= longest else ""


def to_python(expression: Any, most: float = MOST_PARTS) -> str:
    """The expression as Python source that gives IEEE 754 results, except that a division may raise.

    >>> x, y = symbols("x y")
    >>> to_python(-(x ** 2) / y)
    '-power(x, 2.0) / y'

    Args:
        expression: the whole.
        most: how many parts it may have.

    Raises:
        ValueError: if it has more.
    """
    return PythonPrinter(most).whole(expression)


def format_number(number: float, digits: int = 4) -> str:
    """A number to `digits` significant digits; -0, nan and inf as such.

    >>> [format_number(x) for x in (0.70710678, -6.0, 1e-9, -0.0, float("-inf"))]
    ['0.7071', '-6', '1e-09', '-0', '-inf']
    """
    return f"{float(number):.{digits}g}"
