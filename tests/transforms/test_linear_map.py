"""The derivative of a graph as a list of edges: what arrives at a node by several ways is added up."""

from __future__ import annotations

import math

import pytest

from autograd import Value, vjp
from autograd.core.recording import Observer
from autograd.transforms.linear_map import LinearMap, gradients_of


def twice_used():
    """Two variables, a node that two others use, and the outputs: one of them twice, a variable, and a number."""
    x, y = Value(2.0), Value(3.0)
    shared = x * y
    return [x, y], [shared * shared + x, shared * y, shared * y, x, 7.0]


def test_gradients_that_arrive_by_several_ways_are_added():
    variables, outputs = twice_used()
    derivative = LinearMap(outputs, variables)
    # of (x y)^2 + x: 2 x y^2 + 1 and 2 x^2 y; of x y^2: y^2 and 2 x y
    assert derivative.pull([1.0, 0.0, 0.0, 0.0, 0.0]) == [37.0, 24.0]
    assert derivative.pull([0.0, 1.0, 0.0, 0.0, 0.0]) == [9.0, 12.0]
    assert derivative.pull([1.0, 10.0, 100.0, 1000.0, 5.0]) == [37.0 + 110 * 9.0 + 1000.0, 24.0 + 110 * 12.0]


def test_tangents_that_arrive_by_several_ways_are_added():
    variables, outputs = twice_used()
    derivative = LinearMap(outputs, variables)
    assert derivative.push([1.0, 0.0]) == [37.0, 9.0, 9.0, 1.0, 0.0]
    assert derivative.push([0.0, 1.0]) == [24.0, 12.0, 12.0, 0.0, 0.0]
    assert derivative.push([1.0, 10.0]) == [277.0, 129.0, 129.0, 1.0, 0.0]


def test_one_output_given_twice_gets_both_cotangents():
    x = Value(3.0)
    square = x * x
    derivative = LinearMap([square, square], [x])
    assert derivative.pull([1.0, 10.0]) == [66.0]
    assert derivative.pull([None, 10.0]) == [60.0]
    assert derivative.pull([1.0, None]) == [6.0]
    assert derivative.pull([None, None]) == [0.0]
    _, pullback = vjp(lambda x: [x * 2.0] * 2 + [x, x], 5.0)
    assert pullback([1.0, 10.0, 100.0, 1000.0]) == (1122.0,)


def test_none_is_no_tangent_at_all_and_so_is_not_multiplied_by_an_infinite_slope():
    x, y = Value(0.0), Value(1.0)
    derivative = LinearMap([x.sqrt() + y], [x, y])
    assert derivative.push([None, 1.0]) == [1.0]
    assert math.isnan(derivative.push([0.0, 1.0])[0])
    assert derivative.pull([None]) == [0.0, 0.0]


def test_observers_are_shown_sums_of_all_cotangents_and_every_gradient_is_put_back():
    x = Value(3.0)
    square = x * x
    x.grad, square.grad = 7.0, 8.0
    seen = []

    class Grads(Observer):
        def on_backward(self, node):
            seen.append((node.grad, x.grad))

    derivative = LinearMap([square, square, x], [x])
    with Grads():
        derivative.show([1.0, 10.0, 100.0])
    assert seen == [(11.0, 166.0)]
    assert (x.grad, square.grad) == (7.0, 8.0)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("frozen", [0, 1])
def test_a_pass_starts_from_its_gradient_and_leaves_out_frozen_leaves_wherever_they_stand(frozen, create_graph):
    leaves = [Value(2.0), Value(3.0)]
    leaves[frozen].requires_grad = False
    (leaves[0] * leaves[1]).backward(gradient=5.0, create_graph=create_graph)
    expected = [15.0, 10.0]
    expected[frozen] = 0.0
    assert [float(x.grad) for x in leaves] == expected


def test_a_gradient_that_is_a_value_keeps_its_history():
    x, start = Value(3.0), Value(5.0)
    (x * x).backward(gradient=start, create_graph=True)
    slope = x.grad
    assert slope.data == 30.0
    slope.backward()
    assert start.grad == 6.0


def test_an_error_in_an_observer_of_a_sweep_leaves_every_gradient_as_it_was():
    x = Value(3.0)
    square = x * x
    x.grad, square.grad = 7.0, 8.0

    class Refusing(Observer):
        def on_backward(self, node):
            raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"), Refusing():
        LinearMap([square], [x]).show([1.0])
    assert (x.grad, square.grad) == (7.0, 8.0)


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_of_a_graph_are_those_of_backward_on_top_of_what_was_there(create_graph):
    (x, y), outputs = twice_used()
    root = outputs[0] + outputs[1] * 10.0
    found = gradients_of(root)
    assert (found[x], found[y], found[root]) == (127.0, 144.0, 1.0)
    assert x.grad == 0.0
    for count in (1, 2):
        root.backward(create_graph=create_graph)
        assert (float(x.grad), float(y.grad)) == (count * 127.0, count * 144.0)


def test_gradients_of_a_graph_with_rules_by_hand_are_those_of_backward():
    def by_hand(x, slope):
        out = Value(x.data * slope, (x,), "scaled")

        def _backward():
            x.grad += slope * out.grad

        out._backward = _backward
        return out

    x, y = Value(2.0), Value(3.0)
    once = by_hand(x * y, 5.0)
    result = by_hand(once, 7.0) * once + x
    gradients = gradients_of(result)
    assert (x.grad, y.grad) == (0.0, 0.0)
    result.backward()
    assert (gradients[x], gradients[y], gradients[once]) == (x.grad, y.grad, once.grad)
    assert x.grad == 2 * 7 * 25 * 2 * 9 + 1
