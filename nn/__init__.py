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
from nn.activations import (
    ELU,
    GELU,
    Hardsigmoid,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Maxout,
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
from nn.diagnostics import diagnose
from nn.dropout import Dropout
from nn.layers import MLP, Layer, Linear, Neuron, Sequential
from nn.losses import (
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
from nn.module import Module
from nn.saving import load, save
from nn.torch_bridge import to_torch
from nn.training import DivergenceError, EarlyStopping, History, fit

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
    "MultiMarginLoss",
    "NLLLoss",
    "Neuron",
    "PReLU",
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
    "metrics",
    "optim",
    "plot",
    "preprocessing",
    "save",
    "to_torch",
    "training",
    "utils",
]
