"""`Experiment` and `Trained`: the answer is run, and what came out is looked at."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.symbols import format_number
from stepgrad.learn import answers
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.running import run
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say, sentences


@dataclass(kw_only=True)
class Experiment(Exercise):
    """The answer changes something so that something happens.

    Attributes:
        perform: called with the answer and the inputs; returns the facts, by name, for the conditions and sentences. It
            raises `AnswerError` for an answer of another kind.
        conditions: what must hold, in the order in which it is said; by the code, or the sentence, of what is wrong.
        example: an answer that does it, computed from the inputs, for the last of the hints.

    >>> exercise = Experiment(
    ...     perform=lambda x: {"y": x * x},
    ...     conditions={"x * x is {y}: is that above 10?": lambda y: y > 10},
    ...     example=lambda: 4,
    ... )
    >>> exercise.check(3)
    ✗ x * x is 9: is that above 10?
    """

    perform: Callable[..., Mapping[str, Any]]
    conditions: Mapping[str, Callable[..., bool]]
    example: Callable[..., Any]

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        answers.given(answer)
        facts = run(lambda: self.perform(answer, **inputs), named=say("running.answer"))
        shown = {name: f"{x:.10g}" if isinstance(x, float) else x for name, x in facts.items()}
        for code, holds in self.conditions.items():
            wanted = inspect.signature(holds).parameters
            if not holds(**{name: facts[name] for name in wanted}):
                return self.wrong(code, **shown)
        return self.right(**shown)

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        own = f"{self.id}.answer"
        text = say(own) if own in sentences() else answers.shown(_rounded(self.example(**inputs)))
        return say("hint.example", answer=text)


def _rounded(example: Any) -> Any:
    """A dict of changes with ten digits."""
    return {name: round(x, 10) for name, x in example.items()} if isinstance(example, dict) else example


@dataclass(kw_only=True)
class Trained(Exercise):
    """The answer is a model, or a function of a row, that is measured beside what others reach.

    Attributes:
        measure: a number for the answer, the larger the better, such as the accuracy on rows held out.
        baselines: what is to be beaten, the easiest first, each by its code and computed when asked: the class that is
            commonest, a linear model, the model of the lesson.

    >>> exercise = Trained(
    ...     measure=lambda model: sum(model(x) == (x > 2) for x in range(10)) / 10,
    ...     baselines={"always yes": lambda: 0.7, "the border between 2 and 3": lambda: 1.0},
    ... )
    >>> exercise.check(lambda x: x > 3)
    ✗ Yours reaches 0.9. That beats 1 of 2; not beaten yet: the border between 2 and 3 (1).
    """

    measure: Callable[[Any], float]
    baselines: Mapping[str, Callable[[], float]]

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        model = answers.function(answer, self.wanted("model"))
        reached = answers.number(run(self.measure, model, named=say("running.model"), seconds=60))
        levels = {code: baseline() for code, baseline in self.baselines.items()}
        names: dict[str, Any] = {"reached": format_number(reached), "of": len(levels)}
        for index, (code, level) in enumerate(levels.items()):
            if reached < level:
                prefix = say("wrong.reached", **names, beaten=index, next=self.says(code), level=format_number(level))
                advice = f"{self.id}.{code}.advice"
                text = say(advice)
                return Verdict(False, code, prefix if text == advice else f"{prefix} {text}")
        return self.right(**names)

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        levels = ", ".join(f"{self.says(code)}: {format_number(x())}" for code, x in self.baselines.items())
        return say("hint.levels", levels=levels)
