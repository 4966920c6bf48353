"""Call activations, losses and information measures as functions, with PyTorch's names, arguments and numbers.

They take numbers, Values, vectors and batches (nested sequences of any kind). Plain numbers give plain numbers, so the
same function serves training and evaluation. Functions with a module class are defined beside that class, in
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
    entropy as entropy,
    kl_divergence as kl_divergence,
    one_hot as one_hot,
)
from nn.functional.penalties import (
    l1_penalty as l1_penalty,
    l2_penalty as l2_penalty,
)
from nn.modules.activations import (
    elu as elu,
    gelu as gelu,
    hardsigmoid as hardsigmoid,
    hardtanh as hardtanh,
    heaviside as heaviside,
    leaky_relu as leaky_relu,
    logsigmoid as logsigmoid,
    prelu as prelu,
    relu as relu,
    relu6 as relu6,
    sigmoid as sigmoid,
    silu as silu,
    softplus as softplus,
    tanh as tanh,
    threshold as threshold,
)
from nn.modules.cross_entropies import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    cross_entropy as cross_entropy,
    nll_loss as nll_loss,
)
from nn.modules.dropout import (
    dropout as dropout,
)
from nn.modules.likelihoods import (
    gaussian_nll_loss as gaussian_nll_loss,
    kl_div as kl_div,
)
from nn.modules.losses import (
    hinge_embedding_loss as hinge_embedding_loss,
    hinge_loss as hinge_loss,
    huber_loss as huber_loss,
    l1_loss as l1_loss,
    margin_ranking_loss as margin_ranking_loss,
    mse_loss as mse_loss,
    multi_margin_loss as multi_margin_loss,
    smooth_l1_loss as smooth_l1_loss,
    soft_margin_loss as soft_margin_loss,
)
from nn.modules.softmax import (
    log_softmax as log_softmax,
    softmax as softmax,
)
from nn.registry import public_names

__all__ = public_names(globals())
