"""What nn declares can be reached where PyTorch has it; a name that cannot says which line to add where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nn
from nn.modules.activations import Activation
from nn.modules.base_loss import Loss
from nn.optim.lr_scheduler import LRScheduler
from nn.registry import declared

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    **{name: (kind, nn) for base in (Activation, Loss) for name, kind in declared(base).items()},
    **{name: (kind, nn.optim) for name, kind in declared(nn.optim.Optimizer).items()},
    **{name: (kind, nn.optim.lr_scheduler) for name, kind in declared(LRScheduler).items()},
}


@pytest.mark.parametrize("name", KINDS)
def test_a_declared_class_is_public(name):
    kind, package = KINDS[name]
    file = Path(package.__file__).relative_to(ROOT)
    assert getattr(package, name, None) is kind, (
        f"add `{name} as {name}` to the import from {kind.__module__} in {file}"
    )
    assert name in package.__all__


FUNCTIONS = [
    (kind.function.__name__, kind.__module__)
    for base in (Activation, Loss)
    for kind in declared(base).values()
    if not kind.function.__name__.startswith("_")
]


@pytest.mark.parametrize(("name", "module"), FUNCTIONS)
def test_the_function_of_a_declared_class_is_public(name, module):
    line = f"add `{name} as {name}` to the import from {module} in nn/functional/__init__.py"
    assert hasattr(nn.functional, name), line
    assert name in nn.functional.__all__


@pytest.mark.parametrize("name", KINDS)
def test_a_declared_class_is_in_the_list_of_what_nn_has(name):
    text = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    assert re.search(rf"`{name}`", text), "run `python docs/build.py`, which writes the lists of docs/training.md"
