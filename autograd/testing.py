"""Test operations of your own: one call that checks a whole row of the table, and hypothesis strategies.

    >>> from autograd import Op
    >>> check_op(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    >>> check_op(Op("twice", lambda x: 2 * x, [lambda out, x: 3.0], domain=[(-2, 2)]))
    Traceback (most recent call last):
        ...
    autograd.testing.OpError: twice at (x=0.0): the derivative with respect to x is 3.0 by its rule but 2 by finite
    differences

For code that takes Values there are random numbers, points and whole graphs to test it on:

    >>> from hypothesis import given
    >>> @given(graphs())
    ... def test_backward_twice_doubles(graph):
    ...     graph.root.backward()
    ...     once = [leaf.grad for leaf in graph.leaves]
    ...     graph.root.backward()
    ...     assert [leaf.grad for leaf in graph.leaves] == [2 * grad for grad in once]
    >>> test_backward_twice_doubles()

This module needs hypothesis (``pip install hypothesis``); nothing else here does.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, NamedTuple

from autograd.engine import Value, apply
from autograd.functions import function, method_names
from autograd.linearmap import differentiate
from autograd.ops import TABLE, Op
from autograd.specialize import fast
from autograd.symbols import is_symbolic
from autograd.vector import Vector

try:
    from hypothesis import HealthCheck, Phase, assume, given, settings
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "autograd.testing draws its examples with hypothesis, which is not installed: pip install hypothesis",
        name="hypothesis",
    ) from None

SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, math.inf, -math.inf, math.nan, 1e308, -1e-308, 5e-324, 710.0)
"""Numbers at which formulas go wrong: signed zeros, infinities, nan, the largest, the smallest, where exp overflows."""


class OpError(AssertionError):
    """A row of the table whose parts do not agree with each other."""


# ---------------------------------------------------------------------- numbers, points, graphs


def values(low: float = -3.0, high: float = 3.0, special: bool = False) -> SearchStrategy[Value]:
    """Leaves with data between `low` and `high`; with `special` also infinities, nan, signed zeros and extremes.

    >>> @given(values(0.0, 1.0))
    ... def test_squares_are_smaller(x):
    ...     assert (x * x).data <= x.data
    >>> test_squares_are_smaller()
    """
    numbers = st.floats(low, high)
    return (numbers | st.sampled_from(SPECIAL) if special else numbers).map(Value)


def points(op: Op, max_length: int = 5) -> SearchStrategy[tuple[Any, ...]]:
    """Ordinary arguments of a row: numbers in its domain and away from its kinks, a list for each vector.

    Args:
        op: the row.
        max_length: of vectors, which all have the same length, at least 1.

    >>> @given(points(TABLE["affine"]))
    ... def test_lengths_agree(point):
    ...     weights, inputs, bias = point
    ...     assert len(weights) == len(inputs)
    >>> test_lengths_agree()
    """

    def of_length(n: int) -> SearchStrategy[tuple[Any, ...]]:
        coordinates = [st.floats(*interval) for interval in op.domain]
        vectors = [st.lists(x, min_size=n, max_size=n) for x in coordinates[: op.vectors]]
        return st.tuples(*vectors, *coordinates[op.vectors :])

    lengths = st.integers(1, max_length) if op.vectors else st.just(1)
    return lengths.flatmap(of_length).filter(lambda point: is_ordinary(op, point))


def extreme_points(op: Op, max_length: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    """Arguments of a row from `SPECIAL`, ordinary or not: what its rules must survive."""

    def of_length(n: int) -> SearchStrategy[tuple[Any, ...]]:
        number = st.sampled_from(SPECIAL)
        vector = st.lists(number, min_size=n, max_size=n)
        return st.tuples(*(vector if i < op.vectors else number for i in range(op.arity)))

    return st.integers(1, max_length).flatmap(of_length) if op.vectors else of_length(1)


def is_ordinary(op: Op, arguments: Sequence[Any]) -> bool:
    """Whether arguments lie in the domain of a row and away from its kinks.

    >>> is_ordinary(TABLE["relu"], [1.0]), is_ordinary(TABLE["relu"], [0.01]), is_ordinary(TABLE["log"], [-1.0])
    (True, False, False)
    """
    for index, ((low, high), argument) in enumerate(zip(op.domain, arguments, strict=True)):
        if not all(low <= x <= high for x in (argument if index < op.vectors else [argument])):
            return False
    return op.kinks is None or abs(op.kinks(*arguments)) > 0.1


@dataclass(frozen=True)
class Program:
    """A graph as a list of steps, which can be run on Values, on floats, on symbols, in another library.

    Attributes:
        inputs: numbers at which every step is at an ordinary point of its operation.
        steps: for each the operation and its arguments. An argument is a float, a constant, or an int: which of
            the inputs and earlier results it is; a vector is a tuple of those.

    Calling it runs it:

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


@st.composite
def expressions(
    draw: st.DrawFn, ops: Sequence[Op] | None = None, max_inputs: int = 3, max_steps: int = 8, constants: bool = True
) -> Program:
    """Random programs over rows of the table, in which results are used again and again.

    Every step is taken at an ordinary point of its operation, so that finite differences mean something.

    Args:
        ops: the rows to use; all of the table unless given.
        max_inputs: how many inputs there may be.
        max_steps: how many steps.
        constants: whether some arguments may be plain numbers.
    """
    rows = list(TABLE.values()) if ops is None else list(ops)
    inputs = draw(st.lists(st.floats(-2, 2), min_size=1, max_size=max_inputs))
    numbers, steps = list(inputs), []
    for _ in range(draw(st.integers(1, max_steps))):
        op = draw(st.sampled_from(rows))

        length = draw(st.integers(1, 3)) if op.vectors else 1
        slots = [index for index in range(op.arity) for _ in range(length if index < op.vectors else 1)]
        node = draw(st.sampled_from(range(len(slots))))  # this one is no constant, so that something is computed
        operands = []
        for slot, index in enumerate(slots):
            low, high = op.domain[index]
            choices: list[SearchStrategy[Any]] = []
            if fitting := [which for which, x in enumerate(numbers) if low <= x <= high]:
                choices.append(st.sampled_from(fitting))
            if constants and slot != node:
                choices.append(st.floats(low, high))
            if choices:
                operands.append(draw(st.one_of(choices)))
        if len(operands) < len(slots):
            continue
        arguments = tuple(tuple(x) if isinstance(x, list) else x for x in op.grouped(operands))
        at = [_look_up(x, numbers) for x in arguments]
        if is_ordinary(op, at):  # a step that is not is left out
            numbers.append(float(op.value(*at)))
            steps.append((op, arguments))
    assume(steps)
    return Program(tuple(inputs), tuple(steps))


class Graph(NamedTuple):
    """A random graph: its inputs, its result, and the program that made it."""

    leaves: list[Value]
    root: Value
    program: Program


def graphs(ops: Sequence[Op] | None = None, max_inputs: int = 3, max_steps: int = 8) -> SearchStrategy[Graph]:
    """Random graphs of Values, with the arguments of `expressions`."""

    def build(program: Program) -> Graph:
        leaves = [Value(x, f"x{index}") for index, x in enumerate(program.inputs)]
        root = program(*leaves)
        return Graph(leaves, root if isinstance(root, Value) else Value(root), program)

    return expressions(ops, max_inputs=max_inputs, max_steps=max_steps).map(build)


# ---------------------------------------------------------------------- checking a row


def check_op(op: Op, examples: int = 100, orders: int = 2, tolerance: float = 1e-6) -> None:
    """Check all that a row of the table promises, at drawn points; in a test or at the prompt.

    - its value and partial derivatives are finite at ordinary points, and the partial derivatives agree with
      finite differences; where the row says it is analytic also with the complex step, to 1e-10;
    - so do second derivatives, where its rules run on Values;
    - the compiled method, or the compiled vector operation, does exactly what `apply` does, at extremes too;
    - at a kink the derivative lies between the slopes on the two sides.

    The row need not be registered; if it is, its methods are checked too.

    Args:
        op: the row.
        examples: how many points to draw.
        orders: 2, or 1 to leave second derivatives out.
        tolerance: for finite differences, relative for numbers beyond 1.

    Raises:
        OpError: at the first check that fails, with the simplest point found at which it does.

    >>> for op in (TABLE["tanh"], TABLE["maximum"], TABLE["affine"]):
    ...     check_op(op, examples=20)
    """
    if orders not in (1, 2):
        raise ValueError(f"check_op checks first and second derivatives, so orders must be 1 or 2, got {orders!r}")

    def ordinary(point: tuple[Any, ...]) -> None:
        check_first_derivatives(op, point, tolerance)
        if orders == 2 and is_symbolic(op):
            check_second_derivatives(op, point, tolerance)
        check_compiled(op, point)

    def extreme(point: tuple[Any, ...]) -> None:
        check_compiled(op, point)

    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    try:
        chosen(given(points(op, max_length=3))(ordinary))()
        for point in kinks_of(op):
            check_kink(op, point)
        chosen(given(extreme_points(op))(extreme))()
    except OpError as error:
        raise OpError(str(error)) from None  # without hypothesis's own account of the same


def check_first_derivatives(op: Op, point: Sequence[Any], tolerance: float = 1e-6) -> None:
    """Compare the partial derivatives of a row at an ordinary point with finite differences and the complex step."""
    operands = op.flat(point)
    value, slopes = float(op.value(*point)), gradient(op, operands)
    if not all(map(math.isfinite, (value, *slopes))):
        raise OpError(
            f"{_at(op, point)}: the value is {value} and the derivatives are {slopes}, but all should be finite in "
            f"the domain; narrow the domain {list(op.domain)}, or give kinks"
        )
    for index, slope in enumerate(slopes):
        expected = _slope(lambda *xs: [float(op.value(*op.grouped(xs)))], operands, index)[0]
        _compare(op, point, f"the derivative with respect to {_name(op, operands, index)}", slope, expected, tolerance)
        exact = complex_step(op, operands, index) if op.analytic else None
        if exact is not None and not _close(slope, exact, 1e-10):
            raise OpError(
                f"{_at(op, point)}: the derivative with respect to {_name(op, operands, index)} is {slope} by its "
                f"rule but {exact} by the complex step; if the forward rule does not hold for complex numbers, say "
                "analytic=False"
            )


def check_second_derivatives(op: Op, point: Sequence[Any], tolerance: float = 1e-6) -> None:
    """Compare the derivatives of the partial derivatives with finite differences."""
    operands = op.flat(point)
    leaves = [Value(x) for x in operands]
    first = differentiate(apply(op, *op.grouped(leaves)))
    expected = [_slope(lambda *xs: gradient(op, xs), operands, j) for j in range(len(operands))]
    for i, leaf in enumerate(leaves):
        slope = first.get(leaf, 0.0)
        second = differentiate(slope) if isinstance(slope, Value) else {}
        for j, other in enumerate(leaves):
            names = f"{_name(op, operands, i)} and {_name(op, operands, j)}"
            actual = float(second.get(other, 0.0))
            _compare(op, point, f"the second derivative with respect to {names}", actual, expected[j][i], tolerance)


def check_compiled(op: Op, point: Sequence[Any]) -> None:
    """Compare the methods of a row, or its compiled vector operation, with `apply`, to the last bit."""
    operands = op.flat(point)
    for constant in range(-1, len(operands)):  # which operand is a plain number; -1 for none
        mixed = [x if index == constant else Value(x) for index, x in enumerate(operands)]
        arguments = op.grouped(mixed)
        if any(isinstance(x, Value) for x in mixed):
            try:
                _compare_calls(op, point, arguments, constant)
            except (ArithmeticError, ValueError) as error:
                raise OpError(
                    f"{_at(op, point)}: its rules raise {error!r}, where IEEE 754 has a result; write them with "
                    "functions of autograd (autograd.exp, not math.exp)"
                ) from None


def _compare_calls(op: Op, point: Sequence[Any], arguments: Sequence[Any], constant: int) -> None:
    plain = _parts(apply(op, *arguments))
    calls: dict[str, Value] = {}
    if op.vectors:
        calls["the compiled operation"] = fast(op)(*map(Vector, arguments[: op.vectors]), *arguments[op.vectors :])
    elif TABLE.get(op.name) is op:
        for name in method_names(op):
            if name.startswith("__r") and constant == 0:
                calls[f"the method {name}"] = getattr(Value, name)(*reversed(arguments))
            elif not name.startswith("__r") and constant != 0:
                calls[f"the method {name}"] = getattr(Value, name)(*arguments)
    for title, result in calls.items():
        if _parts(result) != plain:
            raise OpError(f"{_at(op, point)}: {title} gives {_parts(result)} but apply gives {plain}")


def _parts(result: Value) -> str:
    return f"{result.data!r} with the local derivatives {result.local_derivatives!r}"


def check_kink(op: Op, point: Sequence[Any]) -> None:
    """Check that the derivative at a kink is one that the function could have: between the slopes on both sides."""
    operands = op.flat(point)
    value, slopes, h = float(op.value(*point)), gradient(op, operands), 1e-6
    if not math.isfinite(value):
        return
    for index, slope in enumerate(slopes):
        sides = []
        for step in (-h, h):
            moved = [x + step * (i == index) for i, x in enumerate(operands)]
            sides.append((float(op.value(*op.grouped(moved))) - value) / (moved[index] - operands[index]))
        low, high = min(sides), max(sides)
        if not abs(low) < 1e4 > abs(high):  # a jump, or vertical: no derivative is more right than another
            continue
        if not low - 1e-4 <= slope <= high + 1e-4:
            raise OpError(
                f"{_at(op, point)}: the derivative with respect to {_name(op, operands, index)} is {slope} at this "
                f"kink, but the slopes on the two sides are {sides[0] + 0.0:.6g} and {sides[1] + 0.0:.6g}; choose one "
                "between them"
            )


def kinks_of(op: Op, most: int = 50) -> list[tuple[Any, ...]]:
    """Simple points in the domain of a row at which its `kinks` are zero.

    >>> kinks_of(TABLE["maximum"], most=3)
    [(0.0, 0.0), (0.5, 0.5), (-0.5, -0.5)]
    """
    return list(islice(_kinks(op), most))


def _kinks(op: Op) -> Iterator[tuple[Any, ...]]:
    kinks = op.kinks
    simple = [0.0, *(sign * x for x in (0.5, 1.0, 1.5, 2.0, 3.0) for sign in (1, -1))]
    coordinates = [[x for x in simple if low <= x <= high] or [low] for low, high in op.domain]
    for length in (1, 2) if op.vectors else (1,) if kinks else ():
        lengths = [length if index < op.vectors else 1 for index in range(op.arity)]
        numbers = product(*(xs for xs, n in zip(coordinates, lengths, strict=True) for _ in range(n)))
        yield from (point for point in map(op.grouped, numbers) if kinks and kinks(*point) == 0)


def gradient(op: Op, operands: Sequence[float]) -> list[float]:
    """The partial derivatives of a row with respect to each of its operands, vectors laid end to end.

    >>> gradient(TABLE["dot"], [1.0, 2.0, 3.0, 4.0])
    [3.0, 4.0, 1.0, 2.0]
    """
    _, partials = op.linearized(*op.grouped(operands))
    return [float(x) + 0.0 for x in op.flat(partials)]


# ---------------------------------------------------------------------- other ways to the same derivatives


def _slope(f: Callable[..., list[float]], point: Sequence[float], index: int, h: float = 1e-4) -> list[float]:
    """Partial derivatives of several functions by central differences, extrapolated to h = 0 (Richardson)."""

    def central(step: float) -> list[float]:
        above, below = list(point), list(point)
        above[index] += step
        below[index] -= step
        width = above[index] - below[index]
        return [(high - low) / width for high, low in zip(f(*above), f(*below), strict=True)]

    return [(4 * fine - coarse) / 3 for fine, coarse in zip(central(h / 2), central(h), strict=True)]


def complex_step(op: Op, operands: Sequence[float], index: int) -> float | None:
    """The partial derivative Im f(x + ih) / h, exact to rounding; None if the forward rule takes no complex numbers.

    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions",
    SIAM Review 40 (1998) 110-112.

    >>> complex_step(TABLE["sin"], [0.0], 0)
    1.0
    """
    h = 1e-200
    numbers = [_Complex(x, h if i == index else 0.0) for i, x in enumerate(operands)]
    try:
        result = op.forward(*op.grouped(numbers))
    except (TypeError, AttributeError):
        return None
    return result.imag / h if isinstance(result, _Complex) else 0.0


_IN_CMATH: dict[str, Callable[[complex], complex]] = {
    "exp2": lambda z: cmath.exp(z * math.log(2.0)),
    "expm1": lambda z: cmath.exp(z) - 1,
    "log1p": lambda z: cmath.log(1 + z),
    "log2": lambda z: cmath.log(z) / math.log(2.0),
}


class _Complex(complex):
    """A complex number that answers for itself, so that a forward rule runs on it. Order is that of real parts."""

    __abs__ = None  # type: ignore[assignment]  # not analytic

    def __getattr__(self, name: str) -> Callable[[], _Complex]:
        elementary = _IN_CMATH.get(name) or getattr(cmath, name)
        return lambda: _Complex(elementary(self))


def _arithmetic(name: str) -> Callable[..., _Complex]:
    return lambda *numbers: _Complex(getattr(complex, name)(*map(complex, numbers)))


def _comparison(name: str) -> Callable[..., bool]:
    return lambda *numbers: bool(getattr(float, name)(*(complex(x).real for x in numbers)))


for _method in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "neg"):
    setattr(_Complex, f"__{_method}__", _arithmetic(f"__{_method}__"))
for _method in ("lt", "le", "gt", "ge"):
    setattr(_Complex, f"__{_method}__", _comparison(f"__{_method}__"))


# ---------------------------------------------------------------------- what a failure says


def _compare(op: Op, point: Sequence[Any], what: str, actual: float, expected: float, tolerance: float) -> None:
    if not _close(actual, expected, tolerance):
        raise OpError(f"{_at(op, point)}: {what} is {actual} by its rule but {expected:.9g} by finite differences")


def _close(a: float, b: float, tolerance: float) -> bool:
    return a == b or abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def _at(op: Op, point: Sequence[Any]) -> str:
    named = zip(_parameters(op), point, strict=True)
    return f"{op.name} at ({', '.join(f'{name}={argument}' for name, argument in named)})"


def _name(op: Op, operands: Sequence[float], index: int) -> str:
    """What an operand is called: ``x``, or ``xs[0]`` in a vector."""
    length = (len(operands) - op.arity + op.vectors) // op.vectors if op.vectors else 0
    if index < op.vectors * length:
        return f"{_parameters(op)[index // length]}[{index % length}]"
    return _parameters(op)[index - op.vectors * length + op.vectors]


def _parameters(op: Op) -> Sequence[str]:
    names: Sequence[str] = op.parameters
    return names if len(names) == op.arity else [f"argument {index + 1}" for index in range(op.arity)]
