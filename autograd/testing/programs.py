"""Draw random programs over the table, and graphs made by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hypothesis import assume, strategies as st
from hypothesis.strategies import SearchStrategy

from autograd.core.engine import Value
from autograd.core.number import whole_number
from autograd.core.ops import TABLE, Op
from autograd.core.row import try_out
from autograd.core.row_functions import function
from autograd.testing.strategies import check_ordinary, is_ordinary, row_of

TRIES = 4  # to place a step


@dataclass(frozen=True)
class Program:
    """A graph as a list of steps, which can be run on Values, on floats, on symbols, in another library.

    Attributes:
        inputs: numbers at which every step is at an ordinary point of its operation.
        steps: pairs of an operation and its arguments. An argument is a float, which is a constant, an int, which is
            an index into the inputs and earlier results, or, for a vector, a tuple of these.

    Call a program to run it:

    >>> program = Program((2.0, 0.5), ((TABLE["mul"], (0, 1)), (TABLE["add"], (2, 0))))
    >>> program
    Program: x0 = 2.0; x1 = 0.5; x2 = mul(x0, x1); x3 = add(x2, x0)
    >>> program(2.0, 0.5)
    3.0
    >>> from autograd.symbols import symbols
    >>> program(*symbols("a b"))
    <a * b + a>
    """

    inputs: tuple[float, ...]
    steps: tuple[tuple[Op, tuple[Any, ...]], ...]

    def __call__(self, *inputs: Any) -> Any:
        """The last result, computed with the functions of `autograd`."""
        return self.run(inputs)

    def run(self, inputs: Sequence[Any], operate: Callable[..., Any] | None = None) -> Any:
        """The last result.

        Args:
            inputs: anything that `operate` takes.
            operate: called with a row and its arguments; by default the row's function in `autograd`. For PyTorch
                ``lambda op, *arguments: getattr(torch, op.name)(*arguments)``.
        """
        nodes = list(inputs)
        for op, arguments in self.steps:
            given_to_op = [_look_up(argument, nodes) for argument in arguments]
            nodes.append(operate(op, *given_to_op) if operate else function(op)(*given_to_op))
        return nodes[-1]

    def __repr__(self) -> str:
        names = [f"x{index}" for index in range(len(self.inputs) + len(self.steps))]
        lines = [f"{name} = {x}" for name, x in zip(names, self.inputs, strict=False)]
        for name, (op, arguments) in zip(names[len(self.inputs) :], self.steps, strict=True):
            written = [_look_up(argument, names) for argument in arguments]
            lines.append(f"{name} = {op.name}({', '.join(map(str, written))})".replace("'", ""))
        return f"Program: {'; '.join(lines)}"


def _look_up(argument: Any, nodes: Sequence[Any]) -> Any:
    if isinstance(argument, tuple):
        return [_look_up(element, nodes) for element in argument]
    return nodes[argument] if isinstance(argument, int) else argument


def expressions(
    ops: Sequence[Op | str] | None = None,
    max_inputs: int = 3,
    max_steps: int = 12,
    constants: bool = True,
    min_steps: int = 1,
) -> SearchStrategy[Program]:
    """Random programs over rows of the table, in which results are reused.

    Every step is at an ordinary point of its operation, so that finite differences are accurate.

    Args:
        ops: the rows to use, or their names; all of the table unless given.
        max_inputs: how many inputs there may be.
        max_steps: how many steps.
        constants: whether some arguments may be plain numbers.
        min_steps: how many steps there are at least.

    Raises:
        TypeError: if `ops` is not a list of rows or names.
        ValueError: if a number is not a whole one of at least 1, or `min_steps` above `max_steps`; if there is no row,
            or a row has no ordinary point.
    """
    rows = list(TABLE.values()) if ops is None else _rows(ops)
    max_inputs, max_steps = whole_number("max_inputs", max_inputs), whole_number("max_steps", max_steps)
    return _programs(rows, max_inputs, whole_number("min_steps", min_steps, 1, max_steps), max_steps, constants)


def _rows(ops: Any) -> list[Op]:
    if not isinstance(ops, Iterable) or isinstance(ops, str | Op):
        raise TypeError(f"ops must be a list of rows of the table or their names, such as ['mul', 'tanh'], got {ops!r}")
    rows = list(map(row_of, ops))
    if not rows:
        raise ValueError(f"ops must have one row of the table at least, such as ['mul', 'tanh'], got {ops!r}")
    for row in rows:
        check_ordinary(row)
    return rows


@st.composite
def _programs(
    draw: st.DrawFn, rows: Sequence[Op], max_inputs: int, min_steps: int, max_steps: int, constants: bool
) -> Program:
    inputs = draw(st.lists(st.floats(-2, 2), min_size=1, max_size=max_inputs))
    numbers, steps = list(inputs), []
    for _ in range(draw(st.integers(min_steps, max_steps))):
        for _ in range(TRIES):
            op = draw(st.sampled_from(rows))
            arguments = draw(_arguments(op, tuple(numbers), constants))
            if arguments is None:
                continue
            at = [_look_up(x, numbers) for x in arguments]
            if is_ordinary(op, at):
                try:
                    numbers.append(float(op.value(*at)))
                except Exception:
                    try_out(op, at)  # with a sentence that says where
                    raise
                steps.append((op, arguments))
                break
    assume(len(steps) >= min_steps)
    return Program(tuple(inputs), tuple(steps))


@st.composite
def _arguments(draw: st.DrawFn, op: Op, numbers: Sequence[float], constants: bool) -> tuple[Any, ...] | None:
    """Arguments of a step, all of them in the domain; None if there is nothing to choose from."""
    length = draw(st.integers(1, 3)) if op.vectors else 1
    slots = [index for index in range(op.arity) for _ in range(length if index < op.vectors else 1)]
    node = draw(st.sampled_from(range(len(slots))))  # the operand that is never a constant
    operands = []
    for slot, index in enumerate(slots):
        low, high = op.domain[index]
        choices: list[SearchStrategy[Any]] = []
        if fitting := [which for which, x in enumerate(numbers) if low <= x <= high]:
            choices.append(st.sampled_from(fitting))
        if constants and slot != node:
            choices.append(st.floats(low, high))
        if not choices:
            return None
        operands.append(draw(st.one_of(choices)))
    return tuple(tuple(x) if isinstance(x, list) else x for x in op.grouped(operands))


class Graph(NamedTuple):
    """A random graph: its inputs, its result, and the program that made it."""

    leaves: list[Value]
    root: Value
    program: Program


def graphs(ops: Sequence[Op | str] | None = None, max_inputs: int = 3, max_steps: int = 12) -> SearchStrategy[Graph]:
    """Random graphs of Values, with the arguments of `expressions`."""

    def build(program: Program) -> Graph:
        leaves = [Value(x, f"x{index}") for index, x in enumerate(program.inputs)]
        root = program(*leaves)
        return Graph(leaves, root if isinstance(root, Value) else Value(root), program)

    return expressions(ops, max_inputs=max_inputs, max_steps=max_steps).map(build)
