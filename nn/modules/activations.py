"""Activations, each as a function and as a module to be placed between the layers of a `Sequential`.

The function has the formula and the source; the module stores its options. Each is applied to every element;
`softmax.py` has the activations of whole vectors. Derivatives at kinks are PyTorch's. Options such as `negative_slope`
are constants unless a Value is passed.

    >>> leaky_relu([-2.0, 3.0], negative_slope=0.5), LeakyReLU(negative_slope=0.5)([-2.0, 3.0])
    ([-1.0, 3.0], [-1.0, 3.0])
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import autograd
from autograd import Value
from autograd.core.number import whole_number
from nn.modules.module import FunctionModule
from nn.nested import as_sequence, each, is_batch, is_sequence
from nn.registry import declared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd import Value
    from autograd.core.number import Number


class Activation(FunctionModule):
    """The base class of activations."""

    _is_base = True


class Elementwise(Activation):
    """The base class of activations that are applied to every element of a number, a vector or a batch."""

    _is_base = True

    if TYPE_CHECKING:

        @overload
        def __call__(self, input: Number) -> float: ...
        @overload
        def __call__(self, input: Value) -> Value: ...
        @overload
        def __call__(self, input: Sequence[float]) -> list[float]: ...
        @overload
        def __call__(self, input: Sequence[Value]) -> list[Value]: ...
        @overload
        def __call__(self, input: Sequence[Sequence[float]]) -> list[list[float]]: ...
        @overload
        def __call__(self, input: Sequence[Sequence[Value]]) -> list[list[Value]]: ...
        @overload
        def __call__(self, input: Any) -> Any: ...
        def __call__(self, input: Any) -> Any:
            """What comes out has the form of what goes in."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.forward(0.0)  # raises for an option that is out of range


# ---------------------------------------------------------------------- piecewise linear


def _identity(input: Any) -> Any:
    return input


class Identity(Elementwise, function=_identity):
    """The input as it is: a placeholder.

    Args:
        args: not used; accepted so that `Identity` can take the place of any other layer.
        kwargs: likewise.

    >>> Identity()([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...


def relu(input: Any) -> Any:
    """``max(x, 0)``, element by element; its derivative at 0 is 0.

    >>> relu([[-1.0, 2.0]])
    [[0.0, 2.0]]
    """
    return each(autograd.relu, input)


class ReLU(Elementwise, function=relu):
    """``max(x, 0)``, element by element; its derivative at 0 is 0.

    >>> ReLU()([-1.0, 2.0])
    [0.0, 2.0]
    """


def relu6(input: Any) -> Any:
    """``min(max(x, 0), 6)``, element by element; its derivative at 0 and at 6 is 0.

    >>> relu6([-1.0, 2.0, 7.0])
    [0.0, 2.0, 6.0]
    """
    return hardtanh(input, 0.0, 6.0)


class ReLU6(Elementwise, function=relu6):
    """``min(max(x, 0), 6)``, element by element.

    >>> ReLU6()([-1.0, 2.0, 7.0])
    [0.0, 2.0, 6.0]
    """


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """``x`` where x > 0, else ``negative_slope * x``, element by element.

    Args:
        input: a number, a vector or a batch.
        negative_slope: the slope for negative numbers and at 0.

    >>> leaky_relu([-2.0, 3.0], negative_slope=0.5)
    [-1.0, 3.0]
    """
    return each(lambda x: autograd.leaky_relu(x, negative_slope), input)


class LeakyReLU(Elementwise, function=leaky_relu):
    """``x`` where x > 0, else ``negative_slope * x``, element by element.

    Args:
        negative_slope: the slope for negative numbers and at 0.

    >>> LeakyReLU()([-100.0, 2.0])
    [-1.0, 2.0]
    """

    negative_slope: float = 0.01


def prelu(input: Any, weight: Any) -> Any:
    """`leaky_relu` with slopes that are learned: ``x`` where x > 0, else ``weight * x``.

    He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015.

    Args:
        input: a number, a vector or a batch.
        weight: the slope for negative numbers: one number or Value, a sequence of one, or one for each element of a
            vector.

    Raises:
        ValueError: if there are several slopes and a vector is not of that length.

    >>> from autograd import Value
    >>> slope = Value(0.25)
    >>> prelu(-2.0, slope).backward()
    >>> slope.grad
    -2.0
    """
    slopes = as_sequence(weight)
    if len(slopes) == 1:
        return each(lambda x: autograd.leaky_relu(x, slopes[0]), input)
    return _with_slopes(as_sequence(input) if is_sequence(input) else input, slopes)


def _with_slopes(input: Any, slopes: Any) -> Any:
    if is_sequence(input) and is_batch(input):
        return [_with_slopes(as_sequence(row), slopes) for row in input]
    if not is_sequence(input) or len(input) != len(slopes):
        found = f"one of length {len(input)}" if is_sequence(input) else "a single number"
        raise ValueError(f"prelu with {len(slopes)} slopes takes vectors of that length, got {found}")
    return [autograd.leaky_relu(x, slope) for x, slope in zip(input, slopes, strict=True)]


class PReLU(Elementwise, function=prelu):
    """`LeakyReLU` with slopes that are learned.

    Args:
        num_parameters: 1 for one slope for all elements, or the length of the vectors for one for each.
        init: what the slopes start from.

    Attributes:
        weight: a list of `num_parameters` Values.

    >>> activation = PReLU()
    >>> activation(-2.0).data, activation.state_dict()
    (-0.5, {'weight': [0.25]})
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        self.weight = [Value(init) for _ in range(whole_number("num_parameters", num_parameters))]

    def forward(self, input: Any) -> Any:
        """``x`` where x > 0, else ``weight * x``, in the shape of the input."""
        return prelu(input, self.weight)

    def extra_repr(self) -> str:
        """``num_parameters=1``, rather than the slopes themselves."""
        return f"num_parameters={len(self.weight)}"


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """``min(max(x, min_val), max_val)``, element by element; its derivative at both bounds is 0.

    Args:
        input: a number, a vector or a batch.
        min_val: the lower bound.
        max_val: the upper bound.

    Raises:
        ValueError: if the lower bound is not below the upper one.

    >>> hardtanh([-3.0, 0.5, 3.0])
    [-1.0, 0.5, 1.0]
    """
    if not min_val < max_val:
        raise ValueError(f"hardtanh needs min_val below max_val, got {min_val} and {max_val}")
    return each(lambda x: autograd.hardtanh(x, min_val, max_val), input)


class Hardtanh(Elementwise, function=hardtanh):
    """``min(max(x, min_val), max_val)``, element by element.

    Args:
        min_val: the lower bound.
        max_val: the upper bound.

    >>> Hardtanh()([-3.0, 0.5, 3.0])
    [-1.0, 0.5, 1.0]
    """

    min_val: float = -1.0
    max_val: float = 1.0


def hardsigmoid(input: Any) -> Any:
    """``(x + 3) / 6``, kept between 0 and 1, element by element: a `sigmoid` of three straight pieces.

    >>> hardsigmoid([-3.0, 0.0, 3.0])
    [0.0, 0.5, 1.0]
    """
    return each(autograd.hardsigmoid, input)


class Hardsigmoid(Elementwise, function=hardsigmoid):
    """``(x + 3) / 6``, kept between 0 and 1, element by element.

    >>> Hardsigmoid()([-3.0, 0.0, 3.0])
    [0.0, 0.5, 1.0]
    """


def threshold(input: Any, threshold: float, value: float) -> Any:
    """``x`` where x > threshold, else the constant `value`, element by element.

    Args:
        input: a number, a vector or a batch.
        threshold: numbers up to it, itself included, are replaced.
        value: what they are replaced by.

    >>> threshold([0.5, 1.0, 2.0], 1.0, 0.0)
    [0.0, 0.0, 2.0]
    """
    # relu of the difference is 0 exactly up to the threshold; no gradient passes through a condition.
    return each(lambda x: autograd.where(autograd.relu(x - threshold), x, float(value)), input)


class Threshold(Elementwise, function=threshold):
    """``x`` where x > threshold, else the constant `value`, element by element.

    Args:
        threshold: numbers up to it, itself included, are replaced.
        value: what they are replaced by.

    >>> Threshold(1.0, 0.0)([0.5, 1.0, 2.0])
    [0.0, 0.0, 2.0]
    """

    threshold: float
    value: float


def heaviside(input: Any, values: float = 1.0) -> Any:
    """The step function: 0 where x < 0, `values` at 0, and 1 where x > 0, element by element.

    The activation of the perceptron (Rosenblatt, 1958). Its derivative is 0 wherever it has one, and 0 here at the
    jump too, so no gradient passes and gradient descent learns nothing through it.

    Args:
        input: a number, a vector or a batch.
        values: the number at 0. PyTorch has no default for it; here it is 1, which makes a perceptron fire at
            its threshold.

    >>> heaviside([-2.0, 0.0, 2.0]), heaviside([-2.0, 0.0, 2.0], values=0.5)
    ([0.0, 1.0, 1.0], [0.0, 0.5, 1.0])
    """
    return each(lambda x: autograd.where(x, autograd.relu(autograd.sign(x)), float(values)), input)


class Step(Elementwise, function=heaviside):
    """The step function, 0 for negative numbers and 1 for positive ones; its derivative is 0 everywhere.

    The activation of the perceptron; PyTorch has it only as a function, `heaviside`.

    Args:
        values: the number at 0.

    >>> Step()([-2.0, 0.0, 2.0])
    [0.0, 1.0, 1.0]
    """

    values: float = 1.0


# ---------------------------------------------------------------------- smooth


def sigmoid(input: Any) -> Any:
    """``1 / (1 + exp(-x))``, element by element; never overflows.

    >>> sigmoid([-1000.0, 0.0])
    [0.0, 0.5]
    """
    return each(autograd.sigmoid, input)


class Sigmoid(Elementwise, function=sigmoid):
    """``1 / (1 + exp(-x))``, element by element.

    >>> Sigmoid()([0.0, 1000.0])
    [0.5, 1.0]
    """


def logsigmoid(input: Any) -> Any:
    """``log(1 / (1 + exp(-x)))``, element by element, without the underflow of `sigmoid`.

    >>> logsigmoid([-1000.0, 1000.0])
    [-1000.0, 0.0]
    """
    return each(autograd.logsigmoid, input)


class LogSigmoid(Elementwise, function=logsigmoid):
    """``log(1 / (1 + exp(-x)))``, element by element.

    >>> LogSigmoid()([-1000.0, 0.0])
    [-1000.0, -0.6931471805599453]
    """


def tanh(input: Any) -> Any:
    """The hyperbolic tangent, element by element.

    >>> tanh(0.0)
    0.0
    """
    return each(autograd.tanh, input)


class Tanh(Elementwise, function=tanh):
    """The hyperbolic tangent, element by element.

    >>> Tanh()([0.0, 100.0])
    [0.0, 1.0]
    """


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """``log(1 + exp(beta * x)) / beta``, element by element: a smooth `relu`.

    Args:
        input: a number, a vector or a batch.
        beta: how sharp the bend at 0 is; the larger, the nearer to relu.
        threshold: where ``beta * x`` is above it the result is x itself, as in PyTorch, which is too small by up to
            ``exp(-threshold) / beta``. With ``math.inf`` the formula holds everywhere; it does not overflow.

    Raises:
        ValueError: if beta is not positive.

    >>> round(softplus(0.0), 6), softplus(1000.0)                     # log 2
    (0.693147, 1000.0)
    """
    if not beta > 0:
        raise ValueError(f"softplus needs a positive beta, got {beta}")

    def of_number(x: Any) -> Any:
        if float(x) * beta > threshold:
            return x
        return autograd.softplus(x) if beta == 1 else autograd.softplus(beta * x) / beta

    return each(of_number, input)


class Softplus(Elementwise, function=softplus):
    """``log(1 + exp(beta * x)) / beta``, element by element: a smooth ReLU.

    Args:
        beta: how sharp the bend at 0 is.
        threshold: where ``beta * x`` is above it, the result is x itself.

    >>> Softplus()([0.0, 1000.0])
    [0.6931471805599453, 1000.0]
    """

    beta: float = 1.0
    threshold: float = 20.0


def elu(input: Any, alpha: float = 1.0) -> Any:
    """``x`` where x > 0, else ``alpha * (exp(x) - 1)``, element by element.

    Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016.

    Args:
        input: a number, a vector or a batch.
        alpha: minus the limit for very negative numbers.

    >>> elu([-1000.0, 2.0], alpha=3.0)
    [-3.0, 2.0]
    """
    return each(lambda x: autograd.elu(x, alpha), input)


class ELU(Elementwise, function=elu):
    """``x`` where x > 0, else ``alpha * (exp(x) - 1)``, element by element.

    Args:
        alpha: minus the limit for very negative numbers.

    >>> ELU()([-1000.0, 2.0])
    [-1.0, 2.0]
    """

    alpha: float = 1.0


def silu(input: Any) -> Any:
    """``x * sigmoid(x)``, element by element; also known as swish.

    >>> silu([0.0, 1000.0])
    [0.0, 1000.0]
    """
    return each(autograd.silu, input)


class SiLU(Elementwise, function=silu):
    """``x * sigmoid(x)``, element by element; also known as swish.

    >>> SiLU()([0.0, 1000.0])
    [0.0, 1000.0]
    """


def gelu(input: Any, approximate: str = "none") -> Any:
    """``x * Φ(x)`` with the distribution function Φ of the standard normal distribution, element by element.

    Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.

    Args:
        input: a number, a vector or a batch.
        approximate: ``"tanh"`` for ``0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))``, which is off by less than 0.0005.

    Raises:
        ValueError: if `approximate` is neither ``"none"`` nor ``"tanh"``.

    >>> round(gelu(1.0), 6), round(gelu(1.0, approximate="tanh"), 6)
    (0.841345, 0.841192)
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"approximate must be 'none' or 'tanh', got {approximate!r}")
    return each(autograd.gelu if approximate == "none" else _tanh_gelu, input)


def _tanh_gelu(x: Any) -> Any:
    # 0.5 (1 + tanh(u)) = sigmoid(2 u), which does not lose digits where the hyperbolic tangent is near -1.
    scale = 2 * math.sqrt(2 / math.pi)
    return x * autograd.sigmoid(x * (scale + scale * 0.044715 * (x * x)))


class GELU(Elementwise, function=gelu):
    """``x * Φ(x)`` with the distribution function of the standard normal distribution, element by element.

    Args:
        approximate: ``"none"``, or ``"tanh"`` for an approximation with the hyperbolic tangent.

    >>> GELU()([0.0, 1000.0])
    [0.0, 1000.0]
    """

    approximate: str = "none"


# ---------------------------------------------------------------------- all of them


def trainable_activations() -> dict[str, type[Elementwise]]:
    """The activations for a hidden layer, by the name of their function: without required options, with a gradient.

    >>> list(trainable_activations())[:3], "heaviside" in trainable_activations()
    (['relu', 'relu6', 'leaky_relu'], False)
    """
    return {
        kind.function.__name__: kind
        for kind in declared(Elementwise).values()
        if kind is not Identity
        and all(p.default is not p.empty for p in inspect.signature(kind).parameters.values())
        and _has_slope(kind())
    }


# Where a function is compared with its limit: far enough for slow ones such as the arc tangent.
FAR = 1e6


def limits_of(function: Callable[[Any], Any]) -> tuple[float, float] | None:
    """The limits of a function of one number for large negative and positive inputs; None if there are none.

    None as well for a function whose slope is 0 everywhere, such as the step function.

    >>> limits_of(autograd.sigmoid), limits_of(Hardtanh(-2.0, 2.0)), limits_of(autograd.elu), limits_of(autograd.sin)
    ((0.0, 1.0), (-2.0, 2.0), None, None)
    """
    try:
        low, high = float(function(-FAR)), float(function(FAR))
        lower, higher = float(function(-FAR * FAR)), float(function(FAR * FAR))
    except (TypeError, ValueError):
        return None
    spread = high - low
    settled = 0 < spread < math.inf and abs(lower - low) < 1e-5 * spread and abs(higher - high) < 1e-5 * spread
    if not settled or not _has_slope(function):
        return None
    # softsign, for one, is still a millionth away from its limit -1 at a million.
    return round(lower, 9), round(higher, 9)


def _has_slope(function: Callable[[Any], Any]) -> bool:
    slope = autograd.grad(function)
    return any(slope(x) != 0 for x in (-0.5, 0.5))
