"""How many units in the last place each operation is off, against mpmath with 120 digits.

    python tests/accuracy.py           prints a table: worst error of the value and of each derivative

Points are drawn over many orders of magnitude, near zeros, branch points and the ends of the domain.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from typing import Any

import mpmath

from autograd import TABLE, Op

mp = mpmath.mp.clone()
mp.dps = 120

# The same functions, from mpmath.
EXACT: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": mp.power,
    "neg": lambda x: -x,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "sqrt": mp.sqrt,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "exp": mp.exp,
    "exp2": lambda x: mp.power(2, x),
    "expm1": mp.expm1,
    "log": mp.log,
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "log1p": mp.log1p,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "atan2": mp.atan2,
    "hypot": mp.hypot,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "logsigmoid": lambda x: -mp.log1p(mp.exp(-x)),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
}

# Where to draw operands: (from, to) in powers of ten, and whether negative ones too.
RANGES: dict[str, tuple[float, float, bool]] = {
    "exp": (-8, 2.8, True),
    "exp2": (-8, 3, True),
    "expm1": (-8, 1.5, True),
    "sinh": (-8, 2.8, True),
    "cosh": (-8, 2.8, True),
    "asin": (-8, -1e-9, True),
    "acos": (-8, -1e-9, True),
    "atanh": (-8, -1e-9, True),
    "acosh": (0.4, 8, False),
    "log": (-300, 300, False),
    "log2": (-300, 300, False),
    "log10": (-300, 300, False),
    "log1p": (-8, 8, False),
    "sqrt": (-300, 300, False),
    "pow": (-2, 2, False),
    "erf": (-8, 0.7, True),
    "erfc": (-8, 0.7, True),
    "gelu": (-8, 1.3, True),
    "sin": (-8, 8, True),
    "cos": (-8, 8, True),
    "tan": (-8, 8, True),
    "sigmoid": (-8, 2.8, True),
    "silu": (-8, 2.8, True),
    "softplus": (-8, 2.8, True),
    "logsigmoid": (-8, 2.8, True),
    "tanh": (-8, 2.8, True),
}


def points(op: Op, count: int) -> list[list[float]]:
    """Points of an operation, the same at each call."""
    generator = random.Random(op.name)
    low, high, signed = RANGES.get(op.name, (-8, 8, True))

    def draw() -> float:
        # The factor, because the logarithm of a power of 10 alone would be a float by construction.
        size = 10 ** (generator.uniform(low, high)) * generator.uniform(0.5, 1)
        return -size if signed and generator.random() < 0.5 else size

    return [[draw() for _ in op.partials] for _ in range(count)]


def ulps(ours: float, exact: Any) -> float:
    """The distance of a number from the exact one in units of its last place."""
    nearest = float(exact)
    if math.isinf(nearest) or abs(nearest) < sys.float_info.min:
        return 0.0 if ours == nearest or abs(ours - nearest) < sys.float_info.min else math.inf
    return float(abs(mp.mpf(ours) - exact) / mp.mpf(math.ulp(nearest)))


def derivative(exact: Callable[..., Any], index: int, point: list[Any]) -> Any:
    """A partial derivative by central differences with a step so small that all digits of a float are right."""
    h = abs(point[index]) * mp.mpf(10) ** -18
    above, below = list(point), list(point)
    above[index] += h
    below[index] -= h
    return mp.re(exact(*above) - exact(*below)) / (2 * h)


def errors(op: Op, count: int = 300) -> tuple[float, float]:
    """The worst errors, in ulps, of the value and of a partial derivative."""
    exact = EXACT[op.name]
    worst_value = worst_slope = 0.0
    for point in points(op, count):
        exactly = [mp.mpf(x) for x in point]
        value = op.value(*point)
        worst_value = max(worst_value, ulps(value, exact(*exactly)))
        for index in range(op.arity):
            slope = op.partial(index, value, *point)
            worst_slope = max(worst_slope, ulps(slope, derivative(exact, index, exactly)))
    return worst_value, worst_slope


def main() -> None:
    print(f"{'operation':12}{'value':>12}{'derivative':>14}   worst error in units in the last place, 300 points")
    for name in EXACT:
        value, slope = errors(TABLE[name])
        print(f"{name:12}{value:12.2f}{slope:14.3g}")


if __name__ == "__main__":
    main()
