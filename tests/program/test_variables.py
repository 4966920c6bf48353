"""A parameter has the name that the running program has for it, wherever in the program that is known."""

from __future__ import annotations

import itertools
import warnings

import pytest

import autograd
import nn
from autograd import Value, detect_anomaly, unreached, warn_on_stale_graphs
from autograd.program.variables import names_in_program


def net():
    return nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))


def names(values):
    return list(names_in_program(values).values())


# ---------------------------------------------------------------------- where a name is found


def test_in_the_function_that_asks():
    model = net()
    assert names([model[2].bias[0]]) == ["model.2.bias.0"]


def test_in_a_function_further_out():
    model = net()

    def inner(x):
        return names([x])

    def between(part):
        return inner(part)

    assert between(model[0].weight[1][0]) == ["model.0.weight.1.0"]


def test_the_largest_module_decides_whatever_the_order():
    layer = nn.Linear(2, 2)
    head = nn.Linear(2, 1)
    model = nn.Sequential(layer, head)
    for part in model:
        assert names([part.bias[0]])[0].startswith("model.")
    assert names([head.bias[0]]) == ["model.1.bias.0"]


class Trainer:
    """Not a module: it has one."""

    def __init__(self, model):
        self.model = model

    def ask(self):
        return names([self.model[0].bias[0]])


def test_in_an_attribute_of_the_object_whose_method_runs():
    assert Trainer(net()).ask() == ["model.0.bias.0"]


class Block(nn.Module):
    """A module that asks in its own method."""

    def __init__(self):
        self.inner = nn.Linear(1, 1)

    def ask(self):
        return names([self.inner.bias[0]])


def test_a_module_has_a_better_name_outside_of_its_methods():
    block = Block()
    assert block.ask() == ["block.inner.bias.0"]
    assert Block().ask() == ["inner.bias.0"]


def test_in_lists_and_dictionaries():
    models = [net(), net()]
    assert names([models[1][0].bias[1]]) == ["models[1].0.bias.1"]
    towers = {"left": nn.Linear(1, 1)}
    assert names([towers["left"].bias[0]]) == ["towers['left'].bias.0"]


def test_what_is_in_no_module_has_the_name_of_its_variable():
    rate, w = Value(1.0), [Value(2.0), Value(3.0)]
    assert names_in_program([rate, w[1]]) == {rate: "rate", w[1]: "w[1]"}


def test_what_nobody_holds_has_no_name():
    assert names_in_program([nn.Linear(1, 1).bias[0]]) == {}
    assert names_in_program([]) == {}


def test_a_function_that_calls_itself_is_looked_through_once(monkeypatch):
    model, counter = net(), itertools.count()
    monkeypatch.setattr("autograd.program.variables.has_parameters", lambda thing: next(counter) < 0)

    def looked_at(depth):
        if depth:
            return looked_at(depth - 1)
        before = next(counter)
        names_in_program([model[0].bias[0]])
        return next(counter) - before

    assert looked_at(300) < looked_at(0) + 1000


class Broken:
    """What has the method of a module and fails."""

    def named_parameters(self):
        raise RuntimeError("not yet built")


class OfAnotherLibrary:
    """What has the method of a module and gives other things."""

    def named_parameters(self):
        return [("weight", [1.0, 2.0])]


def test_a_module_that_fails_or_is_of_another_library_takes_no_name_away():
    broken, other = Broken(), OfAnotherLibrary()
    model = net()
    assert names([model[0].bias[0]]) == ["model.0.bias.0"]
    del broken, other


# ---------------------------------------------------------------------- in warnings and errors


def said_by(run):
    with warnings.catch_warnings(record=True, action="always") as said, warn_on_stale_graphs():
        run()
    return str(said[0].message).splitlines()[0]


def test_gradients_left_over_have_the_names_of_parameters():
    model = nn.Sequential(nn.Linear(1, 1))

    def twice():
        for _ in range(2):
            model([1.0])[0].backward()

    message = said_by(twice)
    assert message == (
        "backward() adds to gradients of an earlier pass: model.0.weight.0.0.grad = 1, model.0.bias.0.grad = 1."
    )


def test_data_that_changed_has_the_name_of_the_parameter():
    model = nn.Sequential(nn.Linear(1, 1))
    model[0].weight[0][0].data = 2.0

    def slip():
        loss = model([1.0])[0] ** 2
        model[0].weight[0][0].data = 5.0
        loss.backward()

    assert said_by(slip).startswith("the data of model.0.weight.0.0 changed after the forward pass (from 2 to 5)")


def test_a_label_comes_first():
    model = nn.Sequential(nn.Linear(1, 1, bias=False))
    model[0].weight[0][0].label = "slope"
    model[0].weight[0][0].grad = 1.0
    assert said_by(lambda: model([1.0])[0].backward()).endswith("of an earlier pass: slope.grad = 1.")


def test_parameters_without_their_module_are_named_too():
    model, loss = net(), Value(1.0) * 2.0
    with pytest.warns(
        autograd.GraphWarning, match=r"does not depend on model\.0\.weight\.0\.0, model\.0\.weight\.0\.1"
    ):
        unreached(loss, model.parameters())


def test_anomalies_have_the_names_of_parameters():
    model = net()
    model[0].weight[1][0].data = float("nan")
    with pytest.raises(autograd.AnomalyError) as caught, detect_anomaly():
        model([1.0, 2.0])
    assert "the leaf 'model.0.weight.1.0' held nan before anything was computed" in str(caught.value)
    assert "affine(model.0.weight.1.0 = nan" in str(caught.value)


def test_a_model_in_training_is_named_by_who_called_fit():
    network = net()
    network[2].bias[0].data = float("inf")
    with pytest.raises(autograd.AnomalyError, match=r"network\.2\.bias\.0 = inf"), detect_anomaly():
        nn.fit(network, ([[1.0, 2.0]], [[0.0]]), nn.MSELoss(), nn.optim.SGD(network.parameters(), lr=0.1), 1)


def test_names_are_looked_for_when_there_is_something_to_say(monkeypatch):
    model = net()
    monkeypatch.setattr("autograd.diagnostics.stale.names_in_program", lambda values: pytest.fail("looked for names"))
    with warn_on_stale_graphs():
        for _ in range(3):
            loss = model([1.0, 2.0])[0] ** 2
            model.zero_grad()
            loss.backward()
