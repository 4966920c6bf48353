"""A fixture for pytest: ``pytest_plugins = ["autograd.testing.pytest_plugin"]`` in a conftest.py makes it known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

try:
    import pytest
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "autograd.testing.pytest_plugin is for pytest, which is not installed: pip install pytest", name="pytest"
    ) from None

from autograd.core.ops import Op
from autograd.testing.registering import registered


@pytest.fixture
def register_op() -> Iterator[Callable[[Op], Op]]:
    """Register rows for the time of one test: ``cube = register_op(Op("cube", ...))``."""
    with ExitStack() as rows:
        yield lambda op: rows.enter_context(registered(op))
