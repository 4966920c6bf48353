"""Findings that no single layer shows: no way for a gradient, scores that are probabilities, one layer in many places.

Each looks at how the network is built rather than at how large its numbers are, so that chance plays no part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import autograd
from autograd import Value
from autograd.core.elementary import total
from autograd.diagnostics.flat import REMEDY, Crossings
from autograd.symbols import format_number
from autograd.text.names import listed
from autograd.transforms.linear_map import gradients_of
from nn.diagnostics.measuring import limits_of_operation
from nn.diagnostics.report import Finding, LayerReport
from nn.diagnostics.watching import Call, note_flat_operations
from nn.modules.base_loss import as_loss
from nn.modules.containers import ModuleDict
from nn.modules.cross_entropies import BCEWithLogitsLoss, CrossEntropyLoss
from nn.modules.module import Module, named_parts
from nn.nested import as_numbers, as_sequence, flat, is_batch, shape_of

ROUNDING = 1e-9
"""Sums of probabilities are 1, and their slopes 0, up to this."""
MOST_PLACES = 3
"""How many operations a finding shows with their lines."""


# ---------------------------------------------------------------------- no way for a gradient


def no_gradient(
    rows: Sequence[LayerReport], cut: Crossings, noted: note_flat_operations, parameters: int
) -> Iterator[Finding]:
    """A finding if there are parameters to which every path crosses an operation that is flat.

    Args:
        rows: those of the report.
        cut: the parameters, and the operations.
        noted: where the operations come from.
        parameters: how many parameters are trained.
    """
    if not cut.leaves:
        return
    layers = [row.name or row.kind for row in rows if row.cut_off]
    which = "any parameter" if len(cut.leaves) == parameters else f"{len(cut.leaves)} of {parameters} parameters"
    places = noted.places(cut.nodes)
    more = ["..."] * (len(places) > MOST_PLACES)
    yield Finding(
        listed(layers),
        f"no gradient reaches {which}, each is exactly 0, since every path crosses {' or '.join(cut.operations)}, "
        f"whose derivative is 0 everywhere ({'; '.join([*places[:MOST_PLACES], *more])})",
        REMEDY,
    )


# ---------------------------------------------------------------------- scores that are probabilities


def already_probabilities(outputs: Any, targets: Any, criterion: Any) -> Iterator[Finding]:
    """A finding if a cross-entropy that makes probabilities of scores is given probabilities."""
    loss = as_loss(criterion)
    if not isinstance(loss, CrossEntropyLoss | BCEWithLogitsLoss) or not (made_by := _probabilities(outputs)):
        return
    takes, afterwards = "softmax", "nn.functional.softmax gives probabilities afterwards"
    if isinstance(loss, BCEWithLogitsLoss):
        takes, afterwards = "sigmoid", "or nn.BCELoss, which takes probabilities"
    least = _least(loss, outputs, targets)
    yield Finding(
        "",
        f"the outputs are probabilities already, by {made_by}, but {type(loss).__name__} takes scores of any size and "
        f"applies {takes} itself{'' if least is None else f': the loss cannot fall below {format_number(least)}'}",
        f"the model without its last {made_by}; {afterwards}",
    )


def _probabilities(outputs: Any) -> str:
    """The activation that makes all outputs probabilities, whatever the parameters; empty if they are none."""
    values = flat(outputs)
    if not values or not all(isinstance(value, Value) and value.op for value in values):
        return ""
    names: set[str] = {value.op.name for value in values}
    if len(names) == 1 and limits_of_operation(name := names.pop()) == (0.0, 1.0):
        return name
    rows = [flat(row) for row in (as_sequence(outputs) if is_batch(as_sequence(outputs)) else [outputs])]
    return "softmax" if all(map(_is_distribution, rows)) and _is_constant(rows) else ""


def _is_distribution(row: Sequence[Any]) -> bool:
    numbers = [float(x) for x in row]
    return len(numbers) > 1 and all(0 <= x <= 1 for x in numbers) and abs(total(numbers) - 1) <= ROUNDING


def _is_constant(rows: Sequence[Sequence[Value]]) -> bool:
    """Whether the sum of each row is the same whatever the parameters. That of a few scores may be 1 by chance."""
    all_slopes, first_slopes = (
        [slope for node, slope in gradients_of(autograd.sum(values)).items() if node.is_leaf]
        for values in ([x for row in rows for x in row], [row[0] for row in rows])
    )
    # Unscaled inputs make slopes large, and their rounding errors with them.
    return max(map(abs, all_slopes), default=0.0) <= ROUNDING * max(1.0, *map(abs, first_slopes))


def _least(loss: CrossEntropyLoss | BCEWithLogitsLoss, outputs: Any, targets: Any) -> float | None:
    """The loss of the best outputs from 0 to 1: 1 for what is right, 0 for the rest. None for targets in between.

    A score adds to its own cross-entropy in one direction only, so that the best one is at an end of its range.
    """
    goals = as_numbers(targets)
    shape = shape_of(outputs)
    if isinstance(loss, CrossEntropyLoss) and shape_of(goals) != shape:  # numbers of classes
        rows = [[float(int(index) == place) for place in range(shape[-1])] for index in flat(goals)]
        best = rows if len(shape) == 2 else rows[0]
    else:
        best = goals
    if getattr(loss, "label_smoothing", 0) or any(float(x) not in (0.0, 1.0) for x in flat(best)):
        return None
    least = float(loss(best, goals))
    return least if math.isfinite(least) else None


# ---------------------------------------------------------------------- one layer in several places


def one_object_in_several_places(model: Module, calls: Sequence[Call]) -> Iterator[Finding]:
    """A finding for each layer that stands in several places of one list, as in ``[nn.Linear(4, 4)] * 3``.

    Weights may be shared on purpose: by calling one module several times, by two attributes or by two names in a
    dictionary. None of these is a place in a list. A layer in two places of a list may still be meant, if the calls
    have inputs of their own, as with twins that compare two inputs. It is a finding if one call goes on with what
    another one gave, or if both have the same input.
    """
    for paths, part in _repeated(model):
        modules = list(_modules_in(part))
        parameters = {p for module in modules for p in module.parameters() if p.requires_grad}
        if not parameters or not any(_belong_together(module, calls) for module in modules):
            continue
        count = len(parameters)
        kind = f"{type(part).__name__}(...)" if isinstance(part, Module) else "[...]"
        yield Finding(
            "",
            f"layers {listed(paths)} are one object: {count} parameter{'s' * (count > 1)}, not {count * len(paths)}",
            f"a new one for each place, as in [{kind} for _ in range({len(paths)})]; if the weights are to be shared, "
            "one module that forward calls several times",
        )


def _repeated(model: Module) -> Iterator[tuple[list[str], Any]]:
    """What stands in several places of one list, with the paths to them; what is inside of it is left out."""
    waiting: list[tuple[str, Any]] = [("", model)]
    entered = {id(model)}
    while waiting:
        path, container = waiting.pop()
        # Of a module the parts that are numbered, as those of a Sequential; the keys of a dictionary are chosen.
        is_list = isinstance(container, Module | list | tuple) and not isinstance(container, ModuleDict)
        places: dict[int, list[str]] = {}
        parts: dict[int, Any] = {}
        for name, part in named_parts(container):
            if isinstance(part, Module | list | tuple | dict):
                parts[id(part)] = part
                places.setdefault(id(part), []).append(f"{path}{name}")
        for key, part in parts.items():
            numbered = [place for place in places[key] if place.rpartition(".")[2].isdecimal()]
            if is_list and len(numbered) > 1:
                yield numbered, part
            elif key not in entered:
                entered.add(key)
                waiting.append((f"{places[key][0]}.", part))


def _modules_in(part: Any) -> Iterator[Module]:
    """The part itself, if it is a module; else those in it, if it is a list or a dictionary."""
    if isinstance(part, Module):
        yield part
    elif isinstance(part, list | tuple | dict):
        for _, inner in named_parts(part):
            yield from _modules_in(inner)


def _belong_together(module: Module, calls: Sequence[Call]) -> bool:
    """Whether a call of a module goes on with what an earlier one gave, or has the same input as another one."""
    own = [(given, output) for key, given, output in calls if key == id(module)]
    if len(own) < 2:
        return False
    inputs = [tuple(map(id, values)) if _are_values(values := flat(given)) else id(given) for given, _ in own]
    if len(set(inputs)) < len(inputs):
        return True
    earlier = {x for _, output in own[:-1] for x in flat(output)}
    last = flat(own[-1][0])
    waiting, seen = list(last), set(last)
    while waiting:
        x = waiting.pop()
        if x in earlier:
            return True
        for operand in x.operands if isinstance(x, Value) else ():
            if isinstance(operand, Value) and operand not in seen:
                seen.add(operand)
                waiting.append(operand)
    return False


def _are_values(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, Value) for value in values)
