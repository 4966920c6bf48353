"""Quickstart: the exercises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.trace.trace import step_through
from stepgrad.learn import answers
from stepgrad.learn.kinds import Experiment, Gradients


def d(a: Any, b: Any) -> Any:
    """The function of the lesson."""
    product = a * b
    square = a * a
    d = product + square
    return d


def _changed(changes: Any, **inputs: float) -> Mapping[str, Any]:
    """What the gradient of a is after some inputs were changed."""
    trace = step_through(d, *answers.changed(changes, inputs).values())
    return {"slope": trace.nodes[[node.name for node in trace.nodes].index("a")].grad, "count": len(changes)}


EXERCISES = {
    "00.1": Gradients(
        function=d,
        inputs={"a": 4.0, "b": -1.5},
        vary=lambda generator: {
            "a": generator.choice([4.0, 5.0, 6.0, 7.0]),
            "b": generator.choice([-1.5, 2.0, 2.5, 3.5]),
        },
    ),
    "00.2": Experiment(
        perform=_changed,
        conditions={"too_many": lambda count: count == 1, "not_zero": lambda slope: slope == 0},
        example=lambda a, b: {"b": -2 * a},
        inputs={"a": 2.0, "b": -3.0},
    ),
}
