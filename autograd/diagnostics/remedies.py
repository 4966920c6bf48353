"""Look up what to do about a NaN or an infinity, by operation.

There are two tables, for the forward and for the backward pass, keyed by the name of the operation. A general list
covers an operation that is not in them, such as one that was registered by a program. To give such a row advice of
its own, write ``FORWARD["cube_root"] = [Remedy(...)]``.

    >>> advice("log", FORWARD, [0.0]).cause
    'the logarithm of 0 is -inf'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Remedy(NamedTuple):
    """A situation in which an operation goes wrong, and the way out."""

    applies: Callable[..., bool]
    """Whether the situation is this one, from the operands as numbers, vectors laid end to end."""
    cause: str
    advice: str


_LOG = (
    "keep the argument above 0, as in log(clamp(x, min=1e-12)); a logarithm of softmax is log_softmax, one of sigmoid"
)
_OF_LOG = f"{_LOG} is -softplus(-x): both are exact where the plain composition is not"
_OVERFLOW = (
    "exp overflows above 709: subtract the maximum first, as logsumexp and softmax do; 1 / (1 + exp(-x)) is "
    "sigmoid(x), and log(1 + exp(x)) is softplus(x)"
)
_GROWING = (
    "values grow from step to step: try a smaller learning rate, normalised inputs, a smaller initialisation, or "
    "gradient clipping"
)
_DENOMINATOR = "keep the denominator away from 0, as in x / (y + 1e-12) for a y that is never negative"
_UNDER_ROOT = "add a small eps under the root, as in sqrt(x + 1e-12); for a length use norm, whose slope at 0 is 0"
_DOUBLE_WHERE = (
    "choosing the result with where comes too late, for the branch that is not taken is computed as well: choose "
    "the operand first, as in sqrt(where(x > 0, x, 1.0))"
)
_INSIDE = "keep the operand inside with clamp"


def _finite(*numbers: float) -> bool:
    return all(map(math.isfinite, numbers))


def _zero_times_infinity(*numbers: float) -> bool:
    return 0.0 in numbers and any(map(math.isinf, numbers))


def _opposite_infinities(*numbers: float) -> bool:
    return any(map(math.isinf, numbers))


_logarithm = [
    Remedy(lambda x: x == 0, "the logarithm of 0 is -inf", _OF_LOG),
    Remedy(lambda x: x < 0, "the logarithm of a negative number is nan", _OF_LOG),
]
_exponential = [Remedy(lambda x: math.isfinite(x), "the exponential of a large number overflows to inf", _OVERFLOW)]
_products = [
    Remedy(
        _zero_times_infinity,
        "0 * inf has no value",
        "keep the infinite factor finite; to leave something out, choose it away with where instead of "
        "multiplying it by 0",
    ),
    Remedy(_finite, "the product is too large for a float (1.8e308)", _GROWING),
]
_sums = [
    Remedy(
        _opposite_infinities,
        "inf - inf has no value",
        "keep both finite: subtract the maximum before an exp, as logsumexp does",
    ),
    Remedy(_finite, "the sum is too large for a float (1.8e308)", _GROWING),
]
_quotient = [
    Remedy(lambda x, y: x == 0 == y, "0 / 0 has no value", _DENOMINATOR),
    Remedy(lambda x, y: y == 0, "division by zero", _DENOMINATOR),
    Remedy(lambda x, y: math.isinf(x) and math.isinf(y), "inf / inf has no value", _OVERFLOW),
    Remedy(lambda x, y: _finite(x, y), "the quotient is too large for a float: a tiny denominator", _DENOMINATOR),
]
_arc = [Remedy(lambda x: abs(x) > 1, "its argument must lie between -1 and 1", f"{_INSIDE}(x, -1.0, 1.0)")]

FORWARD: dict[str, Sequence[Remedy]] = {
    **dict.fromkeys(("log", "log2", "log10"), _logarithm),
    "log1p": [Remedy(lambda x: x <= -1, "log1p(x) is log(1 + x), here of 0 or a negative number", _OF_LOG)],
    **dict.fromkeys(("exp", "exp2", "expm1", "sinh", "cosh"), _exponential),
    **dict.fromkeys(("div", "remainder"), _quotient),
    "reciprocal": [Remedy(lambda x: x == 0, "division by zero", _DENOMINATOR)],
    "sqrt": [
        Remedy(
            lambda x: x < 0,
            "the square root of a negative number is nan",
            f"a small negative number is often rounding: sqrt(clamp(x, min=0.0)); {_DOUBLE_WHERE}",
        )
    ],
    "pow": [
        Remedy(lambda x, y: x == 0 > y, "0 to a negative power is a division by zero", _DENOMINATOR),
        Remedy(
            lambda x, y: x < 0 and y % 1 != 0,
            "a negative number to a fractional power is nan",
            "take the power of abs(x) or of clamp(x, min=0.0); write the exponent as an int if it is one",
        ),
        Remedy(lambda x, y: _finite(x, y), "the power is too large for a float (1.8e308)", _GROWING),
    ],
    **dict.fromkeys(("mul", "dot"), _products),
    **dict.fromkeys(("add", "sub", "sum"), _sums),
    "affine": [_products[0], _sums[0], _products[1]],
    **dict.fromkeys(("asin", "acos", "atanh"), _arc),
    **dict.fromkeys(
        ("var", "std"),
        (
            Remedy(
                lambda *xs: len(xs) - 1 <= xs[-1],
                "one number has no variance: the divisor, their count less the correction, is not positive",
                "give two numbers or more, or correction=0",
            ),
        ),
    ),
    "acosh": [Remedy(lambda x: x < 1, "its argument must be at least 1", f"{_INSIDE}(x, min=1.0)")],
}

_steep_log = [Remedy(lambda x: x == 0, "its slope 1 / x at 0 is infinite", _OF_LOG)]
_steep_arc = [Remedy(lambda x: abs(x) == 1, "its slope at -1 and 1 is infinite", f"{_INSIDE}(x, -0.999999, 0.999999)")]

BACKWARD: dict[str, Sequence[Remedy]] = {
    "sqrt": [Remedy(lambda x: x == 0, "its slope at 0 is infinite: 0.5 / sqrt(0)", _UNDER_ROOT)],
    "hypot": [Remedy(lambda x, y: x == 0 == y, "its slope at 0 is 0 / 0", _UNDER_ROOT)],
    "cbrt": [Remedy(lambda x: x == 0, "its slope at 0 is infinite", "add a small eps to the argument")],
    "pow": [
        Remedy(
            lambda x, y: x == 0 and y < 1,
            "its slope at 0 is infinite for an exponent below 1",
            "add a small eps to the base, as in (x + 1e-12) ** 0.5",
        )
    ],
    **dict.fromkeys(("log", "log2", "log10"), _steep_log),
    "div": [Remedy(lambda x, y: abs(y) < 1e-150, "its slope is infinite for a tiny denominator", _DENOMINATOR)],
    **dict.fromkeys(("asin", "acos", "atanh"), _steep_arc),
}

# The arguments of `applies` here: the result first, then the operands.
ANY_FORWARD = (
    Remedy(
        lambda out, *xs: math.isinf(out) and _finite(*xs),
        "the result is infinite: it is too large for a float (1.8e308), or these operands are a pole of the operation",
        f"keep the operands away from such a point with clamp; if {_GROWING}",
    ),
    Remedy(lambda out, *xs: _finite(*xs), "these operands lie outside of where the operation has a value", _INSIDE),
    Remedy(
        lambda *xs: True,
        "an infinity among the operands leaves it without a value",
        "keep the operands finite; an infinity is often a division by zero or an overflow further up",
    ),
)

# For the backward pass: the upstream gradient and the local derivative of the step.
ANY_STEP = (
    Remedy(
        lambda upstream, local: upstream == 0 and not math.isfinite(local),
        "a gradient of 0 times an infinite slope has no value",
        _DOUBLE_WHERE,
    ),
    Remedy(
        lambda upstream, local: math.isinf(upstream) and local == 0,
        "an infinite gradient times a slope of 0 has no value",
        "keep the gradient finite further up",
    ),
    Remedy(
        lambda upstream, local: not math.isfinite(local),
        "the slope of the operation is not finite at these operands",
        "keep the operands away from that point, with a small eps or with clamp",
    ),
    Remedy(
        lambda upstream, local: _finite(upstream, local),
        "the gradient is too large for a float (1.8e308)",
        f"gradients explode: {_GROWING}",
    ),
    Remedy(lambda upstream, local: True, "the gradient from further up is not finite", "keep it finite there"),
)


def advice(name: str, table: Mapping[str, Sequence[Remedy]], operands: Sequence[float]) -> Remedy | None:
    """The first remedy for the operation of that name that applies to these operands."""
    return first_that_applies(table.get(name, ()), operands)


def first_that_applies(remedies: Sequence[Remedy], numbers: Sequence[float]) -> Remedy | None:
    """The first remedy that applies to these numbers."""
    for remedy in remedies:
        try:
            if remedy.applies(*numbers):
                return remedy
        except (TypeError, ArithmeticError, ValueError):  # a row of that name with other arguments
            continue
    return None
