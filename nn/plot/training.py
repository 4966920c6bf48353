"""How training goes: the loss and the learning rate, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from autograd import Value
from autograd.core.number import whole_number
from nn import optim
from nn.plot.style import COLORS, LINES, axes, legend_above, whole_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def loss_curves(history: Mapping[str, Sequence[float]], ax: Axes | None = None, *, log: bool = True) -> Axes:
    """The loss against the epoch, in training and in validation, where a dot marks the lowest validation loss.

    Args:
        history: what `nn.fit` returned, or another mapping with the losses; without a column epoch they are those
            of epochs 1, 2, ...
        ax: where to draw; new axes by default.
        log: whether the loss is on a logarithmic scale, as far as it is positive.

    Raises:
        ValueError: if the history has no epochs, or columns of different lengths.
        TypeError: if it is no mapping.

    >>> import matplotlib; matplotlib.use("agg")
    >>> loss_curves({"epoch": [1, 2], "loss": [0.5, 0.25]}).get_ylabel()
    'loss'
    """
    if not isinstance(history, Mapping):
        raise TypeError(f"loss_curves takes what nn.fit returned, got {type(history).__name__}")
    curves = [("loss", "training", "-"), ("val_loss", "validation", "--")]
    curves = [curve for curve in curves if curve[0] in history]
    epochs = history["epoch"] if "epoch" in history else range(1, len(history[curves[0][0]]) + 1 if curves else 1)
    if not curves or not len(epochs):
        raise ValueError("the history has no epochs to draw; pass what nn.fit returned")
    for name, *_ in curves:
        if len(history[name]) != len(epochs):
            raise ValueError(f"{name} must have a number for each of {len(epochs)} epochs, got {len(history[name])}")
    ax = axes(ax)
    marker = "o" if len(epochs) == 1 else None  # a line through one point is not to be seen
    for (name, label, style), color in zip(curves, COLORS, strict=False):
        ax.plot(epochs, history[name], style, color=color, linewidth=2, label=label, marker=marker)
    if log and min(number for name, *_ in curves for number in history[name]) > 0:
        ax.set_yscale("log")
    ax.set(xlabel="epoch", ylabel="loss")
    whole_ticks(ax)
    ax.grid(alpha=0.25)
    if "val_loss" in history:
        lowest, epoch = min(zip(history["val_loss"], epochs, strict=True))
        ax.scatter([epoch], [lowest], color=COLORS[1], zorder=3, label=f"lowest in epoch {epoch:g}")
        legend_above(ax, columns=3)
    return ax


def learning_rates(
    schedules: Mapping[str, Sequence[float] | Callable[[optim.Optimizer], Any]],
    epochs: int = 100,
    ax: Axes | None = None,
    *,
    lr: float = 0.1,
) -> Axes:
    """The learning rate of each epoch under one or more schedules.

    Args:
        schedules: by name, a function that makes a scheduler of an optimizer, or the learning rates themselves.
        epochs: how many epochs to run the schedulers for.
        ax: where to draw; new axes by default.
        lr: the learning rate that the optimizer starts with.

    >>> import matplotlib; matplotlib.use("agg")
    >>> ax = learning_rates({"constant": [0.1, 0.1], "halved": [0.1, 0.05]})
    >>> ax.get_xlabel(), len(ax.lines)
    ('epoch', 2)
    """
    epochs = whole_number("epochs", epochs)
    ax = axes(ax)
    for (name, schedule), color, style in zip(schedules.items(), cycle(COLORS), cycle(LINES), strict=False):
        rates = _rates(schedule, epochs, lr) if callable(schedule) else list(schedule)
        ax.plot(range(1, len(rates) + 1), rates, style, color=color, linewidth=2, label=name)
    ax.set(xlabel="epoch", ylabel="learning rate")
    ax.set_ylim(bottom=0)
    whole_ticks(ax)
    ax.grid(alpha=0.25)
    if schedules:
        legend_above(ax, columns=min(4, len(schedules)))
    return ax


def _rates(scheduler_of: Callable[[optim.Optimizer], Any], epochs: int, lr: float) -> list[float]:
    optimizer = optim.SGD([Value(0.0)], lr=lr)
    scheduler = scheduler_of(optimizer)
    rates = []
    for _ in range(epochs):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return rates
