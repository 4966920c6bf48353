"""Deltas: the exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from autograd import Value, sigmoid
from stepgrad.learn import answers
from stepgrad.learn.kinds import Experiment, Function, Number

Layers = Sequence[Sequence[Sequence[float]]]
"""Weights ``layers[l][k][j]``, from unit j to unit k of the next layer; the last of each row is the bias of k."""

# ---------------------------------------------------------------------- deltas of any network


def deltas(layers: Layers, x: Sequence[float], t: Sequence[float]) -> list[list[float]]:
    """The gradient of E = ½ Σ (O − t)² with respect to the weighted sum of each unit, by this library."""
    outputs: list[Any] = list(x)
    sums = []
    for layer in layers:
        sums.append([sum((w * o for w, o in zip(row, outputs, strict=False)), Value(row[-1])) for row in layer])
        outputs = [sigmoid(z) for z in sums[-1]]
    error: Any = 0.0
    for o, target in zip(outputs, t, strict=True):
        error = error + (o - target) * (o - target) / 2
    error.backward()
    return [[z.grad for z in row] for row in sums]


def _by_formula(
    layers: Layers,
    x: Sequence[float],
    t: Sequence[float],
    sign: float = 1.0,
    slopes: str = "all",
    weights: str = "from",
    outputs_used: str = "all",
    is_turned: bool = False,
) -> list[list[float]]:
    """The deltas by the formula of the lesson, or with something in it changed."""
    outputs = [list(x)]
    for layer in layers:
        units = []
        for row in layer:
            z = sum(w * o for w, o in zip(row, outputs[-1], strict=False)) + row[-1]
            units.append(1 / (1 + math.exp(-z)))
        outputs.append(units)

    def slope(o: float, layer: str) -> float:
        return o * (1 - o) if slopes in ("all", layer) else 1.0

    found = [[sign * (o - target) * slope(o, "output") for o, target in zip(outputs[-1], t, strict=True)]]
    for index in reversed(range(1, len(layers))):
        row = []
        for j, o in enumerate(outputs[index]):
            terms = [
                delta * (layers[index][j][k] if weights == "to" else layers[index][k][j])
                for k, delta in enumerate(found[0])
            ]
            row.append((terms[0] if outputs_used == "first" else sum(terms)) * slope(o, "hidden"))
        found.insert(0, row)
    return found[::-1] if is_turned else found


def _changed(**options: Any) -> Callable[..., list[list[float]]]:
    return lambda layers, x, t: _by_formula(layers, x, t, **options)


def _networks(generator: random.Random, size: int) -> tuple[Any, ...]:
    """Weights, inputs and targets: one unit first, then more of them and more layers."""
    sizes = {1: [1, 1], 2: [1, 1, 1], 3: [2, 2, 2]}.get(size) or [2] * (size % 3 + 3)
    if size >= 5:
        sizes = [generator.randint(1, 4) for _ in range(size % 3 + 3)]

    def drawn() -> float:
        return round(generator.uniform(-2, 2), 1)

    layers = [[[drawn() for _ in range(before + 1)] for _ in range(after)] for before, after in pairwise(sizes)]
    return layers, [drawn() for _ in range(sizes[0])], [round(generator.random(), 1) for _ in range(sizes[-1])]


# ---------------------------------------------------------------------- the perceptron's rule

LABELS = (1.0, -1.0, 1.0)


def perceptron(
    *coordinates: float,
    with_bias: bool = True,
    sign: float = 1.0,
    always: bool = False,
    at_once: bool = False,
    is_strict: bool = False,
) -> list[float]:
    """w1, w2 and b after one pass over three points, starting from 0, or by a rule with a mistake in it."""
    points = list(zip(coordinates[::2], coordinates[1::2], LABELS, strict=True))
    w1 = w2 = b = 0.0
    start = (0.0, 0.0, 0.0)
    for x1, x2, y in points:
        u, v, c = start if at_once else (w1, w2, b)
        side = y * (u * x1 + v * x2 + c)
        if always or side < 0 or (side == 0 and not is_strict):
            w1, w2, b = w1 + sign * y * x1, w2 + sign * y * x2, b + (sign * y if with_bias else 0.0)
    return [w1, w2, b]


def _pass(**options: Any) -> Any:
    def rule(p1: float, p2: float, q1: float, q2: float, r1: float, r2: float) -> list[float]:
        return perceptron(p1, p2, q1, q2, r1, r2, **options)

    return rule


# ---------------------------------------------------------------------- a unit that is not to blame


def _blame(changes: Any, **inputs: float) -> Mapping[str, Any]:
    """The delta of a hidden unit after one of the weights was changed."""
    new = {**inputs, **answers.changed(changes, {name: inputs[name] for name in ("w1", "w2")})}
    changed = [name for name in inputs if new[name] != inputs[name]]
    delta = new["o"] * (1 - new["o"]) * (new["w1"] * new["d1"] + new["w2"] * new["d2"])
    return {
        "count": len(changed),
        "changed": ", ".join(changed),
        "delta": delta if abs(delta) > 1e-12 else 0.0,
    }


EXERCISES = {
    "05.1": Number(
        parts=("δ", "∂E/∂w"),
        reference=lambda o, t, x: [(o - t) * o * (1 - o), (o - t) * o * (1 - o) * x],
        mistakes={
            "turned": lambda o, t, x: [(t - o) * o * (1 - o), (t - o) * o * (1 - o) * x],
            "no_slope": lambda o, t, x: [o - t, (o - t) * x],
            "twice": lambda o, t, x: [2 * (o - t) * o * (1 - o), 2 * (o - t) * o * (1 - o) * x],
            "half_slope": lambda o, t, x: [(o - t) * o, (o - t) * o * x],
            "slope_of_target": lambda o, t, x: [(o - t) * t * (1 - t), (o - t) * t * (1 - t) * x],
            "no_input": lambda o, t: [(o - t) * o * (1 - o), (o - t) * o * (1 - o)],
            "output_for_input": lambda o, t: [(o - t) * o * (1 - o), (o - t) * o * (1 - o) * o],
        },
        inputs={"o": 0.8, "t": 0.3, "x": 1.5},
        vary=lambda generator: {
            "o": round(generator.uniform(0.55, 0.95), 2),
            "t": round(generator.uniform(0.1, 0.45), 2),
            "x": generator.choice([-2.0, 1.5, 2.5, 3.0]),
        },
    ),
    "05.2": Number(
        reference=lambda o, d1, d2, w12, w22: o * (1 - o) * (w12 * d1 + w22 * d2),
        mistakes={
            "first_only": lambda o, d1, w12: o * (1 - o) * w12 * d1,
            "second_only": lambda o, d2, w22: o * (1 - o) * w22 * d2,
            "other_direction": lambda o, d1, d2, w21, w22: o * (1 - o) * (w21 * d1 + w22 * d2),
            "other_unit": lambda o, d1, d2, w11, w21: o * (1 - o) * (w11 * d1 + w21 * d2),
            "no_slope": lambda d1, d2, w12, w22: w12 * d1 + w22 * d2,
            "half_slope": lambda o, d1, d2, w12, w22: o * (w12 * d1 + w22 * d2),
            "no_sign": lambda o, d1, d2, w12, w22: o * (1 - o) * (w12 * abs(d1) + w22 * abs(d2)),
            "no_weights": lambda o, d1, d2: o * (1 - o) * (d1 + d2),
        },
        inputs={"o": 0.6, "d1": 0.1, "d2": -0.04, "w11": 2.0, "w12": -1.0, "w21": 0.8, "w22": 3.0},
        vary=lambda generator: {
            "o": generator.choice([0.2, 0.3, 0.7, 0.9]),
            "d1": generator.choice([0.1, -0.2, 0.3]),
            "d2": generator.choice([-0.05, 0.15, 0.25]),
            **{w: generator.choice([-3.0, -2.0, -1.0, 0.5, 1.5, 2.0, 4.0]) for w in ("w11", "w12", "w21", "w22")},
        },
    ),
    "05.3": Function(
        reference=deltas,
        cases=_networks,
        mistakes={
            "turned": _changed(sign=-1.0),
            "no_slope": _changed(slopes="none"),
            "no_hidden_slope": _changed(slopes="output"),
            "no_output_slope": _changed(slopes="hidden"),
            "other_direction": _changed(weights="to"),
            "first_only": _changed(outputs_used="first"),
            "twice": _changed(sign=2.0),
            "outputs_first": _changed(is_turned=True),
        },
    ),
    "05.4": Number(
        parts=("paths", "edges"),
        reference=lambda layers, units: [units**layers, units + (layers - 1) * units**2 + units],
        mistakes={
            "added": lambda layers, units: [units * layers, units + (layers - 1) * units**2 + units],
            "power_turned": lambda layers, units: [layers**units, units + (layers - 1) * units**2 + units],
            "all_full": lambda layers, units: [units**layers, (layers + 1) * units**2],
            "no_ends": lambda layers, units: [units**layers, (layers - 1) * units**2],
            "biases": lambda layers, units: [
                units**layers,
                units + (layers - 1) * units**2 + units + layers * units + 1,
            ],
            "all_layers_full": lambda layers, units: [units**layers, layers * units**2],
            "one_more": lambda layers, units: [
                units ** (layers + 1),
                units + (layers - 1) * units**2 + units,
            ],
            "units_only": lambda layers, units: [units**layers, layers * units],
        },
        inputs={"layers": 5.0, "units": 3.0},
        vary=lambda generator: {
            "layers": float(generator.choice([4, 6, 7, 8])),
            "units": float(generator.choice([2, 4, 5, 10])),
        },
    ),
    "05.5": Number(
        parts=("w1", "w2", "b"),
        reference=_pass(),
        mistakes={
            "subtracted": _pass(sign=-1.0),
            "always": _pass(always=True),
            "no_bias": _pass(with_bias=False),
            "at_once": _pass(at_once=True),
            "strict": _pass(is_strict=True),
        },
        inputs={"p1": 1.0, "p2": 1.0, "q1": -2.0, "q2": -1.0, "r1": 1.0, "r2": -3.0},
    ),
    "05.6": Experiment(
        perform=_blame,
        conditions={
            "nothing_changed": lambda count: count > 0,
            "too_many": lambda count: count == 1,
            "not_zero": lambda delta: delta == 0,
        },
        example=lambda o, d1, d2, w1, w2: {"w1": -w2 * d2 / d1},
        inputs={"o": 0.6, "d1": 0.1, "d2": -0.05, "w1": -1.0, "w2": 3.0},
        vary=lambda generator: {
            "o": generator.choice([0.2, 0.3, 0.7, 0.9]),
            "d1": generator.choice([0.1, -0.2, 0.4]),
            "d2": generator.choice([-0.05, 0.15, 0.25]),
            "w1": generator.choice([-2.0, -1.0, 4.0]),
            "w2": generator.choice([1.0, 3.0, 5.0]),
        },
    ),
}
