"""The bug museum: the exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import autograd
import nn
from stepgrad.learn.answers import shown
from stepgrad.learn.kinds import Choice, Experiment, Function, Number

# ---------------------------------------------------------------------- what diagnose finds


def _moons() -> Any:
    return nn.datasets.make_moons(60, noise=0.1, random_state=0)


def _network(*inner: nn.Module, outputs: int = 2) -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), *inner, nn.Linear(4, outputs))


def _error_rate(outputs: Any, targets: Any) -> Any:
    """The share of errors, which is flat."""
    decided = [(out.sigmoid() + 0.5).floor() for (out,) in outputs]
    return autograd.mean([(d - target).abs() for d, target in zip(decided, targets, strict=True)])


@cache
def found_by_diagnose() -> frozenset[str]:
    """The rooms whose model, data and criterion have a finding; a loop or an optimizer is not among these."""
    state = random.getstate()
    random.seed(0)
    line = ([[i / 10] for i in range(20)], [[i / 5 + 1] for i in range(20)])
    points, heights = nn.datasets.make_regression(60, n_features=2, noise=1.0, random_state=0)
    plane = (points, [[height / 50] for height in heights])
    cross_entropy, squares = nn.CrossEntropyLoss(), nn.MSELoss()
    rooms: dict[str, tuple[nn.Module, Any, Any]] = {
        "3": (nn.Linear(1, 1), line, squares),
        "4": (_network(*[nn.Linear(4, 4), nn.Tanh()] * 3), _moons(), cross_entropy),
        "5": (_network(), _moons(), cross_entropy),
        "7": (_network(outputs=1), _moons(), _error_rate),
        "8": (nn.Sequential(_network(), nn.Softmax()), _moons(), cross_entropy),
        "9": (nn.Linear(2, 1), plane, squares),
    }
    random.setstate(state)  # the learner's own program goes on with its numbers
    return frozenset(room for room, case in rooms.items() if nn.diagnose(*case).findings)


# ---------------------------------------------------------------------- a softmax that does not overflow


def stable_softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities of scores of any size: the shift by the largest one cancels."""
    most = max(scores)
    powers = [math.exp(score - most) for score in scores]
    return [power / sum(powers) for power in powers]


def _softmax_of(change: Callable[[Sequence[float]], list[float]]) -> Callable[..., list[float]]:
    """A softmax of scores that were changed first; too large ones give infinity, as in the lesson."""

    def softmax(scores: Sequence[float]) -> list[float]:
        powers = [autograd.exp(score) for score in change(scores)]
        return [power / sum(powers) for power in powers]

    return softmax


def _numerator_only(scores: Sequence[float]) -> list[float]:
    most = max(scores)
    return [autograd.exp(score - most) / sum(map(autograd.exp, scores)) for score in scores]


def _scores(generator: random.Random, size: int) -> tuple[list[float]]:
    """Small scores first; then large ones, some that are far apart, and very negative ones."""
    small = [round(generator.uniform(0.5, 3.0), 2) for _ in range(size)]
    if size <= 4:
        return (small,)
    if size <= 6:
        return ([1000 + score for score in small],)
    if size == 7:
        return ([1000 + small[0], small[1]],)
    if size <= 9:
        return ([1000 + small[0], *(score - 1000 for score in small[1:])],)
    return ([score - 1000 for score in small],)


# ---------------------------------------------------------------------- Adam by hand


def adam_steps(slopes: Sequence[float]) -> list[float]:
    """What Adam with lr = 0.1 subtracts in each step, for these slopes."""
    m, v, steps = 0.0, 0.0, []
    for t, slope in enumerate(slopes, start=1):
        m = 0.9 * m + 0.1 * slope
        v = 0.999 * v + 0.001 * slope * slope
        steps.append(0.1 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8))
    return steps


def _adam_with(
    of_m: Callable[[int], float] = lambda t: 1 - 0.9**t,
    of_v: Callable[[int], float] = lambda t: 1 - 0.999**t,
    kept: bool = False,
    root: Callable[[float, float], float] = lambda v, correction: (v / correction) ** 0.5,
) -> Callable[[Sequence[float]], list[float]]:
    """Adam's steps with other corrections, or with corrected means that go on into the next step."""

    def steps_of(slopes: Sequence[float]) -> list[float]:
        m, v, steps = 0.0, 0.0, []
        for t, slope in enumerate(slopes, start=1):
            m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope * slope
            steps.append(0.1 * (m / of_m(t)) / (root(v, of_v(t)) + 1e-8))
            if kept:
                m, v = m / of_m(t), v / of_v(t)
        return steps

    return steps_of


def _slopes(generator: random.Random, size: int) -> tuple[list[float]]:
    return ([generator.choice([-1, 1]) * round(generator.uniform(0.5, 9.5), 1) for _ in range(size)],)


# ---------------------------------------------------------------------- leaks

READS = {
    "a": {"training", "test"},
    "b": {"training", "test"},
    "c": {"training"},
    "d": {"training", "test"},
    "e": {"training"},
    "f": {"training", "test"},
}
"""The rows that each procedure looks at before the test."""


# ---------------------------------------------------------------------- a network with two bugs


def _diagnosed(model: Any) -> Mapping[str, Any]:
    """What diagnose finds in a network for the two moons."""
    facts: dict[str, Any] = {"is_network": isinstance(model, nn.Module), "answer": shown(model)}
    facts |= {"outputs": 2, "is_shared": False, "is_twice": False, "other": ""}
    if not facts["is_network"]:
        return facts
    moons = _moons()
    outputs = model(moons[0][0])
    facts["outputs"] = len(outputs) if isinstance(outputs, list | tuple) else 1
    if facts["outputs"] != 2:
        return facts
    for finding in nn.diagnose(model, moons, nn.CrossEntropyLoss()).findings:
        if "one object" in finding.problem:
            facts["is_shared"] = True
        elif "probabilities already" in finding.problem:
            facts["is_twice"] = True
        else:
            facts["other"] = str(finding)
    return facts


def _example() -> nn.Module:
    layer = nn.Linear(2, 2)
    return nn.Sequential(layer, layer, nn.Softmax())


EXERCISES = {
    "M.1": Choice(
        reference=found_by_diagnose,
        reasons={"3": "loop", "4": "shared", "5": "optimizer", "7": "flat", "8": "twice", "9": "rate"},
    ),
    "M.2": Number(
        reference=lambda classes: math.log(1 + (classes - 1) / math.e),
        mistakes={
            "no_second_softmax": lambda: 0.0,
            "equal": lambda classes: math.log(classes),
            "three_classes": lambda: math.log(1 + 2 / math.e),
            "own_not_left_out": lambda classes: math.log(1 + classes / math.e),
            "not_divided": lambda classes: math.log(math.e + classes - 1),
            "probability": lambda classes: math.e / (math.e + classes - 1),
            "sign": lambda classes: -math.log(1 + (classes - 1) / math.e),
            "bits": lambda classes: math.log2(1 + (classes - 1) / math.e),
        },
        inputs={"classes": 10.0},
        vary=lambda generator: {"classes": float(generator.choice([5, 7, 8, 12, 20, 26, 50, 100]))},
    ),
    "M.3": Function(
        reference=stable_softmax,
        cases=_scores,
        mistakes={
            "unshifted": _softmax_of(list),
            "lowest": _softmax_of(lambda scores: [score - min(scores) for score in scores]),
            "mean": _softmax_of(lambda scores: [score - sum(scores) / len(scores) for score in scores]),
            "divided": _softmax_of(lambda scores: [score / max(scores) for score in scores]),
            "capped": _softmax_of(lambda scores: [min(score, 700.0) for score in scores]),
            "numerator_only": _numerator_only,
            "not_divided": lambda scores: [math.exp(score - max(scores)) for score in scores],
        },
    ),
    "M.4": Function(
        reference=adam_steps,
        cases=_slopes,
        mistakes={
            "uncorrected": _adam_with(lambda t: 1.0, lambda t: 1.0),
            "m_only": _adam_with(of_v=lambda t: 1.0),
            "v_only": _adam_with(of_m=lambda t: 1.0),
            "first_for_all": _adam_with(lambda t: 0.1, lambda t: 0.001),
            "one_late": _adam_with(lambda t: 1 - 0.9 ** (t + 1), lambda t: 1 - 0.999 ** (t + 1)),
            "swapped": _adam_with(lambda t: 1 - 0.999**t, lambda t: 1 - 0.9**t),
            "after_the_root": _adam_with(root=lambda v, correction: v**0.5 / correction),
            "kept": _adam_with(kept=True),
            "negated": lambda slopes: [-step for step in adam_steps(slopes)],
            "sizes": lambda slopes: [abs(step) for step in adam_steps(slopes)],
        },
        relative=1e-6,  # whether a hundred-millionth is added is not what is asked
    ),
    "M.5": Choice(
        reference=lambda: {letter for letter, rows in READS.items() if "test" in rows},
        reasons={
            "a": "columns",
            "b": "scaler",
            "c": "shuffled",
            "d": "chosen_by_test",
            "e": "chosen_by_validation",
            "f": "copies",
        },
    ),
    "M.6": Experiment(
        perform=_diagnosed,
        conditions={
            "no_network": lambda is_network: is_network,
            "outputs": lambda outputs: outputs == 2,
            "nothing": lambda is_shared, is_twice, other: is_shared or is_twice or bool(other),
            "not_shared": lambda is_shared: is_shared,
            "not_twice": lambda is_twice: is_twice,
            "more": lambda other: not other,
        },
        example=_example,
    ),
}
