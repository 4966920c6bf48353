"""Losses as modules: how far outputs are from targets, as one number to make small.

Each is a function of `nn.functional` with its options remembered; formulas, errors and sources are there.

    >>> criterion = MSELoss()
    >>> criterion([1.0, 2.0], [0.0, 4.0])
    2.5
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn import functional
from nn.functional.reduction import check_reduction
from nn.modules.module import Module


class _Loss(Module):
    """A loss that is reduced to one number, or not."""

    def __init__(self, *, reduction: str = "mean") -> None:
        check_reduction(reduction)
        self.reduction = reduction


# ---------------------------------------------------------------------- errors


class MSELoss(_Loss):
    """The mean squared error, ``(input - target)²`` averaged over all elements. No root is taken.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MSELoss(reduction="sum")([1.0, 2.0], [0.0, 4.0])
    5.0
    """

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.mse_loss`."""
        return functional.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The mean absolute error, ``|input - target|`` averaged over all elements.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> L1Loss()([1.0, 2.0], [0.0, 4.0])
    1.5
    """

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.l1_loss`."""
        return functional.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """The absolute error with a square in place of its kink: `HuberLoss` divided by its bound.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        beta: where the square ends.

    >>> SmoothL1Loss()([0.5, 3.0], [0.0, 0.0])
    1.3125
    """

    def __init__(self, *, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.smooth_l1_loss`."""
        return functional.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Half the squared error up to `delta`, and beyond it `delta` times the absolute error.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        delta: where the square ends.

    >>> HuberLoss(delta=2.0)([0.5, 3.0], [0.0, 0.0])
    2.0625
    """

    def __init__(self, *, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.huber_loss`."""
        return functional.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


# ---------------------------------------------------------------------- yes or no


class BCELoss(_Loss):
    """The cross-entropy of yes-or-no targets and probabilities.

    Args:
        weight: a factor: one number, one for each column, or one for each element.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> round(BCELoss()([0.5, 0.5], [0.0, 1.0]), 6)
    0.693147
    """

    def __init__(self, weight: Any = None, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.weight = weight

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.binary_cross_entropy`."""
        return functional.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """The cross-entropy of yes-or-no targets and ``sigmoid(input)``; see the function for the formula.

    Args:
        weight: a factor: one number, one for each column, or one for each element.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        pos_weight: a factor for the part of the loss that belongs to yes, in the same forms.

    >>> round(BCEWithLogitsLoss()([0.0, 0.0], [0.0, 1.0]), 6)
    0.693147
    """

    def __init__(self, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction=reduction)
        self.weight = weight
        self.pos_weight = pos_weight

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or one for each element; see `nn.functional.binary_cross_entropy_with_logits`."""
        return functional.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


# ---------------------------------------------------------------------- one of several classes


class CrossEntropyLoss(_Loss):
    """The cross-entropy of targets and ``softmax(input)``: for class indices ``-log softmax(input)[target]``.

    Args:
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.
        label_smoothing: the part of the target that is spread evenly over all classes.

    >>> round(CrossEntropyLoss()([[2.0, 2.0, 2.0]], [1]), 6)              # log 3
    1.098612
    """

    def __init__(
        self,
        weight: Sequence[float] | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction=reduction)
        self.weight = weight
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each row; see `nn.functional.cross_entropy`."""
        return functional.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(_Loss):
    """The negative log-likelihood ``-input[target]`` of logarithms of probabilities, as `LogSoftmax` gives them.

    Args:
        weight: a factor for each class.
        ignore_index: a class index that marks rows to be left out.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> NLLLoss()([[-1.0, -2.0], [-3.0, -4.0]], [0, 1])
    2.5
    """

    def __init__(
        self, weight: Sequence[float] | None = None, *, ignore_index: int = -100, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction=reduction)
        self.weight = weight
        self.ignore_index = ignore_index

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each row; see `nn.functional.nll_loss`."""
        return functional.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class MultiMarginLoss(_Loss):
    """The hinge loss for several classes.

    Args:
        p: 1 or 2, the power of what is missing to the margin.
        margin: by how much the score of the right class should be ahead.
        weight: a factor for each class.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MultiMarginLoss()([[2.0, 1.5], [0.0, 3.0]], [0, 1])           # (max(0, 1 - 2 + 1.5) / 2 + 0) / 2
    0.125
    """

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Sequence[float] | None = None, *, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction=reduction)
        self.p = p
        self.margin = margin
        self.weight = weight

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each row; see `nn.functional.multi_margin_loss`."""
        return functional.multi_margin_loss(input, target, self.p, self.margin, self.weight, reduction=self.reduction)


# ---------------------------------------------------------------------- distributions


class KLDivLoss(Module):
    """The Kullback-Leibler divergence of targets from a model whose logarithms of probabilities are given.

    Args:
        reduction: ``"batchmean"`` for the divergence averaged over the rows; or ``"mean"`` over all elements,
            ``"sum"``, ``"none"``.
        log_target: whether the target is given as logarithms too.

    >>> KLDivLoss(reduction="batchmean")([[0.0, 0.0]], [[1.0, 0.0]])
    0.0
    """

    def __init__(self, *, reduction: str = "mean", log_target: bool = False) -> None:
        check_reduction(reduction, "batchmean")
        self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.kl_div`."""
        return functional.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of normal distributions with given means and variances.

    Args:
        full: whether to add the constant ``log(2π) / 2``.
        eps: a variance below it counts as it.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> GaussianNLLLoss()([1.0, 2.0], [1.0, 4.0], [1.0, 1.0])
    1.0
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Any, target: Any, var: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.gaussian_nll_loss`."""
        return functional.gaussian_nll_loss(input, target, var, self.full, self.eps, reduction=self.reduction)


# ---------------------------------------------------------------------- margins


class HingeLoss(_Loss):
    """``max(0, 1 - target * input)`` for targets of -1 and 1; PyTorch has none of this name.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> HingeLoss()([2.0, 0.5], [1, -1])
    0.75
    """

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.hinge_loss`."""
        return functional.hinge_loss(input, target, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """``log(1 + exp(-target * input))`` for targets of -1 and 1.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> round(SoftMarginLoss()([0.0, 0.0], [1, -1]), 6)               # log 2
    0.693147
    """

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.soft_margin_loss`."""
        return functional.soft_margin_loss(input, target, reduction=self.reduction)


class HingeEmbeddingLoss(_Loss):
    """For distances: the input where the target is 1, ``max(0, margin - input)`` where it is -1.

    Args:
        margin: from where on things that do not belong together are far enough apart.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> HingeEmbeddingLoss()([0.25, 0.25], [1, -1])
    0.5
    """

    def __init__(self, margin: float = 1.0, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.margin = margin

    def forward(self, input: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.hinge_embedding_loss`."""
        return functional.hinge_embedding_loss(input, target, self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """``max(0, margin - target * (input1 - input2))``: which of two scores should be the larger one.

    Args:
        margin: by how much.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> MarginRankingLoss()([3.0, 1.0], [1.0, 3.0], [1, 1])
    1.0
    """

    def __init__(self, margin: float = 0.0, *, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.margin = margin

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        """One number, or with ``"none"`` one for each element; see `nn.functional.margin_ranking_loss`."""
        return functional.margin_ranking_loss(input1, input2, target, self.margin, reduction=self.reduction)
