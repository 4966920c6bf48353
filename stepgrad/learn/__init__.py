"""Exercises that say what was probably done: `check` an answer, ask for a `hint`, `add` exercises of your own.

    >>> from stepgrad.learn import check, hint
    >>> check("03.3", ...)
    … Not answered yet: put your answer in place of the three dots.

The answers are not stored anywhere: they are computed from the function that an exercise is about.
"""

from stepgrad.learn.answers import AnswerError
from stepgrad.learn.checking import add, check, exercises, hint, inputs, reveal
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.kinds import (
    Choice,
    Contributions,
    Engine,
    Experiment,
    Function,
    Functions,
    Gradients,
    Number,
    Order,
    Rule,
    Trained,
)
from stepgrad.learn.verdict import Hint, Verdict
from stepgrad.learn.words import set_language

__all__ = [
    "AnswerError",
    "Choice",
    "Contributions",
    "Engine",
    "Exercise",
    "Experiment",
    "Function",
    "Functions",
    "Gradients",
    "Hint",
    "Number",
    "Order",
    "Rule",
    "Trained",
    "Verdict",
    "add",
    "check",
    "exercises",
    "hint",
    "inputs",
    "reveal",
    "set_language",
]
