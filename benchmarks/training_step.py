"""One full training step on 100 points of two moons with an MLP 2-16-16-1, beside micrograd, in one run.

Both sides do the same work from the same initial weights: forward, hinge loss, backward, one step of gradient
descent. The ratio is what counts.

    python benchmarks/training_step.py
"""

from __future__ import annotations

import random
from collections.abc import Callable

from turns import agree, median_seconds, take_turns

import nn

LEARNING_RATE = 0.05

Step = Callable[[], float]


def moons() -> tuple[list[list[float]], list[int]]:
    points, labels = nn.data.make_moons(100, noise=0.1, random_state=1)
    return points, [2 * int(label) - 1 for label in labels]


def stepgrad(expanded: bool = False) -> Step:
    import autograd

    points, signs = moons()
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


def stepgrad_expanded() -> Step:
    return stepgrad(expanded=True)


def micrograd() -> Step:
    import micrograd.nn
    from micrograd.engine import Value

    points, signs = moons()
    random.seed(1337)
    model = micrograd.nn.MLP(2, [16, 16, 1])

    def step() -> float:
        scores = [model(list(map(Value, point))) for point in points]
        loss = sum((1 - sign * score).relu() for sign, score in zip(signs, scores, strict=True)) / len(points)
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= LEARNING_RATE * parameter.grad
        return float(loss.data)

    return step


def measure(turns: int = 15) -> dict[str, float]:
    """Median seconds of a step for each side, after checking that all computed the same losses."""
    sides = ("stepgrad", "stepgrad_expanded", "micrograd")
    measured = take_turns({name: f"training_step:{name}" for name in sides}, turns)
    agree(measured)
    return median_seconds(measured)


def main() -> None:
    seconds = measure()
    print("One training step, MLP 2-16-16-1, 100 points")
    for name, median in seconds.items():
        print(f"{name:18} {median * 1e3:8.2f} ms   {seconds['micrograd'] / median:6.1f} x")


if __name__ == "__main__":
    main()
