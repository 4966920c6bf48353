"""Statistics over values: sums, extremes, norms, softmax and the like, with PyTorch's names, `dim` and `keepdim`.

They take nested sequences of Values and numbers: a vector is a sequence, a matrix a sequence of rows of one length,
and so on. Without `dim` they reduce all elements to one; with it along one dimension, negative ones counted from
the last. Of plain numbers they give plain numbers.

    >>> sum([[1.0, 2.0], [3.0, 4.0]]), sum([[1.0, 2.0], [3.0, 4.0]], dim=0)
    (10.0, [4.0, 6.0])
    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> mean([x, 1.0]).backward()
    >>> x.grad
    0.5

Gradients pass as in PyTorch: at ties `max`, `min` and the norms share them evenly; with `dim`, and in `sort`, `topk`
and `kthvalue`, the elements chosen are returned themselves, and the gradient goes to them alone. `argmax` and
`argmin` give positions, through which nothing passes.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd.elementary import inf
from autograd.engine import Value
from autograd.functions import function
from autograd.ops import TABLE
from autograd.real import as_float
from autograd.vector import Vector

Nested = Any
"""A number, a Value, or a sequence of these, nested to any depth."""

_rows = {name: function(op) for name, op in TABLE.items() if op.vectors}


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
    return _reduce(_rows["sum"], "sum", input, dim, keepdim, empty=0.0)


def mean(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The sum divided by the number of elements.

    >>> mean([[1.0, 2.0], [3.0, 6.0]], dim=1)
    [1.5, 4.5]
    """
    return _reduce(_rows["mean"], "mean", input, dim, keepdim)


def prod(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """``x1 * x2 * ...``; exact gradients even where some factors are zero.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    return _reduce(_rows["prod"], "prod", input, dim, keepdim, empty=1.0)


def var(input: Nested, dim: int | None = None, *, correction: float = 1, keepdim: bool = False) -> Any:
    """The variance, ``((x1 - mean)² + (x2 - mean)² + ...) / (n - correction)``.

    Args:
        input: nested sequences.
        dim: the dimension to reduce.
        correction: 1 for the variance of a sample, 0 for that of a whole population.
        keepdim: keep that dimension, with length 1.

    >>> var([1.0, 2.0, 3.0]), var([1.0, 3.0], correction=0)
    (1.0, 1.0)
    """
    return _reduce(lambda xs: _rows["var"](xs, float(correction)), "var", input, dim, keepdim)


def std(input: Nested, dim: int | None = None, *, correction: float = 1, keepdim: bool = False) -> Any:
    """The standard deviation, the root of `var`.

    >>> std([1.0, 2.0, 3.0])
    1.0
    """
    return _reduce(lambda xs: _rows["std"](xs, float(correction)), "std", input, dim, keepdim)


def logsumexp(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """``log(exp(x1) + exp(x2) + ...)``, which neither overflows nor underflows.

    >>> print(f"{logsumexp([1000.0, 1000.0]):.6f}")     # 1000 + log 2
    1000.693147
    """
    return _reduce(_rows["logsumexp"], "logsumexp", input, dim, keepdim)


def dot(input: Sequence[Any], other: Sequence[Any]) -> Any:
    """``x1*y1 + x2*y2 + ...`` of two vectors of equal length.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return _rows["dot"](input, other)


def norm(input: Nested, p: float | str = 2, dim: int | None = None, keepdim: bool = False) -> Any:
    """The p-norm of a vector, ``(|x1|^p + |x2|^p + ...)^(1/p)``.

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
    if p == "fro":
        p = 2
    if isinstance(p, str) or not isinstance(p, int | float):
        raise TypeError(f"norm needs a number p, such as 1, 2 or inf, got {p!r}")
    power = float(p)
    return _reduce(lambda xs: _norm(xs, power), "norm", input, dim, keepdim, empty=0.0)


def _norm(xs: list[Any], p: float) -> Any:
    absolute, maximum = function(TABLE["abs"]), _rows["max"]
    if p == 2:
        return _rows["norm"](xs)
    if p == 0:
        return float(builtins.sum(_number(x) != 0 for x in xs))
    sizes = [absolute(x) for x in xs]
    if p == 1:
        return _rows["sum"](sizes)
    if p in (inf, -inf):
        return maximum(sizes) if p > 0 else _rows["min"](sizes)
    # Zeros add nothing and have no slope, which a power below 1 would make infinite.
    raise_to = function(TABLE["pow"])
    powers = [raise_to(size, p) for size in sizes if _number(size) != 0 or p < 0]
    return raise_to(_rows["sum"](powers), 1 / p) if powers else 0.0


# ---------------------------------------------------------------------- extremes and order


def max(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The largest element; with `dim` a pair of values and indices.

    >>> max([1.0, 3.0, 2.0]), max([[1.0, 3.0], [4.0, 2.0]], dim=1)
    (3.0, ValuesAndIndices(values=[3.0, 4.0], indices=[1, 0]))
    """
    if dim is None:
        return _reduce(_rows["max"], "max", input, None, keepdim)
    return _chosen(lambda xs: _best(xs, 1.0), "max", input, dim, keepdim)


def min(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest element; with `dim` a pair of values and indices.

    >>> min([1.0, 3.0, 2.0])
    1.0
    """
    if dim is None:
        return _reduce(_rows["min"], "min", input, None, keepdim)
    return _chosen(lambda xs: _best(xs, -1.0), "min", input, dim, keepdim)


def amax(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The largest element, gradients shared evenly at ties, also along a dimension.

    >>> amax([[1.0, 3.0], [4.0, 2.0]], dim=0)
    [4.0, 3.0]
    """
    return _reduce(_rows["max"], "amax", input, dim, keepdim)


def amin(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The smallest element, gradients shared evenly at ties, also along a dimension.

    >>> amin([[1.0, 3.0], [4.0, 2.0]], dim=0)
    [1.0, 2.0]
    """
    return _reduce(_rows["min"], "amin", input, dim, keepdim)


def argmax(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The position of the largest element, the first one at ties; without `dim` in the flattened input.

    >>> argmax([1.0, 3.0, 2.0]), argmax([[1.0, 3.0], [4.0, 2.0]])
    (1, 2)
    """
    return _reduce(lambda xs: _best(xs, 1.0), "argmax", input, dim, keepdim)


def argmin(input: Nested, dim: int | None = None, keepdim: bool = False) -> Any:
    """The position of the smallest element, the first one at ties.

    >>> argmin([1.0, 3.0, -2.0])
    2
    """
    return _reduce(lambda xs: _best(xs, -1.0), "argmin", input, dim, keepdim)


def kthvalue(input: Nested, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """The k-th smallest element (k = 1 for the smallest) and its position.

    >>> kthvalue([5.0, 1.0, 3.0], 2)
    ValuesAndIndices(values=3.0, indices=2)
    """

    def position(xs: list[Any]) -> int:
        if not isinstance(k, int) or not 1 <= k <= len(xs):
            raise ValueError(f"kthvalue needs k from 1 to the {len(xs)} elements there are, got {k!r}")
        return _order(xs, descending=False)[k - 1]

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
        if not isinstance(k, int) or not 0 <= k <= len(xs):
            raise ValueError(f"topk needs k from 0 to the {len(xs)} elements there are, got {k!r}")
        return _order(xs, descending=largest)[:k]

    return _rearranged(positions, "topk", input, dim)


# ---------------------------------------------------------------------- vector to vector


def softmax(input: Nested, dim: int = -1) -> Any:
    """``exp(xi) / (exp(x1) + exp(x2) + ...)``: positive numbers that sum to 1.

    >>> softmax([1000.0, 1000.0])
    [0.5, 0.5]
    """

    def of_vector(xs: list[Any]) -> list[Any]:
        # A constant taken out of every exponent cancels, and exp cannot overflow.
        shift = builtins.max((_number(x) for x in xs), default=0.0)
        powers = [_exp(x - shift) for x in xs]
        total = _rows["sum"](powers)
        return [power / total for power in powers]

    return _map_along(of_vector, "softmax", input, dim)


def log_softmax(input: Nested, dim: int = -1) -> Any:
    """The logarithm of `softmax`, without its underflow: ``xi - logsumexp(x)``.

    >>> log_softmax([0.0, -1000.0])
    [0.0, -1000.0]
    """
    return _map_along(_log_softmax, "log_softmax", input, dim)


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

    return _map_along(of_vector, "cumsum", input, dim)


_exp = function(TABLE["exp"])


def _log_softmax(xs: list[Any]) -> list[Any]:
    normalizer = _rows["logsumexp"](xs)
    return [x - normalizer for x in xs]


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


# ---------------------------------------------------------------------- dimensions


def _reduce(
    of_vector: Callable[[list[Any]], Any], name: str, input: Nested, dim: int | None, keepdim: bool, empty: Any = None
) -> Any:
    shape, input = _shape(name, input)

    def checked(xs: list[Any]) -> Any:
        if not xs:
            if empty is None:
                raise ValueError(f"{name} needs at least one element, got an empty sequence")
            return empty
        return of_vector(xs)

    if dim is None:
        out = checked(_flat(input))
        if keepdim:
            for _ in shape:
                out = [out]
        return out
    out = _along(checked, input, shape, _dimension(name, dim, shape))
    return _unsqueezed(out, _dimension(name, dim, shape)) if keepdim else out


def _chosen(
    position: Callable[[list[Any]], int], name: str, input: Nested, dim: int, keepdim: bool
) -> ValuesAndIndices:
    """One element along a dimension and its position."""
    indices = _reduce(position, name, input, dim, keepdim)
    values = _reduce(lambda xs: xs[position(xs)], name, input, dim, keepdim)
    return ValuesAndIndices(values, indices)


def _rearranged(positions: Callable[[list[Any]], list[int]], name: str, input: Nested, dim: int) -> ValuesAndIndices:
    values = _map_along(lambda xs: [xs[i] for i in positions(xs)], name, input, dim)
    return ValuesAndIndices(values, _map_along(positions, name, input, dim))


def _map_along(of_vector: Callable[[list[Any]], list[Any]], name: str, input: Nested, dim: int) -> Any:
    """Replace each vector along a dimension by another vector."""
    shape, input = _shape(name, input)
    axis = _dimension(name, dim, shape)
    return _moved_in(_along(of_vector, input, shape, axis), len(shape) - axis - 1, axis)


def _along(of_vector: Callable[[list[Any]], Any], input: Nested, shape: tuple[int, ...], axis: int) -> Any:
    """Apply a function to each vector along a dimension, which then is gone."""
    if axis > 0:
        return [_along(of_vector, part, shape[1:], axis - 1) for part in input]
    if len(shape) == 1:
        return of_vector(input)
    return [_along(of_vector, [part[i] for part in input], (len(input), *shape[2:]), 0) for i in range(shape[1])]


def _moved_in(nested: Any, inner: int, axis: int) -> Any:
    """Results that are vectors stand innermost; move that dimension out over `inner` others, at depth `axis`."""
    if axis > 0:
        return [_moved_in(part, inner, axis - 1) for part in nested]
    for depth in range(inner - 1, -1, -1):
        nested = _swapped(nested, depth)
    return nested


def _swapped(nested: Any, depth: int) -> Any:
    if depth > 0:
        return [_swapped(part, depth - 1) for part in nested]
    return [list(row) for row in zip(*nested, strict=True)]


def _unsqueezed(nested: Any, axis: int) -> Any:
    return [_unsqueezed(part, axis - 1) for part in nested] if axis else [nested]


def _is_sequence(thing: Any) -> bool:
    return hasattr(thing, "__iter__") and getattr(thing, "ndim", 1) != 0 and not isinstance(thing, str)


def _shape(name: str, input: Nested) -> tuple[tuple[int, ...], Any]:
    """The lengths of nested sequences, and the same as nested lists of Values and floats.

    Raises:
        ValueError: if the parts of a sequence differ in shape.
    """
    if isinstance(input, Vector):
        return (len(input),), list(input)
    if hasattr(input, "tolist"):
        input = input.tolist()
    if not _is_sequence(input):
        return (), input if isinstance(input, Value) or hasattr(input, "apply_op") else as_float(input)
    parts = [_shape(name, part) for part in input]
    shapes = {shape for shape, _ in parts}
    if len(shapes) > 1:
        different = " and ".join(map(str, sorted(shapes)))
        raise ValueError(f"{name} takes sequences whose parts have one shape, got parts of shapes {different}")
    inner = next(iter(shapes), ())
    return (len(parts), *inner), [part for _, part in parts]


def _flat(input: Any) -> list[Any]:
    if not isinstance(input, list):
        return [input]
    return [element for part in input for element in _flat(part)]


def _dimension(name: str, dim: int, shape: tuple[int, ...]) -> int:
    if not isinstance(dim, int) or not -len(shape) <= dim < len(shape):
        raise ValueError(f"{name} got dim={dim!r} for an input of {len(shape)} dimensions, shape {shape}")
    return dim % len(shape)
