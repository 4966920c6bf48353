"""Compute the derivative of a row by its own rules, and by the complex step."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence

from autograd.core.number import whole_number
from autograd.core.ops import Op


def gradient(op: Op, operands: Sequence[float]) -> list[float]:
    """The partial derivatives of a row with respect to each of its operands, vectors laid end to end.

    >>> from autograd import TABLE
    >>> gradient(TABLE["dot"], [1.0, 2.0, 3.0, 4.0])
    [3.0, 4.0, 1.0, 2.0]
    """
    _, partials = op.linearized(*op.grouped(operands))
    return [float(x) + 0.0 for x in op.flat(partials)]


def argument_of(op: Op, operands: Sequence[float], index: int) -> tuple[int, int | None]:
    """Which argument of a row an operand belongs to, and its place in that vector; None for a number.

    >>> from autograd import TABLE
    >>> argument_of(TABLE["affine"], [1.0, 2.0, 3.0, 4.0, 5.0], 3), argument_of(TABLE["mul"], [1.0, 2.0], 1)
    ((1, 1), (1, None))
    """
    length = (len(operands) - op.arity + op.vectors) // op.vectors if op.vectors else 0
    scalar = index - op.vectors * length
    return (index // length, index % length) if scalar < 0 else (scalar + op.vectors, None)


def complex_step(op: Op, operands: Sequence[float], index: int) -> float | None:
    """The partial derivative Im f(x + ih) / h, exact to rounding.

    None if the forward rule takes no complex numbers, and close to underflow.

    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998) 110-112.

    >>> from autograd import TABLE
    >>> complex_step(TABLE["sin"], [0.0], 0)
    1.0
    """
    index = whole_number("index", index, 0, len(operands) - 1)
    h = 1e-20 * abs(operands[index]) or 1e-200  # of both the square is nothing beside 1
    if any(0 < abs(x) < 1e-100 for x in operands):  # products with h would underflow
        return None
    numbers = [_Complex(x, h if i == index else 0.0) for i, x in enumerate(operands)]
    try:
        result = op.forward(*op.grouped(numbers))
    except (TypeError, AttributeError):
        return None
    return result.imag / h if isinstance(result, _Complex) else 0.0


_IN_CMATH: dict[str, Callable[[complex], complex]] = {
    "exp2": lambda z: cmath.exp(z * math.log(2.0)),
    "expm1": lambda z: cmath.exp(z) - 1,
    "log1p": lambda z: cmath.log(1 + z),
    "log2": lambda z: cmath.log(z) / math.log(2.0),
}


class _Complex(complex):
    """A complex number with the methods that `elementary` dispatches to. Comparisons compare real parts."""

    __abs__ = None  # type: ignore[assignment]  # not analytic

    def __getattr__(self, name: str) -> Callable[[], _Complex]:
        elementary = _IN_CMATH.get(name) or getattr(cmath, name)
        return lambda: _Complex(elementary(self))


def _arithmetic(name: str) -> Callable[..., _Complex]:
    return lambda *numbers: _Complex(getattr(complex, name)(*map(complex, numbers)))


def _comparison(name: str) -> Callable[..., bool]:
    return lambda *numbers: bool(getattr(float, name)(*(complex(x).real for x in numbers)))


for _method in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg"):
    setattr(_Complex, f"__{_method}__", _arithmetic(f"__{_method}__"))
for _method in ("lt", "le", "gt", "ge"):
    setattr(_Complex, f"__{_method}__", _comparison(f"__{_method}__"))
