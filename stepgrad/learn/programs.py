"""Small programs, all of them, and then larger ones at random: what an engine of a learner's is run on.

Bugs show in small programs. As all of the small ones come first, in order of size, the first one that fails is as small
as can be, and nothing has to be made smaller afterwards.

>>> [str(program) for program in first_programs(1)]
['v1 = a + a', 'v1 = a + b', 'v1 = a * a', 'v1 = a * b', 'v1 = tanh(a)']
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any

OPERATIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "{} + {}": (2, lambda x, y: x + y),
    "{} * {}": (2, lambda x, y: x * y),
    "tanh({})": (1, lambda x: x.tanh()),
}
"""How each operation is written, how many operands it has, and what it calls."""

LEAVES = {"a": 3.0, "b": -2.0}
"""The leaves of all programs. tanh is near 0 for neither."""


@dataclass(frozen=True)
class Program:
    """Steps that each name an operation and its operands, by their places among the leaves and earlier results."""

    steps: tuple[tuple[str, tuple[int, ...]], ...]
    inputs: tuple[float, ...] = tuple(LEAVES.values())

    def __call__(self, *leaves: Any) -> Any:
        """The last result, computed with operators and methods of the leaves."""
        nodes = list(leaves)
        for name, places in self.steps:
            nodes.append(OPERATIONS[name][1](*(nodes[place] for place in places)))
        return nodes[-1]

    def __str__(self) -> str:
        names = [*LEAVES, *(f"v{number}" for number in range(1, len(self.steps) + 1))]
        lines = [name.format(*(names[place] for place in places)) for name, places in self.steps]
        return "; ".join(f"{name} = {line}" for name, line in zip(names[len(LEAVES) :], lines, strict=True))


def first_programs(size: int) -> Iterator[Program]:
    """All programs of so many steps in which each result but the last is used, the operands of each in order."""
    for names in product(OPERATIONS, repeat=size):
        choices = [
            list(combinations_with_replacement(range(len(LEAVES) + index), OPERATIONS[name][0]))
            for index, name in enumerate(names)
        ]
        for places in product(*choices):
            used = {place for step in places for place in step}
            if all(place in used for place in range(len(LEAVES), len(LEAVES) + size - 1)) and 0 in used:
                yield Program(tuple(zip(names, places, strict=True)))


def random_program(generator: random.Random, steps: int) -> Program:
    """A program of so many steps, whose numbers stay of a middling size, with its own numbers for the leaves."""
    made: list[tuple[str, tuple[int, ...]]] = []
    for index in range(steps):
        name = generator.choice(["{} + {}", "{} * {}", "{} * {}", "tanh({})"])
        nodes = len(LEAVES) + index
        # The newest node is used, so that all of the program leads to the result.
        operands = [nodes - 1, *(generator.randrange(nodes) for _ in range(OPERATIONS[name][0] - 1))]
        generator.shuffle(operands)
        made.append((name, tuple(operands)))
    inputs = tuple(round(generator.uniform(-1.5, 1.5), 3) for _ in LEAVES)
    return Program(tuple(made), inputs)


def programs(seed: str, small: int = 2, large: Sequence[int] = (3, 4, 5, 6, 8, 10, 12) * 5) -> list[Program]:
    """All programs of up to `small` steps, then one at random of each of the numbers of steps in `large`."""
    generator = random.Random(seed)
    first = [program for size in range(1, small + 1) for program in first_programs(size)]
    return first + [random_program(generator, steps) for steps in large]
