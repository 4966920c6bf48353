"""What the exercises hold to be right, against closed forms and plain loops."""

from __future__ import annotations

import math
import random
from itertools import pairwise, product

import pytest

import nn
from autograd import Value
from nn.linear_model import Perceptron
from stepgrad.learn import check, exercises, inputs
from stepgrad.learn.lessons.lesson_05 import LABELS, deltas
from stepgrad.learn.lessons.lesson_M import found_by_diagnose
from stepgrad.learn.words import sentences

SEEDS = [None, *range(6)]


@pytest.mark.parametrize("seed", SEEDS)
def test_quickstart(seed):
    a, b = inputs("00.1", seed=seed).values()
    assert check("00.1", [b + 2 * a, a], seed=seed)
    a, b = inputs("00.2", seed=seed).values()
    assert check("00.2", {"b": -2 * a}, seed=seed) and check("00.2", {"a": -b / 2}, seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_squared_error(seed):
    w, x, b, y = inputs("03.2", seed=seed).values()
    error = w * x + b - y
    products = [error, error, 2 * error, -2 * error, 2 * error, 2 * error, 2 * error * x, 2 * error * w]
    assert check("03.2", products, seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_relu_that_is_off(seed):
    assert check("03.1", [0] * 5, seed=seed)
    x1, x2, w1, w2, b = inputs("03.1", seed=seed).values()
    assert x1 * w1 + x2 * w2 + b < 0


@pytest.mark.parametrize("seed", SEEDS)
def test_powers(seed):
    x = inputs("03.3", seed=seed)["x"]
    assert check("03.3", [3, 3 * x**2, 4, 4 * x**3], seed=seed)


def test_orders():
    """Of all orders of five results those are right in which consumers come first."""
    consumers = {"b": "cd", "c": "de", "d": "f", "e": "f", "f": ""}
    from itertools import permutations

    for order in permutations("bcdef"):
        right = all(order.index(consumer) < order.index(name) for name in order for consumer in consumers[name])
        assert check("03.4", list(order)).right is right


@pytest.mark.parametrize("seed", SEEDS)
def test_delta_of_an_output(seed):
    o, t, x = inputs("05.1", seed=seed).values()
    z = math.log(o / (1 - o))

    def error(z):
        return (1 / (1 + math.exp(-z)) - t) ** 2 / 2

    slope = (error(z + 1e-5) - error(z - 1e-5)) / 2e-5
    assert check("05.1", [slope, slope * x], seed=seed)


def test_deltas_of_a_network_by_differences():
    layers = [[[0.5, -1.0, 0.3], [1.5, 0.8, -0.7]], [[1.2, -2.0, 0.4], [-0.6, 1.6, 0.1]]]
    x, t = [1.0, 2.0], [1.0, 0.0]

    def error(layers):
        outputs = x
        for layer in layers:
            sums = [sum(w * o for w, o in zip(row, outputs, strict=False)) + row[-1] for row in layer]
            outputs = [1 / (1 + math.exp(-z)) for z in sums]
        return sum((o - target) ** 2 for o, target in zip(outputs, t, strict=True)) / 2

    found = deltas(layers, x, t)
    for place, unit in product(range(2), range(2)):  # a bias is added to the sum
        moved = [error_with(layers, place, unit, h, error) for h in (1e-5, -1e-5)]
        assert found[place][unit] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-6)


def error_with(layers, place, unit, h, error):
    changed = [[list(row) for row in layer] for layer in layers]
    changed[place][unit][-1] += h
    return error(changed)


@pytest.mark.parametrize("seed", SEEDS)
def test_paths_and_edges(seed):
    layers, units = map(int, inputs("05.4", seed=seed).values())
    edges = units + (layers - 1) * units * units + units
    paths = 1
    for _ in range(layers):  # unit by unit
        paths = sum(paths for _ in range(units))
    assert check("05.4", [paths, edges], seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_perceptrons_rule(seed):
    numbers = list(inputs("05.5", seed=seed).values())
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    found = Perceptron(shuffle=False, max_iter=1).fit(points, list(LABELS))
    weights = found.coef_[0] if isinstance(found.coef_[0], list) else found.coef_
    intercept = found.intercept_[0] if isinstance(found.intercept_, list) else found.intercept_
    assert check("05.5", [*map(float, weights), float(intercept)], seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_floor_of_a_loss_that_gets_probabilities(seed):
    classes = int(inputs("M.2", seed=seed)["classes"])
    loss = nn.functional.cross_entropy([1.0] + [0.0] * (classes - 1), 0)
    assert check("M.2", float(loss), seed=seed)


def test_softmax_and_adam_by_the_library():
    assert check("M.3", nn.functional.softmax)

    def steps(slopes):
        x = Value(0.0)
        optimizer, places = nn.optim.Adam([x], lr=0.1), [0.0]
        for x.grad in slopes:
            optimizer.step()
            places.append(x.data)
        return [before - after for before, after in pairwise(places)]

    assert check("M.4", steps)


def test_what_diagnose_finds_is_found_again_and_leaves_the_random_numbers_alone():
    random.seed(1)
    state = random.getstate()
    found_by_diagnose.cache_clear()
    assert found_by_diagnose() == {"4", "7", "8"} and random.getstate() == state


@pytest.mark.parametrize(
    ("layers", "code"),
    [
        (lambda same: [same, same, nn.Softmax()], "right"),
        (lambda same: [same, nn.Tanh(), same, nn.Softmax()], "right"),
        (lambda same: [same, same], "not_twice"),
        (lambda same: [same, nn.Softmax()], "not_shared"),
        (lambda same: [same], "nothing"),
        (lambda same: [same, same, nn.Linear(2, 3), nn.Softmax()], "outputs"),
        (lambda same: [same, same, nn.Linear(2, 1)], "outputs"),
        (lambda same: [nn.Linear(3, 2), nn.Softmax()], "raises"),
    ],
    ids=["both", "both, apart", "scores", "once", "neither", "three classes", "one number", "other inputs"],
)
def test_a_network_with_two_bugs(layers, code):
    assert check("M.6", nn.Sequential(*layers(nn.Linear(2, 2)))).code == code


def test_an_example_of_a_network_with_two_bugs_is_one():
    names = {"nn": nn}
    exec(sentences()["M.6.answer"]["en"], names)
    assert check("M.6", names["answer"]) and check("M.6", exercises()["M.6"].example())


@pytest.mark.parametrize("name", exercises())
def test_the_last_hint_is_an_answer(name):
    exercise = exercises()[name]
    rule, numbers, answer = exercise.hints(exercise.inputs)
    assert rule and numbers and answer and len({rule, numbers, answer}) == 3
