"""Read the result of `diagnose`: a `Report` with a row for each layer, findings with remedies and a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from autograd.symbols import format_number
from autograd.text.tables import html_lines, html_table, table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANY_DEAD, MANY_SATURATED = 1 / 2, 1 / 3
"""Dead and saturated units are a finding if they are at least this part of a layer."""
VANISHING, EXPLODING = 1e-2, 1e2
"""The verdicts on the gradient norm of the first layer divided by that of the last; for the standard deviation of the
outputs, divided by that of the first layer, the limits are the same."""
ALIGN = "<<>>>>>>>>>"
ROUNDING = 1e-12
"""A mean below this part of the standard deviation is shown as 0: it is the rounding error of a sum that cancels."""


class LayerReport(NamedTuple):
    """One layer in numbers: a row of the report. A number that a layer does not have is None."""

    name: str
    """The path to the module, as `Module.named_modules` has it."""
    kind: str
    """Its class; for an activation that was called as a function, the operation."""
    activation: str | None
    """The operation of the table that its outputs come from, if that is an activation."""
    parameters: int
    units: int | None
    """The number of outputs for each sample."""
    mean: float
    """The mean of all outputs."""
    std: float
    """The standard deviation of all outputs."""
    gradient_norm: float | None
    """The Euclidean norm of the gradient with respect to its own parameters, those of its children left out."""
    mean_abs_gradient: float | None
    weight_norm: float | None
    """The Euclidean norm of its own parameters."""
    ratio: float | None
    """``gradient_norm / weight_norm``; times the learning rate, the relative size of a step of plain descent."""
    dead: int | None
    """For ReLU: how many units are 0 for every sample."""
    saturated: int | None
    """For activations with limits, such as sigmoid and tanh: how many units are within 2 % of a limit's range for at
    least 90 % of the samples."""
    values: dict[str, list[float]]
    """The numbers themselves: "outputs", "preactivations", "weights" and "gradients", where there are any."""
    alike: bool
    """Whether all units have the same output for every sample."""
    cut_off: int
    """How many of its parameters no gradient can reach, since every path to them crosses an operation that is flat,
    such as sign or floor."""

    def __repr__(self) -> str:
        # Without `values`, which may have thousands of numbers.
        shown = [f"{name}={getattr(self, name)!r}" for name in self._fields if name != "values"]
        return f"LayerReport({', '.join(shown)})"


class Finding(NamedTuple):
    """One problem and what to try."""

    layer: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.layer + ': ' if self.layer else ''}{self.problem}. Try {self.remedy}."


@dataclass(frozen=True, repr=False)
class Report:
    """The result of `diagnose`. Printed it is a table with the findings, in a notebook the same as HTML.

    Attributes:
        rows: one `LayerReport` for each layer, in the order of the forward pass.
        findings: one `Finding` for each problem, those of the network as a whole first.
        verdict: on the gradients over the depth: "ok", "vanishing", "exploding", "no gradient" or "not finite".
        gradient_ratio: the gradient norm of the first layer with parameters divided by that of the last.
        loss: the loss whose gradients were taken.
        samples: how many samples there were.
    """

    rows: list[LayerReport]
    loss: float
    samples: int
    on_the_whole: InitVar[Sequence[Finding]] = ()
    gradient_ratio: float = field(init=False)
    verdict: str = field(init=False)
    findings: list[Finding] = field(init=False)

    def __post_init__(self, on_the_whole: Sequence[Finding]) -> None:
        ratio, verdict = _over_depth([row.gradient_norm for row in self.rows if row.gradient_norm is not None])
        object.__setattr__(self, "gradient_ratio", ratio)
        object.__setattr__(self, "verdict", verdict)
        object.__setattr__(self, "findings", [*on_the_whole, *_findings(self)])

    def __repr__(self) -> str:
        return "\n".join([*table(_cells(self.rows), align=ALIGN), "", *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(_cells(self.rows), align=ALIGN) + html_lines("\n".join(self._notes()))

    def _notes(self) -> list[str]:
        ratio = self.gradient_ratio
        over_depth = "" if math.isnan(ratio) else f" (first layer / last layer: {format_number(ratio)})"
        found = [f"{number}. {finding}" for number, finding in enumerate(self.findings, start=1)]
        summary = f"loss {format_number(self.loss)}, samples {self.samples}, gradients {self.verdict}{over_depth}"
        return [summary, *(found or ["No problem found."])]

    def plot(self, ax: Axes | None = None) -> Axes:
        """The gradient norm of each layer: `nn.plot.gradient_flow`."""
        from nn.plot import gradient_flow

        return gradient_flow(self, ax)


def quotient(numerator: float, denominator: float) -> float:
    """The quotient; infinity over 0, and nan for 0 over 0.

    >>> quotient(1.0, 2.0), quotient(1.0, 0.0), quotient(0.0, 0.0)
    (0.5, inf, nan)
    """
    if denominator:
        return numerator / denominator
    return math.inf if numerator else math.nan


def _over_depth(norms: list[float]) -> tuple[float, str]:
    """The gradient norm of the first layer divided by that of the last, and the verdict."""
    ratio = quotient(norms[0], norms[-1]) if len(norms) > 1 else math.nan
    if not all(map(math.isfinite, norms)):
        return ratio, "not finite"
    if not any(norms):
        return ratio, "no gradient"
    if ratio < VANISHING:
        return ratio, "vanishing"
    return ratio, "exploding" if ratio > EXPLODING else "ok"


def _findings(report: Report) -> Iterator[Finding]:
    for index, row in enumerate(report.rows):
        yield from _findings_of_layer(row, report.samples, is_last=index == len(report.rows) - 1)
    yield from _findings_on_spread(report.rows)
    trained = [row for row in report.rows if row.gradient_norm is not None]
    between = f"the gradient norm is {format_number(report.gradient_ratio)} times that of the last layer"
    if report.verdict == "vanishing" and not trained[0].cut_off:
        yield Finding(
            trained[0].name,
            f"gradients vanish on the way to the first layer: here {between}",
            "ReLU with He initialization or tanh with Xavier initialization, normalization, or fewer layers",
        )
    if report.verdict == "exploding":
        yield Finding(
            trained[0].name,
            f"gradients explode on the way to the first layer: here {between}",
            "smaller initial weights (He or Xavier initialization), normalization, or clipping the gradient norm",
        )


def _findings_on_spread(rows: list[LayerReport]) -> Iterator[Finding]:
    """A finding if the outputs die out or grow over the depth, for the first layer where they do."""
    # Only outputs that a layer with parameters takes as input are compared. The outputs of a first layer on raw inputs
    # may be far larger than those of the tanh after it, and those of a last softmax far smaller than its inputs;
    # neither depends on the depth.
    hidden = [row for row, after in pairwise(rows) if after.parameters and _has_spread(row)]
    if not hidden:
        return
    first = hidden[0]
    shrunk = [row for row in hidden if row.std < VANISHING * first.std]
    grown = [row for row in [*hidden, rows[-1]] if _has_spread(row) and row.std > EXPLODING * first.std]
    by_init = "nn.init.kaiming_normal_ for ReLU, nn.init.xavier_normal_ for tanh"
    larger = f"larger initial weights ({by_init})"
    smaller = (
        f"smaller initial weights ({by_init}), normalization, or scaled targets if the last layer has to reach them"
    )
    for found, problem, remedy in ((shrunk, "die out", larger), (grown, "explode", smaller)):
        for row in found[:1]:
            factor = format_number(row.std / first.std)
            yield Finding(
                row.name,
                f"outputs {problem} over the depth: here their standard deviation is {format_number(row.std)}, "
                f"{factor} times that of layer {first.name or first.kind}",
                remedy,
            )


def _has_spread(row: LayerReport) -> bool:
    return 0 < row.std < math.inf


def _findings_of_layer(row: LayerReport, samples: int, is_last: bool) -> Iterator[Finding]:
    for_all = f"for all {samples} samples" if samples > 1 else "for the one sample (more samples say more)"
    if not math.isfinite(row.mean) or not math.isfinite(row.std):
        yield Finding(row.name, "outputs are infinite or not a number", "scaled inputs and a smaller learning rate")
        return
    if row.gradient_norm is not None and not math.isfinite(row.gradient_norm):
        yield Finding(row.name, "gradients are infinite or not a number", "`autograd.detect_anomaly` to find the place")
    if row.dead is not None and row.units and row.dead >= MANY_DEAD * row.units:
        yield Finding(
            row.name,
            f"{row.dead} of {row.units} ReLU units are 0 {for_all}, so no gradient passes through them",
            "a smaller learning rate, He initialization, biases that start at 0, or leaky ReLU",
        )
    # The last activation of a confident classifier is rightly at its limits.
    if row.saturated is not None and row.units and row.saturated >= MANY_SATURATED * row.units and not is_last:
        yield Finding(
            row.name,
            f"{row.saturated} of {row.units} {row.activation} units are at their limits for nearly all samples, where "
            f"the slope is close to 0",
            "scaled inputs, smaller initial weights, or ReLU",
        )
    if row.alike and row.parameters and any(row.values["outputs"]):
        yield Finding(
            row.name,
            f"all {row.units} units put out the same {for_all}, get the same gradients and so stay the same",
            "random initial weights",
        )
    if row.gradient_norm == 0 and not row.cut_off:
        yield Finding(
            row.name,
            f"the gradient of all of its {row.parameters} parameters is exactly 0",
            "to find what cuts it off: dead units after it, or weights of 0",
        )


def _cells(rows: list[LayerReport]) -> list[list[str]]:
    heading = ["layer", "kind", "parameters", "units", "mean", "std", "|gradient|", "mean |g|", "gradient/weights"]
    cells = [[*heading, "dead", "saturated"]]
    for row in rows:
        mean = 0.0 if abs(row.mean) < ROUNDING * row.std else row.mean
        numbers = (mean, row.std, row.gradient_norm, row.mean_abs_gradient, row.ratio)
        counts = ["" if count is None else str(count) for count in (row.units, row.dead, row.saturated)]
        texts = ["" if number is None else format_number(number) for number in numbers]
        cells.append([row.name or "(model)", row.kind, str(row.parameters or ""), counts[0], *texts, *counts[1:]])
    return cells
