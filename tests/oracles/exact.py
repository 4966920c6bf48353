"""What a row of the table is, to hundreds of digits: its value, its derivatives, and how much they are magnified.

A row is computed by an independent formula of `FORMULAS` where there is one, else by mpmath's function of the same
name, else by its own forward rule, run on numbers of mpmath. A new row therefore needs nothing here. Derivatives are
differences of that, never a partial derivative of the table.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import mpmath

from autograd import Op

mp = mpmath.mp.clone()
mp.dps = 400

BEYOND = mp.mpf(10) ** 400
"""A number beyond all floats."""


@lru_cache(maxsize=100)  # a difference changes one element of a vector
def exp(x: Any) -> Any:
    return mp.exp(x)


def logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def normal_probability(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def normal_density(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def dot(xs: Any, ys: Any) -> Any:
    return mp.fsum(x * y for x, y in zip(xs, ys, strict=True))


def sizes_of(xs: Any) -> Any:
    return mp.fsum(xs, absolute=True)


def variance(xs: Any, correction: Any) -> Any:
    # By the mean of the squares, which cancels: an independent formula, and there are digits enough.
    n = len(xs)
    return (mp.fsum(xs, squared=True) - mp.fsum(xs) ** 2 / n) / (n - correction)


# Of rows that mpmath has no function for, or another one by that name.
FORMULAS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "remainder": lambda x, y: x - y * mp.floor(x / y),
    "pow": mp.power,
    "neg": lambda x: -x,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "exp2": lambda x: mp.power(2, x),
    "log2": lambda x: mp.log(x, 2),
    "sinc": mp.sincpi,
    "deg2rad": lambda x: x * mp.pi / 180,
    "rad2deg": lambda x: x * 180 / mp.pi,
    "sigmoid": logistic,
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "logsigmoid": lambda x: -mp.log1p(mp.exp(-x)),
    "silu": lambda x: x * logistic(x),
    "gelu": lambda x: x * normal_probability(x),
    "relu": lambda x: max(x, mp.zero),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * mp.expm1(x),
    "hardsigmoid": lambda x: min(max(x + 3, mp.zero), mp.mpf(6)) / 6,
    "hardtanh": lambda x, low, high: min(max(x, low), high),
    "clamp": lambda x, low, high: min(max(x, low), high),
    "abs": abs,
    "copysign": lambda x, y: abs(x) * mp.sign(y),
    "maximum": max,
    "minimum": min,
    "where": lambda condition, x, y: x if condition else y,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "round": mp.nint,
    "sum": mp.fsum,
    "mean": lambda xs: mp.fsum(xs) / len(xs),
    "dot": dot,
    "affine": lambda ws, xs, b: dot(ws, xs) + b,
    "prod": mp.fprod,
    "max": max,
    "min": min,
    "logsumexp": lambda xs: mp.log(mp.fsum(map(exp, xs))),
    "var": variance,
    "std": lambda xs, correction: mp.sqrt(variance(xs, correction)),
    "norm": lambda xs: mp.sqrt(mp.fsum(xs, squared=True)),
}


# ---------------------------------------------------------------------- a forward rule on numbers of mpmath


class Precise:
    """A number of mpmath that the elementary functions dispatch to, so that a forward rule runs on it.

    Constants of the rule stay what they are, floats.
    """

    def __init__(self, x: Any) -> None:
        self.x = mp.convert(x)

    def __getattr__(self, name: str) -> Callable[[], Precise]:
        function = FUNCTIONS.get(name) or getattr(mp, name)
        return lambda: Precise(function(self.x))

    def answer(self, name: str, x: Any, y: Any) -> Precise:
        function = FORMULAS.get(name) or getattr(mp, name)
        return Precise(function(plain(x), plain(y)))

    def where(self, if_true: Any, if_false: Any) -> Any:
        return if_true if self.x else if_false

    def __neg__(self) -> Precise:
        return Precise(-self.x)

    def __abs__(self) -> Precise:
        return Precise(abs(self.x))


# What mpmath lacks, or has otherwise: its cube root of a negative number is complex.
FUNCTIONS = {name: FORMULAS[name] for name in ("cbrt", "exp2", "log2", "trunc", "round")}


def plain(x: Any) -> Any:
    """A number of mpmath."""
    return x.x if isinstance(x, Precise) else mp.convert(x)


def _arithmetic(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Precise]:
    return lambda x, y: Precise(function(plain(x), plain(y)))


def _comparison(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda x, y: bool(function(mp.re(plain(x)), mp.re(plain(y))))


for _name, _function in {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "pow": mp.power,
    "mod": FORMULAS["remainder"],
}.items():
    setattr(Precise, f"__{_name}__", _arithmetic(_function))
    setattr(Precise, f"__r{_name}__", _arithmetic(lambda x, y, f=_function: f(y, x)))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Precise, f"__{_name}__", _comparison(getattr(operator, _name)))


# ---------------------------------------------------------------------- the function that a row is


def exact(op: Op) -> Callable[..., Any]:
    """The row as a function of numbers of mpmath, lists of them for vectors."""
    return FORMULAS.get(op.name) or _of_mpmath(op) or _by_its_rule(op)


def source(op: Op) -> str:
    """Where `exact` has a row from, for messages."""
    if op.name in FORMULAS:
        return f"its formula in FORMULAS of {Path(__file__).name}"
    return f"mpmath's {op.name}" if _of_mpmath(op) else "its own rule with 400 digits"


def _of_mpmath(op: Op) -> Callable[..., Any] | None:
    function: Callable[..., Any] | None = getattr(mp, op.name, None)
    return function if callable(function) and not op.vectors else None


def _by_its_rule(op: Op) -> Callable[..., Any]:
    def function(*arguments: Any) -> Any:
        return plain(op.forward(*([*map(Precise, x)] if isinstance(x, list) else Precise(x) for x in arguments)))

    return function


# ---------------------------------------------------------------------- its derivatives


def difference(function: Callable[[Any], Any], x: Any) -> Any:
    """A derivative by central differences.

    The step is 24 orders of magnitude smaller than the gap between floats, so that neither a branch point nor a kink
    is near. Differences lose the digits that the step costs and those by which a derivative is smaller than the value,
    300 at most; of 400, more than a float has are left.
    """
    h = (abs(x) or 1) * mp.mpf(10) ** -40
    return (function(x + h) - function(x - h)) / (2 * h)


def derivative(op: Op, operands: list[Any], *places: int) -> Any:
    """The derivative by operands, one after the other, given by their places; vectors are laid end to end.

    Without a place it is the value.
    """
    if not places:
        return exact(op)(*op.grouped(operands))
    first, *others = places
    return difference(
        lambda x: derivative(op, [*operands[:first], x, *operands[first + 1 :]], *others), operands[first]
    )


def derivatives(op: Op, index: int, exactly: list[Any]) -> list[Any]:
    """The partial derivative with respect to an argument: one number, or one for each element of a vector."""
    operands = op.flat(exactly)
    return [derivative(op, operands, place) for place in places_of(op, index, operands)]


def places_of(op: Op, index: int, operands: list[Any]) -> range:
    """Where the operands of an argument lie among all."""
    length = (len(operands) - op.arity) // op.vectors + 1 if op.vectors else 1
    if index < op.vectors:
        return range(index * length, (index + 1) * length)
    place = op.vectors * length + index - op.vectors
    return range(place, place + 1)


def is_exact(op: Op, point: list[float], places: tuple[int, ...], ours: float) -> bool:
    """Whether a number is the exact value of a row on numbers, or its derivative by the operands at `places`.

    At infinity that is the limit, for which 1e400 stands. On a kink, at nan, or where the row is not real, nothing is
    exact: there conventions decide.
    """
    if any(map(math.isnan, [*point, ours])) or op.is_on_kink(point):
        return False

    with mp.workdps(2000):  # digits enough for differences of differences, of numbers as far apart as 1 and 1e400
        operands = [mp.mpf(x) if math.isfinite(x) else BEYOND * mp.sign(x) for x in point]
        try:
            value, right = derivative(op, operands), derivative(op, operands, *places)
        except (ArithmeticError, ValueError):
            return False
        if mp.im(value) != 0 or mp.im(right) != 0:
            return False
        # As close as `agree` in test_conventions.py asks.
        right = mp.re(right)
        return bool(ours == float(right) or abs(ours - right) <= max(1e-9 * abs(right), 2e-323))
