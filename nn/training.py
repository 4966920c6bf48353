"""`fit`: the training program. Data in, batches, forward, loss, backward, step, and a `History` to look at.

>>> import random, nn
>>> random.seed(1)
>>> model = nn.Linear(1, 1)
>>> X = [[0.0], [1.0], [2.0], [3.0]]
>>> y = [[1.0], [3.0], [5.0], [7.0]]                       # y = 2x + 1
>>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
>>> history = nn.fit(model, (X, y), nn.MSELoss(), optimizer, epochs=200, batch_size=4, progress=False)
>>> f"{model.weight[0][0].data:.3f} {model.bias[0].data:.3f}"
'2.000 1.000'
>>> history["loss"][-1] < 1e-6 < history["loss"][0]
True
"""

from __future__ import annotations

import csv
import gc
import math
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any

from autograd import gc_paused, no_grad
from nn import metrics as _metrics
from nn.data import DataLoader, TensorDataset
from nn.module import Module
from nn.optim import Optimizer
from nn.vectors import as_numbers, flat

Metric = Callable[[Any, Any], float]


class History(Mapping[str, list[float]]):
    """What training recorded: one column for each quantity, one row for each epoch.

    >>> history = History()
    >>> history.append({"epoch": 1, "loss": 0.5})
    >>> history.append({"epoch": 2, "loss": 0.25})
    >>> history["loss"], history.loss[-1], history.rows[0]
    ([0.5, 0.25], 0.25, {'epoch': 1, 'loss': 0.5})
    """

    def __init__(self) -> None:
        self.columns: dict[str, list[float]] = {}

    def append(self, row: Mapping[str, float]) -> None:
        """Add the row of one epoch."""
        for name, number in row.items():
            self.columns.setdefault(name, []).append(number)

    @property
    def rows(self) -> list[dict[str, float]]:
        """One dictionary for each epoch."""
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write the table as CSV, with all digits, so that reading it back gives the same numbers."""
        with open(path, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  (str and Path alike)
            writer = csv.writer(file)
            writer.writerow(self.columns)
            writer.writerows(zip(*self.columns.values(), strict=True))

    def __getitem__(self, name: str) -> list[float]:
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.columns) or 'none yet'}")
        return self.columns[name]

    def __getattr__(self, name: str) -> list[float]:
        if name != "columns" and name in self.columns:
            return self.columns[name]
        raise AttributeError(f"History has no attribute or column {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        rows = self.rows
        last = ", ".join(f"{name}={number:.4g}" for name, number in rows[-1].items()) if rows else "empty"
        return f"History({last})"


class DivergenceError(ArithmeticError):
    """The loss became infinite or not a number.

    Attributes:
        history: the epochs that were completed.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    model: Module,
    data: Any,
    criterion: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    epochs: int,
    *,
    validation: Any = None,
    metrics: Sequence[str] | Mapping[str, Metric] = (),
    batch_size: int = 32,
    shuffle: bool = True,
    seed: int | None = None,
    progress: bool | None = None,
) -> History:
    """Train a model: for each batch of each epoch forward, loss, backward, step.

    Args:
        model: the module to train.
        data: a pair ``(inputs, targets)``, a data set of such pairs, or a `DataLoader`.
        criterion: the loss, called with the outputs for a batch and its targets; should be a mean over the batch.
        optimizer: an optimizer of the model's parameters.
        epochs: how many times to go through the data.
        validation: data in any of these forms, to be evaluated after each epoch in evaluation mode.
        metrics: ``["accuracy"]``, or a mapping from names to functions of outputs and targets.
        batch_size: the size of batches; not used if `data` is a DataLoader.
        shuffle: whether each epoch takes the data in a new order; not used if `data` is a DataLoader.
        seed: makes the run repeatable: the `random` module is seeded for its duration and put back afterwards.
        progress: whether to show a progress bar on stderr. By default, if stderr is a terminal and tqdm is there.

    Returns:
        A `History` with the columns epoch, loss and the metrics; with validation data also val_loss and the
        validation metrics. The loss is the mean over the samples of the epoch, during training.

    Raises:
        DivergenceError: if the loss becomes infinite or not a number.
        ValueError: if an option is out of range or there is no data.
        ModuleNotFoundError: if ``progress=True`` and tqdm is not installed.

    The graph of a batch has no reference cycles, so it is freed as soon as it is dropped. Python's collector of
    cycles would search it all the same, for a tenth of the running time; it is paused while this runs.
    """
    if not isinstance(epochs, int) or epochs < 1:
        raise ValueError(f"epochs must be a whole number of at least 1, got {epochs!r}")
    loader = _loader(data, batch_size, shuffle)
    validation = None if validation is None else _loader(validation, batch_size, shuffle=False)
    functions = _metric_functions(metrics)
    history = History()
    was_training = model.training
    with _seeded(seed), _progress_bar(epochs, progress) as bar, gc_paused():
        try:
            for epoch in range(1, epochs + 1):
                row: dict[str, float] = {"epoch": epoch}
                model.train()
                row |= _train_epoch(model, loader, criterion, optimizer, functions, epoch, history)
                if validation is not None:
                    result = evaluate(model, validation, criterion, metrics=functions)
                    row |= {f"val_{name}": number for name, number in result.items()}
                history.append(row)
                # Cycles made by other code in this epoch; its survivors are few, so this takes microseconds.
                gc.collect(0)
                if bar is not None:
                    bar.set_postfix({name: f"{x:.4g}" for name, x in row.items() if name != "epoch"}, refresh=False)
                    bar.update()
        finally:
            model.train(was_training)
    return history


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
    functions = _metric_functions(metrics)
    tally = _Tally()
    was_training = model.training
    model.eval()
    try:
        with no_grad():
            for inputs, targets in _loader(data, batch_size, shuffle=False):
                outputs = model(inputs)
                tally.add(float(criterion(outputs, targets)), outputs, targets)
    finally:
        model.train(was_training)
    return tally.result(functions)


# ---------------------------------------------------------------------- one epoch


def _train_epoch(
    model: Module,
    loader: DataLoader,
    criterion: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    metrics: Mapping[str, Metric],
    epoch: int,
    history: History,
) -> dict[str, float]:
    tally = _Tally(keep_outputs=bool(metrics))
    for batch, (inputs, targets) in enumerate(loader, start=1):
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        number = float(loss)
        if not math.isfinite(number):
            raise DivergenceError(_diagnosis(number, epoch, batch, inputs, targets, optimizer), history)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        tally.add(number, outputs, targets)
        del outputs, loss  # frees the graph before the next one is built
    return tally.result(metrics)


class _Tally:
    """Sums up an epoch batch by batch."""

    def __init__(self, keep_outputs: bool = True) -> None:
        self.keep_outputs = keep_outputs
        self.losses: list[float] = []
        self.sizes: list[int] = []
        self.outputs: list[Any] = []
        self.targets: list[Any] = []

    def add(self, loss: float, outputs: Any, targets: Any) -> None:
        self.losses.append(loss)
        self.sizes.append(len(targets))
        if self.keep_outputs:
            self.outputs += as_numbers(outputs)
            self.targets += targets

    def result(self, metrics: Mapping[str, Metric]) -> dict[str, float]:
        if not self.sizes:
            raise ValueError("there is no batch to compute a loss of; pass more data or drop_last=False")
        weighted = math.fsum(loss * size for loss, size in zip(self.losses, self.sizes, strict=True))
        result = {"loss": weighted / sum(self.sizes)}
        return result | {name: float(metric(self.outputs, self.targets)) for name, metric in metrics.items()}


def _diagnosis(number: float, epoch: int, batch: int, inputs: Any, targets: Any, optimizer: Optimizer) -> str:
    where = f"the loss became {number} in epoch {epoch}, batch {batch}"
    for name, numbers in (("inputs", inputs), ("targets", targets)):
        if not all(math.isfinite(float(x)) for x in flat(numbers)):
            return f"{where}, because the {name} of this batch contain nan or inf; clean the data first"
    if not all(math.isfinite(float(p.data)) for group in optimizer.param_groups for p in group["params"]):
        rates = " and ".join(f"{group['lr']:g}" for group in optimizer.param_groups)
        return (
            f"{where}, because the parameters had become nan or inf: most likely the learning rate of {rates} is too "
            f"large; try a tenth of it, and scale the inputs if they are far from 1"
        )
    if epoch == batch == 1:
        return f"{where}, before any step was taken: look for a logarithm of 0, an overflow or unscaled inputs"
    rates = " and ".join(f"{group['lr']:g}" for group in optimizer.param_groups)
    return (
        f"{where}: training diverged, most likely because the learning rate of {rates} is too large; try a tenth of it"
    )


# ---------------------------------------------------------------------- helpers


def _loader(data: Any, batch_size: int, shuffle: bool) -> DataLoader:
    if isinstance(data, DataLoader):
        return data
    if isinstance(data, tuple) and len(data) == 2:
        data = TensorDataset(*data)
    if not (hasattr(data, "__getitem__") and hasattr(data, "__len__")):
        raise TypeError(f"data must be a pair (inputs, targets), a data set or a DataLoader, got {type(data).__name__}")
    if not len(data):
        raise ValueError("the data has no samples; pass at least one")
    return DataLoader(data, batch_size, shuffle)


def _metric_functions(metrics: Sequence[str] | Mapping[str, Metric]) -> Mapping[str, Metric]:
    if isinstance(metrics, Mapping):
        return metrics
    known = {"accuracy": _metrics.accuracy}
    for name in metrics:
        if name not in known:
            raise ValueError(
                f"metrics knows {', '.join(known)} by name, got {name!r}; pass a mapping of names to functions"
            )
    return {name: known[name] for name in metrics}


@contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    if seed is None:
        yield
        return
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


@contextmanager
def _progress_bar(epochs: int, progress: bool | None) -> Iterator[Any]:
    if progress is False:
        yield None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        if progress:
            raise ModuleNotFoundError(
                'a progress bar needs tqdm, which is not installed: pip install "stepgrad[nn]", or pass progress=False'
            ) from None
        yield None
        return
    # disable=None is tqdm's way to say: unless stderr is no terminal. In a file each update is a line: few of them.
    often = 0.1 if sys.stderr.isatty() else 5.0
    disable = None if progress is None else False
    with tqdm(total=epochs, unit="epoch", file=sys.stderr, disable=disable, mininterval=often) as bar:
        yield bar
