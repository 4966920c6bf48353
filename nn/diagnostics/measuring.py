"""Turn the recorded calls of a model's modules into one row of numbers for each layer: `layer_reports`."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import autograd
from autograd import TABLE, Value
from autograd.core.elementary import total
from nn.diagnostics.report import LayerReport, quotient
from nn.diagnostics.watching import Call
from nn.modules.activations import Elementwise, limits_of
from nn.modules.layers import Layer
from nn.modules.module import Module, paths_to_modules
from nn.nested import as_sequence, flat, is_batch

NEAR_LIMIT = 0.02
"""An output is at a limit if it is closer to it than this part of the range; the slope is then under a tenth of the
largest."""
MOST_SAMPLES = 0.9
"""A unit is saturated if its output is at a limit for this part of the samples."""


def layer_reports(
    model: Module, calls: list[Call], outputs: Any, samples: int, cut_off: Container[Value] = ()
) -> Iterator[LayerReport]:
    """A row for each module that owns parameters or calls no other, and for each activation between modules.

    Args:
        model: the module, after its backward pass.
        calls: the recorded calls of its modules.
        outputs: the outputs of the model.
        samples: the number of samples in the input.
        cut_off: the parameters that no gradient can reach.
    """
    named = {id(module): (name, module) for name, module in model.named_modules()}
    called = {key for key, *_ in calls}
    seen: set[int] = set()

    def function_row(tensors: list[Any], where: str) -> Iterator[LayerReport]:
        values = by_sample(tensors, samples)
        activation = _activation_of(values)
        if activation and not seen.issuperset(id(value) for row in values for value in row):
            seen.update(id(value) for row in values for value in row)
            yield _row(where, activation, [], values, activation, cut_off=cut_off)

    for key, name, recorded in _uses(model, calls, samples):
        module = named[key][1]
        own = _own_parameters(module)
        if not own and any(id(below) in called for below in module.modules() if below is not module):
            continue
        yield from function_row([input for _, input, _ in recorded], f"before {name}" if name else "")
        values = by_sample([output for _, _, output in recorded], samples)
        ids = {id(value) for row in values for value in row}
        if own or not ids <= seen:  # no row for a module that returns its input
            activation, limits = _activation_of(values), None
            if isinstance(module, Elementwise) and (limits := limits_of(module)):
                # It may be made of several operations, or of one with options: only the class knows its limits.
                activation = module.function.__name__
            given = by_sample([input for _, input, _ in recorded], samples) if limits else None
            yield _row(name, type(module).__name__, own, values, activation, limits, given, cut_off)
        seen |= ids
    yield from function_row([outputs], "at the end")


def _uses(model: Module, calls: list[Call], samples: int) -> Iterator[tuple[int, str, list[Call]]]:
    """For each layer its id, its name and its calls, in the order of the forward pass.

    A module with parameters is one layer wherever it is used, since it gets one gradient. A module without parameters
    is a layer in each place: merged, dead units in one place would be hidden by living ones in another.
    """
    named = {id(module): (name, module) for name, module in model.named_modules()}
    paths = paths_to_modules(model)
    by_module: dict[int, list[int]] = {}
    for place, (key, *_) in enumerate(calls):
        by_module.setdefault(key, []).append(place)
    uses: list[tuple[int, int, str, list[Call]]] = []
    for key, places in by_module.items():
        name, module = named[key]
        recorded = [calls[place] for place in places]
        if len(recorded) == 1 or module.parameters() or not _whole_batches(recorded, samples):
            uses.append((places[0], key, name, recorded))
            continue
        names = paths[key]
        if len(names) != len(places):
            names = [f"{name} (use {use})" for use in range(1, len(places) + 1)]
        uses += [(place, key, path, [calls[place]]) for place, path in zip(places, names, strict=True)]
    for _, key, name, recorded in sorted(uses, key=lambda use: use[0]):
        yield key, name, recorded


def _whole_batches(recorded: list[Call], samples: int) -> bool:
    """Whether each call was given the whole batch, rather than one sample."""
    if samples == 1:
        return True
    tensors = [as_sequence(output) for _, _, output in recorded]
    # As many vectors as there are samples may be a vector for each of them.
    return all(len(tensor) == samples and (is_batch(tensor) or len(recorded) < samples) for tensor in tensors)


def _own_parameters(module: Module) -> list[Value]:
    children = () if isinstance(module, Layer) else tuple(f"{name}." for name, _ in module.named_children())
    return [parameter for name, parameter in module.named_parameters() if not name.startswith(children)]


def by_sample(tensors: list[Any], samples: int) -> list[list[Any]]:
    """The values for each sample, from the inputs or outputs of a module in all of its calls."""
    rows = []
    for tensor in map(as_sequence, tensors):
        # A flat list as long as the batch is one number for each sample, unless samples come one by one.
        whole_batch = len(tensor) == samples and (is_batch(tensor) or len(tensors) == 1)
        rows += [flat(part) for part in tensor] if whole_batch else [flat(tensor)]
    return rows


def _activation_of(values: list[list[Any]]) -> str | None:
    """The activation that all values are results of."""
    names = {value.op.name if isinstance(value, Value) and value.op else "" for row in values for value in row}
    name = names.pop() if len(names) == 1 else ""
    return name if name == "relu" or limits_of_operation(name) else None


@cache
def limits_of_operation(name: str) -> tuple[float, float] | None:
    """The limits of an operation on one number; None if it has none, or is not such an operation."""
    op = TABLE.get(name)
    return limits_of(getattr(autograd, name)) if op and op.arity == 1 and not op.vectors else None


def _row(
    name: str,
    kind: str,
    parameters: list[Value],
    values: list[list[Any]],
    activation: str | None,
    limits: tuple[float, float] | None = None,
    preactivations: list[list[Any]] | None = None,
    cut_off: Container[Value] = (),
) -> LayerReport:
    """One layer in numbers; `limits` and `preactivations` are those of an activation that is no single operation."""
    by_sample = [[float(value) for value in row] for row in values]
    outputs = flat(by_sample)
    mean = total(outputs) / len(outputs) if outputs else math.nan
    std = math.sqrt(total((x - mean) * (x - mean) for x in outputs) / len(outputs)) if outputs else math.nan
    weights = [float(parameter.data) for parameter in parameters]
    gradients = [float(parameter.grad) for parameter in parameters if parameter.requires_grad]
    gradient_norm = math.hypot(*gradients) if gradients else None
    weight_norm = math.hypot(*weights) if weights else None
    numbers = {"outputs": outputs, "weights": weights, "gradients": gradients}
    if activation:
        given = preactivations or [[value.operands[0] for value in row] for row in values]
        numbers["preactivations"] = [float(number) for row in given for number in row]
    same_length = len({len(row) for row in by_sample}) == 1
    units = list(zip(*by_sample, strict=True)) if same_length else []
    dead = saturated = None
    if activation == "relu" and units:
        dead = sum(all(x == 0 for x in unit) for unit in units)
    limits = limits or (limits_of_operation(activation) if activation else None)
    if limits and units:
        saturated = sum(_is_saturated(unit, *limits) for unit in units)
    return LayerReport(
        name=name,
        kind=kind,
        activation=activation,
        parameters=len(parameters),
        units=len(units) or None,
        mean=mean,
        std=std,
        gradient_norm=gradient_norm,
        mean_abs_gradient=total(map(abs, gradients)) / len(gradients) if gradients else None,
        weight_norm=weight_norm,
        ratio=None if gradient_norm is None or weight_norm is None else quotient(gradient_norm, weight_norm),
        dead=dead,
        saturated=saturated,
        values={title: column for title, column in numbers.items() if column},
        alike=len(units) > 1 and all(one == other for one, other in pairwise(units)),
        cut_off=sum(parameter in cut_off for parameter in parameters),
    )


def _is_saturated(outputs: Sequence[float], low: float, high: float) -> bool:
    margin = NEAR_LIMIT * (high - low)
    return sum(x < low + margin or x > high - margin for x in outputs) >= MOST_SAMPLES * len(outputs)
