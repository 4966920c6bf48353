"""Run a check at points that hypothesis draws, and report the simplest at which it fails."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from hypothesis import HealthCheck, Phase, currently_in_test_context, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def for_all(strategy: SearchStrategy[T], check: Callable[[T], None], max_examples: int | None = None) -> None:
    """Call `check` with many examples of a strategy; if it raises, with simpler ones until the simplest is found.

    The settings in force hold, such as those of a profile; but nothing is stored, no time is limited, and it may be
    called inside of a test that is itself ``@given``.

    Args:
        strategy: what to draw from.
        check: called with each example.
        max_examples: how many; by default as the settings say.

    Raises:
        Exception: what `check` raises for the simplest example.
        Flaky: if it raises for an example now and not then.
    """
    chosen = settings(
        max_examples=settings().max_examples if max_examples is None else max_examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    def test(example: T) -> None:
        check(example)

    def run() -> None:
        chosen(given(strategy)(test))()

    if not currently_in_test_context():
        run()
        return
    # Hypothesis refuses a test inside of a test, as it runs so often; in a thread of its own it does not see the other.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(copy_context().run, run).result()
