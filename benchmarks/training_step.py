"""One full training step on 100 points of two moons with an MLP 2-16-16-1, beside micrograd, in one run.

Both sides do the same work: forward, hinge loss, backward, one step of gradient descent, from the same initial
weights. They take turns, so that a machine that slows down slows both down; the ratio is what counts.

    python benchmarks/training_step.py
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

import micrograd.engine
import micrograd.nn

import autograd
import nn

STEPS = 12
LEARNING_RATE = 0.05


def ours(points: list[list[float]], signs: list[int], expanded: bool = False) -> Callable[[], float]:
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1], expanded=expanded)
    optimizer = nn.optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def step() -> float:
        scores = model(points)
        loss = autograd.sum([(1 - sign * score).relu() for sign, score in zip(signs, scores, strict=True)])
        loss = loss / len(points)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss)

    return step


def peer(points: list[list[float]], signs: list[int]) -> Callable[[], float]:
    random.seed(1337)
    model = micrograd.nn.MLP(2, [16, 16, 1])

    def step() -> float:
        scores = [model(list(map(micrograd.engine.Value, point))) for point in points]
        loss = sum((1 - sign * score).relu() for sign, score in zip(signs, scores, strict=True)) / len(points)
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= LEARNING_RATE * parameter.grad
        return float(loss.data)

    return step


def main() -> None:
    points, labels = nn.data.make_moons(100, noise=0.1, random_state=1)
    signs = [2 * int(label) - 1 for label in labels]
    steps = {
        "stepgrad": ours(points, signs),
        "stepgrad, expanded graph": ours(points, signs, expanded=True),
        "micrograd": peer(points, signs),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    losses: dict[str, float] = {}
    for _ in range(STEPS):
        for name, step in steps.items():
            start = time.perf_counter()
            losses[name] = step()
            times[name].append(time.perf_counter() - start)
    reference = statistics.median(times["micrograd"])
    print(f"One training step, MLP 2-16-16-1, 100 points; median of {STEPS} steps")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:26} {median * 1e3:9.2f} ms  {reference / median:6.1f} x   loss {losses[name]:.12f}")


if __name__ == "__main__":
    main()
