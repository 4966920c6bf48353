"""Activation functions as modules, to be placed between layers of a `Sequential`.

Each is a function of `nn.functional` with its options remembered; formulas and sources are there.

    >>> LeakyReLU(negative_slope=0.5)([-2.0, 3.0])
    [-1.0, 3.0]
"""

from __future__ import annotations

from typing import Any

from autograd import Value
from nn import functional
from nn.functional.activations import check_approximate
from nn.modules.module import Module

# ---------------------------------------------------------------------- piecewise linear


class Identity(Module):
    """The input as it is: a placeholder.

    Args:
        args: anything, not used, so that it can take the place of any other layer.
        kwargs: likewise.

    >>> Identity()([1.0, 2.0])
    [1.0, 2.0]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def forward(self, input: Any) -> Any:
        """The input."""
        return input


class ReLU(Module):
    """``max(x, 0)``, element by element; its derivative at 0 is 0.

    >>> ReLU()([-1.0, 2.0])
    [0.0, 2.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.relu(input)


class ReLU6(Module):
    """``min(max(x, 0), 6)``, element by element.

    >>> ReLU6()([-1.0, 2.0, 7.0])
    [0.0, 2.0, 6.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.relu6(input)


class LeakyReLU(Module):
    """``x`` where x > 0, else ``negative_slope * x``, element by element.

    Args:
        negative_slope: the slope for negative numbers and at 0.

    >>> LeakyReLU()([-100.0, 2.0])
    [-1.0, 2.0]
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"negative_slope={self.negative_slope}"


class PReLU(Module):
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
        if not isinstance(num_parameters, int) or num_parameters < 1:
            raise ValueError(f"num_parameters must be a whole number of at least 1, got {num_parameters!r}")
        self.weight = [Value(init) for _ in range(num_parameters)]

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"num_parameters={len(self.weight)}"


class Hardtanh(Module):
    """``min(max(x, min_val), max_val)``, element by element.

    Args:
        min_val: the lower bound.
        max_val: the upper bound.

    >>> Hardtanh()([-3.0, 0.5, 3.0])
    [-1.0, 0.5, 1.0]
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        functional.hardtanh(0.0, min_val, max_val)  # raises where the bounds are in the wrong order
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.hardtanh(input, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Hardsigmoid(Module):
    """``(x + 3) / 6``, kept between 0 and 1, element by element.

    >>> Hardsigmoid()([-3.0, 0.0, 3.0])
    [0.0, 0.5, 1.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.hardsigmoid(input)


class Threshold(Module):
    """``x`` where x > threshold, else the constant `value`, element by element.

    Args:
        threshold: numbers up to it, itself included, are replaced.
        value: what they are replaced by.

    >>> Threshold(1.0, 0.0)([0.5, 1.0, 2.0])
    [0.0, 0.0, 2.0]
    """

    def __init__(self, threshold: float, value: float) -> None:
        self.threshold = threshold
        self.value = value

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.threshold(input, self.threshold, self.value)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"threshold={self.threshold}, value={self.value}"


class Step(Module):
    """The step function, 0 for negative numbers and 1 for positive ones; its derivative is 0 everywhere.

    The activation of the perceptron; PyTorch has it only as a function, `heaviside`.

    Args:
        values: the number at 0.

    >>> Step()([-2.0, 0.0, 2.0])
    [0.0, 1.0, 1.0]
    """

    def __init__(self, values: float = 1.0) -> None:
        self.values = values

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.heaviside(input, self.values)

    def extra_repr(self) -> str:
        """The number at 0."""
        return f"values={self.values}"


# ---------------------------------------------------------------------- smooth


class Sigmoid(Module):
    """``1 / (1 + exp(-x))``, element by element.

    >>> Sigmoid()([0.0, 1000.0])
    [0.5, 1.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.sigmoid(input)


class LogSigmoid(Module):
    """``log(1 / (1 + exp(-x)))``, element by element.

    >>> LogSigmoid()([-1000.0, 0.0])
    [-1000.0, -0.6931471805599453]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent, element by element.

    >>> Tanh()([0.0, 100.0])
    [0.0, 1.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.tanh(input)


class Softplus(Module):
    """``log(1 + exp(beta * x)) / beta``, element by element: a smooth ReLU.

    Args:
        beta: how sharp the bend at 0 is.
        threshold: where ``beta * x`` is above it, the result is x itself.

    >>> Softplus()([0.0, 1000.0])
    [0.6931471805599453, 1000.0]
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        functional.softplus(0.0, beta)  # raises where beta is not positive
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"beta={self.beta}, threshold={self.threshold}"


class ELU(Module):
    """``x`` where x > 0, else ``alpha * (exp(x) - 1)``, element by element.

    Args:
        alpha: minus the limit for very negative numbers.

    >>> ELU()([-1000.0, 2.0])
    [-1.0, 2.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.elu(input, self.alpha)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"alpha={self.alpha}"


class SiLU(Module):
    """``x * sigmoid(x)``, element by element; also known as swish.

    >>> SiLU()([0.0, 1000.0])
    [0.0, 1000.0]
    """

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.silu(input)


class GELU(Module):
    """``x * Φ(x)`` with the distribution function of the standard normal distribution, element by element.

    Args:
        approximate: ``"none"``, or ``"tanh"`` for an approximation with the hyperbolic tangent.

    >>> GELU()([0.0, 1000.0])
    [0.0, 1000.0]
    """

    def __init__(self, approximate: str = "none") -> None:
        check_approximate(approximate)
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a number, a vector or a batch."""
        return functional.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"approximate={self.approximate!r}"


# ---------------------------------------------------------------------- whole vectors


class Softmax(Module):
    """``exp(x[i]) / (exp(x[0]) + exp(x[1]) + ...)``: positive numbers that sum to 1.

    Args:
        dim: the dimension that sums to 1: for a batch -1 or 1 for each row, 0 for each column.

    `CrossEntropyLoss` contains it: a model that is trained with it ends with a `Linear` layer.

    >>> Softmax()([1000.0, 1000.0])
    [0.5, 0.5]
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a vector or a batch."""
        return functional.softmax(input, self.dim)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of `Softmax`, without its underflow.

    Args:
        dim: as in `Softmax`.

    >>> LogSoftmax()([0.0, -1000.0])
    [0.0, -1000.0]
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, input: Any) -> Any:
        """The same shape as the input: a vector or a batch."""
        return functional.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        """As PyTorch shows it."""
        return f"dim={self.dim}"
