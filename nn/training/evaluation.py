"""`evaluate` and `predict`: the loss and metrics of a model, and its outputs. Helpers below are shared with `fit`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograd.core.number import whole_number
from nn import metrics as _metrics
from nn.data import DataLoader, TensorDataset, default_collate
from nn.modules.base_loss import as_loss, compared_by
from nn.modules.evaluation_mode import ends_in_probabilities, evaluation_mode
from nn.modules.module import Module
from nn.modules.reduction import total
from nn.nested import as_lists, as_numbers, as_sequence, flat, is_batch, is_sequence

Metric = Callable[[Any, Any], float]
Metrics = str | Sequence[str] | Mapping[str, Metric]
REGRESSION = ("mean_absolute_error", "mean_squared_error", "root_mean_squared_error", "r2_score")


def evaluate(
    model: Module,
    data: Any,
    criterion: Callable[[Any, Any], Any],
    *,
    metrics: Metrics = (),
    batch_size: int = 32,
) -> dict[str, float]:
    """The loss and the metrics of a model on data, in evaluation mode and without training.

    Args:
        model: the module.
        data: a pair ``(inputs, targets)``, a data set of such pairs, or a `DataLoader`.
        criterion: the loss, as for `fit`.
        metrics: as for `fit`; they cannot be called loss.
        batch_size: the size of batches; not used if `data` is a DataLoader.

    Returns:
        The loss of all data, under the name loss, and the metrics. Whatever the size of the batches, a loss of nn gives
        what it gives for all data in one batch: the sum, or the mean, in which a batch counts by what its own mean
        divided by (`Loss.divisor`), such as the weights of the targets that are not ignored. A mean of no target is
        nan. A criterion of another kind is taken for a mean over rows, unless it has ``reduction="sum"``.

    >>> import nn
    >>> evaluate(nn.ReLU(), ([[-1.0], [2.0]], [[0.0], [4.0]]), nn.MSELoss())
    {'loss': 2.0}
    """
    functions = metric_functions(metrics, model, criterion)
    name = "data for evaluation"
    loader = loader_of(data, batch_size, shuffle=False, name=name)
    check_reduction_of(criterion)
    tally = Tally(Shares(criterion))
    with evaluation_mode(model):
        for inputs, targets in batches(loader, name):
            outputs = model(inputs)
            tally.add(number_of(criterion(outputs, targets)), outputs, targets)
    return tally.result(functions)


def predict(model: Callable[[Any], Any], inputs: Any, *, batch_size: int = 32) -> Any:
    """The outputs of a model as plain numbers, in evaluation mode and without a graph.

    Args:
        model: the module; afterwards each of its modules is in the mode it was in.
        inputs: a batch, or one vector.
        batch_size: how many samples to pass to the model at once.

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
    batch_size = whole_number("batch_size", batch_size)
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


def _of_outputs(score: Metric) -> Metric:
    """A score of ``(y_true, y_pred)``, scikit-learn's order, as a function of ``(outputs, targets)``, as for a loss."""
    return lambda outputs, targets: score(targets, outputs)


class Accuracy:
    """`nn.metrics.accuracy` with the threshold that fits a single output: 0 for a logit, 0.5 for a probability.

    Args:
        model: its outputs are probabilities if its last layer is a sigmoid.
        criterion: decides for every other model, by what it compares.
    """

    def __init__(self, model: Any, criterion: Any) -> None:
        self.threshold: float | None = None
        self.distance = False
        self.ignore_index: int | None = getattr(as_loss(criterion), "ignore_index", None)
        compares = compared_by(criterion)
        if ends_in_probabilities(model) or compares == "probabilities":
            self.threshold = 0.5
        elif compares in ("logits", "signs"):
            self.threshold = 0.0
        else:
            self.distance = compares == "numbers"

    def __call__(self, outputs: Any, targets: Any) -> float:
        """The fraction of samples that are right, without those that the loss ignores."""
        if self.threshold is None and any(not is_sequence(row) or len(row) == 1 for row in outputs):
            # Stored: the targets of all batches are of one kind, also if those of a later batch are all 1.
            self.threshold = self._threshold_for({float(target) for target in flat(as_numbers(targets))})
        return _metrics.accuracy(outputs, targets, threshold=self.threshold or 0.0, ignore_index=self.ignore_index)

    def _threshold_for(self, targets: set[float]) -> float:
        """The threshold by the targets: 0 for -1 and 1; for 0 and 1 it is 0.5 if the loss is a distance from them."""
        if targets <= {-1.0, 1.0} and (-1.0 in targets or not self.distance):
            return 0.0
        if not targets <= {0.0, 1.0}:
            raise ValueError(
                "accuracy of one output needs targets of 0 and 1, or of -1 and 1, got "
                f"{', '.join(f'{target:g}' for target in sorted(targets)[:4])}; for numbers use r2_score"
            )
        if self.distance:
            return 0.5
        raise ValueError(
            "accuracy cannot tell from this criterion whether one output is a logit, to be cut at 0, or a "
            "probability, to be cut at 0.5; pass a mapping such as {'accuracy': lambda outputs, targets: "
            "nn.metrics.accuracy(outputs, targets, threshold=0.5)}"
        )


METRICS: dict[str, Metric] = {
    "accuracy": _metrics.accuracy,
    **{name: _of_outputs(getattr(_metrics, name)) for name in REGRESSION},
}
"""The metrics that `fit` and `evaluate` know by name, as functions of outputs and targets."""


class Shares:
    """How much each batch counts in the loss of an epoch, or in its gradient."""

    def __init__(self, criterion: Any) -> None:
        loss = as_loss(criterion)
        self.is_sum = getattr(loss or criterion, "reduction", "mean") == "sum"
        self.divisor: Callable[[Any], float] = len if loss is None else loss.divisor

    def of(self, targets: Any) -> float:
        """The share of a batch; 0 if none of its targets counts, and then its mean is nan."""
        return 1.0 if self.is_sum else float(self.divisor(targets))

    def whole(self, shares: Sequence[float]) -> float:
        """What to divide the sum of all batches by, each multiplied by its share."""
        return 1.0 if self.is_sum else math.fsum(shares)


class Tally:
    """Collects the losses, outputs and targets of an epoch batch by batch."""

    def __init__(self, shares: Shares, keep_outputs: bool = True) -> None:
        self.shares = shares
        self.keep_outputs = keep_outputs
        self.losses: list[float] = []
        self.counts: list[float] = []
        self.outputs: list[Any] = []
        self.targets: list[Any] = []

    def add(self, loss: float, outputs: Any, targets: Any) -> None:
        """Add one batch."""
        self.losses.append(loss)
        self.counts.append(self.shares.of(targets))
        if self.keep_outputs:
            self.outputs += as_numbers(outputs)
            self.targets += targets

    def result(self, metrics: Mapping[str, Metric]) -> dict[str, float]:
        """The loss of all batches together, and the metrics of all outputs together."""
        if not self.counts:
            raise ValueError("there is no batch to compute a loss of; pass more data or drop_last=False")
        whole = self.shares.whole(self.counts)
        parts = [loss * share for loss, share in zip(self.losses, self.counts, strict=True) if share]
        result = {"loss": total(parts) / whole if whole else math.nan}
        return result | {name: float(metric(self.outputs, self.targets)) for name, metric in metrics.items()}


def dataset_of(data: Any, name: str = "data") -> Any:
    """A data set: the one that is given, or a `TensorDataset` of a pair of inputs and targets.

    Raises:
        TypeError: if it is neither.
        ValueError: if it is empty.
    """
    if isinstance(data, tuple) and len(data) == 2:
        for part, what in zip(data, ("inputs", "targets"), strict=True):
            if not is_sequence(part):
                raise TypeError(f"the {what} of the {name} must be a sequence, one for each sample, got {part!r}")
        data = TensorDataset(*data)
    if not (hasattr(data, "__getitem__") and hasattr(data, "__len__")):
        raise TypeError(
            f"{name} must be a pair (inputs, targets), a data set or a DataLoader, got {type(data).__name__}"
        )
    if not len(data):
        raise ValueError(f"the {name} has no samples; pass at least one")
    return data


def loader_of(data: Any, batch_size: int, shuffle: bool, name: str = "data") -> DataLoader:
    """The data in batches; a `DataLoader` is taken as it is.

    Raises:
        TypeError: if the samples are no pairs.
    """
    if isinstance(data, DataLoader):
        return data
    data = dataset_of(data, name)
    # The first sample of a list or an array can be checked early; to read one of a data set may draw random numbers.
    if isinstance(data, list | tuple) or hasattr(data, "ndim"):
        _check_pair(as_sequence(data)[0], f"each sample of the {name}")
    return DataLoader(data, batch_size, shuffle)


def batches(loader: DataLoader, name: str = "data") -> Iterator[tuple[Any, Any]]:
    """The batches of a loader.

    Raises:
        TypeError: for a batch that is no pair.
    """
    for batch in loader:
        # default_collate makes a list of samples that are no tuples, so a list of two is not a pair there.
        if not isinstance(batch, list) or loader.collate_fn is default_collate:
            _check_pair(batch, f"a batch of the {name}")
        inputs, targets = batch
        yield inputs, targets


def _check_pair(thing: Any, what: str) -> None:
    if not isinstance(thing, tuple) or len(thing) != 2:
        got = f"a {type(thing).__name__} of length {len(thing)}" if hasattr(thing, "__len__") else repr(thing)
        raise TypeError(
            f"{what} must be a pair of input and target, got {got}; pass the inputs X and the targets y as one pair, "
            "(X, y)"
        )


def check_reduction_of(criterion: Any) -> None:
    """Raise a ValueError for a criterion with ``reduction="none"``, which returns a list of losses."""
    if getattr(criterion, "reduction", None) == "none":
        raise ValueError(
            f"the criterion {type(criterion).__name__} has reduction='none' and so gives a list of losses, expected "
            "one number to make small; make it with reduction='mean'"
        )


def number_of(loss: Any) -> float:
    """A loss as a plain number.

    Raises:
        TypeError: if it is none.
    """
    if is_sequence(loss) or not hasattr(loss, "__float__"):
        raise TypeError(
            f"the criterion must give one number for a batch, got {type(loss).__name__}; let it give the mean over the "
            "samples"
        )
    return float(loss)


def metric_functions(metrics: Metrics, model: Any, criterion: Any) -> Mapping[str, Metric]:
    """The metrics by name.

    Raises:
        ValueError: for a name that is not known, or that is the name of another column of the history.
        TypeError: for something that is no name, or in a mapping no function.
    """
    if isinstance(metrics, str):
        metrics = (metrics,)
    if not isinstance(metrics, Mapping):
        if not is_sequence(metrics):
            raise TypeError(f"metrics must be a list of names or a mapping of names to functions, got {metrics!r}")
        for name in metrics:
            if not isinstance(name, str) or name not in METRICS:
                raise ValueError(
                    f"metrics knows {', '.join(METRICS)} by name, got {name!r}; pass a mapping of names to functions"
                )
        metrics = {name: METRICS[name] for name in metrics}
    for name, metric in metrics.items():
        if name in TAKEN or str(name).startswith("val_"):
            raise ValueError(f"a metric cannot have the name {name!r}, which is that of another column; rename it")
        if not callable(metric):
            raise TypeError(f"the metric {name!r} must be a function of outputs and targets, got {metric!r}")
    return {
        name: Accuracy(model, criterion) if metric is _metrics.accuracy else metric for name, metric in metrics.items()
    }


TAKEN = ("epoch", "loss", "lr", "grad_norm")
"""Columns of the history that are no metrics; those of validation begin with val_."""
