"""Layers: `Linear` as in PyTorch; `Neuron`, `Layer` and `MLP` as in the teaching engine micrograd.

Every layer takes a vector (a sequence of numbers or Values) or a batch (a sequence of vectors).

    >>> import random
    >>> random.seed(0)
    >>> model = MLP(2, [3, 1])
    >>> print(f"{model([1.0, -2.0]).data:.4f}")
    -0.3357
    >>> [f"{score.data:.4f}" for score in model([[1.0, -2.0], [0.5, 0.5]])]
    ['-0.3357', '0.3419']
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import autograd
from autograd import TABLE, Value
from autograd.core.number import whole_number
from autograd.core.vector import Vector
from autograd.symbols.compiled_methods import fast
from nn.modules.module import Module
from nn.nested import as_lists, as_sequence, each, is_batch, is_sequence

_dot, _affine = fast(TABLE["dot"]), fast(TABLE["affine"])


# ---------------------------------------------------------------------- weighted sums


def _weighted_sums(
    rows: Sequence[Sequence[Value]], bias: Sequence[Value] | None, inputs: Sequence[Sequence[Any]]
) -> list[list[Value]]:
    """For each vector of the inputs and each row of weights ``bias + row · vector``, as one node.

    The sum starts with the bias, so that it is rounded in the order of ``bias + row[0] * vector[0] + ...``, as the
    expanded sum is. Weights are read once for a whole batch and inputs once for a whole layer.
    """
    weights = [Vector(row) for row in rows]
    vectors = map(Vector, inputs)
    if bias is None:
        return [[_dot(row, vector) for row in weights] for vector in vectors]
    neurons = list(zip(weights, bias, strict=True))
    return [[_affine(row, vector, b) for row, b in neurons] for vector in vectors]


def _expanded_sums(
    rows: Sequence[Sequence[Value]], bias: Sequence[Value] | None, inputs: Sequence[Sequence[Any]]
) -> list[list[Value]]:
    """As `_weighted_sums`, with a node for every product and every sum, to be drawn and stepped through."""
    starts: Sequence[Any] = [0.0] * len(rows) if bias is None else bias
    return [
        [sum((w * x for w, x in zip(row, vector, strict=True)), b) for b, row in zip(starts, rows, strict=True)]
        for vector in inputs
    ]


def _vectors(layer: Module, x: Any, length: int) -> tuple[list[Sequence[Any]], bool]:
    """The input as a list of vectors, and whether it was a batch.

    Raises:
        ValueError: if a vector has not the given length.
        TypeError: for a text or None, which are no vectors.
    """
    x = as_sequence(x)
    # as_sequence makes a vector of length 1 of anything that is no sequence, also of None and of a text.
    if len(x) == 1 and (x[0] is None or isinstance(x[0], str)):
        raise TypeError(f"{_short(layer)} takes vectors of length {length} or a batch of them, got {x[0]!r}")
    batch = is_batch(x)
    vectors = [as_sequence(row) for row in x] if batch else [x]
    for index, vector in enumerate(vectors):
        if len(vector) != length:
            which = f"row {index} of the batch has" if batch else "got one of"
            raise ValueError(
                f"{_short(layer)} takes vectors of length {length} (or a batch, which is a sequence of them), but "
                f"{which} length {len(vector)}"
            )
    return vectors, batch


def _short(layer: Module) -> str:
    text = repr(layer)
    return text if len(text) <= 60 else f"a {type(layer).__name__}"


def _checked_activation(name: str) -> str:
    if name not in TABLE or TABLE[name].vectors or TABLE[name].arity != 1:
        unary = [op.name for op in TABLE.values() if op.arity == 1 and not op.vectors]
        raise ValueError(f"activation must be an operation of one number, one of {', '.join(unary)}, got {name!r}")
    return name


# ---------------------------------------------------------------------- as in micrograd


def _in_torch(neurons: Sequence[Any], prefix: str) -> dict[str, Any] | None:
    """The weight and the bias of a layer of neurons, as a Linear has them; None if they are not all plain neurons."""
    if not neurons or any(type(neuron) is not Neuron for neuron in neurons):
        return None
    return {
        f"{prefix}weight": [neuron.w for neuron in neurons],
        f"{prefix}bias": [neuron.b for neuron in neurons],
    }


class Neuron(Module):
    """A weighted sum of the inputs, then an activation: ``relu(b + w[0] * x[0] + w[1] * x[1] + ...)``.

    Args:
        nin: the number of inputs.
        nonlin: whether the activation is applied; a neuron without it is linear.
        activation: the activation, by the name of any operation of one number: ``"tanh"``.
        expanded: build a node for every product and sum instead of one for the whole weighted sum. The numbers
            are the same; drawings show all of the arithmetic, and training is many times slower.

    Weights are drawn from U(-1, 1) with the `random` module, in the order of the inputs; the bias starts at 0.

    >>> neuron = Neuron(2)
    >>> neuron.w, neuron.b = [Value(0.5), Value(-1.0)], Value(3.0)
    >>> neuron([4.0, 1.0]).data        # 3 + 2 - 1
    4.0
    """

    def __init__(self, nin: int, nonlin: bool = True, *, activation: str = "relu", expanded: bool = False) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(whole_number("nin", nin))]
        self.b = Value(0)
        self.nonlin = nonlin
        self.activation = _checked_activation(activation)
        self.expanded = expanded

    def forward(self, x: Any) -> Any:
        """One Value for a vector, a list of Values for a batch.

        Raises:
            ValueError: for a vector of the wrong length.
        """
        vectors, batch = _vectors(self, x, len(self.w))
        sums = (_expanded_sums if self.expanded else _weighted_sums)([self.w], [self.b], vectors)
        outputs = [getattr(z, self.activation)() if self.nonlin else z for (z,) in sums]
        return outputs if batch else outputs[0]

    def _tensors_in_torch(self, flat: bool) -> dict[str, Any] | None:
        return _in_torch([self], "" if flat else "0.") if type(self) is Neuron else None

    def __repr__(self) -> str:
        kind = {"relu": "ReLU"}.get(self.activation, self.activation.title()) if self.nonlin else "Linear"
        return f"{kind}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons that share their inputs.

    Args:
        nin: the number of inputs.
        nout: the number of neurons.
        kwargs: passed on to each `Neuron`.

    A layer of one neuron returns the neuron's Value itself rather than a list of one.

    >>> len(Layer(2, 3)([1.0, -1.0])), isinstance(Layer(2, 1)([1.0, -1.0]), Value)
    (3, True)
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(whole_number("nout", nout))]

    def forward(self, x: Any) -> Any:
        """For a vector a list of Values, or one Value if there is one neuron; for a batch a list of these."""
        neurons = self.neurons
        vectors, batch = _vectors(self, x, len(neurons[0].w))
        if any(type(neuron) is not Neuron or neuron.expanded for neuron in neurons):
            outputs = [[neuron(vector) for neuron in neurons] for vector in vectors]
        else:
            # All neurons at once: the weights are collected once for a whole batch, which makes a batch of 100
            # through MLP(2, [16, 16, 1]) five times as fast as calling each neuron for each row.
            outputs = _weighted_sums([neuron.w for neuron in neurons], [neuron.b for neuron in neurons], vectors)
            activations = [getattr(Value, neuron.activation) if neuron.nonlin else None for neuron in neurons]
            outputs = [[f(z) if f else z for f, z in zip(activations, row, strict=True)] for row in outputs]
        results = [row[0] if len(row) == 1 else row for row in outputs]
        return results if batch else results[0]

    def _tensors_in_torch(self, flat: bool) -> dict[str, Any] | None:
        return _in_torch(self.neurons, "" if flat else "0.") if type(self) is Layer else None

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: layers of neurons, each called with the outputs of the one before.

    Args:
        nin: the number of inputs.
        nouts: the number of neurons of each layer.
        activation: applied by every layer but the last, by the name of any operation of one number.
        expanded: build a node for every product and sum, as `Neuron` explains.

    >>> model = MLP(3, [4, 4, 1], activation="tanh")
    >>> len(model.parameters()), model.layers[0].neurons[0]
    (41, TanhNeuron(3))
    """

    def __init__(self, nin: int, nouts: Sequence[int], *, activation: str = "relu", expanded: bool = False) -> None:
        if not is_sequence(nouts):
            raise TypeError(f"nouts must be a list with the size of each layer, such as [16, 1], got {nouts!r}")
        sizes = [nin, *nouts]
        self.layers = [
            Layer(
                sizes[index],
                sizes[index + 1],
                nonlin=index != len(nouts) - 1,
                activation=activation,
                expanded=expanded,
            )
            for index in range(len(nouts))
        ]

    def forward(self, x: Any) -> Any:
        """The last layer's output: one Value (or a list, if it has several neurons) for a vector."""
        x = as_sequence(x)
        batch = is_batch(x)
        for layer in self.layers:
            # A layer of one neuron returns a list of Values for a batch; the next layer would take it for a vector.
            x = layer([[value] for value in x] if batch and not is_batch(x) else x)
        return x

    def _tensors_in_torch(self, flat: bool) -> dict[str, Any] | None:
        """Names begin with the place of the layer; in a flat Sequential activations have the odd places.

        >>> list(MLP(2, [3, 1])._tensors_in_torch(flat=False))
        ['0.0.weight', '0.0.bias', '1.0.weight', '1.0.bias']
        >>> list(MLP(2, [3, 1])._tensors_in_torch(flat=True))
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        if type(self) is not MLP:
            return None
        prefix = "{}." if flat else "{}.0."
        layers = [_in_torch(layer.neurons, "") if type(layer) is Layer else None for layer in self.layers]
        named = [layer for layer in layers if layer]
        return {
            prefix.format(place * 2 if flat else place) + name: tensor
            for place, layer in enumerate(named)
            for name, tensor in layer.items()
        }

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


# ---------------------------------------------------------------------- as in PyTorch


class Linear(Module):
    """An affine map, ``y = W x + b``: PyTorch's name, arguments and initialization.

    Args:
        in_features: the length of the vectors that come in.
        out_features: the length of the vectors that go out.
        bias: whether to add b.
        expanded: build a node for every product and sum, as `Neuron` explains.

    Attributes:
        weight: a list of `out_features` rows, each a list of `in_features` Values.
        bias: a list of `out_features` Values, or None.

    All parameters start as draws from U(-1/√in_features, 1/√in_features) with the `random` module.

    >>> layer = Linear(2, 1)
    >>> _ = layer.load_state_dict({"weight": [[2.0, 3.0]], "bias": [0.5]})
    >>> [value.data for value in layer([10.0, 1.0])]
    [23.5]
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, *, expanded: bool = False) -> None:
        self.in_features = whole_number("in_features", in_features)
        self.out_features = whole_number("out_features", out_features)
        bound = 1 / math.sqrt(self.in_features)

        def drawn(length: int) -> list[Value]:
            return [Value(random.uniform(-bound, bound)) for _ in range(length)]

        self.weight = [drawn(self.in_features) for _ in range(self.out_features)]
        self.bias = drawn(self.out_features) if bias else None
        self.expanded = expanded

    if TYPE_CHECKING:

        @overload
        def __call__(self, input: Sequence[Value | float]) -> list[Value]: ...
        @overload
        def __call__(self, input: Sequence[Sequence[Value | float]]) -> list[list[Value]]: ...
        @overload
        def __call__(self, input: Any) -> Any: ...
        def __call__(self, input: Any) -> Any:
            """What comes out has the form of what goes in."""

    def forward(self, input: Any) -> Any:
        """A list of `out_features` Values for a vector, a list of such lists for a batch.

        Raises:
            ValueError: for a vector of the wrong length.
        """
        vectors, batch = _vectors(self, input, self.in_features)
        outputs = (_expanded_sums if self.expanded else _weighted_sums)(self.weight, self.bias, vectors)
        return outputs if batch else outputs[0]

    def extra_repr(self) -> str:
        """The two sizes, and whether there is a bias."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


# ---------------------------------------------------------------------- layers that are activations


class Maxout(Module):
    """The largest of several affine pieces, ``max(W₁ x + b₁, W₂ x + b₂, ...)``, element by element.

    A layer that learns its activation, a convex function of straight pieces. `Linear` followed by `ReLU` is the case of
    two pieces one of which is 0. At ties the pieces share the gradient evenly.
    PyTorch has none of this name. Goodfellow, Warde-Farley, Mirza, Courville and Bengio, "Maxout Networks", 2013.

    Args:
        in_features: the length of the vectors that come in.
        out_features: the length of the vectors that go out.
        num_pieces: how many pieces there are.

    Attributes:
        pieces: a list of `num_pieces` `Linear` layers.

    >>> layer = Maxout(1, 1)
    >>> for piece, slope in zip(layer.pieces, [1.0, -1.0]):
    ...     _ = piece.load_state_dict({"weight": [[slope]], "bias": [0.0]})
    >>> [value.data for (value,) in layer([[-3.0], [2.0]])]              # max(x, -x)
    [3.0, 2.0]
    """

    def __init__(self, in_features: int, out_features: int, num_pieces: int = 2) -> None:
        count = whole_number("num_pieces", num_pieces)
        self.pieces = [Linear(in_features, out_features) for _ in range(count)]

    if TYPE_CHECKING:

        @overload
        def __call__(self, input: Sequence[Value | float]) -> list[Value]: ...
        @overload
        def __call__(self, input: Sequence[Sequence[Value | float]]) -> list[list[Value]]: ...
        @overload
        def __call__(self, input: Any) -> Any: ...
        def __call__(self, input: Any) -> Any:
            """What comes out has the form of what goes in."""

    def forward(self, input: Any) -> Any:
        """A list of `out_features` Values for a vector, a list of such lists for a batch.

        Raises:
            ValueError: for a vector of the wrong length.
        """
        input = as_lists(input)
        return each(lambda *outputs: autograd.max(outputs), *(piece(input) for piece in self.pieces))
