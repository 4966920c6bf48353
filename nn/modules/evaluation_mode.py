"""Lets other modules call a model without training it: `evaluation_mode`, and whether its outputs are probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import autograd
from autograd import no_grad
from autograd.core.atomic import set_all
from nn.modules.activations import Elementwise, Identity, limits_of
from nn.modules.containers import Sequential
from nn.modules.dropout import Dropout
from nn.modules.layers import MLP, Layer, Neuron
from nn.modules.module import Module


@contextmanager
def evaluation_mode(model: Any) -> Iterator[None]:
    """A block without graphs, in which a model is in evaluation mode; afterwards each module is in its former mode.

    The model may be a plain function, which has no modes.
    """
    modules = list(model.modules()) if isinstance(model, Module) else []
    modes = [module.training for module in modules]
    block = no_grad()
    try:
        if isinstance(model, Module):
            model.eval()
        with block:
            yield
        set_all(modules, "training", modes)
    except BaseException:  # not finally: Ctrl-C may come before its first call
        block.__exit__()  # and may have come before that of the block
        set_all(modules, "training", modes)
        raise


def ends_in_probabilities(model: Any) -> bool:
    """Whether the last layer of a model has outputs between 0 and 1; False for models whose layers are not known."""
    if isinstance(model, Sequential):
        parts = [part for part in model if not isinstance(part, Identity | Dropout)]
        return bool(parts) and ends_in_probabilities(parts[-1])
    if isinstance(model, MLP):
        return bool(model.layers) and ends_in_probabilities(model.layers[-1])
    if isinstance(model, Layer):
        return all(map(ends_in_probabilities, model.neurons))
    if isinstance(model, Neuron):
        return model.nonlin and limits_of(getattr(autograd, model.activation)) == (0.0, 1.0)
    return isinstance(model, Elementwise) and limits_of(model) == (0.0, 1.0)
