"""One scalar operation, forward and backward, beside PyTorch's eager mode on 0-d float64 tensors.

python benchmarks/scalar_operation.py
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from turns import agree, median_seconds, take_turns

REPEATS = 2_000
OPERATIONS = ("mul", "tanh", "exp")


def _repeated(operation: str, x: Any, y: Any) -> Callable[[], float]:
    def mul() -> float:
        x.grad = None if clears_with_none else 0.0
        for _ in range(REPEATS):
            (x * y).backward()
        return float(x.grad)

    def tanh() -> float:
        x.grad = None if clears_with_none else 0.0
        for _ in range(REPEATS):
            x.tanh().backward()
        return float(x.grad)

    def exp() -> float:
        x.grad = None if clears_with_none else 0.0
        for _ in range(REPEATS):
            x.exp().backward()
        return float(x.grad)

    clears_with_none = x.grad is None
    return {"mul": mul, "tanh": tanh, "exp": exp}[operation]


def _stepgrad(operation: str) -> Callable[[], float]:
    from autograd import Value

    return _repeated(operation, Value(0.5), Value(-3.0))


def _torch(operation: str) -> Callable[[], float]:
    import torch

    def leaf(number: float) -> Any:
        return torch.tensor(number, dtype=torch.float64, requires_grad=True)

    return _repeated(operation, leaf(0.5), leaf(-3.0))


def stepgrad_mul() -> Callable[[], float]:
    return _stepgrad("mul")


def stepgrad_tanh() -> Callable[[], float]:
    return _stepgrad("tanh")


def stepgrad_exp() -> Callable[[], float]:
    return _stepgrad("exp")


def torch_mul() -> Callable[[], float]:
    return _torch("mul")


def torch_tanh() -> Callable[[], float]:
    return _torch("tanh")


def torch_exp() -> Callable[[], float]:
    return _torch("exp")


def measure(turns: int = 15) -> dict[str, tuple[float, float]]:
    """For each operation the median seconds of one forward and backward: Stepgrad's, PyTorch's."""
    result = {}
    for operation in OPERATIONS:
        sides = (f"stepgrad_{operation}", f"torch_{operation}")
        measured = take_turns({name: f"scalar_operation:{name}" for name in sides}, turns)
        agree(measured)
        ours, theirs = median_seconds(measured).values()
        result[operation] = (ours / REPEATS, theirs / REPEATS)
    return result


def main() -> None:
    for operation, (ours, theirs) in measure().items():
        print(f"{operation:5} stepgrad {ours * 1e6:6.2f} us   PyTorch {theirs * 1e6:6.2f} us   {theirs / ours:5.1f} x")


if __name__ == "__main__":
    main()
