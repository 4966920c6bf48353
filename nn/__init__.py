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

from nn import data, datasets, functional, metrics, optim, plot, preprocessing, training
from nn.activations import ReLU, Sigmoid, Tanh
from nn.layers import MLP, Layer, Linear, Neuron, Sequential
from nn.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from nn.module import Module
from nn.training import DivergenceError, History, fit

__all__ = [
    "MLP",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "DivergenceError",
    "History",
    "Layer",
    "Linear",
    "MSELoss",
    "Module",
    "Neuron",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "data",
    "datasets",
    "fit",
    "functional",
    "metrics",
    "optim",
    "plot",
    "preprocessing",
    "training",
]
