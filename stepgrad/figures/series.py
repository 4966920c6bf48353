"""What `curve` is passed, read: functions, sequences and points, with their names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.core.number import is_sequence
from autograd.text.labels import counted, plain
from stepgrad.figures.axis import short
from stepgrad.figures.data import as_list, computed, evenly, numbers_of, pair_of, range_of
from stepgrad.figures.strokes import Point

MOST_CURVES = 24


@dataclass(frozen=True)
class Series:
    """A line to draw: its name and its points."""

    name: str
    xs: list[float]
    ys: list[float]


def logs_of(log: bool | str) -> tuple[bool, bool]:
    """Which of x and y are logarithmic."""
    text = "y" if log is True else log or ""
    if text not in ("", "x", "y", "xy"):
        raise ValueError(f'log must be "x", "y", "xy", True or False, got {plain(repr(log))}')
    return "x" in text, "y" in text


def limits_of(ylim: Any, log: bool) -> tuple[float | None, float | None]:
    """The lowest and the highest y to show; None for what the numbers need."""
    if ylim is None:
        return None, None
    ends = as_list(ylim) if is_sequence(ylim) else []
    if len(ends) != 2:
        raise ValueError(f"ylim must be a pair such as (-1, 1) or (0, None), got {plain(repr(ylim))}")
    if None not in ends:
        range_of(ends, "ylim")
    low, high = (None if end is None else numbers_of([end], "ylim")[0] for end in ends)
    if log and any(end is not None and end <= 0 for end in (low, high)):
        raise ValueError(f"ylim must be positive on a logarithmic axis, got {plain(repr(ylim))}")
    return low, high


def series_of(
    curves: Any, domain: Any, x: Any, labels: Sequence[str] | None, log: bool, resolution: int
) -> tuple[list[Series], str]:
    """The lines to draw, and what they are in a few words."""
    if isinstance(curves, Mapping):
        named = [(str(name), thing) for name, thing in curves.items()]
    elif callable(curves):
        named = [(_name_of(curves), curves)]
    elif is_sequence(curves):
        things = as_list(curves)
        several = any(callable(thing) or is_sequence(thing) for thing in things)
        named = [(_name_of(thing), thing) for thing in things] if several else [("", things)]
    else:
        raise TypeError(f"curve draws functions and lists of numbers, got {plain(repr(curves))}")
    if not named:
        raise ValueError("curve needs a function or a list of numbers, got an empty mapping")
    if len(named) > MOST_CURVES:
        raise ValueError(
            f"curve draws up to {MOST_CURVES} lines, got {len(named)}; pass points as a list of their y, with x="
        )
    if labels is not None:
        if isinstance(labels, str) or len(labels) != len(named):
            raise ValueError(f"labels must name each of {counted(len(named), 'curve')}, got {plain(repr(labels))}")
        named = [(str(label), thing) for label, (_, thing) in zip(labels, named, strict=True)]
    elif len(named) > 1:
        named = [(name or f"curve {place}", thing) for place, (name, thing) in enumerate(named, 1)]
    given = None if x is None else numbers_of(x, "x")
    sequences = {}
    for place, (name, thing) in enumerate(named):
        if callable(thing):
            continue
        ys = numbers_of(thing, f"curve {name!r}" if name else "curve")
        xs = [float(index) for index in range(len(ys))] if given is None else given
        if len(xs) != len(ys):
            which = f" {name!r}" if name else ""
            raise ValueError(f"x must have a number for each of {len(ys)} of the curve{which}, got {len(xs)}")
        sequences[place] = Series(name, xs, ys)
    ends = [a for one in sequences.values() for a in one.xs if math.isfinite(a) and (a > 0 or not log)]
    low, high = (min(ends, default=0.1 if log else -4.0), max(ends, default=10.0 if log else 4.0))
    if domain is not None:
        low, high = range_of(domain, "domain")
    if log and low <= 0:
        raise ValueError(f"domain must be positive on a logarithmic axis, got {plain(repr(domain))}")
    places = evenly(math.log(low), math.log(high), resolution) if log else evenly(low, high, resolution)
    if log:
        places = [low, *map(math.exp, places[1:-1]), high]
    found = []
    for place, (name, thing) in enumerate(named):
        ys = computed(thing, [(a,) for a in places]) if callable(thing) else []
        found.append(sequences.get(place) or Series(name, places, ys))
    functions = len(named) - len(sequences)
    parts = [counted(functions, "function")] if functions else []
    if len(named) == 1 and sequences:
        parts.append(counted(len(sequences[0].ys), "number"))
    elif sequences:
        parts.append(counted(len(sequences), "sequence"))
    over = f" over {short(low)} to {short(high)}" if ends or functions else ""
    return found, f"curve of {' and '.join(parts)}{over}"


def _name_of(thing: Any) -> str:
    name = getattr(thing, "__name__", "") if callable(thing) else ""
    return "" if name == "<lambda>" else str(name)


def points_of(points: Any) -> list[tuple[str, list[Point]]]:
    """Groups of points with their names; what is empty is left out."""
    groups = points.items() if isinstance(points, Mapping) else [("", points)]
    found = []
    for name, some in groups:
        if not is_sequence(some):
            raise ValueError(f"points must be pairs (x, y), got {plain(repr(some))}")
        elements = as_list(some)
        single = len(elements) == 2 and not any(map(is_sequence, elements))
        pairs = [pair_of(pair, "each of the points") for pair in ([elements] if single else elements)]
        if pairs:
            found.append((str(name), pairs))
    return found


def told(one: Series) -> str:
    """A line in words."""
    pairs = [(y, x) for x, y in zip(one.xs, one.ys, strict=True) if math.isfinite(x) and math.isfinite(y)]
    if not pairs:
        return f"{plain(one.name)}: nothing finite" if one.name else ""
    (low, at_low), (high, at_high) = min(pairs), max(pairs)
    (first, start), (last, end) = pairs[0], pairs[-1]
    gaps = len(one.ys) - len(pairs)
    told = f"from {short(first)} at {short(start)} to {short(last)} at {short(end)}, lowest {short(low)} at "
    told += f"{short(at_low)}, highest {short(high)} at {short(at_high)}"
    told = f"{plain(one.name)}: {told}" if one.name else told
    return f"{told}, {gaps} of {len(one.ys)} missing" if gaps else told
