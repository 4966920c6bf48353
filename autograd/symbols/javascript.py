"""Print rules of the table as JavaScript, for pages that compute values and gradients by themselves.

Functions that JavaScript's `Math` lacks, or computes otherwise than the engine, are methods of the object
``elementary`` in ``autograd/stepper/assets/elementary.js``. A page must load that file before it runs this code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isinf, isnan
from operator import is_
from typing import Any

from autograd.core.ops import Op
from autograd.symbols.expressions import ATOM, COMPARISON, Printer, Symbol, is_comparison, is_symbolic
from autograd.symbols.sharing import in_statements, operands_first, with_no_flow_as

LONGEST = 200_000
"""Characters that the JavaScript of one operation may have."""

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
    return _JavaScript().whole(_written_out(expression))


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

    >>> from autograd.core.ops import TABLE
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
        left = LONGEST - len(forward)
        for slope in op.flat([rule(Symbol("out"), *arguments) for rule in op.partials]):
            if left < 0:
                break
            partials.append(_function(f"out, {parameters}", with_no_flow_as(Symbol("null"), slope)))
            left -= len(partials[-1])
    except Exception:  # a rule that is not meant for a vector of this length, such as an empty one
        return None
    return {"forward": forward, "partials": partials} if left >= 0 else None


def _function(parameters: str, expression: Any) -> str:
    """The source of a function; a part that is used more than once, or nested too deeply, gets a name first."""
    named, result = in_statements(_written_out(expression), _JavaScript(), "t")
    statements = "".join(f"const {name} = {text}; " for name, text in named)
    return f"({parameters}) => {{ {statements}return {result}; }}" if statements else f"({parameters}) => {result}"


def _written_out(expression: Any, known: Iterable[Any] = ()) -> Any:
    """The expression with rows that JavaScript has no function for replaced by their forward rules.

    Args:
        expression: the whole.
        known: parts of it that are written out already.
    """
    done: dict[int, Any] = {}

    def new(part: Any) -> Any:
        if isinstance(part, list | tuple):
            return [new(element) for element in part]
        return done.get(id(part), part)

    for part in operands_first(expression, map(id, known)):
        operands = tuple(map(new, part.operands))
        if isinstance(part.op, Op) and part.op.name not in PRIMITIVE:
            done[id(part)] = _written_out(part.op.forward(*operands), part.op.flat(operands))
        else:
            same = all(map(is_, operands, part.operands))
            done[id(part)] = part if same else Symbol(part.op, operands)
    return new(expression)
