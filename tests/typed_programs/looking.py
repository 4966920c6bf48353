"""The steps of both passes, pictures, and what the diagnostics say."""

from __future__ import annotations

from typing import assert_type

from autograd import Drawing, Trace, Value, draw, gradient_flow, kinks, step_through, sum_over_paths, topological_order


def neuron(x: Value, w: Value) -> Value:
    return (w * x).tanh()


def main() -> None:
    x = Value(2.0, "x")
    y = neuron(x, Value(-3.0, "w"))
    y.backward()
    trace = step_through(neuron, 2.0, -3.0)
    assert_type(trace, Trace)
    assert_type(draw(y), Drawing)
    assert_type(topological_order(y), list[Value])
    print(trace.steps[0].rule, len(trace.to_html()), sum_over_paths(y, x), kinks(y), gradient_flow(y))
