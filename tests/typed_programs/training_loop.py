"""A loop over epochs as in PyTorch."""

from __future__ import annotations

from typing import assert_type

import nn
from autograd import Value


def main() -> None:
    X, y = nn.data.make_moons(20, noise=0.1, random_state=0)
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 2))
    criterion = nn.CrossEntropyLoss()
    optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
    scheduler = nn.optim.lr_scheduler.StepLR(optimizer, step_size=2)
    for _ in range(3):
        loss = criterion(model(X), y)
        assert_type(loss, Value)
        optimizer.zero_grad()
        loss.backward()
        assert_type(optimizer.step(), None)
        scheduler.step()

    def closure() -> Value:
        optimizer.zero_grad()
        loss = criterion(model(X), y)
        loss.backward()
        return loss

    assert_type(optimizer.step(closure), Value)
    errors: list[Value] = nn.functional.cross_entropy(model(X), y, reduction="none")
    print(len(errors), model.eval(), nn.metrics.accuracy(model(X), y))
