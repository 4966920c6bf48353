"""Which models are taken for ones whose outputs are probabilities: what the last layer that computes anything does."""

from __future__ import annotations

import pytest

import nn
from nn.modules.evaluation_mode import ends_in_probabilities

PROBABILITIES = {
    "sigmoid": nn.Sigmoid(),
    "hardsigmoid": nn.Hardsigmoid(),
    "hardtanh from 0 to 1": nn.Hardtanh(0.0, 1.0),
    "last of a sequence": nn.Sequential(nn.Linear(1, 1), nn.Sigmoid()),
    "before what changes nothing": nn.Sequential(nn.Linear(1, 1), nn.Sigmoid(), nn.Identity(), nn.Dropout(0.5)),
    "last of a sequence in a sequence": nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU(), nn.Sigmoid())),
    "neuron": nn.Neuron(2, activation="sigmoid"),
    "layer": nn.Layer(2, 2, activation="sigmoid"),
}
OTHERS = {
    "tanh": nn.Tanh(),
    "hardtanh": nn.Hardtanh(),
    "relu": nn.ReLU(),
    "linear": nn.Linear(1, 1),
    "empty": nn.Sequential(),
    "first of a sequence": nn.Sequential(nn.Sigmoid(), nn.Linear(1, 1)),
    "inside a sequence": nn.Sequential(nn.Linear(1, 1), nn.Sigmoid(), nn.Linear(1, 1), nn.Dropout(0.5)),
    "neuron without": nn.Neuron(2, nonlin=False, activation="sigmoid"),
    "layer without": nn.Layer(2, 2, nonlin=False, activation="sigmoid"),
    "all but the last layer": nn.MLP(2, [3, 3, 1], activation="sigmoid"),
    "a function": len,
}


@pytest.mark.parametrize("name", [*PROBABILITIES, *OTHERS])
def test_probabilities_are_told_by_the_last_layer_that_computes_anything(name):
    assert ends_in_probabilities({**PROBABILITIES, **OTHERS}[name]) is (name in PROBABILITIES)
