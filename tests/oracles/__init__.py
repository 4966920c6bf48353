"""Independent ways to the same numbers, written without the engine.

None of these uses a partial derivative of the table: they differentiate forward rules numerically, or count
paths through a graph naively.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any


class Complex:
    """A complex number that answers for itself, so that a forward rule of the table runs on it."""

    def __init__(self, z: complex) -> None:
        self.z = complex(z)

    @staticmethod
    def _of(other: Any) -> complex:
        return other.z if isinstance(other, Complex) else complex(other)

    def __add__(self, other: Any) -> Complex:
        return Complex(self.z + self._of(other))

    def __sub__(self, other: Any) -> Complex:
        return Complex(self.z - self._of(other))

    def __rsub__(self, other: Any) -> Complex:
        return Complex(self._of(other) - self.z)

    def __mul__(self, other: Any) -> Complex:
        return Complex(self.z * self._of(other))

    def __truediv__(self, other: Any) -> Complex:
        return Complex(self.z / self._of(other))

    def __rtruediv__(self, other: Any) -> Complex:
        return Complex(self._of(other) / self.z)

    def __pow__(self, other: Any) -> Complex:
        return Complex(self.z ** self._of(other))

    def __rpow__(self, other: Any) -> Complex:
        return Complex(self._of(other) ** self.z)

    def __neg__(self) -> Complex:
        return Complex(-self.z)

    def __ge__(self, other: Any) -> bool:
        return self.z.real >= self._of(other).real

    def __gt__(self, other: Any) -> bool:
        return self.z.real > self._of(other).real

    __radd__, __rmul__ = __add__, __mul__

    def __getattr__(self, name: str) -> Callable[[], Complex]:
        function = COMPLEX_FUNCTIONS.get(name) or getattr(cmath, name)
        return lambda: Complex(function(self.z))


# What cmath lacks.
COMPLEX_FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "exp2": lambda z: cmath.exp(z * math.log(2)),
    "expm1": lambda z: cmath.exp(z) - 1,
    "log2": lambda z: cmath.log(z) / math.log(2),
    "log1p": lambda z: cmath.log(1 + z),
}


def complex_step(function: Callable[..., Any], index: int, point: list[float]) -> float:
    """The partial derivative Im f(x + ih) / h, exact to rounding for an analytic function.

    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998) 110-112.
    """
    h = 1e-200
    arguments = [Complex(complex(x, h if i == index else 0.0)) for i, x in enumerate(point)]
    result = function(*arguments)
    return result.z.imag / h if isinstance(result, Complex) else 0.0


def central_difference(function: Callable[..., float], index: int, point: list[float], h: float = 1e-4) -> float:
    """The partial derivative by central differences, extrapolated to h = 0 from h and h/2 (Richardson)."""

    def slope(step: float) -> float:
        above, below = list(point), list(point)
        above[index] += step
        below[index] -= step
        return (function(*above) - function(*below)) / (above[index] - below[index])

    return (4 * slope(h / 2) - slope(h)) / 3


class PathNode:
    """A node of a graph kept as plain data: a number, and (parent, slope) for each edge, in order."""

    def __init__(self, data: float, edges: list[tuple[PathNode, float]] | None = None) -> None:
        self.data = data
        self.edges = edges or []


def sum_over_paths(root: PathNode, leaf: PathNode) -> float:
    """d(root)/d(leaf) as the definition has it: over every path, the product of the slopes on it, all summed."""
    if root is leaf:
        return 1.0
    return math.fsum(slope * sum_over_paths(parent, leaf) for parent, slope in root.edges)
