"""What all kinds of exercises share: numbers of their own or a teacher's variant, and sentences for what is found."""

from __future__ import annotations

import math
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, ClassVar

from autograd.core.number import whole_number
from autograd.symbols import format_number
from stepgrad.learn.answers import APART, AnswerError
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say, say_first, sentences

TRIES = 2000
"""How often numbers for a variant are drawn until its mistakes can be told apart."""

BESIDE = 3
"""At how many inputs beside its own two mistakes must agree to be synonyms."""

Outcomes = Mapping[str, Mapping[str, float]]
"""For each number that is asked for: what each mistake gives for it, and under "right" what is right."""


@dataclass(kw_only=True)
class Exercise(ABC):
    """A question that `check` knows the answer to.

    Attributes:
        inputs: the numbers that it is about, by name.
        rule: the first of its hints.
        numbers: the second, with places for the inputs, such as ``{x}``.
        vary: draws other inputs, for a teacher's variant; by default small whole numbers but 0.
        holds: what the inputs must have in common, such as that a unit is off.
    """

    inputs: Mapping[str, float] = field(default_factory=dict)
    rule: str = ""
    numbers: str = ""
    vary: Callable[[random.Random], Mapping[str, float]] | None = None
    holds: Callable[..., bool] | None = None
    id: str = field(default="", init=False)
    tries_all: ClassVar[bool] = False

    def check(self, answer: Any, seed: int | None = None) -> Verdict:
        """What is said of any answer, that of another kind than is asked for, too.

        Raises:
            ValueError: if there is no variant for this seed.
        """
        try:
            return self.verdict(answer, self.inputs_for(seed))
        except AnswerError as error:
            return error.verdict

    @abstractmethod
    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer.

        Raises:
            AnswerError: if it is not of the kind that is asked for.
        """

    @abstractmethod
    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, for the last of the hints."""

    def outcomes(self, inputs: Mapping[str, float]) -> Outcomes:
        """What each mistake gives, if the answer is made of numbers."""
        return {}

    def _beside(self, inputs: Mapping[str, float], generator: random.Random) -> Mapping[str, float]:
        """Inputs a little beside these, for which the same holds."""
        for _ in range(TRIES):
            moved = {name: x * generator.uniform(0.8, 1.25) for name, x in inputs.items()}
            if self.holds is None or self.holds(**moved):
                return moved
        return inputs

    # ------------------------------------------------------------------ the inputs

    def inputs_for(self, seed: int | None) -> Mapping[str, float]:
        """The inputs of the exercise, or those of a variant.

        Raises:
            ValueError: if there is no variant: it has no inputs, or none were found that tell its mistakes apart.
        """
        if seed is None:
            return self.inputs
        seed = whole_number("seed", seed, None)
        if not self.inputs:
            raise ValueError(f"the exercise {self.id} has no numbers to vary; leave seed out")
        generator = random.Random(f"{self.id} {seed}")
        for _ in range(TRIES):
            drawn = self.vary(generator) if self.vary else {name: _small(generator) for name in self.inputs}
            if self._is_good(drawn):
                return drawn
        raise ValueError(f"no numbers for {self.id} were found that tell its mistakes apart; give it others with vary")

    def _is_good(self, drawn: Mapping[str, float]) -> bool:
        """Whether what must hold holds, and the mistakes can be told apart; not where a rule cannot be computed."""
        try:
            return (self.holds is None or self.holds(**drawn)) and not self.confused(drawn)
        except (ArithmeticError, ValueError):
            return False

    def confused(self, inputs: Mapping[str, float]) -> set[tuple[str, str, str]]:
        """Mistakes that these inputs do not tell apart, or not from what is right: the number, and both codes.

        Synonyms are left out: mistakes that give the same at inputs beside these, too. They are named together. That a
        mistake is right at all of them is a fault, unless all mistakes of a kind are tried, wanted or not.
        """
        same = self.same(inputs)
        if not same:
            return same
        generator = random.Random(0)
        synonyms = same
        for _ in range(BESIDE):
            synonyms = synonyms & self.same(self._beside(inputs, generator), 1e-9)
        return {pair for pair in same if pair not in synonyms or ("right" in pair and not self.tries_all)}

    def same(self, inputs: Mapping[str, float], relative: float = APART) -> set[tuple[str, str, str]]:
        """Mistakes that give the same number: its name, and both codes."""
        return {
            (name, one, other)
            for name, codes in self.outcomes(inputs).items()
            for one, other in combinations(sorted(codes), 2)
            if math.isclose(codes[one], codes[other], rel_tol=relative, abs_tol=1e-9)
        }

    # ------------------------------------------------------------------ what is said

    def says(self, code: str, **names: Any) -> str:
        """The sentence of a code: that of this exercise, else the general one, else the code itself."""
        return say_first(f"{self.id}.{code}", f"wrong.{code}", code, **names)

    def right(self, evidence: str = "", **names: Any) -> Verdict:
        """The verdict on a right answer."""
        return Verdict(True, "right", say_first(f"{self.id}.right", "right", **names), evidence)

    def wrong(self, codes: str | Sequence[str], evidence: str = "", prefix: str = "", **names: Any) -> Verdict:
        """The verdict on a wrong answer, for one mistake or several that look the same."""
        found = [codes] if isinstance(codes, str) else list(codes)
        return wrong([(code, self.says(code, **names)) for code in found], evidence, prefix, self.look())

    def wanted(self, general: str) -> str:
        """What is asked for, as code; its own sentence or a general one."""
        return say_first(f"{self.id}.signature", general)

    def look(self) -> str:
        """Where to look when an answer is wrong."""
        return say(f"{self.id}.look") if f"{self.id}.look" in sentences() else ""

    def hints(self, inputs: Mapping[str, float]) -> tuple[str, str, str]:
        """The rule, the numbers, the answer."""
        written = {name: format_number(x) for name, x in inputs.items()}
        rule = say(self.rule) if self.rule else say_first(f"{self.id}.rule", "hint.rule")
        numbers = say_first(f"{self.id}.numbers", self.numbers or "hint.numbers", **written)
        return rule, numbers, self.answer_text(inputs)


def wrong(found: Sequence[tuple[str, str]], evidence: str = "", prefix: str = "", look: str = "") -> Verdict:
    """The verdict on a wrong answer: the sentence of the mistake, or those of several that look the same."""
    head = f"{prefix} " if prefix else ""
    if len(found) == 1:
        return Verdict(False, found[0][0], head + found[0][1], evidence, look)
    listed = " ".join(f"({index}) {sentence}" for index, (_, sentence) in enumerate(found, start=1))
    code = "+".join(sorted(code for code, _ in found))
    return Verdict(False, code, head + say("wrong.joint", count=len(found)) + " " + listed, evidence, look)


def _small(generator: random.Random) -> float:
    return float(generator.choice([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]))


def listing(names: Sequence[str], numbers: Sequence[float]) -> str:
    """Names and numbers, such as ``w = 2, x = -1``."""
    # Adding 0 makes of -0 what it is by hand.
    return ", ".join(f"{name} = {format_number(x + 0.0)}" for name, x in zip(names, numbers, strict=True))
