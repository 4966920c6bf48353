"""A function at a point, whose derivatives are compared with finite differences: what `gradcheck` works on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from numbers import Integral, Real
from typing import Any

from autograd.core.engine import Value, topological_order
from autograd.core.number import RealNumber, number_in
from autograd.core.recording import enable_grad, is_grad_enabled, no_grad
from autograd.transforms.argnums import Argnums, checked, positions
from autograd.transforms.linear_map import LinearMap, gradients_of
from autograd.transforms.numerical import EPSILON, Slopes, slopes_of_all
from autograd.transforms.pytrees import children, leaves, numbers, rebuild

MODES = ("reverse", "forward")
LEAST_NORMAL = 2.0**-1022


class GradcheckError(AssertionError):
    """A derivative that does not agree with finite differences."""


class GradcheckKinkError(GradcheckError):
    """The same where there is no derivative: at a kink or a vertical tangent, where rules have conventions."""


class FunctionAtPoint:
    """A function and a point: its arguments, the leaves in them, and what they are called.

    Args:
        name: of the check, for errors.
        func: the function.
        inputs: the arguments, which may be trees.
        argnums: the positions of the arguments to differentiate with respect to; the others are passed as they are.
        floats_only: whether whole numbers, and what is no number, are passed as they are, too.

    `leaves` are the Values to differentiate with respect to: those given, and one for each other number.
    """

    def __init__(
        self, name: str, func: Any, inputs: Any, argnums: Argnums | None = None, floats_only: bool = False
    ) -> None:
        if not callable(func):
            raise TypeError(f"{name} takes a function, got {func!r}; write {name}(f, [...]), without calling f")
        if argnums is not None:
            argnums = checked(name, func, argnums)
        if not hasattr(inputs, "__iter__"):
            raise TypeError(f"{name} takes a list of inputs, got {inputs!r}; write {name}(func, [...])")
        self.name, self.func, self.order = name, func, 1
        self.arguments: list[Any] = list(inputs)
        self.leaves: list[Value] = []
        self.titles: list[str] = []
        count = len(self.arguments)
        for index in range(count) if argnums is None else positions(argnums, count, {}):
            self._take_leaves(index, floats_only)
        self.results: list[Any] = []
        self.gradients: list[dict[Value, float]] = []
        self.noise: list[float] = []  # by how much the rounding on the way may change each output
        self.on_the_way: list[Any] = []  # the results of the function itself, to look for kinks

    def add_parameters(self) -> None:
        """Make leaves of the parameters of a module, too."""
        for title, parameter in parameters_of(self.func):
            if parameter not in self.leaves:  # as they are in gradcheck(model, model.parameters())
                self.leaves.append(parameter)
                self.titles.append(title)

    def _take_leaves(self, index: int, floats_only: bool) -> None:
        title, tree = f"input {index}", self.arguments[index]
        found = leaves(tree) if floats_only else numbers(tree, title)
        taken = [x if floats_only and not _is_continuous(x) else _leaf(x) for x in found]
        self.arguments[index] = rebuild(tree, taken, arrays=True)
        for x, part in zip(taken, _titles(tree, title), strict=True):
            if isinstance(x, Value):
                self.leaves.append(x)
                self.titles.append(part)

    # ------------------------------------------------------------------ running the function

    def outputs(self) -> list[Any]:
        """Values and numbers: the outputs of the function in order."""
        return numbers(self.func(*self.arguments), f"the result of the function given to {self.name}")

    def numbers_at(self, index: int, x: float) -> list[float]:
        """The outputs as numbers, with another number in one leaf."""
        with self._data([self.leaves[index]], [x]), no_grad():
            return list(map(number_in, self.outputs()))

    @contextmanager
    def _data(self, leaves: Sequence[Value], data: Sequence[float]) -> Iterator[None]:
        earlier = [leaf.data for leaf in leaves]
        try:
            for leaf, x in zip(leaves, data, strict=True):
                leaf.data = x
            yield
        finally:
            for leaf, x in zip(leaves, earlier, strict=True):
                leaf.data = x

    def slopes(self, index: int) -> list[Slopes]:
        """The derivatives of all outputs with respect to one leaf, by differences at many steps."""
        return slopes_of_all(lambda x: self.numbers_at(index, x), self.leaves[index].data, self.noise)

    def slopes_along(self, direction: Sequence[float | None]) -> list[Slopes]:
        """The derivatives of all outputs as the leaves move at once."""
        moving = [(leaf, leaf.data, x) for leaf, x in zip(self.leaves, direction, strict=True) if x is not None]

        def numbers_after(t: float) -> list[float]:  # near 1, so that the steps are not too small for the leaves
            moved = [start + (t - 1.0) * x for _, start, x in moving]
            with self._data([leaf for leaf, _, _ in moving], moved), no_grad():
                return list(map(number_in, self.outputs()))

        return slopes_of_all(numbers_after, 1.0, self.noise)

    # ------------------------------------------------------------------ differentiating it

    def differentiate(self) -> None:
        """Run the function, and the backward pass from each of its outputs.

        Raises:
            GradcheckError: if the outputs change from call to call.
        """
        self.results, again = self.outputs(), self.outputs()
        self.gradients, gradients = _gradients(self.results), _gradients(again)
        once, twice = list(map(number_in, self.results)), list(map(number_in, again))
        if repr(once) != repr(twice):
            raise GradcheckError(
                f"the function gives two answers at one point, {once} and {twice}, so it has no derivative; fix its "
                "random numbers, or what else it reads"
            )
        for one, other in zip(self.gradients, gradients, strict=True):
            for leaf, title in zip(self.leaves, self.titles, strict=True):
                if repr(one.get(leaf, 0.0)) != repr(other.get(leaf, 0.0)):
                    raise GradcheckError(
                        f"the function has two derivatives at one point, with respect to {title} {one.get(leaf, 0.0)} "
                        f"and {other.get(leaf, 0.0)}; fix its random numbers, or what else it reads"
                    )
        self.noise = [noise_of(x, gradient) for x, gradient in zip(self.results, self.gradients, strict=True)]
        if self.order == 1:
            self.on_the_way = self.results

    @property
    def reaches_a_leaf(self) -> bool:
        """Whether an output depends on a leaf."""
        return any(leaf in gradient for leaf in self.leaves for gradient in self.gradients)

    def require_a_derivative(self) -> None:
        """Refuse a function without Values in its result, or that depends on no leaf."""
        if not any(isinstance(x, Value) for x in self.results):
            got = "nothing" if not self.results else f"{self.results[0]!r} of type {type(self.results[0]).__name__}"
            raise TypeError(f"{self.name} needs a function that returns a Value, got {got}")
        if self.leaves and not self.reaches_a_leaf:
            raise GradcheckError(
                "the result does not depend on any input, so no derivative was compared; use the inputs in the "
                "function, and no float() or .data of them"
            )

    def derivatives_along(
        self, direction: Sequence[float | None], mode: str, size: Callable[[float], float] = float
    ) -> list[float]:
        """The derivatives of all outputs as the leaves move at once, by the rules of the operations.

        Args:
            direction: how fast each leaf moves, None for one that does not.
            mode: "reverse" or "forward".
            size: what to take of each term of the sum in reverse mode; `abs` for a bound of its rounding.
        """
        if mode == "forward":
            return list(map(float, LinearMap(self.results, self.leaves).push(direction)))
        moving = [(leaf, x) for leaf, x in zip(self.leaves, direction, strict=True) if x is not None]
        return [sum(size(x * gradient.get(leaf, 0.0)) for leaf, x in moving) for gradient in self.gradients]

    def gradient(self, summed: bool = False) -> FunctionAtPoint:
        """The gradient as a function at the same point, whose derivatives are the second ones.

        Of several outputs a weighted sum is differentiated: a plain one may be constant, as that of a softmax is.

        Args:
            summed: whether it is one number, a weighted sum of the elements of the gradient.
        """

        def gradient(*arguments: Any) -> Any:
            recorded = is_grad_enabled()
            with enable_grad():
                derivative = LinearMap(self.outputs(), self.leaves)
                if recorded:
                    derivative.on_values()
                elements = derivative.pull(weights(len(derivative.outputs)))
                return sum(w * x for w, x in zip(weights(len(elements)), elements, strict=True)) if summed else elements

        other = copy(self)
        other.func, other.order = gradient, 2
        return other

    # ------------------------------------------------------------------ comparing

    def check(self, modes: Sequence[str] = ("reverse",)) -> None:
        """Compare every derivative with differences that know their own error.

        Raises:
            GradcheckError: naming the first that disagrees.
        """
        for index, leaf in enumerate(self.leaves):
            if leaf.requires_grad:
                self._check_leaf(index, modes)

    def _check_leaf(self, index: int, modes: Sequence[str]) -> None:
        unit = [1.0 if other == index else None for other in range(len(self.leaves))]
        all_slopes = self.slopes(index)
        for mode in modes:
            for output, derivative in enumerate(self.derivatives_along(unit, mode)):
                slopes = all_slopes[output]
                if not slopes.agrees_with(derivative) and not slopes.agrees_with(
                    derivative, noise=rounding_of(self.results[output], self.leaves[index])
                ):
                    error = self.error(output, index, derivative, shown(slopes), mode)
                    vertical = math.isinf(slopes.best.value) and not math.isinf(derivative)
                    raise GradcheckKinkError(str(error)) if vertical else error

    def check_along(self, direction: Sequence[float | None], modes: Sequence[str]) -> None:
        """Compare the derivatives as all leaves move at once; if they disagree, as each half moves, down to one leaf.

        Args:
            direction: how fast each leaf moves, None for one that does not.
            modes: "reverse", "forward" or both.
        """
        moving = [index for index, x in enumerate(direction) if x is not None and self.leaves[index].requires_grad]
        if len(moving) == 1:
            self._check_leaf(moving[0], modes)
        elif moving and not self._agree_along(direction, modes):
            for half in moving[: len(moving) // 2], moving[len(moving) // 2 :]:
                self.check_along([x if index in half else None for index, x in enumerate(direction)], modes)

    def _agree_along(self, direction: Sequence[float | None], modes: Sequence[str]) -> bool:
        all_slopes = self.slopes_along(direction)
        rounding = [EPSILON * x for x in self.derivatives_along(direction, "reverse", size=abs)]
        return all(
            slopes.agrees_with(derivative, noise=noise)
            for mode in modes
            for slopes, derivative, noise in zip(
                all_slopes, self.derivatives_along(direction, mode), rounding, strict=True
            )
        )

    def error(self, output: int, index: int, derivative: float, expected: str, mode: str) -> GradcheckError:
        """The error for one derivative."""
        leaf, result = self.leaves[index], self.results[output]
        what, of, other = "derivative", "", ""
        if self.order == 2:
            what = "second derivative"
            other = f"{self.titles[output]} and " if len(self.results) > 1 else ""
        elif len(self.results) > 1:
            of = f" of output {output}"
        kind, advice = GradcheckError, "check the rule of each operation that this input goes through"
        if not isinstance(result, Value):
            advice = "this output is a plain number: use no float() or .data on the way"
        elif kink := next(filter(None, (kink_on_the_way(x, leaf) for x in (result, *self.on_the_way))), ""):
            kind = GradcheckKinkError
            advice = (
                f"{kink} is on a kink, where the derivative is a convention, which makes that of a whole function a "
                "matter of luck: check at another point"
            )
        elif math.isnan(derivative) and (origin := _first_not_finite(result, *self.on_the_way)):
            advice = f"on the way {origin}, and 0 times that is nan; keep its arguments away from there"
        by = "backward()" if mode == "reverse" else "forward mode"
        return kind(
            f"the {what}{of} with respect to {other}{self.titles[index]} (at {leaf.data}) is {derivative} by {by} "
            f"but {expected} by finite differences; {advice}"
        )


def _gradients(results: Sequence[Any]) -> list[dict[Value, float]]:
    return [gradients_of(x) if isinstance(x, Value) else {} for x in results]


def _is_continuous(x: Any) -> bool:
    return isinstance(x, RealNumber) or (isinstance(x, Real) and not isinstance(x, Integral))


def _leaf(x: Any) -> Value:
    return x if isinstance(x, Value) and x.is_leaf else Value(number_in(x))


def _titles(tree: Any, name: str) -> list[str]:
    parts = children(tree)
    if parts is None:
        return [name]
    return [title for key, part in parts for title in _titles(part, f"{name}[{key!r}]")]


def parameters_of(func: Any) -> list[tuple[str, Value]]:
    """The parameters of a module, each with what to call it; none of any other function."""
    named = getattr(func, "named_parameters", None)
    return [(f"parameter {name!r}", parameter) for name, parameter in named()] if callable(named) else []


def weights(count: int) -> list[float]:
    """Numbers from 1 to 2, all different and in no simple ratio: multiples of the golden ratio without their wholes."""
    return [1.0 + index * (math.sqrt(5.0) - 1.0) / 2.0 % 1.0 for index in range(count)]


def noise_of(result: Any, gradient: dict[Value, float], most: float = 1e-6) -> float:
    """How much the rounding of all nodes on the way may change a result: more than its own where large ones cancel.

    Not more than `most` of the result: a wrong derivative may make it large, and must not excuse itself by that.
    """
    if not isinstance(result, Value):
        return 0.0
    parts = [abs(slope) * _size(node) for node, slope in gradient.items() if not node.is_leaf]
    total: float = EPSILON * sum(x for x in parts if x < math.inf)
    return min(total, most * max(1.0, abs(float(result.data))))


def rounding_of(result: Any, leaf: Value) -> float:
    """How much rounding may change a derivative: more than its own where paths cancel; their sizes are added up."""
    if not isinstance(result, Value):
        return 0.0
    sizes = LinearMap([result], [leaf])
    sizes.partials = [abs(partial) + LEAST_NORMAL for partial in sizes.partials]  # below it fewer digits are kept
    return EPSILON * float(sizes.pull([1.0])[0])


def _first_not_finite(*results: Any) -> str:
    """The first infinity or nan on the way, as in "log at (0.0) is -inf"; "" if there is none."""
    for result in results:
        for node in topological_order(result) if isinstance(result, Value) else ():
            operands = [float(x) for x in node.operands]
            if not math.isfinite(node.data) and all(map(math.isfinite, operands)) and operands:
                return f"{node._op} at ({', '.join(map(str, operands))}) is {node.data}"
    return ""


def _size(node: Value) -> float:
    """The largest number on the way to a result: the result itself, or in a sum over a vector all terms together."""
    partials = node.local_derivatives
    size: float = abs(node.data)
    if len(partials) <= 2:
        return size
    terms = [abs(partial * float(x)) for x, partial in zip(node.operands, partials, strict=True) if partial]
    return max(size, sum(x for x in terms if x < math.inf))


def shown(slopes: Slopes) -> str:
    """A derivative by differences, as it is written in errors."""
    if slopes.is_kink:
        return f"{slopes.left.value:.9g} and {slopes.right.value:.9g} on the two sides"
    best = slopes.best
    return f"{best.value:.9g}" + (f" ± {best.margin(0.0, 0.0):.1g}" if 0 < best.error < math.inf else "")


def kink_on_the_way(result: Any, leaf: Value) -> str:
    """An operation on its kink between a leaf and a result, as in "relu at (0.0)"; "" if there is none."""
    touched = {leaf}
    for node in topological_order(result) if isinstance(result, Value) else ():
        if touched.isdisjoint(node._prev):
            continue
        touched.add(node)
        operands = [float(x) for x in node.operands]
        if node.op is not None and node.op.is_on_kink(operands):
            return f"{node.op.name} at ({', '.join(map(str, operands))})"
    return ""
