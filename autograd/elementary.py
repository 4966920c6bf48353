"""Elementary functions: the primitives that the rules in `ops.py` are written with.

Each one computes on plain floats, with the results IEEE 754 prescribes (``exp(1000)`` is ``inf``, ``log(-1)``
is ``nan``) where Python's `math` module raises. Given anything else, it asks that operand to answer for
itself: ``exp(v)`` becomes ``v.exp()``. That one convention is why a rule written once runs on floats, on
`Value`s (derivatives of derivatives) and on symbols (formulas and source code).

    >>> exp(1000.0), log(0.0), sqrt(-1.0)
    (inf, -inf, nan)
"""

from __future__ import annotations

import math
from typing import Any

inf = math.inf
nan = math.nan


class NoFlow(float):
    """A derivative of zero where nothing flows at all, whatever comes from above.

    The gradient that reaches a branch not taken may be infinite. Times an ordinary zero that would be nan; times
    this it is zero.

    >>> NO_FLOW * inf
    0.0
    """

    __slots__ = ()

    def __mul__(self, other: Any) -> float:
        return 0.0

    __rmul__ = __mul__


NO_FLOW = NoFlow(0.0)


class IEEEFloat(float):
    """A float whose division by zero gives ``inf`` or ``nan`` instead of an exception.

    A rule such as ``1 / y`` should read as it does in a calculus book, yet Python raises at ``y = 0``. Rules
    therefore run on ordinary floats first, and only when that raises once more on these (`Op.value`).
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return _careful(float.__add__(self, other))

    def __sub__(self, other: Any) -> Any:
        return _careful(float.__sub__(self, other))

    def __rsub__(self, other: Any) -> Any:
        return _careful(float.__rsub__(self, other))

    def __mul__(self, other: Any) -> Any:
        return _careful(float.__mul__(self, other))

    def __truediv__(self, other: Any) -> Any:
        return _divide(self, other) if isinstance(other, float | int) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return _divide(other, self) if isinstance(other, float | int) else NotImplemented

    def __pow__(self, other: Any, modulo: None = None) -> Any:
        return power(self, other) if isinstance(other, float | int) else NotImplemented

    def __rpow__(self, other: Any, modulo: None = None) -> Any:
        return power(other, self) if isinstance(other, float | int) else NotImplemented

    def __neg__(self) -> Any:
        return IEEEFloat(float.__neg__(self))

    def __abs__(self) -> Any:
        return IEEEFloat(float.__abs__(self))

    __radd__ = __add__
    __rmul__ = __mul__


def _careful(result: Any) -> Any:
    return result if result is NotImplemented else IEEEFloat(result)


def _divide(x: float, y: float) -> IEEEFloat:
    if y != 0:
        return IEEEFloat(float(x) / float(y))
    if x != x or x == 0:
        return IEEEFloat(nan)
    return IEEEFloat(math.copysign(inf, x) * math.copysign(1.0, y))


def _ask(name: str, x: Any) -> Any:
    """Let an operand that is not exactly a float answer for itself."""
    if isinstance(x, IEEEFloat):
        return IEEEFloat(globals()[name](float(x)))
    answer = getattr(x, name, None)
    return globals()[name](float(x)) if answer is None else answer()


def exp(x: Any) -> Any:
    """Exponential; ``inf`` where it overflows."""
    if x.__class__ is float:
        try:
            return math.exp(x)
        except OverflowError:
            return inf
    return _ask("exp", x)


def log(x: Any) -> Any:
    """Natural logarithm; ``-inf`` at 0 and ``nan`` below."""
    if x.__class__ is float:
        if x > 0:
            return math.log(x)
        return -inf if x == 0 else nan
    return _ask("log", x)


def sqrt(x: Any) -> Any:
    """Square root; ``nan`` below 0."""
    if x.__class__ is float:
        return math.sqrt(x) if x >= 0 else nan
    return _ask("sqrt", x)


def sin(x: Any) -> Any:
    """Sine of an angle in radians; ``nan`` at infinity."""
    if x.__class__ is float:
        return math.sin(x) if math.isfinite(x) else nan
    return _ask("sin", x)


def cos(x: Any) -> Any:
    """Cosine of an angle in radians; ``nan`` at infinity."""
    if x.__class__ is float:
        return math.cos(x) if math.isfinite(x) else nan
    return _ask("cos", x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    if x.__class__ is float:
        return math.tanh(x)
    return _ask("tanh", x)


def power(x: Any, y: Any) -> Any:
    """``x**y`` as C's ``pow``: never complex, never an exception."""
    if x.__class__ is float and y.__class__ is float:
        try:
            return math.pow(x, y)
        except OverflowError:
            return -inf if x < 0 and y % 2 == 1 else inf
        except ValueError:
            if x != 0:  # a negative base to a fractional exponent
                return nan
            return math.copysign(inf, x) if y % 2 == 1 else inf
    if isinstance(x, float | int) and isinstance(y, float | int):
        result: float = power(float(x), float(y))
        return IEEEFloat(result) if isinstance(x, IEEEFloat) or isinstance(y, IEEEFloat) else result
    return x**y


def where(condition: Any, if_true: Any, if_false: Any) -> Any:
    """``if_true`` where the condition holds, else ``if_false``: the only way a rule may choose.

    An ``if`` statement would run on floats but not on symbols, which have no truth value.
    """
    if condition is True:
        return if_true
    if condition is False:
        return if_false
    if hasattr(condition, "where"):
        return condition.where(if_true, if_false)
    return if_true if condition else if_false
