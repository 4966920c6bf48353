"""PyTorch is the tie-breaker: value, first and second derivative of every row and reduction at special points.

Where we differ on purpose, `DELIBERATE` and `DELIBERATE_OF_VECTORS` say why; nothing else may differ.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable

import pytest
from oracles import conventions

import autograd
from autograd import TABLE, Value
from autograd.transforms.linearize import differentiate

inf, nan = math.inf, math.nan


def special(x: float) -> bool:
    return not math.isfinite(x)


def tiny(x: float) -> bool:
    return 0 < abs(x) < 1e-300


def large(x: float) -> bool:
    return 1e100 < abs(x) < inf


# (row, order of derivative, whether it applies at a point, why). Order 0 is the value.
Difference = tuple[str, int, Callable[..., bool], str]
QUOTIENT = "ours reads off from the remainder how often y goes into x: nan where that is nan or infinite"
BRANCH_POINT = "(1 - x)(1 + x) keeps digits that 1 - x*x loses near 1; at 1 itself it gives 0 * inf"
NO_DIGITS = "(1 - x)(1 + x) has no digits of a tiny x left; PyTorch multiplies by x itself"
SQUARE = "ours takes the hypotenuse or roots, which do not overflow; PyTorch squares"
HYPOTENUSE = "ours divides by the hypotenuse twice, which neither over- nor underflows; PyTorch squares"


def extreme(x: float) -> bool:
    return special(x) or tiny(x) or abs(x) > 1e100


DELIBERATE: list[Difference] = [
    ("remainder", 1, lambda x, y: special(x) or special(y) or y == 0, QUOTIENT),
    ("remainder", 2, lambda x, y: special(x) or special(y) or tiny(y) or y == 0, QUOTIENT),
    ("pow", 2, lambda x, y: y == 0 and x > 0, "the mixed derivative of x**y is 1/x at y = 0; PyTorch has 0"),
    ("pow", 2, lambda x, y: x == 0, "at 0 PyTorch multiplies its convention 0 by log(0), which is nan"),
    (
        "pow",
        2,
        lambda x, y: extreme(x) or extreme(y) or x < 0,
        "products of 0 and infinity come in another order where numbers over- or underflow or log(x) is nan",
    ),
    ("asin", 2, lambda x: abs(x) == 1, BRANCH_POINT),
    ("acos", 2, lambda x: abs(x) == 1, BRANCH_POINT),
    ("atanh", 2, lambda x: abs(x) == 1, BRANCH_POINT),
    ("asin", 2, tiny, NO_DIGITS),
    ("acos", 2, tiny, NO_DIGITS),
    ("atanh", 2, tiny, NO_DIGITS),
    ("atanh", 2, large, "outside the domain ours goes to 0 with 1/x**2; PyTorch has nan where that overflows"),
    ("asinh", 1, large, SQUARE),
    ("asinh", 2, large, SQUARE),
    ("acosh", 1, lambda x: large(x) and x > 0, SQUARE),
    ("acosh", 2, lambda x: large(x) and x > 0, SQUARE),
    ("erf", 2, large, "-2x overflows; times a density of 0 that is nan in PyTorch"),
    ("erfc", 2, large, "-2x overflows; times a density of 0 that is nan in PyTorch"),
    ("expm1", 1, lambda x: -50 < x < -15, "ours is exp(x); PyTorch adds 1 to expm1(x), which leaves few digits"),
    ("expm1", 2, lambda x: -50 < x < -15, "ours is exp(x); PyTorch adds 1 to expm1(x), which leaves few digits"),
    ("acosh", 1, lambda x: x <= -1, "where the function is nan its slope is nan; PyTorch has that of acosh(-x)"),
    ("acosh", 2, lambda x: x <= 1, "where the function is nan its slope is nan; at 1 it gives 0 * inf"),
    ("atan2", 1, lambda y, x: extreme(x) or extreme(y), HYPOTENUSE),
    ("atan2", 2, lambda y, x: extreme(x) or extreme(y) or x == y == 0, HYPOTENUSE),
    ("atan2", 2, lambda y, x: abs(x) == abs(y), "the difference of two equal products, of which ours are rounded"),
    ("copysign", 1, lambda x, y: special(x), "the slope is the sign, also at infinity; PyTorch divides inf by inf"),
    (
        "copysign",
        2,
        lambda x, y: special(x) or tiny(x) or x == 0,
        "the slope is constant on either side; PyTorch divides 0 by 0",
    ),
    ("softplus", 2, lambda x: x >= 20, "PyTorch takes softplus for the identity from its threshold of 20 on"),
    ("logsigmoid", 2, lambda x: 15 < x < 50, "ours keeps its digits; PyTorch subtracts from 1"),
    ("silu", 2, lambda x: x >= 20, "1 - sigmoid(x) has few digits left there, in both, and not the same ones"),
    ("gelu", 0, lambda x: -38 < x < -8, "ours is erfc, which keeps its digits; PyTorch adds 1 to erf"),
    ("gelu", 1, lambda x: -38 < x < -8, "ours is erfc, which keeps its digits; PyTorch adds 1 to erf"),
    ("gelu", 2, lambda x: 1e100 < abs(x) < inf, "0 * x * x is nan in PyTorch, where x * x overflows"),
    ("elu", 2, lambda x, alpha: x == 0, "at the kink ours has the left second derivative, PyTorch the right one"),
    ("hardsigmoid", 1, lambda x: abs(x) < 3, "PyTorch rounds its 1/6 to single precision"),
]


# (reductions, orders of derivative, whether it applies at a vector, why)
DifferenceOfVectors = tuple[tuple[str, ...], tuple[int, ...], Callable[[list[float]], bool], str]


def with_special(xs: list[float]) -> bool:
    return any(map(special, xs))


def with_nan(xs: list[float]) -> bool:
    return any(x != x for x in xs)


def with_zero(xs: list[float]) -> bool:
    return 0 in xs


def out_of_scale(xs: list[float]) -> bool:
    return any(0 < abs(x) < 1e-100 or large(x) for x in xs)


def without_freedom(xs: list[float]) -> bool:
    return len(xs) <= 1


SCALED = "ours takes out the size that counts most; PyTorch's powers over- or underflow"
FLAT = "ours is flat at a zero, by convention; PyTorch's curvature there is 0 times infinity"
OTHERS = "ours is the exact product of the others; PyTorch divides the product by the factor"
INFINITE = "ours is infinite or nan, a deviation or 1 divided by 0; PyTorch has 0"
BOTH_SIDES = "the deviation divided by 0: minus infinity below the mean, nan at nan; PyTorch has plus infinity"
SHARE = "ours shares the gradient among the nans, as max and min do in PyTorch too; PyTorch's amax and amin give nan"
ONE_OF_TIES = "ours gives the gradient to the first of equal elements; which one PyTorch takes it leaves open"
NAN_ALONE = "ours is nan only where an infinity or nan takes part; PyTorch's is nan everywhere"

DELIBERATE_OF_VECTORS: list[DifferenceOfVectors] = [
    (("prod",), (1, 2), lambda xs: with_special(xs) or out_of_scale(xs), OTHERS),
    (("prod",), (2,), lambda xs: min(map(abs, xs)) > 900, OTHERS),
    (("norm", "norm, p=-1", "norm, p=1.5", "norm, p=3"), (0,), out_of_scale, SCALED),
    (("norm", "norm, p=-1", "norm, p=0.5", "norm, p=1.5", "norm, p=3"), (1, 2), out_of_scale, SCALED),
    (("norm",), (0,), lambda xs: with_nan(xs) and inf in xs, "a hypotenuse with an infinite side is infinite, by IEEE"),
    (("norm",), (2,), lambda xs: not any(xs), FLAT),
    (("norm, p=-1", "norm, p=0.5", "norm, p=1.5"), (2,), with_zero, FLAT),
    (("norm", "norm, p=0.5", "norm, p=1.5", "norm, p=3", "logsumexp"), (2,), with_special, NAN_ALONE),
    (("var",), (1,), lambda xs: without_freedom(xs) and with_nan(xs), BOTH_SIDES),
    (("var, correction=3",), (1,), lambda xs: len(set(xs)) > 1 or with_nan(xs), BOTH_SIDES),
    (("var",), (2,), without_freedom, INFINITE),
    (("var, correction=3",), (2,), lambda xs: True, INFINITE),
    (
        ("var, correction=0",),
        (1,),
        lambda xs: max(map(abs, xs)) > 9e307,
        "twice the deviation overflows before it is halved",
    ),
    (
        ("std",),
        (2,),
        lambda xs: max(map(abs, xs)) > 9e307,
        "the deviation is infinite, and PyTorch's curvature then nan",
    ),
    (("amax", "amin"), (1,), with_nan, SHARE),
    (("kthvalue, k=1",), (1,), lambda xs: len(set(xs)) < len(xs), ONE_OF_TIES),
]


def excused(name: str, order: int, point: list[float]) -> bool:
    return any(name == row and order == o and applies(*point) for row, o, applies, _ in DELIBERATE)


def agree(ours: float, theirs: float) -> bool:
    if ours != ours or theirs != theirs:
        return ours != ours and theirs != theirs
    # No absolute tolerance but for the last digits of subnormal numbers: a small number can be wrong too.
    return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=2e-323)


def stored_answers():
    return json.loads(conventions.STORED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers():
    try:
        import torch  # noqa: F401
    except ImportError:
        stored = stored_answers()
        return lambda op: stored[op.name]
    return lambda op: [{"point": point, **conventions.ask_pytorch(op, point)} for point in conventions.points(op)]


@pytest.fixture(scope="module")
def answers_of_vectors():
    try:
        import torch  # noqa: F401
    except ImportError:
        stored = stored_answers()
        return lambda name: stored[f"{name} of a vector"]
    return lambda name: [{"point": xs, **conventions.ask_pytorch_reduction(name, xs)} for xs in conventions.VECTORS]


COMPARED = [op for op in TABLE.values() if not op.vectors and op.name not in conventions.NOT_THERE]


def ours(op, point):
    count = conventions.differentiable(op)
    leaves = [Value(x) for x in point[:count]]
    out = autograd.apply(op, *leaves, *point[count:])
    out.backward()
    first = [leaf.grad for leaf in leaves]
    gradient = differentiate(out)
    second = []
    for leaf in leaves:
        slope = gradient.get(leaf, 0.0)
        row = differentiate(slope) if isinstance(slope, Value) else {}
        second.append([float(row.get(other, 0.0)) for other in leaves])
    return out.data, first, second


@pytest.mark.parametrize("op", COMPARED, ids=lambda op: op.name)
def test_value_and_derivatives_are_pytorchs(op, answers):
    wrong = []
    for answer in answers(op):
        point = answer["point"]
        value, first, second = ours(op, point)
        if not agree(value, answer["value"]) and not excused(op.name, 0, point):
            wrong.append(f"{op.name}{point} = {value}, PyTorch says {answer['value']}")
        for i, (mine, other) in enumerate(zip(first, answer["first"], strict=True)):
            if not agree(mine, other) and not excused(op.name, 1, point):
                wrong.append(f"d{op.name}{point}/d{i} = {mine}, PyTorch says {other}")
        for i, (row, others) in enumerate(zip(second, answer["second"], strict=True)):
            for j, (mine, other) in enumerate(zip(row, others or row, strict=True)):
                if not agree(mine, other) and not excused(op.name, 2, point):
                    wrong.append(f"d2{op.name}{point}/d{i}d{j} = {mine}, PyTorch says {other}")
    assert not wrong, "\n".join(wrong)


def test_every_row_is_compared_or_said_not_to_be_there(answers):
    for op in COMPARED:
        assert len(answers(op)) >= 20
    assert set(TABLE) >= conventions.NOT_THERE


def test_every_deliberate_difference_is_one():
    """A difference that is none any more, or never was, does not stay on the list."""
    stored = stored_answers()
    for name, order, applies, why in DELIBERATE:
        assert len(why) > 20
        differs = False
        for answer in stored[name]:
            if applies(*answer["point"]):
                mine = ours(TABLE[name], answer["point"])[order]
                theirs = answer[("value", "first", "second")[order]]
                pairs = zip(flat(mine), flat(theirs), strict=True)
                differs |= not all(b is None or agree(a, b) for a, b in pairs)
        assert differs, f"{name}, order {order}: {why}"


def flat(thing):
    if thing is None:
        return [None]
    return [x for part in thing for x in flat(part)] if isinstance(thing, list) else [thing]


# ---------------------------------------------------------------------- vectors


def ours_of_vector(name, xs):
    def elements(vector):
        out = conventions.REDUCTIONS[name](autograd, vector)
        return out if isinstance(out, list) else [out]

    slopes = autograd.jacobian(elements)
    first, second = slopes(xs), autograd.jacobian(slopes)(xs)
    leaves = [Value(x) for x in xs]
    results = elements(leaves)
    for result, row in zip(results, first, strict=True):
        for leaf in leaves:
            leaf.grad = 0.0
        result.backward()
        assert all(agree(leaf.grad, slope) for leaf, slope in zip(leaves, row, strict=True))
    return [result.data for result in results], first, second


def agree_of_vectors(name, order, xs, mine, theirs):
    # The curvature of a norm or a standard deviation is the difference of two numbers of the size of 1/x, which often
    # are equal: what remains of them is a rounding error, in PyTorch as here.
    curved = order == 2 and name.startswith(("norm", "std"))
    rounding = 1e-14 / min((abs(x) for x in xs if x), default=inf) if curved else 0.0
    pairs = list(zip(flat(mine), flat(theirs), strict=True))
    return all(agree(a, b) or abs(a - b) <= rounding < inf for a, b in pairs)


def excused_of_vectors(name: str, order: int, xs: list[float]) -> bool:
    return any(name in names and order in orders and applies(xs) for names, orders, applies, _ in DELIBERATE_OF_VECTORS)


@pytest.mark.parametrize("name", conventions.REDUCTIONS)
def test_reductions_and_their_derivatives_are_pytorchs(name, answers_of_vectors):
    wrong = []
    for answer in answers_of_vectors(name):
        xs = answer["point"]
        theirs = (answer["value"], answer["first"], answer["second"])
        for order, (mine, other) in enumerate(zip(ours_of_vector(name, xs), theirs, strict=True)):
            if not agree_of_vectors(name, order, xs, mine, other) and not excused_of_vectors(name, order, xs):
                wrong.append(f"{name} of {xs}, derivative of order {order}: {mine}, PyTorch says {other}")
    assert not wrong, "\n".join(wrong)


def test_every_row_on_a_vector_is_compared():
    rows = {op.name for op in TABLE.values() if op.vectors} - conventions.NOT_THERE
    assert rows <= set(conventions.REDUCTIONS)
    assert {len(xs) for xs in conventions.VECTORS} == {1, 2, 3}


def test_every_deliberate_difference_of_vectors_is_one():
    stored = stored_answers()
    for names, orders, applies, why in DELIBERATE_OF_VECTORS:
        assert len(why) > 20
        for name, order in itertools.product(names, orders):
            differs = False
            for answer in stored[f"{name} of a vector"]:
                if applies(answer["point"]):
                    mine = ours_of_vector(name, answer["point"])[order]
                    theirs = answer[("value", "first", "second")[order]]
                    differs |= not agree_of_vectors(name, order, answer["point"], mine, theirs)
            assert differs, f"{name}, order {order}: {why}"
