"""Programs written for the teaching engine micrograd, and what is deliberately different: nothing is silently zero."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd import Value, topological_order
from autograd.drawing.draw import draw


def test_the_attributes_of_a_node_as_programs_written_for_micrograd_use_them():
    a = Value(2.0)
    b = Value(-3.0)
    c = a * b
    d = c + a
    assert set(d._prev) == {c, a}
    assert (a._op, c._op, d._op, d.tanh()._op) == ("", "*", "+", "tanh")
    assert a._prev == set()
    d.grad = 1.0
    for node in (d, c, b, a):
        node._backward()
    assert (a.grad, b.grad, c.grad) == (-2.0, 2.0, 1.0)
    assert f"{a.grad:.4f} {Value(1).grad:.4f}" == "-2.0000 0.0000"
    a.m = 0
    a.m += 1
    assert a.m == 1
    a.data, a.grad, a.label = 5.0, 0, "a"
    c.label = "c"
    assert a == a
    assert a != Value(5.0)
    assert len({a, b, a}) == 2


def test_a_node_made_by_hand_with_its_own_chain_rule():
    def cube(x):
        out = Value(x.data**3, (x,), "cube")

        def _backward():
            x.grad += 3 * x.data**2 * out.grad

        out._backward = _backward
        return out

    x = Value(2.0)
    (cube(x) * 2 + x).backward()
    assert x.grad == 25.0
    assert cube(x)._op == "cube"
    assert cube(x)._prev == {x}


def test_a_node_made_by_hand_without_a_chain_rule_is_an_error_not_a_zero_gradient():
    x = Value(2.0)
    node = Value(8.0, (x,), "cube")
    with pytest.raises(TypeError, match="the node 'cube' was made by hand, so nobody knows its derivative"):
        (node * 2).backward()
    assert x.grad == 0.0


def test_an_operation_added_to_the_class_by_hand():
    Value.triple = lambda self: self * 3
    try:
        x = Value(2.0)
        ((x + 1).triple()).backward()
        assert x.grad == 3.0
    finally:
        del Value.triple


def test_a_subclass_of_value_is_a_leaf_like_any_other():
    class Parameter(Value):
        pass

    p = Parameter(2.0, label="p")
    (p * p).backward()
    assert p.grad == 4.0
    assert isinstance(p * p, Value)


@pytest.mark.parametrize("children", [[3.0, 2], (Value(1.0), 2)])
def test_children_may_be_numbers(children):
    node = Value(3.0, children, "+")
    node._backward = lambda: None
    node.backward()
    assert len(node.operands) == 2


def test_one_child_without_a_tuple_is_told_to_be_put_into_one():
    with pytest.raises(TypeError, match=r"_children must be a tuple of Values.*write \(child,\)"):
        Value(3.0, Value(1.0), "+")


# ---------------------------------------------------------------------- chain rules assigned by hand


def doubled_by_hand(x):
    """A node whose operands nobody named, as programs do that only need the gradient of one leaf."""
    out = Value(2.0 * x.data)

    def backward():
        x.grad += 2.0 * out.grad

    out._backward = backward
    return out


def test_a_node_without_named_operands_passes_its_gradient_on():
    x = Value(3.0)
    y = doubled_by_hand(x) * 5.0
    y.backward()
    assert x.grad == 10.0
    y.backward()
    assert x.grad == 20.0


def test_such_a_node_may_stand_beside_its_operand():
    x = Value(3.0)
    (x * x + doubled_by_hand(x)).backward()
    assert x.grad == 8.0


def test_a_function_assigned_to_a_leaf_is_called_with_its_whole_gradient():
    x, seen = Value(3.0, "x"), []
    x._backward = lambda: seen.append(x.grad)
    x.grad = 100.0
    (x * x + x).backward()
    assert seen == [7.0]  # that of this pass
    assert x.grad == 107.0  # a leaf still adds up
    assert x.is_leaf
    assert topological_order(x) == [x]


def test_a_frozen_leaf_with_a_function_keeps_its_gradient():
    x = Value(3.0)
    x.requires_grad, called = False, []
    x._backward = lambda: called.append(True)
    (x * x).backward()
    assert called and x.grad == 0.0


def test_transforms_refuse_a_chain_rule_without_operands_rather_than_lose_it():
    for transform in (autograd.grad, autograd.value_and_grad, autograd.jacobian):
        with pytest.raises(TypeError, match=r"chain rule assigned to its _backward but names no operands.*Value\(data"):
            transform(lambda x: doubled_by_hand(x) * x)(3.0)
    with pytest.raises(TypeError, match="names no operands"):
        (doubled_by_hand(Value(3.0)) * 2.0).backward(create_graph=True)


def test_reading_the_edges_of_a_node_without_operands_runs_nothing():
    x = Value(3.0)
    node = doubled_by_hand(x)
    assert node.edges == []
    for question in (autograd.sum_over_paths, lambda result, leaf: autograd.gradient_flow(result)):
        with pytest.raises(TypeError, match="names no operands"):
            question(node * 2.0, x)
    assert x.grad == 0.0


@pytest.mark.parametrize(
    "build",
    [
        lambda x: x * 3.0,
        lambda x: 3.0 * x,
        lambda x: x * x,
        lambda x: x.tanh(),
        lambda x: autograd.dot([x, 2.0, x], [x, x, 4.0]),
        lambda x: autograd.clamp(x, -1.0, 5.0),
        lambda x: autograd.sum([x, x, 1.0]),
    ],
)
def test_the_chain_rule_of_a_result_can_be_wrapped(build):
    x = Value(0.75)
    expected = autograd.grad(build)(0.75)
    y, called = build(x), []
    old = y._backward

    def traced():
        called.append(y.grad)
        old()

    y._backward = traced
    assert y._backward is traced
    assert y._prev == {x}
    (y * 2.0).backward()
    assert called == [2.0]
    assert x.grad == pytest.approx(2.0 * expected, rel=1e-15)
    assert "y" in draw(y * 2.0).source or y._op in draw(y * 2.0).source


def test_a_result_with_another_chain_rule_is_differentiated_by_that_rule():
    def steeper(x):
        y = x * x

        def backward():
            x.grad += 100.0 * y.grad

        y._backward = backward
        return y

    assert autograd.grad(steeper)(3.0) == 100.0
    assert steeper(Value(3.0)).op is None
    with pytest.raises(TypeError, match="made by hand"):
        autograd.grad(autograd.grad(steeper))(3.0)
    with pytest.raises(TypeError, match="made by hand"):
        autograd.step_through(steeper(Value(3.0)))


def test_only_a_function_is_a_chain_rule():
    with pytest.raises(TypeError, match=r"_backward must be a function without arguments.*got None"):
        (Value(2.0) * 3.0)._backward = None


# ---------------------------------------------------------------------- what nodes look like


def test_prev_is_a_set_in_the_order_of_the_operands():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    node = autograd.sum([c, a, b, a])
    assert list(node._prev) == [c, a, b]
    assert node._prev == {a, b, c} and isinstance(node._prev, frozenset | set)
    assert node._prev | {Value(4.0)} > {a, b, c}
    assert node._prev & {a} == {a}
    assert (a * b)._prev == {a, b} and (a + 1)._prev == {a}
    assert node._prev[0] is c and list(reversed(node._prev)) == [b, a, c]
    assert a._prev == set() and not a._prev and len((a * a)._prev) == 1


@pytest.mark.parametrize(
    ("build", "op"),
    [
        (lambda x: x**2, "**2"),
        (lambda x: x**-1, "**-1"),
        (lambda x: x**0.5, "**0.5"),
        (lambda x: x**x, "**"),
        (lambda x: 2**x, "**"),
        (lambda x: x**math.inf, "**inf"),
        (lambda x: x + 1, "+"),
        (lambda x: x.relu(), "relu"),
    ],
)
def test_op_says_the_exponent_of_a_power(build, op):
    assert build(Value(3.0))._op == op


def test_the_operation_of_a_node_made_by_hand_may_be_renamed_that_of_a_result_not():
    x = Value(2.0)
    node = Value(4.0, (x,), "double")
    node._op = "twice"
    assert node._op == "twice"
    with pytest.raises(AttributeError, match=r"operation of a result is a row of the table, 'mul'.*set its label"):
        (x * 2)._op = "twice"


def test_classes_show_no_names_of_their_own():
    x = Value(2.0)
    assert type(x).__name__ == "Value"
    assert isinstance(x, Value) and isinstance(x * x, Value)
    with pytest.raises(AttributeError, match="'computed Value' object has no attribute 'tag'"):
        (x * x).tag = 1
    with pytest.raises(TypeError, match="it is a Value already: use it as it is"):
        Value(x)


# ---------------------------------------------------------------------- subclasses


def test_operators_of_a_subclass_go_through_the_ones_it_defines():
    calls = []

    class Counting(Value):
        def __add__(self, other):
            calls.append("+")
            return super().__add__(other)

        def __mul__(self, other):
            calls.append("*")
            return super().__mul__(other)

        def __pow__(self, other):
            calls.append("**")
            return super().__pow__(other)

    a = Counting(3.0)
    for expression, number, slope, called in [
        (lambda: a + 1, 4.0, 1.0, "+"),
        (lambda: 1 + a, 4.0, 1.0, "+"),
        (lambda: a - 1, 2.0, 1.0, "+"),
        (lambda: 2 * a, 6.0, 2.0, "*"),
        (lambda: -a, -3.0, -1.0, "*"),
        (lambda: 1 - a, -2.0, -1.0, "*"),
        (lambda: a / 2, 1.5, 0.5, "*"),
        (lambda: 6 / a, 2.0, -6 / 9, "**"),
    ]:
        calls.clear()
        result = expression()
        assert (result.data, calls) == (number, [called])
        a.grad = 0.0
        result.backward()
        assert a.grad == pytest.approx(slope, rel=1e-15)


def test_a_subclass_keeps_the_operators_it_writes_itself():
    class Odd(Value):
        def __add__(self, other):
            return super().__add__(other)

        def __radd__(self, other):
            return "mine"

    assert 1 + Odd(2.0) == "mine"


def test_a_subclass_that_defines_no_operator_uses_those_of_the_table():
    class Plain(Value):
        pass

    assert "__radd__" not in Plain.__dict__
    assert (1 - Plain(3.0)).op.name == "sub"


# ---------------------------------------------------------------------- deliberate differences


def test_the_truth_of_a_value_is_that_of_its_number():
    """As in PyTorch; `w = w0 or Value(1.0)` therefore takes the second where w0 is 0."""
    assert not Value(0.0)
    assert Value(1e-300)
