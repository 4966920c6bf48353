"""Print rules of the table as JavaScript, for pages that compute values and gradients by themselves.

Functions that JavaScript's `Math` lacks, or computes otherwise than the engine, are methods of the object
``elementary`` in ``autograd/stepper/assets/elementary.js``. A page must load that file before it runs this code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import isinf, isnan
from operator import is_
from typing import Any

from autograd.core.elementary import NoFlow
from autograd.core.ops import TABLE, Op
from autograd.symbols.expressions import ATOM, COMPARISON, Printer, Symbol, is_comparison, is_symbolic

LONGEST = 200_000
"""Characters that the JavaScript of one operation may have."""
DEEPEST = 40
"""Levels of nesting after which a part gets a name of its own."""

SIGNS = {"add", "sub", "mul", "div", "neg"}
IN_MATH = {
    *("exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "hypot", "abs", "floor", "ceil", "trunc"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
}
"""Rows that a function of `Math` computes, special points included."""
IN_ELEMENTARY = {"pow", "remainder", "round", "copysign", "exp2", "erf", "erfc"}
"""Rows that a function of elementary.js computes."""
PRIMITIVE = SIGNS | IN_MATH | IN_ELEMENTARY | {"where"}


class _JavaScript(Printer):
    folds = False

    def __init__(self) -> None:
        self.names: dict[int, str] = {}  # of parts that have one, by the identity of the part

    def number(self, number: float) -> str:
        if isnan(number):
            return "NaN"
        return f"{'-' * (number < 0)}Infinity" if isinf(number) else repr(number).removesuffix(".0")

    def name(self, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z_]\w*(\[\d+\])?", name, re.ASCII):
            raise ValueError(f"a name in JavaScript is made of letters, digits and _, got {name!r}; rename the symbol")
        return name

    def sign(self, op: Op) -> str:
        return op.symbol if op.name in SIGNS else ""

    def function(self, op: Op, parts: Sequence[str]) -> str:
        return f"{'Math' if op.name in IN_MATH else 'elementary'}.{op.name}({', '.join(parts)})"

    def choice(self, condition: Any, if_true: Any, if_false: Any) -> tuple[str, float]:
        if not is_comparison(condition):
            # In Python zero is the only false number; in JavaScript NaN is false as well.
            chosen = f"{self.part(condition, 1)} !== 0"
        else:
            chosen = self.part(condition, COMPARISON)
        return f"({chosen} ? {self.part(if_true, COMPARISON)} : {self.part(if_false, COMPARISON)})", ATOM

    def is_link(self, expression: Any) -> bool:
        return id(expression) not in self.names and super().is_link(expression)

    def written(self, expression: Any) -> tuple[str, float]:
        name = self.names.get(id(expression))
        return (name, ATOM) if name else super().written(expression)


def to_javascript(expression: Any) -> str:
    """The expression as a JavaScript expression, with the results of IEEE 754.

    Rows that neither `Math` nor elementary.js has are written out by their forward rules.

    >>> from autograd.symbols import symbols
    >>> x, y = symbols("x y")
    >>> to_javascript((x > 0).where(x ** y, -(x % y)))
    '(x > 0 ? elementary.pow(x, y) : -elementary.remainder(x, y))'

    Raises:
        ValueError: for a name that is none in JavaScript.
    """
    return _JavaScript().part(_written_out(expression))


def javascript_of(op: Op, lengths: Sequence[int]) -> dict[str, Any] | None:
    """The rules of a row as JavaScript functions of flat operands: vectors laid end to end, then the scalars.

    Args:
        op: the row.
        lengths: the length of each argument, 1 for a scalar.

    Returns:
        ``{"forward": ..., "partials": [...]}``: the source of a function of the operands, and for each operand the
        source of a function of the result and the operands. A partial returns null for NO_FLOW;
        ``elementary.product(upstream, null)`` is 0 even if upstream is infinite. None if the rules run on numbers
        only, or if the functions for vectors of these lengths would be too long for a page.

    Raises:
        ValueError: for lengths that do not fit the row.

    >>> javascript_of(TABLE["relu"], [1])
    {'forward': '(a0) => (a0 < 0 ? 0 : a0)', 'partials': ['(out, a0) => (a0 <= 0 ? null : 1)']}
    >>> javascript_of(TABLE["dot"], [2, 2])["partials"]
    ['(out, ...a) => a[2]', '(out, ...a) => a[3]', '(out, ...a) => a[0]', '(out, ...a) => a[1]']
    """
    wanted = [lengths[0] if op.vectors and lengths else 1] * op.vectors + [1] * (op.arity - op.vectors)
    if list(lengths) != wanted:
        raise ValueError(
            f"{op.name} takes {op.arity} arguments, the first {op.vectors} of them vectors of one length, "
            f"got the lengths {list(lengths)}; give one length per argument, 1 for a scalar"
        )
    if not is_symbolic(op):
        return None
    names = [f"a[{i}]" if op.vectors else f"a{i}" for i in range(sum(lengths))]
    parameters = "...a" if op.vectors else ", ".join(names)
    arguments = op.grouped([Symbol(name) for name in names])
    try:
        forward = _function(parameters, op.forward(*arguments))
        partials: list[str] = []
        length = len(forward)
        for slope in op.flat([rule(Symbol("out"), *arguments) for rule in op.partials]):
            if length > LONGEST:
                return None
            partials.append(_function(f"out, {parameters}", _flow(slope)))
            length += len(partials[-1])
    except Exception:  # a rule that is not meant for a vector of this length, such as an empty one
        return None
    return {"forward": forward, "partials": partials}


def _function(parameters: str, expression: Any) -> str:
    """The source of a function; a part that is used more than once, or nested too deeply, gets a name first."""
    expression = _written_out(expression)
    order = _operands_first(expression)
    uses = Counter(id(operand) for part in order for operand in part.operands)
    printer = _JavaScript()
    depths: dict[int, int] = {}
    statements = ""
    for part in order:
        depths[id(part)] = 1 + max((depths.get(id(operand), 0) for operand in part.operands), default=-1)
        if part.operands and part is not expression and (uses[id(part)] > 1 or depths[id(part)] >= DEEPEST):
            name = f"t{len(printer.names)}"
            statements += f"const {name} = {printer.part(part)}; "
            printer.names[id(part)] = name
            depths[id(part)] = 0
    result = printer.part(expression)
    return f"({parameters}) => {{ {statements}return {result}; }}" if statements else f"({parameters}) => {result}"


def _flow(slope: Any) -> Any:
    """A local derivative with null in place of NO_FLOW."""
    if isinstance(slope, NoFlow):
        return Symbol("null")
    if isinstance(slope, Symbol) and slope.op == TABLE["where"]:
        condition, if_true, if_false = slope.operands
        return Symbol(slope.op, (condition, _flow(if_true), _flow(if_false)))
    return slope


def _written_out(expression: Any) -> Any:
    """The expression with rows that JavaScript has no function for replaced by their forward rules."""
    done: dict[int, Any] = {}

    def new(part: Any) -> Any:
        if isinstance(part, list | tuple):
            return [new(element) for element in part]
        return done[id(part)] if isinstance(part, Symbol) else part

    for part in _operands_first(expression):
        operands = tuple(map(new, part.operands))
        if isinstance(part.op, Op) and part.op.name not in PRIMITIVE:
            done[id(part)] = _written_out(part.op.forward(*operands))
        else:
            same = all(map(is_, operands, part.operands))
            done[id(part)] = part if same else Symbol(part.op, operands)
    return new(expression)


def _operands_first(expression: Any) -> list[Symbol]:
    """Every part of an expression once, after its operands. A loop, since a sum over a vector is nested deeply."""
    order: list[Symbol] = []
    seen: set[int] = set()
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
