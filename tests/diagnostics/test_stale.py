"""Warnings come for the slips they describe, at the right line, and for nothing else."""

from __future__ import annotations

import copy
import inspect
import warnings

import pytest

import autograd
import nn
from autograd import Value
from autograd.diagnostics.stale import GraphWarning, unreached, warn_on_stale_graphs


def said_by(run, **options):
    with warnings.catch_warnings(record=True, action="always") as said, warn_on_stale_graphs(**options):
        run()
    assert all(warning.category is GraphWarning for warning in said)
    return said


def test_a_sound_training_loop_gets_no_warning():
    w, b = Value(0.5, "w"), Value(0.0, "b")

    def train():
        for _ in range(5):
            loss = (autograd.affine([w], [2.0], b) - 3.0) ** 2
            w.grad = b.grad = 0.0
            loss.backward()
            for parameter in (w, b):
                parameter.data -= 0.01 * parameter.grad

    assert said_by(train) == []


def test_data_that_changed_after_the_forward_pass():
    w = Value(2.0, "w")

    def slip():
        loss = w * w
        w.data = 5.0
        loss.backward()
        # The engine's promise, of which the warning speaks: the gradient of the old number.
        assert w.grad == 4.0

    (warning,) = said_by(slip)
    assert "the data of w changed after the forward pass (from 2 to 5)" in str(warning.message)
    assert "Why it matters" in str(warning.message)
    assert "What to do" in str(warning.message)
    w.data, w.grad = 2.0, 0.0
    assert said_by(slip, changed=False) == []


@pytest.mark.parametrize(
    "forward",
    [
        lambda x: x.exp(),
        lambda x: 2.0 * x,
        lambda x: autograd.where(True, x, 1.0),
        lambda x: autograd.dot([x, 1.0], [2.0, 3.0]),
        lambda x: autograd.affine([1.0], [2.0], x),
    ],
)
def test_changed_data_is_seen_whatever_the_kind_of_operand(forward):
    x = Value(1.0, "x")

    def slip():
        loss = forward(x)
        x.data += 1.0
        loss.backward()

    (warning,) = said_by(slip)
    assert "from 1 to 2" in str(warning.message)


def test_the_same_data_put_back_is_no_change():
    x, odd = Value(2.0, "x"), Value(float("nan"), "odd")

    def restored():
        loss = x * x + odd
        x.data = 3.0
        x.data = 2.0
        odd.data = float("nan")
        loss.backward()

    assert said_by(restored) == []


def test_a_graph_is_judged_by_the_numbers_it_was_made_with():
    """The leaf was used again since, with other data: the older graph is stale, the newer is not."""
    w = Value(1.0, "w")

    def two_graphs():
        older = w * w
        w.data = 2.0
        newer = w * w
        newer.backward()
        w.grad = 0.0
        older.backward()

    (warning,) = said_by(two_graphs)
    assert "(from 1 to 2)" in str(warning.message)


def test_gradients_of_an_earlier_pass():
    w, v = Value(2.0, "w"), Value(3.0, "v")

    def forgotten():
        (w * v).backward()
        (w + v).backward()

    (warning,) = said_by(forgotten)
    assert "gradients of an earlier pass: w.grad = 3, v.grad = 2." in str(warning.message)
    assert "zero_grad()" in str(warning.message)
    assert (w.grad, v.grad) == (4.0, 3.0)
    assert said_by(forgotten, accumulated=False) == []


def test_the_same_result_twice_is_pointed_out():
    w = Value(2.0, "w")
    loss = w * w

    def twice():
        loss.backward()
        loss.backward()

    (warning,) = said_by(twice)
    assert "Backward ran on this very result before." in str(warning.message)
    (other,) = said_by(lambda: (w * 3.0).backward())
    assert "this very result" not in str(other.message)


def test_a_frozen_leaf_accumulates_nothing():
    w, frozen = Value(2.0, "w"), Value(3.0, "frozen")
    frozen.grad = 1.0
    frozen.requires_grad = False
    assert said_by(lambda: (w * frozen).backward()) == []


def test_the_warning_points_at_the_users_line_once_for_each():
    w = Value(2.0, "w")
    w.grad = 1.0

    def loop():
        for _ in range(3):
            (w * w).backward()
        (w * w).backward()

    source, first = inspect.getsourcelines(loop)
    said = said_by(loop)
    assert [warning.lineno - first for warning in said] == [i for i, line in enumerate(source) if "backward" in line]
    assert {warning.filename for warning in said} == {__file__}


def test_as_an_error_it_comes_before_anything_is_touched():
    w = Value(2.0, "w")
    loss = w * w
    loss.backward()
    with pytest.raises(GraphWarning), warn_on_stale_graphs():  # warnings are errors in these tests
        loss.backward()
    assert w.grad == 4.0


def test_derivatives_as_graphs_are_watched_too():
    w = Value(2.0, "w")
    w.grad = 1.0
    (warning,) = said_by(lambda: (w * w).backward(create_graph=True))
    assert "w.grad = 1" in str(warning.message)
    w.grad = 0.0


def test_the_block_keeps_no_graph_alive():
    w = Value(1.0)
    with warn_on_stale_graphs() as block:
        for _ in range(1000):
            w * 2.0 + 1.0
        assert len(block._numbers) < 20
    assert block._numbers == {}


def test_numbers_are_never_those_of_another_result_in_the_same_place():
    """A result made by a copy is not observed, and may lie where an observed one lay."""
    w = Value(5.0, "w")
    with warn_on_stale_graphs() as block:
        observed = Value(2.0) * 3.0
        other = copy.copy(w * 7.0)
        other.data = 35.0
        block._numbers[id(other)] = block._numbers[id(observed)]
        other.backward()  # would warn that w was 2
    assert w.grad == 7.0


def test_many_leaves_are_summed_up():
    for count, ending in ((10, "w3.grad = 1 and 6 more."), (5, "w3.grad = 1 and 1 more."), (4, "w3.grad = 1.")):
        leaves = [Value(1.0, f"w{i}") for i in range(count)]
        for leaf in leaves:
            leaf.grad = 1.0
        (warning,) = said_by(lambda leaves=leaves: autograd.sum(leaves).backward())
        assert ending in str(warning.message)


def test_parameters_that_the_loss_does_not_reach():
    used, detached, skipped, frozen = (Value(1.0, name) for name in ("used", "detached", "skipped", "frozen"))
    frozen.requires_grad = False
    loss = used * 2.0 + (detached * 3.0).detach()
    with pytest.warns(GraphWarning, match="does not depend on detached, skipped, so .* their gradients") as said:
        assert unreached(loss, [used, detached, skipped, frozen]) == [detached, skipped]
    assert said[0].filename == __file__
    with pytest.warns(GraphWarning, match="does not depend on layer.bias, so .* its gradient"):
        assert unreached(loss, {"layer.weight": used, "layer.bias": skipped}) == [skipped]
    with pytest.warns(GraphWarning, match="does not depend on parameter 1"):
        unreached(loss, (x for x in [used, Value(1.0)]))


def test_a_layer_that_is_not_called():
    first, forgotten = nn.Linear(1, 1), nn.Linear(1, 1)
    loss = first([1.0])[0] ** 2
    assert unreached(loss, first.parameters()) == []
    with pytest.warns(GraphWarning):
        assert unreached(loss, [*first.parameters(), *forgotten.parameters()]) == list(forgotten.parameters())


def test_the_data_of_a_result_that_was_changed_by_hand():
    w = Value(1.0, "w")

    def slip(consume):
        h = w * 2.0
        h.label = "h"
        loss = consume(h)
        h.data = 5.0
        w.grad = 0.0
        loss.backward()

    for consume in (lambda h: h * h, lambda h: autograd.sum([h, h]), lambda h: autograd.where(True, h, 1.0).exp()):
        (warning,) = said_by(lambda consume=consume: slip(consume))
        assert "the data of h changed after the forward pass (from 2 to 5)" in str(warning.message)


def test_a_result_changed_before_it_is_used_is_no_slip():
    """As rounding with a straight-through gradient is written: all that is computed from it knows the new number."""
    w = Value(1.3, "w")

    def straight_through():
        h = w * 2.0
        h.data = round(h.data)
        (h * h).backward()
        assert w.grad == 2 * 3.0 * 2.0

    assert said_by(straight_through) == []


def test_the_result_itself_may_be_changed():
    """Nothing was computed from it."""
    w = Value(1.0, "w")

    def clipped():
        loss = w * 3.0
        loss.data = 2.0
        loss.backward()

    assert said_by(clipped) == []


def test_parameters_may_be_one_value_or_a_module():
    w, other = Value(1.0, "w"), Value(1.0, "other")
    assert unreached(w * 2.0, w) == []
    with pytest.warns(GraphWarning, match="does not depend on other,"):
        assert unreached(w * 2.0, other) == [other]
    layer = nn.Linear(1, 1)
    assert unreached(layer([1.0])[0], layer) == []
    with pytest.warns(GraphWarning, match=r"does not depend on weight\.0\.0, bias\.0,"):
        assert unreached(w * 2.0, layer) == layer.parameters()

    class Model:
        def parameters(self):
            return [other]

    with pytest.warns(GraphWarning, match="does not depend on other,"):
        assert unreached(w * 2.0, Model()) == [other]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: unreached(1.0, [x]), r"expected a Value that was computed from others, got 1\.0 of type float"),
        (lambda x: unreached(x, 1.0), r"unreached takes Values, or something with parameters\(\), got 1\.0"),
        (lambda x: unreached(x, [x, 2.0]), r"parameter 1 is 2\.0 of type float, not a Value"),
        (lambda x: unreached(x, {"w": [x]}), r"parameter w is \[.*\] of type list, not a Value"),
        (lambda x: warn_on_stale_graphs("x"), "changed must be True or False, got 'x'; write warn_on_stale_graphs"),
        (lambda x: warn_on_stale_graphs(accumulated=0.5), r"accumulated must be True or False, got 0\.5"),
    ],
)
def test_wrong_input_is_one_sentence(call, message):
    with pytest.raises(TypeError, match=message) as caught:
        call(Value(1.0))
    assert "\n" not in str(caught.value)
