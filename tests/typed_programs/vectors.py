"""Functions of lists of numbers and of Values."""

from __future__ import annotations

from typing import assert_type

import autograd
from autograd import Value


def cosine(v: list[Value], w: list[float]) -> Value:
    return autograd.dot(v, w) / (autograd.norm(v) * autograd.norm(w))


def mean_size(numbers: list[Value | float]) -> Value:
    return autograd.mean([autograd.abs(x) for x in numbers])


def main() -> None:
    v, w = [Value(1.0), Value(2.0)], [3.0, 4.0]
    assert_type(cosine(v, w), Value)
    assert_type(mean_size([v[0], 1.0]), Value)
    assert_type(autograd.sum(w), float)
    assert_type(autograd.sum([v, v]), Value)
    assert_type(autograd.sum([v[0], 1.0]), Value)
    assert_type(autograd.affine(v, w, 1.0), Value)
    assert_type(autograd.softmax(w), list[float])
    assert_type(autograd.softmax([v, v], dim=1), list[list[Value]])
    assert_type(autograd.argmax(v), int)
    values, indices = autograd.sort(w, descending=True)
    print(values, indices, autograd.max([w, w], dim=0).values, autograd.var(w, correction=0))
