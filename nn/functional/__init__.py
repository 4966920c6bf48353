"""Activations, losses and information measures as functions, with PyTorch's names, arguments and numbers.

They take numbers, Values, vectors and batches (nested sequences of any kind); of plain numbers they give plain
numbers, so the same function serves training and evaluation. Those that are modules as well stand beside them, in
`nn/modules`.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> mse_loss([x, 1.0], [1.0, 1.0]).backward()
    >>> x.grad                      # 2 (3 - 1) / 2
    2.0
    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
"""

# ``name as name`` is how type checkers know that a name is public here; one line makes a function so.

from __future__ import annotations

from nn.functional.information import (
    distribution_cross_entropy as distribution_cross_entropy,
)
from nn.functional.information import (
    entropy as entropy,
)
from nn.functional.information import (
    kl_divergence as kl_divergence,
)
from nn.functional.information import (
    one_hot as one_hot,
)
from nn.functional.penalties import (
    l1_penalty as l1_penalty,
)
from nn.functional.penalties import (
    l2_penalty as l2_penalty,
)
from nn.modules.activations import (
    elu as elu,
)
from nn.modules.activations import (
    gelu as gelu,
)
from nn.modules.activations import (
    hardsigmoid as hardsigmoid,
)
from nn.modules.activations import (
    hardtanh as hardtanh,
)
from nn.modules.activations import (
    heaviside as heaviside,
)
from nn.modules.activations import (
    leaky_relu as leaky_relu,
)
from nn.modules.activations import (
    logsigmoid as logsigmoid,
)
from nn.modules.activations import (
    prelu as prelu,
)
from nn.modules.activations import (
    relu as relu,
)
from nn.modules.activations import (
    relu6 as relu6,
)
from nn.modules.activations import (
    sigmoid as sigmoid,
)
from nn.modules.activations import (
    silu as silu,
)
from nn.modules.activations import (
    softplus as softplus,
)
from nn.modules.activations import (
    tanh as tanh,
)
from nn.modules.activations import (
    threshold as threshold,
)
from nn.modules.cross_entropies import (
    binary_cross_entropy as binary_cross_entropy,
)
from nn.modules.cross_entropies import (
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
)
from nn.modules.cross_entropies import (
    cross_entropy as cross_entropy,
)
from nn.modules.cross_entropies import (
    nll_loss as nll_loss,
)
from nn.modules.dropout import (
    dropout as dropout,
)
from nn.modules.likelihoods import (
    gaussian_nll_loss as gaussian_nll_loss,
)
from nn.modules.likelihoods import (
    kl_div as kl_div,
)
from nn.modules.losses import (
    hinge_embedding_loss as hinge_embedding_loss,
)
from nn.modules.losses import (
    hinge_loss as hinge_loss,
)
from nn.modules.losses import (
    huber_loss as huber_loss,
)
from nn.modules.losses import (
    l1_loss as l1_loss,
)
from nn.modules.losses import (
    margin_ranking_loss as margin_ranking_loss,
)
from nn.modules.losses import (
    mse_loss as mse_loss,
)
from nn.modules.losses import (
    multi_margin_loss as multi_margin_loss,
)
from nn.modules.losses import (
    smooth_l1_loss as smooth_l1_loss,
)
from nn.modules.losses import (
    soft_margin_loss as soft_margin_loss,
)
from nn.modules.softmax import (
    log_softmax as log_softmax,
)
from nn.modules.softmax import (
    softmax as softmax,
)
from nn.registry import public_names

__all__ = public_names(globals())
