"""Reduce nested sequences of Values: sums, extremes, norms, softmax and others, with PyTorch's `dim` and `keepdim`.

A vector is a sequence of Values and numbers, a matrix a sequence of rows of one length, and so on. Without `dim` a
function reduces all elements to one; with `dim` it reduces along that dimension, negative ones counted from the last.
Plain numbers give plain numbers.

    >>> sum([[1.0, 2.0], [3.0, 4.0]]), sum([[1.0, 2.0], [3.0, 4.0]], dim=0)
    (10.0, [4.0, 6.0])
    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> mean([x, 1.0]).backward()
    >>> x.grad
    0.5

Gradients pass as in PyTorch: at ties `max`, `min` and the norms share them evenly; with `dim`, and in `sort`, `topk`
and `kthvalue`, the chosen elements themselves are returned, and the gradient goes to them alone. `argmax` and
`argmin` give positions, through which no gradient passes.
"""

from __future__ import annotations

import builtins
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd.arrays.dimensions import Nested, map_along, reduce_along
from autograd.core.elementary import inf, nan, power
from autograd.core.engine import Value
from autograd.core.number import as_float, whole_number
from autograd.core.ops import TABLE
from autograd.core.row_functions import function

_rows = {name: function(op) for name, op in TABLE.items() if op.vectors}
_abs, _exp, _pow, _where = (function(TABLE[name]) for name in ("abs", "exp", "pow", "where"))


class ValuesAndIndices(NamedTuple):
    """Elements and their positions along the dimension."""

    values: Any
    indices: Any


# ---------------------------------------------------------------------- to one number


def sum(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """``x1 + x2 + ...``

    Args:
        input: nested sequences.
        dim: the dimension to add along; all elements by default.
        keepdim: keep that dimension, with length 1.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    return reduce_along(_rows["sum"], "sum", input, dim, keepdim, empty=0.0)


def mean(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The sum divided by the number of elements; nan if there are none.

    >>> mean([[1.0, 2.0], [3.0, 6.0]], dim=1)
    [1.5, 4.5]
    """
    return reduce_along(_rows["mean"], "mean", input, dim, keepdim, empty=nan)


def prod(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """``x1 * x2 * ...``; exact gradients even where some factors are zero.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    return reduce_along(_rows["prod"], "prod", input, dim, keepdim, empty=1.0)


def var(input: Nested, dim: int | None = None, *, correction: float = 1, keepdim: bool = False) -> Any:
    """The variance, ``((x1 - mean)² + (x2 - mean)² + ...) / (n - correction)``.

    With a correction of n or more it is infinite, or nan where all elements are equal or there are none.

    Args:
        input: nested sequences.
        dim: the dimension to reduce.
        correction: 1 for the variance of a sample, 0 for that of a whole population.
        keepdim: keep that dimension, with length 1.

    >>> var([1.0, 2.0, 3.0]), var([1.0, 3.0], correction=0)
    (1.0, 1.0)
    """
    correction = _real(correction, "var needs a number as its correction", "1 for a sample, 0 for a whole population")
    return reduce_along(lambda xs: _rows["var"](xs, correction), "var", input, dim, keepdim, empty=nan)


def std(input: Nested, dim: int | None = None, *, correction: float = 1, keepdim: bool = False) -> Any:
    """The standard deviation, the root of `var`.

    Where all elements are equal its derivative is 0, as in PyTorch, and its second derivative nan. `np.std` of Values
    is NumPy's formula, which divides by n; its derivative there is that of a root at 0, nan.

    >>> std([1.0, 2.0, 3.0])
    1.0
    """
    correction = _real(correction, "std needs a number as its correction", "1 for a sample, 0 for a whole population")
    return reduce_along(lambda xs: _rows["std"](xs, correction), "std", input, dim, keepdim, empty=nan)


def logsumexp(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """``log(exp(x1) + exp(x2) + ...)``, which neither overflows nor underflows; -inf without elements.

    >>> print(f"{logsumexp([1000.0, 1000.0]):.6f}")     # 1000 + log 2
    1000.693147
    """
    return reduce_along(_rows["logsumexp"], "logsumexp", input, dim, keepdim, empty=-inf)


def dot(input: Sequence[Any], other: Sequence[Any]) -> Any:
    """``x1*y1 + x2*y2 + ...`` of two vectors of equal length.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return _rows["dot"](input, other)


def norm(input: Nested, p: float | str = 2, dim: int | None = None, keepdim: bool = False) -> Any:
    """The p-norm of a vector, ``(|x1|^p + |x2|^p + ...)^(1/p)``.

    Powers and sums on the way neither overflow nor underflow. The derivative by an element that is 0 is 0, also where
    that of the formula is infinite; second derivatives there are nan, as in PyTorch: that of a squared length is had
    from ``dot(v, v)``. `np.linalg.norm` of Values is NumPy's formula, the root of a sum of squares, which may overflow,
    and whose derivative at the zero vector is nan.

    Args:
        input: nested sequences. Without `dim` all elements count as one vector; this is not the norm of a matrix
            as a linear map.
        p: 2 for the Euclidean length, 1 for the sum of sizes, inf for the largest size, -inf for the smallest, 0
            for the number of elements that are not zero, or any other number; "fro" means 2.
        dim: the dimension to reduce.
        keepdim: keep that dimension, with length 1.

    >>> norm([3.0, -4.0]), norm([3.0, -4.0], p=1), norm([3.0, -4.0], p=inf), norm([3.0, 0.0], p=0)
    (5.0, 7.0, 4.0, 1.0)
    """
    order = 2.0 if p == "fro" else _real(p, "norm needs a number p, such as 1, 2 or inf", '"fro" for 2')
    return reduce_along(lambda xs: _norm(xs, order), "norm", input, dim, keepdim, empty=0.0)


def _norm(xs: list[Any], p: float) -> Any:
    if p == 2:
        return _rows["norm"](xs)
    if p == 0:
        return _rows["sum"]([_where(x, 1.0, 0.0) for x in xs])
    sizes = [_abs(x) for x in xs]
    if p == 1:
        return _rows["sum"](sizes)
    if p in (inf, -inf):
        return _rows["max" if p > 0 else "min"](sizes)
    return _norm_of_sizes(sizes, p)


def _norm_of_sizes(sizes: list[Any], p: float) -> Any:
    """The p-norm for any other p, of numbers that are not negative."""
    numbers = [_number(size) for size in sizes]
    main = _numbers_largest(numbers) if p > 0 else -_numbers_largest([-number for number in numbers])
    if main == 0:
        return _rows["sum"](list(map(_zero, sizes)))
    if main < sys.float_info.min:
        # A subnormal `main` has few digits, so dividing by it would spoil every slope. The slopes of a norm stay the
        # same when all numbers are enlarged, and the norm is the sum of the sizes weighted with its slopes.
        enlarged = [number / SMALL for number in numbers]
        length = _norm_of_sizes(enlarged, p)
        weights = [power(number / length, p - 1) if number else 0.0 for number in enlarged]
        parts = [size / SMALL if w else _zero(size) for size, w in zip(sizes, weights, strict=True)]
        return _rows["dot"](weights, parts) * SMALL
    # Divide by the dominant size where its power, or the derivative of the power, would overflow or underflow.
    fits = LOW < power(main, p) < HIGH and LOW < power(main, p - 1) < HIGH
    scale = 1.0 if fits or not main < inf else main
    # The derivative by a zero is 0 for any p. Beside nan or inf it is what the formula gives, as in PyTorch.
    powers = [
        _zero(size) if number == 0 and main < inf and p < 2 else _pow(size if scale == 1 else size / scale, p)
        for size, number in zip(sizes, numbers, strict=True)
    ]
    root = _pow(_rows["sum"](powers), 1 / p)
    return root if scale == 1 else root * scale


def _zero(size: Any) -> Any:
    """0 with a derivative of 0. That of a size 0 is a convention, so it has none itself: |x|^1.5 bends infinitely."""
    return _where(size, 0.0, 0.0) if _number(size) else _pow(size, 1.5)


SMALL, LOW, HIGH = 2.0**-200, 1e-155, 1e155


def _numbers_largest(numbers: list[float]) -> float:
    """The largest of some numbers; nan if there is a nan."""
    return math.nan if any(number != number for number in numbers) else builtins.max(numbers)


def _real(number: Any, needed: str, advice: str) -> float:
    try:
        return as_float(number)
    except TypeError:
        raise TypeError(f"{needed}, got {number!r}; pass {advice}") from None


# ---------------------------------------------------------------------- extremes and order


def max(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The largest element; with `dim` a pair of values and indices.

    >>> max([1.0, 3.0, 2.0]), max([[1.0, 3.0], [4.0, 2.0]], dim=1)
    (3.0, ValuesAndIndices(values=[3.0, 4.0], indices=[1, 0]))
    """
    if dim is None:
        return reduce_along(_rows["max"], "max", input, None, keepdim)
    return _chosen(
        lambda xs: _best(xs, 1.0), "max", input, dim, keepdim, "larger of two numbers there is maximum(x, y)"
    )


def min(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest element; with `dim` a pair of values and indices.

    >>> min([1.0, 3.0, 2.0])
    1.0
    """
    if dim is None:
        return reduce_along(_rows["min"], "min", input, None, keepdim)
    return _chosen(
        lambda xs: _best(xs, -1.0), "min", input, dim, keepdim, "smaller of two numbers there is minimum(x, y)"
    )


def amax(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The largest element, gradients shared evenly at ties, also along a dimension.

    >>> amax([[1.0, 3.0], [4.0, 2.0]], dim=0)
    [4.0, 3.0]
    """
    return reduce_along(_rows["max"], "amax", input, dim, keepdim)


def amin(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest element, gradients shared evenly at ties, also along a dimension.

    >>> amin([[1.0, 3.0], [4.0, 2.0]], dim=0)
    [1.0, 2.0]
    """
    return reduce_along(_rows["min"], "amin", input, dim, keepdim)


def argmax(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The position of the largest element, the first one at ties; without `dim` in the flattened input.

    >>> argmax([1.0, 3.0, 2.0]), argmax([[1.0, 3.0], [4.0, 2.0]])
    (1, 2)
    """
    return reduce_along(lambda xs: _best(xs, 1.0), "argmax", input, dim, keepdim)


def argmin(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The position of the smallest element, the first one at ties.

    >>> argmin([1.0, 3.0, -2.0])
    2
    """
    return reduce_along(lambda xs: _best(xs, -1.0), "argmin", input, dim, keepdim)


def kthvalue(input: Nested, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """The k-th smallest element (k = 1 for the smallest) and its position.

    >>> kthvalue([5.0, 1.0, 3.0], 2)
    ValuesAndIndices(values=3.0, indices=2)
    """

    def position(xs: list[Any]) -> int:
        return _order(xs, descending=False)[_count("kthvalue", k, 1, len(xs)) - 1]

    return _chosen(position, "kthvalue", input, dim, keepdim)


def sort(input: Nested, dim: int = -1, descending: bool = False) -> ValuesAndIndices:
    """The elements in order and their positions; equal elements keep their order.

    >>> sort([5.0, 1.0, 3.0])
    ValuesAndIndices(values=[1.0, 3.0, 5.0], indices=[1, 2, 0])
    """
    return _rearranged(lambda xs: _order(xs, descending), "sort", input, dim)


def topk(input: Nested, k: int, dim: int = -1, largest: bool = True) -> ValuesAndIndices:
    """The k largest (or smallest) elements, the best first, and their positions.

    >>> topk([5.0, 1.0, 3.0], 2)
    ValuesAndIndices(values=[5.0, 3.0], indices=[0, 2])
    """

    def positions(xs: list[Any]) -> list[int]:
        return _order(xs, descending=largest)[: _count("topk", k, 0, len(xs))]

    return _rearranged(positions, "topk", input, dim)


def _count(name: str, k: Any, least: int, length: int) -> int:
    return whole_number(f"k of {name}", k, least, length, ", the number of elements", kind=TypeError)


# ---------------------------------------------------------------------- vector to vector


def softmax(input: Nested, dim: int = -1) -> Any:
    """``exp(xi) / (exp(x1) + exp(x2) + ...)``: positive numbers that sum to 1.

    >>> softmax([1000.0, 1000.0])
    [0.5, 0.5]
    """

    def of_vector(xs: list[Any]) -> list[Any]:
        powers = [_exp(x) for x in from_largest(xs)]
        total = _rows["sum"](powers)
        return [power / total for power in powers]

    return map_along(of_vector, "softmax", input, dim)


def log_softmax(input: Nested, dim: int = -1) -> Any:
    """The logarithm of `softmax`, without its underflow: ``xi - logsumexp(x)``.

    The largest element is subtracted first: the logarithm of a sum would lose its digits next to a large number.

    >>> log_softmax([0.0, -1000.0])
    [0.0, -1000.0]
    """
    return map_along(_log_softmax, "log_softmax", input, dim)


def cumsum(input: Nested, dim: int = -1) -> Any:
    """The sums of the first element, the first two, the first three, ...

    >>> cumsum([1.0, 2.0, 3.0])
    [1.0, 3.0, 6.0]
    """

    def of_vector(xs: list[Any]) -> list[Any]:
        sums = xs[:1]
        for x in xs[1:]:
            sums.append(sums[-1] + x)
        return sums

    return map_along(of_vector, "cumsum", input, dim)


def _log_softmax(xs: list[Any]) -> list[Any]:
    if not xs:
        return []
    shifted = from_largest(xs)
    normalizer = _rows["logsumexp"](shifted)
    return [x - normalizer for x in shifted]


def from_largest(xs: Sequence[Any]) -> list[Any]:
    """The elements minus the largest as a plain number: softmax does not change, so the shift needs no gradient.

    >>> from_largest([1000.0, 970.0])
    [0.0, -30.0]
    """
    largest = builtins.max(map(_number, xs), default=0.0)
    return [x - largest for x in xs]


# ---------------------------------------------------------------------- order


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


def _best(xs: list[Any], sign: float) -> int:
    """The position of the largest element (sign 1) or the smallest (-1); nan counts as the best, as in PyTorch."""
    keys = [_key(sign * _number(x)) for x in xs]
    return builtins.max(range(len(xs)), key=keys.__getitem__)


def _order(xs: list[Any], descending: bool) -> list[int]:
    sign = -1.0 if descending else 1.0
    keys = [(_key(number)[0] * sign, sign * number) if number == number else (sign, 0.0) for number in map(_number, xs)]
    return sorted(range(len(xs)), key=keys.__getitem__)


def _key(number: float) -> tuple[float, float]:
    return (1.0, 0.0) if number != number else (0.0, number)


def _chosen(
    position: Callable[[list[Any]], int], name: str, input: Nested, dim: int, keepdim: bool, otherwise: str = ""
) -> ValuesAndIndices:
    """One element along a dimension and its position; the error for a wrong dimension says what there is otherwise."""
    more = ", the number of a dimension such as -1" + (f" (for the {otherwise})" if otherwise else "")
    dim = whole_number(f"dim of {name}", dim, None, more=more, kind=TypeError)
    indices = reduce_along(position, name, input, dim, keepdim)
    values = reduce_along(lambda xs: xs[position(xs)], name, input, dim, keepdim)
    return ValuesAndIndices(values, indices)


def _rearranged(positions: Callable[[list[Any]], list[int]], name: str, input: Nested, dim: int) -> ValuesAndIndices:
    values = map_along(lambda xs: [xs[i] for i in positions(xs)], name, input, dim)
    return ValuesAndIndices(values, map_along(positions, name, input, dim))
