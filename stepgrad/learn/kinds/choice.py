"""`Choice`: one of several answers, or several of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stepgrad.learn import answers
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say


@dataclass(kw_only=True)
class Choice(Exercise):
    """The answer is one of the keys of `reasons`; a list or set of them if several are right.

    Attributes:
        reference: computes the right key, or the set of right keys.
        reasons: for each key what is said to those who choose it, or its code.

    >>> exercise = Choice(
    ...     reference=lambda: max(["w1", "w2"], key={"w1": 2.0, "w2": 0.0}.get),
    ...     reasons={"w1": "Its factor is 2.", "w2": "It is multiplied by 0. What follows?"},
    ... )
    >>> exercise.check("w2")
    ✗ It is multiplied by 0. What follows?
    >>> exercise.check("w3")
    ✗ 'w3' is none of the answers: w1, w2.
    """

    reference: Callable[..., Any]
    reasons: Mapping[str, str]

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        right = self.reference(**inputs)
        if not isinstance(right, set | frozenset):
            key = self._key(answers.given(answer))
            return self._said(key) if key == str(right) else self.wrong(self.reasons[key])
        items = self._split(answer) if isinstance(answer, str) else answers.listed(_as_list(answer), None, self._list())
        keys = {self._key(answers.given(item)) for item in items}
        if wrong := [key for key in self.reasons if key in keys - right]:
            return self.wrong(self.reasons[wrong[0]], prefix=say("wrong.part", part=wrong[0]))
        if missing := right - keys:
            return self.wrong("some_missing", count=len(missing), found=len(keys))
        return self.right()

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        right = self.reference(**inputs)
        keys = [key for key in self.reasons if key in right] if isinstance(right, set | frozenset) else [str(right)]
        return say("hint.answer", answer=", ".join(keys))

    def _said(self, key: str) -> Verdict:
        return Verdict(True, "right", say("right.because", reason=self.says(self.reasons[key])))

    def _key(self, answer: Any) -> str:
        """The key that is meant: case and spaces do not matter, and 1 is "1"."""
        text = " ".join(str(answers.shown(answer) if not isinstance(answer, str) else answer).split()).casefold()
        for key in self.reasons:
            if key.casefold() == text:
                return key
        raise answers.AnswerError("no_choice", answer=answers.shown(answer), choices=self._list())

    def _split(self, text: str) -> list[str]:
        """The keys in a text: one of them, several with commas or spaces between them, or letters side by side."""
        words = text.replace(",", " ").split()
        keys = {key.casefold() for key in self.reasons}
        if text.casefold() in keys or not words:
            return [text]
        return list(words[0]) if len(words) == 1 and set(words[0].casefold()) <= keys else words

    def _list(self) -> str:
        return ", ".join(self.reasons)


def _as_list(answer: Any) -> Any:
    return sorted(answer, key=str) if isinstance(answer, set | frozenset) else answer
