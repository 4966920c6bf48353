"""A module of one's own: what it gives when called is what its `forward` gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

import nn
from autograd import Value


class Line(nn.Module):
    def __init__(self) -> None:
        self.slope = nn.Parameter(2.0)
        self.offset = Value(1.0)

    def forward(self, x: float, *, times: int = 1) -> Value:
        return times * (self.slope * x + self.offset)


class TwoLayers(nn.Module):
    def __init__(self, hidden: int) -> None:
        self.hidden = nn.Linear(2, hidden)
        self.activation = nn.Tanh()
        self.out = nn.Linear(hidden, 1)

    def forward(self, x: Sequence[float]) -> Value:
        return self.out(self.activation(self.hidden(x)))[0]


def number_of_parameters(model: nn.Module) -> int:
    return len(model.parameters())


def main() -> None:
    line, model = Line(), TwoLayers(3)
    assert_type(line(3.0, times=2), Value)
    assert_type(model([1.0, -1.0]), Value)
    assert_type(model.hidden([[1.0, 2.0]]), list[list[Value]])
    assert_type(nn.ReLU()(-1.0), float)
    assert_type(model.train(), TwoLayers)
    print(number_of_parameters(model), line.load_state_dict({"slope": 1.0, "offset": 0.0}).missing_keys)
