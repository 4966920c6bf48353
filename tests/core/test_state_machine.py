"""Random histories of a graph against a naive record of what should have happened.

Values are built, reused, differentiated, zeroed, frozen, changed, labelled and dropped in any order. Beside each
goes a `Plain` record, which knows the slopes of its operation from formulas written out here and finds gradients as
the definition has it: the sum over all paths of the products of the slopes along them, taken when it was computed.
"""

from __future__ import annotations

import copy
import gc
import math
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

import autograd
from autograd import Value, no_grad, topological_order
from autograd.core.recording import Observer

# A few kinds of slopes, written out by hand: constant, smooth, from the result, none, a tie. A row needs no line here.
UNARY: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "neg": (lambda x: -x, lambda x: -1.0),
    "sin": (math.sin, math.cos),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "relu": (lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0),
}
BINARY: dict[str, tuple[Callable[[float, float], float], Callable[[float, float], tuple[float, float]]]] = {
    "add": (lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "sub": (lambda x, y: x - y, lambda x, y: (1.0, -1.0)),
    "mul": (lambda x, y: x * y, lambda x, y: (y, x)),
    "maximum": (max, lambda x, y: ((x > y) + 0.5 * (x == y), (y > x) + 0.5 * (x == y))),
}


@dataclass
class Plain:
    """What a Value should be: its number, (operand, slope) for each use of an operand, and what was done to it."""

    data: float
    edges: list[tuple[Plain, float]] = field(default_factory=list)
    grad: float = 0.0
    frozen: bool = False
    label: str = ""

    def __post_init__(self) -> None:
        self.paths = 1 if not self.edges else sum(operand.paths for operand, _ in self.edges)

    def nodes(self) -> list[Plain]:
        """This and everything it was computed from, each once."""
        found: list[Plain] = []
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if not any(node is other for other in found):
                found.append(node)
                waiting += [operand for operand, _ in node.edges]
        return found

    def slope(self, target: Plain) -> float:
        """d(this)/d(target), naively: over every path to it the product of the slopes, all summed."""
        if self is target:
            return 1.0
        return math.fsum(slope * operand.slope(target) for operand, slope in self.edges if slope)

    def backward(self, gradient: float) -> None:
        slopes = [(node, gradient * self.slope(node)) for node in self.nodes()]
        for node, slope in slopes:
            if node.edges:
                node.grad = slope
            elif not node.frozen:
                node.grad += slope


@dataclass(eq=False)
class Pair:
    """A Value and its record."""

    value: Value
    plain: Plain


def made_by_hand(value):
    """Whether it is of the kind that takes attributes and weak references; results, even unrecorded, are lean."""
    return hasattr(value, "__dict__")


class Steps(Observer):
    """The results that a backward pass has gone through."""

    def __init__(self):
        self.seen = []

    def on_backward(self, node):
        self.seen.append(node)


class Histories(RuleBasedStateMachine):
    pairs = Bundle("pairs")

    def __init__(self) -> None:
        super().__init__()
        self.live: list[Pair] = []

    def keep(self, value: Value, plain: Plain) -> Pair:
        pair = Pair(value, plain)
        self.live.append(pair)
        return pair

    # ------------------------------------------------------------------ building

    @initialize(target=pairs, numbers=st.lists(st.floats(-2, 2), min_size=2, max_size=2))
    def begin(self, numbers):
        return multiple(*(self.keep(Value(x), Plain(x)) for x in numbers))

    @rule(target=pairs, x=st.floats(-2, 2))
    def leaf(self, x):
        return self.keep(Value(x), Plain(x))

    def result(self, value, number, edges, recorded=True):
        """A new pair, unless it is of a size at which a naive sum loses its digits or takes for ever."""
        plain = Plain(number, edges if recorded else [])
        if plain.paths > 300 or abs(number) > 1e3:
            return multiple()
        return self.keep(value, plain)

    @rule(target=pairs, name=st.sampled_from(sorted(UNARY)), x=pairs, recorded=st.booleans())
    def apply_unary(self, name, x, recorded):
        function, slope = UNARY[name]
        at = x.plain.data
        with nullcontext() if recorded else no_grad():
            value = getattr(autograd, name)(x.value)
        return self.result(value, function(at), [(x.plain, slope(at))], recorded)

    @rule(target=pairs, name=st.sampled_from(sorted(BINARY)), x=pairs, y=pairs, recorded=st.booleans())
    def apply_binary(self, name, x, y, recorded):
        function, slopes = BINARY[name]
        at = x.plain.data, y.plain.data
        with nullcontext() if recorded else no_grad():
            value = getattr(autograd, name)(x.value, y.value)
        return self.result(value, function(*at), list(zip((x.plain, y.plain), slopes(*at), strict=True)), recorded)

    @rule(target=pairs, name=st.sampled_from(sorted(BINARY)), x=pairs, number=st.floats(-2, 2), first=st.booleans())
    def apply_binary_to_a_constant(self, name, x, number, first):
        function, slopes = BINARY[name]
        at = (number, x.plain.data) if first else (x.plain.data, number)
        value = getattr(autograd, name)(*((number, x.value) if first else (x.value, number)))
        return self.result(value, function(*at), [(x.plain, slopes(*at)[first])])

    @rule(target=pairs, xs=st.lists(pairs, min_size=1, max_size=3), ys=st.lists(pairs, min_size=3, max_size=3))
    def dot(self, xs, ys):
        ys = ys[: len(xs)]
        value = autograd.dot([x.value for x in xs], [y.value for y in ys])
        edges = [(x.plain, y.plain.data) for x, y in zip(xs, ys, strict=True)]
        edges += [(y.plain, x.plain.data) for x, y in zip(xs, ys, strict=True)]
        return self.result(value, sum(x.plain.data * y.plain.data for x, y in zip(xs, ys, strict=True)), edges)

    @rule(target=pairs, condition=pairs, x=pairs, y=pairs, recorded=st.booleans())
    def where(self, condition, x, y, recorded):
        chosen, other = (x, y) if condition.plain.data > 0 else (y, x)
        with nullcontext() if recorded else no_grad():
            value = autograd.where(condition.value > 0, x.value, y.value)
        return self.result(value, chosen.plain.data, [(chosen.plain, 1.0), (other.plain, 0.0)], recorded)

    @rule(target=pairs, x=pairs)
    def detach(self, x):
        detached = x.value.detach()
        assert detached.label == x.plain.label
        return self.keep(detached, Plain(x.plain.data, label=x.plain.label))

    @rule(target=pairs, x=pairs)
    def copy_of_a_graph(self, x):
        value, plain = copy.deepcopy((x.value, x.plain))
        return self.keep(value, plain)

    # ------------------------------------------------------------------ differentiating

    @rule(x=pairs, gradient=st.sampled_from([1.0, -2.0, 0.5]), is_observed=st.booleans())
    def backward(self, x, gradient, is_observed):
        with Steps() if is_observed else nullcontext(Steps()) as observer:
            x.value.backward(gradient)
        results = [node for node in topological_order(x.value) if not node.is_leaf]
        assert len(observer.seen) == len(results) * is_observed
        x.plain.backward(gradient)

    @rule(x=pairs)
    def backward_twice_doubles_exactly(self, x):
        x.value.zero_grad()
        x.value.backward()
        nodes = topological_order(x.value)
        once = [node.grad for node in nodes]
        x.value.backward()
        for node, grad in zip(nodes, once, strict=True):
            doubles = node.is_leaf and node.requires_grad
            assert node.grad == (2 * grad if doubles else grad)
        for node in x.plain.nodes():
            node.grad = 0.0
        x.plain.backward(1.0)
        x.plain.backward(1.0)

    @rule(x=pairs)
    def backward_with_a_bad_gradient_changes_nothing(self, x):
        with pytest.raises(TypeError, match="expected a real number"):
            x.value.backward("1")

    @rule(x=pairs)
    def zero_grad(self, x):
        x.value.zero_grad()
        for node in x.plain.nodes():
            node.grad = 0.0

    @rule(x=pairs)
    def nodes_are_those_reached(self, x):
        order = topological_order(x.value)
        assert len(order) == len(x.plain.nodes())
        assert order[-1] is x.value

    # ------------------------------------------------------------------ changing

    @rule(x=pairs, number=st.floats(-2, 2))
    def change_data(self, x, number):
        """The slopes of what was computed from it stay those of the forward pass."""
        x.value.data = x.plain.data = number

    @rule(x=pairs, number=st.floats(-2, 2))
    def set_grad(self, x, number):
        x.value.grad = x.plain.grad = number

    @rule(x=pairs, frozen=st.booleans())
    def freeze(self, x, frozen):
        if made_by_hand(x.value):
            x.value.requires_grad = not frozen
            x.plain.frozen = frozen

    @rule(x=pairs, label=st.sampled_from(["", "a", "weight"]))
    def relabel(self, x, label):
        x.value.label = x.plain.label = label

    @rule(x=consumes(pairs))
    def drop(self, x):
        """What is dropped disappears at once, unless something was computed from it."""
        self.live.remove(x)
        used = any(node is x.plain for other in self.live for node in other.plain.nodes())
        gone = weakref.ref(x.value) if made_by_hand(x.value) else None
        x.value = None
        if gone is not None:
            assert (gone() is None) == (not used)

    # ------------------------------------------------------------------ what always holds

    @invariant()
    def everything_is_as_recorded(self):
        for pair in self.live:
            value, plain = pair.value, pair.plain
            assert value.data == pytest.approx(plain.data, rel=1e-9, abs=1e-9)
            assert value.grad == pytest.approx(plain.grad, rel=1e-8, abs=1e-8)
            assert value.label == plain.label
            assert value.is_leaf == (not plain.edges)
            assert value.requires_grad == (not plain.frozen)
            assert type(value.data) is float

    def teardown(self):
        self.live.clear()


def test_random_histories():
    gc.disable()  # so that what is freed was freed by reference counting
    try:
        run_state_machine_as_test(Histories, settings=settings(stateful_step_count=25))
    finally:
        gc.enable()
