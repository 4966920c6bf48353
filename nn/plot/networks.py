"""Draws the inside of networks: activations with their derivatives, and the outputs and gradients of each layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import autograd
from autograd import TABLE
from autograd.core.number import whole_number
from nn.modules.activations import Activation, trainable_activations
from nn.modules.module import Module
from nn.nested import flat
from nn.plot import style
from nn.plot.scores import evenly
from nn.plot.style import COLORS, legend_above, panels
from nn.registry import declared

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Report(Protocol):
    """The attributes of the report of `nn.diagnose` that the plots read; `nn.plot` does not import `nn.diagnostics`."""

    @property
    def rows(self) -> Sequence[Any]:
        """A row of numbers for each layer."""

    @property
    def findings(self) -> Sequence[Any]:
        """The problems found, each with the name of its layer."""

    @property
    def verdict(self) -> str:
        """How the gradients change with the depth, such as ``"vanishing"``."""


def activations(
    names: str | Module | Callable[[Any], Any] | Sequence[Any] | None = None,
    axes: Sequence[Axes] | None = None,
    *,
    domain: tuple[float, float] = (-4.0, 4.0),
    resolution: int = 401,
) -> list[Axes]:
    """Activations with their derivatives, one panel each.

    Args:
        names: activations of `nn.functional` or operations of one number of `autograd.TABLE`, by name; modules such
            as ``nn.LeakyReLU(0.2)``, or functions, of one number. `PReLU` has the slope it starts with. By default
            all that a hidden layer may have.
        axes: where to draw, one for each name; new axes by default.
        domain: the range of the inputs.
        resolution: the number of points.

    Raises:
        ValueError: for a name that is none, or something that does not make one number of one number.

    >>> import matplotlib; matplotlib.use("agg")
    >>> [ax.get_title() for ax in activations(["relu", "tanh"])]
    ['relu', 'tanh']
    """
    if names is None:
        names = list(trainable_activations())
    chosen = [names] if isinstance(names, str) or callable(names) else list(names)
    functions = [(_title(thing), _of_one_number(thing)) for thing in chosen]
    low, high = domain
    points = evenly(low, high, resolution)
    found = panels(axes, len(functions), sharex=True, sharey=True)
    for ax, (name, function) in zip(found, functions, strict=True):
        slope = autograd.grad(function)
        ax.axhline(0, color="0.8", linewidth=0.8, zorder=0)
        ax.axvline(0, color="0.8", linewidth=0.8, zorder=0)
        ax.plot(points, [function(x) for x in points], color=COLORS[0], linewidth=2, label="activation")
        ax.plot(points, [slope(x) for x in points], "--", color=COLORS[1], linewidth=1.6, label="derivative")
        ax.set_title(name, fontsize="medium")
    if axes is None:
        figure = found[0].figure
        figure.legend(*found[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return found


def _title(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Module) and len(repr(thing)) <= 40:
        return repr(thing)
    return str(getattr(thing, "__name__", type(thing).__name__))


def _of_one_number(thing: Any) -> Callable[[Any], Any]:
    """The function of one number that an activation is.

    Raises:
        ValueError: if it is none.
    """
    function = _by_name(thing) if isinstance(thing, str) else thing
    try:
        if isinstance(function, type) or not callable(function):
            raise TypeError
        outputs = flat(function(1.0))
        float(*outputs)
    except (TypeError, ValueError):
        raise ValueError(
            f"activations draws operations of one number such as relu or tanh, got {thing!r}; pass what has "
            "options or takes vectors as a module or function of one number, such as nn.Threshold(1.0, 0.0)"
        ) from None
    return lambda x: flat(function(x))[0]


def _by_name(name: str) -> Any:
    if name in TABLE and not TABLE[name].vectors and TABLE[name].arity - len(TABLE[name].defaults) == 1:
        return getattr(autograd, name)
    for kind in declared(Activation).values():
        if name in (kind.__name__, kind.__name__.lower(), kind.function.__name__):
            try:
                return kind()
            except TypeError:  # an option without a default
                return None
    return None


def histograms(
    report: Report, values: str = "outputs", axes: Sequence[Axes] | None = None, *, bins: int = 30
) -> list[Axes]:
    """How the numbers of each layer are distributed, one panel for each layer that has such numbers.

    Args:
        report: what `nn.diagnose` returned.
        values: "outputs", "preactivations", "weights" or "gradients". Outputs of an activation are the
            activations, and its preactivations what it was applied to.
        axes: where to draw, one for each layer; new axes by default.
        bins: the number of bars.

    Raises:
        ValueError: if no layer has such values.

    >>> import matplotlib, nn; matplotlib.use("agg")
    >>> report = nn.diagnose(nn.Sequential(nn.Linear(1, 2), nn.Tanh()), [[1.0], [2.0]])
    >>> [ax.get_title() for ax in histograms(report)]
    ['0 Linear', '1 Tanh']
    """
    bins = whole_number("bins", bins)
    rows = [row for row in report.rows if row.values.get(values)]
    if not rows:
        known = sorted({name for row in report.rows for name in row.values})
        raise ValueError(f"no layer of the report has values named {values!r}; there are {', '.join(known)}")
    found = panels(axes, len(rows))
    color = COLORS[("outputs", "preactivations", "weights", "gradients").index(values)]
    for ax, row in zip(found, rows, strict=True):
        numbers = [number for number in row.values[values] if math.isfinite(number)]
        ax.hist(numbers, bins=bins, color=color)
        ax.set_title(f"{row.name} {row.kind}".strip(), fontsize="medium")
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.locator_params(axis="x", nbins=4)
    if axes is None:
        found[0].figure.supxlabel(values, fontsize="medium")
    return found


def gradient_flow(report: Report, ax: Axes | None = None) -> Axes:
    """The gradient norm of each layer with parameters, in the order of the forward pass.

    Bars in a second color are layers that the report has a finding about; a finding about an activation marks the
    layer that it is applied to. A layer whose gradient is exactly 0 has no bar but says so.

    Args:
        report: what `nn.diagnose` returned.
        ax: where to draw; new axes by default.

    Raises:
        ValueError: if no layer has parameters that get a gradient.

    >>> import matplotlib, nn; matplotlib.use("agg")
    >>> ax = gradient_flow(nn.diagnose(nn.Linear(1, 2), [[1.0], [2.0]]))
    >>> ax.get_ylabel(), len(ax.patches)
    ('gradient norm', 1)
    """
    rows = [(row, row.gradient_norm) for row in report.rows if row.gradient_norm is not None]
    if not rows:
        raise ValueError("no layer of the report has a gradient to draw; are all parameters frozen?")
    ax = style.axes(ax, figsize=(max(4.0, 1.5 + 0.6 * len(rows)), 4.0))
    flagged = _with_a_finding(report)
    others = [place for place in range(len(rows)) if place not in flagged]
    drawn = [norm if math.isfinite(norm) else 0.0 for _, norm in rows]
    for places, label, color, hatch in (
        (others, "without a finding", COLORS[0], None),
        (flagged, "with a finding", COLORS[1], "//"),
    ):
        if places:
            ax.bar(places, [drawn[place] for place in places], color=color, hatch=hatch, ec="white", label=label)
    for place, (_, norm) in enumerate(rows):
        if not drawn[place]:
            ax.annotate(f"{norm:g}", (place, 0.02), xycoords=("data", "axes fraction"), ha="center")
    if any(drawn):
        ax.set_yscale("log")
    names = [f"{row.name} {row.kind}".strip() for row, _ in rows]
    ax.set_xticks(range(len(rows)), names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set(xlabel="layer", ylabel="gradient norm")
    ax.grid(axis="y", alpha=0.25)
    ax.set_axisbelow(True)
    count = len(report.findings)
    findings = f"{count or 'no'} finding{'' if count == 1 else 's'}"
    legend_above(ax, columns=2, title=f"gradients: {report.verdict}, {findings}")
    return ax


def _with_a_finding(report: Report) -> list[int]:
    """The places, among the layers with a gradient, of layers with a finding or followed by an activation with one."""
    found = {finding.layer for finding in report.findings}
    places, place = set(), -1
    for row in report.rows:
        place += row.gradient_norm is not None
        if row.name in found:
            places.add(max(place, 0))
    return sorted(places)
