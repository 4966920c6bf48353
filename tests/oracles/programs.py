"""Random programs with reuse, to be run on Values, on plain floats and on plain records of edges."""

from __future__ import annotations

import math
from collections.abc import Callable

from hypothesis import strategies as st

import autograd
from oracles import PathNode

# Written out by hand, independently of the table: value, and the slope with respect to each operand. A few are enough
# to make graphs of all shapes; a row needs no line here.
PLAIN: dict[str, tuple[int, Callable[..., float], Callable[..., tuple[float, ...]]]] = {
    "add": (2, lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "sub": (2, lambda x, y: x - y, lambda x, y: (1.0, -1.0)),
    "mul": (2, lambda x, y: x * y, lambda x, y: (y, x)),
    "div": (2, lambda x, y: x / y, lambda x, y: (1 / y, -x / y**2)),
    "neg": (1, lambda x: -x, lambda x: (-1.0,)),
    "tanh": (1, math.tanh, lambda x: (1 / math.cosh(x) ** 2,)),
    "sin": (1, math.sin, lambda x: (math.cos(x),)),
    "cos": (1, math.cos, lambda x: (-math.sin(x),)),
    "sigmoid": (1, lambda x: 1 / (1 + math.exp(-x)), lambda x: (math.exp(-x) / (1 + math.exp(-x)) ** 2,)),
    "exp": (1, math.exp, lambda x: (math.exp(x),)),
}

# Which operation, and which earlier nodes it is applied to; the same node may come twice.
instruction = st.tuples(st.sampled_from(sorted(PLAIN)), st.integers(0, 30), st.integers(0, 30))
programs = st.lists(instruction, min_size=1, max_size=9)
inputs = st.lists(st.floats(-1.5, 1.5), min_size=2, max_size=3)


def run(program, leaves, operate):
    """Run a program: each instruction appends a node; the last node is the result."""
    nodes = list(leaves)
    for name, *picks in program:
        operands = [nodes[pick % len(nodes)] for pick in picks[: PLAIN[name][0]]]
        nodes.append(operate(name, operands))
    return nodes[-1]


def on_values(name, operands):
    return getattr(autograd, name)(*operands)


def on_paths(name, operands):
    _, value, slopes = PLAIN[name]
    data = [operand.data for operand in operands]
    return PathNode(value(*data), list(zip(operands, slopes(*data), strict=True)))


def on_floats(name, operands):
    return PLAIN[name][1](*operands)


def is_tame(program, numbers):
    """Whether no intermediate number is extreme, so that finite differences mean something."""
    try:
        sizes = []

        def watch(name, operands):
            if name == "div" and abs(operands[1]) < 0.2:
                raise ZeroDivisionError
            result = on_floats(name, operands)
            sizes.append(abs(result))
            return result

        run(program, numbers, watch)
    except ArithmeticError:
        return False
    return max(sizes) < 20
