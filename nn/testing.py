"""Draw random networks for tests of one's own: `modules`.

This module needs hypothesis (``pip install hypothesis``); nothing else in `nn` does.
"""

from __future__ import annotations

import random

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "nn.testing draws its networks with hypothesis, which is not installed: pip install hypothesis",
        name="hypothesis",
    ) from None

from autograd.core.number import whole_number
from nn.modules import activations
from nn.modules.containers import Sequential
from nn.modules.layers import Linear
from nn.modules.module import Module

ACTIVATIONS = tuple(
    getattr(activations, name)
    for name in ("ELU", "GELU", "Hardtanh", "LeakyReLU", "PReLU", "ReLU", "SiLU", "Sigmoid", "Softplus", "Tanh")
)


def modules(
    in_features: int = 2, out_features: int = 1, max_hidden: int = 2, max_width: int = 4
) -> SearchStrategy[Module]:
    """Random networks: linear layers with activations between them, their parameters from -2 to 2.

    Args:
        in_features: how many numbers a network takes.
        out_features: how many it returns.
        max_hidden: how many hidden layers at most.
        max_width: how many outputs a hidden layer has at most.

    Raises:
        ValueError: if an argument is not a whole number of at least 1; `max_hidden` may be 0.

    >>> from hypothesis import given, settings
    >>> @given(modules(in_features=3))
    ... @settings(max_examples=20)
    ... def test_saved_is_loaded(model):
    ...     state = model.state_dict()
    ...     model.load_state_dict(state)
    ...     assert model.state_dict() == state
    >>> test_saved_is_loaded()
    """
    in_features, out_features = whole_number("in_features", in_features), whole_number("out_features", out_features)
    return _modules(
        in_features, out_features, whole_number("max_hidden", max_hidden, 0), whole_number("max_width", max_width)
    )


@st.composite
def _modules(draw: st.DrawFn, in_features: int, out_features: int, max_hidden: int, max_width: int) -> Module:
    widths = draw(st.lists(st.integers(1, max_width), max_size=max_hidden))
    chosen = [draw(st.sampled_from(ACTIVATIONS)) for _ in widths]
    before = random.getstate()  # the initial weights are not those of a strategy, which must not use this module
    layers: list[Module] = []
    for fan_in, fan_out, activation in zip([in_features, *widths], widths, chosen, strict=False):
        layers += [Linear(fan_in, fan_out), activation()]
    model = Sequential(*layers, Linear([in_features, *widths][-1], out_features))
    random.setstate(before)
    for parameter in model.parameters():
        parameter.data = draw(st.floats(-2.0, 2.0))
    return model
