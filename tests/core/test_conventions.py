"""PyTorch is the tie-breaker: value, first and second derivative of every row and reduction at special points.

A row may differ where there is no tie to break: away from its kinks, if its number is the exact one by mpmath, at
infinity the limit. Where we differ otherwise, `DELIBERATE` and `DELIBERATE_OF_VECTORS` say why; nothing else may
differ. A new row needs nothing here: PyTorch's function is found by its name.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
from oracles import conventions

import autograd
from autograd import TABLE, Value
from autograd.transforms.linear_map import differentiate

pytest.importorskip("mpmath", reason="mpmath tells which of two numbers is exact: pip install mpmath")
from oracles.exact import is_exact

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
    ("sinc", 1, large, "ours divides by x twice; PyTorch by x * x, which overflows"),
    ("sinc", 2, large, "ours divides by x twice; PyTorch by x * x, which overflows"),
    ("erfc", 2, large, "-2x overflows; times a density of 0 that is nan in PyTorch"),
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
    ("silu", 2, lambda x: x >= 20, "1 - sigmoid(x) has few digits left there, in both, and not the same ones"),
    ("gelu", 2, lambda x: 1e100 < abs(x) < inf, "0 * x * x is nan in PyTorch, where x * x overflows"),
    ("elu", 2, lambda x, alpha: x == 0, "at the kink ours has the left second derivative, PyTorch the right one"),
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
FLAT = "the slope at a zero is 0 by convention, so its own slope is nan; PyTorch has another number, or nan elsewhere"
TIP = (
    "the slope at the tip of a cone is 0 by convention, so its own slope is nan; PyTorch has 0, and so a wrong Hessian"
)
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
    (("norm, p=-1", "norm, p=3"), (2,), with_zero, TIP),
    (("norm, p=0.5", "norm, p=1.5"), (2,), with_zero, FLAT),
    (("std", "std, correction=0"), (2,), lambda xs: not autograd.std(xs, correction=0) > 0, TIP),
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


try:
    import torch  # noqa: F401
except ImportError:
    stored_answers = conventions.stored_answers()

    def answers_of(name, ask):
        if name not in stored_answers:
            pytest.skip(f"no answers about {name} are stored; where PyTorch is installed, make operations stores them")
        return stored_answers[name]

else:

    def answers_of(name, ask):
        return ask()


def answers(op):
    return answers_of(op.name, lambda: [{"point": x, **conventions.ask_pytorch(op, x)} for x in conventions.points(op)])


def answers_of_vectors(name):
    return answers_of(
        f"{name} of a vector",
        lambda: [{"point": xs, **conventions.ask_pytorch_reduction(name, xs)} for xs in conventions.VECTORS],
    )


NOT_IN_PYTORCH = conventions.not_in_pytorch()
COMPARED = [op for op in TABLE.values() if not op.vectors and op.name not in NOT_IN_PYTORCH]


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


def differences(op, answer):
    """(order, operands differentiated by, ours, PyTorch's) of each number in which we differ from an answer."""
    value, first, second = ours(op, answer["point"])
    mine = {(): value}
    theirs = {(): answer["value"]}
    for i, slope in enumerate(first):
        mine[i,], theirs[i,] = slope, answer["first"][i]
        for j, curvature in enumerate(second[i]):
            row = answer["second"][i]
            mine[i, j], theirs[i, j] = curvature, row and row[j]
    for places, number in mine.items():
        if theirs[places] is not None and not agree(number, theirs[places]):  # None where PyTorch has no derivative
            yield len(places), places, number, theirs[places]


@pytest.mark.parametrize("op", COMPARED, ids=lambda op: op.name)
def test_value_and_derivatives_are_pytorchs(op):
    wrong = []
    for answer in answers(op):
        point = answer["point"]
        for order, places, number, other in differences(op, answer):
            if not excused(op.name, order, point) and not is_exact(op, point, places, number):
                by = " by " + ", ".join(op.parameters[i] for i in places) if places else ""
                wrong.append(f"{op.name}({', '.join(map(str, point))}){by} is {number}, PyTorch says {other}")
    assert not wrong, advice(op.name, wrong)


def advice(name, wrong):
    """What differs, and what to do about it."""
    first = f'("{name}", <order: 0, 1 or 2>, lambda <arguments>: <where>, "<why>"),'
    return "\n".join(
        [
            *wrong,
            "Write the rules such that they agree, or, if the difference is meant, add a line to DELIBERATE in "
            f"tests/core/test_conventions.py: {first} If PyTorch means another function by that name, add a line to "
            f'OTHERWISE in tests/oracles/conventions.py: "{name}": (None, "<why>"),',
        ]
    )


def test_every_row_is_compared_or_not_in_pytorch():
    assert {op.name for op in COMPARED} | set(NOT_IN_PYTORCH) | set(conventions.REDUCTIONS) >= set(TABLE)
    for op in COMPARED:
        assert len(conventions.points(op)) >= 20
    for _, why in conventions.OTHERWISE.values():
        assert len(why) > 20


@pytest.mark.native
def test_the_stored_answers_are_about_this_table():
    pytest.importorskip("torch", reason="PyTorch is not installed, so its answers cannot be stored anew")
    stored = conventions.stored_answers()
    names = {op.name for op in COMPARED} | {f"{name} of a vector" for name in conventions.REDUCTIONS}
    out_of_date = "tests/oracles/conventions.json is out of date: run make operations"
    assert {*stored} == names | {conventions.NOT_IN_PYTORCH}, out_of_date
    assert stored[conventions.NOT_IN_PYTORCH] == NOT_IN_PYTORCH, out_of_date
    for op in COMPARED:
        assert repr([answer["point"] for answer in stored[op.name]]) == repr(conventions.points(op)), out_of_date


def test_every_deliberate_difference_is_one():
    """A difference that is none any more, or never was, does not stay on the list."""
    stored = conventions.stored_answers()
    for name, order, applies, why in DELIBERATE:
        assert len(why) > 20
        op = TABLE[name]
        points = (answer for answer in stored[name] if applies(*answer["point"]))
        found = (
            number_order == order and not is_exact(op, answer["point"], places, number)
            for answer in points
            for number_order, places, number, _ in differences(op, answer)
        )
        assert any(found), f"{name}, order {order}: {why}"


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
def test_reductions_and_their_derivatives_are_pytorchs(name):
    wrong = []
    for answer in answers_of_vectors(name):
        xs = answer["point"]
        theirs = (answer["value"], answer["first"], answer["second"])
        for order, (mine, other) in enumerate(zip(ours_of_vector(name, xs), theirs, strict=True)):
            if not agree_of_vectors(name, order, xs, mine, other) and not excused_of_vectors(name, order, xs):
                wrong.append(f"{name} of {xs}, derivative of order {order}: {mine}, PyTorch says {other}")
    what_to_do = (
        "Write the rules such that they agree, or, if the difference is meant, add a line to DELIBERATE_OF_VECTORS in "
        f'tests/core/test_conventions.py: (("{name}",), (<orders>,), lambda xs: <where>, "<why>"),'
    )
    assert not wrong, "\n".join([*wrong, what_to_do])


def test_vectors_of_all_lengths_are_compared():
    assert {len(xs) for xs in conventions.VECTORS} == {1, 2, 3}


def test_every_deliberate_difference_of_vectors_is_one():
    stored = conventions.stored_answers()
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


# What hides a nan, here as in PyTorch and IEEE 754, and where.
HIDES_NAN: dict[str, Callable[..., bool]] = {
    "pow": lambda x, y: x == 1 or y == 0,
    "hypot": lambda x, y: math.inf in (abs(x), abs(y)),
    "leaky_relu": lambda x, slope: x > 0,
    "elu": lambda x, alpha: x > 0,
    "sign": lambda x: True,
    "copysign": lambda x, y: x == x,
    "where": lambda condition, x, y: x == x if condition else y == y,
    "var": lambda xs, correction: correction != correction,
    "std": lambda xs, correction: correction != correction,
}
OTHERS_OF_NAN = [0.0, 1.0, -2.0, 7.5, inf, -inf, nan]


@pytest.mark.parametrize("op", TABLE.values(), ids=lambda op: op.name)
def test_a_nan_among_the_arguments_reaches_the_result(op):
    kinds = [
        list(itertools.product(OTHERS_OF_NAN, repeat=2)) if i < op.vectors else OTHERS_OF_NAN for i in range(op.arity)
    ]
    for arguments in itertools.islice(itertools.product(*kinds), 5000):
        if any(x != x for x in op.flat(arguments)) and not HIDES_NAN.get(op.name, lambda *_: False)(*arguments):
            assert math.isnan(op.value(*map(_list_or_number, arguments))), arguments


def _list_or_number(argument):
    return list(argument) if isinstance(argument, tuple) else argument


REDUCED = ("sum", "mean", "prod", "var", "std", "logsumexp", "norm", "amax", "amin")


@pytest.mark.parametrize("name", REDUCED)
def test_a_nan_among_the_elements_reaches_the_reduced_number(name):
    for xs in itertools.product(OTHERS_OF_NAN, repeat=3):
        if any(x != x for x in xs):
            assert math.isnan(getattr(autograd, name)(list(xs))), xs
            for p in (-inf, -1, 0.5, 1, 1.5, 3, inf) if name == "norm" else ():
                assert math.isnan(autograd.norm(list(xs), p)), (p, xs)


@pytest.mark.parametrize("p", [2, 3, 1.5, 0.5, -1])
def test_the_hessian_at_the_tip_of_a_norm_is_nan_rather_than_wrong(p):
    """That of the squared length is 2 on the diagonal, not 0, as two derivatives by convention would make it."""

    def function(v):
        return autograd.norm(v, p) ** 2

    hessian = autograd.hessian(function)([0.0, 0.0, 0.0])
    assert all(math.isnan(hessian[i][i]) for i in range(3))
    assert autograd.grad(function)([0.0, 0.0, 0.0]) == [0.0, 0.0, 0.0]
    assert autograd.hessian(lambda v: autograd.dot(v, v))([0.0, 0.0]) == [[2.0, 0.0], [0.0, 2.0]]


def test_the_hessian_of_a_standard_deviation_of_equal_elements_is_nan_rather_than_wrong():
    for point in ([1.0, 1.0], [0.0, 0.0], [-2.5, -2.5, -2.5]):
        hessian = autograd.hessian(lambda v: autograd.std(v) ** 2)(point)
        assert all(math.isnan(x) for row in hessian for x in row)
        assert autograd.grad(autograd.std)(point) == [0.0] * len(point)
    assert autograd.hessian(autograd.var)([1.0, 1.0]) == [[1.0, -1.0], [-1.0, 1.0]]
