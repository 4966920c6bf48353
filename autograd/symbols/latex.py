"""Print formulas in LaTeX, for MathJax, KaTeX and papers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from autograd.symbols.typeset import Case, FormulaPrinter

SIGNS = {"*": r"\cdot", "×": r"\times", "<=": r"\le", ">=": r"\ge", "!=": r"\ne", "%": r"\bmod", "<": "<", ">": ">"}
FENCES = {"|": ("|", "|"), "⌊": (r"\lfloor", r"\rfloor"), "⌈": (r"\lceil", r"\rceil"), "‖": (r"\|", r"\|")}
FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}
"""Functions that LaTeX has a command for."""
# Characters with a meaning in LaTeX or in the HTML around it, as commands of math mode that print them.
ESCAPES = {sign: "\\" + sign for sign in "_{}$%#&"}
ESCAPES |= {"\\": r"\backslash{}", "^": r"\hat{\ }", "~": r"\sim{}", "<": "{<}", ">": "{>}", "`": r"\text{‘}"}
TALL = (r"\frac", r"\begin", r"\sqrt", "^")


class _Latex(FormulaPrinter):
    minus = "-"

    def letters(self, name: str) -> str:
        if name == "∞":
            return r"\infty"
        return name if len(name) == 1 and name != "_" else rf"\mathrm{{{name}}}".replace("_", r"\_")

    def digits(self, digits: str) -> str:
        return digits

    def text(self, text: str) -> str:
        printable = "".join(c if c.isprintable() else "�" for c in text)
        runs = ((special, "".join(run)) for special, run in groupby(printable, lambda c: c in ESCAPES))
        return "{" + "".join(_escape(run) if special else rf"\text{{{run}}}" for special, run in runs) + "}"

    def function_name(self, name: str) -> str:
        return "\\" + name if name in FUNCTIONS else rf"\operatorname{{{name}}}".replace("_", r"\_")

    def called(self, name: str, argument: str) -> str:
        return name + argument

    def subscript(self, base: str, index: str) -> str:
        return f"{base}_{{{index}}}"

    def superscript(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}" if base.isalnum() else f"{{{base}}}^{{{exponent}}}"

    def fraction(self, numerator: str, denominator: str) -> str:
        return rf"\frac{{{numerator}}}{{{denominator}}}"

    def root(self, piece: str, degree: str) -> str:
        return rf"\sqrt[{degree}]{{{piece}}}" if degree else rf"\sqrt{{{piece}}}"

    def fence(self, left: str, piece: str, right: str) -> str:
        left, right = FENCES.get(left, (left, right))
        if any(tall in piece for tall in TALL):
            return rf"\left{left} {piece} \right{right}"
        return f"{left} {piece} {right}" if left[0] == "\\" else f"{left}{piece}{right}"

    def separated(self, parts: Sequence[str]) -> str:
        return ", ".join(parts)

    def prefix(self, sign: str, part: str) -> str:
        return _sign(sign) + part

    def infix(self, left: str, sign: str, right: str) -> str:
        return f"{left} {_sign(sign)} {right}"

    def both(self, one: str, other: str) -> str:
        return rf"{one} \text{{ and }} {other}"

    def cases(self, cases: Sequence[Case]) -> str:
        rows = [
            rf"{value} & \text{{if }} {given}" if given else rf"{value} & \text{{otherwise}}" for value, given in cases
        ]
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _sign(sign: str) -> str:
    return SIGNS.get(sign) or _escape(sign)


def _escape(text: str) -> str:
    return "".join(ESCAPES.get(c, c) for c in text)


def to_latex(expression: Any) -> str:
    r"""The expression in LaTeX, for math mode.

    Names of several letters are upright, digits at the end of a name are a subscript, and any other name is set as
    text, so that no label can be a command.

    >>> from autograd.symbols import symbols
    >>> x1, loss = symbols("x1 loss")
    >>> print(to_latex(-(x1 ** 2) / loss))
    \frac{-{x_{1}}^{2}}{\mathrm{loss}}
    """
    return _Latex().whole(expression)
