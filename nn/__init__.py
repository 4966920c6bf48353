"""Neural networks on the scalar engine `autograd`, with PyTorch's names.

>>> import random, nn
>>> random.seed(0)
>>> model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
>>> X, y = nn.data.make_moons(40, noise=0.1, random_state=0)
>>> criterion, optimizer = nn.CrossEntropyLoss(), nn.optim.Adam(model.parameters(), lr=0.1)
>>> for step in range(60):
...     loss = criterion(model(X), y)
...     optimizer.zero_grad()
...     loss.backward()
...     optimizer.step()
>>> nn.metrics.accuracy(model(X), y) == 1.0
True

A script for PyTorch runs with other imports and lists for tensors, with these differences:

- A vector is a list of Values. It has no methods: ``autograd.argmax(outputs, dim=1)`` in place of
  ``outputs.argmax(dim=1)``. + joins two lists. The functions of `nn.functional` take whole vectors and batches.
- A parameter is one number. Where a script without an optimizer says ``p -= lr * p.grad``, which would only give the
  name p to a new Value, write ``p.data -= lr * p.grad``. Its gradient is a number too, 0 where PyTorch has None.
- A loss compares equal shapes: targets of a model with one output are rows of one, ``[[0.0], [1.0]]``.
- Random numbers are those of Python: ``random.seed(0)`` in place of ``torch.manual_seed(0)``.
"""

from __future__ import annotations

from nn import (
    data,
    datasets,
    functional,
    generative,
    init,
    landscapes,
    linear_model,
    metrics,
    optim,
    plot,
    preprocessing,
    training,
    utils,
)
from nn.diagnostics import diagnose
from nn.modules.activations import (
    ELU,
    GELU,
    Hardsigmoid,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
    Threshold,
)
from nn.modules.containers import ModuleDict, ModuleList, Sequential
from nn.modules.dropout import Dropout
from nn.modules.layers import MLP, Layer, Linear, Maxout, Neuron
from nn.modules.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    GaussianNLLLoss,
    HingeEmbeddingLoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MarginRankingLoss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    SmoothL1Loss,
    SoftMarginLoss,
)
from nn.modules.module import Module, Parameter
from nn.saving import load, load_metadata, save
from nn.torch_bridge import to_torch
from nn.training import DivergenceError, EarlyStopping, History, fit, predict

__all__ = [
    "ELU",
    "GELU",
    "MLP",
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "DivergenceError",
    "Dropout",
    "EarlyStopping",
    "GaussianNLLLoss",
    "Hardsigmoid",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "HingeLoss",
    "History",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "Layer",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MarginRankingLoss",
    "Maxout",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiMarginLoss",
    "NLLLoss",
    "Neuron",
    "PReLU",
    "Parameter",
    "ReLU",
    "ReLU6",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "Softmax",
    "Softplus",
    "Step",
    "Tanh",
    "Threshold",
    "data",
    "datasets",
    "diagnose",
    "fit",
    "functional",
    "generative",
    "init",
    "landscapes",
    "linear_model",
    "load",
    "load_metadata",
    "metrics",
    "optim",
    "plot",
    "predict",
    "preprocessing",
    "save",
    "to_torch",
    "training",
    "utils",
]
