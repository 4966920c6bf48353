"""`Rule`: a derivative that the learner writes, for a function or as a row of the table of operations."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.core.row import Op
from autograd.symbols import format_number
from autograd.transforms.numerical import slopes_of
from stepgrad.learn import answers
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.running import run
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say

POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1.5, -1.5, 0.25, -0.25, 2.5, -2.5, 0.1, -0.1, 0.75, -0.75)
"""Where a derivative is looked at, the simplest points first."""


@dataclass(kw_only=True)
class Rule(Exercise):
    """The answer is the derivative of a function of one number as a function, or an `autograd.Op` that computes it.

    An operation is also checked by `autograd.testing.check_op`, where hypothesis is installed.

    Attributes:
        value: the function.
        domain: where it is looked at, from and to.
        kinks: where it has no derivative.
        mistakes: wrong derivatives by their codes; one is named only if it agrees with the learner's everywhere.

    >>> exercise = Rule(value=lambda x: x * abs(x), domain=(-3, 3))
    >>> exercise.check(lambda x: 2 * x)
    ✗ Not the derivative everywhere, and no mistake that we know gives it.
      at x = -1 yours is -2; between -1.001 and -0.999 the function rises by 2 for each 1 of x
    """

    value: Callable[[float], float]
    domain: tuple[float, float]
    kinks: tuple[float, ...] = ()
    mistakes: Mapping[str, Callable[[float], float]] | None = None

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        answers.given(answer)
        derivative = self._derivative_of(answer)
        points = self._points()
        yours = [answers.number(run(derivative, x), say("place.at", x=format_number(x))) for x in points]
        right = [slopes_of(self.value, x).best.value for x in points]
        wrong = [i for i, (x, y) in enumerate(zip(yours, right, strict=True)) if not self._same(x, y)]
        if wrong:
            x, slope = points[wrong[0]], right[wrong[0]]
            evidence = say(
                "evidence.slope",
                x=format_number(x),
                yours=format_number(yours[wrong[0]]),
                before=f"{x - 0.001:g}",
                after=f"{x + 0.001:g}",
                slope=format_number(slope),
            )
            known = self.mistakes or {}
            found = [code for code, made in known.items() if all(map(self._same, yours, (made(x) for x in points)))]
            return self.wrong(found or "unknown_rule", evidence)
        if isinstance(answer, Op) and (failed := _fails_as_operation(answer)):
            return self.wrong("operation", failed)
        return self.right(count=len(points))

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        slopes = [(x, slopes_of(self.value, x).best.value) for x in self._points()]
        return say("hint.slopes", slopes=", ".join(f"{x:g}: {format_number(slope)}" for x, slope in slopes[:5]))

    def _points(self) -> list[float]:
        """Simple points of the domain, and some all over it."""
        low, high = self.domain
        evenly = [low + (high - low) * part / 8 for part in range(1, 8)]
        return [x for x in dict.fromkeys([*POINTS, *evenly]) if low < x < high and x not in self.kinks]

    def _derivative_of(self, answer: Any) -> Callable[[float], Any]:
        if not isinstance(answer, Op):
            return answers.function(answer, self.wanted("def slope(x)"))
        if answer.arity != 1:
            raise answers.AnswerError("arity", count=answer.arity)
        for x in self._points():
            value = answers.number(run(answer.value, x), say("place.at", x=format_number(x)))
            if not self._same(value, self.value(x)):
                values = {"x": format_number(x), "yours": format_number(value), "right": format_number(self.value(x))}
                raise answers.AnswerError("other_function", **values)
        return lambda x: answer.partials[0](answer.value(x), x)

    @staticmethod
    def _same(x: float, y: float) -> bool:
        return math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-7)


def _fails_as_operation(op: Op) -> str:
    """What `check_op` finds; empty for nothing, and where hypothesis is not installed."""
    if importlib.util.find_spec("hypothesis") is None:
        return ""
    from autograd.testing import OpError, check_op

    try:
        check_op(op)
    except OpError as error:
        return str(error)
    return ""
