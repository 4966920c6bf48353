"""`fit`: the loop over epochs and batches."""

from __future__ import annotations

import gc
import math
import random
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograd import Value, gc_paused
from autograd.core.atomic import at_once, set_all
from autograd.core.number import whole_number
from nn.data import DataLoader
from nn.modules.module import Module
from nn.optim import Optimizer
from nn.training.arguments import check_helpers, check_numbers, check_parts, clipping, loaders_of
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
    evaluate,
    metric_functions,
    number_of,
)
from nn.training.history import History
from nn.training.progress import progress_bar, show_epoch
from nn.training.schedule import Schedule


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
    has the epochs that were completed, and ``history.interrupted`` is True. The scheduler has taken one step for each
    of them; the state of the optimizer is that after its last whole step.

    However training ends, each module is in the mode afterwards that it was in before.

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
    check_parts(model, criterion, optimizer)
    epochs = whole_number("epochs", epochs)
    check_numbers(validation, validation_split, tolerance)
    check_helpers(optimizer, scheduler, early_stopping, callbacks)
    clip = clipping(optimizer, clip_grad_norm, clip_grad_value)
    functions = metric_functions(metrics, model, criterion)
    run = _Run(model, criterion, optimizer, functions, clip, tolerance, early_stopping, callbacks)
    loaders = partial(loaders_of, data, validation, validation_split, batch_size, shuffle)
    training = _Training(run, epochs, Schedule(scheduler, optimizer), seed)
    # Ctrl-C may come at any instruction, the first one of `finally` or of `with` included, so what must be put back is
    # put back by a function that is called again if it was interrupted.
    try:
        try:
            training.go(loaders, progress)
        except KeyboardInterrupt:
            if training.history is None:  # not begun
                raise
            training.cut_off(training.history, f"interrupted in epoch {training.epoch}")
            training.history.interrupted = True
        training.put_back()
    except KeyboardInterrupt:
        training.put_back()
        if training.history is None:
            raise
        training.history.interrupted = True
    except BaseException as error:
        if isinstance(error, DivergenceError) and error.history is training.history:
            training.cut_off(error.history, str(error))
        training.put_back()
        raise
    assert training.history is not None
    return training.history


class _Training:
    """One call of `fit`: what it has got so far, and what must be put back when it ends."""

    def __init__(self, run: _Run, epochs: int, schedule: Schedule, seed: int | None) -> None:
        self.run = run
        self.epochs = epochs
        self.schedule = schedule
        self.seed = None if seed is None else whole_number("seed", seed, None, kind=TypeError)
        self.history: History | None = None
        self.epoch = 0
        self.best = BestWeights(run.model)
        self.restore = run.early_stopping is not None and run.early_stopping.restore_best
        # After Ctrl-C or a divergence the best weights are restored too, unless early stopping has restore_best=False.
        self.restore_if_cut_off = self.restore or run.early_stopping is None
        self.modules = list(run.model.modules())
        self.modes = [module.training for module in self.modules]
        self.random = None if seed is None else random.getstate()
        self.paused = gc_paused()

    def go(self, loaders: Callable[[], tuple[DataLoader, DataLoader | None]], progress: bool | None) -> None:
        """Train until there is a reason to stop."""
        with self.paused, progress_bar(self.epochs, progress) as bar:
            if self.seed is not None:
                random.seed(self.seed)
            loader, validation_loader = loaders()
            self.history = history = self.run.new_history(validation_loader is not None)
            while not history.stopped_because:
                self.epoch += 1
                row = self.run.epoch(self.epoch, loader, validation_loader, history)
                self.finish_epoch(row, history)
                # For reference cycles made by other code. Few young objects are left here: this takes microseconds.
                gc.collect(0)
                show_epoch(bar, row)
                history.stopped_because = self.run.reason_to_stop(history, self.epochs)

    def finish_epoch(self, row: dict[str, float], history: History) -> None:
        """Record an epoch, note its weights if they are the best, and step the scheduler: all of this or nothing."""
        row |= self.schedule.rate()
        monitored = row[history.monitor]
        self.schedule.step(monitored)
        changes = [history.appending(row), self.schedule.keeping()]
        if self.restore_if_cut_off:
            changes.append(self.best.updating(monitored, history.mode))
        at_once(*changes)

    def cut_off(self, history: History, reason: str) -> None:
        """Note why training ended before it should."""
        history.stopped_because = reason
        self.restore = self.restore_if_cut_off

    def put_back(self) -> None:
        """Put everything back that is not to stay changed; may be called twice."""
        self.paused.__exit__()
        self.schedule.take_back()
        if self.restore:
            self.best.restore()
        set_all(self.modules, "training", self.modes)
        if self.random is not None:
            random.setstate(self.random)


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
                message = diagnosis_of_loss(number, epoch, batch, inputs, targets, self.model, self.optimizer)
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
            raise DivergenceError(diagnosis_of_parameters(epoch, self.model, self.optimizer), history)
        if tally.counts and not any(tally.counts):
            raise ValueError(nothing_counts("data", self.criterion))
        row: dict[str, float] = {"epoch": epoch, **tally.result(self.metrics)}
        if validation_loader is not None:
            result = evaluate(self.model, validation_loader, self.criterion, metrics=self.metrics)
            row |= {f"val_{name}": number for name, number in result.items()}
            if not math.isfinite(row["val_loss"]) and all(map(math.isfinite, history.get("val_loss", []))):
                message = diagnosis_of_validation(row["val_loss"], epoch, validation_loader, self.criterion)
                warnings.warn(message, RuntimeWarning, stacklevel=4)
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
