"""Activations, losses and information measures as functions, with PyTorch's names, arguments and numbers.

They take numbers, Values, vectors and batches (nested sequences of any kind); of plain numbers they give plain
numbers, so the same function serves training and evaluation.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> mse_loss([x, 1.0], [1.0, 1.0]).backward()
    >>> x.grad                      # 2 (3 - 1) / 2
    2.0
    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
"""

from __future__ import annotations

from nn.functional.activations import (
    elu,
    gelu,
    hardsigmoid,
    hardtanh,
    heaviside,
    leaky_relu,
    log_softmax,
    logsigmoid,
    prelu,
    relu,
    relu6,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
    threshold,
)
from nn.functional.cross_entropies import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll_loss,
    kl_div,
    nll_loss,
)
from nn.functional.information import distribution_cross_entropy, entropy, kl_divergence, one_hot
from nn.functional.losses import (
    hinge_embedding_loss,
    hinge_loss,
    huber_loss,
    l1_loss,
    margin_ranking_loss,
    mse_loss,
    multi_margin_loss,
    smooth_l1_loss,
    soft_margin_loss,
)
from nn.functional.regularization import dropout, l1_penalty, l2_penalty

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "distribution_cross_entropy",
    "dropout",
    "elu",
    "entropy",
    "gaussian_nll_loss",
    "gelu",
    "hardsigmoid",
    "hardtanh",
    "heaviside",
    "hinge_embedding_loss",
    "hinge_loss",
    "huber_loss",
    "kl_div",
    "kl_divergence",
    "l1_loss",
    "l1_penalty",
    "l2_penalty",
    "leaky_relu",
    "log_softmax",
    "logsigmoid",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "nll_loss",
    "one_hot",
    "prelu",
    "relu",
    "relu6",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softplus",
    "tanh",
    "threshold",
]
