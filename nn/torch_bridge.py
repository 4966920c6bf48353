"""Convert a model to PyTorch, in double precision: `to_torch`.

For the way back, ``model.load_state_dict(torch_model.state_dict())`` loads PyTorch's numbers into a model of the same
shape.
"""

from __future__ import annotations

import importlib
from collections import OrderedDict
from functools import cache
from types import SimpleNamespace
from typing import Any

from nn.modules.activations import PReLU, trainable_activations
from nn.modules.containers import Sequential
from nn.modules.layers import MLP, Layer, Linear, Maxout, Neuron
from nn.modules.module import FunctionModule, Module
from nn.nested import as_numbers, flat
from nn.registry import declared

# PyTorch's softplus gives x above a threshold. At 40 that is the same float as log(1 + exp(x)), at the default 20 not.
_NEURON_OPTIONS: dict[str, dict[str, Any]] = {"softplus": {"threshold": 40.0}}


def to_torch(model: Module) -> Any:
    """The equal `torch.nn.Module`, in double precision: the same outputs, and the same gradients.

    `Linear`, `Sequential`, `Dropout` and activations become PyTorch's modules of the same names; `Step` and `Maxout`,
    which PyTorch does not have, become modules made of its functions. A `Neuron`, `Layer` or `MLP` becomes a Sequential
    of Linear and activation; if its output is one number rather than a vector of one, a last module drops that
    dimension. The weights are copies. Frozen parameters stay frozen, and each module keeps its training or evaluation
    mode.

    Args:
        model: the module to convert.

    Raises:
        TypeError: if a module has no counterpart that this function knows, naming it.
        ValueError: if modules share some of their parameters, or a tensor is frozen in part, which PyTorch cannot
            express.
        ModuleNotFoundError: if PyTorch is not installed.

    For a model with two inputs and three outputs::

        theirs = nn.to_torch(model)
        theirs(torch.tensor([0.5, -1.0], dtype=torch.float64))
    """
    if not isinstance(model, Module):
        raise TypeError(f"to_torch takes a module, got {type(model).__name__}")
    converted = _Converter().convert(model)
    ours, theirs = len(model.parameters()), sum(parameter.numel() for parameter in converted.parameters())
    if ours != theirs:
        raise ValueError(
            f"modules of {type(model).__name__} share parameters: it has {ours}, the PyTorch model would have "
            f"{theirs}; share whole modules instead"
        )
    return converted


class _Converter:
    """Converts each module once, so that a module that is used twice is one module in PyTorch too."""

    def __init__(self) -> None:
        self.torch = _torch()
        self.done: dict[int, Any] = {}

    def convert(self, module: Module) -> Any:
        if id(module) not in self.done:
            converted = self._new(module)
            converted.training = module.training
            self.done[id(module)] = converted
        return self.done[id(module)]

    def _new(self, module: Module) -> Any:
        kind = type(module)
        if isinstance(module, Linear) and kind is Linear:
            return self._linear(module.weight, module.bias)
        if kind is Sequential:
            parts = {name: part for name, part in vars(module).items() if isinstance(part, Module)}
            return self._sequential({name: self.convert(part) for name, part in parts.items()})
        if kind in (Neuron, Layer, MLP):
            return self._perceptron(module).train(module.training)
        if isinstance(module, PReLU) and kind is PReLU:
            converted = self.torch.nn.PReLU(len(module.weight))
            self._copy(module.weight, converted.weight)
            return converted
        if isinstance(module, Maxout) and kind is Maxout:
            return _own_modules().Maxout([self.convert(piece) for piece in module.pieces])
        if isinstance(module, FunctionModule) and declared(FunctionModule).get(kind.__name__) is kind:
            # PyTorch's module of the same name, unless `_own_modules` has one that replaces it.
            own = getattr(_own_modules(), kind.__name__, None)
            if make := own or getattr(self.torch.nn, kind.__name__, None):
                return make(**module.options())
        raise _unknown(module)

    def _perceptron(self, module: Any) -> Any:
        """A `Neuron`, `Layer` or `MLP`; if its output is one number, a last module drops the dimension of 1."""
        if isinstance(module, Neuron):
            return self._neurons([module], squeeze=True)
        if isinstance(module, Layer):
            return self._neurons(module.neurons, squeeze=len(module.neurons) == 1)
        for layer in module.layers:
            if type(layer) is not Layer:
                raise _unknown(layer)
        layers = [self._neurons(layer.neurons, squeeze=False) for layer in module.layers]
        narrow = len(module.layers[-1].neurons) == 1
        return self._numbered(layers + ([_own_modules().Squeeze()] if narrow else []))

    def _linear(self, weight: Any, bias: Any) -> Any:
        torch = self.torch
        # Without initialization, which would draw from PyTorch's random numbers.
        linear = torch.nn.utils.skip_init(
            torch.nn.Linear, len(weight[0]), len(weight), bias=bias is not None, dtype=torch.float64
        )
        self._copy(weight, linear.weight)
        if bias is not None:
            self._copy(bias, linear.bias)
        return linear

    def _copy(self, ours: Any, theirs: Any) -> None:
        trained = {parameter.requires_grad for parameter in flat(ours)}
        if len(trained) != 1:
            raise ValueError(
                "a weight or bias is frozen in part, which PyTorch cannot express; freeze all of its numbers or none"
            )
        theirs.data = self.torch.tensor(as_numbers(ours), dtype=self.torch.float64)
        theirs.requires_grad_(trained.pop())

    def _neurons(self, neurons: list[Any], squeeze: bool) -> Any:
        kinds = {(neuron.nonlin, neuron.activation) for neuron in neurons}
        for neuron in neurons:
            if type(neuron) is not Neuron:
                raise _unknown(neuron)
        if len(kinds) != 1:
            raise TypeError("to_torch cannot convert a layer whose neurons have different activations")
        parts = [self._linear([neuron.w for neuron in neurons], [neuron.b for neuron in neurons])]
        nonlin, activation = kinds.pop()
        if nonlin:
            parts.append(self._activation(activation))
        return self._numbered(parts + ([_own_modules().Squeeze()] if squeeze else []))

    def _activation(self, name: str) -> Any:
        """The module for an operation of one number, by the name it has in `autograd`."""
        if name in trainable_activations():
            return self._new(trainable_activations()[name](**_NEURON_OPTIONS.get(name, {})))
        if not hasattr(self.torch, name) and not hasattr(self.torch.nn.functional, name):
            raise TypeError(
                f"to_torch cannot convert neurons with the activation {name!r}, which PyTorch does not have"
            )
        return _own_modules().Elementwise(name)

    def _numbered(self, parts: list[Any]) -> Any:
        return self._sequential({str(place): part for place, part in enumerate(parts)})

    def _sequential(self, parts: dict[str, Any]) -> Any:
        return self.torch.nn.Sequential(OrderedDict(parts))


def _torch() -> Any:
    try:
        # Not an import statement: type checkers would have to read all of PyTorch, or fail where it is missing.
        return importlib.import_module("torch")
    except ImportError:
        raise ModuleNotFoundError(
            'to_torch needs PyTorch, which is not installed: pip install "stepgrad[torch]"'
        ) from None


@cache
def _own_modules() -> SimpleNamespace:
    """PyTorch modules that PyTorch itself lacks or computes less exactly, made when PyTorch has been imported."""
    torch = _torch()

    class Squeeze(torch.nn.Module):  # type: ignore[misc, name-defined]
        """Drops a last dimension of 1."""

        def forward(self, input: Any) -> Any:
            return input.squeeze(-1)

    class Elementwise(torch.nn.Module):  # type: ignore[misc, name-defined]
        """A function of PyTorch, by its name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def forward(self, input: Any) -> Any:
            function = getattr(torch, self.name, None) or getattr(torch.nn.functional, self.name)
            return function(input)

        def extra_repr(self) -> str:
            return str(self.name)

    class Hardsigmoid(torch.nn.Hardsigmoid):  # type: ignore[misc, name-defined]
        """Hardsigmoid with an exact gradient: PyTorch's has 1/6 in single precision, a relative error of 3e-8."""

        def forward(self, input: Any) -> Any:
            return torch.nn.functional.relu6(input + 3) / 6

    class Step(torch.nn.Module):  # type: ignore[misc, name-defined]
        """0 for negative numbers, 1 for positive ones; `torch.heaviside` passes no gradient on, not even of 0."""

        def __init__(self, values: float) -> None:
            super().__init__()
            self.values = values

        def forward(self, input: Any) -> Any:
            return torch.where(input == 0, self.values, (torch.sign(input) + 1) / 2)

    class Maxout(torch.nn.Module):  # type: ignore[misc, name-defined]
        """The largest output of several modules, element by element."""

        def __init__(self, pieces: list[Any]) -> None:
            super().__init__()
            self.pieces = torch.nn.ModuleList(pieces)

        def forward(self, input: Any) -> Any:
            # amax shares the gradient evenly at ties.
            return torch.stack([piece(input) for piece in self.pieces]).amax(0)

    own = (Squeeze, Elementwise, Hardsigmoid, Step, Maxout)
    return SimpleNamespace(**{module.__name__: module for module in own})


def _unknown(module: Module) -> TypeError:
    return TypeError(
        f"to_torch does not know {type(module).__name__}, so it cannot convert the model; write that module in "
        "PyTorch, or convert the parts around it"
    )
