"""What PyTorch says at ordinary points, kinks, ties, zeros, infinities and nan: asked of it, and stored.

    python tests/conventions.py        writes tests/conventions.json with the numbers of the PyTorch installed

`test_conventions.py` compares the engine with PyTorch where it is installed and with the stored numbers where not.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

STORED = Path(__file__).with_name("conventions.json")
inf, nan = math.inf, math.nan

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1.5, 2.5, 30.0, -30.0, 800.0, -800.0]
SPECIAL += [5e-324, -5e-324, 1e-310, 1e-8, 1e300, -1e300, inf, -inf, nan]
FEW = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, 3.0, 0.5, 1e-310, 1e200, inf, -inf, nan]
THREE = [-2.0, -1.0, 0.0, 0.5, 1.0, 3.0, nan]

# Rows whose function in PyTorch has another name or place.
ELSEWHERE = {
    "leaky_relu": "functional", "elu": "functional", "gelu": "functional", "silu": "functional",
    "hardsigmoid": "functional", "hardtanh": "functional", "softplus": "functional", "logsigmoid": "functional",
}  # fmt: skip
NOT_THERE = {"cbrt", "affine"}
"""Rows that PyTorch has nothing to compare with."""


def points(op: Any) -> list[list[float]]:
    """The points at which a row is compared."""
    if op.vectors:
        return []  # test_reductions.py compares these
    if op.defaults:
        defaults = list(op.defaults)
        return [[x, *defaults] for x in SPECIAL]
    if op.arity == 1:
        return [[x] for x in SPECIAL]
    numbers = FEW if op.arity == 2 else THREE
    return [list(point) for point in itertools.product(numbers, repeat=op.arity)]


def differentiable(op: Any) -> int:
    """How many of the arguments, the first ones, are differentiated: PyTorch takes options as plain numbers."""
    return op.arity - len(op.defaults)


def ask_pytorch(op: Any, point: list[float]) -> dict[str, Any]:
    """Value, first and second derivatives from PyTorch in double precision."""
    import torch

    place = torch.nn.functional if ELSEWHERE.get(op.name) else torch
    function = getattr(place, op.name)
    count = differentiable(op)
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point[:count]]
    arguments: list[Any] = [*tensors, *point[count:]]
    if op.name == "where":
        arguments[0] = tensors[0].detach() != 0
    out = function(*arguments)
    answer: dict[str, Any] = {"value": out.item(), "first": [0.0] * count, "second": [[0.0] * count] * count}
    if not out.requires_grad:
        return answer
    first = torch.autograd.grad(out, tensors, create_graph=True, allow_unused=True)
    answer["first"] = [0.0 if slope is None else slope.item() for slope in first]
    second: list[Any] = []
    for slope in first:
        if slope is None or not slope.requires_grad:
            second.append([0.0] * count)
            continue
        try:
            row = torch.autograd.grad(slope, tensors, retain_graph=True, allow_unused=True)
        except RuntimeError:  # PyTorch has no second derivative of some operations
            second.append(None)
            continue
        second.append([0.0 if slope2 is None else slope2.item() for slope2 in row])
    answer["second"] = second
    return answer


def main() -> None:
    from autograd import TABLE

    stored = {
        op.name: [{"point": point, **ask_pytorch(op, point)} for point in points(op)]
        for op in TABLE.values()
        if op.name not in NOT_THERE and not op.vectors
    }
    lines = [f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, rows)) + "\n]" for name, rows in stored.items()]
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{STORED.name}: {sum(map(len, stored.values()))} points of {len(stored)} operations")


if __name__ == "__main__":
    sys.exit(main())
