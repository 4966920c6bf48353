"""Check whether a network is able to learn: `diagnose` runs it forward and backward once and reports on each layer.

>>> import random, nn
>>> random.seed(0)
>>> model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
>>> for bias in model[0].bias[:3]:
...     bias.data = -100.0
>>> report = diagnose(model, [[1.0, 2.0], [-1.0, 0.5], [0.0, -2.0], [2.0, 1.0]])
>>> print(report.findings[0])
1: 3 of 4 ReLU units are 0 for all 4 samples, so no gradient passes through them. Try a smaller learning
rate, He initialization, biases that start at 0, or leaky ReLU.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Value
from autograd.diagnostics.flat import without_slope
from nn.data import DataLoader
from nn.diagnostics.measuring import layer_reports
from nn.diagnostics.on_the_whole import already_probabilities, no_gradient, one_object_in_several_places
from nn.diagnostics.report import Finding, LayerReport, Report
from nn.diagnostics.watching import left_as_found, note_flat_operations, record_calls
from nn.modules.module import Module
from nn.nested import as_numbers, flat, is_batch, is_sequence

__all__ = ["Finding", "LayerReport", "Report", "diagnose"]


def diagnose(model: Module, data: Any, criterion: Callable[[Any, Any], Any] | None = None) -> Report:
    """Run a model forward and backward once and report, layer by layer, whether signals and gradients get through.

    A layer here is a module that owns parameters, or one that calls no other module, such as an activation; an
    activation called as a function between two modules counts as well. A layer without parameters has a row for each
    place where it is used, a layer with parameters has one row in all. Gradients, parameters, mode and buffers of the
    model and the state of the `random` module are restored afterwards.

    Args:
        model: any `Module`, at the start of training or in the middle of it.
        data: a pair ``(inputs, targets)``, a `DataLoader`, of which the first batch is taken, or, without a
            criterion, the inputs alone: a batch or one vector.
        criterion: the loss, called with outputs and targets. By default the mean of the squared outputs, which needs
            no targets.

    Returns:
        A `Report`. A unit is dead if its ReLU is 0 for every sample. A unit is saturated if its activation has limits,
        as sigmoid and tanh have, and its output is within 2 % of the range from a limit for at least 90 % of the
        samples. Half of a layer dead, or a third saturated, is a finding.
        Gradients vanish or explode if their norm in the first layer is below 1/100 or above 100 times that in the
        last. Outputs die out or explode if their standard deviation falls below 1/100 or rises above 100 times that
        of the first hidden layer.

    Raises:
        TypeError: if the model is no `Module`, a criterion is given and the data is no pair, or the loss is not one
            Value.
        ValueError: if there are no samples.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS
    2010, who looked at activations and gradients layer by layer; He, Zhang, Ren and Sun, "Delving deep into
    rectifiers", ICCV 2015.

    >>> import nn
    >>> report = diagnose(nn.Linear(1, 1), ([[1.0], [3.0]], [[0.0], [0.0]]), nn.MSELoss())
    >>> report.verdict, [row.kind for row in report.rows]
    ('ok', ['Linear'])
    """
    if not isinstance(model, Module):
        raise TypeError(f"diagnose takes a model, an nn.Module, got {model!r}; pass the module itself")
    with left_as_found(model):
        inputs, targets = _inputs_and_targets(data, criterion)
        running: list[int] = []
        recorded = record_calls(model, running)
        model.zero_grad()
        with note_flat_operations(model, running) as noted:
            outputs = model(inputs)
            if criterion is None:
                squares = [output * output for output in flat(outputs)]
                loss = sum(squares) / len(squares)
            else:
                loss = criterion(outputs, targets)
        calls = list(recorded)  # without those by which limits of an activation are found out later
        if not isinstance(loss, Value):
            raise TypeError(
                f"the loss must be one Value to have a gradient, got {type(loss).__name__}; let the criterion give a "
                f"mean or a sum, and the outputs depend on a parameter"
            )
        loss.backward()
        samples = len(inputs) if is_sequence(inputs) and is_batch(inputs) else 1
        cut = without_slope(loss, model.parameters())
        rows = list(layer_reports(model, calls, outputs, samples, set(cut.leaves)))
        on_the_whole = [
            *no_gradient(rows, cut, noted, len(model.parameters())),
            *already_probabilities(outputs, targets, criterion),
            *one_object_in_several_places(model, calls),
        ]
        return Report(rows, float(loss), samples, on_the_whole)


def _inputs_and_targets(data: Any, criterion: Any) -> tuple[Any, Any]:
    if isinstance(data, DataLoader):
        data = next(iter(data))
    is_pair = isinstance(data, tuple) and len(data) == 2 and (criterion is not None or is_sequence(data[0]))
    if criterion is not None and not is_pair:
        raise TypeError(
            f"with a criterion, data must be a pair (inputs, targets) or a DataLoader, got {type(data).__name__}; "
            f"without one, inputs are enough"
        )
    inputs, targets = data if is_pair else (data, None)
    if is_sequence(inputs) and not len(inputs):
        raise ValueError("the data has no samples; pass at least one")
    # As plain numbers: a Value among the inputs would be left with a gradient.
    return as_numbers(inputs), targets
