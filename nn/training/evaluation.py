"""`evaluate`, and what it shares with `fit`: batches from data, losses and metrics summed up over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd import no_grad
from nn import metrics as _metrics
from nn.data import DataLoader, TensorDataset
from nn.module import Module
from nn.vectors import as_numbers

Metric = Callable[[Any, Any], float]


def evaluate(
    model: Module,
    data: Any,
    criterion: Callable[[Any, Any], Any],
    *,
    metrics: Sequence[str] | Mapping[str, Metric] = (),
    batch_size: int = 32,
) -> dict[str, float]:
    """The loss and the metrics of a model on data it does not learn from, in evaluation mode.

    Args:
        model: the module.
        data: a pair ``(inputs, targets)``, a data set of such pairs, or a `DataLoader`.
        criterion: the loss, as for `fit`.
        metrics: as for `fit`.
        batch_size: the size of batches; not used if `data` is a DataLoader.

    Returns:
        The mean loss, under the name loss, and the metrics.

    >>> import nn
    >>> evaluate(nn.ReLU(), ([[-1.0], [2.0]], [[0.0], [4.0]]), nn.MSELoss())
    {'loss': 2.0}
    """
    functions = metric_functions(metrics)
    tally = Tally()
    was_training = model.training
    model.eval()
    try:
        with no_grad():
            for inputs, targets in loader_of(data, batch_size, shuffle=False):
                outputs = model(inputs)
                tally.add(float(criterion(outputs, targets)), outputs, targets)
    finally:
        model.train(was_training)
    return tally.result(functions)


class Tally:
    """Sums up an epoch batch by batch."""

    def __init__(self, keep_outputs: bool = True) -> None:
        self.keep_outputs = keep_outputs
        self.losses: list[float] = []
        self.sizes: list[int] = []
        self.outputs: list[Any] = []
        self.targets: list[Any] = []

    def add(self, loss: float, outputs: Any, targets: Any) -> None:
        """Add one batch."""
        self.losses.append(loss)
        self.sizes.append(len(targets))
        if self.keep_outputs:
            self.outputs += as_numbers(outputs)
            self.targets += targets

    def result(self, metrics: Mapping[str, Metric]) -> dict[str, float]:
        """The mean loss over the samples, and the metrics of all outputs together."""
        if not self.sizes:
            raise ValueError("there is no batch to compute a loss of; pass more data or drop_last=False")
        weighted = math.fsum(loss * size for loss, size in zip(self.losses, self.sizes, strict=True))
        result = {"loss": weighted / sum(self.sizes)}
        return result | {name: float(metric(self.outputs, self.targets)) for name, metric in metrics.items()}


def dataset_of(data: Any) -> Any:
    """A data set, from one or from a pair of inputs and targets.

    Raises:
        TypeError: if it is neither.
        ValueError: if it is empty.
    """
    if isinstance(data, tuple) and len(data) == 2:
        data = TensorDataset(*data)
    if not (hasattr(data, "__getitem__") and hasattr(data, "__len__")):
        raise TypeError(f"data must be a pair (inputs, targets), a data set or a DataLoader, got {type(data).__name__}")
    if not len(data):
        raise ValueError("the data has no samples; pass at least one")
    return data


def loader_of(data: Any, batch_size: int, shuffle: bool) -> DataLoader:
    """The data in batches; a `DataLoader` is taken as it is."""
    return data if isinstance(data, DataLoader) else DataLoader(dataset_of(data), batch_size, shuffle)


def metric_functions(metrics: Sequence[str] | Mapping[str, Metric]) -> Mapping[str, Metric]:
    """The metrics by name.

    Raises:
        ValueError: for a name that is not known.
    """
    if isinstance(metrics, Mapping):
        return metrics
    known = {"accuracy": _metrics.accuracy}
    for name in metrics:
        if name not in known:
            raise ValueError(
                f"metrics knows {', '.join(known)} by name, got {name!r}; pass a mapping of names to functions"
            )
    return {name: known[name] for name in metrics}
