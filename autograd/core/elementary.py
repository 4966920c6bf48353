"""Elementary functions: the primitives that the rules in `ops.py` are written with.

Each one computes on plain floats, with the results IEEE 754 prescribes (``exp(1000)`` is ``inf``, ``log(-1)``
is ``nan``) where Python's `math` module raises. Given anything else, it dispatches to a method of that
operand: ``exp(v)`` becomes ``v.exp()``. That one convention is why a rule written once runs on floats, on
`Value`s (derivatives of derivatives) and on symbols (formulas and source code).

    >>> exp(1000.0), log(0.0), sqrt(-1.0)
    (inf, -inf, nan)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

inf = math.inf
nan = math.nan


class NoFlow(float):
    """The derivative by an operand that the result does not depend on: zero times any upstream gradient is zero.

    The upstream gradient at a branch not taken may be infinite, and infinity times an ordinary zero is nan.

    >>> NO_FLOW * inf
    0.0
    """

    __slots__ = ()

    def __mul__(self, other: Any) -> float:
        return 0.0

    __rmul__ = __mul__


NO_FLOW = NoFlow(0.0)


class _Start(float):
    """A float that `total` starts from; from the first addition on its sum is a plain float."""

    __slots__ = ()


# A subclass of _Start, so that for ``_Start + IEEEFloat`` Python calls ``IEEEFloat.__radd__``.
class IEEEFloat(_Start):
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

    def __mod__(self, other: Any) -> Any:
        return _modulo(self, other) if isinstance(other, float | int) else NotImplemented

    def __rmod__(self, other: Any) -> Any:
        return _modulo(other, self) if isinstance(other, float | int) else NotImplemented

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


def _modulo(x: float, y: float) -> IEEEFloat:
    return IEEEFloat(float(x) % float(y) if y != 0 else nan)


def _dispatch(name: str, x: Any) -> Any:
    """``x.exp()`` for an operand that is not exactly a float; the function of ``float(x)`` if it has no such method."""
    if isinstance(x, IEEEFloat):
        return IEEEFloat(_function(name)(float(x)))
    method = getattr(x, name, None)
    return _function(name)(float(x)) if method is None else method()


def _function(name: str) -> Callable[[Any], Any]:
    function: Callable[[Any], Any] = globals()["round_" if name == "round" else name]
    return function


def _elementary(
    name: str, function: Callable[[float], float], at_edge: Callable[[float], float]
) -> Callable[[Any], Any]:
    """A function of one number; `at_edge` gives the IEEE 754 result where `function` raises."""

    def call(x: Any) -> Any:
        if x.__class__ is float:
            try:
                return function(x)
            except (ValueError, OverflowError):
                return at_edge(x)
        return _dispatch(name, x)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`math.{name}` with IEEE 754 results; dispatches to ``x.{name}()`` unless x is a float."
    return call


def _nan(x: float) -> float:
    return nan


def _infinite(x: float) -> float:
    return inf


def _signed(x: float) -> float:
    return math.copysign(inf, x)


def _pole(at: float) -> Callable[[float], float]:
    return lambda x: -inf if x == at else nan


exp = _elementary("exp", math.exp, _infinite)
exp2 = _elementary("exp2", math.exp2, _infinite)
expm1 = _elementary("expm1", math.expm1, _infinite)
log = _elementary("log", math.log, _pole(0.0))
log2 = _elementary("log2", math.log2, _pole(0.0))
log10 = _elementary("log10", math.log10, _pole(0.0))
log1p = _elementary("log1p", math.log1p, _pole(-1.0))
sqrt = _elementary("sqrt", math.sqrt, _nan)
cbrt = _elementary("cbrt", math.cbrt, _nan)
sin = _elementary("sin", math.sin, _nan)
cos = _elementary("cos", math.cos, _nan)
tan = _elementary("tan", math.tan, _nan)
asin = _elementary("asin", math.asin, _nan)
acos = _elementary("acos", math.acos, _nan)
atan = _elementary("atan", math.atan, _nan)
sinh = _elementary("sinh", math.sinh, _signed)
cosh = _elementary("cosh", math.cosh, _infinite)
tanh = _elementary("tanh", math.tanh, _nan)
asinh = _elementary("asinh", math.asinh, _nan)
acosh = _elementary("acosh", math.acosh, _nan)
atanh = _elementary("atanh", math.atanh, lambda x: _signed(x) if abs(x) == 1 else nan)
erf = _elementary("erf", math.erf, _nan)
erfc = _elementary("erfc", math.erfc, _nan)


def _whole(function: Callable[[float], float]) -> Callable[[float], float]:
    """A rounding function that keeps infinities, nan and the sign of zero, as IEEE 754 has it."""
    return lambda x: math.copysign(float(function(x)), x) if math.isfinite(x) else x


floor = _elementary("floor", _whole(math.floor), _nan)
ceil = _elementary("ceil", _whole(math.ceil), _nan)
trunc = _elementary("trunc", _whole(math.trunc), _nan)
round_ = _elementary("round", _whole(round), _nan)


def _of_two(name: str, function: Callable[[float, float], float]) -> Callable[[Any, Any], Any]:
    """A function of two numbers; dispatches to ``operand.answer(name, x, y)`` if an operand has that method."""

    def call(x: Any, y: Any) -> Any:
        if x.__class__ is float and y.__class__ is float:
            return function(x, y)
        for operand in (x, y):
            if hasattr(operand, "answer"):
                return operand.answer(name, x, y)
        result = function(float(x), float(y))
        return IEEEFloat(result) if isinstance(x, IEEEFloat) or isinstance(y, IEEEFloat) else result

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`math.{name}`; dispatches to ``operand.answer({name!r}, x, y)`` if an operand has that method."
    return call


atan2 = _of_two("atan2", math.atan2)
hypot = _of_two("hypot", math.hypot)
copysign = _of_two("copysign", math.copysign)


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
    """``if_true`` if the condition holds, else ``if_false``: the only way a rule may branch.

    An ``if`` statement would run on floats but not on symbols, which have no truth value.
    """
    if condition is True:
        return if_true
    if condition is False:
        return if_false
    if hasattr(condition, "where"):
        return condition.where(if_true, if_false)
    return if_true if condition else if_false


# Whether Python's `sum` of floats corrects its rounding errors.
_SUM_IS_CORRECTED = sys.version_info >= (3, 12)


def total(xs: Iterable[Any], start: Any = 0.0) -> Any:
    """``start + x1 + x2 + ...``, rounded after each addition, from left to right.

    A node for a whole sum then has the number of the graph of additions that it stands for, to the last bit, and the
    same one on every version of Python. That holds for `sum` until 3.11; from 3.12 on it corrects its rounding errors
    where it starts from an int or a float, but not where it starts from a subclass of float. A sum of 784 products then
    takes 35 µs, with the correction 25, with `functools.reduce` 43, in a loop 47; one of 16 takes 0.8 µs in all these
    ways, with the correction 0.55. Until 3.11 the float itself is the faster start: 25 µs rather than 33.

    >>> total([1e16, 1.0, 1.0]), math.fsum([1e16, 1.0, 1.0])
    (1e+16, 1.0000000000000002e+16)
    """
    if _SUM_IS_CORRECTED and start.__class__ is float:
        result = sum(xs, _Start(start))
        return result if result.__class__ is not _Start else start  # there was nothing to add
    return sum(xs, start)
