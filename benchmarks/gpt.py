"""One training step of a character-level GPT in scalar operations only, on three engines.

A transformer of one layer, written for anything that has + - * / **, exp, log and relu, one number at a time: no
`dot`, no `sum`, about 60,000 nodes. The same program runs on Stepgrad, on micrograd and on `plain.py`, with the
garbage collector on, as it is unless somebody turns it off. Adam works on plain floats.

    python benchmarks/gpt.py
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from turns import agree, median_seconds, take_turns

LETTERS = "abcdefghijklmnopqrstuvwxyz "
WORDS = ("gradient", "backprop", "function", "operands", "training", "analysis", "calculus", "topology")
WIDTH, HEADS, HIDDEN, CONTEXT = 16, 4, 64, 8
LEARNING_RATE, MOMENTUM, SCALING, EPSILON = 0.01, 0.9, 0.999, 1e-8

Vector = list[Any]
Matrix = list[Vector]


def dot(xs: Vector, ys: Vector) -> Any:
    total = xs[0] * ys[0]
    for index in range(1, len(xs)):
        total = total + xs[index] * ys[index]
    return total


def linear(weight: Matrix, xs: Vector) -> Vector:
    return [dot(row, xs) for row in weight]


def add(xs: Vector, ys: Vector) -> Vector:
    return [x + y for x, y in zip(xs, ys, strict=True)]


def rms_norm(xs: Vector) -> Vector:
    scale = (dot(xs, xs) * (1 / len(xs)) + 1e-5) ** -0.5
    return [x * scale for x in xs]


def softmax(xs: Vector) -> Vector:
    largest = max(x.data for x in xs)
    powers = [(x - largest).exp() for x in xs]
    total = powers[0]
    for power in powers[1:]:
        total = total + power
    return [power / total for power in powers]


class Model:
    """The parameters, and the loss of a word: how badly each letter was predicted from those before it."""

    def __init__(self, value: Callable[[float], Any]) -> None:
        generator = random.Random(1)
        self.parameters: Vector = []

        def matrix(rows: int, columns: int) -> Matrix:
            made = [[value(generator.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]
            self.parameters += [entry for row in made for entry in row]
            return made

        self.letters = matrix(len(LETTERS), WIDTH)
        self.places = matrix(CONTEXT, WIDTH)
        self.query, self.key, self.value, self.mix = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.widen, self.narrow = matrix(HIDDEN, WIDTH), matrix(WIDTH, HIDDEN)
        self.head = matrix(len(LETTERS), WIDTH)

    def attend(self, query: Vector, keys: Matrix, values: Matrix) -> Vector:
        mixed: Vector = []
        size = WIDTH // HEADS
        for start in range(0, WIDTH, size):
            part = slice(start, start + size)
            weights = softmax([dot(query[part], key[part]) * size**-0.5 for key in keys])
            mixed += [dot(weights, [value[index] for value in values]) for index in range(start, start + size)]
        return mixed

    def loss(self, word: str) -> Any:
        tokens = [LETTERS.index(letter) for letter in f" {word} "]
        length = min(CONTEXT, len(tokens) - 1)
        keys: Matrix = []
        values: Matrix = []
        total = None
        for place in range(length):
            stream = rms_norm(add(self.letters[tokens[place]], self.places[place]))
            normal = rms_norm(stream)
            keys.append(linear(self.key, normal))
            values.append(linear(self.value, normal))
            stream = add(stream, linear(self.mix, self.attend(linear(self.query, normal), keys, values)))
            hidden = [x.relu() for x in linear(self.widen, rms_norm(stream))]
            stream = add(stream, linear(self.narrow, hidden))
            surprise = -softmax(linear(self.head, stream))[tokens[place + 1]].log()
            total = surprise if total is None else total + surprise
        return total * (1 / length)


def training(value: Callable[[float], Any]) -> Callable[[], float]:
    """A function that takes one step and returns its loss."""
    model = Model(value)
    means = [0.0] * len(model.parameters)
    squares = [0.0] * len(model.parameters)
    steps = 0

    def step() -> float:
        nonlocal steps
        loss = model.loss(WORDS[steps % len(WORDS)])
        loss.backward()
        steps += 1
        for index, parameter in enumerate(model.parameters):
            gradient = parameter.grad
            means[index] = MOMENTUM * means[index] + (1 - MOMENTUM) * gradient
            squares[index] = SCALING * squares[index] + (1 - SCALING) * gradient * gradient
            mean = means[index] / (1 - MOMENTUM**steps)
            square = squares[index] / (1 - SCALING**steps)
            parameter.data -= LEARNING_RATE * mean / (math.sqrt(square) + EPSILON)
            parameter.grad = 0.0
        return float(loss.data)

    return step


def stepgrad() -> Callable[[], float]:
    from autograd import Value

    return training(Value)


def plain() -> Callable[[], float]:
    from plain import Value

    return training(Value)


def slotted() -> Callable[[], float]:
    from plain import SlottedValue

    return training(SlottedValue)


def paused(step: Callable[[], float]) -> Callable[[], float]:
    """The same step in a block of `gc_paused`, as `nn.fit` takes it."""
    from autograd import gc_paused

    def step_paused() -> float:
        with gc_paused():
            return step()

    return step_paused


def stepgrad_paused() -> Callable[[], float]:
    return paused(stepgrad())


def plain_paused() -> Callable[[], float]:
    return paused(plain())


def micrograd() -> Callable[[], float]:
    from micrograd.engine import Value

    def exp(self: Any) -> Any:
        out = Value(math.exp(self.data), (self,), "exp")

        def backward() -> None:
            self.grad += out.data * out.grad

        out._backward = backward
        return out

    def log(self: Any) -> Any:
        out = Value(math.log(self.data), (self,), "log")

        def backward() -> None:
            self.grad += out.grad / self.data

        out._backward = backward
        return out

    # It has neither; these add nodes in its own manner.
    Value.exp, Value.log = exp, log
    return training(Value)


def nodes() -> int:
    """How many results one step computes with Stepgrad; the others make nodes of constants besides."""
    from autograd import Value, topological_order

    return sum(not node.is_leaf for node in topological_order(Model(Value).loss(WORDS[0])))


def measure(turns: int = 15) -> dict[str, float]:
    """Median seconds of a step for each engine, after checking that all computed the same losses."""
    sides = ("stepgrad", "plain", "slotted", "micrograd", "stepgrad_paused", "plain_paused")
    measured = take_turns({name: f"gpt:{name}" for name in sides}, turns)
    agree(measured)
    return median_seconds(measured)


def main() -> None:
    seconds = measure()
    print(f"One GPT training step, {nodes():,} nodes, scalar operations only")
    for name, median in seconds.items():
        print(f"{name:16} {median * 1e3:8.1f} ms   {median / seconds['stepgrad']:5.2f} x")


if __name__ == "__main__":
    main()
