"""PyTorch as an oracle, in double precision, for the tests that compare with it."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from autograd import Value

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")


@contextmanager
def double_precision():
    """What PyTorch makes without being told a type is float64: new modules, and NAdam's product of momenta."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def tensor(numbers, grad=True):
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=grad)


def values(numbers):
    """Nested lists of numbers as nested lists of Values."""
    if isinstance(numbers, list):
        return [values(number) for number in numbers]
    return Value(numbers)


def gradients(nested):
    if isinstance(nested, list):
        return [gradients(part) for part in nested]
    return nested.grad


def copy_to_torch(ours, theirs):
    """Give a PyTorch module the parameters of one of ours."""
    state = {name: torch.tensor(numbers, dtype=torch.float64) for name, numbers in ours.state_dict().items()}
    theirs.double().load_state_dict(state)
    return theirs
