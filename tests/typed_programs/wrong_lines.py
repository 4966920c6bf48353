"""Slips, each with the code of the error that mypy and pyright make of it. Nothing here is ever called."""

from __future__ import annotations

import autograd
import nn
from autograd import Value, grad, no_grad


def of_values(x: Value) -> None:
    x.tahn()  # attr-defined, reportAttributeAccessIssue
    x.tanh(1)  # call-arg, reportCallIssue
    x.maximum()  # call-arg, reportCallIssue
    x.maximum("a")  # arg-type, reportArgumentType
    x.clamp(low=0)  # call-arg, reportCallIssue
    x.data.append(1.0)  # attr-defined, reportAttributeAccessIssue
    x.data = "2"  # assignment, reportAttributeAccessIssue
    x.grad = None  # assignment, reportAttributeAccessIssue
    x.lable = "x"  # attr-defined, reportAttributeAccessIssue
    x.backward(1.0, True, 3)  # call-arg, reportCallIssue
    Value("2")  # arg-type, reportArgumentType
    Value([1.0])  # arg-type, reportArgumentType
    Value(x)  # arg-type, reportArgumentType
    x * "a"  # operator, reportOperatorIssue
    x + None  # operator, reportOperatorIssue
    [1.0] - x  # operator, reportOperatorIssue
    print(x < "a")  # operator, reportOperatorIssue


def of_functions(x: Value) -> None:
    autograd.tahn(x)  # attr-defined, reportAttributeAccessIssue
    autograd.tanh("a")  # call-overload, reportArgumentType
    autograd.tanh(x, x)  # call-overload, reportCallIssue
    autograd.tanh(0.5).backward()  # attr-defined, reportAttributeAccessIssue
    autograd.maximum(x)  # call-overload, reportCallIssue
    autograd.clamp(x, low=0.0)  # call-overload, reportCallIssue
    autograd.sum([1.0, 2.0]).backward()  # attr-defined, reportAttributeAccessIssue
    autograd.sum(x, axis=0)  # call-overload, reportCallIssue
    autograd.argmax([x, x]).backward()  # attr-defined, reportAttributeAccessIssue
    autograd.apply("tanh", x)  # arg-type, reportArgumentType
    autograd.draw_dots(x)  # attr-defined, reportAttributeAccessIssue
    grad(x)  # call-overload, reportArgumentType
    grad(lambda y: y * y)(1.0).backward()  # attr-defined, reportAttributeAccessIssue


@no_grad()
def doubled(x: Value) -> Value:
    return 2 * x


@no_grad
def tripled(x: Value) -> Value:
    return 3 * x


class Line(nn.Module):
    def forward(self, x: float) -> Value:
        return Value(x)


def of_decorators(x: Value) -> None:
    doubled()  # call-arg, reportCallIssue
    tripled("a")  # arg-type, reportArgumentType
    doubled(x).tahn()  # attr-defined, reportAttributeAccessIssue
    tripled(x).tahn()  # attr-defined, reportAttributeAccessIssue


def of_networks(x: Value) -> None:
    Line()("a")  # arg-type, reportArgumentType
    Line()(1.0).tahn()  # attr-defined, reportAttributeAccessIssue
    nn.Linear(2)  # call-arg, reportCallIssue
    nn.Linear(2, 1)([1.0, 2.0]).tanh()  # attr-defined, reportAttributeAccessIssue
    nn.ReLU()(x).tahn()  # attr-defined, reportAttributeAccessIssue
    nn.MSELoss()([x], [1.0]).bakward()  # attr-defined, reportAttributeAccessIssue
    nn.MSELoss(reductoin="sum")  # call-arg, reportCallIssue
    nn.RELU()  # attr-defined, reportAttributeAccessIssue
    optimizer = nn.optim.SGD([x], lr=0.1)
    optimizer.stepp()  # attr-defined, reportAttributeAccessIssue
    optimizer.step(1)  # call-overload, reportArgumentType
    nn.optim.SGD(Line(), lr=0.1)  # arg-type, reportArgumentType
    nn.optim.SGD([x], lr="0.1")  # arg-type, reportArgumentType
    nn.fit(Line(), ([1.0], [1.0]), nn.MSELoss(), optimizer)  # call-arg, reportCallIssue
    nn.fit(Line(), ([1.0], [1.0]), nn.MSELoss(), optimizer, 3, epoch=3)  # call-arg, reportCallIssue
