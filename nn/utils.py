"""Clip the gradients of all parameters of a model, and copy its parameters to and from one vector.

>>> from autograd import Value
>>> x, y = Value(0.0), Value(0.0)
>>> x.grad, y.grad = 30.0, -40.0
>>> clip_grad_norm_([x, y], max_norm=5.0)
50.0
>>> round(x.grad, 4), round(y.grad, 4)
(3.0, -4.0)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import autograd
from autograd import Value
from autograd.core.atomic import set_all
from autograd.core.engine import has_gradient
from nn.nested import flat, shape_of


def clip_grad_norm_(
    parameters: Value | Iterable[Any],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients down together, so that the norm of the vector they make up is at most `max_norm`.

    ``gradient *= min(1, max_norm / (norm + 1e-6))``: the direction stays the same. To be called between
    ``loss.backward()`` and ``optimizer.step()``. Parameters without a gradient are left out.

    Args:
        parameters: the parameters, as from ``model.parameters()``; nested lists are welcome, and so is one Value.
        max_norm: the largest norm to leave as it is.
        norm_type: the p of the p-norm; ``math.inf`` for the largest size of a gradient.
        error_if_nonfinite: whether to raise if the norm is infinite or nan. If not, gradients turn to 0 and nan.

    Returns:
        The norm before clipping.

    Raises:
        ValueError: if `max_norm` is negative, or by `error_if_nonfinite`; then the gradients stay as they were.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
    algorithm 1; the 1e-6 is PyTorch's.

    >>> x = Value(0.0)
    >>> x.grad = 3.0
    >>> clip_grad_norm_([x], max_norm=5.0), x.grad
    (3.0, 3.0)
    """
    _check_limit("clip_grad_norm_", "max_norm", max_norm)
    values = list(filter(has_gradient, _values("clip_grad_norm_", parameters)))
    gradients = [float(value.grad) for value in values]
    total_norm = float(autograd.norm(gradients, p=float(norm_type)))
    if error_if_nonfinite and not math.isfinite(total_norm):
        raise ValueError(
            f"the norm of the gradients is {total_norm}, so they cannot be clipped; look for the operation that made "
            "them so, or pass error_if_nonfinite=False"
        )
    # min(nan, 1.0) is nan, while min(1.0, nan) is 1.0.
    factor = min(max_norm / (total_norm + 1e-6), 1.0)
    set_all(values, "grad", [gradient * factor for gradient in gradients])
    return total_norm


def clip_grad_value_(parameters: Value | Iterable[Any], clip_value: float) -> None:
    """Clip every gradient by itself: ``gradient = min(max(gradient, -clip_value), clip_value)``, where there is one.

    Args:
        parameters: the parameters, as for `clip_grad_norm_`.
        clip_value: the largest size of a gradient.

    Raises:
        ValueError: if `clip_value` is negative.

    >>> x, y = Value(0.0), Value(0.0)
    >>> x.grad, y.grad = 30.0, -0.5
    >>> clip_grad_value_([x, y], 1.0)
    >>> x.grad, y.grad
    (1.0, -0.5)
    """
    _check_limit("clip_grad_value_", "clip_value", clip_value)
    values = list(filter(has_gradient, _values("clip_grad_value_", parameters)))
    limit = float(clip_value)
    # In this order, min and max keep a gradient of nan.
    set_all(values, "grad", [min(max(float(value.grad), -limit), limit) for value in values])


def parameters_to_vector(parameters: Value | Iterable[Any]) -> list[float]:
    """The data of all parameters as one vector of numbers.

    Args:
        parameters: the parameters, as for `clip_grad_norm_`.

    PyTorch's vector is part of the graph; this one has plain numbers, for an optimizer from another library.
    The Values themselves are already a vector: ``model.parameters()``.

    >>> from nn import Linear
    >>> layer = Linear(2, 1)
    >>> vector_to_parameters([1.0, 2.0, 3.0], layer.parameters())
    >>> parameters_to_vector(layer.parameters())
    [1.0, 2.0, 3.0]
    """
    return [float(value.data) for value in _values("parameters_to_vector", parameters)]


def vector_to_parameters(vec: Any, parameters: Value | Iterable[Any]) -> None:
    """Set the data of all parameters from one vector, in the order of `parameters_to_vector`.

    Args:
        vec: as many numbers as there are parameters.
        parameters: the parameters, as for `clip_grad_norm_`.

    Raises:
        ValueError: if the lengths differ.

    >>> x, y = Value(0.0), Value(0.0)
    >>> vector_to_parameters([1.0, 2.0], [x, y])
    >>> x.data, y.data
    (1.0, 2.0)
    """
    values = _values("vector_to_parameters", parameters)
    numbers = flat(vec)
    if len(shape_of(vec)) != 1 or len(numbers) != len(values):
        raise ValueError(
            f"vector_to_parameters needs a vector of {len(values)} numbers, one for each parameter, got a shape of "
            f"{shape_of(vec)}"
        )
    set_all(values, "_data", [float(number) for number in numbers])


def _values(function: str, parameters: Any) -> list[Value]:
    values = flat(parameters)
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"{function} takes Values such as model.parameters(), got {value!r} among them")
    return values


def _check_limit(function: str, name: str, limit: Any) -> None:
    if not (isinstance(limit, Real) and float(limit) >= 0):
        raise ValueError(f"{function} needs {name} to be 0 or greater, got {limit!r}")
