"""copy, deepcopy and pickle at any depth."""

from __future__ import annotations

import copy
import gc
import io
import pickle
import threading
import weakref

import pytest

import autograd
from autograd import Value, topological_order
from autograd.core.engine import apply
from autograd.core.vector import Vector


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


def python_pickle(thing):
    """By the pickler written in Python, which fetches a thousand elements of a list before it writes the first."""
    return pickle.loads(pickle._dumps(thing))


def pickle_of_protocol_2(thing):
    return pickle.loads(pickle.dumps(thing, protocol=2))


COPIERS = [copy.deepcopy, through_pickle, python_pickle, pickle_of_protocol_2]


@pytest.mark.parametrize("length", [1, 499, 500, 501, 999, 1000, 2000])
@pytest.mark.parametrize("copied", COPIERS)
def test_a_graph_of_any_length(copied, length):
    """Pickle writes the elements of a list in batches of a thousand."""
    x = y = Value(1.0)
    for _ in range(length):
        y = y * 0.999 + x
    x.memory = "kept"
    assert described(copied(y)) == described(y)
    assert topological_order(copied(y))[0].memory == "kept"


class Holder:
    """Some object of a user with a Value in it."""

    def __init__(self, held):
        self.held = held


class Slotted:
    __slots__ = ("held",)

    def __init__(self, held):
        self.held = held


HOLDERS = {
    "itself": (lambda value: value, lambda held: held),
    "list": (lambda value: [value], lambda held: held[0]),
    "tuple": (lambda value: (1, value), lambda held: held[1]),
    "key": (lambda value: {value: 1}, lambda held: next(iter(held))),
    "value": (lambda value: {"a": {"b": [value]}}, lambda held: held["a"]["b"][0]),
    "set": (lambda value: {value}, lambda held: next(iter(held))),
    "frozenset": (lambda value: frozenset([value]), lambda held: next(iter(held))),
    "vector": (lambda value: Vector([value]), lambda held: held.elements[0]),
    "object": (Holder, lambda held: held.held),
    "slots": (Slotted, lambda held: held.held),
    "method": (lambda value: value.exp, lambda held: held.__self__),
    "leaf": (lambda value: with_tag(Value(0.0), [value]), lambda held: held.tag[0]),
    "operand": (lambda value: with_tag(Value(0.0), value) * 2, lambda held: held.operands[0].tag),
}


def with_tag(leaf, tag):
    leaf.tag = tag
    return leaf


@pytest.mark.parametrize("start", ["result", "leaf", "inside", "later"])
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("copied", COPIERS)
def test_a_leaf_may_hold_what_was_computed_from_it(copied, holder, start):
    put, get = HOLDERS[holder]
    x = Value(2.0, "x")
    inside = x * 3.0
    result = inside + x
    later = result.exp()
    x.tag, x.later = put(result), [later]
    nodes = {"result": result, "leaf": x, "inside": inside, "later": later}
    copies = copied([nodes[start], nodes])[1]
    new = copies["leaf"]
    assert get(new.tag) is copies["result"]
    assert copies["result"].operands == (copies["inside"], new)
    assert copies["later"].operands == (copies["result"],)
    assert new.later == [copies["later"]]
    assert {*copies.values()}.isdisjoint(nodes.values())
    alone = copied(nodes[start])
    leaf = alone if start == "leaf" else topological_order(alone)[0]
    assert topological_order(get(leaf.tag))[0] is leaf
    assert [node.data for node in topological_order(leaf.later[0])] == [node.data for node in topological_order(later)]


@pytest.mark.parametrize("held", ["itself", "list", "value", "leaf"])
@pytest.mark.parametrize("copied", COPIERS)
def test_leaves_may_lead_from_graph_to_graph_without_end(copied, held):
    put, get = HOLDERS[held]
    first = x = Value(0.0)
    for _ in range(1500):
        following = Value(x.data + 1)
        x.tag = put(following * 2 + x)
        x = following
    x.tag = put(first)
    new = copied(first)
    leaf, count = new, 0
    while count <= 1500:
        leaf, count = topological_order(get(leaf.tag))[0], count + 1
        assert leaf.data == count % 1501
    assert leaf is new


@pytest.mark.parametrize("copied", COPIERS)
def test_vectors_that_nodes_share_stay_shared(copied):
    x = Value(2.0)
    shared = Vector([x, x * 3, 1.0])
    weights = [Vector([Value(1.0), 0.5, Value(k)]) for k in (2.0, 3.0)]
    rows = [apply(autograd.TABLE["dot"], shared, weight) for weight in weights]
    x.data = 5.0  # what a Vector has read it keeps
    one, other = copied(rows)
    assert one._a[0] is other._a[0]
    assert one._a[1] is not other._a[1]
    new = one._a[0]
    assert new is not shared
    assert (new.data, new.kind) == (shared.data, shared.kind)
    assert new.elements[0].data == 5.0
    assert new.elements[1].operands[0] is new.elements[0]
    assert new.data is not shared.data
    both = one + other
    both.backward()
    sum(rows, Value(0.0)).backward()
    assert new.elements[0].grad == x.grad


def test_what_was_pickled_with_a_graph_is_pickled_whole_afterwards():
    x, _, y = graph()
    for result in (y, y.operands[0], y.exp()):
        pickle.dumps(result)
        pickle._dumps(result)
        assert through_pickle(x).memory == {"m": 1.5}
        assert described(through_pickle(result.operands[0])) == described(result.operands[0])


class Disk(io.BytesIO):
    """A file that does something when it is first written to."""

    def __init__(self, action):
        super().__init__()
        self.action = action

    def write(self, part):
        action, self.action = self.action, lambda: None
        action()
        return super().write(part)


@pytest.mark.native  # threads
def test_two_threads_may_pickle_one_graph():
    x = y = Value(1.0)
    for _ in range(5000):
        y = y * 0.999 + x
    x.memory = "kept"
    others = []

    def pickle_in_another_thread():
        thread = threading.Thread(target=lambda: others.extend([through_pickle(x), through_pickle(y)]))
        thread.start()
        thread.join()

    pickle.dump(y, Disk(pickle_in_another_thread))
    assert [topological_order(other)[0].memory for other in others] == ["kept", "kept"]


def test_a_full_disk_does_not_spoil_the_next_pickle():
    def fail():
        raise OSError("no space left")

    x = y = Value(1.0)
    for _ in range(5000):
        y = y * 0.999 + x
    x.memory = "kept"
    with pytest.raises(OSError, match="no space left"):
        pickle.dump(y, Disk(fail))
    assert topological_order(through_pickle(y))[0].memory == "kept"


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
