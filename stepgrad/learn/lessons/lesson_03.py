"""A neuron, backward: the functions of the lesson, and its exercises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import Value, relu, step_through, tanh
from stepgrad.learn import answers
from stepgrad.learn.kinds import Contributions, Experiment, Gradients, Number, Order


def relu_neuron(x1: Any, x2: Any, w1: Any, w2: Any, b: Any) -> Any:
    """A neuron with two inputs and relu."""
    p1 = x1 * w1
    p2 = x2 * w2
    s = p1 + p2
    n = s + b
    out = relu(n)
    return out


def without_relu(x1: Any, x2: Any, w1: Any, w2: Any, b: Any) -> Any:
    """The same as if its relu were on."""
    return x1 * w1 + x2 * w2 + b


def squared_error(w: Any, x: Any, b: Any, y: Any) -> Any:
    """The square of what a line predicts minus the truth."""
    product = w * x
    prediction = product + b
    error = prediction - y
    loss = error * error
    return loss


def five(a: Any) -> Any:
    """Five results of one number, some of them used twice."""
    b = a * a
    c = b + a
    d = b * c
    e = c * c
    f = d + e
    return f


def neuron(x1: Any, x2: Any, w1: Any, w2: Any, b: Any) -> Any:
    """The neuron of the lesson."""
    out = tanh(x1 * w1 + x2 * w2 + b)
    return out


def _paths(power: int, x: float) -> list[float]:
    """How many paths lead from x to x*x*x or (x*x)*(x*x), and the sum of their products."""
    leaf = Value(x, "x")
    square = leaf * leaf
    trace = step_through(square * leaf if power == 3 else square * square)
    found = trace.paths_to("x")
    return [float(found.total), float(found.gradient)]


def _silenced(changes: Any, **inputs: float) -> Mapping[str, Any]:
    """What the gradients are after some inputs were changed."""
    changed = answers.changed(changes, inputs)
    trace = step_through(neuron, *changed.values())
    gradients = {node.name: node.grad for node in trace.nodes}
    moved = [name for name in inputs if changed[name] != inputs[name]]
    facts = {"moved": ", ".join(moved), "count": len(moved), "slope": gradients["w1"]}
    return facts | {"out": trace.nodes[-1].data, "x1": changed["x1"]}


EXERCISES = {
    "03.1": Gradients(
        function=relu_neuron,
        instead={"as_if_on": without_relu},
        inputs={"x1": 2.0, "x2": 3.0, "w1": -4.0, "w2": 1.5, "b": 2.5},
        holds=lambda x1, x2, w1, w2, b: x1 * w1 + x2 * w2 + b < 0,
    ),
    "03.2": Contributions(function=squared_error, inputs={"w": 2.0, "x": 4.0, "b": -1.0, "y": 10.0}),
    "03.3": Number(
        parts=("paths to x*x*x", "slope of x*x*x", "paths to (x*x)*(x*x)", "slope of (x*x)*(x*x)"),
        reference=lambda x: [*_paths(3, x), *_paths(4, x)],
        mistakes={
            "one_node": lambda x: [*_paths(3, x), 2.0, _paths(4, x)[1]],
            "two_of_three": lambda x: [2.0, _paths(3, x)[1], *_paths(4, x)],
            "edges": lambda x: [4.0, _paths(3, x)[1], *_paths(4, x)],
            "power": lambda x: [3.0, x**2, 4.0, x**3],
            "values": lambda x: [3.0, x**3, 4.0, x**4],
        },
        inputs={"x": 3.0},
    ),
    "03.4": Order(function=five, inputs={"a": 2.0}),
    "03.5": Experiment(
        perform=_silenced,
        conditions={
            "nothing_changed": lambda count: count > 0,
            "too_many": lambda count: count == 1,
            "not_zero": lambda slope: slope == 0,
            "saturated": lambda x1: x1 == 0,
        },
        example=lambda **inputs: {"x1": 0.0},
        inputs={"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.88},
    ),
}
