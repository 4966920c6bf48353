"""`check`, `hint` and the exercises that they know: those of the lessons, and what is added."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from autograd.symbols import format_number
from stepgrad.learn import answers, lessons, words
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.verdict import Hint, Verdict
from stepgrad.learn.words import say

_added: dict[str, Exercise] = {}
_given: dict[tuple[str, int | None], int] = {}


def check(name: str, answer: Any, *, seed: int | None = None) -> Verdict:
    """Say whether an answer is right, and what was probably done if it is not.

    Args:
        name: the lesson and the number of the exercise in it, such as "03.2".
        answer: a number, a list, a function, a class: what the exercise asks for.
        seed: of a variant with other numbers, see `inputs`.

    Returns:
        A `Verdict`, which shows itself as a sentence.

    Raises:
        ValueError: if there is no such exercise, or no such variant.

    >>> check("00.1", {"a": 6.5, "b": 4.0})
    ✓ Right: dd/da is b + 2a, and dd/db is a.
    >>> check("00.1", {"a": 4.0, "b": 4.0}).code
    'first'
    """
    return _find(name).check(answer, seed)


def reveal(guess: Any, answer: float | str) -> Verdict:
    """Say what a prediction was and what came out; nobody has to have predicted.

    >>> reveal(3, 7.0)
    ✗ You said 3; it is 7.
    >>> reveal("w2", "w2")
    ✓ You said w2, and so it is.
    >>> reveal(..., 7)
    … It is 7.
    """
    if guess is Ellipsis or guess is None:
        return Verdict(None, "unanswered", say("reveal.none", answer=_written(answer)))
    try:
        is_right = answers.close(answers.number(guess), float(answer))
    except Exception:  # one of them is no number
        is_right = _plain(guess) == _plain(answer)
    code = "right" if is_right else "wrong"
    return Verdict(is_right, code, say(f"reveal.{code}", guess=_written(guess).strip("'\""), answer=_written(answer)))


def _written(answer: Any) -> str:
    return format_number(answer) if isinstance(answer, float) else answers.shown(answer).strip("'\"")


def _plain(answer: Any) -> str:
    """A text without what does not matter: case, spaces, a percent sign, the kind of minus sign."""
    text = format_number(answer) if isinstance(answer, float) else str(answer)
    return "".join(text.split()).strip("%").replace("−", "-").casefold()


def hint(name: str, *, seed: int | None = None) -> Hint:
    """The next of three hints for an exercise: the rule, then the numbers, then the answer.

    Raises:
        ValueError: if there is no such exercise, or no such variant.
    """
    exercise = _find(name)
    texts = exercise.hints(exercise.inputs_for(seed))
    name, seed = str(name), None if seed is None else int(seed)
    level = _given[name, seed] = min(_given.get((name, seed), 0) + 1, len(texts))
    return Hint(level, texts[level - 1])


def inputs(name: str, *, seed: int | None = None) -> dict[str, float]:
    """The numbers that an exercise is about; with a seed those of a variant, for a sheet of one's own.

    Raises:
        ValueError: if there is no such exercise, or no such variant.
    """
    return dict(_find(name).inputs_for(seed))


def add(name: str, exercise: Exercise) -> None:
    """Make an exercise known to `check` and `hint`, in place of one that was added under the same name.

    Raises:
        TypeError: if it is not an `Exercise`, such as `Number` or `Gradients` makes.
        ValueError: if a lesson has an exercise of that name.
    """
    if not isinstance(exercise, Exercise):
        raise TypeError(f"add takes an exercise, such as Number(...) or Gradients(...), got {exercise!r:.60}")
    name = str(name)
    if name in _of_lessons():
        raise ValueError(f"{name} is an exercise of a lesson; add yours under a name of its own, such as 'quiz.1'")
    exercise.id = name
    _added[name] = exercise
    for shown in [key for key in _given if key[0] == name]:
        del _given[shown]


def forget() -> None:
    """Forget what was added, which hints were given, and the language that was chosen."""
    _added.clear()
    _given.clear()
    words.forget()


def exercises() -> Mapping[str, Exercise]:
    """All exercises by name, in the order of the lessons; those that were added last."""
    return {**_of_lessons(), **_added}


@cache
def _of_lessons() -> Mapping[str, Exercise]:
    known: dict[str, Exercise] = {}
    for module in sorted(pkgutil.iter_modules(lessons.__path__), key=lambda module: module.name):
        lesson = importlib.import_module(f"{lessons.__name__}.{module.name}")
        for name, exercise in lesson.EXERCISES.items():
            exercise.id = name
            known[name] = exercise
    return known


def _find(name: str) -> Exercise:
    known = exercises()
    name = str(name)
    if name not in known:
        near = difflib.get_close_matches(name, known, 3) or list(known)
        raise ValueError(say("no_exercise", name=repr(name), near=", ".join(near)))
    return known[name]
