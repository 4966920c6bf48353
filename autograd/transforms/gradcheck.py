"""Check derivatives against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.core.engine import Value, topological_order
from autograd.core.number import number_in
from autograd.core.recording import no_grad

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


class GradcheckError(AssertionError):
    """A derivative that does not agree with finite differences."""


def numerical_gradient(func: Callable[..., Any], inputs: Sequence[float], eps: float = 1e-6) -> list[float]:
    """The gradient of `func` at `inputs` by central differences.

    Each partial derivative is (f(x + h) - f(x - h)) / 2h, whose error shrinks as h^2 until rounding takes over.
    The step h is ``eps * max(1, |x|)``.

    Args:
        func: takes as many Values as there are inputs, returns a Value or a number.
        inputs: the point.
        eps: the step, relative for inputs beyond 1.

    >>> [round(slope, 6) for slope in numerical_gradient(lambda x, y: x * y, [2.0, 3.0])]
    [3.0, 2.0]
    """
    point = _point("numerical_gradient", func, inputs)

    def at(index: int, x: float) -> float:
        with no_grad():
            return float(func(*(Value(x if i == index else other) for i, other in enumerate(point))))

    gradient = []
    for index, x in enumerate(point):
        h = eps * max(1.0, abs(x))
        above, below = x + h, x - h
        gradient.append((at(index, above) - at(index, below)) / (above - below))
    return gradient


def gradcheck(
    func: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Whether the gradient of `func` agrees with finite differences: ``torch.autograd.gradcheck`` for scalars.

    Two numbers agree when |backward - numerical| <= atol + rtol * |numerical|.

    Args:
        func: takes as many Values as there are inputs, returns a Value.
        inputs: numbers or Values: the point to check at. Their `grad` is left alone.
        eps: step of the finite differences.
        atol: absolute tolerance.
        rtol: relative tolerance.
        raise_exception: raise where they disagree, rather than return False.

    Raises:
        GradcheckError: naming the input, both derivatives and their difference.
        TypeError: if `func` does not return a Value, or an input is not a number.

    >>> gradcheck(lambda x, y: (x * y).tanh() + x, [0.5, -1.5])
    True
    """
    point = _point("gradcheck", func, inputs)
    leaves = [Value(x) for x in point]
    result = func(*leaves)
    if not isinstance(result, Value):
        raise TypeError(
            f"gradcheck needs a function that returns a Value, got {result!r} of type {type(result).__name__}"
        )
    # Other Values that `func` uses keep their gradients.
    others = [(node, node.grad) for node in topological_order(result) if node not in leaves]
    result.backward()
    for node, grad in others:
        node.grad = grad
    numerical = numerical_gradient(func, point, eps)
    for index, (leaf, expected) in enumerate(zip(leaves, numerical, strict=True)):
        # Written so that a nan on one side fails. Two nans pass.
        agree = abs(leaf.grad - expected) <= atol + rtol * abs(expected)
        if not agree and not (leaf.grad != leaf.grad and expected != expected) and leaf.grad != expected:
            if not raise_exception:
                return False
            raise GradcheckError(
                f"the derivative with respect to input {index} (at {leaf.data}) is {leaf.grad} by backward() but "
                f"{expected} by finite differences; {_advice(result, leaf)}"
            )
    return True


def _point(name: str, func: Any, inputs: Any) -> list[float]:
    """The inputs as floats."""
    if not callable(func):
        raise TypeError(f"{name} takes a function, got {func!r}; write {name}(f, [...]), without calling f")
    if not hasattr(inputs, "__iter__"):
        raise TypeError(f"{name} takes a list of inputs, got {inputs!r}; write {name}(func, [...])")
    point = []
    for index, x in enumerate(inputs):
        try:
            point.append(number_in(x))
        except (TypeError, OverflowError) as error:
            raise type(error)(f"input {index}: {error}") from None
    return point


def _advice(result: Value, leaf: Value) -> str:
    """Where to look: at a kink on the way from the input to the result, if there is one, else at the rules."""
    touched = {leaf}
    for node in topological_order(result):
        if touched.isdisjoint(node._prev):
            continue
        touched.add(node)
        numbers = [float(x) for x in node.operands]
        if node.op is not None and node.op.is_on_kink(numbers):
            at = ", ".join(map(str, numbers))
            return (
                f"{node.op.name} at ({at}) is on a kink, where the derivative is a convention and finite differences "
                "are no test of it: check at another point"
            )
    return "check the rule of each operation that this input goes through"
