"""`check`, `hint` and the exercises that they know: those of the lessons, and what is added."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from autograd.symbols import format_number
from stepgrad.learn import answers, lessons
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
    shown = answers.shown(guess).strip("'\"% ")
    said = shown.replace("−", "-").replace(" ", "")
    right = format_number(answer) if isinstance(answer, float) else str(answer)
    if guess is Ellipsis or guess is None:
        return Verdict(None, "unanswered", say("reveal.none", answer=right))
    try:
        is_right = said.casefold() == right.replace(" ", "").casefold() or answers.close(float(said), float(answer))
    except ValueError:
        is_right = False
    code = "right" if is_right else "wrong"
    return Verdict(is_right, code, say(f"reveal.{code}", guess=shown, answer=right))


def hint(name: str, *, seed: int | None = None) -> Hint:
    """The next of three hints for an exercise: the rule, then the numbers, then the answer.

    Raises:
        ValueError: if there is no such exercise, or no such variant.
    """
    exercise = _find(name)
    texts = exercise.hints(exercise.inputs_for(seed))
    level = _given[name, seed] = min(_given.get((name, seed), 0) + 1, len(texts))
    return Hint(level, texts[level - 1])


def inputs(name: str, *, seed: int | None = None) -> dict[str, float]:
    """The numbers that an exercise is about; with a seed those of a variant, for a sheet of one's own.

    Raises:
        ValueError: if there is no such exercise, or no such variant.
    """
    return dict(_find(name).inputs_for(seed))


def add(name: str, exercise: Exercise) -> None:
    """Make an exercise known to `check` and `hint`, in place of one of the same name.

    Raises:
        TypeError: if it is not an `Exercise`, such as `Number` or `Gradients` makes.
    """
    if not isinstance(exercise, Exercise):
        raise TypeError(f"add takes an exercise, such as Number(...) or Gradients(...), got {exercise!r:.60}")
    exercise.id = str(name)
    _added[exercise.id] = exercise


def exercises() -> Mapping[str, Exercise]:
    """All exercises by name, in the order of the lessons; those that were added last."""
    known: dict[str, Exercise] = {}
    for module in sorted(pkgutil.iter_modules(lessons.__path__), key=lambda module: module.name):
        lesson = importlib.import_module(f"{lessons.__name__}.{module.name}")
        for name, exercise in lesson.EXERCISES.items():
            exercise.id = name
            known[name] = exercise
    return known | _added


def _find(name: str) -> Exercise:
    known = exercises()
    if name not in known:
        near = difflib.get_close_matches(str(name), known, 3) or list(known)
        raise ValueError(say("no_exercise", name=repr(name), near=", ".join(near)))
    return known[name]
