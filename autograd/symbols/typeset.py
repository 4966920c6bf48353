"""Lay out an expression as a formula, for LaTeX and MathML alike: fractions, exponents, roots, bars and cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import copysign
from typing import Any

from autograd.core.ops import TABLE, Op
from autograd.symbols.expressions import (
    ATOM,
    CHOICE,
    NEGATION,
    POWER,
    Printer,
    Symbol,
    choice_in,
    format_number,
    is_comparison,
)

FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "norm": ("‖", "‖")}
"""Functions that are written as signs around their argument."""
BASES = {"log2": "2", "log10": "10"}
"""Logarithms that are written with their base."""
FRACTION = (NEGATION + POWER) / 2  # a fraction needs brackets only as the base of a power

PRODUCT = float(TABLE["mul"].precedence)

Case = tuple[str, str]
"""A value and the condition under which it holds, "" in the last case."""


class FormulaPrinter(Printer):
    """A `Printer` with mathematical layout; a notation is a subclass that writes the pieces.

    A piece is a run of names and signs that may stand beside other pieces. Where a piece has to be kept together, as
    a numerator has, the notation groups it.
    """

    minus: str
    """What a piece with a sign in front starts with."""

    def letters(self, name: str) -> str:
        """The name of a variable, without subscript."""
        raise NotImplementedError

    def digits(self, digits: str) -> str:
        """The digits of a number."""
        raise NotImplementedError

    def text(self, text: str) -> str:
        """A name that is no identifier, such as a label of several words."""
        raise NotImplementedError

    def function_name(self, name: str) -> str:
        """The name of a function, without subscript."""
        raise NotImplementedError

    def called(self, name: str, argument: str) -> str:
        """The piece of a function's name before its argument in brackets."""
        raise NotImplementedError

    def subscript(self, base: str, index: str) -> str:
        """A piece with another below."""
        raise NotImplementedError

    def superscript(self, base: str, exponent: str) -> str:
        """A piece with another above."""
        raise NotImplementedError

    def fraction(self, numerator: str, denominator: str) -> str:
        """One piece over another."""
        raise NotImplementedError

    def root(self, piece: str, degree: str) -> str:
        """A root, the square root if the degree is ""."""
        raise NotImplementedError

    def fence(self, left: str, piece: str, right: str) -> str:
        """A piece between two signs that grow with it."""
        raise NotImplementedError

    def separated(self, parts: Sequence[str]) -> str:
        """Pieces with commas between them."""
        raise NotImplementedError

    def both(self, one: str, other: str) -> str:
        """Two conditions, both of which must hold."""
        raise NotImplementedError

    def cases(self, cases: Sequence[Case]) -> str:
        """Cases below each other, after a brace."""
        raise NotImplementedError

    # ------------------------------------------------------------------ the layout, made of these pieces

    def bracket(self, text: str) -> str:
        """A piece in round brackets."""
        return self.fence("(", text, ")")

    def sequence(self, parts: Sequence[str]) -> str:
        """A vector."""
        return self.fence("[", self.separated(parts), "]")

    def name(self, name: str) -> str:
        """A name; digits at its end are a subscript."""
        if not name.isidentifier():
            return self.text(name)
        stem = name.rstrip("0123456789")
        index = name[len(stem) :]
        stem = stem.rstrip("_")
        if not index or not stem:
            return self.letters(name)
        return self.subscript(self.letters(stem), self.digits(index))

    def number(self, number: float) -> str:
        """A number to four digits; one in scientific notation as a power of ten."""
        text = super().number(abs(number))
        mantissa, _, exponent = text.partition("e")
        piece = self.digits(mantissa) if mantissa[0].isdigit() else self.letters(mantissa.replace("inf", "∞"))
        if exponent:
            power = self.superscript(self.digits("10"), self._whole(int(exponent)))
            piece = power if mantissa == "1" else self.infix(piece, "×", power)
        return self.prefix("-", piece) if copysign(1.0, number) < 0 else piece

    def _whole(self, number: int) -> str:
        return self.prefix("-", self.digits(str(-number))) if number < 0 else self.digits(str(number))

    def written(self, expression: Any) -> tuple[str, float]:
        """The piece of an expression, and how tightly its outermost part binds; 2 × 10^3 binds as the product it is."""
        piece, binds = super().written(expression)
        return piece, min(binds, _binding_of_number(expression))

    def sign(self, op: Op) -> str:
        """The sign of an operation; a fraction has none."""
        return "" if op.name == "div" else super().sign(op)

    def right(self, op: Op, operand: Any) -> str:
        """The piece of an operand to the right of a sign, which no other sign may follow: ``a - (-b)``."""
        piece, binds = self.written(operand)
        is_factor = op.name == "mul" and _binding_of_number(operand) == PRODUCT  # x · 2 × 10^3
        needs_brackets = (binds <= op.precedence and not is_factor) or piece.startswith(self.minus)
        return self.bracket(piece) if needs_brackets else piece

    def operation(self, op: Op, operands: Sequence[Any]) -> tuple[str, float]:
        """A row applied to operands."""
        match op.name:
            case "div":
                return self.ratio(*operands), FRACTION
            case "reciprocal":
                return self.ratio(1.0, operands[0]), FRACTION
            case "square":
                return self.power(operands[0], 2.0), POWER
            case "sqrt":
                return self.root(self.part(*operands), ""), ATOM
            case "cbrt":
                return self.root(self.part(*operands), self.digits("3")), ATOM
            case name if name in FENCES:
                left, right = FENCES[name]
                elements = operands[0] if isinstance(operands[0], list | tuple) else operands
                return self.fence(left, self.separated([self.part(x) for x in elements]), right), ATOM
        return super().operation(op, operands)

    def power(self, base: Any, exponent: Any) -> str:
        """A base with a raised exponent."""
        return self.superscript(self.part(base, POWER + 1), self.part(exponent))

    def ratio(self, numerator: Any, denominator: Any) -> str:
        """A fraction; ``x / y / z`` is one fraction, x over y z."""
        denominators = [denominator]
        while isinstance(numerator, Symbol) and numerator.op == TABLE["div"]:
            numerator, denominator = numerator.operands
            denominators.insert(0, denominator)
        product = denominators[0]
        for factor in denominators[1:]:
            product = Symbol(TABLE["mul"], (product, factor))
        return self.fraction(self.part(numerator), self.part(product))

    def function(self, op: Op, parts: Sequence[str]) -> str:
        """An operation written as a function."""
        base = BASES.get(op.name)
        name = self.subscript(self.function_name("log"), self.digits(base)) if base else self.function_name(op.name)
        return self.called(name, self.bracket(self.separated(parts)))

    def choice(self, condition: Any, if_true: Any, if_false: Any) -> tuple[str, float]:
        """Cases; a choice within a choice adds further cases."""
        cases = list(self.cases_of(if_true, if_false, condition))
        while len(cases) > 2 and cases[-2][0] == cases[-1][0]:
            del cases[-2]
        return self.cases(cases), CHOICE

    def cases_of(self, if_true: Any, if_false: Any, condition: Any, given: str = "") -> Iterator[Case]:
        """The cases of a choice, in the order in which they are tried; `given` is when the choice is reached at all."""
        holds = self.condition(condition)
        for expression, under in ((if_true, self.both(given, holds) if given else holds), (if_false, given)):
            inner = choice_in(expression)
            if inner is None:
                yield self.part(expression), under
            else:
                yield from self.cases_of(inner[1], inner[2], inner[0], under)

    def condition(self, condition: Any) -> str:
        """A condition; a number x stands for the condition x != 0."""
        if is_comparison(condition):
            return self.part(condition)
        return self.infix(self.part(condition, 1), "!=", self.digits("0"))


def _binding_of_number(expression: Any) -> float:
    """How tightly a number in scientific notation binds: as a product, or as a power of ten alone; else as an atom."""
    text = format_number(expression) if isinstance(expression, float | int) else ""
    if "e" not in text:
        return ATOM
    return POWER if text.lstrip("-").startswith("1e") else PRODUCT
