"""Whatever is given as an answer, the checker says one sentence."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest

from autograd import Value
from stepgrad.learn import check, exercises
from stepgrad.learn.running import SECONDS


class Hostile:
    """Everything that may be asked of it raises."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("repr")

    def __float__(self):
        raise SystemExit

    def __iter__(self):
        raise MemoryError

    def __call__(self, *arguments):
        raise RuntimeError("call")


class Wordy:
    def __repr__(self):
        return "many\nlines " * 100


def raising(*arguments):
    raise KeyError("mine")


def exiting(*arguments):
    raise SystemExit


def recursive(*arguments):
    return recursive(*arguments)


def silent(*arguments):
    print("on the screen")


def nothing(*arguments):
    list(arguments)


def stub(*arguments): ...


ANSWERS = {
    "none": None,
    "a text": "fifteen",
    "a number in quotation marks": "3",
    "nan": math.nan,
    "infinity": math.inf,
    "complex": 1j,
    "true": True,
    "a number": 17,
    "a value": Value(2.0),
    "a fraction": Fraction(1, 3),
    "an empty list": [],
    "a list": [1.0],
    "a long list": [0.0] * 50,
    "texts": ["a", "b", "c", "d", "e"],
    "a list of nan": [math.nan] * 5,
    "a list of lists": [[1], [2]],
    "an endless generator": iter(int, 1),
    "a dict": {"x": 1},
    "a dict of names": {"a": math.nan, "b": "3"},
    "a set": {1, 2},
    "bytes": b"abc",
    "a type": int,
    "a module": math,
    "hostile": Hostile(),
    "wordy": Wordy(),
    "raising": raising,
    "exiting": exiting,
    "recursive": recursive,
    "printing": silent,
    "returning nothing": nothing,
    "one argument": lambda x: x,
    "no arguments": lambda: 1,
    "dots in a list": [..., ...],
}


def is_a_sentence(text):
    return re.fullmatch(r"\S.*[.?)…。？]", text) is not None and "\n" not in text and len(text) < 700


@pytest.mark.parametrize("name", exercises())
@pytest.mark.parametrize("kind", ANSWERS)
def test_any_answer_gets_a_sentence(name, kind):
    verdict = check(name, ANSWERS[kind])
    assert verdict.right is not True
    assert is_a_sentence(verdict.message), verdict.message
    assert verdict.code and "Traceback" not in repr(verdict)
    assert repr(verdict)[0] in "✗…"


@pytest.mark.parametrize("name", exercises())
@pytest.mark.parametrize("answer", [..., stub], ids=["dots", "a function of dots"])
def test_what_is_not_answered_yet_is_neither_right_nor_wrong(name, answer):
    verdict = check(name, answer)
    if answer is ... or verdict.code == "unanswered":
        assert verdict.right is None and not verdict


def test_the_first_of_too_many_endless_numbers_is_not_waited_for():
    assert check("03.2", iter(int, 1)).code == "length"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([1, 2], "has 2"),
        ("abc", "a list is asked for"),
        ([1, 2, "3", 4, 5, 6, 7, 8], "leave the quotation marks out"),
        ([1, 2, None, 4, 5, 6, 7, 8], "None"),
        ([1, 2, math.nan, 4, 5, 6, 7, 8], "finite"),
        ({"w": 1}, "loss → error"),
    ],
    ids=["length", "text", "text in the list", "none in the list", "nan in the list", "other names"],
)
def test_the_sentence_names_what_is_wrong(answer, words):
    assert words in check("03.2", answer).message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (raising, "raises KeyError: 'mine' (line "),
        (exiting, "raises SystemExit"),
        (recursive, "Which call is the last one?"),
        (silent, "put return in place of print"),
        (nothing, "returns None: is a return missing?"),
        (lambda x: x, "raises TypeError"),
    ],
    ids=["raises", "exits", "recursive", "prints", "nothing", "arguments"],
)
def test_a_function_that_does_not_work_is_told_why(answer, words):
    assert words in check("05.3", answer).message


def test_an_endless_loop_is_ended_and_its_line_named(monkeypatch):
    def endless(*arguments):
        while True:
            pass

    assert SECONDS <= 10
    monkeypatch.setattr("stepgrad.learn.running.run.__kwdefaults__", {"seconds": 0.3, "named": ""})
    verdict = check("05.3", endless)
    assert verdict.code == "endless" and re.search(r"line \d+: (while True:|pass)", verdict.message)


@pytest.mark.parametrize("make", [Value, Fraction, str], ids=["values", "fractions", "texts"])
def test_numbers_of_other_kinds_are_numbers_and_texts_are_not(make):
    assert check("05.5", [make(2), make(-2), make(2)]).right is (make is not str)
