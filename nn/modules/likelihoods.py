"""Losses between distributions, each as a function and as a module: Kullback-Leibler and normal likelihood."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY
from typing import Any, ClassVar

import autograd
from nn.modules.base_loss import Loss
from nn.modules.reduction import (
    check_reduction,
    check_same_shape,
    in_shape_of,
    reduced_each,
)
from nn.nested import as_lists, as_sequence, flat, shape_of


def kl_div(input: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """The terms of the Kullback-Leibler divergence, ``target * (log(target) - input)``, reduced.

    The input is a logarithm, as `log_softmax` gives it. For two plain distributions there is `kl_divergence`.

    Args:
        input: the logarithms of the probabilities of the model: a number, a vector or a batch.
        target: the true probabilities, in the same shape; a term with target 0 is 0.
        reduction: ``"batchmean"`` for the sum over the number of rows, which is the divergence; ``"mean"`` for the
            mean of all terms, ``"sum"``, or ``"none"`` for the terms themselves.
        log_target: whether the target is given as logarithms too.

    Raises:
        ValueError: if the shapes differ or there are no elements.

    >>> from nn.functional import log_softmax
    >>> log_q = log_softmax([[0.0, 0.0]])
    >>> round(kl_div(log_q, [[1.0, 0.0]], reduction="batchmean"), 6)      # log 2
    0.693147
    """
    check_reduction(reduction, "batchmean")
    input, target = as_lists(input), as_lists(target)
    check_same_shape("kl_div", input, target)

    def of_logarithms(x: Any, log_p: Any) -> Any:
        return autograd.exp(log_p) * (log_p - x)

    def of_probabilities(x: Any, p: Any) -> Any:
        return p * autograd.log(p) - p * x if float(p) else 0.0 - p * x

    loss = of_logarithms if log_target else of_probabilities
    if reduction != "batchmean":
        return reduced_each(loss, reduction, input, target)
    rows = shape_of(input)[0] if shape_of(input) else 1
    return reduced_each(loss, "sum", input, target) / rows


class KLDivLoss(Loss, function=kl_div, compares="distributions"):
    """The Kullback-Leibler divergence of targets from a model whose logarithms of probabilities are given.

    Args:
        reduction: ``"batchmean"`` for the divergence averaged over the rows; or ``"mean"`` over all elements,
            ``"sum"``, ``"none"``.
        log_target: whether the target is given as logarithms too.

    >>> KLDivLoss(reduction="batchmean")([[0.0, 0.0]], [[1.0, 0.0]])
    0.0
    """

    _: KW_ONLY
    reduction: str = "mean"
    log_target: bool = False

    reductions: ClassVar[tuple[str, ...]] = ("mean", "sum", "none", "batchmean")

    def divisor(self, target: Any) -> float:
        """The number of rows for ``"batchmean"``, of elements for ``"mean"``."""
        return len(as_sequence(target)) if self.reduction == "batchmean" else super().divisor(target)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """The negative log-likelihood of normal distributions, ``(log(var) + (input - target)² / var) / 2``.

    Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994.

    Args:
        input: the means: a number, a vector or a batch.
        target: what was seen, in the same shape.
        var: the variances: one number, one for each column, or one for each element.
        full: whether to add the constant ``log(2π) / 2``.
        eps: a smaller variance is replaced by it; the gradient passes as if it were not replaced.
        reduction: ``"mean"``, ``"sum"``, or ``"none"`` for one loss for each element.

    Raises:
        ValueError: if the shapes differ, there are no elements, or a variance is negative.

    >>> gaussian_nll_loss([1.0, 2.0], [1.0, 4.0], 1.0)
    1.0
    """
    check_reduction(reduction)
    input, target = as_lists(input), as_lists(target)
    check_same_shape("gaussian_nll_loss", input, target)
    if not eps > 0:
        raise ValueError(f"eps must be positive, got {eps}")
    variances = in_shape_of("gaussian_nll_loss", "var", var, input)
    for variance in flat(variances):
        if float(variance) < 0:
            raise ValueError(f"a variance cannot be negative, got {variance}")
    constant = math.log(2 * math.pi) / 2 if full else 0.0

    def loss(x: Any, y: Any, variance: Any) -> Any:
        missing = eps - float(variance)
        v = variance + missing if missing > 0 else variance
        return 0.5 * (autograd.log(v) + (x - y) * (x - y) / v) + constant

    return reduced_each(loss, reduction, input, target, variances)


class GaussianNLLLoss(Loss, function=gaussian_nll_loss):
    """The negative log-likelihood of normal distributions with given means and variances.

    Args:
        full: whether to add the constant ``log(2π) / 2``.
        eps: a smaller variance is replaced by it.
        reduction: ``"mean"``, ``"sum"`` or ``"none"``.

    >>> GaussianNLLLoss()([1.0, 2.0], [1.0, 4.0], [1.0, 1.0])
    1.0
    """

    _: KW_ONLY
    full: bool = False
    eps: float = 1e-6
    reduction: str = "mean"
