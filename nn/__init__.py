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

import importlib
from typing import Any

# ``name as name`` is how type checkers know that a name is public here; one line makes a class so.
from nn import (
    data as data,
)
from nn import (
    datasets as datasets,
)
from nn import (
    functional as functional,
)
from nn import (
    generative as generative,
)
from nn import (
    init as init,
)
from nn import (
    landscapes as landscapes,
)
from nn import (
    linear_model as linear_model,
)
from nn import (
    metrics as metrics,
)
from nn import (
    optim as optim,
)
from nn import (
    plot as plot,
)
from nn import (
    preprocessing as preprocessing,
)
from nn import (
    training as training,
)
from nn import (
    utils as utils,
)
from nn.diagnostics import (
    diagnose as diagnose,
)
from nn.modules.activations import (
    ELU as ELU,
)
from nn.modules.activations import (
    GELU as GELU,
)
from nn.modules.activations import (
    Hardsigmoid as Hardsigmoid,
)
from nn.modules.activations import (
    Hardtanh as Hardtanh,
)
from nn.modules.activations import (
    Identity as Identity,
)
from nn.modules.activations import (
    LeakyReLU as LeakyReLU,
)
from nn.modules.activations import (
    LogSigmoid as LogSigmoid,
)
from nn.modules.activations import (
    PReLU as PReLU,
)
from nn.modules.activations import (
    ReLU as ReLU,
)
from nn.modules.activations import (
    ReLU6 as ReLU6,
)
from nn.modules.activations import (
    Sigmoid as Sigmoid,
)
from nn.modules.activations import (
    SiLU as SiLU,
)
from nn.modules.activations import (
    Softplus as Softplus,
)
from nn.modules.activations import (
    Step as Step,
)
from nn.modules.activations import (
    Tanh as Tanh,
)
from nn.modules.activations import (
    Threshold as Threshold,
)
from nn.modules.containers import (
    ModuleDict as ModuleDict,
)
from nn.modules.containers import (
    ModuleList as ModuleList,
)
from nn.modules.containers import (
    Sequential as Sequential,
)
from nn.modules.cross_entropies import (
    BCELoss as BCELoss,
)
from nn.modules.cross_entropies import (
    BCEWithLogitsLoss as BCEWithLogitsLoss,
)
from nn.modules.cross_entropies import (
    CrossEntropyLoss as CrossEntropyLoss,
)
from nn.modules.cross_entropies import (
    NLLLoss as NLLLoss,
)
from nn.modules.dropout import (
    Dropout as Dropout,
)
from nn.modules.layers import (
    MLP as MLP,
)
from nn.modules.layers import (
    Layer as Layer,
)
from nn.modules.layers import (
    Linear as Linear,
)
from nn.modules.layers import (
    Maxout as Maxout,
)
from nn.modules.layers import (
    Neuron as Neuron,
)
from nn.modules.likelihoods import (
    GaussianNLLLoss as GaussianNLLLoss,
)
from nn.modules.likelihoods import (
    KLDivLoss as KLDivLoss,
)
from nn.modules.losses import (
    HingeEmbeddingLoss as HingeEmbeddingLoss,
)
from nn.modules.losses import (
    HingeLoss as HingeLoss,
)
from nn.modules.losses import (
    HuberLoss as HuberLoss,
)
from nn.modules.losses import (
    L1Loss as L1Loss,
)
from nn.modules.losses import (
    MarginRankingLoss as MarginRankingLoss,
)
from nn.modules.losses import (
    MSELoss as MSELoss,
)
from nn.modules.losses import (
    MultiMarginLoss as MultiMarginLoss,
)
from nn.modules.losses import (
    SmoothL1Loss as SmoothL1Loss,
)
from nn.modules.losses import (
    SoftMarginLoss as SoftMarginLoss,
)
from nn.modules.module import (
    Module as Module,
)
from nn.modules.module import (
    Parameter as Parameter,
)
from nn.modules.softmax import (
    LogSoftmax as LogSoftmax,
)
from nn.modules.softmax import (
    Softmax as Softmax,
)
from nn.registry import public_names
from nn.saving import (
    load as load,
)
from nn.saving import (
    load_metadata as load_metadata,
)
from nn.saving import (
    save as save,
)
from nn.torch_bridge import (
    to_torch as to_torch,
)
from nn.training import (
    DivergenceError as DivergenceError,
)
from nn.training import (
    EarlyStopping as EarlyStopping,
)
from nn.training import (
    History as History,
)
from nn.training import (
    fit as fit,
)
from nn.training import (
    predict as predict,
)

__all__ = [
    "data",
    "datasets",
    "functional",
    "generative",
    "init",
    "landscapes",
    "linear_model",
    "metrics",
    "optim",
    "plot",
    "preprocessing",
    "training",
    "utils",
    *public_names(globals()),
]


def __getattr__(name: str) -> Any:
    """``stepgrad.tables``, loaded when it is first asked for: it is a program on top of the rest."""
    if name == "tabular":
        return importlib.import_module("stepgrad.tables")
    raise AttributeError(f"module 'nn' has no attribute {name!r}")
