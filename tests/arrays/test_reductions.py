"""Reductions against PyTorch, over every dimension, and against closed forms where it is not installed."""

from __future__ import annotations

import math
import warnings
from itertools import product

import pytest
from hypothesis import given, strategies as st

import autograd
import nn
from autograd import Value

inf, nan = math.inf, math.nan


def values(numbers):
    return [values(x) for x in numbers] if isinstance(numbers, list) else Value(numbers)


def plain(thing):
    if isinstance(thing, list | tuple):
        return [plain(x) for x in thing]
    return thing.data if isinstance(thing, Value) else thing


def flat(thing):
    return [x for part in thing for x in flat(part)] if isinstance(thing, list | tuple) else [thing]


def gradients(leaves):
    return [v.grad for v in flat(leaves)]


CUBE = [[[1.0, -2.0], [3.5, 0.5], [0.25, 4.0]], [[-1.0, 2.5], [0.75, -3.0], [1.5, 2.0]]]
MATRIX = [[1.0, -2.0, 3.5], [0.5, 4.0, -0.25]]
VECTOR = [2.0, -1.0, 0.5, 3.0]
INPUTS = [VECTOR, MATRIX, CUBE]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")


SAME = ["sum", "mean", "prod", "var", "std", "amax", "amin", "softmax", "log_softmax", "cumsum", "logsumexp"]
NEED_DIM = {"softmax", "log_softmax", "cumsum", "logsumexp"}


def compare(torch, ours, theirs, numbers):
    """Values, and gradients of the sum of squares of the results."""
    leaves = values(numbers)
    tensor = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    mine, other = ours(leaves), theirs(tensor)
    assert flat(plain(mine)) == pytest.approx(other.flatten().tolist(), rel=1e-13, abs=1e-14, nan_ok=True)
    if isinstance(mine, list):
        assert list(other.shape) == shape(mine)
    autograd.sum([x * x for x in flat(mine)]).backward()
    (other * other).sum().backward()
    assert gradients(leaves) == pytest.approx(tensor.grad.flatten().tolist(), rel=1e-12, abs=1e-13, nan_ok=True)


def shape(nested):
    return [len(nested), *shape(nested[0])] if isinstance(nested, list) else []


@pytest.mark.native
@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("numbers", INPUTS, ids=["vector", "matrix", "cube"])
def test_values_and_gradients_are_pytorchs_along_every_dimension(torch, name, numbers):
    ours, theirs = getattr(autograd, name), getattr(torch, name)
    if name not in NEED_DIM:
        compare(torch, ours, theirs, numbers)
    for dim in range(-len(shape(numbers)), len(shape(numbers))):
        compare(torch, lambda x, dim=dim: ours(x, dim=dim), lambda x, dim=dim: theirs(x, dim=dim), numbers)
        if name not in ("softmax", "log_softmax", "cumsum"):
            keep = {"dim": dim, "keepdim": True}
            compare(torch, lambda x, keep=keep: ours(x, **keep), lambda x, keep=keep: theirs(x, **keep), numbers)


@pytest.mark.native
@pytest.mark.parametrize("p", [1, 2, inf, -inf, 0.5, 3, -1, "fro"], ids=str)
@pytest.mark.parametrize("numbers", INPUTS, ids=["vector", "matrix", "cube"])
def test_norms(torch, p, numbers):
    order = 2 if p == "fro" else p
    compare(torch, lambda x: autograd.norm(x, p), lambda x: torch.linalg.vector_norm(x, order), numbers)
    for dim in range(len(shape(numbers))):
        compare(
            torch,
            lambda x, dim=dim: autograd.norm(x, p, dim=dim),
            lambda x, dim=dim: torch.linalg.vector_norm(x, order, dim=dim),
            numbers,
        )


@pytest.mark.native
@pytest.mark.parametrize("p", [0.5, 1.5, 3, -1])
@pytest.mark.parametrize("numbers", [[0.0, inf], [0.0, nan], [0.0, -inf, 2.0], [0.0, nan, 2.0], [0.0, 3.0]], ids=str)
def test_the_derivative_of_a_norm_by_a_zero_is_pytorchs_also_beside_an_infinity_or_a_nan(torch, p, numbers):
    leaves, tensor = values(numbers), torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    ours, theirs = autograd.norm(leaves, p), torch.linalg.vector_norm(tensor, p)
    ours.backward()
    theirs.backward()
    assert ours.data == pytest.approx(theirs.item(), rel=1e-12, nan_ok=True)
    assert [x.grad for x in leaves] == pytest.approx(tensor.grad.tolist(), rel=1e-12, nan_ok=True)


@pytest.mark.native
@pytest.mark.parametrize(
    ("p", "numbers"), [(3, [0.0, 3.0]), (4, [0.0, 0.0, 2.0]), (0.5, [0.0, inf]), (0.5, [0.0, -inf, 0.0])], ids=str
)
def test_second_derivatives_of_a_norm_by_zeros_are_pytorchs(torch, p, numbers):
    ours = autograd.hessian(lambda xs: autograd.norm(xs, p))(numbers)
    given = torch.tensor(numbers, dtype=torch.float64)
    theirs = torch.autograd.functional.hessian(lambda xs: torch.linalg.vector_norm(xs, p), given)
    assert flat(ours) == pytest.approx(theirs.flatten().tolist(), abs=1e-14, nan_ok=True)


@pytest.mark.parametrize("p", [-inf, -1, 0, 0.5, 1, 1.5, 2, 3, inf])
@pytest.mark.parametrize("numbers", [[0.0], [0.0, 0.0], [0.0, -0.0, 3.0], [-2.0, 5.0]], ids=str)
def test_every_norm_of_values_has_a_graph(p, numbers):
    for leaves in (values(numbers), [Value(numbers[0]), *numbers[1:]], [*numbers[:-1], Value(numbers[-1])]):
        result = autograd.norm(leaves, p)
        result.backward()
        assert result.data == autograd.norm(numbers, p)
        assert all(math.isfinite(x.grad) for x in leaves if isinstance(x, Value))
        if p == 0 or not any(numbers):
            assert all(x.grad == 0 for x in leaves if isinstance(x, Value))
    assert type(autograd.norm(numbers, p)) is float


@pytest.mark.parametrize("p", [-30, -3, -1, -0.5, 0.5, 0.9, 1.5, 2.5, 3, 7, 1000])
@pytest.mark.parametrize("size", [5e-324, 1e-315, 3e-308, 1e-300, 1e-120, 1.0, 1e120, 1e300])
def test_norms_neither_overflow_nor_underflow(p, size):
    mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed: pip install mpmath")
    leaves = values([size, -2 * size, 6 * size])
    result = autograd.norm(leaves, p)
    result.backward()
    with mpmath.workdps(60):
        sizes = [mpmath.mpf(abs(x.data)) for x in leaves]
        exact = mpmath.fsum(x**p for x in sizes) ** (mpmath.mpf(1) / p)
        slopes = [float((x / exact) ** (p - 1)) for x in sizes]
    assert result.data == pytest.approx(float(exact), rel=1e-13, abs=5e-324)
    assert gradients(leaves) == pytest.approx(
        [slopes[0], -slopes[1], slopes[2]], rel=1e-12, abs=min(max(1e-300, 1e-322 / size), 1e-14)
    )


def test_norms_with_zeros_beside_tiny_numbers():
    for numbers, p, expected in [
        ([0.0, 1e-200], 3, [0.0, 1.0]),
        ([0.0, 1.0], -1, [0.0, 0.0]),
        ([1e-310, 1e300, inf], -1, [1.0, 0.0, 0.0]),
        ([1e-310, 0.0], 0.5, [1.0, 0.0]),
    ]:
        leaves = values(numbers)
        autograd.norm(leaves, p).backward()
        assert gradients(leaves) == pytest.approx(expected)


@pytest.mark.native
@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("numbers", [*INPUTS, [[2.0, 2.0], [2.0, 1.0]], [nan, 1.0, nan], [-1.0, nan, 3.0]])
def test_extremes_with_their_indices(torch, name, numbers):
    ours, theirs = getattr(autograd, name), getattr(torch, name)
    for dim, keepdim in product(range(len(shape(numbers))), [False, True]):
        mine = ours(values(numbers), dim=dim, keepdim=keepdim)
        other = theirs(torch.tensor(numbers, dtype=torch.float64), dim=dim, keepdim=keepdim)
        assert flat(plain(mine.values)) == pytest.approx(other.values.flatten().tolist(), nan_ok=True)
        assert flat(mine.indices) == other.indices.flatten().tolist()
        compare(
            torch,
            lambda x, dim=dim: ours(x, dim=dim).values,
            lambda x, dim=dim: theirs(x, dim=dim).values,
            numbers,
        )


@pytest.mark.native
@pytest.mark.parametrize("name", ["max", "min", "amax", "amin"])
@pytest.mark.parametrize("numbers", [[2.0, 2.0, 1.0], [2.0, 2.0, 2.0], [1.0, 2.0, 1.0], [0.0, -0.0], [inf, inf, 1.0]])
def test_ties_share_the_gradient(torch, name, numbers):
    compare(torch, getattr(autograd, name), getattr(torch, name), [x for x in numbers if abs(x) < inf])
    leaves, tensor = values(numbers), torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    getattr(autograd, name)(leaves).backward()
    getattr(torch, name)(tensor).backward()
    assert gradients(leaves) == tensor.grad.tolist()


@pytest.mark.native
@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("numbers", [*INPUTS, [3.0, 3.0, 1.0], [1.0, nan, 2.0]])
def test_positions(torch, name, numbers):
    ours, theirs = getattr(autograd, name), getattr(torch, name)
    tensor = torch.tensor(numbers, dtype=torch.float64)
    assert ours(values(numbers)) == theirs(tensor).item()
    for dim, keepdim in product(range(len(shape(numbers))), [False, True]):
        assert ours(numbers, dim=dim, keepdim=keepdim) == theirs(tensor, dim=dim, keepdim=keepdim).tolist()


@pytest.mark.native
@pytest.mark.parametrize("numbers", INPUTS, ids=["vector", "matrix", "cube"])
def test_sort_topk_and_kthvalue(torch, numbers):
    tensor = torch.tensor(numbers, dtype=torch.float64)
    for dim in range(-1, len(shape(numbers))):
        length = shape(numbers)[dim]
        for descending in (False, True):
            mine, other = (
                autograd.sort(numbers, dim, descending),
                torch.sort(tensor, dim=dim, descending=descending, stable=True),
            )
            assert (mine.values, mine.indices) == (other.values.tolist(), other.indices.tolist())
        for k in range(1, length + 1):
            for largest in (False, True):
                mine, other = autograd.topk(numbers, k, dim, largest), tensor.topk(k, dim, largest)
                assert (mine.values, mine.indices) == (other.values.tolist(), other.indices.tolist())
            mine, other = autograd.kthvalue(numbers, k, dim), tensor.kthvalue(k, dim)
            assert (mine.values, mine.indices) == (other.values.tolist(), other.indices.tolist())
        compare(
            torch, lambda x, dim=dim: autograd.topk(x, 2, dim).values, lambda x, dim=dim: x.topk(2, dim).values, numbers
        )


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6))
def test_closed_forms(numbers):
    n = len(numbers)
    assert autograd.sum(numbers) == pytest.approx(math.fsum(numbers), abs=1e-9)
    assert autograd.mean(numbers) == pytest.approx(math.fsum(numbers) / n, abs=1e-9)
    assert autograd.prod(numbers) == pytest.approx(math.prod(numbers), rel=1e-12)
    assert autograd.max(numbers) == max(numbers)
    assert autograd.min(numbers) == min(numbers)
    assert autograd.norm(numbers) == pytest.approx(math.hypot(*numbers), abs=1e-12)
    assert autograd.norm(numbers, 1) == pytest.approx(math.fsum(map(abs, numbers)), abs=1e-9)
    top = max(numbers)
    expected = top + math.log(math.fsum(math.exp(x - top) for x in numbers))
    assert autograd.logsumexp(numbers) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    leaves = values(numbers)
    autograd.logsumexp(leaves).backward()
    assert gradients(leaves) == pytest.approx(autograd.softmax(numbers), abs=1e-12)
    center = math.fsum(numbers) / n
    assert autograd.var(numbers, correction=0) == pytest.approx(
        math.fsum((x - center) ** 2 for x in numbers) / n, rel=1e-9, abs=1e-9
    )


@pytest.mark.native
@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize("correction", [0.5, 1, 1.5, 2, 3])
@pytest.mark.parametrize("numbers", [[1.0, 2.0], [1.0, 1.0], [1.0], [3.0, 1.0, 4.0]], ids=str)
def test_degrees_of_freedom_end_at_zero(name, correction, numbers):
    leaves = values(numbers)
    result = getattr(autograd, name)(leaves, correction=correction)
    result.backward()
    spread = math.fsum((x - math.fsum(numbers) / len(numbers)) ** 2 for x in numbers)
    freedom = max(len(numbers) - correction, 0)
    variance = spread / freedom if freedom else inf if spread else nan
    assert result.data == pytest.approx(math.sqrt(variance) if name == "std" else variance, rel=1e-14, nan_ok=True)
    assert getattr(autograd, name)(numbers, correction=correction) == pytest.approx(result.data, nan_ok=True)
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the degrees of freedom
        other = getattr(torch, name)(tensor, correction=correction)
    other.backward()
    assert result.data == pytest.approx(other.item(), rel=1e-14, nan_ok=True)
    expected = tensor.grad.tolist()
    if freedom == 0 and name == "var" and spread:  # a slope of minus infinity below the mean, where PyTorch has plus
        expected = [
            slope if x > math.fsum(numbers) / len(numbers) else -slope
            for x, slope in zip(numbers, expected, strict=True)
        ]
    assert gradients(leaves) == pytest.approx(expected, rel=1e-14, nan_ok=True)


def test_logsumexp_and_softmax_at_the_extremes():
    assert autograd.logsumexp([1e4, 1e4]) == pytest.approx(1e4 + math.log(2))
    assert autograd.logsumexp([-1e4, -1e4]) == pytest.approx(-1e4 + math.log(2))
    assert autograd.logsumexp([inf, 1.0]) == inf
    assert autograd.logsumexp([-inf, -inf]) == -inf
    assert autograd.logsumexp([-inf, 0.0]) == 0.0
    assert autograd.softmax([1e4, 0.0, -1e4]) == [1.0, 0.0, 0.0]
    assert autograd.log_softmax([1e4, 0.0]) == [0.0, -1e4]
    assert autograd.log_softmax([1e16, 1e16]) == pytest.approx([-math.log(2)] * 2, rel=1e-15)
    assert all(map(math.isnan, autograd.log_softmax([0.0, inf])))


@pytest.mark.parametrize(
    "scores", [[1000.0, 970.0], [30.0, 0.0], [-1e16, -1e16], [8.5, -3.0, 8.25], [7.0, 1.0]], ids=str
)
@pytest.mark.parametrize(
    ("target", "options"),
    [(0, {}), (1, {}), (0, {"label_smoothing": 0.1}), (None, {}), (1, {"weight": [2.0, 0.5, 3.0]})],
    ids=str,
)
def test_a_cross_entropy_of_large_scores_keeps_its_digits(scores, target, options):
    mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed: pip install mpmath")
    wanted = [0.25, 0.75, 0.0][: len(scores)] if target is None else [float(i == target) for i in range(len(scores))]
    smoothing = options.get("label_smoothing", 0.0)
    if "weight" in options:
        options = {"weight": options["weight"][: len(scores)], "reduction": "sum"}
    factors = options.get("weight", [1.0] * len(scores))
    with mpmath.workdps(60):
        total = mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpf(x)) for x in scores))
        even = mpmath.mpf(smoothing) / len(scores)
        parts = zip(factors, wanted, scores, strict=True)
        exact = float(mpmath.fsum(f * ((1 - mpmath.mpf(smoothing)) * w + even) * (total - x) for f, w, x in parts))
    leaves = values(scores)
    loss = nn.functional.cross_entropy(leaves, wanted if target is None else target, **options)
    assert loss.data == pytest.approx(exact, rel=1e-14, abs=5e-15 if max(scores) < 8 else 5e-16)
    if target is not None and not options:
        loss.backward()
        expected = [p - w for p, w in zip(autograd.softmax(scores), wanted, strict=True)]
        assert gradients(leaves) == pytest.approx(expected, rel=1e-14, abs=1e-15)


def test_the_cross_entropy_with_an_infinite_score_is_nan_as_in_pytorch():
    for target in (0, 1, [0.5, 0.5]):
        assert math.isnan(nn.functional.cross_entropy([0.0, inf], target))
    assert nn.functional.cross_entropy([0.0, -inf], 0) == 0.0


def test_prod_has_exact_gradients_at_zeros():
    leaves = values([0.0, 2.0, 3.0])
    autograd.prod(leaves).backward()
    assert gradients(leaves) == [6.0, 0.0, 0.0]


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_gradient_of_a_nan_goes_to_the_nans(name):
    x = values([1.0, nan, 5.0, nan])
    autograd.apply(autograd.TABLE[name], x).backward()
    assert gradients(x) == [0.0, 0.5, 0.0, 0.5]


def test_who_gets_the_gradient():
    """sum: everybody; max: the largest; argmax: nobody."""
    x = values([1.0, 5.0, 2.0])
    autograd.sum(x).backward()
    assert gradients(x) == [1.0, 1.0, 1.0]
    x = values([1.0, 5.0, 2.0])
    autograd.max(x).backward()
    assert gradients(x) == [0.0, 1.0, 0.0]
    assert isinstance(autograd.argmax(x), int)
    value = autograd.kthvalue(x, 2).values
    assert value is x[2]


# What PyTorch gives for a tensor without elements; of the extremes it refuses one, too.
OF_NOTHING = {"sum": 0.0, "prod": 1.0, "norm": 0.0, "mean": nan, "var": nan, "std": nan, "logsumexp": -inf}
OF_NOTHING |= {"softmax": [], "log_softmax": [], "cumsum": []}


@pytest.mark.parametrize("name", OF_NOTHING)
def test_a_reduction_of_nothing_is_what_pytorch_gives(name):
    function, expected = getattr(autograd, name), OF_NOTHING[name]
    assert repr(function([])) == repr(expected)  # of texts nan equals nan
    assert repr(function([[], []], dim=1)) == repr([expected] * 2)


@pytest.mark.native
@pytest.mark.parametrize("name", OF_NOTHING)
def test_what_a_reduction_of_nothing_is_in_pytorch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the degrees of freedom
        theirs = getattr(torch, name)(torch.zeros(2, 0, dtype=torch.float64), dim=1)
    assert repr(theirs.tolist()) == repr([OF_NOTHING[name]] * 2)


def test_empty_and_single_inputs():
    assert autograd.sum(3.0) == 3.0
    assert autograd.sum([[1.0], [2.0]], keepdim=True) == [[3.0]]
    for name in ("max", "min", "amax", "amin", "argmax", "argmin"):
        with pytest.raises(ValueError, match=f"{name} needs at least one element, got an empty sequence"):
            getattr(autograd, name)([])


@pytest.mark.native
def test_numpy_arrays_are_sequences():
    np = pytest.importorskip("numpy")
    assert autograd.sum(np.ones((2, 3)), dim=0) == [2.0, 2.0, 2.0]
    assert autograd.max(np.array([Value(1.0), Value(3.0)])).data == 3.0
    assert autograd.max([[1.0, 3.0]], dim=np.int64(1)).values == [3.0]
    assert autograd.softmax([0.0, 0.0], np.int8(-1)) == [0.5, 0.5]
    assert autograd.topk([5.0, 1.0, 3.0], np.int64(1)).values == [5.0]
    assert autograd.kthvalue([5.0, 1.0, 3.0], np.int32(1)).values == 1.0
    assert autograd.norm([3.0, 4.0], np.float32(1)) == 7.0
    with pytest.raises(TypeError, match=r"dim of sum must be a whole number, .* got (np.)?True"):
        autograd.sum([1.0], dim=np.True_)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: autograd.sum([[1.0], [1.0, 2.0]]), r"parts have one shape, got parts of shapes \(1,\) and \(2,\)"),
        (lambda: autograd.mean([1.0, 2.0], dim=1), r"mean got dim=1 for an input of 1 dimensions, shape \(2,\)"),
        (lambda: autograd.sum([1.0], dim=1.5), "dim of sum must be a whole number, .*, got 1.5"),
        (lambda: autograd.sum([1.0], dim=True), "whole number, the number of a dimension such as -1, got True"),
        (lambda: autograd.sum([1.0], dim=1), "shape .1,.; pass a dim from -1 to 0"),
        (lambda: autograd.softmax(1.0), "softmax got dim=-1 for an input of 0 dimensions, shape ..; pass a sequence"),
        (lambda: autograd.sum([[1.0], [1.0, 2.0]]), "give all parts the same length, or pass them one at a time"),
        (
            lambda: autograd.max(Value(1.0), Value(2.0)),
            r"dim of max must be .*larger of two numbers there is maximum\(x, y\)\), got Value",
        ),
        (
            lambda: autograd.min([1.0], 2.0),
            r"dim of min must be .*smaller of two numbers there is minimum\(x, y\)\), got 2.0",
        ),
        (lambda: autograd.topk([1.0], True), "k of topk must be a whole number from 0 to 1, .*, got True"),
        (lambda: autograd.kthvalue([1.0], 1.0), "k of kthvalue must be a whole number from 1 to 1, .*, got 1.0"),
        (
            lambda: autograd.var([1.0], correction="a"),
            "var needs a number as its correction, got 'a'; pass 1 for a sam",
        ),
        (lambda: autograd.std([1.0], correction=None), "std needs a number as its correction, got None; pass 1"),
        (lambda: autograd.sum(["a"]), "expected a real number, got 'a'"),
        (
            lambda: autograd.topk([1.0, 2.0], 3),
            "k of topk must be a whole number from 0 to 2, .*, got 3",
        ),
        (
            lambda: autograd.kthvalue([1.0, 2.0], 0),
            "k of kthvalue must be a whole number from 1 to 2, .*, got 0",
        ),
        (lambda: autograd.norm([1.0], p="nuc"), "norm needs a number p, such as 1, 2 or inf, got 'nuc'"),
        (lambda: autograd.dot([1.0], [1.0, 2.0]), "dot takes vectors of equal length, got 1 and 2"),
        (lambda: autograd.dot(1.0, 2.0), "dot takes a list of Values or numbers, got 1.0"),
    ],
)
def test_wrong_shapes_and_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("wrong", [1.0, "1", None, True])
@pytest.mark.parametrize("name", ["topk", "kthvalue", "sum", "softmax"])
def test_what_is_no_whole_number_is_a_type_error_and_one_out_of_range_a_value_error(name, wrong):
    function = getattr(autograd, name)
    if wrong is not None or name in ("topk", "kthvalue"):  # dim=None is the whole
        with pytest.raises(TypeError, match="must be a whole number"):
            function([1.0, 2.0], wrong)
    with pytest.raises(ValueError, match=r"got (dim=)?7"):
        function([1.0, 2.0], 7)


# Functions with a dimension, of which amax and amin are no rows; rows as such are compared with PyTorch, also at nan.
@pytest.mark.parametrize(
    "name", ["max", "min", "amax", "amin", "logsumexp", "sum", "mean", "prod", "norm", "var", "std"]
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_nan_anywhere_makes_the_reduction_nan(name, place):
    numbers = [2.0, -1.0, 3.0]
    numbers[place] = nan
    assert math.isnan(getattr(autograd, name)(numbers))
    assert math.isnan(float(getattr(autograd, name)([Value(x) for x in numbers])))
    row = autograd.TABLE.get(name)
    if row:
        assert math.isnan(float(autograd.apply(row, [Value(x) for x in numbers])))
