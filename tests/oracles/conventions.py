"""What PyTorch says at ordinary points, kinks, ties, zeros, infinities and nan: asked of it, and stored.

    python tests/oracles/conventions.py    writes conventions.json with the numbers of the PyTorch installed

`test_conventions.py` compares the engine with PyTorch where it is installed and with the stored numbers where not.

A row is compared with PyTorch's function of the same name, wherever PyTorch keeps it (`PLACES`); `OTHERWISE` has the
exceptions. A row that PyTorch does not have is not compared; the other tests of the table must do for it.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from autograd import TABLE

STORED = Path(__file__).with_name("conventions.json")
inf, nan = math.inf, math.nan

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1.5, 2.5, 30.0, -30.0, 800.0, -800.0]
SPECIAL += [20.0, -20.0, 40.0, -40.0, 5e-324, -5e-324, 1e-310, 1e-8]
SPECIAL += [1e155, -1e155, 1e300, -1e300, 1.7e308, -1.7e308, inf, -inf, nan]
FEW = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, 3.0, 0.5, 1e-310, 1e200, inf, -inf, nan]
THREE = [-2.0, -1.0, 0.0, 0.5, 1.0, 3.0, nan]

ORDINARY = [[2.5], [-3.0], [2.0, -1.0], [0.5, 4.0], [1.0, -2.0, 3.5], [0.25, 0.5, -0.75], [-3.0, -1.0, -2.0]]
TIES = [[2.0, 2.0], [-1.5, -1.5], [1.0, -1.0], [3.0, 3.0, 3.0], [2.0, 1.0, 2.0], [-2.0, 2.0, 1.0]]
ZEROS = [[0.0], [-0.0], [0.0, 0.0], [0.0, -0.0], [0.0, 3.0], [-0.0, -2.0], [1.0, 0.0, 2.0], [0.0, 4.0, 0.0]]
NOT_FINITE = [[inf], [-inf], [nan], [inf, 1.0], [-inf, 0.0], [inf, inf], [-inf, -inf], [inf, -inf], [0.0, inf]]
NOT_FINITE += [[nan, 1.0], [0.0, nan], [nan, nan], [inf, nan], [1.0, -inf, 2.0], [inf, 2.0, inf], [1.0, nan, 3.0]]
OVERFLOW = [[1e200], [1e200, 2e200], [-1e308, 1e308], [1e120, 1.0, -2e120], [1000.0, 970.0], [1e16, 1e16], [800.0, 0.0]]
UNDERFLOW = [[1e-200], [1e-200, 2e-200], [0.0, 1e-200], [1e-120, 1.0, 2e-120], [-1000.0, -970.0], [1e-8, 1.0]]
SUBNORMAL = [[5e-324], [1e-310, -1e-310], [1e-310, 2.0], [5e-324, 0.0, 1e-323]]
VECTORS = [*ORDINARY, *TIES, *ZEROS, *NOT_FINITE, *OVERFLOW, *UNDERFLOW, *SUBNORMAL]

# Rows that are not simply PyTorch's function of the same name on the same arguments: what to call instead, or None if
# PyTorch means something else by that name; and why.
OTHERWISE: dict[str, tuple[Callable[..., Any] | None, str]] = {
    "where": (
        lambda torch, condition, input, other: torch.where(condition.detach() != 0, input, other),
        "its condition is a tensor of truth values, not of numbers",
    ),
}


def pytorchs(name: str) -> Callable[..., Any] | None:
    """PyTorch's function for a row; None if it has none."""
    import torch

    if name in OTHERWISE:
        call, _ = OTHERWISE[name]
        return call and partial(call, torch)
    for place in (torch, torch.nn.functional, torch.special, torch.Tensor):
        found = getattr(place, name, None)
        if callable(found) and not isinstance(found, type):
            function: Callable[..., Any] = found
            return function
    return None


def not_in_pytorch() -> list[str]:
    """Rows that PyTorch has nothing to compare with: as it says where it is installed, and as stored where not."""
    try:
        return [name for name in TABLE if pytorchs(name) is None]
    except ImportError:
        missing: list[str] = stored_answers()[NOT_IN_PYTORCH]
        return missing


def stored_answers() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return answers


NOT_IN_PYTORCH = "not in PyTorch"
"""The key under which the names of those rows are stored."""


def companion(xs: Any) -> Any:
    """What a vector is multiplied with: the same elements in another order, so that both factors are differentiated."""
    return xs[::-1] if isinstance(xs, list) else xs.flip(0)


def call_on_vectors(op: Any, library: Any, xs: Any) -> Any:
    """A row on vectors: on one vector, or on it and its companion."""
    function = getattr(library, op.name, None) or pytorchs(op.name)
    assert function is not None, f"PyTorch has no {op.name}"
    try:
        return function(*[xs, companion(xs)][: op.vectors])
    except TypeError as error:
        raise TypeError(
            f"{op.name} of PyTorch or of autograd does not take {op.vectors} vectors alone ({error}); say how to call "
            f'both by a line "{op.name}": lambda library, xs: ..., in REDUCTIONS in tests/oracles/conventions.py'
        ) from None


ON_VECTORS = [op for op in TABLE.values() if op.vectors and op.name not in not_in_pytorch()]

# Functions of a vector, by the names that this package and PyTorch share. Rows on vectors come by themselves; here are
# those that need an option, and functions that are no rows.
REDUCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    **{op.name: partial(call_on_vectors, op) for op in ON_VECTORS},
    **{name: lambda library, xs, name=name: getattr(library, name)(xs) for name in ("amax", "amin")},
    **{f"norm, p={p}": lambda library, xs, p=p: library.norm(xs, p) for p in (-inf, -1, 0, 0.5, 1, 1.5, 3, inf)},
    "dot, itself": lambda library, xs: library.dot(xs, xs),
    "var, correction=0": lambda library, xs: library.var(xs, correction=0),
    "std, correction=0": lambda library, xs: library.std(xs, correction=0),
    "var, correction=3": lambda library, xs: library.var(xs, correction=3),
    "std, correction=3": lambda library, xs: library.std(xs, correction=3),
    "logsumexp": lambda library, xs: library.logsumexp(xs, 0),
    "softmax": lambda library, xs: library.softmax(xs, -1),
    "log_softmax": lambda library, xs: library.log_softmax(xs, -1),
    "cumsum": lambda library, xs: library.cumsum(xs, -1),
    "max, dim=0": lambda library, xs: library.max(xs, 0)[0],
    "min, dim=0": lambda library, xs: library.min(xs, 0)[0],
    "sort": lambda library, xs: library.sort(xs)[0],
    "topk, k=1": lambda library, xs: library.topk(xs, 1)[0],
    "kthvalue, k=1": lambda library, xs: library.kthvalue(xs, 1)[0],
}


def points(op: Any) -> list[list[float]]:
    """The points at which a row is compared."""
    if op.vectors:
        return []  # their points are VECTORS
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

    function = pytorchs(op.name)
    assert function is not None, f"PyTorch has no {op.name}"
    count = differentiable(op)
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point[:count]]
    try:
        out = function(*tensors, *point[count:])
    except TypeError as error:
        raise TypeError(
            f"PyTorch's {op.name} does not take what the row of that name takes ({error}); if it means something else, "
            f'add the line "{op.name}": (None, "<why>"), to OTHERWISE in tests/oracles/conventions.py'
        ) from None
    answer: dict[str, Any] = {"value": out.item(), "first": [0.0] * count, "second": [[0.0] * count] * count}
    if not out.requires_grad:
        return answer
    try:
        first = torch.autograd.grad(out, tensors, create_graph=True, allow_unused=True)
    except RuntimeError:  # PyTorch has no derivative of some operations
        return answer | {"first": [None] * count, "second": [None] * count}
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


def ask_pytorch_reduction(name: str, xs: list[float]) -> dict[str, Any]:
    """The elements of the result, the Jacobian, and the Hessian of each element."""
    import torch

    tensor = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the degrees of freedom
        out = REDUCTIONS[name](torch, tensor).reshape(-1)

    def rows_of(results: Any, **options: Any) -> list[Any]:
        if not results.requires_grad:
            return [None] * len(results)
        return [torch.autograd.grad(x, tensor, retain_graph=True, allow_unused=True, **options)[0] for x in results]

    zeros = [0.0] * len(xs)
    nothing = torch.zeros_like(tensor)  # PyTorch has zeros without storage, which become numbers in a sum
    first = rows_of(out, create_graph=True)
    second = [[None] * len(xs) if slopes is None else rows_of(slopes) for slopes in first]
    return {
        "value": out.tolist(),
        "first": [zeros if slopes is None else (nothing + slopes).tolist() for slopes in first],
        "second": [[zeros if row is None else (nothing + row).tolist() for row in hessian] for hessian in second],
    }


def ask_everything() -> dict[str, Any]:
    """What is stored: the points and answers of each row and reduction."""
    missing = not_in_pytorch()
    rows = [op for op in TABLE.values() if op.name not in missing and not op.vectors]
    answers: dict[str, Any] = {op.name: [{"point": x, **ask_pytorch(op, x)} for x in points(op)] for op in rows}
    for name in REDUCTIONS:
        answers[f"{name} of a vector"] = [{"point": xs, **ask_pytorch_reduction(name, xs)} for xs in VECTORS]
    return answers | {NOT_IN_PYTORCH: missing}


def as_stored(new: Any, old: Any) -> Any:
    """The new answers, with the old number where only the last digits differ, as from processor to processor."""
    if isinstance(new, dict) and isinstance(old, dict):
        return {key: as_stored(value, old.get(key)) for key, value in new.items()}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [as_stored(*pair) for pair in zip(new, old, strict=True)]
    if isinstance(new, float) and isinstance(old, float) and math.isclose(new, old, rel_tol=1e-13):
        return old if math.copysign(1, new) == math.copysign(1, old) else new
    return new


def main() -> None:
    try:
        answers = ask_everything()
    except ImportError:
        print(f"left {STORED.name} as it is: it stores answers of PyTorch, which is not installed (pip install torch)")
        return
    answers = as_stored(answers, stored_answers())
    lines = [f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, rows)) + "\n]" for name, rows in answers.items()]
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"wrote {STORED.name}: answers of PyTorch about {len(answers) - 1} operations")


if __name__ == "__main__":
    sys.exit(main())
