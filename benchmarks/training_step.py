"""One full training step on 100 points of two moons with an MLP 2-16-16-1, beside micrograd, in one run.

Both sides do the same work from the same initial weights: forward, hinge loss, backward, one step of gradient
descent. Each runs in a process of its own, as it would for its users, so that the garbage one leaves is not the
other's to collect; they take turns, so that a machine that slows down slows all of them. The ratio is what counts.

    python benchmarks/training_step.py
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

import nn

STEPS = 15
WARM_UP = 3
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


def work(make: Callable[[], Step], channel: Connection) -> None:
    """In a process of its own: a step whenever asked, answered with its time and its loss."""
    step = make()
    while channel.recv():
        start = time.perf_counter()
        loss = step()
        channel.send((time.perf_counter() - start, loss))


def main() -> None:
    context = multiprocessing.get_context("spawn")
    sides = {"stepgrad": stepgrad, "stepgrad, expanded graph": stepgrad_expanded, "micrograd": micrograd}
    channels = {}
    for name, make in sides.items():
        channels[name], other = context.Pipe()
        context.Process(target=work, args=(make, other), daemon=True).start()
    times: dict[str, list[float]] = {name: [] for name in sides}
    losses: dict[str, float] = {}
    for turn in range(WARM_UP + STEPS):
        for name, channel in channels.items():
            channel.send(True)
            seconds, losses[name] = channel.recv()
            if turn >= WARM_UP:
                times[name].append(seconds)
    for channel in channels.values():
        channel.send(False)
    reference = statistics.median(times["micrograd"])
    print(f"One training step, MLP 2-16-16-1, 100 points; median of {STEPS} steps")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:26} {median * 1e3:9.2f} ms  {reference / median:6.1f} x   loss {losses[name]:.12f}")


if __name__ == "__main__":
    main()
