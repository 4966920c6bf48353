"""copy, deepcopy and pickle at any depth."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest

import autograd
from autograd import Value, topological_order


def graph():
    x, w = Value(2.0, "x"), Value(-3.0, "w")
    x.memory = {"m": 1.5}
    y = (x * w).tanh() + autograd.dot([x, w], [w, 2.0]) + autograd.where(x > 0, x, 1.0)
    y.backward()
    return x, w, y


def through_pickle(thing):
    return pickle.loads(pickle.dumps(thing))


def described(root):
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    return [
        (
            node.data,
            node.grad,
            node.label,
            node.op,
            [position[v] if isinstance(v, Value) else ("constant", v) for v in node.operands],
            node.local_derivatives,
        )
        for node in order
    ]


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
def test_a_copy_is_the_same_graph_of_other_nodes(copied):
    x, _, y = graph()
    other = copied(y)
    assert described(other) == described(y)
    assert not set(topological_order(other)) & set(topological_order(y))
    other_x = next(node for node in topological_order(other) if node.label == "x")
    assert other_x.memory == {"m": 1.5}
    other_x.memory["m"] = 0.0
    assert x.memory == {"m": 1.5}
    other.backward()
    assert other_x.grad == 2 * x.grad


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
def test_nodes_shared_between_copied_results_stay_shared(copied):
    x, w, y = graph()
    x2, parts, w2 = copied((x, {"y": y, "more": [y, y * x]}, w))
    order = topological_order(parts["more"][1])
    assert parts["y"] is parts["more"][0]
    assert x2 in order
    assert w2 in order
    assert parts["y"] in order


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
def test_a_deep_graph(copied):
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y * 0.999 + x
    x2, y2 = copied([x, y])
    assert y2.data == y.data
    y.backward()
    y2.backward()
    assert x2.grad == x.grad


def test_an_interrupted_pickle_does_not_spoil_the_next():
    x, _, y = graph()
    x.memory = lambda: None  # cannot be pickled
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(y)
    x.memory = None
    assert described(through_pickle(y)) == described(y)


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
def test_a_gradient_that_is_a_graph_is_copied_as_its_number(copied):
    x = Value(0.5)
    y = x.exp().tanh()
    y.backward(create_graph=True)
    other = copied(y)
    assert [node.grad for node in topological_order(other)] == [float(node.grad) for node in topological_order(y)]
    assert copied(x).grad == float(x.grad)


def test_a_node_with_a_chain_rule_assigned_to_it_is_not_copied_silently():
    x = Value(2.0)
    out = Value(8.0, (x,), "cube")
    out._backward = lambda: None
    with pytest.raises(TypeError, match="the node 'cube' has a chain rule assigned to its _backward"):
        copy.deepcopy(out * 2)


def test_a_copy_leaves_no_reference_cycle_behind():
    x, _, y = graph()
    gc.collect()
    gc.disable()
    try:
        other = copy.deepcopy(y)
        gone = weakref.ref(topological_order(other)[0])
        del other
        assert gone() is None
        assert x.label == "x"
    finally:
        gc.enable()


def test_a_shallow_copy_has_the_same_operands():
    x, w, y = graph()
    other = copy.copy(y)
    assert other is not y
    assert other.operands == y.operands
    leaf = copy.copy(x)
    leaf.memory = 3
    assert x.memory == {"m": 1.5}
    product = x * w
    assert copy.copy(product).operands == (x, w)
