"""check_grads finds what is wrong in functions and modules, and accuses nothing that is right. Of each kind a few."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
from autograd import GradcheckError, Op, Value, apply
from autograd.testing import check_grads, trees, values, vectors

x = st.floats(-2, 2)
pair = st.lists(x, min_size=2, max_size=2)
rng = random.Random(0)


def row(forward, *partials, low=-2.0, high=2.0, **options):
    return Op("row", forward, partials, domain=[(low, high)] * len(partials), **options)


late = row(lambda x: x * x, lambda out, x: 2 * x + autograd.where(x > 1.5, 0.01, 0.0))
half = row(lambda x: x * x, lambda out, x: x)
by_chance = row(lambda x: x * x, lambda out, x: 2 * x * (1 + 1e-3 * rng.random()))
numbers_only = row(lambda x: math.exp(x), lambda out, x: out)
second = row(lambda x: x * x, lambda out, x: 2 * (x.detach() if isinstance(x, Value) else x))


def by_hand(x):
    """A node made as programs for micrograd do it, with a chain rule that forgets a factor."""
    out = Value(x.data**2, (x,), "square")

    def _backward():
        x.grad += x.data * out.grad

    out._backward = _backward
    return out


class Forgetful(nn.Module):
    """A layer that looks at the number of one of its parameters."""

    def __init__(self):
        self.weight, self.bias = Value(0.5), Value(-1.0)

    def forward(self, x):
        return x * self.weight + self.bias.data


class Scaled(nn.Module):
    def __init__(self, op, count):
        self.weights = [Value(0.1 * i) for i in range(count)]
        self.op = op

    def forward(self, x):
        return autograd.sum(w * x for w in self.weights[:-1]) + apply(self.op, self.weights[-1])


def frozen(value):
    value.requires_grad = False
    return value


FAULTY = {
    "a rule": (lambda a, b: apply(half, a * b), x, x),
    "a rule far out": (lambda a: apply(late, a), x),
    "a rule behind others": (lambda a, b: (apply(late, a * b).sin() + a).tanh(), x, x),
    "a rule by chance": (lambda a: apply(by_chance, a), x),
    "a second derivative": (lambda a: apply(second, a), x),
    "made by hand": (lambda a: by_hand(a) + by_hand(by_hand(a)), x),
    "float": (lambda a: a * float(a), x),
    "data of one side": (lambda a: a.data * a.data if a > 1 else a * a, x),
    "detached": (lambda a, b: a.detach() * b + a, x, x),
    "the mathematics of Python": (lambda a: a + math.sin(a.data), x),
    "an element of a vector": (lambda v: autograd.sum(v[:3]) + sum(e.data for e in v[3:]), vectors()),
    "a vector of three": (lambda v: autograd.sum(v) if len(v) != 3 else autograd.sum(v) + v[0].data, vectors()),
    "one output of several": (lambda a: {"right": a.exp(), "wrong": [a, apply(half, a)]}, x),
    "one key of a tree": (lambda t: t["a"] * t["b"][0].data, st.fixed_dictionaries({"a": x, "b": st.tuples(x)})),
    "by chance": (lambda a: a * random.random(), x),
    "counts its calls": (lambda a, calls=[]: a * len(calls) if not calls.append(0) else a, x),
    "forgets what it is given": (lambda a: Value(3.0) * 2.0, x),
    "gives numbers": (lambda a: 3.0, x),
    "without gradient": (autograd.no_grad()(lambda a: a * a), x),
    "a parameter": (Forgetful(), x),
    "one parameter of many": (Scaled(half, 30), x),
    "dropout": (nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)), pair),
}
RIGHT = {
    "two arguments": (lambda a, b: (a * b).tanh() + a, x, x),
    "all floats": (lambda a: a.exp() + a * a, st.floats()),
    "outside of the domain": (lambda a: a.log() + (1 - a * a).sqrt(), x),
    "a vertical tangent": (lambda a: a.cbrt() + a**a, st.sampled_from([0.0, 0.5, 1.0])),
    "next to a kink": (lambda a: (a - 1).relu(), st.sampled_from([1 + 2.0**-52, 1 - 2.0**-53, 1.0, 2.0])),
    "products that underflow": (lambda a: 1 / (1 + (-a).exp()), st.floats(-700, 700)),
    "derivatives that cancel": (lambda a: autograd.norm([a, a, a]).rad2deg(), st.floats(-1e-15, 1e-15)),
    "an infinite slope": (lambda a: a * a.sqrt(), st.floats(0, 4)),
    "the identity in two halves": (lambda a: a.relu() - (-a).relu(), x),
    "a branch of Python": (lambda a: a * a if a > 0 else 0.0, x),
    "a fold": (lambda a: (a * 3.7 % 1.0) * (a - 0.3).abs(), x),
    "steps": (lambda a, b: (a * 3).floor() * b + (b > 0) * a, x, x),
    "the largest": (lambda v: autograd.max(v) - autograd.min(v), vectors(min_size=1)),
    "softmax": (lambda v: autograd.softmax(v), vectors(min_size=1)),
    "empty vectors": (lambda v: autograd.logsumexp(v) if v else Value(0.0), vectors()),
    "a large constant": (lambda a: (a + 1e9) - 1e9 + a * 1e-3, x),
    "a small scale": (lambda a: 1e-200 * a.sin(), x),
    "a large scale": (lambda a, b: 1e200 * a * b, x, x),
    "many numbers": (lambda v: autograd.norm(v) + autograd.dot(v, v[::-1]), vectors(min_size=9, max_size=20)),
    "whole numbers": (lambda a, n: sum(a**k for k in range(n)), x, st.integers(0, 5)),
    "texts": (lambda a, name: getattr(a, name)(), x, st.sampled_from(["sin", "exp", "tanh"])),
    "trees": (lambda t: t, trees()),
    "Values": (lambda a, b: a * b, values(), values()),
    "frozen Values": (lambda a, b: a * b.data, x, values().map(frozen)),
    "numbers only": (lambda a: a * 2.0, x),
    "an MLP": (nn.MLP(2, [3, 1], activation="tanh"), pair),
    "an MLP with kinks": (nn.MLP(2, [4, 2]), pair),
    "one parameter for all": (nn.Sequential(*[nn.Linear(1, 1)] * 3), st.lists(x, min_size=1, max_size=1)),
}


@pytest.mark.parametrize("case", FAULTY.values(), ids=FAULTY)
def test_what_is_wrong_is_found(case):
    with pytest.raises(GradcheckError) as caught:
        check_grads(*case, max_examples=60, orders=[1] if case == FAULTY["made by hand"] else [1, 2])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_not_accused(case):
    check_grads(*case, max_examples=20)


def test_a_fault_is_named_with_the_call_the_input_and_both_numbers():
    with pytest.raises(
        GradcheckError,
        match=r"^f\(\[-?[12]\.0, -?[12]\.0\], 1\): the derivative with respect to input 0\[0\] \(at -?\d\.0\) is .* by "
        r"backward\(\) but .* by finite differences; check the rule",
    ):
        check_grads(lambda v, n: apply(half, v[0] * v[1]) * n, pair, st.integers(1, 3))
    with pytest.raises(GradcheckError, match=r"with parameters \[.*with respect to parameter 'bias' \(at "):
        check_grads(Forgetful(), x)


def test_a_fault_of_the_first_order_is_reported_as_one():
    with pytest.raises(GradcheckError, match=": the derivative with"):
        check_grads(lambda a: apply(late, a) * a, x, max_examples=200)
    with pytest.raises(GradcheckError, match=": the second derivative with respect to input 0 "):
        check_grads(lambda a: apply(second, a) * a, x)
    check_grads(lambda a: apply(second, a) * a, x, orders=[1])


def test_a_nan_is_reported_with_what_it_comes_of():
    def sigmoid(a):
        return 1 / (1 + (-a).exp())

    with pytest.raises(GradcheckError, match=r"is nan by backward\(\) but 0 .*on the way exp at \(7.*\) is inf, and 0"):
        check_grads(sigmoid, st.floats(-1000, -700), orders=[1])


def test_a_function_without_an_answer_or_with_two_is_named_as_such():
    with pytest.raises(GradcheckError, match=r"two (answers|derivatives) at one point"):
        check_grads(lambda a: a * random.random(), x)
    with pytest.raises(GradcheckError, match=r"no derivative of f was compared: .* a result that depends on no input"):
        check_grads(lambda a: Value(3.0), x)
    with pytest.raises(GradcheckError, match="no number to differentiate with respect to"):
        check_grads(lambda n: Value(3.0) * n, st.integers())


def test_rules_that_run_on_numbers_only_have_no_second_derivative():
    check_grads(lambda a: apply(numbers_only, a), x, orders=[1])
    with pytest.raises(TypeError, match=r"f\(0\.0\): the rules of 'row' run on numbers only, so it has no second"):
        check_grads(lambda a: apply(numbers_only, a), x)


def test_each_mode_is_compared_by_itself(monkeypatch):
    def push(self, tangents):
        return [2.0] * len(self.outputs)

    monkeypatch.setattr("autograd.transforms.linear_map.LinearMap.push", push)
    check_grads(lambda a: a * 3.0, x, modes=["reverse"])
    with pytest.raises(GradcheckError, match=r"is 2\.0 by forward mode but 3"):
        check_grads(lambda a: a * 3.0, x, modes=["forward"])


def test_parameters_are_drawn_and_are_as_before_at_the_end():
    model = nn.MLP(2, [3, 1])
    seen = set()

    class Watched(nn.Module):
        def __init__(self):
            self.model = model

        def forward(self, inputs):
            seen.add(model.parameters()[0].data)
            return self.model(inputs)

    before = [parameter.data for parameter in model.parameters()]
    check_grads(Watched(), pair, max_examples=5)
    assert [parameter.data for parameter in model.parameters()] == before
    assert len(seen) > 4
    with pytest.raises(ZeroDivisionError):
        check_grads(nn.Sequential(model, type("Wrong", (nn.Module,), {"forward": lambda self, x: 1 / 0})()), pair)
    assert [parameter.data for parameter in model.parameters()] == before


def test_the_settings_in_force_hold():
    calls = []
    settings.register_profile("seven", settings(), max_examples=7)
    earlier = settings.get_current_profile_name()
    settings.load_profile("seven")
    try:
        check_grads(lambda a: calls.append(float(a)) or a * 2.0, st.sampled_from([i / 8 for i in range(1000)]))
    finally:
        settings.load_profile(earlier)
    assert len({a for a in calls if a * 8 % 1 == 0 and a >= 0}) <= 2 * 7 + 20


@given(st.floats(-1, 1))
@settings(max_examples=5)
def test_it_may_be_used_inside_of_a_test_that_is_given(scale):
    check_grads(lambda a: a.sin() * scale, x, max_examples=3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check_grads(lambda a: a), TypeError, r"needs a strategy for each argument: check_grads\(f, st"),
        (lambda: check_grads(lambda a: a, 2.0), TypeError, r"takes a strategy .* got 2\.0 for argument 0; write"),
        (lambda: check_grads(3.0, x), TypeError, r"takes a function, got 3\.0"),
        (lambda: check_grads(lambda a: a, x, orders=[3]), ValueError, "orders must be a whole number from 1"),
        (lambda: check_grads(lambda a: a, x, orders=2), TypeError, "takes a list of orders"),
        (lambda: check_grads(lambda a: a, x, orders=[]), ValueError, "takes orders of 1 and 2"),
        (lambda: check_grads(lambda a: a, x, modes="reverse"), TypeError, "a list of modes, as in .* and 'reverse'"),
        (
            lambda: check_grads(lambda a: a, x, modes=["reverse", "other"]),
            ValueError,
            "modes of 'reverse' and 'forward', got",
        ),
        (lambda: check_grads(lambda a: a, x, max_examples=0), ValueError, "max_examples must be a whole number"),
        (lambda: check_grads(lambda a: "no", x), TypeError, "expected a real number, got 'no'"),
    ],
    ids=["none", "number", "no function", "order 3", "int", "no order", "text", "mode", "no examples", "word"],
)
def test_wrong_use_is_one_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------------- all that nn is made of

ACTIVATIONS = "ELU GELU Hardsigmoid Hardtanh LeakyReLU LogSigmoid PReLU ReLU ReLU6 SiLU Sigmoid Softplus Tanh"
LAYERS = [
    *(getattr(nn, name)() for name in [*ACTIVATIONS.split(), "Softmax", "LogSoftmax"]),
    nn.Threshold(0.1, 20.0),
    nn.Maxout(2, 2, 2),
    nn.Linear(2, 3),
]


@pytest.mark.parametrize("layer", LAYERS, ids=[type(layer).__name__ for layer in LAYERS])
def test_layers(layer):
    check_grads(layer, pair, max_examples=15)
