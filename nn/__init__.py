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

# ``name as name`` is how type checkers know that a name is public here; one line makes a class so.
from nn import (
    data as data,
    datasets as datasets,
    functional as functional,
    generative as generative,
    init as init,
    landscapes as landscapes,
    linear_model as linear_model,
    metrics as metrics,
    optim as optim,
    plot as plot,
    preprocessing as preprocessing,
    training as training,
    utils as utils,
)
from nn.diagnostics import (
    diagnose as diagnose,
)
from nn.modules.activations import (
    ELU as ELU,
    GELU as GELU,
    Hardsigmoid as Hardsigmoid,
    Hardtanh as Hardtanh,
    Identity as Identity,
    LeakyReLU as LeakyReLU,
    LogSigmoid as LogSigmoid,
    PReLU as PReLU,
    ReLU as ReLU,
    ReLU6 as ReLU6,
    Sigmoid as Sigmoid,
    SiLU as SiLU,
    Softplus as Softplus,
    Step as Step,
    Tanh as Tanh,
    Threshold as Threshold,
)
from nn.modules.containers import (
    ModuleDict as ModuleDict,
    ModuleList as ModuleList,
    Sequential as Sequential,
)
from nn.modules.cross_entropies import (
    BCELoss as BCELoss,
    BCEWithLogitsLoss as BCEWithLogitsLoss,
    CrossEntropyLoss as CrossEntropyLoss,
    NLLLoss as NLLLoss,
)
from nn.modules.dropout import (
    Dropout as Dropout,
)
from nn.modules.layers import (
    MLP as MLP,
    Layer as Layer,
    Linear as Linear,
    Maxout as Maxout,
    Neuron as Neuron,
)
from nn.modules.likelihoods import (
    GaussianNLLLoss as GaussianNLLLoss,
    KLDivLoss as KLDivLoss,
)
from nn.modules.losses import (
    HingeEmbeddingLoss as HingeEmbeddingLoss,
    HingeLoss as HingeLoss,
    HuberLoss as HuberLoss,
    L1Loss as L1Loss,
    MarginRankingLoss as MarginRankingLoss,
    MSELoss as MSELoss,
    MultiMarginLoss as MultiMarginLoss,
    SmoothL1Loss as SmoothL1Loss,
    SoftMarginLoss as SoftMarginLoss,
)
from nn.modules.module import (
    Module as Module,
    Parameter as Parameter,
)
from nn.modules.softmax import (
    LogSoftmax as LogSoftmax,
    Softmax as Softmax,
)
from nn.registry import public_names
from nn.saving import (
    load as load,
    load_metadata as load_metadata,
    save as save,
)
from nn.torch_bridge import (
    to_torch as to_torch,
)
from nn.training import (
    DivergenceError as DivergenceError,
    EarlyStopping as EarlyStopping,
    History as History,
    fit as fit,
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
