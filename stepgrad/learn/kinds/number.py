"""`Number`: one number, or several, that the learner computes by hand."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd.symbols import format_number
from stepgrad.learn import answers
from stepgrad.learn.exercise import Exercise, Outcomes, listing
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say


@dataclass(kw_only=True)
class Number(Exercise):
    """The answer is a number, or a list of numbers with names.

    Attributes:
        reference: computes what is right from the inputs that its parameters name.
        mistakes: for each mistake, by its code or its sentence, what computes the number that it gives.
        parts: the names of the numbers, if several are asked for; each function returns a list of them.

    >>> slope = Number(
    ...     reference=lambda x: 2 * x,
    ...     mistakes={"Where is the 2 of the square?": lambda x: x},
    ...     inputs={"x": 3.0},
    ... )
    >>> slope.check(3)
    ✗ Where is the 2 of the square?
    >>> slope.check(6).right
    True
    """

    reference: Callable[..., Any]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    parts: Sequence[str] = ()

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        names = self._names()
        given = answers.numbers(answer, names) if self.parts else [answers.number(answer)]
        outcomes = self.outcomes(inputs)
        right = [outcomes[name]["right"] for name in names]
        wrong = [i for i, (x, y) in enumerate(zip(given, right, strict=True)) if not answers.close(x, y)]
        if not wrong:
            return self.right(**self._written(inputs))
        whole = [code for code in self.mistakes if self._matches(given, names, outcomes, code)]
        if not whole and len(names) > 1 and _same(sorted(given), sorted(right)):
            return self.wrong("permuted", names=", ".join(names))
        first = names[wrong[0]]
        prefix = say("wrong.part", part=first) if self.parts else ""
        found = whole or [code for code in self.mistakes if self._matches_first(given, wrong, outcomes, code)]
        if found:
            return self.wrong(found, prefix="" if whole else prefix, **self._written(inputs))
        is_rounded = answers.close(given[wrong[0]], right[wrong[0]], 0.03)
        code = "rounded" if is_rounded else "unknown"
        shown = format_number(given[wrong[0]])
        return self.wrong(code, prefix=prefix, answer=shown, **self._written(inputs))

    def outcomes(self, inputs: Mapping[str, float]) -> Outcomes:
        """What each mistake gives."""
        computed = {"right": self.reference, **self.mistakes}
        if "right" in self.mistakes:
            raise ValueError(f"a mistake of {self.id or 'an exercise'} is called 'right'; give it another name")
        rows = {code: self._tried(function, inputs, code) for code, function in computed.items()}
        return {name: {code: row[i] for code, row in rows.items()} for i, name in enumerate(self._names())}

    def same(self, inputs: Mapping[str, float], relative: float = answers.APART) -> set[tuple[str, str, str]]:
        """Of several numbers two mistakes may have some in common, but not all."""
        found = super().same(inputs, relative)
        pairs = {(one, other) for _, one, other in found}
        everywhere = {(one, other) for one, other in pairs if {(name, one, other) for name in self._names()} <= found}
        return {("", one, other) for one, other in everywhere}

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        right = self._computed(self.reference, inputs)
        return say("hint.answer", answer=listing(self.parts, right) if self.parts else format_number(right[0]))

    def _names(self) -> Sequence[str]:
        return self.parts or ("",)

    def _tried(self, function: Callable[..., Any], inputs: Mapping[str, float], code: str) -> list[float]:
        """What a function gives; nan for a mistake that cannot be computed at these inputs."""
        try:
            return self._computed(function, inputs)
        except (ArithmeticError, ValueError):
            if code == "right":
                raise
            return [math.nan] * len(self._names())

    def _computed(self, function: Callable[..., Any], inputs: Mapping[str, float]) -> list[float]:
        """What a function gives for those of the inputs that it names."""
        wanted = inspect.signature(function).parameters
        takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in wanted.values())
        result = function(**{name: x for name, x in inputs.items() if takes_all or name in wanted})
        return [float(x) for x in result] if self.parts else [float(result)]

    def _matches_first(self, given: Sequence[float], wrong: Sequence[int], outcomes: Outcomes, code: str) -> bool:
        """Whether a mistake gives the first number that is wrong, and leaves right what is right."""
        made = [outcomes[name][code] for name in self._names()]
        is_made = answers.close(given[wrong[0]], made[wrong[0]], answers.MISTAKEN)
        others = [i for i in range(len(given)) if i not in wrong]
        return is_made and all(answers.close(given[i], made[i], answers.MISTAKEN) for i in others)

    def _matches(self, given: Sequence[float], names: Sequence[str], outcomes: Outcomes, code: str) -> bool:
        wrong = [outcomes[name][code] for name in names]
        right = [outcomes[name]["right"] for name in names]
        return not _same(wrong, right) and _same(given, wrong)

    def _written(self, inputs: Mapping[str, float]) -> dict[str, str]:
        return {name: format_number(x) for name, x in inputs.items()}


def _same(given: Sequence[float], right: Sequence[float]) -> bool:
    return all(answers.close(x, y, answers.MISTAKEN) for x, y in zip(given, right, strict=True))
