"""PyTorch is the tie-breaker: value, first and second derivative of every row at special points.

Where we differ on purpose, `DELIBERATE` says why; nothing else may differ. Rows on whole vectors are compared in
`test_reductions.py`, where one differs: a variance with no degrees of freedom is infinite, and below the mean its slope
is minus infinity, where PyTorch has plus infinity on both sides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import conventions
import pytest

import autograd
from autograd import TABLE, Value
from autograd.linearmap import differentiate

inf, nan = math.inf, math.nan


def special(x: float) -> bool:
    return not math.isfinite(x)


def tiny(x: float) -> bool:
    return 0 < abs(x) < 1e-300


# (row, order of derivative, whether it applies at a point, why). Order 0 is the value.
Difference = tuple[str, int, Callable[..., bool], str]
QUOTIENT = "ours reads off from the remainder how often y goes into x: nan where that is nan or infinite"
BRANCH_POINT = "(1 - x)(1 + x) keeps digits that 1 - x*x loses near 1; at 1 itself it gives 0 * inf"
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
    ("acosh", 1, lambda x: x <= -1, "where the function is nan its slope is nan; PyTorch has that of acosh(-x)"),
    ("acosh", 2, lambda x: x <= 1, "where the function is nan its slope is nan; at 1 it gives 0 * inf"),
    ("atan2", 1, lambda y, x: extreme(x) or extreme(y), HYPOTENUSE),
    ("atan2", 2, lambda y, x: extreme(x) or extreme(y) or x == y == 0, HYPOTENUSE),
    ("copysign", 1, lambda x, y: special(x), "the slope is the sign, also at infinity; PyTorch divides inf by inf"),
    (
        "copysign",
        2,
        lambda x, y: special(x) or tiny(x) or x == 0,
        "the slope is constant on either side; PyTorch divides 0 by 0",
    ),
    ("softplus", 2, lambda x: x > 20, "PyTorch takes softplus for the identity above its threshold of 20"),
    ("silu", 2, lambda x: x > 20, "1 - sigmoid(x) has few digits left there, in both, and not the same ones"),
    ("gelu", 2, lambda x: 1e100 < abs(x) < inf, "0 * x * x is nan in PyTorch, where x * x overflows"),
    ("elu", 2, lambda x, alpha: x == 0, "at the kink ours has the left second derivative, PyTorch the right one"),
    ("hardsigmoid", 1, lambda x: abs(x) < 3, "PyTorch rounds its 1/6 to single precision"),
]


def excused(name: str, order: int, point: list[float]) -> bool:
    return any(name == row and order == o and applies(*point) for row, o, applies, _ in DELIBERATE)


def agree(ours: float, theirs: float) -> bool:
    if ours != ours or theirs != theirs:
        return ours != ours and theirs != theirs
    return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-15)


@pytest.fixture(scope="module")
def answers():
    try:
        import torch  # noqa: F401
    except ImportError:
        stored = json.loads(conventions.STORED.read_text(encoding="utf-8"))
        return lambda op: stored[op.name]
    return lambda op: [{"point": point, **conventions.ask_pytorch(op, point)} for point in conventions.points(op)]


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
    stored = json.loads(conventions.STORED.read_text(encoding="utf-8"))
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
