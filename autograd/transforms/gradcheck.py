"""Check derivatives against finite differences: `gradcheck`, `gradgradcheck`, and the differences themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd.core.engine import Value, topological_order
from autograd.core.number import number_in
from autograd.core.recording import enable_grad, no_grad
from autograd.transforms.linear_map import LinearMap, gradients_of
from autograd.transforms.numerical import EPSILON, Slopes, slopes_of_all
from autograd.transforms.pytrees import children, numbers, rebuild


class GradcheckError(AssertionError):
    """A derivative that does not agree with finite differences."""


def numerical_gradient(func: Callable[..., Any], inputs: Sequence[Any], eps: float | None = None) -> list[float]:
    """The gradient of `func` at `inputs` by finite differences.

    By default from differences at many steps, as `gradcheck` does. With `eps` each partial derivative is
    (f(x + h) - f(x - h)) / 2h with h = ``eps * max(1, |x|)``, whose error shrinks as h^2 until rounding takes over.

    Args:
        func: takes as many Values as there are inputs, returns a Value or a number.
        inputs: the point: numbers or Values.
        eps: the step, relative for inputs beyond 1.

    >>> [round(slope, 6) for slope in numerical_gradient(lambda x, y: x * y, [2.0, 3.0])]
    [3.0, 2.0]
    """
    program = _Program("numerical_gradient", func, inputs)
    if eps is None:
        return [slopes[0].best.value for slopes in map(program.slopes, range(len(program.leaves)))]
    return [_central(program, index, eps)[0] for index in range(len(program.leaves))]


def gradcheck(
    func: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
) -> bool:
    """Whether the gradient of `func` agrees with finite differences: ``torch.autograd.gradcheck`` for scalars.

    By default the steps are chosen for each input, and a derivative is refused if it is off by more than the error of
    the differences, which they know themselves: see `autograd.transforms.numerical`. At a kink any number between the
    slopes on the two sides is right. With `eps`, `atol` or `rtol` the check is that of PyTorch, one difference at the
    step ``eps * max(1, |x|)``: two numbers agree when |backward - numerical| <= atol + rtol * |numerical|.

    Args:
        func: takes as many arguments as there are inputs; returns a Value, or lists, tuples and dicts of them.
        inputs: the point to check at: numbers and Values, or lists, tuples and dicts of them. Values are passed as
            they are, so that parameters may be given that `func` uses without looking at its arguments; they keep
            their data and their `grad`.
        eps: the step of the difference, 1e-6 if another tolerance is given.
        atol: absolute tolerance, likewise 1e-5.
        rtol: relative tolerance, likewise 1e-3.
        raise_exception: raise where they disagree, rather than return False.

    Raises:
        GradcheckError: naming the input, both derivatives and the error of the differences; also if `func` gives two
            results at one point, or if its result does not depend on any input.
        TypeError: if `func` does not return Values, or an input is not a number.

    >>> gradcheck(lambda x, y: (x * y).tanh() + x, [0.5, -1.5])
    True
    >>> gradcheck(lambda point: [point["x"] ** 2, point["y"].exp()], [{"x": 3.0, "y": 0.0}])
    True
    """
    program = _Program("gradcheck", func, inputs)
    try:
        if eps is None and atol is None and rtol is None:
            program.check()
        else:
            program.compare(*(usual if x is None else x for x, usual in ((eps, 1e-6), (atol, 1e-5), (rtol, 1e-3))))
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(func: Callable[..., Any], inputs: Sequence[Any], *, raise_exception: bool = True) -> bool:
    """Whether the second derivatives of `func` agree with finite differences of the first.

    Arguments, results and errors are those of `gradcheck`, which should be run before. Of several outputs the sum is
    differentiated.

    >>> gradgradcheck(lambda x, y: (x * y).tanh() + x, [0.5, -1.5])
    True
    """
    program = _Program("gradgradcheck", func, inputs)

    def gradient(*arguments: Any) -> list[Any]:
        with enable_grad():
            derivative = LinearMap(_outputs("gradgradcheck", func(*arguments)), program.leaves)
            derivative.on_values()
            return derivative.pull([1.0] * len(derivative.outputs))

    return gradcheck(gradient, program.arguments, raise_exception=raise_exception)


class _Program:
    """A function and a point: its arguments, the leaves in them, and what they are called."""

    def __init__(self, name: str, func: Any, inputs: Any) -> None:
        if not callable(func):
            raise TypeError(f"{name} takes a function, got {func!r}; write {name}(f, [...]), without calling f")
        if not hasattr(inputs, "__iter__"):
            raise TypeError(f"{name} takes a list of inputs, got {inputs!r}; write {name}(func, [...])")
        self.name, self.func = name, func
        self.arguments: list[Any] = []
        self.leaves: list[Value] = []
        self.titles: list[str] = []
        for index, tree in enumerate(inputs):
            found = numbers(tree, f"input {index}")
            values = [x if isinstance(x, Value) and x.is_leaf else Value(number_in(x)) for x in found]
            self.arguments.append(rebuild(tree, values, arrays=True))
            self.leaves += values
            self.titles += _titles(tree, f"input {index}")

    def results(self) -> list[Any]:
        """Values and numbers: the outputs of the function in order."""
        return _outputs(self.name, self.func(*self.arguments))

    def numbers_at(self, index: int, x: float) -> list[float]:
        """The outputs as numbers, with another number in one leaf."""
        leaf = self.leaves[index]
        earlier = leaf.data
        leaf.data = x
        try:
            with no_grad():
                return list(map(number_in, self.results()))
        finally:
            leaf.data = earlier

    def slopes(self, index: int, noise: Sequence[float] = ()) -> list[Slopes]:
        """The derivatives of all outputs with respect to one leaf, by differences at many steps."""
        return slopes_of_all(lambda x: self.numbers_at(index, x), self.leaves[index].data, noise)

    def derivatives(self) -> tuple[list[Any], list[dict[Value, float]]]:
        """The outputs, and the gradient of each by the backward pass.

        Raises:
            GradcheckError: if there is nothing to differentiate, or the outputs change from call to call.
        """
        results = self.results()
        if not any(isinstance(x, Value) for x in results):
            got = "nothing" if not results else f"{results[0]!r} of type {type(results[0]).__name__}"
            raise TypeError(f"{self.name} needs a function that returns a Value, got {got}")
        once, twice = list(map(number_in, results)), list(map(number_in, self.results()))
        if repr(once) != repr(twice):
            raise GradcheckError(
                f"the function gives two answers at one point, {once} and {twice}, so it has no derivative; fix its "
                "random numbers, or what else it reads"
            )
        gradients = [gradients_of(x) if isinstance(x, Value) else {} for x in results]
        if self.leaves and not any(leaf in gradient for leaf in self.leaves for gradient in gradients):
            raise GradcheckError(
                "the result does not depend on any input, so no derivative was compared; use the inputs in the "
                "function, and no float() or .data of them"
            )
        return results, gradients

    def check(self) -> None:
        """Compare with differences that know their own error."""
        results, gradients = self.derivatives()
        noise = [noise_of(x, gradient) for x, gradient in zip(results, gradients, strict=True)]
        for index, leaf in enumerate(self.leaves):
            if not leaf.requires_grad:
                continue
            for output, slopes in enumerate(self.slopes(index, noise)):
                derivative = gradients[output].get(leaf, 0.0)
                if not slopes.agrees_with(derivative):
                    raise self.error(results, output, index, derivative, _shown(slopes))

    def compare(self, eps: float, atol: float, rtol: float) -> None:
        """Compare with one difference, as PyTorch does."""
        results, gradients = self.derivatives()
        for index, leaf in enumerate(self.leaves):
            if not leaf.requires_grad:
                continue
            for output, expected in enumerate(_central(self, index, eps)):
                derivative = gradients[output].get(leaf, 0.0)
                # Written so that a nan on one side fails. Two nans pass.
                agree = abs(derivative - expected) <= atol + rtol * abs(expected) or derivative == expected
                if not agree and not (derivative != derivative and expected != expected):
                    raise self.error(results, output, index, derivative, str(expected))

    def error(self, results: list[Any], output: int, index: int, derivative: float, expected: str) -> GradcheckError:
        """The error for one derivative."""
        leaf, result = self.leaves[index], results[output]
        of = f" of output {output}" if len(results) > 1 else ""
        advice = (
            _advice(result, leaf)
            if isinstance(result, Value)
            else "this output is a plain number: use no float() or .data on the way"
        )
        return GradcheckError(
            f"the derivative{of} with respect to {self.titles[index]} (at {leaf.data}) is {derivative} by backward() "
            f"but {expected} by finite differences; {advice}"
        )


def _titles(tree: Any, name: str) -> list[str]:
    parts = children(tree)
    if parts is None:
        return [name]
    return [title for key, part in parts for title in _titles(part, f"{name}[{key!r}]")]


def _outputs(name: str, tree: Any) -> list[Any]:
    return numbers(tree, f"the result of the function given to {name}")


def _central(program: _Program, index: int, eps: float) -> list[float]:
    """One central difference for each output."""
    x = program.leaves[index].data
    h = eps * max(1.0, abs(x))
    above, below = x + h, x - h
    pairs = zip(program.numbers_at(index, above), program.numbers_at(index, below), strict=True)
    return [(high - low) / (above - below) for high, low in pairs]


def noise_of(result: Any, gradient: dict[Value, float]) -> float:
    """How much the rounding of all nodes on the way may change a result: more than its own where large ones cancel."""
    if not isinstance(result, Value):
        return 0.0
    parts = [abs(slope * node.data) for node, slope in gradient.items() if not node.is_leaf]
    # A wrong derivative may make this large, and must not excuse itself by that.
    total: float = EPSILON * math.fsum(x for x in parts if x < math.inf)
    return min(total, 1e-6 * max(1.0, float(result.data)))


def _shown(slopes: Slopes) -> str:
    if slopes.is_kink:
        return f"{slopes.left.value:.9g} and {slopes.right.value:.9g} on the two sides"
    best = slopes.best
    return f"{best.value:.9g}" + (f" ± {best.margin(0.0, 0.0):.1g}" if 0 < best.error < math.inf else "")


def _advice(result: Value, leaf: Value) -> str:
    """Where to look: at a kink on the way from the input to the result, if there is one, else at the rules."""
    touched = {leaf}
    for node in topological_order(result):
        if touched.isdisjoint(node._prev):
            continue
        touched.add(node)
        operands = [float(x) for x in node.operands]
        if node.op is not None and node.op.is_on_kink(operands):
            at = ", ".join(map(str, operands))
            return (
                f"{node.op.name} at ({at}) is on a kink, where the derivative is a convention, which makes that of "
                "a whole function a matter of luck: check at another point"
            )
    return "check the rule of each operation that this input goes through"
