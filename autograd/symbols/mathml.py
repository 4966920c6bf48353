"""Print formulas in MathML, which browsers show without any library.

Presentation MathML as in MathML Core: https://www.w3.org/TR/mathml-core/
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from autograd.symbols.typeset import Case, FormulaPrinter

SIGNS = {"*": "⋅", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠", "%": "mod"}
LEFT = ' style="text-align: left"'  # cells are centered otherwise


class _MathML(FormulaPrinter):
    minus = "<mrow><mo>−</mo>"

    def letters(self, name: str) -> str:
        return f"<mi>{_escape(name)}</mi>"

    def digits(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def text(self, text: str) -> str:
        return f"<mtext>{_escape(text)}</mtext>"

    def function_name(self, name: str) -> str:
        return self.letters(name)

    def called(self, name: str, argument: str) -> str:
        return f"<mrow>{name}<mo>\u2061</mo>{argument}</mrow>"  # FUNCTION APPLICATION, which is invisible

    def subscript(self, base: str, index: str) -> str:
        return f"<msub>{base}{_row(index)}</msub>"

    def superscript(self, base: str, exponent: str) -> str:
        return f"<msup>{_row(base)}{_row(exponent)}</msup>"

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"<mfrac>{_row(numerator)}{_row(denominator)}</mfrac>"

    def root(self, piece: str, degree: str) -> str:
        return f"<mroot>{_row(piece)}{degree}</mroot>" if degree else f"<msqrt>{piece}</msqrt>"

    def fence(self, left: str, piece: str, right: str) -> str:
        return f"<mrow><mo>{left}</mo>{piece}<mo>{right}</mo></mrow>"

    def separated(self, parts: Sequence[str]) -> str:
        return "<mo>,</mo>".join(parts)

    def prefix(self, sign: str, part: str) -> str:
        return _row(f"<mo>{_escape(SIGNS.get(sign, sign))}</mo>{part}")

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"{left}<mo>{_escape(SIGNS.get(sign, sign))}</mo>{right}"

    def both(self, one: str, other: str) -> str:
        return f"{one}<mo>and</mo>{other}"

    def cases(self, cases: Sequence[Case]) -> str:
        rows = ""
        for value, given in cases:
            condition = f"<mo>if</mo>{given}" if given else "<mo>otherwise</mo>"
            rows += f"<mtr><mtd{LEFT}>{_row(value)}</mtd><mtd{LEFT}>{_row(condition)}</mtd></mtr>"
        return f"<mrow><mo>{{</mo><mtable>{rows}</mtable></mrow>"


def _row(pieces: str) -> str:
    return f"<mrow>{pieces}</mrow>"


def _escape(text: str) -> str:
    # XML does not allow control characters or half of a surrogate pair.
    return escape("".join(c if c.isprintable() else "�" for c in text))


def to_mathml(expression: Any) -> str:
    """The expression in MathML, as an element for a page.

    Names are escaped; digits at the end of a name are a subscript.

    >>> from autograd.symbols import symbols
    >>> x1, y = symbols("x1 y")
    >>> to_mathml(x1 * y)
    '<math displaystyle="true"><msub><mi>x</mi><mrow><mn>1</mn></mrow></msub><mo>⋅</mo><mi>y</mi></math>'
    """
    return f'<math displaystyle="true">{inner_mathml(expression)}</math>'


def inner_mathml(expression: Any) -> str:
    """The expression in MathML as it stands within another one, without the element around it."""
    return _MathML().whole(expression)
