"""`Function`: a function that the learner writes, run on many cases."""

from __future__ import annotations

import copy
import inspect
import math
import random
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograd.core.number import number_in
from autograd.symbols import format_number
from stepgrad.learn import answers
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.running import call, name_of, run
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say, say_first

SIZES = (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 12)
"""The sizes of the cases: the small ones first, so that the first one that fails is a small one."""


@dataclass(kw_only=True)
class Function(Exercise):
    """The answer is a function that gives the same numbers as the reference.

    Attributes:
        reference: what is right.
        cases: draws the arguments of one call from a generator and a size, 1 for the smallest.
        mistakes: functions with one mistake each; one is named only if it gives what the learner's function gives in
            all cases.
        relative: the difference that is admitted.

    >>> exercise = Function(
    ...     reference=lambda x: abs(x),
    ...     cases=lambda generator, size: (generator.choice([-1.0, 1.0]) * size,),
    ...     mistakes={"What is it left of 0?": lambda x: x},
    ... )
    >>> exercise.check(lambda x: x)
    ✗ What is it left of 0?
      <lambda>(-1): yours -1, right 1
    """

    reference: Callable[..., Any]
    cases: Callable[[random.Random, int], tuple[Any, ...]]
    mistakes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    relative: float = 1e-9

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        function = answers.function(answer, self.wanted(f"def f{_parameters(self.reference)}"))
        cases = self.all_cases()
        results: list[tuple[Any, Any, Any]] = []
        wrong: list[tuple[Any, Any, Any]] = []
        for arguments in cases:
            try:
                given = run(_plain_result, function, copy.deepcopy(arguments), named=call(function, arguments))
                right = _plain_result(self.reference, copy.deepcopy(arguments))
                self._check_shape(function, arguments, given, right)
            except answers.AnswerError:
                if not wrong:
                    raise
                break  # what is wrong with the smaller cases tells more
            results.append((arguments, given, right))
            if not alike(given, right, self.relative):
                wrong.append(results[-1])
        if not wrong:
            return self.right(count=len(cases))
        arguments, given, right = wrong[0]
        evidence = say("evidence.case", call=call(function, arguments), yours=written(given), right=written(right))
        # Where nothing is wrong the mistake has to give what is right, too.
        found = [code for code, made in self.mistakes.items() if self._explains(made, results)]
        return self.wrong(found or "unknown_function", evidence, count=len(wrong), of=len(results))

    def all_cases(self) -> list[tuple[Any, ...]]:
        """The arguments of each call, the same in each run."""
        generator = random.Random(self.id)
        return [self.cases(generator, size) for size in SIZES]

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        try:
            source = textwrap.dedent(inspect.getsource(self.reference)).strip()
        except (OSError, TypeError):  # written in C, or without a file
            source = name_of(self.reference)
        return say("hint.answer", answer="\n" + say_first(f"{self.id}.answer", source))

    def _explains(self, made: Callable[..., Any], results: Sequence[tuple[Any, Any, Any]]) -> bool:
        try:
            return all(
                alike(given, _plain_result(made, copy.deepcopy(arguments)), self.relative)
                for arguments, given, _ in results
            )
        except Exception:  # a mistake that is not possible in each case, such as an index out of range
            return False

    def _check_shape(self, function: Callable[..., Any], arguments: Any, given: Any, right: Any) -> None:
        if (got := shape(given)) != (expected := shape(right)):
            is_single = isinstance(right, list | tuple) and len(right) == 1 and not isinstance(right[0], list | tuple)
            comma = say("shape.comma") if is_single else ""
            raise answers.AnswerError("shape", call=call(function, arguments), got=got, expected=expected, comma=comma)


@dataclass(kw_only=True)
class Functions(Exercise):
    """The answer is a dict of functions, each of which is an exercise of its own.

    >>> half = Function(reference=lambda x: x / 2, cases=lambda generator, size: (float(size),))
    >>> Functions(parts={"half": half}).check({"half": lambda x: x / 2}).right
    True
    """

    parts: Mapping[str, Function]

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        answers.given(answer)
        names = ", ".join(self.parts)
        if not isinstance(answer, Mapping):
            raise answers.AnswerError("no_dict", names=names, answer=answers.shown(answer))
        if unknown := [*(x for x in answer if x not in self.parts), *(x for x in self.parts if x not in answer)]:
            raise answers.AnswerError("names", names=names, unknown=answers.shown(unknown[0]))
        for name, part in self.parts.items():
            part.id = self.id
            verdict = part.check(answer[name])
            if verdict.right is None:
                return verdict
            if not verdict.right:
                return replace(verdict, message=f"{say('wrong.part', part=name)} {verdict.message}")
        return self.right(count=len(self.parts))

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        return say("hint.answer", answer="\n" + say_first(f"{self.id}.answer", ", ".join(self.parts)))


def _parameters(function: Callable[..., Any]) -> str:
    try:
        return f"({', '.join(inspect.signature(function).parameters)})"
    except ValueError:  # of a function that is written in C
        return "(...)"


def _plain_result(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """What a function returns, arrays as lists and Values as their numbers."""
    return plain(function(*arguments))


def plain(result: Any) -> Any:
    """A result without arrays and Values."""
    if hasattr(result, "_backward"):
        return result.data
    if hasattr(result, "tolist"):
        result = result.tolist()
    return [plain(item) for item in result] if isinstance(result, list | tuple) else result


def alike(given: Any, right: Any, relative: float) -> bool:
    """Whether two plain results are equal up to rounding."""
    if isinstance(right, list | tuple):
        return all(alike(x, y, relative) for x, y in zip(given, right, strict=True))
    x, y = number_in(given), number_in(right)
    return math.isclose(x, y, rel_tol=relative, abs_tol=relative) or (math.isnan(x) and math.isnan(y))


def shape(result: Any) -> str:
    """What a plain result is made of, such as ``a list of 2 numbers``."""
    if isinstance(result, list | tuple):
        inner = {shape(item) for item in result}
        if inner <= {say("shape.number")}:
            return say("shape.numbers", count=len(result))
        return say("shape.lists", count=len(result), inner=", ".join(map(shape, result)))
    try:
        number_in(result)
    except Exception:
        return say("shape.other", what=answers.shown(result))
    return say("shape.number")


def written(result: Any) -> str:
    """A plain result with four digits to each number."""
    if isinstance(result, list | tuple):
        return f"[{', '.join(map(written, result))}]"
    return format_number(number_in(result))
