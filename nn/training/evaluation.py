"""`evaluate` and `predict`, and what they share with `fit`: batches of data, losses and metrics summed up over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograd import no_grad
from nn import metrics as _metrics
from nn.data import DataLoader, TensorDataset
from nn.module import Module
from nn.vectors import as_lists, as_numbers, is_batch, is_sequence

Metric = Callable[[Any, Any], float]
REGRESSION = ("mean_absolute_error", "mean_squared_error", "root_mean_squared_error", "r2_score")


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
    with evaluation_mode(model):
        for inputs, targets in loader_of(data, batch_size, shuffle=False):
            outputs = model(inputs)
            tally.add(float(criterion(outputs, targets)), outputs, targets)
    return tally.result(functions)


def predict(model: Callable[[Any], Any], inputs: Any, *, batch_size: int = 32) -> Any:
    """What a model says of inputs, as plain numbers: in evaluation mode and without a graph.

    Args:
        model: the module; afterwards each of its modules is in the mode it was in.
        inputs: a batch, or one vector.
        batch_size: how many samples to give to the model at once.

    Returns:
        A list of the model's outputs, one for each sample; for one vector its output. Outputs of a classifier are
        one score for each class: ``autograd.argmax(outputs, dim=1)`` are the classes, and
        ``nn.functional.softmax(outputs, dim=1)`` the probabilities if it was trained with `CrossEntropyLoss`.

    Raises:
        ValueError: if there are no samples, or the batch size is not a whole number of at least 1.

    >>> import autograd, nn
    >>> model = nn.Linear(1, 2)
    >>> _ = model.load_state_dict({"weight": [[1.0], [-1.0]], "bias": [0.0, 1.0]})
    >>> outputs = predict(model, [[2.0], [-3.0]])
    >>> outputs, autograd.argmax(outputs, dim=1)
    ([[2.0, -1.0], [-3.0, 4.0]], [0, 1])
    """
    if not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number of at least 1, got {batch_size!r}")
    samples = as_lists(inputs)
    if is_sequence(samples) and not samples:
        raise ValueError("there are no samples to predict; pass at least one")
    with evaluation_mode(model):
        if not is_sequence(samples) or not is_batch(samples):
            return as_numbers(model(samples))
        outputs: list[Any] = []
        for start in range(0, len(samples), batch_size):
            outputs += as_numbers(model(samples[start : start + batch_size]))
        return outputs


@contextmanager
def evaluation_mode(model: Any) -> Iterator[None]:
    """A block without graphs, in which a model is in evaluation mode; a plain function is left alone."""
    modules = list(model.modules()) if isinstance(model, Module) else []
    modes = [(module, module.training) for module in modules]
    if isinstance(model, Module):
        model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training


def _of_outputs(score: Metric) -> Metric:
    """A score with scikit-learn's order of arguments, the truth first, in that of a loss."""
    return lambda outputs, targets: score(targets, outputs)


METRICS: dict[str, Metric] = {
    "accuracy": _metrics.accuracy,
    **{name: _of_outputs(getattr(_metrics, name)) for name in REGRESSION},
}
"""What `fit` and `evaluate` know by name: functions of outputs and targets."""


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
    for name in metrics:
        if name not in METRICS:
            raise ValueError(
                f"metrics knows {', '.join(METRICS)} by name, got {name!r}; pass a mapping of names to functions"
            )
    return {name: METRICS[name] for name in metrics}
