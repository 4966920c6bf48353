"""Every loss and its gradient to the last digits, against mpmath: near 0 and 1, for huge scores, for soft targets."""

from __future__ import annotations

import math
from itertools import product

import pytest

import nn
from autograd import Value
from nn.modules.base_loss import Loss
from nn.nested import flat
from nn.registry import declared

mpmath = pytest.importorskip("mpmath", reason="mpmath computes the digits to compare with: pip install mpmath")

mp = mpmath.mp.clone()
mp.dps = 1000  # so that 1e300 plus a step of 1e-150 is more than 1e300, and a difference of such has digits left

TINY, ULP = 1e-20, 2.0**-52
POSITIVE = [1e-150, TINY, 1e-8, 0.3, 1.0, 1 + ULP, 5.0, 37.0, 700.0, 1e4, 1e150]
NUMBERS = [0.0, *POSITIVE, *(-x for x in POSITIVE)]
LOGITS = [*NUMBERS, 1e300, -1e300]
# The derivative at 0 and 1 and where the logarithm is cut off has a test of its own in `test_losses.py`.
CHANCES = [1e-300, 1e-50, 1e-40, TINY, 1e-8, 0.125, 0.3, 0.5, 0.7, 1 - 1e-8, 1 - ULP / 2]
SOFT = [0.0, 1.0, 0.5, 0.3, TINY, 1e-8, 1 - ULP / 2]
SIGNS = [-1.0, 1.0]
ROWS = [
    [0.0, 0.0, 0.0],
    [3.0, -2.0, 7.5],
    [1e-8, -1e-8, TINY],
    [40.0, 0.0, -40.0],
    [1000.0, 999.5, -1000.0],
    [1e8, 1e8 + 0.5, 1e8 - 2],
    [-1e4, -1e4, 1e4],
    [1e300, -1e300, 0.0],
]
DISTRIBUTIONS = [[1.0, 0.0, 0.0], [0.25, 0.25, 0.5], [TINY, 1 - TINY, 0.0], [0.0, 0.5, 0.5]]


def distance(x, y):
    return abs(x - y)


def huber(x, y, delta):
    d = abs(x - y)
    return d * d / 2 if d <= delta else delta * (d - mp.mpf(delta) / 2)


def bounded_log(p):
    return max(mp.log(p), mp.mpf(-100)) if p > 0 else mp.mpf(-100)


def softplus(x):
    return mp.log1p(mp.exp(x)) if x < 3000 else x  # to more than 1000 digits


def cross_entropy(wanted):
    """The terms of a row, with the weights of its classes: what is left of logsumexp and of the score."""

    def terms(*scores):
        largest = max(scores)
        normalizer = mp.log(mp.fsum(mp.exp(x - largest) for x in scores))
        return (mp.fsum(wanted) * normalizer, *(-w * (x - largest) for w, x in zip(wanted, scores, strict=True) if w))

    return terms


def one_hot(index, smoothing=0.0):
    even = mp.mpf(smoothing) / 3
    return [(1 - mp.mpf(smoothing)) * (place == index) + even for place in range(3)]


def margin(index, p):
    return lambda *scores: [
        max(mp.zero, 1 - scores[index] + x) ** p / 3 for place, x in enumerate(scores) if place != index
    ]


# The name of a loss: its options; its inputs, numbers that have a gradient and constants behind them; and the terms
# whose sum it is. Two terms may cancel, a term by itself may not lose a digit.
CASES = [
    ("MSELoss", {}, list(product(NUMBERS, NUMBERS)), lambda x, y: [(x - y) ** 2]),
    ("L1Loss", {}, [(x, y) for x, y in product(NUMBERS, NUMBERS) if x != y], lambda x, y: [distance(x, y)]),
    ("HuberLoss", {}, list(product(NUMBERS, NUMBERS)), lambda x, y: [huber(x, y, 1)]),
    ("HuberLoss", {"delta": 0.25}, list(product(NUMBERS, NUMBERS)), lambda x, y: [huber(x, y, 0.25)]),
    ("SmoothL1Loss", {"beta": 4.0}, list(product(NUMBERS, NUMBERS)), lambda x, y: [huber(x, y, 4) / 4]),
    (
        "BCELoss",
        {},
        list(product(CHANCES, SOFT)),
        lambda p, y: [-y * bounded_log(p), -(1 - y) * bounded_log(1 - p)],
    ),
    (
        "BCEWithLogitsLoss",
        {},
        list(product(LOGITS, SOFT)),
        lambda x, y: [y * softplus(-x), (1 - y) * softplus(x)],
    ),
    (
        "BCEWithLogitsLoss",
        {"pos_weight": 3.0, "weight": 0.5},
        list(product(LOGITS, SOFT)),
        lambda x, y: [y * softplus(-x) * 3 / 2, (1 - y) * softplus(x) / 2],
    ),
    ("HingeLoss", {}, list(product(NUMBERS, SIGNS)), lambda x, y: [max(mp.zero, 1 - y * x)]),
    ("SoftMarginLoss", {}, list(product(LOGITS, SIGNS)), lambda x, y: [softplus(-y * x)]),
    (
        "HingeEmbeddingLoss",
        {"margin": 2.0},
        list(product(POSITIVE, SIGNS)),
        lambda x, y: [x if y == 1 else max(mp.zero, 2 - x)],
    ),
    (
        "MarginRankingLoss",
        {"margin": 0.5},
        list(product(NUMBERS, NUMBERS, SIGNS)),
        lambda x, z, y: [mp.mpf("0.5"), -y * (x - z)] if 0.5 - y * (x - z) > 0 else [mp.zero],
    ),
    (
        "KLDivLoss",
        {},
        [(x, p) for x, p in product(NUMBERS, [0.0, *CHANCES, 1.0]) if x <= 1],
        lambda x, p: [p * mp.log(p), -p * x] if p else [mp.zero],
    ),
    (
        "KLDivLoss",
        {"log_target": True},
        [(x, y) for x, y in product(NUMBERS, NUMBERS) if x <= 1 and y <= 1],
        lambda x, y: [mp.exp(y) * (y - x)],
    ),
    (
        "GaussianNLLLoss",
        {"full": True},
        list(product(NUMBERS[:9], NUMBERS[:9], [1e-5, 0.3, 1.0, 1 + ULP, 1e4])),
        lambda x, y, v: [mp.log(v) / 2, (x - y) ** 2 / v / 2, mp.log(2 * mp.pi) / 2],
    ),
    *(
        case
        for index in range(3)
        for case in [
            ("CrossEntropyLoss", {}, [(row, index) for row in ROWS], cross_entropy(one_hot(index))),
            (
                "CrossEntropyLoss",
                {"label_smoothing": 0.125},
                [(row, index) for row in ROWS],
                cross_entropy(one_hot(index, 0.125)),
            ),
            ("NLLLoss", {}, [(row, index) for row in ROWS], lambda *scores, index=index: [-scores[index]]),
            ("MultiMarginLoss", {}, [(row, index) for row in ROWS], margin(index, 1)),
            ("MultiMarginLoss", {"p": 2}, [(row, index) for row in ROWS if max(row) < 1e9], margin(index, 2)),
        ]
    ),
    *(
        ("CrossEntropyLoss", {}, [(row, wanted) for row in ROWS], cross_entropy([mp.mpf(w) for w in wanted]))
        for wanted in DISTRIBUTIONS
    ),
]

# The parts of a loss of classes are each rounded next to 1, so digits of a loss or of a gradient below that are lost,
# as in PyTorch.
SLACK = {"CrossEntropyLoss": 1.0}
LIMIT = 8 * ULP
LEAST = 2.0**-1070  # a few subnormal numbers


def derivative(terms, place, point):
    """Of each term by one number: a central difference."""
    h = mp.mpf(10) ** -310 * max(1, abs(point[place])) * min(1, abs(point[place]) or 1)
    sides = [terms(*point[:place], point[place] + step, *point[place + 1 :]) for step in (h, -h)]
    return [(above - below) / (2 * h) for above, below in zip(*sides, strict=True)]


def close(ours, terms, slack):
    return abs(mp.mpf(ours) - mp.fsum(terms)) <= LIMIT * (mp.fsum(terms, absolute=True) + slack) + LEAST


def at_a_kink(name, point):
    if name == "HingeLoss":
        return point[0] * point[1] == 1
    if name == "HingeEmbeddingLoss":
        return point[1] == -1 and point[0] == 2
    return name == "MarginRankingLoss" and point[2] * (point[0] - point[1]) == 0.5


@pytest.mark.parametrize(
    ("name", "options", "points", "terms"), CASES, ids=[f"{name} {options or ''}" for name, options, *_ in CASES]
)
def test_a_loss_and_its_gradient_are_right_to_the_last_digits(name, options, points, terms):
    loss = getattr(nn, name)(**options)
    # The last input has a gradient where it is a number as the first one is, neither a class nor a probability.
    constants = int(declared(Loss)[name].compares != "numbers" and name != "GaussianNLLLoss")
    for point in points:
        inputs = list(point)
        varied = [Value(x) for x in flat(inputs[: len(inputs) - constants])]
        parts = [varied] if isinstance(inputs[0], list) else varied
        result = loss(*parts, *inputs[len(inputs) - constants :])
        result.backward()
        exact = [mp.mpf(x) for x in (inputs[0] if isinstance(inputs[0], list) else inputs)]
        assert close(result.data, terms(*exact), SLACK.get(name, 0)), (point, result.data)
        if at_a_kink(name, point):
            continue
        for place, value in enumerate(varied):
            slopes = derivative(terms, place, exact)
            assert close(value.grad, slopes, SLACK.get(name, 0)), (point, place, value.grad)


def test_every_loss_is_among_them():
    assert {name for name, *_ in CASES} == set(declared(Loss))


def test_certainties_cost_nothing_or_a_hundred():
    loss = nn.BCELoss(reduction="none")
    assert loss([0.0, 1.0, 0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0, 0.5, 0.25]) == [0, 0, 100, 100, 50, 75]
    # The least numbers on the way to 0 and 1.
    assert loss([5e-324, 1 - ULP / 2], [0.0, 1.0]) == [5e-324, ULP / 2]
    assert loss(math.nextafter(1.0, 0.0), 0.0) == pytest.approx(53 * math.log(2), rel=1e-15)
