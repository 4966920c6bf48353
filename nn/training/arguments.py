"""Checks the arguments of `fit`, and makes of them what the loop uses: loaders, and a function that clips."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nn.data import DataLoader, random_split
from nn.modules.module import Module
from nn.nested import is_sequence
from nn.optim import Optimizer
from nn.training.early_stopping import EarlyStopping
from nn.training.evaluation import check_reduction_of, dataset_of, loader_of
from nn.utils import clip_grad_norm_, clip_grad_value_


def check_numbers(validation: Any, validation_split: float, tolerance: float | None) -> None:
    """Raise a ValueError for numbers that are out of range or exclude one another."""
    if not 0 <= validation_split < 1:
        raise ValueError(f"validation_split must be at least 0 and less than 1, got {validation_split}")
    if validation is not None and validation_split:
        raise ValueError("there is validation data, so there is nothing to split off; pass only one of the two")
    if tolerance is not None and not tolerance > 0:
        raise ValueError(f"tolerance must be greater than 0, got {tolerance!r}")


def check_helpers(optimizer: Optimizer, scheduler: Any, early_stopping: Any, callbacks: Any) -> None:
    """Raise a TypeError for helpers of another kind, a ValueError for a scheduler of another optimizer."""
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


def check_parts(model: Any, criterion: Any, optimizer: Any) -> None:
    """Raise a TypeError for a model, criterion or optimizer that is none, a ValueError for those that do not fit."""
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


def clipping(optimizer: Optimizer, norm: float | None, value: float | None) -> Callable[[], Any] | None:
    """A function that clips the gradients of an optimizer's parameters by their norm or by value; None for neither."""
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


def loaders_of(
    data: Any, validation: Any, validation_split: float, batch_size: int, shuffle: bool
) -> tuple[DataLoader, DataLoader | None]:
    """A loader of the data to train on, and one of those to validate with, if there are any."""
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
