"""Read what a learner gave as an answer: each function returns it as what was asked for, or raises an `AnswerError`.

>>> number(3)
3.0
>>> try:
...     number("3")
... except AnswerError as error:
...     print(error)
The answer is the text '3', but a number is asked for: leave the quotation marks out.
"""

from __future__ import annotations

import dis
import math
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from types import CodeType, FunctionType
from typing import Any

from autograd.core.number import as_float
from autograd.symbols import format_number
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say, say_first

RIGHT = 5e-3
"""How much an answer may be off, relative to what is right: it may be rounded to three digits."""
MISTAKEN = 4e-3
"""The same for what a mistake gives; less than half of what tells two mistakes apart."""
APART = 8e-3
"""How far apart what two mistakes give must be."""

_REPR = reprlib.Repr()
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = 8


class AnswerError(Exception):
    """The answer is not of the kind that was asked for; the message says so in one sentence."""

    def __init__(self, code: str, **names: Any) -> None:
        self.code = code
        super().__init__(say_first(f"nonsense.{code}", code, **names))

    @property
    def verdict(self) -> Verdict:
        """The verdict that says so: unanswered if nothing was put in place of the three dots."""
        return Verdict(None if self.code == "unanswered" else False, self.code, str(self))


def given(answer: Any) -> Any:
    """The answer, unless there is none."""
    if answer is Ellipsis:
        raise AnswerError("unanswered")
    if answer is None:
        raise AnswerError("none")
    return answer


def number(answer: Any, place: str = "") -> float:
    """The answer as a finite number; the number of a Value or a tensor as well.

    Args:
        answer: what the learner gave.
        place: what it is, for the sentence, if it is one of several.
    """
    where = say("nonsense.place", place=place) if place else say("nonsense.answer")
    given(answer)
    if isinstance(answer, str):
        raise AnswerError("text", where=where, answer=shown(answer))
    try:
        if isinstance(answer, bool):
            raise TypeError
        read = as_float(getattr(answer, "data", answer) if hasattr(answer, "_backward") else answer)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException:  # whatever an object of the learner's may raise when it is read
        raise AnswerError("no_number", where=where, answer=shown(answer)) from None
    if not math.isfinite(read):
        raise AnswerError("not_finite", where=where, answer=format_number(read))
    return read


def numbers(answer: Any, names: Sequence[str]) -> list[float]:
    """The answer as a list of as many numbers as there are names, in their order; or a dict by these names."""
    given(answer)
    if isinstance(answer, Mapping):
        unknown = [key for key in answer if key not in names]
        missing = [name for name in names if name not in answer]
        if unknown or missing:
            raise AnswerError("names", names=", ".join(names), unknown=shown((unknown or missing)[0]))
        return [number(answer[name], name) for name in names]
    items = listed(answer, len(names), ", ".join(names))
    return [number(item, name) for item, name in zip(items, names, strict=True)]


def listed(answer: Any, count: int | None, what: str) -> list[Any]:
    """The answer as a list; of so many elements, if that is said."""
    given(answer)
    if isinstance(answer, str | bytes | Mapping | set | frozenset) or not isinstance(answer, Iterable):
        raise AnswerError("no_list", what=what, answer=shown(answer))
    try:
        # One more than wanted tells that there are too many, even of something without an end.
        items = [item for _, item in zip(range((100_000 if count is None else count) + 1), answer, strict=False)]
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException:
        raise AnswerError("no_list", what=what, answer=shown(answer)) from None
    if count is not None and items and all(item is Ellipsis for item in items):
        raise AnswerError("unanswered")
    if count is not None and len(items) != count:
        size = str(len(answer)) if isinstance(answer, Sized) else say("nonsense.more")
        raise AnswerError("length", count=count, size=size, what=what)
    return items


def function(answer: Any, example: str) -> Callable[..., Any]:
    """The answer as something to call; unanswered if it, or a method of it, is only three dots."""
    given(answer)
    if is_stub(answer) or (isinstance(answer, type) and any(map(is_stub, vars(answer).values()))):
        raise AnswerError("unanswered")
    if not callable(answer):
        raise AnswerError("no_function", example=example, answer=shown(answer))
    return answer  # type: ignore[no-any-return]


def is_stub(answer: Any) -> bool:
    """Whether a function, or one within it, has nothing in it but three dots, or a docstring.

    >>> def empty(x): ...
    >>> is_stub(empty), is_stub(lambda x: 5)
    (True, False)
    """
    if not isinstance(answer, FunctionType):
        return False
    inner = [code for code in answer.__code__.co_consts if isinstance(code, CodeType)]
    return _is_empty(answer.__code__, answer.__doc__) or any(_is_empty(code, None) for code in inner)


def _is_empty(code: CodeType, docstring: str | None) -> bool:
    if any(x is not None and x is not Ellipsis and x != docstring for x in code.co_consts):
        return False
    names = {instruction.opname for instruction in dis.get_instructions(code)}
    return names <= {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "COPY_FREE_VARS"}


def shown(answer: Any) -> str:
    """An answer within a sentence: short, on one line, whatever its `repr` does."""
    try:
        text = format_number(answer) if type(answer) is float else _REPR.repr(answer)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException:
        text = f"<{type(answer).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def close(answer: float, right: float, relative: float = RIGHT) -> bool:
    """Whether an answer is right, rounded to three digits or so."""
    return math.isclose(answer, right, rel_tol=relative, abs_tol=5e-4 if right == 0 else 1e-12)


def changed(changes: Any, inputs: Mapping[str, float]) -> dict[str, float]:
    """The inputs with those that the answer changes, a dict such as ``{"b": 1.0}``."""
    given(changes)
    if not isinstance(changes, Mapping) or not changes:
        raise AnswerError("no_changes", answer=shown(changes), names=", ".join(inputs))
    if unknown := [name for name in changes if name not in inputs]:
        raise AnswerError("names", names=", ".join(inputs), unknown=shown(unknown[0]))
    return {**inputs, **{name: number(x, name) for name, x in changes.items()}}
