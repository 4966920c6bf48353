"""Check derivatives against finite differences: `gradcheck`, `gradgradcheck`, and the differences themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.transforms.argnums import Argnums
from autograd.transforms.function_at_point import FunctionAtPoint, GradcheckError


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
    point = FunctionAtPoint("numerical_gradient", func, inputs)
    if eps is None:
        return [slopes[0].best.value for slopes in map(point.slopes, range(len(point.leaves)))]
    return [_central(point, index, eps)[0] for index in range(len(point.leaves))]


def gradcheck(
    func: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    argnums: Argnums | None = None,
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
        func: takes as many arguments as there are inputs; returns a Value, or lists, tuples and dicts of them. The
            derivatives with respect to the parameters of a module are checked, too.
        inputs: the point to check at: numbers and Values, or lists, tuples and dicts of them. Values are passed as
            they are, so that parameters may be given that `func` uses without looking at its arguments; they keep
            their data and their `grad`; one with ``requires_grad`` False is not checked.
        argnums: the positions of the arguments to differentiate with respect to, all unless given. The others are
            passed as they are: whole numbers to count with, texts, options.
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
    >>> gradcheck(lambda x, n: sum(x**k for k in range(n)), [0.5, 4], argnums=0)
    True
    """
    point = FunctionAtPoint("gradcheck", func, inputs, argnums)
    point.add_parameters()
    try:
        if eps is None and atol is None and rtol is None:
            _check(point)
        else:
            _compare(point, *(usual if x is None else x for x, usual in ((eps, 1e-6), (atol, 1e-5), (rtol, 1e-3))))
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    argnums: Argnums | None = None,
    raise_exception: bool = True,
) -> bool:
    """Whether the second derivatives of `func` agree with finite differences of the first.

    Arguments, results and errors are those of `gradcheck`, which should be run before. Of several outputs a weighted
    sum is differentiated.

    >>> gradgradcheck(lambda x, y: (x * y).tanh() + x, [0.5, -1.5])
    True
    """
    point = FunctionAtPoint("gradgradcheck", func, inputs, argnums)
    point.add_parameters()
    try:
        point.differentiate()
        point.require_a_derivative()
        second = point.gradient()
        second.differentiate()
        second.check()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _check(point: FunctionAtPoint) -> None:
    point.differentiate()
    point.require_a_derivative()
    point.check()


def _compare(point: FunctionAtPoint, eps: float, atol: float, rtol: float) -> None:
    """Compare with one difference, as PyTorch does."""
    point.differentiate()
    point.require_a_derivative()
    for index, leaf in enumerate(point.leaves):
        if not leaf.requires_grad:
            continue
        for output, expected in enumerate(_central(point, index, eps)):
            derivative = point.gradients[output].get(leaf, 0.0)
            # Written so that a nan on one side fails. Two nans pass.
            agree = abs(derivative - expected) <= atol + rtol * abs(expected) or derivative == expected
            if not agree and not (derivative != derivative and expected != expected):
                raise point.error(output, index, derivative, str(expected), "reverse")


def _central(point: FunctionAtPoint, index: int, eps: float) -> list[float]:
    """One central difference for each output."""
    x = point.leaves[index].data
    h = eps * max(1.0, abs(x))
    above, below = x + h, x - h
    pairs = zip(point.numbers_at(index, above), point.numbers_at(index, below), strict=True)
    return [(high - low) / (above - below) for high, low in pairs]
