"""Turn an expression that somebody typed, such as ``tanh(w*x + b)``, into a graph.

The text is parsed, never run: only numbers, names that were given a value, the operators + - * / ** and the
operations of the table are allowed, so text from anywhere is safe to pass.

    >>> parse("tanh(w*x + b)", {"w": -3.0, "x": 2.0, "b": 6.0})
    Value(data=0.0, grad=0.0)
    >>> parse("tanh(w*x + q)", {"w": -3.0, "x": 2.0})
    Traceback (most recent call last):
        ...
    autograd.text.parser.ExpressionError: 'q' has no value: add q=NUMBER
        tanh(w*x + q)
                   ^
"""

from __future__ import annotations

import ast
import keyword
import operator
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from autograd.core.engine import Value
from autograd.core.ops import TABLE
from autograd.core.row_functions import function

LONGEST = 10_000
"""Characters an expression may have."""
DEEPEST = 200
"""Levels of nesting an expression may have."""

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ADVICE: dict[type[ast.AST], str] = {
    ast.BitXor: "write a power as x**y",
    ast.Mod: "the operators are + - * / **",
    ast.FloorDiv: "the operators are + - * / **",
    ast.MatMult: "write dot([a, b], [c, d])",
    ast.Attribute: "write tanh(x), not x.tanh()",
    ast.IfExp: "write where(condition, a, b)",
    ast.Lambda: "an expression is made of numbers, names and operations",
}


class ExpressionError(ValueError):
    """Something in an expression that is not allowed, with the place it stands at."""

    def __init__(self, message: str, text: str = "", column: int = 0) -> None:
        if text:
            # A window around the place, since a long line would wrap and leave the caret under the wrong word.
            start = max(0, column - 60)
            shown = text[start : start + 78].replace("\n", " ").replace("\t", " ")
            message += f"\n    {shown}\n    {' ' * (column - start)}^"
        super().__init__(message)


def parse(text: str, values: Mapping[str, float]) -> Value:
    """The result of an expression, computed from leaves that are labeled with the names.

    Args:
        text: the expression.
        values: a number for each name in it.

    Raises:
        ExpressionError: for anything that is not such an expression.
    """
    return _Reader(text, values).result()


def parse_assignments(assignments: list[str]) -> dict[str, float]:
    """Values for names, from texts such as ``w=-3``.

    >>> parse_assignments(["w=-3", "b=6.88"])
    {'w': -3.0, 'b': 6.88}

    Raises:
        ExpressionError: for a text that is not ``name=number``, or a name given twice.
    """
    values: dict[str, float] = {}
    for assignment in assignments:
        name, equals, number = (part.strip() for part in assignment.partition("="))
        name = unicodedata.normalize("NFKC", name)  # as Python reads names
        if not equals:
            raise ExpressionError(f"expected NAME=NUMBER, such as x=2, got {assignment!r}")
        if not name.isidentifier() or keyword.iskeyword(name) or name in TABLE:
            why = "is an operation" if name in TABLE else "is not a name"
            raise ExpressionError(f"expected NAME=NUMBER, got {assignment!r}: {name!r} {why}")
        if name in values:
            raise ExpressionError(f"{name!r} was given two values; keep one of them")
        try:
            values[name] = float(number)
        except ValueError:
            raise ExpressionError(f"expected a number for {name!r}, such as {name}=2.5, got {number!r}") from None
    return values


class _Reader:
    def __init__(self, text: str, values: Mapping[str, float]) -> None:
        self.text = text
        self.leaves = {name: Value(number, label=name) for name, number in values.items()}
        self.used: set[str] = set()

    def result(self) -> Value:
        if len(self.text) > LONGEST:
            raise ExpressionError(
                f"the expression has {len(self.text)} characters, at most {LONGEST} are read; build it in Python"
            )
        try:
            with warnings.catch_warnings():  # such as "invalid decimal literal" of 1or
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text.strip(), mode="eval")
        except SyntaxError as error:
            column = min(max((error.offset or 1) - 1, 0), len(self.text.strip()))
            raise ExpressionError(f"this is not an expression: {error.msg}", self.text.strip(), column) from None
        except (RecursionError, MemoryError):
            raise self._too_deep(0) from None
        except ValueError as error:  # a NUL character
            raise ExpressionError(f"this is not an expression: {error}") from None
        self.text = self.text.strip()
        result = self.read(tree.body, 1)
        if unused := [name for name in self.leaves if name not in self.used]:
            raise ExpressionError(
                f"{unused[0]!r} has a value but is not in the expression {self.text}; check its spelling"
            )
        if isinstance(result, bool | list):
            kind = "a list" if isinstance(result, list) else "a comparison"
            raise ExpressionError(f"{self.text} is {kind}, not a number; there is nothing to differentiate")
        if not isinstance(result, Value):
            raise ExpressionError(f"the expression {self.text} has no names, so there is nothing to differentiate")
        return result

    def read(self, node: ast.expr, depth: int) -> Any:
        """The Value, number, list or truth value that a part of the expression stands for."""
        if depth > DEEPEST:
            raise self._too_deep(node.col_offset)
        match node:
            case ast.Constant(value=bool() | int() | float()):
                return self._number(node)
            case ast.Name():
                return self._name(node)
            case ast.BinOp() if type(node.op) in _OPERATORS:
                return self._chain(node, depth)
            case ast.UnaryOp() if type(node.op) in _OPERATORS:
                return self._apply(node, _OPERATORS[type(node.op)], self.read(node.operand, depth + 1))
            case ast.Compare(ops=[sign], comparators=[right]) if type(sign) in _OPERATORS:
                return self._apply(
                    node, _OPERATORS[type(sign)], self.read(node.left, depth + 1), self.read(right, depth + 1)
                )
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in TABLE:
                arguments = [self.read(argument, depth + 1) for argument in node.args]
                return self._apply(node, function(TABLE[name]), *arguments)
            case ast.List() | ast.Tuple():
                return [self.read(element, depth + 1) for element in node.elts]
        raise self._not_allowed(node)

    def _chain(self, node: ast.BinOp, depth: int) -> Any:
        # a + b + c + ... is a tree as deep as the sum is long. Walked in a loop, it does not count as deep nesting.
        links = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp) and type(first.op) in _OPERATORS:
            links.append(first)
            first = first.left
        result = self.read(first, depth + 1)
        for link in reversed(links):
            result = self._apply(link, _OPERATORS[type(link.op)], result, self.read(link.right, depth + 1))
        return result

    def _number(self, node: ast.Constant) -> float:
        try:
            return float(node.value)  # type: ignore[arg-type]
        except OverflowError:
            raise ExpressionError("this integer is too large for a float", self.text, node.col_offset) from None

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.leaves:
            self.used.add(node.id)
            return self.leaves[node.id]
        if node.id in TABLE:
            raise self._error(f"{node.id!r} is an operation: write {node.id}(...)", node)
        raise self._error(f"{node.id!r} has no value: add {node.id}=NUMBER", node)

    def _apply(self, node: ast.expr, operation: Callable[..., Any], *operands: Any) -> Any:
        try:
            if not isinstance(node, ast.Call):
                if any(isinstance(operand, list) for operand in operands):
                    raise ValueError("a list can only be passed to an operation on vectors, such as sum([a, b])")
                # True and False, from comparisons, are 1 and 0 in arithmetic.
                operands = tuple(float(x) if isinstance(x, bool) else x for x in operands)
                if all(isinstance(x, float) for x in operands) and isinstance(node, ast.BinOp | ast.UnaryOp):
                    # An operation on constants alone is computed by the table too, for its IEEE 754 results.
                    return operation(Value(operands[0]), *operands[1:]).data
            return operation(*operands)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self._error(str(error), node) from None

    def _not_allowed(self, node: ast.expr) -> ExpressionError:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.keywords:
                return self._error(f"{node.func.id} takes no named arguments", node)
            known = ", ".join(TABLE)
            return self._error(f"there is no operation {node.func.id!r}; there are {known}", node)
        kind: ast.AST = node
        if isinstance(node, ast.Call):
            kind = node.func
        if isinstance(node, ast.BinOp | ast.UnaryOp):
            kind = node.op
        what = ast.get_source_segment(self.text, node) or type(node).__name__
        what = what if len(what) <= 30 else what[:26] + " ..."
        advice = _ADVICE.get(type(kind), "an expression is made of numbers, names and operations")
        return self._error(f"{what!r} is not allowed here: {advice}", node)

    def _too_deep(self, column: int) -> ExpressionError:
        return ExpressionError(
            "the expression is nested too deeply, or too long, to be read; build it in Python instead",
            self.text,
            column,
        )

    def _error(self, message: str, node: ast.expr) -> ExpressionError:
        # col_offset counts UTF-8 bytes.
        column = len(self.text.encode()[: node.col_offset].decode(errors="ignore"))
        return ExpressionError(message, self.text, column)
