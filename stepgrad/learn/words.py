"""The sentences of the checker, in each language: the tables in the folder ``sentences``.

A sentence is found by its key. A code without a sentence stands for itself, so that an exercise of one's own can write
its sentences where its mistakes are.

>>> say("wrong.sign", name="x", result="y").startswith("The size is right")
True
>>> say("You forgot the 2 of the square.")
'You forgot the 2 of the square.'
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from autograd.stepper.words import LANGUAGES, filled

_chosen: list[str] = []


def set_language(language: str) -> None:
    """Choose the language of verdicts and hints: "en" or "zh".

    Without a choice it is that of the environment variable STEPGRAD_LANGUAGE; else Chinese where the locale of the
    terminal is, else English.

    Raises:
        ValueError: if it is neither of the two.
    """
    if language not in LANGUAGES:
        raise ValueError(f'the language must be "en" for English or "zh" for Chinese, got {language!r}')
    _chosen[:] = [language]


def forget() -> None:
    """Forget the language that was chosen."""
    _chosen.clear()


def language() -> str:
    """The language of verdicts and hints."""
    if _chosen:
        return _chosen[0]
    for variable in ("STEPGRAD_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """All sentences by their keys, then by the language."""
    table: dict[str, Mapping[str, str]] = {}
    for file in sorted(files("stepgrad.learn").joinpath("sentences").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            table.update(json.loads(file.read_text(encoding="utf-8")))
    return table


def say(key: str, **names: Any) -> str:
    """The sentence of a key, with what is named in its places.

    A key without one, and one whose sentence has places that nothing is named for, is the sentence itself: it is that
    of an exercise of one's own.
    """
    sentence = sentences().get(key)
    try:
        return filled(sentence[language()] if sentence else key, names)
    except KeyError:
        return key.removeprefix("wrong.")


def say_first(*keys: str, **names: Any) -> str:
    """The sentence of the first of these keys that has one; else the last key itself."""
    return say(next((key for key in keys if key in sentences()), keys[-1]), **names)
