"""`fit`: the loop over epochs and batches."""

from __future__ import annotations

import gc
import inspect
import math
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from autograd import Value, gc_paused
from autograd.core.number import whole_number
from nn.data import DataLoader, random_split
from nn.modules.module import Module
from nn.nested import is_sequence
from nn.optim import Optimizer
from nn.training.divergence import (
    DivergenceError,
    diagnosis_of_loss,
    diagnosis_of_parameters,
    diagnosis_of_validation,
    finite_parameters,
    nothing_counts,
)
from nn.training.early_stopping import BestWeights, EarlyStopping
from nn.training.evaluation import (
    Metric,
    Metrics,
    Shares,
    Tally,
    batches,
    check_reduction_of,
    dataset_of,
    evaluate,
    loader_of,
    metric_functions,
    number_of,
)
from nn.training.history import History
from nn.training.progress import progress_bar, show_epoch
from nn.utils import clip_grad_norm_, clip_grad_value_


def fit(
    model: Module,
    data: Any,
    criterion: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    epochs: int,
    *,
    validation: Any = None,
    validation_split: float = 0.0,
    metrics: Metrics = (),
    batch_size: int = 32,
    shuffle: bool = True,
    seed: int | None = None,
    scheduler: Any = None,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    early_stopping: EarlyStopping | None = None,
    tolerance: float | None = None,
    callbacks: Sequence[Callable[[History], Any]] = (),
    progress: bool | None = None,
) -> History:
    """Train a model: for each batch of each epoch forward, loss, backward, step.

    Args:
        model: the module to train.
        data: a pair ``(inputs, targets)``, a data set of such pairs, or a `DataLoader`.
        criterion: the loss, called with the outputs for a batch and its targets; should be a mean over the batch. How
            the losses of the batches make up that of an epoch, see `evaluate`.
        optimizer: an optimizer of the model's parameters.
        epochs: how many times to go through the data.
        validation: data in any of these forms, to be evaluated after each epoch in evaluation mode.
        validation_split: the fraction of the data, drawn at random, to use as validation data instead.
        metrics: names out of accuracy, mean_absolute_error, mean_squared_error, root_mean_squared_error and r2_score,
            which are those of `nn.metrics`; or a mapping from names to functions of outputs and targets. Accuracy cuts
            a single output at 0.5 where it is a probability, which is after a last `Sigmoid` or with `BCELoss`, and
            at 0 where it is a logit. Of a loss that measures a distance, such as `MSELoss`, the nearer target wins.
        batch_size: the size of batches; not used if `data` is a DataLoader.
        shuffle: whether each epoch takes the data in a new order; not used if `data` is a DataLoader.
        seed: makes the run repeatable: the `random` module is seeded for its duration and put back afterwards. A
            DataLoader with a generator of its own goes on with that one.
        scheduler: a learning rate scheduler of the optimizer, stepped once after each epoch. If its `step` needs a
            number, as that of ReduceLROnPlateau does, it gets the monitored one.
        clip_grad_norm: the largest norm of the gradient of all parameters together; a longer gradient is scaled down.
        clip_grad_value: the largest size of any one gradient.
        early_stopping: when to end before all epochs are done, and which column is monitored. Without it the monitored
            column is val_loss if there is validation data, otherwise loss.
        tolerance: end when the norm of the gradient, averaged over an epoch before clipping, falls below this.
        callbacks: functions called with the history after each epoch; one that returns True ends the training.
        progress: whether to show a progress bar on stderr. By default, in a terminal or notebook if tqdm is there.

    Returns:
        A `History` with the columns epoch, loss and the metrics; with validation data also val_loss and the
        validation metrics; with a scheduler lr, the rate during the epoch; with a tolerance grad_norm. The loss is
        that of all batches of the epoch together, during training. ``history.stopped_because`` says why training ended.

    Ctrl-C ends the training without an error. The model then has the weights after the best epoch by the monitored
    column; or the latest weights, if no epoch was completed or early stopping has ``restore_best=False``. The history
    has the epochs that were completed, and ``history.interrupted`` is True.

    Raises:
        DivergenceError: if the loss or the parameters become infinite or not a number. The error has the history;
            the model has weights as after Ctrl-C.
        ValueError: if an option is out of range, there is no data, a metric has the name of another column, or the
            optimizer is that of another model, or the scheduler that of another optimizer.
        TypeError: if one of the arguments is of another kind: data that is no pair, a model that is no `Module`, a
            criterion that gives no number.
        ModuleNotFoundError: if ``progress=True`` and tqdm is not installed.

    Warns:
        RuntimeWarning: once, if the validation loss becomes infinite or not a number. Training goes on, and an epoch
            of nan never counts as an improvement.

    The graph of a batch has no reference cycles, so it is freed with its last reference. Python's garbage collector
    would search it all the same, for a tenth of the running time; it is paused during training.
    """
    _check_parts(model, criterion, optimizer)
    epochs = whole_number("epochs", epochs)
    _check(validation, validation_split, tolerance)
    _check_helpers(optimizer, scheduler, early_stopping, callbacks)
    clip = _clipping(optimizer, clip_grad_norm, clip_grad_value)
    functions = metric_functions(metrics, model, criterion)
    run = _Run(model, criterion, optimizer, functions, clip, tolerance, early_stopping, callbacks)
    was_training = model.training
    with _seeded(seed), progress_bar(epochs, progress) as bar, gc_paused():
        loader, validation_loader = _loaders(data, validation, validation_split, batch_size, shuffle)
        history = run.new_history(validation_loader is not None)
        best = BestWeights(model)
        restore = early_stopping is not None and early_stopping.restore_best
        # After Ctrl-C or a divergence the best weights are restored too, unless early stopping has restore_best=False.
        restore_if_cut_off = restore or early_stopping is None
        epoch = 0
        try:
            while not history.stopped_because:
                epoch += 1
                row = run.epoch(epoch, loader, validation_loader, history)
                if scheduler is not None:
                    row["lr"] = optimizer.param_groups[0]["lr"]
                history.append(row)
                if restore_if_cut_off:
                    best.update(history)
                if scheduler is not None:
                    _step(scheduler, row[history.monitor])
                # For reference cycles made by other code. Few young objects are left here: this takes microseconds.
                gc.collect(0)
                show_epoch(bar, row)
                history.stopped_because = run.reason_to_stop(history, epochs)
        except KeyboardInterrupt:
            history.interrupted = True
            history.stopped_because = f"interrupted in epoch {epoch}"
            restore = restore_if_cut_off
        except DivergenceError as error:
            history.stopped_because = str(error)
            restore = restore_if_cut_off
            raise
        finally:
            if restore:
                best.restore()
            model.train(was_training)
    return history


@dataclass
class _Run:
    """The arguments of `fit` that are the same for all epochs, with a method for one epoch."""

    model: Module
    criterion: Callable[[Any, Any], Any]
    optimizer: Optimizer
    metrics: Mapping[str, Metric]
    clip: Callable[[], Any] | None
    tolerance: float | None
    early_stopping: EarlyStopping | None
    callbacks: Sequence[Callable[[History], Any]]

    def new_history(self, validated: bool) -> History:
        """An empty history; raises a ValueError if early stopping monitors a column that will not be recorded."""
        columns = ["loss", *self.metrics]
        columns += [f"val_{name}" for name in columns] if validated else []
        if self.early_stopping is None:
            return History("val_loss" if validated else "loss")
        monitor = self.early_stopping.monitor
        if monitor not in columns:
            raise ValueError(
                f"early stopping monitors {monitor!r}, but this training records {', '.join(columns)}; monitor one "
                "of these, or pass the validation data or the metric that is missing"
            )
        return History(monitor, self.early_stopping.mode)

    def epoch(
        self, epoch: int, loader: DataLoader, validation_loader: DataLoader | None, history: History
    ) -> dict[str, float]:
        """Train for one epoch, then evaluate; returns the row of the history without the learning rate."""
        self.model.train()
        shares = Shares(self.criterion)
        tally = Tally(shares, keep_outputs=bool(self.metrics))
        gradient = None if self.tolerance is None else _Gradient(self.optimizer, shares)
        for batch, (inputs, targets) in enumerate(batches(loader), start=1):
            outputs = self.model(inputs)
            loss = self.criterion(outputs, targets)
            number = number_of(loss)
            # Where every target is ignored the loss is nan and the gradient 0: there is nothing to learn from.
            if not math.isfinite(number) and shares.of(targets):
                message = diagnosis_of_loss(number, epoch, batch, inputs, targets, self.optimizer)
                raise DivergenceError(message, history)
            if not isinstance(loss, Value):
                raise TypeError(
                    f"the loss must be a Value to have a gradient, got {type(loss).__name__}; compute it from the "
                    "outputs, and the outputs from parameters of the model"
                )
            self.optimizer.zero_grad()
            loss.backward()
            if gradient is not None:
                gradient.add(targets)
            if self.clip is not None:
                self.clip()
            self.optimizer.step()
            tally.add(number, outputs, targets)
            del outputs, loss  # frees the graph before the next one is built
        # No loss is computed after the last step of an epoch, so parameters that became nan in it are found here.
        if not finite_parameters(self.optimizer):
            raise DivergenceError(diagnosis_of_parameters(epoch, self.optimizer), history)
        if tally.counts and not any(tally.counts):
            raise ValueError(nothing_counts("data", self.criterion))
        row: dict[str, float] = {"epoch": epoch, **tally.result(self.metrics)}
        if validation_loader is not None:
            result = evaluate(self.model, validation_loader, self.criterion, metrics=self.metrics)
            row |= {f"val_{name}": number for name, number in result.items()}
            if not math.isfinite(row["val_loss"]) and all(map(math.isfinite, history.get("val_loss", []))):
                message = diagnosis_of_validation(row["val_loss"], epoch, validation_loader, self.criterion)
                warnings.warn(message, RuntimeWarning, stacklevel=3)
        if gradient is not None:
            row["grad_norm"] = gradient.norm()
        return row

    def reason_to_stop(self, history: History, epochs: int) -> str:
        """Why to stop, in words: a callback, the tolerance, early stopping or the last epoch; empty to go on."""
        epoch = len(history["epoch"])
        # A list, so that every callback is called, also if an earlier one ends the training.
        answers = [callback(history) for callback in self.callbacks]
        if any(answer is True for answer in answers):
            return f"a callback ended it after epoch {epoch}"
        if self.tolerance is not None and history["grad_norm"][-1] < self.tolerance:
            norm = history["grad_norm"][-1]
            return f"the norm of the gradient, {norm:.3g}, fell below the tolerance of {self.tolerance:g}"
        if self.early_stopping is not None and (reason := self.early_stopping.reason(history)):
            return reason
        return f"all {epochs} epochs are done" if epoch == epochs else ""


class _Gradient:
    """The gradient of the loss of an epoch: of all batches, each by its share."""

    def __init__(self, optimizer: Optimizer, shares: Shares) -> None:
        self.parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        self.sums = [0.0] * len(self.parameters)
        self.shares = shares
        self.counts: list[float] = []

    def add(self, targets: Any) -> None:
        share = self.shares.of(targets)
        self.sums = [
            total + share * float(parameter.grad or 0.0)
            for total, parameter in zip(self.sums, self.parameters, strict=True)
        ]
        self.counts.append(share)

    def norm(self) -> float:
        return math.hypot(*self.sums) / self.shares.whole(self.counts)


# ---------------------------------------------------------------------- helpers


def _check(validation: Any, validation_split: float, tolerance: float | None) -> None:
    if not 0 <= validation_split < 1:
        raise ValueError(f"validation_split must be at least 0 and less than 1, got {validation_split}")
    if validation is not None and validation_split:
        raise ValueError("there is validation data, so there is nothing to split off; pass only one of the two")
    if tolerance is not None and not tolerance > 0:
        raise ValueError(f"tolerance must be greater than 0, got {tolerance!r}")


def _check_helpers(optimizer: Optimizer, scheduler: Any, early_stopping: Any, callbacks: Any) -> None:
    if early_stopping is not None and not isinstance(early_stopping, EarlyStopping):
        raise TypeError(
            f"early_stopping must be an EarlyStopping, got {early_stopping!r}; write nn.EarlyStopping(patience=5)"
        )
    if callable(callbacks) or not is_sequence(callbacks):
        raise TypeError(f"callbacks must be a list of functions, got {callbacks!r}; put brackets around one function")
    for callback in callbacks:
        if not callable(callback):
            raise TypeError(f"a callback must be a function of the history, got {callback!r}")
    if scheduler is None:
        return
    if isinstance(scheduler, type) or not callable(getattr(scheduler, "step", None)):
        several = isinstance(scheduler, list | tuple)
        raise TypeError(
            f"scheduler must be one scheduler of nn.optim.lr_scheduler, got {scheduler!r}; "
            + ("join several with SequentialLR" if several else "write for example StepLR(optimizer, step_size=10)")
        )
    if getattr(scheduler, "optimizer", optimizer) is not optimizer:
        raise ValueError(
            f"the {type(scheduler).__name__} is a scheduler of another optimizer, so it would change nothing here; "
            "make it with the optimizer that is passed to fit"
        )


def _check_parts(model: Any, criterion: Any, optimizer: Any) -> None:
    if isinstance(model, type):
        raise TypeError(f"model must be a module, got the class; write {model.__name__}(...)")
    if not isinstance(model, Module):
        raise TypeError(
            f"model must be an nn.Module, got {type(model).__name__}; write a subclass of it with the function as its "
            "forward method and the parameters as attributes"
        )
    if isinstance(criterion, type):
        raise TypeError(f"criterion must be a loss to be called, got the class; write {criterion.__name__}()")
    as_a_pair = "pass (X, y) as one pair: fit(model, (X, y), criterion, optimizer, epochs)"
    if not callable(criterion):
        raise TypeError(
            f"criterion must be a function of outputs and targets, got {type(criterion).__name__}; {as_a_pair}"
        )
    if isinstance(optimizer, type):
        name = optimizer.__name__
        raise TypeError(
            f"optimizer must be an optimizer of parameters, got the class; write {name}(model.parameters())"
        )
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be one of nn.optim, such as nn.optim.Adam(model.parameters()), got "
            f"{type(optimizer).__name__}; if that is the criterion, {as_a_pair}"
        )
    moved = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    check_reduction_of(criterion)
    parameters = model.parameters()
    if parameters and moved.isdisjoint(map(id, parameters)):
        raise ValueError(
            "the optimizer has no parameter of the model, so training would change nothing; make it with "
            "model.parameters() after the model is made or copied"
        )


def _clipping(optimizer: Optimizer, norm: float | None, value: float | None) -> Callable[[], Any] | None:
    if norm is None and value is None:
        return None
    if norm is not None and value is not None:
        raise ValueError("pass clip_grad_norm or clip_grad_value, not both")
    limit = norm if norm is not None else value
    if limit is None or not limit > 0:
        name = "clip_grad_norm" if norm is not None else "clip_grad_value"
        raise ValueError(f"{name} must be greater than 0, got {limit!r}")
    # Only parameters of the optimizer: gradients of others are not set to zero between batches.
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    if norm is not None:
        return lambda: clip_grad_norm_(parameters, limit)
    return lambda: clip_grad_value_(parameters, limit)


def _loaders(
    data: Any, validation: Any, validation_split: float, batch_size: int, shuffle: bool
) -> tuple[DataLoader, DataLoader | None]:
    if validation_split:
        if isinstance(data, DataLoader):
            raise ValueError("a DataLoader cannot be split; pass its data set, or validation data of its own")
        data = dataset_of(data)
        count = math.ceil(validation_split * len(data))
        if count == len(data):
            raise ValueError(f"validation_split={validation_split} leaves none of {len(data)} samples to train on")
        data, validation = random_split(data, [len(data) - count, count])
    loader = loader_of(data, batch_size, shuffle)
    if validation is None:
        return loader, None
    return loader, loader_of(validation, batch_size, shuffle=False, name="validation data")


def _step(scheduler: Any, monitored: float) -> None:
    """One step of a scheduler, with the monitored number for an argument that has no default."""
    needed = [p for p in inspect.signature(scheduler.step).parameters.values() if p.default is inspect.Parameter.empty]
    scheduler.step(*[monitored for p in needed if p.kind is not p.VAR_POSITIONAL and p.kind is not p.VAR_KEYWORD])


@contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    if seed is None:
        yield
        return
    seed = whole_number("seed", seed, None, kind=TypeError)
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
