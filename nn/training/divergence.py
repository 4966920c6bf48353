"""`DivergenceError`, and messages with the likely cause of a loss or parameters that are not finite."""

from __future__ import annotations

import math
from typing import Any

from autograd.text.names import listed
from nn.data import DataLoader
from nn.modules.module import Module
from nn.nested import flat
from nn.optim import Optimizer
from nn.training.evaluation import Shares
from nn.training.history import History


class DivergenceError(ArithmeticError):
    """The loss or the parameters became infinite or not a number.

    Attributes:
        history: the epochs that were completed.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def finite_parameters(optimizer: Optimizer) -> bool:
    """Whether every parameter of an optimizer is a finite number."""
    return all(math.isfinite(parameter.data) for group in optimizer.param_groups for parameter in group["params"])


def diagnosis_of_loss(
    number: float, epoch: int, batch: int, inputs: Any, targets: Any, model: Module, optimizer: Optimizer
) -> str:
    """The message for a training loss that is not finite."""
    where = f"the loss became {number} in epoch {epoch}, batch {batch}"
    for name, numbers in (("inputs", inputs), ("targets", targets)):
        if not all(math.isfinite(float(x)) for x in flat(numbers)):
            return f"{where}, because the {name} of this batch contain nan or inf; clean the data first"
    if not finite_parameters(optimizer):
        return f"{where}, because parameters had become nan or inf{_which(model)}: {_likely_cause(optimizer)}"
    if epoch == batch == 1:
        return f"{where}, before any step was taken: look for a logarithm of 0, an overflow or unscaled inputs"
    return f"{where}: training diverged, {_likely_cause(optimizer)}"


def diagnosis_of_parameters(epoch: int, model: Module, optimizer: Optimizer) -> str:
    """The message for parameters that are not finite at the end of an epoch."""
    which = _which(model)
    return f"parameters became nan or inf in the last steps of epoch {epoch}{which}: {_likely_cause(optimizer)}"


def _which(model: Module) -> str:
    """The first parameters that are not finite, in brackets, and how many more there are."""
    names = [name for name, parameter in model.named_parameters() if not math.isfinite(parameter.data)]
    return f" ({listed(names)})" if names else ""


def nothing_counts(name: str, criterion: Any) -> str:
    """The message for data of which no target counts in the loss."""
    return (
        f"no target of the {name} counts in {criterion!r}: all are ignored, or of classes with weight 0; check the "
        "targets and the options of the loss"
    )


def diagnosis_of_validation(number: float, epoch: int, loader: DataLoader, criterion: Any) -> str:
    """The warning about a validation loss that is not finite although the parameters are finite."""
    where = f"the validation loss became {number} in epoch {epoch}"
    shares = Shares(criterion)
    if not any(shares.of(targets) for _, targets in loader):
        return f"{where}, because {nothing_counts('validation data', criterion)}"
    for inputs, targets in loader:
        for name, numbers in (("inputs", inputs), ("targets", targets)):
            if not all(isinstance(x, str) or math.isfinite(float(x)) for x in flat(numbers)):
                return f"{where}, because the {name} of the validation data contain nan or inf; clean the data first"
    return (
        f"{where}, while the parameters are finite: look for a logarithm of 0, an overflow or unscaled inputs in the "
        "validation data"
    )


def _likely_cause(optimizer: Optimizer) -> str:
    rates = " and ".join(f"{group['lr']:g}" for group in optimizer.param_groups)
    return (
        f"most likely the learning rate of {rates} is too large; try a tenth of it, clip the gradients, and scale "
        "the inputs if they are far from 1"
    )
